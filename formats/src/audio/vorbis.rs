//! What a Vorbis stream's headers say of its packets' lengths (Vorbis I specification, §4.2 and §4.3.1).

/// Lengths of packets, from the block sizes of the modes.
#[derive(Clone, Debug)]
pub(super) struct VorbisLengths {
    short: u64,
    long: u64,
    mode_bits: u32,
    long_modes: Vec<bool>,
    previous: Option<u64>,
}

/// Bits from the end of a packet to its start.
struct Backwards<'a> {
    bytes: &'a [u8],
    bit: usize,
}

impl Backwards<'_> {
    fn bits(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        for _ in 0..count {
            self.bit = self.bit.checked_sub(1)?;
            value = value << 1 | u64::from(self.bytes[self.bit / 8] >> (self.bit % 8) & 1);
        }
        Some(value)
    }
}

impl VorbisLengths {
    /// From the identification header and the setup header.
    ///
    /// The modes stand at the end of the setup header, each of 41 bits of which 32 are zero; so they are
    /// read from the back, up to the count that must stand before them.
    pub(super) fn new(ident: &[u8], setup: &[u8]) -> Option<Self> {
        let sizes = *ident.get(28)?;
        let (short, long) = (1u64 << (sizes & 15), 1u64 << (sizes >> 4));
        if !ident.starts_with(b"\x01vorbis")
            || !setup.starts_with(b"\x05vorbis")
            || short > long
            || short < 64
        {
            return None;
        }
        let mut end = setup.len();
        while end > 7 && setup[end - 1] == 0 {
            end -= 1;
        }
        // The framing bit is the last one that is set.
        let last = setup.get(end - 1)?;
        let mut back = Backwards { bytes: setup, bit: end * 8 - last.leading_zeros() as usize - 1 };
        let mut flags = Vec::new();
        let mut found = None;
        while flags.len() < 64 {
            let (mapping, transform, window) = (back.bits(8)?, back.bits(16)?, back.bits(16)?);
            if mapping > 63 || transform != 0 || window != 0 {
                break;
            }
            flags.push(back.bits(1)? == 1);
            let mut peek = Backwards { bytes: setup, bit: back.bit };
            if peek.bits(6)? + 1 == flags.len() as u64 {
                found = Some(flags.len());
            }
        }
        flags.truncate(found?);
        flags.reverse();
        let mode_bits = usize::BITS - (flags.len() - 1).leading_zeros();
        Some(VorbisLengths { short, long, mode_bits, long_modes: flags, previous: None })
    }

    pub(super) fn reset(&mut self) {
        self.previous = None;
    }

    /// Frames that the next packet adds; the first one adds none.
    pub(super) fn frames(&mut self, packet: &[u8]) -> u64 {
        let Some(first) = packet.first() else { return 0 };
        if first & 1 != 0 {
            return 0;
        }
        let mode = usize::from(first >> 1) & ((1 << self.mode_bits) - 1);
        let Some(long) = self.long_modes.get(mode) else { return 0 };
        let block = if *long { self.long } else { self.short };
        let frames = self.previous.map_or(0, |previous| previous / 4 + block / 4);
        self.previous = Some(block);
        frames
    }
}
