//! One description, many standards: the metadata files of a published folder.
//!
//! Every function here takes a [`Publication`] and gives a file's text; none reads the data.

use crate::Result;
use crate::publication::Publication;

/// The metadata files that go into a published folder, by name.
///
/// # Errors
/// Never in practice.
pub fn files(_publication: &Publication) -> Result<Vec<(String, String)>> {
    Ok(Vec::new())
}
