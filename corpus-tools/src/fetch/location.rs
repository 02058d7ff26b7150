//! Addresses of sources: what may be fetched, how a redirect is followed, and what may be shown.

use std::path::PathBuf;

use ureq::http::Uri;

use super::{FetchError, Options};

/// Where a source's bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// A file of this machine.
    File(PathBuf),
    /// Something a server has.
    Web(Url),
}

impl Location {
    /// Reads a path, a `file://` URL (RFC 8089) or an https address.
    pub(super) fn parse(text: &str) -> Result<Location, FetchError> {
        let Some((scheme, rest)) = split_scheme(text) else {
            return Ok(Location::File(PathBuf::from(text)));
        };
        if !scheme.eq_ignore_ascii_case("file") {
            return Ok(Location::Web(Url::parse(text)?));
        }
        let bad = |reason| FetchError::BadUrl { url: shown(text), reason };
        let path = match rest.find('/') {
            Some(at) if rest[..at].is_empty() || rest[..at].eq_ignore_ascii_case("localhost") => &rest[at..],
            _ => return Err(bad("a file address starts with file:/// and holds a whole path")),
        };
        percent_decoded(path).map(Location::File).ok_or_else(|| bad("not a valid percent-encoded path"))
    }
}

fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let name = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    (name && scheme.starts_with(|c: char| c.is_ascii_alphabetic())).then_some((scheme, rest))
}

fn percent_decoded(text: &str) -> Option<PathBuf> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok().filter(|path| !path.contains('\0')).map(PathBuf::from)
}

/// An http or https address without user name, password and fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    secure: bool,
    /// Host and port, as written.
    authority: String,
    /// Starts with a slash; letters outside ASCII are percent-encoded.
    path: String,
    /// With its question mark, or empty.
    query: String,
}

impl Url {
    fn parse(text: &str) -> Result<Url, FetchError> {
        let bad = |reason| FetchError::BadUrl { url: shown(text), reason };
        let (scheme, rest) = split_scheme(text).ok_or_else(|| bad("not an address"))?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(FetchError::Insecure { url: shown(text) }),
        };
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (authority, path_and_query) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(bad("a user name or password in an address is not accepted"));
        }
        if !well_formed(authority) {
            return Err(bad(
                "the host is missing or not in ASCII letters (æ, ø, å in a host are written xn--…)",
            ));
        }
        let (path, query) = path_and_query.split_at(path_and_query.find('?').unwrap_or(path_and_query.len()));
        let path = if path.is_empty() { "/" } else { path };
        let (Some(path), Some(query)) = (encoded(path), encoded(query)) else {
            return Err(bad("spaces and control characters must be percent-encoded"));
        };
        let url = Url { secure, authority: authority.to_ascii_lowercase(), path, query };
        match url.text().parse::<Uri>() {
            Ok(_) => Ok(url),
            Err(_) => Err(bad("not a valid address")),
        }
    }

    /// Refuses http unless it is allowed.
    pub(super) fn check(&self, options: &Options) -> Result<(), FetchError> {
        if self.secure || options.allow_http {
            return Ok(());
        }
        Err(FetchError::Insecure { url: self.shown() })
    }

    /// The address that a `Location` header leads to from here (RFC 9110, section 10.2.2; RFC 3986, section
    /// 5.2).
    ///
    /// # Errors
    /// [`FetchError::Insecure`] if it leads from https to anything else, whatever the options are, or to http while
    /// that is not allowed; [`FetchError::BadUrl`] as for any address.
    pub(super) fn follow(&self, location: &str, options: &Options) -> Result<Url, FetchError> {
        let location = location.split_once('#').map_or(location, |(before, _)| before);
        let scheme = if self.secure { "https" } else { "http" };
        let origin = format!("{scheme}://{}", self.authority);
        let text = if has_scheme(location) {
            location.to_owned()
        } else if location.starts_with("//") {
            format!("{scheme}:{location}")
        } else if location.is_empty() {
            return Err(FetchError::Redirect { url: self.shown(), reason: "a redirect to nowhere" });
        } else if location.starts_with('?') {
            format!("{origin}{}{location}", self.path)
        } else {
            let (path, query) = location.split_at(location.find('?').unwrap_or(location.len()));
            let folder = &self.path[..=self.path.rfind('/').unwrap_or(0)];
            let whole = if path.starts_with('/') { path.to_owned() } else { format!("{folder}{path}") };
            format!("{origin}{}{query}", without_dots(&whole))
        };
        let next = Url::parse(&text)?;
        next.check(options)?;
        if self.secure && !next.secure {
            return Err(FetchError::Insecure { url: next.shown() });
        }
        Ok(next)
    }

    /// The whole address, for the request only.
    pub(super) fn text(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{}{}", self.authority, self.path, self.query)
    }

    /// The address for people: a query may hold a key (signed addresses of object stores do) and is left
    /// out.
    pub(super) fn shown(&self) -> String {
        shown(&self.text())
    }
}

/// An address or path without what may be secret in it.
pub(super) fn shown(text: &str) -> String {
    let Some((scheme, rest)) = split_scheme(text) else { return text.to_owned() };
    let (authority, after) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    // `user:pass/word@host` splits in the wrong place.
    let may_split_password = after.contains('@') && authority.contains(':');
    if may_split_password || rest.contains('\\') || (!host.is_empty() && !well_formed(host)) {
        return format!("{scheme}://…");
    }
    let path = &after[..after.find(['?', '#']).unwrap_or(after.len())];
    let hidden = if after.contains('?') { "?…" } else { "" };
    format!("{scheme}://{host}{path}{hidden}")
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`.
fn well_formed(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, after)) => {
            if inside.parse::<std::net::Ipv6Addr>().is_err() {
                return false;
            }
            ("v6", after)
        }
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok());
    let host_fits = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    !host.is_empty() && host_fits && port_fits
}

/// Whether a reference starts with a scheme (RFC 3986, section 4.2: a colon before any slash or question
/// mark).
fn has_scheme(reference: &str) -> bool {
    let head = &reference[..reference.find(['/', '?']).unwrap_or(reference.len())];
    head.contains(':')
}

/// Percent-encodes what is outside ASCII (RFC 3987, section 3.1); `None` if there are spaces or control
/// characters.
fn encoded(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            0..=0x20 | 0x7f | b'\\' => return None,
            0x80.. => out.push_str(&format!("%{byte:02X}")),
            _ => out.push(char::from(byte)),
        }
    }
    Some(out)
}

/// Takes `.` and `..` out of an absolute path (RFC 3986, section 5.2.4).
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web(text: &str) -> Url {
        match Location::parse(text) {
            Ok(Location::Web(url)) => url,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn code(text: &str) -> u16 {
        Location::parse(text).expect_err(text).code()
    }

    #[test]
    fn paths_and_file_addresses_are_files() {
        for (text, path) in [
            ("data/æ.txt", "data/æ.txt"),
            ("/a/b", "/a/b"),
            ("file:///a/b%20c%C3%A6", "/a/b cæ"),
            ("FILE://localhost/a", "/a"),
        ] {
            assert_eq!(Location::parse(text).expect(text), Location::File(PathBuf::from(path)));
        }
        for bad in ["file://server/share", "file://a", "file:///%zz", "file:///a%00b", "file:///%ff"] {
            assert_eq!(code(bad), 2110, "{bad}");
        }
    }

    #[test]
    fn only_http_and_https_are_web_addresses() {
        assert_eq!(web("HTTPS://Sprog.DK#top").text(), "https://sprog.dk/");
        assert_eq!(web("https://sprog.dk/ordbøger?q=å").text(), "https://sprog.dk/ordb%C3%B8ger?q=%C3%A5");
        for bad in ["ftp://sprog.dk/a", "gopher://sprog.dk/", "data://x"] {
            assert_eq!(code(bad), 2101, "{bad}");
        }
        for bad in [
            "https://",
            "https:///a",
            "https://a b/",
            "https://sprog.dk/a b",
            "https://bø.dk/",
            "https://h:99999/",
        ] {
            assert_eq!(code(bad), 2110, "{bad}");
        }
    }

    #[test]
    fn user_names_and_passwords_are_refused_and_not_shown() {
        for bad in [
            "https://ane:hemmelig@sprog.dk/a",
            "https://hemmelig@sprog.dk",
            "https://ane:hemmelig@sprog.dk:99999/a?hemmelig",
            "https://ane:hem/melig@sprog.dk/a",
            "https://sprog.dk\\@hemmelig/",
        ] {
            let error = Location::parse(bad).expect_err(bad);
            assert_eq!(error.code(), 2110, "{bad}");
            assert!(!error.to_string().contains("hem"), "{error}");
            assert!(!format!("{error:?}").contains("hem"), "{error:?}");
        }
        assert_eq!(web("https://ane:12/hem@sprog.dk").shown(), "https://…");
        assert_eq!(web("https://npm.dk/@ord/bog").shown(), "https://npm.dk/@ord/bog");
        assert_eq!(web("https://s3.dk/a?X-Amz-Signature=1").shown(), "https://s3.dk/a?…");
    }

    #[test]
    fn redirects_resolve_as_rfc_3986_says() {
        let from = web("https://a.dk/b/c/d;p?q");
        let options = Options::default();
        for (location, expected) in [
            ("g", "https://a.dk/b/c/g"),
            ("./g", "https://a.dk/b/c/g"),
            ("g/", "https://a.dk/b/c/g/"),
            ("/g", "https://a.dk/g"),
            ("//g.dk", "https://g.dk/"),
            ("?y", "https://a.dk/b/c/d;p?y"),
            ("g?y=/../x", "https://a.dk/b/c/g?y=/../x"),
            ("g#s", "https://a.dk/b/c/g"),
            (".", "https://a.dk/b/c/"),
            ("..", "https://a.dk/b/"),
            ("../..", "https://a.dk/"),
            ("../../../g", "https://a.dk/g"),
            ("https://x.dk/y", "https://x.dk/y"),
        ] {
            assert_eq!(from.follow(location, &options).expect(location).text(), expected, "{location}");
        }
    }

    #[test]
    fn a_redirect_never_leaves_https_and_never_reaches_a_file() {
        let from = web("https://a.dk/b");
        let open = Options { allow_http: true, ..Options::default() };
        for options in [Options::default(), open] {
            for (location, code) in [
                ("http://a.dk/b", 2101),
                ("file:///etc/passwd", 2101),
                ("ftp://a.dk/", 2101),
                ("javascript:alert(1)", 2110),
                ("https://ane:hemmelig@a.dk/", 2110),
                ("", 2111),
            ] {
                assert_eq!(from.follow(location, &options).expect_err(location).code(), code, "{location}");
            }
        }
        let plain = web("http://a.dk/b");
        assert_eq!(plain.follow("/c", &Options::default()).expect_err("http").code(), 2101);
    }
}
