//! Words in time: our JSON, and reading them from the forms that others write.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sprog_formats::time::{ctm, textgrid};
use sprog_formats::{EncodingChoice, Limits, decode};

/// A word of a transcript in time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimedWord {
    /// As the transcript has it.
    pub text: String,
    /// Where it starts in the transcript, in code points.
    #[serde(default)]
    pub char_start: Option<usize>,
    /// Where it ends.
    #[serde(default)]
    pub char_end: Option<usize>,
    /// Seconds; `None` where it was not found.
    #[serde(default)]
    pub start: Option<f64>,
    /// Seconds.
    #[serde(default)]
    pub end: Option<f64>,
    /// How sure, 0 to 1.
    #[serde(default)]
    pub score: Option<f32>,
    /// `ok`, `suspect` or `unaligned`.
    #[serde(default)]
    pub status: Option<String>,
}

/// The words of one recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timed {
    /// The recording's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// In the order of the transcript.
    #[serde(default)]
    pub words: Vec<TimedWord>,
    /// Phones, where they are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<TimedPhone>,
    /// What the alignment came to.
    #[serde(default)]
    pub status: Option<String>,
}

/// A phone in time, in seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimedPhone {
    /// Its symbol.
    #[serde(alias = "label")]
    pub phone: String,
    /// Where it starts.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
}

impl Timed {
    /// The words, or the phones where the tier is called so.
    fn tier(self, tier: &str) -> Vec<TimedWord> {
        if tier != "phones" {
            return self.words;
        }
        self.phones.into_iter().map(|p| timed(&p.phone, p.start, p.end)).collect()
    }
}

/// Reads words in time of one or many recordings by id: a TextGrid, a CTM, our JSON, JSON lines, or a folder of
/// such files. Where a folder has several forms of a recording the JSON is read. `tier` is that of TextGrids; in JSON
/// `phones` gives the phones.
///
/// # Errors
/// Those of the file system, and for files that do not follow their format or hold no tier of the name.
pub fn read(path: &Path, tier: &str) -> Result<BTreeMap<String, Vec<TimedWord>>> {
    let mut found = BTreeMap::new();
    if path.is_dir() {
        let mut files: Vec<_> = fs::read_dir(path)
            .and_then(|dir| dir.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<_>>())
            .map_err(sprog_datasets::Error::io(path))?;
        // By name with JSON last, which stands over the others.
        files.sort_by_key(|file| (extension(file) == "json", file.clone()));
        for file in files.iter().filter(|f| ["json", "textgrid", "ctm"].contains(&extension(f).as_str())) {
            found.extend(read_file(file, tier)?);
        }
    } else {
        found = read_file(path, tier)?;
    }
    if found.is_empty() {
        bail!("{}: no TextGrid, CTM or JSON with words in time", path.display());
    }
    Ok(found)
}

fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

fn read_file(path: &Path, tier: &str) -> Result<BTreeMap<String, Vec<TimedWord>>> {
    let shown = || path.display().to_string();
    let bytes = fs::read(path).map_err(sprog_datasets::Error::io(path))?;
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let limits = Limits::default();
    match extension(path).as_str() {
        "textgrid" => {
            let grid = textgrid::read(&bytes, &limits).with_context(shown)?.value;
            let names: Vec<&str> = grid.tiers.iter().map(|t| t.name.as_str()).collect();
            let Some(found) = grid.tiers.iter().find(|t| t.name == tier) else {
                bail!("{}: no tier {tier:?}; there are {names:?}", path.display());
            };
            let textgrid::Items::Intervals(intervals) = &found.items else {
                bail!("{}: the tier {tier:?} holds points, not intervals", path.display());
            };
            let words = intervals.iter().filter(|i| !i.text.trim().is_empty());
            let words = words.map(|i| timed(i.text.trim(), i.xmin, i.xmax)).collect();
            Ok([(stem, words)].into())
        }
        "ctm" => {
            let text = decode(&bytes, EncodingChoice::Detect).value.0;
            let mut out: BTreeMap<String, Vec<TimedWord>> = BTreeMap::new();
            for word in ctm::read(&text, &limits).with_context(shown)?.value {
                let end = word.start + word.duration;
                out.entry(word.utterance).or_default().push(timed(&word.word, word.start, end));
            }
            Ok(out)
        }
        _ => {
            let text = std::str::from_utf8(&bytes).with_context(shown)?;
            if let Ok(one) = serde_json::from_str::<Timed>(text) {
                return Ok([(one.id.clone().unwrap_or(stem), one.tier(tier))].into());
            }
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
            lines
                .map(|(number, line)| {
                    let at = || format!("{}, line {}", path.display(), number + 1);
                    let one: Timed = serde_json::from_str(line).with_context(at)?;
                    let id = one.id.clone().with_context(|| format!("{}: no `id`", at()))?;
                    Ok((id, one.tier(tier)))
                })
                .collect()
        }
    }
}

fn timed(text: &str, start: f64, end: f64) -> TimedWord {
    TimedWord { text: text.to_owned(), start: Some(start), end: Some(end), ..TimedWord::default() }
}
