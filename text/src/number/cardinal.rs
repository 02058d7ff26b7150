//! Spells cardinals: `tusind to hundrede og fireogtredive`.

use super::table::{numeral, scale};
use super::{Gender, add};

/// Numbers from here on are read digit by digit; the scale words end at `billiard`, 10¹⁵.
pub(crate) const LIMIT: u64 = 1_000_000_000_000_000_000;

/// What usage leaves open in a cardinal. The default is the form written first.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    /// `et hundrede`, `et tusind` at the head of the number.
    pub(crate) leading_one: bool,
    /// `tusinde` for `tusind`.
    pub(crate) long_thousand: bool,
    /// `tusind og et hundrede`.
    pub(crate) og_before_hundred: bool,
    /// `elleve hundrede` for 1,100 to 9,999.
    pub(crate) in_hundreds: bool,
    /// `en` where the number ends in one: `hundrede og en`.
    pub(crate) common_one: bool,
}

/// Every number below 100, spelled once: the verbalizer writes these more often than any other.
static BELOW_HUNDRED: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
    let first = |n| numeral(n).and_then(|row| row.cardinal.first().copied()).unwrap_or_default();
    (0..100)
        .map(|n| match n {
            1 => "et".to_string(),
            0..20 => first(n).to_string(),
            _ if n.is_multiple_of(10) => first(n).to_string(),
            _ => [first(n % 10), "og", first(n - n % 10)].concat(),
        })
        .collect()
});

/// Numbers below 100; 1 is `et`.
pub(crate) fn below_hundred(n: u64) -> &'static str {
    BELOW_HUNDRED.get(n as usize).map(String::as_str).unwrap_or_default()
}

fn push_below_hundred(out: &mut String, n: u64, one: Gender) {
    out.push_str(if n == 1 { one.one() } else { below_hundred(n) });
}

fn push_below_thousand(out: &mut String, n: u64, bare_hundred: bool, one: Gender) {
    let (hundreds, rest) = (n / 100, n % 100);
    if hundreds > 0 {
        if hundreds > 1 || !bare_hundred {
            push_below_hundred(out, hundreds, Gender::Neuter);
            out.push(' ');
        }
        out.push_str("hundrede");
        if rest > 0 {
            out.push_str(" og ");
        }
    }
    if rest > 0 {
        push_below_hundred(out, rest, one);
    }
}

/// Appends the cardinal of `n`, which is below [`LIMIT`].
pub(crate) fn push(out: &mut String, n: u64, style: Style) {
    let one = if style.common_one { Gender::Common } else { Gender::Neuter };
    if n < 100 {
        return push_below_hundred(out, n, one);
    }
    if style.in_hundreds && (1_100..10_000).contains(&n) {
        push_below_hundred(out, n / 100, Gender::Neuter);
        out.push_str(" hundrede");
        if !n.is_multiple_of(100) {
            out.push_str(" og ");
            push_below_hundred(out, n % 100, one);
        }
        return;
    }
    let start = out.len();
    for exponent in [15, 12, 9, 6, 3, 0] {
        let group = n / 10_u64.pow(exponent) % 1_000;
        if group == 0 {
            continue;
        }
        let head = out.len() == start;
        if !head {
            out.push(' ');
            if exponent == 0 && (group < 100 || style.og_before_hundred) {
                out.push_str("og ");
            }
        }
        let bare = head && !style.leading_one;
        match exponent {
            0 => push_below_thousand(out, group, bare, one),
            3 => {
                if group > 1 || !bare {
                    push_below_thousand(out, group, bare, Gender::Neuter);
                    out.push(' ');
                }
                out.push_str(if style.long_thousand { "tusinde" } else { "tusind" });
            }
            _ => {
                push_below_thousand(out, group, bare, Gender::Common);
                if let Some(row) = scale(exponent) {
                    out.push(' ');
                    out.push_str(if group == 1 { row.singular[0] } else { row.plural[0] });
                }
            }
        }
    }
}

/// The cardinal of `n`, which is below [`LIMIT`], as it is written first.
pub(crate) fn spell(n: u64, one: Gender) -> String {
    let mut out = String::with_capacity(48);
    push(&mut out, n, Style { common_one: one == Gender::Common, ..Style::default() });
    out
}

/// Readings of `n`, the best first. `one` is the gender of what is counted; where it is not known `et` is best
/// and `en` accepted.
pub(crate) fn readings(n: u64, one: Option<Gender>, all: bool) -> Vec<String> {
    let best = one.unwrap_or(Gender::Neuter);
    let mut out = vec![spell(n, best)];
    if !all {
        return out;
    }
    let ends_in_one = n % 100 == 1;
    let genders: &[bool] = match (ends_in_one, one) {
        (true, None) => &[false, true],
        (_, Some(Gender::Common)) => &[true],
        _ => &[false],
    };
    if n < 100 {
        if ends_in_one && one.is_none() {
            add(&mut out, "en".to_string());
        }
        return out;
    }
    // A choice that makes no difference for this number is not tried.
    let choices = |applies: bool| if applies { &[false, true][..] } else { &[false][..] };
    let mut head = n;
    while head >= 1_000 {
        head /= 1_000;
    }
    let leads = n < 1_000_000 && head == 1 || (100..200).contains(&head);
    let hundreds = n > 1_000 && n % 1_000 >= 100;
    for &in_hundreds in choices((1_100..10_000).contains(&n)) {
        for &long_thousand in choices(!in_hundreds && n % 1_000_000 >= 1_000) {
            for &og_before_hundred in choices(!in_hundreds && hundreds) {
                for &leading_one in choices(!in_hundreds && leads) {
                    for &common_one in genders {
                        let style =
                            Style { leading_one, long_thousand, og_before_hundred, in_hundreds, common_one };
                        let mut reading = String::with_capacity(48);
                        push(&mut reading, n, style);
                        add(&mut out, reading);
                    }
                }
            }
        }
    }
    out
}

/// Digits one by one: `nul nul syv`.
pub(crate) fn digit_by_digit(digits: impl Iterator<Item = u8>, one: Gender) -> String {
    let mut out = String::new();
    for digit in digits.filter(u8::is_ascii_digit) {
        if !out.is_empty() {
            out.push(' ');
        }
        push_below_hundred(&mut out, u64::from(digit - b'0'), one);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cardinals_are_spelled_as_retskrivningsordbogen_has_them() {
        for (n, spoken) in [
            (0, "nul"),
            (1, "et"),
            (91, "enoghalvfems"),
            (100, "hundrede"),
            (125, "hundrede og femogtyve"),
            (1_100, "tusind et hundrede"),
            (1_125, "tusind et hundrede og femogtyve"),
            (101_000, "hundrede og et tusind"),
            (1_000_001, "en million og et"),
            (1_001_000, "en million et tusind"),
            (101_000_000, "hundrede og en millioner"),
            (1_000_000_000_000_000, "en billiard"),
        ] {
            assert_eq!(spell(n, Gender::Neuter), spoken);
        }
    }

    #[test]
    fn accepted_readings_hold_what_usage_leaves_open() {
        let readings = readings(1_100, None, true);
        for reading in
            ["tusind et hundrede", "et tusind og et hundrede", "elleve hundrede", "tusinde et hundrede"]
        {
            assert!(readings.iter().any(|other| other == reading), "{reading} in {readings:?}");
        }
    }
}
