use proptest::prelude::*;

use super::*;
use crate::{Code, Error};

fn read(xml: &[u8]) -> Result<(Vec<Item>, Vec<Problem>)> {
    let mut items = Vec::new();
    let problems = for_each(&mut &xml[..], &Limits::default(), &mut |item| {
        items.push(item);
        Ok(())
    })?;
    Ok((items, problems))
}

fn write(items: &[Item]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out).expect("writes");
    for item in items {
        writer.item(item).expect("writes");
    }
    writer.finish().expect("writes");
    out
}

const ALL: &[u8] = include_bytes!("../../tests/data/rules/wn_lmf-every-element.xml");

#[test]
fn every_element_of_the_format_survives() {
    let (items, problems) = read(ALL).expect("reads");
    assert_eq!(problems, []);
    let kinds: Vec<&str> = items
        .iter()
        .map(|i| match i {
            Item::Lexicon(_) => "lexicon",
            Item::Entry(_) => "entry",
            Item::Synset(_) => "synset",
            Item::Frame(_) => "frame",
        })
        .collect();
    assert_eq!(
        kinds,
        ["lexicon", "entry", "entry", "synset", "synset", "frame", "lexicon", "entry", "synset"]
    );
    let again = write(&items);
    assert_eq!(read(&again).expect("reads").0, items);
    assert_eq!(write(&read(&again).expect("reads").0), again);
    let Item::Entry(entry) = &items[1] else { panic!("{:?}", items[1]) };
    let lemma = entry.lemma.as_ref().expect("a lemma");
    assert_eq!((lemma.written_form.as_str(), lemma.pronunciations[0].text.as_str()), ("hund", "hunˀ"));
    assert_eq!(entry.forms[0].tags[0].meta, [("category".to_owned(), "feats".to_owned())]);
    assert_eq!(entry.senses[0].relations[0].rel_type, "derivation");
    let Item::Synset(synset) = &items[3] else { panic!("{:?}", items[3]) };
    assert_eq!((synset.definitions.len(), synset.examples.len()), (1, 1));
    assert_eq!(synset.definitions[0].text, "dyr der gør & \"bjæffer\"");
    let Item::Lexicon(extension) = &items[6] else { panic!("{:?}", items[6]) };
    assert!(extension.extension);
    assert_eq!(extension.requires[0][0], ("id".to_owned(), "t".to_owned()));
}

#[test]
fn strange_elements_are_left_out_and_listed() {
    let xml = b"<LexicalResource><Other/><Lexicon id='t' label='' language='' license='' version=''><Odd><Synset id='x'/></Odd><LexicalEntry id='e'><Form/><Sense id='s' synset='c'><Bad/></Sense></LexicalEntry></Lexicon></LexicalResource>";
    let (items, problems) = read(xml).expect("reads");
    assert_eq!(items.len(), 2);
    let messages: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
    assert_eq!(messages.len(), 5, "{messages:?}");
    assert!(messages[0].contains("Other") && messages[1].contains("Odd") && messages[4].contains("no Lemma"));
    let places: Vec<&[u8]> = problems
        .iter()
        .map(|p| match p.place {
            Place::Byte(at) => &xml[at as usize..][..5],
            _ => b"",
        })
        .collect();
    assert_eq!(places[..4], [&b"<Othe"[..], b"<Odd>", b"<Form", b"<Bad/"]);
}

#[test]
fn bad_documents_end_in_an_error_with_a_code() {
    let code = |xml: &[u8]| -> Option<Code> { read(xml).err().map(|e| e.code()) };
    for bad in [
        &b""[..],
        b"\0\0\0",
        b"hund\n",
        b"<TEI/>",
        b"<LexicalResource>",
        b"<LexicalResource><Lexicon></LexicalResource>",
        b"<LexicalResource><Lexicon>\xFF</Lexicon></LexicalResource>",
        b"\xFF\xFE<\0L\0",
    ] {
        assert_eq!(code(bad), Some(codes::MALFORMED), "{:?}", String::from_utf8_lossy(bad));
    }
    assert_eq!(code(b"<!DOCTYPE a [<!ENTITY b '&b;&b;'>]><LexicalResource/>"), Some(codes::DTD_REFUSED));
    let deep = [b"<LexicalResource><Lexicon>".to_vec(), b"<Synset>".repeat(1000)].concat();
    assert_eq!(code(&deep), Some(codes::LIMIT));
    assert_eq!(code(b"<LexicalResource/>"), None);
}

#[test]
fn an_error_of_the_visitor_stops_the_reading() {
    let mut seen = 0;
    let error = for_each(&mut &ALL[..], &Limits::default(), &mut |_| {
        seen += 1;
        Err(Error::Unsupported("enough".into()))
    });
    assert_eq!((seen, error.expect_err("stopped").code()), (1, codes::UNSUPPORTED));
}

proptest! {
    #[test]
    fn any_bytes_end(bytes: Vec<u8>) {
        let _ = read(&bytes);
        let _ = read(&[b"<LexicalResource><Lexicon>", &bytes[..]].concat());
    }

    #[test]
    fn any_tags_end(tags in prop::collection::vec("</?(LexicalResource|Lexicon|Synset|Sense|Lemma|Requires)( id='[a-z&]{0,3}')?/?>| |a", 0..20)) {
        let _ = read(format!("<LexicalResource>{}", tags.concat()).as_bytes());
    }

    #[test]
    fn any_texts_survive(id: String, text: String, value: String) {
        let text = Text { text: text.split_whitespace().collect::<Vec<_>>().join(" "), meta: vec![("note".into(), value)], ..Text::default() };
        let synset = Synset { id, definitions: vec![text], ..Synset::default() };
        let items = [Item::Lexicon(Lexicon::default()), Item::Synset(synset)];
        let again = write(&items);
        let (read_again, _) = read(&again).expect("reads");
        let clean = |s: &str| s.chars().all(|c| !c.is_control() && c != '\u{FFFE}' && c != '\u{FFFF}');
        if let [Item::Lexicon(_), Item::Synset(s)] = &items
            && clean(&s.id) && clean(&s.definitions[0].text) && clean(&s.definitions[0].meta[0].1)
        {
            prop_assert_eq!(&read_again[..], &items[..]);
        }
        prop_assert_eq!(write(&read_again), again);
    }
}

#[test]
fn text_where_none_belongs_is_listed_or_refused() {
    let lexicon = "<Lexicon id='t' label='' language='' license='' version=''>";
    let count = |inside: &str| {
        let xml = format!("<LexicalResource>{lexicon}{inside}</Lexicon></LexicalResource>");
        read(xml.as_bytes()).map(|(items, problems)| (items.len(), problems.len())).expect("reads")
    };
    assert_eq!(count("løst"), (1, 1));
    assert_eq!(count("<Synset id='a' ili=''>løst<Definition>fast</Definition></Synset>"), (2, 1));
    for outside in ["<LexicalResource/>x", "x<LexicalResource/>", "<LexicalResource/><LexicalResource/>"] {
        assert_eq!(read(outside.as_bytes()).expect_err("refused").code(), codes::MALFORMED);
    }
}

#[test]
fn white_space_is_kept_where_the_file_asks_for_it() {
    let xml = b"<LexicalResource><Lexicon id='t' label='' language='' license='' version=''><Synset id='a' ili=''><Definition>\n et\n  to</Definition><Example xml:space='preserve'> et\n  to</Example></Synset></Lexicon></LexicalResource>";
    let items = read(xml).expect("reads").0;
    let Item::Synset(synset) = &items[1] else { panic!("{:?}", items[1]) };
    assert_eq!(
        (synset.definitions[0].text.as_str(), synset.examples[0].text.as_str()),
        ("et to", " et\n  to")
    );
    assert_eq!(read(&write(&items)).expect("reads").0, items);
}
