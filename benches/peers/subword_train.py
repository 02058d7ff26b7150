"""Training a byte-level BPE: ours beside what users would pick, one thread, in one run.

    pip install -r benches/peers/subword_requirements.txt
    cargo build --profile bench -p sprog-benches --example subword_train
    python benches/peers/subword_train.py corpus.jsonl 100 32000 [TURNS] [TOOL,TOOL]
    python benches/peers/subword_train.py --merges A.json B.json      # where the merges of two files part

Reads `text` of JSON lines until so many MB (10^6 bytes). Every turn runs every tool in a process of its own, with
GPT-2's pattern; sentencepiece has its own way to cut words. Timed is training alone, as CPU time of the whole process
(of ours with the reading of the file). RSS is the peak of the process, with the texts in it where the tool is Python's.
`merges` is a hash of all merges in their order.
"""
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile

from subword_encode import GPT2, ONE_THREAD, Timed, texts_of

OURS = os.environ.get("SUBWORD_TRAIN", "target/release/examples/subword_train")
TOOLS = ["sprog", "hf", "sentencepiece", "rustbpe", "gigatoken"]


def hash_of(merges):
    return hashlib.sha256("\n".join(merges).encode()).hexdigest()[:12]


def merges_of(path):
    return [m if isinstance(m, str) else " ".join(m) for m in json.load(open(path))["model"]["merges"]]


def train_hf(texts, vocab_size, path):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, show_progress=False, special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    with Timed() as timed:
        tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(path)
    return timed


def train(tool, path, mb, vocab_size, out):
    texts, mb = texts_of(path, mb)
    merges = "-"
    if tool == "hf":
        timed = train_hf(texts, vocab_size, out)
        merges = hash_of(merges_of(out))
    elif tool == "sentencepiece":
        import sentencepiece

        with tempfile.TemporaryDirectory() as folder:
            with open(folder + "/text", "w", encoding="utf8") as file:
                file.write("\n".join(texts))
            del texts
            with Timed() as timed:
                sentencepiece.SentencePieceTrainer.train(
                    input=folder + "/text", model_prefix=folder + "/model", vocab_size=vocab_size, model_type="bpe",
                    num_threads=1, minloglevel=2, max_sentence_length=1 << 20, byte_fallback=True,
                )
    elif tool == "rustbpe":
        import rustbpe

        tokenizer = rustbpe.Tokenizer()
        with Timed() as timed:
            tokenizer.train_from_iterator(iter(texts), vocab_size, pattern=GPT2)
    elif tool == "gigatoken":
        import gigatoken

        with tempfile.NamedTemporaryFile(suffix=".txt") as file:
            file.write("\0".join(texts).encode())
            file.flush()
            source = gigatoken.TextFileSource([file.name], separator=b"\0")
            with Timed() as timed:
                gigatoken.train_bpe(source, vocab_size, ["<|endoftext|>"])
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"mb": mb, "cpu": timed.cpu, "wall": timed.wall, "merges": merges, "rss_mb": rss}


def run(tool, path, mb, vocab_size, out):
    if tool == "sprog":
        command = [OURS, path, str(mb), str(vocab_size), out, "--json"]
    else:
        command = [sys.executable, __file__, "--one", tool, path, str(mb), str(vocab_size), out]
    done = subprocess.run(command, env=dict(os.environ, **ONE_THREAD), capture_output=True, text=True)
    if done.returncode != 0:
        return {"failed": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    result = json.loads(done.stdout.strip().splitlines()[-1])
    if tool == "sprog":
        result["merges"] = hash_of(merges_of(out))
    return result


def compare(one, other):
    one, other = merges_of(one), merges_of(other)
    same = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    print(f"{len(one)} and {len(other)} merges; the first {same} are the same; "
          f"{len(set(one) - set(other))} of the first and {len(set(other) - set(one))} of the second are in one only")
    for a, b in list(zip(one, other))[same:same + 5]:
        print(f"  {a!r} {b!r}")
    sys.exit(one != other)


def main():
    if sys.argv[1] == "--one":
        tool, path, mb, vocab_size, out = sys.argv[2:]
        print(json.dumps(train(tool, path, float(mb), int(vocab_size), out)))
        return
    if sys.argv[1] == "--merges":
        compare(*sys.argv[2:4])
    path, mb, vocab_size = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    turns = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    tools = sys.argv[5].split(",") if len(sys.argv) > 5 else TOOLS
    results = {tool: [] for tool in tools}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(turns):
            for tool in tools:
                result = run(tool, path, mb, vocab_size, f"{folder}/{tool}.json")
                results[tool].append(result)
                print(turn, tool, json.dumps(result), file=sys.stderr, flush=True)
    print(f"{'tool':14s} {'MB':>6s} {'MB/s CPU':>9s} {'best':>7s} {'MB/s wall':>9s} {'RSS MB':>7s}  merges")
    for tool, turns_of_tool in results.items():
        done = [r for r in turns_of_tool if "failed" not in r]
        if not done:
            print(f"{tool:14s} failed: {turns_of_tool[0]['failed']}")
            continue
        speeds = sorted(r["mb"] / r["cpu"] for r in done)
        wall = statistics.median(r["mb"] / r["wall"] for r in done)
        rss = statistics.median(r["rss_mb"] for r in done)
        merges = {r["merges"] for r in done}
        print(f"{tool:14s} {done[-1]['mb']:6.1f} {statistics.median(speeds):9.2f} {speeds[-1]:7.2f} {wall:9.2f} "
              f"{rss:7.0f}  {' '.join(sorted(merges))}")


if __name__ == "__main__":
    main()
