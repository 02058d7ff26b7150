//! JSON Lines: one JSON object a line.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Takes named top-level fields out of one line, in the order asked for.
///
/// Strings are unescaped; numbers are given in their shortest form and booleans as JSON writes them; `null` and missing
/// fields are `None`; arrays and objects as their JSON text. Fields not asked for are skipped
/// without being built, so wide records cost little.
///
/// # Errors
/// What is wrong with the line, with its column.
///
/// ```
/// use sprog_formats::text::jsonl::fields;
/// let line = r#"{"id": 7, "text": "bl\u00e5b\u00e6r", "meta": {"a": [1]}}"#;
/// let got = fields(line.as_bytes(), &["text", "id", "author"])?;
/// assert_eq!(got, [Some("blåbær".to_owned()), Some("7".to_owned()), None]);
/// # Ok::<(), String>(())
/// ```
pub fn fields(line: &[u8], wanted: &[&str]) -> Result<Vec<Option<String>>, String> {
    // Checked once for the line, which is faster than string by string.
    let line = simdutf8::basic::from_utf8(line).map_err(|_| "not UTF-8".to_owned())?;
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let row = Row(wanted).deserialize(&mut deserializer).map_err(|e| describe(&e))?;
    deserializer.end().map_err(|e| describe(&e))?;
    Ok(row)
}

/// What is wrong and where, without a word of the content: it may be personal.
fn describe(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "the line ends in the middle of a value",
        serde_json::error::Category::Data => "not a JSON object",
        serde_json::error::Category::Syntax if error.to_string().starts_with("recursion") => {
            "nested too deep"
        }
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "not valid JSON",
    };
    format!("{what}, at column {}", error.column())
}

struct Row<'w>(&'w [&'w str]);

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Vec<Option<String>>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Vec<Option<String>>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut row = vec![None; self.0.len()];
        while let Some(key) = map.next_key_seed(Key)? {
            match self.0.iter().position(|w| *w == key) {
                Some(index) => row[index] = map.next_value_seed(Scalar)?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(row)
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_borrowed_str<E: de::Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }
    fn visit_str<E: de::Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

struct Scalar;

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Option<String>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Option<String>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
        Ok(Some(v.to_owned()))
    }
    fn visit_string<E: de::Error>(self, v: String) -> Result<Self::Value, E> {
        Ok(Some(v))
    }
    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Self::Value, E> {
        Ok(Some(v.to_string()))
    }
    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Self::Value, E> {
        Ok(Some(v.to_string()))
    }
    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Self::Value, E> {
        Ok(Some(v.to_string()))
    }
    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Self::Value, E> {
        Ok(Some(v.to_string()))
    }
    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<serde_json::Value>()? {
            items.push(item);
        }
        Ok(Some(serde_json::Value::Array(items).to_string()))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = serde_json::Map::new();
        while let Some((key, value)) = map.next_entry::<String, serde_json::Value>()? {
            object.insert(key, value);
        }
        Ok(Some(serde_json::Value::Object(object).to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_kind() {
        let line = br#"{"a":1,"b":2.5,"c":true,"d":null,"e":["x",1],"f":{"k":"v"},"g":"\u00c5\n"}"#;
        let got = fields(line, &["a", "b", "c", "d", "e", "f", "g", "h"]).expect("parses");
        let got: Vec<&str> = got.iter().map(|v| v.as_deref().unwrap_or("-")).collect();
        assert_eq!(got, ["1", "2.5", "true", "-", r#"["x",1]"#, r#"{"k":"v"}"#, "Å\n", "-"]);
    }

    #[test]
    fn an_escaped_key_is_the_same_key() {
        assert_eq!(fields(br#"{"\u0061":"x"}"#, &["a"]), Ok(vec![Some("x".to_owned())]));
    }

    #[test]
    fn broken_lines_say_where() {
        for (line, part) in [
            (&b"{\"a\": 1"[..], "ends in the middle"),
            (b"[1]", "not a JSON object"),
            (b"{\"a\": 1} x", "not valid"),
        ] {
            let message = fields(line, &["a"]).expect_err("broken");
            assert!(message.contains(part) && message.contains("column"), "{message}");
        }
        assert_eq!(fields(b"{\"a\": \"\xff\"}", &["a"]), Err("not UTF-8".to_owned()));
        let deep = [vec![b'{'; 1], b"\"a\":".to_vec(), vec![b'['; 100_000]].concat();
        assert!(fields(&deep, &["a"]).expect_err("deep").contains("too deep"));
    }
}
