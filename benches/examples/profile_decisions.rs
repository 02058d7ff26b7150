//! Reads JSON lines with `text`, `words`, `sentences` (byte ranges) and stop words; prints what each preset
//! decides, and all values. With `--own-view` words and sentences are ours. For `benches/peers/profile.py`.
#![allow(clippy::print_stdout, missing_docs)]

use std::io::{BufRead, Write};
use std::ops::Range;

use serde_json::{Map, Value};
use sprog_text::profile::{self, Preset, Profile, Profiler, TokenView};

fn ranges(value: &Value) -> Vec<Range<usize>> {
    let end = |value: &Value| value.as_u64().unwrap_or(0) as usize;
    value.as_array().into_iter().flatten().map(|pair| end(&pair[0])..end(&pair[1])).collect()
}

fn words(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let own = std::env::args().any(|argument| argument == "--own-view");
    let mut out = std::io::stdout().lock();
    let mut profilers: Vec<(Vec<String>, Profiler)> = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let row: Value = serde_json::from_str(&line?)?;
        let text = row["text"].as_str().ok_or("a row has no text")?;
        let (given, sentences) = (ranges(&row["words"]), ranges(&row["sentences"]));
        let view = TokenView { words: &given, sentences: &sentences };
        let mut measure = |stop: &[&str]| -> Profile {
            let at = profilers.iter().position(|(list, _)| list == stop).unwrap_or_else(|| {
                profilers.push((stop.iter().map(|&word| word.to_owned()).collect(), Profiler::new(stop)));
                profilers.len() - 1
            });
            let profiler = &mut profilers[at].1;
            if own { profiler.profile(text) } else { profiler.profile_view(text, &view) }
        };
        let measured = measure(&words(&row["stop_words"]));
        let for_fineweb_2 = measure(&words(&row["fineweb2_stop_words"]));
        let decisions: Map<String, Value> = Preset::ALL
            .into_iter()
            .map(|preset| {
                let profile = if preset == Preset::FineWeb2Danish { &for_fineweb_2 } else { &measured };
                let rule = preset.check(profile).map_or(Value::Null, |reason| reason.rule.into());
                (preset.name().to_owned(), rule)
            })
            .collect();
        let values: Map<String, Value> = Profile::fields()
            .iter()
            .zip(measured.values())
            .map(|(field, value)| {
                let value = match value {
                    profile::Value::U32(value) => value.into(),
                    profile::Value::F32(value) => f64::from(value).into(),
                    profile::Value::Bool(value) => value.into(),
                };
                (field.name.to_owned(), value)
            })
            .collect();
        let row = serde_json::json!({ "decisions": decisions, "values": values });
        writeln!(out, "{row}")?;
    }
    Ok(())
}
