//! How documents come into sequences of one length.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::store::Located;
use crate::Result;
use crate::extsort::Sorter;

/// How documents come into sequences. No token is left out by either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Packing {
    /// All documents one behind the other, cut every `sequence_length` tokens, as GPT was trained; TRL's `wrapped`.
    Concatenate,
    /// Documents are cut only where they are longer than a sequence; each goes whole into the sequence that it
    /// fills best (best-fit decreasing); TRL's `bfd_split`.
    BestFit,
}

impl Packing {
    /// Its name in recipes.
    pub fn name(self) -> &'static str {
        match self {
            Packing::Concatenate => "concatenate",
            Packing::BestFit => "best-fit",
        }
    }
}

/// A stretch of a document in a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The document.
    pub document: Located,
    /// The first of its tokens.
    pub start: u32,
    /// How many of its tokens.
    pub len: u32,
}

/// What was packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sequences.
    pub sequences: u64,
    /// Tokens in them.
    pub tokens: u64,
    /// Documents that lie in more than one.
    pub cut: u64,
}

/// Takes the pieces of each sequence, in order.
type Emit<'e> = &'e mut dyn FnMut(&[Piece]) -> Result<()>;

impl Counts {
    fn emit(&mut self, pieces: &[Piece], emit: Emit<'_>) -> Result<()> {
        self.sequences += 1;
        self.tokens += pieces.iter().map(|piece| u64::from(piece.len)).sum::<u64>();
        emit(pieces)
    }
}

/// Packs documents one behind the other. Only the last sequence can be shorter than `length`.
///
/// # Errors
/// Those of `documents` and of `emit`.
pub fn concatenate(
    documents: impl Iterator<Item = Result<Located>>,
    length: u32,
    emit: Emit<'_>,
) -> Result<Counts> {
    let length = length.max(1);
    let mut counts = Counts::default();
    let mut sequence: Vec<Piece> = Vec::new();
    let mut room = length;
    for document in documents {
        let document = document?;
        let mut start = 0;
        while start < document.tokens {
            let len = room.min(document.tokens - start);
            sequence.push(Piece { document, start, len });
            counts.cut += u64::from(start == 0 && len < document.tokens);
            start += len;
            room -= len;
            if room == 0 {
                counts.emit(&sequence, emit)?;
                sequence.clear();
                room = length;
            }
        }
    }
    if !sequence.is_empty() {
        counts.emit(&sequence, emit)?;
    }
    Ok(counts)
}

/// Number of a document in the order, and of the piece in it: where a sequence stands.
type Place = (u64, u32);

/// missing (4), number (6), piece (4), document.
const BY_SIZE: usize = 14 + Located::BYTES;
/// place of the sequence (10), number in it (4), piece (4), length (4), document.
const BY_SEQUENCE: usize = 22 + Located::BYTES;

/// Packs documents by best-fit decreasing: the longest first, each into the sequence where the least is left over
/// behind it, or into a new one. Pieces longer than `length` are cut every `length` tokens.
///
/// Sequences come in the order of the documents that opened them. Besides the sorts, within `memory` in `scratch`, some
/// 24 bytes a sequence that is not full are held.
///
/// # Errors
/// Those of `documents`, of `emit` and of the file system.
pub fn best_fit(
    documents: impl Iterator<Item = Result<Located>>,
    length: u32,
    scratch: &Path,
    memory: usize,
    emit: Emit<'_>,
) -> Result<Counts> {
    let length = length.max(1);
    let mut counts = Counts::default();
    let mut by_size = Sorter::<BY_SIZE>::new(scratch, memory / 2);
    for (number, document) in documents.enumerate() {
        let document = document?;
        counts.cut += u64::from(document.tokens > length);
        for piece in 0..document.tokens.div_ceil(length) {
            let len = length.min(document.tokens - piece * length);
            let mut record = [0; BY_SIZE];
            // What is missing to a whole sequence: the longest come first.
            record[..4].copy_from_slice(&(length - len).to_be_bytes());
            put_place(&mut record[4..14], (number as u64, piece));
            record[14..].copy_from_slice(&document.to_bytes());
            by_size.push(record)?;
        }
    }
    let mut by_sequence = Sorter::<BY_SEQUENCE>::new(scratch, memory / 2);
    // By room that is left: where the sequence stands, and pieces in it. The one opened last is the first filled.
    let mut open: BTreeMap<u32, Vec<(Place, u32)>> = BTreeMap::new();
    for record in by_size.finish()? {
        let record = record?;
        let missing = u32::from_be_bytes([record[0], record[1], record[2], record[3]]);
        let len = length - missing;
        let place = place(&record[4..14]);
        let fits = open.range(len..).next().map(|(room, _)| *room);
        let (room, (sequence, pieces)) = match fits.and_then(|room| Some((room, take(&mut open, room)?))) {
            Some(found) => found,
            None => (length, (place, 0)),
        };
        if room > len {
            open.entry(room - len).or_default().push((sequence, pieces + 1));
        }
        let mut sorted = [0; BY_SEQUENCE];
        put_place(&mut sorted[..10], sequence);
        sorted[10..14].copy_from_slice(&pieces.to_be_bytes());
        sorted[14..18].copy_from_slice(&place.1.to_be_bytes());
        sorted[18..22].copy_from_slice(&len.to_be_bytes());
        sorted[22..].copy_from_slice(&record[14..]);
        by_sequence.push(sorted)?;
    }
    drop(open);
    let mut sequence: Vec<Piece> = Vec::new();
    let mut last: Option<Place> = None;
    for record in by_sequence.finish()? {
        let record = record?;
        let at = place(&record[..10]);
        if last.is_some_and(|last| last != at) {
            counts.emit(&sequence, emit)?;
            sequence.clear();
        }
        last = Some(at);
        let number = |from: usize| {
            u32::from_be_bytes([record[from], record[from + 1], record[from + 2], record[from + 3]])
        };
        let document = Located::from_bytes(&record[22..]);
        sequence.push(Piece { document, start: number(14) * length, len: number(18) });
    }
    if !sequence.is_empty() {
        counts.emit(&sequence, emit)?;
    }
    Ok(counts)
}

/// Takes a sequence with so much room.
fn take(open: &mut BTreeMap<u32, Vec<(Place, u32)>>, room: u32) -> Option<(Place, u32)> {
    let sequences = open.get_mut(&room)?;
    let found = sequences.pop();
    if sequences.is_empty() {
        open.remove(&room);
    }
    found
}

fn put_place(out: &mut [u8], (number, piece): Place) {
    out[..6].copy_from_slice(&number.to_be_bytes()[2..]);
    out[6..].copy_from_slice(&piece.to_be_bytes());
}

fn place(bytes: &[u8]) -> Place {
    let number = |bytes: &[u8]| bytes.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    (number(&bytes[..6]), number(&bytes[6..10]) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(lengths: &[u32]) -> impl Iterator<Item = Result<Located>> + '_ {
        let of = |(n, tokens): (usize, &u32)| {
            Ok(Located { shard: 0, offset: n as u64, id_bytes: 0, tokens: *tokens })
        };
        lengths.iter().enumerate().map(of)
    }

    /// Document, start and length of each piece of each sequence.
    type Shown = Vec<Vec<(u64, u32, u32)>>;

    fn pack(packing: Packing, lengths: &[u32], length: u32, memory: usize) -> (Counts, Shown) {
        let mut out = Shown::new();
        let mut emit = |pieces: &[Piece]| {
            out.push(pieces.iter().map(|p| (p.document.offset, p.start, p.len)).collect());
            Ok(())
        };
        let dir = tempfile::tempdir().expect("dir");
        let counts = match packing {
            Packing::Concatenate => concatenate(documents(lengths), length, &mut emit),
            Packing::BestFit => best_fit(documents(lengths), length, dir.path(), memory, &mut emit),
        };
        (counts.expect("packs"), out)
    }

    #[test]
    fn concatenated_documents_are_cut_where_a_sequence_is_full() {
        let (counts, sequences) = pack(Packing::Concatenate, &[3, 5, 0, 2], 4, 0);
        let expected = vec![vec![(0, 0, 3), (1, 0, 1)], vec![(1, 1, 4)], vec![(3, 0, 2)]];
        assert_eq!((counts, sequences), (Counts { sequences: 3, tokens: 10, cut: 1 }, expected));
        assert_eq!(pack(Packing::Concatenate, &[], 4, 0), (Counts::default(), Shown::new()));
        assert_eq!(pack(Packing::Concatenate, &[4, 4], 4, 0).0, Counts { sequences: 2, tokens: 8, cut: 0 });
    }

    #[test]
    fn best_fit_cuts_only_what_is_longer_than_a_sequence() {
        // Of 11 tokens 10 fill a sequence and 1 is left, which goes with 9 and not with 4 + 4.
        let (counts, sequences) = pack(Packing::BestFit, &[4, 11, 9, 4, 0], 10, 1 << 20);
        let expected = vec![vec![(0, 0, 4), (3, 0, 4)], vec![(1, 0, 10)], vec![(2, 0, 9), (1, 10, 1)]];
        assert_eq!(sequences, expected);
        assert_eq!(counts, Counts { sequences: 3, tokens: 28, cut: 1 });
    }

    #[test]
    fn every_token_is_in_one_sequence_whatever_the_memory() {
        let mut state = 3u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32
        };
        let lengths: Vec<u32> =
            (0..3000).map(|_| if next() % 20 == 0 { next() % 900 } else { next() % 70 }).collect();
        let total: u64 = lengths.iter().map(|n| u64::from(*n)).sum();
        for packing in [Packing::Concatenate, Packing::BestFit] {
            let (counts, sequences) = pack(packing, &lengths, 128, 1 << 24);
            assert_eq!(pack(packing, &lengths, 128, 500).1, sequences);
            assert_eq!((counts.tokens, counts.sequences), (total, sequences.len() as u64));
            assert!(sequences.iter().all(|s| s.iter().map(|p| p.2).sum::<u32>() <= 128));
            let mut seen: Vec<(u64, u32, u32)> = sequences.into_iter().flatten().collect();
            seen.sort_unstable();
            let mut at = vec![0u32; lengths.len()];
            for (document, start, len) in seen {
                assert_eq!(at[document as usize], start, "pieces follow one another");
                at[document as usize] += len;
            }
            assert_eq!(at, lengths);
            let whole = lengths.iter().filter(|n| **n > 128).count() as u64;
            assert!(packing == Packing::Concatenate || counts.cut == whole);
            let least = total.div_ceil(128);
            assert!(counts.sequences <= least + least / 50, "{counts:?} of at least {least}");
        }
    }
}
