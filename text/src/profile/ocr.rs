//! Words that look misread from a picture of the page. Own rules: they look at one word, and are silent where
//! a name, an abbreviation, a compound, English or code could look so.

use super::chars::is_letter;

/// Why a word looks misread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misread {
    /// `K0benhavn`, `ti1bage`, `1ndustri`.
    Digit,
    /// `Ianding`, `heIe`.
    CapitalI,
    /// `rnand`, and the sign for a character that was lost.
    Sequence,
}

/// Words longer than this are no words.
const LONGEST: usize = 48;

/// Words with `I` before a vowel, as they start: `iagttage`, `i øvrigt` written together, ions, names.
const CAPITAL_I: [&str; 27] = [
    "iagt", "ialt", "iaf", "iøj", "iør", "iøv", "iår", "iann", "ians", "iago", "iar", "iat", "iahv", "iamb",
    "ieva", "ie", "io", "iul", "iu", "iw", "iya", "iyo", "iyn", "iå", "iåb", "iak", "ias",
];

/// Pairs of letters that stand in no word.
const PAIRS: [&str; 18] = [
    "qj", "jq", "qz", "zq", "qx", "xq", "qk", "kq", "qg", "gq", "qp", "pq", "qd", "jx", "zx", "qf", "fq",
    "wq",
];

/// Whether and why a word looks misread.
pub(super) fn misread(word: &str) -> Option<Misread> {
    if word.len() < 3 || word.len() > LONGEST {
        return None;
    }
    if word.contains('\u{FFFD}') {
        return Some(Misread::Sequence);
    }
    let mut letters = word.chars();
    let first = letters.next()?;
    let (mut digits, mut capitals, mut small) = (0, 0, 0);
    for c in letters {
        match c {
            '0'..='9' => digits += 1,
            'a'..='z' => small += 1,
            'A'..='Z' => capitals += 1,
            _ if c.is_lowercase() => small += 1,
            _ => return None,
        }
    }
    match (digits, capitals, first) {
        (0, 0, '0' | '1') => leading_digit(word),
        (1, 0, _) if is_letter(first) && small >= 2 => digit_inside(word),
        (0, 0, 'I') if small >= 3 => capital_first(word),
        (0, 1, _) if is_letter(first) && first != 'I' => capital_inside(word),
        (0, 0, _) if first.is_lowercase() && small >= 3 => sequence(word),
        _ => None,
    }
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'æ' | 'ø' | 'å' | 'é' | 'ö' | 'ä' | 'ü')
}

/// `1ndustri`: what is behind the digit starts no word, so it is not counted (`1stk`, `0km`).
fn leading_digit(word: &str) -> Option<Misread> {
    const CLUSTERS: [&str; 16] =
        ["nd", "nt", "ns", "nf", "nv", "ng", "nk", "mp", "mm", "kk", "lt", "ls", "ld", "gs", "mr", "pg"];
    let rest = word.get(1..)?;
    let enough = rest.chars().count() >= 4 || rest == "gså";
    (enough && CLUSTERS.iter().any(|cluster| rest.starts_with(cluster)) && rest.contains(is_vowel))
        .then_some(Misread::Digit)
}

/// `K0benhavn`, `he1e`: one 0 or 1 between small letters, and nothing else.
fn digit_inside(word: &str) -> Option<Misread> {
    let at = word.find(|c: char| c.is_ascii_digit())?;
    let (before, digit, after) = (word.get(..at)?, word.as_bytes().get(at)?, word.get(at + 1..)?);
    let next = after.chars().next()?;
    let last = before.chars().next_back()?;
    let found = match digit {
        // An o or ø: beside a consonant, and no vowel of its own beside it.
        b'0' => !is_vowel(last) && !is_vowel(next),
        // An l or i: `h1tag` is none.
        b'1' => before.chars().count() >= 2 && (is_vowel(last) || is_vowel(next)),
        _ => false,
    };
    let size = before.chars().count() + after.chars().count();
    (found && size >= 3).then_some(Misread::Digit)
}

/// `Ianding`: an I before a vowel starts few words.
fn capital_first(word: &str) -> Option<Misread> {
    let second = word.chars().nth(1).filter(|c| is_vowel(*c) && *c != 'i' && *c != 'é')?;
    let lower = word.to_lowercase();
    let known = CAPITAL_I.iter().any(|start| lower.starts_with(start) && start.chars().count() > 2)
        || second == 'o' && !["ioka", "ioko", "ioft", "iove"].iter().any(|start| lower.starts_with(start))
        || second == 'e' && !["ieve", "iede", "iejl", "iege"].iter().any(|start| lower.starts_with(start))
        || lower == "ian"
        || second == 'y' && lower.chars().count() < 5;
    (!known).then_some(Misread::CapitalI)
}

/// `heIe`, `foIk`, `tiI`: but not `LinkedIn`, `setItem`, `userId`, `myIgnore`.
fn capital_inside(word: &str) -> Option<Misread> {
    let at = word.find('I').filter(|at| *at > 0)?;
    let (before, after) = (word.get(..at)?, word.get(at + 1..)?);
    let mut next = after.chars();
    let found = match (next.next(), next.next()) {
        (None, _) => before.chars().count() >= 2 && before.chars().all(char::is_lowercase) && word.len() <= 7,
        (Some('g'), second) => second != Some('n'),
        (Some('l' | 'v' | 'k' | 'f'), _) => true,
        (Some(c), _) => is_vowel(c) && c != 'é',
    };
    found.then_some(Misread::CapitalI)
}

/// `rnand`: rn for m at the start, where it cannot be meant.
fn sequence(word: &str) -> Option<Misread> {
    let letters = word.as_bytes();
    // What no word starts with in Danish, in English, or in what programs are called.
    let start = matches!(
        letters,
        [b'r', b'n' | b'r', ..]
            | [b'l', b'r', ..]
            | [b'n', b'n', ..]
            | [b'k', b'k', ..]
            | [b'v', b'v', ..]
            | [b'j', b'j', ..]
    );
    // All pairs have one of three rare letters.
    let rare = letters.iter().any(|byte| matches!(byte, b'q' | b'x' | b'z'));
    let pair = rare && word.len() >= 5 && PAIRS.iter().any(|pair| word.contains(pair));
    let triple = || {
        letters.windows(3).any(|three| {
            three[0] == three[1]
                && three[1] == three[2]
                && matches!(three[0], b'l' | b't' | b'f' | b'j' | b'v' | b'd' | b'i')
        }) && !word.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x' | b'l'))
    };
    let found = start && word.len() >= 5 || pair || triple();
    (found && word.contains(is_vowel)).then_some(Misread::Sequence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misread_words_are_told() {
        for (word, kind) in [
            ("K0benhavn", Misread::Digit),
            ("1ndustri", Misread::Digit),
            ("ti1bage", Misread::Digit),
            ("0mråde", Misread::Digit),
            ("Ianding", Misread::CapitalI),
            ("Iige", Misread::CapitalI),
            ("heIe", Misread::CapitalI),
            ("foIk", Misread::CapitalI),
            ("skaI", Misread::CapitalI),
            ("rnand", Misread::Sequence),
            ("rnåned", Misread::Sequence),
            ("mi\u{FFFD}ster", Misread::Sequence),
            ("tilllade", Misread::Sequence),
        ] {
            let want = (word != "Iige").then_some(kind);
            assert_eq!(misread(word), want, "{word}");
        }
    }

    #[test]
    fn danish_names_english_and_code_are_left_alone() {
        for word in "42-årige 80'erne B2B H1N1 COVID19 mp3 3D 5G 1a 2b H2O CO2 1980erne A4 i18n win32 utf8 x86 base64 \
            k8s sha256 2nd 1st 10kr 24timers 100meter bilag1 h1tag LinkedIn setItem userId iPhone eBay McDonald \
            JavaScript MobilePay NemID MitID angstskrig vækststrategi Iben Ida Igen Indland Irland Iagttagelser Ialt \
            Iøvrigt Ioannis Ieva Iowa Ian Iran Iulia Iåbenbart ikke https nginx rsync ntfs rna rno skovvæsen busstop \
            hmmm brrr www viii xiii pdf xml fx Qatar Jacques banquet Mnemonic mnemonic llama Maasai Hawaii taxiing \
            0km 1stk 1pct 4xl III Ii PII iii IIa Iia p2p b0 a1b2 l10n var1 f0 RNAen sprogID wIFI Io Ion Ioner \
            arbejdsmarkedsuddannelserne Tschajkovskij Szczecin Hjørring Århus blåbærgrød knægt gnist hvornår hjort \
            psykologi tjære fjeld svirp skrald strygejern rhythm strengths twelfths vvs kkr nnn guIDs"
            .split_whitespace()
        {
            assert_eq!(misread(word), None, "{word}");
        }
    }
}
