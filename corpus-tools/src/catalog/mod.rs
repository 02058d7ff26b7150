//! The catalogue: a static site over published datasets, for any host of files.
//!
//! [`build`] reads `ROOT/ds/<id>/<version>/` and writes pages, feeds and a JSON API beside them. There is nothing to
//! run on the host: pages are complete without JavaScript, all links are relative, and no other host is asked for
//! anything. Dataset text is hostile until proven otherwise: it is escaped wherever it is shown, and its unseen
//! controls are made visible.
//!
//! The same root gives the same bytes, whatever the threads; no clock is read.

mod api;
pub mod check;
mod clips;
mod code;
mod config;
mod feeds;
mod figures;
mod model;
mod pages;
mod sample;
pub mod search;
pub mod serve;
mod strings;
mod svg;
pub(crate) mod types;
mod words;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rayon::prelude::*;
use sprog_datasets::durable::{parent_of, write_bytes};

pub use config::Config;
pub use model::Dataset;

use crate::report::local::Lang;

/// Both languages, the site's first one first.
const LANGUAGES: [Lang; 2] = [Lang::Da, Lang::En];

/// Files of the site that are the same for every catalogue, by name.
const ASSETS: [(&str, &[u8]); 8] = [
    ("style.css", include_bytes!("../../assets/catalog/style.css")),
    ("search.js", include_bytes!("../../assets/catalog/search.js")),
    ("dataset.js", include_bytes!("../../assets/catalog/dataset.js")),
    // Loaded by dataset.js when rows are read or a clip is played.
    ("values.js", include_bytes!("../../assets/catalog/values.js")),
    ("parquet.js", include_bytes!("../../assets/catalog/parquet.js")),
    ("player.js", include_bytes!("../../assets/catalog/player.js")),
    ("hyparquet.js", include_bytes!("../../assets/catalog/vendor/hyparquet.js")),
    ("LICENSES.txt", include_bytes!("../../assets/catalog/vendor/LICENSES.txt")),
];

/// What a build wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Built {
    /// Datasets in the catalogue.
    pub datasets: usize,
    /// Pages and other files.
    pub files: usize,
    /// Files whose bytes were there already.
    pub unchanged: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Folders that were left out, and why.
    pub left_out: Vec<String>,
}

/// Builds the catalogue of the datasets below `root`, into `root`.
///
/// # Errors
/// Those of the file system. A release that cannot be read is left out and told in [`Built::left_out`].
pub fn build(root: &Path, config: &Config) -> anyhow::Result<Built> {
    let mut built = Built::default();
    let ids = model::ids(root)?;
    let read: Vec<anyhow::Result<Dataset>> = ids.par_iter().map(|id| Dataset::read(root, id)).collect();
    let mut datasets = Vec::new();
    for (id, dataset) in ids.iter().zip(read) {
        match dataset {
            Ok(dataset) => datasets.push(dataset),
            Err(e) => built.left_out.push(format!("ds/{id}: {e}")),
        }
    }
    // Newest first, as a reader who comes back wants it.
    datasets.sort_by(|a, b| b.created().cmp(a.created()).then_with(|| a.id.cmp(&b.id)));
    built.datasets = datasets.len();

    let site = Site { root, written: BTreeSet::new(), built };
    site.write_all(config, &datasets)
}

/// Where files go.
struct Site<'s> {
    root: &'s Path,
    written: BTreeSet<String>,
    built: Built,
}

/// A file of the site.
type File = (String, Vec<u8>);

impl Site<'_> {
    fn write_all(mut self, config: &Config, datasets: &[Dataset]) -> anyhow::Result<Built> {
        // What the last build listed, to know which pages are of datasets that are gone.
        let before = api::listed(self.root);
        let of_dataset = |dataset: &Dataset| -> anyhow::Result<Vec<File>> {
            let mut files = clips::files(dataset);
            for lang in LANGUAGES {
                let page = pages::dataset(config, dataset, lang)?;
                files.push((page_path(lang, &format!("ds/{}/", dataset.id)), page.into_bytes()));
            }
            files.push((format!("api/{}.json", dataset.id), api::dataset(dataset)?));
            Ok(files)
        };
        for chunk in datasets.chunks(64) {
            let rendered: Vec<anyhow::Result<Vec<File>>> = chunk.par_iter().map(of_dataset).collect();
            for files in rendered {
                files?.into_iter().try_for_each(|file| self.write(file))?;
            }
        }
        for lang in LANGUAGES {
            for (path, page) in pages::front(config, datasets, lang)? {
                self.write((page_path(lang, &path), page.into_bytes()))?;
            }
            let page = pages::accessibility(config, lang)?;
            self.write((pages::ACCESSIBILITY.pick(lang).to_owned() + "index.html", page.into_bytes()))?;
        }
        for (name, bytes) in ASSETS {
            self.write((format!("assets/{name}"), bytes.to_vec()))?;
        }
        let entries: Vec<search::Entry> = datasets.iter().map(search::Entry::new).collect();
        self.write((search::SEARCH_INDEX.to_owned(), search::index(&entries, pages::PER_PAGE)))?;
        for file in feeds::files(config, datasets)? {
            self.write(file)?;
        }
        self.write(("api/datasets.json".to_owned(), api::datasets(datasets)?))?;
        for id in before.iter().filter(|id| datasets.iter().all(|d| &d.id != *id)) {
            for path in
                [format!("api/{id}.json"), format!("en/ds/{id}/index.html"), format!("ds/{id}/index.html")]
            {
                remove(&self.root.join(path))?;
            }
        }
        Ok(self.built)
    }

    fn write(&mut self, (path, bytes): File) -> anyhow::Result<()> {
        let to = self.root.join(&path);
        self.built.files += 1;
        self.built.bytes += bytes.len() as u64;
        if fs::read(&to).is_ok_and(|there| there == bytes) {
            self.built.unchanged += 1;
        } else {
            fs::create_dir_all(parent_of(&to)).map_err(sprog_datasets::Error::io(parent_of(&to)))?;
            write_bytes(&to, &bytes)?;
        }
        self.written.insert(path);
        Ok(())
    }
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(sprog_datasets::Error::io(path)(e).into()),
        _ => Ok(()),
    }
}

/// `index.html` of a folder in a language: Danish at the top, English below `en/`.
fn page_path(lang: Lang, folder: &str) -> String {
    match lang {
        Lang::Da => format!("{folder}index.html"),
        Lang::En => format!("en/{folder}index.html"),
    }
}
