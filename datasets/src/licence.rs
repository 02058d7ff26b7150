//! Licences as terms that combine: the strictest of two wins, and some cannot be combined at all.
//!
//! This is a map for finding mistakes early, not legal advice. Ids are SPDX's; licences that SPDX
//! does not list are `LicenseRef-…` and declared with their terms.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a licence asks and forbids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Terms {
    /// The source must be named.
    pub attribution: bool,
    /// Derived data must stay under this licence (an SPDX id).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_alike: Option<String>,
    /// No commercial use.
    pub non_commercial: bool,
    /// No changed versions may be shared.
    pub no_derivatives: bool,
    /// No training of speech synthesis.
    pub no_tts: bool,
    /// No identifying of people by voice.
    pub no_biometric_identification: bool,
}

impl Terms {
    /// The terms of data made from data under both. `None` when no licence can hold both.
    ///
    /// Share-alike terms forbid further restrictions, so they combine only with terms that add
    /// none, and two share-alike licences only where one names the other as compatible (CC BY-SA
    /// 3.0 → 4.0; CC BY-SA 4.0 → GPL-3.0; GPL "or later"; LGPL → GPL).
    ///
    /// ```
    /// use sprog_datasets::licence::Licence;
    /// let by = Licence::parse("CC-BY-4.0", &Default::default())?;
    /// let sa = Licence::parse("CC-BY-SA-4.0", &Default::default())?;
    /// let nc = Licence::parse("CC-BY-NC-4.0", &Default::default())?;
    /// assert_eq!(by.terms().combine(sa.terms()).unwrap().share_alike.as_deref(), Some("CC-BY-SA-4.0"));
    /// assert_eq!(sa.terms().combine(nc.terms()), None);
    /// # Ok::<(), String>(())
    /// ```
    pub fn combine(&self, other: &Terms) -> Option<Terms> {
        if self == other {
            return Some(self.clone());
        }
        if self.no_derivatives || other.no_derivatives {
            return None;
        }
        let share_alike = match (&self.share_alike, &other.share_alike) {
            (None, None) => None,
            (Some(a), None) | (None, Some(a)) => Some(a.clone()),
            (Some(a), Some(b)) => Some(join(a, b)?.to_owned()),
        };
        if share_alike.is_some() {
            // Whichever side is share-alike must already hold every restriction of the other.
            let adds = |one: &Terms, more: &Terms| one.share_alike.is_some() && more.restricts_beyond(one);
            if adds(self, other) || adds(other, self) {
                return None;
            }
        }
        Some(Terms {
            attribution: self.attribution || other.attribution,
            share_alike,
            non_commercial: self.non_commercial || other.non_commercial,
            no_derivatives: false,
            no_tts: self.no_tts || other.no_tts,
            no_biometric_identification: self.no_biometric_identification
                || other.no_biometric_identification,
        })
    }

    fn restricts_beyond(&self, other: &Terms) -> bool {
        self.non_commercial && !other.non_commercial
            || self.no_tts && !other.no_tts
            || self.no_biometric_identification && !other.no_biometric_identification
    }

    /// The terms as short phrases, for people.
    pub fn phrases(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut add = |on: bool, text: &str| {
            if on {
                out.push(text.to_owned());
            }
        };
        add(self.attribution, "name the source");
        add(self.non_commercial, "no commercial use");
        add(self.no_derivatives, "no changed versions");
        add(self.no_tts, "no speech synthesis");
        add(self.no_biometric_identification, "no identification by voice");
        if let Some(id) = &self.share_alike {
            out.push(format!("share under {id}"));
        }
        out
    }
}

/// One-way compatibility between share-alike licences, stated by the licences themselves, over any
/// number of steps: CC BY-SA 3.0 → 4.0 → GPL 3.
fn flows_into(from: &str, to: &str) -> bool {
    const WAYS: [(&str, &str); 13] = [
        ("CC-BY-SA-3.0", "CC-BY-SA-4.0"),
        ("CC-BY-SA-4.0", "GPL-3.0-only"),
        ("GPL-2.0-or-later", "GPL-2.0-only"),
        ("GPL-2.0-or-later", "GPL-3.0-or-later"),
        ("GPL-3.0-or-later", "GPL-3.0-only"),
        ("LGPL-2.0-or-later", "LGPL-2.1-or-later"),
        ("LGPL-2.1-only", "GPL-2.0-or-later"),
        ("LGPL-2.1-or-later", "LGPL-2.1-only"),
        ("LGPL-2.1-or-later", "LGPL-3.0-or-later"),
        ("LGPL-3.0-or-later", "GPL-3.0-or-later"),
        ("MPL-2.0", "GPL-2.0-or-later"),
        ("MPL-2.0", "LGPL-2.1-or-later"),
        ("MPL-2.0", "LGPL-3.0-or-later"),
    ];
    // No way leads back, so this ends.
    WAYS.iter().any(|(a, b)| *a == from && (*b == to || flows_into(b, to)))
}

/// The licence that data under both share-alike licences can be given: the first, in the order of
/// compatibility, that both lead to.
fn join<'i>(a: &'i str, b: &'i str) -> Option<&'i str> {
    let leads = |from: &str, to: &str| from == to || flows_into(from, to);
    let ids = KNOWN.iter().map(|(id, ..)| *id).chain([a, b]);
    let common: Vec<&str> = ids.filter(|id| leads(a, id) && leads(b, id)).collect();
    common.iter().find(|first| common.iter().all(|other| leads(first, other))).copied()
}

/// SPDX ids known here: (id, attribution, share-alike, non-commercial, no derivatives).
const KNOWN: [(&str, bool, bool, bool, bool); 31] = [
    ("0BSD", false, false, false, false),
    ("Apache-2.0", true, false, false, false),
    ("BSD-2-Clause", true, false, false, false),
    ("BSD-3-Clause", true, false, false, false),
    ("CC-BY-2.0-FR", true, false, false, false),
    ("CC-BY-3.0", true, false, false, false),
    ("CC-BY-4.0", true, false, false, false),
    ("CC-BY-NC-4.0", true, false, true, false),
    ("CC-BY-NC-ND-4.0", true, false, true, true),
    ("CC-BY-NC-SA-4.0", true, true, true, false),
    ("CC-BY-ND-4.0", true, false, false, true),
    ("CC-BY-SA-3.0", true, true, false, false),
    ("CC-BY-SA-4.0", true, true, false, false),
    ("CC-PDDC", false, false, false, false),
    ("CC0-1.0", false, false, false, false),
    ("GPL-2.0-only", true, true, false, false),
    ("GPL-2.0-or-later", true, true, false, false),
    ("GPL-3.0-only", true, true, false, false),
    ("GPL-3.0-or-later", true, true, false, false),
    ("ISC", true, false, false, false),
    ("LGPL-2.0-or-later", true, true, false, false),
    ("LGPL-2.1-only", true, true, false, false),
    ("LGPL-2.1-or-later", true, true, false, false),
    ("LGPL-3.0-or-later", true, true, false, false),
    ("MIT", true, false, false, false),
    ("MPL-1.1", true, true, false, false),
    ("MPL-2.0", true, true, false, false),
    ("ODC-By-1.0", true, false, false, false),
    ("ODbL-1.0", true, true, false, false),
    ("PDDL-1.0", false, false, false, false),
    ("Unlicense", false, false, false, false),
];

fn known(id: &str) -> Option<Terms> {
    let (_, attribution, share_alike, non_commercial, no_derivatives) =
        *KNOWN.iter().find(|(known, ..)| *known == id)?;
    let share_alike = share_alike.then(|| id.to_owned());
    Some(Terms { attribution, share_alike, non_commercial, no_derivatives, ..Terms::default() })
}

/// A licence: an SPDX id, several joined by `OR` to choose from, or a declared `LicenseRef-…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    expression: String,
    choices: Vec<Terms>,
}

impl Licence {
    /// Reads an SPDX id or `A OR B`; `declared` gives the terms of each `LicenseRef-…`.
    ///
    /// # Errors
    /// Names the id that is not known.
    pub fn parse(expression: &str, declared: &BTreeMap<String, Terms>) -> Result<Licence, String> {
        let expression = expression.trim();
        let choices = expression
            .split(" OR ")
            .map(|id| {
                let id = id.trim().trim_matches(['(', ')']);
                known(id)
                    .or_else(|| id.starts_with("LicenseRef-").then(|| declared.get(id).cloned()).flatten())
                    .ok_or_else(|| format!("{id:?} is no SPDX id known here and no declared LicenseRef"))
            })
            .collect::<Result<Vec<Terms>, String>>()?;
        Ok(Licence { expression: expression.to_owned(), choices })
    }

    /// As written.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The terms of the first choice.
    pub fn terms(&self) -> &Terms {
        &self.choices[0]
    }
}

/// Combines the licences of all sources of one table.
///
/// # Errors
/// The two sources that cannot stand together.
///
/// ```
/// use sprog_datasets::licence::{Licence, combine_all};
/// let of = |id| Licence::parse(id, &Default::default()).unwrap();
/// let (cc0, sa, gpl) = (of("CC0-1.0"), of("CC-BY-SA-4.0"), of("GPL-2.0-only"));
/// assert!(combine_all(&[("a", &cc0), ("b", &sa)]).is_ok());
/// let conflict = combine_all(&[("a", &cc0), ("b", &sa), ("c", &gpl)]).unwrap_err();
/// assert_eq!(conflict, ("b".to_owned(), "c".to_owned()));
/// ```
pub fn combine_all(sources: &[(&str, &Licence)]) -> Result<Terms, (String, String)> {
    // With choices (`A OR B`) keep every combination still possible.
    let mut open: Vec<Terms> = vec![Terms::default()];
    for (index, (name, licence)) in sources.iter().enumerate() {
        let mut next: Vec<Terms> = Vec::new();
        for terms in &open {
            for choice in &licence.choices {
                // The first source alone sets the terms: even no-derivatives data may be alone.
                let combined = if index == 0 { Some(choice.clone()) } else { terms.combine(choice) };
                next.extend(combined.filter(|c| !next.contains(c)));
            }
        }
        if next.is_empty() {
            let alone = |other: &Licence| {
                other.choices.iter().any(|a| licence.choices.iter().any(|b| a.combine(b).is_some()))
            };
            let with = sources[..index].iter().find(|(_, other)| !alone(other)).unwrap_or(&sources[0]);
            return Err((with.0.to_owned(), (*name).to_owned()));
        }
        open = next;
    }
    // The least restrictive of what is possible, by number of terms, then by name.
    let mut open = open.into_iter();
    let first = open.next().unwrap_or_default();
    Ok(open.fold(first, |best, next| if next.phrases().len() < best.phrases().len() { next } else { best }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: &str) -> Licence {
        let openrail = Terms { no_tts: true, no_biometric_identification: true, ..Terms::default() };
        let declared = BTreeMap::from([("LicenseRef-OpenRAIL-D".to_owned(), openrail)]);
        Licence::parse(id, &declared).expect("known")
    }

    #[test]
    fn combine_is_commutative_and_idempotent_over_all_known_licences() {
        let all: Vec<Terms> = KNOWN.iter().filter_map(|(id, ..)| known(id)).collect();
        for a in &all {
            assert_eq!(a.combine(a).as_ref(), Some(a));
            for b in &all {
                assert_eq!(a.combine(b), b.combine(a), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn the_order_of_sources_decides_nothing() {
        let all: Vec<Licence> =
            KNOWN.iter().map(|(id, ..)| Licence::parse(id, &BTreeMap::new()).expect("known")).collect();
        for a in &all {
            for b in &all {
                for c in &all {
                    let sorted = |order: [&Licence; 3]| combine_all(&order.map(|l| ("s", l))).ok();
                    let first = sorted([a, b, c]);
                    for other in [[a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]] {
                        assert_eq!(
                            sorted(other),
                            first,
                            "{} {} {}",
                            a.expression,
                            b.expression,
                            c.expression
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_conflicts_that_matter() {
        let can = |a: &str, b: &str| of(a).terms().combine(of(b).terms()).is_some();
        assert!(can("CC0-1.0", "GPL-3.0-or-later"));
        assert!(can("CC-BY-4.0", "LicenseRef-OpenRAIL-D"));
        assert!(can("CC-BY-SA-3.0", "CC-BY-SA-4.0"));
        assert!(can("CC-BY-SA-3.0", "GPL-3.0-or-later") || can("CC-BY-SA-3.0", "GPL-3.0-only"));
        assert!(can("LGPL-2.1-only", "GPL-3.0-only"));
        assert!(!can("GPL-2.0-only", "GPL-3.0-only"));
        assert!(!can("CC-BY-SA-4.0", "GPL-2.0-only"));
        assert!(!can("CC-BY-SA-4.0", "CC-BY-NC-4.0"));
        assert!(!can("CC-BY-SA-4.0", "LicenseRef-OpenRAIL-D"));
        assert!(!can("CC-BY-ND-4.0", "CC0-1.0"));
        let joined = of("CC-BY-4.0").terms().combine(of("LicenseRef-OpenRAIL-D").terms()).expect("can");
        assert!(joined.attribution && joined.no_tts && joined.no_biometric_identification);
    }

    #[test]
    fn a_choice_of_licences_takes_the_one_that_fits() {
        let (danish, gpl3) = (of("GPL-2.0-only OR LGPL-2.1-or-later OR MPL-1.1"), of("GPL-3.0-or-later"));
        let terms = combine_all(&[("hunspell-da", &danish), ("apertium", &gpl3)]).expect("LGPL fits");
        assert_eq!(terms.share_alike.as_deref(), Some("GPL-3.0-or-later"));
        assert!(Licence::parse("WTF-9", &BTreeMap::new()).is_err());
        assert!(Licence::parse("LicenseRef-X", &BTreeMap::new()).is_err());
    }
}
