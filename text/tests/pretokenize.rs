//! The pre-tokenizers against fancy-regex on Danish text, and where fancy-regex gives up.
#![allow(clippy::print_stderr, clippy::unwrap_used)]

use std::path::PathBuf;

use fancy_regex::Regex;
use sprog_text::subword::pretokenize::Pattern;

/// Sentences of UD_Danish-DDT, spaces between them, a line end after each tenth.
fn treebank() -> Option<String> {
    let folder =
        std::env::var_os("SPROG_SHARED").map_or_else(|| PathBuf::from("../../shared"), PathBuf::from);
    let folder = folder.join("data/ud/da");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: {} is missing; set SPROG_SHARED to the folder of shared data", folder.display());
        assert!(std::env::var_os("CI").is_none(), "{} must be there in CI", folder.display());
        return None;
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "conllu"));
    files.sort();
    let mut text = String::new();
    for path in files {
        let file = std::fs::read_to_string(path).unwrap();
        for (n, line) in file.lines().filter_map(|line| line.strip_prefix("# text = ")).enumerate() {
            text.push_str(line);
            text.push_str(if n % 10 == 9 { "\n\n" } else { " " });
        }
    }
    assert!(!text.is_empty(), "no sentences in {}", folder.display());
    Some(text)
}

#[test]
fn danish_text_is_cut_as_fancy_regex_cuts_it() {
    let Some(text) = treebank() else { return };
    let capitals = text.to_uppercase();
    for pattern in Pattern::ALL {
        let regex = Regex::new(pattern.regex()).unwrap();
        for text in [&text, &capitals] {
            let mut words = pattern.words(text);
            for found in regex.find_iter(text) {
                assert_eq!(words.next(), Some(found.unwrap().as_str()), "{pattern:?}");
            }
            assert_eq!(words.next(), None, "{pattern:?}");
        }
    }
}

/// Not a wish: what the documentation says of the reference, so that it is found out if a new version does better.
#[test]
fn a_million_spaces_are_too_much_for_fancy_regex_and_not_for_us() {
    let text = format!("{}x", " ".repeat(1_100_000));
    let regex = Regex::new(Pattern::Gpt2.regex()).unwrap();
    assert!(regex.find_iter(&text).any(|found| found.is_err()));
    let words: Vec<usize> = Pattern::Gpt2.words(&text).map(str::len).collect();
    assert_eq!(words, [1_099_999, 2]);
}
