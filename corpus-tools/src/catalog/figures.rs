//! Statistics of a dataset as figures.

use std::collections::BTreeMap;

use sprog_datasets::schema::Modality;
use sprog_datasets::stats::Histogram;

use super::model::Dataset;
use super::strings as t;
use super::words::{self, word};
use crate::report::local::{self, Lang, Text, int};
use crate::report::plot::{self, Bar, Columns};
use crate::report::strings as r;

/// Bars of a figure; the smallest are added up beyond.
const BARS: usize = 12;

/// Names and drawings.
pub(crate) fn figures(d: &Dataset, lang: Lang) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    let hours = |title: Text, groups: BTreeMap<String, u64>| {
        // One bar says nothing.
        let said = |us: f64| words::length(us as u64).pick(lang).to_owned();
        (groups.len() > 1).then(|| {
            (title.pick(lang), bars(title, groups.into_iter().map(|(k, v)| (k, v as f64)), lang, &said))
        })
    };
    out.extend(hours(t::BY_DIALECT, d.speech_by(|s| s.dialect.as_deref())));
    out.extend(hours(t::BY_GENDER, d.speech_by(|s| s.gender.as_deref())));
    let ages = d.speech_by(|s| s.age_group.as_deref());
    if ages.len() > 1 {
        // By age, not by how much there is.
        let place = |age: &str| t::KNOWN.iter().position(|(known, _)| *known == age).unwrap_or(usize::MAX);
        let mut ages: Vec<(String, f64)> = ages.into_iter().map(|(k, v)| (k, v as f64)).collect();
        ages.sort_by_key(|(age, _)| place(age));
        let bar = |(age, us): (String, f64)| Bar {
            label: word(&age, lang),
            value: us,
            shown: words::length(us as u64).pick(lang).to_owned(),
        };
        let svg = plot::bars(t::BY_AGE.pick(lang), &ages.into_iter().map(bar).collect::<Vec<_>>());
        out.push((t::BY_AGE.pick(lang), svg));
    }
    let durations =
        d.publication.stats.values().map(|s| &s.durations).filter(|h| h.counts.iter().any(|n| *n > 0));
    let mut sum: Option<Histogram> = None;
    for histogram in durations {
        match &mut sum {
            Some(sum) if sum.counts.len() == histogram.counts.len() => {
                sum.counts.iter_mut().zip(&histogram.counts).for_each(|(a, b)| *a += b);
            }
            Some(_) => {}
            None => sum = Some(histogram.clone()),
        }
    }
    out.extend(sum.and_then(|h| histogram(&h, lang)).map(|svg| (t::DURATIONS.pick(lang), svg)));
    type Counts = BTreeMap<String, sprog_datasets::stats::Totals>;
    let rows = |title: Text, of: &dyn Fn(&sprog_datasets::stats::TableStats) -> &Counts| {
        let mut sums: BTreeMap<String, u64> = BTreeMap::new();
        for config in d.configs().iter().filter(|c| matches!(c.modality, Modality::Speech | Modality::Text)) {
            for (key, totals) in d.stats(&config.name).into_iter().flat_map(of) {
                *sums.entry(key.clone()).or_default() += totals.rows;
            }
        }
        let said = |n: f64| int(n as u64).pick(lang).to_owned();
        (sums.len() > 1).then(|| {
            (title.pick(lang), bars(title, sums.into_iter().map(|(k, v)| (k, v as f64)), lang, &said))
        })
    };
    out.extend(rows(t::BY_DOMAIN, &|s| &s.domains));
    out.extend(rows(t::BY_SOURCE, &|s| &s.sources));
    out.extend(rows(t::BY_LICENCE, &|s| &s.licences));
    out
}

fn bars(
    title: Text,
    groups: impl Iterator<Item = (String, f64)>,
    lang: Lang,
    say: &dyn Fn(f64) -> String,
) -> String {
    let mut groups: Vec<(String, f64)> = groups.map(|(key, value)| (word(&key, lang), value)).collect();
    groups.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    if groups.len() > BARS {
        let rest = groups.split_off(BARS - 1);
        let label = r::OTHERS_N.fill(&[int(rest.len() as u64)]).pick(lang).to_owned();
        groups.push((label, rest.iter().map(|(_, value)| value).sum()));
    }
    let bar = |(label, value): (String, f64)| Bar { label, value, shown: say(value) };
    plot::bars(title.pick(lang), &groups.into_iter().map(bar).collect::<Vec<_>>())
}

fn histogram(from: &Histogram, lang: Lang) -> Option<String> {
    let last = from.counts.iter().rposition(|c| *c > 0)?;
    let first = from.counts.iter().position(|c| *c > 0)?;
    let edge = |i: usize| local::short(from.from + from.width * i as f64).pick(lang).to_owned();
    let counts = &from.counts[first..=last];
    Some(plot::histogram(&Columns {
        title: t::DURATIONS.pick(lang),
        counts,
        shown: &counts.iter().map(|c| int(*c).pick(lang).to_owned()).collect::<Vec<_>>(),
        edges: &(first..=last + 1).map(edge).collect::<Vec<_>>(),
        unit: "s",
    }))
}
