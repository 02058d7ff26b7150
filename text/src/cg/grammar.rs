//! A grammar made ready to run.

use std::collections::HashMap;

use sprog_formats::rules::cg::{CgGrammar, RuleKind, SetOp};

use super::tags::Pattern;

/// A grammar compiled: tags interned, sets flattened, tests linked.
pub struct Grammar {
    pub(super) plain: HashMap<String, u32>,
    pub(super) patterns: Vec<(u32, Pattern)>,
    pub(super) atoms: usize,
    /// Lists that an alternative's last tag completes, by that tag.
    pub(super) by_atom: Vec<Vec<Alternative>>,
    /// Alternatives of inverted tags only.
    pub(super) loose: Vec<Alternative>,
    pub(super) sets: Vec<Set>,
    /// Lists that match every reading.
    pub(super) any_sets: Vec<u32>,
    /// Lists with tags that forbid them.
    pub(super) fail_sets: Vec<u32>,
    /// Sets that are no lists, each after those that it is made of.
    pub(super) derived: Vec<u32>,
    pub(super) rules: Vec<Rule>,
    pub(super) chains: Vec<Vec<Link>>,
    pub(super) before: Vec<u64>,
    pub(super) sections: Vec<Vec<u64>>,
    pub(super) after: Vec<u64>,
    pub(super) delimiters: Option<u32>,
    pub(super) soft_delimiters: Option<u32>,
    pub(super) prefix: char,
    pub(super) unsupported: Vec<Unsupported>,
    pub(super) total_rules: usize,
}

/// Tags that together make a list match.
#[derive(Clone, Debug)]
pub(super) struct Alternative {
    pub(super) set: u32,
    pub(super) number: u32,
    pub(super) need: Vec<u32>,
    pub(super) never: Vec<u32>,
}

/// A set.
#[derive(Clone, Debug)]
pub(super) enum Set {
    /// Its bit is that of its alternatives, and off where one of `fail` is there.
    List { any: bool, fail: Vec<u32> },
    /// Sets with operators.
    Expr { first: u32, rest: Vec<(SetOp, u32)>, dynamic: bool },
    /// `_TARGET_`.
    Target,
    /// `_MARK_`.
    Mark,
    /// `$$set`.
    SameTag(u32),
    /// `&&set`: the sets that it is made of.
    SameOf(Vec<u32>),
}

impl Set {
    pub(super) fn dynamic(&self) -> bool {
        match self {
            Set::List { .. } => false,
            Set::Expr { dynamic, .. } => *dynamic,
            _ => true,
        }
    }
}

/// A tag that a rule adds: its text, and whether it is a mapping tag.
pub(super) type NewTag = (String, bool);

/// A rule.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) kind: RuleKind,
    pub(super) line: u64,
    pub(super) name: Option<String>,
    pub(super) wordform: Option<u32>,
    pub(super) target: u32,
    pub(super) dynamic_target: bool,
    /// Whether its tests depend on the reading: sets that unify.
    pub(super) unifies: bool,
    pub(super) contexts: Vec<u32>,
    pub(super) unsafe_: bool,
    pub(super) iterates: bool,
    pub(super) look_deleted: bool,
    pub(super) put: Vec<NewTag>,
    /// For `SUBSTITUTE`: the tags to find.
    pub(super) find: Vec<String>,
}

/// One link of a test.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) not: bool,
    pub(super) negate: bool,
    pub(super) test: LinkTest,
}

/// What a link tests.
#[derive(Clone, Debug)]
pub(super) enum LinkTest {
    Set { place: Place, target: u32, barrier: Option<u32>, cbarrier: Option<u32> },
    Any(Vec<u32>),
}

/// A position.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) offset: i32,
    pub(super) scan: u8,
    pub(super) absolute: bool,
    pub(super) careful: bool,
    pub(super) left: bool,
    pub(super) right: bool,
    pub(super) origin: Option<bool>,
    pub(super) deleted: bool,
    pub(super) set_mark: bool,
    pub(super) jump_mark: bool,
    pub(super) sub: Option<Option<i32>>,
}

/// A rule, or part of a grammar, that is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// The line of its statement, from 1.
    pub line: u64,
    /// What it holds that is not run.
    pub what: String,
}

/// Why a grammar cannot be run at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrammarError {
    /// Sets or templates that are made of themselves.
    #[error("line {line}: {name:?} is made of itself; break the circle")]
    Recursion {
        /// The line of the statement.
        line: u64,
        /// The set's or template's name.
        name: String,
    },
    /// Too large.
    #[error("line {line}: more than {limit} {what}; split the grammar")]
    TooLarge {
        /// Where it was too much.
        line: u64,
        /// What there is too much of.
        what: &'static str,
        /// The most that is allowed.
        limit: usize,
    },
}

impl Grammar {
    /// Compiles what was read.
    ///
    /// # Errors
    /// [`GrammarError`] for sets or templates made of themselves, and for more sets, rules or tests than an
    /// engine holds.
    ///
    /// ```
    /// use sprog_formats::{Limits, rules::cg};
    /// # use sprog_text::cg::Grammar;
    /// let text = "SECTION SELECT (N) IF (-1 (DET)) ; SETPARENT (N) TO (-1 (V)) ;";
    /// let parsed = cg::read(text.as_bytes(), &Limits::default())?;
    /// let grammar = Grammar::compile(&parsed.value)?;
    /// assert_eq!((grammar.rules(), grammar.unsupported().len()), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compile(grammar: &CgGrammar) -> Result<Grammar, GrammarError> {
        super::compile::compile(grammar)
    }

    /// The number of rules that are run.
    pub fn rules(&self) -> usize {
        self.rules.len()
    }

    /// The number of rules that the file holds.
    pub fn total_rules(&self) -> usize {
        self.total_rules
    }

    /// What is not run, by line.
    pub fn unsupported(&self) -> &[Unsupported] {
        &self.unsupported
    }
}

impl std::fmt::Debug for Grammar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Grammar {{ rules: {}, sets: {} }}", self.rules.len(), self.sets.len())
    }
}
