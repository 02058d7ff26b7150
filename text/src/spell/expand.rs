//! All forms of an entry: what affixes make of it, and where each form may stand.
//!
//! Hunspell strips affixes from the word that it checks; here the same rules run forwards, once. What it
//! asks of each step (cross products, flags that affixes hand on, CIRCUMFIX, NEEDAFFIX, ONLYINCOMPOUND,
//! COMPOUNDPERMITFLAG …) is asked here of each derivation.

use sprog_formats::rules::hunspell_aff::AffixKind;

use super::SpellError;
use super::affixes::{Affix, Affixes, has};
use super::class;

/// An entry of the word list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) word: &'a str,
    pub(super) flags: &'a [u32],
    /// Made up for texts in capitals; see [`class::HIDDEN`].
    pub(super) hidden: bool,
}

/// Takes a form and its class.
pub(super) type Sink<'a> = dyn FnMut(&str, u32) -> Result<(), SpellError> + 'a;

/// The affixes of a form: at most a prefix and two suffixes, the inner one first.
#[derive(Clone, Copy, Default)]
struct Chain<'a> {
    prefix: Option<&'a Affix>,
    inner: Option<&'a Affix>,
    outer: Option<&'a Affix>,
}

impl Affixes {
    /// Gives every form of `entry` to `sink`.
    pub(super) fn expand(&self, entry: Entry<'_>, sink: &mut Sink<'_>) -> Result<(), SpellError> {
        sink(entry.word, self.root_class(entry))?;
        for inner in self.of_kind(entry.flags, AffixKind::Suffix) {
            let Some(form) = inner.apply(entry.word, self.full_strip) else { continue };
            self.emit(entry, &form, Chain { inner: Some(inner), ..Chain::default() }, sink)?;
            for outer in self.of_kind(&inner.continuation, AffixKind::Suffix) {
                let Some(form) = outer.apply(&form, self.full_strip) else { continue };
                let chain = Chain { prefix: None, inner: Some(inner), outer: Some(outer) };
                self.emit(entry, &form, chain, sink)?;
                self.prefixed(entry, &form, chain, &outer.continuation, sink)?;
                self.prefixed(entry, &form, chain, entry.flags, sink)?;
            }
            self.prefixed(entry, &form, Chain { inner: Some(inner), ..Chain::default() }, entry.flags, sink)?;
            self.prefixed(
                entry,
                &form,
                Chain { inner: Some(inner), ..Chain::default() },
                &inner.continuation,
                sink,
            )?;
        }
        for prefix in self.of_kind(entry.flags, AffixKind::Prefix) {
            let Some(form) = prefix.apply(entry.word, self.full_strip) else { continue };
            self.emit(entry, &form, Chain { prefix: Some(prefix), ..Chain::default() }, sink)?;
            self.suffixes_of_prefix(entry, prefix, sink)?;
            if self.complex_prefixes {
                for second in self.of_kind(&prefix.continuation, AffixKind::Prefix) {
                    let Some(form) = second.apply(&form, self.full_strip) else { continue };
                    self.emit(entry, &form, Chain { prefix: Some(second), ..Chain::default() }, sink)?;
                }
            }
        }
        Ok(())
    }

    fn of_kind<'a>(&'a self, flags: &'a [u32], kind: AffixKind) -> impl Iterator<Item = &'a Affix> {
        flags.iter().filter_map(|f| self.classes.get(f)).flatten().filter(move |a| a.kind == kind)
    }

    /// The forms with a prefix before a suffixed form.
    fn prefixed<'a>(
        &'a self,
        entry: Entry<'_>,
        form: &str,
        chain: Chain<'a>,
        flags: &'a [u32],
        sink: &mut Sink<'_>,
    ) -> Result<(), SpellError> {
        for prefix in self.of_kind(flags, AffixKind::Prefix) {
            if let Some(form) = prefix.apply(form, self.full_strip) {
                self.emit(entry, &form, Chain { prefix: Some(prefix), ..chain }, sink)?;
            }
        }
        Ok(())
    }

    /// The suffixes that a prefix allows: `Nordafrikas`, where `Afrika` itself has no such suffix.
    fn suffixes_of_prefix(
        &self,
        entry: Entry<'_>,
        prefix: &Affix,
        sink: &mut Sink<'_>,
    ) -> Result<(), SpellError> {
        for inner in self.of_kind(&prefix.continuation, AffixKind::Suffix) {
            let Some(form) = inner.apply(entry.word, self.full_strip) else { continue };
            if let Some(whole) = prefix.apply(&form, self.full_strip) {
                let chain = Chain { prefix: Some(prefix), inner: Some(inner), outer: None };
                self.emit(entry, &whole, chain, sink)?;
            }
            for outer in self.of_kind(&inner.continuation, AffixKind::Suffix) {
                let whole =
                    outer.apply(&form, self.full_strip).and_then(|f| prefix.apply(&f, self.full_strip));
                if let Some(whole) = whole {
                    let chain = Chain { prefix: Some(prefix), inner: Some(inner), outer: Some(outer) };
                    self.emit(entry, &whole, chain, sink)?;
                }
            }
        }
        Ok(())
    }

    /// The bits that an entry hands to all its forms.
    fn common_class(&self, entry: Entry<'_>) -> u32 {
        let s = &self.special;
        let mut bits = 0;
        for (flag, bit) in [
            (s.no_suggest, class::NO_SUGGEST),
            (s.substandard, class::NO_SUGGEST),
            (s.warn, class::WARN),
            (s.compound_root, class::DOUBLE),
            (s.force_upper, class::FORCE_UPPER),
        ] {
            if has(entry.flags, flag) {
                bits |= bit;
            }
        }
        bits
    }

    fn own_word(&self, entry: Entry<'_>, bit: u32) -> u32 {
        let free = if has(entry.flags, self.special.keep_case) { 0 } else { class::FREE_CASE };
        if entry.hidden { class::HIDDEN | free } else { bit | free }
    }

    fn root_class(&self, entry: Entry<'_>) -> u32 {
        let s = &self.special;
        let on = |flag| has(entry.flags, flag);
        let mut bits = class::LISTED | self.common_class(entry);
        if on(s.forbidden) {
            return class::with_cut(bits | class::FORBIDDEN, 0);
        }
        if !on(s.need_affix) {
            if !on(s.only_in_compound) {
                bits |= self.own_word(entry, class::ROOT);
            }
            if !entry.hidden {
                for (flag, bit) in [
                    (s.compound, class::BEGIN | class::MIDDLE | class::END),
                    (s.compound_begin, class::BEGIN),
                    (s.compound_middle, class::MIDDLE),
                    (s.compound_end, class::END),
                ] {
                    if on(flag) {
                        bits |= bit;
                    }
                }
            }
        }
        class::with_cut(bits, 0)
    }

    fn emit(
        &self,
        entry: Entry<'_>,
        form: &str,
        chain: Chain<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), SpellError> {
        if !self.allowed(entry, chain) {
            return Ok(());
        }
        let s = &self.special;
        let forbidden = has(entry.flags, s.forbidden);
        let mut bits = 0;
        if self.stands_alone(entry, chain) {
            bits |= if forbidden { class::FORBIDDEN_AFFIXED } else { self.own_word(entry, class::AFFIXED) };
        }
        if !forbidden && !entry.hidden {
            bits |= self.places(entry, chain);
        }
        if bits == 0 {
            return Ok(());
        }
        let cut = form.strip_prefix(entry.word).map_or(class::NO_CUT as usize, |rest| rest.chars().count());
        sink(form, class::with_cut(bits | self.common_class(entry), cut))
    }

    /// Whether the affixes go together at all: cross products, handed-on flags and CIRCUMFIX.
    fn allowed(&self, entry: Entry<'_>, chain: Chain<'_>) -> bool {
        let (Some(prefix), Some(inner)) = (chain.prefix, chain.inner) else { return true };
        if !prefix.cross {
            return false;
        }
        let enabled = |suffix: &Affix| has(entry.flags, suffix.flag) || prefix.continues(suffix.flag);
        let circumfix = self.special.circumfix;
        match chain.outer {
            Some(outer) if outer.continues(prefix.flag) => outer.cross && has(entry.flags, inner.flag),
            Some(outer) => {
                outer.cross
                    && inner.cross
                    && enabled(inner)
                    && (has(entry.flags, prefix.flag) || inner.continues(prefix.flag))
                    && prefix.continues(circumfix) == inner.continues(circumfix)
            }
            None => {
                inner.cross
                    && enabled(inner)
                    && (has(entry.flags, prefix.flag) || inner.continues(prefix.flag))
                    && prefix.continues(circumfix) == inner.continues(circumfix)
            }
        }
    }

    fn stands_alone(&self, entry: Entry<'_>, chain: Chain<'_>) -> bool {
        let s = &self.special;
        let in_compound = |affix: Option<&Affix>| affix.is_some_and(|a| a.continues(s.only_in_compound));
        let needs_more = |affix: Option<&Affix>| affix.is_some_and(|a| a.continues(s.need_affix));
        if has(entry.flags, s.only_in_compound) || in_compound(chain.prefix) || in_compound(chain.inner) {
            return false;
        }
        match (chain.prefix, chain.inner, chain.outer) {
            (_, _, Some(_)) => true,
            (None, Some(inner), None) => {
                !needs_more(chain.inner) && (s.circumfix == 0 || !inner.continues(s.circumfix))
            }
            (Some(_), Some(inner), None) => {
                !needs_more(chain.inner) || (inner.append.is_empty() && !needs_more(chain.prefix))
            }
            (prefix, None, None) => !needs_more(prefix),
        }
    }

    /// Where in a compound the form may stand.
    fn places(&self, entry: Entry<'_>, chain: Chain<'_>) -> u32 {
        let s = &self.special;
        let permits = |affix: Option<&Affix>| affix.is_some_and(|a| a.continues(s.compound_permit));
        let on_any =
            |flag: u32, affixes: [Option<&Affix>; 2]| affixes.iter().flatten().any(|a| a.continues(flag));
        let ends = [chain.prefix, chain.inner];
        if on_any(s.compound_forbid, ends) {
            return 0;
        }
        // The flag may be the stem's, or come from the affix next to it.
        let beside = if chain.inner.is_some() { chain.inner } else { chain.prefix };
        let flagged = |flag: u32| has(entry.flags, flag) || on_any(flag, [beside, None]);
        let mut bits = 0;

        let first = match (chain.inner, chain.outer) {
            (_, Some(_)) => self.more_suffixes && chain.prefix.is_none() && !on_any(s.only_in_compound, ends),
            (Some(inner), None) => permits(chain.inner) && !inner.continues(s.need_affix),
            (None, None) => !on_any(s.need_affix, ends),
        };
        if first {
            if flagged(s.compound) && (chain.prefix.is_some() || !on_any(s.compound_end, ends)) {
                bits |= class::BEGIN | class::MIDDLE;
            }
            if flagged(s.compound_begin) {
                bits |= class::BEGIN;
            }
            if flagged(s.compound_middle) {
                bits |= class::MIDDLE;
            }
        }

        let last = match (chain.prefix, chain.inner, chain.outer) {
            (_, _, Some(_)) => !on_any(s.only_in_compound, ends) && !has(entry.flags, s.only_in_compound),
            (None, Some(inner), None) => {
                !inner.continues(s.need_affix)
                    && (inner.append.is_empty() || !inner.continues(s.only_in_compound))
            }
            (Some(_), Some(inner), None) => permits(chain.prefix) && !inner.continues(s.need_affix),
            (Some(prefix), None, None) => permits(chain.prefix) && !prefix.continues(s.need_affix),
            (None, None, None) => false,
        };
        if last && (flagged(s.compound) || flagged(s.compound_end)) {
            bits |= class::END;
        }
        bits
    }
}
