//! Dates of birth: a date right after a word such as `født`.

use super::context;
use super::groups::{Separator, char_before, joined_after, word_at};
use super::scan::Number;
use super::table::Folded;
use super::{Label, Span};

const MONTHS: [(&str, u8); 24] = [
    ("januar", 1),
    ("februar", 2),
    ("marts", 3),
    ("april", 4),
    ("maj", 5),
    ("juni", 6),
    ("juli", 7),
    ("august", 8),
    ("september", 9),
    ("oktober", 10),
    ("november", 11),
    ("december", 12),
    ("jan", 1),
    ("feb", 2),
    ("febr", 2),
    ("mar", 3),
    ("apr", 4),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("sept", 9),
    ("okt", 10),
    ("dec", 12),
];

/// The date that starts where `number` does, if a word for birth stands before it.
pub(super) fn at(number: &Number) -> Option<Span> {
    let (text, start) = (number.text, number.groups.start);
    if char_before(text, start).is_some_and(char::is_alphanumeric) {
        return None;
    }
    let end = date_end(number)?;
    let before = number.before();
    let fine = before.says(context::DOB) && !word_at(text, end) && !joined_after(text, end);
    fine.then_some(Span { range: start..end, label: Label::Dob, score: 0.9, reason: "date+word" })
}

fn date_end(number: &Number) -> Option<usize> {
    let groups = &number.groups;
    let counts = groups.counts();
    let value = |from: usize, to: usize| {
        let digits = &groups.digits(usize::MAX)[from..to];
        digits.iter().fold(0u32, |n, d| n * 10 + u32::from(*d))
    };
    let fine = |day: u32, month: u32| (1..=31).contains(&day) && (1..=12).contains(&month);
    let year = |year: u32| (1850..=2100).contains(&year);
    let size = |index: usize| usize::from(counts[index]);
    match *counts {
        // 1979-11-30
        [4, 2, 2] if year(value(0, 4)) && fine(value(6, 8), value(4, 6)) => return Some(groups.end(2)),
        // 12.05.1988, 3/9-64, 1 2 1990
        [1..=2, 1..=2, 2 | 4, ..] if groups.separator(1) != Some(Separator::Space) => {
            let (day, month) = (size(0), size(0) + size(1));
            let whole = size(2) == 2 || year(value(month, month + 4));
            if whole && fine(value(0, day), value(day, month)) {
                return Some(groups.end(2));
            }
        }
        // 3/9
        [1..=2, 1..=2] if groups.separator(1) == Some(Separator::Slash) => {
            let (day, month) = (size(0), size(0) + size(1));
            return fine(value(0, day), value(day, month)).then(|| groups.end(1));
        }
        // 120588, 12051988
        [6] if fine(value(0, 2), value(2, 4)) => return Some(groups.end(0)),
        [8] if fine(value(0, 2), value(2, 4)) && year(value(4, 8)) => return Some(groups.end(0)),
        _ => {}
    }
    if !matches!(counts, [1..=2, ..]) || !(1..=31).contains(&value(0, size(0))) {
        return None;
    }
    with_month_name(number.text, groups.end(0))
}

/// Where a date ends whose day ends at byte `at`: `. maj 1987`, ` maj`.
pub(super) fn with_month_name(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let dot = usize::from(rest.starts_with('.'));
    let space = usize::from(rest[dot..].starts_with(' '));
    let word_at = at + dot + space;
    let len: usize =
        text[word_at..].chars().take(12).take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
    let word = Folded::new(&text[word_at..word_at + len])?;
    MONTHS.iter().find(|(name, _)| *name == word.as_str())?;
    let mut end = word_at + len;
    let rest = text[end..].trim_start_matches(['.', ',', ' ']);
    let year_at = text.len() - rest.len();
    let digits = rest.bytes().take(5).take_while(u8::is_ascii_digit).count();
    if year_at - end <= 2 && year_at > end && digits == 4 {
        end = year_at + 4;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use crate::pii::{Label, find};

    #[test]
    fn dates_after_a_word_for_birth_only() {
        for (text, date) in [
            ("født den 4. marts 1931 i Thisted", "4. marts 1931"),
            ("f. 12.05.1988", "12.05.1988"),
            ("Fødselsdato: 1979-11-30.", "1979-11-30"),
            ("fødselsdag 3/9-64", "3/9-64"),
            ("født 120588,", "120588"),
            ("Født i Aarhus d. 1. feb. 1990", "1. feb. 1990"),
        ] {
            let spans: Vec<_> = find(text).into_iter().filter(|s| s.label == Label::Dob).collect();
            assert_eq!(spans.len(), 1, "{text}");
            assert_eq!(&text[spans[0].range.clone()], date);
        }
        for text in ["den 4. marts 1931", "født i 2014", "f. 45.13.1988", "s. 12.05.1988"] {
            assert!(find(text).is_empty(), "{text}");
        }
    }
}
