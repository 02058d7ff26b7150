//! The pages, in one language each.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use askama::Template;
use sprog_datasets::metadata::Bilingual;
use sprog_datasets::rules::RuleTable;
use sprog_datasets::standards::describe_column;

use super::clips::Clip;
use super::code::{Snippet, snippets};
use super::config::Config;
use super::figures::figures;
use super::model::Dataset;
use super::search;
use super::strings as t;
use super::svg;
use super::words::{self, Plain, word};
use crate::report::local::{self, Lang, Local, Text, counted, int};
use crate::report::plot;
use crate::report::spectrogram_png;

/// Folder of the accessibility statement.
pub(crate) const ACCESSIBILITY: Text = Text { da: "tilgaengelighed/", en: "en/accessibility/" };
/// Datasets on a page of the list.
pub(crate) const PER_PAGE: usize = 40;
/// Files in the list to download.
const FILES: usize = 60;
/// Values of a facet.
const VALUES: usize = 12;
/// Longest piece of dataset text on a page, in code points.
const LONGEST: usize = 4_000;

/// What all pages have.
struct Frame {
    lang: Lang,
    /// From the page to the root: `../../`, or `./`.
    root: String,
    /// From the page to the front page of its language.
    home: String,
    /// From the page to the same page in the other language.
    other: String,
    accessibility: String,
    site: String,
    title: String,
    description: String,
    publisher: String,
    feeds: Vec<(&'static str, &'static str)>,
}

impl Frame {
    /// The page in `folder`, which is the same below `en/`; the title is `title`, before the site's.
    fn new(config: &Config, lang: Lang, da: &str, en: &str, title: &str, description: &str) -> Frame {
        let (own, other) = match lang {
            Lang::Da => (da, en),
            Lang::En => (en, da),
        };
        let root = match own.matches('/').count() {
            0 => "./".to_owned(),
            deep => "../".repeat(deep),
        };
        let site = pick(&config.title, lang).to_owned();
        Frame {
            home: format!("{root}{}", if lang == Lang::Da { "" } else { "en/" }) + "index.html",
            other: format!("{root}{other}index.html"),
            accessibility: format!("{root}{}index.html", ACCESSIBILITY.pick(lang)),
            title: if title.is_empty() {
                site.clone()
            } else {
                format!("{} – {site}", local::plain(title, 200))
            },
            description: words::cut(description, 300),
            site,
            root,
            lang,
            publisher: config.publisher.clone(),
            feeds: match config.base_url {
                Some(_) => vec![
                    ("catalog.ttl", "DCAT-AP (Turtle)"),
                    ("catalog.jsonld", "DCAT-AP (JSON-LD)"),
                    ("catalog.rdf", "DCAT-AP (RDF/XML)"),
                ],
                None => Vec::new(),
            },
        }
    }

    fn t(&self, text: impl Borrow<Text>) -> &'static str {
        text.borrow().pick(self.lang)
    }
}

fn pick(text: &Bilingual, lang: Lang) -> &str {
    match (lang, text.da.is_empty(), text.en.is_empty()) {
        (Lang::Da, false, _) | (Lang::En, _, true) => &text.da,
        _ => &text.en,
    }
}

/// Dataset text: unseen controls made visible, cut where it is very long. Escaped by the template.
fn shown(text: &str) -> String {
    local::plain(text, LONGEST)
}

/// An address that a link may have; empty for any other scheme.
fn link(address: &str) -> String {
    let fine = address.starts_with("https://") || address.starts_with("http://");
    let clean = address.chars().all(|c| !c.is_control() && !c.is_whitespace());
    if fine && clean { address.to_owned() } else { String::new() }
}

#[derive(Template)]
#[template(path = "catalog/front.html", whitespace = "minimize")]
struct Front {
    f: Frame,
    facets: Vec<Facet>,
    total: String,
    rows: Vec<Row>,
    /// Numbers and links; no link for the page itself.
    pages: Vec<(usize, String)>,
}

struct Facet {
    name: &'static str,
    label: &'static str,
    values: Vec<Value>,
}

struct Value {
    value: String,
    label: String,
    count: usize,
}

struct Row {
    id: String,
    href: String,
    title: String,
    line: String,
    facts: Vec<String>,
}

/// The front page and, where the list is long, those after it: folders and pages.
pub(crate) fn front(
    config: &Config,
    datasets: &[Dataset],
    lang: Lang,
) -> anyhow::Result<Vec<(String, String)>> {
    let pages = datasets.len().div_ceil(PER_PAGE).max(1);
    let folder = |n: usize| if n == 0 { String::new() } else { format!("side/{}/", n + 1) };
    let mut out = Vec::new();
    for n in 0..pages {
        let title = match n {
            0 => String::new(),
            _ => t::PAGE_N.fill(&[int(n as u64 + 1), int(pages as u64)]).pick(lang).to_owned(),
        };
        let (da, en) = (folder(n), format!("en/{}", folder(n)));
        let f = Frame::new(config, lang, &da, &en, &title, pick(&config.intro, lang));
        let here = datasets.iter().skip(n * PER_PAGE).take(PER_PAGE);
        let prefix = if lang == Lang::Da { "" } else { "en/" };
        let page = Front {
            facets: if n == 0 { facets(datasets, lang) } else { Vec::new() },
            total: counted(datasets.len() as u64, t::DATASET_N).pick(lang).to_owned(),
            rows: here.map(|d| row(d, &f)).collect(),
            pages: (0..if pages > 1 { pages } else { 0 })
                .map(|p| {
                    let href = format!("{}{prefix}{}index.html", f.root, folder(p));
                    (p + 1, if p == n { String::new() } else { href })
                })
                .collect(),
            f,
        };
        out.push((folder(n), page.render()?));
    }
    Ok(out)
}

fn row(dataset: &Dataset, f: &Frame) -> Row {
    let m = &dataset.publication.description.metadata;
    let prefix = if f.lang == Lang::Da { "" } else { "en/" };
    let mut facts = words::holds(dataset, f.lang);
    let dialects = dataset.dialects();
    if !dialects.is_empty() && dialects.len() <= 4 {
        facts.push(dialects.iter().map(|d| shown(&word(d, f.lang))).collect::<Vec<_>>().join(", "));
    }
    facts.push(dataset.licences().join(", "));
    facts.push(local::date(&m.created).pick(f.lang).to_owned());
    Row {
        id: dataset.id.clone(),
        href: format!("{}{prefix}ds/{}/index.html", f.root, dataset.id),
        title: shown(pick(&m.title, f.lang)),
        line: words::cut(pick(&m.description, f.lang), 220),
        facts,
    }
}

fn facets(datasets: &[Dataset], lang: Lang) -> Vec<Facet> {
    let gather = |name: &'static str, label: Text| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for value in datasets.iter().flat_map(|d| search::values(d, name)) {
            *counts.entry(value).or_default() += 1;
        }
        let mut values: Vec<Value> = counts
            .into_iter()
            .map(|(value, count)| {
                let label = if name == "hours" {
                    words::hours_said(&value, lang)
                } else {
                    shown(&word(&value, lang))
                };
                Value { value, label, count }
            })
            .collect();
        // Ranges of hours stand in their order, everything else by how much there is.
        if name == "hours" {
            values.sort_by_key(|v| v.value.split('-').next().and_then(|n| n.parse::<u64>().ok()));
        } else {
            values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.label.cmp(&b.label)));
        }
        values.truncate(VALUES);
        Facet { name, label: label.pick(lang), values }
    };
    let labels = [
        t::FACET_MODALITY,
        t::FACET_TASK,
        t::FACET_DIALECT,
        t::FACET_LICENCE,
        t::FACET_HOURS,
        t::FACET_THEME,
    ];
    search::FACETS
        .into_iter()
        .zip(labels)
        .map(|(name, label)| gather(name, label))
        .filter(|facet| !facet.values.is_empty())
        .collect()
}

#[derive(Template)]
#[template(path = "catalog/dataset.html", whitespace = "minimize")]
struct DatasetPage<'d> {
    f: Frame,
    d: &'d Dataset,
    base: String,
    title: String,
    description: Vec<String>,
    facts: Vec<(Text, String)>,
    sections: Vec<(&'static str, Text)>,
    alternates: Vec<(&'static str, &'static str)>,
    json_ld: String,
    terms: Vec<TermsOf>,
    licences: String,
    clips: Vec<ClipView>,
    samples: Vec<SampleView>,
    splits: Vec<SplitView>,
    figures: Vec<(&'static str, String)>,
    columns: Vec<TableView>,
    snippets: Vec<Snippet>,
    files: Vec<FileView>,
    more_files: String,
    verify: String,
    sources: Vec<SourceView>,
    contact: String,
    contact_href: String,
    datasheet: Vec<(Text, String)>,
    documents: Vec<(&'static str, Text)>,
    changes: String,
    versions: Vec<VersionView>,
    has_changelog: bool,
}

struct TermsOf {
    name: String,
    plain: Plain,
    /// Level of the headings inside.
    level: u8,
}

struct ClipView {
    config: String,
    split: String,
    row: usize,
    id: String,
    file: String,
    text: String,
    by: String,
    waveform: String,
    spectrogram: String,
}

struct SampleView {
    config: String,
    split: String,
    what: String,
    /// Names, and whether they are of numbers.
    columns: Vec<(String, bool)>,
    rows: Vec<Vec<Cell>>,
    hidden: String,
}

struct Cell {
    text: String,
    numeric: bool,
    /// `wide` or `short`; nothing between.
    class: &'static str,
}

struct SplitView {
    config: String,
    split: String,
    rows: String,
    words: String,
    length: String,
}

struct TableView {
    config: String,
    what: String,
    label: String,
    count: String,
    page: String,
    columns: Vec<ColumnView>,
}

struct ColumnView {
    name: String,
    kind: String,
    meaning: &'static str,
}

struct FileView {
    path: String,
    size: String,
    sha256: String,
}

struct SourceView {
    id: String,
    url: String,
    named: String,
    licence: String,
    ground: String,
    consent: String,
    excluded: String,
}

struct VersionView {
    number: String,
    href: String,
    day: String,
    size: String,
    sha256: String,
}

/// The page of a dataset.
pub(crate) fn dataset(config: &Config, dataset: &Dataset, lang: Lang) -> anyhow::Result<String> {
    let d = dataset;
    let description = &d.publication.description;
    let m = &description.metadata;
    let (da, en) = (format!("ds/{}/", d.id), format!("en/ds/{}/", d.id));
    let f = Frame::new(config, lang, &da, &en, pick(&m.title, lang), pick(&m.description, lang));
    let base = format!("{}{}", f.root, d.base());
    let has = |name: &str| d.publication.file(name).is_some();
    let facts = [
        (t::HOLDS, words::holds(d, lang).join("; ")),
        (t::LICENCE, d.licences().join(", ")),
        (t::VERSION, m.version.clone()),
        (t::PUBLISHED, local::date(&m.created).pick(lang).to_owned()),
        (t::PUBLISHER, shown(&m.publisher)),
        (t::SIZE, local::bytes(d.bytes()).pick(lang).to_owned()),
    ];
    let mut sections = vec![("terms", t::S_TERMS)];
    if !d.clips.is_empty() {
        sections.push(("clips", t::S_CLIPS));
    }
    sections.extend([
        ("rows", t::S_ROWS),
        ("numbers", t::S_NUMBERS),
        ("columns", t::S_COLUMNS),
        ("use", t::S_USE),
        ("sources", t::S_SOURCES),
        ("about", t::S_ABOUT),
        ("versions", t::S_VERSIONS),
    ]);
    let listed: Vec<_> = d.publication.files.iter().filter(|file| file.path.starts_with("data/")).collect();
    let manifest =
        |name: &str| FileView { path: name.to_owned(), size: "–".to_owned(), sha256: "–".to_owned() };
    let mut files: Vec<FileView> = listed
        .iter()
        .take(FILES)
        .map(|file| FileView {
            path: file.path.clone(),
            size: local::bytes(file.bytes).pick(lang).to_owned(),
            sha256: file.sha256.clone(),
        })
        .collect();
    files.push(manifest("MANIFEST.json"));
    if d.signed {
        files.push(manifest("MANIFEST.json.minisig"));
    }
    let more = listed.len().saturating_sub(FILES);
    let changes = m.about.changes.as_ref().map(|c| shown(pick(c, lang))).unwrap_or_default();
    let page = DatasetPage {
        title: shown(pick(&m.title, lang)),
        description: pick(&m.description, lang).split("\n\n").map(shown).collect(),
        facts: facts.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        sections,
        alternates: [
            ("dcat.ttl", "text/turtle"),
            ("dcat.jsonld", "application/ld+json"),
            ("dcat.rdf", "application/rdf+xml"),
            ("croissant.json", "application/ld+json"),
        ]
        .into_iter()
        .filter(|(name, _)| has(name))
        .collect(),
        json_ld: json_ld(config, d, lang)?,
        terms: terms(d, lang),
        licences: d.licences().join(", "),
        clips: clips(d, lang),
        samples: samples(d, lang),
        splits: splits(d, lang),
        figures: figures(d, lang)
            .into_iter()
            .enumerate()
            .map(|(n, (name, figure))| (name, svg::labelled(&format!("figure-{}", n + 1), &figure)))
            .collect(),
        columns: columns(d, lang),
        snippets: snippets(config, d),
        files,
        more_files: match more {
            0 => String::new(),
            n => counted(n as u64, t::OTHER_FILES_N).pick(lang).to_owned(),
        },
        verify: match d.signed {
            true => "minisign -Vm MANIFEST.json -p PUBLISHER.pub\nsha256sum -c manifest-sha256.txt\nsprog verify . --key PUBLISHER.pub".to_owned(),
            false => "sha256sum -c manifest-sha256.txt\nsprog verify .".to_owned(),
        },
        sources: sources(d),
        contact: shown(&m.contact),
        contact_href: contact(&m.contact),
        datasheet: datasheet(d, lang),
        documents: t::DOCUMENT_FILES.into_iter().filter(|(name, _)| has(name)).collect(),
        changes,
        versions: d
            .versions
            .iter()
            .map(|v| VersionView {
                number: v.version.clone(),
                href: format!("{}ds/{}/{}/report.html", f.root, d.id, v.version),
                day: local::date(&v.created).pick(lang).to_owned(),
                size: local::bytes(v.bytes).pick(lang).to_owned(),
                sha256: v.manifest_sha256.clone(),
            })
            .collect(),
        has_changelog: d.dir.parent().is_some_and(|home| home.join("CHANGELOG.md").is_file()),
        base,
        d,
        f,
    };
    Ok(page.render()?)
}

/// A mail or web address as a link; empty for anything else.
fn contact(text: &str) -> String {
    let is_mail = text.split_once('@').is_some_and(|(name, host)| {
        let fine =
            |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b));
        fine(name) && fine(host) && host.contains('.')
    });
    if is_mail { format!("mailto:{text}") } else { link(text) }
}

fn terms(d: &Dataset, lang: Lang) -> Vec<TermsOf> {
    let mut groups: Vec<(Vec<&str>, &sprog_datasets::licence::Terms)> = Vec::new();
    for config in d.configs() {
        match groups.iter_mut().find(|(_, terms)| **terms == config.terms) {
            Some((names, _)) => names.push(&config.name),
            None => groups.push((vec![&config.name], &config.terms)),
        }
    }
    let level = if groups.len() > 1 { 4 } else { 3 };
    groups
        .into_iter()
        .map(|(names, terms)| TermsOf {
            name: t::TERMS_OF.fill(&[Local::same(names.join(", "))]).pick(lang).to_owned(),
            plain: words::plain(terms, lang),
            level,
        })
        .collect()
}

fn clips(d: &Dataset, lang: Lang) -> Vec<ClipView> {
    let view = |clip: &Clip| {
        let (columns, rows) = Clip::spectrogram_size();
        let title = t::CLIP_TITLE.fill(&[Local::same(&clip.id)]);
        let seconds = local::decimal(clip.duration, 1);
        let desc = t::CLIP_DESC.fill(std::slice::from_ref(&seconds));
        let mut by = vec![t::SECONDS.fill(&[seconds]).pick(lang).to_owned()];
        if !clip.speaker.is_empty() {
            by.push(format!("{} {}", t::SPEAKER.pick(lang).to_lowercase(), local::plain(&clip.speaker, 40)));
        }
        if !clip.dialect.is_empty() {
            by.push(local::plain(&clip.dialect, 40));
        }
        by.push(format!("{} kHz", local::short(f64::from(clip.rate) / 1000.0).pick(lang)));
        let splits = d.configs().iter().find(|c| c.name == clip.config).map(|c| &c.splits);
        ClipView {
            split: splits.and_then(|s| s.first()).map(|s| s.name.clone()).unwrap_or_default(),
            config: clip.config.clone(),
            row: clip.row,
            id: local::plain(&clip.id, 120),
            file: clip.file(),
            text: shown(&clip.text),
            by: by.join(" · "),
            waveform: plot::waveform(title.pick(lang), desc.pick(lang), &clip.waveform),
            spectrogram: spectrogram_png::data_uri(&clip.spectrogram, columns, rows).unwrap_or_default(),
        }
    };
    d.clips.iter().map(view).collect()
}

/// What the rows of a table of rules are.
fn what(config: &str, lang: Lang) -> String {
    let of = RuleTable::parse(config).map(RuleTable::describe);
    of.map(|[da, en]| if lang == Lang::Da { da } else { en }).unwrap_or_default().to_owned()
}

fn samples(d: &Dataset, lang: Lang) -> Vec<SampleView> {
    d.samples
        .iter()
        .map(|sample| {
            let numeric: Vec<bool> = (0..sample.columns.len()).map(|i| sample.is_numeric(&i)).collect();
            let cell = |(i, text): (usize, &String)| {
                let number = text.parse::<f64>().ok().filter(|_| numeric[i] && text.contains('.'));
                Cell {
                    numeric: numeric[i],
                    class: match text.chars().count() {
                        0..=16 => "short",
                        17..=40 => "",
                        _ => "wide",
                    },
                    text: match number {
                        Some(number) => local::short(number).pick(lang).to_owned(),
                        None => local::plain(text, super::sample::CELL + 1),
                    },
                }
            };
            SampleView {
                config: sample.config.clone(),
                split: sample.split.clone(),
                what: what(&sample.config, lang),
                columns: sample.columns.iter().map(|c| shown(c)).zip(numeric.iter().copied()).collect(),
                rows: sample.rows.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect(),
                hidden: match sample.hidden {
                    0 => String::new(),
                    n => counted(n as u64, t::HIDDEN_N).pick(lang).to_owned(),
                },
            }
        })
        .collect()
}

fn splits(d: &Dataset, lang: Lang) -> Vec<SplitView> {
    let mut out = Vec::new();
    for config in d.configs() {
        for split in &config.splits {
            let rows: u64 = split.files.iter().map(|f| f.rows).sum();
            let dash = || "–".to_owned();
            let totals = split.totals;
            out.push(SplitView {
                config: config.name.clone(),
                split: split.name.clone(),
                rows: int(rows).pick(lang).to_owned(),
                words: if totals.tokens == 0 { dash() } else { int(totals.tokens).pick(lang).to_owned() },
                length: match totals.microseconds {
                    0 => dash(),
                    us => words::length(us).pick(lang).to_owned(),
                },
            });
        }
    }
    out
}

fn columns(d: &Dataset, lang: Lang) -> Vec<TableView> {
    let table = |config: &sprog_datasets::release::Config| {
        let schema = d.publication.schemas.get(&config.name)?;
        let page = format!("rules/{}.{}", config.name, if lang == Lang::Da { "da.md" } else { "md" });
        let column = |f: &arrow::datatypes::FieldRef| ColumnView {
            name: shown(f.name()),
            kind: local::plain(&kind(f.data_type()), 120),
            meaning: describe_column(config, f.name())[usize::from(lang == Lang::En)],
        };
        Some(TableView {
            what: what(&config.name, lang),
            count: counted(schema.fields().len() as u64, t::COLUMN_N).pick(lang).to_owned(),
            label: t::COLUMNS_OF.fill(&[Local::same(&config.name)]).pick(lang).to_owned(),
            page: d.publication.file(&page).map(|file| file.path.clone()).unwrap_or_default(),
            columns: schema.fields().iter().map(column).collect(),
            config: config.name.clone(),
        })
    };
    d.configs().iter().filter_map(table).collect()
}

/// A type as people write it.
fn kind(of: &arrow::datatypes::DataType) -> String {
    use arrow::datatypes::DataType as T;
    match of {
        T::Utf8 => "string".into(),
        T::Struct(fields) => {
            let all: Vec<String> =
                fields.iter().map(|f| format!("{}: {}", f.name(), kind(f.data_type()))).collect();
            format!("struct<{}>", all.join(", "))
        }
        T::List(item) => format!("list<{}>", kind(item.data_type())),
        other => other.to_string().to_lowercase(),
    }
}

fn sources(d: &Dataset) -> Vec<SourceView> {
    let text = |text: &Option<String>| text.as_deref().map(shown).unwrap_or_default();
    d.publication
        .description
        .sources
        .iter()
        .map(|s| SourceView {
            id: s.id.clone(),
            url: s.url.as_deref().map(link).unwrap_or_default(),
            named: text(&s.attribution),
            licence: text(&s.license),
            ground: text(&s.legal_basis),
            consent: text(&s.consent),
            excluded: text(&s.excluded),
        })
        .collect()
}

fn datasheet(d: &Dataset, lang: Lang) -> Vec<(Text, String)> {
    let m = &d.publication.description.metadata;
    let s = &m.about.datasheet;
    let answers = [
        &s.motivation,
        &s.collection,
        &s.speakers,
        &s.annotation,
        &s.characteristics,
        &s.uses,
        &s.unsuitable,
        &s.limitations,
        &s.sensitive,
        &s.maintenance,
    ];
    let mut out: Vec<(Text, String)> = t::DATASHEET
        .into_iter()
        .zip(answers)
        .filter_map(|(question, answer)| Some((question, shown(pick(answer.as_ref()?, lang)))))
        .collect();
    let creators: Vec<String> = m.about.creators.iter().map(|c| shown(&c.name)).collect();
    if !creators.is_empty() {
        out.push((t::CREATORS, creators.join(", ")));
    }
    if !m.about.funding.is_empty() {
        out.push((t::FUNDING, shown(&m.about.funding.join(", "))));
    }
    out
}

/// schema.org/Dataset for search engines, safe inside a script element: no `<` in it.
fn json_ld(config: &Config, d: &Dataset, lang: Lang) -> anyhow::Result<String> {
    let m = &d.publication.description.metadata;
    let page = config.url(&format!("{}ds/{}/", if lang == Lang::Da { "" } else { "en/" }, d.id));
    let licences: Vec<String> = d
        .licences()
        .into_iter()
        .filter(|id| id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.+".contains(&b)))
        .map(|id| format!("https://spdx.org/licenses/{id}.html"))
        .collect();
    let value = serde_json::json!({
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": pick(&m.title, lang),
        "description": pick(&m.description, lang),
        "url": page,
        "identifier": d.id,
        "version": m.version,
        "datePublished": m.created,
        "inLanguage": m.languages,
        "keywords": m.keywords,
        "license": licences,
        "isAccessibleForFree": true,
        "publisher": {"@type": "Organization", "name": m.publisher},
        "distribution": [{"@type": "DataDownload", "encodingFormat": "application/vnd.apache.parquet",
                          "contentUrl": config.url(&d.base())}],
    });
    let text = serde_json::to_string(&value)?;
    Ok(text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

#[derive(Template)]
#[template(path = "catalog/accessibility.html", whitespace = "minimize")]
struct Accessibility {
    f: Frame,
    danish: bool,
    contact: String,
}

/// The accessibility statement.
pub(crate) fn accessibility(config: &Config, lang: Lang) -> anyhow::Result<String> {
    let title = t::ACCESSIBILITY.pick(lang);
    let f = Frame::new(config, lang, ACCESSIBILITY.da, ACCESSIBILITY.en, title, "");
    Ok(Accessibility { f, danish: lang == Lang::Da, contact: config.contact.clone() }.render()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_linked_to() {
        assert_eq!(link("https://example.dk/a"), "https://example.dk/a");
        assert_eq!(link("javascript:alert(1)"), "");
        assert_eq!(link("https://a\n"), "");
        assert_eq!(contact("data@example.dk"), "mailto:data@example.dk");
        assert_eq!(contact("a@b\"onclick=.dk"), "");
        assert_eq!(contact("the project's issue tracker"), "");
    }
}
