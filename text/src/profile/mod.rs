//! Every quality signal of a text in one pass: Gopher, C4, FineWeb, Danish thresholds, LIX, old spelling,
//! misread words, lines of the page.
//!
//! Words and sentences are found once and shared by all. [`segment::tokens`](crate::segment::tokens) and
//! [`segment::sentences_of`](crate::segment::sentences_of) find them, signs too, as UD_Danish-DDT cuts them: a
//! quarter of the time of a profile. The tokenizer that datatrove uses for Danish (spaCy) cuts a little otherwise;
//! where that matters, most often at the threshold for words with letters, [`TokenView`] takes its words.
//!
//! A profile measures; [`Preset`] decides. So old or misread text can be labelled and kept, where
//! a filter would have thrown it away.
//!
//! ```
//! use sprog_text::profile::{Preset, profile};
//! let profile = profile("Vi skulde gaa ned til Havnen i Aften, men det regnede.");
//! assert_eq!(profile.orthography.old_modal_count, 1);
//! assert_eq!(Preset::Gopher.check(&profile).unwrap().rule, "gopher_short_doc");
//! ```

mod boilerplate;
mod c4;
mod chars;
mod fields;
mod hash;
mod lines;
mod ngrams;
mod ocr;
mod old;
mod rules;
mod words;

use std::ops::Range;
use std::sync::LazyLock;

pub use c4::{DroppedLine, LineEnd, LineFault, c4_dropped_lines};
pub use fields::{
    Boilerplate, C4, Counts, Danish, FieldInfo, FieldKind, FineWeb, Gopher, Ocr, Orthography, Profile,
    Readability, Repetition, Value,
};
pub use rules::{Preset, Reason};

use crate::segment::{sentences_of, tokens};
use crate::tables;
use chars::count_chars;
use fields::{count, ratio};
use hash::Numbers;
use ngrams::NGrams;
use words::{Lexicon, Words};

/// A longer text is measured up to here, in bytes.
const LONGEST: usize = u32::MAX as usize - 64;

/// Entries of a table that are kept for the next text.
const KEPT: usize = 1 << 20;

/// Words and sentences that someone else found.
#[derive(Clone, Copy, Debug)]
pub struct TokenView<'a> {
    /// Bytes of the text, in order. What is empty, overlaps the one before, or is no part of the text, is left out.
    pub words: &'a [Range<usize>],
    /// Bytes of the text, in order.
    pub sentences: &'a [Range<usize>],
}

/// How [`profile_with`] measures.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// Stop words, at most 4,000. [`stop_words`] has lists.
    pub stop_words: Vec<String>,
    /// Words and sentences, if not ours.
    pub view: Option<TokenView<'a>>,
}

impl Default for Options<'_> {
    /// Danish stop words, our words and sentences.
    fn default() -> Self {
        let stop_words = stop_words("da").iter().map(|&word| word.to_owned()).collect();
        Self { stop_words, view: None }
    }
}

/// Frequent function words of a language, `da` or `en`; none for others.
///
/// ```
/// assert!(sprog_text::profile::stop_words("da").contains(&"og"));
/// ```
pub fn stop_words(language: &str) -> &'static [&'static str] {
    static LISTS: LazyLock<[Vec<&'static str>; 2]> = LazyLock::new(|| {
        ["da", "en"].map(|language| {
            tables::rows(include_str!("../../data/profile/stop-words.tsv"))
                .filter(|row| row.get(1) == Some(&language))
                .filter_map(|row| row.first().copied())
                .collect()
        })
    });
    match language {
        "da" => &LISTS[0],
        "en" => &LISTS[1],
        _ => &[],
    }
}

/// Measures a text with Danish stop words. For many texts a [`Profiler`] is faster.
///
/// ```
/// let profile = sprog_text::profile::profile("Hunden sov. Katten sov også.");
/// assert_eq!(profile.counts.word_count, 7, "signs are words here");
/// assert_eq!(profile.readability.mean_sentence_length, 2.5);
/// ```
pub fn profile(text: &str) -> Profile {
    Profiler::default().profile(text)
}

/// Measures a text with stop words, or words, of the caller's.
///
/// ```
/// use sprog_text::profile::{Options, TokenView, profile_with};
/// let (text, words, sentences) = ("bl.a. nu", [0..5, 6..8], [0..8]);
/// let view = Some(TokenView { words: &words, sentences: &sentences });
/// let profile = profile_with(text, &Options { stop_words: vec!["nu".into()], view });
/// assert_eq!((profile.counts.word_count, profile.gopher.stop_words), (2, 1));
/// ```
pub fn profile_with(text: &str, options: &Options<'_>) -> Profile {
    let mut profiler = Profiler::new(&options.stop_words);
    match &options.view {
        Some(view) => profiler.profile_view(text, view),
        None => profiler.profile(text),
    }
}

/// Measures texts one after another, and keeps its tables and what it learned of words.
///
/// The result never depends on the texts before. The work is linear in the length of a text; the memory is some
/// 8 bytes for each of its own, and most of it is given back after a text of more than a million words.
#[derive(Clone, Debug)]
pub struct Profiler {
    words: Words,
    sentences: Vec<(u32, u32)>,
    grams: NGrams,
    seen: Numbers,
    normal: String,
}

impl Default for Profiler {
    /// With Danish stop words.
    fn default() -> Self {
        Self::new(stop_words("da"))
    }
}

/// The start of a text, of at most so many bytes.
fn up_to(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

impl Profiler {
    /// With these stop words, at most 4,000.
    pub fn new<S: AsRef<str>>(stop_words: &[S]) -> Self {
        Self {
            words: Words::new(Lexicon::new(stop_words)),
            sentences: Vec::new(),
            grams: NGrams::default(),
            seen: Numbers::default(),
            normal: String::new(),
        }
    }

    /// Measures a text by our words and sentences.
    pub fn profile(&mut self, text: &str) -> Profile {
        let text = up_to(text, LONGEST);
        self.start(text);
        let (words, sentences) = (&mut self.words, &mut self.sentences);
        let shared = tokens(text).inspect(|token| words.push(text, token.range.start, token.range.end));
        sentences.extend(
            sentences_of(text, shared).map(|found| (found.range.start as u32, found.range.end as u32)),
        );
        self.finish(text)
    }

    /// Measures a text by words and sentences of the caller's.
    pub fn profile_view(&mut self, text: &str, view: &TokenView<'_>) -> Profile {
        let text = up_to(text, LONGEST);
        self.start(text);
        let mut end = 0;
        for word in view.words {
            if word.start >= end && text.get(word.clone()).is_some_and(|word| !word.is_empty()) {
                self.words.push(text, word.start, word.end);
                end = word.end;
            }
        }
        end = 0;
        for sentence in view.sentences {
            if sentence.start >= end && sentence.start < sentence.end && sentence.end <= text.len() {
                self.sentences.push((sentence.start as u32, sentence.end as u32));
                end = sentence.end;
            }
        }
        self.finish(text)
    }

    fn start(&mut self, text: &str) {
        self.sentences.clear();
        self.words.start(text.len());
    }

    fn finish(&mut self, text: &str) -> Profile {
        self.words.finish();
        let sums = self.words.sums;
        let tally = Tally::of(text);
        let words = self.words.words.len() - 1;
        let breaks = lines::break_lines(text, &mut self.seen);
        let paragraphs = lines::paragraphs(text, &mut self.seen);
        let lines = lines::text_lines(text, &self.sentences, &self.words.anchors, &mut self.normal);
        let top = self.grams.top(&self.words.words);
        let duplicates = self.grams.duplicates(&self.words.words, &self.words.packed);
        let hash_word_ratio = ratio(tally.hashes, words);
        let ellipsis_word_ratio = ratio(ellipses(text), words);
        let sentence_count = self.sentences.len();
        let old = sums.old.iter().sum::<usize>() + sums.long_s + sums.capital_nouns;
        let misread = sums.misread.iter().sum::<usize>() + sums.strewn;
        let profile = Profile {
            counts: Counts {
                character_count: count(tally.chars),
                word_count: count(words),
                non_symbol_word_count: count(sums.plain),
                sentence_count: count(sentence_count),
                line_count: count(lines.all),
                nonblank_line_count: count(breaks.nonblank),
                paragraph_count: if text.is_empty() { 0 } else { count(paragraphs.parts) },
            },
            gopher: Gopher {
                mean_word_length: ratio(sums.plain_chars, sums.plain),
                hash_word_ratio,
                ellipsis_word_ratio,
                symbol_word_ratio: hash_word_ratio.max(ellipsis_word_ratio),
                bullet_line_ratio: ratio(lines.bullets, lines.all),
                ellipsis_line_ratio: ratio(lines.ellipses, lines.all),
                alpha_word_ratio: ratio(sums.alpha, words),
                stop_words: count(self.words.different_stops()),
            },
            repetition: Repetition {
                duplicate_paragraph_fraction: ratio(paragraphs.again, paragraphs.parts),
                duplicate_paragraph_character_fraction: ratio(paragraphs.chars, tally.chars),
                duplicate_line_fraction: ratio(breaks.gopher.again, breaks.gopher.parts),
                duplicate_line_character_fraction: ratio(breaks.gopher.chars, tally.chars),
                top_2_gram_fraction: ratio(top[0].chars * top[0].count, tally.chars),
                top_3_gram_fraction: ratio(top[1].chars * top[1].count, tally.chars),
                top_4_gram_fraction: ratio(top[2].chars * top[2].count, tally.chars),
                top_2_gram_count: count(top[0].count),
                top_3_gram_count: count(top[1].count),
                top_4_gram_count: count(top[2].count),
                duplicate_5_gram_fraction: ratio(duplicates[0], tally.chars),
                duplicate_6_gram_fraction: ratio(duplicates[1], tally.chars),
                duplicate_7_gram_fraction: ratio(duplicates[2], tally.chars),
                duplicate_8_gram_fraction: ratio(duplicates[3], tally.chars),
                duplicate_9_gram_fraction: ratio(duplicates[4], tally.chars),
                duplicate_10_gram_fraction: ratio(duplicates[5], tally.chars),
            },
            c4: lines.c4,
            fineweb: FineWeb {
                line_punctuation_ratio: ratio(breaks.terminal, breaks.nonblank),
                short_line_ratio: ratio(breaks.short, breaks.nonblank),
                duplicate_nonblank_line_character_ratio: ratio(
                    breaks.nonblank_chars,
                    tally.chars - tally.breaks,
                ),
                newline_ratio: ratio(tally.breaks, words),
            },
            danish: Danish {
                alpha_ratio: ratio(sums.alpha, sums.plain),
                stop_word_count: count(sums.stop_any),
                stop_word_ratio: ratio(sums.stop_any, sums.plain),
                dash_line_count: count(breaks.dashes),
                dash_line_ratio: ratio(breaks.dashes, breaks.all),
                ellipsis_line_count: count(lines.ellipses),
                long_line_ratio: ratio(breaks.long, breaks.nonblank),
                digit_ratio: ratio(tally.digits, tally.chars),
                capital_ratio: ratio(tally.capitals, tally.letters),
            },
            readability: Readability {
                lix: if sums.plain == 0 {
                    0.0
                } else {
                    let sentences = sentence_count.max(1) as f64;
                    (sums.plain as f64 / sentences + 100.0 * sums.long as f64 / sums.plain as f64) as f32
                },
                lix_word_count: count(sums.plain),
                long_word_count: count(sums.long),
                long_word_ratio: ratio(sums.long, sums.plain),
                mean_sentence_length: ratio(sums.plain, sentence_count.max(1)),
            },
            orthography: Orthography {
                old_word_ratio: ratio(old.min(sums.alpha), sums.alpha),
                double_a_count: count(sums.old[0]),
                old_modal_count: count(sums.old[1]),
                plural_verb_count: count(sums.old[2]),
                old_spelling_count: count(sums.old[3]),
                long_s_count: count(sums.long_s),
                capital_noun_count: count(sums.capital_nouns),
                capital_noun_ratio: ratio(sums.capital_nouns, sums.capital_nouns + sums.lower_nouns),
            },
            ocr: Ocr {
                ocr_word_ratio: ratio(misread.min(sums.alpha), sums.alpha),
                digit_in_word_count: count(sums.misread[0]),
                capital_i_count: count(sums.misread[1]),
                impossible_sequence_count: count(sums.misread[2]),
                strewn_letter_count: count(sums.strewn),
            },
            boilerplate: Boilerplate {
                boilerplate_character_ratio: ratio(lines.boilerplate_chars, tally.chars),
                ..lines.boilerplate
            },
        };
        self.shrink();
        profile
    }

    fn shrink(&mut self) {
        self.words.shrink(8 * KEPT);
        self.grams.shrink(KEPT);
        self.seen.shrink(KEPT);
        if self.sentences.capacity() > KEPT {
            self.sentences = Vec::new();
        }
    }
}

/// Characters of some kinds.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    chars: usize,
    breaks: usize,
    hashes: usize,
    digits: usize,
    letters: usize,
    capitals: usize,
}

impl Tally {
    fn of(text: &str) -> Self {
        let mut tally = Self::default();
        for block in text.as_bytes().chunks(128) {
            // No branch in the loops, and sums of one byte, so that they become vector code.
            let sum = |is: fn(u8) -> bool| {
                usize::from(block.iter().map(|byte| u8::from(is(*byte))).fold(0u8, u8::wrapping_add))
            };
            tally.breaks += sum(|byte| byte == b'\n');
            tally.hashes += sum(|byte| byte == b'#');
            tally.digits += sum(|byte| byte.wrapping_sub(b'0') < 10);
            tally.letters += sum(|byte| (byte | 0x20).wrapping_sub(b'a') < 26);
            tally.capitals += sum(|byte| byte.wrapping_sub(b'A') < 26);
        }
        tally.chars = count_chars(text.as_bytes());
        tally
    }
}

/// `...`, not overlapping, and `…`.
fn ellipses(text: &str) -> usize {
    let count = |sign: &str| memchr::memmem::find_iter(text.as_bytes(), sign).count();
    count("...") + count("…")
}
