//! Personal data in Danish text: who and where, and the numbers that lead to a person.
//!
//! [`find`] gives spans with a label, a score and a reason; [`mask`] puts labels in their place, and
//! [`Pseudonymizer`] puts in stand-ins that are the same for the same value and that can't be real.
//! A number is told by its form, by its check digits, and by the words beside it. No single sign
//! decides: since 2007 CPR numbers may fail modulus 11, and an order number may pass it.
//!
//! It is an aid, not a guarantee. Names are found by lists and context: a rare name that stands alone,
//! names in lower case, nicknames, and who is meant by "min nabo i nummer 7" are not found.
//!
//! | label | what | decided by |
//! |---|---|---|
//! | CPR | personal identification numbers, replacement numbers (day + 60), eCPR with letters, spoken digits | date and century table, modulus 11 as evidence, words |
//! | CVR, PNR | company and production unit numbers | modulus 11 (CVR), words |
//! | PHONE | Danish numbers in all groupings, `+` numbers of all countries | words, grouping, prefixes in use |
//! | EMAIL, URL, IP | addresses of the net | their grammar |
//! | IBAN, BANK, CARD | accounts and cards | MOD 97-10 (ISO 7064), Luhn (ISO/IEC 7812-1), words |
//! | ADDRESS | street and house number, floor, postcode, town | endings of street names, postcodes |
//! | PLATE, CASE, DOB | licence plates, journal numbers, dates of birth | words |
//! | NAME | names of persons | own lists, titles, what stands beside |

mod address;
mod bank;
mod context;
mod cpr;
mod dob;
mod groups;
mod ident;
mod label;
mod lexicon;
mod name_beside;
mod name_parts;
mod names;
mod net;
mod phone;
mod plate;
mod postcode;
mod pseudonym;
mod scan;
mod spoken;
mod table;

use std::ops::Range;

pub use label::{Label, Labels};
pub use pseudonym::Pseudonymizer;

/// One find.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Byte range in the text.
    pub range: Range<usize>,
    /// What it is.
    pub label: Label,
    /// How sure, from 0 to 1. A rank, not a probability.
    pub score: f32,
    /// Why, as signs joined by `+`, such as `date+mod11+word`. Stable, and free of the text itself.
    pub reason: &'static str,
}

/// What to look for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The labels that are reported. Others do not compete for a place either.
    pub labels: Labels,
    /// Finds below this score, from 0 to 1, are left out.
    pub min_score: f32,
}

impl Options {
    /// The score from which on a find is reported by default.
    pub const MIN_SCORE: f32 = 0.5;
}

impl Default for Options {
    /// All labels, from [`Options::MIN_SCORE`] on.
    fn default() -> Self {
        Options { labels: Labels::ALL, min_score: Self::MIN_SCORE }
    }
}

/// Finds personal data of all kinds at the default threshold, in the order it stands.
///
/// ```
/// # use sprog_text::pii;
/// use sprog_text::pii::{Label, find};
/// let spans = find("Borger 010190-1234, skriv til åse@example.dk");
/// assert_eq!(spans[0].label, Label::Cpr);
/// assert_eq!(spans[1].range, 30..45);
/// assert!(find("den 32. 320190-1234").is_empty(), "32 is no day");
/// ```
pub fn find(text: &str) -> Vec<Span> {
    find_with(text, &Options::default())
}

/// Finds personal data of the kinds and from the score that `options` say.
///
/// Spans are in order and do not overlap. Where two finds overlap, the one with the higher score stays,
/// then the label that is first in [`Label`]; a name gives way to any other label. A URL that holds
/// a CPR number, an account, a card or an e-mail address is cut around it, so that nothing is lost.
///
/// ```
/// # use sprog_text::pii;
/// use sprog_text::pii::{Label, Labels, Options, find_with};
/// let text = "Mette Jensen, tlf. 22 18 09 44";
/// let phones = Options { labels: Labels::of(&[Label::Phone]), ..Options::default() };
/// let spans = find_with(text, &phones);
/// assert_eq!((spans.len(), &text[spans[0].range.clone()]), (1, "22 18 09 44"));
/// ```
pub fn find_with(text: &str, options: &Options) -> Vec<Span> {
    scan::find(text, options)
}

/// Replaces each find by its label in brackets, such as `[CPR]`.
///
/// ```
/// # use sprog_text::pii;
/// assert_eq!(pii::mask("cpr 010190-1234."), "cpr [CPR].");
/// ```
pub fn mask(text: &str) -> String {
    mask_with(text, &find(text))
}

/// Replaces `spans` of `text` by their labels in brackets.
///
/// The spans are to be those of [`find_with`] on the same text; one that is out of order, out of the
/// text or not on character bounds is passed over.
pub fn mask_with(text: &str, spans: &[Span]) -> String {
    replace_spans(text, spans, |_, span, out| {
        out.push('[');
        out.push_str(span.label.as_str());
        out.push(']');
    })
}

/// Copies `text` with what `write` makes of each span in its place.
fn replace_spans(text: &str, spans: &[Span], mut write: impl FnMut(&str, &Span, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        let Some(value) = text.get(span.range.clone()) else { continue };
        let Some(between) = text.get(at..span.range.start) else { continue };
        out.push_str(between);
        write(value, span, &mut out);
        at = span.range.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests;
