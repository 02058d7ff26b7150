//! `sprog sql` on the demo dataset. Needs feature `sql`.
#![cfg(feature = "sql")]

mod command;

use command::{Sprog, column, demo, rows};

/// The demo, built once for all queries of a test.
fn built() -> (Sprog, &'static str) {
    let sprog = Sprog::new();
    sprog.run(&["build", &demo(), "--quiet"]).ok();
    (sprog, "sprog-out/demo/1.0.0")
}

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

#[test]
fn queries_answer_what_the_tables_hold() {
    let (sprog, demo) = built();
    let texts = column(&rows(&sprog.path(demo), "data/text/"), "text").len() as i64;

    let sql = "SELECT count(*) AS n FROM text";
    let out = sprog.run(&["sql", sql, demo, "--json"]).ok();
    assert_eq!(lines(&out.stdout)[0]["n"], texts);
    assert!(sprog.run(&["sql", sql, demo]).ok().stdout.contains("| n "), "a table for people");

    // A split is part of its config; a name makes a schema.
    let sql = "SELECT (SELECT count(*) FROM a.text_train) < (SELECT count(*) FROM a.text) AS part";
    let named = format!("a={demo}");
    assert_eq!(lines(&sprog.run(&["sql", sql, &named, "--json"]).ok().stdout)[0]["part"], true);

    // Audio is read by field; the functions that a text corpus needs are there.
    let sql = "SELECT id, audio['path'] AS path, upper(text) AS up, length(text) AS n
               FROM speech WHERE regexp_like(text, '[æøå]') ORDER BY id LIMIT 3";
    let found = lines(&sprog.run(&["sql", sql, demo, "--json"]).ok().stdout);
    assert_eq!(found.len(), 3);
    for row in &found {
        assert!(row["path"].as_str().is_some_and(|p| p.ends_with(".flac")), "{row}");
        assert!(row["up"].as_str().is_some_and(|t| t.contains(['Æ', 'Ø', 'Å'])), "{row}");
    }

    // What was dropped can be asked for too.
    let sql = "SELECT count(*) AS n FROM removed_text";
    assert!(lines(&sprog.run(&["sql", sql, demo, "--json"]).ok().stdout)[0]["n"].as_i64() > Some(0));
}

#[test]
fn rows_go_to_files_whole_or_not_at_all() {
    let (sprog, demo) = built();
    let sql = "SELECT id, text FROM text ORDER BY id";
    for name in ["t.parquet", "t.jsonl", "t.csv"] {
        sprog.run(&["sql", sql, demo, "--out", name]).ok();
    }
    let back = "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM t";
    let counts = &lines(&sprog.run(&["sql", back, "t.parquet", "--json"]).ok().stdout)[0];
    let jsonl = std::fs::read_to_string(sprog.path("t.jsonl")).expect("written");
    assert_eq!(counts["n"], lines(&jsonl).len());
    assert_eq!(counts["n"], counts["ids"]);
    assert!(std::fs::read_to_string(sprog.path("t.csv")).expect("written").starts_with("id,text\n"));

    // A query that fails at its last row leaves nothing.
    let failing = "SELECT 1 / (CASE WHEN id = (SELECT max(id) FROM text) THEN 0 ELSE 1 END) AS x FROM text";
    for name in ["f.parquet", "f.csv", "f.jsonl"] {
        assert_eq!(sprog.run(&["sql", failing, demo, "--out", name]).code, 2);
    }
    let left = std::fs::read_dir(sprog.path(".")).expect("lists").flatten();
    assert!(!left.into_iter().any(|f| f.file_name().to_string_lossy().starts_with("f.")));
    assert_eq!(sprog.run(&["sql", sql, demo, "--out", "t.xlsx"]).code, 2);
}

#[test]
fn queries_only_read_and_errors_are_clear() {
    let (sprog, demo) = built();
    for sql in [
        "DROP TABLE text",
        "CREATE TABLE x AS SELECT 1",
        "INSERT INTO text SELECT * FROM text",
        "COPY text TO 'stolen.parquet'",
        "SET datafusion.execution.batch_size = 1",
    ] {
        let out = sprog.run(&["sql", sql, demo]);
        assert_eq!(out.code, 2, "{sql}: {}", out.stderr);
    }
    assert!(!sprog.path("stolen.parquet").exists());
    let out = sprog.run(&["sql", "SELECT nothing FROM text", demo]);
    assert!(out.code == 2 && out.stderr.contains("nothing"), "{}", out.stderr);
    assert_eq!(sprog.run(&["sql", "SELECT 1", "nowhere"]).code, 2);
    let out = sprog.run(&["sql", "SELECT 1", demo, demo]);
    assert!(out.code == 2 && out.stderr.contains("old=PATH"), "{}", out.stderr);
}
