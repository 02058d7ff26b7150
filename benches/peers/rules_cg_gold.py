"""Ambiguity and errors of Danish CG rules against a gold CoNLL-U file.

Each word gets as readings every (UPOS, FEATS) that its form has anywhere in the gold file, and those of an
optional full-form list (form, lemma, UPOS, FEATS by tabs). A word's gold reading is then always among them.

usage: rules_cg_gold.py GOLD.conllu GRAMMAR RUNNER... [--lexicon FORMS.tsv]
RUNNER: a command that takes the grammar as its last argument and a CG stream on stdin, as `cg_run` or `vislcg3 --quiet -g`.
"""
import collections
import re
import subprocess
import sys

arguments = sys.argv[1:]
forms = collections.defaultdict(collections.Counter)
if "--lexicon" in arguments:
    at = arguments.index("--lexicon")
    for line in open(arguments[at + 1], encoding="utf-8"):
        row = line.rstrip("\n").split("\t")
        if not line.startswith("#") and len(row) >= 3:
            forms[row[0].lower()][(row[2], row[3] if len(row) > 3 and row[3] != "_" else "")] += 1
    del arguments[at:at + 2]
gold_path, grammar, *runner = arguments

gold = []
for line in open(gold_path, encoding="utf-8"):
    row = line.rstrip("\n").split("\t")
    if len(row) == 10 and row[0].isdigit():
        reading = (row[3], "" if row[5] == "_" else row[5])
        forms[row[1].lower()][reading] += 1
        gold.append((row[1], row[2], reading))
    elif not line.strip():
        gold.append(None)

stream, words = [], []
for word in gold:
    if word is None:
        stream.append("<STREAMCMD:FLUSH>\n")
        continue
    form, lemma, _ = word
    words.append(word)
    stream.append(f'"<{form}>"\n')
    for upos, feats in sorted(forms[form.lower()]):
        stream.append(f'\t"{lemma}" {upos}{" " if feats else ""}{" ".join(feats.split("|")) if feats else ""}\n')


def tags(reading):
    return reading[0] + ("|" + reading[1] if reading[1] else "")


out = subprocess.run([*runner, grammar], input="".join(stream), text=True, capture_output=True, check=True).stdout
left = []
for line in out.split("\n"):
    if line.startswith('"<'):
        left.append([])
    elif line.startswith("\t") and left:
        left[-1].append("|".join(re.sub(r'^\t".*?" ', "", line).split(" ")))
assert len(left) == len(words), (len(left), len(words))
before = sum(len(forms[w[0].lower()]) for w in words)
after = sum(map(len, left))
ambiguous = [i for i, w in enumerate(words) if len(forms[w[0].lower()]) > 1]
wrong = [i for i in ambiguous if tags(words[i][2]) not in left[i]]
upos_lost = sum(words[i][2][0] not in {r.split("|")[0] for r in left[i]} for i in ambiguous)
print(f"{len(words)} words, {len(ambiguous)} of them ambiguous")
print(f"readings per word: {before / len(words):.3f} before, {after / len(words):.3f} after")
print(f"readings per ambiguous word: {sum(len(forms[words[i][0].lower()]) for i in ambiguous) / len(ambiguous):.3f} before,",
      f"{sum(len(left[i]) for i in ambiguous) / len(ambiguous):.3f} after")
print(f"removed readings: {before - after}; gold reading removed: {len(wrong)} words, its UPOS: {upos_lost} words")
if wrong:
    shown = collections.Counter((words[i][0].lower(), tags(words[i][2]), ",".join(left[i])) for i in wrong)
    for (form, want, found), count in shown.most_common(int(__import__("os").environ.get("SHOW", "0"))):
        print(f"  {count} {form}: {want}, left {found}")
