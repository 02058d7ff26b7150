//! Deviations as a picture: plain numbers, and a small SVG of them.

use std::fmt::Write as _;

use serde::Serialize;

/// Deviations counted in bins of equal width.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Histogram {
    /// Lower limit of the first bin, in seconds.
    pub low: f64,
    /// Width of a bin, in seconds.
    pub width: f64,
    /// Deviations in each bin, its lower limit within.
    pub counts: Vec<u64>,
    /// Deviations below the first bin.
    pub below: u64,
    /// Deviations above the last bin.
    pub above: u64,
}

/// Most bins.
const MOST_BINS: f64 = 10_000.0;

/// Counts deviations in bins of `width` seconds from −`limit` to `limit`. No bins if the options make none,
/// or more than 10,000. Values that are no number are left out.
///
/// ```
/// let counted = sprog_text::score::boundaries::histogram(&[-0.02, 0.004, 0.3], 0.01, 0.02);
/// assert_eq!((counted.counts, counted.above), (vec![1, 0, 1, 0], 1));
/// ```
pub fn histogram(deviations: &[f64], width: f64, limit: f64) -> Histogram {
    let bins = (2.0 * limit / width).round();
    if !(1.0..=MOST_BINS).contains(&bins) || width <= 0.0 {
        return Histogram::default();
    }
    let mut out = Histogram { low: -limit, width, counts: vec![0; bins as usize], ..Histogram::default() };
    for deviation in deviations.iter().filter(|deviation| !deviation.is_nan()) {
        // So that a decimal on a limit falls into the bin above it.
        let bin = ((deviation + limit) / width + 1e-6).floor();
        if bin < 0.0 {
            out.below += 1;
        } else if let Some(count) = out.counts.get_mut(bin as usize) {
            *count += 1;
        } else {
            out.above += 1;
        }
    }
    out
}

/// Share of the deviations that are no larger than each of `points` tolerances, evenly from 0 to `limit`
/// seconds, as pairs of tolerance and share. Empty without deviations or with fewer than two points.
pub fn cumulative(deviations: &[f64], limit: f64, points: usize) -> Vec<(f64, f64)> {
    let mut sizes: Vec<f64> = deviations.iter().map(|value| value.abs()).filter(|v| !v.is_nan()).collect();
    if sizes.is_empty() || points < 2 || !limit.is_finite() {
        return Vec::new();
    }
    sizes.sort_unstable_by(f64::total_cmp);
    let point = |at: usize| {
        let tolerance = limit * at as f64 / (points - 1) as f64;
        let within = sizes.partition_point(|size| *size <= tolerance + 1e-9);
        (tolerance, within as f64 / sizes.len() as f64)
    };
    (0..points).map(point).collect()
}

/// The words of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlotLabels {
    /// Of the histogram's axis.
    pub deviation: &'static str,
    /// Of the curve's axis.
    pub within: &'static str,
    /// Starts.
    pub starts: &'static str,
    /// Ends.
    pub ends: &'static str,
    /// What parts whole numbers from decimals.
    pub decimal: char,
}

impl PlotLabels {
    /// In English.
    pub const ENGLISH: PlotLabels = PlotLabels {
        deviation: "deviation, ms (late above zero)",
        within: "share no further off than, ms",
        starts: "starts",
        ends: "ends",
        decimal: '.',
    };
    /// In Danish.
    pub const DANISH: PlotLabels = PlotLabels {
        deviation: "afvigelse, ms (for sent over nul)",
        within: "andel, der højst afviger, ms",
        starts: "starter",
        ends: "slutninger",
        decimal: ',',
    };
}

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 160.0;
const LEFT: f64 = 40.0;
const TOP: f64 = 34.0;
const SECOND: f64 = LEFT + WIDTH + 50.0;
/// The picture shows deviations up to this, in seconds.
const LIMIT: f64 = 0.1;
const BIN: f64 = 0.005;
const COLOURS: [&str; 2] = ["#1b6ca8", "#c8553d"];

/// A picture of two panels, histogram and cumulative curve, of starts and ends up to 100 ms. It stands
/// alone: no style sheet, script or font.
///
/// ```
/// use sprog_text::score::boundaries::{PlotLabels, svg};
/// let picture = svg("Aarhus <1>", &[0.01, -0.02], &[0.0], &PlotLabels::DANISH);
/// assert!(picture.starts_with("<svg ") && picture.contains("Aarhus &lt;1&gt;"));
/// ```
pub fn svg(title: &str, starts: &[f64], ends: &[f64], labels: &PlotLabels) -> String {
    let (total_width, total_height) = (SECOND + WIDTH + 20.0, TOP + HEIGHT + 46.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {total_width} {total_height}\" \
         font-family=\"sans-serif\" font-size=\"11\" role=\"img\"><title>{title}</title>\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\
         <text x=\"{LEFT}\" y=\"16\" font-size=\"13\">{title}</text>",
        title = escaped(title),
    );
    for (at, (name, colour)) in [labels.starts, labels.ends].into_iter().zip(COLOURS).enumerate() {
        let x = SECOND + 90.0 * at as f64;
        let _ = write!(
            out,
            "<rect x=\"{x}\" y=\"8\" width=\"10\" height=\"10\" fill=\"{colour}\"/>\
             <text x=\"{}\" y=\"17\">{}</text>",
            x + 14.0,
            escaped(name)
        );
    }
    axis(&mut out, LEFT, &["-100", "-50", "0", "50", "100"], labels.deviation);
    axis(&mut out, SECOND, &["0", "25", "50", "75", "100"], labels.within);
    for (quarter, share) in ["0", "0.25", "0.5", "0.75", "1"].into_iter().enumerate() {
        let y = TOP + HEIGHT * (1.0 - quarter as f64 / 4.0);
        let share = share.replace('.', &labels.decimal.to_string());
        let _ = write!(
            out,
            "<line x1=\"{SECOND}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\" stroke=\"#ddd\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{share}</text>",
            SECOND + WIDTH,
            SECOND - 5.0,
            y + 4.0
        );
    }
    let counted = [starts, ends].map(|values| histogram(values, BIN, LIMIT));
    let most = counted.iter().flat_map(|bins| &bins.counts).copied().max().unwrap_or(0);
    let _ = write!(out, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{most}</text>", LEFT - 5.0, TOP + 8.0);
    for (bins, colour) in counted.iter().zip(COLOURS) {
        let step = WIDTH / bins.counts.len().max(1) as f64;
        let _ = write!(out, "<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" d=\"");
        for (at, count) in bins.counts.iter().enumerate() {
            let y = TOP + HEIGHT * (1.0 - *count as f64 / most.max(1) as f64);
            let x = LEFT + step * at as f64;
            let _ = write!(out, "{}{x:.1} {y:.1}H{:.1}", if at == 0 { "M" } else { "L" }, x + step);
        }
        out.push_str("\"/>");
    }
    for (values, colour) in [starts, ends].into_iter().zip(COLOURS) {
        let curve = cumulative(values, LIMIT, 101);
        if curve.is_empty() {
            continue;
        }
        let _ = write!(out, "<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" d=\"");
        for (at, (tolerance, share)) in curve.iter().enumerate() {
            let (x, y) = (SECOND + WIDTH * tolerance / LIMIT, TOP + HEIGHT * (1.0 - share));
            let _ = write!(out, "{}{x:.1} {y:.1}", if at == 0 { "M" } else { "L" });
        }
        out.push_str("\"/>");
    }
    out.push_str("</svg>");
    out
}

fn axis(out: &mut String, left: f64, ticks: &[&str], name: &str) {
    let floor = TOP + HEIGHT;
    let right = left + WIDTH;
    let _ = write!(out, "<line x1=\"{left}\" x2=\"{right}\" y1=\"{floor}\" y2=\"{floor}\" stroke=\"#333\"/>");
    for (at, tick) in ticks.iter().enumerate() {
        let x = left + WIDTH * at as f64 / (ticks.len() - 1).max(1) as f64;
        let _ = write!(out, "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{tick}</text>", floor + 15.0);
    }
    let x = left + WIDTH / 2.0;
    let y = floor + 34.0;
    let _ = write!(out, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{}</text>", escaped(name));
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
