//! Lines in many documents against a reference that compares every line with every other.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use sprog::dedup::{Lines, UnitCut};
use sprog_text::dedup::{Form, Unit, UnitOptions, units};

const OPTIONS: UnitOptions = UnitOptions { min_characters: 1, ..DEFAULT };
const DEFAULT: UnitOptions = UnitOptions {
    unit: Unit::Line,
    digits: sprog_text::dedup::Digits::Kept,
    min_characters: 30,
    min_median_characters: 50,
};

fn found(texts: &[String], memory: usize, min_documents: u64, options: UnitOptions) -> Vec<UnitCut> {
    let dir = tempfile::tempdir().unwrap();
    let mut stage = Lines::new(dir.path(), memory, min_documents, options);
    for (document, text) in texts.iter().enumerate() {
        stage.push(document as u64, text).unwrap();
    }
    let cuts = stage.finish().unwrap();
    let (expected, common) = (cuts.found().cut, cuts.found().common.clone());
    assert!(common.is_sorted_by_key(|c| std::cmp::Reverse(c.documents)));
    let cuts: Vec<UnitCut> = cuts.map(Result::unwrap).collect();
    assert_eq!(cuts.len() as u64, expected);
    cuts
}

fn reference(texts: &[String], min_documents: u64) -> Vec<UnitCut> {
    let mut lines = Vec::new();
    for (document, text) in texts.iter().enumerate() {
        for (unit, (range, _)) in units(text, &OPTIONS).enumerate() {
            let mut form = String::new();
            if Form::default().write(&text[range], &mut form) > 0 {
                lines.push((form, document as u64, unit as u32));
            }
        }
    }
    let mut cuts = Vec::new();
    for (form, document, unit) in &lines {
        let same: Vec<_> = lines.iter().filter(|(other, ..)| other == form).collect();
        let mut documents: Vec<u64> = same.iter().map(|(_, document, _)| *document).collect();
        documents.dedup();
        if documents.len() as u64 >= min_documents && (same[0].1, same[0].2) != (*document, *unit) {
            let (kept_document, kept_unit) = (same[0].1, same[0].2);
            cuts.push(UnitCut { document: *document, unit: *unit, kept_document, kept_unit });
        }
    }
    cuts
}

proptest! {
    #[test]
    fn cuts_are_those_of_comparing_every_two_lines(
        texts in proptest::collection::vec("([Aab]{1,2}[ .]?\n){0,6}", 0..12),
        min_documents in 2u64..6,
    ) {
        let expected = reference(&texts, min_documents);
        prop_assert_eq!(&found(&texts, 1 << 16, min_documents, OPTIONS), &expected);
        prop_assert_eq!(found(&texts, 100, min_documents, OPTIONS), expected, "sorted on disk");
    }
}

#[test]
fn a_refrain_stays_and_a_notice_goes() {
    let notice = "Alle rettigheder forbeholdes – ingen gengivelse uden aftale.\n";
    let refrain = "Og jeg vil aldrig glemme dig, min ven fra dengang.\n";
    let texts: Vec<String> = (0..12).map(|n| format!("Historie nummer {n}\n{notice}")).collect();
    let mut texts = texts;
    texts[3] = format!("{refrain}{refrain}{notice}{refrain}");
    texts[4].push_str(refrain);
    let cuts = found(&texts, 1 << 16, 10, DEFAULT);
    assert_eq!(cuts.len(), 11);
    assert!(cuts.iter().all(|cut| cut.kept_document == 0 && cut.kept_unit == 1));
    assert_eq!(cuts[2], UnitCut { document: 3, unit: 2, kept_document: 0, kept_unit: 1 });
}
