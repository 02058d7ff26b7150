//! Shared cases and properties.

use super::*;
use proptest::prelude::*;

fn found(text: &str) -> Vec<&str> {
    find(text).into_iter().map(|s| &text[s.range]).collect()
}

#[test]
fn masks_and_finds_in_order() {
    assert_eq!(mask("mail: 'a@b.dk' og 010190-1234"), "mail: '[EMAIL]' og [CPR]");
    assert_eq!(found("Vedr. Jens Holm, cpr. 260152-1485"), ["Jens Holm", "260152-1485"]);
    assert!(find("").is_empty());
}

#[test]
fn labels_that_are_not_asked_for_do_not_compete() {
    let text = "Carl Jacobsens Vej 16, 2500 Valby";
    let names = Options { labels: Labels::of(&[Label::Cpr, Label::Phone]), min_score: 0.0 };
    assert!(find_with(text, &names).is_empty());
    assert_eq!(find(text).len(), 1);
}

#[test]
fn spans_that_do_not_fit_the_text_are_passed_over() {
    let span = |range| Span { range, label: Label::Cpr, score: 1.0, reason: "" };
    assert_eq!(mask_with("æøå", &[span(1..2), span(2..4), span(0..2), span(4..99)]), "æ[CPR]å");
}

#[test]
fn long_and_strange_input_ends_soon() {
    for unit in [
        "1",
        ".",
        "@",
        " ",
        "\"",
        "'",
        "1 ",
        "a1",
        "A",
        "A ",
        "Å",
        "1.",
        "12-",
        "w",
        "www.",
        "://",
        "a@",
        "@.",
        "nul ",
        "nul",
        ":",
        "/",
        "a/",
        "cpr ",
        "e\u{301}\u{302}",
        "\u{202e}",
        "\0",
        "-",
        "DK",
        "Jens ",
        "Jens-",
        "J.",
        "+45",
        "2001:",
        "Vej 1 ",
        "12 34 56 78 ",
        "1\u{200b}",
        "hr. ",
        "A-",
        "A'",
        "Hansen, Jens ",
        "0101901234",
        "http://a",
    ] {
        let text = unit.repeat(30_000 / unit.len());
        let spans = find(&text);
        assert!(spans.windows(2).all(|w| w[0].range.end <= w[1].range.start), "{unit}");
    }
}

#[test]
fn two_addresses_that_share_letters_inside_a_url() {
    let text = "www.I-ÝM-4/4@r.FFH@r.FFIr./";
    let spans = find_with(text, &Options { min_score: 0.0, ..Options::default() });
    assert!(spans.windows(2).all(|w| w[0].range.end <= w[1].range.start), "{spans:?}");
    assert!(spans.iter().any(|span| span.label == Label::Email));
}

const ALPHABET: &str = "(?s)([0-9]|[0-9]{2} |[0-9]{4}|[0-9]{6}-[0-9]{4}| |-|\\.|,|:|/|@|\\+45|00|DK|dk|\u{2013}|\u{a0}|\u{200b}|\u{301}|\u{202e}|\0|\n|=|\\(|\\)|&nbsp;|cpr|CPR-nr\\. |CVR |P-nr\\. |tlf\\. |konto |reg\\. |kort |IBAN |født |sagsnr\\. |bil |nul |et |halvfems |fireogtredive |Jens |Mette |Hansen|Holm |hr\\. |P\\. |von |vej |Nørregade |th|st\\. |København |K|www\\.|http://|\\.dk|2001:|fe80::|AB|ø|Å|a|ß|’|ApS|Fond|, | kr|0101901234|4111111111111111|37526886|DK8537622659046273){0,24}";

fn key() -> impl Strategy<Value = [u8; 32]> {
    any::<u8>().prop_map(|byte| [byte; 32])
}

proptest! {
    #[test]
    fn spans_are_in_order_and_on_character_bounds(text in ALPHABET, low in any::<bool>()) {
        let options = Options { min_score: if low { 0.0 } else { 0.5 }, ..Options::default() };
        let spans = find_with(&text, &options);
        let mut last = 0;
        for span in &spans {
            prop_assert!(span.range.start >= last && span.range.end > span.range.start);
            prop_assert!(text.get(span.range.clone()).is_some());
            prop_assert!(span.score >= options.min_score && span.score <= 1.0);
            last = span.range.end;
        }
        prop_assert_eq!(&spans, &find_with(&text, &options));
        let _ = mask_with(&text, &spans);
    }

    #[test]
    fn stand_ins_are_no_real_numbers(text in ALPHABET, key in key()) {
        let spans = find(&text);
        let safe = Pseudonymizer::new(&key).replace(&text, &spans);
        prop_assert_eq!(&safe, &Pseudonymizer::new(&key).replace(&text, &spans));
        // Where the stand-ins are in the new text.
        let one = |span: &Span| Pseudonymizer::new(&key).replace(&text[span.range.clone()], &[Span { range: 0..span.range.len(), ..span.clone() }]);
        let (mut shift, mut places) = (0isize, Vec::new());
        for span in &spans {
            let new = one(span);
            let start = span.range.start as isize + shift;
            places.push((start as usize)..(start as usize + new.len()));
            shift += new.len() as isize - span.range.len() as isize;
        }
        for span in find(&safe) {
            if matches!(span.label, Label::Cpr | Label::Cvr | Label::Iban | Label::Card) {
                // What stands beside may make up a number with a part of a stand-in.
                let within = places.iter().any(|p| p.start <= span.range.start && span.range.end <= p.end);
                prop_assert!(!within, "{:?} in {:?} from {:?}", span, safe, text);
            }
        }
    }
}
