//! Runs a grammar over a CG stream, as `vislcg3 -g grammar < stream` does.
//!
//! `cg_run <grammar> [--trace] [--times N] < stream`; with `--times` the stream is run N times and the time told.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::io::Read as _;

use sprog_formats::{Limits, rules::cg};
use sprog_text::cg::{Engine, Grammar, Options};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: cg_run <grammar> [--trace] [--times N] < stream")?;
    let (mut options, mut times) = (Options::default(), 1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--trace" => options.trace = true,
            "--times" => times = arguments.next().ok_or("--times needs a number")?.parse()?,
            other => return Err(format!("{other:?} is not an option").into()),
        }
    }
    let parsed = cg::read(&std::fs::read(&path)?, &Limits::default())?;
    for problem in &parsed.problems {
        eprintln!("{path}: {problem}");
    }
    let grammar = Grammar::compile(&parsed.value)?;
    for left_out in grammar.unsupported() {
        eprintln!("{path}:{}: not run: {}", left_out.line, left_out.what);
    }
    let mut stream = String::new();
    std::io::stdin().read_to_string(&mut stream)?;
    let rules = grammar.rules();
    let mut engine = Engine::new(grammar, options);
    for _ in 1..times {
        let start = std::time::Instant::now();
        let output = engine.run_stream(&stream);
        let seconds = start.elapsed().as_secs_f64();
        eprintln!(
            "{} cohorts, {rules} rules: {:.0} cohorts/s",
            output.cohorts,
            output.cohorts as f64 / seconds
        );
    }
    let output = engine.run_stream(&stream);
    if output.given_up > 0 {
        eprintln!("{} windows took too much work", output.given_up);
    }
    print!("{}", output.stream);
    Ok(())
}
