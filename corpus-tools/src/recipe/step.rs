//! The `[[step]]`s of a recipe: their settings, and what is wrong with them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sprog_datasets::tokens::Packing;
use sprog_text::normalize::{self, Normalizer, Preset};
use sprog_text::pii::{Label, Labels};

use super::audio::{AlignAction, FeatureType, VadAction};
use super::quality::{Clean, KeepSignals, QualityAction, Scope, Unit};
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
    /// The one that was recorded best, where a recording was made with several microphones at once.
    Best,
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
    /// Tells the language: da, nb, nn, sv, fo, is, de, en, nl, or `und` for another one or too little to
    /// tell. Writes the columns `language` and `language_score`. Text only.
    Langid {
        /// Keeps rows that are, or may be, in one of these languages: `["da"]`. All if not given.
        #[serde(default)]
        keep: Vec<String>,
        /// Keeps rows of which at least this share of the letters is in those languages, 0 to 1.
        #[serde(default)]
        min_share: f32,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// Measures the signals of Gopher, C4, FineWeb and the Danish corpora: a struct column `signals`
    /// that `filter` can ask (`signals.lix < 60`). Text only.
    Quality {
        /// `gopher`, `gopher-repetition`, `c4`, `c4-any-end`, `fineweb`, `fineweb2-danish`, `danish`: the rules
        /// that a row must pass.
        #[serde(default)]
        presets: Vec<String>,
        /// What becomes of rows that do not pass.
        #[serde(default)]
        action: QualityAction,
        /// Where the signals are published.
        #[serde(default)]
        signals: KeepSignals,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// Keeps the first of rows with the same text, or the same audio samples.
    ExactDedup {
        /// Sources of `role = "reference"`: what is in them is taken out.
        #[serde(default)]
        against: Vec<String>,
    },
    /// Cuts lines or paragraphs that were there before, in the same text or in other ones. Text only.
    LineDedup {
        /// `line` or `paragraph`.
        #[serde(default)]
        unit: Unit,
        /// `document` or `corpus`.
        #[serde(default)]
        scope: Scope,
        /// In a corpus: how many texts a line must be in before it counts as repeated.
        #[serde(default = "min_documents")]
        min_documents: u32,
        /// Lines of fewer characters are left alone.
        #[serde(default = "min_characters")]
        min_characters: u32,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// Near duplicates by MinHash and LSH: keeps one of each cluster. Text; on speech only where `for`
    /// names the config, and then by a fingerprint of the audio.
    NearDedup {
        /// Words of a shingle.
        #[serde(default = "ngram")]
        ngram: usize,
        /// Bands of the signature.
        #[serde(default = "bands")]
        bands: usize,
        /// Values of a band.
        #[serde(default = "rows")]
        rows: usize,
        /// Takes out only what has at least this Jaccard similarity, found out from the texts themselves.
        threshold: Option<f64>,
        /// Which of a cluster stays: the `first`, or the one with the highest value in a column of
        /// numbers: `token_count`, `signals.alpha_word_ratio`.
        #[serde(default = "first")]
        keep: String,
        /// Sources of `role = "reference"`: what is like something in them is taken out.
        #[serde(default)]
        against: Vec<String>,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// Cuts every later occurrence of a stretch of tokens that was there before, in the same text or in
    /// other ones. Text only.
    SubstringDedup {
        /// Tokens of the shortest stretch.
        #[serde(default = "min_tokens")]
        min_tokens: u32,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
    /// Finds the test sets in the training data: texts and transcripts by n-grams of words.
    Decontaminate {
        /// Sources of `role = "reference"`: the test sets.
        against: Vec<String>,
        /// Words of an n-gram.
        #[serde(default = "contamination_ngram")]
        ngram: usize,
        /// N-grams in more rows than this are common phrases and do not count.
        max_documents: Option<u32>,
        /// Items of which a row has a smaller share of the n-grams, 0 to 1, do not count.
        #[serde(default)]
        min_share: f64,
        /// What becomes of rows that share one.
        #[serde(default)]
        action: Clean,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
    },
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
    /// Adds the column `input_features`: frames of what models take in place of audio (mixed to mono, 16 kHz).
    Features {
        /// `whisper-mel`, `kaldi-fbank` or `kaldi-mfcc`.
        #[serde(rename = "type", default)]
        kind: FeatureType,
        /// Mel bands: 80 if not given, and 23 for MFCC. Whisper has 80 or 128.
        bins: Option<u16>,
    },
    /// Tells speech from silence, music and noise.
    Vad {
        /// What is done with it.
        #[serde(default)]
        action: VadAction,
        /// How strict, 0 to 3: at 3 the least noise passes for speech, and the most speech is missed.
        #[serde(default = "default_mode")]
        mode: u8,
        /// Seconds of silence that end a stretch of speech.
        #[serde(default = "default_min_silence")]
        min_silence: f64,
        /// Seconds kept before and after a stretch.
        #[serde(default = "default_padding")]
        padding: f64,
        /// Seconds of the longest stretch; longer ones are cut where it is quietest.
        #[serde(default = "default_max_duration")]
        max_duration: f64,
    },
    /// Finds when each word of the transcript is said, and fills the column `words`.
    Align {
        /// A model made by `sprog speech align --save-model`, a path from the recipe's folder. If none is
        /// given, one is trained on the recordings themselves.
        model: Option<String>,
        /// Hours of the recordings, chosen by chance, that a model is trained on.
        #[serde(default = "default_train_hours")]
        train_hours: f64,
        /// Pronunciations that go before the rules: a file of a word, a tab and its phones a line.
        lexicon: Option<String>,
        /// What becomes of recordings whose transcript is not what is said.
        #[serde(default)]
        action: AlignAction,
    },
    /// Counts tokens as models see them: `token_count` becomes what a tokenizer counts. Packs them for training, if
    /// asked, in a config `tokens` beside `text`, or `<config>_tokens`. No step behind it may change texts. Text only.
    Tokenize {
        /// A `tokenizer.json`, a path from the recipe's folder.
        tokenizer: String,
        /// Makes sequences of the texts: `concatenate` puts all one behind the other and cuts every `sequence_length`
        /// tokens, `best-fit` cuts only documents that are longer and fills sequences with whole ones.
        #[schemars(with = "Option<String>")]
        packing: Option<Packing>,
        /// Tokens of a sequence.
        sequence_length: Option<u32>,
        /// The token put before each document, as the tokenizer names it.
        bos: Option<String>,
        /// The token put behind each document: `<|endoftext|>`.
        eos: Option<String>,
        /// The token that fills sequences that are not full; they are shorter if it is not given.
        pad: Option<String>,
        /// Draws another order of the documents, that of a hash of their ids; that of the texts if it is not given.
        seed: Option<String>,
        /// Writes `binary/tokens/<split>.bin` and `.idx` too, as nanoGPT and Megatron-LM read them.
        #[serde(default)]
        binary: bool,
        /// The config it is for.
        #[serde(rename = "for")]
        config: Option<String>,
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
fn default_mode() -> u8 {
    2
}
fn default_min_silence() -> f64 {
    0.5
}
fn default_padding() -> f64 {
    0.2
}
fn default_max_duration() -> f64 {
    30.0
}
fn default_train_hours() -> f64 {
    3.0
}

fn min_documents() -> u32 {
    3
}
fn min_characters() -> u32 {
    30
}
fn ngram() -> usize {
    5
}
fn bands() -> usize {
    14
}
fn rows() -> usize {
    8
}
fn first() -> String {
    super::quality::FIRST.to_owned()
}
fn min_tokens() -> u32 {
    50
}
fn contamination_ngram() -> usize {
    13
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
            Step::Langid { .. } => "langid",
            Step::Quality { .. } => "quality",
            Step::ExactDedup { .. } => "exact-dedup",
            Step::LineDedup { .. } => "line-dedup",
            Step::NearDedup { .. } => "near-dedup",
            Step::SubstringDedup { .. } => "substring-dedup",
            Step::Decontaminate { .. } => "decontaminate",
            Step::Resample { .. } => "resample",
            Step::Loudness { .. } => "loudness",
            Step::Features { .. } => "features",
            Step::Vad { .. } => "vad",
            Step::Align { .. } => "align",
            Step::Tokenize { .. } => "tokenize",
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
            | Step::Sentences { config, .. }
            | Step::Langid { config, .. }
            | Step::Quality { config, .. }
            | Step::LineDedup { config, .. }
            | Step::NearDedup { config, .. }
            | Step::SubstringDedup { config, .. }
            | Step::Decontaminate { config, .. }
            | Step::Tokenize { config, .. } => config.as_deref(),
            _ => None,
        }
    }

    /// The reference sources that the step compares with.
    pub fn against(&self) -> &[String] {
        match self {
            Step::ExactDedup { against }
            | Step::NearDedup { against, .. }
            | Step::Decontaminate { against, .. } => against,
            _ => &[],
        }
    }

    /// Whether the step changes what a row says, or its audio.
    pub fn changes_rows(&self) -> bool {
        match self {
            Step::Pii { action, .. } => matches!(action, PiiAction::Mask | PiiAction::Pseudonymize),
            Step::Decontaminate { action, .. } => *action == Clean::Cut,
            Step::Repair { .. }
            | Step::Normalize { .. }
            | Step::Verbalize { .. }
            | Step::Itn { .. }
            | Step::Tokens { .. }
            | Step::Sentences { .. }
            | Step::LineDedup { .. }
            | Step::SubstringDedup { .. }
            | Step::Resample { .. }
            | Step::Loudness { .. } => true,
            Step::Vad { action, .. } => *action != VadAction::Label,
            Step::Align { action, .. } => *action == AlignAction::Cut,
            // Sequences are texts that were cut and joined.
            Step::Tokenize { packing, binary, .. } => packing.is_some() || *binary,
            _ => false,
        }
    }

    /// Files that the step needs, by their paths from the recipe's folder.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let (model, lexicon) = match self {
            Step::Align { model, lexicon, .. } => (model.as_deref(), lexicon.as_deref()),
            Step::Tokenize { tokenizer, .. } => (Some(tokenizer.as_str()), None),
            _ => (None, None),
        };
        model.into_iter().chain(lexicon)
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
            Step::Resample { .. }
            | Step::Loudness { .. }
            | Step::Features { .. }
            | Step::Vad { .. }
            | Step::Align { .. } => speech,
            Step::Sentences { .. }
            | Step::Langid { .. }
            | Step::Quality { .. }
            | Step::LineDedup { .. }
            | Step::SubstringDedup { .. }
            | Step::Tokenize { .. } => !speech,
            Step::NearDedup { config: for_config, .. } => !speech || for_config.is_some(),
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
            other => super::audio::check(other)
                .and_then(|()| super::quality::check(other))
                .and_then(|()| super::tokenize::check(other))
                .map_err(|why| (line, format!("{}: {why}", other.name())))?,
        }
    }
    Ok(())
}
