//! The rules of C4 (Raffel et al. 2020, JMLR 21:140, section 2.2), as `C4QualityFilter` of datatrove has them.
//!
//! C4 rewrites: it drops lines, and drops the text only if too little is left or a line says what no text may.

use std::borrow::Cow;
use std::ops::Range;

use super::chars::{Lines, count_chars, is_space, trim};

/// What a line must end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineEnd {
    /// `.`, `?`, `!`, `"` or `'`, and no ellipsis: the paper, and datatrove's default.
    Terminal,
    /// Anything: how FineWeb runs C4 (`filter_no_terminal_punct=False`).
    Any,
}

/// Why C4 does not keep a line. The order is the one in which the rules are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineFault {
    /// A word of more than 1,000 characters.
    LongWord,
    /// It does not end as a line must.
    NoTerminalPunctuation,
    /// Fewer than three words between white space.
    FewWords,
    /// It says `lorem ipsum`: the whole text is dropped.
    LoremIpsum,
    /// It says `javascript`.
    JavaScript,
    /// It has a `{`: the whole text is dropped.
    CurlyBracket,
    /// It speaks of terms of use, a privacy policy or cookies, in English.
    Policy,
}

/// A line that C4 does not keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedLine {
    /// Bytes of the text, without the line break.
    pub range: Range<usize>,
    /// Why.
    pub fault: LineFault,
}

/// The lines that C4 does not keep, in order. Lines are those of Python's `splitlines`.
///
/// Where a fault drops the whole text, the lines behind it are told too. What is left differs from what
/// datatrove writes in two things: there lines are stripped, and marks of citation such as `[1]` are gone.
///
/// ```
/// use sprog_text::profile::{LineEnd, LineFault, c4_dropped_lines};
/// let text = "Menu\nMødet begynder klokken ti.\nDette kræver JavaScript for at virke.";
/// let dropped: Vec<_> = c4_dropped_lines(text, LineEnd::Terminal).collect();
/// assert_eq!((dropped[0].range.clone(), dropped[0].fault), (0..4, LineFault::NoTerminalPunctuation));
/// assert_eq!(dropped[1].fault, LineFault::JavaScript);
/// ```
pub fn c4_dropped_lines(text: &str, end: LineEnd) -> impl Iterator<Item = DroppedLine> {
    let said = Said::of(text);
    Lines::new(text).filter_map(move |range| {
        let fault = Facts::of(text.get(range.clone())?, &said).fault(end)?;
        Some(DroppedLine { range, fault })
    })
}

/// What a text says anywhere, in any case, so that most lines need not be searched.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said {
    pub(super) lorem_ipsum: bool,
    pub(super) javascript: bool,
    pub(super) curly_bracket: bool,
    policy: bool,
}

impl Said {
    pub(super) fn of(text: &str) -> Self {
        Self {
            lorem_ipsum: says(text, "lorem ipsum", 7),
            javascript: says(text, "javascript", 0),
            curly_bracket: memchr::memchr(b'{', text.as_bytes()).is_some(),
            policy: says(text, "cookie", 0)
                || says(text, "terms of use", 7)
                || says(text, "privacy policy", 5),
        }
    }
}

/// Whether a text holds words in any case. `rare` is which of their bytes is seldom in Danish.
fn says(text: &str, words: &str, rare: usize) -> bool {
    let (bytes, words) = (text.as_bytes(), words.as_bytes());
    let byte = words[rare];
    memchr::memchr2_iter(byte, byte.to_ascii_uppercase(), bytes).any(|at| {
        at.checked_sub(rare)
            .and_then(|start| bytes.get(start..start + words.len()))
            .is_some_and(|found| found.eq_ignore_ascii_case(words))
    })
}

/// What the rules ask of one line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    long_word: bool,
    terminal: bool,
    few_words: bool,
    says: Said,
}

impl Facts {
    #[inline]
    pub(super) fn of(line: &str, said: &Said) -> Self {
        let line = trim(line);
        let few_words = line.split(is_space).filter(|word| !word.is_empty()).take(3).count() < 3;
        let long_word =
            line.len() > 1000 && line.split(is_space).any(|word| count_chars(word.as_bytes()) > 1000);
        let line = without_citations(line);
        let terminal = line.ends_with(['.', '?', '!', '"', '\'']) && !line.ends_with("...");
        // Without its citations a line may say what the text does not.
        let says_what = match &line {
            Cow::Borrowed(_) => *said,
            Cow::Owned(line) => Said::of(line),
        };
        let says = if says_what.any() { says_what.in_line(&line) } else { says_what };
        Self { long_word, terminal, few_words, says }
    }

    #[inline]
    pub(super) fn fault(&self, end: LineEnd) -> Option<LineFault> {
        let says = &self.says;
        let faults = [
            (self.long_word, LineFault::LongWord),
            (!self.terminal && end == LineEnd::Terminal, LineFault::NoTerminalPunctuation),
            (self.few_words, LineFault::FewWords),
            (says.lorem_ipsum, LineFault::LoremIpsum),
            (says.javascript, LineFault::JavaScript),
            (says.curly_bracket, LineFault::CurlyBracket),
            (says.policy, LineFault::Policy),
        ];
        faults.into_iter().find(|(is, _)| *is).map(|(_, fault)| fault)
    }
}

impl Said {
    fn any(&self) -> bool {
        self.lorem_ipsum | self.javascript | self.curly_bracket | self.policy
    }

    #[cold]
    fn in_line(&self, line: &str) -> Self {
        Self {
            lorem_ipsum: self.lorem_ipsum && says(line, "lorem ipsum", 0),
            javascript: self.javascript && says(line, "javascript", 0),
            curly_bracket: self.curly_bracket && line.contains('{'),
            policy: self.policy
                && [
                    "terms of use",
                    "privacy policy",
                    "cookie policy",
                    "uses cookies",
                    "use of cookies",
                    "use cookies",
                ]
                .iter()
                .any(|policy| says(line, policy, 0)),
        }
    }
}

/// A line without `[12]`, `[]`, `[edit]` and `[citation needed]`.
fn without_citations(line: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(found) = line.get(at..).and_then(|rest| memchr::memchr(b'[', rest.as_bytes())) {
        let start = at + found;
        let rest = &line[start..];
        let digits = rest.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        let size = match rest.as_bytes().get(digits + 1) {
            Some(b']') => digits + 2,
            _ if rest.starts_with("[edit]") => 6,
            _ if rest.starts_with("[citation needed]") => 17,
            _ => 0,
        };
        at = start + size.max(1);
        if size > 0 {
            out.push_str(&line[from..start]);
            from = at;
        }
    }
    if from == 0 {
        return Cow::Borrowed(line);
    }
    out.push_str(&line[from..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_in_the_order_of_the_rules() {
        let fault =
            |line: &str| c4_dropped_lines(line, LineEnd::Terminal).next().map(|dropped| dropped.fault);
        for (line, expected) in [
            ("Vi går hjem nu.", None),
            ("Vi går hjem nu. \u{a0}", None),
            ("Vi går hjem nu.[12]", None),
            ("Vi går hjem nu. [12]", Some(LineFault::NoTerminalPunctuation)),
            ("Vi går hjem nu...", Some(LineFault::NoTerminalPunctuation)),
            ("Vi går hjem nu…", Some(LineFault::NoTerminalPunctuation)),
            ("Gå hjem!", Some(LineFault::FewWords)),
            ("Så siger han LOREM IPSUM.", Some(LineFault::LoremIpsum)),
            ("Lorem ipsum.", Some(LineFault::FewWords)),
            ("Det er JavaScript, ja.", Some(LineFault::JavaScript)),
            ("if (a) { b = 1. }.", Some(LineFault::CurlyBracket)),
            ("Our site uses cookies.", Some(LineFault::Policy)),
            ("Our site eats cookies.", None),
        ] {
            assert_eq!(fault(line), expected, "{line}");
        }
        let long = format!("{} er et ord.", "æ".repeat(1001));
        assert_eq!(fault(&long), Some(LineFault::LongWord));
        let any = |line: &str| c4_dropped_lines(line, LineEnd::Any).next().map(|dropped| dropped.fault);
        assert_eq!((any("Vi går hjem"), any("Vi går")), (None, Some(LineFault::FewWords)));
    }
}
