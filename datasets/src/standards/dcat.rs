//! DCAT-AP 3.0.1, the EU's application profile of W3C's DCAT 3, with what DCAT-AP-DK 3.0.0 adds to it.
//!
//! [`dataset`] describes one release, [`Catalog`] a published root with all its datasets. Both come with the support
//! graph that the profile's SHACL shapes ask for (`dcat_vocabulary`). The Danish profile makes nothing mandatory that
//! the EU's does not; of its three additions `dqv:hasQualityAnnotation` is here. `dcat-dk:personalDataCategory` and
//! `dcat-dk:confidentialityType` are not: a dataset does not know them, and the code lists were not at hand.
//!
//! Sources: <https://semiceu.github.io/DCAT-AP/releases/3.0.1/>,
//! <https://github.com/digst/DCAT-AP-DK/tree/master/releases/v.3.0.0>.

use std::collections::BTreeSet;

use crate::metadata::{Bilingual, Creator, CreatorKind, Metadata};
use crate::pointer::Listed;
use crate::publication::Publication;
use crate::vocabulary::is_date;
use crate::{Error, Result};

use super::dcat_distribution as distribution;
use super::dcat_metashare as metashare;
use super::dcat_vocabulary::Support;
use super::facts;
pub use super::rdf::{Format, Graph, write};
use super::rdf::{Object, path_iri, web_iri};

/// What a catalogue says of itself.
#[derive(Clone, Debug, Default)]
pub struct CatalogInfo {
    /// Its address, `https://data.example.dk/sprog/`; datasets lie in `ds/<id>/<version>/` under it.
    pub base_url: String,
    /// Title.
    pub title: Bilingual,
    /// Description.
    pub description: Bilingual,
    /// Who publishes the catalogue.
    pub publisher: String,
    /// The publisher's web address.
    pub publisher_url: Option<String>,
}

/// Where a dataset is, and what it is called in RDF.
pub(crate) struct Place {
    /// The dataset's IRI: the same for all versions.
    pub(crate) iri: String,
    /// The page that gives access to its files.
    pub(crate) access: String,
    /// The folder of this version with a slash at the end, if its address is known.
    pub(crate) folder: Option<String>,
    /// What IRIs of agents are made from, so that a catalogue has each once.
    pub(crate) agents: String,
}

impl Place {
    /// Of a release that does not know yet where it will be published: the landing page that the recipe names, or a
    /// UUID of the dataset's id.
    pub(crate) fn of_release(metadata: &Metadata) -> Place {
        let landing = metadata.about.landing_page.as_deref().and_then(web_iri);
        let iri = landing.unwrap_or_else(|| urn(&metadata.id));
        Place { access: iri.clone(), folder: None, agents: iri.clone(), iri }
    }
}

/// A UUID of version 8 (RFC 9562, 5.8) made of the id's BLAKE3.
fn urn(id: &str) -> String {
    let hash = blake3::hash(format!("sprog dataset {id}").as_bytes());
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let group = |range: std::ops::Range<usize>| hex[range].concat();
    format!("urn:uuid:{}-{}-{}-{}-{}", group(0..4), group(4..6), group(6..8), group(8..10), group(10..16))
}

/// The IRI of a part of something: its own with a fragment.
pub(crate) fn part(of: &str, name: &str) -> String {
    let separator = if of.contains('#') { '.' } else { '#' };
    format!("{of}{separator}{}", path_iri(name))
}

/// A year, month or day with its type; `None` for what is none.
pub(crate) fn date(text: &str) -> Option<Object> {
    let datatype = match text.len() {
        4 => "xsd:gYear",
        7 => "xsd:gYearMonth",
        _ => "xsd:date",
    };
    is_date(text).then(|| Object::Typed(text.to_owned(), datatype))
}

/// A release's own description: `dcat.ttl`, `dcat.jsonld` and `dcat.rdf` are this graph.
pub fn dataset(publication: &Publication) -> Graph {
    let place = Place::of_release(&publication.description.metadata);
    let (mut graph, mut support) = (Graph::default(), Support::default());
    graph.set_base(&place.iri, &["#"]);
    describe(&mut graph, &mut support, publication, &place);
    graph.append(support.graph);
    graph
}

/// Describes a dataset and its distributions.
fn describe(graph: &mut Graph, support: &mut Support, publication: &Publication, place: &Place) {
    let description = &publication.description;
    let (m, about, iri) = (&description.metadata, &description.metadata.about, place.iri.as_str());
    for class in ["dcat:Dataset", "dcat:Resource"] {
        graph.class(iri, class);
    }
    titles(graph, iri, m);
    graph.add(iri, "dct:identifier", Object::plain(iri));
    graph.add(iri, "dcat:version", Object::plain(&m.version));
    for property in ["dct:issued", "dct:modified"] {
        add(graph, iri, property, date(&m.created));
    }
    if let Some(changes) = &about.changes {
        graph.both(iri, "adms:versionNotes", &changes.da, &changes.en);
    }
    for word in m.keywords.iter().filter(|word| !word.trim().is_empty()) {
        graph.add(iri, "dcat:keyword", Object::plain(word));
    }
    for tag in &m.languages {
        add(graph, iri, "dct:language", support.language(tag));
    }
    for code in &about.themes {
        add(graph, iri, "dcat:theme", support.theme(code));
    }
    for code in &about.spatial {
        add(graph, iri, "dct:spatial", support.country(code));
    }
    add(graph, iri, "dct:accrualPeriodicity", about.frequency.as_deref().and_then(|f| support.frequency(f)));
    graph.add(iri, "dct:accessRights", support.public());
    let publisher = publisher(graph, &place.agents, &m.publisher, about.publisher_url.as_deref());
    graph.add(iri, "dct:publisher", Object::Iri(publisher));
    for creator in facts::creators(description) {
        let creator = agent(graph, &place.agents, &creator, None);
        graph.add(iri, "dct:creator", Object::Iri(creator));
    }
    for funder in &about.funding {
        let funder = Creator { name: funder.clone(), ..Creator::default() };
        let funder = agent(graph, &place.agents, &funder, None);
        graph.add(iri, "schema:funder", Object::Iri(funder));
    }
    contact(graph, iri, m);
    if let Some(period) = about.temporal.as_ref().filter(|p| is_date(&p.from)) {
        let node = part(iri, "temporal");
        graph.add(iri, "dct:temporal", Object::Iri(node.clone()));
        graph.class(&node, "dct:PeriodOfTime");
        add(graph, &node, "dcat:startDate", date(&period.from));
        add(graph, &node, "dcat:endDate", period.to.as_deref().and_then(date));
    }
    if let Some(doi) = &about.doi {
        let node = part(iri, "doi");
        graph.add(iri, "adms:identifier", Object::Iri(node.clone()));
        graph.class(&node, "adms:Identifier");
        graph.add(&node, "skos:notation", Object::plain(&format!("https://doi.org/{doi}")));
        graph.add(&node, "adms:schemeAgency", Object::plain("DOI"));
    }
    if let Some(page) = about.landing_page.as_deref().and_then(web_iri) {
        graph.add(iri, "dcat:landingPage", support.document(page));
    } else if place.folder.is_some() {
        graph.add(iri, "dcat:landingPage", support.document(place.access.clone()));
    }
    for page in about.references.iter().filter_map(|r| web_iri(r)) {
        graph.add(iri, "dct:isReferencedBy", support.document(page));
    }
    documentation(graph, support, publication, place);
    provenance(graph, publication, iri);
    metashare::describe(graph, publication, iri);
    distribution::describe(graph, support, publication, place);
}

/// Adds a value if there is one.
pub(crate) fn add(graph: &mut Graph, subject: &str, property: &'static str, value: Option<Object>) {
    if let Some(value) = value {
        graph.add(subject, property, value);
    }
}

/// Title and description; the id where there is none, because both are mandatory.
fn titles(graph: &mut Graph, iri: &str, m: &Metadata) {
    let blank = |text: &Bilingual| text.da.trim().is_empty() && text.en.trim().is_empty();
    graph.both(iri, "dct:title", &m.title.da, &m.title.en);
    if blank(&m.title) {
        graph.add(iri, "dct:title", Object::plain(&m.id));
    }
    graph.both(iri, "dct:description", &m.description.da, &m.description.en);
    if blank(&m.description) {
        graph.add(iri, "dct:description", Object::plain(&m.id));
    }
}

fn contact(graph: &mut Graph, iri: &str, m: &Metadata) {
    let text = m.contact.trim();
    if text.is_empty() {
        return;
    }
    let node = part(iri, "contact");
    graph.add(iri, "dcat:contactPoint", Object::Iri(node.clone()));
    graph.class(&node, "vcard:Kind");
    graph.class(&node, "vcard:Organization");
    let email = text.contains('@') && !text.contains(|c: char| c.is_whitespace() || "/<>,;:\"".contains(c));
    if let Some(mail) = email.then(|| web_iri(&format!("mailto:{text}"))).flatten() {
        graph.add(&node, "vcard:fn", Object::plain(&m.publisher));
        graph.add(&node, "vcard:hasEmail", Object::Iri(mail));
    } else if let Some(page) = web_iri(text) {
        graph.add(&node, "vcard:fn", Object::plain(&m.publisher));
        graph.add(&node, "vcard:hasURL", Object::Iri(page));
    } else {
        graph.add(&node, "vcard:fn", Object::plain(text));
    }
}

fn publisher(graph: &mut Graph, scope: &str, name: &str, url: Option<&str>) -> String {
    let name = if name.trim().is_empty() { "?" } else { name };
    let publisher = Creator { name: name.to_owned(), id: url.map(str::to_owned), ..Creator::default() };
    agent(graph, scope, &publisher, url)
}

/// Registers of people and organizations: their addresses name the agent itself, not a page about it.
const REGISTERS: [&str; 6] = [
    "https://orcid.org/",
    "https://ror.org/",
    "https://isni.org/isni/",
    "https://viaf.org/viaf/",
    "http://www.wikidata.org/entity/",
    "http://publications.europa.eu/resource/authority/corporate-body/",
];

/// An agent; its IRI is that of a register, or made of what is said of it.
fn agent(graph: &mut Graph, scope: &str, creator: &Creator, homepage: Option<&str>) -> String {
    let id = creator.id.as_deref().and_then(web_iri);
    let registered =
        id.clone().filter(|id| REGISTERS.iter().any(|r| id.len() > r.len() && id.starts_with(r)));
    let iri = registered.unwrap_or_else(|| {
        let said = format!("{}\0{:?}\0{}", creator.name, creator.kind, id.as_deref().unwrap_or_default());
        let hash = blake3::hash(said.as_bytes()).to_hex();
        part(scope, &format!("agent-{}", &hash[..12]))
    });
    graph.class(&iri, "foaf:Agent");
    match creator.kind {
        CreatorKind::Person => graph.class(&iri, "foaf:Person"),
        CreatorKind::Organization => graph.class(&iri, "org:Organization"),
    }
    graph.add(&iri, "foaf:name", Object::plain(&creator.name));
    let page = homepage.and_then(web_iri).or(id).filter(|page| *page != iri);
    add(graph, &iri, "foaf:homepage", page.map(Object::Iri));
    iri
}

/// Pages about the dataset, where their address is known.
fn documentation(graph: &mut Graph, support: &mut Support, publication: &Publication, place: &Place) {
    let Some(folder) = &place.folder else { return };
    let iri = place.iri.as_str();
    let found = |name: &str| publication.file(name).map(|_| format!("{folder}{}", path_iri(name)));
    for name in ["README.md", "datablad.da.md", "datasheet.en.md", "LICENSE"] {
        if let Some(page) = found(name) {
            graph.add(iri, "foaf:page", support.document(page));
        }
    }
    if let Some(report) = found("report.html") {
        let node = part(iri, "quality");
        graph.add(iri, "dqv:hasQualityAnnotation", Object::Iri(node.clone()));
        graph.class(&node, "dqv:QualityAnnotation");
        graph.both(&node, "dct:title", "Rapport om kontrol af data", "Report of the checks of the data");
        graph.add(&node, "oa:motivatedBy", Object::name("dqv:qualityAssessment"));
        graph.add(&node, "oa:hasTarget", Object::Iri(iri.to_owned()));
        graph.add(&node, "oa:hasBody", support.document(report));
    }
    add(graph, iri, "rdfs:seeAlso", found(super::prov::PROV_TTL).map(Object::Iri));
}

/// In short; `prov.ttl` has it step by step.
fn provenance(graph: &mut Graph, publication: &Publication, iri: &str) {
    let description = &publication.description;
    let sources = facts::used(description).count();
    let (files, tool) = (facts::used(description).map(|s| s.files.len()).sum::<usize>(), &description.tool);
    let node = part(iri, "provenance");
    graph.add(iri, "dct:provenance", Object::Iri(node.clone()));
    graph.class(&node, "dct:ProvenanceStatement");
    graph.both(
        &node,
        "rdfs:label",
        &format!("Bygget med {tool} af {sources} kilder ({files} filer); prov.ttl har hvert skridt."),
        &format!("Built with {tool} from {sources} sources ({files} files); prov.ttl has every step."),
    );
    let build = part(iri, "build");
    graph.add(iri, "prov:wasGeneratedBy", Object::Iri(build.clone()));
    graph.class(&build, "prov:Activity");
    graph.both(&build, "rdfs:label", "Bygning af datasættet", "Building the dataset");
    graph.add(&build, "dct:identifier", Object::plain(&description.run));
    let urls: BTreeSet<String> =
        facts::used(description).filter_map(|s| web_iri(s.url.as_deref()?)).collect();
    for url in urls {
        graph.add(iri, "prov:wasDerivedFrom", Object::Iri(url));
    }
}

/// A catalogue, put together dataset by dataset.
///
/// ```
/// use sprog_datasets::standards::dcat::{Catalog, CatalogInfo, Format, write};
/// let info = CatalogInfo {
///     base_url: "https://data.example.dk/sprog/".into(),
///     publisher: "Eksempelstyrelsen".into(),
///     ..CatalogInfo::default()
/// };
/// let catalog = Catalog::new(&info)?;
/// let turtle = write(&catalog.finish(), Format::Turtle)?;
/// assert!(turtle.contains(" a dcat:Catalog"));
/// # Ok::<(), sprog_datasets::Error>(())
/// ```
pub struct Catalog {
    base: String,
    iri: String,
    modified: Option<String>,
    /// The catalogue itself, with its lists of datasets and records.
    head: Graph,
    datasets: Graph,
    support: Support,
}

impl Catalog {
    /// An empty catalogue.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the base URL is no http(s) address, or has a query or fragment.
    pub fn new(info: &CatalogInfo) -> Result<Catalog> {
        let address = info.base_url.trim();
        let base = web_iri(address).filter(|a| a.starts_with("http") && !a.contains(['?', '#']));
        let mut base = base.ok_or_else(|| {
            Error::Invalid(format!(
                "base URL {address:?} is not an address such as https://data.example.dk/sprog/ [{}]",
                crate::codes::BASE_URL
            ))
        })?;
        if !base.ends_with('/') {
            base.push('/');
        }
        let iri = part(&base, "catalog");
        let (mut head, mut support) = (Graph::default(), Support::default());
        head.set_base(&base, &["#", "ds/"]);
        head.class(&iri, "dcat:Catalog");
        let or = |text: &Bilingual, da: &str, en: &str| {
            let chosen =
                |text: &str, or: &str| if text.trim().is_empty() { or.to_owned() } else { text.to_owned() };
            Bilingual { da: chosen(&text.da, da), en: chosen(&text.en, en) }
        };
        let title = or(&info.title, "Katalog over danske sprogdata", "Catalogue of Danish language data");
        let text = or(&info.description, &title.da, &title.en);
        head.both(&iri, "dct:title", &title.da, &title.en);
        head.both(&iri, "dct:description", &text.da, &text.en);
        let publisher = publisher(&mut head, &base, &info.publisher, info.publisher_url.as_deref());
        head.add(&iri, "dct:publisher", Object::Iri(publisher));
        for tag in ["da", "en"] {
            add(&mut head, &iri, "dct:language", support.language(tag));
        }
        head.add(&iri, "foaf:homepage", support.document(base.clone()));
        head.add(&iri, "dcat:themeTaxonomy", support.themes());
        Ok(Catalog { base, iri, modified: None, head, datasets: Graph::default(), support })
    }

    /// Adds a dataset by its newest version; `versions` lists all, newest first, as `latest.json` does.
    ///
    /// Its IRI is its landing page, or its address in the catalogue where it names none or one that is taken.
    pub fn add(&mut self, publication: &Publication, versions: &[Listed]) {
        let m = &publication.description.metadata;
        let home = format!("{}ds/{}/", self.base, path_iri(&m.id));
        let folder = |version: &str| format!("{home}{}/", path_iri(version));
        let taken =
            |iri: &String| self.head.has(iri) || self.datasets.has(iri) || self.support.graph.has(iri);
        let landing = m.about.landing_page.as_deref().and_then(web_iri);
        let iri = landing.filter(|l| !taken(l) && *l != self.base).unwrap_or_else(|| home.clone());
        let place = Place {
            iri: iri.clone(),
            access: home.clone(),
            folder: Some(folder(&m.version)),
            agents: self.base.clone(),
        };
        let graph = &mut self.datasets;
        describe(graph, &mut self.support, publication, &place);
        let manifest = versions.iter().find(|v| v.version == m.version);
        distribution::manifest(graph, &mut self.support, publication, &place, manifest);
        self.head.add_new(&self.iri, "dcat:dataset", Object::Iri(iri.clone()));

        let record = part(&home, "record");
        self.head.add_new(&self.iri, "dcat:record", Object::Iri(record.clone()));
        graph.class(&record, "dcat:CatalogRecord");
        graph.add(&record, "foaf:primaryTopic", Object::Iri(iri.clone()));
        let profile = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/";
        let profile =
            self.support.standard(profile, "DCAT Application Profile for data portals in Europe 3.0.1");
        graph.add(&record, "dct:conformsTo", profile);
        add(graph, &record, "dct:issued", versions.last().and_then(|v| date(&v.created)));
        // Mandatory; a day that is none would be a fault of the recipe, and is refused there.
        graph.add(
            &record,
            "dct:modified",
            date(&m.created).unwrap_or_else(|| Object::Typed("1970".into(), "xsd:gYear")),
        );
        if is_date(&m.created) && self.modified.as_deref().is_none_or(|at| at < m.created.as_str()) {
            self.modified = Some(m.created.clone());
        }

        let older: Vec<&Listed> = versions.iter().filter(|v| v.version != m.version).collect();
        if older.is_empty() {
            return;
        }
        let series = part(&home, "versions");
        graph.class(&series, "dcat:DatasetSeries");
        let named = |what: &str, version: &str| format!("{what}{version}");
        graph.both(
            &series,
            "dct:title",
            &named(&m.title.da, " – alle versioner"),
            &named(&m.title.en, " – all versions"),
        );
        graph.both(
            &series,
            "dct:description",
            &format!("Alle udgivne versioner af {}.", m.title.da),
            &format!("All published versions of {}.", m.title.en),
        );
        let publisher = publisher(graph, &self.base, &m.publisher, m.about.publisher_url.as_deref());
        graph.add(&series, "dct:publisher", Object::Iri(publisher));
        graph.add(&iri, "dcat:inSeries", Object::Iri(series.clone()));
        let mut newer = iri.clone();
        for version in older {
            let node = folder(&version.version);
            for class in ["dcat:Dataset", "dcat:Resource"] {
                graph.class(&node, class);
            }
            let number = format!(" {}", version.version);
            graph.both(&node, "dct:title", &named(&m.title.da, &number), &named(&m.title.en, &number));
            if m.title == Bilingual::default() {
                graph.add(&node, "dct:title", Object::plain(&named(&m.id, &number)));
            }
            graph.both(
                &node,
                "dct:description",
                &format!("Ældre version af {}.", m.title.da),
                &format!("An older version of {}.", m.title.en),
            );
            graph.add(&node, "dct:identifier", Object::plain(&node));
            graph.add(&node, "dcat:version", Object::plain(&version.version));
            add(graph, &node, "dct:issued", date(&version.created));
            graph.add(&node, "dcat:isVersionOf", Object::Iri(iri.clone()));
            graph.add(&node, "dcat:inSeries", Object::Iri(series.clone()));
            graph.add(&iri, "dcat:hasVersion", Object::Iri(node.clone()));
            for property in ["dcat:previousVersion", "dcat:prev"] {
                graph.add(&newer, property, Object::Iri(node.clone()));
            }
            let older = Place {
                iri: node.clone(),
                access: node.clone(),
                folder: Some(node.clone()),
                ..Place::of_release(m)
            };
            distribution::manifest(graph, &mut self.support, publication, &older, Some(version));
            newer = node;
        }
    }

    /// The whole graph.
    pub fn finish(self) -> Graph {
        let Catalog { iri, mut head, datasets, support, modified, .. } = self;
        add(&mut head, &iri, "dct:modified", modified.as_deref().and_then(date));
        head.append(datasets);
        head.append(support.graph);
        head
    }
}

/// A catalogue of datasets that are all at hand.
///
/// # Errors
/// Those of [`Catalog::new`].
pub fn catalog(info: &CatalogInfo, datasets: &[(&Publication, &[Listed])]) -> Result<Graph> {
    let mut catalog = Catalog::new(info)?;
    for (publication, versions) in datasets {
        catalog.add(publication, versions);
    }
    Ok(catalog.finish())
}

/// `dcat.ttl`, `dcat.jsonld` and `dcat.rdf`.
///
/// # Errors
/// Those of [`write`].
pub(crate) fn files(publication: &Publication) -> Result<Vec<(String, String)>> {
    let graph = dataset(publication);
    Format::ALL.into_iter().map(|f| Ok((format!("dcat.{}", f.extension()), write(&graph, f)?))).collect()
}
