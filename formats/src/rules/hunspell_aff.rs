//! Hunspell's affix file (`.aff`), as hunspell(5) describes it.
//!
//! The charset comes from `SET` (ISO-8859-1 without it) and the flags' form from `FLAG`, wherever
//! in the file they stand. Reading is as tolerant as Hunspell, and a little more: fields may stand
//! between any spaces and tabs, blank lines and comments may stand anywhere, and text after the last
//! field of a rule is a comment.

use std::collections::BTreeMap;

use super::flags::FlagReader;
pub use super::flags::{Flag, FlagType, parse_flags};
use super::source::{Source, byte_lines};
use super::{Charset, RawLine, write_lines};
use crate::{Limits, Parsed, Problem, Result, codes};

/// An affix file, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffFile {
    /// How the file was decoded; its word list (`.dic`) has the same.
    pub encoding: Charset,
    /// The form of flags here and in the word list.
    pub flag_type: FlagType,
    /// The flag vectors that the `AF` table gives numbers to: alias 1 first. Empty without `AF`.
    pub flag_aliases: Vec<Vec<Flag>>,
    /// Every line of the file.
    pub lines: Vec<AffLine>,
}

/// A line of an affix file: as it stands, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AffLine {
    /// The line as it stands in the file.
    pub line: RawLine,
    /// What the line says.
    pub rule: AffRule,
}

/// Whether an affix goes before or after the stem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AffixKind {
    /// `PFX`.
    Prefix,
    /// `SFX`.
    Suffix,
}

/// What a line of an affix file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AffRule {
    /// Nothing but white space.
    Blank,
    /// A line that starts with `#`.
    Comment,
    /// An option on a line of its own, such as `SET UTF-8` or `COMPOUNDMIN 2`.
    Option {
        /// The option's name.
        name: String,
        /// Its arguments, without a comment after them.
        args: Vec<String>,
    },
    /// The first line of a table: `REP 126`.
    TableHeader {
        /// The table's name: REP, MAP, PHONE, BREAK, ICONV, OCONV, CHECKCOMPOUNDPATTERN, COMPOUNDRULE, AF or AM.
        name: String,
        /// The number of rows that the file says will follow.
        count: u64,
    },
    /// A row of a table: `REP nd nn`.
    TableRow {
        /// The table's name.
        name: String,
        /// Its fields, without a comment after them. `_` for a space and `0` for nothing stay as they stand.
        fields: Vec<String>,
    },
    /// The first line of an affix class: `SFX 1 Y 4`.
    AffixHeader {
        /// Prefix or suffix.
        kind: AffixKind,
        /// The flag that puts a word in the class.
        flag: Flag,
        /// Whether a word may take both a prefix and a suffix (`Y`).
        cross_product: bool,
        /// The number of rules that the file says will follow.
        count: u64,
    },
    /// A rule of an affix class: `SFX 2 0 ns/34 e +GENITIV`.
    AffixRule {
        /// Prefix or suffix.
        kind: AffixKind,
        /// The flag of the class.
        flag: Flag,
        /// The characters taken off the stem; empty for `0`.
        strip: String,
        /// The characters put on; empty for `0`.
        affix: String,
        /// The flags of the affixed form: what it may take in turn. AF aliases are looked up.
        continuation: Vec<Flag>,
        /// The pattern that the stem must match; `.` (always) where the line has none.
        condition: String,
        /// Morphological fields, or one number where the file has an AM table.
        morph: Vec<String>,
    },
    /// A line that was not understood; it is a [`codes::RULE_LINE`] problem too.
    Unknown,
}

/// Options that take no argument: what follows them is a comment.
const BARE_OPTIONS: &[&str] = &[
    "CHECKCOMPOUNDCASE",
    "CHECKCOMPOUNDDUP",
    "CHECKCOMPOUNDREP",
    "CHECKCOMPOUNDTRIPLE",
    "CHECKNUM",
    "CHECKSHARPS",
    "COMPLEXPREFIXES",
    "COMPOUNDMORESUFFIXES",
    "FORBIDWARN",
    "FULLSTRIP",
    "NOSPLITSUGS",
    "ONLYMAXDIFF",
    "SIMPLIFIEDTRIPLE",
    "SUGSWITHDOTS",
];

/// Options that take an argument. The list is hunspell(5)'s, with the old names that it still reads.
const OPTIONS: &[&str] = &[
    "CIRCUMFIX",
    "COMPOUNDBEGIN",
    "COMPOUNDEND",
    "COMPOUNDFLAG",
    "COMPOUNDFORBIDFLAG",
    "COMPOUNDLAST",
    "COMPOUNDMIDDLE",
    "COMPOUNDMIN",
    "COMPOUNDPERMITFLAG",
    "COMPOUNDROOT",
    "COMPOUNDSYLLABLE",
    "COMPOUNDWORDMAX",
    "FLAG",
    "FORBIDDENWORD",
    "FORCEUCASE",
    "HOME",
    "IGNORE",
    "KEEPCASE",
    "KEY",
    "LANG",
    "LEMMA_PRESENT",
    "MAXCPDSUGS",
    "MAXDIFF",
    "MAXNGRAMSUGS",
    "NAME",
    "NEEDAFFIX",
    "NONGRAMSUGGEST",
    "NOSUGGEST",
    "ONLYINCOMPOUND",
    "PSEUDOROOT",
    "SET",
    "SUBSTANDARD",
    "SYLLABLENUM",
    "TRY",
    "VERSION",
    "WARN",
    "WORDCHARS",
];

/// Tables, with how many fields a row must have and how many it may have.
const TABLES: &[(&str, usize, usize)] = &[
    ("AF", 1, 1),
    ("AM", 1, usize::MAX),
    ("BREAK", 1, 1),
    ("CHECKCOMPOUNDPATTERN", 2, 3),
    ("COMPOUNDRULE", 1, 1),
    ("ICONV", 2, 2),
    ("MAP", 1, 1),
    ("OCONV", 2, 2),
    ("PHONE", 2, 2),
    ("REP", 2, 2),
];

/// Reads an affix file.
///
/// Problems: [`codes::RULE_LINE`] for a line that is not understood, [`codes::RULE_COUNT`] where a
/// table or class has another number of lines than its header says, [`codes::RULE_FLAG`],
/// [`codes::RULE_ENCODING`].
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines; words and
/// flags of all lines).
///
/// ```
/// use sprog_formats::{Limits, rules::hunspell_aff::{self, AffRule}};
/// let bytes = "SET UTF-8\nFLAG num\nSFX 4 Y 1\nSFX 4 0 et/34 [^e]\t+BESTEMT\n".as_bytes();
/// let parsed = hunspell_aff::read(bytes, &Limits::default())?;
/// let AffRule::AffixRule { affix, condition, .. } = &parsed.value.lines[3].rule else { panic!() };
/// assert_eq!((affix.as_str(), condition.as_str()), ("et", "[^e]"));
/// assert_eq!(hunspell_aff::write(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Parsed<AffFile>> {
    let label = argument(bytes, b"SET").unwrap_or(b"ISO8859-1");
    let source = Source::read_labelled(bytes, label, limits)?;
    let flag_type = flag_type(argument(bytes, b"FLAG"));
    let mut reader = Reader {
        flags: FlagReader::new(flag_type, Vec::new(), limits),
        tables: BTreeMap::new(),
        class: None,
        problems: source.problems,
    };
    let mut lines = Vec::with_capacity(source.lines.len());
    for line in source.lines {
        let rule = reader.rule(&line)?;
        lines.push(AffLine { line, rule });
    }
    let (flag_aliases, problems) = reader.finish();
    Ok(Parsed { value: AffFile { encoding: source.charset, flag_type, flag_aliases, lines }, problems })
}

/// The bytes of the file: those that were read, when no line was changed.
///
/// # Errors
/// Those of [`write_lines`].
pub fn write(file: &AffFile) -> Result<Vec<u8>> {
    write_lines(file.lines.iter().map(|l| &l.line), file.encoding)
}

/// The first argument of an option, looked up before the file is decoded.
fn argument<'a>(bytes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    byte_lines(bytes).find_map(|line| {
        let mut words = line.split(u8::is_ascii_whitespace).filter(|w| !w.is_empty());
        (words.next()? == name).then(|| words.next()).flatten()
    })
}

fn flag_type(argument: Option<&[u8]>) -> FlagType {
    match argument.map(<[u8]>::to_ascii_lowercase).as_deref() {
        Some(b"long") => FlagType::Long,
        Some(b"num") => FlagType::Num,
        Some(b"utf-8" | b"utf8") => FlagType::Utf8,
        _ => FlagType::Char,
    }
}

/// A header and how many lines have followed it.
struct Counted {
    header: u64,
    count: u64,
    found: u64,
}

impl Counted {
    fn check(&self, name: &str, problems: &mut Vec<Problem>) {
        if self.count != self.found {
            let message = format!("{name} says {} lines, {} follow", self.count, self.found);
            problems.push(Problem::new(codes::RULE_COUNT, crate::Place::Line(self.header), message));
        }
    }
}

/// What the lines so far mean for the next one.
struct Reader {
    flags: FlagReader,
    tables: BTreeMap<&'static str, Counted>,
    class: Option<(AffixKind, Flag, Counted)>,
    problems: Vec<Problem>,
}

impl Reader {
    fn rule(&mut self, line: &RawLine) -> Result<AffRule> {
        let mut words = line.text().split_whitespace();
        let Some(name) = words.next() else { return Ok(AffRule::Blank) };
        if name.starts_with('#') {
            return Ok(AffRule::Comment);
        }
        self.flags.budget.take(words.clone().count(), line)?;
        let words: Vec<&str> = words.collect();
        let rule = match name {
            "PFX" => self.affix(AffixKind::Prefix, &words, line)?,
            "SFX" => self.affix(AffixKind::Suffix, &words, line)?,
            _ => match TABLES.iter().find(|t| t.0 == name) {
                Some(table) => self.table(*table, &words, line)?,
                None => option(name, &words),
            },
        };
        if rule.is_none() {
            self.problems.push(line.problem(codes::RULE_LINE, "not understood, kept as it is"));
        }
        Ok(rule.unwrap_or(AffRule::Unknown))
    }

    fn table(
        &mut self,
        (name, least, most): (&'static str, usize, usize),
        words: &[&str],
        line: &RawLine,
    ) -> Result<Option<AffRule>> {
        if let Some(table) = self.tables.get_mut(name) {
            let fields: Vec<String> =
                without_comment(words, least).iter().take(most).map(|w| (*w).to_owned()).collect();
            if fields.len() < least {
                return Ok(None);
            }
            table.found = table.found.saturating_add(1);
            if let (Some(flags), "AF") = (fields.first(), name) {
                let flags = self.flags.plain(flags, line, &mut self.problems)?;
                self.flags.add_alias(flags);
            }
            return Ok(Some(AffRule::TableRow { name: name.to_owned(), fields }));
        }
        let Some(count) = words.first().and_then(|w| w.parse().ok()) else { return Ok(None) };
        self.tables.insert(name, Counted { header: line.number, count, found: 0 });
        Ok(Some(AffRule::TableHeader { name: name.to_owned(), count }))
    }

    fn affix(&mut self, kind: AffixKind, words: &[&str], line: &RawLine) -> Result<Option<AffRule>> {
        let [flag, second, third, rest @ ..] = words else { return Ok(None) };
        let Some(flag) = &one_flag(flag, self.flags.flag_type) else { return Ok(None) };
        let expected = matches!(&self.class, Some((k, f, c)) if *k == kind && f == flag && c.found < c.count);
        if !expected
            && let ("Y" | "N", Ok(count)) = (*second, third.parse())
            && without_comment(rest, 0).is_empty()
        {
            self.end_class();
            let counted = Counted { header: line.number, count, found: 0 };
            self.class = Some((kind, flag.clone(), counted));
            let (flag, cross_product) = (flag.clone(), *second == "Y");
            return Ok(Some(AffRule::AffixHeader { kind, flag, cross_product, count }));
        }
        match &mut self.class {
            Some((k, f, class)) if *k == kind && f == flag => class.found = class.found.saturating_add(1),
            _ => {
                let problem = line.problem(codes::RULE_COUNT, "a rule under no header of its flag");
                self.problems.push(problem);
            }
        }
        let (affix, continuation) = third.split_once('/').unwrap_or((third, ""));
        let continuation = self.flags.read(continuation, line, &mut self.problems)?;
        let rest = without_comment(rest, 0);
        let (condition, morph) = rest.split_first().unwrap_or((&".", &[]));
        Ok(Some(AffRule::AffixRule {
            kind,
            flag: flag.clone(),
            strip: or_nothing(second),
            affix: or_nothing(affix),
            continuation,
            condition: (*condition).to_owned(),
            morph: morph.iter().map(|w| (*w).to_owned()).collect(),
        }))
    }

    fn end_class(&mut self) {
        if let Some((kind, flag, counted)) = self.class.take() {
            let name = if kind == AffixKind::Prefix { "PFX" } else { "SFX" };
            counted.check(&format!("{name} {flag}"), &mut self.problems);
        }
    }

    fn finish(mut self) -> (Vec<Vec<Flag>>, Vec<Problem>) {
        self.end_class();
        let mut tables: Vec<_> = self.tables.iter().collect();
        tables.sort_by_key(|(_, counted)| counted.header);
        for (name, counted) in tables {
            counted.check(name, &mut self.problems);
        }
        (self.flags.into_aliases(), self.problems)
    }
}

/// An option with its arguments. The first one may start with `#`, as in `WORDCHARS #-`.
fn option(name: &str, words: &[&str]) -> Option<AffRule> {
    let args: &[&str] = if BARE_OPTIONS.contains(&name) {
        without_comment(words, 0)
    } else if OPTIONS.contains(&name) {
        words.first()?;
        without_comment(words, 1)
    } else {
        return None;
    };
    Some(AffRule::Option { name: name.to_owned(), args: args.iter().map(|w| (*w).to_owned()).collect() })
}

/// The words up to one that starts a comment; the first `fixed` words never do.
fn without_comment<'a, 'b>(words: &'a [&'b str], fixed: usize) -> &'a [&'b str] {
    let end = words.iter().enumerate().find(|(i, w)| *i >= fixed && w.starts_with('#'));
    end.and_then(|(i, _)| words.get(..i)).unwrap_or(words)
}

/// The one flag that a header or rule names; `None` for several, without splitting a long text.
fn one_flag(text: &str, flag_type: FlagType) -> Option<Flag> {
    let parsed = if text.len() <= 16 { parse_flags(text, flag_type).value } else { Vec::new() };
    <[Flag; 1]>::try_from(parsed).ok().map(|[flag]| flag)
}

fn or_nothing(text: &str) -> String {
    if text == "0" { String::new() } else { text.to_owned() }
}

#[cfg(test)]
#[path = "hunspell_aff_tests.rs"]
mod tests;
