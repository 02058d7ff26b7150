//! Writes a corpus's words and phones as EAF, SRT and VTT, reads an EAF back, and rewrites `.npy` files: for
//! `benches/peers/speech_formats.py`.
//!
//!     time_formats write WORDS.tsv OUT_FOLDER     lines of start, end (seconds), tier, label
//!     time_formats eaf IN.eaf OUT.eaf
//!     time_formats npy IN.npy OUT.npy
#![allow(clippy::print_stderr)]

use std::error::Error;
use std::fs;
use std::io::BufWriter;
use std::path::Path;

use sprog_formats::Limits;
use sprog_formats::numeric::npy;
use sprog_formats::time::cues::{CueOptions, TimedWord, cues};
use sprog_formats::time::eaf::{self, Eaf, Media, Tier};
use sprog_formats::time::subtitle::{self, SubtitleKind, Subtitles};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [what, from, to] = &args[..] else { return Err("three arguments".into()) };
    let limits = Limits::default();
    match what.as_str() {
        "write" => write(&fs::read_to_string(from)?, Path::new(to)),
        "eaf" => {
            let parsed = eaf::read(&fs::read(from)?, &limits)?;
            for problem in &parsed.problems {
                eprintln!("{problem}");
            }
            Ok(fs::write(to, eaf::write(&parsed.value))?)
        }
        _ => {
            let parsed = npy::read(fs::File::open(from)?, &limits)?;
            Ok(npy::write(&parsed.value, BufWriter::new(fs::File::create(to)?))?)
        }
    }
}

fn write(lines: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut rows = Vec::new();
    for line in lines.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [start, end, tier, label] = &fields[..] else { return Err("four columns".into()) };
        rows.push((start.parse::<f64>()?, end.parse::<f64>()?, *tier, *label));
    }
    let tier = |name: &str| {
        let rows = rows.iter().filter(|row| row.2 == name);
        Tier::aligned(name, rows.map(|(start, end, _, label)| (*start, *end, *label)))
    };
    let media = Media {
        relative_url: Some("./lyd.wav".into()),
        mime_type: "audio/x-wav".into(),
        url: "file:///lyd.wav".into(),
    };
    let tiers = vec![tier("words"), tier("phones")];
    let words = tiers[0].annotations.iter();
    let words =
        words.filter_map(|a| Some(TimedWord { text: &a.text, start_ms: a.start_ms?, end_ms: a.end_ms? }));
    let cues = cues(&words.collect::<Vec<_>>(), &CueOptions::default());
    for (kind, name) in [(SubtitleKind::Srt, "out.srt"), (SubtitleKind::Vtt, "out.vtt")] {
        fs::write(folder.join(name), subtitle::write(&Subtitles { kind, header: None, cues: cues.clone() }))?;
    }
    let eaf = Eaf { media: vec![media], tiers, date: "2026-01-31T12:00:00+01:00".into(), ..Eaf::default() };
    Ok(fs::write(folder.join("out.eaf"), eaf::write(&eaf))?)
}
