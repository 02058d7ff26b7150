"""The peer's splitter (dynamic programme over hunspell stems) on a file of cases, and its words per second on running text: rules_compounds.py CASES.tsv DDT.conllu [DIC]."""
import sys
import time

dic = sys.argv[3] if len(sys.argv) > 3 else "/usr/share/hunspell/da_DK.dic"
stems = {line.strip().split("/")[0].split("\t")[0].lower() for line in list(open(dic, encoding="utf-8"))[1:]}
SHORT = {"ø", "å", "øl", "ål", "el", "bi", "ko", "so", "is", "by", "ur", "tv", "it", "eu", "ny", "a"}
LINKS = ("", "s", "e", "te", "ge", "de", "ne")


def split(word):
    """Inner boundaries, the whole word withheld, as in shared/peers/text/compound.py."""
    lower = word.lower()
    n = len(lower)
    if "-" in word.strip("-"):
        return frozenset({word.index("-") + 1})
    best = {0: (0, 0.0, ())}
    for i in range(n):
        if i not in best:
            continue
        count, cost, bounds = best[i]
        for j in range(i + 1, n + 1):
            piece = lower[i:j]
            for link in LINKS:
                if link and (j == n or not piece.endswith(link) or len(piece) - len(link) < 2):
                    continue
                stem = piece[: len(piece) - len(link)] if link else piece
                if stem not in stems or (i == 0 and j == n) or (len(stem) < 3 and stem not in SHORT):
                    continue
                new = (count + 1, cost + (0.3 if link else 0) - len(stem) ** 2 / 1000, bounds + ((j,) if j < n else ()))
                if j not in best or new[:2] < best[j][:2]:
                    best[j] = new
    return frozenset(best[n][2]) if n in best else frozenset()


def gold(word, text):
    if text == "-":
        return frozenset()
    parts, bounds, at = text.split("|"), set(), 0
    for part, after in zip(parts, parts[1:] + [None]):
        at += len(part.lstrip("+"))
        if after is not None and not after.startswith("+") and after != "-":
            bounds.add(at)
    return frozenset(bounds)


rows = [line.rstrip("\n").split("\t") for line in open(sys.argv[1], encoding="utf-8")]
rows = [row for row in rows if len(row) > 1 and row[0] != "word" and not row[0].startswith("#")]
exact = sum(split(row[0]) == gold(row[0], row[1]) for row in rows)
print(f"peer: boundaries exact {exact} of {len(rows)}")
words = [line.split("\t")[1] for line in open(sys.argv[2], encoding="utf-8") if line[:1].isdigit()]
for _ in range(3):
    start = time.process_time()
    for word in words:
        split(word)
    print(f"peer: {len(words) / (time.process_time() - start):.0f} words/s")
