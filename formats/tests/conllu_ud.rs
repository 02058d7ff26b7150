//! Reads and writes the Universal Dependencies treebanks under `$SPROG_SHARED/data/ud`, which are not part
//! of this repository, and expects every byte back.

use std::path::PathBuf;

use sprog_formats::{Limits, text::conllu};

/// The treebank files; `None` (told on stderr) where they are absent, which CI does not allow.
#[allow(clippy::print_stderr, reason = "a test that did not run must say so")]
fn treebanks() -> Option<Vec<PathBuf>> {
    let shared = std::env::var_os("SPROG_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")), PathBuf::from);
    let folder = shared.join("data/ud");
    let subfolders = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let files =
        subfolders.filter_map(|subfolder| std::fs::read_dir(subfolder.path()).ok()).flatten().flatten();
    let mut paths: Vec<PathBuf> = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|e| e == "conllu"))
        .collect();
    paths.sort();
    if !paths.is_empty() {
        return Some(paths);
    }
    assert!(std::env::var_os("CI").is_none(), "no *.conllu below {}: set SPROG_SHARED", folder.display());
    eprintln!("SKIPPED: no *.conllu below {}: set SPROG_SHARED to test on real treebanks", folder.display());
    None
}

#[test]
fn treebanks_are_written_back_byte_for_byte() {
    for path in treebanks().unwrap_or_default() {
        let name = path.display();
        let bytes = std::fs::read(&path).expect("readable");
        let mut reader = conllu::Reader::new(bytes.as_slice(), &Limits::default());
        let mut written = String::new();
        let mut sentences = 0;
        while let Some(sentence) = reader.next_sentence().expect("within limits") {
            assert!(
                sentence.sent_id().is_some_and(|id| !id.is_empty()),
                "{name}: sentence {sentences} has no sent_id"
            );
            conllu::write_sentence(&sentence, &mut written);
            sentences += 1;
        }
        assert_eq!(reader.problems(), [], "{name}");
        let blank_lines = bytes.windows(2).filter(|pair| pair == b"\n\n").count();
        assert_eq!(sentences, blank_lines, "{name}");
        assert!(written.as_bytes() == bytes, "{name}: written back differently");
    }
}

#[test]
fn texts_rebuilt_from_forms_are_those_of_the_comments() {
    for path in treebanks().unwrap_or_default() {
        let bytes = std::fs::read(&path).expect("readable");
        let mut reader = conllu::Reader::new(bytes.as_slice(), &Limits::default());
        while let Some(mut sentence) = reader.next_sentence().expect("within limits") {
            let stated = sentence.text().into_owned();
            sentence.comments.clear();
            assert_eq!(sentence.text(), stated, "{}", path.display());
        }
    }
}
