//! Feeds for programs: Atom, sitemap, robots.txt.

use std::fmt::Write;

use sprog_datasets::standards::dcat::{Catalog, CatalogInfo, Format, Graph, write};

use super::config::Config;
use super::model::Dataset;
use super::pages::ACCESSIBILITY;
use crate::report::local::Lang;

/// Datasets in the Atom feed.
const ENTRIES: usize = 100;

/// The feeds of a catalogue.
pub(crate) fn files(config: &Config, datasets: &[Dataset]) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut files =
        vec![("atom.xml".to_owned(), atom(config, datasets)), ("robots.txt".to_owned(), robots(config))];
    // These ask for whole addresses.
    if let Some(base_url) = &config.base_url {
        files.push(("sitemap.xml".to_owned(), sitemap(config, datasets)));
        let graph = graph(config, base_url, datasets)?;
        for format in [Format::Turtle, Format::JsonLd, Format::RdfXml] {
            files.push((format!("catalog.{}", format.extension()), write(&graph, format)?));
        }
    }
    Ok(files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect())
}

/// The catalogue in DCAT-AP.
fn graph(config: &Config, base_url: &str, datasets: &[Dataset]) -> anyhow::Result<Graph> {
    let info = CatalogInfo {
        base_url: base_url.to_owned(),
        title: config.title.clone(),
        description: config.intro.clone(),
        publisher: if config.publisher.is_empty() {
            config.title.da.clone()
        } else {
            config.publisher.clone()
        },
        publisher_url: None,
    };
    let mut catalog = Catalog::new(&info)?;
    for dataset in datasets {
        catalog.add(&dataset.publication, &dataset.versions);
    }
    Ok(catalog.finish())
}

/// Text inside XML; what XML cannot hold becomes U+FFFD.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            _ => out.push('\u{fffd}'),
        }
    }
    out
}

/// RFC 4287. The day of a version is its moment: no clock is read.
fn atom(config: &Config, datasets: &[Dataset]) -> String {
    let moment = |day: &str| format!("{}T00:00:00Z", day.get(..10).unwrap_or("1970-01-01"));
    let newest = datasets.iter().map(Dataset::created).max().unwrap_or("1970-01-01");
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"da\">\n\
         <title>{}</title>\n<id>{}</id>\n<updated>{}</updated>\n<link rel=\"self\" href=\"{}\"/>\n<link href=\"{}\"/>\n\
         <author><name>{}</name></author>\n",
        xml(&config.title.da),
        xml(&config.url("")),
        xml(&moment(newest)),
        xml(&config.url("atom.xml")),
        xml(&config.url("")),
        xml(if config.publisher.is_empty() { &config.title.da } else { &config.publisher }),
    );
    for d in datasets.iter().take(ENTRIES) {
        let m = &d.publication.description.metadata;
        let page = config.url(&format!("ds/{}/", d.id));
        let _ = write!(
            out,
            "<entry>\n<title>{} {}</title>\n<id>{}</id>\n<updated>{}</updated>\n<link href=\"{}\"/>\n\
             <summary>{}</summary>\n<author><name>{}</name></author>\n</entry>\n",
            xml(&m.title.da),
            xml(&m.version),
            xml(&config.url(&d.base())),
            xml(&moment(&m.created)),
            xml(&page),
            xml(&m.description.da),
            xml(&m.publisher),
        );
    }
    out.push_str("</feed>\n");
    out
}

/// sitemaps.org, protocol 0.9, with the other language of each page.
fn sitemap(config: &Config, datasets: &[Dataset]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    let mut both = |da: &str, en: &str, day: Option<&str>| {
        for own in [da, en] {
            let day = day.map(|day| format!("<lastmod>{}</lastmod>", xml(day))).unwrap_or_default();
            let _ = writeln!(
                out,
                "<url><loc>{}</loc>{day}<xhtml:link rel=\"alternate\" hreflang=\"da\" href=\"{}\"/>\
                 <xhtml:link rel=\"alternate\" hreflang=\"en\" href=\"{}\"/></url>",
                xml(&config.url(own)),
                xml(&config.url(da)),
                xml(&config.url(en)),
            );
        }
    };
    both("", "en/", None);
    both(ACCESSIBILITY.pick(Lang::Da), ACCESSIBILITY.pick(Lang::En), None);
    for d in datasets {
        both(&format!("ds/{}/", d.id), &format!("en/ds/{}/", d.id), Some(d.created()));
    }
    out.push_str("</urlset>\n");
    out
}

fn robots(config: &Config) -> String {
    let mut out = String::from("User-agent: *\nAllow: /\n");
    if config.base_url.is_some() {
        let _ = writeln!(out, "Sitemap: {}", config.url("sitemap.xml"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_xml_cannot_hold_comes_through() {
        assert_eq!(xml("a<b>&\"\u{0}\u{b}\u{ffff}æ😀"), "a&lt;b&gt;&amp;&quot;\u{fffd}\u{fffd}\u{fffd}æ😀");
    }

    #[test]
    fn an_empty_catalogue_has_feeds_too() {
        let mut config = Config::default();
        let names = |config: &Config| -> Vec<String> {
            files(config, &[]).unwrap().into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(&config), ["atom.xml", "robots.txt"]);
        config.set_base_url("https://example.dk/data").unwrap();
        assert_eq!(names(&config).len(), 6);
        assert_eq!(config.url("a"), "https://example.dk/data/a");
        assert!(config.set_base_url("javascript:alert(1)").is_err());
        assert!(config.set_base_url("https://a\"b/").is_err());
    }
}
