//! The tables of `data/verbalize` and `data/verbalize/abbreviations.tsv`, parsed once.

use crate::number::Gender;
use crate::number::table::{SCALES, forms, rows};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Symbols that are looked up at a place in the text: the longest that stands there wins.
pub(crate) struct Prefixes<T> {
    /// By first byte, longest first.
    buckets: Vec<Vec<(&'static str, T)>>,
}

impl<T: Copy> Prefixes<T> {
    fn new(entries: impl IntoIterator<Item = (&'static str, T)>) -> Self {
        let mut buckets: Vec<Vec<(&'static str, T)>> = (0..256).map(|_| Vec::new()).collect();
        for (form, value) in entries {
            if let Some(&first) = form.as_bytes().first() {
                buckets[usize::from(first)].push((form, value));
            }
        }
        for bucket in &mut buckets {
            bucket.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
        }
        Prefixes { buckets }
    }

    /// The longest form that `rest` starts with and whose end `fits`.
    pub(crate) fn longest(
        &self,
        rest: &[u8],
        fits: impl Fn(&'static str) -> bool,
    ) -> Option<(&'static str, T)> {
        let bucket = &self.buckets[usize::from(*rest.first()?)];
        bucket.iter().find(|(form, _)| rest.starts_with(form.as_bytes()) && fits(form)).copied()
    }
}

/// A row of `units.tsv`.
pub(crate) struct Unit {
    pub(crate) symbols: Vec<&'static str>,
    pub(crate) singular: Vec<&'static str>,
    pub(crate) plural: Vec<&'static str>,
    pub(crate) gender: Gender,
    /// What `itn` writes; `None` keeps the word.
    pub(crate) itn: Option<&'static str>,
}

pub(crate) static UNITS: LazyLock<Vec<Unit>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/units.tsv"))
        .filter_map(|row| {
            let [symbols, singular, plural, gender, itn] = row[..] else { return None };
            Some(Unit {
                symbols: forms(symbols),
                singular: forms(singular),
                plural: forms(plural),
                gender: Gender::of_cell(gender)?,
                itn: (itn != "-").then_some(itn),
            })
        })
        .collect()
});

pub(crate) static UNIT_SYMBOLS: LazyLock<Prefixes<&'static Unit>> = LazyLock::new(|| {
    Prefixes::new(UNITS.iter().flat_map(|unit| unit.symbols.iter().map(move |form| (*form, unit))))
});

/// A row of `currencies.tsv`.
pub(crate) struct Currency {
    pub(crate) symbols: Vec<&'static str>,
    pub(crate) singular: Vec<&'static str>,
    pub(crate) plural: Vec<&'static str>,
    pub(crate) gender: Gender,
    pub(crate) minor_singular: Vec<&'static str>,
    pub(crate) minor_plural: Vec<&'static str>,
    pub(crate) minor_gender: Gender,
    pub(crate) itn: &'static str,
}

pub(crate) static CURRENCIES: LazyLock<Vec<Currency>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/currencies.tsv"))
        .filter_map(|row| {
            let [symbols, singular, plural, gender, minor_singular, minor_plural, minor_gender, itn] =
                row[..]
            else {
                return None;
            };
            Some(Currency {
                symbols: forms(symbols),
                singular: forms(singular),
                plural: forms(plural),
                gender: Gender::of_cell(gender)?,
                minor_singular: forms(minor_singular),
                minor_plural: forms(minor_plural),
                minor_gender: Gender::of_cell(minor_gender)?,
                itn,
            })
        })
        .collect()
});

pub(crate) static CURRENCY_SYMBOLS: LazyLock<Prefixes<&'static Currency>> = LazyLock::new(|| {
    Prefixes::new(CURRENCIES.iter().flat_map(|row| row.symbols.iter().map(move |form| (*form, row))))
});

/// The krone, which `99,-` is said in.
pub(crate) fn krone() -> Option<&'static Currency> {
    CURRENCIES.first()
}

/// Abbreviations and words of scale after a number: `mio.`, `millioner`; the exponent.
pub(crate) static SCALE_SYMBOLS: LazyLock<Prefixes<u32>> = LazyLock::new(|| {
    Prefixes::new(SCALES.iter().filter(|scale| scale.exponent >= 3).flat_map(|scale| {
        let words = scale.singular.iter().chain(&scale.plural).filter(|_| scale.exponent > 3);
        scale
            .abbreviations
            .iter()
            .filter(|form| **form != "t.")
            .chain(words)
            .map(|form| (*form, scale.exponent))
    }))
});

/// Names of months with their abbreviations; the value is the number and whether it is the full name.
pub(crate) static MONTH_SYMBOLS: LazyLock<Prefixes<(usize, bool)>> = LazyLock::new(|| {
    Prefixes::new(rows(include_str!("../../data/verbalize/months.tsv")).flat_map(|row| {
        let number: usize = row.first().and_then(|cell| cell.parse().ok()).unwrap_or_default();
        let name = row.get(1).copied().unwrap_or_default();
        let short = row.get(2).copied().map(forms).unwrap_or_default();
        let bare = short.clone().into_iter().map(|form| form.trim_end_matches('.'));
        let mut all: Vec<(&'static str, (usize, bool))> = vec![(name, (number, true))];
        all.extend(short.iter().copied().chain(bare).map(|form| (form, (number, false))));
        all
    }))
});

/// Names of the months, January first.
pub(crate) static MONTHS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/months.tsv")).filter_map(|row| row.get(1).copied()).collect()
});

/// Abbreviated days of the week.
pub(crate) static WEEKDAYS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/weekdays.tsv"))
        .flat_map(|row| {
            let name = row.get(1).copied().unwrap_or_default();
            let short = row.get(2).copied().map(forms).unwrap_or_default();
            short.into_iter().map(move |form| (form, name))
        })
        .collect()
});

/// When the full stop of an abbreviation can end the sentence too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Final {
    Never,
    May,
    Always,
}

/// What has to stand around an abbreviation that is also a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    Anywhere,
    DigitBefore,
    DigitAfter,
    NameAfter,
    WordAfter,
    Inside,
    Address,
}

/// A row of `abbreviations.tsv`.
#[derive(Debug)]
pub(crate) struct Abbreviation {
    pub(crate) form: &'static str,
    pub(crate) final_stop: Final,
    pub(crate) spoken: Vec<&'static str>,
    pub(crate) place: Where,
}

pub(crate) static ABBREVIATIONS: LazyLock<HashMap<&'static str, Abbreviation>> = LazyLock::new(|| {
    let places: HashMap<&str, Where> = rows(include_str!("../../data/verbalize/abbreviation_contexts.tsv"))
        .filter_map(|row| {
            let [form, place] = row[..] else { return None };
            let place = match place {
                "digit_before" => Where::DigitBefore,
                "digit_after" => Where::DigitAfter,
                "name_after" => Where::NameAfter,
                "word_after" => Where::WordAfter,
                "inside" => Where::Inside,
                "address" => Where::Address,
                _ => return None,
            };
            Some((form, place))
        })
        .collect();
    rows(include_str!("../../data/verbalize/abbreviations.tsv"))
        .filter_map(|row| {
            let (form, final_stop) = (row.first().copied()?, row.get(1).copied()?);
            let spoken = forms(row.get(2).copied().filter(|cell| !cell.is_empty())?);
            let final_stop = match final_stop {
                "never" => Final::Never,
                "may" => Final::May,
                "always" => Final::Always,
                _ => return None,
            };
            // Without its stop the form may be a noun: then the stop may be that of the sentence.
            let noun = form.strip_suffix('.').is_some_and(|stem| NOUNS.contains_key(stem));
            let place =
                places.get(form).copied().unwrap_or(if noun { Where::Inside } else { Where::Anywhere });
            (!spoken.is_empty()).then_some((form, Abbreviation { form, final_stop, spoken, place }))
        })
        .collect()
});

static NOUNS: LazyLock<HashMap<&'static str, Gender>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/nouns.tsv"))
        .filter_map(|row| Some((row.first().copied()?, Gender::of_cell(row.get(1)?)?)))
        .collect()
});

/// Gender of a noun by its longest known ending, or `None`.
pub(crate) fn gender_of(noun: &str) -> Option<Gender> {
    if noun.len() > 64 {
        return None;
    }
    let lower = noun.to_lowercase();
    // An ending shorter than three letters says nothing about a compound.
    lower.char_indices().map(|(at, _)| &lower[at..]).find_map(|ending| {
        let whole = ending.len() == lower.len();
        NOUNS.get(ending).filter(|_| whole || ending.chars().count() >= 3).copied()
    })
}

fn set(table: &'static str) -> HashSet<&'static str> {
    rows(table).filter_map(|row| row.first().copied()).collect()
}

/// Names of regents: `Christian`.
pub(crate) static REGENTS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| set(include_str!("../../data/verbalize/regnal.tsv")));

/// The same in lower case, for `itn`.
pub(crate) static REGENTS_LOWER: LazyLock<HashSet<String>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/regnal.tsv")).map(|row| row[0].to_lowercase()).collect()
});

/// First words of post towns.
pub(crate) static TOWNS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| set(include_str!("../../data/verbalize/towns.tsv")));

/// The same in lower case, for `itn`; without those that are words too.
pub(crate) static TOWNS_LOWER: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words = [
        "give", "tarm", "ringe", "greve", "varde", "vejen", "vejle", "borup", "ry", "assens", "skive",
        "stege", "brande", "hammel",
    ];
    rows(include_str!("../../data/verbalize/towns.tsv"))
        .map(|row| row[0].to_lowercase())
        .filter(|town| !words.contains(&town.as_str()))
        .collect()
});

/// Endings of names of streets.
static STREETS: LazyLock<Vec<(&'static str, bool)>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/streets.tsv"))
        .map(|row| (row[0], row.get(1) == Some(&"yes")))
        .collect()
});

/// Is this the name of a street, by its ending?
pub(crate) fn is_street(word: &str) -> bool {
    ends_as_street(word).is_some()
}

/// The same of a word that may have lost its capital: endings of everyday words do not count.
pub(crate) fn is_spoken_street(word: &str) -> bool {
    ends_as_street(word) == Some(true)
}

fn ends_as_street(word: &str) -> Option<bool> {
    if word.len() > 64 {
        return None;
    }
    let lower = word.to_lowercase();
    let fits = |ending: &str| lower.ends_with(ending) && lower.len() > ending.len() + 1;
    STREETS.iter().find(|(ending, _)| fits(ending)).map(|(_, spoken)| *spoken)
}

/// Acronyms; no reading = a word, left as it is.
pub(crate) static ACRONYMS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/acronyms.tsv"))
        .filter_map(|row| {
            let spoken = forms(row.get(1).copied()?).into_iter().filter(|form| *form != "=").collect();
            Some((row.first().copied()?, spoken))
        })
        .collect()
});

/// Names of the signs in electronic addresses, the first written, all read.
pub(crate) static SIGNS: LazyLock<Vec<(char, Vec<&'static str>)>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/symbols.tsv"))
        .filter_map(|row| {
            let mut spoken = vec![row.get(1).copied()?];
            spoken.extend(row.get(2).copied().map(forms).unwrap_or_default());
            Some((row.first()?.chars().next()?, spoken))
        })
        .collect()
});

/// Top-level domains and what is said.
pub(crate) static DOMAINS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/tlds.tsv"))
        .filter_map(|row| Some((row.first().copied()?, forms(row.get(1).copied()?))))
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_every_table_parses() {
        let count = |table| rows(table).count();
        assert_eq!(count(include_str!("../../data/verbalize/units.tsv")), UNITS.len());
        assert_eq!(count(include_str!("../../data/verbalize/currencies.tsv")), CURRENCIES.len());
        assert_eq!(count(include_str!("../../data/verbalize/acronyms.tsv")), ACRONYMS.len());
        assert_eq!(count(include_str!("../../data/verbalize/symbols.tsv")), SIGNS.len());
        assert_eq!(count(include_str!("../../data/verbalize/tlds.tsv")), DOMAINS.len());
        assert_eq!(count(include_str!("../../data/verbalize/towns.tsv")), TOWNS.len());
        assert_eq!(count(include_str!("../../data/verbalize/regnal.tsv")), REGENTS.len());
        assert_eq!(MONTHS.len(), 12);
        assert_eq!(WEEKDAYS.len(), 14);
        let spoken = |row: &Vec<&str>| row.get(2).is_some_and(|cell| !cell.is_empty());
        assert_eq!(
            rows(include_str!("../../data/verbalize/abbreviations.tsv")).filter(spoken).count(),
            ABBREVIATIONS.len()
        );
    }

    #[test]
    fn every_context_names_an_abbreviation_and_every_noun_a_gender() {
        for row in rows(include_str!("../../data/verbalize/abbreviation_contexts.tsv")) {
            let place = ABBREVIATIONS.get(row[0]).map(|found| found.place);
            assert!(place.is_some_and(|place| place != Where::Anywhere), "{row:?}");
        }
        for row in rows(include_str!("../../data/verbalize/nouns.tsv")) {
            assert_eq!(gender_of(row[0]), Gender::of_cell(row[1]), "{row:?}");
        }
    }

    #[test]
    fn a_compound_has_the_gender_of_its_last_part() {
        assert_eq!(gender_of("rækkehus"), Some(Gender::Neuter));
        assert_eq!(gender_of("halvlitersflaske"), Some(Gender::Common));
        assert_eq!(gender_of("qwerty"), None);
    }
}
