//! A plot of what tokenizers make of texts: bars on common scales, as one SVG that stands alone or in a page.
//!
//! The first tokenizer is drawn in the accent colour and the others in grey, so that the eye finds it. Colours follow the
//! reader's light or dark setting. Every figure is written beside its bar, and all are in the description.

use std::fmt::Write as _;

use super::stats::{Row, Stats};
use crate::report::local::svg_text;

/// Width of the drawing, its margin, and the columns for names and figures, px.
const WIDTH: f64 = 720.0;
const MARGIN: f64 = 24.0;
const NAMES: f64 = 190.0;
const FIGURES: f64 = 76.0;
/// Height of a bar with the room around it, px.
const STEP: f64 = 24.0;
/// Most groups that are drawn.
const MOST_GROUPS: usize = 12;
/// Longest name that is drawn, in code points.
const LONGEST: usize = 24;

const STYLE: &str = "\
.tokens{--paper:#fff;--ink:#16211f;--soft:#52605e;--line:#e4eae9;--accent:#0b5f64;--other:#a9b6b4;\
font:14px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;max-width:100%;height:auto}\
@media (prefers-color-scheme:dark){.tokens{--paper:#111817;--ink:#e6ecea;--soft:#a3b1ae;--line:#26312f;--accent:#7ccfcf;\
--other:#5c6b68}}\
.tokens .paper{fill:var(--paper)}.tokens text{fill:var(--ink)}.tokens .soft{fill:var(--soft);font-size:13px}\
.tokens .title{font:600 22px ui-serif,'Iowan Old Style',Palatino,Georgia,serif}.tokens .head{font-weight:600}\
.tokens .value{text-anchor:end;font-variant-numeric:tabular-nums lining-nums}.tokens .first{font-weight:600}\
.tokens .track{fill:var(--line)}.tokens .bar{fill:var(--other)}.tokens .bar.own{fill:var(--accent)}";

/// The words of a plot.
#[derive(Clone, Copy, Debug)]
pub struct Words<'w> {
    /// The language of the words, as HTML names it.
    pub language: &'w str,
    /// The title.
    pub title: &'w str,
    /// What was measured.
    pub subtitle: &'w str,
    /// What each panel shows, and which way is better: bytes a token, tokens a word, words kept whole, compounds cut only
    /// where parts meet (of those that are cut).
    pub panels: [(&'w str, &'w str); 4],
    /// The title of the bars by group: bytes a token by what.
    pub groups: &'w str,
    /// What is said where not all groups are drawn.
    pub not_all: &'w str,
    /// Whether numbers have a decimal comma.
    pub decimal_comma: bool,
}

/// Bars on one scale.
struct Panel<'p> {
    title: &'p str,
    better: &'p str,
    percent: bool,
    bars: Vec<(&'p Row, Option<f64>)>,
}

/// The plot as an SVG document. The largest groups are drawn, by their bytes.
pub fn svg(stats: &Stats, words: &Words<'_>) -> String {
    let all: Vec<&Row> = stats.rows.iter().filter(|row| row.group.is_none()).collect();
    let own = all.first().map_or("", |row| row.tokenizer.as_str());
    let panels = panels(&all, words);
    let (groups, left_out) = groups(stats);
    let mut drawing =
        Drawing { out: String::new(), y: MARGIN + 62.0, own, decimal_comma: words.decimal_comma };
    for panel in &panels {
        drawing.head(panel.title, panel.better);
        let most = if panel.percent { 1.0 } else { highest(&panel.bars) };
        panel.bars.iter().for_each(|(row, value)| drawing.bar(row, *value, most, panel.percent));
        drawing.y += 18.0;
    }
    if !groups.is_empty() {
        drawing.head(words.groups, words.panels[0].1);
        let bars = |rows: &[&'_ Row]| rows.iter().filter_map(|row| row.bytes_per_token).fold(0.0, f64::max);
        let most = groups.iter().map(|(_, rows)| bars(rows)).fold(0.0, f64::max);
        for (name, rows) in &groups {
            drawing.group(name);
            rows.iter().for_each(|row| drawing.bar(row, row.bytes_per_token, most, false));
            drawing.y += 8.0;
        }
        if left_out {
            drawing.y += 14.0;
            drawing.text("soft", MARGIN, drawing.y, words.not_all);
            drawing.y += 8.0;
        }
    }
    let height = drawing.y + MARGIN - 14.0;
    let title = svg_text(words.title, usize::MAX);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tokens\" role=\"img\" lang=\"{}\" \
         viewBox=\"0 0 {WIDTH:.0} {height:.0}\" width=\"{WIDTH:.0}\" height=\"{height:.0}\" \
         aria-labelledby=\"tokens-title tokens-desc\"><title id=\"tokens-title\">{title}</title>\
         <desc id=\"tokens-desc\">{}</desc><style>{STYLE}</style>\
         <rect class=\"paper\" width=\"100%\" height=\"100%\"/>\
         <text class=\"title\" x=\"{MARGIN}\" y=\"{:.0}\">{title}</text>\
         <text class=\"soft\" x=\"{MARGIN}\" y=\"{:.0}\">{}</text>{}</svg>\n",
        svg_text(words.language, usize::MAX),
        svg_text(&description(&panels, &groups, words), usize::MAX),
        MARGIN + 18.0,
        MARGIN + 42.0,
        svg_text(words.subtitle, usize::MAX),
        drawing.out,
    )
}

/// The plot in a page of its own, with nothing that is fetched.
pub fn html(stats: &Stats, words: &Words<'_>) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\"><title>{}</title><style>:root{{color-scheme:light dark}}body{{margin:0;\
         display:flex;justify-content:safe center;background:#fff}}@media (prefers-color-scheme:dark)\
         {{body{{background:#111817}}}}.tokens{{min-width:600px}}</style>\n{}</html>\n",
        svg_text(words.language, usize::MAX),
        svg_text(words.title, usize::MAX),
        svg(stats, words),
    )
}

/// A panel for each figure that is known of some tokenizer.
fn panels<'p>(all: &[&'p Row], words: &Words<'p>) -> Vec<Panel<'p>> {
    let figures: [fn(&Row) -> Option<f64>; 4] =
        [|r| r.bytes_per_token, |r| r.tokens_per_word, |r| r.whole_words, |r| r.compounds_cut_well];
    let panel = |(at, (title, better)): (usize, (&'p str, &'p str))| Panel {
        title,
        better,
        percent: at >= 2,
        bars: all.iter().map(|row| (*row, figures[at](row))).collect(),
    };
    let known = |panel: &Panel<'_>| panel.bars.iter().any(|(_, value)| value.is_some());
    words.panels.into_iter().enumerate().map(panel).filter(known).collect()
}

fn highest(bars: &[(&Row, Option<f64>)]) -> f64 {
    bars.iter().filter_map(|(_, value)| *value).fold(0.0, f64::max)
}

/// The groups with most bytes, in the order of their names, and whether there are more.
fn groups(stats: &Stats) -> (Vec<(&str, Vec<&Row>)>, bool) {
    let mut groups: Vec<(&str, Vec<&Row>)> = Vec::new();
    for row in &stats.rows {
        let Some(name) = row.group.as_deref() else { continue };
        match groups.last_mut() {
            Some((last, rows)) if *last == name => rows.push(row),
            _ => groups.push((name, vec![row])),
        }
    }
    let bytes = |rows: &[&Row]| rows.first().map_or(0, |row| row.counts.bytes);
    groups.sort_by(|a, b| bytes(&b.1).cmp(&bytes(&a.1)).then(a.0.cmp(b.0)));
    let more = groups.len() > MOST_GROUPS;
    groups.truncate(MOST_GROUPS);
    groups.sort_by(|a, b| a.0.cmp(b.0));
    (groups, more)
}

/// All figures in words, for who cannot see the bars.
fn description(panels: &[Panel<'_>], groups: &[(&str, Vec<&Row>)], words: &Words<'_>) -> String {
    let mut told = Vec::new();
    let comma = words.decimal_comma;
    for panel in panels {
        let bars: Vec<String> = (panel.bars.iter())
            .map(|(row, value)| format!("{} {}", row.tokenizer, shown(*value, panel.percent, comma)))
            .collect();
        told.push(format!("{} ({}): {}.", panel.title, panel.better, bars.join("; ")));
    }
    for (name, rows) in groups {
        let bars: Vec<String> = (rows.iter())
            .map(|row| format!("{} {}", row.tokenizer, shown(row.bytes_per_token, false, comma)))
            .collect();
        told.push(format!("{}, {name}: {}.", words.panels[0].0, bars.join("; ")));
    }
    told.join(" ")
}

fn shown(value: Option<f64>, percent: bool, comma: bool) -> String {
    let text = match value {
        None => return "–".into(),
        Some(value) if percent => format!("{:.1}\u{a0}%", 100.0 * value),
        Some(value) => format!("{value:.2}"),
    };
    if comma { text.replace('.', ",") } else { text }
}

struct Drawing<'d> {
    out: String,
    y: f64,
    /// The tokenizer that is drawn in the accent colour.
    own: &'d str,
    decimal_comma: bool,
}

impl Drawing<'_> {
    fn text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        // Writing to a string does not fail.
        let _ =
            write!(self.out, "<text class=\"{class}\" x=\"{x}\" y=\"{y:.0}\">{}</text>", svg_text(text, 90));
    }

    /// The title of a panel, with the way that is better at the other end.
    fn head(&mut self, title: &str, better: &str) {
        self.y += 16.0;
        self.text("head", MARGIN, self.y, title);
        self.text("soft value", WIDTH - MARGIN, self.y, better);
        self.y += 10.0;
    }

    fn group(&mut self, name: &str) {
        self.y += 18.0;
        self.text("soft", MARGIN, self.y, if name.is_empty() { "–" } else { name });
        self.y += 4.0;
    }

    fn bar(&mut self, row: &Row, value: Option<f64>, most: f64, percent: bool) {
        let room = WIDTH - 2.0 * MARGIN - NAMES - FIGURES;
        let share = value.filter(|v| v.is_finite() && most > 0.0).map_or(0.0, |v| (v / most).clamp(0.0, 1.0));
        let own = row.tokenizer == self.own;
        let (name, bar) = if own { ("first", "bar own") } else { ("", "bar") };
        let figure = shown(value, percent, self.decimal_comma);
        let (x, y) = (MARGIN + NAMES, self.y + 6.0);
        let baseline = self.y + 17.0;
        let _ = write!(self.out, "<g><title>{}: {}</title>", svg_text(&row.tokenizer, usize::MAX), figure);
        let _ = write!(
            self.out,
            "<text class=\"{name}\" x=\"{MARGIN}\" y=\"{baseline:.0}\">{}</text>",
            svg_text(&row.tokenizer, LONGEST)
        );
        let _ = write!(
            self.out,
            "<rect class=\"track\" x=\"{x}\" y=\"{y:.0}\" width=\"{room:.0}\" height=\"13\" rx=\"2\"/>\
             <rect class=\"{bar}\" x=\"{x}\" y=\"{y:.0}\" width=\"{:.1}\" height=\"13\" rx=\"2\"/>\
             <text class=\"value {name}\" x=\"{}\" y=\"{baseline:.0}\">{figure}</text></g>",
            room * share,
            WIDTH - MARGIN,
        );
        self.y += STEP;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sprog_text::subword::stats::Counts;

    fn row(tokenizer: &str, group: Option<&str>, bytes_per_token: Option<f64>) -> Row {
        Row {
            tokenizer: tokenizer.into(),
            group: group.map(str::to_owned),
            bytes_per_token,
            characters_per_token: None,
            tokens_per_word: None,
            whole_words: Some(0.5),
            compounds_cut_well: None,
            partial_tokens: None,
            unknown_tokens: None,
            vocab_size: 10,
            unused: 1,
            counts: Counts { bytes: 5, ..Counts::default() },
        }
    }

    const WORDS: Words<'_> = Words {
        language: "da",
        title: "T",
        subtitle: "S",
        panels: [("bytes", "flere"), ("tokens", "færre"), ("hele", "flere"), ("led", "flere")],
        groups: "G",
        not_all: "N",
        decimal_comma: true,
    };

    #[test]
    fn bars_share_a_scale_and_every_figure_is_in_the_description() {
        let rows = vec![row("da", None, Some(4.0)), row("gpt2", None, Some(2.0))];
        let svg = svg(&Stats { rows, ..Stats::default() }, &WORDS);
        assert!(svg.contains("bytes (flere): da 4,00; gpt2 2,00."), "{svg}");
        let room = WIDTH - 2.0 * MARGIN - NAMES - FIGURES;
        assert!(svg.contains(&format!("class=\"bar own\" x=\"214\" y=\"118\" width=\"{room:.1}\"")), "{svg}");
        assert!(svg.contains(&format!("width=\"{:.1}\"", room / 2.0)), "{svg}");
        // Figures that nobody has are no panel.
        assert!(!svg.contains("færre") && !svg.contains(">led<"), "{svg}");
    }

    #[test]
    fn names_cannot_act_and_many_groups_are_cut_to_the_largest() {
        let hostile = "<script>alert(1)</script>\u{202e}";
        let mut rows = vec![row(hostile, None, Some(f64::NAN))];
        rows.extend((0..40).map(|n| row(hostile, Some(&format!("{n:02}")), Some(1.0))));
        let stats = Stats { rows, ..Stats::default() };
        let page = html(&stats, &WORDS);
        assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains("NaN\""));
        assert!(page.contains(">11<") && !page.contains(">12<") && page.contains(">N<"));
        assert!(svg(&Stats::default(), &WORDS).contains("</svg>"));
    }
}
