//! The lexicon against forms that were written by hand, and against bytes that are none.
#![allow(clippy::unwrap_used, missing_docs)]

use proptest::prelude::*;
use sprog_text::lexicon::{Entry, Guesser, Lexicon, LexiconBuilder, NormStatus};
use sprog_text::morph::{Analyze, Upos};

#[test]
fn inflected_forms_have_their_readings() {
    let mut missing = Vec::new();
    let mut rows = 0;
    for line in include_str!("data/lexicon-forms.tsv").lines().filter(|line| !line.starts_with("# ")) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [form, lemma, upos, feats] = fields[..] else { panic!("{line:?}") };
        let upos = Upos::parse(upos).unwrap();
        rows += 1;
        let found = Lexicon::ours().lookup(form);
        let right = |f: &&sprog_text::lexicon::Form| {
            f.reading.lemma == lemma && f.reading.upos == upos && f.reading.feats == feats
        };
        if !found.iter().any(|f| right(&f)) {
            missing.push(line);
        }
        let inflected = Lexicon::ours().inflect(lemma, upos, feats);
        assert!(missing.last() == Some(&line) || inflected.iter().any(|f| f.form == form), "{line}");
    }
    assert!(rows >= 200, "{rows}");
    assert!(missing.is_empty(), "{} of {rows}: {missing:#?}", missing.len());
}

#[test]
fn words_are_unlike_forms_that_nobody_writes() {
    for wrong in ["manderne", "barner", "skrivede", "gammele", "himmeler", "koper", "drikkede", "tossete"] {
        assert!(!Lexicon::ours().contains(wrong), "{wrong}");
    }
}

#[test]
fn compounds_are_read_by_their_last_part() {
    for (form, lemma, feats) in [
        ("vindmølleparkerne", "vindmøllepark", "Definite=Def|Gender=Com|Number=Plur"),
        ("kommunalbestyrelsens", "kommunalbestyrelse", "Case=Gen|Definite=Def|Gender=Com|Number=Sing"),
        ("skattelovforslaget", "skattelovforslag", "Definite=Def|Gender=Neut|Number=Sing"),
        ("fritidsbørnene", "fritidsbarn", "Definite=Def|Gender=Neut|Number=Plur"),
    ] {
        let guesses = Guesser::ours().guess(form, 8);
        assert!(guesses.iter().any(|g| g.reading.lemma == lemma && g.reading.feats == feats), "{guesses:#?}");
    }
}

#[test]
fn unknown_words_are_inflected_and_doubt_is_said() {
    let sure = Guesser::ours().inflect("brugbarhed", Upos::Noun).unwrap();
    assert!(sure.gender_known);
    assert!(sure.cells.iter().any(|c| c.form == "brugbarheden"));
    let unsure = Guesser::ours().inflect("blik-blak", Upos::Noun);
    assert!(unsure.is_some());
    assert!(!Guesser::ours().inflect("zorp", Upos::Noun).unwrap().gender_known);
    let verb = Guesser::ours().inflect("zoombombe", Upos::Verb).unwrap();
    assert!(verb.cells.iter().any(|c| c.form == "zoombombede"));
    let verb = Guesser::ours().inflect("downscalere", Upos::Verb).unwrap();
    assert!(verb.cells.iter().any(|c| c.form == "downscalerede"));
    assert!(Guesser::ours().inflect("og", Upos::Cconj).is_none());
    assert!(Guesser::ours().inflect("", Upos::Noun).is_none());
}

#[test]
fn lookups_by_lemma_and_prefix() {
    let forms = Lexicon::ours().forms("hus");
    assert!(forms.iter().any(|f| f.form == "husene"));
    let some = Lexicon::ours().prefixed("husen", 10);
    assert!(some.contains(&"husene".to_owned()), "{some:?}");
    assert!(Lexicon::ours().prefixed("qqq", 10).is_empty());
    assert_eq!(Lexicon::ours().prefixed("", 3).len(), 3);
}

#[test]
fn status_source_and_order_are_kept() {
    let mut builder = LexiconBuilder::new();
    let (ro, mine) = (builder.source("RO"), builder.source("mine"));
    builder.add(&Entry::new("mine", "min", Upos::Det, "Poss=Yes").source(ro));
    builder.add(&Entry::new("mine", "mine", Upos::Noun, "").source(mine).status(NormStatus::Old));
    builder.add(&Entry::new("mine", "min", Upos::Det, "Poss=Yes").source(mine));
    builder.add(&Entry::new("", "min", Upos::Det, ""));
    builder.add(&Entry::new(&"x".repeat(2000), "x", Upos::X, ""));
    assert_eq!(builder.left_out(), 2);
    let bytes = builder.build().unwrap();
    let lexicon = Lexicon::open(bytes).unwrap();
    let found = lexicon.lookup("mine");
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].reading.upos, found[0].source), (Upos::Det, ro));
    assert_eq!((found[1].status, found[1].source), (NormStatus::Old, mine));
    assert_eq!(lexicon.sources(), ["RO", "mine"]);
}

#[test]
fn an_empty_lexicon_is_a_lexicon() {
    let bytes = LexiconBuilder::new().build().unwrap();
    let lexicon = Lexicon::open(&bytes[..]).unwrap();
    assert!(lexicon.is_empty());
    assert!(
        lexicon.lookup("").is_empty() && lexicon.prefixed("", 9).is_empty() && lexicon.forms("x").is_empty()
    );
    assert!(Lexicon::open(&b""[..]).is_err() && Lexicon::open(&b"SPROGLEX"[..]).is_err());
}

#[test]
fn long_and_odd_words_do_no_harm() {
    let mut out = Vec::new();
    let words = [
        "a".repeat(1 << 20),
        "Å".repeat(5000),
        "e\u{301}".repeat(500),
        "\0".to_owned(),
        "s".to_owned(),
        "'".to_owned(),
        "’s".to_owned(),
        "A'".to_owned(),
        "🙂-hus".to_owned(),
    ];
    for word in &words {
        Guesser::ours().readings(word, &mut out);
        let _ = Guesser::ours().inflect(word, Upos::Noun);
    }
}

fn small() -> Vec<u8> {
    let mut builder = LexiconBuilder::new();
    for form in ["hus", "huse", "huset", "husene", "mus", "musene", "å", "ål"] {
        builder.add(&Entry::new(form, &form[..form.len().min(3)], Upos::Noun, "Gender=Neut"));
    }
    builder.build().unwrap()
}

proptest! {
    #[test]
    fn damaged_bytes_never_panic(changes in prop::collection::vec((0usize..600, any::<u8>()), 1..8), cut in 0usize..600) {
        let mut bytes = small();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        for bytes in [&bytes[..], &bytes[..cut.min(bytes.len())]] {
            if let Ok(lexicon) = Lexicon::open(bytes) {
                for word in ["hus", "husene", "å", "", "musene"] {
                    let _ = (lexicon.lookup(word), lexicon.forms(word), lexicon.prefixed(word, 20));
                }
                let _ = lexicon.iter().take(1000).count();
            }
        }
    }

    #[test]
    fn any_bytes_are_a_lexicon_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Lexicon::open(&bytes[..]);
    }

    #[test]
    fn what_is_put_in_comes_out(words in prop::collection::btree_set("[a-zæøå]{1,8}", 1..40)) {
        let mut builder = LexiconBuilder::new();
        for word in words.iter().rev() {
            builder.add(&Entry::new(word, word, Upos::Noun, ""));
        }
        let bytes = builder.build().unwrap();
        let lexicon = Lexicon::open(bytes).unwrap();
        let forms: Vec<String> = lexicon.iter().map(|f| f.form).collect();
        prop_assert_eq!(forms, words.iter().cloned().collect::<Vec<_>>());
        for word in &words {
            prop_assert_eq!(&lexicon.lookup(word)[0].reading.lemma, word);
        }
    }

    #[test]
    fn any_word_can_be_guessed(word in "\\PC{0,20}") {
        let mut out = Vec::new();
        Guesser::ours().readings(&word, &mut out);
        for upos in [Upos::Noun, Upos::Verb, Upos::Adj] {
            let _ = Guesser::ours().inflect(&word, upos);
        }
    }
}
