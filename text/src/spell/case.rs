//! Capital letters, as Hunspell sorts them.

/// How a word uses capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// No capitals: `hus`.
    Lower,
    /// A capital first and nowhere else: `Hus`.
    Initial,
    /// Nothing but capitals and characters without case: `EU-2`.
    All,
    /// A capital first and others: `McDonald`.
    MixedInitial,
    /// Capitals, but not first: `iPhone`.
    Mixed,
}

impl Case {
    pub(super) fn of(word: &[char]) -> Case {
        let upper = word.iter().filter(|c| is_upper(**c)).count();
        let neutral = word.iter().filter(|c| to_upper(**c) == to_lower(**c)).count();
        let first = word.first().is_some_and(|c| is_upper(*c));
        match upper {
            0 => Case::Lower,
            1 if first => Case::Initial,
            _ if upper + neutral == word.len() => Case::All,
            _ if first => Case::MixedInitial,
            _ => Case::Mixed,
        }
    }
}

pub(super) fn is_upper(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { to_lower(c) != c }
}

/// The lower-case letter, where that is one character.
pub(super) fn to_lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(l), None) => l,
        _ => c,
    }
}

/// The capital letter, where that is one character.
pub(super) fn to_upper(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(u), None) => u,
        _ => c,
    }
}

pub(super) fn lowered(word: &[char]) -> Vec<char> {
    word.iter().map(|c| to_lower(*c)).collect()
}

/// Makes the first letter a capital.
pub(super) fn capitalize(word: &mut [char]) {
    if let Some(first) = word.first_mut() {
        *first = to_upper(*first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_by_their_capitals() {
        for (word, case) in [
            ("", Case::Lower),
            ("hus", Case::Lower),
            ("Århus", Case::Initial),
            ("ÆØÅ", Case::All),
            ("EU-2", Case::All),
            ("A", Case::Initial),
            ("McDonald", Case::MixedInitial),
            ("iPhone", Case::Mixed),
            ("2A", Case::All),
        ] {
            assert_eq!(Case::of(&word.chars().collect::<Vec<_>>()), case, "{word}");
        }
    }
}
