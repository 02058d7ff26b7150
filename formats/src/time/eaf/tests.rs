use proptest::prelude::*;

use super::*;
use crate::{Error, Limits, Parsed, codes};

fn back(text: &str) -> crate::Result<Parsed<Eaf>> {
    read(text.as_bytes(), &Limits::default())
}

/// A file as ELAN itself writes it: shared slots in a subdivision, a slot without time, a reference.
const ELAN: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-31T12:00:00+01:00" FORMAT="3.0" VERSION="3.0"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
        <MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/b%C3%A5nd.wav" MIME_TYPE="audio/x-wav" RELATIVE_MEDIA_URL="./bånd.wav"/>
        <PROPERTY NAME="lastUsedAnnotationId">4</PROPERTY>
    </HEADER>
    <TIME_ORDER>
        <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="100"/>
        <TIME_SLOT TIME_SLOT_ID="ts2"/>
        <TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="900"/>
    </TIME_ORDER>
    <TIER LINGUISTIC_TYPE_REF="default-lt" PARTICIPANT="Karen" TIER_ID="K-ytring">
        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts3">
                <ANNOTATION_VALUE>R&#248;d &amp; gr&#xF8;n
 &lt;ler&gt;</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
    </TIER>
    <TIER LINGUISTIC_TYPE_REF="ord" PARENT_REF="K-ytring" TIER_ID="K-ord">
        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
                <ANNOTATION_VALUE>rød</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts3">
                <ANNOTATION_VALUE/>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
    </TIER>
    <TIER LINGUISTIC_TYPE_REF="oversat" PARENT_REF="K-ytring" TIER_ID="K-engelsk">
        <ANNOTATION>
            <REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="a1">
                <ANNOTATION_VALUE>red</ANNOTATION_VALUE>
            </REF_ANNOTATION>
        </ANNOTATION>
    </TIER>
    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>
    <LINGUISTIC_TYPE CONSTRAINTS="Time_Subdivision" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="ord" TIME_ALIGNABLE="true"/>
    <LINGUISTIC_TYPE CONSTRAINTS="Symbolic_Association" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="oversat" TIME_ALIGNABLE="false"/>
</ANNOTATION_DOCUMENT>
"#;

#[test]
fn what_elan_writes_is_read() {
    let parsed = back(ELAN).expect("reads");
    assert_eq!(parsed.problems, []);
    let eaf = parsed.value;
    assert_eq!(eaf.media[0].relative_url.as_deref(), Some("./bånd.wav"));
    let [utterance, words, english] = &eaf.tiers[..] else { panic!("three tiers") };
    assert_eq!(utterance.participant.as_deref(), Some("Karen"));
    assert_eq!(utterance.annotations[0].text, "Rød & grøn\n <ler>");
    assert_eq!(words.constraint, Some(Constraint::TimeSubdivision));
    assert_eq!((words.annotations[0].start_ms, words.annotations[0].end_ms), (Some(100), None));
    assert_eq!(words.annotations[1].text, "");
    assert_eq!((english.annotations[0].start_ms, english.annotations[0].end_ms), (Some(100), Some(900)));
    assert_eq!(back(&write(&eaf)).expect("reads").value, eaf);
}

#[test]
fn what_is_wrong_is_kept_and_told() {
    let wrong = ELAN
        .replace("TIME_VALUE=\"900\"", "TIME_VALUE=\"90\"")
        .replace("TIME_SLOT_ID=\"ts2\"", "TIME_SLOT_ID=\"ts1\" TIME_VALUE=\"1,5\"")
        .replace("ANNOTATION_REF=\"a1\"", "ANNOTATION_REF=\"a4\"");
    let parsed = back(&wrong).expect("reads");
    let told: Vec<String> = parsed.problems.iter().map(|p| format!("{} {}", p.code.0, p.message)).collect();
    assert_eq!(
        told,
        [
            "120 time slot \"ts1\": \"1,5\" is not a number of milliseconds",
            "120 time slot \"ts1\" is there twice; the first one counts",
            "120 time slot \"ts2\" is not in the file",
            "120 time slot \"ts2\" is not in the file",
            "120 annotation \"a4\" is not in the file, or refers to itself",
            "300 tier \"K-ytring\": an annotation ends at 90 ms, before its start 100 ms",
        ]
    );
    assert_eq!(parsed.value.tiers[2].annotations.len(), 1);
}

#[test]
fn what_is_no_document_is_refused() {
    let code = |text: &str| back(text).expect_err("refused").code();
    assert_eq!(code("<!DOCTYPE x [<!ENTITY a 'b'>]><ANNOTATION_DOCUMENT/>"), codes::DTD_REFUSED);
    for text in [
        "",
        "<TEI/>",
        "<ANNOTATION_DOCUMENT>",
        "hej",
        "<ANNOTATION_DOCUMENT><ALIGNABLE_ANNOTATION/></ANNOTATION_DOCUMENT>",
    ] {
        assert_eq!(code(text), codes::MALFORMED, "{text}");
    }
    assert_eq!(code(&ELAN.replace("milliseconds", "PAL-frames")), codes::UNSUPPORTED);
    assert_eq!(code(&format!("<ANNOTATION_DOCUMENT>{}", "<A>".repeat(1000))), codes::LIMIT);
    for limits in [Limits { items: 5, ..Limits::default() }, Limits { bytes: 10, ..Limits::default() }] {
        assert!(matches!(read(ELAN.as_bytes(), &limits), Err(Error::Limit { .. })));
    }
    for (end, _) in ELAN.char_indices().filter(|(end, _)| *end < ELAN.trim_end().len() - 1) {
        assert!(back(&ELAN[..end]).is_err(), "{end}");
    }
}

#[test]
fn names_and_types_are_made_unique_in_writing() {
    let tier = |id: &str, constraint| Tier {
        id: id.into(),
        parent: Some("x".into()),
        constraint,
        annotations: vec![Annotation { id: Some("ts1".into()), ..Annotation::default() }],
        ..Tier::default()
    };
    let eaf = Eaf {
        tiers: vec![tier("x", None), tier("x", Some(Constraint::IncludedIn)), tier("x-2", None)],
        ..Eaf::default()
    };
    let tiers = back(&write(&eaf)).expect("reads").value.tiers;
    let ids: Vec<&str> = tiers.iter().map(|tier| tier.id.as_str()).collect();
    assert_eq!(ids, ["x", "x-3", "x-2"]);
    assert_eq!(
        (tiers[1].linguistic_type.as_str(), tiers[1].constraint),
        ("default-lt-2", Some(Constraint::IncludedIn))
    );
    let ids: Vec<_> = tiers.iter().filter_map(|tier| tier.annotations[0].id.as_deref()).collect();
    assert_eq!(ids, ["a1", "a2", "a3"]);
}

#[test]
fn odd_times_make_a_tier_that_elan_can_open() {
    let odd = [(f64::NAN, 0.2, "a"), (0.1, 0.1, "b"), (-1.0, f64::INFINITY, "c"), (9.0, 9.5, "d")];
    let tier = Tier::aligned("x", odd);
    let mut free = 0;
    for annotation in &tier.annotations {
        let (start, end) = (annotation.start_ms.expect("set"), annotation.end_ms.expect("set"));
        assert!(start >= free && end > start);
        free = end;
    }
}

fn text() -> impl Strategy<Value = String> {
    "([a-zæøå<>&\"' \n\t\r\u{0}\u{1F}\u{FFFE}]|\\PC){0,8}"
}

fn tier() -> impl Strategy<Value = Tier> {
    let interval = (0u64..5000, 1u64..900, text());
    (text(), prop::option::of(text()), prop::collection::vec(interval, 0..6)).prop_map(
        |(id, participant, intervals)| {
            let mut at = 0;
            let annotations = intervals.into_iter().map(|(gap, length, text)| {
                let start = at + gap;
                at = start + length;
                Annotation { start_ms: Some(start), end_ms: Some(at), text, ..Annotation::default() }
            });
            Tier { id, participant, annotations: annotations.collect(), ..Tier::default() }
        },
    )
}

proptest! {
    #[test]
    fn times_and_labels_come_back(tiers in prop::collection::vec(tier(), 0..4)) {
        let eaf = Eaf { tiers, ..Eaf::default() };
        let parsed = back(&write(&eaf)).expect("reads");
        prop_assert_eq!(parsed.problems, []);
        let held = |c: char| if matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}') { '\u{FFFD}' } else { c };
        for (tier, read) in eaf.tiers.iter().zip(&parsed.value.tiers) {
            for (annotation, read) in tier.annotations.iter().zip(&read.annotations) {
                prop_assert_eq!((annotation.start_ms, annotation.end_ms), (read.start_ms, read.end_ms));
                prop_assert_eq!(annotation.text.chars().map(held).collect::<String>(), read.text.clone());
            }
        }
        let again = back(&write(&parsed.value)).expect("reads").value;
        prop_assert_eq!(again, parsed.value);
    }

    #[test]
    fn no_bytes_panic(at in 0usize..ELAN.len(), junk in prop::collection::vec(any::<u8>(), 0..5)) {
        let mut bytes = ELAN.as_bytes().to_vec();
        bytes.splice(at..(at + junk.len()).min(ELAN.len()), junk);
        if let Ok(parsed) = read(&bytes, &Limits::default()) {
            let _ = write(&parsed.value);
        }
    }
}
