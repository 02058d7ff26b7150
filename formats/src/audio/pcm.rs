//! Samples that stand uncompressed in a file, as bulk conversions from bytes.

/// How one sample is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Unsigned, 8 bits.
    U8,
    /// Signed, 8 bits.
    S8,
    /// Signed, of so many bits in so many bytes; low bytes first or last.
    Int { bytes: u8, bits: u8, big_endian: bool },
    /// IEEE 754.
    F32 { big_endian: bool },
    /// IEEE 754.
    F64 { big_endian: bool },
    /// ITU-T G.711 A-law.
    ALaw,
    /// ITU-T G.711 µ-law.
    MuLaw,
}

impl Encoding {
    /// Bytes of one sample.
    pub(super) fn bytes(self) -> usize {
        match self {
            Encoding::U8 | Encoding::S8 | Encoding::ALaw | Encoding::MuLaw => 1,
            Encoding::Int { bytes, .. } => usize::from(bytes),
            Encoding::F32 { .. } => 4,
            Encoding::F64 { .. } => 8,
        }
    }

    /// The short name of codec lists: `pcm_s16le`, `pcm_alaw`.
    pub(super) fn name(self) -> String {
        let end = |big: bool| if big { "be" } else { "le" };
        match self {
            Encoding::U8 => "pcm_u8".into(),
            Encoding::S8 => "pcm_s8".into(),
            Encoding::Int { bits, big_endian, .. } => format!("pcm_s{bits}{}", end(big_endian)),
            Encoding::F32 { big_endian } => format!("pcm_f32{}", end(big_endian)),
            Encoding::F64 { big_endian } => format!("pcm_f64{}", end(big_endian)),
            Encoding::ALaw => "pcm_alaw".into(),
            Encoding::MuLaw => "pcm_mulaw".into(),
        }
    }

    /// Appends whole samples; bytes of a torn last one are left out.
    pub(super) fn append(self, bytes: &[u8], out: &mut Vec<f32>) {
        let at = out.len();
        out.resize(at + bytes.len() / self.bytes(), 0.0);
        let out = &mut out[at..];
        match self {
            Encoding::U8 => each::<1>(bytes, out, |b| (f32::from(b[0]) - 128.0) / 128.0),
            Encoding::S8 => each::<1>(bytes, out, |b| f32::from(b[0].cast_signed()) / 128.0),
            Encoding::ALaw => table(bytes, out, &A_LAW),
            Encoding::MuLaw => table(bytes, out, &MU_LAW),
            Encoding::F32 { big_endian: false } => each::<4>(bytes, out, f32::from_le_bytes),
            Encoding::F32 { big_endian: true } => each::<4>(bytes, out, f32::from_be_bytes),
            Encoding::F64 { big_endian: false } => each::<8>(bytes, out, |b| f64::from_le_bytes(b) as f32),
            Encoding::F64 { big_endian: true } => each::<8>(bytes, out, |b| f64::from_be_bytes(b) as f32),
            Encoding::Int { bytes: width, bits, big_endian } => {
                let scale = 1.0 / (1u64 << (bits.clamp(1, 32) - 1)) as f32;
                // Bits past those of the sample are cut off at the top, as 24 bits in 4 bytes have them.
                let up = 32 - u32::from(bits.clamp(1, 32));
                match (width, big_endian) {
                    (2, false) => each::<2>(bytes, out, |b| f32::from(i16::from_le_bytes(b)) / 32768.0),
                    (2, true) => each::<2>(bytes, out, |b| f32::from(i16::from_be_bytes(b)) / 32768.0),
                    (3, false) => each::<3>(bytes, out, |[a, b, c]| {
                        (i32::from_le_bytes([0, a, b, c]) >> 8) as f32 / 8_388_608.0
                    }),
                    (3, true) => each::<3>(bytes, out, |[a, b, c]| {
                        (i32::from_be_bytes([a, b, c, 0]) >> 8) as f32 / 8_388_608.0
                    }),
                    (_, false) => {
                        each::<4>(bytes, out, |b| ((i32::from_le_bytes(b) << up) >> up) as f32 * scale);
                    }
                    (_, true) => {
                        each::<4>(bytes, out, |b| ((i32::from_be_bytes(b) << up) >> up) as f32 * scale);
                    }
                }
            }
        }
    }
}

fn each<const N: usize>(bytes: &[u8], out: &mut [f32], value: impl Fn([u8; N]) -> f32) {
    let (samples, _) = bytes.as_chunks::<N>();
    for (o, b) in out.iter_mut().zip(samples) {
        *o = value(*b);
    }
}

fn table(bytes: &[u8], out: &mut [f32], values: &[i16; 256]) {
    for (o, b) in out.iter_mut().zip(bytes) {
        *o = f32::from(values[usize::from(*b)]) / 32768.0;
    }
}

static A_LAW: [i16; 256] = law_table(true);
static MU_LAW: [i16; 256] = law_table(false);

/// ITU-T G.711, tables 1 and 2, as 16-bit values.
const fn law_table(a_law: bool) -> [i16; 256] {
    let mut table = [0i16; 256];
    let mut code = 0usize;
    while code < 256 {
        let mut magnitude;
        let negative;
        if a_law {
            let c = code as i32 ^ 0x55;
            negative = c & 0x80 == 0;
            let segment = (c & 0x70) >> 4;
            magnitude = (c & 0x0F) << 4;
            magnitude = match segment {
                0 => magnitude + 8,
                s => (magnitude + 0x108) << (s - 1),
            };
        } else {
            let c = !(code as i32) & 0xFF;
            negative = c & 0x80 != 0;
            magnitude = ((((c & 0x0F) << 3) + 0x84) << ((c & 0x70) >> 4)) - 0x84;
        }
        table[code] = if negative { -magnitude } else { magnitude } as i16;
        code += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(encoding: Encoding, bytes: &[u8]) -> f32 {
        let mut out = Vec::new();
        encoding.append(bytes, &mut out);
        out[0]
    }

    #[test]
    fn full_scale_is_one_in_every_encoding() {
        let int = |bytes, bits, big_endian| Encoding::Int { bytes, bits, big_endian };
        for (encoding, bytes) in [
            (Encoding::U8, &[0u8][..]),
            (Encoding::S8, &[0x80]),
            (int(2, 16, false), &[0, 0x80]),
            (int(2, 16, true), &[0x80, 0]),
            (int(3, 24, false), &[0, 0, 0x80]),
            (int(3, 24, true), &[0x80, 0, 0]),
            (int(4, 32, false), &[0, 0, 0, 0x80]),
            (int(4, 32, true), &[0x80, 0, 0, 0]),
            (int(4, 24, false), &[0, 0, 0x80, 0xFF]),
            (Encoding::F32 { big_endian: true }, &[0xBF, 0x80, 0, 0]),
            (Encoding::F64 { big_endian: false }, &[0, 0, 0, 0, 0, 0, 0xF0, 0xBF]),
        ] {
            assert_eq!(one(encoding, bytes), -1.0, "{encoding:?}");
        }
    }

    #[test]
    fn the_laws_have_the_values_of_g711() {
        for (code, a, mu) in
            [(0x00u8, -5504i16, -32124i16), (0x80, 5504, 32124), (0x55, -8, -716), (0xFF, 848, 0)]
        {
            assert_eq!(one(Encoding::ALaw, &[code]), f32::from(a) / 32768.0, "A {code:x}");
            assert_eq!(one(Encoding::MuLaw, &[code]), f32::from(mu) / 32768.0, "mu {code:x}");
        }
    }
}
