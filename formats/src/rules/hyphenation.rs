//! Hyphenation patterns: libhyphen's dictionaries (`hyph_da_DK.dic`, its README) and TeX's
//! pattern files (`\patterns{…}`, `\hyphenation{…}`, The TeXbook, appendix H).
//!
//! In a libhyphen file the first line names the encoding, and every other line is one pattern or
//! setting; text after the first white space of a pattern's line is a comment. A TeX file is UTF-8
//! (older ones are read as Latin-1, with a problem), may have many patterns on a line, and its other
//! TeX code is kept but not run.

pub use super::pattern::{Pattern, Replacement};
use super::source::{Budget, Source, byte_lines};
use super::{Charset, RawLine, write_lines};
use crate::{Limits, Parsed, Place, Problem, Result, codes};

/// A file of hyphenation patterns, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HyphenationFile {
    /// How the file was decoded.
    pub encoding: Charset,
    /// Every line of the file.
    pub lines: Vec<HyphenationLine>,
}

impl HyphenationFile {
    /// Every pattern, with the line it stands on.
    pub fn patterns(&self) -> impl Iterator<Item = (&RawLine, &Pattern)> {
        self.lines.iter().flat_map(|line| {
            let patterns = match &line.rule {
                HyphenationRule::Pattern(pattern) => std::slice::from_ref(pattern),
                HyphenationRule::Tex { patterns, .. } => patterns.as_slice(),
                _ => &[],
            };
            patterns.iter().map(|pattern| (&line.line, pattern))
        })
    }
}

/// A line of a pattern file: as it stands, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HyphenationLine {
    /// The line as it stands in the file.
    pub line: RawLine,
    /// What the line says.
    pub rule: HyphenationRule,
}

/// What a line of a pattern file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HyphenationRule {
    /// Nothing but white space.
    Blank,
    /// A line that starts with `%`, or in a libhyphen file with `#`.
    Comment,
    /// The first line of a libhyphen file: its encoding, such as `ISO8859-1`.
    Encoding(String),
    /// The least number of characters before or after a hyphen: LEFTHYPHENMIN, RIGHTHYPHENMIN,
    /// COMPOUNDLEFTHYPHENMIN or COMPOUNDRIGHTHYPHENMIN.
    Minimum {
        /// The setting's name.
        name: String,
        /// The number of characters.
        characters: u32,
    },
    /// `NOHYPHEN`: characters or sequences with no hyphen beside them.
    NoHyphen(Vec<String>),
    /// `NEXTLEVEL`: the patterns so far find compounds' parts, those below hyphenate each part.
    NextLevel,
    /// One pattern on a line, as in a libhyphen file.
    Pattern(Pattern),
    /// What one line of a TeX file holds of `\patterns` and `\hyphenation`.
    Tex {
        /// Its patterns.
        patterns: Vec<Pattern>,
        /// Its exceptions: whole words.
        exceptions: Vec<Exception>,
    },
    /// A line of a TeX file without patterns or exceptions: commands and braces.
    TexCode,
    /// A line that was not understood; it is a [`codes::RULE_LINE`] problem too.
    Unknown,
}

/// A word with all its hyphens, from TeX's `\hyphenation{ta-ble}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The parts between the hyphens; one part means that the word is never hyphenated.
    pub parts: Vec<String>,
}

impl Exception {
    fn parse(word: &str) -> Exception {
        Exception { parts: word.split('-').map(str::to_owned).collect() }
    }
}

impl std::fmt::Display for Exception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.parts.join("-"))
    }
}

/// Reads a libhyphen dictionary.
///
/// Problems: [`codes::RULE_ENCODING`] where the first line names no known encoding,
/// [`codes::RULE_LINE`] for a line that is not understood.
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines;
/// words of all lines).
///
/// ```
/// use sprog_formats::{Limits, rules::hyphenation};
/// let bytes = b"ISO8859-1\nLEFTHYPHENMIN 2\n.s\xF83\n";
/// let parsed = hyphenation::read(bytes, &Limits::default())?;
/// let (line, pattern) = parsed.value.patterns().next().expect("one pattern");
/// assert_eq!((line.number, pattern.letters.as_str()), (3, ".sø"));
/// assert_eq!(pattern.values, [0, 0, 0, 3]);
/// assert_eq!(hyphenation::write(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<HyphenationFile>> {
    let label = byte_lines(bytes).next().unwrap_or_default().trim_ascii();
    let label = if bytes.is_empty() { b"ISO8859-1" } else { label };
    let Source { charset, lines, mut problems } = Source::read_labelled(bytes, label, limits)?;
    let mut budget = Budget::new(limits);
    let lines = lines
        .into_iter()
        .map(|line| {
            let rule = if line.number == 1 {
                HyphenationRule::Encoding(line.text().trim().to_owned())
            } else {
                libhyphen_rule(&line, &mut budget, &mut problems)?
            };
            Ok(HyphenationLine { line, rule })
        })
        .collect::<Result<_>>()?;
    Ok(Parsed { value: HyphenationFile { encoding: charset, lines }, problems })
}

fn libhyphen_rule(
    line: &RawLine,
    budget: &mut Budget,
    problems: &mut Vec<Problem>,
) -> Result<HyphenationRule> {
    let mut words = line.text().split_whitespace();
    let Some(first) = words.next() else { return Ok(HyphenationRule::Blank) };
    let rule = match first {
        _ if first.starts_with(['%', '#']) => Some(HyphenationRule::Comment),
        "LEFTHYPHENMIN" | "RIGHTHYPHENMIN" | "COMPOUNDLEFTHYPHENMIN" | "COMPOUNDRIGHTHYPHENMIN" => {
            let characters = words.next().and_then(|n| n.parse().ok());
            characters.map(|characters| HyphenationRule::Minimum { name: first.to_owned(), characters })
        }
        "NOHYPHEN" => match words.next() {
            Some(list) => {
                budget.take(list.split(',').count(), line)?;
                Some(HyphenationRule::NoHyphen(list.split(',').map(str::to_owned).collect()))
            }
            None => None,
        },
        "NEXTLEVEL" => Some(HyphenationRule::NextLevel),
        _ => Pattern::parse(first).ok().map(HyphenationRule::Pattern),
    };
    if rule.is_none() {
        problems.push(line.problem(codes::RULE_LINE, "no pattern or setting, kept as it is"));
    }
    Ok(rule.unwrap_or(HyphenationRule::Unknown))
}

/// Reads a TeX pattern file.
///
/// Problems: [`codes::RULE_LINE`] for a word in `\patterns` or `\hyphenation` that is none (the line's
/// other patterns are kept), [`codes::TRUNCATED`] where such a group does not end,
/// [`codes::RULE_ENCODING`] where the file is not UTF-8.
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines;
/// words of all lines).
///
/// ```
/// use sprog_formats::{Limits, rules::hyphenation::{self, HyphenationRule}};
/// let text = "\\patterns{ % dansk\n.ae3 5adg\n}\n\\hyphenation{al-ters}\n";
/// let parsed = hyphenation::read_tex(text.as_bytes(), &Limits::default())?;
/// assert_eq!(parsed.value.patterns().map(|(_, p)| p.to_string()).collect::<Vec<_>>(), [".ae3", "5adg"]);
/// assert_eq!(hyphenation::write(&parsed.value)?, text.as_bytes());
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read_tex(bytes: &[u8], limits: &Limits) -> Result<Parsed<HyphenationFile>> {
    let Source { charset, lines, mut problems } = Source::read(bytes, Charset::Utf8, limits)?;
    let mut group = Group::Outside;
    let mut budget = Budget::new(limits);
    let lines = lines
        .into_iter()
        .map(|line| {
            let rule = tex_rule(&line, &mut group, &mut budget, &mut problems)?;
            Ok(HyphenationLine { line, rule })
        })
        .collect::<Result<_>>()?;
    if matches!(group, Group::Inside(..)) {
        let message = "the file ends inside \\patterns or \\hyphenation";
        problems.push(Problem::new(codes::TRUNCATED, Place::File, message));
    }
    Ok(Parsed { value: HyphenationFile { encoding: charset, lines }, problems })
}

/// The bytes of the file: those that were read, when no line was changed.
///
/// # Errors
/// Those of [`write_lines`].
pub fn write(file: &HyphenationFile) -> Result<Vec<u8>> {
    write_lines(file.lines.iter().map(|l| &l.line), file.encoding)
}

/// A TeX command whose argument this reader takes.
#[derive(Clone, Copy)]
enum Command {
    Patterns,
    Hyphenation,
}

/// Where in a TeX file the reader is.
#[derive(Clone, Copy)]
enum Group {
    Outside,
    /// After the command, before its brace.
    Ahead(Command),
    /// Inside the command's braces, so many deep.
    Inside(Command, usize),
}

fn tex_rule(
    line: &RawLine,
    group: &mut Group,
    budget: &mut Budget,
    problems: &mut Vec<Problem>,
) -> Result<HyphenationRule> {
    let mut rest = before_comment(line.text());
    if rest.trim().is_empty() {
        let blank = line.text().trim().is_empty();
        return Ok(if blank { HyphenationRule::Blank } else { HyphenationRule::Comment });
    }
    let (mut patterns, mut exceptions, mut understood) = (Vec::new(), Vec::new(), true);
    while let Some((token, after)) = next_token(rest, *group) {
        rest = after;
        budget.take(token.split('-').count(), line)?;
        *group = match (*group, token) {
            (Group::Inside(_, 1), "}") => Group::Outside,
            (Group::Inside(command, depth), "}") => Group::Inside(command, depth.saturating_sub(1)),
            (Group::Inside(command, depth), "{") => {
                understood = false;
                Group::Inside(command, depth.saturating_add(1))
            }
            (Group::Inside(command, depth), word) => {
                match command {
                    _ if depth > 1 || word.contains(['\\', '^']) => understood = false,
                    Command::Patterns => match Pattern::parse(word) {
                        Ok(pattern) => patterns.push(pattern),
                        Err(_) => understood = false,
                    },
                    Command::Hyphenation if word.contains(|c: char| c.is_ascii_digit()) => understood = false,
                    Command::Hyphenation => exceptions.push(Exception::parse(word)),
                }
                Group::Inside(command, depth)
            }
            (Group::Ahead(command), "{") => Group::Inside(command, 1),
            (_, "\\patterns") => Group::Ahead(Command::Patterns),
            (_, "\\hyphenation") => Group::Ahead(Command::Hyphenation),
            _ => Group::Outside,
        };
    }
    if !understood {
        problems.push(line.problem(codes::RULE_LINE, "holds a word that is no pattern or exception"));
    }
    Ok(match (patterns.is_empty() && exceptions.is_empty(), understood) {
        (false, _) => HyphenationRule::Tex { patterns, exceptions },
        (true, true) => HyphenationRule::TexCode,
        (true, false) => HyphenationRule::Unknown,
    })
}

/// The line up to the first `%` that is not escaped.
fn before_comment(text: &str) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if c == '%' && !escaped {
            return text.get(..at).unwrap_or(text);
        }
        escaped = c == '\\' && !escaped;
    }
    text
}

/// The next token and what follows it: a brace, a word up to white space or a brace, or, outside the
/// groups, a control sequence. Inside, `\ae1b` stays one word, so that no part of it passes for a pattern.
fn next_token(text: &str, group: Group) -> Option<(&str, &str)> {
    let rest = text.trim_start();
    let first = rest.chars().next()?;
    let inner = rest.get(first.len_utf8()..).unwrap_or_default();
    let outside = !matches!(group, Group::Inside(..));
    let length = match first {
        '{' | '}' => 0,
        '\\' if outside => match inner.find(|c: char| !c.is_ascii_alphabetic()) {
            // A control symbol: one character that is no letter.
            Some(0) => inner.chars().next().map_or(0, char::len_utf8),
            end => end.unwrap_or(inner.len()),
        },
        _ => inner
            .find(|c: char| c.is_whitespace() || matches!(c, '{' | '}') || (outside && c == '\\'))
            .unwrap_or(inner.len()),
    };
    rest.split_at_checked(first.len_utf8().saturating_add(length))
}

#[cfg(test)]
#[path = "hyphenation_tests.rs"]
mod tests;
