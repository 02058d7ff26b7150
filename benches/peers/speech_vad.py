#!/usr/bin/env python3
"""Voice activity: sprog beside webrtcvad and Silero, on speech with exact times in made noise.

    speech_vad.py make OUT --truth DIR --babble DIR [--seconds 300] [--seed 1] [--augment]
    speech_vad.py score OUT --silero FILE.onnx --sprog PROGRAM [--only LABEL]

`make` joins utterances of DIR (truth.jsonl and FLAC files, as in data/espeak-truth) with pauses of 0.3 to 3 s,
and adds noise at 20, 10, 5 and 0 dB below the level of the speech. Each recording becomes NAME.s16 (16 kHz mono,
16 bit) and NAME.lab (one byte per 10 ms: 1 in speech). Pauses under 100 ms between phones count as speech.
`--augment` adds echo, tilted spectra, breaths and clicks of the lips, for training.

`score` runs the three detectors over every recording in one go. PROGRAM is `benches/examples/speech_vad.rs`: given
files it writes NAME.sprog, of (f32 score, u8 decision of modes 0 to 3) per 10 ms, and its CPU seconds on stdout.
Needs numpy, scipy, soundfile, webrtcvad-wheels, onnxruntime; silero_vad_16k_op15.onnx is in PyPI's silero-vad.
"""
import argparse, json, pathlib, subprocess, sys, time, types

import numpy as np

RATE, HOP = 16000, 160
NOISES = ["white", "pink", "babble", "hum", "chords", "clicks"]


def coloured(rng, n, power):
    spectrum = np.fft.rfft(rng.standard_normal(n))
    spectrum /= np.maximum(np.fft.rfftfreq(n, 1 / RATE), 30) ** (power / 2)
    return np.fft.irfft(spectrum, n)


def noise(kind, n, rng, babble):
    t = np.arange(n) / RATE
    if kind == "white":
        return rng.standard_normal(n)
    if kind == "pink":
        return coloured(rng, n, rng.uniform(0.8, 1.6))
    if kind == "babble":
        out = np.zeros(n)
        for _ in range(8):
            at, gain = -int(rng.integers(RATE)), rng.uniform(0.5, 1)
            while at < n:
                x = babble[rng.integers(len(babble))]
                part = x[max(0, -at) : n - at]
                out[max(0, at) : max(0, at) + len(part)] += gain * part
                at += len(x) + int(rng.integers(RATE // 4))
        return out
    if kind == "hum":
        base = 50 + rng.uniform(-0.1, 0.1)
        out = sum(rng.uniform(0.2, 1) / k * np.sin(2 * np.pi * k * base * t + rng.uniform(0, 6)) for k in range(1, 13))
        return out + 0.02 * rng.standard_normal(n)
    if kind == "chords":
        out, at = np.zeros(n), 0
        while at < n:
            length = min(int(rng.uniform(0.3, 1.2) * RATE), n - at)
            u = np.arange(length) / RATE
            root = 110 * 2 ** (rng.integers(0, 24) / 12)
            for step in (0, 3 + rng.integers(2), 7, 12):
                for k in range(1, 7):
                    hz = root * 2 ** (step / 12) * k
                    if hz < 7500:
                        out[at : at + length] += np.exp(-u * rng.uniform(0.5, 4)) / k * np.sin(2 * np.pi * hz * u)
            at += length
        return out
    if kind == "clicks":
        out = np.zeros(n)
        for at in rng.integers(0, n - 400, int(n / RATE * rng.uniform(1, 4))):
            length = int(rng.integers(8, 300))
            out[at : at + length] += rng.uniform(0.3, 1) * rng.standard_normal(length) * np.exp(-np.arange(length) / length * 5)
        return out
    raise ValueError(kind)


def utterances(folder):
    import soundfile
    folder = pathlib.Path(folder)
    for line in open(folder / "truth.jsonl", encoding="utf-8"):
        row = json.loads(line)
        samples, rate = soundfile.read(folder / (row["id"] + ".flac"), dtype="float64")
        if rate == RATE:
            yield samples, [(p["start"], p["end"]) for p in row["phones"]]


def breaths(n, rng):
    """Faint breaths and clicks of the lips, as real pauses have them; for speech of level 0.1."""
    out = np.zeros(n)
    for _ in range(rng.integers(0, 3)):
        length = min(int(RATE * 10 ** rng.uniform(-2.3, -0.3)), n)
        at = rng.integers(0, n - length + 1)
        part = coloured(rng, length, rng.uniform(0, 1.2)) * np.hanning(length)
        out[at : at + length] += part * 0.1 * 10 ** (rng.uniform(-50, -20) / 20) / (np.sqrt(np.mean(part**2)) + 1e-12)
    return out


def joined(source, seconds, rng, augment):
    """Samples and labels of utterances with pauses between."""
    samples, speech = [], []
    total = 0
    while total < seconds * RATE:
        pause = int(rng.uniform(0.3, 3.0) * RATE)
        utterance, phones = source[rng.integers(len(source))]
        mask = np.zeros(len(utterance), bool)
        last = None
        for a, b in phones:
            if last is not None and a - last < 0.1:
                a = last
            mask[int(a * RATE) : int(b * RATE)] = True
            last = b
        gain = 10 ** (rng.uniform(-3, 3) / 20)
        if augment and rng.random() < 0.5:
            spectrum = np.fft.rfft(utterance)
            hz = np.fft.rfftfreq(len(utterance), 1 / RATE)
            spectrum *= (np.maximum(hz, 50) / 1000) ** rng.uniform(-0.7, 0.7)
            if rng.random() < 0.4:
                spectrum[hz < rng.uniform(50, 300)] *= 0.05
                spectrum[hz > rng.uniform(3400, 7900)] *= 0.01
            utterance = np.fft.irfft(spectrum, len(utterance))
        if augment:
            utterance = utterance * 0.1 / np.sqrt(np.mean(utterance**2))
        silence = breaths(pause, rng) if augment else np.zeros(pause)
        samples += [silence, gain * utterance]
        speech += [np.zeros(pause, bool), mask]
        total += pause + len(utterance)
    samples, speech = np.concatenate(samples), np.concatenate(speech)
    if augment and rng.random() < 0.4:
        length = int(rng.uniform(0.15, 0.5) * RATE)
        echo = rng.standard_normal(length) * 10 ** (-3 * np.arange(length) / length) * rng.uniform(0.02, 0.08)
        echo[0] = 1
        samples = np.convolve(samples, echo)[: len(speech)]
    return samples, speech


def make(args):
    rng = np.random.default_rng(args.seed)
    source, babble = list(utterances(args.truth)), [s for s, _ in utterances(args.babble)]
    if args.limit:
        source, babble = source[: args.limit], babble[-args.limit :]
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    for name in ["clean"] + [f"{k}_{snr}" for k in NOISES for snr in (20, 10, 5, 0)]:
        done = 0
        part = 0
        # Most of what people record is clean: so is more of what is trained on.
        while done < args.seconds * (4 if args.augment and name == "clean" else 1):
            samples, speech = joined(source, 60, rng, args.augment)
            level = np.sqrt(np.mean(samples[speech] ** 2))
            if name != "clean":
                kind, snr = name.rsplit("_", 1)
                extra = noise(kind, len(samples), rng, babble)
                snr = float(snr) + (rng.uniform(-3, 5) if args.augment else 0)
                samples = samples + extra * level * 10 ** (-snr / 20) / np.sqrt(np.mean(extra**2))
            elif args.augment:
                samples = samples + coloured(rng, len(samples), 1) * level * 10 ** (rng.uniform(-75, -25) / 20)
            samples = samples * 10 ** (rng.uniform(-40, -20) / 20) / level
            pcm = np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2")
            pcm.tofile(out / f"{name}.{part}.s16")
            frames = len(pcm) // HOP
            lab = speech[: frames * HOP].reshape(frames, HOP).mean(1) >= 0.5
            lab.astype("u1").tofile(out / f"{name}.{part}.lab")
            done += len(pcm) / RATE
            part += 1
    print(sum(f.stat().st_size for f in out.glob("*.s16")) / 2 / RATE, "s")


def silero_session(path):
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def silero(session, x):
    state, context = np.zeros((2, 1, 128), "f4"), np.zeros((1, 64), "f4")
    rate, out = np.array(RATE, "i8"), []
    for i in range(0, len(x), 512):
        chunk = np.zeros((1, 512), "f4")
        part = x[i : i + 512]
        chunk[0, : len(part)] = part
        joint = np.concatenate([context, chunk], 1)
        p, state = session.run(None, {"input": joint, "state": state, "sr": rate})
        out.append(p[0, 0])
        context = joint[:, -64:]
    frames = len(x) // HOP
    return np.array(out)[np.minimum((np.arange(frames) * HOP + HOP // 2) // 512, len(out) - 1)]


def webrtc(mode, pcm):
    try:
        import webrtcvad
    except ImportError:
        # An old version of the wrapper asks setuptools for its version.
        stub = types.ModuleType("pkg_resources")
        stub.get_distribution = lambda name: types.SimpleNamespace(version="2")
        sys.modules["pkg_resources"] = stub
        import webrtcvad
    detector, data = webrtcvad.Vad(mode), pcm.tobytes()
    step, decide = HOP * 2, detector.is_speech
    return np.array([decide(data[i : i + step], RATE) for i in range(0, len(data) - step + 1, step)])


def auc(score, truth):
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    values, inverse = np.unique(score, return_inverse=True)
    mean_rank = np.bincount(inverse, ranks) / np.bincount(inverse)
    ranks = mean_rank[inverse]
    yes = truth.sum()
    return (ranks[truth].sum() - yes * (yes + 1) / 2) / (yes * (len(truth) - yes))


def figures(decision, truth):
    tp, fp = (decision & truth).sum(), (decision & ~truth).sum()
    miss = (~decision & truth).sum()
    return (fp + miss) / len(truth), 2 * tp / (2 * tp + fp + miss), fp / (~truth).sum(), miss / truth.sum()


def score(args):
    out = pathlib.Path(args.out)
    files = sorted(out.glob("*.s16"))
    if args.only:
        files = [f for f in files if f.name.startswith(args.only)]
    seconds = sum(f.stat().st_size for f in files) / 2 / RATE
    ours = float(subprocess.run([args.sprog, *map(str, files)], check=True, capture_output=True, text=True).stdout)
    speed = {"sprog": ours}
    session = silero_session(args.silero) if args.silero else None
    groups = {}
    for f in files:
        pcm = np.fromfile(f, "<i2")
        truth = np.fromfile(f.with_suffix(".lab"), "u1").astype(bool)
        got = {}
        rows = np.fromfile(f.with_suffix(".sprog"), [("score", "<f4"), ("mode", "u1", 4)])[: len(truth)]
        for mode in range(4):
            got[f"sprog {mode}"] = rows["mode"][:, mode].astype(bool)
            start = time.process_time()
            got[f"webrtc {mode}"] = webrtc(mode, pcm)[: len(truth)]
            speed["webrtc"] = speed.get("webrtc", 0) + (time.process_time() - start) / 4
        got["sprog score"] = rows["score"]
        got["webrtc score"] = sum(got[f"webrtc {m}"].astype("f4") for m in range(4))
        if session:
            start = time.process_time()
            p = silero(session, pcm.astype("f4") / 32768)[: len(truth)]
            speed["silero"] = speed.get("silero", 0) + time.process_time() - start
            got["silero"], got["silero score"] = p > 0.5, p
        got["truth"] = truth
        groups.setdefault(f.name.split(".")[0], []).append(got)
    names = [n for n in next(iter(groups.values()))[0] if n != "truth"]
    kinds = ["clean"] + NOISES
    for title, pick in (("frame error, %", 0), ("F1, %", 1), ("AUC, %", None)):
        print("\n" + title)
        columns = [n for n in names if (" score" in n) == (pick is None)]
        print(f"{'':12}" + "".join(f"{c:>13}" for c in columns))
        total = {c: [] for c in columns}
        labels = [g for k in kinds for g in groups if g.split("_")[0] == k]
        for label in labels:
            row = []
            for c in columns:
                each = []
                for got in groups[label]:
                    truth = got["truth"]
                    each.append(auc(got[c], truth) if pick is None else figures(got[c], truth)[pick])
                row.append(100 * np.mean(each))
                total[c].append(row[-1])
            print(f"{label:12}" + "".join(f"{v:13.1f}" for v in row))
        print(f"{'mean':12}" + "".join(f"{np.mean(total[c]):13.1f}" for c in columns))
    print("\nfalse alarms / misses over all, %")
    for c in names:
        if " score" not in c:
            d = np.concatenate([g[c] for gs in groups.values() for g in gs])
            t = np.concatenate([g["truth"] for gs in groups.values() for g in gs])
            _, _, fa, miss = figures(d, t)
            print(f"{c:12}{100 * fa:8.1f}{100 * miss:8.1f}")
    print(f"\n{seconds:.0f} s of audio; times real time, CPU time of one thread")
    for name, cpu in speed.items():
        print(f"{name:12}{seconds / cpu:10.0f}")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
sub = parser.add_subparsers(required=True)
p = sub.add_parser("make")
p.add_argument("out"); p.add_argument("--truth", required=True); p.add_argument("--babble", required=True)
p.add_argument("--seconds", type=float, default=300); p.add_argument("--seed", type=int, default=1)
p.add_argument("--limit", type=int, default=0); p.add_argument("--augment", action="store_true")
p.set_defaults(run=make)
p = sub.add_parser("score")
p.add_argument("out"); p.add_argument("--silero"); p.add_argument("--sprog", required=True); p.add_argument("--only")
p.set_defaults(run=score)
if __name__ == "__main__":
    arguments = parser.parse_args()
    arguments.run(arguments)
