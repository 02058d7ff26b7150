//! Bad files of every lexicon and thesaurus format: each ends in an error with a code, or is read with
//! its problems listed and written back unchanged.
//!
//! The files are made here, from one good file a format; what each of them gives stands in
//! `data/rules/bad-files.txt`, a line for each: `ok` and the problems' codes, or `error` and its code.

use std::fmt::Write as _;

use sprog_formats::rules::csvw::{self, Table};
use sprog_formats::rules::{
    Charset, Records, cor, cordiff, dix, dsdo, fullforms, misspellings, mythes, nst, unimorph, wn_lmf,
    wordlist, write_records,
};
use sprog_formats::{Code, Error, Limits, Parsed, Problem, Result};

/// Lower than the defaults, so that the test is quick.
fn limits() -> Limits {
    Limits { bytes: 4 << 20, line_bytes: 1 << 20, items: 50_000, depth: 32, ..Limits::default() }
}

/// What a reader found, and the bytes that its writer gives back, for the formats of lines.
type Outcome = Result<(Vec<Problem>, Option<Vec<u8>>)>;

fn lines<T>(parsed: Result<Parsed<Records<T>>>) -> Outcome {
    let parsed = parsed?;
    Ok((parsed.problems, Some(write_records(&parsed.value)?)))
}

struct Format {
    name: &'static str,
    good: Vec<u8>,
    read: fn(&[u8]) -> Outcome,
    xml: Option<&'static str>,
}

fn table() -> Table {
    let json =
        br#"{"tableSchema": {"columns": [{"name": "a"}, {"name": "b"}]}, "dialect": {"header": false}}"#;
    csvw::read_metadata(json, &limits()).expect("reads").value
}

fn formats() -> Vec<Format> {
    let text = |name, good: &str, read| Format { name, good: good.as_bytes().to_vec(), read, xml: None };
    let nst = |n| format!("ordet;NN;NEU;;;;DAN;;;;;\"o:?d;;STD;DAN;{};{n}\n", ";".repeat(34));
    let nst: String = [nst(7), nst(8), nst(9)].concat();
    let every = |name| std::fs::read(format!("tests/data/rules/{name}")).expect("a file of the tests");
    vec![
        text("mythes", "UTF-8\nbil|1\n|vogn|karet\nhus|2\n|bolig\n|slot\n", |b| {
            let parsed = mythes::read(b, &limits())?;
            mythes::write_index(&parsed.value)?;
            Ok((parsed.problems, Some(mythes::write(&parsed.value)?)))
        }),
        text("mythes idx", "UTF-8\n2\nbil|6\nhus|26\n", |b| lines(mythes::read_index(b, &limits()))),
        text("unimorph", "hus\thuset\tN;DEF\nhus\thuse\tN;PL\n", |b| lines(unimorph::read(b, &limits()))),
        text("cor", "COR.1.1.01\thus\t\tsb\thus\t1\nCOR.1.2.01\thus\t\tsb\thuset\t1\n", |b| {
            lines(cor::read(b, &limits()))
        }),
        text("cor.ext", "COR.EXT.1.1.01\ta\t\tsb\t7\t\tsb\ta\nCOR.EXT.1.2.01\ta\t\tsb\t7\t\tsb\tas\n", |b| {
            lines(cor::read_ext(b, &limits()))
        }),
        text(
            "cor.søgehjælp",
            "COR.SOEGEHJAELP.1.1.01\thus\tsb\thuus\nCOR.SOEGEHJAELP.1.2.01\thus\tsb\thuuset\n",
            |b| lines(cor::read_search_help(b, &limits())),
        ),
        text("cordiff", "MOV COR.1.1.01 < COR.2.1.01\nDEL COR.3.1.01\n", |b| {
            lines(cordiff::read(b, &limits()))
        }),
        text("dsdo", "WORD: hus\nSTATUS: +\n\nWORD: huus\nSTATUS: -\n", |b| {
            lines(dsdo::read(b, Charset::Utf8, &limits()))
        }),
        text("wordlist", "hus\nhuset\nåen\n", |b| lines(wordlist::read(b, None, Charset::Utf8, &limits()))),
        text("cwl", "\u{2}\0hus\u{3}et\u{1F}", |b| {
            // The end mark is no UTF-8.
            let bytes = [b, b"\xFF"].concat();
            Ok((wordlist::read_compressed(&bytes, Charset::Utf8, &limits())?.problems, None))
        }),
        text("nst", &nst, |b| lines(nst::read(b, &limits()))),
        text("fullforms", "huset\thus\t1\tsb.\t17\nhuse\thus\t1\tsb.\t17\n", |b| {
            lines(fullforms::read(b, &limits()))
        }),
        text("misspellings", "huus->hus\nhuuset||huset\n", |b| lines(misspellings::read(b, &limits()))),
        text("csvw", "s-1,\"a, b\"\ns-2,c\n", |b| {
            Ok((csvw::for_each_row(&mut &*b, &table(), &limits(), &mut |_| Ok(()))?, None))
        }),
        text("csvw metadata", "{\"tableSchema\": {\"columns\": [{\"name\": \"a\"}]}}", |b| {
            Ok((csvw::read_metadata(b, &limits())?.problems, None))
        }),
        Format {
            name: "wn_lmf",
            good: every("wn_lmf-every-element.xml"),
            read: |b| Ok((wn_lmf::for_each(&mut &*b, &limits(), &mut |_| Ok(()))?, None)),
            xml: Some("<LexicalResource><Lexicon id='a' label='' language='' license='' version=''>"),
        },
        Format {
            name: "dix",
            good: every("dix-every-element.dix"),
            read: |b| {
                let parsed = dix::read(&mut &*b, &limits())?;
                dix::expand(&parsed.value, &limits(), &mut |_| Ok(()))?;
                Ok((parsed.problems, None))
            },
            xml: Some("<dictionary><section id='a' type='standard'>"),
        },
    ]
}

/// The bad files of a format, by the property that each shows.
fn bad_files(format: &Format) -> Vec<(&'static str, Vec<u8>)> {
    let good = &format.good;
    let text = String::from_utf8_lossy(good).into_owned();
    let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
    let mut files = vec![
        ("good", good.clone()),
        ("empty", Vec::new()),
        ("truncated", good[..good.len() * 2 / 3].to_vec()),
        ("no last line ending", good.strip_suffix(b"\n").unwrap_or(good).to_vec()),
        ("byte-order mark", [b"\xEF\xBB\xBF", &good[..]].concat()),
        ("CRLF", text.replace('\n', "\r\n").into_bytes()),
        ("CR", text.replace('\n', "\r").into_bytes()),
        ("twice", [&good[..], &good[..]].concat()),
        ("NULs", good.iter().flat_map(|b| [*b, 0]).collect()),
        ("UTF-16", [0xFF, 0xFE].into_iter().chain(utf16).collect()),
        ("Latin-1", text.replace('s', "\u{e5}").chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect()),
        ("not text", (0..=255).cycle().take(5000).map(|b: u8| b.wrapping_mul(167)).collect()),
        ("line over the limit", [&good[..], &b"x".repeat(2 << 20), b"\n", good].concat()),
        ("line of delimiters", [&good[..], &b"\t;|,".repeat(100_000), b"\n"].concat()),
        ("too many lines", b"a\tb\n".repeat(60_000)),
        ("file over the limit", [&good[..], &b"a\n".repeat(3 << 20)].concat()),
        (
            "a column less",
            text.replacen('\t', " ", 1).replacen('|', " ", 1).replacen(',', " ", 1).into_bytes(),
        ),
        ("a column more", text.replacen('\n', "\t;|x\n", 1).into_bytes()),
        ("blank lines", text.replace('\n', "\n \n\n").into_bytes()),
    ];
    if let Some(start) = format.xml {
        let xml = |body: &str| format!("{start}{body}").into_bytes();
        files.extend([
            ("deep", xml(&"<e>".repeat(100_000))),
            ("entity bomb", [b"<!DOCTYPE a [<!ENTITY a '&b;&b;'>]>".to_vec(), xml("<e>&a;</e>")].concat()),
            ("unknown entity", xml("<e>&aelig;</e>")),
            ("never closed tag", xml(&format!("<e a='{}", "x".repeat(2 << 20)))),
            ("never closed comment", xml(&format!("<!--{}", "x".repeat(2 << 20)))),
            (
                "many attributes",
                xml(&format!("<e {}/>", (0..60_000).map(|n| format!("a{n}='' ")).collect::<String>())),
            ),
            ("many children", xml(&format!("<e>{}</e>", "<i/>".repeat(60_000)))),
            ("wrong end tag", xml("<e></f>")),
            ("two roots", [&good[..], &xml("")].concat()),
        ]);
    }
    files
}

#[test]
fn every_bad_file_has_a_clear_end() {
    let mut found = String::new();
    for format in formats() {
        for (property, bytes) in bad_files(&format) {
            let outcome = match (format.read)(&bytes) {
                Ok((problems, written)) => {
                    assert!(written.is_none_or(|w| w == bytes), "{} {property}: not lossless", format.name);
                    let mut codes: Vec<Code> = problems.iter().map(|p| p.code).collect();
                    codes.sort();
                    codes.dedup();
                    let long = problems.iter().find(|p| p.message.len() > 600);
                    assert_eq!(long, None, "{} {property}: a message too long", format.name);
                    let codes: Vec<String> = codes.iter().map(|c| format!(" {c}")).collect();
                    format!("ok{}", codes.concat())
                }
                Err(e) => {
                    assert!(!matches!(e, Error::Io(_)), "{} {property}: {e}", format.name);
                    assert!(e.to_string().len() < 600, "{} {property}: a message too long", format.name);
                    format!("error {}", e.code())
                }
            };
            writeln!(found, "{}: {property}: {outcome}", format.name).expect("writes");
        }
    }
    let expected = include_str!("data/rules/bad-files.txt");
    assert!(found == expected, "data/rules/bad-files.txt has other lines than these:\n{found}");
}
