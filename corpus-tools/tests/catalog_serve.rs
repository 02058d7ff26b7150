//! `catalog::serve` over real sockets: what browsers ask, and what attackers send.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use sprog::catalog::serve::{Running, Server};

fn root() -> (tempfile::TempDir, Running) {
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path().join("root");
    let release = root.join("ds/x/1.0.0/data");
    std::fs::create_dir_all(&release).unwrap();
    std::fs::write(scratch.path().join("secret.txt"), "the secret").unwrap();
    std::fs::write(root.join("index.html"), "<!DOCTYPE html>hello").unwrap();
    std::fs::write(root.join("ds/x/index.html"), "<!DOCTYPE html>x").unwrap();
    std::fs::write(release.join("a.parquet"), "PAR1567890").unwrap();
    std::fs::write(root.join("empty.txt"), "").unwrap();
    std::fs::write(root.join("ds/x/1.0.0/report.html"), "<script>1</script>").unwrap();
    let server = Server::bind(&root, "127.0.0.1", 0).unwrap().with_head_wait(Duration::from_millis(300));
    (scratch, server.spawn().unwrap())
}

fn send(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The server may refuse before all is sent.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

/// Status, head in lower case, and body.
fn ask(address: SocketAddr, method: &str, target: &str, fields: &str) -> (u16, String, String) {
    let request = format!("{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{fields}\r\n");
    let answer = String::from_utf8(send(address, request.as_bytes())).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), head.to_ascii_lowercase(), body.to_owned())
}

fn field<'h>(head: &'h str, name: &str) -> &'h str {
    head.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
}

#[test]
fn files_come_whole_in_parts_or_not_again() {
    let (_scratch, running) = root();
    let at = running.address().unwrap();
    let parquet = "/ds/x/1.0.0/data/a.parquet";
    let (status, head, body) = ask(at, "GET", parquet, "");
    assert_eq!((status, body.as_str()), (200, "PAR1567890"));
    assert_eq!(field(&head, "content-type"), "application/vnd.apache.parquet");
    assert_eq!(field(&head, "accept-ranges"), "bytes");
    assert!(field(&head, "cache-control").contains("immutable"));
    assert_eq!(field(&head, "access-control-allow-origin"), "*");
    assert!(field(&head, "access-control-expose-headers").contains("content-range"));
    assert_eq!(field(&head, "x-content-type-options"), "nosniff");
    let tag = field(&head, "etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'));

    for (range, expected, said) in [
        ("bytes=0-3", "PAR1", "bytes 0-3/10"),
        ("bytes=-2", "90", "bytes 8-9/10"),
        ("bytes=7-", "890", "bytes 7-9/10"),
        ("bytes=1-2,4-5", "AR", "bytes 1-2/10"),
    ] {
        let (status, head, body) = ask(at, "GET", parquet, &format!("Range: {range}\r\n"));
        assert_eq!((status, body.as_str(), field(&head, "content-range")), (206, expected, said), "{range}");
    }
    let (status, head, _) = ask(at, "GET", parquet, "Range: bytes=10-\r\n");
    assert_eq!((status, field(&head, "content-range")), (416, "bytes */10"));
    let (status, _, body) = ask(at, "GET", parquet, "Range: bytes=0-3\r\nIf-Range: \"other\"\r\n");
    assert_eq!((status, body.len()), (200, 10));
    let (status, ..) = ask(at, "GET", parquet, &format!("Range: bytes=0-3\r\nIf-Range: {tag}\r\n"));
    assert_eq!(status, 206);
    let (status, _, body) = ask(at, "GET", parquet, &format!("If-None-Match: \"a\", {tag}\r\n"));
    assert_eq!((status, body.as_str()), (304, ""));
    let (status, head, body) = ask(at, "HEAD", parquet, "Range: bytes=0-3\r\n");
    assert_eq!((status, field(&head, "content-length"), body.as_str()), (200, "10", ""));
    assert_eq!(ask(at, "GET", "/empty.txt", "Range: bytes=0-\r\n").0, 416);
}

#[test]
fn folders_pages_and_methods() {
    let (_scratch, running) = root();
    let at = running.address().unwrap();
    let (status, head, body) = ask(at, "GET", "/", "");
    assert_eq!((status, body.as_str()), (200, "<!DOCTYPE html>hello"));
    assert!(field(&head, "content-security-policy").contains("script-src 'self'"));
    assert_eq!(field(&head, "cache-control"), "no-cache");
    let (status, head, _) = ask(at, "GET", "/ds/x?q=1", "");
    assert_eq!((status, field(&head, "location")), (301, "/ds/x/"));
    assert_eq!(ask(at, "GET", "/ds/", "").0, 404, "no folder is listed");
    assert_eq!(ask(at, "GET", "/none", "").0, 404);
    assert_eq!(ask(at, "POST", "/", "").0, 405);
    assert_eq!(ask(at, "OPTIONS", "/x", "").0, 204);
    let (_, head, _) = ask(at, "GET", "/ds/x/1.0.0/report.html", "");
    assert!(
        !field(&head, "content-security-policy").contains("script-src"),
        "files of a release run nothing"
    );
}

#[test]
fn one_connection_answers_several_requests() {
    let (_scratch, running) = root();
    let one = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let answer = send(running.address().unwrap(), &[&one[..], one, one].concat());
    let text = String::from_utf8(answer).unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3);
    assert_eq!(text.matches("hello").count(), 3);
}

#[test]
fn slow_and_long_heads_are_ended() {
    let (_scratch, running) = root();
    let at = running.address().unwrap();
    let slow = send(at, b"GET / HTTP/1.1\r\nHost: a\r\nX: ");
    assert!(slow.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&slow));
    assert_eq!(send(at, b""), b"");
    let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "a".repeat(40_000));
    let answer = send(at, long.as_bytes());
    // Some systems take the answer back when bytes come after it.
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"));
}

/// A generator of numbers: the same on every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

#[test]
fn hostile_requests_get_an_answer_and_never_the_secret() {
    let (scratch, running) = root();
    let at = running.address().unwrap();
    let outside = scratch.path().join("secret.txt");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, scratch.path().join("root/link.txt")).unwrap();
    let outside = outside.display().to_string();
    let pieces: [&[u8]; 32] = [
        b"/",
        b"..",
        b"%2e%2e",
        b"%2f",
        b"\\",
        b"%5c",
        b"%00",
        b"\0",
        b"secret.txt",
        b"root",
        b"//",
        b"/./",
        b"%c0%ae",
        b"%25",
        b"link.txt",
        outside.as_bytes(),
        b"file://",
        b"http://a/",
        b"?",
        b"#",
        b"%",
        b"%zz",
        b"ds/x/",
        b"~",
        b"\xff",
        b"\xc3\xb8",
        b"index.html",
        b"C:",
        b"|",
        b";",
        b"*",
        b" ",
    ];
    let fields: [&[u8]; 14] = [
        b"Range: bytes=0-\r\n",
        b"Range: bytes=18446744073709551615-18446744073709551615\r\n",
        b"Range: bytes=-18446744073709551616\r\n",
        b"Range: bytes=,,,,\r\n",
        b"If-Range: \r\n",
        b"If-None-Match: *\r\n",
        b"Host: b\r\n",
        b"Content-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"X: \xff\r\n",
        b" folded\r\n",
        b"No colon\r\n",
        b"Range: bytes=0-1\r\n",
        b": \r\n",
    ];
    let mut numbers = Numbers(0x5eed);
    let mut answered = 0;
    for _ in 0..1_500 {
        let mut request: Vec<u8> =
            [&b"GET "[..], b"HEAD ", b"get ", b"OPTIONS ", b"\x16\x03\x01"][numbers.next(5)].to_vec();
        request.push(b'/');
        for _ in 0..numbers.next(7) {
            request.extend_from_slice(pieces[numbers.next(pieces.len())]);
        }
        let version = [&b" HTTP/1.1\r\nHost: a\r\n"[..], b" HTTP/1.0\r\n", b" HTTP/9.9\r\n", b"\r\n"];
        let odd = if numbers.next(4) == 0 { 4 } else { 1 };
        request.extend_from_slice(version[numbers.next(odd)]);
        for _ in 0..numbers.next(3) {
            request.extend_from_slice(fields[numbers.next(fields.len())]);
        }
        request.extend_from_slice(b"Connection: close\r\n\r\n");
        if numbers.next(8) == 0 {
            let at = numbers.next(request.len());
            request[at] = (numbers.next(256)) as u8;
        }
        let mut stream = TcpStream::connect(at).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let _ = stream.write_all(&request);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let shown = String::from_utf8_lossy(&request).into_owned();
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 "), "{shown:?}");
        assert!(!answer.windows(10).any(|w| w == b"the secret"), "{shown:?}");
        let head = answer.windows(4).position(|w| w == b"\r\n\r\n").map_or(0, |n| n);
        assert!(!String::from_utf8_lossy(&answer[..head]).contains("\n\n"), "{shown:?}");
        answered += usize::from(!answer.is_empty());
    }
    assert!(answered > 1_000, "{answered}");
    assert_eq!(ask(at, "GET", "/", "").0, 200, "it still answers");
}

#[test]
fn connections_are_bounded_and_come_free_again() {
    let (_scratch, running) = root();
    let at = running.address().unwrap();
    let held: Vec<TcpStream> = (0..80).map(|_| TcpStream::connect(at).unwrap()).collect();
    std::thread::sleep(Duration::from_millis(900));
    assert_eq!(ask(at, "GET", "/", "").0, 200, "idle connections end");
    drop(held);
}

#[test]
fn a_folder_that_is_none_is_refused() {
    assert!(Server::bind(Path::new("/no/such/folder"), "127.0.0.1", 0).is_err());
}
