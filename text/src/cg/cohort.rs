//! Cohorts and traces as a caller sees them.

/// A word form with everything that it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    /// The word as in the text, without quotes.
    pub form: String,
    /// Its readings.
    pub readings: Vec<CohortReading>,
}

/// One reading of a cohort.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CohortReading {
    /// The dictionary form, without quotes.
    pub lemma: String,
    /// Its tags, in order; for Universal Dependencies the part of speech and each `Name=Value`.
    pub tags: Vec<String>,
}

/// What the rules did, in the order of cohorts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Each rule that acted on each reading.
    pub events: Vec<Event>,
    /// Cohorts from the start whose window took more work than is allowed; their readings are as they were
    /// when it was given up.
    pub given_up: Vec<usize>,
}

/// One rule acting on one reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The cohort, from 0.
    pub cohort: usize,
    /// The reading, as its place among the cohort's readings before the run; `None` for one that a rule made.
    pub reading: Option<usize>,
    /// Whether the reading was removed in the end.
    pub removed: bool,
    /// CG-3's keyword for what the rule does: `SELECT`.
    pub kind: &'static str,
    /// The rule's name.
    pub name: Option<String>,
    /// The line of the rule in its grammar.
    pub line: u64,
}

/// As `vislcg3 --trace` writes it: `SELECT:12:name`.
impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind, self.line)?;
        self.name.iter().try_for_each(|name| write!(f, ":{name}"))
    }
}
