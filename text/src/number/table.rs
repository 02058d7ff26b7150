//! Reads the tables of numerals.

use super::Gender;
pub(crate) use crate::tables::rows;
use std::sync::LazyLock;

/// The forms of a cell, split at `|`; `-` is an empty cell.
pub(crate) fn forms(cell: &'static str) -> Vec<&'static str> {
    if cell == "-" { Vec::new() } else { cell.split('|').collect() }
}

/// A row of `numerals.tsv`.
pub(crate) struct Numeral {
    pub(crate) value: u64,
    pub(crate) cardinal: Vec<&'static str>,
    pub(crate) ordinal: Vec<&'static str>,
    pub(crate) long_cardinal: Vec<&'static str>,
    pub(crate) long_ordinal: Vec<&'static str>,
    /// `halvfemser`, as in `halvfemserne`.
    pub(crate) decade: Vec<&'static str>,
    /// `femmer`.
    pub(crate) noun: Vec<&'static str>,
}

/// A row of `scales.tsv`.
pub(crate) struct Scale {
    pub(crate) exponent: u32,
    pub(crate) singular: Vec<&'static str>,
    pub(crate) plural: Vec<&'static str>,
    pub(crate) gender: Gender,
    pub(crate) ordinal: Vec<&'static str>,
    pub(crate) abbreviations: Vec<&'static str>,
    /// `milliontedel`.
    pub(crate) fraction: &'static str,
}

pub(crate) static NUMERALS: LazyLock<Vec<Numeral>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/numerals.tsv"))
        .filter_map(|row| {
            let [value, cardinal, ordinal, long_cardinal, long_ordinal, decade, noun] = row[..] else {
                return None;
            };
            Some(Numeral {
                value: value.parse().ok()?,
                cardinal: forms(cardinal),
                ordinal: forms(ordinal),
                long_cardinal: forms(long_cardinal),
                long_ordinal: forms(long_ordinal),
                decade: forms(decade),
                noun: forms(noun),
            })
        })
        .collect()
});

pub(crate) static SCALES: LazyLock<Vec<Scale>> = LazyLock::new(|| {
    rows(include_str!("../../data/verbalize/scales.tsv"))
        .filter_map(|row| {
            let [exponent, singular, plural, gender, ordinal, abbreviations, fraction] = row[..] else {
                return None;
            };
            Some(Scale {
                exponent: exponent.parse().ok()?,
                singular: forms(singular),
                plural: forms(plural),
                gender: Gender::of_cell(gender)?,
                ordinal: forms(ordinal),
                abbreviations: forms(abbreviations),
                fraction,
            })
        })
        .collect()
});

/// The row of a number below 20, or of a multiple of ten below 100.
pub(crate) fn numeral(value: u64) -> Option<&'static Numeral> {
    let index = match value {
        0..20 => value,
        20..100 if value.is_multiple_of(10) => 18 + value / 10,
        _ => return None,
    };
    NUMERALS.get(index as usize)
}

/// The row of 10 to the power of `exponent`.
pub(crate) fn scale(exponent: u32) -> Option<&'static Scale> {
    SCALES.iter().find(|scale| scale.exponent == exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_numerals_parses_and_stands_where_it_is_looked_up() {
        let table = include_str!("../../data/verbalize/numerals.tsv");
        assert_eq!(rows(table).count(), NUMERALS.len());
        for row in NUMERALS.iter() {
            assert_eq!(numeral(row.value).map(|found| found.value), Some(row.value));
            assert!(!row.cardinal.is_empty() && !row.ordinal.is_empty() && !row.noun.is_empty());
        }
        assert_eq!(NUMERALS.len(), 28);
    }

    #[test]
    fn every_row_of_the_scales_parses() {
        assert_eq!(rows(include_str!("../../data/verbalize/scales.tsv")).count(), SCALES.len());
        assert_eq!(scale(9).map(|row| row.plural[0]), Some("milliarder"));
    }
}
