//! Signatures of manifests, in the format of minisign (Ed25519 over BLAKE2b, prehashed).
//!
//! One signature covers a whole release: it signs `MANIFEST.json`, which has the size and checksum of every file. The
//! trusted comment names dataset and version, so that the manifest of another version cannot be passed off as this one.
//! `minisign -Vm MANIFEST.json -p KEY.pub` checks it without us.
//!
//! ```
//! use sprog_datasets::signature::{Signer, TrustedComment, generate, verify};
//! let keys = generate(None)?;
//! let comment = TrustedComment { dataset: "demo".into(), version: "1.0.0".into() };
//! let signature = Signer::new(&keys.secret, None)?.sign(b"{}", &comment)?;
//! assert_eq!(verify(&keys.public, b"{}", &signature)?, comment);
//! assert!(verify(&keys.public, b"{ }", &signature).is_err());
//! # Ok::<(), sprog_datasets::Error>(())
//! ```

use std::fmt;
use std::io::Cursor;

use minisign::{KeyPair, PError, PublicKey, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};

use crate::{Error, Result, codes};

/// Name of the signature of a manifest, beside it.
pub const SIGNATURE: &str = "MANIFEST.json.minisig";

/// What signatures of ours begin with; the comment that minisign itself writes is accepted too. Nothing signs this
/// line, so that [`verify`] takes no other.
const UNTRUSTED: [&str; 2] = ["signature of a sprog release", "signature from minisign secret key"];

/// What a signature says, signed too, of what it signs: `dataset:<id> version:<version>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedComment {
    /// The dataset's id.
    pub dataset: String,
    /// Its version.
    pub version: String,
}

impl fmt::Display for TrustedComment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "dataset:{} version:{}", self.dataset, self.version)
    }
}

impl TrustedComment {
    fn parse(text: &str) -> Option<TrustedComment> {
        let (dataset, version) = text.strip_prefix("dataset:")?.split_once(" version:")?;
        Some(TrustedComment { dataset: dataset.to_owned(), version: version.to_owned() })
    }
}

/// A pair of keys as minisign writes them to files.
pub struct Keys {
    /// The `.pub` file: for everybody.
    pub public: String,
    /// The `.key` file: for nobody else.
    pub secret: String,
}

/// Makes a pair of keys from the randomness of the system. With a password the secret key is encrypted (scrypt).
///
/// # Errors
/// When there is no randomness or no memory for scrypt (1 GiB).
pub fn generate(password: Option<&str>) -> Result<Keys> {
    let pair = match password {
        Some(password) => KeyPair::generate_encrypted_keypair(Some(password.to_owned())),
        None => KeyPair::generate_unencrypted_keypair(),
    };
    let pair = pair.map_err(|e| Error::Invalid(format!("no key could be made: {e}")))?;
    let text = || -> std::result::Result<Keys, PError> {
        Ok(Keys { public: pair.pk.to_box()?.into_string(), secret: pair.sk.to_box(None)?.into_string() })
    };
    text().map_err(|e| Error::Invalid(format!("no key could be made: {e}")))
}

/// A secret key, ready to sign.
pub struct Signer {
    key: SecretKey,
}

impl Signer {
    /// Opens the text of a secret key file.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is no secret key, or the password is missing or wrong. Neither is told in the message.
    pub fn new(secret: &str, password: Option<&str>) -> Result<Signer> {
        let parsed = SecretKeyBox::from_string(secret.trim()).and_then(|key| match password {
            Some(password) => key.into_secret_key(Some(password.to_owned())),
            None => key.into_unencrypted_secret_key(),
        });
        let key = parsed.map_err(|_| {
            let message = match password {
                Some(_) => "no secret key of minisign, or another password",
                None => "no secret key of minisign, or one that needs a password",
            };
            Error::Invalid(format!("{message} [{}]", codes::SIGNING_KEY))
        })?;
        Ok(Signer { key })
    }

    /// The public key, as in a `.pub` file.
    ///
    /// # Errors
    /// Never in practice.
    pub fn public(&self) -> Result<String> {
        let public = PublicKey::from_secret_key(&self.key).and_then(|key| key.to_box());
        public.map(PublicKeyBox::into_string).map_err(|e| Error::Invalid(e.to_string()))
    }

    /// Signs a manifest's bytes: the text of the `.minisig` file.
    ///
    /// # Errors
    /// Never in practice.
    pub fn sign(&self, manifest: &[u8], comment: &TrustedComment) -> Result<String> {
        let (trusted, untrusted) = (comment.to_string(), UNTRUSTED[0]);
        let signature =
            minisign::sign(None, &self.key, Cursor::new(manifest), Some(&trusted), Some(untrusted));
        signature.map(SignatureBox::into_string).map_err(|e| Error::Invalid(e.to_string()))
    }
}

/// Checks a signature of a manifest's bytes with a public key: the text of a `.pub` file, or its last line.
///
/// # Errors
/// [`Error::Invalid`], with [`codes::SIGNATURE_WRONG`] where the signature is not right, and with
/// [`codes::SIGNING_KEY`] where the key is none.
pub fn verify(public_key: &str, manifest: &[u8], signature: &str) -> Result<TrustedComment> {
    let last = public_key.trim().lines().last().unwrap_or_default().trim();
    let key = PublicKey::from_base64(last)
        .map_err(|_| Error::Invalid(format!("no public key of minisign [{}]", codes::SIGNING_KEY)))?;
    let wrong = |why: &dyn fmt::Display| Error::Invalid(format!("{why} [{}]", codes::SIGNATURE_WRONG));
    let parsed = SignatureBox::from_string(signature).map_err(|e| wrong(&e))?;
    // Bytes that the format lets vary, and nothing signs.
    let untrusted = parsed.untrusted_comment().map_err(|e| wrong(&e))?;
    if !UNTRUSTED.iter().any(|known| untrusted.trim_start_matches("untrusted comment: ") == *known)
        || parsed.to_string().trim_end() != signature.trim_end()
    {
        return Err(wrong(&"the signature's file is not as it was written"));
    }
    minisign::verify(&key, &parsed, Cursor::new(manifest), true, false, false).map_err(|e| wrong(&e))?;
    let comment = parsed.trusted_comment().map_err(|e| wrong(&e))?;
    TrustedComment::parse(&comment)
        .ok_or_else(|| wrong(&"the signature does not say of which dataset and version it is"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment() -> TrustedComment {
        TrustedComment { dataset: "demo".into(), version: "1.0.0".into() }
    }

    #[test]
    fn every_bit_of_a_signature_counts() {
        let keys = generate(None).unwrap();
        let signature = Signer::new(&keys.secret, None).unwrap().sign(b"manifest", &comment()).unwrap();
        assert_eq!(verify(&keys.public, b"manifest", &signature).unwrap(), comment());
        for at in 0..signature.trim_end().len() {
            for bit in 0..8 {
                let mut bytes = signature.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let Ok(flipped) = String::from_utf8(bytes) else { continue };
                assert!(
                    verify(&keys.public, b"manifest", &flipped).is_err(),
                    "byte {at}, bit {bit}: {flipped}"
                );
            }
        }
    }

    #[test]
    fn another_key_and_a_key_with_a_password_are_refused() {
        let (keys, others) = (generate(None).unwrap(), generate(None).unwrap());
        let signer = Signer::new(&keys.secret, None).unwrap();
        assert_eq!(signer.public().unwrap(), keys.public);
        let signature = signer.sign(b"manifest", &comment()).unwrap();
        let error = verify(&others.public, b"manifest", &signature).unwrap_err().to_string();
        assert!(error.contains("SPROG-1108"), "{error}");
        assert!(verify("nonsense", b"manifest", &signature).unwrap_err().to_string().contains("SPROG-1109"));
        assert!(Signer::new(&keys.public, None).is_err());
        assert!(Signer::new("", None).is_err());
    }
}
