//! Statistics of published rows, gathered file by file and merged.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{
    Array, AsArray, Float32Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use arrow::datatypes::Int32Type;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::records::as_strings;
use crate::schema::GENDERS;

/// Rows and what they add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Rows.
    pub rows: u64,
    /// Unicode characters of text.
    pub characters: u64,
    /// Words, see [`sprog_text::count_words`], or what the tokenizer of the recipe counts.
    pub tokens: u64,
    /// Audio, microseconds: whole numbers add up the same in any order.
    pub microseconds: u64,
}

impl Totals {
    fn add(&mut self, other: Totals) {
        self.rows += other.rows;
        self.characters += other.characters;
        self.tokens += other.tokens;
        self.microseconds += other.microseconds;
    }

    /// Hours of audio.
    pub fn hours(&self) -> f64 {
        self.microseconds as f64 / 3.6e9
    }
}

/// What is known of one speaker and how much of them there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speaker {
    /// `female`, `male` or `other`.
    pub gender: Option<String>,
    /// Age group.
    pub age_group: Option<String>,
    /// Dialect.
    pub dialect: Option<String>,
    /// Clips and time.
    pub totals: Totals,
    /// The splits that they are in; more than one is a leak.
    pub splits: BTreeSet<String>,
}

/// Counts in bins of equal width; the first and last take what lies outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Lower edge of the first bin.
    pub from: f64,
    /// Width of a bin.
    pub width: f64,
    /// Rows in each bin.
    pub counts: Vec<u64>,
}

impl Histogram {
    fn new(from: f64, width: f64, bins: usize) -> Self {
        Histogram { from, width, counts: vec![0; bins] }
    }

    fn add(&mut self, value: f64) {
        let last = self.counts.len() as f64 - 1.0;
        let bin = ((value - self.from) / self.width).floor().clamp(0.0, last.max(0.0)) as usize;
        if let Some(count) = self.counts.get_mut(bin) {
            *count += 1;
        }
    }
}

/// Statistics of one config.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableStats {
    /// Everything.
    pub totals: Totals,
    /// By split.
    pub splits: BTreeMap<String, Totals>,
    /// By source.
    pub sources: BTreeMap<String, Totals>,
    /// By licence.
    pub licences: BTreeMap<String, Totals>,
    /// By language tag.
    pub languages: BTreeMap<String, Totals>,
    /// By domain.
    pub domains: BTreeMap<String, Totals>,
    /// By speaker.
    pub speakers: BTreeMap<String, Speaker>,
    /// Clip lengths in seconds, bins of 1 s.
    pub durations: Histogram,
    /// RMS levels of the source audio in dBFS, bins of 3 dB.
    pub levels: Histogram,
}

impl Default for TableStats {
    fn default() -> Self {
        let map = BTreeMap::new;
        TableStats {
            totals: Totals::default(),
            splits: map(),
            sources: map(),
            licences: map(),
            languages: map(),
            domains: map(),
            speakers: BTreeMap::new(),
            durations: Histogram::new(0.0, 1.0, 30),
            levels: Histogram::new(-60.0, 3.0, 20),
        }
    }
}

impl TableStats {
    /// Counts a batch of published rows.
    pub fn observe(&mut self, split: &str, batch: &RecordBatch) {
        let strings = |name: &str| batch.column_by_name(name).and_then(|c| as_strings(c).ok());
        let (texts, sources, licences) = (strings("text"), strings("source"), strings("license"));
        let (languages, domains) = (strings("language"), strings("domain"));
        let (speakers, ages, dialects) = (strings("speaker_id"), strings("age_group"), strings("dialect"));
        let column = |name: &str| batch.column_by_name(name);
        let tokens = column("token_count").and_then(|c| c.as_any().downcast_ref::<Int64Array>());
        let lengths = column("seq_lengths").and_then(|c| c.as_any().downcast_ref::<ListArray>());
        let durations = column("duration").and_then(|c| c.as_any().downcast_ref::<Float64Array>());
        let genders = column("gender").and_then(|c| c.as_any().downcast_ref::<Int64Array>());
        let quality = column("quality").and_then(|c| c.as_any().downcast_ref::<StructArray>());
        let rms = quality
            .and_then(|q| q.column_by_name("rms_db"))
            .and_then(|c| c.as_any().downcast_ref::<Float32Array>());
        for row in 0..batch.num_rows() {
            let text = value(texts, row).unwrap_or("");
            let seconds = durations.filter(|d| d.is_valid(row)).map_or(0.0, |d| d.value(row));
            let one = Totals {
                rows: 1,
                characters: text.chars().count() as u64,
                tokens: match tokens {
                    Some(t) if t.is_valid(row) => t.value(row).max(0) as u64,
                    _ if lengths.is_some() => lengths.map_or(0, |lengths| sum(lengths, row)),
                    _ => sprog_text::count_words(text),
                },
                microseconds: (seconds * 1e6).round().max(0.0) as u64,
            };
            self.totals.add(one);
            for (map, key) in [
                (&mut self.splits, Some(split)),
                (&mut self.sources, value(sources, row)),
                (&mut self.licences, value(licences, row)),
                (&mut self.languages, value(languages, row)),
                (&mut self.domains, value(domains, row)),
            ] {
                if let Some(key) = key {
                    match map.get_mut(key) {
                        Some(totals) => totals.add(one),
                        None => drop(map.insert(key.to_owned(), one)),
                    }
                }
            }
            if durations.is_some() {
                self.durations.add(seconds);
            }
            if let Some(level) = rms.filter(|r| r.is_valid(row)) {
                self.levels.add(f64::from(level.value(row)));
            }
            if let Some(speaker) = value(speakers, row) {
                let entry = self.speakers.entry(speaker.to_owned()).or_default();
                entry.totals.add(one);
                if !entry.splits.contains(split) {
                    entry.splits.insert(split.to_owned());
                }
                let gender =
                    genders.filter(|g| g.is_valid(row)).and_then(|g| GENDERS.get(g.value(row) as usize));
                let first = |slot: &mut Option<String>, value: Option<&str>| {
                    if slot.is_none() {
                        *slot = value.map(str::to_owned);
                    }
                };
                first(&mut entry.gender, gender.copied());
                first(&mut entry.age_group, value(ages, row));
                first(&mut entry.dialect, value(dialects, row));
            }
        }
    }

    /// Adds the statistics of other rows.
    pub fn merge(&mut self, other: &TableStats) {
        self.totals.add(other.totals);
        for (mine, theirs) in [
            (&mut self.splits, &other.splits),
            (&mut self.sources, &other.sources),
            (&mut self.licences, &other.licences),
            (&mut self.languages, &other.languages),
            (&mut self.domains, &other.domains),
        ] {
            for (key, totals) in theirs {
                mine.entry(key.clone()).or_default().add(*totals);
            }
        }
        for (id, speaker) in &other.speakers {
            let entry = self.speakers.entry(id.clone()).or_default();
            entry.totals.add(speaker.totals);
            entry.splits.extend(speaker.splits.iter().cloned());
            entry.gender = entry.gender.take().or_else(|| speaker.gender.clone());
            entry.age_group = entry.age_group.take().or_else(|| speaker.age_group.clone());
            entry.dialect = entry.dialect.take().or_else(|| speaker.dialect.clone());
        }
        for (mine, theirs) in [(&mut self.durations, &other.durations), (&mut self.levels, &other.levels)] {
            for (a, b) in mine.counts.iter_mut().zip(&theirs.counts) {
                *a += b;
            }
        }
    }
}

/// The sum of a list of lengths.
fn sum(lengths: &ListArray, row: usize) -> u64 {
    let values = lengths.value(row);
    let values = values.as_primitive_opt::<Int32Type>().map(|values| values.values().iter());
    values.map_or(0, |values| values.map(|n| u64::from(n.unsigned_abs())).sum())
}

fn value(column: Option<&StringArray>, row: usize) -> Option<&str> {
    column.filter(|c| c.is_valid(row)).map(|c| c.value(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Document, DocumentBuilder, Origin};

    #[test]
    fn parts_add_up_to_the_whole() {
        let mut builder = DocumentBuilder::new(Origin { source: "s".into(), ..Origin::default() });
        for n in 0..10 {
            let id = crate::id::DocumentId::new(n.to_string()).expect("an id");
            builder.push(&id, &Document { text: "ord ".repeat(n), ..Document::default() });
        }
        let batch = builder.finish().expect("builds");
        let mut whole = TableStats::default();
        whole.observe("train", &batch);
        let (mut a, mut b) = (TableStats::default(), TableStats::default());
        a.observe("train", &batch.slice(0, 3));
        b.observe("train", &batch.slice(3, 7));
        a.merge(&b);
        assert_eq!(a, whole);
        assert_eq!((whole.totals.tokens, whole.sources["s"].rows), (45, 10));
    }

    #[test]
    fn values_outside_the_histogram_count_in_its_ends() {
        let mut histogram = Histogram::new(0.0, 1.0, 3);
        for v in [-5.0, 0.5, 1.0, 99.0, f64::NAN] {
            histogram.add(v);
        }
        assert_eq!(histogram.counts, [3, 1, 1]);
    }
}
