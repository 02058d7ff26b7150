"""`sprog publish` that is killed at any moment never shows a reader half a release.

Two versions of the demo are published into one root, again and again, and killed by SIGKILL at random moments. A reader
polls all the while, and once more after each kill: it follows latest.json to the manifest to every file, and compares the
checksums. At the end the same commands are let finish: the root is byte for byte that of an undisturbed publisher (the
signature excepted, in which there is randomness by design; it is checked), with nothing left behind. Then two publishers
at once. Run as

    python3 publish.py PATH/TO/sprog datasets/demo [--quick]
"""

import hashlib
import json
import random
import shutil
import signal
import subprocess
import threading
import time

from common import Scratch, Tally, arguments, difference, errors, is_panic, run, tree

ID = "demo"
VERSIONS = ("1.0.0", "1.1.0")
SIGNATURE = "MANIFEST.json.minisig"


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def follow(root):
    """What a reader sees: None, the version, or "half: …"."""
    home = root / "ds" / ID
    try:
        text = (home / "latest.json").read_bytes()
    except FileNotFoundError:
        return None
    try:
        latest = json.loads(text)
        for listed in latest["versions"]:
            folder = home / listed["version"]
            if sha256(folder / "MANIFEST.json") != listed["manifest_sha256"]:
                return f"half: manifest of {listed['version']}"
            for file in json.loads((folder / "MANIFEST.json").read_bytes())["files"]:
                if sha256(folder / file["path"]) != file["sha256"]:
                    return f"half: {file['path']}"
            if not (folder / SIGNATURE).read_text().startswith("untrusted comment: "):
                return f"half: signature of {listed['version']}"
            if not (folder / "manifest-sha256.txt").is_file():
                return "half: manifest-sha256.txt"
        if f"## {latest['version']} " not in (home / "CHANGELOG.md").read_text(encoding="utf-8"):
            return "half: CHANGELOG.md"
    except (OSError, ValueError, KeyError) as error:
        return f"half: {error!r}"
    return latest["version"]


class Reader(threading.Thread):
    """Polls a root until it is told to stop."""

    def __init__(self, root):
        super().__init__(daemon=True)
        self.root, self.done, self.seen, self.polls = root, threading.Event(), set(), 0

    def run(self):
        while not self.done.is_set():
            self.seen.add(follow(self.root))
            self.polls += 1
            time.sleep(0.001)

    def stop(self):
        self.done.set()
        self.join()


def files(root):
    """The root's files, the signatures by name only."""
    return {name: "" if name.endswith(SIGNATURE) else value for name, value in tree(root).items()}


def main():
    args = arguments(__doc__)
    tally = Tally("publish")
    wanted = 12 if args.quick else 50
    with Scratch() as scratch:
        recipe = scratch / "recipe"
        shutil.copytree(args.recipe, recipe)
        built = []
        for version in VERSIONS:
            text = (recipe / "recipe.toml").read_text(encoding="utf-8").replace('version = "1.0.0"', f'version = "{version}"')
            (recipe / "recipe.toml").write_text(text, encoding="utf-8")
            done = run([args.sprog, "build", recipe, "--out", scratch / "out", "--mem", "256M"])
            tally.check(done.code == 0, "the build fails", errors(done.err))
            built.append(scratch / "out" / ID / version)
        run([args.sprog, "keygen", "--out", scratch / "k", "--no-password"])

        def command(which, root):
            return [str(c) for c in (args.sprog, "publish", built[which], "--to", root, "--key", scratch / "k.key")]

        reference = scratch / "reference"
        seconds = 0
        for which in (0, 1):
            done = run(command(which, reference))
            tally.check(done.code == 0, "publishing fails", errors(done.err))
            seconds = max(seconds, done.seconds)
        expected = files(reference)

        chance = random.Random(20261122)
        kills = rounds = polls = 0
        while kills < wanted:
            root = scratch / "root"
            reader = Reader(root)
            reader.start()
            for which in (0, 1):
                for _ in range(6):
                    child = subprocess.Popen(command(which, root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    # Half of the kills where the bytes are moved: verifying the folder comes first, and takes long.
                    time.sleep(chance.uniform(0, seconds * 1.2) if chance.random() < 0.5 else seconds * chance.uniform(0.5, 1))
                    child.send_signal(signal.SIGKILL)
                    code = child.wait()
                    if code == 0:
                        break
                    tally.check(code == -signal.SIGKILL, "publishing fails after a kill", f"exit {code}")
                    kills += 1
                    state = follow(root)
                    fine = state in ((None, "1.0.0") if which == 0 else ("1.0.0", "1.1.0"))
                    tally.check(fine, "a half release is seen after a kill", f"kill {kills}: {state}")
                    begun = (root / "ds" / ID / VERSIONS[which]).is_dir()
                    tally.outcome("killed while publishing", VERSIONS[which], "files there" if begun else "no file yet",
                                  f"the reader sees {state}")
                done = run(command(which, root))
                tally.check(done.code == 0, "the rerun fails", errors(done.err))
                tally.check(follow(root) == VERSIONS[which], "the rerun is not seen", str(follow(root)))
            reader.stop()
            polls += reader.polls
            strange = {s for s in reader.seen if s not in (None, *VERSIONS)}
            tally.check(not strange, "a half release is seen meanwhile", str(strange))
            found = files(root)
            tally.check(found == expected, "the rerun gives other bytes", difference(expected, found))
            for version in VERSIONS:
                done = run([args.sprog, "verify", root / "ds" / ID / version, "--key", scratch / "k.pub"])
                tally.check(done.code == 0, "the release does not verify", done.out)
            shutil.rmtree(root)
            rounds += 1
        tally.outcome("kills", f"{kills} in {rounds} rounds, {polls} polls of the reader")

        for number in range(2 if args.quick else 10):
            root = scratch / "both"
            both = []
            for which in (0, number % 2):
                both.append(subprocess.Popen(command(which, root), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
            told = [child.communicate()[1].decode("utf-8", "replace") for child in both]
            codes = sorted(child.returncode for child in both)
            fine = 0 in codes and set(codes) <= {0, 3} and not any(map(is_panic, told))
            tally.check(fine, "two publishers at once do harm", f"{codes}: {told}")
            tally.outcome("two publishers at once", str(codes))
            for which in (0, 1):
                run(command(which, root))
            tally.check(files(root) == expected, "two publishers at once leave other bytes")
            shutil.rmtree(root)
        tally.table()
    tally.finish()


if __name__ == "__main__":
    main()
