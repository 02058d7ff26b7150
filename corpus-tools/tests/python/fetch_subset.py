#!/usr/bin/env python3
"""Opens what `sprog fetch` and `sprog subset` make of a published dataset as its users would: Hugging Face datasets,
pyarrow, polars and duckdb. Tells how many bytes some columns cost against the whole.

    fetch_subset.py PATH/TO/sprog [PUBLISHED_FOLDER]

Without a folder the demo is built. Nothing leaves the machine: addresses are file:///….
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

import datasets  # noqa: E402
import duckdb  # noqa: E402
import polars  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

datasets.disable_progress_bars()
sprog = pathlib.Path(sys.argv[1]).resolve()
here = pathlib.Path(__file__).resolve().parents[3]
scratch = pathlib.Path(tempfile.mkdtemp(prefix="sprog-fetch-subset-"))
passed = 0


def check(condition, what):
    global passed
    if not condition:
        sys.exit(f"FAILED: {what}")
    passed += 1


def run(*arguments):
    """Runs the program and gives what it prints."""
    done = subprocess.run([sprog, *map(str, arguments)], capture_output=True, text=True)
    check(done.returncode == 0, f"sprog {arguments}: exit {done.returncode}: {done.stderr}")
    return done.stdout


def opened(folder, config):
    """A config as `datasets` opens it."""
    return datasets.load_dataset(str(folder), config, cache_dir=str(scratch / "cache"))


def main():
    if len(sys.argv) > 2:
        whole = pathlib.Path(sys.argv[2]).resolve()
    else:
        whole = pathlib.Path(run("build", here / "datasets/demo", "--out", scratch / "out").strip())
    description = json.loads((whole / "dataset.json").read_text())
    name, version = description["id"], description["version"]
    site = scratch / "root/ds" / name
    shutil.copytree(whole, site / version)
    manifest = (whole / "MANIFEST.json").read_bytes()
    one = {"version": version, "created": description["created"], "bytes": 1,
           "manifest_sha256": hashlib.sha256(manifest).hexdigest()}
    (site / "latest.json").write_text(json.dumps({"format": 1, "id": name, "versions": [one], **one}))
    speech = next(c for c in description["configs"] if c["modality"] == "speech")
    config, address = speech["name"], f"file://{site}"

    # Some columns of a config of speech: opened alone, the same values, a fraction of the bytes.
    columns = ["id", "text", "gender", "words"]
    told = json.loads(run("fetch", address, "--config", config, "--columns", ",".join(columns), "--to", scratch / "c",
                          "--json"))
    text = json.loads(run("fetch", address, "--config", config, "--columns", "text", "--to", scratch / "t", "--json"))
    all_of = json.loads(run("fetch", address, "--config", config, "--to", scratch / "a", "--json"))
    run("verify", told["path"])
    features = opened(told["path"], config)["train"].features
    check(set(features) == set(columns), f"columns of datasets: {features}")
    check(features["gender"].names == ["female", "male", "other"], "gender is a ClassLabel")
    check(isinstance(features["words"], datasets.List), "words is a List")
    for split in speech["splits"]:
        for file in split["files"]:
            made, had = pathlib.Path(told["path"], file["path"]), whole / file["path"]
            kept = pq.read_schema(made).names
            check(sorted(kept) == sorted(columns), "columns of pyarrow")
            check(pq.read_table(made).equals(pq.read_table(had, columns=kept)), f"pyarrow: {file['path']}")
            check(polars.read_parquet(made).equals(polars.read_parquet(had, columns=kept)), f"polars: {file['path']}")
            counted = duckdb.execute("SELECT count(text) FROM read_parquet(?)", [str(made)]).fetchall()[0][0]
            check(counted <= file["rows"], f"duckdb: {file['path']}")
        loaded = opened(told["path"], config)[split["name"]]
        check(loaded.num_rows == split["totals"]["rows"], f"datasets: rows of {split['name']}")
    check(text["transferred"] * 10 < all_of["transferred"], "the text costs little")
    print(f"config {config}: {text['transferred']:,} bytes for --columns text, {all_of['transferred']:,} whole "
          f"({text['transferred'] / all_of['transferred']:.2%})")

    # One split of one config, whole.
    part = json.loads(run("fetch", address, "--config", config, "--split", "test", "--to", scratch / "s", "--json"))
    loaded = opened(part["path"], config)
    check(list(loaded) == ["test"], f"splits of a part: {list(loaded)}")
    check(isinstance(loaded["test"].features["audio"], datasets.Audio), "audio is Audio")

    # A subset: rows, licences, and every config of it opens.
    folder = pathlib.Path(run("subset", whole, "--where", "license = 'CC0-1.0'", "--out", scratch / "sub").strip())
    run("verify", folder)
    made = json.loads((folder / "dataset.json").read_text())
    check(made["derived_from"][0]["manifest_sha256"] == one["manifest_sha256"], "the parent's manifest")
    for config in made["configs"]:
        loaded = opened(folder, config["name"])
        for split in config["splits"]:
            check(loaded[split["name"]].num_rows == split["totals"]["rows"], f"subset: {config['name']}/{split['name']}")
            if "license" in loaded[split["name"]].column_names:
                check(set(loaded[split["name"]]["license"]) == {"CC0-1.0"}, "licences of the rows")
    print(f"{passed} passed")


try:
    main()
finally:
    shutil.rmtree(scratch, ignore_errors=True)
