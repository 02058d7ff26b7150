//! `catalog::check` against our own server, which has to pass, and against hosts that are set up wrong.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;

use sprog::catalog::check::{Checked, Level, Options, check};
use sprog::catalog::serve::Server;
use sprog_datasets::manifest::Entry;
use sprog_datasets::pointer::{Latest, Listed};

/// A small root: a front page, a page and a release of one Parquet file.
fn root(at: &Path) {
    let write = |path: &str, text: &[u8]| {
        let to = at.join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, text).unwrap();
    };
    write("index.html", b"<!DOCTYPE html><a href=\"ds/x/index.html#rows\">x</a><link href=\"assets/style.css\"><a href=\"https://example.dk/\">");
    write("ds/x/index.html", b"<!DOCTYPE html><h2 id=rows>x</h2><a href=\"../../\">home</a><a href=\"1.0.0/data/a%20b.parquet\">data</a>");
    write("assets/style.css", b"p{}");
    write("assets/search.js", b"");
    write("catalog.ttl", b"");
    write("api/datasets.json", br#"{"datasets":[{"id":"x"}]}"#);
    let data: Vec<u8> = [&b"PAR1"[..], &[7; 4000], b"PAR1"].concat();
    write("ds/x/1.0.0/data/a b.parquet", &data);
    let entry = Entry {
        path: "data/a b.parquet".into(),
        bytes: data.len() as u64,
        sha256: "0".repeat(64),
        blake3: "0".repeat(64),
    };
    let manifest = serde_json::json!({"format": 1, "dataset": "x", "version": "1.0.0", "files": [entry]});
    write("ds/x/1.0.0/MANIFEST.json", manifest.to_string().as_bytes());
    write("ds/x/1.0.0/MANIFEST.json.minisig", b"untrusted comment");
    let sum = sprog_datasets::manifest::checksums(&at.join("ds/x/1.0.0/MANIFEST.json")).unwrap().1;
    let version =
        Listed { version: "1.0.0".into(), created: "2026-11-22".into(), manifest_sha256: sum, bytes: 0 };
    write("ds/x/latest.json", Latest::first("x", version).to_json().unwrap().as_bytes());
}

fn codes(checked: &Checked, level: Level) -> Vec<&str> {
    let mut codes: Vec<&str> =
        checked.findings.iter().filter(|f| f.level == level).map(|f| f.code.as_str()).collect();
    codes.dedup();
    codes
}

#[test]
fn a_folder_that_is_whole_passes() {
    let scratch = tempfile::tempdir().unwrap();
    root(scratch.path());
    let checked = check(scratch.path().to_str().unwrap(), &Options::default()).unwrap();
    assert_eq!(checked.findings, []);
    assert!(checked.complete && checked.is_ok());
    assert_eq!((checked.pages, checked.datasets, checked.files), (2, 1, 1));
}

#[test]
fn what_is_missing_or_other_than_said_is_found() {
    let found = |harm: &dyn Fn(&Path)| {
        let scratch = tempfile::tempdir().unwrap();
        root(scratch.path());
        harm(scratch.path());
        let checked = check(scratch.path().to_str().unwrap(), &Options::default()).unwrap();
        let list = |level| codes(&checked, level).join(" ");
        (list(Level::Required), list(Level::Recommended))
    };
    let remove = |path: &'static str| move |at: &Path| std::fs::remove_file(at.join(path)).unwrap();
    let write = |path: &'static str, text: &'static str| {
        move |at: &Path| std::fs::write(at.join(path), text).unwrap()
    };
    assert_eq!(found(&remove("index.html")).0, "SPROG-2080");
    assert_eq!(found(&remove("assets/style.css")).0, "SPROG-2081");
    assert_eq!(found(&remove("ds/x/1.0.0/data/a b.parquet")).0, "SPROG-2081");
    assert_eq!(found(&remove("ds/x/latest.json")).0, "SPROG-2081");
    assert_eq!(found(&write("ds/x/1.0.0/data/a b.parquet", "PAR1PAR1")).0, "SPROG-2082");
    assert_eq!(found(&write("ds/x/1.0.0/MANIFEST.json", "{}")).0, "SPROG-2082");
    assert_eq!(found(&write("ds/x/latest.json", "{}")).0, "SPROG-2082");
    assert_eq!(found(&remove("ds/x/1.0.0/MANIFEST.json.minisig")).1, "SPROG-2082");
    assert_eq!(found(&write("ds/x/index.html", "<!DOCTYPE html>")).1, "SPROG-2081", "no id to lead to");
}

/// A host that passes requests on to ours, and changes the answers.
fn behind(
    inner: SocketAddr,
    change: impl Fn(&str, String, Vec<u8>) -> (String, Vec<u8>) + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut request = Vec::new();
            let mut block = [0; 4096];
            while !request.ends_with(b"\r\n\r\n") {
                match stream.read(&mut block) {
                    Ok(n) if n > 0 => request.extend_from_slice(&block[..n]),
                    _ => break,
                }
            }
            let text = String::from_utf8_lossy(&request).to_lowercase();
            // One request a connection, so that the answer ends with it.
            let own = String::from_utf8_lossy(&request).replacen("\r\n", "\r\nConnection: close\r\n", 1);
            let mut to = TcpStream::connect(inner).unwrap();
            to.write_all(own.as_bytes()).unwrap();
            let mut answer = Vec::new();
            let _ = to.read_to_end(&mut answer);
            let Some(at) = answer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&answer[..at]).into_owned();
            let (head, body) = change(&text, head, answer[at + 4..].to_vec());
            let _ = stream.write_all(&[head.as_bytes(), b"\r\n\r\n", &body].concat());
        }
    });
    address
}

fn without(head: &str, name: &str) -> String {
    head.split("\r\n").filter(|line| !line.to_lowercase().starts_with(name)).collect::<Vec<_>>().join("\r\n")
}

#[test]
fn hosts_that_are_set_up_wrong_are_told_how() {
    type Change = fn(&str, String, Vec<u8>) -> (String, Vec<u8>);
    let cases: [(&str, Change, &str, &str); 8] = [
        ("nothing changed", |_, head, body| (head, body), "", ""),
        (
            "200 to ranges",
            |_, head, body| (head.replace("206 Partial Content", "200 OK"), body),
            "SPROG-2083",
            "",
        ),
        (
            "another range than it says",
            |_, head, body| (head.replace("bytes 0-3/", "bytes 1-4/"), body),
            "SPROG-2083",
            "",
        ),
        (
            "other bytes",
            |request, head, mut body| {
                if request.contains("range: bytes=-8") {
                    body.reverse();
                }
                (head, body)
            },
            "SPROG-2083",
            "",
        ),
        (
            "compressed",
            |request, head, body| {
                let asked = request.contains("gzip") && request.contains(".parquet");
                (if asked { format!("{head}\r\nContent-Encoding: gzip") } else { head }, body)
            },
            "SPROG-2084",
            "",
        ),
        ("no CORS", |_, head, body| (without(&head, "access-control"), body), "", "SPROG-2085"),
        (
            "scripts as text",
            |_, head, body| (head.replace("text/javascript", "text/plain"), body),
            "SPROG-2086",
            "",
        ),
        (
            "no policy, and everything kept for a day",
            |_, head, body| {
                let head =
                    without(&without(&without(&head, "content-security"), "x-content"), "cache-control");
                (format!("{head}\r\nCache-Control: max-age=86400"), body)
            },
            "",
            "SPROG-2087 SPROG-2088",
        ),
    ];
    let scratch = tempfile::tempdir().unwrap();
    root(scratch.path());
    let running = Server::bind(scratch.path(), "127.0.0.1", 0).unwrap().spawn().unwrap();
    for (name, change, required, recommended) in cases {
        let address = behind(running.address().unwrap(), change);
        let options = Options { allow_private: true, threads: 1, ..Options::default() };
        let checked = check(&format!("http://{address}/"), &options).unwrap();
        assert_eq!(codes(&checked, Level::Required).join(" "), required, "{name}: {:?}", checked.findings);
        assert_eq!(
            codes(&checked, Level::Recommended).join(" "),
            recommended,
            "{name}: {:?}",
            checked.findings
        );
        let wrong = |f: &&sprog::catalog::check::Finding| f.nginx.is_empty() || f.s3.is_empty();
        assert_eq!(checked.findings.iter().find(wrong), None, "{name}: says what to change");
    }
}

#[test]
fn private_hosts_and_http_are_asked_only_when_allowed() {
    let error = check("http://127.0.0.1:9/", &Options::default()).unwrap_err().to_string();
    assert!(error.contains("SPROG-2101"), "{error}");
    let checked = check("https://127.0.0.1:9/", &Options::default()).unwrap();
    assert_eq!(codes(&checked, Level::Required), ["SPROG-2080"]);
    assert!(checked.findings[0].message.contains("not on the public internet"), "{:?}", checked.findings);
    for bad in ["ftp://x/", "https://", "https://a b/", "https://u:p@h/"] {
        assert!(check(bad, &Options::default()).is_err(), "{bad}");
    }
}

#[test]
fn requests_are_bounded() {
    let scratch = tempfile::tempdir().unwrap();
    root(scratch.path());
    let options = Options { requests: 3, ..Options::default() };
    let checked = check(scratch.path().to_str().unwrap(), &options).unwrap();
    assert_eq!((checked.complete, checked.requests), (false, 3));
}
