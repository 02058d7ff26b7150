//! Spells ordinals: `halvtredsindstyvende`.

use super::cardinal;
use super::table::{numeral, scale};
use super::{Gender, add};

fn below_hundred(n: u64, gender: Gender) -> Vec<String> {
    let forms = |n| numeral(n).map(|row| row.ordinal.as_slice()).unwrap_or_default();
    if n == 2 {
        let at = usize::from(gender == Gender::Neuter);
        return forms(2).get(at).map(|form| form.to_string()).into_iter().collect();
    }
    if n < 20 || n.is_multiple_of(10) {
        return forms(n).iter().map(|form| form.to_string()).collect();
    }
    let unit = numeral(n % 10).and_then(|row| row.cardinal.first().copied()).unwrap_or_default();
    forms(n - n % 10).iter().map(|tens| [unit, "og", tens].concat()).collect()
}

/// Readings of the `n`th, the best first; empty for numbers without an ordinal in use (more than 10⁹, or 0
/// below a hundred of its own).
pub(crate) fn readings(n: u64, gender: Gender) -> Vec<String> {
    if n < 100 {
        return below_hundred(n, gender);
    }
    if n > 1_000_000_000 {
        return Vec::new();
    }
    let rest = n % 100;
    let mut out = Vec::new();
    if rest > 0 {
        for leading_one in [false, true] {
            let mut head = String::new();
            let style = cardinal::Style { leading_one, ..cardinal::Style::default() };
            cardinal::push(&mut head, n - rest, style);
            for tail in below_hundred(rest, gender) {
                add(&mut out, format!("{head} og {tail}"));
            }
        }
        return out;
    }
    // The last scale word takes the ending: "hundrede", "to tusinde", "millionte".
    let Some(exponent) = [9, 6, 3, 2].into_iter().find(|&e| n.is_multiple_of(10_u64.pow(e))) else {
        return out;
    };
    let unit = 10_u64.pow(exponent);
    let above = n / unit;
    let head = match (above, exponent) {
        (1, _) => String::new(),
        (_, 2) => {
            let (thousands, hundreds) = (above / 10, above % 10);
            let mut head = String::new();
            if thousands > 0 {
                cardinal::push(&mut head, thousands * 1_000, cardinal::Style::default());
                head.push(' ');
            }
            cardinal::push(&mut head, hundreds, cardinal::Style::default());
            head + " "
        }
        _ => cardinal::spell(above, Gender::Common) + " ",
    };
    for form in scale(exponent).map(|row| row.ordinal.as_slice()).unwrap_or_default() {
        add(&mut out, format!("{head}{form}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_from_fifty_are_built_on_the_long_forms() {
        for (n, spoken) in [
            (1, "første"),
            (2, "anden"),
            (21, "enogtyvende"),
            (40, "fyrretyvende"),
            (50, "halvtredsindstyvende"),
            (99, "nioghalvfemsindstyvende"),
            (100, "hundrede"),
            (101, "hundrede og første"),
            (200, "to hundrede"),
            (1_000, "tusinde"),
            (1_000_000, "millionte"),
        ] {
            assert_eq!(readings(n, Gender::Common)[0], spoken);
        }
        assert_eq!(readings(2, Gender::Neuter), ["andet"]);
    }
}
