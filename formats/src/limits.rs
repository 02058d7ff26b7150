/// Bounds that every reader keeps, so that no file can exhaust the machine.
///
/// The defaults suit a corpus on one computer; a service that reads strangers' files sets them lower.
///
/// ```
/// use sprog_formats::Limits;
/// let strict = Limits { bytes: 1 << 20, ..Limits::default() };
/// assert!(strict.bytes < Limits::default().bytes);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes a reader may hold of one item: a document, a whole small file, an archive entry.
    pub bytes: u64,
    /// Bytes of one line in a line-oriented format.
    pub line_bytes: usize,
    /// Nesting of elements or arrays.
    pub depth: usize,
    /// Items in one file: archive entries, tiers, intervals, rules, fields of a record.
    pub items: u64,
    /// Decompressed bytes for each compressed byte, measured after the first MiB.
    pub expansion_ratio: u64,
    /// Bytes of decoded audio held for one file (4 bytes a sample and channel).
    pub audio_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 256 << 20,
            line_bytes: 32 << 20,
            depth: 128,
            items: 2_000_000,
            expansion_ratio: 200,
            audio_bytes: 1 << 30,
        }
    }
}
