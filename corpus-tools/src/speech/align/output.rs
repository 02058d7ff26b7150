//! Alignments as files: JSON, TextGrid, CTM, subtitles, ELAN, Parquet.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use serde::Serialize;
use sprog_datasets::records::WordsBuilder;
use sprog_datasets::{durable, schema, table};
use sprog_formats::time::ctm::{self, CtmWord};
use sprog_formats::time::cues::{CueOptions, TimedWord as CueWord, cues};
use sprog_formats::time::eaf::{self, Eaf, Media, Tier};
use sprog_formats::time::subtitle::{self, SubtitleKind, Subtitles};
use sprog_formats::time::textgrid::{self, Interval, Items, Layout, TextGrid};

use crate::speech::audio::AudioProblem;
use crate::speech::times::TimedWord;

/// A form that alignments are written in, besides JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Praat's TextGrid, with tiers `words` and `phones`.
    TextGrid,
    /// NIST CTM.
    Ctm,
    /// SubRip subtitles.
    Srt,
    /// WebVTT.
    Vtt,
    /// ELAN.
    Eaf,
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Format::TextGrid => "TextGrid",
            Format::Ctm => "ctm",
            Format::Srt => "srt",
            Format::Vtt => "vtt",
            Format::Eaf => "eaf",
        }
    }
}

/// The alignment of one recording.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Aligned {
    /// The recording's id.
    pub id: String,
    /// `ok`, `suspect` (some words are not there, or speech has no words) or `refused` (the transcript is of
    /// something else, or there is no path through it).
    pub status: String,
    /// What the status rests on, where it is not `ok`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Seconds of the recording.
    pub duration: f64,
    /// Share of the words that are `ok`.
    pub coverage: f32,
    /// Mean score of the words.
    pub score: f32,
    /// The words of the transcript.
    pub words: Vec<TimedWord>,
    /// Speech without words, in seconds.
    pub gaps: Vec<Gap>,
    /// Phones, in seconds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<PhoneTime>,
    /// What was wrong with the audio.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<AudioProblem>,
    /// The words as they are written, with their punctuation.
    #[serde(skip)]
    pub written: Vec<String>,
    /// The audio file, for ELAN.
    #[serde(skip)]
    pub audio: String,
}

/// A stretch of sound without words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
    /// Index of the word that follows.
    pub before_word: usize,
}

/// A phone in time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhoneTime {
    /// IPA, without stress, stød and length.
    pub phone: String,
    /// Seconds.
    pub start: f64,
    /// Seconds.
    pub end: f64,
}

/// Each token with the punctuation around it, as it is written.
pub fn written(text: &str, tokens: &[Range<usize>]) -> Vec<String> {
    let mut cuts = Vec::with_capacity(tokens.len() + 1);
    cuts.push(0);
    for pair in tokens.windows(2) {
        let between = &text[pair[0].end..pair[1].start.max(pair[0].end)];
        // What stands right before a word belongs to it, all else to the one before.
        let space = between.char_indices().rfind(|(_, c)| c.is_whitespace());
        cuts.push(pair[0].end + space.map_or(0, |(at, c)| at + c.len_utf8()));
    }
    cuts.push(text.len());
    let whole = |range: &[usize]| text[range[0]..range[1]].split_whitespace().collect::<Vec<_>>().join(" ");
    cuts.windows(2).take(tokens.len()).map(whole).collect()
}

/// Writes an alignment to `folder` under its id.
///
/// # Errors
/// Those of the file system.
pub fn write(aligned: &Aligned, folder: &Path, formats: &[Format]) -> Result<()> {
    let name = |extension: &str| folder.join(format!("{}.{extension}", aligned.id));
    let mut json = serde_json::to_vec(aligned)?;
    json.push(b'\n');
    durable::write_bytes(&name("json"), &json)?;
    for format in formats {
        let text = match format {
            Format::TextGrid => textgrid::write(&grid(aligned), Layout::Long),
            Format::Ctm => ctm::write(&ctm_words(aligned)),
            Format::Srt => subtitles(aligned, SubtitleKind::Srt),
            Format::Vtt => subtitles(aligned, SubtitleKind::Vtt),
            Format::Eaf => eaf::write(&elan(aligned)),
        };
        durable::write_bytes(&name(format.extension()), text.as_bytes())?;
    }
    Ok(())
}

/// Words that have a time.
fn in_time(aligned: &Aligned) -> impl Iterator<Item = (usize, &TimedWord, f64, f64)> {
    let words = aligned.words.iter().enumerate();
    words.filter_map(|(at, word)| Some((at, word, word.start?, word.end?)))
}

fn grid(aligned: &Aligned) -> TextGrid {
    let end = aligned.duration;
    let tier = |name: &str, items: Vec<(f64, f64, &str)>| {
        let mut intervals: Vec<Interval> = Vec::new();
        let mut free = 0.0;
        let mut put = |from: f64, to: f64, text: &str| {
            if to > from {
                intervals.push(Interval { xmin: from, xmax: to, text: text.to_owned() });
            }
        };
        for (start, stop, text) in items {
            let (start, stop) = (start.clamp(free, end), stop.min(end));
            put(free, start, "");
            put(start, stop, text);
            free = stop.max(start);
        }
        put(free, end, "");
        textgrid::Tier { name: name.to_owned(), xmin: 0.0, xmax: end, items: Items::Intervals(intervals) }
    };
    let words = in_time(aligned).map(|(_, w, start, end)| (start, end, w.text.as_str())).collect();
    let doubtful = in_time(aligned).filter(|(_, w, ..)| w.status.as_deref() != Some("ok"));
    let statuses =
        doubtful.map(|(_, w, start, end)| (start, end, w.status.as_deref().unwrap_or(""))).collect();
    let phones = aligned.phones.iter().map(|p| (p.start, p.end, p.phone.as_str())).collect();
    let tiers = vec![tier("words", words), tier("phones", phones), tier("status", statuses)];
    TextGrid { xmin: 0.0, xmax: end, tiers }
}

fn ctm_words(aligned: &Aligned) -> Vec<CtmWord> {
    let word = |(_, word, start, end): (usize, &TimedWord, f64, f64)| CtmWord {
        utterance: aligned.id.clone(),
        channel: "1".into(),
        start,
        duration: ((end - start) * 1e5).round() / 1e5,
        word: word.text.clone(),
        confidence: word.score.map(|s| (f64::from(s) * 1e4).round() / 1e4),
    };
    in_time(aligned).map(word).collect()
}

fn subtitles(aligned: &Aligned, kind: SubtitleKind) -> String {
    let ms = |seconds: f64| (seconds * 1000.0).round() as u64;
    let words: Vec<CueWord<'_>> = in_time(aligned)
        .map(|(at, word, start, end)| CueWord {
            text: aligned.written.get(at).map_or(word.text.as_str(), String::as_str),
            start_ms: ms(start),
            end_ms: ms(end),
        })
        .collect();
    subtitle::write(&Subtitles { kind, header: None, cues: cues(&words, &CueOptions::default()) })
}

fn elan(aligned: &Aligned) -> Eaf {
    let words = in_time(aligned).map(|(_, w, start, end)| (start, end, w.text.as_str()));
    let phones = aligned.phones.iter().map(|p| (p.start, p.end, p.phone.as_str()));
    let media = Media { url: aligned.audio.clone(), relative_url: None, mime_type: "audio/x-wav".into() };
    Eaf {
        author: "sprog".into(),
        media: vec![media],
        tiers: vec![Tier::aligned("words", words), Tier::aligned("phones", phones)],
        ..Eaf::default()
    }
}

/// Writes all words as a table: id, status, words.
///
/// # Errors
/// Those of the file system.
pub fn write_parquet(all: &[Aligned], path: &Path) -> Result<()> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("id", DataType::Utf8, true),
        Field::new("status", DataType::Utf8, true),
        Field::new("words", schema::words(), true),
    ]));
    let mut words = WordsBuilder::new()?;
    for aligned in all {
        for word in &aligned.words {
            words.word(&word.text, [word.start, word.end], word.score, word.status.as_deref())?;
        }
        words.row(true);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(all.iter().map(|a| &a.id))),
        Arc::new(StringArray::from_iter_values(all.iter().map(|a| &a.status))),
        words.finish(),
    ];
    let batch = RecordBatch::try_new(schema.clone(), columns)?;
    Ok(table::write_rows(path, &schema, std::iter::once(Ok(batch)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_the_punctuation_around_them() {
        let text = "»Goddag, du!« – sagde hun.";
        let at = |word: &str| text.find(word).map(|s| s..s + word.len()).expect("a word");
        let tokens: Vec<_> = ["Goddag", "du", "sagde", "hun"].map(at).to_vec();
        assert_eq!(written(text, &tokens), ["»Goddag,", "du!« –", "sagde", "hun."]);
    }

    #[test]
    fn every_form_reads_back() {
        let word = |text: &str, start, end| TimedWord {
            text: text.into(),
            start: Some(start),
            end: Some(end),
            score: Some(0.9),
            status: Some("ok".into()),
            ..TimedWord::default()
        };
        let lost =
            TimedWord { text: "væk".into(), status: Some("unaligned".into()), ..TimedWord::default() };
        let aligned = Aligned {
            id: "a".into(),
            duration: 2.0,
            words: vec![word("på", 0.25, 0.5), lost, word("ø", 0.5, 2.5)],
            written: vec!["På".into(), "væk".into(), "ø.".into()],
            ..Aligned::default()
        };
        let dir = tempfile::tempdir().expect("dir");
        let all = [Format::TextGrid, Format::Ctm, Format::Srt, Format::Vtt, Format::Eaf];
        write(&aligned, dir.path(), &all).expect("writes");
        for name in ["a.json", "a.TextGrid", "a.ctm"] {
            let read = crate::speech::times::read(&dir.path().join(name), "words").expect("reads");
            let words: Vec<_> = read["a"].iter().filter(|w| w.start.is_some()).collect();
            assert_eq!((words.len(), words[1].text.as_str(), words[0].start), (2, "ø", Some(0.25)), "{name}");
        }
        let srt = std::fs::read_to_string(dir.path().join("a.srt")).expect("reads");
        assert!(srt.contains("På ø."), "{srt}");
        let path = dir.path().join("words.parquet");
        write_parquet(&[aligned], &path).expect("writes");
        assert_eq!(table::TableFile::open(&path).expect("opens").rows(), 1);
    }
}
