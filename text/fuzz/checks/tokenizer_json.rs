//! What a fuzzer checks of `subword::tokenizer`; only the public API is called.

use sprog_text::subword::byte_level;
use sprog_text::subword::tokenizer::Tokenizer;

/// The parts of a file that the bytes stand for, one after the other; what is left is the text.
const PARTS: [&str; 6] =
    ["added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "merges"];

/// Panics if a file makes the reader panic, or a tokenizer that was read does not give back what it encoded.
pub(crate) fn check(data: &[u8]) {
    if let Ok(tokenizer) = Tokenizer::from_json(data) {
        encode(&tokenizer, data);
    }
    // The same bytes as one part of a file that is good otherwise, up to a zero.
    let Some((&which, rest)) = data.split_first() else { return };
    let part = PARTS[usize::from(which) % PARTS.len()];
    let mut pieces = rest.splitn(2, |&b| b == 0);
    let value = String::from_utf8_lossy(pieces.next().unwrap_or_default()).into_owned();
    let text = pieces.next().unwrap_or_default();
    let tokenizer = Tokenizer::from_json(file(part, &value).as_bytes());
    if let Ok(tokenizer) = tokenizer {
        encode(&tokenizer, text);
        encode(&tokenizer, value.as_bytes());
    }
}

fn file(part: &str, value: &str) -> String {
    let or = |name: &str, usual: &str| if name == part { value.to_owned() } else { usual.to_owned() };
    let bytes = r#"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"#;
    let mut vocab: String = (0..=255u8).map(|b| format!("{:?}:{b},", byte_level::encode(&[b]))).collect();
    vocab.push_str(r#""ab":256,"abab":257,"Ġa":258,"aa":259"#);
    format!(
        r#"{{"version":"1.0","truncation":null,"padding":null,"added_tokens":{},"normalizer":{},"pre_tokenizer":{},
        "post_processor":{},"decoder":{},"model":{{"type":"BPE","vocab":{{{vocab}}},"merges":{}}}}}"#,
        or(
            "added_tokens",
            r#"[{"id":260,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}]"#
        ),
        or("normalizer", "null"),
        or("pre_tokenizer", bytes),
        or("post_processor", "null"),
        or("decoder", bytes),
        or("merges", r#"["a b","ab ab","Ġ a","a a"]"#),
    )
}

fn encode(tokenizer: &Tokenizer, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(ids) = tokenizer.encode(&text, false) else { return };
    assert_eq!(tokenizer.encode_batch(&[&text], false).ok().as_deref(), Some([ids.clone()].as_slice()));
    let mut again = Vec::new();
    assert!(tokenizer.encoder().encode_into(&text, &mut again).is_ok() && again == ids);
    if let Ok(places) = tokenizer.encode_with_offsets(&text, false) {
        assert_eq!(places.ids, ids);
        assert!(places.offsets.iter().all(|&(start, end)| start <= end && end <= text.len()));
    }
    let _ = tokenizer.encode(&text, true);
    let _ = tokenizer.decode(&ids, true);
    if let Ok(ids) = tokenizer.encode_bytes(bytes) {
        let _ = tokenizer.decode_bytes(&ids);
    }
}
