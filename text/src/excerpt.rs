use unicode_segmentation::UnicodeSegmentation;

/// The first `graphemes` user-perceived characters (UAX #29) on one line, `…` at the end where cut.
///
/// ```
/// use sprog_text::excerpt;
/// assert_eq!(excerpt("Kære Åse,\ntak for brevet", 12), "Kære Åse, ta…");
/// assert_eq!(excerpt("å\u{323}ø", 2), "å\u{323}ø");
/// ```
pub fn excerpt(text: &str, graphemes: usize) -> String {
    // A grapheme can be arbitrarily long: look only at a bounded part of the text.
    let mut end = text.len().min(graphemes.saturating_mul(32));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut all = text[..end].graphemes(true);
    let mut out: String = all
        .by_ref()
        .take(graphemes)
        .map(|g| if g.chars().all(char::is_whitespace) { " " } else { g })
        .filter(|g| !g.chars().all(char::is_control))
        .collect();
    if all.next().is_some() || end < text.len() {
        out.push('…');
    }
    out
}
