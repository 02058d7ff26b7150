//! What `sprog speech` does with files of speech: decode, compute, write.

pub mod align;
pub mod audio;
pub mod boundaries;
pub mod features;
pub mod info;
pub mod quality;
pub mod resample;
pub mod times;
pub mod vad;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use sprog_datasets::{Error, Result};

use crate::build::{Resources, pool};

/// Runs `work` on every item, several at a time; the results are in the order of the items.
///
/// # Errors
/// Where no threads can be had, and where `work` panics.
pub(crate) fn map<T: Sync, R: Send>(
    resources: Resources,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Result<Vec<R>> {
    let done: Mutex<Vec<Option<R>>> = Mutex::new(items.iter().map(|_| None).collect());
    pool::run(
        resources,
        |hand_out| (0..items.len()).try_for_each(hand_out),
        |at| {
            let result = work(&items[at]);
            done.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(result);
            Ok(())
        },
    )?;
    Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect())
}

/// An error of a format's writer, of a file.
pub(crate) fn failed(path: &Path, error: sprog_formats::Error) -> Error {
    match error {
        sprog_formats::Error::Io(e) => Error::io(path)(e),
        other => Error::Invalid(format!("{}: {other}", path.display())),
    }
}
