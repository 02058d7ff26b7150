"""Which documents two tools remove: python dedup_compare.py CORPUS.jsonl OURS.tsv PEER.tsv DOCUMENTS

Of the first DOCUMENTS lines of a corpus of make_corpus.py. For those that only one removes, the true Jaccard similarity of
word 5-grams to the most similar document that this one keeps of the same group, and how many the banding
would find at these similarities.
"""
import collections
import json
import re
import sys

WORD = re.compile(r"\w+")


def shingles(text, n=5):
    words = WORD.findall(text.lower())
    return {" ".join(words[i : i + n]) for i in range(max(1, len(words) - n + 1))}


limit = int(sys.argv[4])
ours, peer = ({n for n in (int(l.split("\t")[0]) for l in open(p)) if n < limit} for p in sys.argv[2:4])
documents = [json.loads(line) for line, _ in zip(open(sys.argv[1], encoding="utf8"), range(limit))]
sets = [shingles(d["text"]) for d in documents]
groups = collections.defaultdict(list)
for number, document in enumerate(documents):
    groups[document["group"]].append(number)
print(f"{limit} documents: ours {len(ours)}, peer {len(peer)}, both {len(ours & peer)}, either {len(ours | peer)}")
for name, only, own in (("ours", ours - peer, ours), ("peer", peer - ours, peer)):
    kinds, similar = collections.Counter(), []
    for number in only:
        kinds[documents[number]["kind"]] += 1
        rest = [n for n in groups[documents[number]["group"]] if n != number and n not in own]
        similar.append(max([len(sets[number] & sets[n]) / len(sets[number] | sets[n]) for n in rest], default=0))
    similar.sort()
    found = sum(1 - (1 - j**8) ** 14 for j in similar) / max(1, len(similar))
    middle = similar[len(similar) // 2] if similar else 0
    print(f"only {name}: {len(only)} {dict(sorted(kinds.items()))}; J median {middle:.2f}, banding finds {found:.2f} of such")
# What chance leaves: both sides draw their own permutations, so that a pair is found by either with 1-(1-J^8)^14.
alone = total = 0.0
for number, document in enumerate(documents):
    others = [n for n in groups[document["group"]] if n < number]
    if others:
        j = max(len(sets[number] & sets[n]) / len(sets[number] | sets[n]) for n in others)
        p = 1 - (1 - j**8) ** 14
        alone, total = alone + p * (1 - p), total + p
print(f"independent draws: each removes {total:.0f}, {alone:.0f} of them alone")
