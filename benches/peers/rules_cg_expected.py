"""Checks the expected outputs in text/tests/data/cg with vislcg3 (Debian package cg3); --write puts them in.

usage: rules_cg_expected.py DIRECTORY [--write]
"""
import pathlib
import subprocess
import sys
import tempfile

folder = pathlib.Path(sys.argv[1])
write = "--write" in sys.argv


def vislcg3(grammar, stream, *options):
    with tempfile.NamedTemporaryFile("w", suffix=".cg3", encoding="utf-8") as file:
        file.write(grammar)
        file.flush()
        run = subprocess.run(["vislcg3", "--quiet", "-g", file.name, *options], input=stream, text=True,
                             capture_output=True)
    if run.returncode:
        return "ERROR\n"
    return "".join(line + "\n" for line in run.stdout.split("\n") if line.strip())


bad = 0
out = []
for case in (folder / "cases.txt").read_text(encoding="utf-8").split("=== ")[1:]:
    name, rest = case.split("\n", 1)
    grammar, rest = rest.split("--- input\n")
    stream, expected = rest.split("--- output\n")
    found = vislcg3(grammar, stream)
    if found != expected:
        bad += 1
        print(f"{name}: expected\n{expected}vislcg3:\n{found}")
    out.append(f"=== {name}\n{grammar}--- input\n{stream}--- output\n{found}")
if write:
    (folder / "cases.txt").write_text("".join(out), encoding="utf-8")

stream = (folder / "contexts.stream").read_text(encoding="utf-8")
lines = []
for line in (folder / "contexts.tsv").read_text(encoding="utf-8").splitlines():
    if line.startswith("#"):
        lines.append(line)
        continue
    expected, test = line.split("\t")
    traced = vislcg3(f"SECTION\nREMOVE (X) IF ({test}) ;\n", stream, "-t")
    found = "T" if any(l.startswith(";") for l in traced.split("\n")) else "F"
    if found != expected:
        bad += 1
        print(f"{test}: expected {expected}, vislcg3 {found}")
    lines.append(f"{found}\t{test}")
if write:
    (folder / "contexts.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
print(len(out), "grammars,", sum(not l.startswith("#") for l in lines), "tests,", bad, "differ")
