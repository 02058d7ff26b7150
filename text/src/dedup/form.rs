//! The form in which lines and paragraphs are compared.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// What becomes of digits in a [`Form`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Digits {
    /// They are compared.
    #[default]
    Kept,
    /// Each is compared as `0`, so that dates and counters do not tell lines apart.
    Zero,
}

/// How lines and paragraphs are made comparable: NFC, lower case, punctuation and characters that do not
/// print taken out, white space at the ends taken off and inside made one space.
///
/// As CCNet compares lines (Wenzek et al. 2020, "CCNet: Extracting High Quality Monolingual Datasets from Web
/// Crawl Data", with digits as 0), but for two things: white space is collapsed here, and the punctuation of
/// ASCII goes as well. Punctuation is `! " # % & ' ( ) * , - . / : ; ? @ [ \ ] _ { }`, `¡ § « ¶ · » ¿`, that
/// of U+2010–U+205E (dashes, quotation marks, bullets, `…`, `‰`) and of U+3001–U+301F. Signs such as
/// `+ < = > | ~ $ €` stay: they tell formulas and prices apart. Letters keep their accents; `å` and `aa`
/// differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form {
    /// What becomes of digits.
    pub digits: Digits,
}

const GOES: u8 = 0;
const SPACE: u8 = 1;

/// What each character of ASCII becomes.
const ASCII: [u8; 128] = {
    let mut to = [GOES; 128];
    let mut byte = 0u8;
    while byte < 128 {
        to[byte as usize] = match byte {
            b' ' | 0x09..=0x0d => SPACE,
            b'$' | b'+' | b'<' | b'=' | b'>' | b'^' | b'`' | b'|' | b'~' => byte,
            _ if byte.is_ascii_alphanumeric() => byte.to_ascii_lowercase(),
            _ => GOES,
        };
        byte += 1;
    }
    to
};

fn goes(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '\u{ad}' | '\u{61c}'
            | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2027}' | '\u{202a}'..='\u{202e}' | '\u{2030}'..='\u{205e}'
            | '\u{2060}'..='\u{206f}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

impl Form {
    /// Replaces what is in `form` by the form of `text`, and gives its length in characters.
    ///
    /// ```
    /// use sprog_text::dedup::{Digits, Form};
    /// let mut form = String::new();
    /// let length = Form { digits: Digits::Zero }.write("  – Læs MERE:  uge 42!", &mut form);
    /// assert_eq!((form.as_str(), length), ("læs mere uge 00", 15));
    /// ```
    pub fn write(self, text: &str, form: &mut String) -> usize {
        form.clear();
        let mut state = Writing { form, digits: self.digits, space: false, length: 0 };
        // A mark may join the letter before it, so the whole text is looked at before any of it.
        if is_nfc_quick(text.chars()) == IsNormalized::Yes {
            state.all(text.chars());
        } else {
            state.all(text.nfc());
        }
        state.length
    }
}

struct Writing<'a> {
    form: &'a mut String,
    digits: Digits,
    /// White space is waiting for something to follow it.
    space: bool,
    length: usize,
}

impl Writing<'_> {
    fn all(&mut self, characters: impl Iterator<Item = char>) {
        for c in characters {
            if let Some(to) = ASCII.get(c as usize) {
                match *to {
                    GOES => {}
                    SPACE => self.space = true,
                    b'0'..=b'9' if self.digits == Digits::Zero => self.push('0'),
                    byte => self.push(char::from(byte)),
                }
            } else if c.is_whitespace() {
                self.space = true;
            } else if goes(c) {
            } else if c.is_numeric() && self.digits == Digits::Zero {
                self.push('0');
            } else if c.is_lowercase() {
                self.push(c);
            } else {
                c.to_lowercase().for_each(|c| self.push(c));
            }
        }
    }

    fn push(&mut self, c: char) {
        if std::mem::take(&mut self.space) && !self.form.is_empty() {
            self.form.push(' ');
            self.length += 1;
        }
        self.form.push(c);
        self.length += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(text: &str) -> String {
        let mut form = String::new();
        let length = Form::default().write(text, &mut form);
        assert_eq!(form.chars().count(), length);
        form
    }

    #[test]
    fn what_readers_do_not_see_as_a_difference_is_none() {
        assert_eq!(form("Bla\u{30a}bær\u{ad}grød – “NY”!"), "blåbærgrød ny");
        assert_eq!(form("\u{200b}Ja\u{a0}\tnej\r\n"), "ja nej");
        assert_eq!(form("A\u{30a}"), "å");
        assert_ne!(form("5 €"), form("5 $"));
        assert_ne!(form("blaa"), form("blå"));
        for nothing in ["", " ", "---", "* * *", "\u{feff}\0", "…"] {
            assert_eq!(form(nothing), "", "{nothing:?}");
        }
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(text in "[a-zA-ZæÅ0-9 .,!\u{30a}\u{301}–\n]{0,40}|\\PC{0,20}") {
            let once = form(&text);
            // What lower-casing makes is not always NFC, and a mark may stand free once a sign has gone.
            prop_assume!(once.nfc().eq(once.chars()));
            prop_assert_eq!(form(&once), once);
        }
    }
}
