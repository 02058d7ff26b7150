//! What the pages say of licences, sizes and kinds, in words.

use sprog_datasets::licence::Terms;
use sprog_datasets::schema::Modality;
use sprog_datasets::stats::Totals;

use super::model::Dataset;
use super::strings as t;
use crate::report::local::{self, Lang, Local, Text, counted, int};
use crate::report::strings as r;

/// A word of the data, in a language if the site knows it.
pub(crate) fn word(text: &str, lang: Lang) -> String {
    // Nothing that is known is longer, and values can be of any length.
    let lower = if text.len() <= 64 { text.to_lowercase() } else { String::new() };
    let known = t::KNOWN
        .iter()
        .find(|(key, _)| *key == text || *key == lower)
        .map(|(_, said)| *said)
        .or_else(|| r::known(text));
    known.map_or_else(|| text.to_owned(), |said| said.pick(lang).to_owned())
}

/// The name of a kind of data.
pub(crate) fn modality(modality: Modality) -> &'static str {
    match modality {
        Modality::Speech => "speech",
        Modality::Text => "text",
        Modality::Rules => "rules",
        Modality::Attributes => "attributes",
        Modality::Tokens => "tokens",
    }
}

/// Hours, or minutes and seconds: parts of a whole are seen to add up.
pub(crate) fn length(microseconds: u64) -> Local {
    let seconds = (microseconds + 500_000) / 1_000_000;
    if seconds >= 99 * 3600 + 1800 {
        return counted((seconds + 1800) / 3600, r::HOUR_N);
    }
    if seconds >= 3600 {
        return r::HOURS_N.fill(&[local::decimal(microseconds as f64 / 3.6e9, 1)]);
    }
    let (minutes, rest) = (seconds / 60, seconds % 60);
    let say = |min: &str| match (minutes, rest) {
        (0, _) => format!("{rest}\u{a0}s"),
        (_, 0) => format!("{minutes}\u{a0}{min}"),
        _ => format!("{minutes}\u{a0}{min} {rest}\u{a0}s"),
    };
    Local { da: say("min."), en: say("min") }
}

/// At most `max` characters of a text, cut where a word ends.
pub(crate) fn cut(text: &str, max: usize) -> String {
    let plain = local::plain(text, max);
    match plain.strip_suffix('…') {
        Some(kept) if plain.chars().count() > max => {
            let end = kept.rfind(char::is_whitespace).unwrap_or(kept.len());
            format!("{}…", kept[..end].trim_end_matches(|c: char| !c.is_alphanumeric()))
        }
        _ => plain,
    }
}

const CLIP_N: (Text, Text) =
    (Text { da: "{}\u{a0}klip", en: "{}\u{a0}clip" }, Text { da: "{}\u{a0}klip", en: "{}\u{a0}clips" });
const TEXT_N: (Text, Text) =
    (Text { da: "{}\u{a0}tekst", en: "{}\u{a0}text" }, Text { da: "{}\u{a0}tekster", en: "{}\u{a0}texts" });
const WORD_N: (Text, Text) =
    (Text { da: "{}\u{a0}ord", en: "{}\u{a0}word" }, Text { da: "{}\u{a0}ord", en: "{}\u{a0}words" });
const RULE_N: (Text, Text) = (
    Text { da: "{}\u{a0}række med regler", en: "{}\u{a0}row of rules" },
    Text { da: "{}\u{a0}rækker med regler", en: "{}\u{a0}rows of rules" },
);

/// What a dataset holds, a phrase for each kind: `12 minutter tale`, `101.000 ord tekst`.
pub(crate) fn holds(dataset: &Dataset, lang: Lang) -> Vec<String> {
    let say = |modality: &Modality| {
        let totals: Totals = dataset.totals(*modality);
        let both = |a: Local, b: Local| format!("{} ({})", a.pick(lang), b.pick(lang));
        match modality {
            Modality::Speech => {
                let speech = match lang {
                    Lang::Da => "tale",
                    Lang::En => "of speech",
                };
                let clips = counted(totals.rows, CLIP_N);
                format!("{} {speech} ({})", length(totals.microseconds).pick(lang), clips.pick(lang))
            }
            Modality::Text => both(counted(totals.rows, TEXT_N), counted(totals.tokens, WORD_N)),
            _ => counted(totals.rows, RULE_N).pick(lang).to_owned(),
        }
    };
    dataset.modalities().iter().map(say).collect()
}

/// What may, must and must not be done under terms.
pub(crate) struct Plain {
    /// May.
    pub(crate) may: Vec<String>,
    /// Must.
    pub(crate) must: Vec<String>,
    /// Must not.
    pub(crate) must_not: Vec<String>,
}

/// Terms in plain words.
pub(crate) fn plain(terms: &Terms, lang: Lang) -> Plain {
    let pick = |text: Text| text.pick(lang).to_owned();
    let when = |holds: bool, text: Text| holds.then(|| pick(text));
    let share = terms.share_alike.as_ref();
    let share = share.map(|licence| t::MUST_SHARE.fill(&[Local::same(licence)]).pick(lang).to_owned());
    Plain {
        may: [
            Some(pick(t::MAY_USE)),
            when(!terms.no_derivatives, t::MAY_CHANGE),
            when(!terms.non_commercial, t::MAY_SELL),
        ]
        .into_iter()
        .flatten()
        .collect(),
        must: [when(terms.attribution, t::MUST_NAME), share].into_iter().flatten().collect(),
        must_not: [
            when(terms.non_commercial, t::NOT_SELL),
            when(terms.no_derivatives, t::NOT_CHANGE),
            when(terms.no_tts, t::NOT_TTS),
            when(terms.no_biometric_identification, t::NOT_BIOMETRIC),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

/// Hours of speech as a facet: `1-10`, in ranges that hold their lower bound.
pub(crate) fn hours(microseconds: u64) -> Option<&'static str> {
    match microseconds / 3_600_000_000 {
        _ if microseconds == 0 => None,
        0 => Some("0-1"),
        1..=9 => Some("1-10"),
        10..=99 => Some("10-100"),
        100..=999 => Some("100-1000"),
        _ => Some("1000-"),
    }
}

/// A range of hours in words.
pub(crate) fn hours_said(range: &str, lang: Lang) -> String {
    let (from, to) = range.split_once('-').unwrap_or((range, ""));
    let number = |n: &str| int(n.parse::<u64>().unwrap_or(0)).pick(lang).to_owned();
    match (from, to) {
        ("0", to) => format!("under {}", number(to)),
        (from, "") => format!("over {}", number(from)),
        (from, to) => format!("{}–{}", number(from), number(to)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_said_in_full() {
        let terms = Terms { attribution: true, no_tts: true, non_commercial: true, ..Terms::default() };
        let said = plain(&terms, Lang::Da);
        assert_eq!(said.may.len(), 2);
        assert_eq!(said.must, ["nævne kilden"]);
        assert_eq!(said.must_not, ["bruge dem kommercielt", "træne talesyntese på dem"]);
    }

    #[test]
    fn a_text_is_cut_where_a_word_ends() {
        assert_eq!(cut("regler; og mønstre for alt", 10), "regler…");
        assert_eq!(cut("kort", 10), "kort");
        assert_eq!(cut("ettmegetlangtord", 5), "ettme…");
    }

    #[test]
    fn parts_add_up_to_the_whole() {
        let said = |s: u64| length(s * 1_000_000).da.replace('\u{a0}', " ");
        assert_eq!(
            (said(46), said(102), said(120), said(5400)),
            ("46 s".into(), "1 min. 42 s".into(), "2 min.".into(), "1,5 timer".into())
        );
    }

    #[test]
    fn hours_fall_into_ranges() {
        assert_eq!(hours(0), None);
        assert_eq!(hours(1), Some("0-1"));
        assert_eq!(hours(10 * 3_600_000_000), Some("10-100"));
        assert_eq!(hours_said("1000-", Lang::Da), "over 1.000");
        assert_eq!(hours_said("1-10", Lang::En), "1–10");
    }
}
