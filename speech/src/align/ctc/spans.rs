//! From labels to words, and from frames to samples.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Label, TokenSpan};

/// Where a word was found, in frames, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WordSpan {
    /// The first frame of its first label.
    pub start: usize,
    /// The frame after its last label.
    pub end: usize,
    /// Mean log-probability of the frames in which its labels are said; the blanks between are left out.
    pub mean_log_prob: f32,
    /// The least of these.
    pub min_log_prob: f32,
    /// Whether a star stands for some of it.
    pub has_star: bool,
}

/// The words of an alignment, each given as a range of labels. `None` for a word without labels, or of labels
/// that are not there.
///
/// ```
/// use sprog_speech::align::ctc::{Label, TokenSpan, word_spans};
/// let span = |start, end, mean| TokenSpan {
///     label: Label::Token(1), start, end, mean_log_prob: mean, min_log_prob: mean,
/// };
/// let words = word_spans(&[span(2, 3, -1.0), span(5, 8, -0.2)], &[0..2]);
/// let word = words[0].ok_or("a word")?;
/// assert_eq!((word.start, word.end, word.mean_log_prob), (2, 8, -0.4));
/// # Ok::<(), &str>(())
/// ```
pub fn word_spans(spans: &[TokenSpan], words: &[Range<usize>]) -> Vec<Option<WordSpan>> {
    words.iter().map(|word| spans.get(word.clone()).and_then(one_word)).collect()
}

fn one_word(spans: &[TokenSpan]) -> Option<WordSpan> {
    let (first, last) = (spans.first()?, spans.last()?);
    let (mut sum, mut frames, mut least, mut has_star) = (0.0, 0usize, f32::INFINITY, false);
    for span in spans {
        let length = span.end.saturating_sub(span.start);
        sum += f64::from(span.mean_log_prob) * length as f64;
        frames = frames.saturating_add(length);
        least = least.min(span.min_log_prob);
        has_star |= span.label == Label::Star;
    }
    let mean_log_prob = (sum / frames.max(1) as f64) as f32;
    Some(WordSpan { start: first.start, end: last.end, mean_log_prob, min_log_prob: least, has_star })
}

/// Lets words take the blanks around them, as CTC models say a label in one frame and are silent about how
/// long it lasts: a gap between two words is halved (the earlier word takes the odd frame), and no word
/// takes more than `most` frames at either end. Words must be in order; those that overlap are left alone.
///
/// ```
/// use sprog_speech::align::ctc::{WordSpan, share_blanks};
/// let word = |start, end| WordSpan { start, end, mean_log_prob: 0.0, min_log_prob: 0.0, has_star: false };
/// let mut words = [word(1, 2), word(5, 6)];
/// share_blanks(&mut words, 20, 10);
/// assert_eq!((words[0].start, words[0].end, words[1].start, words[1].end), (0, 4, 4, 16));
/// ```
pub fn share_blanks(words: &mut [WordSpan], frames: usize, most: usize) {
    let mut earlier: Option<&mut WordSpan> = None;
    for word in words {
        match earlier {
            None => word.start = word.start.saturating_sub(most),
            Some(earlier) => {
                let gap = word.start.saturating_sub(earlier.end);
                earlier.end += gap.div_ceil(2).min(most);
                word.start -= (gap / 2).min(most);
            }
        }
        earlier = Some(word);
    }
    if let Some(last) = earlier {
        last.end = last.end.max(last.end.saturating_add(most).min(frames));
    }
}

/// Samples of a span of frames, where `frames` frames were computed from `samples` samples: both ends times
/// `samples / frames`, rounded to the nearest, as torchaudio's tutorial does. `None` without frames.
///
/// A model that looks further than its stride says what it hears up to half its field of view late or
/// early; that is not corrected here.
///
/// ```
/// // wav2vec2: 399 samples more than 320 a frame.
/// assert_eq!(sprog_speech::align::ctc::to_samples(&(10..12), 50, 16_080), Some(3216..3859));
/// ```
pub fn to_samples(span: &Range<usize>, frames: usize, samples: usize) -> Option<Range<usize>> {
    let frames = u128::try_from(frames).ok().filter(|frames| *frames > 0)?;
    let at = |frame: usize| {
        let twice = 2 * frame as u128 * samples as u128 + frames;
        usize::try_from(twice / (2 * frames)).unwrap_or(usize::MAX)
    };
    Some(at(span.start)..at(span.end))
}
