//! Tagger and lemmatizer: what they learn, that training is repeatable, and that nothing makes them panic.

use std::collections::HashMap;

use sprog_text::lemma::Lemmatizer;
use sprog_text::morph::{Analyze, Reading, Upos};
use sprog_text::tag::{Annotated, Lexicons, Model, NoLexicon, Tagger, TrainOptions, Trainer};

const OURS: &str = include_str!("../data/tag/ours.conllu");

fn ours() -> Vec<Vec<Annotated>> {
    let word = |line: &str| {
        let c: Vec<&str> = line.split('\t').collect();
        assert_eq!(c.len(), 10, "{line}");
        let feats = if c[5] == "_" { "" } else { c[5] };
        let upos = Upos::parse(c[3]).expect("a part of speech");
        Annotated { form: c[1].into(), reading: Reading { lemma: c[2].into(), upos, feats: feats.into() } }
    };
    let sentences = OURS.split("\n\n").filter(|block| !block.trim().is_empty());
    sentences.map(|block| block.lines().filter(|line| !line.starts_with('#')).map(word).collect()).collect()
}

fn quick() -> TrainOptions {
    TrainOptions { epochs: 4, runs: 1, ..TrainOptions::default() }
}

#[derive(Default)]
struct Listed(HashMap<&'static str, Vec<Reading>>);

impl Listed {
    fn with(mut self, form: &'static str, lemma: &str, upos: Upos, feats: &str) -> Listed {
        let reading = Reading { lemma: lemma.into(), upos, feats: feats.into() };
        self.0.entry(form).or_default().push(reading);
        self
    }
}

impl Analyze for Listed {
    fn readings(&self, form: &str, out: &mut Vec<Reading>) {
        out.extend(self.0.get(form).into_iter().flatten().cloned());
    }
}

#[test]
fn our_sentences_are_sound() {
    let sentences = ours();
    assert!(sentences.len() >= 150, "{}", sentences.len());
    for token in sentences.iter().flatten() {
        let names: Vec<String> = token
            .reading
            .feats
            .split('|')
            .filter_map(|f| Some(f.split_once('=')?.0.to_lowercase()))
            .collect();
        assert!(names.is_sorted(), "{token:?}");
        assert!(!token.reading.lemma.is_empty());
    }
}

#[test]
fn the_same_training_gives_the_same_bytes() {
    let sentences = ours();
    let train =
        |seed| Trainer::new(TrainOptions { seed, ..quick() }).train(&sentences, &NoLexicon).to_bytes();
    assert_eq!(train(1), train(1));
    assert_ne!(train(1), train(2));
}

#[test]
fn what_was_taught_is_known() {
    let sentences = ours();
    let model =
        Trainer::new(TrainOptions { runs: 1, ..TrainOptions::default() }).train(&sentences, &NoLexicon);
    let mut tagger = Tagger::new(&model, &NoLexicon);
    let (mut right, mut all) = (0, 0);
    for sentence in &sentences {
        let forms: Vec<&str> = sentence.iter().map(|t| t.form.as_str()).collect();
        for (tagged, gold) in tagger.tag(&forms).iter().zip(sentence) {
            right += u32::from(tagged.reading == gold.reading);
            all += 1;
            assert!((0.0..=1.0).contains(&tagged.score));
        }
    }
    assert!(right * 100 >= all * 97, "{right} of {all}");
}

#[test]
fn a_model_reads_back_as_it_was() {
    let model = Trainer::new(quick()).train(&ours(), &NoLexicon);
    assert_eq!(Model::open(&model.to_bytes()).unwrap(), model);
}

#[test]
fn a_damaged_model_is_an_error_or_still_tags() {
    let bytes = Trainer::new(quick()).train(&ours()[..12], &NoLexicon).to_bytes();
    for len in (0..bytes.len()).step_by(1 + bytes.len() / 400) {
        assert!(Model::open(&bytes[..len]).is_err(), "{len}");
    }
    let longer = [&bytes[..], b"x"].concat();
    assert_eq!(Model::open(&longer).unwrap_err().byte, bytes.len());
    for at in (0..bytes.len()).step_by(1 + bytes.len() / 300) {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            if let Ok(model) = Model::open(&damaged) {
                Tagger::new(&model, &NoLexicon).tag(&["Huset", "er", "gammelt", "."]);
            }
        }
    }
    assert!(Model::open(b"SPROGTG1\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").is_err());
}

#[test]
fn odd_input_is_tagged() {
    let model = Trainer::new(quick()).train(&ours(), &NoLexicon);
    let mut tagger = Tagger::new(&model, &NoLexicon);
    assert!(tagger.tag::<&str>(&[]).is_empty());
    let long = "å".repeat(500_000);
    let zalgo = "h\u{317}\u{352}u\u{31b}\u{350}s\u{489}";
    let odd = ["", "\0", zalgo, &long, "-", "İ", "'", "ß-ǅ", "\u{fe0f}", "EF-", "-landene"];
    let tagged = tagger.tag(&odd);
    assert_eq!(tagged.len(), odd.len());
    assert_eq!(tagged, Tagger::new(&model, &NoLexicon).tag(&odd));
    let many = vec!["løb"; 100_000];
    assert_eq!(tagger.tag(&many).len(), many.len());
}

#[test]
fn no_sentences_make_a_model() {
    let model = Trainer::new(quick()).train(&[], &NoLexicon);
    let tagged = Tagger::new(&model, &NoLexicon).tag(&["Hus"]);
    assert_eq!(tagged.len(), 1);
    assert_eq!(Model::open(&model.to_bytes()).unwrap(), model);
}

#[test]
fn given_parts_of_speech_are_kept() {
    let model = Trainer::new(quick()).train(&ours(), &NoLexicon);
    let mut tagger = Tagger::new(&model, &NoLexicon);
    let upos = [Upos::Noun, Upos::Verb, Upos::Intj];
    let tagged = tagger.tag_given(&["Løb", "løb", "løb"], &upos);
    assert_eq!(tagged.iter().map(|t| t.reading.upos).collect::<Vec<_>>(), upos);
}

#[test]
fn lemmas_come_from_the_treebank_the_lexicon_compounds_and_rules() {
    let plural = "Definite=Def|Gender=Com|Number=Plur";
    let lexicon = Listed::default()
        .with("vognene", "vogn", Upos::Noun, plural)
        .with("mændene", "mand", Upos::Noun, plural)
        .with("ja", "ja", Upos::Intj, "");
    let forms = ["sag", "dag", "vej", "borg"].map(|lemma| {
        let reading = Reading { lemma: lemma.into(), upos: Upos::Noun, feats: plural.into() };
        (format!("{lemma}ene"), reading)
    });
    let model = Trainer::new(quick()).with_forms(forms).train(&ours(), &lexicon);
    let mut lemmatizer = Lemmatizer::new(&model, &lexicon);
    for (form, upos, feats, lemma) in [
        ("mødtes", Upos::Verb, "Mood=Ind|Tense=Past|VerbForm=Fin|Voice=Pass", "møde"),
        ("Vognene", Upos::Noun, plural, "vogn"),
        ("sportsvognene", Upos::Noun, plural, "sportsvogn"),
        ("brandmændene", Upos::Noun, plural, "brandmand"),
        ("kragene", Upos::Noun, plural, "krag"),
        ("EF-mændene", Upos::Noun, plural, "EF-mand"),
        ("Ja-mændene", Upos::Noun, plural, "ja-mand"),
        ("Mændene", Upos::Propn, "", "Mændene"),
        ("1.000", Upos::Num, "NumType=Card", "1.000"),
        ("?", Upos::Punct, "", "?"),
    ] {
        assert_eq!(lemmatizer.lemma(form, upos, Some(feats)), lemma, "{form}");
    }
    assert_eq!(lemmatizer.guess("mændene"), "mand");
    assert_eq!(lemmatizer.guess("mødtes"), "møde");
}

#[test]
fn a_lexicon_tells_of_words_that_were_not_taught() {
    let feats = "Definite=Ind|Gender=Neut|Number=Sing";
    let other = Listed::default().with("xylb", "xylb", Upos::Noun, feats);
    let model = {
        let mut known = Listed::default();
        for token in ours().into_iter().flatten() {
            let form: &'static str = token.form.leak();
            known = known.with(form, &token.reading.lemma, token.reading.upos, &token.reading.feats);
        }
        let lexicons = Lexicons(vec![&known, &other]);
        Trainer::new(TrainOptions::default()).train(&ours(), &lexicons)
    };
    let tagged = Tagger::new(&model, &other).tag(&["Vi", "har", "et", "xylb", "."]);
    assert_eq!((tagged[3].reading.upos, tagged[3].reading.feats.as_str()), (Upos::Noun, feats));
}

#[test]
fn lexicons_list_each_reading_once() {
    let one = Listed::default().with("løb", "løb", Upos::Noun, "");
    let two = Listed::default().with("løb", "løb", Upos::Noun, "").with("løb", "løbe", Upos::Verb, "");
    let mut out = Vec::new();
    Lexicons(vec![&one, &two]).readings("løb", &mut out);
    assert_eq!(out.iter().map(|r| r.upos).collect::<Vec<_>>(), [Upos::Noun, Upos::Verb]);
}
