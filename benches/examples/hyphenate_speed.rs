//! Words per second of `hyphenate`: `hyphenate_speed WORDS PATTERNS.dic`, one thread, CPU time of the process, three turns.
//! With `list` as a third argument: the words as the patterns alone divide them, to compare with another tool's.
#![allow(clippy::print_stdout, clippy::unwrap_used)]
use sprog_formats::{Limits, rules::hyphenation};
use sprog_text::hyphenate::{Hyphenator, Patterns};

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let cells: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (cells[11].parse::<f64>().unwrap() + cells[12].parse::<f64>().unwrap()) / 100.0
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let text = std::fs::read_to_string(&args[1]).unwrap();
    let words: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let file = hyphenation::read(&std::fs::read(&args[2]).unwrap(), &Limits::default()).unwrap().value;
    let patterns = Patterns::new(&file);
    let only = Hyphenator::patterns_only(Patterns::new(&file));
    if args.get(3).is_some_and(|arg| arg == "list") {
        let mut out = String::new();
        for word in &words {
            out += &patterns.parts(word).join("-");
            out.push('\n');
        }
        print!("{out}");
        return;
    }
    let both = Hyphenator::with_patterns(Patterns::new(&file));
    for (name, hyphenator) in
        [("patterns", &only), ("compounds and patterns", &both), ("our rules", Hyphenator::ours())]
    {
        for _ in 0..3 {
            let (start, mut parts, mut done) = (cpu(), 0, 0);
            while cpu() - start < 1.0 {
                for word in &words {
                    parts += hyphenator.hyphens(word).len();
                }
                done += words.len();
            }
            println!(
                "{name}: {:.0} words/s ({:.2} hyphens a word)",
                done as f64 / (cpu() - start),
                parts as f64 / done as f64
            );
        }
    }
    let (mut same, mut hits, mut ours, mut theirs) = (0, 0, 0, 0);
    for word in &words {
        let a: Vec<usize> = Hyphenator::ours().hyphens(word).iter().map(|h| h.at).collect();
        let b: Vec<usize> = only.hyphens(word).iter().map(|h| h.at).collect();
        same += usize::from(a == b);
        hits += a.iter().filter(|at| b.contains(at)).count();
        ours += a.len();
        theirs += b.len();
    }
    println!(
        "our rules and the patterns: {same} of {} words alike; of our {ours} hyphens {:.3} are theirs, of their {theirs} {:.3} ours",
        words.len(),
        hits as f64 / ours as f64,
        hits as f64 / theirs as f64
    );
}
