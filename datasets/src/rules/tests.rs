use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, ListArray, RecordBatch, StringArray};
use arrow::compute::take_record_batch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use sprog_formats::Limits;
use sprog_formats::rules::lexicon::LexiconFormat;
use sprog_formats::rules::{hunspell_aff, hunspell_dic, hyphenation, lexicon};

use super::*;
use crate::Error;

fn origin(file: &str) -> RuleOrigin {
    RuleOrigin { source: "prøve".into(), license: "CC0-1.0".into(), file: file.into() }
}

fn aff(bytes: &[u8]) -> RecordBatch {
    let file = hunspell_aff::read(bytes, &Limits::default()).expect("reads").value;
    affix_rules(&file, &origin("x.aff")).expect("rows")
}

fn dic(text: &str) -> RecordBatch {
    let aff = hunspell_aff::read(b"SET UTF-8\nFLAG num\n", &Limits::default()).expect("reads").value;
    let file = hunspell_dic::read_with(text.as_bytes(), &aff, &Limits::default()).expect("reads").value;
    dic_entries(&file, &origin("x.dic")).expect("rows")
}

/// A column as text: null is `-`, a list stands in brackets.
fn column(batch: &RecordBatch, name: &str) -> Vec<String> {
    let options = FormatOptions::new().with_null("-");
    let column = batch.column_by_name(name).unwrap_or_else(|| panic!("no {name}"));
    let formatter = ArrayFormatter::try_new(column, &options).expect("formats");
    (0..batch.num_rows()).map(|row| formatter.value(row).to_string()).collect()
}

/// The rows in reverse and in two batches, exported.
fn exported(batch: &RecordBatch, file: &str) -> Result<Vec<u8>, Error> {
    let order: Vec<i64> = (0..batch.num_rows() as i64).rev().collect();
    let reversed = take_record_batch(batch, &Int64Array::from(order)).expect("takes");
    let middle = batch.num_rows() / 2;
    let halves = [reversed.slice(0, middle), reversed.slice(middle, batch.num_rows() - middle)];
    export(halves.into_iter().map(Ok), file)
}

#[test]
fn affix_lines_become_rows_and_the_file_again() {
    let text =
        "SET UTF-8\nFLAG num\n# æ\n\nREP 1\nREP nd nn\nSFX 1 Y 1\nSFX 1 0 ns/34,2 e +GEN x\nPFX 3 N 1\nHvad?";
    let rows = aff(text.as_bytes());
    assert_eq!(rows.schema(), schema(RuleTable::AffixRules));
    let kinds = [
        "option",
        "option",
        "comment",
        "blank",
        "table_header",
        "table_row",
        "affix_header",
        "affix_rule",
        "affix_header",
        "unknown",
    ];
    assert_eq!(column(&rows, "kind"), kinds);
    assert_eq!(column(&rows, "flag"), ["-", "-", "-", "-", "-", "-", "1", "1", "3", "-"]);
    assert_eq!(column(&rows, "affix_kind")[6..9], ["suffix", "suffix", "prefix"]);
    assert_eq!(column(&rows, "cross_product")[5..9], ["-", "true", "-", "false"]);
    let rule =
        ["strip", "affix", "condition", "continuation", "morph", "args"].map(|c| column(&rows, c)[7].clone());
    assert_eq!(rule, ["", "ns", "e", "[34, 2]", "[+GEN, x]", "-"]);
    assert!(rows.column_by_name("strip").expect("strip").is_valid(7), "nothing to strip is not unknown");
    assert_eq!(column(&rows, "name"), ["SET", "FLAG", "-", "-", "REP", "REP", "-", "-", "-", "-"]);
    assert_eq!(column(&rows, "args")[4..7], ["[1]", "[nd, nn]", "[1]"]);
    assert_eq!(column(&rows, "source_ref")[9], "x.aff:10");
    assert_eq!(column(&rows, "ending")[8..], ["\n", ""]);
    assert_eq!(exported(&rows, "x.aff").expect("exports"), text.as_bytes());
}

#[test]
fn every_ending_and_charset_comes_back() {
    for bytes in [
        &b"SET ISO8859-1\r\n# b\xF8jning\r\nTRY \xE6\xF8\xE5"[..],
        b"SET UTF-8\n# \xFF is no UTF-8\r\n\n\r\n",
        b"# \x80\xA4\n",
        b"SET UTF-8\rTRY a\r",
        b"\xEF\xBB\xBFSET UTF-8\n",
        b"\n",
    ] {
        let rows = aff(bytes);
        assert_eq!(exported(&rows, "x.aff").expect("exports"), bytes, "{bytes:?}");
    }
    let rows = aff(b"SET ISO8859-1\r\n# b\xF8jning\r\n");
    assert_eq!(column(&rows, "charset"), ["ISO-8859-1"; 2]);
    assert_eq!(column(&rows, "raw")[1], "# bøjning");
    assert_eq!(column(&rows, "ending"), ["\r\n"; 2]);
}

#[test]
fn word_list_lines_become_rows_and_the_file_again() {
    let text = "3\r\nA-menneske/10,4 al:A-menneskene st:menneske\r\n\"A/S\"\r\n\r\nhus\r\n\tst:x\r\nog";
    let rows = dic(text);
    assert_eq!(column(&rows, "kind"), ["count", "entry", "entry", "blank", "entry", "comment", "entry"]);
    // As libhunspell reads it; the quotes are letters, and S" is no number.
    assert_eq!(column(&rows, "word"), ["-", "A-menneske", "\"A", "-", "hus", "-", "og"]);
    assert_eq!(column(&rows, "flags")[..5], ["-", "[10, 4]", "[]", "-", "[]"]);
    assert_eq!(column(&rows, "morph")[1], "[al:A-menneskene, st:menneske]");
    assert_eq!(column(&rows, "stem")[1..3], ["menneske", "-"]);
    assert_eq!(column(&rows, "raw")[2], "\"A/S\"");
    assert_eq!(exported(&rows, "x.dic").expect("exports"), text.as_bytes());
}

#[test]
fn hyphenation_lines_become_rows_and_the_file_again() {
    let bytes =
        b"ISO8859-1\nLEFTHYPHENMIN 2\nNOHYPHEN ',-\n% x\n.s\xF83\nf1f/ff=f,1,2\nNEXTLEVEL\n\n1a 2\n22";
    let file = hyphenation::read(bytes, &Limits::default()).expect("reads").value;
    let rows = hyphenation_patterns(&file, &origin("hyph.dic")).expect("rows");
    assert_eq!(
        column(&rows, "kind"),
        [
            "encoding",
            "minimum",
            "no_hyphen",
            "comment",
            "pattern",
            "pattern",
            "next_level",
            "blank",
            "pattern",
            "unknown"
        ]
    );
    assert_eq!(column(&rows, "letters")[2..6], ["',-", "-", ".sø", "ff"]);
    assert_eq!(column(&rows, "values")[..6], ["-", "[2]", "-", "-", "[0, 0, 0, 3]", "[0, 1, 0]"]);
    assert_eq!(column(&rows, "replacement")[4..6], ["-", "ff=f,1,2"]);
    assert_eq!(column(&rows, "name")[..3], ["ISO8859-1", "LEFTHYPHENMIN", "NOHYPHEN"]);
    assert_eq!(exported(&rows, "hyph.dic").expect("exports"), bytes);

    let tex = b"\\patterns{ % da\n.ae3\n1b 2c\n}\n\\hyphenation{al-ters}\n";
    let file = hyphenation::read_tex(tex, &Limits::default()).expect("reads").value;
    let rows = hyphenation_patterns(&file, &origin("hyph.tex")).expect("rows");
    assert_eq!(column(&rows, "kind"), ["tex_code", "tex", "tex", "tex_code", "tex"]);
    assert_eq!(column(&rows, "letters"), ["-", ".ae", "-", "-", "-"]);
    assert_eq!(exported(&rows, "hyph.tex").expect("exports"), tex);
}

#[test]
fn lexicon_lines_become_rows_and_the_file_again() {
    let text = "lemma\tform\tpos\tid\nhus\thuse\tsb\t7\n\nå\n\"a\"\tå\t\t\n";
    let file =
        lexicon::read(text.as_bytes(), &LexiconFormat::tsv(), &Limits::default()).expect("reads").value;
    let rows = lexicon_entries(&file, &origin("x.tsv")).expect("rows");
    assert_eq!(column(&rows, "kind"), ["header", "entry", "blank", "unknown", "entry"]);
    assert_eq!(column(&rows, "form"), ["-", "huse", "-", "-", "å"]);
    assert_eq!(column(&rows, "lemma")[4], "\"a\"");
    assert_eq!(column(&rows, "pos"), ["-", "sb", "-", "-", "-"]);
    assert_eq!(column(&rows, "extra"), ["-", "[{column: id, value: 7}]", "-", "-", "[]"]);
    assert_eq!(exported(&rows, "x.tsv").expect("exports"), text.as_bytes());
}

#[test]
fn row_ids_are_pinned_for_all_time_and_tell_lines_apart() {
    let rows = aff(b"a\na\nb\n");
    let ids = column(&rows, "row_id");
    // BLAKE3 of "prøve", "x.aff", "1" and "a" with NUL bytes between.
    let hash = blake3::hash(["prøve", "x.aff", "1", "a"].join("\0").as_bytes()).to_hex();
    assert_eq!(ids[0], hash.as_str()[..32]);
    assert_eq!(ids[0], PINNED);
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
    assert_eq!(ids, column(&aff(b"a\na\nb\n"), "row_id"));
    let file = hunspell_aff::read(b"a\n", &Limits::default()).expect("reads").value;
    assert_ne!(ids[0], column(&affix_rules(&file, &origin("y.aff")).expect("rows"), "row_id")[0]);
}
const PINNED: &str = "00628096f54ee1d82468da9735931ec3";

#[test]
fn what_is_not_one_whole_file_is_refused() {
    let rows = aff(b"SET UTF-8\n# 2\n# 3\n");
    let pick = |order: &[i64]| take_record_batch(&rows, &Int64Array::from(order.to_vec())).expect("takes");
    let refused = |batches: Vec<RecordBatch>, file: &str| {
        let e = export(batches.into_iter().map(Ok), file).expect_err("not whole");
        assert!(matches!(e, Error::Invalid(_)), "{e:?}");
        e.to_string()
    };
    assert_eq!(refused(vec![pick(&[2, 0])], "x.aff"), "line 2 of `x.aff` is missing");
    assert_eq!(refused(vec![pick(&[1, 2])], "x.aff"), "line 1 of `x.aff` is missing");
    assert_eq!(refused(vec![rows.clone(), pick(&[1])], "x.aff"), "line 2 of `x.aff` is there twice");
    assert_eq!(refused(vec![rows.clone()], "y.aff"), "no row is of `y.aff`");
    assert_eq!(refused(Vec::new(), "y.aff"), "no row is of `y.aff`");

    let with = |name: &str, column: ArrayRef| {
        let mut columns = rows.columns().to_vec();
        columns[rows.schema().index_of(name).expect(name)] = column;
        RecordBatch::try_new(rows.schema(), columns).expect("batch")
    };
    let texts = |v: [Option<&str>; 3]| -> ArrayRef { Arc::new(StringArray::from(v.to_vec())) };
    for (name, values, part) in [
        ("raw", [Some("a"), None, Some("c")], "line 2 of `x.aff` has no `raw`"),
        ("raw", [Some("a"), Some("b\nc"), Some("d")], "line 2 of `x.aff` holds a line feed"),
        ("ending", [Some("\n"), Some(""), Some("\n")], "line 2 of `x.aff` has no ending"),
        ("ending", [Some("\n"), Some("\t"), Some("\n")], "line 2 of `x.aff` has an ending that is none"),
        ("charset", [Some("UTF-8"), Some("ISO-8859-1"), Some("UTF-8")], "line 2 of `x.aff` has the charset"),
        ("charset", [Some("KOI8-R"), None, None], "unknown charset `KOI8-R`"),
        ("source", [Some("a"), Some("b"), Some("a")], "line 2 of `x.aff` is of source `b`"),
    ] {
        let message = refused(vec![with(name, texts(values))], "x.aff");
        assert!(message.contains(part), "{message}");
    }
    let lines = with("line", Arc::new(Int64Array::from(vec![Some(1), Some(0), None])));
    assert!(refused(vec![lines], "x.aff").contains("no line number"));
    let latin: ArrayRef = texts([Some("ISO-8859-1"); 3]);
    let mut columns = with("charset", latin).columns().to_vec();
    columns[rows.schema().index_of("raw").expect("raw")] = texts([Some("a"), Some("€"), Some("c")]);
    let batch = RecordBatch::try_new(rows.schema(), columns).expect("batch");
    assert!(refused(vec![batch], "x.aff").contains("no place in Latin-1"));
    let narrow = rows.project(&[0, 1]).expect("projects");
    assert!(refused(vec![narrow], "x.aff").contains("column `file`"));
}

#[test]
fn rows_of_other_files_are_passed_over() {
    let (a, b) = (aff(b"SET UTF-8\n"), dic("1\nhus"));
    assert_eq!(export([Ok(b.clone()), Ok(a.clone())].into_iter(), "x.aff").expect("exports"), b"SET UTF-8\n");
    assert_eq!(export([Ok(a), Ok(b)].into_iter(), "x.dic").expect("exports"), b"1\nhus");
}

#[test]
fn an_empty_file_has_no_rows_but_all_columns() {
    let rows = aff(b"");
    assert_eq!((rows.num_rows(), rows.schema()), (0, schema(RuleTable::AffixRules)));
}

#[test]
fn fields_are_nullable_and_lists_named_as_pyarrow_does() {
    for table in RuleTable::ALL {
        for field in schema(table).fields() {
            assert!(field.is_nullable(), "{} {}", table.name(), field.name());
            if let DataType::List(child) = field.data_type() {
                assert!(child.is_nullable() && child.name() == "element", "{}", field.name());
            }
        }
    }
    let rows = aff(b"REP 1\n");
    assert!(rows.column_by_name("args").expect("args").as_any().is::<ListArray>());
    assert!(rows.column_by_name("cross_product").expect("column").as_any().is::<BooleanArray>());
}
