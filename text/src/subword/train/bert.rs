//! The words of BERT, by the crate `tokenizers`.

use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::{
    NormalizedString, Normalizer, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer,
};

use super::Error;

/// Cuts a text into words as cased BERT does: at spaces, with punctuation by itself, accents and capitals kept.
pub struct BertWords {
    normalizer: BertNormalizer,
}

impl Default for BertWords {
    fn default() -> Self {
        BertWords::new()
    }
}

impl BertWords {
    /// Cuts as the file says that [`WordPieceModel::to_json`](super::WordPieceModel::to_json) writes.
    pub fn new() -> BertWords {
        BertWords { normalizer: BertNormalizer::new(true, true, Some(false), false) }
    }

    /// Hands out the words of a text, in order.
    ///
    /// # Errors
    /// [`Error::Words`] if the crate gives up, for which no text is known.
    pub fn words(&self, text: &str, mut each: impl FnMut(&str)) -> Result<(), Error> {
        let failed = |e: tokenizers::Error| Error::Words(e.to_string());
        let mut normalized = NormalizedString::from(text);
        self.normalizer.normalize(&mut normalized).map_err(failed)?;
        let mut cut = PreTokenizedString::from(normalized);
        BertPreTokenizer.pre_tokenize(&mut cut).map_err(failed)?;
        for (word, _, _) in cut.get_splits(OffsetReferential::Original, OffsetType::Byte) {
            each(word);
        }
        Ok(())
    }
}
