//! Where the speller and libhunspell disagree. Reads lines of `word<TAB>0|1` (libhunspell's answer) on
//! standard input; see benches/peers for the program that makes them.
//!
//! `spell_agreement edits N SEED < words` prints words with random edits to make such lines of.

use std::io::{BufRead, Write};

use sprog_formats::{Limits, rules::hunspell_aff, rules::hunspell_dic};
use sprog_text::spell::{SpellDictionary, Speller};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let lines: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if let [mode, count, seed] = arguments.as_slice()
        && mode == "edits"
    {
        let mut random = Random(seed.parse()?);
        for _ in 0..count.parse::<u64>()? {
            let Some(word) = lines.get(random.below(lines.len())) else { break };
            writeln!(out, "{}", edited(word, &mut random))?;
        }
        return Ok(());
    }
    let dictionary = danish()?;
    let speller = Speller::open(dictionary.as_bytes())?;
    let (mut same, mut total) = (0u64, 0u64);
    for (word, answer) in lines.iter().filter_map(|l| l.rsplit_once('\t')) {
        total += 1;
        let ours = speller.check(word);
        if ours == (answer == "1") {
            same += 1;
        } else {
            writeln!(out, "{word}\tlibhunspell {answer}\there {}", u8::from(ours))?;
        }
    }
    writeln!(out, "{same} of {total} agree, {:.3} %", 100.0 * same as f64 / total.max(1) as f64)?;
    Ok(())
}

fn danish() -> Result<SpellDictionary, Failure> {
    let path = std::env::var("SPROG_HUNSPELL_DA").unwrap_or_else(|_| "/usr/share/hunspell/da_DK".into());
    let limits = Limits { items: 100_000_000, ..Limits::default() };
    let aff = hunspell_aff::read(&std::fs::read(format!("{path}.aff"))?, &limits)?.value;
    let dic = hunspell_dic::read_with(&std::fs::read(format!("{path}.dic"))?, &aff, &limits)?.value;
    Ok(SpellDictionary::build(&aff, &dic)?)
}

/// One or two letters put in, taken out, replaced or swapped, or two words put together.
fn edited(word: &str, random: &mut Random) -> String {
    const LETTERS: &[char] = &[
        'e', 'r', 'n', 't', 's', 'd', 'a', 'i', 'l', 'o', 'g', 'k', 'm', 'f', 'v', 'u', 'b', 'p', 'h', 'y',
        'æ', 'ø', 'å', 'j', 'c', '-', 'S', '.',
    ];
    let mut chars: Vec<char> = word.chars().collect();
    for _ in 0..=random.below(2) {
        let at = random.below(chars.len().max(1));
        let letter = LETTERS.get(random.below(LETTERS.len())).copied().unwrap_or('e');
        match random.below(5) {
            0 => chars.insert(at.min(chars.len()), letter),
            1 if at < chars.len() => drop(chars.remove(at)),
            2 if at + 1 < chars.len() => chars.swap(at, at + 1),
            3 => {
                if let Some(c) = chars.first_mut() {
                    *c = if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
                }
            }
            _ => {
                if let Some(c) = chars.get_mut(at) {
                    *c = letter;
                }
            }
        }
    }
    chars.into_iter().collect()
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound.max(1) as u64) as usize
    }
}
