//! Overlaps with test items against a reference that compares all words with all words.

use proptest::prelude::*;
use sprog_text::contamination::{NgramCounts, Options, TestSet};

/// Texts of few words, so that overlaps are common.
fn texts(words: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(("[ab]|[AÅå]|A\u{30a}|\u{e5}\u{ad}a", "[ \n]|, |\\. |\u{2013}"), 0..words)
        .prop_map(|pairs| pairs.into_iter().map(|(word, sign)| word + &sign).collect())
}

/// Words and their bytes, found another way than the kernel does.
fn words(text: &str) -> Vec<(String, usize, usize)> {
    use unicode_normalization::UnicodeNormalization;
    let mut out: Vec<(String, usize, usize)> = Vec::new();
    let is_word = |c: char| c.is_alphanumeric() || c == '\u{30a}' || c == '\u{ad}';
    for (at, c) in text.char_indices().filter(|(_, c)| is_word(*c)) {
        match out.last_mut() {
            Some((word, _, end)) if *end == at => {
                word.push(c);
                *end += c.len_utf8();
            }
            _ => out.push((c.to_string(), at, at + c.len_utf8())),
        }
    }
    let form = |word: String| word.replace('\u{ad}', "").nfc().collect::<String>().to_lowercase();
    out.into_iter().map(|(word, start, end)| (form(word), start, end)).collect()
}

proptest! {
    #[test]
    fn hits_are_true_and_none_is_missing(
        items in proptest::collection::vec(texts(14), 0..6),
        text in texts(40),
        ngram in 1usize..6,
        min_words in 1usize..4,
        before in prop_oneof![Just(0), 0usize..300],
    ) {
        // Texts are read in blocks of words: the overlap may lie in any of them.
        let text = "x ".repeat(before) + &text;
        let tests = TestSet::new(items.iter().map(|item| ("x", item)), Options { words: ngram, min_words });
        let hits = tests.of(&text);
        let training = words(&text);
        for (index, item) in items.iter().enumerate() {
            let item_words = words(item);
            let len = match item_words.len() {
                all if all >= ngram => ngram,
                all if all >= min_words => all,
                _ => 0,
            };
            let of: Vec<_> = hits.iter().filter(|hit| hit.item == index).collect();
            if len == 0 {
                prop_assert!(of.is_empty());
                continue;
            }
            let equal = |a: &[(String, usize, usize)], b: &[(String, usize, usize)]| {
                a.iter().map(|w| &w.0).eq(b.iter().map(|w| &w.0))
            };
            let windows: Vec<_> = item_words.windows(len).collect();
            let found = windows.iter().filter(|w| training.windows(len).any(|t| equal(t, w))).count();
            prop_assert_eq!(of.is_empty(), found == 0, "item {} {:?}", index, item);
            for hit in &of {
                prop_assert!((hit.covered - found as f64 / windows.len() as f64).abs() < 1e-12);
                let (one, two) = (words(&text[hit.training.clone()]), words(&item[hit.in_item.clone()]));
                prop_assert!(equal(&one, &two));
                prop_assert_eq!(one.len(), hit.words);
                prop_assert!(hit.words >= len);
                let first = item_words.iter().position(|w| w.1 == hit.in_item.start);
                prop_assert_eq!(first, Some(hit.item_word));
                // It ends because the next words differ.
                let next = training.iter().find(|w| w.1 >= hit.training.end).map(|w| &w.0);
                let next_in_item = item_words.get(hit.item_word + hit.words).map(|w| &w.0);
                prop_assert!(next.is_none() || next != next_in_item);
            }
            // Each n-gram of the item in the text lies in a hit of it (with eight items or fewer).
            for window in training.windows(len).filter(|t| windows.iter().any(|w| equal(t, w))) {
                let (start, end) = (window[0].1, window[len - 1].2);
                let ends = of.iter().any(|hit| hit.training.start < end && end <= hit.training.end);
                prop_assert!(ends, "{}..{} of item {}", start, end, index);
            }
        }
    }

    #[test]
    fn any_text_is_read(items in proptest::collection::vec("\\PC{0,40}", 0..4), text in "\\PC{0,80}") {
        let tests = TestSet::new(items.iter().map(|item| ("x", item)), Options { words: 2, min_words: 1 });
        for hit in tests.of(&text) {
            prop_assert!(!text[hit.training].is_empty() && !items[hit.item][hit.in_item].is_empty());
        }
        for (index, item) in items.iter().enumerate() {
            let hits = tests.of(item);
            let whole = hits.iter().any(|hit| hit.item == index && hit.covered == 1.0);
            prop_assert!(whole || !item.chars().any(char::is_alphanumeric), "an item holds itself");
        }
    }
}

const QUESTION: &str = "Hvilken dansk forfatter skrev romanen om den fattige dreng, der drager ud for at finde lykken, \
                        og som ender som en gammel mand på en bænk i Hjørring?";

#[test]
fn a_question_set_in_capitals_over_line_breaks_is_found() {
    let tests = TestSet::new([("q1", QUESTION)], Options::default());
    let text = format!("Quiz!\n{}\nSvar i morgen.", QUESTION.to_uppercase().replace(' ', "\n"));
    let hits = tests.of(&text);
    assert_eq!(hits.len(), 1);
    assert_eq!((hits[0].words, hits[0].covered), (28, 1.0));
    assert_eq!(&QUESTION[hits[0].in_item.clone()], QUESTION.trim_end_matches('?'));
}

#[test]
fn twelve_of_thirteen_words_are_no_hit_and_a_part_is_a_share() {
    let tests = TestSet::new([("q1", QUESTION)], Options::default());
    let words: Vec<&str> = QUESTION.split(' ').collect();
    assert!(tests.of(&words[3..15].join(" ")).is_empty());
    let hits = tests.of(&words[3..18].join(" "));
    assert_eq!((hits[0].words, hits[0].item_word, hits[0].covered), (15, 3, 3.0 / 16.0));
}

#[test]
fn short_items_match_as_a_whole_only() {
    let tests =
        TestSet::new([("kort", "Hvad er hovedstaden i Danmark?"), ("ord", "Ja tak")], Options::default());
    assert_eq!(tests.not_compared(), 1);
    assert_eq!(tests.of("… og HVAD er\nhovedstaden i Danmark nu?")[0].words, 5);
    assert!(tests.of("hvad er hovedstaden i Norge? Ja tak").is_empty());
}

#[test]
fn phrases_in_many_documents_are_told_from_leaks() {
    let phrase = "alle rettigheder forbeholdes og gengivelse er ikke tilladt";
    let items = [
        ("a", format!("{phrase} uden aftale")),
        ("b", "den eneste linje som ingen andre har skrevet".to_owned()),
    ];
    let tests = TestSet::new(items, Options { words: 6, min_words: 5 });
    let mut parts = [NgramCounts::new(&tests), NgramCounts::new(&tests)];
    for n in 0..30 {
        tests.of_counting(&format!("Artikel {n}. {phrase}. {phrase}!"), &mut parts[n % 2]);
    }
    let text = format!("{phrase}: den eneste linje som ingen andre har skrevet");
    let hits = tests.of_counting(&text, &mut parts[0]);
    let [mut counts, other] = parts;
    counts.add(&other);
    let rarest: Vec<u32> = hits.iter().map(|hit| counts.rarest(&tests, hit)).collect();
    assert_eq!(rarest, [31, 1], "each document counts once");
}

#[test]
fn items_that_repeat_each_other_cost_no_more_than_a_few() {
    let items: Vec<(String, String)> = (0..3000).map(|n| (n.to_string(), "ja ".repeat(40))).collect();
    let tests = TestSet::new(items, Options::default());
    assert_eq!(tests.ngrams(), 1);
    let hits = tests.of(&"ja ".repeat(100_000));
    assert!(hits.iter().all(|hit| hit.item < 8 && hit.covered == 1.0 && hit.items == 8));
}
