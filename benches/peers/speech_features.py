"""Speech features beside kaldi-native-fbank, OpenAI Whisper's formula in float64, librosa and asrfront.

    pip install numpy kaldi-native-fbank          (enough for the parity of Kaldi's and Whisper's features)
    pip install soundfile librosa asrfront torch  (each optional: FLAC files, more parity, more speed)
    cargo build --profile bench -p sprog-benches --example speech_features
    python benches/peers/speech_features.py [--shared ../shared] [--bin target/release/examples]
        [--audio DIR ...] [--clips 6] [--speed SECONDS] [--work peers-work/features]

Parity is tested on NST's recordings in SHARED, the first --clips files of each --audio folder (WAV; FLAC with
soundfile), noise, silence and clicks, over several sets of options; exit code 1 if a bound is missed.
With --speed so many seconds of the audio, repeated, are timed: CPU seconds, the best of five, one thread; for
asrfront and the others through Python, as they are used.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import time
import wave

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import kaldi_native_fbank as knf
import numpy as np

arguments = argparse.ArgumentParser()
arguments.add_argument("--shared", default="../shared", type=pathlib.Path)
arguments.add_argument("--bin", default="target/release/examples", type=pathlib.Path)
arguments.add_argument("--audio", action="append", default=[], type=pathlib.Path)
arguments.add_argument("--clips", default=6, type=int)
arguments.add_argument("--speed", default=0, type=int)
arguments.add_argument("--work", default="peers-work/features", type=pathlib.Path)
arguments = arguments.parse_args()
WORK, OURS = arguments.work, str(arguments.bin / "speech_features")
RATE = 16_000
failures = []


def read(path):
    if path.suffix == ".wav":
        with wave.open(str(path)) as file:
            data = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
        return data[:, 0].astype("f4") / 32768
    import soundfile
    return soundfile.read(path, dtype="float32", always_2d=True)[0][:, 0]


def recordings():
    found = {}
    for folder in [arguments.shared / "data/nst", *arguments.audio]:
        files = sorted(p for p in folder.glob("*") if p.suffix in (".wav", ".flac"))[: arguments.clips]
        found |= {f"{folder.name}/{p.stem}": read(p) for p in files}
    random = np.random.default_rng(5)
    clicks = np.zeros(20_000, "f4")
    clicks[3_000::4_001] = 0.9
    found |= {
        "made/noise": (random.standard_normal(30_000) * 0.1).astype("f4"),
        "made/quiet noise": np.round(random.standard_normal(30_000) * 3).astype("f4") / 32768,
        "made/silence": np.zeros(8_000, "f4"),
        "made/clicks": clicks,
        "made/short": (random.standard_normal(500) * 0.1).astype("f4"),
    }
    return found


KALDI = [
    ("fbank", "num_bins=80"),
    ("fbank", ""),
    ("fbank", "num_bins=40 window_type=hamming snip_edges=false"),
    ("fbank", "num_bins=40 window_type=hanning low_freq=60 high_freq=-400 remove_dc_offset=false"),
    ("fbank", "window_type=blackman preemph_coeff=0 use_energy=true htk_compat=true"),
    ("fbank", "window_type=sine use_energy=true raw_energy=false energy_floor=10"),
    ("fbank", "window_type=rectangular use_power=false frame_length_ms=20 frame_shift_ms=7"),
    ("fbank", "num_bins=40 use_log_fbank=false"),
    ("fbank", "round_to_power_of_two=false htk_mode=true"),
    ("mfcc", ""),
    ("mfcc", "use_energy=false"),
    ("mfcc", "use_energy=false htk_compat=true num_ceps=20 cepstral_lifter=0"),
    ("mfcc", "raw_energy=false snip_edges=false num_bins=40 num_ceps=20"),
    ("mfcc", "samp_freq=8000 num_bins=15"),
    ("mfcc", "then=deltas"),
    ("mfcc", "use_energy=false then=cmvn"),
    ("mfcc", "samp_freq=44100 frame_length_ms=25 num_bins=40"),
]
LIBROSA = [
    ("melspectrogram", "sr=16000 n_fft=400 hop_length=160 n_mels=80"),
    ("melspectrogram", "sr=16000 n_fft=1024 hop_length=256 n_mels=64 htk=true norm=none power=1 fmin=50 fmax=7000"),
    ("melspectrogram", "sr=22050 pad_mode=reflect win_length=1200"),
    ("spectrogram", "n_fft=501 hop_length=100"),
    ("spectrogram", "n_fft=512 hop_length=160 center=false power=1"),
]


def parsed(options):
    for option in options.split():
        name, value = option.split("=")
        for kind in (int, float):
            try:
                value = kind(value)
                break
            except ValueError:
                pass
        yield name, {"true": True, "false": False}.get(value, value)


def kaldi(kind, options, samples):
    opts = knf.FbankOptions() if kind == "fbank" else knf.MfccOptions()
    opts.frame_opts.dither = 0
    named = dict(parsed(options))
    then = named.pop("then", "")
    for name, value in named.items():
        owner = next(o for o in (opts, opts.frame_opts, opts.mel_opts) if hasattr(o, name))
        setattr(owner, name, type(getattr(owner, name))(value))
    extractor = (knf.OnlineFbank if kind == "fbank" else knf.OnlineMfcc)(opts)
    extractor.accept_waveform(opts.frame_opts.samp_freq, samples * 32768)
    extractor.input_finished()
    rows = [extractor.get_frame(i) for i in range(extractor.num_frames_ready)]
    features = np.array(rows, "f4") if rows else np.zeros((0, extractor.dim), "f4")
    if rows and then == "deltas":
        return knf.compute_deltas(knf.DeltaOptions(order=2, window=2), features)
    if rows and then == "cmvn":
        opts = knf.CmvnOptions()
        opts.norm_vars = True
        return knf.apply_cmvn(knf.compute_cmvn_stats(features), opts, features)
    return features


def exact(samples):
    """fbank with 80 bands in float64, from Kaldi's description."""
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype("f8") * 32768, 400)[::160]
    frames = frames - frames.mean(1, keepdims=True)
    frames = frames - 0.97 * np.concatenate([frames[:, :1], frames[:, :-1]], 1)
    povey = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 399)) ** 0.85
    power = np.abs(np.fft.rfft(frames * povey, 512))[:, :256] ** 2
    to_mel = lambda hz: 1127 * np.log(1 + np.asarray(hz, "f8") / 700)
    edges = np.linspace(to_mel(20), to_mel(8000), 82)[:, None]
    mel = to_mel(np.arange(256) * 31.25)
    rise, fall = (mel - edges[:-2]) / np.diff(edges, axis=0)[:-1], (edges[2:] - mel) / np.diff(edges, axis=0)[1:]
    bank = np.maximum(0, np.minimum(rise, fall))
    return np.log(np.maximum(power @ bank.T, np.finfo("f4").eps))


def tone():
    """Far below a pure tone there is only rounding, ours or theirs: both beside float64."""
    samples = (0.5 * np.sin(2 * np.pi * 440 * np.arange(24_000) / RATE)).astype("f4")
    samples.tofile(WORK / "tone.f32")
    (WORK / "jobs").write_text(f"fbank {WORK / 'tone.f32'} {WORK / 'tone.npy'} num_bins=80\n")
    subprocess.run([OURS, str(WORK / "jobs")], check=True)
    want = exact(samples)
    ours, theirs = (np.abs(got - want) for got in (np.load(WORK / "tone.npy"), kaldi("fbank", "num_bins=80", samples)))
    print(f"  fbank80 of a pure tone beside float64: sprog at most {ours.max():.2e}, mean {ours.mean():.2e}; "
          f"kaldi-native-fbank {theirs.max():.2e}, {theirs.mean():.2e}")
    if ours.mean() > 1.5 * theirs.mean():
        failures.append("fbank num_bins=80 of a pure tone: further from float64 than kaldi-native-fbank")


def slaney(mels):
    to_mel = lambda hz: hz * 0.015 if hz < 1000 else 15 + np.log(hz / 1000) * 27 / np.log(6.4)
    mel = np.linspace(0, to_mel(8000.0), mels + 2)
    edges = np.where(mel < 15, mel / 0.015, 1000 * np.exp((np.maximum(mel, 15) - 15) * np.log(6.4) / 27))
    ramps = edges[:, None] - np.arange(201) * 40
    rise, fall = -ramps[:-2] / np.diff(edges)[:-1, None], ramps[2:] / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(rise, fall)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def whisper(mels, samples):
    """whisper/audio.py, log_mel_spectrogram, in float64."""
    padded = np.pad(samples.astype("f8"), 200, "reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, 400)[::160][:-1]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    power = np.abs(np.fft.rfft(frames * hann)) ** 2
    log = np.log10(np.maximum(power @ slaney(mels).T, 1e-10))
    return (np.maximum(log, log.max() - 8) + 4) / 4


def by_librosa(kind, options, samples):
    import librosa
    named = dict(parsed(options))
    if named.get("norm") == "none":
        named["norm"] = None
    named["y"] = samples
    if kind == "melspectrogram":
        return librosa.feature.melspectrogram(**named).T
    power, y = named.pop("power", 2), named.pop("y")
    return (np.abs(librosa.stft(y, **named)) ** power).T


def check(kind, options, name, got, want):
    """The bounds of the figures that the project states, and what was found."""
    if got.shape != want.shape:
        failures.append(f"{kind} {options} {name}: {got.shape} rows and columns, not {want.shape}")
        return 0, 0
    gap = np.abs(got.astype("f8") - want)
    if kind == "whisper":
        good = gap.max(initial=0) <= 1e-4
    elif kind == "mfcc":
        good = gap.max(initial=0) <= 5e-3 and (not gap.size or gap.mean() <= 1e-4)
    elif kind == "fbank" and "use_log_fbank=false" not in options:
        good = gap[want > 5].max(initial=0) <= 1e-3 and gap[want > 0].max(initial=0) <= 5e-3
        # Magnitudes and floors below 0 are the rounding of either transform.
        good = good and (not (want > 0).any() or gap[want > 0].mean() <= 1e-5)
    else:
        floor = 1e-3 if "power=1" in options else 1e-6
        gap = gap / (np.abs(want) + floor * np.abs(want).max(initial=1e-9))
        good = gap.max(initial=0) <= 1e-2 and (not gap.size or gap.mean() <= 1e-5)
    if not good:
        failures.append(f"{kind} {options} {name}: at most {gap.max():.2g}, mean {gap.mean():.2g}")
    return gap.max(initial=0), gap.mean() if gap.size else 0


def parity(found):
    jobs, wanted = [], []
    sets = KALDI + [("whisper", "mels=80"), ("whisper", "mels=128")]
    try:
        import librosa
        sets += LIBROSA
    except ImportError:
        print("librosa is not installed: its spectrograms are not compared")
    for index, (name, samples) in enumerate(found.items()):
        samples.astype("<f4").tofile(WORK / f"{index}.f32")
        for number, (kind, options) in enumerate(sets):
            if (kind, options) in LIBROSA and len(samples) < 4_096:
                continue  # librosa refuses some of these
            out = WORK / f"{index}-{number}.npy"
            jobs.append(f"{kind} {WORK / f'{index}.f32'} {out} {options}\n")
            wanted.append((kind, options, name, samples, out))
    (WORK / "jobs").write_text("".join(jobs))
    subprocess.run([OURS, str(WORK / "jobs")], check=True)
    worst = {}
    for kind, options, name, samples, out in wanted:
        if kind == "whisper":
            want = whisper(int(options[5:]), samples)
        elif kind in ("fbank", "mfcc"):
            want = kaldi(kind, options, samples)
        else:
            want = by_librosa(kind, options, samples)
        got = np.load(out)
        if not want.size and not got.size:
            continue
        most, mean = check(kind, options, name, got, want)
        before = worst.get((kind, options), (0, 0))
        worst[kind, options] = (max(most, before[0]), max(mean, before[1]))
    print(f"{len(found)} recordings; largest and largest mean difference")
    for (kind, options), (most, mean) in worst.items():
        print(f"  {kind:15} {options:75} {most:.2e} {mean:.2e}")


def best(work, turns=5):
    work()
    took = []
    for _ in range(turns):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


def speed(found):
    speech = np.concatenate([s for name, s in found.items() if not name.startswith("made/")] or [found["made/noise"]])
    samples = np.resize(speech, arguments.speed * RATE).astype("f4")
    path = WORK / "speed.f32"
    samples.tofile(path)
    turns = max(1, 12_000 // arguments.speed)

    def ours(kind, *options):
        command = [OURS, "--time", str(turns), kind, str(path), *options]
        return min(float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(5))

    rows = {
        "fbank80": {"sprog": ours("fbank", "num_bins=80")},
        "whisper80": {"sprog": ours("whisper")},
        "whisper128": {"sprog": ours("whisper", "mels=128")},
        "mfcc13": {"sprog": ours("mfcc")},
    }
    try:
        from asrfront import sensevoice, whisper as front
        rows["fbank80"]["asrfront"] = best(lambda: sensevoice.fbank_raw(samples, 80))
        rows["whisper80"]["asrfront"] = best(lambda: front.log_mel(samples, 80, False))
        rows["whisper128"]["asrfront"] = best(lambda: front.log_mel(samples, 128, False))
    except ImportError:
        print("asrfront is not installed")
    rows["fbank80"]["kaldi-native-fbank"] = best(lambda: kaldi("fbank", "num_bins=80", samples), 1)
    rows["mfcc13"]["kaldi-native-fbank"] = best(lambda: kaldi("mfcc", "", samples), 1)
    try:
        import librosa
        mel = dict(sr=RATE, n_fft=400, hop_length=160, n_mels=80)
        rows["whisper80"]["librosa (mel only)"] = best(lambda: librosa.feature.melspectrogram(y=samples, **mel), 2)
    except ImportError:
        pass
    try:
        import torch
        torch.set_num_threads(1)
        bank, hann = torch.from_numpy(slaney(80).astype("f4")), torch.hann_window(400)

        def openai():
            spectrum = torch.stft(torch.from_numpy(samples), 400, 160, window=hann, return_complex=True)
            log = torch.clamp(bank @ (spectrum[..., :-1].abs() ** 2), min=1e-10).log10()
            return (torch.maximum(log, log.max() - 8.0) + 4.0) / 4.0

        rows["whisper80"]["OpenAI's code (torch)"] = best(openai, 2)
    except ImportError:
        pass
    print(f"times real time, {arguments.speed} s of audio, CPU time, one thread")
    for row, results in rows.items():
        print(f"  {row:10}", "  ".join(f"{name} {arguments.speed / took:.0f}" for name, took in results.items() if took))


WORK.mkdir(parents=True, exist_ok=True)
found = recordings()
parity(found)
tone()
if arguments.speed:
    speed(found)
for failure in failures:
    print("MISSED", failure)
sys.exit(bool(failures))
