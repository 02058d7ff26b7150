//! Words per second of [`G2p::pronounce`] and of `words_of`: `g2p_speed TEXT [TURNS]`, one thread, CPU time of the process.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use sprog_text::g2p::{G2p, Options, Register};

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let cells: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (cells[11].parse::<f64>().unwrap() + cells[12].parse::<f64>().unwrap()) / 100.0
}

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let turns: usize = std::env::args().nth(2).map_or(5, |turns| turns.parse().unwrap());
    let text = std::fs::read_to_string(path).unwrap();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let distinct = G2p::new(Options { register: Register::Distinct, max_variants: 1, ..Options::default() });
    for (name, g2p) in [("best only", distinct), ("all variants", G2p::default())] {
        for _ in 0..turns {
            let (start, mut phones, mut done) = (cpu(), 0, 0);
            while cpu() - start < 1.0 {
                for word in &words {
                    phones += g2p.pronounce(word).iter().map(|one| one.phones.len()).sum::<usize>();
                }
                done += words.len();
            }
            println!("{name}: {:.0} words/s ({phones} phones)", done as f64 / (cpu() - start));
        }
    }
    let g2p = G2p::default();
    let (start, mut done) = (cpu(), 0);
    while cpu() - start < 2.0 {
        done += g2p.words_of(&text).len();
    }
    println!("words_of: {:.0} words/s", done as f64 / (cpu() - start));
}
