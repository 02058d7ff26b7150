//! Figures as SVG: bars, a histogram, a waveform. Pure functions from numbers to SVG.
//!
//! Widths are per cent and heights are pixels, so that the text keeps its size on a phone. Colours are classes
//! of the page's style sheet. Labels are dataset text: they are escaped here and cut where they are long.

use std::fmt::Write as _;

use super::local::svg_text;

/// Longest label in a figure, in code points: what fits a phone beside the value.
const LABEL_MAX: usize = 26;
/// Height of one bar with its label, px.
const BAR_STEP: usize = 38;
/// Height of the columns of a histogram, px.
pub(crate) const COLUMN_HEIGHT: f64 = 140.0;
/// Room above the columns for the highest count, px.
const COLUMN_TOP: f64 = 20.0;
/// Most columns of a waveform; neighbours are merged beyond.
const WAVE_COLUMNS: usize = 240;

/// One bar.
pub(crate) struct Bar {
    /// What it stands for.
    pub(crate) label: String,
    /// Its length.
    pub(crate) value: f64,
    /// Its length in words.
    pub(crate) shown: String,
}

/// Horizontal bars on a common scale from zero.
pub(crate) fn bars(title: &str, bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| finite(bar.value)).fold(0.0, f64::max);
    let told: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.label, bar.shown)).collect();
    let mut svg =
        open("plot bars", title, &told.join("; "), &format!("height=\"{}\"", bars.len() * BAR_STEP));
    for (i, bar) in bars.iter().enumerate() {
        let y = i * BAR_STEP;
        let width = if most > 0.0 { finite(bar.value) / most * 100.0 } else { 0.0 };
        let _ = write!(
            svg,
            "<g><title>{}: {}</title><text y=\"{text}\">{}</text>\
             <text class=\"value\" x=\"100%\" y=\"{text}\">{}</text>\
             <rect class=\"track\" y=\"{line}\" width=\"100%\" height=\"8\" rx=\"2\"/>\
             <rect class=\"bar\" y=\"{line}\" width=\"{width:.2}%\" height=\"8\" rx=\"2\"/></g>",
            svg_text(&bar.label, usize::MAX),
            svg_text(&bar.shown, usize::MAX),
            svg_text(&bar.label, LABEL_MAX),
            svg_text(&bar.shown, LABEL_MAX),
            text = y + 14,
            line = y + 20,
        );
    }
    svg.push_str("</svg>");
    svg
}

/// A histogram with one column a bin, of equal width whatever the edges.
pub(crate) struct Columns<'a> {
    /// What is counted.
    pub(crate) title: &'a str,
    /// Counts.
    pub(crate) counts: &'a [u64],
    /// Counts in words, as many.
    pub(crate) shown: &'a [String],
    /// Edges in words, one more.
    pub(crate) edges: &'a [String],
    /// Unit of the edges.
    pub(crate) unit: &'a str,
}

/// Draws a histogram. Counts without both their edges are not drawn.
pub(crate) fn histogram(plot: &Columns<'_>) -> String {
    let n = plot.counts.len().min(plot.edges.len().saturating_sub(1)).min(plot.shown.len());
    let counts = &plot.counts[..n];
    let told = |i: usize| format!("{}–{} {}: {}", plot.edges[i], plot.edges[i + 1], plot.unit, plot.shown[i]);
    let all: Vec<String> = (0..n).filter(|&i| counts[i] > 0).map(told).collect();
    let floor = COLUMN_TOP + COLUMN_HEIGHT;
    let mut svg =
        open("plot histogram", plot.title, &all.join("; "), &format!("height=\"{}\"", floor + 24.0));
    if let Some(highest) = (0..n).max_by_key(|&i| (counts[i], std::cmp::Reverse(i))) {
        let _ = write!(
            svg,
            "<line class=\"grid\" x2=\"100%\" y1=\"{COLUMN_TOP}\" y2=\"{COLUMN_TOP}\"/>\
             <text class=\"small\" y=\"{}\">{}</text>",
            COLUMN_TOP - 6.0,
            svg_text(&plot.shown[highest], LABEL_MAX)
        );
    }
    let step = 100.0 / n.max(1) as f64;
    for (i, height) in column_heights(counts).into_iter().enumerate() {
        let _ = write!(
            svg,
            "<rect class=\"bar\" x=\"{:.3}%\" y=\"{:.1}\" width=\"{:.3}%\" height=\"{height:.1}\"><title>{}</title></rect>",
            step * (i as f64 + 0.06),
            floor - height,
            step * 0.88,
            svg_text(&told(i), usize::MAX)
        );
    }
    let _ = write!(svg, "<line class=\"axis\" x2=\"100%\" y1=\"{floor}\" y2=\"{floor}\"/>");
    for i in ticks(n) {
        let (anchor, unit) = match i {
            0 => ("start", ""),
            _ if i == n => ("end", plot.unit),
            _ => ("middle", ""),
        };
        let label = svg_text(format!("{} {unit}", plot.edges[i]).trim_end(), LABEL_MAX);
        let _ = write!(
            svg,
            "<text class=\"small\" x=\"{:.3}%\" y=\"{}\" text-anchor=\"{anchor}\">{label}</text>",
            step * i as f64,
            floor + 18.0
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Heights in px: the highest count fills [`COLUMN_HEIGHT`], and no count above zero is lost from sight.
pub(crate) fn column_heights(counts: &[u64]) -> Vec<f64> {
    let most = counts.iter().copied().max().unwrap_or(0);
    let height = |&count: &u64| match count {
        0 => 0.0,
        _ => (count as f64 / most as f64 * COLUMN_HEIGHT).max(1.0),
    };
    counts.iter().map(height).collect()
}

/// Which of the `n` + 1 edges get a label: the first, the last, and about three between.
fn ticks(n: usize) -> Vec<usize> {
    if n == 0 {
        return Vec::new();
    }
    let step = n.div_ceil(4);
    (0..n).step_by(step).filter(|i| n - i >= step.div_ceil(2).max(1)).chain([n]).collect()
}

/// A waveform from the lowest and highest sample of each column.
pub(crate) fn waveform(title: &str, desc: &str, peaks: &[(f32, f32)]) -> String {
    let merged: Vec<(f32, f32)> = peaks
        .chunks(peaks.len().div_ceil(WAVE_COLUMNS).max(1))
        .map(|part| part.iter().fold((1f32, -1f32), |(lo, hi), p| (lo.min(sample(p.0)), hi.max(sample(p.1)))))
        .collect();
    let size = format!("viewBox=\"0 0 {} 100\" preserveAspectRatio=\"none\"", merged.len().max(1));
    let mut svg = open("wave", title, desc, &size);
    let high = merged.iter().enumerate().map(|(x, p)| (x, p.1));
    let low = merged.iter().enumerate().rev().map(|(x, p)| (x, p.0));
    svg.push_str("<path d=\"");
    for (i, (x, level)) in high.chain(low).enumerate() {
        let _ = write!(svg, "{}{x}.5 {:.0}", if i == 0 { "M" } else { "L" }, 50.0 - 48.0 * level);
    }
    svg.push_str(if merged.is_empty() { "M0 50H1\"/></svg>" } else { "Z\"/></svg>" });
    svg
}

fn open(class: &str, title: &str, desc: &str, size: &str) -> String {
    format!(
        "<svg class=\"{class}\" role=\"img\" width=\"100%\" {size}><title>{}</title><desc>{}</desc>",
        svg_text(title, usize::MAX),
        svg_text(desc, usize::MAX)
    )
}

fn finite(x: f64) -> f64 {
    if x.is_finite() { x.max(0.0) } else { 0.0 }
}

fn sample(x: f32) -> f32 {
    if x.is_finite() { x.clamp(-1.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(all: &[&str]) -> Vec<String> {
        all.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn columns_stand_in_proportion_to_their_counts() {
        assert_eq!(column_heights(&[0, 5, 10]), [0.0, COLUMN_HEIGHT / 2.0, COLUMN_HEIGHT]);
        assert_eq!(column_heights(&[1, 1_000_000]), [1.0, COLUMN_HEIGHT]);
        assert_eq!(column_heights(&[0, 0]), [0.0, 0.0]);
        assert_eq!(column_heights(&[u64::MAX]), [COLUMN_HEIGHT]);
    }

    #[test]
    fn a_histogram_draws_its_columns_from_the_floor() {
        let svg = histogram(&Columns {
            title: "Varighed",
            counts: &[5, 10],
            shown: &strings(&["5", "10"]),
            edges: &strings(&["0", "1", "2"]),
            unit: "s",
        });
        assert!(
            svg.contains("y=\"90.0\" width=\"44.000%\" height=\"70.0\"><title>0–1 s: 5</title>"),
            "{svg}"
        );
        assert!(
            svg.contains("y=\"20.0\" width=\"44.000%\" height=\"140.0\"><title>1–2 s: 10</title>"),
            "{svg}"
        );
        assert!(svg.contains("<title>Varighed</title><desc>0–1 s: 5; 1–2 s: 10</desc>"), "{svg}");
    }

    #[test]
    fn a_histogram_without_edges_is_an_empty_figure() {
        let svg = histogram(&Columns { title: "", counts: &[3], shown: &[], edges: &[], unit: "" });
        assert!(svg.ends_with("</svg>") && !svg.contains("<rect"), "{svg}");
    }

    #[test]
    fn the_first_and_last_edge_are_labelled_and_few_between() {
        assert_eq!(ticks(1), [0, 1]);
        assert_eq!(ticks(4), [0, 1, 2, 3, 4]);
        assert_eq!(ticks(9), [0, 3, 6, 9]);
        for n in 1..200 {
            let ticks = ticks(n);
            assert!((ticks[0], ticks[ticks.len() - 1], ticks.len() <= 6) == (0, n, true), "{n}: {ticks:?}");
        }
    }

    #[test]
    fn bars_share_a_scale_and_escape_their_labels() {
        let bar = |label: &str, value| Bar { label: label.into(), value, shown: "x".into() };
        let svg = bars("T", &[bar("<script>", 4.0), bar("b", 1.0), bar("c", f64::NAN)]);
        assert!(svg.contains("width=\"100.00%\"") && svg.contains("width=\"25.00%\""), "{svg}");
        assert!(svg.contains("width=\"0.00%\"") && svg.contains("&#60;script&#62;"), "{svg}");
        assert!(!svg.contains("<script"), "{svg}");
    }

    #[test]
    fn a_waveform_goes_along_the_top_and_back_along_the_bottom() {
        let svg = waveform("a", "b", &[(-1.0, 1.0), (-0.5, 0.5)]);
        assert!(svg.contains("d=\"M0.5 2L1.5 26L1.5 74L0.5 98Z\""), "{svg}");
        assert!(waveform("", "", &[]).contains("M0 50H1"));
        let long = waveform("", "", &vec![(f32::NAN, 7.0); 10_000]);
        assert!(long.contains("viewBox=\"0 0 239 100\"") && !long.contains("NaN"), "{}", &long[..300]);
    }
}
