//! What a grammar says, as plain structs.

use super::Charset;

/// A Constraint Grammar, statement by statement.
#[derive(Clone, Debug, PartialEq)]
pub struct CgGrammar {
    /// How the file was decoded.
    pub encoding: Charset,
    /// Every statement, in the file's order.
    pub statements: Vec<Statement>,
    /// White space, comments, and what stands after `END`.
    pub tail: String,
}

impl CgGrammar {
    /// Every rule with the statement that it is.
    pub fn rules(&self) -> impl Iterator<Item = (&Statement, &Rule)> {
        self.statements.iter().filter_map(|s| match &s.kind {
            StatementKind::Rule(rule) => Some((s, rule.as_ref())),
            _ => None,
        })
    }
}

/// One statement: a definition, a section's start or a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The line of its first word, from 1.
    pub line: u64,
    /// Its text in the file, with the white space and comments before it.
    pub raw: String,
    /// Where its first word starts in `raw`, in bytes.
    pub start: usize,
    /// What it says.
    pub kind: StatementKind,
}

impl Statement {
    /// The statement without the white space and comments before it.
    pub fn text(&self) -> &str {
        self.raw.get(self.start..).unwrap_or_default()
    }
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `DELIMITERS = …`: the cohorts that end a window.
    Delimiters(Inline),
    /// `SOFT-DELIMITERS = …`: the cohorts that end a window that has grown long.
    SoftDelimiters(Inline),
    /// `PREFERRED-TARGETS = …`.
    PreferredTargets(Inline),
    /// `MAPPING-PREFIX = @`.
    MappingPrefix(String),
    /// `SUBREADINGS = RTL`.
    Subreadings(String),
    /// `LIST name = tags`, or with `+=` (append).
    List {
        /// The set's name.
        name: String,
        /// Whether the tags are added to a set that exists.
        append: bool,
        /// The tags; several in parentheses belong together.
        tags: Inline,
    },
    /// `SET name = expression`.
    Set {
        /// The set's name.
        name: String,
        /// What it is made of.
        expr: SetExpr,
    },
    /// `TEMPLATE name = tests`.
    Template {
        /// The template's name, without `T:`.
        name: String,
        /// Its tests.
        context: Context,
    },
    /// A section's start: the rules below belong to it.
    Section {
        /// Which kind.
        section: Section,
        /// Its name, for `JUMP`.
        name: Option<String>,
    },
    /// `ANCHOR name`.
    Anchor(String),
    /// `INCLUDE file`: told, not followed.
    Include(String),
    /// `LIST-TAGS`, `STRICT-TAGS`: tags that are sets of their own name.
    ListTags(Inline),
    /// Another definition, by its keyword: `OPTIONS`, `PARENTHESES`, `STATIC-SETS`, `UNDEF-SETS`, …
    Other(String),
    /// A lone `;`.
    Empty,
    /// A rule.
    Rule(Box<Rule>),
    /// Not understood; it is a problem too.
    Unknown,
}

/// A part of a grammar, and when its rules run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// `BEFORE-SECTIONS`, `MAPPINGS`, `CORRECTIONS`: once, before all others.
    Before,
    /// `SECTION`, `CONSTRAINTS`: again and again, with those above it, until nothing changes.
    Main,
    /// `AFTER-SECTIONS`: once, at the end.
    After,
    /// `NULL-SECTION`: not run.
    Null,
}

/// Alternatives of tags; the tags of one alternative must all be there.
pub type Inline = Vec<Vec<Tag>>;

/// A tag as a grammar writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tag {
    /// As it stands in the file.
    pub raw: String,
    /// Without escapes, prefix and modifiers; quotes and angle brackets stay.
    pub text: String,
    /// `^tag`: where it is, the whole list does not match.
    pub fail_fast: bool,
    /// `!tag`: it must not be there.
    pub inverted: bool,
    /// `/…/`: an expression over any tag, found anywhere in it.
    pub anywhere: bool,
    /// The letters after it.
    pub modifiers: Modifiers,
}

/// The letters after a quoted tag: `"ord"ir`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Modifiers {
    /// `i`: letter case is ignored.
    pub insensitive: bool,
    /// `r`: a regular expression.
    pub regex: bool,
    /// `v`, `p`, `VSTR:`: filled in with groups of an expression.
    pub variable: bool,
    /// `l`: an expression over a whole reading.
    pub line: bool,
}

/// A comparison: `<W>=5>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Numeric {
    /// `W`.
    pub key: String,
    /// `=`, `!=`, `<`, `>`, `<=` or `>=`.
    pub operator: &'static str,
    /// The number, or an infinity for `MIN` and `MAX`.
    pub value: f64,
}

/// A set as a rule or `SET` writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct SetExpr {
    /// The first set.
    pub first: SetTerm,
    /// Operators, each with the set after it.
    pub rest: Vec<(SetOp, SetTerm)>,
}

/// One set in an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum SetTerm {
    /// A set by its name.
    Named {
        /// The name.
        name: String,
        /// Whether all uses in a rule must match the same.
        unify: Unify,
    },
    /// Tags in parentheses.
    Inline(Inline),
}

/// How a set's uses in one rule hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unify {
    /// They do not.
    No,
    /// `$$`: by the same tag.
    Tag,
    /// `&&`: by the same set of those it is made of.
    Set,
}

/// An operator between sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetOp {
    /// `OR`, `|`.
    Or,
    /// `+`: both, in one reading.
    Plus,
    /// `-`: the first and not the second.
    Minus,
    /// `^`: as `-`, and the sets after `OR` do not count either.
    FailFast,
    /// `\`: the first list without the second's tags.
    Difference,
    /// `∩`: the tags that both lists have.
    Intersection,
    /// `∆`: the tags that one of the lists has.
    SymmetricDifference,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are CG-3's keywords")]
pub enum RuleKind {
    Select,
    Remove,
    Iff,
    Map,
    Add,
    Replace,
    Append,
    Copy,
    Substitute,
    Unmap,
    Protect,
    Unprotect,
    Restore,
    Delimit,
    SetParent,
    SetChild,
    RemParent,
    SwitchParent,
    AddRelation,
    AddRelations,
    SetRelation,
    SetRelations,
    RemRelation,
    RemRelations,
    AddCohort,
    CopyCohort,
    RemCohort,
    SplitCohort,
    MergeCohorts,
    Move,
    Switch,
    SetVariable,
    RemVariable,
    External,
    Jump,
    With,
    Execute,
}

impl RuleKind {
    /// All, with CG-3's keyword.
    pub const ALL: [(RuleKind, &'static str); 37] = {
        use RuleKind::*;
        [
            (Select, "SELECT"),
            (Remove, "REMOVE"),
            (Iff, "IFF"),
            (Map, "MAP"),
            (Add, "ADD"),
            (Replace, "REPLACE"),
            (Append, "APPEND"),
            (Copy, "COPY"),
            (Substitute, "SUBSTITUTE"),
            (Unmap, "UNMAP"),
            (Protect, "PROTECT"),
            (Unprotect, "UNPROTECT"),
            (Restore, "RESTORE"),
            (Delimit, "DELIMIT"),
            (SetParent, "SETPARENT"),
            (SetChild, "SETCHILD"),
            (RemParent, "REMPARENT"),
            (SwitchParent, "SWITCHPARENT"),
            (AddRelation, "ADDRELATION"),
            (AddRelations, "ADDRELATIONS"),
            (SetRelation, "SETRELATION"),
            (SetRelations, "SETRELATIONS"),
            (RemRelation, "REMRELATION"),
            (RemRelations, "REMRELATIONS"),
            (AddCohort, "ADDCOHORT"),
            (CopyCohort, "COPYCOHORT"),
            (RemCohort, "REMCOHORT"),
            (SplitCohort, "SPLITCOHORT"),
            (MergeCohorts, "MERGECOHORTS"),
            (Move, "MOVE"),
            (Switch, "SWITCH"),
            (SetVariable, "SETVARIABLE"),
            (RemVariable, "REMVARIABLE"),
            (External, "EXTERNAL"),
            (Jump, "JUMP"),
            (With, "WITH"),
            (Execute, "EXECUTE"),
        ]
    };

    /// CG-3's keyword: `SELECT`.
    pub fn as_str(self) -> &'static str {
        RuleKind::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, keyword)| keyword)
    }

    /// The rule that a keyword starts, in any letter case.
    pub fn parse(keyword: &str) -> Option<RuleKind> {
        RuleKind::ALL.iter().find(|(_, k)| k.eq_ignore_ascii_case(keyword)).map(|(kind, _)| *kind)
    }
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it does.
    pub kind: RuleKind,
    /// Its name.
    pub name: Option<String>,
    /// The word form it is for, where one stands before the keyword.
    pub wordform: Option<Tag>,
    /// Its options, as written: `UNSAFE`, `SUB:1`.
    pub options: Vec<String>,
    /// The sets between keyword and target: tags to add; for `SUBSTITUTE` those to find and those to put.
    pub arguments: Vec<SetExpr>,
    /// The keyword and set between arguments and target: `EXCEPT`, `BEFORE`, `AFTER`.
    pub placing: Vec<(String, Option<SetExpr>)>,
    /// The readings it is about; `None` only for rules in a form that is kept but not taken apart.
    pub target: Option<SetExpr>,
    /// Its tests; all must hold.
    pub contexts: Vec<Context>,
    /// `TO`, `FROM`, `WITH`, `BEFORE` or `AFTER` with the tests that find another cohort.
    pub other: Option<(String, Vec<Context>)>,
    /// The section it stands in; `None` before the first.
    pub section: Option<Section>,
    /// The number of that section in the file, from 0.
    pub section_number: usize,
}

/// A test of a rule: its links, the first from the rule's target, each other from where the last one matched.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// The links; at least one.
    pub links: Vec<Link>,
}

/// One link of a test.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// `NOT`: the set must not match.
    pub not: bool,
    /// `NEGATE`: this link and all after it must not hold.
    pub negate: bool,
    /// `ALL`: every cohort that the position names must match.
    pub all: bool,
    /// `NONE`: none may.
    pub none: bool,
    /// What is tested.
    pub test: Test,
}

/// What a link tests.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// A set at a position.
    Set {
        /// Where.
        position: Position,
        /// What.
        target: SetExpr,
        /// Scanning ends at a cohort that matches this in one reading.
        barrier: Option<SetExpr>,
        /// Scanning ends at a cohort that matches this in every reading.
        cbarrier: Option<SetExpr>,
    },
    /// A template, `T:name`.
    Template {
        /// The position before it, where there is one.
        position: Option<Position>,
        /// Its name.
        name: String,
        /// Scanning ends here.
        barrier: Option<SetExpr>,
        /// Scanning ends here, in every reading.
        cbarrier: Option<SetExpr>,
    },
    /// Tests in parentheses with `OR` between: one must hold.
    Any(Vec<Context>),
}

/// How a test looks for its cohort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scan {
    /// At one place.
    #[default]
    No,
    /// `*`: to the first match.
    First,
    /// `**`: to the first match whose links hold too.
    All,
}

/// Whether a test may leave its window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Span {
    /// It may not.
    #[default]
    No,
    /// `<`: to the left.
    Left,
    /// `>`: to the right.
    Right,
    /// `W`: both ways.
    Both,
}

/// A position: `*-1C`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// As it stands in the file.
    pub raw: String,
    /// Cohorts to the right, negative to the left.
    pub offset: i32,
    /// Whether and how it scans.
    pub scan: Scan,
    /// `@`: counted from the window's start or, negative, from its end.
    pub absolute: bool,
    /// `C`: all readings must match.
    pub careful: bool,
    /// Leaving the window.
    pub span: Span,
    /// `O` (true) or `o` (false): whether scanning stops at the cohort it came from.
    pub no_pass_origin: Option<bool>,
    /// `D`: readings that were removed count too.
    pub deleted: bool,
    /// `X`: marks the cohort.
    pub set_mark: bool,
    /// `x`: starts from the mark.
    pub jump_mark: bool,
    /// `/1`: a sub-reading, `None` when `/*`.
    pub sub: Option<Option<i32>>,
    /// The letters that are none of the above: dependencies (`p`, `c`, `s`, …), relations (`r:`), `A`, `d`, …
    pub others: String,
}
