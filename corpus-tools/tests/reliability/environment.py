"""A machine that refuses: a full disk, a disk without inodes, a read-only folder, few file handles,
files where folders should be. Each ends with one clear line, exit 3 (2 for bad input), no panic and
nothing half-written; and once it is mended, the same command ends with the right bytes.

The full and the read-only disk need root (they are mounted); without it they are skipped, loudly.
"""

import contextlib
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess

from common import (
    ID, VERSION, Scratch, Tally, arguments, build_command, errors, is_panic, leftovers, publication_state,
    reference_build, run, small_recipe, tree,
)


class Case:
    """What every case here checks."""

    def __init__(self, tally, args, recipe, reference):
        self.tally, self.args, self.recipe, self.reference = tally, args, recipe, reference

    def refused(self, label, out, codes=(3,), recipe=None, may_work=False, in_the_way=False, **how):
        """A build that must be refused with one of `codes`, or, if it may, work."""
        recipe = recipe or self.recipe
        done = run(build_command(self.args.sprog, recipe, out), **how)
        state = publication_state(self.args.sprog, out / ID / VERSION, self.reference)
        told = f"{label}: exit {done.code}, publication {state}: {errors(done.err)}"
        self.tally.outcome(label, f"exit {done.code}", re.sub(r"/\S+/", "…/", errors(done.err).split(" | ")[-1])[:150])
        self.tally.check(not is_panic(done.err), "a panic", told)
        if done.code == 0:
            self.tally.check(may_work and state == "whole", "success where there should be none", told)
            return done
        self.tally.check(done.code in codes, f"exit {done.code} where {codes} is meant", told)
        lines = done.err.strip().splitlines()
        fine = len(lines) == 1 and lines[0].startswith("error: ") and 12 < len(lines[0]) < 500
        self.tally.check(fine, "the error is not one clear line", told)
        self.tally.check(in_the_way or not state.startswith("broken"), "something half-written", told)
        return done

    def mended(self, label, out):
        """The same command once the machine is well again."""
        done = run(build_command(self.args.sprog, self.recipe, out))
        published = out / ID / VERSION
        told = f"{label}: exit {done.code}: {errors(done.err)}"
        if self.tally.check(done.code == 0, "no success once mended", told):
            self.tally.check(tree(published) == self.reference, "other bytes once mended", told)
            left = leftovers(out, published)
            self.tally.check(not left, "something is left behind", f"{told}: {left[:5]}")


@contextlib.contextmanager
def mounted(folder, options):
    """A small disk of its own."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def disks(case, scratch, quick):
    """Disks that fill up at every stage of the build, then get more room."""
    sizes = (16, 64, 128, 256) if quick else [*range(4, 200, 8), *range(200, 600, 25)]
    for kilobytes in sizes:
        with mounted(scratch / f"full-{kilobytes}", f"size={kilobytes}k") as disk:
            case.refused("full disk", disk / "out", may_work=True)
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            case.mended(f"disk of {kilobytes} KB, enlarged", disk / "out")
    for inodes in (3, 8, 20) if quick else range(2, 70, 3):
        with mounted(scratch / f"inodes-{inodes}", f"size=64m,nr_inodes={inodes}") as disk:
            case.refused("no inodes left", disk / "out", may_work=True)
            subprocess.run(["mount", "-o", "remount,nr_inodes=10000", disk], check=True)
            case.mended(f"{inodes} inodes, then more", disk / "out")
    with mounted(scratch / "readonly", "size=64m") as disk:
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        case.refused("read-only disk", disk / "out")
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        run(build_command(case.args.sprog, case.recipe, disk / "out"))
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        case.refused("read-only disk, published already", disk / "out", may_work=True)
        verified = run([case.args.sprog, "verify", disk / "out" / ID / VERSION])
        case.tally.check(verified.code == 0, "verify needs to write", f"exit {verified.code}: {errors(verified.err)}")


def demo_disk(case, scratch):
    """The demo on a disk of 3 MB."""
    with mounted(scratch / "full-demo", "size=3m") as disk:
        done = run(build_command(case.args.sprog, case.args.recipe, disk / "out"))
        told = f"the demo on 3 MB: exit {done.code}: {errors(done.err)}"
        case.tally.outcome("the demo on a disk of 3 MB", f"exit {done.code}", errors(done.err)[-120:])
        case.tally.check(done.code == 3 and done.err.count("\n") == 1, "the demo on a full disk", told)
        case.tally.check(not (disk / "out/demo" / VERSION).exists(), "something half-written", told)


def limits(case, scratch, quick):
    """Few file handles (three are not enough for the loader of the program), closed or full streams."""
    for handles in (4, 5, 6, 7, 8, 16) if quick else range(4, 40):
        out = scratch / f"handles-{handles}"
        case.refused("few file handles", out, may_work=True, limits={resource.RLIMIT_NOFILE: handles})
        case.mended(f"{handles} file handles, then more", out)
    done = run(build_command(case.args.sprog, case.args.recipe, scratch / "handles-demo", threads=2), limits={resource.RLIMIT_NOFILE: 16})
    case.tally.outcome("the demo with 16 file handles", f"exit {done.code}", errors(done.err)[-150:])
    case.tally.check(done.code in (0, 3), "the demo with 16 file handles", f"exit {done.code}: {errors(done.err)}")
    for gone in ("stdout", "stderr"):
        out = scratch / f"no-{gone}"
        number = 1 if gone == "stdout" else 2
        command = " ".join(f"'{c}'" for c in build_command(case.args.sprog, case.recipe, out))
        for how, redirect in (("closed", f"{number}>&-"), ("full", f"{number}>/dev/full")):
            done = run(["sh", "-c", f"{command} {redirect}"])
            told = f"{gone} {how}: exit {done.code}: {errors(done.err)}"
            case.tally.outcome(f"{gone} {how}", f"exit {done.code}", errors(done.err)[-100:])
            case.tally.check(done.code in (0, 3) and not is_panic(done.err), f"{gone} {how}", told)
        case.mended(f"{gone} is back", out)


def in_the_way(case, scratch):
    """Files where folders should be, and the other way round."""

    def place(name, make):
        out = scratch / f"way-{len(list(scratch.iterdir()))}" / "out"
        path = out / name if name else out
        path.parent.mkdir(parents=True)
        make(path)
        return out

    file = lambda path: path.write_text("i vejen")  # noqa: E731
    folder = lambda path: path.mkdir()  # noqa: E731
    dangling = lambda path: path.symlink_to("findes-ikke")  # noqa: E731
    looped = lambda path: path.symlink_to(path.name)  # noqa: E731
    both = (2, 3)
    for label, name, make, codes in (
        ("a file in place of OUT", "", file, (3,)),
        ("a file in place of OUT/<id>", ID, file, (3,)),
        ("a file in place of the version", f"{ID}/{VERSION}", file, both),
        ("an empty folder in place of the version", f"{ID}/{VERSION}", folder, both),
        ("a file in place of .work", ".work", file, (3,)),
        ("a dangling link in place of OUT", "", dangling, both),
        ("a dangling link in place of the version", f"{ID}/{VERSION}", dangling, both),
        ("a link to itself in place of OUT", "", looped, both),
    ):
        out = place(name, make)
        case.refused(label, out, codes=codes, in_the_way=True)
        kept = os.path.lexists(out / name if name else out)
        case.tally.check(kept, "what stood in the way was removed", label)
    # The staging folder's name taken by a file: ours to clear, or a clear error.
    case.refused("a file in place of the staging folder", place(f"{ID}/.{VERSION}.staging", file), may_work=True)
    # A version that was published and then damaged must not be called the same.
    out = scratch / "way-damaged"
    run(build_command(case.args.sprog, case.recipe, out))
    (out / ID / VERSION / "README.md").write_text("ændret")
    done = run(build_command(case.args.sprog, case.recipe, out))
    told = f"exit {done.code}: {errors(done.err)}"
    case.tally.check(done.code != 0, "a damaged publication is told to be the same bytes", told)
    case.tally.outcome("a damaged publication", f"exit {done.code}", errors(done.err)[-100:])


def bad_input(case, scratch):
    """Recipes and inputs that are not there or not files: bad input, exit 2."""
    out = scratch / "bad-out"

    def recipe(name, change=None):
        folder = scratch / f"bad-{name}"
        shutil.copytree(case.recipe, folder)
        if change:
            change(folder)
        return folder

    def replace(file, by):
        def change(folder):
            (folder / file).unlink()
            by(folder / file)
        return change

    def sock(path):
        here = os.open(".", os.O_RDONLY)
        os.chdir(path.parent)
        socket.socket(socket.AF_UNIX).bind(path.name)
        os.fchdir(here)
        os.close(here)

    case.refused("no recipe at all", out, codes=(2,), recipe=scratch / "ingen")
    case.refused("a folder without recipe.toml", out, codes=(2,), recipe=recipe("empty", lambda f: (f / "recipe.toml").unlink()))
    case.refused("a recipe that is a folder", out, codes=(2, 3), recipe=recipe("dir", replace("recipe.toml", pathlib.Path.mkdir)))
    case.refused("a recipe of random bytes", out, codes=(2,), recipe=recipe("random", lambda f: (f / "recipe.toml").write_bytes(os.urandom(4096))))
    case.refused("a recipe of zeros", out, codes=(2,), recipe=recipe("zeros", lambda f: (f / "recipe.toml").write_bytes(bytes(4096))))
    case.refused("an empty recipe", out, codes=(2,), recipe=recipe("none", lambda f: (f / "recipe.toml").write_bytes(b"")))
    case.refused("an input that is missing", out, codes=(2,), recipe=recipe("missing", lambda f: (f / "a.jsonl").unlink()))
    case.refused("an input that links to itself", out, codes=(2, 3), recipe=recipe("loop", replace("a.jsonl", lambda p: p.symlink_to(p.name))))
    case.refused("an input that is a dangling link", out, codes=(2, 3), recipe=recipe("dangling", replace("a.jsonl", lambda p: p.symlink_to("x"))))
    case.refused("an input that is a socket", out, codes=(2, 3), recipe=recipe("socket", replace("a.jsonl", sock)))
    case.refused("a rule file that is missing", out, codes=(2,), recipe=recipe("rule", lambda f: (f / "demo.aff").unlink()))
    case.refused("the .aff beside a .dic is missing", out, codes=(2,), recipe=recipe("aff", only_dic))
    # A named pipe has no end that anyone would write: it must not be waited for.
    fifo = recipe("fifo", replace("a.jsonl", os.mkfifo))
    done = run(["timeout", "5", *build_command(case.args.sprog, fifo, out)])
    case.tally.outcome("an input that is a named pipe", f"exit {done.code}", errors(done.err)[-120:])
    case.tally.check(done.code in (2, 3), "a named pipe is waited for", f"exit {done.code}: {errors(done.err)}")


def only_dic(folder):
    """Leaves a dictionary without the affix file that it needs, and no other source that needs it."""
    text = (folder / "recipe.toml").read_text()
    head, *sources = text.split("[[source]]")
    text = "[[source]]".join([head] + [s for s in sources if 'format = "hunspell-aff"' not in s])
    (folder / "recipe.toml").write_text(text)
    (folder / "demo.aff").unlink()


def main():
    args = arguments(__doc__)
    tally = Tally("environment")
    with Scratch() as scratch:
        recipe = small_recipe(args.recipe, scratch / "recipe")
        reference, _ = reference_build(args.sprog, recipe, scratch / "reference")
        case = Case(tally, args, recipe, reference)
        in_the_way(case, scratch)
        bad_input(case, scratch)
        limits(case, scratch, args.quick)
        if os.geteuid() == 0 and shutil.which("mount"):
            disks(case, scratch, args.quick)
            demo_disk(case, scratch)
        else:
            tally.skip("not root: no full disk, no read-only disk, no disk without inodes")
            (scratch / "locked").mkdir(mode=0o555)
            case.refused("a folder that may not be written", scratch / "locked/out")
        tally.table()
    tally.finish()


if __name__ == "__main__":
    main()
