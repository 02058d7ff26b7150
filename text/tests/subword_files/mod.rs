//! `tokenizer.json` files made for tests.

use serde_json::{Value, json};
use sprog_text::subword::byte_level;

/// Merges as pairs of tokens in GPT-2's alphabet.
pub(crate) type Merges = Vec<(String, String)>;

/// A byte-level BPE file with the given merges; ids are the bytes', then those of the tokens that merges make.
pub(crate) fn byte_level_file(merges: &Merges) -> Value {
    let mut vocab = serde_json::Map::new();
    for byte in 0..=255u8 {
        vocab.insert(byte_level::encode(&[byte]), json!(byte));
    }
    for (a, b) in merges {
        let id = vocab.len();
        vocab.entry(format!("{a}{b}")).or_insert(json!(id));
    }
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
        "post_processor": null,
        "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
            "vocab": vocab, "merges": merges}
    })
}

/// A pre-tokenizer of a regular expression.
pub(crate) fn split(regex: &str) -> Value {
    json!({"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": false},
        {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})
}

/// An added token with nothing special.
pub(crate) fn added(id: usize, content: &str) -> Value {
    json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
        "normalized": false, "special": true})
}
