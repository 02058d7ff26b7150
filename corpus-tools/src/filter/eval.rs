//! The value of an expression for each row of a batch.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Datum, Float64Array, Int64Array, RecordBatch, StringArray, StructArray,
    make_array, new_null_array,
};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::kernels::{boolean, cmp, comparison};
use arrow::datatypes::DataType;

use super::check::Type;
use super::error::{FilterError, Position};
use super::node::{Call, Comparison, Kind, Literal, Node};
use super::ops;

pub(super) type Result<T> = std::result::Result<T, FilterError>;

/// A value for each row, or one for all.
#[derive(Clone)]
pub(super) struct Operand {
    pub(super) array: ArrayRef,
    /// One value for all rows; the array has length 1.
    pub(super) scalar: bool,
    pub(super) kind: Type,
}

impl Datum for Operand {
    fn get(&self) -> (&dyn Array, bool) {
        (self.array.as_ref(), self.scalar)
    }
}

impl Operand {
    pub(super) fn new(array: impl Array + 'static, scalar: bool, kind: Type) -> Operand {
        Operand { array: Arc::new(array), scalar, kind }
    }

    /// The array's index of a row.
    pub(super) fn index(&self, row: usize) -> usize {
        if self.scalar { 0 } else { row }
    }

    fn expanded(&self, rows: usize) -> Result<BooleanArray> {
        let array = ops::bools(&self.array)?;
        if !self.scalar {
            return Ok(array.clone());
        }
        let value = array.iter().next().flatten();
        Ok(std::iter::repeat_n(value, rows).collect())
    }
}

pub(super) fn evaluate(root: &Node, batch: &RecordBatch) -> Result<BooleanArray> {
    let rows = batch.num_rows();
    let value = Evaluator { batch }.node(root, &BooleanBuffer::new_set(rows))?;
    ops::coerce(value, Type::Bool)?.expanded(rows)
}

struct Evaluator<'a> {
    batch: &'a RecordBatch,
}

impl Evaluator<'_> {
    /// `active` are the rows whose value counts: on others nothing can fail, and the value is any.
    fn node(&self, node: &Node, active: &BooleanBuffer) -> Result<Operand> {
        let sub = |n: &Node| self.node(n, active);
        Ok(match &node.kind {
            Kind::Literal(literal) => Operand::from(literal),
            Kind::Column { path, .. } => self.column(path)?,
            Kind::Not(of) => {
                let of = ops::coerce(sub(of)?, Type::Bool)?;
                Operand::new(boolean::not(ops::bools(&of.array)?)?, of.scalar, Type::Bool)
            }
            Kind::And(nodes) => self.kleene(nodes, active, false)?,
            Kind::Or(nodes) => self.kleene(nodes, active, true)?,
            Kind::Compare(op, a, b) => compare(*op, &sub(a)?, &sub(b)?, node.at)?,
            Kind::Between { of, low, high, negated } => {
                let of = sub(of)?;
                let low = compare(Comparison::GtEq, &of, &sub(low)?, node.at)?;
                let high = compare(Comparison::LtEq, &of, &sub(high)?, node.at)?;
                self.negated(self.both(&low, &high, boolean::and_kleene)?, *negated)?
            }
            Kind::In { of, list, negated } => {
                let of = sub(of)?;
                let list: Vec<Operand> = list.iter().map(sub).collect::<Result<_>>()?;
                self.negated(self.in_list(of, list, node.at)?, *negated)?
            }
            Kind::IsNull { of, negated } => {
                let of = sub(of)?;
                let nulls = if *negated { boolean::is_not_null } else { boolean::is_null };
                Operand::new(nulls(&of.array)?, of.scalar, Type::Bool)
            }
            Kind::IsUnknown { of, negated } => {
                let of = ops::coerce(sub(of)?, Type::Bool)?;
                let nulls = if *negated { boolean::is_not_null } else { boolean::is_null };
                Operand::new(nulls(&of.array)?, of.scalar, Type::Bool)
            }
            Kind::IsBool { of, wanted, negated } => {
                let of = ops::coerce(sub(of)?, Type::Bool)?;
                let values = ops::bools(&of.array)?.iter().map(|v| Some((v == Some(*wanted)) != *negated));
                Operand::new(values.collect::<BooleanArray>(), of.scalar, Type::Bool)
            }
            Kind::Like { of, pattern, ignore_case, negated } => {
                let (of, pattern) =
                    (ops::coerce(sub(of)?, Type::Text)?, ops::coerce(sub(pattern)?, Type::Text)?);
                let like = match (ignore_case, negated) {
                    (false, false) => comparison::like,
                    (false, true) => comparison::nlike,
                    (true, false) => comparison::ilike,
                    (true, true) => comparison::nilike,
                };
                Operand::new(like(&of, &pattern)?, of.scalar && pattern.scalar, Type::Bool)
            }
            Kind::Arithmetic(op, a, b) => {
                let (a, b) = (sub(a)?, sub(b)?);
                let kind = a.kind.arithmetic(b.kind).ok_or_else(|| changed(node.at))?;
                let (a, b) = (ops::coerce(a, kind)?, ops::coerce(b, kind)?);
                match kind {
                    Type::Float => ops::float_arithmetic(*op, &a, &b)?,
                    _ => ops::int_arithmetic(*op, &a, &b, active, node.at)?,
                }
            }
            Kind::Negate(of) => ops::negate(sub(of)?, active, node.at)?,
            Kind::Call(Call::Coalesce, args) => self.coalesce(args, active, node.at)?,
            Kind::Call(call, args) => {
                let args: Vec<Operand> = args.iter().map(sub).collect::<Result<_>>()?;
                ops::call(*call, args, active, node.at)?
            }
            Kind::Cast { of, to, lenient } => {
                // What fails inside a TRY_CAST still fails: only the cast itself is lenient.
                let of = sub(of)?;
                let none = BooleanBuffer::new_unset(active.len());
                ops::cast(of, *to, if *lenient { &none } else { active }, node.at)?
            }
        })
    }

    fn column(&self, path: &[String]) -> Result<Operand> {
        let missing = || FilterError::Arrow(format!("no column {}", path.join(".")));
        let mut names = path.iter();
        let first = names.next().and_then(|name| self.batch.column_by_name(name));
        let mut array = first.ok_or_else(missing)?.clone();
        for name in names {
            let parent = array.as_any().downcast_ref::<StructArray>().ok_or_else(missing)?;
            let field = parent.column_by_name(name).ok_or_else(missing)?;
            // A field of a NULL struct is NULL, whatever is stored for it.
            let nulls = NullBuffer::union(parent.nulls(), field.logical_nulls().as_ref());
            let field = match field.data_type() {
                DataType::Null => field.clone(),
                _ => make_array(field.to_data().into_builder().nulls(nulls).build()?),
            };
            array = field;
        }
        ops::column(&array, Type::of_column(path, array.data_type()))
    }

    fn both(
        &self,
        a: &Operand,
        b: &Operand,
        op: fn(&BooleanArray, &BooleanArray) -> std::result::Result<BooleanArray, arrow::error::ArrowError>,
    ) -> Result<Operand> {
        let scalar = a.scalar && b.scalar;
        let rows = if scalar { 1 } else { self.batch.num_rows() };
        Ok(Operand::new(op(&a.expanded(rows)?, &b.expanded(rows)?)?, scalar, Type::Bool))
    }

    /// AND, or OR if `decides` is true: the value that decides the whole.
    fn kleene(&self, nodes: &[Node], active: &BooleanBuffer, decides: bool) -> Result<Operand> {
        let mut active = active.clone();
        let mut all = Operand::new(BooleanArray::from(vec![!decides]), true, Type::Bool);
        for node in nodes {
            let next = ops::coerce(self.node(node, &active)?, Type::Bool)?;
            all = self.both(&all, &next, if decides { boolean::or_kleene } else { boolean::and_kleene })?;
            let open = all.expanded(active.len())?;
            active = &active
                & &BooleanBuffer::collect_bool(open.len(), |row| {
                    open.is_null(row) || open.value(row) != decides
                });
        }
        Ok(all)
    }

    fn negated(&self, of: Operand, negated: bool) -> Result<Operand> {
        if !negated {
            return Ok(of);
        }
        Ok(Operand::new(boolean::not(ops::bools(&of.array)?)?, of.scalar, Type::Bool))
    }

    fn in_list(&self, of: Operand, list: Vec<Operand>, at: Position) -> Result<Operand> {
        let kind = list.iter().try_fold(of.kind, |kind, item| kind.meet(item.kind));
        let kind = kind.ok_or_else(|| changed(at))?;
        let of = ops::coerce(of, kind)?;
        let list: Vec<Operand> = list.into_iter().map(|v| ops::coerce(v, kind)).collect::<Result<_>>()?;
        if let Some(found) = ops::in_set(&of, &list, kind)? {
            return Ok(found);
        }
        let mut any = Operand::new(BooleanArray::from(vec![false]), true, Type::Bool);
        for item in &list {
            let equal = compare(Comparison::Eq, &of, item, at)?;
            any = self.both(&any, &equal, boolean::or_kleene)?;
        }
        Ok(any)
    }

    fn coalesce(&self, args: &[Node], active: &BooleanBuffer, at: Position) -> Result<Operand> {
        let mut active = active.clone();
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            let value = self.node(arg, &active)?;
            let nulls = value.array.logical_nulls();
            let open = BooleanBuffer::collect_bool(active.len(), |row| {
                nulls.as_ref().is_some_and(|n| n.is_null(value.index(row)))
            });
            active = &active & &open;
            values.push(value);
        }
        let kind =
            values.iter().try_fold(Type::Null, |kind, v| kind.meet(v.kind)).ok_or_else(|| changed(at))?;
        let values: Vec<Operand> = values.into_iter().map(|v| ops::coerce(v, kind)).collect::<Result<_>>()?;
        let scalar = values.iter().all(|v| v.scalar);
        ops::first_present(&values, if scalar { 1 } else { self.batch.num_rows() }, scalar, kind)
    }
}

/// Only a batch of another schema than its own can cause this.
fn changed(position: Position) -> FilterError {
    FilterError::Type { message: "the types of the values do not fit".to_owned(), position }
}

fn compare(op: Comparison, a: &Operand, b: &Operand, at: Position) -> Result<Operand> {
    let kind = a.kind.meet(b.kind).ok_or_else(|| changed(at))?;
    let kind = if kind == Type::Null { Type::Bool } else { kind };
    let (a, b) = (ops::coerce(a.clone(), kind)?, ops::coerce(b.clone(), kind)?);
    let kernel = match op {
        Comparison::Eq => cmp::eq,
        Comparison::NotEq => cmp::neq,
        Comparison::Lt => cmp::lt,
        Comparison::LtEq => cmp::lt_eq,
        Comparison::Gt => cmp::gt,
        Comparison::GtEq => cmp::gt_eq,
    };
    Ok(Operand::new(kernel(&a, &b)?, a.scalar && b.scalar, Type::Bool))
}

/// The Arrow type that values of a [`Type`] are computed in.
pub(super) fn data_type(kind: Type) -> DataType {
    match kind {
        Type::Null | Type::Other | Type::Bool => DataType::Boolean,
        Type::Int | Type::Gender => DataType::Int64,
        Type::Float => DataType::Float64,
        Type::Text => DataType::Utf8,
    }
}

/// NULL, for all rows.
pub(super) fn null(kind: Type) -> Operand {
    Operand { array: new_null_array(&data_type(kind), 1), scalar: true, kind }
}

impl From<&Literal> for Operand {
    fn from(literal: &Literal) -> Operand {
        match literal {
            Literal::Null => null(Type::Null),
            Literal::Bool(v) => Operand::new(BooleanArray::from(vec![*v]), true, Type::Bool),
            Literal::Int(v) => Operand::new(Int64Array::from(vec![*v]), true, Type::Int),
            Literal::Float(v) => Operand::new(Float64Array::from(vec![*v + 0.0]), true, Type::Float),
            Literal::Text(v) => Operand::new(StringArray::from(vec![v.as_str()]), true, Type::Text),
        }
    }
}
