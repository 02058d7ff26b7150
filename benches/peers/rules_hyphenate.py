"""pyphen's words per second, and its division of every word as a list: rules_hyphenate.py WORDS PATTERNS.dic [OUT]."""
import sys
import time

import pyphen

words = [line for line in open(sys.argv[1], encoding="utf-8").read().split("\n") if line]
dic = pyphen.Pyphen(filename=sys.argv[2], left=2, right=2, cache=False)
for _ in range(3):
    fresh = pyphen.Pyphen(filename=sys.argv[2], left=2, right=2, cache=False)
    some = words[::10]
    start = time.process_time()
    count = sum(len(fresh.positions(word)) for word in some)
    print(f"pyphen: {len(some) / (time.process_time() - start):.0f} words/s, {count} hyphens")
if len(sys.argv) > 3:
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        for word in words:
            out.write(dic.inserted(word) + "\n")
