//! Roman numerals: `Christian IV`, `II. verdenskrig`, `kapitel VII`.

use super::context::Context;
use super::lexicon::{REGENTS, gender_of};
use super::{Class, Match};
use crate::number::{Gender, cardinal, ordinal, year};

/// The longest numeral below 4000 is MMMDCCCLXXXVIII.
const LONGEST: usize = 15;

/// Words that a numeral in capitals counts after.
const COUNTED: [&str; 22] = [
    "kapitel", "bind", "del", "akt", "bog", "afsnit", "artikel", "type", "fase", "klasse", "tabel", "figur",
    "bilag", "scene", "punkt", "bd.", "kap.", "trin", "gruppe", "grad", "paragraf", "sats",
];

/// Signs and pairs of signs, the largest first.
const SIGNS: [(&str, u64); 13] = [
    ("M", 1000),
    ("CM", 900),
    ("D", 500),
    ("CD", 400),
    ("C", 100),
    ("XC", 90),
    ("L", 50),
    ("XL", 40),
    ("X", 10),
    ("IX", 9),
    ("V", 5),
    ("IV", 4),
    ("I", 1),
];

/// The value of a numeral in its one correct form.
pub(crate) fn value(numeral: &[u8]) -> Option<u64> {
    let mut total = 0;
    let mut rest = numeral;
    for (sign, worth) in SIGNS {
        let limit = if matches!(sign, "M" | "C" | "X" | "I") { 3 } else { 1 };
        for _ in 0..limit {
            let Some(next) = rest.strip_prefix(sign.as_bytes()) else { break };
            rest = next;
            total += worth;
        }
    }
    // Rebuilding is the check: IIX and VX leave a rest, IXI does not.
    (rest.is_empty() && total > 0 && spelled(total).as_bytes() == numeral).then_some(total)
}

fn spelled(mut n: u64) -> String {
    let mut out = String::new();
    for (sign, worth) in SIGNS {
        while n >= worth {
            out.push_str(sign);
            n -= worth;
        }
    }
    out
}

/// A numeral at `at`, a capital at the start of a token.
pub(crate) fn at(context: &Context, at: usize) -> Option<Match> {
    let length =
        context.rest(at).iter().take(LONGEST + 1).take_while(|byte| b"IVXLCDM".contains(byte)).count();
    if length == 0 || length > LONGEST {
        return None;
    }
    let end = at + length;
    let n = value(&context.bytes[at..end])?;
    let apostrophe = context.apostrophe(end);
    let genitive_end = end + apostrophe + 1;
    let genitive = context.at(end + apostrophe) == b's' && context.ends_token(genitive_end);
    if !context.ends_token(end) && !genitive {
        return None;
    }
    let (name_start, name_end) = context.word_before_at(at);
    let before = &context.text[name_start..name_end];
    let near = name_end < at;
    if near && REGENTS.contains(before) && n <= 100 {
        let (stop, ending) = if genitive { (genitive_end, "s") } else { (end, "") };
        // "Christian IV." may have the full stop of an ordinal.
        let dotted = context.at(stop) == b'.'
            && context.after(context.past_blanks(stop + 1)).is_some_and(char::is_lowercase);
        let forms = ordinal::readings(n, Gender::Common);
        let spoken = forms.into_iter().map(|form| format!("den {form}{ending}")).collect();
        return Some(Match::new(at, stop + usize::from(dotted), Class::Roman, spoken));
    }
    if genitive && apostrophe == 0 {
        return None;
    }
    let lower = before.to_lowercase();
    if near && COUNTED.contains(&lower.as_str()) && !genitive {
        let spoken = cardinal::readings(n, None, context.all);
        return Some(Match::new(at, end, Class::Roman, spoken));
    }
    // "II. verdenskrig", "XX. århundrede"
    let next = context.past_blanks(end + 1);
    if context.at(end) == b'.' && next > end + 1 && (length > 1 || n == 1) {
        let noun = context.word_at(next);
        let lower = noun.starts_with(char::is_lowercase) || noun == "Verdenskrig";
        if lower && (length > 1 || noun == "verdenskrig" || noun == "division") {
            let gender =
                if gender_of(noun) == Some(Gender::Neuter) { Gender::Neuter } else { Gender::Common };
            let forms = ordinal::readings(n, gender);
            return Some(Match::new(at, end + 1, Class::Roman, forms));
        }
    }
    // Alone only what can't well be an acronym: two letters or more of I, V and X; or a year.
    let small = length > 1 && context.bytes[at..end].iter().all(|byte| b"IVX".contains(byte));
    let is_year = length >= 4 && (1_000..2_100).contains(&n);
    if !(small && n <= 39 || is_year) || in_capitals(context, at, end) || genitive {
        return None;
    }
    if context.dash(end) > 0 && context.after(end + context.dash(end)).is_some_and(char::is_alphabetic) {
        return None;
    }
    // "VI" is a pronoun too, so it needs a word it counts after.
    if &context.bytes[at..end] == b"VI" && !(near && before.chars().next().is_some_and(char::is_uppercase)) {
        return None;
    }
    let spoken =
        if is_year { year::readings(n, context.all) } else { cardinal::readings(n, None, context.all) };
    let person = near && is_name(before) && n <= 30;
    let spoken = if person && title_before(context, name_start) {
        ordinal::readings(n, Gender::Common).into_iter().map(|form| format!("den {form}")).collect()
    } else {
        spoken
    };
    Some(Match::new(at, end, Class::Roman, spoken))
}

fn is_name(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase) && word.chars().skip(1).all(char::is_lowercase)
}

/// A title or a regnal name stands before the name that starts at `at`: "kong Haakon VII".
fn title_before(context: &Context, at: usize) -> bool {
    let word = context.word_before(at);
    let lower = word.to_lowercase();
    const TITLES: [&str; 14] = [
        "kong",
        "konge",
        "dronning",
        "kejser",
        "kejserinde",
        "zar",
        "tsar",
        "prins",
        "pave",
        "sultan",
        "fyrst",
        "hertug",
        "biskop",
        "farao",
    ];
    TITLES.contains(&lower.as_str()) || REGENTS.contains(word)
}

/// A heading in capitals: the words beside are in capitals too.
pub(crate) fn in_capitals(context: &Context, at: usize, end: usize) -> bool {
    let capitals = |word: &str| {
        word.chars().count() > 1
            && word.chars().all(|c| c.is_uppercase() || c == '.')
            && !super::lexicon::ACRONYMS.contains_key(word)
    };
    let next = context.word_at(context.past_blanks(end));
    capitals(context.word_before(at)) || capitals(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_correct_form_of_a_numeral_has_a_value() {
        assert_eq!(value(b"XIV"), Some(14));
        assert_eq!(value(b"MCMXCIX"), Some(1999));
        for wrong in ["IIII", "IIX", "VX", "IXI", "XXL", ""] {
            assert_eq!(value(wrong.as_bytes()), None, "{wrong}");
        }
        for n in 1..4000 {
            assert_eq!(value(spelled(n).as_bytes()), Some(n));
        }
    }
}
