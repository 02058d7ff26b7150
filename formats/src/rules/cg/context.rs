//! Contextual tests and their positions.

use super::scan::{Scanned, Scanner, Stop};
use super::sets::set_expr;
use super::syntax::{Context, Link, Position, Scan, SetExpr, Span, Test};

/// The tests of a rule, each in parentheses; `IF` before one is skipped.
pub(super) fn contexts(s: &mut Scanner<'_>) -> Scanned<Vec<Context>> {
    let mut out = Vec::new();
    loop {
        s.keyword("IF");
        s.trivia();
        if s.peek() != Some('(') {
            return Ok(out);
        }
        s.expect('(')?;
        s.enter()?;
        out.push(chain(s)?);
        s.leave();
        s.expect(')')?;
        s.keyword("AND");
    }
}

/// Links up to what cannot follow one: a parenthesis that closes, or `;`.
pub(super) fn chain(s: &mut Scanner<'_>) -> Scanned<Context> {
    let mut links = Vec::new();
    loop {
        link(s, &mut links)?;
        let and = s.peek_word().eq_ignore_ascii_case("AND");
        if !and && !s.peek_word().eq_ignore_ascii_case("LINK") {
            return Ok(Context { links });
        }
        s.word();
    }
}

fn link(s: &mut Scanner<'_>, links: &mut Vec<Link>) -> Scanned<()> {
    let (mut not, mut negate, mut all, mut none) = (false, false, false, false);
    loop {
        if s.keyword("NOT") {
            not = true;
        } else if s.keyword("NEGATE") {
            negate = true;
        } else if s.keyword("ALL") {
            all = true;
        } else if s.keyword("NONE") {
            none = true;
        } else {
            break;
        }
    }
    s.item()?;
    let flagged = |test| Link { not, negate, all, none, test };
    s.trivia();
    match s.peek() {
        Some('(') => links.push(flagged(Test::Any(alternatives(s)?))),
        Some('[') => {
            s.expect('[')?;
            s.in_list = true;
            let mut flags = (not, negate);
            loop {
                let position = Position { raw: "1".into(), offset: 1, ..Position::default() };
                let test = Test::Set { position, target: set_expr(s)?, barrier: None, cbarrier: None };
                links.push(Link { not: flags.0, negate: flags.1, all, none, test });
                flags = (false, false);
                if s.eat(']') {
                    break;
                }
                s.expect(',')?;
            }
            s.in_list = false;
        }
        _ => {
            let mut place = None;
            if !s.peek_word().starts_with("T:") {
                if s.peek_word().is_empty() {
                    return Err(s.unexpected("a position"));
                }
                place = Some(position(s.word())?);
            }
            let test = if let Some(name) = s.peek_word().strip_prefix("T:") {
                s.word();
                let (barrier, cbarrier) = barriers(s)?;
                Test::Template { position: place, name: name.to_owned(), barrier, cbarrier }
            } else {
                let target = set_expr(s)?;
                let (barrier, cbarrier) = barriers(s)?;
                Test::Set { position: place.unwrap_or_default(), target, barrier, cbarrier }
            };
            links.push(flagged(test));
        }
    }
    Ok(())
}

fn barriers(s: &mut Scanner<'_>) -> Scanned<(Option<SetExpr>, Option<SetExpr>)> {
    let (mut barrier, mut cbarrier) = (None, None);
    loop {
        if s.keyword("BARRIER") {
            barrier = Some(set_expr(s)?);
        } else if s.keyword("CBARRIER") {
            cbarrier = Some(set_expr(s)?);
        } else {
            return Ok((barrier, cbarrier));
        }
    }
}

fn alternatives(s: &mut Scanner<'_>) -> Scanned<Vec<Context>> {
    let mut out = Vec::new();
    loop {
        s.expect('(')?;
        s.enter()?;
        out.push(chain(s)?);
        s.leave();
        s.expect(')')?;
        if !s.keyword("OR") && !s.keyword("|") {
            return Ok(out);
        }
    }
}

/// The position that a word writes; its parts may stand in any order.
fn position(word: &str) -> Scanned<Position> {
    let bad = || Stop::Syntax(format!("{word:?} is not a position"));
    let mut p = Position { raw: word.to_owned(), ..Position::default() };
    let (mut digits, mut negative, mut stars) = (String::new(), false, 0);
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '*' => stars += 1,
            '-' => negative = true,
            '0'..='9' if digits.len() < 9 => digits.push(c),
            '@' => p.absolute = true,
            'C' => p.careful = true,
            'W' => p.span = Span::Both,
            '<' => p.span = if p.span == Span::Right { Span::Both } else { Span::Left },
            '>' => p.span = if p.span == Span::Left { Span::Both } else { Span::Right },
            'O' => p.no_pass_origin = Some(true),
            'o' => p.no_pass_origin = Some(false),
            'D' => p.deleted = true,
            'X' => p.set_mark = true,
            'x' => p.jump_mark = true,
            '/' => {
                p.sub = Some(if rest == "*" { None } else { Some(rest.parse().map_err(|_| bad())?) });
                rest = "";
            }
            'r' if rest.starts_with(':') => {
                p.others.push('r');
                p.others.push_str(rest);
                rest = "";
            }
            'j' => {
                p.others.push('j');
                p.others.push_str(rest);
                rest = "";
            }
            'A' | 'B' | 'I' | 'N' | 'S' | 'T' | 'c' | 'd' | 'f' | 'l' | 'p' | 'r' | 's' | 't' | 'w' | '?' => {
                p.others.push(c);
            }
            _ => return Err(bad()),
        }
    }
    if digits.is_empty() && stars == 0 && p.others.is_empty() && !p.jump_mark && !p.absolute {
        return Err(bad());
    }
    p.scan = match stars {
        0 => Scan::No,
        1 => Scan::First,
        2 => Scan::All,
        _ => return Err(bad()),
    };
    p.offset = digits.parse().unwrap_or(0);
    if negative {
        p.offset = -p.offset;
    }
    Ok(p)
}
