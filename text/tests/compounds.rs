//! Splits of compounds against hand-written cases, shared ones and our own.

#![allow(clippy::print_stderr)]

use std::path::PathBuf;

use sprog_text::compounds::{Class, Links, Mode, PartKind, Splitter, Stem};

fn shared(path: &str) -> Option<String> {
    let folder =
        std::env::var_os("SPROG_SHARED").map_or_else(|| PathBuf::from("../../shared"), PathBuf::from);
    let path = folder.join(path);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("SKIPPED: {} is missing; set SPROG_SHARED to the folder of shared data", path.display());
    }
    text
}

/// Word and right split of each row.
fn cases(text: &str) -> Vec<(&str, &str)> {
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("word\t"))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            let word = cells.next()?;
            Some((word, cells.next().filter(|split| *split != "-").unwrap_or(word)))
        })
        .collect()
}

fn bounds(marked: &str) -> Vec<usize> {
    let (mut at, mut out) = (0, Vec::new());
    let mut segments = marked.split('|').peekable();
    while let Some(segment) = segments.next() {
        at += segment.trim_start_matches('+').len();
        if segments.peek().is_some_and(|next| !next.starts_with('+') && *next != "-") {
            out.push(at);
        }
    }
    out
}

/// How many are exact, how many that are no compound were split, and the precision of boundaries.
fn judged(cases: &[(&str, &str)], splitter: &Splitter) -> (usize, usize, f64) {
    let (mut exact, mut wrong, mut hits, mut all) = (0, 0, 0, 0);
    for (word, right) in cases {
        let got = splitter.marked(word, Mode::Deep);
        if got == *right {
            exact += 1;
        } else {
            eprintln!("{word}: {got}, not {right}");
        }
        let (a, b) = (bounds(right), bounds(&got));
        wrong += usize::from(a.is_empty() && !b.is_empty());
        hits += b.iter().filter(|at| a.contains(at)).count();
        all += b.len();
    }
    (exact, wrong, hits as f64 / all.max(1) as f64)
}

#[test]
fn the_shared_cases_are_split() {
    let Some(text) = shared("cases/compounds.tsv") else { return };
    let cases = cases(&text);
    let (exact, wrong, precision) = judged(&cases, Splitter::ours());
    assert!(exact * 65 >= 63 * cases.len(), "{exact} of {}", cases.len());
    assert_eq!(wrong, 0);
    assert!(precision >= 0.96, "{precision}");
}

#[test]
fn our_own_cases_are_split() {
    let cases = cases(include_str!("cases/compounds.tsv"));
    let (exact, _, precision) = judged(&cases, Splitter::ours());
    assert!(cases.len() >= 300);
    assert!(exact * 100 >= 96 * cases.len(), "{exact} of {}", cases.len());
    assert!(precision >= 0.97, "{precision}");
}

#[test]
fn simple_words_stay_whole() {
    let words: Vec<(&str, &str)> = cases(include_str!("cases/simple_words.tsv"));
    let (_, wrong, _) = judged(&words, Splitter::ours());
    assert!(words.len() >= 150);
    assert!(wrong * 50 <= words.len(), "{wrong} of {}", words.len());
}

#[test]
fn lexical_mode_keeps_parts_that_are_compounds() {
    let ours = Splitter::ours();
    for (word, lexical, deep) in [
        ("fodboldkamp", "fodbold|kamp", "fod|bold|kamp"),
        ("folketingsvalg", "folketing|+s|valg", "folk|+e|ting|+s|valg"),
        ("jernbanestation", "jernbane|station", "jern|bane|station"),
        ("fodbold", "fod|bold", "fod|bold"),
    ] {
        assert_eq!(ours.marked(word, Mode::Lexical), lexical);
        assert_eq!(ours.marked(word, Mode::Deep), deep);
    }
}

#[test]
fn parts_cover_the_word_and_costs_rise() {
    for word in
        ["arbejdsmarkedspolitik", "TV-avisen", "", "-", "--", "a", "Åløb", "e-mail-adresse", "blåbærgrød"]
    {
        let splits = Splitter::ours().split(word, Mode::Deep, 8);
        assert!(!splits.is_empty() && splits.len() <= 8);
        assert!(splits.windows(2).all(|pair| pair[0].cost <= pair[1].cost), "{word}");
        for split in &splits {
            let mut at = 0;
            for part in &split.parts {
                assert!(part.start == at && word.is_char_boundary(part.end), "{word}");
                at = part.end;
            }
            assert_eq!(at, word.len());
        }
    }
}

#[test]
fn the_best_of_many_is_the_best_of_one() {
    for (word, _) in cases(include_str!("cases/compounds.tsv")) {
        for mode in [Mode::Deep, Mode::Lexical] {
            let one = Splitter::ours().split(word, mode, 1);
            let many = Splitter::ours().split(word, mode, 5);
            assert_eq!(one[0].cost, many[0].cost, "{word}");
        }
    }
}

#[test]
fn names_stay_whole() {
    for name in ["Alfred", "Boris", "Sandra", "Klement", "Andersen", "København"] {
        assert_eq!(Splitter::ours().marked(name, Mode::Deep), name);
    }
    assert_eq!(Splitter::ours().marked("Arbejdsmarkedet", Mode::Deep), "Arbejd|+s|markedet");
}

#[test]
fn any_text_has_an_answer() {
    let long = "arbejds".repeat(150_000);
    let zalgo = "a\u{301}\u{302}\u{303}".repeat(50);
    let hyphens = "-".repeat(10_000);
    let pieces = "bil-".repeat(100_000);
    for word in
        [long.as_str(), &zalgo, &hyphens, &pieces, "\0", "å\0å", "🙂🙂🙂", &"å".repeat(160), &"s".repeat(159)]
    {
        for n in [0, 1, 3, 1000] {
            assert!(!Splitter::ours().split(word, Mode::Deep, n).is_empty());
        }
    }
}

#[test]
fn a_splitter_of_other_stems_knows_only_these() {
    let stem = |form: &str, links| Stem { form: form.into(), class: Class::NOUN, links };
    let splitter = Splitter::from_stems(&[stem("blip", Links::S), stem("blop", Links::ZERO)][..]);
    assert_eq!(splitter.marked("blipsblop", Mode::Deep), "blip|+s|blop");
    assert_eq!(splitter.marked("husbåd", Mode::Deep), "husbåd");
    let split = &splitter.split("blipsblop", Mode::Deep, 1)[0];
    assert_eq!(split.boundaries().collect::<Vec<_>>(), [5]);
    assert_eq!(split.parts[1].kind, PartKind::Link);
}

#[test]
fn a_hunspell_dictionary_adds_stems() {
    use sprog_formats::rules::{hunspell_aff, hunspell_dic};
    let folder = std::env::var_os("SPROG_HUNSPELL")
        .map_or_else(|| PathBuf::from("/usr/share/hunspell"), PathBuf::from);
    let read = |name: &str| std::fs::read(folder.join(name)).ok();
    let (Some(aff), Some(dic)) = (read("da_DK.aff"), read("da_DK.dic")) else {
        eprintln!("SKIPPED: no da_DK.aff and da_DK.dic in {}; set SPROG_HUNSPELL", folder.display());
        return;
    };
    let limits = sprog_formats::Limits::default();
    let aff = hunspell_aff::read(&aff, &limits).expect("reads").value;
    let dic = hunspell_dic::read_with(&dic, &aff, &limits).expect("reads").value;
    let splitter = Splitter::with_dictionary(&dic);
    let all = cases(include_str!("cases/compounds.tsv"));
    let (exact, _, precision) = judged(&all, &splitter);
    eprintln!("with the dictionary: {exact} of {}, precision {precision:.3}", all.len());
    assert!(exact * 100 >= 92 * all.len(), "{exact}");
    if let Some(text) = shared("cases/compounds.tsv") {
        let all = cases(&text);
        let (exact, wrong, precision) = judged(&all, &splitter);
        eprintln!(
            "with the dictionary: {exact} of {} shared, precision {precision:.3}, wrong {wrong}",
            all.len()
        );
        assert!(exact * 65 >= 59 * all.len(), "{exact}");
        assert_eq!(wrong, 0);
    }
}
