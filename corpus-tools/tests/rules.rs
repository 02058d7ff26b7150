//! `sprog rules` and the verbs of `sprog text` that need rules and lexicons, as a user runs them.

#![allow(clippy::print_stderr)]

mod command;

use std::fs;
use std::path::Path;

use command::{Sprog, column, rows};
use serde_json::{Value, json};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect(text)
}

/// A file of a Debian package.
fn debian(path: &str) -> Option<&str> {
    if Path::new(path).is_file() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{path}: install hunspell-da, hyphen-da, mythes-da and wdanish"
    );
    eprintln!("SKIPPED: {path}: install hunspell-da, hyphen-da, mythes-da and wdanish");
    None
}

#[test]
fn real_rule_files_come_back_byte_for_byte() {
    let sprog = Sprog::new();
    for (path, format) in [
        ("/usr/share/hunspell/da_DK.aff", "hunspell-aff"),
        ("/usr/share/hunspell/da_DK.dic", "hunspell-dic"),
        ("/usr/share/hyphen/hyph_da_DK.dic", "hyphenation"),
        ("/usr/share/mythes/th_da_DK.dat", "mythes"),
        ("/usr/share/dict/danish", "word-list"),
    ] {
        let Some(path) = debian(path) else { continue };
        let name = path.rsplit('/').next().expect("a name");
        let imported =
            sprog.run(&["rules", "import", path, "--format", format, "--out", "t.parquet", "--json"]).ok();
        let told = json_of(&imported.stdout);
        let bytes = fs::read(path).expect("reads");
        assert!(told["rows"].as_u64() > Some(1_000) || name == "da_DK.aff", "{told}");
        let exported = sprog.run(&["rules", "export", "t.parquet", name]).ok();
        assert!(exported.bytes == bytes, "{name} is not the same");
    }
}

#[test]
fn small_files_of_every_format_become_rows_and_come_back() {
    let sprog = Sprog::new();
    let cases: [(&str, &str, &str, &str); 9] = [
        ("a.uni", "unimorph", "hus\thuse\tN;INDF;PL\n", "form"),
        ("a.cor", "cor", "COR.15006.302.01\tdansk\t\tadj.sg.best\tdanske\t1\n", "form"),
        ("a.full", "full-forms", "husene\thus\t1\tsb.\t11021234\n", "form"),
        ("a.mis", "misspellings", "desvære->desværre\n", "form"),
        (
            "a.dsdo",
            "dsdo",
            "WORD: høne\nSTATUS: +\nCLASS: sb\n\nWORD: hönne\nSTATUS: -\nCORRECTION: høne\n",
            "correction",
        ),
        ("a.txt", "word-list", "rødgrød\nfløde\n", "form"),
        ("a.cg3", "cg", "LIST N = NOUN ;\n# valg\nSECTION\nSELECT N ;\n", "statement"),
        ("a.dat", "mythes", "UTF-8\nhund|1\n-|køter|vovse\n", "word"),
        ("a.tsv", "rule-table", "# Columns: symbol, word\nkm\tkilometer\n", "key"),
    ];
    for (name, format, text, col) in cases {
        let path = sprog.write(name, text).display().to_string();
        let mut args =
            vec!["rules", "import", &path, "--format", format, "--license", "CC0-1.0", "--out", "t.parquet"];
        if format == "rule-table" {
            args.extend(["--table", "verbalization_rules"]);
        }
        sprog.run(&args).ok();
        let table = rows(&sprog.path(""), "t.parquet");
        assert!(table[0].schema().index_of(col).is_ok(), "{format}");
        assert!(column(&table, "license").iter().all(|l| l == "CC0-1.0"));
        assert_eq!(sprog.run(&["rules", "export", "t.parquet", name]).ok().stdout, text, "{format}");
    }
    let bad = sprog.write("bad.uni", "no tabs here\n").display().to_string();
    let told = sprog.run(&["rules", "import", &bad, "--format", "unimorph", "--out", "t.parquet"]).ok();
    assert!(told.stderr.contains("SPROG-0400") && told.stderr.contains("line 1"), "{}", told.stderr);
    assert_eq!(sprog.run(&["rules", "import", &bad, "--out", "t.parquet"]).code, 2, "no format");
}

#[test]
fn a_languagetool_file_is_canonical_after_one_pass() {
    let sprog = Sprog::new();
    let file = command::root().join("text/data/grammar/ad-af.xml").display().to_string();
    sprog.run(&["rules", "import", &file, "--out", "t.parquet"]).ok();
    let once = sprog.run(&["rules", "export", "t.parquet", "ad-af.xml"]).ok().stdout;
    let path = sprog.write("ad-af.xml", &once).display().to_string();
    sprog.run(&["rules", "import", &path, "--out", "t.parquet"]).ok();
    assert_eq!(sprog.run(&["rules", "export", "t.parquet", "ad-af.xml"]).ok().stdout, once);
    let table = rows(&sprog.path(""), "t.parquet");
    assert!(column(&table, "kind").iter().filter(|k| *k == "rule").count() >= 3);
}

#[test]
fn our_rules_behave_and_a_rule_that_does_not_is_told() {
    let sprog = Sprog::new();
    let told = json_of(&sprog.run(&["rules", "test", "--json"]).ok().stdout);
    assert!(told["rules"].as_u64() >= Some(100) && told["rules"] == told["behaving"], "{}", told["rules"]);
    let bad = r#"<rules lang="da"><category name="x"><rule id="X"><pattern><token>idag</token></pattern>
        <message>m</message><example correction="">Jeg kommer i dag.</example></rule></category></rules>"#;
    let path = sprog.write("bad.xml", bad).display().to_string();
    let told = sprog.run(&["rules", "test", &path]);
    assert_eq!(told.code, 1);
    assert!(told.stdout.contains("X, line 2") && told.stdout.contains("0 of 1"), "{}", told.stdout);
}

#[test]
fn verbs_of_words_write_the_json_of_the_contract() {
    let sprog = Sprog::new();
    let run = |args: &[&str], input: &str| sprog.run_with(args, &[], input.as_bytes()).ok().stdout;
    let found = json_of(&run(&["text", "compounds"], "arbejdsmarked\n"));
    assert_eq!(found["split"], "arbejd|+s|marked");
    assert!(found["alternatives"][0]["cost"].is_u64(), "{found}");
    assert_eq!(
        run(&["text", "compounds", "--plain", "--mode", "lexical"], "fodboldkamp\n"),
        "fodbold|kamp\n"
    );
    let found = json_of(&run(&["text", "hyphenate"], "«Arbejdsmarkedet», sagde hun.\n"));
    let parts: Vec<&str> =
        found["parts"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert_eq!(parts.concat(), "«Arbejdsmarkedet», sagde hun.");
    assert!(parts.len() > 4, "{found}");
    let found = json_of(&run(&["text", "grammar"], "Æh, jeg vil gerne lærer dansk.\n"));
    let first = &found["matches"][0];
    assert_eq!((&first["start"], &first["end"]), (&json!(18), &json!(23)), "{found}");
    assert_eq!(first["suggestions"], json!(["lære"]));
    assert!(run(&["text", "grammar", "--plain"], "Jeg vil gerne lære dansk.\n").trim().is_empty());
    let words = sprog.write("ord.txt", "Æblet\ner\nrødt\n").display().to_string();
    let found = json_of(&run(&["text", "spell", "--dictionary", &words], "Æblet er rødd.\n"));
    let expected = json!({"words": [
        {"start": 0, "end": 5, "ok": true, "suggestions": []},
        {"start": 6, "end": 8, "ok": true, "suggestions": []},
        {"start": 9, "end": 13, "ok": false, "suggestions": ["rødt"]},
    ]});
    assert_eq!(found, expected);
    sprog.run(&["rules", "import", &words, "--compile", "--out", "ord.spell"]).ok();
    let compiled = sprog.path("ord.spell").display().to_string();
    assert_eq!(json_of(&run(&["text", "spell", "--dictionary", &compiled], "Æblet er rødd.\n")), expected);
}

#[test]
fn lookup_knows_forms_and_guesses_the_rest() {
    let sprog = Sprog::new();
    let found = json_of(&sprog.run(&["rules", "lookup", "himle", "--json"]).ok().stdout);
    assert_eq!((&found[0]["known"], &found[0]["readings"][0]["lemma"]), (&json!(true), &json!("himmel")));
    let found =
        json_of(&sprog.run(&["rules", "lookup", "digitaliseringsstyrelse", "--forms", "--json"]).ok().stdout);
    assert_eq!(found[0]["known"], json!(false));
    let forms: Vec<&str> =
        found[0]["forms"].as_array().expect("forms").iter().filter_map(|f| f["form"].as_str()).collect();
    assert!(forms.contains(&"digitaliseringsstyrelserne"), "{forms:?}");
}

#[test]
fn a_tagger_is_trained_and_leaves_other_columns_alone() {
    let sprog = Sprog::new();
    let sentence = "# sent_id = 1\n1\tHun\thun\tPRON\tx\tPronType=Prs\t2\tnsubj\t_\t_\n\
                    2\tlæser\tlæse\tVERB\ty\tTense=Pres\t0\troot\t_\tSpaceAfter=No\n3\t.\t.\tPUNCT\tz\t_\t2\tpunct\t_\t_\n\n";
    let train = sprog.write("train.conllu", sentence.repeat(20)).display().to_string();
    sprog.run(&["text", "tag", "--train", &train, "--model", "da.tag"]).ok();
    let bare = sentence
        .replace("\thun\tPRON", "\t_\t_")
        .replace("\tlæse\tVERB", "\t_\t_")
        .replace("\t.\tPUNCT", "\t_\t_");
    let bare = bare.replace("PronType=Prs", "_").replace("Tense=Pres", "_");
    let tagged = sprog.run_with(&["text", "tag", "--model", "da.tag"], &[], bare.as_bytes()).ok().stdout;
    assert_eq!(tagged, sentence);
    let lemmas = sprog.run_with(&["text", "lemma", "--model", "da.tag"], &[], bare.as_bytes()).ok().stdout;
    assert!(lemmas.contains("2\tlæser\tlæse\t_\ty"), "{lemmas}");
    let text = sprog
        .run_with(&["text", "tag", "--model", "da.tag", "--text"], &[], b"Hun l\xc3\xa6ser.\n")
        .ok()
        .stdout;
    assert!(text.starts_with("# sent_id = 1.1\n# text = Hun læser.\n1\tHun\thun\tPRON\t_\t"), "{text}");
    assert_eq!(sprog.run(&["text", "tag", "--model", "no.tag"]).code, 2);
}

#[test]
fn constraint_grammar_runs_over_a_stream() {
    let sprog = Sprog::new();
    let grammar =
        "DELIMITERS = \"<.>\" ;\nLIST Det = DET ;\nLIST V = VERB ;\nSECTION\nREMOVE V IF (-1 Det) ;\n";
    let grammar = sprog.write("da.cg3", grammar).display().to_string();
    let stream = "\"<et>\"\n\t\"en\" DET\n\"<hus>\"\n\t\"hus\" NOUN\n\t\"huse\" VERB\n";
    let out = sprog.run_with(&["rules", "cg", &grammar], &[], stream.as_bytes()).ok().stdout;
    assert!(out.contains("\"hus\" NOUN") && !out.contains("VERB"), "{out}");
    let out = sprog.run_with(&["rules", "cg", &grammar, "--trace"], &[], stream.as_bytes()).ok().stdout;
    assert!(out.contains("REMOVE:5"), "{out}");
}

#[test]
fn files_whose_entries_are_not_lines_become_rows_and_come_back() {
    let sprog = Sprog::new();
    let data = command::root().join("formats/tests/data/rules");
    let import = |file: &Path, format: &str, table: &[&str]| {
        let file = file.display().to_string();
        let args =
            ["rules", "import", &file, "--format", format, "--license", "CC0-1.0", "--out", "t.parquet"];
        sprog.run(&[&args[..], table].concat()).ok();
        rows(&sprog.path(""), "t.parquet")
    };
    let back = |file: &Path| {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let exported = sprog.run(&["rules", "export", "t.parquet", &name]).ok();
        assert!(exported.bytes == fs::read(file).expect("reads"), "{name} is not the same");
    };
    let wordnet = data.join("wn_lmf-every-element.xml");
    let table = import(&wordnet, "wn-lmf", &["--table", "lexicon_entries"]);
    back(&wordnet);
    let senses: Vec<_> = column(&table, "source_ref").into_iter().filter(|s| s.contains('#')).collect();
    assert_eq!(senses, ["t-hund-1", "t-hund-2", "t-gø-1"].map(|s| format!("wn_lmf-every-element.xml#{s}")));
    let table = import(&wordnet, "wn-lmf", &["--table", "lexicon_forms"]);
    back(&wordnet);
    let forms = column(&table, "form");
    assert!(forms.contains(&"hunde".to_owned()) && column(&table, "upos").contains(&"VERB".to_owned()));
    let table = import(&wordnet, "wn-lmf", &["--table", "thesaurus"]);
    let words: Vec<_> = column(&table, "word").into_iter().filter(|w| !w.is_empty()).collect();
    assert_eq!(words, ["hund", "hund", "gø"]);
    back(&wordnet);

    let dix = data.join("dix-every-element.dix");
    let table = import(&dix, "dix", &[]);
    back(&dix);
    let [forms, feats] = ["form", "feats"].map(|name| column(&table, name));
    let at = forms.iter().position(|form| form == "huset").expect("the form");
    assert_eq!(feats[at], "Definite=Def|Gender=Neut|Number=Sing");

    // The layout of DanNet: no header, a cell more than is described, a cell of two lines.
    let words = sprog.write("words.csv", "w1,hund,Noun,ord\nw2,\"gå\nhen\",Verb,ord\n");
    let described = |columns: &str| {
        format!(
            r#"{{"tables": [{{"tableSchema": {{"columns": [{columns}]}}}}], "dialect": {{"header": false}}}}"#
        )
    };
    let columns = r#"{"name": "word"}, {"name": "form"}, {"name": "pos"}"#;
    sprog.write("words-metadata.json", described(columns));
    let table = import(&words, "csvw", &["--table", "lexicon_entries"]);
    back(&words);
    assert_eq!(column(&table, "form"), ["", "", "", "hund", "gå\nhen"]);
    assert_eq!(column(&table, "source_ref")[3..], ["words.csv:1", "words.csv:2"]);
    let relations = sprog.write("relations.csv", "synset-1,hypernym,synset-2\n");
    let columns = r#"{"name": "from"}, {"name": "relation"}, {"name": "to"}"#;
    sprog.write("relations-metadata.json", described(columns));
    let table = import(&relations, "csvw", &["--table", "thesaurus"]);
    back(&relations);
    assert_eq!(column(&table, "word"), ["", "synset-1"]);
    let file = words.display().to_string();
    let told = sprog.run(&["rules", "import", &file, "--format", "csvw", "--out", "t.parquet"]);
    assert!(told.code == 2 && told.stderr.contains("--table"), "{}", told.stderr);
}

#[test]
fn damaged_files_are_refused_with_a_code_or_read_with_problems() {
    let sprog = Sprog::new();
    let run = |name: &str, bytes: &[u8], format: &[&str]| {
        let file = sprog.write(name, bytes).display().to_string();
        let args = ["rules", "import", &file, "--out", "t.parquet", "--format"];
        sprog.run(&[&args[..], format].concat())
    };
    let wordnet = ["wn-lmf", "--table", "thesaurus"];
    for bytes in [&b""[..], b"<a/>", b"<LexicalResource><Lexicon", b"\xFF\xFE\0", b"\0\0\0\0"] {
        let refused = run("a.xml", bytes, &wordnet);
        assert!(refused.code == 2 && refused.stderr.contains("SPROG-0"), "{bytes:?}: {}", refused.stderr);
        assert!(run("a.dix", bytes, &["dix"]).code == 2, "{bytes:?}");
    }
    let own = "<dictionary><pardefs><pardef n=\"a\"><e><par n=\"a\"/></e></pardef></pardefs>\
               <section id=\"m\" type=\"standard\"><e><par n=\"a\"/></e></section></dictionary>";
    let refused = run("a.dix", own.as_bytes(), &["dix"]);
    assert!(refused.code == 2 && refused.stderr.contains("holds itself"), "{}", refused.stderr);
    // 2^40 forms of forty lines.
    let two = |n: u32| {
        format!(
            "<pardef n=\"{n}\"><e><i>a</i><par n=\"{}\"/></e><e><i>b</i><par n=\"{}\"/></e></pardef>",
            n + 1,
            n + 1
        )
    };
    let many: String = (0..40).map(two).collect();
    let many = format!(
        "<dictionary><pardefs>{many}<pardef n=\"40\"><e><i>c</i></e></pardef></pardefs><section id=\"m\" type=\"standard\"><e><par n=\"0\"/></e></section></dictionary>"
    );
    let refused = run("many.dix", many.as_bytes(), &["dix"]);
    assert!(refused.code == 2 && refused.stderr.contains("SPROG-0"), "{}", refused.stderr);
    let refused = run("alone.csv", b"a,b\n", &["csvw", "--table", "lexicon_entries"]);
    assert!(refused.code != 0 && refused.stderr.contains("alone-metadata.json"), "{}", refused.stderr);
    let read = run("a.conllu", b"1\tkun\tto\n\n\xFF\xFE\n", &["conllu-lexicon"]).ok();
    assert!(read.stderr.contains("SPROG-0") && read.stderr.contains("0 rows"), "{}", read.stderr);
    for table in sprog_text::lexicon::Table::ALL {
        sprog.write(&format!("lexicon/{}", table.file()), "# tom\n");
    }
    sprog.write("lexicon/closed.tsv", "og\tog\tCCONJ\t_\nikke tre kolonner\n");
    let read = run("lexicon/lemmas.tsv", b"ukendt\thus\n", &["core-lexicon"]).ok();
    assert!(
        read.stderr.contains("no form comes of line 1")
            && read.stderr.contains("closed.tsv: no form comes of line 2"),
        "{}",
        read.stderr
    );
    assert_eq!(column(&rows(&sprog.path(""), "t.parquet"), "form"), ["og"]);
}

#[test]
fn a_treebank_is_a_lexicon_with_counts_and_without_its_sentences() {
    let sprog = Sprog::new();
    let line =
        |n: u32, form: &str, lemma: &str, tag: &str| format!("{n}\t{form}\t{lemma}\t{tag}\t_\t_\t_\t_\n");
    let sentence = format!(
        "# sent_id = s1\n{}{}\n",
        line(1, "Hun", "hun", "PRON\t_\tGender=Com|Number=Sing"),
        line(2, "ler", "le", "VERB\tX\tMood=Ind|Tense=Pres|VerbForm=Fin|Voice=Act")
    );
    let text = format!("{sentence}{}", sentence.replace("s1", "s2"));
    let file = sprog.write("t.conllu", text).display().to_string();
    sprog.run(&["rules", "import", &file, "--format", "conllu-lexicon", "--out", "t.parquet"]).ok();
    let table = rows(&sprog.path(""), "t.parquet");
    assert_eq!(column(&table, "form"), ["Hun", "ler"]);
    assert_eq!(column(&table, "unimorph")[1], "V;FIN;IND;PRS;ACT");
    assert_eq!(column(&table, "source_ref"), ["t.conllu#s1"; 2]);
    assert!(column(&table, "raw").iter().all(String::is_empty), "no line of it is kept");
    let refused = sprog.run(&["rules", "export", "t.parquet", "t.conllu"]);
    assert!(refused.code == 2 && refused.stderr.contains("SPROG-2012"), "{}", refused.stderr);
}

#[test]
fn our_own_rules_are_a_dataset() {
    let sprog = Sprog::new();
    let recipe = command::root().join("datasets/recipes/dansk-regler").display().to_string();
    sprog.run(&["build", &recipe]).ok();
    let out = "sprog-out/dansk-regler/1.0.0";
    sprog.run(&["verify", out]).ok();
    for file in ["text/data/g2p/rules.tsv", "text/data/lexicon/lemmas.tsv", "text/data/cg/danish.cg3"] {
        let exported = sprog.run(&["rules", "export", out, file]).ok();
        assert!(exported.bytes == fs::read(command::root().join(file)).expect("reads"), "{file}");
    }
    let card = fs::read_to_string(sprog.path(out).join("README.md")).expect("reads");
    assert!(card.contains("rules/rules_pattern.md"), "{card}");
    let table = rows(&sprog.path(out), "data/rules_pattern/");
    assert!(column(&table, "license").iter().all(|l| l == "CC0-1.0"));

    let forms = rows(&sprog.path(out), "data/lexicon_forms/");
    let [form, lemma, upos, feats] = ["form", "lemma", "upos", "feats"].map(|name| column(&forms, name));
    let lexicon = sprog_text::lexicon::Lexicon::ours();
    assert_eq!(form.len(), lexicon.len());
    for at in (0..form.len()).step_by(101) {
        let same = |f: &sprog_text::lexicon::Form| {
            f.reading.lemma == lemma[at]
                && f.reading.upos.as_str() == upos[at]
                && f.reading.feats == feats[at]
        };
        assert!(lexicon.lookup(&form[at]).iter().any(same), "{} {}", form[at], lemma[at]);
    }
    let at = form.iter().position(|f| f == "mændene").expect("the form");
    assert_eq!(column(&forms, "unimorph")[at], "N;DEF;LGSPEC1;PL");
    assert_eq!(column(&forms, "norm")[at], "official");
    assert!(column(&forms, "source_ref")[at].starts_with("text/data/lexicon/nouns-irregular.tsv:"));
    let mut ids = column(&forms, "row_id");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), form.len(), "every row has an id of its own");
}
