//! Near-duplicate documents: from the hashes of their bands to those that are removed.
//!
//! Documents that share a band hash are candidates. Connected candidates are a cluster: documents of a
//! chain A~B~C are in one cluster although A and C may share nothing. The best document of a cluster is
//! the first by: being a reference, a high rank, a low order key. Then
//!
//! - [`Candidates::connected`] keeps the best of each cluster and the references, and removes the others,
//!   as most published pipelines do;
//! - [`Candidates::verified`] goes through a cluster from the best to the worst, and removes a document only
//!   if its true Jaccard similarity to one that is **kept** reaches a threshold. The C of a chain is
//!   removed only if it is near A; when B was removed for A, A is what C is compared with.
//!
//! References, such as the documents of an earlier version, take part and are never removed.
//!
//! The result depends on the documents, not on the order they come in, nor on the memory.
//!
//! Disk: 12 bytes a band and 17 a document (185 for 14 bands), then 18 for each band that is shared and
//! 62 for each document that shares one. [`Candidates::verified`] also keeps 8 bytes for each n-gram of
//! such documents, and 28 for each.
//!
//! Memory: what is asked for. What no bound can take away is 1.5 bits a document and 4 bytes for each that
//! shares a band; where that is more than half of what is asked for, the rest comes on top. So for 100
//! million documents, 30 % of them sharing a band: 18.5 GB of disk, then at most 9.5 GB for the clusters, and
//! 139 MB of memory. [`Candidates::verified`] holds the kept documents of one cluster and its bands besides,
//! about 50 bytes a band; only a cluster of millions of documents makes that count.

mod clusters;
mod positions;
mod record;
mod sets;
mod spool;
mod union;

use std::path::{Path, PathBuf};

use sprog_datasets::extsort::{Sorted, Sorter};
use sprog_datasets::{Error, Result};

use positions::{Position, positions};
use record::{join, number};
use spool::{Spool, Written};
use union::Places;

/// A document, as far as it matters which of a cluster is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// Where the document stands among all: `shard << 32 | row`. No two are the same.
    pub order: u64,
    /// The higher, the rather it is kept: the length, a quality, or 0 to keep the first.
    pub rank: u64,
    /// Never removed, and kept before all others.
    pub reference: bool,
}

/// What the bands are, and what may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Bands of a signature.
    pub bands: usize,
    /// Values in a band.
    pub rows: usize,
    /// Bytes of memory.
    pub memory: usize,
}

/// Takes in documents.
///
/// ```
/// use sprog::dedup::near::{Document, Near, Options};
/// let dir = tempfile::tempdir()?;
/// let mut near = Near::new(dir.path(), Options { bands: 2, rows: 8, memory: 1 << 20 })?;
/// near.push(Document { order: 0, rank: 0, reference: false }, &[17, 4])?;
/// near.push(Document { order: 1, rank: 0, reference: false }, &[18, 5])?;
/// near.push(Document { order: 2, rank: 0, reference: false }, &[17, 6])?;
/// let removals: Vec<_> = near.finish()?.connected()?.collect::<Result<_, _>>()?;
/// assert_eq!(removals.len(), 1);
/// assert_eq!((removals[0].removed, removals[0].kept), (2, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Near {
    dir: PathBuf,
    options: Options,
    count: u32,
    documents: Spool<17>,
    bands: Sorter<12>,
}

impl Near {
    /// Work files go to `dir`; they have no names, and are gone however the process ends.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn new(dir: &Path, options: Options) -> Result<Self> {
        Ok(Near {
            dir: dir.to_owned(),
            options,
            count: 0,
            documents: Spool::new(dir)?,
            bands: Sorter::new(dir, options.memory / 4 * 3),
        })
    }

    /// Adds a document by its band hashes, in any order. One without hashes is no candidate.
    ///
    /// # Errors
    /// More than 4,294,967,295 documents; those of the file system.
    pub fn push(&mut self, document: Document, bands: &[u64]) -> Result<()> {
        if bands.is_empty() {
            return Ok(());
        }
        let id = self.count;
        self.count = id.checked_add(1).ok_or_else(|| {
            Error::Invalid("more documents than 4294967295 cannot be compared at once".into())
        })?;
        let Document { order, rank, reference } = document;
        self.documents.push(&join(&[&order.to_be_bytes(), &rank.to_be_bytes(), &[u8::from(reference)]]))?;
        for band in bands {
            self.bands.push(join(&[&band.to_be_bytes(), &id.to_be_bytes()]))?;
        }
        Ok(())
    }

    /// Finds the clusters.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(self) -> Result<Candidates> {
        let Near { dir, options, count, documents, bands } = self;
        let mut candidates = Places::new(count);
        let mut shared = shared_bands(&dir, bands.finish()?, &mut candidates)?;
        let positions = positions(&dir, options.memory / 4, documents.finish()?, &mut shared, candidates)?;
        Ok(Candidates { dir, options, documents: count, positions })
    }
}

/// Writes down who shares a band: (number of the band, 5 bytes; document, 4), band by band.
fn shared_bands(dir: &Path, sorted: Sorted<12>, candidates: &mut Places) -> Result<Written<9>> {
    let mut out = Spool::new(dir)?;
    let (mut band, mut open) = (0u64, false);
    let mut last: Option<[u8; 12]> = None;
    let mut write = |band: u64, record: &[u8; 12]| {
        candidates.insert(record::number32(record, 8));
        out.push(&join(&[&band.to_be_bytes()[3..], &record[8..]]))
    };
    for record in sorted {
        let record = record?;
        match last {
            Some(last) if last == record => continue,
            Some(last) if last[..8] == record[..8] => {
                if !open {
                    band += 1;
                    write(band, &last)?;
                }
                open = true;
                write(band, &record)?;
            }
            _ => open = false,
        }
        last = Some(record);
    }
    out.finish()
}

/// Documents that share bands, in clusters.
pub struct Candidates {
    dir: PathBuf,
    options: Options,
    documents: u32,
    positions: Position,
}

/// A document that is removed, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Removal {
    /// The order key of the document.
    pub removed: u64,
    /// The order key of the document that is kept for it.
    pub kept: u64,
    /// How alike the two are. From [`Candidates::verified`] their Jaccard similarity; from
    /// [`Candidates::connected`] an estimate from the share of bands that are equal, `share^(1/rows)`,
    /// which is 0 where only others connect them.
    pub score: f32,
    /// The order key of the best document of the cluster.
    pub cluster: u64,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Documents that were compared: those with band hashes.
    pub documents: u64,
    /// Those that share a band with another.
    pub candidates: u64,
    /// Sets of connected candidates.
    pub clusters: u64,
    /// Documents to remove.
    pub removed: u64,
    /// Pairs whose true similarity was counted.
    pub compared: u64,
}

/// The documents to remove, by their order key.
pub struct Removals {
    counts: Counts,
    sorted: Sorted<28>,
}

impl Removals {
    /// What was counted.
    pub fn counts(&self) -> Counts {
        self.counts
    }
}

impl Iterator for Removals {
    type Item = Result<Removal>;
    fn next(&mut self) -> Option<Self::Item> {
        Some(self.sorted.next()?.map(|record| Removal {
            removed: number::<8>(&record, 0),
            kept: number::<8>(&record, 8),
            score: f32::from_bits(record::number32(&record, 16)),
            cluster: number::<8>(&record, 20),
        }))
    }
}
