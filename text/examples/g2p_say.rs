//! Words on stdin, pronunciations on stdout.
#![allow(clippy::print_stdout)]
use sprog_text::g2p::{G2p, PhoneSet};
use std::io::BufRead;
fn main() {
    let g2p = G2p::default();
    let full = std::env::args().nth(1).as_deref() != Some("-a");
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let w = line.split_whitespace().next().unwrap_or("");
        for p in g2p.pronounce(w) {
            println!(
                "{w}\t{}\t{:?}",
                p.text(if full { PhoneSet::Full } else { PhoneSet::Alignment }),
                p.source
            );
        }
    }
}
