use super::error::Position;

/// A part of an expression.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) at: Position,
}

#[derive(Clone, Debug)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Eq,
    NotEq,
    Lt,
    LtEq,
    Gt,
    GtEq,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Length,
    Lower,
    Upper,
    Coalesce,
    Abs,
    StartsWith,
    Contains,
}

/// A type that a value can be cast to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CastTo {
    Bool,
    Int,
    /// Rounded to 32 bits, as in a `Float32` column.
    Real,
    Double,
    Text,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Literal(Literal),
    /// A column, or a field inside it. `quoted` when written in double quotes.
    Column {
        path: Vec<String>,
        quoted: bool,
    },
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    IsNull {
        of: Box<Node>,
        negated: bool,
    },
    IsBool {
        of: Box<Node>,
        wanted: bool,
        negated: bool,
    },
    IsUnknown {
        of: Box<Node>,
        negated: bool,
    },
    In {
        of: Box<Node>,
        list: Vec<Node>,
        negated: bool,
    },
    Between {
        of: Box<Node>,
        low: Box<Node>,
        high: Box<Node>,
        negated: bool,
    },
    Like {
        of: Box<Node>,
        pattern: Box<Node>,
        ignore_case: bool,
        negated: bool,
    },
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    Negate(Box<Node>),
    Call(Call, Vec<Node>),
    Cast {
        of: Box<Node>,
        to: CastTo,
        /// NULL instead of an error.
        lenient: bool,
    },
}

impl Node {
    pub(super) fn children(&self) -> Vec<&Node> {
        match &self.kind {
            Kind::Literal(_) | Kind::Column { .. } => Vec::new(),
            Kind::And(nodes) | Kind::Or(nodes) | Kind::Call(_, nodes) => nodes.iter().collect(),
            Kind::Not(of)
            | Kind::IsNull { of, .. }
            | Kind::IsBool { of, .. }
            | Kind::IsUnknown { of, .. }
            | Kind::Negate(of)
            | Kind::Cast { of, .. } => vec![of],
            Kind::Compare(_, a, b) | Kind::Arithmetic(_, a, b) => vec![a, b],
            Kind::Like { of, pattern, .. } => vec![of, pattern],
            Kind::Between { of, low, high, .. } => vec![of, low, high],
            Kind::In { of, list, .. } => std::iter::once(of.as_ref()).chain(list).collect(),
        }
    }
}
