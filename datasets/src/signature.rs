//! Signatures of published folders: minisign (prehashed Ed25519) over MANIFEST.json, in `MANIFEST.json.minisig`.
//!
//! The manifest has the checksums of all other files, so that one signature covers every byte. What is signed with it
//! is the trusted comment `dataset:<id> version:<version>`: a signature cannot be moved to another dataset.
//! Format: <https://jedisct1.github.io/minisign/>. Keys and signatures are those of the program `minisign`.

use std::fmt;
use std::io::Cursor;

use minisign::{KeyPair, PublicKey, SecretKey, SecretKeyBox, SignatureBox};
use serde::Serialize;
use sprog_formats::Code;

use crate::{Error, Result, codes};

/// Name of the signature.
pub const SIGNATURE: &str = "MANIFEST.json.minisig";

/// More than any signature or key file has, in bytes.
pub const MAX_BYTES: u64 = 4096;

/// The line that nothing signs, as `minisign` and `rsign` write it. Any other is told as damage.
const UNTRUSTED: [&str; 2] = ["signature from minisign secret key", "signature from rsign secret key"];

/// What is signed beside the manifest's bytes.
///
/// ```
/// use sprog_datasets::signature::TrustedComment;
/// let comment = TrustedComment::new("demo", "1.0.0");
/// assert_eq!(comment.to_string(), "dataset:demo version:1.0.0");
/// assert_eq!(TrustedComment::parse("dataset:demo version:1.0.0"), Some(comment));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrustedComment {
    /// The dataset's id.
    pub dataset: String,
    /// Its version.
    pub version: String,
}

impl TrustedComment {
    /// That of a version of a dataset.
    pub fn new(dataset: &str, version: &str) -> TrustedComment {
        TrustedComment { dataset: dataset.to_owned(), version: version.to_owned() }
    }

    /// Reads it; `None` if it is not of this form.
    pub fn parse(text: &str) -> Option<TrustedComment> {
        let (dataset, version) = text.strip_prefix("dataset:")?.split_once(" version:")?;
        let plain = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
        (plain(dataset) && plain(version)).then(|| TrustedComment::new(dataset, version))
    }
}

impl fmt::Display for TrustedComment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dataset:{} version:{}", self.dataset, self.version)
    }
}

/// Why a signature or a key is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} [{code}]")]
pub struct Rejected {
    /// The kind, `SPROG-1108` to `SPROG-1111`.
    pub code: Code,
    /// What was expected.
    pub message: String,
}

impl Rejected {
    fn new(code: Code, message: impl Into<String>) -> Rejected {
        Rejected { code, message: message.into() }
    }
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Error {
        Error::Invalid(rejected.to_string())
    }
}

/// A signature that was read, not checked against any key.
pub struct Unchecked {
    inner: SignatureBox,
    comment: TrustedComment,
}

impl Unchecked {
    /// Reads the text of a `.minisig` file. Every byte of it must be as `minisign` writes it: what the format allows
    /// beyond that would be bytes that nobody checks.
    ///
    /// # Errors
    /// `SPROG-1108` when it is no such text; `SPROG-1110` when its trusted comment is not of our form.
    pub fn read(minisig: &str) -> Result<Unchecked, Rejected> {
        let malformed =
            |why: &str| Rejected::new(codes::SIGNATURE_MALFORMED, format!("no minisign signature: {why}"));
        let lines: Vec<&str> = minisig.split('\n').collect();
        let [untrusted, signature, comment, global, ""] = lines.as_slice() else {
            return Err(malformed("four lines are expected"));
        };
        // The lengths are checked here because the library slices by them.
        if signature.len() != 100 || global.len() != 88 {
            return Err(malformed("a line was cut off or lengthened"));
        }
        if !UNTRUSTED.iter().any(|known| untrusted.strip_prefix("untrusted comment: ") == Some(known)) {
            return Err(malformed("its first line is not the one that minisign writes"));
        }
        let inner = SignatureBox::from_string(minisig).map_err(|e| malformed(&e.to_string()))?;
        let text = comment.strip_prefix("trusted comment: ").unwrap_or_default();
        if !inner.is_prehashed() {
            return Err(malformed("it is of the old form that is not prehashed"));
        }
        // Base64 with other last bits, or a carriage return, reads the same but is not the same.
        if inner.trusted_comment().ok().as_deref() != Some(text) || inner.to_string() != minisig {
            return Err(malformed("it is not written as minisign does"));
        }
        let comment = TrustedComment::parse(text).ok_or_else(|| {
            let message =
                format!("trusted comment {text:?} where `dataset:<id> version:<version>` is expected");
            Rejected::new(codes::SIGNATURE_OTHER, message)
        })?;
        Ok(Unchecked { inner, comment })
    }

    /// Id of the key that it says it was made with, 16 hexadecimal digits as `minisign` shows it.
    pub fn key_id(&self) -> String {
        hexadecimal(self.inner.keynum())
    }

    /// What it says it is for.
    pub fn comment(&self) -> &TrustedComment {
        &self.comment
    }

    /// Checks it.
    ///
    /// # Errors
    /// `SPROG-1109` when it is not by this key over these bytes.
    pub fn check(&self, key: &VerifyingKey, manifest: &[u8]) -> Result<(), Rejected> {
        if self.inner.keynum() != key.inner.keynum() {
            let message = format!("signed with key {}, not with {}", self.key_id(), key.id());
            return Err(Rejected::new(codes::SIGNATURE_WRONG, message));
        }
        minisign::verify(&key.inner, &self.inner, Cursor::new(manifest), true, false, false)
            .map_err(|e| Rejected::new(codes::SIGNATURE_WRONG, e.to_string()))
    }
}

/// A public key.
pub struct VerifyingKey {
    inner: PublicKey,
}

impl VerifyingKey {
    /// Reads the text of a `.pub` file, or the 56 characters of the key alone.
    ///
    /// # Errors
    /// `SPROG-1111` when it is no public key.
    pub fn read(text: &str) -> Result<VerifyingKey, Rejected> {
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        let inner = PublicKey::from_base64(line).map_err(|_| {
            Rejected::new(codes::KEY_INVALID, "no minisign public key: a line of 56 characters is expected")
        })?;
        Ok(VerifyingKey { inner })
    }

    /// Its id, 16 hexadecimal digits as `minisign` shows it.
    pub fn id(&self) -> String {
        hexadecimal(self.inner.keynum())
    }

    /// The text of a `.pub` file.
    pub fn to_text(&self) -> String {
        format!("untrusted comment: minisign public key {}\n{}\n", self.id(), self.inner.to_base64())
    }
}

/// Checks the signature of a manifest's bytes.
///
/// # Errors
/// [`Error::Invalid`] with `SPROG-1108` to `SPROG-1111`; see [`Unchecked::read`], [`Unchecked::check`] and
/// [`VerifyingKey::read`]. The caller compares the comment with the dataset that it asked for.
///
/// ```
/// use sprog_datasets::signature::{self, SigningKey, TrustedComment};
/// let (secret, public) = signature::generate(None)?;
/// let key = SigningKey::read(&secret, None)?;
/// let signed = key.sign(b"{}", &TrustedComment::new("demo", "1.0.0"))?;
/// assert_eq!(signature::verify(&public, b"{}", &signed)?.version, "1.0.0");
/// assert!(signature::verify(&public, b"{ }", &signed).is_err());
/// # Ok::<(), sprog_datasets::Error>(())
/// ```
pub fn verify(public_key: &str, manifest: &[u8], minisig: &str) -> Result<TrustedComment> {
    let signature = Unchecked::read(minisig)?;
    signature.check(&VerifyingKey::read(public_key)?, manifest)?;
    Ok(signature.comment)
}

/// A new pair of keys: the texts of the secret and of the public file. With a password the secret one is encrypted.
///
/// # Errors
/// When the system has no randomness, or no memory for scrypt.
pub fn generate(password: Option<&str>) -> Result<(String, String)> {
    let failed =
        |e: minisign::PError| Error::Invalid(format!("no key was made: {e} [{}]", codes::KEY_INVALID));
    let (pair, comment) = match password {
        Some(password) => {
            (KeyPair::generate_encrypted_keypair(Some(password.to_owned())), "minisign encrypted secret key")
        }
        None => (KeyPair::generate_unencrypted_keypair(), "minisign secret key"),
    };
    let pair = pair.map_err(failed)?;
    let secret = pair.sk.to_box(Some(comment)).map_err(failed)?.to_string();
    Ok((secret, VerifyingKey { inner: pair.pk }.to_text()))
}

/// A secret key.
pub struct SigningKey {
    inner: SecretKey,
}

/// Length of a secret key in base64, and where in it the way of encryption stands.
const SECRET_CHARS: usize = 212;

fn secret_line(text: &str) -> Result<&str, Rejected> {
    let line = text.lines().nth(1).unwrap_or_default().trim();
    // `RW` begins the algorithm `Ed`.
    if line.len() != SECRET_CHARS || !line.is_ascii() || !line.starts_with("RW") {
        return Err(Rejected::new(codes::KEY_INVALID, "no minisign secret key: two lines are expected"));
    }
    Ok(line)
}

impl SigningKey {
    /// Whether the text of a secret key asks for a password.
    ///
    /// # Errors
    /// `SPROG-1111` when it is no secret key.
    pub fn needs_password(text: &str) -> Result<bool, Rejected> {
        // `Ed`, then `Sc` for scrypt or two zero bytes: six characters hold both with the half of `B2`.
        Ok(!secret_line(text)?.starts_with("RWQAA"))
    }

    /// Reads the text of a secret key file.
    ///
    /// # Errors
    /// `SPROG-1111` when it is no secret key, or the password is missing or wrong.
    pub fn read(text: &str, password: Option<&str>) -> Result<SigningKey, Rejected> {
        let invalid = |why: String| Rejected::new(codes::KEY_INVALID, why);
        let line = secret_line(text)?;
        let secret = SecretKeyBox::from(format!("untrusted comment: key\n{line}\n"));
        let inner = match (SigningKey::needs_password(text)?, password) {
            (false, _) => secret.into_unencrypted_secret_key(),
            (true, Some(password)) => secret.into_secret_key(Some(password.to_owned())),
            (true, None) => {
                return Err(invalid("the secret key is encrypted, and there is no password".into()));
            }
        };
        Ok(SigningKey { inner: inner.map_err(|e| invalid(e.to_string()))? })
    }

    /// The public key that belongs to it.
    ///
    /// # Errors
    /// `SPROG-1111` when it cannot be had of it.
    pub fn public(&self) -> Result<VerifyingKey, Rejected> {
        let inner = PublicKey::from_secret_key(&self.inner);
        Ok(VerifyingKey { inner: inner.map_err(|e| Rejected::new(codes::KEY_INVALID, e.to_string()))? })
    }

    /// The text of a `.minisig` file over a manifest's bytes. Two signatures of the same bytes differ: the library
    /// mixes randomness in, against faults of the processor that would give the key away.
    ///
    /// # Errors
    /// `SPROG-1111` when the key cannot sign.
    pub fn sign(&self, manifest: &[u8], comment: &TrustedComment) -> Result<String, Rejected> {
        let comment = comment.to_string();
        minisign::sign(None, &self.inner, Cursor::new(manifest), Some(&comment), Some(UNTRUSTED[0]))
            .map(|signed| signed.to_string())
            .map_err(|e| Rejected::new(codes::KEY_INVALID, e.to_string()))
    }
}

/// Little-endian bytes as a number is written.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().rev().map(|b| format!("{b:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: &[u8] = b"{\"format\": 1}\n";

    fn signed() -> (String, String) {
        let (secret, public) = generate(None).expect("keys");
        let key = SigningKey::read(&secret, None).expect("reads");
        (key.sign(BYTES, &TrustedComment::new("x", "1.0.0")).expect("signs"), public)
    }

    #[test]
    fn every_flipped_bit_of_signature_and_manifest_is_found() {
        let (minisig, public) = signed();
        assert!(verify(&public, BYTES, &minisig).is_ok());
        for bit in 0..minisig.len() * 8 {
            let mut bytes = minisig.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let Ok(text) = String::from_utf8(bytes) else { continue };
            assert!(verify(&public, BYTES, &text).is_err(), "bit {bit}: {text}");
        }
        for bit in 0..BYTES.len() * 8 {
            let mut bytes = BYTES.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(verify(&public, &bytes, &minisig).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn what_is_cut_off_or_lengthened_is_refused_without_a_panic() {
        let (minisig, public) = signed();
        for end in 0..minisig.len() {
            assert!(verify(&public, BYTES, &minisig[..end]).is_err());
        }
        for text in ["", "\n\n\n\n", "æ\nø\nå\næ\n", &format!("{minisig}\n"), &minisig.replace('\n', "\r\n")]
        {
            assert!(verify(&public, BYTES, text).is_err(), "{text:?}");
        }
        let lines: Vec<&str> = minisig.lines().collect();
        let short = format!("{}\n{}\n{}\nQQ==\n", lines[0], lines[1], lines[2]);
        assert!(verify(&public, BYTES, &short).is_err());
        for key in ["", "RWQ", &"å".repeat(28), &"A".repeat(56), &"R".repeat(10_000)] {
            assert!(verify(key, BYTES, &minisig).is_err(), "{key:?}");
        }
    }

    #[test]
    fn another_key_and_another_comment_are_told() {
        let (minisig, _) = signed();
        let (_, other) = signed();
        let told = verify(&other, BYTES, &minisig).expect_err("another key").to_string();
        assert!(told.contains("SPROG-1109"), "{told}");
        let (secret, public) = generate(None).expect("keys");
        let key = SigningKey::read(&secret, None).expect("reads");
        let foreign =
            minisign::sign(None, &key.inner, Cursor::new(BYTES), Some("timestamp:1"), Some(UNTRUSTED[0]));
        let told =
            verify(&public, BYTES, &foreign.expect("signs").to_string()).expect_err("comment").to_string();
        assert!(told.contains("SPROG-1110"), "{told}");
    }

    #[test]
    fn passwords_are_asked_for_and_checked() {
        let (secret, public) = generate(Some("hemmeligt æøå")).expect("keys");
        assert_eq!(SigningKey::needs_password(&secret), Ok(true));
        assert!(SigningKey::read(&secret, None).is_err());
        assert!(SigningKey::read(&secret, Some("forkert")).is_err());
        let key = SigningKey::read(&secret, Some("hemmeligt æøå")).expect("reads");
        assert_eq!(key.public().expect("public").to_text(), public);
        let (open, _) = generate(None).expect("keys");
        assert_eq!(SigningKey::needs_password(&open), Ok(false));
        for bad in ["", "a", "a\nb", &format!("x\nRW{}", "!".repeat(210))] {
            assert!(SigningKey::read(bad, Some("x")).is_err(), "{bad:?}");
        }
    }
}
