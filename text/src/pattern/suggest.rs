//! Messages and suggestions made from a match.

use regex_automata::meta;
use sprog_formats::rules::languagetool::{CaseConversion, IncludeSkipped, MatchRef, Piece, Suggestion};

use super::matcher::Found;
use super::regex::{TextTest, finder, replace_all};
use super::sentence::{Sentence, Word};

/// Texts that one suggestion may stand for.
const MAX_TEXTS: usize = 50;

/// Something that makes forms: a lexicon with paradigms.
pub trait Synthesize {
    /// Adds the forms of `lemma` whose tag passes `wanted`.
    fn forms(&self, lemma: &str, wanted: &dyn Fn(&str) -> bool, out: &mut Vec<String>);

    /// Whether a form is a word, for suggestions that are left out otherwise.
    fn is_word(&self, form: &str) -> bool {
        let _ = form;
        true
    }
}

/// Makes no forms: suggestions that need them are left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSynthesis;

impl Synthesize for NoSynthesis {
    fn forms(&self, _: &str, _: &dyn Fn(&str) -> bool, _: &mut Vec<String>) {}
}

#[derive(Clone, Debug)]
pub(super) enum CompiledPiece {
    Text(String),
    Reference(CompiledRef),
    Suggestion { pieces: Vec<CompiledPiece>, suppress: bool },
}

#[derive(Clone, Debug)]
pub(super) struct CompiledRef {
    /// The element, from 0.
    no: usize,
    postag: Option<(TextTest, Option<(meta::Regex, String)>)>,
    replace: Option<(meta::Regex, String)>,
    case: CaseConversion,
    skipped: IncludeSkipped,
    suppress: bool,
    lemma: String,
}

pub(super) fn compile(pieces: &[Piece]) -> Result<Vec<CompiledPiece>, String> {
    let one = |piece: &Piece| match piece {
        Piece::Text(text) => Ok(CompiledPiece::Text(text.clone())),
        Piece::Match(reference) => Ok(CompiledPiece::Reference(compile_ref(reference)?)),
        Piece::Suggestion(suggestion) => compile_suggestion(suggestion),
    };
    pieces.iter().map(one).collect()
}

pub(super) fn compile_suggestion(suggestion: &Suggestion) -> Result<CompiledPiece, String> {
    let pieces = compile(&suggestion.pieces)?;
    Ok(CompiledPiece::Suggestion { pieces, suppress: suggestion.suppress_misspelled })
}

pub(super) fn compile_ref(reference: &MatchRef) -> Result<CompiledRef, String> {
    let replace = match (&reference.regexp_match, &reference.regexp_replace) {
        (Some(find), Some(by)) => Some((finder(find, true)?, by.clone())),
        (Some(_), None) => return Err("regexp_match without regexp_replace".to_owned()),
        _ => None,
    };
    let postag = match &reference.postag {
        None => None,
        Some(tag) => {
            let test = TextTest::new(tag, reference.postag_regexp, true)?;
            let by = match &reference.postag_replace {
                Some(by) => Some((finder(tag, true)?, by.clone())),
                None => None,
            };
            Some((test, by))
        }
    };
    let Some(no) = (reference.no as usize).checked_sub(1) else {
        return Err("<match no=\"0\"> in a message".to_owned());
    };
    Ok(CompiledRef {
        no,
        postag,
        replace,
        case: reference.case_conversion,
        skipped: reference.include_skipped,
        suppress: reference.suppress_misspelled,
        lemma: reference.text.clone(),
    })
}

/// The text of a match, and what to write instead.
pub(super) struct Rendered {
    pub(super) message: String,
    pub(super) suggestions: Vec<String>,
    /// A suggestion starts with a comma: it stands right after the word before the match.
    pub(super) comma: bool,
    /// Suggestions were left out because they were no words, and there are no others.
    pub(super) suppressed: bool,
}

pub(super) struct Render<'a> {
    pub(super) sentence: &'a Sentence<'a>,
    pub(super) words: &'a [Word],
    pub(super) found: &'a Found,
    pub(super) synthesize: &'a dyn Synthesize,
}

impl Render<'_> {
    pub(super) fn render(
        &self,
        message: &[CompiledPiece],
        outside: &[CompiledPiece],
        adapt: bool,
    ) -> Rendered {
        let mut out =
            Rendered { message: String::new(), suggestions: Vec::new(), comma: false, suppressed: false };
        let keep_case = message.iter().chain(outside).find_map(|p| match p {
            CompiledPiece::Suggestion { pieces, .. } => pieces.first(),
            _ => None,
        });
        let keep_case =
            matches!(keep_case, Some(CompiledPiece::Reference(r)) if r.case != CaseConversion::None);
        let adapt = if keep_case || !adapt { CaseConversion::None } else { self.case_of_match() };
        let mut dropped = false;
        for (piece, shown) in message.iter().map(|p| (p, true)).chain(outside.iter().map(|p| (p, false))) {
            match piece {
                CompiledPiece::Suggestion { pieces, suppress } => {
                    let mut texts = self.texts(pieces);
                    let before = texts.len();
                    texts.retain(|t| !suppress || t.split_whitespace().all(|w| self.synthesize.is_word(w)));
                    dropped |= texts.len() < before;
                    for text in &mut texts {
                        *text = convert_case(text, adapt, text);
                    }
                    out.comma |= texts.iter().any(|t| t.starts_with(','));
                    if shown {
                        let quoted: Vec<String> = texts.iter().map(|t| format!("”{t}”")).collect();
                        out.message.push_str(&quoted.join(", "));
                    }
                    for text in texts {
                        if !out.suggestions.contains(&text) {
                            out.suggestions.push(text);
                        }
                    }
                }
                piece if shown => {
                    out.message.push_str(self.texts(std::slice::from_ref(piece)).first().map_or("", |t| t));
                }
                _ => {}
            }
        }
        out.suppressed = dropped && out.suggestions.is_empty();
        out
    }

    /// How a suggestion's case follows the match's.
    fn case_of_match(&self) -> CaseConversion {
        let (first, last) = self.found.marked;
        let words = self.words.get(first..=last).unwrap_or_default();
        let words: Vec<&Word> = words.iter().filter(|w| !w.form.is_empty()).collect();
        let Some(word) = words.first() else { return CaseConversion::None };
        let letters = |w: &Word| w.form.chars().filter(|c| c.is_alphabetic()).count();
        let upper = words.iter().all(|w| !w.form.chars().any(char::is_lowercase));
        if upper && (letters(word) > 1 || words.len() > 1) && words.iter().any(|w| letters(w) > 0) {
            return CaseConversion::AllUpper;
        }
        if word.form.chars().next().is_some_and(char::is_uppercase) {
            CaseConversion::StartUpper
        } else {
            CaseConversion::None
        }
    }

    /// The texts that pieces stand for, each combination once.
    fn texts(&self, pieces: &[CompiledPiece]) -> Vec<String> {
        let mut out = vec![String::new()];
        // A token that is left out takes a blank with it.
        let mut gone = false;
        for piece in pieces {
            match piece {
                CompiledPiece::Text(text) => {
                    for head in &mut out {
                        let blank = gone && (head.is_empty() || head.ends_with(' '));
                        head.push_str(text.strip_prefix(' ').filter(|_| blank).unwrap_or(text));
                    }
                    gone = false;
                }
                CompiledPiece::Reference(reference) => {
                    let forms = self.reference(reference);
                    gone = forms.iter().all(String::is_empty);
                    out = out
                        .iter()
                        .flat_map(|head| forms.iter().map(move |form| format!("{head}{form}")))
                        .take(MAX_TEXTS)
                        .collect();
                }
                CompiledPiece::Suggestion { pieces, .. } => {
                    let inner = self.texts(pieces);
                    for head in &mut out {
                        head.push_str(inner.first().map_or("", |t| t));
                    }
                }
            }
        }
        if gone {
            for text in &mut out {
                text.truncate(text.trim_end_matches(' ').len());
            }
        }
        out
    }

    /// The forms that a reference stands for; none where forms were to be made and could not.
    fn reference(&self, reference: &CompiledRef) -> Vec<String> {
        let Some((_, at)) = self.found.spans.get(reference.no).copied().flatten() else {
            return vec![String::new()];
        };
        let Some(word) = self.words.get(at) else { return vec![String::new()] };
        let mut form = word.form.clone();
        if let Some((find, by)) = &reference.replace {
            form = replace_all(find, &form, by);
        }
        let mut forms = match &reference.postag {
            None => vec![form],
            Some(postag) => self.synthesized(reference, postag, word),
        };
        for form in &mut forms {
            *form = convert_case(form, reference.case, &word.form);
        }
        if reference.suppress {
            forms.retain(|form| self.synthesize.is_word(form));
        }
        if reference.skipped != IncludeSkipped::None {
            self.add_skipped(reference, at, &mut forms);
        }
        forms
    }

    fn synthesized(
        &self,
        reference: &CompiledRef,
        (wanted, replace): &(TextTest, Option<(meta::Regex, String)>),
        word: &Word,
    ) -> Vec<String> {
        let mut out = Vec::new();
        let any = |tag: &str| wanted.is_match(tag, tag);
        let targets: Vec<String> = match replace {
            None => Vec::new(),
            Some((find, by)) => {
                let tags = word.readings.iter().filter_map(|r| r.tag.as_deref());
                tags.filter(|t| any(t)).map(|t| replace_all(find, t, by)).collect()
            }
        };
        let fits = |tag: &str| if replace.is_some() { targets.iter().any(|t| t == tag) } else { any(tag) };
        if !reference.lemma.is_empty() {
            self.synthesize.forms(&reference.lemma, &fits, &mut out);
        } else {
            for lemma in word.readings.iter().filter_map(|r| r.lemma.as_deref()) {
                self.synthesize.forms(lemma, &fits, &mut out);
            }
        }
        let mut seen = Vec::new();
        out.retain(|form| {
            let new = !seen.contains(form);
            if new {
                seen.push(form.clone());
            }
            new
        });
        out.truncate(MAX_TEXTS);
        out
    }

    /// The words up to the last one of the next element: those alone (`following`), or after the word's own
    /// form (`all`).
    fn add_skipped(&self, reference: &CompiledRef, at: usize, forms: &mut [String]) {
        let next = self.found.spans.get(reference.no + 1).copied().flatten();
        let end = next.map_or(at + 1, |(_, last)| last);
        let mut skipped = String::new();
        for word in self.words.get(at + 1..end).unwrap_or_default() {
            if word.space_before {
                skipped.push(' ');
            }
            skipped.push_str(&word.form);
        }
        for form in forms {
            if reference.skipped == IncludeSkipped::Following {
                *form = skipped.trim_start().to_owned();
            } else {
                form.push_str(&skipped);
            }
        }
    }

    /// The range that is reported, in bytes of the text.
    pub(super) fn range(&self, comma: bool) -> std::ops::Range<usize> {
        let (first, last) = self.found.marked;
        let start = match first.checked_sub(1).filter(|before| comma && *before > 0) {
            Some(before) => self.words.get(before).map(|w| w.range.end),
            None => self.words.get(first).map(|w| w.range.start),
        };
        let end = self.words.get(last).map(|w| w.range.end);
        start.unwrap_or(self.sentence.range.start)..end.unwrap_or(self.sentence.range.end)
    }
}

pub(super) fn convert_case(form: &str, conversion: CaseConversion, model: &str) -> String {
    let first = |form: &str, upper: bool| {
        let mut chars = form.chars();
        match chars.next() {
            None => String::new(),
            Some(c) if upper => c.to_uppercase().chain(chars).collect(),
            Some(c) => c.to_lowercase().chain(chars).collect(),
        }
    };
    match conversion {
        CaseConversion::None => form.to_owned(),
        CaseConversion::StartLower => first(form, false),
        CaseConversion::StartUpper => first(form, true),
        CaseConversion::FirstUpper => first(&form.to_lowercase(), true),
        CaseConversion::AllUpper => form.to_uppercase(),
        CaseConversion::AllLower => form.to_lowercase(),
        CaseConversion::Preserve => {
            let upper = model.chars().any(char::is_uppercase) && !model.chars().any(char::is_lowercase);
            if upper && model.chars().count() > 1 {
                form.to_uppercase()
            } else if model.chars().next().is_some_and(char::is_uppercase) {
                first(form, true)
            } else {
                form.to_owned()
            }
        }
    }
}
