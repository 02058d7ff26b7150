//! Codes that `[dataset.about]` may use, with their names, and the check of all its values.
//!
//! The tables are in `datasets/data/`, each with its source at the top.

use crate::metadata::{About, CreatorKind};

const THEMES: &str = include_str!("../data/eu-data-themes.tsv");
const FREQUENCIES: &str = include_str!("../data/eu-frequencies.tsv");
const COUNTRIES: &str = include_str!("../data/eu-countries.tsv");
const TASKS: &str = include_str!("../data/hub-tasks.tsv");

fn rows(table: &'static str) -> impl Iterator<Item = [&'static str; 3]> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.split('\t');
        Some([cells.next()?, cells.next()?, cells.next()?])
    })
}

fn name(table: &'static str, code: &str) -> Option<[&'static str; 2]> {
    rows(table).find(|row| row[0] == code).map(|[_, da, en]| [da, en])
}

/// Danish and English name of one of the EU's data themes, such as `HEAL`.
///
/// ```
/// assert_eq!(sprog_datasets::vocabulary::theme_name("HEAL"), Some(["Sundhed", "Health"]));
/// ```
pub fn theme_name(code: &str) -> Option<[&'static str; 2]> {
    name(THEMES, code)
}

/// Danish and English name of one of the EU's frequencies, such as `ANNUAL`.
pub fn frequency_name(code: &str) -> Option<[&'static str; 2]> {
    name(FREQUENCIES, code)
}

/// Danish and English name of a country, such as `DNK`; a code that has no names here gives `None`.
pub fn country_name(code: &str) -> Option<[&'static str; 2]> {
    name(COUNTRIES, code).filter(|[da, _]| !da.is_empty())
}

/// Danish and English name of one of Hugging Face's tasks, such as `automatic-speech-recognition`.
pub fn task_name(id: &str) -> Option<[&'static str; 2]> {
    name(TASKS, id)
}

/// A value of `[dataset.about]` that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadValue {
    /// Keys down to it from `about`; of a list the index.
    pub path: Vec<String>,
    /// What is wrong with it.
    pub message: String,
}

/// Checks the values of `[dataset.about]`: addresses, DOI, days and codes.
///
/// ```
/// use sprog_datasets::metadata::About;
/// let about = About { themes: vec!["HEAL".into(), "HEALTH".into()], ..About::default() };
/// let bad = sprog_datasets::vocabulary::check(&about);
/// assert_eq!(bad[0].path, ["themes", "1"]);
/// ```
pub fn check(about: &About) -> Vec<BadValue> {
    let mut bad = Vec::new();
    let mut found = |path: &[&str], message: String| {
        bad.push(BadValue { path: path.iter().map(|p| (*p).to_owned()).collect(), message });
    };
    for (index, creator) in about.creators.iter().enumerate() {
        let index = index.to_string();
        if creator.name.trim().is_empty() {
            found(&["creators", &index, "name"], "a creator without a name".into());
        }
        let Some(id) = &creator.id else { continue };
        let path = ["creators", index.as_str(), "id"];
        if !is_web_address(id) {
            found(
                &path,
                format!("{id:?} is not a web address, such as https://orcid.org/0000-0002-1825-0097"),
            );
        } else if let Some(orcid) = id.strip_prefix("https://orcid.org/") {
            if creator.kind != CreatorKind::Person {
                found(&path, format!("{id:?} is the ORCID of a person: write `kind = \"person\"`"));
            } else if !is_orcid(orcid) {
                found(&path, format!("{id:?} is not an ORCID: a digit is wrong or missing"));
            }
        }
    }
    for (key, address) in [("publisher_url", &about.publisher_url), ("landing_page", &about.landing_page)] {
        if let Some(address) = address.as_ref().filter(|a| !is_web_address(a)) {
            found(&[key], format!("{key} {address:?} is not a web address, such as https://example.dk/data"));
        }
    }
    for (index, address) in about.references.iter().enumerate().filter(|(_, a)| !is_web_address(a)) {
        let message =
            format!("references: {address:?} is not a web address, such as https://example.dk/paper");
        found(&["references", &index.to_string()], message);
    }
    if let Some(doi) = about.doi.as_ref().filter(|doi| !is_doi(doi)) {
        found(&["doi"], format!("doi {doi:?} is not a DOI, such as 10.5281/zenodo.1234567"));
    }
    let codes: [(&str, &[String], &'static str, &str); 4] = [
        (
            "tasks",
            &about.tasks,
            TASKS,
            "task id of Hugging Face known here, such as automatic-speech-recognition",
        ),
        ("themes", &about.themes, THEMES, "data theme of the EU, such as GOVE or HEAL"),
        ("spatial", &about.spatial, COUNTRIES, "country code of the EU, such as DNK, FRO or GRL"),
        (
            "frequency",
            about.frequency.as_slice(),
            FREQUENCIES,
            "frequency of the EU, such as ANNUAL or IRREG",
        ),
    ];
    for (key, values, table, what) in codes {
        for (index, value) in values.iter().enumerate().filter(|(_, value)| name(table, value).is_none()) {
            let index = index.to_string();
            let path: &[&str] = if key == "frequency" { &[key] } else { &[key, &index] };
            found(path, format!("{key}: {value:?} is no {what}"));
        }
    }
    if let Some(period) = &about.temporal {
        let days = [("from", Some(&period.from)), ("to", period.to.as_ref())];
        for (key, day) in days {
            if let Some(day) = day.filter(|day| !is_date(day)) {
                let message = format!("temporal: {day:?} is not a year, month or day, such as 2015-03");
                found(&["temporal", key], message);
            }
        }
        // Of two dates of different precision the shorter is the beginning of the longer, or it differs before.
        if let Some(to) = &period.to
            && is_date(to)
            && is_date(&period.from)
            && !to.starts_with(&period.from)
            && !period.from.starts_with(to.as_str())
            && *to < period.from
        {
            found(&["temporal", "to"], format!("temporal: {to:?} is before {:?}", period.from));
        }
    }
    for (index, _) in about.funding.iter().enumerate().filter(|(_, f)| f.trim().is_empty()) {
        found(&["funding", &index.to_string()], "funding: an empty text".into());
    }
    bad
}

/// Whether this is an http(s) address of a host with a dot, of printable ASCII.
pub fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '\\' | '{' | '}' | '|' | '^');
    let name = host.split(':').next().unwrap_or_default();
    let labels =
        name.split('.').all(|l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    text.chars().all(plain) && labels && name.contains('.')
}

/// Whether this is a DOI as Crossref's pattern has it.
fn is_doi(text: &str) -> bool {
    let Some((registrant, suffix)) = text.strip_prefix("10.").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let mut parts = registrant.split('.');
    let first = parts.next().unwrap_or_default();
    let digits = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit());
    let plain = |b: u8| b.is_ascii_alphanumeric() || b":/_;-.()".contains(&b);
    digits(first)
        && (4..=9).contains(&first.len())
        && parts.all(digits)
        && !suffix.is_empty()
        && suffix.bytes().all(plain)
}

/// Four groups of four digits whose last one checks (ISO 7064 MOD 11-2).
fn is_orcid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != 4 || groups.iter().any(|g| g.len() != 4) {
        return false;
    }
    let mut digits = text.bytes().filter(|b| *b != b'-');
    let mut total = 0u32;
    for digit in digits.by_ref().take(15) {
        if !digit.is_ascii_digit() {
            return false;
        }
        total = (total + u32::from(digit - b'0')) * 2;
    }
    let expected = (12 - total % 11) % 11;
    let last = match digits.next() {
        Some(b'X') => 10,
        Some(digit) if digit.is_ascii_digit() => u32::from(digit - b'0'),
        _ => return false,
    };
    last == expected
}

/// Whether this is `2015`, `2015-03` or `2015-03-14`.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, len: usize| {
        (part.len() == len && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let Some(year) = parts.first().and_then(|p| number(p, 4)) else { return false };
    let month = match parts.get(1) {
        None => return true,
        Some(month) => number(month, 2).filter(|m| (1..=12).contains(m)),
    };
    let Some(month) = month else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    match parts[2..] {
        [] => true,
        [day] => number(day, 2).is_some_and(|d| (1..=days).contains(&d)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::{Creator, Period};

    #[test]
    fn tables_are_sorted_and_have_their_names() {
        for (table, rows_of) in [(THEMES, 14), (COUNTRIES, 249), (TASKS, 24)] {
            let codes: Vec<&str> = rows(table).map(|row| row[0]).collect();
            assert!(codes.is_sorted() && codes.len() == rows_of, "{} {:?}", codes.len(), codes.first());
        }
        for table in [THEMES, FREQUENCIES, TASKS] {
            assert!(rows(table).all(|row| row.iter().all(|cell| !cell.is_empty())));
        }
        assert_eq!(country_name("FRO"), Some(["Færøerne", "Faroe Islands"]));
        assert_eq!(frequency_name("IRREG").map(|n| n[1]), Some("irregularly"));
        assert_eq!((country_name("TUV"), country_name("DEN")), (None, None));
    }

    #[test]
    fn what_is_right_passes_and_each_mistake_is_told() {
        let good = About {
            creators: vec![Creator {
                name: "Josiah Carberry".into(),
                kind: CreatorKind::Person,
                id: Some("https://orcid.org/0000-0002-1825-0097".into()),
            }],
            landing_page: Some("https://example.dk/data".into()),
            doi: Some("10.5281/zenodo.1234567".into()),
            spatial: vec!["DNK".into(), "TUV".into()],
            temporal: Some(Period { from: "2015".into(), to: Some("2015-03-14".into()) }),
            frequency: Some("IRREG".into()),
            ..About::default()
        };
        assert_eq!(check(&good), []);
        let change = |change: fn(&mut About)| {
            let mut about = good.clone();
            change(&mut about);
            let bad = check(&about);
            assert_eq!(bad.len(), 1, "{bad:?}");
            bad[0].path.join(".")
        };
        assert_eq!(
            change(|a| a.creators[0].id = Some("https://orcid.org/0000-0002-1825-0098".into())),
            "creators.0.id"
        );
        assert_eq!(change(|a| a.creators[0].kind = CreatorKind::Organization), "creators.0.id");
        assert_eq!(change(|a| a.landing_page = Some("javascript:alert(1)".into())), "landing_page");
        assert_eq!(change(|a| a.publisher_url = Some("https://exa mple.dk".into())), "publisher_url");
        assert_eq!(change(|a| a.references = vec!["https://localhost/".into()]), "references.0");
        assert_eq!(change(|a| a.doi = Some("https://doi.org/10.5281/x".into())), "doi");
        assert_eq!(change(|a| a.tasks = vec!["speech".into()]), "tasks.0");
        assert_eq!(change(|a| a.spatial.push("DK".into())), "spatial.2");
        assert_eq!(change(|a| a.frequency = Some("yearly".into())), "frequency");
        assert_eq!(
            change(|a| a.temporal = Some(Period { from: "2015-02-29".into(), to: None })),
            "temporal.from"
        );
        assert_eq!(
            change(|a| a.temporal = Some(Period { from: "2015-02".into(), to: Some("2014".into()) })),
            "temporal.to"
        );
        assert_eq!(change(|a| a.funding = vec![" ".into()]), "funding.0");
    }
}
