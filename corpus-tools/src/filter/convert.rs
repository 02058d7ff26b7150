//! From sqlparser's syntax tree to the part of SQL that filters have.

use sqlparser::ast::{
    AccessExpr, BinaryOperator, CastKind, DataType, ExactNumberInfo, Expr, Function, FunctionArg,
    FunctionArgExpr, FunctionArguments, Spanned, Subscript, UnaryOperator, Value,
};
use sqlparser::tokenizer::Location;

use super::error::{FilterError, Position};
use super::node::{Arithmetic, Call, CastTo, Comparison, Kind, Literal, Node};
use super::parse::{MAX_DEPTH, too_deep};

type Result<T> = std::result::Result<T, FilterError>;

pub(super) fn position(at: Location) -> Option<Position> {
    (at.line > 0 && at.column > 0).then_some(Position { line: at.line, column: at.column })
}

/// At most 60 characters.
pub(super) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

pub(super) struct Converter<'a> {
    text: &'a str,
}

impl<'a> Converter<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Converter { text }
    }

    /// The text from `at` on, on one line.
    fn quote(&self, at: Position) -> String {
        let mut lines = self.text.split('\n').skip(usize::try_from(at.line.saturating_sub(1)).unwrap_or(0));
        let skip = usize::try_from(at.column.saturating_sub(1)).unwrap_or(0);
        let first: String = lines.next().unwrap_or_default().chars().skip(skip).take(61).collect();
        excerpt(first.trim())
    }

    fn unsupported<T>(&self, what: &str, at: Position) -> Result<T> {
        let construct = format!("{what} (`{}`)", self.quote(at));
        Err(FilterError::Unsupported { construct, position: at })
    }

    /// `outer` is the position for what has none of its own.
    pub(super) fn node(&self, expr: &Expr, outer: Position, depth: usize) -> Result<Node> {
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        // Only these have a span that costs nothing to find; all else starts where its first part does.
        let own = match expr {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_) | Expr::Function(_) => {
                position(expr.span().start)
            }
            Expr::Case { case_token, .. } => position(case_token.0.span.start),
            _ => None,
        };
        let at = own.unwrap_or(outer);
        let sub = |e: &Expr| self.node(e, at, depth + 1);
        let boxed = |e: &Expr| sub(e).map(Box::new);
        let kind = match expr {
            Expr::Nested(inner) => return sub(inner),
            Expr::Identifier(name) => {
                Kind::Column { path: vec![name.value.clone()], quoted: name.quote_style.is_some() }
            }
            Expr::CompoundIdentifier(names) => {
                Kind::Column { path: names.iter().map(|n| n.value.clone()).collect(), quoted: false }
            }
            Expr::CompoundFieldAccess { root, access_chain } => {
                let root = sub(root)?;
                return self.access(root, access_chain);
            }
            Expr::Value(value) => Kind::Literal(self.literal(&value.value, "", at)?),
            Expr::BinaryOp { left, op, right } => return self.binary(expr, left, op, right, at, depth),
            Expr::UnaryOp { op, expr: inner } => match (op, inner.as_ref()) {
                (UnaryOperator::Not, _) => Kind::Not(boxed(inner)?),
                (UnaryOperator::Plus, _) => return sub(inner),
                // Here and not as an operation, so that the least integer can be written.
                (UnaryOperator::Minus, Expr::Value(value)) if matches!(value.value, Value::Number(..)) => {
                    let at = position(value.span.start).unwrap_or(at);
                    return Ok(Node { kind: Kind::Literal(self.literal(&value.value, "-", at)?), at });
                }
                (UnaryOperator::Minus, _) => Kind::Negate(boxed(inner)?),
                _ => return self.unsupported(&format!("the operator `{op}`"), at),
            },
            Expr::IsNull(of) => Kind::IsNull { of: boxed(of)?, negated: false },
            Expr::IsNotNull(of) => Kind::IsNull { of: boxed(of)?, negated: true },
            Expr::IsUnknown(of) => Kind::IsUnknown { of: boxed(of)?, negated: false },
            Expr::IsNotUnknown(of) => Kind::IsUnknown { of: boxed(of)?, negated: true },
            Expr::IsTrue(of) => Kind::IsBool { of: boxed(of)?, wanted: true, negated: false },
            Expr::IsNotTrue(of) => Kind::IsBool { of: boxed(of)?, wanted: true, negated: true },
            Expr::IsFalse(of) => Kind::IsBool { of: boxed(of)?, wanted: false, negated: false },
            Expr::IsNotFalse(of) => Kind::IsBool { of: boxed(of)?, wanted: false, negated: true },
            Expr::InList { expr: of, list, negated } => Kind::In {
                of: boxed(of)?,
                list: list.iter().map(sub).collect::<Result<_>>()?,
                negated: *negated,
            },
            Expr::Between { expr: of, negated, low, high } => {
                Kind::Between { of: boxed(of)?, low: boxed(low)?, high: boxed(high)?, negated: *negated }
            }
            Expr::Like { negated, any: false, expr: of, pattern, escape_char } => {
                let pattern = Box::new(self.pattern(sub(pattern)?, escape_char.as_deref())?);
                Kind::Like { of: boxed(of)?, pattern, ignore_case: false, negated: *negated }
            }
            Expr::ILike { negated, any: false, expr: of, pattern, escape_char } => {
                let pattern = Box::new(self.pattern(sub(pattern)?, escape_char.as_deref())?);
                Kind::Like { of: boxed(of)?, pattern, ignore_case: true, negated: *negated }
            }
            Expr::Cast { kind, expr: of, data_type, format: None } => {
                let of = boxed(of)?;
                let Some(to) = cast_to(data_type) else {
                    let what = "a CAST to a type other than BIGINT, REAL, DOUBLE, BOOLEAN and TEXT";
                    return self.unsupported(what, of.at);
                };
                Kind::Cast { of, to, lenient: matches!(kind, CastKind::TryCast | CastKind::SafeCast) }
            }
            Expr::Function(function) => self.call(function, at, depth)?,
            other => {
                let at = position(other.span().start).unwrap_or(at);
                return self.unsupported(construct(other), at);
            }
        };
        let first = match &kind {
            Kind::Not(of)
            | Kind::Cast { of, .. }
            | Kind::IsNull { of, .. }
            | Kind::IsBool { of, .. }
            | Kind::IsUnknown { of, .. }
            | Kind::In { of, .. }
            | Kind::Between { of, .. }
            | Kind::Like { of, .. }
            | Kind::Negate(of) => of.at,
            _ => at,
        };
        Ok(Node { kind, at: first })
    }

    fn binary(
        &self,
        expr: &Expr,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        outer: Position,
        depth: usize,
    ) -> Result<Node> {
        use Arithmetic::{Add, Divide, Modulo, Multiply, Subtract};
        use BinaryOperator as Op;
        use Comparison::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
        if matches!(op, Op::And | Op::Or) {
            let mut nodes = Vec::new();
            let mut at = outer;
            for part in chain(expr, op) {
                let node = self.node(part, at, depth + 1)?;
                at = node.at;
                nodes.push(node);
            }
            let at = nodes.first().map_or(outer, |n| n.at);
            let kind = if *op == Op::And { Kind::And(nodes) } else { Kind::Or(nodes) };
            return Ok(Node { kind, at });
        }
        let left = Box::new(self.node(left, outer, depth + 1)?);
        let at = left.at;
        let right = Box::new(self.node(right, at, depth + 1)?);
        let kind = match op {
            Op::Eq => Kind::Compare(Eq, left, right),
            Op::NotEq => Kind::Compare(NotEq, left, right),
            Op::Lt => Kind::Compare(Lt, left, right),
            Op::LtEq => Kind::Compare(LtEq, left, right),
            Op::Gt => Kind::Compare(Gt, left, right),
            Op::GtEq => Kind::Compare(GtEq, left, right),
            Op::Plus => Kind::Arithmetic(Add, left, right),
            Op::Minus => Kind::Arithmetic(Subtract, left, right),
            Op::Multiply => Kind::Arithmetic(Multiply, left, right),
            Op::Divide => Kind::Arithmetic(Divide, left, right),
            Op::Modulo => Kind::Arithmetic(Modulo, left, right),
            other => return self.unsupported(&format!("the operator `{other}`"), at),
        };
        Ok(Node { kind, at })
    }

    fn access(&self, root: Node, chain: &[AccessExpr]) -> Result<Node> {
        let at = root.at;
        let Kind::Column { mut path, quoted } = root.kind else {
            return self.unsupported("a field of something that is no column", at);
        };
        for step in chain {
            let name = match step {
                AccessExpr::Dot(Expr::Identifier(name)) => name.value.clone(),
                AccessExpr::Subscript(Subscript::Index { index: Expr::Value(value) }) => match &value.value {
                    Value::SingleQuotedString(name) => name.clone(),
                    _ => return self.unsupported("an element of a list", at),
                },
                _ => return self.unsupported("an element of a list", at),
            };
            path.push(name);
        }
        Ok(Node { kind: Kind::Column { path, quoted }, at })
    }

    fn literal(&self, value: &Value, sign: &str, at: Position) -> Result<Literal> {
        Ok(match value {
            Value::Null => Literal::Null,
            Value::Boolean(value) => Literal::Bool(*value),
            Value::SingleQuotedString(text) => Literal::Text(text.clone()),
            Value::Number(digits, _) => {
                let number = format!("{sign}{digits}");
                let out_of_range = || FilterError::Syntax {
                    message: format!("`{}` does not fit in a 64-bit number", excerpt(&number)),
                    position: at,
                };
                if digits.bytes().all(|b| b.is_ascii_digit()) {
                    Literal::Int(number.parse().map_err(|_| out_of_range())?)
                } else {
                    let float: Option<f64> = number.parse().ok().filter(|f: &f64| f.is_finite());
                    Literal::Float(float.ok_or_else(out_of_range)?)
                }
            }
            _ => return self.unsupported("this kind of literal", at),
        })
    }

    /// The pattern, with `ESCAPE`'s character replaced by the backslash that evaluation knows.
    fn pattern(&self, pattern: Node, escape: Option<&Expr>) -> Result<Node> {
        let Some(escape) = escape else { return Ok(pattern) };
        let at = pattern.at;
        let escape = match escape {
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) => text.as_str(),
                _ => return self.unsupported("an ESCAPE that is no string", at),
            },
            _ => return self.unsupported("an ESCAPE that is no string", at),
        };
        let mut chars = escape.chars();
        let (escape, None) = (chars.next(), chars.next()) else {
            return self.unsupported("an ESCAPE of more than one character", at);
        };
        let Kind::Literal(Literal::Text(text)) = &pattern.kind else {
            return self.unsupported("ESCAPE after a pattern that is no string", at);
        };
        let mut out = String::with_capacity(text.len());
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let (c, literal) = if Some(c) == escape { (chars.next().unwrap_or(c), true) } else { (c, false) };
            if c == '\\' || (literal && matches!(c, '%' | '_')) {
                out.push('\\');
            }
            out.push(c);
        }
        Ok(Node { kind: Kind::Literal(Literal::Text(out)), at })
    }

    fn call(&self, function: &Function, at: Position, depth: usize) -> Result<Kind> {
        let name = function.name.to_string().to_lowercase();
        let (call, least, most) = match name.as_str() {
            "length" => (Call::Length, 1, 1),
            "lower" => (Call::Lower, 1, 1),
            "upper" => (Call::Upper, 1, 1),
            "abs" => (Call::Abs, 1, 1),
            "coalesce" => (Call::Coalesce, 1, usize::MAX),
            "starts_with" => (Call::StartsWith, 2, 2),
            "contains" => (Call::Contains, 2, 2),
            _ => return self.unsupported(&format!("the function `{}`", excerpt(&name)), at),
        };
        let plain = !function.uses_odbc_syntax
            && matches!(function.parameters, FunctionArguments::None)
            && function.within_group.is_empty()
            && function.filter.is_none()
            && function.null_treatment.is_none()
            && function.over.is_none();
        let args = match &function.args {
            FunctionArguments::List(list)
                if plain && list.duplicate_treatment.is_none() && list.clauses.is_empty() =>
            {
                &list.args
            }
            _ => return self.unsupported("a function call with clauses", at),
        };
        if args.len() < least || args.len() > most {
            let s = if least == 1 { "" } else { "s" };
            let more = if least == most { "" } else { " or more" };
            let message = format!("{name} takes {least}{more} argument{s}, not {}", args.len());
            return Err(FilterError::Syntax { message, position: at });
        }
        let args = args.iter().map(|arg| match arg {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => self.node(expr, at, depth + 1),
            _ => self.unsupported("a named argument or `*`", at),
        });
        Ok(Kind::Call(call, args.collect::<Result<_>>()?))
    }
}

/// The parts of `a AND b AND c`, which sqlparser nests to the left.
fn chain<'e>(expr: &'e Expr, op: &BinaryOperator) -> Vec<&'e Expr> {
    let mut parts = Vec::new();
    let mut rest = expr;
    while let Expr::BinaryOp { left, op: found, right } = rest
        && found == op
    {
        parts.push(right.as_ref());
        rest = left;
    }
    parts.push(rest);
    parts.reverse();
    parts
}

fn cast_to(data_type: &DataType) -> Option<CastTo> {
    Some(match data_type {
        DataType::Boolean | DataType::Bool => CastTo::Bool,
        DataType::BigInt(None)
        | DataType::Int(None)
        | DataType::Integer(None)
        | DataType::Int8(None)
        | DataType::Int64 => CastTo::Int,
        DataType::Real | DataType::Float4 | DataType::Float32 => CastTo::Real,
        DataType::Double(ExactNumberInfo::None)
        | DataType::Float(ExactNumberInfo::None)
        | DataType::DoublePrecision
        | DataType::Float8
        | DataType::Float64 => CastTo::Double,
        DataType::Text | DataType::Varchar(None) | DataType::String(None) => CastTo::Text,
        _ => return None,
    })
}

fn construct(expr: &Expr) -> &'static str {
    match expr {
        Expr::Case { .. } => "CASE",
        Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => "a subquery",
        Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..) => "IS DISTINCT FROM",
        Expr::SimilarTo { .. } | Expr::RLike { .. } => "a regular expression",
        Expr::Like { .. } | Expr::ILike { .. } | Expr::AnyOp { .. } | Expr::AllOp { .. } => "ANY or ALL",
        Expr::InUnnest { .. } => "IN UNNEST",
        Expr::Trim { .. } => "the function `trim`",
        Expr::Substring { .. } => "the function `substring`",
        Expr::Position { .. } => "the function `position`",
        Expr::Extract { .. } => "the function `extract`",
        Expr::Ceil { .. } | Expr::Floor { .. } => "the functions `ceil` and `floor`",
        Expr::TypedString(_) | Expr::Interval(_) | Expr::AtTimeZone { .. } => "dates and times",
        Expr::Tuple(_) | Expr::Array(_) | Expr::Struct { .. } | Expr::Map(_) => "a tuple, list or struct",
        Expr::Cast { .. } | Expr::Convert { .. } => "this kind of cast",
        _ => "this construct",
    }
}
