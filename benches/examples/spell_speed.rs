//! Words checked a second and the time of opening, one thread, three turns, on words that stand one a line on
//! standard input; `benches/peers/hunspell_oracle.cpp` measures libhunspell on the same lines.
//!
//! `spell_speed < words`; the dictionary is `$SPROG_HUNSPELL_DA.{aff,dic}`, by default Debian's hunspell-da.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::io::BufRead;
use std::time::Instant;

use sprog_formats::{Limits, rules::hunspell_aff, rules::hunspell_dic};
use sprog_text::spell::{SpellDictionary, Speller};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::var("SPROG_HUNSPELL_DA").unwrap_or_else(|_| "/usr/share/hunspell/da_DK".into());
    let limits = Limits { items: 100_000_000, ..Limits::default() };
    let start = Instant::now();
    let aff = hunspell_aff::read(&std::fs::read(format!("{path}.aff"))?, &limits)?.value;
    let dic = hunspell_dic::read_with(&std::fs::read(format!("{path}.dic"))?, &aff, &limits)?.value;
    let read = start.elapsed();
    let dictionary = SpellDictionary::build(&aff, &dic)?;
    println!(
        "read in {:.2} s, built in {:.2} s: {} forms, {} bytes",
        read.as_secs_f64(),
        (start.elapsed() - read).as_secs_f64(),
        dictionary.form_count(),
        dictionary.as_bytes().len()
    );
    let words: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    for _ in 0..3 {
        let start = Instant::now();
        let speller = Speller::open(dictionary.as_bytes())?;
        let opened = start.elapsed();
        let start = Instant::now();
        let mut right = 0u64;
        // Ten times over: the lists are short.
        for _ in 0..10 {
            right = words.iter().filter(|w| black_box(&speller).check(black_box(w))).count() as u64;
        }
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "opened in {:.3} ms; {} words, {right} right, {:.0} words/s",
            opened.as_secs_f64() * 1e3,
            words.len(),
            10.0 * words.len() as f64 / seconds
        );
    }
    Ok(())
}
