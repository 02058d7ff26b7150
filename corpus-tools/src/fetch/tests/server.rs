//! A server on the loopback address that answers one connection after another by a script.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Sends an answer, then closes the connection.
pub(super) type Reply = Box<dyn FnOnce(&mut TcpStream) + Send>;

/// A running server; it ends with its script.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) fn run(script: Vec<Reply>) -> Server {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("binds");
        let address = listener.local_addr().expect("address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for reply in script {
                let Ok((mut stream, _)) = listener.accept() else { return };
                let head = read_head(&mut stream);
                seen.lock().expect("lock").push(head);
                reply(&mut stream);
            }
        });
        Server { address, requests }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of the requests so far, in lower case.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("lock").clone()
    }
}

fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).to_lowercase()
}

/// An answer of a status line, header lines and a body, exactly as given.
pub(super) fn reply(head: &[&str], body: impl Into<Vec<u8>>) -> Reply {
    let (head, body) = (head.join("\r\n"), body.into());
    Box::new(move |stream| {
        let _ = stream.write_all(format!("HTTP/1.1 {head}\r\n\r\n").as_bytes());
        let _ = stream.write_all(&body);
    })
}

/// A whole file with a true length and a version.
pub(super) fn whole(body: &[u8], etag: &str) -> Reply {
    let (length, etag) = (format!("Content-Length: {}", body.len()), format!("ETag: {etag}"));
    reply(&["200 OK", &length, &etag], body)
}

/// The first `sent` bytes of a file whose whole length is stated.
pub(super) fn cut(body: &[u8], sent: usize, etag: &str) -> Reply {
    let (length, etag) = (format!("Content-Length: {}", body.len()), format!("ETag: {etag}"));
    reply(&["200 OK", &length, &etag], &body[..sent])
}

/// The rest of a file, from `first` on.
pub(super) fn rest(body: &[u8], first: usize, etag: &str) -> Reply {
    let length = format!("Content-Length: {}", body.len() - first);
    let range = format!("Content-Range: bytes {first}-{}/{}", body.len() - 1, body.len());
    reply(&["206 Partial Content", &length, &range, &format!("ETag: {etag}")], &body[first..])
}

/// Sends what `first` sends, then nothing more, and waits for the client to go.
pub(super) fn then_silence(first: Reply) -> Reply {
    Box::new(move |stream| {
        first(stream);
        let _ = stream.read(&mut [0]);
    })
}

/// Sends chunks as long as anyone listens.
pub(super) fn endless() -> Reply {
    Box::new(|stream| {
        let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        let chunk = [b"1000\r\n".as_slice(), &[b'x'; 0x1000], b"\r\n"].concat();
        while sent.is_ok() {
            sent = stream.write_all(&chunk);
        }
    })
}

/// Sends a head and then one byte every 20 ms, for as long as anyone listens.
pub(super) fn trickle() -> Reply {
    Box::new(|stream| {
        let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while sent.is_ok() {
            thread::sleep(std::time::Duration::from_millis(20));
            sent = stream.write_all(b"x");
        }
    })
}
