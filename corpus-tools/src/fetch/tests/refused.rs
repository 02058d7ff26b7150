//! What must not be reached, believed or taken in.

use std::io::Write;
use std::net::SocketAddr;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::*;

#[test]
fn redirects_are_followed_five_times() {
    let hop = |status: &str, to: &str| reply(&[status, &format!("Location: {to}"), "Content-Length: 0"], "");
    let statuses = ["301 A", "302 B", "303 C", "307 D", "308 E"];
    let mut script: Vec<Reply> = statuses.iter().map(|s| hop(s, "../b/c.bin?x=1#top")).collect();
    script.push(whole(b"dansk", ETAG));
    let case = Case::of(script);
    case.fetches(b"dansk");
    assert!(case.server.requests()[5].contains("get /b/c.bin?x=1 http/1.1"));

    let case = Case::of((0..7).map(|_| hop("302 Found", "/a")).collect());
    case.fails(2111);
    assert_eq!(case.server.requests().len(), 6);
    Case::of(vec![reply(&["302 Found", "Content-Length: 0"], "")]).fails(2111);
    Case::of(vec![reply(&["304 Not Modified"], "")]).fails(2103);
}

#[test]
fn a_redirect_may_not_reach_files_or_other_schemes_or_carry_passwords() {
    for (to, code) in [
        ("file:///etc/passwd", 2101),
        ("ftp://sprog.dk/hemmelig?hemmelig", 2101),
        ("https://ane:hemmelig@sprog.dk/", 2110),
    ] {
        let to = to.replace("/hemmelig?", "/x?");
        let case = Case::of(vec![reply(&["302 Found", &format!("Location: {to}"), "Content-Length: 0"], "")]);
        case.fails(code);
    }
}

/// Finds `server.test` at the test's own server, and everything else as in earnest.
#[derive(Debug)]
struct OneExemption(SocketAddr, PublicResolver);

impl Resolver for OneExemption {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if uri.host() != Some("server.test") {
            return self.1.resolve(uri, config, timeout);
        }
        let mut addresses = self.empty();
        addresses.push(self.0);
        Ok(addresses)
    }
}

#[test]
fn a_redirect_to_a_private_address_is_refused() {
    for to in [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:1/",
        "http://localhost/",
    ] {
        let hop = reply(&["302 Found", &format!("Location: {to}"), "Content-Length: 0"], "");
        let case = Case::of(vec![hop]).with(|request, options| {
            request.url = "http://server.test/".into();
            options.allow_private = false;
        });
        let resolver = OneExemption(case.server.address, PublicResolver::default());
        let agent = transfer::agent(&case.options, resolver);
        let client = Client { agent, options: case.options.clone(), received: AtomicU64::new(0) };
        let error = client.fetch(&case.request, &case.dest(), &mut |_| {});
        assert!(matches!(error, Err(FetchError::PrivateAddress { .. })), "{to}: {error:?}");
        assert_eq!((case.server.requests().len(), case.names().len()), (1, 0));
    }
}

#[test]
fn names_and_numbers_of_this_machine_are_refused_before_any_connection() {
    let case = Case::of(vec![whole(b"dansk", ETAG)]).with(|_, options| options.allow_private = false);
    let port = case.server.address.port();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0"] {
        let request = Request { url: format!("http://{host}:{port}/a"), ..Request::default() };
        let error = fetch(&request, &case.dest(), &case.options, &mut |_| {}).expect_err(host);
        assert_eq!(error.code(), 2102, "{host}: {error}");
    }
    assert!(case.server.requests().is_empty());
}

#[test]
fn http_and_passwords_are_refused_before_any_connection() {
    let case = Case::of(vec![whole(b"dansk", ETAG)]).with(|_, options| options.allow_http = false);
    case.fails(2101);
    let url = format!("http://ane:hemmelig@{}/a", case.server.address);
    let case = case.with(|request, options| {
        request.url = url;
        options.allow_http = true;
    });
    case.fails(2110);
    assert!(case.server.requests().is_empty());
    assert!(case.names().is_empty());
}

#[test]
fn a_stated_length_below_the_true_one_is_found() {
    let short = || reply(&["200 OK", "Content-Length: 3"], "dansk");
    let case = Case::of(vec![short()]).pinned(b"dansk");
    case.fails(2104);
    assert!(case.names().is_empty());
    let case = Case::of(vec![short()]).with(|request, _| request.bytes = Some(5));
    assert!(matches!(case.fails(2105), FetchError::Length { expected: 5, got: 3, .. }));
    assert!(case.names().is_empty());
}

#[test]
fn a_stated_length_above_the_true_one_is_a_cut_connection() {
    let long = || reply(&["200 OK", "Content-Length: 9", "ETag: \"v1\""], "dansk");
    let past = || reply(&["416 No", "Content-Range: bytes */9", "Content-Length: 0"], "");
    let case = Case::of(vec![long(), past(), long()]);
    case.fails(2107);
    assert_eq!(case.names(), ["a.bin.part", "a.bin.part.json"]);
}

#[test]
fn the_length_in_the_request_bounds_and_completes_what_comes() {
    let open_end = |body: &str| reply(&["200 OK", "ETag: \"v1\""], body);
    Case::of(vec![open_end("dansk")]).with(|request, _| request.bytes = Some(5)).fetches(b"dansk");
    let case = Case::of(vec![open_end("dan"), rest(b"dansk", 3, ETAG)]);
    case.with(|request, _| request.bytes = Some(5)).fetches(b"dansk");
    let case = Case::of(vec![endless()]).with(|request, _| request.bytes = Some(5));
    case.fails(2105);
}

#[test]
fn a_chunked_body_must_end_as_one() {
    let head = ["200 OK", "ETag: \"v1\"", "Transfer-Encoding: chunked"];
    Case::of(vec![reply(&head, "5\r\ndansk\r\n0\r\n\r\n")]).fetches(b"dansk");
    Case::of(vec![reply(&head, "5\r\ndan"), rest(b"dansk", 3, ETAG)]).fetches(b"dansk");
}

#[test]
fn an_endless_body_and_a_large_one_are_stopped() {
    let case = Case::of(vec![endless()]).with(|_, options| options.max_bytes = 1 << 20);
    assert!(matches!(case.fails(2108), FetchError::TooLarge { limit: 0x10_0000, .. }));
    assert!(case.names().is_empty());
    let case = Case::of(vec![whole(&[0; 11], ETAG)]).with(|_, options| options.max_bytes = 10);
    case.fails(2108);
    assert!(case.names().is_empty());
}

#[test]
fn a_wrong_digest_leaves_nothing() {
    let case = Case::of(vec![whole(b"norsk", ETAG), whole(b"dansk", ETAG)]).pinned(b"dansk");
    let text = case.fails(2104).to_string();
    assert!(text.contains(&sha256(b"dansk")) && text.contains(&sha256(b"norsk")), "{text}");
    assert_eq!((case.server.requests().len(), case.names().len()), (1, 0));
}

#[test]
fn a_content_encoding_is_not_undone() {
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00";
    let head = ["200 OK", "Content-Encoding: gzip", "Content-Length: 20"];
    Case::of(vec![reply(&head, *gzip)]).pinned(gzip).fetches(gzip);
}

#[test]
fn garbage_instead_of_http_is_an_error_and_not_a_panic() {
    let garbage = |bytes: &'static [u8]| -> Reply { Box::new(move |stream| drop(stream.write_all(bytes))) };
    let header = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(100_000)).leak().as_bytes();
    for bytes in
        [b"\0\xff\xfe".as_slice(), b"HTTP/1.1 9", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", header]
    {
        let case = Case::of(vec![garbage(bytes)]).with(|_, options| options.attempts = 1);
        case.fails(2107);
    }
}

#[test]
fn a_malformed_digest_is_told_before_anything_is_done() {
    for given in ["", "abc", &"g".repeat(64), &"é".repeat(32)] {
        let case = Case::of(vec![]).with(|request, _| request.sha256 = Some(given.to_owned()));
        case.fails(2112);
    }
}
