use proptest::prelude::*;

use super::*;

fn libhyphen(text: &str) -> Parsed<HyphenationFile> {
    let parsed = read(text.as_bytes(), &Limits::default()).expect("within limits");
    assert_eq!(write(&parsed.value).expect("writes"), text.as_bytes());
    parsed
}

fn tex(text: &str) -> Parsed<HyphenationFile> {
    let parsed = read_tex(text.as_bytes(), &Limits::default()).expect("within limits");
    assert_eq!(write(&parsed.value).expect("writes"), text.as_bytes());
    parsed
}

fn patterns(file: &HyphenationFile) -> Vec<(u64, String)> {
    file.patterns().map(|(line, pattern)| (line.number, pattern.to_string())).collect()
}

fn exceptions(file: &HyphenationFile) -> Vec<String> {
    let exceptions = file.lines.iter().filter_map(|l| match &l.rule {
        HyphenationRule::Tex { exceptions, .. } => Some(exceptions),
        _ => None,
    });
    exceptions.flatten().map(Exception::to_string).collect()
}

#[test]
fn every_kind_of_libhyphen_line_is_typed() {
    let parsed = libhyphen(
        "UTF-8\r\n% hej\n# hej\n\t\nLEFTHYPHENMIN 2\nCOMPOUNDRIGHTHYPHENMIN 3 % tre\nNOHYPHEN ',-,’\n1-1\nNEXTLEVEL\n.nåv5nt. % kommentar\nf1f/ff=f,1,2",
    );
    let rules: Vec<HyphenationRule> = parsed.value.lines.into_iter().map(|l| l.rule).collect();
    let minimum = |name: &str, characters| HyphenationRule::Minimum { name: name.into(), characters };
    let pattern = |text| HyphenationRule::Pattern(Pattern::parse(text).expect("a pattern"));
    let expected = [
        HyphenationRule::Encoding("UTF-8".into()),
        HyphenationRule::Comment,
        HyphenationRule::Comment,
        HyphenationRule::Blank,
        minimum("LEFTHYPHENMIN", 2),
        minimum("COMPOUNDRIGHTHYPHENMIN", 3),
        HyphenationRule::NoHyphen(vec!["'".into(), "-".into(), "’".into()]),
        pattern("1-1"),
        HyphenationRule::NextLevel,
        pattern(".nåv5nt."),
        pattern("f1f/ff=f,1,2"),
    ];
    assert_eq!(rules, expected);
    assert_eq!(parsed.problems, []);
}

#[test]
fn libhyphen_lines_that_are_not_understood_are_kept_and_reported() {
    for line in ["LEFTHYPHENMIN", "LEFTHYPHENMIN x", "NOHYPHEN", "12", "a12b", "a1b/", "a1b/x,1"] {
        let parsed = libhyphen(&format!("UTF-8\n{line}\n"));
        assert_eq!(parsed.value.lines[1].rule, HyphenationRule::Unknown, "{line}");
        let codes: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect();
        assert_eq!(codes, [(codes::RULE_LINE, Place::Line(2))], "{line}");
    }
}

#[test]
fn the_first_line_of_a_libhyphen_file_names_the_encoding() {
    let latin1 = read(b"ISO8859-1\r\n\xE55h\n", &Limits::default()).expect("reads");
    assert_eq!(patterns(&latin1.value), [(2, "å5h".into())]);
    assert_eq!(latin1.problems, []);
    let bom = libhyphen("\u{FEFF}UTF-8\nå5h\n");
    assert_eq!(bom.value.encoding, Charset::Utf8);
    assert_eq!(bom.value.lines[0].rule, HyphenationRule::Encoding("UTF-8".into()));
    assert_eq!(libhyphen("a1b\nc1d\n").problems[0].code, codes::RULE_ENCODING);
    assert_eq!(libhyphen("").problems.iter().map(|p| p.code).collect::<Vec<_>>(), [codes::EMPTY_FILE]);
}

#[test]
fn tex_groups_are_read_across_lines_and_on_one() {
    let parsed = tex(
        "% titel: dansk\n\\message{hej 1a}\n\\patterns % her\n{\n.ae3 .an3k % a1b\n\n5adg}\\hyphenation{ta-ble\nEn-he-der as}\\endinput\n\\patterns{b1c}\nx1y\n",
    );
    let expected = [(5, ".ae3"), (5, ".an3k"), (7, "5adg"), (9, "b1c")];
    assert_eq!(patterns(&parsed.value), expected.map(|(n, p)| (n, p.to_owned())));
    assert_eq!(exceptions(&parsed.value), ["ta-ble", "En-he-der", "as"]);
    let rules: Vec<_> = parsed.value.lines.iter().map(|l| &l.rule).collect();
    assert_eq!(rules[0], &HyphenationRule::Comment);
    assert_eq!(rules[1..4], [&HyphenationRule::TexCode; 3]);
    assert_eq!(rules[5], &HyphenationRule::Blank);
    assert_eq!(rules[9], &HyphenationRule::TexCode, "outside any group");
    assert_eq!(parsed.problems, []);
}

#[test]
fn tex_words_that_are_no_patterns_are_reported_and_the_others_kept() {
    let parsed = tex(
        "\\patterns{\na1b \\ae1c {x1y} e\\ae1c ^^e61b c1d\n12\n}\n\\hyphenation{a1b ta-ble}\n\\hyphenation{\\ae-b}",
    );
    let expected = [(2, "a1b"), (2, "c1d")];
    assert_eq!(patterns(&parsed.value), expected.map(|(n, p)| (n, p.to_owned())));
    assert_eq!(exceptions(&parsed.value), ["ta-ble"]);
    assert_eq!(parsed.value.lines[2].rule, HyphenationRule::Unknown);
    assert_eq!(parsed.value.lines[5].rule, HyphenationRule::Unknown);
    let found: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect();
    assert_eq!(found, [2, 3, 5, 6].map(|n| (codes::RULE_LINE, Place::Line(n))));
}

#[test]
fn a_tex_file_may_be_latin1_or_cut_off() {
    let parsed = read_tex(b"\\patterns{\n\xE55h\n", &Limits::default()).expect("reads");
    assert_eq!(patterns(&parsed.value), [(2, "å5h".into())]);
    let codes: Vec<_> = parsed.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, [codes::RULE_ENCODING, codes::TRUNCATED]);
}

#[test]
fn an_escaped_percent_sign_is_no_comment() {
    assert_eq!(before_comment("a\\% b % c"), "a\\% b ");
    assert_eq!(before_comment("a\\\\% b"), "a\\\\");
}

#[test]
fn control_sequences_are_tokens_outside_the_groups_only() {
    let tokens = |mut text, group| {
        let mut tokens = Vec::new();
        while let Some((token, rest)) = next_token(text, group) {
            tokens.push(token);
            text = rest;
        }
        tokens
    };
    let code = "\\lccode`\\'=`\\' {\\æa}";
    assert_eq!(tokens(code, Group::Outside), ["\\lccode", "`", "\\'", "=`", "\\'", "{", "\\æ", "a", "}"]);
    assert_eq!(tokens("a\\b1c {d}", Group::Inside(Command::Patterns, 1)), ["a\\b1c", "{", "d", "}"]);
}

#[test]
fn words_are_bounded_over_the_whole_file() {
    let limits = Limits { items: 4, ..Limits::default() };
    let place = |parsed: Result<Parsed<HyphenationFile>>| parsed.err().map(|e| e.place());
    assert_eq!(place(read_tex(b"\\patterns{\na1b a1c", &limits)), None);
    assert_eq!(place(read_tex(b"\\patterns{\na1b a1c a1d", &limits)), Some(Place::Line(2)));
    assert_eq!(place(read_tex(b"\\hyphenation{a-b-c}", &limits)), Some(Place::Line(1)));
    assert_eq!(place(read(b"UTF-8\nNOHYPHEN a,b,c,d", &limits)), None);
    assert_eq!(place(read(b"UTF-8\nNOHYPHEN a,b,c,d,e", &limits)), Some(Place::Line(2)));
}

proptest! {
    #[test]
    fn any_bytes_are_read_and_written_back(bytes: Vec<u8>) {
        let file = read(&bytes, &Limits::default()).expect("reads").value;
        prop_assert_eq!(write(&file).expect("writes"), &bytes[..]);
        let file = read_tex(&bytes, &Limits::default()).expect("reads").value;
        prop_assert_eq!(write(&file).expect("writes"), bytes);
    }

    #[test]
    fn lines_of_pattern_pieces_are_read_and_written_back(
        lines in prop::collection::vec("(UTF-8|LEFTHYPHENMIN|NOHYPHEN|\\\\patterns|\\\\hyphenation|[{}%./, \t]|1|å|a|=|\\\\){0,9}(\r\n|\n|\r)?", 0..20),
    ) {
        let text = lines.concat();
        libhyphen(&text);
        tex(&text);
    }
}
