//! `sprog speech quality`, and the column `quality` of speech.

use std::path::Path;

use serde::Serialize;
use sprog_formats::audio::AudioInfo;
use sprog_speech::quality::{
    Choice, Meter, Pace, Pair, PairMeter, Quality, Reason, SYLLABLES_PER_SECOND, choose, pace,
};

use sprog_text::g2p::{G2p, Phone, Symbol};

use super::audio::{AudioProblem, each_block, open};

/// What was measured of a recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The path, as given.
    pub path: String,
    /// Channels.
    pub channels: u16,
    /// The channel measured, from 1.
    pub channel: u16,
    /// Why that one, where there are several.
    pub channel_reason: Option<Reason>,
    /// How two channels relate.
    pub pair: Option<Pair>,
    /// Of that channel.
    #[serde(flatten)]
    pub quality: Quality,
    /// Syllables of the transcript a second of speech, and whether that can be.
    pub pace: Option<Pace>,
    /// What was wrong with the file.
    pub problems: Vec<AudioProblem>,
}

/// The meters of a recording's channels.
pub(crate) enum Meters {
    One(Box<Meter>),
    Two(Box<PairMeter>),
    Many(Vec<Meter>, Vec<f32>),
}

/// What the meters of a recording say.
pub(crate) struct Measured {
    pub(crate) quality: Quality,
    pub(crate) choice: Option<Choice>,
    pub(crate) pair: Option<Pair>,
}

impl Meters {
    pub(crate) fn new(channels: u16, rate: u32) -> Result<Meters, sprog_speech::Error> {
        Ok(match channels {
            0 | 1 => Meters::One(Box::new(Meter::new(rate)?)),
            2 => Meters::Two(Box::new(PairMeter::new(rate)?)),
            many => Meters::Many((0..many).map(|_| Meter::new(rate)).collect::<Result<_, _>>()?, Vec::new()),
        })
    }

    pub(crate) fn push(&mut self, block: &[f32]) {
        match self {
            Meters::One(meter) => meter.push(block),
            Meters::Two(meter) => meter.push(block),
            Meters::Many(meters, picked) => {
                let width = meters.len();
                for (channel, meter) in meters.iter_mut().enumerate() {
                    picked.clear();
                    picked.extend(block.chunks_exact(width).map(|frame| frame[channel]));
                    meter.push(picked);
                }
            }
        }
    }

    pub(crate) fn finish(self) -> Measured {
        match self {
            Meters::One(meter) => Measured { quality: meter.finish().0, choice: None, pair: None },
            Meters::Two(meter) => {
                let (qualities, pair, _) = meter.finish();
                let quality = qualities[pair.choice.channel.min(1)];
                Measured { quality, choice: Some(pair.choice), pair: Some(pair) }
            }
            Meters::Many(meters, _) => {
                let mut best: Option<(Quality, Choice)> = None;
                for (channel, meter) in meters.into_iter().enumerate() {
                    let quality = meter.finish().0;
                    best = Some(match best {
                        None => (quality, Choice { channel, reason: Reason::Same }),
                        Some((so_far, choice)) => match choose(&so_far, &quality) {
                            Choice { channel: 0, reason: Reason::Same } => (so_far, choice),
                            Choice { channel: 0, reason } => (so_far, Choice { reason, ..choice }),
                            Choice { reason, .. } => (quality, Choice { channel, reason }),
                        },
                    });
                }
                let (quality, choice) =
                    best.unwrap_or((Quality::default(), Choice { channel: 0, reason: Reason::Same }));
                Measured { quality, choice: Some(choice), pair: None }
            }
        }
    }
}

fn measured(path: &Path) -> anyhow::Result<(AudioInfo, Measured, Vec<AudioProblem>)> {
    let info = open(path)?.info().clone();
    let mut meters = Meters::new(info.channels, info.sample_rate)?;
    let (info, _, problems) = each_block(path, |_, block| {
        meters.push(block);
        Ok(())
    })?;
    Ok((info, meters.finish(), problems))
}

/// Measures a file, with what is said in it if that is known.
///
/// # Errors
/// Those of the file system, for what is no audio, and for rates below 8 kHz.
pub fn quality(path: &Path, text: Option<&str>) -> anyhow::Result<Report> {
    let (info, found, problems) = measured(path)?;
    Ok(Report {
        path: path.display().to_string(),
        channels: info.channels,
        channel: found.choice.map_or(1, |c| c.channel as u16 + 1),
        channel_reason: found.choice.map(|c| c.reason),
        pair: found.pair,
        quality: found.quality,
        pace: text.map(|text| pace(syllables(text) as f64, found.quality.speech_s, SYLLABLES_PER_SECOND)),
        problems,
    })
}

/// Syllables of a text as it is spoken: vowels and syllabic consonants of its words' first pronunciations.
pub fn syllables(text: &str) -> usize {
    let syllabic = |phone: &Phone| matches!(phone.symbol, Symbol::Phone(id) if id.is_syllabic());
    let words = G2p::default().words_of(text);
    let first = words.iter().filter_map(|word| word.pronunciations.first());
    first.map(|p| p.phones.iter().filter(|phone| syllabic(phone)).count()).sum()
}

/// The channel recorded best, from 0, and why.
///
/// # Errors
/// As [`quality`].
pub fn best_channel(path: &Path) -> anyhow::Result<(u16, String)> {
    let (_, found, _) = measured(path)?;
    let choice = found.choice.unwrap_or(Choice { channel: 0, reason: Reason::Same });
    Ok((choice.channel as u16, name(choice.reason)))
}

/// The name of a reason, as in JSON.
pub fn name(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
