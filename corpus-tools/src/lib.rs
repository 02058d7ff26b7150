//! Builds, checks and publishes Danish audio, text and rules as open Arrow/Parquet datasets.
//!
//! The library behind the program `sprog`: each verb is one call here.
//!
//! ```no_run
//! use std::path::Path;
//! use sprog::build::{Options, Resources, build};
//! use sprog::{progress::Progress, recipe};
//!
//! let loaded = recipe::load(Path::new("datasets/demo"))?;
//! let resources = Resources { threads: 2, memory: 512 << 20 };
//! let options = Options { out: "sprog-out".into(), resources, keep_work: false };
//! let built = build(&loaded, &options, &Progress::new(true))?;
//! println!("{} rows in {}", built.rows["text"], built.path.display());
//! # Ok::<(), anyhow::Error>(())
//! ```

pub mod build;
pub mod catalog;
pub mod codes;
pub mod dataset_fetch;
pub mod dedup;
pub mod diff;
pub mod fetch;
pub mod filter;
pub mod inspect;
pub mod journal;
pub mod lines;
pub mod lint;
mod mapped;
#[cfg(feature = "onnx")]
pub mod onnx;
pub mod progress;
pub mod publish;
pub mod recipe;
pub mod report;
pub mod rules;
pub mod score;
pub mod speech;
#[cfg(feature = "sql")]
pub mod sql;
pub mod subset;
pub mod tagging;
pub mod tokenizer;
