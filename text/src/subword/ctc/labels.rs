//! Labels with their numbers, and the files that hold them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Error;

/// The labels of a CTC model, in the order of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    names: Vec<String>,
    ids: BTreeMap<String, u32>,
    unknown: Option<u32>,
    delimiter: Option<u32>,
    characters: BTreeMap<char, u32>,
}

impl Labels {
    /// Labels named so: the first is the blank, `unknown` stands for what has no label, and `delimiter` stands between
    /// words. Names of one character, other than these three, spell words.
    ///
    /// # Errors
    /// [`Error::Label`] for a name that is empty, has white space or control characters in it, or comes twice; or that is
    /// `unknown` or `delimiter` and not among the names.
    pub fn new(names: Vec<String>, unknown: Option<&str>, delimiter: Option<&str>) -> Result<Labels, Error> {
        let mut ids = BTreeMap::new();
        for (name, id) in names.iter().zip(0u32..) {
            let wrong = |reason| Error::Label { name: name.clone(), reason };
            if name.is_empty() {
                return Err(wrong("empty"));
            }
            if name.chars().any(|c| c.is_whitespace() || c.is_control()) {
                return Err(wrong("has white space or control characters in it"));
            }
            if ids.insert(name.clone(), id).is_some() {
                return Err(wrong("stands for two labels"));
            }
        }
        let id = |name: Option<&str>| match name {
            None => Ok(None),
            Some(name) => match ids.get(name) {
                Some(id) => Ok(Some(*id)),
                None => Err(Error::Label { name: name.to_owned(), reason: "not among the labels" }),
            },
        };
        let (unknown, delimiter) = (id(unknown)?, id(delimiter)?);
        let spells = |id: u32| id != 0 && Some(id) != unknown && Some(id) != delimiter;
        let characters = names.iter().zip(0u32..).filter_map(|(name, id)| {
            let mut chars = name.chars();
            let c = chars.next()?;
            (chars.next().is_none() && spells(id)).then_some((c, id))
        });
        let characters = characters.collect();
        Ok(Labels { names, ids, unknown, delimiter, characters })
    }

    /// How many there are, the blank among them: the columns of the model.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The number of a label.
    pub fn id(&self, name: &str) -> Option<u32> {
        self.ids.get(name).copied()
    }

    /// The name of a label.
    pub fn name(&self, id: u32) -> Option<&str> {
        self.names.get(id as usize).map(String::as_str)
    }

    /// All names, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The label between words.
    pub fn delimiter(&self) -> Option<&str> {
        self.delimiter.and_then(|id| self.name(id))
    }

    /// The label for what has none.
    pub fn unknown(&self) -> Option<&str> {
        self.unknown.and_then(|id| self.name(id))
    }

    /// The label of a character.
    pub fn character(&self, c: char) -> Option<u32> {
        self.characters.get(&c).copied()
    }

    /// A word in labels of one character each.
    ///
    /// # Errors
    /// The first character that has no label.
    pub fn spell(&self, word: &str) -> Result<Vec<u32>, char> {
        word.chars().map(|c| self.character(c).ok_or(c)).collect()
    }

    /// wav2vec2's `vocab.json`: names and numbers, in the order of the numbers.
    pub fn vocab_json(&self) -> String {
        let mut json = String::from("{\n");
        for (id, name) in self.names.iter().enumerate() {
            let name = serde_json::Value::from(name.as_str());
            let comma = if id + 1 < self.names.len() { "," } else { "" };
            // Writing to a string does not fail.
            let _ = writeln!(json, "  {name}: {id}{comma}");
        }
        json.push_str("}\n");
        json
    }

    /// The `tokenizer_config.json` beside it, by which transformers' `Wav2Vec2CTCTokenizer` knows the special names. No
    /// label begins or ends a text, so that transformers adds none to the labels.
    pub fn tokenizer_config_json(&self) -> String {
        let config = serde_json::json!({
            "tokenizer_class": "Wav2Vec2CTCTokenizer",
            "pad_token": self.name(0),
            "unk_token": self.unknown(),
            "word_delimiter_token": self.delimiter(),
            "bos_token": null,
            "eos_token": null,
            "do_lower_case": false,
            "replace_word_delimiter_char": " ",
        });
        format!("{config:#}\n")
    }

    /// `tokens.txt` of Kaldi, icefall and k2: a name and its number a line.
    pub fn tokens_txt(&self) -> String {
        let mut text = String::new();
        for (id, name) in self.names.iter().enumerate() {
            let _ = writeln!(text, "{name} {id}");
        }
        text
    }

    /// A name a line, in order: the tokens of torchaudio's `ctc_decoder`, flashlight and ESPnet.
    pub fn labels_txt(&self) -> String {
        let mut text = String::new();
        for name in &self.names {
            text.push_str(name);
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&str]) -> Vec<String> {
        all.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn each_file_is_as_its_readers_expect_it() {
        let labels =
            Labels::new(names(&["[PAD]", "[UNK]", "|", "a", "\"", "å"]), Some("[UNK]"), Some("|")).unwrap();
        let vocab: BTreeMap<String, u32> = serde_json::from_str(&labels.vocab_json()).unwrap();
        assert_eq!((vocab.len(), vocab["[PAD]"], vocab["\""], vocab["å"]), (6, 0, 4, 5));
        assert_eq!(labels.tokens_txt(), "[PAD] 0\n[UNK] 1\n| 2\na 3\n\" 4\nå 5\n");
        assert_eq!(labels.labels_txt(), "[PAD]\n[UNK]\n|\na\n\"\nå\n");
        let config: serde_json::Value = serde_json::from_str(&labels.tokenizer_config_json()).unwrap();
        assert_eq!((&config["pad_token"], &config["eos_token"]), (&"[PAD]".into(), &serde_json::Value::Null));
    }

    #[test]
    fn special_names_of_one_character_spell_nothing() {
        let labels = Labels::new(names(&["-", "|", "a"]), None, Some("|")).unwrap();
        assert_eq!(labels.spell("a"), Ok(vec![2]));
        assert_eq!((labels.spell("a-a"), labels.spell("a|")), (Err('-'), Err('|')));
        assert_eq!((labels.spell(""), labels.unknown()), (Ok(vec![]), None));
    }

    #[test]
    fn a_name_that_no_file_could_hold_is_an_error() {
        for wrong in [&["<b>", "a b"][..], &["<b>", ""], &["<b>", "a", "a"], &["<b>", "a\n"], &["<b>", "\0"]]
        {
            assert!(matches!(Labels::new(names(wrong), None, None), Err(Error::Label { .. })), "{wrong:?}");
        }
        assert!(Labels::new(names(&["<b>"]), Some("<unk>"), None).is_err());
        assert!(Labels::new(Vec::new(), None, None).unwrap().is_empty());
    }
}
