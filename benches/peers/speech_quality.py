#!/usr/bin/env python3
"""Quality measures against what was made: signal-to-noise ratio, bandwidth, clipping, hum, dropouts, delay.

    speech_quality.py --truth DIR --sprog PROGRAM [--work DIR]

DIR is as data/espeak-truth (FLAC files and truth.jsonl); PROGRAM is `benches/examples/speech_quality.rs`. Needs numpy,
scipy, soundfile, and sox and ffmpeg for the coded cases. WADA-SNR (Kim & Stern 2008) stands beside the signal-to-noise ratio,
with its table integrated here from the paper's model.
"""
import argparse, pathlib, re, subprocess, sys

import numpy as np
from scipy import integrate, signal

sys.argv, saved = [sys.argv[0], "score", "-", "--sprog", "-"], sys.argv
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import speech_vad as made  # noqa: E402

sys.argv = saved
RATE = 16000


def wada_table():
    """E[ln|z|] against ln E|z| of gamma(0.4) speech in Gaussian noise."""
    rng = np.random.default_rng(1)
    speech = rng.gamma(0.4, 1, 1_000_000) * rng.choice([-1, 1], 1_000_000)
    speech /= np.sqrt(np.mean(speech**2))
    noise = rng.standard_normal(len(speech))
    snrs = np.arange(-20, 101)
    g = []
    for snr in snrs:
        z = np.abs(speech + noise * 10 ** (-snr / 20)) + 1e-30
        g.append(np.log(np.mean(z)) - np.mean(np.log(z)))
    return snrs, np.array(g)


def wada(x, table):
    z = np.maximum(np.abs(x), 1e-10)
    return float(np.interp(np.log(np.mean(z)) - np.mean(np.log(z)), table[1], table[0]))


def sox(x, *rates):
    """Resampled from rate to rate, as many samples as before where the last is the first."""
    n = len(x)
    for a, b in zip(rates, rates[1:]):
        raw = ["-t", "f32", "-c", "1"]
        pipe = subprocess.run(["sox", "-r", str(a), *raw, "-", "-r", str(b), *raw, "-"], input=x.astype("<f4").tobytes(), capture_output=True, check=True)
        x = np.frombuffer(pipe.stdout, "<f4").astype("f8")
    return np.resize(x, n) if rates[0] == rates[-1] else x


class Runner:
    def __init__(self, program, work):
        self.program, self.work = program, pathlib.Path(work)
        self.work.mkdir(parents=True, exist_ok=True)

    def __call__(self, x, rate=RATE):
        x = np.asarray(x)
        channels = 1 if x.ndim == 1 else x.shape[1]
        pcm = np.clip(np.round(x * 32768), -32768, 32767).astype("<i2")
        path = self.work / "case.raw"
        pcm.tofile(path)
        text = subprocess.run([self.program, str(rate), str(channels), str(path)], check=True, capture_output=True, text=True)
        rows = []
        for line in text.stdout.splitlines():
            rows.append({k: v for k, v in re.findall(r"(\w+): (?:Some\()?([-\w.]+)", line)})
        return rows


def number(row, name):
    value = row.get(name, "None")
    return float("nan") if value == "None" else float(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", required=True)
    parser.add_argument("--sprog", required=True)
    parser.add_argument("--work", default="/dev/shm/speech_quality")
    args = parser.parse_args()
    run, rng = Runner(args.sprog, args.work), np.random.default_rng(5)
    source = list(made.utterances(args.truth))
    babble = [s for s, _ in source[-60:]]
    table = wada_table()

    def clip(seconds):
        return made.joined(source, seconds, rng, False)

    print("signal-to-noise ratio: mean error (mean size of the error) in dB, 8 recordings of 20 s each")
    print(f"{'':8}" + "".join(f"{'sprog':>8}{snr:>3} dB   {'wada':>6}   " for snr in (30, 20, 10, 5, 0)))
    band = signal.butter(4, [80, 7200], "bandpass", fs=RATE, output="sos")
    for kind in ("white", "pink", "babble", "hum", "chords"):
        cells = []
        for snr in (30, 20, 10, 5, 0):
            errors, others = [], []
            for _ in range(8):
                x, speech = clip(20)
                n = made.noise(kind, len(x), rng, babble)
                # The truth is that of the band that is measured.
                xb, nb = signal.sosfilt(band, x), signal.sosfilt(band, n)
                n = n * 10 ** (-snr / 20) * np.sqrt(np.mean(xb[speech] ** 2)) / np.sqrt(np.mean(nb**2))
                y = (x + n) * 0.2
                errors.append(number(run(y)[0], "snr_db") - snr)
                others.append(wada(y, table) - snr)
            cells.append(f"{np.nanmean(errors):8.1f} ({np.nanmean(np.abs(errors)):4.1f}) {np.mean(others):5.1f} ({np.mean(np.abs(others)):4.1f})")
        print(f"{kind:8}" + "".join(cells), flush=True)

    print("\nbandwidth in Hz")
    def show(name, x, rate, note=""):
        print(f"  {name:44}{[int(number(r, 'bandwidth_hz')) for r in run(x, rate)[:1]]} {note}", flush=True)
    x, _ = clip(20)
    x = x[: len(x) // 480 * 480]
    noisy = x + 3e-4 * rng.standard_normal(len(x))
    x = x * 0.4
    tele = sox(x, 16000, 8000, 16000)
    show("16 kHz as made", x, 16000)
    show("16 kHz with noise at −70 dBFS", noisy, 16000)
    show("8 kHz", signal.resample_poly(x, 1, 2), 8000)
    show("8 kHz to 16 kHz", tele, 16000, "(4000)")
    show("8 kHz to 48 kHz", sox(x, 16000, 8000, 48000), 48000, "(4000)")
    show("8 kHz to 16 kHz, then noise at −60 dBFS", tele + 1e-3 * rng.standard_normal(len(x)), 16000, "(4000)")
    show("16 kHz to 44.1 kHz", sox(x, 16000, 44100), 44100, "(8000)")
    phone = signal.butter(6, [300, 3400], "bandpass", fs=RATE, output="sos")
    show("300 to 3400 Hz", signal.sosfilt(phone, x), 16000, "(3400)")
    def coded(options, rate=16000, extra=()):
        path, back = pathlib.Path(args.work) / "in.raw", pathlib.Path(args.work) / "out.raw"
        np.clip(np.round(x * 32768), -32768, 32767).astype("<i2").tofile(path)
        code = pathlib.Path(args.work) / ("coded." + options[0])
        subprocess.run(["ffmpeg", "-y", "-v", "error", "-f", "s16le", "-ar", "16000", "-ac", "1", "-i", path, *options[1:], code], check=True)
        subprocess.run(["ffmpeg", "-y", "-v", "error", "-i", code, "-f", "s16le", "-ar", str(rate), "-ac", "1", back], check=True)
        return np.fromfile(back, "<i2") / 32768
    for name, options, rate in (
        ("G.711 A-law at 8 kHz, to 16 kHz", ["wav", "-ar", "8000", "-c:a", "pcm_alaw"], 16000),
        ("MP3 at 8 kbit/s and 8 kHz, to 16 kHz", ["mp3", "-ar", "8000", "-b:a", "8k"], 16000),
        ("MP3 low-passed at 5 kHz, 32 kbit/s", ["mp3", "-cutoff", "5000", "-b:a", "32k"], 16000),
        ("MP3 64 kbit/s at 16 kHz", ["mp3", "-b:a", "64k"], 16000),
        ("Opus at 8 kbit/s, low delay of 8 kHz, to 48 kHz", ["opus", "-ar", "8000", "-b:a", "8k", "-c:a", "libopus"], 48000),
    ):
        try:
            show(name, coded(options, rate), rate)
        except subprocess.CalledProcessError:
            print("  no coder for", name)

    print("\nclipping: share, flat tops share (made: share of samples cut)")
    for db in (0, 3, 6, 12):
        for full in (1.0, 0.5):
            y = x / np.abs(x).max() * 10 ** (db / 20)
            cut = np.mean(np.abs(y) > 1)
            r = run(np.clip(y, -1, 1) * full)[0]
            print(f"  {db:3} dB over, limit {full}: {number(r, 'clipping_share'):.6f} {number(r, 'flat_top_share'):.6f} ({cut:.6f})")
    low = 0.3 * np.sin(2 * np.pi * 60 * np.arange(RATE * 5) / RATE)
    print("  60 Hz sine, flat tops", run(low)[0]["flat_top_share"])

    print("\nhum in dBFS (made)")
    t = np.arange(len(x)) / RATE
    for a, b in ((-40, -200), (-50, -45), (-60, -60), (-200, -200)):
        y = noisy * 0.3 + sum(np.sqrt(2) * 10 ** (db / 20) * np.sin(2 * np.pi * hz * t) for db, hz in ((a, 50.03), (b, 100.06)))
        true = 10 * np.log10(10 ** (a / 10) + 10 ** (b / 10))
        print(f"  {number(run(y)[0], 'hum_db'):8.1f} ({true:.1f})")

    print("\ndropouts (made 12 in speech, 20 ms each), and in what was not touched")
    _, speech = joint = clip(20)
    y = joint[0].copy()
    inside = np.flatnonzero(np.convolve(speech, np.ones(1600), "same") > 1599)
    loud = np.abs(joint[0])
    envelope = np.convolve(loud, np.ones(80) / 80, "same")
    inside = inside[(envelope[inside] > 0.03) & (envelope[np.minimum(inside + 320, len(y) - 1)] > 0.03)]
    for at in rng.choice(inside, 12, replace=False):
        y[at : at + 320] = 0
    for name, z in (("made", y), ("untouched", joint[0])):
        r = run(z)[0]
        print(f"  {name}: {r['dropouts']}, share {r['dropout_share']}")

    print("\ntwo channels: relation, correlation, delay, level difference, choice")
    far = np.convolve(x, np.r_[np.zeros(37), 0.5, np.zeros(60), 0.2, np.zeros(200), 0.1])[: len(x)] + 3e-3 * rng.standard_normal(len(x))
    for name, pair in (
        ("second 37 samples later, echo, noise", (noisy, far)),
        ("first 37 samples later, echo, noise", (far, noisy)),
        ("same", (x, x)), ("half the level", (x, 0.5 * x)), ("inverted", (noisy, -noisy)), ("second silent", (x, 0 * x)),
        ("two voices", (x, clip(25)[0][: len(x)])), ("second clipped", (0.3 * x, np.clip(8 * x, -0.9, 0.9))),
        ("second telephone", (x, tele)),
    ):
        r = run(np.stack(pair, 1))[2]
        print(f"  {name:40}", {k: r.get(k) for k in ("relation", "correlation", "delay_samples", "level_difference_db", "channel", "reason")}, flush=True)


main()
