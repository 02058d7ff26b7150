//! Whose stop it is: an abbreviation's, an ordinal's, an initial's, or the sentence's.

use super::class::{CLASS, DIGIT, OTHER, SIGN, SPACE, char_at, run};
use super::starters::{Starter, starter};
use super::{Seen, TokenKind};
use crate::segment::abbreviations::{Abbreviation, SentenceFinal, abbreviation};

/// Words longer than this are not looked at for their stop, in bytes.
const LONGEST: usize = 64;
/// White space looked past for the next word, in bytes.
const FARTHEST: usize = 64;

/// What follows a stop.
pub(crate) struct Ahead<'a> {
    /// White space was crossed.
    pub(crate) spaced: bool,
    /// The first character after it; none at the end of the text.
    pub(crate) first: Option<char>,
    /// The run of letters and digits from there; empty if it starts otherwise.
    pub(crate) word: &'a str,
    /// What stands right after the word.
    pub(crate) next: Option<u8>,
}

impl<'a> Ahead<'a> {
    pub(crate) fn of(text: &'a str, from: usize) -> Self {
        let bytes = text.as_bytes();
        let mut at = from;
        while at < from + FARTHEST && bytes.get(at).is_some_and(|&b| CLASS[usize::from(b)] == SPACE) {
            at += 1;
        }
        let mut first = char_at(text, at);
        let mut spaced = at > from;
        while let Some(c) = first.filter(|c| at < from + FARTHEST && c.is_whitespace()) {
            at += c.len_utf8();
            spaced = true;
            first = char_at(text, at);
        }
        // Long enough for every word that is compared, short enough for text without spaces.
        let window = bytes.get(..bytes.len().min(at + 48)).unwrap_or_default();
        let (end, _) = run(window, at);
        Self { spaced, first, word: text.get(at..end).unwrap_or_default(), next: bytes.get(end).copied() }
    }

    pub(crate) fn is_lower(&self) -> bool {
        self.first.is_some_and(char::is_lowercase)
    }

    pub(crate) fn is_upper(&self) -> bool {
        self.first.is_some_and(char::is_uppercase)
    }

    pub(crate) fn is_digit(&self) -> bool {
        self.first.is_some_and(|c| c.is_ascii_digit())
    }

    /// The sentence goes on: a small letter, a number, or a comma right after the stop.
    fn goes_on(&self) -> bool {
        self.is_lower()
            || self.is_digit()
            || !self.spaced && matches!(self.first, Some(',' | ';' | ':' | ')'))
    }
}

/// The word in front of a stop.
pub(super) struct Stopped<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
    /// Where the stop stands.
    pub(super) stop: usize,
    /// Classes of all bytes of the word, signs inside it apart.
    pub(super) classes: u8,
}

impl<'a> Stopped<'a> {
    fn word(&self) -> &'a str {
        self.text.get(self.start..self.stop).unwrap_or_default()
    }

    /// What the word becomes with its stop; `None` where the stop is a token of its own.
    pub(super) fn kind(&self, seen: &mut Seen) -> Option<TokenKind> {
        let word = self.word();
        if word.len() > LONGEST {
            return None;
        }
        let after = self.text.get(self.stop + 1..).unwrap_or_default();
        // `kr..` is an abbreviation and the stop of the sentence; `og...` is an ellipsis.
        let doubled = after.starts_with('.');
        if doubled && after[1..].starts_with('.') {
            return None;
        }
        if self.classes == DIGIT {
            return if doubled { None } else { self.ordinal(seen) };
        }
        // `H.C.` is a name and `h.c.` is not, but `M.M.` is an abbreviation where all is in capitals.
        let initial = is_capitals(word) && (word.len() <= 2 || !is_acronym(seen.last_text(self.text)));
        if let Some(entry) = entry(word).filter(|_| !initial) {
            // After a number a letter is a unit: `3,5 m.`
            let unit = word.len() == 1 && seen.last == Some(TokenKind::Number);
            let sentence_final = if unit { SentenceFinal::May } else { entry.sentence_final };
            let also_word = entry.also_word && !word.contains('.') || is_acronym(word);
            return (doubled || !also_word || self.stands_for_abbreviation(seen, sentence_final))
                .then_some(TokenKind::Abbreviation(sentence_final));
        }
        if self.classes & OTHER != 0 {
            return None;
        }
        self.letters(seen)
    }

    /// Whether a stop followed by a hyphen, slash or apostrophe goes on inside the word:
    /// `cand.-jur.`, `2.-december`, `kr./stk.`, `cand.polit.'er`.
    pub(super) fn is_inside(&self) -> bool {
        let word = self.word();
        word.len() <= LONGEST
            && (entry(word).is_some() || tail(word).bytes().all(|b| b.is_ascii_digit()) || is_initials(word))
    }

    fn ordinal(&self, seen: &mut Seen) -> Option<TokenKind> {
        let digits = tail(self.word());
        if digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number: u32 = digits.parse().ok()?;
        let ahead = Ahead::of(self.text, self.stop + 1);
        let opens = seen.since_stop == 0 || seen.since_stop == 1 && seen.last_is_label(self.text);
        let day = number <= 31;
        let ordinal = match ahead.first {
            None => opens,
            Some(',' | ';') if !ahead.spaced => number < 1000,
            Some('-' | '–') if ahead.spaced => {
                day && !opens && seen.last_is(self.text, &["den", "d.", "fra", "kl."])
            }
            Some(_) if !ahead.spaced => false,
            Some(c) if c.is_lowercase() => !(1400..=2100).contains(&number),
            Some(c) if c.is_ascii_digit() => {
                let month = ahead.word.len() <= 2 && ahead.next == Some(b'.');
                let year = ahead.word.len() == 4 && number <= 12 && seen.last == Some(TokenKind::Ordinal);
                day && (month || year) || opens
            }
            Some(c) if c.is_uppercase() => {
                opens
                    || number == seen.next_item
                        && !seen.last_is(self.text, &["den", "det", "d.", "i", "på", "nr."])
                    || day && is_month_or_day(ahead.word)
                    || seen.last_is(self.text, &["den", "det", "de", "d."])
                        && starter(ahead.word) == Starter::No
            }
            Some('"' | '»' | '“' | '”' | '(' | '*') => opens,
            Some(_) => false,
        };
        if ordinal && ahead.is_upper() {
            let item = seen.since_stop == 0 || number == seen.next_item;
            seen.next_item = if item { number.saturating_add(1) } else { 0 };
        }
        ordinal.then_some(TokenKind::Ordinal)
    }

    fn stands_for_abbreviation(&self, seen: &Seen, sentence_final: SentenceFinal) -> bool {
        let ahead = Ahead::of(self.text, self.stop + 1);
        let counted = sentence_final != SentenceFinal::Never
            && matches!(seen.last, Some(TokenKind::Number | TokenKind::Ordinal));
        if ahead.goes_on() || counted || is_acronym(self.word()) && is_acronym(ahead.word) {
            return true;
        }
        let initial_ahead = ahead.is_upper() && ahead.word.chars().count() == 1 && ahead.next == Some(b'.');
        seen.since_stop == 0 && (initial_ahead || ahead.is_upper() && self.word().len() <= 4)
    }

    fn letters(&self, seen: &Seen) -> Option<TokenKind> {
        let word = self.word();
        let mut letters = word.chars();
        let first = letters.next()?;
        let single = letters.next().is_none();
        if single && first.is_uppercase() {
            // The pronoun I ends sentences; the brook Å ends the names of brooks.
            let word = seen.since_stop > 0
                && match first {
                    'I' => !seen.last_is_capitalized(self.text),
                    'Å' => seen.last_is_capitalized(self.text),
                    _ => false,
                };
            return (!word).then_some(TokenKind::Initials);
        }
        if single && first.is_lowercase() {
            let word = matches!(first, 'i' | 'å' | 'ø');
            let ahead = Ahead::of(self.text, self.stop + 1);
            return (!word && ahead.goes_on()).then_some(TokenKind::Abbreviation(SentenceFinal::May));
        }
        if is_initials(word) {
            let initials = word.split(['.', '-']).all(|part| part.starts_with(char::is_uppercase));
            return Some(if initials {
                TokenKind::Initials
            } else {
                TokenKind::Abbreviation(SentenceFinal::May)
            });
        }
        if is_without_vowels(word) {
            return Some(TokenKind::Abbreviation(SentenceFinal::May));
        }
        let roman = word.len() >= 2 && word.bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b'L' | b'C'));
        if roman {
            let ahead = Ahead::of(self.text, self.stop + 1);
            let opens = seen.since_stop == 0 && ahead.is_upper();
            return (opens || ahead.is_lower()).then_some(TokenKind::Ordinal);
        }
        None
    }
}

/// The row of a word, or of what follows its last hyphen, with a stop after it.
fn entry(word: &str) -> Option<&'static Abbreviation> {
    let tail = tail(word);
    let row = abbreviation(word).or_else(|| if tail.len() < word.len() { abbreviation(tail) } else { None });
    row.filter(|row| row.form.ends_with('.'))
}

/// What follows the last hyphen.
fn tail(word: &str) -> &str {
    if !word.bytes().any(|b| matches!(b, b'-' | b'/' | 0xE2)) {
        return word;
    }
    word.rsplit(['-', '–', '/']).next().unwrap_or_default()
}

/// Parts of one or two letters with stops between: `H.C`, `J.Chr` is not, `o.s.v`.
fn is_initials(word: &str) -> bool {
    if !word.bytes().any(|b| b == b'.') {
        return false;
    }
    let mut parts = 0;
    for part in word.split(['.', '-']) {
        if part.is_empty() || part.chars().count() > 2 || !part.chars().all(char::is_alphabetic) {
            return false;
        }
        parts += 1;
    }
    parts > 1
}

/// Capitals only: `DM.` is not `dm.`, unless all of the text is in capitals.
fn is_acronym(word: &str) -> bool {
    word.len() > 1 && word.bytes().all(|b| b.is_ascii_uppercase() || b >= 0x80)
}

/// Two to five letters, none of them a vowel or doubled: `Rbg.`, but not `hmm.` or `TV.`
fn is_without_vowels(word: &str) -> bool {
    let letters = word.as_bytes();
    (2..=5).contains(&letters.len())
        && letters.iter().all(u8::is_ascii_alphabetic)
        && letters.iter().skip(1).all(u8::is_ascii_lowercase)
        && !letters.iter().any(|letter| b"aeiouy".contains(&letter.to_ascii_lowercase()))
        && letters.windows(2).all(|pair| !pair[0].eq_ignore_ascii_case(&pair[1]))
        && !["hm", "pst", "ps", "tv", "cd", "dj", "mc"].contains(&word.to_ascii_lowercase().as_str())
}

/// One capital, or more with stops between.
fn is_capitals(word: &str) -> bool {
    let mut letter = false;
    word.len() < 12
        && word.starts_with(char::is_uppercase)
        && word.chars().all(|c| {
            letter = !letter;
            if letter { c.is_uppercase() } else { c == '.' }
        })
        && letter
}

/// Months and days of the week, of which some write the first letter as a capital.
fn is_month_or_day(word: &str) -> bool {
    const NAMES: [&str; 19] = [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
        "mandag",
        "tirsdag",
        "onsdag",
        "torsdag",
        "fredag",
        "lørdag",
        "søndag",
    ];
    NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
}

impl Seen {
    fn last_text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    fn last_is(&self, text: &str, words: &[&str]) -> bool {
        let last = self.last_text(text);
        words.iter().any(|word| last.eq_ignore_ascii_case(word))
    }

    /// What a number is put after where law, rules and books count their parts.
    fn last_is_label(&self, text: &str) -> bool {
        self.last_is(
            text,
            &["§", "stk.", "kap.", "kapitel", "artikel", "art.", "afsnit", "punkt", "pkt.", "bilag"],
        )
    }

    fn last_is_capitalized(&self, text: &str) -> bool {
        self.last_text(text).starts_with(char::is_uppercase)
    }
}

/// Whether a byte can follow a hyphen that stands for the rest of a word: *radio- og tv-avisen*.
pub(super) fn ends_suspended(byte: Option<u8>) -> bool {
    match byte.map(|byte| (byte, CLASS[usize::from(byte)])) {
        None | Some((_, SPACE)) => true,
        Some((byte, SIGN)) => matches!(byte, b',' | b')' | b'/' | b'.' | b';' | b':'),
        Some(_) => false,
    }
}
