//! Tags and sets.

use super::scan::{Scanned, Scanner};
use super::syntax::{Inline, Modifiers, Numeric, SetExpr, SetOp, SetTerm, Tag, Unify};

impl Tag {
    /// The tag that `raw` writes.
    ///
    /// ```
    /// use sprog_formats::rules::cg::Tag;
    /// let tag = Tag::parse("\"<Den>\"i");
    /// assert_eq!((tag.text.as_str(), tag.modifiers.insensitive), ("\"<Den>\"", true));
    /// assert_eq!(Tag::parse("<W>=5>").numeric().map(|n| n.value), Some(5.0));
    /// ```
    pub fn parse(raw: &str) -> Tag {
        let mut modifiers = Modifiers::default();
        let (mut fail_fast, mut inverted) = (false, false);
        let mut body = raw;
        while body.len() > 1 {
            match body.as_bytes()[0] {
                b'^' => fail_fast = true,
                b'!' => inverted = true,
                _ => break,
            }
            body = &body[1..];
        }
        if let Some(rest) = body.strip_prefix("VSTR:") {
            modifiers.variable = true;
            body = rest;
        }
        let closers: &[char] = match body.as_bytes().first() {
            Some(b'"') => &['"'],
            Some(b'<') => &['>'],
            Some(b'/') => &['/'],
            _ => &[],
        };
        let mut anywhere = false;
        if let Some(close) = body.rfind(closers).filter(|close| *close > 0 && !closers.is_empty()) {
            let letters = &body[close + 1..];
            if letters.bytes().all(|b| matches!(b, b'i' | b'r' | b'v' | b'l' | b'p')) {
                modifiers.insensitive = letters.contains('i');
                modifiers.regex = letters.contains('r');
                modifiers.line = letters.contains('l');
                modifiers.variable |= letters.contains(['v', 'p']);
                body = &body[..=close];
                anywhere = closers == ['/'] && !letters.is_empty();
            }
        }
        if anywhere {
            body = &body[1..body.len() - 1];
        }
        Tag { raw: raw.to_owned(), text: unescape(body), fail_fast, inverted, anywhere, modifiers }
    }

    /// The comparison that the tag is, such as `<W>5>`.
    pub fn numeric(&self) -> Option<Numeric> {
        if self.modifiers != Modifiers::default() || self.anywhere {
            return None;
        }
        let inner = self.text.strip_prefix('<')?.strip_suffix('>')?;
        let at = inner.find(['<', '>', '=', '!', ':'])?;
        let (key, rest) = inner.split_at_checked(at).filter(|(key, _)| !key.is_empty())?;
        let operators = [
            ("<=", "<="),
            (">=", ">="),
            ("=<", "<="),
            ("=>", ">="),
            ("!=", "!="),
            ("<>", "!="),
            ("<:", "<="),
            (">:", ">="),
            ("!:", "!="),
            ("<", "<"),
            (">", ">"),
            ("=", "="),
            (":", "="),
        ];
        let (written, operator) = operators.into_iter().find(|(written, _)| rest.starts_with(written))?;
        let value = match &rest[written.len()..] {
            "MIN" => f64::NEG_INFINITY,
            "MAX" => f64::INFINITY,
            number => {
                let plain = number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
                number.parse().ok().filter(|_| plain)?
            }
        };
        Some(Numeric { key: key.to_owned(), operator, value })
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(chars.next().unwrap_or('\\')),
            c => out.push(c),
        }
    }
    out
}

/// Tags up to `;` or a parenthesis that closes; those in parentheses belong together.
pub(super) fn tag_list(s: &mut Scanner<'_>) -> Scanned<Inline> {
    let mut out = Vec::new();
    loop {
        s.trivia();
        match s.peek() {
            None | Some(';' | ')') => return Ok(out),
            Some('(') => out.push(composite(s)?),
            Some(_) => out.push(vec![Tag::parse(s.tag()?)]),
        }
    }
}

fn composite(s: &mut Scanner<'_>) -> Scanned<Vec<Tag>> {
    s.expect('(')?;
    let mut tags = Vec::new();
    while !s.eat(')') {
        tags.push(Tag::parse(s.tag()?));
    }
    if tags.is_empty() { Err(s.unexpected("a tag in the parentheses")) } else { Ok(tags) }
}

/// A set expression, up to the first word that is no operator.
pub(super) fn set_expr(s: &mut Scanner<'_>) -> Scanned<SetExpr> {
    let first = set_term(s)?;
    let mut rest = Vec::new();
    while let Some(op) = operator(s.peek_word()) {
        s.word();
        rest.push((op, set_term(s)?));
    }
    Ok(SetExpr { first, rest })
}

fn operator(word: &str) -> Option<SetOp> {
    Some(match word {
        "|" => SetOp::Or,
        "+" => SetOp::Plus,
        "-" => SetOp::Minus,
        "^" => SetOp::FailFast,
        "\\" => SetOp::Difference,
        "∩" => SetOp::Intersection,
        "∆" | "Δ" => SetOp::SymmetricDifference,
        _ if word.eq_ignore_ascii_case("OR") => SetOp::Or,
        _ => return None,
    })
}

fn set_term(s: &mut Scanner<'_>) -> Scanned<SetTerm> {
    s.trivia();
    if s.peek() == Some('(') {
        return Ok(SetTerm::Inline(vec![composite(s)?]));
    }
    let word = s.word();
    if word.is_empty() {
        return Err(s.unexpected("a set"));
    }
    s.item()?;
    let (unify, name) = if let Some(name) = word.strip_prefix("$$") {
        (Unify::Tag, name)
    } else if let Some(name) = word.strip_prefix("&&") {
        (Unify::Set, name)
    } else {
        (Unify::No, word)
    };
    Ok(SetTerm::Named { name: name.to_owned(), unify })
}
