"""Lemma accuracy and speed of lemmy and simplemma on the tokens of a CoNLL-U file, one thread, CPU time, best of three.

    pip install lemmy simplemma
    rules_lemma.py FILE.conllu

The figures of ours on the same tokens come from the examples tag_eval and tag_speed.
"""
import sys, time, warnings

warnings.filterwarnings("ignore")
import lemmy, simplemma

tokens = [line.split("\t") for line in open(sys.argv[1], encoding="utf-8") if line[:1].isdigit()]
tokens = [c for c in tokens if c[0].isdigit()]
lemmatizer = lemmy.load("da")


def lemmy_upos(c):
    found = lemmatizer.lemmatize(c[3], c[1])
    return found[0] if found else c[1]


def lemmy_form(c):
    found = lemmatizer.lemmatize("", c[1])
    return found[0] if found else c[1]


systems = {
    "form as it is": lambda c: c[1],
    "lemmy, gold UPOS": lemmy_upos,
    "lemmy, form only": lemmy_form,
    "simplemma": lambda c: simplemma.lemmatize(c[1], lang="da"),
    "simplemma, greedy": lambda c: simplemma.lemmatize(c[1], lang="da", greedy=True),
}
for name, lemma in systems.items():
    seconds = []
    for _ in range(3):
        start = time.process_time()
        guesses = [lemma(c) for c in tokens]
        seconds.append(time.process_time() - start)
    exact = sum(g == c[2] for g, c in zip(guesses, tokens))
    folded = sum(g.lower() == c[2].lower() for g, c in zip(guesses, tokens))
    share = 100 / len(tokens)
    print(f"{name:20} exact {exact * share:6.2f} %  ignoring case {folded * share:6.2f} %  {len(tokens) / min(seconds) / 1e3:8.1f} k tokens/s")
