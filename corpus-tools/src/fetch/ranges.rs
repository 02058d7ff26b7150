//! Some spans of a file, each with its hash, by range requests (RFC 9110, section 14).
//!
//! They are written where they lie in the original; the rest of the file are holes. Which spans are there is not
//! noted: what is there has the right hash, and a run that was stopped anywhere reads its file again and goes on.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Instant;

use sha2::{Digest, Sha256};
use sprog_datasets::chunks::{Span, sha256_at};
use ureq::http::{StatusCode, header};

use super::location::{Location, Url, shown};
use super::transfer::{ContentRange, Failure, Pace, ask, broken, network, refusal, stalled};
use super::{Client, FetchError, GAINED_BYTES, delay, part};

/// Spans with no more than this between them are asked for together: less than a request costs.
const JOIN_BYTES: u64 = 16 << 10;
const BUFFER_BYTES: usize = 1 << 16;

/// How a server took requests for ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranged {
    /// All spans are there and have their hashes.
    Brought,
    /// It answers with whole files; nothing was brought.
    Ignored,
}

/// The span that is being received.
struct Open {
    hasher: Sha256,
    /// Bytes of it that came.
    done: u64,
    /// Whether they came in more than one answer.
    mixed: bool,
}

impl Open {
    fn new() -> Open {
        Open { hasher: Sha256::new(), done: 0, mixed: false }
    }
}

/// One file, and what of it is still missing.
struct Ranges<'r> {
    client: &'r Client,
    url: &'r str,
    total: u64,
    file: File,
    path: &'r Path,
    /// By offset; the first is the open one.
    missing: Vec<&'r Span>,
    open: Open,
    /// Whether a span came wrong before: a server may have changed its file midway, once.
    struck: bool,
    progress: &'r mut dyn FnMut(u64),
}

impl Client {
    /// Brings spans of a file of `total` bytes into the file `to`, to where they lie in the original. `progress` gets
    /// how many bytes came.
    ///
    /// # Errors
    /// See [`FetchError`]: [`FetchError::Hash`] for a span that has another hash, [`FetchError::Length`] where the server
    /// has a file of another size. What came stays in `to`, and the next call takes it up.
    pub fn spans(
        &self,
        url: &str,
        total: u64,
        spans: &[&Span],
        to: &Path,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Ranged, FetchError> {
        let location = Location::parse(url)?;
        let mut file = part::locked(to)?;
        let new = file.metadata().map_err(FetchError::io(to))?.len() != total;
        file.set_len(total).map_err(FetchError::io(to))?;
        let mut missing = Vec::with_capacity(spans.len());
        for span in spans {
            let there = !new
                && sha256_at(&mut file, span.offset, span.length).map_err(FetchError::io(to))? == span.sha256;
            if there {
                progress(span.length);
            } else {
                missing.push(*span);
            }
        }
        missing.sort_by_key(|s| s.offset);
        let open = Open::new();
        let mut ranges =
            Ranges { client: self, url, total, file, path: to, missing, open, struck: false, progress };
        match &location {
            Location::File(path) => ranges.copy(path).map(|()| Ranged::Brought),
            Location::Web(start) => {
                start.check(&self.options)?;
                ranges.download(start)
            }
        }
    }
}

impl Ranges<'_> {
    fn copy(&mut self, path: &Path) -> Result<(), FetchError> {
        let mut source = File::open(path).map_err(FetchError::io(path))?;
        let length = source.metadata().map_err(FetchError::io(path))?.len();
        if length != self.total {
            return Err(FetchError::Length { url: shown(self.url), expected: self.total, got: length });
        }
        while let Some((from, to)) = self.run() {
            source.seek(SeekFrom::Start(from)).map_err(FetchError::io(path))?;
            let mut left = (&source).take(to - from);
            let mut buffer = vec![0; BUFFER_BYTES];
            let mut at = from;
            while at < to {
                let n = left.read(&mut buffer).map_err(FetchError::io(path))?;
                if n == 0 {
                    return Err(FetchError::Length { url: shown(self.url), expected: self.total, got: at });
                }
                self.take(at, &buffer[..n])?;
                at += n as u64;
            }
        }
        Ok(())
    }

    fn download(&mut self, start: &Url) -> Result<Ranged, FetchError> {
        let mut failures = 0;
        while let Some((from, to)) = self.run() {
            let before = self.left();
            match self.attempt(start, from, to) {
                Ok(Ranged::Brought) => {}
                Ok(Ranged::Ignored) => return Ok(Ranged::Ignored),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing(error, after)) => {
                    let gained = before.saturating_sub(self.left());
                    failures = if gained >= GAINED_BYTES { 1 } else { failures + 1 };
                    if failures >= self.client.options.attempts {
                        return Err(error);
                    }
                    thread::sleep(delay(&self.client.options, failures, after));
                }
            }
        }
        self.file.sync_data().map_err(FetchError::io(self.path))?;
        Ok(Ranged::Brought)
    }

    /// Bytes of spans that are missing.
    fn left(&self) -> u64 {
        self.missing.iter().map(|s| s.length).sum::<u64>().saturating_sub(self.open.done)
    }

    /// The next bytes to ask for, from and to: missing spans that lie close together.
    fn run(&self) -> Option<(u64, u64)> {
        let first = self.missing.first()?;
        let mut end = first.end();
        for span in &self.missing[1..] {
            if span.offset > end.saturating_add(JOIN_BYTES) {
                break;
            }
            end = end.max(span.end());
        }
        Some((first.offset + self.open.done, end))
    }

    fn attempt(&mut self, start: &Url, from: u64, to: u64) -> Result<Ranged, Failure> {
        let options = &self.client.options;
        let range = [(header::RANGE, format!("bytes={from}-{}", to - 1))];
        self.open.mixed = self.open.done > 0;
        let (url, response) = ask(&self.client.agent, start, options, &range, from)?;
        match response.status() {
            StatusCode::OK => return Ok(Ranged::Ignored),
            StatusCode::PARTIAL_CONTENT => {}
            status => return Err(refusal(&url, status, response.headers())),
        }
        let stated = response.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
        let stated = stated.and_then(ContentRange::parse).filter(|r| r.first == from && r.end <= to);
        let Some(stated) = stated else {
            return Err(Failure::Passing(network(&url, from, "the server sent another range".into()), None));
        };
        if let Some(got) = stated.total.filter(|total| *total != self.total) {
            return Err(FetchError::Length { url: url.shown(), expected: self.total, got }.into());
        }
        let mut reader = response.into_body().into_reader().take(stated.end - from);
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut pace = Pace::default();
        let mut at = from;
        while at < stated.end {
            let started = Instant::now();
            let read = reader.read(&mut buffer);
            let waited = started.elapsed();
            let n = match read {
                Ok(0) => break,
                Ok(n) => n,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(broken(&url, options, at, error.into())),
            };
            if !self.take(at, &buffer[..n])? {
                let message = "some bytes came damaged".to_owned();
                return Err(Failure::Passing(network(&url, at, message), None));
            }
            at += n as u64;
            if at < stated.end && pace.is_too_slow(n, waited, options.timeout) {
                return Err(stalled(&url, options, at));
            }
        }
        if at < stated.end {
            let message = format!("the connection ended before byte {}", stated.end);
            return Err(Failure::Passing(network(&url, at, message), None));
        }
        Ok(Ranged::Brought)
    }

    /// Writes bytes to their place and closes the spans that they end. `false` if a span came damaged and is to be asked
    /// for again.
    fn take(&mut self, at: u64, bytes: &[u8]) -> Result<bool, FetchError> {
        self.client.received.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.file
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.file.write_all(bytes))
            .map_err(FetchError::io(self.path))?;
        let end = at + bytes.len() as u64;
        while let Some(span) = self.missing.first() {
            let next = span.offset + self.open.done;
            if next >= end || next < at {
                break;
            }
            let upto = end.min(span.end());
            let taken = &bytes[(next - at) as usize..(upto - at) as usize];
            self.open.hasher.update(taken);
            self.open.done += taken.len() as u64;
            (self.progress)(taken.len() as u64);
            if upto < span.end() {
                break;
            }
            let open = std::mem::replace(&mut self.open, Open::new());
            let got = part::hex(&open.hasher.finalize());
            if got != span.sha256 {
                if open.mixed && !self.struck {
                    self.struck = true;
                    return Ok(false);
                }
                let expected = span.sha256.clone();
                return Err(FetchError::Hash { url: shown(self.url), expected, got });
            }
            self.missing.remove(0);
        }
        Ok(true)
    }
}
