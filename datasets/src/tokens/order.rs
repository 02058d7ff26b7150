//! The order of documents: that of the texts, or one drawn from a seed.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::store::Located;
use crate::extsort::Sorter;
use crate::{Error, Result};

const HASH: usize = 16;
/// split (2), hash (16), place.
const RECORD: usize = 2 + HASH + Located::BYTES;

/// Sorts documents by split, and there by a keyed hash of their ids or by where they lie.
///
/// The hash makes the order total and the same on every machine: it depends on the seed and on the id of the document,
/// not on the shard that it lies in. Two documents of one id would lie in the order of the texts.
pub struct Ranker {
    sorter: Sorter<RECORD>,
    seed: Option<String>,
    dir: PathBuf,
}

impl Ranker {
    /// Sorts within `memory` bytes and keeps what is sorted in unnamed files in `dir`.
    pub fn new(dir: &Path, memory: usize, seed: Option<&str>) -> Ranker {
        Ranker { sorter: Sorter::new(dir, memory), seed: seed.map(str::to_owned), dir: dir.to_owned() }
    }

    /// Adds a document.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn push(&mut self, split: u16, id: &str, document: Located) -> Result<()> {
        let mut record = [0; RECORD];
        record[..2].copy_from_slice(&split.to_be_bytes());
        if let Some(seed) = &self.seed {
            record[2..2 + HASH].copy_from_slice(&order_hash(seed, id));
        }
        record[2 + HASH..].copy_from_slice(&document.to_bytes());
        self.sorter.push(record)
    }

    /// The documents in order.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(self) -> Result<Ranked> {
        let mut file = tempfile::tempfile_in(&self.dir).map_err(Error::io(&self.dir))?;
        let mut ends: Vec<u64> = Vec::new();
        let mut count = 0u64;
        {
            let mut out = BufWriter::with_capacity(1 << 18, &mut file);
            for record in self.sorter.finish()? {
                let record = record?;
                let split = usize::from(u16::from_be_bytes([record[0], record[1]]));
                if ends.len() <= split {
                    ends.resize(split, count);
                    ends.push(count);
                }
                count += 1;
                ends[split] = count;
                out.write_all(&record[2 + HASH..]).map_err(Error::io(&self.dir))?;
            }
            out.flush().map_err(Error::io(&self.dir))?;
        }
        Ok(Ranked { file, ends, dir: self.dir })
    }
}

/// The first 16 bytes of a BLAKE3 hash of seed and id.
fn order_hash(seed: &str, id: &str) -> [u8; HASH] {
    // A context of its own: the same seed in the step `split` must not tie the order to the split.
    let mut hasher = blake3::Hasher::new_derive_key("sprog-datasets 2026 order of documents in token shards");
    hasher.update(&(seed.len() as u64).to_le_bytes());
    hasher.update(seed.as_bytes());
    hasher.update(id.as_bytes());
    let mut out = [0; HASH];
    out.copy_from_slice(&hasher.finalize().as_bytes()[..HASH]);
    out
}

/// Documents in order, split by split, in a file without a name.
pub struct Ranked {
    file: File,
    /// Documents up to the end of each split.
    ends: Vec<u64>,
    dir: PathBuf,
}

impl Ranked {
    /// Documents of a split.
    pub fn count(&self, split: usize) -> u64 {
        let end = |split: usize| self.ends.get(split).or(self.ends.last()).copied().unwrap_or_default();
        end(split) - split.checked_sub(1).map_or(0, end)
    }

    /// The documents of a split, in order.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn documents(&mut self, split: usize) -> Result<impl Iterator<Item = Result<Located>> + '_> {
        let mut left = self.count(split);
        let before = match split.checked_sub(1) {
            Some(last) => self.ends.get(last).or(self.ends.last()).copied().unwrap_or_default(),
            None => 0,
        };
        let start = before * Located::BYTES as u64;
        self.file.seek(SeekFrom::Start(start)).map_err(Error::io(&self.dir))?;
        let mut reader = BufReader::with_capacity(1 << 16, &mut self.file);
        let dir = &self.dir;
        Ok(std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let mut record = [0; Located::BYTES];
            let read = reader.read_exact(&mut record).map_err(Error::io(dir));
            Some(read.map(|()| Located::from_bytes(&record)))
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(seed: Option<&str>, memory: usize, backwards: bool) -> Vec<Vec<u32>> {
        let dir = tempfile::tempdir().expect("dir");
        let mut ranker = Ranker::new(dir.path(), memory, seed);
        let numbers: Vec<u32> = if backwards { (0..50).rev().collect() } else { (0..50).collect() };
        for n in numbers {
            // Split 1 has no document.
            let split = if n % 5 == 0 { 2 } else { 0 };
            let document = Located { shard: n / 10, offset: u64::from(n % 10), id_bytes: 1, tokens: n };
            ranker.push(split, &format!("id{n}"), document).expect("pushes");
        }
        let mut ranked = ranker.finish().expect("sorts");
        let mut of = |split| {
            let documents: Vec<u32> =
                ranked.documents(split).expect("reads").map(|d| d.expect("reads").tokens).collect();
            assert_eq!(documents.len() as u64, ranked.count(split));
            documents
        };
        (0..4).map(&mut of).collect()
    }

    #[test]
    fn without_a_seed_documents_keep_their_order() {
        let splits = order(None, 1 << 20, true);
        assert!(splits[0].is_sorted() && splits[2].is_sorted());
        assert_eq!(splits.iter().map(Vec::len).collect::<Vec<_>>(), [40, 0, 10, 0]);
    }

    #[test]
    fn a_seed_draws_an_order_that_memory_and_input_do_not_change() {
        let drawn = order(Some("1"), 1 << 20, false);
        assert_eq!(drawn, order(Some("1"), 64, true));
        assert_ne!(drawn, order(Some("2"), 1 << 20, false));
        assert!(!drawn[0].is_sorted());
        let mut sorted = drawn[0].clone();
        sorted.sort_unstable();
        assert_eq!(sorted, order(None, 64, false)[0]);
    }

    #[test]
    fn the_order_is_pinned_for_all_time() {
        assert_eq!(order_hash("1", "a")[..4], PINNED);
    }
    const PINNED: [u8; 4] = [132, 123, 243, 182];
}
