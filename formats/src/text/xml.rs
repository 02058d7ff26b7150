//! XML: the text of named elements, as in TEI or LexDania. Documents with a DTD are refused.

use std::io::BufRead;

use quick_xml::events::Event;

use crate::{Error, Limits, Place, Result, codes};

/// The text of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Byte offset of the element's start tag.
    pub offset: u64,
    /// The value of its `xml:id` or `id` attribute.
    pub id: Option<String>,
    /// Its text and that of the elements inside, runs of white space made one space.
    pub text: String,
}

fn bad(reader: &quick_xml::Reader<impl BufRead>, message: impl Into<String>) -> Error {
    Error::malformed("XML", Place::Byte(reader.buffer_position()), message)
}

/// Reads every element named `tag` (a local name, without prefix) and hands it to `visit`.
///
/// # Errors
/// [`Error::Malformed`] with code [`codes::DTD_REFUSED`] on a DOCTYPE; [`Error::Malformed`] where
/// the document is not well-formed or names an entity other than the five of XML and character
/// references; [`Error::Limit`] past `limits.depth` or `limits.bytes` of one element; what `visit`
/// returns.
///
/// ```
/// use sprog_formats::{Limits, text::xml::for_each_element};
/// let tei = "<TEI><u xml:id='u1'>Tak, <i>formand</i>.</u></TEI>";
/// let mut texts = Vec::new();
/// for_each_element(tei.as_bytes(), "u", &Limits::default(), &mut |e| { texts.push(e.text); Ok(()) })?;
/// assert_eq!(texts, ["Tak, formand."]);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn for_each_element(
    source: impl BufRead,
    tag: &str,
    limits: &Limits,
    visit: &mut dyn FnMut(Element) -> Result<()>,
) -> Result<()> {
    let mut reader = quick_xml::Reader::from_reader(source);
    let mut buffer = Vec::new();
    let mut depth = 0usize;
    let mut open: Option<(usize, Element)> = None;
    loop {
        buffer.clear();
        let offset = reader.buffer_position();
        let event = reader.read_event_into(&mut buffer).map_err(|e| bad(&reader, e.to_string()))?;
        match event {
            Event::Eof if depth > 0 => return Err(bad(&reader, "the document ends inside an element")),
            Event::Eof => return Ok(()),
            Event::DocType(_) => {
                return Err(Error::Malformed {
                    format: "XML",
                    place: Place::Byte(offset),
                    message: "a document type declaration is refused".into(),
                    code: codes::DTD_REFUSED,
                });
            }
            Event::Start(start) => {
                depth += 1;
                if depth > limits.depth {
                    let limit = limits.depth as u64;
                    return Err(Error::Limit { what: "nested elements", limit, place: Place::Byte(offset) });
                }
                if open.is_none() && start.local_name().as_ref() == tag.as_bytes() {
                    let id = start
                        .attributes()
                        .flatten()
                        .find(|a| a.key.local_name().as_ref() == b"id")
                        .map(|a| String::from_utf8_lossy(&a.value).into_owned());
                    open = Some((depth, Element { offset, id, text: String::new() }));
                }
            }
            Event::End(_) => {
                if let Some((_, element)) = open.take_if(|(at, _)| *at == depth) {
                    let text = element.text.split_whitespace().collect::<Vec<_>>().join(" ");
                    visit(Element { text, ..element })?;
                }
                depth = depth.checked_sub(1).ok_or_else(|| bad(&reader, "an end tag without a start tag"))?;
            }
            Event::Text(text) => {
                if let Some((_, element)) = &mut open {
                    element.text.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Event::CData(text) => {
                if let Some((_, element)) = &mut open {
                    element.text.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Event::GeneralRef(name) => {
                let name = String::from_utf8_lossy(&name).into_owned();
                let c = match name.as_str() {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    other => {
                        let number = other.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
                            Some(hex) => u32::from_str_radix(hex, 16).ok(),
                            None => n.parse().ok(),
                        });
                        number.and_then(char::from_u32).ok_or_else(|| {
                            bad(&reader, format!("the entity &{name}; is not one of XML's own"))
                        })?
                    }
                };
                if let Some((_, element)) = &mut open {
                    element.text.push(c);
                }
            }
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        if open.as_ref().is_some_and(|(_, e)| e.text.len() as u64 > limits.bytes) {
            let place = Place::Byte(offset);
            return Err(Error::Limit { what: "bytes of one element", limit: limits.bytes, place });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str) -> Result<Vec<Element>> {
        let mut out = Vec::new();
        for_each_element(xml.as_bytes(), "u", &Limits::default(), &mut |e| {
            out.push(e);
            Ok(())
        })?;
        Ok(out)
    }

    #[test]
    fn elements_with_namespaces_entities_and_cdata() {
        let xml = "<t:TEI xmlns:t='x'><t:u xml:id='a'>Bl&#229;b&#xE6;r &amp;\n <b>fl\u{f8}de</b><![CDATA[ <5]]></t:u></t:TEI>";
        let all = texts(xml).expect("reads");
        assert_eq!((all[0].id.as_deref(), all[0].text.as_str()), (Some("a"), "Blåbær & fløde <5"));
        assert!(xml[all[0].offset as usize..].starts_with("<t:u"));
    }

    #[test]
    fn a_dtd_is_refused_with_its_own_code() {
        let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x><u>&a;</u></x>";
        assert_eq!(texts(bomb).expect_err("refused").code(), codes::DTD_REFUSED);
        assert_eq!(texts("<x><u>&a;</u></x>").expect_err("entity").code(), codes::MALFORMED);
        assert!(matches!(texts(&"<a>".repeat(1000)), Err(Error::Limit { .. })));
        assert!(texts("<x><u>halv").is_err());
    }
}
