use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Constraint, Eaf, Tier};

const NO_DATE: &str = "1970-01-01T00:00:00+00:00";

/// Writes the document as version 3.0, in UTF-8.
///
/// Each annotation has time slots of its own, numbered in the order of time. An annotation with
/// `refers_to` is written as one that refers, if the id is that of another; any other without times gets
/// slots without them. Two tiers of one name or type name but another constraint get names of their own
/// (`ord-2`). Characters that XML cannot hold become U+FFFD.
///
/// ```
/// use sprog_formats::{Limits, time::eaf::{self, Eaf, Tier}};
/// let eaf = Eaf {
///     date: "2026-01-31T12:00:00+01:00".into(),
///     tiers: vec![Tier::aligned("ord", [(0.25, 0.5, "hej"), (0.5, 0.8, "du")])],
///     ..Eaf::default()
/// };
/// let file = eaf::write(&eaf);
/// assert!(file.contains("<TIME_SLOT TIME_SLOT_ID=\"ts1\" TIME_VALUE=\"250\"/>"));
/// let back = eaf::read(file.as_bytes(), &Limits::default())?;
/// assert_eq!(back.value.tiers[0].annotations[1].text, "du");
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn write(eaf: &Eaf) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let date = if eaf.date.is_empty() { NO_DATE } else { &eaf.date };
    out.push_str("<ANNOTATION_DOCUMENT");
    attribute(&mut out, "AUTHOR", &eaf.author);
    attribute(&mut out, "DATE", date);
    out.push_str(
        " FORMAT=\"3.0\" VERSION=\"3.0\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:noNamespaceSchemaLocation=\"http://www.mpi.nl/tools/elan/EAFv3.0.xsd\">\n",
    );
    header(&mut out, eaf);
    let slots = Slots::new(&eaf.tiers);
    slots.write(&mut out);
    let ids = annotation_ids(&eaf.tiers);
    let tier_ids = unique(eaf.tiers.iter().map(|tier| tier.id.as_str()));
    let types = types(&eaf.tiers);
    for (at, tier) in eaf.tiers.iter().enumerate() {
        out.push_str("    <TIER");
        attribute(&mut out, "LINGUISTIC_TYPE_REF", &types[at].0);
        let parent = tier.parent.as_ref().filter(|name| eaf.tiers.iter().any(|other| other.id == **name));
        if let Some(parent) = parent {
            attribute(&mut out, "PARENT_REF", parent);
        }
        if let Some(participant) = &tier.participant {
            attribute(&mut out, "PARTICIPANT", participant);
        }
        attribute(&mut out, "TIER_ID", &tier_ids[at]);
        if tier.annotations.is_empty() {
            out.push_str("/>\n");
            continue;
        }
        out.push_str(">\n");
        for (number, annotation) in tier.annotations.iter().enumerate() {
            out.push_str("        <ANNOTATION>\n            ");
            let id = &ids.of[at][number];
            let target = annotation.refers_to.as_ref().and_then(|id| ids.by_old.get(id.as_str()));
            let element = if let Some(target) = target.filter(|target| *target != id) {
                out.push_str("<REF_ANNOTATION");
                attribute(&mut out, "ANNOTATION_ID", id);
                attribute(&mut out, "ANNOTATION_REF", target);
                "REF_ANNOTATION"
            } else {
                let (first, second) = slots.of[at][number];
                out.push_str("<ALIGNABLE_ANNOTATION");
                attribute(&mut out, "ANNOTATION_ID", id);
                attribute(&mut out, "TIME_SLOT_REF1", &format!("ts{first}"));
                attribute(&mut out, "TIME_SLOT_REF2", &format!("ts{second}"));
                "ALIGNABLE_ANNOTATION"
            };
            out.push_str(">\n                <ANNOTATION_VALUE>");
            escape(&mut out, &annotation.text);
            let _ = writeln!(out, "</ANNOTATION_VALUE>\n            </{element}>\n        </ANNOTATION>");
        }
        out.push_str("    </TIER>\n");
    }
    footer(&mut out, &types);
    out
}

fn header(out: &mut String, eaf: &Eaf) {
    out.push_str("    <HEADER MEDIA_FILE=\"\" TIME_UNITS=\"milliseconds\">\n");
    for media in &eaf.media {
        out.push_str("        <MEDIA_DESCRIPTOR");
        attribute(out, "MEDIA_URL", &media.url);
        attribute(out, "MIME_TYPE", &media.mime_type);
        if let Some(relative) = &media.relative_url {
            attribute(out, "RELATIVE_MEDIA_URL", relative);
        }
        out.push_str("/>\n");
    }
    out.push_str("    </HEADER>\n");
}

fn footer(out: &mut String, types: &[(String, Option<Constraint>)]) {
    let types: BTreeMap<&str, Option<Constraint>> =
        types.iter().map(|(name, constraint)| (name.as_str(), *constraint)).collect();
    for (name, constraint) in types {
        let found = Constraint::ALL.iter().find(|(known, ..)| Some(*known) == constraint);
        out.push_str("    <LINGUISTIC_TYPE");
        if let Some((_, stereotype, _)) = found {
            attribute(out, "CONSTRAINTS", stereotype);
        }
        let symbolic =
            matches!(constraint, Some(Constraint::SymbolicAssociation | Constraint::SymbolicSubdivision));
        attribute(out, "GRAPHIC_REFERENCES", "false");
        attribute(out, "LINGUISTIC_TYPE_ID", name);
        attribute(out, "TIME_ALIGNABLE", if symbolic { "false" } else { "true" });
        out.push_str("/>\n");
    }
    for (_, stereotype, description) in Constraint::ALL {
        out.push_str("    <CONSTRAINT");
        attribute(out, "DESCRIPTION", description);
        attribute(out, "STEREOTYPE", stereotype);
        out.push_str("/>\n");
    }
    out.push_str("</ANNOTATION_DOCUMENT>\n");
}

/// Time slots: two an annotation, numbered from 1 in the order of time; those without a time follow the one
/// before them in their tier.
struct Slots {
    of: Vec<Vec<(usize, usize)>>,
    times: Vec<Option<u64>>,
}

impl Slots {
    fn new(tiers: &[Tier]) -> Slots {
        let mut all = Vec::new();
        for (at, tier) in tiers.iter().enumerate() {
            let mut last = 0;
            for (number, annotation) in tier.annotations.iter().enumerate() {
                if annotation.refers_to.is_some() {
                    continue;
                }
                for (end, time) in [annotation.start_ms, annotation.end_ms].into_iter().enumerate() {
                    last = time.unwrap_or(last);
                    all.push((last, at, number, end, time));
                }
            }
        }
        all.sort_by_key(|(time, ..)| *time);
        let mut of: Vec<Vec<(usize, usize)>> =
            tiers.iter().map(|tier| vec![(0, 0); tier.annotations.len()]).collect();
        for (slot, (_, at, number, end, _)) in (1..).zip(&all) {
            let pair = &mut of[*at][*number];
            *(if *end == 0 { &mut pair.0 } else { &mut pair.1 }) = slot;
        }
        let mut times: Vec<Option<u64>> = all.into_iter().map(|(.., time)| time).collect();
        // One whose reference leads nowhere is written with slots after all others.
        for (tier, pairs) in tiers.iter().zip(&mut of) {
            for (annotation, pair) in tier.annotations.iter().zip(pairs) {
                if annotation.refers_to.is_some() {
                    times.extend([annotation.start_ms, annotation.end_ms]);
                    *pair = (times.len() - 1, times.len());
                }
            }
        }
        Slots { of, times }
    }

    fn write(&self, out: &mut String) {
        if self.times.is_empty() {
            out.push_str("    <TIME_ORDER/>\n");
            return;
        }
        out.push_str("    <TIME_ORDER>\n");
        for (slot, time) in (1..).zip(&self.times) {
            let _ = match time {
                Some(ms) => {
                    writeln!(out, "        <TIME_SLOT TIME_SLOT_ID=\"ts{slot}\" TIME_VALUE=\"{ms}\"/>")
                }
                None => writeln!(out, "        <TIME_SLOT TIME_SLOT_ID=\"ts{slot}\"/>"),
            };
        }
        out.push_str("    </TIME_ORDER>\n");
    }
}

struct Ids<'a> {
    of: Vec<Vec<String>>,
    by_old: BTreeMap<&'a str, String>,
}

fn annotation_ids(tiers: &[Tier]) -> Ids<'_> {
    let all = tiers.iter().flat_map(|tier| &tier.annotations);
    let names = all.clone().filter_map(|annotation| annotation.id.as_deref());
    let wanted: BTreeSet<&str> = names.filter(|id| is_name(id)).collect();
    let mut by_old: BTreeMap<&str, String> = BTreeMap::new();
    let mut next = 0usize;
    let mut fresh = || loop {
        next += 1;
        let id = format!("a{next}");
        if !wanted.contains(id.as_str()) {
            return id;
        }
    };
    let mut of = Vec::with_capacity(tiers.len());
    for tier in tiers {
        let mut ids = Vec::with_capacity(tier.annotations.len());
        for annotation in &tier.annotations {
            let old = annotation.id.as_deref().filter(|id| !by_old.contains_key(id));
            let id = match old {
                Some(id) if wanted.contains(id) => id.to_owned(),
                _ => fresh(),
            };
            if let Some(old) = old {
                by_old.insert(old, id.clone());
            }
            ids.push(id);
        }
        of.push(ids);
    }
    Ids { of, by_old }
}

/// An ASCII name without colon, which may not be an id of a time slot.
fn is_name(id: &str) -> bool {
    let first = id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = id.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    let slot = id.strip_prefix("ts").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    first && rest && !slot
}

/// The names, each after its first with a number.
fn unique<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let all: BTreeSet<&str> = names.clone().collect();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    names
        .map(|name| {
            let mut new = name.to_owned();
            let mut number = 2;
            while taken.contains(&new) || (new != name && all.contains(new.as_str())) {
                new = format!("{name}-{number}");
                number += 1;
            }
            taken.insert(new.clone());
            new
        })
        .collect()
}

/// The type of each tier: one constraint a name.
fn types(tiers: &[Tier]) -> Vec<(String, Option<Constraint>)> {
    let mut held: BTreeMap<String, Option<Constraint>> = BTreeMap::new();
    let all: BTreeSet<&str> = tiers.iter().map(|tier| tier.linguistic_type.as_str()).collect();
    tiers
        .iter()
        .map(|tier| {
            // A constraint needs a parent.
            let constraint = tier.constraint.filter(|_| tier.parent.is_some());
            let base = match tier.linguistic_type.as_str() {
                "" => "default-lt",
                name => name,
            };
            let mut name = base.to_owned();
            let mut number = 2;
            while held.get(&name).is_some_and(|other| *other != constraint)
                || (name != base && all.contains(name.as_str()))
            {
                name = format!("{base}-{number}");
                number += 1;
            }
            held.insert(name.clone(), constraint);
            (name, constraint)
        })
        .collect()
}

fn attribute(out: &mut String, name: &str, value: &str) {
    out.extend([" ", name, "=\""]);
    for c in value.chars() {
        match c {
            '\n' | '\t' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => escape(out, c.encode_utf8(&mut [0; 4])),
        }
    }
    out.push('"');
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(c),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
}
