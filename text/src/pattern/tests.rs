use sprog_formats::{Limits, rules::languagetool};

use super::*;

/// Words in turn with readings after them: `hunden/hund:NOUN,x:VERB løber/løbe:VERB .`
fn sentence(text: &str) -> (String, Vec<(String, Vec<WordReading>)>) {
    let mut plain = String::new();
    let mut words = Vec::new();
    for word in text.split(' ') {
        let (form, readings) = word.split_once('/').unwrap_or((word, ""));
        let one = |r: &str| {
            let (lemma, tag) = r.split_once(':').unwrap_or((r, ""));
            WordReading::new(Some(lemma.to_owned()), Some(tag.to_owned()).filter(|t| !t.is_empty()))
        };
        let readings = readings.split(',').filter(|r| !r.is_empty()).map(one).collect();
        if !plain.is_empty() && !matches!(form, "." | "," | "!") {
            plain.push(' ');
        }
        plain.push_str(form);
        words.push((form.to_owned(), readings));
    }
    (plain, words)
}

fn with<T>(text: &str, run: impl FnOnce(&mut Sentence<'_>) -> T) -> T {
    let (plain, words) = sentence(text);
    let mut at = 0;
    let placed = words.into_iter().map(|(form, readings)| {
        let start = at + plain[at..].find(&form).expect("in order");
        let space = start > at;
        at = start + form.len();
        Word::new(&form, start..at, readings, space)
    });
    let placed = placed.collect();
    run(&mut Sentence::new(&plain, 0..plain.len(), placed))
}

fn set_of(inside: &str) -> RuleSet {
    let xml = format!("<rules lang='da'>{inside}</rules>");
    let parsed = languagetool::read(xml.as_bytes(), &Limits::default()).expect("well-formed");
    RuleSet::compile(&[parsed.value])
}

fn rule(inside: &str) -> RuleSet {
    let set = set_of(&format!("<category name='c'><rule id='R'>{inside}</rule></category>"));
    assert_eq!(set.rejected(), [], "{inside}");
    set
}

/// The parts of the sentence that a pattern marks.
fn found(pattern: &str, text: &str) -> Vec<String> {
    let set = rule(&format!("<pattern>{pattern}</pattern><message>m</message>"));
    with(text, |s| {
        let checked = set.checker().check(s, &NoSynthesis);
        let all: Vec<String> = checked.matches.iter().map(|m| s.text[m.range.clone()].to_owned()).collect();
        let single = set.checker().check_rule(0, s, &NoSynthesis);
        assert_eq!(checked, single, "the index hides no match: {pattern} in {text}");
        all
    })
}

fn suggestions(rule_xml: &str, text: &str) -> Vec<String> {
    let set = rule(rule_xml);
    with(text, |s| {
        let checked = set.checker().check(s, &NoSynthesis);
        checked.matches.into_iter().flat_map(|m| m.suggestions).collect()
    })
}

#[test]
fn text_is_compared_whole_and_without_case() {
    assert_eq!(found("<token>en</token>", "En sten en"), ["En", "en"]);
    assert_eq!(found("<token case_sensitive='yes'>en</token>", "En sten en"), ["en"]);
    assert_eq!(found("<token regexp='yes'>e.|å+</token>", "En ene ÅÅ"), ["En", "ÅÅ"]);
    assert_eq!(found("<token regexp='yes'>(?-i)e.</token>", "En en"), ["en"]);
    assert_eq!(found("<token regexp='yes'>(?!hun).*d</token>", "hund mand"), ["mand"]);
    assert_eq!(found("<token negate='yes'>a</token><token>b</token>", "a b c b"), ["c b"]);
}

#[test]
fn lemma_and_tag_must_be_of_one_reading() {
    let text = "kost/kost:NOUN,koste:VERB";
    assert_eq!(found("<token inflected='yes' postag='VERB'>koste</token>", text), ["kost"]);
    assert_eq!(found("<token inflected='yes' postag='NOUN'>koste</token>", text), Vec::<String>::new());
    assert_eq!(found("<token postag='N.*' postag_regexp='yes'/>", text), ["kost"]);
    assert_eq!(
        found("<token postag='NOUN' negate_pos='yes'>kost</token>", text),
        ["kost"],
        "the other reading"
    );
    assert_eq!(found("<token postag='UNKNOWN'/>", "kost/kost:NOUN gnaf"), ["gnaf"]);
}

#[test]
fn sentences_have_a_start_and_an_end() {
    assert_eq!(found("<token postag='SENT_START'/><marker><token/></marker>", "a b c"), ["a"]);
    assert_eq!(found("<token postag='SENT_END'/>", "a b ."), ["."]);
    assert_eq!(found("<token><exception postag='SENT_START'/></token><token>b</token>", "b a b"), ["a b"]);
}

#[test]
fn exceptions_look_at_the_word_at_the_one_before_and_at_those_after() {
    assert_eq!(found("<token regexp='yes'>.<exception>b</exception></token>", "a b c"), ["a", "c"]);
    assert_eq!(found("<token>x<exception scope='previous'>a</exception></token>", "a x b x"), ["x"]);
    assert_eq!(found("<token>a<exception scope='next'>x</exception></token>", "a x a b"), ["a"]);
    let skipping = "<token skip='-1'>a<exception scope='next'>x</exception></token><token>b</token>";
    assert_eq!(found(skipping, "a c b"), ["a c b"]);
    assert_eq!(found(skipping, "a c x b"), Vec::<String>::new());
}

#[test]
fn skips_optional_tokens_and_repeats() {
    assert_eq!(found("<token skip='1'>a</token><token>b</token>", "a x b a x x b"), ["a x b"]);
    assert_eq!(
        found("<token>a</token><token min='0'>x</token><token>b</token>", "a b a x b"),
        ["a b", "a x b"]
    );
    assert_eq!(
        found("<token>a</token><token min='0' max='-1'>x</token><token>b</token>", "a x x x b"),
        ["a x x x b"]
    );
    assert_eq!(found("<token>a</token><token min='0'>x</token>", "a b a x"), ["a", "a x"]);
    assert_eq!(found("<token min='2' max='3'>a</token><token>b</token>", "a b a a b"), ["a a b"]);
    assert_eq!(
        found("<token min='0'>a</token><token min='0'>b</token><token>c</token>", "a b c b c c"),
        ["a b c", "b c", "c"],
        "and not the parts of a longer match"
    );
}

#[test]
fn groups_white_space_and_chunks() {
    assert_eq!(found("<or><token>a</token><token postag='X'/></or>", "a b/b:X c"), ["a", "b"]);
    let both = "<and><token postag='X'/><token postag='Y'/></and>";
    assert_eq!(found(both, "a/a:X,a:Y b/b:X"), ["a"], "each by a reading of its own");
    assert_eq!(found("<token spacebefore='no'>.</token>", "a ."), ["."]);
    assert_eq!(found("<token spacebefore='yes'>.</token>", "a ."), Vec::<String>::new());
    let set = rule("<pattern><token chunk='B-NP'/></pattern><message>m</message>");
    with("a b", |s| {
        s.words_mut()[2].chunks.push("B-NP".into());
        assert_eq!(set.checker().check(s, &NoSynthesis).matches[0].range, 2..3);
    });
}

#[test]
fn a_token_can_refer_to_an_earlier_one() {
    let twice = "<token regexp='yes'>\\p{L}+</token><token><match no='0'/></token>";
    assert_eq!(found(twice, "Så så vi ."), ["Så så"]);
    let stem = "<token/><token><match no='0' regexp_match='en$' regexp_replace=''/></token>";
    assert_eq!(found(stem, "hunden hund"), ["hunden hund"]);
    let tag = "<token/><token><match no='0' setpos='yes' postag='NOUN.*' postag_regexp='yes'/></token>";
    assert_eq!(found(tag, "a/a:NOUN|x b/b:NOUN|y c/c:NOUN|y"), ["b c"]);
}

#[test]
fn words_agree_or_do_not() {
    let unify = |negate: &str| {
        let xml = format!(
            "<unification feature='n'><equivalence type='s'><token postag='.*s' postag_regexp='yes'/></equivalence>
             <equivalence type='p'><token postag='.*p' postag_regexp='yes'/></equivalence></unification>
             <category name='c'><rule id='R'><pattern><unify negate='{negate}'><feature id='n'/><token
             postag='D.*' postag_regexp='yes'/><unify-ignore><token min='0'>og</token></unify-ignore><token
             postag='N.*' postag_regexp='yes'/></unify></pattern><message>m</message></rule></category>"
        );
        let set = set_of(&xml);
        move |text: &str| with(text, |s| set.checker().check(s, &NoSynthesis).matches.len())
    };
    let (agree, differ) = (unify("no"), unify("yes"));
    for (text, same) in
        [("a/a:Ds b/b:Ns", 1), ("a/a:Ds b/b:Np", 0), ("a/a:Ds,a:Dp og b/b:Np", 1), ("a/a:Ds b/b:N", 0)]
    {
        assert_eq!((agree(text), differ(text)), (same, 1 - same), "{text}");
    }
}

#[test]
fn antipatterns_hide_words() {
    let set = rule(
        "<antipattern><token>en</token><marker><token>ad</token></marker><token>gangen</token></antipattern>
         <pattern><token>en</token><token>ad</token></pattern><message>m</message>",
    );
    let count = |text: &str| with(text, |s| set.checker().check(s, &NoSynthesis).matches.len());
    assert_eq!((count("en ad dem"), count("en ad gangen"), count("en ad gangen en ad dem")), (1, 0, 1));
}

#[test]
fn suggestions_follow_the_case_of_what_they_replace() {
    let plain = "<pattern><token>ad</token></pattern><message><suggestion>af</suggestion></message>";
    assert_eq!(suggestions(plain, "ad Ad AD"), ["af", "Af", "AF"]);
    let fixed = "<pattern><token>Mandag</token></pattern><message><suggestion><match no='1' \
                 case_conversion='startlower'/></suggestion></message>";
    assert_eq!(suggestions(fixed, "Mandag"), ["mandag"]);
    let set = set_of(
        "<category name='c'><rule id='R' adjust_suggestion_case='no'><pattern><token>ad</token></pattern>
         <message><suggestion>af</suggestion></message></rule></category>",
    );
    with("Ad", |s| assert_eq!(set.checker().check(s, &NoSynthesis).matches[0].suggestions, ["af"]));
}

#[test]
fn suggestions_take_over_words_of_the_match() {
    let pattern =
        "<pattern><token skip='2'>en</token><token min='0'>stor</token><token>bil</token></pattern>";
    let with_message = |m: &str| format!("{pattern}<message>{m}</message>");
    let of = |m: &str, text: &str| suggestions(&with_message(m), text);
    assert_eq!(of("<suggestion>\\1 \\2 \\3</suggestion>", "en bil"), ["en bil"], "the blank goes too");
    assert_eq!(of("<suggestion>\\1 \\2 \\3</suggestion>", "en stor bil"), ["en stor bil"]);
    let all = "<suggestion><match no='1' include_skipped='all'/>!</suggestion>";
    assert_eq!(of(all, "en x y stor bil"), ["en x y!"]);
    let following = "<suggestion><match no='1' include_skipped='following'/>!</suggestion>";
    assert_eq!(of(following, "en x y stor bil"), ["x y!"]);
    let changed = "<suggestion><match no='3' regexp_match='(b)(i)' regexp_replace='$2$1'/></suggestion>";
    assert_eq!(of(changed, "en stor bil"), ["ibl"]);
    assert_eq!(of("<suggestion>a</suggestion> <suggestion>a</suggestion>", "en bil"), ["a"], "each once");
}

struct Forms;

impl Synthesize for Forms {
    fn forms(&self, lemma: &str, wanted: &dyn Fn(&str) -> bool, out: &mut Vec<String>) {
        let all = [("hund", "hund", "N|s"), ("hund", "hunde", "N|p"), ("hus", "huse", "N|p")];
        out.extend(all.iter().filter(|(l, _, t)| *l == lemma && wanted(t)).map(|(_, f, _)| (*f).to_owned()));
    }
    fn is_word(&self, form: &str) -> bool {
        form != "gnaf"
    }
}

#[test]
fn forms_are_made_by_a_lexicon_and_words_that_are_none_left_out() {
    let of = |message: &str| {
        let set = rule(&format!("<pattern><token>hund</token></pattern><message>{message}</message>"));
        with("hund/hund:N|s", |s| {
            let checked = set.checker().check(s, &Forms);
            checked.matches.into_iter().map(|m| m.suggestions).collect::<Vec<_>>()
        })
    };
    let plural = "<suggestion>to <match no='1' postag='N\\|p' postag_regexp='yes'/></suggestion>";
    assert_eq!(of(plural), [["to hunde"]]);
    let replaced =
        "<suggestion><match no='1' postag='(N\\|)s' postag_regexp='yes' postag_replace='$1p'/></suggestion>";
    assert_eq!(of(replaced), [["hunde"]]);
    assert_eq!(
        of("<suggestion><match no='1' postag='Z'/></suggestion>"),
        [Vec::<String>::new()],
        "none is made"
    );
    assert_eq!(of("<suggestion suppress_misspelled='yes'>gnaf</suggestion>"), Vec::<Vec<String>>::new());
}

#[test]
fn disambiguation_changes_readings_before_the_rules() {
    let change = |action: &str, text: &str| {
        let set = set_of(&format!(
            "<rule id='D'><pattern><token>en</token><marker><token postag='N.*' \
                                   postag_regexp='yes'>hest</token></marker></pattern>{action}</rule>"
        ));
        assert_eq!(set.rejected(), [], "{action}");
        with(text, |s| {
            set.checker().disambiguate(s);
            let word = &s.words()[2];
            let mut tags: Vec<String> = word.readings.iter().filter_map(|r| r.tag.clone()).collect();
            tags.retain(|t| t != "SENT_END");
            tags.extend(word.immunized.then(|| "!".into()));
            tags.extend(word.ignore_spelling.then(|| "?".into()));
            tags.join(" ")
        })
    };
    let text = "en hest/hest:N,heste:V";
    for (action, expected) in [
        ("<disambig postag='N'/>", "N"),
        ("<disambig postag='Z'/>", "Z"),
        ("<disambig action='filter' postag='V.?'/>", "V"),
        ("<disambig action='filter' postag='Q'/>", "N V"),
        ("<disambig action='filterall'/>", "N"),
        ("<disambig action='remove' postag='N'/>", "V"),
        ("<disambig action='remove'><wd lemma='heste' pos='V'/></disambig>", "N"),
        ("<disambig action='add'><wd pos='X'/></disambig>", "N V X"),
        ("<disambig action='replace'><wd lemma='a' pos='X'/></disambig>", "X"),
        ("<disambig><match no='1' postag='V' postag_regexp='yes'/></disambig>", "V"),
        ("<disambig action='immunize'/>", "N V !"),
        ("<disambig action='ignore_spelling'/>", "N V ?"),
    ] {
        assert_eq!(change(action, text), expected, "{action}");
    }
    let set = set_of(
        "<rule id='D'><pattern><token>hest</token></pattern><disambig postag='N'/></rule><category name='c'>
         <rule id='A'><pattern><token postag='V'/></pattern><message>m</message></rule>
         <rule id='B'><pattern raw_pos='yes'><token postag='V'/></pattern><message>m</message></rule></category>",
    );
    with(text, |s| {
        let mut checker = set.checker();
        checker.disambiguate(s);
        let ids: Vec<String> =
            checker.check(s, &NoSynthesis).matches.into_iter().map(|m| m.rule_id).collect();
        assert_eq!(ids, ["B"], "only raw_pos sees what was there before");
    });
}

#[test]
fn agreement_can_choose_readings() {
    let set = set_of(
        "<unification feature='n'><equivalence type='s'><token postag='.*s' postag_regexp='yes'/></equivalence>
         <equivalence type='p'><token postag='.*p' postag_regexp='yes'/></equivalence></unification>
         <rule id='D'><pattern><unify><feature id='n'/><token postag='D.*' postag_regexp='yes'/><token
         postag='N.*' postag_regexp='yes'/></unify></pattern><disambig action='unify'/></rule>",
    );
    with("a/a:Dp b/b:Ns,b:Np", |s| {
        set.checker().disambiguate(s);
        assert_eq!(s.words()[2].readings[0].tag.as_deref(), Some("Np"));
    });
}

#[test]
fn what_cannot_be_run_is_rejected_with_the_reason() {
    for (inside, reason) in [
        ("<pattern><token regexp='yes'>a(?=b)</token></pattern>", "look-around"),
        ("<pattern><token regexp='yes'>(a)\\1</token></pattern>", "back-reference"),
        ("<pattern><token regexp='yes'>a{1,99999}{1,99999}</token></pattern>", "too large"),
        ("<pattern><token regexp='yes'>(a</token></pattern>", "not supported"),
        ("<pattern><token min='0'>a</token></pattern>", "optional tokens alone"),
        ("<pattern><phraseref idref='X'/></pattern>", "no phrase"),
        ("<pattern><unify><feature id='x'/><token/></unify></pattern>", "no feature"),
        ("<pattern></pattern>", "without tokens"),
        ("<pattern><token>a</token></pattern><filter class='F' args=''/>", "Java"),
        ("<pattern><token>a<match no='0'/></token></pattern>", "beside <match>"),
    ] {
        let set = set_of(&format!("<category name='c'><rule id='R'>{inside}</rule></category>"));
        let all = set.rejected().iter().flat_map(|r| &r.reasons).cloned().collect::<String>();
        assert!(all.contains(reason), "{inside}: {all:?}");
        assert!(set.rules().is_empty());
    }
}

#[test]
fn rules_are_switched_by_id_and_one_of_a_group_reports() {
    let mut set = set_of(
        "<category name='c'><rulegroup id='G'><rule><pattern><token>a</token></pattern><message>m</message></rule>
         <rule><pattern><token>a</token><token>b</token></pattern><message>m</message></rule></rulegroup>
         <rule id='O' default='off'><pattern><token>a</token></pattern><message>m</message></rule></category>",
    );
    let ids = |set: &RuleSet| {
        let all = with("a b", |s| set.checker().check(s, &NoSynthesis).matches);
        all.into_iter().map(|m| m.rule_id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&set), ["G[1]"]);
    assert_eq!(set.enable("O", true), 1);
    assert_eq!(ids(&set), ["G[1]", "O"]);
    assert_eq!(set.enable("G[1]", false), 1);
    assert_eq!(ids(&set), ["O", "G[2]"]);
}

#[test]
fn regular_expressions_run_over_the_sentence() {
    let set = rule(
        "<regexp mark='1'>(\\d+) procenter</regexp><message>Skriv <suggestion>\\1 procent</suggestion></message>",
    );
    with("om 20 procenter .", |s| {
        let checked = set.checker().check(s, &NoSynthesis);
        assert_eq!(
            (checked.matches[0].range.clone(), &checked.matches[0].suggestions[..]),
            (3..5, &["20 procent".to_owned()][..])
        );
        assert_eq!(checked.matches[0].message, "Skriv ”20 procent”");
    });
}
