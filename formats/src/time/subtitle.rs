//! Subtitles: SubRip (SRT) and WebVTT.
//!
//! WebVTT is read by the block rules of W3C, "WebVTT: The Web Video Text Tracks Format", §6; SRT has no
//! standard and is read as players do (FFmpeg, VLC). Both keep the markup of a cue (`<i>`, `<v Karen>`,
//! `- Ja.`) in its text as it is. Times are milliseconds from the start of the film or recording.

use std::fmt::Write as _;
use std::iter::Peekable;

use crate::{EncodingChoice, Error, Limits, Parsed, Place, Problem, Result, codes, decode};

const ARROW: &str = "-->";

/// One subtitle: text shown from `start_ms` until `end_ms`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cue {
    /// SRT: the counter, digits only. WebVTT: the cue identifier.
    pub id: Option<String>,
    /// Start, in milliseconds.
    pub start_ms: u64,
    /// End (the first instant not shown), in milliseconds.
    pub end_ms: u64,
    /// What follows the times on their line: WebVTT cue settings, SRT coordinates (`X1:40 X2:600 …`).
    pub settings: Option<String>,
    /// The text with its markup, lines parted by `\n`, no blank line at either end.
    pub text: String,
}

/// Which of the two formats a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubtitleKind {
    /// SubRip, `.srt`.
    Srt,
    /// WebVTT, `.vtt`.
    Vtt,
}

/// A subtitle file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subtitles {
    /// The format it was read from, and is written as.
    pub kind: SubtitleKind,
    /// WebVTT: the `WEBVTT` line with its title and metadata lines, then the file's `NOTE`, `STYLE` and
    /// `REGION` blocks in their order, parted by blank lines. `None` if that is just `WEBVTT`, and in SRT.
    pub header: Option<String>,
    /// The cues, in the order of the file.
    pub cues: Vec<Cue>,
}

/// Reads SRT or WebVTT; it is WebVTT if the first line begins with `WEBVTT`.
///
/// In both: any encoding that [`decode`] tells, any line end, `,` or `.` before the milliseconds, hours
/// and milliseconds may be missing (as in FFmpeg, `,5` is 5 ms). In SRT: counters may be missing, cues
/// need no blank line between them and may hold blank lines. A cue whose times cannot be read, and text
/// that belongs to no cue, is left out with a [`codes::TIME_CUE`] problem; a cue that ends before it
/// starts is kept with [`codes::TIME_ORDER`]. An empty file is [`codes::EMPTY_FILE`] and no cues.
///
/// ```
/// use sprog_formats::{Limits, time::subtitle};
/// let file = "1\r\n00:00:01,500 --> 00:00:03,000\r\n- Kommer du?\r\n- Ja, på lørdag.\r\n";
/// let parsed = subtitle::read(file.as_bytes(), &Limits::default())?;
/// assert_eq!(parsed.value.cues[0].start_ms, 1500);
/// assert_eq!(parsed.value.cues[0].text, "- Kommer du?\n- Ja, på lørdag.");
/// # Ok::<(), sprog_formats::Error>(())
/// ```
///
/// # Errors
/// [`Error::Limit`] past `limits.bytes`, or past `limits.items` cues and problems.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<Subtitles>> {
    if bytes.len() as u64 > limits.bytes {
        return Err(Error::Limit { what: "subtitle file", limit: limits.bytes, place: Place::File });
    }
    let decoded = decode(bytes, EncodingChoice::Detect);
    let mut text = decoded.value.0;
    if text.contains('\r') {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    let mut parser = Parser { cues: Vec::new(), problems: decoded.problems, item_limit: limits.items };
    if text.is_empty() {
        parser.problems.push(Problem::new(codes::EMPTY_FILE, Place::File, "the file is empty"));
    }
    let vtt = text
        .strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n']));
    let (kind, header) = if vtt {
        (SubtitleKind::Vtt, Some(parser.vtt(&text)?).filter(|header| header != "WEBVTT"))
    } else {
        parser.srt(&text)?;
        (SubtitleKind::Srt, None)
    };
    Ok(Parsed { value: Subtitles { kind, header, cues: parser.cues }, problems: parser.problems })
}

struct Parser {
    cues: Vec<Cue>,
    problems: Vec<Problem>,
    item_limit: u64,
}

impl Parser {
    fn check_items(&self, line: u64) -> Result<()> {
        if (self.cues.len() as u64).saturating_add(self.problems.len() as u64) > self.item_limit {
            return Err(Error::Limit {
                what: "subtitle cues",
                limit: self.item_limit,
                place: Place::Line(line),
            });
        }
        Ok(())
    }

    fn problem(&mut self, code: crate::Code, line: u64, message: impl Into<String>) -> Result<()> {
        self.problems.push(Problem::new(code, Place::Line(line), message));
        self.check_items(line)
    }

    /// Opens the cue of a time line, its text still empty; `false` if the line cannot be read.
    fn open(&mut self, line: u64, times: &str, id: Option<&str>) -> Result<bool> {
        let Some((start_ms, end_ms, settings)) = parse_times(times) else {
            self.problem(
                codes::TIME_CUE,
                line,
                format!("the times {times:.60?} cannot be read; the cue was left out"),
            )?;
            return Ok(false);
        };
        if end_ms < start_ms {
            self.problem(
                codes::TIME_ORDER,
                line,
                format!("ends at {end_ms} ms, before its start {start_ms} ms"),
            )?;
        }
        let settings = settings.map(str::to_owned);
        self.cues.push(Cue { id: id.map(str::to_owned), start_ms, end_ms, settings, text: String::new() });
        self.check_items(line)?;
        Ok(true)
    }

    fn close(&mut self, text: &str) {
        if let Some(cue) = self.cues.last_mut() {
            cue.text = trim_blank_lines(text).to_owned();
        }
    }

    fn srt(&mut self, text: &str) -> Result<()> {
        #[derive(PartialEq)]
        enum State {
            Before,
            InCue,
            InBrokenCue,
        }
        let mut state = State::Before;
        // The cue's text so far, and its length before the latest line: that line may be the next counter.
        let mut body = String::new();
        let mut body_before = 0;
        let mut previous = "";
        let mut stray_line = None;
        for (number, line) in (1u64..).zip(text.split('\n')) {
            let counter = Some(previous.trim()).filter(|p| !p.is_empty() && all_digits(p));
            if is_srt_time_line(line, previous, counter.is_some()) {
                if state == State::InCue {
                    let end = if counter.is_some() { body_before } else { body.len() };
                    self.close(body.get(..end).unwrap_or_default());
                }
                match stray_line {
                    Some(stray) if counter.is_none() || stray + 1 != number => self.stray(stray)?,
                    _ => {}
                }
                stray_line = None;
                state = if self.open(number, line, counter)? { State::InCue } else { State::InBrokenCue };
                body.clear();
                body_before = 0;
            } else if state == State::InCue {
                body_before = body.len();
                body.extend([line, "\n"]);
            } else if state == State::Before && stray_line.is_none() && !line.trim().is_empty() {
                stray_line = Some(number);
            }
            previous = line;
        }
        if state == State::InCue {
            self.close(&body);
        }
        stray_line.map_or(Ok(()), |line| self.stray(line))
    }

    fn stray(&mut self, line: u64) -> Result<()> {
        self.problem(codes::TIME_CUE, line, "text before the first time line was left out")
    }

    /// Reads the cues and gives back the header.
    fn vtt(&mut self, text: &str) -> Result<String> {
        let mut lines = (1u64..).zip(text.split('\n')).peekable();
        let mut header = block(&mut lines);
        while let Some((number, first)) = lines.next() {
            if is_blank(first) {
                continue;
            }
            let (time_line, id) = if first.contains(ARROW) {
                (Some((number, first)), None)
            } else {
                (lines.next_if(|(_, line)| line.contains(ARROW)), Some(first))
            };
            let body = block(&mut lines);
            if let Some((number, times)) = time_line {
                if self.open(number, times, id)? {
                    self.close(&body);
                }
            } else if is_kept_block(first) {
                header.extend(["\n\n", first]);
                if !body.is_empty() {
                    header.extend(["\n", &body]);
                }
            } else {
                self.problem(
                    codes::TIME_CUE,
                    number,
                    format!("a block without a time line was left out: {first:.40?}"),
                )?;
            }
        }
        Ok(header)
    }
}

/// The lines up to a blank one or a time line.
fn block<'a>(lines: &mut Peekable<impl Iterator<Item = (u64, &'a str)>>) -> String {
    let mut block = String::new();
    while let Some((_, line)) = lines.next_if(|(_, line)| !is_blank(line) && !line.contains(ARROW)) {
        if !block.is_empty() {
            block.push('\n');
        }
        block.push_str(line);
    }
    block
}

fn is_kept_block(first: &str) -> bool {
    matches!(first.split([' ', '\t']).next(), Some("NOTE")) || matches!(first.trim_end(), "STYLE" | "REGION")
}

/// A line of the text may hold an arrow too ("3 --> 4"), so a broken time line must look like one, or
/// stand where one is due.
fn is_srt_time_line(line: &str, previous: &str, after_counter: bool) -> bool {
    let Some((left, _)) = line.split_once(ARROW) else { return false };
    let clock_like = left.trim_start().starts_with(|c: char| c.is_ascii_digit()) && left.contains(':');
    after_counter || is_blank(previous) || clock_like
}

fn parse_times(line: &str) -> Option<(u64, u64, Option<&str>)> {
    let (start, rest) = line.split_once(ARROW)?;
    let rest = rest.trim();
    let (end, settings) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let settings = Some(settings.trim()).filter(|s| !s.is_empty());
    Some((parse_time(start.trim())?, parse_time(end)?, settings))
}

/// `[hours:]minutes:seconds[,milliseconds]`, in milliseconds.
fn parse_time(text: &str) -> Option<u64> {
    let (clock, fraction) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let mut parts = clock.rsplit(':').map(parse_digits);
    let seconds = parts.next()??;
    let minutes = parts.next()??;
    let hours = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() || seconds > 59 || minutes > 59 || !all_digits(fraction) {
        return None;
    }
    let ms = parse_digits(fraction.get(..3).unwrap_or(fraction))?;
    hours.checked_mul(3_600_000)?.checked_add(minutes * 60_000 + seconds * 1000 + ms)
}

fn parse_digits(text: &str) -> Option<u64> {
    if all_digits(text) { text.parse().ok() } else { None }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn trim_blank_lines(mut text: &str) -> &str {
    while let Some((rest, _)) = text.rsplit_once('\n').filter(|(_, last)| is_blank(last)) {
        text = rest;
    }
    while let Some((_, rest)) = text.split_once('\n').filter(|(first, _)| is_blank(first)) {
        text = rest;
    }
    if is_blank(text) { "" } else { text }
}

/// Writes SRT or WebVTT, whichever `kind` says, with `\n` line ends.
///
/// What a format cannot hold is changed so that the file stays readable. SRT: the counter is the id if
/// that is all digits, else the cue's place in the list; `-->` in a text becomes `-- >`; the header is
/// not written. WebVTT: `-->` becomes `--&gt;` and blank lines in a text are left out; a header that does
/// not begin with `WEBVTT` is set below such a line. Line breaks in ids and settings become blanks.
///
/// ```
/// use sprog_formats::time::subtitle::{Cue, SubtitleKind, Subtitles, write};
/// let cue = Cue { start_ms: 61_500, end_ms: 63_000, text: "<v Karen>Så går vi.".into(), ..Cue::default() };
/// let vtt = Subtitles { kind: SubtitleKind::Vtt, header: None, cues: vec![cue] };
/// assert_eq!(write(&vtt), "WEBVTT\n\n00:01:01.500 --> 00:01:03.000\n<v Karen>Så går vi.\n\n");
/// ```
pub fn write(subtitles: &Subtitles) -> String {
    let mut out = String::new();
    let (arrow_in_text, separator) = match subtitles.kind {
        SubtitleKind::Srt => ("-- >", ','),
        SubtitleKind::Vtt => ("--&gt;", '.'),
    };
    let one_line = |text: &str| text.replace(['\n', '\r'], " ").replace(ARROW, arrow_in_text);
    if subtitles.kind == SubtitleKind::Vtt {
        let header = trim_blank_lines(subtitles.header.as_deref().unwrap_or_default());
        if !header.starts_with("WEBVTT") {
            out.push_str(if header.is_empty() { "WEBVTT" } else { "WEBVTT\n\n" });
        }
        out.push_str(&header.replace(ARROW, arrow_in_text));
        out.push_str("\n\n");
    }
    for (number, cue) in (1u64..).zip(&subtitles.cues) {
        let id = cue.id.as_deref().filter(|id| !is_blank(id));
        match (subtitles.kind, id) {
            (SubtitleKind::Srt, Some(id)) if all_digits(id) => out.extend([id, "\n"]),
            (SubtitleKind::Srt, _) => out.extend([&number.to_string(), "\n"]),
            (SubtitleKind::Vtt, Some(id)) => out.extend([&one_line(id), "\n"]),
            (SubtitleKind::Vtt, None) => {}
        }
        push_time(&mut out, cue.start_ms, separator);
        out.push_str(" --> ");
        push_time(&mut out, cue.end_ms, separator);
        if let Some(settings) = cue.settings.as_deref().filter(|s| !is_blank(s)) {
            out.extend([" ", &one_line(settings)]);
        }
        out.push('\n');
        let text = cue.text.replace(ARROW, arrow_in_text);
        for line in text.lines().filter(|line| subtitles.kind == SubtitleKind::Srt || !is_blank(line)) {
            out.extend([line, "\n"]);
        }
        out.push('\n');
    }
    out
}

fn push_time(out: &mut String, ms: u64, separator: char) {
    let (hours, minutes, seconds) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    // Writing to a String cannot fail.
    let _ = write!(out, "{hours:02}:{minutes:02}:{seconds:02}{separator}{:03}", ms % 1000);
}

#[cfg(test)]
mod tests;
