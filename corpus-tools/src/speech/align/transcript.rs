//! A transcript as words that can be said, each traced to the token that it comes from.

use std::ops::Range;
use std::path::Path;

use anyhow::Result;
pub use sprog_speech::align::Status;
use sprog_text::g2p::{G2p, Lexicon, Notation, PhoneSet};

use crate::lines::CodePoints;
use crate::speech::times::TimedWord;

/// From text to phones.
pub struct Pronouncer {
    g2p: G2p,
    graphemes: bool,
}

/// A transcript taken apart.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// Bytes of the text, in order.
    pub tokens: Vec<Token>,
    /// Pronunciations of each spoken word.
    pub words: Vec<Vec<Vec<String>>>,
}

/// What stands in the transcript as one thing: a word, a number, an abbreviation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the text.
    pub source: Range<usize>,
    /// The spoken words it is read as.
    pub words: Range<usize>,
}

/// Where a spoken word was found, in samples at the rate of the aligner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Samples, half-open; `None` where there is no room for it.
    pub place: Option<Range<u64>>,
    /// How sure, 0 to 1.
    pub score: f32,
    /// What may be done with it.
    pub status: Status,
    /// Its phones and their samples.
    pub phones: Vec<(String, Range<u64>)>,
}

impl Pronouncer {
    /// By the rules for Danish, after a lexicon if there is one; or by letters.
    ///
    /// # Errors
    /// Those of the file system, and for a lexicon in which nothing is understood.
    pub fn new(lexicon: Option<&Path>, graphemes: bool) -> Result<(Pronouncer, Vec<String>)> {
        let mut g2p = G2p::default();
        let mut problems = Vec::new();
        if let Some(path) = lexicon {
            let bytes = std::fs::read(path).map_err(sprog_datasets::Error::io(path))?;
            let text = sprog_formats::decode(&bytes, sprog_formats::EncodingChoice::Detect).value.0;
            // NST's lexicon has some fifty columns.
            let imported = match text.lines().take(20).any(|line| line.matches(';').count() > 10) {
                true => Lexicon::from_nst(&text),
                false => Lexicon::from_tsv(&text, Notation::Ipa),
            };
            problems = imported.problems.iter().map(|p| format!("{}: {p}", path.display())).collect();
            if imported.lexicon.is_empty() {
                anyhow::bail!("{}: no word with a pronunciation is understood", path.display());
            }
            g2p = g2p.with_lexicon(imported.lexicon);
        }
        Ok((Pronouncer { g2p, graphemes }, problems))
    }

    /// The words of a transcript as they are said, spelled; one for each of [`Transcript::words`].
    pub fn spoken(&self, text: &str) -> Vec<String> {
        self.g2p.words_of(text).into_iter().map(|word| word.spoken).collect()
    }

    /// Takes a transcript apart. Words that nothing can be said for have no pronunciation.
    pub fn transcript(&self, text: &str) -> Transcript {
        let mut out = Transcript::default();
        for word in self.g2p.words_of(text) {
            let labels: Vec<Vec<String>> = match self.graphemes {
                true => vec![G2p::graphemes(&word.spoken).labels(PhoneSet::Alignment)],
                false => word.pronunciations.iter().map(|p| p.labels(PhoneSet::Alignment)).collect(),
            };
            let mut unique: Vec<Vec<String>> = Vec::new();
            for labels in labels.into_iter().filter(|l| !l.is_empty()) {
                if !unique.contains(&labels) {
                    unique.push(labels);
                }
            }
            let at = out.words.len();
            out.words.push(unique);
            match out.tokens.last_mut() {
                Some(token) if token.source.end > word.source.start => {
                    token.source.end = token.source.end.max(word.source.end);
                    token.words.end = at + 1;
                }
                _ => out.tokens.push(Token { source: word.source, words: at..at + 1 }),
            }
        }
        out
    }
}

/// The tokens of a transcript in time, in seconds and code points.
pub fn timed(text: &str, transcript: &Transcript, found: &[Found], rate: u32) -> Vec<TimedWord> {
    let seconds = |sample: u64| (sample as f64 / f64::from(rate) * 1e5).round() / 1e5;
    let mut points = CodePoints::new(text);
    let token = |token: &Token| {
        let (char_start, char_end) = (points.at(token.source.start), points.at(token.source.end));
        let words = found.get(token.words.clone()).unwrap_or_default();
        let mut places = words.iter().filter_map(|w| w.place.as_ref());
        let start = places.clone().map(|p| p.start).min();
        let end = places.by_ref().map(|p| p.end).max();
        // A number of which a part was not found has been found in part.
        let worst = words.iter().map(|w| w.status).max().unwrap_or(Status::Unaligned);
        let found_in_part = words.iter().any(|w| w.status != Status::Unaligned);
        let status = if found_in_part { worst.min(Status::Suspect) } else { Status::Unaligned };
        let score = words.iter().map(|w| w.score).fold(f32::INFINITY, f32::min);
        TimedWord {
            text: text[token.source.clone()].to_owned(),
            char_start: Some(char_start),
            char_end: Some(char_end),
            start: start.map(seconds),
            end: end.map(seconds),
            score: Some(if score.is_finite() { (score * 1e4).round() / 1e4 } else { 0.0 }),
            status: Some(status.as_str().to_owned()),
        }
    };
    transcript.tokens.iter().map(token).collect()
}
