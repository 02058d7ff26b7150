//! The unfinished file beside its destination, and what is known about it.
//!
//! `x.part` holds the bytes that came so far; `x.part.json` says which source and version of it they are
//! of, and the length and sha256 of what is surely on disk. A part is gone on with only if those bytes
//! still have that digest, so neither a crash nor a power cut can put a hole into the result.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sprog_datasets::durable;

use super::FetchError;

/// How many bytes may be lost to a crash.
const CHECKPOINT_BYTES: u64 = 32 << 20;
const BUFFER_BYTES: usize = 1 << 16;

/// What `x.part.json` holds.
#[derive(Debug, Default, Deserialize, Serialize)]
struct State {
    /// The sha256 of the source's address; the address itself may hold a key.
    source: String,
    /// The sha256 that the whole file must have, where it is known.
    #[serde(default)]
    expected: Option<String>,
    /// The version of the source, as a value for `If-Range`.
    validator: Option<String>,
    /// The length of the whole file, in bytes.
    total: Option<u64>,
    /// The length of what is surely on disk, in bytes.
    bytes: u64,
    /// The sha256 of those bytes.
    sha256: String,
}

/// An unfinished file, locked against other runs.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
    state_path: PathBuf,
    file: File,
    hasher: Sha256,
    len: u64,
    mixed: bool,
    state: State,
}

impl Part {
    /// Opens or makes the part of `dest`. What is there already is kept if it is undamaged, and of the same source
    /// or of a file that must have the same digest: a mirror's.
    pub(super) fn open(dest: &Path, source: &str, expected: Option<&str>) -> Result<Part, FetchError> {
        let folder = durable::parent_of(dest);
        fs::create_dir_all(folder).map_err(FetchError::io(folder))?;
        let path = beside(dest, ".part");
        let state_path = beside(dest, ".part.json");
        let file = locked(&path)?;
        let source = hex(&Sha256::digest(source));
        let mut part = Part {
            path,
            state_path,
            file,
            hasher: Sha256::new(),
            len: 0,
            mixed: false,
            state: State::default(),
        };
        let state: Option<State> =
            fs::read(&part.state_path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match state {
            Some(state) if state.bytes > 0 && state.source == source => part.take_up(state)?,
            Some(state) if state.bytes > 0 && expected.is_some() && state.expected.as_deref() == expected => {
                // Versions are named by their server: what another calls its own cannot be compared.
                part.take_up(State { validator: None, ..state })?;
            }
            _ => part.restart()?,
        }
        part.state.source = source;
        part.state.expected = expected.map(str::to_owned);
        Ok(part)
    }

    fn take_up(&mut self, state: State) -> Result<(), FetchError> {
        let (hasher, bytes) =
            hash(&mut (&self.file).take(state.bytes)).map_err(FetchError::io(&self.path))?;
        if bytes != state.bytes || hex(&hasher.clone().finalize()) != state.sha256 {
            return self.restart();
        }
        self.cut_to(bytes)?;
        (self.hasher, self.mixed, self.state) = (hasher, true, state);
        Ok(())
    }

    fn cut_to(&mut self, bytes: u64) -> Result<(), FetchError> {
        self.file.set_len(bytes).map_err(FetchError::io(&self.path))?;
        self.file.seek(SeekFrom::Start(bytes)).map_err(FetchError::io(&self.path))?;
        self.len = bytes;
        Ok(())
    }

    /// Forgets all bytes and what was known of the source's version.
    pub(super) fn restart(&mut self) -> Result<(), FetchError> {
        self.cut_to(0)?;
        let (source, expected) = (std::mem::take(&mut self.state.source), self.state.expected.take());
        (self.hasher, self.mixed) = (Sha256::new(), false);
        self.state = State { source, expected, ..State::default() };
        remove(&self.state_path)
    }

    /// Notes the version and length that the server states.
    pub(super) fn describe(&mut self, validator: Option<String>, total: Option<u64>) {
        self.state.validator = validator;
        self.state.total = total;
    }

    /// Notes that bytes of one more response are to follow those there.
    pub(super) fn go_on(&mut self) {
        self.mixed = true;
    }

    /// Whether the bytes may come from more than one response, so that a wrong digest may be nobody's
    /// fault.
    pub(super) fn is_mixed(&self) -> bool {
        self.mixed
    }

    /// The bytes so far.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// The value for `If-Range`.
    pub(super) fn validator(&self) -> Option<&str> {
        self.state.validator.as_deref()
    }

    /// The length of the whole file as the server stated it, in bytes.
    pub(super) fn total(&self) -> Option<u64> {
        self.state.total
    }

    /// The sha256 of the bytes so far, in hexadecimal.
    pub(super) fn sha256(&self) -> String {
        hex(&self.hasher.clone().finalize())
    }

    /// Adds bytes at the end.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        self.file.write_all(bytes).map_err(FetchError::io(&self.path))?;
        self.hasher.update(bytes);
        self.len += bytes.len() as u64;
        if self.len - self.state.bytes >= CHECKPOINT_BYTES {
            self.checkpoint()?;
        }
        Ok(())
    }

    /// Puts what came on disk and notes its digest, so that a later run can go on from here.
    pub(super) fn checkpoint(&mut self) -> Result<(), FetchError> {
        if self.len == self.state.bytes {
            return Ok(());
        }
        self.file.sync_data().map_err(FetchError::io(&self.path))?;
        (self.state.bytes, self.state.sha256) = (self.len, self.sha256());
        let json = serde_json::to_vec(&self.state).map_err(io::Error::other);
        durable::write_bytes(&self.state_path, &json.map_err(FetchError::io(&self.state_path))?)?;
        Ok(())
    }

    /// Gives the part its final name, durably.
    pub(super) fn commit(self, dest: &Path) -> Result<(), FetchError> {
        self.file.sync_all().map_err(FetchError::io(&self.path))?;
        fs::rename(&self.path, dest).map_err(FetchError::io(dest))?;
        durable::sync_dir(durable::parent_of(dest))?;
        remove(&self.state_path)
    }

    /// Keeps what came for the next run, or leaves nothing if nothing came.
    pub(super) fn keep(mut self) -> Result<(), FetchError> {
        if self.len == 0 { self.discard() } else { self.checkpoint() }
    }

    /// Removes the part.
    pub(super) fn discard(self) -> Result<(), FetchError> {
        remove(&self.path)?;
        remove(&self.state_path)
    }
}

/// Opens a file and locks it for this run only. A run that just ended may have renamed the file between the
/// two steps; then the lock is on the finished file, and the name is opened anew.
pub(super) fn locked(path: &Path) -> Result<File, FetchError> {
    for _ in 0..8 {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(FetchError::io(path))?;
        match file.try_lock() {
            Ok(()) if still_named(&file, path) => return Ok(file),
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => break,
            Err(TryLockError::Error(error)) => return Err(FetchError::io(path)(error)),
        }
    }
    Err(FetchError::io(path)(io::Error::new(ErrorKind::WouldBlock, "in use by another run")))
}

#[cfg(unix)]
fn still_named(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(held), Ok(named)) => (held.dev(), held.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn still_named(_: &File, path: &Path) -> bool {
    path.exists()
}

pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

pub(super) fn remove(path: &Path) -> Result<(), FetchError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(FetchError::io(path)(error)),
        _ => Ok(()),
    }
}

/// The digest of everything a reader gives, and how many bytes that was.
fn hash(reader: &mut impl Read) -> io::Result<(Sha256, u64)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut bytes = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((hasher, bytes)),
            Ok(n) => {
                hasher.update(&buffer[..n]);
                bytes += n as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The sha256 of a file in hexadecimal, and its length in bytes.
pub(super) fn sha256_of(path: &Path) -> Result<(String, u64), FetchError> {
    let hashed = File::open(path).and_then(|mut file| hash(&mut file));
    hashed.map(|(hasher, bytes)| (hex(&hasher.finalize()), bytes)).map_err(FetchError::io(path))
}

pub(super) fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
