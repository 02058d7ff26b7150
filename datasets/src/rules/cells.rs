use arrow::array::RecordBatch;
use sprog_formats::rules::lexicon::{LexiconContent, LexiconFile};

use super::columns::{TextLists, Texts, batch};
use super::{RuleOrigin, RuleTable};
use crate::Result;

/// The lines of a table of rules of our own: tab-separated, with comments of `#` that say what the columns are.
///
/// `name` is the file's name without its ending, `key` the first cell, `cells` all of them.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for a column larger than 2 GiB.
///
/// ```
/// use sprog_datasets::rules::{RuleOrigin, RuleTable, cells, cells_format};
/// use sprog_formats::{Limits, rules::lexicon};
/// let bytes = b"# Columns: symbol, word\nkm\tkilometer\n";
/// let file = lexicon::read(bytes, &cells_format(), &Limits::default())?.value;
/// let origin = RuleOrigin { file: "units.tsv".into(), ..RuleOrigin::default() };
/// let rows = cells(RuleTable::VerbalizationRules, &file, &origin)?;
/// assert_eq!(rows.num_rows(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cells(table: RuleTable, file: &LexiconFile, origin: &RuleOrigin) -> Result<RecordBatch> {
    let [mut names, mut keys]: [Texts; 2] = Default::default();
    let mut all = TextLists::default();
    let name = origin.file.rsplit('/').next().unwrap_or(&origin.file);
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    for line in &file.lines {
        names.push(Some(name))?;
        if matches!(line.content, LexiconContent::Entry(_)) {
            keys.push(line.line.text().split('\t').next())?;
            all.push(Some(line.line.text().split('\t')))?;
        } else {
            keys.push(None)?;
            all.push_null()?;
        }
    }
    let lines = file.lines.iter().map(|l| (&l.line, super::lexicon::kind(&l.content)));
    let typed = vec![names.finish(), keys.finish(), all.finish()?];
    batch(table, origin, file.encoding, lines, typed)
}

/// How such a table is read: the columns have no names that a program could use.
pub fn cells_format() -> sprog_formats::rules::lexicon::LexiconFormat {
    sprog_formats::rules::lexicon::LexiconFormat {
        comment: Some('#'),
        ..sprog_formats::rules::lexicon::LexiconFormat::tsv_with_columns(&["form"])
    }
}
