//! What the tags of a grammar match.

use regex_automata::meta::Regex;
use sprog_formats::rules::cg::Tag;

/// The most bytes that one expression may take, compiled.
const REGEX_BYTES: usize = 1 << 20;

/// A grammar's tag that is not matched by equality.
pub(super) enum Pattern {
    /// Equal but for letter case; holds the lower case.
    Insensitive(String),
    /// An expression, over tags of one kind.
    Regex(Kind, Box<Regex>),
    /// A comparison of `<key=number>`.
    Numeric { key: String, operator: &'static str, value: f64 },
}

/// The tags that an expression is tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Wordform,
    Lemma,
    Angle,
    Any,
}

impl Kind {
    fn of(text: &str) -> Kind {
        match text.as_bytes() {
            [b'"', b'<', ..] => Kind::Wordform,
            [b'"', ..] => Kind::Lemma,
            [b'<', ..] => Kind::Angle,
            _ => Kind::Any,
        }
    }
}

impl Pattern {
    /// The pattern that `tag` is; `None` where equality with its text decides.
    pub(super) fn new(tag: &Tag) -> Result<Option<Pattern>, String> {
        let m = tag.modifiers;
        if m.variable || m.line {
            return Err(format!("tag {:?} with variables or over a line", tag.raw));
        }
        if m.regex || tag.anywhere {
            let text = if tag.anywhere { tag.text.clone() } else { format!("^(?:{})$", tag.text) };
            let text = if m.regex { text } else { regex_literal(&tag.text) };
            let config =
                Regex::config().nfa_size_limit(Some(REGEX_BYTES)).onepass_size_limit(Some(REGEX_BYTES));
            let syntax = regex_automata::util::syntax::Config::new().case_insensitive(m.insensitive);
            let built = Regex::builder().configure(config).syntax(syntax).build(&text);
            let kind = if tag.anywhere { Kind::Any } else { Kind::of(&tag.text) };
            return match built {
                Ok(regex) => Ok(Some(Pattern::Regex(kind, Box::new(regex)))),
                Err(_) => Err(format!("expression {:?}", tag.raw)),
            };
        }
        if m.insensitive {
            return Ok(Some(Pattern::Insensitive(tag.text.to_lowercase())));
        }
        match tag.numeric() {
            Some(n) if n.value.is_infinite() => Err(format!("tag {:?} with MIN or MAX", tag.raw)),
            Some(n) => Ok(Some(Pattern::Numeric { key: n.key, operator: n.operator, value: n.value })),
            None => Ok(None),
        }
    }

    /// Whether the tag `text` of a reading matches; `lower` is its lower case.
    pub(super) fn matches(&self, text: &str, lower: &str) -> bool {
        match self {
            Pattern::Insensitive(want) => want == lower,
            Pattern::Regex(kind, regex) => {
                (*kind == Kind::Any || *kind == Kind::of(text)) && regex.is_match(text)
            }
            Pattern::Numeric { key, operator, value } => {
                let Some(found) = number(text, key) else { return false };
                match *operator {
                    "=" => found == *value,
                    "!=" => found != *value,
                    "<" => found < *value,
                    ">" => found > *value,
                    "<=" => found <= *value,
                    _ => found >= *value,
                }
            }
        }
    }
}

fn regex_literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The number in `<key:5>` or `<key=5>`.
fn number(text: &str, key: &str) -> Option<f64> {
    let inner = text.strip_prefix('<')?.strip_suffix('>')?.strip_prefix(key)?;
    let digits = inner.strip_prefix([':', '='])?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    digits.parse().ok().filter(|_| plain)
}
