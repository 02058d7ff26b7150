//! Time-aligned annotation: what is said when.
//!
//! Four families, each read into a plain struct that keeps the file's own unit of time: [`textgrid`]
//! (Praat, seconds), [`eaf`] (ELAN, milliseconds), [`subtitle`] (SRT and WebVTT, milliseconds; [`cues`] makes
//! them of words) and [`ctm`] (NIST word timings, seconds). None of them knows a sample rate: turning times into
//! samples is left to the caller.

pub mod ctm;
pub mod cues;
pub mod eaf;
pub mod subtitle;
pub mod textgrid;

/// A plain decimal longer than this is written with an exponent: Praat reads no number past 40 characters.
const PLAIN_DECIMAL_CHARS: usize = 24;

/// The shortest text that reads back as the same number.
fn shortest(number: f64) -> String {
    let plain = format!("{number}");
    if plain.len() <= PLAIN_DECIMAL_CHARS { plain } else { format!("{number:e}") }
}

#[cfg(test)]
mod tests {
    use super::shortest;

    #[test]
    fn numbers_are_written_short_and_exactly() {
        for (number, text) in
            [(0.0, "0"), (2.5, "2.5"), (0.1 + 0.2, "0.30000000000000004"), (1e-7, "0.0000001")]
        {
            assert_eq!(shortest(number), text);
        }
        assert_eq!(shortest(f64::MAX), "1.7976931348623157e308");
        assert_eq!(shortest(f64::MIN_POSITIVE).parse(), Ok(f64::MIN_POSITIVE));
    }
}
