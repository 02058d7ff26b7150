//! Words and sentences of standard input as `unicode-segmentation` cuts them, as JSON: a peer for
//! `peers/text.py`.
#![allow(clippy::print_stdout, missing_docs)]

use std::io::Read;

use unicode_segmentation::UnicodeSegmentation;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let tokens: Vec<&str> = text.split_word_bounds().filter(|word| !word.trim().is_empty()).collect();
    let sentences: Vec<&str> = text.split_sentence_bounds().map(str::trim).collect();
    println!("{}", serde_json::json!({"tokens": tokens, "sentences": sentences}));
    Ok(())
}
