//! Danish numerals: one set of tables, spelled by `verbalize` and parsed by `itn`.
//!
//! The forms follow Retskrivningsordbogen: numbers below 100 are one word (`femogtyve`), `og` stands before
//! the last part below 100 (`hundrede og femogtyve`, `tusind og et`), ordinals from 50 are built on the long
//! cardinals (`halvtredsindstyvende`).

pub(crate) mod cardinal;
pub(crate) mod ordinal;
pub(crate) mod table;
pub(crate) mod words;
pub(crate) mod year;

/// Grammatical gender of what is counted: `en krone`, `et år`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Gender {
    Common,
    Neuter,
}

impl Gender {
    pub(crate) fn of_cell(cell: &str) -> Option<Gender> {
        match cell {
            "c" => Some(Gender::Common),
            "n" => Some(Gender::Neuter),
            _ => None,
        }
    }

    /// `en` or `et`.
    pub(crate) fn one(self) -> &'static str {
        match self {
            Gender::Common => "en",
            Gender::Neuter => "et",
        }
    }
}

/// Puts `reading` last unless it is there.
pub(crate) fn add(readings: &mut Vec<String>, reading: String) {
    if !readings.contains(&reading) {
        readings.push(reading);
    }
}

/// Puts those of `other` last that are not there.
pub(crate) fn extend(readings: &mut Vec<String>, other: Vec<String>) {
    for reading in other {
        add(readings, reading);
    }
}
