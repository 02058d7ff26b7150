//! The page that explains a published table of rules: `rules/<table>.md` in English, `rules/<table>.da.md` in Danish.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use arrow::array::{Array, ArrayRef, Int64Array, ListArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::describe::{describe_column, describe_kind, is_frame};
use super::{RuleTable, schema};
use crate::corpus::Source;
use crate::standards::danish;
use crate::table::TableFile;
use crate::{Error, Result};

/// Rows shown.
const EXAMPLES: usize = 3;

/// The most files that are listed; the table itself has the others.
const FILES: usize = 60;

/// The most lines of the comment at the top of a file that are shown.
const COMMENT: usize = 24;

/// Characters of a value that are shown.
const SHOWN: usize = 200;

/// What a page says of a table beside what all tables of its name have in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TablePage {
    /// The dataset's id.
    pub dataset: String,
    /// Its version.
    pub version: String,
    /// The sources whose rows the table has.
    pub sources: Vec<Source>,
    /// Rows of each source, file and licence.
    files: BTreeMap<[String; 3], u64>,
    /// A file whose lines or rules the rows are.
    whole: Option<String>,
    /// Rows of each kind.
    kinds: BTreeMap<String, u64>,
    /// The comment at the top of each file that is a table of cells.
    comments: BTreeMap<String, Vec<String>>,
    /// Rows that have a value, by column.
    filled: BTreeMap<String, u64>,
    /// Rows shown: the columns that have a value.
    examples: Vec<Vec<(String, String)>>,
}

impl TablePage {
    /// Counts the rows of a table's published files and picks those to show: of the most frequent kind that says
    /// something, at a quarter, half and three quarters of the way.
    ///
    /// # Errors
    /// Those of reading the files.
    pub fn read(dataset: &str, version: &str, sources: Vec<Source>, parts: &[PathBuf]) -> Result<TablePage> {
        let mut page = TablePage {
            dataset: dataset.to_owned(),
            version: version.to_owned(),
            sources,
            ..TablePage::default()
        };
        for part in parts {
            let names = ["source", "source_ref", "license", "file", "kind"];
            for batch in TableFile::open(part)?.read(&names, None)? {
                page.count(&batch?)?;
            }
        }
        let says = page.kinds.iter().filter(|(kind, _)| !is_frame(kind));
        let says = says.max_by_key(|(_, rows)| **rows).map(|(kind, rows)| (kind.clone(), *rows));
        let (kind, rows) = says.unwrap_or_default();
        let mut wanted: Vec<u64> =
            (1..=EXAMPLES as u64).map(|n| rows.saturating_mul(n) / (EXAMPLES as u64 + 1)).collect();
        wanted.dedup();
        let mut seen = 0u64;
        for part in parts {
            for batch in TableFile::open(part)?.read(&[], None)? {
                let batch = batch?;
                let kinds = texts(&batch, "kind")?;
                for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
                    let rows = page.filled.entry(field.name().clone()).or_default();
                    let has = (0..column.len()).filter(|row| !is_empty(column, *row)).count();
                    *rows = rows.saturating_add(has as u64);
                }
                page.comment(&batch, &kinds)?;
                for row in 0..batch.num_rows() {
                    if kinds.is_null(row) || kinds.value(row) != kind {
                        continue;
                    }
                    if wanted.contains(&seen) {
                        page.examples.push(shown(&batch, row)?);
                    }
                    seen = seen.saturating_add(1);
                }
            }
        }
        Ok(page)
    }

    /// Keeps the comment lines that a file of cells starts with: they say what its columns are.
    fn comment(&mut self, batch: &RecordBatch, kinds: &StringArray) -> Result<()> {
        if batch.column_by_name("cells").is_none() {
            return Ok(());
        }
        let [files, raws] = ["file", "raw"].map(|name| texts(batch, name));
        let (files, raws) = (files?, raws?);
        let lines = batch.column_by_name("line").and_then(|c| c.as_any().downcast_ref::<Int64Array>());
        let Some(lines) = lines else { return Ok(()) };
        for row in (0..batch.num_rows()).filter(|row| !kinds.is_null(*row) && kinds.value(*row) == "comment")
        {
            let comment = self.comments.entry(files.value(row).to_owned()).or_default();
            if lines.value(row) == comment.len() as i64 + 1 && comment.len() < COMMENT {
                comment.push(raws.value(row).to_owned());
            }
        }
        Ok(())
    }

    fn count(&mut self, batch: &RecordBatch) -> Result<()> {
        let [sources, places, licences, files, kinds] =
            ["source", "source_ref", "license", "file", "kind"].map(|name| texts(batch, name));
        let (sources, places, licences) = (sources?, places?, licences?);
        let (files, kinds) = (files?, kinds?);
        let value =
            |of: &StringArray, row: usize| if of.is_null(row) { "" } else { of.value(row) }.to_owned();
        for row in 0..batch.num_rows() {
            // A derived row says in its place which file it comes of.
            let place = value(&places, row);
            let file = if files.is_null(row) {
                place.rsplit_once([':', '#']).map_or(place.clone(), |(file, _)| file.to_owned())
            } else {
                let file = value(&files, row);
                if self.whole.as_ref().is_none_or(|first| file < *first) {
                    self.whole = Some(file.clone());
                }
                file
            };
            let key = [value(&sources, row), file, value(&licences, row)];
            let rows = self.files.entry(key).or_default();
            *rows = rows.saturating_add(1);
            let rows = self.kinds.entry(value(&kinds, row)).or_default();
            *rows = rows.saturating_add(1);
        }
        Ok(())
    }

    /// The page as Markdown.
    fn page(&self, table: RuleTable, language: Language) -> String {
        let name = table.name();
        let say = |da: &'static str, en: &'static str| language.pick([da, en]);
        let number = |n: u64| match language {
            Language::Danish => danish(n),
            Language::English => n.to_string(),
        };
        let rows: u64 = self.kinds.values().sum();
        let mut out = format!("# `{name}`\n\n");
        let (what, other) = (language.pick(table.describe()), language.other(name));
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        line(format!("{} {}.\n", say("Rækkerne er", "Its rows are"), what));
        let part = say("En tabel i", "A table of");
        line(format!(
            "{part} [{}](../README.md) {}. {} {}. {other}\n",
            self.dataset,
            self.version,
            number(rows),
            say("rækker", "rows")
        ));

        line(format!("## {}\n", say("Kolonner", "Columns")));
        line(format!(
            "| {} |\n|---|---|---:|---|",
            say("kolonne | type | rækker med værdi | indhold", "column | type | rows with a value | content")
        ));
        for field in schema(table).fields() {
            let text = language.pick(describe_column(table, field.name())).replace('|', "\\|");
            let filled = number(self.filled.get(field.name()).copied().unwrap_or_default());
            line(format!("| `{}` | {} | {filled} | {text} |", field.name(), type_name(field.data_type())));
        }
        line(format!(
            "\n{}\n",
            say(
                "En kolonne, som en række ikke har noget til, er tom (null, eller en tom liste).",
                "A column that a row has nothing for is null, or an empty list."
            )
        ));

        line(format!("## {}\n", say("Slags rækker", "Kinds of rows")));
        line(format!("| `kind` | {} | |\n|---|---:|---|", say("rækker", "rows")));
        for (kind, rows) in &self.kinds {
            line(format!("| `{kind}` | {} | {} |", number(*rows), language.pick(describe_kind(kind))));
        }

        line(format!("\n## {}\n", say("Kilder og licenser", "Sources and licences")));
        line(format!(
            "| {} |\n|---|---|---|---:|",
            say("kilde | fil | licens | rækker", "source | file | licence | rows")
        ));
        for ([source, file, licence], rows) in self.files.iter().take(FILES) {
            let cells = [source, file, licence].map(|cell| code(cell));
            line(format!("| {} | {} |", cells.join(" | "), number(*rows)));
        }
        if self.files.len() > FILES {
            let text = say(
                "flere filer; kolonnen `source_ref` har dem alle.",
                "more files; the column `source_ref` has all.",
            );
            line(format!("\n{} {text}", self.files.len() - FILES));
        }
        for source in &self.sources {
            let named = source
                .attribution
                .as_deref()
                .map(|who| format!("{}: {}", say("angiv som kilde", "name"), code(who)));
            let url = source.url.as_deref().map(code);
            let told: Vec<String> = named.into_iter().chain(url).collect();
            if !told.is_empty() {
                line(format!("\n{}: {}", code(&source.id), told.join("; ")));
            }
        }

        let comments = self.comments.iter().filter(|(_, lines)| !lines.is_empty());
        for (index, (file, lines)) in comments.enumerate() {
            if index == 0 {
                let title = say("Hvad filerne siger om deres celler", "What the files say of their cells");
                line(format!("\n## {title}"));
            }
            line(format!("\n{}\n\n```text", code(file)));
            // A fence within would end this one.
            let fenced = |text: &String| text.trim_start().starts_with("```");
            lines.iter().for_each(|text| line(if fenced(text) { format!("# {text}") } else { text.clone() }));
            line("```".to_owned());
        }

        line(format!("\n## {}\n", say("Eksempler", "Examples")));
        for (number, example) in (1..).zip(&self.examples) {
            line(format!("### {number}\n"));
            line(format!("| {} |\n|---|---|", say("kolonne | værdi", "column | value")));
            for (column, value) in example {
                line(format!("| `{column}` | {} |", code(value)));
            }
            line(String::new());
        }

        line(format!("## {}\n", say("Hent den", "Load it")));
        line(format!(
            "```python\nfrom datasets import load_dataset\n\nrows = load_dataset(\"path/to/{}\", \"{name}\")\n```\n",
            self.dataset
        ));
        line(format!("```python\nimport pandas as pd\n\nrows = pd.read_parquet(\"data/{name}\")\n```\n"));
        line(format!(
            "```python\nimport polars as pl\n\nrows = pl.read_parquet(\"data/{name}/*.parquet\")\n```\n"
        ));
        line(format!(
            "```sql\n-- DuckDB\nSELECT kind, count(*) FROM 'data/{name}/*.parquet' GROUP BY kind;\n```\n"
        ));

        line(format!("## {}\n", say("Tilbage til filen", "Back to the file")));
        let first = self.whole.as_deref().unwrap_or("FILE");
        if self.whole.is_some() {
            line(
                say(
                    "Rækkerne med `file` giver filen tilbage byte for byte:",
                    "The rows with `file` give that file back, byte for byte:",
                )
                .to_owned(),
            );
            line(format!(
                "\n```sh\nsprog rules export . {} > {}\n```\n",
                shell(first),
                shell(base_name(first))
            ));
        } else {
            line(format!(
                "{}\n",
                say(
                    "Rækkerne er udledt af filer, som de ikke selv er linjer af; `source_ref` siger, hvor hver kommer fra.",
                    "The rows are derived from files whose lines they are not; `source_ref` says where each comes from."
                )
            ));
        }

        line(format!("## {}\n", say("Prøv den", "Test it")));
        if table == RuleTable::RulesPattern {
            line(say(
                "Hver regel har sine egne eksempler. De køres som prøver, og regler, der ikke gør, som eksemplerne viser, bliver nævnt:",
                "Each rule has its own examples. They run as tests, and rules that do not do as they show are named:",
            ).to_owned());
            let local = shell(base_name(first));
            line(format!(
                "\n```sh\nsprog rules export . {} > {local}\nsprog rules test {local}\n```",
                shell(first)
            ));
        } else {
            line(
                say(
                    "Rækkerne har ingen eksempler, der kan køres. `sprog verify .` prøver hver byte.",
                    "The rows carry no examples that can be run. `sprog verify .` checks every byte.",
                )
                .to_owned(),
            );
        }
        out
    }
}

/// The pages of a table: file name and text.
///
/// ```
/// use sprog_datasets::rules::{RuleTable, TablePage, pages};
/// let [(name, text), _] = pages(RuleTable::LexiconForms, &TablePage::default());
/// assert_eq!(name, "lexicon_forms.md");
/// assert!(text.contains("| `lemma` | text | 0 |"));
/// ```
pub fn pages(table: RuleTable, page: &TablePage) -> [(String, String); 2] {
    [
        (format!("{}.md", table.name()), page.page(table, Language::English)),
        (format!("{}.da.md", table.name()), page.page(table, Language::Danish)),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Danish,
    English,
}

impl Language {
    fn pick(self, [da, en]: [&'static str; 2]) -> &'static str {
        match self {
            Language::Danish => da,
            Language::English => en,
        }
    }

    /// A link to the same page in the other language.
    fn other(self, name: &str) -> String {
        match self {
            Language::Danish => format!("In English: [{name}.md]({name}.md)."),
            Language::English => format!("På dansk: [{name}.da.md]({name}.da.md)."),
        }
    }
}

fn base_name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

/// A file's name as an argument.
fn shell(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if name.chars().all(plain) && !name.is_empty() {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', "'\\''").replace(['\n', '\r'], " "))
}

/// A value as code inside a table of Markdown, whatever is in it.
fn code(value: &str) -> String {
    let mut out = String::from("<code>");
    for c in value.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            '&' | '<' | '>' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '$' | '"' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c if c.is_control() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out + "</code>"
}

fn type_name(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Utf8 => "text",
        DataType::Int32 | DataType::Int64 => "int",
        DataType::Boolean => "bool",
        DataType::List(item) => match item.data_type() {
            DataType::Struct(_) => "list of struct",
            DataType::Utf8 => "list of text",
            _ => "list of int",
        },
        _ => "struct",
    }
}

fn texts(batch: &RecordBatch, name: &str) -> Result<StringArray> {
    let absent = || Error::Invalid(format!("the rows have no usable column `{name}`"));
    let column =
        cast(batch.column_by_name(name).ok_or_else(absent)?, &DataType::Utf8).map_err(|_| absent())?;
    column.as_any().downcast_ref::<StringArray>().cloned().ok_or_else(absent)
}

/// Whether a row has nothing in a column: null, or a list of nothing.
fn is_empty(column: &ArrayRef, row: usize) -> bool {
    let list = column.as_any().downcast_ref::<ListArray>();
    column.is_null(row) || list.is_some_and(|list| list.value_length(row) == 0)
}

/// The columns of a row that have a value, as text.
fn shown(batch: &RecordBatch, row: usize) -> Result<Vec<(String, String)>> {
    let options = FormatOptions::new();
    let schema: &Schema = batch.schema_ref();
    let mut out = Vec::new();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        if is_empty(column, row) || field.name() == "ending" || field.name() == "charset" {
            continue;
        }
        let invalid = |e: arrow::error::ArrowError| Error::Invalid(e.to_string());
        let value = ArrayFormatter::try_new(column, &options).map_err(invalid)?.value(row).to_string();
        let mut short: String = value.chars().take(SHOWN).collect();
        if short.len() < value.len() {
            short.push('…');
        }
        out.push((field.name().clone(), short));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_every_table_are_whole_and_hostile_values_stay_text() {
        let hostile = "a|b\n# x <script> [l](javascript:1) `$(rm)`";
        let mut page = TablePage { dataset: "d".into(), version: "1.0.0".into(), ..TablePage::default() };
        page.files.insert(["s".into(), hostile.into(), "CC0-1.0".into()], 1234);
        page.kinds.insert("entry".into(), 1234);
        page.whole = Some(hostile.into());
        page.comments.insert(hostile.into(), vec!["``` <script>".into()]);
        page.examples = vec![vec![("form".into(), hostile.into())]];
        for table in RuleTable::ALL {
            let [(_, en), (_, da)] = pages(table, &page);
            assert!(en.contains("1234 rows") && da.contains("1.234 rækker"), "{en}");
            for text in [en, da] {
                // In a command the name stands quoted, inside a fence.
                let prose: String = text.split("\n```").step_by(2).collect();
                assert!(!prose.contains("<script>") && !prose.contains("a|b"), "{prose}");
                assert!(text.contains("'a|b # x <script>"), "{text}");
                assert_eq!(text.matches("\n## ").count(), 8, "{text}");
                let fences = text.matches("\n```").count();
                assert_eq!(fences % 2, 0, "{text}");
            }
        }
        let [(_, en), _] = pages(RuleTable::RulesPattern, &page);
        assert!(en.contains("sprog rules test"));
    }
}
