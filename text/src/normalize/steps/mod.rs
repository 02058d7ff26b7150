//! The steps. Each takes a text and gives the rewritten one, or `None` if nothing changed.

pub(super) mod coral;
mod coral_numbers;
pub(super) mod dehyphenate;
pub(super) mod layout;
pub(super) mod letters;
pub(super) mod punctuation;
pub(super) mod signs;
pub(super) mod unicode;
