//! `dcat:Distribution`: a Parquet file of a split, a binary file of tokens, a sample, the manifest.

use crate::manifest::{Entry, MANIFEST};
use crate::publication::Publication;
use crate::release::Config;

use super::dcat::{Place, add, date, part};
use super::dcat_vocabulary::Support;
use super::facts;
use super::rdf::{Graph, Object, path_iri, web_iri};
use super::text::danish;
use crate::pointer::Listed;

/// Adds all files of data, and samples of them.
pub(crate) fn describe(graph: &mut Graph, support: &mut Support, publication: &Publication, place: &Place) {
    for config in &publication.description.configs {
        let licence = licence(support, publication, config, place);
        for split in &config.splits {
            let of = split.files.len();
            for (index, file) in split.files.iter().enumerate() {
                let rows = danish(file.rows);
                let number = if of > 1 {
                    [format!(" {} af {of}", index + 1), format!(" {} of {of}", index + 1)]
                } else {
                    Default::default()
                };
                let titles = [
                    format!("{}, {}{}", config.name, split.name, number[0]),
                    format!("{}, {}{}", config.name, split.name, number[1]),
                ];
                let text = [format!("{rows} rækker som Parquet."), format!("{} rows as Parquet.", file.rows)];
                let node = file_node(graph, support, publication, place, &file.path, &titles, &text);
                graph.add_new(&place.iri, "dcat:distribution", Object::Iri(node.clone()));
                graph.add(&node, "dct:license", licence.clone());
            }
        }
        if let Some(folder) = config.tokens.as_ref().and_then(|t| t.folder.as_ref()) {
            let inside =
                |entry: &&Entry| entry.path.strip_prefix(folder.as_str()).is_some_and(|p| p.starts_with('/'));
            for entry in publication.files.iter().filter(inside) {
                let title = format!("{}, {}", config.name, entry.path);
                let text = ["Tokens som binær fil.".to_owned(), "Tokens as a binary file.".to_owned()];
                let node = file_node(
                    graph,
                    support,
                    publication,
                    place,
                    &entry.path,
                    &[title.clone(), title],
                    &text,
                );
                graph.add_new(&place.iri, "dcat:distribution", Object::Iri(node.clone()));
                graph.add(&node, "dct:license", licence.clone());
            }
        }
        let sample = format!("sample/{}.parquet", config.name);
        if publication.file(&sample).is_some() {
            let titles = [format!("{}, prøve", config.name), format!("{}, sample", config.name)];
            let text = ["De første rækker.".to_owned(), "The first rows.".to_owned()];
            let node = file_node(graph, support, publication, place, &sample, &titles, &text);
            graph.add(&place.iri, "adms:sample", Object::Iri(node.clone()));
            graph.add(&node, "dct:license", licence);
        }
    }
    if place.folder.is_none() {
        manifest(graph, support, publication, place, None);
    }
}

/// Adds MANIFEST.json, by which all other files can be checked; with its own checksum where that is known.
pub(crate) fn manifest(
    graph: &mut Graph,
    support: &mut Support,
    publication: &Publication,
    place: &Place,
    version: Option<&Listed>,
) {
    let titles = ["Manifest", "Manifest"].map(str::to_owned);
    let text = [
        "Alle filer med størrelse, SHA-256 og BLAKE3; kan være underskrevet i MANIFEST.json.minisig.",
        "All files with size, SHA-256 and BLAKE3; may be signed in MANIFEST.json.minisig.",
    ]
    .map(str::to_owned);
    let node = file_node(graph, support, publication, place, MANIFEST, &titles, &text);
    graph.add_new(&place.iri, "dcat:distribution", Object::Iri(node.clone()));
    if let Some(version) = version {
        checksum(graph, support, &node, &version.manifest_sha256);
    }
}

/// Adds a file; its IRI is its address, or the dataset's with its path as the fragment.
fn file_node(
    graph: &mut Graph,
    support: &mut Support,
    publication: &Publication,
    place: &Place,
    path: &str,
    titles: &[String; 2],
    text: &[String; 2],
) -> String {
    let node = part(&place.iri, path);
    graph.class(&node, "dcat:Distribution");
    graph.both(&node, "dct:title", &titles[0], &titles[1]);
    graph.both(&node, "dct:description", &text[0], &text[1]);
    graph.add(&node, "dcat:accessURL", Object::Iri(place.access.clone()));
    if let Some(folder) = &place.folder {
        graph.add(&node, "dcat:downloadURL", Object::Iri(format!("{folder}{}", path_iri(path))));
    }
    let (format, media) = support.format(path);
    graph.add(&node, "dct:format", format);
    graph.add(&node, "dcat:mediaType", media);
    if path.ends_with(".parquet") {
        let parquet = support.standard("https://parquet.apache.org/docs/file-format/", "Apache Parquet");
        graph.add(&node, "dct:conformsTo", parquet);
    }
    graph.add(&node, "adms:status", support.completed());
    graph.add(&node, "dcatap:availability", support.stable());
    add(graph, &node, "dct:issued", date(&publication.description.metadata.created));
    if let Some(entry) = publication.file(path) {
        let bytes = Object::Typed(entry.bytes.to_string(), "xsd:nonNegativeInteger");
        graph.add(&node, "dcat:byteSize", bytes);
        checksum(graph, support, &node, &entry.sha256);
    }
    node
}

/// Adds SHA-256 in hexadecimal digits; nothing where it is not that.
pub(crate) fn checksum(graph: &mut Graph, support: &mut Support, of: &str, sha256: &str) {
    if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        return;
    }
    let node = format!("{of}.sha256");
    graph.add(of, "spdx:checksum", Object::Iri(node.clone()));
    graph.class(&node, "spdx:Checksum");
    graph.add(&node, "spdx:algorithm", support.sha256());
    graph.add(&node, "spdx:checksumValue", Object::Typed(sha256.to_owned(), "xsd:hexBinary"));
}

/// The licence of a config: that of its sources if they share one, else a document of its own that names all.
fn licence(support: &mut Support, publication: &Publication, config: &Config, place: &Place) -> Object {
    let description = &publication.description;
    let of = facts::beside(config).unwrap_or(&config.name);
    let mut ids: Vec<&str> =
        facts::used(description).filter(|s| s.config == of).filter_map(|s| s.license.as_deref()).collect();
    ids.sort_unstable();
    ids.dedup();
    if let [id] = ids[..]
        && let Some(licence) = support.licence(id, Some(&config.terms))
    {
        return licence;
    }
    let title = match ids.len() {
        0 => "LICENSE".to_owned(),
        _ => ids
            .iter()
            .map(|id| if id.contains(' ') { format!("({id})") } else { (*id).to_owned() })
            .collect::<Vec<_>>()
            .join(" AND "),
    };
    let iri = part(&place.iri, &format!("licence-{}", config.name));
    let own = support.own_licence(iri.clone(), &title, &config.terms);
    for id in ids.iter().flat_map(|id| id.split(" OR ")).map(|id| id.trim().trim_matches(['(', ')'])) {
        if let Some(licence) = support.licence(id, None) {
            support.graph.add(&iri, "dct:references", licence);
        }
    }
    let page = place.folder.as_ref().filter(|_| publication.file("LICENSE").is_some());
    add(
        &mut support.graph,
        &iri,
        "rdfs:seeAlso",
        page.and_then(|folder| web_iri(&format!("{folder}LICENSE"))).map(Object::Iri),
    );
    own
}
