//! What people read of a dataset: the Hugging Face card, the licence file, the citation, and the
//! datasheet in Danish (*datablad*, after Gebru et al., "Datasheets for Datasets").

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::corpus::{Corpus, Source, Table};
use crate::licence::Terms;
use crate::rules::RuleTable;
use crate::schema::Modality;
use crate::stats::TableStats;

/// A number with thousands separated as Danish does.
pub(crate) fn danish(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (index, c) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(c);
    }
    out
}

/// A string as a YAML flow scalar: JSON's quoting is valid YAML.
fn yaml(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Text inside Markdown: no HTML, no table breaks.
fn markdown(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|").replace(['\n', '\r'], " ")
}

fn used(corpus: &Corpus) -> impl Iterator<Item = &Source> {
    corpus.sources.iter().filter(|s| s.excluded.is_none())
}

/// Hugging Face's licence key: its own lower-case id where all sources share one, else `other`.
fn hub_licence(corpus: &Corpus) -> String {
    let mut ids: Vec<&str> = used(corpus).filter_map(|s| s.license.as_deref()).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids[..] {
        [one] if !one.starts_with("LicenseRef") && !one.contains(' ') => one.to_lowercase(),
        _ => "other".to_owned(),
    }
}

fn splits(table: &Table) -> Vec<&str> {
    let mut names: Vec<&str> = table.parts.iter().map(|p| p.split.as_str()).collect();
    names.dedup();
    names
}

fn size_category(rows: u64) -> &'static str {
    match rows {
        0..=999 => "n<1K",
        1_000..=9_999 => "1K<n<10K",
        10_000..=99_999 => "10K<n<100K",
        100_000..=999_999 => "100K<n<1M",
        1_000_000..=9_999_999 => "1M<n<10M",
        10_000_000..=99_999_999 => "10M<n<100M",
        _ => "n>100M",
    }
}

/// The Hugging Face dataset card, README.md: YAML that `datasets` reads, then text.
pub fn hugging_face_card(corpus: &Corpus, stats: &BTreeMap<String, TableStats>) -> String {
    let m = &corpus.metadata;
    let mut out = String::from("---\n");
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!("pretty_name: {}", yaml(&m.title.en)));
    line("language:".into());
    m.languages.iter().for_each(|l| line(format!("- {l}")));
    line(format!("license: {}", hub_licence(corpus)));
    let tasks = corpus.tables.iter().flat_map(|t| match t.modality {
        Modality::Speech => vec!["automatic-speech-recognition"],
        Modality::Text | Modality::Tokens => vec!["text-generation"],
        Modality::Rules | Modality::Attributes => vec![],
    });
    let mut tasks: Vec<&str> = tasks.collect();
    tasks.sort_unstable();
    tasks.dedup();
    if !tasks.is_empty() {
        line("task_categories:".into());
        tasks.iter().for_each(|t| line(format!("- {t}")));
    }
    let rows: u64 = corpus.tables.iter().flat_map(|t| &t.parts).map(|p| p.num_rows).sum();
    line(format!("size_categories:\n- {}", size_category(rows)));
    if !m.keywords.is_empty() {
        line("tags:".into());
        m.keywords.iter().for_each(|k| line(format!("- {}", yaml(k))));
    }
    line("configs:".into());
    for (index, table) in corpus.tables.iter().filter(|t| !t.parts.is_empty()).enumerate() {
        line(format!("- config_name: {}", table.config));
        if index == 0 {
            line("  default: true".into());
        }
        line("  data_files:".into());
        for split in splits(table) {
            line(format!("  - split: {split}\n    path: data/{}/{split}-*.parquet", table.config));
        }
    }
    line("---\n".into());
    line(format!("# {}\n", markdown(&m.title.en)));
    line(format!("{}\n", markdown(&m.description.en)));
    line(format!("*{}* {}\n", markdown(&m.title.da), markdown(&m.description.da)));
    line(format!("Version {} of {}. Published by {}.", m.version, m.created, markdown(&m.publisher)));
    line(format!("Questions, and withdrawal of what you contributed: {}.\n", markdown(&m.contact)));
    line("## Contents\n\n| config | split | rows | tokens | hours |\n|---|---|---:|---:|---:|".into());
    for table in &corpus.tables {
        for split in splits(table) {
            let rows: u64 = table.parts.iter().filter(|p| p.split == split).map(|p| p.num_rows).sum();
            let totals =
                stats.get(&table.config).and_then(|s| s.splits.get(split)).copied().unwrap_or_default();
            let hours = if table.modality == Modality::Speech {
                format!("{:.3}", totals.hours())
            } else {
                "–".into()
            };
            let tokens = if totals.tokens == 0 { "–".into() } else { totals.tokens.to_string() };
            line(format!("| {} | {split} | {rows} | {tokens} | {hours} |", table.config));
        }
    }
    tokens_of(corpus).into_iter().for_each(&mut line);
    let rules: Vec<RuleTable> = corpus.tables.iter().filter_map(|t| RuleTable::parse(&t.config)).collect();
    if !rules.is_empty() {
        line("\n## Tables of rules\n".into());
        for table in rules {
            let ([da, en], name) = (table.describe(), table.name());
            let own = columns_of_its_own(table).join("`, `");
            line(format!("- [`{name}`](rules/{name}.md): {en} (*{da}*). Columns of its own: `{own}`."));
        }
        line(format!("\n{RULE_COLUMNS}"));
    }
    line(
        "\n## Sources and licences\n\n| source | config | licence | legal basis |\n|---|---|---|---|".into(),
    );
    for source in used(corpus) {
        let basis = markdown(source.legal_basis.as_deref().unwrap_or("–"));
        let licence = markdown(source.license.as_deref().unwrap_or("–"));
        line(format!("| {} | {} | {licence} | {basis} |", source.id, source.config));
    }
    line("\nEvery row carries its own `source` and `license`. LICENSE tells what each asks for.\n".into());
    line("## Use\n\n```python\nfrom datasets import load_dataset\n".into());
    if let Some(table) = corpus.tables.iter().find(|t| !t.parts.is_empty()) {
        line(format!("ds = load_dataset(\"path/to/{}\", \"{}\")\n```\n", m.id, table.config));
    }
    line("`sprog verify .` or `sha256sum -c manifest-sha256.txt` checks every byte. What was left out, and why, is in \
          `removed/` and in `report.html`."
        .into());
    out
}

/// What was made of the texts with a tokenizer, as lines of the card.
fn tokens_of(corpus: &Corpus) -> Vec<String> {
    let mut lines = Vec::new();
    for table in &corpus.tables {
        let Some(tokens) = &table.tokens else { continue };
        if lines.is_empty() {
            lines.push("\n## Tokens\n".to_owned());
        }
        let name = markdown(&tokens.tokenizer);
        if let Some(packing) = tokens.packing {
            let beside = table.beside.as_deref().unwrap_or_default();
            let sum = |of: fn(&crate::tokens::SplitTokens) -> u64| tokens.splits.iter().map(of).sum::<u64>();
            let padding = match &tokens.pad {
                Some(pad) => {
                    format!("{} tokens of `{}` fill what is left", sum(|s| s.padding), markdown(pad))
                }
                None => "what is not full is shorter".to_owned(),
            };
            lines.push(format!(
                "- `{}`: the texts of `{beside}` as sequences of {} tokens (`packing = \"{}\"`): {} documents, {} of \
                 them in more than one sequence; {padding}. `input_ids` are the tokens, `seq_lengths` how many of them \
                 each document has, `document_ids` which rows of `{beside}` those are: source and licence stand there.",
                table.config,
                tokens.sequence_length.unwrap_or_default(),
                packing.name(),
                sum(|s| s.documents),
                sum(|s| s.cut),
            ));
            continue;
        }
        let mut all = crate::tokens::SplitTokens::default();
        for split in &tokens.splits {
            all.bytes += split.bytes;
            all.tokens += split.tokens;
        }
        lines.push(format!(
            "- `{}`: `token_count` is what {name} counts ({} tokens in its vocabulary, BLAKE3 `{}`): {:.2} bytes a token.",
            table.config,
            tokens.vocab_size,
            tokens.blake3,
            all.bytes_per_token(),
        ));
        if let (Some(folder), Some(width)) = (&tokens.folder, tokens.binary) {
            let eos = markdown(tokens.eos.as_deref().unwrap_or_default());
            lines.push(format!(
                "- `{folder}/<split>.bin`: all tokens as little-endian {}, `{eos}` behind each document, as nanoGPT reads \
                 them; with `<split>.idx` a dataset of Megatron-LM; `<split>_documents.parquet` names the documents.",
                width.name(),
            ));
        }
    }
    lines
}

/// What all tables of rules have.
const RULE_COLUMNS: &str = "A row is a line or a rule of its file, and the rows give the file back byte for byte: \
     `sprog rules export . FILE`; rows without `raw` say what a line or an element stands for. The page of each table (*på dansk:* `rules/TABLE.da.md`) says what its columns are, where \
     its rows come from and how to load it. All tables have `row_id`, `source`, `source_ref` (file and line), `license`, `file`, \
     `line`, `raw` (the text as it stands there), `ending`, `charset` and `kind` (comments and headers are rows too).";

fn columns_of_its_own(table: RuleTable) -> Vec<String> {
    let schema = crate::rules::schema(table);
    let after = schema.index_of("kind").map_or(0, |index| index + 1);
    schema.fields().iter().skip(after).map(|f| f.name().clone()).collect()
}

/// LICENSE: which licence covers what, and what it asks.
pub fn licence_text(corpus: &Corpus, terms: &BTreeMap<String, Terms>) -> String {
    let mut out = String::from(
        "This dataset is made from several sources. Each row names its source and its licence.\n\
         The terms below are a summary; the licences themselves apply.\n\n",
    );
    for source in used(corpus) {
        let licence = source.license.as_deref().unwrap_or("none");
        let _ = writeln!(out, "{} ({}): {licence}", source.id, source.config);
        if let Some(who) = &source.attribution {
            let _ = writeln!(out, "    name as: {who}");
        }
        if let Some(url) = &source.url {
            let _ = writeln!(out, "    from: {url}");
        }
        for id in licence.split(" OR ") {
            if !id.starts_with("LicenseRef-") {
                let _ = writeln!(out, "    https://spdx.org/licenses/{}.html", id.trim());
            }
        }
    }
    out.push_str("\nTaken together, by config:\n");
    for (config, terms) in terms {
        let phrases = terms.phrases();
        let text = if phrases.is_empty() { "no conditions".to_owned() } else { phrases.join("; ") };
        let _ = writeln!(out, "{config}: {text}");
    }
    for table in corpus.tables.iter().filter(|table| table.tokens.is_some()) {
        if let Some(texts) = &table.beside {
            let _ = writeln!(out, "{}: made of {texts}, on its terms", table.config);
        }
    }
    out
}

/// CITATION.cff, version 1.2.0 of the Citation File Format.
pub fn citation(corpus: &Corpus) -> String {
    let m = &corpus.metadata;
    format!(
        "cff-version: 1.2.0\nmessage: If you use this dataset, please cite it as below.\ntype: dataset\ntitle: {}\n\
         authors:\n- name: {}\nversion: {}\ndate-released: {}\n",
        yaml(&m.title.en),
        yaml(&m.publisher),
        yaml(&m.version),
        m.created
    )
}

/// The datasheet in Danish.
pub fn datasheet_da(corpus: &Corpus, stats: &BTreeMap<String, TableStats>) -> String {
    let m = &corpus.metadata;
    let mut out = format!("# Datablad: {}\n\n{}\n\n", markdown(&m.title.da), markdown(&m.description.da));
    let _ = writeln!(out, "Udgave {} af {}. Udgiver: {}.", m.version, m.created, markdown(&m.publisher));
    let _ = writeln!(out, "Spørgsmål, og tilbagetrækning af egne bidrag: {}.\n", markdown(&m.contact));
    out.push_str("## Hvad indeholder det?\n\n");
    for table in &corpus.tables {
        let rows: u64 = table.parts.iter().map(|p| p.num_rows).sum();
        let totals = stats.get(&table.config).map(|s| s.totals).unwrap_or_default();
        let what = match table.modality {
            Modality::Text => {
                let unit = if table.tokens.is_some() { "tokens" } else { "ord" };
                format!("{} tekster med {} {unit}", danish(rows), danish(totals.tokens))
            }
            Modality::Speech => {
                let minutes = totals.microseconds / 60_000_000;
                format!("{} lydklip, {} minutter i alt", danish(rows), danish(minutes))
            }
            Modality::Rules => {
                let what = RuleTable::parse(&table.config).map_or("regler", |t| t.describe()[0]);
                let name = &table.config;
                format!("{} rækker: {what} ([forklaring](rules/{name}.da.md))", danish(rows))
            }
            Modality::Attributes => format!("målinger på {} rækker", danish(rows)),
            Modality::Tokens => {
                format!("{} sekvenser med {} tokens til træning", danish(rows), danish(totals.tokens))
            }
        };
        let _ = writeln!(out, "- `{}`: {what}.", table.config);
    }
    out.push_str("\n## Hvor kommer det fra, og på hvilket grundlag?\n\n");
    for source in used(corpus) {
        let licence = source.license.as_deref().unwrap_or("ingen");
        let basis = markdown(source.legal_basis.as_deref().unwrap_or("ikke oplyst"));
        let _ = writeln!(out, "- **{}**: licens {licence}; grundlag: {basis}.", source.id);
        if let Some(consent) = &source.consent {
            let _ = writeln!(out, "  Samtykke: {}.", markdown(consent));
        }
    }
    let excluded: Vec<&Source> = corpus.sources.iter().filter(|s| s.excluded.is_some()).collect();
    if !excluded.is_empty() {
        out.push_str("\nUdeladt:\n\n");
        for source in excluded {
            let why = markdown(source.excluded.as_deref().unwrap_or_default());
            let _ = writeln!(out, "- **{}**: {why}", source.id);
        }
    }
    out.push_str(
        "\n## Hvordan er det behandlet?\n\nHver række siger i kolonnen `provenance`, hvilken fil og hvilket sted den \
         kommer fra, og hvilke trin den har været igennem. Det, der er taget ud, står i `removed/` med grund. \
         `report.html` viser det hele.\n\n## Personoplysninger\n\nInden udgivelsen er teksterne set efter for CPR-numre, \
         konto- og kortnumre, e-mailadresser og telefonnumre; findes der nogen, udgives datasættet ikke. Hvad et trin \
         `pii` har fundet og gjort, står uden selve oplysningerne i `removed/`. Søgningen er en hjælp og ingen garanti: \
         Navne, adresser og det, der kun kan forstås af sammenhængen, kan stadig stå i teksterne.\n",
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_titles_stay_text() {
        let metadata = crate::metadata::Metadata {
            title: crate::metadata::Bilingual { da: "<b>x</b>".into(), en: "a\": b\n- c: |".into() },
            ..Default::default()
        };
        let corpus = Corpus { metadata, sources: Vec::new(), tables: Vec::new() };
        let card = hugging_face_card(&corpus, &BTreeMap::new());
        assert!(card.starts_with("---\npretty_name: \"a\\\": b\\n- c: |\"\n"), "{card}");
        assert!(!card.contains("<b>"), "{card}");
    }

    #[test]
    fn numbers_as_danish_writes_them() {
        assert_eq!([0, 999, 1000, 1_234_567].map(danish), ["0", "999", "1.000", "1.234.567"]);
    }
}
