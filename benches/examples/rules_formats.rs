//! How fast the readers of lexicon and thesaurus files are: MB/s of CPU time, one thread, three turns.
//!
//!     cargo run --release --example rules_formats [folder with other files]
//!
//! Reads what Debian's mythes-da and wdanish install; every other format on lines made up here.

#![allow(clippy::print_stdout)]

use std::time::Instant;

use sprog_formats::rules::{
    Charset, cor, cordiff, csvw, dix, dsdo, fullforms, misspellings, mythes, nst, unimorph, wn_lmf, wordlist,
};
use sprog_formats::{Limits, Result};

/// CPU seconds of this process, from the kernel; wall time where it does not say.
fn cpu_seconds(start: Instant) -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks: Vec<f64> = after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse().ok()).collect();
    if ticks.len() == 2 { ticks.iter().sum::<f64>() / 100.0 } else { start.elapsed().as_secs_f64() }
}

fn measure(name: &str, bytes: &[u8], read: &dyn Fn(&[u8]) -> Result<usize>) {
    let start = Instant::now();
    let mut turns = Vec::new();
    let mut entries = 0;
    for _ in 0..3 {
        let before = cpu_seconds(start);
        let mut rounds = 0u32;
        // Ticks are of 10 ms: enough rounds for two digits.
        while cpu_seconds(start) - before < 0.5 {
            entries = read(bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
            rounds += 1;
        }
        turns.push(bytes.len() as f64 * f64::from(rounds) / 1e6 / (cpu_seconds(start) - before));
    }
    let turns: Vec<String> = turns.iter().map(|t| format!("{t:.0}")).collect();
    println!("{name}: {:.2} MB, {entries} entries, {} MB/s", bytes.len() as f64 / 1e6, turns.join(" / "));
}

fn main() {
    let limits = Limits::default();
    let limits = &limits;
    let debian = |path: &str| std::fs::read(path).map_err(|e| println!("{path}: {e}")).ok();
    if let Some(bytes) = debian("/usr/share/mythes/th_da_DK.dat") {
        measure("mythes", &bytes, &|b| Ok(mythes::read(b, limits)?.value.lines.len()));
        let file = mythes::read(&bytes, limits).expect("reads").value;
        measure("mythes: write and index", &bytes, &|_| {
            Ok(mythes::write(&file)?.len() + mythes::write_index(&file)?.len())
        });
    }
    if let Some(bytes) = debian("/usr/share/dict/danish") {
        measure("wordlist", &bytes, &|b| {
            Ok(wordlist::read(b, None, Charset::Utf8, limits)?.value.lines.len())
        });
        let list = wordlist::read(&bytes, None, Charset::Utf8, limits).expect("reads").value;
        let cwl = wordlist::write_compressed(&list).expect("writes");
        measure("cwl", &cwl, &|b| Ok(wordlist::read_compressed(b, Charset::Utf8, limits)?.value.lines.len()));
    }
    let many = |line: &dyn Fn(u32) -> String| (0..100_000).map(line).collect::<String>().into_bytes();
    let lines = many(&|n| format!("blåbær{n}\tblåbærrene{n}\tN;DEF;NOM;PL\n"));
    measure("unimorph", &lines, &|b| Ok(unimorph::read(b, limits)?.value.lines.len()));
    let lines =
        many(&|n| format!("COR.{n:05}.{}.01\tblåbær{n}\t\tsb.itk.pl.best\tblåbærrene{n}\t1\n", n % 400));
    measure("cor", &lines, &|b| Ok(cor::read(b, limits)?.value.lines.len()));
    let lines = many(&|n| {
        format!("COR.EXT.{n:06}.110.001\tblåbær{n}\t\tsb.\t{n}\t\tsb.itk.pl.best\tblåbærrene{n}\n")
    });
    measure("cor.ext", &lines, &|b| Ok(cor::read_ext(b, limits)?.value.lines.len()));
    let lines = many(&|n| format!("COR.SOEGEHJAELP.{n:05}.110.01\tblåbær{n}\tsb.itk.pl.best\tblåber{n}\n"));
    measure("cor.søgehjælp", &lines, &|b| Ok(cor::read_search_help(b, limits)?.value.lines.len()));
    let lines = many(&|n| format!("MOV COR.{n:05}.110.01 < COR.{n:05}.111.01\n"));
    measure("cordiff", &lines, &|b| Ok(cordiff::read(b, limits)?.value.lines.len()));
    let lines = many(&|n| format!("WORD: blåbær{n}\nSTATUS: +\nCLASS: Navneord\nROOT: blåbær{n}\n\n"));
    measure("dsdo", &lines, &|b| Ok(dsdo::read(b, Charset::Utf8, limits)?.value.lines.len()));
    let lines = many(&|n| format!("blåbærrene{n}\tblåbær{n}\t1\tsb.\t1100{n}\n"));
    measure("fullforms", &lines, &|b| Ok(fullforms::read(b, limits)?.value.lines.len()));
    let lines = many(&|n| format!("blåber{n}->blåbær{n}\n"));
    measure("misspellings", &lines, &|b| Ok(misspellings::read(b, limits)?.value.lines.len()));
    let tail = ";".repeat(35);
    let lines = many(&|n| {
        format!(
            "bl\u{e5}b\u{e6}r{n};NN;NEU|PLU;bl\u{e5}+b\u{e6}r;;;DAN;;;;;\"blO:$%bE:?6;;STD;DAN;{tail}{n}\n"
        )
    });
    let latin1: Vec<u8> = String::from_utf8(lines).expect("UTF-8").chars().map(|c| c as u8).collect();
    measure("nst", &latin1, &|b| Ok(nst::read(b, limits)?.value.lines.len()));
    let json = br#"{"tableSchema": {"columns": [{"name": "synset"}, {"name": "definition"}]}, "dialect": {"header": false}}"#;
    let table = csvw::read_metadata(json, limits).expect("reads").value;
    let lines = many(&|n| format!("synset-{n},\"bær, der vokser på buske, nr. {n}\",Plante; Objekt\n"));
    measure("csvw", &lines, &|b| {
        let mut rows = 0;
        csvw::for_each_row(&mut &*b, &table, limits, &mut |_| {
            rows += 1;
            Ok(())
        })?;
        Ok(rows)
    });
    let entry = |n: u32| {
        format!(
            "<LexicalEntry id=\"w-{n}\"><Lemma writtenForm=\"blåbær{n}\" partOfSpeech=\"n\"/><Sense id=\"s-{n}\" synset=\"c-{n}\"/></LexicalEntry>\n<Synset id=\"c-{n}\" ili=\"\" partOfSpeech=\"n\" members=\"s-{n}\"><Definition>bær der vokser på buske</Definition><SynsetRelation relType=\"hypernym\" target=\"c-1\"/></Synset>\n"
        )
    };
    let head = "<LexicalResource><Lexicon id=\"a\" label=\"\" language=\"da\" license=\"\" version=\"\">";
    let xml = [head.as_bytes(), &many(&entry), b"</Lexicon></LexicalResource>"].concat();
    let wordnet = |b: &[u8]| {
        let mut items = 0;
        wn_lmf::for_each(&mut &*b, limits, &mut |_| {
            items += 1;
            Ok(())
        })?;
        Ok(items)
    };
    measure("wn_lmf", &xml, &wordnet);
    let head = "<dictionary><sdefs><sdef n=\"n\"/><sdef n=\"pl\"/></sdefs><pardefs><pardef n=\"a\"><e><p><l/><r><s n=\"n\"/></r></p></e><e><p><l>ne</l><r><s n=\"n\"/><s n=\"pl\"/></r></p></e></pardef></pardefs><section id=\"main\" type=\"standard\">";
    let entries = many(&|n| format!("    <e lm=\"blåbær{n}\"><i>blåbær{n}</i><par n=\"a\"/></e>\n"));
    let xml = [head.as_bytes(), &entries, b"</section></dictionary>"].concat();
    let sections = |d: &dix::Dictionary| d.sections.iter().map(|s| s.entries.len()).sum();
    measure("dix", &xml, &|b| Ok(sections(&dix::read(&mut &*b, limits)?.value)));
    let dictionary = dix::read(&mut &xml[..], limits).expect("reads").value;
    measure("dix: expand", &xml, &|_| {
        let mut forms = 0;
        dix::expand(&dictionary, limits, &mut |_| {
            forms += 1;
            Ok(())
        })?;
        Ok(forms)
    });
    // Whatever lies in a folder, by its ending.
    for path in std::env::args().nth(1).into_iter().flat_map(std::fs::read_dir).flatten().flatten() {
        let path = path.path();
        let (Ok(bytes), name) = (std::fs::read(&path), path.display().to_string()) else { continue };
        match path.extension().and_then(|e| e.to_str()) {
            Some("xml") => measure(&name, &bytes, &wordnet),
            Some("dix") => measure(&name, &bytes, &|b| Ok(sections(&dix::read(&mut &*b, limits)?.value))),
            None => measure(&name, &bytes, &|b| Ok(unimorph::read(b, limits)?.value.lines.len())),
            Some(_) => {}
        }
    }
}
