//! What a tokenizer promises whatever the file: round trips, batches, bytes; and what bad files say.
#![allow(clippy::unwrap_used, reason = "a file that is refused is to fail the test")]

mod subword_files;

use proptest::prelude::*;
use serde_json::{Value, json};
use sprog_text::codes::{TOKENIZER_JSON, TOKENIZER_MERGES, TOKENIZER_UNSUPPORTED, TOKENIZER_VOCABULARY};
use sprog_text::subword::{pretokenize::Pattern, tokenizer::Tokenizer};
use subword_files::{added, byte_level_file, split};

fn read(file: &Value) -> Result<Tokenizer, sprog_text::subword::tokenizer::Error> {
    Tokenizer::from_json(&serde_json::to_vec(file).unwrap())
}

fn merges(pairs: &[(&str, &str)]) -> subword_files::Merges {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

fn danish() -> Value {
    let mut file =
        byte_level_file(&merges(&[("a", "b"), ("Ġ", "a"), ("Ã", "¸"), ("e", "n"), ("Ġ", "d"), ("Ġd", "en")]));
    file["pre_tokenizer"] = split(Pattern::Danish.regex());
    file
}

proptest! {
    #[test]
    fn bytes_come_back(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0xC3), Just(0xB8), Just(b' ')], 0..200)) {
        let tokenizer = read(&danish()).unwrap();
        let ids = tokenizer.encode_bytes(&bytes).unwrap();
        prop_assert_eq!(tokenizer.decode_bytes(&ids).unwrap(), bytes.clone());
        if let Ok(text) = std::str::from_utf8(&bytes) {
            prop_assert_eq!(&tokenizer.encode(text, false).unwrap(), &ids);
            prop_assert_eq!(tokenizer.decode(&ids, false).unwrap(), text);
        }
    }
}

/// A token that takes the space behind it along does so in a long text too, which is cut for threads.
#[test]
fn a_long_text_is_not_cut_off_the_space_of_a_token() {
    let mut file = byte_level_file(&merges(&[("a", "b")]));
    let mut token = added(257, "mask");
    token["rstrip"] = json!(true);
    file["added_tokens"] = json!([token]);
    let tokenizer = read(&file).unwrap();
    let text = "mask b ".repeat(80_000);
    let whole = tokenizer.encode(&text, false).unwrap();
    assert_eq!(tokenizer.encode_batch(&[&text], false).unwrap()[0], whole);
}

/// A long text is cut for threads, where words end; without a pattern words do not end at spaces.
#[test]
fn a_long_text_without_a_pattern_is_not_cut_at_a_space() {
    let mut file = byte_level_file(&merges(&[("a", "Ġ")]));
    file["pre_tokenizer"] = json!({"type": "Sequence", "pretokenizers": [
        {"type": "Digits", "individual_digits": true},
        {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]});
    let tokenizer = read(&file).unwrap();
    let text = "a a a a1".repeat(80_000);
    let whole = tokenizer.encode(&text, false).unwrap();
    assert!(whole.len() < text.len());
    assert_eq!(tokenizer.encode_batch(&[&text], false).unwrap()[0], whole);
}

#[test]
fn threads_share_a_tokenizer() {
    let tokenizer = read(&danish()).unwrap();
    let expected = tokenizer.encode("Den abe på øen", false).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(tokenizer.encode("Den abe på øen", false).unwrap(), expected);
                }
            });
        }
    });
}

#[test]
fn a_long_text_cut_for_threads_has_the_ids_of_the_whole() {
    let words = [
        "Den ",
        "store",
        " rødgrød",
        " 1.234.567,89",
        "\n\n",
        "  ",
        " EU's",
        " <|x|>",
        "'s ",
        "-",
        " a b c d",
        "?!\r\n",
        "🙂",
    ];
    let mut text = String::new();
    let mut state = 7u32;
    while text.len() < 3 << 20 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push_str(words[(state >> 16) as usize % words.len()]);
    }
    for pattern in Pattern::ALL {
        let mut file = danish();
        file["pre_tokenizer"] = split(pattern.regex());
        let id = file["model"]["vocab"].as_object().unwrap().len();
        file["added_tokens"] = json!([added(id, "<|x|>")]);
        let tokenizer = read(&file).unwrap();
        let whole = tokenizer.encode(&text, false).unwrap();
        let batch = tokenizer.encode_batch(&["a", &text, "", &text[..1000]], false).unwrap();
        assert!(batch[1] == whole, "{pattern:?}");
        assert!(batch[2].is_empty());
        let mut ids = Vec::new();
        tokenizer.encoder().encode_into(&text, &mut ids).unwrap();
        assert!(ids == whole);
        assert_eq!(tokenizer.decode(&ids, false).unwrap(), text);
    }
}

#[test]
fn an_added_token_with_danish_letters_comes_back_as_it_was() {
    let mut file = danish();
    let id = file["model"]["vocab"].as_object().unwrap().len();
    // Trainers put special tokens into the vocabulary too.
    file["model"]["vocab"]["<|spørgsmål|>"] = json!(id);
    file["added_tokens"] = json!([added(id, "<|spørgsmål|>"), added(id + 1, "<|år|>")]);
    let tokenizer = read(&file).unwrap();
    let text = "<|spørgsmål|> Hvad så? <|år|>";
    let ids = tokenizer.encode(text, false).unwrap();
    assert!(ids.contains(&(id as u32)) && ids.contains(&(id as u32 + 1)));
    assert_eq!(tokenizer.decode(&ids, false).unwrap(), text);
    assert_eq!(tokenizer.decode(&ids, true).unwrap(), " Hvad så? ");
    assert_eq!(tokenizer.vocab_size(), id + 2);
    assert_eq!(tokenizer.token_to_id("<|år|>"), Some(id as u32 + 1));
    assert_eq!(tokenizer.id_to_token(id as u32).as_deref(), Some("<|spørgsmål|>"));
    assert_eq!(tokenizer.id_to_token(u32::MAX), None);
    assert_eq!(tokenizer.decode(&[u32::MAX, id as u32], false).unwrap(), "<|spørgsmål|>");
}

#[test]
fn a_file_cut_off_anywhere_is_an_error() {
    let mut file = byte_level_file(&merges(&[("a", "b")]));
    file["added_tokens"] = json!([added(257, "<s>")]);
    let json = serde_json::to_vec(&file).unwrap();
    for end in 0..json.len() {
        let error = Tokenizer::from_json(&json[..end]).err().unwrap();
        assert_eq!(error.code(), TOKENIZER_JSON);
        assert!(error.to_string().ends_with("[SPROG-3001]"));
    }
}

#[test]
fn what_is_no_tokenizer_is_an_error() {
    let deep = format!("{{\"model\":{}", "[".repeat(1_000_000));
    let deep_part =
        format!("{{\"post_processor\":{}{}}}", "{\"processors\":[".repeat(100_000), "]}".repeat(100_000));
    let binary = [0xFFu8, 0xFE, 0, 1];
    for json in [
        b"".as_slice(),
        b"{}",
        b"null",
        b"[]",
        b"{\"model\":3}",
        b"{\"model\":{\"type\":\"BPE\"}}",
        deep.as_bytes(),
        deep_part.as_bytes(),
        &binary,
    ] {
        let error = Tokenizer::from_json(json).err().unwrap();
        assert!([TOKENIZER_JSON, TOKENIZER_UNSUPPORTED].contains(&error.code()), "{error}");
        assert!(error.to_string().len() < 400);
    }
}

#[test]
fn an_id_that_two_tokens_have_is_an_error() {
    let mut file = byte_level_file(&merges(&[("a", "b")]));
    file["model"]["vocab"]["ab"] = json!(65);
    let error = read(&file).err().unwrap();
    assert_eq!(error.code(), TOKENIZER_VOCABULARY);
    assert!(error.to_string().contains("\"A\" and \"ab\""), "{error}");
    let twice =
        serde_json::to_string(&byte_level_file(&vec![])).unwrap().replace("\"!\":33", "\"!\":33,\"!\":300");
    assert_eq!(Tokenizer::from_json(twice.as_bytes()).err().unwrap().code(), TOKENIZER_VOCABULARY);
}

#[test]
fn a_vocabulary_with_holes_works() {
    let mut file = byte_level_file(&merges(&[("a", "b")]));
    file["model"]["vocab"]["ab"] = json!(70_000);
    let tokenizer = read(&file).unwrap();
    assert_eq!(tokenizer.encode("cab", false).unwrap(), [99, 70_000]);
    assert_eq!(tokenizer.decode(&[99, 70_000, 300], false).unwrap(), "cab");
    assert_eq!((tokenizer.vocab_size(), tokenizer.id_to_token(300)), (257, None));
}

#[test]
fn a_merge_of_what_is_not_there_is_an_error() {
    for merge in [json!(["a", "xyz"]), json!(["xyz", "a"]), json!(["a", "c"]), json!("a c"), json!(["", "c"])]
    {
        let mut file = byte_level_file(&merges(&[("a", "b")]));
        file["model"]["merges"] = json!([merge]);
        let result = read(&file);
        match result.err() {
            Some(error) => assert_eq!(error.code(), TOKENIZER_MERGES, "{error}"),
            None => panic!("{merge}"),
        }
    }
    for merge in [json!("ab"), json!("a b c"), json!(["a"]), json!(["a", "b", "c"]), json!(3), json!(null)] {
        let mut file = byte_level_file(&merges(&[("a", "b")]));
        file["model"]["merges"] = json!([merge]);
        assert_eq!(read(&file).err().unwrap().code(), TOKENIZER_JSON);
    }
}

#[test]
fn merges_are_pairs_or_lines() {
    let mut file = byte_level_file(&merges(&[("a", "b"), ("ab", "c")]));
    file["model"]["merges"] = json!(["#version: 0.2", "a b", "ab c"]);
    assert_eq!(read(&file).unwrap().encode("abc", false).unwrap(), [257]);
}

#[test]
fn ids_past_all_bounds_are_no_panic() {
    for id in [u64::from(u32::MAX), 1 << 21, 1 << 32, u64::MAX] {
        let mut file = byte_level_file(&merges(&[("a", "b")]));
        file["model"]["vocab"]["ab"] = json!(id);
        if let Ok(tokenizer) = read(&file) {
            assert!(tokenizer.fallback().is_some());
            assert_eq!(tokenizer.encode("ab", false).unwrap(), [id as u32]);
        }
    }
}

#[test]
fn an_empty_model_is_no_panic() {
    let mut file = byte_level_file(&vec![]);
    file["model"]["vocab"] = json!({});
    if let Ok(tokenizer) = read(&file) {
        assert!(tokenizer.encode("hej", true).unwrap().is_empty());
        assert_eq!(tokenizer.decode(&[0], false).unwrap(), "");
    }
}

#[test]
fn a_template_that_names_unknown_tokens_is_an_error() {
    let mut file = byte_level_file(&vec![]);
    for piece in
        [json!({"SpecialToken": {"id": "<s>", "type_id": 0}}), json!({"Sequence": {"id": "B", "type_id": 0}})]
    {
        file["post_processor"] =
            json!({"type": "TemplateProcessing", "single": [piece], "pair": [], "special_tokens": {}});
        assert_eq!(read(&file).err().unwrap().code(), TOKENIZER_JSON);
    }
}

#[test]
fn a_million_special_tokens_are_found() {
    let mut file = byte_level_file(&vec![]);
    let tokens: Vec<Value> = (0..1_000_000).map(|i| added(256 + i, &format!("<|særlig_{i}|>"))).collect();
    file["added_tokens"] = Value::Array(tokens);
    let tokenizer = read(&file).unwrap();
    assert_eq!(tokenizer.vocab_size(), 1_000_256);
    assert_eq!(tokenizer.encode("<|særlig_999999|><|særlig_1|>", false).unwrap(), [256 + 999_999, 257]);
}

#[test]
fn a_word_without_end_is_encoded() {
    let file = byte_level_file(&merges(&[("a", "b"), ("ab", "ab"), ("c", "a")]));
    let tokenizer = read(&file).unwrap();
    let word = "abcabab".repeat(300_000);
    let ids = tokenizer.encode(&word, false).unwrap();
    assert_eq!(tokenizer.decode(&ids, false).unwrap(), word);
    let part = tokenizer.encode(&"abcabab".repeat(300), false).unwrap();
    assert_eq!(ids[..part.len() - 4], part[..part.len() - 4]);
}

#[test]
fn what_would_take_all_memory_is_refused() {
    let padding = json!({"strategy": {"Fixed": 1u64 << 40}, "direction": "Right", "pad_to_multiple_of": null,
        "pad_id": 0, "pad_type_id": 0, "pad_token": "x"});
    let replace = json!({"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaaaaaaaa"});
    let normalizer = json!({"type": "Sequence", "normalizers": vec![replace; 12]});
    for (field, value) in [("padding", padding), ("normalizer", normalizer)] {
        let mut file = byte_level_file(&vec![]);
        file[field] = value;
        assert_eq!(read(&file).err().unwrap().code(), TOKENIZER_JSON);
    }
}

#[test]
fn what_has_no_fast_path_says_why() {
    let cases = [
        ("dropout", json!(0.5)),
        ("byte_fallback", json!(true)),
        ("continuing_subword_prefix", json!("##")),
        ("end_of_word_suffix", json!("</w>")),
    ];
    for (field, value) in cases {
        let mut file = byte_level_file(&vec![]);
        file["model"][field] = value;
        why(&file);
    }
    let cases = [
        ("normalizer", json!({"type": "Lowercase"})),
        ("pre_tokenizer", json!({"type": "Whitespace"})),
        ("pre_tokenizer", split(r"\w+")),
        (
            "truncation",
            json!({"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0}),
        ),
        ("decoder", json!({"type": "Fuse"})),
    ];
    for (field, value) in cases {
        let mut file = byte_level_file(&vec![]);
        file[field] = value;
        why(&file);
    }
}

fn why(file: &Value) {
    match read(file) {
        Ok(tokenizer) => assert!(tokenizer.fallback().is_some_and(|why| why.starts_with("it"))),
        Err(error) => assert_eq!(error.code(), TOKENIZER_UNSUPPORTED, "{error}"),
    }
}
