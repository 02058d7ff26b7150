use std::fmt;

use super::source::{Budget, RawLine, excerpt};
use crate::{Limits, Parsed, Place, Problem, Result, codes};

/// How a Hunspell dictionary writes affix flags: the affix file's `FLAG` option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FlagType {
    /// One character each (`ABC` is three flags); the default without `FLAG`.
    #[default]
    Char,
    /// Two characters each: `FLAG long`, `1x2yZz` is three flags.
    Long,
    /// Decimal numbers from 1 to 65,509 with commas between them: `FLAG num`, `4521,23` is two flags.
    Num,
    /// One Unicode character each: `FLAG UTF-8`.
    Utf8,
}

/// The largest numeric flag; Hunspell keeps the ids above it for itself.
const LARGEST_NUMBER: u32 = 65_509;

/// An affix flag: one character, two characters or a decimal number, by [`FlagType`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flag(pub String);

impl Flag {
    /// The flag's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Splits a flag vector, the part after the slash of `word/flags`.
///
/// What is no flag of the type is left out of the value; one [`codes::RULE_FLAG`] problem says so (its
/// place is [`Place::File`]: only the caller knows the line). A number is read as Hunspell reads it:
/// leading digits count, zeros before them do not.
///
/// ```
/// use sprog_formats::rules::hunspell_aff::{FlagType, parse_flags};
/// let flags = parse_flags("10,2,46", FlagType::Num).value;
/// assert_eq!(flags[2].as_str(), "46");
/// assert_eq!(parse_flags("AbCd", FlagType::Long).value.len(), 2);
/// assert_eq!(parse_flags("S\"", FlagType::Num).problems.len(), 1);
/// ```
pub fn parse_flags(text: &str, flag_type: FlagType) -> Parsed<Vec<Flag>> {
    let mut flags = Vec::new();
    let mut bad = 0u64;
    match flag_type {
        FlagType::Char | FlagType::Utf8 => flags.extend(text.chars().map(|c| Flag(c.to_string()))),
        FlagType::Long => {
            let mut chars = text.chars();
            while let Some(first) = chars.next() {
                match chars.next() {
                    Some(second) => flags.push(Flag([first, second].iter().collect())),
                    None => bad = bad.saturating_add(1),
                }
            }
        }
        FlagType::Num if text.is_empty() => {}
        FlagType::Num => {
            for part in text.split(',') {
                let trimmed = part.trim();
                let end = trimmed.bytes().take_while(u8::is_ascii_digit).count();
                let number = trimmed.get(..end).and_then(|digits| digits.parse::<u32>().ok());
                let number = number.filter(|n| (1..=LARGEST_NUMBER).contains(n));
                flags.extend(number.map(|n| Flag(n.to_string())));
                if number.is_none() || end < trimmed.len() {
                    bad = bad.saturating_add(1);
                }
            }
        }
    }
    let wanted = match flag_type {
        FlagType::Long => "two characters each",
        FlagType::Num => "numbers from 1 to 65509",
        FlagType::Char | FlagType::Utf8 => "one character each",
    };
    let message = || format!("{bad} of the flags {:?} left out: they must be {wanted}", excerpt(text));
    let problem = (bad > 0).then(|| Problem::new(codes::RULE_FLAG, Place::File, message()));
    Parsed { value: flags, problems: problem.into_iter().collect() }
}

/// Reads the flag vectors of one file: by flag type, or through the affix file's AF aliases.
pub(super) struct FlagReader {
    pub(super) flag_type: FlagType,
    /// For flags, also those that an alias stands for: a short file could otherwise grow without bound.
    pub(super) budget: Budget,
    aliases: Vec<Vec<Flag>>,
}

impl FlagReader {
    pub(super) fn new(flag_type: FlagType, aliases: Vec<Vec<Flag>>, limits: &Limits) -> FlagReader {
        FlagReader { flag_type, budget: Budget::new(limits), aliases }
    }

    pub(super) fn add_alias(&mut self, flags: Vec<Flag>) {
        self.aliases.push(flags);
    }

    pub(super) fn into_aliases(self) -> Vec<Vec<Flag>> {
        self.aliases
    }

    /// The flags that `text` stands for in `line`.
    pub(super) fn read(
        &mut self,
        text: &str,
        line: &RawLine,
        problems: &mut Vec<Problem>,
    ) -> Result<Vec<Flag>> {
        if self.aliases.is_empty() || text.is_empty() {
            return self.plain(text, line, problems);
        }
        let alias = text.trim().parse::<usize>().ok().and_then(|n| self.aliases.get(n.checked_sub(1)?));
        let Some(flags) = alias else {
            problems.push(line.problem(codes::RULE_FLAG, "no AF alias of this number"));
            return Ok(Vec::new());
        };
        self.budget.take(flags.len(), line)?;
        Ok(flags.clone())
    }

    /// As [`parse_flags`], with the line in each problem.
    pub(super) fn plain(
        &mut self,
        text: &str,
        line: &RawLine,
        problems: &mut Vec<Problem>,
    ) -> Result<Vec<Flag>> {
        let at_most = match self.flag_type {
            FlagType::Num => text.bytes().filter(|b| *b == b',').count(),
            FlagType::Char | FlagType::Utf8 | FlagType::Long => text.len(),
        };
        self.budget.take(at_most, line)?;
        let parsed = parse_flags(text, self.flag_type);
        problems.extend(parsed.problems.into_iter().map(|p| Problem { place: line.place(), ..p }));
        Ok(parsed.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(text: &str, flag_type: FlagType) -> (String, usize) {
        let parsed = parse_flags(text, flag_type);
        let names: Vec<&str> = parsed.value.iter().map(Flag::as_str).collect();
        (names.join(" "), parsed.problems.len())
    }

    #[test]
    fn each_flag_type_splits_in_its_own_way() {
        assert_eq!(flags("Aå,", FlagType::Char), ("A å ,".into(), 0));
        assert_eq!(flags("A€", FlagType::Utf8), ("A €".into(), 0));
        assert_eq!(flags("AbCd", FlagType::Long), ("Ab Cd".into(), 0));
        assert_eq!(flags("10,2,046", FlagType::Num), ("10 2 46".into(), 0));
        for flag_type in [FlagType::Char, FlagType::Long, FlagType::Num, FlagType::Utf8] {
            assert_eq!(flags("", flag_type), (String::new(), 0), "{flag_type:?}");
        }
    }

    #[test]
    fn what_is_no_flag_of_the_type_is_left_out_and_reported() {
        assert_eq!(flags("AbC", FlagType::Long), ("Ab".into(), 1));
        assert_eq!(flags("1,,0,65510,x,99999999999", FlagType::Num), ("1".into(), 1));
        let message = parse_flags("1,,0,65510,x,99999999999", FlagType::Num).problems.remove(0).message;
        assert!(message.starts_with("5 of the flags"), "{message}");
        assert_eq!(flags("65509", FlagType::Num), ("65509".into(), 0));
        assert_eq!(flags("7 foo", FlagType::Num), ("7".into(), 1));
    }

    #[test]
    fn aliases_are_looked_up_from_one_and_bounded() {
        let line = RawLine { number: 3, raw: "foo/1".into(), ending: super::super::LineEnding::Lf };
        let limits = Limits { items: 3, ..Limits::default() };
        let mut reader =
            FlagReader::new(FlagType::Char, vec![vec![Flag("A".into()), Flag("B".into())]], &limits);
        let mut problems = Vec::new();
        assert_eq!(reader.read("1", &line, &mut problems).expect("within the limit").len(), 2);
        for bad in ["0", "2", "x", "-1"] {
            assert_eq!(reader.read(bad, &line, &mut problems).expect("within the limit"), [], "{bad}");
        }
        assert_eq!(problems.len(), 4);
        reader.aliases.push(Vec::new());
        assert_eq!(reader.read("2", &line, &mut problems).expect("an alias of nothing"), []);
        assert_eq!(reader.read("1", &line, &mut problems).expect_err("4 flags").place(), Place::Line(3));
    }
}
