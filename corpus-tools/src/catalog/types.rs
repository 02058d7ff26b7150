//! Media types by the endings of names.

/// The media type of a file, with the character set where it is text.
pub(crate) fn media_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "jsonld" => "application/ld+json",
        "jsonl" => "application/jsonl",
        "ttl" => "text/turtle; charset=utf-8",
        "rdf" => "application/rdf+xml",
        "xml" if name == "atom.xml" => "application/atom+xml",
        "xml" => "application/xml",
        "md" => "text/markdown; charset=utf-8",
        "txt" | "cff" | "minisig" | "pub" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "tsv" => "text/tab-separated-values; charset=utf-8",
        "parquet" => "application/vnd.apache.parquet",
        "flac" => "audio/flac",
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "ogg" | "opus" => "audio/ogg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        "gz" => "application/gzip",
        "zip" => "application/zip",
        "ico" => "image/x-icon",
        "" if name == "LICENSE" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
