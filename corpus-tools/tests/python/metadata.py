#!/usr/bin/env python3
"""Checks the metadata files of a published dataset by the schemas of their standards: dataset.json by its own JSON Schema,
CITATION.cff by that of the Citation File Format 1.2.0, datacite.json by DataCite's, the card's YAML by a YAML parser. Then
one thing at a time is broken, and each must be found. At last `sprog check --standard digst` on the folder and on recipes.

    metadata.py path/to/sprog [folder of a published dataset; the demo is built if not given]

Needs jsonschema, PyYAML, datacite, and cffconvert for its copy of the schema (pip install --no-deps cffconvert).
"""
import copy
import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import jsonschema
import yaml
from datacite import schema45

sprog = sys.argv[1]
scratch = pathlib.Path(tempfile.mkdtemp(prefix="sprog-metadata-"))
root = pathlib.Path(__file__).resolve().parents[3]
passed = 0


def check(condition, what):
    global passed
    if not condition:
        shutil.rmtree(scratch, ignore_errors=True)
        sys.exit(f"FAILED: {what}")
    passed += 1


def run(*arguments):
    return subprocess.run([sprog, *map(str, arguments)], capture_output=True, text=True)


def built():
    done = run("build", root / "datasets" / "demo", "--out", scratch / "out", "-q")
    check(done.returncode == 0, f"build: {done.stderr}")
    return pathlib.Path(done.stdout.strip().splitlines()[-1])


folder = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else built()


def load(name):
    return json.loads((folder / name).read_text())


def refused(validate, document, change):
    """The error that a changed document gets, if any."""
    document = copy.deepcopy(document)
    change(document)
    try:
        validate(document)
    except jsonschema.ValidationError as error:
        return error.message[:300] or "refused"
    return None


def standard(name, validate, document, breakages):
    problem = refused(validate, document, lambda d: None)
    check(problem is None, f"{name}: {problem}")
    for what, change in breakages:
        check(refused(validate, document, change), f"{name}: not found: {what}")


# dataset.json
schema = load("dataset.schema.json")
check(schema["$schema"].startswith("https://json-schema.org/draft/2020-12"), "the dialect of the schema")
jsonschema.Draft202012Validator.check_schema(schema)
printed = run("new", "--schema", "dataset")
check(json.loads(printed.stdout) == schema, "sprog new --schema dataset prints the same schema")
check(json.loads(run("new", "--schema").stdout)["title"] == "Recipe", "sprog new --schema prints that of recipes")
dataset = load("dataset.json")
validator = jsonschema.Draft202012Validator(schema)
breakages = [(f"no {key}", lambda d, key=key: d.pop(key)) for key in schema["required"]]
breakages += [
    ("an object as title", lambda d: d.update(title="x")),
    ("a title in one language", lambda d: d["title"].pop("da")),
    ("a modality that is none", lambda d: d["configs"][0].update(modality="video")),
    ("rows as text", lambda d: d["configs"][0]["splits"][0]["files"][0].update(rows="3")),
    ("fewer rows than none", lambda d: d["configs"][0]["splits"][0]["files"][0].update(rows=-1)),
    ("an unknown answer", lambda d: d.setdefault("about", {}).update(datasheet={"hvorfor": {"da": "", "en": ""}})),
]
standard("dataset.json", validator.validate, dataset, breakages)

# CITATION.cff
package = pathlib.Path(importlib.util.find_spec("cffconvert").origin).parent
cff_schema = json.loads((package / "schemas" / "1.2.0" / "schema.json").read_text())
citation = yaml.load((folder / "CITATION.cff").read_text(), Loader=yaml.BaseLoader)
cff = jsonschema.Draft7Validator(cff_schema, format_checker=jsonschema.FormatChecker())
standard("CITATION.cff", cff.validate, citation, [
    ("no authors", lambda d: d.pop("authors")),
    ("no title", lambda d: d.pop("title")),
    ("a day that is none", lambda d: d.update({"date-released": "i dag"})),
    ("a licence that is none", lambda d: d.update(license="Gratis")),
    ("a key that is none", lambda d: d.update(titel="x")),
])
check(citation["title"] == dataset["title"]["en"] and citation["version"] == dataset["version"], "title and version")

# datacite.json
datacite = load("datacite.json")
standard("datacite.json", schema45.validator.validate, datacite, [
    ("no creators", lambda d: d.pop("creators")),
    ("no publisher", lambda d: d.pop("publisher")),
    ("a year that is none", lambda d: d.update(publicationYear="i år")),
    ("a type that is none", lambda d: d["types"].update(resourceTypeGeneral="Korpus")),
    ("a date type that is none", lambda d: d["dates"][0].update(dateType="Set")),
])

# The card
card = (folder / "README.md").read_text()
check(card.startswith("---\n"), "the card starts with YAML")
front = yaml.safe_load(card.split("\n---\n")[0][4:])
configs = [c["name"] for c in dataset["configs"] if c["splits"]]
check([c["config_name"] for c in front["configs"]] == configs, "configs of the card")
check(front["language"] == dataset["languages"] and front["pretty_name"] == dataset["title"]["en"], "language and name")

# Both languages
for da, en in [("datablad.da.md", "datasheet.en.md"), ("ai-act-summary.da.md", "ai-act-summary.en.md")]:
    texts = [(folder / name).read_text() for name in (da, en)]
    headings = [sum(line.startswith("## ") for line in text.splitlines()) for text in texts]
    check(headings[0] == headings[1] > 3, f"{da} and {en} have the same sections: {headings}")
    check(texts[0].splitlines()[0] != texts[1].splitlines()[0], f"{da} and {en} differ")

# The Danish recommendations
done = run("check", "--standard", "digst", folder, "--json")
check(done.returncode == 0, f"digst: {done.stdout}{done.stderr}")
report = json.loads(done.stdout)
check(report["required"] == 0 and all(f["message"]["da"] and f["message"]["en"] for f in report["findings"]), "digst")
for recipe in ("demo", "recipes/dansk-regler"):
    done = run("check", "--standard", "digst", root / "datasets" / recipe, "--lang", "da")
    check(done.returncode == 0, f"digst {recipe}: {done.stdout}")
text = (root / "datasets" / "demo" / "recipe.toml").read_text()
for what, old, new, code in [
    ("no Danish title", 'da = "Demokorpus: borgerens livssituationer"', 'da = ""', "SPROG-1210"),
    ("no contact", 'contact = "https://github.com/sprog-dk/sprog/issues"', 'contact = ""', "SPROG-1212"),
    ("no language", 'languages = ["da"]', "languages = []", "SPROG-1211"),
]:
    broken = scratch / "broken"
    broken.mkdir(exist_ok=True)
    check(text.count(old) == 1, f"the recipe has {old}")
    (broken / "recipe.toml").write_text(text.replace(old, new))
    done = run("check", "--standard", "digst", broken)
    check(done.returncode == 1 and f"[{code}]" in done.stdout, f"digst: not found: {what}")
without = text.split("[dataset.about.datasheet]")[0] + "# ---- text" + text.split("# ---- text", 1)[1]
(broken / "recipe.toml").write_text(without)
done = run("check", "--standard", "digst", broken)
check(done.returncode == 1 and "[SPROG-1214]" in done.stdout, f"digst: no data statement: {done.stdout}")
(broken / "recipe.toml").write_text(text.replace('spatial = ["DNK"]', 'spatial = ["DK"]'))
done = run("check", broken)
line = text.splitlines().index('spatial = ["DNK"]') + 1
check(done.returncode == 2 and f"recipe.toml:{line}:" in done.stderr, f"a wrong code has its line: {done.stderr}")

shutil.rmtree(scratch, ignore_errors=True)
print(f"metadata: {passed} checks")
