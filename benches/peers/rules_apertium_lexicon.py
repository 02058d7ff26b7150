"""A full-form lexicon from Apertium's Danish analyser, for `--lexicon`: form, lemma, UPOS, FEATS a line.

    rules_apertium_lexicon.py < forms.txt > lexicon.tsv

Needs lttoolbox and apertium-dan-nor (GPL-2+: the output is for use at run time, not for publishing).
APERTIUM_DAN names another analyser file.
"""
import os, re, subprocess, sys

BIN = os.environ.get("APERTIUM_DAN", "/usr/share/apertium/apertium-dan-nor/dan-nob.automorf.bin")
WORD = re.compile(r"^[^\W_]+(?:[-'.][^\W_]+)*['.-]?$")
GENDER = {"ut": "Com", "nt": "Neut", "mf": "Com", "m": "Com", "f": "Com"}
NUMBER = {"sg": "Sing", "pl": "Plur"}
DEF = {"ind": "Ind", "def": "Def"}


def feats(**kw):
    return "|".join(f"{k.replace('_', '[psor]')}={v}" for k, v in sorted(kw.items(), key=lambda p: p[0].lower()) if v)


def agree(tags):
    """Definite, Gender and Number of an adjective or participle as DDT writes them."""
    if "pl" in tags:
        return dict(Number="Plur")
    if "def" in tags:
        return dict(Definite="Def", Number="Sing")
    if "ind" in tags and "un" not in tags:
        return dict(Definite="Ind", Gender=next((GENDER[t] for t in tags if t in GENDER), None), Number="Sing")
    return dict()


def reading(tags):
    """One or no (UPOS, FEATS) of a string of Apertium's tags."""
    pos, t = tags[0], set(tags)
    gender = next((GENDER[x] for x in tags if x in GENDER), None)
    number = next((NUMBER[x] for x in tags if x in NUMBER), None)
    definite = next((DEF[x] for x in tags if x in DEF), None)
    gen = "Gen" if "gen" in t else None
    if pos == "n":
        return "NOUN", feats(Case=gen, Definite=definite, Gender=gender, Number=number)
    if pos == "np":
        return "PROPN", feats(Case=gen)
    if pos in ("vblex", "vbmod", "vbhaver", "vbser", "vaux"):
        upos = "VERB" if pos == "vblex" else "AUX"
        voice = "Pass" if t & {"pasv", "pass", "pstv"} else "Act"
        if "inf" in t:
            return upos, feats(VerbForm="Inf", Voice=voice)
        if "imp" in t:
            return upos, feats(Mood="Imp")
        if "pprs" in t:
            return upos, feats(Tense="Pres", VerbForm="Part")
        if "pp" in t:
            a = agree(t - {"pst"}) or dict(Definite="Ind", Number="Sing")
            a.pop("Gender", None)
            return upos, feats(Tense="Past", VerbForm="Part", **a)
        if "past" in t or "pres" in t or "pret" in t:
            return upos, feats(Mood="Ind", Tense="Pres" if "pres" in t else "Past", VerbForm="Fin", Voice=voice)
        return None
    if pos == "adj":
        if "ord" in t:
            return "ADJ", "NumType=Ord"
        if "comp" in t:
            return "ADJ", "Degree=Cmp"
        if "sup" in t:
            return "ADJ", feats(Degree="Sup", **{k: v for k, v in agree(t).items() if k != "Gender"})
        if "pprs" in t:
            return "VERB", "Tense=Pres|VerbForm=Part"
        if "pp" in t:
            a = agree(t)
            a.pop("Gender", None)
            return "VERB", feats(Tense="Past", VerbForm="Part", **(a or dict(Definite="Ind", Number="Sing")))
        return "ADJ", feats(Degree="Pos", Case=gen, **agree(t))
    if pos == "adv":
        return "ADV", ""
    simple = {"pr": ("ADP", "AdpType=Prep"), "cnjcoo": ("CCONJ", ""), "cnjsub": ("SCONJ", ""), "ij": ("INTJ", ""),
              "num": ("NUM", "NumType=Card"), "part": ("PART", "PartType=Inf"), "cnjadv": ("ADV", ""),
              "abbr": ("X", "Abbr=Yes"), "rel": ("PRON", "")}
    if pos in simple:
        return simple[pos]
    if pos in ("det", "prn"):
        return "DET" if pos == "det" else "PRON", feats(Gender=gender, Number=number)
    return None


def analyses(forms):
    out = subprocess.run(["lt-proc", "-w", "-e", BIN], input="\n\n".join(forms) + "\n", text=True,
                         capture_output=True, check=True).stdout
    return out.split("\n\n")


def main():
    forms = sorted({f for f in sys.stdin.read().split("\n") if WORD.match(f)})
    seen = 0
    for start in range(0, len(forms), 20000):
        batch = forms[start:start + 20000]
        for form, line in zip(batch, analyses(batch), strict=True):
            m = re.fullmatch(r"\^(.*?)/(.*)\$", line.strip())
            if not m or "$" in m[2] or m[1] != form:
                continue
            rows = []
            for a in m[2].split("/"):
                if a.startswith("*") or "compound-" in a or "cmp" in a.split("+")[-1] or "<remspc>" in a:
                    continue
                parts = [re.match(r"([^<]*)((?:<[^>]*>)+)$", p) for p in a.split("+")]
                if not all(parts):
                    continue
                last = parts[-1]
                tags = re.findall(r"<([^>]*)>", last[2])
                if tags == ["gen"] and len(parts) > 1:
                    last = parts[-2]
                    tags = re.findall(r"<([^>]*)>", last[2]) + ["gen"]
                    parts = parts[:-1]
                r = reading(tags)
                if not r or not last[1]:
                    continue
                lemma = last[1]
                if len(parts) > 1:
                    # A compound: what stands before the last part is kept as it is written.
                    k = next((k for k in range(min(len(lemma), len(form)), 0, -1) if lemma[:k].lower() in form.lower()), 0)
                    at = form.lower().rfind(lemma[:k].lower()) if k else -1
                    if at <= 0:
                        continue
                    lemma = form[:at] + lemma
                row = (form, lemma, *r)
                if row not in rows:
                    rows.append(row)
            for row in rows:
                print("\t".join(row))
            seen += bool(rows)
    print(f"{seen} of {len(forms)} forms analysed", file=sys.stderr)


main()
