//! Stable codes of errors and problems: `SPROG-0101` means the same in every version.
//!
//! A code is never reused for something else. Each crate keeps its own table made with
//! [`codes!`](crate::codes!); `sprog explain CODE` prints the entry.

use std::fmt;

/// A stable code, written `SPROG-0101`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SPROG-{:04}", self.0)
    }
}

/// What a code means, for `sprog explain` and the docs.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The code.
    pub code: Code,
    /// What is wrong, and what to do about it.
    pub text: &'static str,
}

/// Declares a crate's codes as constants and as one table, `ALL`.
#[macro_export]
macro_rules! codes {
    ($($name:ident = $number:literal, $text:literal;)*) => {
        $(#[doc = $text] pub const $name: $crate::Code = $crate::Code($number);)*
        /// Every code of this crate, in order.
        pub const ALL: &[$crate::codes::Explanation] = &[
            $($crate::codes::Explanation { code: $name, text: $text },)*
        ];
    };
}

codes! {
    IO = 100, "The file could not be read. Check that it exists, that you may read it, and that the disk is well.";
    LIMIT = 101, "A bound set by `Limits` was reached: the file is larger, deeper or expands further than a reader may go. Raise the limit only for files you trust.";
    MALFORMED = 102, "The file does not follow its format, from the place named on.";
    UNSUPPORTED = 103, "The file is of a kind, version or codec that is not supported.";
    EMPTY_FILE = 104, "The file is empty.";
    LINE_TOO_LONG = 105, "A line is longer than `Limits::line_bytes` and was left out.";
    BAD_ENCODING = 110, "Bytes that are not text in the encoding named; each was replaced by U+FFFD. Name the right encoding in the recipe.";
    GUESSED_ENCODING = 111, "The bytes are not UTF-8 and carry no byte-order mark; they were read as Windows-1252, the usual old Danish encoding. Name the encoding in the recipe to silence this.";
    NUL_IN_TEXT = 112, "The text holds NUL characters, usually a sign of UTF-16 without a byte-order mark or of a damaged file.";
    BAD_RECORD = 120, "A record (a line, a row) could not be read and was left out; the message says why.";
    RAGGED_ROW = 121, "A row has more or fewer fields than the header and was left out.";
    DUPLICATE_COLUMN = 122, "Two columns of the header have the same name; the first one is used.";
    TRUNCATED = 123, "The file ends in the middle of a record.";
    BAD_TOKEN_LINE = 130, "A CoNLL-U token line is not of ten tab-separated columns with a valid id; its sentence was left out.";
    NO_MAIN_TEXT = 131, "No main text was found in the page: only navigation, boilerplate or nothing.";
    DTD_REFUSED = 132, "The XML document has a document type declaration (DTD). Entities in a DTD can read files and blow up memory, so such documents are refused; remove the DOCTYPE.";
    ARCHIVE_PATH = 140, "An archive entry has an unsafe path (absolute, with `..`, a drive letter or a control character) and was left out.";
    ARCHIVE_ENTRY = 141, "An archive entry is not a plain file (a link, a device) or is encrypted, and was left out.";
    ARCHIVE_DUPLICATE = 142, "Two archive entries have the same path; the first one is used.";
    AUDIO_TRUNCATED = 200, "The audio ends before the length that its header claims: the rest is missing. What was decoded is kept.";
    AUDIO_HEADER_LENGTH = 201, "The length in the audio file's header does not match the frames that were decoded; the decoded count is used.";
    AUDIO_DECODE = 202, "A part of the audio could not be decoded; the message says where and why. The samples around it are kept.";
    AUDIO_DECODER_PANIC = 203, "The decoder failed inside on this file. The file was left out and the run went on. Please report the file.";
    AUDIO_NAME = 204, "The file name's extension does not match what the file holds; its bytes were believed.";
    AUDIO_NO_FRAMES = 205, "The audio file holds no audio frames.";
    AUDIO_FORMAT_CHANGE = 206, "The sample rate or the number of channels changes in the middle of the file; only the audio before the change is used.";
    AUDIO_NOT_FINITE = 207, "The audio holds samples that are not numbers (NaN or infinite); each was set to zero.";
    AUDIO_GAP = 208, "A part of the audio is missing in the middle, or its time stamps are wrong. Nothing was put in for it, so what follows comes that much too early: do not align it without looking.";
    AUDIO_TRACKS = 209, "The file holds several audio tracks; one was read. Take the others out with a tool for media files, if you need them.";
    AUDIO_EDITS = 210, "The edit list of the MP4 file was left aside, because it points nowhere or cuts the track into parts; the whole track was read.";
    TIME_ORDER = 300, "An interval ends before it starts or overlaps the one before it.";
    TIME_GAP = 301, "The intervals of a tier do not cover it without a gap.";
    TIME_CUE = 302, "A subtitle cue could not be read and was left out.";
    TIME_COUNT = 303, "The number of tiers or intervals that the file states is not the number it holds.";
    RULE_LINE = 400, "A line of the rule file was not understood. It is kept as it is and written back unchanged, but no rule comes of it.";
    RULE_COUNT = 401, "The count in the header line is not the number of lines that follow.";
    RULE_FLAG = 402, "An affix flag is used but not defined, or not of the declared flag type.";
    RULE_ENCODING = 403, "The encoding named in the file (SET, first line) is unknown or is not that of its bytes; the file was read byte by byte as Latin-1, so that every byte survives.";
    RULE_DUPLICATE = 404, "Two entries of the rule file have the same id, or the same headword where only one can be found. Both are kept; a look-up finds one of them.";
    RULE_REFERENCE = 405, "An entry points to an id that the file does not have. The entry is kept.";
    RULE_ELEMENT = 406, "An element, attribute or value of an XML rule file is not known. The rule is kept and written back, but not run.";
}
