//! Normalization with the numbers and abbreviations as they are said.

use std::borrow::Cow;

use super::{Change, Normalized, Normalizer, Preset, Replacement};
use crate::verbalize::{Options, Verbalized, verbalize};

/// Runs a normalizer whose first step is [`Step::Verbalize`](super::Step::Verbalize), with the best
/// readings of [`verbalize`] put in. The text is brought into the form of [`Preset::Publish`] first, so
/// that a number is found whatever spaces and hyphens it was written with; offsets are of the original.
///
/// ```
/// use sprog_text::normalize::{Normalizer, Preset, spoken};
/// use sprog_text::verbalize::Options;
/// let asr = Normalizer::preset(Preset::Asr);
/// let done = spoken(&asr, "Den 42-årige betalte 5 kr.", &Options { max_readings: 1 });
/// assert_eq!(done.text, "den toogfyrreårige betalte fem kroner");
/// ```
pub fn spoken(normalizer: &Normalizer, text: &str, options: &Options) -> Normalized<'static> {
    let clean = Normalizer::preset(Preset::Publish).normalize(text);
    let readings = replacements(&clean.text, &verbalize(&clean.text, options));
    let done = match normalizer.normalize_with(&clean.text, &readings) {
        Ok(done) => done,
        // The normalizer has no step that would use them.
        Err(_) => normalizer.normalize(&clean.text),
    };
    let back = |change: Change| Change { original: clean.map.to_original(change.original.clone()), ..change };
    Normalized {
        map: clean.map.then(&done.map),
        changes: done.changes.into_iter().map(back).collect(),
        report: done.report,
        text: Cow::Owned(done.text.into_owned()),
    }
}

/// The readings with the blanks that keep words apart where figures and letters met.
fn replacements(text: &str, spoken: &Verbalized) -> Vec<Replacement> {
    let mut out = Vec::with_capacity(spoken.spans.len());
    let (mut rest, mut at) = (spoken.spoken.as_str(), 0);
    for (index, span) in spoken.spans.iter().enumerate() {
        let gap = span.range.start - at;
        rest = rest.get(gap..).unwrap_or_default();
        let next = spoken.spans.get(index + 1).map_or(text.len(), |next| next.range.start);
        let after = &text[span.range.end..next];
        let blank_before = usize::from(!rest.starts_with(&span.spoken) && rest.starts_with(' '));
        let said = blank_before + span.spoken.len();
        let tail = rest.get(said..).unwrap_or_default();
        let blank_after = usize::from(!tail.starts_with(after) && tail.starts_with(' '));
        let text = rest.get(..said + blank_after).unwrap_or(&span.spoken).to_owned();
        out.push(Replacement { range: span.range.clone(), text });
        rest = rest.get(said + blank_after..).unwrap_or_default();
        at = span.range.end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_what_the_verbalizer_says() {
        for text in ["5kg mel á 12,50kr., kl.8.15", "x42y 3. maj§12", "1.000.000,50", "den 42-årige, 9.b"]
        {
            let said = verbalize(text, &Options { max_readings: 1 });
            let mut out = String::new();
            let mut at = 0;
            for replacement in replacements(text, &said) {
                out.push_str(&text[at..replacement.range.start]);
                out.push_str(&replacement.text);
                at = replacement.range.end;
            }
            out.push_str(&text[at..]);
            assert_eq!(out, said.spoken, "{text}");
        }
    }

    #[test]
    fn offsets_lead_back_to_the_original() {
        let text = "Det  koster\u{a0}5 kr. i\u{ad} alt";
        let done = spoken(&Normalizer::preset(Preset::Asr), text, &Options { max_readings: 1 });
        assert_eq!(done.text, "det koster fem kroner i alt");
        let at = done.text.find("fem kroner").expect("there");
        let original = done.map.to_original(at..at + "fem kroner".len());
        assert_eq!(&text[original], "5 kr.");
    }
}
