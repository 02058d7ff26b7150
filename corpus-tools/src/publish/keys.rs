//! Keys for signatures: made, and found in a file or in the environment, never in what is published.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sprog_datasets::durable::parent_of;
use sprog_datasets::signature::{self, SigningKey};
use sprog_datasets::{Error, durable};

use super::{PublishError, Result};
use crate::codes;

/// A pair of key files.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Pair {
    /// The secret key, readable by its owner alone.
    pub secret: PathBuf,
    /// The public key.
    pub public: PathBuf,
    /// The public key's text of 56 characters.
    pub key: String,
}

/// Makes `NAME.key` and `NAME.pub` in the formats of minisign. With a password the secret key is encrypted.
///
/// # Errors
/// `SPROG-2058` when one of the files is there; those of the file system.
pub fn generate(name: &Path, password: Option<&str>) -> Result<Pair> {
    let with = |ending: &str| {
        let mut file = name.file_name().unwrap_or_default().to_owned();
        file.push(ending);
        name.with_file_name(file)
    };
    if name.file_name().is_none() {
        return Err(PublishError::refused(
            codes::KEY_EXISTS,
            format!("{}: no name of a file", name.display()),
        ));
    }
    let (secret, public) = (with(".key"), with(".pub"));
    for path in [&secret, &public] {
        if fs::symlink_metadata(path).is_ok() {
            return Err(exists(path));
        }
    }
    let (secret_text, public_text) = signature::generate(password)?;
    create_new(&secret, &secret_text, true)?;
    create_new(&public, &public_text, false)?;
    let key = public_text.lines().last().unwrap_or_default().to_owned();
    Ok(Pair { secret, public, key })
}

fn exists(path: &Path) -> PublishError {
    PublishError::refused(codes::KEY_EXISTS, format!("{} is there already, and is kept", path.display()))
}

/// Whole or not there, and never over another file.
fn create_new(path: &Path, text: &str, secret: bool) -> Result<()> {
    let dir = parent_of(path);
    let io = |e| PublishError::from(Error::io(path)(e));
    // Readable by its owner alone from the first byte on.
    let mut file = tempfile::Builder::new().prefix(".key-").tempfile_in(dir).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)?;
    #[cfg(unix)]
    if !secret {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644)).map_err(io)?;
    }
    #[cfg(not(unix))]
    let _ = secret;
    file.as_file().sync_all().map_err(io)?;
    file.persist_noclobber(path).map_err(|e| match e.error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(path),
        _ => io(e.error),
    })?;
    Ok(durable::sync_dir(dir)?)
}

/// Where a secret key comes from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A file.
    File(PathBuf),
    /// Its text.
    Text(String),
}

impl KeySource {
    /// The file that was named, else `SPROG_SIGNING_KEY` (a file), else `SPROG_SIGNING_KEY_DATA` (the text), as
    /// `variable` knows them; `None` if there is none.
    pub fn choose(file: Option<PathBuf>, variable: impl Fn(&str) -> Option<String>) -> Option<KeySource> {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        file.or_else(|| set("SPROG_SIGNING_KEY").map(PathBuf::from))
            .map(KeySource::File)
            .or_else(|| set("SPROG_SIGNING_KEY_DATA").map(KeySource::Text))
    }

    /// Reads the key. `password` is asked only if it is encrypted.
    ///
    /// # Errors
    /// `SPROG-2053` when the file lies in one of `published`, where it would be given to everyone; `SPROG-1111` when it
    /// is no secret key or the password is wrong; what `password` gives.
    pub fn read(
        &self,
        published: &[&Path],
        password: &mut dyn FnMut() -> std::io::Result<String>,
    ) -> Result<SigningKey> {
        let text = match self {
            KeySource::Text(text) => text.clone(),
            KeySource::File(path) => {
                let real = path.canonicalize().map_err(Error::io(path))?;
                let inside = |dir: &&Path| dir.canonicalize().is_ok_and(|dir| real.starts_with(dir));
                if published.iter().any(inside) {
                    let message = format!("the secret key {} lies in what is published", path.display());
                    return Err(PublishError::refused(codes::KEY_IN_TREE, message));
                }
                let file = fs::metadata(&real).map_err(Error::io(path))?;
                if !file.is_file() || file.len() > signature::MAX_BYTES {
                    let code = sprog_datasets::codes::KEY_INVALID;
                    return Err(PublishError::refused(code, format!("{} is no key", path.display())));
                }
                let bytes = fs::read(&real).map_err(Error::io(path))?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
        };
        // Where variables are set in one line, the line break is often written out.
        let text = if text.contains('\n') { text } else { text.replace("\\n", "\n") };
        let word = match SigningKey::needs_password(&text)? {
            true => Some(password().map_err(|e| {
                PublishError::refused(codes::NO_PASSWORD, format!("no password for the secret key: {e}"))
            })?),
            false => None,
        };
        Ok(SigningKey::read(&text, word.as_deref())?)
    }
}
