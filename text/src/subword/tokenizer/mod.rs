//! A tokenizer as `tokenizer.json` describes it.
