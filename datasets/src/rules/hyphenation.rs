use std::sync::Arc;

use arrow::array::{Int32Builder, RecordBatch};
use arrow::datatypes::DataType;
use sprog_formats::rules::hyphenation::{HyphenationFile, HyphenationRule, Pattern, Replacement};

use super::columns::{Bounds, Texts, batch};
use super::{RuleOrigin, RuleTable};
use crate::{Error, Result};

/// The lines of a file of hyphenation patterns.
///
/// `letters`, `values` (the levels before, between and after the letters) and `replacement`
/// (`ff=f,5,2`) are those of the line's pattern; a line of a TeX file with more than one pattern, or
/// with exceptions, has them only in `raw`. Of settings, `name` is the name, `values` the number of
/// characters of a minimum, `letters` the list of `NOHYPHEN`; of the first line of a libhyphen file,
/// `name` is the encoding.
///
/// # Errors
/// [`Error::Invalid`] for a column larger than 2 GiB.
///
/// ```
/// use sprog_datasets::rules::{RuleOrigin, export, hyphenation_patterns};
/// use sprog_formats::{Limits, rules::hyphenation};
/// let file = hyphenation::read(b"UTF-8\nLEFTHYPHENMIN 2\n.ae3\n", &Limits::default())?.value;
/// let origin = RuleOrigin { file: "hyph_da.dic".into(), ..RuleOrigin::default() };
/// let rows = hyphenation_patterns(&file, &origin)?;
/// assert_eq!(export([Ok(rows)].into_iter(), "hyph_da.dic")?, b"UTF-8\nLEFTHYPHENMIN 2\n.ae3\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hyphenation_patterns(file: &HyphenationFile, origin: &RuleOrigin) -> Result<RecordBatch> {
    let [mut letters, mut replacements, mut names]: [Texts; 3] = Default::default();
    let (mut values, mut bounds, mut count) = (Int32Builder::new(), Bounds::default(), 0usize);
    for line in &file.lines {
        let pattern = only_pattern(&line.rule);
        let list: Option<Vec<i32>> = match (&line.rule, pattern) {
            (HyphenationRule::Minimum { characters, .. }, _) => {
                let too_many = |_| Error::Invalid(format!("{characters} characters are no minimum"));
                Some(vec![i32::try_from(*characters).map_err(too_many)?])
            }
            (_, pattern) => pattern.map(|p| p.values.iter().map(|v| i32::from(*v)).collect()),
        };
        let present = list.is_some();
        for value in list.into_iter().flatten() {
            values.append_value(value);
            count = count.saturating_add(1);
        }
        bounds.push(count, present)?;
        replacements.push(pattern.and_then(|p| p.replacement.as_ref()).map(replacement_text).as_deref())?;
        match &line.rule {
            HyphenationRule::NoHyphen(list) => letters.push(Some(&list.join(",")))?,
            _ => letters.push(pattern.map(|p| p.letters.as_str()))?,
        }
        names.push(match &line.rule {
            HyphenationRule::Encoding(name) | HyphenationRule::Minimum { name, .. } => Some(name),
            HyphenationRule::NoHyphen(_) => Some("NOHYPHEN"),
            HyphenationRule::NextLevel => Some("NEXTLEVEL"),
            _ => None,
        })?;
    }
    let values = bounds.finish(DataType::Int32, Arc::new(values.finish()))?;
    let typed = vec![letters.finish(), values, replacements.finish(), names.finish()];
    let lines = file.lines.iter().map(|l| (&l.line, kind(&l.rule)));
    batch(RuleTable::HyphenationPatterns, origin, file.encoding, lines, typed)
}

fn only_pattern(rule: &HyphenationRule) -> Option<&Pattern> {
    match rule {
        HyphenationRule::Pattern(pattern) => Some(pattern),
        HyphenationRule::Tex { patterns, exceptions } => match patterns.as_slice() {
            [pattern] if exceptions.is_empty() => Some(pattern),
            _ => None,
        },
        _ => None,
    }
}

fn replacement_text(replacement: &Replacement) -> String {
    match replacement.span {
        Some((start, length)) => format!("{},{start},{length}", replacement.text),
        None => replacement.text.clone(),
    }
}

fn kind(rule: &HyphenationRule) -> &'static str {
    match rule {
        HyphenationRule::Blank => "blank",
        HyphenationRule::Comment => "comment",
        HyphenationRule::Encoding(_) => "encoding",
        HyphenationRule::Minimum { .. } => "minimum",
        HyphenationRule::NoHyphen(_) => "no_hyphen",
        HyphenationRule::NextLevel => "next_level",
        HyphenationRule::Pattern(_) => "pattern",
        HyphenationRule::Tex { .. } => "tex",
        HyphenationRule::TexCode => "tex_code",
        HyphenationRule::Unknown => "unknown",
    }
}
