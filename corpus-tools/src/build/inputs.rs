//! The files of a source, and what identifies them.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sprog_datasets::corpus::InputFile;
use sprog_datasets::{Error, Result};

use crate::recipe::Source;

/// An input being read. What the operating system refuses is remembered: readers above turn it into
/// errors of the format, but a disk that fails is no fault of the file, and the file must not be
/// missing from the dataset for it.
pub struct Watched {
    file: File,
    failed: Arc<Mutex<Option<std::io::Error>>>,
}

/// Tells, after the reading, whether the operating system refused anything.
pub struct Watch {
    path: PathBuf,
    failed: Arc<Mutex<Option<std::io::Error>>>,
}

/// Opens an input to be read under watch.
///
/// # Errors
/// Those of the file system.
pub fn open(path: &Path) -> Result<(Watched, Watch)> {
    let file = File::open(path).map_err(Error::io(path))?;
    let failed = Arc::new(Mutex::new(None));
    Ok((Watched { file, failed: failed.clone() }, Watch { path: path.to_owned(), failed }))
}

impl Watch {
    /// Fails if the operating system refused anything.
    ///
    /// # Errors
    /// What it refused.
    pub fn check(&self) -> Result<()> {
        match self.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(e) => Err(Error::io(&self.path)(e)),
            None => Ok(()),
        }
    }
}

impl Watched {
    fn watch<T>(&mut self, mut act: impl FnMut(&mut File) -> std::io::Result<T>) -> std::io::Result<T> {
        loop {
            match act(&mut self.file) {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => {
                    let same = e.raw_os_error().map(std::io::Error::from_raw_os_error);
                    *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = same;
                    return Err(e);
                }
                done => return done,
            }
        }
    }
}

impl Read for Watched {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.watch(|file| file.read(&mut *buf))
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.watch(|file| file.seek(to))
    }
}

/// Size of a file; `None` where there is none.
///
/// # Errors
/// Those of the file system but "not found".
pub fn size_if_file(path: &Path) -> Result<Option<u64>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_file().then_some(metadata.len())),
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(e) => Err(Error::io(path)(e)),
    }
}

/// A file of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// How the dataset names it: relative to the recipe (without the `..` that lead out of its folder), or below the
    /// environment variable's name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// The files that a source's patterns match, sorted by name, each once.
///
/// # Errors
/// [`Error::Invalid`] for a pattern that matches nothing, an unset variable or a name that is not
/// UTF-8; those of the file system.
pub fn expand(source: &Source, dir: &Path) -> Result<Vec<Input>> {
    let mut found = Vec::new();
    for pattern in &source.files {
        let where_from = || match (&source.url, &source.sha256) {
            (Some(_), Some(_)) => "; `sprog fetch` with the recipe brings it".to_owned(),
            (Some(url), None) => format!("; get it from {url:?}"),
            _ => String::new(),
        };
        let missing = |what: String| {
            let (id, from, code) = (&source.id, where_from(), crate::codes::NO_INPUT);
            Error::Invalid(format!("source {id:?}: {what}{from} [{code}]"))
        };
        let (base, shown, rest) = base_of(pattern, dir).map_err(|e| missing(e.to_string()))?;
        let before = found.len();
        collect(&base, &shown, &rest, &mut found)?;
        if found.len() == before {
            return Err(missing(format!("{pattern:?} matches no file")));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.dedup_by(|a, b| a.name == b.name);
    Ok(found)
}

/// The folder a pattern starts in, how that folder is shown, and the pattern's components.
fn base_of(pattern: &str, dir: &Path) -> Result<(PathBuf, String, Vec<String>)> {
    let parts =
        |p: &str| p.split('/').filter(|c| !c.is_empty() && *c != ".").map(str::to_owned).collect::<Vec<_>>();
    if let Some(rest) = pattern.strip_prefix('$') {
        let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let value = std::env::var_os(name).ok_or_else(|| {
            Error::Invalid(format!("the environment variable {name} of {pattern:?} is not set"))
        })?;
        return Ok((PathBuf::from(value), format!("${name}"), parts(rest)));
    }
    if let Some(rest) = pattern.strip_prefix('/') {
        return Ok((PathBuf::from("/"), String::new(), parts(rest)));
    }
    Ok((dir.to_owned(), String::new(), parts(pattern)))
}

fn collect(base: &Path, shown: &str, rest: &[String], out: &mut Vec<Input>) -> Result<()> {
    let Some((first, after)) = rest.split_first() else {
        return take(base, shown, out);
    };
    let join = |name: &str| if shown.is_empty() { name.to_owned() } else { format!("{shown}/{name}") };
    if !first.contains('*') {
        let path = base.join(first);
        // A missing file is told by the pattern that matched nothing.
        return match path.symlink_metadata() {
            Ok(_) => collect(&path, &join(first), after, out),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(Error::io(&path)(e)),
        };
    }
    for (name, path) in entries(base)? {
        if matches(first, &name) && !name.starts_with('.') {
            collect(&path, &join(&name), after, out)?;
        }
    }
    Ok(())
}

fn entries(dir: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut names = Vec::new();
    if !dir.is_dir() {
        return Ok(names);
    }
    for entry in fs::read_dir(dir).map_err(Error::io(dir))? {
        let entry = entry.map_err(Error::io(dir))?;
        let name = entry.file_name().into_string();
        let name = name.map_err(|n| Error::Invalid(format!("a file name that is not UTF-8: {n:?}")))?;
        names.push((name, entry.path()));
    }
    names.sort();
    Ok(names)
}

/// A file, or every file below a folder.
fn take(path: &Path, shown: &str, out: &mut Vec<Input>) -> Result<()> {
    let metadata = fs::metadata(path).map_err(Error::io(path))?;
    if metadata.is_dir() {
        for (name, inner) in entries(path)? {
            if !name.starts_with('.') {
                take(&inner, &format!("{shown}/{name}"), out)?;
            }
        }
    } else if !metadata.is_file() {
        return Err(Error::Invalid(format!("{} is no plain file", path.display())));
    } else {
        let mut name = shown.trim_start_matches('/');
        while let Some(below) = name.strip_prefix("../") {
            name = below;
        }
        let name = name.to_owned();
        out.push(Input { path: path.to_owned(), name, bytes: metadata.len() });
    }
    Ok(())
}

/// Whether a name matches a pattern in which `*` stands for any characters.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Size and BLAKE3 of a file.
///
/// # Errors
/// Those of the file system.
pub fn identify(input: &Input) -> Result<InputFile> {
    let blake3 = sprog_datasets::manifest::blake3_of(&input.path)?;
    Ok(InputFile { path: input.name.clone(), bytes: input.bytes, blake3 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_characters() {
        for (pattern, name, expected) in [
            ("*.txt", "a.txt", true),
            ("*.txt", "a.txt.gz", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxc", false),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("*", "", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
