//! The weighted edit model: what Danes write for what, and how likely that is.

use std::sync::LazyLock;

use super::options::chars;
use crate::tables::rows;

/// The cost of a whole edit; all costs are hundredths of one.
pub(super) const EDIT: u16 = 100;
/// More than any bound.
pub(super) const NEVER: u16 = 20_000;

/// Letters that are written for others.
#[derive(Clone, Debug)]
pub(super) struct Confusion {
    pub(super) written: Vec<char>,
    pub(super) meant: Vec<char>,
    pub(super) cost: u16,
    /// Only at the start of the word.
    pub(super) start: bool,
    /// Only at its end.
    pub(super) end: bool,
}

static CONFUSIONS: LazyLock<Vec<Confusion>> = LazyLock::new(|| {
    rows(include_str!("../../data/spell/confusions.tsv")).flat_map(|row| of_row(&row)).collect()
});

/// The rows of `data/spell/confusions.tsv`.
pub(super) fn confusions() -> &'static [Confusion] {
    &CONFUSIONS
}

fn of_row(row: &[&str]) -> Vec<Confusion> {
    let [written, meant, cost, direction, ..] = *row else { return Vec::new() };
    let Ok(cost) = cost.parse() else { return Vec::new() };
    let one = |written: &str, meant: &str| {
        let start = written.starts_with('^');
        let end = written.ends_with('$');
        let plain = |text: &str| chars(text.trim_start_matches('^').trim_end_matches('$'));
        Confusion { written: plain(written), meant: plain(meant), cost, start, end }
    };
    match direction {
        "both" => vec![one(written, meant), one(meant, written)],
        _ => vec![one(written, meant)],
    }
}

/// Keys side by side on a Danish keyboard.
const KEYS: [&str; 3] = ["qwertyuiopå", "asdfghjklæø", "zxcvbnm"];

/// What it costs that `written` stands where `meant` should, both small letters.
pub(super) fn substitution(written: char, meant: char) -> u16 {
    const VOWELS: &str = "aeiouyæøå";
    if written == meant {
        0
    } else if base(written) == base(meant) {
        20
    } else if !written.is_alphanumeric() || !meant.is_alphanumeric() {
        130
    } else if near(written, meant) {
        75
    } else if VOWELS.contains(written) && VOWELS.contains(meant) {
        80
    } else {
        EDIT
    }
}

/// What it costs that `letter` was left out.
pub(super) fn omission(letter: char) -> u16 {
    match letter {
        '-' | '\'' | '.' | ' ' => 50,
        'd' | 'e' | 'g' | 'h' | 't' | 'r' => 80,
        _ => 90,
    }
}

/// What it costs that `letter` was written and not meant.
pub(super) fn addition(letter: char) -> u16 {
    match letter {
        '-' | '\'' | '.' | ' ' => 40,
        'd' | 'e' | 'g' | 'h' | 't' | 'r' => 80,
        _ => 90,
    }
}

/// What a letter costs that is written once and meant twice, or the other way round.
pub(super) const DOUBLE: u16 = 35;
/// Two letters that changed places.
pub(super) const SWAP: u16 = 60;

fn base(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' => 'o',
        'ú' | 'ù' | 'û' => 'u',
        'ü' | 'ÿ' | 'ý' => 'y',
        'ö' => 'ø',
        'ç' => 'c',
        'ñ' => 'n',
        '’' => '\'',
        c => c,
    }
}

fn near(a: char, b: char) -> bool {
    let place = |c| {
        KEYS.iter()
            .enumerate()
            .find_map(|(row, keys)| keys.chars().position(|k| k == c).map(|column| (row, column)))
    };
    let (Some((row_a, column_a)), Some((row_b, column_b))) = (place(a), place(b)) else { return false };
    match row_a.abs_diff(row_b) {
        0 => column_a.abs_diff(column_b) == 1,
        // A row further down, keys stand half a key to the right.
        1 => {
            let (upper, lower) = if row_a < row_b { (column_a, column_b) } else { (column_b, column_a) };
            upper == lower || upper == lower + 1
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        let table = include_str!("../../data/spell/confusions.tsv");
        let both = rows(table).filter(|row| row.get(3) == Some(&"both")).count();
        assert_eq!(confusions().len(), rows(table).count() + both);
        for c in confusions() {
            assert!(!c.written.is_empty() && !c.meant.is_empty() && c.meant.len() <= 6, "{c:?}");
            assert!((10..=150).contains(&c.cost), "{c:?}");
        }
    }

    #[test]
    fn neighbours_on_the_keyboard_are_near() {
        assert!(near('a', 's') && near('q', 'a') && near('d', 'e') && near('æ', 'ø') && near('n', 'j'));
        assert!(!near('a', 'd') && !near('q', 'z') && !near('w', 'd') && !near('e', '1'));
    }
}
