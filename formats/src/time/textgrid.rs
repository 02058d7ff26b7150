//! Praat TextGrid: tiers of labelled intervals and points over a recording.
//!
//! The reader follows Praat's own rule: only free-standing numbers, quoted texts and `<flags>` count, in
//! order; every other word (`xmin`, `=`, `intervals`, `[1]:`) is decoration, and `!` starts a comment. So
//! the long layout, the short one and files written by hand all read the same way. Source: Praat manual,
//! "TextGrid file formats". Binary and chronological TextGrids are not read.

mod tokens;
mod write;

use tokens::{Token, Tokens, malformed};
pub use write::write;

use crate::{EncodingChoice, Error, Limits, Parsed, Place, Problem, Result, codes, decode};

/// Times closer than this, in seconds, count as equal: less than one sample at 192 kHz, more than what
/// programs lose when they write times with six decimals.
const TOLERANCE: f64 = 1e-6;

/// A TextGrid. All times are seconds from the start of the recording, as the file gives them.
#[derive(Clone, Debug, PartialEq)]
pub struct TextGrid {
    /// Start of the whole, in seconds.
    pub xmin: f64,
    /// End of the whole, in seconds.
    pub xmax: f64,
    /// The tiers, in the order of the file.
    pub tiers: Vec<Tier>,
}

/// One tier: a layer of annotation.
#[derive(Clone, Debug, PartialEq)]
pub struct Tier {
    /// The tier's name; not always unique in its file.
    pub name: String,
    /// Start of the tier, in seconds.
    pub xmin: f64,
    /// End of the tier, in seconds.
    pub xmax: f64,
    /// Its intervals or points.
    pub items: Items,
}

/// What a tier holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Items {
    /// An `IntervalTier`: intervals that cover the tier from end to end.
    Intervals(Vec<Interval>),
    /// A `TextTier`: points in time.
    Points(Vec<Point>),
}

/// A labelled stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// Start, in seconds.
    pub xmin: f64,
    /// End, in seconds.
    pub xmax: f64,
    /// The label; empty for silence.
    pub text: String,
}

/// A labelled point in time.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// When, in seconds (`number` in a file; `time` in old ones).
    pub time: f64,
    /// The label.
    pub mark: String,
}

/// Which of Praat's two text layouts to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// "Save as text file": every value with its name.
    Long,
    /// "Save as short text file": values only.
    Short,
}

/// Reads a TextGrid of either layout, in UTF-8, UTF-16 with a byte-order mark, or Latin-1.
///
/// Line ends inside labels become `\n`, as in Praat. Counts are checked, never trusted: what follows
/// decides how many tiers and intervals there are, and another number than stated is a
/// [`codes::TIME_COUNT`] problem. Intervals that are empty, overlap or leave their tier, and points out
/// of order, are [`codes::TIME_ORDER`]; uncovered time in an interval tier is [`codes::TIME_GAP`] (both
/// with a tolerance of 1 µs). A file that ends inside a tier is [`codes::TRUNCATED`] and keeps its whole
/// intervals; what follows the last tier is left out as [`codes::BAD_RECORD`].
///
/// ```
/// use sprog_formats::{Limits, time::textgrid::{self, Items}};
/// let file = "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n0 0.8 <exists> 1\n\
///     \"IntervalTier\" \"ord\" 0 0.8 2\n0 0.3 \"hej\" ! en hilsen\n0.3 0.8 \"du\"\n";
/// let parsed = textgrid::read(file.as_bytes(), &Limits::default())?;
/// assert!(parsed.problems.is_empty());
/// let Items::Intervals(words) = &parsed.value.tiers[0].items else { panic!("an interval tier") };
/// assert_eq!((words[1].xmin, words[1].text.as_str()), (0.3, "du"));
/// # Ok::<(), sprog_formats::Error>(())
/// ```
///
/// # Errors
/// [`Error::Limit`] past `limits.bytes` or past `limits.items` tiers, intervals and points;
/// [`Error::Unsupported`] for a binary file or another kind of Praat object; [`Error::Malformed`], with
/// the line, where another value is due than the one found (a number with a decimal comma, an undoubled
/// quote in a label).
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<TextGrid>> {
    if bytes.len() as u64 > limits.bytes {
        return Err(Error::Limit { what: "TextGrid file", limit: limits.bytes, place: Place::File });
    }
    if bytes.starts_with(b"ooBinaryFile") {
        return Err(Error::Unsupported("a binary Praat file; save it as a text file in Praat".to_owned()));
    }
    let decoded = decode(bytes, EncodingChoice::Detect);
    let mut text = decoded.value.0;
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    let mut parser =
        Parser { tokens: Tokens::new(&text), problems: decoded.problems, item_limit: limits.items, items: 0 };
    let value = parser.grid()?;
    Ok(Parsed { value, problems: parser.problems })
}

/// Why a value is missing where one is due.
enum Stop {
    EndOfFile(u64),
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Error(error)
    }
}

struct Parser<'a> {
    tokens: Tokens<'a>,
    problems: Vec<Problem>,
    item_limit: u64,
    items: u64,
}

impl Parser<'_> {
    fn problem(&mut self, code: crate::Code, line: u64, message: impl Into<String>) {
        self.problems.push(Problem::new(code, Place::Line(line), message));
    }

    fn count_item(&mut self, line: u64) -> Result<()> {
        self.items += 1;
        if self.items > self.item_limit {
            let place = Place::Line(line);
            return Err(Error::Limit { what: "TextGrid tiers and intervals", limit: self.item_limit, place });
        }
        Ok(())
    }

    fn number(&mut self, name: &str) -> Result<(u64, f64), Stop> {
        match self.tokens.next()? {
            (line, Token::Number(number)) => Ok((line, number)),
            (line, Token::End | Token::Cut) => Err(Stop::EndOfFile(line)),
            (line, other) => {
                Err(malformed(line, format!("expected the number {name}, found {}", other.kind())).into())
            }
        }
    }

    fn text(&mut self, name: &str) -> Result<String, Stop> {
        match self.tokens.next()? {
            (_, Token::Text(text)) => Ok(text),
            (line, Token::End | Token::Cut) => Err(Stop::EndOfFile(line)),
            (line, other) => {
                Err(malformed(line, format!("expected the text {name}, found {}", other.kind())).into())
            }
        }
    }

    fn grid(&mut self) -> Result<TextGrid> {
        let (mut grid, declared, count_line) = self.header().map_err(|stop| match stop {
            Stop::EndOfFile(line) => malformed(line, "the file ends inside its header"),
            Stop::Error(error) => error,
        })?;
        loop {
            let complete = grid.tiers.len() as f64 >= declared;
            let (line, class) = match self.tokens.peek()? {
                (_, Token::End) => break,
                (line, Token::Text(class)) if class == "IntervalTier" || class == "TextTier" => {
                    (*line, class == "IntervalTier")
                }
                (line, other) => {
                    let (line, found) = (*line, other.kind());
                    if !complete && !matches!(other, Token::Cut) {
                        let message = format!("expected \"IntervalTier\" or \"TextTier\", found {found}");
                        return Err(malformed(line, message));
                    }
                    self.problem(codes::BAD_RECORD, line, "what follows the last tier was left out");
                    break;
                }
            };
            self.tokens.next()?;
            self.count_item(line)?;
            let stop = match if class { self.intervals() } else { self.points() } {
                Ok((tier, stop)) => {
                    grid.tiers.push(tier);
                    stop
                }
                Err(stop) => Some(stop),
            };
            match stop {
                None => {}
                Some(Stop::Error(error)) => return Err(error),
                Some(Stop::EndOfFile(line)) => {
                    self.problem(
                        codes::TRUNCATED,
                        line,
                        "the file ends inside a tier; what is whole was kept",
                    );
                    break;
                }
            }
        }
        self.check_count("tiers", count_line, declared, grid.tiers.len());
        Ok(grid)
    }

    /// The grid without its tiers, how many it states, and on which line.
    fn header(&mut self) -> Result<(TextGrid, f64, u64), Stop> {
        let line = self.tokens.peek()?.0;
        let file_type = self.text("\"ooTextFile\"")?;
        if file_type != "ooTextFile" && file_type != "ooTextFile short" {
            return Err(malformed(line, format!("expected \"ooTextFile\", found {file_type:.40?}")).into());
        }
        let class = self.text("\"TextGrid\"")?;
        if class != "TextGrid" && !class.starts_with("TextGrid ") {
            return Err(
                Error::Unsupported(format!("a Praat object of class {class:.40?}, not a TextGrid")).into()
            );
        }
        let xmin = self.number("xmin")?.1;
        let xmax = self.number("xmax")?.1;
        let grid = TextGrid { xmin, xmax, tiers: Vec::new() };
        if let (line, Token::Flag(flag)) = self.tokens.peek()? {
            let (line, flag) = (*line, *flag);
            self.tokens.next()?;
            match flag {
                "exists" => {}
                "absent" => return Ok((grid, 0.0, line)),
                _ => return Err(malformed(line, format!("expected <exists>, found <{flag:.40}>")).into()),
            }
        }
        let (line, declared) = self.number("size")?;
        Ok((grid, declared, line))
    }

    fn tier_head(&mut self, items: Items) -> Result<(Tier, u64, f64), Stop> {
        let name = self.text("name")?;
        let xmin = self.number("xmin")?.1;
        let xmax = self.number("xmax")?.1;
        let (line, declared) = self.number("size")?;
        Ok((Tier { name, xmin, xmax, items }, line, declared))
    }

    fn intervals(&mut self) -> Result<(Tier, Option<Stop>), Stop> {
        let (mut tier, count_line, declared) = self.tier_head(Items::Intervals(Vec::new()))?;
        let mut intervals: Vec<Interval> = Vec::new();
        let mut end = tier.xmin;
        let mut last_line = count_line;
        let stop = loop {
            match self.tokens.peek() {
                Ok((line, Token::Number(_))) => last_line = *line,
                Ok(_) => break None,
                Err(error) => break Some(Stop::Error(error)),
            }
            match self.interval() {
                Ok(interval) => {
                    self.count_item(last_line)?;
                    self.check_interval(&tier, intervals.len() + 1, end, &interval, last_line);
                    end = interval.xmax;
                    intervals.push(interval);
                }
                Err(stop) => break Some(stop),
            }
        };
        if stop.is_none() && end < tier.xmax - TOLERANCE {
            let message =
                format!("tier {:.40?}: nothing from {end} to the tier's end {} s", tier.name, tier.xmax);
            self.problem(codes::TIME_GAP, last_line, message);
        }
        self.check_count("intervals", count_line, declared, intervals.len());
        tier.items = Items::Intervals(intervals);
        Ok((tier, stop))
    }

    fn interval(&mut self) -> Result<Interval, Stop> {
        let xmin = self.number("xmin")?.1;
        let xmax = self.number("xmax")?.1;
        Ok(Interval { xmin, xmax, text: self.text("text")? })
    }

    fn check_interval(&mut self, tier: &Tier, number: usize, end: f64, interval: &Interval, line: u64) {
        let Interval { xmin, xmax, .. } = *interval;
        let wrong = if xmax <= xmin {
            (codes::TIME_ORDER, format!("ends at {xmax} s, not after its start {xmin} s"))
        } else if xmin < end - TOLERANCE {
            (codes::TIME_ORDER, format!("starts at {xmin} s, before {end} s where it may"))
        } else if xmax > tier.xmax + TOLERANCE {
            (codes::TIME_ORDER, format!("ends at {xmax} s, after its tier's end {} s", tier.xmax))
        } else if xmin > end + TOLERANCE {
            (codes::TIME_GAP, format!("starts at {xmin} s: nothing from {end} s on"))
        } else {
            return;
        };
        self.problem(wrong.0, line, format!("tier {:.40?}: interval {number} {}", tier.name, wrong.1));
    }

    fn points(&mut self) -> Result<(Tier, Option<Stop>), Stop> {
        let (mut tier, count_line, declared) = self.tier_head(Items::Points(Vec::new()))?;
        let mut points: Vec<Point> = Vec::new();
        let mut earliest = tier.xmin;
        let stop = loop {
            let line = match self.tokens.peek() {
                Ok((line, Token::Number(_))) => *line,
                Ok(_) => break None,
                Err(error) => break Some(Stop::Error(error)),
            };
            match self.point() {
                Ok(point) => {
                    self.count_item(line)?;
                    if point.time < earliest - TOLERANCE || point.time > tier.xmax + TOLERANCE {
                        let message = format!(
                            "tier {:.40?}: point {} at {} s is not between {earliest} and {} s",
                            tier.name,
                            points.len() + 1,
                            point.time,
                            tier.xmax
                        );
                        self.problem(codes::TIME_ORDER, line, message);
                    }
                    earliest = point.time;
                    points.push(point);
                }
                Err(stop) => break Some(stop),
            }
        };
        self.check_count("points", count_line, declared, points.len());
        tier.items = Items::Points(points);
        Ok((tier, stop))
    }

    fn point(&mut self) -> Result<Point, Stop> {
        let time = self.number("number")?.1;
        Ok(Point { time, mark: self.text("mark")? })
    }

    fn check_count(&mut self, what: &str, line: u64, declared: f64, found: usize) {
        if declared != found as f64 {
            let message = format!("{declared} {what} stated, {found} found; those found were kept");
            self.problem(codes::TIME_COUNT, line, message);
        }
    }
}

#[cfg(test)]
mod tests;
