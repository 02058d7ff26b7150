use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::codes;

/// Why a file could not be brought into the cache.
///
/// Every message says what happened, where, and after `hint:` what to do. Addresses are shown without user
/// names, passwords, queries and fragments, since those may hold keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// A scheme other than https, or a redirect away from https.
    #[error(
        "{url}: only https is fetched [{code}]\nhint: use the https address; for http from a host you trust, allow it and give `sha256`",
        code = codes::INSECURE
    )]
    Insecure {
        /// The address, as it may be shown.
        url: String,
    },
    /// The host's name leads to an address inside this machine or a private network.
    #[error(
        "{url}: the host is at {address}, which is not on the public internet ({kind}) [{code}]\nhint: if this server is yours, allow private addresses for this run",
        code = codes::PRIVATE_ADDRESS
    )]
    PrivateAddress {
        /// The address, as it may be shown.
        url: String,
        /// Where the name leads.
        address: IpAddr,
        /// What that address is reserved for.
        kind: &'static str,
    },
    /// The server answered with something else than the file.
    #[error("{url}: the server answered {status} [{code}]\nhint: {hint}", code = codes::STATUS, hint = status_hint(*.status))]
    Status {
        /// The address, as it may be shown.
        url: String,
        /// The status of the answer (RFC 9110, section 15).
        status: u16,
    },
    /// The bytes are not those that the recipe names.
    #[error(
        "{url}: wrong sha256: expected {expected}, got {got} [{code}]\nhint: the file changed or was damaged; find out why before you change `sha256` in the recipe",
        code = codes::HASH
    )]
    Hash {
        /// The address, as it may be shown.
        url: String,
        /// The request's digest.
        expected: String,
        /// The digest of what came.
        got: String,
    },
    /// There are more or fewer bytes than the recipe names.
    #[error(
        "{url}: wrong length: expected {expected} bytes, got {got} [{code}]\nhint: the file changed or was damaged; find out why before you change `bytes` in the recipe",
        code = codes::LENGTH
    )]
    Length {
        /// The address, as it may be shown.
        url: String,
        /// The request's length, in bytes.
        expected: u64,
        /// The length that the server stated or sent, in bytes; at least this many.
        got: u64,
    },
    /// Nothing came for longer than [`Options::timeout`](super::Options::timeout).
    #[error(
        "{url}: the server was silent or too slow for {seconds} s, after {done} bytes [{code}]\nhint: run again later; what came is kept and the download goes on from there",
        code = codes::STALLED
    )]
    Stalled {
        /// The address, as it may be shown.
        url: String,
        /// How long was waited.
        seconds: u64,
        /// The bytes on disk.
        done: u64,
    },
    /// The server could not be reached, or the connection broke.
    #[error(
        "{url}: {message}, after {done} bytes [{code}]\nhint: check the connection and run again; what came is kept and the download goes on from there",
        code = codes::NETWORK
    )]
    Network {
        /// The address, as it may be shown.
        url: String,
        /// Why.
        message: String,
        /// The bytes on disk.
        done: u64,
    },
    /// The file is over [`Options::max_bytes`](super::Options::max_bytes).
    #[error(
        "{url}: larger than the limit of {limit} bytes [{code}]\nhint: raise the limit if the file is meant to be that large",
        code = codes::TOO_LARGE
    )]
    TooLarge {
        /// The address, as it may be shown.
        url: String,
        /// The limit.
        limit: u64,
    },
    /// The operating system refused.
    #[error("{path}: {source} [{code}]\nhint: {hint}", path = .path.display(), code = codes::IO, hint = io_hint(.source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something that is not an address, or holds a user name or password.
    #[error("{url}: {reason} [{code}]\nhint: write it as https://host/path", code = codes::BAD_URL)]
    BadUrl {
        /// The address, as it may be shown.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A redirect that leads nowhere, or too many of them.
    #[error("{url}: {reason} [{code}]\nhint: open the address in a browser and use the one it ends at", code = codes::REDIRECT)]
    Redirect {
        /// The address, as it may be shown.
        url: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The request's `sha256` is not one.
    #[error(
        "{url}: `sha256` is not 64 hexadecimal digits: {given:?} [{code}]\nhint: copy it from the publisher, or leave it out once and pin what is printed",
        code = codes::BAD_DIGEST
    )]
    BadDigest {
        /// The address, as it may be shown.
        url: String,
        /// What the request holds.
        given: String,
    },
}

impl FetchError {
    /// The stable code's number: 2104 for `SPROG-2104`.
    pub fn code(&self) -> u16 {
        match self {
            FetchError::Insecure { .. } => codes::INSECURE,
            FetchError::PrivateAddress { .. } => codes::PRIVATE_ADDRESS,
            FetchError::Status { .. } => codes::STATUS,
            FetchError::Hash { .. } => codes::HASH,
            FetchError::Length { .. } => codes::LENGTH,
            FetchError::Stalled { .. } => codes::STALLED,
            FetchError::Network { .. } => codes::NETWORK,
            FetchError::TooLarge { .. } => codes::TOO_LARGE,
            FetchError::Io { .. } => codes::IO,
            FetchError::BadUrl { .. } => codes::BAD_URL,
            FetchError::Redirect { .. } => codes::REDIRECT,
            FetchError::BadDigest { .. } => codes::BAD_DIGEST,
        }
        .0
    }

    /// Whether the cause is the network, the server or the disk (exit code 3) and not the input.
    pub fn is_environment(&self) -> bool {
        matches!(
            self,
            FetchError::Stalled { .. }
                | FetchError::Network { .. }
                | FetchError::Status { .. }
                | FetchError::Io { .. }
        )
    }

    pub(super) fn io(path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> FetchError {
        let path = path.as_ref().to_owned();
        move |source| FetchError::Io { path, source }
    }

    /// Whether the part on disk is of no further use: it is wrong, or more of it can't come.
    pub(super) fn spoils_part(&self) -> bool {
        matches!(self, FetchError::Hash { .. } | FetchError::Length { .. } | FetchError::TooLarge { .. })
    }
}

impl From<sprog_datasets::Error> for FetchError {
    fn from(error: sprog_datasets::Error) -> Self {
        match error {
            sprog_datasets::Error::Io { path, source } => FetchError::Io { path, source },
            other => FetchError::Io { path: PathBuf::new(), source: io::Error::other(other) },
        }
    }
}

fn status_hint(status: u16) -> &'static str {
    match status {
        401 | 403 | 407 => "the file is not open to all; fetch it by hand and name the local file",
        404 | 410 => "the file is gone or moved; look for its new address",
        429 => "the server asks for fewer requests; run again later",
        500..=599 => "the server has a problem; run again later",
        _ => "open the address in a browser to see what the server says",
    }
}

fn io_hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::WouldBlock => "another run fetches the same file; wait for it",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room and run again",
        io::ErrorKind::NotFound => "check the path",
        io::ErrorKind::PermissionDenied => "check who may read and write there",
        _ => "check the path and the disk",
    }
}
