//! `sprog score wer|cer`: how far hypotheses are from their references, with intervals, by group.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::Value;
use sprog_formats::{Limits, LineReader};
use sprog_text::normalize::{self, Normalizer, Preset, Step};
use sprog_text::score::{
    Alignment, Alternative, Bootstrap, ChunkKind, Counts, GroupScore, Rate, Unit, Utterance, align, by_group,
    char_ranges, equivalent, word_ranges,
};
use sprog_text::verbalize::{self, verbalize};

/// How to score.
#[derive(Clone, Debug)]
pub struct Options {
    /// Words or characters.
    pub unit: Unit,
    /// Both sides go through this preset first. Numbers and abbreviations stay as they are written.
    pub normalize: Option<Preset>,
    /// A number or an abbreviation may be written in any of its readings.
    pub equivalent: bool,
    /// Columns of the reference whose values are groups: `dialect`, `gender`.
    pub groups: Vec<String>,
    /// The column of the reference with the speaker; intervals are then of speakers drawn anew.
    pub speaker: String,
    /// The denominator of the rates.
    pub rate: Rate,
    /// Draws of the bootstrap.
    pub resamples: u32,
    /// Its seed.
    pub seed: u64,
    /// Coverage of the intervals, such as 0.95.
    pub level: f64,
    /// Whether each utterance's alignment is given too.
    pub details: bool,
}

/// The score of a set of utterances.
#[derive(Debug, Serialize)]
pub struct Score {
    /// `wer` or `cer`.
    pub metric: &'static str,
    /// Over all utterances, then by each group and value.
    pub scores: Vec<Named>,
    /// Utterances of the reference that have no hypothesis; they count as empty ones.
    pub missing: Vec<String>,
    /// Hypotheses without a reference; they are not scored.
    pub unknown: Vec<String>,
    /// Utterances whose equivalence was bounded, not searched in full (texts of thousands of words).
    pub bounded: Vec<String>,
    /// Each utterance, where asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub utterances: Vec<Detail>,
}

/// The score of a group. The rate is errors per token of the reference, or per alignment step where
/// [`Rate::Match`] is asked for.
#[derive(Debug, Serialize)]
pub struct Named {
    /// `all`, or the group's column.
    pub group: String,
    /// The score.
    #[serde(flatten)]
    pub score: GroupScore,
}

/// The alignment of one utterance.
#[derive(Debug, Serialize)]
pub struct Detail {
    /// Its id.
    pub id: String,
    /// Its counts.
    pub counts: Counts,
    /// What was scored.
    pub reference: Vec<String>,
    /// What was scored.
    pub hypothesis: Vec<String>,
    /// How they align.
    pub alignment: Alignment,
}

impl Detail {
    /// Three lines: reference, hypothesis, and `S`, `D`, `I` under the errors.
    pub fn drawing(&self) -> String {
        let (mut top, mut bottom, mut marks) = (String::new(), String::new(), String::new());
        for chunk in &self.alignment.chunks {
            let (r, h) =
                (&self.reference[chunk.reference.clone()], &self.hypothesis[chunk.hypothesis.clone()]);
            for index in 0..r.len().max(h.len()) {
                let (a, b) = (r.get(index).map_or("*", |t| t), h.get(index).map_or("*", |t| t));
                let width = a.chars().count().max(b.chars().count()) + 1;
                let mark = match chunk.kind {
                    ChunkKind::Equal => "",
                    ChunkKind::Substitute => "S",
                    ChunkKind::Delete => "D",
                    ChunkKind::Insert => "I",
                };
                for (line, text) in [(&mut top, a), (&mut bottom, b), (&mut marks, mark)] {
                    line.push_str(text);
                    line.extend(std::iter::repeat_n(' ', width - text.chars().count()));
                }
            }
        }
        [top, bottom, marks].map(|line| line.trim_end().to_owned()).join("\n")
    }
}

/// A line of a reference or hypothesis file.
struct Entry {
    text: String,
    fields: serde_json::Map<String, Value>,
}

/// Reads texts by id: JSON objects with `id` and `text` where the file is JSONL, and else the lines,
/// whose ids are their numbers.
fn read(input: impl BufRead, name: &str) -> Result<BTreeMap<String, (usize, Entry)>> {
    let mut lines = LineReader::new(input, &Limits::default());
    let mut entries = BTreeMap::new();
    let mut jsonl = None;
    while let Some(line) = lines.next_line()? {
        let number = line.number;
        let text =
            std::str::from_utf8(line.bytes).with_context(|| format!("{name}: line {number} is not UTF-8"))?;
        let jsonl = *jsonl.get_or_insert(text.trim_start().starts_with('{'));
        let (id, entry) = if jsonl {
            if text.trim().is_empty() {
                continue;
            }
            let mut fields: serde_json::Map<String, Value> =
                serde_json::from_str(text).with_context(|| format!("{name}: line {number}"))?;
            let id = match fields.remove("id") {
                Some(Value::String(id)) => id,
                Some(id @ Value::Number(_)) => id.to_string(),
                _ => bail!("{name}: line {number} has no `id`"),
            };
            let text = match fields.remove("text") {
                Some(Value::String(text)) => text,
                None | Some(Value::Null) => String::new(),
                _ => bail!("{name}: line {number}: `text` is no string"),
            };
            (id, Entry { text, fields })
        } else {
            (number.to_string(), Entry { text: text.to_owned(), fields: serde_json::Map::new() })
        };
        if entries.insert(id.clone(), (entries.len(), entry)).is_some() {
            bail!("{name}: line {number}: the id {id:?} a second time");
        }
    }
    match lines.take_problems().first() {
        Some(problem) => bail!("{name}: {problem}"),
        None => Ok(entries),
    }
}

/// Scores hypotheses against references.
///
/// # Errors
/// Files that cannot be read, a group that no reference has, and a level that is none.
pub fn score(
    reference: impl BufRead,
    hypothesis: impl BufRead,
    names: [&str; 2],
    options: &Options,
) -> Result<Score> {
    let (references, mut hypotheses) = (read(reference, names[0])?, read(hypothesis, names[1])?);
    for group in &options.groups {
        if !references.values().any(|(_, entry)| entry.fields.contains_key(group)) {
            bail!("{}: no line has the group {group:?}", names[0]);
        }
    }
    let mut ordered: Vec<(&String, &(usize, Entry))> = references.iter().collect();
    ordered.sort_by_key(|(_, (at, _))| *at);
    let normalizer = options.normalize.map(|preset| Normalizer::preset(preset).without(Step::Verbalize));
    let mut out = Score {
        metric: if options.unit == Unit::Word { "wer" } else { "cer" },
        scores: Vec::new(),
        missing: Vec::new(),
        unknown: Vec::new(),
        bounded: Vec::new(),
        utterances: Vec::new(),
    };
    let mut utterances = Vec::with_capacity(ordered.len());
    for (id, (_, entry)) in ordered {
        let heard = hypotheses.remove(id).map(|(_, heard)| heard.text);
        if heard.is_none() {
            out.missing.push(id.clone());
        }
        let (said, heard) =
            (side(&entry.text, &normalizer, options), side(&heard.unwrap_or_default(), &normalizer, options));
        let detail = compare(id, said, heard, options, &mut out.bounded)?;
        let field = |name: &String| match entry.fields.get(name) {
            Some(Value::String(value)) => Some(value.clone()),
            None | Some(Value::Null) => None,
            Some(value) => Some(value.to_string()),
        };
        utterances.push(Utterance {
            counts: detail.counts,
            speaker: field(&options.speaker),
            groups: options.groups.iter().filter_map(|g| Some((g.clone(), field(g)?))).collect(),
        });
        if options.details {
            out.utterances.push(detail);
        }
    }
    let mut unknown: Vec<(usize, String)> = hypotheses.into_iter().map(|(id, (at, _))| (at, id)).collect();
    unknown.sort_unstable();
    out.unknown = unknown.into_iter().map(|(_, id)| id).collect();
    let bootstrap = Bootstrap {
        resamples: options.resamples,
        seed: options.seed,
        level: options.level,
        rate: options.rate,
    };
    let named = |group: &str, scores: Vec<GroupScore>| {
        let group = group.to_owned();
        scores.into_iter().map(move |score| {
            let rate = match options.rate {
                Rate::Reference => score.rate,
                Rate::Match => score.counts.match_error_rate(),
            };
            Named { group: group.clone(), score: GroupScore { rate, ..score } }
        })
    };
    let without: Vec<Utterance> =
        utterances.iter().map(|u| Utterance { groups: Vec::new(), ..u.clone() }).collect();
    out.scores.extend(named("all", by_group(&without, "all", &bootstrap)?));
    for group in options.groups.iter().collect::<BTreeSet<_>>() {
        out.scores.extend(named(group, by_group(&utterances, group, &bootstrap)?));
    }
    Ok(out)
}

/// A text and what stretches of it may also be.
type Side = (String, Vec<Alternative>);

fn side(text: &str, normalizer: &Option<Normalizer>, options: &Options) -> Side {
    let alternatives = match options.equivalent {
        true => verbalize(text, &verbalize::Options::default())
            .spans
            .into_iter()
            .map(|span| Alternative { range: span.range, readings: span.readings })
            .collect(),
        false => Vec::new(),
    };
    let Some(normalizer) = normalizer else { return (text.to_owned(), alternatives) };
    let done: normalize::Normalized<'_> = normalizer.normalize(text);
    // A reading goes the same way; one whose place is gone (a lone sign) has nothing to stand for.
    let moved = alternatives.into_iter().map(|alternative| Alternative {
        range: done.map.from_original(alternative.range),
        readings: alternative.readings.iter().map(|r| normalizer.normalize(r).text.into_owned()).collect(),
    });
    let holds_a_word = |a: &Alternative| {
        done.text.get(a.range.clone()).is_some_and(|part| part.chars().any(|c| !c.is_whitespace()))
    };
    let alternatives = moved.filter(holds_a_word).collect();
    (done.text.into_owned(), alternatives)
}

fn compare(
    id: &str,
    (said, said_also): Side,
    (heard, heard_also): Side,
    options: &Options,
    bounded: &mut Vec<String>,
) -> Result<Detail> {
    if options.equivalent {
        let done = equivalent(&said, &said_also, &heard, &heard_also, options.unit)?;
        if !done.exact {
            bounded.push(id.to_owned());
        }
        let texts = |path: Vec<sprog_text::score::PathToken>| path.into_iter().map(|t| t.text).collect();
        return Ok(Detail {
            id: id.to_owned(),
            counts: done.counts,
            alignment: done.alignment,
            reference: texts(done.reference),
            hypothesis: texts(done.hypothesis),
        });
    }
    let tokens = |text: &str| -> Vec<String> {
        let ranges = if options.unit == Unit::Word { word_ranges(text) } else { char_ranges(text) };
        ranges.into_iter().map(|range| text[range].to_owned()).collect()
    };
    let (reference, hypothesis) = (tokens(&said), tokens(&heard));
    let alignment = align(&reference, &hypothesis);
    Ok(Detail { id: id.to_owned(), counts: alignment.counts(), reference, hypothesis, alignment })
}
