//! HTML: the main text of a page, without navigation, banners, footers and scripts.
//!
//! The tokens are html5gum's (WHATWG HTML §13.2.5). Which blocks are main text is told by the
//! elements and roles around them, then by the density of links, as in boilerplate removal by
//! jusText (Pomikálek 2011) in its simplest form.

use html5gum::{Token, Tokenizer};

use crate::{Error, Limits, Parsed, Place, Problem, Result, codes};

/// A page's main text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The content of `<title>`.
    pub title: Option<String>,
    /// The `lang` attribute of `<html>`.
    pub lang: Option<String>,
    /// Main text: blocks separated by a blank line, list items and table rows by a line break.
    pub text: String,
}

/// Elements whose content is never text for a reader.
const SKIPPED: [&str; 10] =
    ["script", "style", "noscript", "template", "svg", "math", "iframe", "object", "select", "textarea"];
/// Elements and ARIA roles (W3C ARIA landmarks) around the page's content rather than in it.
const CHROME: [&str; 7] = ["nav", "header", "footer", "aside", "form", "button", "dialog"];
const CHROME_ROLES: [&str; 6] = ["navigation", "banner", "contentinfo", "search", "dialog", "complementary"];
/// Words in `class` or `id` that mark banners and the like.
const CHROME_NAMES: [&str; 8] =
    ["cookie", "consent", "banner", "breadcrumb", "sidebar", "share", "newsletter", "menu"];
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "small",
    "span", "strong", "sub", "sup", "time", "u", "var",
];
/// A block with at least this many characters and few links is text, wherever it stands.
const LONG_BLOCK: usize = 80;
const MOST_LINKS: f64 = 0.33;

#[derive(Default)]
struct Block {
    text: String,
    link_chars: usize,
    in_main: bool,
    in_chrome: bool,
    heading: bool,
    tight: bool,
}

#[derive(Clone, Copy, Default)]
struct Inside {
    main: bool,
    chrome: bool,
    skipped: bool,
    link: bool,
    pre: bool,
}

/// Finds the main text of a page.
///
/// # Errors
/// [`Error::Limit`] past `limits.bytes` of page. Elements nested deeper than `limits.depth` are
/// read as if they stood at that depth.
///
/// ```
/// use sprog_formats::{Limits, text::html::main_text};
/// let html = "<html lang=da><nav><a href=/>Forside</a></nav><main><h1>Barsel</h1><p>Du kan f&aring; orlov.</main>";
/// let page = main_text(html, &Limits::default())?.value;
/// assert_eq!(page.text, "Barsel\n\nDu kan få orlov.");
/// assert_eq!(page.lang.as_deref(), Some("da"));
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn main_text(html: &str, limits: &Limits) -> Result<Parsed<Page>> {
    if html.len() as u64 > limits.bytes {
        return Err(Error::Limit { what: "bytes of a page", limit: limits.bytes, place: Place::File });
    }
    let mut page = Page::default();
    let mut blocks: Vec<Block> = vec![Block::default()];
    let mut stack: Vec<(String, Inside)> = Vec::new();
    let mut in_title = false;
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        let inside = stack.last().map_or(Inside::default(), |(_, inside)| *inside);
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                let attribute = |key: &str| {
                    let found = tag.attributes.iter().find(|(k, _)| k.as_slice() == key.as_bytes());
                    found.map(|(_, v)| String::from_utf8_lossy(v).to_ascii_lowercase())
                };
                if name == "html" {
                    page.lang = attribute("lang");
                }
                in_title = name == "title" && page.title.is_none();
                if !INLINE.contains(&name.as_str()) && name != "br" {
                    start_block(&mut blocks, inside, &name);
                }
                if name == "br" {
                    push_text(&mut blocks, "\n", inside, true);
                }
                if VOID.contains(&name.as_str()) || tag.self_closing {
                    continue;
                }
                let role = attribute("role").unwrap_or_default();
                let names =
                    attribute("class").unwrap_or_default() + " " + &attribute("id").unwrap_or_default();
                let main = inside.main || name == "main" || name == "article" || role == "main";
                // A header inside an article is that article's own.
                let chrome_element = CHROME.contains(&name.as_str()) && !(name == "header" && inside.main);
                let chrome = inside.chrome
                    || chrome_element
                    || CHROME_ROLES.contains(&role.as_str())
                    || CHROME_NAMES.iter().any(|n| names.contains(n))
                        && !matches!(name.as_str(), "html" | "body");
                let next = Inside {
                    main,
                    chrome,
                    skipped: inside.skipped || SKIPPED.contains(&name.as_str()),
                    link: inside.link || name == "a",
                    pre: inside.pre || name == "pre",
                };
                if let Some(block) = blocks.last_mut().filter(|b| b.text.is_empty()) {
                    block.in_main = next.main;
                    block.in_chrome = next.chrome;
                }
                if stack.len() < limits.depth {
                    stack.push((name, next));
                }
            }
            Token::EndTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                in_title = false;
                if let Some(at) = stack.iter().rposition(|(open, _)| *open == name) {
                    stack.truncate(at);
                }
                if !INLINE.contains(&name.as_str()) {
                    let inside = stack.last().map_or(Inside::default(), |(_, inside)| *inside);
                    start_block(&mut blocks, inside, "");
                }
            }
            Token::String(text) => {
                let text = String::from_utf8_lossy(&text);
                if in_title {
                    let title = page.title.get_or_insert_default();
                    title.push_str(text.trim());
                } else if !inside.skipped {
                    push_text(&mut blocks, &text, inside, inside.pre);
                }
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    page.text = choose(&blocks);
    let mut problems = Vec::new();
    if page.text.is_empty() {
        problems.push(Problem::new(codes::NO_MAIN_TEXT, Place::File, "no main text found"));
    }
    Ok(Parsed { value: page, problems })
}

fn start_block(blocks: &mut Vec<Block>, inside: Inside, name: &str) {
    let fresh = Block {
        in_main: inside.main,
        in_chrome: inside.chrome,
        heading: matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6"),
        tight: matches!(name, "li" | "tr" | "dt" | "dd"),
        ..Block::default()
    };
    match blocks.last_mut() {
        // A paragraph that opens a list item belongs to the item.
        Some(last) if last.text.trim().is_empty() => {
            let tight = last.tight && name == "p" || fresh.tight;
            *last = Block { tight, ..fresh };
        }
        _ => blocks.push(fresh),
    }
}

fn push_text(blocks: &mut [Block], text: &str, inside: Inside, keep_breaks: bool) {
    let Some(block) = blocks.last_mut() else { return };
    if block.text.is_empty() {
        block.in_main = inside.main;
        block.in_chrome = inside.chrome;
    }
    let before = block.text.len();
    for c in text.chars() {
        let white = c.is_ascii_whitespace();
        if c == '\n' && keep_breaks {
            block.text.truncate(block.text.trim_end_matches(' ').len());
            block.text.push('\n');
        } else if white && !block.text.is_empty() && !block.text.ends_with([' ', '\n']) {
            block.text.push(' ');
        } else if !white {
            block.text.push(c);
        }
    }
    if inside.link {
        block.link_chars += block.text.len().saturating_sub(before);
    }
}

fn choose(blocks: &[Block]) -> String {
    let text_of = |b: &Block| b.text.trim().len();
    let few_links = |b: &Block| (b.link_chars as f64) < MOST_LINKS * text_of(b) as f64;
    let main_chars: usize = blocks.iter().filter(|b| b.in_main && !b.in_chrome).map(text_of).sum();
    let has_main = main_chars > 0;
    let good = |b: &Block| {
        let content = !b.in_chrome && (b.in_main || !has_main);
        // In a page that marks its main part all of that counts, menus of links excepted.
        content && if has_main { few_links(b) || b.heading } else { text_of(b) >= LONG_BLOCK && few_links(b) }
    };
    let mut out = String::new();
    for (index, block) in blocks.iter().enumerate() {
        let text = block.text.trim();
        if text.is_empty() || block.in_chrome {
            continue;
        }
        // Short blocks count in good company: a heading before text, a list item or line after it.
        let near_good = !has_main
            && few_links(block)
            && (blocks.iter().skip(index + 1).find(|b| text_of(b) > 0).is_some_and(good)
                || blocks[..index].iter().rfind(|b| text_of(b) > 0).is_some_and(good));
        if good(block) || near_good {
            if !out.is_empty() {
                out.push_str(if block.tight { "\n" } else { "\n\n" });
            }
            out.push_str(text);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        main_text(html, &Limits::default()).expect("reads").value.text
    }

    #[test]
    fn a_page_without_main_is_told_by_length_and_links() {
        let long = "Du skal melde flytning til kommunen senest fem dage efter, at du er flyttet ind i den nye bolig.";
        let html = format!(
            "<body><div><a href=a>Forside</a> <a href=b>Borger</a> <a href=c>Kontakt os her</a></div>\
             <h2>Flytning</h2><p>{long}</p><ul><li>Husk fraflytningsdato</ul><div class='cookie-info'>{long}</div>\
             <script>var x = '{long}';</script><p>© Nordby</p>"
        );
        assert_eq!(text(&html), format!("Flytning\n\n{long}\nHusk fraflytningsdato"));
    }

    #[test]
    fn markup_inside_a_sentence_leaves_it_whole() {
        assert_eq!(
            text("<main><p>Ring <b>kl.&nbsp;9</b>\n   til<br>kom<i>mun</i>en"),
            "Ring kl.\u{a0}9 til\nkommunen"
        );
    }

    #[test]
    fn only_chrome_is_a_problem() {
        let parsed = main_text("<nav><a href=/>Hjem</a></nav>", &Limits::default()).expect("reads");
        assert_eq!(parsed.problems[0].code, codes::NO_MAIN_TEXT);
    }

    #[test]
    fn deep_and_broken_markup_neither_hangs_nor_fails() {
        let deep = "<div>".repeat(50_000) + "bund" + &"</p>".repeat(50_000);
        assert_eq!(text(&format!("<main>{deep}")), "bund");
        assert_eq!(text("<main>a <p>b</main> <b"), "a\n\nb");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(html in "(<[a-z/! ]{0,8}>?|[æøå&;#\"' =x-]{0,5}){0,40}") {
            let _ = main_text(&html, &Limits::default());
        }
    }
}
