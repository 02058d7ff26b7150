//! What a dataset says of itself: from the recipe, through dataset.json, into every metadata format.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::licence::Terms;

/// Text in Danish and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

/// What a dataset says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Metadata {
    /// Lower-case id, also the folder's name.
    pub id: String,
    /// Version, such as `1.0.0`.
    pub version: String,
    /// Title.
    pub title: Bilingual,
    /// Description, a paragraph or two.
    pub description: Bilingual,
    /// Who publishes it.
    pub publisher: String,
    /// Where questions and withdrawals go.
    pub contact: String,
    /// Day of this version; never the clock's.
    pub created: String,
    /// BCP 47 tags.
    pub languages: Vec<String>,
    /// Key words.
    pub keywords: Vec<String>,
    /// Licences declared by the recipe: `LicenseRef-…` and their terms.
    pub licences: BTreeMap<String, Terms>,
    /// What catalogues and datasheets ask for beyond that.
    #[serde(default, skip_serializing_if = "About::is_empty")]
    pub about: About,
    /// The published datasets that it was taken from, if it was (`prov:wasDerivedFrom`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derived_from: Vec<Derivation>,
}

/// A published version that a dataset was taken from, and what was taken of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Derivation {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its MANIFEST.json, hexadecimal: which bytes it was.
    pub manifest_sha256: String,
    /// Its own address, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landing_page: Option<String>,
    /// The rows taken, as a SQL `WHERE` expression; all if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// The configs asked for; all that the expression fits if none are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub configs: Vec<String>,
    /// The columns asked for; all if none are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
}

/// What catalogues and datasheets ask for, none of it required: `[dataset.about]` of a recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct About {
    /// Who made it; the publisher if nobody is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub creators: Vec<Creator>,
    /// The publisher's web address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher_url: Option<String>,
    /// The dataset's own address, the same for all versions; its IRI where one is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing_page: Option<String>,
    /// DOI, such as `10.5281/zenodo.1234567`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// What models can be trained for with it: task ids of Hugging Face; by modality if none is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<String>,
    /// Domain of public use: codes of the EU's data themes (`HEAL`, `GOVE`, `EDUC`, …).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
    /// Places that it is about or from: codes of the EU's country authority table (`DNK`, `FRO`, `GRL`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spatial: Vec<String>,
    /// Time that it is about or from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporal: Option<Period>,
    /// How often there is a new version: a code of the EU's frequency table (`ANNUAL`, `IRREG`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    /// Who paid, with the grant's number where there is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub funding: Vec<String>,
    /// Addresses of papers and pages about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// What is new in this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Bilingual>,
    /// What only people can tell of it.
    #[serde(skip_serializing_if = "Datasheet::is_empty")]
    pub datasheet: Datasheet,
}

impl About {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == About::default()
    }
}

/// Somebody who made a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Creator {
    /// Name; of a person `Given Family`.
    pub name: String,
    /// A person or an organization.
    #[serde(default)]
    pub kind: CreatorKind,
    /// Web address that identifies them, best of ORCID or ROR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// What a creator is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CreatorKind {
    /// A person.
    Person,
    /// An organization.
    #[default]
    Organization,
}

/// A time from one day, month or year to another, both included: `2015`, `2015-03`, `2015-03-14`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// From.
    pub from: String,
    /// To; not given while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Answers to the questions of Gebru et al., "Datasheets for Datasets" (2021), and of Bender and Friedman,
/// "Data Statements for Natural Language Processing" (2018), that no program can give.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Datasheet {
    /// Why it was made, and what was chosen for it (curation rationale).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub motivation: Option<Bilingual>,
    /// How it was collected, and the speech situation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection: Option<Bilingual>,
    /// Who speaks or writes in it, and which varieties of Danish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speakers: Option<Bilingual>,
    /// Who transcribed or annotated it, by what guidelines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotation: Option<Bilingual>,
    /// Genre, topic, quality of the recordings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub characteristics: Option<Bilingual>,
    /// What it is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<Bilingual>,
    /// What it must not be used for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsuitable: Option<Bilingual>,
    /// Errors, gaps and biases that are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limitations: Option<Bilingual>,
    /// What is sensitive in it, and how people were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitive: Option<Bilingual>,
    /// Who keeps it up, how long, and how to have something taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance: Option<Bilingual>,
}

impl Datasheet {
    /// Whether no question is answered.
    pub fn is_empty(&self) -> bool {
        *self == Datasheet::default()
    }
}
