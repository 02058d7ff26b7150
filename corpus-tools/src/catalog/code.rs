//! Code to copy: how the dataset is opened with what people use.

use sprog_datasets::schema::Modality;

use super::config::Config;
use super::model::Dataset;

/// A tool and the code for it.
pub(crate) struct Snippet {
    /// Name of the tool.
    pub(crate) tool: &'static str,
    /// Code, plain text.
    pub(crate) code: String,
}

/// Code for a dataset's first config with rows.
pub(crate) fn snippets(config: &Config, dataset: &Dataset) -> Vec<Snippet> {
    let home = config.url(&format!("ds/{}", dataset.id));
    let base = config.url(&dataset.base());
    let first = dataset.configs().iter().find(|c| c.splits.iter().any(|s| !s.files.is_empty()));
    let Some(table) = first else { return Vec::new() };
    let files: Vec<&str> =
        table.splits.iter().flat_map(|s| &s.files).map(|f| f.path.as_str()).take(3).collect();
    let Some(file) = files.first() else { return Vec::new() };
    let name = &table.name;
    let splits: Vec<String> = table
        .splits
        .iter()
        .filter_map(|s| {
            let file = s.files.first()?;
            let pattern = if s.files.len() == 1 {
                format!("\"{base}{}\"", file.path)
            } else {
                let all: Vec<String> = s.files.iter().map(|f| format!("\"{base}{}\"", f.path)).collect();
                format!("[{}]", all.join(",\n        "))
            };
            Some(format!("    \"{}\": {pattern},", s.name))
        })
        .take(4)
        .collect();
    let column = if table.modality == Modality::Rules { "raw" } else { "text" };
    let snippet = |tool, code: String| Snippet { tool, code };
    vec![
        snippet(
            "sprog",
            format!("sprog fetch {home}\nsprog fetch {home} --config {name} --columns id,{column}\nsprog verify {}", dataset.id),
        ),
        snippet(
            "Python: datasets",
            format!(
                "from datasets import load_dataset\n\nds = load_dataset(\"parquet\", data_files={{\n{}\n}})",
                splits.join("\n")
            ),
        ),
        snippet(
            "Python: pandas",
            format!("import pandas as pd\n\ndf = pd.read_parquet(\"{base}{file}\", columns=[\"id\", \"{column}\"])"),
        ),
        snippet(
            "Python: polars",
            format!(
                "import polars as pl\n\ndf = pl.scan_parquet(\"{base}{file}\").select(\"id\", \"{column}\").head(100).collect()"
            )
            .replace("\"id\", \"raw\"", "\"row_id\", \"raw\""),
        ),
        snippet(
            "DuckDB",
            format!("SELECT * EXCLUDE ({}) FROM '{base}{file}' LIMIT 100;", exclude(table.modality))
                .replace("* EXCLUDE ()", "*"),
        ),
        snippet(
            "R",
            format!("library(arrow)\n\npath <- tempfile(fileext = \".parquet\")\ndownload.file(\"{base}{file}\", path, mode = \"wb\")\nds <- read_parquet(path)"),
        ),
        snippet(
            "curl",
            format!("curl -fLO {base}manifest-sha256.txt\ncurl -fL --create-dirs -o {file} {base}{file}\nsha256sum -c --ignore-missing manifest-sha256.txt"),
        ),
        snippet(
            "Rust",
            format!(
                "// Cargo.toml: sprog-datasets\nuse sprog_datasets::table::TableFile;\n\nlet file = TableFile::open(\"{file}\".as_ref())?;\nfor batch in file.read(&[\"id\", \"{column}\"], None)? {{\n    println!(\"{{}}\", batch?.num_rows());\n}}"
            ),
        ),
    ]
    .into_iter()
    .map(|s| match table.modality {
        Modality::Rules => Snippet { code: s.code.replace("id,raw", "row_id,raw").replace("\"id\", \"raw\"", "\"row_id\", \"raw\""), ..s },
        _ => s,
    })
    .collect()
}

fn exclude(modality: Modality) -> &'static str {
    match modality {
        Modality::Speech => "audio",
        _ => "",
    }
}
