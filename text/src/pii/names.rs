//! Names of persons, by lists and by what stands beside. An aid, not a guarantee.
//!
//! A chain of capitalised words is judged as a whole: `Jens P. Hansen` by its given name and surname,
//! `advokat Kragelund` by its title. A capital letter at the start of a sentence says nothing, so a
//! single name there scores low. The s of the genitive is left out of the span where the lists know the
//! name without it; of other words nobody can tell (`Roberts`), and it stays.

use super::address::sentence_start;
use super::lexicon::{self, GIVEN, Info, NAME, ORG, PLACE, STOP, SURNAME, WORD};
use super::name_beside::{is_street, organisation_follows, title_before};
use super::name_parts::{Kind, Part, part_at, particle_at, word_len};
use super::{Label, Span};

/// No name has more parts.
const MAX_PARTS: usize = 7;

/// What was read at a capital letter.
pub(super) struct Read {
    pub(super) span: Option<Span>,
    /// Where to read on, in bytes.
    pub(super) next: usize,
}

/// Reads the name that may start with the capital letter at byte `at`.
pub(super) fn at(text: &str, at: usize) -> Read {
    let Some(first) = part_at(text, at) else {
        return Read { span: None, next: at + word_len(text, at).max(1) };
    };
    let skip = Read { span: None, next: first.written_end };
    if first.info & STOP != 0 {
        return skip;
    }
    if first.info & (ORG | PLACE) != 0 && first.info & NAME == 0 {
        // "Hotel Hans Egede", "Restaurant Jensen": what follows is part of that name.
        let next =
            if first.info & ORG != 0 { after_chain(text, first.written_end) } else { first.written_end };
        return Read { span: None, next };
    }
    if let Some(len) = lexicon::no_person(&text[at..], first.info) {
        return Read { span: None, next: at + len };
    }
    let title = title_before(text, at);
    let own = lexicon_title(text, &first);
    if own {
        return skip;
    }
    if first.kind == Kind::Unknown
        && !title.title
        && (followed_by_lower(text, &first) || sentence_start(text, at))
    {
        return skip;
    }
    let (chain, len, end) = chain_from(text, first);
    let parts = &chain[..len];
    // "Aage og Johanne Louis-Hansens Fond" is one name.
    let shared = || {
        let next = text[end..].starts_with(" og ").then(|| named_together(text, end)).flatten();
        next.is_some_and(|next| organisation_follows(text, chain_from(text, next).2))
    };
    if title.organisation && !title.title || organisation_follows(text, end) || shared() {
        return Read { span: None, next: after_chain(text, end) };
    }
    let opened = !title.title && sentence_start(text, at);
    let judged = reversed(text, parts, opened).or_else(|| judge(text, parts, title.title, opened));
    let next = judged.as_ref().map_or(first.written_end, |span| span.range.end.max(first.written_end));
    Read { span: judged, next }
}

/// Whether the word is a title itself, as `Sagsbehandler` at the start of a sentence.
fn lexicon_title(text: &str, part: &Part) -> bool {
    part.kind == Kind::Unknown && lexicon::lower_info(&text[part.start..part.written_end]) != 0
}

fn followed_by_lower(text: &str, part: &Part) -> bool {
    let rest = &text[part.written_end..];
    !rest.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_uppercase))
}

/// The parts of the name from `first` on, how many, and where the last one ends as written.
fn chain_from(text: &str, first: Part) -> ([Part; MAX_PARTS], usize, usize) {
    let mut parts = [first; MAX_PARTS];
    let mut len = 1;
    let mut end = first.written_end;
    let mut last = first;
    while len < MAX_PARTS {
        // A genitive ends a name.
        if last.end != last.written_end {
            break;
        }
        let Some(rest) = text[end..].strip_prefix([' ', '\u{a0}']) else {
            // "H.C.Andersen", "al-Jaber"
            let hyphen = usize::from(last.kind == Kind::Particle && text[end..].starts_with('-'));
            let glued = last.kind == Kind::Initials || hyphen == 1;
            if !glued || !text[end + hyphen..].starts_with(char::is_uppercase) {
                break;
            }
            let Some(part) = part_at(text, end + hyphen) else { break };
            (parts[len], last, end) = (part, part, part.written_end);
            len += 1;
            continue;
        };
        let at = text.len() - rest.len();
        let part =
            if rest.starts_with(char::is_uppercase) { part_at(text, at) } else { particle_at(text, at) };
        let Some(part) = part else { break };
        if part.info & STOP != 0 || part.info & (ORG | PLACE) != 0 && part.info & NAME == 0 {
            break;
        }
        // Gade is a surname as well, but not after a genitive: Jens Otto Krags Gade.
        let genitive = text[last.start..last.end].ends_with('s');
        if (part.kind == Kind::Unknown || genitive) && is_street(&text[part.start..part.written_end]) {
            break;
        }
        (parts[len], last, end) = (part, part, part.written_end);
        len += 1;
    }
    while len > 1 && matches!(parts[len - 1].kind, Kind::Particle) {
        len -= 1;
    }
    // A stop after a capital letter ends the sentence, if nothing follows it: "vitamin C."
    if len > 1 && parts[len - 1].kind == Kind::Initials {
        len -= 1;
    }
    (parts, len, parts[len - 1].written_end)
}

/// Where the capitalised words from byte `at` on end.
fn after_chain(text: &str, at: usize) -> usize {
    let mut end = at;
    for _ in 0..MAX_PARTS {
        let Some(rest) = text[end..].trim_start_matches('.').strip_prefix(' ') else { break };
        let start = text.len() - rest.len();
        if !rest.starts_with(char::is_uppercase) {
            break;
        }
        end = start + word_len(text, start).max(1);
        end = super::context::floor(text, end);
    }
    end
}

/// `Hansen, Jens Peter` where nothing but an end follows.
fn reversed(text: &str, parts: &[Part], opened: bool) -> Option<Span> {
    let [surname] = parts else { return None };
    if surname.info & SURNAME == 0
        || surname.info & (WORD | PLACE) != 0 && !opened
        || surname.end != surname.written_end
    {
        return None;
    }
    let rest = text[surname.end..].strip_prefix(", ")?;
    let at = text.len() - rest.len();
    if !rest.starts_with(char::is_uppercase) {
        return None;
    }
    let (chain, len, end) = chain_from(text, part_at(text, at)?);
    let given = chain[..len]
        .iter()
        .all(|p| p.info & GIVEN != 0 && p.end == p.written_end || p.kind == Kind::Initials);
    let ends = text[end..]
        .chars()
        .next()
        .is_none_or(|c| matches!(c, ':' | ';' | ')' | '\n' | '\t' | '(' | ',' | '|' | '\r'));
    (given && ends && chain[0].kind == Kind::Known).then(|| span(surname.start, end, 0.75, "surname-first"))
}

fn span(start: usize, end: usize, score: f32, reason: &'static str) -> Span {
    Span { range: start..end, label: Label::Name, score, reason }
}

/// Whether a part is a given name (or surname) and nothing else.
fn sure(part: &Part, use_: Info) -> bool {
    part.info & use_ != 0 && part.info & (WORD | PLACE) == 0
}

/// Judges a chain.
fn judge(text: &str, parts: &[Part], title: bool, opened: bool) -> Option<Span> {
    let first = parts.first()?;
    let capitals =
        |p: &Part| p.end - p.start > 1 && text[p.start..p.end].chars().all(|c| c.is_uppercase() || c == '-');
    if parts.iter().any(|p| p.kind != Kind::Initials && capitals(p)) {
        return in_capitals(text, parts, title, capitals);
    }
    // Without a surname at its end a chain ends after the words that no list knows, two of them at most.
    let surname = parts.iter().rposition(|p| p.info & SURNAME != 0).filter(|index| *index > 0);
    let named = matches!(first.kind, Kind::Known) && first.info & GIVEN != 0;
    if let Some(last) = surname {
        let end = parts[last].end;
        let both = sure(&parts[last], SURNAME);
        let initials = first.kind == Kind::Initials;
        let middle = parts[1..last].iter().any(|p| p.kind == Kind::Initials);
        return Some(match (named, initials) {
            _ if title => span(first.start, end, 0.95, "title+given+surname"),
            (true, _) if middle => span(first.start, end, 0.92, "given+initial+surname"),
            (true, _) if sure(first, GIVEN) && both => span(first.start, end, 0.92, "given+surname"),
            (true, _) if sure(first, GIVEN) || both => span(first.start, end, 0.8, "given+surname"),
            (true, _) if !opened && first.info & parts[last].info & PLACE == 0 => {
                span(first.start, end, 0.6, "given+surname")
            }
            (true, _) => span(first.start, end, 0.45, "given+surname"),
            (false, true) => span(first.start, end, if both { 0.85 } else { 0.6 }, "initial+surname"),
            (false, false) if first.kind == Kind::Known && both && !opened => {
                span(first.start, end, 0.7, "surname+surname")
            }
            (false, false) if first.kind == Kind::Unknown && both && !opened => {
                span(first.start, end, 0.6, "surname")
            }
            (false, false) => span(first.start, end, 0.3, "surname"),
        });
    }
    if title {
        let end = parts[..parts.len().min(4)].last()?.end;
        let reason = if named { "title+given" } else { "title" };
        let known = parts.iter().any(|p| p.info & NAME != 0) || parts.len() > 1;
        // "borgerens MitID", "patientens Parkinson": what they have, not who they are.
        let had = text[..first.start].trim_end().ends_with('s');
        let score = match (known, had) {
            (true, _) => 0.85,
            (false, false) => 0.6,
            (false, true) => 0.3,
        };
        return Some(span(first.start, end, score, reason));
    }
    if first.kind == Kind::Initials {
        let last = parts.iter().find(|p| p.kind != Kind::Initials)?;
        let typical =
            ["sen", "gaard", "gård", "sson"].iter().any(|end| text[last.start..last.end].ends_with(end));
        let score = if last.kind == Kind::Known || typical || !opened { 0.6 } else { 0.4 };
        return Some(span(first.start, last.end, score, "initial"));
    }
    if !named {
        // One surname alone.
        let score = match (sure(first, SURNAME), opened) {
            (true, false) => 0.55,
            (true, true) if text[..first.end].ends_with("sen") => 0.5,
            (true, true) => 0.4,
            _ => 0.2,
        };
        return (first.info & SURNAME != 0).then(|| span(first.start, first.end, score, "surname"));
    }
    let given = parts.iter().take_while(|p| p.info & GIVEN != 0).count();
    let unknown = parts[given..]
        .iter()
        .take_while(|p| matches!(p.kind, Kind::Unknown | Kind::Particle | Kind::Initials))
        .take(3)
        .count();
    if unknown > 0 {
        let end = parts[given + unknown - 1].end;
        let score = match (sure(first, GIVEN), opened) {
            (true, _) => 0.7,
            (false, false) => 0.55,
            (false, true) if first.info & PLACE == 0 && given == 1 => 0.5,
            (false, true) => 0.3,
        };
        return Some(span(first.start, end, score, "given+unknown"));
    }
    let end = parts[given - 1].end;
    let score = match (given > 1, parts[..given].iter().any(|p| sure(p, GIVEN)), opened) {
        (true, true, false) => 0.8,
        (true, true, true) => 0.65,
        (true, false, false) => 0.45,
        (false, true, false) => 0.6,
        (false, true, true) => {
            if named_together(text, end).is_some_and(|p| sure(&p, GIVEN)) {
                0.55
            } else {
                0.4
            }
        }
        (_, false, false) if first.info & PLACE == 0 => 0.45,
        _ => 0.2,
    };
    Some(span(first.start, end, score, if given > 1 { "given+given" } else { "given" }))
}

/// The name that is named together with the one that ends at byte `at`: `Anne, Mette`, `Anne og Ole`.
fn named_together(text: &str, at: usize) -> Option<Part> {
    let rest = &text[at..];
    let next = [", ", " og "].iter().find_map(|joint| rest.strip_prefix(joint))?;
    let part = next.starts_with(char::is_uppercase).then(|| part_at(text, text.len() - next.len())).flatten();
    part.filter(|part| part.info & GIVEN != 0)
}

/// Names in capitals: given name and surname both, or a title before them.
fn in_capitals(text: &str, parts: &[Part], title: bool, capitals: impl Fn(&Part) -> bool) -> Option<Span> {
    let len = parts.iter().take_while(|p| capitals(p) || p.kind == Kind::Initials).count();
    let parts = &parts[..len];
    let (first, last) = (parts.first()?, parts.last()?);
    let known = first.info & GIVEN != 0 && last.info & SURNAME != 0 && len > 1;
    let sure_one = parts.iter().any(|p| sure(p, NAME));
    let score = match (known, title) {
        (true, true) => 0.9,
        (true, false) if sure_one => 0.75,
        (false, true) if sure_one && len > 1 => 0.6,
        _ => 0.2,
    };
    let _ = text;
    Some(span(first.start, last.end, score, "capitals"))
}

#[cfg(test)]
mod tests {
    use crate::pii::{Label, find};

    fn names(text: &str) -> Vec<&str> {
        find(text).into_iter().filter(|s| s.label == Label::Name).map(|s| &text[s.range]).collect()
    }

    #[test]
    fn given_name_and_surname() {
        for name in [
            "Mette Hansen",
            "Bjørn P. Kjær",
            "Anne-Grethe Bak-Jensen",
            "H.C. Andersen",
            "Jens Peter Holm Jakobsen",
            "Mohammed El-Sayed",
            "Frederik von Ahlefeldt",
            "Fatima Xyzovic",
            "Linh Nguyen",
        ] {
            assert_eq!(names(&format!("{name} ringede i dag.")), [name]);
            assert_eq!(names(&format!("Ifølge {name} er sagen afsluttet.")), [name]);
            if name != "Fatima Xyzovic" {
                assert_eq!(names(&format!("Det er {name}s sag.")), [name]);
            }
        }
    }

    #[test]
    fn titles_and_single_names() {
        assert_eq!(names("hr. Kragelund, fru Bo og dr. Ztovrup"), ["Kragelund", "Bo", "Ztovrup"]);
        assert_eq!(names("Sagsbehandler Fatima Kjær har fri."), ["Fatima Kjær"]);
        assert_eq!(names("Han talte med Mette i går."), ["Mette"]);
        assert_eq!(names("Mogens' brev, sagde Birthe."), ["Birthe"]);
        assert_eq!(names("Mortensen, Birthe: 3 dage"), ["Mortensen, Birthe"]);
        assert_eq!(names("NAVN: HENRIK BRANDT"), ["HENRIK BRANDT"]);
    }

    #[test]
    fn what_is_no_person() {
        for text in [
            "Han gik en tur i Holm Skov.",
            "Ali Baba og de fyrretyve røvere.",
            "Iben og ibenholt er to ting.",
            "Vi bor på Carl Jacobsens Vej.",
            "Aage og Johanne Louis-Hansens Fond gav penge.",
            "De var på Frederiksberg hos Novo Nordisk.",
            "Rasmussen & Søn ApS",
            "Toget kører over Lund og Malmø.",
            "Vinter og storm hører sammen.",
            "Hotel Hans Egede",
            "JENS og BO",
        ] {
            assert!(names(text).is_empty(), "{text} {:?}", names(text));
        }
    }
}
