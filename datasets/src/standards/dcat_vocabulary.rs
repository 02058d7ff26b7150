//! Values from controlled vocabularies, each described where it is used: the *support graph* that DCAT-AP's shapes ask
//! for. A value of an EU authority table has its class, its names and its table.

use crate::licence::Terms;
use crate::vocabulary;

use super::rdf::{Graph, Object, expand};

const AUTHORITY: &str = "http://publications.europa.eu/resource/authority/";
const LANGUAGES: &str = include_str!("../../data/eu-languages.tsv");

/// An EU authority table: name in its IRIs, class of its values beside `skos:Concept`, name for people.
struct Table(&'static str, Option<&'static str>, &'static str);

const LANGUAGE: Table = Table("language", Some("dct:LinguisticSystem"), "Language");
const THEME: Table = Table("data-theme", None, "Data theme");
const COUNTRY: Table = Table("country", Some("dct:Location"), "Country");
const FREQUENCY: Table = Table("frequency", Some("dct:Frequency"), "Frequency");
const ACCESS_RIGHT: Table = Table("access-right", Some("dct:RightsStatement"), "Access right");
const FILE_TYPE: Table = Table("file-type", Some("dct:MediaTypeOrExtent"), "File type");
const AVAILABILITY: Table = Table("planned-availability", None, "Planned availability");
const STATUS: Table = Table("distribution-status", None, "Distribution status");
const LICENCE: Table = Table("licence", Some("dct:LicenseDocument"), "Licence");

/// SPDX ids that the EU's table of licences has too.
const LICENCES: [(&str, &str, &str); 8] = [
    ("Apache-2.0", "APACHE_2_0", "Apache License 2.0"),
    ("CC-BY-4.0", "CC_BY_4_0", "Creative Commons Attribution 4.0 International"),
    ("CC-BY-NC-4.0", "CC_BYNC_4_0", "Creative Commons Attribution–NonCommercial 4.0 International"),
    (
        "CC-BY-NC-ND-4.0",
        "CC_BYNCND_4_0",
        "Creative Commons Attribution–NonCommercial–NoDerivatives 4.0 International",
    ),
    (
        "CC-BY-NC-SA-4.0",
        "CC_BYNCSA_4_0",
        "Creative Commons Attribution–NonCommercial–ShareAlike 4.0 International",
    ),
    ("CC-BY-ND-4.0", "CC_BYND_4_0", "Creative Commons Attribution–NoDerivatives 4.0 International"),
    ("CC-BY-SA-4.0", "CC_BYSA_4_0", "Creative Commons Attribution–ShareAlike 4.0 International"),
    ("CC0-1.0", "CC0", "Creative Commons CC0 1.0 Universal"),
];

/// The address of a Creative Commons deed, by which many catalogues know a licence.
fn deed(id: &str) -> Option<String> {
    if id == "CC0-1.0" {
        return Some("https://creativecommons.org/publicdomain/zero/1.0/".to_owned());
    }
    let (kind, version) = id.strip_prefix("CC-")?.rsplit_once('-')?;
    let kind = kind.to_ascii_lowercase();
    version.ends_with(".0").then(|| format!("https://creativecommons.org/licenses/{kind}/{version}/"))
}

/// Descriptions of the values that a graph uses. It goes behind what it supports.
#[derive(Default)]
pub(crate) struct Support {
    /// What was described so far.
    pub(crate) graph: Graph,
}

impl Support {
    fn concept(&mut self, table: &Table, code: &str, da: &str, en: &str) -> Object {
        let Table(name, class, label) = table;
        let scheme = format!("{AUTHORITY}{name}");
        let iri = format!("{scheme}/{code}");
        if !self.graph.has(&iri) {
            self.graph.class(&iri, "skos:Concept");
            if let Some(class) = class {
                self.graph.class(&iri, class);
            }
            self.graph.both(&iri, "skos:prefLabel", da, en);
            self.graph.add(&iri, "skos:inScheme", Object::Iri(scheme.clone()));
            self.graph.class(&scheme, "skos:ConceptScheme");
            self.graph.add(&scheme, "dct:title", Object::text(label, "en"));
        }
        Object::Iri(iri)
    }

    /// A language by its BCP 47 tag, of which the first subtag counts; `None` for one that the table here has not.
    pub(crate) fn language(&mut self, tag: &str) -> Option<Object> {
        let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        let row = LANGUAGES.lines().find(|line| line.split('\t').next() == Some(primary.as_str()))?;
        let mut cells = row.split('\t').skip(1);
        Some(self.concept(&LANGUAGE, cells.next()?, cells.next()?, cells.next()?))
    }

    /// A data theme; `None` for a code that is none.
    pub(crate) fn theme(&mut self, code: &str) -> Option<Object> {
        let [da, en] = vocabulary::theme_name(code)?;
        Some(self.concept(&THEME, code, da, en))
    }

    /// The table of data themes itself.
    pub(crate) fn themes(&mut self) -> Object {
        let scheme = format!("{AUTHORITY}{}", THEME.0);
        self.graph.class(&scheme, "skos:ConceptScheme");
        self.graph.add(&scheme, "dct:title", Object::text(THEME.2, "en"));
        Object::Iri(scheme)
    }

    /// A country by three capitals; `None` for what cannot be a code.
    pub(crate) fn country(&mut self, code: &str) -> Option<Object> {
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let [da, en] = vocabulary::country_name(code).unwrap_or([code, code]);
        Some(self.concept(&COUNTRY, code, da, en))
    }

    /// How often; `None` for a code that is none.
    pub(crate) fn frequency(&mut self, code: &str) -> Option<Object> {
        let [da, en] = vocabulary::frequency_name(code)?;
        Some(self.concept(&FREQUENCY, code, da, en))
    }

    /// Open to everybody.
    pub(crate) fn public(&mut self) -> Object {
        self.concept(&ACCESS_RIGHT, "PUBLIC", "offentlig", "public")
    }

    /// A file that is finished and never changes.
    pub(crate) fn completed(&mut self) -> Object {
        self.concept(&STATUS, "COMPLETED", "færdig", "completed")
    }

    /// A file that is meant to stay where it is.
    pub(crate) fn stable(&mut self) -> Object {
        self.concept(&AVAILABILITY, "STABLE", "stabil", "stable")
    }

    /// Format and media type of a file, by the end of its name.
    pub(crate) fn format(&mut self, path: &str) -> (Object, Object) {
        let (code, name, media) = match path.rsplit_once('.').map(|(_, end)| end) {
            Some("parquet") => ("PARQUET", "Parquet", "application/vnd.apache.parquet"),
            Some("json") => ("JSON", "JSON", "application/json"),
            _ => ("BIN", "BIN", "application/octet-stream"),
        };
        let format = self.concept(&FILE_TYPE, code, name, name);
        let iri = format!("https://www.iana.org/assignments/media-types/{media}");
        self.graph.class(&iri, "dct:MediaType");
        self.graph.add(&iri, "rdfs:label", Object::plain(media));
        (format, Object::Iri(iri))
    }

    /// A standard that something keeps to.
    pub(crate) fn standard(&mut self, iri: &str, title: &str) -> Object {
        self.graph.class(iri, "dct:Standard");
        self.graph.add(iri, "dct:title", Object::text(title, "en"));
        Object::Iri(iri.to_owned())
    }

    /// A web page.
    pub(crate) fn document(&mut self, iri: String) -> Object {
        self.graph.class(&iri, "foaf:Document");
        Object::Iri(iri)
    }

    /// SHA-256 as SPDX names it.
    pub(crate) fn sha256(&mut self) -> Object {
        self.algorithm("spdx:checksumAlgorithm_sha256")
    }

    /// BLAKE3 as SPDX 2.3 names it.
    pub(crate) fn blake3(&mut self) -> Object {
        self.algorithm("spdx:checksumAlgorithm_blake3")
    }

    fn algorithm(&mut self, name: &'static str) -> Object {
        self.graph.class(&expand(name), "spdx:ChecksumAlgorithm");
        Object::name(name)
    }

    /// A licence by its SPDX id, its terms if they are known; `None` for what is no single id of SPDX.
    pub(crate) fn licence(&mut self, id: &str, terms: Option<&Terms>) -> Option<Object> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+');
        if id.is_empty() || !id.bytes().all(plain) || id.starts_with("LicenseRef-") {
            return None;
        }
        let spdx = format!("https://spdx.org/licenses/{id}");
        let object = match LICENCES.iter().find(|(spdx, ..)| *spdx == id) {
            Some((_, code, name)) => self.concept(&LICENCE, code, name, name),
            None => Object::Iri(spdx.clone()),
        };
        if let Object::Iri(iri) = &object {
            let iri = iri.clone();
            self.graph.class(&iri, "dct:LicenseDocument");
            self.graph.add(&iri, "dct:title", Object::text(id, "en"));
            self.graph.add(&iri, "dct:identifier", Object::plain(id));
            if iri != spdx {
                self.graph.add(&iri, "skos:exactMatch", Object::Iri(spdx));
            }
            if let Some(deed) = deed(id) {
                self.graph.add(&iri, "skos:exactMatch", Object::Iri(deed));
            }
            if let Some(terms) = terms {
                self.licence_types(&iri, terms);
            }
        }
        Some(object)
    }

    /// A licence of its own: several together, or one that SPDX does not list.
    pub(crate) fn own_licence(&mut self, iri: String, title: &str, terms: &Terms) -> Object {
        self.graph.class(&iri, "dct:LicenseDocument");
        self.graph.add(&iri, "dct:title", Object::plain(title));
        self.graph.add(&iri, "dct:identifier", Object::plain(title));
        for phrase in terms.phrases() {
            self.graph.add(&iri, "rdfs:comment", Object::text(&phrase, "en"));
        }
        self.licence_types(&iri, terms);
        Object::Iri(iri)
    }

    /// What a licence asks, in the words of ADMS.
    fn licence_types(&mut self, iri: &str, terms: &Terms) {
        let other = terms.no_tts || terms.no_biometric_identification;
        let kinds = [
            (other, "OtherRestrictiveClauses", "andre begrænsninger", "Other restrictive clauses"),
            (terms.attribution, "Attribution", "navngivelse", "Attribution"),
            (
                terms.share_alike.is_some(),
                "ViralEffect-ShareAlike",
                "del på samme vilkår",
                "Viral effect (share-alike)",
            ),
            (
                terms.non_commercial,
                "NonCommercialUseOnly",
                "kun ikke-kommerciel brug",
                "Non-commercial use only",
            ),
            (terms.no_derivatives, "NoDerivativeWork", "ingen bearbejdelser", "No derivative work"),
            (*terms == Terms::default(), "PublicDomain", "frit, uden betingelser", "Public domain"),
        ];
        let scheme = "http://purl.org/adms/licencetype/1.0";
        for (_, code, da, en) in kinds.into_iter().filter(|(is, ..)| *is) {
            let kind = format!("http://purl.org/adms/licencetype/{code}");
            self.graph.add(iri, "dct:type", Object::Iri(kind.clone()));
            self.graph.class(&kind, "skos:Concept");
            self.graph.both(&kind, "skos:prefLabel", da, en);
            self.graph.add(&kind, "skos:inScheme", Object::Iri(scheme.to_owned()));
            self.graph.class(scheme, "skos:ConceptScheme");
            self.graph.add(scheme, "dct:title", Object::text("ADMS licence type", "en"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_finds_its_language_by_the_first_subtag() {
        let mut support = Support::default();
        let danish = Some(Object::Iri(format!("{AUTHORITY}language/DAN")));
        assert_eq!((support.language("da"), support.language("da-DK")), (danish.clone(), danish));
        assert_eq!((support.language("xx"), support.language(""), support.language("#")), (None, None, None));
        assert!(LANGUAGES.lines().filter(|l| !l.starts_with('#')).all(|l| l.split('\t').count() == 4));
    }

    #[test]
    fn licences_have_the_address_that_others_know_them_by() {
        assert_eq!(deed("CC-BY-SA-4.0").as_deref(), Some("https://creativecommons.org/licenses/by-sa/4.0/"));
        assert_eq!((deed("CC-PDDC"), deed("CC-BY-2.0-FR"), deed("MIT")), (None, None, None));
        let mut support = Support::default();
        assert_eq!(support.licence("MIT", None), Some(Object::Iri("https://spdx.org/licenses/MIT".into())));
        for bad in ["", "LicenseRef-x", "MIT OR CC0-1.0", "<x>"] {
            assert_eq!(support.licence(bad, None), None, "{bad}");
        }
    }
}
