use proptest::prelude::*;

use super::*;

fn parsed(xml: &str) -> Parsed<RuleFile> {
    read(xml.as_bytes(), &Limits::default()).expect("well-formed")
}

fn rule_of(inside: &str) -> Parsed<Rule> {
    let xml = format!("<rules lang='da'><category name='c'><rule id='R'>{inside}</rule></category></rules>");
    parsed(&xml).map(|file| file.rules().next().cloned().expect("one rule"))
}

fn tokens(rule: &Rule) -> Vec<Token> {
    let Body::Pattern(pattern) = &rule.body else { panic!("no pattern: {:?}", rule.body) };
    let token = |e: &PatternElement| match e {
        PatternElement::Token(t) => (**t).clone(),
        other => panic!("no token: {other:?}"),
    };
    pattern.elements.iter().map(token).collect()
}

fn limit_of(xml: &str, limits: &Limits) -> (&'static str, Place) {
    match read(xml.as_bytes(), limits) {
        Err(Error::Limit { what, place, .. }) => (what, place),
        other => panic!("no limit: {:?}", other.map(|p| p.problems)),
    }
}

#[test]
fn every_attribute_of_a_token_is_read() {
    let parsed = rule_of(
        "<pattern case_sensitive='yes' raw_pos='yes'><token inflected='yes' regexp='yes' negate='yes' postag='V.*'
         postag_regexp='yes' negate_pos='yes' skip='-1' min='0' max='3' case_sensitive='no' spacebefore='no'
         chunk='B-NP'> gå|stå <exception scope='previous' spacebefore='yes'>at</exception>
         <exception scope='next' postag='N'/></token></pattern>",
    );
    assert_eq!(parsed.problems, []);
    let Body::Pattern(pattern) = &parsed.value.body else { panic!("no pattern") };
    assert!(pattern.case_sensitive && pattern.raw_pos);
    let token = tokens(&parsed.value).remove(0);
    assert_eq!((token.skip, token.min, token.max), (-1, 0, 3));
    assert_eq!(token.test.text, "gå|stå");
    assert!(token.test.inflected && token.test.regexp && token.test.negate && token.test.negate_pos);
    assert_eq!(token.test.postag.as_deref(), Some("V.*"));
    assert_eq!((token.test.case_sensitive, token.test.space_before), (Some(false), Some(false)));
    assert_eq!(token.test.chunk.as_deref(), Some("B-NP"));
    let scopes: Vec<Scope> = token.exceptions.iter().map(|e| e.scope).collect();
    assert_eq!(scopes, [Scope::Previous, Scope::Next]);
    assert_eq!(token.exceptions[0].test.space_before, Some(true));
}

#[test]
fn what_is_not_known_is_reported_with_its_line_and_the_rule_is_kept_but_not_run() {
    let xml = "<rules lang='da'>\n<category name='c'>\n<rule id='R'>\n<pattern>\n<token wild='1'>a</token>\n\
               <nonsense/>\n</pattern></rule>\n<odd>text</odd></category></rules>";
    let parsed = parsed(xml);
    let places: Vec<&Place> = parsed.problems.iter().map(|p| &p.place).collect();
    assert_eq!(places, [&Place::Line(5), &Place::Line(6), &Place::Line(8)]);
    assert!(parsed.problems.iter().all(|p| p.code == codes::RULE_ELEMENT));
    assert_eq!(parsed.value.rules().next().expect("kept").unsupported.len(), 2);
    let written = write(&parsed.value);
    assert!(written.contains("wild=\"1\"") && written.contains("<nonsense/>"), "{written}");
    assert!(written.contains("<odd>text</odd>"), "{written}");
}

#[test]
fn values_that_make_no_sense_are_reported() {
    for inside in [
        "<pattern><token skip='-2'>a</token></pattern>",
        "<pattern><token min='x'>a</token></pattern>",
        "<pattern><token min='3' max='2'>a</token></pattern>",
        "<pattern><token regexp='maybe'>a</token></pattern>",
        "<pattern><token><exception scope='last'>a</exception></token></pattern>",
        "<pattern>text</pattern>",
        "<pattern><or/></pattern>",
        "<pattern><token/></pattern><pattern><token/></pattern>",
        "<message>without a pattern</message>",
        "<pattern><token/></pattern><message><match case_conversion='odd' no='1'/></message>",
        "<pattern><token/></pattern><message><match/></message>",
        "<pattern><token/></pattern><filter class='F' args=''/>",
        "<pattern><token/></pattern><disambig action='guess'/>",
    ] {
        let parsed = rule_of(inside);
        assert!(!parsed.value.unsupported.is_empty(), "{inside}");
        assert!(!parsed.problems.is_empty(), "{inside}");
    }
}

#[test]
fn a_rule_inherits_from_its_group_and_category() {
    let file = parsed(
        "<rules lang='da'><category id='C' name='Kat' type='grammar' tags='picky'>
         <rulegroup id='G' name='Gruppe' default='off'><url>https://ro.dsn.dk</url><short>kort</short>
         <antipattern><token>x</token></antipattern>
         <rule><pattern><token>a</token></pattern></rule>
         <rule name='anden' default='on'><antipattern><token>y</token></antipattern>
         <pattern><token>b</token></pattern></rule></rulegroup>
         <rule id='S' name='s'><pattern><token>c</token></pattern></rule></category></rules>",
    );
    assert_eq!(file.problems, []);
    let rules: Vec<&Rule> = file.value.rules().collect();
    let ids: Vec<String> = rules.iter().map(|r| r.full_id()).collect();
    assert_eq!(ids, ["G[1]", "G[2]", "S"]);
    assert_eq!(rules.iter().map(|r| r.default_off).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(rules.iter().map(|r| r.antipatterns.len()).collect::<Vec<_>>(), [1, 2, 0]);
    assert_eq!((rules[0].name.as_str(), rules[1].name.as_str()), ("Gruppe", "anden"));
    assert_eq!((rules[1].short.as_deref(), rules[2].short.as_deref()), (Some("kort"), None));
    assert!(rules.iter().all(|r| r.category == "C" && r.tags == ["picky"]));
    assert!(rules.iter().all(|r| r.issue_type.as_deref() == Some("grammar")));
}

#[test]
fn messages_fall_into_text_references_and_suggestions() {
    let rule = rule_of(
        "<pattern><token>a</token></pattern><message>Skriv\n     <suggestion suppress_misspelled='yes'>\\1 x\
         </suggestion> ikke \\12 eller \\x<match no='2' case_conversion='alllower'/>.</message>\
         <suggestion>uden</suggestion>",
    )
    .value;
    let reference = |no| Piece::Match(Box::new(MatchRef { no, ..MatchRef::default() }));
    let lower = MatchRef { no: 2, case_conversion: CaseConversion::AllLower, ..MatchRef::default() };
    assert_eq!(
        rule.message,
        [
            Piece::Text("Skriv ".into()),
            Piece::Suggestion(Suggestion {
                pieces: vec![reference(1), Piece::Text(" x".into())],
                suppress_misspelled: true
            }),
            Piece::Text(" ikke ".into()),
            reference(12),
            Piece::Text(" eller \\x".into()),
            Piece::Match(Box::new(lower)),
            Piece::Text(".".into()),
        ]
    );
    assert_eq!(rule.suggestions.len(), 1);
}

#[test]
fn examples_have_their_kind_marker_and_corrections() {
    let rule = rule_of(
        "<pattern><token>a</token></pattern><example correction='æ|'>Å <marker>ø</marker> &amp;</example>\
         <example>ok</example><example type='incorrect'>x</example><example type='triggers_error'>y</example>\
         <example type='ambiguous' inputform='a[b/C]' outputform='a[b/D]'>a</example>",
    )
    .value;
    let first = &rule.examples[0];
    assert_eq!((first.text.as_str(), first.marker.clone()), ("Å ø &", Some(3..5)));
    assert_eq!(first.corrections, Some(vec!["æ".to_owned(), String::new()]));
    use ExampleKind::*;
    let kinds: Vec<ExampleKind> = rule.examples.iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [Incorrect, Correct, Incorrect, TriggersError, Ambiguous]);
    assert_eq!(rule.examples[4].output_form.as_deref(), Some("a[b/D]"));
}

#[test]
fn disambiguation_rules_stand_right_under_the_root() {
    let file = parsed(
        "<rules lang='da'><rule id='D' name='d'><pattern><marker><token>a</token></marker></pattern>\
         <disambig action='add'><wd lemma='b' pos='C'>a</wd></disambig></rule>\
         <rule id='E' name='e'><pattern><token>a</token></pattern><disambig postag='X'/></rule></rules>",
    );
    assert_eq!(file.problems, []);
    let actions: Vec<Disambig> = file
        .value
        .rules()
        .filter_map(|r| match &r.body {
            Body::Disambiguation(_, action) => Some(action.clone()),
            _ => None,
        })
        .collect();
    assert_eq!((actions[0].action, actions[0].readings.len()), (Action::Add, 1));
    assert_eq!((actions[1].action, actions[1].postag.as_deref()), (Action::Replace, Some("X")));
}

#[test]
fn entities_are_expanded_in_texts_and_in_values() {
    let file = parsed(
        "<?xml version='1.0'?>\n<!DOCTYPE rules SYSTEM 'rules.dtd' [\n<!-- > ' -->\n<!ENTITY a \"x|y\">\n\
         <!ENTITY b '&a;|\"z\"'>\n<!ENTITY far SYSTEM 'file:///etc/passwd'>\n]>\n<rules lang='da'>\
         <category name=\"&b;\"><rule id='R'><pattern>\n<token regexp='yes'>&b;&far;&amp;</token>\
         </pattern></rule></category></rules>",
    );
    let rule = file.value.rules().next().expect("a rule");
    assert_eq!(rule.category_name, "x|y|\"z\"");
    assert_eq!(tokens(rule)[0].test.text, "x|y|\"z\"&far;&");
    assert_eq!(rule.line, 8, "lines are those of the file");
    let messages: Vec<String> = file.problems.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[0].starts_with("line 6: ") && messages[1].starts_with("line 9: "), "{messages:?}");
}

#[test]
fn an_entity_bomb_is_refused() {
    let mut dtd = String::from("<!ENTITY e0 'lol lol lol lol lol lol lol lol '>");
    for n in 1..10 {
        let inner = format!("&e{};", n - 1).repeat(10);
        dtd.push_str(&format!("<!ENTITY e{n} '{inner}'>"));
    }
    let xml = format!("<!DOCTYPE r [{dtd}]>\n<rules lang='da'>&e9;</rules>");
    assert_eq!(limit_of(&xml, &Limits::default()), ("bytes after entities are expanded", Place::Line(2)));
    let loops = "<!DOCTYPE r [<!ENTITY a '&b;'><!ENTITY b '&a;'>]><rules>&a;</rules>";
    assert_eq!(limit_of(loops, &Limits::default()).0, "entities inside entities");
}

#[test]
fn deep_large_and_broken_files_are_refused() {
    let deep = format!("<rules>{}", "<token>".repeat(100_000));
    assert_eq!(limit_of(&deep, &Limits::default()).0, "nested elements");
    let wide = format!("<rules>{}</rules>", "<token/>".repeat(50));
    assert_eq!(limit_of(&wide, &Limits { items: 40, ..Limits::default() }).0, "number of elements and texts");
    assert_eq!(limit_of(&wide, &Limits { bytes: 40, ..Limits::default() }).0, "file");
    for broken in [
        "",
        "text",
        "<rules>",
        "<rules></rule>",
        "<rules/><rules/>",
        "<rules><a b=c></a></rules>",
        "<rules a='1' a='2'/>",
        "<rules/>text",
        "<!DOCTYPE rules [<!ENTITY",
        "<rules/><!DOCTYPE r []>",
        "<rules>&#xD800;</rules>",
    ] {
        let error = read(broken.as_bytes(), &Limits::default()).expect_err(broken);
        assert_eq!(error.code(), codes::MALFORMED, "{broken}: {error}");
    }
}

#[test]
fn what_is_written_is_canonical() {
    let xml = "\u{FEFF}<?xml version='1.0'?>\r\n<?xml-stylesheet href='x'?><!-- før -->\r\n<rules lang='da' >\
               <!-- i -->\r\n<category name='a&#10;&quot;b'><rulegroup id='G' name='g'><short>s</short><rule>\
               <pattern ><token >  a <exception>  b</exception></token><!-- hvorfor --></pattern>\
               <message> Et  &lt;ord&gt; <suggestion><![CDATA[<x>]]></suggestion> </message></rule></rulegroup>\
               </category></rules><!-- efter -->";
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<?xml-stylesheet href='x'?>
<!-- før -->
<rules lang=\"da\">
  <!-- i -->
  <category name=\"a&#10;&quot;b\">
    <rulegroup id=\"G\" name=\"g\">
      <short>s</short>
      <rule>
        <pattern>
          <token>a<exception>b</exception></token>
          <!-- hvorfor -->
        </pattern>
        <message> Et  &lt;ord&gt; <suggestion>&lt;x&gt;</suggestion> </message>
      </rule>
    </rulegroup>
  </category>
</rules>
<!-- efter -->
";
    let once = write(&parsed(xml).value);
    assert_eq!(once, expected);
    assert_eq!(write(&parsed(&once).value), once);
}

#[test]
fn bytes_that_are_no_utf8_are_replaced_and_reported() {
    let parsed = read(b"<rules lang='da'><!-- \xE6 --></rules>", &Limits::default()).expect("reads");
    assert_eq!(parsed.problems[0].code, codes::BAD_ENCODING);
}

/// Elements and texts of the format, put together at random.
fn any_xml() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("rule"),
        Just("category"),
        Just("rulegroup"),
        Just("pattern"),
        Just("token"),
        Just("exception"),
        Just("marker"),
        Just("message"),
        Just("suggestion"),
        Just("example"),
        Just("unify"),
        Just("feature"),
        Just("phrases"),
        Just("phrase"),
        Just("includephrases"),
        Just("antipattern"),
        Just("disambig"),
        Just("regexp"),
        Just("x")
    ];
    let attribute = prop_oneof![
        Just(""),
        Just(" id='A'"),
        Just(" name='n\n n'"),
        Just(" regexp='yes'"),
        Just(" skip='-1'"),
        Just(" no='1'"),
        Just(" default='off'"),
        Just(" min='0' max='9'")
    ];
    let text =
        prop_oneof![Just(" \n "), Just("a \\1 "), Just("&amp;"), Just("<!-- c -->"), Just("<![CDATA[ ]]>")];
    let leaf = text.prop_map(str::to_owned);
    leaf.prop_recursive(6, 64, 6, move |inner| {
        (name.clone(), attribute.clone(), prop::collection::vec(inner, 0..6))
            .prop_map(|(name, attribute, parts)| format!("<{name}{attribute}>{}</{name}>", parts.concat()))
    })
}

proptest! {
    #[test]
    fn any_elements_are_written_alike_the_second_time(inside in any_xml()) {
        let xml = format!("<rules lang='da'>{inside}</rules>");
        let first = read(xml.as_bytes(), &Limits::default()).expect("well-formed");
        let once = write(&first.value);
        let second = read(once.as_bytes(), &Limits::default()).expect("what was written is read");
        prop_assert_eq!(write(&second.value), once);
    }

    #[test]
    fn any_bytes_give_a_result(bytes: Vec<u8>, text in "[<>/!&;'\"a-c \\[\\]E=-]{0,60}") {
        let _ = read(&bytes, &Limits::default());
        let _ = read(text.as_bytes(), &Limits::default());
        let _ = read(format!("<!DOCTYPE r [{text}]><rules>{text}</rules>").as_bytes(), &Limits::default());
    }
}
