//! What META-SHARE says of a language resource: kind, medium, modality, number of languages, size by unit.
//!
//! Names are those of the META-SHARE ontology under <http://w3id.org/meta-share/meta-share/>, as the European Language
//! Grid's schema uses them. The Danish agency's draft langDCAT-AP 0.3 (2020) asks for the same properties, under an
//! older address of the ontology.

use std::collections::BTreeSet;

use crate::publication::Publication;
use crate::schema::Modality;
use crate::stats::Totals;

use super::dcat::part;
use super::facts;
use super::rdf::{Graph, Object};

/// Adds them to a dataset.
pub(crate) fn describe(graph: &mut Graph, publication: &Publication, iri: &str) {
    let description = &publication.description;
    let own = || description.configs.iter().filter(|c| facts::beside(c).is_none());
    let has = |modality: Modality| own().any(|c| c.modality == modality);
    let (text, speech, rules) = (has(Modality::Text), has(Modality::Speech), has(Modality::Rules));
    if text || speech {
        graph.class(iri, "ms:Corpus");
    }
    if rules {
        graph.class(iri, "ms:LexicalConceptualResource");
    }
    let mut say = |property: &'static str, values: &[(bool, &str)]| {
        for (_, value) in values.iter().filter(|(is, _)| *is) {
            graph.add(iri, property, Object::name(value));
        }
    };
    // Speech comes with its transcripts.
    say("ms:mediaType", &[(text || speech || rules, "ms:text"), (speech, "ms:audio")]);
    say("ms:modalityType", &[(text || speech || rules, "ms:writtenLanguage"), (speech, "ms:spokenLanguage")]);
    let languages: BTreeSet<&str> =
        description.metadata.languages.iter().filter_map(|l| l.split(['-', '_']).next()).collect();
    let count = languages.len();
    say(
        "ms:lingualityType",
        &[(count == 1, "ms:monolingual"), (count == 2, "ms:bilingual"), (count > 2, "ms:multilingual")],
    );
    let tokenized = description.steps.iter().any(|step| step.name == "tokenize");
    for config in own() {
        let mut sum = Totals::default();
        for split in &config.splits {
            sum.tokens += split.totals.tokens;
            sum.microseconds += split.totals.microseconds;
        }
        let rows = facts::config_rows(config);
        // Thousandths of an hour, without a float.
        let hours = (u128::from(sum.microseconds) + 1_800_000) / 3_600_000;
        let hours = format!("{}.{:03}", hours / 1000, hours % 1000);
        let words = if tokenized { ("token", "ms:token") } else { ("word", "ms:word3") };
        let sizes: &[(&str, &str, String)] = match config.modality {
            Modality::Speech => {
                &[("utterance", "ms:utterance1", rows.to_string()), ("hour", "ms:hour1", hours)]
            }
            Modality::Text => {
                &[("text", "ms:text1", rows.to_string()), (words.0, words.1, sum.tokens.to_string())]
            }
            _ => &[("unit", "ms:unit", rows.to_string())],
        };
        for (name, unit, amount) in sizes {
            let node = part(iri, &format!("size-{}-{name}", config.name));
            graph.add(iri, "ms:size", Object::Iri(node.clone()));
            graph.class(&node, "ms:Size");
            let datatype = if amount.contains('.') { "xsd:decimal" } else { "xsd:integer" };
            graph.add(&node, "ms:amount", Object::Typed(amount.clone(), datatype));
            graph.add(&node, "ms:sizeUnit", Object::name(unit));
            graph.add(&node, "rdfs:label", Object::plain(&config.name));
        }
    }
}
