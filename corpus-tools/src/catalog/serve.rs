//! A preview of a published root over HTTP/1.1, for the machine that it runs on.
//!
//! It answers GET, HEAD and the OPTIONS of a browser's preflight, with ranges and entity tags, and the headers that a
//! host of the catalogue should send (`check` asks for the same). It lists no folder, runs nothing and writes nothing.
//! A path is decoded once, then compared with the root after all links are followed: nothing outside is read, nor a name
//! that begins with a dot. Connections, heads and waiting are bounded. HTTP as in RFC 9110 and RFC 9112.

mod path;
mod range;

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use self::path::{Found, find};
use self::range::Wanted;
use super::types::media_type;

/// What scripts, styles and pictures the catalogue's pages may load, as their own `meta` says.
pub const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                       media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; \
                       frame-ancestors 'none'";
/// The same for files of a release, which are other people's: styles of reports, and no script at all.
const CSP_RELEASE: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                           form-action 'none'; frame-ancestors 'none'";

/// Connections at a time; a browser opens six.
const CONNECTIONS: usize = 64;
/// Bytes of a request's head.
const HEAD_BYTES: usize = 16 << 10;
/// Fields of a request's head.
const FIELDS: usize = 64;
/// The longest wait for a whole head, from its first byte or from the answer before.
const HEAD_WAIT: Duration = Duration::from_secs(10);
/// The longest wait until a client has taken a block.
const BLOCK_WAIT: Duration = Duration::from_secs(30);
const BLOCK: usize = 64 << 10;

/// A server that listens, and does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    root: PathBuf,
    stop: AtomicBool,
    open: AtomicUsize,
    head_wait: Duration,
}

/// A server that runs in a thread of its own, until this is dropped.
#[derive(Debug)]
pub struct Running {
    server: Arc<Server>,
}

impl Server {
    /// Listens at `host` and `port`; port 0 takes a free one.
    ///
    /// # Errors
    /// When `root` is no folder, or the port cannot be had.
    pub fn bind(root: &Path, host: &str, port: u16) -> anyhow::Result<Server> {
        let root = root.canonicalize().map_err(sprog_datasets::Error::io(root))?;
        anyhow::ensure!(root.is_dir(), "{}: not a folder", root.display());
        let listener = TcpListener::bind((host, port))
            .map_err(|e| io::Error::new(e.kind(), format!("{host}:{port}: cannot listen there: {e}")))?;
        let (stop, open) = (AtomicBool::new(false), AtomicUsize::new(0));
        Ok(Server { listener, root, stop, open, head_wait: HEAD_WAIT })
    }

    /// How long a client has to send a whole head; 10 s if not set.
    pub fn with_head_wait(mut self, wait: Duration) -> Server {
        self.head_wait = wait;
        self
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers in threads of its own while what is returned lives.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn spawn(self) -> io::Result<Running> {
        let server = Arc::new(self);
        let own = server.clone();
        thread::Builder::new().spawn(move || own.accept())?;
        Ok(Running { server })
    }

    /// Answers until the process ends. Nothing is written, so it may end at any time.
    pub fn run(self) {
        Arc::new(self).accept();
    }

    fn accept(self: &Arc<Server>) {
        for stream in self.listener.incoming() {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let Ok(stream) = stream else {
                // Too few handles: the connections that are open have to end first.
                thread::sleep(Duration::from_millis(50));
                continue;
            };
            if self.open.fetch_add(1, Ordering::Relaxed) >= CONNECTIONS {
                self.open.fetch_sub(1, Ordering::Relaxed);
                refuse_busy(&stream);
                continue;
            }
            let own = self.clone();
            let spawned = thread::Builder::new().spawn(move || {
                // A client that goes away is no failure.
                let _ = own.serve(&stream);
                own.open.fetch_sub(1, Ordering::Relaxed);
            });
            if spawned.is_err() {
                self.open.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut buffer = Vec::new();
        loop {
            let Some(length) = self.head(stream, &mut buffer)? else { return Ok(()) };
            let (answer, goes_on) = match Request::parse(&buffer[..length]) {
                Ok(request) => {
                    (self.answer(&request), request.keeps_open && !self.stop.load(Ordering::Relaxed))
                }
                Err(status) => (Answer::error(status, true), false),
            };
            buffer.drain(..length);
            answer.send(stream, goes_on)?;
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// Reads until the buffer begins with a whole head; its length, or none at the end.
    fn head(&self, mut stream: &TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let until = Instant::now() + self.head_wait;
        let mut block = [0; 4096];
        loop {
            if let Some(at) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                return Ok(Some(at + 4));
            }
            if buffer.len() >= HEAD_BYTES {
                Answer::error(431, true).send(stream, false)?;
                return Ok(None);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                if !buffer.is_empty() {
                    Answer::error(408, true).send(stream, false)?;
                }
                return Ok(None);
            }
            stream.set_read_timeout(Some(left))?;
            match stream.read(&mut block) {
                Ok(0) => return Ok(None),
                Ok(n) => buffer.extend_from_slice(&block[..n]),
                Err(e)
                    if matches!(
                        e.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) => {}
                Err(e) => return Err(e),
            }
        }
    }

    fn answer(&self, request: &Request<'_>) -> Answer {
        let body = match request.method {
            "GET" => true,
            "HEAD" => false,
            "OPTIONS" => return Answer::preflight(),
            _ => return Answer::error(405, true),
        };
        match find(&self.root, request.target) {
            Ok(Found::File { path, inside }) => {
                Answer::file(&path, &inside, request, body).unwrap_or_else(|_| Answer::error(404, body))
            }
            Ok(Found::Folder { location }) => Answer {
                fields: vec![("Location", location)],
                ..Answer::text(301, "text/plain; charset=utf-8", String::new(), body)
            },
            Err(status) => Answer::error(status, body),
        }
    }
}

impl Running {
    /// Where it listens.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.server.address()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.stop.store(true, Ordering::Relaxed);
        // The thread waits for a connection; this is the last one.
        if let Ok(address) = self.server.address() {
            let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
        }
    }
}

fn refuse_busy(stream: &TcpStream) {
    let _ = stream.set_write_timeout(Some(Duration::from_millis(100)));
    let _ = Answer::error(503, false).send(stream, false);
}

/// A request's head, as far as it is asked about.
struct Request<'b> {
    method: &'b str,
    target: &'b str,
    range: Option<&'b str>,
    if_range: Option<&'b str>,
    if_none_match: Option<&'b str>,
    keeps_open: bool,
}

impl<'b> Request<'b> {
    /// Reads a head; the status to refuse it with.
    fn parse(head: &'b [u8]) -> Result<Request<'b>, u16> {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS];
        let mut parsed = httparse::Request::new(&mut fields);
        match parsed.parse(head) {
            Ok(httparse::Status::Complete(_)) => {}
            Err(httparse::Error::TooManyHeaders) => return Err(431),
            _ => return Err(400),
        }
        let (Some(method), Some(target), Some(version)) = (parsed.method, parsed.path, parsed.version) else {
            return Err(400);
        };
        let mut request = Request {
            method,
            target,
            range: None,
            if_range: None,
            if_none_match: None,
            keeps_open: version == 1,
        };
        let mut hosts = 0;
        for field in parsed.headers.iter() {
            let Ok(value) = std::str::from_utf8(field.value) else { continue };
            let value = value.trim();
            let is = |name: &str| field.name.eq_ignore_ascii_case(name);
            if is("range") {
                request.range = Some(value);
            } else if is("if-range") {
                request.if_range = Some(value);
            } else if is("if-none-match") {
                request.if_none_match = Some(value);
            } else if is("host") {
                hosts += 1;
            } else if is("connection") {
                request.keeps_open &= !value.to_ascii_lowercase().contains("close");
            } else if is("transfer-encoding") || (is("content-length") && value != "0") {
                // No request that is answered has a body; what follows would be taken for the next head.
                return Err(400);
            }
        }
        if version == 1 && hosts != 1 { Err(400) } else { Ok(request) }
    }
}

/// An answer, ready to be sent.
struct Answer {
    status: u16,
    fields: Vec<(&'static str, String)>,
    media_type: &'static str,
    /// Length that is stated.
    length: u64,
    csp: &'static str,
    body: Body,
}

enum Body {
    None,
    Text(Vec<u8>),
    File(File, u64),
}

impl Answer {
    fn text(status: u16, media_type: &'static str, text: String, body: bool) -> Answer {
        let length = text.len() as u64;
        let body = if body { Body::Text(text.into_bytes()) } else { Body::None };
        Answer {
            status,
            fields: vec![("Cache-Control", "no-cache".into())],
            media_type,
            length,
            csp: CSP,
            body,
        }
    }

    fn error(status: u16, body: bool) -> Answer {
        let (da, en) = match status {
            404 => ("Siden findes ikke", "There is no such page"),
            405 => ("Kun læsning", "Reading only"),
            _ => ("Forespørgslen kan ikke besvares", "The request cannot be answered"),
        };
        let text = format!(
            "<!DOCTYPE html>\n<html lang=\"da\"><meta charset=\"utf-8\"><title>{status} {da}</title>\n\
             <h1>{da}</h1>\n<p lang=\"en\">{en}</p>\n</html>\n"
        );
        let mut answer = Answer::text(status, "text/html; charset=utf-8", text, body);
        if status == 405 {
            answer.fields.push(("Allow", "GET, HEAD, OPTIONS".into()));
        }
        answer
    }

    /// What a browser asks before a request of another site's page with fields such as If-Range.
    fn preflight() -> Answer {
        let mut answer = Answer::text(204, "text/plain; charset=utf-8", String::new(), false);
        answer.fields.extend([
            ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS".into()),
            ("Access-Control-Allow-Headers", "Range, If-Range, If-None-Match".into()),
            ("Access-Control-Max-Age", "86400".into()),
        ]);
        answer
    }

    fn file(path: &Path, inside: &str, request: &Request<'_>, body: bool) -> io::Result<Answer> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(ErrorKind::NotFound.into());
        }
        let total = metadata.len();
        let tag = tag(&metadata);
        let release = is_of_release(inside);
        let mut answer = Answer {
            status: 200,
            fields: vec![
                ("ETag", tag.clone()),
                ("Accept-Ranges", "bytes".into()),
                (
                    "Cache-Control",
                    if release { "public, max-age=31536000, immutable" } else { "no-cache" }.into(),
                ),
            ],
            media_type: media_type(inside),
            length: total,
            csp: if release { CSP_RELEASE } else { CSP },
            body: Body::None,
        };
        let matches = |list: &str| {
            list.split(',').map(str::trim).any(|t| t == "*" || t.strip_prefix("W/").unwrap_or(t) == tag)
        };
        if request.if_none_match.is_some_and(matches) {
            answer.status = 304;
            return Ok(answer);
        }
        // Range is defined for GET alone, and counts only while the file is the one that If-Range names.
        let range = request.range.filter(|_| body && request.if_range.is_none_or(|t| t == tag));
        match range.map_or(Wanted::Whole, |range| Wanted::parse(range, total)) {
            Wanted::Whole => {}
            Wanted::Part { first, last } => {
                answer.status = 206;
                answer.fields.push(("Content-Range", format!("bytes {first}-{last}/{total}")));
                answer.length = last - first + 1;
                file.seek(SeekFrom::Start(first))?;
            }
            Wanted::Nothing => {
                let mut refused = Answer::error(416, true);
                refused.fields.push(("Content-Range", format!("bytes */{total}")));
                return Ok(refused);
            }
        }
        if body {
            answer.body = Body::File(file, answer.length);
        }
        Ok(answer)
    }

    fn send(self, stream: &TcpStream, goes_on: bool) -> io::Result<()> {
        let reason = reason(self.status);
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", self.status);
        let mut add = |name: &str, value: &str| {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        };
        for (name, value) in &self.fields {
            add(name, value);
        }
        if !matches!(self.status, 204 | 304) {
            add("Content-Type", self.media_type);
            add("Content-Length", &self.length.to_string());
        }
        add("Access-Control-Allow-Origin", "*");
        add(
            "Access-Control-Expose-Headers",
            "Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag",
        );
        add("Content-Security-Policy", self.csp);
        add("Cross-Origin-Resource-Policy", "cross-origin");
        add("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
        add("Referrer-Policy", "strict-origin-when-cross-origin");
        add("X-Content-Type-Options", "nosniff");
        add("Connection", if goes_on { "keep-alive" } else { "close" });
        head.push_str("\r\n");
        let mut out = Paced { stream };
        match self.body {
            Body::None => out.write_all(head.as_bytes()),
            Body::Text(text) => out.write_all(&[head.into_bytes(), text].concat()),
            Body::File(file, length) => {
                out.write_all(head.as_bytes())?;
                let mut file = file.take(length);
                let mut block = vec![0; BLOCK];
                let mut left = length;
                while left > 0 {
                    let n = file.read(&mut block)?;
                    if n == 0 {
                        // The file has shrunk: the client must not take what came for the whole.
                        return Err(ErrorKind::UnexpectedEof.into());
                    }
                    out.write_all(&block[..n])?;
                    left -= n as u64;
                }
                Ok(())
            }
        }
    }
}

/// Writes a block within [`BLOCK_WAIT`], however few bytes the client takes at a time.
struct Paced<'s> {
    stream: &'s TcpStream,
}

impl Paced<'_> {
    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let until = Instant::now() + BLOCK_WAIT;
        while !bytes.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
            self.stream.set_write_timeout(Some(left))?;
            match self.stream.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(n) => bytes = &bytes[n..],
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

/// A strong entity tag: of the length and the time of the last change in nanoseconds, so that no byte has to be read.
fn tag(metadata: &std::fs::Metadata) -> String {
    let changed = metadata.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
    format!("\"{:x}-{:x}\"", metadata.len(), changed.unwrap_or_default().as_nanos())
}

/// Whether a path is of a release, which never changes: `ds/<id>/<version>/…`.
pub(crate) fn is_of_release(inside: &str) -> bool {
    let mut parts = inside.split('/');
    let version = |v: &str| v.contains('.') && v.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    parts.next() == Some("ds")
        && parts.next().is_some()
        && parts.next().is_some_and(version)
        && parts.next().is_some_and(|rest| !rest.is_empty())
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        304 => "Not Modified",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        416 => "Range Not Satisfiable",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_release_are_told_from_those_that_change() {
        for (path, expected) in [
            ("ds/demo/1.0.0/data/text/train.parquet", true),
            ("ds/demo/1.0.0/", false),
            ("ds/demo/latest.json", false),
            ("ds/demo/clips/a.flac", false),
            ("en/ds/demo/index.html", false),
            ("ds/demo/index.html", false),
        ] {
            assert_eq!(is_of_release(path), expected, "{path}");
        }
    }

    #[test]
    fn a_request_with_a_body_or_two_hosts_is_refused() {
        let parse = |text: &str| Request::parse(text.as_bytes()).map(|r| r.target.to_owned());
        assert_eq!(parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Ok("/".into()));
        assert_eq!(parse("GET / HTTP/1.1\r\n\r\n"), Err(400));
        assert_eq!(parse("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), Err(400));
        assert_eq!(parse("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"), Err(400));
        assert_eq!(parse("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), Err(400));
    }
}
