//! The steps by name, and the presets that put them together.

use serde::{Deserialize, Serialize};

use super::rewrite::Rewritten;
use super::steps::{coral, dehyphenate, layout, letters, punctuation, signs, unicode};

/// One step of a [`Normalizer`](super::Normalizer). Names in recipes and reports are in kebab case
/// (`soft-hyphens`). The order is where [`with`](super::Normalizer::with) puts a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Step {
    /// Put spoken forms in place of numbers and abbreviations. They are computed elsewhere and given
    /// to [`normalize_with`](super::Normalizer::normalize_with); without them nothing happens.
    Verbalize,
    /// Numbers as words, in the way of the CoRal evaluation, faults and all: `et hundrede og tre`.
    CoralNumerals,
    /// Drop U+00AD SOFT HYPHEN, which text copied from PDF and the web carries inside words.
    SoftHyphens,
    /// Drop U+200B, U+2060, U+FEFF and control characters other than line breaks and tabs. Joiners
    /// (U+200C, U+200D) stay: emoji and other scripts need them.
    Invisible,
    /// Compose characters (Unicode NFC, UAX #15): `a` + U+030A becomes `å`.
    Nfc,
    /// Write out the Latin ligatures U+FB00–U+FB06 of typesetting: `ﬁ` becomes `fi`.
    Ligatures,
    /// Line ends to `\n`; tabs and Unicode spaces to one space; no space at line ends; at most one
    /// blank line; none around the text.
    Whitespace,
    /// Join what a line end divided: `kommu-⏎nen`. The hyphen stays where Danish wants one without
    /// the line end too (`EU-⏎landene`), and the line end stays after a suspended hyphen (`nord-⏎og`).
    Dehyphenate,
    /// Line ends to spaces.
    SingleLine,
    /// Quotation marks of all countries to `"`, single ones and apostrophes to `'`.
    Quotes,
    /// Hyphens (U+2010, U+2011) to `-`; figure, em and horizontal dashes to the en dash of Danish print.
    Dashes,
    /// Drop what is not spoken. Signs inside words and numbers stay (`e-mail`, `3,5`, `80'erne`,
    /// `a/s`), so do signs that are read aloud (`%`, `§`, `&`, `°` …), and the full stop of an ordinal
    /// number before a small letter (`3. maj`). Words are never joined, but for brackets inside one: `kommune(r)`.
    Punctuation,
    /// Small letters (Unicode lower case, one character at a time).
    Casefold,
    /// Drop filler words as the CoRal evaluation does: `øh`, `ehm`, `hmm`.
    CoralFillers,
    /// Compatibility composition (Unicode NFKC): `½` becomes `1⁄2`. Loses distinctions.
    Nfkc,
    /// The CoRal evaluation's 37 replacements, in its order: `aa` to `å`, `-` to `minus`, `kg` to `kilo`
    /// within words too.
    CoralConversions,
    /// Every character but the CoRal evaluation's 42 (and the bar, by accident of its pattern) to a space.
    CoralCharacters,
    /// Drop the acute of stress and of loanwords on Latin letters: `dét`, `allé`, `ǿ`.
    StressMarks,
    /// Drop other marks on Latin letters (`façade`, `à`), but not the ring of `å`. `ä`, `ö`, `ü` become
    /// `æ`, `ø`, `y`, as which Danish alphabetization files them.
    Accents,
    /// `aa` to `å`, in names too. For keys only: published text keeps `Aage`, `Kierkegaard`, `Aabenraa`.
    Aa,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Step; 20] = [
        Step::Verbalize,
        Step::CoralNumerals,
        Step::SoftHyphens,
        Step::Invisible,
        Step::Nfc,
        Step::Ligatures,
        Step::Whitespace,
        Step::Dehyphenate,
        Step::SingleLine,
        Step::Quotes,
        Step::Dashes,
        Step::Punctuation,
        Step::Casefold,
        Step::CoralFillers,
        Step::Nfkc,
        Step::CoralConversions,
        Step::CoralCharacters,
        Step::StressMarks,
        Step::Accents,
        Step::Aa,
    ];

    /// The step's name in recipes, reports and logs.
    pub fn name(self) -> &'static str {
        match self {
            Step::Verbalize => "verbalize",
            Step::CoralNumerals => "coral-numerals",
            Step::Dehyphenate => "dehyphenate",
            Step::SoftHyphens => "soft-hyphens",
            Step::Invisible => "invisible",
            Step::Nfc => "nfc",
            Step::Ligatures => "ligatures",
            Step::Whitespace => "whitespace",
            Step::SingleLine => "single-line",
            Step::Quotes => "quotes",
            Step::Dashes => "dashes",
            Step::Punctuation => "punctuation",
            Step::Casefold => "casefold",
            Step::CoralFillers => "coral-fillers",
            Step::Nfkc => "nfkc",
            Step::CoralConversions => "coral-conversions",
            Step::CoralCharacters => "coral-characters",
            Step::StressMarks => "stress-marks",
            Step::Accents => "accents",
            Step::Aa => "aa",
        }
    }

    /// Runs the step; `None` if it changes nothing.
    pub(super) fn run(self, text: &str, log: bool) -> Option<Rewritten> {
        match self {
            Step::Verbalize => None,
            Step::CoralNumerals => coral::numerals(text, log),
            Step::Dehyphenate => dehyphenate::dehyphenate(text, log),
            Step::SoftHyphens => layout::drop_runs(text, log, |c| c == '\u{ad}'),
            Step::Invisible => layout::drop_runs(text, log, layout::is_invisible),
            Step::Nfc => unicode::nfc(text, log),
            Step::Ligatures => letters::ligatures(text, log),
            Step::Whitespace => layout::whitespace(text, log),
            Step::SingleLine => layout::single_line(text, log),
            Step::Quotes => signs::quotes(text, log),
            Step::Dashes => signs::dashes(text, log),
            Step::Punctuation => punctuation::punctuation(text, log),
            Step::Casefold => letters::casefold(text, log),
            Step::CoralFillers => coral::fillers(text, log),
            Step::Nfkc => unicode::nfkc(text, log),
            Step::CoralConversions => coral::conversions(text, log),
            Step::CoralCharacters => coral::characters(text, log),
            Step::StressMarks => letters::stress_marks(text, log),
            Step::Accents => letters::accents(text, log),
            Step::Aa => letters::aa(text, log),
        }
    }

    /// Whether text that [`is_plain`](super::plain::is_plain) needs no look from this step.
    pub(super) fn spares_plain_text(self) -> bool {
        matches!(self, Step::SoftHyphens | Step::Invisible | Step::Nfc | Step::Whitespace)
    }
}

/// Steps that are made for a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// For text that is read: what cannot be seen becomes uniform, what can be seen stays. The same as
    /// [`normalize`](super::normalize) with all options.
    Publish,
    /// For training and scoring speech recognizers: small letters, no punctuation, nothing that is spoken lost.
    Asr,
    /// For keys of dictionaries: both the word looked up and the entry go through it.
    Lookup,
    /// The text as the public evaluation of CoRal compares it, faults and all, for comparison with
    /// error rates published by it. Checked against alexandrainst/coral at commit 30300ba (2026).
    CoralEval,
}

impl Preset {
    /// The steps in order.
    pub fn steps(self) -> &'static [Step] {
        match self {
            Preset::Publish => &[Step::SoftHyphens, Step::Invisible, Step::Nfc, Step::Whitespace],
            Preset::Asr => &[
                Step::Verbalize,
                Step::Invisible,
                Step::Nfc,
                Step::Ligatures,
                Step::Whitespace,
                // Soft hyphens at line ends are of use here.
                Step::Dehyphenate,
                Step::SoftHyphens,
                Step::SingleLine,
                Step::Punctuation,
                Step::Casefold,
                // For what dropped signs leave behind.
                Step::Nfc,
                Step::Whitespace,
            ],
            Preset::Lookup => &[
                Step::Invisible,
                Step::Nfc,
                Step::Ligatures,
                Step::Whitespace,
                Step::Dehyphenate,
                Step::SoftHyphens,
                Step::Quotes,
                Step::Dashes,
                Step::Casefold,
                Step::Nfc,
                Step::Whitespace,
                Step::StressMarks,
                Step::Accents,
                Step::Aa,
            ],
            Preset::CoralEval => &[
                Step::CoralNumerals,
                Step::Casefold,
                Step::CoralFillers,
                Step::Nfkc,
                Step::CoralConversions,
                Step::CoralCharacters,
                Step::Whitespace,
            ],
        }
    }
}
