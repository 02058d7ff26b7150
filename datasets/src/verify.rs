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
use crate::signature::{self, SIGNATURE};
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
}

/// Verifies a published folder.
///
/// # Errors
/// Only where the folder itself cannot be read; everything else is a finding.
pub fn verify(dir: &Path, mut progress: impl FnMut(&str)) -> Result<Verification> {
    let mut out = Verification::default();
    let present: BTreeSet<String> = files_below(dir)?.into_iter().collect();
    let mut found = |code: Code, path: &str, message: String| {
        out.findings.push(Finding { code, path: path.to_owned(), message });
    };
    let manifest = match Manifest::read(dir) {
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
    let mut intact: BTreeSet<&str> = BTreeSet::new();
    for entry in &manifest.files {
        listed.insert(&entry.path);
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
    match (checksums(&dir.join(MANIFEST)), fs::read_to_string(dir.join(SHA256_LIST))) {
        (Ok((_, own, _)), Ok(text)) => {
            let entries = manifest.files.iter().map(|f| (f.sha256.as_str(), f.path.as_str()));
            if text != sha256_list(entries.chain([(own.as_str(), MANIFEST)])) {
                found(codes::FILE_CHANGED, SHA256_LIST, "does not match the manifest".into());
            }
        }
        (_, Err(_)) => found(codes::FILE_MISSING, SHA256_LIST, "not there".into()),
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
        tables(dir, &intact, partial.as_ref(), &mut found)?;
    } else if !listed.contains(DATASET_JSON) {
        found(codes::FILE_MISSING, DATASET_JSON, "the manifest lists none".into());
    }
    Ok(out)
}

/// Checks a folder's signature: that `key` made it, of this manifest, for this dataset and version. Without a key only
/// that a signature, if there is one, can be one.
///
/// # Errors
/// Those of the file system, and [`Error::Invalid`] for a key that is none.
pub fn verify_signature(dir: &Path, key: Option<&str>) -> Result<Vec<Finding>> {
    let finding = |code: Code, message: String| vec![Finding { code, path: SIGNATURE.to_owned(), message }];
    let path = dir.join(SIGNATURE);
    let text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Ok(match key {
                Some(_) => finding(codes::SIGNATURE_MISSING, "not there".into()),
                None => Vec::new(),
            });
        }
        Err(e) => return Err(Error::io(&path)(e)),
    };
    let Some(key) = key else { return Ok(Vec::new()) };
    let manifest = dir.join(MANIFEST);
    let bytes = fs::read(&manifest).map_err(Error::io(&manifest))?;
    let comment = match signature::verify(key, &bytes, &text) {
        Ok(comment) => comment,
        Err(Error::Invalid(message)) if message.contains(&codes::SIGNING_KEY.to_string()) => {
            return Err(Error::Invalid(message));
        }
        Err(e) => return Ok(finding(codes::SIGNATURE_WRONG, e.to_string())),
    };
    let said = Manifest::read(dir)?;
    Ok(if (&comment.dataset, &comment.version) == (&said.dataset, &said.version) {
        Vec::new()
    } else {
        let message = format!(
            "it is of {} {}, the manifest of {} {}",
            comment.dataset, comment.version, said.dataset, said.version
        );
        finding(codes::SIGNATURE_WRONG, message)
    })
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

/// Files that come to a folder after its manifest: signatures, and what the Hugging Face Hub adds.
fn beside(path: &str) -> bool {
    path.ends_with(".minisig") || path == ".gitattributes"
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
