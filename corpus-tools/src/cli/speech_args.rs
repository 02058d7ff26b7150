//! The verbs of `sprog speech` and their arguments.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// What is done with recordings.
#[derive(Debug, Subcommand)]
pub(crate) enum SpeechVerb {
    /// Tell what recordings are: codec, rate, channels, length, and what is wrong with them
    #[command(after_help = "Example:
  sprog speech info clips/*.mp3 --json

Files are decoded to the end: the length is that of the samples, not what the header says. Exit code 2 if a
file cannot be read.")]
    Info {
        /// Audio files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Change the sample rate
    #[command(after_help = "Examples:
  sprog speech resample interview.mp3 interview.wav --rate 16000
  sprog speech resample two-microphones.wav best.flac --rate 16000 --channels best

The ending of OUT says what is written: .wav or .flac. Length is exact, and nothing is delayed.")]
    Resample {
        /// Audio file
        input: PathBuf,
        /// .wav or .flac
        output: PathBuf,
        /// Frames a second, Hz
        #[arg(long)]
        rate: u32,
        /// What becomes of several channels
        #[arg(long, value_enum, default_value_t = ChannelsArg::Keep)]
        channels: ChannelsArg,
        /// How samples are written; FLAC has 16 bits
        #[arg(long, value_enum, default_value_t = SamplesArg::I16)]
        samples: SamplesArg,
    },
    /// Compute what models take in place of audio: filter banks, MFCC, log-mel spectrograms
    #[command(after_help = "Examples:
  sprog speech features clip.wav --type whisper-mel --out clip.npy
  sprog speech features clip.wav --type kaldi-mfcc --deltas 2 --cmvn --out clip.npy
  sprog speech features clips/*.flac --type kaldi-fbank --bins 80 --out features.parquet

The audio is mixed to one channel and brought to --sample-frequency. A .npy file holds float32 [frames, dims] of
one recording; a .parquet file a row for each: id, input_features, frames, dim.")]
    Features(FeatureArgs),
    /// Tell speech from silence
    #[command(after_help = "Examples:
  sprog speech vad meeting.mp3
  sprog speech vad meeting.mp3 --plain --max-duration 30     start and end in seconds, a stretch a line
  sprog speech vad *.wav --format rttm > speech.rttm")]
    Vad(VadArgs),
    /// Measure recordings: noise, clipping, bandwidth, loudness, microphones
    #[command(after_help = "Examples:
  sprog speech quality clips/*.flac > quality.jsonl
  sprog speech quality interview.wav --text 'Goddag og velkommen'

A JSON object a line. The docs tell what each number is, with its unit. With several channels the best one is
measured, and `channel` and `channel_reason` tell which and why.")]
    Quality {
        /// Audio files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// What is said, to see whether it can be said in that time; only with one file
        #[arg(long)]
        text: Option<String>,
    },
    /// Find when each word of a transcript is said
    #[command(after_help = "Examples:
  sprog speech align --manifest clips.jsonl --out aligned
  sprog speech align --manifest clips.jsonl --out aligned --save-model dansk.model
  sprog speech align --audio session.mp3 --text session.txt --long --model dansk.model --out aligned
  sprog speech align --manifest clips.jsonl --out aligned --format text-grid --format srt --format eaf
  sprog speech align --ctc emissions.npy --labels vocab.json --text clip.txt --out aligned

A manifest has {\"id\", \"audio\", \"text\"} a line; paths are relative to it. No model is needed: one
is trained on the recordings themselves, which wants some minutes of speech; --save-model keeps it. Writes
OUT/<id>.json with {\"words\": [{\"text\", \"char_start\", \"char_end\", \"start\", \"end\", \"score\", \"status\"}], \"status\"}, times in
seconds, and OUT/<id>.TextGrid. A word is ok, suspect, or unaligned (not there, or not where it was put). Exit code 1 if a
recording could not be aligned.")]
    Align(Box<AlignArgs>),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ChannelsArg {
    /// As they are
    Keep,
    /// Their mean
    Mix,
    /// The first one
    First,
    /// The one recorded best
    Best,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SamplesArg {
    /// 16-bit
    I16,
    /// 32-bit float
    F32,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FeatureTypeArg {
    KaldiFbank,
    KaldiMfcc,
    WhisperMel,
}

/// Options by Kaldi's names.
#[derive(Debug, clap::Args)]
pub(crate) struct FeatureArgs {
    /// Audio files
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Which features
    #[arg(long = "type", value_enum)]
    pub(crate) kind: FeatureTypeArg,
    /// Mel bins; 80 if not given, 23 for MFCC
    #[arg(long)]
    pub(crate) bins: Option<usize>,
    /// X.npy for one recording, X.parquet for any number
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Kaldi: sample rate the audio is brought to, Hz
    #[arg(long, default_value_t = 16_000)]
    pub(crate) sample_frequency: u32,
    /// Kaldi: milliseconds of a frame
    #[arg(long, default_value_t = 25.0)]
    pub(crate) frame_length: f32,
    /// Kaldi: milliseconds from one frame to the next
    #[arg(long, default_value_t = 10.0)]
    pub(crate) frame_shift: f32,
    /// Kaldi: only frames that lie wholly in the audio
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
    pub(crate) snip_edges: bool,
    /// Kaldi: noise added to each sample, at 16 bits; the same for the same audio
    #[arg(long, default_value_t = 0.0)]
    pub(crate) dither: f32,
    /// Kaldi: lowest edge of the mel bins, Hz
    #[arg(long, default_value_t = 20.0)]
    pub(crate) low_freq: f32,
    /// Kaldi: highest edge, Hz; 0 or below: from half the sample rate
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    pub(crate) high_freq: f32,
    /// Kaldi: the energy too
    #[arg(long, action = clap::ArgAction::Set)]
    pub(crate) use_energy: Option<bool>,
    /// MFCC: cepstral coefficients
    #[arg(long, default_value_t = 13)]
    pub(crate) num_ceps: usize,
    /// Append derivatives up to this order
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) deltas: u8,
    /// Subtract the mean of each recording, and divide by its deviation with `--norm-vars`
    #[arg(long)]
    pub(crate) cmvn: bool,
    /// With --cmvn: variances of 1 too
    #[arg(long, requires = "cmvn")]
    pub(crate) norm_vars: bool,
    /// Whisper: cut or fill up to 30 seconds, as its models take it
    #[arg(long)]
    pub(crate) pad_or_trim: bool,
    /// Worker threads; all processors if not given
    #[arg(long)]
    pub(crate) threads: Option<usize>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum VadFormat {
    /// An object a recording
    Json,
    /// NIST RTTM
    Rttm,
}

#[derive(Debug, clap::Args)]
pub(crate) struct VadArgs {
    /// Audio files
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// How strict, 0 to 3
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub(crate) mode: u8,
    /// Seconds of the shortest stretch
    #[arg(long, default_value_t = 0.1)]
    pub(crate) min_speech: f64,
    /// Seconds of silence that end a stretch
    #[arg(long, default_value_t = 0.5)]
    pub(crate) min_silence: f64,
    /// Seconds kept before and after
    #[arg(long, default_value_t = 0.1)]
    pub(crate) padding: f64,
    /// Seconds of the longest stretch; longer ones are cut where it is quietest
    #[arg(long)]
    pub(crate) max_duration: Option<f64>,
    /// A line for each stretch: start and end in seconds
    #[arg(long)]
    pub(crate) plain: bool,
    /// The form
    #[arg(long, value_enum, default_value_t = VadFormat::Json)]
    pub(crate) format: VadFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AlignFormat {
    /// Praat
    TextGrid,
    /// NIST
    Ctm,
    /// Subtitles
    Srt,
    /// WebVTT subtitles
    Vtt,
    /// ELAN
    Eaf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AlignArgs {
    /// JSON lines with `id`, `audio` and `text`
    #[arg(long, conflicts_with_all = ["audio", "ctc", "text"], required_unless_present_any = ["audio", "ctc"])]
    pub(crate) manifest: Option<PathBuf>,
    /// One recording instead
    #[arg(long, requires = "text")]
    pub(crate) audio: Option<PathBuf>,
    /// Its transcript, a text file
    #[arg(long)]
    pub(crate) text: Option<PathBuf>,
    /// Folder for the result
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// More forms to write besides JSON and TextGrid
    #[arg(long, value_enum)]
    pub(crate) format: Vec<AlignFormat>,
    /// A table of all words too: id, words
    #[arg(long)]
    pub(crate) parquet: bool,
    /// Recordings of minutes or hours, whose transcript may have gaps and mistakes
    #[arg(long)]
    pub(crate) long: bool,
    /// With --long: write pieces of 1 to 30 seconds, cut in silence, to OUT/<id>.segments.jsonl
    #[arg(long, requires = "long")]
    pub(crate) segments: bool,
    /// A model made with --save-model
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// Keep the model
    #[arg(long, conflicts_with = "model")]
    pub(crate) save_model: Option<PathBuf>,
    /// Hours of the recordings that a model is trained on at most
    #[arg(long, default_value_t = 3.0)]
    pub(crate) train_hours: f64,
    /// Pronunciations that go before the rules: a word, a tab and its phones a line, or NST's lexicon
    #[arg(long)]
    pub(crate) lexicon: Option<PathBuf>,
    /// Leave word starts where the model puts them, without the constant offsets of phones
    #[arg(long)]
    pub(crate) no_calibration: bool,
    /// Letters for phones: for texts that the rules for Danish do not fit
    #[arg(long)]
    pub(crate) graphemes: bool,
    /// Log-probabilities of a CTC model for one recording: a .npy file of float32 [frames, labels]
    #[arg(long, requires_all = ["text", "labels"],
          conflicts_with_all = ["audio", "model", "save_model", "long", "lexicon", "graphemes", "parquet"])]
    pub(crate) ctc: Option<PathBuf>,
    /// A CTC model of the wav2vec2 kind, an ONNX file (in a sprog built with `--features onnx`)
    #[arg(long, requires = "labels",
          conflicts_with_all = ["ctc", "model", "save_model", "long", "lexicon", "graphemes", "parquet"])]
    pub(crate) ctc_model: Option<PathBuf>,
    /// The labels of the CTC model: vocab.json, tokens.txt, a label a line, or tokenizer.json (subwords)
    #[arg(long)]
    pub(crate) labels: Option<PathBuf>,
    /// Seconds of a frame of the CTC model
    #[arg(long, default_value_t = 0.02)]
    pub(crate) ctc_frame: f64,
    /// Worker threads; all processors if not given
    #[arg(long)]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BoundaryArgs {
    /// The times taken for right: a file or a folder
    pub(crate) reference: PathBuf,
    /// The times to score
    pub(crate) hypothesis: PathBuf,
    /// Name of the tier in TextGrids
    #[arg(long, default_value = "words")]
    pub(crate) tier: String,
    /// Milliseconds taken off every start and end of the hypothesis first
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    pub(crate) bias: f64,
    /// Draw the errors
    #[arg(long)]
    pub(crate) svg: Option<PathBuf>,
    /// Draws for the intervals
    #[arg(long, default_value_t = 1000)]
    pub(crate) resamples: u32,
    /// Seed of the draws
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
}
