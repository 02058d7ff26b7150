//! The order in which candidates are looked at: cluster by cluster, the best of each first.

use std::path::Path;

use sprog_datasets::Result;
use sprog_datasets::extsort::{Sorted, Sorter};

use super::record::{join, number, number32};
use super::spool::{Spool, Written};
use super::union::{Places, UnionFind};

/// Where a candidate's record says that a cluster starts with it.
pub(super) const STARTS: u8 = 1;
pub(super) const REFERENCE: u8 = 2;

/// Candidates by their position.
pub(super) struct Position {
    pub(super) candidates: u32,
    /// For each position the order key, 8 bytes, and flags.
    pub(super) documents: Written<9>,
    /// The position, 4 bytes, and the number of a shared band, 5 bytes; in order.
    pub(super) bands: Sorted<9>,
}

pub(super) fn positions(
    dir: &Path,
    memory: usize,
    mut documents: Written<17>,
    shared: &mut Written<9>,
    mut candidates: Places,
) -> Result<Position> {
    let count = candidates.count();
    let by_cluster = by_cluster(dir, memory, &mut documents, shared, &candidates, count)?;
    drop(documents);

    let mut position = vec![0u32; count as usize];
    let mut out = Spool::new(dir)?;
    let mut last = None;
    for (at, record) in (0u32..).zip(by_cluster) {
        let record = record?;
        let root = number32(&record, 0);
        let starts = if last == Some(root) { 0 } else { STARTS };
        let reference = if record[4] == 0 { REFERENCE } else { 0 };
        last = Some(root);
        out.push(&join(&[&record[13..21], &[starts | reference]]))?;
        position[number32(&record, 21) as usize] = at;
    }
    let documents = out.finish()?;

    let mut bands = Sorter::new(dir, memory);
    for record in shared.records()? {
        let record = record?;
        if let Some(place) = candidates.place(number32(&record, 5)) {
            bands.push(join(&[&position[place as usize].to_be_bytes(), &record[..5]]))?;
        }
    }
    Ok(Position { candidates: count, documents, bands: bands.finish()? })
}

/// Candidates as (cluster 4, not a reference 1, rank from above 8, order 8, place 4), in order.
fn by_cluster(
    dir: &Path,
    memory: usize,
    documents: &mut Written<17>,
    shared: &mut Written<9>,
    candidates: &Places,
    count: u32,
) -> Result<Sorted<25>> {
    let mut clusters = UnionFind::new(count);
    let mut first = (0, 0);
    for record in shared.records()? {
        let record = record?;
        let (band, Some(place)) = (number::<5>(&record, 0), candidates.place(number32(&record, 5))) else {
            continue;
        };
        if band == first.0 {
            clusters.union(first.1, place);
        } else {
            first = (band, place);
        }
    }
    let mut sorter = Sorter::new(dir, memory);
    for (id, record) in (0u32..).zip(documents.records()?) {
        let record = record?;
        if let Some(place) = candidates.place(id) {
            let (order, rank) = (&record[..8], !number::<8>(&record, 8));
            sorter.push(join(&[
                &clusters.find(place).to_be_bytes(),
                &[1 - (record[16] & 1)],
                &rank.to_be_bytes(),
                order,
                &place.to_be_bytes(),
            ]))?;
        }
    }
    sorter.finish()
}
