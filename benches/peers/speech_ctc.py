"""Compares the CTC search with torchaudio's (the C++ of it in the PyPI package ctc-forced-aligner) and with numpy.

    python speech_ctc.py PATH/TO/ctc_align [WORK_FOLDER]

Needs numpy and ctc-forced-aligner. Scores are made: peaks where labels are said, noise elsewhere.
"""
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

run = sys.argv[1]
work = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
# Without the package's __init__, which imports librosa and more.
folder = Path(importlib.util.find_spec("numpy").origin).parents[1] / "ctc_forced_aligner"
spec = importlib.util.spec_from_file_location("ctc_aligner", folder / "ctc_aligner.py")
peer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(peer)


def emissions(frames, labels, vocab, random, noise=2.0):
    logits = random.normal(0, noise, (frames, vocab)).astype(np.float32)
    at = np.sort(random.choice(np.arange(1, frames - 1), len(labels), replace=False))
    logits[:, 0] += 5
    logits[at, labels] += 12
    logits -= logits.max(1, keepdims=True)
    return np.ascontiguousarray(logits - np.log(np.exp(logits).sum(1, keepdims=True)), dtype=np.float32)


def by_numpy(log_probs, labels):
    """Viterbi in float64, the same ties: stay, one on, two on."""
    states = np.zeros(2 * len(labels) + 1, np.int64)
    states[1::2] = labels
    skip = np.zeros(len(states), bool)
    skip[3::2] = states[3::2] != states[1:-2:2]
    best = np.full(len(states), -np.inf)
    best[0] = log_probs[0, 0]
    if len(states) > 1:
        best[1] = log_probs[0, labels[0]]
    back = np.zeros((len(log_probs), len(states)), np.int8)
    for t in range(1, len(log_probs)):
        one = np.concatenate([[-np.inf], best[:-1]])
        two = np.where(skip, np.concatenate([[-np.inf, -np.inf], best[:-2]])[: len(states)], -np.inf)
        new, code = best.copy(), np.zeros(len(states), np.int8)
        code[one > new], new = 1, np.maximum(one, new)
        code[two > new], new = 2, np.maximum(two, new)
        back[t] = code
        best = new + log_probs[t, states].astype(np.float64)
    s = len(states) - 1 if best[-1] >= best[-2] else len(states) - 2
    score, path = best[s], []
    for t in range(len(log_probs) - 1, -1, -1):
        path.append(states[s])
        s -= int(back[t, s])
    return score, np.array(path[::-1])


def ours(log_probs, labels, *options):
    np.save(work / "scores.npy", log_probs)
    np.save(work / "labels.npy", labels.astype(np.int64))
    out = subprocess.run(
        [run, work / "scores.npy", work / "labels.npy", work / "path.npy", *map(str, options)],
        capture_output=True, text=True, check=True,
    ).stdout.split()
    return float(out[0]), int(out[1]), int(out[2]) / 1e9, out[3], np.load(work / "path.npy")


random = np.random.default_rng(5)
same_numpy = same_peer = better = cases = 0
for n in range(60):
    frames, vocab = int(random.integers(20, 400)), int(random.integers(3, 40))
    labels = random.integers(1, vocab, int(random.integers(1, frames // 3)))
    log_probs = emissions(frames, labels, vocab, random, noise=float(random.choice([0.5, 2, 6])))
    score, _, _, _, path = ours(log_probs, labels)
    expected, reference = by_numpy(log_probs, labels)
    theirs, _ = peer.align_sequences(log_probs[None], labels[None].astype(np.int64), 0)
    theirs = np.asarray(theirs).reshape(-1)
    cases += 1
    same_numpy += abs(score - expected) < 1e-9 * abs(expected) and (path == reference).all()
    same_peer += (path == theirs).all()
    sums = [log_probs[np.arange(frames), p].astype(np.float64).sum() for p in (path, theirs)]
    better += sums[0] > sums[1] + 1e-9
print(f"{cases} cases: path and score as numpy {same_numpy}, path as ctc-forced-aligner {same_peer}, better score than it {better}")

for minutes, chars, vocab in [(0.5, 450, 32), (5, 4500, 32), (30, 27000, 32)]:
    frames = int(minutes * 60 * 50)
    labels = random.integers(1, vocab, chars)
    log_probs = emissions(frames, labels, vocab, random)
    line = f"{minutes} min, {frames} frames, {chars} labels:"
    for name, options in [("whole", [3]), ("band 500", [3, 500]), ("64 MB", [3, 0, 64 << 20])]:
        score, held, took, edge, path = ours(log_probs, labels, *options)
        line += f" {name} {took * 1e3:.1f} ms, {held / 1e6:.1f} MB, score {score:.2f}, at edge {edge};"
        if name == "whole":
            whole = path
    if minutes < 30:
        took = []
        for _ in range(3):
            started = time.process_time()
            theirs, _ = peer.align_sequences(log_probs[None], labels[None].astype(np.int64), 0)
            took.append(time.process_time() - started)
        line += f" ctc-forced-aligner {min(took) * 1e3:.1f} ms, same path {(np.asarray(theirs).reshape(-1) == whole).all()}"
    print(line)
