"""CPU seconds of vislcg3 and of our engine over the same grammar and CG stream, three turns, one thread.

usage: rules_cg_speed.py GRAMMAR STREAM CG_RUN
Both programs are started each turn; a run over an empty stream is taken off, so that reading the grammar does not count.
"""
import os
import resource
import subprocess
import sys

grammar, stream, ours = sys.argv[1:4]
commands = {"vislcg3": ["vislcg3", "--quiet", "-g", grammar], "ours": [ours, grammar]}
cohorts = sum(line.startswith(b'"<') for line in open(stream, "rb"))


def cpu(command, path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(path, "rb") as stdin:
        subprocess.run(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


for turn in range(3):
    line = []
    for name, command in commands.items():
        start = min(cpu(command, os.devnull) for _ in range(3))
        seconds = max(cpu(command, stream) - start, 1e-6)
        line.append((name, start, seconds))
    print("; ".join(f"{n}: start {s:.3f} s, {cohorts} cohorts in {t:.3f} s CPU = {cohorts / t:,.0f}/s" for n, s, t in line),
          f"; ratio {line[0][2] / line[1][2]:.1f}")
