use proptest::prelude::*;

use super::*;
use crate::{Code, Encoding, encoding::encode};

fn parse(text: &str) -> Parsed<Subtitles> {
    read(text.as_bytes(), &Limits::default()).expect("reads")
}

fn problems_of(text: &str) -> Vec<(Code, Place)> {
    parse(text).problems.into_iter().map(|p| (p.code, p.place)).collect()
}

fn cue(id: Option<&str>, start_ms: u64, end_ms: u64, text: &str) -> Cue {
    Cue { id: id.map(str::to_owned), start_ms, end_ms, settings: None, text: text.to_owned() }
}

fn broken(line: u64) -> (Code, Place) {
    (codes::TIME_CUE, Place::Line(line))
}

const SRT: &str = "1\n00:00:01,000 --> 00:00:02,500\n<i>Det er koldt på Ærø.</i>\n\n\
                   2\n00:00:03,000 --> 00:00:04,000\n- Er du sikker?\n- Ja!\n\n";

fn srt_cues() -> Vec<Cue> {
    vec![
        cue(Some("1"), 1000, 2500, "<i>Det er koldt på Ærø.</i>"),
        cue(Some("2"), 3000, 4000, "- Er du sikker?\n- Ja!"),
    ]
}

#[test]
fn srt_as_it_should_be() {
    let expected = Subtitles { kind: SubtitleKind::Srt, header: None, cues: srt_cues() };
    assert_eq!(write(&expected), SRT);
    assert_eq!(parse(SRT), Parsed::clean(expected));
}

#[test]
fn every_encoding_and_line_end_reads_the_same() {
    for ends in ["\n", "\r\n", "\r"] {
        let text = SRT.replace('\n', ends);
        for (mark, encoding) in [
            (&b"\xEF\xBB\xBF"[..], Encoding::Utf8),
            (b"\xFF\xFE", Encoding::Utf16Le),
            (b"", Encoding::Windows1252),
        ] {
            let bytes = [mark, &encode(&text, encoding).expect("encodable")].concat();
            assert_eq!(
                read(&bytes, &Limits::default()).expect("reads").value.cues,
                srt_cues(),
                "{encoding:?}"
            );
        }
    }
}

#[test]
fn srt_as_players_take_it() {
    for (times, start_ms, end_ms, settings) in [
        ("00:00:01.250-->00:00:02.5", 1250, 2005, None),
        ("  01:02,003  -->  1:00:00:  X1:1", 0, 0, Some("broken")),
        ("01:02,003 --> 1:00:00,9999", 62_003, 3_600_999, None),
        ("00:01:00 --> 00:01:01", 60_000, 61_000, None),
        ("0:0:1,0 --> 100:00:00,000", 1000, 360_000_000, None),
        (
            "00:00:01,000 --> 00:00:02,000  X1:40 X2:600 Y1:20 Y2:50 ",
            1000,
            2000,
            Some("X1:40 X2:600 Y1:20 Y2:50"),
        ),
    ] {
        let parsed = parse(&format!("7\n{times}\nhej\n"));
        if settings == Some("broken") {
            assert_eq!((parsed.value.cues.len(), parsed.problems.len()), (0, 1), "{times}");
            continue;
        }
        let expected =
            Cue { settings: settings.map(str::to_owned), ..cue(Some("7"), start_ms, end_ms, "hej") };
        assert_eq!(parsed.value.cues, [expected], "{times}");
        assert_eq!(parsed.problems, [], "{times}");
    }
}

#[test]
fn counters_and_blank_lines_may_be_missing_or_many() {
    let text = "\n\n00:01,000 --> 00:02,000\n\nførste \n\n \nstadig første \n \n\n00:03,000 --> 00:04,000\n\
                I 1864\n3\n00:05,000 --> 00:06,000\n\n4\n00:07,000 --> 00:08,000\n1864\ni Dybbøl\n\
                00:09,000 --> 00:10,000\nslut";
    let parsed = parse(text);
    assert_eq!(
        parsed.value.cues,
        [
            cue(None, 1000, 2000, "første \n\n \nstadig første "),
            cue(None, 3000, 4000, "I 1864"),
            cue(Some("3"), 5000, 6000, ""),
            cue(Some("4"), 7000, 8000, "1864\ni Dybbøl"),
            cue(None, 9000, 10_000, "slut"),
        ]
    );
    assert_eq!(parsed.problems, []);
}

#[test]
fn a_broken_srt_cue_is_told_and_the_rest_is_read() {
    let text = "1\n00:00:01,000 --> 00:00:02,000\nfør\n\n2\n00:00:xx,000 --> 00:00:04,000\ntabt\n\n\
                3\n00:00:05,000 --> 00:61:00,000\ntabt\n\n4\n00:00:07,000 --> 00:00:08,000\nefter\n";
    let parsed = parse(text);
    assert_eq!(parsed.value.cues, [cue(Some("1"), 1000, 2000, "før"), cue(Some("4"), 7000, 8000, "efter")]);
    assert_eq!(problems_of(text), [broken(6), broken(10)]);
}

#[test]
fn an_arrow_in_a_text_is_no_time() {
    let parsed = parse("1\n00:01,000 --> 00:02,000\nFra Aarhus --> Odense\n4 --> 5\n");
    assert_eq!(parsed.value.cues, [cue(Some("1"), 1000, 2000, "Fra Aarhus --> Odense\n4 --> 5")]);
    assert_eq!(parsed.problems, []);
}

#[test]
fn stray_text_empty_files_and_backward_cues_are_told() {
    assert_eq!(problems_of("Oversat af Jens\n\n1\n00:01,000 --> 00:02,000\nhej"), [broken(1)]);
    assert_eq!(problems_of("bare tekst\n"), [broken(1)]);
    assert_eq!(problems_of(""), [(codes::EMPTY_FILE, Place::File)]);
    let text = "00:05,000 --> 00:04,000\nhej";
    assert_eq!(problems_of(text), [(codes::TIME_ORDER, Place::Line(1))]);
    assert_eq!(parse(text).value.cues, [cue(None, 5000, 4000, "hej")]);
}

const VTT: &str = "WEBVTT - Nyheder\nKind: captions\n\nSTYLE\n::cue { color: yellow }\n\nNOTE\nrettet 2024\n\n\
                   intro\n00:00:00.000 --> 00:00:02.000 align:start position:10%\n\
                   <v Karen>Godaften &amp; velkommen.\n\n\
                   00:00:02.000 --> 01:00:03.500\n<v.gæst Søren>Tak,\nKaren.\n\n";

#[test]
fn webvtt_as_it_should_be() {
    let header = "WEBVTT - Nyheder\nKind: captions\n\nSTYLE\n::cue { color: yellow }\n\nNOTE\nrettet 2024";
    let first = Cue {
        settings: Some("align:start position:10%".into()),
        ..cue(Some("intro"), 0, 2000, "<v Karen>Godaften &amp; velkommen.")
    };
    let cues = vec![first, cue(None, 2000, 3_603_500, "<v.gæst Søren>Tak,\nKaren.")];
    let expected = Subtitles { kind: SubtitleKind::Vtt, header: Some(header.into()), cues };
    assert_eq!(parse(VTT), Parsed::clean(expected.clone()));
    assert_eq!(write(&expected), VTT);
}

#[test]
fn webvtt_blocks_follow_the_standard() {
    let text = "\u{FEFF}WEBVTT\n00:01.000 --> 00:02.000\nen\n00:02.000 --> 00:03.000\nto\n \nNOTE om to\n\n\
                løs tekst\n\nid\n00:99.000 --> 00:04.000\ntabt\n\n00:04,5 --> 00:05.000\n";
    let parsed = parse(text);
    assert_eq!(parsed.value.kind, SubtitleKind::Vtt);
    assert_eq!(parsed.value.header.as_deref(), Some("WEBVTT\n\nNOTE om to"));
    assert_eq!(
        parsed.value.cues,
        [cue(None, 1000, 2000, "en"), cue(None, 2000, 3000, "to"), cue(None, 4005, 5000, "")]
    );
    assert_eq!(problems_of(text), [broken(9), broken(12)]);
}

#[test]
fn only_a_whole_word_webvtt_tells_the_kind() {
    assert_eq!(parse("WEBVTT").value, Subtitles { kind: SubtitleKind::Vtt, header: None, cues: vec![] });
    assert_eq!(parse("WEBVTTX\n").value.kind, SubtitleKind::Srt);
}

#[test]
fn what_a_format_cannot_hold_is_changed() {
    let cues = vec![Cue { settings: Some("a\nb".into()), ..cue(Some("x-->y"), 0, 1, "1 --> 2\n\nslut") }];
    let mut subtitles = Subtitles { kind: SubtitleKind::Vtt, header: Some("NOTE test".into()), cues };
    let vtt = "WEBVTT\n\nNOTE test\n\nx--&gt;y\n00:00:00.000 --> 00:00:00.001 a b\n1 --&gt; 2\nslut\n\n";
    assert_eq!(write(&subtitles), vtt);
    subtitles.kind = SubtitleKind::Srt;
    assert_eq!(write(&subtitles), "1\n00:00:00,000 --> 00:00:00,001 a b\n1 -- > 2\n\nslut\n\n");
}

#[test]
fn limits_hold() {
    let few = Limits { items: 1, ..Limits::default() };
    let error = read(SRT.as_bytes(), &few).expect_err("two cues");
    assert_eq!((error.code(), error.place()), (codes::LIMIT, Place::Line(6)));
    let small = Limits { bytes: 20, ..Limits::default() };
    assert_eq!(read(SRT.as_bytes(), &small).expect_err("too long").code(), codes::LIMIT);
}

fn any_cues(id: &'static str) -> impl Strategy<Value = Vec<Cue>> {
    let text = "([a-zæøåÆ0-9<>&;.:-]{1,6} ?[a-zæøå?]{1,4}(\n[0-9A-ZÆØÅ]{1,5}){0,2})?";
    let settings = prop::option::of("[a-z]{1,5}:[0-9]{1,3}%?( line:-?[0-9])?");
    let times = prop_oneof![(any::<u64>(), any::<u64>()), (0..9_000_000u64, 0..9_000_000u64)];
    let cue =
        (prop::option::of(id), times, settings, text).prop_map(|(id, (start_ms, end_ms), settings, text)| {
            Cue { id, start_ms, end_ms, settings, text: text.replace(ARROW, "") }
        });
    prop::collection::vec(cue, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn written_srt_reads_back_the_same(mut cues in any_cues("[1-9][0-9]{0,4}")) {
        for (number, cue) in (1..).zip(&mut cues) {
            cue.id.get_or_insert(format!("{number}"));
        }
        let subtitles = Subtitles { kind: SubtitleKind::Srt, header: None, cues };
        prop_assert_eq!(parse(&write(&subtitles)).value, subtitles);
    }

    #[test]
    fn written_vtt_reads_back_the_same(
        cues in any_cues("[a-zæøå0-9]{1,8}( [a-z]{1,3})?"),
        header in prop::option::of("WEBVTT [a-zæøå]{1,9}(\nLanguage: da)?(\n\nNOTE [a-z]{0,9}){0,2}"),
    ) {
        let subtitles = Subtitles { kind: SubtitleKind::Vtt, header, cues };
        prop_assert_eq!(parse(&write(&subtitles)).value, subtitles);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let parsed = read(&bytes, &Limits::default()).expect("within limits");
        prop_assert!(parsed.value.cues.len() <= bytes.len());
    }

    #[test]
    fn near_subtitles_never_panic(text in "(WEBVTT)?(\n|-->|[0-9]{1,2}|:|,|\\.| |NOTE|[æ\\PC]){0,80}") {
        let parsed = read(text.as_bytes(), &Limits::default()).expect("within limits");
        let arrows = text.matches(ARROW).count();
        prop_assert!(parsed.value.cues.len() <= arrows);
    }
}
