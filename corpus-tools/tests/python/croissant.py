#!/usr/bin/env python3
"""Reads a published dataset by its croissant.json alone, with the reference implementation of Croissant: it validates
without errors and warnings, every record set of every config gives its rows, and audio comes as bytes that decode. Then
one thing at a time is broken, and each must be found.

    croissant.py path/to/sprog [folder of a published dataset; the demo is built if not given]

Needs mlcroissant, pyarrow and soundfile. No network: every address is a path in the folder.
"""
import io
import json
import logging
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

import mlcroissant  # noqa: E402
import soundfile  # noqa: E402

sprog = sys.argv[1]
scratch = pathlib.Path(tempfile.mkdtemp(prefix="sprog-croissant-"))
passed = 0


def check(condition, what):
    global passed
    if not condition:
        shutil.rmtree(scratch, ignore_errors=True)
        sys.exit(f"FAILED: {what}")
    passed += 1


def built():
    demo = pathlib.Path(__file__).resolve().parents[3] / "datasets" / "demo"
    done = subprocess.run([sprog, "build", str(demo), "--out", str(scratch / "out"), "-q"], capture_output=True, text=True)
    check(done.returncode == 0, f"build: {done.stderr}")
    return pathlib.Path(done.stdout.strip().splitlines()[-1])


class Warnings(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else built()
description = json.load(open(folder / "dataset.json"))
croissant = json.load(open(folder / "croissant.json"))

warnings = Warnings()
for name in ("absl", None):
    logging.getLogger(name).addHandler(warnings)
dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
issues = dataset.metadata.ctx.issues
# The reference implementation does not miss all that the specification requires, so that is checked below.
check(not issues.errors, f"errors: {issues.report()}")
check(not issues.warnings, f"warnings: {issues.report()}")
check(not warnings.lines, f"warnings: {warnings.lines}")
check(str(dataset.metadata.version) == description["version"], "version")
conforms = croissant["conformsTo"]
check("http://mlcommons.org/croissant/1.1" in conforms and "http://mlcommons.org/croissant/RAI/1.0" in conforms, "conformsTo")
for key in ("@context", "@type", "name", "description", "url", "license", "creator", "datePublished", "distribution"):
    check(croissant.get(key), f"{key} is required")
check(any(key.startswith("rai:") for key in croissant), "the RAI vocabulary")

clips = 0
for config in description["configs"]:
    name = config["name"]
    records = list(dataset.records(name))
    rows = {split["name"]: sum(f["rows"] for f in split["files"]) for split in config["splits"]}
    check(len(records) == sum(rows.values()), f"{name}: {len(records)} records of {sum(rows.values())}")
    splits = [r[f"{name}/split"] for r in records]
    splits = [s.decode() if isinstance(s, bytes) else s for s in splits]
    check({s: splits.count(s) for s in set(splits)} == rows, f"{name}: rows by split, {set(splits)}")
    if config["modality"] == "speech":
        for record in records:
            audio = record[f"{name}/audio"]
            check(isinstance(audio, bytes) and audio[:4] == b"fLaC", f"{name}: audio is {type(audio)}")
            samples, rate = soundfile.read(io.BytesIO(audio))
            check(abs(len(samples) / rate - record[f"{name}/duration"]) < 0.001, f"{name}: duration")
            check(record[f"{name}/text"], f"{name}: transcript")
            clips += 1
    if config["modality"] == "text":
        check(all(record[f"{name}/text"] for record in records), f"{name}: text")
        check(records[0][f"{name}/quality"][f"{name}/quality/characters"] > 0, f"{name}: a struct")
check(clips >= 2 or not any(c["modality"] == "speech" for c in description["configs"]), "at least two clips")

# One thing broken at a time: each is found.


copy = scratch / "broken"
shutil.copytree(folder / "data", copy / "data")


def is_found(change):
    """Whether a copy of the folder that was changed is refused, or cannot be read."""
    document = json.loads(json.dumps(croissant))
    change(document)
    (copy / "croissant.json").write_text(json.dumps(document))
    try:
        read = mlcroissant.Dataset(jsonld=str(copy / "croissant.json"))
        if read.metadata.ctx.issues.errors:
            return True
        for config in description["configs"]:
            for _, record in zip(range(2), read.records(config["name"])):
                assert record
    except Exception:  # whatever it is, it was found
        return True
    return False


def record_set(document):
    sets = [s for s in document["recordSet"] if "data" not in s]
    return sets[0]


def first_field(document):
    return record_set(document)["field"][1]


def first_set(document):
    return next(d for d in document["distribution"] if d["@type"] == "cr:FileSet")


logging.disable(logging.CRITICAL)
check(not is_found(lambda d: None), "an unchanged copy is read")
for what, change in [
    ("a type that is none", lambda d: d.update({"@type": "sc:Book"})),
    ("no files", lambda d: d.pop("distribution")),
    ("a file set that includes nothing", lambda d: first_set(d).pop("includes")),
    ("a shape that is none", lambda d: first_field(d).update(arrayShape="x")),
    ("a version of Croissant that is none", lambda d: d.update(conformsTo="http://mlcommons.org/croissant/9.9")),
    ("a file set that is not there", lambda d: first_field(d)["source"].update(fileSet={"@id": "nowhere"})),
    ("a column that is not there", lambda d: first_field(d)["source"]["extract"].update(column="nowhere")),
    ("files that are not there", lambda d: first_set(d).update(includes="nowhere/*.parquet")),
    ("no encoding format", lambda d: first_set(d).pop("encodingFormat")),
    ("a field with no data type that exists", lambda d: first_field(d).update(dataType="sc:Nothing")),
]:
    check(is_found(change), f"not found: {what}")

shutil.rmtree(scratch, ignore_errors=True)
print(f"croissant: {passed} checks, {clips} clips read")
