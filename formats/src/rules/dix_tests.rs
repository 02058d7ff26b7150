use proptest::prelude::*;

use super::*;
use crate::Code;

const ALL: &[u8] = include_bytes!("../../tests/data/rules/dix-every-element.dix");

fn read_all(xml: &[u8]) -> Result<Parsed<Dictionary>> {
    read(&mut &xml[..], &Limits::default())
}

fn forms(dictionary: &Dictionary, limits: &Limits) -> Result<Vec<String>> {
    let mut out = Vec::new();
    expand(dictionary, limits, &mut |e| {
        out.push(e.to_string());
        Ok(())
    })?;
    Ok(out)
}

#[test]
fn every_element_is_read_and_expanded() {
    let parsed = read_all(ALL).expect("reads");
    assert_eq!(parsed.problems, []);
    let d = &parsed.value;
    assert_eq!((d.symbols.len(), d.paradigms.len(), d.sections.len()), (12, 2, 2));
    assert_eq!(d.symbols[0].comment.as_deref(), Some("Navneord"));
    let entry = &d.sections[0].entries[0];
    assert_eq!((entry.lemma.as_deref(), entry.attribute("c")), (Some("hus"), Some("bolig")));
    // What `lt-expand` prints of the same file, in another order and but for the regular expression.
    let expected = [
        "hus:hus<n><nt><sg><ind>",
        "huss:>:hus<n><nt><sg><ind>+s<gen>",
        "huset:hus<n><nt><sg><def>",
        "husets:>:hus<n><nt><sg><def>+s<gen>",
        "huse:<:hus<n><nt><pl><ind>",
        "husene:>:hus<n><nt><pl><def>",
        "husene:<:hus<n><nt><pl><def>",
        "hus'ne:>:hus<n><nt><pl><def>",
        "gøre rent:gøre# rent<vblex><inf>",
        "dem:>:de<prn>",
        "i dag:i dag<n>",
        "~den:den<prn>",
        "[0-9]+:[0-9]+<num>",
    ];
    assert_eq!(forms(d, &Limits::default()).expect("expands"), expected);
}

fn dictionary(pardefs: &str, entries: &str) -> Dictionary {
    let xml = format!(
        "<dictionary><pardefs>{pardefs}</pardefs><section id=\"main\" type=\"standard\">{entries}</section></dictionary>"
    );
    read_all(xml.as_bytes()).expect("reads").value
}

#[test]
fn a_paradigm_that_holds_itself_is_an_error_not_a_hang() {
    let of = |name: &str, held: &str| format!("<pardef n='{name}'><e><i>x</i><par n='{held}'/></e></pardef>");
    for pardefs in [of("a", "a"), of("a", "b") + &of("b", "c") + &of("c", "b")] {
        let error =
            forms(&dictionary(&pardefs, "<e><par n='a'/></e>"), &Limits::default()).expect_err("a loop");
        assert_eq!(error.code(), codes::MALFORMED);
    }
}

#[test]
fn many_alternatives_end_at_the_limit_even_where_no_form_comes_of_them() {
    let ten = |name: usize| {
        let next = format!("<e><i>a</i><par n='{}'/></e>", name + 1);
        format!("<pardef n='{name}'>{}</pardef>", next.repeat(10))
    };
    let pardefs: String = (0..20).map(ten).collect();
    let limits = Limits { items: 10_000, ..Limits::default() };
    let start = "<e><par n='0'/></e>";
    assert_eq!(forms(&dictionary(&pardefs, start), &limits).expect_err("10^20 ways").code(), codes::LIMIT);
    let last = "<pardef n='20'><e><i>b</i></e></pardef>";
    let error = forms(&dictionary(&format!("{pardefs}{last}"), start), &limits).expect_err("10^20 forms");
    assert_eq!(error.code(), codes::LIMIT);
    let long = format!("<e>{}</e>", "<i>0123456789</i>".repeat(100_000));
    let limits = Limits { bytes: 1 << 20, ..Limits::default() };
    assert_eq!(forms(&dictionary("", &long), &limits).expect_err("a long form").code(), codes::LIMIT);
    assert_eq!(forms(&dictionary("", &long), &Limits::default()).expect("expands")[0].len(), 2_000_001);
}

#[test]
fn paradigms_of_one_name_are_one_and_restrictions_add_up() {
    let a = "<pardef n='a'><e r='LR'><i>x</i></e></pardef><pardef n='a'><e><i>y</i></e></pardef>";
    let b = "<pardef n='b'><e r='LR'><i>1</i></e><e r='RL'><i>2</i></e><e><i>3</i></e></pardef>";
    let forms =
        forms(&dictionary(&(a.to_owned() + b), "<e><par n='a'/><par n='b'/></e>"), &Limits::default());
    assert_eq!(forms.expect("expands"), ["x1:>:x1", "x3:>:x3", "y1:>:y1", "y2:<:y2", "y3:y3"]);
}

#[test]
fn a_chain_of_many_paradigms_needs_no_stack() {
    let link = |n: usize| format!("<pardef n='{n}'><e><i>a</i><par n='{}'/><i>b</i></e></pardef>", n + 1);
    let mut pardefs: String = (0..50_000).map(link).collect();
    pardefs.push_str("<pardef n='50000'><e><i>c</i></e></pardef>");
    let forms = forms(&dictionary(&pardefs, "<e><par n='0'/></e>"), &Limits::default()).expect("expands");
    assert_eq!((forms.len(), forms[0].len()), (1, 200_003));
}

#[test]
fn undefined_and_strange_things_are_listed() {
    let xml = b"<dictionary><sdefs><sdef n='n'/><sdef/></sdefs><pardefs><pardef n='a'/><pardef n='a'><e><q/></e></pardef></pardefs>\
        <section id='m'><e r='XX'><i>x<s n='adj'/><z/></i><par n='b'/></e><p/></section><foo/></dictionary>";
    let parsed = read_all(xml).expect("reads");
    let count = |code: Code| parsed.problems.iter().filter(|p| p.code == code).count();
    assert_eq!(count(codes::RULE_DUPLICATE), 1, "{:?}", parsed.problems);
    assert_eq!(count(codes::RULE_REFERENCE), 2, "{:?}", parsed.problems);
    // sdef without n, q, section without type, r=XX, z, p, foo.
    assert_eq!(count(codes::RULE_LINE), 7, "{:?}", parsed.problems);
    assert_eq!(forms(&parsed.value, &Limits::default()).expect("expands"), Vec::<String>::new());
}

#[test]
fn bad_documents_end_in_an_error_with_a_code() {
    let code = |xml: &[u8]| read_all(xml).err().map(|e| e.code());
    for bad in [
        &b""[..],
        b"\0",
        b"x",
        b"<a/>",
        b"<dictionary>",
        b"<dictionary/><dictionary/>",
        b"<dictionary><e>\xFF</e></dictionary>",
    ] {
        assert_eq!(code(bad), Some(codes::MALFORMED), "{:?}", String::from_utf8_lossy(bad));
    }
    assert_eq!(code(b"<!DOCTYPE dictionary [<!ENTITY a 'b'>]><dictionary/>"), Some(codes::DTD_REFUSED));
    assert_eq!(code(b"<!DOCTYPE dictionary SYSTEM 'dix.dtd'><dictionary/>"), None);
    let deep = [b"<dictionary>".to_vec(), b"<e>".repeat(1000)].concat();
    assert_eq!(code(&deep), Some(codes::LIMIT));
    let few = Limits { items: 10, ..Limits::default() };
    let many = "<dictionary><section id='' type=''>".to_owned() + &"<e><i>a</i></e>".repeat(100);
    assert_eq!(read(&mut many.as_bytes(), &few).expect_err("too many").code(), codes::LIMIT);
}

proptest! {
    #[test]
    fn any_bytes_end(bytes: Vec<u8>) {
        let _ = read_all(&bytes);
        let _ = read_all(&[b"<dictionary><section id='m' type='s'>", &bytes[..]].concat());
    }

    #[test]
    fn any_tags_end(tags in prop::collection::vec("</?(pardefs|pardef|section|e|p|l|r|par|i|s|g|re)( n='[ab]')?/?>|a", 0..30)) {
        let xml = format!("<dictionary>{}</dictionary>", tags.concat());
        if let Ok(parsed) = read_all(xml.as_bytes()) {
            let _ = forms(&parsed.value, &Limits { items: 1000, ..Limits::default() });
        }
    }
}
