//! Division of words: our rules, and the patterns of files.

use std::path::PathBuf;

use sprog_formats::{Limits, rules::hyphenation};
use sprog_text::hyphenate::{Hyphenator, Patterns};

fn patterns(text: &str) -> Patterns {
    Patterns::new(&hyphenation::read(text.as_bytes(), &Limits::default()).expect("reads").value)
}

#[test]
fn our_rules_divide_the_hand_made_cases() {
    let (mut all, mut right) = (0, 0);
    for case in include_str!("cases/hyphens.txt").lines().filter(|line| !line.starts_with('#')) {
        let word = case.replace('-', "");
        let got = Hyphenator::ours().parts(&word).join("-");
        all += 1;
        if got == case {
            right += 1;
        } else {
            eprintln!("{got}, not {case}");
        }
    }
    assert!(all >= 400);
    assert!(right * 100 >= 93 * all, "{right} of {all}");
}

#[test]
fn compounds_are_divided_between_their_parts_first() {
    assert_eq!(Hyphenator::ours().parts("husalter"), ["hus", "al", "ter"]);
    let only = patterns("UTF-8\nu1s\n");
    assert_eq!(Hyphenator::patterns_only(only).parts("husalter"), ["hu", "salter"]);
    assert_eq!(Hyphenator::with_patterns(patterns("UTF-8\nl1t\n")).parts("husalter"), ["hus", "al", "ter"]);
}

#[test]
fn soft_hyphens_decide_alone() {
    assert_eq!(Hyphenator::ours().parts("arbejds\u{ad}marked"), ["arbejds\u{ad}", "marked"]);
}

#[test]
fn no_hyphen_stands_beside_digits_apostrophes_or_in_abbreviations() {
    for word in ["90'er", "NATO", "EU", "x2y", "123456", "'", "ab", "a"] {
        assert_eq!(Hyphenator::ours().parts(word), [word], "{word}");
    }
    assert_eq!(Hyphenator::ours().parts("Husmor"), ["Hus", "mor"]);
    assert_eq!(Hyphenator::ours().parts("tv-avisen"), ["tv-avi", "sen"]);
}

#[test]
fn minima_hold() {
    let wide = Hyphenator::patterns_only(patterns("UTF-8\na1\ne1\n")).minima(4, 3);
    assert_eq!(wide.parts("makalabena"), ["maka", "la", "bena"]);
    let file = patterns("UTF-8\nLEFTHYPHENMIN 3\nRIGHTHYPHENMIN 4\na1\n");
    assert_eq!(file.parts("makalabana"), ["maka", "la", "bana"]);
}

#[test]
fn the_highest_level_decides() {
    assert_eq!(patterns("UTF-8\na1b\na2bc\n").parts("xabcx"), ["xabcx"]);
    assert_eq!(patterns("UTF-8\na1b\na2bc\na3bcd\n").parts("xabcdx"), ["xa", "bcdx"]);
    assert_eq!(patterns("UTF-8\n.ab1\n").parts("ababab"), ["ab", "abab"]);
}

#[test]
fn forbidden_neighbours_are_kept_free() {
    assert_eq!(patterns("UTF-8\nNOHYPHEN y,xy\na1\n").parts("baybabaxyba"), ["bayba", "baxyba"]);
}

#[test]
fn the_next_level_divides_the_parts() {
    let two = patterns("UTF-8\nCOMPOUNDLEFTHYPHENMIN 3\nCOMPOUNDRIGHTHYPHENMIN 3\ns1b\nNEXTLEVEL\na1\no1\n");
    assert_eq!(two.parts("lakasbobaloba"), ["la", "kas", "boba", "lo", "ba"]);
}

#[test]
fn changes_of_spelling_are_told() {
    let hyphens = patterns("UTF-8\nschif1fahrt/ff=f,5,2\n").hyphens("Schiffahrt");
    let change = hyphens[0].change.as_ref().expect("a change");
    assert_eq!((change.start, change.end), (4, 6));
    assert_eq!((change.before.as_str(), change.after.as_str()), ("ff", "f"));
}

#[test]
fn tex_files_have_exceptions() {
    let text = "\\patterns{a1}\n\\hyphenation{ba-bab}\n";
    let file = hyphenation::read_tex(text.as_bytes(), &Limits::default()).expect("reads").value;
    let tex = Patterns::new(&file);
    assert_eq!(tex.parts("Babab"), ["Ba", "bab"]);
    assert_eq!(tex.parts("babalaba"), ["ba", "ba", "la", "ba"]);
}

#[test]
fn any_text_has_an_answer() {
    let long = "arbejds".repeat(150_000);
    let zalgo = "a\u{301}\u{302}".repeat(500);
    let own = Hyphenator::ours();
    let all = Hyphenator::with_patterns(patterns("UTF-8\na1\n.b1\n"));
    for word in [long.as_str(), &zalgo, "", "\0", "\u{ad}", "-", "🙂a🙂", "ÆØÅ", "ǅabra", "İstanbul"]
    {
        assert_eq!(own.parts(word).concat(), word);
        assert_eq!(all.parts(word).concat(), word);
    }
    let none = Hyphenator::patterns_only(patterns("UTF-8\na1\n")).minima(usize::MAX, usize::MAX);
    assert_eq!(none.parts("banan"), ["banan"]);
    assert_eq!(
        Hyphenator::patterns_only(patterns("UTF-8\na1\n")).minima(0, 0).parts("banan").concat(),
        "banan"
    );
}

#[test]
fn ours_and_the_patterns_of_debian_mostly_agree() {
    let path = std::env::var_os("SPROG_HYPHEN")
        .map_or_else(|| PathBuf::from("/usr/share/hyphen/hyph_da_DK.dic"), PathBuf::from);
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("SKIPPED: {} is missing; set SPROG_HYPHEN", path.display());
        return;
    };
    let file = hyphenation::read(&bytes, &Limits::default()).expect("reads").value;
    let debian = Hyphenator::patterns_only(Patterns::new(&file));
    let (mut all, mut same) = (0, 0);
    for case in include_str!("cases/hyphens.txt").lines().filter(|line| !line.starts_with('#')) {
        let word = case.replace('-', "");
        all += 1;
        same += usize::from(debian.parts(&word) == Hyphenator::ours().parts(&word));
    }
    assert!(same * 100 >= 80 * all, "{same} of {all}");
}
