//! What is this file or folder, and what is wrong with it?

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use serde::Serialize;
use sprog_datasets::manifest::{MANIFEST, files_below};
use sprog_datasets::release::{DATASET_JSON, Description};
use sprog_datasets::table::TableFile;
use sprog_datasets::{Error, Result};
use sprog_formats::sniff::{self, Kind};
use sprog_formats::text::{conllu, delimited, html, xml};
use sprog_formats::{
    EncodingChoice, Limits, LineReader, Place, Problem, Utf8Reader, archive, audio, codes, decompress, rules,
    time,
};

/// What was found out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The path, as given.
    pub path: String,
    /// What it is.
    pub kind: String,
    /// What is known of it, by name.
    pub details: BTreeMap<String, String>,
    /// What is wrong, with code and place.
    pub problems: Vec<String>,
}

impl Inspection {
    fn detail(&mut self, name: &str, value: impl ToString) {
        self.details.insert(name.to_owned(), value.to_string());
    }

    fn problem(&mut self, problem: &Problem) {
        self.problems.push(problem.to_string());
    }
}

/// Inspects a file, an archive or a folder.
///
/// # Errors
/// Only where the path itself cannot be read; what is wrong with the content is a problem.
pub fn inspect(path: &Path, limits: &Limits) -> Result<Inspection> {
    let metadata = fs::metadata(path).map_err(Error::io(path))?;
    let mut found = Inspection { path: path.display().to_string(), ..Inspection::default() };
    if metadata.is_dir() {
        folder(path, &mut found)?;
        return Ok(found);
    }
    found.detail("bytes", metadata.len());
    let mut head = Vec::new();
    let file = File::open(path).map_err(Error::io(path))?;
    file.take(sniff::HEAD_BYTES as u64).read_to_end(&mut head).map_err(Error::io(path))?;
    let kind = sniff::sniff(&head);
    found.kind = kind.to_string();
    let result = match kind {
        Kind::Audio(_) => audio_file(path, &mut found),
        Kind::Zip | Kind::Tar => archive_file(path, limits, &mut found),
        Kind::Compressed(_) => compressed(path, limits, &mut found),
        Kind::Parquet => {
            parquet(path, &mut found);
            Ok(())
        }
        Kind::Empty => {
            found.problem(&Problem::new(codes::EMPTY_FILE, Place::File, "the file is empty"));
            Ok(())
        }
        Kind::Unknown => Ok(()),
        kind => text_file(path, kind, limits, &mut found),
    };
    if let Err(e) = result {
        found.problems.push(format!("{}: {e}", e.place()));
    }
    Ok(found)
}

fn folder(path: &Path, found: &mut Inspection) -> Result<()> {
    let files = files_below(path)?;
    found.detail("files", files.len());
    if let Ok(text) = fs::read_to_string(path.join(DATASET_JSON))
        && let Ok(description) = serde_json::from_str::<Description>(&text)
        && path.join(MANIFEST).is_file()
    {
        found.kind = "published dataset".into();
        found.detail("id", &description.metadata.id);
        found.detail("version", &description.metadata.version);
        found.detail("title", &description.metadata.title.en);
        for config in &description.configs {
            for split in &config.splits {
                let rows = split.files.iter().fold(0u64, |sum, f| sum.saturating_add(f.rows));
                found.detail(&format!("{}/{}", config.name, split.name), format!("{rows} rows"));
            }
        }
        return Ok(());
    }
    found.kind = "folder".into();
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for file in &files {
        let mut head = Vec::new();
        let full = path.join(file);
        let read = File::open(&full).and_then(|f| f.take(sniff::HEAD_BYTES as u64).read_to_end(&mut head));
        let kind = read.map_or_else(|e| format!("unreadable ({e})"), |_| sniff::sniff(&head).to_string());
        *kinds.entry(kind).or_default() += 1;
    }
    for (kind, count) in kinds {
        found.detail(&kind, format!("{count} files"));
    }
    Ok(())
}

fn audio_file(path: &Path, found: &mut Inspection) -> sprog_formats::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let source = Box::new(BufReader::new(File::open(path)?));
    let mut decoder = audio::Decoder::open(source, Some(&name))?;
    let info = decoder.info().clone();
    let (mut block, mut peak) = (Vec::new(), 0f32);
    loop {
        block.clear();
        let more = decoder.next_block(&mut block);
        peak = block.iter().fold(peak, |m, s| m.max(s.abs()));
        if !more {
            break;
        }
    }
    found.detail("codec", &info.codec);
    found.detail("sampling_rate", info.sample_rate);
    found.detail("channels", info.channels);
    if let Some(bits) = info.bits_per_sample {
        found.detail("bits_per_sample", bits);
    }
    found.detail("frames", decoder.frames());
    found.detail("duration", format!("{:.3} s", decoder.frames() as f64 / f64::from(info.sample_rate)));
    found.detail("peak", format!("{peak:.4}"));
    decoder.problems().iter().for_each(|p| found.problem(p));
    Ok(())
}

fn archive_file(path: &Path, limits: &Limits, found: &mut Inspection) -> sprog_formats::Result<()> {
    let (mut entries, mut bytes) = (0u64, 0u64);
    let result = archive::for_each_entry(Box::new(File::open(path)?), limits, &mut |_, content| {
        entries += 1;
        bytes += std::io::copy(content, &mut std::io::sink())?;
        Ok(())
    });
    found.detail("entries", entries);
    found.detail("unpacked_bytes", bytes);
    result?.iter().for_each(|p| found.problem(p));
    Ok(())
}

fn compressed(path: &Path, limits: &Limits, found: &mut Inspection) -> sprog_formats::Result<()> {
    let (mut reader, _) = decompress(File::open(path)?, limits)?;
    let mut head = Vec::new();
    reader.by_ref().take(sniff::HEAD_BYTES as u64).read_to_end(&mut head)?;
    let inner = sniff::sniff(&head);
    found.kind = format!("{inner} in {}", found.kind);
    if inner == Kind::Tar {
        return archive_file(path, limits, found);
    }
    let bytes = head.len() as u64 + std::io::copy(&mut reader, &mut std::io::sink())?;
    found.detail("unpacked_bytes", bytes);
    Ok(())
}

fn parquet(path: &Path, found: &mut Inspection) {
    match TableFile::open(path) {
        Err(e) => found.problems.push(e.to_string()),
        Ok(file) => {
            found.detail("rows", file.rows());
            for field in file.schema().fields() {
                found.detail(&format!("column {}", field.name()), field.data_type());
            }
        }
    }
}

fn text_file(path: &Path, kind: Kind, limits: &Limits, found: &mut Inspection) -> sprog_formats::Result<()> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let open = || -> sprog_formats::Result<Utf8Reader<File>> {
        Ok(Utf8Reader::new(File::open(path)?, EncodingChoice::Detect)?)
    };
    let whole = || -> sprog_formats::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(limits.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limits.bytes {
            let limit = limits.bytes;
            return Err(sprog_formats::Error::Limit { what: "bytes of a file", limit, place: Place::File });
        }
        Ok(bytes)
    };
    let text = || -> sprog_formats::Result<String> {
        Ok(sprog_formats::decode(&whole()?, EncodingChoice::Detect).value.0)
    };
    let mut told = Vec::new();
    match (kind, extension.as_str()) {
        (Kind::TextGrid, _) => {
            let parsed = time::textgrid::read(&whole()?, limits)?;
            found.detail("tiers", parsed.value.tiers.len());
            found.detail("seconds", parsed.value.xmax - parsed.value.xmin);
            told = parsed.problems;
        }
        (Kind::Vtt, _) | (_, "srt") => {
            let parsed = time::subtitle::read(&whole()?, limits)?;
            found.kind = if kind == Kind::Vtt { "vtt".into() } else { "srt".into() };
            found.detail("cues", parsed.value.cues.len());
            told = parsed.problems;
        }
        (Kind::Html, _) => {
            let parsed = html::main_text(&text()?, limits)?;
            found.detail("main_text_characters", parsed.value.text.chars().count());
            told = parsed.problems;
        }
        (Kind::Xml, _) => {
            // No element is named so: the whole document is walked and checked.
            xml::for_each_element(BufReader::new(open()?), "", limits, &mut |_| Ok(()))?;
        }
        (_, "conllu") => {
            let mut reader = conllu::Reader::new(BufReader::new(open()?), limits);
            let (mut sentences, mut tokens) = (0u64, 0u64);
            while let Some(sentence) = reader.next_sentence()? {
                sentences += 1;
                tokens += sentence.tokens.len() as u64;
                told.extend(reader.take_problems());
            }
            told.extend(reader.take_problems());
            found.kind = "conllu".into();
            found.detail("sentences", sentences);
            found.detail("tokens", tokens);
        }
        (_, "ctm") => {
            let parsed = time::ctm::read(&text()?, limits)?;
            found.kind = "ctm".into();
            found.detail("words", parsed.value.len());
            told = parsed.problems;
        }
        (_, "aff") => {
            let parsed = rules::hunspell_aff::read(&whole()?, limits)?;
            found.kind = "hunspell affixes".into();
            found.detail("lines", parsed.value.lines.len());
            told = parsed.problems;
        }
        (_, "csv" | "tsv") => {
            let mut reader = open()?;
            let mut rows = delimited::open_sniffed(&mut reader, limits)?;
            found.detail("columns", rows.columns().join(", "));
            let mut count = 0u64;
            while rows.next_row()?.is_some() {
                count += 1;
                told.extend(rows.take_problems());
            }
            told.extend(rows.take_problems());
            found.kind = extension;
            found.detail("rows", count);
        }
        (kind, _) => {
            let mut reader = open()?;
            let mut lines = LineReader::new(BufReader::new(&mut reader), limits);
            let (mut count, mut words, mut bad, mut garbled) = (0u64, 0u64, None, 0u64);
            while let Some(line) = lines.next_line()? {
                count += 1;
                let text = String::from_utf8_lossy(line.bytes);
                words += sprog_text::count_words(&text);
                garbled += u64::from(sprog_text::repair::first_garbled(&text).is_some());
                if kind == Kind::Json && bad.is_none() && !text.trim().is_empty() {
                    let number = line.number;
                    bad = sprog_formats::text::jsonl::fields(line.bytes, &[]).err().map(|e| (number, e));
                }
            }
            told.extend(lines.take_problems());
            if let Some((line, message)) = bad {
                let message = format!("not JSON Lines from here on: {message}");
                told.push(Problem::new(codes::BAD_RECORD, Place::Line(line), message));
            }
            found.detail("lines", count);
            found.detail("words", words);
            if garbled > 0 {
                found.detail("lines_that_look_garbled", garbled);
            }
            told.extend(reader.problems());
        }
    }
    told.iter().for_each(|p| found.problem(p));
    Ok(())
}
