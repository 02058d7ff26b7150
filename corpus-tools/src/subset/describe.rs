//! What a subset says of itself: id, description, where it is from, sources, report.

use std::collections::BTreeMap;

use sprog_datasets::corpus::{Corpus, Source, Table};
use sprog_datasets::metadata::{Derivation, Metadata};
use sprog_datasets::publication::Publication;
use sprog_datasets::release::Config;
use sprog_datasets::schema::Modality;
use sprog_datasets::stats::TableStats;
use sprog_datasets::tokens::{SplitTokens, Tokens};
use sprog_datasets::{Error, Result};

use super::{Cuts, Options, invalid};
use crate::build::TOOL;
use crate::report;
use crate::subset::rows::Cut;
use crate::{codes, dataset_fetch};

/// Why a source is listed as left out.
const NO_ROWS: &str = "no row of it is in this subset";

pub(super) fn derivation(parent: &Publication, options: &Options, manifest_sha256: String) -> Derivation {
    let m = &parent.description.metadata;
    Derivation {
        id: m.id.clone(),
        version: m.version.clone(),
        manifest_sha256,
        landing_page: m.about.landing_page.clone(),
        expression: options.expression.clone(),
        configs: options.configs.clone(),
        columns: options.columns.clone(),
    }
}

/// Hash of all that decides the result.
pub(super) fn run(derived: &Derivation, options: &Options) -> Result<String> {
    let parts = (TOOL, derived, &options.id, &options.version, &options.created);
    let text = serde_json::to_vec(&parts).map_err(|e| Error::Invalid(e.to_string()))?;
    Ok(blake3::hash(&text).to_hex().to_string())
}

/// The parent's metadata, said of the subset. Addresses and numbers that are the parent's own do not go along.
pub(super) fn metadata(
    parent: &Publication,
    options: &Options,
    derived: Derivation,
    run: &str,
) -> Result<Metadata> {
    let mut m = parent.description.metadata.clone();
    let id = options.id.clone().unwrap_or_else(|| format!("{}-{}", m.id, run.get(..8).unwrap_or_default()));
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if id.is_empty() || id.len() > 100 || !id.chars().all(is_id) {
        return Err(invalid(codes::SUBSET_ASKED, &format!("id {id:?} is not of a-z, 0-9, - and _")));
    }
    if id == m.id {
        return Err(invalid(
            codes::SUBSET_ASKED,
            &format!("id {id:?} is the parent's; name another with --id"),
        ));
    }
    let version = options.version.clone().unwrap_or_else(|| m.version.clone());
    if !dataset_fetch::is_version(&version) {
        let message = format!("version {version:?} is not three numbers, such as 1.0.0");
        return Err(invalid(codes::SUBSET_ASKED, &message));
    }
    if let Some(created) = &options.created {
        if !is_day(created) {
            return Err(invalid(
                codes::SUBSET_ASKED,
                &format!("{created:?} is not a day such as 2026-11-22"),
            ));
        }
        m.created.clone_from(created);
    }
    m.title.da.push_str(" (udsnit)");
    m.title.en.push_str(" (subset)");
    let (mut da, mut en) = (String::new(), String::new());
    if let Some(expression) = &derived.expression {
        da = format!(", rækker hvor {expression}");
        en = format!(", rows where {expression}");
    }
    if !derived.columns.is_empty() {
        da.push_str(&format!("; udfyldte kolonner: {}", derived.columns.join(", ")));
        en.push_str(&format!("; columns filled: {}", derived.columns.join(", ")));
    }
    let of = format!("{} {}", derived.id, derived.version);
    m.description.da = format!("Udsnit af {of}{da}. {}", m.description.da).trim().to_owned();
    m.description.en = format!("Subset of {of}{en}. {}", m.description.en).trim().to_owned();
    (m.id, m.version) = (id, version);
    let about = &mut m.about;
    let own = [about.landing_page.take(), about.doi.take().map(|doi| format!("https://doi.org/{doi}"))];
    about.references.splice(0..0, own.into_iter().flatten());
    about.changes = None;
    m.derived_from = vec![derived];
    Ok(m)
}

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |text: &str, len: usize, max: u32| {
        text.len() == len && text.parse::<u32>().is_ok_and(|n| (1..=max).contains(&n))
    };
    number(year, 4, 9999) && number(month, 2, 12) && number(day, 2, 31)
}

/// The parent's sources whose configs are taken; those without a row left are listed as left out.
pub(super) fn sources(parent: &Publication, tables: &[Table], cuts: &Cuts) -> Vec<Source> {
    let taken = parent.description.sources.iter().filter(|s| s.excluded.is_none());
    let mut out = Vec::new();
    for source in taken {
        let Some(table) = tables.iter().find(|t| t.config == source.config) else { continue };
        let mut source = source.clone();
        let rows = cuts.get(&source.config).and_then(|c| c.sources.get(&source.id));
        if table.modality != Modality::Rules && rows.is_none() {
            source.excluded = Some(NO_ROWS.to_owned());
        }
        out.push(source);
    }
    out
}

/// How the texts that are left were counted; binary files and sequences do not go along.
pub(super) fn tokens(config: &Config, cut: &Cut) -> Option<Tokens> {
    let tokens = config.tokens.as_ref().filter(|_| config.modality == Modality::Text)?;
    let splits = tokens.splits.iter().filter_map(|split| {
        let shards = || cut.shards.iter().filter(|s| s.split == split.name);
        let documents: u64 = shards().map(|s| u64::from(s.rows)).sum();
        (documents > 0).then(|| SplitTokens {
            name: split.name.clone(),
            documents,
            bytes: shards().map(|s| s.bytes).sum(),
            tokens: cut.tokens.get(&split.name).copied().unwrap_or_default(),
            ..SplitTokens::default()
        })
    });
    Some(Tokens {
        binary: None,
        folder: None,
        packing: None,
        sequence_length: None,
        splits: splits.collect(),
        ..tokens.clone()
    })
}

/// What the report says was done.
pub(super) fn steps(options: &Options, rows: &BTreeMap<String, (u64, u64)>) -> Vec<report::StepRow> {
    let step = format!("subset {}", options.expression.as_deref().unwrap_or_default());
    let row = |(config, (left, all)): (&String, &(u64, u64))| report::StepRow {
        config: config.clone(),
        step: step.trim_end().to_owned(),
        rows_in: *all,
        dropped: all.saturating_sub(*left),
        ..report::StepRow::default()
    };
    rows.iter().map(row).collect()
}

/// What the report says of the sources.
pub(super) fn source_rows(
    parent: &Publication,
    corpus: &Corpus,
    stats: &BTreeMap<String, TableStats>,
) -> Vec<report::SourceRow> {
    let rows = |stats: &BTreeMap<String, TableStats>, source: &Source| {
        stats.get(&source.config).and_then(|s| s.sources.get(&source.id)).map_or(0, |t| t.rows)
    };
    let row = |source: &Source| {
        let (records, kept) = (rows(&parent.stats, source), rows(stats, source));
        report::SourceRow {
            id: source.id.clone(),
            modality: match source.modality {
                Some(Modality::Rules) => "rules",
                Some(Modality::Speech) => "speech",
                _ => "text",
            }
            .to_owned(),
            licence: source.license.clone().unwrap_or_default(),
            legal_basis: source.legal_basis.clone().unwrap_or_default(),
            files: source.files.len() as u64,
            bytes: source.files.iter().map(|f| f.bytes).sum(),
            records,
            kept,
            dropped: records.saturating_sub(kept),
            excluded: source.excluded.clone(),
            ..report::SourceRow::default()
        }
    };
    corpus.sources.iter().map(row).collect()
}
