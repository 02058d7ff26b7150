//! Numbers as the public CoRal evaluation says them: no `et` before `hundrede` and `tusind` alone, but
//! `en tusind` after `og`, and no more than nine digits.

const ONES: [&str; 20] = [
    "nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv", "tretten",
    "fjorten", "femten", "seksten", "sytten", "atten", "nitten",
];
const TENS: [&str; 10] =
    ["", "", "tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"];

/// Words for digits with full stops between thousands and a decimal comma. A whole part of more than
/// nine digits stays, without its full stops.
pub(super) fn words(numeral: &str) -> String {
    let plain = numeral.replace('.', "");
    let (whole, decimals) = match plain.split_once(',') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (plain.as_str(), None),
    };
    let mut out = String::new();
    match whole.parse::<u32>() {
        Ok(number) if whole.len() <= 9 => whole_number(number, true, &mut out),
        _ => out.push_str(whole),
    }
    if let Some(decimals) = decimals {
        out.push_str(" komma");
        for digit in decimals.bytes().filter(u8::is_ascii_digit) {
            out.push(' ');
            out.push_str(neuter(u32::from(digit - b'0')));
        }
    }
    out
}

/// A digit before a neuter noun or after the comma: `et`.
fn neuter(digit: u32) -> &'static str {
    if digit == 1 { "et" } else { ONES[digit as usize % 20] }
}

/// Recurses three times at most.
fn whole_number(number: u32, alone: bool, out: &mut String) {
    match number {
        0..20 => out.push_str(ONES[number as usize]),
        20..100 => {
            let ones = number % 10;
            if ones > 0 {
                out.push_str(ONES[ones as usize]);
                out.push_str("og");
            }
            out.push_str(TENS[number as usize / 10]);
        }
        100..1000 => {
            if number > 100 || !alone {
                out.push_str(neuter(number / 100));
                out.push(' ');
            }
            out.push_str("hundrede");
            rest(number % 100, out);
        }
        1000..1_000_000 => {
            if number >= 10_000 {
                whole_number(number / 1000, false, out);
                out.push(' ');
            } else if number > 1000 || !alone {
                out.push_str(neuter(number / 1000));
                out.push(' ');
            }
            out.push_str("tusind");
            rest(number % 1000, out);
        }
        _ => {
            whole_number(number / 1_000_000, false, out);
            out.push_str(if number / 1_000_000 == 1 { " million" } else { " millioner" });
            rest(number % 1_000_000, out);
        }
    }
}

fn rest(number: u32, out: &mut String) {
    if number > 0 {
        out.push_str(if number < 100 { " og " } else { " " });
        whole_number(number, false, out);
    }
}
