//! Regular expressions in Java's syntax, on a bounded engine.

use regex_automata::{Input, meta};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes of an expression that is not a plain list of words.
const MAX_LENGTH: usize = 64 << 10;
/// Words that an expression may stand for to be looked up instead of matched.
const MAX_WORDS: usize = 4000;
const NEST: u32 = 64;

/// A test of a whole string.
#[derive(Clone, Debug)]
pub(super) enum TextTest {
    /// One of these, sorted; lower-cased where case does not count.
    Words { words: Vec<String>, case_sensitive: bool },
    /// An expression that the whole string fits, and those it must start with or not.
    Regex { whole: meta::Regex, ahead: Vec<(bool, meta::Regex)> },
}

impl TextTest {
    /// `lower` is `form` lower-cased.
    pub(super) fn is_match(&self, form: &str, lower: &str) -> bool {
        match self {
            TextTest::Words { words, case_sensitive } => {
                let key = if *case_sensitive { form } else { lower };
                words.binary_search_by(|w| w.as_str().cmp(key)).is_ok()
            }
            TextTest::Regex { whole, ahead } => {
                ahead.iter().all(|(wanted, regex)| regex.is_match(form) == *wanted) && whole.is_match(form)
            }
        }
    }

    /// The words looked up, lower-cased; `None` for an expression.
    pub(super) fn words(&self) -> Option<(&[String], bool)> {
        match self {
            TextTest::Words { words, case_sensitive } => Some((words, *case_sensitive)),
            TextTest::Regex { .. } => None,
        }
    }

    pub(super) fn new(text: &str, regexp: bool, case_sensitive: bool) -> Result<TextTest, String> {
        let words = |mut words: Vec<String>, case_sensitive: bool| {
            if !case_sensitive {
                for word in &mut words {
                    *word = word.to_lowercase();
                }
            }
            words.sort_unstable();
            words.dedup();
            TextTest::Words { words, case_sensitive }
        };
        if !regexp {
            return Ok(words(vec![text.to_owned()], case_sensitive));
        }
        let (body, case_sensitive) = leading_flags(text, case_sensitive);
        if !body.contains(['\\', '[', ']', '(', ')', '{', '}', '.', '*', '+', '?', '^', '$']) {
            return Ok(words(body.split('|').map(str::to_owned).collect(), case_sensitive));
        }
        if body.len() > MAX_LENGTH {
            return Err(format!("a regular expression of {} bytes, over {MAX_LENGTH}", body.len()));
        }
        let (heads, rest) = leading_lookaheads(body)?;
        let rust = translate(rest)?;
        let hir = parse(&rust)?;
        if heads.is_empty()
            && !rest.contains("(?")
            && let Some(all) = enumerate(&hir)
        {
            return Ok(words(all, case_sensitive));
        }
        let whole = build(&format!(r"\A(?:{rust})\z"), case_sensitive)?;
        let mut ahead = Vec::new();
        for (wanted, head) in heads {
            ahead.push((wanted, build(&format!(r"\A(?:{})", translate(head)?), case_sensitive)?));
        }
        Ok(TextTest::Regex { whole, ahead })
    }
}

/// An expression to be found in, or replaced in, a string.
pub(super) fn finder(pattern: &str, case_sensitive: bool) -> Result<meta::Regex, String> {
    if pattern.len() > MAX_LENGTH {
        return Err(format!("a regular expression of {} bytes, over {MAX_LENGTH}", pattern.len()));
    }
    let rust = translate(pattern)?;
    parse(&rust)?;
    build(&rust, case_sensitive)
}

fn build(pattern: &str, case_sensitive: bool) -> Result<meta::Regex, String> {
    let config = meta::Config::new()
        .nfa_size_limit(Some(2 << 20))
        .onepass_size_limit(Some(64 << 10))
        .hybrid_cache_capacity(256 << 10)
        .dfa(false);
    let syntax =
        regex_automata::util::syntax::Config::new().case_insensitive(!case_sensitive).nest_limit(NEST + 4);
    meta::Builder::new()
        .configure(config)
        .syntax(syntax)
        .build(pattern)
        .map_err(|_| format!("the regular expression {:?} is too large or not valid", excerpt(pattern)))
}

fn parse(pattern: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new()
        .nest_limit(NEST)
        .build()
        .parse(pattern)
        .map_err(|e| format!("the regular expression {:?} is not supported: {}", excerpt(pattern), kind(&e)))
}

fn kind(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(e) => e.kind().to_string(),
        regex_syntax::Error::Translate(e) => e.kind().to_string(),
        _ => "not valid".to_owned(),
    }
}

fn excerpt(pattern: &str) -> String {
    let mut short: String = pattern.chars().take(60).collect();
    if short.len() < pattern.len() {
        short.push('…');
    }
    short
}

/// Case flags at the very start, `(?i)`, `(?iu)`, `(?-i)`.
fn leading_flags(text: &str, case_sensitive: bool) -> (&str, bool) {
    for (flags, sensitive) in [("(?i)", false), ("(?iu)", false), ("(?ui)", false), ("(?-i)", true)] {
        if let Some(rest) = text.strip_prefix(flags) {
            return (rest, sensitive);
        }
    }
    (text, case_sensitive)
}

/// Look-aheads, each with whether it is wanted.
type LookAheads<'p> = Vec<(bool, &'p str)>;

/// Look-aheads at the very start of an expression that has no alternatives outside groups.
fn leading_lookaheads(pattern: &str) -> Result<(LookAheads<'_>, &str), String> {
    let mut heads = Vec::new();
    let mut rest = pattern;
    while let Some(wanted) = [("(?=", true), ("(?!", false)].iter().find(|(o, _)| rest.starts_with(o)) {
        let Some(end) = group_end(rest) else { break };
        heads.push((wanted.1, rest.get(3..end - 1).unwrap_or_default()));
        rest = rest.get(end..).unwrap_or_default();
    }
    if !heads.is_empty() && top_level_alternatives(rest) {
        return Err(format!("look-around in one alternative of {:?}", excerpt(pattern)));
    }
    Ok((heads, rest))
}

/// The end of the group that starts at the first byte.
fn group_end(pattern: &str) -> Option<usize> {
    scan(pattern).find(|(_, c, depth, class)| *c == ')' && *depth == 0 && !class).map(|(at, ..)| at + 1)
}

fn top_level_alternatives(pattern: &str) -> bool {
    scan(pattern).any(|(_, c, depth, class)| c == '|' && depth == 0 && !class)
}

/// Each unescaped character with its offset, the depth of groups after it and whether it is in a class.
fn scan(pattern: &str) -> impl Iterator<Item = (usize, char, usize, bool)> {
    let mut escaped = false;
    let mut depth = 0usize;
    let mut class = 0usize;
    pattern.char_indices().filter_map(move |(at, c)| {
        if std::mem::take(&mut escaped) {
            return None;
        }
        match c {
            '\\' => {
                escaped = true;
                return None;
            }
            '[' => class += 1,
            ']' => class = class.saturating_sub(1),
            '(' if class == 0 => depth += 1,
            ')' if class == 0 => depth = depth.saturating_sub(1),
            _ => {}
        }
        Some((at, c, depth, class > 0))
    })
}

/// Java's syntax as Rust's: `\d`, `\w` and `\s` are ASCII, `\Q…\E` is literal, `\<` is a `<`.
fn translate(pattern: &str) -> Result<String, String> {
    let unsupported = |what: &str| Err(format!("{what} in the regular expression {:?}", excerpt(pattern)));
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut class = 0usize;
    let mut quantified = false;
    while let Some(c) = chars.next() {
        match c {
            '[' => {
                class += 1;
                out.push(c);
            }
            ']' => {
                class = class.saturating_sub(1);
                out.push(c);
            }
            '(' if class == 0 && chars.peek() == Some(&'?') => {
                let rest: String = chars.clone().skip(1).take(2).collect();
                if rest.starts_with(['=', '!']) || rest == "<=" || rest == "<!" {
                    return unsupported("look-around");
                }
                if rest.starts_with('>') {
                    return unsupported("an atomic group");
                }
                out.push(c);
            }
            // A possessive quantifier is run as a greedy one.
            '+' if quantified => continue,
            '*' | '+' | '?' | '{' if class == 0 && !out.ends_with('(') => {
                out.push(c);
                if c == '{' {
                    out.extend(chars.by_ref().take_while(|c| *c != '}'));
                    out.push('}');
                }
                quantified = true;
                continue;
            }
            '~' if class > 0 => out.push_str(r"\~"),
            '\\' => match chars.next() {
                None => return unsupported("a backslash at the end"),
                Some('d') => out.push_str(if class > 0 { "0-9" } else { "[0-9]" }),
                Some('w') => out.push_str(if class > 0 { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
                Some('s') => out.push_str(if class > 0 { r" \t\n\x0B\f\r" } else { r"[ \t\n\x0B\f\r]" }),
                Some('h') => out.push_str(if class > 0 { r" \t\x{A0}" } else { r"[ \t\x{A0}]" }),
                Some('D') => out.push_str("[^0-9]"),
                Some('W') => out.push_str("[^0-9A-Za-z_]"),
                Some('S') => out.push_str(r"[^ \t\n\x0B\f\r]"),
                Some('Z' | 'z') => out.push_str(r"\z"),
                Some('u') => {
                    let hex: String = chars.by_ref().take(4).collect();
                    out.push_str(&format!(r"\x{{{hex}}}"));
                }
                Some('Q') => loop {
                    match chars.next() {
                        None => break,
                        Some('\\') if chars.peek() == Some(&'E') => {
                            chars.next();
                            break;
                        }
                        Some(c) => out.push_str(&regex_syntax::escape(c.encode_utf8(&mut [0; 4]))),
                    }
                },
                Some('1'..='9' | 'k') => return unsupported("a back-reference"),
                Some('G') => return unsupported(r"\G"),
                Some(c) if !c.is_ascii_alphanumeric() => {
                    out.push_str(&regex_syntax::escape(c.encode_utf8(&mut [0; 4])));
                }
                Some(c) => {
                    out.push('\\');
                    out.push(c);
                    if matches!(c, 'p' | 'P' | 'x') && chars.peek() == Some(&'{') {
                        out.extend(chars.by_ref().take_while(|c| *c != '}'));
                        out.push('}');
                    }
                }
            },
            c => out.push(c),
        }
        quantified = false;
    }
    Ok(out)
}

/// All the strings that an expression stands for, if they are few.
fn enumerate(hir: &Hir) -> Option<Vec<String>> {
    let out = match hir.kind() {
        HirKind::Empty => vec![String::new()],
        HirKind::Literal(literal) => vec![String::from_utf8(literal.0.to_vec()).ok()?],
        HirKind::Class(Class::Unicode(class)) => {
            let count: usize = class.ranges().iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
            if count > 64 {
                return None;
            }
            class.ranges().iter().flat_map(|r| r.start()..=r.end()).map(String::from).collect()
        }
        HirKind::Class(Class::Bytes(_)) | HirKind::Look(_) => return None,
        HirKind::Repetition(repetition) => {
            let max = repetition.max.filter(|max| *max <= 4)?;
            let one = enumerate(&repetition.sub)?;
            let mut power = vec![String::new()];
            let mut all = Vec::new();
            for n in 0..=max {
                if n >= repetition.min {
                    all.extend(power.iter().cloned());
                }
                if n < max {
                    power = product(&power, &one)?;
                }
            }
            all
        }
        HirKind::Capture(capture) => enumerate(&capture.sub)?,
        HirKind::Concat(parts) => {
            let mut all = vec![String::new()];
            for part in parts {
                all = product(&all, &enumerate(part)?)?;
            }
            all
        }
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(enumerate(part)?);
                if all.len() > MAX_WORDS {
                    return None;
                }
            }
            all
        }
    };
    (out.len() <= MAX_WORDS).then_some(out)
}

fn product(left: &[String], right: &[String]) -> Option<Vec<String>> {
    if left.len().saturating_mul(right.len()) > MAX_WORDS {
        return None;
    }
    Some(left.iter().flat_map(|l| right.iter().map(move |r| format!("{l}{r}"))).collect())
}

/// Replaces every match as Java's `replaceAll` does: `$1` is a group, `\` takes the next character as it is.
pub(super) fn replace_all(regex: &meta::Regex, text: &str, replacement: &str) -> String {
    let mut out = String::new();
    let mut last = 0;
    let mut captures = regex.create_captures();
    let mut at = 0;
    while at <= text.len() {
        regex.search_captures(&Input::new(text).range(at..), &mut captures);
        let Some(found) = captures.get_match() else { break };
        out.push_str(text.get(last..found.start()).unwrap_or_default());
        let mut chars = replacement.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' => out.extend(chars.next()),
                '$' => {
                    let mut group: Option<usize> = None;
                    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                        let longer = group.unwrap_or(0) * 10 + digit as usize;
                        if group.is_some() && longer >= captures.group_len() {
                            break;
                        }
                        group = Some(longer);
                        chars.next();
                    }
                    match group {
                        Some(group) => {
                            let span = captures.get_group(group);
                            out.push_str(span.and_then(|s| text.get(s.range())).unwrap_or_default());
                        }
                        None => out.push('$'),
                    }
                }
                c => out.push(c),
            }
        }
        last = found.end();
        at = if found.is_empty() {
            last + text.get(last..).and_then(|r| r.chars().next()).map_or(1, char::len_utf8)
        } else {
            last
        };
    }
    out.push_str(text.get(last..).unwrap_or_default());
    out
}
