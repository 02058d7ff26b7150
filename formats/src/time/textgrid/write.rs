use std::fmt::Write as _;

use super::{Items, Layout, TextGrid};
use crate::time::shortest;

/// Writes a TextGrid, numbers in the shortest form that reads back the same.
///
/// Quotes in labels are doubled. Numbers must be finite to be read back: Praat has no text for others here.
///
/// ```
/// use sprog_formats::time::textgrid::{Items, Layout, Point, TextGrid, Tier, write};
/// let points = vec![Point { time: 0.25, mark: "stød".into() }];
/// let tier = Tier { name: "prosodi".into(), xmin: 0.0, xmax: 1.0, items: Items::Points(points) };
/// let grid = TextGrid { xmin: 0.0, xmax: 1.0, tiers: vec![tier] };
/// assert!(write(&grid, Layout::Short).ends_with("\"TextTier\"\n\"prosodi\"\n0\n1\n1\n0.25\n\"stød\"\n"));
/// ```
pub fn write(grid: &TextGrid, layout: Layout) -> String {
    let mut out = Writer { out: String::new(), layout };
    out.out.push_str("File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n");
    out.value(0, "xmin = ", &shortest(grid.xmin));
    out.value(0, "xmax = ", &shortest(grid.xmax));
    out.value(0, "tiers? ", "<exists>");
    out.value(0, "size = ", &grid.tiers.len().to_string());
    out.heading(0, format_args!("item []: "));
    for (t, tier) in (1u64..).zip(&grid.tiers) {
        let (class, plural, size) = match &tier.items {
            Items::Intervals(items) => ("IntervalTier", "intervals", items.len()),
            Items::Points(items) => ("TextTier", "points", items.len()),
        };
        out.heading(1, format_args!("item [{t}]:"));
        out.text(2, "class = ", class);
        out.text(2, "name = ", &tier.name);
        out.value(2, "xmin = ", &shortest(tier.xmin));
        out.value(2, "xmax = ", &shortest(tier.xmax));
        out.value(2, &format!("{plural}: size = "), &size.to_string());
        match &tier.items {
            Items::Intervals(intervals) => {
                for (i, interval) in (1u64..).zip(intervals) {
                    out.heading(2, format_args!("intervals [{i}]:"));
                    out.value(3, "xmin = ", &shortest(interval.xmin));
                    out.value(3, "xmax = ", &shortest(interval.xmax));
                    out.text(3, "text = ", &interval.text);
                }
            }
            Items::Points(points) => {
                for (i, point) in (1u64..).zip(points) {
                    out.heading(2, format_args!("points [{i}]:"));
                    out.value(3, "number = ", &shortest(point.time));
                    out.text(3, "mark = ", &point.mark);
                }
            }
        }
    }
    out.out
}

struct Writer {
    out: String,
    layout: Layout,
}

impl Writer {
    fn heading(&mut self, depth: usize, heading: std::fmt::Arguments<'_>) {
        if self.layout == Layout::Long {
            // Writing to a String cannot fail.
            let _ = writeln!(self.out, "{:1$}{heading}", "", 4 * depth);
        }
    }

    fn value(&mut self, depth: usize, name: &str, value: &str) {
        match self.layout {
            // The blank before the line's end is Praat's; some readers in the wild count on it.
            Layout::Long => {
                let _ = writeln!(self.out, "{:1$}{name}{value} ", "", 4 * depth);
            }
            Layout::Short => self.out.extend([value, "\n"]),
        }
    }

    fn text(&mut self, depth: usize, name: &str, text: &str) {
        self.value(depth, name, &format!("\"{}\"", text.replace('"', "\"\"")));
    }
}
