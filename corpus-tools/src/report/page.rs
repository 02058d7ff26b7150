//! The template's view of the data: sentences, figures and plots in both languages.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use askama::Template;
use askama::filters::HtmlSafe;
use sprog_datasets::rules::RuleTable;

use super::local::{self, Lang, Local, Shown, Text, counted, decimal, int, short};
use super::plot::{self, Bar, Columns};
use super::strings as t;
use super::{
    Bilingual, Clip, Count, Histogram, LicenceRow, ProblemRow, ReportData, Share, SourceRow, SplitRow,
    TokenTable, spectrogram_png,
};
use crate::codes;

/// Most bars in one figure; the smallest groups are added up beyond.
const BARS_MAX: usize = 16;
/// Lists longer than this are folded.
const OPEN_MAX: usize = 12;

#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
pub(super) struct Page<'a> {
    data: &'a ReportData,
    title: Local,
    description: Local,
    window: &'a str,
    sections: Vec<(&'static str, Text)>,
    sentence: Local,
    figures: Vec<(Local, Text)>,
    excluded: Vec<(&'a SourceRow, &'a str)>,
    speech_splits: Vec<&'a SplitRow>,
    text_splits: Vec<&'a SplitRow>,
    other_splits: Vec<&'a SplitRow>,
    problems: BTreeMap<&'a str, Vec<&'a ProblemRow>>,
    problems_total: u64,
}

/// A figure drawn once for each language.
struct Figure {
    da: String,
    en: String,
}

impl Figure {
    fn each(draw: impl Fn(Lang) -> String) -> Self {
        Figure { da: draw(Lang::Da), en: draw(Lang::En) }
    }
}

impl Display for Figure {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "<div lang=\"da\">{}</div><div lang=\"en\">{}</div>", self.da, self.en)
    }
}

impl HtmlSafe for Figure {}

impl<'a> Page<'a> {
    pub(super) fn new(data: &'a ReportData) -> Self {
        let is_speech = |s: &&SplitRow| s.hours > 0.0 || s.speakers > 0;
        let (speech_splits, rest): (Vec<_>, Vec<_>) = data.splits.iter().partition(is_speech);
        let (text_splits, other_splits) = rest.into_iter().partition(|s| s.tokens > 0);
        let mut problems: BTreeMap<&str, Vec<&ProblemRow>> = BTreeMap::new();
        for row in &data.problems {
            problems.entry(&row.code).or_default().push(row);
        }
        let title =
            both(&data.title, if data.id.is_empty() { t::REPORT.local() } else { Local::same(&data.id) });
        let window = [&data.title.da, &data.title.en, &data.id].into_iter().find(|s| !s.is_empty());
        let mut page = Page {
            title,
            description: both(&data.description, Local::default()),
            window: window.map_or(t::REPORT.da, String::as_str),
            sections: Vec::new(),
            sentence: Local::default(),
            figures: Vec::new(),
            excluded: data.sources.iter().filter_map(|s| Some((s, s.excluded.as_deref()?))).collect(),
            speech_splits,
            text_splits,
            other_splits,
            problems_total: data.problems_total.max(data.problems.len() as u64),
            problems,
            data,
        };
        page.sections = page.list_sections();
        page.summarise();
        page
    }

    fn list_sections(&self) -> Vec<(&'static str, Text)> {
        [
            (true, "summary", t::SUMMARY),
            (!self.data.sources.is_empty(), "sources", t::SOURCES),
            (self.has_left_out(), "left-out", t::LEFT_OUT),
            (self.has_licences(), "licences", t::LICENCES),
            (self.has_speech(), "speech", t::SPEECH),
            (self.has_text(), "text", t::TEXT),
            (!self.data.tokens.is_empty(), "tokens", t::TOKEN_SECTION),
            (self.has_rules(), "rules", t::RULES),
            (self.problems_total > 0, "problems", t::PROBLEMS),
            (self.has_made(), "made", t::MADE),
        ]
        .into_iter()
        .filter_map(|(there, id, name)| there.then_some((id, name)))
        .collect()
    }

    /// What the codes that a message names mean, in both languages.
    fn meaning(&self, message: &str) -> Vec<Local> {
        let texts = codes::named_in(message).into_iter().filter_map(|code| {
            let en = codes::all().find(|e| e.code == code)?.text;
            Some(Local { da: codes::explain_da(code).unwrap_or(en).to_owned(), en: en.to_owned() })
        });
        texts.collect()
    }

    fn has_left_out(&self) -> bool {
        !self.data.steps.is_empty() || !self.excluded.is_empty()
    }

    fn has_licences(&self) -> bool {
        !self.data.licences.is_empty() || !self.data.licence.is_empty()
    }

    fn has_who(&self) -> bool {
        !self.data.dialects.is_empty() || !self.data.genders.is_empty() || !self.data.ages.is_empty()
    }

    fn has_speech(&self) -> bool {
        let d = self.data;
        !(self.speech_splits.is_empty() && d.speakers.is_empty() && d.clips.is_empty())
            || self.has_who()
            || d.durations.is_some()
            || d.levels.is_some()
    }

    fn has_text(&self) -> bool {
        !(self.text_splits.is_empty() && self.data.domains.is_empty() && self.data.languages.is_empty())
    }

    fn has_rules(&self) -> bool {
        !self.data.tables.is_empty() || !self.other_splits.is_empty()
    }

    fn has_made(&self) -> bool {
        [&self.data.run, &self.data.tool, &self.data.id].into_iter().any(|s| !s.is_empty())
    }

    fn has_examples(&self) -> bool {
        self.data.steps.iter().any(|s| !s.examples.is_empty())
    }

    fn summarise(&mut self) {
        let d = self.data;
        // Where rules have splits of their own, these hold the tables' rows.
        let tables = if self.other_splits.is_empty() { d.tables.as_slice() } else { &[] };
        let mut rows = sum(d.splits.iter().map(|s| s.rows).chain(tables.iter().map(|table| table.rows)));
        let (mut tokens, mut hours) =
            (sum(d.splits.iter().map(|s| s.tokens)), d.splits.iter().map(|s| s.hours).sum::<f64>());
        if d.splits.is_empty() {
            rows = rows.max(sum(d.licences.iter().map(|l| l.rows)));
            tokens = sum(d.licences.iter().map(|l| l.tokens));
            hours = d.licences.iter().map(|l| l.hours).sum();
        }
        let speakers = d.speakers.len() as u64;
        let sources = (d.sources.len() - self.excluded.len()) as u64;
        // A source also counts records that no step saw. Sources held out have a sentence of their own.
        let used = d.sources.iter().filter(|s| s.excluded.is_none());
        let dropped = sum(used.map(|s| s.dropped)).max(sum(d.steps.iter().map(|s| s.dropped)));
        let excluded = self.excluded.len() as u64;

        let speech = (hours > 0.0).then(|| length(hours));
        let lasts = speech.clone().map(|long| match speakers {
            0 => t::LASTS.fill(&[long]),
            n => t::LASTS_BY.fill(&[long, counted(n, t::SPEAKER_N)]),
        });
        let holds = match (rows, sources) {
            (0, _) => t::EMPTY.local(),
            (n, 0) => t::HOLDS.fill(&[counted(n, t::ROW_N)]),
            (n, from) => t::HOLDS_FROM.fill(&[counted(n, t::ROW_N), counted(from, t::SOURCE_N)]),
        };
        let said = |n: u64, text: Text, noun: local::Noun| (n > 0).then(|| text.fill(&[counted(n, noun)]));
        let sentences = [
            Some(holds),
            lasts,
            said(tokens, t::TEXT_IS, t::TOKEN_N),
            said(dropped, t::DROPPED_SAID, t::DROPPED_N),
            said(excluded, t::EXCLUDED_SAID, t::EXCLUDED_N),
            said(self.problems_total, t::PROBLEMS_SAID, t::PROBLEM_IS_N),
        ];
        let sentences: Vec<Local> = sentences.into_iter().flatten().collect();
        self.sentence =
            Local::each(|lang| sentences.iter().map(|s| s.pick(lang)).collect::<Vec<_>>().join(" "));

        let figure = |n: u64, name: Text| (n > 0).then(|| (int(n), name));
        self.figures = [
            figure(rows, t::ROWS_FIGURE),
            speech.map(|long| (long, t::SPEECH_FIGURE)),
            figure(tokens, t::TOKENS_FIGURE),
            figure(speakers, t::SPEAKERS_FIGURE),
            figure(dropped, t::DROPPED_FIGURE),
            figure(self.problems_total, t::PROBLEMS_FIGURE),
        ]
        .into_iter()
        .flatten()
        .collect();
    }

    // What the template calls.

    fn shares(&self, title: Text, shares: &[Share], largest_first: bool) -> Figure {
        let groups = shares.iter().map(|s| (word(&s.label), s.value_hours)).collect();
        bars(title, groups, largest_first, length)
    }

    fn counts(&self, title: Text, counts: &[Count]) -> Figure {
        let groups = counts.iter().map(|c| (word(&c.label), c.count as f64)).collect();
        bars(title, groups, true, |count| int(count as u64))
    }

    fn histogram(&self, title: Text, histogram: &Histogram) -> Figure {
        Figure::each(|lang| {
            let edges: Vec<String> =
                histogram.edges.iter().map(|&e| short(e).pick(lang).to_owned()).collect();
            let shown: Vec<String> = histogram.counts.iter().map(|&c| int(c).pick(lang).to_owned()).collect();
            plot::histogram(&Columns {
                title: title.pick(lang),
                counts: &histogram.counts,
                shown: &shown,
                edges: &edges,
                unit: &histogram.unit,
            })
        })
    }

    fn waveform(&self, clip: &Clip) -> Figure {
        let title = t::CLIP_TITLE.fill(&[Local::same(&clip.id)]);
        let desc = t::CLIP_DESC.fill(&[decimal(clip.duration, 1)]);
        Figure::each(|lang| plot::waveform(title.pick(lang), desc.pick(lang), &clip.waveform))
    }

    fn spectrogram(&self, clip: &Clip) -> Option<String> {
        spectrogram_png::data_uri(&clip.spectrogram, clip.spectrogram_columns, clip.spectrogram_rows)
    }

    fn licence_words(&self, spdx: &str) -> Option<Text> {
        t::licence_words(spdx)
    }

    fn terms(&self, row: &LicenceRow) -> Local {
        let say = |term: &String| match term.strip_prefix(t::SHARE_UNDER) {
            Some(licence) => t::SHARE_UNDER_SAID.fill(&[Local::same(licence)]),
            None => word(term),
        };
        let said: Vec<Local> = row.terms.iter().map(say).collect();
        if said.is_empty() {
            return t::NO_TERMS.local();
        }
        Local::each(|lang| said.iter().map(|s| s.pick(lang)).collect::<Vec<_>>().join(", "))
    }

    fn word(&self, text: &str) -> Local {
        word(text)
    }

    /// What a step does, where the page knows.
    fn step_words(&self, step: &str) -> Option<Text> {
        t::known(step.split(' ').next().unwrap_or(step))
    }

    /// What the rows of a table of rules are.
    fn table_words(&self, name: &str) -> Local {
        let [da, en] = RuleTable::parse(name).map_or([""; 2], RuleTable::describe);
        Local { da: da.to_owned(), en: en.to_owned() }
    }

    /// What made the tokens of a config, in sentences.
    fn tokens_words(&self, table: &TokenTable) -> Vec<Local> {
        let (bytes, tokens) = table.splits.iter().fold((0.0, 0u64), |(bytes, tokens), split| {
            (bytes + split.bytes_per_token * split.tokens as f64, tokens.saturating_add(split.tokens))
        });
        let ratio = if tokens == 0 { 0.0 } else { bytes / tokens as f64 };
        let known = counted(table.vocab_size, t::TOKEN_N);
        let mut said = vec![t::TOKENIZER_IS.fill(&[Local::same(&table.tokenizer), known, decimal(ratio, 2)])];
        if let Some((packing, length)) = &table.packing {
            said.push(t::PACKED_AS.fill(&[counted(*length, t::TOKEN_N), Local::same(packing)]));
        }
        said.extend(table.files.iter().map(|files| t::BINARY_IN.fill(&[Local::same(files)])));
        said.extend(table.fallback.iter().map(|why| t::SLOW.fill(&[Local::same(why)])));
        said
    }

    fn maybe(&self, text: &Option<String>) -> Local {
        word(text.as_deref().unwrap_or(""))
    }

    fn kilohertz(&self, rate: &u32) -> Local {
        let number = short(f64::from(*rate) / 1000.0);
        Local::each(|lang| format!("{}\u{a0}kHz", number.pick(lang)))
    }

    fn shown<'t>(&self, text: &'t str) -> Shown<'t> {
        Shown(text)
    }
}

/// `text` where it is given in a language, else in the other, else `fallback`.
fn both(text: &Bilingual, fallback: Local) -> Local {
    match (text.da.is_empty(), text.en.is_empty()) {
        (true, true) => fallback,
        (true, false) => Local::same(&text.en),
        (false, true) => Local::same(&text.da),
        (false, false) => Local { da: text.da.clone(), en: text.en.clone() },
    }
}

/// A word of the data in both languages, if the page knows it.
fn word(text: &str) -> Local {
    t::known(text).map_or_else(|| Local::same(text), Text::local)
}

fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

/// Hours in the unit that reads well.
fn length(hours: f64) -> Local {
    let minutes = hours * 60.0;
    if hours >= 99.5 {
        counted(hours.round() as u64, t::HOUR_N)
    } else if hours >= 1.0 {
        t::HOURS_N.fill(&[decimal(hours, 1)])
    } else if minutes >= 1.0 {
        counted(minutes.round() as u64, t::MINUTE_N)
    } else {
        t::SECONDS_N.fill(&[decimal(minutes * 60.0, 0)])
    }
}

fn bars(
    title: Text,
    mut groups: Vec<(Local, f64)>,
    largest_first: bool,
    say: impl Fn(f64) -> Local,
) -> Figure {
    if largest_first {
        groups.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.da.cmp(&b.0.da)));
    }
    if groups.len() > BARS_MAX {
        let rest = groups.split_off(BARS_MAX - 1);
        let total = rest.iter().map(|(_, value)| value).sum();
        groups.push((t::OTHERS_N.fill(&[int(rest.len() as u64)]), total));
    }
    Figure::each(|lang| {
        let bar = |(label, value): &(Local, f64)| Bar {
            label: label.pick(lang).to_owned(),
            value: *value,
            shown: say(*value).pick(lang).to_owned(),
        };
        plot::bars(title.pick(lang), &groups.iter().map(bar).collect::<Vec<_>>())
    })
}
