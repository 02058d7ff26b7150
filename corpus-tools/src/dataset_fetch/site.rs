//! Addresses of published datasets.

/// Where a dataset is published: the folder that `latest.json` lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The folder's address, with a slash at its end.
    base: String,
    /// The dataset's id.
    id: String,
    /// The version that the address names.
    version: Option<String>,
}

impl Site {
    /// Reads an address that can be told from that of a file: its path ends in `/ds/<id>`, `/ds/<id>/<version>` or
    /// `/latest.json`, with or without a slash or `index.html` behind it, and it has no query.
    ///
    /// ```
    /// use sprog::dataset_fetch::Site;
    /// assert!(Site::known("https://sprog.example/ds/demo").is_some());
    /// assert!(Site::known("https://sprog.example/a/demo/latest.json").is_some());
    /// assert!(Site::known("https://sprog.example/ds/demo/1.0.0/README.md").is_none());
    /// assert!(Site::known("https://sprog.example/demo.zip").is_none());
    /// ```
    pub fn known(url: &str) -> Option<Site> {
        let path = trimmed(url)?;
        let named = path.ends_with("/latest.json");
        let site = Site::parse(url)?;
        // A host may be called ds.
        let after = site.base.split_once("://")?.1;
        let path = after.get(after.find('/')?..)?;
        (named || path.ends_with(&format!("/ds/{}/", site.id))).then_some(site)
    }

    /// Reads an address that is meant to be a dataset's: the last part of its path is the id, or the version with the id
    /// before it.
    ///
    /// ```
    /// use sprog::dataset_fetch::Site;
    /// let site = Site::parse("https://sprog.example/tale/1.2.0/").unwrap();
    /// assert_eq!((site.id(), site.version()), ("tale", Some("1.2.0")));
    /// assert_eq!(site.url("1.2.0/data/tale/train æ.parquet"), "https://sprog.example/tale/1.2.0/data/tale/train%20%C3%A6.parquet");
    /// ```
    pub fn parse(url: &str) -> Option<Site> {
        let path = trimmed(url)?;
        let path = path.strip_suffix("/latest.json").unwrap_or(path);
        let (above, last) = path.rsplit_once('/')?;
        let (base, id, version) = match is_version(last) {
            true => (above, above.rsplit_once('/')?.1, Some(last.to_owned())),
            false => (path, last, None),
        };
        let after = base.split_once("://")?.1;
        let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        let fits = !id.is_empty() && id.chars().all(is_id) && after.contains('/');
        fits.then(|| Site { base: format!("{base}/"), id: id.to_owned(), version })
    }

    /// The dataset's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The version that the address names.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The address of a file by its path in the folder.
    pub fn url(&self, path: &str) -> String {
        let mut url = self.base.clone();
        for byte in path.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                    url.push(char::from(byte));
                }
                _ => url.push_str(&format!("%{byte:02X}")),
            }
        }
        url
    }
}

/// An address without a page's name and the slash at its end; `None` for what is no address or has a query.
fn trimmed(url: &str) -> Option<&str> {
    let url = url.split_once('#').map_or(url, |(before, _)| before);
    if url.contains('?') || !url.contains("://") {
        return None;
    }
    Some(url.strip_suffix("index.html").unwrap_or(url).trim_end_matches('/'))
}

/// Three numbers, as versions are.
pub(crate) fn is_version(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 3
        && parts.iter().all(|p| !p.is_empty() && p.len() < 10 && p.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_datasets_are_known() {
        for (url, version) in [
            ("https://a.dk/ds/x", None),
            ("https://a.dk/under/ds/x/#clips", None),
            ("https://a.dk/ds/x/index.html", None),
            ("https://a.dk/ds/x/1.0.0/", Some("1.0.0")),
            ("https://a.dk/x/latest.json", None),
            ("file:///srv/ds/x", None),
        ] {
            let site = Site::known(url).expect(url);
            assert_eq!((site.id(), site.version()), ("x", version), "{url}");
            assert!(site.url("latest.json").ends_with("/x/latest.json"), "{url}");
        }
        for url in [
            "https://a.dk/x",
            "https://a.dk/ds/x.zip",
            "https://a.dk/ds/x?key=1",
            "ds/x",
            "https://ds/x",
            "https://a.dk/ds/X",
        ] {
            assert_eq!(Site::known(url), None, "{url}");
        }
        assert_eq!(Site::parse("https://x"), None);
        assert!(Site::parse("https://a.dk/x").is_some());
    }
}
