//! The Hugging Face dataset card, README.md: YAML that `datasets` reads, then text.

use super::facts::{address, beside, config_rows, licences, rows, tasks, used};
use super::text::{link, markdown, yaml};
use crate::publication::Publication;
use crate::release::Description;
use crate::rules::RuleTable;
use crate::schema::Modality;

/// Hugging Face's licence key: its own lower-case id where all sources share one, else `other`.
fn hub_licence(description: &Description) -> String {
    match licences(description)[..] {
        [one] if !one.starts_with("LicenseRef") && !one.contains(' ') => one.to_lowercase(),
        _ => "other".to_owned(),
    }
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
pub fn hugging_face_card(publication: &Publication) -> String {
    let description = &publication.description;
    let m = &description.metadata;
    let mut out = String::from("---\n");
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!("pretty_name: {}", yaml(&m.title.en)));
    line("language:".into());
    m.languages.iter().for_each(|l| line(format!("- {}", yaml(l))));
    line(format!("license: {}", hub_licence(description)));
    let tasks = tasks(description);
    if !tasks.is_empty() {
        line("task_categories:".into());
        tasks.iter().for_each(|t| line(format!("- {}", yaml(t))));
    }
    let all: u64 = description.configs.iter().map(config_rows).sum();
    line(format!("size_categories:\n- {}", size_category(all)));
    if !m.keywords.is_empty() {
        line("tags:".into());
        m.keywords.iter().for_each(|k| line(format!("- {}", yaml(k))));
    }
    line("configs:".into());
    for (index, config) in description.configs.iter().filter(|c| !c.splits.is_empty()).enumerate() {
        line(format!("- config_name: {}", config.name));
        if index == 0 {
            line("  default: true".into());
        }
        line("  data_files:".into());
        for split in config.splits.iter().map(|s| &s.name) {
            line(format!("  - split: {split}\n    path: data/{}/{split}-*.parquet", config.name));
        }
    }
    line("---\n".into());
    line(format!("# {}\n", markdown(&m.title.en)));
    line(format!("{}\n", markdown(&m.description.en)));
    line(format!("*{}* {}\n", markdown(&m.title.da), markdown(&m.description.da)));
    line(format!("Version {} of {}. Published by {}.", m.version, m.created, markdown(&m.publisher)));
    line(format!("Questions, and withdrawal of what you contributed: {}.\n", markdown(&m.contact)));
    line("## Contents\n\n| config | split | rows | tokens | hours |\n|---|---|---:|---:|---:|".into());
    for config in &description.configs {
        for split in &config.splits {
            let hours = match config.modality {
                Modality::Speech => format!("{:.3}", split.totals.hours()),
                _ => "–".into(),
            };
            let tokens = match split.totals.tokens {
                0 => "–".into(),
                tokens => tokens.to_string(),
            };
            line(format!("| {} | {} | {} | {tokens} | {hours} |", config.name, split.name, rows(split)));
        }
    }
    tokens_of(description).into_iter().for_each(&mut line);
    let rules: Vec<RuleTable> = tables(description);
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
    for source in used(description) {
        let basis = markdown(source.legal_basis.as_deref().unwrap_or("–"));
        let licence = markdown(source.license.as_deref().unwrap_or("–"));
        line(format!("| {} | {} | {licence} | {basis} |", source.id, source.config));
    }
    line("\nEvery row carries its own `source` and `license`. LICENSE tells what each asks for.\n".into());
    line("## Use\n\n```python\nfrom datasets import load_dataset\n".into());
    if let Some(config) = description.configs.iter().find(|c| !c.splits.is_empty()) {
        line(format!("ds = load_dataset(\"path/to/{}\", \"{}\")\n```\n", m.id, config.name));
    }
    line("`sprog verify .` or `sha256sum -c manifest-sha256.txt` checks every byte. What was left out, and why, is in \
          `removed/` and in `report.html`.\n"
        .into());
    line("## More about it\n\n- Datasheet: `datasheet.en.md`; *på dansk:* `datablad.da.md`. How to cite: `CITATION.cff`.".into());
    line("- For programs: `dataset.json` (its schema in `dataset.schema.json`), `croissant.json`, `datapackage.json`, \
          `datacite.json`."
        .into());
    line("- For those who train models of general purpose: `ai-act-summary.en.md`; *på dansk:* `ai-act-summary.da.md`.".into());
    if let Some(address) = address(description) {
        line(format!("- Its own page: {}", link(&address)));
    }
    m.about.references.iter().for_each(|address| line(format!("- See also {}", link(address))));
    out
}

/// The tables of rules.
fn tables(description: &Description) -> Vec<RuleTable> {
    description.configs.iter().filter_map(|config| RuleTable::parse(&config.name)).collect()
}

/// What was made of the texts with a tokenizer, as lines of the card.
fn tokens_of(description: &Description) -> Vec<String> {
    let mut lines = Vec::new();
    for config in &description.configs {
        let Some(tokens) = &config.tokens else { continue };
        if lines.is_empty() {
            lines.push("\n## Tokens\n".to_owned());
        }
        let name = markdown(&tokens.tokenizer);
        if let Some(packing) = tokens.packing {
            let beside = beside(config).unwrap_or_default();
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
                config.name,
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
            config.name,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Bilingual;
    use crate::standards::tests::publication;

    #[test]
    fn hostile_titles_stay_text() {
        let mut publication = publication();
        publication.description.metadata.title =
            Bilingual { da: "<b>x</b>".into(), en: "a\": b\n- c: |".into() };
        let card = hugging_face_card(&publication);
        assert!(card.starts_with("---\npretty_name: \"a\\\": b\\n- c: |\"\n"), "{card}");
        assert!(!card.contains("<b>"), "{card}");
    }
}
