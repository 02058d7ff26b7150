//! Records, Arrow schemas, licences, gates, splits and publication of Danish language datasets.
//!
//! Data goes one way: records become [`table`] shards; a [`corpus::Corpus`] says which of their rows
//! are published and in which order; [`gate::Cleared`] is a corpus that every gate let through; a
//! [`release::Release`] publishes it, and nothing else can.

pub mod bagit;
pub mod changes;
pub mod chunks;
pub mod codes;
pub mod corpus;
pub mod durable;
mod error;
pub mod extsort;
pub mod gate;
pub mod id;
pub mod licence;
pub mod manifest;
pub mod metadata;
pub mod partial;
pub mod pointer;
pub mod publication;
pub mod records;
pub mod release;
pub mod rules;
pub mod schema;
pub mod signals;
pub mod signature;
pub mod split;
pub mod standards;
pub mod stats;
pub mod table;
pub mod tokens;
pub mod verify;
pub mod vocabulary;

pub use error::{Error, Refusal, Result};
