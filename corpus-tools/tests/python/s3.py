"""`sprog publish` into S3-compatible storage, on a server of its own on 127.0.0.1 (PyPI: moto[server]).

The order in which objects are written, that the same call again writes nothing, that a call after one that was killed goes
on, that a published version never changes, that of two publishers one is told, and that http is used only if allowed.

    python3 s3.py PATH/TO/sprog [PUBLISHED]

`sprog` has feature s3. PUBLISHED is a built folder; without it a small one is made, with a file large enough for parts.
"""

import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import boto3
from moto.server import ThreadedMotoServer
from werkzeug.serving import WSGIRequestHandler

BUCKET, PREFIX = "open", "sub/path"
FAILED = []


def check(fine, what, detail=""):
    print(f"{'ok    ' if fine else 'FAILED'} {what}" + (f"\n    {detail}" if not fine else ""), flush=True)
    if not fine:
        FAILED.append(what)


def sprog(program, *args, env=None):
    return subprocess.run([program, *map(str, args)], env=env, capture_output=True, text=True)


RECIPE = """[dataset]
id = "stor"
version = "{version}"
created = "2026-11-22"
publisher = "sprog"
contact = "nobody"
languages = ["da"]
[dataset.title]
da = "Stor"
en = "Large"
[dataset.description]
da = "Til afprøvning."
en = "For tests."
[[source]]
id = "t"
kind = "text"
format = "jsonl"
files = ["t.jsonl"]
license = "CC0-1.0"
legal_basis = "own work"
[[step]]
use = "split"
seed = "x"
shares = [["train", 1.0]]
"""


def build(program, scratch, version, size):
    """A dataset of text that does not compress."""
    folder = scratch / f"recipe-{version}"
    folder.mkdir()
    with open(folder / "t.jsonl", "w", encoding="utf-8") as out:
        for row in range(size):
            text = "".join(hashlib.sha512(f"{version}-{row}-{i}".encode()).hexdigest() for i in range(100))
            out.write(json.dumps({"id": str(row), "text": f"Række {row}. {text}"}) + "\n")
    (folder / "recipe.toml").write_text(RECIPE.replace("{version}", version), encoding="utf-8")
    done = sprog(program, "build", folder, "--out", scratch / "out", "-q")
    if done.returncode:
        sys.exit(f"the build fails: {done.stderr}")
    return pathlib.Path(done.stdout.strip())


class Log:
    """The requests that the server got, in order."""

    def __init__(self):
        self.lines = []

    def clear(self):
        self.lines.clear()

    def writes(self):
        found = []
        for method, path, status in self.lines:
            done = status < 400 and (method == "PUT" and "partNumber" not in path or method == "POST" and "uploadId" in path)
            if done:
                found.append(path.split("?")[0].removeprefix(f"/{BUCKET}/{PREFIX}/"))
        return found


LOG = Log()


def log_request(self, code="-", size="-"):
    LOG.lines.append((self.command, self.path, int(code)))


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    WSGIRequestHandler.log_request = log_request
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port)
    server.start()
    endpoint = f"http://127.0.0.1:{port}"
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    env = {**keep, "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
           "AWS_REGION": "eu-north-1", "NO_PROXY": "127.0.0.1"}
    client = boto3.client("s3", endpoint_url=endpoint, region_name="eu-north-1", aws_access_key_id="test",
                          aws_secret_access_key="test")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="sprog-s3-"))
    try:
        steps(program, env, client, scratch)
    finally:
        server.stop()
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{len(FAILED)} failed")
    sys.exit(1 if FAILED else 0)


def get(client, path):
    return client.get_object(Bucket=BUCKET, Key=f"{PREFIX}/{path}")["Body"].read()


def steps(program, env, client, scratch):
    first = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else build(program, scratch, "1.0.0", 2600)
    manifest = json.loads((first / "MANIFEST.json").read_text())
    dataset, version = manifest["dataset"], manifest["version"]
    largest = max(f["bytes"] for f in manifest["files"])
    check(largest > 16 << 20 or len(sys.argv) > 2, "a file is large enough for parts", str(largest))
    sprog(program, "keygen", "--out", scratch / "k", "--no-password")
    to, home = f"s3://{BUCKET}/{PREFIX}", f"ds/{dataset}"
    publish = ["publish", first, "--to", to, "--key", scratch / "k.key"]
    LOG.clear()

    done = sprog(program, *publish, env=env)
    check(done.returncode == 1 and "SPROG-2056" in done.stderr and not LOG.writes(), "http is refused unless allowed", done.stderr)
    bare = {k: v for k, v in env.items() if k != "AWS_ACCESS_KEY_ID"}
    done = sprog(program, *publish, "--allow-http", env=bare)
    check(done.returncode == 3 and "SPROG-2057" in done.stderr, "without credentials nobody is asked", done.stderr)
    publish.append("--allow-http")
    done = sprog(program, *publish, "--dry-run", env=env)
    check(done.returncode == 0 and not LOG.writes(), "a dry run writes nothing", done.stderr)

    # Killed while it sends, a few times: what is there then is whole, and the pointer is not.
    for wait in (0.2, 0.5, 1.0):
        child = subprocess.Popen([program, *map(str, publish)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen, deadline = len(LOG.lines), time.monotonic() + 60
        while len(LOG.lines) < seen + 3 and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        if child.wait() == 0:
            continue
        listed = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        names = {o["Key"].removeprefix(f"{PREFIX}/{home}/") for o in listed}
        check("latest.json" not in names, "no pointer after a kill", str(sorted(names)))
        known = {f["path"]: f["bytes"] for f in manifest["files"]}
        sizes = {o["Key"].split(f"{home}/{version}/")[-1]: o["Size"] for o in listed}
        check(all(known.get(name, size) == size for name, size in sizes.items()), "objects after a kill are whole")
    # How far a killed call got is chance, and it may have been done: of what is there one table stays.
    keys = [o["Key"] for o in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    tables = [key for key in keys if key.endswith(".parquet")]
    for key in keys:
        if key not in tables[:1]:
            client.delete_object(Bucket=BUCKET, Key=key)
    before = set(tables[:1])
    LOG.clear()
    done = sprog(program, *publish, env=env)
    check(done.returncode == 0, "published", done.stderr)
    order = LOG.writes()
    again = [p for p in order if f"{PREFIX}/{p}" in before]
    check(not again, "what was there is not sent again", str(again))
    print(f"       {len(before)} objects were there after the kills, {len(order)} were written then")

    def after(a, b):
        place = lambda name: next((i for i, p in enumerate(order) if p.endswith(name)), -1)
        return place(a) < place(b)

    chain = ["manifest-sha256.txt", "/MANIFEST.json", ".minisig", "CHANGELOG.md", "latest.json"]
    check(all(after(a, b) for a, b in zip(chain, chain[1:])) and order[-1].endswith("latest.json"), "the order is kept", str(order))
    tables = [i for i, p in enumerate(order) if p.endswith(".parquet")]
    check(not tables or max(tables) < order.index(f"{home}/{version}/MANIFEST.json"), "data comes before the manifest")
    latest = json.loads(get(client, f"{home}/latest.json"))
    text = get(client, f"{home}/{version}/MANIFEST.json")
    check(latest["version"] == version and hashlib.sha256(text).hexdigest() == latest["manifest_sha256"], "the pointer is right")
    wrong = [f["path"] for f in manifest["files"]
             if hashlib.sha256(get(client, f"{home}/{version}/{f['path']}")).hexdigest() != f["sha256"]]
    check(not wrong, "every object has the bytes of the manifest", str(wrong))
    head = client.head_object(Bucket=BUCKET, Key=f"{PREFIX}/{home}/latest.json")
    check(head["ContentType"] == "application/json" and head["CacheControl"] == "no-cache", "the pointer is not cached", str(head))
    (scratch / "down").mkdir()
    for name in [f["path"] for f in manifest["files"]] + ["MANIFEST.json", "manifest-sha256.txt", "MANIFEST.json.minisig"]:
        path = scratch / "down" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(get(client, f"{home}/{version}/{name}"))
    done = sprog(program, "verify", scratch / "down", "--key", scratch / "k.pub")
    check(done.returncode == 0, "what comes down verifies with the key", done.stdout)

    LOG.clear()
    done = sprog(program, *publish, env=env)
    check(done.returncode == 0 and not LOG.writes(), "the same call again writes nothing", done.stderr + str(LOG.writes()))
    if len(sys.argv) > 2:
        return

    second = build(program, scratch, "1.1.0", 40)
    older = build(program, scratch, "0.9.0", 30)
    # Two publishers at once, of different versions: both end up listed.
    calls = [["publish", d, "--to", to, "--allow-http", "--previous", first] for d in (second, older)]
    done = []
    threads = [threading.Thread(target=lambda c=c: done.append(sprog(program, *c, env=env))) for c in calls]
    [t.start() for t in threads]
    [t.join() for t in threads]
    check(all(d.returncode == 0 for d in done), "two publishers at once", str([d.stderr for d in done]))
    latest = json.loads(get(client, f"{home}/latest.json"))
    versions = [v["version"] for v in latest["versions"]]
    check(latest["version"] == "1.1.0" and versions == ["1.1.0", "1.0.0", "0.9.0"], "both are listed, the newest first", str(versions))
    changes = get(client, f"{home}/CHANGELOG.md").decode("utf-8")
    check("## 1.1.0" in changes and "| text | 0 | 2.560 | 40 | 0 |" in changes, "the list of changes tells versions and rows",
          changes)
    # A version that is published never changes.
    client.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{home}/{version}/README.md", Body=b"other bytes")
    done = sprog(program, *publish, env=env)
    check(done.returncode == 1 and "SPROG-2052" in done.stderr, "other bytes in a published version are told", done.stderr)
    check(get(client, f"{home}/{version}/README.md") == b"other bytes", "and are not overwritten")
    done = sprog(program, "publish", first, "--to", "s3://no-such-bucket/x", "--allow-http", env=env)
    check(done.returncode == 3 and "SPROG-2057" in done.stderr, "a bucket that is not there is told", done.stderr)


if __name__ == "__main__":
    main()
