//! The index that the catalogue's search reads: `assets/search-index.json`.
//!
//! All that needs a dictionary is done here, so that a browser needs none: words of Danish texts are entered by their
//! lemmas, with the forms that do not begin like them (`barn`: `børn`) and the parts of compounds. What a form's ending
//! hides from a lemma, the browser takes off by a short list of endings, which is in the index too.
//!
//! Weights are worked out here as well: a word counts by where it stands and less each further time, as in BM25F
//! (Robertson, Zaragoza and Taylor 2004), in eight levels.
//!
//! The file: `ids`, `titles` by language, `terms` (sorted, separated by spaces), `postings` (one for each term, separated by
//! spaces), `facets` (name, then values with a posting each), `stop` (words not entered), `endings`, `page` (datasets on a
//! page of the list). A posting is a list of numbers in digits of base 32, the lowest first, as letters of base64url
//! (RFC 4648, section 5), of which those from 32 on say that more follow. Each number is `8 · step + level`: the step from
//! the dataset before, and how much the word counts. Facets have no level.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sprog_datasets::metadata::Bilingual;
use sprog_datasets::schema::Modality;
use sprog_text::compounds::{Mode, PartKind, Splitter};
use sprog_text::lexicon::{Guesser, Lexicon};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::model::Dataset;
use super::words;
use crate::report::local::Lang;

/// Name of the file.
pub const SEARCH_INDEX: &str = "assets/search-index.json";

/// Words of a description that are entered.
const DESCRIPTION_WORDS: usize = 300;
/// Characters of a word that are entered.
const WORD: usize = 40;
/// What a place counts.
const TITLE: f64 = 8.0;
const KEYWORD: f64 = 6.0;
const NAME: f64 = 4.0;
const DESCRIPTION: f64 = 2.0;
/// What a part of a compound counts of the whole, and a form that the text does not have.
const PART: f64 = 0.5;
const FORM: f64 = 0.6;
/// Where the counting of further times is halfway saturated.
const HALF: f64 = 6.0;

/// Words that stand in every description and say nothing of it.
const STOP: &str = "a af alle alt an and are as at be blev bliver by da de dem den denne der deres det dette dig din du \
                    efter eller en end er et for fra from fra få får før ham han har hun hvad hver hvilke hvis hvor i ikke \
                    in ind into is it its jeg kan med men mere mod må not når of og om on op or os over på samt se sig sin \
                    skal som så that the their these this til to ud under var ved vi vil was were which with";
/// Endings of Danish and English words, longest first.
const ENDINGS: &str = "ernes erens edes endes erne eren ende enes enne ette eres erer enes else ede ens ets ers ene ere \
                       est ste ing ies rne tte en et er es ne de te re nes ing ed e r n t s";

/// Datasets by their place in the list, and what a word counts in each.
type Places = Vec<(usize, f64)>;

/// What is entered of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// Description.
    pub description: Bilingual,
    /// Key words, in either language.
    pub keywords: Vec<String>,
    /// Other words that people may look for: names of tasks, dialects, sources, licences.
    pub names: Vec<String>,
    /// Values by facet.
    pub facets: Vec<(&'static str, Vec<String>)>,
}

/// Names of the facets, in the order in which they are shown.
pub(crate) const FACETS: [&str; 6] = ["modality", "task", "dialect", "licence", "hours", "theme"];

/// A dataset's values of a facet.
pub(crate) fn values(d: &Dataset, facet: &str) -> Vec<String> {
    let strings = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
    match facet {
        "modality" => strings(d.modalities().into_iter().map(words::modality).collect()),
        "task" => d.tasks(),
        "dialect" => d.dialects(),
        "licence" => strings(d.licences()),
        "hours" => strings(words::hours(d.totals(Modality::Speech).microseconds).into_iter().collect()),
        "theme" => d.publication.description.metadata.about.themes.clone(),
        _ => Vec::new(),
    }
}

impl Entry {
    /// What is entered of a published dataset.
    pub(crate) fn new(d: &Dataset) -> Entry {
        let description = &d.publication.description;
        let m = &description.metadata;
        let facets: Vec<(&'static str, Vec<String>)> =
            FACETS.into_iter().map(|name| (name, values(d, name))).collect();
        let mut names = vec![d.id.clone(), m.publisher.clone()];
        for (name, values) in facets.iter().filter(|(name, _)| *name != "hours") {
            for value in values {
                names.push(value.clone());
                if *name != "licence" {
                    names.extend([Lang::Da, Lang::En].map(|lang| words::word(value, lang)));
                }
            }
        }
        names.extend(description.sources.iter().filter(|s| s.excluded.is_none()).map(|s| s.id.clone()));
        names.extend(d.configs().iter().map(|c| c.name.clone()));
        for stats in d.publication.stats.values() {
            names.extend(stats.domains.keys().take(30).map(|domain| words::word(domain, Lang::Da)));
        }
        names.extend(m.about.creators.iter().map(|c| c.name.clone()));
        Entry {
            id: d.id.clone(),
            title: m.title.clone(),
            description: m.description.clone(),
            keywords: m.keywords.clone(),
            names,
            facets,
        }
    }
}

/// The index of datasets in the order of the list, which has `page` of them on a page.
///
/// ```
/// use sprog::catalog::search::{Entry, index};
/// use sprog_datasets::metadata::Bilingual;
///
/// let title = Bilingual { da: "Børnenes vejrtale".into(), en: "Children's weather talk".into() };
/// let bytes = index(&[Entry { id: "vejr".into(), title, ..Entry::default() }], 40);
/// let text = String::from_utf8(bytes).unwrap();
/// assert!(text.contains(" boern ") && text.contains(" tale ") && text.contains(" vejr "));
/// ```
pub fn index(entries: &[Entry], page: usize) -> Vec<u8> {
    let mut speller = Speller::default();
    let mut terms: BTreeMap<String, Places> = BTreeMap::new();
    let mut facets: BTreeMap<&str, BTreeMap<&str, Places>> = BTreeMap::new();
    for (n, entry) in entries.iter().enumerate() {
        for (term, weight) in speller.weights(entry) {
            terms.entry(term).or_default().push((n, weight));
        }
        for (name, values) in &entry.facets {
            let of = facets.entry(name).or_default();
            for value in values.iter().collect::<BTreeSet<_>>() {
                of.entry(value).or_default().push((n, 0.0));
            }
        }
    }
    let facets: serde_json::Map<String, Value> = facets
        .into_iter()
        .map(|(name, values)| {
            let list: Vec<Value> =
                values.into_iter().map(|(value, list)| json!([value, posting(&list, false)])).collect();
            (name.to_owned(), Value::from(list))
        })
        .collect();
    let same = |e: &Entry| e.title.en == e.title.da;
    let value = json!({
        "format": 1,
        "page": page,
        "ids": entries.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(),
        "titles": {
            "da": entries.iter().map(|e| e.title.da.as_str()).collect::<Vec<_>>(),
            // The Danish title where there is no other.
            "en": entries.iter().map(|e| if same(e) { "" } else { e.title.en.as_str() }).collect::<Vec<_>>(),
        },
        "facets": facets,
        "stop": folded(&spaced(STOP)),
        "endings": spaced(ENDINGS),
        "terms": terms.keys().map(String::as_str).collect::<Vec<_>>().join(" "),
        "postings": terms.values().map(|list| posting(list, true)).collect::<Vec<_>>().join(" "),
    });
    let mut bytes = value.to_string().into_bytes();
    bytes.push(b'\n');
    bytes
}

fn spaced(list: &str) -> String {
    list.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A list of datasets in letters.
fn posting(list: &[(usize, f64)], levels: bool) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    let mut before = 0;
    for (n, weight) in list {
        let step = n - before;
        before = *n;
        let level = ((8.0 * weight / (weight + HALF)).round() as usize).clamp(1, 8) - 1;
        let mut number = if levels { step * 8 + level } else { step };
        loop {
            let more = if number >= 32 { 32 } else { 0 };
            out.push(char::from(LETTERS[number % 32 + more]));
            number /= 32;
            if more == 0 {
                break;
            }
        }
    }
    out
}

/// Letters as the search compares them: small, `æ` as `ae`, `ø` as `oe`, `å` as `aa`, without accents.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc().flat_map(char::to_lowercase) {
        match c {
            'æ' | 'ä' => out.push_str("ae"),
            'ø' | 'ö' => out.push_str("oe"),
            'å' => out.push_str("aa"),
            'ß' => out.push_str("ss"),
            _ => out.extend(c.nfd().filter(|c| !is_combining_mark(*c))),
        }
    }
    out
}

/// Words of a text: letters and digits, as written.
fn tokens(text: &str) -> impl Iterator<Item = String> {
    let text: String = text.nfc().collect();
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .filter(|w| !w.is_empty() && w.chars().count() <= WORD)
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

/// From words to terms, each word looked up once.
struct Speller {
    stop: BTreeSet<&'static str>,
    known: BTreeMap<(String, bool), Vec<(String, f64)>>,
}

impl Default for Speller {
    fn default() -> Speller {
        Speller { stop: STOP.split_whitespace().collect(), known: BTreeMap::new() }
    }
}

impl Speller {
    /// The terms of a dataset, and what each counts.
    fn weights(&mut self, entry: &Entry) -> BTreeMap<String, f64> {
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        let mut add = |text: &str, danish: bool, weight: f64, most: usize| {
            for word in tokens(text).take(most) {
                for (term, share) in self.terms(word, danish) {
                    *sums.entry(term).or_default() += weight * share;
                }
            }
        };
        add(&entry.title.da, true, TITLE, usize::MAX);
        add(&entry.title.en, false, TITLE, usize::MAX);
        for keyword in &entry.keywords {
            add(keyword, true, KEYWORD, 20);
        }
        for name in entry.names.iter().collect::<BTreeSet<_>>() {
            add(name, true, NAME, 20);
        }
        add(&entry.description.da, true, DESCRIPTION, DESCRIPTION_WORDS);
        add(&entry.description.en, false, DESCRIPTION, DESCRIPTION_WORDS);
        sums
    }

    /// The terms that a word is entered as, each with its share.
    fn terms(&mut self, word: String, danish: bool) -> Vec<(String, f64)> {
        let lower = word.to_lowercase();
        if self.stop.contains(lower.as_str()) {
            return Vec::new();
        }
        let stop = &self.stop;
        self.known
            .entry((word, danish))
            .or_insert_with_key(|(word, _)| {
                let mut found: BTreeMap<String, f64> = BTreeMap::new();
                let mut add = |term: String, share: f64| {
                    if term.len() > 1 || term.bytes().all(|b| b.is_ascii_digit()) {
                        let there = found.entry(term).or_default();
                        *there = there.max(share);
                    }
                };
                if !danish {
                    add(folded(&lower), 1.0);
                    return found.into_iter().collect();
                }
                enter(word, &lower, &mut add);
                for part in parts(&lower).filter(|part| !stop.contains(part.as_str())) {
                    let as_part = |term: String, share: f64| add(term, share * PART);
                    enter(&part, &part, &mut { as_part });
                }
                found.into_iter().filter(|(term, _)| !term.is_empty()).collect()
            })
            .clone()
    }
}

/// Enters a Danish word: its lemmas, itself where its ending does not lead to them, and forms that begin otherwise.
fn enter(word: &str, lower: &str, add: &mut impl FnMut(String, f64)) {
    let lexicon = Lexicon::ours();
    let mut lemmas: Vec<String> = Vec::new();
    let mut keep = |lemma: &str| {
        if lemmas.len() < 3 && !lemmas.iter().any(|l| l == lemma) {
            lemmas.push(lemma.to_owned());
        }
    };
    for form in lexicon.lookup(lower).iter().chain(&lexicon.lookup(word)) {
        keep(&form.reading.lemma);
    }
    let known = !lemmas.is_empty();
    if !known && lower.chars().count() >= 5 {
        let guess = Guesser::ours().guess(lower, 1).into_iter().next();
        lemmas.extend(guess.filter(|g| g.score >= 0.5).map(|g| g.reading.lemma.to_lowercase()));
    }
    let own = folded(lower);
    let led = !lemmas.is_empty() && lemmas.iter().all(|lemma| leads(&own, &folded(lemma)));
    if !led {
        add(own.clone(), 1.0);
    }
    for lemma in &lemmas {
        let lemma_term = folded(lemma);
        if known {
            let stem: String =
                lemma_term.chars().take(lemma_term.chars().count().saturating_sub(1).max(2)).collect();
            let mut others: Vec<String> = lexicon.forms(lemma).iter().map(|f| folded(&f.form)).collect();
            others.retain(|form| !form.starts_with(&stem));
            others.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
            let mut shortest: Vec<String> = Vec::new();
            for form in others {
                if shortest.len() < 2 && !shortest.iter().any(|s| form.starts_with(s.as_str())) {
                    shortest.push(form);
                }
            }
            shortest.into_iter().for_each(|form| add(form, FORM));
        }
        add(lemma_term, 1.0);
    }
}

/// Whether the browser comes from a form to a lemma by taking an ending off.
fn leads(form: &str, lemma: &str) -> bool {
    form == lemma
        || ENDINGS.split_whitespace().any(|ending| {
            form.strip_suffix(ending).is_some_and(|stem| {
                let twice = stem.len() > 3 && {
                    let last = stem.as_bytes().last();
                    last.is_some_and(|b| b.is_ascii_alphabetic())
                        && stem.as_bytes().get(stem.len() - 2) == last
                };
                stem == lemma
                    || lemma.strip_suffix('e') == Some(stem)
                    || (twice && stem.get(..stem.len() - 1) == Some(lemma))
            })
        })
}

/// Parts of a compound; none of other words.
fn parts(word: &str) -> impl Iterator<Item = String> {
    let long = word.chars().count() >= 6 && word.chars().all(char::is_alphabetic);
    let split = if long { Splitter::ours().split(word, Mode::Lexical, 1).into_iter().next() } else { None };
    let parts: Vec<String> = split
        .iter()
        .filter(|split| split.boundaries().next().is_some())
        .flat_map(|split| &split.parts)
        .filter(|part| part.kind == PartKind::Stem)
        .filter_map(|part| word.get(part.start..part.end))
        .filter(|part| part.chars().count() >= 3)
        .map(str::to_owned)
        .collect();
    parts.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let mut speller = Speller::default();
        tokens(text).flat_map(|w| speller.terms(w, true)).map(|(term, _)| term).collect()
    }

    #[test]
    fn words_are_entered_by_lemma_parts_and_unlike_forms() {
        for (word, expected) in [
            ("lægerne", &["laege"][..]),
            ("børnene", &["barn", "boern"]),
            ("barn", &["barn", "boern"]),
            ("vejrtale", &["vejr", "tale"]),
            ("mænd", &["mand"]),
            ("Århus", &["aarhus"]),
            ("og", &[]),
        ] {
            let found = terms(word);
            for term in expected {
                assert!(found.iter().any(|f| f == term), "{word}: {term} is not among {found:?}");
            }
            assert_eq!(found.is_empty(), expected.is_empty(), "{word}: {found:?}");
        }
    }

    #[test]
    fn letters_are_folded_also_where_accents_stand_alone() {
        assert_eq!(folded("Ærø Ålborg A\u{30a}lborg Épée Öl"), "aeroe aalborg aalborg epee oel");
    }

    #[test]
    fn postings_count_steps_and_levels() {
        // 0: level 1 of weight 0 → 0; step 5 → 40 = 8 + 32·1.
        assert_eq!(posting(&[(0, 0.0), (5, 0.0)], true), "AoB");
        assert_eq!(posting(&[(3, 0.0), (40, 0.0)], false), "DlB");
        assert_eq!(posting(&[(0, 1e9)], true), "H");
    }

    #[test]
    fn hostile_text_is_entered_or_left_out_and_never_stops_a_build() {
        let bad = format!("\0 </script> \u{202e} {} {} 🙂 ß İ ﬃ", "a".repeat(100_000), "æ\u{301}".repeat(30));
        let both = Bilingual { da: bad.clone(), en: bad.clone() };
        let entry = Entry {
            id: "x".into(),
            title: both.clone(),
            description: both,
            keywords: vec![bad.clone()],
            names: vec![bad],
            ..Entry::default()
        };
        let bytes = index(&[entry], 40);
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        let count = |name: &str| value[name].as_str().unwrap().split(' ').count();
        assert_eq!(count("terms"), count("postings"));
    }
}
