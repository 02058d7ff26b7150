//! BagIt 1.0 (RFC 8493): a release as a bag, for archives that take bags.

use std::fs;
use std::path::Path;

use sprog_datasets::durable::{parent_of, sync_dir, write_bytes};
use sprog_datasets::manifest::{Entry, MANIFEST, Manifest, SHA256_LIST, checksums};
use sprog_datasets::publication::Publication;
use sprog_datasets::signature::SIGNATURE;
use sprog_datasets::verify::verify;
use sprog_datasets::{Error, Result};

use super::folder::Folder;
use super::{Store, refused};

/// Writes a built folder as a bag into the new folder `to`, which appears whole or not at all.
///
/// # Errors
/// When the folder does not verify, when `to` is there already, and those of the file system.
pub fn bag(dir: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(refused(format!("{} is there already", to.display())));
    }
    if let Some(first) = verify(dir, |_| {})?.findings.first() {
        return Err(refused(format!("{}: {} ({})", dir.display(), first.message, first.path)));
    }
    let publication = Publication::read(dir)?;
    let mut files = Manifest::read(dir)?.files;
    for name in [MANIFEST, SHA256_LIST, SIGNATURE] {
        let path = dir.join(name);
        if path.is_file() {
            let (bytes, sha256, blake3) = checksums(&path)?;
            files.push(Entry { path: name.to_owned(), bytes, sha256, blake3 });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let parent = parent_of(to);
    fs::create_dir_all(parent).map_err(Error::io(parent))?;
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let staging = parent.join(format!(".{name}.part"));
    if staging.exists() {
        fs::remove_dir_all(&staging).map_err(Error::io(&staging))?;
    }
    let place = Folder::new(&staging);
    let mut list = String::new();
    for entry in &files {
        place.put_file(&format!("data/{}", entry.path), &dir.join(&entry.path), entry)?;
        // RFC 8493, 2.1.3: these three are written as percent codes.
        let path = entry.path.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D");
        list.push_str(&format!("{}  data/{path}\n", entry.sha256));
    }
    let m = &publication.description.metadata;
    // A value is one line.
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let bytes: u64 = files.iter().map(|f| f.bytes).sum();
    let info = [
        ("Source-Organization", line(&m.publisher)),
        ("Contact-Name", line(&m.contact)),
        ("External-Description", line(&m.description.en)),
        ("External-Identifier", format!("{} {}", m.id, m.version)),
        ("Bagging-Date", m.created.clone()),
        ("Bag-Software-Agent", publication.description.tool.clone()),
        ("Payload-Oxum", format!("{bytes}.{}", files.len())),
    ];
    let info: String = info
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| format!("{label}: {value}\n"))
        .collect();
    let tags = [
        ("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_owned()),
        ("bag-info.txt", info),
        ("manifest-sha256.txt", list),
    ];
    let mut sums = String::new();
    for (name, text) in tags {
        let path = staging.join(name);
        write_bytes(&path, text.as_bytes())?;
        sums.push_str(&format!("{}  {name}\n", checksums(&path)?.1));
    }
    write_bytes(&staging.join("tagmanifest-sha256.txt"), sums.as_bytes())?;
    fs::rename(&staging, to).map_err(Error::io(to))?;
    sync_dir(parent)
}
