use std::fmt;

/// A place in an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u64,
    /// Character of the line, from 1.
    pub column: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// What an error says is supported.
pub(super) const SUPPORTED: &str = "columns, struct fields, literals, = <> < <= > >=, AND, OR, NOT, \
IS [NOT] NULL/TRUE/FALSE, IN (list), BETWEEN, LIKE, ILIKE, + - * / %, CAST, TRY_CAST, length, lower, upper, \
coalesce, abs, starts_with, contains";

/// Why a filter could not be read or computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// The text is no SQL expression.
    #[error("{position}: {message}")]
    Syntax {
        /// What was expected and found.
        message: String,
        /// Where.
        position: Position,
    },
    /// SQL that filters do not have.
    #[error(
        "{position}: a filter cannot have {construct}; it can have {SUPPORTED}\n\
         hint: whole SQL queries need the feature `sql`"
    )]
    Unsupported {
        /// What it is, with the text in question.
        construct: String,
        /// Where it starts.
        position: Position,
    },
    /// The expression is longer or nested deeper than a filter may be.
    #[error("{0}")]
    TooLarge(String),
    /// The table has no such column, or the struct no such field.
    #[error("{position}: no column `{name}`{}; there are {}", hint(.suggestion), .available.join(", "))]
    UnknownColumn {
        /// The name as written, with the names of the structs around it.
        name: String,
        /// Where it stands.
        position: Position,
        /// What could have been named.
        available: Vec<String>,
        /// What is to be done about it, if that can be guessed.
        suggestion: Option<String>,
    },
    /// An operation on values that it is not made for.
    #[error("{position}: {message}")]
    Type {
        /// The operation and the types.
        message: String,
        /// Where it stands.
        position: Position,
    },
    /// A row's value could not be computed.
    #[error("{position}: {message}")]
    Value {
        /// The operation and the values.
        message: String,
        /// Where it stands.
        position: Position,
    },
    /// Arrow refused the data.
    #[error("{0}")]
    Arrow(String),
}

fn hint(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map(|s| format!(" ({s})")).unwrap_or_default()
}

impl FilterError {
    /// Where in the expression the cause stands, if it stands in one place.
    pub fn position(&self) -> Option<Position> {
        match self {
            FilterError::Syntax { position, .. }
            | FilterError::Unsupported { position, .. }
            | FilterError::UnknownColumn { position, .. }
            | FilterError::Type { position, .. }
            | FilterError::Value { position, .. } => Some(*position),
            FilterError::TooLarge(_) | FilterError::Arrow(_) => None,
        }
    }

    /// The line of `expression` (the text that was parsed) with a caret under the place; at most 60
    /// characters of it before the caret and 40 from there on.
    ///
    /// ```
    /// use sprog::filter::Filter;
    /// let text = "id = '1' AND quality @> 2";
    /// let error = Filter::parse(text).expect_err("no @>");
    /// assert_eq!(error.caret(text).as_deref(), Some("id = '1' AND quality @> 2\n             ^"));
    /// ```
    pub fn caret(&self, expression: &str) -> Option<String> {
        let position = self.position()?;
        let line = expression.split('\n').nth(usize::try_from(position.line.checked_sub(1)?).ok()?)?;
        let before = usize::try_from(position.column.checked_sub(1)?).ok()?;
        let skipped = before.saturating_sub(60);
        let shown: String = line.trim_end().chars().skip(skipped).take(before - skipped + 40).collect();
        // Tabs stay tabs, so that the caret stands below its place at any width of them.
        let indent = line.chars().skip(skipped).take(before - skipped);
        let indent: String = indent.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        Some(format!("{shown}\n{indent}^"))
    }
}

impl From<arrow::error::ArrowError> for FilterError {
    fn from(error: arrow::error::ArrowError) -> FilterError {
        FilterError::Arrow(error.to_string())
    }
}
