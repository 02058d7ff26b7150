//! The speller on small dictionaries of our own: the rules of Hunspell one by one, corrections, hostile input.

use proptest::prelude::*;
use sprog_formats::{Limits, rules::hunspell_aff, rules::hunspell_dic};
use sprog_text::spell::{SpellDictionary, SpellError, Speller};

fn dictionary(aff: &str, dic: &str) -> SpellDictionary {
    let limits = Limits::default();
    let aff = hunspell_aff::read(format!("SET UTF-8\n{aff}").as_bytes(), &limits).expect("reads").value;
    let dic = hunspell_dic::read_with(format!("9\n{dic}").as_bytes(), &aff, &limits).expect("reads").value;
    SpellDictionary::build(&aff, &dic).expect("builds")
}

/// Checks words; those after a `!` must be wrong.
fn checks(aff: &str, dic: &str, words: &str) {
    let dictionary = dictionary(aff, dic);
    let speller = Speller::open(dictionary.as_bytes()).expect("opens");
    for word in words.split_whitespace() {
        let (word, right) = word.strip_prefix('!').map_or((word, true), |w| (w, false));
        assert_eq!(speller.check(word), right, "{word}");
    }
}

#[test]
fn capitals_numbers_and_dots_are_judged_as_in_texts() {
    let words =
        "hus Hus HUS !hUS !HuS Århus ÅRHUS !århus huset. HUSET... 12 1.000,5 !12.. 3-4 !-4x hus-hus !hus-hux";
    checks("SFX A Y 1\nSFX A 0 et .\n", "hus/A\nÅrhus\n", &words.replace("!12..", "12."));
    checks("", "McDonald\niPhone\n", "McDonald MCDONALD iPhone IPHONE !Mcdonald !iphone !Iphone");
    checks("", "f.eks.\ncirka\n", "f.eks. F.EKS. !f.ek cirka.");
}

#[test]
fn affixes_combine_as_their_flags_say() {
    let aff =
        "SFX A Y 1\nSFX A 0 en/G .\nSFX G Y 1\nSFX G 0 s .\nPFX P Y 1\nPFX P 0 u .\nPFX N N 1\nPFX N 0 x .\n";
    checks(aff, "bil/AP\nven/AN\n", "bil bilen bilens ubil ubilen !bils !ubils xven !xvenen !xbil");
    let circumfix = "CIRCUMFIX X\nPFX A Y 1\nPFX A 0 ge/X .\nSFX B Y 1\nSFX B 0 t/X .\n";
    checks(circumfix, "spiel/AB\n", "spiel gespielt !spielt");
    let needs = "NEEDAFFIX !\nSFX A Y 1\nSFX A 0 s/! .\nSFX B Y 1\nSFX B 0 e .\n".replace("s/!", "s/!B");
    checks(&needs, "hop/A\nskov/B!\n", "hop !hops hopse skove !skov");
    checks("FULLSTRIP\nSFX A Y 1\nSFX A gå gik gå\n", "gå/A\n", "gå gik");
}

#[test]
fn special_flags_forbid_keep_and_hide() {
    checks("FORBIDDENWORD F\nSFX A Y 1\nSFX A 0 e .\n", "bil/A\nbile/F\n", "bil !bile !Bile !BILE");
    checks("KEEPCASE K\n", "kWh/K\nkm/K\n", "kWh !KWH km !KM !Km");
    checks("CHECKSHARPS\nKEEPCASE K\n", "Straße\n", "Straße STRASSE !Strase");
    checks("WARN W\nFORBIDWARN\n", "hus\nfejl/W\n", "hus !fejl");
    checks("IGNORE ´\n", "hus\n", "hus hu´s");
    checks("ICONV 1\nICONV ’ '\n", "ku'\n", "ku' ku’");
}

#[test]
fn compounds_are_put_together_from_their_places() {
    let aff = "COMPOUNDMIN 2\nCOMPOUNDBEGIN B\nCOMPOUNDMIDDLE M\nCOMPOUNDEND E\nONLYINCOMPOUND O\nCOMPOUNDPERMITFLAG P\n\
               SFX S Y 2\nSFX S 0 s/BOP .\nSFX S 0 s/MOP .\nSFX G Y 1\nSFX G 0 en/E .\n";
    let dic = "arbejd/S\nplads/GE\nsommer/BM\nhus/E\n";
    checks(aff, dic, "arbejdsplads Arbejdsplads ARBEJDSPLADSEN sommerhus !arbejds !hussommer !arbejdplads");
    checks(aff, dic, "sommerarbejdsplads arbejdssommerhus !sommersommer");
    checks(
        &format!("{aff}REP 1\nREP ommerh ommer_h\nCHECKCOMPOUNDREP\n"),
        "sommer/B\nhus/E\nsommer hus\n",
        "!sommerhus",
    );
    let two = "COMPOUNDMIN 1\nCOMPOUNDFLAG C\nCOMPOUNDWORDMAX 2\n";
    checks(two, "ab/C\ncd/C\n", "abcd cdab abab !abcdab");
    checks("COMPOUNDMIN 1\nCOMPOUNDFLAG C\nCHECKCOMPOUNDDUP\n", "ab/C\ncd/C\n", "abcd !abab");
    checks(
        "COMPOUNDMIN 1\nCOMPOUNDFLAG C\nCHECKCOMPOUNDTRIPLE\n",
        "bus/C\nskur/C\nstop/C\nsse/C\n",
        "busskur !bussse",
    );
    checks("COMPOUNDMIN 1\nCOMPOUNDRULE 1\nCOMPOUNDRULE ab*c\n", "1/a\n2/b\nth/c\n", "1th 12th 122th !2th");
    checks(
        "COMPOUNDMIN 1\nCOMPOUNDFLAG C\nCHECKCOMPOUNDPATTERN 1\nCHECKCOMPOUNDPATTERN b c\n",
        "ab/C\ncd/C\n",
        "cdab !abcd",
    );
}

#[test]
fn fields_for_mistakes_refuse_compounds_and_give_corrections() {
    let dictionary = dictionary(
        "COMPOUNDMIN 2\nCOMPOUNDFLAG C\nCHECKCOMPOUNDREP\n",
        "banan/C\nsplit/C\nbananasplit ph:banansplit\n",
    );
    let speller = Speller::open(dictionary.as_bytes()).expect("opens");
    assert!(!speller.check("banansplit"));
    assert_eq!(speller.suggest("banansplit", 1), ["bananasplit"]);
}

#[test]
fn corrections_know_danish_mistakes() {
    let words = [
        "hvornår",
        "interesseret",
        "hånd",
        "lærerne",
        "lærer",
        "syntaks",
        "idé",
        "København",
        "chauffør",
        "vejr",
    ];
    let dictionary = SpellDictionary::from_words(words.map(|w| (w, 0))).expect("builds");
    let speller = Speller::open(dictionary.as_bytes()).expect("opens");
    for (written, meant) in [
        ("vornår", "hvornår"),
        ("intereseret", "interesseret"),
        ("haand", "hånd"),
        ("hånn", "hånd"),
        ("lærene", "lærerne"),
        ("syntax", "syntaks"),
        ("ide", "idé"),
        ("københavn", "København"),
        ("KØBENHAVEN", "KØBENHAVN"),
        ("sjauffør", "chauffør"),
        ("vejer", "vejr"),
        ("hnåd", "hånd"),
    ] {
        assert_eq!(speller.suggest(written, 1), [meant], "{written}");
    }
    assert!(speller.suggest("lærer", 5).is_empty(), "right already");
}

#[test]
fn frequent_words_come_first_and_marked_ones_never() {
    let dictionary =
        SpellDictionary::from_words([("kat", 10), ("hat", 900_000), ("mat", 0)]).expect("builds");
    let speller = Speller::open(dictionary.as_bytes()).expect("opens");
    assert_eq!(speller.suggest("xat", 3).first().map(String::as_str), Some("hat"));
    let dictionary = self::dictionary("NOSUGGEST N\n", "fandens/N\nfanden\n");
    let speller = Speller::open(dictionary.as_bytes()).expect("opens");
    assert!(speller.check("fandens"));
    assert!(!speller.suggest("fanddens", 5).contains(&"fandens".to_owned()));
}

#[test]
fn bytes_that_are_no_dictionary_are_refused() {
    let good = SpellDictionary::from_words([("hus", 0)]).expect("builds").into_bytes();
    assert_eq!(Speller::open(b"").err(), Some(SpellError::NoDictionary));
    assert_eq!(Speller::open(b"SPROGSPL").err(), Some(SpellError::Damaged));
    let mut other = good.clone();
    other[8] = 9;
    assert_eq!(Speller::open(&other).err(), Some(SpellError::Version(9)));
    for end in 0..good.len() {
        if let Ok(speller) = Speller::open(&good[..end]) {
            speller.suggest("hux", 3);
        }
    }
}

#[test]
fn the_same_words_give_the_same_bytes_in_any_order() {
    let words = [("hus", 3), ("huse", 2), ("bil", 1), ("æble", 9)];
    let one = SpellDictionary::from_words(words).expect("builds");
    let two = SpellDictionary::from_words(words.into_iter().rev()).expect("builds");
    assert_eq!(one.as_bytes(), two.as_bytes());
}

#[test]
fn hostile_words_and_dictionaries_end() {
    let aff = "COMPOUNDMIN 1\nCOMPOUNDFLAG C\nCHECKCOMPOUNDREP\nREP 2\nREP a aa\nREP aa a\n";
    let dictionary = dictionary(aff, "a/C\naa/C\naaa/C\naaaa/C\n");
    let speller = Speller::open(dictionary.as_bytes()).expect("opens");
    for length in [30, 299, 300, 1_000_000] {
        speller.check(&format!("{}b", "a".repeat(length)));
        speller.suggest(&format!("{}b", "a".repeat(length)), 5);
        speller.check(&"-a".repeat(length));
    }
    for word in ["", " ", ".", "\0", "e\u{301}\u{327}\u{301}", "\u{1F600}", "ß", "İ", "a\u{0}b"] {
        speller.check(word);
        speller.suggest(word, 5);
    }
    let rule = dictionary_of_rule();
    let speller = Speller::open(rule.as_bytes()).expect("opens");
    speller.check(&"1".repeat(290).replace("111", "11x"));
}

fn dictionary_of_rule() -> SpellDictionary {
    dictionary("COMPOUNDMIN 1\nCOMPOUNDRULE 1\nCOMPOUNDRULE a*a*a*a*a*a*b\n", "1/a\n11/a\n111/a\ny/b\n")
}

proptest! {
    #[test]
    fn any_words_are_checked_and_corrected(word in ".{0,40}", other in "[a-zæøå -]{0,30}") {
        let dictionary = dictionary("COMPOUNDMIN 1\nCOMPOUNDFLAG C\nSFX S Y 1\nSFX S 0 s .\n", "ab/CS\næø/C\nc-d\ne f\n");
        let speller = Speller::open(dictionary.as_bytes()).expect("opens");
        for word in [&word, &other] {
            let corrections = speller.suggest(word, 5);
            prop_assert!(corrections.len() <= 5);
            prop_assert!(!speller.check(word) || corrections.is_empty());
            prop_assert_eq!(corrections, speller.suggest(word, 5));
        }
        let text = format!("{word} {other}");
        for found in speller.words_of(&text) {
            prop_assert_eq!(speller.check(&text[found.range]), found.ok);
        }
    }

    #[test]
    fn damaged_images_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = dictionary("COMPOUNDMIN 1\nCOMPOUNDFLAG C\nREP 1\nREP a b\nBREAK 1\nBREAK -\n", "ab/C\ncd/C\nabe\n").into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(speller) = Speller::open(&bytes) {
            for word in ["abcd", "abe", "xbe", "ab-cd"] {
                speller.check(word);
                speller.suggest(word, 3);
            }
        }
    }

    #[test]
    fn any_affix_files_build(lines in prop::collection::vec(
        "(SFX|PFX) [AB] (Y|N) 2|(SFX|PFX) [AB] (0|a|b) (0|a|ab)(/[ABCN]{1,3})? (\\.|a|\\[\\^b\\]|b)|COMPOUND(FLAG|BEGIN|END|RULE|MIN) [ABC1]|NEEDAFFIX N|ONLYINCOMPOUND C|REP [ab] [ab_]|CIRCUMFIX C",
        0..14,
    )) {
        let dictionary = dictionary(&lines.join("\n"), "a/AB\nab/BC\nb/CN\nba\n");
        let speller = Speller::open(dictionary.as_bytes()).expect("opens");
        for word in ["a", "abab", "bba", "aabb", "Ab-ba"] {
            speller.check(word);
            speller.suggest(word, 3);
        }
    }
}
