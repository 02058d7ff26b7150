"""Repeated stretches, repeated sentences and contamination: the kernels beside what users would pick instead.

    pip install datatrove spacy tokenizers orjson "xxhash<4"
    git clone https://github.com/google-research/deduplicate-text-datasets && (cd deduplicate-text-datasets && cargo build)
    cargo build --profile bench --examples
    python dedup_substring.py CORPUS.jsonl TESTS.jsonl [--bin DIR] [--google PATH/dedup_dataset] [--mb 5] [--work DIR]

CORPUS.jsonl has `text` and `kind`, as made by make_corpus.py; TESTS.jsonl has `text`. All read the same first --mb MB.
Times are of CPU, user and system, of one process (and its children); reading the file is part of each.

First the stretches are compared with a reference that looks at every window of 50 tokens.
"""
import argparse
import json
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import time
import unicodedata

arguments = argparse.ArgumentParser()
arguments.add_argument("corpus", type=pathlib.Path)
arguments.add_argument("tests", type=pathlib.Path)
arguments.add_argument("--bin", default="target/release/examples", type=pathlib.Path)
arguments.add_argument("--google", type=pathlib.Path)
arguments.add_argument("--mb", default=5.0, type=float)
arguments.add_argument("--work", default="peers-work", type=pathlib.Path)
arguments = arguments.parse_args()
TOKENS = 50

shutil.rmtree(arguments.work, ignore_errors=True)
(arguments.work / "in").mkdir(parents=True)
SLICE = arguments.work / "in" / "slice.jsonl"
TEXTS = []
with open(arguments.corpus, encoding="utf8") as corpus, open(SLICE, "w", encoding="utf8") as out:
    size = 0
    for line in corpus:
        row = json.loads(line)
        TEXTS.append(row["text"])
        out.write(line)
        size += len(row["text"].encode())
        if size >= arguments.mb * 1e6:
            break
MB = size / 1e6


def cpu():
    """Seconds of this process and of those it waited for."""
    times = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(t.ru_utime + t.ru_stime for t in times)


def timed(name, job):
    start, wall = cpu(), time.perf_counter()
    try:
        result = job()
    except Exception as error:  # A peer that does not run is a result too.
        print(f"{name}: FAILED {type(error).__name__}: {str(error)[:200]}")
        return None
    seconds = cpu() - start
    print(f"{name}: {seconds:.2f} s CPU, {MB / seconds:.2f} MB/s a core, {time.perf_counter() - wall:.2f} s wall", flush=True)
    return result


def tokens(text):
    """The match view, character by character; byte range of each token."""
    out, at, previous = [], 0, ""
    for c in text:
        end = at + len(c.encode())
        # What Rust calls alphanumeric: letters, numbers and the other alphabetic characters.
        word = c.isalnum() or unicodedata.category(c) in ("Nl", "No")
        mark = unicodedata.category(c).startswith("M")
        if out and out[-1][1] == at and out[-1][2] and (word or mark):
            out[-1][1] = end
        elif out and out[-1][1] == at and not out[-1][2] and c == previous:
            out[-1][1] = end
        elif not c.isspace():
            out.append([at, end, word])
        at, previous = end, c
    data = text.encode()
    return [data[start:end] for start, end, _ in out]


def reference(texts):
    """Which tokens lie in a window that stood before."""
    seen, cut = set(), []
    for text in texts:
        words = tokens(text)
        marks = bytearray(len(words))
        for at in range(len(words) - TOKENS + 1):
            window = tuple(words[at : at + TOKENS])
            if window in seen:
                marks[at : at + TOKENS] = b"\1" * TOKENS
            seen.add(window)
        cut.append(marks)
    return cut


def substrings():
    cuts = arguments.work / "cuts.tsv"
    done = subprocess.run([arguments.bin / "dedup_substrings", SLICE, "--cuts", cuts], capture_output=True, check=True)
    print("   " + done.stdout.decode().strip().replace("\n", "\n   "))
    return [[int(field) for field in line.split("\t")] for line in cuts.read_text().splitlines()]


def google():
    data = arguments.work / "google"
    texts = [text.encode() for text in TEXTS]
    # As scripts/load_dataset.py joins documents, so that no repeat spans two of them.
    joined = b"".join(b"\xff\xff" + number.to_bytes(4, "little") + text for number, text in enumerate(texts))
    data.write_bytes(joined)
    (arguments.work / "cache").mkdir()
    length = round(TOKENS * len(joined) / max(1, sum(len(tokens(text)) for text in TEXTS[:200]) / 200 * len(TEXTS)))
    run = lambda *args: subprocess.run([arguments.google, *map(str, args)], check=True, capture_output=True).stdout
    run("make", "--data-file", data)
    run("self-similar", "--data-file", data, "--length-threshold", length, "--cache-dir", arguments.work / "cache", "--num-threads", 1)
    found = run("collect", "--data-file", data, "--cache-dir", arguments.work / "cache", "--length-threshold", length)
    ranges = re.findall(rb"^(\d+) (\d+)$", found, re.M)
    share = sum(int(end) - int(start) for start, end in ranges) / len(joined)
    print(f"   {length} bytes: {len(ranges)} ranges, {share:.1%} of the bytes, first occurrences among them")


def executor(*steps):
    from datatrove.executor import LocalPipelineExecutor

    LocalPipelineExecutor(pipeline=list(steps), tasks=1, logging_dir=str(arguments.work / "logs" / str(time.time()))).run()


def datatrove_sentences():
    from datatrove.pipeline.dedup.sentence_dedup import SentDedupConfig, SentenceDedupFilter, SentenceDedupSignature, SentenceFindDedups
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    config = SentDedupConfig(
        only_dedup_in_index=False, split_sentences=False, n_sentences=1, min_doc_words=0, min_num_sentences=0
    )
    work = str(arguments.work)
    executor(JsonlReader(work + "/in"), SentenceDedupSignature(work + "/sig", config=config, language="dan"))
    executor(SentenceFindDedups(work + "/sig", work + "/dups", config=config))
    executor(
        JsonlReader(work + "/in"),
        SentenceDedupFilter(work + "/dups", config=config, language="dan"),
        JsonlWriter(work + "/sent", compression=None),
    )
    left = sum(len(json.loads(line)["text"].encode()) for file in (arguments.work / "sent").iterdir() for line in open(file))
    print(f"   {1 - left / 1e6 / MB:.1%} of the bytes cut")


def datatrove_decontaminate():
    import numpy
    from datatrove.pipeline.decont import NGramsDecontFilter
    from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontIndexer
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    # Its indexer asks for lighteval, which fetches tasks; only the hashing of it is needed here.
    NGramsDecontIndexer._requires_dependencies = []
    config = NGramsDecontConfig(n_grams=13, find_query_ngrams=True)
    index = arguments.work / "index"
    index.mkdir()
    indexer = NGramsDecontIndexer(str(index), config=config, language="dan")
    hashes = {hash for line in open(arguments.tests) for hash in indexer.compute_hashes(json.loads(line)["text"])}
    numpy.array(list(hashes), dtype=config.hash_config.np_descr).tofile(index / "tests.index.hashes")
    start = cpu()
    executor(
        JsonlReader(str(arguments.work / "in")),
        NGramsDecontFilter(str(index), config=config, language="dan"),
        JsonlWriter(str(arguments.work / "clean"), compression=None),
    )
    left = sum(1 for file in (arguments.work / "clean").iterdir() for _ in open(file))
    print(f"   without the index {MB / (cpu() - start):.3f} MB/s a core; {len(TEXTS) - left} of {len(TEXTS)} documents contaminated")


def contamination():
    done = subprocess.run([arguments.bin / "contamination", SLICE, arguments.tests], capture_output=True, check=True)
    print("   " + done.stdout.decode().strip().replace("\n", "\n   "))


def boilerplate():
    done = subprocess.run([arguments.bin / "dedup_lines", SLICE, "--documents", "2"], capture_output=True, check=True)
    print("   " + done.stdout.decode().strip().replace("\n", "\n   "))


def main():
    print(f"{MB:.1f} MB, {len(TEXTS)} documents")
    cuts = timed("sprog substrings", substrings)
    expected = timed("reference, every window", lambda: reference(TEXTS))
    got = [bytearray(len(marks)) for marks in expected]
    for document, start, end, *_ in cuts:
        got[document][start:end] = b"\1" * (end - start)
    different = [number for number, (one, two) in enumerate(zip(expected, got)) if one != two]
    print(f"   the same tokens in {len(TEXTS) - len(different)} of {len(TEXTS)} documents, {sum(map(sum, got))} tokens cut")
    if arguments.google:
        timed("deduplicate-text-datasets", google)
    timed("sprog lines in 2 documents or more", boilerplate)
    timed("datatrove SentenceDedup, by lines, n = 1", datatrove_sentences)
    timed("sprog contamination (three times over)", contamination)
    timed("datatrove NGramsDecont", datatrove_decontaminate)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
