//! From statements to a grammar that runs.

use std::collections::{BTreeMap, HashMap};

use sprog_formats::rules::cg::{
    CgGrammar, Context, Inline, Position, Rule as RuleText, RuleKind, Scan, Section, SetExpr, SetOp, SetTerm,
    Span, StatementKind, Tag, Test, Unify,
};

use super::bits;
use super::grammar::{Alternative, Grammar, GrammarError, Link, LinkTest, Place, Rule, Set, Unsupported};
use super::tags::Pattern;

const MAX_SETS: usize = 1 << 16;
const MAX_RULES: usize = 1 << 16;
const MAX_LINKS: usize = 64;
const MAX_CHAINS: usize = 1 << 18;
const MAX_DEPTH: usize = 64;
const MAX_CELLS: usize = 1 << 22;

/// Why a rule is not compiled.
enum Stop {
    Unsupported(String),
    Fatal(GrammarError),
}

type Compiled<T> = Result<T, Stop>;

fn unsupported<T>(what: impl Into<String>) -> Compiled<T> {
    Err(Stop::Unsupported(what.into()))
}

#[derive(Clone)]
enum Definition<'a> {
    List(Vec<&'a Inline>),
    Expr(&'a SetExpr, Vec<&'a Inline>),
}

struct Compiler<'a> {
    definitions: HashMap<&'a str, Definition<'a>>,
    templates: HashMap<&'a str, &'a Context>,
    implicit: HashMap<&'a str, &'a Tag>,
    resolved: HashMap<String, Option<u32>>,
    inline: HashMap<String, u32>,
    grammar: Grammar,
    alternatives: u32,
    depth: usize,
    cells: usize,
    line: u64,
}

/// Compiles `source`.
pub(super) fn compile(source: &CgGrammar) -> Result<Grammar, GrammarError> {
    let mut c = Compiler {
        definitions: HashMap::new(),
        templates: HashMap::new(),
        implicit: HashMap::new(),
        resolved: HashMap::new(),
        inline: HashMap::new(),
        grammar: empty(),
        alternatives: 0,
        depth: 0,
        cells: 0,
        line: 0,
    };
    c.definitions(source);
    let mut sections: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for statement in &source.statements {
        c.line = statement.line;
        match &statement.kind {
            StatementKind::Delimiters(tags) => c.grammar.delimiters = c.delimiter(tags)?,
            StatementKind::SoftDelimiters(tags) => c.grammar.soft_delimiters = c.delimiter(tags)?,
            StatementKind::Rule(rule) => {
                c.grammar.total_rules += 1;
                match c.rule(rule) {
                    Ok(compiled) => {
                        if c.grammar.rules.len() >= MAX_RULES {
                            return Err(c.too_large("rules", MAX_RULES));
                        }
                        let number = c.grammar.rules.len() as u32;
                        c.grammar.rules.push(compiled);
                        match rule.section {
                            Some(Section::Before) => before.push(number),
                            Some(Section::After) => after.push(number),
                            Some(Section::Null) => {}
                            _ => sections.entry(rule.section_number).or_default().push(number),
                        }
                    }
                    Err(Stop::Unsupported(what)) => c.tell(what),
                    Err(Stop::Fatal(e)) => return Err(e),
                }
            }
            StatementKind::Include(file) => c.tell(format!("INCLUDE {file:?} is not followed")),
            StatementKind::Unknown => c.tell("a statement that was not understood".to_owned()),
            _ => {}
        }
    }
    let words = bits::words(c.grammar.rules.len());
    let mask = |numbers: &[u32]| {
        let mut mask = vec![0; words];
        numbers.iter().for_each(|n| bits::set(&mut mask, *n));
        mask
    };
    c.grammar.before = mask(&before);
    c.grammar.after = mask(&after);
    let mut so_far = Vec::new();
    for numbers in sections.values() {
        so_far.extend_from_slice(numbers);
        c.grammar.sections.push(mask(&so_far));
    }
    Ok(c.grammar)
}

fn empty() -> Grammar {
    Grammar {
        plain: HashMap::new(),
        patterns: Vec::new(),
        atoms: 0,
        by_atom: Vec::new(),
        loose: Vec::new(),
        sets: Vec::new(),
        derived: Vec::new(),
        any_sets: Vec::new(),
        fail_sets: Vec::new(),
        rules: Vec::new(),
        chains: Vec::new(),
        before: Vec::new(),
        sections: Vec::new(),
        after: Vec::new(),
        delimiters: None,
        soft_delimiters: None,
        prefix: '@',
        unsupported: Vec::new(),
        total_rules: 0,
    }
}

impl<'a> Compiler<'a> {
    fn tell(&mut self, what: String) {
        self.grammar.unsupported.push(Unsupported { line: self.line, what });
    }

    fn too_large(&self, what: &'static str, limit: usize) -> GrammarError {
        GrammarError::TooLarge { line: self.line, what, limit }
    }

    fn definitions(&mut self, source: &'a CgGrammar) {
        for statement in &source.statements {
            self.line = statement.line;
            match &statement.kind {
                StatementKind::Delimiters(tags) => {
                    self.define("_S_DELIMITERS_", Definition::List(vec![tags]))
                }
                StatementKind::SoftDelimiters(tags) => {
                    self.define("_S_SOFT_DELIMITERS_", Definition::List(vec![tags]));
                }
                StatementKind::List { name, append: true, tags } => {
                    match self.definitions.get_mut(name.as_str()) {
                        Some(Definition::List(lists) | Definition::Expr(_, lists)) => lists.push(tags),
                        None => self.define(name, Definition::List(vec![tags])),
                    }
                }
                StatementKind::List { name, tags, .. } => self.define(name, Definition::List(vec![tags])),
                StatementKind::Set { name, expr } => self.define(name, Definition::Expr(expr, Vec::new())),
                StatementKind::Template { name, context }
                    if self.templates.insert(name, context).is_some() =>
                {
                    self.tell(format!("template {name:?} is defined twice; the last one counts"));
                }
                StatementKind::ListTags(tags) => {
                    for tag in tags.iter().flatten() {
                        self.implicit.insert(&tag.raw, tag);
                    }
                }
                StatementKind::MappingPrefix(prefix) => {
                    self.grammar.prefix = prefix.chars().next().unwrap_or('@');
                }
                StatementKind::Subreadings(order) if !order.eq_ignore_ascii_case("RTL") => {
                    self.tell(format!("SUBREADINGS = {order}; read as RTL"));
                }
                _ => {}
            }
        }
    }

    fn define(&mut self, name: &'a str, definition: Definition<'a>) {
        if self.definitions.insert(name, definition).is_some() {
            self.tell(format!("set {name:?} is defined twice; the last one counts"));
        }
    }

    fn delimiter(&mut self, tags: &Inline) -> Result<Option<u32>, GrammarError> {
        match self.list(&[tags]) {
            Ok(set) => Ok(Some(set)),
            Err(Stop::Unsupported(what)) => {
                self.tell(what);
                Ok(None)
            }
            Err(Stop::Fatal(e)) => Err(e),
        }
    }

    fn atom(&mut self, tag: &Tag) -> Compiled<u32> {
        let key = format!("{}\u{0}{}{}", tag.text, tag.anywhere, tag_letters(tag));
        let pattern = Pattern::new(tag).or_else(unsupported)?;
        let key = if pattern.is_some() { key } else { tag.text.clone() };
        if let Some(atom) = self.grammar.plain.get(&key) {
            return Ok(*atom);
        }
        let atom = self.grammar.atoms as u32;
        self.grammar.atoms += 1;
        self.grammar.by_atom.push(Vec::new());
        // The key of a pattern holds a NUL, which no tag of a reading does.
        self.grammar.plain.insert(key, atom);
        if let Some(pattern) = pattern {
            self.grammar.patterns.push((atom, pattern));
        }
        Ok(atom)
    }

    fn push_set(&mut self, set: Set) -> Compiled<u32> {
        if self.grammar.sets.len() >= MAX_SETS {
            return Err(Stop::Fatal(self.too_large("sets", MAX_SETS)));
        }
        let number = self.grammar.sets.len() as u32;
        match &set {
            Set::List { any: true, .. } => self.grammar.any_sets.push(number),
            Set::List { fail, .. } if fail.is_empty() => {}
            Set::List { .. } => self.grammar.fail_sets.push(number),
            _ => self.grammar.derived.push(number),
        }
        if matches!(&set, Set::List { any: true, fail } if !fail.is_empty()) {
            self.grammar.fail_sets.push(number);
        }
        self.grammar.sets.push(set);
        Ok(number)
    }

    fn list(&mut self, lists: &[&Inline]) -> Compiled<u32> {
        let (mut any, mut fail, mut alternatives) = (false, Vec::new(), Vec::new());
        for tags in lists.iter().flat_map(|tags| tags.iter()) {
            let (mut need, mut never) = (Vec::new(), Vec::new());
            let mut star = false;
            for tag in tags {
                if tag.raw == "*" {
                    star = true;
                    continue;
                }
                if let Some(set) = special(&tag.text) {
                    if tags.len() > 1 || lists.len() > 1 || lists[0].len() > 1 {
                        return unsupported(format!("{} among other tags", tag.text));
                    }
                    return self.push_set(set);
                }
                if ["VAR:", "LVAR:", "SET:", "META:", "CTX:"].iter().any(|p| tag.text.starts_with(p))
                    || is_magic(&tag.text)
                {
                    return unsupported(format!("tag {:?}", tag.raw));
                }
                let atom = self.atom(tag)?;
                match (tag.fail_fast, tag.inverted) {
                    (true, _) => fail.push(atom),
                    (_, true) => never.push(atom),
                    _ => need.push(atom),
                }
            }
            if need.is_empty() && never.is_empty() {
                any |= star;
                continue;
            }
            need.sort_unstable();
            need.dedup();
            alternatives.push((need, never));
        }
        let set = self.push_set(Set::List { any, fail })?;
        for (mut need, never) in alternatives {
            let number = self.alternatives;
            self.alternatives += 1;
            match need.pop() {
                Some(last) => {
                    let alternative = Alternative { set, number, need, never };
                    if let Some(row) = self.grammar.by_atom.get_mut(last as usize) {
                        row.push(alternative);
                    }
                }
                None => self.grammar.loose.push(Alternative { set, number, need, never }),
            }
        }
        Ok(set)
    }

    fn named(&mut self, name: &str) -> Compiled<u32> {
        if let Some(known) = self.resolved.get(name) {
            let recursion = GrammarError::Recursion { line: self.line, name: name.to_owned() };
            return known.ok_or(Stop::Fatal(recursion));
        }
        self.resolved.insert(name.to_owned(), None);
        let made = match self.definitions.get(name).cloned() {
            Some(Definition::List(lists)) => self.list(&lists),
            Some(Definition::Expr(expr, more)) => self.expr(expr).and_then(|set| {
                if more.is_empty() {
                    return Ok(set);
                }
                let list = self.list(&more)?;
                self.push_expr(set, vec![(SetOp::Or, list)])
            }),
            None => match (special(name), self.implicit.get(name).copied()) {
                (Some(set), _) => self.push_set(set),
                (None, Some(tag)) => self.list(&[&vec![vec![tag.clone()]]]),
                (None, None) => unsupported(format!("set {name:?} is not defined")),
            },
        };
        match made {
            Ok(set) => {
                self.resolved.insert(name.to_owned(), Some(set));
                Ok(set)
            }
            Err(stop) => {
                self.resolved.remove(name);
                Err(stop)
            }
        }
    }

    fn term(&mut self, term: &SetTerm) -> Compiled<u32> {
        match term {
            SetTerm::Inline(tags) => {
                let key = tags.iter().map(|t| t.iter().map(|t| t.raw.as_str()).collect::<Vec<_>>().join(" "));
                let key = key.collect::<Vec<_>>().join("\n");
                if let Some(set) = self.inline.get(&key) {
                    return Ok(*set);
                }
                let set = self.list(&[tags])?;
                self.inline.insert(key, set);
                Ok(set)
            }
            SetTerm::Named { name, unify: Unify::No } => self.named(name),
            SetTerm::Named { name, unify } => {
                let key = format!("{unify:?} {name}");
                if let Some(set) = self.inline.get(&key) {
                    return Ok(*set);
                }
                let bare = match name.split_once(':') {
                    Some((digits, rest)) if digits.bytes().all(|b| b.is_ascii_digit()) => rest,
                    _ => name.as_str(),
                };
                let inner = self.named(bare)?;
                let set = if *unify == Unify::Tag {
                    if self.grammar.sets.get(inner as usize).is_some_and(Set::dynamic) {
                        return unsupported("unification of a set that unifies");
                    }
                    Set::SameTag(inner)
                } else {
                    let members = match self.grammar.sets.get(inner as usize) {
                        Some(Set::Expr { first, rest, .. }) => {
                            std::iter::once(*first).chain(rest.iter().map(|(_, set)| *set)).collect()
                        }
                        _ => vec![inner],
                    };
                    Set::SameOf(members)
                };
                let set = self.push_set(set)?;
                self.inline.insert(key, set);
                Ok(set)
            }
        }
    }

    fn expr(&mut self, expr: &SetExpr) -> Compiled<u32> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Stop::Fatal(self.too_large("levels of sets in sets", MAX_DEPTH)));
        }
        let set = self.expr_inner(expr);
        self.depth -= 1;
        set
    }

    fn expr_inner(&mut self, expr: &SetExpr) -> Compiled<u32> {
        use SetOp::{Difference, Intersection, SymmetricDifference};
        let mut terms: Vec<(SetOp, SetTerm)> = vec![(SetOp::Or, expr.first.clone())];
        for (op, term) in &expr.rest {
            if !matches!(op, Difference | Intersection | SymmetricDifference) {
                terms.push((*op, term.clone()));
                continue;
            }
            let Some((before, left)) = terms.pop() else { continue };
            let (left, right) = (self.plain_list(&left)?, self.plain_list(term)?);
            let has = |list: &Inline, tags: &Vec<Tag>| list.contains(tags);
            let mut joined: Inline =
                left.iter().filter(|t| has(&right, t) == (*op == Intersection)).cloned().collect();
            if *op == SymmetricDifference {
                joined.extend(right.iter().filter(|t| !has(&left, t)).cloned());
            }
            terms.push((before, SetTerm::Inline(joined)));
        }
        let mut sets = Vec::new();
        for (op, term) in &terms {
            sets.push((*op, self.term(term)?));
        }
        let (_, first) = sets.remove(0);
        if sets.is_empty() { Ok(first) } else { self.push_expr(first, sets) }
    }

    fn push_expr(&mut self, first: u32, rest: Vec<(SetOp, u32)>) -> Compiled<u32> {
        self.cells += rest.len();
        if self.cells > MAX_CELLS {
            return Err(Stop::Fatal(self.too_large("sets in expressions", MAX_CELLS)));
        }
        let key = format!("= {first} {rest:?}");
        if let Some(set) = self.inline.get(&key) {
            return Ok(*set);
        }
        let is_dynamic = |set: u32| self.grammar.sets.get(set as usize).is_some_and(Set::dynamic);
        let dynamic = is_dynamic(first) || rest.iter().any(|(_, set)| is_dynamic(*set));
        let set = self.push_set(Set::Expr { first, rest, dynamic })?;
        self.inline.insert(key, set);
        Ok(set)
    }

    /// The alternatives of a list, for the operators on lists.
    fn plain_list(&self, term: &SetTerm) -> Compiled<Inline> {
        match term {
            SetTerm::Inline(tags) => Ok(tags.clone()),
            SetTerm::Named { name, unify: Unify::No } => match self.definitions.get(name.as_str()) {
                Some(Definition::List(lists)) => Ok(lists.iter().flat_map(|l| l.iter().cloned()).collect()),
                _ => unsupported(format!("{name:?} is no list, as \\, ∩ and ∆ need")),
            },
            SetTerm::Named { .. } => unsupported("unification beside \\, ∩ or ∆"),
        }
    }

    fn rule(&mut self, rule: &RuleText) -> Compiled<Rule> {
        use RuleKind::{Add, Append, Iff, Map, Remove, Replace, Select, Substitute, Unmap};
        let kind = rule.kind;
        if !matches!(kind, Select | Remove | Iff | Map | Add | Replace | Append | Substitute | Unmap) {
            return unsupported(kind.as_str());
        }
        // vislcg3 runs a section again only when readings went.
        let mut iterates = matches!(kind, Select | Remove | Iff);
        let (mut unsafe_, mut look_deleted) = (false, false);
        for option in &rule.options {
            match option.as_str() {
                "UNSAFE" => unsafe_ = true,
                "NOITERATE" => iterates = false,
                "LOOKDELETED" => look_deleted = true,
                "ITERATE" => iterates = true,
                "SAFE" | "KEEPORDER" | "VARYORDER" | "IMMEDIATE" | "RESETX" => {}
                _ => return unsupported(format!("option {option}")),
            }
        }
        if !rule.placing.is_empty() || rule.other.is_some() {
            return unsupported(format!("{} with EXCEPT, BEFORE or AFTER", kind.as_str()));
        }
        let Some(target) = &rule.target else { return unsupported("a rule without target") };
        let target = self.expr(target)?;
        let wordform = rule.wordform.as_ref().map(|tag| self.atom(tag)).transpose()?;
        let first_chain = self.grammar.chains.len();
        let mut contexts = Vec::new();
        for context in &rule.contexts {
            contexts.push(self.chain(context, &mut Vec::new())?);
        }
        let dynamic_target = self.unifies(target);
        let unifies = dynamic_target || self.chains_unify(first_chain);
        let (mut put, mut find) = (Vec::new(), Vec::new());
        match (kind, rule.arguments.as_slice()) {
            (Substitute, [from, to]) => {
                find = self.tag_texts(from)?;
                put = self.tag_texts(to)?;
            }
            (Map | Add | Replace | Append, [tags]) => put = self.tag_texts(tags)?,
            _ => {}
        }
        put.retain(|text| text != "*");
        let prefix = self.grammar.prefix;
        let put = put.into_iter().map(|text| (text.starts_with(prefix), text)).map(|(m, t)| (t, m)).collect();
        let dynamic_target = self.grammar.sets.get(target as usize).is_some_and(Set::dynamic);
        Ok(Rule {
            kind,
            line: self.line,
            name: rule.name.clone(),
            wordform,
            target,
            dynamic_target,
            unifies,
            contexts,
            unsafe_,
            iterates,
            look_deleted,
            put,
            find,
        })
    }

    fn unifies(&self, set: u32) -> bool {
        match self.grammar.sets.get(set as usize) {
            Some(Set::SameTag(_) | Set::SameOf(_)) => true,
            Some(Set::Expr { first, rest, dynamic: true }) => {
                self.unifies(*first) || rest.iter().any(|(_, set)| self.unifies(*set))
            }
            _ => false,
        }
    }

    fn chains_unify(&self, from: usize) -> bool {
        let links = self.grammar.chains.iter().skip(from).flatten();
        links.into_iter().any(|link| match &link.test {
            LinkTest::Set { target, .. } => self.unifies(*target),
            LinkTest::Any(_) => false,
        })
    }

    /// The tags that a rule puts: those of a list with one alternative.
    fn tag_texts(&self, expr: &SetExpr) -> Compiled<Vec<String>> {
        if !expr.rest.is_empty() {
            return unsupported("tags to put from an expression");
        }
        let lists = self.plain_list(&expr.first)?;
        let mut out = Vec::new();
        for tag in lists.iter().flatten() {
            if tag.modifiers != Default::default() || tag.anywhere || tag.fail_fast || tag.inverted {
                return unsupported(format!("putting tag {:?}", tag.raw));
            }
            out.push(tag.text.clone());
        }
        Ok(out)
    }

    fn chain(&mut self, context: &Context, inside: &mut Vec<String>) -> Compiled<u32> {
        if context.links.len() > MAX_LINKS {
            return unsupported(format!("a test of more than {MAX_LINKS} links"));
        }
        if inside.len() > MAX_DEPTH {
            return unsupported("templates in templates too deep");
        }
        let mut links = Vec::new();
        for link in &context.links {
            if link.all || link.none {
                return unsupported("ALL or NONE");
            }
            let test = match &link.test {
                Test::Set { position, target, barrier, cbarrier } => LinkTest::Set {
                    place: place(position)?,
                    target: self.expr(target)?,
                    barrier: barrier.as_ref().map(|set| self.expr(set)).transpose()?,
                    cbarrier: cbarrier.as_ref().map(|set| self.expr(set)).transpose()?,
                },
                Test::Template { position: None, name, barrier: None, cbarrier: None } => {
                    if inside.contains(name) {
                        return Err(Stop::Fatal(GrammarError::Recursion {
                            line: self.line,
                            name: name.clone(),
                        }));
                    }
                    let Some(body) = self.templates.get(name.as_str()).copied() else {
                        return unsupported(format!("template {name:?} is not defined"));
                    };
                    inside.push(name.clone());
                    let chain = self.chain(body, inside)?;
                    inside.pop();
                    LinkTest::Any(vec![chain])
                }
                Test::Template { .. } => {
                    return unsupported("a template with a position or barrier of its own");
                }
                Test::Any(contexts) => {
                    inside.push(String::new());
                    let chains = contexts.iter().map(|c| self.chain(c, inside)).collect::<Compiled<_>>()?;
                    inside.pop();
                    LinkTest::Any(chains)
                }
            };
            links.push(Link { not: link.not, negate: link.negate, test });
        }
        if self.grammar.chains.len() >= MAX_CHAINS {
            return Err(Stop::Fatal(self.too_large("tests", MAX_CHAINS)));
        }
        self.grammar.chains.push(links);
        Ok(self.grammar.chains.len() as u32 - 1)
    }
}

fn tag_letters(tag: &Tag) -> String {
    format!("{:?}", tag.modifiers)
}

fn special(text: &str) -> Option<Set> {
    match text {
        "_TARGET_" => Some(Set::Target),
        "_MARK_" => Some(Set::Mark),
        _ => None,
    }
}

fn is_magic(text: &str) -> bool {
    matches!(text, "_ATTACHTO_" | "_SAME_BASIC_" | "_PAREN_" | "_ENCL_" | "_LEFT_" | "_RIGHT_")
}

fn place(p: &Position) -> Compiled<Place> {
    if !p.others.is_empty() {
        return unsupported(format!("position {:?}", p.raw));
    }
    Ok(Place {
        offset: p.offset,
        scan: match p.scan {
            Scan::No => 0,
            Scan::First => 1,
            Scan::All => 2,
        },
        absolute: p.absolute,
        careful: p.careful,
        left: matches!(p.span, Span::Left | Span::Both),
        right: matches!(p.span, Span::Right | Span::Both),
        origin: p.no_pass_origin,
        deleted: p.deleted,
        set_mark: p.set_mark,
        jump_mark: p.jump_mark,
        sub: p.sub,
    })
}
