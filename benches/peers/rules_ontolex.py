"""Checks a Turtle export against the UniMorph file it was made from, with rdflib (PyPI).

    python rules_ontolex.py dan dan.ttl

Every lemma, form and feature list of the file must stand in the graph, and nothing else.
"""

import sys
import time
from collections import defaultdict

import rdflib
from rdflib.namespace import RDF, RDFS

ONTOLEX = rdflib.Namespace("http://www.w3.org/ns/lemon/ontolex#")
LIME = rdflib.Namespace("http://www.w3.org/ns/lemon/lime#")

tsv, turtle = sys.argv[1:3]
wanted = defaultdict(set)
for line in open(tsv, encoding="utf-8"):
    if line.strip():
        lemma, form, features = line.rstrip("\n").split("\t")
        wanted[lemma, features.split(";")[0]].add((form, features))

start = time.process_time()
graph = rdflib.Graph().parse(turtle, format="turtle")
print(f"{len(graph)} triples, parsed in {time.process_time() - start:.1f} s of CPU")

found = defaultdict(set)
canonical = 0
for entry in graph.objects(None, LIME.entry):
    labels = list(graph.objects(entry, RDFS.label))
    assert len(labels) == 1 and labels[0].language == "da", labels
    pos = str(next(graph.objects(entry, RDFS.comment)))
    first = list(graph.objects(entry, ONTOLEX.canonicalForm))
    assert len(first) == 1, (entry, first)
    writings = {str(w) for w in graph.objects(first[0], ONTOLEX.writtenRep)}
    assert str(labels[0]) in writings, (labels, writings)
    canonical += 1
    for form in first + list(graph.objects(entry, ONTOLEX.otherForm)):
        assert (form, RDF.type, ONTOLEX.Form) in graph, form
        for features in graph.objects(form, RDFS.comment):
            for written in graph.objects(form, ONTOLEX.writtenRep):
                found[str(labels[0]), pos].add((str(written), str(features)))
assert found == wanted, "the graph does not say what the file says"
print(f"{canonical} entries, {sum(map(len, found.values()))} forms, as in {tsv}")
