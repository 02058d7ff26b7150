"""Recall by kind of duplicate: python dedup_score.py CORPUS.jsonl REMOVED.tsv

CORPUS is of make_corpus.py: lines with `kind` and `group`. REMOVED has the number of a removed line
in its first column. The prediction is the mean of 1-(1-J^8)^14 over the labelled pairs of the first 8 MB, J the
true Jaccard similarity of word 5-grams of a document and the one it was made from.
"""
import collections
import json
import re
import sys

WORD = re.compile(r"\w+")


def shingles(text, n=5):
    words = WORD.findall(text.lower())
    return {" ".join(words[i : i + n]) for i in range(max(1, len(words) - n + 1))}


removed = {int(line.split("\t")[0]) for line in open(sys.argv[2])}
count, found = collections.Counter(), collections.Counter()
texts, size, true = {}, 0, collections.defaultdict(list)
with open(sys.argv[1], encoding="utf8") as lines:
    for number, line in enumerate(lines):
        document = json.loads(line)
        kind = document["kind"]
        count[kind] += 1
        found[kind] += number in removed
        if size < 8e6:
            text = document["text"]
            size += len(text.encode())
            texts[document["id"]] = text
            source = texts.get("d%d" % document["group"])
            if kind != "unique" and source is not None:
                a, b = shingles(text), shingles(source)
                true[kind].append(len(a & b) / len(a | b))
for kind in sorted(count):
    js = true[kind]
    predicted = "%.3f" % (sum(1 - (1 - j**8) ** 14 for j in js) / len(js)) if js else "-"
    print(f"{kind:8} removed {found[kind]}/{count[kind]} = {found[kind] / count[kind]:.4f}, banding {predicted}")
