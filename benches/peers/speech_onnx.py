"""Compares the ONNX runner with onnxruntime: largest difference, on a Danish clip.

    python speech_onnx.py PATH/TO/onnx_run CLIP.wav TINY_CTC.onnx SILERO_FOLDER

Needs numpy, onnxruntime, soundfile. SILERO_FOLDER is silero_vad/data of the PyPI package silero-vad.
"""
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
import soundfile

run, clip, tiny, folder = sys.argv[1:]
samples, rate = soundfile.read(clip, dtype="float32", always_2d=True)
assert rate == 16000, rate
samples = np.ascontiguousarray(samples[:, 0])


def ours(kind, model):
    with tempfile.NamedTemporaryFile(suffix=".f32") as file:
        file.write(samples.tobytes())
        file.flush()
        done = subprocess.run([run, kind, model, file.name], capture_output=True)
    if done.returncode:
        return None, done.stderr.decode().strip().splitlines()[-1][:200]
    return np.frombuffer(done.stdout, dtype="<f4"), done.stderr.decode().strip().splitlines()[-1]


def session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


x = (samples.astype(np.float64) - samples.mean(dtype=np.float64)) / np.sqrt(samples.var(dtype=np.float64) + 1e-7)
logits = session(tiny).run(None, {"input_values": x.astype(np.float32)[None]})[0][0].astype(np.float64)
peer = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
mine, said = ours("ctc", tiny)
print(f"{Path(tiny).name}: {peer.shape}, max |difference| {np.abs(mine.reshape(peer.shape) - peer).max():.2e}; {said}")

for path in sorted(Path(folder).glob("*.onnx")):
    mine, said = ours("silero", path)
    if mine is None:
        print(f"{path.name}: {said}")
        continue
    model = session(path)
    windows = len(samples) // 512
    padded = np.concatenate([np.zeros(64, np.float32), samples[: windows * 512]])
    rows = np.stack([padded[n * 512 : n * 512 + 576] for n in range(windows)])
    names = [i.name for i in model.get_inputs()]
    started = time.perf_counter()
    if "h" in names:
        zero = np.zeros((1, 1, 128), np.float32)
        peer = model.run(None, {"input": rows, "h": zero, "c": zero})[0].reshape(-1)
    else:
        state = np.zeros((2, 1, 128), np.float32)
        peer = []
        for row in rows:
            feed = {"input": row[None], "state": state}
            if "sr" in names:
                feed["sr"] = np.array(16000, np.int64)
            p, state = model.run(None, feed)
            peer.append(p.item())
        peer = np.array(peer)
    took = time.perf_counter() - started
    print(f"{path.name}: {windows} windows, max |difference| {np.abs(mine - peer).max():.2e}; {said}; onnxruntime {took:.2f} s without loading")
