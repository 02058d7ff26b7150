use proptest::prelude::*;

use super::*;
use crate::Code;
use crate::rules::write_records;

fn parse(bytes: &[u8]) -> Parsed<MythesFile> {
    let parsed = read(bytes, &Limits::default()).expect("within limits");
    assert_eq!(write(&parsed.value).expect("writes"), bytes);
    parsed
}

fn problems(parsed: &Parsed<MythesFile>) -> Vec<(Code, Place)> {
    parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect()
}

#[test]
fn parts_of_speech_and_notes_are_told_from_the_words() {
    let parsed = parse(
        "UTF-8\nløbe|2\n(verb)|rende|spæne (daglig tale)|gå (antonym)\n-|flyde | (x)|a (b) c\n".as_bytes(),
    );
    assert_eq!(parsed.problems, []);
    let meanings: Vec<_> = parsed.value.meanings().collect();
    assert_eq!((meanings[0].1, meanings[0].2, meanings[1].2), ("løbe", 1, 2));
    assert_eq!((meanings[0].3.pos.as_str(), meanings[1].3.pos.as_str()), ("(verb)", "-"));
    let term = |text: &str, note: Option<&str>| Term { text: text.into(), note: note.map(str::to_owned) };
    let spaene = [term("rende", None), term("spæne", Some("daglig tale")), term("gå", Some("antonym"))];
    assert_eq!(meanings[0].3.terms, spaene);
    assert_eq!(meanings[1].3.terms, [term("flyde", None), term("(x)", None), term("a (b) c", None)]);
}

#[test]
fn a_wrong_count_costs_no_other_entry() {
    let few = parse(b"UTF-8\na|2\n|b\nc|1\n|d\n");
    assert_eq!(problems(&few), [(codes::RULE_COUNT, Place::Line(2))]);
    assert_eq!(few.value.meanings().map(|m| m.1).collect::<Vec<_>>(), ["a", "c"]);
    let many = parse(b"UTF-8\na|1\n|b\n|x\nc|1\n|d\n");
    assert_eq!(problems(&many), [(codes::RULE_COUNT, Place::Line(2))]);
    assert_eq!(many.value.meanings().map(|m| m.1).collect::<Vec<_>>(), ["a", "a", "c"]);
    assert_eq!(problems(&parse(b"UTF-8\na|1")), [(codes::RULE_COUNT, Place::Line(2))]);
}

#[test]
fn a_number_as_the_only_synonym_is_no_entry() {
    let parsed = parse(b"UTF-8\nsyv|2\n|7\n(noun)|7\n");
    assert_eq!((parsed.value.meanings().count(), parsed.problems.len()), (2, 0));
}

#[test]
fn lines_that_are_neither_are_kept_and_reported() {
    let parsed = parse(b"UTF-8\n|early\nplain\na|x\na|1\n|b\na|1\n|c\n");
    let expected = [2, 3, 4].map(|n| (codes::RULE_LINE, Place::Line(n)));
    assert_eq!(problems(&parsed)[..3], expected);
    assert_eq!(problems(&parsed)[3..], [(codes::RULE_DUPLICATE, Place::Line(7))]);
}

#[test]
fn the_index_counts_bytes_of_the_encoding_and_of_line_endings() {
    let parsed = parse(b"ISO8859-1\r\n\xE5|1\r\n|\xF8\r\nb|1\r\n|c\r\n");
    let offsets: Vec<_> = index(&parsed.value).into_iter().map(|e| (e.word, e.offset)).collect();
    assert_eq!(offsets, [("b".to_owned(), 20), ("å".to_owned(), 11)]);
    assert_eq!(write_index(&parsed.value).expect("writes"), b"ISO8859-1\n2\nb|20\n\xE5|11\n");
}

#[test]
fn an_index_is_checked_against_its_data() {
    let data = parse(b"UTF-8\na|1\n|b\nc|1\n|d\n").value;
    let check = |bytes: &[u8]| {
        let parsed = read_index(bytes, &Limits::default()).expect("reads");
        assert_eq!(write_records(&parsed.value).expect("writes"), bytes);
        let wrong = check_index(&data, &parsed.value);
        (parsed.problems.len(), wrong.into_iter().map(|p| p.place).collect::<Vec<_>>())
    };
    assert_eq!(check(b"UTF-8\n2\na|6\nc|13\n"), (0, vec![]));
    assert_eq!(check(b"UTF-8\n2\na|7\nc|13\n"), (0, vec![Place::Line(3), Place::File]));
    assert_eq!(check(b"UTF-8\n3\na|6\nc|x\n\n"), (2, vec![Place::File]));
    assert_eq!(check(b"UTF-8\nc|13\na|6\n"), (1, vec![]));
    assert_eq!(check(b""), (1, vec![Place::File, Place::File]));
}

#[test]
fn terms_are_bounded_over_the_whole_file() {
    let limits = Limits { items: 4, ..Limits::default() };
    let place = |text: &[u8]| read(text, &limits).err().map(|e| e.place());
    assert_eq!(place(b"UTF-8\na|1\n|b|c|d|e"), None);
    assert_eq!(place(b"UTF-8\na|1\n|b|c|d|e|f"), Some(Place::Line(3)));
}

proptest! {
    #[test]
    fn any_lines_are_written_back(lines in prop::collection::vec("(a|å|\\||\\(|\\)|-| |[0-9]){0,9}(\r\n|\n|\r)?", 0..20)) {
        let text = format!("UTF-8\n{}", lines.concat());
        let file = parse(text.as_bytes()).value;
        let index = read_index(&write_index(&file).expect("writes"), &Limits::default()).expect("reads");
        prop_assert_eq!(check_index(&file, &index.value), []);
    }

    #[test]
    fn any_bytes_are_written_back(bytes: Vec<u8>) {
        parse(&bytes);
        let index = read_index(&bytes, &Limits::default()).expect("within limits");
        prop_assert_eq!(write_records(&index.value).expect("writes"), bytes);
    }
}
