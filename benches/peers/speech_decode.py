#!/usr/bin/env python3
"""Decoding beside ffmpeg, one thread, CPU seconds, in one run.

    python3 benches/peers/speech_decode.py FOLDER target/release/examples/decode_speed [ROUNDS]

FOLDER holds the ten-minute files s44.wav, .flac, .mp3, .ogg, .m4a and m48.opus. What is printed is the least of
the rounds, which take turns; ratio > 1 means faster than ffmpeg.
"""
import os
import resource
import subprocess
import sys

FILES = ["s44.wav", "s44.flac", "s44.mp3", "s44.ogg", "m48.opus", "s44.m4a"]


def user_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime


def main():
    folder, ours = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    print(f"load {os.getloadavg()}")
    print("file\tours s\tffmpeg s\tratio\txRT")
    for name in FILES:
        path = os.path.join(folder, name)
        mine, theirs = [], []
        for _ in range(rounds):
            mine.append(user_seconds([ours, "1", path]))
            theirs.append(user_seconds(
                ["ffmpeg", "-v", "error", "-threads", "1", "-i", path, "-f", "f32le", "-"]))
        a, b = min(mine), min(theirs)
        print(f"{name}\t{a:.3f}\t{b:.3f}\t{b / max(a, 1e-3):.2f}\t{600 / max(a, 1e-3):.0f}")


if __name__ == "__main__":
    main()
