//! Fingerprints of WAV files (16 bit, mono, 16 kHz) for `benches/peers/fingerprint.py`.
//!
//! - `fingerprint speed FILE…`: times real time by processor time of one thread, the best of five turns.
//! - `fingerprint pairs`: lines `a<TAB>b` on stdin; for each what `compare` finds, as JSON.
//! - `fingerprint search [ONE_KEY_IN [VOTES]] < list`: the corpus search over the listed files, as JSON.
//! - `fingerprint chance < list`: the greatest score of every two of the files, one a line, whatever it is.
//! - `fingerprint blocks < list`: bit error rates of blocks of about a second of unrelated files.
//! - `fingerprint frames FILE…`: frames, evidence and share without evidence of each.
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

use std::collections::HashMap;
use std::io::BufRead;
use std::time::Instant;

use sprog::dedup::audio::{Candidates, Options};
use sprog_speech::fingerprint::{Fingerprint, Fingerprinter, Match, compare};

type Failure = Box<dyn std::error::Error>;

fn samples(path: &str) -> Result<Vec<f32>, Failure> {
    let bytes = std::fs::read(path).map_err(|e| format!("{path}: {e}"))?;
    let data = bytes.windows(4).position(|w| w == b"data").ok_or("no data chunk")? + 8;
    let pairs = bytes.get(data..).unwrap_or_default().chunks_exact(2);
    Ok(pairs.map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0).collect())
}

fn json(found: &Option<Match>) -> String {
    found.as_ref().map_or("null".into(), |m| {
        format!(
            "{{\"offset\":{},\"overlap\":{},\"evidence\":{},\"ber\":{:.4},\"score\":{}}}",
            m.offset_frames, m.overlap_frames, m.evidence_frames, m.bit_error_rate, m.score
        )
    })
}

fn lines() -> Result<Vec<String>, Failure> {
    Ok(std::io::stdin().lock().lines().collect::<Result<_, _>>()?)
}

fn fingerprints(paths: &[String]) -> Result<Vec<Fingerprint>, Failure> {
    let mut plan = Fingerprinter::new();
    paths.iter().map(|p| Ok(plan.fingerprint(&samples(p)?))).collect()
}

fn pairs() -> Result<(), Failure> {
    let mut seen: HashMap<String, Fingerprint> = HashMap::new();
    let mut plan = Fingerprinter::new();
    for line in lines()? {
        let (a, b) = line.split_once('\t').ok_or("no tab")?;
        for path in [a, b] {
            if !seen.contains_key(path) {
                seen.insert(path.to_owned(), plan.fingerprint(&samples(path)?));
            }
        }
        println!("{}", json(&compare(&seen[a], &seen[b])));
    }
    Ok(())
}

fn search(one_key_in: u32, least_votes: u32) -> Result<(), Failure> {
    let paths = lines()?;
    let stored = fingerprints(&paths)?;
    let start = Instant::now();
    let dir = tempfile::tempdir()?;
    let mut search = Candidates::new(dir.path(), Options { one_key_in, least_votes, ..Options::default() });
    for (recording, fingerprint) in (0u32..).zip(&stored) {
        search.push(recording, fingerprint)?;
    }
    let stored_by = |recording: u32| Ok(stored.get(recording as usize).cloned());
    let counts = search.verify(
        |_, _| true,
        stored_by,
        |pair| {
            let (a, b) = (&paths[pair.first as usize], &paths[pair.second as usize]);
            println!("{{\"a\":{a:?},\"b\":{b:?},\"match\":{}}}", json(&Some(pair.found)));
            Ok(())
        },
    )?;
    eprintln!("{counts:?}, {:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// As `compare` scores, without its thresholds.
fn greatest_score(a: &[u32], b: &[u32]) -> i32 {
    let mut best = 0;
    for offset in 1 - b.len() as i64..a.len() as i64 {
        let (x, y) = (&a[offset.max(0) as usize..], &b[(-offset).max(0) as usize..]);
        let mut sum = 0i32;
        for (x, y) in x.iter().zip(y) {
            let known = i32::from(*x != 0) & i32::from(*y != 0);
            sum = (sum + (10 - (x ^ y).count_ones() as i32) * known).max(0);
            best = best.max(sum);
        }
    }
    best
}

fn chance() -> Result<(), Failure> {
    let stored = fingerprints(&lines()?)?;
    for (i, a) in stored.iter().enumerate() {
        for (j, b) in stored[i + 1..].iter().enumerate() {
            println!("{i} {} {}", i + 1 + j, greatest_score(a.frames(), b.frames()));
        }
    }
    Ok(())
}

fn blocks() -> Result<(), Failure> {
    const BLOCK: usize = 64;
    let stored = fingerprints(&lines()?)?;
    let blocks = |f: &Fingerprint| -> Vec<Vec<u32>> {
        let known: Vec<u32> = f.frames().iter().copied().filter(|f| *f != 0).collect();
        known.chunks_exact(BLOCK).map(<[u32]>::to_vec).collect()
    };
    let all: Vec<(usize, Vec<u32>)> =
        stored.iter().enumerate().flat_map(|(i, f)| blocks(f).into_iter().map(move |b| (i, b))).collect();
    for (i, (of, a)) in all.iter().enumerate() {
        for (_, b) in all[i + 1..].iter().filter(|(other, _)| other != of) {
            let differing: u32 = a.iter().zip(b).map(|(x, y)| (x ^ y).count_ones()).sum();
            println!("{:.4}", f64::from(differing) / (BLOCK * 32) as f64);
        }
    }
    Ok(())
}

/// Seconds that this thread has run, not counting the turns of others; Linux only.
fn processor_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: u64 = stat.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds as f64 / 1e9)
}

fn speed(paths: &[String]) -> Result<(), Failure> {
    let all: Vec<Vec<f32>> = paths.iter().map(|p| samples(p)).collect::<Result<_, _>>()?;
    let seconds: f64 = all.iter().map(|s| s.len() as f64 / 16_000.0).sum();
    let mut plan = Fingerprinter::new();
    let (mut best, mut frames) = (f64::INFINITY, 0);
    for _ in 0..5 {
        let start = processor_seconds()?;
        frames = all.iter().map(|s| plan.fingerprint(s).frames().len()).sum();
        best = best.min(processor_seconds()? - start);
    }
    println!("{{\"seconds\":{seconds:.1},\"frames\":{frames},\"x_real_time\":{:.0}}}", seconds / best);
    Ok(())
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, default| arguments.get(i).map_or(Ok(default), |a| a.parse());
    match arguments.first().map(String::as_str) {
        Some("speed") => speed(&arguments[1..]),
        Some("pairs") => pairs(),
        Some("search") => search(number(1, 1)?, number(2, 2)?),
        Some("chance") => chance(),
        Some("blocks") => blocks(),
        Some("frames") => {
            for (path, f) in arguments[1..].iter().zip(fingerprints(&arguments[1..])?) {
                println!(
                    "{path}\t{}\t{}\t{:.3}",
                    f.frames().len(),
                    f.evidence_frames(),
                    f.degenerate_share()
                );
            }
            Ok(())
        }
        _ => Err("speed, pairs, search, chance, blocks or frames".into()),
    }
}
