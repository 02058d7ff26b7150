//! The `[[step]]`s of a recipe: their settings, and what is wrong with them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sprog_text::normalize::{self, Normalizer, Preset};
use sprog_text::pii::{Label, Labels};

use super::{Recipe, is_slug, line_of};

/// Channels of audio after `resample`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Channels {
    /// As they are.
    Keep,
    /// Their mean.
    #[default]
    Mix,
    /// The first one.
    First,
}

/// What `pii` does with personal data. All of it is listed in `removed/<config>_personal_data.parquet`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PiiAction {
    /// The row is left out.
    Drop,
    /// It is replaced by its label: `[CPR]`, `[EMAIL]`. Speech is dropped all the same: the voice would
    /// still say it.
    Mask,
    /// It is replaced by a stand-in that cannot be real, the same one for the same value. Speech is
    /// dropped.
    Pseudonymize,
    /// It stays, and is listed. What the gates refuse they still refuse.
    Report,
}

impl PiiAction {
    /// The action's name in recipes.
    pub fn name(self) -> &'static str {
        match self {
            PiiAction::Drop => "drop",
            PiiAction::Mask => "mask",
            PiiAction::Pseudonymize => "pseudonymize",
            PiiAction::Report => "report",
        }
    }
}

/// The column that a step on text writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The text itself is replaced.
    #[default]
    Text,
    /// Speech only: the transcript stays, and the form for training stands beside it.
    Normalized,
}

/// A `[[step]]`. Steps on text run on every config of text and speech, or on the one that `for` names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "use", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Step {
    /// Undoes encoding damage (`RÃ¸d` to `Rød`). Rows in which characters were lost are listed as problems.
    Repair {
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// Brings text into one form by the named steps of a preset.
    Normalize {
        /// `publish` (NFC, white space, soft hyphens, invisible characters), `asr`, `lookup`, `coral-eval`.
        #[serde(default = "publish")]
        #[schemars(with = "String")]
        preset: Preset,
        /// Steps of the preset to leave out: `soft-hyphens`.
        #[serde(default)]
        #[schemars(with = "Vec<String>")]
        without: Vec<normalize::Step>,
        /// Steps to put in: `dehyphenate`, `quotes`.
        #[serde(default)]
        #[schemars(with = "Vec<String>")]
        with: Vec<normalize::Step>,
        /// The column to write.
        #[serde(default)]
        into: Target,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// Written to spoken: numbers, dates, money, units, abbreviations as words.
    Verbalize {
        /// The column to write.
        #[serde(default)]
        into: Target,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// Spoken to written (inverse text normalization).
    Itn {
        /// The column to write.
        #[serde(default)]
        into: Target,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// The text as tokens with a space between, as UD_Danish-DDT cuts them.
    Tokens {
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// A row for each sentence, its id that of the document with `.1`, `.2` … at the end. Text only.
    Sentences {
        /// Boundaries that are less sure, 0 to 1, are no boundaries.
        #[serde(default)]
        min_confidence: f32,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// Personal data: finds it in the text, and does away with it.
    Pii {
        /// What to do.
        action: PiiAction,
        /// Labels to look for, or `ALL`; those that the gates refuse if not given.
        #[serde(default)]
        labels: Vec<String>,
        /// Finds below this score, 0 to 1, are left alone.
        #[serde(default = "min_score")]
        min_score: f32,
        /// The environment variable with the key of `pseudonymize`, 64 hexadecimal digits.
        key_env: Option<String>,
    },
    /// Keeps the rows for which an SQL expression is true.
    Filter {
        /// The expression, as after WHERE.
        #[serde(rename = "where")]
        expression: String,
        /// The config it is for.
        #[serde(rename = "for")]
        config: String,
    },
    /// Keeps the first of rows with the same text, or the same audio samples.
    ExactDedup {},
    /// Sample rate and channels of audio.
    Resample {
        /// Hz.
        rate: u32,
        /// Channels.
        #[serde(default)]
        channels: Channels,
    },
    /// Loudness of audio by EBU R 128.
    Loudness {
        /// LUFS.
        #[serde(default = "default_loudness")]
        target: f64,
        /// No sample rises above this, dBFS.
        #[serde(default = "default_ceiling")]
        ceiling: f64,
    },
    /// Adds the column `log_mel`, Whisper's log-mel spectrogram of the audio (mixed to mono, 16 kHz).
    LogMel {
        /// Bands: 80 or 128.
        #[serde(default = "default_bands")]
        bands: u16,
    },
    /// Splits rows by a hash of their speaker, or of their text.
    Split {
        /// Changes which rows go where.
        seed: String,
        /// Name and weight of each split, in order.
        shares: Vec<(String, f64)>,
    },
}

fn default_loudness() -> f64 {
    -23.0
}
fn default_ceiling() -> f64 {
    -1.0
}
fn default_bands() -> u16 {
    80
}

fn publish() -> Preset {
    Preset::Publish
}
fn min_score() -> f32 {
    sprog_text::pii::Options::MIN_SCORE
}

/// The labels that a `pii` step names.
///
/// # Errors
/// The name that is no label.
pub(crate) fn labels(names: &[String]) -> Result<Labels, String> {
    match names {
        [] => Ok(Labels::of(&sprog_datasets::gate::REFUSED_LABELS)),
        [all] if all == "ALL" => Ok(Labels::ALL),
        names => {
            let label = |name: &String| Label::from_name(name).ok_or_else(|| format!("no label {name:?}"));
            Ok(Labels::of(&names.iter().map(label).collect::<Result<Vec<_>, _>>()?))
        }
    }
}

impl Step {
    /// The step's name.
    pub fn name(&self) -> &'static str {
        match self {
            Step::Repair { .. } => "repair",
            Step::Normalize { .. } => "normalize",
            Step::Verbalize { .. } => "verbalize",
            Step::Itn { .. } => "itn",
            Step::Tokens { .. } => "tokens",
            Step::Sentences { .. } => "sentences",
            Step::Pii { .. } => "pii",
            Step::Filter { .. } => "filter",
            Step::ExactDedup {} => "exact-dedup",
            Step::Resample { .. } => "resample",
            Step::Loudness { .. } => "loudness",
            Step::LogMel { .. } => "log-mel",
            Step::Split { .. } => "split",
        }
    }

    /// The config that the step is for, if it names one.
    pub fn config(&self) -> Option<&str> {
        match self {
            Step::Filter { config, .. } => Some(config),
            Step::Repair { config }
            | Step::Normalize { config, .. }
            | Step::Verbalize { config, .. }
            | Step::Itn { config, .. }
            | Step::Tokens { config }
            | Step::Sentences { config, .. } => config.as_deref(),
            _ => None,
        }
    }

    /// The environment variable that holds a key the step needs.
    pub fn key_env(&self) -> Option<&str> {
        match self {
            Step::Pii { key_env, .. } => key_env.as_deref(),
            _ => None,
        }
    }

    /// Whether the step has something to do on a config of text or speech.
    pub fn is_for(&self, config: &str, speech: bool) -> bool {
        let kind = match self {
            Step::Resample { .. } | Step::Loudness { .. } | Step::LogMel { .. } => speech,
            Step::Sentences { .. } => !speech,
            Step::Normalize { into: Target::Normalized, .. }
            | Step::Verbalize { into: Target::Normalized, .. }
            | Step::Itn { into: Target::Normalized, .. } => speech,
            Step::Split { .. } => false,
            _ => true,
        };
        kind && self.config().is_none_or(|c| c == config)
    }
}

/// The normalizer of a `normalize` step.
pub(crate) fn normalizer(
    preset: Preset,
    without: &[normalize::Step],
    with: &[normalize::Step],
) -> Normalizer {
    let base = without.iter().fold(Normalizer::preset(preset), |n, step| n.without(*step));
    with.iter().fold(base, |n, step| n.with(*step))
}

/// What is wrong with the steps, and the line it stands on.
pub(super) fn check(recipe: &Recipe, text: &str) -> Result<(), (usize, String)> {
    let count = recipe.steps.len();
    for (index, step) in recipe.steps.iter().enumerate() {
        let line = line_of(text, step.span().start);
        match step.get_ref() {
            Step::Split { shares, .. } => {
                if index + 1 != count {
                    return Err((line, "split is the last step".into()));
                }
                let fine =
                    |(name, weight): &(String, f64)| is_slug(name) && weight.is_finite() && *weight > 0.0;
                let mut names: Vec<&str> = shares.iter().map(|(n, _)| n.as_str()).collect();
                names.sort_unstable();
                names.dedup();
                // A hyphen would let one split's file pattern match another's files.
                let plain = names.iter().all(|n| !n.contains('-'));
                if shares.is_empty() || !shares.iter().all(fine) || names.len() != shares.len() || !plain {
                    let message = "shares are pairs of a name (a-z, 0-9, _), each once, and a weight above 0";
                    return Err((line, message.into()));
                }
            }
            Step::Resample { rate, .. } if !(1_000..=768_000).contains(rate) => {
                return Err((line, format!("a sample rate of {rate} Hz")));
            }
            Step::LogMel { bands } if *bands != 80 && *bands != 128 => {
                return Err((line, format!("log-mel has 80 or 128 bands, not {bands}")));
            }
            Step::Loudness { target, ceiling }
                if !((-70.0..=0.0).contains(target) && (-20.0..=0.0).contains(ceiling)) =>
            {
                return Err((line, "loudness: target from -70 to 0 LUFS, ceiling from -20 to 0 dBFS".into()));
            }
            Step::Filter { expression, .. } => {
                crate::filter::Filter::parse(expression).map_err(|e| (line, e.to_string()))?;
            }
            Step::Pii { action, labels: names, min_score, key_env } => {
                labels(names).map_err(|why| (line, format!("pii: {why}")))?;
                if !(0.0..=1.0).contains(min_score) {
                    return Err((line, "pii: min_score is from 0 to 1".into()));
                }
                if (*action == PiiAction::Pseudonymize) != key_env.is_some() {
                    return Err((line, "pii: `pseudonymize` needs `key_env`, and nothing else does".into()));
                }
            }
            Step::Sentences { min_confidence, .. } if !(0.0..=1.0).contains(min_confidence) => {
                return Err((line, "sentences: min_confidence is from 0 to 1".into()));
            }
            _ => {}
        }
    }
    Ok(())
}
