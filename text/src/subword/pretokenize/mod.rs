//! Text to the words that a subword model never merges across.
//!
//! A pre-tokenizer of a `tokenizer.json` is a regular expression. Here the known ones are written by hand, and give the
//! same words: those of the regular expression in the crate `fancy-regex`, which `tokenizers` runs. They take linear
//! time, whatever the text. fancy-regex gives up on a run of more than a million spaces, and `tokenizers` then makes one
//! word of all that follows; that is the one difference.
//!
//! [`Pattern::from_regex`] knows the strings that real files hold. [`Pattern::words`] cuts a text; [`Pattern::visit`] is
//! for loops that must be fast.
//!
//! ```
//! use sprog_text::subword::pretokenize::Pattern;
//! let words: Vec<&str> = Pattern::Danish.words("EU-topmødet kostede 1.500.000 kr.").collect();
//! assert_eq!(words, ["EU", "-topmødet", " kostede", " 1", ".500", ".000", " kr", "."]);
//! ```

mod cl100k;
mod class;
mod danish;
mod gpt2;
mod o200k;
mod regex;
mod scan;
#[cfg(test)]
mod tests;

pub use cl100k::{Cl100k, Cl100kTiktoken, Qwen2, Qwen35};
pub use danish::Danish;
pub use gpt2::Gpt2;
pub use o200k::{O200k, Tekken};
pub use scan::Scan;

/// A pre-tokenizer that is known by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Pattern {
    /// GPT-2's, also the one that `ByteLevel` with `use_regex` runs.
    Gpt2,
    /// GPT-4's and Llama 3's: digits in threes, a sign before a word belongs to it.
    Cl100k,
    /// `cl100k_base` as tiktoken has had it since 0.7: spaces that end the text are one word, line ends among them or
    /// not.
    Cl100kTiktoken,
    /// Qwen 2's and 3's: as [`Cl100k`](Self::Cl100k) with digits one by one.
    Qwen2,
    /// Qwen 3.5's: as [`Qwen2`](Self::Qwen2) with combining marks in the words.
    Qwen35,
    /// GPT-4o's, gpt-oss' and Llama 4's: a word ends where a capital follows a small letter.
    O200k,
    /// Mistral's Tekken: as [`O200k`](Self::O200k) without English endings and with digits one by one.
    Tekken,
    /// Ours, and the default: as [`O200k`](Self::O200k) without English endings, capitals cut no word, and a sign
    /// before digits belongs to them. `pretokenize/danish.rs` says why.
    #[default]
    Danish,
}

/// What to do with a scanner that is chosen at run time: see [`Pattern::visit`].
pub trait Visit {
    /// What comes of it.
    type Output;

    /// Does it with `S`.
    fn visit<S: Scan>(self) -> Self::Output;
}

impl Pattern {
    /// All of them.
    pub const ALL: [Pattern; 8] = [
        Pattern::Gpt2,
        Pattern::Cl100k,
        Pattern::Cl100kTiktoken,
        Pattern::Qwen2,
        Pattern::Qwen35,
        Pattern::O200k,
        Pattern::Tekken,
        Pattern::Danish,
    ];

    /// The pattern of a regular expression, if it is written as one of the files we know writes it.
    ///
    /// ```
    /// use sprog_text::subword::pretokenize::Pattern;
    /// assert_eq!(Pattern::from_regex(Pattern::O200k.regex()), Some(Pattern::O200k));
    /// assert_eq!(Pattern::from_regex(r"\w+"), None);
    /// ```
    pub fn from_regex(regex: &str) -> Option<Pattern> {
        regex::KNOWN.iter().find(|(known, _)| *known == regex).map(|(_, pattern)| *pattern)
    }

    /// The regular expression, as it is written to `tokenizer.json`.
    ///
    /// Oniguruma, which the Python package runs, and fancy-regex read it the same.
    pub fn regex(self) -> &'static str {
        match self {
            Pattern::Gpt2 => regex::GPT2,
            Pattern::Cl100k => regex::CL100K,
            Pattern::Cl100kTiktoken => regex::CL100K_TIKTOKEN,
            Pattern::Qwen2 => regex::QWEN2,
            Pattern::Qwen35 => regex::QWEN35,
            Pattern::O200k => regex::O200K,
            Pattern::Tekken => regex::TEKKEN,
            Pattern::Danish => regex::DANISH,
        }
    }

    /// The words of a text, in order. Put together they are the text.
    pub fn words(self, text: &str) -> Words<'_> {
        struct End;
        impl Visit for End {
            type Output = fn(&[u8], usize) -> usize;
            fn visit<S: Scan>(self) -> Self::Output {
                S::end
            }
        }
        Words { text, at: 0, end: self.visit(End) }
    }

    /// Calls `visit` with this pattern's scanner, so that a loop over words is compiled for it.
    ///
    /// ```
    /// use sprog_text::subword::pretokenize::{Pattern, Scan, Visit};
    ///
    /// struct Count<'a>(&'a [u8]);
    /// impl Visit for Count<'_> {
    ///     type Output = usize;
    ///     fn visit<S: Scan>(self) -> usize {
    ///         let (mut at, mut words) = (0, 0);
    ///         while at < self.0.len() {
    ///             at = S::end(self.0, at);
    ///             words += 1;
    ///         }
    ///         words
    ///     }
    /// }
    /// assert_eq!(Pattern::O200k.visit(Count("rødgrød med fløde".as_bytes())), 3);
    /// ```
    pub fn visit<V: Visit>(self, visit: V) -> V::Output {
        match self {
            Pattern::Gpt2 => visit.visit::<Gpt2>(),
            Pattern::Cl100k => visit.visit::<Cl100k>(),
            Pattern::Cl100kTiktoken => visit.visit::<Cl100kTiktoken>(),
            Pattern::Qwen2 => visit.visit::<Qwen2>(),
            Pattern::Qwen35 => visit.visit::<Qwen35>(),
            Pattern::O200k => visit.visit::<O200k>(),
            Pattern::Tekken => visit.visit::<Tekken>(),
            Pattern::Danish => visit.visit::<Danish>(),
        }
    }
}

/// Iterator over the words of a text, made by [`Pattern::words`].
#[derive(Clone, Debug)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
    end: fn(&[u8], usize) -> usize,
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        self.at = (self.end)(self.text.as_bytes(), start);
        self.text.get(start..self.at)
    }
}
