//! From windows that stood before to the stretches to cut, each compared token by token.

use std::ops::Range;

use sprog_datasets::Result;
use sprog_datasets::extsort::Sorted;

use super::substrings::{Found, POSITION, position};
use super::token_file::{Document, DocumentReader, TokenFiles, TokenReader};

/// Position of a window, and of the first window of its fingerprint.
pub(super) const PAIR: usize = 2 * POSITION;

/// A stretch to cut out of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The document.
    pub document: u64,
    /// Numbers of its tokens, as [`sprog_text::dedup::match_tokens`] counts them; hand them to
    /// [`sprog_text::dedup::cuts_to_bytes`].
    pub tokens: Range<u64>,
    /// The document in which the stretch stands first: an earlier one, or the same.
    pub kept_document: u64,
    /// Number of the token there with which an equal stretch begins; it may overlap the cut, and parts of
    /// it may be cut for a stretch still earlier.
    pub kept_start: u64,
}

/// What to cut, in the order of documents and tokens, without overlap. Stretches of a document that touch
/// have different `kept_document`, or other places in it.
///
/// A stretch is carried on as long as the first windows of its fingerprints lie in the same document and the
/// next tokens are equal too, so that a text of one word is one stretch and not one for each word.
pub struct Cuts {
    files: TokenFiles,
    pairs: Sorted<PAIR>,
    len: u64,
    documents: [DocumentReader; 2],
    tokens: [TokenReader; 2],
    found: Found,
    open: Option<Open>,
}

/// A stretch that may go on.
struct Open {
    document: Document,
    kept: Document,
    /// What of it is not cut already.
    start: u64,
    end: u64,
    /// From a position in it back to its twin.
    back: u64,
}

impl Cuts {
    pub(super) fn new(files: TokenFiles, min_tokens: usize, pairs: Sorted<PAIR>, found: Found) -> Self {
        let documents = [DocumentReader::default(), DocumentReader::default()];
        let tokens = [TokenReader::new(), TokenReader::new()];
        Cuts { files, pairs, len: min_tokens as u64, documents, tokens, found, open: None }
    }

    /// What was found so far; complete when all cuts are taken.
    pub fn found(&self) -> Found {
        self.found
    }

    fn equal(&mut self, later: u64, first: u64, len: u64) -> Result<bool> {
        for offset in 0..len {
            let [one, two] = &mut self.tokens;
            if one.get(&self.files, later + offset)? != two.get(&self.files, first + offset)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes a window and the first of its fingerprint; a stretch that thereby ends.
    fn take(&mut self, later: u64, first: u64) -> Result<Option<Cut>> {
        let kept = self.documents[1].find(&self.files, first)?;
        let next = later + self.len - 1;
        if let Some(open) = self.open.as_ref()
            && open.end == next
            && open.document.holds(next)
            && open.kept == kept
            && kept.holds(next - open.back)
        {
            let back = open.back;
            if self.equal(next, next - back, 1)? {
                if let Some(open) = &mut self.open {
                    open.end = next + 1;
                }
                return Ok(None);
            }
        }
        if !self.equal(later, first, self.len)? {
            self.found.unequal += 1;
            return Ok(None);
        }
        let document = self.documents[0].find(&self.files, later)?;
        let start = self.open.as_ref().map_or(later, |open| open.end.max(later));
        let open = Open { document, kept, start, end: next + 1, back: later - first };
        let closed = self.open.replace(open);
        Ok(closed.map(|open| self.close(&open)))
    }

    fn close(&mut self, open: &Open) -> Cut {
        self.found.cut_tokens += open.end - open.start;
        Cut {
            document: open.document.number,
            tokens: open.start - open.document.start..open.end - open.document.start,
            kept_document: open.kept.number,
            kept_start: open.start - open.back - open.kept.start,
        }
    }

    fn advance(&mut self) -> Result<Option<Cut>> {
        while let Some(pair) = self.pairs.next() {
            let pair = pair?;
            if let Some(cut) = self.take(position(&pair[..POSITION]), position(&pair[POSITION..]))? {
                return Ok(Some(cut));
            }
        }
        Ok(self.open.take().map(|open| self.close(&open)))
    }
}

impl Iterator for Cuts {
    type Item = Result<Cut>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
    }
}
