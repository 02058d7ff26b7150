//! Test sets that a training text gives away: overlaps of word n-grams, with the evidence.

mod counts;
mod index;
mod passages;
mod scan;
mod window;
mod words;

pub use counts::NgramCounts;
pub use index::{Options, TestSet};
pub use passages::passages;
pub use scan::Hit;
