//! `sprog score boundaries`: how far words are from where a reference has them.

use std::path::Path;

use anyhow::{Result, bail};
use serde::Serialize;
use sprog_text::g2p::{G2p, Phone, PhoneId, Symbol};
use sprog_text::score::boundaries::{Boundaries, Edge, PlotLabels, Report, ReportOptions, Segment, svg};
use sprog_text::score::{Bootstrap, Rate};

use super::times::{self, TimedWord};

/// How to score.
#[derive(Clone, Debug)]
pub struct Options {
    /// The tier of TextGrids: `words` or `phones`.
    pub tier: String,
    /// Milliseconds taken off the times of the hypothesis.
    pub bias_ms: f64,
    /// Draws of the bootstrap over recordings.
    pub resamples: u32,
    /// Its seed.
    pub seed: u64,
}

/// The score.
#[derive(Debug, Serialize)]
pub struct Score {
    /// Of all words, and by the class of a word's first phone.
    #[serde(flatten)]
    pub report: Report,
    /// Recordings of the reference that have no hypothesis.
    pub missing: Vec<String>,
    /// Recordings that have no reference.
    pub unknown: Vec<String>,
    /// Words of the hypothesis by their status; `none` where there is none.
    pub statuses: std::collections::BTreeMap<String, u64>,
    /// All deviations, for drawing.
    #[serde(skip)]
    pub deviations: Boundaries,
}

/// Scores a file or folder against another.
///
/// # Errors
/// Those of the files, and where no recording is in both.
pub fn score(reference: &Path, hypothesis: &Path, options: &Options) -> Result<Score> {
    let (truth, mut found) =
        (times::read(reference, &options.tier)?, times::read(hypothesis, &options.tier)?);
    // Two files of one recording each belong together, whatever they are called.
    if truth.len() == 1
        && found.len() == 1
        && let (Some(id), Some((_, words))) = (truth.keys().next(), found.pop_first())
    {
        found.insert(id.clone(), words);
    }
    let g2p = G2p::default();
    let mut all = Boundaries::default();
    let (mut missing, mut statuses) = (Vec::new(), std::collections::BTreeMap::new());
    for (id, words) in &truth {
        let Some(hypothesis) = found.get(id) else {
            missing.push(id.clone());
            continue;
        };
        for word in hypothesis {
            *statuses.entry(word.status.clone().unwrap_or_else(|| "none".into())).or_default() += 1;
        }
        let classes: Vec<Option<&'static str>> = words.iter().map(|word| class(&g2p, &word.text)).collect();
        let bias = options.bias_ms / 1000.0;
        let reference: Vec<Segment<'_>> =
            words.iter().zip(classes).filter_map(|(word, class)| segment(word, 0.0, class)).collect();
        let found: Vec<Segment<'_>> =
            hypothesis.iter().filter_map(|word| segment(word, bias, None)).collect();
        all.add(&reference, &found);
    }
    let unknown: Vec<String> = found.keys().filter(|id| !truth.contains_key(*id)).cloned().collect();
    if missing.len() == truth.len() {
        bail!("no recording is in both: {:?} and {:?}", truth.keys().next(), found.keys().next());
    }
    let bootstrap =
        Bootstrap { resamples: options.resamples, seed: options.seed, level: 0.95, rate: Rate::Reference };
    let report = all.report(&ReportOptions {
        bootstrap: (options.resamples > 0).then_some(bootstrap),
        ..ReportOptions::default()
    })?;
    Ok(Score { report, missing, unknown, statuses, deviations: all })
}

/// The errors as a picture.
pub fn draw(score: &Score, title: &str, labels: &PlotLabels) -> String {
    svg(title, &score.deviations.deviations(Edge::Start), &score.deviations.deviations(Edge::End), labels)
}

/// The class of a phone, or of a word's first one: vowel, plosive, fricative …
fn class(g2p: &G2p, label: &str) -> Option<&'static str> {
    // A reference may mark stød ahead of the vowel, and length.
    let plain = label.trim_matches(|c| matches!(c, 'ʔ' | 'ˀ' | 'ˈ' | 'ˌ' | 'ː'));
    if let Some(phone) = PhoneId::from_ipa(plain) {
        return Some(phone.info().kind);
    }
    let kind = |phone: &Phone| match phone.symbol {
        Symbol::Phone(id) => Some(id.info().kind),
        Symbol::Letter(_) => None,
    };
    g2p.pronounce(label).first()?.phones.first().and_then(kind)
}

fn segment<'w>(word: &'w TimedWord, bias: f64, group: Option<&'w str>) -> Option<Segment<'w>> {
    let chars = word.char_start.zip(word.char_end).map(|(start, end)| start as u64..end as u64);
    Some(Segment { label: &word.text, start: word.start? - bias, end: word.end? - bias, chars, group })
}
