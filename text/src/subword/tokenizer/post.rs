//! What is done to the ids of a text at the end: tokens around them, and spaces off their places.

use serde::Deserialize;
use serde_json::Value;

use super::error::quoted;
use super::{Encoding, Error};
use crate::codes::TOKENIZER_JSON;

/// A step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Post {
    /// Takes spaces at the ends of tokens out of their places.
    Trim { prefix_space: bool },
    /// Puts special tokens around the text.
    Surround { before: Vec<u32>, after: Vec<u32> },
}

/// Steps nested in steps, at most.
const DEEPEST: usize = 16;

/// The steps of a file; a reason if there is one that is not known.
pub(super) fn read(value: &Value) -> Result<Result<Vec<Post>, String>, Error> {
    let mut steps = Vec::new();
    Ok(add(value, DEEPEST, &mut steps)?.map(|()| steps))
}

#[derive(Deserialize)]
struct Template {
    single: Vec<Piece>,
    special_tokens: std::collections::HashMap<String, Special>,
}

#[derive(Deserialize)]
enum Piece {
    Sequence { id: char },
    SpecialToken { id: String },
}

#[derive(Deserialize)]
struct Special {
    ids: Vec<u32>,
}

#[derive(Deserialize)]
struct Roberta {
    sep: (String, u32),
    cls: (String, u32),
    trim_offsets: bool,
    add_prefix_space: bool,
}

fn add(value: &Value, deep: usize, steps: &mut Vec<Post>) -> Result<Result<(), String>, Error> {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "ByteLevel" => {
            let flag = |name: &str| value.get(name).and_then(Value::as_bool);
            let (Some(trim), Some(prefix_space)) = (flag("trim_offsets"), flag("add_prefix_space")) else {
                return Err(malformed("ByteLevel without trim_offsets or add_prefix_space"));
            };
            if trim {
                steps.push(Post::Trim { prefix_space });
            }
        }
        "TemplateProcessing" => {
            let template = Template::deserialize(value).map_err(malformed)?;
            let (mut before, mut after) = (Vec::new(), Vec::new());
            let mut texts = 0;
            for piece in &template.single {
                match piece {
                    Piece::Sequence { id: 'A' } => texts += 1,
                    Piece::Sequence { .. } => {
                        return Err(malformed("the template of one text has a second one"));
                    }
                    Piece::SpecialToken { id } => {
                        let special = template.special_tokens.get(id).ok_or_else(|| {
                            malformed(format!("the template names the unknown token {}", quoted(id)))
                        })?;
                        if texts == 0 { &mut before } else { &mut after }.extend(&special.ids);
                    }
                }
            }
            if texts != 1 {
                return Ok(Err(format!("its template has the text {texts} times")));
            }
            steps.push(Post::Surround { before, after });
        }
        "RobertaProcessing" => {
            let roberta = Roberta::deserialize(value).map_err(malformed)?;
            if roberta.trim_offsets {
                steps.push(Post::Trim { prefix_space: roberta.add_prefix_space });
            }
            steps.push(Post::Surround { before: vec![roberta.cls.1], after: vec![roberta.sep.1] });
        }
        "Sequence" if deep > 0 => {
            for value in value.get("processors").and_then(Value::as_array).into_iter().flatten() {
                if let Err(reason) = add(value, deep - 1, steps)? {
                    return Ok(Err(reason));
                }
            }
        }
        _ => return Ok(Err(format!("its post-processor is {}", quoted(kind)))),
    }
    Ok(Ok(()))
}

fn malformed(cause: impl std::fmt::Display) -> Error {
    Error::new(TOKENIZER_JSON, format!("post_processor: {cause}"))
}

impl Post {
    /// Takes this step on ids alone.
    pub(super) fn ids(&self, ids: &mut Vec<u32>) {
        if let Post::Surround { before, after } = self {
            ids.splice(0..0, before.iter().copied());
            ids.extend(after);
        }
    }

    /// Takes this step on ids with places. `spaces` has the white space at the ends of each token, as
    /// [`spaces_around`] counts it.
    pub(super) fn places(
        &self,
        encoding: &mut Encoding,
        spaces: &mut Vec<(usize, usize)>,
        add_special: bool,
    ) {
        match self {
            Post::Surround { before, after } => {
                if !add_special {
                    return;
                }
                self.ids(&mut encoding.ids);
                encoding.offsets.splice(0..0, before.iter().map(|_| (0, 0)));
                encoding.offsets.extend(after.iter().map(|_| (0, 0)));
                // Nothing can be taken off a place that is empty, so that no later step needs to know these.
                spaces.splice(0..0, before.iter().map(|_| (0, 0)));
                spaces.extend(after.iter().map(|_| (0, 0)));
            }
            Post::Trim { prefix_space } => {
                for (i, (place, (leading, trailing))) in
                    encoding.offsets.iter_mut().zip(spaces.iter().copied()).enumerate()
                {
                    let mut leading = leading;
                    if leading == 1 && *prefix_space && (i == 0 || place.0 == 0) {
                        leading = 0;
                    }
                    place.0 = (place.0 + leading).min(place.1);
                    if trailing > 0 && place.1 >= trailing {
                        place.1 = (place.1 - trailing).max(place.0);
                    }
                }
            }
        }
    }
}

/// How many characters of white space are at the start and at the end of a token, in GPT-2's alphabet or not.
pub(super) fn spaces_around(token: &str) -> (usize, usize) {
    let is_space = |c: &char| *c == 'Ġ' || c.is_whitespace();
    (token.chars().take_while(is_space).count(), token.chars().rev().take_while(is_space).count())
}
