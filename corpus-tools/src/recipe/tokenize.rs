//! Checks of the step `tokenize`.

use super::{Recipe, Step};

/// Lengths of sequences that can be asked for.
const LENGTHS: std::ops::RangeInclusive<u32> = 2..=1 << 20;

/// The config of sequences beside a config of texts.
pub(crate) fn tokens_config(config: &str) -> String {
    match config {
        "text" => "tokens".to_owned(),
        other => format!("{other}_tokens"),
    }
}

/// What is wrong with the step's settings.
pub(super) fn check(step: &Step) -> Result<(), String> {
    let Step::Tokenize { packing, sequence_length, bos, eos, pad, seed, binary, .. } = step else {
        return Ok(());
    };
    let published = packing.is_some() || *binary;
    match (packing, sequence_length) {
        (None, Some(_)) => return Err("`sequence_length` is that of `packing`, which is not given".into()),
        (Some(_), None) => return Err("`packing` needs `sequence_length`, in tokens: 2048".into()),
        (Some(_), Some(length)) if !LENGTHS.contains(length) => {
            return Err(format!("sequence_length is from {} to {}", LENGTHS.start(), LENGTHS.end()));
        }
        _ => {}
    }
    if published && eos.is_none() {
        return Err("`packing` and `binary` need `eos`, the token behind each document".into());
    }
    if packing.is_none() && pad.is_some() {
        return Err("`pad` fills sequences: it needs `packing`".into());
    }
    if !published && (bos.is_some() || eos.is_some() || seed.is_some()) {
        return Err("`bos`, `eos` and `seed` are for `packing` and `binary`, and neither is asked for".into());
    }
    Ok(())
}

/// What is wrong with where the step stands, and the index of the step that is told of it: it comes once to a config,
/// and behind it no text changes.
pub(super) fn check_place(recipe: &Recipe, config: &str) -> Result<(), (usize, String)> {
    let mut steps = recipe.steps.iter().map(|s| s.get_ref()).enumerate();
    let is_for = |step: &Step| step.is_for(config, false);
    let tokenize = |step: &Step| matches!(step, Step::Tokenize { .. }) && is_for(step);
    if !steps.any(|(_, step)| tokenize(step)) {
        return Ok(());
    }
    for (index, step) in steps.filter(|(_, step)| is_for(step)) {
        if tokenize(step) {
            return Err((index, format!("tokenize twice for {config:?}")));
        }
        if step.changes_rows() {
            let message = format!("{} changes texts that `tokenize` has counted: put it before", step.name());
            return Err((index, message));
        }
    }
    Ok(())
}
