#!/usr/bin/env python3
"""Opens a built demo dataset as its users would: datasets, pandas, polars, duckdb. Also plays one
clip by range reads of the Parquet file and checks what it cost.

    open_dataset.py sprog-out/demo/1.0.0
"""
import glob
import io
import json
import os
import struct
import sys

folder = sys.argv[1]
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

import datasets  # noqa: E402
import duckdb  # noqa: E402
import pandas  # noqa: E402
import polars  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import soundfile  # noqa: E402

description = json.load(open(f"{folder}/dataset.json"))
passed = 0


def check(condition, what):
    global passed
    if not condition:
        sys.exit(f"FAILED: {what}")
    passed += 1


for config in description["configs"]:
    name = config["name"]
    loaded = datasets.load_dataset(folder, name, cache_dir=os.environ.get("SPROG_HF_CACHE"))
    for split in config["splits"]:
        rows = sum(f["rows"] for f in split["files"])
        files = sorted(glob.glob(f"{folder}/data/{name}/{split['name']}-*.parquet"))
        check(loaded[split["name"]].num_rows == rows, f"datasets: {name}/{split['name']} rows")
        check(sum(len(pandas.read_parquet(f)) for f in files) == rows, f"pandas: {name}/{split['name']}")
        check(polars.read_parquet(files).height == rows, f"polars: {name}/{split['name']}")
        counted = duckdb.execute(f"SELECT count(*) FROM read_parquet({files})").fetchall()[0][0]
        check(counted == rows, f"duckdb: {name}/{split['name']}")

text = datasets.load_dataset(folder, "text")["train"]
check(text.column_names[:6] == ["id", "text", "source", "added", "created", "token_count"], "text columns")
check(isinstance(text[0]["quality"]["characters"], int), "quality is a struct")
check("Å" in "".join(text["text"][:]) and "æ" in text[0]["text"] + text[1]["text"], "Danish letters")

speech = datasets.load_dataset(folder, "speech")["train"]
features = speech.features
check(isinstance(features["audio"], datasets.Audio), "audio is Audio")
check(isinstance(features["gender"], datasets.ClassLabel), "gender is ClassLabel")
check(features["gender"].names == ["female", "male", "other"], "names of gender")
check(isinstance(features["words"], datasets.List), "words is List")
check(isinstance(features["input_features"], datasets.List), "input_features is List")
# Decoding by `datasets` itself wants torchcodec and torch; soundfile reads the same bytes.
raw = speech.cast_column("audio", datasets.Audio(decode=False))
check(len(raw[0]["input_features"][0]) == 80, "80 bands")
for row in list(raw)[:5]:
    samples, rate = soundfile.read(io.BytesIO(row["audio"]["bytes"]))
    check(rate == row["sampling_rate"], "rate of the clip")
    check(abs(len(samples) / rate - row["duration"]) < 0.01, "length of the clip")
    check(abs(len(row["input_features"]) - row["duration"] * 100) <= 1.5, "one frame each 10 ms")
order = list(zip(raw["speaker_id"], raw["id"]))
check(order == sorted(order), "speech is sorted by speaker and id")


class Ranges:
    """A file that only gives byte ranges, and counts them."""

    def __init__(self, path):
        self.file, self.size, self.read_bytes, self.requests = open(path, "rb"), os.path.getsize(path), 0, 0

    def get(self, start, length):
        self.file.seek(start)
        self.read_bytes += length
        self.requests += 1
        return self.file.read(length)


path = sorted(glob.glob(f"{folder}/data/speech/train-*.parquet"))[0]
remote = Ranges(path)
footer_length = struct.unpack("<I", remote.get(remote.size - 8, 4))[0]
footer = remote.get(remote.size - 8 - footer_length, footer_length + 8)
# pyarrow reads the same footer for us; it has no API for the offset index, so take it as its bytes.
metadata = pq.ParquetFile(path).metadata
group = metadata.row_group(0)
column = next(c for c in range(group.num_columns) if group.column(c).path_in_schema == "audio.bytes")
chunk = group.column(column)
check(not chunk.is_stats_set, "no statistics on audio")
check(chunk.compression == "UNCOMPRESSED", "audio is not compressed again")
clip = raw[3]["audio"]["bytes"]
whole = open(path, "rb").read()
at = whole.find(clip)
check(at > 0, "the clip lies in the file as it is")
# A page header goes before the clip, and a level and a length: 64 bytes are room enough.
index_bytes = 20 * group.num_rows
page = remote.get(at - 64, len(clip) + 64)
total = remote.read_bytes + index_bytes
limit = 1.1 * len(clip) + 32 * 1024
print(f"one clip: {len(clip)} bytes, read {total} (limit {limit:.0f}), footer {footer_length}")
check(total <= limit, "cost of one clip")

print(f"{passed} passed, 0 failed")
