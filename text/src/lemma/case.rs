//! Capitals of lemmas.

use std::borrow::Cow;

use crate::morph::{Analyze, Reading, Upos};

/// Words of more capitals than these are no abbreviations.
const LONGEST_ABBREVIATION: usize = 5;

/// The form with the capitals that its lemma has.
pub(crate) fn base<'f>(form: &'f str, upos: Option<Upos>, lexicon: &dyn Analyze) -> Cow<'f, str> {
    if upos == Some(Upos::Propn) && is_shouted(form) {
        // A name in capitals only, unless it is short enough for an abbreviation and not listed.
        let (first, rest) = form.split_at(form.chars().next().map_or(0, char::len_utf8));
        let name = format!("{first}{}", rest.to_lowercase());
        let mut readings = Vec::new();
        lexicon.readings(&name, &mut readings);
        let listed = readings.iter().any(|r| r.upos == Upos::Propn);
        if listed || form.chars().count() > LONGEST_ABBREVIATION {
            return Cow::Owned(name);
        }
    }
    if matches!(upos, Some(Upos::Propn | Upos::X | Upos::Punct | Upos::Sym))
        || !form.contains(char::is_uppercase)
    {
        return Cow::Borrowed(form);
    }
    let noun = matches!(upos, Some(Upos::Noun) | None);
    if let Some((first, rest)) =
        form.split_once('-').filter(|(first, rest)| !first.is_empty() && !rest.is_empty())
    {
        let rest = if rest.contains('-') { Cow::Borrowed(rest) } else { Cow::Owned(rest.to_lowercase()) };
        return match upos {
            Some(Upos::Noun | Upos::Adj | Upos::Verb) | None if !is_word(first, lexicon) => {
                Cow::Owned(format!("{first}-{rest}"))
            }
            _ => Cow::Owned(form.to_lowercase()),
        };
    }
    let upper = form.chars().filter(|c| c.is_uppercase()).count();
    let capitalised = upper == 1 && form.starts_with(char::is_uppercase) && form.chars().nth(1).is_some();
    let all = !form.contains(char::is_lowercase);
    if noun
        && !capitalised
        && !(all && (form.chars().count() > LONGEST_ABBREVIATION || is_word(form, lexicon)))
    {
        return Cow::Borrowed(form);
    }
    Cow::Owned(form.to_lowercase())
}

/// Whether a word of at least four letters is written in capitals only.
fn is_shouted(form: &str) -> bool {
    form.chars().nth(3).is_some() && form.chars().all(char::is_uppercase)
}

/// Whether a part with a capital is a word that is written without.
fn is_word(part: &str, lexicon: &dyn Analyze) -> bool {
    let lower = part.to_lowercase();
    if lower == part {
        return true;
    }
    let mut readings: Vec<Reading> = Vec::new();
    lexicon.readings(&lower, &mut readings);
    readings.iter().any(|r| r.upos != Upos::Propn && r.lemma.chars().next().is_none_or(char::is_lowercase))
}
