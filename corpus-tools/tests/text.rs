//! The verbs of `sprog text`, and the same kernels as steps of a recipe.

mod command;

use command::{Sprog, column, recipe, rows};
use serde_json::{Value, json};

/// The answers to lines on standard input.
fn answers(sprog: &Sprog, args: &[&str], input: &str) -> Vec<Value> {
    let out = sprog.run_with(args, &[], input.as_bytes()).ok();
    out.stdout.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn plain(sprog: &Sprog, args: &[&str], input: &str) -> String {
    let args: Vec<&str> = args.iter().copied().chain(["--plain"]).collect();
    sprog.run_with(&args, &[], input.as_bytes()).ok().stdout
}

#[test]
fn each_verb_writes_what_the_contract_says() {
    let sprog = Sprog::new();
    let repaired = &answers(&sprog, &["text", "repair"], "RÃ¸dgrÃ¸d\n")[0];
    let expected =
        json!({"text": "Rødgrød", "changed": true, "chain": ["utf-8 as windows-1252"], "lossy": false});
    assert_eq!(repaired, &expected);
    assert_eq!(answers(&sprog, &["text", "normalize"], "a\u{30a}  b\n")[0], json!({"text": "å b"}));
    let changes = &answers(&sprog, &["text", "normalize", "--changes"], "ø  b\n")[0]["changes"][0];
    assert_eq!(changes, &json!({"step": "whitespace", "start": 1, "end": 3, "before": "  ", "after": " "}));
    let old =
        &answers(&sprog, &["text", "normalize", "--orthography"], "Han kunde ikke gaa.\n")[0]["orthography"];
    let expected = json!({"start": 15, "end": 18, "kind": "double-a", "modern": "gå", "certainty": "high"});
    assert_eq!(old[1], expected);
    let tokens = &answers(&sprog, &["text", "tokens"], "Åse ser.\n")[0];
    let expected = json!([{"start": 0, "end": 3}, {"start": 4, "end": 7}, {"start": 7, "end": 8}]);
    assert_eq!(tokens["tokens"], expected);
    let sentences = &answers(&sprog, &["text", "sentences"], "Øl kl. 14? Ja.\n")[0]["sentences"];
    assert_eq!((&sentences[0]["end"], &sentences[1]["start"]), (&json!(10), &json!(11)));
    let spoken = &answers(&sprog, &["text", "verbalize"], "å 21 år\n")[0];
    assert_eq!(spoken["spoken"], "å enogtyve år");
    assert_eq!(spoken["readings"][0], spoken["spoken"]);
    assert_eq!(spoken["spans"][0], json!({"start": 2, "end": 4, "class": "cardinal", "spoken": "enogtyve"}));
    let written = &answers(&sprog, &["text", "itn"], "der kom tooghalvfjerds gæster\n")[0];
    assert_eq!(
        (&written["written"], &written["spans"][0]["written"]),
        (&json!("der kom 72 gæster"), &json!("72"))
    );
    let found = &answers(&sprog, &["text", "pii"], "Åse: 010190-1234\n")[0];
    assert_eq!(found["spans"].as_array().map(Vec::len), Some(1 + usize::from(found["spans"][1].is_object())));
    assert_eq!(found["spans"][found["spans"].as_array().map_or(0, Vec::len) - 1]["label"], "CPR");
    assert!(found["masked"].as_str().is_some_and(|t| t.contains("[CPR]")));
}

#[test]
fn plain_output_is_the_text_alone() {
    let sprog = Sprog::new();
    assert_eq!(plain(&sprog, &["text", "tokens"], "Kl. 8, ikke?\n\n"), "Kl. 8 , ikke ?\n\n");
    assert_eq!(plain(&sprog, &["text", "sentences"], "Ja. Nej.\n"), "Ja. ⏎ Nej.\n");
    assert_eq!(plain(&sprog, &["text", "normalize", "--preset", "asr"], "Den 3. maj!\n"), "den tredje maj\n");
    assert_eq!(plain(&sprog, &["text", "normalize", "--steps", "quotes"], "»a«\n"), "\"a\"\n");
    assert_eq!(
        plain(&sprog, &["text", "pii", "--labels", "EMAIL"], "a@b.dk 010190-1234\n"),
        "[EMAIL] 010190-1234\n"
    );
    sprog.write("key", format!("{}\n", "5a".repeat(32)));
    let once = plain(&sprog, &["text", "pii", "--pseudonymize", "key"], "CPR 010190-1234\nCPR 010190-1234\n");
    let lines: Vec<&str> = once.lines().collect();
    assert!(lines[0] == lines[1] && !once.contains("010190") && !once.contains("[CPR]"), "{once}");
    let file = sprog.write("in.txt", "Kl. 8\n");
    assert_eq!(plain(&sprog, &["text", "tokens", &file.to_string_lossy()], ""), "Kl. 8\n");
}

#[test]
fn odd_input_has_a_defined_answer() {
    let sprog = Sprog::new();
    let zalgo = format!("Z{}", "\u{30a}\u{301}".repeat(5_000));
    let odd = format!("\u{202e}abc\nnul\0byte\n{zalgo}\n{}\n\u{feff}\n", "æ".repeat(100_000));
    for verb in ["repair", "normalize", "tokens", "sentences", "verbalize", "itn", "pii"] {
        assert_eq!(answers(&sprog, &["text", verb], &odd).len(), 5, "{verb}");
        let bad = sprog.run_with(&["text", verb], &[], b"godt\n\xff\xfe\nogs\xc3\xa5\n");
        assert_eq!((bad.code, bad.stdout.lines().count()), (2, 3), "{verb}");
        assert!(bad.stderr.contains("line 2") && bad.stderr.contains("SPROG-0110"), "{}", bad.stderr);
    }
    for args in [
        &["text", "normalize", "--preset", "x"][..],
        &["text", "normalize", "--steps", "x"],
        &["text", "pii", "--labels", "X"],
        &["text", "pii", "--pseudonymize", "nowhere"],
        &["text", "tokens", "nowhere"],
    ] {
        assert_eq!(sprog.run(args).code, 2, "{args:?}");
    }
    sprog.write("key", "kort");
    assert!(sprog.run(&["text", "pii", "--pseudonymize", "key"]).stderr.contains("64 hexadecimal"));
}

#[test]
fn the_kernels_are_steps_of_a_recipe() {
    let sprog = Sprog::new();
    let lines: String = [
        ("a", "RÃ¸dgrÃ¸d koster 21 kr. i dag. Det er billigt."),
        ("b", "Skriv til Mette Jensen, tlf. 22 18 09 44."),
        ("c", "G\u{fffd}r det."),
    ]
    .map(|(id, text)| format!("{}\n", json!({"id": id, "text": text})))
    .concat();
    sprog.write("r/a.jsonl", lines);
    let build = |steps: &str, out: &str| {
        sprog.write("r/recipe.toml", recipe("a.jsonl", "jsonl", steps));
        sprog.run_in(&["build", "r", "--out", out], &[("THE_KEY", &"5a".repeat(32))])
    };
    let texts = |out: &str| column(&rows(&sprog.path(&format!("{out}/t/1.0.0")), "data/text/"), "text");

    let steps = "[[step]]\nuse = \"repair\"\n[[step]]\nuse = \"sentences\"\n[[step]]\nuse = \"verbalize\"\n\
                 [[step]]\nuse = \"pii\"\naction = \"mask\"\n";
    build(steps, "one").ok();
    let expected = [
        "Rødgrød koster enogtyve kroner i dag.",
        "Det er billigt.",
        "Skriv til Mette Jensen, telefon toogtyve atten nul ni fireogfyrre.",
        "G\u{fffd}r det.",
    ];
    assert_eq!(texts("one"), expected);
    let ids = column(&rows(&sprog.path("one/t/1.0.0"), "data/text/"), "id");
    assert_eq!(ids, ["a.1", "a.2", "b.1", "c.1"]);
    let problems = std::fs::read_to_string(sprog.path("one/t/1.0.0/removed/problems.jsonl")).expect("listed");
    assert!(problems.contains("SPROG-2009") && problems.contains("line 3"), "{problems}");

    // Masked, and told what was masked; the audit holds places, not the data.
    build("[[step]]\nuse = \"pii\"\naction = \"mask\"\nlabels = [\"PHONE\", \"NAME\"]\n", "two").ok();
    assert_eq!(texts("two")[1], "Skriv til [NAME], tlf. [PHONE].");
    let audit = rows(&sprog.path("two/t/1.0.0"), "removed/text_personal_data.parquet");
    assert_eq!(
        (column(&audit, "label"), column(&audit, "action")),
        (vec!["NAME".into(), "PHONE".into()], vec!["mask".to_owned(); 2])
    );
    assert_eq!(column(&audit, "id"), ["b", "b"]);

    // A stand-in is the same in every build with the key, and the gate lets it pass.
    let all = "Mette Jensen, 010190-1234, tlf. 22 18 09 44, åse@firma.dk, ring +46 8 123 456 78, \
               reg. 3201 konto 0012345678, IBAN DK85 3762 2659 0462 73, Visa 4111 1111 1111 1111";
    sprog.write("r/a.jsonl", format!("{}\n", json!({"id": "b", "text": all})));
    let steps = "[[step]]\nuse = \"pii\"\naction = \"pseudonymize\"\nkey_env = \"THE_KEY\"\n";
    build(steps, "three").ok();
    build(steps, "four").ok();
    assert_eq!(texts("three"), texts("four"));
    let text = &texts("three")[0];
    for gone in ["010190", "22 18 09 44", "firma", "+46", "3201", "0012345678", "DK85", "4111"] {
        assert!(!text.contains(gone), "{text}");
    }
    assert!(text.contains("Mette Jensen"), "names are looked for when asked: {text}");
    sprog.write("r/recipe.toml", recipe("a.jsonl", "jsonl", steps));
    let keyless = sprog.run(&["build", "r", "--out", "five"]);
    assert!(keyless.code == 2 && keyless.stderr.contains("THE_KEY"), "{}", keyless.stderr);

    // Reported only: the gate still refuses the number.
    assert_eq!(build("[[step]]\nuse = \"pii\"\naction = \"report\"\n", "six").code, 1);
    let lost = json!({"id": "c", "text": "G\u{fffd}r det."});
    sprog.write("r/a.jsonl", format!("{}\n{lost}\n", json!({"id": "b", "text": all})));
    build("[[step]]\nuse = \"tokens\"\n[[step]]\nuse = \"pii\"\naction = \"drop\"\n", "seven").ok();
    assert_eq!(texts("seven"), ["G \u{fffd} r det ."]);
}

#[test]
fn steps_that_make_no_sense_name_their_line() {
    let sprog = Sprog::new();
    sprog.write("r/a.jsonl", "{\"text\":\"x\"}\n");
    for (steps, part) in [
        ("[[step]]\nuse = \"pii\"\naction = \"mask\"\nlabels = [\"CPX\"]\n", "no label"),
        ("[[step]]\nuse = \"pii\"\naction = \"pseudonymize\"\n", "key_env"),
        ("[[step]]\nuse = \"normalize\"\npreset = \"asrr\"\n", "asrr"),
        ("[[step]]\nuse = \"normalize\"\nwithout = [\"nfd\"]\n", "nfd"),
        ("[[step]]\nuse = \"repair\"\nfor = \"speech\"\n", "configs are text"),
        ("[[step]]\nuse = \"sentences\"\nmin_confidence = 2.0\n", "0 to 1"),
    ] {
        sprog.write("r/recipe.toml", recipe("a.jsonl", "jsonl", steps));
        let failed = sprog.run(&["check", "r"]);
        assert!(failed.code == 2 && failed.stderr.contains(part), "{steps}: {}", failed.stderr);
        assert!(
            failed.stderr.contains("recipe.toml:1") && failed.stderr.contains("SPROG-2001"),
            "{}",
            failed.stderr
        );
    }
}

#[test]
fn scores_are_those_of_the_field_and_a_number_may_be_written_either_way() {
    let sprog = Sprog::new();
    let line =
        |id: &str, text: &str, who: &str| json!({"id": id, "text": text, "speaker_id": who, "dialect": who});
    let file = |lines: &[Value]| lines.iter().map(|l| format!("{l}\n")).collect::<String>();
    sprog.write(
        "r.jsonl",
        file(&[
            line("1", "Hun er 25 år.", "fynsk"),
            line("2", "god dag du", "jysk"),
            line("3", "nej", "jysk"),
        ]),
    );
    sprog.write(
        "h.jsonl",
        file(&[line("2", "god dag", ""), line("1", "hun er femogtyve år", ""), line("9", "x", "")]),
    );
    let score = |args: &[&str]| -> Value {
        let args: Vec<&str> =
            ["score", "wer", "r.jsonl", "h.jsonl", "--json"].iter().chain(args).copied().collect();
        serde_json::from_str(&sprog.run(&args).ok().stdout).expect("JSON")
    };
    let plain = score(&["--normalize", "asr"]);
    assert_eq!((&plain["missing"], &plain["unknown"]), (&json!(["3"]), &json!(["9"])));
    let counts = json!({"hits": 5, "substitutions": 1, "deletions": 2, "insertions": 0});
    assert_eq!(plain["scores"][0]["counts"], counts);
    assert_eq!(plain["scores"][0]["rate"], 3.0 / 8.0);
    let fair = score(&["--normalize", "asr", "--equivalent", "--group", "dialect"]);
    assert_eq!(fair["scores"][0]["counts"]["substitutions"], 0);
    assert_eq!((&fair["scores"][1]["value"], &fair["scores"][1]["rate"]), (&json!("fynsk"), &json!(0.0)));
    assert_eq!((&fair["scores"][2]["value"], &fair["scores"][2]["rate"]), (&json!("jysk"), &json!(0.5)));
    let (low, high) = (&fair["scores"][0]["interval"]["low"], &fair["scores"][0]["interval"]["high"]);
    assert!(low.as_f64() <= Some(0.25) && high.as_f64() >= Some(0.25), "{low} {high}");
    assert_eq!(score(&["--group", "dialect"]), score(&["--group", "dialect"]), "the seed decides");

    sprog.write("r.txt", "en to tre\n");
    sprog.write("h.txt", "en tre fire\n");
    let drawn = sprog.run(&["score", "wer", "r.txt", "h.txt", "--details"]).ok().stdout;
    assert!(drawn.contains("en to  tre\nen tre fire\n   S   S"), "{drawn}");
    assert!(drawn.contains("66.67 %"), "{drawn}");
    assert!(sprog.run(&["score", "cer", "r.txt", "h.txt"]).ok().stdout.starts_with("cer\t"));
    assert_eq!(sprog.run(&["score", "wer", "r.jsonl", "h.jsonl", "--group", "alder"]).code, 2);
    assert_eq!(sprog.run(&["score", "wer", "r.txt", "nowhere"]).code, 2);
}
