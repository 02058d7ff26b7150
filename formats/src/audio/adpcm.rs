//! ADPCM in WAV blocks: IMA (Microsoft's tag 0x0011) and Microsoft's own (0x0002).
//!
//! Sources: IMA "Recommended Practices for Enhancing Digital Audio Compatibility" 3.0; Microsoft
//! "New Multimedia Data Types and Data Techniques" 1994. Each block starts anew, so any can be
//! decoded alone.

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Adpcm {
    Ima,
    Microsoft,
}

const IMA_INDEX: [i32; 16] = [-1, -1, -1, -1, 2, 4, 6, 8, -1, -1, -1, -1, 2, 4, 6, 8];

const IMA_STEP: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88,
    97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658,
    724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660,
    4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818,
    18500, 20350, 22385, 24623, 27086, 29794, 32767,
];

const MS_ADAPT: [i32; 16] = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230];
const MS_COEFF: [(i32, i32); 7] =
    [(256, 0), (512, -256), (0, 0), (192, 64), (240, 0), (460, -208), (392, -232)];

impl Adpcm {
    /// Bytes of the header that each channel has in a block.
    fn head(self) -> usize {
        match self {
            Adpcm::Ima => 4,
            Adpcm::Microsoft => 7,
        }
    }

    /// Frames in a block of so many bytes; 0 when it has not even its header.
    pub(super) fn frames(self, block: usize, channels: usize) -> usize {
        let Some(coded) = block.checked_sub(self.head() * channels) else { return 0 };
        match self {
            // Groups of 4 bytes a channel, 8 samples each.
            Adpcm::Ima => 1 + coded / (4 * channels) * 8,
            Adpcm::Microsoft => 2 + coded * 2 / channels,
        }
    }

    /// Appends a block's frames, interleaved.
    pub(super) fn append(self, block: &[u8], channels: usize, out: &mut Vec<f32>) {
        let frames = self.frames(block.len(), channels);
        if frames == 0 {
            return;
        }
        let at = out.len();
        out.resize(at + frames * channels, 0.0);
        match self {
            Adpcm::Ima => ima(block, channels, &mut out[at..]),
            Adpcm::Microsoft => microsoft(block, channels, &mut out[at..]),
        }
    }
}

fn sample(value: i32) -> f32 {
    value as f32 / 32768.0
}

fn i16_at(block: &[u8], at: usize) -> i32 {
    i32::from(i16::from_le_bytes([block[at], block[at + 1]]))
}

fn ima(block: &[u8], channels: usize, out: &mut [f32]) {
    let coded = &block[4 * channels..];
    for channel in 0..channels {
        let mut predictor = i16_at(block, 4 * channel);
        let mut index = i32::from(block[4 * channel + 2]).min(88);
        out[channel] = sample(predictor);
        for (group, bytes) in coded.chunks_exact(4 * channels).enumerate() {
            for (n, byte) in bytes[4 * channel..4 * channel + 4].iter().enumerate() {
                for (half, code) in [byte & 15, byte >> 4].into_iter().enumerate() {
                    let step = IMA_STEP[index as usize];
                    let mut delta = step >> 3;
                    for (bit, shift) in [(4, 0), (2, 1), (1, 2)] {
                        if code & bit != 0 {
                            delta += step >> shift;
                        }
                    }
                    predictor = if code & 8 != 0 { predictor - delta } else { predictor + delta };
                    predictor = predictor.clamp(-32768, 32767);
                    index = (index + IMA_INDEX[usize::from(code)]).clamp(0, 88);
                    out[(1 + group * 8 + n * 2 + half) * channels + channel] = sample(predictor);
                }
            }
        }
    }
}

fn microsoft(block: &[u8], channels: usize, out: &mut [f32]) {
    struct Channel {
        coeff: (i32, i32),
        delta: i32,
        last: i32,
        before: i32,
    }
    let mut state: Vec<Channel> = (0..channels)
        .map(|c| Channel {
            coeff: MS_COEFF[usize::from(block[c]).min(6)],
            delta: i16_at(block, channels + 2 * c),
            last: i16_at(block, 3 * channels + 2 * c),
            before: i16_at(block, 5 * channels + 2 * c),
        })
        .collect();
    for (c, s) in state.iter().enumerate() {
        out[c] = sample(s.before);
        out[channels + c] = sample(s.last);
    }
    let codes = block[7 * channels..].iter().flat_map(|b| [b >> 4, b & 15]);
    for (n, (code, o)) in codes.zip(&mut out[2 * channels..]).enumerate() {
        let s = &mut state[n % channels];
        let signed = i32::from(code) - if code & 8 != 0 { 16 } else { 0 };
        let predicted = (s.last * s.coeff.0 + s.before * s.coeff.1) / 256;
        let value = predicted.saturating_add(signed.saturating_mul(s.delta)).clamp(-32768, 32767);
        s.before = s.last;
        s.last = value;
        s.delta =
            (i64::from(MS_ADAPT[usize::from(code)]) * i64::from(s.delta) / 256).clamp(16, 1 << 24) as i32;
        *o = sample(value);
    }
}
