//! The requests that a check sends.

use std::io::Read;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sha2::{Digest, Sha256};
use ureq::Agent;
use ureq::http::HeaderMap;

use super::Options;
use super::html::resolve;
use crate::fetch;

/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// The longest wait for a whole answer.
const WAIT: Duration = Duration::from_secs(120);

/// A method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// With the body.
    Get,
    /// Without.
    Head,
}

/// What came.
#[derive(Debug)]
pub(super) struct Answer {
    /// Where it came from, redirects followed.
    pub(super) url: String,
    pub(super) status: u16,
    fields: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A field of the head.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
    }

    /// The status in words.
    pub(super) fn said(&self) -> String {
        match self.field("location").filter(|_| (300..400).contains(&self.status)) {
            Some(_) => format!("HTTP {}, redirect to another place", self.status),
            None => format!("HTTP {}", self.status),
        }
    }
}

/// The host of the catalogue.
#[derive(Debug)]
pub(super) struct Web {
    agent: Agent,
    /// Address of the catalogue, with a `/` at its end.
    pub(super) base: String,
    left: AtomicUsize,
    most: usize,
}

impl Web {
    pub(super) fn new(target: &str, options: &Options) -> anyhow::Result<Web> {
        let plain = target.split(['?', '#']).next().unwrap_or(target);
        let plain = plain.strip_suffix("index.html").unwrap_or(plain);
        let rest = plain.strip_prefix("https://").or_else(|| plain.strip_prefix("http://"));
        let fine = rest.is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}@".contains(&b))
        });
        anyhow::ensure!(fine, "{target:?} is no address such as https://example.dk/data/");
        anyhow::ensure!(
            options.allow_private || plain.starts_with("https://"),
            "{plain}: only https is asked [{}]\nhint: for a host of your own over http give --allow-private",
            fetch::codes::INSECURE
        );
        let rules = fetch::Options {
            allow_private: options.allow_private,
            allow_http: options.allow_private,
            timeout: Duration::from_secs(20),
            ..fetch::Options::default()
        };
        let base = format!("{}/", plain.trim_end_matches('/'));
        let most = options.requests;
        Ok(Web { agent: fetch::agent(&rules), base, left: AtomicUsize::new(most), most })
    }

    /// An address below the catalogue's.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Whether an address is the catalogue's own.
    pub(super) fn is_inside(&self, url: &str) -> bool {
        url.starts_with(&self.base)
    }

    /// Whether the host is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.base.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let name = match host.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Requests sent.
    pub(super) fn sent(&self) -> usize {
        self.most - self.left.load(Ordering::Relaxed)
    }

    /// Whether no more may be sent.
    pub(super) fn is_spent(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0
    }

    /// Asks, and reads up to `most` bytes of the body.
    pub(super) fn ask(
        &self,
        ask: Ask,
        url: &str,
        fields: &[(&str, &str)],
        most: u64,
    ) -> Result<Answer, String> {
        let mut url = url.to_owned();
        for _ in 0..=REDIRECTS {
            let spend = |left: usize| left.checked_sub(1);
            if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_err() {
                return Err("no request left".to_owned());
            }
            let mut request = match ask {
                Ask::Get => self.agent.get(&url),
                Ask::Head => self.agent.head(&url),
            };
            for (name, value) in fields {
                request = request.header(*name, *value);
            }
            let response = request.config().timeout_global(Some(WAIT)).build().call();
            let response = response.map_err(|e| e.to_string())?;
            let status = response.status().as_u16();
            let (head, body) = response.into_parts();
            let mut answer = Answer { url, status, fields: head.headers, body: Vec::new() };
            if matches!(status, 301 | 302 | 303 | 307 | 308) {
                let to = answer.field("location").and_then(|l| resolve(&answer.url, l));
                match to {
                    Some((to, _)) if self.is_inside(&to) => url = to,
                    _ => return Ok(answer),
                }
                continue;
            }
            if ask == Ask::Get && most > 0 {
                let mut reader = body.into_reader().take(most);
                reader.read_to_end(&mut answer.body).map_err(|e| e.to_string())?;
            }
            return Ok(answer);
        }
        Err(format!("more than {REDIRECTS} redirects"))
    }
}

/// The SHA-256 of bytes, hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
