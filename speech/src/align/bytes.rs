//! A model as bytes: `SPROGGMM`, version, length, FNV-1a checksum, then everything little-endian. What
//! is read is bounded by the bytes that are there, and checked before it is used.

use super::Error;
use super::frontend::{FrontEnd, FrontEndOptions};
use super::gmm::Bank;
use super::model::{AcousticModel, STATES};
use super::words::{PhoneId, PhoneTable};

const MAGIC: &[u8; 8] = b"SPROGGMM";
const VERSION: u32 = 1;
const HEADER: usize = 8 + 4 + 8 + 8;

impl AcousticModel {
    /// The model as bytes, the same on every machine.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::new();
        let f = &self.front_end;
        for v in [f.frame_length_ms, f.frame_shift_ms, f.low_freq, f.high_freq] {
            body.extend_from_slice(&v.to_le_bytes());
        }
        for v in [f.num_bins, f.num_ceps, f.delta_step, f.delta_order] {
            put_u32(&mut body, v);
        }
        put_u32(&mut body, self.phones.len());
        for id in 0..self.phones.len() {
            let name = self.phones.name(id as PhoneId).as_bytes();
            put_u32(&mut body, name.len());
            body.extend_from_slice(name);
        }
        for (stay, leave) in &self.transitions {
            put_f32s(&mut body, &[*stay, *leave]);
        }
        put_u32(&mut body, self.bank.gaussians());
        for offset in &self.bank.offsets[1..] {
            body.extend_from_slice(&offset.to_le_bytes());
        }
        put_f32s(&mut body, &self.bank.weights);
        put_f32s(&mut body, &self.bank.means);
        put_f32s(&mut body, &self.bank.variances);

        let mut out = Vec::with_capacity(HEADER + body.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&(body.len() as u64).to_le_bytes());
        out.extend_from_slice(&checksum(&body).to_le_bytes());
        out.extend_from_slice(&body);
        out
    }

    /// A model from [`AcousticModel::to_bytes`].
    ///
    /// # Errors
    /// [`Error::Model`] for anything else: another file, another version, a byte that changed, a number
    /// that no model has.
    pub fn from_bytes(bytes: &[u8]) -> Result<AcousticModel, Error> {
        let mut header = Reader { bytes };
        if header.take(8)? != MAGIC {
            return Err(bad("it does not start with SPROGGMM"));
        }
        let version = header.u32()?;
        if version != VERSION as usize {
            return Err(bad(&format!("version {version} is not {VERSION}")));
        }
        let length = u64::from_le_bytes(header.array()?);
        let sum = u64::from_le_bytes(header.array()?);
        if header.bytes.len() as u64 != length {
            return Err(bad(&format!("{} bytes of content, {length} announced", header.bytes.len())));
        }
        if checksum(header.bytes) != sum {
            return Err(bad("its checksum does not match"));
        }
        let mut body = Reader { bytes: header.bytes };
        let front_end = FrontEndOptions {
            frame_length_ms: body.f64()?,
            frame_shift_ms: body.f64()?,
            low_freq: body.f64()?,
            high_freq: body.f64()?,
            num_bins: body.u32()?,
            num_ceps: body.u32()?,
            delta_step: body.u32()?,
            delta_order: body.u32()?,
        };
        FrontEnd::new(front_end.clone()).map_err(|e| bad(&e.to_string()))?;
        let count = body.u32()?;
        let mut phones = PhoneTable::default();
        for id in 0..count {
            let length = body.u32()?;
            let name = std::str::from_utf8(body.take(length)?).map_err(|_| bad("a phone is not UTF-8"))?;
            if usize::from(phones.intern(name)) != id {
                return Err(bad(&format!("phone {name:?} is out of place")));
            }
        }
        if phones.len() != count {
            return Err(bad("it has no silence"));
        }
        let states = count * STATES;
        let pairs = body.f32s(states * 2)?;
        if pairs.iter().any(|v| !(-100.0..=0.0).contains(v)) {
            return Err(bad("a transition is no probability"));
        }
        let transitions = pairs.chunks_exact(2).map(|p| (p[0], p[1])).collect();
        let gaussians = body.u32()?;
        let mut offsets = vec![0u32];
        for _ in 0..states {
            let offset = body.u32()? as u32;
            if offset <= offsets[offsets.len() - 1] {
                return Err(bad("a state has no Gaussian"));
            }
            offsets.push(offset);
        }
        if offsets.last().map(|o| *o as usize) != Some(gaussians) {
            return Err(bad("the number of Gaussians does not match"));
        }
        let dim = front_end.dim();
        let weights = body.f32s(gaussians)?;
        let means = body.f32s(gaussians.saturating_mul(dim))?;
        let variances = body.f32s(gaussians.saturating_mul(dim))?;
        if !body.bytes.is_empty() {
            return Err(bad("there are bytes left over"));
        }
        let usable = weights.iter().all(|w| *w > 0.0 && *w <= 1.0)
            && means.iter().all(|m| m.abs() < 1e9)
            && variances.iter().all(|v| *v > 1e-12 && *v < 1e12);
        if !usable {
            return Err(bad("a weight, mean or variance is out of range"));
        }
        let bank = Bank::new(dim, offsets, weights, means, variances);
        Ok(AcousticModel::of_parts(front_end, phones, bank, transitions))
    }
}

fn bad(reason: &str) -> Error {
    Error::Model { reason: reason.to_owned() }
}

fn put_u32(out: &mut Vec<u8>, value: usize) {
    out.extend_from_slice(&u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes());
}

fn put_f32s(out: &mut Vec<u8>, values: &[f32]) {
    for v in values {
        out.extend_from_slice(&v.to_le_bytes());
    }
}

/// FNV-1a, 64 bits.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (head, rest) = self.bytes.split_at_checked(count).ok_or_else(|| bad("it ends too early"))?;
        self.bytes = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        self.take(N)?.try_into().map_err(|_| bad("it ends too early"))
    }

    fn u32(&mut self) -> Result<usize, Error> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    fn f64(&mut self) -> Result<f64, Error> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    fn f32s(&mut self, count: usize) -> Result<Vec<f32>, Error> {
        let bytes = self.take(count.saturating_mul(4))?;
        Ok(bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
    }
}
