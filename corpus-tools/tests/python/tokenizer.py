#!/usr/bin/env python3
"""Trains tokenizers with `sprog tokenizer train` and asks tokenizers and transformers for the same ids.

    tokenizer.py target/release/sprog                              # trained on the demo, checked on it
    tokenizer.py target/release/sprog --texts news.jsonl           # 2,000 other texts
    tokenizer.py target/release/sprog --tokenizer gpt2.json …      # files of others, in place of trained ones

Every file must load in both libraries, give the ids of `sprog tokenizer encode` on all texts and on hostile strings, and
where it works on bytes give the text back from the ids.
"""
import argparse
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import tokenizers  # noqa: E402
from transformers import PreTrainedTokenizerFast  # noqa: E402

DEMO = os.path.join(os.path.dirname(__file__), "../../../datasets/demo/text/*.jsonl")
# Model, pattern, size of the vocabulary.
TRAINED = [
    ("bpe", "danish", 4000),
    ("bpe", "gpt2", 4000),
    ("bpe", "cl100k", 4000),
    ("bpe", "o200k", 4000),
    ("bpe", "qwen2", 4000),
    ("unigram", None, 2000),
    ("wordpiece", None, 2000),
]
SPECIAL = "<|endoftext|>"


def hostile():
    """Strings that pre-tokenizers and caches get wrong."""
    yield from ["", " ", "  ", "\n", "\r\n", "\0", "\0\0a\0", "a", "'", "''", " '", "\ufeff", "\u200b", "\u200d", "\u0301"]
    yield from [" " * n + tail for n in (2, 3, 63, 64, 65, 1000) for tail in ("", "x", "\n", "\nx", "\t", "1", ".")]
    yield from ["\n" * 500, "\r" * 500, "\t \t " * 200, " \r\n" * 300, "\u00a0" * 99 + "x", "\u2028\u2029\u0085 \u3000x"]
    yield from ["1" * n for n in (1, 2, 3, 4, 5, 6, 7, 100, 4099)]
    yield "Den 3.4.2024 kl. 12.30: 1.234.567,89 kr., ½ ² Ⅻ ٣٤٥ ௧௨ 42-årige, 007"
    yield "it's IT'S we'LL I'm you'RE d'ſ 'ſ 'K ''s l'été cd'en EU's Lars' a'ere Kbh.'s rock'n'roll"
    yield "rødgrød med fløde, ÆØÅ æøå Ǽ ǿ ß ẞ ŉ ǆ ǅ Ǆ İ ı ſt ﬁ ﬀ"
    yield "re\u0301sume\u0301 A\u030angstro\u0308m \u0301\u0302\u0303 a\u0301\u0301\u0301"
    yield "".join(c + "".join(chr(0x300 + (i * 7 + k) % 0x70) for k in range(40)) for i, c in enumerate("zalgo på dansk"))
    yield "👩‍👩‍👧‍👦👨🏽‍🚀🏳️‍🌈🇩🇰🇬🇱🇫🇴 5️⃣ ☠︎ " * 20
    yield f"{SPECIAL}før{SPECIAL} {SPECIAL}{SPECIAL}x <|endoftext <|endoftext|"
    yield "camelCaseHTTPServer snake_case //kommentar\n\tif (x!=y) { return &z[3]; } https://example.dk/æ?b=%20"
    yield "!" * 1000 + "?" * 7 + " ..." + "…" * 50 + "/\n/\r\n"
    yield "漢字かな交じり文 한국어 العربية עברית ไทย हिन्दी ქართული"
    for plane in range(17):
        points = range(plane << 16, (plane + 1) << 16, 97)
        yield "".join(chr(p) for p in points if not 0xD800 <= p < 0xE000)
    random.seed(7)
    letters = "abcdefghijklmnoprstuvyæøå"
    yield "".join(random.choice(letters) for _ in range(100_000))
    yield "arbejdsmarkedsuddannelsesforanstaltning" * 2000
    alphabet = list("aZæØ1²Ⅻ .,'-_\n\r\t\u00a0\u0301\u200d\u2028ſK ßǅ漢🙂🏽\U0010fffd\0") + [" ", "  ", "'s", "\r\n", SPECIAL]
    for _ in range(500):
        yield "".join(random.choice(alphabet) for _ in range(random.randrange(1, 40)))


def texts_of(paths, count):
    texts = []
    for path in paths:
        with open(path, encoding="utf8", errors="replace") as lines:
            for line in lines:
                try:
                    text = json.loads(line)["text"]
                except (KeyError, TypeError, ValueError):
                    continue  # the demo has flaws on purpose
                if isinstance(text, str) and text:
                    texts.append(text)
                if len(texts) == count:
                    return texts
    return texts


def sprog(*arguments, **more):
    done = subprocess.run([options.sprog, *arguments], capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"FAILED: {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def same(what, ours, theirs, texts):
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if a != b:
            at = next((k for k, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            sys.exit(f"FAILED: {what}: text {i}, token {at}: {a[at:at + 5]} and {b[at:at + 5]} in {texts[i][:200]!r}")


def check(path, texts, folder):
    library = tokenizers.Tokenizer.from_file(path)
    theirs = [library.encode(text, add_special_tokens=False).ids for text in texts]
    lines = os.path.join(folder, "texts.jsonl")
    with open(lines, "w", encoding="utf8") as out:
        for i, text in enumerate(texts):
            out.write(json.dumps({"id": str(i), "text": text}) + "\n")
    rows = [json.loads(line) for line in sprog("tokenizer", "encode", "--tokenizer", path, "--jsonl", lines).rstrip("\n").split("\n")]
    assert [row["id"] for row in rows] == [str(i) for i in range(len(texts))], "rows out of order"
    ours = [row["ids"] for row in rows]
    same(f"{path}: tokenizers", ours, theirs, texts)
    fast = PreTrainedTokenizerFast(tokenizer_file=path, clean_up_tokenization_spaces=False)
    same(f"{path}: transformers", ours, fast(texts, add_special_tokens=False)["input_ids"], texts)
    kind = "ids"
    if type(library.decoder).__name__ == "ByteLevel" and library.normalizer is None:
        ids = "".join(json.dumps({"ids": row}) + "\n" for row in ours)
        back = [json.loads(line)["text"] for line in sprog("tokenizer", "decode", "--tokenizer", path, input=ids).rstrip("\n").split("\n")]
        same(f"{path}: decode(encode(x))", back, texts, texts)
        same(f"{path}: their decode", [library.decode(row, skip_special_tokens=False) for row in ours], texts, texts)
        kind = "ids, and the text back"
    print(f"ok: {os.path.basename(path)}, {sum(map(len, ours))} {kind}")


parser = argparse.ArgumentParser()
parser.add_argument("sprog")
parser.add_argument("--texts", nargs="+", default=sorted(glob.glob(DEMO)))
parser.add_argument("--count", type=int, default=2000)
parser.add_argument("--tokenizer", nargs="+")
options = parser.parse_args()

texts = texts_of(options.texts, options.count)
strings = list(hostile())
print(f"{len(texts)} texts, {len(strings)} hostile strings; tokenizers {tokenizers.__version__}")
with tempfile.TemporaryDirectory() as folder:
    files = options.tokenizer or []
    if not files:
        # Plain lines of one file: what is checked is the tokenizer, and not which columns it is read from.
        source = os.path.join(folder, "train.jsonl")
        with open(source, "w", encoding="utf8") as out:
            for i, text in enumerate(texts):
                out.write(json.dumps({"id": str(i), "text": text}, ensure_ascii=False) + "\n")
        for model, pattern, size in TRAINED:
            path = os.path.join(folder, f"{model}-{pattern}.json" if pattern else f"{model}.json")
            pattern = ["--pattern", pattern] if pattern else []
            sprog("tokenizer", "train", source, "--model", model, *pattern, "--vocab-size", str(size),
                  *[x for t in [SPECIAL] + ["[UNK]"] * (model == "wordpiece") for x in ("--special-token", t)], "--out", path)
            files.append(path)
    for path in files:
        check(path, texts + strings, folder)
print("all tokenizers load, and give the same ids")
