//! From band hashes to removals.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sprog::dedup::near::{Candidates, Counts, Document, Near, Options, Removal};
use sprog_text::minhash::{MinHash, jaccard};

type Input = (Document, Vec<u64>);

/// The folder must live as long as the candidates: they make more work files.
fn candidates(input: &[Input], memory: usize) -> (tempfile::TempDir, Candidates) {
    let dir = tempfile::tempdir().expect("dir");
    let mut near = Near::new(dir.path(), Options { bands: 4, rows: 8, memory }).expect("new");
    for (document, bands) in input {
        near.push(*document, bands).expect("pushes");
    }
    let candidates = near.finish().expect("finishes");
    assert_eq!(std::fs::read_dir(dir.path()).expect("lists").count(), 0, "work files have no names");
    (dir, candidates)
}

fn connected(input: &[Input], memory: usize) -> (Vec<Removal>, Counts) {
    let (_dir, candidates) = candidates(input, memory);
    let removals = candidates.connected().expect("connects");
    let counts = removals.counts();
    (removals.map(|r| r.expect("reads")).collect(), counts)
}

fn verified(
    input: &[Input],
    memory: usize,
    threshold: f64,
    texts: &BTreeMap<u64, String>,
) -> (Vec<Removal>, Counts) {
    let mut last = None;
    let (_dir, candidates) = candidates(input, memory);
    let removals = candidates
        .verified(threshold, 1, |order, text| {
            assert!(last < Some(order), "texts are asked for in order, once");
            last = Some(order);
            text.push_str(&texts[&order]);
            Ok(())
        })
        .expect("verifies");
    let counts = removals.counts();
    (removals.map(|r| r.expect("reads")).collect(), counts)
}

fn document(order: u64) -> Document {
    Document { order, rank: 0, reference: false }
}

/// Few band values, so that there are clusters; keys that are neither dense nor in order.
fn inputs() -> impl Strategy<Value = Vec<Input>> {
    let one = (0u64..3, 0u32..8, proptest::collection::vec(0u64..40, 0..5));
    proptest::collection::vec(one, 0..40).prop_map(|all| {
        let document = |n: usize, rank, special| Document {
            order: (n as u64 * 29 % 41) << 32 | n as u64,
            rank,
            reference: special == 0,
        };
        all.into_iter()
            .enumerate()
            .map(|(n, (rank, special, bands))| (document(n, rank, special), bands))
            .collect()
    })
}

/// Clusters by labels that spread until nothing changes.
fn clusters(input: &[Input]) -> BTreeMap<u64, Vec<Document>> {
    let mut label: Vec<usize> = (0..input.len()).collect();
    loop {
        let before = label.clone();
        for a in 0..input.len() {
            for b in 0..input.len() {
                if input[a].1.iter().any(|band| input[b].1.contains(band)) {
                    label[a] = label[a].min(label[b]);
                }
            }
        }
        if label == before {
            break;
        }
    }
    let mut clusters: BTreeMap<usize, Vec<Document>> = BTreeMap::new();
    for (n, (document, bands)) in input.iter().enumerate() {
        if !bands.is_empty() {
            clusters.entry(label[n]).or_default().push(*document);
        }
    }
    let best_first = |mut members: Vec<Document>| {
        members.sort_by_key(|d| (!d.reference, u64::MAX - d.rank, d.order));
        (members[0].order, members)
    };
    clusters.into_values().map(best_first).collect()
}

proptest! {
    #[test]
    fn the_best_of_each_cluster_and_references_are_kept(input in inputs()) {
        let (removals, counts) = connected(&input, 1 << 20);
        let mut expected = Vec::new();
        let clusters = clusters(&input);
        for (best, members) in &clusters {
            expected.extend(members[1..].iter().filter(|d| !d.reference).map(|d| (d.order, *best, *best)));
        }
        expected.sort_unstable();
        let got: Vec<_> = removals.iter().map(|r| (r.removed, r.kept, r.cluster)).collect();
        prop_assert_eq!(got, expected);
        prop_assert_eq!(counts.removed as usize, removals.len());
        prop_assert_eq!(counts.clusters as usize, clusters.values().filter(|m| m.len() > 1).count());
    }

    #[test]
    fn neither_the_order_nor_the_memory_changes_the_result(
        input in inputs(), turn in 0usize..40, memory in 1usize..2000,
    ) {
        let mut other = input.clone();
        other.reverse();
        let middle = turn.min(other.len());
        other.rotate_left(middle);
        prop_assert_eq!(connected(&input, 1 << 20), connected(&other, memory));
        let texts = texts(&input);
        prop_assert_eq!(verified(&input, 1 << 20, 0.4, &texts), verified(&other, memory, 0.4, &texts));
    }

    #[test]
    fn what_is_removed_is_near_a_document_that_is_kept(input in inputs(), tenths in 1u32..10) {
        let threshold = f64::from(tenths) / 10.0;
        let texts = texts(&input);
        let (removals, _) = verified(&input, 1 << 20, threshold, &texts);
        let removed: BTreeSet<u64> = removals.iter().map(|r| r.removed).collect();
        let clusters = clusters(&input);
        let by_order: BTreeMap<u64, Document> = input.iter().map(|(d, _)| (d.order, *d)).collect();
        for removal in &removals {
            prop_assert!(!removed.contains(&removal.kept));
            prop_assert!(!by_order[&removal.removed].reference);
            let score = jaccard(&texts[&removal.removed], &texts[&removal.kept], 1);
            prop_assert!(score >= threshold);
            prop_assert_eq!(removal.score, score as f32);
            let members: Vec<u64> = clusters[&removal.cluster].iter().map(|d| d.order).collect();
            let at = |order| members.iter().position(|m| *m == order);
            prop_assert!(at(removal.kept) < at(removal.removed), "the kept one is the better");
        }
        // Of two that are near and share a band, one goes, unless both are references.
        for (a, bands) in &input {
            for (b, others) in &input {
                let near = a.order < b.order
                    && bands.iter().any(|band| others.contains(band))
                    && jaccard(&texts[&a.order], &texts[&b.order], 1) >= threshold;
                let both_kept = !removed.contains(&a.order) && !removed.contains(&b.order);
                prop_assert!(!near || !both_kept || (a.reference && b.reference));
            }
        }
    }
}

/// Words that say which bands a document has, and one of its own.
fn texts(input: &[Input]) -> BTreeMap<u64, String> {
    let text = |(d, bands): &Input| {
        let words: Vec<String> = bands.iter().map(|b| format!("band{b}")).collect();
        (d.order, format!("{} own{}", words.join(" "), d.order % 3))
    };
    input.iter().map(text).collect()
}

/// A~B and B~C, but A and C are not alike.
#[test]
fn the_end_of_a_chain_is_removed_only_if_it_is_near_the_kept_one() {
    let input = [(document(1), vec![10, 11]), (document(2), vec![10, 12]), (document(3), vec![12, 13])];
    let texts =
        BTreeMap::from([(1, "a b c d e f".into()), (2, "a b c d x y".into()), (3, "a b x y z u".into())]);
    let all = connected(&input, 1 << 20).0;
    assert_eq!(all.iter().map(|r| (r.removed, r.kept)).collect::<Vec<_>>(), [(2, 1), (3, 1)]);
    assert!(all[0].score > 0.8, "one band of four: {}", all[0].score);
    assert_eq!(all[1].score, 0.0, "only others connect them");
    let near = verified(&input, 1 << 20, 0.5, &texts).0;
    assert_eq!(near.iter().map(|r| (r.removed, r.kept)).collect::<Vec<_>>(), [(2, 1)]);
    // With a lower threshold the third is near the first too, though no band says so.
    let near = verified(&input, 1 << 20, 0.2, &texts).0;
    assert_eq!(near.iter().map(|r| (r.removed, r.kept)).collect::<Vec<_>>(), [(2, 1), (3, 1)]);
    // The best one in the middle takes both.
    let mut input = input;
    input[1].0.rank = 5;
    let near = verified(&input, 1 << 20, 0.5, &texts).0;
    assert_eq!(near.iter().map(|r| (r.removed, r.kept)).collect::<Vec<_>>(), [(1, 2), (3, 2)]);
}

#[test]
fn a_reference_is_kept_before_better_ones_and_beside_others() {
    let mut input: Vec<Input> = (0..5).map(|n| (Document { rank: 9, ..document(n) }, vec![1, 2])).collect();
    input[2].0 = Document { order: 2, rank: 0, reference: true };
    input[4].0 = Document { order: 4, rank: 1, reference: true };
    let removals = connected(&input, 1 << 20).0;
    assert_eq!(removals.iter().map(|r| (r.removed, r.kept)).collect::<Vec<_>>(), [(0, 4), (1, 4), (3, 4)]);
}

#[test]
fn ten_thousand_identical_documents_are_compared_once_each() {
    let text = "den samme tekst igen og igen";
    let mut minhash = MinHash::new(Default::default()).expect("options");
    let mut bands = Vec::new();
    assert!(minhash.bands(text, &mut bands));
    let input: Vec<Input> = (0..10_000).map(|n| (document(n), bands.clone())).collect();
    let texts = (0..10_000).map(|n| (n, text.to_owned())).collect();
    let (removals, counts) = verified(&input, 1 << 16, 0.8, &texts);
    assert_eq!((counts.clusters, counts.removed, counts.compared), (1, 9999, 9999));
    assert!(removals.iter().all(|r| r.kept == 0 && r.score == 1.0));
}

/// All share a band, and no two are alike: the work must not be the square of their number.
#[test]
fn a_band_that_all_share_costs_eight_comparisons_each() {
    let input: Vec<Input> = (0..800).map(|n| (document(n), vec![7])).collect();
    let texts = (0..800).map(|n| (n, format!("ord{n}"))).collect();
    let (removals, counts) = verified(&input, 1 << 12, 0.8, &texts);
    assert!(removals.is_empty());
    assert!(counts.compared <= 8 * 800, "{}", counts.compared);
}

#[test]
fn documents_without_bands_take_no_part() {
    let mut input: Vec<Input> = (0..1000).map(|n| (document(n), Vec::new())).collect();
    assert_eq!(connected(&input, 100), (Vec::new(), Counts::default()));
    input.push((document(1000), vec![3]));
    let counts = connected(&input, 100).1;
    assert_eq!((counts.documents, counts.candidates), (1, 0));
}

#[test]
fn an_error_of_the_text_is_handed_on() {
    let input = [(document(1), vec![1]), (document(2), vec![1])];
    let (_dir, candidates) = candidates(&input, 1 << 10);
    let failed =
        candidates.verified(0.5, 1, |_, _| Err(sprog_datasets::Error::Invalid("row 2 is gone".into())));
    assert_eq!(failed.err().map(|e| e.to_string()).as_deref(), Some("row 2 is gone"));
}
