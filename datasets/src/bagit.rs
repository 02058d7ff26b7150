//! A published folder as a bag for archives: BagIt 1.0, [RFC 8493](https://www.rfc-editor.org/rfc/rfc8493).
//!
//! The folder, with its manifest and signature, is the payload, unchanged. Payload and tag files have SHA-256 and
//! SHA-512 checksums.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256, Sha512};

use crate::durable::{parent_of, sync_dir, write_atomic, write_bytes};
use crate::manifest::{MANIFEST, Manifest, SHA256_LIST};
use crate::release::{DATASET_JSON, Description};
use crate::signature::SIGNATURE;
use crate::{Error, Result, codes};

/// What a bag holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bagged {
    /// Payload files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether the very same bag was there already.
    pub unchanged: bool,
}

/// Name of the checksums of the tag files, which cover the payload's.
const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";

/// Writes the published folder `dir` as the bag `dest`, which appears whole or not at all. `signature` is the text of
/// its signature, if it is to have one that does not stand in `dir`. The folder has been verified by the caller; each
/// file is compared with the manifest once more while it is copied. `progress` gets bytes copied.
///
/// # Errors
/// Those of the file system; `SPROG-1115` when `dest` is there and is not this bag; `SPROG-1103` when a file changed
/// meanwhile.
pub fn export(
    dir: &Path,
    dest: &Path,
    signature: Option<&str>,
    progress: &mut dyn FnMut(u64),
) -> Result<Bagged> {
    let parent = parent_of(dest);
    fs::create_dir_all(parent).map_err(Error::io(parent))?;
    let name = dest.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let staging = parent.join(format!(".{name}.bag-staging"));
    remove(&staging)?;
    let bagged = fill(dir, &staging, signature, progress)?;
    if fs::symlink_metadata(dest).is_ok() {
        let same = fs::read(staging.join(TAG_MANIFEST)).ok() == fs::read(dest.join(TAG_MANIFEST)).ok();
        remove(&staging)?;
        if same {
            return Ok(Bagged { unchanged: true, ..bagged });
        }
        let message = format!("{} is there and is not this bag [{}]", dest.display(), codes::BAG_TAKEN);
        return Err(Error::Invalid(message));
    }
    fs::rename(&staging, dest).map_err(Error::io(dest))?;
    sync_dir(parent)?;
    Ok(bagged)
}

fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io(dir)(e)),
        _ => Ok(()),
    }
}

fn fill(dir: &Path, bag: &Path, signature: Option<&str>, progress: &mut dyn FnMut(u64)) -> Result<Bagged> {
    let manifest = Manifest::read(dir)?;
    let path = dir.join(DATASET_JSON);
    let text = fs::read(&path).map_err(Error::io(&path))?;
    let description: Description = serde_json::from_slice(&text)
        .map_err(|e| Error::Invalid(format!("{}: {e} [{}]", path.display(), codes::CARD_MISMATCH)))?;
    let mut names: Vec<(&str, Option<&str>)> =
        manifest.files.iter().map(|f| (f.path.as_str(), Some(f.sha256.as_str()))).collect();
    names.extend([(MANIFEST, None), (SHA256_LIST, None)]);
    if signature.is_none() && dir.join(SIGNATURE).is_file() {
        names.push((SIGNATURE, None));
    }
    let (mut out, mut lists) = (Bagged::default(), Lists::default());
    for (name, expected) in names {
        let to = bag.join("data").join(name);
        fs::create_dir_all(parent_of(&to)).map_err(Error::io(&to))?;
        let (bytes, sums) = copy(&dir.join(name), &to, progress)?;
        if expected.is_some_and(|sha256| sha256 != sums[0]) {
            let message = format!("{name:?} changed while it was copied [{}]", codes::FILE_CHANGED);
            return Err(Error::Invalid(message));
        }
        out.files += 1;
        out.bytes += bytes;
        lists.add(&format!("data/{name}"), &sums);
    }
    if let Some(text) = signature {
        write_bytes(&bag.join("data").join(SIGNATURE), text.as_bytes())?;
        out.files += 1;
        out.bytes += text.len() as u64;
        lists.add(&format!("data/{SIGNATURE}"), &sums(text.as_bytes()));
    }
    let mut tags = Lists::default();
    let [sha256, sha512] = lists.texts();
    let info = info(&description, out);
    for (name, text) in [
        ("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_owned()),
        ("bag-info.txt", info),
        ("manifest-sha256.txt", sha256),
        ("manifest-sha512.txt", sha512),
    ] {
        write_bytes(&bag.join(name), text.as_bytes())?;
        tags.add(name, &sums(text.as_bytes()));
    }
    let [sha256, sha512] = tags.texts();
    write_bytes(&bag.join(TAG_MANIFEST), sha256.as_bytes())?;
    write_bytes(&bag.join("tagmanifest-sha512.txt"), sha512.as_bytes())?;
    Ok(out)
}

/// bag-info.txt, with the reserved names of RFC 8493, 2.2.2.
fn info(description: &Description, bagged: Bagged) -> String {
    let m = &description.metadata;
    let contact = if m.contact.contains('@') { "Contact-Email" } else { "Contact-Name" };
    let identifier = m.about.doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
    let mut fields = vec![
        ("Source-Organization", m.publisher.clone()),
        (contact, m.contact.clone()),
        ("External-Description", m.description.da.clone()),
        ("External-Description", m.description.en.clone()),
        ("Bagging-Date", m.created.clone()),
        ("External-Identifier", identifier.unwrap_or_else(|| format!("{} {}", m.id, m.version))),
        ("Bag-Size", size(bagged.bytes)),
        ("Payload-Oxum", format!("{}.{}", bagged.bytes, bagged.files)),
        ("Bag-Group-Identifier", m.id.clone()),
        ("Internal-Sender-Identifier", format!("{} {}", m.id, m.version)),
        ("Internal-Sender-Description", format!("{} / {}", m.title.da, m.title.en)),
    ];
    fields.retain(|(_, value)| !value.trim().is_empty());
    // A value goes on one line; a break in it would begin another field.
    let line = |(label, value): (&str, String)| {
        let words: Vec<&str> = value.split(|c: char| c.is_whitespace() || c.is_control()).collect();
        let words: Vec<&str> = words.into_iter().filter(|w| !w.is_empty()).collect();
        format!("{label}: {}\n", words.join(" "))
    };
    fields.into_iter().map(line).collect()
}

/// Bytes as people read them, by thousands.
fn size(bytes: u64) -> String {
    let (mut value, mut unit) = (bytes as f64, "B");
    for next in ["KB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        (value, unit) = (value / 1000.0, next);
    }
    if unit == "B" { format!("{bytes} B") } else { format!("{value:.1} {unit}") }
}

/// The lines of the two manifests.
#[derive(Default)]
struct Lists {
    lines: Vec<(String, [String; 2])>,
}

impl Lists {
    fn add(&mut self, path: &str, sums: &[String; 2]) {
        // RFC 8493, 2.1.3: line breaks and the percent sign in paths are percent-encoded.
        let path = path.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D");
        self.lines.push((path, sums.clone()));
    }

    fn texts(mut self) -> [String; 2] {
        self.lines.sort();
        [0, 1]
            .map(|which| self.lines.iter().map(|(path, sums)| format!("{}  {path}\n", sums[which])).collect())
    }
}

fn sums(bytes: &[u8]) -> [String; 2] {
    [hexadecimal(&Sha256::digest(bytes)), hexadecimal(&Sha512::digest(bytes))]
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn copy(from: &Path, to: &Path, progress: &mut dyn FnMut(u64)) -> Result<(u64, [String; 2])> {
    let mut source = File::open(from).map_err(Error::io(from))?;
    let (mut sha256, mut sha512, mut bytes) = (Sha256::new(), Sha512::new(), 0u64);
    let mut buffer = vec![0u8; 1 << 18];
    write_atomic(to, |out| {
        loop {
            let n = match source.read(&mut buffer) {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                other => other.map_err(Error::io(from))?,
            };
            if n == 0 {
                return Ok(());
            }
            sha256.update(&buffer[..n]);
            sha512.update(&buffer[..n]);
            out.write_all(&buffer[..n]).map_err(Error::io(to))?;
            bytes += n as u64;
            progress(n as u64);
        }
    })?;
    Ok((bytes, [hexadecimal(&sha256.finalize()), hexadecimal(&sha512.finalize())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_begin_another_field_and_a_path_not_another_line() {
        let mut description: Description = serde_json::from_value(serde_json::json!({
            "format": 2, "id": "x", "version": "1.0.0", "title": {"da": "a", "en": "b"},
            "description": {"da": "en\nPayload-Oxum: 0.0", "en": ""}, "publisher": "P", "contact": "a@example.dk",
            "created": "2026-11-22", "languages": [], "keywords": [], "licences": {},
            "schema": "1", "tool": "t", "run": "r", "configs": [], "sources": [],
        }))
        .expect("a description");
        let text = info(&description, Bagged { files: 2, bytes: 1_500, unchanged: false });
        assert!(text.contains("External-Description: en Payload-Oxum: 0.0\n"), "{text}");
        assert!(text.contains("Payload-Oxum: 1500.2\n") && text.contains("Bag-Size: 1.5 KB\n"), "{text}");
        assert!(text.contains("Contact-Email: a@example.dk\n"), "{text}");
        description.metadata.about.doi = Some("10.5281/zenodo.1".into());
        assert!(info(&description, Bagged::default()).contains("https://doi.org/10.5281/zenodo.1\n"));
        let mut lists = Lists::default();
        lists.add("data/a\nb%", &["1".into(), "2".into()]);
        assert_eq!(lists.texts(), ["1  data/a%0Ab%25\n", "2  data/a%0Ab%25\n"]);
    }
}
