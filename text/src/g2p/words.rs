//! The words of a text as they are spoken, each with the part of the text it comes from.

use std::ops::Range;

use super::{G2p, Pronunciation};
use crate::verbalize::{self, verbalize};

/// A spoken word of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct SpokenWord {
    /// Bytes of the text. Words of one number share them: `25. maj` is there for each word it is read as.
    pub source: Range<usize>,
    /// The word as it is spoken; of numbers and abbreviations in small letters, else as it is written.
    pub spoken: String,
    /// How it is said, the likeliest first. Bytes in phones count from the start of `spoken`. Empty where nothing can be
    /// said, as for a word of another script when such are left out.
    pub pronunciations: Vec<Pronunciation>,
}

/// A stretch of the spoken text and the stretch of the source that it comes from.
struct Stretch {
    spoken: Range<usize>,
    source: Range<usize>,
    /// Byte by byte the same.
    same: bool,
}

impl G2p {
    /// The words of a text in order, verbalized in the best reading.
    ///
    /// ```
    /// use sprog_text::g2p::G2p;
    ///
    /// let words = G2p::default().words_of("Den 25. maj kom 3 hunde.");
    /// let spoken: Vec<&str> = words.iter().map(|word| word.spoken.as_str()).collect();
    /// assert_eq!(spoken, ["Den", "femogtyvende", "maj", "kom", "tre", "hunde"]);
    /// assert_eq!(words[1].source, 4..11, "the date is read as a whole");
    /// ```
    pub fn words_of(&self, text: &str) -> Vec<SpokenWord> {
        let done = verbalize(text, &verbalize::Options { max_readings: 1 });
        let stretches = stretches(text, &done);
        let mut first = 0;
        let mut out = Vec::new();
        for word in words(&done.spoken) {
            // Words and stretches are both in order.
            while stretches.get(first).is_some_and(|stretch| stretch.spoken.end <= word.start) {
                first += 1;
            }
            let mut source: Option<Range<usize>> = None;
            for stretch in stretches[first..].iter().take_while(|stretch| stretch.spoken.start < word.end) {
                let here = if stretch.same {
                    let from = word.start.max(stretch.spoken.start) - stretch.spoken.start;
                    let to = word.end.min(stretch.spoken.end) - stretch.spoken.start;
                    stretch.source.start + from..stretch.source.start + to
                } else {
                    stretch.source.clone()
                };
                source =
                    Some(source.map_or(here.clone(), |all| all.start.min(here.start)..all.end.max(here.end)));
            }
            let spoken = done.spoken[word].to_string();
            let pronunciations = self.pronounce(&spoken);
            out.push(SpokenWord { source: source.unwrap_or(0..0), spoken, pronunciations });
        }
        out
    }
}

/// How the spoken text was put together: text between the spans as it stands, the spans' readings, and a blank where two
/// words would run together.
fn stretches(text: &str, done: &verbalize::Verbalized) -> Vec<Stretch> {
    let mut out = Vec::with_capacity(2 * done.spans.len() + 1);
    let (mut spoken, mut source) = (0, 0);
    for span in &done.spans {
        let between = span.range.start - source;
        out.push(Stretch { spoken: spoken..spoken + between, source: source..span.range.start, same: true });
        spoken += between;
        let rest = done.spoken.get(spoken..).unwrap_or("");
        if !rest.starts_with(span.spoken.as_str()) && rest.starts_with(' ') {
            spoken += 1;
        }
        out.push(Stretch {
            spoken: spoken..spoken + span.spoken.len(),
            source: span.range.clone(),
            same: false,
        });
        spoken += span.spoken.len();
        source = span.range.end;
        let after = done.spoken.get(spoken..).unwrap_or("");
        let written = text.get(source..).unwrap_or("");
        if after.starts_with(' ') && !written.starts_with(' ') {
            spoken += 1;
        }
    }
    out.push(Stretch { spoken: spoken..done.spoken.len(), source: source..text.len(), same: true });
    out
}

/// Runs of letters, digits and marks; an apostrophe or hyphen between two of them is part of the word.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let is_word = |c: char| c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c);
        let start = loop {
            let (at, c) = chars.next()?;
            if c.is_alphanumeric() {
                break (at, at + c.len_utf8());
            }
        };
        let (start, mut end) = start;
        while let Some((at, c)) = chars.peek().copied() {
            let joins = matches!(c, '\'' | '’' | '-' | '\u{2010}' | '\u{2011}' | '\u{ad}');
            let inside = joins && text[at + c.len_utf8()..].chars().next().is_some_and(char::is_alphanumeric);
            if !is_word(c) && !inside {
                break;
            }
            end = at + c.len_utf8();
            chars.next();
        }
        Some(start..end)
    })
}
