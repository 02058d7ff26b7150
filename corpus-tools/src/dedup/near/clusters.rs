//! What is removed of each cluster.

use std::collections::HashMap;
use std::iter::Peekable;

use sprog_datasets::Result;
use sprog_datasets::extsort::{Sorted, Sorter};
use sprog_text::minhash::ShingleSet;

use super::positions::{REFERENCE, STARTS};
use super::record::{join, number, number32};
use super::sets::{Place, Sets};
use super::{Candidates, Counts, Removal, Removals};

/// Kept documents that a band remembers. Those that come later in it are compared with no more, so that
/// the work stays linear where many share a band and are not alike.
const KEPT_OF_BAND: usize = 8;

/// A kept document of the cluster at hand.
struct Kept {
    order: u64,
    place: Place,
}

/// What the documents of the cluster so far tell of the next.
#[derive(Default)]
struct Cluster {
    order: u64,
    kept: Vec<Kept>,
    /// Documents of `kept` for those of each band.
    of_band: HashMap<u64, Vec<u32>>,
}

impl Cluster {
    /// The kept documents to compare with, the best first.
    fn candidates(&self, bands: &[u64], out: &mut Vec<u32>) {
        out.clear();
        out.extend(bands.iter().filter_map(|band| self.of_band.get(band)).flatten());
        out.sort_unstable();
        out.dedup();
    }

    fn remember(&mut self, bands: &[u64], kept: u32) {
        for band in bands {
            let of_band = self.of_band.entry(*band).or_default();
            if of_band.len() < KEPT_OF_BAND && !of_band.contains(&kept) {
                of_band.push(kept);
            }
        }
    }
}

/// Reads the bands of one position after the other.
struct Bands {
    sorted: Peekable<Sorted<9>>,
}

impl Bands {
    fn of(&mut self, position: u32, out: &mut Vec<u64>) -> Result<()> {
        out.clear();
        let here = |r: &Result<[u8; 9]>| r.as_ref().map_or(true, |r| number32(r, 0) == position);
        while let Some(record) = self.sorted.next_if(here) {
            out.push(number::<5>(&record?, 4));
        }
        Ok(())
    }
}

struct Out {
    sorter: Sorter<28>,
    counts: Counts,
}

impl Out {
    fn push(&mut self, removal: Removal) -> Result<()> {
        self.counts.removed += 1;
        self.sorter.push(join(&[
            &removal.removed.to_be_bytes(),
            &removal.kept.to_be_bytes(),
            &removal.score.to_bits().to_be_bytes(),
            &removal.cluster.to_be_bytes(),
        ]))
    }

    fn finish(self) -> Result<Removals> {
        Ok(Removals { counts: self.counts, sorted: self.sorter.finish()? })
    }
}

impl Candidates {
    /// Documents that share a band with another.
    pub fn candidates(&self) -> u32 {
        self.positions.candidates
    }

    fn out(&self) -> Out {
        let counts = Counts {
            documents: u64::from(self.documents),
            candidates: u64::from(self.positions.candidates),
            ..Counts::default()
        };
        Out { sorter: Sorter::new(&self.dir, self.options.memory / 8), counts }
    }

    /// Keeps the best of each cluster, and references. No text is looked at.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn connected(mut self) -> Result<Removals> {
        let mut out = self.out();
        let mut bands = Bands { sorted: self.positions.bands.peekable() };
        let (mut own, mut of_best, mut best) = (Vec::new(), Vec::new(), 0);
        for (position, record) in (0u32..).zip(self.positions.documents.records()?) {
            let record = record?;
            bands.of(position, &mut own)?;
            let order = number::<8>(&record, 0);
            if record[8] & STARTS != 0 {
                out.counts.clusters += 1;
                best = order;
                std::mem::swap(&mut of_best, &mut own);
            } else if record[8] & REFERENCE == 0 {
                let equal = own.iter().filter(|band| of_best.contains(band)).count();
                let share = equal as f64 / self.options.bands.max(1) as f64;
                let score = share.powf(1.0 / self.options.rows.max(1) as f64) as f32;
                out.push(Removal { removed: order, kept: best, score, cluster: best })?;
            }
        }
        out.finish()
    }

    /// Removes a document if the Jaccard similarity of its word n-grams to those of a kept one of the
    /// cluster is at least `threshold`. The first kept one for which this holds is named, from the best.
    ///
    /// A document is compared with those kept documents of which it, or one removed for them, shares a
    /// band, and with at most eight a band. `text` puts the text of an order key in the string; it is asked
    /// once for each candidate, with ascending keys.
    ///
    /// # Errors
    /// Those of `text` and of the file system.
    pub fn verified(
        mut self,
        threshold: f64,
        ngram: usize,
        text: impl FnMut(u64, &mut String) -> Result<()>,
    ) -> Result<Removals> {
        let mut out = self.out();
        let mut sets = Sets::write(&self.dir, self.options.memory / 4, &mut self.positions, ngram, text)?;
        let mut bands = Bands { sorted: self.positions.bands.peekable() };
        let mut cluster = Cluster::default();
        let (mut own, mut candidates) = (Vec::new(), Vec::new());
        for (position, record) in (0u32..).zip(self.positions.documents.records()?) {
            let record = record?;
            bands.of(position, &mut own)?;
            let order = number::<8>(&record, 0);
            let place = sets.next_place()?;
            if record[8] & STARTS != 0 {
                out.counts.clusters += 1;
                cluster = Cluster { order, ..Cluster::default() };
                sets.forget();
            }
            let mut for_kept = None;
            if record[8] & REFERENCE == 0 {
                cluster.candidates(&own, &mut candidates);
                if !candidates.is_empty() {
                    let set: ShingleSet = sets.read(place)?;
                    for number in &candidates {
                        let kept = &cluster.kept[*number as usize];
                        out.counts.compared += 1;
                        let score = sets.jaccard(&set, *number, kept.place)?;
                        if score >= threshold {
                            for_kept = Some((*number, kept.order, score as f32));
                            break;
                        }
                    }
                }
            }
            let number = match for_kept {
                Some((number, kept, score)) => {
                    out.push(Removal { removed: order, kept, score, cluster: cluster.order })?;
                    number
                }
                None => {
                    cluster.kept.push(Kept { order, place });
                    (cluster.kept.len() - 1) as u32
                }
            };
            cluster.remember(&own, number);
        }
        out.finish()
    }
}
