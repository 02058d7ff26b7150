//! The CG stream: cohorts with their readings, as `vislcg3` and `cg-conv` read and write it.
//!
//! ```text
//! "<huset>"
//!     "hus" NOUN Definite=Def
//!     "huse" VERB VerbForm=Part
//! ```
//!
//! Lines that are neither are text, kept where they stand.

use crate::{Limits, Place, Result};

/// One line of a stream, borrowed from it without its line feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamLine<'a> {
    /// `"<form>" tags`: a cohort's start.
    Cohort(&'a str),
    /// A reading: white space, then `"lemma" tags`. More white space makes a sub-reading of the one before.
    Reading {
        /// The characters of white space before it.
        indent: usize,
        /// The line from the lemma's quote on.
        tags: &'a str,
    },
    /// A reading that an earlier run removed, shown by its trace: `;` before it.
    Removed(&'a str),
    /// `<STREAMCMD:…>`.
    Command(&'a str),
    /// Anything else.
    Text(&'a str),
}

/// The lines of a stream, each as written with what it is.
///
/// # Errors
/// [`crate::Error::Limit`] for a stream past `limits`' bytes, or a line past its length.
///
/// ```
/// use sprog_formats::{Limits, rules::cg::stream::{self, StreamLine}};
/// let lines = stream::lines("\"<hus>\"\n\t\"hus\" NOUN\n", &Limits::default())?;
/// assert_eq!(lines[0], StreamLine::Cohort("\"<hus>\""));
/// assert_eq!(lines[1], StreamLine::Reading { indent: 1, tags: "\"hus\" NOUN" });
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn lines<'a>(stream: &'a str, limits: &Limits) -> Result<Vec<StreamLine<'a>>> {
    let over = |what, limit, place| Err(crate::Error::Limit { what, limit, place });
    if stream.len() as u64 > limits.bytes {
        return over("stream", limits.bytes, Place::File);
    }
    let mut out = Vec::new();
    for (text, number) in stream.split_terminator('\n').zip(1..) {
        if text.len() > limits.line_bytes {
            return over("line", limits.line_bytes as u64, Place::Line(number));
        }
        out.push(line(text));
    }
    Ok(out)
}

/// What a line is.
pub fn line(text: &str) -> StreamLine<'_> {
    let line = text.strip_suffix('\r').unwrap_or(text);
    let tags = line.trim_start_matches([' ', '\t']);
    let indent = line.len() - tags.len();
    if indent == 0 {
        if line.starts_with("\"<") && line.contains(">\"") {
            return StreamLine::Cohort(line);
        }
        if line.starts_with("<STREAMCMD:") && line.ends_with('>') {
            return StreamLine::Command(line);
        }
        if line.starts_with(";\t\"") || line.starts_with("; \"") {
            return StreamLine::Removed(line);
        }
    } else if tags.starts_with('"') {
        return StreamLine::Reading { indent, tags };
    }
    StreamLine::Text(text)
}

/// The tags of a cohort's or reading's line; white space inside a tag's quotes does not part it.
///
/// ```
/// use sprog_formats::rules::cg::stream;
/// assert_eq!(stream::tags("\"i dag\" ADV <x>").collect::<Vec<_>>(), ["\"i dag\"", "ADV", "<x>"]);
/// ```
pub fn tags(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t']);
        if rest.is_empty() {
            return None;
        }
        let bytes = rest.as_bytes();
        let mut end = 0;
        if bytes[0] == b'"' {
            end = closing(bytes);
        }
        end += bytes.iter().skip(end).position(|b| matches!(b, b' ' | b'\t')).unwrap_or(bytes.len() - end);
        let (tag, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        Some(tag)
    })
}

/// The place after the quote that ends a tag: the first one before white space or the line's end.
fn closing(bytes: &[u8]) -> usize {
    let mut escaped = false;
    for (i, b) in bytes.iter().enumerate().skip(1) {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' if matches!(bytes.get(i + 1), None | Some(b' ' | b'\t')) => return i + 1,
            _ => {}
        }
    }
    1
}
