//! Brings a file from an https address or a local path into a cache folder, checked and resumable.
//!
//! The bytes go to `<dest>.part` and get their final name only when their number and sha256 are right and
//! they are on disk, so `dest` is either the file asked for or not there. A broken download goes on where
//! it stopped, by a range request (RFC 9110, sections 13.1.5, 14.2, 14.4 and 15.3.7) if the server still
//! has the same version, else from the start. The digest is of the bytes as served: a `Content-Encoding` is
//! not undone.
//!
//! Only https is used, and only addresses on the public internet are connected to, redirects included,
//! unless [`Options`] says otherwise. No proxy, cookie or password is taken from the environment. The
//! certificates trusted are Mozilla's (crate `webpki-roots`), the same on every machine.
//!
//! ```no_run
//! use sprog::fetch::{Options, Request, fetch};
//!
//! let request = Request { url: "https://example.org/ordliste.zip".into(), sha256: None, bytes: None };
//! let fetched = fetch(&request, "cache/ordliste.zip".as_ref(), &Options::default(), &mut |_| {})?;
//! assert_eq!(fetched.sha256.len(), 64);
//! # Ok::<(), sprog::fetch::FetchError>(())
//! ```

mod address;
pub mod codes;
mod error;
mod location;
mod part;
mod ranges;
mod transfer;

#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use ureq::Agent;
use ureq::unversioned::resolver::DefaultResolver;

use address::PublicResolver;
use location::Location;
use part::Part;
use transfer::{Came, Failure, Transfer};

pub use error::FetchError;
pub use ranges::Ranged;

/// What is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// An https address, a `file://` address or a path.
    pub url: String,
    /// The sha256 of the file, 64 hexadecimal digits.
    pub sha256: Option<String>,
    /// The length of the file, in bytes.
    pub bytes: Option<u64>,
}

/// What may be done to get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Connect to addresses inside this machine and private networks too. Off by default.
    pub allow_private: bool,
    /// Fetch over http too. Off by default. A redirect from https to http is refused even so.
    pub allow_http: bool,
    /// The longest wait for each of: finding the host, connecting, the head of the answer, the next bytes.
    /// 30 s by default.
    pub timeout: Duration,
    /// How often to try, the first time included; at least once. 5 by default.
    pub attempts: u32,
    /// The largest file, in bytes, whatever the server states. 128 GiB by default.
    pub max_bytes: u64,
    /// The wait before the second attempt; doubled for each one after it, up to 30 s. 0.5 s by default.
    pub base_delay: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            allow_private: false,
            allow_http: false,
            timeout: Duration::from_secs(30),
            attempts: 5,
            max_bytes: 128 << 30,
            base_delay: Duration::from_millis(500),
        }
    }
}

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The bytes on disk, those of earlier runs included. It falls back when a download has to start over.
    pub done: u64,
    /// The length of the file, if it is known.
    pub total: Option<u64>,
}

/// The file, in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where it is.
    pub path: PathBuf,
    /// Its sha256, in lower-case hexadecimal.
    pub sha256: String,
    /// Its length, in bytes.
    pub bytes: u64,
    /// Whether it was there already.
    pub from_cache: bool,
}

impl Fetched {
    /// The lines that pin this file in a recipe, if `request` did not.
    pub fn pin_hint(&self, request: &Request) -> Option<String> {
        if request.sha256.is_some() {
            return None;
        }
        let sha256 = &self.sha256;
        Some(format!("hint: nothing says which bytes are meant; pin them with\nsha256 = \"{sha256}\""))
    }
}

/// An attempt that brought so much was worth it, and the count of failures starts anew after it.
const GAINED_BYTES: u64 = 1 << 20;
/// The longest wait between two attempts, for the doubling delay.
const MAX_DELAY: Duration = Duration::from_secs(30);
/// The longest wait that a server may ask for with `Retry-After`.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Brings a file to `dest`, or finds it there.
///
/// A file at `dest` is used as it is if the request has a sha256 and it matches, and else replaced at the
/// end. `progress` is called often, at most once for 64 KiB.
///
/// Without a sha256 the end of an answer that has neither `Content-Length` nor chunks can't be told from a
/// cut connection; give `bytes`, or check what came before pinning it.
///
/// # Errors
/// See [`FetchError`]. What came of a broken download is kept beside `dest` for the next call; what came
/// with a wrong digest or length is removed. A file that was at `dest` before stays there.
pub fn fetch(
    request: &Request,
    dest: &Path,
    options: &Options,
    progress: &mut dyn FnMut(Progress),
) -> Result<Fetched, FetchError> {
    Client::new(options).fetch(request, dest, progress)
}

/// Fetches several files under the same options, from any number of threads, and counts what came.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    options: Options,
    received: AtomicU64,
}

impl Client {
    /// A client with these options.
    pub fn new(options: &Options) -> Client {
        Client { agent: agent(options), options: options.clone(), received: AtomicU64::new(0) }
    }

    /// As [`fetch()`].
    ///
    /// # Errors
    /// See [`FetchError`].
    pub fn fetch(
        &self,
        request: &Request,
        dest: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Fetched, FetchError> {
        self.fetch_with(&self.options, request, dest, progress)
    }

    /// As [`fetch()`], of a file that may have at most `max_bytes`.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub fn fetch_small(&self, request: &Request, dest: &Path, max_bytes: u64) -> Result<Fetched, FetchError> {
        let options = Options { max_bytes: max_bytes.min(self.options.max_bytes), ..self.options.clone() };
        self.fetch_with(&options, request, dest, &mut |_| {})
    }

    /// Bytes that servers sent as bodies so far, those of broken and repeated answers included, and bytes of local
    /// sources that were read.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    fn fetch_with(
        &self,
        options: &Options,
        request: &Request,
        dest: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Fetched, FetchError> {
        let request = checked(request)?;
        let location = Location::parse(&request.url)?;
        if let Location::Web(url) = &location {
            url.check(options)?;
        }
        if let Some(fetched) = cached(&request, dest)? {
            progress(Progress { done: fetched.bytes, total: Some(fetched.bytes) });
            return Ok(fetched);
        }
        let mut part = Part::open(dest, &request.url, request.sha256.as_deref())?;
        let brought = match &location {
            Location::File(path) => copy(path, &request, options, &mut part, &self.received, progress),
            Location::Web(start) => {
                let (agent, received) = (&self.agent, &self.received);
                download(
                    &Transfer { agent, start, request: &request, options, received },
                    &mut part,
                    progress,
                )
            }
        };
        if let Err(error) = brought {
            // The error that came first is the one to tell.
            let _ = if error.spoils_part() { part.discard() } else { part.keep() };
            return Err(error);
        }
        let fetched =
            Fetched { path: dest.to_owned(), sha256: part.sha256(), bytes: part.len(), from_cache: false };
        part.commit(dest)?;
        Ok(fetched)
    }
}

/// The request with its digest in lower case.
fn checked(request: &Request) -> Result<Request, FetchError> {
    let sha256 = match request.sha256.as_deref() {
        Some(given) if given.len() != 64 || !given.bytes().all(|b| b.is_ascii_hexdigit()) => {
            return Err(FetchError::BadDigest {
                url: location::shown(&request.url),
                given: given.to_owned(),
            });
        }
        given => given.map(str::to_ascii_lowercase),
    };
    Ok(Request { sha256, ..request.clone() })
}

/// The file at `dest`, if the request's digest says that it is the right one.
fn cached(request: &Request, dest: &Path) -> Result<Option<Fetched>, FetchError> {
    let metadata = match fs::metadata(dest) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FetchError::io(dest)(error)),
    };
    if !metadata.is_file() {
        return Err(FetchError::io(dest)(io::Error::new(
            ErrorKind::AlreadyExists,
            "in the way, and not a file",
        )));
    }
    let Some(expected) = request.sha256.as_deref() else { return Ok(None) };
    if request.bytes.is_some_and(|bytes| bytes != metadata.len()) {
        return Ok(None);
    }
    let (sha256, bytes) = part::sha256_of(dest)?;
    Ok((sha256 == expected).then(|| Fetched { path: dest.to_owned(), sha256, bytes, from_cache: true }))
}

/// Compares what came with what was asked for.
fn verify(request: &Request, part: &Part) -> Result<(), FetchError> {
    let url = || location::shown(&request.url);
    if let Some(expected) = request.bytes.filter(|expected| *expected != part.len()) {
        return Err(FetchError::Length { url: url(), expected, got: part.len() });
    }
    let Some(expected) = request.sha256.clone() else { return Ok(()) };
    let got = part.sha256();
    if got == expected { Ok(()) } else { Err(FetchError::Hash { url: url(), expected, got }) }
}

/// Tries until the file is there and right, or trying is of no more use.
fn download(
    transfer: &Transfer<'_>,
    part: &mut Part,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), FetchError> {
    let (request, options) = (transfer.request, transfer.options);
    // A run may have ended between the last byte and the rename.
    if part.len() > 0 && request.sha256.is_some() && verify(request, part).is_ok() {
        return Ok(());
    }
    let mut failures = 0;
    let mut restarted = false;
    loop {
        let before = part.len();
        match transfer.attempt(part, progress) {
            Ok(Came::Whole) => match verify(request, part) {
                Err(_) if part.is_mixed() && !restarted => {
                    restarted = true;
                    part.restart()?;
                }
                verified => return verified,
            },
            Ok(Came::Misfit) => part.restart()?,
            Err(Failure::Final(error)) => return Err(error),
            Err(Failure::Passing(error, after)) => {
                let gained = part.len().saturating_sub(before);
                failures = if gained >= GAINED_BYTES { 1 } else { failures + 1 };
                if failures >= options.attempts {
                    return Err(error);
                }
                part.checkpoint()?;
                thread::sleep(delay(options, failures, after));
            }
        }
    }
}

/// The wait after the `failures`-th failed attempt.
fn delay(options: &Options, failures: u32, after: Option<Duration>) -> Duration {
    let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
    let delay = options.base_delay.saturating_mul(doubled).min(MAX_DELAY);
    delay.max(after.unwrap_or_default().min(MAX_RETRY_AFTER))
}

/// Copies a local file, under the same checks as a download.
fn copy(
    path: &Path,
    request: &Request,
    options: &Options,
    part: &mut Part,
    received: &AtomicU64,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), FetchError> {
    part.restart()?;
    // Looked at before it is opened: opening a named pipe would wait for someone to write to it.
    let metadata = fs::metadata(path).map_err(FetchError::io(path))?;
    if !metadata.is_file() {
        return Err(FetchError::io(path)(io::Error::new(ErrorKind::InvalidInput, "not a file")));
    }
    let mut file = File::open(path).map_err(FetchError::io(path))?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = match file.read(&mut buffer) {
            Ok(0) => return verify(request, part),
            Ok(n) => n,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(FetchError::io(path)(error)),
        };
        if part.len() + n as u64 > options.max_bytes {
            return Err(FetchError::TooLarge {
                url: location::shown(&request.url),
                limit: options.max_bytes,
            });
        }
        received.fetch_add(n as u64, Ordering::Relaxed);
        part.write(&buffer[..n])?;
        progress(Progress { done: part.len(), total: Some(metadata.len()) });
    }
}

/// An HTTP client that keeps the rules of this module: addresses, schemes, waiting, nothing of the environment. It
/// follows no redirect.
pub(crate) fn agent(options: &Options) -> Agent {
    if options.allow_private {
        transfer::agent(options, DefaultResolver::default())
    } else {
        transfer::agent(options, PublicResolver::default())
    }
}
