"""A signed release is accepted by the programs that its users have: sha256sum, minisign (Debian), bagit (PyPI).

    python3 release.py PATH/TO/sprog PUBLISHED

PUBLISHED is a built folder. A changed file, manifest, signature and another key are refused by these too, and a
signature made by the program minisign is accepted by `sprog verify`.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import bagit

FAILED = []


def run(*command, cwd=None):
    return subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def check(fine, what, done=None):
    print(f"{'ok    ' if fine else 'FAILED'} {what}", flush=True)
    if not fine:
        FAILED.append(what)
        print(f"    {done.stdout[-300:]} {done.stderr[-300:]}" if done else "")


def valid(folder):
    try:
        return bagit.Bag(str(folder)).validate()
    except bagit.BagError:
        return False


def main():
    sprog, built = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    minisign = shutil.which("minisign") or sys.exit("minisign is not there: apt-get install minisign")
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="sprog-release-"))
    try:
        for name in ("k", "other"):
            run(sprog, "keygen", "--out", scratch / name, "--no-password")
        done = run(sprog, "publish", built, "--to", scratch / "root", "--key", scratch / "k.key")
        check(done.returncode == 0, "published", done)
        release = pathlib.Path(done.stdout.strip())
        manifest = json.loads((release / "MANIFEST.json").read_text())
        sums = ("sha256sum", "--quiet", "-c", "manifest-sha256.txt")
        sign = (minisign, "-V", "-m", "MANIFEST.json", "-p")
        done = run(*sums, cwd=release)
        check(done.returncode == 0, "sha256sum -c accepts it", done)
        done = run(*sign, scratch / "k.pub", cwd=release)
        comment = f"Trusted comment: dataset:{manifest['dataset']} version:{manifest['version']}"
        check(done.returncode == 0 and comment in done.stdout, "minisign -V accepts it", done)
        done = run(*sign, scratch / "other.pub", cwd=release)
        check(done.returncode != 0, "minisign -V refuses another key", done)
        done = run(sprog, "verify", release, "--key", scratch / "other.pub")
        check(done.returncode == 1, "sprog verify refuses another key", done)
        for name in ("README.md", "MANIFEST.json", "MANIFEST.json.minisig", "manifest-sha256.txt"):
            before = (release / name).read_bytes()
            (release / name).write_bytes(before.replace(b"e", b"f", 1))
            done = run(sprog, "verify", release, "--key", scratch / "k.pub")
            check(done.returncode == 1, f"sprog verify refuses a changed {name}", done)
            (release / name).write_bytes(before)
        signature = release / "MANIFEST.json.minisig"
        signature.unlink()
        done = run(minisign, "-S", "-s", scratch / "k.key", "-m", release / "MANIFEST.json", "-t", comment[17:])
        check(done.returncode == 0, "minisign signs with the key of sprog keygen", done)
        done = run(sprog, "verify", release, "--key", scratch / "k.pub")
        check(done.returncode == 0, "sprog verify accepts the signature of minisign", done)
        done = run(sprog, "publish", built, "--to", scratch / "bag", "--format", "bagit", "--key", scratch / "k.key")
        check(done.returncode == 0 and valid(scratch / "bag"), "bagit accepts the bag", done)
        readme = scratch / "bag/data/README.md"
        readme.write_bytes(readme.read_bytes().replace(b"e", b"f", 1))
        check(not valid(scratch / "bag"), "bagit refuses a changed bag")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{len(FAILED)} failed")
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
