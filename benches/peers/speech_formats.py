"""Checks EAF, SRT, VTT and npy files of ours with pympi-ling, srt, webvtt-py, numpy, and the EAF schema if given.

    python speech_formats.py PATH/TO/time_formats TRUTH.jsonl [EAFv3.0.xsd]

TRUTH.jsonl has words and phones with times, an utterance a line; they are set one after the other.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pympi
import srt
import webvtt

run, truth, *schema = sys.argv[1:]
work = Path(tempfile.mkdtemp())
rows, offset, texts = [], 0.0, []
for line in open(truth, encoding="utf-8"):
    utterance = json.loads(line)
    for word in utterance["words"]:
        end = utterance["text"].find(" ", word["char_end"])
        text = utterance["text"][word["char_start"] : end if end > 0 else None].strip() or word["text"]
        rows.append((word["start"] + offset, word["end"] + offset, "words", text.replace("\t", " ")))
    rows += [(p["start"] + offset, p["end"] + offset, "phones", p["label"]) for p in utterance["phones"]]
    offset += utterance["duration"] + 1.2
(work / "in.tsv").write_text("".join(f"{s}\t{e}\t{t}\t{l}\n" for s, e, t, l in rows), encoding="utf-8")
subprocess.run([run, "write", work / "in.tsv", work], check=True)

eaf = pympi.Elan.Eaf(str(work / "out.eaf"))
for tier in ("words", "phones"):
    mine = [r for r in rows if r[2] == tier]
    theirs = sorted(eaf.get_annotation_data_for_tier(tier))
    off = [max(abs(a[0] - m[0] * 1000), abs(a[1] - m[1] * 1000)) for a, m in zip(theirs, mine)]
    print(f"pympi {tier}: {len(theirs)} of {len(mine)}, labels the same {[a[2] for a in theirs] == [m[3] for m in mine]}, at most {max(off):.2f} ms off")
eaf.to_file(str(work / "pympi.eaf"))
done = subprocess.run([run, "eaf", work / "pympi.eaf", work / "again.eaf"], capture_output=True, text=True, check=True)
again = pympi.Elan.Eaf(str(work / "again.eaf"))
same = all(sorted(again.get_annotation_data_for_tier(t)) == sorted(eaf.get_annotation_data_for_tier(t)) for t in ("words", "phones"))
print(f"through pympi and back: same {same}, problems {len(done.stderr.splitlines())}")
if schema:
    for name in ("out.eaf", "again.eaf"):
        done = subprocess.run(["xmllint", "--noout", "--schema", schema[0], work / name], capture_output=True, text=True)
        print(f"schema, {name}: {done.stderr.strip().splitlines()[-1]}")

subtitles = list(srt.parse((work / "out.srt").read_text(encoding="utf-8")))
captions = webvtt.read(str(work / "out.vtt")).captions
said = " ".join(r[3] for r in rows if r[2] == "words").split()
print(f"srt: {len(subtitles)} cues, all words {' '.join(s.content for s in subtitles).split() == said}; "
      f"webvtt: {len(captions)} cues, all words {' '.join(c.text for c in captions).split() == said}")
lines = [line for s in subtitles for line in s.content.split("\n")]
lengths = [(s.end - s.start).total_seconds() for s in subtitles]
ends = [s.content[-1] in ".!?,;:…»\"”" for s in subtitles]
print(f"longest line {max(map(len, lines))}, cues of {min(lengths):.2f} to {max(lengths):.2f} s, "
      f"{sum(ends) / len(ends):.1%} end at punctuation; overlaps {sum(a.end > b.start for a, b in zip(subtitles, subtitles[1:]))}")

random, count = np.random.default_rng(1), 0
for kind in ["<f2", "<f4", "<f8", "<i2", "<i4", "<i8", ">f2", ">f4", ">f8", ">i2", ">i4", ">i8"]:
    for shape in [(), (0,), (7,), (3, 4), (2, 3, 4), (0, 5)]:
        for order in "CF":
            for version in [(1, 0), (2, 0), (3, 0)]:
                values = np.asarray(random.normal(0, 1000, shape)).astype(kind, order=order)
                with open(work / "a.npy", "wb") as file:
                    np.lib.format.write_array(file, values, version=version)
                subprocess.run([run, "npy", work / "a.npy", work / "b.npy"], check=True)
                back = np.load(work / "b.npy", allow_pickle=False)
                assert back.shape == values.shape and back.dtype == np.dtype(kind).newbyteorder("<"), (kind, shape)
                assert (back == values).all() and back.flags.f_contiguous == values.flags.f_contiguous, (kind, shape)
                count += 1
print(f"npy: {count} files read and written as numpy does")
