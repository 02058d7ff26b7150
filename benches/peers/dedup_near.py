"""MinHash near-duplicates, word 5-grams, 14 bands of 8: python dedup_near.py TOOL CORPUS.jsonl REMOVED.tsv [MB]

TOOL is datasketch, rensa or datatrove (PyPI), or the path of our own program, which is run as a whole: it reads,
parses and writes files; so is every peer, with Python's json for lines in and out. CORPUS has lines with `text`, and ids d0, d1 … as make_corpus.py gives
them; the first MB of it are read. REMOVED gets the numbers of removed lines. Prints CPU time, one thread.
"""
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

BANDS, ROWS, NGRAM = 14, 8, 5
WORD = re.compile(r"\w+")


def read(path, megabytes):
    texts, size = [], 0
    with open(path, encoding="utf8") as lines:
        for line in lines:
            texts.append(json.loads(line)["text"])
            size += len(texts[-1].encode())
            if size >= megabytes * 1e6:
                break
    return texts, size / 1e6


def shingles(text):
    words = WORD.findall(text.lower())
    return [" ".join(words[i : i + NGRAM]) for i in range(max(1, len(words) - NGRAM + 1))]


def datasketch(texts):
    from datasketch import MinHash, MinHashLSH

    lsh, removed = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS)), []
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=BANDS * ROWS, seed=1)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        if lsh.query(sketch):
            removed.append(number)
        else:
            lsh.insert(number, sketch)
    return removed


def rensa(texts):
    import rensa

    lsh, removed = rensa.RMinHashLSH(threshold=0.75, num_perm=BANDS * ROWS, num_bands=BANDS), []
    for number, text in enumerate(texts):
        sketch = rensa.RMinHash(num_perm=BANDS * ROWS, seed=42)
        sketch.update(shingles(text))
        if lsh.query(sketch):
            removed.append(number)
        else:
            lsh.insert(number, sketch)
    return removed


def datatrove(texts):
    from datatrove.executor import LocalPipelineExecutor as Run
    from datatrove.pipeline.dedup import MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
    )
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from datatrove.utils.hashing import HashConfig

    config = MinhashConfig(hash_config=HashConfig(precision=64, hash_fc="sha1"))
    with tempfile.TemporaryDirectory() as work:
        os.mkdir(work + "/in")
        with open(work + "/in/texts.jsonl", "w", encoding="utf8") as out:
            for number, text in enumerate(texts):
                out.write(json.dumps({"id": str(number), "text": text}, ensure_ascii=False) + "\n")
        signature = MinhashDedupSignature(work + "/sig", config=config, language="dan")
        stages = [
            [JsonlReader(work + "/in"), signature],
            [MinhashDedupBuckets(work + "/sig", work + "/buckets", config=config)],
            [MinhashDedupCluster(work + "/buckets", work + "/remove", config=config)],
            [JsonlReader(work + "/in"), MinhashDedupFilter(work + "/remove"), JsonlWriter(work + "/out", compression=None)],
        ]
        for number, stage in enumerate(stages):
            tasks = BANDS if number == 1 else 1
            Run(pipeline=stage, tasks=tasks, workers=1, logging_dir=f"{work}/log{number}").run()
        kept = set()
        for name in os.listdir(work + "/out"):
            kept |= {int(json.loads(line)["id"]) for line in open(f"{work}/out/{name}", encoding="utf8")}
    return [number for number in range(len(texts)) if number not in kept]


def sprog(program, texts):
    """Removed lines, CPU seconds and peak MB of `sprog dedup`."""
    import pyarrow.parquet

    with tempfile.TemporaryDirectory() as work:
        with open(work + "/texts.jsonl", "w", encoding="utf8") as out:
            for number, text in enumerate(texts):
                out.write(json.dumps({"id": f"d{number}", "text": text}, ensure_ascii=False) + "\n")
        command = [program, "dedup", work + "/texts.jsonl", "--out", work + "/out", "--threads", "1", "--quiet"]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        if status:
            sys.exit(f"{program} failed: {status}")
        ids = pyarrow.parquet.read_table(work + "/out/removed.parquet")["id"].to_pylist()
    return sorted(int(name[1:]) for name in ids), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
    tool, corpus, out = sys.argv[1:4]
    start = time.process_time()
    texts, size = read(corpus, float(sys.argv[4]) if len(sys.argv) > 4 else 1e9)
    peers = {"datasketch": datasketch, "rensa": rensa, "datatrove": datatrove}
    if tool in peers:
        removed = peers[tool](texts)
        with tempfile.TemporaryFile("w", encoding="utf8") as kept:
            gone = set(removed)
            kept.writelines(json.dumps({"id": f"d{n}", "text": text}, ensure_ascii=False) + "\n"
                            for n, text in enumerate(texts) if n not in gone)
        seconds = time.process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    else:
        removed, seconds, peak = sprog(tool, texts)
    with open(out, "w") as lines:
        lines.writelines(f"{number}\n" for number in removed)
    # What a program of ours took is counted with the memory of this one, from which it was started.
    peak = f"peak {peak:.0f} MB" if tool in peers else "peak: see /usr/bin/time"
    print(f"{tool}: {len(texts)} documents, {size:.1f} MB of text, {seconds:.1f} s CPU, {size / seconds:.2f} MB/s, "
          f"{len(removed)} removed, {peak}")


if __name__ == "__main__":
    main()
