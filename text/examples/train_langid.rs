//! Trains the language model: `train_langid <data folder> <out>`.
//!
//! The folder holds `text/<lang>/*.txt` (prose), `words/<lang>/*.tsv` (word, count), `ngrams/<lang>.tsv`
//! (n-gram, frequency given its first n − 1 letters) and `heldout/<lang>/*.txt`; `<lang>` is one of the nine
//! codes or `other/<code>`. `# ` starts a comment.
#![allow(clippy::print_stderr)]

use sprog_text::langid::Language;
use sprog_text::langid::train::{Settings, Source, train};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(out)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: train_langid <data folder> <out>");
        std::process::exit(2);
    };
    let folder = PathBuf::from(folder);
    let mut codes: Vec<String> =
        Language::ALL.iter().map(|l| l.code().to_owned()).filter(|c| c != "other").collect();
    let mut others: Vec<String> = Vec::new();
    for kind in ["text", "words", "ngrams"] {
        for path in files(&folder.join(kind).join("other")) {
            let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            others.push(format!("other/{name}"));
        }
    }
    others.sort();
    others.dedup();
    codes.extend(others);
    let mut settings = Settings::default();
    for argument in arguments {
        if let Some((name, value)) = argument.split_once('=') {
            let number: f64 = value.parse().unwrap_or(0.0);
            match name {
                "first" => settings.first = number as u64,
                "second" => settings.second = number as u64,
                "features" => settings.features = number as usize,
                "passes" => settings.passes = number as usize,
                "rate" => settings.rate = number as f32,
                "caution" => settings.caution = number as f32,
                "seed" => settings.seed = number as u64,
                _ => eprintln!("unknown setting {name:?}"),
            }
        }
    }
    let mut sources = Vec::new();
    for code in &codes {
        let source = source(&folder, code)?;
        eprintln!(
            "{code}: {} texts of {} bytes, {} lists of {} words, {} n-grams, {} bytes held out",
            source.texts.len(),
            source.texts.iter().map(|(_, t)| t.len()).sum::<usize>(),
            source.words.len(),
            source.words.iter().map(|(_, w)| w.len()).sum::<usize>(),
            source.grams.len(),
            source.heldout.iter().map(String::len).sum::<usize>()
        );
        sources.push(source);
    }
    let model = train(&sources, &settings, &mut |line| eprintln!("{line}"));
    fs::write(out, model)
}

fn source(folder: &Path, code: &str) -> io::Result<Source> {
    let (language, own) = match code.strip_prefix("other/") {
        Some(own) => (Language::Other, own),
        None => (Language::from_code(code).unwrap_or(Language::Other), code),
    };
    let mut source = Source {
        language,
        code: own.to_owned(),
        texts: Vec::new(),
        words: Vec::new(),
        grams: Vec::new(),
        heldout: Vec::new(),
    };
    for path in files(&folder.join("text").join(code)) {
        let mut text = fs::read_to_string(&path)?;
        if language == Language::Other {
            let end = (0..=text.len().min(100_000)).rev().find(|at| text.is_char_boundary(*at));
            text.truncate(end.unwrap_or(0));
        }
        source.texts.push(((text.len() as f64).min(2e6).sqrt() * weight(&path), text));
    }
    for path in files(&folder.join("words").join(code)) {
        if path.extension().is_some_and(|e| e == "tsv") {
            source.words.push((
                weight(&path),
                pairs(&path, if language == Language::Other { 8_000 } else { 60_000 })?,
            ));
        }
    }
    let grams = folder.join("ngrams").join(format!("{code}.tsv"));
    if grams.exists() {
        source.grams = pairs(&grams, usize::MAX)?;
    }
    for path in files(&folder.join("heldout").join(code)) {
        source.heldout.push(fs::read_to_string(&path)?);
    }
    Ok(source)
}

/// Messages and manuals of programs are not what most texts are like.
fn weight(path: &Path) -> f64 {
    let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let computers = [
        "gimp",
        "debian",
        "kde",
        "gnome",
        "gettext",
        "manpages",
        "libreoffice",
        "mozilla",
        "help",
        "apps",
        "kodi",
        "mediawiki",
        "wordpress",
        "osm",
        "home-assistant",
        "sanity",
        "django",
        "plone",
        "cldr",
        "scratch",
        "ordb",
    ];
    if computers.iter().any(|part| name.contains(part)) { 0.3 } else { 1.0 }
}

/// Sources that are collected and not trained on: classes of frequency are no counts.
const LEFT_OUT: [&str; 1] = ["norsk-words"];

/// Files and folders of a folder by name; none if there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let trained_on =
        |path: &PathBuf| !path.file_stem().is_some_and(|stem| LEFT_OUT.iter().any(|out| stem == *out));
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(trained_on)
        .collect();
    files.sort();
    files
}

/// The first rows of two columns of a table; a second column that is no number counts nothing.
fn pairs(path: &Path, rows: usize) -> io::Result<Vec<(String, f64)>> {
    let text = fs::read_to_string(path)?;
    Ok(text
        .lines()
        .filter(|line| !line.starts_with("# "))
        .filter_map(|line| {
            let (word, number) = line.split_once('\t')?;
            Some((word.to_owned(), number.split('\t').next()?.parse().ok()?))
        })
        .take(rows)
        .collect())
}
