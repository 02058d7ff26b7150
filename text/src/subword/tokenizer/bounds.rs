//! What the crate `tokenizers` would try with a hostile file, whatever memory or time it takes.

use serde_json::Value;

use super::Error;
use super::json::File;
use crate::codes::TOKENIZER_JSON;

/// Ids that a text may be padded or cut to.
const LONGEST: u64 = 1 << 24;
/// How many times longer a text may become by the replacements of a file.
const MOST_GROWTH: usize = 1 << 12;

/// An error for a file that could not be used without harm.
pub(super) fn check(file: &File<'_>) -> Result<(), Error> {
    for (name, part) in [("padding", &file.padding), ("truncation", &file.truncation)] {
        if part.as_ref().is_some_and(|part| has_number_over(part, LONGEST)) {
            return Err(Error::new(TOKENIZER_JSON, format!("{name}: a number over the limit of {LONGEST}")));
        }
    }
    for (name, part) in [("normalizer", &file.normalizer), ("decoder", &file.decoder)] {
        if part.as_ref().is_some_and(|part| growth(part) > MOST_GROWTH) {
            return Err(Error::new(
                TOKENIZER_JSON,
                format!("{name}: replacements that make a text over {MOST_GROWTH} times as long"),
            ));
        }
    }
    Ok(())
}

fn has_number_over(value: &Value, limit: u64) -> bool {
    match value {
        Value::Number(number) => number.as_u64().is_none_or(|n| n > limit),
        Value::Array(values) => values.iter().any(|v| has_number_over(v, limit)),
        Value::Object(fields) => fields.values().any(|v| has_number_over(v, limit)),
        _ => false,
    }
}

/// How many times longer a text can become: what is put in for one character, and for what comes of that.
fn growth(value: &Value) -> usize {
    let parts = |values: &mut dyn Iterator<Item = &Value>| values.map(growth).fold(1, usize::saturating_mul);
    match value {
        Value::Array(values) => parts(&mut values.iter()),
        Value::Object(fields) => {
            let content = fields.get("content").and_then(Value::as_str).map_or(1, |c| c.len().max(1));
            parts(&mut fields.values()).saturating_mul(content)
        }
        _ => 1,
    }
}
