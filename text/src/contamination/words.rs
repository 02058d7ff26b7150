//! The words by which texts are compared.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::dedup::match_tokens;

/// Appends the normalised form of a word: NFC, lower case. `å` and `aa` stay what they are.
fn push_form(word: &str, form: &mut String) {
    if word.is_ascii() {
        form.push_str(word);
        let start = form.len() - word.len();
        if let Some(new) = form.get_mut(start..) {
            new.make_ascii_lowercase();
        }
        return;
    }
    let mut push = |c: char| match c {
        '\0'..='\x7f' => form.push(c.to_ascii_lowercase()),
        // À–Þ: their small letters are 32 on; × is no letter and in no word.
        '\u{c0}'..='\u{de}' => form.push(char::from((c as u32 + 32) as u8)),
        '\u{df}'..='\u{ff}' => form.push(c),
        _ => form.extend(c.to_lowercase()),
    };
    if word.chars().all(|c| c < '\u{300}') || is_nfc_quick(word.chars()) == IsNormalized::Yes {
        word.chars().for_each(&mut push);
    } else {
        word.nfc().for_each(&mut push);
    }
}

/// Characters that do not show and must not part a word.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Calls `each` with the byte range of each word, after its form was appended to `forms`, which `each` may
/// change.
///
/// A word is a word of [`match_tokens`]; signs and white space are not compared. Soft hyphens and other
/// invisible characters do not part a word: `kom\u{ad}mune` is one.
pub(super) fn each_word(text: &str, forms: &mut String, mut each: impl FnMut(usize, usize, &mut String)) {
    let mut tokens = match_tokens(text).peekable();
    while let Some(token) = tokens.next() {
        if !token.is_word {
            continue;
        }
        let (start, mut end) = (token.range.start, token.range.end);
        push_form(&text[token.range], forms);
        while tokens.peek().is_some_and(|sign| {
            !sign.is_word && sign.range.start == end && text[sign.range.clone()].starts_with(is_invisible)
        }) {
            let sign = tokens.next().map_or(end, |sign| sign.range.end);
            match tokens.next_if(|word| word.is_word && word.range.start == sign) {
                Some(word) => {
                    end = word.range.end;
                    push_form(&text[word.range], forms);
                }
                None => break,
            }
        }
        each(start, end, forms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_as_people_read_them() {
        let words = |text: &str| {
            let mut words = Vec::new();
            each_word(text, &mut String::new(), |start, end, forms| {
                words.push((std::mem::take(forms), &text[start..end] == text));
            });
            words.into_iter().map(|(word, _)| word).collect::<Vec<String>>()
        };
        assert_eq!(words("ÅRHUS, \u{c6}bler – A\u{30a}r\n3,5"), ["århus", "æbler", "år", "3", "5"]);
        assert_eq!(words("kom\u{ad}mu\u{200b}ne \u{ad}ja\u{ad} nej"), ["kommune", "ja", "nej"]);
        assert_eq!(words("Aalborg Ålborg"), ["aalborg", "ålborg"]);
        assert_eq!(words("… – !"), [""; 0]);
        assert_eq!(words("ÞÐ×Ø ΣŠ"), ["þð", "ø", "σš"]);
    }
}
