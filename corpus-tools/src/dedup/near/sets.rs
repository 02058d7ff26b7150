//! The n-grams of candidates on disk, so that every text is read once, in order.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sprog_datasets::extsort::{Sorted, Sorter};
use sprog_datasets::{Error, Result};
use sprog_text::minhash::ShingleSet;

use super::positions::Position;
use super::record::{join, number, number32};

/// Where a set lies in the file.
#[derive(Clone, Copy)]
pub(super) struct Place {
    offset: u64,
    hashes: u32,
}

/// The sets of all candidates.
pub(super) struct Sets {
    dir: PathBuf,
    file: File,
    /// By position: the offset, 8 bytes, and the number of hashes, 4.
    places: Sorted<16>,
    bytes: Vec<u8>,
    /// Sets of kept documents of the cluster, by their number.
    cache: HashMap<u32, ShingleSet>,
    cached: usize,
    memory: usize,
}

impl Sets {
    /// Asks for the text of every candidate, in the order of the order keys.
    pub(super) fn write(
        dir: &Path,
        memory: usize,
        positions: &mut Position,
        ngram: usize,
        mut text: impl FnMut(u64, &mut String) -> Result<()>,
    ) -> Result<Self> {
        let mut by_order = Sorter::<12>::new(dir, memory / 2);
        for (position, record) in (0u32..).zip(positions.documents.records()?) {
            by_order.push(join(&[&record?[..8], &position.to_be_bytes()]))?;
        }
        let file = tempfile::tempfile_in(dir).map_err(Error::io(dir))?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let mut places = Sorter::<16>::new(dir, memory / 2);
        let (mut offset, mut buffer) = (0u64, String::new());
        for record in by_order.finish()? {
            let record = record?;
            buffer.clear();
            text(number::<8>(&record, 0), &mut buffer)?;
            let set = ShingleSet::new(&buffer, ngram);
            let hashes = u32::try_from(set.hashes().len())
                .map_err(|_| Error::Invalid("a text of more than 4294967295 n-grams".into()))?;
            for hash in set.hashes() {
                out.write_all(&hash.to_le_bytes()).map_err(Error::io(dir))?;
            }
            places.push(join(&[&record[8..], &offset.to_be_bytes(), &hashes.to_be_bytes()]))?;
            offset += u64::from(hashes) * 8;
        }
        let file = out.into_inner().map_err(|e| Error::io(dir)(e.into_error()))?;
        Ok(Sets {
            dir: dir.to_owned(),
            file,
            places: places.finish()?,
            bytes: Vec::new(),
            cache: HashMap::new(),
            cached: 0,
            memory,
        })
    }

    /// Where the set of the next position is.
    pub(super) fn next_place(&mut self) -> Result<Place> {
        let record =
            self.places.next().ok_or_else(|| Error::Invalid("a candidate without a text".into()))??;
        Ok(Place { offset: number::<8>(&record, 4), hashes: number32(&record, 12) })
    }

    /// Reads a set.
    pub(super) fn read(&mut self, place: Place) -> Result<ShingleSet> {
        self.bytes.clear();
        self.file.seek(SeekFrom::Start(place.offset)).map_err(Error::io(&self.dir))?;
        let length = u64::from(place.hashes) * 8;
        let read = (&self.file).take(length).read_to_end(&mut self.bytes).map_err(Error::io(&self.dir))?;
        if read as u64 != length {
            return Err(Error::io(&self.dir)(std::io::ErrorKind::UnexpectedEof.into()));
        }
        let hashes = self.bytes.chunks_exact(8).map(|hash| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(hash);
            u64::from_le_bytes(bytes)
        });
        Ok(ShingleSet::from_hashes(hashes.collect()))
    }

    /// Compares a set with that of a kept document, which is held for the next while there is room.
    pub(super) fn jaccard(&mut self, set: &ShingleSet, number: u32, place: Place) -> Result<f64> {
        if let Some(kept) = self.cache.get(&number) {
            return Ok(set.jaccard(kept));
        }
        let kept = self.read(place)?;
        let score = set.jaccard(&kept);
        let bytes = kept.hashes().len() * 8 + 64;
        if self.cached + bytes > self.memory {
            self.forget();
        }
        if bytes <= self.memory {
            self.cached += bytes;
            self.cache.insert(number, kept);
        }
        Ok(score)
    }

    /// Drops what is held of the kept documents.
    pub(super) fn forget(&mut self) {
        self.cache.clear();
        self.cached = 0;
    }
}
