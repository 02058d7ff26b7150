//! Types: what each part of an expression is in a table of some schema.

use arrow::datatypes::{DataType, Field, Schema};
use sprog_datasets::schema::GENDERS;

use super::error::{FilterError, Position};
use super::node::{Arithmetic, Call, CastTo, Kind, Literal, Node};

type Result<T> = std::result::Result<T, FilterError>;

/// What a value is; numbers are computed with 64 bits whatever their column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// `NULL` itself: fits anywhere.
    Null,
    Bool,
    Int,
    Float,
    Text,
    /// The number of a name in [`GENDERS`]: text beside text, a number beside numbers.
    Gender,
    /// Lists, structs, bytes and so on: only `IS NULL` is for them.
    Other,
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Type::Null => "NULL",
            Type::Bool => "a condition",
            Type::Int => "an integer",
            Type::Float => "a decimal number",
            Type::Text => "text",
            Type::Gender => "a class label",
            Type::Other => "a list, struct or binary value",
        }
    }

    pub(super) fn of_column(path: &[String], data_type: &DataType) -> Type {
        match data_type {
            DataType::Int64 if matches!(path, [name] if name == "gender") => Type::Gender,
            DataType::Null => Type::Null,
            DataType::Boolean => Type::Bool,
            d if d.is_integer() => Type::Int,
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Type::Float,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Type::Text,
            DataType::Dictionary(_, values) if !matches!(**values, DataType::Dictionary(..)) => {
                Type::of_column(path, values)
            }
            _ => Type::Other,
        }
    }

    /// The type in which two values meet; `None` where there is none.
    pub(super) fn meet(self, other: Type) -> Option<Type> {
        Some(match (self, other) {
            (Type::Other, _) | (_, Type::Other) => return None,
            (a, b) if a == b => a,
            (Type::Null, a) | (a, Type::Null) => a,
            (Type::Int, Type::Float) | (Type::Float, Type::Int) => Type::Float,
            (Type::Gender, Type::Text) | (Type::Text, Type::Gender) => Type::Text,
            (Type::Gender, Type::Int) | (Type::Int, Type::Gender) => Type::Int,
            _ => return None,
        })
    }

    /// The type of arithmetic on two values.
    pub(super) fn arithmetic(self, other: Type) -> Option<Type> {
        match self.meet(other)? {
            Type::Null => Some(Type::Int),
            number @ (Type::Int | Type::Float) => Some(number),
            _ => None,
        }
    }
}

fn type_error<T>(message: String, position: Position) -> Result<T> {
    Err(FilterError::Type { message, position })
}

/// Refuses what is no condition where `place` needs one.
pub(super) fn condition(found: Type, node: &Node, place: &str) -> Result<()> {
    match found {
        Type::Bool | Type::Null => Ok(()),
        other => type_error(format!("{place} needs a condition, not {}", other.name()), node.at),
    }
}

fn text(node: &Node, schema: &Schema, place: &str) -> Result<()> {
    match type_of(node, schema)? {
        Type::Text | Type::Gender | Type::Null => Ok(()),
        other => {
            let message =
                format!("{place} needs text, not {}; CAST(… AS TEXT) makes text of it", other.name());
            type_error(message, node.at)
        }
    }
}

/// The type in which all `nodes` meet, for a comparison or a choice between them.
fn common<'n>(nodes: impl Iterator<Item = &'n Node> + Clone, schema: &Schema, what: &str) -> Result<Type> {
    let (mut all, mut gender) = (Type::Null, false);
    for node in nodes.clone() {
        let found = type_of(node, schema)?;
        gender |= found == Type::Gender;
        all = match all.meet(found) {
            Some(both) => both,
            None => {
                let message = if found == Type::Other || all == Type::Other {
                    format!("{what} is not for {}; only IS NULL is", Type::Other.name())
                } else {
                    let (a, b) = (all.name(), found.name());
                    format!("{what} has {a} on one side and {b} on the other; CAST(… AS …) changes types")
                };
                return type_error(message, node.at);
            }
        };
    }
    // Compared with a name that no row can have, a condition would silently keep nothing.
    for node in nodes {
        if let (true, Kind::Literal(Literal::Text(name))) = (gender && what != COALESCE, &node.kind)
            && !GENDERS.contains(&name.as_str())
        {
            return type_error(format!("gender is one of {}, not '{name}'", GENDERS.join(", ")), node.at);
        }
    }
    Ok(all)
}

const COALESCE: &str = "coalesce";

/// The type of `node`, all of whose parts fit together.
pub(super) fn type_of(node: &Node, schema: &Schema) -> Result<Type> {
    match &node.kind {
        Kind::Literal(literal) => {
            return Ok(match literal {
                Literal::Null => Type::Null,
                Literal::Bool(_) => Type::Bool,
                Literal::Int(_) => Type::Int,
                Literal::Float(_) => Type::Float,
                Literal::Text(_) => Type::Text,
            });
        }
        Kind::Column { path, quoted } => return column(path, *quoted, schema, node.at),
        Kind::Not(of) => condition(type_of(of, schema)?, of, "NOT")?,
        Kind::And(nodes) => conditions(nodes, schema, "AND")?,
        Kind::Or(nodes) => conditions(nodes, schema, "OR")?,
        Kind::IsBool { of, .. } => condition(type_of(of, schema)?, of, "IS TRUE or FALSE")?,
        Kind::IsUnknown { of, .. } => condition(type_of(of, schema)?, of, "IS UNKNOWN")?,
        Kind::IsNull { of, .. } => {
            type_of(of, schema)?;
        }
        Kind::Compare(_, a, b) => {
            common([a.as_ref(), b.as_ref()].into_iter(), schema, "a comparison")?;
        }
        Kind::Between { of, low, high, .. } => {
            // Two comparisons, which may meet in different types.
            common([of.as_ref(), low].into_iter(), schema, "BETWEEN")?;
            common([of.as_ref(), high].into_iter(), schema, "BETWEEN")?;
        }
        Kind::In { of, list, .. } => {
            common(std::iter::once(of.as_ref()).chain(list), schema, "IN")?;
        }
        Kind::Like { of, pattern, .. } => {
            text(of, schema, "LIKE")?;
            text(pattern, schema, "LIKE")?;
        }
        Kind::Arithmetic(op, a, b) => {
            let (left, right) = (type_of(a, schema)?, type_of(b, schema)?);
            let Some(both) = left.arithmetic(right) else {
                let wrong = if left.arithmetic(Type::Int).is_none() { (left, a) } else { (right, b) };
                let message = format!("`{}` needs numbers, not {}", symbol(*op), wrong.0.name());
                return type_error(message, wrong.1.at);
            };
            return Ok(both);
        }
        Kind::Negate(of) => return number(of, schema, "`-`"),
        Kind::Call(call, args) => return call_type(*call, args, schema),
        Kind::Cast { of, to, .. } => return cast(of, *to, schema),
    }
    Ok(Type::Bool)
}

fn conditions(nodes: &[Node], schema: &Schema, place: &str) -> Result<()> {
    nodes.iter().try_for_each(|node| condition(type_of(node, schema)?, node, place))
}

fn number(node: &Node, schema: &Schema, place: &str) -> Result<Type> {
    match type_of(node, schema)? {
        Type::Null => Ok(Type::Int),
        number @ (Type::Int | Type::Float) => Ok(number),
        other => type_error(format!("{place} needs a number, not {}", other.name()), node.at),
    }
}

fn call_type(call: Call, args: &[Node], schema: &Schema) -> Result<Type> {
    let (place, result) = match call {
        Call::Abs => return args.first().map_or(Ok(Type::Null), |node| number(node, schema, "abs")),
        Call::Coalesce => return common(args.iter(), schema, COALESCE),
        Call::Length => ("length", Type::Int),
        Call::Lower => ("lower", Type::Text),
        Call::Upper => ("upper", Type::Text),
        Call::StartsWith => ("starts_with", Type::Bool),
        Call::Contains => ("contains", Type::Bool),
    };
    args.iter().try_for_each(|node| text(node, schema, place))?;
    Ok(result)
}

fn cast(of: &Node, to: CastTo, schema: &Schema) -> Result<Type> {
    let from = type_of(of, schema)?;
    let result = match to {
        CastTo::Bool => Type::Bool,
        CastTo::Int => Type::Int,
        CastTo::Real | CastTo::Double => Type::Float,
        CastTo::Text => Type::Text,
    };
    let impossible = matches!(
        (from, result),
        (Type::Other, _) | (Type::Float | Type::Gender, Type::Bool) | (Type::Bool, Type::Float)
    );
    if impossible {
        return type_error(format!("{} cannot be cast to {}", from.name(), result.name()), of.at);
    }
    Ok(result)
}

fn symbol(op: Arithmetic) -> char {
    match op {
        Arithmetic::Add => '+',
        Arithmetic::Subtract => '-',
        Arithmetic::Multiply => '*',
        Arithmetic::Divide => '/',
        Arithmetic::Modulo => '%',
    }
}

fn column(path: &[String], quoted: bool, schema: &Schema, at: Position) -> Result<Type> {
    let mut fields = schema.fields();
    let mut found: Option<&Field> = None;
    for (depth, name) in path.iter().enumerate() {
        if depth > 0 {
            match found.map(Field::data_type) {
                Some(DataType::Struct(inner)) => fields = inner,
                _ => {
                    let parent = path.get(..depth).unwrap_or_default().join(".");
                    return type_error(format!("`{parent}` is no struct and has no field `{name}`"), at);
                }
            }
        }
        let field = fields.iter().find(|f| f.name() == name);
        let Some(field) = field else {
            // Columns of the build are not for recipes.
            let names = fields.iter().map(|f| f.name()).filter(|n| !n.starts_with("__"));
            let close = names.clone().filter_map(|n| Some((distance(name, n)?, n))).min_by_key(|(d, _)| *d);
            let suggestion = match close {
                Some((_, close)) => Some(format!("did you mean `{close}`?")),
                None if quoted => Some(format!("for a string write '{name}'")),
                None => None,
            };
            let name = path.get(..=depth).unwrap_or_default().join(".");
            let available = names.cloned().collect();
            return Err(FilterError::UnknownColumn { name, position: at, available, suggestion });
        };
        found = Some(field.as_ref());
    }
    Ok(found.map_or(Type::Other, |field| Type::of_column(path, field.data_type())))
}

/// How many letters differ (Levenshtein's distance, without case), if few enough for a slip.
fn distance(a: &str, b: &str) -> Option<usize> {
    let a: Vec<char> = a.chars().take(64).flat_map(char::to_lowercase).collect();
    let b: Vec<char> = b.chars().take(64).flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (y, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let above = *cell;
            left = (above + 1).min(left + 1).min(corner + usize::from(x != y));
            corner = above;
            *cell = left;
        }
        // The first cell is the distance from nothing.
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().filter(|d| *d <= (a.len().max(b.len()) / 2).min(3))
}
