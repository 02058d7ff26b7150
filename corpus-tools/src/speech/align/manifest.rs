//! Which recordings to align, with which transcripts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde::Deserialize;

/// A recording and its transcript.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Item {
    /// Its id, and the name of its files.
    pub id: String,
    /// The audio file.
    pub audio: PathBuf,
    /// What is said.
    pub text: String,
}

/// Reads a manifest: an object with `id`, `audio` and `text` a line. Paths are relative to the manifest.
///
/// # Errors
/// Those of the file system; a line that is no such object; an id that comes twice or is no file name.
pub fn read(path: &Path) -> Result<Vec<Item>> {
    let bytes = fs::read(path).map_err(sprog_datasets::Error::io(path))?;
    let text = sprog_formats::decode(&bytes, sprog_formats::EncodingChoice::Detect).value.0;
    let folder = path.parent().unwrap_or(Path::new("."));
    let (mut items, mut ids) = (Vec::new(), BTreeSet::new());
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = || format!("{}, line {}", path.display(), number + 1);
        let mut item: Item = serde_json::from_str(line).map_err(|e| anyhow::anyhow!("{}: {e}", at()))?;
        check_id(&item.id).map_err(|e| anyhow::anyhow!("{}: {e}", at()))?;
        if !ids.insert(item.id.clone()) {
            bail!("{}: the id {:?} was there before", at(), item.id);
        }
        item.audio = folder.join(&item.audio);
        items.push(item);
    }
    if items.is_empty() {
        bail!("{}: no recordings", path.display());
    }
    Ok(items)
}

/// One recording and the file of its transcript; its id is the name of the audio file.
///
/// # Errors
/// Those of the file system, and where the name is no id.
pub fn single(audio: &Path, text: &Path) -> Result<Item> {
    let id = audio.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    check_id(&id)?;
    let bytes = fs::read(text).map_err(sprog_datasets::Error::io(text))?;
    let text = sprog_formats::decode(&bytes, sprog_formats::EncodingChoice::Detect).value.0;
    Ok(Item { id, audio: audio.to_owned(), text })
}

/// Ids are names of files.
fn check_id(id: &str) -> Result<()> {
    let plain = !id.is_empty() && id.len() <= 200 && !id.starts_with('.');
    if !plain || id.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | ':' | '\0')) {
        bail!("the id {id:?} cannot be the name of a file");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read_and_its_mistakes_are_told_by_line() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("m.jsonl");
        let line = |id: &str| format!("{{\"id\": {id:?}, \"audio\": \"a.wav\", \"text\": \"hej\"}}\n");
        fs::write(&path, line("a") + "\n" + &line("b")).expect("writes");
        let items = read(&path).expect("reads");
        assert_eq!((items.len(), items[1].audio.clone()), (2, dir.path().join("a.wav")));
        for (text, told) in [
            (line("a") + &line("a"), "line 2"),
            (line("../a"), "line 1"),
            ("{\"id\": \"a\"}".to_owned(), "audio"),
            (String::new(), "no recordings"),
        ] {
            fs::write(&path, &text).expect("writes");
            let message = format!("{:#}", read(&path).expect_err("a mistake"));
            assert!(message.contains(told), "{message}");
        }
    }
}
