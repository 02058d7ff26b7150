"""What a Danish vocabulary is worth: bytes a token and tokens a word beside other vocabularies, by kind of text.

    pip install -r benches/peers/subword_requirements.txt
    python benches/peers/subword_vocabulary.py held/ da32k.json o200k_base.tiktoken gemma3.json …

The first argument is a folder of JSON lines with `text`, one file a kind of text, that none of our vocabularies was
trained on. The others are a `tokenizer.json`, or ranks as OpenAI publishes them (`o200k_base.tiktoken`,
`cl100k_base.tiktoken`), read by tiktoken. A word is a run of letters (`str.isalpha`), whole if one token has all its
letters. All counts are without special tokens.
"""
import glob
import json
import os
import re
import sys

os.environ["TOKENIZERS_PARALLELISM"] = "false"
WORD = re.compile(r"[^\W\d_]+")
CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
PATTERNS = {
    "cl100k_base": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    "o200k_base": (
        rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{CONTRACTIONS}?|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{CONTRACTIONS}?"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    ),
}


def load(path):
    """The size of a vocabulary, and a function from a text to the (start, end) of its tokens in characters."""
    name = os.path.splitext(os.path.basename(path))[0]
    if path.endswith(".tiktoken"):
        import tiktoken
        from tiktoken.load import load_tiktoken_bpe

        ranks = load_tiktoken_bpe(path)
        encoding = tiktoken.Encoding(name, pat_str=PATTERNS[name], mergeable_ranks=ranks, special_tokens={})
        lengths = {rank: token for token, rank in ranks.items()}

        def spans(text):
            # Bytes that begin a character count it; a token of continuation bytes alone has no characters.
            at, out = 0, []
            for id in encoding.encode_ordinary(text):
                length = sum(byte & 0xC0 != 0x80 for byte in lengths[id])
                out.append((at, at + length))
                at += length
            return out

        return name, len(ranks), spans
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(path)
    return name, tokenizer.get_vocab_size(), lambda text: tokenizer.encode(text, add_special_tokens=False).offsets


def measure(spans, texts):
    size = tokens = words = whole = in_words = 0
    for text in texts:
        size += len(text.encode())
        of_text = spans(text)
        tokens += len(of_text)
        # Where a token ends. A token may begin with the space before a word.
        at = 0
        for word in WORD.finditer(text):
            while at < len(of_text) and of_text[at][1] <= word.start():
                at += 1
            first = at
            while at < len(of_text) and of_text[at][0] < word.end():
                at += 1
            words += 1
            in_words += at - first
            whole += at - first == 1
            at = max(at - 1, first) if at and at <= len(of_text) and of_text[at - 1][1] > word.end() else at
    return {"bytes": size, "tokens": tokens, "words": words, "in_words": in_words, "whole": whole}


def main():
    kinds = {}
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.jsonl"))):
        with open(path, encoding="utf8") as lines:
            kinds[os.path.basename(path)[:-6]] = [json.loads(line)["text"] for line in lines]
    mb = {kind: sum(len(t.encode()) for t in texts) / 1e6 for kind, texts in kinds.items()}
    print("MB: " + ", ".join(f"{kind} {size:.2f}" for kind, size in mb.items()))
    head = "".join(f" {kind:>12s}" for kind in kinds)
    print(f"{'bytes/token':20s} {'size':>7s}{head} {'all':>7s} {'tokens/word':>11s} {'whole':>6s}")
    for path in sys.argv[2:]:
        name, size, spans = load(path)
        rows = [measure(spans, texts) for texts in kinds.values()]
        total = {key: sum(row[key] for row in rows) for key in rows[0]}
        cells = "".join(f" {row['bytes'] / row['tokens']:12.3f}" for row in rows)
        print(f"{name:20s} {size:7d}{cells} {total['bytes'] / total['tokens']:7.3f} "
              f"{total['in_words'] / total['words']:11.3f} {100 * total['whole'] / total['words']:5.1f}%", flush=True)


if __name__ == "__main__":
    main()
