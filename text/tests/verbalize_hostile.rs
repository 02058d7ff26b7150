//! Texts that are made to be slow or to break: each is taken in time that grows with its length.

use sprog_text::itn::itn;
use sprog_text::verbalize::{Options, verbalize};

const PIECES: [&str; 78] = [
    "1",
    "0",
    ".",
    "@",
    " ",
    "\"",
    "'",
    "1.",
    "1 ",
    "1-",
    "1/",
    "1,",
    "1:",
    "1.1",
    "a.",
    "a@",
    "1 111 ",
    "1.111",
    "§ 1",
    "§",
    "-",
    "–",
    "1.1.1 ",
    "I",
    "IV ",
    "kl. ",
    "d. ",
    "en ",
    "et hundrede ",
    "og ",
    "nul ",
    "tusind ",
    "millioner ",
    "\u{301}",
    "1\u{301}",
    "½",
    "A",
    "a/",
    "www.",
    "http://",
    "kr. ",
    "1 kr. ",
    "stk. 1 ",
    "§ 1, stk. ",
    "minus ",
    "snabela ",
    "punktum a ",
    "info snabela a punktum ",
    "klokken ",
    "1+",
    "1 x ",
    "&",
    "a&",
    "\u{200f}",
    "\0",
    "å",
    "“",
    "erne",
    "den ",
    "1.-",
    "33 ",
    "010203-",
    "x",
    ":",
    "https://a.",
    "a_",
    "1'",
    "1’er ",
    "hundrede og ",
    "1 1/",
    "ØÆ",
    "AB",
    "A.",
    "fx ",
    "2024-",
    "bl. ",
    "10 - ",
    "kl. 1-",
];

fn take(length: usize) {
    let all = Options::default();
    for piece in PIECES {
        let text = piece.repeat(length / piece.len());
        let spoken = verbalize(&text, &all);
        assert_eq!(spoken.readings[0], spoken.spoken, "{piece:?}");
        let written = itn(&text, &all);
        assert_eq!(written.readings[0], written.written, "{piece:?}");
    }
}

#[test]
fn repeated_triggers_are_taken() {
    take(10_000);
}

#[test]
#[ignore = "156 MB of triggers: run with --release"]
fn long_lines_of_triggers_are_taken_in_linear_time() {
    let seconds = |length| {
        let start = std::time::Instant::now();
        take(length);
        start.elapsed().as_secs_f64()
    };
    let (short, long) = (seconds(250_000), seconds(2_000_000));
    assert!(long < 24.0 * short, "eight times the text took {:.1} times as long", long / short);
}

#[test]
fn a_letter_with_thousands_of_marks_is_left_alone() {
    let text = format!("z{} 12 kg", "\u{301}".repeat(50_000));
    let spoken = verbalize(&text, &Options::default());
    assert!(spoken.spoken.ends_with(" tolv kilogram"));
    assert!(spoken.spoken.starts_with(&text[..text.len() - 6]));
}

#[test]
fn an_empty_text_has_one_reading() {
    assert_eq!(verbalize("", &Options::default()).readings, [""]);
    assert_eq!(itn("", &Options { max_readings: 0 }).readings, [""]);
}
