//! One attempt to bring the bytes that are still missing from a server.

use std::io::{ErrorKind, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ureq::http::{HeaderMap, Response, StatusCode, header};
use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};

use super::address::Refused;
use super::location::Url;
use super::part::Part;
use super::{FetchError, Options, Progress, Request};

const MAX_REDIRECTS: usize = 5;
const BUFFER_BYTES: usize = 1 << 16;
/// Slower than this over a whole timeout counts as stalled, or one byte now and then would keep a run for
/// ever.
const MIN_BYTES_PER_SECOND: u128 = 128;

/// How an attempt ended that did not fail.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// All bytes are there, as far as the server says.
    Whole,
    /// The server's answer does not fit the bytes there: the next attempt must start from nothing.
    Misfit,
}

/// How an attempt failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// Another attempt would fail too.
    Final(FetchError),
    /// Another attempt may succeed, after the time that the server asks for.
    Passing(FetchError, Option<Duration>),
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Failure::Final(error)
    }
}

/// An agent for one download.
///
/// Nothing of it comes from the environment. With a proxy it would be the proxy that resolves names, and
/// the check of addresses would be void; who can reach the net through a proxy only, puts the file in place
/// with another program. Redirects are followed by [`Transfer`], which checks each of them.
pub(super) fn agent(options: &Options, resolver: impl Resolver) -> Agent {
    let timeout = Some(options.timeout);
    let config = Agent::config_builder()
        .proxy(None)
        .https_only(!options.allow_http)
        .max_redirects(0)
        .http_status_as_error(false)
        .max_idle_connections(0)
        .user_agent(concat!("sprog/", env!("CARGO_PKG_VERSION")))
        // The digest is of the file, not of a compressed form that the server may make of it on the way.
        .accept_encoding("identity")
        .timeout_resolve(timeout)
        .timeout_connect(timeout)
        .timeout_send_request(timeout)
        .timeout_recv_response(timeout)
        .timeout_per_read(timeout)
        .timeout_per_write(timeout)
        .build();
    Agent::with_parts(config, DefaultConnector::default(), resolver)
}

/// A download from a server.
#[derive(Debug)]
pub(super) struct Transfer<'a> {
    pub(super) agent: &'a Agent,
    pub(super) start: &'a Url,
    pub(super) request: &'a Request,
    pub(super) options: &'a Options,
    /// Counts the bytes of bodies.
    pub(super) received: &'a AtomicU64,
}

impl Transfer<'_> {
    /// Asks for the bytes that `part` lacks and adds them to it.
    pub(super) fn attempt(
        &self,
        part: &mut Part,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Came, Failure> {
        // Without a version to compare, only a digest can tell whether old and new bytes belong together.
        if part.len() > 0 && part.validator().is_none() && self.request.sha256.is_none() {
            part.restart()?;
        }
        let resumed = part.len() > 0;
        let (url, response) = self.ask(part)?;
        let range = response.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
        match response.status() {
            StatusCode::OK => {
                part.restart()?;
                let total = response.body().content_length();
                part.describe(strong_validator(response.headers()), total);
                self.check_length(&url, total)?;
                self.receive(&url, response, part, u64::MAX, progress)
            }
            StatusCode::PARTIAL_CONTENT if resumed => {
                let range = range.and_then(ContentRange::parse);
                let Some(range) = range.filter(|range| range.continues(part, response.headers())) else {
                    return Ok(Came::Misfit);
                };
                let total = range.total.or(part.total());
                part.describe(part.validator().map(str::to_owned), total);
                self.check_length(&url, total)?;
                part.go_on();
                self.receive(&url, response, part, range.end, progress)
            }
            StatusCode::RANGE_NOT_SATISFIABLE if resumed => {
                let total = range.and_then(|range| range.strip_prefix("bytes */")?.trim().parse().ok());
                Ok(if total == Some(part.len()) { Came::Whole } else { Came::Misfit })
            }
            status => Err(refusal(&url, status, response.headers())),
        }
    }

    fn ask(&self, part: &Part) -> Result<(Url, Response<Body>), Failure> {
        let mut headers = Vec::new();
        if part.len() > 0 {
            headers.push((header::RANGE, format!("bytes={}-", part.len())));
            headers.extend(part.validator().map(|validator| (header::IF_RANGE, validator.to_owned())));
        }
        ask(self.agent, self.start, self.options, &headers, part.len())
    }

    /// Refuses a stated length that can't be right before any byte is read.
    fn check_length(&self, url: &Url, total: Option<u64>) -> Result<(), FetchError> {
        let Some(got) = total else { return Ok(()) };
        match self.request.bytes {
            Some(expected) if expected != got => Err(FetchError::Length { url: url.shown(), expected, got }),
            _ if got > self.options.max_bytes => {
                Err(FetchError::TooLarge { url: url.shown(), limit: self.options.max_bytes })
            }
            _ => Ok(()),
        }
    }

    /// Reads a response's body to its end, or to `end` (counted from the start of the file) and not past
    /// it.
    fn receive(
        &self,
        url: &Url,
        response: Response<Body>,
        part: &mut Part,
        end: u64,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Came, Failure> {
        let total = part.total().or(self.request.bytes);
        let mut reader = response.into_body().into_reader();
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut pace = Pace::default();
        progress(Progress { done: part.len(), total });
        loop {
            let started = Instant::now();
            let read = reader.read(&mut buffer);
            let waited = started.elapsed();
            let n = match read {
                Ok(0) => break,
                Ok(n) => n,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(broken(url, self.options, part.len(), error.into())),
            };
            let len = part.len() + n as u64;
            if len > end {
                return Ok(Came::Misfit);
            }
            if let Some(expected) = self.request.bytes.filter(|expected| len > *expected) {
                return Err(FetchError::Length { url: url.shown(), expected, got: len }.into());
            }
            if len > self.options.max_bytes {
                return Err(FetchError::TooLarge { url: url.shown(), limit: self.options.max_bytes }.into());
            }
            self.received.fetch_add(n as u64, Ordering::Relaxed);
            part.write(&buffer[..n])?;
            progress(Progress { done: len, total });
            if pace.is_too_slow(n, waited, self.options.timeout) {
                return Err(stalled(url, self.options, len));
            }
        }
        match total {
            Some(total) if part.len() < total => {
                let message = format!("the connection ended before byte {total}");
                Err(Failure::Passing(network(url, part.len(), message), None))
            }
            _ => Ok(Came::Whole),
        }
    }
}

/// Sends a request and follows redirects. `done` is told in errors.
pub(super) fn ask(
    agent: &Agent,
    start: &Url,
    options: &Options,
    headers: &[(header::HeaderName, String)],
    done: u64,
) -> Result<(Url, Response<Body>), Failure> {
    let mut url = start.clone();
    for _ in 0..=MAX_REDIRECTS {
        let mut request = agent.get(url.text());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = request.call().map_err(|error| broken(&url, options, done, error))?;
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok((url, response));
        }
        let location = response.headers().get(header::LOCATION).map(|value| value.as_bytes());
        let location = location.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        url = url.follow(location, options)?;
    }
    Err(FetchError::Redirect { url: start.shown(), reason: "more than 5 redirects" }.into())
}

pub(super) fn stalled(url: &Url, options: &Options, done: u64) -> Failure {
    let seconds = options.timeout.as_secs();
    Failure::Passing(FetchError::Stalled { url: url.shown(), seconds, done }, None)
}

pub(super) fn network(url: &Url, done: u64, message: String) -> FetchError {
    FetchError::Network { url: url.shown(), message, done }
}

/// What an error of the HTTP client means. Errors that may hold the whole address are not passed on.
pub(super) fn broken(url: &Url, options: &Options, done: u64, error: ureq::Error) -> Failure {
    use ureq::Error;
    let error = match error {
        Error::Timeout(_) => return stalled(url, options, done),
        Error::Other(inner) => match inner.downcast::<Refused>() {
            Ok(refused) => {
                let Refused { address, kind } = *refused;
                return FetchError::PrivateAddress { url: url.shown(), address, kind }.into();
            }
            Err(other) => Error::Other(other),
        },
        other => other,
    };
    match error {
        Error::RequireHttpsOnly(_) => FetchError::Insecure { url: url.shown() }.into(),
        Error::BadUri(_) | Error::Http(_) => {
            FetchError::BadUrl { url: url.shown(), reason: "not a valid address" }.into()
        }
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) | Error::TlsRequired => {
            network(url, done, format!("no secure connection: {error}")).into()
        }
        // rustls reports a bad certificate so when it is found while reading.
        Error::Io(error) if error.kind() == ErrorKind::InvalidData => {
            network(url, done, format!("no secure connection: {error}")).into()
        }
        Error::HostNotFound => Failure::Passing(network(url, done, "the host was not found".into()), None),
        Error::Io(error) => Failure::Passing(network(url, done, error.to_string()), None),
        other => Failure::Passing(network(url, done, other.to_string()), None),
    }
}

/// A status that is neither the file nor a redirect. Those that the standards call temporary are worth
/// another attempt: RFC 9110, sections 15.5.9 and 15.6; RFC 6585, section 4 (429); RFC 8470 (425).
pub(super) fn refusal(url: &Url, status: StatusCode, headers: &HeaderMap) -> Failure {
    let error = FetchError::Status { url: url.shown(), status: status.as_u16() };
    if !matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504) {
        return Failure::Final(error);
    }
    // The other form of Retry-After, a date, would need a clock that agrees with the server's.
    let after = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Failure::Passing(error, after.map(Duration::from_secs))
}

/// The value that `If-Range` may carry (RFC 9110, section 13.1.5): a strong entity tag, or without one a
/// date of last change that a second change in the same second can't share (section 8.8.2.2), that is one
/// before `Date`.
fn strong_validator(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::ETAG) {
        Some(tag) => (tag.starts_with('"') && tag.len() > 1 && tag.ends_with('"')).then(|| tag.to_owned()),
        None => {
            let modified = text(header::LAST_MODIFIED)?;
            text(header::DATE).filter(|date| *date != modified).map(|_| modified.to_owned())
        }
    }
}

/// `Content-Range: bytes first-last/total` (RFC 9110, section 14.4).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ContentRange {
    pub(super) first: u64,
    /// One past the last byte.
    pub(super) end: u64,
    /// `None` for `*`.
    pub(super) total: Option<u64>,
}

impl ContentRange {
    pub(super) fn parse(text: &str) -> Option<ContentRange> {
        let (range, total) = text.trim().strip_prefix("bytes ")?.trim().split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, end) = (first.parse().ok()?, last.parse::<u64>().ok()?.checked_add(1)?);
        let total = if total == "*" { None } else { Some(total.parse().ok()?) };
        (first < end && total.is_none_or(|total| end <= total)).then_some(ContentRange { first, end, total })
    }

    /// Whether the range starts where the part ends and is of the same version of the same file.
    fn continues(&self, part: &Part, headers: &HeaderMap) -> bool {
        let same_length = match (self.total, part.total()) {
            (Some(now), Some(then)) => now == then,
            _ => true,
        };
        let tag = headers.get(header::ETAG).and_then(|value| value.to_str().ok());
        let same_version = match (part.validator(), tag) {
            (Some(then), Some(now)) if then.starts_with('"') => then == now,
            _ => true,
        };
        self.first == part.len() && same_length && same_version
    }
}

/// How fast bytes come, over spans of the timeout's length. Only waiting for the server counts.
#[derive(Debug, Default)]
pub(super) struct Pace {
    waited: Duration,
    bytes: u128,
}

impl Pace {
    pub(super) fn is_too_slow(&mut self, bytes: usize, waited: Duration, span: Duration) -> bool {
        self.waited += waited;
        self.bytes += bytes as u128;
        if self.waited < span {
            return false;
        }
        let Pace { waited, bytes } = std::mem::take(self);
        bytes * 1000 < MIN_BYTES_PER_SECOND * waited.as_millis()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_read_strictly() {
        let range = |first, end, total| Some(ContentRange { first, end, total });
        assert_eq!(ContentRange::parse("bytes 5-9/10"), range(5, 10, Some(10)));
        assert_eq!(ContentRange::parse("bytes 5-9/*"), range(5, 10, None));
        for bad in [
            "bytes */10",
            "bytes 5-4/10",
            "bytes 5-10/10",
            "bytes 5-9",
            "bytes 5-18446744073709551615/*",
            "items 5-9/10",
            "bytes -5/10",
            "",
        ] {
            assert_eq!(ContentRange::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_strong_validators_are_used() {
        let of = |pairs: &[(header::HeaderName, &'static str)]| {
            let value = header::HeaderValue::from_static;
            let headers: HeaderMap = pairs.iter().map(|(name, text)| (name.clone(), value(text))).collect();
            strong_validator(&headers)
        };
        let (monday, tuesday) = ("Mon, 03 Mar 2025 10:00:00 GMT", "Tue, 04 Mar 2025 10:00:00 GMT");
        assert_eq!(of(&[(header::ETAG, "\"a\"")]).as_deref(), Some("\"a\""));
        assert_eq!(
            of(&[(header::ETAG, "W/\"a\""), (header::LAST_MODIFIED, monday), (header::DATE, tuesday)]),
            None
        );
        assert_eq!(of(&[(header::LAST_MODIFIED, monday), (header::DATE, tuesday)]).as_deref(), Some(monday));
        assert_eq!(of(&[(header::LAST_MODIFIED, monday), (header::DATE, monday)]), None);
        assert_eq!(of(&[(header::LAST_MODIFIED, monday)]), None);
    }

    #[test]
    fn a_trickle_is_too_slow_and_a_pause_in_a_flood_is_not() {
        let span = Duration::from_secs(1);
        let mut pace = Pace::default();
        assert!(!pace.is_too_slow(1, Duration::from_millis(600), span));
        assert!(pace.is_too_slow(1, Duration::from_millis(600), span));
        assert!(!pace.is_too_slow(1 << 20, Duration::from_millis(1), span));
        assert!(!pace.is_too_slow(1, Duration::from_millis(1200), span));
    }
}
