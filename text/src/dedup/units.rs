//! Lines and paragraphs, with the hash by which repeats of them are found.

use std::collections::HashMap;
use std::ops::Range;

use super::form::{Digits, Form};

/// What is compared and cut as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// A line, with the line break that ends it.
    #[default]
    Line,
    /// Lines up to a line of white space only, with the empty lines that follow.
    Paragraph,
}

/// Which lines or paragraphs are compared, and how.
///
/// Verse, refrains, code and tables repeat lines by right. What is left alone, and so neither counted nor
/// cut:
///
/// - forms shorter than `min_characters`, among them all rulers, brackets and bullets (their form is empty);
/// - lines that look like code or tables: that start with a tab or two spaces, that hold a tab or two `|`,
///   or that end with `{`, `}` or `;` (for a paragraph: any of its lines does);
/// - within a document: all of it, if its median line is shorter than `min_median_characters`, as in verse,
///   lists and code.
///
/// Over a corpus the number of documents is what protects a refrain: a hymn is in few documents, a menu in
/// many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitOptions {
    /// Lines or paragraphs.
    pub unit: Unit,
    /// What becomes of digits.
    pub digits: Digits,
    /// Units whose form has fewer characters are left alone.
    pub min_characters: usize,
    /// Documents whose median line, of those not empty, has fewer characters are left alone by
    /// [`repeats_in_document`]; 0 for none.
    pub min_median_characters: usize,
}

impl Default for UnitOptions {
    /// Lines of 30 characters, digits compared, a median of 50.
    fn default() -> Self {
        UnitOptions { unit: Unit::Line, digits: Digits::Kept, min_characters: 30, min_median_characters: 50 }
    }
}

/// The first 16 bytes of the BLAKE3 hash of a unit's [`Form`] in UTF-8.
pub type UnitHash = [u8; 16];

/// The units of [`units`]: byte range with the line break, and hash, or none if the unit is left alone.
pub struct Units<'a> {
    text: &'a str,
    at: usize,
    options: UnitOptions,
    form: String,
}

/// Lines or paragraphs of a text, which together are the text. The number of a unit is its place in the
/// order.
///
/// ```
/// use sprog_text::dedup::{UnitOptions, units};
/// let text = "Tilmeld dig vores nyhedsbrev i dag!\nJa\nTilmeld dig vores nyhedsbrev i dag";
/// let units: Vec<_> = units(text, &UnitOptions::default()).collect();
/// assert_eq!(units.len(), 3);
/// assert_eq!(units[1], (36..39, None), "too short");
/// assert_eq!(units[0].1, units[2].1);
/// ```
pub fn units<'a>(text: &'a str, options: &UnitOptions) -> Units<'a> {
    Units { text, at: 0, options: *options, form: String::new() }
}

fn line_end(text: &str, at: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |found| at + found + 1)
}

fn is_laid_out(line: &str) -> bool {
    let end = line.trim_end();
    line.starts_with("  ")
        || end.contains('\t')
        || end.ends_with(['{', '}', ';'])
        || memchr::memchr_iter(b'|', end.as_bytes()).nth(1).is_some()
}

impl Iterator for Units<'_> {
    type Item = (Range<usize>, Option<UnitHash>);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        if start == self.text.len() {
            return None;
        }
        let mut end = line_end(self.text, start);
        let mut laid_out = is_laid_out(&self.text[start..end]);
        if self.options.unit == Unit::Paragraph {
            let mut blank = self.text[start..end].trim().is_empty();
            while end < self.text.len() {
                let next = line_end(self.text, end);
                let line = &self.text[end..next];
                let next_blank = line.trim().is_empty();
                if blank && !next_blank {
                    break;
                }
                laid_out |= !next_blank && is_laid_out(line);
                (blank, end) = (next_blank, next);
            }
        }
        self.at = end;
        let range = start..end;
        // A form is never longer than three times its text in characters; most short lines end here.
        if laid_out || (end - start) * 3 < self.options.min_characters {
            return Some((range, None));
        }
        let length = Form { digits: self.options.digits }.write(&self.text[range.clone()], &mut self.form);
        if length == 0 || length < self.options.min_characters {
            return Some((range, None));
        }
        let mut hash = UnitHash::default();
        hash.copy_from_slice(&blake3::hash(self.form.as_bytes()).as_bytes()[..16]);
        Some((range, Some(hash)))
    }
}

/// A unit that stood before in the same document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRepeat {
    /// Its bytes.
    pub range: Range<usize>,
    /// The bytes of the first unit of the same form.
    pub first: Range<usize>,
}

/// The units of a document that repeat one before them, in order. What is left alone is said with
/// [`UnitOptions`].
///
/// ```
/// use sprog_text::dedup::{UnitOptions, repeats_in_document, without};
/// let text = "Alle billeder i artiklen er taget af fotografen, hvor intet andet står.\n\
///             Kommunen vedtog i går budgettet for det kommende år med stort flertal.\n\
///             Alle billeder i artiklen er taget af fotografen, hvor intet andet står.\n";
/// let repeats = repeats_in_document(text, &UnitOptions::default());
/// let ranges: Vec<_> = repeats.into_iter().map(|repeat| repeat.range).collect();
/// assert_eq!(without(text, &ranges).lines().count(), 2);
/// ```
pub fn repeats_in_document(text: &str, options: &UnitOptions) -> Vec<UnitRepeat> {
    let mut repeats = Vec::new();
    let mut first: HashMap<UnitHash, Range<usize>> = HashMap::new();
    for (range, hash) in units(text, options) {
        let Some(hash) = hash else { continue };
        match first.get(&hash) {
            Some(first) => repeats.push(UnitRepeat { range, first: first.clone() }),
            None => drop(first.insert(hash, range)),
        }
    }
    if !repeats.is_empty() && median_line(text) < options.min_median_characters {
        repeats.clear();
    }
    repeats
}

/// The median length in characters of the lines that are not empty (the upper one of two), without white
/// space around.
fn median_line(text: &str) -> usize {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut lengths: Vec<usize> = lines.map(|line| line.chars().count()).collect();
    let middle = lengths.len() / 2;
    if lengths.is_empty() { 0 } else { *lengths.select_nth_unstable(middle).1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LINE: &str = "Denne side bruger cookies, og det accepterer du ved at læse videre her.";

    fn repeats(text: &str) -> usize {
        repeats_in_document(text, &UnitOptions::default()).len()
    }

    #[test]
    fn verse_code_and_tables_are_left_alone() {
        let refrain = "Der er et yndigt land,\ndet står med brede bøge nær salten østerstrand.\n".repeat(4);
        assert_eq!(repeats(&refrain), 0, "verse");
        assert_eq!(repeats(&format!("    {LINE}\n").repeat(4)), 0, "indented");
        assert_eq!(repeats(&format!("| {LINE} | 1 |\n").repeat(4)), 0, "table");
        assert_eq!(repeats(&format!("{LINE}\t1\n").repeat(4)), 0, "columns");
        assert_eq!(repeats(&format!("return hent(\"{LINE}\");\n").repeat(4)), 0, "code");
        assert_eq!(repeats(&format!("{}\n", "-".repeat(90)).repeat(4)), 0, "rulers");
        assert_eq!(repeats(&format!("{LINE}\n").repeat(4)), 3, "prose");
    }

    #[test]
    fn paragraphs_take_the_empty_lines_behind_them() {
        let options = UnitOptions { unit: Unit::Paragraph, ..UnitOptions::default() };
        let text = format!("\n \n{LINE}\n{LINE}\n\n\n{LINE}\r\n{LINE}\r\n");
        let units: Vec<_> = units(&text, &options).collect();
        assert_eq!(units.len(), 3);
        assert_eq!(units[1].1, units[2].1);
        assert_eq!(units[1].0, 3..3 + 2 * LINE.len() + 4);
        assert_eq!(units[0].1, None);
    }

    proptest! {
        #[test]
        fn units_are_the_whole_text(text in "[ab \n\r\t|æ]{0,40}", paragraphs in any::<bool>()) {
            let unit = if paragraphs { Unit::Paragraph } else { Unit::Line };
            let options = UnitOptions { unit, min_characters: 1, ..UnitOptions::default() };
            let mut end = 0;
            for (range, hash) in units(&text, &options) {
                prop_assert_eq!(range.start, end);
                prop_assert!(range.end > end);
                end = range.end;
                let mut form = String::new();
                let length = Form::default().write(&text[range], &mut form);
                prop_assert!(hash.is_none() || length > 0);
            }
            prop_assert_eq!(end, text.len());
        }

        #[test]
        fn repeats_are_those_of_comparing_every_two_lines(text in "([Aab]{1,2}[ .]?\n){0,20}") {
            let options = UnitOptions { min_characters: 1, min_median_characters: 0, ..UnitOptions::default() };
            let form = |range: &Range<usize>| -> String {
                let mut form = String::new();
                Form::default().write(&text[range.clone()], &mut form);
                form
            };
            let lines: Vec<Range<usize>> = units(&text, &options).map(|(range, _)| range).collect();
            let mut expected = Vec::new();
            for (index, range) in lines.iter().enumerate() {
                if let Some(first) = lines[..index].iter().find(|first| form(first) == form(range)) {
                    expected.push(UnitRepeat { range: range.clone(), first: first.clone() });
                }
            }
            prop_assert_eq!(repeats_in_document(&text, &options), expected);
        }
    }
}
