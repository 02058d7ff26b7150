//! Ranges, compression, and the headers of answers.

use sprog_formats::Code;

use super::web::{Answer, Ask};
use super::{Check, Level, Listed};
use crate::catalog::types::media_type;
use crate::codes;

/// Five minutes: as long as a reader may see an old pointer.
const POINTER_SECONDS: u64 = 300;
/// A week: as long as a version, which never changes, should be kept at least.
const VERSION_SECONDS: u64 = 7 * 86_400;
/// What a script of another site has to be able to read.
const EXPOSED: [&str; 3] = ["content-range", "content-length", "etag"];

/// What to change for a code: in nginx, and in S3-compatible storage.
pub(super) fn remedy(code: Code) -> (&'static str, &'static str) {
    match code {
        codes::CATALOG_RANGES => (
            "max_ranges 1;  # and no proxy, filter or script that rewrites .parquet",
            "S3 answers ranges itself; let a CDN ahead of it pass on Range, If-Range and ETag",
        ),
        codes::CATALOG_COMPRESSED => (
            "location ~ \\.parquet$ { gzip off; brotli off; }",
            "turn off compression for application/vnd.apache.parquet in the CDN; upload without Content-Encoding",
        ),
        codes::CATALOG_CORS => (
            "add_header Access-Control-Allow-Origin \"*\" always; add_header Access-Control-Expose-Headers \
             \"Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag\" always;",
            "aws s3api put-bucket-cors: AllowedOrigins [\"*\"], AllowedMethods [\"GET\", \"HEAD\"], AllowedHeaders \
             [\"*\"], ExposeHeaders [\"Accept-Ranges\", \"Content-Length\", \"Content-Range\", \"ETag\"]",
        ),
        codes::CATALOG_TYPE => (
            "types { application/vnd.apache.parquet parquet; text/turtle ttl; application/ld+json jsonld; \
             application/rdf+xml rdf; text/javascript js; }",
            "set Content-Type when the files are uploaded",
        ),
        codes::CATALOG_HEADERS => (
            "add_header X-Content-Type-Options nosniff always; add_header Content-Security-Policy \"default-src \
             'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
             connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'\" always;",
            "a response headers policy of the CDN; storage alone cannot send them (the pages hold the policy too)",
        ),
        codes::CATALOG_CACHE => (
            "location ~ ^/ds/[^/]+/[0-9.]+/ { add_header Cache-Control \"public, max-age=31536000, immutable\"; } \
             location ~ /latest\\.json$ { add_header Cache-Control no-cache; }",
            "set Cache-Control when the files are uploaded: immutable for versions, no-cache for latest.json",
        ),
        codes::CATALOG_TLS => {
            ("listen 443 ssl; return 301 https://$host$request_uri; on port 80", "use the https endpoint")
        }
        _ => ("", ""),
    }
}

/// Asks for a Parquet file in parts, and looks at the headers of one file of each kind.
pub(super) fn check(check: &Check<'_>, files: &[Listed]) {
    let parquet = files
        .iter()
        .find(|f| f.url.ends_with(".parquet") && f.url.contains("/data/"))
        .or_else(|| files.iter().find(|f| f.url.ends_with(".parquet")));
    if let Some(file) = parquet {
        ranges(check, file);
        compression(check, file);
        cors(check, &file.url);
        cache_of_version(check, &file.url);
    }
    page(check);
    // One file of each kind is enough to tell how the host is set up.
    let mut kinds = std::collections::BTreeSet::new();
    let site = [
        "assets/style.css",
        "assets/search.js",
        "api/datasets.json",
        "catalog.ttl",
        "catalog.jsonld",
        "catalog.rdf",
    ];
    let site: Vec<String> = site.iter().map(|path| check.web.at(path)).collect();
    for url in files.iter().map(|f| &f.url).chain(&site) {
        let ending = url.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, e)| e);
        if let Some(ending) = ending
            && kinds.insert(ending)
        {
            kind(check, url);
        }
    }
    if let Some(id) =
        files.first().and_then(|f| f.url.strip_prefix(check.web.base.as_str())?.split('/').nth(1))
    {
        let pointer = check.web.at(&format!("ds/{id}/latest.json"));
        if let Some(answer) = ask(check, &pointer, &[], 0) {
            let kept = max_age(&answer);
            let control = answer.field("cache-control").unwrap_or_default();
            if !control.contains("no-cache")
                && !control.contains("no-store")
                && kept.is_some_and(|s| s > POINTER_SECONDS)
            {
                let seconds = kept.unwrap_or_default();
                let message = [
                    format!("må gemmes i {seconds} s; læsere ser ikke en ny version før"),
                    format!("may be kept for {seconds} s; readers will not see a new version sooner"),
                ];
                check.find(codes::CATALOG_CACHE, Level::Recommended, &pointer, message);
            }
        }
        cors(check, &pointer);
    }
}

fn ask(check: &Check<'_>, url: &str, fields: &[(&str, &str)], most: u64) -> Option<Answer> {
    // What cannot be had was told when links were followed.
    check.web.ask(if most == 0 { Ask::Head } else { Ask::Get }, url, fields, most).ok()
}

fn ranges(check: &Check<'_>, file: &Listed) {
    let total = file.bytes;
    let whole = (total <= 1 << 20).then(|| ask(check, &file.url, &[], total + 1).map(|a| a.body)).flatten();
    let no = |message: [String; 2]| check.find(codes::CATALOG_RANGES, Level::Required, &file.url, message);
    let middle = total / 2;
    let asked = [
        ("bytes=0-3".to_owned(), 0, 3),
        (
            format!("bytes={middle}-{}", (middle + 99).min(total.saturating_sub(1))),
            middle,
            (middle + 99).min(total.saturating_sub(1)),
        ),
        ("bytes=-8".to_owned(), total.saturating_sub(8), total.saturating_sub(1)),
    ];
    for (range, first, last) in asked {
        let Some(answer) = ask(check, &file.url, &[("Range", &range)], 1 << 16) else { continue };
        if answer.status != 206 {
            let status = answer.status;
            no([
                format!("svarer {status} på {range}, ikke 206: læsere må hente hele filer"),
                format!("answers {status} to {range}, not 206: readers have to take whole files"),
            ]);
            return;
        }
        let expected = format!("bytes {first}-{last}/{total}");
        let said = answer.field("content-range").unwrap_or_default();
        if !said.eq_ignore_ascii_case(&expected) {
            no([
                format!("siger Content-Range {said:?} til {range}, ikke {expected:?}"),
                format!("says Content-Range {said:?} to {range}, not {expected:?}"),
            ]);
        }
        let (from, to) = (first as usize, last as usize + 1);
        let there = whole.as_ref().and_then(|w| w.get(from..to));
        let is_magic = |at: usize| answer.body.get(at..at + 4).is_some_and(|b| b == b"PAR1");
        let right = match there {
            Some(there) => answer.body == there,
            None if range == "bytes=0-3" => is_magic(0),
            None if range == "bytes=-8" => is_magic(4),
            None => answer.body.len() == to - from,
        };
        if !right {
            no([
                format!("giver andre byte til {range} end dem, filen har"),
                format!("gives other bytes to {range} than the file has"),
            ]);
        }
    }
    let past = format!("bytes={total}-");
    if let Some(answer) = ask(check, &file.url, &[("Range", &past)], 1)
        && answer.status != 416
    {
        let status = answer.status;
        let message = [
            format!("svarer {status} på {past}, som ligger efter enden, ikke 416"),
            format!("answers {status} to {past}, which is past the end, not 416"),
        ];
        check.find(codes::CATALOG_RANGES, Level::Recommended, &file.url, message);
    }
    let head = ask(check, &file.url, &[], 0);
    let tag = head.as_ref().and_then(|a| a.field("etag")).filter(|t| !t.starts_with("W/"));
    if tag.is_none() && head.as_ref().is_some_and(|a| a.field("last-modified").is_none()) {
        let message = [
            "har hverken stærkt ETag eller Last-Modified: en afbrudt hentning må begynde forfra".into(),
            "has neither a strong ETag nor Last-Modified: a download that was cut off has to start over"
                .into(),
        ];
        check.find(codes::CATALOG_RANGES, Level::Recommended, &file.url, message);
    }
}

fn compression(check: &Check<'_>, file: &Listed) {
    let fields = [("Accept-Encoding", "gzip, deflate, br, zstd")];
    let ranged = [fields[0], ("Range", "bytes=0-3")];
    for fields in [&fields[..], &ranged] {
        let Some(answer) = ask(check, &file.url, fields, 1) else { continue };
        let encoding = answer.field("content-encoding").unwrap_or("identity");
        if !encoding.eq_ignore_ascii_case("identity") {
            let message = [
                format!("pakkes undervejs som {encoding}: intervaller peger så på andre byte"),
                format!("is compressed on the way as {encoding}: ranges then mean other bytes"),
            ];
            check.find(codes::CATALOG_COMPRESSED, Level::Required, &file.url, message);
            return;
        }
    }
}

fn cors(check: &Check<'_>, url: &str) {
    let Some(answer) = ask(check, url, &[("Origin", "https://example.org"), ("Range", "bytes=0-3")], 4)
    else {
        return;
    };
    let origin = answer.field("access-control-allow-origin").unwrap_or_default();
    if origin != "*" && origin != "https://example.org" {
        let message = [
            "giver ikke sider fra andre steder lov til at læse den (Access-Control-Allow-Origin mangler)"
                .into(),
            "does not let pages of other sites read it (Access-Control-Allow-Origin is missing)".into(),
        ];
        check.find(codes::CATALOG_CORS, Level::Recommended, url, message);
        return;
    }
    let exposed = answer.field("access-control-expose-headers").unwrap_or_default().to_ascii_lowercase();
    let names: Vec<&str> = exposed.split(',').map(str::trim).collect();
    let missing: Vec<&str> =
        EXPOSED.into_iter().filter(|n| !names.contains(n) && !names.contains(&"*")).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        let message = [
            format!("viser ikke sider fra andre steder felterne {missing} (Access-Control-Expose-Headers)"),
            format!(
                "does not show pages of other sites the fields {missing} (Access-Control-Expose-Headers)"
            ),
        ];
        check.find(codes::CATALOG_CORS, Level::Recommended, url, message);
    }
}

fn max_age(answer: &Answer) -> Option<u64> {
    let control = answer.field("cache-control")?.to_ascii_lowercase();
    control.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok())
}

fn cache_of_version(check: &Check<'_>, url: &str) {
    let Some(answer) = ask(check, url, &[], 0) else { return };
    let control = answer.field("cache-control").unwrap_or_default().to_ascii_lowercase();
    if !control.contains("immutable") || max_age(&answer).is_none_or(|s| s < VERSION_SECONDS) {
        let message = [
            format!(
                "er del af en version, som aldrig ændres, men gemmes ikke længe (Cache-Control: {control:?})"
            ),
            format!(
                "is of a version that never changes, but is not kept for long (Cache-Control: {control:?})"
            ),
        ];
        check.find(codes::CATALOG_CACHE, Level::Recommended, url, message);
    }
}

fn page(check: &Check<'_>) {
    let url = check.web.base.clone();
    let Some(answer) = ask(check, &url, &[], 1 << 20) else { return };
    let told = |da: &str, en: &str| {
        check.find(codes::CATALOG_HEADERS, Level::Recommended, &url, [da.to_owned(), en.to_owned()]);
    };
    let csp = answer.field("content-security-policy").unwrap_or_default();
    if !csp.contains("default-src 'none'") || csp.contains("unsafe") {
        told(
            "sender ikke den strenge Content-Security-Policy, som siderne selv har",
            "does not send the strict Content-Security-Policy that the pages have in themselves",
        );
    }
    if !answer.field("x-content-type-options").is_some_and(|v| v.eq_ignore_ascii_case("nosniff")) {
        told("sender ikke X-Content-Type-Options: nosniff", "does not send X-Content-Type-Options: nosniff");
    }
    if answer.field("set-cookie").is_some() {
        told("sætter en cookie, som siden ikke bruger", "sets a cookie that the site has no use for");
    }
}

/// Whether a file has a type that browsers and programs take for what it is.
fn kind(check: &Check<'_>, url: &str) {
    let Some(answer) = ask(check, url, &[], 0).filter(|a| a.status == 200) else { return };
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (said, expected) =
        (essence(answer.field("content-type").unwrap_or_default()), essence(media_type(url)));
    // A browser runs and renders by the type; other programs go by the name.
    let vital = ["text/html", "text/css", "text/javascript"];
    let level = if vital.contains(&expected.as_str()) { Level::Required } else { Level::Recommended };
    let same = match expected.as_str() {
        "text/javascript" => said == expected || said == "application/javascript",
        "application/vnd.apache.parquet" | "application/octet-stream" => {
            said == expected || said == "application/octet-stream" || said == "application/x-parquet"
        }
        "text/markdown" | "application/yaml" | "application/jsonl" => {
            !vital.contains(&said.as_str()) && said != "application/xhtml+xml"
        }
        "text/plain" => said == "text/plain" || said == "application/octet-stream",
        "application/xml" => said == expected || said == "text/xml",
        _ => said == expected,
    };
    if !same {
        let message = [
            format!("sendes som {said:?}, ikke {expected:?}"),
            format!("is sent as {said:?}, not {expected:?}"),
        ];
        check.find(codes::CATALOG_TYPE, level, url, message);
    }
}
