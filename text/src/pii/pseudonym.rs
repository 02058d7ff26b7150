//! Stand-ins for personal data: the same value and key give the same stand-in, and none can be real.
//!
//! | label | stand-in | why it can't be real |
//! |---|---|---|
//! | CPR | digits with month 81–92 | real and replacement numbers have months 1–12 |
//! | CVR, CARD | leading zeros, a check that fails | CVR numbers and cards start with no 0 |
//! | PNR, CASE | leading zeros | none are given out |
//! | BANK | `Konto-KDVTRQ` | no such account |
//! | PHONE | `13…` to `19…` behind the country code, `+999` for other countries | no Danish number of eight digits starts with 1; 999 is no country code |
//! | IBAN | check digits `00` | they are 02 to 98 (ISO 13616) |
//! | EMAIL, URL | at `eksempel.invalid` | reserved (RFC 2606) |
//! | IP | 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32 | documentation (RFC 5737, 3849) |
//! | PLATE | letters I, O and Q, a first digit 0 | not used on plates |
//! | ADDRESS | `Eksempelvej 123`, `0000 Eksempelby` | no postcode is 0000 |
//! | DOB | days and months from 81 on, years before 1000, months named `xx` | no such date |
//! | NAME | `Person-KDVTRQ` | no such name |

use super::groups::run_end;
use super::{Label, Span, bank, ident, replace_spans, spoken};

/// Makes stand-ins from a secret key. Keep the key apart from the text, or destroy it.
#[derive(Clone)]
pub struct Pseudonymizer {
    key: [u8; 32],
}

/// Letters that spell no words and no numbers.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

const DIGIT_WORDS: [&str; 10] = ["nul", "et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"];

impl Pseudonymizer {
    /// Uses `key`, which is to come from a good source of randomness.
    pub fn new(key: &[u8; 32]) -> Self {
        Pseudonymizer { key: *key }
    }

    /// Replaces `spans` of `text`, which are to be those of [`find_with`](super::find_with).
    ///
    /// Values are compared by what they mean: digits without grouping and `+45`, letters without case.
    ///
    /// ```
    /// # use sprog_text::pii;
    /// use sprog_text::pii::{Pseudonymizer, find};
    /// let text = "Mette Hansen, cpr 010190-1234. Mette Hansen ringede, cpr. 0101901234.";
    /// let safe = Pseudonymizer::new(&[7; 32]).replace(text, &find(text));
    /// let names: Vec<&str> = safe.match_indices("Person-").map(|(at, _)| &safe[at..at + 13]).collect();
    /// assert_eq!(names[0], names[1]);
    /// assert!(!safe.contains("0101"));
    /// ```
    pub fn replace(&self, text: &str, spans: &[Span]) -> String {
        replace_spans(text, spans, |value, span, out| out.push_str(&self.stand_in(span.label, value)))
    }

    /// The stand-in for one value.
    fn stand_in(&self, label: Label, value: &str) -> String {
        let mut source = Source::new(&self.key, label, &normalised(label, value));
        match label {
            Label::Cpr => cpr(&mut source, value),
            Label::Cvr => {
                in_shape(value, &failing(digits_from(&mut source, 8, &[0, 0]), ident::passes_mod11))
            }
            Label::Card => {
                let digits = digits_from(&mut source, count_digits(value), &[0, 0]);
                in_shape(value, &failing(digits, bank::passes_luhn))
            }
            Label::Pnr => in_shape(value, &digits_from(&mut source, count_digits(value), &[0, 0])),
            // Danish account numbers have no check digit that a stand-in could fail.
            Label::Bank => format!("Konto-{}", source.letters(6)),
            Label::Case => in_shape(value, &digits_from(&mut source, count_digits(value), &[0, 0])),
            Label::Phone => phone(&mut source, value),
            Label::Iban => iban(&mut source, value),
            Label::Email => format!("{}@eksempel.invalid", source.letters(8).to_lowercase()),
            Label::Url => format!("https://eksempel.invalid/{}", source.letters(8).to_lowercase()),
            Label::Ip => ip(&mut source, value),
            Label::Plate => plate(&mut source, value),
            Label::Address => {
                let street = format!("Eksempelvej {}", 1 + source.number(998));
                let town = value
                    .split([' ', ',', '-'])
                    .any(|p| p.len() == 4 && p.bytes().all(|b| b.is_ascii_digit()));
                if town { street + ", 0000 Eksempelby" } else { street }
            }
            Label::Dob => date(&mut source, value),
            Label::Name => format!("Person-{}", source.letters(6)),
        }
    }
}

impl std::fmt::Debug for Pseudonymizer {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonymizer(..)")
    }
}

/// Bytes derived from key, label and value, as many as are asked for.
struct Source(blake3::OutputReader);

impl Source {
    fn new(key: &[u8; 32], label: Label, value: &str) -> Source {
        let mut hasher = blake3::Hasher::new_keyed(key);
        hasher.update(label.as_str().as_bytes()).update(&[0]).update(value.as_bytes());
        Source(hasher.finalize_xof())
    }

    /// A number below `bound`.
    fn number(&mut self, bound: u32) -> u32 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        (u64::from_le_bytes(bytes) % u64::from(bound.max(1))) as u32
    }

    fn digit(&mut self) -> u8 {
        self.number(10) as u8
    }

    fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(LETTERS[self.number(LETTERS.len() as u32) as usize])).collect()
    }
}

/// The value as it is compared.
fn normalised(label: Label, value: &str) -> String {
    let digits = || value.chars().filter(char::is_ascii_digit).collect::<String>();
    match label {
        Label::Cpr => match spoken::digits(value) {
            Some(digits) => digits.iter().map(|d| char::from(b'0' + d)).collect(),
            None => {
                let value: String =
                    without_entities(value).chars().filter(char::is_ascii_alphanumeric).collect();
                // The century of a full year is told by the seventh digit as well.
                if value.len() == 12 && value.is_ascii() {
                    format!("{}{}", &value[..4], &value[6..])
                } else {
                    value
                }
            }
        },
        Label::Phone => {
            let digits = digits();
            let country = ["0045", "45"]
                .into_iter()
                .find_map(|code| digits.strip_prefix(code).filter(|d| d.len() == 8));
            country.map_or_else(|| digits.clone(), str::to_owned)
        }
        Label::Cvr | Label::Pnr | Label::Card | Label::Bank => digits(),
        Label::Name => value.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase(),
        _ => value.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect(),
    }
}

/// The value without `&nbsp;` and the like, whose digits and letters are none of the number.
fn without_entities(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((head, tail)) = rest.split_once('&') {
        out.push_str(head);
        rest = tail.split_once(';').map_or("", |(_, tail)| tail);
    }
    out + rest
}

fn count_digits(value: &str) -> usize {
    value.bytes().filter(u8::is_ascii_digit).count()
}

/// `count` digits that start with `lead`. No four of the others are a day and a month, and no last two a
/// day, so that they make up no CPR number with what stands beside them either.
fn digits_from(source: &mut Source, count: usize, lead: &[u8]) -> Vec<u8> {
    let own = |source: &mut Source, place: usize| match count - place {
        2 => 4 + source.number(2) as u8,
        _ => 2 + source.number(8) as u8,
    };
    (0..count).map(|place| lead.get(place).copied().unwrap_or_else(|| own(source, place))).collect()
}

/// The digits with another last one if they pass `check`.
fn failing(mut digits: Vec<u8>, check: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    if check(&digits)
        && let Some(last) = digits.last_mut()
    {
        *last = 2 + (*last + 1) % 8;
    }
    digits
}

/// The value with its digits replaced one by one.
fn in_shape(value: &str, digits: &[u8]) -> String {
    let mut digits = digits.iter();
    let replace = |c: char| match c {
        '0'..='9' => char::from(b'0' + digits.next().copied().unwrap_or(0)),
        c => c,
    };
    value.chars().map(replace).collect()
}

fn cpr(source: &mut Source, value: &str) -> String {
    // A day that is no month either, should two digits stand before it.
    let (day, month) = (13 + source.number(16), 81 + source.number(12));
    let mut digits = vec![(day / 10) as u8, (day % 10) as u8, (month / 10) as u8, (month % 10) as u8];
    digits.extend(digits_from(source, 6, &[]));
    if spoken::digits(value).is_some() {
        return digits.iter().map(|d| DIGIT_WORDS[usize::from(*d)]).collect::<Vec<_>>().join(" ");
    }
    let value = without_entities(value);
    match count_digits(&value) {
        12 => {
            let century = if source.number(2) == 0 { [1, 9] } else { [2, 0] };
            digits.splice(4..4, century);
            in_shape(&value, &digits)
        }
        // Letters of an eCPR are kept apart from any that are given out by the month alone.
        _ => in_shape(&value, &digits),
    }
}

fn phone(source: &mut Source, value: &str) -> String {
    let count = count_digits(value);
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let danish: Option<&[u8]> = match (value.contains('+'), count) {
        (true, 10) if digits.starts_with("45") => Some(&[4, 5]),
        (_, 12) if digits.starts_with("0045") => Some(&[0, 0, 4, 5]),
        (false, 8) => Some(&[]),
        _ => None,
    };
    match danish {
        // The same eight digits behind every way to write the country.
        Some(country) => {
            let lead = [1, 3 + source.number(7) as u8];
            let own = failing(digits_from(source, 8, &lead), ident::passes_mod11);
            in_shape(value, &[country, &own].concat())
        }
        None if value.contains('+') => in_shape(value, &digits_from(source, count, &[9, 9, 9])),
        None => in_shape(value, &digits_from(source, count, &[0, 0, 9, 9, 9])),
    }
}

fn iban(source: &mut Source, value: &str) -> String {
    let mut place = 0;
    let replace = |c: char| {
        if !c.is_ascii_alphanumeric() {
            return c;
        }
        place += 1;
        match place {
            1 | 2 => c,
            3 | 4 => '0',
            _ if c.is_ascii_digit() => char::from(b'2' + source.number(8) as u8),
            _ => char::from(LETTERS[source.number(20) as usize]),
        }
    };
    value.chars().map(replace).collect()
}

fn ip(source: &mut Source, value: &str) -> String {
    if value.contains(':') {
        return format!(
            "2001:db8:{:x}:{:x}::{:x}",
            source.number(0x1_0000),
            source.number(0x1_0000),
            1 + source.number(0xfffe)
        );
    }
    let net = ["192.0.2", "198.51.100", "203.0.113"][source.number(3) as usize];
    format!("{net}.{}", 1 + source.number(254))
}

fn plate(source: &mut Source, value: &str) -> String {
    let mut first = true;
    let replace = |c: char| match c {
        'A'..='Z' => ['I', 'O', 'Q'][source.number(3) as usize],
        '0'..='9' if std::mem::take(&mut first) => '0',
        '0'..='9' => char::from(b'0' + source.digit()),
        c => c,
    };
    value.chars().map(replace).collect()
}

fn date(source: &mut Source, value: &str) -> String {
    let bytes = value.as_bytes();
    let mut out = String::with_capacity(value.len());
    let mut at = 0;
    while let Some(c) = value[at..].chars().next() {
        if c.is_ascii_digit() {
            let end = run_end(bytes, at);
            for place in 0..end - at {
                let digit = match (end - at, place) {
                    (4, 0) => 0,
                    (1..=3 | 5.., 0) => 8,
                    (1..=3 | 5.., 2) => 9,
                    _ => 1 + source.number(9) as u8,
                };
                out.push(char::from(b'0' + digit));
            }
            at = end;
        } else if c.is_alphabetic() {
            let len: usize = value[at..].chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
            out.push_str("xx");
            at += len;
        } else {
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pii::find;

    fn replaced(text: &str) -> String {
        Pseudonymizer::new(&[1; 32]).replace(text, &find(text))
    }

    #[test]
    fn the_shape_stays_and_the_value_goes() {
        let safe = replaced("cpr 25.01.94-3862, tlf. +45 22 18 09 44, IBAN DK85 3762 2659 0462 73");
        let shape: String = safe.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect();
        assert_eq!(shape, "cpr ##.##.##-####, tlf. +## ## ## ## ##, IBAN DK## #### #### #### ##");
        assert!(safe.contains("+45 1") && safe.contains("DK00"));
    }

    #[test]
    fn the_same_value_in_other_writing_is_the_same_stand_in() {
        let digits = |text: &str| replaced(text).chars().filter(char::is_ascii_digit).collect::<String>();
        assert_eq!(digits("cpr 010190-1234"), digits("cpr 01 01 90 1234"));
        assert!(digits("tlf. +45 22180944").ends_with(&digits("tlf. 22 18 09 44")));
        assert_ne!(digits("cpr 010190-1234"), digits("cpr 010190-1235"));
        let other = Pseudonymizer::new(&[2; 32]).replace("cpr 010190-1234", &find("cpr 010190-1234"));
        assert_ne!(other, replaced("cpr 010190-1234"));
    }

    #[test]
    fn stand_ins_are_not_found_as_real_numbers() {
        for text in [
            "cpr 010190-1234",
            "cpr: nul et nul et halvfems tolv fireogtredive",
            "CVR 37526886",
            "DK37526886",
            "Visa 4111 1111 1111 1111",
            "IBAN DK8537622659046273",
            "tlf. 22180944",
            "P-nr. 1004621032",
            "overfør til 9570 0012345678",
            "f. 12. maj 1987",
            "født 120587",
            "nummerplade AB 12 345",
            "ring +46 8 123 456 78",
            "skriv til åse@firma.dk",
        ] {
            assert_eq!(find(text).len(), 1, "{text}");
            assert!(find(&replaced(text)).is_empty(), "{}", replaced(text));
        }
    }
}
