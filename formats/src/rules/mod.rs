//! Rule files: spelling dictionaries, hyphenation patterns and lexicons.
//!
//! Every reader here is lossless. A file becomes one typed line for each of its lines, each with the
//! [`RawLine`] it came from, and `write(read(bytes))` gives the same bytes back: comments, odd spaces,
//! line endings, a byte-order mark and bytes that are no text in the declared encoding included. A line
//! that is not understood is kept, typed as unknown, and listed as a [`Problem`](crate::Problem).
//!
//! | module | files |
//! |---|---|
//! | [`cg`] | Constraint Grammars (`.cg3`, `.rlx`) and streams of cohorts |
//! | [`cor`], [`cordiff`] | Det Centrale Ordregister: COR, COR.EXT, COR.SØGEHJÆLP, and what changed between versions |
//! | [`csvw`] | CSV on the Web, such as DanNet |
//! | [`dix`] | Apertium's dictionaries (lttoolbox), with their paradigms |
//! | [`dsdo`] | records of Den Store Danske Ordliste |
//! | [`fullforms`] | full-form lists of Den Danske Ordbog and Ordbog over det danske Sprog |
//! | [`hunspell_aff`] | Hunspell's affix file, `da_DK.aff` |
//! | [`hunspell_dic`] | Hunspell's word list, `da_DK.dic` |
//! | [`hyphenation`] | patterns of libhyphen (`hyph_da_DK.dic`) and of TeX (`hyph-da.tex`) |
//! | [`languagetool`] | LanguageTool's `grammar.xml` and `disambiguation.xml` |
//! | [`lexicon`] | delimited lexicons: TSV full-form lists, `;`-separated pronunciation lexicons |
//! | [`misspellings`] | lists of misspellings and what is meant |
//! | [`mythes`] | thesauri of MyThes |
//! | [`nst`] | NST's pronunciation lexicon |
//! | [`ontolex`] | OntoLex-Lemon in Turtle, written only |
//! | [`unimorph`] | UniMorph |
//! | [`wn_lmf`] | wordnets in WN-LMF |
//! | [`wordlist`] | word lists, plain and as Aspell packs them |

pub mod cg;
pub mod cor;
pub mod cordiff;
pub mod csvw;
pub mod dix;
mod dix_expand;
pub mod dsdo;
mod flags;
pub mod fullforms;
pub mod hunspell_aff;
pub mod hunspell_dic;
pub mod hyphenation;
pub mod languagetool;
pub mod lexicon;
mod lexinfo;
pub mod misspellings;
pub mod mythes;
pub mod nst;
pub mod ontolex;
mod pattern;
mod prezip;
mod records;
pub mod rows;
mod source;
pub mod unimorph;
pub mod wn_lmf;
mod wn_lmf_write;
pub mod wordlist;
mod xml;

pub use records::{Content, Record, Records, write_records};
pub use source::{Charset, LineEnding, RawLine, write_lines};
