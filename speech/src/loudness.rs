//! Loudness by EBU R 128 / ITU-R BS.1770-4.

use ebur128::{EbuR128, Mode};

use crate::Error;

/// Integrated loudness in LUFS; `None` for audio that never rises above the gate (−70 LUFS), such as
/// silence, and for less than 400 ms.
///
/// # Errors
/// For rates and channel counts that the standard's filter is not defined for.
pub fn integrated(samples: &[f32], channels: u16, rate: u32) -> Result<Option<f64>, Error> {
    let fail = |e: ebur128::Error| Error::Loudness { channels, rate, reason: e.to_string() };
    let mut meter = EbuR128::new(u32::from(channels), rate, Mode::I).map_err(fail)?;
    meter.add_frames_f32(samples).map_err(fail)?;
    let lufs = meter.loudness_global().map_err(fail)?;
    Ok(lufs.is_finite().then_some(lufs))
}

/// Brings the loudness to `target` LUFS by one gain for the whole recording, held back where the
/// largest sample would pass `ceiling_db` dBFS. Gives the gain applied in dB; 0 for what has no
/// loudness.
///
/// ```
/// use sprog_speech::loudness::{integrated, set_loudness};
/// let mut tone: Vec<f32> = (0..32_000).map(|n| (n as f32 * 0.4).sin() * 0.02).collect();
/// let gain = set_loudness(&mut tone, 1, 16_000, -23.0, -1.0)?;
/// assert!(gain > 10.0);
/// assert!((integrated(&tone, 1, 16_000)?.unwrap() + 23.0).abs() < 0.1);
/// # Ok::<(), sprog_speech::Error>(())
/// ```
///
/// # Errors
/// As [`integrated`].
pub fn set_loudness(
    samples: &mut [f32],
    channels: u16,
    rate: u32,
    target: f64,
    ceiling_db: f64,
) -> Result<f64, Error> {
    let Some(lufs) = integrated(samples, channels, rate)? else { return Ok(0.0) };
    let peak = samples.iter().fold(0f32, |m, s| m.max(s.abs()));
    let room = ceiling_db - 20.0 * f64::from(peak).log10();
    let gain_db = (target - lufs).min(room);
    let gain = 10f64.powf(gain_db / 20.0) as f32;
    for sample in samples {
        *sample *= gain;
    }
    Ok(gain_db)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_reference_tone_measures_as_defined() {
        // EBU Tech 3341 case 1: stereo 1 kHz sine at −23 dBFS for 20 s is −23 LUFS.
        let level = 10f32.powf(-23.0 / 20.0);
        let tone: Vec<f32> = (0..48_000 * 20)
            .flat_map(|n| [(n as f64 * std::f64::consts::TAU / 48.0).sin() as f32 * level; 2])
            .collect();
        let lufs = integrated(&tone, 2, 48_000).expect("measures").expect("loud");
        assert!((lufs + 23.0).abs() < 0.1, "{lufs}");
    }

    #[test]
    fn the_ceiling_holds_the_gain_back_and_silence_is_left_alone() {
        let mut peaky = vec![0.001f32; 16_000];
        peaky[500] = 0.9;
        set_loudness(&mut peaky, 1, 16_000, -10.0, -1.0).expect("sets");
        assert!(peaky.iter().all(|s| s.abs() <= 0.892), "{:?}", peaky[500]);
        let mut silence = vec![0.0f32; 16_000];
        assert_eq!(set_loudness(&mut silence, 1, 16_000, -23.0, -1.0), Ok(0.0));
    }
}
