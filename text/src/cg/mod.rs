//! Constraint Grammar: rules that take away readings until a word's context leaves the right ones.
//!
//! A [`Grammar`] is compiled from what `sprog_formats::rules::cg` read. An [`Engine`] runs it over cohorts
//! (a word form with its readings), window by window, as CG-3's `vislcg3` does: `BEFORE-SECTIONS` once, the
//! first `SECTION` until nothing changes, then the first and second, and so on, then `AFTER-SECTIONS`.
//! A window ends at a cohort that matches `DELIMITERS`.
//!
//! Run: SELECT, REMOVE, IFF, MAP, ADD, REPLACE, SUBSTITUTE, APPEND, UNMAP; positions with offset, `*`,
//! `**`, `0*`, `@`, `C`, `W`, `<`, `>`, `O`, `o`, `D`, `X`, `x`, `/N`; NOT, NEGATE, LINK, BARRIER,
//! CBARRIER, templates, `$$` and `&&`. What is not run (dependencies, relations, rules that move cohorts,
//! variables) is listed by [`Grammar::unsupported`], rule by rule, and left out.
//!
//! Every set is one bit of a reading, found once per distinct reading; a test looks at bits only.
//!
//! Source: F. Karlsson, *Constraint Grammar as a framework for parsing running text*, COLING 1990; the
//! CG-3 manual, <https://edu.visl.dk/cg3/single/>.

mod apply;
mod bits;
mod cohort;
mod compile;
mod context;
mod engine;
mod grammar;
mod store;
mod tags;
mod window;

pub use cohort::{Cohort, CohortReading, Event, Trace};
pub use engine::{Engine, Options, Output};
pub use grammar::{Grammar, GrammarError, Unsupported};
