//! A small server for looking at a site on one's own machine: files with ranges, entity tags and security headers.
//!
//! It reads files below one folder and nothing else: a path that leads out, by dots, by codes, by backslashes or by a
//! link, is not found. It is no server for the public: connections are few and slow ones are cut.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sprog_datasets::{Error, Result};

use super::types::media_type;

/// Most bytes of a request's head.
const HEAD: usize = 16 << 10;
/// Most connections at a time.
const CONNECTIONS: usize = 64;
/// Requests on a connection.
const REQUESTS: usize = 1_000;
/// The longest wait for a client.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a host of the site should send with every answer.
pub const SECURITY_HEADERS: [(&str, &str); 5] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "Content-Length, Content-Range, Accept-Ranges, ETag"),
];

/// report.html has its own styles inside, and no script.
const REPORT_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/// A server that listens.
pub struct Server {
    root: PathBuf,
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Listens; port 0 takes a free one.
    ///
    /// # Errors
    /// When the folder is not there or the port is taken.
    pub fn bind(root: &Path, address: SocketAddr) -> Result<Server> {
        let root = root.canonicalize().map_err(Error::io(root))?;
        let listener = TcpListener::bind(address).map_err(Error::io(address.to_string()))?;
        let address = listener.local_addr().map_err(Error::io(address.to_string()))?;
        Ok(Server { root, listener, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the program ends.
    ///
    /// # Errors
    /// Never: what goes wrong with a client ends with that client.
    pub fn run(self) -> ! {
        let root: Arc<Path> = self.root.into();
        let busy = Arc::new(AtomicUsize::new(0));
        loop {
            let Ok((mut stream, _)) = self.listener.accept() else {
                // Out of file handles: some will be back.
                std::thread::sleep(Duration::from_millis(50));
                continue;
            };
            if busy.fetch_add(1, Ordering::AcqRel) >= CONNECTIONS {
                let _ = stream.write_all(
                    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                );
                busy.fetch_sub(1, Ordering::AcqRel);
                continue;
            }
            let (root, count) = (root.clone(), busy.clone());
            let spawned = std::thread::Builder::new().spawn(move || {
                let _ = client(&root, stream);
                count.fetch_sub(1, Ordering::AcqRel);
            });
            if spawned.is_err() {
                busy.fetch_sub(1, Ordering::AcqRel);
            }
        }
    }
}

/// A request as far as it matters here.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    head: bool,
    path: String,
    range: Option<String>,
    if_range: Option<String>,
    if_none_match: Option<String>,
    close: bool,
}

fn client(root: &Path, mut stream: TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    for _ in 0..REQUESTS {
        let request = match read_request(&mut stream, &mut buffer)? {
            None => return Ok(()),
            Some(Ok(request)) => request,
            Some(Err(status)) => return answer_short(&mut stream, status, &[], true, false),
        };
        answer(root, &mut stream, &request)?;
        if request.close {
            return Ok(());
        }
    }
    Ok(())
}

/// The next request; what came after it stays in the buffer. Nothing at the end of the connection.
fn read_request(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
) -> io::Result<Option<std::result::Result<Request, &'static str>>> {
    let started = std::time::Instant::now();
    let mut chunk = [0u8; 4096];
    loop {
        if !buffer.is_empty() {
            match parse(buffer) {
                Ok(Some((request, length))) => {
                    buffer.drain(..length);
                    return Ok(Some(Ok(request)));
                }
                Ok(None) if buffer.len() > HEAD => {
                    return Ok(Some(Err("431 Request Header Fields Too Large")));
                }
                Ok(None) => {}
                Err(status) => return Ok(Some(Err(status))),
            }
        }
        // A byte at a time would keep within every single wait.
        if started.elapsed() > PATIENCE {
            return Ok(None);
        }
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(n) => buffer.extend_from_slice(&chunk[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// Parses the head of a request: it and its length, or nothing while it is not whole.
fn parse(bytes: &[u8]) -> std::result::Result<Option<(Request, usize)>, &'static str> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err("400 Bad Request"),
    };
    let mut request = Request {
        path: parsed.path.unwrap_or_default().to_owned(),
        close: parsed.version == Some(0),
        ..Request::default()
    };
    match parsed.method {
        Some("GET") => {}
        Some("HEAD") => request.head = true,
        _ => return Err("405 Method Not Allowed"),
    }
    for header in parsed.headers.iter() {
        let value = || String::from_utf8_lossy(header.value).trim().to_owned();
        match header.name.to_ascii_lowercase().as_str() {
            "range" => request.range = Some(value()),
            "if-range" => request.if_range = Some(value()),
            "if-none-match" => request.if_none_match = Some(value()),
            "connection" => request.close |= value().eq_ignore_ascii_case("close"),
            // A body would be taken for the next request.
            "content-length" if value() != "0" => return Err("400 Bad Request"),
            "transfer-encoding" => return Err("400 Bad Request"),
            _ => {}
        }
    }
    Ok(Some((request, length)))
}

/// A path of the web as one below the root: no dots, no control characters, each code once. Nothing for any other.
fn relative(path: &str) -> Option<String> {
    let path = path.split(['?', '#']).next()?.strip_prefix('/')?;
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |b: Option<u8>| char::from(b?).to_digit(16);
                (digit(rest.next())? * 16 + digit(rest.next())?) as u8
            }
            other => other,
        });
    }
    let path = String::from_utf8(bytes).ok()?;
    let fine = |part: &str| {
        !part.starts_with('.') && !part.contains(['\\', ':']) && !part.chars().any(char::is_control)
    };
    let folder = path.is_empty() || path.ends_with('/');
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    if path.is_empty() {
        return Some(String::new());
    }
    (parts.iter().all(|part| !part.is_empty() && fine(part)))
        .then(|| format!("{}{}", parts.join("/"), if folder { "/" } else { "" }))
}

fn answer(root: &Path, stream: &mut TcpStream, request: &Request) -> io::Result<()> {
    let short = |stream: &mut TcpStream, status: &str, headers: &[(&str, &str)]| {
        answer_short(stream, status, headers, request.close, request.head)
    };
    let Some(mut path) = relative(&request.path) else { return short(stream, "404 Not Found", &[]) };
    if path.is_empty() || path.ends_with('/') {
        path.push_str("index.html");
    }
    let Ok(full) = root.join(&path).canonicalize() else { return short(stream, "404 Not Found", &[]) };
    if !full.starts_with(root) {
        return short(stream, "404 Not Found", &[]);
    }
    let Ok(there) = fs::metadata(&full) else { return short(stream, "404 Not Found", &[]) };
    if there.is_dir() {
        let plain = request.path.split(['?', '#']).next().unwrap_or_default();
        return short(stream, "308 Permanent Redirect", &[("Location", &format!("{plain}/"))]);
    }
    let Ok(mut file) = File::open(&full) else { return short(stream, "404 Not Found", &[]) };
    let size = there.len();
    let modified = there.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
    let etag = format!("\"{:x}-{:x}\"", modified.map_or(0, |t| t.as_nanos()), size);
    if request
        .if_none_match
        .as_deref()
        .is_some_and(|tags| tags == "*" || tags.split(',').any(|t| t.trim() == etag))
    {
        return short(stream, "304 Not Modified", &[("ETag", &etag)]);
    }
    let wanted =
        request.range.as_deref().filter(|_| request.if_range.as_ref().is_none_or(|tag| *tag == etag));
    let (status, from, length) = match wanted.map(|range| byte_range(range, size)) {
        None | Some(Range::Whole) => ("200 OK", 0, size),
        Some(Range::Part { from, to }) => ("206 Partial Content", from, to - from + 1),
        Some(Range::Outside) => {
            let all = format!("bytes */{size}");
            return short(stream, "416 Range Not Satisfiable", &[("Content-Range", &all)]);
        }
    };
    let mut head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {}\r\nContent-Length: {length}\r\nAccept-Ranges: bytes\r\nETag: {etag}\r\n\
         Cache-Control: no-cache\r\n",
        media_type(&path)
    );
    if status.starts_with("206") {
        head.push_str(&format!("Content-Range: bytes {from}-{}/{size}\r\n", from + length - 1));
    }
    let is_report = path.ends_with("report.html");
    for (name, value) in SECURITY_HEADERS {
        let value = if is_report && name == "Content-Security-Policy" { REPORT_POLICY } else { value };
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(if request.close { "Connection: close\r\n\r\n" } else { "\r\n" });
    stream.write_all(head.as_bytes())?;
    if !request.head {
        file.seek(SeekFrom::Start(from))?;
        let sent = io::copy(&mut file.take(length), stream)?;
        if sent != length {
            // The file was cut meanwhile; the client must not wait for the rest.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    stream.flush()
}

fn answer_short(
    stream: &mut TcpStream,
    status: &str,
    headers: &[(&str, &str)],
    close: bool,
    head: bool,
) -> io::Result<()> {
    let text = format!("{status}\n");
    let has_body = !status.starts_with("304");
    let mut out = format!("HTTP/1.1 {status}\r\n");
    if has_body {
        out.push_str(&format!(
            "Content-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n",
            text.len()
        ));
    }
    for (name, value) in headers.iter().chain(&SECURITY_HEADERS) {
        // No header of ours can be broken into two by a path.
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str(if close { "Connection: close\r\n\r\n" } else { "\r\n" });
    if has_body && !head {
        out.push_str(&text);
    }
    stream.write_all(out.as_bytes())
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    Whole,
    Part { from: u64, to: u64 },
    Outside,
}

/// RFC 9110, 14.1.2. Several ranges, other units and what is malformed are taken as none.
fn byte_range(range: &str, size: u64) -> Range {
    let Some((from, to)) = range.strip_prefix("bytes=").and_then(|r| r.split_once('-')) else {
        return Range::Whole;
    };
    let (from, to) = (from.trim(), to.trim());
    let is_number = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if !is_number(from) || !is_number(to) || (from.is_empty() && to.is_empty()) {
        return Range::Whole;
    }
    // Numbers too large for 64 bits lie behind every end.
    let number = |s: &str| s.parse::<u64>().unwrap_or(u64::MAX);
    let (from, to) = match (from.is_empty(), to.is_empty()) {
        (true, _) => match number(to) {
            0 => return Range::Outside,
            last => (size.saturating_sub(last), size.saturating_sub(1)),
        },
        (_, true) => (number(from), size.saturating_sub(1)),
        _ if number(to) < number(from) => return Range::Whole,
        _ => (number(from), number(to).min(size.saturating_sub(1))),
    };
    if from >= size { Range::Outside } else { Range::Part { from, to } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_root() {
        assert_eq!(relative("/"), Some(String::new()));
        assert_eq!(relative("/a/b.html?x=/../"), Some("a/b.html".into()));
        assert_eq!(relative("/a/"), Some("a/".into()));
        assert_eq!(relative("/%C3%A6.txt"), Some("æ.txt".into()));
        for path in [
            "/..",
            "/../x",
            "/a/../../x",
            "/%2e%2e/x",
            "/%2E./x",
            "/.%2e/x",
            "/a\\..\\x",
            "/a%5c..%5cx",
            "/a%00",
            "/.git/config",
            "//etc/passwd",
            "/a//b",
            "/%ff",
            "/%",
            "/%4",
            "/c:/x",
            "x",
            "",
            "/a%0d%0ab",
            "/./x",
            "/%252e%252e%2f..",
        ] {
            assert_eq!(relative(path), None, "{path}");
        }
        // A code is undone once, not twice.
        assert_eq!(relative("/%252e"), Some("%2e".into()));
    }

    #[test]
    fn ranges_are_those_of_the_rfc() {
        let part = |from, to| Range::Part { from, to };
        assert_eq!(byte_range("bytes=0-0", 10), part(0, 0));
        assert_eq!(byte_range("bytes=2-", 10), part(2, 9));
        assert_eq!(byte_range("bytes=-3", 10), part(7, 9));
        assert_eq!(byte_range("bytes=-30", 10), part(0, 9));
        assert_eq!(byte_range("bytes=5-99999999999999999999", 10), part(5, 9));
        assert_eq!(byte_range("bytes=10-", 10), Range::Outside);
        assert_eq!(byte_range("bytes=-0", 10), Range::Outside);
        assert_eq!(byte_range("bytes=0-", 0), Range::Outside);
        for whole in
            ["bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes=", "bytes=-", "bytes=a-b", "bytes=+1-2"]
        {
            assert_eq!(byte_range(whole, 10), Range::Whole, "{whole}");
        }
    }

    #[test]
    fn requests_with_bodies_and_other_methods_are_refused() {
        let parse = |text: &str| parse(text.as_bytes());
        let (request, length) = parse("GET /a HTTP/1.1\r\nRange: bytes=0-1\r\n\r\nGET").unwrap().unwrap();
        assert_eq!((request.path.as_str(), request.range.as_deref(), length), ("/a", Some("bytes=0-1"), 37));
        assert_eq!(parse("GET / HTTP/1.1\r\n"), Ok(None));
        assert!(parse("POST / HTTP/1.1\r\n\r\n").is_err());
        assert!(parse("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n").is_err());
        assert!(parse("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
        assert!(parse("\0\0\0\0 nonsense\r\n\r\n").is_err());
    }
}
