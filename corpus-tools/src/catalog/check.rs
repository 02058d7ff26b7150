//! Whether a host serves a catalogue as its readers need it.
//!
//! [`check`] asks the host what browsers and programs will ask: pages and where their links lead, pointers, manifests
//! and every file that they name, ranges, compression, headers. What readers cannot do without is required; the rest is
//! recommended. Sources: RFC 9110 (HTTP), RFC 9111 (caching), the Fetch standard (CORS), CSP level 3.
//!
//! It sends GET and HEAD only, follows redirects on the same host alone, and stops at [`Options::requests`].

mod headers;
mod html;
mod web;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;
use sprog_datasets::manifest::Manifest;
use sprog_datasets::pointer::Latest;
use sprog_datasets::signature::SIGNATURE;
use sprog_formats::Code;

use self::html::{encoded, resolve};
use self::web::{Ask, Web};
use super::serve::Server;
use crate::codes;

/// What may be done to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Ask hosts in private networks and over http too. Off by default.
    pub allow_private: bool,
    /// The most requests. 20,000 by default.
    pub requests: usize,
    /// Requests at a time. 8 by default.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { allow_private: false, requests: 20_000, threads: 8 }
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Some readers get nothing, or something wrong.
    Required,
    /// It works, but less safely, fast or widely than it could.
    Recommended,
}

/// Something that the host should do otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code, `SPROG-2083`.
    pub code: String,
    /// How much it matters.
    pub level: Level,
    /// Where it was met.
    pub address: String,
    /// What is wrong, in English.
    pub message: String,
    /// The same in Danish.
    pub message_da: String,
    /// What to change, as lines for nginx; empty where no setting mends it.
    pub nginx: &'static str,
    /// What to change in S3-compatible storage; empty where no setting mends it.
    pub s3: &'static str,
}

/// What was asked, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The catalogue's address.
    pub address: String,
    /// Requests sent.
    pub requests: usize,
    /// Pages whose links were followed.
    pub pages: usize,
    /// Datasets whose pointer was read.
    pub datasets: usize,
    /// Files of releases that were asked for.
    pub files: usize,
    /// Whether all was asked for within [`Options::requests`].
    pub complete: bool,
    /// What should be changed, what is required first.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether nothing that readers need is missing.
    pub fn is_ok(&self) -> bool {
        self.findings.iter().all(|f| f.level != Level::Required)
    }
}

/// Checks the host of a catalogue: an address, or a folder, which is served on this machine for the time of the check.
///
/// # Errors
/// When the address is not one that may be asked, or the folder cannot be served. A host that does not answer is a
/// finding.
pub fn check(target: &str, options: &Options) -> anyhow::Result<Checked> {
    if target.contains("://") {
        return Ok(Check::new(target, options)?.run());
    }
    let served = Server::bind(Path::new(target), "127.0.0.1", 0)?.spawn()?;
    let own = Options { allow_private: true, ..*options };
    Ok(Check::new(&format!("http://{}/", served.address()?), &own)?.run())
}

struct Check<'o> {
    web: Web,
    options: &'o Options,
    findings: Mutex<Vec<Finding>>,
}

/// A page that was read: where its links lead, and the ids in it.
struct Page {
    links: BTreeSet<(String, String)>,
    ids: BTreeSet<String>,
}

/// Files that are asked for before pages are.
const FIRST_FILES: usize = 200;

/// A file that a manifest names.
#[derive(Clone)]
struct Listed {
    url: String,
    bytes: u64,
}

impl<'o> Check<'o> {
    fn new(target: &str, options: &'o Options) -> anyhow::Result<Check<'o>> {
        let web = Web::new(target, options)?;
        Ok(Check { web, options, findings: Mutex::default() })
    }

    fn find(&self, code: Code, level: Level, address: &str, [message_da, message]: [String; 2]) {
        let (nginx, s3) = headers::remedy(code);
        let finding = Finding {
            code: code.to_string(),
            level,
            address: address.to_owned(),
            message,
            message_da,
            nginx,
            s3,
        };
        if let Ok(mut findings) = self.findings.lock() {
            findings.push(finding);
        }
    }

    fn run(self) -> Checked {
        let mut checked = Checked { address: self.web.base.clone(), ..Checked::default() };
        if !self.web.base.starts_with("https://") && !self.web.is_loopback() {
            let message = [
                "siden hentes over http, så andre undervejs kan læse og ændre den".into(),
                "the site is served over http, so others on the way can read and change it".into(),
            ];
            self.find(codes::CATALOG_TLS, Level::Required, &self.web.base, message);
        }
        if self.front() {
            // What matters most comes first: there may be more files and pages than requests.
            let (datasets, files) = self.releases();
            (checked.datasets, checked.files) = (datasets, files.len());
            let (first, others) = files.split_at(files.len().min(FIRST_FILES));
            let right = each(self.options.threads, first, |file| self.is_right(file));
            let right = first.iter().zip(right).filter(|(_, right)| *right == Some(true));
            headers::check(&self, &right.map(|(file, _)| file.clone()).collect::<Vec<_>>());
            checked.pages = self.crawl().len();
            each(self.options.threads, others, |file| self.is_right(file));
        }
        checked.requests = self.web.sent();
        checked.complete = !self.web.is_spent();
        let mut findings = self.findings.into_inner().unwrap_or_default();
        findings.sort_by(|a, b| {
            (a.level, &a.code, &a.address, &a.message).cmp(&(b.level, &b.code, &b.address, &b.message))
        });
        findings.dedup();
        checked.findings = findings;
        checked
    }

    /// Whether there is a catalogue at all.
    fn front(&self) -> bool {
        let answer = self.web.ask(Ask::Get, &self.web.base, &[], 1 << 20);
        let problem = match answer {
            Ok(a) if a.status == 200 => return true,
            Ok(a) => a.said(),
            Err(e) => e,
        };
        let message = [
            format!("forsiden kan ikke hentes: {problem}"),
            format!("the front page cannot be had: {problem}"),
        ];
        self.find(codes::CATALOG_UNREACHABLE, Level::Required, &self.web.base, message);
        false
    }

    /// Reads all pages of the catalogue and asks for what they link to.
    fn crawl(&self) -> BTreeMap<String, Page> {
        let mut pages: BTreeMap<String, Page> = BTreeMap::new();
        // What else was asked for, and found.
        let mut known: BTreeSet<String> = BTreeSet::new();
        // From address to the page that links to it.
        let mut next: BTreeMap<String, String> = BTreeMap::from([(self.web.base.clone(), String::new())]);
        while !next.is_empty() {
            let round: Vec<(String, String)> = std::mem::take(&mut next).into_iter().collect();
            let read = each(self.options.threads, &round, |(url, from)| self.visit(url, from));
            for ((url, _), page) in round.iter().zip(read) {
                known.insert(url.clone());
                let Some(page) = page.flatten() else { continue };
                for (link, _) in &page.links {
                    if self.web.is_inside(link) && !known.contains(link) {
                        next.entry(link.clone()).or_insert_with(|| url.clone());
                    }
                }
                pages.insert(url.clone(), page);
            }
            next.retain(|link, _| !known.contains(link));
        }
        for (url, page) in &pages {
            for (link, fragment) in &page.links {
                let there = pages.get(link).is_none_or(|to| to.ids.contains(fragment));
                if !fragment.is_empty() && !there {
                    let message = [
                        format!("henviser til {link}#{fragment}, som ikke er på siden"),
                        format!("links to {link}#{fragment}, which is not on that page"),
                    ];
                    self.find(codes::CATALOG_LINK, Level::Recommended, url, message);
                }
            }
        }
        pages
    }

    /// Asks for a link; its own links if it is a page.
    fn visit(&self, url: &str, from: &str) -> Option<Page> {
        // What is no page need not be sent. Reports of a release and the like are files, not pages of the catalogue.
        let name = url.split(['?', '#']).next().unwrap_or(url);
        let inside = name.strip_prefix(self.web.base.as_str()).unwrap_or_default();
        let is_page =
            (name.ends_with('/') || name.ends_with(".html")) && !super::serve::is_of_release(inside);
        let ask = if is_page { Ask::Get } else { Ask::Head };
        let answer = match self.web.ask(ask, url, &[], 8 << 20) {
            Ok(answer) if answer.status == 200 => answer,
            Ok(answer) => {
                self.broken(url, from, &answer.said());
                return None;
            }
            Err(e) => {
                self.broken(url, from, &e);
                return None;
            }
        };
        if !is_page {
            return None;
        }
        let found = html::links(&String::from_utf8_lossy(&answer.body));
        Some(Page {
            links: found.links.iter().filter_map(|link| resolve(&answer.url, link)).collect(),
            ids: found.ids.into_iter().collect(),
        })
    }

    fn broken(&self, url: &str, from: &str, problem: &str) {
        if self.web.is_spent() {
            return;
        }
        let message = [
            format!("kan ikke hentes ({problem}); der henvises til den fra {from}"),
            format!("cannot be had ({problem}); it is linked to from {from}"),
        ];
        self.find(codes::CATALOG_LINK, Level::Required, url, message);
    }

    /// Reads pointers and manifests: how many datasets, and the files that they name.
    fn releases(&self) -> (usize, Vec<Listed>) {
        let ids = self.ids();
        let read = each(self.options.threads, &ids, |id| self.release(id));
        let files: Vec<Listed> = read.into_iter().flatten().flatten().collect();
        (ids.len(), files)
    }

    /// Whether a file is there at its size.
    fn is_right(&self, file: &Listed) -> bool {
        let problem = match self.web.ask(Ask::Head, &file.url, &[], 0) {
            Err(e) => e,
            Ok(a) if a.status != 200 => a.said(),
            Ok(a) => match a.field("content-length").and_then(|n| n.parse::<u64>().ok()) {
                Some(n) if n != file.bytes => {
                    let message = [
                        format!("er på {n} byte; manifestet siger {}", file.bytes),
                        format!("has {n} bytes; the manifest says {}", file.bytes),
                    ];
                    self.find(codes::CATALOG_FILE, Level::Required, &file.url, message);
                    return false;
                }
                _ => return true,
            },
        };
        self.broken(&file.url, "MANIFEST.json", &problem);
        false
    }

    fn ids(&self) -> Vec<String> {
        let url = self.web.at("api/datasets.json");
        let value: serde_json::Value = match self.body(&url, "index.html") {
            Some(body) => serde_json::from_slice(&body).unwrap_or_default(),
            None => return Vec::new(),
        };
        let list = value.get("datasets").and_then(|v| v.as_array()).map(Vec::as_slice).unwrap_or_default();
        let id = |v: &serde_json::Value| v.get("id").and_then(|v| v.as_str()).map(str::to_owned);
        list.iter().filter_map(id).collect()
    }

    fn body(&self, url: &str, from: &str) -> Option<Vec<u8>> {
        match self.web.ask(Ask::Get, url, &[], 64 << 20) {
            Ok(answer) if answer.status == 200 => return Some(answer.body),
            Ok(answer) => self.broken(url, from, &answer.said()),
            Err(e) => self.broken(url, from, &e),
        }
        None
    }

    /// The files of a dataset's newest version.
    fn release(&self, id: &str) -> Vec<Listed> {
        let wrong = |url: &str, what: [String; 2]| self.find(codes::CATALOG_FILE, Level::Required, url, what);
        let home = self.web.at(&encoded(&format!("ds/{id}/")));
        let pointer = format!("{home}latest.json");
        let Some(text) = self.body(&pointer, "api/datasets.json") else { return Vec::new() };
        let latest = match Latest::parse(&text) {
            Ok(latest) => latest,
            Err(e) => {
                wrong(&pointer, [format!("er ikke gyldig: {e}"), format!("is not valid: {e}")]);
                return Vec::new();
            }
        };
        let base = format!("{home}{}/", encoded(&latest.version));
        let manifest = format!("{base}MANIFEST.json");
        let Some(text) = self.body(&manifest, "latest.json") else { return Vec::new() };
        if web::sha256(&text) != latest.manifest_sha256 {
            let message = [
                "er ikke den fil, som latest.json nævner med sin SHA-256".into(),
                "is not the file that latest.json names by its SHA-256".into(),
            ];
            wrong(&manifest, message);
            return Vec::new();
        }
        let files = match serde_json::from_slice::<Manifest>(&text) {
            Ok(manifest) => manifest.files,
            Err(e) => {
                wrong(&manifest, [format!("er ikke gyldig: {e}"), format!("is not valid: {e}")]);
                return Vec::new();
            }
        };
        let signature = format!("{base}{SIGNATURE}");
        if !self.web.ask(Ask::Head, &signature, &[], 0).is_ok_and(|a| a.status == 200) && !self.web.is_spent()
        {
            let message = [
                "versionen er ikke underskrevet: ingen kan se, at den er udgiverens".into(),
                "the version is not signed: nobody can tell that it is the publisher's".into(),
            ];
            self.find(codes::CATALOG_FILE, Level::Recommended, &signature, message);
        }
        // `#` and `?` of a file's name are not those of an address.
        let name = |path: &str| encoded(path).replace('#', "%23").replace('?', "%3F");
        files.iter().map(|f| Listed { url: format!("{base}{}", name(&f.path)), bytes: f.bytes }).collect()
    }
}

/// Does something for each item, some at a time, and gives the results in the order of the items. One that is missing
/// was not done.
fn each<T: Sync, R: Send>(threads: usize, items: &[T], with: impl Fn(&T) -> R + Sync) -> Vec<Option<R>> {
    let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, 64).min(items.len()) {
            scope.spawn(|| {
                while let Some((item, slot)) = {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    items.get(n).zip(results.get(n))
                } {
                    let result = with(item);
                    if let Ok(mut slot) = slot.lock() {
                        *slot = Some(result);
                    }
                }
            });
        }
    });
    results.into_iter().map(|slot| slot.into_inner().ok().flatten()).collect()
}
