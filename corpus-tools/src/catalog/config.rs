//! `catalog.toml`: what a catalogue says of itself. Everything has a default.

use std::path::Path;

use serde::Deserialize;
use sprog_datasets::metadata::Bilingual;

/// What a catalogue says of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Name of the site.
    pub title: Bilingual,
    /// A sentence or two under it.
    pub intro: Bilingual,
    /// Who runs it.
    pub publisher: String,
    /// Where questions go.
    pub contact: String,
    /// Where it will be found, with a `/` at the end. Feeds, identifiers and code to copy need it.
    pub base_url: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            title: Bilingual { da: "Danske sprogressourcer".into(), en: "Danish language resources".into() },
            intro: Bilingual {
                da: "Tale, tekst og regler på dansk, frit til at bygge med. Hvert datasæt fortæller, hvor det kommer \
                     fra, hvad det må bruges til, og hvad der er gjort ved det."
                    .into(),
                en: "Danish speech, text and rules, free to build with. Each dataset tells where it comes from, what it \
                     may be used for, and what was done to it."
                    .into(),
            },
            publisher: String::new(),
            contact: String::new(),
            base_url: None,
        }
    }
}

impl Config {
    /// Reads `catalog.toml` in a folder; the defaults if there is none.
    ///
    /// # Errors
    /// When the file cannot be read or is not valid.
    pub fn read(root: &Path) -> anyhow::Result<Config> {
        let path = root.join("catalog.toml");
        let mut config: Config = match std::fs::read_to_string(&path) {
            Ok(text) => {
                toml::from_str(&text).map_err(|e| anyhow::anyhow!("{}: {}", path.display(), e.message()))?
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Config::default(),
            Err(e) => return Err(sprog_datasets::Error::io(&path)(e).into()),
        };
        if let Some(url) = config.base_url.take() {
            config.set_base_url(&url)?;
        }
        Ok(config)
    }

    /// Sets the address of the site.
    ///
    /// # Errors
    /// When it is no address of the web.
    pub fn set_base_url(&mut self, url: &str) -> anyhow::Result<()> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let valid = rest.is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}?#".contains(&b))
        });
        anyhow::ensure!(valid, "base_url {url:?} is no address such as https://example.dk/data/");
        self.base_url = Some(format!("{}/", url.trim_end_matches('/')));
        Ok(())
    }

    /// The address of a path of the site, or a place-holder where the site does not know its own.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.as_deref().unwrap_or("https://example.dk/"))
    }
}
