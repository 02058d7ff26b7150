#!/usr/bin/env python3
"""The whole pipeline: JSON Lines, zstd -> pii -> langid -> quality -> near-dedup -> Parquet.

    python benches/peers/pipeline.py target/release/sprog corpus.jsonl.zst

Prints MB of text a second and a core, the peak of resident memory, and how the CPU time splits between
the steps (each is the time of a build with the steps up to it, less that of the build before). Then it
builds again, kills the process five times on the way with SIGKILL, and compares every byte.

A corpus with known duplicates comes from ../shared/peers/corpus/make_corpus.py.
"""
import hashlib, json, os, pathlib, resource, shutil, signal, subprocess, sys, tempfile, time

STEPS = [
    # The gates refuse what has personal data, so no build goes without this step.
    ("read, pii, write", 'use = "pii"\naction = "mask"'),
    ("langid", 'use = "langid"\nkeep = ["da"]'),
    ("quality", 'use = "quality"\npresets = ["danish"]\naction = "label"\nsignals = "beside"'),
    ("near-dedup", 'use = "near-dedup"'),
]

RECIPE = """
[dataset]
id = "pipeline"
version = "1.0.0"
created = "2026-01-01"
publisher = "p"
contact = "c"
title = { da = "t", en = "t" }
description = { da = "d", en = "d" }

[[source]]
id = "s"
kind = "text"
format = "jsonl"
files = ["FILE"]
license = "CC0-1.0"
legal_basis = "own work"
"""


def recipe(folder, corpus, steps):
    text = RECIPE.replace("FILE", str(corpus))
    text += "".join(f"\n[[step]]\n{step}\n" for _, step in steps if step)
    path = folder / "recipe.toml"
    path.write_text(text)
    return path


def build(sprog, folder, out, seconds=None):
    """Wall seconds, CPU seconds and peak MB of one build; killed after `seconds` if they are given."""
    command = [sprog, "build", str(folder / "recipe.toml"), "--out", str(out), "--mem", "1G", "--quiet"]
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    if seconds is not None:
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
    _, status, used = os.wait4(child.pid, 0) if child.returncode is None else (0, child.returncode, None)
    if seconds is None and status != 0:
        sys.exit(f"the build failed: {status}")
    wall = time.perf_counter() - start
    return (wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024) if used else (wall, 0, 0)


def digest(folder):
    """SHA-256 over all files of a published folder, names and bytes."""
    sha = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        sha.update(str(path.relative_to(folder)).encode() + b"\0")
        with open(path, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                sha.update(block)
    return sha.hexdigest()


def text_bytes(corpus):
    command = ["zstd", "-dcq", str(corpus)] if corpus.suffix == ".zst" else ["cat", str(corpus)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        return sum(len(json.loads(line)["text"].encode()) for line in child.stdout)


def main():
    sprog, corpus = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).absolute()
    megabytes = text_bytes(corpus) / 1e6
    print(f"{megabytes:.0f} MB of text")
    with tempfile.TemporaryDirectory(dir=sys.argv[3] if len(sys.argv) > 3 else None) as scratch:
        folder, before = pathlib.Path(scratch), 0
        for count in range(1, len(STEPS) + 1):
            recipe(folder, corpus, STEPS[:count])
            out = folder / "out"
            shutil.rmtree(out, ignore_errors=True)
            wall, cpu, peak = build(sprog, folder, out)
            name = STEPS[count - 1][0]
            # The last step may save more writing than it costs.
            speed = f"{megabytes / (cpu - before):7.1f} MB/s a core" if cpu > before else ""
            print(f"{name:16} {cpu - before:7.1f} s CPU   {speed}", flush=True)
            before = cpu
        print(f"whole            {cpu:7.1f} s CPU   {megabytes / cpu:7.1f} MB/s a core   {wall:.1f} s, "
              f"{megabytes / wall:.1f} MB/s   peak {peak:.0f} MB")
        want, broken, kills = digest(out / "pipeline" / "1.0.0"), folder / "broken", 0
        while kills < 5:
            build(sprog, folder, broken, seconds=wall / 6)
            if (broken / "pipeline" / "1.0.0").exists():
                break
            kills += 1
        build(sprog, folder, broken)
        same = digest(broken / "pipeline" / "1.0.0") == want
        print(f"killed {kills} times: {'the same bytes' if same else 'OTHER BYTES'}")
        sys.exit(0 if same and kills == 5 else 1)


if __name__ == "__main__":
    main()
