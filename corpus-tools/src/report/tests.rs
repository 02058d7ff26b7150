use super::*;

const HOSTILE: &str = "<script>alert(1)</script>\"'&\u{202e}txt.exe</style><img src=x onerror=y>";

/// Every field that takes text holds hostile text, and every section is there.
fn hostile() -> ReportData {
    let bad = || HOSTILE.to_owned();
    let both = || Bilingual { da: bad(), en: bad() };
    let histogram =
        || Some(Histogram { edges: vec![0.0, 1.0, f64::NAN], counts: vec![3, 4, 9], unit: bad() });
    ReportData {
        id: bad(),
        version: bad(),
        title: both(),
        description: both(),
        created: bad(),
        run: bad(),
        tool: bad(),
        licence: bad(),
        sources: vec![SourceRow {
            id: bad(),
            modality: bad(),
            licence: bad(),
            legal_basis: bad(),
            records: 1234,
            excluded: Some(bad()),
            ..SourceRow::default()
        }],
        steps: vec![StepRow {
            config: bad(),
            step: bad(),
            rows_in: 8,
            dropped: 1,
            changed: 0,
            examples: vec![Example { id: bad(), reason: bad(), excerpt: Some(bad()) }],
        }],
        licences: vec![LicenceRow { licence: bad(), terms: vec![bad()], ..LicenceRow::default() }],
        splits: vec![
            SplitRow { config: bad(), split: bad(), rows: 1234, hours: 1.5, ..SplitRow::default() },
            SplitRow { config: bad(), split: bad(), tokens: 7, ..SplitRow::default() },
            SplitRow { config: bad(), split: bad(), ..SplitRow::default() },
        ],
        speakers: vec![SpeakerRow {
            speaker: bad(),
            gender: Some(bad()),
            age_group: Some(bad()),
            dialect: Some(bad()),
            clips: 1,
            seconds: f64::NAN,
        }],
        dialects: vec![Share { label: bad(), value_hours: 1.0 }],
        genders: vec![Share { label: bad(), value_hours: -1.0 }],
        ages: vec![Share { label: bad(), value_hours: f64::INFINITY }],
        domains: vec![Count { label: bad(), count: u64::MAX }],
        languages: vec![Count { label: bad(), count: 0 }],
        durations: histogram(),
        levels: histogram(),
        clips: vec![Clip {
            id: bad(),
            text: Some(bad()),
            speaker: Some(bad()),
            waveform: vec![(-0.5, 0.5); 9],
            spectrogram: vec![1, 2, 3, 4],
            spectrogram_columns: 2,
            spectrogram_rows: 2,
            ..Clip::default()
        }],
        tokens: vec![TokenTable {
            config: bad(),
            tokenizer: bad(),
            vocab_size: u64::MAX,
            fallback: Some(bad()),
            packing: Some((bad(), 2048)),
            files: Some(bad()),
            splits: vec![TokenRow {
                split: bad(),
                tokens: u64::MAX,
                bytes_per_token: f64::NAN,
                ..TokenRow::default()
            }],
        }],
        tables: vec![TableRow { name: bad(), rows: 3 }],
        problems: vec![ProblemRow { source: bad(), file: bad(), place: bad(), code: bad(), message: bad() }],
        problems_total: 5,
    }
}

fn page(data: &ReportData) -> String {
    render(data).expect("renders")
}

#[test]
fn hostile_text_is_escaped_wherever_it_stands() {
    let html = page(&hostile());
    for live in ["<script", "</style><img", "<img src=x", "\u{202e}", "onerror=y>\""] {
        assert!(!html.contains(live), "{live:?}");
    }
    assert_eq!(html.matches("</style>").count(), 1);
    assert!(html.contains("&#60;script&#62;") && html.contains("U+202E"));
}

#[test]
fn every_section_is_reached_from_the_contents() {
    let html = page(&hostile());
    let links: Vec<&str> = html
        .match_indices("href=\"#")
        .map(|(at, _)| html[at + 7..].split('"').next().expect("end"))
        .collect();
    assert_eq!(links.len(), 11, "{links:?}");
    for id in links {
        assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
}

#[test]
fn tags_are_closed_in_order() {
    for data in [hostile(), ReportData::default()] {
        let html = page(&data);
        let mut open = vec!["html"];
        let body = html.split_once("</head>").expect("head").1;
        for tag in body.split('<').skip(1).map(|s| s.split('>').next().expect("tag")) {
            let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().expect("name");
            match name {
                "meta" | "input" | "img" | "br" | "wbr" => {}
                _ if tag.starts_with('/') => assert_eq!(open.pop(), Some(name), "</{name}>"),
                _ if tag.ends_with('/') => {}
                _ => open.push(name),
            }
        }
        assert!(open.is_empty(), "left open: {open:?}");
    }
}

#[test]
fn the_page_asks_for_nothing_from_elsewhere() {
    let html = page(&hostile());
    assert!(html.contains(
        "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\""
    ));
    for outside in ["http://", "https://", "url(", "@import", "<link", "<script", "<iframe"] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn a_dataset_without_data_has_a_page() {
    let html = page(&ReportData::default());
    assert!(
        html.contains("Datasættet har ingen data endnu.") && html.contains("The dataset has no data yet.")
    );
    for id in ["sources", "left-out", "licences", "speech", "text", "rules", "problems", "made"] {
        assert!(!html.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    assert_eq!(page(&hostile()), page(&hostile()));
}

#[test]
fn numbers_are_written_for_each_language() {
    let html = page(&hostile());
    assert!(html.contains("<span lang=\"da\">1.234</span><span lang=\"en\">1,234</span>"));
    assert!(html.contains("<span lang=\"da\">1,50</span><span lang=\"en\">1.50</span>"));
}

#[test]
fn problems_stand_under_their_code_and_the_missing_ones_are_told() {
    let row = |code: &str, message: &str| ProblemRow {
        code: code.into(),
        message: message.into(),
        ..ProblemRow::default()
    };
    let data = ReportData {
        problems: vec![row("SPROG-0002", "anden"), row("SPROG-0001", "første"), row("SPROG-0002", "tredje")],
        problems_total: 1200,
        ..ReportData::default()
    };
    let html = page(&data);
    let at = |text: &str| html.find(text).expect("there");
    assert!(at("første") < at("anden") && at("anden") < at("tredje"));
    assert!(html.contains("Siden viser 3 af 1.200"));
}

#[test]
fn a_source_left_out_says_why() {
    let source = SourceRow {
        id: "avis".into(),
        excluded: Some("ingen licens [SPROG-1001]".into()),
        ..SourceRow::default()
    };
    let html = page(&ReportData { sources: vec![source], ..ReportData::default() });
    assert!(html.contains("En kilde angiver ingen licens.") && html.contains("A source names no licence."));
    assert!(html.contains("ingen licens") && html.contains("1\u{a0}kilde er holdt helt ude."));
}

#[test]
fn rule_rows_count_once() {
    let split =
        |config: &str, rows, tokens| SplitRow { config: config.into(), rows, tokens, ..SplitRow::default() };
    let mut data = ReportData {
        splits: vec![split("text", 100, 7)],
        tables: vec![TableRow { name: "affix_rules".into(), rows: 11 }],
        ..ReportData::default()
    };
    assert!(page(&data).contains("Datasættet rummer 111\u{a0}rækker."));
    data.splits.push(split("rules", 11, 0));
    assert!(page(&data).contains("Datasættet rummer 111\u{a0}rækker."));
}
