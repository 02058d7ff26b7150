//! Models of the user's own, from ONNX files: CTC recognizers ([`ctc`]) and Silero's voice activity
//! detector ([`silero`]). Behind the feature `onnx`, as the runtime (tract, in Rust) is large.
//!
//! A model file is code of a kind: it decides how much is computed. Load only those you trust.

pub mod ctc;
pub mod silero;

use std::io::Read;

use tract_onnx::prelude::*;

/// Why a model could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnnxError {
    /// The file is not ONNX, or has an operator that is not supported.
    #[error("the model cannot be loaded: {0}")]
    Load(String),
    /// Inputs or outputs that are not those of such a model.
    #[error("the model is not {expected}: {found}")]
    Kind {
        /// What was wanted.
        expected: &'static str,
        /// What its inputs or outputs are.
        found: String,
    },
    /// The computation failed.
    #[error("the model cannot be run on {samples} samples: {reason}")]
    Run {
        /// Samples given.
        samples: usize,
        /// What the runtime says.
        reason: String,
    },
    /// More samples than allowed at once.
    #[error("{samples} samples are more than {most} at once; cut the recording")]
    TooLong {
        /// Samples given.
        samples: usize,
        /// Most there may be.
        most: usize,
    },
    /// Fewer samples than the model can take.
    #[error("{samples} samples are fewer than {least}")]
    TooShort {
        /// Samples given.
        samples: usize,
        /// Fewest there may be.
        least: usize,
    },
    /// A sample that is NaN or infinite, or an output that is.
    #[error("{what} {at} is not a number")]
    NotANumber {
        /// `sample` or `output`.
        what: &'static str,
        /// Its index.
        at: usize,
    },
    /// A vocabulary that is neither a map of tokens to columns nor a list.
    #[error("not a vocabulary: {0}")]
    Vocabulary(String),
}

type Plan = TypedRunnableModel<TypedModel>;

fn parse(mut source: impl Read) -> Result<InferenceModel, OnnxError> {
    tract_onnx::onnx().model_for_read(&mut source).map_err(load_error)
}

fn load_error(error: TractError) -> OnnxError {
    OnnxError::Load(format!("{error:#}"))
}

fn plan(model: InferenceModel) -> Result<Plan, OnnxError> {
    model.into_optimized().and_then(|model| model.into_runnable()).map_err(load_error)
}

/// Names of the inputs, in order.
fn input_names(model: &InferenceModel) -> Result<Vec<String>, OnnxError> {
    let outlets = model.input_outlets().map_err(load_error)?;
    Ok(outlets.iter().map(|outlet| model.node(outlet.node).name.clone()).collect())
}

fn check_finite(what: &'static str, values: &[f32]) -> Result<(), OnnxError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(OnnxError::NotANumber { what, at }),
        None => Ok(()),
    }
}
