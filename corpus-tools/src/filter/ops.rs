//! Operations on whole columns that Arrow's kernels lack, or do with other errors.

use std::collections::BTreeSet;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, StringBuilder, new_null_array,
};
use arrow::buffer::BooleanBuffer;
use arrow::compute::kernels::{comparison, numeric};
use arrow::compute::{CastOptions, cast_with_options};
use sprog_datasets::schema::GENDERS;

use super::check::Type;
use super::error::{FilterError, Position};
use super::eval::{Operand, Result, data_type, null};
use super::node::{Arithmetic, Call, CastTo};

fn downcast<T: 'static>(array: &ArrayRef) -> Result<&T> {
    let error = || FilterError::Arrow(format!("unexpected values of type {}", array.data_type()));
    array.as_any().downcast_ref().ok_or_else(error)
}

pub(super) fn bools(array: &ArrayRef) -> Result<&BooleanArray> {
    downcast(array)
}

fn ints(operand: &Operand) -> Result<&Int64Array> {
    downcast(&operand.array)
}

fn floats(operand: &Operand) -> Result<&Float64Array> {
    downcast(&operand.array)
}

fn strings(operand: &Operand) -> Result<&StringArray> {
    downcast(&operand.array)
}

/// Arrow compares floats by total order; SQL's zeros are equal, and so are PostgreSQL's NaNs.
fn tidy(values: &Float64Array) -> Float64Array {
    values.unary(|v| if v.is_nan() { f64::NAN } else { v + 0.0 })
}

/// Text values in one array, or an error past the 2 GiB that one can hold.
fn texts<S: AsRef<str>>(values: impl Iterator<Item = Option<S>>) -> Result<StringArray> {
    let mut builder = StringBuilder::new();
    let mut bytes = 0usize;
    for value in values {
        bytes = bytes.saturating_add(value.as_ref().map_or(0, |v| v.as_ref().len()));
        if i32::try_from(bytes).is_err() {
            return Err(FilterError::Arrow("the texts of one batch are larger than 2 GiB".to_owned()));
        }
        builder.append_option(value);
    }
    Ok(builder.finish())
}

/// A column in the form that values of its kind are computed in.
pub(super) fn column(array: &ArrayRef, kind: Type) -> Result<Operand> {
    let array = match kind {
        Type::Null => return Ok(null(Type::Null)),
        Type::Other => array.clone(),
        _ => {
            let options = CastOptions { safe: false, ..CastOptions::default() };
            cast_with_options(array, &data_type(kind), &options)?
        }
    };
    if kind == Type::Float {
        return Ok(Operand::new(tidy(downcast(&array)?), false, kind));
    }
    Ok(Operand { array, scalar: false, kind })
}

/// The operand as another kind that [`Type::meet`] gave for it.
pub(super) fn coerce(operand: Operand, kind: Type) -> Result<Operand> {
    if operand.kind == kind {
        return Ok(operand);
    }
    let scalar = operand.scalar;
    Ok(match (operand.kind, kind) {
        (Type::Null, _) => {
            Operand { array: new_null_array(&data_type(kind), operand.array.len()), scalar, kind }
        }
        (Type::Int, Type::Float) => {
            let values: Float64Array = ints(&operand)?.unary(|v| v as f64);
            Operand::new(values, scalar, kind)
        }
        (Type::Gender, Type::Text) => {
            let name = |v: i64| usize::try_from(v).ok().and_then(|v| GENDERS.get(v));
            let values = texts(ints(&operand)?.iter().map(|v| v.and_then(name)))?;
            Operand::new(values, scalar, kind)
        }
        (Type::Gender, Type::Int) => Operand { kind, ..operand },
        (from, to) => return Err(FilterError::Arrow(format!("{from:?} is no {to:?}"))),
    })
}

/// Whether a failure in this row counts.
fn counts(active: &BooleanBuffer, row: usize, scalar: bool) -> bool {
    if scalar { active.count_set_bits() > 0 } else { row < active.len() && active.value(row) }
}

/// Applies `op` to each value; where it fails, NULL in rows that do not count.
fn fallible<T, U, A: FromIterator<Option<U>>>(
    values: impl Iterator<Item = Option<T>>,
    (active, scalar, at): (&BooleanBuffer, bool, Position),
    op: impl Fn(T) -> std::result::Result<U, String>,
) -> Result<A> {
    values
        .enumerate()
        .map(|(row, value)| match value.map(&op).transpose() {
            Err(message) if counts(active, row, scalar) => Err(FilterError::Value { message, position: at }),
            other => Ok(other.unwrap_or_default()),
        })
        .collect()
}

pub(super) fn int_arithmetic(
    op: Arithmetic,
    a: &Operand,
    b: &Operand,
    active: &BooleanBuffer,
    at: Position,
) -> Result<Operand> {
    let (left, right) = (ints(a)?, ints(b)?);
    let scalar = a.scalar && b.scalar;
    let rows = if scalar { 1 } else { active.len() };
    let pairs = (0..rows).map(|row| {
        let (i, j) = (a.index(row), b.index(row));
        (left.is_valid(i) && right.is_valid(j)).then(|| (left.value(i), right.value(j)))
    });
    let compute = |(x, y): (i64, i64)| {
        let (value, symbol) = match op {
            Arithmetic::Add => (x.checked_add(y), '+'),
            Arithmetic::Subtract => (x.checked_sub(y), '-'),
            Arithmetic::Multiply => (x.checked_mul(y), '*'),
            Arithmetic::Divide | Arithmetic::Modulo if y == 0 => {
                return Err(format!("division of {x} by zero; test for it before, `n <> 0 AND …`"));
            }
            Arithmetic::Divide => (x.checked_div(y), '/'),
            Arithmetic::Modulo => (Some(x.wrapping_rem(y)), '%'),
        };
        value.ok_or_else(|| format!("{x} {symbol} {y} does not fit in 64 bits"))
    };
    let values: Int64Array = fallible(pairs, (active, scalar, at), compute)?;
    Ok(Operand::new(values, scalar, Type::Int))
}

pub(super) fn float_arithmetic(op: Arithmetic, a: &Operand, b: &Operand) -> Result<Operand> {
    let kernel = match op {
        Arithmetic::Add => numeric::add,
        Arithmetic::Subtract => numeric::sub,
        Arithmetic::Multiply => numeric::mul,
        Arithmetic::Divide => numeric::div,
        Arithmetic::Modulo => numeric::rem,
    };
    let values = kernel(a, b)?;
    Ok(Operand::new(tidy(downcast(&values)?), a.scalar && b.scalar, Type::Float))
}

pub(super) fn negate(of: Operand, active: &BooleanBuffer, at: Position) -> Result<Operand> {
    sign(of, active, at, i64::checked_neg, |v| -v)
}

fn sign(
    of: Operand,
    active: &BooleanBuffer,
    at: Position,
    int: fn(i64) -> Option<i64>,
    float: fn(f64) -> f64,
) -> Result<Operand> {
    let scalar = of.scalar;
    if of.kind == Type::Float {
        return Ok(Operand::new(tidy(&floats(&of)?.unary(float)), scalar, Type::Float));
    }
    let of = coerce(of, Type::Int)?;
    let compute = |v: i64| int(v).ok_or_else(|| format!("{v} without its sign does not fit in 64 bits"));
    let values: Int64Array = fallible(ints(&of)?.iter(), (active, scalar, at), compute)?;
    Ok(Operand::new(values, scalar, Type::Int))
}

/// Functions of fixed arguments, whose number the parser has checked.
pub(super) fn call(call: Call, args: Vec<Operand>, active: &BooleanBuffer, at: Position) -> Result<Operand> {
    let mut args = args.into_iter();
    let first = args.next().unwrap_or_else(|| null(Type::Null));
    if call == Call::Abs {
        return sign(first, active, at, i64::checked_abs, f64::abs);
    }
    let first = coerce(first, Type::Text)?;
    let scalar = first.scalar;
    let values = strings(&first)?;
    let mut second = || coerce(args.next().unwrap_or_else(|| null(Type::Null)), Type::Text);
    Ok(match call {
        Call::Length => {
            let counts = values.iter().map(|v| v.map(|v| v.chars().count() as i64));
            Operand::new(counts.collect::<Int64Array>(), scalar, Type::Int)
        }
        Call::Lower => {
            Operand::new(texts(values.iter().map(|v| v.map(str::to_lowercase)))?, scalar, Type::Text)
        }
        Call::Upper => {
            Operand::new(texts(values.iter().map(|v| v.map(str::to_uppercase)))?, scalar, Type::Text)
        }
        Call::StartsWith => {
            let second = second()?;
            let found = comparison::starts_with(&first, &second)?;
            Operand::new(found, scalar && second.scalar, Type::Bool)
        }
        Call::Contains => {
            let second = second()?;
            let found = comparison::contains(&first, &second)?;
            Operand::new(found, scalar && second.scalar, Type::Bool)
        }
        Call::Coalesce | Call::Abs => first,
    })
}

/// For each row the first value that is not NULL; all `values` are of one kind.
pub(super) fn first_present(values: &[Operand], rows: usize, scalar: bool, kind: Type) -> Result<Operand> {
    let choice = |row: usize| {
        let found = values.iter().enumerate().find(|(_, v)| v.array.is_valid(v.index(row)));
        found.map(|(n, v)| (n, v.index(row)))
    };
    fn each<'v, T: 'static, V>(
        values: &'v [Operand],
        choices: impl Iterator<Item = Option<(usize, usize)>>,
        get: fn(&'v T, usize) -> V,
    ) -> Result<Vec<Option<V>>> {
        let arrays: Vec<&T> = values.iter().map(|v| downcast(&v.array)).collect::<Result<_>>()?;
        Ok(choices.map(|c| c.and_then(|(n, index)| Some(get(arrays.get(n)?, index)))).collect())
    }
    let choices = (0..rows).map(choice);
    Ok(match kind {
        Type::Null | Type::Other => null(Type::Null),
        Type::Bool => {
            let values = each(values, choices, BooleanArray::value)?;
            Operand::new(BooleanArray::from(values), scalar, kind)
        }
        Type::Int | Type::Gender => {
            let values = each(values, choices, Int64Array::value)?;
            Operand::new(Int64Array::from(values), scalar, kind)
        }
        Type::Float => {
            let values = each(values, choices, Float64Array::value)?;
            Operand::new(Float64Array::from(values), scalar, kind)
        }
        Type::Text => {
            let values = each(values, choices, StringArray::value)?;
            Operand::new(texts(values.into_iter())?, scalar, kind)
        }
    })
}

/// `IN` by look-up, where the list is the same for all rows; `None` where it is not.
pub(super) fn in_set(of: &Operand, list: &[Operand], kind: Type) -> Result<Option<Operand>> {
    if list.len() < 4 || list.iter().any(|v| !v.scalar) {
        return Ok(None);
    }
    let null = list.iter().any(|v| v.array.is_null(0));
    let present: Vec<&Operand> = list.iter().filter(|v| v.array.is_valid(0)).collect();
    let answer = |found: bool| if found || !null { Some(found) } else { None };
    let found: BooleanArray = match kind {
        Type::Int | Type::Gender => {
            let set: BTreeSet<i64> =
                present.into_iter().map(|v| Ok(ints(v)?.value(0))).collect::<Result<_>>()?;
            ints(of)?.iter().map(|v| answer(set.contains(&v?))).collect()
        }
        Type::Text => {
            let set: BTreeSet<&str> =
                present.into_iter().map(|v| Ok(strings(v)?.value(0))).collect::<Result<_>>()?;
            strings(of)?.iter().map(|v| answer(set.contains(v?))).collect()
        }
        _ => return Ok(None),
    };
    Ok(Some(Operand::new(found, of.scalar, Type::Bool)))
}

/// The `CAST` of values whose types [`check`](super::check) allows.
pub(super) fn cast(of: Operand, to: CastTo, active: &BooleanBuffer, at: Position) -> Result<Operand> {
    let scalar = of.scalar;
    let rows = (active, scalar, at);
    let no = |v: &str, what: &str| {
        let shown: String = v.chars().take(40).collect();
        format!("'{shown}' is no {what}; TRY_CAST gives NULL for it")
    };
    // A class label is cast to text as its name, to a number as its number.
    let of = match (of.kind, to) {
        (Type::Gender, CastTo::Text) => coerce(of, Type::Text)?,
        (Type::Gender, _) => coerce(of, Type::Int)?,
        _ => of,
    };
    let kind = match to {
        CastTo::Bool => Type::Bool,
        CastTo::Int => Type::Int,
        CastTo::Real | CastTo::Double => Type::Float,
        CastTo::Text => Type::Text,
    };
    let cast = match (of.kind, kind) {
        (Type::Null, _) => coerce(of, kind)?,
        (a, b) if a == b => of,
        (Type::Int, Type::Float) => coerce(of, Type::Float)?,
        (Type::Int, Type::Bool) => {
            let values = ints(&of)?.iter().map(|v| v.map(|v| v != 0));
            Operand::new(values.collect::<BooleanArray>(), scalar, kind)
        }
        (Type::Bool, Type::Int) => {
            let values = bools(&of.array)?.iter().map(|v| v.map(i64::from));
            Operand::new(values.collect::<Int64Array>(), scalar, kind)
        }
        (Type::Float, Type::Int) => {
            // 2⁶³ is the first float past the integers; -2⁶³ is the least integer itself.
            let compute = |v: f64| match v.trunc() {
                t if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&t) => Ok(t as i64),
                _ => Err(no(&v.to_string(), "64-bit integer")),
            };
            Operand::new(fallible::<_, _, Int64Array>(floats(&of)?.iter(), rows, compute)?, scalar, kind)
        }
        (Type::Text, Type::Int) => {
            let compute = |v: &str| v.trim().parse::<i64>().map_err(|_| no(v, "64-bit integer"));
            Operand::new(fallible::<_, _, Int64Array>(strings(&of)?.iter(), rows, compute)?, scalar, kind)
        }
        (Type::Text, Type::Float) => {
            let compute = |v: &str| v.trim().parse::<f64>().map_err(|_| no(v, "number"));
            let values = fallible::<_, _, Float64Array>(strings(&of)?.iter(), rows, compute)?;
            Operand::new(tidy(&values), scalar, kind)
        }
        (Type::Text, Type::Bool) => {
            let compute = |v: &str| match v.trim().to_ascii_lowercase().as_str() {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(no(v, "TRUE or FALSE")),
            };
            Operand::new(fallible::<_, _, BooleanArray>(strings(&of)?.iter(), rows, compute)?, scalar, kind)
        }
        (Type::Bool, Type::Text) => {
            Operand::new(texts(bools(&of.array)?.iter().map(|v| v.map(|v| v.to_string())))?, scalar, kind)
        }
        (Type::Int, Type::Text) => {
            Operand::new(texts(ints(&of)?.iter().map(|v| v.map(|v| v.to_string())))?, scalar, kind)
        }
        (Type::Float, Type::Text) => {
            Operand::new(texts(floats(&of)?.iter().map(|v| v.map(|v| format!("{v:?}"))))?, scalar, kind)
        }
        (from, _) => return Err(FilterError::Arrow(format!("{from:?} cannot be cast"))),
    };
    if to == CastTo::Real {
        let values: Float64Array = floats(&cast)?.unary(|v| f64::from(v as f32));
        return Ok(Operand::new(values, scalar, kind));
    }
    Ok(cast)
}
