use super::dcat::{Catalog, CatalogInfo, Format, catalog, dataset, write};
use super::tests::publication;
use crate::pointer::Listed;
use crate::publication::Publication;

fn info() -> CatalogInfo {
    CatalogInfo {
        base_url: "https://data.example.dk/sprog".into(),
        publisher: "Styrelsen".into(),
        ..CatalogInfo::default()
    }
}

fn version(version: &str, created: &str) -> Listed {
    Listed { version: version.into(), created: created.into(), manifest_sha256: "ef".repeat(32), bytes: 0 }
}

fn turtle(publication: &Publication) -> String {
    write(&dataset(publication), Format::Turtle).expect("writes")
}

/// The lines of a node of a Turtle text.
fn node<'t>(text: &'t str, iri: &str) -> &'t str {
    let start = format!("<{iri}> a ");
    text.split("\n\n").find(|n| n.starts_with(&start)).unwrap_or_else(|| panic!("no {iri} in {text}"))
}

#[test]
fn the_iri_is_the_landing_page_or_made_of_the_id_alone() {
    let mut publication = publication();
    let text = turtle(&publication);
    assert!(text.contains("\n<urn:uuid:0fc34e83-31ee-8d2d-8745-0b852e89f48a> a dcat:Dataset"), "{text}");
    publication.description.metadata.version = "2.0.0".into();
    assert!(
        turtle(&publication).contains("\n<urn:uuid:0fc34e83-31ee-8d2d-8745-0b852e89f48a> a dcat:Dataset")
    );
    publication.description.metadata.about.landing_page = Some("https://example.dk/prøve".into());
    let text = turtle(&publication);
    assert!(text.starts_with("@base <https://example.dk/pr%C3%B8ve> ."), "{text}");
    assert!(node(&text, "").contains("dcat:landingPage <>"), "{text}");
    let file = node(&text, "#data/text/train-00000-of-00001.parquet");
    assert!(
        file.contains("dcat:byteSize \"10\"^^xsd:nonNegativeInteger") && file.contains("dcat:accessURL <>"),
        "{file}"
    );
    assert!(!file.contains("downloadURL"), "{file}");
}

#[test]
fn a_catalogue_has_addresses_of_files_and_lists_older_versions() {
    let publication = publication();
    let versions =
        [version("1.0.0", "2026-11-22"), version("0.2.0", "2026-10-01"), version("0.1.0", "2026-09-01")];
    let graph = catalog(&info(), &[(&publication, &versions)]).expect("a graph");
    let text = write(&graph, Format::Turtle).expect("writes");
    let top = node(&text, "#catalog");
    for said in [
        "dcat:dataset <ds/proeve/>",
        "dcat:record <ds/proeve/#record>",
        "dct:modified \"2026-11-22\"^^xsd:date",
    ] {
        assert!(top.contains(said), "{said}: {top}");
    }
    let latest = node(&text, "ds/proeve/");
    for said in [
        "dcat:hasVersion <ds/proeve/0.2.0/> , <ds/proeve/0.1.0/>",
        "dcat:prev <ds/proeve/0.2.0/>",
        "dcat:inSeries <ds/proeve/#versions>",
    ] {
        assert!(latest.contains(said), "{said}: {latest}");
    }
    assert!(node(&text, "ds/proeve/0.2.0/").contains("dcat:prev <ds/proeve/0.1.0/>"));
    assert!(node(&text, "ds/proeve/#record").contains("dct:issued \"2026-09-01\"^^xsd:date"));
    let file = node(&text, "ds/proeve/#data/text/train-00000-of-00001.parquet");
    assert!(
        file.contains("dcat:downloadURL <ds/proeve/1.0.0/data/text/train-00000-of-00001.parquet>"),
        "{file}"
    );
    assert!(node(&text, "ds/proeve/#MANIFEST.json.sha256").contains(&"ef".repeat(32)));
}

#[test]
fn datasets_that_claim_the_same_address_stay_apart() {
    let claim = |id: &str, page: &str| {
        let mut publication = publication();
        publication.description.metadata.id = id.into();
        publication.description.metadata.about.landing_page = Some(page.into());
        publication
    };
    let [a, b] = ["a", "b"].map(|id| claim(id, "https://example.dk/"));
    let (c, d) = (claim("c", "https://data.example.dk/sprog/"), claim("d", "javascript:alert(1)"));
    let none: &[Listed] = &[];
    let graph = catalog(&info(), &[(&a, none), (&b, none), (&c, none), (&d, none)]).expect("a graph");
    let text = write(&graph, Format::Turtle).expect("writes");
    for iri in ["https://example.dk/", "ds/b/", "ds/c/", "ds/d/"] {
        assert!(node(&text, iri).contains("a dcat:Dataset"), "{iri}");
    }
    assert!(!text.contains("javascript"), "{text}");
}

#[test]
fn a_base_url_that_is_none_is_refused() {
    for bad in ["", "data.example.dk", "file:///x", "mailto:a@b.dk", "https://a.dk/?q", "https://a.dk/#x"] {
        let Err(error) = Catalog::new(&CatalogInfo { base_url: bad.into(), ..info() }) else {
            panic!("{bad}")
        };
        assert!(error.to_string().contains("SPROG-1241"), "{error}");
    }
}

#[test]
fn licences_that_differ_are_named_together_and_types_are_told() {
    let mut publication = publication();
    let mut second = publication.description.sources[0].clone();
    second.license = Some("CC-BY-4.0 OR MIT".into());
    second.id = "andre".into();
    publication.description.sources.push(second);
    publication.description.configs[0].terms.attribution = true;
    let text = turtle(&publication);
    assert!(text.contains("dct:title \"(CC-BY-4.0 OR MIT) AND CC0-1.0\""), "{text}");
    assert!(text.contains("dct:type <http://purl.org/adms/licencetype/Attribution>"), "{text}");
    assert!(text.contains("<https://spdx.org/licenses/MIT>"), "{text}");
}
