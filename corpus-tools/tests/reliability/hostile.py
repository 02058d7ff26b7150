"""Hostile inputs: bombs, lies, loops and noise. `sprog inspect` and a build over each end within 5
seconds and 256 MB, with a listed problem or a clear error and its SPROG code, and never a panic.

In each build the hostile file stands beside a sound source, whose rows must come through: bad input
never stops a build.
"""

import gzip
import io
import json
import os
import random
import re
import shutil
import struct
import subprocess
import tarfile
import zlib

from common import RECIPE_HEAD, Scratch, Tally, arguments, errors, is_panic, run

# What is wrong with these shows only to a reader that knows what they are to be read as.
ONLY_BUILD = ("XML 100,000 deep", "gzip in gzip in gzip")
SECONDS, MEGABYTES = 5.0, 256.0
GOOD = ["En god tekst om at flytte.", "En anden god tekst om at bo.", "En tredje god tekst om Ærø."]
GIGABYTE = 1 << 30


def deflated(block, times):
    """A raw deflate stream of `times` blocks, made in a moment: the blocks compress to equal bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packer.compress(block)
    packer.flush(zlib.Z_FULL_FLUSH)
    one = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(times):
        checksum = zlib.crc32(block, checksum)
    return one * times + b"\x03\x00", checksum, len(block) * times


def gzip_bomb(block, times):
    """A gzip file of much more than it seems."""
    body, checksum, size = deflated(block, times)
    return b"\x1f\x8b\x08\0\0\0\0\0\2\xff" + body + struct.pack("<II", checksum, size & 0xFFFFFFFF)


def zip_bomb(names, block, times):
    """A zip file whose entries all unpack to `times` blocks."""
    body, checksum, size = deflated(block, times)
    out, listing = io.BytesIO(), b""
    for name in names:
        name = name.encode()
        rest = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, checksum, len(body), size, len(name), 0)
        listing += b"PK\x01\x02\x14\0" + rest + struct.pack("<HHHII", 0, 0, 0, 0, out.tell()) + name
        out.write(b"PK\x03\x04" + rest + name + body)
    at = out.tell()
    out.write(listing + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(names), len(names), len(listing), at, 0))
    return out.getvalue()


def traversing_tar():
    """A tar.gz with paths and links that lead out of it, and one good entry."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        def add(name, text=b"", kind=tarfile.REGTYPE, link=""):
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(text), kind, link
            tar.addfile(info, io.BytesIO(text))
        line = json.dumps({"text": "En tekst, der vil ud."}).encode() + b"\n"
        add("../../ude.jsonl", line)
        add("/tmp/sprog-ude.jsonl", line)
        add("a/../../../ude.jsonl", line)
        add("link", kind=tarfile.SYMTYPE, link="/etc/passwd")
        add("hard", kind=tarfile.LNKTYPE, link="../../../etc/passwd")
        add("dev", kind=tarfile.CHRTYPE)
        add("god.jsonl", line)
    return out.getvalue()


def wav(claimed, data, rate=16_000, channels=1):
    """A WAV file that claims `claimed` bytes of samples."""
    fmt = struct.pack("<HHIIHH", 1, channels, rate, (rate * channels * 2) & 0xFFFFFFFF, (channels * 2) & 0xFFFF, 16)
    head = b"RIFF" + struct.pack("<I", min(claimed + 36, 0xFFFFFFFF)) + b"WAVEfmt " + struct.pack("<I", 16) + fmt
    return head + b"data" + struct.pack("<I", claimed) + data


DTD = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY f SYSTEM "file:///etc/passwd">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>
<d><p>En tekst &e;&e;&e; og &f;</p></d>"""

# Extension and the recipe's kind and format for it; None where no source reads such files.
KNOWN = {
    "jsonl": ("text", "jsonl"), "json": ("text", "jsonl"), "csv": ("text", "csv"), "tsv": ("text", "tsv"),
    "txt": ("text", "text"), "html": ("text", "html"), "xml": ("text", "xml"), "conllu": ("text", "conllu"),
    "parquet": ("text", "parquet"), "jsonl.gz": ("text", "jsonl"), "jsonl.zst": ("text", "jsonl"),
    "zip": ("text", "jsonl"), "tar": ("text", "jsonl"), "tar.gz": ("text", "jsonl"),
    "wav": ("speech", "audio"), "flac": ("speech", "audio"), "mp3": ("speech", "audio"),
    "ogg": ("speech", "audio"), "opus": ("speech", "audio"), "m4a": ("speech", "audio"),
    "aff": ("rules", "hunspell-aff"), "hyph.dic": ("rules", "hyphenation"), "lex.tsv": ("rules", "lexicon"),
    "dic": None, "TextGrid": None, "vtt": None, "srt": None, "ctm": None,
}
# The first bytes that make noise pass for a format.
MAGIC = {
    "parquet": b"PAR1", "jsonl.gz": b"\x1f\x8b\x08\0\0\0\0\0\0\xff", "jsonl.zst": b"\x28\xb5\x2f\xfd", "zip": b"PK\x03\x04",
    "tar.gz": b"\x1f\x8b\x08\0\0\0\0\0\0\xff", "wav": b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0", "flac": b"fLaC", "mp3": b"ID3\x04\0\0\0\0\0\x0a",
    "ogg": b"OggS", "opus": b"OggS\0\2", "m4a": b"\0\0\0\x20ftypM4A ", "xml": b"<?xml version='1.0'?>", "html": b"<!doctype html><p>",
    "vtt": b"WEBVTT\n\n", "TextGrid": b'File type = "ooTextFile"\nObject class = "TextGrid"\n', "jsonl": b'{"text": "', "json": b"[",
}


def cases(folder, quick, demo):
    """(name, path, kind and format or None, problems are expected)."""

    def made(name, data):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    jsonl, xml, audio = ("text", "jsonl"), ("text", "xml"), ("speech", "audio")
    yield "50 MB on one line", made("line.jsonl", b'{"text": "' + b"a" * (50 << 20) + b'"}\n'), jsonl, True
    yield "50 MB on one line, no quote", made("line2.jsonl", b"a" * (50 << 20)), jsonl, True
    yield "50 MB on one line of text", made("line.txt", b"ord " * (13 << 20)), ("text", "text"), False
    yield "50 MB in one CSV field", made("field.csv", b'text\n"' + b"a" * (50 << 20)), ("text", "csv"), True
    yield "CSV of 500,000 columns", made("wide.csv", b",".join(b"c%d" % n for n in range(500_000)) + b"\n" + b"," * 499_999 + b"\n"), ("text", "csv"), True
    zeros = bytes(1 << 20)
    yield "zip bomb, 4 x 1 GB", made("bomb.zip", zip_bomb(["a.jsonl", "b.jsonl", "c.jsonl", "d.jsonl"], zeros, 1024)), jsonl, True
    yield "zip of 60,000 entries", made("many.zip", zip_bomb([f"{n}.jsonl" for n in range(60_000)], b"{}\n", 1)), jsonl, None
    yield "path-traversing tar.gz", made("traverse.tar.gz", traversing_tar()), jsonl, True
    yield "XML with a DTD", made("dtd.xml", DTD), xml, True
    yield "XML 100,000 deep", made("deep.xml", b"<d>" * 100_000 + b"x" + b"</d>" * 100_000), xml, True
    yield "HTML 100,000 deep", made("deep.html", b"<div>" * 100_000 + b"En tekst"), ("text", "html"), None
    yield "HTML of 1,000,000 open tags", made("tags.html", b"<table><b><a href=x>" * 1_000_000), ("text", "html"), None
    yield "WAV that claims 4 GB", made("claim.wav", wav(0xFFFFFFFF, bytes(32_000))), audio, True
    yield "WAV of 0 Hz", made("zero.wav", wav(3200, bytes(3200), rate=0)), audio, True
    yield "WAV of 65,535 channels", made("channels.wav", wav(3200, bytes(3200), channels=65_535)), audio, True
    yield "WAV of 4 GHz", made("rate.wav", wav(32_000, bytes(32_000), rate=0xFFFFFFFF)), audio, None
    yield "WAV of 1 Hz", made("slow.wav", wav(32_000, bytes(32_000), rate=1)), audio, None
    yield "gzip bomb, one line of 1 GB", made("bomb1.jsonl.gz", gzip_bomb(b"a" * (1 << 20), 1024)), jsonl, True
    record = b'{"text": "' + b"a" * 1000 + b'"}\n'
    yield "gzip bomb, records of 1 GB", made("bomb2.jsonl.gz", gzip_bomb(record * 1024, 1024)), jsonl, True
    yield "gzip in gzip in gzip", made("nested.jsonl.gz", gzip.compress(gzip.compress(gzip_bomb(zeros, 1024)))), jsonl, True
    yield "JSON 100,000 deep", made("deep.jsonl", b'{"text": ' + b"[" * 100_000 + b"\n"), jsonl, True
    yield "JSON 100,000 deep, elsewhere", made("deep2.jsonl", b'{"text": "En tekst", "x": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001 + b"\n"), jsonl, None
    yield "JSON with one key 100,000 times", made("keys.jsonl", b"{" + b'"text": "En tekst", ' * 100_000 + b'"x": 1}\n'), jsonl, None
    yield "JSON with a lone surrogate and NUL", made("sur.jsonl", rb'{"text": "\ud800 \u0000 tekst"}' + b"\n"), jsonl, None
    yield "a text of white space", made("white.jsonl", b'{"text": " \\u00ad \\u200b\\n "}' + b"\n"), jsonl, None
    yield "two records with one id", made("twice.jsonl", b'{"id": "x", "text": "En tekst"}\n{"id": "x", "text": "En anden"}\n'), jsonl, "error"
    yield "nothing but newlines, 20 MB", made("newlines.jsonl", b"\n" * (20 << 20)), jsonl, None
    yield "one combining mark 5,000,000 times", made("zalgo.jsonl", b'{"text": "a' + b"\xcc\x81" * 5_000_000 + b'"}\n'), jsonl, None
    yield "affix file of 2,000,000 rules", made("big.aff", b"SFX A Y 2000000\n" + b"SFX A 0 x .\n" * 2_000_000), ("rules", "hunspell-aff"), None
    truncated = (demo / "speech/clips/c001.flac").read_bytes()
    yield "FLAC cut in the middle", made("cut.flac", truncated[: len(truncated) // 2]), audio, True
    yield "FLAC that claims 2^36 samples", made("claim.flac", truncated[:21] + bytes([truncated[21] | 15]) + b"\xff" * 4 + truncated[26:]), audio, True
    for extension, reads in KNOWN.items():
        noise = random.Random(extension).randbytes(300_000)
        yield f"empty .{extension}", made(f"empty.{extension}", b""), reads, True
        yield f"noise .{extension}", made(f"noise.{extension}", noise), reads, None
        if not quick:
            magic = MAGIC.get(extension, b"")
            yield f"noise after magic .{extension}", made(f"magic.{extension}", magic + noise), reads, None
            yield f"zeros .{extension}", made(f"zeros.{extension}", magic + bytes(5_000_000)), reads, None
            yield f"0xff .{extension}", made(f"ff.{extension}", magic + b"\xff" * 3_000_000), reads, None
    lines = [json.dumps({"id": f"r{n}", "text": f"Tekst nummer {n} om at flytte."}) for n in range(999)]
    yield "999 good records and 1 broken", made("broken.jsonl", ("\n".join(lines[:500] + ['{"text": "bro'] + lines[500:]) + "\n").encode()), jsonl, True
    loops = folder / "loops"
    loops.mkdir()
    for name in ("a", "b"):
        (loops / name).symlink_to("b" if name == "a" else "a")
    yield "symlinks to each other", loops / "a", jsonl, "error"
    inside = folder / "inside"
    inside.mkdir()
    (inside / "god.jsonl").write_text('{"text": "En tekst."}\n')
    (inside / "self").symlink_to(".")
    (inside / "also").symlink_to("../inside")
    yield "a folder with two links to itself", inside, jsonl, "error"


def bad_audio(folder):
    """The files that formats/tests/bad_audio.rs makes, where there is cargo to run it."""
    folder.mkdir()
    if shutil.which("cargo") is None:
        print("no cargo: the directory of bad audio is left out")
        return []
    command = ["cargo", "test", "--quiet", "--locked", "-p", "sprog-formats", "--test", "bad_audio"]
    subprocess.run(command, env={**os.environ, "SPROG_BAD_AUDIO": str(folder)}, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.iterdir())


def recipe_for(folder, path, reads):
    """A recipe with a sound source and the hostile one."""
    kind, form = reads
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "good.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in GOOD))
    (folder / "hostile").symlink_to(path.parent)
    text = RECIPE_HEAD
    more = 'consent = "nobody"\n' if kind == "speech" else ""
    more += 'element = "p"\n' if form == "xml" else ""
    for source, k, f, file, extra in (("good", "text", "jsonl", "good.jsonl", ""), ("hostile", kind, form, f"hostile/{path.name}", more)):
        text += f'[[source]]\nid = "{source}"\nkind = "{k}"\nformat = "{f}"\nfiles = ["{file}"]\n'
        text += f'license = "CC0-1.0"\nlegal_basis = "own work"\n{extra}'
    text += '[[step]]\nuse = "normalize"\n[[step]]\nuse = "pii"\naction = "mask"\n[[step]]\nuse = "exact-dedup"\n'
    (folder / "recipe.toml").write_text(text)
    return folder


def main():
    args = arguments(__doc__)
    tally = Tally("hostile")
    print(f"{'':42}{'inspect':>22}{'build':>22}   (seconds, MB)")
    with Scratch() as scratch:
        hostile = scratch / "hostile"
        hostile.mkdir()
        for name, path, reads, expected in cases(hostile, args.quick, args.recipe):
            line = f"{name:42}"
            looked = run([args.sprog, "inspect", path], timeout=4 * SECONDS)
            line += f"{looked.seconds:13.2f}{looked.megabytes:9.0f}"
            check(tally, name, "inspect", looked, expected)
            found = re.findall(r"SPROG-\d+", looked.out + looked.err)
            told = sorted(set(found))
            if expected is True and not told and name not in ONLY_BUILD:
                tally.check(False, "inspect lists no problem", f"{name}: exit {looked.code}: {(looked.out + looked.err)[:300]}")
            told = " ".join(told) or "-"
            built = build(tally, args, scratch, name, path, reads, expected) if reads else " " * 22
            print(f"{line}{built}   inspect: exit {looked.code} {told}", flush=True)
            if path.is_file():
                path.unlink()
        files, worst = bad_audio(scratch / "bad-audio"), [0.0, 0.0]
        for path in files:
            for verb, more in (("info", []), ("features", ["--type", "kaldi-fbank", "--out", scratch / "x.npy"])):
                done = run([args.sprog, "speech", verb, path, *more], timeout=4 * SECONDS)
                worst = [max(worst[0], done.seconds), max(worst[1], done.megabytes)]
                told = f"{path.name}: exit {done.code}, {done.seconds:.2f} s, {done.megabytes:.0f} MB: {errors(done.err)}"
                tally.check(not is_panic(done.err) and done.code in (0, 2), f"speech {verb}: a panic or a crash", told)
                tally.check(done.seconds <= SECONDS, f"speech {verb}: longer than {SECONDS:.0f} s", told)
                tally.check(done.megabytes <= MEGABYTES, f"speech {verb}: more than {MEGABYTES:.0f} MB", told)
                tally.check(done.code == 0 or "SPROG-" in done.err, f"speech {verb}: an error without code", told)
        print(f"{len(files)} files of bad audio: at most {worst[0]:.2f} s and {worst[1]:.0f} MB")
        for escaped in ("/tmp/sprog-ude.jsonl", scratch / "ude.jsonl", scratch.parent / "ude.jsonl"):
            tally.check(not os.path.exists(escaped), "an archive wrote outside", str(escaped))
        tally.table()
    tally.finish()


def check(tally, name, verb, done, expected):
    """What holds of every run."""
    told = f"{name}: exit {done.code}, {done.seconds:.2f} s, {done.megabytes:.0f} MB: {errors(done.err)}"
    tally.check(not is_panic(done.err) and done.code in (0, 1, 2, 3), f"{verb}: a panic or a crash", told)
    tally.check(done.seconds <= SECONDS, f"{verb}: longer than {SECONDS:.0f} s", told)
    tally.check(done.megabytes <= MEGABYTES, f"{verb}: more than {MEGABYTES:.0f} MB", told)
    if expected != "error":
        # A corpus of nothing but the bad file has no row left, and that is refused.
        fine = done.code == 0 or (done.code == 1 and "SPROG-1010" in done.err)
        tally.check(fine, f"{verb}: bad input ends it", told)
    elif done.code != 0:
        tally.check(done.err.startswith("error: ") and done.err.count("\n") == 1, f"{verb}: no clear error", told)


def build(tally, args, scratch, name, path, reads, expected):
    """Builds a recipe with the hostile file; returns the figures and what was told."""
    recipe, out = recipe_for(scratch / "recipe", path, reads), scratch / "out"
    done = run([args.sprog, "build", recipe, "--out", out, "--mem", "128M", "--threads", "2", "--json"], timeout=4 * SECONDS)
    check(tally, name, "build", done, expected)
    codes, rows = [], {}
    if done.code == 0:
        built = json.loads(done.out)
        rows = built["rows"]
        published = next(out.glob("*/*.*.*"))
        listed = published / "removed/problems.jsonl"
        problems = [json.loads(line) for line in listed.read_text().splitlines()] if listed.exists() else []
        codes = sorted({p.get("code", "?") for p in problems})
        tally.check(rows.get("text", 0) >= len(GOOD), "build: good rows are lost", f"{name}: {rows}")
        tally.check(all(re.fullmatch(r"SPROG-\d{4}", c) for c in codes), "build: a problem without code", f"{name}: {codes}")
        tally.check(len(problems) == built["problems"], "build: problems are not all listed", f"{name}: {len(problems)} of {built['problems']}")
        if expected is True:
            tally.check(bool(problems), "build: no problem listed", f"{name}: {rows}")
        if name.startswith("999 good"):
            fine = rows == {"text": 999 + len(GOOD)} and len(problems) == 1
            tally.check(fine, "build: not 999 rows and one problem", f"{rows}, {problems}")
        if "traversing" in name:
            tally.check(rows["text"] == len(GOOD) + 1, "build: entries that lead out are read", f"{rows}, {problems}")
        texts = json.dumps(problems)
        tally.check("root:x:0" not in texts, "build: /etc/passwd was read", name)
        verified = run([args.sprog, "verify", published])
        tally.check(verified.code == 0, "build: does not verify", f"{name}: {verified.out[:300]}")
    shutil.rmtree(out, ignore_errors=True)
    return f"{done.seconds:13.2f}{done.megabytes:9.0f}   build: exit {done.code} {rows} {' '.join(codes) or '-'}"


if __name__ == "__main__":
    main()
