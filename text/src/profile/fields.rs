//! What a profile holds: one struct, and the list of its fields for those who write it as columns.

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// A count.
    U32,
    /// A ratio, or a mean.
    F32,
    /// Yes or no.
    Bool,
}

/// A field of [`Profile`]: a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldInfo {
    /// Its name, the same in the struct, in [`Presets`](super::Preset) and in files. It never changes.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// What it counts, or what is divided by what.
    pub unit: &'static str,
    /// What it says.
    pub doc: &'static str,
}

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A count.
    U32(u32),
    /// A ratio, or a mean. Never NaN or infinite; 0 where nothing is divided by nothing.
    F32(f32),
    /// Yes or no.
    Bool(bool),
}

impl Value {
    /// The value as a number: 0 or 1 for no and yes.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::U32(value) => f64::from(value),
            Self::F32(value) => f64::from(value),
            Self::Bool(value) => f64::from(u8::from(value)),
        }
    }
}

/// A type that a field can have.
trait Column: Copy {
    const KIND: FieldKind;
    fn value(self) -> Value;
}

impl Column for u32 {
    const KIND: FieldKind = FieldKind::U32;
    fn value(self) -> Value {
        Value::U32(self)
    }
}

impl Column for f32 {
    const KIND: FieldKind = FieldKind::F32;
    fn value(self) -> Value {
        Value::F32(self)
    }
}

impl Column for bool {
    const KIND: FieldKind = FieldKind::Bool;
    fn value(self) -> Value {
        Value::Bool(self)
    }
}

macro_rules! profile {
    ($($(#[doc = $group_doc:literal])* $group:ident: $Group:ident {
        $($(#[doc = $doc:literal])* $field:ident: $kind:ty, $unit:literal;)*
    })*) => {
        $(
            $(#[doc = $group_doc])*
            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct $Group {
                $($(#[doc = $doc])* #[doc = concat!("\n\nUnit: ", $unit, ".")] pub $field: $kind,)*
            }
        )*

        /// Every quality signal of a text. All are 0 or false for the empty text.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Profile {
            $($(#[doc = $group_doc])* pub $group: $Group,)*
        }

        const FIELDS: &[FieldInfo] = &[$($(FieldInfo {
            name: stringify!($field),
            kind: <$kind as Column>::KIND,
            unit: $unit,
            doc: concat!($($doc,)*).trim_ascii(),
        },)*)*];

        impl Profile {
            /// The fields, always in the same order. New ones come last in a later version.
            ///
            /// ```
            /// use sprog_text::profile::{FieldKind, Profile};
            /// let field = Profile::fields().iter().find(|field| field.name == "lix").unwrap();
            /// assert_eq!((field.kind, field.unit), (FieldKind::F32, "LIX"));
            /// ```
            pub fn fields() -> &'static [FieldInfo] {
                FIELDS
            }

            /// The values, in the order of [`fields`](Self::fields).
            pub fn values(&self) -> Vec<Value> {
                vec![$($(self.$group.$field.value(),)*)*]
            }
        }
    };
}

profile! {
    /// How much text there is.
    counts: Counts {
        /// Characters (code points). The texts' length to every filter.
        character_count: u32, "characters";
        /// Words of the token view, signs too: what `datatrove` divides by.
        word_count: u32, "words";
        /// Words with something in them that is no punctuation. Gopher A1.1; `gopher_short_doc`, `gopher_long_doc`.
        non_symbol_word_count: u32, "words";
        /// Sentences of the token view.
        sentence_count: u32, "sentences";
        /// Lines, as Python's `splitlines` parts them.
        line_count: u32, "lines";
        /// Lines between `\n` with more than white space in them: what FineWeb divides by.
        nonblank_line_count: u32, "lines";
        /// Paragraphs: parts between two line breaks or more.
        paragraph_count: u32, "paragraphs";
    }
    /// The quality rules of Gopher (Rae et al. 2021, arXiv:2112.11446, A1.1), as `GopherQualityFilter` computes them.
    gopher: Gopher {
        /// Mean length of the words that are not signs.
        mean_word_length: f32, "characters / word";
        /// `#` for each word.
        hash_word_ratio: f32, "# / words";
        /// Ellipses for each word: `...`, not overlapping, and `…`.
        ellipsis_word_ratio: f32, "ellipses / words";
        /// The larger of the two: the paper's symbol-to-word ratio.
        symbol_word_ratio: f32, "symbols / words";
        /// Lines that start with `•` or `-`.
        bullet_line_ratio: f32, "lines / lines";
        /// Lines that end with an ellipsis.
        ellipsis_line_ratio: f32, "lines / lines";
        /// Words, signs too, with at least one letter.
        alpha_word_ratio: f32, "words / words";
        /// Different stop words, compared as they are written.
        stop_words: u32, "different words";
    }
    /// The repetition rules of Gopher (table A1), as `GopherRepetitionFilter` computes them.
    repetition: Repetition {
        /// Paragraphs that came before.
        duplicate_paragraph_fraction: f32, "paragraphs / paragraphs";
        /// Characters of paragraphs that came before.
        duplicate_paragraph_character_fraction: f32, "characters / characters";
        /// Lines that came before. Several line breaks are one; a break at the start or end has an empty line there.
        duplicate_line_fraction: f32, "lines / lines";
        /// Characters of lines that came before.
        duplicate_line_character_fraction: f32, "characters / characters";
        /// Length of the most frequent 2-gram, its words with spaces between, times its count. May exceed 1: overlaps count.
        top_2_gram_fraction: f32, "characters / characters";
        /// As `top_2_gram_fraction`, of three words.
        top_3_gram_fraction: f32, "characters / characters";
        /// As `top_2_gram_fraction`, of four words.
        top_4_gram_fraction: f32, "characters / characters";
        /// How often the most frequent 2-gram is there.
        top_2_gram_count: u32, "n-grams";
        /// How often the most frequent 3-gram is there.
        top_3_gram_count: u32, "n-grams";
        /// How often the most frequent 4-gram is there.
        top_4_gram_count: u32, "n-grams";
        /// Characters of 5-grams that came before; the search goes on behind one that did.
        duplicate_5_gram_fraction: f32, "characters / characters";
        /// As `duplicate_5_gram_fraction`, of six words.
        duplicate_6_gram_fraction: f32, "characters / characters";
        /// As `duplicate_5_gram_fraction`, of seven words.
        duplicate_7_gram_fraction: f32, "characters / characters";
        /// As `duplicate_5_gram_fraction`, of eight words.
        duplicate_8_gram_fraction: f32, "characters / characters";
        /// As `duplicate_5_gram_fraction`, of nine words.
        duplicate_9_gram_fraction: f32, "characters / characters";
        /// As `duplicate_5_gram_fraction`, of ten words.
        duplicate_10_gram_fraction: f32, "characters / characters";
    }
    /// The rules of C4 (Raffel et al. 2020, JMLR 21:140, 2.2), as `C4QualityFilter` computes them.
    c4: C4 {
        /// Lines that C4 keeps.
        kept_line_count: u32, "lines";
        /// Sentences of the lines that C4 keeps; at least one for each.
        kept_sentence_count: u32, "sentences";
        /// C4 drops the text, as the first line that decides says `lorem ipsum`.
        lorem_ipsum: bool, "yes or no";
        /// C4 drops the text, as the first line that decides has a `{`.
        curly_bracket: bool, "yes or no";
        /// As `kept_line_count`, where a line may end with anything, as FineWeb runs C4.
        any_end_kept_line_count: u32, "lines";
        /// As `kept_sentence_count`, where a line may end with anything.
        any_end_kept_sentence_count: u32, "sentences";
        /// As `lorem_ipsum`, where a line may end with anything.
        any_end_lorem_ipsum: bool, "yes or no";
        /// As `curly_bracket`, where a line may end with anything.
        any_end_curly_bracket: bool, "yes or no";
        /// Somewhere the text says `lorem ipsum`, in any case.
        contains_lorem_ipsum: bool, "yes or no";
        /// Somewhere the text says `javascript`, in any case.
        contains_javascript: bool, "yes or no";
        /// Somewhere the text has a `{`.
        contains_curly_bracket: bool, "yes or no";
    }
    /// The rules of FineWeb (Penedo et al. 2024, arXiv:2406.17557, 3.5), as `FineWebQualityFilter` computes them.
    fineweb: FineWeb {
        /// Non-blank lines that end with terminal punctuation; a space behind it counts as another end.
        line_punctuation_ratio: f32, "lines / lines";
        /// Non-blank lines of 30 characters or fewer.
        short_line_ratio: f32, "lines / lines";
        /// Characters of non-blank lines that came before, of all characters but line breaks.
        duplicate_nonblank_line_character_ratio: f32, "characters / characters";
        /// Line breaks for each word.
        newline_ratio: f32, "line breaks / words";
    }
    /// What Danish pipelines compare besides: the quality filter of Danish Foundation Models, version 1.
    danish: Danish {
        /// Words with at least one letter, of the words that are not signs.
        alpha_ratio: f32, "words / words";
        /// Words that are stop words in any case, each time they are there.
        stop_word_count: u32, "words";
        /// Stop words in any case, of the words that are not signs.
        stop_word_ratio: f32, "words / words";
        /// Lines between `\n` that start with `-` or `*` behind spaces.
        dash_line_count: u32, "lines";
        /// The same, of all lines between `\n`.
        dash_line_ratio: f32, "lines / lines";
        /// Lines that end with an ellipsis.
        ellipsis_line_count: u32, "lines";
        /// Non-blank lines of more than 30 characters, without the space around them.
        long_line_ratio: f32, "lines / lines";
        /// Digits.
        digit_ratio: f32, "characters / characters";
        /// Capitals A–Z, of the letters A–Z and a–z.
        capital_ratio: f32, "letters / letters";
    }
    /// How hard it is to read: LIX (Björnsson, Läsbarhet, 1968).
    readability: Readability {
        /// `lix_word_count / sentence_count + 100 · long_word_count / lix_word_count`: 25 easy, 35 fiction, 45 news, 55 law.
        lix: f32, "LIX";
        /// Words that are not signs.
        lix_word_count: u32, "words";
        /// Words of more than six letters.
        long_word_count: u32, "words";
        /// Words of more than six letters.
        long_word_ratio: f32, "words / words";
        /// Words for each sentence.
        mean_sentence_length: f32, "words / sentence";
    }
    /// Spelling from before 1948: label such a text, do not drop it.
    orthography: Orthography {
        /// Words in old spelling, and common nouns with a capital inside a sentence, of the words with letters.
        old_word_ratio: f32, "words / words";
        /// Words with `aa` for `å`: `paa`.
        double_a_count: u32, "words";
        /// `skulde`, and `kunde`, `vilde` behind a word that shows them to be verbs.
        old_modal_count: u32, "words";
        /// Plural verbs: `de ere`.
        plural_verb_count: u32, "words";
        /// Other spellings: `kjær`, `qvinde`.
        old_spelling_count: u32, "words";
        /// Words with `ſ`.
        long_s_count: u32, "words";
        /// Common nouns with a capital behind a word in small letters.
        capital_noun_count: u32, "words";
        /// The same, of all nouns of the table that stand inside a sentence. In a text of before 1948 it is near 1, with a high `capital_noun_count`; names and titles alone can make it high.
        capital_noun_ratio: f32, "words / words";
    }
    /// Words that no one wrote: read wrongly from a picture of the page. Own rules, made to err by silence.
    ocr: Ocr {
        /// Words that look misread, of the words with letters.
        ocr_word_ratio: f32, "words / words";
        /// A digit in a word: `K0benhavn`, `1ndustri`.
        digit_in_word_count: u32, "words";
        /// A capital I where an l belongs: `Ianding`, `heIe`.
        capital_i_count: u32, "words";
        /// Letters that no Danish or English word has in such order: `rnand`; and characters that were lost, U+FFFD.
        impossible_sequence_count: u32, "words";
        /// Single letters with spaces between, four or more in a row: `D e t t e`.
        strewn_letter_count: u32, "words";
    }
    /// Lines that belong to the page, not to the text.
    boilerplate: Boilerplate {
        /// Characters of such lines.
        boilerplate_character_ratio: f32, "characters / characters";
        /// Such lines.
        boilerplate_line_count: u32, "lines";
        /// Of consent to cookies, and of personal data.
        cookie_line_count: u32, "lines";
        /// Of copyright and terms.
        copyright_line_count: u32, "lines";
        /// Of accounts: log in, create user, forgotten password.
        login_line_count: u32, "lines";
        /// Of menus and ways through the site: to the top, read more, next page.
        navigation_line_count: u32, "lines";
        /// Of sharing, following, newsletters, comments.
        share_line_count: u32, "lines";
        /// Of programs: JavaScript, browsers, pages not found.
        technical_line_count: u32, "lines";
    }
}

/// A ratio; 0 where there is nothing to divide by.
#[inline]
pub(super) fn ratio(part: usize, whole: usize) -> f32 {
    // In f64, as the filters divide; counts are below 2^53.
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64) as f32 }
}

/// A count as a field holds it.
#[inline]
pub(super) fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_values_stand_in_their_order() {
        let fields = Profile::fields();
        let names: std::collections::BTreeSet<&str> = fields.iter().map(|field| field.name).collect();
        assert_eq!(names.len(), fields.len());
        assert!(fields.iter().all(|field| field.doc.ends_with(['.', '`']) && !field.unit.is_empty()));
        let mut profile = Profile::default();
        profile.readability.lix = 41.5;
        profile.c4.lorem_ipsum = true;
        let values = profile.values();
        assert_eq!(values.len(), fields.len());
        for (field, value) in fields.iter().zip(values) {
            let (kind, expected) = match value {
                Value::U32(_) => (FieldKind::U32, 0.0),
                Value::F32(_) => (FieldKind::F32, if field.name == "lix" { 41.5 } else { 0.0 }),
                Value::Bool(_) => (FieldKind::Bool, f64::from(u8::from(field.name == "lorem_ipsum"))),
            };
            assert_eq!((kind, expected), (field.kind, value.as_f64()), "{}", field.name);
        }
    }
}
