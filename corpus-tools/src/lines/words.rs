//! The verbs of `sprog text` that need rules and lexicons, and the JSON that each writes. Offsets in it are Unicode
//! code points, half-open.

use std::borrow::Cow;

use serde::Serialize;
use sprog_text::compounds::{Mode, Splitter};
use sprog_text::grammar;
use sprog_text::hyphenate::Hyphenator;
use sprog_text::lexicon::Lexicon;
use sprog_text::pattern::RuleSet;
use sprog_text::segment::{TokenKind, tokens};
use sprog_text::spell::Speller;

use super::{CodePoints, Verb};

/// `sprog text spell`: words that are not in a dictionary, and what was meant.
pub struct Spell<'d> {
    /// The dictionary.
    pub speller: Speller<'d>,
    /// The most suggestions for a word.
    pub suggestions: usize,
}

/// What [`Spell`] writes.
#[derive(Serialize)]
pub struct Spelled {
    words: Vec<SpelledWord>,
}

/// A word of the text.
#[derive(Serialize)]
pub struct SpelledWord {
    start: usize,
    end: usize,
    ok: bool,
    suggestions: Vec<String>,
    #[serde(skip)]
    text: String,
}

impl Verb for Spell<'_> {
    type Output = Spelled;

    fn apply(&self, text: &str) -> Spelled {
        let mut at = CodePoints::new(text);
        let words = self.speller.words_of(text).map(|word| {
            let form = text.get(word.range.clone()).unwrap_or_default();
            let wanted = !word.ok && self.suggestions > 0;
            SpelledWord {
                start: at.at(word.range.start),
                end: at.at(word.range.end),
                ok: word.ok,
                suggestions: if wanted { self.speller.suggest(form, self.suggestions) } else { Vec::new() },
                text: form.to_owned(),
            }
        });
        Spelled { words: words.collect() }
    }

    fn plain<'o>(&self, _: &str, output: &'o Spelled) -> Cow<'o, str> {
        let wrong = output.words.iter().filter(|w| !w.ok);
        let told = wrong.map(|w| match w.suggestions.is_empty() {
            true => w.text.clone(),
            false => format!("{} ({})", w.text, w.suggestions.join(", ")),
        });
        Cow::Owned(told.collect::<Vec<_>>().join("; "))
    }
}

/// `sprog text compounds`: the parts of a word.
pub struct Compounds<'s> {
    /// The stems.
    pub splitter: &'s Splitter,
    /// How far words are taken apart.
    pub mode: Mode,
    /// The most splits of a word.
    pub most: usize,
}

/// What [`Compounds`] writes.
#[derive(Serialize)]
pub struct Parts {
    split: String,
    alternatives: Vec<Alternative>,
}

/// One way to take the word apart.
#[derive(Serialize)]
pub struct Alternative {
    split: String,
    cost: u32,
}

impl Verb for Compounds<'_> {
    type Output = Parts;

    fn apply(&self, text: &str) -> Parts {
        let word = text.trim();
        let splits = self.splitter.split(word, self.mode, self.most);
        let alternatives: Vec<Alternative> =
            splits.iter().map(|s| Alternative { split: s.marked(word), cost: s.cost }).collect();
        let split = alternatives.first().map_or_else(|| word.to_owned(), |a| a.split.clone());
        Parts { split, alternatives }
    }

    fn plain<'o>(&self, _: &str, output: &'o Parts) -> Cow<'o, str> {
        Cow::Borrowed(&output.split)
    }
}

/// `sprog text hyphenate`: where words can be divided.
pub struct Hyphenate<'h>(pub &'h Hyphenator);

/// What [`Hyphenate`] writes.
#[derive(Serialize)]
pub struct Hyphenated {
    parts: Vec<String>,
}

impl Verb for Hyphenate<'_> {
    type Output = Hyphenated;

    fn apply(&self, text: &str) -> Hyphenated {
        let mut parts: Vec<String> = vec![String::new()];
        let mut done = 0;
        for token in tokens(text).filter(|t| matches!(t.kind, TokenKind::Word)) {
            let word = text.get(token.range.clone()).unwrap_or_default();
            for (index, part) in self.0.parts(word).into_iter().enumerate() {
                if index == 0 {
                    let between = text.get(done..token.range.start).unwrap_or_default();
                    if let Some(last) = parts.last_mut() {
                        last.push_str(between);
                        last.push_str(part);
                    }
                } else {
                    parts.push(part.to_owned());
                }
            }
            done = token.range.end;
        }
        if let Some(last) = parts.last_mut() {
            last.push_str(text.get(done..).unwrap_or_default());
        }
        Hyphenated { parts }
    }

    fn plain<'o>(&self, _: &str, output: &'o Hyphenated) -> Cow<'o, str> {
        Cow::Owned(output.parts.join("-"))
    }
}

/// `sprog text grammar`: what rules by patterns find.
pub struct Grammar<'r>(pub &'r RuleSet);

/// What [`Grammar`] writes.
#[derive(Serialize)]
pub struct Checked {
    matches: Vec<RuleMatch>,
    /// Rules that were given up because they cost too much.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    over_budget: Vec<String>,
}

/// A rule that matched.
#[derive(Serialize)]
pub struct RuleMatch {
    start: usize,
    end: usize,
    rule: String,
    message: String,
    suggestions: Vec<String>,
    #[serde(skip)]
    text: String,
}

impl Verb for Grammar<'_> {
    type Output = Checked;

    fn apply(&self, text: &str) -> Checked {
        let checked = self.0.check_text(text, grammar::lexicon(), Lexicon::ours());
        let mut at = CodePoints::new(text);
        let matches = checked.matches.into_iter().map(|found| RuleMatch {
            start: at.at(found.range.start),
            end: at.at(found.range.end),
            text: text.get(found.range).unwrap_or_default().to_owned(),
            rule: found.rule_id,
            message: found.message,
            suggestions: found.suggestions,
        });
        Checked { matches: matches.collect(), over_budget: checked.over_budget }
    }

    fn plain<'o>(&self, _: &str, output: &'o Checked) -> Cow<'o, str> {
        let told = output.matches.iter().map(|m| match m.suggestions.is_empty() {
            true => format!("{} [{}]", m.text, m.rule),
            false => format!("{} → {} [{}]", m.text, m.suggestions.join(", "), m.rule),
        });
        Cow::Owned(told.collect::<Vec<_>>().join("; "))
    }
}
