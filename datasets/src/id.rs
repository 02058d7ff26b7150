//! Ids as types of their own: an id that was not checked cannot reach a table, and a speaker's id
//! cannot stand where a recording's belongs.

use std::fmt;

use crate::corpus::MAX_ID_BYTES;

/// Why a string is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// More than [`MAX_ID_BYTES`] bytes of UTF-8.
    #[error("is longer than {MAX_ID_BYTES} bytes")]
    TooLong,
    /// A control character, which no file name, table or terminal carries safely.
    #[error("holds control characters")]
    Control,
}

fn check(id: &str) -> Result<(), InvalidId> {
    match id.len() {
        0 => Err(InvalidId::Empty),
        1..=MAX_ID_BYTES if id.chars().any(char::is_control) => Err(InvalidId::Control),
        1..=MAX_ID_BYTES => Ok(()),
        _ => Err(InvalidId::TooLong),
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// 1 to [`MAX_ID_BYTES`] bytes of UTF-8 without control characters; letters of any script,
        /// spaces and signs are fine, for sources number their records in many ways.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id, if it is one.
            ///
            /// # Errors
            /// [`InvalidId`] tells what is wrong with it.
            pub fn new(id: impl Into<String>) -> Result<Self, InvalidId> {
                let id = id.into();
                check(&id).map(|()| $name(id))
            }

            /// The id as it is published.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A row of the text table.
    DocumentId;
    /// A row of the speech table.
    SegmentId;
    /// What a segment was cut from.
    RecordingId;
    /// A person who speaks, unique over all sources of a dataset.
    SpeakerId;
}

impl From<SegmentId> for RecordingId {
    /// A recording published whole goes by the id of its one segment.
    fn from(id: SegmentId) -> Self {
        RecordingId(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked() {
        for good in ["1", "æ ø å/12#7", &"å".repeat(60)] {
            assert_eq!(DocumentId::new(good).map(|id| id.to_string()), Ok(good.to_owned()));
        }
        for (bad, why) in [
            ("", InvalidId::Empty),
            ("a\nb", InvalidId::Control),
            ("\u{85}", InvalidId::Control),
            (&"å".repeat(61), InvalidId::TooLong),
        ] {
            assert_eq!(SpeakerId::new(bad), Err(why), "{bad:?}");
        }
    }
}
