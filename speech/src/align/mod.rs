//! Forced alignment: where the words of a transcript are in a recording, with a Gaussian-mixture hidden
//! Markov model that is trained from a flat start on the recordings themselves.
//!
//! Samples become [`Features`] in a [`FrontEnd`]; words are pronunciations in phones of a [`PhoneTable`];
//! [`train`] (or a [`Trainer`], to share the work among threads) makes an [`AcousticModel`], whose
//! [`align`](AcousticModel::align) says where each word is, how sure that is, and what to do with it.
//! Times are frames of [`FrontEndOptions::shift_samples`] samples. A [`Calibration`] moves word starts by
//! constants measured elsewhere.
//!
//! Features must be normalized as they were in training: by speaker where speakers are known
//! ([`CepstralMean`] and [`FrontEnd::finish`]), else by recording ([`FrontEnd::compute`]).
//!
//! The same features, words and options make the same model and times on every processor.
//!
//! Phones are modelled by themselves, whatever stands beside them. Decision trees over their neighbours
//! (triphones) were tried: they brought nothing on word starts, so they are not here.
//!
//! ```
//! use sprog_speech::align::{AlignOptions, FrontEnd, FrontEndOptions, PhoneTable, TrainOptions, Utterance, train};
//! let plan = FrontEnd::new(FrontEndOptions::default())?;
//! let mut phones = PhoneTable::default();
//! let word = phones.word(&[vec!["h", "a"], vec!["a"]]);
//! let tone: Vec<f32> = (0..8000).map(|n| (n as f32 * n as f32 * 1e-5).sin() * 0.3).collect();
//! let features = plan.compute(&tone);
//! let utterance = Utterance { features, words: vec![word] };
//! let options = TrainOptions { iterations: 3, ..TrainOptions::default() };
//! let model = train(&[utterance.clone()], &phones, plan.options(), &options)?;
//! let found = model.align(&utterance.features, &utterance.words, &AlignOptions::default())?;
//! assert!(found.words[0].start < found.words[0].end);
//! # Ok::<(), sprog_speech::align::Error>(())
//! ```

mod bytes;
mod calibrate;
pub mod ctc;
mod error;
mod frontend;
mod gmm;
mod graph;
pub mod long;
mod math;
mod model;
mod score;
mod simd;
mod train;
mod viterbi;
#[cfg(test)]
mod viterbi_tests;
mod words;

pub use calibrate::{Calibration, Observed};
pub use error::Error;
pub use frontend::{CepstralMean, Features, FrontEnd, FrontEndOptions};
pub use graph::{Graph, GraphOptions, Role};
pub use model::{AcousticModel, AlignOptions, Alignment, PhoneSpan, WordSpan};
pub use score::{Gap, ScoreOptions, Status};
pub use train::{Accumulator, Labels, TrainOptions, Trainer, Utterance, train};
pub use words::{PhoneId, PhoneTable, SILENCE, Word};
