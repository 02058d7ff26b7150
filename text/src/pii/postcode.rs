//! Postcodes and the towns behind them.

use super::groups::{run_end, word_at};
use super::table::rows;
use std::sync::LazyLock;

const POSTCODES: &str = include_str!("../../data/pii/postcodes.tsv");

/// First and last postcode, and the first word of the town.
static TOWNS: LazyLock<Vec<(u32, u32, &'static str)>> = LazyLock::new(|| {
    let row = |fields: Vec<&'static str>| {
        Some((fields.first()?.parse().ok()?, fields.get(1)?.parse().ok()?, *fields.get(2)?))
    };
    rows(POSTCODES).filter_map(row).collect()
});

/// First words of towns of two words.
const TOWN_OPENERS: [&str; 27] = [
    "Kongens",
    "Kgs",
    "Nykøbing",
    "Nørre",
    "Nr",
    "Store",
    "St",
    "Sønder",
    "Sdr",
    "Vester",
    "V",
    "Øster",
    "Ø",
    "Gammel",
    "Gl",
    "Ny",
    "Lille",
    "Ll",
    "Høje",
    "Sankt",
    "Skt",
    "Kirke",
    "Kr",
    "Hvide",
    "Bjert",
    "Over",
    "Neder",
];

/// Letters behind the towns that have districts or namesakes.
const DISTRICTS: [&str; 13] = ["K", "V", "N", "S", "Ø", "C", "F", "M", "NV", "SV", "SØ", "NØ", "Sj"];

/// What stands behind a postcode.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Town {
    /// The town that the table has.
    OfPostcode,
    Other,
    Missing,
}

/// Where postcode and town after byte `at` end. A place name may stand between: `, Bov, 6330 Padborg`.
pub(super) fn town_end(text: &str, at: usize) -> Option<(usize, Town)> {
    if let Some(found) = postcode_at(text, at) {
        return Some(found);
    }
    let rest = text[at..].strip_prefix(", ")?;
    let start = at + 2;
    if !rest.starts_with(char::is_uppercase) {
        return None;
    }
    let is_part = |c: &char| c.is_alphabetic() || matches!(c, ' ' | '-' | '.');
    let len: usize = rest.chars().take(40).take_while(is_part).map(char::len_utf8).sum();
    let place = rest[..len].trim_end();
    (place.split(' ').count() <= 3).then(|| postcode_at(text, start + place.len())).flatten()
}

fn postcode_at(text: &str, at: usize) -> Option<(usize, Town)> {
    let rest = text[at..].trim_start_matches([',', ' ', '.', '\u{a0}']);
    let lines = rest.strip_prefix('\n').or_else(|| rest.strip_prefix("\r\n")).unwrap_or(rest);
    let rest = lines.strip_prefix("DK-").or_else(|| lines.strip_prefix("DK ")).unwrap_or(lines);
    let start = text.len() - rest.len();
    if start == at || start - at > 8 {
        return None;
    }
    let bytes = text.as_bytes();
    if run_end(bytes, start) != start + 4 {
        return None;
    }
    let code: u32 = text[start..start + 4].parse().ok()?;
    if !(1000..=9990).contains(&code) {
        return None;
    }
    let town_at = text[start + 4..].strip_prefix([' ', '\u{a0}']).map(|rest| text.len() - rest.len());
    let Some((end, name)) = town_at.and_then(|town_at| town_name(text, town_at)) else {
        // A bare postcode is one only behind a comma.
        return (text[at..].starts_with(", ") && !word_at(text, start + 4))
            .then_some((start + 4, Town::Missing));
    };
    let known = TOWNS.iter().any(|(first, last, town)| (*first..=*last).contains(&code) && *town == name);
    Some((end, if known { Town::OfPostcode } else { Town::Other }))
}

/// Where the name of the town at byte `at` ends, and its first word.
fn town_name(text: &str, at: usize) -> Option<(usize, &str)> {
    let word_len = |at: usize| -> usize {
        text[at..].chars().take(30).take_while(|c| c.is_alphabetic() || *c == '-').map(char::len_utf8).sum()
    };
    let first = &text[at..at + word_len(at)];
    if !first.starts_with(char::is_uppercase) || first.len() < 2 && !TOWN_OPENERS.contains(&first) {
        return None;
    }
    let mut end = at + first.len();
    let short = first == "Kbh" || first == "Frb";
    let dotted = usize::from(text[end..].starts_with('.') && (short || TOWN_OPENERS.contains(&first)));
    if let Some(rest) = text[end + dotted..].strip_prefix(' ') {
        let next = text.len() - rest.len();
        let word = &text[next..next + word_len(next)];
        let second =
            TOWN_OPENERS.contains(&first) && word.chars().count() > 2 && word.starts_with(char::is_uppercase);
        if second || DISTRICTS.contains(&word) {
            end = next + word.len();
        }
    }
    Some((end, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses() {
        assert_eq!(TOWNS.len(), rows(POSTCODES).count());
        assert!(TOWNS.iter().all(|(first, last, _)| first <= last && (1000..=9990).contains(first)));
    }

    #[test]
    fn towns_of_one_word_and_of_more() {
        let end = |text: &str| town_end(text, 0).map(|(end, _)| text[..end].to_owned());
        for text in
            [", 2800 Kongens Lyngby", " 4500 Nykøbing Sj", ", DK-8000 Aarhus C", ", Bov, 6330 Padborg"]
        {
            assert_eq!(end(&format!("{text}. Han")).as_deref(), Some(text));
        }
        assert_eq!(end(", 2100 sager"), Some(", 2100".to_owned()));
        assert_eq!(end(", 0900 By"), None);
    }
}
