//! The plan of a build: which files, under which names, into which configs; and the run's id.

use std::collections::{BTreeMap, BTreeSet};

use sprog_datasets::corpus::{self, InputFile};
use sprog_datasets::gate::check_sources;
use sprog_datasets::licence::{Licence, combine_all};
use sprog_datasets::metadata::Metadata;
use sprog_datasets::rules::RuleTable;
use sprog_datasets::schema::Modality;
use sprog_datasets::{Refusal, Result};
use sprog_formats::Limits;

use super::inputs::{self, Input};
use super::pool::{self, Resources};
use super::rules;
use super::speech::{self, Clip};
use crate::recipe::{Format, Kind, Loaded, OnRefusal, Role, Source};

/// One source of the plan.
pub struct PlannedSource {
    /// As in the recipe.
    pub recipe: Source,
    /// As in dataset.json; its files are filled in.
    pub described: corpus::Source,
    /// Its files.
    pub inputs: Vec<Input>,
    /// Files that its files cannot be read without.
    pub companions: Vec<Input>,
    /// Speech: its clips.
    pub(super) clips: Vec<Clip>,
    /// Problems of its transcript tables.
    pub problems: Vec<super::outcome::FileProblem>,
}

/// What a build will do.
pub struct Plan {
    /// Sources in the recipe's order, also those left out.
    pub sources: Vec<PlannedSource>,
    /// Hash of recipe, program and inputs: hexadecimal.
    pub run: String,
}

impl Plan {
    /// Configs of a modality, in order of first appearance, with the sources that go into each.
    pub fn configs(&self, modality: Modality) -> Vec<(String, Vec<usize>)> {
        let mut out: Vec<(String, Vec<usize>)> = Vec::new();
        for (index, source) in self.sources.iter().enumerate() {
            let described = &source.described;
            if described.modality != Some(modality) || described.excluded.is_some() {
                continue;
            }
            match out.iter_mut().find(|(config, _)| *config == described.config) {
                Some((_, sources)) => sources.push(index),
                None => out.push((described.config.clone(), vec![index])),
            }
        }
        out
    }

    /// Indices of the sources that are only compared with.
    pub fn references(&self) -> Vec<usize> {
        let role = |index: &usize| self.sources[*index].recipe.role == Role::Reference;
        (0..self.sources.len()).filter(role).collect()
    }

    /// Problems that are known before any job runs.
    pub fn problems(&self) -> Vec<super::outcome::FileProblem> {
        self.sources.iter().flat_map(|s| s.problems.iter().cloned()).collect()
    }

    /// The sources for dataset.json.
    pub fn described(&self) -> Vec<corpus::Source> {
        self.sources.iter().map(|s| s.described.clone()).collect()
    }
}

/// Tables whose rows are lines of tables of our own.
pub const OWN_TABLES: [RuleTable; 7] = [
    RuleTable::Paradigms,
    RuleTable::CompoundRules,
    RuleTable::VerbalizationRules,
    RuleTable::NormalizationRules,
    RuleTable::Abbreviations,
    RuleTable::PiiPatterns,
    RuleTable::G2pRules,
];

/// Tables that can be made of a wordnet.
pub const WORDNET_TABLES: [RuleTable; 3] =
    [RuleTable::LexiconEntries, RuleTable::LexiconForms, RuleTable::Thesaurus];

/// Tables that can be made of CSV on the Web.
pub const CSVW_TABLES: [RuleTable; 2] = [RuleTable::LexiconEntries, RuleTable::Thesaurus];

/// The tables that a source of this format says one of, with `table`. None where the format alone tells.
pub fn tables_of(format: Format) -> &'static [RuleTable] {
    match format {
        Format::RuleTable => &OWN_TABLES,
        Format::WnLmf => &WORDNET_TABLES,
        Format::Csvw => &CSVW_TABLES,
        _ => &[],
    }
}

/// Whether files of a format hold rules.
pub fn is_rules(format: Format) -> bool {
    !tables_of(format).is_empty() || table_of(format).is_some()
}

/// The table that a source's rows go to.
pub fn rule_table(source: &Source) -> Option<RuleTable> {
    let tables = tables_of(source.format);
    if tables.is_empty() {
        return table_of(source.format);
    }
    let table = RuleTable::parse(source.table.as_deref()?)?;
    tables.contains(&table).then_some(table)
}

/// The table that a format's rows go to, where the format alone tells.
pub fn table_of(format: Format) -> Option<RuleTable> {
    Some(match format {
        Format::HunspellAff => RuleTable::AffixRules,
        Format::HunspellDic => RuleTable::DicEntries,
        Format::Hyphenation => RuleTable::HyphenationPatterns,
        Format::Lexicon => RuleTable::LexiconEntries,
        Format::Unimorph
        | Format::Cor
        | Format::CorExt
        | Format::CorSearchHelp
        | Format::FullForms
        | Format::NstLexicon
        | Format::Dsdo
        | Format::WordList
        | Format::CoreLexicon
        | Format::Dix
        | Format::ConlluLexicon
        | Format::Misspellings => RuleTable::LexiconForms,
        Format::Mythes => RuleTable::Thesaurus,
        Format::Languagetool => RuleTable::RulesPattern,
        Format::Cg => RuleTable::RulesCg,
        _ => return None,
    })
}

fn describe(source: &Source) -> corpus::Source {
    let modality = match source.kind {
        Kind::Text => Modality::Text,
        Kind::Speech => Modality::Speech,
        Kind::Rules => Modality::Rules,
    };
    corpus::Source {
        id: source.id.clone(),
        modality: Some(modality),
        config: source.config(),
        license: source.license.clone(),
        legal_basis: source.legal_basis.clone(),
        consent: source.consent.clone(),
        attribution: source.attribution.clone(),
        url: source.url.clone(),
        files: Vec::new(),
        excluded: (source.role == Role::Reference).then(|| REFERENCE.to_owned()),
    }
}

/// Why a reference is not published.
const REFERENCE: &str = "reference only: compared with, not published";

/// Describes the recipe's sources and leaves out those that may be left out and do not pass the
/// gates on licence and legal basis.
pub fn describe_sources(loaded: &Loaded, metadata: &Metadata) -> (Vec<corpus::Source>, Vec<Refusal>) {
    let mut described: Vec<corpus::Source> = Vec::new();
    for source in &loaded.recipe.sources {
        let source = source.get_ref();
        let mut new = describe(source);
        if source.on_refusal == OnRefusal::Exclude && source.role == Role::Publish {
            let (_, refusals) = check_sources(metadata, std::slice::from_ref(&new));
            let reason = refusals.first().map(|r| format!("{} [{}]", r.message, r.code));
            new.excluded = reason
                .or_else(|| conflict(metadata, &described, &new))
                .or_else(|| changed(loaded, metadata, &new));
        }
        described.push(new);
    }
    let (_, mut refusals) = check_sources(metadata, &described);
    for source in described.iter().filter(|s| s.excluded.is_none()) {
        refusals.extend(changed(loaded, metadata, source).map(|message| Refusal {
            gate: "licence",
            code: sprog_datasets::codes::LICENCE_CONFLICT,
            message: format!("source {:?}: {message}", source.id),
        }));
    }
    (described, refusals)
}

/// Why the recipe may not be used on a source whose licence forbids changed versions.
fn changed(loaded: &Loaded, metadata: &Metadata, source: &corpus::Source) -> Option<String> {
    let licence = Licence::parse(source.license.as_deref()?, &metadata.licences).ok()?;
    let speech = source.modality == Some(Modality::Speech);
    let changes = |step: &&crate::recipe::Step| step.changes_rows() && step.is_for(&source.config, speech);
    let step = loaded.recipe.steps.iter().map(|s| s.get_ref()).find(changes)?.name();
    let rows = source.modality != Some(Modality::Rules);
    (licence.terms().no_derivatives && rows).then(|| {
        format!("{} forbids changed versions, and the step {step} changes rows", licence.expression())
    })
}

/// Why a source cannot join those before it in its config.
fn conflict(metadata: &Metadata, before: &[corpus::Source], new: &corpus::Source) -> Option<String> {
    let same = before.iter().filter(|s| s.config == new.config && s.excluded.is_none()).chain([new]);
    let parsed: Vec<(&str, Licence)> = same
        .filter_map(|s| {
            Some((s.id.as_str(), Licence::parse(s.license.as_deref()?, &metadata.licences).ok()?))
        })
        .collect();
    let named: Vec<(&str, &Licence)> = parsed.iter().map(|(id, l)| (*id, l)).collect();
    let (a, b) = combine_all(&named).err()?;
    let licence = |id: &str| named.iter().find(|(n, _)| *n == id).map_or("", |(_, l)| l.expression());
    Some(format!(
        "its licence {} cannot be combined with {} of source {a:?} [{}]",
        licence(&b),
        licence(&a),
        sprog_datasets::codes::LICENCE_CONFLICT
    ))
}

/// Finds and identifies every input.
///
/// # Errors
/// Those of the file system; a pattern that matches nothing; [`sprog_datasets::Error::Refused`] when
/// licence or legal basis do not hold.
pub fn plan(loaded: &Loaded, resources: Resources, limits: &Limits, tool: &str) -> Result<Plan> {
    let metadata = loaded.metadata();
    let (described, refusals) = describe_sources(loaded, &metadata);
    if !refusals.is_empty() {
        return Err(sprog_datasets::Error::Refused(refusals));
    }
    let mut sources = Vec::new();
    for (recipe, described) in loaded.recipe.sources.iter().zip(described) {
        let recipe = recipe.get_ref().clone();
        let mut planned = PlannedSource {
            recipe,
            described,
            inputs: Vec::new(),
            companions: Vec::new(),
            clips: Vec::new(),
            problems: Vec::new(),
        };
        if planned.described.excluded.is_none() || planned.recipe.role == Role::Reference {
            planned.inputs = inputs::expand(&planned.recipe, &loaded.dir)?;
            planned.companions = planned
                .inputs
                .iter()
                .map(|i| companions(planned.recipe.format, i))
                .collect::<Result<Vec<_>>>()?
                .concat();
            if planned.recipe.kind == Kind::Speech {
                let listing = speech::list(&planned.recipe, &planned.inputs, limits)?;
                planned.clips = listing.clips;
                planned.problems = listing.problems;
                let known: BTreeSet<String> = planned.inputs.iter().map(|i| i.name.clone()).collect();
                for (name, path) in listing.audio {
                    if !known.contains(&name) {
                        let bytes = std::fs::metadata(&path).map_err(sprog_datasets::Error::io(&path))?.len();
                        planned.inputs.push(Input { path, name, bytes });
                    }
                }
            }
        }
        sources.push(planned);
    }
    identify_all(&mut sources, resources)?;
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(tool);
    add(&loaded.text);
    // Not the key itself: the run's id can be seen.
    for name in loaded.recipe.steps.iter().filter_map(|step| step.get_ref().key_env()) {
        add(blake3::keyed_hash(&super::personal::key(name)?, b"sprog run").to_hex().as_str());
    }
    for file in loaded.recipe.steps.iter().flat_map(|step| step.get_ref().files()) {
        let path = loaded.dir.join(file);
        let bytes = std::fs::read(&path).map_err(sprog_datasets::Error::io(&path))?;
        add(blake3::hash(&bytes).to_hex().as_str());
    }
    for source in &sources {
        add(&source.described.id);
        for file in &source.described.files {
            add(&file.path);
            add(&file.blake3);
        }
    }
    Ok(Plan { sources, run: hasher.finalize().to_hex().to_string() })
}

/// Files that another cannot be read without, and that must count as inputs too.
fn companions(format: Format, input: &Input) -> Result<Vec<Input>> {
    let mut found = rules::companions(format, input)?;
    found.extend(speech::companion(format, input)?);
    Ok(found)
}

fn identify_all(sources: &mut [PlannedSource], resources: Resources) -> Result<()> {
    let found: std::sync::Mutex<BTreeMap<(usize, usize), InputFile>> = std::sync::Mutex::default();
    let jobs: Vec<(usize, usize, Input)> = sources
        .iter()
        .enumerate()
        .flat_map(|(s, source)| {
            source
                .inputs
                .iter()
                .chain(&source.companions)
                .enumerate()
                .map(move |(i, input)| (s, i, input.clone()))
        })
        .collect();
    pool::run(
        resources,
        |hand_out| jobs.into_iter().try_for_each(hand_out),
        |(source, index, input)| {
            let file = inputs::identify(&input)?;
            found.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert((source, index), file);
            Ok(())
        },
    )?;
    for ((source, _), file) in found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        sources[source].described.files.push(file);
    }
    Ok(())
}
