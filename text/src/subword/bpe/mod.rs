//! Byte pair encoding: words to ids, with the fast path.
