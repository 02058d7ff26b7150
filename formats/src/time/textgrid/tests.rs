use proptest::prelude::*;

use super::*;
use crate::{Code, Encoding, encoding::encode};

const LONG: &str = r#"File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0 
xmax = 2.3 
tiers? <exists> 
size = 2 
item []: 
    item [1]:
        class = "IntervalTier" 
        name = "ord" 
        xmin = 0 
        xmax = 2.3 
        intervals: size = 3 
        intervals [1]:
            xmin = 0 
            xmax = 0.5 
            text = "" 
        intervals [2]:
            xmin = 0.5 
            xmax = 1.75 
            text = "hun sagde ""blåbærgrød""!" 
        intervals [3]:
            xmin = 1.75 
            xmax = 2.3 
            text = "på
Ærø" 
    item [2]:
        class = "TextTier" 
        name = "stød" 
        xmin = 0 
        xmax = 2.3 
        points: size = 1 
        points [1]:
            number = 0.9 
            mark = "ʔ" 
"#;

fn interval(xmin: f64, xmax: f64, text: &str) -> Interval {
    Interval { xmin, xmax, text: text.into() }
}

fn expected() -> TextGrid {
    let words = vec![
        interval(0.0, 0.5, ""),
        interval(0.5, 1.75, "hun sagde \"blåbærgrød\"!"),
        interval(1.75, 2.3, "på\nÆrø"),
    ];
    let points = vec![Point { time: 0.9, mark: "ʔ".into() }];
    let tier = |name: &str, items| Tier { name: name.into(), xmin: 0.0, xmax: 2.3, items };
    let tiers = vec![tier("ord", Items::Intervals(words)), tier("stød", Items::Points(points))];
    TextGrid { xmin: 0.0, xmax: 2.3, tiers }
}

fn parse(text: &str) -> Parsed<TextGrid> {
    read(text.as_bytes(), &Limits::default()).expect("reads")
}

/// A grid of one interval tier from 0 to 2 s, in the short layout.
fn one_tier(size: &str, intervals: &str) -> String {
    format!("\"ooTextFile\" \"TextGrid\"\n0 2 <exists> 1\n\"IntervalTier\" \"ord\" 0 2 {size}\n{intervals}")
}

fn problems_of(text: &str) -> Vec<(Code, Place)> {
    parse(text).problems.into_iter().map(|p| (p.code, p.place)).collect()
}

fn intervals_of(grid: &TextGrid) -> &[Interval] {
    match grid.tiers.first().map(|t| &t.items) {
        Some(Items::Intervals(intervals)) => intervals,
        other => panic!("expected intervals, found {other:?}"),
    }
}

#[test]
fn the_long_layout_is_praats_to_the_byte() {
    assert_eq!(parse(LONG), Parsed::clean(expected()));
    assert_eq!(write(&expected(), Layout::Long), LONG);
}

#[test]
fn the_short_layout_holds_the_same() {
    let short = write(&expected(), Layout::Short);
    assert!(
        short.contains("\n0\n2.3\n<exists>\n2\n\"IntervalTier\"\n\"ord\"\n0\n2.3\n3\n0\n0.5\n\"\"\n"),
        "{short}"
    );
    assert_eq!(parse(&short), Parsed::clean(expected()));
}

#[test]
fn every_encoding_and_line_end_reads_the_same() {
    let crlf = LONG.replace('\n', "\r\n");
    for (mark, encoding) in [
        (&b"\xFF\xFE"[..], Encoding::Utf16Le),
        (b"\xFE\xFF", Encoding::Utf16Be),
        (b"\xEF\xBB\xBF", Encoding::Utf8),
    ] {
        for text in [LONG, &crlf] {
            let bytes = [mark, &encode(text, encoding).expect("encodable")].concat();
            assert_eq!(
                read(&bytes, &Limits::default()).expect("reads"),
                Parsed::clean(expected()),
                "{encoding:?}"
            );
        }
    }
    let latin1 = encode(&LONG.replace('ʔ', "?"), Encoding::Windows1252).expect("encodable");
    let parsed = read(&latin1, &Limits::default()).expect("reads");
    assert_eq!(intervals_of(&parsed.value)[2].text, "på\nÆrø");
    assert_eq!(parsed.problems[0].code, codes::GUESSED_ENCODING);
}

#[test]
fn only_free_standing_values_count() {
    let text = one_tier("2", "! først \"tavshed\" 1 2 3\nfra 0s til= 50% \"\" 1/2 to2 2 \"ja\"!\n")
        .replace("\"!", "\" !");
    let parsed = parse(&text);
    assert_eq!(intervals_of(&parsed.value), [interval(0.0, 0.5, ""), interval(0.5, 2.0, "ja")]);
    assert_eq!(parsed.problems, []);
}

#[test]
fn old_headers_and_absent_tiers() {
    let old = parse("File type = \"ooTextFile short\"\n\"TextGrid\"\n\n0\n1\n<exists>\n0\n");
    assert_eq!(old, Parsed::clean(TextGrid { xmin: 0.0, xmax: 1.0, tiers: vec![] }));
    assert_eq!(parse("\"ooTextFile\" \"TextGrid\" 0 1 <absent>"), old);
}

#[test]
fn hostile_and_wrong_counts_are_told_and_cost_nothing() {
    for count in ["4000000000", "1", "-3", "1e300", "0.5"] {
        let parsed = parse(&one_tier(count, "0 1 \"rød\"\n1 2 \"grød\"\n"));
        assert_eq!(intervals_of(&parsed.value).len(), 2, "{count}");
        let found: Vec<_> = parsed.problems.iter().map(|p| (p.code, p.place.clone())).collect();
        assert_eq!(found, [(codes::TIME_COUNT, Place::Line(3))], "{count}");
    }
    let tiers = one_tier("1", "0 2 \"a\"").replace("<exists> 1", "<exists> 4000000000");
    assert_eq!(problems_of(&tiers), [(codes::TIME_COUNT, Place::Line(2))]);
}

#[test]
fn order_and_gaps_are_told_with_their_line() {
    let order = |line| vec![(codes::TIME_ORDER, Place::Line(line))];
    let gap = |line| vec![(codes::TIME_GAP, Place::Line(line))];
    assert_eq!(problems_of(&one_tier("2", "0 1 \"a\"\n0.5 2 \"b\"")), order(5));
    assert_eq!(problems_of(&one_tier("2", "0 0 \"a\"\n0 2 \"b\"")), order(4));
    assert_eq!(problems_of(&one_tier("2", "0 1 \"a\"\n1 3 \"b\"")), order(5));
    assert_eq!(problems_of(&one_tier("2", "0 1 \"a\"\n1.5 2 \"b\"")), gap(5));
    assert_eq!(problems_of(&one_tier("2", "0.1 1 \"a\"\n1 2 \"b\"")), gap(4));
    assert_eq!(problems_of(&one_tier("1", "0 1 \"a\"")), gap(4));
    assert_eq!(problems_of(&one_tier("0", "")), gap(3));
    assert_eq!(problems_of(&one_tier("2", "0 0.9999999 \"a\"\n1 2 \"b\"")), []);
    let points = one_tier("3", "0.5 \"H*\"\n0.4 \"L\"\n2.5 \"%\"").replace("IntervalTier", "TextTier");
    assert_eq!(problems_of(&points), [order(5), order(6)].concat());
}

#[test]
fn a_cut_file_keeps_its_whole_intervals() {
    for end in ["", "1", "1 2 ", "1 2 \"grø"] {
        let parsed = parse(&one_tier("2", &format!("0 1 \"rød\" {end}")));
        assert_eq!(intervals_of(&parsed.value), [interval(0.0, 1.0, "rød")], "{end:?}");
        let first = if end.is_empty() { codes::TIME_GAP } else { codes::TIME_COUNT };
        assert_eq!(parsed.problems[0].code, first, "{end:?}");
        assert_eq!(parsed.problems.iter().any(|p| p.code == codes::TRUNCATED), !end.is_empty(), "{end:?}");
    }
    let error = read(b"\"ooTextFile\" \"TextGrid\"\n0", &Limits::default()).expect_err("no xmax");
    assert_eq!((error.code(), error.place()), (codes::MALFORMED, Place::Line(2)));
}

#[test]
fn what_follows_the_tiers_is_told() {
    assert_eq!(problems_of(&one_tier("1", "0 2 \"a\"\n\"slut\"")), [(codes::BAD_RECORD, Place::Line(5))]);
}

#[test]
fn what_praat_refuses_is_refused_with_its_line() {
    for (intervals, line) in [
        ("0 1 \"a\"\n\"b\" 2", 5),
        ("0 1 \"sagde \"ja\" da\"", 4),
        ("0 1,5 \"a\"", 4),
        ("0 1 <a>", 4),
        ("0\n-- \"a\"", 5),
    ] {
        let text = one_tier("2", intervals).replace("<exists> 1", "<exists> 2");
        let error = read(text.as_bytes(), &Limits::default()).expect_err(intervals);
        assert_eq!(
            (error.code(), error.place()),
            (codes::MALFORMED, Place::Line(line)),
            "{intervals}: {error}"
        );
    }
    let text = one_tier("2", "0 1 \"to\nlinjer\"\n1,5 2 \"b\"");
    assert_eq!(read(text.as_bytes(), &Limits::default()).expect_err("comma").place(), Place::Line(6));
    for other in
        [&b"ooBinaryFile\x08TextGrid"[..], b"File type = \"ooTextFile\"\nObject class = \"PitchTier\"\n"]
    {
        assert_eq!(read(other, &Limits::default()).expect_err("no TextGrid").code(), codes::UNSUPPORTED);
    }
    assert_eq!(read(b"", &Limits::default()).expect_err("empty").code(), codes::MALFORMED);
}

#[test]
fn limits_hold() {
    let few = Limits { items: 4, ..Limits::default() };
    assert_eq!(read(LONG.as_bytes(), &few).expect_err("six items").code(), codes::LIMIT);
    let small = Limits { bytes: 100, ..Limits::default() };
    assert_eq!(read(LONG.as_bytes(), &small).expect_err("too long").code(), codes::LIMIT);
}

fn label() -> impl Strategy<Value = String> {
    "([a-zæøåÆØÅ0-9!<>=ˈː]|\"|\n| ){0,12}"
}

fn any_tier() -> impl Strategy<Value = Tier> {
    let time = || any::<f64>().prop_filter("finite", |t| t.is_finite());
    let intervals = prop::collection::vec((time(), time(), label()), 0..5)
        .prop_map(|v| Items::Intervals(v.into_iter().map(|(a, b, t)| interval(a, b, &t)).collect()));
    let points = prop::collection::vec((time(), label()), 0..5)
        .prop_map(|v| Items::Points(v.into_iter().map(|(time, mark)| Point { time, mark }).collect()));
    (label(), time(), time(), prop_oneof![intervals, points]).prop_map(|(name, xmin, xmax, items)| Tier {
        name,
        xmin,
        xmax,
        items,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn both_layouts_read_back_the_same(xmax in 0.0..1e5f64, tiers in prop::collection::vec(any_tier(), 0..4)) {
        let grid = TextGrid { xmin: 0.0, xmax, tiers };
        for layout in [Layout::Long, Layout::Short] {
            let parsed = read(write(&grid, layout).as_bytes(), &Limits::default()).expect("reads");
            prop_assert!(!parsed.problems.iter().any(|p| p.code == codes::TIME_COUNT));
            prop_assert_eq!(&parsed.value, &grid);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(parsed) = read(&bytes, &Limits::default()) {
            prop_assert!(parsed.value.tiers.len() <= bytes.len());
        }
    }

    #[test]
    fn damaged_grids_never_panic(cut in 0..LONG.len(), at in 0..LONG.len(), byte in any::<u8>()) {
        let mut bytes = LONG.as_bytes().to_vec();
        bytes[at] = byte;
        bytes.truncate(cut);
        if let Ok(parsed) = read(&bytes, &Limits::default()) {
            prop_assert!(parsed.value.tiers.len() <= 2);
        }
    }
}
