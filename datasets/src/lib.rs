//! Records, Arrow schemas, licences, gates, splits and publication of Danish language datasets.

pub mod codes;
pub mod durable;
mod error;
pub mod extsort;
pub mod licence;
pub mod records;
pub mod schema;
pub mod split;
pub mod table;

pub use error::{Error, Refusal, Result};
