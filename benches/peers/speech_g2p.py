#!/usr/bin/env python3
"""Danish letter-to-sound against espeak-ng's, on lists made by hand and on words of a text.

    speech_g2p.py SAY HAND.tsv [HAND.tsv ...] [--words WORDS.txt] [-v]

SAY is the example program `g2p_say` (words on stdin; word, phones, source on stdout). HAND.tsv has a word and its right
transcriptions; WORDS.txt a word a line. Needs Debian's espeak-ng, which runs as a separate tool.

On the lists both are scored through a coarse map of symbols, as espeak's transcription is coarser and marks stød
otherwise; ours also in full (with stød and length) and bare. On words the figure is the distance between the two,
no truth: espeak errs too.
"""
import argparse, collections, re, subprocess

COARSE = {"ʋ": "v", "w": "v", "ʊ̯": "v", "ɐ̯": "6", "ɐ": "6", "ʌ": "6", "ɜ": "6", "ɪ̯": "j", "r": "ʁ", "ɹ": "ʁ", "g": "ɡ",
          "ʏ": "y", "œ": "ø", "ɶ": "ø", "ɔ": "o", "ɒ": "o", "æ": "a", "ɑ": "a", "ɛ": "e", "ε": "e", "p": "b", "t": "d",
          "k": "ɡ", "ʃ": "ɕ", "ɪ": "i", "ʊ": "u"}
DROPPED = set("ˈˌːʔˀ?.-_ |()ʰ\u200d")
MARKS = "\u032f\u0329\u030d\u0325"


def coarse(text):
    text, out = re.sub(r"\(.*?\)", "", text), []
    for symbol in re.findall(f".[{MARKS}]*", text):
        symbol = symbol[:2] if symbol[1:2] == "\u032f" else symbol[0]
        if symbol[0] not in DROPPED and symbol[0] not in MARKS:
            out.append(COARSE.get(symbol, symbol))
    return out


def full(text):
    return re.findall(f".[{MARKS}ːˀ]*", re.sub("[ ˈˌ.]", "", text))


def bare(text):
    return [re.sub("[ːˀ\u0329\u030d]", "", phone) for phone in full(text)]


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        new = [i]
        for j, y in enumerate(b, 1):
            new.append(min(row[j] + 1, new[-1] + 1, row[j - 1] + (x != y)))
        row = new
    return row[-1]


def espeak(words):
    done = subprocess.run(["espeak-ng", "-v", "da", "-q", "--ipa", "--stdin"], input="\n\n".join(words) + "\n",
                          capture_output=True, text=True, check=True)
    lines = [line.strip() for line in done.stdout.split("\n") if line.strip()]
    assert len(lines) == len(words), (len(lines), len(words))
    return lines


def ours(say, words):
    done = subprocess.run([say], input="\n".join(words) + "\n", capture_output=True, text=True, check=True)
    found = {}
    for line in done.stdout.split("\n"):
        cells = line.split("\t")
        if len(cells) > 2:
            found.setdefault(cells[0], (cells[1], cells[2]))
    return [found.get(word, ("", "")) for word in words]


def score(name, said, rows, form, verbose):
    right = errors = phones = 0
    for text, (word, *wanted) in zip(said, rows):
        least, length = min((distance(form(text), form(one)), len(form(one))) for one in wanted)
        right, errors, phones = right + (least == 0), errors + least, phones + length
        if least and verbose:
            print("  ", word, text, "|", *wanted)
    print(f"{name:24} words {right}/{len(rows)} = {100 * right / len(rows):.1f} %, phone errors {100 * errors / phones:.2f} %")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("say"); p.add_argument("hand", nargs="*"); p.add_argument("--words"); p.add_argument("-v", action="store_true")
    a = p.parse_args()
    for path in a.hand:
        rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf8") if not line.startswith("# ")]
        words = [row[0] for row in rows]
        mine = ours(a.say, words)
        print(path, dict(collections.Counter(source for _, source in mine)))
        score("espeak-ng, coarse", espeak(words), rows, coarse, False)
        score("sprog, coarse", [text for text, _ in mine], rows, coarse, False)
        score("sprog, bare", [text for text, _ in mine], rows, bare, a.v)
        score("sprog, full", [text for text, _ in mine], rows, full, a.v)
    if a.words:
        words = [line.strip() for line in open(a.words, encoding="utf8") if line.strip()]
        theirs, mine = espeak(words), ours(a.say, words)
        errors = phones = equal = 0
        for word, one, (text, source) in zip(words, theirs, mine):
            d = distance(coarse(text), coarse(one))
            errors, phones, equal = errors + d, phones + len(coarse(one)), equal + (d == 0)
            if d and a.v:
                print("  ", word, text.replace(" ", ""), "|", one, source)
        print(f"{a.words}: {len(words)} words, phones apart from espeak-ng {100 * errors / phones:.2f} %, words equal {100 * equal / len(words):.1f} %")


if __name__ == "__main__":
    main()
