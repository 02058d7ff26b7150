//! Messages, suggestions and references to tokens of the match.

use super::element::Notes;
use super::model::{CaseConversion, IncludeSkipped, MatchRef, Piece, Suggestion};
use super::tree::{Element, Node};

pub(super) fn number(text: &str) -> Option<u32> {
    text.trim().parse().ok()
}

pub(super) fn match_ref(element: &Element, notes: &mut Notes<'_>) -> MatchRef {
    const KNOWN: [&str; 10] = [
        "no",
        "postag",
        "postag_regexp",
        "postag_replace",
        "regexp_match",
        "regexp_replace",
        "case_conversion",
        "include_skipped",
        "setpos",
        "suppress_misspelled",
    ];
    notes.check_attributes(element, &KNOWN, true);
    let own = |name: &str| element.attribute(name).map(str::to_owned);
    let no = element.attribute("no").and_then(number).unwrap_or_else(|| {
        notes.unsupported(element.line, "<match> without a number".to_owned());
        1
    });
    let case_conversion = match element.attribute("case_conversion") {
        None => CaseConversion::None,
        Some("startlower") => CaseConversion::StartLower,
        Some("startupper") => CaseConversion::StartUpper,
        Some("firstupper") => CaseConversion::FirstUpper,
        Some("allupper") => CaseConversion::AllUpper,
        Some("alllower") => CaseConversion::AllLower,
        Some("preserve") => CaseConversion::Preserve,
        Some(other) => {
            notes.unsupported(element.line, format!("case_conversion={other:?} is not known"));
            CaseConversion::None
        }
    };
    let include_skipped = match element.attribute("include_skipped") {
        None | Some("none") => IncludeSkipped::None,
        Some("all") => IncludeSkipped::All,
        Some("following") => IncludeSkipped::Following,
        Some(other) => {
            notes.unsupported(element.line, format!("include_skipped={other:?} is not known"));
            IncludeSkipped::None
        }
    };
    MatchRef {
        no,
        postag: own("postag"),
        postag_regexp: notes.flag(element, "postag_regexp").unwrap_or(false),
        postag_replace: own("postag_replace"),
        regexp_match: own("regexp_match"),
        regexp_replace: own("regexp_replace"),
        case_conversion,
        include_skipped,
        setpos: notes.flag(element, "setpos").unwrap_or(false),
        suppress_misspelled: notes.flag(element, "suppress_misspelled").unwrap_or(false),
        text: element.text().trim().to_owned(),
    }
}

/// The pieces of a message or suggestion.
pub(super) fn pieces(element: &Element, notes: &mut Notes<'_>) -> Vec<Piece> {
    let mut out = Vec::new();
    for child in &element.children {
        match child {
            Node::Text(text) => text_pieces(text, &mut out),
            Node::Element(e) if e.name == "match" => out.push(Piece::Match(Box::new(match_ref(e, notes)))),
            Node::Element(e) if e.name == "suggestion" && element.name != "suggestion" => {
                out.push(Piece::Suggestion(suggestion(e, notes)));
            }
            Node::Element(e) => notes.unknown_child(e, &element.name),
            Node::Comment(_) | Node::Instruction(_) => {}
        }
    }
    out
}

pub(super) fn suggestion(element: &Element, notes: &mut Notes<'_>) -> Suggestion {
    notes.check_attributes(element, &["suppress_misspelled"], true);
    let suppress_misspelled = notes.flag(element, "suppress_misspelled").unwrap_or(false);
    Suggestion { pieces: pieces(element, notes), suppress_misspelled }
}

/// Text with its `\1`; white space that holds a line break is layout, and one blank.
fn text_pieces(text: &str, out: &mut Vec<Piece>) {
    let mut rest = text;
    let mut plain = String::new();
    while let Some(at) = rest.find('\\') {
        let (before, after) = rest.split_at(at);
        plain.push_str(before);
        let digits = after.get(1..).unwrap_or_default();
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let no = digits.get(..length).and_then(number).filter(|n| *n > 0);
        match no {
            Some(no) => {
                push_text(&mut plain, out);
                out.push(Piece::Match(Box::new(MatchRef { no, ..MatchRef::default() })));
                rest = digits.get(length..).unwrap_or_default();
            }
            None => {
                plain.push('\\');
                rest = digits;
            }
        }
    }
    plain.push_str(rest);
    push_text(&mut plain, out);
}

fn push_text(plain: &mut String, out: &mut Vec<Piece>) {
    if !plain.is_empty() {
        let text = std::mem::take(plain);
        out.push(Piece::Text(if text.contains('\n') { fold_lines(&text) } else { text }));
    }
}

fn fold_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let layout = |c: char| matches!(c, ' ' | '\t' | '\n');
    while let Some(at) = rest.find(layout) {
        out.push_str(rest.get(..at).unwrap_or_default());
        let tail = rest.get(at..).unwrap_or_default();
        let end = tail.find(|c| !layout(c)).unwrap_or(tail.len());
        let space = tail.get(..end).unwrap_or_default();
        out.push_str(if space.contains('\n') { " " } else { space });
        rest = tail.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
