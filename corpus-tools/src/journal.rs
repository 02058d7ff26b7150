//! The journal of a build. Its line is the commit: work counts when its line is on disk, and not
//! before; whatever has no line is done again.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sprog_datasets::durable::{parent_of, sync_dir};
use sprog_datasets::{Error, Result};

/// One finished job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line<T> {
    /// The job's key.
    pub job: String,
    /// What it came to.
    pub outcome: T,
}

/// An append-only file of finished jobs.
pub struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    done: BTreeMap<String, serde_json::Value>,
}

impl Journal {
    /// Opens a journal and reads what was finished. A torn last line, left by a kill, is cut off.
    ///
    /// # Errors
    /// Those of the file system; a damaged line before the last one.
    pub fn open(path: &Path) -> Result<Journal> {
        let mut file =
            OpenOptions::new().read(true).append(true).create(true).open(path).map_err(Error::io(path))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(Error::io(path))?;
        let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        if whole < text.len() {
            file.set_len(whole as u64).map_err(Error::io(path))?;
            file.seek(SeekFrom::End(0)).map_err(Error::io(path))?;
            file.sync_all().map_err(Error::io(path))?;
        }
        sync_dir(parent_of(path))?;
        let mut done = BTreeMap::new();
        for line in text[..whole].split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            let line: Line<serde_json::Value> = serde_json::from_slice(line).map_err(|e| {
                Error::Invalid(format!("{}: damaged journal: {e}; remove the folder", path.display()))
            })?;
            done.insert(line.job, line.outcome);
        }
        Ok(Journal { path: path.to_owned(), file: Mutex::new(file), done })
    }

    /// What a job came to in an earlier run.
    pub fn finished<T: for<'de> Deserialize<'de>>(&self, job: &str) -> Option<T> {
        serde_json::from_value(self.done.get(job)?.clone()).ok()
    }

    /// Jobs finished in earlier runs.
    pub fn len(&self) -> usize {
        self.done.len()
    }

    /// Whether nothing was finished in earlier runs.
    pub fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    /// Commits a job.
    ///
    /// # Errors
    /// Those of the file system; the job does not count then.
    pub fn commit<T: Serialize>(&self, job: &str, outcome: &T) -> Result<()> {
        let line = Line { job: job.to_owned(), outcome };
        let mut bytes = serde_json::to_vec(&line).map_err(|e| Error::Invalid(e.to_string()))?;
        bytes.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let before = file.metadata().map_err(Error::io(&self.path))?.len();
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        if written.is_err() {
            // A torn line must not stand before another job's. If this fails too, the line is the last
            // one: the run ends with the error below, and the next one cuts it off.
            let _ = file.set_len(before);
        }
        written.map_err(Error::io(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_cut_off_and_the_rest_kept() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("journal.jsonl");
        let journal = Journal::open(&path).expect("opens");
        journal.commit("a", &1).expect("commits");
        journal.commit("b", &2).expect("commits");
        drop(journal);
        let whole = std::fs::read(&path).expect("reads");
        for cut in 1..whole.len() {
            std::fs::write(&path, &whole[..whole.len() - cut]).expect("writes");
            let journal = Journal::open(&path).expect("opens");
            let b: Option<i32> = journal.finished("b");
            assert_eq!(b, None);
            journal.commit("b", &3).expect("commits");
            let again = Journal::open(&path).expect("opens");
            assert_eq!(again.finished("b"), Some(3), "cut {cut}");
        }
    }
}
