//! The affix classes of an affix file, and the special flags that words and affixes carry.

use std::collections::HashMap;

use sprog_formats::rules::hunspell_aff::{AffFile, AffRule, AffixKind, Flag};

use super::options::Options;

/// A set of flags by number, sorted.
pub(super) type Flags = Vec<u32>;

/// One rule of an affix class.
#[derive(Clone, Debug)]
pub(super) struct Affix {
    pub(super) kind: AffixKind,
    pub(super) flag: u32,
    pub(super) cross: bool,
    pub(super) strip: String,
    pub(super) append: String,
    pub(super) continuation: Flags,
    condition: Vec<Item>,
}

#[derive(Clone, Debug)]
enum Item {
    Any,
    One(char),
    Set { negated: bool, chars: Vec<char> },
}

/// Flags with a meaning of their own; 0 where the file names none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Special {
    pub(super) need_affix: u32,
    pub(super) forbidden: u32,
    pub(super) keep_case: u32,
    pub(super) no_suggest: u32,
    pub(super) substandard: u32,
    pub(super) warn: u32,
    pub(super) circumfix: u32,
    pub(super) only_in_compound: u32,
    pub(super) compound: u32,
    pub(super) compound_begin: u32,
    pub(super) compound_middle: u32,
    pub(super) compound_end: u32,
    pub(super) compound_permit: u32,
    pub(super) compound_forbid: u32,
    pub(super) compound_root: u32,
    pub(super) force_upper: u32,
}

/// Everything of an affix file that the expansion of words needs.
#[derive(Debug, Default)]
pub(super) struct Affixes {
    pub(super) classes: HashMap<u32, Vec<Affix>>,
    pub(super) special: Special,
    pub(super) full_strip: bool,
    pub(super) more_suffixes: bool,
    pub(super) complex_prefixes: bool,
    numbers: HashMap<String, u32>,
}

impl Affixes {
    pub(super) fn of(aff: &AffFile) -> (Affixes, Options) {
        let mut this = Affixes::default();
        let mut crossing: HashMap<u32, bool> = HashMap::new();
        for line in &aff.lines {
            match &line.rule {
                AffRule::Option { name, args } => this.option(name, args.first().map_or("", String::as_str)),
                AffRule::AffixHeader { flag, cross_product, .. } => {
                    let flag = this.number(flag.as_str());
                    crossing.insert(flag, *cross_product);
                }
                AffRule::AffixRule { kind, flag, strip, affix, continuation, condition, .. } => {
                    let flag = this.number(flag.as_str());
                    let affix = Affix {
                        kind: *kind,
                        flag,
                        cross: crossing.get(&flag).copied().unwrap_or(false),
                        strip: strip.clone(),
                        append: affix.clone(),
                        continuation: this.flags(continuation),
                        condition: condition_items(condition),
                    };
                    this.classes.entry(flag).or_default().push(affix);
                }
                _ => {}
            }
        }
        let options = Options::of(aff, &mut |name| this.number(name));
        (this, options)
    }

    fn option(&mut self, name: &str, argument: &str) {
        match name {
            "FULLSTRIP" => return self.full_strip = true,
            "COMPOUNDMORESUFFIXES" => return self.more_suffixes = true,
            "COMPLEXPREFIXES" => return self.complex_prefixes = true,
            _ => {}
        }
        let special = &mut self.special;
        let place = match name {
            "NEEDAFFIX" | "PSEUDOROOT" => &mut special.need_affix,
            "FORBIDDENWORD" => &mut special.forbidden,
            "KEEPCASE" => &mut special.keep_case,
            "NOSUGGEST" => &mut special.no_suggest,
            "SUBSTANDARD" => &mut special.substandard,
            "WARN" => &mut special.warn,
            "CIRCUMFIX" => &mut special.circumfix,
            "ONLYINCOMPOUND" => &mut special.only_in_compound,
            "COMPOUNDFLAG" => &mut special.compound,
            "COMPOUNDBEGIN" => &mut special.compound_begin,
            "COMPOUNDMIDDLE" => &mut special.compound_middle,
            "COMPOUNDEND" | "COMPOUNDLAST" => &mut special.compound_end,
            "COMPOUNDPERMITFLAG" => &mut special.compound_permit,
            "COMPOUNDFORBIDFLAG" => &mut special.compound_forbid,
            "COMPOUNDROOT" => &mut special.compound_root,
            "FORCEUCASE" => &mut special.force_upper,
            _ => return,
        };
        *place = number_in(&mut self.numbers, argument);
    }

    fn number(&mut self, name: &str) -> u32 {
        number_in(&mut self.numbers, name)
    }

    /// The numbers of flags, sorted.
    pub(super) fn flags(&mut self, flags: &[Flag]) -> Flags {
        let mut numbers: Flags = flags.iter().map(|f| self.number(f.as_str())).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

fn number_in(numbers: &mut HashMap<String, u32>, name: &str) -> u32 {
    if let Some(number) = numbers.get(name) {
        return *number;
    }
    let number = u32::try_from(numbers.len()).unwrap_or(u32::MAX).saturating_add(1);
    numbers.insert(name.to_owned(), number);
    number
}

pub(super) fn has(flags: &[u32], flag: u32) -> bool {
    flag != 0 && flags.binary_search(&flag).is_ok()
}

impl Affix {
    /// The form that the affix makes of `stem`; `None` where it does not fit.
    pub(super) fn apply(&self, stem: &str, full_strip: bool) -> Option<String> {
        let rest = match self.kind {
            AffixKind::Suffix => stem.strip_suffix(self.strip.as_str())?,
            AffixKind::Prefix => stem.strip_prefix(self.strip.as_str())?,
        };
        if (rest.is_empty() && !full_strip) || !self.fits(stem) {
            return None;
        }
        let mut form = String::with_capacity(rest.len() + self.append.len());
        match self.kind {
            AffixKind::Suffix => form.extend([rest, &self.append]),
            AffixKind::Prefix => form.extend([&self.append, rest]),
        }
        Some(form)
    }

    fn fits(&self, stem: &str) -> bool {
        match self.kind {
            AffixKind::Suffix => all_fit(self.condition.iter().rev(), stem.chars().rev()),
            AffixKind::Prefix => all_fit(self.condition.iter(), stem.chars()),
        }
    }

    pub(super) fn continues(&self, flag: u32) -> bool {
        has(&self.continuation, flag)
    }
}

fn all_fit<'a>(items: impl Iterator<Item = &'a Item>, mut chars: impl Iterator<Item = char>) -> bool {
    for item in items {
        let Some(c) = chars.next() else { return false };
        let fits = match item {
            Item::Any => true,
            Item::One(one) => *one == c,
            Item::Set { negated, chars } => chars.contains(&c) != *negated,
        };
        if !fits {
            return false;
        }
    }
    true
}

/// Parses a condition: characters, `.` for any and `[…]` or `[^…]` for one of a set. A lone `.` or `0` asks nothing.
fn condition_items(text: &str) -> Vec<Item> {
    if matches!(text, "." | "0" | "") {
        return Vec::new();
    }
    let mut items = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        items.push(match c {
            '.' => Item::Any,
            '[' => {
                let negated = rest.next_if_eq(&'^').is_some();
                Item::Set { negated, chars: rest.by_ref().take_while(|c| *c != ']').collect() }
            }
            c => Item::One(c),
        });
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn affix(kind: AffixKind, strip: &str, append: &str, condition: &str) -> Affix {
        Affix {
            kind,
            flag: 1,
            cross: true,
            strip: strip.into(),
            append: append.into(),
            continuation: Vec::new(),
            condition: condition_items(condition),
        }
    }

    #[test]
    fn affixes_are_put_on_where_their_condition_fits() {
        let e = affix(AffixKind::Suffix, "", "de", "e");
        assert_eq!(e.apply("kaste", false).as_deref(), Some("kastede"));
        assert_eq!(e.apply("kast", false), None);
        let ben = affix(AffixKind::Suffix, "en", "ne", "[^b]ben");
        assert_eq!(ben.apply("åben", false).as_deref(), Some("åbne"));
        assert_eq!(ben.apply("ben", false), None, "the condition needs four characters");
        let north = affix(AffixKind::Prefix, "A", "Norda", "A");
        assert_eq!(north.apply("Afrika", false).as_deref(), Some("Nordafrika"));
    }

    #[test]
    fn a_stem_is_stripped_to_nothing_only_with_fullstrip() {
        let whole = affix(AffixKind::Suffix, "ab", "xy", ".");
        assert_eq!(whole.apply("ab", false), None);
        assert_eq!(whole.apply("ab", true).as_deref(), Some("xy"));
    }
}
