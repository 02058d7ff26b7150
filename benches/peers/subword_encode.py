"""Encoding with one vocabulary: ours beside what users would pick, one thread, cold, in one run.

    pip install -r benches/peers/subword_requirements.txt
    cargo build --profile bench -p sprog-benches --example subword_encode
    python benches/peers/subword_encode.py corpus.jsonl 100 vocabulary.json [TURNS] [TOOL,TOOL]

Reads `text` of JSON lines until so many MB (10^6 bytes), and a byte-level BPE in `tokenizer.json`. Every turn runs every
tool in a process of its own, so each starts with an empty cache; what is timed is encoding alone, as CPU time of the
whole process. `ids` is a hash of all ids: tools with the same one gave the same ids. sentencepiece cannot read the
vocabulary; it trains one of the same size on the first 20 MB of the same text, and its tokens are counted only.

Not every tool does the same work: Hugging Face, tiktoken, fastokens and kitoken make Python lists of ids, gigatoken an
array; ours is the Rust program, with ids in a vector.
"""
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

OURS = os.environ.get("SUBWORD_ENCODE", "target/release/examples/subword_encode")
TOOLS = ["sprog", "hf", "tiktoken", "kitoken", "fastokens", "gigatoken", "gigatoken-files", "sentencepiece"]
SLOW = {"hf": 20, "sentencepiece": 20}
GPT2 = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""
ONE_THREAD = {"RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}


def texts_of(path, mb):
    texts, size = [], 0
    with open(path, encoding="utf8") as lines:
        for line in lines:
            texts.append(json.loads(line)["text"])
            size += len(texts[-1].encode())
            if size >= mb * 1e6:
                break
    return texts, size / 1e6


def ranks_of(vocabulary):
    """A byte-level tokenizer.json as tiktoken wants it: ranks of bytes, special tokens, the regex."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    byte_of = {chr(b): b for b in printable}
    byte_of |= {chr(256 + i): b for i, b in enumerate(b for b in range(256) if b not in printable)}
    special = {t["content"]: t["id"] for t in vocabulary["added_tokens"]}
    ranks = {
        bytes(byte_of[c] for c in token): id
        for token, id in vocabulary["model"]["vocab"].items()
        if token not in special
    }
    pattern = GPT2
    steps = vocabulary["pre_tokenizer"]
    for step in steps.get("pretokenizers", [steps]):
        if step["type"] == "Split":
            pattern = step["pattern"]["Regex"]
    return ranks, special, pattern


class Timed:
    def __enter__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.wall, self.cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu


def encode(tool, path, mb, vocabulary):
    """One tool in this process: what it took, and what came out."""
    import numpy

    texts, mb = texts_of(path, mb)
    ids = None
    if tool == "hf":
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(vocabulary)
        with Timed() as timed:
            encoded = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        ids = [e.ids for e in encoded]
    elif tool == "tiktoken":
        import tiktoken

        ranks, special, pattern = ranks_of(json.load(open(vocabulary)))
        tokenizer = tiktoken.Encoding("danish", pat_str=pattern, mergeable_ranks=ranks, special_tokens=special)
        with Timed() as timed:
            ids = [tokenizer.encode_ordinary(text) for text in texts]
    elif tool == "kitoken":
        from kitoken import Kitoken

        tokenizer = Kitoken.from_file(vocabulary)
        with Timed() as timed:
            ids = [tokenizer.encode(text) for text in texts]
    elif tool == "fastokens":
        from fastokens import Tokenizer

        tokenizer = Tokenizer.from_file(vocabulary)
        with Timed() as timed:
            ids = [tokenizer.encode_ordinary(text) for text in texts]
        ids = [getattr(e, "ids", e) for e in ids]
    elif tool == "gigatoken":
        import gigatoken

        tokenizer = gigatoken.Tokenizer.from_json(open(vocabulary).read())
        with Timed() as timed:
            encoded = tokenizer.encode_batch(texts, parallel=False)
        ids = encoded
    elif tool == "gigatoken-files":
        import gigatoken

        tokenizer = gigatoken.Tokenizer.from_json(open(vocabulary).read())
        with tempfile.NamedTemporaryFile() as file:
            file.write("\0".join(texts).encode())
            file.flush()
            source = gigatoken.TextFileSource([file.name], separator=b"\0")
            with Timed() as timed:
                encoded = tokenizer.encode_files(source, parallel=False)
        ids = encoded
    elif tool == "sentencepiece":
        import sentencepiece

        with tempfile.TemporaryDirectory() as folder:
            with open(folder + "/text", "w", encoding="utf8") as out:
                size = 0
                for text in texts:
                    out.write(text + "\n")
                    size += len(text)
                    if size > 20e6:
                        break
            sentencepiece.SentencePieceTrainer.train(
                input=folder + "/text", model_prefix=folder + "/model", model_type="bpe", byte_fallback=True,
                vocab_size=len(json.load(open(vocabulary))["model"]["vocab"]), num_threads=1, minloglevel=2,
                max_sentence_length=1 << 20,
            )
            tokenizer = sentencepiece.SentencePieceProcessor(model_file=folder + "/model.model")
        with Timed() as timed:
            ids = [tokenizer.encode(text) for text in texts]
    digest, tokens = hashlib.sha256(), 0
    for one in ids:
        one = numpy.asarray(one, dtype=numpy.uint32)
        tokens += len(one)
        digest.update(one.astype("<u4").tobytes())
    if tool == "sentencepiece":
        hashed = "-"
    else:
        hashed = digest.hexdigest()[:12]
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"mb": mb, "cpu": timed.cpu, "wall": timed.wall, "tokens": tokens, "ids": hashed, "rss_mb": rss}


def run(tool, path, mb, vocabulary):
    environment = dict(os.environ, **ONE_THREAD)
    if tool == "sprog":
        command = [OURS, path, f"{mb:g}", vocabulary, "--json"]
    else:
        command = [sys.executable, __file__, "--one", tool, path, f"{mb:g}", vocabulary]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        return {"failed": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    if sys.argv[1] == "--one":
        tool, path, mb, vocabulary = sys.argv[2:]
        print(json.dumps(encode(tool, path, float(mb), vocabulary)))
        return
    path, mb, vocabulary = sys.argv[1], float(sys.argv[2]), sys.argv[3]
    turns = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    tools = sys.argv[5].split(",") if len(sys.argv) > 5 else TOOLS
    results = {tool: [] for tool in tools}
    for turn in range(turns):
        for tool in tools:
            result = run(tool, path, min(mb, SLOW.get(tool, mb)), vocabulary)
            results[tool].append(result)
            print(turn, tool, json.dumps(result), file=sys.stderr, flush=True)
    print(f"{'tool':16s} {'MB':>6s} {'MB/s CPU':>9s} {'best':>7s} {'MB/s wall':>9s} {'bytes/token':>11s} {'RSS MB':>7s}  ids")
    for tool, turns_of_tool in results.items():
        done = [r for r in turns_of_tool if "failed" not in r]
        if not done:
            print(f"{tool:16s} failed: {turns_of_tool[0]['failed']}")
            continue
        speeds = sorted(r["mb"] / r["cpu"] for r in done)
        wall = statistics.median(r["mb"] / r["wall"] for r in done)
        last = done[-1]
        print(
            f"{tool:16s} {last['mb']:6.1f} {statistics.median(speeds):9.2f} {speeds[-1]:7.2f} {wall:9.2f} "
            f"{last['mb'] * 1e6 / last['tokens']:11.3f} {last['rss_mb']:7.0f}  {last['ids']}"
        )


if __name__ == "__main__":
    main()
