//! NIST CTM: one recognised or aligned word a line, with its time.
//!
//! A line is `utterance channel start duration word [confidence]`, split by white space; times are in
//! seconds from the start of the recording. Lines that begin with `;;` are comments. Source: NIST SCTK,
//! "Time marked conversation input file format" (`doc/infmts.htm`).

use std::fmt::Write as _;

use super::shortest;
use crate::{Error, Limits, Parsed, Place, Problem, Result, codes};

/// One word of a CTM file.
#[derive(Clone, Debug, PartialEq)]
pub struct CtmWord {
    /// The recording or utterance that the times count from.
    pub utterance: String,
    /// The channel, often `1` or `A`.
    pub channel: String,
    /// Where the word starts, in seconds.
    pub start: f64,
    /// How long it lasts, in seconds.
    pub duration: f64,
    /// The word as the file spells it.
    pub word: String,
    /// How sure the recogniser was, mostly 0 to 1; the range is not checked.
    pub confidence: Option<f64>,
}

/// Reads a CTM file.
///
/// A line that is no word is left out with a [`codes::BAD_RECORD`] problem, as are the marker lines of
/// alternations (`* * <ALT_BEGIN>`); the words of all alternatives are kept. The type and speaker columns
/// of the RT-03 variant are not read; one [`codes::BAD_RECORD`] problem says so. A negative time, or a
/// word that starts before the one above it in the same utterance and channel, is kept with a
/// [`codes::TIME_ORDER`] problem. A line over `limits.line_bytes` is left out ([`codes::LINE_TOO_LONG`]).
///
/// ```
/// use sprog_formats::{Limits, time::ctm};
/// let parsed = ctm::read(";; optaget i Aarhus\ninterview 1 0.50 0.25 rødgrød 0.98\n", &Limits::default())?;
/// assert_eq!(parsed.value[0].word, "rødgrød");
/// assert_eq!(parsed.value[0].start, 0.5);
/// assert_eq!(parsed.value[0].confidence, Some(0.98));
/// # Ok::<(), sprog_formats::Error>(())
/// ```
///
/// # Errors
/// [`Error::Limit`] past `limits.bytes` of text, or past `limits.items` lines that are not empty.
pub fn read(text: &str, limits: &Limits) -> Result<Parsed<Vec<CtmWord>>> {
    if text.len() as u64 > limits.bytes {
        return Err(Error::Limit { what: "CTM text", limit: limits.bytes, place: Place::File });
    }
    let mut words: Vec<CtmWord> = Vec::new();
    let mut problems = Vec::new();
    let mut records = 0u64;
    let mut extra_columns_reported = false;
    for (number, line) in (1u64..).zip(text.lines()) {
        let place = Place::Line(number);
        let trimmed = line.trim_ascii();
        if trimmed.is_empty() || trimmed.starts_with(";;") {
            continue;
        }
        records += 1;
        if records > limits.items {
            return Err(Error::Limit { what: "CTM lines", limit: limits.items, place });
        }
        if line.len() > limits.line_bytes {
            let message = format!("a line of {} bytes was left out", line.len());
            problems.push(Problem::new(codes::LINE_TOO_LONG, place, message));
            continue;
        }
        let (word, extra_columns) = match parse(trimmed) {
            Ok(found) => found,
            Err(message) => {
                problems.push(Problem::new(codes::BAD_RECORD, place, message));
                continue;
            }
        };
        if extra_columns && !extra_columns_reported {
            extra_columns_reported = true;
            let message = "columns 7 and 8 (type, speaker) are not read, here and below; the word is kept";
            problems.push(Problem::new(codes::BAD_RECORD, place.clone(), message));
        }
        if let Some(message) = order_problem(words.last(), &word) {
            problems.push(Problem::new(codes::TIME_ORDER, place, message));
        }
        words.push(word);
    }
    Ok(Parsed { value: words, problems })
}

/// The word of a line, and whether it has the columns of RT-03 too.
fn parse(line: &str) -> Result<(CtmWord, bool), String> {
    let mut columns = line.split_ascii_whitespace();
    let mut next = || columns.next();
    let (Some(utterance), Some(channel), Some(start), Some(duration), Some(word)) =
        (next(), next(), next(), next(), next())
    else {
        return Err("fewer than 5 columns; the line was left out".to_owned());
    };
    let confidence = next();
    let extra = columns.count();
    if extra > 2 {
        return Err(format!("{} columns, at most 8 were expected; the line was left out", extra + 6));
    }
    if start == "*" && duration == "*" {
        return Err(format!("the alternation marker {word:.40} was left out"));
    }
    let number = |name: &str, text: &str| match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(format!("{name} {text:.40} is not a number; the line was left out")),
    };
    let word = CtmWord {
        utterance: utterance.to_owned(),
        channel: channel.to_owned(),
        start: number("start", start)?,
        duration: number("duration", duration)?,
        word: word.to_owned(),
        confidence: confidence.map(|text| number("confidence", text)).transpose()?,
    };
    Ok((word, extra > 0))
}

fn order_problem(previous: Option<&CtmWord>, word: &CtmWord) -> Option<String> {
    if word.start < 0.0 {
        return Some(format!("start {} is negative", word.start));
    }
    if word.duration < 0.0 {
        return Some(format!("duration {} is negative", word.duration));
    }
    let previous = previous.filter(|p| p.utterance == word.utterance && p.channel == word.channel)?;
    (word.start < previous.start)
        .then(|| format!("start {} is before the previous word's start {}", word.start, previous.start))
}

/// Writes words as CTM, one a line, times in the shortest form that reads back the same.
///
/// The format has no escapes: ASCII white space inside a column is written as `_`, an empty column as `_`,
/// and an utterance that would begin a comment has its `;;` written as `__`. Numbers must be finite to be
/// read back.
///
/// ```
/// use sprog_formats::time::ctm::{CtmWord, write};
/// let word = CtmWord {
///     utterance: "samtale-3".into(), channel: "A".into(), start: 1.25, duration: 0.5,
///     word: "Ærø".into(), confidence: None,
/// };
/// assert_eq!(write(&[word]), "samtale-3 A 1.25 0.5 Ærø\n");
/// ```
pub fn write(words: &[CtmWord]) -> String {
    let mut out = String::new();
    for word in words {
        let utterance = column(&word.utterance);
        match utterance.strip_prefix(";;") {
            Some(rest) => out.extend(["__", rest]),
            None => out.push_str(&utterance),
        }
        let (start, duration) = (shortest(word.start), shortest(word.duration));
        // Writing to a String cannot fail.
        let _ = write!(out, " {} {start} {duration} {}", column(&word.channel), column(&word.word));
        if let Some(confidence) = word.confidence {
            out.extend([" ", &shortest(confidence)]);
        }
        out.push('\n');
    }
    out
}

fn column(text: &str) -> String {
    if text.is_empty() { "_".to_owned() } else { text.replace(|c: char| c.is_ascii_whitespace(), "_") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn word(start: f64, duration: f64, word: &str, confidence: Option<f64>) -> CtmWord {
        CtmWord {
            utterance: "dr-p1-0412".into(),
            channel: "1".into(),
            start,
            duration,
            word: word.into(),
            confidence,
        }
    }

    fn codes_of(text: &str) -> (usize, Vec<(u16, Place)>) {
        let parsed = read(text, &Limits::default()).expect("reads");
        (parsed.value.len(), parsed.problems.into_iter().map(|p| (p.code.0, p.place)).collect())
    }

    #[test]
    fn words_comments_tabs_and_crlf() {
        let text = ";; NOTE <NAME> \"Radioavis\"\r\n\
                    dr-p1-0412 1 0.00 0.31 godmorgen 0.97\r\n\r\n\
                    dr-p1-0412\t1\t0.31\t.2\tH.C.Ørsted\r\n";
        let parsed = read(text, &Limits::default()).expect("reads");
        assert_eq!(
            parsed.value,
            [word(0.0, 0.31, "godmorgen", Some(0.97)), word(0.31, 0.2, "H.C.Ørsted", None)]
        );
        assert_eq!(parsed.problems, []);
    }

    #[test]
    fn a_no_break_space_is_part_of_its_word() {
        let parsed = read("a 1 0 1 10\u{A0}000", &Limits::default()).expect("reads");
        assert_eq!(parsed.value[0].word, "10\u{A0}000");
    }

    #[test]
    fn bad_lines_are_named_and_left_out() {
        let text = "a 1 0 1 hej\na 1 nul 1 med\na 1 2 NaN dig\na 1 2\na 1 2 1 så x\n\
                    a 1 2 1 x 1 lex S1 mere\na 1 3 1 farvel\n";
        let line = |n| (120, Place::Line(n));
        assert_eq!(codes_of(text), (2, vec![line(2), line(3), line(4), line(5), line(6)]));
    }

    #[test]
    fn alternation_markers_are_left_out_and_their_words_kept() {
        let text =
            "a 1 * * <ALT_BEGIN>\na 1 0.1 0.2 jeg\na 1 * * <ALT>\na 1 0.1 0.2 jag\na 1 * * <ALT_END>\n";
        assert_eq!(codes_of(text), (2, [1, 3, 5].map(|n| (120, Place::Line(n))).to_vec()));
    }

    #[test]
    fn rt03_columns_are_reported_once() {
        let text = "a 1 0 1 hej 0.9 lex taler1\na 1 1 1 du 0.9 lex taler1\n";
        assert_eq!(codes_of(text), (2, vec![(120, Place::Line(1))]));
    }

    #[test]
    fn times_out_of_order_are_told_and_kept() {
        let text = "a 1 5 1 så\na 1 4 1 gik\na 2 0 1 vi\na 2 1 -1 hjem\na 2 -1 1 nu\n";
        let line = |n| (300, Place::Line(n));
        assert_eq!(codes_of(text), (5, vec![line(2), line(4), line(5)]));
    }

    #[test]
    fn limits_hold() {
        let few = Limits { items: 1, ..Limits::default() };
        let error = read("a 1 0 1 x\n\n;; ro\nb 1 0 1 y\n", &few).expect_err("two words");
        assert_eq!((error.code(), error.place()), (codes::LIMIT, Place::Line(4)));
        let small = Limits { bytes: 5, ..Limits::default() };
        assert_eq!(read("a 1 0 1 x\n", &small).expect_err("10 bytes").code(), codes::LIMIT);
        let narrow = Limits { line_bytes: 9, ..Limits::default() };
        let parsed = read("a 1 0 1 xy\na 1 0 1 x\n", &narrow).expect("reads");
        assert_eq!((parsed.value.len(), parsed.problems[0].code), (1, codes::LINE_TOO_LONG));
    }

    #[test]
    fn what_the_format_cannot_hold_is_written_as_underscores() {
        let odd =
            CtmWord { utterance: ";;x".into(), channel: String::new(), ..word(0.0, 1.0, "i dag", None) };
        assert_eq!(write(&[odd]), "__x _ 0 1 i_dag\n");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn written_words_read_back_the_same(rows in prop::collection::vec(
            ("[a-zæøå0-9_.-]{1,9}", "[AB12]", -1e6..1e9f64, any::<f64>(), "[\\PC&&[^ ]]{1,6}",
             prop::option::of(0.0..1.0f64)), 0..12)
        ) {
            let words: Vec<CtmWord> = rows.into_iter()
                .filter(|row| row.3.is_finite())
                .map(|(utterance, channel, start, duration, word, confidence)|
                    CtmWord { utterance, channel, start, duration, word, confidence })
                .collect();
            prop_assert_eq!(read(&write(&words), &Limits::default()).expect("reads").value, words);
        }

        #[test]
        fn no_text_panics(text in "([ab;*] ?|[0-9.eE-]{1,4} |\\PC|\n){0,60}") {
            let parsed = read(&text, &Limits::default()).expect("within limits");
            prop_assert!(parsed.value.len() <= text.lines().count());
        }
    }
}
