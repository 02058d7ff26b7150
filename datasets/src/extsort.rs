//! Sorting more fixed-width records than memory holds: sorted runs on disk, merged as they are read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Runs merged at a time, so that file handles and read buffers stay few.
const FAN_IN: usize = 64;
const READ_BUFFER: usize = 1 << 16;

/// Sorts records of `N` bytes by their bytes, within a bound of memory.
///
/// ```
/// use sprog_datasets::extsort::Sorter;
/// let dir = tempfile::tempdir()?;
/// let mut sorter = Sorter::<4>::new(dir.path(), 16);
/// for n in [5u32, 1, 4, 2, 3, 9, 8] {
///     sorter.push(n.to_be_bytes())?;
/// }
/// let sorted: Vec<u8> = sorter.finish()?.map(|r| r.map(|r| r[3])).collect::<Result<_, _>>()?;
/// assert_eq!(sorted, [1, 2, 3, 4, 5, 8, 9]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Sorter<const N: usize> {
    dir: PathBuf,
    most: usize,
    buffer: Vec<[u8; N]>,
    runs: Vec<File>,
}

impl<const N: usize> Sorter<N> {
    /// A sorter that holds at most `memory` bytes of records and keeps its runs, unnamed, in `dir`.
    pub fn new(dir: &Path, memory: usize) -> Self {
        Sorter { dir: dir.to_owned(), most: (memory / N).max(1), buffer: Vec::new(), runs: Vec::new() }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// Those of the file system, when a run is written.
    pub fn push(&mut self, record: [u8; N]) -> Result<()> {
        if self.buffer.len() == self.most {
            self.spill()?;
        }
        if self.buffer.len() == self.buffer.capacity() {
            // Doubled, but never to more than what may be held.
            let more = self.buffer.len().max(1024).min(self.most - self.buffer.len());
            self.buffer.reserve_exact(more);
        }
        self.buffer.push(record);
        Ok(())
    }

    fn spill(&mut self) -> Result<()> {
        self.buffer.sort_unstable();
        let mut run = self.unnamed()?;
        {
            let mut out = BufWriter::with_capacity(1 << 18, &mut run);
            for record in self.buffer.drain(..) {
                out.write_all(&record).map_err(Error::io(&self.dir))?;
            }
            out.flush().map_err(Error::io(&self.dir))?;
        }
        self.runs.push(run);
        if self.runs.len() == FAN_IN {
            let runs = std::mem::take(&mut self.runs);
            let merged = self.merge(runs)?;
            self.runs.push(merged);
        }
        Ok(())
    }

    fn merge(&self, runs: Vec<File>) -> Result<File> {
        let mut merged = self.unnamed()?;
        {
            let mut out = BufWriter::with_capacity(1 << 18, &mut merged);
            for record in Sorted::<N>::open(runs, Vec::new(), &self.dir)? {
                out.write_all(&record?).map_err(Error::io(&self.dir))?;
            }
            out.flush().map_err(Error::io(&self.dir))?;
        }
        Ok(merged)
    }

    /// A file that has no name, so that nothing is left however the process ends.
    fn unnamed(&self) -> Result<File> {
        tempfile::tempfile_in(&self.dir).map_err(Error::io(&self.dir))
    }

    /// The records in order.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(mut self) -> Result<Sorted<N>> {
        self.buffer.sort_unstable();
        Sorted::open(std::mem::take(&mut self.runs), std::mem::take(&mut self.buffer), &self.dir)
    }
}

/// Records in order; equal ones all appear.
pub struct Sorted<const N: usize> {
    dir: PathBuf,
    runs: Vec<BufReader<File>>,
    buffer: std::vec::IntoIter<[u8; N]>,
    heap: BinaryHeap<Reverse<([u8; N], usize)>>,
}

impl<const N: usize> Sorted<N> {
    fn open(runs: Vec<File>, buffer: Vec<[u8; N]>, dir: &Path) -> Result<Self> {
        let mut readers = Vec::with_capacity(runs.len());
        for mut run in runs {
            run.seek(SeekFrom::Start(0)).map_err(Error::io(dir))?;
            readers.push(BufReader::with_capacity(READ_BUFFER, run));
        }
        let mut sorted = Sorted {
            dir: dir.to_owned(),
            runs: readers,
            buffer: buffer.into_iter(),
            heap: BinaryHeap::new(),
        };
        for index in 0..=sorted.runs.len() {
            let next = read(&mut sorted.runs, &mut sorted.buffer, index, dir)?;
            sorted.heap.extend(next.map(|record| Reverse((record, index))));
        }
        Ok(sorted)
    }
}

impl<const N: usize> Iterator for Sorted<N> {
    type Item = Result<[u8; N]>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.runs.is_empty() {
            // The heap holds the first record alone.
            let first = self.heap.pop().map(|Reverse((record, _))| record);
            return first.or_else(|| self.buffer.next()).map(Ok);
        }
        // The next record of the same run takes the place of the first: one way down the heap, not two.
        let mut first = self.heap.peek_mut()?;
        let Reverse((record, index)) = *first;
        match read(&mut self.runs, &mut self.buffer, index, &self.dir) {
            Ok(Some(next)) => *first = Reverse((next, index)),
            Ok(None) => drop(PeekMut::pop(first)),
            Err(e) => return Some(Err(e)),
        }
        Some(Ok(record))
    }
}

/// The next record of a run; the index past the runs is the buffer in memory.
fn read<const N: usize>(
    runs: &mut [BufReader<File>],
    buffer: &mut std::vec::IntoIter<[u8; N]>,
    index: usize,
    dir: &Path,
) -> Result<Option<[u8; N]>> {
    let Some(run) = runs.get_mut(index) else { return Ok(buffer.next()) };
    let mut record = [0u8; N];
    match run.read_exact(&mut record) {
        Ok(()) => Ok(Some(record)),
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(e) => Err(Error::io(dir)(e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_runs_and_merges_give_the_sorted_sequence() {
        let dir = tempfile::tempdir().expect("dir");
        let mut sorter = Sorter::<8>::new(dir.path(), 64);
        let mut expected = Vec::new();
        let mut state = 7u64;
        for _ in 0..5000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let record = (state >> 54).to_be_bytes();
            expected.push(record);
            sorter.push(record).expect("pushes");
        }
        expected.sort_unstable();
        let got: Vec<[u8; 8]> = sorter.finish().expect("finishes").map(|r| r.expect("reads")).collect();
        assert_eq!(got, expected);
        assert_eq!(std::fs::read_dir(dir.path()).expect("lists").count(), 0, "runs are unnamed");
    }
}
