//! The verbs of `sprog tokenizer` and their arguments.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::args::{LineArgs, ResourceArgs};

/// What is done with tokenizers.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenizerVerb {
    /// Train a vocabulary on texts and write it as a tokenizer.json
    #[command(after_help = "Examples:
  sprog tokenizer train crawl.jsonl.zst news.parquet --vocab-size 32000 --out da32k.json
  sprog tokenizer train texts.txt --vocab-size 8000 --special-token '<|endoftext|>' --special-token '<|pad|>' --out da8k.json
  sprog tokenizer train texts.jsonl --model wordpiece --vocab-size 30000 --out bert-da.json
  sprog tokenizer train big.jsonl --vocab-size 64000 --mem 1G --threads 8 --out da64k.json

Inputs are JSON lines or Parquet with `text`, or text files, plain or compressed. The file loads in Hugging Face
tokenizers and transformers (PreTrainedTokenizerFast). The same texts give the same file, whatever the threads. Where
the words take more than --mem they go to disk; if that is not enough the rarest are left out, and how many is told.")]
    Train(TrainArgs),
    /// Turn texts into ids
    #[command(after_help = "Examples:
  echo 'rødgrød med fløde' | sprog tokenizer encode --tokenizer da32k.json
  sprog tokenizer encode --tokenizer da32k.json --tokens --offsets < texts.txt
  sprog tokenizer encode --tokenizer da32k.json --jsonl crawl.jsonl > ids.jsonl
  sprog tokenizer encode --tokenizer da32k.json news.parquet --out ids.parquet

Writes {\"ids\": […]} a line, with --tokens also \"tokens\", with --offsets also \"offsets\": start and end of each token
in code points of the text, half-open. A Parquet file gets a column more, input_ids (list of int32).")]
    Encode(EncodeArgs),
    /// Turn ids back into texts
    #[command(after_help = "Examples:
  sprog tokenizer decode --tokenizer da32k.json < ids.jsonl
  echo '311 57 4' | sprog tokenizer decode --tokenizer da32k.json --plain

A line is {\"ids\": […]} as encode writes it, a JSON list, or ids with spaces between. Writes {\"text\"}. An id that the
tokenizer does not have is an error of its line.")]
    Decode(DecodeArgs),
    /// Compare tokenizers on texts: bytes a token, tokens a word, words kept whole, how compounds are cut
    #[command(after_help = "Examples:
  sprog tokenizer stats --tokenizer da32k.json --tokenizer gpt2.json news.jsonl
  sprog tokenizer stats --tokenizer da32k.json --tokenizer gpt2.json corpus.parquet --by domain --plot tokens.svg
  sprog tokenizer stats --tokenizer da32k.json texts.txt --json

Inputs are JSON lines or Parquet with `text`, or texts a line, plain or compressed. Use texts that no tokenizer was
trained on. A word has a letter; compounds are judged by sprog text compounds; unused is ids that no text had.")]
    Stats(StatsArgs),
    /// Make the labels of a CTC model from transcripts: vocab.json, tokens.txt, a lexicon
    #[command(after_help = "Examples:
  sprog tokenizer ctc train.jsonl --out labels
  sprog tokenizer ctc speech.parquet --out labels --lexicon words.txt --blank '[PAD]' --unknown '[UNK]'
  sprog tokenizer ctc transcripts.txt --out labels --min-count 50 --rare refuse
  sprog tokenizer ctc train.jsonl --out labels --model bpe --vocab-size 500
  sprog speech align --ctc emissions.npy --labels labels/vocab.json --text clip.txt --out aligned

Inputs are JSON lines or Parquet with `text`, or a transcript a line. Transcripts are brought into the form in which they
are said (preset asr: small letters, no punctuation, numbers as words). Writes to OUT: vocab.json and
tokenizer_config.json (wav2vec2), or with bpe tokenizer.json; tokens.txt (Kaldi, icefall, k2: label and number),
labels.txt (torchaudio, flashlight, ESPnet: a label a line), lexicon.txt with --lexicon, report.json. The blank is label 0. Digits that are left
are no labels, and transcripts with them are listed in problems.jsonl.")]
    Ctc(CtcArgs),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ModelArg {
    /// Byte-level BPE
    Bpe,
    /// Unigram on bytes
    Unigram,
    /// WordPiece with the words of cased BERT
    Wordpiece,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PatternArg {
    /// Ours
    Danish,
    /// GPT-2's
    Gpt2,
    /// GPT-4's and Llama 3's
    Cl100k,
    /// GPT-4o's
    O200k,
    /// Qwen 2's and 3's
    Qwen2,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TrainArgs {
    /// Files of texts
    #[arg(required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// The tokenizer.json to write
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Tokens in all, special ones among them
    #[arg(long, default_value_t = 32_000)]
    pub(crate) vocab_size: usize,
    /// The kind of model
    #[arg(long, value_enum, default_value_t = ModelArg::Bpe)]
    pub(crate) model: ModelArg,
    /// How text is cut into words; not for wordpiece
    #[arg(long, value_enum, default_value_t = PatternArg::Danish)]
    pub(crate) pattern: PatternArg,
    /// A special token; may be given again, and the order is that of the ids. <|endoftext|> if none is named, for
    /// wordpiece those of BERT
    #[arg(long = "special-token", value_name = "TOKEN")]
    pub(crate) special_tokens: Vec<String>,
    /// Train without special tokens
    #[arg(long, conflicts_with = "special_tokens")]
    pub(crate) no_special_tokens: bool,
    /// bpe, wordpiece: pairs that occur less often are not merged
    #[arg(long, default_value_t = 2)]
    pub(crate) min_frequency: u64,
    /// bpe, unigram: the longest token, in bytes
    #[arg(long)]
    pub(crate) max_token_length: Option<usize>,
    /// The column of the texts
    #[arg(long, default_value = "text")]
    pub(crate) text_column: String,
    #[command(flatten)]
    pub(crate) resources: ResourceArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EncodeArgs {
    /// The tokenizer.json
    #[arg(long)]
    pub(crate) tokenizer: PathBuf,
    /// Put the special tokens around each text that the tokenizer has for that
    #[arg(long)]
    pub(crate) add_special_tokens: bool,
    /// Write the tokens too, as the vocabulary has them; with --plain in place of the ids
    #[arg(long)]
    pub(crate) tokens: bool,
    /// Write where in the text each token stands, in code points
    #[arg(long, conflicts_with = "plain")]
    pub(crate) offsets: bool,
    /// For a Parquet file: the file with the ids
    #[arg(long, conflicts_with_all = ["plain", "tokens", "offsets", "jsonl"], requires = "file")]
    pub(crate) out: Option<PathBuf>,
    /// For a Parquet file: the column of the texts
    #[arg(long, default_value = "text")]
    pub(crate) text_column: String,
    #[command(flatten)]
    pub(crate) lines: LineArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DecodeArgs {
    /// The tokenizer.json
    #[arg(long)]
    pub(crate) tokenizer: PathBuf,
    /// Leave special tokens out of the text
    #[arg(long)]
    pub(crate) skip_special_tokens: bool,
    /// A file of ids; standard input if not given or `-`
    pub(crate) file: Option<PathBuf>,
    /// Write just the text
    #[arg(long)]
    pub(crate) plain: bool,
    /// Answer each line before reading the next
    #[arg(long)]
    pub(crate) line_buffered: bool,
    /// Worker threads; all processors if not given
    #[arg(long)]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct StatsArgs {
    /// Files of texts
    #[arg(required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// A tokenizer.json; may be given again
    #[arg(long, required = true)]
    pub(crate) tokenizer: Vec<PathBuf>,
    /// Count the texts of each value of this column apart too
    #[arg(long, value_name = "COLUMN")]
    pub(crate) by: Option<String>,
    /// The column of the texts
    #[arg(long, default_value = "text")]
    pub(crate) text_column: String,
    /// Draw the figures: .svg or .html
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
    /// Worker threads; all processors if not given
    #[arg(long)]
    pub(crate) threads: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CtcModel {
    Char,
    Bpe,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RareArg {
    /// The letter without its marks where that is a label (é as e), else the unknown label
    Map,
    /// The unknown label
    Unknown,
    /// Refuse, with exit code 1
    Refuse,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CtcArgs {
    /// Files of transcripts
    #[arg(required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Folder for the files
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// A label a character, or labels of one character or more by byte-pair encoding
    #[arg(long, value_enum, default_value_t = CtcModel::Char)]
    pub(crate) model: CtcModel,
    /// bpe: how many labels
    #[arg(long, default_value_t = 500)]
    pub(crate) vocab_size: usize,
    /// Name of the blank, label 0
    #[arg(long, default_value = "<blank>")]
    pub(crate) blank: String,
    /// Name of the label for what has none; empty for no such label
    #[arg(long, default_value = "<unk>")]
    pub(crate) unknown: String,
    /// char: name of the label between words; empty for no such label
    #[arg(long, default_value = "|")]
    pub(crate) delimiter: String,
    /// Characters that are always labels
    #[arg(long, default_value = sprog_text::subword::ctc::DANISH)]
    pub(crate) alphabet: String,
    /// Occurrences that another character needs to be a label
    #[arg(long, default_value_t = 10)]
    pub(crate) min_count: u64,
    /// What becomes of characters that are too rare
    #[arg(long, value_enum, default_value_t = RareArg::Map)]
    pub(crate) rare: RareArg,
    /// Let digits be labels
    #[arg(long)]
    pub(crate) digits: bool,
    /// How transcripts are brought into one form: asr, coral-eval, lookup, publish, or none
    #[arg(long, default_value = "asr")]
    pub(crate) normalize: String,
    /// Steps of the preset to leave out, such as casefold
    #[arg(long, value_delimiter = ',')]
    pub(crate) without: Vec<String>,
    /// Words, one a line, to spell in labels: lexicon.txt for decoders that are bound to it
    #[arg(long, value_name = "WORDS")]
    pub(crate) lexicon: Option<PathBuf>,
    /// The column of the transcripts
    #[arg(long, default_value = "text")]
    pub(crate) text_column: String,
    /// Worker threads; all processors if not given
    #[arg(long)]
    pub(crate) threads: Option<usize>,
}
