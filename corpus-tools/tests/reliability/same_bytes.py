"""The same recipe and inputs give the same bytes: whatever the threads, memory, folder, clock, time
zone, language, umask, file system order and file times are.
"""

import os
import pathlib
import shutil

from common import Scratch, Tally, arguments, build_command, difference, run, tree


def variants(quick, faketime):
    """Name, options of the build, environment, umask, clock."""
    out = [("threads 1", {"threads": 1}, {}, -1, None), ("threads 2", {"threads": 2}, {}, -1, None)]
    out.append(("mem 512M", {"threads": 2, "mem": "512M"}, {}, -1, None))
    out.append(("mem 2G", {"threads": 2, "mem": "2G"}, {}, -1, None))
    out.append(("mem 128M, threads 1", {"threads": 1, "mem": "128M"}, {}, -1, None))
    out.append(("umask 077, Danish, Copenhagen", {}, {"LC_ALL": "da_DK.UTF-8", "LANG": "da_DK.UTF-8", "TZ": "Europe/Copenhagen"}, 0o077, None))
    out.append(("umask 000, C locale, Kiritimati", {}, {"LC_ALL": "C", "TZ": "Pacific/Kiritimati"}, 0, None))
    if not quick:
        for threads in (3, 4, 7, 16):
            for mem in ("128M", "300M", "4G"):
                out.append((f"threads {threads}, mem {mem}", {"threads": threads, "mem": mem}, {}, -1, None))
        out.append(("Turkish", {}, {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu"}, -1, None))
        out.append(("no environment but TMPDIR", {}, {"TMPDIR": "/nonexistent", "USER": "en", "HOSTNAME": "anden"}, -1, None))
        out += [(f"the same again {n}", {"threads": 2}, {}, -1, None) for n in range(5)]
    if faketime:
        for clock in ("1999-12-31 23:59:58",) if quick else ("1999-12-31 23:59:58", "2038-01-19 03:14:06", "1970-01-02 00:00:00"):
            out.append((f"clock {clock}", {"threads": 2}, {}, -1, clock))
    return out


def main():
    args = arguments(__doc__)
    tally = Tally("same_bytes")
    with Scratch() as scratch:
        # The recipe at another path, its files created in another order and with other times.
        moved = scratch / "et andet sted, æøå" / "demo"
        moved.mkdir(parents=True)
        for path in sorted(args.recipe.rglob("*"), reverse=True):
            if path.is_file():
                to = moved / path.relative_to(args.recipe)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, to)
                os.utime(to, (0, 86_400 * len(path.name)))
        faketime = shutil.which("faketime")
        if not faketime:
            tally.skip("`faketime` is not installed: the clock was not faked")
        reference = first = None
        for number, (name, options, env, umask, clock) in enumerate(variants(args.quick, faketime)):
            for recipe, where in ((args.recipe, "in place"), (moved, "moved")):
                if args.quick and where == "moved" and number % 2:
                    continue
                out = scratch / f"out-{number}" / ("a" if where == "in place" else "et/langt/stykke/nede")
                command = build_command(args.sprog, recipe, out, **options)
                # Relative paths from another working folder must not matter either.
                cwd = None
                if where == "moved" and number % 3 == 0:
                    cwd = recipe.parent
                    command[2] = pathlib.Path(recipe.name)
                done = run(([faketime, "-f", clock] if clock else []) + command, env=env, umask=umask, cwd=cwd)
                label = f"{name}, {where}"
                if not tally.check(done.code == 0, "a build failed", f"{label}: exit {done.code}: {done.err}"):
                    continue
                published = [p for p in out.glob("*/*") if p.parent.name != ".work"]
                if not tally.check(len(published) == 1, "no published folder", label):
                    continue
                found = tree(published[0])
                if reference is None:
                    reference, first = found, label
                    tally.check("MANIFEST.json" in found and "report.html" in found, "files are missing", label)
                tally.check(found == reference, "other bytes", f"{label} against {first}: {difference(reference, found)}")
                tally.outcome("files compared in", f"{len(found)} files", label)
                shutil.rmtree(out.parent if where == "in place" else scratch / f"out-{number}", ignore_errors=True)
        tally.table()
    tally.finish()


if __name__ == "__main__":
    main()
