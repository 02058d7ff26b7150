//! Linting a recipe or a published folder by a standard: finding what the lint is to look at.

use std::path::Path;

use sprog_datasets::release::DATASET_JSON;
use sprog_datasets::standards::digst::{self, Finding, Subject};

use crate::build::{inputs, plan};
use crate::recipe;

/// Lints a published folder, or a recipe (the file, or the folder it is in), by the Danish recommendations for language
/// resources. Of a recipe the inputs that are there are looked at by their names.
///
/// # Errors
/// When the folder or the recipe cannot be read or is not valid.
pub fn digst(path: &Path) -> anyhow::Result<Vec<Finding>> {
    if path.join(DATASET_JSON).is_file() {
        return Ok(digst::lint_folder(path)?);
    }
    let loaded = recipe::load(path)?;
    let metadata = loaded.metadata();
    let (sources, _) = plan::describe_sources(&loaded, &metadata);
    let mut files = Vec::new();
    for (source, planned) in sources.iter().zip(&loaded.recipe.sources) {
        if source.excluded.is_some() {
            continue;
        }
        // Inputs may not be there yet; `sprog check` tells of it.
        if let Ok(found) = inputs::expand(planned.get_ref(), &loaded.dir) {
            files.extend(found.into_iter().map(|f| f.name));
        }
    }
    Ok(digst::lint(&Subject {
        metadata: &metadata,
        sources: &sources,
        files,
        is_published: false,
        sample_rates: Vec::new(),
    }))
}
