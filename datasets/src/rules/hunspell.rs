use std::sync::Arc;

use arrow::array::{BooleanBuilder, RecordBatch};
use sprog_formats::rules::hunspell_aff::{AffFile, AffRule, AffixKind, Flag};
use sprog_formats::rules::hunspell_dic::{DicContent, DicFile};

use super::columns::{TextLists, Texts, batch};
use super::{RuleOrigin, RuleTable};
use crate::Result;

/// The lines of an affix file.
///
/// `name` and `args` are those of an option; of a table's row its fields; of a table's or class's header
/// the number of lines that it announces. `continuation` has AF aliases looked up.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for a column larger than 2 GiB.
///
/// ```
/// use sprog_datasets::rules::{RuleOrigin, affix_rules};
/// use sprog_formats::{Limits, rules::hunspell_aff};
/// let file = hunspell_aff::read(b"SFX 4 Y 1\nSFX 4 0 et [^e]\n", &Limits::default())?.value;
/// let rows = affix_rules(&file, &RuleOrigin::default())?;
/// assert_eq!(rows.column_by_name("kind").map(|c| c.len()), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn affix_rules(file: &AffFile, origin: &RuleOrigin) -> Result<RecordBatch> {
    // flag, affix_kind; strip, affix, condition; name
    let [mut flags, mut kinds, mut strips, mut affixes, mut conditions, mut names]: [Texts; 6] =
        Default::default();
    let [mut continuations, mut morphs, mut args]: [TextLists; 3] = Default::default();
    let mut cross_products = BooleanBuilder::new();
    for line in &file.lines {
        let affix = match &line.rule {
            AffRule::AffixHeader { kind, flag, .. } | AffRule::AffixRule { kind, flag, .. } => {
                Some((*kind, flag.as_str()))
            }
            _ => None,
        };
        flags.push(affix.map(|(_, flag)| flag))?;
        kinds.push(affix.map(|(kind, _)| match kind {
            AffixKind::Prefix => "prefix",
            AffixKind::Suffix => "suffix",
        }))?;
        cross_products.append_option(match &line.rule {
            AffRule::AffixHeader { cross_product, .. } => Some(*cross_product),
            _ => None,
        });
        if let AffRule::AffixRule { strip, affix, condition, continuation, morph, .. } = &line.rule {
            strips.push(Some(strip))?;
            affixes.push(Some(affix))?;
            conditions.push(Some(condition))?;
            continuations.push(Some(continuation.iter().map(Flag::as_str)))?;
            morphs.push(Some(morph))?;
        } else {
            strips.push(None)?;
            affixes.push(None)?;
            conditions.push(None)?;
            continuations.push_null()?;
            morphs.push_null()?;
        }
        names.push(match &line.rule {
            AffRule::Option { name, .. }
            | AffRule::TableHeader { name, .. }
            | AffRule::TableRow { name, .. } => Some(name),
            _ => None,
        })?;
        match &line.rule {
            AffRule::Option { args: list, .. } | AffRule::TableRow { fields: list, .. } => {
                args.push(Some(list))?;
            }
            AffRule::TableHeader { count, .. } | AffRule::AffixHeader { count, .. } => {
                args.push(Some([count.to_string()]))?;
            }
            _ => args.push_null()?,
        }
    }
    let [flag, affix_kind, strip, affix, condition, name] =
        [flags, kinds, strips, affixes, conditions, names].map(Texts::finish);
    let typed = vec![
        flag,
        affix_kind,
        Arc::new(cross_products.finish()),
        strip,
        affix,
        condition,
        continuations.finish()?,
        morphs.finish()?,
        name,
        args.finish()?,
    ];
    let lines = file.lines.iter().map(|l| (&l.line, affix_line_kind(&l.rule)));
    batch(RuleTable::AffixRules, origin, file.encoding, lines, typed)
}

fn affix_line_kind(rule: &AffRule) -> &'static str {
    match rule {
        AffRule::Blank => "blank",
        AffRule::Comment => "comment",
        AffRule::Option { .. } => "option",
        AffRule::TableHeader { .. } => "table_header",
        AffRule::TableRow { .. } => "table_row",
        AffRule::AffixHeader { .. } => "affix_header",
        AffRule::AffixRule { .. } => "affix_rule",
        AffRule::Unknown => "unknown",
    }
}

/// The lines of a word list.
///
/// `flags` have AF aliases looked up, where the file was read with its affix file; `morph` are the
/// morphological fields as they stand, and `stem` is what the first `st:` of them says.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for a column larger than 2 GiB.
pub fn dic_entries(file: &DicFile, origin: &RuleOrigin) -> Result<RecordBatch> {
    let [mut words, mut stems]: [Texts; 2] = Default::default();
    let [mut flag_lists, mut morphs]: [TextLists; 2] = Default::default();
    for line in &file.lines {
        if let DicContent::Entry { word, flags, morph } = &line.entry {
            words.push(Some(word))?;
            flag_lists.push(Some(flags.iter().map(Flag::as_str)))?;
            morphs.push(Some(morph))?;
            stems.push(morph.iter().find_map(|m| m.strip_prefix("st:")))?;
        } else {
            words.push(None)?;
            flag_lists.push_null()?;
            morphs.push_null()?;
            stems.push(None)?;
        }
    }
    let typed = vec![words.finish(), flag_lists.finish()?, morphs.finish()?, stems.finish()];
    let lines = file.lines.iter().map(|l| (&l.line, dic_line_kind(&l.entry)));
    batch(RuleTable::DicEntries, origin, file.encoding, lines, typed)
}

fn dic_line_kind(entry: &DicContent) -> &'static str {
    match entry {
        DicContent::Count(_) => "count",
        DicContent::Entry { .. } => "entry",
        DicContent::Blank => "blank",
        DicContent::Comment => "comment",
        DicContent::Unknown => "unknown",
    }
}
