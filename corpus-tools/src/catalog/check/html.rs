//! Links and ids of a page, by its tags.

/// What other pages and this one can lead to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// Values of `href` and `src`, character references undone, as often as they stand there.
    pub(super) links: Vec<String>,
    /// Values of `id`.
    pub(super) ids: Vec<String>,
}

/// Reads a page. What is in comments, scripts and styles is no tag.
pub(super) fn links(page: &str) -> Links {
    let mut found = Links::default();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let name_end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let name = rest[..name_end].to_ascii_lowercase();
        if name.is_empty() {
            continue;
        }
        rest = attributes(&rest[name_end..], &mut found);
        if matches!(name.as_str(), "script" | "style") {
            let end = format!("</{name}");
            rest = rest.find(&end).map_or("", |at| &rest[at..]);
        }
    }
    found
}

/// Reads attributes up to the end of the tag; what follows it.
fn attributes<'p>(mut rest: &'p str, found: &mut Links) -> &'p str {
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return rest;
        }
        if let Some(after) = rest.strip_prefix('>') {
            return after;
        }
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'))
            // A `=` ahead of a name is part of it.
            .map_or(rest.len(), |end| end.max(rest.chars().next().map_or(1, char::len_utf8)));
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start_matches(|c: char| c.is_ascii_whitespace());
        let Some(after) = rest.strip_prefix('=') else { continue };
        let after = after.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => {
                let inside = &after[1..];
                let end = inside.find(quote).unwrap_or(inside.len());
                rest = inside.get(end + 1..).unwrap_or_default();
                &inside[..end]
            }
            None => {
                let end = after.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(after.len());
                rest = &after[end..];
                &after[..end]
            }
        };
        match name.as_str() {
            "href" | "src" => found.links.push(unescaped(value.trim())),
            "id" => found.ids.push(unescaped(value)),
            _ => {}
        }
    }
}

/// Undoes character references: those with numbers, and the five that every program writes.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest.find(';').filter(|end| *end < 12).and_then(|end| {
            let name = &rest[1..end];
            let number = |text: &str, radix| u32::from_str_radix(text, radix).ok().and_then(char::from_u32);
            let c = match name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => match name.strip_prefix('#')? {
                    n if n.starts_with(['x', 'X']) => number(&n[1..], 16)?,
                    n => number(n, 10)?,
                },
            };
            Some((c, end + 1))
        });
        let (c, length) = known.unwrap_or(('&', 1));
        out.push(c);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The address that a link leads to from a page, without its fragment, and the fragment; none for what is no address of
/// the web (RFC 3986, section 5.2).
pub(super) fn resolve(page: &str, link: &str) -> Option<(String, String)> {
    let (link, fragment) = link.split_once('#').unwrap_or((link, ""));
    let fragment = fragment.to_owned();
    let page = page.split(['?', '#']).next().unwrap_or(page);
    if link.is_empty() {
        return Some((page.to_owned(), fragment));
    }
    let (scheme, rest) = page.split_once("://")?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let head = &link[..link.find(['/', '?']).unwrap_or(link.len())];
    if head.contains(':') {
        let web = link.starts_with("https://") || link.starts_with("http://");
        return web.then(|| (link.to_owned(), fragment));
    }
    if let Some(other) = link.strip_prefix("//") {
        return Some((format!("{scheme}://{other}"), fragment));
    }
    let (target, query) = link.split_at(link.find('?').unwrap_or(link.len()));
    let folder = &path[..path.rfind('/').map_or(0, |at| at + 1)];
    let whole = match target {
        "" => path.to_owned(),
        _ if target.starts_with('/') => target.to_owned(),
        _ => format!("{}{target}", if folder.is_empty() { "/" } else { folder }),
    };
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = whole.split('/').collect();
    for (n, segment) in segments.iter().enumerate() {
        let last = n + 1 == segments.len();
        match *segment {
            "." | ".." => {
                if *segment == ".." && kept.len() > 1 {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    Some((format!("{scheme}://{host}{}{query}", encoded(&kept.join("/"))), fragment))
}

/// A path with what may not stand in one percent-encoded; what is encoded stays so.
pub(super) fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'!' | b'#'..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_ids_are_those_of_tags() {
        let found = links(
            "<!-- <a href=no> --><a href=\"a&#38;b\" id=x>1 < 2</a><script src='s.js'>\"<a href='no'>\"</script>\
             <img SRC = i.png/><p title=\"<a href='no'>\"><a href>",
        );
        assert_eq!(found.links, ["a&b", "s.js", "i.png/"]);
        assert_eq!(found.ids, ["x"]);
    }

    #[test]
    fn no_page_is_too_broken_to_read() {
        for text in [
            "<",
            "<a",
            "<a ",
            "<a =",
            "<a href",
            "<a href=",
            "<a href='",
            "<!--",
            "<script",
            "<a ==x>",
            "<æ ø=å",
        ] {
            for end in 0..=text.len() {
                if text.is_char_boundary(end) {
                    links(&text[..end]);
                }
            }
        }
        assert_eq!(unescaped("&;&#x110000;&#xe6;&nbsp;&"), "&;&#x110000;æ&nbsp;&");
    }

    #[test]
    fn links_lead_from_the_page_they_stand_on() {
        let from = |link: &str| resolve("https://h/a/b/c.html?q", link).map(|(url, _)| url);
        for (link, expected) in [
            ("d.html#x", "https://h/a/b/d.html"),
            ("#x", "https://h/a/b/c.html"),
            ("../", "https://h/a/"),
            ("../../../x", "https://h/x"),
            ("./", "https://h/a/b/"),
            ("/x?y", "https://h/x?y"),
            ("//o/x", "https://o/x"),
            ("http://o/x", "http://o/x"),
            ("ø x", "https://h/a/b/%C3%B8%20x"),
        ] {
            assert_eq!(from(link).as_deref(), Some(expected), "{link}");
        }
        assert_eq!(from("mailto:a@example.dk"), None);
        assert_eq!(from("javascript:x"), None);
        assert_eq!(resolve("https://h", "x").map(|(url, _)| url).as_deref(), Some("https://h/x"));
    }
}
