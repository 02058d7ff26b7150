//! `tokenizer.json`, as Hugging Face tokenizers 0.23 writes it.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::bpe::BpeModel;
use super::wordpiece::{CONTINUING, MOST_WORD_CHARS, WordPieceModel};
#[cfg(feature = "tokenizers")]
use super::unigram::UnigramModel;
use crate::subword::pretokenize::Pattern;

/// The file, its keys in the order in which the crate writes them.
#[derive(Serialize)]
struct File<'f, M> {
    version: &'f str,
    truncation: (),
    padding: (),
    added_tokens: Vec<Added<'f>>,
    normalizer: Value,
    pre_tokenizer: Value,
    post_processor: Value,
    decoder: Value,
    model: M,
}

#[derive(Serialize)]
struct Added<'f> {
    id: usize,
    content: &'f str,
    single_word: bool,
    lstrip: bool,
    rstrip: bool,
    normalized: bool,
    special: bool,
}

#[derive(Serialize)]
struct Bpe<'f> {
    r#type: &'f str,
    dropout: (),
    unk_token: (),
    continuing_subword_prefix: (),
    end_of_word_suffix: (),
    fuse_unk: bool,
    byte_fallback: bool,
    ignore_merges: bool,
    vocab: Vocab<'f>,
    merges: Merges<'f>,
}

#[derive(Serialize)]
struct WordPiece<'f> {
    r#type: &'f str,
    unk_token: &'f str,
    continuing_subword_prefix: &'f str,
    max_input_chars_per_word: usize,
    vocab: Vocab<'f>,
}

#[cfg(feature = "tokenizers")]
#[derive(Serialize)]
struct Unigram<'f> {
    r#type: &'f str,
    unk_id: (),
    vocab: &'f [(String, f64)],
    byte_fallback: bool,
}

/// Tokens in the order of their ids.
struct Vocab<'f>(&'f [String]);

impl Serialize for Vocab<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (id, token) in self.0.iter().enumerate() {
            map.serialize_entry(token, &id)?;
        }
        map.end()
    }
}

struct Merges<'f>(&'f BpeModel);

impl Serialize for Merges<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.merges.len()))?;
        let token = |id: u32| self.0.tokens.get(id as usize).map_or("", String::as_str);
        for &(a, b) in &self.0.merges {
            seq.serialize_element(&[token(a), token(b)])?;
        }
        seq.end()
    }
}

fn added(tokens: &[String]) -> Vec<Added<'_>> {
    let of = |(id, content)| Added {
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
    };
    tokens.iter().map(String::as_str).enumerate().map(of).collect()
}

fn byte_level(use_regex: bool) -> Value {
    json!({ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": use_regex })
}

fn pre_tokenizer(pattern: Pattern) -> Value {
    if pattern == Pattern::Gpt2 {
        return byte_level(true);
    }
    let split = json!({
        "type": "Split",
        "pattern": { "Regex": pattern.regex() },
        "behavior": "Isolated",
        "invert": false
    });
    json!({ "type": "Sequence", "pretokenizers": [split, byte_level(false)] })
}

fn write<M: Serialize>(file: &File<'_, M>) -> String {
    // Strings, numbers and maps with keys of strings: nothing that could fail.
    let mut text = serde_json::to_string_pretty(file).unwrap_or_default();
    text.push('\n');
    text
}

impl BpeModel {
    /// The model as `tokenizer.json`. `pattern` must be the one that the words it was trained on were cut with.
    ///
    /// The file loads in `tokenizers` and in `transformers` (`PreTrainedTokenizerFast`); a text is nothing but its
    /// tokens, with no token put before or behind it.
    pub fn to_json(&self, pattern: Pattern) -> String {
        write(&File {
            version: "1.0",
            truncation: (),
            padding: (),
            added_tokens: added(&self.special_tokens),
            normalizer: Value::Null,
            pre_tokenizer: pre_tokenizer(pattern),
            post_processor: Value::Null,
            decoder: byte_level(true),
            model: Bpe {
                r#type: "BPE",
                dropout: (),
                unk_token: (),
                continuing_subword_prefix: (),
                end_of_word_suffix: (),
                fuse_unk: false,
                byte_fallback: false,
                ignore_merges: false,
                vocab: Vocab(&self.tokens),
                merges: Merges(self),
            },
        })
    }
}

impl WordPieceModel {
    /// The model as `tokenizer.json` with the normalizer and the words of cased BERT: accents and capitals stay, so
    /// `å` is not `a`. With `[CLS]` and `[SEP]` among the special tokens, they stand round a text.
    pub fn to_json(&self) -> String {
        let id = |token: &str| self.special_tokens.iter().position(|t| t == token);
        let post_processor = match (id("[CLS]"), id("[SEP]")) {
            (Some(cls), Some(sep)) => {
                let special = |token: &str, n: usize| json!({ "SpecialToken": { "id": token, "type_id": n } });
                let text = |name: &str, n: usize| json!({ "Sequence": { "id": name, "type_id": n } });
                let known = |token: &str, id: usize| json!({ "id": token, "ids": [id], "tokens": [token] });
                let (a, b) = (text("A", 0), text("B", 1));
                let (first, end, last) = (special("[CLS]", 0), special("[SEP]", 0), special("[SEP]", 1));
                json!({
                    "type": "TemplateProcessing",
                    "single": [&first, &a, &end],
                    "pair": [&first, &a, &end, &b, &last],
                    "special_tokens": { "[CLS]": known("[CLS]", cls), "[SEP]": known("[SEP]", sep) }
                })
            }
            _ => Value::Null,
        };
        write(&File {
            version: "1.0",
            truncation: (),
            padding: (),
            added_tokens: added(&self.special_tokens),
            normalizer: json!({
                "type": "BertNormalizer",
                "clean_text": true,
                "handle_chinese_chars": true,
                "strip_accents": false,
                "lowercase": false
            }),
            pre_tokenizer: json!({ "type": "BertPreTokenizer" }),
            post_processor,
            decoder: json!({ "type": "WordPiece", "prefix": CONTINUING, "cleanup": true }),
            model: WordPiece {
                r#type: "WordPiece",
                unk_token: "[UNK]",
                continuing_subword_prefix: CONTINUING,
                max_input_chars_per_word: MOST_WORD_CHARS,
                vocab: Vocab(&self.tokens),
            },
        })
    }
}

#[cfg(feature = "tokenizers")]
impl UnigramModel {
    /// The model as `tokenizer.json`. `pattern` must be the one that the words it was trained on were cut with.
    pub fn to_json(&self, pattern: Pattern) -> String {
        write(&File {
            version: "1.0",
            truncation: (),
            padding: (),
            added_tokens: added(&self.special_tokens),
            normalizer: Value::Null,
            pre_tokenizer: pre_tokenizer(pattern),
            post_processor: Value::Null,
            decoder: byte_level(true),
            model: Unigram { r#type: "Unigram", unk_id: (), vocab: &self.pieces, byte_fallback: false },
        })
    }
}

#[cfg(all(test, feature = "tokenizers"))]
mod tests {
    use tokenizers::Tokenizer;

    use super::super::*;
    use crate::subword::pretokenize::Pattern;

    const TEXT: &str = "Rødgrød med fløde på Ærø. Blåbærgrød, rødbede og 12345 øl!\n\nRødgrød igen: rødgrød.";

    fn each_word(pattern: Pattern) -> impl FnMut(&mut dyn FnMut(&[u8], u64)) -> Result<(), Error> {
        let mut counts = WordCounts::new();
        counts.count_text(TEXT, pattern);
        move |each| {
            counts.for_each(each);
            Ok(())
        }
    }

    #[test]
    fn a_bpe_file_is_what_the_crate_writes_back() {
        for pattern in Pattern::ALL {
            let trainer = BpeTrainer { vocab_size: 300, ..BpeTrainer::default() };
            let json = trainer.train(&mut each_word(pattern), &mut |_| ()).unwrap().to_json(pattern);
            let theirs = Tokenizer::from_bytes(&json).unwrap();
            assert_eq!(theirs.to_string(true).unwrap() + "\n", json);
            let ids = theirs.encode(TEXT, true).unwrap();
            assert_eq!(theirs.decode(ids.get_ids(), false).unwrap(), TEXT);
            assert!(ids.len() < TEXT.len() * 3 / 4);
        }
    }

    #[test]
    fn a_unigram_file_is_what_the_crate_writes_back_and_decodes_to_every_text() {
        let trainer = UnigramTrainer { vocab_size: 290, ..UnigramTrainer::default() };
        let model = trainer.train(&mut each_word(Pattern::Danish)).unwrap();
        let json = model.to_json(Pattern::Danish);
        let theirs = Tokenizer::from_bytes(&json).unwrap();
        assert_eq!(theirs.to_string(true).unwrap() + "\n", json);
        for text in [TEXT, "日本語 \u{1F469}\u{200D}\u{1F680} \0 <0x41> ½"] {
            let ids = theirs.encode(text, true).unwrap();
            assert_eq!(theirs.decode(ids.get_ids(), false).unwrap(), text);
        }
    }

    #[test]
    fn a_wordpiece_file_is_what_the_crate_writes_back_and_knows_its_words() {
        let words = BertWords::new();
        let mut counts = WordCounts::new();
        words.words(TEXT, |word| counts.add(word.as_bytes(), 1)).unwrap();
        let trainer = WordPieceTrainer { vocab_size: 100, ..WordPieceTrainer::default() };
        let model = trainer
            .train::<Error>(
                &mut |each| {
                    counts.for_each(each);
                    Ok(())
                },
                &mut |_| (),
            )
            .unwrap();
        let json = model.to_json();
        let theirs = Tokenizer::from_bytes(&json).unwrap();
        assert_eq!(theirs.to_string(true).unwrap() + "\n", json);
        let ids = theirs.encode("Rødgrød på Blåbær!", true).unwrap();
        assert_eq!(ids.get_tokens()[0], "[CLS]");
        assert!(!ids.get_tokens().contains(&"[UNK]".to_owned()), "{:?}", ids.get_tokens());
        let unknown = theirs.encode("日", false).unwrap();
        assert_eq!(unknown.get_tokens(), ["[UNK]"]);
    }
}
