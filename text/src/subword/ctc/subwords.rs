//! Labels of one character or more, by byte-pair encoding over characters.

use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::pre_tokenizers::metaspace::{Metaspace, PrependScheme};
use tokenizers::{AddedToken, Model};

use super::{Characters, Error, Labels, Options, RareCharacter, Transcripts, characters};
use crate::subword::tokenizer::Tokenizer;

/// What stands before the first label of a word, as SentencePiece has it.
const WORD_START: char = '\u{2581}';

/// Characters of the longest word that is learnt from. The trainer's time grows with the square of a word's length, and
/// longer ones are no words.
const LONGEST_WORD: usize = 1000;

/// Labels of one character or more, and the tokenizer that writes words in them.
///
/// Merges are of characters and not of bytes: a label is something that can be heard, and half a letter cannot.
pub struct Subwords {
    labels: Labels,
    chosen: Characters,
    tokenizer: Tokenizer,
    json: String,
}

/// Trains `vocab_size` labels on transcripts: the blank, the unknown, the characters that [`characters`] chooses, `▁` for
/// the start of a word, and merges that are met twice or more, as many as there is room for. The delimiter of the options
/// is not used. Nothing is learnt of words with a character that is no label, or of more than 1,000 characters.
///
/// The same transcripts give the same labels. Source: Sennrich et al. 2016, as Hugging Face's `BpeTrainer` has it.
///
/// # Errors
/// Those of [`characters`]; [`Error::Size`] where the characters alone are more than `vocab_size`.
///
/// ```
/// use sprog_text::subword::ctc::{Options, Transcripts, subwords};
/// let mut transcripts = Transcripts::default();
/// transcripts.add("det er det der er det");
/// let subwords = subwords(&transcripts, 40, &Options::default())?;
/// assert_eq!((subwords.labels().id("<blank>"), subwords.labels().len()), (Some(0), 37));
/// let names = |ids: Vec<u32>| ids.iter().filter_map(|id| subwords.labels().name(*id)).collect::<Vec<_>>();
/// assert_eq!(subwords.spell("det").map(names), Ok(vec!["▁det"]));
/// assert_eq!(subwords.spell("42"), Err('4'));
/// # Ok::<(), sprog_text::subword::ctc::Error>(())
/// ```
pub fn subwords(transcripts: &Transcripts, vocab_size: usize, options: &Options) -> Result<Subwords, Error> {
    let start = WORD_START.to_string();
    let chosen = characters(transcripts, &Options { delimiter: start.clone(), ..options.clone() })?;
    let least = chosen.labels.len();
    if vocab_size < least {
        return Err(Error::Size { wanted: vocab_size, least });
    }
    let special = [Some(options.blank.as_str()), chosen.labels.unknown()];
    let special: Vec<AddedToken> =
        special.into_iter().flatten().map(|name| AddedToken::from(name.to_owned(), true)).collect();
    let alphabet = chosen.labels.names().iter().skip(special.len()).filter_map(|name| name.chars().next());
    let trainer = BpeTrainer::builder()
        .show_progress(false)
        .vocab_size(vocab_size)
        .min_frequency(2)
        .special_tokens(special.clone())
        .initial_alphabet(alphabet.collect())
        .build();
    let words = transcripts.words().filter_map(|(word, count)| {
        let word = chosen.write(word);
        let length = chosen.labels.spell(&word).ok()?.len();
        (length <= LONGEST_WORD).then_some(())?;
        Some((format!("{WORD_START}{word}").into(), count))
    });
    let failed = |e: tokenizers::Error| Error::Training { reason: e.to_string() };
    let mut model = BPE::default();
    trainer.do_train(&words.collect(), &mut model).map_err(failed)?;
    model.unk_token = chosen.labels.unknown().map(str::to_owned);
    model.fuse_unk = true;
    let size = u32::try_from(model.get_vocab_size()).unwrap_or(u32::MAX);
    let names: Vec<String> = (0..size).filter_map(|id| model.id_to_token(id)).collect();
    let labels = Labels::new(names, chosen.labels.unknown(), None)?;

    let mut tokenizer = tokenizers::Tokenizer::new(model);
    tokenizer.with_pre_tokenizer(Some(Metaspace::new(WORD_START, PrependScheme::Always, true)));
    tokenizer.with_decoder(Some(Metaspace::new(WORD_START, PrependScheme::Always, true)));
    tokenizer.add_special_tokens(special).map_err(failed)?;
    let json = tokenizer.to_string(true).map_err(failed)? + "\n";
    let tokenizer =
        Tokenizer::from_json(json.as_bytes()).map_err(|e| Error::Training { reason: e.to_string() })?;
    Ok(Subwords { labels, chosen, tokenizer, json })
}

impl Subwords {
    /// The labels.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Characters of the transcripts that are no labels, by code point.
    pub fn rare(&self) -> &[RareCharacter] {
        &self.chosen.rare
    }

    /// The `tokenizer.json` that writes texts in these labels. Characters that are written with others have to be so in
    /// the texts that it is given; [`Subwords::write`] does that.
    pub fn tokenizer_json(&self) -> &str {
        &self.json
    }

    /// A transcript with its rare characters as they are written in labels; what has no label stays.
    pub fn write(&self, transcript: &str) -> String {
        self.chosen.write(transcript)
    }

    /// A word in labels.
    ///
    /// # Errors
    /// The first character that has no label.
    pub fn spell(&self, word: &str) -> Result<Vec<u32>, char> {
        self.chosen.labels.spell(word)?;
        let first = word.chars().next().unwrap_or(WORD_START);
        // A word of known characters can be written: each is a label.
        self.tokenizer.encode(word, false).map_err(|_| first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trained(vocab_size: usize) -> Result<Subwords, Error> {
        let mut transcripts = Transcripts::default();
        for n in 0..50 {
            transcripts
                .add(&format!("rødgrød med fløde er dejligt {}", ["på", "en", "søndag", "idé"][n % 4]));
        }
        subwords(&transcripts, vocab_size, &Options { min_count: 20, ..Options::default() })
    }

    #[test]
    fn labels_are_written_with_characters_and_the_same_twice() {
        let (first, second) = (trained(50).unwrap(), trained(50).unwrap());
        assert_eq!(first.tokenizer_json(), second.tokenizer_json());
        let labels = first.labels();
        assert_eq!((labels.len(), labels.id("<blank>"), labels.id("<unk>")), (50, Some(0), Some(1)));
        assert!(labels.id("▁").is_some() && labels.id("q").is_some(), "{:?}", labels.names());
        let said = first.spell("rødgrød").unwrap();
        let text: String = said.iter().filter_map(|id| labels.name(*id)).collect();
        assert_eq!(text, "▁rødgrød");
        assert!(said.len() < 8, "{said:?}");
        assert_eq!((first.spell("é"), first.spell(&first.write("idé")).is_ok()), (Err('é'), true));
        assert_eq!(first.rare().len(), 1);
        assert_eq!(first.tokenizer.decode(&said, false), Ok("rødgrød".into()));
    }

    #[test]
    fn a_word_of_a_million_letters_is_spelled_and_not_learnt_from() {
        let mut transcripts = Transcripts::default();
        transcripts.add(&"æ".repeat(1_000_000));
        transcripts.add("ja ja ja");
        let found = subwords(&transcripts, 100, &Options::default()).unwrap();
        assert_eq!((found.labels().id("ææ"), found.labels().id("▁ja").is_some()), (None, true));
        assert_eq!(found.spell(&"æ".repeat(100_000)).map(|ids| ids.len()), Ok(100_001));
    }

    #[test]
    fn too_few_labels_are_an_error() {
        assert!(matches!(trained(10), Err(Error::Size { wanted: 10, least: 32 })));
        // There are no more merges than that.
        assert!(trained(1000).unwrap().labels().len() < 1000);
    }
}
