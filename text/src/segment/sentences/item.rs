//! Labels of the items of a list that stands in running text.

use crate::segment::tokens::{Token, TokenKind};

/// The label of an item of a list: `3.`, `3)`, `c)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item {
    number: u32,
    letter: bool,
    /// A bracket follows the label, which is no part of its token.
    pub(super) bracket: bool,
}

impl Item {
    pub(super) fn at(text: &str, token: &Token) -> Option<Self> {
        let label = text.get(token.range.clone())?;
        let bracket = text.as_bytes().get(token.range.end) == Some(&b')');
        match token.kind {
            TokenKind::Ordinal => {
                let number = label.strip_suffix('.')?.parse().ok()?;
                Some(Self { number, letter: false, bracket: false })
            }
            TokenKind::Number if bracket && label.len() <= 3 => {
                Some(Self { number: label.parse().ok()?, letter: false, bracket })
            }
            TokenKind::Word if bracket && label.len() == 1 => {
                let number = u32::from(*label.as_bytes().first()?);
                Some(Self { number, letter: true, bracket })
            }
            _ => None,
        }
    }

    pub(super) fn next(self) -> Self {
        Self { number: self.number.saturating_add(1), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Option<Item> {
        Item::at(text, &crate::segment::tokens(text).next()?)
    }

    #[test]
    fn labels_are_counted_on_by_their_kind() {
        assert_eq!(item("2. Metode"), item("1. Indledning").map(Item::next));
        assert_eq!(item("b) Metode"), item("a) Formål").map(Item::next));
        assert_eq!(item("10) Metode"), item("9) Formål").map(Item::next));
        assert_ne!(item("2) Metode"), item("1. Formål").map(Item::next));
        assert_eq!(item("ab) Metode"), None);
        assert_eq!(item("2 Metode"), None);
    }
}
