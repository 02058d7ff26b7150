use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use super::catalog::CatalogVerb;
use super::fetch::FetchArgs;
use super::speech_args::{BoundaryArgs, SpeechVerb};
use super::subset::SubsetArgs;
use super::tokenizer_args::TokenizerVerb;

/// Build, check and publish Danish audio, text and rules as open datasets.
#[derive(Debug, Parser)]
#[command(name = "sprog", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Examples:
  sprog new my-corpus                 write a recipe to start from
  sprog build datasets/demo           build the demo into sprog-out/demo/<version>
  sprog verify sprog-out/demo/1.0.0   check every byte of a published dataset
  sprog inspect clip.wav              what is this file, and what is wrong with it?

Exit codes: 0 ok, 1 a gate or a check refused, 2 bad input or usage, 3 disk, network or permission.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    /// Print results as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say nothing but errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Language of messages
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<Language>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    Da,
    #[default]
    En,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Build a dataset from a recipe
    #[command(after_help = "Examples:
  sprog build datasets/demo
  sprog build datasets/demo --out /data --threads 8 --mem 4G

A build that was stopped goes on where it stood when the same command is given again.")]
    Build {
        /// recipe.toml or the folder it is in
        recipe: PathBuf,
        /// Folder for the result, which is OUT/<id>/<version>
        #[arg(long, default_value = "sprog-out")]
        out: PathBuf,
        #[command(flatten)]
        resources: ResourceArgs,
        /// Keep the shards and the journal of the finished build
        #[arg(long)]
        keep_work: bool,
    },
    /// Bring a published dataset or a part of it, the files of a recipe's sources, or one file
    Fetch(FetchArgs),
    /// Check a recipe: syntax, licences, legal basis, inputs; or lint it by a standard
    #[command(after_help = "Examples:
  sprog check datasets/demo                                  can this recipe be built?
  sprog check --standard digst datasets/demo                 does it keep to the Danish recommendations?
  sprog check --standard digst sprog-out/demo/1.0.0 --json   the same of a published dataset

digst: the recommendations of Digitaliseringsstyrelsen for language resources (sprogteknologi.dk). A finding
is required or recommended; exit code 1 where something required is missing. `sprog explain` says why.")]
    Check {
        /// recipe.toml or the folder it is in; with --standard also a published folder
        recipe: PathBuf,
        /// Lint by a standard instead
        #[arg(long, value_enum)]
        standard: Option<Standard>,
    },
    /// Check every byte of a published dataset against its manifest, and with a key who signed it
    #[command(after_help = "Examples:
  sprog verify sprog-out/demo/1.0.0
  sprog verify sprog-out/demo/1.0.0 --key publisher.pub

Every flipped bit is found; without --key not one in the signature itself.")]
    Verify {
        /// The published folder
        dir: PathBuf,
        /// Public key of the publisher, a .pub file or its 56 characters: the signature must be there and right
        #[arg(long)]
        key: Option<String>,
    },
    /// Put a built dataset into a folder or bucket from where everyone can get it
    #[command(after_help = "Examples:
  sprog publish sprog-out/demo/1.0.0 --to public --key publisher.key
  sprog publish sprog-out/demo/1.0.0 --to s3://bucket/open --key publisher.key   (in a sprog with feature s3)
  sprog publish sprog-out/demo/1.0.0 --to demo-1.0.0-bag --format bagit          for archives

Goes to TO/ds/<id>/<version>; TO/ds/<id>/latest.json is written last, and never points to half a version. The
same command again changes nothing, and goes on where a stopped one stood. The key is --key, or the file in
SPROG_SIGNING_KEY, or the text in SPROG_SIGNING_KEY_DATA; its password is in SPROG_SIGNING_PASSWORD or asked for.
S3: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION.")]
    Publish(PublishArgs),
    /// Make a pair of keys to sign datasets with, in the formats of minisign
    #[command(after_help = "Examples:
  sprog keygen --out publisher               writes publisher.key (secret) and publisher.pub
  sprog keygen --out publisher --no-password")]
    Keygen(KeygenArgs),
    /// Tell what a file or folder is and what is wrong with it
    Inspect {
        /// File or folder
        path: PathBuf,
    },
    /// Compare two published versions: rows added, removed, changed
    Diff {
        /// The older one
        a: PathBuf,
        /// The newer one
        b: PathBuf,
        /// Ids told of each config
        #[arg(long, default_value_t = 20)]
        list: usize,
    },
    /// Take some rows of a published dataset as a dataset of its own
    Subset(SubsetArgs),
    /// Write a recipe to start from
    New {
        /// Id of the dataset, also the folder's name
        #[arg(required_unless_present = "schema")]
        id: Option<String>,
        /// Print a JSON Schema instead: of recipes, for editors, or of dataset.json
        #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "recipe")]
        schema: Option<SchemaOf>,
    },
    /// Query published datasets with SQL (in a sprog built with `--features sql`)
    #[command(after_help = "Examples:
  sprog sql 'SELECT source, count(*) FROM text GROUP BY source' sprog-out/demo/1.0.0
  sprog sql \"SELECT id, text FROM speech_test WHERE dialect = 'Fyn' ORDER BY id\" sprog-out/demo/1.0.0 --json
  sprog sql 'SELECT b.id FROM old.text a JOIN new.text b USING (id) WHERE a.text <> b.text' \\
            old=corpus/1.0.0 new=corpus/1.1.0 --out changed.parquet

Tables are the configs of a dataset (`text`), one split of them (`text_train`) and what was taken out
(`removed_text`). A Parquet file goes by its name without the ending. The order of rows is that of
ORDER BY, and not defined without it. Queries only read.")]
    Sql {
        /// A SELECT
        query: String,
        /// Published folders or Parquet files; NAME=PATH puts their tables into the schema NAME
        #[arg(required = true)]
        inputs: Vec<String>,
        /// Write the rows to a .parquet, .jsonl or .csv file instead
        #[arg(long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        resources: ResourceArgs,
    },
    /// Take duplicates out of files and leave the rest as it is
    #[command(after_help = "Examples:
  sprog dedup crawl.jsonl.zst --out unique                     near duplicates: MinHash, 14 bands of 8
  sprog dedup a.parquet b.parquet --out unique --method exact  the same text, byte for byte
  sprog dedup books.jsonl --out unique --method substring      passages of 50 tokens or more, cut

Inputs are JSON lines or Parquet with `text` (and `id`), or texts a line, plain or compressed. Writes
OUT/kept.* with what is left as it stood, and OUT/removed.parquet: id, kept_id, reason, score, and for
passages start and end in code points. Lines that cannot be read go to OUT/problems.jsonl. The first of a
kind is kept. In a recipe the steps exact-dedup, near-dedup, line-dedup and substring-dedup do more.")]
    Dedup {
        /// Files, in the order in which the first of a kind counts
        #[arg(required = true)]
        inputs: Vec<PathBuf>,
        /// Folder for the result
        #[arg(long)]
        out: PathBuf,
        /// What counts as a duplicate
        #[arg(long, value_enum, default_value_t = DedupMethod::Minhash)]
        method: DedupMethod,
        /// minhash: words of a shingle
        #[arg(long, default_value_t = 5)]
        ngram: usize,
        /// minhash: bands of the signature
        #[arg(long, default_value_t = 14)]
        bands: usize,
        /// minhash: values of a band
        #[arg(long, default_value_t = 8)]
        rows: usize,
        /// minhash: take out only what has this Jaccard similarity, found out from the texts themselves
        #[arg(long)]
        threshold: Option<f64>,
        /// substring: tokens of the shortest passage
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
        min_tokens: u32,
        #[command(flatten)]
        resources: ResourceArgs,
    },
    /// Work on Danish text, a line at a time
    #[command(subcommand)]
    Text(TextVerb),
    /// Work on recordings of speech
    #[command(subcommand)]
    Speech(SpeechVerb),
    /// Train and use subword tokenizers, and see what they make of texts
    #[command(subcommand)]
    Tokenizer(TokenizerVerb),
    /// Score speech recognition against transcripts, and alignments against times set by hand
    #[command(subcommand)]
    Score(ScoreVerb),
    /// A static site over published datasets
    #[command(subcommand)]
    Catalog(CatalogVerb),
    /// Explain an error code
    Explain {
        /// Such as SPROG-0132
        code: String,
    },
    /// Work with published rules
    #[command(subcommand)]
    Rules(RulesVerb),
}

/// What a recipe or a published folder can be linted by.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Standard {
    Digst,
}

/// What there is a JSON Schema of.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SchemaOf {
    Recipe,
    Dataset,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PublishArgs {
    /// The built folder, OUT/<id>/<version>
    pub(crate) dir: PathBuf,
    /// The root: a folder, or s3://bucket/prefix; of a bag the bag itself
    #[arg(long)]
    pub(crate) to: String,
    /// Secret key to sign with
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
    /// release: the layout of the web; bagit: a bag for archives (BagIt 1.0)
    #[arg(long, value_enum, default_value_t = BundleFormat::Release)]
    pub(crate) format: BundleFormat,
    /// Folder of the version before, for the row diff, where the root is no folder
    #[arg(long)]
    pub(crate) previous: Option<PathBuf>,
    /// Tell what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// S3: allow a server that is spoken to without encryption
    #[arg(long)]
    pub(crate) allow_http: bool,
    #[command(flatten)]
    pub(crate) resources: ResourceArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BundleFormat {
    Release,
    Bagit,
}

#[derive(Debug, clap::Args)]
pub(crate) struct KeygenArgs {
    /// Name of the files, without .key and .pub
    #[arg(long)]
    pub(crate) out: PathBuf,
    /// Do not encrypt the secret key
    #[arg(long)]
    pub(crate) no_password: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DedupMethod {
    Exact,
    Minhash,
    Substring,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesVerb {
    /// Read a rule file into a table, every line accounted for
    #[command(after_help = "Examples:
  sprog rules import da_DK.aff --format hunspell-aff --license 'GPL-2.0-only OR LGPL-2.1-only OR MPL-1.1' --out aff.parquet
  sprog rules import th_da_DK.dat --format mythes --license MPL-1.1 --out thesaurus.parquet
  sprog rules import da_DK.dic --compile --out da.spell      for sprog text spell --dictionary da.spell

  sprog rules import dannet-wn-lmf.xml --format wn-lmf --table thesaurus --license CC-BY-SA-4.0 --out thesaurus.parquet

The format of .aff, .dic, .cg3, .rlx, .dix, .tex and .xml (LanguageTool) is known by the name. Formats: hunspell-aff
hunspell-dic hyphenation lexicon unimorph cor cor-ext cor-search-help full-forms nst-lexicon dsdo word-list
misspellings mythes languagetool cg dix conllu-lexicon core-lexicon, and with --table rule-table, wn-lmf
(lexicon_entries, lexicon_forms, thesaurus) and csvw (lexicon_entries, thesaurus; words-metadata.json lies beside
words.csv). Many files, licences and a card: sprog build.")]
    Import {
        /// The rule file
        file: PathBuf,
        /// Its format
        #[arg(long)]
        format: Option<String>,
        /// Where the table goes, .parquet
        #[arg(long)]
        out: PathBuf,
        /// The source's name in the rows; the file's name if not given
        #[arg(long)]
        source: Option<String>,
        /// Its licence, an SPDX expression
        #[arg(long)]
        license: Option<String>,
        /// rule-table, wn-lmf, csvw: the table that is made of it
        #[arg(long)]
        table: Option<String>,
        /// Compile a spelling dictionary instead, that is opened in a moment
        #[arg(long, conflicts_with_all = ["format", "source", "license", "table"])]
        compile: bool,
    },
    /// Run the examples that rules carry, and tell which rules do not behave
    #[command(after_help = "Examples:
  sprog rules test                          our own rules
  sprog rules test grammar.xml --json

Exit code 1 where an example does not behave.")]
    Test {
        /// LanguageTool's XML; our own rules if none is named
        files: Vec<PathBuf>,
    },
    /// Look words up in our lexicon: lemma, part of speech, features; unknown words are guessed
    #[command(after_help = "Examples:
  sprog rules lookup himle
  sprog rules lookup himmel --forms         all its forms
  sprog rules lookup digitaliseringsstyrelse --forms --json")]
    Lookup {
        /// Words
        #[arg(required = true)]
        words: Vec<String>,
        /// List the forms of the word
        #[arg(long)]
        forms: bool,
    },
    /// Run a Constraint Grammar over a stream of cohorts, as vislcg3 does
    #[command(after_help = "Example:
  sprog rules cg danish.cg3 --trace < cohorts.txt")]
    Cg {
        /// The grammar, .cg3 or .rlx
        grammar: PathBuf,
        /// The stream; standard input if not given
        file: Option<PathBuf>,
        /// Show which rule did what
        #[arg(long)]
        trace: bool,
    },
    /// Write a rule file back from its table, byte for byte
    #[command(after_help = "Example:
  sprog rules export sprog-out/dansk/1.0.0 da_DK.aff > da_DK.aff
  sprog rules export aff.parquet da_DK.aff > da_DK.aff")]
    Export {
        /// The published folder, or a table of `sprog rules import`
        dir: PathBuf,
        /// The file's name, as in the column `file`
        file: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScoreVerb {
    /// Word error rate
    #[command(after_help = "Examples:
  sprog score wer reference.txt hypothesis.txt
  sprog score wer ref.jsonl hyp.jsonl --normalize asr --equivalent --group dialect --group gender
  sprog score wer ref.jsonl hyp.jsonl --normalize coral-eval --rate match   compare with published CoRal scores
  sprog score wer ref.jsonl hyp.jsonl --details | less                      the alignments

Lines are texts, or JSON objects with `id` and `text`, and in the reference `speaker_id` and the groups.
With --equivalent a number, date or abbreviation may be written either way (25 or femogtyve); the rest
is scored as ever. Intervals are bootstrapped, over speakers where they are known.")]
    Wer(ScoreArgs),
    /// Character error rate
    #[command(after_help = "Example:
  sprog score cer reference.txt hypothesis.txt --json")]
    Cer(ScoreArgs),
    /// How far the times of words are from those of a reference
    #[command(after_help = "Examples:
  sprog score boundaries truth.jsonl aligned/
  sprog score boundaries by-hand.TextGrid aligned.TextGrid --tier words --svg boundaries.svg
  sprog score boundaries truth.jsonl aligned/ --bias 4.5   take 4.5 ms off every start first

A file is a TextGrid, a CTM, the JSON of `sprog speech align`, or JSON lines with `id` and `words` (text, start,
end in seconds, char_start); a folder holds such files. Words are matched by the place in the text where both
sides have it, else by their spelling, in order. Writes mean, median, bias and the shares within 10, 20, 25, 50
and 100 ms, for starts and ends. Intervals are bootstrapped over recordings.")]
    Boundaries(BoundaryArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ScoreArgs {
    /// What was said: a text a line, or JSON lines with `id` and `text`
    pub(crate) reference: PathBuf,
    /// What was recognised, in the same form
    pub(crate) hypothesis: PathBuf,
    /// Bring both sides into one form first: publish, asr, lookup or coral-eval
    #[arg(long)]
    pub(crate) normalize: Option<String>,
    /// A number or abbreviation may be written in any accepted way
    #[arg(long)]
    pub(crate) equivalent: bool,
    /// Score each value of this column of the reference too; may be given again
    #[arg(long)]
    pub(crate) group: Vec<String>,
    /// The column of the reference with the speaker
    #[arg(long, default_value = "speaker_id")]
    pub(crate) speaker: String,
    /// Divide errors by: reference (WER), or match (errors and hits, as CoRal publishes)
    #[arg(long, value_enum, default_value_t = RateArg::Reference)]
    pub(crate) rate: RateArg,
    /// Draws for the intervals
    #[arg(long, default_value_t = 1000)]
    pub(crate) resamples: u32,
    /// Seed of the draws
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Coverage of the intervals
    #[arg(long, default_value_t = 0.95)]
    pub(crate) level: f64,
    /// Write the alignment of each utterance too
    #[arg(long)]
    pub(crate) details: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RateArg {
    Reference,
    Match,
}

/// The verbs of `sprog text`. Each reads one text a line and writes one JSON object a line, in order.
#[derive(Debug, Subcommand)]
pub(crate) enum TextVerb {
    /// Undo encoding damage: `RÃ¸dgrÃ¸d` to `Rødgrød`
    #[command(after_help = "Example:
  sprog text repair --plain < damaged.txt > repaired.txt

Writes {\"text\", \"changed\", \"chain\", \"lossy\"}. Clean text is never touched; what was lost (U+FFFD, `?`) is
told as lossy and not made up.")]
    Repair {
        /// Points of evidence that a change needs where clean text could look the same
        #[arg(long, default_value_t = 3.0)]
        margin: f32,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Bring text into one form: for publishing, for speech recognition, for looking up
    #[command(after_help = "Examples:
  sprog text normalize < raw.txt
  sprog text normalize --preset asr --plain < transcripts.txt
  sprog text normalize --steps nfc,whitespace,quotes --changes < raw.txt

Writes {\"text\"}, and with --changes what each step changed, with offsets in the original.")]
    Normalize {
        /// What the text is for: publish, asr, lookup, or coral-eval (to compare with published scores)
        #[arg(long, default_value = "publish", conflicts_with = "steps")]
        preset: String,
        /// These steps, in this order, instead
        #[arg(long, value_delimiter = ',')]
        steps: Vec<String>,
        /// The preset without these steps
        #[arg(long, value_delimiter = ',')]
        without: Vec<String>,
        /// Write every change too
        #[arg(long)]
        changes: bool,
        /// Tell words in the orthography of before 1948 too (they are never changed)
        #[arg(long)]
        orthography: bool,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Cut into words, numbers and signs, as UD_Danish-DDT does
    #[command(after_help = "Example:
  echo 'Mødet er kl. 14.30.' | sprog text tokens --plain

Writes {\"tokens\": [{\"start\", \"end\"}]} in code points; with --plain the tokens with a space between.")]
    Tokens {
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Cut into sentences
    #[command(after_help = "Example:
  sprog text sentences --plain < articles.txt

Writes {\"sentences\": [{\"start\", \"end\", \"confidence\"}]} in code points; with --plain the sentences with ⏎ between.")]
    Sentences {
        /// Take only boundaries this sure, 0 to 1
        #[arg(long, default_value_t = 0.0)]
        min_confidence: f32,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Written to spoken: `kl. 8.15` to `klokken otte femten`
    #[command(after_help = "Example:
  echo 'Det koster 42 kr. den 3. maj' | sprog text verbalize --plain

Writes {\"spoken\", \"readings\", \"spans\": [{\"start\", \"end\", \"class\", \"spoken\"}]}; readings has all accepted ones, the
best first.")]
    Verbalize {
        /// Readings of the whole text, at most
        #[arg(long, default_value_t = 64)]
        max_readings: usize,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Spoken to written (inverse text normalization): `enogtyve` to `21`
    #[command(after_help = "Example:
  echo 'der kom to hundrede og tre gæster' | sprog text itn --plain

Writes {\"written\", \"readings\", \"spans\": [{\"start\", \"end\", \"class\", \"written\"}]}.")]
    Itn {
        /// Readings of the whole text, at most
        #[arg(long, default_value_t = 64)]
        max_readings: usize,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Tell the language: da, nb, nn, sv, fo, is, de, en, nl, other, or und
    #[command(after_help = "Examples:
  sprog text langid --plain < lines.txt
  sprog text langid --jsonl --document < pages.jsonl

Writes {\"label\", \"score\", \"set\", \"scores\"}: set has the languages that it may be (98 % of the probability).
With --document also what share of the letters is in each language, and the sections (start and end in code
points). und: too little to tell; other: a language outside the nine.")]
    Langid {
        /// Texts are documents: tell the share of each language, and the sections
        #[arg(long)]
        document: bool,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Measure quality signals: Gopher, C4, FineWeb, Danish rules, readability, old spelling
    #[command(after_help = "Examples:
  sprog text profile --jsonl < pages.jsonl
  sprog text profile --preset danish,gopher --plain --jsonl < pages.jsonl

Writes {\"profile\": {…}}, and with --preset the rules that the text does not pass: rule, field, value, threshold.
With --plain the names of these rules, or ok.")]
    Profile {
        /// Rules to try: gopher, gopher-repetition, c4, c4-any-end, fineweb, fineweb2-danish, danish
        #[arg(long, value_delimiter = ',')]
        preset: Vec<String>,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Find personal data, and mask it
    #[command(after_help = "Examples:
  sprog text pii < letters.txt
  sprog text pii --labels CPR,PHONE --plain < letters.txt > masked.txt
  openssl rand -hex 32 > key; sprog text pii --pseudonymize key --plain < letters.txt

Writes {\"spans\": [{\"start\", \"end\", \"label\", \"score\", \"reason\"}], \"masked\"}. An aid, not a guarantee: names
above all are found only where lists and context show them. Keep the key secret, or throw it away.")]
    Pii {
        /// Kinds to look for: CPR CVR PNR PHONE EMAIL URL IP IBAN BANK CARD ADDRESS PLATE CASE DOB NAME
        #[arg(long, value_delimiter = ',')]
        labels: Vec<String>,
        /// Leave out finds that are less sure, 0 to 1
        #[arg(long, default_value_t = sprog_text::pii::Options::MIN_SCORE)]
        min_score: f32,
        /// Put in stand-ins that are the same for the same value, by the key in this file
        #[arg(long, value_name = "KEYFILE")]
        pseudonymize: Option<PathBuf>,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Find words that are spelled wrong, and what was meant
    #[command(after_help = "Examples:
  sprog text spell --dictionary /usr/share/hunspell/da_DK.dic < letters.txt
  sprog rules import da_DK.dic --compile --out da.spell; sprog text spell --dictionary da.spell < letters.txt

Writes {\"words\": [{\"start\", \"end\", \"ok\", \"suggestions\"}]}; with --plain the words that are wrong.
Without --dictionary only the words of our small lexicon are known.")]
    Spell {
        /// Hunspell's .aff or .dic, a word list, or what sprog rules import --compile made
        #[arg(long)]
        dictionary: Option<PathBuf>,
        /// The most suggestions for a word
        #[arg(long, default_value_t = 5)]
        suggestions: usize,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Take compounds apart, one word a line
    #[command(after_help = "Examples:
  echo arbejdsmarkedsbidrag | sprog text compounds
  sprog text compounds --mode lexical --dictionary /usr/share/hunspell/da_DK.dic < words.txt

Writes {\"split\": \"arbejd|+s|marked\", \"alternatives\": [{\"split\", \"cost\"}]}; + marks a linking element.")]
    Compounds {
        /// lexical: parts that are words of their own stay whole; deep: down to simple stems
        #[arg(long, value_enum, default_value_t = CompoundMode::Deep)]
        mode: CompoundMode,
        /// The most ways to take a word apart
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=16))]
        most: u8,
        /// Words of a Hunspell dictionary beside our stems
        #[arg(long)]
        dictionary: Option<PathBuf>,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Say where words can be divided at the end of a line
    #[command(after_help = "Examples:
  echo sprogressource | sprog text hyphenate --plain
  sprog text hyphenate --patterns /usr/share/hyphen/hyph_da_DK.dic < words.txt

Writes {\"parts\": […]}, which joined give the line. Without --patterns by our own rules, after
Retskrivningsordbogen § 15-17.")]
    Hyphenate {
        /// Patterns of libhyphen or TeX; boundaries of compounds go before them
        #[arg(long)]
        patterns: Option<PathBuf>,
        /// The patterns alone
        #[arg(long, requires = "patterns")]
        patterns_only: bool,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Find mistakes of grammar, spelling and style by rules
    #[command(after_help = "Examples:
  echo 'Jeg vil gerne lærer dansk.' | sprog text grammar --plain
  sprog text grammar --enable KOMMA --disable STAVNING < letters.txt
  sprog text grammar --rules grammar.xml < letters.txt

Writes {\"matches\": [{\"start\", \"end\", \"rule\", \"message\", \"suggestions\"}]}.")]
    Grammar {
        /// LanguageTool's XML instead of our own rules
        #[arg(long = "rules", value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Switch on rules that are off by themselves, by id or category
        #[arg(long, value_delimiter = ',')]
        enable: Vec<String>,
        /// Switch rules off, by id or category
        #[arg(long, value_delimiter = ',')]
        disable: Vec<String>,
        #[command(flatten)]
        lines: LineArgs,
    },
    /// Give words their part of speech, features and lemma (CoNLL-U)
    #[command(after_help = "Examples:
  sprog text tag --train da_ddt-ud-train.conllu --model da.tag
  sprog text tag --model da.tag --text < letters.txt > letters.conllu
  sprog text tag --model da.tag words.conllu          LEMMA, UPOS and FEATS are written anew")]
    Tag(TagArgs),
    /// Give words their lemma (CoNLL-U); the part of speech and the features that they have are used
    #[command(after_help = "Example:
  sprog text lemma --model da.tag words.conllu")]
    Lemma(TagArgs),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CompoundMode {
    Lexical,
    Deep,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TagArgs {
    /// CoNLL-U; standard input if not given or `-`
    pub(crate) file: Option<PathBuf>,
    /// The model: read, or with --train written
    #[arg(long)]
    pub(crate) model: PathBuf,
    /// Train the model on these files, CoNLL-U with parts of speech of Universal Dependencies
    #[arg(long, num_args = 1.., value_name = "CONLLU", conflicts_with_all = ["file", "text"])]
    pub(crate) train: Vec<PathBuf>,
    /// The input is text, a line at a time
    #[arg(long)]
    pub(crate) text: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LineArgs {
    /// A text file, UTF-8; standard input if not given or `-`
    pub(crate) file: Option<PathBuf>,
    /// Lines are JSON objects with `text`, and `id` to be passed through
    #[arg(long)]
    pub(crate) jsonl: bool,
    /// Write just the resulting text
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
pub(crate) struct ResourceArgs {
    /// Worker threads; all processors if not given
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// Memory to work in: 512M, 4G
    #[arg(long, value_parser = parse_bytes, default_value = "2G")]
    pub(crate) mem: usize,
}

/// `512M` as bytes.
fn parse_bytes(text: &str) -> Result<usize, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: usize =
        text[..split].parse().map_err(|_| format!("{text:?} is no size such as 512M or 4G"))?;
    let unit = match text[split..].to_ascii_uppercase().trim_end_matches("IB").trim_end_matches('B') {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        "T" => 1 << 40,
        other => return Err(format!("{other:?} is no unit: use K, M, G or T")),
    };
    let bytes = number.checked_mul(unit).ok_or_else(|| format!("{text} is too much"))?;
    if bytes < 128 << 20 { Err("at least 128M is needed".into()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes() {
        assert_eq!(parse_bytes("512M"), Ok(512 << 20));
        assert_eq!(parse_bytes("2GiB"), Ok(2 << 30));
        assert!(
            parse_bytes("5").is_err() && parse_bytes("1X").is_err() && parse_bytes("99999999999T").is_err()
        );
    }
}
