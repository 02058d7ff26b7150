//! Words, shingles and signatures.

use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;
use sprog_text::minhash::{
    MinHash, Options, OptionsError, ShingleSet, estimate, jaccard, prob, shingles, text_hash, words,
};
use unicode_normalization::UnicodeNormalization;

fn hashes(text: &str) -> Vec<u64> {
    words(text).collect()
}

fn signature(text: &str) -> Vec<u32> {
    let mut out = Vec::new();
    MinHash::new(Options::default()).expect("options").signature(text, &mut out);
    out
}

/// `count` words that no other `first` has.
fn prose(first: u64, count: u64) -> String {
    let words: Vec<String> =
        (first..first + count).map(|n| format!("{:x}", n.wrapping_mul(0x9e37_79b9))).collect();
    words.join(" ")
}

#[test]
fn what_is_no_word_and_letter_case_make_no_difference() {
    let plain = hashes("det var så en dejlig ært på åen 3 5 a_b");
    assert_eq!(plain.len(), 11);
    assert_eq!(plain, hashes("  DET var, SÅ: en “dejlig” Ært\u{a0}– på\tÅen… 3,5 (A_B)\0"));
    assert_eq!(hashes("Ærø × ØRE÷ÿ"), hashes("ærø øre Ÿ"));
    assert_eq!(hashes("ΟΔΟΣ"), hashes("οδος"));
    assert_ne!(hashes("rod"), hashes("rød"));
    assert_ne!(hashes("ß"), hashes("þ"));
}

#[test]
fn words_of_every_length_differ() {
    let all: HashSet<u64> = (1..200).map(|n| hashes(&"a".repeat(n))[0]).collect();
    assert_eq!(all.len(), 199);
    assert_ne!(hashes("ab a"), hashes("a ba"));
}

#[test]
fn options_out_of_range_are_refused() {
    let with = |ngram, bands, rows| MinHash::new(Options { ngram, bands, rows, seed: 1 }).err();
    assert_eq!(with(0, 14, 8), Some(OptionsError::Ngram(0)));
    assert_eq!(with(33, 14, 8), Some(OptionsError::Ngram(33)));
    assert_eq!(with(5, 0, 8), Some(OptionsError::Bands { bands: 0, rows: 8 }));
    assert_eq!(with(5, 1024, 5), Some(OptionsError::Bands { bands: 1024, rows: 5 }));
    assert_eq!(with(32, 1024, 4), None);
    assert_eq!(with(1, 1, 1), None);
}

#[test]
fn a_text_without_words_has_no_signature() {
    let mut minhash = MinHash::new(Options::default()).expect("options");
    for text in ["", " \n", "…!?", "\u{30a}\u{301}", "\u{200f}\u{202e}", "\0\0", "🙂"] {
        let (mut values, mut bands) = (vec![1], vec![1]);
        assert!(!minhash.signature(text, &mut values) && values.is_empty(), "{text:?}");
        assert!(!minhash.bands(text, &mut bands) && bands.is_empty(), "{text:?}");
        assert_eq!(text_hash(text), None);
    }
}

#[test]
fn a_short_text_is_one_shingle() {
    assert_eq!(shingles("hej med dig", 5).count(), 1);
    assert_eq!(estimate(&signature("hej med dig"), &signature("Hej med dig!")), 1.0);
    assert!(estimate(&signature("hej med dig"), &signature("hej med jer")) < 0.05);
}

/// Signatures are stored and compared with those of later versions.
#[test]
fn the_hashes_of_a_version_are_those_of_the_next() {
    let text = "Rødgrød med fløde er en dansk dessert, som mange kan lide om sommeren.";
    let mut minhash = MinHash::new(Options::default()).expect("options");
    let mut bands = Vec::new();
    assert!(minhash.bands(text, &mut bands));
    assert_eq!(hashes("rødgrød"), [GOLDEN_WORD]);
    assert_eq!((signature(text)[0], signature(text)[111]), GOLDEN_SIGNATURE);
    assert_eq!((bands[0], bands[13]), GOLDEN_BANDS);
    assert_eq!(text_hash(text), Some(GOLDEN_TEXT));
}

const GOLDEN_WORD: u64 = 0x89d6_912f_38ef_62da;
const GOLDEN_SIGNATURE: (u32, u32) = (2_813_020_264, 3_735_013_581);
const GOLDEN_BANDS: (u64, u64) = (0x2664_6752_a60f_5083, 0xa831_381e_93d9_9a4b);
const GOLDEN_TEXT: u128 = 0x2f0b_410a_ba11_6c7e_1b1b_7c85_223b_2a92;

/// Two texts of distinct single words: `common` in both, `own` more in each.
fn pair(number: u64, common: u64, own: u64) -> (String, String) {
    let first = number * 1_000_000;
    let both = prose(first, common);
    (format!("{both} {}", prose(first + 300_000, own)), format!("{} {both}", prose(first + 600_000, own)))
}

/// Values are equal with probability J each and independently: mean, variance, and recall of the bands.
#[test]
fn signatures_are_as_the_theory_says_for_texts_of_any_length() {
    let options = Options { ngram: 1, ..Options::default() };
    let mut minhash = MinHash::new(options).expect("options");
    let pairs = 400u64;
    for (common, own) in [
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 1),
        (8, 1),
        (7, 2),
        (16, 2),
        (30, 5),
        (60, 10),
        (112, 14),
        (90, 10),
        (400, 50),
        (1500, 500),
    ] {
        let j = common as f64 / (common + 2 * own) as f64;
        let (mut sum, mut squares, mut found) = (0.0, 0.0, 0);
        let (mut a, mut b, mut c, mut d) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for number in 0..pairs {
            let (left, right) = pair(number * 50 + common, common, own);
            assert_eq!(jaccard(&left, &right, 1), j);
            assert!(minhash.signature(&left, &mut a) && minhash.signature(&right, &mut b));
            assert!(minhash.bands(&left, &mut c) && minhash.bands(&right, &mut d));
            let estimated = estimate(&a, &b);
            sum += estimated - j;
            squares += (estimated - j).powi(2);
            found += usize::from(c.iter().zip(&d).any(|(c, d)| c == d));
        }
        let n = pairs as f64;
        let variance = j * (1.0 - j) / 112.0;
        assert!((sum / n).abs() < 4.0 * (variance / n).sqrt(), "{common}+{own}: mean {}", sum / n);
        let ratio = squares / n / variance;
        assert!((ratio - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{common}+{own}: variance {ratio}");
        let expected = prob(j, 14, 8);
        let bound = 4.0 * (expected * (1.0 - expected) / n).sqrt() + 1.0 / n;
        assert!(
            (found as f64 / n - expected).abs() < bound,
            "{common}+{own}: {found} of {n}, not {expected}"
        );
    }
}

#[test]
fn different_seeds_give_independent_signatures() {
    let mut out = [Vec::new(), Vec::new()];
    for (seed, out) in (7..).zip(&mut out) {
        let options = Options { seed, ..Options::default() };
        MinHash::new(options).expect("options").signature(&prose(3, 300), out);
    }
    assert!(estimate(&out[0], &out[1]) < 0.05);
}

#[test]
fn strange_texts_of_megabytes_are_read_through() {
    let mut minhash = MinHash::new(Options::default()).expect("options");
    let mut out = Vec::new();
    let texts = [
        "a".repeat(5_000_000),
        "å".repeat(1_500_000),
        "a\u{30a}".repeat(700_000),
        format!("e{}", "\u{301}\u{316}".repeat(700_000)),
        "я ".repeat(1_000_000),
        "x ".repeat(2_500_000),
        format!("{}\u{2126}", "k".repeat(3_000_000)),
        "\u{202e}\u{200f}a\0".repeat(300_000),
        prose(1, 200_000),
    ];
    for text in texts {
        assert!(minhash.bands(&text, &mut out));
        assert_eq!(out.len(), 14);
    }
}

/// Letters, marks, signs and what is between them, so that words and their ends meet.
fn texts() -> impl Strategy<Value = String> {
    let letters =
        "[a-dA-DæøåÆØÅéÉßÿŸ×÷_0-3 ,.–’\u{300}-\u{310}\u{345}\u{ad}ΣςσÅΩ\u{1e9e}İıǆ각ⅣⒶ½एः\u{338}≮<]";
    prop_oneof![proptest::string::string_regex(&format!("{letters}{{0,60}}")).expect("regex"), ".{0,40}"]
}

/// Words of single letters, so that n-grams repeat.
fn few_words() -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(proptest::sample::select(vec!["a", "b", "æ", "Å", "to"]), 0..40)
}

fn ngrams<'a>(words: &[&'a str], n: usize) -> BTreeSet<Vec<&'a str>> {
    match words.len() {
        0 => BTreeSet::new(),
        len if len < n => BTreeSet::from([words.to_vec()]),
        _ => words.windows(n).map(<[_]>::to_vec).collect(),
    }
}

proptest! {
    #[test]
    fn composed_and_decomposed_texts_have_the_same_words(text in texts()) {
        let (nfc, nfd): (String, String) = (text.nfc().collect(), text.nfd().collect());
        prop_assert_eq!(hashes(&nfc), hashes(&nfd));
        prop_assert_eq!(hashes(&text), hashes(&nfd));
    }

    #[test]
    fn lower_case_has_the_same_words(text in texts()) {
        let lower: String = text.chars().flat_map(char::to_lowercase).collect();
        prop_assert_eq!(hashes(&text), hashes(&lower));
    }

    #[test]
    fn ascii_words_are_those_of_the_usual_pattern(text in "[a-cA-C_09 .,\\-\n]{0,80}") {
        let lower = text.to_lowercase();
        let expected: Vec<u64> = lower
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .filter(|w| !w.is_empty())
            .map(|w| hashes(w)[0])
            .collect();
        prop_assert_eq!(hashes(&text), expected);
    }

    #[test]
    fn a_word_never_depends_on_its_neighbours(a in texts(), b in texts()) {
        let both: Vec<u64> = words(&a).chain(words(&b)).collect();
        prop_assert_eq!(hashes(&format!("{a} {b}")), both);
    }

    #[test]
    fn shingles_and_jaccard_are_those_of_word_lists(a in few_words(), b in few_words(), n in 1usize..8) {
        let (left, right) = (ngrams(&a, n), ngrams(&b, n));
        let set = ShingleSet::new(&a.join(" "), n);
        prop_assert_eq!(set.hashes().len(), left.len());
        let union = left.union(&right).count();
        let expected = if union == 0 { 0.0 } else { left.intersection(&right).count() as f64 / union as f64 };
        prop_assert_eq!(jaccard(&a.join(" "), &b.join("-").to_uppercase(), n), expected);
    }

    #[test]
    fn a_signature_depends_on_the_set_of_shingles_alone(
        a in few_words(), before in few_words(), n in 1usize..5, bands in 1usize..20, rows in 1usize..9,
    ) {
        let options = Options { ngram: n, bands, rows, seed: 3 };
        let mut minhash = MinHash::new(options).expect("options");
        let (mut other, mut one, mut two) = (Vec::new(), Vec::new(), Vec::new());
        minhash.bands(&before.join(" "), &mut other);
        let any = minhash.bands(&a.join(" "), &mut one);
        prop_assert_eq!(any, !a.is_empty());
        prop_assert_eq!(one.len(), if any { bands } else { 0 });
        MinHash::new(options).expect("options").bands(&a.join(", "), &mut two);
        prop_assert_eq!(&one, &two);
        if n == 1 {
            let reversed: Vec<&str> = a.iter().rev().chain(&a).copied().collect();
            minhash.bands(&reversed.join("\n"), &mut two);
            prop_assert_eq!(&one, &two);
        }
    }

    #[test]
    fn exact_hashes_are_equal_for_equal_words_alone(a in few_words(), b in few_words()) {
        let (x, y) = (a.join(" "), b.join(" – "));
        prop_assert_eq!(text_hash(&x) == text_hash(&y), a == b);
    }
}
