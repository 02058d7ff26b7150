//! Settings of the steps that make a crawl a corpus: language, quality, duplicates, leakage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sprog_text::minhash::{MinHash, Options as MinHashOptions};

use super::Step;

/// The rule of `near-dedup` that keeps the first row of a cluster.
pub(crate) const FIRST: &str = "first";

/// What `quality` does with rows that do not pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum QualityAction {
    /// They are left out, with the rule and the value that failed.
    #[default]
    Drop,
    /// They stay; the column `signals.failed` names the rule.
    Label,
}

/// Where `quality` publishes its signals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeepSignals {
    /// Nowhere: they serve the build's own filters.
    None,
    /// As the column `signals` of the text table.
    #[default]
    Column,
    /// In a config of their own, `signals`, row by row beside the texts.
    Beside,
}

/// What `line-dedup` compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Lines.
    #[default]
    Line,
    /// Runs of lines between blank ones.
    Paragraph,
}

/// Where `line-dedup` looks for the same line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// In the same text.
    #[default]
    Document,
    /// In all texts of the config.
    Corpus,
}

/// What `decontaminate` does with rows that share an n-gram with a test set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Clean {
    /// They are left out.
    #[default]
    Drop,
    /// The passage is cut out of them, with 200 characters on each side. Speech is left out.
    Cut,
    /// They stay, and are listed.
    Report,
}

/// What is wrong with a step's settings.
pub(super) fn check(step: &Step) -> Result<(), String> {
    let share = |value: f32| (0.0..=1.0).contains(&value);
    match step {
        Step::Langid { keep, min_share, .. } => {
            crate::build::languages(keep)?;
            match *min_share {
                s if !share(s) => Err("min_share is from 0 to 1".to_owned()),
                s if s > 0.0 && keep.is_empty() => Err("min_share is a share of `keep`".to_owned()),
                _ => Ok(()),
            }
        }
        Step::Quality { presets, action, .. } => {
            crate::build::presets(presets)?;
            match (action, presets.is_empty()) {
                (QualityAction::Label, true) => Err("`label` needs presets".to_owned()),
                _ => Ok(()),
            }
        }
        Step::NearDedup { ngram, bands, rows, threshold, .. } => {
            let options = MinHashOptions { ngram: *ngram, bands: *bands, rows: *rows, ..Default::default() };
            MinHash::new(options).map_err(|e| e.to_string())?;
            match threshold {
                Some(t) if !(*t > 0.0 && *t <= 1.0) => Err("threshold is above 0 and at most 1".to_owned()),
                _ => Ok(()),
            }
        }
        Step::SubstringDedup { min_tokens, .. } if !(2..=1_000_000).contains(min_tokens) => {
            Err("min_tokens is from 2 to 1,000,000".to_owned())
        }
        Step::Decontaminate { against, .. } if against.is_empty() => {
            Err("`against` names the test sets: sources of `role = \"reference\"`".to_owned())
        }
        Step::Decontaminate { ngram, min_share, .. } => match (ngram, min_share) {
            (0, _) => Err("ngram is at least 1".to_owned()),
            (_, s) if !(0.0..=1.0).contains(s) => Err("min_share is from 0 to 1".to_owned()),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}
