//! The step `tokenize` on batches of rows: `token_count` becomes what a tokenizer counts, and where tokens are
//! published, they are kept beside the text.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryBuilder, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use sprog_datasets::tokens::{Packing, TOKENS, Tokens, Width};
use sprog_datasets::{Error, Result};
use sprog_text::subword::tokenizer::Tokenizer;

use super::outcome::{FileProblem, Outcome};
use super::steps::{Origins, Why, strings, value};
use crate::codes;
use crate::recipe::{Loaded, RecipeError, Step};

/// A step `tokenize` with its tokenizer.
pub(crate) struct Tokenize {
    /// The step's index in the recipe.
    pub(super) index: usize,
    pub(super) tokenizer: Tokenizer,
    pub(super) width: Width,
    /// The tokens around each document, as bytes.
    pub(super) bos: Vec<u8>,
    pub(super) eos: Vec<u8>,
    eos_id: Option<u32>,
    pub(super) pad: Option<u32>,
    pub(super) packing: Option<(Packing, u32)>,
    pub(super) binary: bool,
    /// What dataset.json says of it, without the splits.
    pub(super) described: Tokens,
}

/// Whether the tokenizers of a recipe can be read and have the tokens that it names.
///
/// # Errors
/// [`RecipeError`], with the line of the step, where not.
pub fn check(loaded: &Loaded) -> std::result::Result<(), RecipeError> {
    load(loaded).map(drop)
}

/// Reads the tokenizers of all steps `tokenize`.
///
/// # Errors
/// [`RecipeError`], with the line of the step, where a tokenizer cannot be read or lacks a token.
pub(super) fn load(loaded: &Loaded) -> std::result::Result<Vec<Arc<Tokenize>>, RecipeError> {
    let mut out = Vec::new();
    for (index, step) in loaded.recipe.steps.iter().enumerate() {
        let fail = |message: String| RecipeError {
            file: loaded.path.display().to_string(),
            line: crate::recipe::line_of(&loaded.text, step.span().start),
            message: format!("tokenize: {message}"),
        };
        if let Some(tokenize) = Tokenize::new(index, step.get_ref(), &loaded.dir).map_err(fail)? {
            out.push(Arc::new(tokenize));
        }
    }
    Ok(out)
}

impl Tokenize {
    fn new(
        index: usize,
        step: &Step,
        dir: &std::path::Path,
    ) -> std::result::Result<Option<Tokenize>, String> {
        let Step::Tokenize { tokenizer: file, packing, sequence_length, bos, eos, pad, seed, binary, .. } =
            step
        else {
            return Ok(None);
        };
        let path: PathBuf = dir.join(file);
        let bytes = std::fs::read(&path).map_err(|e| format!("{file:?}: {e}"))?;
        let tokenizer = Tokenizer::from_json(&bytes).map_err(|e| format!("{file:?}: {e}"))?;
        let width = Width::of(tokenizer.vocab_size());
        let id = |name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => match tokenizer.token_to_id(name) {
                Some(id) => Ok(Some(id)),
                None => Err(format!("{file:?} has no token {name:?}")),
            },
        };
        let (bos_id, eos_id, pad_id) = (id(bos)?, id(eos)?, id(pad)?);
        let encoded = |id: Option<u32>| {
            let mut out = Vec::new();
            match id.is_none_or(|id| width.push(id, &mut out)) {
                true => Ok(out),
                false => Err(format!("{file:?} has ids beyond the size of its vocabulary")),
            }
        };
        let packing = packing.zip(*sequence_length);
        let described = Tokens {
            // Where it lay is not for those who get the dataset.
            tokenizer: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            blake3: blake3::hash(&bytes).to_hex().to_string(),
            vocab_size: tokenizer.vocab_size() as u64,
            fallback: tokenizer.fallback().map(str::to_owned),
            bos: bos.clone(),
            eos: eos.clone(),
            pad: pad.clone(),
            seed: seed.clone(),
            packing: None,
            sequence_length: None,
            binary: None,
            folder: None,
            splits: Vec::new(),
        };
        let (bos, eos) = (encoded(bos_id)?, encoded(eos_id)?);
        Ok(Some(Tokenize {
            index,
            tokenizer,
            width,
            bos,
            eos,
            eos_id,
            pad: pad_id,
            packing,
            binary: *binary,
            described,
        }))
    }

    /// Whether tokens are published, and not only counted.
    pub(super) fn keeps(&self) -> bool {
        self.packing.is_some() || self.binary
    }

    /// Tokens that each document has besides those of its text.
    pub(super) fn marks(&self) -> u32 {
        ((self.bos.len() + self.eos.len()) / self.width.bytes()) as u32
    }

    /// The batch with its tokens counted, and for each row why it is dropped. Texts that hold the token of the
    /// document's end are told as problems.
    pub(super) fn run(
        &self,
        batch: &RecordBatch,
        outcome: &mut Outcome,
    ) -> Result<(RecordBatch, Vec<Option<Why>>)> {
        let texts = strings(batch, "text")?;
        let origin = Origins::of(batch)?;
        let mut counts = Vec::with_capacity(texts.len());
        let mut kept = self.keeps().then(BinaryBuilder::new);
        let mut reasons = Vec::with_capacity(texts.len());
        let mut problems: Vec<FileProblem> = Vec::new();
        let mut bytes = Vec::new();
        for row in 0..texts.len() {
            bytes.clear();
            let text = value(texts, row).unwrap_or_default();
            let (ids, failed) = match self.tokenizer.encode(text, false) {
                Ok(ids) => (ids, None),
                Err(e) => (Vec::new(), Some(format!("the tokenizer: {e}"))),
            };
            let fits = kept.is_none() || ids.iter().all(|id| self.width.push(*id, &mut bytes));
            let reason = failed.or_else(|| (!fits).then(|| "an id beyond the vocabulary's size".to_owned()));
            if let Some(eos) = self.eos_id
                && reason.is_none()
                && ids.contains(&eos)
            {
                let message = format!(
                    "the text holds {:?}, which ends documents here; kept as it is",
                    self.described.eos.as_deref().unwrap_or_default()
                );
                problems.push(origin.problem(row, codes::TOKEN_IN_TEXT, message));
            }
            counts.push(ids.len() as i64);
            if let Some(kept) = &mut kept {
                kept.append_value(&bytes);
            }
            reasons.push(reason.map(Why::from));
        }
        outcome.problems.append(&mut problems);
        let invalid = |e: arrow::error::ArrowError| Error::Invalid(e.to_string());
        let schema = batch.schema();
        let mut columns = batch.columns().to_vec();
        columns[schema.index_of("token_count").map_err(invalid)?] = Arc::new(Int64Array::from(counts));
        let batch = match kept {
            None => RecordBatch::try_new(schema, columns),
            Some(mut kept) => {
                let tokens: ArrayRef = Arc::new(kept.finish());
                columns.push(tokens);
                let mut fields: Vec<Arc<Field>> = schema.fields().iter().cloned().collect();
                fields.push(Arc::new(Field::new(TOKENS, DataType::Binary, true)));
                RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
            }
        };
        Ok((batch.map_err(invalid)?, reasons))
    }
}
