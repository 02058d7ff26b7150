//! Plain text cut into documents.

/// How a text file is cut into documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// The whole file is one document.
    #[default]
    File,
    /// Documents are separated by one or more blank lines.
    Paragraphs,
    /// Every non-blank line is a document.
    Lines,
}

/// A document inside a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document<'t> {
    /// The line it starts on, from 1.
    pub line: u64,
    /// Its byte offset in the text.
    pub offset: usize,
    /// The document, without the blank lines around it.
    pub text: &'t str,
}

/// Cuts a text into documents; blank ones are none.
///
/// ```
/// use sprog_formats::text::plain::{Cut, documents};
/// let text = "En dag.\nEn til.\n\n\nNæste.\n";
/// let all = documents(text, Cut::Paragraphs);
/// assert_eq!(all[1].text, "Næste.");
/// assert_eq!(&text[all[1].offset..][..6], "Næste");
/// assert_eq!(all[1].line, 5);
/// ```
pub fn documents(text: &str, cut: Cut) -> Vec<Document<'_>> {
    let mut out = Vec::new();
    // The document being gathered: where it starts, where its last non-blank line ends.
    let mut open: Option<(u64, usize, usize)> = None;
    let mut offset = 0;
    for (index, raw) in text.split_inclusive('\n').enumerate() {
        let line = raw.trim_end_matches(['\n', '\r']);
        let end = offset + line.len();
        let blank = line.trim().is_empty();
        let ends_before = match cut {
            Cut::File => false,
            Cut::Paragraphs => blank,
            Cut::Lines => true,
        };
        if ends_before && let Some((line, from, to)) = open.take() {
            out.push(Document { line, offset: from, text: &text[from..to] });
        }
        if !blank {
            let (first, from, _) = open.unwrap_or((index as u64 + 1, offset, end));
            open = Some((first, from, end));
        }
        offset += raw.len();
    }
    if let Some((line, from, to)) = open {
        out.push(Document { line, offset: from, text: &text[from..to] });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, cut: Cut) -> Vec<(u64, String)> {
        documents(text, cut).iter().map(|d| (d.line, d.text.to_owned())).collect()
    }

    #[test]
    fn the_three_cuts() {
        let text = "\n  \nKære Åse\r\nTak for sidst.\r\n\r\nHilsen\nOle\n\n";
        let whole = "Kære Åse\r\nTak for sidst.\r\n\r\nHilsen\nOle";
        assert_eq!(texts(text, Cut::File), [(3, whole.to_owned())]);
        assert_eq!(
            texts(text, Cut::Paragraphs),
            [(3, "Kære Åse\r\nTak for sidst.".to_owned()), (6, "Hilsen\nOle".to_owned())]
        );
        let lines: Vec<String> = texts(text, Cut::Lines).into_iter().map(|(_, t)| t).collect();
        assert_eq!(lines, ["Kære Åse", "Tak for sidst.", "Hilsen", "Ole"]);
        assert!(documents(" \n\n", Cut::File).is_empty());
    }
}
