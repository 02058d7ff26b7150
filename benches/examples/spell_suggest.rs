//! How often the word that was meant is among the first corrections, and corrections a second.
//!
//! `spell_suggest PAIRS [SUGGESTIONS]`: pairs of `written<TAB>meant` (text/data/spell/misspellings.tsv), and
//! another program's corrections, one line a pair with tabs between them, to compare with. The pairs are in two
//! halves by a hash of what was written; only the first was looked at when weights were set.
#![allow(clippy::print_stdout)]

use std::time::Instant;

use sprog_formats::{Limits, rules::hunspell_aff, rules::hunspell_dic};
use sprog_text::spell::{SpellDictionary, Speller};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let pairs = std::fs::read_to_string(arguments.next().ok_or("no file of pairs")?)?;
    let others = arguments.next().map(std::fs::read_to_string).transpose()?.unwrap_or_default();
    let path = std::env::var("SPROG_HUNSPELL_DA").unwrap_or_else(|_| "/usr/share/hunspell/da_DK".into());
    let limits = Limits { items: 100_000_000, ..Limits::default() };
    let aff = hunspell_aff::read(&std::fs::read(format!("{path}.aff"))?, &limits)?.value;
    let dic = hunspell_dic::read_with(&std::fs::read(format!("{path}.dic"))?, &aff, &limits)?.value;
    let dictionary = SpellDictionary::build(&aff, &dic)?;
    let speller = Speller::open(dictionary.as_bytes())?;
    let pairs: Vec<(&str, &str)> =
        pairs.lines().filter(|l| !l.starts_with("# ")).filter_map(|l| l.split_once('\t')).collect();
    let start = Instant::now();
    let ours: Vec<Vec<String>> = pairs.iter().map(|(written, _)| speller.suggest(written, 5)).collect();
    let seconds = start.elapsed().as_secs_f64();
    let others: Vec<Vec<&str>> = others.lines().map(|l| l.split('\t').collect()).collect();
    let mut counts = [[0usize; 4]; 2];
    for (i, ((written, meant), ours)) in pairs.iter().zip(&ours).enumerate() {
        let half = half(written);
        let count = &mut counts[half];
        let place = ours.iter().position(|word| word == meant);
        let other = others.get(i).and_then(|words| words.iter().position(|word| word == meant));
        count[0] += 1;
        count[1] += usize::from(place.is_some());
        count[2] += usize::from(place == Some(0));
        count[3] += usize::from(other.is_some_and(|at| at < 5));
        if place.is_none() {
            let note = if speller.check(written) {
                " (is a word)"
            } else if !speller.check(meant) {
                " (not a word)"
            } else {
                ""
            };
            println!("half {half}: {written} -> {meant}{note}: {}", ours.join(" "));
        }
    }
    for (half, [total, five, first, other]) in counts.iter().enumerate() {
        let share = |n: &usize| 100.0 * *n as f64 / (*total).max(1) as f64;
        println!(
            "half {half}: {total} pairs, in the first five {:.1} %, first {:.1} %, the other program in the first five {:.1} %",
            share(five),
            share(first),
            share(other)
        );
    }
    println!("{:.0} calls/s", pairs.len() as f64 / seconds);
    Ok(())
}

/// FNV-1a, its lowest bit but one.
fn half(written: &str) -> usize {
    let hash = written
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3));
    (hash >> 17 & 1) as usize
}
