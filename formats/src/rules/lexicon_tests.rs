use proptest::prelude::*;

use super::*;
use crate::{Code, Place};

fn parse(bytes: &[u8], format: &LexiconFormat) -> Parsed<LexiconFile> {
    let parsed = read(bytes, format, &Limits::default()).expect("within limits");
    assert_eq!(write(&parsed.value).expect("writes"), bytes);
    parsed
}

fn problems(parsed: &Parsed<LexiconFile>) -> Vec<(Code, Place)> {
    parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect()
}

#[test]
fn the_header_says_which_column_is_what() {
    let text = "\u{FEFF}Lemma\tOrtografi\tUPOS\tfeats\tIPA\tid\r\nhus\thuset\tNOUN\tDefinite=Def\tˈhuːˀsð̩\tCOR.1\r\n\r\nså\tså\t\t\t\t\n";
    let parsed = parse(text.as_bytes(), &LexiconFormat::tsv());
    let entries: Vec<_> = parsed.value.entries().map(|(line, entry)| (line.number, entry.clone())).collect();
    let huset = LexiconEntry {
        form: "huset".into(),
        lemma: Some("hus".into()),
        pos: Some("NOUN".into()),
        features: Some("Definite=Def".into()),
        pronunciation: Some("ˈhuːˀsð̩".into()),
        extra: vec![(5, "COR.1".into())],
    };
    let adverb = LexiconEntry { form: "så".into(), lemma: Some("så".into()), ..LexiconEntry::default() };
    assert_eq!(entries, [(2, huset), (4, adverb)]);
    assert_eq!(parsed.value.columns[0], "Lemma");
    assert_eq!(parsed.value.lines[2].content, LexiconContent::Blank);
    assert_eq!(parsed.problems, []);
}

/// Latin-1, fields between semicolons, some of them named.
fn semicolons() -> LexiconFormat {
    let columns = ["form", "pos", "x", "decomposition", "e", "f", "g", "h", "i", "j", "k", "pronunciation"];
    let format = LexiconFormat::tsv_with_columns(&columns);
    LexiconFormat { delimiter: ';', encoding: Charset::Latin1, ..format }
}

#[test]
fn rows_have_numbered_fields_after_the_named_ones() {
    let row = b"bl\xE5b\xE6r;NN;;bl\xE5+b\xE6r;;;;;;;;\"blO:$%bE:?6;2;;STD\n;;\n";
    let parsed = parse(row, &semicolons());
    let (_, entry) = parsed.value.entries().next().expect("one entry");
    assert_eq!((entry.form.as_str(), entry.pos.as_deref()), ("blåbær", Some("NN")));
    assert_eq!(entry.pronunciation.as_deref(), Some("\"blO:$%bE:?6"));
    let extra: Vec<(String, &str)> =
        entry.extra.iter().map(|(i, v)| (parsed.value.column_name(*i), v.as_str())).collect();
    assert_eq!(
        extra,
        [("decomposition".into(), "blå+bær"), ("field_13".into(), "2"), ("field_15".into(), "STD")]
    );
    assert_eq!(problems(&parsed), [(codes::RULE_LINE, Place::Line(2))]);
}

#[test]
fn rows_that_do_not_fit_the_header_are_kept_and_reported() {
    let parsed = parse(b"form\tpos\na\tN\nb\nc\tN\tx\n\tN\n", &LexiconFormat::tsv());
    assert_eq!(parsed.value.entries().count(), 1);
    let expected = [3, 4, 5].map(|n| (codes::RULE_LINE, Place::Line(n)));
    assert_eq!(problems(&parsed), expected);
    assert_eq!(parsed.value.lines[2].content, LexiconContent::Unknown);
}

#[test]
fn a_second_column_of_the_same_name_or_meaning_is_extra() {
    let parsed = parse(b"word\tform\tword\na\tb\tc\n", &LexiconFormat::tsv());
    let (_, entry) = parsed.value.entries().next().expect("one entry");
    assert_eq!(entry.form, "a");
    assert_eq!(entry.extra, [(1, "b".to_owned()), (2, "c".to_owned())]);
    assert_eq!(problems(&parsed), [(codes::DUPLICATE_COLUMN, Place::Line(1))]);
}

#[test]
fn without_a_form_column_the_first_one_is_the_form() {
    let format = LexiconFormat { comment: Some('#'), ..LexiconFormat::tsv_with_columns(&["x", "lemma"]) };
    let parsed = parse("# note\nhuse\thus\n".as_bytes(), &format);
    assert_eq!(parsed.value.lines[0].content, LexiconContent::Comment);
    let (_, entry) = parsed.value.entries().next().expect("one entry");
    assert_eq!((entry.form.as_str(), entry.lemma.as_deref()), ("huse", Some("hus")));
}

#[test]
fn fields_are_bounded_over_the_whole_file() {
    let limits = Limits { items: 5, ..Limits::default() };
    let place = |text: &[u8]| read(text, &LexiconFormat::tsv(), &limits).err().map(|e| e.place());
    assert_eq!(place(b"form\tx\na\tb\nc\t"), None);
    assert_eq!(place(b"form\tx\na\tb\nc\td"), Some(Place::Line(3)));
}

proptest! {
    #[test]
    fn any_bytes_are_read_and_written_back(bytes: Vec<u8>, latin: bool) {
        let format = if latin { semicolons() } else { LexiconFormat::tsv() };
        let file = read(&bytes, &format, &Limits::default()).expect("within limits").value;
        prop_assert_eq!(write(&file).expect("writes"), bytes);
    }

    #[test]
    fn rows_are_read_and_written_back(
        lines in prop::collection::vec("(form|lemma|å|a|\t|;|\"| |#){0,9}(\r\n|\n|\r)?", 0..20),
    ) {
        parse(lines.concat().as_bytes(), &LexiconFormat::tsv());
        parse(lines.concat().as_bytes(), &LexiconFormat::tsv_with_columns(&["form", "lemma"]));
    }
}
