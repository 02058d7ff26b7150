//! Counts of words within a budget: a table for each thread, and parts on disk once they are too large.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sprog_datasets::{Error, Result};
use sprog_text::subword::train::WordCounts;

const BUFFER: usize = 1 << 16;
/// A longer word in a part is damage; no text that is read has one.
const MOST_WORD: u64 = 1 << 32;

/// Counts what several threads read.
pub(super) struct Counter {
    dir: PathBuf,
    /// Bytes that one table may take.
    share: usize,
    idle: Mutex<Vec<WordCounts>>,
    parts: Mutex<Parts>,
}

/// Counts on disk: words of one part, in unnamed files, as often as their table was spilled.
#[derive(Default)]
struct Parts {
    files: Vec<File>,
    spills: u64,
    bytes: u64,
    total: u64,
    refused: u64,
}

impl Counter {
    /// A counter whose tables take at most `memory` bytes together, but for what one text adds.
    pub(super) fn new(dir: &Path, memory: usize, threads: usize) -> Counter {
        Counter {
            dir: dir.to_owned(),
            share: memory / threads.max(1),
            idle: Mutex::default(),
            parts: Mutex::default(),
        }
    }

    /// Lets `work` count into a table that no other thread has. Between two texts it calls what it is given with the
    /// table, which is spilled if it has grown too large.
    ///
    /// # Errors
    /// Those of `work`, and of the file system.
    pub(super) fn count<T>(
        &self,
        work: impl FnOnce(&mut WordCounts, &dyn Fn(&mut WordCounts) -> Result<()>) -> Result<T>,
    ) -> Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut table = idle.unwrap_or_default();
        let done = work(&mut table, &|table| match table.bytes_when_grown() > self.share {
            true => self.spill(table),
            false => Ok(()),
        });
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(table);
        done
    }

    fn spill(&self, table: &mut WordCounts) -> Result<()> {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.spill(table, &self.dir)?;
        // A new one: the memory of the old table goes back.
        *table = WordCounts::new();
        Ok(())
    }

    /// All counts. They stay in memory if they take at most `memory` bytes there.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn finish(self, memory: usize) -> Result<Counted> {
        let mut tables = self.idle.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut parts = self.parts.into_inner().unwrap_or_else(PoisonError::into_inner);
        let bytes: usize = tables.iter().map(WordCounts::bytes).sum();
        if parts.spills == 0 && bytes <= memory {
            tables.sort_by_key(WordCounts::len);
            let mut table = tables.pop().unwrap_or_default();
            for other in tables {
                table.absorb(&other);
            }
            return Ok(Counted { dir: self.dir, table: Some(table), parts, refused_late: 0 });
        }
        for table in tables {
            parts.spill(&table, &self.dir)?;
        }
        Ok(Counted { dir: self.dir, table: None, parts, refused_late: 0 })
    }
}

impl Parts {
    fn spill(&mut self, table: &WordCounts, dir: &Path) -> Result<()> {
        while self.files.len() < WordCounts::PARTITIONS {
            self.files.push(tempfile::tempfile_in(dir).map_err(Error::io(dir))?);
        }
        let mut out: Vec<_> = self.files.iter().map(|file| BufWriter::with_capacity(BUFFER, file)).collect();
        let mut written = Ok(());
        let mut bytes = 0;
        table.partitions(|part, word, count| {
            if written.is_ok() {
                written = write_word(&mut out[part], word, count).map(|n| bytes += n);
            }
        });
        let flushed = out.iter_mut().try_for_each(Write::flush);
        written.and(flushed).map_err(Error::io(dir))?;
        self.spills += 1;
        self.bytes += bytes;
        self.total = self.total.saturating_add(table.total());
        self.refused = self.refused.saturating_add(table.refused());
        Ok(())
    }
}

/// What was counted.
pub(super) struct Counted {
    dir: PathBuf,
    table: Option<WordCounts>,
    parts: Parts,
    /// Occurrences that the table of a part had no room for, when the parts were last read.
    refused_late: u64,
}

impl Counted {
    /// Times that a table went to disk.
    pub(super) fn spills(&self) -> u64 {
        self.parts.spills
    }

    /// Bytes on disk.
    pub(super) fn spilled_bytes(&self) -> u64 {
        self.parts.bytes
    }

    /// Occurrences of words.
    pub(super) fn total(&self) -> u64 {
        self.table.as_ref().map_or(self.parts.total, WordCounts::total)
    }

    /// Occurrences that no table had room for.
    pub(super) fn refused(&self) -> u64 {
        let spilled = self.parts.refused.saturating_add(self.refused_late);
        self.table.as_ref().map_or(spilled, WordCounts::refused)
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.table.as_ref().map_or(0, WordCounts::bytes)
    }

    /// Hands out each word once, with its count; how many there are.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn each_word(&mut self, each: &mut dyn FnMut(&[u8], u64)) -> Result<u64> {
        if let Some(table) = &self.table {
            table.for_each(each);
            return Ok(table.len() as u64);
        }
        let (mut words, mut refused) = (0, 0u64);
        for file in &mut self.parts.files {
            let mut table = WordCounts::new();
            let read = (|| {
                file.seek(SeekFrom::Start(0))?;
                let mut input = BufReader::with_capacity(BUFFER, &*file);
                let mut word = Vec::new();
                while let Some(count) = read_word(&mut input, &mut word)? {
                    table.add(&word, count);
                }
                // What is written next goes behind what is there.
                file.seek(SeekFrom::End(0))
            })();
            read.map_err(Error::io(&self.dir))?;
            words += table.len() as u64;
            refused = refused.saturating_add(table.refused());
            table.for_each(&mut *each);
        }
        self.refused_late = refused;
        Ok(words)
    }
}

fn write_word(out: &mut impl Write, word: &[u8], count: u64) -> std::io::Result<u64> {
    let head = write_number(out, word.len() as u64)? + write_number(out, count)?;
    out.write_all(word)?;
    Ok(head + word.len() as u64)
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn write_number(out: &mut impl Write, mut number: u64) -> std::io::Result<u64> {
    let mut bytes = [0; 10];
    let mut len = 0;
    loop {
        bytes[len] = (number & 0x7F) as u8 | if number > 0x7F { 0x80 } else { 0 };
        number >>= 7;
        len += 1;
        if number == 0 {
            break;
        }
    }
    out.write_all(&bytes[..len])?;
    Ok(len as u64)
}

fn read_number(input: &mut impl Read) -> std::io::Result<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let mut byte = [0];
        input.read_exact(&mut byte)?;
        number |= u64::from(byte[0] & 0x7F) << shift;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    Ok(number)
}

/// The next word and its count; `None` at the end.
fn read_word(input: &mut impl BufRead, word: &mut Vec<u8>) -> std::io::Result<Option<u64>> {
    if input.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let (len, count) = (read_number(input)?, read_number(input)?);
    word.clear();
    let read = input.by_ref().take(len.min(MOST_WORD)).read_to_end(word)?;
    match read as u64 == len {
        true => Ok(Some(count)),
        false => Err(std::io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn counts(memory: usize, threads: usize) -> (BTreeMap<Vec<u8>, u64>, u64) {
        let dir = tempfile::tempdir().unwrap();
        let counter = Counter::new(dir.path(), memory, threads);
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let counter = &counter;
                scope.spawn(move || {
                    for n in (thread..40_000).step_by(threads) {
                        let count =
                            |table: &mut WordCounts, check: &dyn Fn(&mut WordCounts) -> Result<()>| {
                                table.add(format!("ord nummer {}", n % 30_000).as_bytes(), 1);
                                table.add(&vec![b'x'; n % 300], 1 << (n % 40));
                                check(table)
                            };
                        counter.count(count).unwrap();
                    }
                });
            }
        });
        let mut counted = counter.finish(memory).unwrap();
        let spills = counted.spills();
        let mut all = BTreeMap::new();
        for _ in 0..2 {
            all.clear();
            let words = counted.each_word(&mut |word, count| {
                assert!(all.insert(word.to_vec(), count).is_none(), "each word once");
            });
            assert_eq!(words.unwrap(), all.len() as u64);
        }
        assert_eq!(all.values().sum::<u64>(), counted.total());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "the files have no names");
        (all, spills)
    }

    #[test]
    fn what_is_spilled_counts_as_much_and_threads_change_nothing() {
        let (all, spills) = counts(1 << 30, 1);
        assert_eq!((all.len(), spills), (30_300, 0));
        assert_eq!(counts(1 << 30, 2).0, all);
        for threads in [1, 2] {
            let (tight, spills) = counts(1 << 20, threads);
            assert!(spills > 1);
            assert_eq!(tight, all);
        }
    }
}
