//! Web addresses: from `http://` or `www.` to the next white space, less the punctuation of the
//! sentence around them.

use super::class::alphanumeric_at;

/// The end of the web address that starts at `start`, of which the word before `sign` is read.
///
/// `sign` is where `://` stands, or the first stop after `www`.
pub(super) fn web_address_end(text: &str, start: usize, sign: usize) -> Option<usize> {
    let word = text.get(start..sign)?;
    let rest = text.get(sign..)?;
    let body = if rest.starts_with("://") && word.bytes().all(|b| b.is_ascii_alphabetic()) {
        sign + 3
    } else if rest.starts_with('.') && word.eq_ignore_ascii_case("www") {
        sign + 1
    } else {
        return None;
    };
    if !alphanumeric_at(text, body) {
        return None;
    }
    let address = text.get(start..)?;
    let length = address.find(ends_address).unwrap_or(address.len());
    Some(start + trimmed(&address[..length]))
}

fn ends_address(c: char) -> bool {
    c.is_whitespace() || matches!(c, '<' | '>' | '"' | '«' | '»' | '“' | '”' | '„' | '…')
}

/// The length without the punctuation at the end. A closing bracket stays if it was opened inside.
fn trimmed(address: &str) -> usize {
    let mut open = address.bytes().filter(|&b| b == b'(').count();
    let mut closed = address.bytes().filter(|&b| b == b')').count();
    let mut length = address.len();
    for c in address.chars().rev() {
        let keep = match c {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '’' | ']' | '}' | '*' => false,
            '(' => {
                open -= 1;
                false
            }
            ')' => {
                let paired = closed <= open;
                closed -= 1;
                paired
            }
            _ => true,
        };
        if keep {
            break;
        }
        length -= c.len_utf8();
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<&str> {
        let sign = text.find("://").or_else(|| text.find('.'))?;
        web_address_end(text, 0, sign).map(|end| &text[..end])
    }

    #[test]
    fn the_punctuation_of_the_sentence_stays_outside() {
        assert_eq!(address("https://example.dk/a?b=1&c=æ#d. Og"), Some("https://example.dk/a?b=1&c=æ#d"));
        assert_eq!(address("www.example.dk?!"), Some("www.example.dk"));
        assert_eq!(address("http://example.dk/x_(y))."), Some("http://example.dk/x_(y)"));
        assert_eq!(address("http://example.dk/)"), Some("http://example.dk/"));
        assert_eq!(address("http://."), None);
        assert_eq!(address("slut.Ny"), None);
    }
}
