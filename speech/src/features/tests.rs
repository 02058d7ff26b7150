use super::simd::Simd;
use super::*;

/// Like speech in what matters here: tones that move, noise, a pause and a click.
pub(super) fn speechlike(length: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    (0..length)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 8) as f32 / (1 << 24) as f32 - 0.5;
            let loud = if n % 7000 < 2000 { 0.001 } else { 0.4 };
            let tone = (n as f32 * 0.03 * (1.0 + n as f32 / 90_000.0)).sin();
            loud * (0.1 * noise + 0.7 * tone) + if n % 5001 == 5000 { 0.5 } else { 0.0 }
        })
        .collect()
}

fn plans() -> Vec<plan::Plan> {
    let mel_opts = |num_bins| MelBanksOptions { num_bins, ..Default::default() };
    let frame_opts = |samp_freq, snip_edges| FrameExtractionOptions {
        samp_freq,
        snip_edges,
        ..FrameExtractionOptions::default()
    };
    let fbank = |options: FbankOptions| Fbank::new(&options).unwrap().plan;
    let mfcc = |options: MfccOptions| Mfcc::new(&options).unwrap().plan;
    let librosa = |n_fft, hop_length, center, pad_mode| {
        let spectrogram =
            SpectrogramOptions { n_fft, hop_length, center, pad_mode, ..SpectrogramOptions::default() };
        let options = MelSpectrogramOptions { spectrogram, n_mels: 20, ..Default::default() };
        MelSpectrogram::new(&options).unwrap().plan
    };
    let dithered = FrameExtractionOptions { dither: 1.0, ..frame_opts(16e3, false) };
    let odd = FrameExtractionOptions {
        frame_length_ms: 25.1,
        frame_shift_ms: 9.9,
        window_type: WindowType::Hamming,
        preemph_coeff: 0.0,
        remove_dc_offset: false,
        ..frame_opts(16e3, true)
    };
    let spectrogram = SpectrogramOptions { n_fft: 101, hop_length: 30, ..Default::default() };
    vec![
        fbank(FbankOptions { mel_opts: mel_opts(80), ..Default::default() }),
        fbank(FbankOptions { frame_opts: dithered, use_energy: true, ..Default::default() }),
        fbank(FbankOptions { frame_opts: odd, htk_compat: true, use_power: false, ..Default::default() }),
        mfcc(MfccOptions { htk_compat: true, raw_energy: false, ..Default::default() }),
        mfcc(MfccOptions { frame_opts: frame_opts(8e3, false), use_energy: false, ..Default::default() }),
        mfcc(MfccOptions {
            frame_opts: FrameExtractionOptions { round_to_power_of_two: false, ..frame_opts(44_100.0, true) },
            ..Default::default()
        }),
        librosa(512, 100, true, PadMode::Constant),
        librosa(400, 160, true, PadMode::Reflect),
        librosa(300, 333, false, PadMode::Reflect),
        Spectrogram::new(&spectrogram).unwrap().plan,
        LogMel::new(80).unwrap().plan,
    ]
}

fn bits(features: &Features) -> Vec<u32> {
    // The sign and payload of a NaN are nobody's promise.
    features.data.iter().map(|x| if x.is_nan() { 0x7fc0_0000 } else { x.to_bits() }).collect()
}

fn compute(plan: &plan::Plan, samples: &[f32]) -> Features {
    let mut out = Features::default();
    plan.compute_into(samples, &mut Scratch::default(), &mut out);
    out
}

#[test]
fn all_instructions_make_the_same_bits() {
    let mut samples = speechlike(20_000, 4);
    samples[9000] = f32::NAN;
    samples[15_000] = f32::INFINITY;
    for (index, mut plan) in plans().into_iter().enumerate() {
        if plan.simd == Simd::Plain {
            eprintln!("SKIPPED: this processor has no instructions of its own");
        }
        for length in [0, 1, 399, 8000, 20_000] {
            plan.simd = Simd::detect();
            let fast = compute(&plan, &samples[..length]);
            plan.simd = Simd::Plain;
            let plain = compute(&plan, &samples[..length]);
            assert_eq!((fast.frames, fast.dim), (plain.frames, plain.dim));
            assert!(bits(&fast) == bits(&plain), "plan {index}, {length} samples");
        }
    }
}

#[test]
fn what_is_not_a_number_stays_in_its_frames() {
    let plan = Fbank::new(&FbankOptions::default()).unwrap();
    let mut samples = speechlike(16_000, 5);
    let clean = plan.compute(&samples);
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        samples[8000] = bad;
        let out = plan.compute(&samples);
        for frame in 0..out.frames {
            let inside = (frame * 160..frame * 160 + 400).contains(&8000);
            let same = out.row(frame) == clean.row(frame);
            assert!(if inside { out.row(frame).iter().all(|v| v.is_nan()) } else { same }, "{bad} {frame}");
        }
    }
}

#[test]
fn frames_do_not_depend_on_their_neighbours() {
    // Eight frames share a vector; each must come out as it does alone.
    let samples = speechlike(6000, 6);
    let plan = Mfcc::new(&MfccOptions::default()).unwrap();
    let all = plan.compute(&samples);
    for frame in 0..all.frames {
        let alone = plan.compute(&samples[frame * 160..frame * 160 + 400]);
        assert_eq!(alone.data, all.row(frame));
    }
}

#[test]
fn scratch_serves_any_plan_and_grows_once() {
    let samples = speechlike(9000, 7);
    let (mut scratch, mut out) = (Scratch::default(), Features::default());
    let plans = plans();
    let fresh: Vec<Features> = plans.iter().map(|plan| compute(plan, &samples)).collect();
    for _ in 0..2 {
        for (plan, fresh) in plans.iter().zip(&fresh) {
            plan.compute_into(&samples, &mut scratch, &mut out);
            assert_eq!(&out, fresh);
        }
    }
    let room = out.data.capacity();
    plans[0].compute_into(&samples[..5000], &mut scratch, &mut out);
    assert_eq!(out.data.capacity(), room);
}

#[test]
fn a_stream_gives_the_bits_of_the_whole() {
    // Lengths around each boundary, and pieces of one sample, of primes, and of everything.
    let samples = speechlike(3000, 8);
    for (index, plan) in plans().iter().enumerate() {
        for length in [0, 1, 2, 79, 80, 119, 159, 160, 200, 201, 399, 400, 401, 560, 1234, 3000] {
            let whole = compute(plan, &samples[..length]);
            for piece in [1, 7, 160, 1009, 5000] {
                let (mut out, mut stream) = (Features::new(plan.dim()), Stream::new(plan));
                samples[..length].chunks(piece).for_each(|piece| stream.push(piece, &mut out));
                stream.finish(&mut out);
                assert!(bits(&out) == bits(&whole), "plan {index}, {length} samples, pieces of {piece}");
                assert_eq!((out.frames, out.dim), (whole.frames, whole.dim));
            }
        }
    }
}

#[test]
fn a_stream_keeps_little_and_gives_rows_at_once() {
    let plan = Fbank::new(&FbankOptions::default()).unwrap();
    let (mut out, mut stream) = (Features::new(plan.dim()), plan.stream());
    stream.push(&[0.0; 399], &mut out);
    assert_eq!(out.frames, 0);
    stream.push(&[0.0], &mut out);
    assert_eq!((out.frames, stream.frames(), stream.samples()), (1, 1, 400));
    for _ in 0..1000 {
        stream.push(&[0.0; 1600], &mut out);
    }
    assert_eq!(out.frames, plan.frames(400 + 1_600_000));
    assert!(stream.kept() < 20_000);
    stream.finish(&mut out);
    assert_eq!((stream.samples(), stream.frames()), (0, 0));
}

#[test]
fn plans_are_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let plan = LogMel::new(80).unwrap();
    shared(&plan);
    shared(&plans()[0]);
    let recordings: Vec<Vec<f32>> = (0..6).map(|n| speechlike(4000 + 500 * n, n as u32)).collect();
    let alone: Vec<Features> = recordings.iter().map(|r| plan.compute(r)).collect();
    let together: Vec<Features> = std::thread::scope(|scope| {
        let handles: Vec<_> = recordings.iter().map(|r| scope.spawn(|| plan.compute(r))).collect();
        handles.into_iter().map(|h| h.join().unwrap()).collect()
    });
    assert_eq!(alone, together);
}

#[test]
fn dither_lifts_silence_off_the_floor_and_repeats() {
    let with = |dither, dither_seed| {
        let frame_opts = FrameExtractionOptions { dither, dither_seed, ..Default::default() };
        Fbank::new(&FbankOptions { frame_opts, ..Default::default() }).unwrap().compute(&[0.0; 4000])
    };
    assert!(with(0.0, 0).data.iter().all(|v| (v + 15.942_385).abs() < 1e-5));
    assert!(with(1.0, 0).data.iter().all(|v| *v > -10.0));
    assert_eq!(with(1.0, 5), with(1.0, 5));
    assert_ne!(with(1.0, 5), with(1.0, 6));
}

#[test]
fn transposing_twice_changes_nothing() {
    let features = Features { frames: 2, dim: 3, data: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0] };
    assert_eq!(features.transposed().data, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    assert_eq!(features.transposed().transposed(), features);
}
