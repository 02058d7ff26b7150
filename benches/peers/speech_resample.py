"""Resamplers compared: python speech_resample.py PROGRAM [TURNS]

PROGRAM is target/release/examples/speech_resample. Peers are soxr HQ and VHQ, libsamplerate's sinc_best (PyPI soxr,
samplerate; needs numpy) and rubato's Fft. First a table of tones of one second at half of full scale, to 16 kHz: gain in
dB of those that pass, what is left of those that must not, noise and the place of a click. Then seconds of audio a
second of CPU time, one thread; all tools take turns on 5 minutes of noise, and the best and the median turn are told.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import samplerate
import soxr

TO = 16000
PASS = [100, 1000, 3000, 5000, 6500, 7000, 7200, 7400, 7600, 7800]
STOP = [8100, 8200, 8400, 8800, 9500, 11000, 14000, 19000]


def own(program, engine, samples, rate, turns=1):
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "in.f32"), os.path.join(folder, "out.f32")
        samples.tofile(source)
        done = subprocess.run(
            [program, engine, str(rate), str(TO), source, target, str(turns)], check=True, capture_output=True, text=True
        )
        return np.fromfile(target, "f4"), json.loads(done.stdout)


def timed(convert, samples, rate, turns):
    seconds = []
    for _ in range(turns):
        start = time.thread_time()
        convert(samples, rate)
        seconds.append(time.thread_time() - start)
    return seconds


def tools(program):
    python = {
        "soxr HQ": lambda x, rate: soxr.resample(x, rate, TO, "HQ"),
        "soxr VHQ": lambda x, rate: soxr.resample(x, rate, TO, "VHQ"),
        "sinc_best": lambda x, rate: samplerate.resample(x, TO / rate, "sinc_best"),
    }
    table = {name: (lambda x, rate, n=engine: own(program, n, x, rate)[0], lambda x, rate, turns, n=engine: own(program, n, x, rate, turns)[1])
             for name, engine in [("sprog", "sprog"), ("sprog 20 ms", "stream"), ("rubato Fft", "rubato")]}
    for name, convert in python.items():
        table[name] = (convert, lambda x, rate, turns, c=convert: timed(c, x, rate, turns))
    return table


def tone(hz, rate):
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(rate) / rate)).astype("f4")


def level(samples):
    return 20 * np.log10(np.sqrt(np.mean(samples.astype("f8") ** 2)) / (0.5 / np.sqrt(2)) + 1e-12)


def noise(samples, hz):
    """dB of all but the tone, below it."""
    samples, turns = samples.astype("f8"), 2 * np.pi * hz * np.arange(len(samples)) / TO
    basis = np.c_[np.sin(turns), np.cos(turns)]
    rest = samples - basis @ np.linalg.lstsq(basis, samples, rcond=None)[0]
    return 20 * np.log10(samples.std() / (rest.std() + 1e-15))


def quality(convert, rate):
    middle = slice(TO // 4, 3 * TO // 4)
    gains = [level(convert(tone(hz, rate), rate)[middle]) for hz in PASS]
    left = [level(convert(tone(hz, rate), rate)[middle]) for hz in STOP if hz < rate / 2]
    click = np.zeros(rate, "f4")
    click[rate // 10] = 1
    peak = int(np.argmax(convert(click, rate)))
    constant = convert(np.full(rate, 0.5, "f4"), rate)[middle].astype("f8")
    return (
        " ".join(f"{hz}:{gain:+.3f}" for hz, gain in zip(PASS, gains)),
        " ".join(f"{hz}:{gain:.0f}" for hz, gain in zip(STOP, left)),
        noise(convert(tone(1000, rate), rate)[middle], 1000),
        peak - TO // 10,
        np.abs(constant - 0.5).max(),
    )


def main():
    program, turns = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    table = tools(program)
    for rate in (44100, 48000, 32000, 96000, 44101):
        for name, (convert, _) in table.items():
            gains, left, snr, late, error = quality(convert, rate)
            print(f"{rate} {name:12} pass {gains} | stop {left} | noise {snr:.0f} dB | click {late:+d} | DC {error:.0e}")
    for rate in (44100, 48000):
        samples = (np.random.default_rng(0).standard_normal(rate * 300) * 0.1).astype("f4")
        seconds = {name: [] for name in table if name != "sinc_best"}
        for _ in range(turns):
            for name in seconds:
                seconds[name] += table[name][1](samples, rate, 3)
        for name, found in seconds.items():
            print(f"{rate} {name:12} best {300 / min(found):.0f}, median {300 / statistics.median(found):.0f} x real time")


if __name__ == "__main__":
    main()
