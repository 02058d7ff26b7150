"""Fingerprints of speech under distortion, beside Chromaprint, in one run.

    apt-get install --no-install-recommends ffmpeg espeak-ng libchromaprint-tools
    pip install numpy pyacoustid
    cargo build --profile bench -p sprog-benches --example fingerprint
    python benches/peers/fingerprint.py [--shared ../shared] [--bin target/release/examples] [--speech DIR]
        [--readings DIR] [--clips 30] [--work peers-work/fingerprint]

Speech: NST's seven recordings in SHARED, synthetic Danish, and with --speech a folder of WAVs (16 bit, mono,
16 kHz) named LANGUAGE-anything.wav, one speaker a language; --clips of each, of at least 2.5 s, are distorted.
Pairs of two languages are the unrelated ones. --readings is the folder `recordings` of
github.com/Jakobovski/free-spoken-digit-dataset: the same words read again by the same speaker.

Chromaprint is judged by pyacoustid's compare_fingerprints at the threshold that is best for it: just above the
highest score of the unrelated pairs. Speed: both over the same long file, the best of three, one thread; fpcalc
also decodes (WAV) and resamples.
"""
import argparse
import itertools
import json
import pathlib
import random
import resource
import subprocess
import wave

import acoustid
import numpy

arguments = argparse.ArgumentParser()
arguments.add_argument("--shared", default="../shared", type=pathlib.Path)
arguments.add_argument("--bin", default="target/release/examples", type=pathlib.Path)
arguments.add_argument("--speech", type=pathlib.Path)
arguments.add_argument("--readings", type=pathlib.Path)
arguments.add_argument("--clips", default=30, type=int, help="of each language, to be distorted")
arguments.add_argument("--work", default="peers-work/fingerprint", type=pathlib.Path)
arguments = arguments.parse_args()
WORK, RNG = arguments.work, random.Random(7)
RATE = 16_000

CODED = {
    "MP3 128 kbit/s at 44.1 kHz": ("-ar 44100 -c:a libmp3lame -b:a 128k", "mp3"),
    "MP3 32 kbit/s": ("-ar 16000 -c:a libmp3lame -b:a 32k", "mp3"),
    "MP3 16 kbit/s": ("-ar 16000 -c:a libmp3lame -b:a 16k", "mp3"),
    "Opus 32 kbit/s": ("-ar 48000 -c:a libopus -b:a 32k", "opus"),
    "Opus 12 kbit/s": ("-ar 48000 -c:a libopus -b:a 12k -application voip", "opus"),
    "Vorbis q2": ("-ar 44100 -c:a libvorbis -q:a 2", "ogg"),
    "AAC 48 kbit/s": ("-ar 44100 -c:a aac -b:a 48k", "m4a"),
    "GSM 8 kHz": ("-ar 8000 -c:a libgsm", "gsm"),
    "A-law 8 kHz": ("-ar 8000 -c:a pcm_alaw", "wav"),
    "44.1 kHz and back": ("-ar 44100 -c:a pcm_s16le", "wav"),
}
FILTERED = {
    "gain -12 dB": "volume=-12dB",
    "gain -30 dB": "volume=-30dB",
    "clipped at +12 dB": "volume=12dB",
    "DC 0.05": "dcshift=0.05",
    "317 ms cut off": "atrim=start=0.317,asetpts=PTS-STARTPTS",
    "low-pass 2.5 kHz": "lowpass=f=2500",
    "high-pass 400 Hz": "highpass=f=400",
    "compressor 8:1": "acompressor=threshold=0.05:ratio=8:attack=5:release=80",
    "echo 40 and 70 ms": "aecho=0.8:0.7:40|70:0.4|0.25",
    "speed +0.5 %": "asetrate=16080,aresample=16000",
    "speed +1 %": "asetrate=16160,aresample=16000",
    "speed +2 %": "asetrate=16320,aresample=16000",
}
NOISY = {"white noise, SNR 20 dB": 20, "white noise, SNR 10 dB": 10, "white noise, SNR 5 dB": 5}


def load(path):
    with wave.open(str(path)) as file:
        return numpy.frombuffer(file.readframes(file.getnframes()), "<i2").astype(numpy.float64)


def save(path, samples):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(numpy.clip(numpy.round(samples), -32768, 32767).astype("<i2").tobytes())
    return path


def ffmpeg(*rest):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, rest)], check=True)


def distorted(kind, clip):
    out = WORK / "distorted" / kind.replace("/", " ") / clip.name
    if out.exists():
        return out
    out.parent.mkdir(parents=True, exist_ok=True)
    plain = ["-ac", 1, "-ar", RATE, "-c:a", "pcm_s16le", out]
    if kind in CODED:
        encode, ending = CODED[kind]
        coded = WORK / f"coded.{ending}"
        ffmpeg("-i", clip, *encode.split(), coded)
        ffmpeg("-i", coded, *plain)
    elif kind in FILTERED:
        ffmpeg("-i", clip, "-af", FILTERED[kind], *plain)
    else:
        samples = load(clip)
        noise = numpy.random.default_rng(len(samples)).standard_normal(len(samples))
        save(out, samples + noise * samples.std() * 10 ** (-NOISY[kind] / 20))
    return out


def sprog(*rest, lines=()):
    done = subprocess.run(
        [arguments.bin / "fingerprint", *map(str, rest)],
        input="".join(f"{line}\n" for line in lines), capture_output=True, text=True, check=True,
    )
    return done.stdout.splitlines(), done.stderr.strip()


def compared(pairs):
    return [json.loads(line) for line in sprog("pairs", lines=[f"{a}\t{b}" for a, b in pairs])[0]]


chromaprints = {}


def chromaprint(path):
    if path not in chromaprints:
        done = subprocess.run(["fpcalc", "-json", "-length", "0", path], capture_output=True, text=True)
        # It complains of the end of a WAV, and fails, after it has printed its result.
        found = json.loads(done.stdout) if done.stdout else {"duration": 0, "fingerprint": ""}
        chromaprints[path] = (found["duration"], found["fingerprint"].encode())
    return chromaprints[path]


def chromaprint_score(a, b):
    x, y = chromaprint(a), chromaprint(b)
    return acoustid.compare_fingerprints(x, y) if x[1] and y[1] else 0.0


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def percent(hits):
    hits = list(hits)
    return f"{100 * sum(hits) / max(1, len(hits)):.1f}"


# The clips.
clips, languages = [], {}
for path in sorted((arguments.shared / "data/nst").glob("*.wav")):
    for channel in (0, 1):
        out = WORK / "clips" / f"nst-{path.stem}-{channel}.wav"
        out.parent.mkdir(parents=True, exist_ok=True)
        ffmpeg("-i", path, "-af", f"pan=mono|c0=c{channel}", "-c:a", "pcm_s16le", out)
        languages.setdefault("nst", []).append(out)
SENTENCES = [
    "Det var en mørk og stormfuld aften, og ingen turde gå ud.",
    "Toget til Aarhus afgår fra spor fire klokken ni femogtredive.",
    "Kommunen har i dag vedtaget et nyt budget for de kommende fire år.",
    "Jeg ville gerne bestille to kaffe og et stykke med jordbær, tak.",
    "Vejret bliver skyet med lidt regn, og vinden frisker op fra vest.",
]
VOICES = ["da", "da+m3", "da+m7", "da+f2", "da+f4"]
for (s, sentence), (v, voice) in itertools.product(enumerate(SENTENCES), enumerate(VOICES)):
    for rate in (160, 165):
        raw, out = WORK / "raw.wav", WORK / "clips" / f"synthetic-{s}-{v}-{rate}.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(rate), "-w", raw, sentence], check=True)
        ffmpeg("-i", raw, "-ac", 1, "-ar", RATE, "-c:a", "pcm_s16le", out)
        languages.setdefault("synthetic", []).append(out)
for path in sorted(arguments.speech.glob("*.wav")) if arguments.speech else []:
    if not path.name.startswith("nst") and path.stat().st_size > 2.5 * 2 * RATE:
        languages.setdefault(path.name.split("-")[0], []).append(path)
for language, paths in languages.items():
    if language == "nst":
        clips += [path for path in paths if path.stem.endswith("-0")]
    elif language == "synthetic":
        plain = [path for path in paths if path.stem.endswith("-160")]
        clips += RNG.sample(plain, min(arguments.clips, len(plain)))
    else:
        clips += RNG.sample(paths, min(arguments.clips, len(paths)))
print(f"{len(clips)} clips, {sum(len(load(c)) for c in clips) / RATE:.0f} s\n")

# What chance gives.
real = {name: paths for name, paths in languages.items() if name not in ("nst", "synthetic")}
listed = [p for paths in real.values() for p in RNG.sample(paths, min(150, len(paths)))]
listed += [p for p in languages["nst"] if p.stem.endswith("-0")]
of = [path.name.split("-")[0] for path in listed]
scores = [tuple(map(int, line.split())) for line in sprog("chance", lines=listed)[0]]
unrelated = numpy.array([s for i, j, s in scores if of[i] != of[j]] or [0])
steps = {q: numpy.quantile(unrelated, 1 - q) for q in (0.1, 0.01, 0.001, 0.0001)}
print(f"Unrelated pairs: {len(unrelated)}; score at most", int(unrelated.max()), "; exceeded by a share of",
      ", ".join(f"{q}: {s:.0f}" for q, s in steps.items()))
few = RNG.sample(listed, min(60, len(listed)))
rates = numpy.array([float(line) for line in sprog("blocks", lines=few)[0]])
print(f"Bit error rate of {len(rates)} blocks of 64 frames of different files: mean {rates.mean():.4f}, deviation "
      f"{rates.std():.4f}, least {rates.min():.3f}, under 0.35: {numpy.mean(rates < 0.35):.1e}\n")
peer_pairs = [(a, b) for a, b in itertools.combinations(clips, 2) if a.name.split("-")[0] != b.name.split("-")[0]]
peer_pairs = RNG.sample(peer_pairs, min(1500, len(peer_pairs)))
limit = max(chromaprint_score(a, b) for a, b in peer_pairs)
print(f"Chromaprint: highest score of {len(peer_pairs)} unrelated pairs {limit:.3f}\n")

# Recall.
row("distortion", "found %", "bit error rate, mean", "95 %", "least score", "1.5 s of it found %", "3 s of it found %",
    "Chromaprint found %", "Chromaprint 3 s found %")
row(*["---"] * 9)


def cut(path, seconds, into):
    samples = load(path)
    start = max(0, (len(samples) - int(seconds * RATE)) // 2)
    return save(WORK / into / path.parent.name / path.name, samples[start:start + int(seconds * RATE)])


for kind in [*CODED, *FILTERED, *NOISY]:
    pairs = [(clip, distorted(kind, clip)) for clip in clips]
    found = compared(pairs)
    errors = [m["ber"] for m in found if m] or [1.0]
    short = [(a, cut(b, 1.5, "short")) for a, b in pairs]
    middle = [(a, cut(b, 3, "middle")) for a, b in pairs]
    row(kind, percent(map(bool, found)), f"{numpy.mean(errors):.3f}", f"{numpy.quantile(errors, 0.95):.3f}",
        min((m["score"] for m in found if m), default=0),
        percent(map(bool, compared(short))), percent(map(bool, compared(middle))),
        percent(chromaprint_score(a, b) > limit for a, b in pairs),
        percent(chromaprint_score(a, b) > limit for a, b in middle))

# Microphones and readings.
print()
nst = languages["nst"]
two = compared([(a, b) for a, b in zip(nst[::2], nst[1::2])])
print("NST's two microphones:", percent(map(bool, two)), "% found, bit error rates", [m and m["ber"] for m in two])
synthetic = languages["synthetic"]
named = {tuple(path.stem.split("-")[1:]): path for path in synthetic}
rate = [(named[s, v, "160"], named[s, v, "165"]) for s, v, r in named if r == "160"]
voice = [(named[s, v, "160"], named[s, w, "160"]) for s, v, r in named for w in "01234" if r == "160" and w > v]
print("Synthetic voice 3 % faster:", percent(map(bool, compared(rate))), "% of", len(rate), "match")
print("Same text, another synthetic voice:", percent(map(bool, compared(voice))), "% of", len(voice), "match")
if arguments.readings:
    readings = []
    for speaker, take in itertools.product(["george", "jackson", "lucas", "nicolas", "theo", "yweweler"], range(16)):
        parts = []
        for digit in range(10):
            part = load(arguments.readings / f"{digit}_{speaker}_{take}.wav")
            # From 8 to 16 kHz.
            parts.append(numpy.fft.irfft(2 * numpy.fft.rfft(part), 2 * len(part)))
        readings.append((speaker, save(WORK / "readings" / f"{speaker}-{take}.wav", numpy.concatenate(parts))))
    same = [(a, b) for (s, a), (t, b) in itertools.combinations(readings, 2) if s == t]
    others = [(a, b) for (s, a), (t, b) in itertools.combinations(readings, 2) if s != t]
    for name, pairs in (("the same", same), ("another", others)):
        found = compared(pairs)
        print(f"Ten digits read again by {name} speaker: {sum(map(bool, found))} of {len(found)} pairs match",
              [m for m in found if m][:5])

# Excerpts in a long recording, and the search over a corpus.
print()
body = [p for paths in real.values() for p in paths] or synthetic
RNG.shuffle(body)
samples = numpy.concatenate([load(p) for p in body])
samples = numpy.tile(samples, int(numpy.ceil(3600 * RATE / len(samples))))[:3600 * RATE] if not real else samples
long = save(WORK / "long.wav", samples[:3600 * RATE])
for seconds in (1.5, 3, 5, 10):
    pairs, starts = [], []
    for n in range(40):
        start = RNG.randrange(len(samples[:3600 * RATE]) - int(seconds * RATE))
        piece = save(WORK / "excerpts" / f"{seconds}-{n}.wav", samples[start:start + int(seconds * RATE)])
        pairs.append((long, piece))
        starts.append(start)
    result = []
    for kind in ("gain -12 dB", "MP3 32 kbit/s", "Opus 12 kbit/s"):
        found = compared([(a, distorted(kind, b)) for a, b in pairs])
        right = [m is not None and abs(m["offset"] * 256 - s) < 4096 for m, s in zip(found, starts)]
        result.append(f"{kind} {percent(right)}")
    print(f"{seconds} s in an hour, found at its place, %:", ", ".join(result))
for one_key_in in (1, 2, 4):
    for kind in ("gain -12 dB", "MP3 32 kbit/s", "Opus 12 kbit/s"):
        corpus = clips + [distorted(kind, clip) for clip in clips]
        lines, counts = sprog("search", one_key_in, 2, lines=corpus)
        got = {(m["a"], m["b"]) for m in map(json.loads, lines)}
        copies = [(str(c), str(distorted(kind, c))) in got for c in clips]
        print(f"search, one key in {one_key_in}, {kind}: {percent(copies)} % of copies; {counts}")

# Speed.
print()
print("sprog:", sprog("speed", long)[0][0])
best = float("inf")
for _ in range(3):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["fpcalc", "-length", "0", long], capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
print(f"fpcalc: {len(samples[:3600 * RATE]) / RATE / best:.0f} x real time, with reading the WAV")
