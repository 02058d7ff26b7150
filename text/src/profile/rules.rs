//! Presets: which values of a profile drop a text.

use std::sync::LazyLock;

use super::{FieldInfo, Profile, Value};
use crate::tables;

/// Rules that someone published. Which, and from where, is in `data/profile/presets.tsv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// `GopherQualityFilter` of datatrove. Stop words are those that the text was measured with.
    Gopher,
    /// `GopherRepetitionFilter` of datatrove.
    GopherRepetition,
    /// `C4QualityFilter` of datatrove: whether the text is dropped. [`c4_dropped_lines`](super::c4_dropped_lines) has the lines.
    C4,
    /// The same where a line may end with anything, as FineWeb runs it.
    C4AnyEnd,
    /// `FineWebQualityFilter` of datatrove.
    FineWeb,
    /// FineWeb-2 for Danish: the three filters above but C4, with the published thresholds for `dan_Latn`. Its
    /// list of twenty stop words is another than ours.
    FineWeb2Danish,
    /// The quality filter of Danish Foundation Models, version 1. N-grams are counted as in Gopher here, three
    /// full stops are an ellipsis too, what is just at a threshold passes, and the stop words are ours; its language
    /// filter is not part of it.
    Danish,
}

/// Why a text is dropped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reason {
    /// The rule, by the name of the program that has it.
    pub rule: &'static str,
    /// The field that the rule looks at.
    pub field: &'static str,
    /// What it holds.
    pub value: f64,
    /// What it is compared with.
    pub threshold: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    Below,
    Above,
}

/// A field, compared.
#[derive(Clone, Copy, Debug)]
struct Test {
    /// Its place in `Profile::fields`.
    field: usize,
    compare: Compare,
    threshold: f64,
}

struct Rule {
    preset: &'static str,
    name: &'static str,
    test: Test,
    /// What must be so besides.
    only_if: Option<Test>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    tables::rows(include_str!("../../data/profile/presets.tsv")).filter_map(|row| rule(&row)).collect()
});

fn rule(row: &[&'static str]) -> Option<Rule> {
    let [preset, name, field, compare, threshold, only_if, _] = *row else { return None };
    let only_if = match only_if.split(' ').collect::<Vec<_>>()[..] {
        [field, compare, threshold] => Some(test(field, compare, threshold)?),
        _ => None,
    };
    Some(Rule { preset, name, test: test(field, compare, threshold)?, only_if })
}

fn test(field: &str, compare: &str, threshold: &str) -> Option<Test> {
    let compare = match compare {
        "<" => Compare::Below,
        ">" => Compare::Above,
        _ => return None,
    };
    let field = Profile::fields().iter().position(|info| info.name == field)?;
    Some(Test { field, compare, threshold: threshold.parse().ok()? })
}

impl Test {
    fn holds(self, values: &[Value]) -> bool {
        // A ratio was rounded to f32, so the threshold is too: what is equal in f64 stays so.
        let (value, threshold) = match values.get(self.field) {
            Some(Value::F32(value)) => (f64::from(*value), f64::from(self.threshold as f32)),
            Some(value) => (value.as_f64(), self.threshold),
            None => return false,
        };
        match self.compare {
            Compare::Below => value < threshold,
            Compare::Above => value > threshold,
        }
    }
}

impl Reason {
    /// Whether the value is too low; if not, it is too high.
    pub fn is_below(&self) -> bool {
        self.value < self.threshold
    }
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 7] = [
        Self::Gopher,
        Self::GopherRepetition,
        Self::C4,
        Self::C4AnyEnd,
        Self::FineWeb,
        Self::FineWeb2Danish,
        Self::Danish,
    ];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gopher => "gopher",
            Self::GopherRepetition => "gopher-repetition",
            Self::C4 => "c4",
            Self::C4AnyEnd => "c4-any-end",
            Self::FineWeb => "fineweb",
            Self::FineWeb2Danish => "fineweb2-danish",
            Self::Danish => "danish",
        }
    }

    /// The first rule that drops the text, in the order of the program that has them; `None` if it is kept.
    ///
    /// ```
    /// use sprog_text::profile::{Preset, profile};
    /// let reason = Preset::FineWeb.check(&profile("Menu\nForside\nKontakt")).unwrap();
    /// assert_eq!((reason.rule, reason.value, reason.threshold), ("line_punct_ratio", 0.0, 0.12));
    /// ```
    pub fn check(self, profile: &Profile) -> Option<Reason> {
        self.reasons(&profile.values()).next()
    }

    /// Every rule that would drop the text.
    pub fn failures(self, profile: &Profile) -> Vec<Reason> {
        self.reasons(&profile.values()).collect()
    }

    fn reasons(self, values: &[Value]) -> impl Iterator<Item = Reason> {
        RULES.iter().filter(move |rule| rule.preset == self.name()).filter_map(move |rule| {
            let dropped = rule.test.holds(values) && rule.only_if.is_none_or(|test| test.holds(values));
            let field = Profile::fields().get(rule.test.field).map_or("", |FieldInfo { name, .. }| *name);
            let value = values.get(rule.test.field)?.as_f64();
            dropped.then_some(Reason { rule: rule.name, field, value, threshold: rule.test.threshold })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_rule_of_a_preset_with_a_source() {
        let mut rows = 0;
        for row in tables::rows(include_str!("../../data/profile/presets.tsv")) {
            let rule = rule(&row).unwrap_or_else(|| panic!("{row:?}"));
            assert!(Preset::ALL.iter().any(|preset| preset.name() == rule.preset), "{row:?}");
            assert_eq!(rule.only_if.is_some(), !row[5].is_empty(), "{row:?}");
            assert!(row[6].len() > 5, "{row:?}");
            rows += 1;
        }
        assert_eq!(rows, RULES.len());
        for preset in Preset::ALL {
            assert!(RULES.iter().any(|rule| rule.preset == preset.name()), "{preset:?}");
        }
    }

    #[test]
    fn a_value_on_the_threshold_is_kept() {
        let mut profile = Profile::default();
        profile.counts.character_count = 10;
        profile.repetition.duplicate_line_fraction = (3.0f64 / 10.0) as f32;
        assert_eq!(Preset::GopherRepetition.check(&profile), None);
        profile.repetition.duplicate_line_fraction = (4.0f64 / 13.0) as f32;
        assert_eq!(Preset::GopherRepetition.check(&profile).map(|reason| reason.rule), Some("dup_line_frac"));
    }
}
