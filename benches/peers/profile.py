"""The filters of datatrove beside `sprog_text::profile`: the same decisions, the same values, and speed.

    pip install 'datatrove[processing]' spacy
    cargo build --profile bench -p sprog-benches --example profile_decisions
    python benches/peers/profile.py export base.jsonl work/documents.jsonl    # datatrove's words, sentences, decisions
    python benches/peers/profile.py compare work/documents.jsonl target/release/examples/profile_decisions
    python benches/peers/profile.py speed corpus.jsonl 5                      # datatrove's four filters, CPU time

`export` reads JSON lines with `text`, adds 600 documents of junk made from them (seed 7), and writes for each
document the words and sentences that datatrove uses, as byte ranges, what each filter decides, and each value that
it compares. `compare` gives words and sentences to our program and lists every difference; then it lets ours find
words and sentences itself and counts how decisions change.
"""
import collections
import json
import random
import re
import subprocess
import sys
import time

# This file has the name of a module of the standard library, which spaCy imports.
sys.path.pop(0)

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter,
)
from datatrove.pipeline.filters import c4_filters, gopher_repetition_filter as repetition
from datatrove.utils.text import PUNCTUATION_SET, TERMINAL_PUNCTUATION, split_into_words
from datatrove.utils.word_tokenizers import load_word_tokenizer

DANISH = ["og", "i", "at", "det", "er", "en", "til", "af", "som", "for", "på", "med"]
# What FineWeb-2 publishes for Danish: configs/dan_Latn.yml and fineweb-2-pipeline.py of huggingface/fineweb-2.
FINEWEB_2 = dict(
    repetition=dict(
        dup_para_frac=0, dup_line_char_frac=0, dup_para_char_frac=0, dup_line_frac=0.305,
        top_n_grams=((2, 0.367), (3, 0.297), (4, 0.232)),
        dup_n_grams=((5, 0.169), (6, 0.158), (7, 0.147), (8, 0.134), (9, 0.123), (10, 0.112)),
    ),
    fineweb=dict(short_line_thr=999, char_duplicates_ratio=0.1, line_punct_thr=0.1, new_line_ratio=0.182),
    gopher=dict(
        min_avg_word_length=3, max_avg_word_length=11, max_non_alpha_words_ratio=0.798, min_stop_words=2,
        stop_words="i og af en til er den at som på for med det blev var der fra de han et".split(),
    ),
)


def filters():
    """The filters by the names of our presets."""
    return {
        "gopher": [GopherQualityFilter(language="dan", stop_words=DANISH)],
        "gopher-repetition": [GopherRepetitionFilter(language="dan")],
        "c4": [C4QualityFilter(language="dan")],
        "c4-any-end": [C4QualityFilter(language="dan", filter_no_terminal_punct=False)],
        "fineweb": [FineWebQualityFilter(language="dan")],
    }


def fineweb_2():
    return {
        "fineweb2-danish": [
            GopherRepetitionFilter(language="dan", **FINEWEB_2["repetition"]),
            FineWebQualityFilter(language="dan", **FINEWEB_2["fineweb"]),
            GopherQualityFilter(language="dan", **FINEWEB_2["gopher"]),
        ]
    }


def decide(chain, text):
    """None if the document is kept, else the reason."""
    for one in chain:
        kept = one.filter(Document(text=text, id="0"))
        if kept is not True:
            return kept[1]
    return None


def values(text, words):
    """Every value that the filters compare, by our names, with datatrove's own functions where it has them."""
    out = {}
    if not text or not words:
        return out
    plain = [w for w in words if any(c not in PUNCTUATION_SET for c in w)]
    lines = text.splitlines()
    out["word_count"] = len(words)
    out["non_symbol_word_count"] = len(plain)
    out["character_count"] = len(text)
    if plain:
        out["mean_word_length"] = sum(map(len, plain)) / len(plain)
    out["hash_word_ratio"] = text.count("#") / len(words)
    out["ellipsis_word_ratio"] = (text.count("...") + text.count("…")) / len(words)
    out["bullet_line_ratio"] = sum(s.lstrip().startswith(("•", "-")) for s in lines) / len(lines)
    out["ellipsis_line_ratio"] = sum(s.rstrip().endswith(("...", "…")) for s in lines) / len(lines)
    out["alpha_word_ratio"] = sum(any(c.isalpha() for c in w) for w in words) / len(words)
    out["stop_words"] = len(set(DANISH) & set(words))
    paragraphs = re.split(r"\n{2,}", text.strip())
    count, size = repetition.find_duplicates(paragraphs)
    out["duplicate_paragraph_fraction"] = count / len(paragraphs)
    out["duplicate_paragraph_character_fraction"] = size / len(text)
    parts = re.split(r"\n+", text)
    count, size = repetition.find_duplicates(parts)
    out["duplicate_line_fraction"] = count / len(parts)
    out["duplicate_line_character_fraction"] = size / len(text)
    for n in (2, 3, 4):
        grams = repetition.get_n_grams(words, n)
        out[f"top_{n}_gram_fraction"] = repetition.find_top_duplicate(grams) / len(text) if grams else 0
    for n in range(5, 11):
        out[f"duplicate_{n}_gram_fraction"] = repetition.find_all_duplicate(words, n) / len(text)
    filled = [line for line in text.split("\n") if line.strip() != ""]
    if filled:
        out["line_punctuation_ratio"] = sum(s.endswith(tuple(TERMINAL_PUNCTUATION)) for s in filled) / len(filled)
        out["short_line_ratio"] = sum(len(s) <= 30 for s in filled) / len(filled)
        bare = len(text.replace("\n", ""))
        out["duplicate_nonblank_line_character_ratio"] = repetition.find_duplicates(filled)[1] / bare
        out["newline_ratio"] = text.count("\n") / len(words)
    return out


def junk(texts, count):
    """Documents that filters are for, made from real ones."""
    chance = random.Random(7)
    some = [t for t in texts if 300 < len(t) < 6000]
    word = lambda: chance.choice(chance.choice(some).split() or ["og"])
    sentence = lambda: " ".join(word() for _ in range(chance.randint(3, 14))).capitalize() + chance.choice([".", "!", "?", ""])
    cookies = ["Vi bruger cookies for at forbedre din oplevelse.", "Accepter alle", "Afvis", "Læs mere", "This site uses cookies.",
               "Privatlivspolitik", "Cookiepolitik", "Terms of use apply to all content.", "Log ind", "Del på Facebook", "Til toppen"]
    code = ["function f(x) { return x + 1; }", "if (a > b) {", "}", "var i = 0;", "javascript:void(0)", "Enable JavaScript to see this page.",
            "<div class=\"menu\">", "# include <stdio.h>", "for i in range(10):", "    print(i)"]
    breaks = ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\n\n", "\n \n", "\n\n\n"]
    def lines(make, low=3, high=40, sep="\n"):
        return sep.join(make() for _ in range(chance.randint(low, high)))
    def repeat_some():
        pool = [sentence() for _ in range(chance.randint(2, 12))]
        return lines(lambda: chance.choice(pool) if chance.random() < .5 else sentence())
    def dots():
        return lines(lambda: sentence().rstrip(".!?") + chance.choice(["...", "…", ".", " ...", "... ", "....", "......"]))
    def digits():
        return lines(lambda: " ".join(str(chance.randint(0, 30)) for _ in range(chance.randint(1, 12))), 5, 60)
    def mixed():
        text = chance.choice(some)
        return "".join(c + (chance.choice(breaks) if c == " " and chance.random() < .05 else "") for c in text)
    def edge():
        return chance.choice(["", " ", "\n", "\n\n", ".", "...", "\x1f", "\u200b", "Ⅷ", "ⓐ ⓑ", "\n\na\n\n", " \n \n", "#", "a\x0bb", "\ufeff", "-", "- " * 60,
                              "a" * 1500 + ".", "[1] [2] [3]", "Lorem ipsum dolor sit amet.", "{ a b c. }", "og og og og og og og og og og og"])
    kinds = [
        lambda: lines(lambda: chance.choice(["- ", "• ", "* ", " - ", "\u00a0- ", ""]) + sentence()),
        lambda: lines(lambda: chance.choice(code) if chance.random() < .6 else sentence()),
        repeat_some,
        lambda: lines(lambda: chance.choice(cookies) if chance.random() < .7 else sentence()),
        dots,
        lambda: chance.choice(some).upper(),
        lambda: chance.choice(some)[:chance.randint(1, 400)],
        digits,
        mixed,
        lambda: "\n\n".join([chance.choice(some)[:300]] * chance.randint(1, 4) + [sentence()]),
        lambda: lines(lambda: chance.choice(["#", "##", "#tag "]) + sentence()),
        lambda: lines(lambda: sentence() + chance.choice(["[1]", "[23]", "[edit]", "[citation needed]", "[]", ".", "", " [2]."])),
        lambda: lines(lambda: sentence() + chance.choice(["", " lorem ipsum.", " {.", " JavaScript.", " privacy policy.", ' "', " '", "»"]), 10, 30),
        lambda: " ".join(word() + chance.choice(["", "", ",", ".", " ¤", " ²", " é", " 日本", "-", "'s", " :)"]) for _ in range(chance.randint(20, 400))),
        lambda: lines(sentence, 20, 60, chance.choice(breaks)),
        lambda: chance.choice(breaks).join([" ".join([word()] * chance.randint(2, 60))] * chance.randint(1, 3)),
        edge,
        lambda: chance.choice(some) + "\n" + chance.choice(some)[-chance.randint(100, 900):] * chance.randint(1, 2),
    ]
    return [kinds[i % len(kinds)]() for i in range(count)]


def ranges(text, words, tokenizer):
    """Words and sentences as byte ranges of the text."""
    bytes_before = [0]
    for c in text:
        bytes_before.append(bytes_before[-1] + len(c.encode()))
    spans, at = [], 0
    for word in words:
        start = text.index(word, at)
        at = start + len(word)
        spans.append((bytes_before[start], bytes_before[at]))
    # As C4QualityFilter cuts: line by line, without the space around, without citations.
    sentences, at = [], 0
    for line in text.splitlines(keepends=True):
        start = at + len(line) - len(line.lstrip())
        at += len(line)
        line = line.strip()
        gone = {i for m in c4_filters.CITATION_REGEX.finditer(line) for i in range(*m.span())}
        kept = [i for i in range(len(line)) if i not in gone]
        first = 0
        for _, end in tokenizer.span_tokenize("".join(line[i] for i in kept)) if kept else []:
            if first < end:
                sentences.append((bytes_before[start + kept[first]], bytes_before[start + kept[end - 1] + 1]))
            first = end
    return spans, sentences


def export(source, target):
    texts = [json.loads(line)["text"] for line in open(source, encoding="utf-8")]
    texts += junk(texts, 600)
    tokenizer = load_word_tokenizer("dan")
    chains = filters() | fineweb_2()
    with open(target, "w", encoding="utf-8") as out:
        for text in texts:
            words = split_into_words(text, "dan")
            spans, sentences = ranges(text, words, tokenizer)
            decisions = {name: decide(chain, text) for name, chain in chains.items()}
            row = dict(text=text, words=spans, sentences=sentences, stop_words=DANISH, fineweb2_stop_words=FINEWEB_2["gopher"]["stop_words"], decisions=decisions, values=values(text, words))
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(len(texts), "documents,", sum(len(t.encode()) for t in texts) / 1e6, "MB")


def ours(program, path, *flags):
    done = subprocess.run([program, *flags], stdin=open(path, "rb"), capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def compare(path, program):
    rows = [json.loads(line) for line in open(path, encoding="utf-8")]
    given, own = ours(program, path), ours(program, path, "--own-view")
    assert len(rows) == len(given) == len(own)
    wrong, far, drift, drops, total = 0, 0, collections.Counter(), collections.Counter(), collections.Counter()
    for number, (row, same, free) in enumerate(zip(rows, given, own)):
        for name, reason in row["decisions"].items():
            total[name] += 1
            drops[name] += reason is not None
            if same["decisions"][name] != reason:
                wrong += 1
                print(f"document {number} {name}: datatrove {reason}, ours {same['decisions'][name]}: {row['text'][:70]!r}")
            if free["decisions"][name] != reason:
                drift[name, reason, free["decisions"][name]] += 1
        for name, value in row["values"].items():
            if abs(same["values"][name] - value) > 1e-6 * max(1, abs(value)):
                far += 1
                print(f"document {number} {name}: datatrove {value}, ours {same['values'][name]}: {row['text'][:70]!r}")
    print(f"{len(rows)} documents, {sum(total.values())} decisions, {sum(drops.values())} drops, {wrong} differ with the same words and sentences")
    print(f"{sum(len(r['values']) for r in rows)} values compared, {far} differ by more than 1e-6")
    for name in total:
        changed = sum(n for (filter_name, _, _), n in drift.items() if filter_name == name)
        turned = sum(n for (filter_name, a, b), n in drift.items() if filter_name == name and (a is None) != (b is None))
        print(f"{name}: {drops[name]} of {total[name]} dropped; with our words {turned} turn between kept and dropped, {changed - turned} get another reason")
    for (name, reason, other), count in drift.most_common(25):
        print(f"  {count:4} {name}: datatrove {reason}, our words {other}")


def speed(path, megabytes):
    texts, size = [], 0
    for line in open(path, encoding="utf-8"):
        texts.append(json.loads(line)["text"])
        size += len(texts[-1].encode())
        if size > float(megabytes) * 1e6:
            break
    chains = {name: chain for name, chain in filters().items() if name != "c4"}
    for chain in chains.values():
        decide(chain, "En lille sætning her.\nOg en til.")
    start = time.process_time()
    for text in texts:
        for chain in chains.values():
            decide(chain, text)
    spent = time.process_time() - start
    print(f"datatrove, 4 filters: {size / 1e6:.2f} MB, {spent:.1f} s CPU, {size / 1e6 / spent:.3f} MB/s")


if __name__ == "__main__":
    {"export": export, "compare": compare, "speed": speed}[sys.argv[1]](*sys.argv[2:])
