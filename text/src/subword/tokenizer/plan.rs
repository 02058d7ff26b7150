//! Whether a file has a fast path, and what that is made of.

use std::collections::HashMap;

use serde_json::Value;

use super::added::Added;
use super::error::quoted;
use super::fast::{Decoder, Fast, Step};
use super::json::{AddedToken, BpeModel, File, Model};
use super::pool::Pool;
use super::post;
use super::vocab::Vocab;
use super::{Error, bounds};
use crate::codes::{TOKENIZER_MERGES, TOKENIZER_VOCABULARY};
use crate::subword::bpe::{Bpe, MOST_IDS, MOST_MERGES, Merge};
use crate::subword::byte_level;
use crate::subword::pretokenize::Pattern;

/// Leaves with a reason.
macro_rules! slow {
    ($($reason:tt)*) => { return Ok(Err(format!($($reason)*))) };
}

/// What a step of reading gives: an error, a reason why there is no fast path, or the thing.
type Planned<T> = Result<Result<T, String>, Error>;

/// Takes what is planned, or leaves with the error or the reason.
macro_rules! or_slow {
    ($planned:expr) => {
        match $planned? {
            Ok(value) => value,
            Err(reason) => return Ok(Err(reason)),
        }
    };
}

/// The fast path of a file, or why it has none.
pub(super) fn plan(json: &[u8]) -> Planned<Box<Fast>> {
    let file = File::read(json)?;
    bounds::check(&file)?;
    match file.model::<Model>()?.kind.as_deref() {
        Some("BPE") => {}
        Some(kind) => slow!("its model is {}", quoted(kind)),
        None => slow!("its model has no type"),
    }
    let model: BpeModel<'_> = file.model()?;
    if let Some(reason) = no_bytes(&model) {
        return Ok(Err(reason));
    }
    if set(&file.truncation) {
        slow!("it truncates");
    }
    if set(&file.padding) {
        slow!("it pads");
    }
    let (steps, prefix_space) = match pre_tokenizer(file.pre_tokenizer.as_ref()) {
        Ok(planned) => planned,
        Err(reason) => return Ok(Err(reason)),
    };
    let nfc = match kind(file.normalizer.as_ref()) {
        None => false,
        Some("NFC") => true,
        Some(kind) => slow!("its normalizer is {}", quoted(kind)),
    };
    let decoder = match kind(file.decoder.as_ref()) {
        None => Decoder::Joined,
        Some("ByteLevel") => Decoder::Bytes,
        Some(kind) => slow!("its decoder is {}", quoted(kind)),
    };
    let post = match &file.post_processor {
        None | Some(Value::Null) => Vec::new(),
        Some(value) => or_slow!(post::read(value)),
    };
    let (bpe, mut vocab) = or_slow!(bpe(&model));
    let added = or_slow!(added(file.added_tokens, nfc, &model, &bpe, &mut vocab));
    Ok(Ok(Box::new(Fast {
        bpe,
        vocab,
        added,
        steps,
        prefix_space,
        nfc,
        post,
        decoder,
        pool: Pool::default(),
    })))
}

fn set(value: &Option<Value>) -> bool {
    value.as_ref().is_some_and(|v| !v.is_null())
}

/// The type of a part; empty if it has none.
fn kind(value: Option<&Value>) -> Option<&str> {
    value.filter(|v| !v.is_null()).map(|v| v.get("type").and_then(Value::as_str).unwrap_or_default())
}

/// Why a model does not merge bytes.
fn no_bytes(model: &BpeModel<'_>) -> Option<String> {
    if model.dropout.is_some_and(|p| p != 0.0) {
        return Some("its merges drop out at random".into());
    }
    if model.continuing_subword_prefix.as_ref().is_some_and(|p| !p.is_empty()) {
        return Some("its tokens inside a word have a prefix".into());
    }
    if model.end_of_word_suffix.as_ref().is_some_and(|p| !p.is_empty()) {
        return Some("its tokens at the end of a word have a suffix".into());
    }
    if model.byte_fallback == Some(true) {
        return Some("it works on characters, and on bytes where it must".into());
    }
    None
}

/// The steps of a pre-tokenizer that ends in bytes, and whether it puts a space before the text.
fn pre_tokenizer(value: Option<&Value>) -> Result<(Vec<Step>, bool), String> {
    let Some(value) = value.filter(|v| !v.is_null()) else { return Err("it has no pre-tokenizer".into()) };
    let parts = match value.get("type").and_then(Value::as_str) {
        Some("Sequence") => value.get("pretokenizers").and_then(Value::as_array).map(Vec::as_slice),
        _ => Some(std::slice::from_ref(value)),
    };
    let Some((last, before)) = parts.and_then(<[Value]>::split_last) else {
        return Err("its pre-tokenizer is empty".into());
    };
    if kind(Some(last)) != Some("ByteLevel") {
        return Err(format!("its pre-tokenizer is {}", quoted(kind(Some(last)).unwrap_or_default())));
    }
    let mut steps = before.iter().map(step).collect::<Result<Vec<_>, _>>()?;
    let flag = |name: &str| last.get(name).and_then(Value::as_bool);
    let prefix_space = flag("add_prefix_space").ok_or("its pre-tokenizer lacks add_prefix_space")?;
    if prefix_space && !steps.is_empty() {
        return Err("it puts a space before every word".into());
    }
    if flag("use_regex") != Some(false) {
        steps.push(Step::Pattern(Pattern::Gpt2));
    }
    Ok((steps, prefix_space))
}

fn step(value: &Value) -> Result<Step, String> {
    match kind(Some(value)) {
        Some("Digits") => match value.get("individual_digits").and_then(Value::as_bool) {
            Some(individual) => Ok(Step::Digits { individual }),
            None => Err("its pre-tokenizer lacks individual_digits".into()),
        },
        Some("Split") => {
            let text = |name: &str| value.get(name).and_then(Value::as_str);
            let inverted = value.get("invert").and_then(Value::as_bool);
            // A known pattern covers every text, so that there is nothing between its matches to remove.
            if !matches!(
                (text("behavior"), inverted),
                (Some("Isolated"), Some(false)) | (Some("Removed"), Some(true))
            ) {
                return Err("its pre-tokenizer splits in a way that is not known".into());
            }
            let regex = value.get("pattern").and_then(|p| p.get("Regex")).and_then(Value::as_str);
            let regex = regex.ok_or("its pre-tokenizer splits at a string")?;
            let pattern = Pattern::from_regex(regex);
            pattern.map(Step::Pattern).ok_or_else(|| format!("its pattern is not known: {}", quoted(regex)))
        }
        kind => Err(format!("its pre-tokenizer is {}", quoted(kind.unwrap_or_default()))),
    }
}

/// The model with its tokens.
fn bpe(model: &BpeModel<'_>) -> Planned<(Bpe, Vocab)> {
    let tokens = &model.vocab.0;
    if tokens.len() > MOST_IDS || tokens.iter().any(|t| t.1 as usize >= MOST_IDS) {
        slow!("it has ids of {MOST_IDS} or more");
    }
    if model.merges.0.len() > MOST_MERGES {
        slow!("it has more than {MOST_MERGES} merges");
    }
    let mut vocab = Vocab::default();
    for (token, id) in tokens {
        if !vocab.add_model_token(token, *id) {
            let what = match vocab.text(*id).filter(|other| other != token) {
                Some(other) => {
                    format!("the tokens {} and {} have both the id {id}", quoted(other), quoted(token))
                }
                None => format!("the token {} is there twice", quoted(token)),
            };
            return Err(Error::new(TOKENIZER_VOCABULARY, format!("model.vocab: {what}")));
        }
    }
    let mut bytes = [0; 256];
    for (byte, id) in bytes.iter_mut().enumerate() {
        let token = String::from(byte_level::CHARS[byte]);
        match vocab.id(&token) {
            Some(known) => *id = known,
            None => slow!("it has no token for the byte {byte:#04x}"),
        }
    }
    let mut joined = String::new();
    let mut merges = Vec::with_capacity(model.merges.0.len());
    for (i, (a, b)) in model.merges.0.iter().enumerate() {
        joined.clear();
        joined.push_str(a);
        joined.push_str(b);
        let id = |token: &str| {
            vocab.id(token).ok_or_else(|| {
                let place = format!("model.merges: merge {} of {} and {}", i + 1, quoted(a), quoted(b));
                Error::new(TOKENIZER_MERGES, format!("{place}: {} is not in the vocabulary", quoted(token)))
            })
        };
        merges.push(Merge { left: id(a)?, right: id(b)?, new: id(&joined)? });
    }
    let Some(mut bpe) = Bpe::new(bytes, merges) else { slow!("it is too large") };
    if model.ignore_merges == Some(true) {
        let whole: HashMap<Box<[u8]>, u32> = tokens
            .iter()
            .filter_map(|(token, id)| Some((byte_level::decode(token)?.into_boxed_slice(), *id)))
            .collect();
        bpe = bpe.with_whole_words(whole);
    }
    Ok(Ok((bpe, vocab)))
}

/// The added tokens, with the ids that they get.
fn added(
    tokens: Vec<AddedToken>,
    nfc: bool,
    model: &BpeModel<'_>,
    bpe: &Bpe,
    vocab: &mut Vocab,
) -> Planned<Added> {
    // The crate does not believe the ids in the file.
    let mut next = model.vocab.0.len() as u32;
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<AddedToken> = Vec::new();
    for token in tokens {
        if token.content.is_empty() {
            continue;
        }
        if let Some(&at) = seen.get(&token.content) {
            let first = &kept[at];
            if *first != (AddedToken { id: first.id, ..token.clone() }) {
                slow!("its added token {} is there twice", quoted(&token.content));
            }
            continue;
        }
        let known = vocab.id(&token.content);
        let id = known.unwrap_or(next);
        if known.is_none() {
            next += 1;
        }
        if id != token.id {
            slow!("its added token {} has the id {}, and would get {id}", quoted(&token.content), token.id);
        }
        if id as usize >= MOST_IDS {
            slow!("it has ids of {MOST_IDS} or more");
        }
        if nfc && token.normalized && !unicode_normalization::is_nfc(&token.content) {
            slow!("its added token {} is not in form C", quoted(&token.content));
        }
        let reachable = known.is_some() && bpe.makes(id);
        if !vocab.add_added_token(&token.content, id, token.special, reachable) {
            slow!("its added token {} gets the id of another", quoted(&token.content));
        }
        seen.insert(token.content.clone(), kept.len());
        kept.push(token);
    }
    Ok(Ok(Added::new(kept)?))
}
