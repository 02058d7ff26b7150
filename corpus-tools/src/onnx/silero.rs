//! Silero VAD, version 5 or 6, from a file of the user's.
//!
//! Of the files in the PyPI package silero-vad 6 take `silero_vad_16k_sequence.onnx` or
//! `silero_vad_openvino_16k.onnx`. `silero_vad_op18_ifless.onnx` runs too, but twenty times slower, as its
//! shapes stay open for the branch of 8 kHz. In the others the operator `If` has branches of unlike
//! shapes, which tract refuses.

use std::io::Read;

use tract_onnx::prelude::*;

use super::{OnnxError, Plan, check_finite, input_names, load_error, parse, plan};

/// Samples of one probability, at 16 kHz: 32 ms.
pub const WINDOW: usize = 512;
/// Samples of the window before that the model sees too.
const CONTEXT: usize = 64;
const INPUT: usize = WINDOW + CONTEXT;
/// Units of the recurrent layer.
const UNITS: usize = 128;
/// Windows at once for a model that takes many.
const MANY: usize = 256;

enum Kind {
    /// Samples and one tensor of state; where it takes the rate, and which input each is.
    Step { state: usize, rate: Option<usize> },
    /// Many windows, and two tensors of state.
    Sequence { one: Box<Plan> },
}

/// A detector, and what it remembers of the recording so far.
pub struct SileroVad {
    plan: Plan,
    kind: Kind,
    state: Vec<Tensor>,
    context: Vec<f32>,
    pending: Vec<f32>,
}

const EXPECTED: &str = "Silero VAD for 16 kHz with the inputs (input, state[, sr]) or (input, h, c)";

impl SileroVad {
    /// Loads a model.
    ///
    /// # Errors
    /// [`OnnxError::Load`] and [`OnnxError::Kind`].
    pub fn load(source: impl Read) -> Result<Self, OnnxError> {
        let model = parse(source)?;
        let names = input_names(&model)?;
        let at = |name: &str| names.iter().position(|held| held == name);
        let (plan, kind) = match (at("input"), at("state"), at("h"), at("c")) {
            (Some(0), Some(state), None, None) if names.len() <= 3 => {
                let rate = at("sr");
                // Shapes of one window are faster. The file's own are tried too: with a branch for 8 kHz in the
                // model, one window of 16 kHz does not fit all of it.
                let one = one_window(model.clone(), state, rate).and_then(plan);
                (one.or_else(|_| plan(model))?, Kind::Step { state, rate })
            }
            (Some(0), None, Some(1), Some(2)) => {
                let many = |windows: usize| {
                    let mut model = model.clone();
                    model.set_input_fact(0, f32::fact([windows, INPUT]).into()).map_err(load_error)?;
                    for input in [1, 2] {
                        model.set_input_fact(input, f32::fact([1, 1, UNITS]).into()).map_err(load_error)?;
                    }
                    plan(without_output_facts(model)?)
                };
                (many(MANY)?, Kind::Sequence { one: Box::new(many(1)?) })
            }
            _ => {
                return Err(OnnxError::Kind { expected: EXPECTED, found: format!("inputs {names:?}") });
            }
        };
        let mut vad = SileroVad { plan, kind, state: Vec::new(), context: Vec::new(), pending: Vec::new() };
        vad.reset()?;
        Ok(vad)
    }

    /// Forgets all: the next samples are the first of a recording.
    ///
    /// # Errors
    /// None that is known.
    pub fn reset(&mut self) -> Result<(), OnnxError> {
        let zeros = |shape: &[usize]| Tensor::zero::<f32>(shape).map_err(load_error);
        self.state = match self.kind {
            Kind::Step { .. } => vec![zeros(&[2, 1, UNITS])?],
            Kind::Sequence { .. } => vec![zeros(&[1, 1, UNITS])?, zeros(&[1, 1, UNITS])?],
        };
        self.context = vec![0.0; CONTEXT];
        self.pending.clear();
        Ok(())
    }

    /// Adds samples at 16 kHz, one channel; gives the probability of speech, 0 to 1, for each window of
    /// [`WINDOW`] samples that is whole. However the samples are cut into calls, the probabilities are those
    /// of one call, but for the last bits where the model takes many windows at once.
    ///
    /// # Errors
    /// [`OnnxError::NotANumber`]; [`OnnxError::Run`]; [`OnnxError::Kind`] for outputs of another shape.
    pub fn push(&mut self, samples: &[f32]) -> Result<Vec<f32>, OnnxError> {
        check_finite("sample", samples)?;
        self.pending.extend_from_slice(samples);
        let pending = std::mem::take(&mut self.pending);
        let windows = pending.chunks_exact(WINDOW);
        self.pending = windows.remainder().to_vec();
        let windows: Vec<&[f32]> = windows.collect();
        let mut out = Vec::with_capacity(windows.len());
        let mut rest = &windows[..];
        while !rest.is_empty() {
            let take = match self.kind {
                Kind::Sequence { .. } if rest.len() >= MANY => MANY,
                _ => 1,
            };
            let (now, later) = rest.split_at(take);
            self.run(now, &mut out)?;
            rest = later;
        }
        check_finite("output", &out)?;
        Ok(out)
    }

    /// The probability of what is left, filled up with silence; then forgets all. `None` if nothing is left.
    ///
    /// # Errors
    /// As [`SileroVad::push`].
    pub fn finish(&mut self) -> Result<Option<f32>, OnnxError> {
        let left = self.pending.len();
        let last = if left == 0 { Vec::new() } else { self.push(&vec![0.0; WINDOW - left])? };
        self.reset()?;
        Ok(last.first().copied())
    }

    fn run(&mut self, windows: &[&[f32]], out: &mut Vec<f32>) -> Result<(), OnnxError> {
        let samples = windows.len() * WINDOW;
        let failed = |error: TractError| OnnxError::Run { samples, reason: format!("{error:#}") };
        let mut input = Vec::with_capacity(windows.len() * INPUT);
        for window in windows {
            input.extend_from_slice(&self.context);
            input.extend_from_slice(window);
            self.context.clear();
            self.context.extend_from_slice(&window[WINDOW - CONTEXT..]);
        }
        let mut inputs: TVec<TValue> =
            tvec!(Tensor::from_shape(&[windows.len(), INPUT], &input).map_err(failed)?.into());
        let plan = match &self.kind {
            Kind::Step { state, rate } => {
                // The state is input 1 or 2, and the rate the other.
                let held = self.state.first().cloned().unwrap_or_default();
                inputs.push(held.into());
                if let Some(rate) = rate {
                    inputs.push(tensor0(16_000i64).into());
                    if rate < state {
                        inputs.swap(1, 2);
                    }
                }
                &self.plan
            }
            Kind::Sequence { one } => {
                inputs.extend(self.state.iter().map(|state| state.clone().into()));
                if windows.len() == 1 { &**one } else { &self.plan }
            }
        };
        let outputs = plan.run(inputs).map_err(failed)?;
        let other = |found: String| OnnxError::Kind { expected: EXPECTED, found };
        let Some((probabilities, states)) = outputs.split_first() else {
            return Err(other("no output".to_owned()));
        };
        let probabilities = probabilities.as_slice::<f32>().map_err(failed)?;
        let fits = states.len() == self.state.len()
            && states.iter().zip(&self.state).all(|(new, held)| new.shape() == held.shape());
        if probabilities.len() != windows.len() || !fits {
            let shapes: Vec<&[usize]> = outputs.iter().map(|output| output.shape()).collect();
            return Err(other(format!("outputs {shapes:?}")));
        }
        out.extend_from_slice(probabilities);
        self.state = states.iter().map(|state| (**state).clone()).collect();
        Ok(())
    }
}

fn one_window(
    mut model: InferenceModel,
    state: usize,
    rate: Option<usize>,
) -> Result<InferenceModel, OnnxError> {
    model.set_input_fact(0, f32::fact([1, INPUT]).into()).map_err(load_error)?;
    model.set_input_fact(state, f32::fact([2, 1, UNITS]).into()).map_err(load_error)?;
    if let Some(rate) = rate {
        model.set_input_fact(rate, i64::fact([0usize; 0]).into()).map_err(load_error)?;
    }
    without_output_facts(model)
}

/// Files state shapes of outputs that do not hold for one window.
fn without_output_facts(mut model: InferenceModel) -> Result<InferenceModel, OnnxError> {
    for at in 0..model.outputs.len() {
        model.set_output_fact(at, InferenceFact::default()).map_err(load_error)?;
    }
    Ok(model)
}
