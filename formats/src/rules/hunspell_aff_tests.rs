use proptest::prelude::*;

use super::*;
use crate::{Code, Place};

fn parse(text: &str) -> Parsed<AffFile> {
    let parsed = read(text.as_bytes(), &Limits::default()).expect("within limits");
    assert_eq!(write(&parsed.value).expect("writes"), text.as_bytes());
    parsed
}

/// The rules of a file, and its problems as (code, line).
fn rules(text: &str) -> (Vec<AffRule>, Vec<(Code, Place)>) {
    let parsed = parse(&format!("SET UTF-8\n{text}"));
    let rules = parsed.value.lines.into_iter().skip(1).map(|l| l.rule).collect();
    (rules, parsed.problems.into_iter().map(|p| (p.code, p.place)).collect())
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn set(name: &str, args: &[&str]) -> AffRule {
    AffRule::Option { name: name.into(), args: words(args) }
}

fn row(name: &str, fields: &[&str]) -> AffRule {
    AffRule::TableRow { name: name.into(), fields: words(fields) }
}

fn suffix(flag: &str, strip: &str, affix: &str, continuation: &[&str], rest: (&str, &[&str])) -> AffRule {
    AffRule::AffixRule {
        kind: AffixKind::Suffix,
        flag: Flag(flag.into()),
        strip: strip.into(),
        affix: affix.into(),
        continuation: continuation.iter().map(|f| Flag((*f).into())).collect(),
        condition: rest.0.into(),
        morph: words(rest.1),
    }
}

#[test]
fn options_lose_their_comments_but_not_a_hash_that_is_their_argument() {
    let (rules, problems) = rules(
        "\t COMPOUNDMIN  2 # to\nWORDCHARS #-\nFULLSTRIP # alt\nNAME Min ordbog\n  # hej\n \t\nCOMPOUNDSYLLABLE 7 aeiouyæøå",
    );
    let expected = [
        set("COMPOUNDMIN", &["2"]),
        set("WORDCHARS", &["#-"]),
        set("FULLSTRIP", &[]),
        set("NAME", &["Min", "ordbog"]),
        AffRule::Comment,
        AffRule::Blank,
        set("COMPOUNDSYLLABLE", &["7", "aeiouyæøå"]),
    ];
    assert_eq!(rules, expected);
    assert_eq!(problems, []);
}

#[test]
fn tables_have_a_header_and_rows_without_comments() {
    let (rules, problems) = rules(
        "REP 2\nREP x ks #syntax -> syntaks\n\nREP $_ ._ #\nMAP 1\nMAP (oe)œ #ligatur\nCHECKCOMPOUNDPATTERN 2\nCHECKCOMPOUNDPATTERN o b z\nCHECKCOMPOUNDPATTERN o/X b\nAM 1\nAM po:noun is:pl\n",
    );
    assert_eq!(rules[0], AffRule::TableHeader { name: "REP".into(), count: 2 });
    assert_eq!(rules[1], row("REP", &["x", "ks"]));
    assert_eq!(rules[3], row("REP", &["$_", "._"]));
    assert_eq!(rules[5], row("MAP", &["(oe)œ"]));
    assert_eq!(rules[7], row("CHECKCOMPOUNDPATTERN", &["o", "b", "z"]));
    assert_eq!(rules[10], row("AM", &["po:noun", "is:pl"]));
    assert_eq!(problems, []);
}

#[test]
fn affix_rules_have_all_their_parts() {
    let (rules, problems) = rules(
        "FLAG num\nSFX 12 Y 5\nSFX 12 en ne/34,22 [^b]ben\t+PLUR po:adj # kommentar\nSFX 12 0 0/34 .\nSFX 12 y ies\nSFX 12 0 's # kun\nSFX 12 Y 4\nPFX 3 N 0\n",
    );
    assert_eq!(
        rules[1],
        AffRule::AffixHeader {
            kind: AffixKind::Suffix,
            flag: Flag("12".into()),
            cross_product: true,
            count: 5
        }
    );
    assert_eq!(rules[2], suffix("12", "en", "ne", &["34", "22"], ("[^b]ben", &["+PLUR", "po:adj"])));
    assert_eq!(rules[3], suffix("12", "", "", &["34"], (".", &[])));
    assert_eq!(rules[4], suffix("12", "y", "ies", &[], (".", &[])));
    assert_eq!(rules[5], suffix("12", "", "'s", &[], (".", &[])));
    assert_eq!(rules[6], suffix("12", "Y", "4", &[], (".", &[])), "the fifth rule, not a header");
    assert!(matches!(rules[7], AffRule::AffixHeader { kind: AffixKind::Prefix, cross_product: false, .. }));
    assert_eq!(problems, []);
}

#[test]
fn counts_that_do_not_match_are_reported_at_the_header() {
    let count = |line| (codes::RULE_COUNT, Place::Line(line));
    assert_eq!(rules("REP 2\nREP a b\nMAP 1\nMAP ab\nMAP cd\n").1, [count(2), count(4)]);
    assert_eq!(
        rules("SFX A Y 2\nSFX A 0 s .\nSFX B Y 1\nSFX B 0 s .\nSFX B 0 t .\n").1,
        [count(2), count(4)]
    );
    assert_eq!(rules("SFX A 0 s .\n").1, [count(2)], "no header at all");
}

#[test]
fn lines_that_are_not_understood_are_kept_and_reported() {
    let bad =
        ["HELLO world", "SET", "REP", "REP x y", "SFX", "SFX A", "SFX AB Y 1", "SFX A Y", "MAP -1", "set x"];
    for line in bad {
        let (rules, problems) = rules(&format!("{line}\n"));
        assert_eq!(rules, [AffRule::Unknown], "{line}");
        assert_eq!(problems, [(codes::RULE_LINE, Place::Line(2))], "{line}");
    }
    assert_eq!(rules("REP 1\nREP a\n").0[1], AffRule::Unknown, "a REP row of one field");
}

#[test]
fn af_aliases_stand_for_flags_in_continuations() {
    let text = "AF 2\nAF AB # 1\nAF C\nSFX X Y 2\nSFX X 0 s/1 .\nSFX X 0 t/3 .\n";
    let (rules, problems) = rules(text);
    assert_eq!(rules[4], suffix("X", "", "s", &["A", "B"], (".", &[])));
    assert_eq!(rules[5], suffix("X", "", "t", &[], (".", &[])));
    assert_eq!(problems, [(codes::RULE_FLAG, Place::Line(7))]);
    assert_eq!(parse(text).value.flag_aliases.len(), 2);
}

#[test]
fn the_charset_and_flag_type_are_found_wherever_they_stand() {
    let parsed = read(b"# \xE5\r\n\tFLAG  long\r\nTRY \xE6\r\nSET ISO8859-1\r\n", &Limits::default())
        .expect("within limits");
    assert_eq!((parsed.value.encoding, parsed.value.flag_type), (Charset::Latin1, FlagType::Long));
    assert_eq!(parsed.value.lines[2].rule, set("TRY", &["æ"]));
    assert_eq!(parsed.problems, []);
    let bom = parse("\u{FEFF}SET UTF-8\nFLAG UTF-8\nTRY æ\n").value;
    assert_eq!((bom.encoding, bom.flag_type), (Charset::Utf8, FlagType::Utf8));
    assert_eq!(bom.lines[0].rule, set("SET", &["UTF-8"]));
    assert_eq!(read(b"TRY \xE6", &Limits::default()).expect("reads").value.encoding, Charset::Latin1);
    assert_eq!(
        read(b"SET KOI8-R", &Limits::default()).expect("reads").problems[0].code,
        codes::RULE_ENCODING
    );
}

#[test]
fn aliases_cannot_make_a_short_file_large() {
    let text = format!("AF 1\nAF {}\nSFX A Y 9\n{}", "x".repeat(50), "SFX A 0 s/1 .\n".repeat(9));
    let limits = Limits { items: 400, ..Limits::default() };
    let error = read(text.as_bytes(), &limits).expect_err("450 flags");
    // 55 parts before the first rule, then 4 words and 50 flags a rule: the seventh is too much.
    assert_eq!(error.place(), Place::Line(10));
}

proptest! {
    #[test]
    fn any_bytes_are_read_and_written_back(bytes: Vec<u8>) {
        let file = read(&bytes, &Limits::default()).expect("within limits").value;
        prop_assert_eq!(write(&file).expect("writes"), bytes);
    }

    #[test]
    fn lines_of_affix_words_are_read_and_written_back(
        lines in prop::collection::vec(
            "(SET|FLAG|REP|AF|SFX|PFX|\u{FEFF}|#)?([ \t]{0,2}(UTF-8|num|long|Y|N|0|1|2|A|en/1|é|\\[\\^a\\]|#)){0,6}(\r\n|\n|\r)?",
            0..20,
        ),
    ) {
        let text = lines.concat();
        let parsed = read(text.as_bytes(), &Limits::default()).expect("within limits");
        let unknown = parsed.value.lines.iter().filter(|l| l.rule == AffRule::Unknown).count();
        prop_assert_eq!(parsed.problems.iter().filter(|p| p.code == codes::RULE_LINE).count(), unknown);
        prop_assert_eq!(write(&parsed.value).expect("writes"), text.as_bytes());
    }
}
