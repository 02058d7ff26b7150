"""A build that is killed at any moment leaves the published folder absent or whole; the same command
given again ends with the bytes of an undisturbed build, and nothing half-written is left.

Three ways to die:
  1. the demo, by SIGKILL at random moments, again and again until it is done;
  2. a small recipe, before and after every call that changes the file system (rename, unlink, link,
     mkdir, sync, write, open for writing, truncate), counted over all threads (see faultlib.c);
  3. the same recipe under `strace -f -e inject=rename…:signal=SIGKILL:when=N`, if strace is there.
"""

import os
import random
import shutil
import signal
import subprocess
import time

from common import (
    ID, VERSION, Scratch, Tally, arguments, build_command, calls, difference, errors, fault_library, is_panic,
    leftovers, publication_state, reference_build, run, sample, small_recipe, tree,
)

CHANGING = ("rename", "unlink", "link", "mkdir", "sync", "write", "open", "truncate", "lock")


def check_snapshot(tally, sprog, published, reference, label):
    """The published folder right after a kill."""
    state = publication_state(sprog, published, reference)
    tally.check(state in ("absent", "whole"), "a half-written publication", f"{label}: {state}")
    return state


def check_finished(tally, done, out, published, reference, label):
    """The run that was let finish."""
    if not tally.check(done.code == 0, "the rerun fails", f"{label}: exit {done.code}: {errors(done.err)}"):
        return False
    found = tree(published)
    tally.check(found == reference, "the rerun gives other bytes", f"{label}: {difference(reference, found)}")
    extra = leftovers(out, published)
    tally.check(not extra, "something is left behind", f"{label}: {extra[:6]}")
    return found == reference and not extra


def random_kills(tally, args, scratch, wanted):
    """Kills the demo's build at random moments until `wanted` kills have hit a running build."""
    name = "demo"
    reference, seconds = reference_build(args.sprog, args.recipe, scratch / "reference", name)
    chance = random.Random(20261122)
    kills = rounds = 0
    while kills < wanted:
        out = scratch / f"kills-{rounds}"
        published = out / name / VERSION
        threads = 1 + rounds % 2
        here = 0
        while True:
            command = [str(c) for c in build_command(args.sprog, args.recipe, out, threads=threads)]
            child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # Each further run is shorter: more is in the journal already.
            time.sleep(chance.uniform(0, seconds * (1.1 if here == 0 else 0.7)))
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
            code = child.wait()
            if code == 0:
                break
            if code != -signal.SIGKILL:
                tally.check(False, "a build fails after a kill", f"round {rounds}, kill {here}: exit {code}")
                break
            kills, here = kills + 1, here + 1
            state = check_snapshot(tally, args.sprog, published, reference, f"round {rounds}, kill {here}")
            tally.outcome("random kill, publication then", state)
            if here > 12 or kills >= wanted:
                break
        done = run(build_command(args.sprog, args.recipe, out, threads=threads))
        check_finished(tally, done, out, published, reference, f"round {rounds} after {here} kills")
        shutil.rmtree(out)
        rounds += 1
    tally.outcome("random kills", f"{kills} in {rounds} rounds of at most 13")


def kills_at_calls(tally, args, scratch, recipe, reference, most):
    """Kills the small build before and after each call that changes the file system."""
    library = fault_library(scratch)
    totals = calls(args.sprog, recipe, scratch, library)
    for kind in CHANGING:
        for n in sample(totals[kind], most):
            for how in ("KILL", "AFTER"):
                out = scratch / "out"
                env = {"LD_PRELOAD": str(library), "FAULT": f"{kind}:{n}:{how}"}
                done = run(build_command(args.sprog, recipe, out), env=env, log=scratch / "hit.log")
                if not done.hits:
                    shutil.rmtree(out)
                    continue
                label = f"killed {'before' if how == 'KILL' else 'after'} {done.hits[0].replace(str(scratch), '')}"
                if done.code != -signal.SIGKILL:
                    tally.check(False, "not killed", f"{label}: exit {done.code}")
                published = out / ID / VERSION
                state = check_snapshot(tally, args.sprog, published, reference, label)
                again = run(build_command(args.sprog, recipe, out))
                fine = check_finished(tally, again, out, published, reference, label)
                tally.outcome("kill at", kind, "publication then", state, "rerun", "same bytes" if fine else "WRONG")
                shutil.rmtree(out)


def kills_by_strace(tally, args, scratch, recipe, reference):
    """Kills at the Nth rename of any thread, as strace counts, until a build gets through."""
    if not shutil.which("strace"):
        tally.skip("`strace` is not installed: no kills by strace")
        return
    renames = "rename,renameat,renameat2"
    n = 0
    while True:
        n += 1
        out = scratch / "traced"
        traced = ["strace", "-f", "-o", os.devnull, "-e", f"trace={renames}"]
        traced += ["-e", f"inject={renames}:signal=SIGKILL:when={n}"]
        done = run(traced + build_command(args.sprog, recipe, out))
        published = out / ID / VERSION
        if done.code == 0:
            tally.check(tree(published) == reference, "other bytes under strace", f"N={n}")
            shutil.rmtree(out)
            break
        check_snapshot(tally, args.sprog, published, reference, f"strace, rename {n}")
        again = run(build_command(args.sprog, recipe, out))
        check_finished(tally, again, out, published, reference, f"strace, rename {n}")
        shutil.rmtree(out)
    tally.outcome("kills by strace at rename", n - 1)


def damaged_work(tally, args, scratch, recipe, reference):
    """What a power cut or a tidy user may do to the work folder of a stopped build."""
    library = fault_library(scratch)
    stop = {"LD_PRELOAD": str(library), "FAULT": "link:1:KILL"}

    def lose_the_journal(work):
        (work / "journal.jsonl").unlink()

    def tear_the_journal(work):
        path = work / "journal.jsonl"
        path.write_bytes(path.read_bytes()[:-7])

    def zeros_in_the_journal(work):
        path = work / "journal.jsonl"
        path.write_bytes(path.read_bytes() + bytes(4096))

    def a_folder_named_tmp(work):
        (work / "x.tmp").mkdir()

    def stopped(out):
        run(build_command(args.sprog, recipe, out), env=stop, log=scratch / "hit.log")
        return next((out / ".work").glob("*/*"))

    # Each file of the work folder lost or emptied, and the journal damaged.
    names = sorted(path.name for path in stopped(scratch / "names").glob("*.parquet"))
    shutil.rmtree(scratch / "names")
    damages = [("lose", lambda work, n=name: (work / n).unlink()) for name in names]
    damages += [("empty", lambda work, n=name: (work / n).write_bytes(b"")) for name in names]
    damages += [(d.__name__, d) for d in (lose_the_journal, tear_the_journal, zeros_in_the_journal, a_folder_named_tmp)]
    for what, damage in damages:
        out = scratch / "damaged"
        damage(stopped(out))
        done = run(build_command(args.sprog, recipe, out))
        published = out / ID / VERSION
        state = publication_state(args.sprog, published, reference)
        label = f"{what.replace('_', ' ')}: exit {done.code}, {state}: {errors(done.err)}"
        # Going on and a clear refusal are both right; other bytes or a panic never are.
        tally.check(state in ("absent", "whole") and not is_panic(done.err), "a damaged work folder does harm", label)
        tally.check((done.code == 0) == (state == "whole"), "the exit code lies", label)
        tally.outcome("work folder:", label.split(": ")[0], f"exit {done.code}", state)
        shutil.rmtree(out)


def two_at_once(tally, args, scratch, recipe, reference, rounds):
    """Two builds into one folder, of one recipe or of two that differ: neither may do harm."""
    other = scratch / "other-recipe"
    shutil.copytree(recipe, other)
    (other / "b.txt").write_text("Noget helt andet end det, der stod her f\u00f8r.\n", encoding="utf-8")
    other_reference, seconds = reference_build(args.sprog, other, scratch / "reference-other")
    chance = random.Random(7)
    for number in range(2 * rounds):
        out = scratch / "both"
        second = other if number % 2 else recipe
        what = "two recipes at once" if number % 2 else "one recipe twice at once"
        both = []
        for which in (recipe, second):
            command = [str(c) for c in build_command(args.sprog, which, out)]
            both.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
            time.sleep(0 if number < 4 else chance.uniform(0, seconds * 0.6))
        told = [child.communicate()[1].decode("utf-8", "replace") for child in both]
        codes = sorted(child.returncode for child in both)
        why = [errors(t).replace(str(out), "OUT")[:170] for t, child in zip(told, both) if child.returncode]
        label = f"exits {codes}: {why}"
        tally.check(0 in codes and not any(map(is_panic, told)), f"{what}: none succeeds", label)
        found = tree(out / ID / VERSION) if (out / ID / VERSION).exists() else {}
        state = "whole" if found in (reference, other_reference) else "WRONG BYTES"
        tally.check(state == "whole", f"{what}: they do harm", label)
        tally.outcome(what, str(codes), state, *why)
        for which in {recipe, second}:
            run(build_command(args.sprog, which, out))
        if second is recipe:
            extra = leftovers(out, out / ID / VERSION)
            tally.check(not extra, f"{what}: something is left behind", f"{label}: {extra[:5]}")
        shutil.rmtree(out)


def main():
    args = arguments(__doc__)
    tally = Tally("kills")
    with Scratch() as scratch:
        recipe = small_recipe(args.recipe, scratch / "recipe")
        reference, _ = reference_build(args.sprog, recipe, scratch / "reference-small")
        kills_at_calls(tally, args, scratch, recipe, reference, 4 if args.quick else 10_000)
        damaged_work(tally, args, scratch, recipe, reference)
        two_at_once(tally, args, scratch, recipe, reference, 3 if args.quick else 40)
        if not args.quick:
            kills_by_strace(tally, args, scratch, recipe, reference)
        random_kills(tally, args, scratch, 25 if args.quick else 200)
        tally.table()
    tally.finish()


if __name__ == "__main__":
    main()
