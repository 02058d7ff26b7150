//! recipe.toml: what a dataset is made of and how.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use sprog_datasets::licence::Terms;
use sprog_datasets::metadata::{About, Bilingual, Metadata};
use sprog_datasets::split::Split;
use sprog_datasets::vocabulary;
use toml::Spanned;

use crate::build::plan;

mod audio;
pub(crate) mod quality;
mod step;
mod tokenize;

pub use audio::{AlignAction, FeatureType, VadAction};
pub use quality::{Clean, KeepSignals, QualityAction, Scope, Unit};
pub use step::{Channels, PiiAction, Step, Target};
pub(crate) use step::{labels, normalizer};
pub(crate) use tokenize::tokens_config;

/// A recipe as written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// What the dataset says of itself.
    pub dataset: Dataset,
    /// Licences that SPDX does not list, by their `LicenseRef-…` id.
    #[serde(default)]
    pub licences: BTreeMap<String, DeclaredTerms>,
    /// Where the data comes from, in the order it is published.
    #[serde(rename = "source")]
    #[schemars(with = "Vec<Source>")]
    pub sources: Vec<Spanned<Source>>,
    /// What is done to it, in order.
    #[serde(default, rename = "step")]
    #[schemars(with = "Vec<Step>")]
    pub steps: Vec<Spanned<Step>>,
}

/// The `[dataset]` table.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Lower-case letters, digits and hyphens.
    pub id: String,
    /// Three numbers, `1.0.0`.
    pub version: String,
    /// Title in both languages.
    pub title: Bilingual,
    /// A paragraph or two in both languages.
    pub description: Bilingual,
    /// Who publishes it.
    pub publisher: String,
    /// Where questions and withdrawals go.
    pub contact: String,
    /// Day of this version, `2026-11-01`.
    pub created: String,
    /// BCP 47 tags.
    #[serde(default = "danish")]
    pub languages: Vec<String>,
    /// Key words.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// What catalogues and datasheets ask for beyond that.
    #[serde(default)]
    pub about: About,
}

fn danish() -> Vec<String> {
    vec!["da".into()]
}

/// Terms of a declared licence; see `sprog_datasets::licence::Terms`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DeclaredTerms {
    /// The source must be named.
    pub attribution: bool,
    /// No commercial use.
    pub non_commercial: bool,
    /// No changed versions.
    pub no_derivatives: bool,
    /// No training of speech synthesis.
    pub no_tts: bool,
    /// No identifying of people by voice.
    pub no_biometric_identification: bool,
}

impl From<DeclaredTerms> for Terms {
    fn from(d: DeclaredTerms) -> Terms {
        Terms {
            attribution: d.attribution,
            share_alike: None,
            non_commercial: d.non_commercial,
            no_derivatives: d.no_derivatives,
            no_tts: d.no_tts,
            no_biometric_identification: d.no_biometric_identification,
        }
    }
}

/// What a source holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Documents.
    Text,
    /// Recordings with transcripts.
    Speech,
    /// Grammar and lexicon files.
    Rules,
}

/// Format of a source's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// JSON Lines, plain, gzip or zstd.
    Jsonl,
    /// Comma- or semicolon-separated, quoted, with a header.
    Csv,
    /// Tab-separated with a header.
    Tsv,
    /// Plain text; `cut` says what a document is.
    Text,
    /// HTML pages: the main text of each.
    Html,
    /// XML: `element` says which elements are documents.
    Xml,
    /// CoNLL-U: a document for each `# newdoc`, or one a file.
    Conllu,
    /// Parquet tables.
    Parquet,
    /// Audio files, each with its transcript in a `.txt` of the same name, or none.
    Audio,
    /// Hunspell affix file.
    HunspellAff,
    /// Hunspell dictionary; the `.aff` of the same name says its flag type.
    HunspellDic,
    /// libhyphen patterns.
    Hyphenation,
    /// Lexicon, tab-separated with a header.
    Lexicon,
    /// UniMorph: lemma, form, features.
    Unimorph,
    /// COR 1.02, Det Centrale Ordregister.
    Cor,
    /// COR.EXT.
    CorExt,
    /// COR.SØGEHJÆLP: misspellings and variants.
    CorSearchHelp,
    /// Full forms of Den Danske Ordbog or Ordbog over det danske Sprog.
    FullForms,
    /// NST's pronunciation lexicon.
    NstLexicon,
    /// Records of Den Store Danske Ordliste.
    Dsdo,
    /// A word a line.
    WordList,
    /// Misspellings: `wrong->right`, `wrong||right` or with a tab between.
    Misspellings,
    /// A thesaurus of MyThes (`.dat`).
    Mythes,
    /// LanguageTool's rules (`grammar.xml`, `disambiguation.xml`).
    Languagetool,
    /// A Constraint Grammar of CG-3.
    Cg,
    /// A tab-separated table of rules of our own, with comments of `#`; `table` says which.
    RuleTable,
    /// Our own core lexicon as full forms: its `lemmas.tsv`; the other tables lie beside it.
    CoreLexicon,
    /// A wordnet in WN-LMF; `table` says what is made of it, `lexicon_entries`, `lexicon_forms` or `thesaurus`.
    WnLmf,
    /// A monolingual dictionary of Apertium (lttoolbox), expanded to its forms.
    Dix,
    /// A table of CSV on the Web, such as DanNet's; its description (`words-metadata.json`) lies beside it. `table` says what
    /// is made of it, `lexicon_entries` or, of a table of relations, `thesaurus`.
    Csvw,
    /// The words of a treebank in CoNLL-U, with their readings and counts. Its sentences are not published.
    ConlluLexicon,
}

/// How plain text is cut into documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// One document a file.
    #[default]
    File,
    /// Documents separated by blank lines.
    Paragraphs,
    /// One document a line.
    Lines,
}

/// What happens when the licence or legal basis of a source does not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnRefusal {
    /// The build is refused.
    #[default]
    Refuse,
    /// The source is left out, and the report says why.
    Exclude,
}

/// What a source is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Its rows are published.
    #[default]
    Publish,
    /// Steps compare with it: a test set, an earlier version. Nothing of it is published.
    Reference,
}

/// A `[[source]]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Lower-case letters, digits and hyphens; unique in the recipe.
    pub id: String,
    /// What it holds.
    pub kind: Kind,
    /// Files, folders or patterns with `*`, relative to the recipe. `$NAME` at the start stands for an environment variable.
    pub files: Vec<String>,
    /// Format of the files.
    pub format: Format,
    /// What the source is for: `publish`, or `reference` for what steps only compare with.
    #[serde(default)]
    pub role: Role,
    /// Config that its rows go to; `text` or `speech` if not given. Rules go to one config a table.
    pub config: Option<String>,
    /// SPDX id, several joined by ` OR `, or a `LicenseRef-…` declared under `[licences]`.
    pub license: Option<String>,
    /// Why it may be processed and published.
    pub legal_basis: Option<String>,
    /// For voices: what the speakers agreed to, or why no consent is needed.
    pub consent: Option<String>,
    /// Who is to be named.
    pub attribution: Option<String>,
    /// Where it can be had. With `sha256`, `sprog fetch` brings it.
    pub url: Option<String>,
    /// SHA-256 of the one file that `url` gives.
    pub sha256: Option<String>,
    /// What happens when licence or legal basis do not hold.
    #[serde(default)]
    pub on_refusal: OnRefusal,
    /// Encoding of text files; found out if not given.
    pub encoding: Option<String>,
    /// How plain text is cut.
    #[serde(default)]
    pub cut: Cut,
    /// Element that is a document in XML.
    pub element: Option<String>,
    /// Our column names and theirs: `text`, `id`, `title`, `author`, `url`, `domain`, `language`, `created`, `added`; for speech `path`, `text`, `text_verbatim`, `speaker_id`, `gender`, `age_group`, `dialect`.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Language of all rows that do not say theirs.
    pub language: Option<String>,
    /// Domain of all rows that do not say theirs.
    pub domain: Option<String>,
    /// Day of creation of all rows that do not say theirs.
    pub created: Option<String>,
    /// For `format = "rule-table"`, `"wn-lmf"` and `"csvw"`: the config that the rows go to. Of a rule table `paradigms`, `compound_rules`, `verbalization_rules`, `normalization_rules`, `abbreviations`, `pii_patterns` or `g2p_rules`; of a wordnet `lexicon_entries`, `lexicon_forms` or `thesaurus`.
    pub table: Option<String>,
    /// For `format = "audio"`: the speaker is this many characters at the start of the file name.
    pub speaker_chars: Option<usize>,
}

/// Why a recipe is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message} [{code}]", code = crate::codes::RECIPE)]
pub struct RecipeError {
    /// The recipe.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// A recipe that was read and checked.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The recipe.
    pub recipe: Recipe,
    /// Its text.
    pub text: String,
    /// The folder that paths are relative to.
    pub dir: PathBuf,
    /// The file.
    pub path: PathBuf,
}

impl Loaded {
    /// The `[dataset]` table as metadata.
    pub fn metadata(&self) -> Metadata {
        let d = &self.recipe.dataset;
        Metadata {
            id: d.id.clone(),
            version: d.version.clone(),
            title: d.title.clone(),
            description: d.description.clone(),
            publisher: d.publisher.clone(),
            contact: d.contact.clone(),
            created: d.created.clone(),
            languages: d.languages.clone(),
            keywords: d.keywords.clone(),
            licences: self.recipe.licences.iter().map(|(k, v)| (k.clone(), v.clone().into())).collect(),
            about: d.about.clone(),
            derived_from: Vec::new(),
        }
    }

    /// The split step, or everything in `train`.
    pub fn split(&self) -> Split {
        let found = self.recipe.steps.iter().find_map(|s| match s.get_ref() {
            Step::Split { seed, shares } => Some(Split { seed: seed.clone(), shares: shares.clone() }),
            _ => None,
        });
        found.unwrap_or_default()
    }
}

/// Reads a recipe: the file, or `recipe.toml` in a folder.
///
/// # Errors
/// [`RecipeError`] with the line; an I/O error when it cannot be read.
pub fn load(path: &Path) -> anyhow::Result<Loaded> {
    let path = if path.is_dir() { path.join("recipe.toml") } else { path.to_owned() };
    let text = std::fs::read_to_string(&path).map_err(sprog_datasets::Error::io(&path))?;
    let dir = sprog_datasets::durable::parent_of(&path).to_owned();
    let recipe = parse(&text).map_err(|(line, message)| RecipeError {
        file: path.display().to_string(),
        line,
        message,
    })?;
    Ok(Loaded { recipe, text, dir, path })
}

pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|b| **b == b'\n').count() + 1
}

fn is_slug(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 64
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |i: usize, len: usize| {
        parts.get(i).filter(|p| p.len() == len && p.bytes().all(|b| b.is_ascii_digit()))?.parse::<u32>().ok()
    };
    parts.len() == 3
        && number(0, 4).is_some()
        && number(1, 2).is_some_and(|m| (1..=12).contains(&m))
        && number(2, 2).is_some_and(|d| (1..=31).contains(&d))
}

/// The line of a value of `[dataset.about]`, by the keys down to it.
fn line_of_about(text: &str, path: &[String]) -> usize {
    let Ok(document) = toml::de::DeTable::parse(text) else { return 1 };
    let mut start = document.span().start;
    let mut table = Some(document.get_ref());
    let mut list: Option<&toml::de::DeArray<'_>> = None;
    for key in ["dataset", "about"].into_iter().chain(path.iter().map(String::as_str)) {
        let value = match (table, list) {
            (Some(table), _) => table.get(key),
            (None, Some(list)) => key.parse().ok().and_then(|index: usize| list.get(index)),
            (None, None) => None,
        };
        let Some(value) = value else { break };
        start = value.span().start;
        table = value.get_ref().as_table();
        list = value.get_ref().as_array();
    }
    line_of(text, start)
}

/// Reads and checks a recipe's text; an error has the line it is about.
pub(crate) fn parse(text: &str) -> Result<Recipe, (usize, String)> {
    let recipe: Recipe = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(1, |s| line_of(text, s.start));
        (line, e.message().to_owned())
    })?;
    // Words that occur once in a well-formed recipe point at their line well enough.
    let line_with = |needle: &str| text.lines().position(|l| l.contains(needle)).map_or(1, |i| i + 1);
    let d = &recipe.dataset;
    if !is_slug(&d.id) {
        return Err((line_with(&d.id), format!("dataset id {:?} is not of a-z, 0-9, - and _", d.id)));
    }
    let numbers: Vec<&str> = d.version.split('.').collect();
    if numbers.len() != 3 || numbers.iter().any(|n| n.is_empty() || !n.bytes().all(|b| b.is_ascii_digit())) {
        return Err((
            line_with("version"),
            format!("version {:?} is not three numbers, such as 1.0.0", d.version),
        ));
    }
    if !is_day(&d.created) {
        return Err((
            line_with("created"),
            format!("created {:?} is not a day, such as 2026-11-01", d.created),
        ));
    }
    if let Some(bad) = vocabulary::check(&d.about).first() {
        return Err((line_of_about(text, &bad.path), bad.message.clone()));
    }
    if let Some(id) = recipe.licences.keys().find(|k| !k.starts_with("LicenseRef-")) {
        return Err((line_with(id), format!("a declared licence is named LicenseRef-…, not {id:?}")));
    }
    if recipe.sources.is_empty() {
        return Err((1, "no [[source]]".into()));
    }
    let mut seen = std::collections::BTreeSet::new();
    for source in &recipe.sources {
        let line = line_of(text, source.span().start);
        check_source(source.get_ref(), &mut seen).map_err(|m| (line, m))?;
    }
    check_configs(&recipe, text)?;
    step::check(&recipe, text)?;
    Ok(recipe)
}

fn check_source(source: &Source, seen: &mut std::collections::BTreeSet<String>) -> Result<(), String> {
    if !is_slug(&source.id) {
        return Err(format!("source id {:?} is not of a-z, 0-9, - and _", source.id));
    }
    if !seen.insert(source.id.clone()) {
        return Err(format!("two sources named {:?}", source.id));
    }
    let fits = match source.format {
        Format::Audio => source.kind == Kind::Speech,
        format if plan::is_rules(format) => source.kind == Kind::Rules,
        Format::Csv | Format::Tsv | Format::Jsonl => source.kind != Kind::Rules,
        _ => source.kind == Kind::Text,
    };
    if !fits {
        return Err(format!(
            "source {:?}: format {:?} is not one of kind {:?}",
            source.id, source.format, source.kind
        ));
    }
    if source.kind == Kind::Rules && plan::rule_table(source).is_none() {
        let tables: Vec<&str> = plan::tables_of(source.format).iter().map(|table| table.name()).collect();
        let tables = tables.join(", ");
        return Err(format!("source {:?}: `table` is one of {tables}", source.id));
    }
    if source.table.is_some() && plan::tables_of(source.format).is_empty() {
        let message = "`table` belongs to the formats \"rule-table\", \"wn-lmf\" and \"csvw\"";
        return Err(format!("source {:?}: {message}", source.id));
    }
    if source.format == Format::Xml && source.element.is_none() {
        return Err(format!(
            "source {:?}: XML needs `element`, the name of the elements that are documents",
            source.id
        ));
    }
    if let Some(config) = source.config.as_ref().filter(|c| !is_slug(c)) {
        return Err(format!("config {config:?} is not of a-z, 0-9, - and _"));
    }
    if source.role == Role::Reference && source.kind == Kind::Rules {
        return Err(format!("source {:?}: nothing compares with rules", source.id));
    }
    if let Some(label) = &source.encoding
        && sprog_formats::Encoding::for_label(label).is_none()
    {
        return Err(format!("encoding {label:?} is not known here"));
    }
    Ok(())
}

impl Source {
    /// The config that its rows go to; rules go to the table of their format.
    pub fn config(&self) -> String {
        match self.kind {
            Kind::Text => self.config.clone().unwrap_or_else(|| "text".into()),
            Kind::Speech => self.config.clone().unwrap_or_else(|| "speech".into()),
            Kind::Rules => {
                let table = plan::rule_table(self);
                table.map_or("rules", |t| t.name()).to_owned()
            }
        }
    }
}

/// Our names of columns that a source of a kind may map.
fn known_columns(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Text => &["text", "id", "title", "author", "url", "domain", "language", "created", "added"],
        Kind::Speech => {
            &["path", "text", "text_verbatim", "id", "speaker_id", "gender", "age_group", "dialect"]
        }
        Kind::Rules => &[],
    }
}

/// A config holds rows of one kind, and steps name configs that exist.
fn check_configs(recipe: &Recipe, text: &str) -> Result<(), (usize, String)> {
    let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
    for source in &recipe.sources {
        let line = line_of(text, source.span().start);
        let source = source.get_ref();
        let config = source.config();
        if source.role == Role::Publish && *kinds.entry(config.clone()).or_insert(source.kind) != source.kind
        {
            return Err((line, format!("config {config:?} holds rows of another kind already")));
        }
        if let Some(column) =
            source.columns.keys().find(|c| !known_columns(source.kind).contains(&c.as_str()))
        {
            let known = known_columns(source.kind).join(", ");
            return Err((line, format!("columns: no column {column:?} of ours; known: {known}")));
        }
    }
    let is_reference = |name: &String| {
        recipe.sources.iter().map(|s| s.get_ref()).any(|s| s.id == *name && s.role == Role::Reference)
    };
    for step in &recipe.steps {
        let line = line_of(text, step.span().start);
        if let Some(name) = step.get_ref().against().iter().find(|name| !is_reference(name)) {
            let step = step.get_ref().name();
            let message = format!("{step}: no source {name:?} of `role = \"reference\"`");
            return Err((line, message));
        }
        if let Some(config) = step.get_ref().config()
            && !kinds.get(config).is_some_and(|k| *k != Kind::Rules)
        {
            let configs: Vec<&str> =
                kinds.iter().filter(|(_, k)| **k != Kind::Rules).map(|(c, _)| c.as_str()).collect();
            let (name, configs) = (step.get_ref().name(), configs.join(", "));
            return Err((line, format!("{name} for {config:?}, but the configs are {configs}")));
        }
    }
    for step in &recipe.steps {
        let Step::Quality { signals: KeepSignals::Beside, .. } = step.get_ref() else { continue };
        let texts = kinds.iter().filter(|(c, k)| **k == Kind::Text && step.get_ref().is_for(c, false));
        let mut beside = texts.map(|(config, _)| signals_config(config));
        if let Some(config) = beside.find(|config| kinds.contains_key(config)) {
            let line = line_of(text, step.span().start);
            return Err((line, format!("quality: there is a config {config:?} already")));
        }
    }
    let texts = || kinds.iter().filter(|(_, kind)| **kind == Kind::Text).map(|(config, _)| config);
    for config in texts() {
        tokenize::check_place(recipe, config).map_err(|(index, message)| {
            let start = recipe.steps.get(index).map_or(0, |step| step.span().start);
            (line_of(text, start), message)
        })?;
    }
    for step in &recipe.steps {
        let Step::Tokenize { .. } = step.get_ref() else { continue };
        let mut beside = texts().filter(|c| step.get_ref().is_for(c, false)).map(|c| tokens_config(c));
        if let Some(config) = beside.find(|config| kinds.contains_key(config)) {
            let line = line_of(text, step.span().start);
            return Err((line, format!("tokenize: there is a config {config:?} already")));
        }
    }
    let measured = |before: usize, config: Option<&str>| {
        let config = config.unwrap_or("text");
        recipe.steps[..before]
            .iter()
            .any(|s| s.get_ref().name() == "quality" && s.get_ref().is_for(config, false))
    };
    for (index, step) in recipe.steps.iter().enumerate() {
        let Step::NearDedup { keep, config, .. } = step.get_ref() else { continue };
        if keep.starts_with("signals.") && !measured(index, config.as_deref()) {
            let line = line_of(text, step.span().start);
            return Err((line, format!("near-dedup: {keep:?} needs a step `quality` before it")));
        }
    }
    let of_kind = |name: &str| recipe.steps.iter().filter(|s| s.get_ref().name() == name).count();
    for name in ["features", "vad", "align", "quality"] {
        if of_kind(name) > 1 {
            return Err((1, format!("{name} twice: it adds one column")));
        }
    }
    Ok(())
}

/// The config of the signals beside a config of texts.
pub(crate) fn signals_config(config: &str) -> String {
    match config {
        "text" => sprog_datasets::schema::SIGNALS.to_owned(),
        other => format!("{}_{other}", sprog_datasets::schema::SIGNALS),
    }
}

/// The JSON Schema of recipes, for editors.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Recipe);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// What `sprog new` writes.
pub fn scaffold(id: &str) -> String {
    include_str!("../templates/recipe.toml").replace("{id}", id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scaffold_is_a_valid_recipe() {
        let recipe = parse(&scaffold("mit-korpus")).expect("valid");
        assert_eq!(recipe.dataset.id, "mit-korpus");
        assert!(recipe.steps.len() >= 3);
    }

    #[test]
    fn a_wrong_value_of_about_points_at_its_line() {
        let about = "\n[dataset.about]\nspatial = [\n    \"DNK\",\n    \"DK\",\n]\ncreators = [{ name = \"A\", id = \"x\" }]\n";
        let recipe = scaffold("x").replacen("\n[[source]]", &format!("{about}\n[[source]]"), 1);
        let (line, message) = parse(&recipe).expect_err("two mistakes");
        assert!(message.contains("\"x\"") && message.contains("web address"), "{message}");
        assert!(recipe.lines().nth(line - 1).is_some_and(|l| l.starts_with("creators")), "{line}");
        let (line, message) = parse(&recipe.replace("\"x\" }", "\"https://example.dk\" }")).expect_err("one");
        assert!(message.contains("\"DK\" is no country code"), "{message}");
        assert_eq!(recipe.lines().nth(line - 1), Some("    \"DK\","));
    }

    #[test]
    fn errors_point_at_their_line() {
        let good = scaffold("x");
        let line_of_text = |needle: &str| good.lines().position(|l| l.starts_with(needle)).expect("line") + 1;
        for (from, to, line, part) in [
            ("version = \"0.1.0\"", "version = \"1\"", line_of_text("version"), "three numbers"),
            ("use = \"normalize\"", "use = \"normalise\"", line_of_text("use = \"normalize\""), "normalise"),
            ("publisher =", "publisherr =", line_of_text("publisher"), "publisherr"),
            ("kind = \"text\"", "kind = \"speech\"", line_of_text("[[source]]"), "Text"),
        ] {
            assert!(good.contains(from), "{from}");
            let (at, message) = parse(&good.replacen(from, to, 1)).expect_err("invalid");
            assert!(message.contains(part), "{message}");
            assert!(at.abs_diff(line) <= 1, "{message}: line {at}, expected {line}");
        }
    }
}
