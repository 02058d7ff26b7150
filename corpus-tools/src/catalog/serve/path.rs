//! From the target of a request to a file of the root, or to nothing.

use std::path::{Path, PathBuf};

/// What a target leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A file.
    File {
        /// Where it is, with all links followed.
        path: PathBuf,
        /// Its path as asked for, from the root, decoded.
        inside: String,
    },
    /// A folder that was asked for without its slash.
    Folder {
        /// The target with the slash.
        location: String,
    },
}

/// Finds the file of a target; the status to refuse it with.
///
/// Segments are decoded once, one by one. One that could mean something to the file system (`..`, a separator, a
/// control) is refused, and so is what lies outside the root once links are followed.
pub(super) fn find(root: &Path, target: &str) -> Result<Found, u16> {
    let raw = target.split(['?', '#']).next().unwrap_or_default();
    let Some(rest) = raw.strip_prefix('/') else { return Err(400) };
    let mut segments = Vec::new();
    let mut parts = rest.split('/').peekable();
    let mut folder = false;
    while let Some(part) = parts.next() {
        if part.is_empty() {
            // Only the last one may be: it asks for a folder.
            if parts.peek().is_some() {
                return Err(404);
            }
            folder = true;
        } else {
            segments.push(segment(part)?);
        }
    }
    let path = segments.iter().fold(root.to_owned(), |path, segment| path.join(segment));
    let path = path.canonicalize().map_err(|_| 404u16)?;
    if !path.starts_with(root) {
        return Err(404);
    }
    if path.is_dir() {
        if !folder {
            return Ok(Found::Folder { location: format!("{raw}/") });
        }
        segments.push("index.html".to_owned());
        let index = path.join("index.html").canonicalize().map_err(|_| 404u16)?;
        return file(root, index, &segments);
    }
    if folder { Err(404) } else { file(root, path, &segments) }
}

fn file(root: &Path, path: PathBuf, segments: &[String]) -> Result<Found, u16> {
    // No pipe or device: opening one could wait for ever.
    if path.starts_with(root) && path.is_file() {
        Ok(Found::File { path, inside: segments.join("/") })
    } else {
        Err(404)
    }
}

/// A segment of a path, decoded (RFC 3986, section 2.1).
fn segment(text: &str) -> Result<String, u16> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16)).ok_or(400u16);
        let value = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(value).map_err(|_| 400u16)?);
    }
    let name = String::from_utf8(bytes).map_err(|_| 404u16)?;
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\') || (cfg!(windows) && c == ':');
    // A dot also hides what is being written: `.1.0.0.staging`.
    if name.starts_with('.') || name.len() > 255 || name.contains(odd) { Err(404) } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_root_is_found() {
        let scratch = tempfile::tempdir().unwrap();
        let root = scratch.path().join("root");
        std::fs::create_dir_all(root.join("a b")).unwrap();
        std::fs::write(scratch.path().join("secret"), "x").unwrap();
        std::fs::write(root.join("index.html"), "x").unwrap();
        std::fs::write(root.join("a b/ø.json"), "x").unwrap();
        std::fs::write(root.join(".hidden"), "x").unwrap();
        let root = root.canonicalize().unwrap();
        let file = |target: &str| match find(&root, target) {
            Ok(Found::File { inside, .. }) => inside,
            Ok(Found::Folder { location }) => location,
            Err(status) => status.to_string(),
        };
        assert_eq!(file("/"), "index.html");
        assert_eq!(file("/?q=1"), "index.html");
        assert_eq!(file("/a%20b/%C3%B8.json"), "a b/ø.json");
        assert_eq!(file("/a%20b"), "/a%20b/");
        for (target, status) in [
            ("/a%20b/", "404"),
            ("/../secret", "404"),
            ("/%2e%2e/secret", "404"),
            ("/a%20b/..%2f..%2fsecret", "404"),
            ("/..%5csecret", "404"),
            ("/..\\secret", "404"),
            ("/%252e%252e/secret", "404"),
            ("//index.html", "404"),
            ("/./index.html", "404"),
            ("/index.html/", "404"),
            ("/index.html%00.json", "404"),
            ("/.hidden", "404"),
            ("/%ff", "404"),
            ("/%e", "400"),
            ("/%zz", "400"),
            ("http://host/index.html", "400"),
            ("*", "400"),
            ("", "400"),
        ] {
            assert_eq!(file(target), status, "{target}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(scratch.path().join("secret"), root.join("link")).unwrap();
            std::os::unix::fs::symlink(scratch.path(), root.join("up")).unwrap();
            std::os::unix::fs::symlink("index.html", root.join("inside.html")).unwrap();
            assert_eq!(file("/link"), "404");
            assert_eq!(file("/up/secret"), "404");
            assert_eq!(file("/inside.html"), "inside.html");
        }
    }
}
