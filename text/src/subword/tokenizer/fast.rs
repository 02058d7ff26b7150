//! The fast path: byte-level BPE with pre-tokenizers that are known.

use unicode_normalization::{IsNormalized, is_nfc_quick};

use super::added::{Added, Part};
use super::pool::{Pool, map};
use super::post::{Post, spaces_around};
use super::vocab::Vocab;
use super::{Encoding, Error};
use crate::codes::TOKENIZER_TEXT;
use crate::subword::bpe::{Bpe, Cache, LONGEST_WORD, TooLong};
use crate::subword::pretokenize::{Pattern, Scan, Visit};

/// Bytes of a job of [`Fast::encode_batch`], about; a longer text is cut if it can be.
const JOB: usize = 256 << 10;
/// How far from there a place to cut is looked for, in bytes.
const NEAR: usize = 16 << 10;

/// What a step of the pre-tokenizer does with each word of the step before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Numeric characters one by one, or in runs.
    Digits { individual: bool },
    /// A regular expression.
    Pattern(Pattern),
}

/// How ids become a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decoder {
    /// The bytes of the tokens.
    Bytes,
    /// The tokens as in the file, with spaces between.
    Joined,
}

pub(super) struct Fast {
    pub(super) bpe: Bpe,
    pub(super) vocab: Vocab,
    pub(super) added: Added,
    pub(super) steps: Vec<Step>,
    /// Whether a text, or what stands behind an added token, gets a space before it.
    pub(super) prefix_space: bool,
    /// Whether the text has to be in Unicode's form C.
    pub(super) nfc: bool,
    pub(super) post: Vec<Post>,
    pub(super) decoder: Decoder,
    pub(super) pool: Pool,
}

struct Encode<'a> {
    bpe: &'a Bpe,
    text: &'a str,
    cache: &'a mut Cache,
    ids: &'a mut Vec<u32>,
}

impl Visit for Encode<'_> {
    type Output = Result<(), TooLong>;

    fn visit<S: Scan>(self) -> Self::Output {
        self.bpe.encode::<S>(self.text.as_bytes(), self.cache, self.ids)
    }
}

impl Fast {
    /// Whether the normalizer leaves a text as it is. False also where it is not known without normalizing.
    pub(super) fn is_normal(&self, text: &str) -> bool {
        // Below U+0300 nothing composes.
        !self.nfc || text.bytes().all(|b| b < 0xCC) || is_nfc_quick(text.chars()) == IsNormalized::Yes
    }

    /// Appends the ids of a text that is normal.
    pub(super) fn encode_into(&self, text: &str, cache: &mut Cache, ids: &mut Vec<u32>) -> Result<(), Error> {
        let start = ids.len();
        let encoded = self.added.cut(text, &mut |part| match part {
            Part::Token { id, .. } => {
                ids.push(id);
                Ok(())
            }
            Part::Text { start, end } => {
                let part = &text[start..end];
                if self.prefix_space && !part.starts_with(' ') {
                    self.encode_part(&self.steps, &format!(" {part}"), cache, ids)
                } else {
                    self.encode_part(&self.steps, part, cache, ids)
                }
            }
        });
        encoded.map_err(|TooLong| {
            ids.truncate(start);
            too_long()
        })
    }

    fn encode_part(
        &self,
        steps: &[Step],
        text: &str,
        cache: &mut Cache,
        ids: &mut Vec<u32>,
    ) -> Result<(), TooLong> {
        match steps {
            [Step::Pattern(pattern)] => pattern.visit(Encode { bpe: &self.bpe, text, cache, ids }),
            steps => words(steps, text, &mut |word| self.bpe.encode_word(word.as_bytes(), cache, ids)),
        }
    }

    /// The ids of bytes: what is not UTF-8 is in words of its own, a piece each.
    pub(super) fn encode_invalid(
        &self,
        bytes: &[u8],
        cache: &mut Cache,
        ids: &mut Vec<u32>,
    ) -> Result<(), Error> {
        self.bpe.encode_word(bytes, cache, ids).map_err(|TooLong| too_long())
    }

    /// The ids of a text that is normal, with their places.
    pub(super) fn encode_with_offsets(
        &self,
        text: &str,
        add_special_tokens: bool,
    ) -> Result<Encoding, Error> {
        let mut encoding = Encoding::default();
        let mut spaces = Vec::new();
        let trims = self.post.iter().any(|post| matches!(post, Post::Trim { .. }));
        let encoded = self.pool.with(|cache| {
            self.added.cut(text, &mut |part| match part {
                Part::Token { id, start, end } => {
                    encoding.ids.push(id);
                    encoding.offsets.push((start, end));
                    spaces.push(spaces_around(&text[start..end]));
                    Ok(())
                }
                Part::Text { start, end } => {
                    let first = encoding.ids.len();
                    self.places(text, start, end, cache, &mut encoding)?;
                    if trims {
                        let tokens = encoding.ids[first..].iter().map(|&id| self.vocab.text(id));
                        spaces.extend(tokens.map(|token| token.map_or((0, 0), spaces_around)));
                    } else {
                        spaces.resize(encoding.ids.len(), (0, 0));
                    }
                    Ok(())
                }
            })
        });
        encoded.map_err(|TooLong| too_long())?;
        for post in &self.post {
            post.places(&mut encoding, &mut spaces, add_special_tokens);
        }
        Ok(encoding)
    }

    fn places(
        &self,
        text: &str,
        start: usize,
        end: usize,
        cache: &mut Cache,
        encoding: &mut Encoding,
    ) -> Result<(), TooLong> {
        let part = &text[start..end];
        let prefixed = (self.prefix_space && !part.starts_with(' ')).then(|| format!(" {part}"));
        let added = usize::from(prefixed.is_some());
        let mut at = 0;
        words(&self.steps, prefixed.as_deref().unwrap_or(part), &mut |word| {
            let first = encoding.ids.len();
            self.bpe.encode_word(word.as_bytes(), cache, &mut encoding.ids)?;
            for &id in &encoding.ids[first..] {
                let token_end = at + self.vocab.bytes(id).map_or(0, <[u8]>::len);
                // The space that was put before the text stands where its first character does.
                let from = floor(part, at.saturating_sub(added));
                let to = ceil(part, token_end.saturating_sub(added).max(added));
                encoding.offsets.push((start + from, start + to));
                at = token_end;
            }
            Ok(())
        })
    }

    /// The ids of many texts that are normal, in jobs of about the same size.
    pub(super) fn encode_batch(
        &self,
        texts: &[&str],
        add_special_tokens: bool,
    ) -> Result<Vec<Vec<u32>>, Error> {
        let jobs = self.jobs(texts);
        let run = |job: &Vec<&str>| {
            self.pool.with(|cache| {
                job.iter()
                    .map(|text| {
                        let mut ids = Vec::with_capacity(text.len() / 3);
                        self.encode_into(text, cache, &mut ids).map(|()| ids)
                    })
                    .collect::<Result<Vec<_>, Error>>()
            })
        };
        let mut pieces = map(&jobs, run)?.into_iter().flatten();
        let mut all = Vec::with_capacity(texts.len());
        for text in texts {
            let mut ids = pieces.next().unwrap_or_default();
            for _ in 1..self.cuts(text).count() {
                ids.extend(pieces.next().unwrap_or_default());
            }
            self.finish(&mut ids, add_special_tokens);
            all.push(ids);
        }
        Ok(all)
    }

    /// Pieces of texts, in order: all that [`Self::cuts`] gives.
    fn jobs<'t>(&self, texts: &[&'t str]) -> Vec<Vec<&'t str>> {
        let mut jobs = Vec::new();
        let mut job = Vec::new();
        let mut bytes = 0;
        for text in texts {
            for piece in self.cuts(text) {
                job.push(piece);
                bytes += piece.len();
                if bytes >= JOB {
                    jobs.push(std::mem::take(&mut job));
                    bytes = 0;
                }
            }
        }
        if !job.is_empty() {
            jobs.push(job);
        }
        jobs
    }

    /// A text in pieces whose ids are, put together, those of the text; one piece at least.
    ///
    /// Between an ASCII letter and a space before another a word ends in every pattern, whatever is around; without a
    /// pattern (digits alone, say) nothing ends there.
    fn cuts<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> + use<'t> {
        let has_pattern = self.steps.iter().any(|step| matches!(step, Step::Pattern(_)));
        let can = has_pattern && self.added.keep_off_spaces();
        let mut rest = Some(text);
        std::iter::from_fn(move || {
            let text = rest.take()?;
            let from = JOB.min(text.len());
            let near = &text.as_bytes()[from..text.len().min(from + NEAR)];
            let is_place =
                |w: &[u8]| w[0].is_ascii_alphabetic() && w[1] == b' ' && w[2].is_ascii_alphabetic();
            match near.windows(3).position(is_place).filter(|_| can) {
                Some(at) => {
                    let (piece, after) = text.split_at(from + at + 1);
                    rest = Some(after);
                    Some(piece)
                }
                None => Some(text),
            }
        })
    }

    /// Puts special tokens around the ids of a text.
    pub(super) fn finish(&self, ids: &mut Vec<u32>, add_special_tokens: bool) {
        if add_special_tokens {
            self.post.iter().for_each(|post| post.ids(ids));
        }
    }

    pub(super) fn decode(&self, ids: &[u32], skip_special_tokens: bool) -> String {
        let ids = ids.iter().copied().filter(|&id| !(skip_special_tokens && self.vocab.is_special(id)));
        match self.decoder {
            Decoder::Bytes => String::from_utf8_lossy(&self.decode_bytes(ids)).into_owned(),
            Decoder::Joined => {
                let tokens: Vec<&str> = ids.filter_map(|id| self.vocab.text(id)).collect();
                tokens.join(" ")
            }
        }
    }

    pub(super) fn decode_bytes(&self, ids: impl Iterator<Item = u32>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for id in ids {
            bytes.extend_from_slice(self.vocab.bytes(id).unwrap_or_default());
        }
        bytes
    }
}

/// The start of the character that a byte is in.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The end of the character that has a byte before this place.
fn ceil(text: &str, mut at: usize) -> usize {
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at.min(text.len())
}

fn too_long() -> Error {
    Error::new(TOKENIZER_TEXT, format!("a word of the text is over the limit of {LONGEST_WORD} bytes"))
}

/// Calls `visit` with the words of a text, in order.
fn words<E>(steps: &[Step], text: &str, visit: &mut dyn FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let Some((step, rest)) = steps.split_first() else { return visit(text) };
    match *step {
        Step::Pattern(pattern) => pattern.words(text).try_for_each(|word| words(rest, word, visit)),
        Step::Digits { individual } => {
            let mut left = text;
            while let Some(first) = left.chars().next() {
                let numeric = first.is_numeric();
                let end = if individual && numeric {
                    first.len_utf8()
                } else {
                    left.find(|c: char| c.is_numeric() != numeric).unwrap_or(left.len())
                };
                let (word, after) = left.split_at(end);
                words(rest, word, visit)?;
                left = after;
            }
            Ok(())
        }
    }
}
