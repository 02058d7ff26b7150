//! Readings of a token as it stands in text: capitals, numbers and punctuation.

use super::Lexicon;
use crate::morph::{Analyze, Reading, Upos};
use std::borrow::Cow;

impl Analyze for Lexicon<'_> {
    /// The readings of the form as it stands, then, where it has capitals, those of its lower case (a sentence's first
    /// word) and, in all capitals, of the word with one capital. Numbers and punctuation have readings too.
    fn readings(&self, form: &str, out: &mut Vec<Reading>) {
        let start = out.len();
        let form: Cow<'_, str> =
            if form.contains('\'') { form.replace('\'', "’").into() } else { Cow::Borrowed(form) };
        let mut add = |form: &str| {
            self.each(form, |record| {
                if let Some(reading) = self.reading(record)
                    && !out[start..].contains(&reading)
                {
                    out.push(reading);
                }
            });
        };
        add(&form);
        if form.chars().any(char::is_uppercase) {
            add(&form.to_lowercase());
            if form.chars().count() > 1 && !form.chars().any(char::is_lowercase) {
                add(&with_one_capital(&form));
            }
        }
        if out.len() == start {
            out.extend(by_shape(&form));
        }
    }
}

/// `DANMARK` as `Danmark`.
fn with_one_capital(form: &str) -> String {
    let lower = form.to_lowercase();
    let mut chars = lower.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars.as_str().chars()).collect()
}

/// Numbers, ordinals in figures (`3.`), and marks.
fn by_shape(form: &str) -> Option<Reading> {
    let reading = |upos, feats: &str| Reading { lemma: form.to_owned(), upos, feats: feats.to_owned() };
    let first = form.chars().next()?;
    let digits = form.bytes().filter(u8::is_ascii_digit).count();
    if digits > 0 {
        if let Some(number) = form.strip_suffix('.')
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            return Some(reading(Upos::Adj, "NumType=Ord"));
        }
        let figures =
            |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ':' | '/' | '-' | '–' | '+' | '%' | '½');
        return form.chars().all(figures).then(|| reading(Upos::Num, "NumType=Card"));
    }
    let mark = |c: char| {
        c.is_ascii_punctuation() || matches!(c, '«' | '»' | '‐'..='‧' | '‹' | '›' | '¿' | '¡' | '·')
    };
    if form.chars().all(mark) {
        let symbol =
            matches!(first, '%' | '$' | '+' | '=' | '<' | '>' | '^' | '~' | '|' | '@' | '#' | '&' | '*');
        return Some(reading(if symbol { Upos::Sym } else { Upos::Punct }, ""));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(form: &str) -> Vec<String> {
        let mut out = Vec::new();
        Lexicon::ours().readings(form, &mut out);
        out.iter().map(|r| format!("{}/{}", r.lemma, r.upos)).collect()
    }

    #[test]
    fn capitals_do_not_hide_a_word() {
        assert!(tags("Huset").contains(&"hus/NOUN".to_owned()));
        assert!(tags("HUSET").contains(&"hus/NOUN".to_owned()));
        assert!(tags("DANMARK").contains(&"Danmark/PROPN".to_owned()));
        assert_eq!(tags("De")[0], "De/PRON");
        assert!(tags("De").contains(&"den/DET".to_owned()));
        assert!(!tags("danmark").contains(&"Danmark/PROPN".to_owned()));
    }

    #[test]
    fn numbers_and_marks_have_readings() {
        assert_eq!(tags("1.234,50"), ["1.234,50/NUM"]);
        assert_eq!(tags("24."), ["24./ADJ"]);
        assert_eq!(tags("..."), [".../PUNCT"]);
        assert!(tags("x7y").is_empty());
        assert!(tags("").is_empty());
    }
}
