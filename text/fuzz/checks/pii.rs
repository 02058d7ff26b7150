//! What a fuzzer checks of `pii`; only the public API is called.

use sprog_text::pii::{Label, Labels, Options, Pseudonymizer, find, find_with, mask, mask_with};

/// The invariants: spans in order, on character bounds, within score bounds, deterministic; masking and
/// stand-ins leave the rest of the text; stand-ins are no CPR, CVR, IBAN or card numbers.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let text = text.as_ref();
    for min_score in [0.0, Options::MIN_SCORE] {
        let options = Options { labels: Labels::ALL, min_score };
        let spans = find_with(text, &options);
        let mut last = 0;
        let mut rest = String::new();
        for span in &spans {
            assert!(span.range.start >= last && span.range.end > span.range.start);
            assert!(text.get(span.range.clone()).is_some());
            assert!(span.score >= min_score && span.score <= 1.0 && !span.reason.is_empty());
            rest.push_str(&text[last..span.range.start]);
            rest.push_str(&format!("[{}]", span.label.as_str()));
            last = span.range.end;
        }
        rest.push_str(&text[last..]);
        assert_eq!(mask_with(text, &spans), rest);
        assert_eq!(find_with(text, &options), spans);
    }
    let spans = find(text);
    assert_eq!(mask(text), mask_with(text, &spans));
    let pseudonymizer = Pseudonymizer::new(&[data.first().copied().unwrap_or(0); 32]);
    let safe = pseudonymizer.replace(text, &spans);
    let mut at = 0;
    let mut places = Vec::new();
    let mut from = 0;
    for span in &spans {
        at += span.range.start - from;
        from = span.range.end;
        let one = vec![sprog_text::pii::Span { range: 0..span.range.len(), ..span.clone() }];
        let new = pseudonymizer.replace(&text[span.range.clone()], &one).len();
        places.push(at..at + new);
        at += new;
    }
    for span in find(&safe) {
        if matches!(span.label, Label::Cpr | Label::Cvr | Label::Iban | Label::Card) {
            // What stands beside a stand-in may make up a number with a part of it; the stand-in alone is none.
            assert!(!places.iter().any(|p| p.start <= span.range.start && span.range.end <= p.end));
        }
    }
}
