//! Readings of years: `nitten nioghalvfems`, `to tusind og seksogtyve`.

use super::cardinal::{self, below_hundred};
use super::{Gender, add};

/// Years read in hundreds or pairs; before and after them a year is read as a cardinal.
pub(crate) const RANGE: std::ops::Range<u64> = 1_001..2_100;

/// Readings of the year, the best first.
pub(crate) fn readings(year: u64, all: bool) -> Vec<String> {
    let (century, rest) = (year / 100, year % 100);
    let head = below_hundred(century);
    let tail = below_hundred(rest);
    match year {
        1_010..2_000 if rest == 0 => {
            let mut out = vec![format!("{head} hundrede")];
            if all {
                for reading in cardinal::readings(year, None, true) {
                    add(&mut out, reading);
                }
            }
            out
        }
        1_010..2_000 => {
            let mut out = vec![format!("{head} {tail}")];
            if all {
                add(&mut out, format!("{head} hundrede {tail}"));
                add(&mut out, format!("{head} hundrede og {tail}"));
                if rest < 10 {
                    add(&mut out, format!("{head} nul {tail}"));
                }
                if year < 1_100 {
                    add(&mut out, cardinal::spell(year, Gender::Neuter));
                }
            }
            out
        }
        2_000..2_100 => {
            let mut out = vec![cardinal::spell(year, Gender::Neuter)];
            if all {
                for reading in cardinal::readings(year, None, true) {
                    add(&mut out, reading);
                }
                match rest {
                    0 => {}
                    1..10 => add(&mut out, format!("tyve nul {tail}")),
                    _ => add(&mut out, format!("tyve {tail}")),
                }
                if rest > 0 {
                    add(&mut out, format!("to tusind {tail}"));
                }
            }
            out
        }
        _ => cardinal::readings(year, None, all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_read_in_pairs_before_2000_and_as_a_cardinal_after() {
        for (year, spoken) in [
            (987, "ni hundrede og syvogfirs"),
            (1066, "ti seksogtres"),
            (1905, "nitten fem"),
            (1900, "nitten hundrede"),
            (1999, "nitten nioghalvfems"),
            (2000, "to tusind"),
            (2026, "to tusind og seksogtyve"),
        ] {
            assert_eq!(readings(year, true)[0], spoken);
        }
        assert!(readings(2026, true).contains(&"tyve seksogtyve".to_string()));
    }
}
