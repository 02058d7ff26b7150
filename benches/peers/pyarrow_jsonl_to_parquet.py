#!/usr/bin/env python3
"""pyarrow's own way from JSONL.zst to Parquet zstd-3, to time beside `sprog build`.

    pyarrow_jsonl_to_parquet.py IN.jsonl.zst OUT.parquet
"""
import resource
import sys
import time

import pyarrow
import pyarrow.json
import pyarrow.parquet

start = time.time()
with pyarrow.CompressedInputStream(pyarrow.OSFile(sys.argv[1]), "zstd") as source:
    table = pyarrow.json.read_json(source, read_options=pyarrow.json.ReadOptions(block_size=8 << 20))
read = time.time()
pyarrow.parquet.write_table(table, sys.argv[2], compression="zstd", compression_level=3)
used = resource.getrusage(resource.RUSAGE_SELF)
print(
    f"{table.num_rows} rows: read {read - start:.1f} s, write {time.time() - read:.1f} s, "
    f"cpu {used.ru_utime + used.ru_stime:.1f} s, peak {used.ru_maxrss / 1024:.0f} MB"
)
