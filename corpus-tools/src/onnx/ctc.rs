//! Recognizers that give a distribution over labels for each frame, as wav2vec2 does.

use std::io::Read;

use tract_onnx::prelude::*;

use super::{OnnxError, Plan, check_finite, input_names, load_error, parse, plan};

/// How to feed a model.
#[derive(Clone, Debug, PartialEq)]
pub struct CtcModelOptions {
    /// Shift and scale each recording to mean 0 and variance 1, as `do_normalize` of wav2vec2's feature
    /// extractor does.
    pub normalize: bool,
    /// Most samples at once; attention takes memory that grows with their square.
    pub most_samples: usize,
    /// Fewest samples. Not below the model's field of view (400 for wav2vec2): tract 0.22 reads past the end of
    /// an input that is shorter than a convolution without padding.
    pub least_samples: usize,
}

impl Default for CtcModelOptions {
    fn default() -> Self {
        CtcModelOptions { normalize: true, most_samples: 60 * 16_000, least_samples: 1_600 }
    }
}

/// Log-probabilities of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Emissions {
    /// Natural logarithms, frame by frame.
    pub log_probs: Vec<f32>,
    /// Frames.
    pub frames: usize,
    /// Labels.
    pub vocab: usize,
}

/// What an input beside the samples holds.
#[derive(Clone, Copy, Debug)]
enum Extra {
    /// One for each sample.
    Mask,
    /// How many samples there are.
    Length,
}

/// A model with one plan for every length, or one made for each.
enum Held {
    Any(Plan),
    OneLength { model: InferenceModel, made: Option<(usize, Plan)> },
}

/// A model from samples `[1, T]` to logits `[1, frames, labels]`.
pub struct CtcModel {
    held: Held,
    extras: Vec<Extra>,
    options: CtcModelOptions,
}

const EXPECTED: &str = "a CTC model from samples [1, T] to scores [1, frames, labels]";

impl CtcModel {
    /// Loads a model. Its first input is the samples; others may be an attention mask (`…mask…`) or a length
    /// (`…len…`), both of `int64`. Its first output is used.
    ///
    /// # Errors
    /// [`OnnxError::Load`] and [`OnnxError::Kind`].
    pub fn load(source: impl Read, options: CtcModelOptions) -> Result<Self, OnnxError> {
        let mut model = parse(source)?;
        let names = input_names(&model)?;
        let wrong = || OnnxError::Kind { expected: EXPECTED, found: format!("inputs {names:?}") };
        if names.is_empty() {
            return Err(wrong());
        }
        let extra = |name: &String| match name.to_ascii_lowercase() {
            name if name.contains("mask") => Ok(Extra::Mask),
            name if name.contains("len") => Ok(Extra::Length),
            _ => Err(wrong()),
        };
        let extras = names.iter().skip(1).map(extra).collect::<Result<Vec<_>, _>>()?;
        let first = *model.output_outlets().map_err(load_error)?.first().ok_or_else(wrong)?;
        model.set_output_outlets(&[first]).map_err(load_error)?;
        let symbol = model.symbols.sym("samples").to_dim();
        let any = with_length(model.clone(), symbol, &extras).and_then(plan);
        let held = match any {
            Ok(plan) => Held::Any(plan),
            Err(_) => Held::OneLength { model, made: None },
        };
        Ok(CtcModel { held, extras, options })
    }

    /// Whether the model has to be prepared anew for each length: then recordings of one length are far faster.
    pub fn is_prepared_for_each_length(&self) -> bool {
        matches!(self.held, Held::OneLength { .. })
    }

    /// Log-probabilities of samples at the model's rate (mostly 16 kHz, one channel): logits less the
    /// logarithm of the sum of their exponentials, which leaves log-probabilities as they are.
    ///
    /// # Errors
    /// [`OnnxError::TooLong`] and [`OnnxError::TooShort`]; [`OnnxError::NotANumber`] for a sample, or an output; [`OnnxError::Run`]; [`OnnxError::Kind`] for outputs of another shape.
    pub fn emissions(&mut self, samples: &[f32]) -> Result<Emissions, OnnxError> {
        let (count, most) = (samples.len(), self.options.most_samples);
        if count > most {
            return Err(OnnxError::TooLong { samples: count, most });
        }
        if count < self.options.least_samples {
            return Err(OnnxError::TooShort { samples: count, least: self.options.least_samples });
        }
        check_finite("sample", samples)?;
        let failed = |error: TractError| OnnxError::Run { samples: count, reason: format!("{error:#}") };
        let mut values = samples.to_vec();
        if self.options.normalize {
            normalize(&mut values);
        }
        let mut inputs: TVec<TValue> =
            tvec!(Tensor::from_shape(&[1, count], &values).map_err(failed)?.into());
        for extra in &self.extras {
            let tensor = match extra {
                Extra::Mask => Tensor::from_shape(&[1, count], &vec![1i64; count]),
                Extra::Length => Tensor::from_shape(&[1], &[count as i64]),
            };
            inputs.push(tensor.map_err(failed)?.into());
        }
        let plan = match &mut self.held {
            Held::Any(plan) => plan,
            Held::OneLength { model, made } => {
                let held = made.take().filter(|(length, _)| *length == count);
                let held = match held {
                    Some(held) => held,
                    None => {
                        let model = with_length(model.clone(), count.to_dim(), &self.extras)?;
                        (count, self::plan(model)?)
                    }
                };
                &made.insert(held).1
            }
        };
        let outputs = plan.run(inputs).map_err(failed)?;
        let other = |found: String| OnnxError::Kind { expected: EXPECTED, found };
        let output = outputs.first().ok_or_else(|| other("no output".to_owned()))?;
        let &[1, frames, vocab] = output.shape() else {
            return Err(other(format!("output {:?}", output.shape())));
        };
        let output = output.cast_to::<f32>().map_err(failed)?;
        let mut log_probs = output.as_slice::<f32>().map_err(failed)?.to_vec();
        check_finite("output", &log_probs)?;
        if vocab > 0 {
            log_probs.chunks_exact_mut(vocab).for_each(log_softmax);
        }
        Ok(Emissions { log_probs, frames, vocab })
    }
}

fn with_length(
    mut model: InferenceModel,
    length: TDim,
    extras: &[Extra],
) -> Result<InferenceModel, OnnxError> {
    let long = tvec!(1.to_dim(), length);
    let facts = extras.iter().map(|extra| match extra {
        Extra::Mask => i64::fact(long.clone()),
        Extra::Length => i64::fact([1]),
    });
    let facts: Vec<TypedFact> = std::iter::once(f32::fact(long.clone())).chain(facts).collect();
    for (at, fact) in facts.into_iter().enumerate() {
        model.set_input_fact(at, fact.into()).map_err(load_error)?;
    }
    // Other lengths may be stated in the file.
    for at in 0..model.outputs.len() {
        model.set_output_fact(at, InferenceFact::default()).map_err(load_error)?;
    }
    Ok(model)
}

/// Mean 0 and variance 1, with 1e-7 added to the variance as in `Wav2Vec2FeatureExtractor`.
fn normalize(values: &mut [f32]) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / count;
    let power = values.iter().map(|value| (f64::from(*value) - mean) * (f64::from(*value) - mean));
    let scale = 1.0 / (power.sum::<f64>() / count + 1e-7).sqrt();
    for value in values {
        *value = ((f64::from(*value) - mean) * scale) as f32;
    }
}

fn log_softmax(row: &mut [f32]) {
    let most = f64::from(row.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let sum: f64 = row.iter().map(|value| (f64::from(*value) - most).exp()).sum();
    let log_sum = most + sum.ln();
    for value in row {
        *value = (f64::from(*value) - log_sum) as f32;
    }
}

/// Tokens and their columns from a `vocab.json`: a map of tokens to columns, as Hugging Face writes it, or a
/// list of tokens. In the order of the columns.
///
/// ```
/// let tokens = sprog::onnx::ctc::vocabulary(r#"{"<pad>": 0, "å": 2, "|": 1}"#)?;
/// assert_eq!(tokens[2], ("å".to_owned(), 2));
/// # Ok::<(), sprog::onnx::OnnxError>(())
/// ```
///
/// # Errors
/// [`OnnxError::Vocabulary`] for other JSON, or a column that is there twice.
pub fn vocabulary(json: &str) -> Result<Vec<(String, u32)>, OnnxError> {
    let wrong = |reason: String| OnnxError::Vocabulary(reason);
    let value: serde_json::Value = serde_json::from_str(json).map_err(|error| wrong(error.to_string()))?;
    let mut tokens: Vec<(String, u32)> = match value {
        serde_json::Value::Array(list) => (0u32..)
            .zip(list)
            .map(|(column, token)| match token {
                serde_json::Value::String(token) => Ok((token, column)),
                other => Err(wrong(format!("{other:.60} is not a token"))),
            })
            .collect::<Result<_, _>>()?,
        serde_json::Value::Object(map) => map
            .into_iter()
            .map(|(token, column)| match column.as_u64().and_then(|column| u32::try_from(column).ok()) {
                Some(column) => Ok((token, column)),
                None => Err(wrong(format!("{token:.60?} has the column {column:.60}"))),
            })
            .collect::<Result<_, _>>()?,
        _ => return Err(wrong("expected a map of tokens to columns, or a list of tokens".to_owned())),
    };
    tokens.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    match tokens.windows(2).find(|pair| pair[0].1 == pair[1].1) {
        Some(pair) => Err(wrong(format!("{:?} and {:?} have one column", pair[0].0, pair[1].0))),
        None => Ok(tokens),
    }
}
