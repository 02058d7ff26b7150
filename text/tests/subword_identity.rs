//! The ids of the fast path are those of the crate `tokenizers`.
#![allow(clippy::unwrap_used, reason = "tests")]
#![cfg(feature = "tokenizers")]

mod subword_files;

use proptest::prelude::*;
use serde_json::{Value, json};
use sprog_text::subword::{byte_level, pretokenize::Pattern, tokenizer::Tokenizer};
use subword_files::{Merges, added, byte_level_file, split};

struct Both {
    ours: Tokenizer,
    theirs: tokenizers::Tokenizer,
}

impl Both {
    fn new(file: &Value) -> Self {
        let json = serde_json::to_vec(file).unwrap();
        let ours = Tokenizer::from_json(&json).unwrap();
        assert_eq!(ours.fallback(), None);
        Self { ours, theirs: tokenizers::Tokenizer::from_bytes(&json).unwrap() }
    }

    fn check(&self, text: &str) {
        let theirs = self.theirs.encode(text, true).unwrap();
        assert_eq!(self.ours.encode(text, true).unwrap(), theirs.get_ids(), "{text:?}");
        let plain = self.ours.encode(text, false).unwrap();
        assert_eq!(plain, self.theirs.encode_fast(text, false).unwrap().get_ids(), "{text:?}");
        assert_eq!(self.ours.encode_batch(&[text, "", text], true).unwrap()[2], theirs.get_ids());
        let ours = self.ours.encode_with_offsets(text, true).unwrap();
        assert_eq!(ours.ids, theirs.get_ids());
        assert_eq!(ours.offsets, theirs.get_offsets(), "{text:?} {:?}", theirs.get_tokens());
        assert_eq!(self.ours.decode(&plain, false).unwrap(), self.theirs.decode(&plain, false).unwrap());
        assert_eq!(self.ours.encode_bytes(text.as_bytes()).unwrap(), plain);
    }
}

/// Pieces that patterns and merges treat in different ways.
const PIECES: &[&str] = &[
    "a",
    "e",
    "b",
    "ab",
    "re",
    "'s",
    "'LL",
    "'",
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\u{a0}",
    "\u{85}",
    "\u{3000}",
    "æ",
    "ø",
    "å",
    "Å",
    "é",
    "e\u{301}",
    "\u{301}",
    "ſ",
    "ß",
    "ǅ",
    "日本",
    "🙂",
    "👩\u{200d}🚀",
    "1",
    "12",
    "1234567",
    "½",
    "٣",
    "Ⅷ",
    "-",
    "--",
    ".",
    ",",
    "/",
    "_",
    "\0",
    "<s>",
    "<|x|>",
    "\u{feff}",
    "\u{10ffff}",
    "Rødgrød",
    " med",
    " fløde",
    "EU's",
    "\u{200b}",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Merges of tokens that are there, with the bytes of `PIECES` more often; in any order.
fn merges() -> impl Strategy<Value = Merges> {
    let byte = || proptest::sample::select("abe s'\n æøå12-.日🙂".as_bytes().to_vec());
    let pick = (byte(), any::<proptest::sample::Index>(), 0..4u8);
    (proptest::collection::vec((pick.clone(), pick), 0..60), any::<u64>(), 0..3u8).prop_map(
        |(pairs, seed, order)| {
            let mut made: Vec<String> = Vec::new();
            let mut merges: Merges = Vec::new();
            for (a, b) in pairs {
                let token = |(byte, index, kind): (u8, proptest::sample::Index, u8)| {
                    if kind < 2 || made.is_empty() {
                        byte_level::encode(&[byte])
                    } else {
                        index.get(&made).clone()
                    }
                };
                let (a, b) = (token(a), token(b));
                if a.len() + b.len() < 40 && !merges.contains(&(a.clone(), b.clone())) {
                    made.push(format!("{a}{b}"));
                    merges.push((a, b));
                }
            }
            if order > 0 {
                // Not as trained: a merge can make a pair of a lower rank.
                let mut state = seed | 1;
                for i in (1..merges.len()).rev() {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    merges.swap(i, (state >> 33) as usize % (i + 1));
                }
            }
            if order == 2 && merges.len() > 3 {
                // A pair that comes twice has the later rank.
                merges.push(merges[0].clone());
            }
            merges
        },
    )
}

fn pre_tokenizer() -> impl Strategy<Value = Value> {
    let bytes = |prefix: bool, regex: bool| json!({"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": true, "use_regex": regex});
    let mut all = vec![bytes(false, true), bytes(true, true), bytes(false, false), bytes(true, false)];
    all.extend(Pattern::ALL.iter().map(|p| split(p.regex())));
    all.push(json!({"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, bytes(false, true)]}));
    all.push(json!({"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": false}, bytes(false, false)]}));
    all.push(json!({"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": Pattern::O200k.regex()}, "behavior": "Removed", "invert": true},
        {"type": "Digits", "individual_digits": true}, bytes(false, true)]}));
    proptest::sample::select(all)
}

fn post_processor() -> impl Strategy<Value = Value> {
    let bytes = |prefix: bool, trim: bool| json!({"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": trim, "use_regex": true});
    let template = json!({"type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
            {"SpecialToken": {"id": "<e>", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]},
            "<e>": {"id": "<e>", "ids": [2, 3], "tokens": ["<e>", "x"]}}});
    let roberta = json!({"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": true, "add_prefix_space": true});
    proptest::sample::select(vec![
        Value::Null,
        bytes(true, true),
        bytes(false, true),
        bytes(true, false),
        template.clone(),
        roberta,
        json!({"type": "Sequence", "processors": [bytes(true, true), template.clone()]}),
        json!({"type": "Sequence", "processors": [template, bytes(true, true)]}),
    ])
}

fn added_tokens() -> impl Strategy<Value = Vec<(&'static str, [bool; 5])>> {
    let contents =
        proptest::sample::subsequence(vec!["<s>", "<|x|>", "<|", "ab", "a", "é", "re", "-", "--"], 0..5);
    contents.prop_flat_map(|contents| {
        let flags = proptest::collection::vec(any::<[bool; 5]>(), contents.len());
        flags.prop_map(move |flags| contents.iter().copied().zip(flags).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn ids_and_places_are_those_of_the_crate(
        merges in merges(), texts in proptest::collection::vec(text(), 1..6),
        pre in pre_tokenizer(), post in post_processor(), tokens in added_tokens(), ignore in any::<bool>(), nfc in any::<bool>(),
    ) {
        let mut file = byte_level_file(&merges);
        file["pre_tokenizer"] = pre;
        file["post_processor"] = post;
        file["model"]["ignore_merges"] = json!(ignore);
        if nfc {
            file["normalizer"] = json!({"type": "NFC"});
        }
        let mut next = file["model"]["vocab"].as_object().unwrap().len();
        for (content, [single_word, lstrip, rstrip, normalized, special]) in tokens {
            let known = file["model"]["vocab"].get(content).and_then(Value::as_u64);
            let id = known.map_or(next, |id| id as usize);
            next += usize::from(known.is_none());
            let mut token = added(id, content);
            token["single_word"] = json!(single_word);
            token["lstrip"] = json!(lstrip);
            token["rstrip"] = json!(rstrip);
            token["normalized"] = json!(normalized);
            token["special"] = json!(special);
            file["added_tokens"].as_array_mut().unwrap().push(token);
        }
        let both = Both::new(&file);
        for text in &texts {
            both.check(text);
        }
        // Words met again come from the cache.
        both.check(&texts.concat());
    }

    #[test]
    fn long_words_are_those_of_the_crate(merges in merges(), word in "[abe]{60,70}|[ab\u{e6}]{60,400}|(aab|abba|eab){30,200}") {
        let mut file = byte_level_file(&merges);
        file["pre_tokenizer"] = split(Pattern::Gpt2.regex());
        Both::new(&file).check(&word);
    }
}

fn some_merges() -> Merges {
    let pairs = [
        ("a", "b"),
        ("Ġ", "m"),
        ("e", "d"),
        ("Ġm", "ed"),
        ("Ã", "¸"),
        ("r", "Ã¸"),
        ("Ġ", "Ġ"),
        ("ĠĠ", "ĠĠ"),
        ("ĠĠĠĠ", "ĠĠĠĠ"),
        ("a", "a"),
        ("aa", "aa"),
        ("Ã", "¦"),
        ("1", "2"),
        ("Ċ", "Ċ"),
        ("č", "Ċ"),
    ];
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn characters_of_all_planes_are_encoded_as_the_crate_does() {
    // All of the first two planes would take the crate minutes without optimization: `subword_identity` in benches/ does.
    let all: Vec<char> =
        (0..0x3000).chain((0x3000..=0x0010_FFFF).step_by(61)).filter_map(char::from_u32).collect();
    for pattern in [Pattern::Gpt2, Pattern::O200k] {
        let mut file = byte_level_file(&some_merges());
        file["pre_tokenizer"] = split(pattern.regex());
        let both = Both::new(&file);
        for chars in all.chunks(1 << 10) {
            let text: String = chars.iter().flat_map(|&c| ['a', c, ' ', c, '1', c]).collect();
            let ids = both.ours.encode(&text, false).unwrap();
            assert!(
                ids == both.theirs.encode_fast(text.as_str(), false).unwrap().get_ids(),
                "{:?}",
                chars[0]
            );
            assert_eq!(both.ours.decode(&ids, false).unwrap(), text);
        }
    }
}

#[test]
fn hostile_texts_are_encoded_as_the_crate_does() {
    let zalgo: String = "Zalgo"
        .chars()
        .flat_map(|c| {
            std::iter::once(c).chain("\u{315}\u{35f}\u{489}".repeat(100).chars().collect::<Vec<_>>())
        })
        .collect();
    let texts = [
        String::new(),
        "\0".repeat(1000),
        "a".repeat(20_000),
        "ab".repeat(10_000),
        " ".repeat(3000),
        format!("{}x", " ".repeat(3000)),
        "\r\n".repeat(2000),
        " \n".repeat(2000),
        zalgo,
        "👩‍👩‍👧‍👦🏳️‍🌈".repeat(300),
        "æøå".repeat(5_000),
        "<s>".repeat(1000),
        "<s> <s>a<s>\n<s".to_owned(),
        "1".repeat(10_000),
        "!".repeat(10_000),
        "'s't're've'm'll'd".repeat(200),
        "\u{feff}Rødgrød\u{ad} med\u{200b} fløde\u{2028}".repeat(50),
    ];
    for pattern in Pattern::ALL {
        let mut file = byte_level_file(&some_merges());
        let id = file["model"]["vocab"].as_object().unwrap().len();
        file["added_tokens"] = json!([added(id, "<s>")]);
        file["pre_tokenizer"] = split(pattern.regex());
        let both = Both::new(&file);
        for text in &texts {
            let ids = both.ours.encode(text, false).unwrap();
            let theirs = both.theirs.encode_fast(text.as_str(), false).unwrap();
            assert!(ids == theirs.get_ids(), "{pattern:?} {:?}", text.chars().take(20).collect::<String>());
            assert_eq!(both.ours.decode(&ids, false).unwrap(), *text);
        }
    }
}

#[test]
fn a_text_that_is_not_in_form_c_is_normalized() {
    let mut file = byte_level_file(&some_merges());
    file["normalizer"] = json!({"type": "NFC"});
    let both = Both::new(&file);
    for text in ["a\u{30a}bent", "e\u{301}", "åbent", "\u{1100}\u{1161}", "q\u{307}\u{323}"] {
        both.check(text);
    }
}
