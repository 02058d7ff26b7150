//! The command line: exit codes, messages, and what is said of odd input.

mod command;

use std::io::Write;

use command::{Sprog, column, recipe, rows};

#[test]
fn usage_and_exit_codes() {
    let sprog = Sprog::new();
    let help = sprog.run(&["build", "--help"]).ok();
    assert!(help.stdout.contains("Examples:") && help.stdout.contains("--mem"), "{}", help.stdout);
    assert_eq!(sprog.run(&["bild"]).code, 2);
    assert_eq!(sprog.run(&["build", "nowhere"]).code, 2);
    assert_eq!(sprog.run(&["build", "x", "--mem", "5"]).code, 2);
    assert!(sprog.run(&["explain", "SPROG-0132"]).ok().stdout.contains("DOCTYPE"));
    assert_eq!(sprog.run(&["explain", "SPROG-9999"]).code, 2);
    let danish = sprog.run(&["--lang", "da", "explain", "SPROG-1001"]).ok().stdout;
    assert!(danish.contains("En kilde angiver ingen licens"), "{danish}");
    assert!(sprog.run(&["new", "x", "--schema"]).ok().stdout.contains("\"$schema\""));
}

#[test]
fn new_then_check_then_build() {
    let sprog = Sprog::new();
    sprog.run(&["new", "korpus"]).ok();
    assert_eq!(sprog.run(&["new", "korpus"]).code, 2, "nothing is overwritten");
    let empty = sprog.run(&["check", "korpus"]);
    assert_eq!(empty.code, 2);
    assert!(empty.stderr.contains("matches no file"), "{}", empty.stderr);
    sprog.write("korpus/text/a.txt", "Første tekst.\n\nAnden tekst.\n");
    assert!(sprog.run(&["--lang", "da", "check", "korpus"]).ok().stderr.contains("opskriften er i orden"));
    let checked: serde_json::Value =
        serde_json::from_str(&sprog.run(&["check", "korpus", "--json"]).ok().stdout).expect("JSON");
    assert_eq!(checked["sources"][0]["files"], 1);
    let built = sprog.run(&["build", "korpus"]).ok();
    assert_eq!(built.stdout.trim(), "sprog-out/korpus/0.1.0");
    let texts = column(&rows(&sprog.path("sprog-out/korpus/0.1.0"), "data/text/"), "text");
    assert_eq!(texts.len(), 2);
}

#[test]
fn a_gate_refuses_with_code_1_and_nothing_is_published() {
    let sprog = Sprog::new();
    sprog.write("r/a.txt", "Skriv til 010190-1234.");
    sprog.write("r/recipe.toml", recipe("a.txt", "text", ""));
    let refused = sprog.run(&["build", "r"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("SPROG-1009") && !refused.stderr.contains("010190"),
        "{}",
        refused.stderr
    );
    assert!(!sprog.path("sprog-out/t").exists());
    sprog.write("r/recipe.toml", recipe("a.txt", "text", "").replace("license = \"CC0-1.0\"", ""));
    let refused = sprog.run(&["build", "r"]);
    assert_eq!((refused.code, refused.stderr.contains("SPROG-1001")), (1, true), "{}", refused.stderr);
}

#[test]
fn errors_in_a_recipe_name_their_line() {
    let sprog = Sprog::new();
    sprog.write(
        "r/recipe.toml",
        recipe("a.txt", "text", "[[step]]\nuse = \"filter\"\nfor = \"text\"\nwhere = \"a ==\""),
    );
    let failed = sprog.run(&["check", "r"]);
    assert_eq!(failed.code, 2);
    assert!(
        failed.stderr.contains("recipe.toml:18:") && failed.stderr.contains("SPROG-2001"),
        "{}",
        failed.stderr
    );
}

#[test]
fn one_broken_file_among_many_is_listed_and_the_rest_come_out() {
    let sprog = Sprog::new();
    for n in 0..199 {
        sprog.write(
            &format!("r/in/{n:03}.jsonl"),
            format!("{{\"id\":\"{n}\",\"text\":\"tekst nummer {n}\"}}\n"),
        );
    }
    sprog.write("r/in/199.jsonl", b"\x1f\x8b\x08broken");
    sprog.write("r/recipe.toml", recipe("in/*.jsonl", "jsonl", ""));
    let built = sprog.run(&["build", "r", "--json"]).ok();
    let built: serde_json::Value = serde_json::from_str(&built.stdout).expect("JSON");
    assert_eq!((built["rows"]["text"].as_u64(), built["problems"].as_u64()), (Some(199), Some(1)));
    let problems =
        std::fs::read_to_string(sprog.path("sprog-out/t/1.0.0/removed/problems.jsonl")).expect("listed");
    assert!(problems.contains("in/199.jsonl"), "{problems}");
}

#[test]
fn text_in_many_containers_comes_out_the_same() {
    let sprog = Sprog::new();
    let lines = "{\"id\":\"a\",\"text\":\"Blåbærgrød\"}\n{\"id\":\"b\",\"text\":\"og fløde\"}\n";
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(lines.as_bytes()).expect("compresses");
    sprog.write("r/packed.jsonl.gz", gz.finish().expect("compresses"));
    sprog.write("r/packed.jsonl.zst", zstd::encode_all(lines.as_bytes(), 3).expect("compresses"));
    sprog.write("r/plain.jsonl", lines);
    sprog.write("r/table.csv", "id;text\na;Blåbærgrød\nb;\"og fløde\"\n");
    sprog.write("r/table.tsv", "id\ttext\na\tBlåbærgrød\nb\tog fløde\n");
    sprog.write(
        "r/u16.tsv",
        "\u{feff}id\ttext\na\tBlåbærgrød\nb\tog fløde\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>(),
    );
    sprog.write("r/doc.xml", "<x><d xml:id='a'>Blåbærgrød</d><d id='b'>og <i>fløde</i></d></x>");
    let mut expected = None;
    for (file, format, extra) in [
        ("plain.jsonl", "jsonl", ""),
        ("packed.jsonl.gz", "jsonl", ""),
        ("packed.jsonl.zst", "jsonl", ""),
        ("table.csv", "csv", ""),
        ("table.tsv", "tsv", ""),
        ("u16.tsv", "tsv", ""),
        ("doc.xml", "xml", "element = \"d\""),
    ] {
        sprog.write("r/recipe.toml", recipe(file, format, extra));
        let out = format!("out-{file}");
        sprog.run(&["build", "r", "--out", &out]).ok();
        let batches = rows(&sprog.path(&format!("{out}/t/1.0.0")), "data/text/");
        let found = (column(&batches, "id"), column(&batches, "text"));
        assert_eq!(&found, expected.get_or_insert(found.clone()), "{file}");
    }
    assert_eq!(expected.expect("built").1, ["Blåbærgrød", "og fløde"]);
    // A published Parquet file is itself a source.
    let parquet = sprog.path("out-plain.jsonl/t/1.0.0/data/text/train-00000-of-00001.parquet");
    sprog.write("r/recipe.toml", recipe(&parquet.to_string_lossy(), "parquet", ""));
    sprog.run(&["build", "r", "--out", "again"]).ok();
    let batches = rows(&sprog.path("again/t/1.0.0"), "data/text/");
    assert_eq!(column(&batches, "text"), ["Blåbærgrød", "og fløde"]);
}

#[test]
fn hostile_files_are_told_in_a_line() {
    let sprog = Sprog::new();
    let mut long = std::fs::File::create(sprog.path("long.jsonl")).expect("creates");
    long.write_all(b"{\"text\": \"").expect("writes");
    for _ in 0..50 {
        long.write_all(&[b'x'; 1 << 20]).expect("writes");
    }
    drop(long);
    sprog.write("dtd.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>");
    sprog.write("empty.mp3", "");
    sprog.write("deep.json", "[".repeat(100_000));
    let mut wav =
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data".to_vec();
    wav.extend_from_slice(&0xF000_0000u32.to_le_bytes());
    wav.extend_from_slice(&[0; 2000]);
    sprog.write("lies.wav", wav);
    for (file, code) in [
        ("long.jsonl", "SPROG-0105"),
        ("dtd.xml", "SPROG-0132"),
        ("empty.mp3", "SPROG-0104"),
        ("deep.json", "SPROG-0120"),
        ("lies.wav", "SPROG-0200"),
    ] {
        let found = sprog.run(&["inspect", file]).ok();
        assert!(found.stdout.contains(code), "{file}: {}", found.stdout);
    }
}

#[test]
fn diff_tells_what_was_added_removed_and_changed() {
    let sprog = Sprog::new();
    for (out, lines) in [
        (
            "a",
            "{\"id\":\"1\",\"text\":\"en\"}\n{\"id\":\"2\",\"text\":\"to\"}\n{\"id\":\"3\",\"text\":\"tre\"}\n",
        ),
        (
            "b",
            "{\"id\":\"4\",\"text\":\"fire\"}\n{\"id\":\"2\",\"text\":\"TO\"}\n{\"id\":\"3\",\"text\":\"tre\"}\n",
        ),
    ] {
        sprog.write("r/x.jsonl", lines);
        sprog.write("r/recipe.toml", recipe("x.jsonl", "jsonl", ""));
        sprog.run(&["build", "r", "--out", out]).ok();
    }
    let found = sprog.run(&["diff", "a/t/1.0.0", "b/t/1.0.0"]).ok().stdout;
    assert_eq!(found, "text: +1 -1 ~1 =1\n  -1\n  ~2\n  +4\n");
}

#[test]
fn rules_come_back_byte_for_byte() {
    let sprog = Sprog::new();
    let demo = command::demo();
    sprog.run(&["build", &demo]).ok();
    for file in ["demo.aff", "demo.dic", "hyph_demo.dic", "lexicon.tsv"] {
        let name = format!("rules/{file}");
        let exported = sprog.run(&["rules", "export", "sprog-out/demo/1.0.0", &name]).ok();
        assert_eq!(exported.bytes, std::fs::read(format!("{demo}/{name}")).expect("reads"), "{file}");
    }
}
