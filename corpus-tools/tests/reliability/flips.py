"""Every flipped bit of a release is found by `sprog verify`.

A small release is signed. One bit at a time is flipped in a random place of its files, in proportion to their size (a
third of the flips in MANIFEST.json, manifest-sha256.txt and MANIFEST.json.minisig, which are small), and verified with
the publisher's key; the bit is then set back. One flip in eight is also verified without the key, where all must be found
but those inside the signature. Run as

    python3 flips.py PATH/TO/sprog datasets/demo [--quick]
"""

import random
import subprocess

from common import ID, VERSION, Scratch, Tally, arguments, is_panic, reference_build, small_recipe

OWN = ("MANIFEST.json", "manifest-sha256.txt", "MANIFEST.json.minisig")


def verify(sprog, release, key=None):
    """The exit code and what was told."""
    command = [sprog, "verify", release, "--quiet"] + (["--key", key] if key else [])
    done = subprocess.run([str(c) for c in command], capture_output=True)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def main():
    args = arguments(__doc__)
    tally = Tally("flips")
    flips = 500 if args.quick else 10_000
    with Scratch() as scratch:
        recipe = small_recipe(args.recipe, scratch / "recipe")
        reference_build(args.sprog, recipe, scratch / "out")
        subprocess.run([args.sprog, "keygen", "--out", scratch / "k", "--no-password", "-q"], check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run([args.sprog, "publish", scratch / "out" / ID / VERSION, "--to", scratch / "root", "--key",
                        scratch / "k.key", "-q"], check=True, stdout=subprocess.DEVNULL)
        release, key = scratch / "root" / "ds" / ID / VERSION, scratch / "k.pub"
        code, told = verify(args.sprog, release, key)
        tally.check(code == 0, "the release does not verify", told)
        files = sorted(p for p in release.rglob("*") if p.is_file() and p.stat().st_size)
        own = [p for p in files if p.name in OWN]
        data = [p for p in files if p.name not in OWN]
        weights = [p.stat().st_size for p in data]
        print(f"{flips} flips in {len(files)} files, {sum(p.stat().st_size for p in files)} bytes")
        chance = random.Random(20261122)
        for number in range(flips):
            # Each file is hit at least once.
            if number < len(files):
                path = files[number]
            else:
                path = chance.choice(own) if chance.random() < 1 / 3 else chance.choices(data, weights)[0]
            at, bit = chance.randrange(path.stat().st_size), chance.randrange(8)
            with open(path, "r+b") as file:
                file.seek(at)
                byte = file.read(1)[0]
                file.seek(at)
                file.write(bytes([byte ^ 1 << bit]))
            code, told = verify(args.sprog, release, key)
            name = path.relative_to(release).as_posix()
            label = f"{name} byte {at} bit {bit}: exit {code}: {told[:200]}"
            tally.check(code == 1 and not is_panic(told), "a flipped bit is not found", label)
            kind = name if path.name in OWN else "other files"
            tally.outcome("with the key", kind, "found" if code == 1 else "MISSED")
            if number % 8 == 0:
                code, told = verify(args.sprog, release)
                fine = code == 1 or (path.name == OWN[2] and code == 0)
                tally.check(fine and not is_panic(told), "a flipped bit is not found without a key", label)
                tally.outcome("without a key", kind, "found" if code == 1 else "not found")
            with open(path, "r+b") as file:
                file.seek(at)
                file.write(bytes([byte]))
        code, told = verify(args.sprog, release, key)
        tally.check(code == 0, "the release is not as it was", told)
        tally.table()
    tally.finish()


if __name__ == "__main__":
    main()
