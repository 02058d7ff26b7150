//! Whether a word is spelled right, as libhunspell 1.7 decides.

use super::case::{self, Case};
use super::compound::{Parts, Work};
use super::options::chars;
use super::{Speller, class};

/// libhunspell takes no longer words, in bytes.
const MOST_BYTES: usize = 300;
/// Break characters a word may have.
const MOST_BREAKS: usize = 10;

/// What a form of a word turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Unknown,
    Forbidden,
    /// A word, and whether its capitals may differ.
    Word {
        free_case: bool,
        warned: bool,
    },
}

/// How the form came about that is looked up.
#[derive(Clone, Copy, Debug)]
struct Origin {
    /// The text had capitals.
    upper: bool,
    /// One, at the start: forms made up for texts in capitals do not count.
    initial: bool,
}

impl Speller<'_> {
    /// Whether a word is spelled right.
    ///
    /// Capitals may be used as in texts (`Hus`, `HUS` for `hus`; not `hUS`), dots may follow, numbers are
    /// right, and parts around hyphens may be right by themselves (BREAK of the affix file). An empty word is
    /// right. Made to decide as libhunspell 1.7.1 does; `rules spell_agreement` of the benches counts where
    /// it does not.
    ///
    /// The work is bounded: a word of 300 bytes or more is wrong, and so is a compound that takes more than
    /// 400,000 steps to find.
    pub fn check(&self, word: &str) -> bool {
        match self.found_as_it_stands(word) {
            Some(found) => return found,
            None if word.len() >= MOST_BYTES => return false,
            None => {}
        }
        self.check_word(&chars(word), 0, &Work::new())
    }

    /// The short way, for most words of a text: the form itself, or with a small first letter. `None` where that
    /// does not decide.
    fn found_as_it_stands(&self, word: &str) -> Option<bool> {
        const WORD: u32 = class::ROOT | class::AFFIXED;
        const DOUBTED: u32 = class::FORBIDDEN | class::FORBIDDEN_AFFIXED | class::WARN;
        let (image, options) = (&self.image, &self.image.options);
        if !options.input.is_empty() || !options.ignored.is_empty() || word.len() >= MOST_BYTES {
            return None;
        }
        let mut letters = word.chars();
        let Some(first) = letters.next() else { return Some(true) };
        if word.ends_with('.') || first == ' ' {
            return None;
        }
        let walk = |first: char, mut letters: std::str::Chars<'_>| {
            let first = image.alphabet.symbol(first);
            let mut state = match letters.next() {
                Some(c) => image.start.second(image.dawg, [first, image.alphabet.symbol(c)])?,
                None => image.start.first(first)?,
            };
            for c in letters {
                state = image.dawg.step(state, image.alphabet.symbol(c))?;
            }
            Some(image.bits(state.class))
        };
        let bits = walk(first, letters.clone()).unwrap_or(0);
        if bits & WORD != 0 && bits & DOUBTED == 0 {
            return Some(true);
        }
        let small = case::to_lower(first);
        if small == first {
            // A sign by itself has no case, no parts and no breaks.
            let sign = bits == 0
                && letters.as_str().is_empty()
                && !first.is_ascii_digit()
                && options.compound_min > 1;
            return sign.then_some(false);
        }
        if bits & DOUBTED != 0 || first == '\u{130}' {
            return None;
        }
        let bits = walk(small, letters.clone()).unwrap_or(0);
        let fits = bits & WORD != 0 && bits & DOUBTED == 0 && bits & class::FREE_CASE != 0;
        (fits && !letters.any(case::is_upper)).then_some(true)
    }

    fn check_word(&self, word: &[char], depth: usize, work: &Work) -> bool {
        let options = &self.image.options;
        let converted;
        let word = if options.input.is_empty() {
            word
        } else {
            converted = convert(word, &options.input);
            &converted
        };
        let start = word.iter().take_while(|c| **c == ' ').count();
        let end = word.len() - word.iter().rev().take_while(|c| **c == '.').count();
        let dotted = end < word.len();
        let Some(word) = word.get(start..end).filter(|w| !w.is_empty()) else { return true };
        if is_number(word) {
            return true;
        }
        let case = Case::of(word);
        let mut lookup = Lookup { speller: self, dotted, work, forbidden: false };
        let mut text = word.to_vec();
        let verdict = lookup.by_case(&mut text, case);
        match verdict {
            Verdict::Word { warned, .. } => !(warned && options.forbid_warned),
            _ if lookup.forbidden => false,
            _ => self.breaks(&text, depth, work),
        }
    }

    /// Whether the word is right when it is broken at hyphens and such.
    fn breaks(&self, word: &[char], depth: usize, work: &Work) -> bool {
        let patterns = &self.image.options.breaks;
        if patterns.is_empty() || depth > MOST_BREAKS || !work.take(word.len()) {
            return false;
        }
        let places: usize = patterns.iter().map(|p| count(word, p)).sum();
        if places >= MOST_BREAKS {
            return false;
        }
        let right = |part: &[char]| self.check_word(part, depth + 1, work);
        for pattern in patterns.iter().filter(|p| p.len() > 1 && p.len() <= word.len()) {
            let at_start = pattern.strip_prefix(&['^']).and_then(|p| word.strip_prefix(p));
            if at_start.is_some_and(right) {
                return true;
            }
            let at_end = pattern.strip_suffix(&['$']).and_then(|p| word.strip_suffix(p));
            if at_end.is_some_and(right) {
                return true;
            }
        }
        // At the second place first: the first break may be inside a word of the dictionary.
        for second in [true, false] {
            for pattern in patterns {
                let inside = |at: usize| at > 0 && at + pattern.len() < word.len();
                let Some(first) = find(word, pattern, 0).filter(|at| inside(*at)) else { continue };
                let next = find(word, pattern, first + 1).filter(|at| second && inside(*at));
                let at = next.unwrap_or(first);
                let (left, rest) = word.split_at(at);
                if rest.get(pattern.len()..).is_some_and(right) && right(left) {
                    return true;
                }
            }
        }
        false
    }

    fn form(&self, word: &[char], origin: Origin, work: &Work) -> Verdict {
        let options = &self.image.options;
        let kept: Vec<char>;
        let word = if options.ignored.is_empty() {
            word
        } else {
            kept = word.iter().copied().filter(|c| !options.ignored.contains(c)).collect();
            &kept
        };
        if word.is_empty() {
            return Verdict::Unknown;
        }
        let symbols = self.symbols(word);
        let bits = self.image.bits(self.image.dawg.class(&symbols));
        if bits & class::FORBIDDEN != 0 {
            return Verdict::Forbidden;
        }
        let hidden = if origin.initial { 0 } else { class::HIDDEN };
        if bits & (class::ROOT | class::AFFIXED | hidden) != 0 {
            return Verdict::Word {
                free_case: bits & class::FREE_CASE != 0,
                warned: bits & class::WARN != 0,
            };
        }
        if bits & class::FORBIDDEN_AFFIXED != 0 {
            return Verdict::Forbidden;
        }
        if options.compounds
            && self.may_be_compound(word)
            && Parts::new(self, word, &symbols, origin.upper, work).found()
        {
            return Verdict::Word { free_case: true, warned: false };
        }
        Verdict::Unknown
    }

    /// The symbols of a word.
    pub(super) fn symbols(&self, word: &[char]) -> Vec<u8> {
        let mut symbols = Vec::with_capacity(word.len());
        word.iter().for_each(|c| self.image.alphabet.encode_char(*c, &mut symbols));
        symbols
    }

    /// Whether the dictionary has the form in any role: its bits, 0 for none.
    pub(super) fn bits_of(&self, word: &[char]) -> u32 {
        let image = &self.image;
        let mut state = image.dawg.root();
        for c in word {
            let symbol = image.alphabet.symbol(*c);
            match image.dawg.step(state, symbol) {
                Some(next) => state = next,
                None if symbol == super::alphabet::UNKNOWN => {
                    return image.bits(image.dawg.class(&self.symbols(word)));
                }
                None => return 0,
            }
        }
        image.bits(state.class)
    }
}

/// Looks up a word in the capitals that its own ones allow.
struct Lookup<'w, 'a> {
    speller: &'w Speller<'a>,
    dotted: bool,
    work: &'w Work,
    /// A form was found that is forbidden.
    forbidden: bool,
}

impl Lookup<'_, '_> {
    /// Leaves in `word` the form that is broken at hyphens if nothing was found.
    fn by_case(&mut self, word: &mut Vec<char>, case: Case) -> Verdict {
        match case {
            Case::Lower => self.dotted_too(word, Origin { upper: false, initial: false }),
            Case::Mixed | Case::MixedInitial => self.dotted_too(word, Origin { upper: true, initial: false }),
            Case::Initial => self.capitalized(word, false),
            Case::All => {
                let origin = Origin { upper: true, initial: false };
                let found = self.dotted_too(word, origin);
                if is_word(found) {
                    return found;
                }
                let found = self.after_apostrophe(word, origin);
                if is_word(found) {
                    return found;
                }
                let found = self.sharp_s(word, origin);
                if is_word(found) {
                    return found;
                }
                self.capitalized(word, true)
            }
        }
    }

    fn look(&mut self, word: &[char], origin: Origin) -> Verdict {
        let verdict = self.speller.form(word, origin, self.work);
        self.forbidden |= verdict == Verdict::Forbidden;
        verdict
    }

    /// With the dot that followed, where the word itself is unknown.
    fn dotted_too(&mut self, word: &[char], origin: Origin) -> Verdict {
        let verdict = self.look(word, origin);
        if is_word(verdict) || !self.dotted {
            return verdict;
        }
        self.look(&with_dot(word), origin)
    }

    fn capitalized(&mut self, word: &mut Vec<char>, all: bool) -> Verdict {
        let dotted_i = word.first() == Some(&'\u{130}');
        if all {
            *word = case::lowered(word);
            case::capitalize(word);
            if let (true, Some(first)) = (dotted_i, word.first_mut()) {
                *first = '\u{130}';
            }
        }
        let initial = Origin { upper: true, initial: !all };
        let verdict = self.look(word, initial);
        if self.forbidden {
            return Verdict::Unknown;
        }
        if keeps(verdict, !all) || dotted_i {
            return if keeps(verdict, !all) { verdict } else { Verdict::Unknown };
        }
        let small = case::lowered(word);
        *word = small.clone();
        case::capitalize(word);
        let origin = Origin { upper: true, initial: false };
        let mut verdict = self.look(&small, origin);
        if self.dotted && !is_word(verdict) {
            verdict = self.look(&with_dot(&small), origin);
            if !is_word(verdict) {
                let verdict = self.look(&with_dot(word), initial);
                return if keeps(verdict, !all) { verdict } else { Verdict::Unknown };
            }
        }
        let sharp = self.speller.image.options.sharp_s && !all && small.contains(&'ß');
        if keeps(verdict, sharp) { verdict } else { Verdict::Unknown }
    }

    /// `SANT'ELIA` for `Sant'Elia`.
    fn after_apostrophe(&mut self, word: &[char], origin: Origin) -> Verdict {
        let Some(at) = word.iter().position(|c| *c == '\'').filter(|at| at + 1 < word.len()) else {
            return Verdict::Unknown;
        };
        let mut form = case::lowered(word);
        case::capitalize(form.get_mut(at + 1..).unwrap_or_default());
        let verdict = self.look(&form, origin);
        if is_word(verdict) {
            return verdict;
        }
        case::capitalize(&mut form);
        self.look(&form, origin)
    }

    /// `STRASSE` for `Straße`, with CHECKSHARPS.
    fn sharp_s(&mut self, word: &[char], origin: Origin) -> Verdict {
        if !self.speller.image.options.sharp_s || find(word, &['S', 'S'], 0).is_none() {
            return Verdict::Unknown;
        }
        let small = case::lowered(word);
        let mut capital = small.clone();
        case::capitalize(&mut capital);
        for form in [small, capital] {
            let places: Vec<usize> = (0..form.len())
                .filter(|i| form.get(*i..).is_some_and(|w| w.starts_with(&['s', 's'])))
                .collect();
            // Each pair may have been one letter; five of them give 32 forms.
            let most = places.len().min(5);
            for choice in 1u32..1 << most {
                let mut text = Vec::with_capacity(form.len());
                let mut at = 0;
                while let Some(c) = form.get(at) {
                    let chosen =
                        places.iter().take(most).position(|p| *p == at).is_some_and(|i| choice >> i & 1 == 1);
                    text.push(if chosen { 'ß' } else { *c });
                    at += if chosen { 2 } else { 1 };
                }
                let verdict = self.dotted_too(&text, origin);
                if is_word(verdict) {
                    return verdict;
                }
            }
        }
        Verdict::Unknown
    }
}

fn is_word(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Word { .. })
}

/// Whether it is a word that may be written in these capitals.
fn keeps(verdict: Verdict, capitals_are_right: bool) -> bool {
    matches!(verdict, Verdict::Word { free_case, .. } if free_case || capitals_are_right)
}

fn with_dot(word: &[char]) -> Vec<char> {
    word.iter().copied().chain(['.']).collect()
}

/// Digits, with single dots, commas and hyphens between them.
fn is_number(word: &[char]) -> bool {
    let mut digit = false;
    for c in word {
        match c {
            '0'..='9' => digit = true,
            '.' | ',' | '-' if digit => digit = false,
            _ => return false,
        }
    }
    digit
}

/// Replaces the longest pattern at each place.
pub(super) fn convert(word: &[char], table: &[(Vec<char>, Vec<char>)]) -> Vec<char> {
    let mut out = Vec::with_capacity(word.len());
    let mut at = 0;
    while let Some(rest) = word.get(at..).filter(|r| !r.is_empty()) {
        let fitting = table.iter().filter(|(from, _)| !from.is_empty() && rest.starts_with(from));
        match fitting.max_by_key(|(from, _)| from.len()) {
            Some((from, to)) => {
                out.extend_from_slice(to);
                at += from.len();
            }
            None => {
                out.extend(rest.first());
                at += 1;
            }
        }
    }
    out
}

pub(super) fn find(word: &[char], pattern: &[char], from: usize) -> Option<usize> {
    if pattern.is_empty() {
        return None;
    }
    let windows = word.get(from..)?.windows(pattern.len());
    windows.into_iter().position(|w| w == pattern).map(|at| at + from)
}

fn count(word: &[char], pattern: &[char]) -> usize {
    let (mut at, mut count) = (0, 0);
    while let Some(found) = find(word, pattern, at) {
        at = found + pattern.len();
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_single_separators_between_digits() {
        for (text, is) in [
            ("12", true),
            ("1.000,50", true),
            ("12-13", true),
            ("1..2", false),
            (".5", false),
            ("5-", false),
            ("2a", false),
            ("", false),
        ] {
            assert_eq!(is_number(&chars(text)), is, "{text}");
        }
    }
}
