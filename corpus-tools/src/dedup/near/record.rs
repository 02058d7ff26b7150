//! Numbers in records: big-endian, so that records sort as their numbers do.

/// Puts parts one after the other into a record of `N` bytes.
pub(super) fn join<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut record = [0; N];
    let mut at = 0;
    for part in parts {
        if let Some(place) = record.get_mut(at..at + part.len()) {
            place.copy_from_slice(part);
        }
        at += part.len();
    }
    debug_assert_eq!(at, N, "the parts fill the record");
    record
}

/// The number of `LEN` bytes that starts at a byte of a record; `LEN` is at most 8.
pub(super) fn number<const LEN: usize>(record: &[u8], at: usize) -> u64 {
    record.iter().skip(at).take(LEN).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

pub(super) fn number32(record: &[u8], at: usize) -> u32 {
    number::<4>(record, at) as u32
}
