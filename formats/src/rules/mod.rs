//! Rule files: spelling dictionaries, hyphenation patterns and lexicons.
//!
//! Every reader here is lossless. A file becomes one typed line for each of its lines, each with the
//! [`RawLine`] it came from, and `write(read(bytes))` gives the same bytes back: comments, odd spaces,
//! line endings, a byte-order mark and bytes that are no text in the declared encoding included. A line
//! that is not understood is kept, typed as unknown, and listed as a [`Problem`](crate::Problem).
//!
//! | module | files |
//! |---|---|
//! | [`hunspell_aff`] | Hunspell's affix file, `da_DK.aff` |
//! | [`hunspell_dic`] | Hunspell's word list, `da_DK.dic` |
//! | [`hyphenation`] | patterns of libhyphen (`hyph_da_DK.dic`) and of TeX (`hyph-da.tex`) |
//! | [`lexicon`] | delimited lexicons: TSV full-form lists, `;`-separated pronunciation lexicons |

mod flags;
pub mod hunspell_aff;
pub mod hunspell_dic;
pub mod hyphenation;
pub mod lexicon;
mod pattern;
mod source;

pub use source::{Charset, LineEnding, RawLine, write_lines};
