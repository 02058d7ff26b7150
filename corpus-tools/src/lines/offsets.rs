/// Turns byte offsets of a text into code points, the unit of the JSON output.
///
/// Cheap for offsets in rising order: each byte of the text is looked at once.
///
/// ```
/// let mut offsets = sprog::lines::CodePoints::new("på Ærø");
/// assert_eq!((offsets.at(4), offsets.at(8), offsets.at(1)), (3, 6, 1));
/// ```
pub struct CodePoints<'t> {
    text: &'t [u8],
    bytes: usize,
    code_points: usize,
}

impl<'t> CodePoints<'t> {
    /// For a text.
    pub fn new(text: &'t str) -> Self {
        CodePoints { text: text.as_bytes(), bytes: 0, code_points: 0 }
    }

    /// Code points before byte `at`.
    pub fn at(&mut self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let starts = |bytes: &[u8]| bytes.iter().filter(|b| **b & 0xC0 != 0x80).count();
        if at >= self.bytes {
            self.code_points += starts(&self.text[self.bytes..at]);
        } else {
            self.code_points -= starts(&self.text[at..self.bytes]);
        }
        self.bytes = at;
        self.code_points
    }
}
