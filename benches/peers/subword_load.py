"""Whether a tokenizer.json of ours loads in tokenizers and transformers, and gives the ids of sprog.

    pip install tokenizers transformers
    python benches/peers/subword_load.py SPROG T.json TEXT.jsonl [DOCUMENTS]

SPROG is the program. Compared are the ids of the first DOCUMENTS texts, and what they decode to.
"""
import json
import subprocess
import sys

from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast


def main():
    sprog, path, corpus = sys.argv[1:4]
    most = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
    with open(corpus, encoding="utf8") as file:
        texts = [json.loads(line)["text"] for line, _ in zip(file, range(most))]
    texts += ["", " ", "  to  mellemrum ", "æøå ÆØÅ é 12345", "日本語 \U0001F469\u200d\U0001F680 \0 <0x41>", "\r\n\t"]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    command = [sprog, "tokenizer", "encode", "--jsonl", "--tokenizer", path]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    ours = [json.loads(line)["ids"] for line in done.stdout.splitlines()]
    assert len(ours) == len(texts), (len(ours), len(texts))
    tokenizer = Tokenizer.from_file(path)
    fast = PreTrainedTokenizerFast(tokenizer_file=path)
    lossless = json.load(open(path))["model"]["type"] != "WordPiece"
    tokens = 0
    for text, ids in zip(texts, ours):
        assert tokenizer.encode(text, add_special_tokens=False).ids == ids, text[:200]
        assert fast(text, add_special_tokens=False)["input_ids"] == ids, text[:200]
        if lossless:
            assert tokenizer.decode(ids) == text, text[:200]
            assert fast.decode(ids, clean_up_tokenization_spaces=False) == text, text[:200]
        tokens += len(ids)
    size = sum(len(text.encode()) for text in texts)
    print(f"{len(texts)} texts, {size} bytes, {tokens} tokens, {size / tokens:.3f} bytes a token: the same ids")


if __name__ == "__main__":
    main()
