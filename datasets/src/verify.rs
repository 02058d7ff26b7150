//! Checking a published folder: every byte against the manifest, every table against its schema.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Serialize;
use sprog_formats::Code;

use crate::chunks::{CHUNKS_JSON, Chunks};
use crate::manifest::{MANIFEST, Manifest, SHA256_LIST, checksums, files_below, sha256_list};
use crate::partial::{HUGGING_FACE_YAML, Made, PARTIAL_JSON, Partial};
use crate::release::{DATASET_JSON, Description};
use crate::rules::RuleTable;
use crate::schema::{self, Modality};
use crate::signature::{MAX_BYTES, SIGNATURE, TrustedComment, Unchecked, VerifyingKey};
use crate::table::TableFile;
use crate::tokens::{Tokens, check_binary};
use crate::{Error, Result, codes};

/// Something wrong with a published folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The kind, `SPROG-1103`.
    #[serde(serialize_with = "crate::error::code_as_text")]
    pub code: Code,
    /// The file.
    pub path: String,
    /// What was expected and what was found.
    pub message: String,
}

/// What was checked and what was wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Files checked.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Files that the folder says were left out when it was fetched; it is a part of the dataset if this is not none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u64>,
    /// What was wrong; empty if the dataset is as it was published.
    pub findings: Vec<Finding>,
    /// The signature, if there is one that can be read.
    pub signature: Option<Signed>,
}

/// A signature that was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// Id of the key that it names.
    pub key: String,
    /// What it says it is for.
    pub comment: TrustedComment,
    /// Whether it was checked with a public key and is right. Without a key only its form and comment are looked at.
    pub checked: bool,
}

/// Verifies a published folder; see [`verify_with`].
///
/// # Errors
/// Only where the folder itself cannot be read; everything else is a finding.
pub fn verify(dir: &Path, progress: impl FnMut(&str)) -> Result<Verification> {
    verify_with(dir, None, progress)
}

/// Verifies a published folder: every byte by the manifest, the manifest by the list for `sha256sum`, with a key both by
/// the signature, which must be there then. `progress` gets the name of each file.
///
/// Any bit that is flipped in any file is a finding. There is one exception: without a key, the bits of the signature
/// itself in MANIFEST.json.minisig. What is consistent throughout can still be forged without a key, and with one not.
///
/// # Errors
/// Only where the folder itself cannot be read; everything else is a finding.
pub fn verify_with(
    dir: &Path,
    key: Option<&VerifyingKey>,
    mut progress: impl FnMut(&str),
) -> Result<Verification> {
    let mut out = Verification::default();
    let present: BTreeSet<String> = files_below(dir)?.into_iter().collect();
    let mut found = |code: Code, path: &str, message: String| {
        out.findings.push(Finding { code, path: path.to_owned(), message });
    };
    // A device or a pipe in its place would never end.
    let plain = |path: &str| fs::metadata(dir.join(path)).is_ok_and(|m| m.is_file());
    let read = match plain(MANIFEST) {
        true => Manifest::read(dir),
        false => Err(Error::Invalid(format!("{} is no file", dir.join(MANIFEST).display()))),
    };
    let manifest = match read {
        Ok(manifest) => manifest,
        Err(e) => {
            found(codes::MANIFEST_MISSING, MANIFEST, e.to_string());
            return Ok(out);
        }
    };
    let partial = match Partial::read(dir).and_then(|p| fitting(p, &manifest)) {
        Ok(partial) => partial,
        Err(e) => {
            found(codes::PARTIAL_WRONG, PARTIAL_JSON, e.to_string());
            None
        }
    };
    let mut listed: BTreeSet<&str> = [MANIFEST, SHA256_LIST, PARTIAL_JSON].into();
    listed.extend(partial.as_ref().map(|_| HUGGING_FACE_YAML));
    let mut left_out = 0;
    if manifest.format != 1 {
        found(codes::MANIFEST_MISSING, MANIFEST, format!("format {} where 1 is known", manifest.format));
    }
    out.signature = signature(dir, &manifest, key, plain(SIGNATURE), present.contains(SIGNATURE), &mut found);
    let mut intact: BTreeSet<&str> = BTreeSet::new();
    for entry in &manifest.files {
        let safe = sprog_formats::archive::safe_path(&entry.path);
        if safe.as_ref() != Ok(&entry.path) || !listed.insert(&entry.path) {
            let why = safe.err().unwrap_or("listed twice, or not written plainly");
            found(codes::PATH_UNSAFE, &entry.path, why.into());
            continue;
        }
        progress(&entry.path);
        if let Some(partial) = &partial {
            if partial.leaves_out(&entry.path) && !present.contains(&entry.path) {
                left_out += 1;
                continue;
            }
            // What was made of some columns is compared below, with chunks.json.
            if partial.made(&entry.path).is_some() && present.contains(&entry.path) {
                continue;
            }
        }
        if !present.contains(&entry.path) {
            found(codes::FILE_MISSING, &entry.path, "listed in the manifest, not there".into());
            continue;
        }
        if !plain(&entry.path) {
            found(codes::PATH_UNSAFE, &entry.path, "is no file".into());
            continue;
        }
        match checksums(&dir.join(&entry.path)) {
            Err(e) => found(codes::FILE_CHANGED, &entry.path, e.to_string()),
            Ok((bytes, sha256, blake3)) => {
                out.files += 1;
                out.bytes += bytes;
                if bytes != entry.bytes {
                    let message = format!("{bytes} bytes where the manifest has {}", entry.bytes);
                    found(codes::FILE_CHANGED, &entry.path, message);
                } else if sha256 != entry.sha256 || blake3 != entry.blake3 {
                    let message = format!("sha256 {sha256} where the manifest has {}", entry.sha256);
                    found(codes::FILE_CHANGED, &entry.path, message);
                } else {
                    intact.insert(&entry.path);
                }
            }
        }
    }
    for extra in present.iter().filter(|p| !listed.contains(p.as_str()) && !beside(p)) {
        found(codes::FILE_EXTRA, extra, "not in the manifest".into());
    }
    // The list for sha256sum covers the manifest itself, which nothing else does.
    let list = if plain(SHA256_LIST) { fs::read(dir.join(SHA256_LIST)).ok() } else { None };
    match (checksums(&dir.join(MANIFEST)), list) {
        (Ok((_, own, _)), Some(text)) => {
            let entries = manifest.files.iter().map(|f| (f.sha256.as_str(), f.path.as_str()));
            if text != sha256_list(entries.chain([(own.as_str(), MANIFEST)])).into_bytes() {
                found(codes::FILE_CHANGED, SHA256_LIST, "does not match the manifest".into());
            }
        }
        (_, None) => found(codes::FILE_MISSING, SHA256_LIST, "not there".into()),
        (Err(e), _) => found(codes::FILE_CHANGED, MANIFEST, e.to_string()),
    }
    if let Some(partial) = &partial {
        for made in partial.made.iter().filter(|m| present.contains(&m.path)) {
            match check_made(dir, made, intact.contains(CHUNKS_JSON))? {
                Some(message) => found(codes::FILE_CHANGED, &made.path, message),
                None => drop(intact.insert(&made.path)),
            }
            out.files += 1;
            out.bytes += made.bytes;
        }
        out.left_out = Some(left_out);
    }
    if intact.contains(DATASET_JSON) {
        tables(dir, &manifest, &intact, partial.as_ref(), &mut found)?;
    } else if !listed.contains(DATASET_JSON) {
        found(codes::FILE_MISSING, DATASET_JSON, "the manifest lists none".into());
    }
    Ok(out)
}

/// A PARTIAL.json that is of this manifest.
fn fitting(partial: Option<Partial>, manifest: &Manifest) -> Result<Option<Partial>> {
    match partial {
        Some(p) if p.dataset != manifest.dataset || p.version != manifest.version => {
            Err(Error::Invalid(format!("it is of {:?} {:?}", p.dataset, p.version)))
        }
        other => Ok(other),
    }
}

/// What is wrong with a file made of some columns, if anything is.
fn check_made(dir: &Path, made: &Made, chunks_intact: bool) -> Result<Option<String>> {
    let path = dir.join(&made.path);
    let (_, sha256, _) = checksums(&path)?;
    if sha256 != made.sha256 {
        return Ok(Some(format!("sha256 {sha256} where {PARTIAL_JSON} has {}", made.sha256)));
    }
    if !chunks_intact {
        return Ok(Some(format!("{CHUNKS_JSON} is needed to check its columns")));
    }
    let list = dir.join(CHUNKS_JSON);
    let chunks = Chunks::parse(&fs::read(&list).map_err(Error::io(&list))?)?;
    match chunks.file(&made.path) {
        Some(file) => crate::chunks::differs(&path, file, &made.columns),
        None => Ok(Some(format!("{CHUNKS_JSON} does not list it"))),
    }
}

/// Files that come to a folder after its manifest: the signature, and what the Hugging Face Hub adds.
fn beside(path: &str) -> bool {
    path == SIGNATURE || path == ".gitattributes"
}

fn signature(
    dir: &Path,
    manifest: &Manifest,
    key: Option<&VerifyingKey>,
    plain: bool,
    present: bool,
    found: &mut impl FnMut(Code, &str, String),
) -> Option<Signed> {
    if !present {
        if key.is_some() {
            found(codes::SIGNATURE_MISSING, SIGNATURE, "a key was given, and there is no signature".into());
        }
        return None;
    }
    let path = dir.join(SIGNATURE);
    let small = plain && fs::metadata(&path).is_ok_and(|m| m.len() <= MAX_BYTES);
    let text = if small { fs::read_to_string(&path).ok() } else { None };
    let Some(text) = text else {
        found(codes::SIGNATURE_MALFORMED, SIGNATURE, "is no small file of text".into());
        return None;
    };
    let unchecked = match Unchecked::read(&text) {
        Ok(unchecked) => unchecked,
        Err(e) => {
            found(e.code, SIGNATURE, e.message);
            return None;
        }
    };
    let comment = unchecked.comment().clone();
    if comment != TrustedComment::new(&manifest.dataset, &manifest.version) {
        let message =
            format!("is for `{comment}`, and the manifest is of {} {}", manifest.dataset, manifest.version);
        found(codes::SIGNATURE_OTHER, SIGNATURE, message);
    }
    let mut checked = false;
    if let Some(key) = key {
        match fs::read(dir.join(MANIFEST)).map(|bytes| unchecked.check(key, &bytes)) {
            Ok(Ok(())) => checked = true,
            Ok(Err(e)) => found(e.code, SIGNATURE, e.message),
            Err(e) => found(codes::FILE_CHANGED, MANIFEST, e.to_string()),
        }
    }
    Some(Signed { key: unchecked.key_id(), comment, checked })
}

/// Binary files of tokens against their indices and dataset.json.
fn binaries(
    dir: &Path,
    tokens: &Tokens,
    intact: &BTreeSet<&str>,
    found: &mut impl FnMut(Code, &str, String),
) -> Result<()> {
    let (Some(folder), Some(width)) = (&tokens.folder, tokens.binary) else { return Ok(()) };
    let marks = u64::from(tokens.bos.is_some()) + u64::from(tokens.eos.is_some());
    for split in tokens.splits.iter().filter(|split| split.documents > 0) {
        let [bin, idx] = ["bin", "idx"].map(|ending| format!("{folder}/{}.{ending}", split.name));
        if !intact.contains(bin.as_str()) || !intact.contains(idx.as_str()) {
            for path in [bin, idx].into_iter().filter(|path| !dir.join(path).is_file()) {
                found(codes::FILE_MISSING, &path, "named in dataset.json, not there".into());
            }
            continue;
        }
        let stated = (split.documents, split.tokens.saturating_add(split.documents.saturating_mul(marks)));
        match check_binary(&dir.join(&bin), &dir.join(&idx), width)? {
            Err(message) => found(codes::FILE_UNREADABLE, &idx, message),
            Ok(counted) if counted != stated => {
                let message = format!(
                    "{} documents and {} tokens where dataset.json has {} and {}",
                    counted.0, counted.1, stated.0, stated.1
                );
                found(codes::CARD_MISMATCH, &idx, message);
            }
            Ok(_) => {}
        }
    }
    Ok(())
}

/// Rows and schemas of the tables against dataset.json.
fn tables(
    dir: &Path,
    manifest: &Manifest,
    intact: &BTreeSet<&str>,
    partial: Option<&Partial>,
    found: &mut impl FnMut(Code, &str, String),
) -> Result<()> {
    let left_out = |path: &str| partial.is_some_and(|p| p.leaves_out(path));

    let path = dir.join(DATASET_JSON);
    let text = fs::read_to_string(&path).map_err(Error::io(&path))?;
    let description: Description = match serde_json::from_str(&text) {
        Ok(description) => description,
        Err(e) => {
            found(codes::CARD_MISMATCH, DATASET_JSON, e.to_string());
            return Ok(());
        }
    };
    let (id, version) = (&description.metadata.id, &description.metadata.version);
    if (id, version) != (&manifest.dataset, &manifest.version) {
        let message =
            format!("is of {id} {version}, the manifest of {} {}", manifest.dataset, manifest.version);
        found(codes::CARD_MISMATCH, DATASET_JSON, message);
    }
    for config in &description.configs {
        if let Some(tokens) = &config.tokens
            && partial.is_none()
        {
            binaries(dir, tokens, intact, found)?;
        }
        for split in &config.splits {
            let mut rows = 0u64;
            for file in &split.files {
                if !intact.contains(file.path.as_str()) {
                    if !dir.join(&file.path).is_file() && !left_out(&file.path) {
                        found(codes::FILE_MISSING, &file.path, "named in dataset.json, not there".into());
                    }
                    continue;
                }
                let opened = match TableFile::open(&dir.join(&file.path)) {
                    Ok(opened) => opened,
                    Err(e) => {
                        found(codes::FILE_UNREADABLE, &file.path, e.to_string());
                        continue;
                    }
                };
                rows = rows.saturating_add(opened.rows());
                if opened.rows() != file.rows {
                    let message = format!("{} rows where dataset.json has {}", opened.rows(), file.rows);
                    found(codes::CARD_MISMATCH, &file.path, message);
                }
                let expected = match config.modality {
                    Modality::Text if opened.schema().index_of(schema::SIGNALS).is_ok() => {
                        Some(schema::text_with_signals())
                    }
                    Modality::Text => Some(schema::text()),
                    Modality::Attributes => Some(schema::signals()),
                    Modality::Tokens => Some(crate::tokens::sequence_schema()),
                    Modality::Speech => Some(schema::speech(schema::SpeechColumns::of(opened.schema()))),
                    Modality::Rules => {
                        let table = RuleTable::ALL.into_iter().find(|t| t.name() == config.name);
                        table.map(crate::rules::schema)
                    }
                };
                let made = partial.and_then(|p| p.made(&file.path));
                let wanted = |name: &str| made.is_none_or(|m| m.columns.iter().any(|c| c == name));
                if let Some(expected) = expected
                    && expected.fields().iter().filter(|f| wanted(f.name())).ne(opened.schema().fields())
                {
                    found(codes::FILE_UNREADABLE, &file.path, "the schema is not that of its config".into());
                }
            }
            let whole = !split.files.iter().any(|f| left_out(&f.path));
            if config.modality != Modality::Rules && whole && rows != split.totals.rows {
                let message = format!(
                    "config {} split {}: {rows} rows, {} stated",
                    config.name, split.name, split.totals.rows
                );
                found(codes::CARD_MISMATCH, DATASET_JSON, message);
            }
        }
    }
    Ok(())
}
