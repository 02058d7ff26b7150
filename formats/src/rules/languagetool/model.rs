//! What LanguageTool's rule files hold, as plain structs.

use std::ops::Range;

/// An attribute of an element, its value unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name, with its prefix.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A grammar file or a disambiguation file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleFile {
    /// Attributes of the root element, such as `lang`.
    pub attributes: Vec<Attribute>,
    /// Comments and processing instructions before the root, in canonical form.
    pub prolog: Vec<String>,
    /// Comments and processing instructions after the root.
    pub epilog: Vec<String>,
    /// What the root holds, in order.
    pub items: Vec<Item>,
}

/// A part of a rule file, a category or a rule group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A comment or processing instruction, in canonical form.
    Comment(String),
    /// `unification`: a feature that tokens can agree in.
    Unification(Unification),
    /// `phrases`: named parts of patterns.
    Phrases(Phrases),
    /// A category of rules.
    Category(Section),
    /// A group of rules with one id.
    Group(Section),
    /// A rule.
    Rule(Box<Rule>),
    /// Anything else, in canonical form: a group's own `antipattern`, `url` and `short` (its rules have
    /// them too), or an element that is not known.
    Other(String),
}

/// A category or a rule group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// All its attributes.
    pub attributes: Vec<Attribute>,
    /// What it holds, in order.
    pub items: Vec<Item>,
    /// Its line.
    pub line: u64,
}

/// A feature that tokens can agree in, and what its values look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unification {
    /// The feature's name: `gender`.
    pub feature: String,
    /// Each value with the test of the tokens that have it.
    pub equivalences: Vec<(String, Token)>,
    /// Canonical form.
    pub raw: String,
    /// Its line.
    pub line: u64,
}

/// Named parts of patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrases {
    /// Each phrase's id with its alternatives.
    pub phrases: Vec<(String, Vec<Vec<PatternElement>>)>,
    /// Canonical form.
    pub raw: String,
    /// Its line.
    pub line: u64,
}

/// A rule of a grammar or disambiguation file, with what it inherits from its group and category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, or its group's.
    pub id: String,
    /// Its place in its group, from 1; 0 outside groups.
    pub number: u32,
    /// Its name, or its group's.
    pub name: String,
    /// Its category's id, or its name where it has none.
    pub category: String,
    /// Its category's name.
    pub category_name: String,
    /// Off unless asked for: by itself, by its group or by its category.
    pub default_off: bool,
    /// The kind of issue as ITS 2.0 names it: `grammar`, `misspelling`.
    pub issue_type: Option<String>,
    /// Words such as `picky`.
    pub tags: Vec<String>,
    /// Suggestions take over a capital of what they replace: `adjust_suggestion_case`, on unless said.
    pub adjust_suggestion_case: bool,
    /// Where it stands.
    pub line: u64,
    /// Its canonical XML.
    pub raw: String,
    /// What it looks for, and for a disambiguation rule what it does.
    pub body: Body,
    /// Patterns whose tokens the rule leaves alone, its group's included.
    pub antipatterns: Vec<Pattern>,
    /// A filter in Java, by class name and arguments.
    pub filter: Option<(String, String)>,
    /// The message, with its suggestions inside.
    pub message: Vec<Piece>,
    /// Suggestions that stand outside the message.
    pub suggestions: Vec<Suggestion>,
    /// A page about the rule.
    pub url: Option<String>,
    /// A short message.
    pub short: Option<String>,
    /// Sentences that show it.
    pub examples: Vec<Example>,
    /// What was not understood in it; such a rule can be written but must not be run.
    pub unsupported: Vec<String>,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule {
            id: String::new(),
            number: 0,
            name: String::new(),
            category: String::new(),
            category_name: String::new(),
            default_off: false,
            issue_type: None,
            tags: Vec::new(),
            adjust_suggestion_case: true,
            line: 0,
            raw: String::new(),
            body: Body::None,
            antipatterns: Vec::new(),
            filter: None,
            message: Vec::new(),
            suggestions: Vec::new(),
            url: None,
            short: None,
            examples: Vec::new(),
            unsupported: Vec::new(),
        }
    }
}

impl Rule {
    /// The id with its number in its group: `AD_AF[2]`.
    pub fn full_id(&self) -> String {
        if self.number == 0 { self.id.clone() } else { format!("{}[{}]", self.id, self.number) }
    }
}

/// What a rule looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// Nothing: the rule is incomplete.
    #[default]
    None,
    /// A sequence of tokens.
    Pattern(Pattern),
    /// A regular expression over the sentence.
    Regexp(Regexp),
    /// A sequence of tokens whose readings are changed.
    Disambiguation(Pattern, Disambig),
}

/// A regular expression over the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regexp {
    /// The expression, in Java's syntax.
    pub expression: String,
    /// Whether case counts.
    pub case_sensitive: bool,
    /// A space in the expression stands for any white space: `type="smart"`, the default.
    pub smart: bool,
    /// The group that is marked; 0 is all.
    pub mark: u32,
}

/// A sequence of token tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    /// Whether case counts, unless a token says otherwise.
    pub case_sensitive: bool,
    /// Looks at the readings before disambiguation.
    pub raw_pos: bool,
    /// The tests.
    pub elements: Vec<PatternElement>,
}

/// An element of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternElement {
    /// One token.
    Token(Box<Token>),
    /// One token that passes all the tests.
    And(Vec<Token>),
    /// One token that passes one of the tests.
    Or(Vec<Token>),
    /// Tokens that agree, or with `negate` do not.
    Unify {
        /// They must not agree.
        negate: bool,
        /// In what: features, each with the values that count, or none for all.
        features: Vec<(String, Vec<String>)>,
        /// The tokens.
        elements: Vec<PatternElement>,
    },
    /// Tokens inside [`Unify`](PatternElement::Unify) that need not agree.
    UnifyIgnore(Vec<PatternElement>),
    /// A phrase by its id.
    PhraseRef(String),
    /// The part of the match that is reported.
    Marker(Vec<PatternElement>),
}

/// A test of one reading of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Test {
    /// The form, or with `inflected` the lemma; empty for any.
    pub text: String,
    /// `text` is a regular expression.
    pub regexp: bool,
    /// `text` is a lemma.
    pub inflected: bool,
    /// Anything but `text`.
    pub negate: bool,
    /// The tag; `SENT_START`, `SENT_END` and `UNKNOWN` are special.
    pub postag: Option<String>,
    /// `postag` is a regular expression.
    pub postag_regexp: bool,
    /// Any tag but `postag`.
    pub negate_pos: bool,
    /// Whether case counts, where it differs from the pattern.
    pub case_sensitive: Option<bool>,
    /// Whether white space stands before the token, if asked.
    pub space_before: Option<bool>,
    /// The chunk that the token is in.
    pub chunk: Option<String>,
    /// `chunk` is a regular expression.
    pub chunk_regexp: bool,
}

/// A token of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The test.
    pub test: Test,
    /// How many tokens may stand between this one and the next; -1 for any number.
    pub skip: i32,
    /// How often it occurs at least.
    pub min: u32,
    /// How often it occurs at most; -1 for any number.
    pub max: i32,
    /// When it does not count after all.
    pub exceptions: Vec<Exception>,
    /// An earlier token of the match that gives the text or tag; numbers from 0.
    pub reference: Option<Box<MatchRef>>,
}

impl Default for Token {
    fn default() -> Token {
        Token { test: Test::default(), skip: 0, min: 1, max: 1, exceptions: Vec::new(), reference: None }
    }
}

/// When a token does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The test.
    pub test: Test,
    /// Of which token.
    pub scope: Scope,
}

/// The token that an exception looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The one before.
    Previous,
    /// The one tested.
    #[default]
    Current,
    /// Those skipped after it.
    Next,
}

/// How case is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the format's")]
pub enum CaseConversion {
    #[default]
    None,
    StartLower,
    StartUpper,
    FirstUpper,
    AllUpper,
    AllLower,
    Preserve,
}

/// Which skipped tokens a reference includes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the format's")]
pub enum IncludeSkipped {
    #[default]
    None,
    All,
    Following,
}

/// `match`: a token of the match, changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchRef {
    /// Which: from 1 in messages and suggestions, from 0 in patterns.
    pub no: u32,
    /// The tag of the forms wanted.
    pub postag: Option<String>,
    /// `postag` is a regular expression.
    pub postag_regexp: bool,
    /// What `postag` becomes.
    pub postag_replace: Option<String>,
    /// What is replaced in the form.
    pub regexp_match: Option<String>,
    /// By what, with `$1`.
    pub regexp_replace: Option<String>,
    /// How case is changed.
    pub case_conversion: CaseConversion,
    /// Which skipped tokens belong to it.
    pub include_skipped: IncludeSkipped,
    /// In a pattern: the tag, not the form, is taken over.
    pub setpos: bool,
    /// Leave out forms that are no words.
    pub suppress_misspelled: bool,
    /// A lemma used instead of the token's.
    pub text: String,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text.
    Text(String),
    /// A token of the match: `\1` or `match`.
    Match(Box<MatchRef>),
    /// A suggestion inside the message.
    Suggestion(Suggestion),
}

/// What to write instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggestion {
    /// Text and tokens of the match.
    pub pieces: Vec<Piece>,
    /// Leave it out where it is no word.
    pub suppress_misspelled: bool,
}

/// A sentence that shows a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// The sentence without its marker.
    pub text: String,
    /// What is marked: bytes of `text`.
    pub marker: Option<Range<usize>>,
    /// The corrections expected; `None` where the example says nothing of them.
    pub corrections: Option<Vec<String>>,
    /// Whether the rule is to match.
    pub kind: ExampleKind,
    /// Readings before, for a disambiguation rule: `som[som/SCONJ,som/PRON]`.
    pub input_form: Option<String>,
    /// Readings after.
    pub output_form: Option<String>,
    /// Its line.
    pub line: u64,
}

/// What an example shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExampleKind {
    /// A mistake that the rule finds.
    Incorrect,
    /// A sentence that the rule leaves alone.
    #[default]
    Correct,
    /// A mistake that the rule is known to miss, or a false alarm: `triggers_error`.
    TriggersError,
    /// A disambiguation rule changes it.
    Ambiguous,
    /// A disambiguation rule leaves it.
    Untouched,
}

/// What a disambiguation rule does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disambig {
    /// How.
    pub action: Action,
    /// The tag set or kept.
    pub postag: Option<String>,
    /// Readings added, removed or set, for the marked tokens in turn.
    pub readings: Vec<Wd>,
    /// A token of the match that gives the tag.
    pub reference: Option<Box<MatchRef>>,
}

/// What is done to readings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the format's")]
pub enum Action {
    #[default]
    Replace,
    Remove,
    Add,
    Filter,
    FilterAll,
    Immunize,
    IgnoreSpelling,
    Unify,
}

/// A reading in a disambiguation rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wd {
    /// The lemma.
    pub lemma: Option<String>,
    /// The tag.
    pub pos: Option<String>,
    /// The form.
    pub text: String,
}
