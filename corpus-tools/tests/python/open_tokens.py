#!/usr/bin/env python3
"""Opens the tokens of a published dataset as training does: sequences by pyarrow, binary files by NumPy as nanoGPT and
Megatron-LM read them; and compares every document with what the crate `tokenizers` makes of its text.

    open_tokens.py sprog-out/t/1.0.0 tokenizer.json

Needs pyarrow, numpy and tokenizers.
"""
import glob
import json
import struct
import sys

import numpy
import pyarrow.parquet as pq
from tokenizers import Tokenizer

folder, tokenizer = sys.argv[1], Tokenizer.from_file(sys.argv[2])
description = json.load(open(f"{folder}/dataset.json"))
passed = 0


def check(condition, what):
    global passed
    if not condition:
        sys.exit(f"FAILED: {what}")
    passed += 1


def column(files, name):
    return [value for file in sorted(files) for value in pq.read_table(file, columns=[name]).column(name).to_pylist()]


def megatron(prefix):
    """The index of Megatron-LM's IndexedDataset: type, sizes, pointers, documents."""
    data = open(f"{prefix}.idx", "rb").read()
    check(data[:9] == b"MMIDIDX\x00\x00" and struct.unpack_from("<Q", data, 9) == (1,), "header of the index")
    kind = {8: numpy.uint16, 4: numpy.int32}[data[17]]
    sequences, documents = struct.unpack_from("<QQ", data, 18)
    sizes = numpy.frombuffer(data, numpy.int32, sequences, 34)
    pointers = numpy.frombuffer(data, numpy.int64, sequences, 34 + sizes.nbytes)
    bounds = numpy.frombuffer(data, numpy.int64, documents, 34 + sizes.nbytes + pointers.nbytes)
    check(34 + sizes.nbytes + pointers.nbytes + bounds.nbytes == len(data), "size of the index")
    check((bounds == numpy.arange(sequences + 1)).all(), "a document is a sequence")
    return kind, sizes, pointers


for config in description["configs"]:
    tokens = config.get("tokens")
    if not tokens or config["modality"] != "text":
        continue
    marks = [[tokenizer.token_to_id(tokens[name])] if tokens.get(name) else [] for name in ("bos", "eos")]
    packed = "tokens" if config["name"] == "text" else f"{config['name']}_tokens"
    for split in tokens["splits"]:
        name = split["name"]
        files = glob.glob(f"{folder}/data/{config['name']}/{name}-*.parquet")
        encoded = tokenizer.encode_batch(column(files, "text"), add_special_tokens=False)
        counts = column(files, "token_count")
        check(counts == [len(e.ids) for e in encoded], f"{name}: token_count")
        whole = {i: marks[0] + e.ids + marks[1] for i, e in zip(column(files, "id"), encoded)}

        sequences = sorted(glob.glob(f"{folder}/data/{packed}/{name}-*.parquet"))
        if sequences:
            features = json.loads(pq.read_schema(sequences[0]).metadata[b"huggingface"])["info"]["features"]
            check(features["input_ids"]["feature"]["dtype"] == "int32", "Hugging Face features")
            pieces = {}
            rows = zip(*(column(sequences, c) for c in ("input_ids", "seq_lengths", "document_ids")))
            for ids, lengths, documents in rows:
                at = 0
                for length, document in zip(lengths, documents):
                    pieces.setdefault(document, []).append(ids[at : at + length])
                    at += length
                padding = set(ids[at:])
                check(not padding or padding == {tokenizer.token_to_id(tokens["pad"])}, "padding")
            check(pieces.keys() == whole.keys(), f"{name}: the documents of the sequences")
            # Pieces of a document that was cut can lie in sequences of any order.
            same = (sorted(t for p in pieces[i] for t in p) == sorted(whole[i]) for i in whole)
            check(all(same), f"{name}: the tokens of the sequences")
            one = (pieces[i][0] == whole[i] for i in whole if len(pieces[i]) == 1)
            check(all(one), f"{name}: the tokens of whole documents")

        if tokens.get("binary"):
            prefix = f"{folder}/{tokens['folder']}/{name}"
            flat = numpy.memmap(f"{prefix}.bin", dtype=numpy.dtype(tokens["binary"]), mode="r")
            kind, sizes, pointers = megatron(prefix)
            table = pq.read_table(f"{prefix}_documents.parquet")
            ids, starts = table["id"].to_pylist(), table["start"].to_pylist()
            check(table["tokens"].to_pylist() == sizes.tolist(), f"{name}: sizes")
            check([s * flat.itemsize for s in starts] == pointers.tolist(), f"{name}: pointers")
            check(set(ids) == whole.keys() and len(flat) == sum(map(len, whole.values())), f"{name}: all documents")
            same = (flat[s : s + n].tolist() == whole[i] for i, s, n in zip(ids, starts, sizes))
            check(all(same), f"{name}: the tokens of the binary file")
            mapped = numpy.memmap(f"{prefix}.bin", dtype=kind, mode="r")
            check((mapped == flat).all(), f"{name}: the same tokens to Megatron-LM")

print(f"{passed} passed, 0 failed")
