#!/usr/bin/env python3
"""Long recordings with flawed transcripts, made from utterances with exact word times, and the judge of an alignment of them.

    speech_long.py make OUTDIR --sources DIR[,DIR..] [--seconds 3600] [--seed 1] [--kind corrupt] [--offset 0] [--noise-db -66]
    sprog speech align --audio OUTDIR/long.wav --text OUTDIR/transcript.txt --long --model M --out ALIGNED
    speech_long.py judge OUTDIR ALIGNED/long.json

DIR holds truth.jsonl and uNNNN.flac as made by espeak_truth.py. `make` writes OUTDIR/long.wav (16 kHz mono, 16 bit),
OUTDIR/transcript.txt and OUTDIR/truth.json. Between utterances stand music-like noise (chords, drum-like bursts, vinyl
hiss, 2-20 s), silence, or nothing. Kinds of transcript:

  corrupt    10 % of the words deleted, 5 % inserted, 5 % changed
  clean      as spoken
  half       corrupt, and only for the first half of the recording
  missing    corrupt, with 30 % of the recording missing from the transcript in one passage
  extra      corrupt, with a passage of 30 % that is never spoken
  reordered  corrupt, with the third quarter before the second
  other      the transcript of other utterances (what must be refused)

M is made by `sprog speech align --manifest … --save-model M` from other utterances.
Needs PyPI's numpy and soundfile.
"""
import argparse, json, os, random, re
import numpy as np, soundfile as sf

RATE = 16000


def chords(n, rng):
    out, at = np.zeros(n, "f4"), 0
    while at < n:
        length = min(n - at, int(rng.uniform(0.25, 1.2) * RATE))
        root, t = rng.uniform(110, 330), np.arange(length) / RATE
        tone = sum(np.sin(2 * np.pi * root * r * h * t + rng.uniform(0, 6)) / h
                   for r in rng.choice([(1, 1.25, 1.5), (1, 1.2, 1.5), (1, 1.25, 1.5, 1.78)]) for h in (1, 2, 3, 4, 5))
        out[at:at + length] = tone * np.exp(-t * rng.uniform(0.3, 3)) * np.minimum(1, t / 0.01)
        at += length
    return out


def drums(n, rng, noise):
    out, beat = np.zeros(n, "f4"), int(rng.uniform(0.2, 0.5) * RATE)
    for at in range(0, n, beat):
        length, t = min(n - at, beat), None
        t = np.arange(length) / RATE
        if rng.random() < 0.5:
            out[at:at + length] += np.sin(2 * np.pi * (50 + 60 * np.exp(-t * 30)) * t) * np.exp(-t * 12) * 2
        else:
            out[at:at + length] += noise.standard_normal(length) * np.exp(-t * rng.uniform(15, 50))
    return out


def vinyl(n, rng, noise):
    out = 0.1 * noise.standard_normal(n).astype("f4")
    for _ in range(n // 2000):
        out[rng.randrange(n)] += rng.uniform(-3, 3)
    return out


def music(n, rng, noise):
    kind = rng.choice(["chords", "drums", "vinyl", "mix", "mix"])
    out = np.zeros(n, "f4")
    if kind in ("chords", "mix"):
        out += chords(n, rng)
    if kind in ("drums", "mix"):
        out += drums(n, rng, noise)
    if kind in ("vinyl", "mix"):
        out += vinyl(n, rng, noise)
    level = rng.uniform(0.02, 0.15) / (np.sqrt((out * out).mean()) + 1e-9)
    fade = np.minimum(1, np.minimum(np.arange(n), np.arange(n)[::-1]) / (0.05 * RATE))
    return np.clip(out * level * fade, -0.95, 0.95)


def letters(token):
    return "".join(c for c in token.lower() if c.isalnum())


def tokens_of(utterance):
    """Tokens between white space with the times of the truth's words inside them; None where the truth has none."""
    found = []
    for m in re.finditer(r"\S+", utterance["text"]):
        inside = [w for w in utterance["words"] if m.start() <= w["char_start"] < m.end()]
        # A dash that the synthesiser reads aloud is no word of a transcript.
        time = (inside[0]["start"], inside[-1]["end"]) if inside and letters(m.group()) else None
        found.append((m.group(), time))
    return found


def load(directories):
    return [{**json.loads(line), "path": d} for d in directories for line in open(os.path.join(d, "truth.jsonl"), encoding="utf8")]


def make(a):
    rng, noise = random.Random(a.seed), np.random.default_rng(a.seed)
    pool = load(a.sources.split(","))
    rng.shuffle(pool)
    pool = pool[a.offset:]
    audio, at, spoken, used = [], 0, [], 0  # spoken: (token, start, end) or (token, None, None)

    def append(x):
        nonlocal at
        audio.append(x.astype("f4"))
        at += len(x)

    speech = music_seconds = 0.0
    noises = []
    for u in pool:
        if at >= a.seconds * RATE:
            break
        what = rng.random()
        if what < 0.14:
            n = int(rng.uniform(2, 20) * RATE)
            noises.append((at / RATE, (at + n) / RATE))
            append(music(n, rng, noise))
            music_seconds += n / RATE
        elif what < 0.6:
            append(np.zeros(int(rng.uniform(0.1, 2.0) * RATE)))
        x, rate = sf.read(os.path.join(u["path"], u["id"] + ".flac"), dtype="f4")
        assert rate == RATE
        start = at / RATE
        spoken += [(t, start + when[0], start + when[1]) if when else (t, None, None) for t, when in tokens_of(u)]
        append(x)
        speech += len(x) / RATE
        used += 1
    total = at / RATE
    words = [t for t, s, _ in spoken if s is not None]
    if a.kind == "other":
        rest = pool[used:]
        tokens = [(t, "inserted", None, None) for u in rest for t, _ in tokens_of(u)]
        assert len(tokens) > 200, "sources too small for a transcript of another recording"
        tokens, deletions = tokens[:len(spoken)], []
    else:
        tokens, deletions = [], []
        shares = (0, 0, 0) if a.kind == "clean" else (0.10, 0.05, 0.05)
        run = None
        for token, start, end in spoken:
            what = rng.random() if start is not None else 1.0
            if what < shares[0]:
                if run is None:
                    run = {"before": len(tokens), "start": start, "end": end, "text": token}
                    deletions.append(run)
                else:
                    run.update(end=end, text=run["text"] + " " + token)
                continue
            run = None
            if what < sum(shares[:2]):
                other = rng.choice(words)
                while letters(other) in (letters(token), letters(tokens[-1][0]) if tokens else "", ""):
                    other = rng.choice(words)
                tokens.append((other, "inserted", None, None))
                tokens.append((token, "kept", start, end))
            elif what < sum(shares):
                other = rng.choice(words)
                while letters(other) in (letters(token), ""):
                    other = rng.choice(words)
                tokens.append((other, "changed", start, end))
            else:
                tokens.append((token, "kept" if start is not None else "untimed", start, end))
        n = len(tokens)
        cut = lambda lo, hi: [d for d in deletions if lo < d["before"] < hi]
        if a.kind == "half":
            tokens, deletions = tokens[:n // 2], cut(0, n // 2)
        elif a.kind == "missing":
            lo, hi = int(n * 0.4), int(n * 0.7)
            # Deletions beside the cut are part of it.
            place = {"before": lo, "start": next(t[2] for t in tokens[lo:] if t[2]), "end": [t[3] for t in tokens[:hi] if t[3]][-1],
                     "text": "(passage)", "passage": True}
            later = [{**d, "before": d["before"] - (hi - lo)} for d in cut(hi, n)]
            tokens, deletions = tokens[:lo] + tokens[hi:], cut(0, lo) + [place] + later
        elif a.kind == "extra":
            lo = int(n * 0.4)
            add = [(t, "inserted", None, None) for u in pool[used:] for t, _ in tokens_of(u)][:int(n * 0.3)]
            assert len(add) > 100, "sources too small for a passage never spoken"
            later = [{**d, "before": d["before"] + len(add)} for d in cut(lo, n)]
            tokens, deletions = tokens[:lo] + add + tokens[lo:], cut(0, lo) + later
        elif a.kind == "reordered":
            q = [0, n // 4, n // 2, 3 * n // 4, n]
            moved = lambda lo, hi, by: [{**d, "before": d["before"] + by} for d in cut(lo, hi)]
            deletions = cut(0, q[1]) + moved(q[2], q[3], q[1] - q[2]) + moved(q[1], q[2], q[3] - q[2]) + cut(q[3], n)
            tokens = tokens[:q[1]] + tokens[q[2]:q[3]] + tokens[q[1]:q[2]] + tokens[q[3]:]
    text, entries = "", []
    for i, (token, kind, start, end) in enumerate(tokens):
        text += (" " if i % 200 else "\n\n") if i else ""
        entries.append({"char_start": len(text), "char_end": len(text) + len(token), "kind": kind, "start": start, "end": end})
        text += token
    x = np.concatenate(audio)
    if a.noise_db > -120:
        x = x + noise.standard_normal(len(x), dtype="f4") * np.float32(10 ** (a.noise_db / 20))
    os.makedirs(a.outdir, exist_ok=True)
    sf.write(os.path.join(a.outdir, "long.wav"), np.clip(x, -1, 1), RATE, subtype="PCM_16")
    open(os.path.join(a.outdir, "transcript.txt"), "w", encoding="utf8").write(text)
    json.dump({"kind": a.kind, "seed": a.seed, "seconds": total, "tokens": entries, "deletions": deletions, "noises": noises},
              open(os.path.join(a.outdir, "truth.json"), "w", encoding="utf8"), ensure_ascii=False)
    print(f"{a.outdir}: {a.kind}, {total:.0f} s ({speech:.0f} s speech of {used} utterances, {music_seconds:.0f} s music), "
          f"{len(tokens)} words, {len(deletions)} deletions")


def judge(a):
    truth = json.load(open(os.path.join(a.outdir, "truth.json"), encoding="utf8"))
    aligned = json.load(open(a.aligned, encoding="utf8"))
    if aligned["status"] == "refused":
        print(f"{truth['kind']} seed {truth['seed']}: REFUSED")
        return
    gaps = sorted([gap["start"], gap["end"]] for gap in aligned["gaps"])
    words = sorted(aligned["words"], key=lambda word: word["char_start"])
    tokens, deletions = truth["tokens"], truth["deletions"]
    found, k = [], 0
    for t in tokens:  # the spoken words of each token
        mine = []
        while k < len(words) and words[k]["char_start"] < t["char_end"]:
            if words[k]["char_end"] > t["char_start"]:
                mine.append(words[k])
            k += 1
        timed = [w for w in mine if w["start"] is not None]
        found.append({"start": timed[0]["start"] if timed else None, "end": timed[-1]["end"] if timed else None,
                      "ok": bool(mine) and all(w["status"] == "ok" for w in mine), "any": bool(mine)})
    # A passage that is out of order in time cannot be aligned monotonically.
    kept = [(t, f, i) for i, (t, f) in enumerate(zip(tokens, found)) if t["kind"] == "kept"]
    errors = np.array([abs(f["start"] - t["start"]) if f["start"] is not None else np.inf for t, f, _ in kept])
    ok_errors = np.array([e for e, (_, f, _) in zip(errors, kept) if f["ok"]])
    near = set()
    for i, t in enumerate(tokens):
        if t["kind"] in ("inserted", "changed"):
            near |= {i - 1, i, i + 1}
    for d in deletions:
        near |= {d["before"] - 1, d["before"]}
    sound = [f["ok"] for t, f, i in kept if i not in near]
    beside = [f["ok"] for t, f, i in kept if i in near]
    gap_hit = lambda lo, hi: any(g[1] > lo and g[0] < hi for g in gaps)
    kinds = {"inserted": [], "changed": [], "deleted": []}
    for i, (t, f) in enumerate(zip(tokens, found)):
        if t["kind"] == "inserted":
            kinds["inserted"].append(not f["ok"])
        elif t["kind"] == "changed":
            kinds["changed"].append(not f["ok"])
    by_gap = 0
    for d in deletions:
        i = d["before"]
        gap = gap_hit(d["start"], d["end"])
        by_gap += gap
        kinds["deleted"].append(gap or (i > 0 and not found[i - 1]["ok"]) or (i < len(found) and not found[i]["ok"]))
    flagged = sum(map(sum, kinds.values())), sum(map(len, kinds.values()))
    wrong_ok = sum(1 for e in ok_errors if e > 0.1)
    share = lambda x: f"{100 * np.mean(x):.1f} %" if len(x) else "-"
    print(f"{truth['kind']} seed {truth['seed']}: kept words {len(kept)}: within 100 ms {share(errors <= 0.1)}, "
          f"50 ms {share(errors <= 0.05)}, unaligned {share(np.isinf(errors))}, "
          f"mean |error| of those within 1 s {1000 * errors[errors < 1].mean() if (errors < 1).any() else 0:.1f} ms; "
          f"words ok but over 100 ms off: {wrong_ok} of {len(ok_errors)}")
    print(f"  corrupted places flagged {100 * flagged[0] / max(1, flagged[1]):.1f} % of {flagged[1]}: "
          + ", ".join(f"{name} {share(v)} of {len(v)}" for name, v in kinds.items()) + f" (a gap there {100 * by_gap / max(1, len(deletions)):.1f} %)")
    music = [g for g in gaps if any(g[0] < hi and g[1] > lo for lo, hi in truth["noises"])]
    real = [g for g in gaps if any(g[1] > d["start"] and g[0] < d["end"] for d in deletions)
            or any(t["kind"] == "changed" and g[1] > t["start"] and g[0] < t["end"] for t in tokens)]
    print(f"  false flags: {100 - 100 * np.mean(sound) if sound else 0:.1f} % of {len(sound)} sound words, "
          f"{100 - 100 * np.mean(beside) if beside else 0:.1f} % of {len(beside)} beside a corrupted place; "
          f"gaps {len(gaps)}: {len(real)} at deleted or changed words, {len(music)} in music")
    if a.list:
        for i, (t, f) in enumerate(zip(tokens, found)):
            if t["kind"] in ("inserted", "changed") and f["ok"]:
                print("missed", t, f)
        for t, f, i in kept:
            if i not in near and not f["ok"]:
                print("false", t, f)
        for d in deletions:
            i = d["before"]
            if not gap_hit(d["start"], d["end"]) and (i == 0 or found[i - 1]["ok"]) and (i == len(found) or found[i]["ok"]):
                print("missed deletion", d)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(required=True)
    m = sub.add_parser("make")
    m.add_argument("outdir"); m.add_argument("--sources", required=True); m.add_argument("--seconds", type=float, default=3600)
    m.add_argument("--seed", type=int, default=1); m.add_argument("--offset", type=int, default=0)
    m.add_argument("--noise-db", type=float, default=-66)
    m.add_argument("--kind", default="corrupt", choices=["corrupt", "clean", "half", "missing", "extra", "reordered", "other"])
    m.set_defaults(run=make)
    j = sub.add_parser("judge")
    j.add_argument("outdir"); j.add_argument("aligned"); j.add_argument("--list", action="store_true"); j.set_defaults(run=judge)
    a = p.parse_args()
    a.run(a)


if __name__ == "__main__":
    main()
