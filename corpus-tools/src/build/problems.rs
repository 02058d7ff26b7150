//! All problems of a build, in the order of their files. Where a job met many they stay on disk.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sprog_datasets::{Error, Result, durable};

use super::outcome::FileProblem;

/// Problems that a job keeps in its outcome; more of them go to a file beside it.
const INLINE: usize = 500;

/// Problems of one file that follow one another in a spilled list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Stretch {
    source: String,
    file: String,
    count: u64,
    bytes: u64,
}

/// Where a job left its problems.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spilled {
    /// Name of the file, JSON Lines.
    pub(super) name: String,
    /// Its size.
    pub(super) bytes: u64,
    stretches: Vec<Stretch>,
}

fn same_file(a: &FileProblem, b: &FileProblem) -> bool {
    (&a.source, &a.file) == (&b.source, &b.file)
}

/// Puts a job's problems into a file named by its content, if they are many.
///
/// # Errors
/// Those of the file system.
pub(super) fn spill(work: &Path, problems: &mut Vec<FileProblem>) -> Result<Option<Spilled>> {
    if problems.len() <= INLINE {
        return Ok(None);
    }
    let (mut text, mut stretches) = (Vec::new(), Vec::new());
    for group in problems.chunk_by(same_file) {
        let start = text.len();
        for problem in group {
            serde_json::to_writer(&mut text, problem).map_err(|e| Error::Invalid(e.to_string()))?;
            text.push(b'\n');
        }
        let (count, bytes) = (group.len() as u64, (text.len() - start) as u64);
        let FileProblem { source, file, .. } = &group[0];
        stretches.push(Stretch { source: source.clone(), file: file.clone(), count, bytes });
    }
    problems.clear();
    let name = format!("{}.problems.jsonl", &blake3::hash(&text).to_hex()[..32]);
    durable::write_bytes(&work.join(&name), &text)?;
    Ok(Some(Spilled { name, bytes: text.len() as u64, stretches }))
}

enum Place {
    Inline(Range<usize>),
    Spilled { name: String, offset: u64, bytes: u64 },
}

struct Run {
    source: String,
    file: String,
    place: Place,
}

/// The problems of all jobs.
#[derive(Default)]
pub(crate) struct Problems {
    inline: Vec<FileProblem>,
    runs: Vec<Run>,
    by_source: BTreeMap<String, u64>,
    count: u64,
}

impl Problems {
    fn run(&mut self, source: &str, file: &str, count: u64, place: Place) {
        self.count += count;
        *self.by_source.entry(source.to_owned()).or_default() += count;
        self.runs.push(Run { source: source.to_owned(), file: file.to_owned(), place });
    }

    /// Adds problems that are at hand.
    pub(super) fn extend(&mut self, problems: &[FileProblem]) {
        for group in problems.chunk_by(same_file) {
            let place = Place::Inline(self.inline.len()..self.inline.len() + group.len());
            self.run(&group[0].source, &group[0].file, group.len() as u64, place);
            self.inline.extend_from_slice(group);
        }
    }

    /// Adds problems that a job spilled.
    pub(super) fn add(&mut self, spilled: &Spilled) {
        let mut offset = 0;
        for stretch in &spilled.stretches {
            let place = Place::Spilled { name: spilled.name.clone(), offset, bytes: stretch.bytes };
            self.run(&stretch.source, &stretch.file, stretch.count, place);
            offset += stretch.bytes;
        }
    }

    /// How many.
    pub(crate) fn len(&self) -> u64 {
        self.count
    }

    /// How many of one source.
    pub(super) fn of_source(&self, source: &str) -> u64 {
        self.by_source.get(source).copied().unwrap_or_default()
    }

    /// By file; within one as they were met.
    fn sorted(&self) -> Vec<&Run> {
        let mut runs: Vec<&Run> = self.runs.iter().collect();
        runs.sort_by(|a, b| (&a.source, &a.file).cmp(&(&b.source, &b.file)));
        runs
    }

    /// The first of them, in order.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn first(&self, work: &Path, most: usize) -> Result<Vec<FileProblem>> {
        let mut out: Vec<FileProblem> = Vec::new();
        for run in self.sorted() {
            let room = most.saturating_sub(out.len());
            if room == 0 {
                break;
            }
            match &run.place {
                Place::Inline(range) => out.extend(self.inline[range.clone()].iter().take(room).cloned()),
                Place::Spilled { name, offset, bytes } => {
                    for line in BufReader::new(opened(work, name, *offset, *bytes)?).lines().take(room) {
                        let line = line.map_err(Error::io(work))?;
                        out.push(serde_json::from_str(&line).map_err(|e| Error::Invalid(e.to_string()))?);
                    }
                }
            }
        }
        Ok(out)
    }

    /// Writes all of them as JSON Lines.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn write(&self, work: &Path, out: &mut impl Write) -> Result<()> {
        for run in self.sorted() {
            match &run.place {
                Place::Inline(range) => {
                    for problem in &self.inline[range.clone()] {
                        let line =
                            serde_json::to_string(problem).map_err(|e| Error::Invalid(e.to_string()))?;
                        writeln!(out, "{line}").map_err(Error::io(work))?;
                    }
                }
                Place::Spilled { name, offset, bytes } => {
                    let mut part = opened(work, name, *offset, *bytes)?;
                    std::io::copy(&mut part, out).map_err(Error::io(work))?;
                }
            }
        }
        Ok(())
    }
}

fn opened(work: &Path, name: &str, offset: u64, bytes: u64) -> Result<impl Read> {
    let path = work.join(name);
    let mut file = File::open(&path).map_err(Error::io(&path))?;
    file.seek(SeekFrom::Start(offset)).map_err(Error::io(&path))?;
    Ok(file.take(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(file: &str, place: usize) -> FileProblem {
        FileProblem {
            source: "s".into(),
            file: file.into(),
            place: format!("line {place}"),
            code: "SPROG-2003".into(),
            message: "nej".into(),
        }
    }

    #[test]
    fn problems_come_by_file_whether_they_are_on_disk_or_not() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut many: Vec<FileProblem> = (0..INLINE).map(|n| problem("b", n)).collect();
        many.push(problem("a", 7));
        let mut problems = Problems::default();
        problems.extend(&[problem("b", 9_000), problem("a", 1)]);
        let all: Vec<FileProblem> = many.clone();
        problems.add(&spill(dir.path(), &mut many).expect("writes").expect("spilled"));
        assert!(
            many.is_empty()
                && problems.len() == all.len() as u64 + 2
                && problems.of_source("s") == problems.len()
        );
        let mut expected = vec![problem("a", 1), problem("a", 7), problem("b", 9_000)];
        expected.extend_from_slice(&all[..INLINE]);
        assert_eq!(problems.first(dir.path(), usize::MAX).expect("reads"), expected);
        assert_eq!(problems.first(dir.path(), 2).expect("reads"), expected[..2]);
        let mut text = Vec::new();
        problems.write(dir.path(), &mut text).expect("writes");
        let lines = String::from_utf8(text).expect("UTF-8");
        let read: Vec<FileProblem> = lines.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
        assert_eq!(read, expected);
    }
}
