//! Danish abbreviations: what they are read as, and whether a sentence can end with them.
//!
//! Knows the table `data/segment/abbreviations.tsv` and nothing of running text; [`tokens`](crate::segment::tokens())
//! decides whether a stop in a text belongs to an abbreviation.

use std::sync::LazyLock;

/// The longest abbreviation looked up, in bytes without its last stop.
const LONGEST: usize = 32;

const TABLE: &str = include_str!("../../data/segment/abbreviations.tsv");

static ENTRIES: LazyLock<Entries> = LazyLock::new(Entries::read);

/// The rows, and an open-addressing index of them: every word before a stop is looked up.
struct Entries {
    rows: Vec<Row>,
    /// 1 + the row, or 0.
    slots: Vec<u16>,
}

impl Entries {
    fn read() -> Self {
        let mut rows: Vec<Row> = TABLE.lines().filter_map(Row::parse).collect();
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        let mut slots = vec![0; (4 * rows.len()).next_power_of_two()];
        for (row, place) in rows.iter().zip(1_u16..) {
            let mut at = hash(row.key.as_bytes());
            while slots[at & (slots.len() - 1)] != 0 {
                at += 1;
            }
            let last = slots.len() - 1;
            slots[at & last] = place;
        }
        Self { rows, slots }
    }

    fn find(&self, key: &[u8]) -> Option<&Abbreviation> {
        let mut at = hash(key);
        loop {
            let row = usize::from(*self.slots.get(at & (self.slots.len() - 1))?).checked_sub(1)?;
            let row = self.rows.get(row)?;
            if row.key.as_bytes() == key {
                return Some(&row.entry);
            }
            at += 1;
        }
    }
}

/// FNV-1a, cut to 32 bits.
fn hash(key: &[u8]) -> usize {
    let folded =
        key.iter().fold(0x811C_9DC5_u32, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (folded ^ folded >> 15) as usize
}

/// Whether the stop of an abbreviation can be the stop of a sentence as well.
///
/// In Danish an abbreviation's stop swallows the sentence's (Retskrivningsordbogen § 42): *Hun købte
/// æbler, pærer osv.* ends with one stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SentenceFinal {
    /// Something must follow within the sentence: `dr.`, `nr.`, `f.eks.`
    Never,
    /// Only what follows can tell: `kr.`, `pct.`, `ph.d.`
    May,
    /// A capital after it starts a new sentence: `osv.`, `m.m.`, `ff.`
    Always,
}

/// One row of the table of abbreviations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abbreviation {
    /// As it is written, with its stops: `f.eks.`
    pub form: &'static str,
    /// Whether a sentence can end with it.
    pub sentence_final: SentenceFinal,
    /// Written as an ordinary word, too (`min.` and *min*): the stop is its own only where the
    /// neighbours say so.
    pub also_word: bool,
    /// What it is read as, best first; empty where only the letters are read.
    pub readings: Vec<&'static str>,
}

struct Row {
    key: String,
    entry: Abbreviation,
}

impl Row {
    fn parse(line: &'static str) -> Option<Self> {
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let mut columns = line.split('\t');
        let form = columns.next().filter(|form| !form.is_empty())?;
        let sentence_final = match columns.next()? {
            "never" => SentenceFinal::Never,
            "may" => SentenceFinal::May,
            "always" => SentenceFinal::Always,
            _ => return None,
        };
        let readings = columns.next()?.split('|').filter(|reading| !reading.is_empty()).collect();
        let also_word = match columns.next() {
            None | Some("") => false,
            Some("word") => true,
            Some(_) => return None,
        };
        let mut key = form.strip_suffix('.').unwrap_or(form).to_lowercase();
        if form.starts_with(char::is_uppercase) && sentence_final == SentenceFinal::Never {
            capitalize(&mut key);
        }
        Some(Self { key, entry: Abbreviation { form, sentence_final, also_word, readings } })
    }
}

/// All rows of the table, sorted by form without case or last stop.
pub fn abbreviations() -> impl Iterator<Item = &'static Abbreviation> {
    ENTRIES.rows.iter().map(|row| &row.entry)
}

/// Looks an abbreviation up, with or without its last stop, in any case.
///
/// A name that the table writes with a capital (`Chr.`, `Aug.`) is found with a capital only, and there
/// goes before the word of small letters (`aug.`).
///
/// ```
/// use sprog_text::segment::{SentenceFinal, abbreviation};
///
/// let found = abbreviation("F.eks.").unwrap();
/// assert_eq!(found.readings[0], "for eksempel");
/// assert_eq!(found.sentence_final, SentenceFinal::Never);
/// assert!(abbreviation("eksempel").is_none());
/// ```
pub fn abbreviation(form: &str) -> Option<&'static Abbreviation> {
    let form = form.strip_suffix('.').unwrap_or(form);
    let mut buffer = [0_u8; LONGEST];
    let key = lower(form, &mut buffer)?;
    let capital = form.starts_with(char::is_uppercase);
    if !capital {
        return find(key);
    }
    // `CHR. HANSEN`, but `CA. 200`: in capitals the small form goes first.
    let shouted = form.len() > 1 && form.bytes().all(|b| !b.is_ascii_lowercase());
    let small = find(key);
    if shouted && small.is_some() {
        return small;
    }
    if let Some(first) = key.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    find(key).or(small)
}

fn find(key: &[u8]) -> Option<&'static Abbreviation> {
    ENTRIES.find(key)
}

fn capitalize(key: &mut str) {
    if let Some(first) = key.get_mut(..1) {
        first.make_ascii_uppercase();
    }
}

/// Lower case of ASCII and of À to Þ, which is all that the table holds.
fn lower<'a>(text: &str, buffer: &'a mut [u8; LONGEST]) -> Option<&'a mut [u8]> {
    let key = buffer.get_mut(..text.len())?;
    let mut lead = 0;
    for (to, &from) in key.iter_mut().zip(text.as_bytes()) {
        *to = match from {
            0x80..=0x9E if lead == 0xC3 && from != 0x97 => from + 0x20,
            _ => from.to_ascii_lowercase(),
        };
        lead = from;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses_and_stands_once() {
        let rows = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
        assert_eq!(ENTRIES.rows.len(), rows);
        assert!(rows >= 400, "{rows} rows");
        for pair in ENTRIES.rows.windows(2) {
            assert!(pair[0].key < pair[1].key, "{} stands twice", pair[1].key);
        }
    }

    #[test]
    fn every_row_is_found_by_its_own_form() {
        for entry in abbreviations() {
            assert_eq!(abbreviation(entry.form), Some(entry), "{}", entry.form);
            if entry.form.starts_with(char::is_lowercase) {
                assert_eq!(abbreviation(&entry.form.to_uppercase()), Some(entry), "{}", entry.form);
            }
            assert!(!entry.form.contains(char::is_whitespace), "{}", entry.form);
            assert!(entry.readings.iter().all(|reading| reading.trim() == *reading), "{}", entry.form);
        }
    }

    #[test]
    fn a_form_with_a_capital_is_not_found_without_it() {
        assert!(abbreviation("Chr.").is_some());
        assert!(abbreviation("chr.").is_none());
    }
}
