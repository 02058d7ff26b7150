"""What the reliability tests share: arguments, a small recipe, runs of `sprog`, checks and tallies.

Every script here is run as

    python3 SCRIPT.py PATH/TO/sprog datasets/demo [--quick]

and ends with the line "N passed, 0 failed", or tells what failed and exits with 1. `--quick` is for
CI: a sample in place of every case. Only Python's standard library is needed, and for `kills.py` and
`faults.py` a C compiler (`cc`), which building sprog needs too.
"""

import argparse
import collections
import errno
import hashlib
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ID, VERSION = "lille", "1.0.0"
TIMEOUT = 120

Done = collections.namedtuple("Done", "code out err seconds megabytes hits")


def arguments(doc):
    """The binary, the recipe's folder and whether to be quick."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sprog", type=pathlib.Path, help="the program to test")
    parser.add_argument("recipe", type=pathlib.Path, help="folder of the demo recipe")
    parser.add_argument("--quick", action="store_true", help="a sample of the cases, for CI")
    args = parser.parse_args()
    args.sprog, args.recipe = args.sprog.resolve(), args.recipe.resolve()
    for path in (args.sprog, args.recipe / "recipe.toml"):
        if not path.is_file():
            parser.error(f"{path} is not there")
    return args


class Tally:
    """Counts what passed; tells what failed as it fails, the same failure a few times at most."""

    SHOWN = 4

    def __init__(self, name):
        self.name, self.passed, self.failed = name, 0, collections.Counter()
        self.outcomes = collections.Counter()
        self.began = time.monotonic()

    def check(self, fine, kind, detail=""):
        """One check; `kind` groups failures, `detail` says exactly what was done and found."""
        if fine:
            self.passed += 1
            return True
        self.failed[kind] += 1
        if self.failed[kind] <= self.SHOWN:
            print(f"FAILED {kind}\n    {detail}".rstrip(), flush=True)
        return False

    def outcome(self, *what):
        """Counts an outcome for the table at the end."""
        self.outcomes[what] += 1

    def skip(self, why):
        """Tells loudly that something was not tested."""
        print(f"SKIPPED: {why}", flush=True)

    def table(self):
        """Prints the outcomes counted."""
        for what, count in sorted(self.outcomes.items(), key=str):
            print(f"  {count:6}  {'  '.join(map(str, what))}")

    def finish(self):
        """The last line, and the exit code."""
        for kind, count in self.failed.most_common():
            print(f"FAILED {count} times: {kind}")
        seconds = time.monotonic() - self.began
        print(f"{self.name}: {seconds:.0f} s")
        print(f"{self.passed} passed, {sum(self.failed.values())} failed", flush=True)
        sys.exit(1 if self.failed else 0)


class Scratch:
    """A temporary folder, removed at the end whatever stands in it."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="sprog-reliability-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def run(command, env=None, limits=None, cwd=None, umask=-1, log=None, timeout=TIMEOUT):
    """Runs a command to its end. `limits` are resource limits; `log` gets the calls a fault hit."""

    def prepare():
        for which, value in (limits or {}).items():
            resource.setrlimit(which, (value, value))

    full = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/"), **(env or {})}
    if log:
        log.unlink(missing_ok=True)
        full["FAULT_LOG"] = str(log)
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            [str(c) for c in command], env=full, cwd=cwd, umask=umask, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            # Also makes Popen fork, not vfork: else the peak memory reported would be our own.
            preexec_fn=prepare,
        )
        deadline = began + timeout
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                child.kill()
                _, status, usage = os.wait4(child.pid, 0)
                break
            time.sleep(0.002)
        seconds = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        texts = [f.read(200_000).decode("utf-8", "replace") for f in (out, err)]
    hits = log.read_text(errors="replace").splitlines() if log and log.exists() else []
    return Done(child.returncode, *texts, seconds, usage.ru_maxrss / 1024, hits)


def build_command(sprog, recipe, out, threads=1, mem="256M"):
    """The command of a build."""
    return [sprog, "build", recipe, "--out", out, "--threads", threads, "--mem", mem]


def tree(folder):
    """SHA-256 of every file below a folder, by relative path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def difference(a, b):
    """In words, where two trees differ."""
    names = sorted(n for n in a.keys() | b.keys() if a.get(n) != b.get(n))
    what = [f"{n} ({'changed' if n in a and n in b else 'missing' if n in a else 'extra'})" for n in names[:6]]
    return ", ".join(what) + (" …" if len(names) > 6 else "")


def leftovers(out, published):
    """Files and folders in `out` besides the published folder; an empty `.work` is by design."""
    extra = []
    for path in out.rglob("*"):
        inside = path == published or published in path.parents or path in published.parents
        if not inside and not (path == out / ".work" and not any(path.iterdir())):
            extra.append(path.relative_to(out).as_posix())
    return sorted(extra)


def publication_state(sprog, published, reference):
    """"absent", "whole" (the reference's bytes), "other" (verifies, other bytes) or "broken: …"."""
    if not published.exists():
        return "absent"
    if tree(published) == reference:
        return "whole"
    done = run([sprog, "verify", published])
    if done.code == 0:
        return "other"
    return f"broken: {(done.out + done.err).strip()[:300]}"


def errors(text):
    """What a run told as an error, on one line."""
    return " | ".join(text.strip().splitlines()[-3:])[:400]


def is_panic(text):
    """Whether a panic's message stands in what was told."""
    return "panicked at" in text or "stack overflow" in text or "RUST_BACKTRACE" in text


RECIPE_HEAD = f"""[dataset]
id = "{ID}"
version = "{VERSION}"
created = "2026-11-22"
publisher = "sprog"
contact = "nobody"
[dataset.title]
da = "Lille"
en = "Small"
[dataset.description]
da = "Til afprøvning."
en = "For tests."
"""


def small_recipe(demo, folder):
    """A recipe of every kind of source that builds in a moment: texts, three clips, one rules file."""
    (folder / "clips").mkdir(parents=True)
    lines = (demo / "text/flytning.jsonl").read_text(encoding="utf-8").splitlines()[:6]
    lines += [lines[0].replace('-001"', '-igen"', 1), '{"text": "afbrudt']
    (folder / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "b.txt").write_text("En tekst om at flytte.\n\nEn anden tekst om at bo i Ærø.\n", encoding="utf-8")
    clips = sorted((demo / "speech/clips").glob("*.flac"))[:3]
    rows = ["path\ttext\tspeaker_id"]
    for number, clip in enumerate(clips):
        shutil.copy(clip, folder / "clips")
        rows.append(f"clips/{clip.name}\tEn sætning om at flytte, nummer {number}.\tt{number}")
    (folder / "clips.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    shutil.copy(demo / "rules/demo.aff", folder)
    shutil.copy(demo / "rules/demo.dic", folder)
    text = RECIPE_HEAD
    sources = [
        ("flytning", "text", "jsonl", "a.jsonl", ""),
        ("breve", "text", "text", "b.txt", 'cut = "paragraphs"\nlanguage = "da"\n'),
        ("tale", "speech", "tsv", "clips.tsv", 'consent = "synthetic voices"\n'),
        ("regler", "rules", "hunspell-aff", "demo.aff", ""),
        ("ord", "rules", "hunspell-dic", "demo.dic", ""),
    ]
    for name, kind, form, file, more in sources:
        text += f'[[source]]\nid = "{name}"\nkind = "{kind}"\nformat = "{form}"\nfiles = ["{file}"]\n'
        text += f'license = "CC0-1.0"\nlegal_basis = "own work"\n{more}'
    for step in (
        'use = "normalize"',
        'use = "pii"\naction = "drop"',
        'use = "exact-dedup"',
        'use = "filter"\nfor = "text"\nwhere = "length(text) >= 10"',
        'use = "resample"\nrate = 8000',
        'use = "split"\nseed = "x"\nshares = [["train", 0.7], ["test", 0.3]]',
    ):
        text += f"[[step]]\n{step}\n"
    (folder / "recipe.toml").write_text(text, encoding="utf-8")
    return folder


def reference_build(sprog, recipe, out, name=ID):
    """Builds once undisturbed; returns the files' checksums and the seconds it took."""
    done = run(build_command(sprog, recipe, out))
    if done.code != 0:
        sys.exit(f"the reference build failed with {done.code}: {done.err}")
    published = out / name / VERSION
    verified = run([sprog, "verify", published])
    if verified.code != 0:
        sys.exit(f"the reference build does not verify: {verified.out}{verified.err}")
    return tree(published), done.seconds


def fault_library(scratch):
    """Compiles the library that injects faults; see faultlib.c."""
    library = scratch / "faultlib.so"
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler or not sys.platform.startswith("linux"):
        sys.exit("faults are injected on Linux with a C compiler (cc); there is none here")
    subprocess.run(
        [compiler, "-std=gnu11", "-O1", "-shared", "-fPIC", "-o", library, HERE / "faultlib.c", "-ldl"], check=True
    )
    return library


def calls(sprog, recipe, scratch, library):
    """How many calls of each class an undisturbed build makes."""
    log = scratch / "trace.log"
    env = {"LD_PRELOAD": str(library), "FAULT_TRACE": "1"}
    done = run(build_command(sprog, recipe, scratch / "trace"), env=env, log=log)
    shutil.rmtree(scratch / "trace")
    if done.code != 0 or not done.hits:
        sys.exit(f"no calls were counted: is {sprog.name} linked statically? exit {done.code}: {done.err}")
    return collections.Counter(line.split(" ", 1)[0] for line in done.hits)


def sample(total, most):
    """`most` numbers of 1…total spread evenly, the first and the last among them; all if they fit."""
    if most < 2:
        return [1] * min(most, total)
    if total <= most:
        return list(range(1, total + 1))
    return sorted({1 + round(i * (total - 1) / (most - 1)) for i in range(most)})


def error_name(number):
    """ENOSPC for 28."""
    return errno.errorcode.get(number, str(number))
