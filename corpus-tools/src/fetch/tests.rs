mod refused;
mod server;

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::*;
use server::{Reply, Server, cut, endless, reply, rest, then_silence, trickle, whole};

const ETAG: &str = "\"v1\"";
/// A timeout for tests that wait for it.
const SHORT: Duration = Duration::from_millis(500);

fn body() -> Vec<u8> {
    (0..200_000_u32).flat_map(|i| (i % 251).to_le_bytes()).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn open() -> Options {
    Options {
        allow_private: true,
        allow_http: true,
        timeout: Duration::from_secs(5),
        attempts: 3,
        max_bytes: 10 << 20,
        base_delay: Duration::from_millis(1),
    }
}

/// A cache folder, a server, and what is wanted of it.
struct Case {
    dir: TempDir,
    server: Server,
    request: Request,
    options: Options,
}

impl Case {
    fn of(script: Vec<Reply>) -> Case {
        let server = Server::run(script);
        let request = Request { url: server.url("/a.bin?key=hemmelig"), sha256: None, bytes: None };
        Case { dir: tempfile::tempdir().expect("dir"), server, request, options: open() }
    }

    fn pinned(mut self, body: &[u8]) -> Case {
        self.request.sha256 = Some(sha256(body));
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Request, &mut Options)) -> Case {
        change(&mut self.request, &mut self.options);
        self
    }

    fn dest(&self) -> PathBuf {
        self.dir.path().join("cache/a.bin")
    }

    fn fetch(&self) -> Result<Fetched, FetchError> {
        fetch(&self.request, &self.dest(), &self.options, &mut |_| {})
    }

    /// Fetches, and expects the bytes in their place and nothing beside them.
    fn fetches(&self, body: &[u8]) {
        let fetched = self.fetch().expect("fetches");
        let expected =
            Fetched { path: self.dest(), sha256: sha256(body), bytes: body.len() as u64, from_cache: false };
        assert_eq!(fetched, expected);
        assert!(fs::read(self.dest()).expect("reads") == body);
        assert_eq!(self.names(), ["a.bin"]);
    }

    /// Fetches, and expects an error that tells no secret.
    fn fails(&self, code: u16) -> FetchError {
        let error = self.fetch().expect_err("fails");
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(&format!("[SPROG-{code}]\nhint: ")), "{error}");
        assert!(!format!("{error} {error:?}").contains("hemmelig"), "{error:?}");
        error
    }

    fn names(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.dir.path().join("cache")) else { return Vec::new() };
        let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("entry").file_name();
        let mut names: Vec<String> = entries.map(|e| name(e).to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn part_len(&self) -> u64 {
        fs::metadata(self.dir.path().join("cache/a.bin.part")).expect("part").len()
    }
}

#[test]
fn a_whole_file_comes_with_its_digest_and_a_hint_to_pin_it() {
    let body = body();
    let case = Case::of(vec![whole(&body, ETAG)]);
    let mut seen = Vec::new();
    let fetched = fetch(&case.request, &case.dest(), &case.options, &mut |p| seen.push(p)).expect("fetches");
    assert_eq!((fetched.bytes, fetched.from_cache), (800_000, false));
    assert_eq!(seen.last(), Some(&Progress { done: 800_000, total: Some(800_000) }));
    assert!(seen.is_sorted_by_key(|p| p.done));
    let hint = fetched.pin_hint(&case.request).expect("hint");
    assert!(hint.contains(&format!("sha256 = \"{}\"", sha256(&body))), "{hint}");
    let requests = case.server.requests();
    assert!(requests[0].contains("get /a.bin?key=hemmelig http/1.1"), "{requests:?}");
    assert!(requests[0].contains("accept-encoding: identity\r\n"), "{requests:?}");
    assert!(!requests[0].contains("range:"), "{requests:?}");
}

#[test]
fn an_empty_file_is_a_file() {
    Case::of(vec![whole(b"", ETAG)]).pinned(b"").fetches(b"");
}

#[test]
fn a_file_in_place_with_the_right_digest_is_used_without_asking() {
    let case = Case::of(vec![whole(b"dansk", ETAG)]).pinned(b"dansk");
    case.fetches(b"dansk");
    let again = case.fetch().expect("cached");
    assert!(again.from_cache);
    assert_eq!((again.sha256, again.bytes), (sha256(b"dansk"), 5));
    assert_eq!(case.server.requests().len(), 1);
    let upper =
        Request { sha256: case.request.sha256.as_ref().map(|s| s.to_uppercase()), ..case.request.clone() };
    assert!(fetch(&upper, &case.dest(), &case.options, &mut |_| {}).expect("cached").from_cache);
}

#[test]
fn a_file_in_place_with_another_digest_is_replaced_only_by_the_right_one() {
    let case = Case::of(vec![whole(b"wrong", ETAG), whole(b"dansk", ETAG)]).pinned(b"dansk");
    fs::create_dir_all(case.dir.path().join("cache")).expect("dir");
    fs::write(case.dest(), b"old").expect("writes");
    case.fails(2104);
    assert_eq!(fs::read(case.dest()).expect("reads"), b"old");
    case.fetches(b"dansk");
}

#[test]
fn a_cut_download_goes_on_where_it_stopped() {
    let body = body();
    let case = Case::of(vec![cut(&body, 300_000, ETAG), rest(&body, 300_000, ETAG)]);
    case.fetches(&body);
    let requests = case.server.requests();
    assert!(requests[1].contains("\r\nrange: bytes=300000-\r\n"), "{}", requests[1]);
    assert!(requests[1].contains("\r\nif-range: \"v1\"\r\n"), "{}", requests[1]);
}

#[test]
fn the_next_run_goes_on_with_the_part() {
    let body = body();
    let case = Case::of(vec![cut(&body, 300_000, ETAG), rest(&body, 300_000, ETAG)]);
    let once = Options { attempts: 1, ..open() };
    let error = fetch(&case.request, &case.dest(), &once, &mut |_| {}).expect_err("cut");
    assert!(matches!(error, FetchError::Network { done: 300_000, .. }), "{error:?}");
    assert_eq!(case.names(), ["a.bin.part", "a.bin.part.json"]);
    assert_eq!(case.part_len(), 300_000);
    let state = fs::read_to_string(case.dir.path().join("cache/a.bin.part.json")).expect("state");
    assert!(!state.contains("hemmelig"), "{state}");
    case.fetches(&body);
}

#[test]
fn a_damaged_part_or_one_of_another_source_is_not_gone_on_with() {
    let body = body();
    let case = Case::of(vec![cut(&body, 300_000, ETAG), whole(&body, ETAG)]);
    let once = Options { attempts: 1, ..open() };
    fetch(&case.request, &case.dest(), &once, &mut |_| {}).expect_err("cut");
    // As a power cut leaves it: the right length, but zeros.
    fs::write(case.dir.path().join("cache/a.bin.part"), vec![0; 300_000]).expect("writes");
    case.fetches(&body);
    assert!(!case.server.requests()[1].contains("range:"));

    let mut case = Case::of(vec![cut(&body, 300_000, ETAG), whole(&body, ETAG)]);
    fetch(&case.request, &case.dest(), &once, &mut |_| {}).expect_err("cut");
    case.request.url = case.server.url("/b.bin");
    case.fetches(&body);
    assert!(!case.server.requests()[1].contains("range:"));
}

#[test]
fn a_part_that_lacks_only_its_name_needs_no_server() {
    let body = body();
    let case = Case::of(vec![cut(&body, body.len() - 1, ETAG)]).pinned(&body[..body.len() - 1]);
    let once = Options { attempts: 1, ..open() };
    fetch(&case.request, &case.dest(), &once, &mut |_| {}).expect_err("cut");
    case.fetches(&body[..body.len() - 1]);
    assert_eq!(case.server.requests().len(), 1);
}

#[test]
fn a_server_that_ignores_the_range_starts_over() {
    let body = body();
    let case = Case::of(vec![cut(&body, 300_000, ETAG), whole(&body, ETAG)]);
    case.fetches(&body);
    assert!(case.server.requests()[1].contains("range: bytes=300000-"));
}

#[test]
fn a_wrong_content_range_starts_over() {
    let body = body();
    for range in
        ["Content-Range: bytes 299999-799999/800000", "Content-Range: bytes 300000-799999/900000", "X: y"]
    {
        let wrong = reply(&["206 Partial Content", range, "Content-Length: 500000"], &body[300_000..]);
        let case = Case::of(vec![cut(&body, 300_000, ETAG), wrong, whole(&body, ETAG)]);
        case.fetches(&body);
        assert!(!case.server.requests()[2].contains("range:"), "{range}");
    }
}

#[test]
fn more_bytes_than_the_content_range_says_starts_over() {
    let body = body();
    let long = reply(&["206 Partial Content", "Content-Range: bytes 300000-300009/800000"], &body[300_000..]);
    Case::of(vec![cut(&body, 300_000, ETAG), long, whole(&body, ETAG)]).fetches(&body);
}

#[test]
fn a_shorter_range_than_asked_for_is_gone_on_with() {
    let body = body();
    let head = ["206 Partial Content", "Content-Range: bytes 300000-399999/800000", "Content-Length: 100000"];
    let some = reply(&head, &body[300_000..400_000]);
    Case::of(vec![cut(&body, 300_000, ETAG), some, rest(&body, 400_000, ETAG)]).fetches(&body);
}

#[test]
fn a_changed_version_starts_over() {
    let (body, new) = (body(), vec![b'n'; 500_000]);
    // A server that knows If-Range sends the new file whole; one that does not sends the rest of the new file.
    Case::of(vec![cut(&body, 300_000, ETAG), whole(&new, "\"v2\"")]).fetches(&new);
    let same_length = vec![b'n'; body.len()];
    let script =
        vec![cut(&body, 300_000, ETAG), rest(&same_length, 300_000, "\"v2\""), whole(&same_length, "\"v2\"")];
    Case::of(script).fetches(&same_length);
}

#[test]
fn without_a_version_only_a_digest_allows_to_go_on() {
    let body = body();
    let case = Case::of(vec![cut(&body, 300_000, "W/\"v1\""), whole(&body, ETAG)]);
    case.fetches(&body);
    assert!(!case.server.requests()[1].contains("range:"));

    let case =
        Case::of(vec![cut(&body, 300_000, "W/\"v1\""), rest(&body, 300_000, "W/\"v1\"")]).pinned(&body);
    case.fetches(&body);
    assert!(case.server.requests()[1].contains("range: bytes=300000-"));
    assert!(!case.server.requests()[1].contains("if-range:"));

    // The two halves are of different files: found by the digest, and mended by one download from the start.
    let other = vec![b'o'; body.len()];
    let script = vec![cut(&other, 300_000, "W/\"v0\""), rest(&body, 300_000, "W/\"v1\""), whole(&body, ETAG)];
    Case::of(script).pinned(&body).fetches(&body);
}

#[test]
fn range_not_satisfiable_is_the_end_or_a_new_start() {
    let body = body();
    let no_length = || reply(&["200 OK", "ETag: \"v1\"", "Transfer-Encoding: chunked"], "5\r\ndansk\r\n");
    let past_end = |total: &str| {
        reply(
            &["416 Range Not Satisfiable", &format!("Content-Range: bytes */{total}"), "Content-Length: 0"],
            "",
        )
    };
    Case::of(vec![no_length(), past_end("5")]).fetches(b"dansk");
    Case::of(vec![no_length(), past_end("4"), whole(&body, ETAG)]).fetches(&body);
    Case::of(vec![past_end("4")]).fails(2103);
}

#[test]
fn silence_ends_an_attempt() {
    let body = body();
    let script = vec![then_silence(cut(&body, 300_000, ETAG)), rest(&body, 300_000, ETAG)];
    Case::of(script).with(|_, options| options.timeout = SHORT).fetches(&body);

    let started = Instant::now();
    let quiet: Vec<Reply> = vec![then_silence(Box::new(|_| {})), then_silence(cut(&body, 1000, ETAG))];
    let case = Case::of(quiet).with(|_, options| (options.attempts, options.timeout) = (2, SHORT));
    let error = case.fails(2106);
    assert!(matches!(error, FetchError::Stalled { done: 1000, .. }), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_trickle_is_as_bad_as_silence() {
    let case = Case::of(vec![trickle()]).with(|_, options| (options.attempts, options.timeout) = (1, SHORT));
    case.fails(2106);
}

#[test]
fn a_passing_status_is_tried_again_and_a_final_one_is_not() {
    let fail = |status: &str| reply(&[status, "Content-Length: 0"], "");
    Case::of(vec![fail("500 Oops"), whole(b"dansk", ETAG)]).fetches(b"dansk");
    Case::of(vec![fail("429 Slow"), fail("503 Busy"), whole(b"dansk", ETAG)]).fetches(b"dansk");

    let case = Case::of(vec![fail("404 Not Found"), whole(b"dansk", ETAG)]);
    assert!(matches!(case.fails(2103), FetchError::Status { status: 404, .. }));
    assert_eq!((case.server.requests().len(), case.names().len()), (1, 0));

    let case = Case::of((0..5).map(|_| fail("502 Bad Gateway")).collect());
    case.fails(2103);
    assert_eq!(case.server.requests().len(), 3);
}

#[test]
fn delays_double_up_to_a_bound_and_heed_the_server() {
    let options = Options::default();
    let seconds = |failures, after: Option<u64>| {
        delay(&options, failures, after.map(Duration::from_secs)).as_secs_f64()
    };
    assert_eq!([1, 2, 3, 9, u32::MAX].map(|n| seconds(n, None)), [0.5, 1.0, 2.0, 30.0, 30.0]);
    assert_eq!([seconds(1, Some(7)), seconds(1, Some(86_400)), seconds(4, Some(1))], [7.0, 60.0, 4.0]);
}

#[test]
fn local_files_come_by_path_and_by_file_address() {
    let case = Case::of(vec![]);
    let source = case.dir.path().join("kilde æ.txt");
    fs::write(&source, "blåbærgrød").expect("writes");
    let path = source.to_str().expect("utf-8").to_owned();
    let address = format!("file://{}", path.replace(' ', "%20").replace('æ', "%C3%A6"));
    for url in [path.clone(), address] {
        let case = Case::of(vec![]).with(|request, _| request.url = url.clone());
        case.fetches("blåbærgrød".as_bytes());
        case.with(|_, options| options.max_bytes = 3).fails(2108);
        let case = Case::of(vec![]).pinned(b"norsk").with(|request, _| request.url = url);
        case.fails(2104);
        assert!(case.names().is_empty());
    }
    for missing in [format!("{path}.x"), case.dir.path().to_str().expect("utf-8").to_owned()] {
        let case = Case::of(vec![]).with(|request, _| request.url = missing);
        case.fails(2109);
        assert!(case.names().is_empty());
    }
}

#[test]
fn two_runs_do_not_write_to_one_part() {
    let case = Case::of(vec![whole(b"dansk", ETAG)]);
    let held = Part::open(&case.dest(), "another", None).expect("part");
    let text = case.fails(2109).to_string();
    assert!(text.contains("another run"), "{text}");
    held.discard().expect("discards");
    case.fetches(b"dansk");
}

#[test]
fn a_folder_in_the_way_is_told() {
    let case = Case::of(vec![whole(b"dansk", ETAG)]);
    fs::create_dir_all(case.dest()).expect("dir");
    case.fails(2109);
}
