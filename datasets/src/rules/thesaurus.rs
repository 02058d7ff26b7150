use arrow::array::RecordBatch;
use sprog_formats::rules::mythes::{MythesContent, MythesFile};

use super::columns::{TextLists, Texts, batch};
use super::{RuleOrigin, RuleTable};
use crate::Result;

/// The lines of a thesaurus. A line of kind `meaning` has its word, its part of speech, its `synonyms`, and their
/// `notes` (`underbegreb`, `antonym`), one each, empty where a synonym has none.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for a column larger than 2 GiB.
///
/// ```
/// use sprog_datasets::rules::{RuleOrigin, export, thesaurus};
/// use sprog_formats::{Limits, rules::mythes};
/// let bytes = "UTF-8\nhund|1\n(navneord)|køter (nedsættende)|vovse\n".as_bytes();
/// let file = mythes::read(bytes, &Limits::default())?.value;
/// let origin = RuleOrigin { file: "th.dat".into(), ..RuleOrigin::default() };
/// assert_eq!(export([thesaurus(&file, &origin)].into_iter(), "th.dat")?, bytes);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn thesaurus(file: &MythesFile, origin: &RuleOrigin) -> Result<RecordBatch> {
    let [mut words, mut pos]: [Texts; 2] = Default::default();
    let [mut synonyms, mut notes]: [TextLists; 2] = Default::default();
    let mut word: Option<&str> = None;
    for line in &file.lines {
        if let MythesContent::Word { word: next, .. } = &line.content {
            word = Some(next);
        }
        let meaning = match &line.content {
            MythesContent::Meaning(meaning) => Some(meaning),
            _ => None,
        };
        let names = matches!(line.content, MythesContent::Word { .. } | MythesContent::Meaning(_));
        words.push(word.filter(|_| names))?;
        pos.push(meaning.map(|m| m.pos.as_str()))?;
        synonyms.push(meaning.map(|m| m.terms.iter().map(|t| &t.text)))?;
        notes.push(meaning.map(|m| m.terms.iter().map(|t| t.note.as_deref().unwrap_or_default())))?;
    }
    let lines = file.lines.iter().map(|l| (&l.line, kind(&l.content)));
    let typed = vec![words.finish(), pos.finish(), synonyms.finish()?, notes.finish()?];
    batch(RuleTable::Thesaurus, origin, file.encoding, lines, typed)
}

fn kind(content: &MythesContent) -> &'static str {
    match content {
        MythesContent::Encoding(_) => "encoding",
        MythesContent::Word { .. } => "word",
        MythesContent::Meaning(_) => "meaning",
        MythesContent::Blank => "blank",
        MythesContent::Unknown => "unknown",
    }
}
