//! Archives: tar (plain, gzip, zstd) and zip, read entry by entry with safe paths only.

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};

use crate::audio::Source;
use crate::sniff::{self, Kind};
use crate::{Error, Limits, Place, Problem, Result, codes, decompress};

/// Makes a path from an archive safe to use below a folder, or says why it is not.
///
/// ```
/// use sprog_formats::archive::safe_path;
/// assert_eq!(safe_path("./a//b.txt"), Ok("a/b.txt".to_owned()));
/// assert!(safe_path("../etc/passwd").is_err());
/// assert!(safe_path("C:\\windows").is_err());
/// ```
pub fn safe_path(path: &str) -> Result<String, &'static str> {
    if path.chars().any(char::is_control) {
        return Err("a control character in the path");
    }
    if path.starts_with(['/', '\\']) {
        return Err("an absolute path");
    }
    if path.as_bytes().get(1) == Some(&b':') {
        return Err("a drive letter");
    }
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|p| !p.is_empty() && *p != ".").collect();
    if parts.contains(&"..") {
        return Err("a path that climbs out with `..`");
    }
    if parts.is_empty() {
        return Err("an empty path");
    }
    Ok(parts.join("/"))
}

/// Goes through the plain files of an archive in the order they are stored.
///
/// `visit` gets the safe path and the content as a stream; what it holds of it is its own to bound.
/// Unsafe paths,
/// links, devices, encrypted entries and repeated paths are left out, each with a problem.
///
/// # Errors
/// [`Error::Unsupported`] when the bytes are no archive, [`Error::Limit`] past `limits.items`
/// entries or `limits.expansion_ratio`; and what `visit` returns.
pub fn for_each_entry(
    mut source: Box<dyn Source + '_>,
    limits: &Limits,
    visit: &mut dyn FnMut(&str, &mut dyn Read) -> Result<()>,
) -> Result<Vec<Problem>> {
    let mut head = Vec::new();
    source.by_ref().take(sniff::HEAD_BYTES as u64).read_to_end(&mut head)?;
    source.seek(SeekFrom::Start(0))?;
    let mut entries = Entries { limits, seen: HashSet::new(), count: 0, problems: Vec::new() };
    match sniff::sniff(&head) {
        Kind::Zip => entries.zip(source, visit)?,
        Kind::Tar | Kind::Compressed(_) => entries.tar(source, visit)?,
        other => return Err(Error::Unsupported(format!("no archive known here ({other})"))),
    }
    Ok(entries.problems)
}

struct Entries<'l> {
    limits: &'l Limits,
    seen: HashSet<String>,
    count: u64,
    problems: Vec<Problem>,
}

impl Entries<'_> {
    /// The safe path of an entry to visit, or `None` when it is left out.
    fn admit(&mut self, raw: &str, plain_file: bool) -> Result<Option<String>> {
        self.count += 1;
        let place = || Place::Entry(raw.chars().take(200).collect());
        if self.count > self.limits.items {
            return Err(Error::Limit { what: "archive entries", limit: self.limits.items, place: place() });
        }
        let (code, message) = match safe_path(raw) {
            Err(why) => (codes::ARCHIVE_PATH, why.to_owned()),
            Ok(_) if !plain_file => (codes::ARCHIVE_ENTRY, "not a plain file".to_owned()),
            Ok(path) if self.seen.insert(path.clone()) => return Ok(Some(path)),
            Ok(_) => (codes::ARCHIVE_DUPLICATE, "a second entry of this path".to_owned()),
        };
        self.problems.push(Problem::new(code, place(), format!("{message}; left out")));
        Ok(None)
    }

    fn tar(
        &mut self,
        source: Box<dyn Source + '_>,
        visit: &mut dyn FnMut(&str, &mut dyn Read) -> Result<()>,
    ) -> Result<()> {
        let (reader, _) = decompress(source, self.limits)?;
        let mut archive = tar::Archive::new(reader);
        for entry in archive.entries()? {
            let mut entry = entry.map_err(|e| Error::malformed("tar", Place::File, e.to_string()))?;
            let kind = entry.header().entry_type();
            if kind.is_dir() || kind.is_pax_global_extensions() {
                continue;
            }
            let raw = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let Some(path) = self.admit(&raw, kind.is_file() || kind.is_contiguous())? else { continue };
            visit(&path, &mut entry)?;
        }
        Ok(())
    }

    fn zip(
        &mut self,
        source: Box<dyn Source + '_>,
        visit: &mut dyn FnMut(&str, &mut dyn Read) -> Result<()>,
    ) -> Result<()> {
        let malformed = |e: zip::result::ZipError| Error::malformed("zip", Place::File, e.to_string());
        let mut archive = zip::ZipArchive::new(source).map_err(malformed)?;
        let mut total = 0u64;
        for index in 0..archive.len() {
            let (raw, is_file, is_dir, size, packed) = {
                let entry = archive.by_index_raw(index).map_err(malformed)?;
                let plain = entry.is_file() && !entry.is_symlink() && !entry.encrypted();
                (
                    entry.name().map_err(malformed)?.into_owned(),
                    plain,
                    entry.is_dir(),
                    entry.size(),
                    entry.compressed_size(),
                )
            };
            if is_dir {
                continue;
            }
            let Some(path) = self.admit(&raw, is_file)? else { continue };
            let allowed = packed.max(1 << 20).saturating_mul(self.limits.expansion_ratio);
            if size > allowed {
                return Err(Error::Limit {
                    what: "bytes of an entry",
                    limit: allowed,
                    place: Place::Entry(path),
                });
            }
            let entry = match archive.by_index(index) {
                Ok(entry) => entry,
                Err(e) => {
                    let message = format!("{e}; left out");
                    self.problems.push(Problem::new(codes::ARCHIVE_ENTRY, Place::Entry(path), message));
                    continue;
                }
            };
            // The stated size is not believed: one byte more than allowed shows the lie.
            let mut bounded = entry.take(allowed.saturating_add(1));
            visit(&path, &mut bounded)?;
            let read = allowed.saturating_add(1) - bounded.limit();
            total = total.saturating_add(read);
            if read > allowed {
                return Err(Error::Limit {
                    what: "bytes of an entry",
                    limit: allowed,
                    place: Place::Entry(path),
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn tar_with(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (path, body) in entries {
            let mut header = tar::Header::new_ustar();
            // `set_path` refuses `..`: an attacker's tar is made by hand.
            header.as_ustar_mut().expect("ustar").name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(body.len() as u64);
            header.set_entry_type(tar::EntryType::Regular);
            header.set_cksum();
            out.extend_from_slice(header.as_bytes());
            out.extend_from_slice(body);
            out.resize(out.len().div_ceil(512) * 512, 0);
        }
        out.resize(out.len() + 1024, 0);
        out
    }

    type Seen = (Vec<(String, String)>, Vec<u16>);

    fn visit_all(bytes: Vec<u8>, limits: &Limits) -> Result<Seen> {
        let mut seen = Vec::new();
        let problems = for_each_entry(Box::new(Cursor::new(bytes)), limits, &mut |path, content| {
            let mut text = String::new();
            content.read_to_string(&mut text)?;
            seen.push((path.to_owned(), text));
            Ok(())
        })?;
        Ok((seen, problems.iter().map(|p| p.code.0).collect()))
    }

    #[test]
    fn a_tar_that_climbs_out_is_read_without_that_entry() {
        let bytes =
            tar_with(&[("a/en.txt", b"hej"), ("../../etc/passwd", b"x"), ("/abs", b"y"), ("a/en.txt", b"z")]);
        let gz = {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&bytes).expect("writes");
            encoder.finish().expect("finishes")
        };
        for packed in [bytes, gz] {
            let (seen, problems) = visit_all(packed, &Limits::default()).expect("reads");
            assert_eq!(seen, [("a/en.txt".to_owned(), "hej".to_owned())]);
            assert_eq!(problems, [140, 140, 142]);
        }
    }

    #[test]
    fn a_zip_bomb_is_an_error_not_a_full_memory() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file("lille.txt", options).expect("starts");
        writer.write_all("æble".as_bytes()).expect("writes");
        writer.start_file("bombe.txt", options).expect("starts");
        for _ in 0..64 {
            writer.write_all(&vec![b'0'; 1 << 20]).expect("writes");
        }
        let bytes = writer.finish().expect("finishes").into_inner();
        assert!(bytes.len() < 200_000);
        let (seen, _) = visit_all(bytes.clone(), &Limits::default()).expect("within the defaults");
        assert_eq!(seen[0].1, "æble");
        let strict = Limits { expansion_ratio: 10, ..Limits::default() };
        assert!(matches!(visit_all(bytes, &strict), Err(Error::Limit { .. })));
    }
}
