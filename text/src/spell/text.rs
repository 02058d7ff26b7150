//! The words of a text, right and wrong.

use std::ops::Range;

use super::Speller;
use crate::segment::{TokenKind, tokens};

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedWord {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Whether it is spelled right.
    pub ok: bool,
}

impl<'a> Speller<'a> {
    /// The words of a text in order, and whether they are right.
    ///
    /// Words are those of [`tokens`]: words, abbreviations and initials; not numbers,
    /// addresses, signs and punctuation.
    ///
    /// ```
    /// use sprog_text::spell::{SpellDictionary, Speller};
    /// let dictionary = SpellDictionary::from_words([("huset", 0), ("er", 0), ("rødt", 0)])?;
    /// let speller = Speller::open(dictionary.as_bytes())?;
    /// let wrong: Vec<_> = speller.words_of("Huset er røtd, 12 %.").filter(|w| !w.ok).map(|w| w.range).collect();
    /// assert_eq!(wrong, [9..14]);
    /// # Ok::<(), sprog_text::spell::SpellError>(())
    /// ```
    pub fn words_of<'t>(&'t self, text: &'t str) -> impl Iterator<Item = CheckedWord> + use<'t, 'a> {
        tokens(text).filter_map(move |token| {
            let is_word =
                matches!(token.kind, TokenKind::Word | TokenKind::Abbreviation(_) | TokenKind::Initials);
            let word = text.get(token.range.clone()).filter(|_| is_word)?;
            Some(CheckedWord { ok: self.check(word), range: token.range })
        })
    }
}
