//! Whether a transcript can belong to a recording, by how fast it would have been spoken.

/// Bounds of syllables per second of speech: below the first and above the last nobody speaks; outside
/// the inner two few do.
///
/// The bounds are ours and wide. Sentences read by eSpeak NG's Danish voices have 4.8 to 7.4 syllables a
/// second without pauses (5th to 95th of 100), and 2.6 letters a syllable; real people were not measured.
/// Dictation and word lists are slower, and Danish drops many of the syllables that a dictionary counts
/// (Hilton, Schüppert & Gooskens 2011, Nordic Journal of Linguistics 34.2), so that talk comes out faster.
/// The outer bounds leave room for the detector's errors.
pub const SYLLABLES_PER_SECOND: [f64; 4] = [1.0, 2.5, 8.0, 9.5];

/// Bounds of letters and digits per second of speech, as [`SYLLABLES_PER_SECOND`], at 3 letters a syllable.
pub const CHARACTERS_PER_SECOND: [f64; 4] = [3.0, 7.5, 24.0, 28.5];

/// How fast a transcript would have been spoken.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Pace {
    /// Units (syllables or characters) per second of speech; `None` without speech.
    pub units_per_second: Option<f64>,
    /// What to think of it.
    pub verdict: PaceVerdict,
}

/// What a pace says of a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaceVerdict {
    /// Far too little text for the speech: part of the transcript is missing, or this is another
    /// recording's.
    TooSlow,
    /// Little text: dictation, a word list, or a gap in the transcript.
    Slow,
    /// As people speak.
    Plausible,
    /// Much text: fast talk, or words that were not spoken.
    Fast,
    /// More text than can be said: the audio is cut, or this is another recording's transcript.
    TooFast,
    /// There is text but no speech, or speech but no text.
    OneSided,
    /// There is neither.
    Empty,
}

/// Judges `units` of text against `speech_s` seconds of speech ([`super::Quality::speech_s`], not the
/// duration) by bounds such as [`SYLLABLES_PER_SECOND`].
///
/// ```
/// use sprog_speech::quality::{PaceVerdict, SYLLABLES_PER_SECOND, pace};
/// // "tester en to tre fire fem seks syv otte"
/// assert_eq!(pace(12.0, 3.4, SYLLABLES_PER_SECOND).verdict, PaceVerdict::Plausible);
/// // 298 s for one word.
/// assert_eq!(pace(2.0, 298.0, SYLLABLES_PER_SECOND).verdict, PaceVerdict::TooSlow);
/// ```
pub fn pace(units: f64, speech_s: f64, bounds: [f64; 4]) -> Pace {
    let none = |verdict| Pace { units_per_second: None, verdict };
    let (text, speech) = (units > 0.0 && units.is_finite(), speech_s > 0.0 && speech_s.is_finite());
    match (text, speech) {
        (false, false) => return none(PaceVerdict::Empty),
        (true, true) => {}
        _ => return none(PaceVerdict::OneSided),
    }
    let rate = units / speech_s;
    let verdict = match bounds.iter().filter(|bound| rate > **bound).count() {
        0 => PaceVerdict::TooSlow,
        1 => PaceVerdict::Slow,
        2 => PaceVerdict::Plausible,
        3 => PaceVerdict::Fast,
        _ => PaceVerdict::TooFast,
    };
    Pace { units_per_second: Some(super::rounded(rate, 2)), verdict }
}
