//! The options of an affix file that are needed when words are checked, and their form in the image.

use sprog_formats::rules::hunspell_aff::{AffFile, AffRule};

use super::SpellError;

/// What stands for what.
type Pair = (Vec<char>, Vec<char>);

/// A row of the `REP` table: a typical mistake and what was meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Replacement {
    pub(super) from: Vec<char>,
    pub(super) to: Vec<char>,
    /// Only at the start of a word (`^`).
    pub(super) start: bool,
    /// Only at its end (`$`).
    pub(super) end: bool,
}

/// A row of the `CHECKCOMPOUNDPATTERN` table: a border between parts that is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BorderPattern {
    pub(super) left: Vec<char>,
    pub(super) left_flag: u32,
    pub(super) right: Vec<char>,
    pub(super) right_flag: u32,
}

/// One element of a `COMPOUNDRULE`: a flag, and `*` or `?` after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RuleItem {
    pub(super) flag: u32,
    pub(super) optional: bool,
    pub(super) repeated: bool,
}

/// What is needed besides the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) compounds: bool,
    pub(super) check_case: bool,
    pub(super) check_duplicate: bool,
    pub(super) check_replacements: bool,
    pub(super) check_triple: bool,
    pub(super) simplified_triple: bool,
    pub(super) sharp_s: bool,
    pub(super) forbid_warned: bool,
    pub(super) no_split: bool,
    pub(super) compound_min: u32,
    /// Parts that a compound may have; 0 for any number.
    pub(super) compound_word_max: u32,
    pub(super) replacements: Vec<Replacement>,
    pub(super) related: Vec<Vec<Vec<char>>>,
    pub(super) breaks: Vec<Vec<char>>,
    pub(super) input: Vec<(Vec<char>, Vec<char>)>,
    pub(super) output: Vec<(Vec<char>, Vec<char>)>,
    pub(super) keyboard: Vec<char>,
    pub(super) try_chars: Vec<char>,
    pub(super) ignored: Vec<char>,
    pub(super) borders: Vec<BorderPattern>,
    pub(super) rules: Vec<Vec<RuleItem>>,
}

/// The most that one table or one string of an image may hold.
const MOST: usize = 100_000;

impl Options {
    /// Reads the options of an affix file. `flag` gives a flag's number.
    pub(super) fn of(aff: &AffFile, flag: &mut dyn FnMut(&str) -> u32) -> Options {
        let mut options = Options {
            compound_min: 3,
            keyboard: chars("qwertyuiop|asdfghjkl|zxcvbnm"),
            ..Options::default()
        };
        let mut breaks = None;
        for line in &aff.lines {
            match &line.rule {
                AffRule::Option { name, args } => options.option(name, args),
                AffRule::TableHeader { name, .. } if name == "BREAK" => breaks = Some(Vec::new()),
                AffRule::TableRow { name, fields } if name == "BREAK" => {
                    breaks.get_or_insert_default().extend(fields.iter().map(|f| chars(f)));
                }
                AffRule::TableRow { name, fields } => options.row(name, fields, flag),
                _ => {}
            }
        }
        // hunspell(5): "BREAK -", "BREAK ^-" and "BREAK -$" are the default.
        options.breaks = breaks.unwrap_or_else(|| ["-", "^-", "-$"].map(chars).to_vec());
        options.compounds |= !options.rules.is_empty();
        options
    }

    fn option(&mut self, name: &str, args: &[String]) {
        let text = args.first().map_or("", String::as_str);
        let number = text.parse::<u32>();
        match name {
            "CHECKCOMPOUNDCASE" => self.check_case = true,
            "CHECKCOMPOUNDDUP" => self.check_duplicate = true,
            "CHECKCOMPOUNDREP" => self.check_replacements = true,
            "CHECKCOMPOUNDTRIPLE" => self.check_triple = true,
            "SIMPLIFIEDTRIPLE" => self.simplified_triple = true,
            "CHECKSHARPS" => self.sharp_s = true,
            "FORBIDWARN" => self.forbid_warned = true,
            "NOSPLITSUGS" => self.no_split = true,
            "COMPOUNDFLAG" | "COMPOUNDBEGIN" => self.compounds = true,
            "COMPOUNDMIN" => self.compound_min = number.unwrap_or(3).max(1),
            "COMPOUNDWORDMAX" => self.compound_word_max = number.unwrap_or(0),
            "KEY" => self.keyboard = chars(text),
            "TRY" => self.try_chars = chars(text),
            "IGNORE" => self.ignored = chars(text),
            _ => {}
        }
    }

    fn row(&mut self, name: &str, fields: &[String], flag: &mut dyn FnMut(&str) -> u32) {
        match (name, fields) {
            ("REP", [from, to, ..]) => {
                let start = from.strip_prefix('^');
                let from = start.unwrap_or(from);
                let end = from.strip_suffix('$');
                self.replacements.push(Replacement {
                    from: spaced(end.unwrap_or(from)),
                    to: spaced(to),
                    start: start.is_some(),
                    end: end.is_some(),
                });
            }
            ("MAP", [group, ..]) => self.related.push(map_group(group)),
            ("ICONV", [from, to, ..]) => self.input.push((spaced(from), spaced(to))),
            ("OCONV", [from, to, ..]) => self.output.push((spaced(from), spaced(to))),
            ("CHECKCOMPOUNDPATTERN", [left, right]) => {
                let mut side = |text: &str| {
                    let (text, name) = text.split_once('/').unwrap_or((text, ""));
                    (
                        if text == "0" { Vec::new() } else { chars(text) },
                        if name.is_empty() { 0 } else { flag(name) },
                    )
                };
                let ((left, left_flag), (right, right_flag)) = (side(left), side(right));
                self.borders.push(BorderPattern { left, left_flag, right, right_flag });
            }
            ("COMPOUNDRULE", [rule, ..]) => self.rules.push(compound_rule(rule, flag)),
            _ => {}
        }
    }

    /// Flags whose presence on a word of a compound must be known when words are checked.
    pub(super) fn flags_of_parts(&self) -> Vec<u32> {
        let of_rules = self.rules.iter().flatten().map(|i| i.flag);
        let of_borders = self.borders.iter().flat_map(|b| [b.left_flag, b.right_flag]);
        let mut flags: Vec<u32> = of_rules.chain(of_borders).filter(|f| *f != 0).collect();
        flags.sort_unstable();
        flags.dedup();
        flags
    }
}

/// Parses a rule of flags: `(11)*(12)?` for long and numeric flags, `ab*c` for the others.
fn compound_rule(rule: &str, flag: &mut dyn FnMut(&str) -> u32) -> Vec<RuleItem> {
    let mut items: Vec<RuleItem> = Vec::new();
    let mut rest = rule.chars();
    while let Some(c) = rest.next() {
        match (c, items.last_mut()) {
            ('*', Some(last)) => (last.optional, last.repeated) = (true, true),
            ('?', Some(last)) => last.optional = true,
            _ => {
                let name: String =
                    if c == '(' { rest.by_ref().take_while(|c| *c != ')').collect() } else { c.to_string() };
                items.push(RuleItem { flag: flag(&name), optional: false, repeated: false });
            }
        }
    }
    items
}

pub(super) fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// Characters of a field in which `_` stands for a space.
fn spaced(text: &str) -> Vec<char> {
    text.chars().map(|c| if c == '_' { ' ' } else { c }).collect()
}

/// `aá(ss)` is the group of `a`, `á` and `ss`.
fn map_group(text: &str) -> Vec<Vec<char>> {
    let mut group = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        group.push(if c == '(' { rest.by_ref().take_while(|c| *c != ')').collect() } else { vec![c] });
    }
    group
}

/// Writes the parts of an image: numbers in little-endian order, strings with their length before them.
#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, n: usize) {
        self.0.extend_from_slice(&u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn string(&mut self, text: &[char]) {
        let text: String = text.iter().collect();
        self.number(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.number(items.len());
        items.iter().for_each(|item| write(self, item));
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self) -> Result<u32, SpellError> {
        let (number, rest) = self.0.split_first_chunk::<4>().ok_or(SpellError::Damaged)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*number))
    }

    fn flag(&mut self) -> Result<bool, SpellError> {
        Ok(self.number()? != 0)
    }

    fn count(&mut self) -> Result<usize, SpellError> {
        Some(self.number()? as usize).filter(|n| *n <= MOST).ok_or(SpellError::Damaged)
    }

    fn string(&mut self) -> Result<Vec<char>, SpellError> {
        let length = self.count()?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(SpellError::Damaged)?;
        self.0 = rest;
        std::str::from_utf8(text).map(chars).map_err(|_| SpellError::Damaged)
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, SpellError>) -> Result<Vec<T>, SpellError> {
        let count = self.count()?;
        // An item has four bytes at least.
        if count > self.0.len() / 4 {
            return Err(SpellError::Damaged);
        }
        (0..count).map(|_| read(self)).collect()
    }

    fn pairs(&mut self) -> Result<Vec<Pair>, SpellError> {
        self.list(|r| Ok((r.string()?, r.string()?)))
    }
}

impl Options {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut w = Writer::default();
        for flag in [
            self.compounds,
            self.check_case,
            self.check_duplicate,
            self.check_replacements,
            self.check_triple,
            self.simplified_triple,
            self.sharp_s,
            self.forbid_warned,
            self.no_split,
        ] {
            w.number(usize::from(flag));
        }
        w.number(self.compound_min as usize);
        w.number(self.compound_word_max as usize);
        w.list(&self.replacements, |w, r| {
            w.string(&r.from);
            w.string(&r.to);
            w.number(usize::from(r.start));
            w.number(usize::from(r.end));
        });
        w.list(&self.related, |w, group| w.list(group, |w, text| w.string(text)));
        w.list(&self.breaks, |w, text| w.string(text));
        for pairs in [&self.input, &self.output] {
            w.list(pairs, |w, (from, to)| {
                w.string(from);
                w.string(to);
            });
        }
        for text in [&self.keyboard, &self.try_chars, &self.ignored] {
            w.string(text);
        }
        w.list(&self.borders, |w, b| {
            w.string(&b.left);
            w.number(b.left_flag as usize);
            w.string(&b.right);
            w.number(b.right_flag as usize);
        });
        w.list(&self.rules, |w, rule| {
            w.list(rule, |w, item| {
                w.number(item.flag as usize);
                w.number(usize::from(item.optional));
                w.number(usize::from(item.repeated));
            });
        });
        w.0
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Options, SpellError> {
        let mut r = Reader(bytes);
        Ok(Options {
            compounds: r.flag()?,
            check_case: r.flag()?,
            check_duplicate: r.flag()?,
            check_replacements: r.flag()?,
            check_triple: r.flag()?,
            simplified_triple: r.flag()?,
            sharp_s: r.flag()?,
            forbid_warned: r.flag()?,
            no_split: r.flag()?,
            compound_min: r.number()?.max(1),
            compound_word_max: r.number()?,
            replacements: r.list(|r| {
                Ok(Replacement { from: r.string()?, to: r.string()?, start: r.flag()?, end: r.flag()? })
            })?,
            related: r.list(|r| r.list(Reader::string))?,
            breaks: r.list(Reader::string)?,
            input: r.pairs()?,
            output: r.pairs()?,
            keyboard: r.string()?,
            try_chars: r.string()?,
            ignored: r.string()?,
            borders: r.list(|r| {
                Ok(BorderPattern {
                    left: r.string()?,
                    left_flag: r.number()?,
                    right: r.string()?,
                    right_flag: r.number()?,
                })
            })?,
            rules: r.list(|r| {
                r.list(|r| Ok(RuleItem { flag: r.number()?, optional: r.flag()?, repeated: r.flag()? }))
            })?,
        })
    }
}
