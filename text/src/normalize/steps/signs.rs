//! Quotation marks and dashes in one form.

use super::super::rewrite::{Rewrite, Rewritten};

pub(in super::super) fn quotes(text: &str, log: bool) -> Option<Rewritten> {
    replace_signs(text, log, |c| match c {
        '«' | '»' | '\u{201c}'..='\u{201f}' | '\u{301d}'..='\u{301f}' => Some("\""),
        '\u{2018}'..='\u{201b}' | '\u{2039}' | '\u{203a}' | '\u{2bc}' | '´' => Some("'"),
        _ => None,
    })
}

pub(in super::super) fn dashes(text: &str, log: bool) -> Option<Rewritten> {
    replace_signs(text, log, |c| match c {
        '\u{2010}' | '\u{2011}' => Some("-"),
        '\u{2012}' | '\u{2014}' | '\u{2015}' => Some("–"),
        _ => None,
    })
}

fn replace_signs(text: &str, log: bool, sign: fn(char) -> Option<&'static str>) -> Option<Rewritten> {
    let mut rewrite = Rewrite::new(text, log);
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
        if let Some(with) = sign(c) {
            rewrite.replace(at..at + c.len_utf8(), with);
        }
    }
    rewrite.finish()
}
