//! One single-byte code page read as another, such as DOS text read as `windows-1252`.
//!
//! Each character alone could be meant, so words decide: those that become Danish words, the more
//! so where a character stood oddly inside a word, against those that become nonsense. Evidence
//! is counted in points over a line; one word of six letters gives about three.

use std::ops::Range;
use std::sync::LazyLock;

use super::codepage::{CodePage, Encoding, page};
use super::danish::{self, Oddness};

/// A pair of code pages.
pub(super) struct Confusion {
    pub(super) actual: Encoding,
    pub(super) read_as: Encoding,
    actual_page: &'static CodePage,
    read_page: &'static CodePage,
}

impl Confusion {
    fn repaired(&self, c: char) -> char {
        if c.is_ascii() {
            return c;
        }
        let repaired = self.read_page.encode(c).map(|byte| self.actual_page.decode(byte));
        repaired.filter(|r| !matches!(*r, '\u{80}'..='\u{9f}' | '\u{fffd}')).unwrap_or(c)
    }

    /// What U+FFFD can stand for: the bytes that `windows-1252` leaves undefined.
    fn undefined(&self) -> Option<[char; 5]> {
        (self.read_as == Encoding::Windows1252)
            .then(|| [0x81, 0x8D, 0x8F, 0x90, 0x9D].map(|b| self.actual_page.decode(b)))
    }
}

/// Which pairs are tried; of two that explain a text equally well, the first is named.
const PAIRS: [(Encoding, Encoding); 14] = [
    (Encoding::Ibm850, Encoding::Windows1252),
    (Encoding::Windows1252, Encoding::Ibm850),
    (Encoding::Windows1252, Encoding::Ibm865),
    (Encoding::Macintosh, Encoding::Windows1252),
    (Encoding::Windows1252, Encoding::Macintosh),
    (Encoding::Ibm850, Encoding::Macintosh),
    (Encoding::Macintosh, Encoding::Ibm850),
    (Encoding::Macintosh, Encoding::Ibm865),
    (Encoding::Ibm865, Encoding::Ibm437),
    (Encoding::Windows1252, Encoding::Windows1250),
    (Encoding::Windows1252, Encoding::Windows1251),
    (Encoding::Windows1252, Encoding::Windows1253),
    (Encoding::Windows1252, Encoding::Windows1257),
    (Encoding::Windows1252, Encoding::Koi8R),
];

static CONFUSIONS: LazyLock<Vec<Confusion>> = LazyLock::new(|| {
    let confusion = |(actual, read_as)| {
        Some(Confusion { actual, read_as, actual_page: page(actual)?, read_page: page(read_as)? })
    };
    PAIRS.into_iter().filter_map(confusion).collect()
});

/// Number of pairs, for tables by [`Evidence::pair`].
pub(super) const PAIR_COUNT: usize = PAIRS.len();

/// For each character that some pairs turn into a Danish letter, a bit for each of those pairs.
static MASKS: LazyLock<Vec<(char, u32)>> = LazyLock::new(|| {
    let mut masks: Vec<(char, u32)> = Vec::new();
    for (at, confusion) in CONFUSIONS.iter().enumerate() {
        for letter in "æøåÆØÅ".chars() {
            let Some(byte) = confusion.actual_page.encode(letter) else { continue };
            let shown = confusion.read_page.decode(byte);
            let also = if shown == 'µ' { Some('μ') } else { None };
            // A C1 control may have been kept where the code page has a character for the byte.
            let raw = (confusion.read_as == Encoding::Windows1252 && byte < 0xA0).then(|| char::from(byte));
            for c in [Some(shown), also, raw].into_iter().flatten() {
                if c.is_ascii() || danish::is_danish_letter(c) {
                    continue;
                }
                match masks.iter_mut().find(|(known, _)| *known == c) {
                    Some((_, mask)) => *mask |= 1 << at,
                    None => masks.push((c, 1 << at)),
                }
            }
        }
    }
    masks.sort_unstable();
    masks
});

fn mask(c: char) -> u32 {
    if c == '\u{fffd}' {
        return 0;
    }
    MASKS.binary_search_by_key(&c, |(known, _)| *known).map_or(0, |at| MASKS[at].1)
}

/// The best pair for a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence {
    pub(super) pair: usize,
    pub(super) points: f32,
}

/// Weighs the words of a line; `None` if no pair has points.
pub(super) fn weigh(line: &str) -> Option<Evidence> {
    // How many characters each pair would turn into Danish letters.
    let mut counts = [0u16; PAIR_COUNT];
    let mut chars: Vec<char> = Vec::new();
    let mut ends: Vec<usize> = Vec::new();
    for token in tokens(line) {
        let (token, start) = (&line[token], chars.len());
        if token.is_ascii() || token.len() > 4 * LONGEST {
            continue;
        }
        let mut of_token = 0;
        for c in token.chars() {
            chars.push(c);
            let mask = if c.is_ascii() { 0 } else { mask(c) };
            of_token |= mask;
            for (pair, count) in counts.iter_mut().enumerate() {
                *count = count.saturating_add((mask >> pair & 1) as u16);
            }
        }
        if of_token == 0 || chars.len() - start > LONGEST {
            chars.truncate(start);
        } else {
            ends.push(chars.len());
        }
    }
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    let mut is_danish = None;
    let mut best: Option<Evidence> = None;
    // A pair that explains less than half of what another does is not the one.
    for (pair, confusion) in
        CONFUSIONS.iter().enumerate().filter(|(pair, _)| counts[*pair] > 0 && counts[*pair] >= most / 2)
    {
        let mut tally = Tally::default();
        let mut points = 0.0;
        let mut start = 0;
        for end in &ends {
            points += token_points(&chars[start..*end], pair, confusion, &mut tally);
            start = *end;
        }
        // Words with different letters bear each other out.
        let kinds = ['æ', 'ø', 'å']
            .iter()
            .filter(|k| tally.seen.iter().any(|w| w.to_lowercase().contains(**k)))
            .count();
        points += KIND_POINTS * kinds.saturating_sub(1) as f32;
        if tally.even > 0.0 {
            let in_danish = tally.has_odd
                || (kinds >= 2 && !tally.has_bad)
                || *is_danish.get_or_insert_with(|| danish::danish_share(line) >= 0.25);
            points += tally.even * if in_danish { 0.5 } else { 0.2 };
        }
        if points > 0.0 && best.is_none_or(|b| points > b.points + 0.01) {
            best = Some(Evidence { pair, points });
        }
    }
    best
}

/// The stretches of a line between spaces, tabs and slashes.
fn tokens(line: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &line.as_bytes()[at..];
        let is_gap = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'/');
        let start = at + rest.iter().position(|b| !is_gap(b))?;
        let end = line.as_bytes()[start..].iter().position(is_gap).map_or(line.len(), |by| start + by);
        at = end;
        Some(start..end)
    })
}

/// Points for a second and a third of the letters æ ø å among the words.
const KIND_POINTS: f32 = 0.6;

/// Longest token that is judged, in characters; longer ones are no words.
const LONGEST: usize = 100;

/// Words that count towards the evidence of a line.
const MOST_WORDS: usize = 64;

/// What the tokens of a line have given so far.
#[derive(Default)]
struct Tally {
    /// Words that counted.
    seen: Vec<String>,
    /// Points of known words in which nothing stood oddly; they count in part.
    even: f32,
    /// Whether something stood oddly in a known word.
    has_odd: bool,
    /// Whether something became nonsense.
    has_bad: bool,
}

fn token_points(chars: &[char], pair: usize, confusion: &Confusion, tally: &mut Tally) -> f32 {
    if !chars.iter().any(|c| mask(*c) >> pair & 1 == 1) {
        return 0.0;
    }
    let repaired = repaired_token(chars, confusion);
    let mut points = 0.0;
    for word in words(&repaired) {
        let mapped = |at: &usize| mask(chars[*at]) >> pair & 1 == 1;
        if !word.clone().any(|at| mapped(&at)) {
            continue;
        }
        let odd = word.clone().filter(mapped).map(|at| oddness_at(chars, at)).max().unwrap_or(Oddness::None);
        let text: String = repaired[word.clone()].iter().collect();
        let lower = text.to_lowercase();
        let known = danish::is_cased_as_prose(&text) && danish::is_word(&lower);
        let length = word.len();
        if known {
            if tally.seen.contains(&text) || tally.seen.len() > MOST_WORDS {
                continue;
            }
            let all_mapped = word.clone().all(|at| !chars[at].is_ascii());
            points += match odd {
                Oddness::Full => odd_weight(length),
                _ if lower == "æøå" => 2.0,
                Oddness::Half => 0.75 * odd_weight(length),
                Oddness::None if all_mapped && length > 2 => odd_weight(length),
                Oddness::None => {
                    tally.even += odd_weight(length);
                    0.0
                }
            };
            tally.has_odd |= odd != Oddness::None;
            tally.seen.push(text);
        } else if odd == Oddness::Full
            && length >= 4
            && danish::is_cased_as_prose(&text)
            && danish::bits_per_letter(&lower) < GOOD
        {
            if !tally.seen.contains(&text) && tally.seen.len() <= MOST_WORDS {
                points += if danish::has_known_part(&lower) { 2.0 } else { 1.0 };
                tally.seen.push(text);
            }
        } else if danish::bits_per_letter(&lower) > BAD || !danish::is_cased_as_prose(&text) {
            tally.has_bad = true;
            points -= match odd {
                Oddness::Full => 1.5,
                Oddness::Half => 0.5,
                Oddness::None => 0.4,
            };
        }
    }
    points
}

/// Points for a known word by its number of letters, if one of them stood where it cannot.
fn odd_weight(length: usize) -> f32 {
    match length {
        0 | 1 => 0.0,
        2 => 1.2,
        3 => 2.0,
        4 => 3.0,
        _ => 3.5,
    }
}

/// Bits a letter below which a string may be a Danish word, and above which it is none.
const GOOD: f32 = 4.3;
const BAD: f32 = 5.2;

fn oddness_at(chars: &[char], at: usize) -> Oddness {
    danish::oddness(at.checked_sub(1).map(|at| chars[at]), chars[at], chars.get(at + 1).copied())
}

/// The ranges of letters and U+FFFD.
fn words(chars: &[char]) -> impl Iterator<Item = Range<usize>> + '_ {
    let is_part = |c: &char| c.is_alphabetic() || *c == '\u{fffd}';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + chars[at..].iter().position(is_part)?;
        let end = chars[start..].iter().position(|c| !is_part(c)).map_or(chars.len(), |by| start + by);
        at = end;
        Some(start..end)
    })
}

/// The token with each character repaired, and U+FFFD where just one filling gives a known word.
fn repaired_token(chars: &[char], confusion: &Confusion) -> Vec<char> {
    let mut repaired: Vec<char> = chars.iter().map(|c| confusion.repaired(*c)).collect();
    if chars.contains(&'\u{fffd}')
        && let Some(fillings) = confusion.undefined()
    {
        let ranges: Vec<Range<usize>> = words(&repaired).collect();
        for range in ranges {
            fill(&mut repaired[range], &fillings);
        }
    }
    repaired
}

/// Most characters of one word that are filled in.
const MOST_HOLES: usize = 3;

fn fill(word: &mut [char], fillings: &[char; 5]) {
    let holes: Vec<usize> = (0..word.len()).filter(|at| word[*at] == '\u{fffd}').collect();
    if holes.is_empty() || holes.len() > MOST_HOLES || word.len() < 2 {
        return;
    }
    let mut only: Option<Vec<char>> = None;
    for number in 0..5usize.pow(holes.len() as u32) {
        let mut candidate = word.to_vec();
        let mut rest = number;
        for hole in &holes {
            candidate[*hole] = fillings[rest % 5];
            rest /= 5;
        }
        let text: String = candidate.iter().collect();
        if danish::is_cased_as_prose(&text) && danish::is_word(&text.to_lowercase()) {
            if only.is_some() {
                return;
            }
            only = Some(candidate);
        }
    }
    if let Some(filled) = only {
        word.copy_from_slice(&filled);
    }
}

/// The pair as a step names it.
pub(super) fn step(pair: usize, token: &str) -> super::Step {
    let confusion = &CONFUSIONS[pair];
    let is_c1 = |c: char| matches!(c, '\u{80}'..='\u{9f}');
    let undefined = |c: char| matches!(c, '\u{81}' | '\u{8d}' | '\u{8f}' | '\u{90}' | '\u{9d}');
    let latin1 =
        confusion.read_as == Encoding::Windows1252 && token.chars().any(|c| is_c1(c) && !undefined(c));
    let read_as = if latin1 { Encoding::Iso8859_1 } else { confusion.read_as };
    super::Step::Misread { actual: confusion.actual, read_as }
}

/// The tokens of a line that the pair makes better, each with what it becomes.
pub(super) fn repair_tokens(line: &str, pair: usize, mut change: impl FnMut(Range<usize>, &str)) {
    let confusion = &CONFUSIONS[pair];
    for range in tokens(line) {
        let token = &line[range.clone()];
        if token.is_ascii() {
            continue;
        }
        let chars: Vec<char> = token.chars().take(LONGEST + 1).collect();
        if chars.len() > LONGEST {
            continue;
        }
        let all = repaired_token(&chars, confusion);
        let letters: Vec<char> = chars
            .iter()
            .zip(&all)
            .map(|(old, new)| if danish::is_danish_letter(*new) { *new } else { *old })
            .collect();
        let now = badness(&chars, &chars) + left_over(&chars, &all);
        let best =
            [all, letters].into_iter().map(|c| (badness(&c, &chars), c)).min_by_key(|(badness, _)| *badness);
        if let Some((badness, best)) = best
            && badness < now
            && best != chars
        {
            let text: String = best.iter().collect();
            change(range, &text);
        }
    }
}

/// How much it speaks against leaving a token as it is that a character beside a letter would become
/// a letter of Western Europe, and is none now.
fn left_over(chars: &[char], repaired: &[char]) -> i32 {
    let is_common = |c: char| {
        danish::is_danish_letter(c)
            || matches!(c, 'é' | 'É' | 'è' | 'ê' | 'á' | 'à' | 'ç' | 'ö' | 'Ö' | 'ä' | 'Ä' | 'ü' | 'Ü')
    };
    let is_letter = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| c.is_alphabetic());
    let is_left = |at: usize| {
        is_common(repaired[at])
            && !is_common(chars[at])
            && (is_letter(at.checked_sub(1)) || is_letter(Some(at + 1)))
    };
    if (0..chars.len()).any(is_left) { 3 } else { 0 }
}

/// How far a token is from Danish text, the less the better. Known words with a letter that was
/// repaired make up for what their characters looked like.
fn badness(chars: &[char], original: &[char]) -> i32 {
    let mut badness = 0;
    for at in (0..chars.len()).filter(|at| !chars[*at].is_ascii()) {
        badness += match oddness_at(chars, at) {
            Oddness::None => 0,
            Oddness::Half => 2,
            Oddness::Full => 4,
        };
    }
    for word in words(chars) {
        let text: String = chars[word.clone()].iter().collect();
        if text.is_ascii() {
            continue;
        }
        let lower = text.to_lowercase();
        let changed = word.clone().any(|at| chars[at] != original[at]);
        let (known, bits) = (danish::is_word(&lower), danish::bits_per_letter(&lower));
        badness += match () {
            () if !danish::is_cased_as_prose(&text) => 4,
            () if known || matches!(lower.as_str(), "å" | "ø") => 0,
            () if bits < GOOD => 1,
            () if bits < BAD => 2,
            () => 4,
        };
        if known && changed {
            badness -= 2;
        }
    }
    badness
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_is_told_from_the_others() {
        let sentence = "Søren Jørgensen købte æbler på gården i går, så nåede han også brødet på Ærø";
        for (pair, confusion) in CONFUSIONS.iter().enumerate() {
            let damaged: String = sentence
                .chars()
                .map(|c| match confusion.actual_page.encode(c) {
                    Some(byte) => confusion.read_page.decode(byte),
                    None => c,
                })
                .collect();
            let found = weigh(&damaged).expect("evidence");
            assert!(found.points > 6.0, "{damaged}: {}", found.points);
            let mut repaired = String::new();
            let mut at = 0;
            repair_tokens(&damaged, found.pair, |range, text| {
                repaired.push_str(&damaged[at..range.start]);
                repaired.push_str(text);
                at = range.end;
            });
            repaired.push_str(&damaged[at..]);
            assert_eq!(repaired, sentence, "{damaged} by pair {pair}");
        }
    }
}
