"""`sprog fetch` of a published dataset through servers that fail in every way ends with the right bytes, or with a clear
error and an exit code, and never with a half file under a final name; the next run over a good server ends right.

    python3 fetch.py PATH/TO/sprog datasets/demo [--quick]

A server on 127.0.0.1 publishes a built dataset, signed by a key made here, and cuts, stalls, resets, lies, drips, goes
in circles and swaps versions as each case says. Then `sprog fetch` is killed at random moments, and run again.
Only Python's standard library is needed.
"""

import base64
import contextlib
import gzip
import hashlib
import http.server
import json
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

from common import (
    ID, VERSION, Scratch, Tally, arguments, difference, errors, is_panic, reference_build, run, small_recipe, tree,
)

# The dataset: the demo, or in CI a small one.
NAME = "demo"
COLUMNS = ["--config", "speech", "--columns", "id,text,dialect"]
# So small that a fault costs little, so large that a busy machine is not taken for one.
TIMEOUT = 2


# ---- signatures: Ed25519 (RFC 8032) and minisign's format ------------------------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    """The sum of two points in extended coordinates."""
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    """A point so many times."""
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


def base_point():
    """The point that keys are multiples of: y = 4/5, x even."""
    y = 4 * pow(5, P - 2, P) % P
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    x = P - x if x & 1 else x
    return x, y, 1, x * y % P


BASE = base_point()


def packed(point):
    """A point as 32 bytes."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def number(*parts):
    """SHA-512 of bytes as a number."""
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % Q


class Key:
    """A key pair, by minisign's rules."""

    def __init__(self, seed):
        digest = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | 1 << 254
        self.prefix, self.id = digest[32:], seed[:8]
        self.public = packed(times(self.scalar, BASE))

    def sign_bytes(self, message):
        """The 64 bytes of a signature."""
        r = number(self.prefix, message)
        point = packed(times(r, BASE))
        return point + ((r + number(point, self.public, message) * self.scalar) % Q).to_bytes(32, "little")

    def pub(self):
        """The public key in one line."""
        return base64.b64encode(b"Ed" + self.id + self.public).decode()

    def sign(self, message, comment):
        """A prehashed signature file."""
        own = self.sign_bytes(hashlib.blake2b(message).digest())
        both = self.sign_bytes(own + comment.encode())
        lines = ["untrusted comment: signature from minisign secret key", base64.b64encode(b"ED" + self.id + own).decode()]
        return "\n".join([*lines, f"trusted comment: {comment}", base64.b64encode(both).decode(), ""]).encode()


KEY, OTHER = Key(b"sprog test key 1, not for anyone"), Key(b"another test key, not for anyone")


# ---- the server ------------------------------------------------------------------------------------------------------


class Site:
    """Files by path, and a fault: a function that may answer a request in its own way."""

    def __init__(self, files):
        self.files, self.fault, self.lock = files, None, threading.Lock()
        self.requests, self.body_bytes = 0, 0
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = self.path.lstrip("/")
                with site.lock:
                    site.requests += 1
                    count, fault = site.requests, site.fault
                with contextlib.suppress(OSError):
                    if not (fault and fault(self, path, count)):
                        self.answer(path)
                self.close_connection = True

            def answer(self, path, body=None, ranges=True, head=(), total=None):
                """What a good server answers."""
                body = site.files.get(path) if body is None else body
                if body is None:
                    return self.plain(404, b"")
                first, last, status = 0, len(body) - 1, 200
                wanted = self.headers.get("Range")
                if wanted and ranges:
                    a, b = wanted.removeprefix("bytes=").split("-")
                    first, last = int(a), min(int(b or last), last)
                    if first > last:
                        return self.plain(416, b"", [("Content-Range", f"bytes */{len(body)}")])
                    status = 206
                    head = [*head, ("Content-Range", f"bytes {first}-{last}/{total or len(body)}")]
                tag = hashlib.md5(body).hexdigest()
                self.plain(status, body[first:last + 1], [("ETag", f'"{tag}"'), *head])

            def plain(self, status, body, head=(), length=None):
                """A status line, headers and a body."""
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                self.send_header("Connection", "close")
                for name, value in head:
                    self.send_header(name, value)
                self.end_headers()
                self.send_body(body)

            def send_body(self, body):
                """Sends and counts."""
                with site.lock:
                    site.body_bytes += len(body)
                self.wfile.write(body)

            def wanted(self, path):
                """The body that a good server would send now, and how many bytes come before it."""
                body = site.files.get(path, b"")
                a, _, b = (self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")
                return int(a), body[int(a):int(b) + 1 if b else None], len(body)

            def begin(self, path, length=None, extra=b""):
                """Sends the head of a right answer, whose length may be a lie, and gives its body."""
                first, body, total = self.wanted(path)
                body += extra
                head = [("ETag", '"v"')]
                if self.headers.get("Range"):
                    head.append(("Content-Range", f"bytes {first}-{first + len(body) - 1}/{total}"))
                self.send_response(206 if self.headers.get("Range") else 200)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                for name, value in head:
                    self.send_header(name, value)
                self.end_headers()
                return body

            def reset(self):
                """Ends the connection by a reset."""
                self.wfile.flush()
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self):
        """The dataset's address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/ds/{NAME}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def published(folder, version=VERSION, key=KEY, change=None):
    """What a server has of a built folder."""
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    if change:
        change(files)
    manifest = files["MANIFEST.json"]
    sha256 = hashlib.sha256(manifest).hexdigest()
    one = {"version": version, "created": "2026-11-22", "manifest_sha256": sha256,
           "bytes": sum(map(len, files.values()))}
    pointer = {"format": 1, "id": NAME, "version": version, "created": "2026-11-22", "manifest_sha256": sha256,
               "versions": [one]}
    root = {f"ds/{NAME}/{version}/{path}": body for path, body in files.items()}
    root[f"ds/{NAME}/{version}/MANIFEST.json.minisig"] = key.sign(manifest, f"dataset:{NAME} version:{version}")
    root[f"ds/{NAME}/latest.json"] = json.dumps(pointer).encode()
    return root


# ---- faults ----------------------------------------------------------------------------------------------------------


def is_data(path):
    """Whether a file is one of the dataset's tables."""
    return "/data/" in path


def at_random(share, fault, seed=1):
    """A fault that meets some of the requests."""
    chance, lock = random.Random(seed), threading.Lock()

    def meet(handler, path, count):
        with lock:
            hit = chance.random() < share
        return hit and fault(handler, path, count)

    return meet


def on(which, fault):
    """A fault that meets some paths."""
    return lambda handler, path, count: which(path) and fault(handler, path, count)


def first_time(fault):
    """A fault that meets the first request of each path."""
    seen, lock = set(), threading.Lock()

    def meet(handler, path, count):
        with lock:
            new = path not in seen
            seen.add(path)
        return new and fault(handler, path, count)

    return meet


def cut(handler, path, _):
    body = handler.begin(path)
    handler.send_body(body[:len(body) * 2 // 3])
    return True


def reset(handler, path, _):
    body = handler.begin(path)
    handler.send_body(body[:len(body) // 2])
    handler.reset()
    return True


def refuse(handler, *_):
    handler.reset()
    return True


def stall(handler, path, _):
    body = handler.begin(path)
    handler.send_body(body[:len(body) // 3])
    handler.wfile.flush()
    time.sleep(TIMEOUT + 1)
    return True


def silent(handler, *_):
    time.sleep(TIMEOUT + 1)
    return True


def drip(handler, path, _):
    for byte in handler.begin(path):
        handler.send_body(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.25)
    return True


def too_long(handler, path, _):
    body = handler.begin(path, length=len(handler.wanted(path)[1]) + 1000)
    handler.send_body(body)
    return True


def too_short(handler, path, _):
    body = handler.begin(path, length=max(1, len(handler.wanted(path)[1]) - 10))
    handler.send_body(body)
    return True


def wrong_byte(handler, path, _):
    body = bytearray(handler.begin(path))
    if body:
        body[len(body) // 2] ^= 1
    handler.send_body(bytes(body))
    return True


def more_bytes(handler, path, _):
    handler.send_body(handler.begin(path, extra=b"and more"))
    return True


def no_ranges(handler, path, _):
    handler.answer(path, ranges=False)
    return True


def no_ranges_and_cut(handler, path, _):
    del handler.headers["Range"]
    return cut(handler, path, _)


def status(code, head=()):
    def answer(handler, *_):
        handler.plain(code, b"no", head)
        return True

    return answer


def circles(handler, path, count):
    handler.plain(302, b"", [("Location", f"/{path}")])
    return True


def to_file(handler, *_):
    handler.plain(302, b"", [("Location", "file:///etc/passwd")])
    return True


def gzipped(handler, path, _):
    body = handler.wanted(path)[1]
    handler.plain(200, gzip.compress(body), [("Content-Encoding", "gzip")])
    return True


def endless(handler, *_):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    while True:
        handler.wfile.write(chunk)


def wrong_range(handler, path, _):
    first, body, total = handler.wanted(path)
    head = [("Content-Range", f"bytes {first + 1}-{first + len(body)}/{total}")]
    handler.plain(206, body, head)
    return True


def other_total(handler, path, _):
    if "Range" not in handler.headers:
        return False
    handler.answer(path, total=len(handler.wanted(path)[1]) + 10**9)
    return True


def garbage(handler, *_):
    handler.wfile.write(b"\x16\x03\x01\x00 this is not HTTP\r\n\r\n" * 20)
    return True


def nothing(handler, *_):
    return True


def swapped(after, other):
    """Another version is under the same paths from a request on."""

    def meet(handler, path, count):
        if count <= after or path not in other:
            return False
        handler.answer(path, body=other[path])
        return True

    return meet


def replaced(path_end, body):
    """Other bytes for one path."""

    def meet(handler, path, _):
        if not path.endswith(path_end):
            return False
        handler.plain(200, body(path) if callable(body) else body)
        return True

    return meet


# ---- checks ----------------------------------------------------------------------------------------------------------


class Bench:
    """Runs cases against one published dataset."""

    def __init__(self, args, recipe, scratch, tally):
        self.sprog, self.scratch, self.tally = args.sprog, scratch, tally
        reference_build(args.sprog, recipe, scratch / "built", NAME)
        self.folder = scratch / "built" / NAME / VERSION
        self.files = published(self.folder)
        self.number = 0
        # What undisturbed runs bring.
        self.right = {}
        for more in ((), tuple(COLUMNS)):
            site, to = Site(self.files), scratch / f"right-{len(more)}"
            done = self.fetch(site, to, more)
            tally.check(done.code == 0, "an undisturbed fetch fails", errors(done.err))
            self.right[more] = tree(to / NAME / VERSION)
            tally.outcome("undisturbed", f"{site.body_bytes} bytes", " ".join(more) or "whole")
            site.close()
        whole = dict(tree(self.folder))
        signature = self.files[f"ds/{NAME}/{VERSION}/MANIFEST.json.minisig"]
        whole["MANIFEST.json.minisig"] = hashlib.sha256(signature).hexdigest()
        tally.check(self.right[()] == whole, "a whole fetch is not what was published",
                    difference(whole, self.right[()]))

    def command(self, site, to, more, key=KEY, attempts=3):
        """The command of a fetch."""
        pub = ["--key", key.pub()] if key else []
        return [self.sprog, "fetch", site.url(), "--to", to, "--allow-private", "--allow-http", "--timeout", TIMEOUT,
                "--attempts", attempts, *pub, *more]

    def fetch(self, site, to, more=(), **options):
        """One run."""
        return run(self.command(site, to, more, **options))

    def check(self, name, fault, wanted, more=(), mirror=False, files=None, seconds=60, unsigned=False, **options):
        """A case: `wanted` is "right", or the exit code and the code that must be told."""
        self.number += 1
        to = self.scratch / f"case-{self.number}"
        final = to / NAME / VERSION
        site = Site(files or self.files)
        site.fault = fault
        good = Site(self.files)
        extra = ["--mirror", good.url()] if mirror else []
        done = self.fetch(site, to, (*more, *extra), **options)
        label = f"{name} {' '.join(more)}: exit {done.code}: {errors(done.err)}"
        tally, right = self.tally, dict(self.right[tuple(more)])
        if unsigned:
            del right["MANIFEST.json.minisig"]
        tally.check(not is_panic(done.err), "a panic", label)
        tally.check(done.seconds < seconds, "it takes too long", f"{done.seconds:.0f} s: {label}")
        if final.exists():
            found = tree(final)
            tally.check(done.code == 0, "a folder under its final name after an error", label)
            tally.check(found == right, "wrong bytes under a final name", f"{label}: {difference(right, found)}")
        for path in to.rglob("*") if to.exists() else []:
            relative = path.relative_to(to).as_posix().split("/", 2)
            known = path.suffix in (".part", ".columns", ".tmp") or path.name.endswith(".part.json")
            if path.is_file() and len(relative) == 3 and relative[1] != VERSION and not known:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                tally.check(right.get(relative[2]) == digest, "a half file under a final name", f"{label}: {path}")
        if wanted == "right":
            tally.check(done.code == 0 and final.exists(), "a fault that could be overcome was not", label)
        else:
            code, told = wanted
            tally.check(done.code == code and told in done.err, f"another end than exit {code} with {told}", label)
            tally.check("hint:" in done.err or "[SPROG-" in done.err, "an error without help", label)
        # The next run, over a good server under the same address.
        site.fault, site.files = None, self.files
        if done.code != 0:
            again = self.fetch(site, to, more)
            fine = again.code == 0 and tree(final) == right
            tally.check(fine, "the run after does not end right", f"{label}: then {again.code}: {errors(again.err)}")
        left = [p.name for p in (to / NAME).iterdir() if p.name != VERSION]
        tally.check(not left, "something is left behind", f"{label}: {left}")
        verified = run([self.sprog, "verify", final])
        tally.check(verified.code == 0, "what came does not verify", f"{label}: {errors(verified.out)}")
        tally.outcome(name, f"exit {done.code}", "columns" if more else "whole")
        site.close()
        good.close()
        shutil.rmtree(to)


def network_faults(bench, quick):
    """What networks and servers do."""
    refused, environment = 1, 3
    some = 0.25 if quick else 0.4
    # Waiting takes long: a sample of it in CI.
    waits = {"stall", "silent always", "stall always", "drip"} if quick else set()
    for more in ((), tuple(COLUMNS)):
        skipped = waits if more else set()
        random_faults = [("cut", cut), ("reset", reset), ("refuse", refuse), ("500", status(500)), ("503", status(503)),
                         ("nothing", nothing), ("ranges ignored", no_ranges)]
        for name, fault in random_faults:
            tries = 12 if name != "ranges ignored" else 3
            bench.check(f"{name}, at random", at_random(some, fault), "right", more, attempts=tries)
        # The first answer for each file, so that each is taken up once.
        for name, fault in [("stall", on(is_data, stall)), ("cut", cut), ("no ranges and cut", no_ranges_and_cut),
                            ("garbage", garbage)]:
            if name not in skipped:
                bench.check(f"{name}, the first time", first_time(fault), "right", more)
        # A length that cannot be right is refused before a byte is read; of a range no more is read than asked for.
        bench.check("longer than stated", on(is_data, too_long), "right" if more else (refused, "SPROG-2039"), more)
        bench.check("no ranges at all", no_ranges, "right", more)
        always = on(is_data, cut)
        for name, fault, code, told in [
            ("500 always", status(500), environment, "SPROG-2103"),
            ("404", status(404), environment, "SPROG-2103"),
            ("403", status(403), environment, "SPROG-2103"),
            ("stall always", stall, environment, "SPROG-2106"),
            ("silent always", silent, environment, "SPROG-2106"),
            ("drip", drip, environment, "SPROG-2106"),
            ("circles", circles, 2, "SPROG-2111"),
            ("to a file", to_file, 2, "SPROG-2101"),
            ("wrong byte", wrong_byte, refused, "SPROG-2039"),
            ("gzip", gzipped, refused, "SPROG-2039"),
            ("empty", status(200), refused, "SPROG-2039"),
        ]:
            if name not in skipped:
                bench.check(name, on(is_data, fault), (code, told), more, attempts=2)
        bench.check("shorter than stated, for ever", on(is_data, too_short),
                    (refused, "SPROG-2039") if not more else (environment, "SPROG-2107"), more, attempts=2)
        bench.check("more than asked for", on(is_data, more_bytes),
                    (refused, "SPROG-2039") if not more else (environment, "SPROG-2107"), more, attempts=2)
        for name, fault in [("drip", drip), ("wrong byte", wrong_byte), ("404", status(404)), ("500", status(500)),
                            ("reset", reset), ("stall", stall)]:
            if name not in waits or not more:
                bench.check(f"{name}, with a mirror", on(is_data, fault), "right", more, mirror=True, attempts=1)
        bench.check("all gone, with a mirror", status(503), "right", more, mirror=True, attempts=1)
        bench.check("cut always, with a mirror", always, "right", more, mirror=True, attempts=1)
    more = tuple(COLUMNS)
    bench.check("another range", on(is_data, wrong_range), (environment, "SPROG-2107"), more, attempts=2)
    bench.check("another size", on(is_data, other_total), (refused, "SPROG-2039"), more, attempts=2)


def changed_versions(bench, quick):
    """The server publishes something else meanwhile, under the same version's paths."""
    other = {p: bytes(b ^ 0x20 if i % 97 == 5 else b for i, b in enumerate(body)) if is_data(p) else body
             for p, body in bench.files.items()}
    for more in ((), tuple(COLUMNS)):
        for after in (5,) if quick else (0, 3, 5, 9):
            bench.check(f"another version after {after} requests", swapped(after, other), (1, "SPROG-2039"), more)
        # Half of the old file, then the rest of the new one.
        def mixed(handler, path, count, seen=set()):
            if not is_data(path):
                return False
            if path in seen:
                handler.answer(path, body=other[path])
                return True
            seen.add(path)
            return cut(handler, path, count)

        bench.check("another version midway", mixed, (1, "SPROG-2039"), more)


def tampering(bench):
    """What somebody with the server in hand can do."""
    manifest = f"ds/{NAME}/{VERSION}/MANIFEST.json"
    latest = f"ds/{NAME}/latest.json"

    def changed(change):
        """The dataset with a changed manifest, and a pointer that fits it; signed by the true key before."""
        def edit(files):
            value = json.loads(files["MANIFEST.json"])
            change(value)
            files["MANIFEST.json"] = json.dumps(value).encode()
        files = published(bench.folder, change=edit)
        return files

    def pointer(**change):
        return json.dumps({**json.loads(bench.files[latest]), **change}).encode()

    old_signature = bench.files[manifest + ".minisig"]
    unsigned = {p: b for p, b in bench.files.items() if not p.endswith(".minisig")}
    by_other = published(bench.folder, key=OTHER)
    of_other = {**bench.files, manifest + ".minisig": KEY.sign(bench.files[manifest], f"dataset:{NAME} version:9.9.9")}
    tampered = changed(lambda m: m["files"][0].update(sha256="0" * 64))
    tampered[manifest + ".minisig"] = old_signature
    bench.check("a changed manifest", replaced("MANIFEST.json", lambda p: bench.files[p].replace(b"1", b"2")),
                (1, "SPROG-2033"))
    bench.check("a changed manifest and pointer", None, (1, "SPROG-2035"), files=tampered)
    bench.check("no signature", None, (1, "SPROG-2034"), files=unsigned)
    bench.check("a signature by another key", None, (1, "SPROG-2035"), files=by_other)
    bench.check("another key", None, (1, "SPROG-2035"), key=OTHER)
    bench.check("a signature of another version", None, (1, "SPROG-2035"), files=of_other)
    bench.check("a damaged signature", replaced(".minisig", old_signature.replace(b"A", b"B")), (1, "SPROG-2035"))
    bench.check("a signature of noise", replaced(".minisig", b"\xff\x00\n" * 50), (1, "SPROG-2035"))
    for name, body in [("noise", b"\x00\xff{"), ("nothing", b""), ("a page", b"<!doctype html><title>404</title>"),
                       ("another dataset", pointer(id="other")), ("another format", pointer(format=9)),
                       ("a path for a version", pointer(version="../../x")), ("no version", pointer(versions=[])),
                       ("deep nesting", b"[" * 200_000)]:
        bench.check(f"a pointer of {name}", replaced("latest.json", body), (2, "SPROG-2031"))
    bench.check("a pointer with another hash",
                replaced("latest.json", pointer(manifest_sha256="0" * 64)), (2, "SPROG-2031"))
    bench.check("an endless pointer", on(lambda p: p.endswith("latest.json"), endless), (2, "SPROG-2108"))
    bench.check("an endless manifest", on(lambda p: p.endswith("MANIFEST.json"), endless), (2, "SPROG-2108"),
                seconds=120)
    bench.check("an endless file", on(is_data, endless), (1, "SPROG-2039"))
    for name in ("../../outside", "/etc/outside", "a/../../../outside", "C:\\outside", "a\\..\\..\\outside", "line\nbreak",
                 "PARTIAL.json", "README.md.part", "readme.MD", ""):
        extra = {"path": name, "bytes": 1, "sha256": "0" * 64, "blake3": "0" * 64}
        bench.check(f"a path {name!r}", None, (1, "SPROG-2033"), files=changed(lambda m: m["files"].append(extra)))
    bench.check("a manifest of another dataset", None, (1, "SPROG-2035"),
                files=published(bench.folder, change=lambda f: f.update({"MANIFEST.json": f["dataset.json"]})), key=OTHER)
    # Without a key the manifest alone is trusted, and its hashes still hold. Hosts that have a page for what is not there
    # have no signature.
    bench.check("without a key, a page for a signature", replaced(".minisig", b"<!doctype html><title>404</title>"),
                "right", key=None, unsigned=True)
    bench.check("without a key, a wrong byte", on(is_data, wrong_byte), (1, "SPROG-2039"), key=None)


def kills(bench, wanted):
    """SIGKILL at random moments, and the same command again."""
    chance = random.Random(20261122)
    hits = resumed = rounds = 0
    while hits < wanted:
        more = tuple(COLUMNS) if rounds % 3 == 2 else ()
        site, to = Site(bench.files), bench.scratch / f"kills-{rounds}"
        # Slow enough that there is a middle to be killed in.
        site.fault = lambda handler, path, count: slow(handler, path)
        final = to / NAME / VERSION
        # A few kills a round, so that what the run after makes of them is seen often.
        for _ in range(6):
            child = subprocess.Popen([str(c) for c in bench.command(site, to, more)], stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL, env={"PATH": os.environ.get("PATH", "")})
            time.sleep(chance.uniform(0.01, 1.2))
            if child.poll() is not None:
                break
            child.send_signal(signal.SIGKILL)
            child.wait()
            hits += 1
            if final.exists():
                bench.tally.check(tree(final) == bench.right[more], "a half folder after a kill", f"round {rounds}")
            else:
                bench.tally.check(True, "")
                resumed += any(p.name.endswith(".part") for p in to.rglob("*")) if to.exists() else 0
            if hits >= wanted:
                break
        site.fault = None
        done = bench.fetch(site, to, more)
        fine = done.code == 0 and tree(final) == bench.right[more]
        bench.tally.check(fine, "after kills it does not end right", f"round {rounds}: {errors(done.err)}")
        left = [p.name for p in (to / NAME).iterdir() if p.name != VERSION]
        bench.tally.check(not left, "something is left behind after kills", f"round {rounds}: {left}")
        site.close()
        shutil.rmtree(to)
        rounds += 1
    bench.tally.outcome("killed", f"{hits} times", f"in {rounds} rounds; {resumed} times with a half file to go on with")


def slow(handler, path):
    """A right answer, in pieces."""
    if not handler.wanted(path)[1]:
        return False
    body = handler.begin(path)
    piece = max(2048, len(body) // 40)
    for at in range(0, len(body), piece):
        handler.send_body(body[at:at + piece])
        handler.wfile.flush()
        time.sleep(0.02)
    return True


def two_at_once(bench):
    """Two runs of the same command: both end, and what is there is right."""
    site, to = Site(bench.files), bench.scratch / "two"
    site.fault = lambda handler, path, count: slow(handler, path)
    command = [str(c) for c in bench.command(site, to, ())]
    children = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(3)]
    ends = [(child.communicate()[1].decode(), child.returncode) for child in children]
    codes = sorted(code for _, code in ends)
    bench.tally.check(codes[0] == 0 and set(codes) <= {0, 3}, "runs at once", str(ends)[-400:])
    told = all("another run" in text for text, code in ends if code)
    bench.tally.check(told, "a run that has to wait does not say so", str(ends)[-400:])
    bench.tally.check(tree(to / NAME / VERSION) == bench.right[()], "runs at once give other bytes", "")
    again = bench.fetch(site, to)
    bench.tally.check(again.code == 0 and "unchanged" in again.err, "a folder that is there is not taken", again.err)
    other = bench.fetch(site, to, tuple(COLUMNS))
    bench.tally.check(other.code == 2 and "SPROG-2038" in other.err, "another part is put over what is there", other.err)
    site.close()
    shutil.rmtree(to)


def main():
    global NAME
    args = arguments(__doc__)
    tally = Tally("fetch")
    with Scratch() as scratch:
        recipe = args.recipe
        if args.quick:
            NAME, recipe = ID, small_recipe(args.recipe, scratch / "recipe")
        bench = Bench(args, recipe, scratch, tally)
        network_faults(bench, args.quick)
        changed_versions(bench, args.quick)
        tampering(bench)
        two_at_once(bench)
        kills(bench, 10 if args.quick else 60)
    tally.table()
    tally.finish()


if __name__ == "__main__":
    main()
