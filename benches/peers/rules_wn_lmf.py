"""Whether two WN-LMF files say the same, as the package wn (PyPI) reads them: one, and the other written
by `wn_lmf::Writer` from it.

    python rules_wn_lmf.py mini-lmf-1.0.xml written.xml
"""

import sys

from wn import lmf


def plain(value):
    """Without what is empty, and with the members' order as it stands."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items() if v not in (None, "", [], {}) and k != "lmf_version"}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


one, other = (plain(lmf.load(path)) for path in sys.argv[1:3])
assert one == other, "the two files differ"
lexicons = one["lexicons"]
print("the same:", [(l["id"], len(l.get("entries", [])), len(l.get("synsets", []))) for l in lexicons])
