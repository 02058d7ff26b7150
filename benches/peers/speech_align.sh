#!/bin/sh
# Word starts against times that are known: speech_align.sh SPROG WORK
# Needs SPROG_SHARED, espeak-ng, and a Python with numpy, soundfile and soxr as PYTHON.
set -eu
sprog=$1; work=$2; shared=${SPROG_SHARED:-../shared}; python=${PYTHON:-python3}
mkdir -p "$work"
truth=$shared/data/espeak-truth
manifest() { # FOLDER > manifest of its truth.jsonl
    "$python" - "$1" <<'P'
import json, os, sys
for line in open(os.path.join(sys.argv[1], "truth.jsonl"), encoding="utf8"):
    one = json.loads(line)
    audio = os.path.abspath(os.path.join(sys.argv[1], one["id"] + ".flac"))
    print(json.dumps({"id": one["id"], "audio": audio, "text": one["text"]}, ensure_ascii=False))
P
}
manifest "$truth" > "$work/truth.jsonl"
run() { # NAME OPTIONS…
    name=$1; shift
    echo "== $name"
    "$sprog" --quiet speech align --out "$work/$name" --threads 1 "$@" > /dev/null
    "$sprog" score boundaries "$truth/truth.jsonl" "$work/$name" | head -4
}
run itself --manifest "$work/truth.jsonl"
run raw --manifest "$work/truth.jsonl" --no-calibration
run letters --manifest "$work/truth.jsonl" --graphemes
# White noise at 20 dB.
"$python" - "$work/truth.jsonl" "$work/noisy" > "$work/noisy.jsonl" <<'P'
import json, os, sys
import numpy as np, soundfile as sf
rng = np.random.default_rng(1)
os.makedirs(sys.argv[2], exist_ok=True)
for line in open(sys.argv[1], encoding="utf8"):
    one = json.loads(line)
    x, rate = sf.read(one["audio"])
    noise = rng.standard_normal(len(x))
    noise *= np.sqrt((x ** 2).mean() / (noise ** 2).mean()) / 10
    one["audio"] = os.path.abspath(os.path.join(sys.argv[2], one["id"] + ".wav"))
    sf.write(one["audio"], x + noise, rate, subtype="FLOAT")
    print(json.dumps(one, ensure_ascii=False))
P
run noise --manifest "$work/noisy.jsonl"
