//! Features of raw samples as .npy files, or their speed.
#![allow(clippy::print_stdout, reason = "an example")]
//!
//!     speech_features JOBS          lines of: kind, samples (.f32), result (.npy), option=value …
//!     speech_features --time TURNS KIND FILE.f32 [option=value …]
//!
//! Kinds are fbank, mfcc, whisper, melspectrogram and spectrogram; options have the names of the fields.

use std::fs;

use sprog_speech::features::{
    CmvnStats, DeltaFeaturesOptions, Fbank, FbankOptions, Features, FrameExtractionOptions, LogMel,
    MelBanksOptions, MelNorm, MelScale, MelSpectrogram, MelSpectrogramOptions, Mfcc, MfccOptions, Norm,
    PadMode, Power, Scratch, Spectrogram, WindowType, compute_deltas,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn samples(path: &str) -> Result<Vec<f32>> {
    let bytes = fs::read(path)?;
    Ok(bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
}

fn npy(features: &Features) -> Vec<u8> {
    let shape = format!("({}, {})", features.frames, features.dim);
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend((header.len() as u16).to_le_bytes());
    out.extend(header.as_bytes());
    out.extend(features.data.iter().flat_map(|v| v.to_le_bytes()));
    out
}

fn frame_option(frame: &mut FrameExtractionOptions, name: &str, value: &str) -> Result<bool> {
    match name {
        "samp_freq" => frame.samp_freq = value.parse()?,
        "frame_shift_ms" => frame.frame_shift_ms = value.parse()?,
        "frame_length_ms" => frame.frame_length_ms = value.parse()?,
        "dither" => frame.dither = value.parse()?,
        "preemph_coeff" => frame.preemph_coeff = value.parse()?,
        "remove_dc_offset" => frame.remove_dc_offset = value.parse()?,
        "round_to_power_of_two" => frame.round_to_power_of_two = value.parse()?,
        "blackman_coeff" => frame.blackman_coeff = value.parse()?,
        "snip_edges" => frame.snip_edges = value.parse()?,
        "window_type" => frame.window_type = window_type(value)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn window_type(name: &str) -> Result<WindowType> {
    Ok(match name {
        "povey" => WindowType::Povey,
        "hamming" => WindowType::Hamming,
        "hanning" => WindowType::Hanning,
        "hann" => WindowType::Hann,
        "sine" => WindowType::Sine,
        "rectangular" => WindowType::Rectangular,
        "blackman" => WindowType::Blackman,
        _ => return Err(format!("which window is {name:?}?").into()),
    })
}

fn mel_option(mel: &mut MelBanksOptions, name: &str, value: &str) -> Result<bool> {
    match name {
        "num_bins" => mel.num_bins = value.parse()?,
        "low_freq" => mel.low_freq = value.parse()?,
        "high_freq" => mel.high_freq = value.parse()?,
        "vtln_low" => mel.vtln_low = value.parse()?,
        "vtln_high" => mel.vtln_high = value.parse()?,
        "htk_mode" => mel.htk_mode = value.parse()?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn librosa_option(options: &mut MelSpectrogramOptions, name: &str, value: &str) -> Result<bool> {
    let spectrogram = &mut options.spectrogram;
    match (name, value) {
        ("n_fft", _) => spectrogram.n_fft = value.parse()?,
        ("hop_length", _) => spectrogram.hop_length = value.parse()?,
        ("win_length", _) => spectrogram.win_length = Some(value.parse()?),
        ("window", _) => spectrogram.window = window_type(value)?,
        ("center", _) => spectrogram.center = value.parse()?,
        ("pad_mode", "constant") => spectrogram.pad_mode = PadMode::Constant,
        ("pad_mode", "reflect") => spectrogram.pad_mode = PadMode::Reflect,
        ("power", "1") => spectrogram.power = Power::Magnitude,
        ("power", "2") => spectrogram.power = Power::Power,
        ("sr", _) => options.samp_freq = value.parse()?,
        ("n_mels", _) => options.n_mels = value.parse()?,
        ("fmin", _) => options.fmin = value.parse()?,
        ("fmax", _) => options.fmax = Some(value.parse()?),
        ("htk", "true") => options.scale = MelScale::Htk,
        ("norm", "none") => options.norm = MelNorm::None,
        _ => return Ok(false),
    }
    Ok(true)
}

type Extractor = Box<dyn Fn(&[f32], &mut Scratch, &mut Features)>;

fn extractor(kind: &str, options: &[String]) -> Result<Extractor> {
    let (mut fbank, mut mfcc) = (FbankOptions::default(), MfccOptions::default());
    let mut librosa = MelSpectrogramOptions::default();
    let (mut vtln_warp, mut mels) = (1.0, 80);
    for option in options {
        let (name, value) = option.split_once('=').ok_or("options are name=value")?;
        let known = frame_option(&mut fbank.frame_opts, name, value)?
            | frame_option(&mut mfcc.frame_opts, name, value)?
            | mel_option(&mut fbank.mel_opts, name, value)?
            | mel_option(&mut mfcc.mel_opts, name, value)?
            | librosa_option(&mut librosa, name, value)?;
        match name {
            "use_energy" => (fbank.use_energy, mfcc.use_energy) = (value.parse()?, value.parse()?),
            "energy_floor" => (fbank.energy_floor, mfcc.energy_floor) = (value.parse()?, value.parse()?),
            "raw_energy" => (fbank.raw_energy, mfcc.raw_energy) = (value.parse()?, value.parse()?),
            "htk_compat" => (fbank.htk_compat, mfcc.htk_compat) = (value.parse()?, value.parse()?),
            "use_log_fbank" => fbank.use_log_fbank = value.parse()?,
            "use_power" => fbank.use_power = value.parse()?,
            "num_ceps" => mfcc.num_ceps = value.parse()?,
            "cepstral_lifter" => mfcc.cepstral_lifter = value.parse()?,
            "then" => {}
            "mels" => mels = value.parse()?,
            "vtln_warp" => vtln_warp = value.parse()?,
            _ if known => {}
            _ => return Err(format!("which option is {name:?}?").into()),
        }
    }
    Ok(match kind {
        "fbank" => {
            let plan = Fbank::with_vtln_warp(&fbank, vtln_warp)?;
            Box::new(move |samples, scratch, out| plan.compute_into(samples, scratch, out))
        }
        "mfcc" => {
            let plan = Mfcc::with_vtln_warp(&mfcc, vtln_warp)?;
            Box::new(move |samples, scratch, out| plan.compute_into(samples, scratch, out))
        }
        "whisper" => {
            let plan = LogMel::new(mels)?;
            Box::new(move |samples, scratch, out| plan.compute_into(samples, scratch, out))
        }
        "melspectrogram" => {
            let plan = MelSpectrogram::new(&librosa)?;
            Box::new(move |samples, scratch, out| plan.compute_into(samples, scratch, out))
        }
        "spectrogram" => {
            let plan = Spectrogram::new(&librosa.spectrogram)?;
            Box::new(move |samples, scratch, out| plan.compute_into(samples, scratch, out))
        }
        _ => return Err(format!("which features are {kind:?}?").into()),
    })
}

/// What the option `then` asks for: deltas, or normalization of the recording.
fn then(options: &[String], out: Features) -> Result<Features> {
    if options.iter().any(|o| o == "then=deltas") {
        return Ok(compute_deltas(&DeltaFeaturesOptions::default(), &out)?);
    }
    let mut out = out;
    if options.iter().any(|o| o == "then=cmvn") && out.frames > 0 {
        let mut stats = CmvnStats::new(out.dim);
        stats.accumulate(&out)?;
        stats.apply(Norm::MeansAndVars, &mut out)?;
    }
    Ok(out)
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mut scratch, mut out) = (Scratch::default(), Features::default());
    if arguments.first().is_some_and(|a| a == "--time") {
        let [_, turns, kind, file, options @ ..] = arguments.as_slice() else { return Err("what?".into()) };
        let (extract, samples) = (extractor(kind, options)?, samples(file)?);
        extract(&samples, &mut scratch, &mut out);
        let (start, turns) = (cpu(), turns.parse::<usize>()?);
        for _ in 0..turns {
            extract(&samples, &mut scratch, &mut out);
        }
        println!("{:.6}", (cpu() - start) / turns as f64);
        return Ok(());
    }
    for line in fs::read_to_string(arguments.first().ok_or("which jobs?")?)?.lines() {
        let fields: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let [kind, input, output, options @ ..] = fields.as_slice() else { return Err("what?".into()) };
        extractor(kind, options)?(&samples(input)?, &mut scratch, &mut out);
        out = then(options, out)?;
        fs::write(output, npy(&out))?;
    }
    Ok(())
}
