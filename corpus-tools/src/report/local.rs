//! Text and numbers in both languages, and dataset text made safe to look at.
//!
//! The number functions take `impl Borrow`: the template passes fields by reference.

use std::borrow::Borrow;
use std::fmt::{self, Display, Formatter, Write as _};

use askama::filters::{Escaper, Html, HtmlSafe};

/// Longest piece of dataset text that is shown, in code points.
const SHOWN_MAX: usize = 1000;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    Da,
    En,
}

/// The same thing said in both languages. Displays as HTML: escaped, each language marked; written once where
/// both are equal.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Local {
    pub(crate) da: String,
    pub(crate) en: String,
}

impl Local {
    /// Something that is the same in both languages.
    pub(crate) fn same(text: impl Into<String>) -> Self {
        let da: String = text.into();
        Local { en: da.clone(), da }
    }

    /// One value put in words once for each language.
    pub(crate) fn each(say: impl Fn(Lang) -> String) -> Self {
        Local { da: say(Lang::Da), en: say(Lang::En) }
    }

    pub(crate) fn pick(&self, lang: Lang) -> &str {
        match lang {
            Lang::Da => &self.da,
            Lang::En => &self.en,
        }
    }
}

impl Display for Local {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write_both(out, &self.da, &self.en)
    }
}

impl HtmlSafe for Local {}

/// A fixed text of the page. Displays as [`Local`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) da: &'static str,
    pub(crate) en: &'static str,
}

impl Text {
    pub(crate) fn pick(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Da => self.da,
            Lang::En => self.en,
        }
    }

    pub(crate) fn local(self) -> Local {
        Local::each(|lang| self.pick(lang).to_owned())
    }

    /// Puts each of `parts` in place of the next `{}`.
    pub(crate) fn fill(self, parts: &[Local]) -> Local {
        Local::each(|lang| {
            let mut parts = parts.iter();
            let mut out = String::new();
            for (i, piece) in self.pick(lang).split("{}").enumerate() {
                if i > 0 {
                    out.push_str(parts.next().map_or("", |part| part.pick(lang)));
                }
                out.push_str(piece);
            }
            out
        })
    }
}

impl Display for Text {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write_both(out, self.da, self.en)
    }
}

impl HtmlSafe for Text {}

fn write_both(out: &mut Formatter<'_>, da: &str, en: &str) -> fmt::Result {
    if da == en {
        return write_shown(out, da);
    }
    out.write_str("<span lang=\"da\">")?;
    write_shown(out, da)?;
    out.write_str("</span><span lang=\"en\">")?;
    write_shown(out, en)?;
    out.write_str("</span>")
}

/// Dataset text. Displays as HTML: escaped, unseen controls as codes, cut where it is very long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl Display for Shown<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(SHOWN_MAX) {
            None => write_shown(out, self.0),
            Some((end, _)) => {
                write_shown(out, &self.0[..end])?;
                write!(out, "<span class=\"cut\">… +{}</span>", self.0[end..].chars().count())
            }
        }
    }
}

impl HtmlSafe for Shown<'_> {}

fn write_shown(out: &mut Formatter<'_>, text: &str) -> fmt::Result {
    for piece in text.split_inclusive(is_unseen) {
        let last = piece.chars().next_back().filter(|&c| is_unseen(c));
        let plain = &piece[..piece.len() - last.map_or(0, char::len_utf8)];
        Html.write_escaped_str(&mut *out, plain)?;
        if let Some(control) = last {
            write!(out, "<code class=\"unseen\">U+{:04X}</code>", u32::from(control))?;
        }
    }
    Ok(())
}

/// Dataset text without markup and not yet escaped: unseen controls as codes, at most `max` code points of it.
pub(crate) fn plain(text: &str, max: usize) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    for c in chars.by_ref().take(max) {
        if is_unseen(c) {
            let _ = write!(plain, "[U+{:04X}]", u32::from(c));
        } else {
            plain.push(c);
        }
    }
    if chars.next().is_some() {
        plain.push('…');
    }
    plain
}

/// [`plain`] text, escaped for SVG.
pub(crate) fn svg_text(text: &str, max: usize) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = Html.write_escaped_str(&mut out, &plain(text, max));
    out
}

/// Characters that change how text looks without being seen: controls, bidi marks, zero-width spaces, tags.
/// Joiners (U+200C, U+200D) stay: emoji and several scripts need them.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{8}'
            | '\u{b}' | '\u{c}'
            | '\u{e}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}' | '\u{180e}' | '\u{200b}'
            | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// `1.234` in Danish, `1,234` in English.
pub(crate) fn int(n: impl Borrow<u64>) -> Local {
    let n = n.borrow();
    Local::each(|lang| grouped(&n.to_string(), lang))
}

/// A thing that is counted, as the page says one of it and many: `{} kilde`, `{} kilder`.
pub(crate) type Noun = (Text, Text);

/// A number of things, in words that follow the number.
pub(crate) fn counted(n: impl Borrow<u64>, noun: Noun) -> Local {
    let n = *n.borrow();
    if n == 1 { noun.0 } else { noun.1 }.fill(&[int(n)])
}

/// `1.234,5` in Danish, `1,234.5` in English, with `digits` decimals; a dash for what is no number.
pub(crate) fn decimal(x: impl Borrow<f64>, digits: usize) -> Local {
    let x = *x.borrow();
    Local::each(|lang| {
        if x.is_nan() {
            return "–".to_owned();
        }
        let sign = if x < 0.0 { "−" } else { "" };
        if x.is_infinite() {
            return format!("{sign}∞");
        }
        let text = format!("{:.digits$}", x.abs());
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let sign = if text.bytes().all(|b| matches!(b, b'0' | b'.')) { "" } else { sign };
        let point = match lang {
            _ if rest.is_empty() => "",
            Lang::Da => ",",
            Lang::En => ".",
        };
        format!("{sign}{}{point}{rest}", grouped(whole, lang))
    })
}

/// As few decimals as say the same, at most two: for the edges of histograms.
pub(crate) fn short(x: f64) -> Local {
    let digits =
        (0..2).find(|&d| (x * 10f64.powi(d) - (x * 10f64.powi(d)).round()).abs() < 1e-6).unwrap_or(2);
    decimal(x, usize::try_from(digits).unwrap_or(2))
}

/// `part` of `whole` in per cent: 0 and 100 only where that is exact.
pub(crate) fn percent(part: impl Borrow<u64>, whole: impl Borrow<u64>) -> Local {
    let (part, whole) = (*part.borrow(), *whole.borrow());
    if whole == 0 {
        return Local::same("–");
    }
    let x = part as f64 / whole as f64 * 100.0;
    let number = match x {
        _ if part == 0 || part >= whole => decimal(x, 0),
        _ if x < 0.1 => Local { da: "<\u{a0}0,1".to_owned(), en: "<\u{a0}0.1".to_owned() },
        _ => decimal(x.min(99.9), 1),
    };
    Local { da: format!("{}\u{a0}%", number.da), en: format!("{}%", number.en) }
}

/// Bytes in the largest decimal unit below them: `1,2 GB`.
pub(crate) fn bytes(n: impl Borrow<u64>) -> Local {
    let n = *n.borrow();
    let units = ["kB", "MB", "GB", "TB", "PB"];
    if n < 1000 {
        return Local::each(|lang| format!("{n}\u{a0}{}", if lang == Lang::Da { "byte" } else { "bytes" }));
    }
    let mut value = n as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    Local::each(|lang| format!("{}\u{a0}{}", decimal(value, 1).pick(lang), units[unit]))
}

/// An ISO date in words, `22. november 2026`; anything else as it stands.
pub(crate) fn date(iso: &str) -> Local {
    let parse = || {
        let day = iso.get(..10)?;
        let mut parts = day.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || !digits(year) || !digits(month) || !digits(day) {
            return None;
        }
        let day: u8 = day.parse().ok().filter(|d| (1..=31).contains(d))?;
        let name = super::strings::MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(Local { da: format!("{day}. {} {year}", name.da), en: format!("{day} {} {year}", name.en) })
    };
    parse().unwrap_or_else(|| Local::same(iso))
}

fn grouped(digits: &str, lang: Lang) -> String {
    let mark = if lang == Lang::Da { '.' } else { ',' };
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(l: &Local) -> (&str, &str) {
        (&l.da, &l.en)
    }

    #[test]
    fn numbers_follow_the_language() {
        assert_eq!(pair(&int(999)), ("999", "999"));
        assert_eq!(pair(&int(1_234_567)), ("1.234.567", "1,234,567"));
        assert_eq!(pair(&decimal(1234.5, 1)), ("1.234,5", "1,234.5"));
        assert_eq!(pair(&decimal(-0.25, 2)), ("−0,25", "−0.25"));
        assert_eq!(pair(&decimal(-0.001, 1)), ("0,0", "0.0"));
        assert_eq!(pair(&decimal(f64::NAN, 1)), ("–", "–"));
        assert_eq!(pair(&decimal(f64::NEG_INFINITY, 1)), ("−∞", "−∞"));
        assert_eq!(pair(&short(2.5)), ("2,5", "2.5"));
        assert_eq!(pair(&short(-60.0)), ("−60", "−60"));
        assert_eq!(pair(&percent(1, 8)), ("12,5\u{a0}%", "12.5%"));
        assert_eq!(pair(&percent(1, 0)), ("–", "–"));
        assert_eq!(pair(&percent(12, 51_586)), ("<\u{a0}0,1\u{a0}%", "<\u{a0}0.1%"));
        assert_eq!((percent(9999, 10_000).en, percent(7, 7).en), ("99.9%".to_owned(), "100%".to_owned()));
    }

    #[test]
    fn bytes_take_the_unit_that_reads_well() {
        assert_eq!(bytes(512).da, "512\u{a0}byte");
        assert_eq!(bytes(1_240_000_000).da, "1,2\u{a0}GB");
        assert_eq!(bytes(999_999).en, "1.0\u{a0}MB");
        assert_eq!(bytes(u64::MAX).en, "18,446.7\u{a0}PB");
    }

    #[test]
    fn dates_are_put_in_words() {
        assert_eq!(pair(&date("2026-11-02T10:00:00Z")), ("2. november 2026", "2 November 2026"));
        for odd in ["", "2026-13-01", "snart", "2026-00-10", "20æ6-01-01"] {
            assert_eq!(date(odd).da, odd);
        }
    }

    #[test]
    fn dataset_text_is_escaped_and_its_controls_are_seen() {
        assert_eq!(Shown("a\u{202e}b<i>").to_string(), "a<code class=\"unseen\">U+202E</code>b&#60;i&#62;");
        assert_eq!(svg_text("\u{2066}<x>\"", 9), "[U+2066]&#60;x&#62;&#34;");
        assert_eq!(svg_text("åååå", 3), "ååå…");
    }

    #[test]
    fn long_dataset_text_is_cut_and_says_so() {
        assert!(Shown(&"æ".repeat(1500)).to_string().ends_with("<span class=\"cut\">… +500</span>"));
    }
}
