use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, Float32Array, Int32Array, Int64Array, StringArray, StructArray};
use arrow::array::{BooleanArray, Float64Array, RecordBatch};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Schema};
use sprog_datasets::schema;

use super::{Filter, FilterError, Position};

const T: Option<bool> = Some(true);
const F: Option<bool> = Some(false);
const N: Option<bool> = None;

/// Three rows; `quality` is NULL in the last, though values are stored below it.
fn batch() -> RecordBatch {
    let fields = vec![
        Arc::new(Field::new("peak", DataType::Float32, true)),
        Arc::new(Field::new("problems", DataType::Int32, true)),
        Arc::new(Field::new("garbled", DataType::Boolean, true)),
    ];
    let quality: Vec<ArrayRef> = vec![
        Arc::new(Float32Array::from(vec![Some(0.1), Some(0.5), Some(0.9)])),
        Arc::new(Int32Array::from(vec![Some(0), None, Some(2)])),
        Arc::new(BooleanArray::from(vec![N, T, F])),
    ];
    let nulls = NullBuffer::from(vec![true, true, false]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("text", Arc::new(StringArray::from(vec![Some("Rødgrød 100%"), Some("a_b\nc"), None]))),
        ("gender", Arc::new(Int64Array::from(vec![Some(0), Some(1), None]))),
        ("n", Arc::new(Int64Array::from(vec![Some(7), Some(0), None]))),
        ("big", Arc::new(Int64Array::from(vec![i64::MIN, i64::MAX, -1]))),
        ("x", Arc::new(Float64Array::from(vec![Some(-0.0), Some(f64::NAN), None]))),
        ("yes", Arc::new(BooleanArray::from(vec![T, F, N]))),
        ("raw", Arc::new(BinaryArray::from_opt_vec(vec![Some(b"a"), None, Some(b"c")]))),
        ("quality", Arc::new(StructArray::new(fields.into(), quality, Some(nulls)))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).expect("batch")
}

/// The value for each row, the same when the first row is cut off.
fn values(expression: &str) -> Vec<Option<bool>> {
    let filter = Filter::parse(expression).unwrap_or_else(|e| panic!("{expression}: {e}"));
    let evaluate = |batch: &RecordBatch| -> Vec<Option<bool>> {
        filter.evaluate(batch).unwrap_or_else(|e| panic!("{expression}: {e}")).iter().collect()
    };
    let whole = evaluate(&batch());
    assert_eq!(evaluate(&batch().slice(1, 2)), whole[1..], "{expression}, sliced");
    whole
}

fn error(expression: &str) -> FilterError {
    match Filter::parse(expression).and_then(|f| f.evaluate(&batch())) {
        Ok(values) => panic!("{expression}: {values:?}"),
        Err(e) => e,
    }
}

#[test]
fn three_valued_logic() {
    let name = |v| match v {
        T => "TRUE",
        F => "FALSE",
        N => "NULL",
    };
    for a in [T, F, N] {
        for b in [T, F, N] {
            let and = if a == F || b == F { F } else { a.and(b) };
            let or = if a == T || b == T { T } else { a.and(b) };
            assert_eq!(values(&format!("{} AND {}", name(a), name(b))), [and; 3], "{a:?} AND {b:?}");
            assert_eq!(values(&format!("{} OR {}", name(a), name(b))), [or; 3], "{a:?} OR {b:?}");
            let equal = a.zip(b).map(|(a, b)| a == b);
            assert_eq!(values(&format!("{} = {}", name(a), name(b))), [equal; 3], "{a:?} = {b:?}");
        }
        assert_eq!(values(&format!("NOT {}", name(a))), [a.map(|a| !a); 3]);
        assert_eq!(values(&format!("{} IS TRUE", name(a))), [Some(a == T); 3]);
        assert_eq!(values(&format!("{} IS NOT FALSE", name(a))), [Some(a != F); 3]);
        assert_eq!(values(&format!("{} IS UNKNOWN", name(a))), [Some(a == N); 3]);
    }
}

#[test]
fn each_construct() {
    let cases: &[(&str, [Option<bool>; 3])] = &[
        ("yes", [T, F, N]),
        ("n = 7", [T, F, N]),
        ("7 <> n", [F, T, N]),
        ("n < 7 OR n >= 7", [T, T, N]),
        ("n > 6.5", [T, F, N]),
        ("text IS NULL", [F, F, T]),
        ("raw IS NOT NULL", [T, F, T]),
        ("(n + 1) * 2 = 16", [T, F, N]),
        ("n / 2 = 3 AND n % 2 = 1 AND -n = -7 AND n - 8 = -1", [T, F, N]),
        ("n / 2.0 = 3.5", [T, F, N]),
        ("n BETWEEN 1 AND 7", [T, F, N]),
        ("n NOT BETWEEN 1 AND 7", [F, T, N]),
        ("n BETWEEN 1 AND NULL", [N, F, N]),
        ("n IN (7, 8)", [T, F, N]),
        ("n IN (1, 2, 3, 4, 7)", [T, F, N]),
        ("n IN (1, 2, 3, 4, 7, NULL)", [T, N, N]),
        ("n NOT IN (7, NULL)", [F, N, N]),
        ("n IN (0.0, n)", [T, T, N]),
        ("text IN ('a', 'b', 'c', 'd', 'Rødgrød 100%')", [T, F, N]),
        ("text LIKE 'R_dgr_d%'", [T, F, N]),
        ("text LIKE '%100\\%'", [T, F, N]),
        ("text LIKE '%100!%' ESCAPE '!'", [T, F, N]),
        ("text LIKE 'a!_b_c' ESCAPE '!'", [F, T, N]),
        ("text LIKE 'axb%'", [F, F, N]),
        ("text ILIKE 'rØDGRØD%'", [T, F, N]),
        ("text NOT ILIKE 'rØDGRØD%'", [F, T, N]),
        ("text NOT LIKE 'R%'", [F, T, N]),
        ("length(text) = 12", [T, F, N]),
        ("lower(text) = 'rødgrød 100%'", [T, F, N]),
        ("upper(text) = 'RØDGRØD 100%'", [T, F, N]),
        ("coalesce(text, 'intet') = 'intet'", [F, F, T]),
        ("coalesce(NULL, n, 3) = 3", [F, F, T]),
        ("coalesce(yes, TRUE)", [T, F, T]),
        ("abs(n - 8) = 1", [T, F, N]),
        ("abs(-1.5) = 1.5", [T, T, T]),
        ("starts_with(text, 'Rød')", [T, F, N]),
        ("contains(text, 'grød')", [T, F, N]),
        ("CAST(n AS TEXT) = '7'", [T, F, N]),
        ("n::text = '7'", [T, F, N]),
        ("CAST('12' AS BIGINT) = 12 AND CAST(' 1.5 ' AS DOUBLE) = 1.5", [T, T, T]),
        ("CAST(n AS BOOLEAN) AND CAST('TRUE' AS BOOLEAN) AND CAST(-1.9 AS BIGINT) = -1", [T, F, N]),
        ("CAST(1.0 AS TEXT) = '1.0' AND CAST(yes AS TEXT) = 'true' AND CAST(yes AS BIGINT) = 1", [T, F, N]),
        ("TRY_CAST(text AS BIGINT) IS NULL", [T, T, T]),
        ("NULL", [N, N, N]),
        ("n = NULL", [N, N, N]),
        ("\"text\" = text", [T, T, N]),
        ("big = -9223372036854775808", [T, F, F]),
        ("big % -1 = 0", [T, T, T]),
        // Total order would tell the zeros apart; NaN is the greatest number, and equal to itself.
        ("x = 0", [T, F, N]),
        ("x > 1e308 AND x = x", [F, T, N]),
        ("1 / 0.0 > 1e308", [T, T, T]),
        ("n > 1 -- en kommentar", [T, F, N]),
    ];
    for (expression, expected) in cases {
        assert_eq!(values(expression), expected, "{expression}");
    }
}

#[test]
fn fields_of_structs() {
    for peak in ["quality.peak", "quality['peak']", "\"quality\".\"peak\""] {
        // 0.9 is stored below a NULL struct.
        assert_eq!(values(&format!("{peak} > 0.3")), [F, T, N], "{peak}");
    }
    assert_eq!(values("quality.problems IS NULL"), [F, T, T]);
    assert_eq!(values("quality IS NULL"), [F, F, T]);
    assert_eq!(values("NOT quality.garbled"), [N, F, N]);
    // A 32-bit 0.1 is not the decimal 0.1.
    assert_eq!(values("quality.peak = 0.1"), [F, F, N]);
    assert_eq!(values("quality.peak = CAST(0.1 AS REAL)"), [T, F, N]);
    assert_eq!(values("quality.peak = 0.5"), [F, T, N]);
    let filter =
        Filter::parse("quality.peak > 0 AND lower(text) IN ('a', gender) OR n = -quality['problems']");
    assert_eq!(filter.expect("parses").columns(), ["gender", "n", "quality", "text"]);
}

#[test]
fn gender_goes_by_its_names() {
    assert_eq!(values("gender = 'female'"), [T, F, N]);
    assert_eq!(values("'male' <> gender"), [T, F, N]);
    assert_eq!(values("gender IN ('male', 'other')"), [F, T, N]);
    assert_eq!(values("gender = 1"), [F, T, N]);
    assert_eq!(values("coalesce(gender, 'ukendt') = 'ukendt'"), [F, F, T]);
    assert_eq!(values("CAST(gender AS TEXT) LIKE 'f%' AND CAST(gender AS BIGINT) = 0"), [T, F, N]);
    for wrong in ["gender = 'kvinde'", "gender IN ('female', 'kvinde')"] {
        let message = error(wrong).to_string();
        assert!(message.contains("female, male, other") && message.contains("'kvinde'"), "{message}");
    }
}

#[test]
fn every_column_of_our_tables_can_be_named() {
    for table in [schema::text(), schema::speech(schema::SpeechColumns { vad: true, input_features: true })] {
        for field in table.fields() {
            for expression in
                [format!("{} IS NULL", field.name()), format!("1 = 1 AND {} IS NULL", field.name())]
            {
                let filter = Filter::parse(&expression).unwrap_or_else(|e| panic!("{expression}: {e}"));
                assert_eq!(filter.columns(), [field.name()]);
                filter.check(&table).unwrap_or_else(|e| panic!("{expression}: {e}"));
            }
        }
    }
}

#[test]
fn what_a_row_rules_out_cannot_fail() {
    assert_eq!(values("n <> 0 AND 14 / n = 2"), [T, F, N]);
    assert_eq!(values("n = 0 OR 14 / n = 2"), [T, T, N]);
    assert_eq!(values("coalesce(n, CAST(text AS BIGINT)) = 7"), [T, F, N]);
    assert_eq!(values("FALSE AND 1 / 0 = 1"), [F, F, F]);
}

#[test]
fn failures_of_values_are_errors_with_a_place() {
    for (expression, column, part) in [
        ("14 / n = 2", 1, "division of 14 by zero"),
        ("1 = 1 AND 14 % n = 2", 11, "division of 14 by zero"),
        ("1 / 0 = 1", 1, "division of 1 by zero"),
        ("big + 1 > 0", 1, "9223372036854775807 + 1 does not fit"),
        ("big * 2 > 0", 1, "does not fit"),
        ("big / -1 > 0", 1, "does not fit"),
        ("-big > 0", 2, "does not fit"),
        ("abs(big) > 0", 1, "does not fit"),
        ("CAST(text AS BIGINT) > 0", 6, "'Rødgrød 100%' is no 64-bit integer; TRY_CAST"),
        ("CAST(x AS BIGINT) > 0", 6, "'NaN' is no 64-bit integer"),
        ("CAST(9223372036854775808.0 AS BIGINT) > 0", 6, "is no 64-bit integer"),
        ("TRY_CAST(1 / 0 AS BIGINT) > 0", 10, "division of 1 by zero"),
    ] {
        let e = error(expression);
        assert!(matches!(e, FilterError::Value { .. }) && e.to_string().contains(part), "{expression}: {e}");
        assert_eq!(e.position(), Some(Position { line: 1, column }), "{expression}: {e}");
    }
    let empty = batch().slice(0, 0);
    assert_eq!(
        Filter::parse("1 / 0 = 1 OR 2 = n").expect("parses").evaluate(&empty).expect("no row").len(),
        0
    );
}

#[test]
fn unknown_columns_are_named_with_what_there_is() {
    let e = error("n = 1 AND txet = 'a'");
    assert_eq!(e.position(), Some(Position { line: 1, column: 11 }));
    let message = e.to_string();
    assert!(
        message.contains("`txet` (did you mean `text`?)") && message.contains("gender, n, big"),
        "{message}"
    );
    let message = error("text = \"Rødgrød\"").to_string();
    assert!(message.contains("for a string write 'Rødgrød'"), "{message}");
    let message = error("quality.peek > 0").to_string();
    assert!(message.contains("`quality.peek` (did you mean `peak`?); there are peak, problems"), "{message}");
    let message = error("text.peek > 0").to_string();
    assert!(message.contains("`text` is no struct"), "{message}");
    let build =
        Schema::new(vec![Field::new("id", DataType::Utf8, true), Field::new("__hash", DataType::Utf8, true)]);
    let e = Filter::parse("idd = 'a'").expect("parses").check(&build).expect_err("no idd");
    assert!(!e.to_string().contains("__hash"), "{e}");
}

#[test]
fn types_that_do_not_fit_are_refused_before_any_data() {
    for (expression, column, part) in [
        ("n", 1, "a filter needs a condition, not an integer"),
        ("text = 1", 8, "text on one side and an integer on the other; CAST"),
        ("n = 1 AND text", 11, "AND needs a condition, not text"),
        ("NOT n", 5, "NOT needs a condition"),
        ("n LIKE 'a'", 1, "LIKE needs text, not an integer"),
        ("text + 1 = 2", 1, "`+` needs numbers, not text"),
        ("length(n) = 1", 8, "length needs text"),
        ("abs(text) = 1", 5, "abs needs a number"),
        ("raw = 'a'", 1, "only IS NULL"),
        ("quality = 1", 1, "only IS NULL"),
        ("n IN (1, 'a')", 10, "IN has"),
        ("coalesce(n, 'a') = 1", 13, "coalesce has"),
        ("CAST(x AS BOOLEAN)", 6, "cannot be cast"),
    ] {
        let schema = batch().schema();
        let e = Filter::parse(expression).expect(expression).check(&schema).expect_err(expression);
        assert!(matches!(e, FilterError::Type { .. }) && e.to_string().contains(part), "{expression}: {e}");
        assert_eq!(e.position(), Some(Position { line: 1, column }), "{expression}: {e}");
    }
}

#[test]
fn what_filters_lack_is_quoted_and_points_to_sql() {
    for (expression, column, part) in [
        ("n = 1 AND CASE WHEN yes THEN TRUE END", 11, "CASE (`CASE WHEN yes THEN TRUE END`)"),
        ("n IN (SELECT 1)", 1, "a subquery"),
        ("EXISTS (SELECT 1)", 9, "a subquery"),
        ("text || 'a' = 'b'", 1, "the operator `||`"),
        ("yes AND regexp_like(text, 'a')", 9, "the function `regexp_like`"),
        ("trim(text) = 'a'", 6, "the function `trim`"),
        ("text SIMILAR TO 'a'", 1, "a regular expression"),
        ("n IS DISTINCT FROM 1", 1, "IS DISTINCT FROM"),
        ("CAST(n AS DATE) = 1", 6, "a CAST to a type other than"),
        ("words[1] = 'a'", 1, "an element of a list"),
        ("x'00' = raw", 1, "this kind of literal"),
        ("length(DISTINCT text) = 1", 1, "clauses"),
        ("text LIKE 'a' ESCAPE 'ab'", 11, "ESCAPE of more than one"),
        ("(n, 1) = (1, 1)", 2, "a tuple"),
    ] {
        let e = error(expression);
        assert!(matches!(e, FilterError::Unsupported { .. }), "{expression}: {e:?}");
        assert_eq!(e.position(), Some(Position { line: 1, column }), "{expression}: {e}");
        let message = e.to_string();
        assert!(message.contains(part) && message.contains("starts_with"), "{expression}: {message}");
        assert!(message.ends_with("feature `sql`"), "{expression}: {message}");
    }
}

#[test]
fn what_is_no_sql_is_a_syntax_error_with_a_place() {
    for (expression, line, column) in [
        ("", 1, 1),
        ("n = ", 1, 1),
        ("n = 1 n", 1, 7),
        ("n =\n = 1", 2, 2),
        ("n = 'a", 1, 5),
        ("n = 1; DROP TABLE x", 1, 6),
        ("n = 99999999999999999999", 1, 5),
        ("n = 1e999", 1, 5),
        ("length(text, text) = 1", 1, 1),
    ] {
        let e = error(expression);
        assert!(matches!(e, FilterError::Syntax { .. }), "{expression}: {e:?}");
        assert_eq!(e.position(), Some(Position { line, column }), "{expression}: {e}");
    }
    let text = "n > 1\n\tAND txet = ''";
    assert_eq!(error(text).caret(text).expect("caret"), "\tAND txet = ''\n\t    ^");
}

#[test]
fn hostile_depth_and_length_are_refused_on_a_small_stack() {
    let deep = |open: &str, close: &str, n: usize| format!("{}n = 1{}", open.repeat(n), close.repeat(n));
    let run = move || {
        for (text, what) in [
            (deep("(", ")", 100_000), "parentheses"),
            (deep("NOT ", "", 900), "NOT"),
            (deep("- ", "", 900), "minus"),
            (deep("CASE WHEN ", "", 900), "CASE"),
            (deep("INTERVAL ", "", 900), "INTERVAL"),
            (format!("CAST(n AS {}BIGINT{})", "ARRAY<".repeat(300), ">".repeat(300)), "types"),
            (format!("n = 1{}", " + 1".repeat(900)), "sums"),
            (format!("n = 1{}", "::BIGINT".repeat(400)), "casts"),
            (format!("n{} = 1", "[1]".repeat(300)), "subscripts"),
            (format!("n{}", " IS NULL".repeat(400)), "IS NULL"),
            (format!("n = 1{}", " OR n = 1".repeat(100_000)), "length"),
            (format!("n = 1{}", " OR n = 1".repeat(2_000)), "tokens"),
            (format!("f{} = 1", "(1)".repeat(300)), "calls"),
            (deep("(", "", 24), "open parentheses"),
            (deep("f((", "", 12), "open calls"),
            (deep("[", "", 24), "open lists"),
            (deep("{a: ", "", 24), "open maps"),
            (deep("CASE (", "", 24), "open cases"),
            (deep("(SELECT ", "", 24), "open queries"),
            (deep("f(x -> ", "", 24), "open lambdas"),
            (deep("CAST(", "", 24), "open casts"),
        ] {
            let e = Filter::parse(&text).expect_err(what);
            assert!(e.to_string().len() < 600, "{what}: {e}");
        }
        // What people write is within the bounds.
        let long = format!("n = 1{}", " OR n = 7".repeat(240));
        assert_eq!(values(&long), [T, F, N]);
        let ids: Vec<String> = (0..20_000).map(|n| n.to_string()).collect();
        assert_eq!(values(&format!("n IN ({})", ids.join(","))), [T, T, N]);
        assert_eq!(values(&deep("(", ")", 20)), [F, F, N]);
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("thread");
    thread.join().expect("no overflow");
}

/// A condition over `yes`, `n` and NULL, and its value by the definition, one row at a time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn condition(&mut self, depth: u64) -> (String, [Option<bool>; 3]) {
        let each = |a: [Option<bool>; 3],
                    b: [Option<bool>; 3],
                    op: fn(Option<bool>, Option<bool>) -> Option<bool>| {
            [op(a[0], b[0]), op(a[1], b[1]), op(a[2], b[2])]
        };
        let pick = if depth == 0 { self.below(5) } else { self.below(9) };
        match pick {
            0 => ("yes".into(), [T, F, N]),
            1 => ("n > 3".into(), [T, F, N]),
            2 => ("n IS NULL".into(), [F, F, T]),
            3 => ("NULL".into(), [N; 3]),
            4 => ("n = 0".into(), [F, T, N]),
            5 => {
                let (text, value) = self.condition(depth - 1);
                (format!("NOT ({text})"), value.map(|v| v.map(|v| !v)))
            }
            6 => {
                let (text, value) = self.condition(depth - 1);
                (format!("({text}) IS NOT TRUE"), value.map(|v| Some(v != T)))
            }
            n => {
                let ((a, x), (b, y)) = (self.condition(depth - 1), self.condition(depth - 1));
                let and = |a, b| if a == F || b == F { F } else { Option::and(a, b) };
                let or = |a, b| if a == T || b == T { T } else { Option::and(a, b) };
                match n {
                    7 => (format!("({a}) AND ({b})"), each(x, y, and)),
                    _ => (format!("({a}) OR ({b})"), each(x, y, or)),
                }
            }
        }
    }
}

#[test]
fn random_conditions_agree_with_the_definition() {
    let mut random = Random(1);
    for _ in 0..500 {
        let (text, expected) = random.condition(5);
        assert_eq!(values(&text), expected, "{text}");
    }
}
