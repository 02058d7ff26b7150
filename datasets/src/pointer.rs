//! `latest.json`: which versions of a dataset are published in a root, and which is the newest.
//!
//! A root has `ds/<id>/<version>/…` for each version, and `ds/<id>/latest.json`, which is written after all that it
//! speaks of: who begins there finds whole versions only.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::{Error, Result, codes};

/// Name of the pointer, in `ds/<id>/`.
pub const LATEST: &str = "latest.json";

/// Folder of a dataset in a root.
///
/// ```
/// assert_eq!(sprog_datasets::pointer::folder("demo"), "ds/demo");
/// ```
pub fn folder(id: &str) -> String {
    format!("ds/{id}")
}

/// A version as three numbers, such as `1.10.0`, which is newer than `1.9.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    numbers: [u64; 3],
    text: String,
}

impl Version {
    /// Reads it.
    ///
    /// # Errors
    /// [`Error::Invalid`], `SPROG-1113`, when it is not three numbers below 10^18 without superfluous zeros.
    pub fn parse(text: &str) -> Result<Version> {
        let number = |part: &str| {
            let digits = !part.is_empty() && part.len() <= 18 && part.bytes().all(|b| b.is_ascii_digit());
            (digits && (part == "0" || !part.starts_with('0'))).then(|| part.parse::<u64>().ok()).flatten()
        };
        let numbers: Vec<Option<u64>> = text.split('.').map(number).collect();
        match numbers.as_slice() {
            [Some(major), Some(minor), Some(patch)] => {
                Ok(Version { numbers: [*major, *minor, *patch], text: text.to_owned() })
            }
            _ => {
                let message = format!(
                    "version {text:?} is not three numbers, such as 1.0.0 [{}]",
                    codes::VERSION_NUMBER
                );
                Err(Error::Invalid(message))
            }
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        self.numbers.cmp(&other.numbers)
    }
}

/// Whether a text can be a dataset's id: 1 to 64 of a–z, 0–9, `-` and `_`, the first a letter or digit.
pub fn is_dataset_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// One published version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The version.
    pub version: String,
    /// Its day, as dataset.json has it.
    pub created: String,
    /// SHA-256 of its MANIFEST.json, hexadecimal.
    pub manifest_sha256: String,
    /// Bytes of all its files, the manifest's own two and the signature not counted.
    pub bytes: u64,
}

/// latest.json.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latest {
    /// Version of this format: 1.
    pub format: u32,
    /// The dataset's id.
    pub id: String,
    /// The newest version.
    pub version: String,
    /// Its day.
    pub created: String,
    /// SHA-256 of its MANIFEST.json, hexadecimal.
    pub manifest_sha256: String,
    /// All versions, the newest first.
    pub versions: Vec<Listed>,
}

impl Latest {
    /// The pointer to one version, the first.
    pub fn first(id: &str, version: Listed) -> Latest {
        Latest {
            format: 1,
            id: id.to_owned(),
            version: version.version.clone(),
            created: version.created.clone(),
            manifest_sha256: version.manifest_sha256.clone(),
            versions: vec![version],
        }
    }

    /// The pointer with one version more. An older one than the newest does not move it back.
    ///
    /// # Errors
    /// `SPROG-1113` for a version that is not three numbers; `SPROG-1114` when the version is listed with another
    /// manifest.
    pub fn with(&self, version: Listed) -> Result<Latest> {
        if let Some(listed) = self.find(&version.version) {
            if *listed != version {
                let message = format!("version {} is listed with another manifest", version.version);
                return Err(invalid(&message));
            }
            return Ok(self.clone());
        }
        let mut versions = Vec::new();
        for listed in self.versions.iter().cloned().chain([version]) {
            versions.push((Version::parse(&listed.version)?, listed));
        }
        versions.sort_by(|a, b| b.0.cmp(&a.0));
        let versions: Vec<Listed> = versions.into_iter().map(|(_, listed)| listed).collect();
        let newest = versions.first().cloned().ok_or_else(|| invalid("no version"))?;
        Ok(Latest { versions, ..Latest::first(&self.id, newest) })
    }

    /// A version that is listed.
    pub fn find(&self, version: &str) -> Option<&Listed> {
        self.versions.iter().find(|listed| listed.version == version)
    }

    /// The file's text.
    ///
    /// # Errors
    /// Never in practice.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|e| Error::Invalid(e.to_string()))?;
        Ok(text + "\n")
    }

    /// Reads a pointer, and checks that it agrees with itself: whoever serves it may be hostile.
    ///
    /// # Errors
    /// `SPROG-1114` when it is not valid.
    pub fn parse(bytes: &[u8]) -> Result<Latest> {
        let latest: Latest = serde_json::from_slice(bytes).map_err(|e| invalid(&e.to_string()))?;
        if latest.format != 1 {
            return Err(invalid(&format!("format {} where 1 is known", latest.format)));
        }
        if !is_dataset_id(&latest.id) {
            return Err(invalid(&format!("id {:?}", latest.id)));
        }
        let mut before: Option<Version> = None;
        for listed in &latest.versions {
            let version = Version::parse(&listed.version)?;
            if before.is_some_and(|newer| newer <= version) {
                return Err(invalid("the versions are not in order, the newest first"));
            }
            before = Some(version);
            let sha256 = &listed.manifest_sha256;
            if sha256.len() != 64 || !sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                return Err(invalid(&format!("manifest_sha256 of {} is no SHA-256", listed.version)));
            }
        }
        let newest = latest.versions.first().map(|n| (&n.version, &n.created, &n.manifest_sha256));
        if newest != Some((&latest.version, &latest.created, &latest.manifest_sha256)) {
            return Err(invalid("`version` is not the newest of `versions`"));
        }
        Ok(latest)
    }
}

fn invalid(why: &str) -> Error {
    Error::Invalid(format!("{LATEST}: {why} [{}]", codes::POINTER_INVALID))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(version: &str) -> Listed {
        let created = "2026-11-22".to_owned();
        Listed { version: version.into(), created, manifest_sha256: "0".repeat(64), bytes: 7 }
    }

    #[test]
    fn an_older_version_does_not_move_the_pointer_back() {
        let latest = Latest::first("x", listed("1.9.0"));
        let latest = latest.with(listed("1.10.0")).and_then(|l| l.with(listed("1.2.0"))).expect("adds");
        assert_eq!(latest.version, "1.10.0");
        let order: Vec<&str> = latest.versions.iter().map(|v| v.version.as_str()).collect();
        assert_eq!(order, ["1.10.0", "1.9.0", "1.2.0"]);
        let text = latest.to_json().expect("writes");
        assert_eq!(Latest::parse(text.as_bytes()).expect("reads"), latest);
        assert_eq!(latest.with(listed("1.9.0")).expect("again"), latest);
        let other = Listed { bytes: 8, ..listed("1.9.0") };
        assert!(latest.with(other).is_err());
    }

    #[test]
    fn a_pointer_that_contradicts_itself_is_refused() {
        let good = Latest::first("x", listed("1.0.0")).with(listed("2.0.0")).expect("adds");
        let bad = vec![
            Latest { id: "../x".into(), ..good.clone() },
            Latest { version: "1.0.0".into(), ..good.clone() },
            Latest { format: 2, ..good.clone() },
            Latest { versions: Vec::new(), ..good.clone() },
            Latest { versions: good.versions.iter().rev().cloned().collect(), ..good.clone() },
        ];
        for latest in bad {
            let text = latest.to_json().expect("writes");
            assert!(Latest::parse(text.as_bytes()).is_err(), "{text}");
        }
        for text in ["", "null", "[]", "{\"format\":1}"] {
            assert!(Latest::parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn versions_are_three_numbers() {
        for bad in
            ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.x", "1.0.-1", "../..", "1.0.9999999999999999999"]
        {
            assert!(Version::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Version::parse("1.10.0").expect("reads") > Version::parse("1.9.12").expect("reads"));
    }
}
