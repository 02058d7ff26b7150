//! The break tests of Unicode, and where Danish has it otherwise.
//!
//! White space is in no token and no sentence of ours, so the segments of the test files are trimmed first.

use std::ops::Range;

/// A text and its segments, from a line of a test file.
fn case(line: &str) -> (String, Vec<Range<usize>>) {
    let mut text = String::new();
    let mut segments = Vec::new();
    let mut start = 0;
    for word in line.split(' ') {
        match word {
            "×" => {}
            "÷" => {
                segments.push(start..text.len());
                start = text.len();
            }
            code => {
                text.push(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).expect("a code point"));
            }
        }
    }
    (text, segments)
}

/// The segments without the white space around them, and without those of white space only.
fn trimmed(text: &str, segments: Vec<Range<usize>>) -> Vec<Range<usize>> {
    segments
        .into_iter()
        .filter_map(|range| {
            let segment = &text[range.clone()];
            let start = range.start + segment.len() - segment.trim_start().len();
            let length = segment.trim().len();
            (length > 0).then(|| start..start + length)
        })
        .collect()
}

/// What we do on purpose, and whether a text shows it.
type Deviation = (&'static str, fn(&[char]) -> bool);

/// Runs a test file. Each difference must be explained by a deviation, and each deviation be needed.
fn run(file: &str, ours: fn(&str) -> Vec<Range<usize>>, deviations: &[Deviation]) -> (usize, usize) {
    let (mut all, mut different) = (0, 0);
    let mut used = vec![false; deviations.len()];
    for line in file.lines().filter(|line| line.starts_with('÷')) {
        let (text, segments) = case(line);
        all += 1;
        if ours(&text) == trimmed(&text, segments) {
            continue;
        }
        different += 1;
        let chars: Vec<char> = text.chars().collect();
        let mut explained = false;
        for ((_, shows), used) in deviations.iter().zip(&mut used) {
            if shows(&chars) {
                *used = true;
                explained = true;
            }
        }
        assert!(
            explained,
            "{text:?}: {:?}",
            ours(&text).into_iter().map(|r| text[r].to_owned()).collect::<Vec<_>>()
        );
    }
    for ((name, _), used) in deviations.iter().zip(used) {
        assert!(used, "no test shows: {name}");
    }
    (all, different)
}

fn pair(chars: &[char], shows: fn(char, char) -> bool) -> bool {
    chars.windows(2).any(|pair| shows(pair[0], pair[1]))
}

fn triple(chars: &[char], shows: fn(char, char, char) -> bool) -> bool {
    chars.windows(3).any(|three| shows(three[0], three[1], three[2]))
}

#[test]
fn words_break_as_unicode_has_it_but_for_danish() {
    let deviations: [Deviation; 5] = [
        ("an ellipsis is one token", |text| pair(text, |a, b| a == '.' && b == '.')),
        ("an initial, a letter or an ordinal keeps its stop", |text| {
            text.len() == 2 && text[1] == '.'
                || triple(text, |a, b, c| a.is_alphanumeric() && b == '.' && ",:".contains(c))
        }),
        ("digits are joined by a colon, as in 00:14", |text| {
            triple(text, |a, b, c| a.is_ascii_digit() && b == ':' && c.is_ascii_digit())
        }),
        ("letters are joined to digits by an apostrophe, as in 80'erne", |text| {
            triple(text, |a, b, c| a.is_ascii_digit() && b == '\'' && c.is_alphabetic())
        }),
        ("and digits to letters", |text| {
            triple(text, |a, b, c| a.is_alphabetic() && b == '\'' && c.is_ascii_digit())
        }),
    ];
    let ours = |text: &str| sprog_text::segment::tokens(text).map(|token| token.range).collect();
    let (all, different) = run(include_str!("unicode/WordBreakTest.txt"), ours, &deviations);
    assert_eq!((all, different), (1944, 37));
}

#[test]
fn sentences_break_as_unicode_has_it_but_for_danish() {
    let deviations: [Deviation; 6] = [
        ("a stop with no white space after it ends nothing", |text| {
            pair(text, |a, b| a == '.' && !b.is_whitespace()) || text.contains(&')')
        }),
        ("a small letter or digit right after ! goes on", |text| {
            pair(text, |a, b| a == '!' && !b.is_uppercase()) && !text.contains(&'\u{2060}')
        }),
        ("an abbreviation in brackets ends no sentence", |text| text.contains(&')')),
        ("one line break is white space", |text| text.contains(&'\n')),
        ("a mark or format character after white space starts a token", |text| {
            pair(text, |a, b| a.is_whitespace() && matches!(b, '\u{308}' | '\u{2060}'))
        }),
        ("a small letter after a stop can start a sentence", |text| text.contains(&'\u{2060}')),
    ];
    let ours = |text: &str| sprog_text::segment::sentences(text).map(|sentence| sentence.range).collect();
    let (all, different) = run(include_str!("unicode/SentenceBreakTest.txt"), ours, &deviations);
    assert_eq!((all, different), (512, 33));
}
