use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Annotation, Constraint, Eaf, Media, Tier};
use crate::{EncodingChoice, Error, Limits, Parsed, Place, Problem, Result, codes, decode};

/// Most steps from an annotation to the one with its times.
const MOST_REFERENCES: usize = 32;

/// Reads an ELAN file of version 2 or 3.
///
/// An annotation that ends before it starts, or starts before the one above it on its tier ends, is kept with
/// a [`codes::TIME_ORDER`] problem. One that names a time slot or annotation that is not there is kept
/// without times, as a [`codes::BAD_RECORD`]; so is what comes of an id that is there twice (the first
/// counts). A time slot without a time is no problem: ELAN has them inside subdivisions.
///
/// # Errors
/// [`Error::Malformed`] where the XML is not well-formed, has a DTD ([`codes::DTD_REFUSED`]), or is no
/// annotation document; [`Error::Unsupported`] for times in video frames; [`Error::Limit`] past
/// `limits.bytes`, `limits.depth`, or `limits.items` tiers, time slots and annotations.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<Eaf>> {
    if bytes.len() as u64 > limits.bytes {
        return Err(Error::Limit { what: "ELAN file", limit: limits.bytes, place: Place::File });
    }
    let decoded = decode(bytes, EncodingChoice::Detect);
    let text = decoded.value.0;
    let mut parser = Parser {
        limits,
        problems: decoded.problems,
        eaf: Eaf::default(),
        slots: BTreeMap::new(),
        types: BTreeMap::new(),
        slot_refs: Vec::new(),
        places: Vec::new(),
        items: 0,
        place: Place::File,
    };
    parser.document(text.trim_start_matches('\u{FEFF}'))?;
    parser.resolve();
    Ok(Parsed { value: parser.eaf, problems: parser.problems })
}

struct Parser<'l> {
    limits: &'l Limits,
    problems: Vec<Problem>,
    eaf: Eaf,
    /// Time of each slot.
    slots: BTreeMap<String, Option<u64>>,
    /// Constraint of each linguistic type.
    types: BTreeMap<String, Option<Constraint>>,
    /// Slots of each annotation, tier by tier.
    slot_refs: Vec<Vec<Option<(String, String)>>>,
    places: Vec<Vec<Place>>,
    items: u64,
    place: Place,
}

fn bad(place: Place, message: impl Into<String>) -> Error {
    Error::malformed("ELAN XML", place, message)
}

impl Parser<'_> {
    fn problem(&mut self, code: crate::Code, place: Place, message: impl Into<String>) {
        self.problems.push(Problem::new(code, place, message));
    }

    fn count_item(&mut self) -> Result<()> {
        self.items += 1;
        if self.items > self.limits.items {
            let (limit, place) = (self.limits.items, self.place.clone());
            return Err(Error::Limit { what: "tiers, time slots and annotations", limit, place });
        }
        Ok(())
    }

    fn document(&mut self, text: &str) -> Result<()> {
        let mut reader = Reader::from_str(text);
        let mut depth = 0usize;
        let mut is_root_known = false;
        // Depth and text of the open ANNOTATION_VALUE.
        let mut value: Option<(usize, String)> = None;
        loop {
            self.place = Place::Byte(reader.buffer_position());
            let event = reader.read_event().map_err(|e| bad(self.place.clone(), e.to_string()))?;
            match event {
                Event::Eof if depth > 0 || !is_root_known => {
                    return Err(bad(self.place.clone(), "the document ends inside an element, or has none"));
                }
                Event::Eof => return Ok(()),
                Event::DocType(_) => {
                    return Err(Error::Malformed {
                        format: "ELAN XML",
                        place: self.place.clone(),
                        message: "a document type declaration is refused".into(),
                        code: codes::DTD_REFUSED,
                    });
                }
                Event::Start(start) => {
                    depth += 1;
                    if depth > self.limits.depth {
                        let (limit, place) = (self.limits.depth as u64, self.place.clone());
                        return Err(Error::Limit { what: "nested elements", limit, place });
                    }
                    is_root_known = self.root(&start, is_root_known)?;
                    self.element(&start)?;
                    if value.is_none() && start.local_name().as_ref() == b"ANNOTATION_VALUE" {
                        value = Some((depth, String::new()));
                    }
                }
                Event::Empty(start) => {
                    is_root_known = self.root(&start, is_root_known)?;
                    self.element(&start)?;
                }
                Event::End(_) => {
                    if let Some((_, text)) = value.take_if(|(at, _)| *at == depth)
                        && let Some(annotation) =
                            self.eaf.tiers.last_mut().and_then(|tier| tier.annotations.last_mut())
                    {
                        annotation.text = text;
                    }
                    depth = depth
                        .checked_sub(1)
                        .ok_or_else(|| bad(self.place.clone(), "an end tag without a start tag"))?;
                }
                Event::Text(part) => {
                    if let Some((_, text)) = &mut value {
                        text.push_str(&String::from_utf8_lossy(&part));
                    }
                }
                Event::CData(part) => {
                    if let Some((_, text)) = &mut value {
                        text.push_str(&String::from_utf8_lossy(&part));
                    }
                }
                Event::GeneralRef(name) => {
                    let reference = format!("&{};", String::from_utf8_lossy(&name));
                    let plain = quick_xml::escape::unescape(&reference)
                        .map_err(|e| bad(self.place.clone(), e.to_string()))?;
                    if let Some((_, text)) = &mut value {
                        text.push_str(&plain);
                    }
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn root(&self, start: &BytesStart<'_>, known: bool) -> Result<bool> {
        if known || start.local_name().as_ref() == b"ANNOTATION_DOCUMENT" {
            return Ok(true);
        }
        let name = String::from_utf8_lossy(start.local_name().into_inner()).into_owned();
        Err(bad(self.place.clone(), format!("expected ANNOTATION_DOCUMENT, found {name:.40?}")))
    }

    fn attributes(&self, start: &BytesStart<'_>) -> Result<BTreeMap<String, String>> {
        let mut all = BTreeMap::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| bad(self.place.clone(), e.to_string()))?;
            let raw = String::from_utf8_lossy(&attribute.value).into_owned();
            let value =
                quick_xml::escape::unescape(&raw).map_err(|e| bad(self.place.clone(), e.to_string()))?;
            let name = String::from_utf8_lossy(attribute.key.local_name().into_inner()).into_owned();
            all.insert(name, value.into_owned());
        }
        Ok(all)
    }

    fn element(&mut self, start: &BytesStart<'_>) -> Result<()> {
        let mut all = self.attributes(start)?;
        let mut take = |name: &str| all.remove(name);
        match start.local_name().as_ref() {
            b"ANNOTATION_DOCUMENT" => {
                self.eaf.author = take("AUTHOR").unwrap_or_default();
                self.eaf.date = take("DATE").unwrap_or_default();
            }
            b"HEADER" => {
                if let Some(unit) = take("TIME_UNITS").filter(|unit| unit != "milliseconds") {
                    let message = format!("ELAN times in {unit:.40?}; only milliseconds are read");
                    return Err(Error::Unsupported(message));
                }
            }
            b"MEDIA_DESCRIPTOR" => {
                self.count_item()?;
                self.eaf.media.push(Media {
                    url: take("MEDIA_URL").unwrap_or_default(),
                    relative_url: take("RELATIVE_MEDIA_URL"),
                    mime_type: take("MIME_TYPE").unwrap_or_default(),
                });
            }
            b"TIME_SLOT" => {
                self.count_item()?;
                let (id, time) = (take("TIME_SLOT_ID").unwrap_or_default(), take("TIME_VALUE"));
                self.slot(id, time);
            }
            b"TIER" => {
                self.count_item()?;
                self.slot_refs.push(Vec::new());
                self.places.push(Vec::new());
                self.eaf.tiers.push(Tier {
                    id: take("TIER_ID").unwrap_or_default(),
                    participant: take("PARTICIPANT"),
                    parent: take("PARENT_REF"),
                    linguistic_type: take("LINGUISTIC_TYPE_REF").unwrap_or_default(),
                    constraint: None,
                    annotations: Vec::new(),
                });
            }
            b"LINGUISTIC_TYPE" => {
                self.count_item()?;
                let constraint = take("CONSTRAINTS").and_then(|name| {
                    let found = Constraint::ALL.iter().find(|(_, known, _)| *known == name);
                    found.map(|(constraint, ..)| *constraint)
                });
                self.types.insert(take("LINGUISTIC_TYPE_ID").unwrap_or_default(), constraint);
            }
            b"ALIGNABLE_ANNOTATION" => {
                let slots = take("TIME_SLOT_REF1").zip(take("TIME_SLOT_REF2"));
                self.annotation(take("ANNOTATION_ID"), slots, None)?;
            }
            b"REF_ANNOTATION" => {
                let target = take("ANNOTATION_REF").unwrap_or_default();
                self.annotation(take("ANNOTATION_ID"), None, Some(target))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn slot(&mut self, id: String, time: Option<String>) {
        let value = time.as_ref().and_then(|time| time.trim().parse::<u64>().ok());
        if let (Some(time), None) = (&time, value) {
            let message = format!("time slot {id:.40?}: {time:.40?} is not a number of milliseconds");
            self.problem(codes::BAD_RECORD, self.place.clone(), message);
        }
        match self.slots.entry(id) {
            Entry::Vacant(free) => {
                free.insert(value);
            }
            Entry::Occupied(held) => {
                let message = format!("time slot {:.40?} is there twice; the first one counts", held.key());
                self.problem(codes::BAD_RECORD, self.place.clone(), message);
            }
        }
    }

    fn annotation(
        &mut self,
        id: Option<String>,
        slots: Option<(String, String)>,
        refers_to: Option<String>,
    ) -> Result<()> {
        self.count_item()?;
        let (Some(tier), Some(refs), Some(places)) =
            (self.eaf.tiers.last_mut(), self.slot_refs.last_mut(), self.places.last_mut())
        else {
            return Err(bad(self.place.clone(), "an annotation outside of a tier"));
        };
        tier.annotations.push(Annotation { id, refers_to, ..Annotation::default() });
        refs.push(slots);
        places.push(self.place.clone());
        Ok(())
    }

    /// Gives annotations their times, and tiers their constraints.
    fn resolve(&mut self) {
        let mut found = Vec::new();
        let mut tiers = std::mem::take(&mut self.eaf.tiers);
        for (at, tier) in tiers.iter_mut().enumerate() {
            tier.constraint = self.types.get(&tier.linguistic_type).copied().flatten();
            for (number, annotation) in tier.annotations.iter_mut().enumerate() {
                let place = &self.places[at][number];
                if annotation.refers_to.is_some() {
                    continue;
                }
                let Some((first, second)) = &self.slot_refs[at][number] else {
                    found.push((codes::BAD_RECORD, place.clone(), "an annotation without time slots".into()));
                    continue;
                };
                for (slot, time) in [(first, &mut annotation.start_ms), (second, &mut annotation.end_ms)] {
                    match self.slots.get(slot) {
                        Some(value) => *time = *value,
                        None => {
                            let message = format!("time slot {slot:.40?} is not in the file");
                            found.push((codes::BAD_RECORD, place.clone(), message));
                        }
                    }
                }
            }
        }
        self.follow(&mut tiers, &mut found);
        for (tier, places) in tiers.iter().zip(&self.places) {
            let mut free = 0;
            for (annotation, place) in tier.annotations.iter().zip(places) {
                let (Some(start), Some(end)) = (annotation.start_ms, annotation.end_ms) else { continue };
                if annotation.refers_to.is_some() {
                    continue;
                }
                let wrong = if end < start {
                    format!("ends at {end} ms, before its start {start} ms")
                } else if start < free {
                    format!("starts at {start} ms, before {free} ms where the one above it ends")
                } else {
                    free = end;
                    continue;
                };
                free = free.max(end);
                let message = format!("tier {:.40?}: an annotation {wrong}", tier.id);
                found.push((codes::TIME_ORDER, place.clone(), message));
            }
        }
        for (code, place, message) in found {
            self.problem(code, place, message);
        }
        self.eaf.tiers = tiers;
    }

    /// Gives annotations that refer to others the times of those.
    fn follow(&self, tiers: &mut [Tier], found: &mut Vec<(crate::Code, Place, String)>) {
        let mut at_id: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut times = Vec::new();
        for (at, tier) in tiers.iter().enumerate() {
            for (number, annotation) in tier.annotations.iter().enumerate() {
                let Some(id) = annotation.id.as_deref() else { continue };
                let place = || self.places[at][number].clone();
                match at_id.entry(id) {
                    Entry::Vacant(free) => {
                        free.insert((at, number));
                    }
                    Entry::Occupied(_) => {
                        let message = format!("annotation {id:.40?} is there twice; the first one counts");
                        found.push((codes::BAD_RECORD, place(), message));
                    }
                }
            }
        }
        for (at, tier) in tiers.iter().enumerate() {
            for (number, annotation) in tier.annotations.iter().enumerate() {
                if annotation.refers_to.is_none() {
                    continue;
                }
                let mut seen = annotation;
                for _ in 0..MOST_REFERENCES {
                    let Some(target) = seen.refers_to.as_deref().and_then(|id| at_id.get(id)) else { break };
                    seen = &tiers[target.0].annotations[target.1];
                }
                if let Some(target) = &seen.refers_to {
                    let message = format!("annotation {target:.40?} is not in the file, or refers to itself");
                    found.push((codes::BAD_RECORD, self.places[at][number].clone(), message));
                } else {
                    times.push((at, number, seen.start_ms, seen.end_ms));
                }
            }
        }
        for (at, number, start_ms, end_ms) in times {
            let annotation = &mut tiers[at].annotations[number];
            (annotation.start_ms, annotation.end_ms) = (start_ms, end_ms);
        }
    }
}
