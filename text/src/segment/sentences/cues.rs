//! Words whose neighbours tell whether a sentence ends.

use std::sync::LazyLock;

const TABLE: &str = include_str!("../../../data/segment/sentence_cues.tsv");

static WORDS: LazyLock<Vec<(&str, Cue)>> = LazyLock::new(|| {
    let mut words: Vec<_> = TABLE.lines().filter_map(parse).collect();
    words.sort_unstable();
    words
});

/// What a word tells of its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cue {
    /// A letter after it is its label: *vitamin D*, *København K*.
    Label,
    /// A title without quotes can follow: *filmen Når dyrene drømmer*.
    Title,
    /// *Det* before it starts a sentence.
    Verb,
    /// The first part of a degree that a name can follow: *ph.d. Lis Bo*.
    Degree,
}

fn parse(line: &str) -> Option<(&str, Cue)> {
    let (word, class) = line.split_once('\t').filter(|_| !line.starts_with('#'))?;
    let cue = match class {
        "label" => Cue::Label,
        "title" => Cue::Title,
        "verb" => Cue::Verb,
        "degree" => Cue::Degree,
        _ => return None,
    };
    Some((word, cue))
}

/// What a word tells, in any case.
pub(super) fn cue(word: &str) -> Option<Cue> {
    let lower = word.to_lowercase();
    let at = WORDS.binary_search_by(|(known, _)| (*known).cmp(lower.as_str())).ok()?;
    WORDS.get(at).map(|(_, cue)| *cue)
}

/// The first part of an abbreviation, up to its first stop.
pub(super) fn is_degree(abbreviation: &str) -> bool {
    abbreviation.split('.').next().and_then(cue) == Some(Cue::Degree)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses_and_stands_once() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(WORDS.len(), rows);
        assert!(WORDS.windows(2).all(|pair| pair[0].0 != pair[1].0));
        assert!(WORDS.iter().all(|(word, _)| *word == word.to_lowercase()));
    }

    #[test]
    fn a_degree_is_known_by_its_first_part() {
        assert!(is_degree("Cand.-jur."));
        assert!(is_degree("ph.d."));
        assert!(!is_degree("kr."));
    }
}
