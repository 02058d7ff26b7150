//! `sprog speech`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use serde::Serialize;
use sprog::build::Resources;
use sprog::progress::Progress;
use sprog::recipe::Channels;
use sprog::speech::align::ctc::{self, CtcRequest};
use sprog::speech::align::output::Format;
use sprog::speech::align::{self, manifest};
use sprog::speech::features::{self, Kind};
use sprog::speech::{info, quality, resample, vad};
use sprog_formats::audio::WavSamples;
use sprog_speech::features::{FbankOptions, FrameExtractionOptions, MelBanksOptions, MfccOptions, Norm};
use sprog_speech::vad::{Mode, SegmentOptions};

use super::speech_args::{
    AlignArgs, AlignFormat, ChannelsArg, FeatureArgs, FeatureTypeArg, SamplesArg, SpeechVerb, VadArgs,
    VadFormat,
};
use super::{BAD_INPUT, REFUSED, Voice};

pub(crate) fn run(verb: SpeechVerb, voice: &Voice) -> anyhow::Result<ExitCode> {
    match verb {
        SpeechVerb::Info { files } => each(&files, voice, info::info, |found| {
            let length = format!("{:.3} s", found.duration);
            let rate = format!("{} Hz", found.sample_rate);
            let mut line =
                [found.path.as_str(), &found.codec, &rate, &found.channels.to_string(), &length].join("\t");
            for problem in &found.problems {
                let at = problem.time.map_or(String::new(), |t| format!("{t:.3} s: "));
                line.push_str(&format!("\n  {at}{} [{}]", problem.message, problem.code));
            }
            line
        }),
        SpeechVerb::Resample { input, output, rate, channels, samples } => {
            let options = resample::Options {
                rate,
                channels: match channels {
                    ChannelsArg::Keep => Channels::Keep,
                    ChannelsArg::Mix => Channels::Mix,
                    ChannelsArg::First => Channels::First,
                    ChannelsArg::Best => Channels::Best,
                },
                samples: match samples {
                    SamplesArg::I16 => WavSamples::I16,
                    SamplesArg::F32 => WavSamples::F32,
                },
            };
            let done = resample::resample(&input, &output, &options)?;
            for problem in &done.problems {
                voice.say(&format!("{} [{}]", problem.message, problem.code));
            }
            if let Some((channel, reason)) = &done.channel {
                voice.say(&format!("{} {channel} ({reason})", voice.pick("kanal", "channel")));
            }
            if voice.json {
                voice.print_json(&done)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        SpeechVerb::Features(args) => features(args, voice),
        SpeechVerb::Vad(args) => vad(args, voice),
        SpeechVerb::Quality { files, text } => {
            if text.is_some() && files.len() > 1 {
                bail!("--text is what is said in one file; there are {}", files.len());
            }
            // Always JSON: there are too many numbers for anything else.
            let json = Voice { json: true, ..*voice };
            each(&files, &json, |path| quality::quality(path, text.as_deref()), |_| String::new())
        }
        SpeechVerb::Align(args) => align(*args, voice),
    }
}

/// One answer for each file, in order. A file that cannot be read is told, and the others are done.
fn each<T: Serialize>(
    files: &[PathBuf],
    voice: &Voice,
    work: impl Fn(&Path) -> anyhow::Result<T>,
    line: impl Fn(&T) -> String,
) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for file in files {
        match work(file) {
            Ok(found) if voice.json => voice.print(&serde_json::to_string(&found)?)?,
            Ok(found) => voice.print(&line(&found))?,
            Err(e) if files.len() == 1 => return Err(e),
            Err(e) => {
                voice.say(&format!("{}: {e:#}", voice.pick("fejl", "error")));
                code = ExitCode::from(BAD_INPUT);
            }
        }
    }
    Ok(code)
}

pub(super) fn resources(threads: Option<usize>) -> Resources {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Resources { threads: threads.unwrap_or(processors).clamp(1, 256), memory: 1 << 30 }
}

fn features(args: FeatureArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let frame_opts = FrameExtractionOptions {
        samp_freq: args.sample_frequency as f32,
        frame_length_ms: args.frame_length,
        frame_shift_ms: args.frame_shift,
        snip_edges: args.snip_edges,
        dither: args.dither,
        ..FrameExtractionOptions::default()
    };
    let mel_opts = |bins| MelBanksOptions {
        num_bins: args.bins.unwrap_or(bins),
        low_freq: args.low_freq,
        high_freq: args.high_freq,
        ..MelBanksOptions::default()
    };
    let kind = match args.kind {
        FeatureTypeArg::KaldiFbank => Kind::Fbank(FbankOptions {
            frame_opts,
            mel_opts: mel_opts(80),
            use_energy: args.use_energy.unwrap_or(false),
            ..FbankOptions::default()
        }),
        FeatureTypeArg::KaldiMfcc => Kind::Mfcc(MfccOptions {
            frame_opts,
            mel_opts: mel_opts(23),
            num_ceps: args.num_ceps,
            use_energy: args.use_energy.unwrap_or(true),
            ..MfccOptions::default()
        }),
        FeatureTypeArg::WhisperMel => {
            let kaldi = args.dither != 0.0 || args.sample_frequency != 16_000 || args.use_energy.is_some();
            if kaldi || args.frame_length != 25.0 || args.frame_shift != 10.0 || !args.snip_edges {
                bail!("whisper-mel is always of 16,000 Hz, 25 ms every 10 ms: leave Kaldi's options out");
            }
            let bins = args.bins.unwrap_or(80);
            if bins != 80 && bins != 128 {
                bail!("--bins: whisper-mel has 80 or 128");
            }
            Kind::Whisper { bins, pad_or_trim: args.pad_or_trim }
        }
    };
    let cmvn = args.cmvn.then_some(if args.norm_vars { Norm::MeansAndVars } else { Norm::Means });
    let plan = features::Plan::new(&features::Options { kind, deltas: usize::from(args.deltas), cmvn })?;
    let extension = args.out.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    match (extension.as_deref(), args.files.as_slice()) {
        (Some("npy"), [file]) => {
            let (found, problems) = plan.of_file(file)?;
            for problem in problems {
                voice.say(&format!("{} [{}]", problem.message, problem.code));
            }
            let (frames, dim) = (found.frames, found.dim);
            features::write_npy(found, &args.out)?;
            voice.say(&format!("{frames} x {dim}"));
            Ok(ExitCode::SUCCESS)
        }
        (Some("npy"), files) => bail!("a .npy file holds one recording, not {}: write .parquet", files.len()),
        (Some("parquet"), files) => {
            let written = features::write_parquet(&plan, files, &args.out, resources(args.threads))?;
            for (file, problem) in &written.problems {
                voice.say(&format!("{}: {} [{}]", file.display(), problem.message, problem.code));
            }
            for (_, why) in &written.failed {
                voice.say(&format!("{}: {why}", voice.pick("fejl", "error")));
            }
            if voice.json {
                voice.print_json(&written)?;
            }
            Ok(ExitCode::from(if written.failed.is_empty() { 0 } else { BAD_INPUT }))
        }
        _ => bail!("{}: the ending is .npy or .parquet", args.out.display()),
    }
}

fn vad(args: VadArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let ms = |seconds: f64| (seconds.clamp(0.0, 86_400.0) * 1000.0).round() as u32;
    let options = SegmentOptions {
        mode: Mode::ALL[usize::from(args.mode)],
        min_speech_ms: ms(args.min_speech),
        min_silence_ms: ms(args.min_silence),
        padding_ms: ms(args.padding),
        max_length_ms: args.max_duration.map_or(0, ms),
    };
    let plain = args.plain;
    let rttm = matches!(args.format, VadFormat::Rttm);
    let form = Voice { json: !plain && !rttm, ..*voice };
    each(
        &args.files,
        &form,
        |path| vad::vad(path, &options),
        |found| {
            let id = std::path::Path::new(&found.path)
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let lines = found.segments.iter().map(|s| match rttm {
                true => {
                    format!("SPEAKER {id} 1 {:.3} {:.3} <NA> <NA> speech <NA> <NA>", s.start, s.end - s.start)
                }
                false => format!("{:.3}\t{:.3}", s.start, s.end),
            });
            lines.collect::<Vec<_>>().join("\n")
        },
    )
}

#[cfg(feature = "onnx")]
fn with_ctc_model(
    items: &[manifest::Item],
    model: &Path,
    labels: &Path,
    options: &align::Options,
) -> anyhow::Result<align::Summary> {
    ctc::run(items, model, labels, options)
}

#[cfg(not(feature = "onnx"))]
fn with_ctc_model(
    _: &[manifest::Item],
    _: &Path,
    _: &Path,
    _: &align::Options,
) -> anyhow::Result<align::Summary> {
    bail!("this sprog was built without ONNX; build it with `cargo build --release -p sprog --features onnx`")
}

fn align(args: AlignArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let mut formats = vec![Format::TextGrid];
    for format in &args.format {
        formats.push(match format {
            AlignFormat::TextGrid => continue,
            AlignFormat::Ctm => Format::Ctm,
            AlignFormat::Srt => Format::Srt,
            AlignFormat::Vtt => Format::Vtt,
            AlignFormat::Eaf => Format::Eaf,
        });
    }
    if let (Some(emissions), Some(labels), Some(text)) = (&args.ctc, &args.labels, &args.text) {
        let request = CtcRequest { emissions, labels, text, frame: args.ctc_frame };
        let aligned = ctc::align(&request)?;
        if voice.json {
            voice.print_json(&aligned)?;
        }
        std::fs::create_dir_all(&args.out).map_err(sprog_datasets::Error::io(&args.out))?;
        align::output::write(&aligned, &args.out, &formats)?;
        return Ok(ExitCode::from(if aligned.status == "refused" { REFUSED } else { 0 }));
    }
    let items = match (&args.manifest, &args.audio, &args.text) {
        (Some(path), ..) => manifest::read(path)?,
        (None, Some(audio), Some(text)) => vec![manifest::single(audio, text)?],
        _ => bail!("--manifest, or --audio with --text"),
    };
    if args.long && args.model.is_none() {
        bail!(
            "--long needs --model: train one on short recordings of the same kind with --save-model, or on cuts of these"
        );
    }
    let options = align::Options {
        out: args.out,
        formats,
        parquet: args.parquet,
        long: args.long,
        segments: args.segments,
        model: args.model,
        save_model: args.save_model,
        train_hours: args.train_hours,
        lexicon: args.lexicon,
        graphemes: args.graphemes,
        calibrate: !args.no_calibration,
        resources: resources(args.threads),
    };
    let summary = match (&args.ctc_model, &args.labels) {
        (Some(model), Some(labels)) => with_ctc_model(&items, model, labels, &options)?,
        _ => align::run(&items, &options, &Progress::new(voice.json || voice.quiet))?,
    };
    for problem in &summary.lexicon_problems {
        voice.say(problem);
    }
    for (id, problem) in &summary.problems {
        voice.say(&format!("{id}: {} [{}]", problem.message, problem.code));
    }
    for (id, why) in &summary.failed {
        voice.say(&format!("{} {id}: {why}", voice.pick("fejl", "error")));
    }
    if voice.json {
        voice.print_json(&summary)?;
    } else {
        if let Some(trained) = &summary.trained {
            let text = voice.pick("optagelser trænet på", "recordings trained on");
            voice.say(&format!(
                "{} {text}, {:.2} h, {} Gauss",
                trained.recordings, trained.hours, trained.gaussians
            ));
            let unused = trained.left_out + trained.failed;
            if unused > 0 {
                let text = voice.pick("kunne der ikke trænes på", "could not be trained on");
                voice.say(&format!("{unused} {text}"));
            }
        }
        for (name, counts) in [
            (voice.pick("optagelser", "recordings"), summary.recordings),
            (voice.pick("ord", "words"), summary.words),
        ] {
            let (ok, suspect, unaligned) = (counts.ok, counts.suspect, counts.unaligned);
            voice.say(&format!("{name}: {ok} ok, {suspect} suspect, {unaligned} unaligned"));
        }
        voice.print(&options.out.display().to_string())?;
    }
    Ok(if !summary.failed.is_empty() {
        ExitCode::from(BAD_INPUT)
    } else if summary.recordings.unaligned > 0 {
        ExitCode::from(REFUSED)
    } else {
        ExitCode::SUCCESS
    })
}
