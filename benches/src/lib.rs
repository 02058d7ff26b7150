//! Benchmarks against what users would pick instead. The figures are in RESULTS.md.
//!
//! Here is what the examples share.

use std::io::{self, BufRead, BufReader};

/// The texts of a JSON Lines file, from its start until they have `limit` bytes, and how many they have.
///
/// A line without `text` is an empty one.
///
/// # Errors
/// Those of the file, and of a line that is not JSON.
pub fn texts(path: &str, limit: usize) -> io::Result<(Vec<String>, usize)> {
    let (mut texts, mut size) = (Vec::new(), 0);
    for line in BufReader::new(std::fs::File::open(path)?).lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let text = row["text"].as_str().unwrap_or_default().to_owned();
        size += text.len();
        texts.push(text);
        if size >= limit {
            break;
        }
    }
    Ok((texts, size))
}

/// CPU seconds of this process, to a hundredth (Linux; 0 elsewhere).
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// The most memory that this process has had, in MB (Linux; 0 elsewhere).
pub fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
