//! Written Danish to spoken Danish: numbers, dates, money, units, abbreviations and signs as words.
//!
//! Only what is no ordinary word is changed: text between the spans is left byte for byte, and so is anything
//! that no rule is sure of. The forms are those of Retskrivningsordbogen (RO). Where usage leaves a choice, the
//! first reading takes this one, and the others are in [`Span::readings`]:
//!
//! | written | first | accepted as well |
//! |---|---|---|
//! | 100, 1.000 | `hundrede`, `tusind` | `et hundrede`, `et tusind`, `tusinde` |
//! | 1.100 | `tusind et hundrede` | `elleve hundrede`, `tusind og et hundrede` |
//! | 1, 101 alone | `et`, `hundrede og et` | `en`, `hundrede og en`; with a noun its gender decides |
//! | 3,14 | `tre komma fjorten`; three decimals and more digit by digit | `tre komma et fire` |
//! | 1905; 2026 | `nitten fem`; `to tusind og seksogtyve` | `nitten hundrede og fem`; `tyve seksogtyve` |
//! | 03.12.2024 | `tredje i tolvte …` | `tredje december …`, `den tredje …` |
//! | kl. 8.15 | `klokken otte femten` | `klokken kvart over otte` |
//! | 12,50 kr. | `tolv kroner og halvtreds øre` | `tolv komma halvtreds kroner` |
//! | A/S | `a s` | `aktieselskab` |
//!
//! Numbers from 10¹⁸ on, and digits that start with 0, are read digit by digit. Spoken forms have small letters.
//! The full stop of an abbreviation or ordinal is left standing where a capital letter follows, as it ends the
//! sentence too; at the end of the text it is taken to be of the abbreviation.

mod abbreviation;
mod address;
mod amount;
mod context;
mod date;
mod electronic;
mod legal;
mod letters;
pub(crate) mod lexicon;
mod ordinals;
mod phone;
mod quantity;
mod range;
mod roman;
mod scan;
mod suffix;
mod symbol;
mod time;

use std::ops::Range;

/// How much [`verbalize`] and [`crate::itn::itn`] give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// At most this many readings of the whole text, the best included. With 1, spans hold their best reading
    /// only, which is several times faster. Readings of the whole text are held back further where they would
    /// take more than 1 MiB together.
    pub max_readings: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { max_readings: 64 }
    }
}

/// What a span is, in the names of the field (Sproat et al., Kestrel, NeMo).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Class {
    /// `21`, `3 mio.`, `42-årige`
    Cardinal,
    /// `3.`, `9.b`
    Ordinal,
    /// `3,14`
    Decimal,
    /// `½`, `2/3`
    Fraction,
    /// `3. december 2024`, `03.12.2024`
    Date,
    /// `kl. 8.15`
    Time,
    /// `1905`, `1800-tallet`
    Year,
    /// `90'erne`
    Decade,
    /// `5-10`
    Range,
    /// `12,50 kr.`
    Money,
    /// `25 %`
    Percent,
    /// `80 km/t`
    Measure,
    /// `33 14 25 36`
    Telephone,
    /// `010203-1234`
    Cpr,
    /// `Christian IV`, `Frederik 10.`
    Roman,
    /// `f.eks.`
    Abbreviation,
    /// `DSB`, `B12`
    Letters,
    /// `info@example.dk`
    Electronic,
    /// `Vestergade 7, 3. tv.`, `8000 Aarhus C`
    Address,
    /// `§ 12, stk. 3`
    Legal,
    /// `2+2=4`
    Math,
}

impl Class {
    /// The class as it is written in output.
    ///
    /// ```
    /// # use sprog_text::verbalize::Class;
    /// assert_eq!(Class::Telephone.as_str(), "telephone");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Cardinal => "cardinal",
            Class::Ordinal => "ordinal",
            Class::Decimal => "decimal",
            Class::Fraction => "fraction",
            Class::Date => "date",
            Class::Time => "time",
            Class::Year => "year",
            Class::Decade => "decade",
            Class::Range => "range",
            Class::Money => "money",
            Class::Percent => "percent",
            Class::Measure => "measure",
            Class::Telephone => "telephone",
            Class::Cpr => "cpr",
            Class::Roman => "roman",
            Class::Abbreviation => "abbreviation",
            Class::Letters => "letters",
            Class::Electronic => "electronic",
            Class::Address => "address",
            Class::Legal => "legal",
            Class::Math => "math",
        }
    }
}

/// A part of the text that was read as something else than what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Bytes of the input.
    pub range: Range<usize>,
    /// What it is.
    pub class: Class,
    /// The best reading, as it stands in [`Verbalized::spoken`].
    pub spoken: String,
    /// All accepted readings, the best first.
    pub readings: Vec<String>,
}

/// What [`verbalize`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verbalized {
    /// The text as it is spoken, in the best reading.
    pub spoken: String,
    /// Readings of the whole text, the best first: bounded by [`Options::max_readings`].
    pub readings: Vec<String>,
    /// The parts that were changed, in order.
    pub spans: Vec<Span>,
}

/// A span as a rule finds it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Match {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) class: Class,
    pub(crate) readings: Vec<String>,
    /// The letters that follow are of the same word: `toogfyrre|årige`.
    pub(crate) joined: bool,
}

impl Match {
    pub(crate) fn new(start: usize, end: usize, class: Class, readings: Vec<String>) -> Self {
        Match { start, end, class, readings, joined: false }
    }

    pub(crate) fn joined(self) -> Self {
        Match { joined: true, ..self }
    }
}

/// Reads `text` as Danish is spoken.
///
/// Linear in the length of the text; no input makes it fail.
///
/// ```
/// use sprog_text::verbalize::{Class, Options, verbalize};
///
/// let found = verbalize("Frederik 10. blev konge kl. 14.59 d. 14. jan. 2024.", &Options::default());
/// assert_eq!(
///     found.spoken,
///     "Frederik den tiende blev konge klokken fjorten nioghalvtreds \
///      den fjortende januar to tusind og fireogtyve."
/// );
/// assert_eq!(found.spans[1].class, Class::Time);
/// assert!(found.spans[1].readings.contains(&"klokken et minut i tre".to_string()));
/// ```
pub fn verbalize(text: &str, options: &Options) -> Verbalized {
    let matches = scan::matches(text, options.max_readings > 1);
    let best = vec![0; matches.len()];
    let spoken = assemble(text, &matches, &best);
    let readings = whole_readings(text, &matches, &spoken, options.max_readings);
    let spans = matches
        .into_iter()
        .map(|found| Span {
            range: found.start..found.end,
            class: found.class,
            spoken: found.readings.first().cloned().unwrap_or_default(),
            readings: found.readings,
        })
        .collect();
    Verbalized { spoken, readings, spans }
}

/// The text with the chosen reading of each match put in; a blank where two words would run together.
pub(crate) fn assemble(text: &str, matches: &[Match], choice: &[usize]) -> String {
    let mut out = String::with_capacity(text.len() + 32 * matches.len());
    let mut last = 0;
    for (found, &index) in matches.iter().zip(choice) {
        let Some(reading) = found.readings.get(index).or(found.readings.first()) else { continue };
        out.push_str(&text[last..found.start]);
        if out.ends_with(char::is_alphanumeric) && reading.starts_with(char::is_alphanumeric) {
            out.push(' ');
        }
        out.push_str(reading);
        if !found.joined
            && reading.ends_with(char::is_alphanumeric)
            && text[found.end..].starts_with(char::is_alphanumeric)
        {
            out.push(' ');
        }
        last = found.end;
    }
    out.push_str(&text[last..]);
    out
}

/// Readings of the whole text: the best, then those that differ in one span, then in several.
pub(crate) fn whole_readings(text: &str, matches: &[Match], best: &str, max: usize) -> Vec<String> {
    /// All readings of one text together take no more.
    const BYTES: usize = 1 << 20;
    let max = max.min(BYTES / best.len().max(1)).max(1);
    let mut out = vec![best.to_string()];
    let push = |out: &mut Vec<String>, choice: &[usize]| {
        let reading = assemble(text, matches, choice);
        if !out.contains(&reading) {
            out.push(reading);
        }
        out.len() < max
    };
    let mut choice = vec![0; matches.len()];
    if max == 1 {
        return out;
    }
    for (index, found) in matches.iter().enumerate() {
        for other in 1..found.readings.len() {
            choice[index] = other;
            if !push(&mut out, &choice) {
                return out;
            }
        }
        choice[index] = 0;
    }
    // All combinations, counted up like the digits of a number.
    if matches.len() < 2 {
        return out;
    }
    for _ in 0..4 * max {
        let mut at = 0;
        while let Some(found) = matches.get(at) {
            choice[at] += 1;
            if choice[at] < found.readings.len() {
                break;
            }
            choice[at] = 0;
            at += 1;
        }
        if at == matches.len() || !push(&mut out, &choice) {
            break;
        }
    }
    out
}
