//! Features of a recording that arrives in pieces, the same bits as of the whole.

use super::Features;
use super::frames::Piece;
use super::plan::{Plan, Scratch};

/// Takes samples in pieces of any size and gives the rows that are settled.
///
/// The rows do not depend on how the samples are cut. A row comes as soon as all samples of its frame are
/// there, the last ones with [`finish`](Stream::finish). Memory is a few frames, however long it goes on.
///
/// ```
/// use sprog_speech::features::{Fbank, FbankOptions, Features};
/// let plan = Fbank::new(&FbankOptions::default())?;
/// let samples: Vec<f32> = (0..16_000).map(|n| (n as f32 * 0.1).sin() * 0.3).collect();
/// let mut out = Features::new(plan.dim());
/// let mut stream = plan.stream();
/// for piece in samples.chunks(1000) {
///     stream.push(piece, &mut out);
/// }
/// stream.finish(&mut out);
/// assert_eq!(out, plan.compute(&samples));
/// # Ok::<(), sprog_speech::Error>(())
/// ```
pub struct Stream<'a> {
    plan: &'a Plan,
    scratch: Scratch,
    /// Samples from number `from` on.
    kept: Vec<f32>,
    from: u64,
    next: u64,
}

impl std::fmt::Debug for Stream<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("samples", &self.samples()).field("frames", &self.next).finish()
    }
}

impl<'a> Stream<'a> {
    pub(super) fn new(plan: &'a Plan) -> Stream<'a> {
        Stream { plan, scratch: Scratch::default(), kept: Vec::new(), from: 0, next: 0 }
    }

    /// Samples taken so far.
    pub fn samples(&self) -> u64 {
        self.from + self.kept.len() as u64
    }

    /// Rows given so far.
    pub fn frames(&self) -> u64 {
        self.next
    }

    /// Takes samples and appends the rows that are settled by them.
    pub fn push(&mut self, mut samples: &[f32], out: &mut Features) {
        let framing = &self.plan.framing;
        // Large pieces go through in parts, so that what is kept stays small.
        let part = 16 * framing.length + 4096;
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(part));
            self.kept.extend_from_slice(now);
            samples = later;
            let total = self.samples();
            self.rows(framing.settled(total), total, out);
            // A mirror at the end reaches back by a frame at most.
            let needed = framing.start(self.next) - framing.length as i64;
            let spare = usize::try_from(needed - self.from as i64).unwrap_or(0).min(self.kept.len());
            if spare > part {
                self.kept.drain(..spare);
                self.from += spare as u64;
            }
        }
    }

    /// Appends the rows that reach over the end; the stream begins anew.
    pub fn finish(&mut self, out: &mut Features) {
        let total = self.samples();
        self.rows(self.plan.framing.count(total), total, out);
        self.kept.clear();
        (self.from, self.next) = (0, 0);
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.kept.len()
    }

    fn rows(&mut self, end: u64, total: u64, out: &mut Features) {
        out.set_dim(self.plan.dim());
        if end > self.next {
            let piece = Piece { samples: &self.kept, from: self.from, total };
            self.plan.append(piece, self.next..end, &mut self.scratch, out);
            self.next = end;
        }
    }
}
