//! datacite.json: the [DataCite Metadata Schema 4.6](https://schema.datacite.org) in DataCite's JSON, what a
//! repository needs to register a DOI.

use serde_json::{Value, json};

use super::facts::{
    bytes, config_rows, creators, given_and_family, licence_url, licences, list, object, text, used,
};
use crate::metadata::{Creator, CreatorKind};
use crate::publication::Publication;

/// datacite.json.
pub fn datacite(publication: &Publication) -> Value {
    let description = &publication.description;
    let m = &description.metadata;
    let about = &m.about;
    let mut titles = vec![json!({"title": m.title.en, "lang": "en"})];
    titles.push(json!({"title": m.title.da, "titleType": "TranslatedTitle", "lang": "da"}));
    let descriptions = [("en", &m.description.en), ("da", &m.description.da)]
        .map(|(lang, text)| json!({"description": text, "descriptionType": "Abstract", "lang": lang}));
    let mut dates = vec![json!({"date": m.created, "dateType": "Issued"})];
    if let Some(period) = &about.temporal {
        let date = format!("{}/{}", period.from, period.to.as_deref().unwrap_or_default());
        // Version 4.6 has a type `Coverage`; this one is valid in all of version 4.
        dates.push(json!({"date": date, "dateType": "Other", "dateInformation": "Coverage"}));
    }
    let rights = licences(description).into_iter().flat_map(|e| e.split(" OR ")).map(|id| {
        let id = id.trim();
        let url = licence_url(id);
        let spdx = url.is_some();
        object([
            ("rights", Some(id.into())),
            ("rightsUri", url.map(Value::from)),
            ("rightsIdentifier", spdx.then(|| id.into())),
            ("rightsIdentifierScheme", spdx.then(|| "SPDX".into())),
            ("schemeUri", spdx.then(|| "https://spdx.org/licenses/".into())),
        ])
    });
    let related = |address: &str, relation: &str| json!({"relatedIdentifier": address, "relatedIdentifierType": "URL", "relationType": relation});
    let mut relations: Vec<Value> = about.references.iter().map(|r| related(r, "IsDocumentedBy")).collect();
    relations
        .extend(used(description).filter_map(|s| s.url.as_deref()).map(|url| related(url, "IsDerivedFrom")));
    let mut seen = Vec::new();
    relations.retain(|r| {
        !seen.contains(r) && {
            seen.push(r.clone());
            true
        }
    });
    let rows: u64 = description.configs.iter().map(config_rows).sum();
    object([
        ("schemaVersion", Some("http://datacite.org/schema/kernel-4".into())),
        ("doi", text(&about.doi)),
        ("url", text(&about.landing_page)),
        ("types", Some(json!({"resourceTypeGeneral": "Dataset", "resourceType": "Language resource"}))),
        ("titles", Some(titles.into())),
        ("creators", list(creators(description).iter().map(creator).collect())),
        ("publisher", Some(json!({"name": m.publisher}))),
        ("publicationYear", Some(m.created.get(..4).unwrap_or_default().into())),
        ("subjects", list(m.keywords.iter().map(|k| json!({"subject": k})).collect())),
        ("dates", list(dates)),
        ("language", m.languages.first().map(|l| l.as_str().into())),
        ("version", Some(m.version.as_str().into())),
        ("sizes", Some(json!([format!("{rows} rows"), format!("{} bytes", bytes(publication))]))),
        ("formats", Some(json!(["application/vnd.apache.parquet"]))),
        ("rightsList", list(rights.collect())),
        ("descriptions", Some(Value::Array(descriptions.to_vec()))),
        ("geoLocations", list(about.spatial.iter().map(|code| json!({"geoLocationPlace": crate::vocabulary::country_name(code).map_or(code.as_str(), |[_, en]| en)})).collect())),
        ("fundingReferences", list(about.funding.iter().map(|f| json!({"funderName": f})).collect())),
        ("relatedIdentifiers", list(relations)),
    ])
}

fn creator(creator: &Creator) -> Value {
    let schemes = [
        ("https://orcid.org/", "ORCID", "https://orcid.org"),
        ("https://ror.org/", "ROR", "https://ror.org"),
        ("https://isni.org/", "ISNI", "https://isni.org"),
    ];
    let identifiers = creator.id.as_ref().and_then(|id| {
        let (_, scheme, uri) = schemes.into_iter().find(|(prefix, ..)| id.starts_with(prefix))?;
        Some(json!([{"nameIdentifier": id, "nameIdentifierScheme": scheme, "schemeUri": uri}]))
    });
    let person = creator.kind == CreatorKind::Person;
    let (given, family) = given_and_family(&creator.name);
    let name = match given.filter(|_| person) {
        Some(given) => format!("{family}, {given}"),
        None => creator.name.clone(),
    };
    object([
        ("name", Some(name.into())),
        ("nameType", Some(if person { "Personal" } else { "Organizational" }.into())),
        ("givenName", given.filter(|_| person).map(Value::from)),
        ("familyName", person.then(|| family.into())),
        ("nameIdentifiers", identifiers),
    ])
}
