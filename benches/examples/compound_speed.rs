//! Words per second of `compounds::Splitter`: `compound_speed TEXT|CONLLU [DIC AFF]`, one thread, CPU time of the process,
//! three turns. A CoNLL-U file gives its running words.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use sprog_formats::{
    Limits,
    rules::{hunspell_aff, hunspell_dic},
};
use sprog_text::compounds::{Mode, Splitter};

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let cells: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (cells[11].parse::<f64>().unwrap() + cells[12].parse::<f64>().unwrap()) / 100.0
}

fn measure(name: &str, splitter: &Splitter, words: &[&str], n: usize) {
    for _ in 0..3 {
        let (start, mut parts, mut done) = (cpu(), 0, 0);
        while cpu() - start < 1.0 {
            for word in words {
                parts +=
                    splitter.split(word, Mode::Deep, n).iter().map(|split| split.parts.len()).sum::<usize>();
            }
            done += words.len();
        }
        println!(
            "{name}, n = {n}: {:.0} words/s ({} parts a word)",
            done as f64 / (cpu() - start),
            parts / done
        );
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&args[1]).unwrap();
    let words: Vec<&str> = if args[1].ends_with(".conllu") {
        let columns = text
            .lines()
            .filter(|l| l.starts_with(|c: char| c.is_ascii_digit()))
            .map(|l| l.split('\t').nth(1).unwrap());
        columns.filter(|word| word.contains(char::is_alphabetic)).collect()
    } else {
        text.split(|c: char| !c.is_alphabetic() && c != '-').filter(|word| !word.is_empty()).collect()
    };
    let start = std::time::Instant::now();
    let ours = Splitter::ours();
    ours.split("husbåd", Mode::Deep, 1);
    println!("{} words; first use after {:.1} ms", words.len(), start.elapsed().as_secs_f64() * 1e3);
    measure("our stems", ours, &words, 1);
    measure("our stems", ours, &words, 5);
    if let [_, _, dic, aff] = &args[..] {
        let limits = Limits::default();
        let aff = hunspell_aff::read(&std::fs::read(aff).unwrap(), &limits).unwrap().value;
        let dic = hunspell_dic::read_with(&std::fs::read(dic).unwrap(), &aff, &limits).unwrap().value;
        let start = std::time::Instant::now();
        let both = Splitter::with_dictionary(&dic);
        println!("dictionary built in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        measure("and a dictionary", &both, &words, 1);
    }
}
