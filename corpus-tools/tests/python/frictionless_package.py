#!/usr/bin/env python3
"""Opens a published dataset by its datapackage.json alone, with frictionless: the package is valid, every resource is read
to its last row, and what is read is what dataset.json says. Then one thing at a time is broken, and each must be found.

    frictionless_package.py path/to/sprog [folder of a published dataset; the demo is built if not given]

Needs frictionless[parquet] and pyarrow. No network: every path is in the folder.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import frictionless
import pyarrow.parquet as pq

sprog = sys.argv[1]
scratch = pathlib.Path(tempfile.mkdtemp(prefix="sprog-frictionless-"))
passed = 0


def check(condition, what):
    global passed
    if not condition:
        shutil.rmtree(scratch, ignore_errors=True)
        sys.exit(f"FAILED: {what[:2000]}")
    passed += 1


def built():
    demo = pathlib.Path(__file__).resolve().parents[3] / "datasets" / "demo"
    done = subprocess.run([sprog, "build", str(demo), "--out", str(scratch / "out"), "-q"], capture_output=True, text=True)
    check(done.returncode == 0, f"build: {done.stderr}")
    return pathlib.Path(done.stdout.strip().splitlines()[-1])


def errors(path):
    report = frictionless.validate(str(path))
    tasks = [f"{task.name}: {error.message[:300]}" for task in report.tasks for error in task.errors]
    return [error.message[:300] for error in report.errors] + tasks


folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else built()
description = json.load(open(folder / "dataset.json"))
document = json.load(open(folder / "datapackage.json"))
manifest = {f["path"]: f for f in json.load(open(folder / "MANIFEST.json"))["files"]}

found = errors(folder / "datapackage.json")
check(not found, f"not valid: {found}")
package = frictionless.Package(str(folder / "datapackage.json"))
check(package.name == description["id"] and package.version == description["version"], "name and version")
files = {f["path"]: f["rows"] for c in description["configs"] for s in c["splits"] for f in s["files"]}
check({r.path for r in package.resources} == set(files), "a resource for each file")
check(len({r.name for r in package.resources}) == len(files), "names of resources are unique")
rows_read = 0
for resource in package.resources:
    rows = resource.read_rows()
    check(len(rows) == files[resource.path], f"{resource.path}: {len(rows)} rows of {files[resource.path]}")
    table = pq.read_table(folder / resource.path)
    check([f.name for f in resource.schema.fields] == table.column_names, f"{resource.path}: columns")
    for column in ("id", "row_id"):
        if column in table.column_names:
            check([row[column] for row in rows] == table[column].to_pylist(), f"{resource.path}: {column}")
    rows_read += len(rows)
for entry in document["resources"]:
    check(entry["sha256"] == manifest[entry["path"]]["sha256"], f"{entry['path']}: sha256")
    check(entry["byteSize"] == manifest[entry["path"]]["bytes"], f"{entry['path']}: byteSize")

# One thing broken at a time, on the smallest resource.
copy = scratch / "broken"
smallest = min(document["resources"], key=lambda r: r["byteSize"])
target = copy / smallest["path"]
target.parent.mkdir(parents=True)


def is_found(change):
    shutil.copyfile(folder / smallest["path"], target)
    broken = json.loads(json.dumps({**document, "resources": [smallest]}))
    change(broken)
    (copy / "datapackage.json").write_text(json.dumps(broken))
    try:
        return bool(errors(copy / "datapackage.json"))
    except Exception:  # whatever it is, it was found
        return True


def field(d):
    return d["resources"][0]["schema"]["fields"]


check(not is_found(lambda d: None), "an unchanged copy is valid")
for what, change in [
    ("no resources", lambda d: d.pop("resources")),
    ("a licence without name and path", lambda d: d.update(licenses=[{"title": "Gratis"}])),
    ("a file that is not there", lambda d: d["resources"][0].update(path="data/nowhere.parquet")),
    ("a path out of the folder", lambda d: d["resources"][0].update(path="../../etc/passwd")),
    ("a column that is not there", lambda d: field(d)[0].update(name="nowhere")),
    ("a column of another type", lambda d: field(d)[0].update(type="integer")),
    ("a file cut off", lambda d: target.write_bytes(target.read_bytes()[:-100])),
]:
    check(is_found(change), f"not found: {what}")

shutil.rmtree(scratch, ignore_errors=True)
print(f"frictionless: {passed} checks, {rows_read} rows read of {len(files)} resources")
