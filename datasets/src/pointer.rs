//! `latest.json`: which versions of a dataset are published, and which is the newest. Where versions never change, this
//! is the one file that does, so it is written last and read first.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Name of the file, in the folder above the versions.
pub const LATEST_JSON: &str = "latest.json";

/// latest.json.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latest {
    /// Version of this format: 1.
    pub format: u32,
    /// The dataset's id.
    pub id: String,
    /// The newest version, by its number.
    pub version: String,
    /// The day of it.
    pub created: String,
    /// SHA-256 of its MANIFEST.json, hexadecimal.
    pub manifest_sha256: String,
    /// All versions, the newest first.
    pub versions: Vec<Version>,
}

/// A published version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its number, such as `1.0.0`.
    pub version: String,
    /// The day that it says of itself.
    pub created: String,
    /// SHA-256 of its MANIFEST.json, hexadecimal.
    pub manifest_sha256: String,
    /// Bytes of its files, without the manifest's own.
    pub bytes: u64,
}

/// The numbers of a version, to sort by: `1.10.0` is after `1.9.0`.
pub fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|n| n.parse().unwrap_or(0)).collect()
}

impl Latest {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is not valid.
    pub fn parse(text: &[u8]) -> Result<Latest> {
        let latest: Latest =
            serde_json::from_slice(text).map_err(|e| Error::Invalid(format!("{LATEST_JSON}: {e}")))?;
        match latest.versions.first() {
            Some(first) if first.version == latest.version && latest.format == 1 => Ok(latest),
            _ => {
                Err(Error::Invalid(format!("{LATEST_JSON}: its version is not the newest of those it lists")))
            }
        }
    }

    /// The pointer once `version` is published too: it may be an older one.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the version is listed already with another manifest.
    pub fn with(before: Option<Latest>, id: &str, version: Version) -> Result<Latest> {
        let mut versions = before.map(|latest| latest.versions).unwrap_or_default();
        if let Some(there) = versions.iter().find(|v| v.version == version.version)
            && there.manifest_sha256 != version.manifest_sha256
        {
            let message = format!("{id} {} is published already with another manifest", version.version);
            return Err(Error::Invalid(message));
        }
        versions.retain(|v| v.version != version.version);
        versions.push(version);
        versions.sort_by_key(|v| std::cmp::Reverse(numbers(&v.version)));
        let newest = versions[0].clone();
        Ok(Latest {
            format: 1,
            id: id.to_owned(),
            version: newest.version,
            created: newest.created,
            manifest_sha256: newest.manifest_sha256,
            versions,
        })
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Never in practice.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|e| Error::Invalid(e.to_string()))?;
        Ok(text + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: &str, sum: &str) -> Version {
        Version { version: number.into(), manifest_sha256: sum.into(), ..Version::default() }
    }

    #[test]
    fn an_older_version_does_not_move_the_pointer_back() {
        let ten = Latest::with(None, "x", version("1.10.0", "a")).unwrap();
        let nine = Latest::with(Some(ten), "x", version("1.9.0", "b")).unwrap();
        assert_eq!((nine.version.as_str(), nine.manifest_sha256.as_str()), ("1.10.0", "a"));
        assert_eq!(nine.versions.len(), 2);
        assert_eq!(Latest::parse(nine.to_json().unwrap().as_bytes()).unwrap(), nine);
        assert_eq!(Latest::with(Some(nine.clone()), "x", version("1.9.0", "b")).unwrap(), nine);
        assert!(Latest::with(Some(nine), "x", version("1.9.0", "c")).is_err());
    }
}
