//! The recipe's steps on audio: they run on a clip while it is decoded, before it becomes a row.

use sprog_datasets::records::{SpeechQuality, Utterance, Word};
use sprog_datasets::schema::SpeechColumns;
use sprog_formats::audio::{self, Audio};
use sprog_formats::{Place, Problem};
use sprog_speech::features::{FbankOptions, MelBanksOptions, MfccOptions, Scratch};
use sprog_speech::quality::{CHARACTERS_PER_SECOND, SYLLABLES_PER_SECOND, pace};
use sprog_speech::vad::{Mode, SegmentOptions, Vad, segments};
use sprog_speech::{loudness, resample, to_mono};

use super::outcome::{Beside, Outcome, Removed};
use crate::codes;
use crate::recipe::{AlignAction, Channels, FeatureType, Step, VadAction};
use crate::speech::align::{self, Aligner};
use crate::speech::features::{self, Kind, Plan};
use crate::speech::quality::{Meters, name, syllables};

/// A clip under way: its audio as the steps so far have made it, and what is known of it.
pub(super) struct Take {
    pub(super) audio: Audio,
    pub(super) row: Utterance,
}

/// The audio steps of a recipe, ready to run.
#[derive(Default)]
pub(super) struct AudioSteps {
    steps: Vec<(usize, Step)>,
    features: Option<Plan>,
    aligner: Option<Aligner>,
}

/// A step that could not be done on a clip.
type Failed = Box<dyn std::error::Error + Send + Sync>;

impl AudioSteps {
    /// Takes the audio steps out of a recipe's. `aligner` is there if one of them aligns.
    ///
    /// # Errors
    /// For features that cannot be computed.
    pub(super) fn new(steps: &[&Step], aligner: Option<Aligner>) -> Result<AudioSteps, sprog_speech::Error> {
        let mut out = AudioSteps { aligner, ..AudioSteps::default() };
        for (index, step) in steps.iter().enumerate() {
            match step {
                Step::Features { kind, bins } => out.features = Some(plan(*kind, *bins)?),
                Step::Resample { .. } | Step::Loudness { .. } | Step::Vad { .. } | Step::Align { .. } => {}
                _ => continue,
            }
            out.steps.push((index, (*step).clone()));
        }
        Ok(out)
    }

    /// Columns that the steps add.
    pub(super) fn columns(&self) -> SpeechColumns {
        let labels = |(_, step): &(usize, Step)| matches!(step, Step::Vad { action: VadAction::Label, .. });
        SpeechColumns { vad: self.steps.iter().any(labels), input_features: self.features.is_some() }
    }

    /// Runs the steps on a clip; it may become several, or none.
    pub(super) fn run(
        &self,
        take: Take,
        outcome: &mut Outcome,
        problems: &mut Vec<Problem>,
        beside: &mut Beside,
        from: &Removed,
    ) -> Result<Vec<Take>, Failed> {
        let mut takes = vec![take];
        for (index, step) in &self.steps {
            let mut after = Vec::with_capacity(takes.len());
            for take in takes {
                outcome.step(*index).rows_in += 1;
                let id = take.row.id.to_string();
                let done = self.step(step, take, problems)?;
                let count = outcome.step(*index);
                count.changed += u64::from(done.changed);
                if let Some((reason, value)) = done.removed {
                    count.dropped += 1;
                    let step = step.name().to_owned();
                    beside.removed.push(Removed { id, step, reason, value, ..from.clone() });
                }
                after.extend(done.takes);
            }
            takes = after;
        }
        Ok(takes)
    }

    fn step(&self, step: &Step, mut take: Take, problems: &mut Vec<Problem>) -> Result<Done, Failed> {
        let (channels, rate) = (take.audio.info.channels, take.audio.info.sample_rate);
        let changed = match step {
            Step::Resample { rate: to, channels: wanted } => {
                take.choose_channels(*wanted)?;
                take.resample(*to)?;
                rate != *to || channels != take.audio.info.channels
            }
            Step::Loudness { target, ceiling } => {
                loudness::set_loudness(&mut take.audio.samples, channels, rate, *target, *ceiling)? != 0.0
            }
            Step::Features { .. } => {
                let Some(plan) = &self.features else { return Ok(Done::unchanged(take)) };
                let mono = resample::resample(&take.mono(), 1, rate, plan.rate())?;
                let found = plan.compute(&mono, &mut Scratch::default())?;
                take.row.input_features = Some((found.data, found.dim));
                true
            }
            Step::Vad { action, mode, min_silence, padding, max_duration } => {
                let ms = |seconds: f64| (seconds * 1000.0).round() as u32;
                let options = SegmentOptions {
                    mode: Mode::ALL[usize::from(*mode).min(3)],
                    min_silence_ms: ms(*min_silence),
                    padding_ms: ms(*padding),
                    max_length_ms: ms(*max_duration),
                    ..SegmentOptions::default()
                };
                return take.vad(*action, &options, problems);
            }
            Step::Align { action, .. } => {
                let Some(aligner) = &self.aligner else { return Ok(Done::unchanged(take)) };
                return take.align(*action, aligner);
            }
            _ => false,
        };
        Ok(Done { takes: vec![take], changed, removed: None })
    }
}

/// What a step made of a clip.
struct Done {
    takes: Vec<Take>,
    changed: bool,
    removed: Option<(String, Option<f64>)>,
}

impl Done {
    fn unchanged(take: Take) -> Done {
        Done { takes: vec![take], changed: false, removed: None }
    }
}

/// The plan of a `features` step.
fn plan(kind: FeatureType, bins: Option<u16>) -> Result<Plan, sprog_speech::Error> {
    let mel = |default: u16| MelBanksOptions {
        num_bins: usize::from(bins.unwrap_or(default)),
        ..MelBanksOptions::default()
    };
    let kind = match kind {
        FeatureType::WhisperMel => {
            Kind::Whisper { bins: usize::from(bins.unwrap_or(80)), pad_or_trim: false }
        }
        FeatureType::KaldiFbank => Kind::Fbank(FbankOptions { mel_opts: mel(80), ..FbankOptions::default() }),
        FeatureType::KaldiMfcc => Kind::Mfcc(MfccOptions { mel_opts: mel(23), ..MfccOptions::default() }),
    };
    Plan::new(&features::Options { kind, deltas: 0, cmvn: None })
}

impl Take {
    fn mono(&self) -> Vec<f32> {
        to_mono(&self.audio.samples, self.audio.info.channels)
    }

    /// Measures the audio and the transcript as they are.
    pub(super) fn measure(&mut self) {
        let (rate, channels) = (self.audio.info.sample_rate, self.audio.info.channels);
        // A rate too low to measure is no reason to lose the clip.
        let measured = Meters::new(channels, rate).ok().map(|mut meters| {
            meters.push(&self.audio.samples);
            meters.finish()
        });
        let text = self.row.text.as_deref();
        let seconds = self.audio.duration();
        let characters = text.map(|t| t.chars().count() as f64);
        let speech = measured.as_ref().map(|m| m.quality.speech_s);
        let paced = text.zip(speech).map(|(t, speech)| match syllables(t) {
            0 => {
                pace(t.chars().filter(|c| c.is_alphanumeric()).count() as f64, speech, CHARACTERS_PER_SECOND)
            }
            n => pace(n as f64, speech, SYLLABLES_PER_SECOND),
        });
        self.row.quality = SpeechQuality {
            measured: measured.as_ref().map(|m| m.quality),
            channel: measured.as_ref().and_then(|m| m.choice).map(|c| c.channel as i32 + 1),
            channel_reason: measured.as_ref().and_then(|m| m.choice).map(|c| name(c.reason)),
            characters_per_second: characters.filter(|_| seconds > 0.0).map(|c| (c / seconds) as f32),
            units_per_second: paced.and_then(|p| p.units_per_second).map(|v| v as f32),
            pace: paced.map(|p| name(p.verdict)),
            ..SpeechQuality { problems: self.row.quality.problems, ..SpeechQuality::default() }
        };
    }

    fn choose_channels(&mut self, wanted: Channels) -> Result<(), Failed> {
        let channels = self.audio.info.channels;
        if channels < 2 || wanted == Channels::Keep {
            return Ok(());
        }
        let take = |channel: usize| {
            self.audio.samples.iter().skip(channel).step_by(usize::from(channels)).copied().collect()
        };
        self.audio.samples = match wanted {
            Channels::First => take(0),
            Channels::Best => take(self.row.quality.channel.map_or(0, |c| c.max(1) as usize - 1)),
            _ => self.mono(),
        };
        self.audio.info.channels = 1;
        Ok(())
    }

    fn resample(&mut self, to: u32) -> Result<(), Failed> {
        let from = self.audio.info.sample_rate;
        self.audio.samples = resample::resample(&self.audio.samples, self.audio.info.channels, from, to)?;
        self.audio.info.sample_rate = to;
        let at = |sample: u64| scale(sample, from, to);
        for word in self.row.words.iter_mut().flatten() {
            (word.start, word.end) = (word.start.map(at), word.end.map(at));
        }
        for range in self.row.vad.iter_mut().flatten() {
            *range = at(range.start)..at(range.end);
        }
        Ok(())
    }

    /// The part of the clip from one frame to another, with an id of its own if `number` is given.
    fn part(&self, range: std::ops::Range<u64>, number: Option<usize>) -> Result<Take, Failed> {
        let width = u64::from(self.audio.info.channels);
        let all = self.audio.samples.len() as u64;
        let samples = (range.start * width).min(all) as usize..(range.end * width).min(all) as usize;
        let audio = Audio { info: self.audio.info.clone(), samples: self.audio.samples[samples].to_vec() };
        let mut row = self.row.clone();
        if let Some(number) = number {
            row.id = sprog_datasets::id::SegmentId::new(format!("{}.{number}", row.id))?;
            row.samples_hash = super::speech::samples_hash(&audio);
        }
        let (rate, source) = (self.audio.info.sample_rate, row.segment.sampling_rate);
        let start = row.segment.start + scale(range.start, rate, source);
        row.segment.end = (row.segment.start + scale(range.end, rate, source)).min(row.segment.end);
        row.segment.start = start.min(row.segment.end);
        row.words = None;
        row.vad = None;
        row.input_features = None;
        Ok(Take { audio, row })
    }

    fn vad(
        mut self,
        action: VadAction,
        options: &SegmentOptions,
        problems: &mut Vec<Problem>,
    ) -> Result<Done, Failed> {
        let rate = self.audio.info.sample_rate;
        let frames = Vad::frames_of(&self.mono(), rate)?;
        let found = segments(&frames, rate, self.audio.frames(), options);
        match action {
            VadAction::Label => {
                self.row.vad = Some(found);
                Ok(Done { takes: vec![self], changed: true, removed: None })
            }
            _ if found.is_empty() => {
                Ok(Done { takes: Vec::new(), changed: false, removed: Some(("no speech".into(), None)) })
            }
            VadAction::Trim => {
                let range = found[0].start..found[found.len() - 1].end;
                if range.end - range.start == self.audio.frames() {
                    return Ok(Done::unchanged(self));
                }
                Ok(Done { takes: vec![self.part(range, None)?], changed: true, removed: None })
            }
            VadAction::Cut if self.row.text.is_some() => {
                let message =
                    "vad: a recording with a transcript is not cut here, align can do it; left whole";
                problems.push(Problem::new(codes::NOT_CUT, Place::File, message));
                Ok(Done::unchanged(self))
            }
            VadAction::Cut => {
                let parts = found.into_iter().enumerate().map(|(n, range)| {
                    let mut part = self.part(range, Some(n + 1))?;
                    part.measure();
                    Ok(part)
                });
                Ok(Done { takes: parts.collect::<Result<_, Failed>>()?, changed: true, removed: None })
            }
        }
    }

    fn align(mut self, action: AlignAction, aligner: &Aligner) -> Result<Done, Failed> {
        let Some(text) = self.row.text.clone() else { return Ok(Done::unchanged(self)) };
        let rate = self.audio.info.sample_rate;
        let mono = resample::resample(&self.mono(), 1, rate, align::RATE)?;
        if action == AlignAction::Cut && mono.len() as u64 > align::long::SHORTEST {
            let pieces = align::long::pieces(aligner, &mono, &text)?;
            let mut takes = Vec::new();
            for (number, piece) in pieces.into_iter().enumerate() {
                let at = |sample: u64| scale(sample, align::RATE, rate);
                let mut part = self.part(at(piece.place.start)..at(piece.place.end), Some(number + 1))?;
                part.row.text = Some(text[piece.text.clone()].trim().to_owned());
                // Those of the whole recording cannot be cut with it.
                (part.row.text_verbatim, part.row.normalized) = (None, None);
                part.measure();
                part.label(&piece.aligned, rate);
                takes.push(part);
            }
            let removed = takes.is_empty().then(|| ("the transcript is not what is said".to_owned(), None));
            return Ok(Done { takes, changed: true, removed });
        }
        let outcome = aligner.align(&mono, &text);
        let aligned = align::aligned(self.row.id.as_str(), &text, mono.len() as u64, outcome);
        if action != AlignAction::Label && aligned.status == "refused" {
            let reason = match aligned.reasons.first() {
                Some(reason) => format!("the transcript is not what is said ({reason})"),
                None => "the transcript is not what is said".to_owned(),
            };
            let removed = Some((reason, Some(f64::from(aligned.score))));
            return Ok(Done { takes: Vec::new(), changed: false, removed });
        }
        self.label(&aligned, rate);
        Ok(Done { takes: vec![self], changed: true, removed: None })
    }

    fn label(&mut self, aligned: &align::output::Aligned, rate: u32) {
        let last = self.audio.frames();
        let sample = |seconds: f64| ((seconds * f64::from(rate)).round() as u64).min(last);
        let word = |word: &crate::speech::times::TimedWord| Word {
            w: word.text.clone(),
            start: word.start.map(sample),
            end: word.end.map(sample),
            score: word.score,
            status: match word.status.as_deref() {
                Some("ok") => "ok",
                Some("suspect") => "suspect",
                _ => "unaligned",
            },
        };
        self.row.words = Some(aligned.words.iter().map(word).collect());
        self.row.quality.alignment = Some(aligned.status.clone());
        self.row.quality.aligned_share = Some(aligned.coverage);
    }

    /// The clip as a row.
    pub(super) fn publish(mut self) -> Result<Utterance, sprog_formats::Error> {
        let info = &self.audio.info;
        self.row.sampling_rate = info.sample_rate;
        self.row.audio = audio::write_flac(&self.audio.samples, info.sample_rate, info.channels)?;
        self.row.path = format!("{}.flac", self.row.id);
        Ok(self.row)
    }
}

/// A sample's place at another rate.
fn scale(sample: u64, from: u32, to: u32) -> u64 {
    ((u128::from(sample) * u128::from(to) + u128::from(from) / 2) / u128::from(from.max(1))) as u64
}
