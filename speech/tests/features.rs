//! Features beside kaldi-native-fbank, and what holds for any samples and any pieces of them.
#![allow(clippy::unwrap_used, reason = "a test")]

use proptest::prelude::*;
use sprog_speech::features::{
    CmvnStats, Fbank, FbankOptions, Features, FrameExtractionOptions, LogMel, MelBanksOptions,
    MelSpectrogram, MelSpectrogramOptions, Mfcc, MfccOptions, Norm, PadMode, SlidingWindowCmnOptions,
    Spectrogram, SpectrogramOptions, WindowType, sliding_window_cmn, whisper,
};

/// The signal of `benches/peers/speech_features_reference.py`.
fn signal(length: u32) -> Vec<f32> {
    let (mut state, mut phase) = (12_345u32, 0i32);
    (0..length as i32)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            phase = (phase + 300 + n / 8) % 65_536;
            let triangle = (phase - 32_768).abs() - 16_384;
            let noise = (state >> 20) as i32 - 2048;
            let loud = if (3000..3600).contains(&n) { 0 } else { 1 };
            (loud * (triangle.div_euclid(3) + noise.div_euclid(4))) as f32 / 32_768.0
        })
        .collect()
}

fn frame_opts(options: &str) -> FrameExtractionOptions {
    let mut out = FrameExtractionOptions::default();
    for (name, value) in options.split_whitespace().filter_map(|o| o.split_once('=')) {
        match name {
            "samp_freq" => out.samp_freq = value.parse().unwrap(),
            "frame_length_ms" => out.frame_length_ms = value.parse().unwrap(),
            "frame_shift_ms" => out.frame_shift_ms = value.parse().unwrap(),
            "preemph_coeff" => out.preemph_coeff = value.parse().unwrap(),
            "remove_dc_offset" => out.remove_dc_offset = value.parse().unwrap(),
            "round_to_power_of_two" => out.round_to_power_of_two = value.parse().unwrap(),
            "snip_edges" => out.snip_edges = value.parse().unwrap(),
            "window_type" => {
                out.window_type = match value {
                    "hamming" => WindowType::Hamming,
                    "hanning" => WindowType::Hanning,
                    "blackman" => WindowType::Blackman,
                    "sine" => WindowType::Sine,
                    "rectangular" => WindowType::Rectangular,
                    _ => WindowType::Povey,
                }
            }
            _ => {}
        }
    }
    out
}

fn mel_opts(options: &str) -> MelBanksOptions {
    let mut out = MelBanksOptions::default();
    for (name, value) in options.split_whitespace().filter_map(|o| o.split_once('=')) {
        match name {
            "num_bins" => out.num_bins = value.parse().unwrap(),
            "low_freq" => out.low_freq = value.parse().unwrap(),
            "high_freq" => out.high_freq = value.parse().unwrap(),
            "htk_mode" => out.htk_mode = value.parse().unwrap(),
            _ => {}
        }
    }
    out
}

fn fbank(options: &str) -> Fbank {
    let has = |option: &str| options.split_whitespace().any(|o| o == option);
    Fbank::new(&FbankOptions {
        frame_opts: frame_opts(options),
        mel_opts: mel_opts(options),
        use_energy: has("use_energy=true"),
        energy_floor: if has("energy_floor=1e9") { 1e9 } else { 0.0 },
        raw_energy: !has("raw_energy=false"),
        htk_compat: has("htk_compat=true"),
        use_log_fbank: true,
        use_power: !has("use_power=false"),
    })
    .unwrap()
}

fn mfcc(options: &str) -> Mfcc {
    let has = |option: &str| options.split_whitespace().any(|o| o == option);
    let ceps = options.split_whitespace().find_map(|o| o.strip_prefix("num_ceps="));
    Mfcc::new(&MfccOptions {
        frame_opts: frame_opts(options),
        mel_opts: mel_opts(options),
        num_ceps: ceps.map_or(13, |n| n.parse().unwrap()),
        use_energy: !has("use_energy=false"),
        raw_energy: !has("raw_energy=false"),
        htk_compat: has("htk_compat=true"),
        cepstral_lifter: if has("cepstral_lifter=0") { 0.0 } else { 22.0 },
        ..MfccOptions::default()
    })
    .unwrap()
}

#[test]
fn rows_equal_those_of_kaldi_native_fbank() {
    let samples = signal(6000);
    let mut rows = 0;
    for line in include_str!("features/kaldi.tsv").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (kind, options, frame) = (cells[0], cells[1], cells[2].parse::<usize>().unwrap());
        let got =
            if kind == "fbank" { fbank(options).compute(&samples) } else { mfcc(options).compute(&samples) };
        let want: Vec<f32> = cells[3].split(' ').map(|value| value.parse().unwrap()).collect();
        assert_eq!(got.dim, want.len(), "{kind} {options}");
        assert!(
            frame + 1 == got.frames || frame == 0 || frame == 19,
            "{kind} {options}: {} rows",
            got.frames
        );
        for (column, (got, want)) in got.row(frame).iter().zip(&want).enumerate() {
            // Half a unit of the table's last decimal comes on top.
            let bound = match (kind, want) {
                ("fbank", want) if *want > 5.0 => 1.05e-3,
                _ => 5.05e-3,
            };
            assert!((got - want).abs() <= bound, "{kind} {options}: frame {frame}, {column}: {got} {want}");
        }
        rows += 1;
    }
    assert_eq!(rows, 33);
}

#[test]
fn these_bits_are_the_same_on_every_machine() {
    // FNV-1a over the bits. A change here is a change of published features.
    let hash = |features: Features| {
        let bytes = features.data.iter().flat_map(|value| value.to_le_bytes());
        bytes.fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let samples = signal(6000);
    let got = [
        hash(fbank("num_bins=80").compute(&samples)),
        hash(mfcc("snip_edges=false").compute(&samples)),
        hash(LogMel::new(80).unwrap().compute(&samples)),
    ];
    assert_eq!(got, [0xf026_b469_7016_eb31, 0x56dc_0c18_8f9e_67a7, 0xdd8a_641a_fd84_9f6c], "{got:#x?}");
}

/// Compares a stream in pieces with the whole, bit by bit.
macro_rules! same_in_pieces {
    ($plan:expr, $samples:expr, $cuts:expr, $finish:expr) => {{
        let (plan, samples): (_, &[f32]) = ($plan, $samples);
        let mut whole = plan.compute(samples);
        let (mut out, mut stream, mut from) = (Features::new(plan.dim()), plan.stream(), 0);
        for cut in $cuts {
            let to = (from + cut).min(samples.len());
            stream.push(&samples[from..to], &mut out);
            from = to;
        }
        stream.push(&samples[from..], &mut out);
        stream.finish(&mut out);
        $finish(&mut out);
        let bits = |f: &mut Features| f.data.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!((whole.frames, whole.dim), (out.frames, out.dim));
        prop_assert_eq!(whole.frames, plan.frames(samples.len()));
        prop_assert!(bits(&mut whole) == bits(&mut out));
    }};
}

fn nothing(_: &mut Features) {}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_stream_gives_the_bits_of_the_whole(
        samples in prop::collection::vec(-1.0f32..1.0, 0..4000),
        cuts in prop::collection::vec(0usize..900, 0..12),
        samp_freq in prop::sample::select(vec![8000.0f32, 11_025.0, 16_000.0]),
        shift in 1.0f32..30.0,
        length in 12.0f32..40.0,
        snip_edges: bool,
        dither in prop::sample::select(vec![0.0f32, 1.0]),
    ) {
        let frame_opts = FrameExtractionOptions {
            samp_freq, frame_shift_ms: shift, frame_length_ms: length, snip_edges, dither,
            ..FrameExtractionOptions::default()
        };
        let mel_opts = MelBanksOptions { num_bins: 10, ..Default::default() };
        let options = MfccOptions { frame_opts, mel_opts, num_ceps: 10, ..Default::default() };
        same_in_pieces!(Mfcc::new(&options).unwrap(), &samples, &cuts, nothing);
    }

    #[test]
    fn whisper_is_the_same_in_pieces_and_then_normalized(
        samples in prop::collection::vec(-1.0f32..1.0, 0..4000),
        cuts in prop::collection::vec(0usize..900, 0..12),
    ) {
        same_in_pieces!(LogMel::new(80).unwrap(), &samples, &cuts, whisper::normalize);
    }

    #[test]
    fn spectrograms_are_the_same_in_pieces(
        samples in prop::collection::vec(-1.0f32..1.0, 0..4000),
        cuts in prop::collection::vec(0usize..900, 0..12),
        n_fft in 1usize..600,
        hop_length in 1usize..700,
        part in 1usize..4,
        center: bool,
        mirrored: bool,
    ) {
        let options = SpectrogramOptions {
            n_fft, hop_length, center, win_length: Some(n_fft.div_ceil(part)),
            pad_mode: if mirrored { PadMode::Reflect } else { PadMode::Constant },
            ..Default::default()
        };
        same_in_pieces!(Spectrogram::new(&options).unwrap(), &samples, &cuts, nothing);
    }

    #[test]
    fn no_samples_and_no_options_make_a_panic(
        bits in prop::collection::vec(any::<u32>(), 0..2000),
        numbers in prop::collection::vec(any::<f32>(), 12),
        sizes in prop::collection::vec(prop::sample::select(vec![0usize, 1, 2, 3, 7, 25, 400, 513, usize::MAX]), 5),
        flags in any::<[bool; 6]>(),
    ) {
        let samples: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
        let frame_opts = FrameExtractionOptions {
            samp_freq: if flags[0] { 8000.0 } else { numbers[0] },
            frame_shift_ms: if flags[1] { 10.0 } else { numbers[1] },
            frame_length_ms: if flags[2] { 25.0 } else { numbers[2] },
            preemph_coeff: if flags[3] { 0.5 } else { numbers[3] },
            round_to_power_of_two: flags[4],
            snip_edges: flags[5],
            ..FrameExtractionOptions::default()
        };
        let mel_opts = MelBanksOptions {
            num_bins: sizes[0].clamp(0, 20_000),
            low_freq: if flags[3] { 20.0 } else { numbers[5] },
            high_freq: if flags[2] { 0.0 } else { numbers[6] },
            htk_mode: flags[1],
            ..MelBanksOptions::default()
        };
        let options = MfccOptions {
            frame_opts, mel_opts, num_ceps: sizes[1], cepstral_lifter: numbers[7],
            energy_floor: numbers[8], ..Default::default()
        };
        let _ = Mfcc::with_vtln_warp(&options, if flags[4] { 1.0 } else { numbers[9] })
            .map(|plan| {
                let (mut out, mut stream) = (Features::default(), plan.stream());
                stream.push(&samples, &mut out);
                stream.finish(&mut out);
                assert_eq!(out.frames, plan.compute(&samples).frames);
            });
        let spectrogram = SpectrogramOptions {
            n_fft: sizes[2], hop_length: sizes[3], center: flags[0], win_length: flags[5].then_some(sizes[4]),
            pad_mode: if flags[1] { PadMode::Reflect } else { PadMode::Constant },
            ..Default::default()
        };
        let options = MelSpectrogramOptions {
            spectrogram, samp_freq: if flags[2] { 16_000.0 } else { numbers[10] }, n_mels: sizes[0].min(50),
            fmin: if flags[3] { 0.0 } else { numbers[11] }, ..Default::default()
        };
        let _ = MelSpectrogram::new(&options).map(|plan| plan.compute(&samples));
        let features = LogMel::new(8).unwrap().compute(&samples);
        let sliding = SlidingWindowCmnOptions {
            cmn_window: sizes[0], min_window: sizes[1], center: flags[0], normalize_variance: flags[1],
        };
        let _ = sliding_window_cmn(&sliding, &features);
        let mut stats = CmvnStats::new(8);
        stats.accumulate(&features).unwrap();
        let _ = stats.apply(Norm::MeansAndVars, &mut features.clone());
    }
}
