#!/usr/bin/env python3
"""Makes a large JSONL.zst of Danish-looking text: sentences of the demo corpus with every other word
replaced from a word list, so that no two documents are the same.

    make_jsonl.py BYTES OUT.jsonl.zst [WORDS.dic]

BYTES counts the unpacked JSON. Needs the program zstd and a Hunspell dictionary (hunspell-da).
"""
import glob
import json
import os
import random
import subprocess
import sys

target, out = int(sys.argv[1]), sys.argv[2]
dictionary = sys.argv[3] if len(sys.argv) > 3 else "/usr/share/hunspell/da_DK.dic"
rng = random.Random(7)
words = [line.split("/")[0].split("\t")[0].strip() for line in open(dictionary, encoding="utf8")][3:60000]
words = [w for w in words if w]
sentences = []
demo = os.path.join(os.path.dirname(__file__), "../../datasets/demo/text/*.jsonl")
for path in sorted(glob.glob(demo)):
    if "flaws" not in path:
        for line in open(path, encoding="utf8"):
            sentences += json.loads(line)["text"].split(". ")
packer = subprocess.Popen(["zstd", "-3", "-q", "-T2", "-f", "-o", out], stdin=subprocess.PIPE)
written = count = 0
while written < target:
    document = []
    for _ in range(rng.randint(3, 25)):
        sentence = rng.choice(sentences).split(" ")
        for at in range(0, len(sentence), 2):
            sentence[at] = words[int(rng.random() ** 3 * len(words))]
        document.append(" ".join(sentence))
    row = {"id": f"d{count:08d}", "text": ". ".join(document), "url": f"https://example.dk/{count}"}
    data = (json.dumps(row, ensure_ascii=False) + "\n").encode()
    packer.stdin.write(data)
    written += len(data)
    count += 1
packer.stdin.close()
packer.wait()
print(count, "documents,", written, "bytes")
