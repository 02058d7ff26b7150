"""Language identification beside heliport, py3langid and lingua, in one run.

    pip install heliport py3langid lingua-language-detector
    cargo build --profile bench -p sprog-text --examples
    python benches/peers/langid.py UD_TSV DOCUMENTS_JSONL [--bin target/release/examples] [--half odd|even]

UD_TSV has a language code and a sentence a line. Balanced samples (seed 1) of sentences with six words or more,
of their first five words, and of sentences of two to five words; accuracy over da, nb, nn, sv, where every other
answer and none is wrong. All tools but py3langid_4 and lingua choose among all their languages. Then how well
the scores are calibrated, the sets of possible languages, and the speed on documents in CPU time, one thread;
ours is the best of five turns, the others one.
"""
import argparse
import collections
import copy
import json
import os
import random
import re
import subprocess
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("ud")
arguments.add_argument("documents")
arguments.add_argument("--bin", default="target/release/examples")
arguments.add_argument("--half", choices=["odd", "even"])
arguments.add_argument("--only", default="sprog,heliport,py3langid,py3langid_4,lingua")
arguments = arguments.parse_args()
CODES = ["da", "nb", "nn", "sv"]
ALL = ["da", "nb", "nn", "sv", "fo", "is", "de", "en", "nl", "other"]
ALIAS = {"no": "nb", "nob": "nb", "nno": "nn", "dan": "da", "swe": "sv"} | {
    f"{long}_latn": short for long, short in [("dan", "da"), ("nob", "nb"), ("nno", "nn"), ("swe", "sv")]
}


def sprog(texts, *options, separator="\n"):
    """Rows of the example program, and what it says of the time."""
    command = [os.path.join(arguments.bin, "langid_lines"), *options]
    done = subprocess.run(command, input=separator.join(texts).encode(), capture_output=True, check=True)
    return [line.split("\t") for line in done.stdout.decode().splitlines()], done.stderr.decode().strip()


def peers():
    """Name and function from texts to codes."""
    wanted = arguments.only.split(",")
    if "sprog" in wanted:
        yield "sprog", lambda texts: [row[0] for row in sprog(texts)[0]]
    if "heliport" in wanted:
        from heliport import Identifier

        one = Identifier()
        yield "heliport", lambda texts: [one.identify(text).lower() for text in texts]
    if "py3langid" in wanted:
        import py3langid

        yield "py3langid", lambda texts: [py3langid.classify(text)[0] for text in texts]
        if "py3langid_4" in wanted:
            four = copy.deepcopy(py3langid.langid._get_identifier())
            four.set_languages(["da", "no", "nn", "sv"])
            yield "py3langid_4", lambda texts: [four.classify(text)[0] for text in texts]
    if "lingua" in wanted:
        from lingua import Language as L
        from lingua import LanguageDetectorBuilder as Builder

        scandinavian = [L.DANISH, L.BOKMAL, L.NYNORSK, L.SWEDISH]
        detector = Builder.from_languages(*scandinavian).with_preloaded_language_models().build()

        def lingua(texts):
            found = (detector.detect_language_of(text) for text in texts)
            return [language.iso_code_639_1.name.lower() if language else "und" for language in found]

        yield "lingua", lingua


def words(text):
    return len(re.findall(r"[^\W\d_]+", text))


random.seed(1)
by_language = collections.defaultdict(list)
for number, line in enumerate(open(arguments.ud, encoding="utf8")):
    if arguments.half is None or (number % 2 == 1) == (arguments.half == "odd"):
        code, text = line.rstrip("\n").split("\t", 1)
        by_language[code].append(text)
long = {code: [text for text in texts if words(text) >= 6] for code, texts in by_language.items()}
short = {code: [text for text in texts if 2 <= words(text) <= 5] for code, texts in by_language.items()}
sets = {}
least = min(map(len, long.values()))
sets["full"] = {code: random.sample(texts, least) for code, texts in long.items()}
few = min(map(len, short.values()))
sets["short"] = {code: random.sample(texts, few) for code, texts in short.items()}
sets["first5"] = {code: [" ".join(t.split()[:5]) for t in random.sample(texts, least)] for code, texts in long.items()}
sets["all full"] = long
sets["all first5"] = {code: [" ".join(text.split()[:5]) for text in texts] for code, texts in long.items()}

tools = list(peers())
for name, samples in sets.items():
    for tool, identify in tools:
        counts = {c: collections.Counter(ALIAS.get(f, f) for f in identify(texts)) for c, texts in samples.items()}
        share = {(a, b): counts[a][b] / sum(counts[a].values()) for a in CODES for b in CODES}
        false = sum(share[code, "da"] for code in CODES if code != "da")
        print(
            f"{name:11s} {tool:12s} accuracy {sum(share[c, c] for c in CODES) / 4:.4f}  recall "
            + " ".join(f"{c} {share[c, c]:.3f}" for c in CODES)
            + f"  da precision {share['da', 'da'] / (share['da', 'da'] + false):.3f} nb>da {share['nb', 'da']:.3f}"
            + f" nn>da {share['nn', 'da']:.3f} da>nb {share['da', 'nb']:.3f} n {[len(t) for t in samples.values()]}",
            flush=True,
        )

print("\ncalibration (language-balanced): share right by score; expected calibration error; sets")
for length in [1, 2, 3, 5, 10, 20]:
    rows = []
    for code, texts in long.items():
        cut = [" ".join(text.split()[:length]) for text in texts]
        rows += [(row, code, 1 / len(texts)) for row in sprog(cut, "--full")[0]]
    bins = collections.defaultdict(lambda: [0.0, 0.0, 0.0])
    sets_of = {0.95: [0.0, 0.0], 0.98: [0.0, 0.0]}
    for row, code, weight in rows:
        scores = dict(zip(ALL, map(float, row[3:])))
        order = sorted(ALL, key=lambda c: -scores[c])
        for coverage, total in sets_of.items():
            chosen, mass = [], 0.0
            for candidate in order:
                if mass >= coverage:
                    break
                chosen.append(candidate)
                mass += scores[candidate]
            total[0] += weight / 4 * (code in chosen)
            total[1] += weight / 4 * len(chosen)
        place = bins[min(int(float(row[1]) * 10), 9)]
        place[0] += weight
        place[1] += weight * (order[0] == code)
        place[2] += weight * float(row[1])
    total = sum(place[0] for place in bins.values())
    error = sum(abs(place[1] - place[2]) for place in bins.values()) / total
    table = " ".join(f".{k}: {bins[k][1] / bins[k][0]:.2f} ({bins[k][0] / total:.0%})" for k in sorted(bins))
    und = sum(weight for row, _, weight in rows if row[0] == "und") / 4
    print(f"{length:2d} words  ECE {error:.3f}  und {und:.1%}  {table}  " + "  ".join(
        f"set {coverage}: holds it {a:.3f}, size {b:.2f}" for coverage, (a, b) in sets_of.items()), flush=True)

print("\nspeed on documents")
texts = [json.loads(line)["text"].replace("\0", " ") for line in open(arguments.documents, encoding="utf8")]
for options in (["--documents"], ["--documents", "--whole"]):
    _, said = sprog(texts, *options, "--turns", "5", separator="\0")
    print(f"sprog {' '.join(options):22s} {said}")
for tool, identify in tools[1:]:
    part, size = [], 0
    for text in texts:
        part.append(text)
        size += len(text.encode())
        if size > (3e5 if tool == "lingua" else 3e6):
            break
    start = time.process_time()
    identify(part)
    print(f"{tool:28s} {size / 1e6:.2f} MB, {size / 1e6 / (time.process_time() - start):.1f} MB/s")
