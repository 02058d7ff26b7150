"""The text kernels beside what users would pick instead, in one run.

    pip install spacy syntok blingfire num2words jiwer plsfix ftfy
    cargo build --release -p sprog && cargo build --profile bench -p sprog-benches --examples
    python benches/peers/text.py [--shared ../shared] [--bin target/release]

Accuracy: tokens and sentences of UD_Danish-DDT dev from raw text (sentences joined by one space), as F1 of
spans without white space. Cases: the hand-written ones in SHARED/cases. Speed: kernel and peer take turns
over the same text, the best of three, one thread.
"""
import argparse
import collections
import json
import pathlib
import random
import subprocess
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("--shared", default="../shared", type=pathlib.Path)
arguments.add_argument("--bin", default="target/release", type=pathlib.Path)
arguments = arguments.parse_args()
SPROG = str(arguments.bin / "sprog")


def sprog(verb, texts):
    """Runs a line verb over texts."""
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    done = subprocess.run([SPROG, "text", verb, "--jsonl"], input=lines.encode(), capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def treebank(path):
    """Texts of the sentences, and the forms of their tokens (a multiword token counts once)."""
    sentences, forms, text, skip = [], [], None, 0
    for line in path.read_text().splitlines():
        if line.startswith("# text = "):
            text = line[9:]
        elif line and line[0].isdigit():
            columns = line.split("\t")
            if "-" in columns[0]:
                first, last = map(int, columns[0].split("-"))
                forms.append(columns[1])
                skip = last
            elif "." not in columns[0] and int(columns[0]) > skip:
                forms.append(columns[1])
        elif not line and text is not None:
            sentences.append((text, forms))
            forms, text, skip = [], None, 0
    return sentences


def spans(pieces):
    """Half-open spans of pieces in the text without white space."""
    out, at = set(), 0
    for piece in pieces:
        size = len("".join(piece.split()))
        if size:
            out.add((at, at + size))
        at += size
    return out


def f1(gold, found):
    right = len(gold & found)
    return 200 * right / max(1, len(gold) + len(found))


def segmentation():
    import blingfire
    import spacy
    import syntok.segmenter

    dev = treebank(next((arguments.shared / "data/ud/da").glob("*dev.conllu")))
    text = " ".join(sentence for sentence, _ in dev)
    gold_tokens = spans([form for _, forms in dev for form in forms])
    gold_sentences = spans([sentence for sentence, _ in dev])
    nlp = spacy.blank("da")
    nlp.add_pipe("sentencizer")
    nlp.max_length = 10**9

    def ours():
        tokens, sentences = sprog("tokens", [text])[0], sprog("sentences", [text])[0]
        cut = lambda spans: [text[s["start"] : s["end"]] for s in spans]
        return cut(tokens["tokens"]), cut(sentences["sentences"])

    def by_spacy():
        done = nlp(text)
        return [token.text for token in done], [sentence.text for sentence in done.sents]

    def by_syntok():
        tokens, sentences = [], []
        for paragraph in syntok.segmenter.analyze(text):
            for sentence in paragraph:
                tokens += [token.value for token in sentence]
                last = sentence[-1]
                sentences.append(text[sentence[0].offset : last.offset + len(last.value)])
        return tokens, sentences

    def by_blingfire():
        return blingfire.text_to_words(text).split(" "), blingfire.text_to_sentences(text).split("\n")

    def by_unicode():
        done = subprocess.run([str(arguments.bin / "examples/unicode_cut")], input=text.encode(), capture_output=True, check=True)
        done = json.loads(done.stdout)
        return done["tokens"], done["sentences"]

    print("\n== UD_Danish-DDT dev from raw text: token F1, sentence F1")
    whole = "".join(text.split())
    for name, cut in [("sprog", ours), ("spaCy blank da", by_spacy), ("syntok", by_syntok), ("unicode-segm.", by_unicode), ("BlingFire", by_blingfire)]:
        tokens, sentences = cut()
        lossless = "".join("".join(tokens).split()) == whole
        token = f"{f1(gold_tokens, spans(tokens)):.2f}" if lossless else "changes the text"
        print(f"{name:16} {token:>16} {f1(gold_sentences, spans(sentences)):8.2f}")
    changed = sum(row["changed"] for row in sprog("repair", [sentence for sentence, _ in dev]))
    print(f"repair changes {changed} of {len(dev)} sentences")
    for path in sorted((arguments.shared / "data/ud").glob("*/*dev.conllu")):
        rows = sprog("repair", [sentence for sentence, _ in treebank(path)])
        print(f"  {path.name}: {sum(row['changed'] for row in rows)} of {len(rows)}")
    publish = sprog("normalize", [sentence for sentence, _ in dev])
    classes = lambda text: collections.Counter(c for c in text if not c.isspace())
    lost = sum(classes(row["text"]) != classes(sentence) for row, (sentence, _) in zip(publish, dev))
    print(f"normalize publish changes a visible character in {lost} of {len(dev)}")
    damaged = 0
    for (sentence, _), row, spoken in zip(dev, normalize_asr([s for s, _ in dev]), sprog("verbalize", [s for s, _ in dev])):
        letters = lambda text: "".join(c for c in text.lower() if c.isalnum())
        damaged += letters(row) != letters(spoken["spoken"])
    print(f"normalize asr differs from the verbalized text in letters or digits in {damaged} of {len(dev)}")
    found = collections.Counter(s["label"] for row in sprog("pii", [s for s, _ in dev]) for s in row["spans"])
    print("pii hits:", dict(found))
    return text


def normalize_asr(texts):
    done = subprocess.run(
        [SPROG, "text", "normalize", "--preset", "asr", "--plain"],
        input="".join(text + "\n" for text in texts).encode(), capture_output=True, check=True,
    )
    return done.stdout.decode().split("\n")[:-1]


def recovery():
    """How many damaged sentences come back: exact, left as they are, anything else."""
    dev = [text for text, _ in treebank(next((arguments.shared / "data/ud/da").glob("*dev.conllu")))]
    dev = [text for text in dev if any(c in "æøåÆØÅ" for c in text)]
    iso646 = str.maketrans("æøåÆØÅ", "{|}[\\]")
    chains = {
        "utf-8 as windows-1252": lambda t: "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in t.encode()),
        "utf-8 as ibm850": lambda t: t.encode().decode("cp850"),
        "utf-8 as macintosh": lambda t: t.encode().decode("mac_roman"),
        "windows-1252 as ibm850": lambda t: t.encode("cp1252").decode("cp850"),
        "ibm850 as windows-1252": lambda t: t.encode("cp850").decode("cp1252"),
        "ISO 646": lambda t: t.encode("ascii").decode() if t.isascii() else t.translate(iso646),
    }
    print("\n== Damaged sentences of DDT dev: exact, left alone, other (%), and how many could be damaged so")
    for name, damage in chains.items():
        pairs = []
        for text in dev:
            try:
                pairs.append((text, damage(text)))
            except UnicodeError:
                pass
        rows = sprog("repair", [broken for _, broken in pairs])
        exact = sum(row["text"] == text for row, (text, _) in zip(rows, pairs))
        left = sum(not row["changed"] for row in rows)
        total = len(pairs)
        print(f"{name:24} {100 * exact / total:5.1f} {100 * left / total:5.1f} {100 * (total - exact - left) / total:5.1f}   {total}")


def cases():
    folder = arguments.shared / "cases"
    same = lambda text: " ".join(text.lower().split())
    print("\n== Hand-written cases")
    for verb, file, key in [("verbalize", "verbalise.tsv", "spoken"), ("itn", "inverse.tsv", "written")]:
        rows = [line.split("\t") for line in (folder / file).read_text().splitlines() if line and line[0] != "#"]
        answers = sprog(verb, [row[2] for row in rows])
        accepted = canonical = 0
        for row, answer in zip(rows, answers):
            also = row[4].split("|") if len(row) > 4 else []
            canonical += same(answer[key]) == same(row[3])
            accepted += same(answer[key]) in {same(form) for form in [row[3], *also]}
        print(f"{verb}: {accepted} of {len(rows)} accepted, {canonical} canonical")
    rows = [l for l in (folder / "sentences.txt").read_text().splitlines() if l and l[0] != "#"]
    gold = [[part.strip() for part in row.split("⏎")] for row in rows]
    answers = sprog("sentences", [" ".join(parts) for parts in gold])
    right = sum(
        [" ".join(parts)[s["start"] : s["end"]] for s in answer["sentences"]] == parts
        for parts, answer in zip(gold, answers)
    )
    print(f"sentences: {right} of {len(gold)}")
    rows = [json.loads(line) for line in (folder / "mojibake.jsonl").read_text().splitlines()]
    answers = sprog("repair", [row["broken"] for row in rows])
    right = sum(a["lossy"] if r["gold"] is None else a["text"] == r["gold"] for r, a in zip(rows, answers))
    print(f"repair: {right} of {len(rows)}")
    rows = [json.loads(line) for line in (folder / "pii.jsonl").read_text().splitlines()]
    counts = collections.defaultdict(lambda: [0, 0, 0])
    for row, answer in zip(rows, sprog("pii", [row["text"] for row in rows])):
        gold = {tuple(span) for span in row["spans"]}
        found = {(span["start"], span["end"], span["label"]) for span in answer["spans"]}
        for index, group in enumerate([gold & found, found - gold, gold - found]):
            for span in group:
                counts[span[2]][index] += 1
    for label, (right, false, missed) in sorted(counts.items()):
        p, r = 100 * right / max(1, right + false), 100 * right / max(1, right + missed)
        print(f"pii {label}: P {p:.1f} R {r:.1f} (right {right}, false {false}, missed {missed})")


def best(job, rounds=3):
    fastest = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        job()
        fastest = min(fastest, time.perf_counter() - start)
    return fastest


def speed(piece):
    import blingfire
    import ftfy
    import num2words
    import plsfix

    work = pathlib.Path("peers-work")
    work.mkdir(exist_ok=True)
    text = (piece + "\n") * (20_000_000 // len(piece.encode()) + 1)
    lines = [line for line in piece.replace(". ", ".\n").splitlines() if line]
    lines = lines * (20_000_000 // sum(len(line.encode()) + 1 for line in lines) + 1)
    damaged = ["".join(c if ord(c) < 128 else c.encode().decode("cp1252", "replace") for c in line) for line in lines]
    (work / "clean.txt").write_text("\n".join(lines))
    (work / "damaged.txt").write_text("\n".join(damaged))
    mb = len(text.encode()) / 1e6
    size = lambda name: (work / name).stat().st_size / 1e6
    numbers = [i * 7919 * 7919 % 1_000_000 for i in range(20_000)]
    ratios = collections.defaultdict(list)
    for turn in range(3):
        runs = {}
        for name in ("clean.txt", "damaged.txt"):
            done = subprocess.run([str(arguments.bin / "examples/text_speed"), str(work / name)], capture_output=True, check=True)
            runs[name] = json.loads(done.stdout)
        clean, broken = runs["clean.txt"], runs["damaged.txt"]
        sample = lines[: len(lines) // 10], damaged[: len(damaged) // 10]
        bytes_of = [sum(len(line.encode()) + 1 for line in part) / 1e6 for part in sample]
        peers = {
            "sentences / BlingFire": clean["sentences"] / (mb / best(lambda: blingfire.text_to_sentences(text), 1)),
            "tokens / unicode words": clean["tokens"] / clean["unicode words"],
            "sentences / unicode sentences": clean["sentences"] / clean["unicode sentences"],
            "repair clean / plsfix": clean["repair"] / (bytes_of[0] / best(lambda: [plsfix.fix_text(l) for l in sample[0]], 1)),
            "repair damaged / plsfix": broken["repair"] / (bytes_of[1] / best(lambda: [plsfix.fix_text(l) for l in sample[1]], 1)),
            "repair damaged / ftfy": broken["repair"] / (bytes_of[1] / 10 / best(lambda: [ftfy.fix_text(l) for l in sample[1][: len(sample[1]) // 10]], 1)),
            "verbalize / num2words": best(lambda: [num2words.num2words(n, lang="da") for n in numbers[:2000]], 1) / 2000 * 1e9 / clean["ns a number"],
        }
        for name, ratio in peers.items():
            ratios[name].append(ratio)
        ratios["MB/s"].append({k: round(v, 1) for k, v in clean.items()})
    print("\n== Speed, three turns")
    for name, values in ratios.items():
        if name == "MB/s":
            for value in values:
                print("MB/s", value)
        else:
            print(f"{name:32}", "  ".join(f"{value:8.1f}×" for value in values))


def scores(piece):
    import jiwer

    random.seed(1)
    words = piece.split()
    pairs = []
    for index in range(5_000):
        said = words[index * 7 % len(words) :][: random.randrange(0, 25)]
        heard = [w if random.random() > 0.2 else random.choice(words) for w in said if random.random() > 0.1]
        pairs.append((" ".join(said), " ".join(heard)))
    work = pathlib.Path("peers-work")
    work.mkdir(exist_ok=True)
    for index, name in enumerate(["said.txt", "heard.txt"]):
        (work / name).write_text("".join(pair[index] + "\n" for pair in pairs))
    done = subprocess.run([SPROG, "score", "wer", str(work / "said.txt"), str(work / "heard.txt"), "--json", "--quiet", "--resamples", "1"], capture_output=True, check=True)
    ours = json.loads(done.stdout)["scores"][0]["counts"]
    theirs = jiwer.process_words([said for said, _ in pairs], [heard for _, heard in pairs])
    theirs = {name: getattr(theirs, name) for name in ("hits", "substitutions", "deletions", "insertions")}
    print("\n== score wer beside jiwer", jiwer.__version__ if hasattr(jiwer, "__version__") else "", "on 5,000 pairs")
    print("sprog", ours)
    print("jiwer", theirs, "equal" if ours == theirs else "DIFFERENT")


raw = segmentation()
recovery()
cases()
scores(raw)
speed(raw)
