//! Constraint Grammar: grammars of CG-3 (`.cg3`, `.rlx`) and the CG stream of cohorts that they run on.
//!
//! A grammar is a list of [`Statement`]s. Each keeps its own text, comments before it included, so
//! [`write`](fn@write) gives back the bytes that were [`read`]. A statement that is not understood is kept as
//! [`StatementKind::Unknown`] and listed as a problem. `INCLUDE` is told, never followed.
//!
//! Format: the CG-3 manual, <https://edu.visl.dk/cg3/single/>.

mod context;
mod parse;
mod scan;
mod sets;
pub mod stream;
mod syntax;
#[cfg(test)]
mod tests;

pub use syntax::{
    CgGrammar, Context, Inline, Link, Modifiers, Numeric, Position, Rule, RuleKind, Scan, Section, SetExpr,
    SetOp, SetTerm, Span, Statement, StatementKind, Tag, Test, Unify,
};

use super::Charset;
use crate::{Error, Limits, Parsed, Place, Problem, Result, codes};

/// Reads a grammar.
///
/// A file that is not UTF-8 is read as Latin-1, with a [`codes::RULE_ENCODING`] problem. Every statement
/// that does not follow the format is a [`codes::RULE_LINE`] problem at its line, and is kept.
///
/// # Errors
/// [`Error::Limit`] past `limits`' bytes, nesting of parentheses, or items (statements, tags, sets and
/// tests together).
///
/// ```
/// use sprog_formats::{Limits, rules::cg};
/// let text = "DELIMITERS = \"<.>\" ;\nLIST N = NOUN PROPN ; # navne\nSECTION\nSELECT:det N IF (-1C (DET)) ;\n";
/// let parsed = cg::read(text.as_bytes(), &Limits::default())?;
/// let (statement, rule) = parsed.value.rules().next().expect("one rule");
/// assert_eq!((statement.line, rule.kind, rule.name.as_deref()), (4, cg::RuleKind::Select, Some("det")));
/// assert_eq!(cg::write(&parsed.value)?, text.as_bytes());
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<CgGrammar>> {
    if bytes.len() as u64 > limits.bytes {
        return Err(Error::Limit { what: "file", limit: limits.bytes, place: Place::File });
    }
    let mut problems = Vec::new();
    let (encoding, text) = match std::str::from_utf8(bytes) {
        Ok(text) => (Charset::Utf8, text.to_owned()),
        Err(e) => {
            let message = format!("byte {} is not UTF-8; read byte by byte as Latin-1", e.valid_up_to());
            problems.push(Problem::new(codes::RULE_ENCODING, Place::File, message));
            (Charset::Latin1, bytes.iter().copied().map(char::from).collect())
        }
    };
    let (statements, tail) = parse::statements(&text, limits, &mut problems)?;
    Ok(Parsed { value: CgGrammar { encoding, statements, tail }, problems })
}

/// The bytes of a grammar: the statements' own texts, one after the other.
///
/// # Errors
/// [`Error::Malformed`] when a text holds a character that the grammar's encoding lacks, which no
/// statement that was read from a file of that encoding does.
pub fn write(grammar: &CgGrammar) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let texts = grammar.statements.iter().map(|s| (s.line, s.raw.as_str()));
    for (line, text) in texts.chain([(0, grammar.tail.as_str())]) {
        match grammar.encoding {
            Charset::Utf8 => out.extend_from_slice(text.as_bytes()),
            Charset::Latin1 => {
                for c in text.chars() {
                    let byte = u8::try_from(c).map_err(|_| {
                        let message = format!("{c:?} has no place in Latin-1");
                        Error::malformed("Latin-1 grammar", Place::Line(line), message)
                    })?;
                    out.push(byte);
                }
            }
        }
    }
    Ok(out)
}
