//! Brings a published dataset, or a part of it, to this machine: `sprog fetch https://host/ds/<id>`.
//!
//! In this order: `latest.json` says which versions there are; MANIFEST.json must have the hash that it names; the
//! signature over the manifest must be right where a public key was given; then come the files wanted, each checked
//! against the manifest before it gets its name. They lie in a folder beside the final one, which appears whole by one
//! rename. A run that was stopped goes on when the same command is given again.
//!
//! With some columns wanted, only the footers and the chunks of these columns come, by range requests, each checked
//! against chunks.json, which the manifest lists. Of servers that ignore ranges whole files are fetched.
//!
//! Nothing but the manifest's hashes and the key is trusted: a mirror, a proxy or the server itself can deny a file, and
//! cannot pass another one off for it. Without a key nobody vouches for the manifest, and the pointer alone says which
//! one is right. The pointer is not signed: it can show an old version as the newest, but not under another number.

mod bring;
mod error;
mod release;
mod site;
mod wanted;

pub use self::bring::{Outcome, bring, free_bytes};
pub use self::error::{DatasetError, Kind};
pub use self::release::{Found, find};
pub use self::site::Site;
pub(crate) use self::site::is_version;
pub use self::wanted::{Job, Plan};

use sprog_datasets::partial::Selection;

use crate::fetch::Options;

/// What to bring, and from where.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The dataset's address.
    pub site: Site,
    /// Addresses of the same dataset elsewhere, tried in turn.
    pub mirrors: Vec<Site>,
    /// The version; the newest if none is named.
    pub version: Option<String>,
    /// What of it.
    pub selection: Selection,
    /// The publisher's minisign key, as the text of its `.pub` file or the key alone.
    pub key: Option<String>,
    /// What may be done to get it.
    pub options: Options,
}

impl Ask {
    /// The sites in the order in which they are tried.
    fn sites(&self) -> impl Iterator<Item = &Site> {
        std::iter::once(&self.site).chain(&self.mirrors)
    }
}
