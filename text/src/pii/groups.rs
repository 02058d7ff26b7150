//! Digits in groups, as people write long numbers.

/// What stands between two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// One space of any kind, or characters without width.
    Space,
    /// A hyphen or dash, with or without spaces.
    Dash,
    /// A full stop.
    Dot,
    /// A slash.
    Slash,
}

const MAX_GROUPS: usize = 10;
const MAX_DIGITS: usize = 40;
/// A run of more digits is no number that people read.
const MAX_RUN: usize = 24;

/// Groups of digits with a separator between each two.
pub(super) struct Groups {
    counts: [u8; MAX_GROUPS],
    ends: [usize; MAX_GROUPS],
    separators: [Separator; MAX_GROUPS],
    len: usize,
    digits: [u8; MAX_DIGITS],
    /// Where the first group starts, in bytes.
    pub(super) start: usize,
    /// Where the first run of digits ends, in bytes; also if it is too long to be a group.
    pub(super) run_end: usize,
}

impl Groups {
    /// Reads the groups from byte `at` on, where the first digit stands.
    pub(super) fn read(text: &str, at: usize) -> Groups {
        let bytes = text.as_bytes();
        let mut groups = Groups {
            counts: [0; MAX_GROUPS],
            ends: [at; MAX_GROUPS],
            separators: [Separator::Space; MAX_GROUPS],
            len: 0,
            digits: [0; MAX_DIGITS],
            start: at,
            run_end: run_end(bytes, at),
        };
        let (mut from, mut end, mut total) = (at, groups.run_end, 0);
        while groups.len < MAX_GROUPS {
            let count = end - from;
            if count > MAX_RUN || total + count > MAX_DIGITS {
                break;
            }
            for (digit, byte) in groups.digits[total..].iter_mut().zip(&bytes[from..end]) {
                *digit = byte - b'0';
            }
            total += count;
            groups.counts[groups.len] = count as u8;
            groups.ends[groups.len] = end;
            groups.len += 1;
            let Some((separator, next)) = separator(text, end) else { break };
            if groups.len < MAX_GROUPS {
                groups.separators[groups.len] = separator;
            }
            from = next;
            end = from + bytes[from..].iter().take(MAX_RUN + 1).take_while(|b| b.is_ascii_digit()).count();
        }
        groups
    }

    /// The number of digits in each group.
    pub(super) fn counts(&self) -> &[u8] {
        &self.counts[..self.len]
    }

    /// The digits of the first `groups` groups.
    pub(super) fn digits(&self, groups: usize) -> &[u8] {
        let total: usize = self.counts[..groups.min(self.len)].iter().map(|n| usize::from(*n)).sum();
        &self.digits[..total]
    }

    /// Where group `index` ends, in bytes.
    pub(super) fn end(&self, index: usize) -> usize {
        self.ends[index.min(MAX_GROUPS - 1)]
    }

    /// What stands before group `index`, from 1.
    pub(super) fn separator(&self, index: usize) -> Option<Separator> {
        (index > 0 && index < self.len).then(|| self.separators[index])
    }

    /// How many groups make up exactly `digits` digits.
    pub(super) fn with_total(&self, digits: usize) -> Option<usize> {
        let mut total = 0;
        for (index, count) in self.counts().iter().enumerate() {
            total += usize::from(*count);
            if total >= digits {
                return (total == digits).then_some(index + 1);
            }
        }
        None
    }

    /// Whether the first `groups` groups have the same separator between them.
    pub(super) fn uniform(&self, groups: usize) -> bool {
        (2..groups).all(|index| self.separators[index] == self.separators[1])
    }
}

pub(super) fn run_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count()
}

/// Signs of HTML that people copy along with numbers.
const ENTITIES: [(&str, Option<Separator>); 8] = [
    ("&nbsp;", Some(Separator::Space)),
    ("&#160;", Some(Separator::Space)),
    ("&ndash;", Some(Separator::Dash)),
    ("&mdash;", Some(Separator::Dash)),
    ("&#8211;", Some(Separator::Dash)),
    ("&#x2013;", Some(Separator::Dash)),
    ("&minus;", Some(Separator::Dash)),
    ("&shy;", None),
];

/// The separator at byte `at`, and where the digit after it stands.
pub(super) fn separator(text: &str, at: usize) -> Option<(Separator, usize)> {
    let mut kind = None;
    let mut next = at;
    // Two spaces, a dash and some characters without width: more is another column.
    for _ in 0..5 {
        let c = text[next..].chars().next()?;
        if c.is_ascii_digit() {
            break;
        }
        let mut len = c.len_utf8();
        let found = match c {
            ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}' => Some(Separator::Space),
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => Some(Separator::Dash),
            '.' => Some(Separator::Dot),
            '/' => Some(Separator::Slash),
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}' => None,
            '&' => {
                let (entity, found) = ENTITIES.iter().find(|(e, _)| text[next..].starts_with(*e))?;
                len = entity.len();
                *found
            }
            _ => return None,
        };
        kind = match (kind, found) {
            (None | Some(Separator::Space), Some(Separator::Dash)) => Some(Separator::Dash),
            (Some(Separator::Dash), Some(Separator::Space)) => Some(Separator::Dash),
            (None, found) => found,
            (kind, None) => kind,
            (Some(_), Some(_)) => return None,
        };
        next += len;
    }
    let digit = text.as_bytes().get(next)?.is_ascii_digit();
    (digit && next > at).then(|| (kind.unwrap_or(Separator::Space), next))
}

/// The character before byte `at`.
pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// Whether a letter or digit stands at byte `at`, so that what ends here is part of a longer word.
pub(super) fn word_at(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_some_and(char::is_alphanumeric)
}

/// Whether a digit stands beyond one joining sign before byte `at`: `2019-` before a number.
pub(super) fn joined_before(text: &str, at: usize) -> bool {
    let mut back = text[..at].chars().rev();
    back.next().is_some_and(|c| matches!(c, '-' | '.' | ',' | '/' | ':' | '\u{2010}'..='\u{2015}'))
        && back.next().is_some_and(|c| c.is_ascii_digit())
}

/// Whether a digit stands beyond one joining sign at byte `at`.
pub(super) fn joined_after(text: &str, at: usize) -> bool {
    let mut on = text[at..].chars();
    on.next().is_some_and(|c| matches!(c, '-' | '.' | '/' | '\u{2010}'..='\u{2015}'))
        && on.next().is_some_and(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_their_separators() {
        let groups = Groups::read("01 01 90 - 1234, 5", 0);
        assert_eq!(groups.counts(), [2, 2, 2, 4]);
        assert_eq!(groups.separator(3), Some(Separator::Dash));
        assert_eq!(groups.with_total(10), Some(4));
        assert_eq!(groups.digits(4), [0, 1, 0, 1, 9, 0, 1, 2, 3, 4]);
        assert_eq!(Groups::read("230534&#8211;4004", 0).counts(), [6, 4]);
        assert_eq!(Groups::read("12. 34", 0).counts(), [2]);
        let long = "9".repeat(1000);
        assert!(Groups::read(&long, 0).counts().is_empty());
        assert_eq!(Groups::read(&long, 0).run_end, 1000);
    }
}
