use proptest::prelude::*;

use super::*;

fn words(text: &str, ms_a_word: u64) -> Vec<TimedWord<'_>> {
    (0u64..)
        .zip(text.split_whitespace())
        .map(|(at, text)| TimedWord { text, start_ms: at * ms_a_word, end_ms: (at + 1) * ms_a_word })
        .collect()
}

fn texts(words: &[TimedWord<'_>], options: &CueOptions) -> Vec<String> {
    cues(words, options).into_iter().map(|cue| cue.text).collect()
}

#[test]
fn cuts_fall_after_sentences_and_commas() {
    let text = "Vi mødes i morgen ved stationen i Roskilde, og så kører vi derfra sammen ud til fjorden. \
                Husk madpakken, for der er ingen kiosk derude om vinteren!";
    assert_eq!(
        texts(&words(text, 300), &CueOptions::default()),
        [
            "Vi mødes i morgen ved\nstationen i Roskilde,",
            "og så kører vi derfra\nsammen ud til fjorden.",
            "Husk madpakken, for der er ingen\nkiosk derude om vinteren!",
        ]
    );
}

#[test]
fn a_pause_parts_two_cues_within_a_sentence() {
    let mut words = words("det var så det", 200);
    for word in &mut words[2..] {
        word.start_ms += 1500;
        word.end_ms += 1500;
    }
    assert_eq!(texts(&words, &CueOptions::default()), ["det var", "så det"]);
}

#[test]
fn a_cue_stays_for_its_reading_time_but_never_into_the_next() {
    let words = [
        TimedWord { text: "Ja.", start_ms: 0, end_ms: 200 },
        TimedWord {
            text: "Speciallægepraksisplanlægningsstabiliseringsperiode!",
            start_ms: 1500,
            end_ms: 2000,
        },
        TimedWord { text: "Nå.", start_ms: 9000, end_ms: 9100 },
    ];
    let made = cues(&words, &CueOptions::default());
    let times: Vec<_> = made.iter().map(|cue| (cue.start_ms, cue.end_ms)).collect();
    assert_eq!(times, [(0, 1000), (1500, 1500 + 52_000 / 17), (9000, 10_000)]);
    let close = [TimedWord { end_ms: 300, ..words[0] }, TimedWord { start_ms: 1350, ..words[1] }];
    let options = CueOptions { min_ms: 2000, ..CueOptions::default() };
    assert_eq!(cues(&close, &options)[0].end_ms, 1350 - 80);
}

#[test]
fn nothing_makes_no_cues_and_blank_words_are_left_out() {
    assert_eq!(cues(&[], &CueOptions::default()), []);
    assert_eq!(texts(&words(" a \u{A0} b", 100), &CueOptions::default()), ["a b"]);
    assert!(cues(&[TimedWord { text: " ", start_ms: 0, end_ms: 9 }], &CueOptions::default()).is_empty());
}

proptest! {
    #[test]
    fn every_word_is_in_one_cue_and_all_bounds_hold(
        parts in prop::collection::vec(("[a-zæøå]{1,14}[.,!]?", 0u64..400, 50u64..900), 0..60),
        line_chars in 1usize..45,
        lines in 1usize..4,
        max_ms in 500u64..8000,
    ) {
        let mut at = 0;
        let words: Vec<TimedWord<'_>> = parts.iter().map(|(text, gap, length)| {
            let start_ms = at + gap;
            at = start_ms + length;
            TimedWord { text, start_ms, end_ms: at }
        }).collect();
        let options = CueOptions { line_chars, lines, max_ms, min_ms: 400, ..CueOptions::default() };
        let made = cues(&words, &options);
        let said: Vec<&str> = made.iter().flat_map(|cue| cue.text.split_whitespace()).collect();
        prop_assert_eq!(said, words.iter().map(|word| word.text).collect::<Vec<_>>());
        prop_assert!(made.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms));
        for cue in &made {
            let single = !cue.text.contains([' ', '\n']);
            prop_assert!(single || cue.text.lines().count() <= lines, "{:?}", cue.text);
            for line in cue.text.lines() {
                prop_assert!(!line.is_empty());
                prop_assert!(line.chars().count() <= line_chars || !line.contains(' '), "{:?}", cue.text);
            }
            prop_assert!(single || cue.end_ms - cue.start_ms <= max_ms);
        }
    }

    #[test]
    fn odd_times_and_options_do_no_harm(
        times in prop::collection::vec((any::<u64>(), any::<u64>()), 0..20),
        numbers in prop::array::uniform5(prop_oneof![Just(0u64), Just(u64::MAX), 0u64..5000]),
        size in 0usize..4,
    ) {
        let words: Vec<TimedWord<'_>> =
            times.iter().map(|(start_ms, end_ms)| TimedWord { text: "ord,", start_ms: *start_ms, end_ms: *end_ms }).collect();
        let [min_ms, max_ms, pause_ms, gap_ms, chars_per_second] = numbers;
        let options = CueOptions { line_chars: size, lines: size, min_ms, max_ms, pause_ms, gap_ms, chars_per_second };
        let made = cues(&words, &options);
        prop_assert!(made.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms));
    }
}
