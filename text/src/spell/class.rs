//! What is known of a word form: the bits of its class.

/// Stands in the word list and is a word of its own.
pub(super) const ROOT: u32 = 1;
/// A word of its own by way of affixes.
pub(super) const AFFIXED: u32 = 1 << 1;
/// Only meant to be found when a text is all capitals: `Openoffice.org` for `OpenOffice.org`.
pub(super) const HIDDEN: u32 = 1 << 2;
/// Stands in the word list as forbidden.
pub(super) const FORBIDDEN: u32 = 1 << 3;
/// An affixed form of a forbidden word.
pub(super) const FORBIDDEN_AFFIXED: u32 = 1 << 4;
/// Capitals may differ from those of the word list (no KEEPCASE).
pub(super) const FREE_CASE: u32 = 1 << 5;
/// Never suggested.
pub(super) const NO_SUGGEST: u32 = 1 << 6;
/// Marked with WARN.
pub(super) const WARN: u32 = 1 << 7;
/// Stands in the word list, as whatever.
pub(super) const LISTED: u32 = 1 << 8;
/// Can be the first part of a compound.
pub(super) const BEGIN: u32 = 1 << 9;
/// Can be a part inside a compound.
pub(super) const MIDDLE: u32 = 1 << 10;
/// Can be the last part of a compound.
pub(super) const END: u32 = 1 << 11;
/// Counts as two parts (COMPOUNDROOT).
pub(super) const DOUBLE: u32 = 1 << 12;
/// As last part, asks for a capital at the start of the compound (FORCEUCASE).
pub(super) const FORCE_UPPER: u32 = 1 << 13;

/// Where the five bits of the frequency's logarithm start.
const FREQUENCY: u32 = 20;
/// Where the four bits start that say how much longer a first part is than its stem.
const CUT: u32 = 28;
/// No stem starts the part.
pub(super) const NO_CUT: u32 = 15;

/// The bits in which the classes of one form add up.
const MARKS: u32 = (1 << FREQUENCY) - 1;

/// The bits that store how often a word occurs: the binary logarithm, at most 31.
pub(super) fn of_frequency(frequency: u64) -> u32 {
    (frequency.checked_ilog2().map_or(0, |log| log + 1).min(31)) << FREQUENCY
}

/// How common a word is, from 0 (not known) to 31.
pub(super) fn commonness(class: u32) -> u32 {
    class >> FREQUENCY & 31
}

pub(super) fn with_cut(class: u32, cut: usize) -> u32 {
    class | (cut as u32).min(NO_CUT) << CUT
}

/// How many characters a first part has after its stem; [`NO_CUT`] where it does not start with the stem.
pub(super) fn cut(class: u32) -> u32 {
    class >> CUT
}

/// The class of a form that can be had in two ways.
pub(super) fn merged(a: u32, b: u32) -> u32 {
    let part = BEGIN | MIDDLE;
    let cut = match (a & part, b & part) {
        (0, _) => cut(b),
        (_, 0) => cut(a),
        _ => cut(a).min(cut(b)),
    };
    (a | b) & MARKS | commonness(a).max(commonness(b)) << FREQUENCY | cut << CUT
}
