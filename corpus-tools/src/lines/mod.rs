//! Line-oriented verbs: one text a line in, one result a line out, in the same order.
//!
//! A line that cannot be read gets a result too, with `error` in it, so line n of the output is always
//! of line n of the input.

mod offsets;
pub mod text;
pub mod words;

use std::borrow::Cow;
use std::io::{BufRead, Write};

use anyhow::{Context, Result};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use serde::Serialize;
use serde_json::Value;
use sprog_formats::{Limits, LineReader};

pub use offsets::CodePoints;

/// Bytes of input that are worked on together.
const BATCH_BYTES: usize = 1 << 20;
/// Lines that are worked on together.
const BATCH_LINES: usize = 4096;
/// The longest line that is read, in bytes.
pub const MAX_LINE_BYTES: usize = 256 << 20;

/// What is done to each text.
pub trait Verb: Sync {
    /// The result, whose fields are those of the JSON object.
    type Output: Serialize;
    /// Works on one text.
    fn apply(&self, text: &str) -> Self::Output;
    /// The result as text alone, for `--plain`; line breaks in it become spaces.
    fn plain<'o>(&self, text: &str, output: &'o Self::Output) -> Cow<'o, str>;
    /// What went wrong with this text, if something did: then its line has an `error` and nothing else.
    fn failure<'o>(&self, _: &'o Self::Output) -> Option<Failure<'o>> {
        None
    }
}

/// Why a verb has no result for a text.
pub struct Failure<'o> {
    /// The line's own id, where the verb and not the runner reads it.
    pub id: Option<&'o Value>,
    /// What is wrong, with its code.
    pub what: &'o str,
}

/// How lines are read and written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Lines are JSON objects with `text`, and `id` to be passed through, instead of texts.
    pub jsonl: bool,
    /// Write only the resulting text, not JSON.
    pub plain: bool,
    /// Answer each line before the next one is read.
    pub line_buffered: bool,
}

/// What came of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines read.
    pub lines: u64,
    /// Lines that hold no text that can be read; each has an `error` in the output.
    pub errors: u64,
}

#[derive(Serialize)]
struct Row<'r, T: Serialize> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'r Value>,
    #[serde(flatten)]
    result: T,
}

#[derive(Serialize)]
struct Failed {
    error: String,
}

/// One line of input.
enum Line {
    Bytes(Vec<u8>),
    TooLong,
}

/// Runs a verb over all lines, on the threads of `pool`. `failed` is told of each line that gets an
/// `error`.
///
/// # Errors
/// Those of reading and writing.
pub fn run<V: Verb>(
    pool: &rayon::ThreadPool,
    verb: &V,
    input: impl BufRead,
    mut out: impl Write,
    options: Options,
    mut failed: impl FnMut(&str),
) -> Result<Tally> {
    let limits = Limits { line_bytes: MAX_LINE_BYTES, ..Limits::default() };
    let mut lines = LineReader::new(input, &limits);
    let mut tally = Tally::default();
    loop {
        let (batch, ended) = next_batch(&mut lines, &mut tally, options)?;
        let first = tally.lines - batch.len() as u64 + 1;
        let one = |(index, line)| answer(verb, line, first + index as u64, options);
        let results: Vec<(String, Option<String>)> = match batch.len() {
            1 => batch.into_iter().enumerate().map(one).collect::<Result<_>>()?,
            _ => pool.install(|| batch.into_par_iter().enumerate().map(one).collect::<Result<_>>())?,
        };
        for (text, error) in results {
            out.write_all(text.as_bytes())?;
            if let Some(error) = error {
                tally.errors += 1;
                failed(&error);
            }
        }
        if ended {
            out.flush()?;
            return Ok(tally);
        }
        if options.line_buffered {
            out.flush()?;
        }
    }
}

fn next_batch(
    lines: &mut LineReader<impl BufRead>,
    tally: &mut Tally,
    options: Options,
) -> Result<(Vec<Line>, bool)> {
    let (most_lines, mut bytes) = (if options.line_buffered { 1 } else { BATCH_LINES }, 0);
    let mut batch = Vec::new();
    while batch.len() < most_lines && bytes < BATCH_BYTES {
        let line = lines.next_line()?.map(|l| (l.number, l.bytes.to_vec()));
        let Some((number, line)) = line else {
            // Lines over the limit at the very end are known by their problems only.
            let skipped = lines.take_problems().len() as u64;
            let told = batch.iter().filter(|l| matches!(l, Line::TooLong)).count() as u64;
            for _ in told..skipped {
                batch.push(Line::TooLong);
                tally.lines += 1;
            }
            return Ok((batch, true));
        };
        while tally.lines + 1 < number {
            batch.push(Line::TooLong);
            tally.lines += 1;
        }
        bytes += line.len();
        batch.push(Line::Bytes(line));
        tally.lines += 1;
    }
    lines.take_problems();
    Ok((batch, false))
}

/// A line's result with its line break, and the error if it is one.
fn answer<V: Verb>(verb: &V, line: Line, number: u64, options: Options) -> Result<(String, Option<String>)> {
    let mut id = None;
    let failed = |id: Option<&Value>, what: &str| {
        let error = format!("line {number}: {what}");
        let row = match options.plain {
            true => "\n".to_owned(),
            false => json_line(&Row { id, result: Failed { error: error.clone() } })?,
        };
        Ok((row, Some(error)))
    };
    let text = match read(line, options.jsonl, &mut id) {
        Ok(text) => text,
        Err(what) => return failed(id.as_ref(), &what),
    };
    let output = verb.apply(&text);
    if let Some(failure) = verb.failure(&output) {
        return failed(failure.id.or(id.as_ref()), failure.what);
    }
    if options.plain {
        let plain = verb.plain(&text, &output);
        let mut row = plain.replace(['\n', '\r'], " ");
        row.push('\n');
        return Ok((row, None));
    }
    Ok((json_line(&Row { id: id.as_ref(), result: output })?, None))
}

fn json_line(row: &impl Serialize) -> Result<String> {
    let mut text = serde_json::to_string(row).context("a result that is no JSON")?;
    text.push('\n');
    Ok(text)
}

/// The text of a line, or what is wrong with it.
fn read(line: Line, jsonl: bool, id: &mut Option<Value>) -> Result<String, String> {
    let Line::Bytes(bytes) = line else {
        let code = sprog_formats::codes::LINE_TOO_LONG;
        return Err(format!("longer than {} MB [{code}]", MAX_LINE_BYTES >> 20));
    };
    let text = String::from_utf8(bytes).map_err(|e| {
        let (at, code) = (e.utf8_error().valid_up_to(), sprog_formats::codes::BAD_ENCODING);
        format!("byte {at} is not UTF-8; `sprog inspect` tells encodings [{code}]")
    })?;
    if !jsonl {
        return Ok(text);
    }
    let code = sprog_formats::codes::BAD_RECORD;
    let value: Value = serde_json::from_str(&text).map_err(|e| format!("{e} [{code}]"))?;
    let Value::Object(mut object) = value else { return Err(format!("not a JSON object [{code}]")) };
    *id = object.remove("id");
    match object.remove("text") {
        Some(Value::String(text)) => Ok(text),
        _ => Err(format!("no string `text` [{code}]")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Reverse;

    impl Verb for Reverse {
        type Output = Value;

        fn apply(&self, text: &str) -> Value {
            serde_json::json!({"text": text.chars().rev().collect::<String>()})
        }

        fn plain<'o>(&self, _: &str, output: &'o Value) -> Cow<'o, str> {
            output["text"].as_str().unwrap_or_default().into()
        }
    }

    fn reversed(input: &[u8], options: Options) -> (String, Tally) {
        let mut out = Vec::new();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("a pool");
        let tally = run(&pool, &Reverse, input, &mut out, options, |_| {}).expect("runs");
        (String::from_utf8(out).expect("UTF-8"), tally)
    }

    #[test]
    fn every_line_has_its_answer_in_order() {
        let input: String = (0..20_000).map(|n| format!("å{n}\n")).collect();
        let (out, tally) = reversed(input.as_bytes(), Options { plain: true, ..Options::default() });
        assert_eq!((tally.lines, tally.errors), (20_000, 0));
        let expected: String = (0..20_000)
            .map(|n: u32| n.to_string().chars().rev().chain(['å', '\n']).collect::<String>())
            .collect();
        assert!(out == expected);
        assert_eq!(reversed(b"", Options::default()), (String::new(), Tally::default()));
        let (out, _) = reversed(b"ab\r\n\nc", Options { line_buffered: true, ..Options::default() });
        assert_eq!(out, "{\"text\":\"ba\"}\n{\"text\":\"\"}\n{\"text\":\"c\"}\n");
    }

    #[test]
    fn ids_pass_through_and_bad_lines_say_why() {
        let input = b"{\"id\": 7, \"text\": \"ab\"}\n{\"text\": 1}\nno\n{\"id\": [\"x\"], \"text\": \"c\\nd\"}\n\xff\n";
        let (out, tally) = reversed(input, Options { jsonl: true, ..Options::default() });
        let lines: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
        assert_eq!((tally.lines, tally.errors, lines.len()), (5, 3, 5));
        assert_eq!((&lines[0]["id"], &lines[0]["text"]), (&7.into(), &"ba".into()));
        assert!(lines[1]["error"].as_str().is_some_and(|e| e.starts_with("line 2: no string")));
        assert!(lines[2]["error"].as_str().is_some_and(|e| e.contains("SPROG-0120")));
        assert_eq!((&lines[3]["id"][0], &lines[3]["text"]), (&"x".into(), &"d\nc".into()));
        assert!(lines[4]["error"].as_str().is_some_and(|e| e.contains("SPROG-0110")));
        let (out, _) = reversed(input, Options { jsonl: true, plain: true, ..Options::default() });
        assert_eq!(out, "ba\n\n\nd c\n\n");
    }
}
