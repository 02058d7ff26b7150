//! Text corpora: plain text, JSON Lines, CSV/TSV, HTML, XML and CoNLL-U.
//!
//! Parquet is a format of Arrow tables and is read in `sprog-datasets`.

pub mod conllu;
pub mod delimited;
pub mod html;
pub mod jsonl;
pub mod plain;
pub mod xml;
