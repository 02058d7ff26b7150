//! Hunspell's word list (`.dic`), as hunspell(5) describes it and libhunspell 1.7 reads it.
//!
//! The first line is an approximate number of entries. Each other line is `word`, `word/flags` or
//! either with morphological fields (`st:`, `al:`, `ph:` and such) after white space. A word may hold
//! spaces; `\/` in it is a slash, and so is a slash at its start. There are no quotes in the format:
//! libhunspell reads the Danish `"A/S"` as the word `"A` with the flags `S"`, and so does this reader,
//! see [`DicLine::quoted`].
//!
//! Two things differ from libhunspell: white space at the end of a line is no part of the word, and
//! morphological fields on a line without a word are not taken for one.

use super::flags::FlagReader;
use super::hunspell_aff::{AffFile, Flag, FlagType};
use super::source::Source;
use super::{Charset, RawLine, write_lines};
use crate::{Limits, Parsed, Problem, Result, codes};

/// A word list, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DicFile {
    /// How the file was decoded.
    pub encoding: Charset,
    /// Every line of the file.
    pub lines: Vec<DicLine>,
}

impl DicFile {
    /// How many lines are entries.
    pub fn entry_count(&self) -> usize {
        self.lines.iter().filter(|l| matches!(l.entry, DicContent::Entry { .. })).count()
    }
}

/// A line of a word list: as it stands, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DicLine {
    /// The line as it stands in the file.
    pub line: RawLine,
    /// What the line says.
    pub entry: DicContent,
}

impl DicLine {
    /// What stands between the quotes of a line that is quoted as a whole: `A/S` of `"A/S"`.
    ///
    /// The dictionary's makers meant that as the word, but no version of libhunspell finds it.
    pub fn quoted(&self) -> Option<&str> {
        let inner = self.line.text().trim().strip_prefix('"')?.strip_suffix('"')?;
        (!inner.is_empty() && !inner.contains('"')).then_some(inner)
    }
}

/// What a line of a word list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DicContent {
    /// The first line: about how many entries there are.
    Count(u64),
    /// A word.
    Entry {
        /// The word, with `\/` read as a slash.
        word: String,
        /// Its affix flags, AF aliases looked up.
        flags: Vec<Flag>,
        /// Its morphological fields as they stand (`st:coitus`), or one number where the affix file
        /// has an AM table.
        morph: Vec<String>,
    },
    /// Nothing but white space.
    Blank,
    /// A line that starts with a tab, which leaves no word.
    Comment,
    /// A line that was not understood; it is a [`codes::RULE_LINE`] problem too.
    Unknown,
}

/// Reads a word list whose affix file has no AF table.
///
/// Problems: [`codes::RULE_COUNT`] where the first line is no number or not the number of entries,
/// [`codes::RULE_FLAG`], [`codes::RULE_LINE`], [`codes::RULE_ENCODING`].
///
/// # Errors
/// [`Error::Limit`](crate::Error::Limit) past `limits`' bytes, bytes of a line or items (lines;
/// flags and fields of all lines).
///
/// ```
/// use sprog_formats::rules::{Charset, hunspell_aff::FlagType, hunspell_dic::{self, DicContent}};
/// use sprog_formats::Limits;
/// let bytes = "1\nA-menneske/10,4 al:A-menneskene\n".as_bytes();
/// let parsed = hunspell_dic::read(bytes, FlagType::Num, Charset::Utf8, &Limits::default())?;
/// let DicContent::Entry { word, flags, morph } = &parsed.value.lines[1].entry else { panic!() };
/// assert_eq!((word.as_str(), flags.len(), morph[0].as_str()), ("A-menneske", 2, "al:A-menneskene"));
/// assert_eq!(hunspell_dic::write(&parsed.value)?, bytes);
/// # Ok::<(), sprog_formats::Error>(())
/// ```
pub fn read(
    bytes: &[u8],
    flag_type: FlagType,
    encoding: Charset,
    limits: &Limits,
) -> Result<Parsed<DicFile>> {
    read_lines(bytes, encoding, FlagReader::new(flag_type, Vec::new(), limits), limits)
}

/// Reads the word list that belongs to `aff`: in its encoding, with its flag type and AF aliases.
///
/// # Errors
/// As [`read`]; the flags that AF aliases stand for count too.
pub fn read_with(bytes: &[u8], aff: &AffFile, limits: &Limits) -> Result<Parsed<DicFile>> {
    let flags = FlagReader::new(aff.flag_type, aff.flag_aliases.clone(), limits);
    read_lines(bytes, aff.encoding, flags, limits)
}

/// The bytes of the file: those that were read, when no line was changed.
///
/// # Errors
/// Those of [`write_lines`].
pub fn write(file: &DicFile) -> Result<Vec<u8>> {
    write_lines(file.lines.iter().map(|l| &l.line), file.encoding)
}

fn read_lines(
    bytes: &[u8],
    encoding: Charset,
    mut flags: FlagReader,
    limits: &Limits,
) -> Result<Parsed<DicFile>> {
    let Source { charset, lines: raw_lines, mut problems } = Source::read(bytes, encoding, limits)?;
    let mut lines = Vec::with_capacity(raw_lines.len());
    for line in raw_lines {
        let count = if line.number == 1 { count(line.text()) } else { None };
        let entry = match count {
            Some(n) => DicContent::Count(n),
            None => entry(&line, &mut flags, &mut problems)?,
        };
        lines.push(DicLine { line, entry });
    }
    let file = DicFile { encoding: charset, lines };
    check_count(&file, &mut problems);
    Ok(Parsed { value: file, problems })
}

/// The number that starts the first line; a comment may follow it.
fn count(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

fn check_count(file: &DicFile, problems: &mut Vec<Problem>) {
    let Some(first) = file.lines.first() else { return };
    let entries = file.entry_count();
    match first.entry {
        DicContent::Count(n) if n == entries as u64 => {}
        DicContent::Count(n) => problems.push(Problem::new(
            codes::RULE_COUNT,
            first.line.place(),
            format!("the first line says {n} entries, the file has {entries}"),
        )),
        _ => problems.push(first.line.problem(codes::RULE_COUNT, "the first line is no number of entries")),
    }
}

fn entry(line: &RawLine, flags: &mut FlagReader, problems: &mut Vec<Problem>) -> Result<DicContent> {
    if line.text().trim().is_empty() {
        return Ok(DicContent::Blank);
    }
    if line.text().starts_with('\t') {
        return Ok(DicContent::Comment);
    }
    let text = line.text().trim_end();
    let (stem, morph) = text.split_at(morph_start(text));
    if stem.starts_with(char::is_whitespace) && is_morph_field(stem.trim_start()) {
        problems.push(line.problem(codes::RULE_LINE, "morphological fields without a word"));
        return Ok(DicContent::Unknown);
    }
    flags.budget.take(morph.split_whitespace().count(), line)?;
    let (word, vector) = split_flags(stem);
    let flags = flags.read(vector, line, problems)?;
    let morph = morph.split_whitespace().map(str::to_owned).collect();
    Ok(DicContent::Entry { word, flags, morph })
}

/// Where the white space before the morphological fields starts: at the first tab, or before the
/// first `xx:` that follows white space and a word.
fn morph_start(text: &str) -> usize {
    let bytes = text.as_bytes();
    let tab = bytes.iter().position(|b| *b == b'\t').unwrap_or(bytes.len());
    let field = bytes.windows(4).position(|w| matches!(w, [b' ' | b'\t', a, b, b':'] if is_tag(*a, *b)));
    let field = field.unwrap_or(bytes.len());
    let word = bytes.get(..field.min(tab)).unwrap_or(bytes).trim_ascii_end();
    if word.is_empty() { bytes.len() } else { word.len() }
}

fn is_tag(a: u8, b: u8) -> bool {
    !a.is_ascii_whitespace() && !b.is_ascii_whitespace() && a != b'/' && b != b'/'
}

fn is_morph_field(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, b':', ..] if a.is_ascii_lowercase() && b.is_ascii_lowercase())
}

/// The word and its flag vector, on either side of the first slash that is no part of the word.
fn split_flags(stem: &str) -> (String, &str) {
    let mut word = String::with_capacity(stem.len());
    let mut rest = stem;
    while let Some((before, after)) = rest.split_once('/') {
        if let Some(escaped) = before.strip_suffix('\\') {
            word.push_str(escaped);
        } else if before.is_empty() && word.is_empty() {
            // A slash that starts the line.
        } else {
            word.push_str(before);
            return (word, after);
        }
        word.push('/');
        rest = after;
    }
    word.push_str(rest);
    (word, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::hunspell_aff;
    use super::*;
    use crate::{Code, Place};

    fn parse(text: &str, flag_type: FlagType) -> Parsed<DicFile> {
        let parsed = read(text.as_bytes(), flag_type, Charset::Utf8, &Limits::default()).expect("reads");
        assert_eq!(write(&parsed.value).expect("writes"), text.as_bytes());
        parsed
    }

    /// One entry line as `word|flags|morph`, and the codes of its problems.
    fn entry_of(line: &str, flag_type: FlagType) -> (String, Vec<Code>) {
        let parsed = parse(&format!("1\n{line}"), flag_type);
        let DicContent::Entry { word, flags, morph } = &parsed.value.lines[1].entry else {
            panic!("{line:?} is {:?}", parsed.value.lines[1].entry)
        };
        let flags: Vec<&str> = flags.iter().map(Flag::as_str).collect();
        let text = format!("{word}|{}|{}", flags.join(","), morph.join(","));
        (text, parsed.problems.iter().map(|p| p.code).collect())
    }

    #[test]
    fn words_flags_and_fields_are_told_apart() {
        for (line, expected) in [
            ("abe", "abe||"),
            ("abe/10,4", "abe|10,4|"),
            ("a c.", "a c.||"),
            ("annus horribilis/10,39", "annus horribilis|10,39|"),
            ("tryg/42 ph: ", "tryg|42|ph:"),
            ("våben/10,39 al:våbnet  al:våbnets'", "våben|10,39|al:våbnet,al:våbnets'"),
            ("ad hoc\tst:ad po:adv", "ad hoc||st:ad,po:adv"),
            ("kl. 8:30", "kl. 8:30||"),
            ("km\\/t/7", "km/t|7|"),
            ("\\/\\/", "//||"),
            ("/", "/||"),
            ("/etc/7", "/etc|7|"),
            ("foo/", "foo||"),
            ("foo/1  ", "foo|1|"),
            (" foo", " foo||"),
            ("#tag/3", "#tag|3|"),
            ("12/3", "12|3|"),
            ("st:x", "st:x||"),
        ] {
            assert_eq!(entry_of(line, FlagType::Num), (expected.into(), vec![]), "{line:?}");
        }
        assert_eq!(entry_of("foo/AB st:x", FlagType::Char).0, "foo|A,B|st:x");
        assert_eq!(entry_of("foo/AaBb", FlagType::Long).0, "foo|Aa,Bb|");
    }

    #[test]
    fn a_quoted_entry_is_read_as_libhunspell_does_but_can_be_found() {
        assert_eq!(entry_of("\"A/S\"", FlagType::Num), ("\"A||".into(), vec![codes::RULE_FLAG]));
        let quoted = |text: &str| {
            let file = parse(&format!("1\n{text}\n"), FlagType::Char).value;
            file.lines[1].quoted().map(str::to_owned)
        };
        assert_eq!(quoted("\"A/S\""), Some("A/S".into()));
        for not in ["A/S", "\"", "\"\"", "\"A", "\"a\" \"b\"", ""] {
            assert_eq!(quoted(not), None, "{not:?}");
        }
    }

    #[test]
    fn blank_lines_comments_and_fields_without_a_word_are_no_entries() {
        let parsed = parse("1\n \t\n\tnote/12\n st:coitus\n  al:a al:b\nja\n", FlagType::Num);
        let kinds: Vec<&DicContent> = parsed.value.lines.iter().map(|l| &l.entry).collect();
        assert_eq!(
            kinds[..5],
            [
                &DicContent::Count(1),
                &DicContent::Blank,
                &DicContent::Comment,
                &DicContent::Unknown,
                &DicContent::Unknown
            ]
        );
        assert_eq!(parsed.value.entry_count(), 1);
        let places: Vec<&Place> = parsed.problems.iter().map(|p| &p.place).collect();
        assert_eq!(places, [&Place::Line(4), &Place::Line(5)]);
    }

    #[test]
    fn the_first_line_is_a_count_that_is_checked() {
        let first = |text: &str| {
            let parsed = parse(text, FlagType::Num);
            let codes: Vec<Code> = parsed.problems.iter().map(|p| p.code).collect();
            (parsed.value.lines[0].entry.clone(), codes)
        };
        assert_eq!(first("1\nja\n"), (DicContent::Count(1), vec![]));
        assert_eq!(first("\u{FEFF}2 # ord\nja\n"), (DicContent::Count(2), vec![codes::RULE_COUNT]));
        for not in ["ja\nnej\n", "12-talspige\n", "-1\n", "99999999999999999999\n"] {
            let (content, problems) = first(not);
            assert!(matches!(content, DicContent::Entry { .. }), "{not:?}: {content:?}");
            assert_eq!(problems, [codes::RULE_COUNT], "{not:?}");
        }
    }

    #[test]
    fn the_affix_file_gives_encoding_flag_type_and_aliases() {
        let aff = hunspell_aff::read(b"SET ISO8859-1\nFLAG num\nAF 1\nAF 7,8\n", &Limits::default());
        let parsed = read_with(b"2\nbl\xE5/1\nx/2\n", &aff.expect("reads").value, &Limits::default());
        let parsed = parsed.expect("reads");
        let entry = DicContent::Entry {
            word: "blå".into(),
            flags: vec![Flag("7".into()), Flag("8".into())],
            morph: vec![],
        };
        assert_eq!(parsed.value.lines[1].entry, entry);
        assert_eq!(parsed.problems.len(), 1, "{:?}", parsed.problems);
        assert_eq!((parsed.problems[0].code, &parsed.problems[0].place), (codes::RULE_FLAG, &Place::Line(3)));
    }

    #[test]
    fn flags_and_fields_are_bounded_over_the_whole_file() {
        let limits = Limits { items: 6, ..Limits::default() };
        let place = |text: &[u8]| read(text, FlagType::Char, Charset::Utf8, &limits).err().map(|e| e.place());
        assert_eq!(place(b"2\na/BCD\nb st:a st:b st:c"), None);
        assert_eq!(place(b"2\na/BCD\nb st:a st:b st:c st:d"), Some(Place::Line(3)));
        assert_eq!(place(b"1\na/ABCDEFG"), Some(Place::Line(2)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_and_written_back(bytes: Vec<u8>, encoding in prop_oneof![Just(Charset::Utf8), Just(Charset::Latin1)]) {
            let file = read(&bytes, FlagType::Num, encoding, &Limits::default()).expect("reads").value;
            prop_assert_eq!(write(&file).expect("writes"), bytes);
        }

        #[test]
        fn lines_of_dictionary_pieces_are_read_and_written_back(
            lines in prop::collection::vec("(å|a|\\\\|/|\"|1|,| |\t|st:|al:x|:|#){0,8}(\r\n|\n|\r)?", 0..20),
        ) {
            let text = lines.concat();
            let file = read(text.as_bytes(), FlagType::Char, Charset::Utf8, &Limits::default()).expect("reads").value;
            prop_assert_eq!(write(&file).expect("writes"), text.as_bytes());
        }
    }
}
