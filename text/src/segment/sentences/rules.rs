//! Whether a sentence ends before a token, and how sure that is.

use super::boundary::Boundary;
use super::cues::{Cue, cue, is_degree};
use super::item::Item;
use super::lines::{Gap, is_function_word, is_heading, is_item};
use super::place::{Ended, Place, stop_of};
use crate::segment::abbreviations::{SentenceFinal, abbreviation};
use crate::segment::tokens::{Ahead, Starter, Token, TokenKind, starter};

/// Signs looked past for the first letter of what could be a sentence.
const OPENERS: usize = 16;

/// What a text goes on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Capital,
    /// A letter of a script without capitals.
    Letter,
    Small,
    Digit,
    Sign,
}

impl Place<'_> {
    /// The boundary between the last token and this one, if there is one.
    #[inline]
    pub(super) fn boundary_before(&self, token: &Token) -> Option<Boundary> {
        let gap = self.gap(token);
        match gap {
            Gap::Paragraph => return Some(Boundary::Paragraph),
            Gap::Line => {
                if let Some(boundary) = self.at_line_break(token) {
                    return Some(boundary);
                }
            }
            Gap::None | Gap::Space => {}
        }
        match self.ended {
            Some(ended) => self.after_stop(ended, token, gap),
            None => self.without_stop(token, gap),
        }
    }

    fn at_line_break(&self, token: &Token) -> Option<Boundary> {
        let rest = self.text.get(token.range.start..)?;
        let end = self.last.range.end;
        let line = self.text.get(self.line..end)?;
        if is_item(rest) && !line.ends_with(',') {
            return Some(Boundary::Item);
        }
        let stopped =
            matches!(self.ended, Some(Ended::Stop | Ended::Mark | Ended::Ellipsis | Ended::Foreign));
        (!stopped && self.line_opens && is_heading(line, rest)).then_some(Boundary::Heading)
    }

    fn after_stop(&self, ended: Ended, token: &Token, gap: Gap) -> Option<Boundary> {
        if self.closes(token, gap) || self.is_further_stop(token, gap) {
            return None;
        }
        let (next, at, opener) = next_of(self.text, token.range.start);
        if matches!(token.kind, TokenKind::Punctuation)
            && matches!(opener, Some(',' | ';' | ':' | '/' | '?' | '!'))
        {
            return None;
        }
        if ended == Ended::Foreign || next == Next::Letter && ended != Ended::Ellipsis {
            return Some(Boundary::Foreign);
        }
        if gap == Gap::None {
            let quoted = matches!(opener, Some('"' | '»' | '“' | '”' | '„'));
            return match ended {
                Ended::Mark if next == Next::Capital && opener != Some('(') => Some(Boundary::Mark),
                Ended::Stop if next == Next::Capital && quoted => Some(Boundary::Stop),
                _ => None,
            };
        }
        let ahead = || Ahead::of(self.text, at);
        match (ended, next) {
            (Ended::Stop, Next::Capital) => Some(Boundary::Stop),
            (Ended::Stop, Next::Digit) => Some(Boundary::StopNumber),
            (Ended::Stop, Next::Sign) => Some(Boundary::StopSign),
            (Ended::Stop, Next::Small) => self.before_small(opener).then_some(Boundary::StopSmall),
            (Ended::Mark, Next::Capital | Next::Digit | Next::Sign) => Some(Boundary::Mark),
            (Ended::Mark, Next::Small)
                if self.small && opener.is_none() && self.stopped.kind == TokenKind::Word =>
            {
                Some(Boundary::StopSmall)
            }
            (Ended::Ellipsis, Next::Capital) => Some(Boundary::Ellipsis),
            (Ended::Abbreviation(class), Next::Capital) if opener != Some('(') => {
                self.after_abbreviation(class, &ahead())
            }
            (Ended::Initials, Next::Capital) if opener != Some('(') => self.after_initials(ahead().word),
            (Ended::Ordinal, Next::Capital) if self.count > 2 && begins(ahead().word) => {
                Some(Boundary::Ordinal)
            }
            _ => None,
        }
    }

    fn without_stop(&self, token: &Token, gap: Gap) -> Option<Boundary> {
        if gap == Gap::None || self.count == 0 {
            return None;
        }
        if self.next_item.is_some() && self.is_next_item(token) {
            return Some(Boundary::NextItem);
        }
        match token.kind {
            TokenKind::Word => {
                let word = self.slice(token);
                let complete = matches!(self.last.kind, TokenKind::Word | TokenKind::Number);
                if !complete || !word.starts_with(char::is_uppercase) {
                    return None;
                }
                if self.shouted > 1
                    && self.shouted_long
                    && word.chars().nth(1).is_some_and(char::is_lowercase)
                {
                    return Some(Boundary::Shouted);
                }
                (self.starts_by_capital(word, token.range.end)
                    && cue(self.slice(&self.last)) != Some(Cue::Title))
                .then_some(Boundary::Capital)
            }
            _ => None,
        }
    }

    /// Whether a token is the next number or letter of the list that the sentence is an item of.
    fn is_next_item(&self, token: &Token) -> bool {
        let Some(next) = self.next_item.filter(|_| self.count > 1 && self.last.kind == TokenKind::Word)
        else {
            return false;
        };
        let Some(item) = Item::at(self.text, token) else { return false };
        let ahead = Ahead::of(self.text, token.range.end + usize::from(item.bracket));
        item == next && ahead.spaced && ahead.is_upper() && !is_function_word(self.slice(&self.last))
    }

    /// Whether a word with a capital starts a sentence though no stop stands before it.
    fn starts_by_capital(&self, word: &str, end: usize) -> bool {
        let class = starter(word);
        if matches!(class, Starter::No | Starter::Likely) {
            return false;
        }
        let ahead = Ahead::of(self.text, end);
        ahead.spaced
            && match class {
                Starter::Sure => ahead.first.is_some_and(char::is_alphanumeric),
                Starter::Small => ahead.is_lower(),
                _ => cue(ahead.word) == Some(Cue::Verb),
            }
    }

    /// A small letter after a stop: a new sentence where the writer uses no capitals, or where the
    /// word before is too much of a word to be an abbreviation.
    fn before_small(&self, opener: Option<char>) -> bool {
        let word = self.slice(&self.stopped);
        if self.stopped.kind != TokenKind::Word || opener.is_some() || word.contains('.') {
            return false;
        }
        const WHOLE: [&str; 12] = ["e", "en", "er", "et", "ede", "te", "a", "i", "o", "u", "y", "å"];
        let whole = word.len() >= 4 && WHOLE.iter().any(|ending| word.ends_with(ending));
        self.small || whole
    }

    fn after_abbreviation(&self, class: SentenceFinal, ahead: &Ahead<'_>) -> Option<Boundary> {
        let last = self.slice(&self.stopped);
        let word = ahead.word;
        // `Kbh. K.` is a district, and `Kbh. Ø` too.
        let initial = word.chars().count() == 1 && word != "I" && ahead.next.is_none_or(|next| next != b' ');
        if self.count <= 1 || initial {
            return None;
        }
        match class {
            SentenceFinal::Never => None,
            SentenceFinal::Always => Some(Boundary::Always),
            SentenceFinal::May if is_shouted(last) && is_shouted(word) => {
                is_pronoun(word).then_some(Boundary::May)
            }
            SentenceFinal::May if is_degree(last) || abbreviation(last).is_none() => {
                (starter(word) != Starter::No).then_some(Boundary::May)
            }
            SentenceFinal::May => (!is_shouted(word)).then_some(Boundary::May),
        }
    }

    fn after_initials(&self, word: &str) -> Option<Boundary> {
        let letter = self.slice(&self.stopped);
        let single = letter.len() <= 3;
        let ends = match starter(word) {
            Starter::Sure | Starter::Small => self.count > 1,
            Starter::Verb | Starter::Likely => self.count > 1 && single,
            Starter::No => single && self.count > 1 && is_label(self.word_before(self.stopped.range.start)),
        };
        ends.then_some(Boundary::Initial)
    }

    /// The word in front of a token, without the white space between.
    fn word_before(&self, at: usize) -> &str {
        let from = at.saturating_sub(32);
        let near = (from..=at).find_map(|from| self.text.get(from..at)).unwrap_or_default();
        near.trim_end_matches(|c: char| c == '.' || c.is_whitespace())
            .rsplit(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or_default()
    }

    /// A quote or bracket that closes what the stop is in.
    pub(super) fn closes(&self, token: &Token, gap: Gap) -> bool {
        if token.kind != TokenKind::Punctuation {
            return false;
        }
        match self.text.get(token.range.start..).and_then(|rest| rest.chars().next()) {
            Some(')' | ']' | '}') => true,
            Some('"' | '»' | '«' | '”' | '“' | '\'' | '’' | '‘' | '›' | '‹') => {
                !self.opens(token, gap)
            }
            _ => false,
        }
    }

    /// Whether a quote opens: by the white space beside it, and where that does not tell, by count.
    pub(super) fn opens(&self, token: &Token, gap: Gap) -> bool {
        let after = self.text.get(token.range.end..).and_then(|rest| rest.chars().next());
        let free = after.is_none_or(|c| c.is_whitespace() || ".,;:!?)]".contains(c));
        match (gap != Gap::None, free) {
            (true, false) => true,
            (false, true) => false,
            _ => !self.quoted,
        }
    }

    fn is_further_stop(&self, token: &Token, gap: Gap) -> bool {
        token.kind == TokenKind::Punctuation
            && gap == Gap::None
            && matches!(self.text.as_bytes().get(token.range.start), Some(b'.' | b'!' | b'?' | 0xE2))
            && stop_of(self.slice(token)).is_some()
    }
}

/// What the text from `at` goes on with, where, and the sign that it starts with, if any.
fn next_of(text: &str, at: usize) -> (Next, usize, Option<char>) {
    let rest = text.get(at..).unwrap_or_default();
    let opener = rest.chars().next().filter(|c| !c.is_alphanumeric());
    for (offset, c) in rest.char_indices().take(OPENERS) {
        if c.is_alphanumeric() {
            let next = match c {
                _ if c.is_lowercase() => Next::Small,
                _ if c.is_numeric() => Next::Digit,
                _ if c.is_uppercase() => Next::Capital,
                _ => Next::Letter,
            };
            return (next, at + offset, opener);
        }
        let opens = c.is_whitespace() || "\"'»«”“„’‘‚›‹([{-–—…._*".contains(c);
        if !opens {
            return (Next::Sign, at, opener);
        }
    }
    (Next::Sign, at, opener)
}

/// Whether a word with a capital starts a sentence where an ordinal's stop stands before it.
fn begins(word: &str) -> bool {
    matches!(starter(word), Starter::Sure | Starter::Small)
}

/// Two capitals or more, and no small letter.
fn is_shouted(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() > 1 && !word.chars().any(char::is_lowercase)
}

fn is_pronoun(word: &str) -> bool {
    ["JEG", "DU", "HAN", "HUN", "VI", "DET", "DER", "DEN", "DE"].contains(&word)
}

/// Whether a letter after the word is its label. A number is one, too: *Vestergade 5 B*.
fn is_label(word: &str) -> bool {
    word.ends_with(|c: char| c.is_ascii_digit()) || cue(word) == Some(Cue::Label)
}
