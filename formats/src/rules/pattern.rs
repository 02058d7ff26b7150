use std::fmt;
use std::str::FromStr;

use super::source::excerpt;
use crate::{Error, Place, Result};

/// A hyphenation pattern in the sense of Liang: letters with a level before, between and after them.
///
/// At each place in a word the highest level of all patterns that match there decides: a hyphen may
/// stand where it is odd (Liang, "Word Hy-phen-a-tion by Com-put-er", 1983). A `.` among the letters
/// is the edge of the word.
///
/// ```
/// use sprog_formats::rules::hyphenation::Pattern;
/// let pattern = Pattern::parse(".sch1if1fahrt/ff=f,5,2")?;
/// assert_eq!(pattern.letters, ".schiffahrt");
/// assert_eq!(pattern.values[4], 1);
/// assert_eq!(pattern.to_string(), ".sch1if1fahrt/ff=f,5,2");
/// # Ok::<(), sprog_formats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The letters, without the levels.
    pub letters: String,
    /// The levels, 0 to 9: before each letter, and after the last one. One more than `letters` has characters.
    pub values: Vec<u8>,
    /// The change of spelling at the hyphen, in libhyphen's non-standard patterns.
    pub replacement: Option<Replacement>,
}

/// A change of spelling at a hyphen: `ff=f,5,2` in the pattern `schif1fahrt/ff=f,5,2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The new letters, with `=` where the hyphen stands.
    pub text: String,
    /// The first character replaced (from 1, the pattern's `.` counts as one) and how many are; the
    /// whole pattern where the file gives none.
    pub span: Option<(u32, u32)>,
}

impl Pattern {
    /// Reads a pattern as libhyphen and TeX write it.
    ///
    /// [`Display`](fmt::Display) gives the same text back, but for a level of 0 that the text spells
    /// out and zeros before the numbers of a replacement.
    ///
    /// # Errors
    /// [`Error::Malformed`] for text without a letter, with white space, with two digits side by side
    /// or with a replacement that is not `text` or `text,start,length`.
    pub fn parse(text: &str) -> Result<Pattern> {
        let bad = |what: &str| {
            let message = format!("{what}: {:?}", excerpt(text));
            Err(Error::malformed("hyphenation pattern", Place::File, message))
        };
        let (main, replacement) = match text.split_once('/') {
            Some((main, replacement)) => match Replacement::parse(replacement) {
                Some(replacement) => (main, Some(replacement)),
                None => return bad("a replacement that is not text,start,length"),
            },
            None => (text, None),
        };
        let mut letters = String::with_capacity(main.len());
        let mut values = Vec::with_capacity(main.len().saturating_add(1));
        let mut level = None;
        for c in main.chars() {
            if let Some(digit) = c.to_digit(10).and_then(|d| u8::try_from(d).ok()) {
                if level.replace(digit).is_some() {
                    return bad("two levels side by side");
                }
            } else if c.is_whitespace() {
                return bad("white space");
            } else {
                values.push(level.take().unwrap_or(0));
                letters.push(c);
            }
        }
        values.push(level.unwrap_or(0));
        if letters.is_empty() {
            return bad("no letters");
        }
        Ok(Pattern { letters, values, replacement })
    }
}

impl Replacement {
    fn parse(text: &str) -> Option<Replacement> {
        let mut parts = text.split(',');
        let new = parts.next().filter(|t| !t.is_empty() && !t.contains(char::is_whitespace))?;
        let span = match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => None,
            (Some(start), Some(length), None) => Some((number(start)?, number(length)?)),
            _ => return None,
        };
        Some(Replacement { text: new.to_owned(), span })
    }
}

/// Digits only: `parse` alone would take `+5` too.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl FromStr for Pattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Pattern> {
        Pattern::parse(text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = self.letters.chars();
        for value in &self.values {
            if *value > 0 {
                write!(f, "{value}")?;
            }
            if let Some(letter) = letters.next() {
                write!(f, "{letter}")?;
            }
        }
        match &self.replacement {
            Some(Replacement { text, span: Some((start, length)) }) => write!(f, "/{text},{start},{length}"),
            Some(Replacement { text, span: None }) => write!(f, "/{text}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn levels_stand_before_between_and_after_the_letters() {
        for (text, letters, values) in [
            ("a1b", "ab", vec![0, 1, 0]),
            (".ab5c", ".abc", vec![0, 0, 0, 5, 0]),
            ("5a4f1l", "afl", vec![5, 4, 1, 0]),
            ("hoved3", "hoved", vec![0, 0, 0, 0, 0, 3]),
            (".nåv5nt.", ".nåvnt.", vec![0, 0, 0, 0, 5, 0, 0, 0]),
            ("x", "x", vec![0, 0]),
        ] {
            let pattern = Pattern::parse(text).expect(text);
            assert_eq!((pattern.letters.as_str(), &pattern.values), (letters, &values), "{text}");
            assert_eq!(pattern.to_string(), text);
        }
        assert_eq!(Pattern::parse("a0b1").expect("reads").to_string(), "ab1");
    }

    #[test]
    fn replacements_have_text_and_perhaps_a_span() {
        let replacement = |text: &str| Pattern::parse(text).expect(text).replacement;
        let ff = |span| Some(Replacement { text: "ff=f".into(), span });
        assert_eq!(replacement("schif1fahrt/ff=f,5,2"), ff(Some((5, 2))));
        assert_eq!(replacement("f1f/ff=f"), ff(None));
        assert_eq!(replacement("f1f"), None);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "",
            "1",
            "a12b",
            "a b",
            "/x",
            "a/",
            "a1b/x=,1",
            "a1b/x,1,2,3",
            "a1b/x,+1,2",
            "a1b/x,1,",
            "a1b/x,9999999999,1",
        ] {
            assert_eq!(Pattern::parse(text).expect_err(text).code(), crate::codes::MALFORMED, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn patterns_are_written_as_they_were_read(text in "([1-9]?[.a-zæøå'-]){1,12}[1-9]?(/[a-z]{0,3}=[a-z]{0,3}(,[1-9],[1-9])?)?") {
            prop_assert_eq!(Pattern::parse(&text).expect("a pattern").to_string(), text);
        }

        #[test]
        fn any_text_that_is_a_pattern_survives(text: String) {
            if let Ok(pattern) = Pattern::parse(&text) {
                prop_assert_eq!(pattern.values.len(), pattern.letters.chars().count() + 1);
                prop_assert_eq!(Pattern::parse(&pattern.to_string()).expect("its own text"), pattern);
            }
        }
    }
}
