//! What the catalogue knows of a dataset.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sprog_datasets::manifest::{MANIFEST, checksums};
use sprog_datasets::metadata::Bilingual;
use sprog_datasets::pointer::{LATEST, Latest, Listed, Version};
use sprog_datasets::publication::Publication;
use sprog_datasets::release::Config;
use sprog_datasets::schema::Modality;
use sprog_datasets::signature::SIGNATURE;
use sprog_datasets::stats::{TableStats, Totals};

use super::clips::{Clip, clips};
use super::sample::Sample;

/// A published dataset: its newest version, and which others there are.
pub struct Dataset {
    /// Id, also the folder's name.
    pub id: String,
    /// The folder of the version shown.
    pub dir: PathBuf,
    /// What it says of itself.
    pub publication: Publication,
    /// All versions, the newest first.
    pub versions: Vec<Listed>,
    /// Whether the manifest is signed.
    pub signed: bool,
    /// First rows of each config.
    pub(crate) samples: Vec<Sample>,
    /// Some clips of its speech.
    pub(crate) clips: Vec<Clip>,
}

/// Ids of the datasets below a root, sorted.
///
/// # Errors
/// When `root/ds` cannot be read.
pub(crate) fn ids(root: &Path) -> anyhow::Result<Vec<String>> {
    let dir = root.join("ds");
    let mut ids = Vec::new();
    for entry in fs::read_dir(&dir).map_err(sprog_datasets::Error::io(&dir))? {
        let entry = entry.map_err(sprog_datasets::Error::io(&dir))?;
        let name = entry.file_name();
        if let Some(name) = name.to_str().filter(|name| is_id(name) && entry.path().is_dir()) {
            ids.push(name.to_owned());
        }
    }
    ids.sort_unstable();
    Ok(ids)
}

fn is_id(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

impl Dataset {
    /// Reads the version that `latest.json` points to, or without one the newest folder.
    ///
    /// # Errors
    /// When there is no version, or it cannot be read.
    pub fn read(root: &Path, id: &str) -> anyhow::Result<Dataset> {
        let home = root.join("ds").join(id);
        let (version, versions) = match fs::read(home.join(LATEST)) {
            Ok(text) => {
                let latest = Latest::parse(&text)?;
                (latest.version, latest.versions)
            }
            Err(_) => {
                let versions = folders(&home)?;
                let newest = versions.first().ok_or_else(|| anyhow::anyhow!("no version is published"))?;
                (newest.version.clone(), versions)
            }
        };
        anyhow::ensure!(
            !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || b == b'.'),
            "latest.json: {version:?} is no version"
        );
        let dir = home.join(&version);
        let publication = Publication::read(&dir)?;
        let said = &publication.description.metadata;
        anyhow::ensure!(
            said.id == id && said.version == version,
            "{}: dataset.json is of {} {}",
            dir.display(),
            said.id,
            said.version
        );
        let configs = &publication.description.configs;
        let samples = configs.iter().filter_map(|config| Sample::read(&dir, config)).collect();
        let clips = configs.iter().filter(|c| c.modality == Modality::Speech);
        let clips = clips.flat_map(|config| clips_of(&dir, config)).take(3).collect();
        let signed = dir.join(SIGNATURE).is_file();
        Ok(Dataset { id: id.to_owned(), dir, publication, versions, signed, samples, clips })
    }

    /// The day of the version shown.
    pub fn created(&self) -> &str {
        &self.publication.description.metadata.created
    }

    /// The version shown.
    pub fn version(&self) -> &str {
        &self.publication.description.metadata.version
    }

    pub(crate) fn title(&self) -> &Bilingual {
        &self.publication.description.metadata.title
    }

    /// Where its files are, from the root.
    pub(crate) fn base(&self) -> String {
        format!("ds/{}/{}/", self.id, self.version())
    }

    pub(crate) fn configs(&self) -> &[Config] {
        &self.publication.description.configs
    }

    pub(crate) fn stats(&self, config: &str) -> Option<&TableStats> {
        self.publication.stats.get(config)
    }

    /// What is in it, each kind once.
    pub(crate) fn modalities(&self) -> Vec<Modality> {
        let mut all: Vec<Modality> = Vec::new();
        for config in self.configs() {
            if matches!(config.modality, Modality::Speech | Modality::Text | Modality::Rules)
                && !all.contains(&config.modality)
            {
                all.push(config.modality);
            }
        }
        all
    }

    /// Sums over the configs of a kind.
    pub(crate) fn totals(&self, modality: Modality) -> Totals {
        let mut sum = Totals::default();
        for config in self.configs().iter().filter(|c| c.modality == modality) {
            for split in &config.splits {
                let rows: u64 = split.files.iter().map(|f| f.rows).sum();
                sum.rows += rows;
                sum.tokens += split.totals.tokens;
                sum.characters += split.totals.characters;
                sum.microseconds += split.totals.microseconds;
            }
        }
        sum
    }

    /// Licences of the sources that are in it.
    pub(crate) fn licences(&self) -> Vec<&str> {
        let used = self.publication.description.sources.iter().filter(|s| s.excluded.is_none());
        let ids: BTreeSet<&str> = used.filter_map(|s| s.license.as_deref()).collect();
        ids.into_iter().collect()
    }

    /// Hugging Face's ids of what it can be used for.
    pub(crate) fn tasks(&self) -> Vec<String> {
        let said = &self.publication.description.metadata.about.tasks;
        if !said.is_empty() {
            return said.clone();
        }
        let of = |modality: &Modality| match modality {
            Modality::Speech => Some("automatic-speech-recognition"),
            Modality::Text => Some("text-generation"),
            _ => None,
        };
        self.modalities().iter().filter_map(of).map(str::to_owned).collect()
    }

    /// Microseconds of speech by what a speaker is said to be.
    pub(crate) fn speech_by(
        &self,
        key: impl Fn(&sprog_datasets::stats::Speaker) -> Option<&str>,
    ) -> BTreeMap<String, u64> {
        let mut sums = BTreeMap::new();
        for stats in self.publication.stats.values() {
            for speaker in stats.speakers.values() {
                *sums.entry(key(speaker).unwrap_or_default().to_owned()).or_default() +=
                    speaker.totals.microseconds;
            }
        }
        sums
    }

    /// Dialects of its speakers.
    pub(crate) fn dialects(&self) -> Vec<String> {
        self.speech_by(|s| s.dialect.as_deref()).into_keys().filter(|d| !d.is_empty()).collect()
    }

    /// Bytes of the version's files.
    pub(crate) fn bytes(&self) -> u64 {
        self.publication.files.iter().map(|f| f.bytes).sum()
    }
}

/// Versions that are folders only.
fn folders(home: &Path) -> anyhow::Result<Vec<Listed>> {
    let mut versions = Vec::new();
    for entry in fs::read_dir(home).map_err(sprog_datasets::Error::io(home))? {
        let entry = entry.map_err(sprog_datasets::Error::io(home))?;
        let manifest = entry.path().join(MANIFEST);
        let name = entry.file_name().to_string_lossy().into_owned();
        if !manifest.is_file() || !name.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
            continue;
        }
        let description: sprog_datasets::release::Description = {
            let path = entry.path().join(sprog_datasets::release::DATASET_JSON);
            let text = fs::read(&path).map_err(sprog_datasets::Error::io(&path))?;
            serde_json::from_slice(&text).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?
        };
        let files = sprog_datasets::manifest::Manifest::read(&entry.path())?.files;
        versions.push(Listed {
            version: name,
            created: description.metadata.created,
            manifest_sha256: checksums(&manifest)?.1,
            bytes: files.iter().map(|f| f.bytes).sum(),
        });
    }
    versions.sort_by_key(|v| std::cmp::Reverse(Version::parse(&v.version).ok()));
    Ok(versions)
}

/// Clips of the first file of a config's first split.
fn clips_of(dir: &Path, config: &Config) -> Vec<Clip> {
    let file = config.splits.first().and_then(|split| split.files.first());
    file.map(|file| clips(&dir.join(&file.path), &config.name)).unwrap_or_default()
}
