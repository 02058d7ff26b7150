//! The steps that damaged a text, in the order in which a repair undoes them.

use std::fmt;
use std::ops::Deref;

use super::codepage::Encoding;

/// One way of damaging a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Step {
    /// Bytes of one encoding were read as another.
    Misread {
        /// What the bytes were.
        actual: Encoding,
        /// What they were taken for.
        read_as: Encoding,
    },
    /// Danish ISO 646 (DS 2089), where `{|}[\]` are æ ø å Æ Ø Å, was read as ASCII.
    Iso646Dk,
    /// The quoted-printable transfer encoding (RFC 2045, section 6.7) was not undone.
    QuotedPrintable,
    /// Character references of HTML were not undone.
    HtmlEntities,
    /// Letters and their marks stand apart (NFD) and were not composed.
    Decomposed,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misread { actual, read_as } => write!(f, "{actual} as {read_as}"),
            Self::Iso646Dk => f.write_str("iso646-dk as us-ascii"),
            Self::QuotedPrintable => f.write_str("quoted-printable"),
            Self::HtmlEntities => f.write_str("html entities"),
            Self::Decomposed => f.write_str("nfd"),
        }
    }
}

/// Steps kept of one chain; an eighth and later ones are undone but not named.
const MOST: usize = 7;

/// The steps that were undone at one place, the last damage first. A slice of [`Step`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chain {
    steps: [Step; MOST],
    count: u8,
}

impl Default for Chain {
    fn default() -> Self {
        Self { steps: [Step::Decomposed; MOST], count: 0 }
    }
}

impl Chain {
    pub(super) fn of(step: Step) -> Self {
        Self { steps: [step; MOST], count: 1 }
    }

    fn from_steps(steps: &[Step]) -> Self {
        let mut chain = Self::of(steps[0]);
        for step in steps.iter().skip(1).take(MOST - 1) {
            chain.steps[usize::from(chain.count)] = *step;
            chain.count += 1;
        }
        chain
    }

    /// These steps, then those of `next`.
    pub(super) fn followed_by(&self, next: &[Step]) -> Self {
        if self.count == 0 || next.is_empty() {
            return if next.is_empty() { *self } else { Self::from_steps(next) };
        }
        let mut chain = *self;
        for step in next.iter().take(MOST - usize::from(self.count)) {
            chain.steps[usize::from(chain.count)] = *step;
            chain.count += 1;
        }
        // Steps past the count do not take part in comparisons of chains.
        let pad = chain.steps[0];
        chain.steps[usize::from(chain.count)..].fill(pad);
        chain
    }
}

impl Deref for Chain {
    type Target = [Step];

    fn deref(&self) -> &[Step] {
        &self.steps[..usize::from(self.count)]
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.iter().enumerate() {
            write!(f, "{}{step}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
