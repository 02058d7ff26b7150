//! Which configs a subset takes, and what becomes of each.

use std::collections::BTreeMap;

use sprog_datasets::publication::Publication;
use sprog_datasets::release::Config;
use sprog_datasets::schema::Modality;
use sprog_datasets::{Error, Result};

use super::{Options, invalid};
use crate::codes;
use crate::filter::{Filter, FilterError};
use crate::recipe::signals_config;

/// What becomes of a config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Its rows are looked at.
    Rows,
    /// It is cut as the config of this name is.
    Beside(String),
    /// All its rows are taken.
    Whole,
}

/// The configs taken, and why others are not.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen {
    /// By name.
    pub(super) roles: BTreeMap<String, Role>,
    /// By name.
    pub(super) left_out: BTreeMap<String, String>,
}

pub(super) fn choose(parent: &Publication, options: &Options, filter: Option<&Filter>) -> Result<Chosen> {
    let configs = &parent.description.configs;
    let names: Vec<&str> = configs.iter().map(|c| c.name.as_str()).collect();
    if let Some(name) = options.configs.iter().find(|name| !names.contains(&name.as_str())) {
        let message = format!("no config {name:?}; there are {}", names.join(", "));
        return Err(invalid(codes::SUBSET_ASKED, &message));
    }
    let mut chosen = Chosen::default();
    let mut unfit: Option<FilterError> = None;
    // Rows first: what lies beside them follows.
    for config in configs.iter().filter(|c| matches!(c.modality, Modality::Text | Modality::Speech)) {
        let named = options.configs.contains(&config.name);
        if !options.configs.is_empty() && !named {
            continue;
        }
        let fits = match (filter, parent.schemas.get(&config.name)) {
            (Some(filter), Some(schema)) => filter.check(schema),
            _ => Ok(()),
        };
        match fits {
            Ok(()) => drop(chosen.roles.insert(config.name.clone(), Role::Rows)),
            Err(FilterError::UnknownColumn { name, .. }) if !named => {
                let why = format!("it has no column {name}");
                chosen.left_out.insert(config.name.clone(), why);
            }
            Err(e) if named => return Err(Error::Invalid(format!("--where: config {:?}: {e}", config.name))),
            Err(e) => {
                chosen.left_out.insert(config.name.clone(), e.to_string());
                unfit.get_or_insert(e);
            }
        }
    }
    for config in configs {
        follow(config, configs, options, filter.is_some(), &mut chosen)?;
    }
    if chosen.roles.is_empty() {
        let why = match (unfit, chosen.left_out.iter().next()) {
            (Some(e), _) => format!("the expression fits no config: {e}"),
            (None, Some((name, why))) => format!("the expression fits no config: {name}: {why}"),
            (None, None) => "no config to take rows of".to_owned(),
        };
        return Err(invalid(codes::SUBSET_EMPTY, &why));
    }
    columns(parent, options, &chosen)?;
    Ok(chosen)
}

fn follow(
    config: &Config,
    configs: &[Config],
    options: &Options,
    filtered: bool,
    chosen: &mut Chosen,
) -> Result<()> {
    let named = options.configs.contains(&config.name);
    let asked = named || options.configs.is_empty();
    let name = config.name.clone();
    let mut leave = |why: &str| {
        if asked {
            chosen.left_out.insert(config.name.clone(), why.to_owned());
        }
    };
    match config.modality {
        Modality::Text | Modality::Speech => {}
        Modality::Rules if filtered && named => {
            let message =
                format!("config {name:?} is a table of rules: its rows are taken all or not at all");
            return Err(invalid(codes::SUBSET_RULES, &message));
        }
        Modality::Rules if filtered => leave("a table of rules gives back its files only whole"),
        Modality::Rules => {
            if asked {
                chosen.roles.insert(name, Role::Whole);
            }
        }
        Modality::Tokens => leave("sequences of tokens are packed of whole texts; tokenize the subset"),
        Modality::Attributes => {
            let of = configs.iter().find(|c| signals_config(&c.name) == name);
            let of = of.filter(|of| chosen.roles.contains_key(&of.name));
            let wanted = options.columns.is_empty() || options.columns.iter().any(|c| c == "signals");
            match of {
                Some(of) if wanted => drop(chosen.roles.insert(name, Role::Beside(of.name.clone()))),
                None if named => {
                    let message =
                        format!("config {name:?} is taken along with the config whose rows it is of");
                    return Err(invalid(codes::SUBSET_ASKED, &message));
                }
                _ => leave("the rows that it is of are not taken"),
            }
        }
    }
    Ok(())
}

/// Every column asked for is there.
fn columns(parent: &Publication, options: &Options, chosen: &Chosen) -> Result<()> {
    let schemas = || chosen.roles.keys().filter_map(|name| parent.schemas.get(name));
    match options.columns.iter().find(|c| schemas().all(|s| s.index_of(c).is_err())) {
        None => Ok(()),
        Some(column) => {
            let mut there: Vec<&str> =
                schemas().flat_map(|s| s.fields()).map(|f| f.name().as_str()).collect();
            there.sort_unstable();
            there.dedup();
            let message = format!("no column {column:?}; there are {}", there.join(", "));
            Err(invalid(codes::SUBSET_ASKED, &message))
        }
    }
}
