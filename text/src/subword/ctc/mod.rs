//! Label sets of CTC models: from transcripts to what each column of a speech recognizer's output stands for.
//!
//! Connectionist temporal classification (Graves et al. 2006) needs a label for each character, or each subword, that
//! transcripts are written with, and a *blank*, here always label 0. [`Transcripts`] counts what is in the transcripts,
//! [`characters`] chooses labels, and [`Labels`] writes them as the field reads them: `vocab.json` (wav2vec2),
//! `tokens.txt` (Kaldi, icefall, k2: a name and its number a line) and a name a line (torchaudio, flashlight, ESPnet).
//! [`lexicon`] spells words in labels for decoders that are bound to a lexicon. With the feature `tokenizers`, `subwords`
//! makes labels of one character or more.
//!
//! Transcripts are expected as they are said: [`spoken`](crate::normalize::spoken) with the preset `asr` makes small
//! letters of them, leaves out punctuation and writes numbers as words. A digit that is left can be read in many ways, so
//! digits are no labels unless asked for, and [`Transcripts::with_digits`] says how many transcripts have one.
//!
//! ```
//! use sprog_text::subword::ctc::{Options, Transcripts, characters};
//! let mut transcripts = Transcripts::default();
//! transcripts.add("jeg bor på ærø");
//! let chosen = characters(&transcripts, &Options::default())?;
//! let labels = &chosen.labels;
//! assert_eq!((labels.id("<blank>"), labels.id("|"), labels.len()), (Some(0), Some(2), 32));
//! // The 29 letters are there whether or not the transcripts have them.
//! assert_eq!(labels.spell("ærø"), Ok(vec![30, 20, 31]));
//! # Ok::<(), sprog_text::subword::ctc::Error>(())
//! ```

mod characters;
mod error;
mod labels;
mod lexicon;
#[cfg(feature = "tokenizers")]
mod subwords;
mod transcripts;

pub use characters::{Characters, DANISH, Options, Rare, RareCharacter, characters};
pub use error::Error;
pub use labels::Labels;
pub use lexicon::{Entry, Lexicon, lexicon};
#[cfg(feature = "tokenizers")]
pub use subwords::{Subwords, subwords};
pub use transcripts::Transcripts;
