//! PROV-O: source file → step → published file, as `prov.ttl` and `prov.jsonld` of a release.
//!
//! Source: <https://www.w3.org/TR/prov-o/>. Nothing here has a time of day: a build has none, so that it can be
//! repeated to the byte. The order of the steps is `prov:wasInformedBy`.

use crate::Result;
use crate::corpus::Source;
use crate::publication::Publication;

use super::dcat::{Format, Graph, Place, date, part, write};
use super::dcat_distribution::checksum;
use super::dcat_vocabulary::Support;
use super::facts;
use super::rdf::{Object, path_iri, web_iri};

/// Name of the Turtle form.
pub const PROV_TTL: &str = "prov.ttl";
/// Name of the JSON-LD form.
pub const PROV_JSONLD: &str = "prov.jsonld";

/// Files of sources that are listed one by one. A corpus of speech can have a million; dataset.json has them all.
const MAX_FILES: usize = 5000;

/// Where everything in a release came from, and what was done to it.
pub fn provenance(publication: &Publication) -> Graph {
    let description = &publication.description;
    let (mut graph, mut support) = (Graph::default(), Support::default());
    let place = Place::of_release(&description.metadata);
    let iri = place.iri.as_str();
    graph.set_base(iri, &["#"]);
    graph.class(iri, "prov:Entity");
    graph.both(iri, "dct:title", &description.metadata.title.da, &description.metadata.title.en);
    graph.add(iri, "dcat:version", Object::plain(&description.metadata.version));
    if let Some(day) = date(&description.metadata.created) {
        graph.add(iri, "dct:issued", day);
    }

    let tool = part(iri, "tool");
    let recipe = part(iri, "recipe");
    let mut room = MAX_FILES;
    for source in &description.sources {
        describe_source(&mut graph, &mut support, iri, source, &mut room);
    }

    // What was used is read; then each step; then the files are written.
    let used = || facts::used(description).map(|source| source_iri(iri, source));
    let read = part(iri, "read");
    activity(&mut graph, &read, "Kilderne læses", "The sources are read", &tool, &recipe);
    for source in used() {
        graph.add(&read, "prov:used", Object::Iri(source));
    }
    let mut before = read;
    for (index, step) in description.steps.iter().enumerate() {
        let node = part(iri, &format!("step-{}", index + 1));
        let label = format!("{}. {}", index + 1, step.name);
        activity(&mut graph, &node, &label, &label, &tool, &recipe);
        graph.add(&node, "dct:identifier", Object::plain(&step.name));
        if !step.settings.is_empty() {
            let settings = serde_json::to_string(&step.settings).unwrap_or_default();
            graph.add(&node, "rdfs:comment", Object::plain(&settings));
        }
        graph.add(&node, "prov:wasInformedBy", Object::Iri(before));
        before = node;
    }
    let build = part(iri, "build");
    activity(&mut graph, &build, "Filerne skrives", "The files are written", &tool, &recipe);
    graph.add(&build, "dct:identifier", Object::plain(&description.run));
    graph.add(&build, "prov:wasInformedBy", Object::Iri(before));
    graph.add(iri, "prov:wasGeneratedBy", Object::Iri(build.clone()));

    for config in &description.configs {
        let of = facts::beside(config).unwrap_or(&config.name);
        for file in config.splits.iter().flat_map(|split| &split.files) {
            let node = part(iri, &file.path);
            graph.class(&node, "prov:Entity");
            graph.add(&node, "dct:title", Object::plain(&file.path));
            graph.add(&node, "prov:wasGeneratedBy", Object::Iri(build.clone()));
            graph.add_new(iri, "dct:hasPart", Object::Iri(node.clone()));
            for source in facts::used(description).filter(|s| s.config == of) {
                graph.add(&node, "prov:wasDerivedFrom", Object::Iri(source_iri(iri, source)));
            }
            if let Some(entry) = publication.file(&file.path) {
                let bytes = Object::Typed(entry.bytes.to_string(), "xsd:nonNegativeInteger");
                graph.add(&node, "dcat:byteSize", bytes);
                checksum(&mut graph, &mut support, &node, &entry.sha256);
            }
        }
    }

    for class in ["prov:SoftwareAgent", "prov:Agent", "foaf:Agent"] {
        graph.class(&tool, class);
    }
    graph.add(&tool, "foaf:name", Object::plain(&description.tool));
    for class in ["prov:Plan", "prov:Entity"] {
        graph.class(&recipe, class);
    }
    graph.both(&recipe, "dct:title", "Opskriften", "The recipe");
    graph.add(&recipe, "dct:identifier", Object::plain(&description.run));
    graph.append(support.graph);
    graph
}

fn source_iri(dataset: &str, source: &Source) -> String {
    part(dataset, &format!("source-{}", source.id))
}

/// An activity of the program, carried out by the recipe.
fn activity(graph: &mut Graph, iri: &str, da: &str, en: &str, tool: &str, recipe: &str) {
    graph.class(iri, "prov:Activity");
    if da == en {
        graph.add(iri, "rdfs:label", Object::plain(da));
    } else {
        graph.both(iri, "rdfs:label", da, en);
    }
    graph.add(iri, "prov:wasAssociatedWith", Object::Iri(tool.to_owned()));
    let association = format!("{iri}.by");
    graph.add(iri, "prov:qualifiedAssociation", Object::Iri(association.clone()));
    graph.class(&association, "prov:Association");
    graph.add(&association, "prov:agent", Object::Iri(tool.to_owned()));
    graph.add(&association, "prov:hadPlan", Object::Iri(recipe.to_owned()));
}

/// A source with its files, their hashes, its licence and address; one that was left out with the reason.
fn describe_source(
    graph: &mut Graph,
    support: &mut Support,
    dataset: &str,
    source: &Source,
    room: &mut usize,
) {
    let iri = source_iri(dataset, source);
    for class in ["prov:Collection", "prov:Entity"] {
        graph.class(&iri, class);
    }
    graph.add(&iri, "dct:title", Object::plain(&source.id));
    if let Some(id) = &source.license {
        let licence = support.licence(id, None).unwrap_or_else(|| Object::plain(id));
        match licence {
            Object::Iri(_) => graph.add(&iri, "dct:license", licence),
            _ => graph.add(&iri, "dct:rights", licence),
        }
    }
    for (text, label) in [
        (&source.attribution, "attribution"),
        (&source.legal_basis, "legal basis"),
        (&source.consent, "consent"),
        (&source.excluded, "left out"),
    ] {
        if let Some(text) = text {
            graph.add(&iri, "rdfs:comment", Object::plain(&format!("{label}: {text}")));
        }
    }
    if let Some(url) = source.url.as_deref().and_then(web_iri) {
        graph.add(&iri, "prov:wasDerivedFrom", Object::Iri(url));
    }
    let size = |bytes: u64| Object::Typed(bytes.to_string(), "xsd:nonNegativeInteger");
    if source.files.len() > *room {
        // All of them in one: their number, their bytes, and a hash of their paths and hashes as dataset.json lists them.
        let mut all = blake3::Hasher::new();
        for file in &source.files {
            all.update(format!("{}  {}\n", file.blake3, file.path).as_bytes());
        }
        let count = source.files.len();
        graph.both(
            &iri,
            "dct:description",
            &format!("{count} filer; dataset.json har dem alle. Summen er BLAKE3 af linjer som b3sum skriver dem."),
            &format!("{count} files; dataset.json has them all. The checksum is BLAKE3 of lines as b3sum writes them."),
        );
        graph.add(
            &iri,
            "dcat:byteSize",
            size(source.files.iter().map(|f| f.bytes).fold(0, u64::saturating_add)),
        );
        blake3_of(graph, support, &iri, &all.finalize().to_hex());
        return;
    }
    *room -= source.files.len();
    for file in &source.files {
        let node = format!("{iri}/{}", path_iri(&file.path));
        graph.add_new(&iri, "prov:hadMember", Object::Iri(node.clone()));
        graph.class(&node, "prov:Entity");
        graph.add(&node, "dct:title", Object::plain(&file.path));
        graph.add(&node, "dcat:byteSize", size(file.bytes));
        blake3_of(graph, support, &node, &file.blake3);
    }
}

/// Adds a BLAKE3 in hexadecimal digits; nothing where it is not that.
fn blake3_of(graph: &mut Graph, support: &mut Support, of: &str, hash: &str) {
    if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
        return;
    }
    let sum = format!("{of}.blake3");
    graph.add(of, "spdx:checksum", Object::Iri(sum.clone()));
    graph.class(&sum, "spdx:Checksum");
    graph.add(&sum, "spdx:algorithm", support.blake3());
    graph.add(&sum, "spdx:checksumValue", Object::Typed(hash.to_owned(), "xsd:hexBinary"));
}

/// `prov.ttl` and `prov.jsonld`.
///
/// # Errors
/// Those of [`write`].
pub(crate) fn files(publication: &Publication) -> Result<Vec<(String, String)>> {
    let graph = provenance(publication);
    let formats = [(PROV_TTL, Format::Turtle), (PROV_JSONLD, Format::JsonLd)];
    formats.into_iter().map(|(name, format)| Ok((name.to_owned(), write(&graph, format)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::publication;
    use super::*;
    use crate::corpus::InputFile;
    use crate::release::StepInfo;

    #[test]
    fn every_file_leads_back_to_its_sources_through_the_steps_in_their_order() {
        let mut publication = publication();
        let step =
            |name: &str| StepInfo { name: name.to_owned(), settings: [("for".into(), "text".into())].into() };
        publication.description.steps = vec![step("repair"), step("pii")];
        let text = write(&provenance(&publication), Format::Turtle).expect("writes");
        for (later, earlier) in [("build", "step-2"), ("step-2", "step-1"), ("step-1", "read")] {
            let node = text
                .split("\n\n")
                .find(|n| n.lines().next().is_some_and(|l| l.contains(&format!("#{later}> a"))));
            assert!(
                node.is_some_and(|n| n.contains("prov:wasInformedBy") && n.contains(&format!("#{earlier}>"))),
                "{later}"
            );
        }
        assert!(text.contains(r#"rdfs:comment "{\"for\":\"text\"}""#), "{text}");
    }

    #[test]
    fn a_million_files_are_told_in_one() {
        let mut publication = publication();
        let file = |n: usize| InputFile { path: format!("{n}.wav"), bytes: 2, blake3: "0".repeat(64) };
        publication.description.sources[0].files = (0..MAX_FILES + 1).map(file).collect();
        publication.description.sources[1].files = (0..MAX_FILES).map(file).collect();
        let graph = provenance(&publication);
        assert!(graph.len() < 12 * MAX_FILES, "{}", graph.len());
        let text = write(&graph, Format::Turtle).expect("writes");
        assert!(
            text.contains(&format!("\"{} files; dataset.json", MAX_FILES + 1)) && text.contains("\"10002\"")
        );
    }
}
