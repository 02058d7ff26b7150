#!/usr/bin/env python3
"""DCAT-AP 3.0.1 and PROV of built datasets, checked by programs of others: rdflib reads, pyshacl validates.

    dcat.py target/debug/sprog [folder for what is built]

The EU's shapes lie in $SPROG_SHARED/data/dcat-ap-3.0.1 (../shared if not set).

 1. shapes, range and full: the three files of the demo and of a catalogue of two datasets conform
 2. every property with sh:minCount, removed from one thing that has it: does not conform
 3. every sh:class that a value is held to, its type removed: does not conform
 4. Turtle, JSON-LD and RDF/XML are isomorphic; so are the two files of PROV, whose steps form one chain
 5. hostile titles and addresses give valid RDF that says just them
 6. a catalogue is found as CKAN's harvester looks: title, licence, distributions
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import rdflib
from pyshacl import validate
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

SH = Namespace("http://www.w3.org/ns/shacl#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCT = Namespace("http://purl.org/dc/terms/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
PROV = Namespace("http://www.w3.org/ns/prov#")
OWL_IMPORTS = URIRef("http://www.w3.org/2002/07/owl#imports")
FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}
ROOT = Path(__file__).resolve().parents[3]

sprog = Path(sys.argv[1]).resolve()
shared = Path(os.environ.get("SPROG_SHARED", ROOT.parent / "shared")) / "data" / "dcat-ap-3.0.1"
out = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="sprog-dcat-")).resolve()
if not shared.is_dir():
    sys.exit(f"NOT RUN: no shapes in {shared}; set SPROG_SHARED")

checks = 0


def check(condition, what):
    global checks
    if not condition:
        sys.exit(f"FAILED: {what}")
    checks += 1


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    check(done.returncode == 0, f"{command}: {done.stderr[-2000:]}")


def read(path):
    return Graph().parse(path, format=FORMATS[Path(path).suffix[1:]])


def shapes(*names):
    graph = Graph()
    for name in names:
        graph.parse(shared / f"{name}.ttl", format="turtle")
    graph.remove((None, OWL_IMPORTS, None))
    return graph


RULES = shapes("shapes", "range", "full")


def validated(graph, focus=None):
    """Whether it conforms, and what pyshacl says; warnings do not count."""
    conforms, _, text = validate(
        graph, shacl_graph=RULES, allow_warnings=True, allow_infos=True, focus_nodes=focus and [focus]
    )
    return conforms, text


def three_forms(stem):
    """The graph of three files that say the same."""
    graphs = [read(f"{stem}.{ending}") for ending in FORMATS]
    for ending, graph in zip(FORMATS, graphs):
        check(isomorphic(graph, graphs[0]), f"{stem}.{ending} says what the Turtle says")
        check(not any(isinstance(n, rdflib.BNode) for t in graph for n in t), f"{stem}.{ending}: no blank nodes")
    return graphs[0]


def build(recipe, dataset, version="1.0.0"):
    if not release(dataset, version).is_dir():
        run(sprog, "build", recipe, "--out", out, "--quiet")


def release(dataset, version="1.0.0"):
    return out / dataset / version


def catalogue(into, *releases):
    """catalog.ttl, .jsonld and .rdf of a site with these releases."""
    root = into / "root"
    shutil.rmtree(root, ignore_errors=True)
    for folder in releases:
        said = json.loads((folder / "dataset.json").read_text())
        shutil.copytree(folder, root / "ds" / said["id"] / said["version"])
    (root / "catalog.toml").write_text('publisher = "Eksempelstyrelsen"\n')
    run(sprog, "catalog", "build", root, "--base-url", "https://data.example.dk/sprog/")
    for ending in FORMATS:
        shutil.copy(root / f"catalog.{ending}", into)


# ---- what is looked at -------------------------------------------------------------------------------

build(ROOT / "datasets/demo", "demo")
build(ROOT / "datasets/recipes/dansk-regler", "dansk-regler")
older = out / "recipe-older"
shutil.copytree(ROOT / "datasets/demo", older, dirs_exist_ok=True)
recipe = (older / "recipe.toml").read_text()
newer = recipe.replace('version = "1.0.0"', 'version = "1.1.0"').replace('created = "2026-11-22"', 'created = "2026-11-23"')
if 'doi = "' not in newer and "[dataset.about]" in newer:
    newer = newer.replace("[dataset.about]", '[dataset.about]\ndoi = "10.5281/zenodo.1234567"')
check(newer != recipe, "the demo's recipe has a version to raise")
(older / "recipe.toml").write_text(newer)
build(older, "demo", "1.1.0")
catalogue(out, release("demo", "1.1.0"), release("demo"), release("dansk-regler"))

# ---- 1 and 4: conform, and say the same ---------------------------------------------------------------

graphs = {}
for name, stem in [("demo", release("demo") / "dcat"), ("catalogue", out / "catalog")]:
    graphs[name] = three_forms(stem)
    for ending in FORMATS:
        conforms, text = validated(read(f"{stem}.{ending}"))
        check(conforms, f"{stem}.{ending} conforms:\n{text}")
conforms, text = validated(three_forms(release("dansk-regler") / "dcat"))
check(conforms, f"dansk-regler conforms:\n{text}")
provs = [read(release("demo") / f"prov.{ending}") for ending in ("ttl", "jsonld")]
check(isomorphic(*provs), "prov.ttl and prov.jsonld say the same")
for name, graph in graphs.items():
    print(f"{name}: {len(graph)} triples conform to shapes, range and full; ttl, jsonld and rdf are isomorphic")

# Beyond what is asked: the EU's controlled vocabularies. Their shape for checksums asks for an address under
# https://spdx.org/, which SPDX does not have.
VOCABULARIES = shapes("mdr-vocabularies")
for name, graph in graphs.items():
    _, results, _ = validate(graph, shacl_graph=VOCABULARIES, allow_warnings=True)
    wrong = [r for r in results.objects(None, SH.result) if results.value(r, SH.resultSeverity) == SH.Violation]
    wrong = [r for r in wrong if "spdx.org" not in str(results.value(r, SH.value))]
    check(not wrong, f"{name}: controlled vocabularies: {[(results.value(r, SH.resultPath), results.value(r, SH.value)) for r in wrong]}")

# ---- 2: every mandatory property ----------------------------------------------------------------------

mandatory = {}
for shape, _, constraint in RULES.triples((None, SH.property, None)):
    count, path = RULES.value(constraint, SH.minCount), RULES.value(constraint, SH.path)
    warning = RULES.value(constraint, SH.severity) == SH.Warning
    if count is not None and int(count) > 0 and isinstance(path, URIRef) and not warning:
        mandatory[(RULES.value(shape, SH.targetClass), path)] = None
check(len(mandatory) >= 18, f"mandatory properties of the shapes: {len(mandatory)}")
removed, without = 0, []
for target, path in sorted(mandatory):
    graph = graphs["catalogue"]
    things = sorted(graph.subjects(RDF.type, target))
    if not things:
        without.append(f"{target.n3(graph.namespace_manager)} {path.n3(graph.namespace_manager)}")
        continue
    thing = things[0]
    values = list(graph.objects(thing, path))
    check(values, f"{thing} has {path}")
    check(validated(graph, thing)[0], f"{thing} conforms by itself")
    for value in values:
        graph.remove((thing, path, value))
    conforms, text = validated(graph, thing)
    check(not conforms and str(path).split("/")[-1].split("#")[-1] in text, f"{thing} without {path} does not conform")
    for value in values:
        graph.add((thing, path, value))
    removed += 1
print(f"{removed} mandatory properties removed, each by itself: none conforms")
print(f"classes that a catalogue here does not use: {'; '.join(without) or 'none'}")

# ---- 3: every class that a value is held to ------------------------------------------------------------

ranges = {}
for shape, _, constraint in RULES.triples((None, SH.property, None)):
    wanted, path = RULES.value(constraint, SH["class"]), RULES.value(constraint, SH.path)
    if wanted is not None and isinstance(path, URIRef):
        ranges[(RULES.value(shape, SH.targetClass), path, wanted)] = None
broken = 0
for target, path, wanted in sorted(ranges):
    graph = graphs["catalogue"]
    found = next(((s, o) for s in sorted(graph.subjects(RDF.type, target)) for o in sorted(graph.objects(s, path))), None)
    if found is None:
        continue
    thing, value = found
    check((value, RDF.type, wanted) in graph, f"{value} is a {wanted}")
    graph.remove((value, RDF.type, wanted))
    check(not validated(graph, thing)[0], f"{thing}: {path} {value} that is no {wanted} does not conform")
    graph.add((value, RDF.type, wanted))
    broken += 1
print(f"{broken} classes of values removed from the support graph, each by itself: none conforms")

# ---- 4: PROV ------------------------------------------------------------------------------------------

prov, description = provs[0], json.loads((release("demo") / "dataset.json").read_text())
steps = [step["use"] for step in description["steps"]]
builds = [a for a in prov.subjects(RDF.type, PROV.Activity) if str(a).endswith("#build")]
check(len(builds) == 1, "one activity writes the files")
chain, at = [], builds[0]
while at is not None:
    chain.append(str(prov.value(at, DCT.identifier)))
    used = list(prov.objects(at, PROV.used))
    at = prov.value(at, PROV.wasInformedBy)
check(chain[1:-1] == steps[::-1], f"the steps in their order: {chain}")
check(used, "the first activity uses the sources")
manifest = {f["path"]: f["sha256"] for f in json.loads((release("demo") / "MANIFEST.json").read_text())["files"]}
SPDX = Namespace("http://spdx.org/rdf/terms#")
files = 0
for config in description["configs"]:
    for split in config["splits"]:
        for file in split["files"]:
            entity = prov.value(predicate=DCT.title, object=Literal(file["path"]))
            check(prov.value(entity, PROV.wasGeneratedBy) == builds[0], f"{file['path']} was generated")
            sources = list(prov.objects(entity, PROV.wasDerivedFrom))
            check(sources and all((s, RDF.type, PROV.Collection) in prov for s in sources), f"{file['path']} has sources")
            members = [m for s in sources for m in prov.objects(s, PROV.hadMember)]
            check(all(prov.value(m, SPDX.checksum) for m in members) and members, "files of sources have hashes")
            value = prov.value(prov.value(entity, SPDX.checksum), SPDX.checksumValue)
            check(value.toPython().hex() == manifest[file["path"]], f"{file['path']}: its SHA-256")
            files += 1
print(f"PROV: {len(prov)} triples, {files} files lead to their sources through {len(steps)} steps")

# ---- 5: hostile metadata --------------------------------------------------------------------------------

TEXTS = [
    '"><script>alert(1)</script>',
    "quotes \" ' ''' \"\"\" \\ \\u0041 \\",
    "bidi \u202e\u2066txt\u2069\u202c and \u2028 and \u0085",
    "a\nb\tc\n@prefix x: <http://x/> .\n<x> a <y> .",
    "]]> &amp; <!-- --> <?x ?> <https://data.example.dk/sprog/ds/demo/#x>",
    "  around  ",
    "\U0001f1e9\U0001f1f0 e\u0301 \ufdd0",
]
ADDRESSES = [
    "javascript:alert(1)", "data:text/html,<script>", "https://a.dk/<b>\"'{}|^`\\ \n\u202e?q=<x>#<y>",
    "https://\u202ea.dk/", "HTTP://A.dk/å", "http://[::1", "http://[::1]/x", "https://a.dk/%zz%C3%A5",
    "https://data.example.dk/sprog/#catalog", "http://publications.europa.eu/resource/authority/language/DAN",
    "urn:x", "//a.dk", "mailto:a b@c.dk", "https://a.dk/ x> . <y> <z> <w",
]
IRI = re.compile(r"^(https?://|urn:uuid:|mailto:)[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+$")
hostile = out / "hostile" / "1.0.0"
for number, address in enumerate(ADDRESSES):
    text = TEXTS[number % len(TEXTS)]
    shutil.rmtree(hostile, ignore_errors=True)
    shutil.copytree(release("demo"), hostile)
    changed = json.loads((hostile / "dataset.json").read_text())
    changed.update(title={"da": text, "en": text}, description={"da": text, "en": text}, publisher=text,
                   contact=address, keywords=[text, address], languages=["da", text], created=text)
    about = changed.setdefault("about", {})
    about.update(landing_page=address, publisher_url=address, references=[address], doi=text, themes=[text, "HEAL"],
                 spatial=[text, "DNK"], frequency=text, funding=[text], temporal={"from": "2020", "to": text},
                 creators=[{"name": text, "id": address}])
    for source in changed["sources"]:
        source.update(url=address, license=text, attribution=text)
    (hostile / "dataset.json").write_text(json.dumps(changed))
    catalogue(out / "hostile", hostile, release("dansk-regler"))
    graph = three_forms(out / "hostile" / "catalog")
    for triple in graph:
        for iri in (n for n in triple if isinstance(n, URIRef)):
            check(IRI.match(iri), f"{iri!r} is an address")
    conforms, said = validated(graph)
    check(conforms, f"hostile text {text!r} and address {address!r} conform:\n{said}")
    datasets = [d for d in graph.subjects(RDF.type, DCAT.Dataset) if Literal(text, "da") in graph.objects(d, DCT.title)]
    check(len(datasets) == 1, f"{text!r} is the title of one dataset")
    check(len(list(graph.subjects(RDF.type, DCAT.Dataset))) == 2, "two datasets")
print(f"{len(ADDRESSES)} hostile addresses and {len(TEXTS)} texts: valid RDF, the same in three formats, and it conforms")

# ---- 6: as CKAN's harvester looks -------------------------------------------------------------------------


def text_of(graph, thing, path):
    """ckanext-dcat takes the text in the language it was set to."""
    values = {v.language: str(v) for v in graph.objects(thing, path) if isinstance(v, Literal)}
    return values.get("da") or values.get("en") or values.get(None)


for name, graph in graphs.items():
    packages = list(graph.subjects(RDF.type, DCAT.Dataset))
    check(len(packages) == {"demo": 1, "catalogue": 3}[name], f"{name}: {len(packages)} datasets")
    for package in packages:
        check(text_of(graph, package, DCT.title) and text_of(graph, package, DCT.description), f"{package}: title, notes")
        check(text_of(graph, package, DCT.identifier), f"{package}: identifier")
        resources = list(graph.objects(package, DCAT.distribution))
        check(resources, f"{package}: resources")
        parquet = 0
        for resource in resources:
            check((resource, RDF.type, DCAT.Distribution) in graph, f"{resource} is a distribution")
            url = graph.value(resource, DCAT.downloadURL) or graph.value(resource, DCAT.accessURL)
            check(url is not None and text_of(graph, resource, DCT.title), f"{resource}: url, name")
            check(graph.value(resource, DCT["format"]) and graph.value(resource, DCAT.mediaType), f"{resource}: format")
            if str(resource).endswith(".parquet"):
                parquet += 1
                licence = graph.value(resource, DCT.license)
                check(licence is not None and text_of(graph, licence, DCT.title), f"{resource}: licence")
                check(int(graph.value(resource, DCAT.byteSize)) > 0, f"{resource}: size")
        older = graph.value(package, DCAT.isVersionOf) is not None
        check(older or parquet, f"{package}: data")
    if name == "catalogue":
        root = graph.value(predicate=RDF.type, object=DCAT.Catalog)
        check(len(list(graph.objects(root, DCAT.dataset))) == 2, "the catalogue lists two datasets")
        publisher = graph.value(root, DCT.publisher)
        check(str(graph.value(publisher, FOAF.name)) == "Eksempelstyrelsen", "its publisher")
print(f"ok: {checks} checks")
if len(sys.argv) <= 2:
    shutil.rmtree(out)
