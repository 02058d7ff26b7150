//! Strings that break tokenizers: the same ids as the crate `tokenizers`, the text back from the ids, and linear time.
//!
//!     cargo run --release -p sprog-benches --example subword_adversarial -- VOCABULARY.json…
//!
//! Each kind of string is made of 1 MB and of 10 MB. Of the first the ids are compared with those of the crate; of both
//! the text must come back, and the time of the second is shown as a multiple of the first's: 10 is linear. Then come
//! bytes that are no UTF-8. A difference is listed, and makes the program fail.
#![allow(clippy::print_stdout, missing_docs)]

use std::time::Instant;

use sprog_text::subword::tokenizer::Tokenizer;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }
}

/// A string of about `size` bytes that repeats what `next` gives.
fn filled(size: usize, mut next: impl FnMut(&mut Numbers) -> String) -> String {
    let (mut text, mut numbers) = (String::with_capacity(size + 64), Numbers(7));
    while text.len() < size {
        text.push_str(&next(&mut numbers));
    }
    text
}

fn of_chars(size: usize, chars: &str) -> String {
    let chars: Vec<char> = chars.chars().collect();
    filled(size, |numbers| chars[numbers.below(chars.len())].to_string())
}

fn strings(size: usize) -> Vec<(&'static str, String)> {
    vec![
        ("one word, random letters", of_chars(size, "abcdefghijklmnoprstuvyæøå")),
        ("one word, frequent letters", of_chars(size, "eeeennnrrttddaigslo")),
        ("one word, one letter", "a".repeat(size)),
        ("one word, ae", "ae".repeat(size / 2)),
        ("one word, a compound", "arbejdsmarkedsuddannelse".repeat(size / 24)),
        ("æ", "æ".repeat(size / 2)),
        ("capitals and small letters", of_chars(size, "aAæÆ")),
        (
            "words of 30 letters",
            filled(size, |n| format!(" {}", of_chars_from(n, 30, "abdefgiklmnorstuvæøå"))),
        ),
        (
            "different short words",
            filled(size, |n| format!(" {}", of_chars_from(n, 6, "abdefgiklmnorstuvæøå"))),
        ),
        ("digits", of_chars(size, "0123456789")),
        ("spaces", " ".repeat(size)),
        ("spaces, then a word", format!("{}x", " ".repeat(size - 1))),
        ("spaces of all kinds", of_chars(size, " \t\u{a0}\u{2003}\u{3000}")),
        ("line ends", of_chars(size, "\n\r")),
        ("spaces and line ends", of_chars(size, " \n")),
        ("punctuation", of_chars(size, "!?.,;:-–…()[]{}/\\'\"")),
        ("apostrophes", of_chars(size, "'sSlLrRdDtTmMeEvVſ ")),
        (
            "zalgo",
            filled(size, |n| format!("e{}", of_chars_from(n, 50, "\u{300}\u{301}\u{316}\u{35f}\u{489}"))),
        ),
        ("combining marks alone", "\u{301}".repeat(size / 2)),
        ("emoji with joiners", "👩‍👩‍👧‍👦👨🏽‍🚀🏳️‍🌈🇩🇰".repeat(size / 78)),
        ("NUL", "\0".repeat(size)),
        (
            "Chinese",
            filled(size, |n| {
                char::from_u32(0x4e00 + n.below(0x5000) as u32).map(String::from).unwrap_or_default()
            }),
        ),
        (
            "all planes",
            filled(size, |n| char::from_u32(n.below(0x11_0000) as u32).map(String::from).unwrap_or_default()),
        ),
        ("special tokens", "<|endoftext|>".repeat(size / 13)),
        ("half special tokens", "<|endoftext<|".repeat(size / 13)),
    ]
}

fn of_chars_from(numbers: &mut Numbers, count: usize, chars: &str) -> String {
    let chars: Vec<char> = chars.chars().collect();
    (0..count).map(|_| chars[numbers.below(chars.len())]).collect()
}

fn seconds<T>(call: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let out = call();
    (out, start.elapsed().as_secs_f64())
}

/// What is wrong with the ids of a text, if something is.
fn wrong(ours: &[u32], theirs: &[u32]) -> Option<String> {
    if ours == theirs {
        return None;
    }
    let at = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let near = |ids: &[u32]| ids.get(at..).unwrap_or_default().iter().take(4).copied().collect::<Vec<_>>();
    Some(format!("token {at} of {}: {:?}, the crate's {:?}", ours.len(), near(ours), near(theirs)))
}

fn bytes_mode(tokenizer: &Tokenizer) -> Outcome<usize> {
    let mut numbers = Numbers(11);
    let mut failures = 0;
    let pieces: [&[u8]; 8] = [
        b" abe",
        "æøå".as_bytes(),
        b"\xff",
        b"\xc3",
        b"\xe2\x82",
        b"\xed\xa0\x80",
        b"\xf0\x9f\x99",
        "🙂".as_bytes(),
    ];
    for size in [0, 1, 2, 3, 10, 1000, 1_000_000] {
        for kind in 0..3 {
            let bytes: Vec<u8> = match kind {
                0 => (0..size).map(|_| numbers.below(256) as u8).collect(),
                1 => (0..size / 3).flat_map(|_| pieces[numbers.below(pieces.len())]).copied().collect(),
                _ => vec![0x80 | (numbers.below(128) as u8); size],
            };
            let ids = tokenizer.encode_bytes(&bytes)?;
            if tokenizer.decode_bytes(&ids)? != bytes {
                println!("DIFFERENT: {} bytes of kind {kind} do not come back", bytes.len());
                failures += 1;
            }
            let valid = String::from_utf8_lossy(&bytes).into_owned();
            if tokenizer.encode_bytes(valid.as_bytes())? != tokenizer.encode(&valid, false)? {
                println!("DIFFERENT: {size} bytes of kind {kind}, made valid: other ids than as text");
                failures += 1;
            }
        }
    }
    Ok(failures)
}

fn main() -> Outcome<()> {
    let mut failures = 0;
    for path in std::env::args().skip(1) {
        let json = std::fs::read(&path)?;
        let tokenizer = Tokenizer::from_json(&json)?;
        let reference = tokenizers::Tokenizer::from_bytes(&json).map_err(|e| e.to_string())?;
        println!("{path}: {}", tokenizer.fallback().unwrap_or("the fast path"));
        println!(
            "{:28} {:>9} {:>9} {:>9} {:>6} {:>9}",
            "1 MB and 10 MB of", "tokens", "ms", "ms", "times", "crate ms"
        );
        for ((name, small), (_, large)) in strings(1_000_000).into_iter().zip(strings(10_000_000)) {
            let (ids, first) = seconds(|| tokenizer.encode(&small, false));
            let ids = ids?;
            let (theirs, crates) = seconds(|| reference.encode_fast(small.as_str(), false));
            let (many, second) = seconds(|| tokenizer.encode(&large, false));
            println!(
                "{name:28} {:9} {:9.1} {:9.1} {:6.1} {:9.1}",
                ids.len(),
                first * 1e3,
                second * 1e3,
                second / first,
                crates * 1e3
            );
            let mut tell = |what: String| {
                println!("DIFFERENT: {name}: {what}");
                failures += 1;
            };
            match theirs {
                Ok(theirs) => wrong(&ids, theirs.get_ids()).into_iter().for_each(&mut tell),
                Err(e) => tell(format!("the crate fails: {e}")),
            }
            if tokenizer.decode(&ids, false)? != small || tokenizer.decode(&many?, false)? != large {
                tell("the text does not come back".into());
            }
            let offsets = tokenizer.encode_with_offsets(&small, false)?;
            if offsets.ids != ids || offsets.offsets.iter().any(|&(s, e)| small.get(s..e).is_none()) {
                tell("offsets".into());
            }
        }
        failures += bytes_mode(&tokenizer)?;
    }
    println!("{failures} differences");
    if failures > 0 { Err("not the same".into()) } else { Ok(()) }
}
