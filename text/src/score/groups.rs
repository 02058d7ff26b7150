//! Scores by group of speakers.

use serde::Serialize;

use super::bootstrap::{Bootstrap, BootstrapError, Interval, bootstrap};
use super::counts::Counts;

/// One scored utterance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Utterance {
    /// Its counts.
    pub counts: Counts,
    /// Who spoke, if known. Utterances of one speaker are drawn together by [`bootstrap`].
    pub speaker: Option<String>,
    /// What is known of the speaker, as name and value: `("dialect", "fynsk")`.
    pub groups: Vec<(String, String)>,
}

/// The score of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupScore {
    /// The group's value, such as `fynsk`; `None` for the utterances that have none.
    pub value: Option<String>,
    /// Its utterances.
    pub utterances: u64,
    /// Known speakers among them.
    pub speakers: u64,
    /// Its counts.
    pub counts: Counts,
    /// Errors per token of the reference.
    pub rate: f64,
    /// Between which rates it may well lie.
    pub interval: Interval,
}

/// Scores each value of a group (`dialect`, `age`, `gender` …), in the order of the values; what has no
/// value comes last.
///
/// ```
/// use sprog_text::score::{Bootstrap, Utterance, by_group, wer};
/// let said = |dialect: &str, reference, hypothesis| Utterance {
///     counts: wer(reference, hypothesis),
///     speaker: None,
///     groups: vec![("dialect".into(), dialect.into())],
/// };
/// let all = [said("fynsk", "god dag", "god dag"), said("sønderjysk", "mojn do", "møn du")];
/// let scores = by_group(&all, "dialect", &Bootstrap::default())?;
/// assert_eq!((scores[0].value.as_deref(), scores[0].rate), (Some("fynsk"), 0.0));
/// assert_eq!((scores[1].value.as_deref(), scores[1].rate), (Some("sønderjysk"), 1.0));
/// # Ok::<(), sprog_text::score::BootstrapError>(())
/// ```
pub fn by_group(
    utterances: &[Utterance],
    group: &str,
    options: &Bootstrap,
) -> Result<Vec<GroupScore>, BootstrapError> {
    options.check()?;
    let value = |utterance: &Utterance| {
        utterance.groups.iter().find(|(name, _)| name == group).map(|(_, value)| value.clone())
    };
    let mut of_value: std::collections::BTreeMap<_, Vec<&Utterance>> = Default::default();
    for utterance in utterances {
        let value = value(utterance);
        of_value.entry((value.is_none(), value)).or_default().push(utterance);
    }
    let score = |((_, value), of_value): (_, Vec<&Utterance>)| {
        let mut speakers: Vec<&str> = of_value.iter().filter_map(|u| u.speaker.as_deref()).collect();
        speakers.sort_unstable();
        speakers.dedup();
        let counts: Counts = of_value.iter().map(|utterance| utterance.counts).sum();
        Ok(GroupScore {
            value,
            utterances: of_value.len() as u64,
            speakers: speakers.len() as u64,
            counts,
            rate: counts.rate(),
            interval: bootstrap(of_value, options)?,
        })
    };
    of_value.into_iter().map(score).collect()
}
