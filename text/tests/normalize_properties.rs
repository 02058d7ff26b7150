//! What holds for every text.

use proptest::prelude::*;
use sprog_text::normalize::{
    Normalizer, OffsetMap, Options, Preset, Replacement, Step, normalize, orthography,
};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What the steps look for, and what may stand around it.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "a", "e", "A", "aa", "Aa", "å", "Å", "æ", "Ø", "é", "É", "ö", "ü", "ñ", "g", "kg", "fx", "og", "Og", "kommu", "nen",
            "42", "3", "1.250", "0,5", "007", "1", "Mand", "skulde", "paa", "Kjær", "øh", "hmm",
        ]),
        6 => prop::sample::select(vec![" ", " ", "\n", "-", "-\n", "\r\n", "\u{a0}", "\t", ".", ",", ":", "'", "’", "/", "(", ")", "[", "%", "+"]),
        3 => prop::sample::select(vec![
            "\u{301}", "\u{30a}", "\u{308}", "\u{327}", "\u{323}", "\u{344}", "\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{feff}", "\0",
            "\u{2028}", "\u{85}", "\u{b}", "\u{fe0f}", "¬", "\u{2010}", "\u{2011}", "–", "—", "−", "»", "“", "‘", "=", "#", "@", "&", "*", "_",
            "|", "\u{1f44b}", "ﬁ", "ﬅ", "½", "²", "℃", "™", "\u{212b}", "\u{2126}", "İ", "ı", "ſ", "ß", "Σ", "ς", "й", "ά", "مر", "日", "क्",
            "ष", "\u{1100}", "\u{1161}", "\u{11a8}", "\u{fb1d}", "\u{1d15e}", "ǅ", "µ", "§", "\u{345}", "\u{202e}",
        ]),
        1 => any::<char>().prop_map(|c| Box::leak(c.to_string().into_boxed_str()) as &str),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

const PRESETS: [Preset; 4] = [Preset::Publish, Preset::Asr, Preset::Lookup, Preset::CoralEval];

fn check_map(map: &OffsetMap, original: &str, output: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!((map.original_len(), map.output_len()), (original.len(), output.len()));
    let mut last = (0, 0);
    for (at, c) in output.char_indices() {
        let range = at..at + c.len_utf8();
        let from = map.to_original(range.clone());
        prop_assert!(original.get(from.clone()).is_some(), "between characters: {:?}", from);
        prop_assert!(last.0 <= from.start && last.1 <= from.end, "in order");
        last = (from.start, from.end);
        if !from.is_empty() {
            let back = map.from_original(from);
            prop_assert!(back.start <= range.start && back.end >= range.end, "leads back");
        }
    }
    for (at, c) in original.char_indices() {
        prop_assert!(output.get(map.from_original(at..at + c.len_utf8())).is_some());
        prop_assert!(output.get(map.from_original(at..at)).is_some());
    }
    let mut last = (0, 0);
    for edit in map.edits() {
        prop_assert_eq!(
            edit.original.start - last.0,
            edit.output.start - last.1,
            "the same length between edits"
        );
        last = (edit.original.end, edit.output.end);
    }
    prop_assert_eq!(original.len() - last.0, output.len() - last.1);
    Ok(())
}

proptest! {
    #[test]
    fn maps_lead_back_and_forth(text in text()) {
        for preset in PRESETS {
            let done = Normalizer::preset(preset).log_changes().normalize(&text);
            check_map(&done.map, &text, &done.text)?;
            prop_assert_eq!(done.changes.len() as u64, done.report.total());
            prop_assert_eq!(done.report.total() == 0, done.text == text);
            prop_assert!(done.changes.iter().all(|change| text.get(change.original.clone()).is_some()));
        }
        for step in Step::ALL {
            let done = Normalizer::new([step]).normalize(&text);
            check_map(&done.map, &text, &done.text)?;
        }
    }

    #[test]
    fn a_published_character_comes_from_its_own_characters(text in text()) {
        let done = Normalizer::preset(Preset::Publish).normalize(&text);
        prop_assert_eq!(&done.text, &normalize(&text, &Options::default()));
        for (at, c) in done.text.char_indices() {
            let from = &text[done.map.to_original(at..at + c.len_utf8())];
            if c == ' ' || c == '\n' {
                prop_assert!(from.contains(char::is_whitespace) && !from.contains(char::is_alphanumeric));
            } else {
                let parts: Vec<char> = from.nfd().collect();
                prop_assert!(std::iter::once(c).nfd().all(|part| parts.contains(&part)), "{c:?} from {from:?}");
            }
        }
        // What is untouched maps to itself.
        if done.text == text {
            prop_assert!(done.map.is_identity());
        }
    }

    #[test]
    fn a_second_run_changes_nothing(text in text()) {
        for preset in [Preset::Publish, Preset::Asr, Preset::Lookup] {
            let normalizer = Normalizer::preset(preset);
            let once = normalizer.normalize(&text).text.into_owned();
            prop_assert_eq!(&normalizer.normalize(&once).text, &once, "{:?}", preset);
        }
        for step in Step::ALL {
            let once = Normalizer::new([step]).normalize(&text).text.into_owned();
            let coral = step.name().starts_with("coral") || step == Step::Dehyphenate;
            prop_assert!(coral || Normalizer::new([step]).normalize(&once).text == once, "{:?}", step);
        }
    }

    #[test]
    fn asr_keeps_every_letter_and_digit(text in text()) {
        let done = Normalizer::preset(Preset::Asr).normalize(&text);
        let ligatures = Normalizer::new([Step::Nfc, Step::Ligatures, Step::Casefold, Step::Nfc]);
        let bare: String = text.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\0')).collect();
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).collect::<String>();
        // Marks without a letter go, and marks may find one: compare what marks do not touch.
        let unmarked = |text: &str| letters(&text.nfd().collect::<String>());
        prop_assert_eq!(unmarked(&done.text), unmarked(&ligatures.normalize(&bare).text));
    }

    #[test]
    fn keys_have_no_capitals_stress_or_double_a(text in text()) {
        let key = Normalizer::preset(Preset::Lookup).normalize(&text).text.into_owned();
        prop_assert!(!key.contains("aa") && !key.contains(['é', 'ö', 'ä', 'ü', 'ñ', 'Å', 'Ø', 'A']));
    }

    #[test]
    fn maps_of_steps_join(text in text(), first in 0..20usize, second in 0..20usize) {
        let one = Normalizer::new([Step::ALL[first]]).normalize(&text);
        let two = Normalizer::new([Step::ALL[second]]).normalize(&one.text);
        let joined = one.map.then(&two.map);
        check_map(&joined, &text, &two.text)?;
        for (at, c) in two.text.char_indices() {
            let range = at..at + c.len_utf8();
            let middle = two.map.to_original(range.clone());
            if middle.is_empty() { continue }
            let (stepwise, at_once) = (one.map.to_original(middle), joined.to_original(range));
            prop_assert!(at_once.start <= stepwise.start && at_once.end >= stepwise.end);
        }
        prop_assert_eq!(OffsetMap::identity(text.len()).then(&joined), joined.clone());
        prop_assert_eq!(joined.then(&OffsetMap::identity(two.text.len())), joined);
    }

    #[test]
    fn spoken_forms_lead_back_to_what_they_stand_for(text in "[a-wæøå ]{0,12}", number in "[0-9]{1,5}", more in "[a-wæøå .,!]{0,12}") {
        let whole = format!("{text} {number} {more}");
        let range = text.len() + 1..text.len() + 1 + number.len();
        let spoken = [Replacement { range: range.clone(), text: "XYZ xyz".into() }];
        let done = Normalizer::preset(Preset::Asr).normalize_with(&whole, &spoken).unwrap();
        let at = done.text.find("xyz xyz").unwrap();
        prop_assert_eq!(done.map.to_original(at + 1..at + 2), range);
    }

    #[test]
    fn tags_are_words_in_order(text in text()) {
        let mut end = 0;
        for tag in orthography(&text) {
            prop_assert!(tag.range.start >= end && text.get(tag.range.clone()).is_some_and(|word| !word.contains(' ')));
            prop_assert!(tag.modern.is_some_and(|modern| modern != text[tag.range.clone()]));
            end = tag.range.end;
        }
    }
}
