//! Exact stretches against a reference that compares every window with every other.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use proptest::prelude::*;
use sprog::dedup::{Cut, Found, Substrings};
use sprog_text::dedup::{cuts_to_bytes, token_hashes, without};

fn cuts(dir: &Path, memory: usize, min_tokens: usize, documents: &[(u64, Vec<u64>)]) -> (Vec<Cut>, Found) {
    let mut stage = Substrings::new(dir, memory, min_tokens).unwrap();
    for (number, hashes) in documents {
        stage.push(*number, hashes).unwrap();
    }
    let mut cuts = stage.finish().unwrap();
    let all: Vec<Cut> = cuts.by_ref().map(Result::unwrap).collect();
    assert_eq!(std::fs::read_dir(dir).unwrap().count(), 0, "no file has a name");
    (all, cuts.found())
}

/// Which tokens a window holds that is equal to an earlier one.
fn reference(documents: &[(u64, Vec<u64>)], min_tokens: usize) -> Vec<Vec<bool>> {
    let mut cut: Vec<Vec<bool>> = documents.iter().map(|(_, hashes)| vec![false; hashes.len()]).collect();
    let mut seen: Vec<&[u64]> = Vec::new();
    for (index, (_, hashes)) in documents.iter().enumerate() {
        for (at, window) in hashes.windows(min_tokens).enumerate() {
            if seen.contains(&window) {
                cut[index][at..at + min_tokens].fill(true);
            } else {
                seen.push(window);
            }
        }
    }
    cut
}

fn marked(documents: &[(u64, Vec<u64>)], cuts: &[Cut]) -> Vec<Vec<bool>> {
    let mut marked: Vec<Vec<bool>> = documents.iter().map(|(_, hashes)| vec![false; hashes.len()]).collect();
    for cut in cuts {
        let index = documents.iter().position(|(number, _)| *number == cut.document).unwrap();
        let cut = &mut marked[index][cut.tokens.start as usize..cut.tokens.end as usize];
        assert!(cut.iter().all(|token| !token), "cuts overlap");
        cut.fill(true);
    }
    marked
}

/// That each cut is a true repeat of something earlier, and that following twins ends at a token that is kept.
fn check_twins(documents: &[(u64, Vec<u64>)], cuts: &[Cut]) {
    let hashes = |number: u64| &documents.iter().find(|(n, _)| *n == number).unwrap().1;
    for cut in cuts {
        let len = (cut.tokens.end - cut.tokens.start) as usize;
        let (at, kept) = (cut.tokens.start as usize, cut.kept_start as usize);
        assert!((cut.kept_document, cut.kept_start) < (cut.document, cut.tokens.start));
        assert_eq!(hashes(cut.document)[at..at + len], hashes(cut.kept_document)[kept..kept + len]);
        for offset in 0..len as u64 {
            let mut token = (cut.kept_document, cut.kept_start + offset);
            while let Some(cut) = cuts.iter().find(|c| c.document == token.0 && c.tokens.contains(&token.1)) {
                let twin = (cut.kept_document, cut.kept_start + (token.1 - cut.tokens.start));
                assert!(twin < token);
                token = twin;
            }
        }
    }
}

/// Documents that copy from those before them.
fn corpora() -> impl Strategy<Value = Vec<(u64, Vec<u64>)>> {
    let piece = prop_oneof![
        proptest::collection::vec(0u64..4, 0..12).prop_map(|new| (new, None)),
        (0usize..400, 1usize..30).prop_map(|copy| (Vec::new(), Some(copy))),
        (0u64..2, 1usize..30).prop_map(|(one, times)| (vec![one; times], None)),
    ];
    proptest::collection::vec(proptest::collection::vec(piece, 0..5), 0..9).prop_map(|documents| {
        let mut all: Vec<u64> = Vec::new();
        let mut corpus = Vec::new();
        for (number, pieces) in documents.into_iter().enumerate() {
            let start = all.len();
            for (new, copy) in pieces {
                all.extend(new);
                if let Some((at, len)) = copy {
                    let at = at.min(all.len());
                    all.extend_from_within(at..(at + len).min(all.len()));
                }
            }
            corpus.push((number as u64 * 3 + 1, all[start..].to_vec()));
        }
        corpus
    })
}

proptest! {
    #[test]
    fn what_is_cut_is_what_comparing_all_windows_finds(documents in corpora(), min_tokens in 1usize..13) {
        let dir = tempfile::tempdir().unwrap();
        let (found, stats) = cuts(dir.path(), 1 << 16, min_tokens, &documents);
        prop_assert_eq!(marked(&documents, &found), reference(&documents, min_tokens));
        prop_assert_eq!(stats.unequal, 0);
        check_twins(&documents, &found);
        prop_assert_eq!(stats.cut_tokens, found.iter().map(|cut| cut.tokens.end - cut.tokens.start).sum::<u64>());
        for pair in found.windows(2) {
            let (one, two) = (&pair[0], &pair[1]);
            prop_assert!((one.document, one.tokens.end) <= (two.document, two.tokens.start) || one.document < two.document);
        }
        // So little memory that all is sorted on disk.
        prop_assert_eq!(cuts(dir.path(), 1 << 9, min_tokens, &documents), (found, stats));
    }

    #[test]
    fn of_equal_windows_one_at_most_is_left_whole(documents in corpora(), min_tokens in 2usize..13) {
        let dir = tempfile::tempdir().unwrap();
        let (found, _) = cuts(dir.path(), 1 << 16, min_tokens, &documents);
        let mut whole: Vec<&[u64]> = Vec::new();
        for ((_, hashes), cut) in documents.iter().zip(marked(&documents, &found)) {
            for (window, cut) in hashes.windows(min_tokens).zip(cut.windows(min_tokens)) {
                if cut.iter().all(|cut| !cut) {
                    prop_assert!(!whole.contains(&window));
                    whole.push(window);
                }
            }
        }
    }
}

fn of_texts(texts: &[&str]) -> Vec<(u64, Vec<u64>)> {
    let hashed = |text: &&str| {
        let mut hashes = Vec::new();
        token_hashes(text, &mut hashes);
        hashes
    };
    texts.iter().enumerate().map(|(number, text)| (number as u64, hashed(text))).collect()
}

#[test]
fn a_notice_in_many_documents_stays_in_the_first() {
    let notice = "Denne side bruger cookies. Ved at klikke videre\naccepterer du vores brug af cookies.";
    let texts = [
        format!("Regnen faldt hele dagen over Fyn. {notice}"),
        format!("{notice}\n\nFolketinget åbner første tirsdag i oktober."),
        format!("Vinderen blev kåret i går. {} Læs mere her.", notice.replace('\n', "  ")),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let dir = tempfile::tempdir().unwrap();
    let (found, _) = cuts(dir.path(), 1 << 16, 10, &of_texts(&texts));
    let after: Vec<String> = (0..3u64)
        .map(|number| {
            let of = found.iter().filter(|cut| cut.document == number);
            let tokens: Vec<_> = of.map(|cut| cut.tokens.start as usize..cut.tokens.end as usize).collect();
            let text = texts[number as usize];
            without(text, &cuts_to_bytes(text, &tokens))
        })
        .collect();
    assert_eq!(after[0], texts[0]);
    assert_eq!(after[1], "Folketinget åbner første tirsdag i oktober.");
    assert_eq!(after[2], "Vinderen blev kåret i går. Læs mere her.");
    assert!(found.iter().all(|cut| cut.kept_document == 0));
}

#[test]
fn one_word_repeated_is_one_cut() {
    let documents: Vec<(u64, Vec<u64>)> = (0..20).map(|number| (number, vec![7; 20_000])).collect();
    let dir = tempfile::tempdir().unwrap();
    let (found, _) = cuts(dir.path(), 1 << 20, 50, &documents);
    assert_eq!(found.len(), 20);
    assert_eq!(found[0], Cut { document: 0, tokens: 1..20_000, kept_document: 0, kept_start: 0 });
    assert_eq!(found[7], Cut { document: 7, tokens: 0..20_000, kept_document: 0, kept_start: 0 });
}

#[test]
fn identical_documents_are_one_cut_each() {
    let mut state = 1u64;
    let hashes: Vec<u64> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    })
    .take(400)
    .collect();
    let documents: Vec<(u64, Vec<u64>)> = (0..1000).map(|number| (number, hashes.clone())).collect();
    let dir = tempfile::tempdir().unwrap();
    let (found, stats) = cuts(dir.path(), 1 << 20, 50, &documents);
    assert_eq!(found.len(), 999);
    assert!(found.iter().all(|cut| cut.tokens == (0..400) && cut.kept_document == 0 && cut.kept_start == 0));
    assert_eq!(stats.candidates, 351 * 1000);
}

#[test]
fn documents_out_of_order_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut stage = Substrings::new(dir.path(), 1 << 16, 50).unwrap();
    stage.push(4, &[]).unwrap();
    assert!(stage.push(4, &[]).is_err());
}
