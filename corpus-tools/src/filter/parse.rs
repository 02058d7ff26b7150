//! From text to a tree: bounds first, then sqlparser, then [`convert`](super::convert).

use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::convert::{Converter, excerpt, position};
use super::error::{FilterError, Position};
use super::node::Node;

type Result<T> = std::result::Result<T, FilterError>;

/// Bytes of an expression; room for an `IN` list of some thousand ids.
const MAX_BYTES: usize = 1 << 18;
/// Tokens that can nest: all but literals, commas and white space. The syntax tree is no deeper.
const MAX_TOKENS: usize = 1000;
/// Brackets open at a time.
const MAX_BRACKETS: usize = 24;
/// sqlparser's bound on its recursion, its default.
const MAX_RECURSION: usize = 50;
/// Stack for the parser: at most what [`MAX_RECURSION`] takes, which without optimization is 90 KB a
/// level and so more than the 2 MiB that a thread usually has.
const STACK_BYTES: usize = 32 << 20;
/// Depth of our tree; chains of AND and of OR are one level.
pub(super) const MAX_DEPTH: usize = 64;

const START: Position = Position { line: 1, column: 1 };

pub(super) fn parse(text: &str) -> Result<Node> {
    if text.len() > MAX_BYTES {
        return Err(FilterError::TooLarge(format!("a filter has at most {MAX_BYTES} bytes")));
    }
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, text).tokenize_with_location().map_err(|e| {
        FilterError::Syntax { message: e.message, position: position(e.location).unwrap_or(START) }
    })?;
    check_size(tokens.iter().map(|t| &t.token))?;
    let no_parser = |why: &str| FilterError::TooLarge(format!("the expression could not be parsed: {why}"));
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let parsed = thread.spawn_scoped(scope, || parse_tokens(text, tokens));
        let parsed = parsed.map_err(|e| no_parser(&e.to_string()))?;
        parsed.join().unwrap_or_else(|_| Err(no_parser("the parser failed")))
    })
}

fn parse_tokens(text: &str, tokens: Vec<TokenWithSpan>) -> Result<Node> {
    let dialect = GenericDialect {};
    let mut parser =
        Parser::new(&dialect).with_recursion_limit(MAX_RECURSION).with_tokens_with_locations(tokens);
    let expr = parser.parse_expr().map_err(syntax)?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        let message = format!("expected the end of the expression, found: {}", excerpt(&next.to_string()));
        return Err(FilterError::Syntax { message, position: position(next.span.start).unwrap_or(START) });
    }
    Converter::new(text).node(&expr, START, 0)
}

/// Refuses what could nest so deep that a recursive function runs out of stack.
fn check_size<'a>(tokens: impl Iterator<Item = &'a Token>) -> Result<()> {
    let (mut nesting, mut brackets) = (0usize, 0usize);
    for token in tokens {
        match token {
            Token::Comma | Token::Number(..) | Token::SingleQuotedString(_) | Token::Whitespace(_) => {
                continue;
            }
            Token::LParen | Token::LBracket | Token::LBrace => brackets += 1,
            Token::RParen | Token::RBracket | Token::RBrace => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        nesting += 1;
        if brackets > MAX_BRACKETS {
            return Err(too_deep());
        }
        if nesting > MAX_TOKENS {
            let message = format!(
                "a filter has at most {MAX_TOKENS} names, operators and brackets; \
                 use `IN (…)` for long lists of values"
            );
            return Err(FilterError::TooLarge(message));
        }
    }
    Ok(())
}

pub(super) fn too_deep() -> FilterError {
    FilterError::TooLarge(format!(
        "the expression is nested too deep: at most {MAX_BRACKETS} brackets and {MAX_DEPTH} operations"
    ))
}

fn syntax(error: ParserError) -> FilterError {
    let message = match error {
        ParserError::RecursionLimitExceeded => return too_deep(),
        ParserError::ParserError(message) | ParserError::TokenizerError(message) => message,
    };
    let (message, position) = match message.rsplit_once(" at Line: ") {
        Some((before, place)) => (before.to_owned(), parse_place(place)),
        None => (message, None),
    };
    FilterError::Syntax { message: excerpt(&message), position: position.unwrap_or(START) }
}

/// `1, Column: 5`, as sqlparser ends its messages.
fn parse_place(text: &str) -> Option<Position> {
    let (line, column) = text.split_once(", Column: ")?;
    position(Location { line: line.parse().ok()?, column: column.trim().parse().ok()? })
}
