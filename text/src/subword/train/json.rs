//! `tokenizer.json`, as Hugging Face tokenizers 0.23 writes it.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::bpe::BpeModel;
#[cfg(feature = "tokenizers")]
use super::unigram::UnigramModel;
use super::wordpiece::{CONTINUING, MOST_WORD_CHARS, WordPieceModel};
use crate::subword::pretokenize::Pattern;

/// The file, its keys in the order in which the crate writes them.
#[derive(Serialize)]
struct File<'f, M> {
    version: &'f str,
    truncation: (),
    padding: (),
    added_tokens: Vec<Added<'f>>,
    normalizer: Node,
    pre_tokenizer: Node,
    post_processor: Node,
    decoder: Node,
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

/// JSON whose keys stay in their order.
enum Node {
    Value(Value),
    Map(Vec<(&'static str, Node)>),
    List(Vec<Node>),
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Node::Value(value) => value.serialize(serializer),
            Node::Map(fields) => serializer.collect_map(fields.iter().map(|(key, value)| (key, value))),
            Node::List(nodes) => serializer.collect_seq(nodes),
        }
    }
}

const NONE: Node = Node::Value(Value::Null);

fn value(value: impl Into<Value>) -> Node {
    Node::Value(value.into())
}

fn byte_level(add_prefix_space: bool, use_regex: bool) -> Node {
    Node::Map(vec![
        ("type", value("ByteLevel")),
        ("add_prefix_space", value(add_prefix_space)),
        ("trim_offsets", value(true)),
        ("use_regex", value(use_regex)),
    ])
}

fn pre_tokenizer(pattern: Pattern) -> Node {
    if pattern == Pattern::Gpt2 {
        return byte_level(false, true);
    }
    let split = Node::Map(vec![
        ("type", value("Split")),
        ("pattern", Node::Map(vec![("Regex", value(pattern.regex()))])),
        ("behavior", value("Isolated")),
        ("invert", value(false)),
    ]);
    let both = Node::List(vec![split, byte_level(false, false)]);
    Node::Map(vec![("type", value("Sequence")), ("pretokenizers", both)])
}

/// `[CLS]` before a text and `[SEP]` after each.
fn bert_template(cls: usize, sep: usize) -> Node {
    let token = |token: &str, n: usize| {
        Node::Map(vec![("SpecialToken", Node::Map(vec![("id", value(token)), ("type_id", value(n))]))])
    };
    let text = |name: &str, n: usize| {
        Node::Map(vec![("Sequence", Node::Map(vec![("id", value(name)), ("type_id", value(n))]))])
    };
    let known = |token: &'static str, id: usize| {
        let ids = Node::List(vec![value(id)]);
        (
            token,
            Node::Map(vec![("id", value(token)), ("ids", ids), ("tokens", Node::List(vec![value(token)]))]),
        )
    };
    let one = || vec![token("[CLS]", 0), text("A", 0), token("[SEP]", 0)];
    let mut two = one();
    two.extend([text("B", 1), token("[SEP]", 1)]);
    Node::Map(vec![
        ("type", value("TemplateProcessing")),
        ("single", Node::List(one())),
        ("pair", Node::List(two)),
        ("special_tokens", Node::Map(vec![known("[CLS]", cls), known("[SEP]", sep)])),
    ])
}

fn write<M: Serialize>(file: &File<'_, M>) -> String {
    // Strings, numbers and maps with keys of strings: nothing that could fail.
    serde_json::to_string_pretty(file).unwrap_or_default()
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
            normalizer: NONE,
            pre_tokenizer: pre_tokenizer(pattern),
            post_processor: NONE,
            // As `decoders.ByteLevel()` writes it; the decoder uses none of it.
            decoder: byte_level(true, true),
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
            (Some(cls), Some(sep)) => bert_template(cls, sep),
            _ => NONE,
        };
        write(&File {
            version: "1.0",
            truncation: (),
            padding: (),
            added_tokens: added(&self.special_tokens),
            normalizer: Node::Map(vec![
                ("type", value("BertNormalizer")),
                ("clean_text", value(true)),
                ("handle_chinese_chars", value(true)),
                ("strip_accents", value(false)),
                ("lowercase", value(false)),
            ]),
            pre_tokenizer: Node::Map(vec![("type", value("BertPreTokenizer"))]),
            post_processor,
            decoder: Node::Map(vec![
                ("type", value("WordPiece")),
                ("prefix", value(CONTINUING)),
                ("cleanup", value(true)),
            ]),
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
            normalizer: NONE,
            pre_tokenizer: pre_tokenizer(pattern),
            post_processor: NONE,
            // As `decoders.ByteLevel()` writes it; the decoder uses none of it.
            decoder: byte_level(true, true),
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

    #[allow(clippy::type_complexity, reason = "what `train` takes, as a closure that owns its words")]
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
            assert_eq!(theirs.to_string(true).unwrap(), json);
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
        assert_eq!(theirs.to_string(true).unwrap(), json);
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
        assert_eq!(theirs.to_string(true).unwrap(), json);
        let ids = theirs.encode("Rødgrød på Blåbær!", true).unwrap();
        assert_eq!(ids.get_tokens()[0], "[CLS]");
        assert!(!ids.get_tokens().contains(&"[UNK]".to_owned()), "{:?}", ids.get_tokens());
        let unknown = theirs.encode("日", false).unwrap();
        assert_eq!(unknown.get_tokens(), ["[UNK]"]);
    }
}
