//! croissant.json: [Croissant 1.1](http://mlcommons.org/croissant/1.1) with the vocabulary of
//! [Croissant RAI 1.0](http://mlcommons.org/croissant/RAI/1.0).
//!
//! Every Parquet file is a `cr:FileObject` with its SHA-256, and a `cr:FileSet` for each config is what its
//! `cr:RecordSet` reads: relative to croissant.json, so that it holds wherever the folder lies; `url` is the card beside it where the dataset
//! has no page of its own. `audio` is a
//! `sc:AudioObject` whose value is the bytes of the clip's file. The namespace of schema.org is written with https, as
//! the reference implementation has it, and Parquet's media type is `application/x-parquet`, the only one that it reads.

use arrow::datatypes::{DataType, Field, Fields};
use serde_json::{Map, Value, json};

use super::columns::describe_column;
use super::facts::{address, config_rows, creators, licence_url, licences, list, object, tasks, text, used};
use super::text::Language;
use crate::metadata::{Bilingual, Creator, CreatorKind};
use crate::publication::Publication;
use crate::release::{Config, Description};

/// croissant.json.
pub fn croissant(publication: &Publication) -> Value {
    let description = &publication.description;
    let m = &description.metadata;
    let mut out = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            out.insert(key.to_owned(), value);
        }
    };
    put("@context", Some(context()));
    put("@type", Some("sc:Dataset".into()));
    put(
        "conformsTo",
        Some(json!(["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"])),
    );
    put("name", Some(Language::En.of(&m.title).into()));
    put("alternateName", Some(m.title.da.as_str().into()).filter(|_| !m.title.da.is_empty()));
    put("description", Some(Language::En.of(&m.description).into()));
    put("url", Some(address(description).unwrap_or_else(|| "README.md".to_owned()).into()));
    put("identifier", m.about.doi.as_ref().map(|doi| format!("https://doi.org/{doi}").into()));
    put("version", Some(m.version.as_str().into()));
    put("datePublished", Some(m.created.as_str().into()));
    put("dateModified", Some(m.created.as_str().into()));
    put("inLanguage", list(m.languages.iter().map(|l| l.as_str().into()).collect()));
    put("keywords", list(m.keywords.iter().map(|k| k.as_str().into()).collect()));
    put("license", list(licences(description).into_iter().flat_map(urls_of).collect()));
    put("creator", list(creators(description).iter().map(agent).collect()));
    let publisher =
        Creator { name: m.publisher.clone(), id: m.about.publisher_url.clone(), ..Creator::default() };
    put("publisher", Some(agent(&publisher)));
    put("citeAs", Some(cite_as(description).into()));
    put("isLiveDataset", Some(false.into()));
    responsible(publication, &mut put);
    put("distribution", list(distribution(publication)));
    put("recordSet", list(record_sets(publication)));
    Value::Object(out)
}

/// The context of the specification's appendix, with the terms that the reference implementation adds to it.
fn context() -> Value {
    let mut context = Map::new();
    for (term, iri) in [
        ("@language", "en"),
        ("@vocab", "https://schema.org/"),
        ("sc", "https://schema.org/"),
        ("cr", "http://mlcommons.org/croissant/"),
        ("rai", "http://mlcommons.org/croissant/RAI/"),
        ("dct", "http://purl.org/dc/terms/"),
        ("prov", "http://www.w3.org/ns/prov#"),
        ("conformsTo", "dct:conformsTo"),
    ] {
        context.insert(term.to_owned(), iri.into());
    }
    for term in [
        "annotation",
        "arrayShape",
        "citeAs",
        "column",
        "containedIn",
        "equivalentProperty",
        "excludes",
        "extract",
        "field",
        "fileObject",
        "fileProperty",
        "fileSet",
        "format",
        "includes",
        "isArray",
        "isLiveDataset",
        "jsonPath",
        "key",
        "md5",
        "parentField",
        "path",
        "readLines",
        "recordSet",
        "references",
        "regex",
        "repeated",
        "replace",
        "samplingRate",
        "sdVersion",
        "separator",
        "source",
        "subField",
        "transform",
        "unArchive",
        "value",
    ] {
        context.insert(term.to_owned(), format!("cr:{term}").into());
    }
    for term in ["data", "examples"] {
        context.insert(term.to_owned(), json!({"@id": format!("cr:{term}"), "@type": "@json"}));
    }
    context.insert("dataType".to_owned(), json!({"@id": "cr:dataType", "@type": "@vocab"}));
    for term in ["name", "description"] {
        context.insert(term.to_owned(), json!({"@container": "@language"}));
    }
    Value::Object(context)
}

/// Addresses of an SPDX expression's licences; the expression itself where it has none.
fn urls_of(expression: &str) -> Vec<Value> {
    let url = |id: &str| Value::from(licence_url(id).unwrap_or_else(|| id.to_owned()));
    expression.split(" OR ").map(|id| url(id.trim())).collect()
}

fn agent(creator: &Creator) -> Value {
    let kind = match creator.kind {
        CreatorKind::Person => "sc:Person",
        CreatorKind::Organization => "sc:Organization",
    };
    object([
        ("@type", Some(kind.into())),
        ("name", Some(creator.name.as_str().into())),
        ("url", text(&creator.id)),
    ])
}

/// A citation as BibTeX; what BibTeX reads as a command or a group is left out.
fn cite_as(description: &Description) -> String {
    let m = &description.metadata;
    let plain = |text: &str| text.replace(['{', '}', '\\', '\n', '\r'], " ");
    let names: Vec<String> = creators(description)
        .iter()
        .map(|c| match c.kind {
            CreatorKind::Person => plain(&c.name),
            CreatorKind::Organization => format!("{{{}}}", plain(&c.name)),
        })
        .collect();
    let year = m.created.get(..4).unwrap_or_default();
    let mut fields = vec![
        format!("title = {{{}}}", plain(&m.title.en)),
        format!("author = {{{}}}", names.join(" and ")),
        format!("publisher = {{{}}}", plain(&m.publisher)),
        format!("year = {{{year}}}"),
        format!("version = {{{}}}", plain(&m.version)),
    ];
    fields.extend(m.about.doi.iter().map(|doi| format!("doi = {{{}}}", plain(doi))));
    fields.extend(address(description).iter().map(|url| format!("url = {{{}}}", plain(url))));
    format!("@misc{{{}-{year}, {}}}", m.id, fields.join(", "))
}

/// The RAI vocabulary: what people answered in the datasheet, and what the build knows by itself.
fn responsible(publication: &Publication, put: &mut impl FnMut(&str, Option<Value>)) {
    let description = &publication.description;
    let about = &description.metadata.about;
    let sheet = &about.datasheet;
    let said = |text: &Option<Bilingual>| {
        text.as_ref().map(|t| Language::En.of(t)).filter(|t| !t.trim().is_empty()).map(Value::from)
    };
    put("rai:dataCollection", said(&sheet.collection));
    put("rai:dataAnnotationProtocol", said(&sheet.annotation));
    put(
        "rai:dataUseCases",
        list(said(&sheet.uses).into_iter().chain(tasks(description).into_iter().map(Value::from)).collect()),
    );
    put(
        "rai:dataLimitations",
        list([&sheet.unsuitable, &sheet.limitations].into_iter().filter_map(said).collect()),
    );
    put("rai:personalSensitiveInformation", said(&sheet.sensitive));
    put("rai:dataReleaseMaintenancePlan", said(&sheet.maintenance));
    let sources: Vec<String> = used(description)
        .map(|s| match &s.url {
            Some(url) => format!("{} ({url})", s.id),
            None => s.id.clone(),
        })
        .collect();
    put(
        "rai:dataCollectionRawData",
        (!sources.is_empty()).then(|| format!("Sources: {}.", sources.join(", ")).into()),
    );
    if let Some(period) = &about.temporal {
        let ends = std::iter::once(&period.from).chain(&period.to);
        put("rai:dataCollectionTimeframe", list(ends.map(|day| day.as_str().into()).collect()));
    }
    put(
        "rai:dataPreprocessingProtocol",
        Some(json!([format!(
            "Built by {} (run {}). The column `provenance` of each row names its file, its place and its steps; what \
             was left out, and why, is in removed/ and report.html.",
            description.tool, description.run
        )])),
    );
    let derived = used(description).filter_map(|s| s.url.as_ref()).map(|url| json!({"@id": url}));
    let mut derived: Vec<Value> = derived.collect();
    derived.dedup();
    put("prov:wasDerivedFrom", list(derived));
}

/// Every Parquet file, and for each config the set of its files.
fn distribution(publication: &Publication) -> Vec<Value> {
    let mut out = Vec::new();
    for config in publication.description.configs.iter().filter(|c| !c.splits.is_empty()) {
        for file in config.splits.iter().flat_map(|split| &split.files) {
            let entry = publication.file(&file.path);
            out.push(object([
                ("@type", Some("cr:FileObject".into())),
                ("@id", Some(file.path.as_str().into())),
                ("name", Some(file.path.rsplit('/').next().unwrap_or_default().into())),
                ("description", Some(format!("{} rows of {}", file.rows, config.name).into())),
                ("contentUrl", Some(file.path.as_str().into())),
                ("contentSize", entry.map(|e| format!("{} B", e.bytes).into())),
                ("encodingFormat", Some(PARQUET.into())),
                ("sha256", entry.map(|e| e.sha256.as_str().into())),
            ]));
        }
        out.push(json!({
            "@type": "cr:FileSet",
            "@id": file_set(config),
            "name": file_set(config),
            "description": format!("The files of config {}", config.name),
            "encodingFormat": PARQUET,
            "includes": format!("data/{}/*.parquet", config.name),
        }));
    }
    out
}

const PARQUET: &str = "application/x-parquet";

fn file_set(config: &Config) -> String {
    format!("{}-files", config.name)
}

/// For each config its splits as an enumeration, and its rows.
fn record_sets(publication: &Publication) -> Vec<Value> {
    let mut out = Vec::new();
    for config in publication.description.configs.iter().filter(|c| !c.splits.is_empty()) {
        let name = &config.name;
        let splits = format!("{name}_splits");
        let data: Vec<Value> =
            config.splits.iter().map(|s| json!({format!("{splits}/split_name"): s.name})).collect();
        out.push(json!({
            "@type": "cr:RecordSet",
            "@id": splits,
            "name": splits,
            "description": format!("The splits of config {name}"),
            "dataType": "cr:Split",
            "key": {"@id": format!("{splits}/split_name")},
            "field": [{
                "@type": "cr:Field",
                "@id": format!("{splits}/split_name"),
                "name": "split_name",
                "description": "The name of the split",
                "dataType": "sc:Text",
            }],
            "data": data,
        }));
        let mut fields = vec![json!({
            "@type": "cr:Field",
            "@id": format!("{name}/split"),
            "name": "split",
            "description": "The split that the row belongs to",
            "dataType": "sc:Text",
            "source": {
                "fileSet": {"@id": file_set(config)},
                "extract": {"fileProperty": "fullpath"},
                "transform": {"regex": format!("^(?:.*/)?data/{name}/([^/]+)-[0-9]{{5}}-of-[0-9]{{5}}[.]parquet$")},
            },
            "references": {"field": {"@id": format!("{splits}/split_name")}},
        })];
        if let Some(schema) = publication.schemas.get(name) {
            fields.extend(schema.fields().iter().filter_map(|column| {
                let place = Place { config, column: column.name() };
                let field = field(&place, column, &format!("{name}/{}", column.name()), &[], false)?;
                Some(with_description(field, describe_column(config, column.name())[1]))
            }));
        }
        let mut set = object([
            ("@type", Some("cr:RecordSet".into())),
            ("@id", Some(name.as_str().into())),
            ("name", Some(name.as_str().into())),
            ("description", Some(format!("{} rows", config_rows(config)).into())),
            ("field", list(fields)),
        ]);
        let has_id = publication.schemas.get(name).is_some_and(|s| s.index_of("id").is_ok());
        if has_id && let Some(set) = set.as_object_mut() {
            set.insert("key".to_owned(), json!({"@id": format!("{name}/id")}));
        }
        out.push(set);
    }
    out
}

fn with_description(mut field: Value, description: &str) -> Value {
    if !description.is_empty()
        && let Some(field) = field.as_object_mut()
    {
        field.insert("description".to_owned(), description.into());
    }
    field
}

/// Which column of which config a field is from.
struct Place<'p> {
    config: &'p Config,
    column: &'p str,
}

impl Place<'_> {
    fn source(&self, path: &[&str]) -> Value {
        let transform = (!path.is_empty()).then(|| json!({"jsonPath": path.join(".")}));
        object([
            ("fileSet", Some(json!({"@id": file_set(self.config)}))),
            ("extract", Some(json!({"column": self.column}))),
            ("transform", transform),
        ])
    }
}

/// A column, or what it holds by its path; `None` for a type that Croissant has no name for.
fn field(place: &Place<'_>, field_: &Field, id: &str, path: &[&str], within_list: bool) -> Option<Value> {
    let mut out = Map::new();
    out.insert("@type".to_owned(), "cr:Field".into());
    out.insert("@id".to_owned(), id.into());
    out.insert("name".to_owned(), field_.name().as_str().into());
    let is_audio = field_.name() == "audio" && path.is_empty();
    let (item, dimensions) = item_type(field_.data_type());
    if dimensions > 0 && !within_list {
        out.insert("isArray".to_owned(), true.into());
        out.insert("arrayShape".to_owned(), vec!["-1"; dimensions].join(",").into());
    }
    match item {
        DataType::Struct(_) if is_audio => {
            out.insert("dataType".to_owned(), "sc:AudioObject".into());
            out.insert("source".to_owned(), place.source(&["bytes"]));
        }
        DataType::Struct(children) => {
            out.insert(
                "subField".to_owned(),
                list(sub_fields(place, children, id, path, dimensions > 0 || within_list))?,
            );
        }
        leaf => {
            out.insert("dataType".to_owned(), data_type(leaf)?.into());
            out.insert("source".to_owned(), place.source(path));
        }
    }
    Some(Value::Object(out))
}

fn sub_fields(
    place: &Place<'_>,
    children: &Fields,
    id: &str,
    path: &[&str],
    within_list: bool,
) -> Vec<Value> {
    let each = children.iter().filter_map(|child| {
        let path: Vec<&str> = path.iter().copied().chain([child.name().as_str()]).collect();
        field(place, child, &format!("{id}/{}", child.name()), &path, within_list)
    });
    each.collect()
}

/// What lists hold in the end, and how many lists deep.
fn item_type(mut data_type: &DataType) -> (&DataType, usize) {
    let mut dimensions = 0;
    while let DataType::List(child) = data_type {
        data_type = child.data_type();
        dimensions += 1;
    }
    (data_type, dimensions)
}

fn data_type(data_type: &DataType) -> Option<&'static str> {
    Some(match data_type {
        DataType::Utf8 => "sc:Text",
        DataType::Boolean => "sc:Boolean",
        DataType::Int32 => "cr:Int32",
        DataType::Int64 => "cr:Int64",
        DataType::Float32 => "cr:Float32",
        DataType::Float64 => "cr:Float64",
        _ => return None,
    })
}
