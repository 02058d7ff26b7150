//! Exact stretches of tokens that a corpus repeats, within documents and across them.

use std::path::{Path, PathBuf};

use sprog_datasets::extsort::{Sorted, Sorter};
use sprog_datasets::{Error, Result};
use sprog_text::dedup::{Minimizers, WindowHashes, minimizers, window_hashes};

use super::token_file::{DocumentReader, TokenFiles, TokenWriter};
use super::trace::{Cuts, PAIR};

/// Fingerprint, position.
const MARK: usize = 8 + POSITION;
/// Positions count the tokens of the corpus, up to 2^48.
pub(super) const POSITION: usize = 6;
/// Tokens of a stretch read at a time.
const CHUNK: u64 = 1 << 16;

pub(super) fn put(record: &mut [u8], position: u64) {
    record.copy_from_slice(&position.to_be_bytes()[8 - POSITION..]);
}

pub(super) fn position(record: &[u8]) -> u64 {
    record.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// What was found on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Documents given.
    pub documents: u64,
    /// Tokens given.
    pub tokens: u64,
    /// Fingerprints selected from them.
    pub fingerprints: u64,
    /// Windows of `min_tokens` tokens at which a repeat could be.
    pub candidates: u64,
    /// Windows whose fingerprint stood before.
    pub repeats: u64,
    /// Of these, windows that were not equal to the first of their fingerprint, and so not cut.
    pub unequal: u64,
    /// Tokens in the cuts given so far.
    pub cut_tokens: u64,
}

/// Finds every stretch of at least `min_tokens` tokens that stands in the corpus before.
///
/// What is cut is defined by the corpus alone: a token is cut if one of the windows of `min_tokens` tokens of
/// its document that hold it is equal to a window that starts earlier in the corpus (in an earlier document,
/// or earlier in the same; the two may overlap). Hence
///
/// - of all windows that are equal, at most the first is left whole;
/// - every cut token has a twin earlier in the corpus, with the stretch around it; if that twin is cut as well
///   it has one in turn, and the last of them is kept: nothing is lost entirely;
/// - a token that no repeated window holds is never cut, and nothing is cut that was not compared token by
///   token (by their 64-bit hashes).
///
/// A repeat is missed only if two different windows have the same fingerprint of 64 bits and the later of
/// them is a repeat of a third. Lee et al. 2022, "Deduplicating training data makes language models better",
/// find the same stretches with a suffix array, over bytes of a tokenizer, and leave open which occurrence
/// stays.
///
/// Steps, each a pass or an external sort: fingerprints of selected runs ([`Minimizers`]); where one is
/// repeated, all windows around it; of those with the same fingerprint each is compared with the first of
/// them. Time is linear in the tokens, but for the sorting, whatever repeats how often: each window is one
/// record. Memory is the bound given, about 10 MiB of buffers, 8 bytes for each 256 documents, and the hashes
/// of one document. On disk are 8 bytes a token, 24 a document, about 14 for each 13 tokens, and at most 32
/// for each token in a repeated stretch; documents shorter than `min_tokens` take nothing.
///
/// ```
/// use sprog::dedup::Substrings;
/// use sprog_text::dedup::token_hashes;
/// let dir = tempfile::tempdir()?;
/// let mut stage = Substrings::new(dir.path(), 1 << 20, 5)?;
/// let mut hashes = Vec::new();
/// let texts = [(3, "Vi bruger cookies på denne side."), (7, "Hej! Vi bruger cookies på denne side")];
/// for (number, text) in texts {
///     token_hashes(text, &mut hashes);
///     stage.push(number, &hashes)?;
/// }
/// let cuts: Vec<_> = stage.finish()?.collect::<Result<_, _>>()?;
/// assert_eq!(cuts.len(), 1);
/// assert_eq!((cuts[0].document, cuts[0].tokens.clone()), (7, 2..8));
/// assert_eq!((cuts[0].kept_document, cuts[0].kept_start), (3, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Substrings {
    dir: PathBuf,
    memory: usize,
    of: Minimizers,
    tokens: TokenWriter,
    marks: Sorter<MARK>,
    found: Found,
    last: Option<u64>,
}

impl Substrings {
    /// For stretches of `min_tokens` tokens or more (50 is what Lee et al. use), with scratch files, unnamed,
    /// in `dir`, and sorting within `memory` bytes.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn new(dir: &Path, memory: usize, min_tokens: usize) -> Result<Self> {
        Ok(Substrings {
            dir: dir.to_owned(),
            memory,
            of: Minimizers::new(min_tokens),
            tokens: TokenWriter::new(dir)?,
            marks: Sorter::new(dir, memory / 2),
            found: Found::default(),
            last: None,
        })
    }

    /// Adds a document by the hashes of its tokens, as [`sprog_text::dedup::token_hashes`] gives them.
    ///
    /// # Errors
    /// If `document` is not above the one before, and those of the file system.
    pub fn push(&mut self, document: u64, hashes: &[u64]) -> Result<()> {
        if self.last.is_some_and(|last| last >= document) {
            return Err(Error::Invalid(format!("document {document} comes out of order")));
        }
        self.last = Some(document);
        self.found.documents += 1;
        self.found.tokens += hashes.len() as u64;
        if hashes.len() < self.of.min_tokens() {
            return Ok(());
        }
        let start = self.tokens.push(document, hashes)?;
        if start + hashes.len() as u64 >= 1 << (8 * POSITION) {
            return Err(Error::Invalid("more tokens than positions can count".into()));
        }
        let mut outcome = Ok(());
        let (marks, found) = (&mut self.marks, &mut self.found);
        minimizers(hashes, self.of, |at, fingerprint| {
            if outcome.is_ok() {
                found.fingerprints += 1;
                outcome = marks.push(mark(fingerprint, start + at as u64));
            }
        });
        outcome
    }

    /// What to cut, by document and token.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(self) -> Result<Cuts> {
        let Substrings { dir, memory, of, tokens, marks, mut found, .. } = self;
        let files = tokens.finish()?;
        let mut runs = Sorter::<POSITION>::new(&dir, memory / 2);
        for_each_repeat(marks.finish()?, |first, later, again| {
            if !again {
                runs.push(first)?;
            }
            runs.push(later)
        })?;
        let windows = windows_around(&files, runs.finish()?, of, Sorter::new(&dir, memory / 2), &mut found)?;
        let mut pairs = Sorter::<PAIR>::new(&dir, memory / 2);
        for_each_repeat(windows.finish()?, |first, later, _| {
            found.repeats += 1;
            let mut pair = [0u8; PAIR];
            pair[..POSITION].copy_from_slice(&later);
            pair[POSITION..].copy_from_slice(&first);
            pairs.push(pair)
        })?;
        Ok(Cuts::new(files, of.min_tokens(), pairs.finish()?, found))
    }
}

fn mark(fingerprint: u64, at: u64) -> [u8; MARK] {
    let mut record = [0u8; MARK];
    record[..8].copy_from_slice(&fingerprint.to_be_bytes());
    put(&mut record[8..], at);
    record
}

type Position = [u8; POSITION];

/// Calls `each` with first and later position wherever a fingerprint stands again, and whether the first was
/// given before.
fn for_each_repeat(
    marks: Sorted<MARK>,
    mut each: impl FnMut(Position, Position, bool) -> Result<()>,
) -> Result<()> {
    let mut first: Option<([u8; 8], Position)> = None;
    let mut again = false;
    for record in marks {
        let record = record?;
        let (mut fingerprint, mut at) = ([0u8; 8], Position::default());
        fingerprint.copy_from_slice(&record[..8]);
        at.copy_from_slice(&record[8..]);
        match first {
            Some((same, first)) if same == fingerprint => {
                each(first, at, again)?;
                again = true;
            }
            _ => (first, again) = (Some((fingerprint, at)), false),
        }
    }
    Ok(())
}

/// Gives `windows` all windows of `min_tokens` tokens that hold one of the runs, each once.
fn windows_around(
    files: &TokenFiles,
    runs: Sorted<POSITION>,
    of: Minimizers,
    mut windows: Sorter<MARK>,
    found: &mut Found,
) -> Result<Sorter<MARK>> {
    let (len, reach) = (of.min_tokens() as u64, (of.min_tokens() - of.run()) as u64);
    let hashes_of = WindowHashes::new(of.min_tokens());
    let (mut hashes, mut bytes) = (Vec::new(), Vec::new());
    let mut documents = DocumentReader::default();
    let mut give = |mut start: u64, end: u64| -> Result<()> {
        while start < end {
            let chunk = (end - start).min(CHUNK);
            files.read(start, start + chunk + len - 1, &mut hashes, &mut bytes)?;
            let mut outcome = Ok(());
            window_hashes(&hashes, hashes_of, |at, fingerprint| {
                if outcome.is_ok() {
                    found.candidates += 1;
                    outcome = windows.push(mark(fingerprint, start + at as u64));
                }
            });
            outcome?;
            start += chunk;
        }
        Ok(())
    };
    // Starts of windows; the stretch grows while the next touches it.
    let mut open = 0..0;
    for run in runs {
        let run = position(&run?);
        let document = documents.find(files, run)?;
        let start = run.saturating_sub(reach).max(document.start);
        let end = (run + 1).min(document.end.saturating_sub(len - 1));
        if start > open.end || open.is_empty() {
            give(open.start, open.end)?;
            open = start..end;
        } else {
            open.end = end.max(open.end);
        }
    }
    give(open.start, open.end)?;
    Ok(windows)
}
