//! Running a grammar over cohorts and streams.

use std::collections::{HashMap, VecDeque};

use sprog_formats::rules::cg::stream::{self, StreamLine};

use super::apply;
use super::cohort::{Cohort, CohortReading, Event, Trace};
use super::grammar::Grammar;
use super::store::{BEGIN, Store};
use super::window::{Active, Cell, Window, Windows};

/// Bytes of distinct readings held before they are forgotten and found anew.
const STORE_BYTES: usize = 96 << 20;
/// Distinct cohorts of streams held.
const BLOCKS: usize = 1 << 16;

/// How to run, with `vislcg3`'s defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Cohorts after which `SOFT-DELIMITERS` end a window too.
    pub soft_limit: usize,
    /// Cohorts after which a window ends anyway.
    pub hard_limit: usize,
    /// Windows on either side that tests with `W`, `<` or `>` may reach.
    pub windows: usize,
    /// The most times that a section is run over a window.
    pub max_runs: usize,
    /// Whether BARRIER and CBARRIER are turned around in a test with NOT, so that its scan ends at the first
    /// cohort that is none: what vislcg3 1.3.9 does. The manual says otherwise; NEGATE means what it says.
    pub barriers_turn_after_not: bool,
    /// Whether a stream is written with the rules that acted on each reading, and with removed readings.
    pub trace: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            soft_limit: 300,
            hard_limit: 500,
            windows: 2,
            max_runs: 1000,
            barriers_turn_after_not: true,
            trace: false,
        }
    }
}

/// A stream that was run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// The stream with the readings that are left. Text between cohorts stands where it stood.
    pub stream: String,
    /// Cohorts in it.
    pub cohorts: usize,
    /// Windows that took more work than is allowed.
    pub given_up: usize,
}

/// A grammar with the readings that it has met, which makes each run faster than the one before.
pub struct Engine {
    grammar: Grammar,
    store: Store,
    blocks: HashMap<Box<str>, Box<[Active]>>,
    options: Options,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine {{ grammar: {:?} }}", self.grammar)
    }
}

impl Engine {
    /// An engine for `grammar`.
    pub fn new(grammar: Grammar, options: Options) -> Engine {
        let store = Store::new(&grammar);
        Engine { grammar, store, blocks: HashMap::new(), options }
    }

    /// The grammar that it runs.
    pub fn grammar(&self) -> &Grammar {
        &self.grammar
    }

    /// Runs the grammar over cohorts: takes away, adds and changes readings.
    ///
    /// ```
    /// use sprog_formats::{Limits, rules::cg};
    /// use sprog_text::cg::{Cohort, CohortReading, Engine, Grammar, Options};
    /// let text = "SECTION SELECT:artikel (NOUN) IF (-1 (DET)) ;";
    /// let parsed = cg::read(text.as_bytes(), &Limits::default())?;
    /// let mut engine = Engine::new(Grammar::compile(&parsed.value)?, Options::default());
    /// let reading = |lemma: &str, tag: &str| CohortReading { lemma: lemma.into(), tags: vec![tag.into()] };
    /// let mut cohorts = vec![
    ///     Cohort { form: "en".into(), readings: vec![reading("en", "DET")] },
    ///     Cohort { form: "løber".into(), readings: vec![reading("løbe", "VERB"), reading("løber", "NOUN")] },
    /// ];
    /// let trace = engine.run(&mut cohorts);
    /// assert_eq!(cohorts[1].readings, [reading("løber", "NOUN")]);
    /// assert_eq!(trace.events[0].to_string(), "SELECT:1:artikel");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run(&mut self, cohorts: &mut [Cohort]) -> Trace {
        let mut trace = Trace::default();
        let mut pipe = Pipe::new();
        let mut cells: Vec<Cell<'_>> = Vec::with_capacity(cohorts.len());
        for cohort in cohorts.iter() {
            cells.push(self.cell_of(cohort));
        }
        for (number, cell) in cells.into_iter().enumerate() {
            let ends = self.push(&mut pipe, cell, number);
            if ends {
                self.close(&mut pipe);
                self.advance(&mut pipe, false, |engine, window, done| {
                    engine.take_back(window, done, cohorts, &mut trace);
                });
            }
        }
        self.close(&mut pipe);
        self.advance(&mut pipe, true, |engine, window, done| {
            engine.take_back(window, done, cohorts, &mut trace);
        });
        self.tidy();
        trace
    }

    /// Runs the grammar over a CG stream, as `vislcg3` does.
    ///
    /// ```
    /// use sprog_formats::{Limits, rules::cg};
    /// use sprog_text::cg::{Engine, Grammar, Options};
    /// let parsed = cg::read(b"SECTION REMOVE (V) ;", &Limits::default())?;
    /// let mut engine = Engine::new(Grammar::compile(&parsed.value)?, Options::default());
    /// let output = engine.run_stream("\"<l\u{f8}ber>\"\n\t\"l\u{f8}be\" V\n\t\"l\u{f8}ber\" N\n");
    /// assert_eq!(output.stream, "\"<l\u{f8}ber>\"\n\t\"l\u{f8}ber\" N\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run_stream(&mut self, input: &str) -> Output {
        let mut output = Output { stream: String::with_capacity(input.len()), ..Output::default() };
        let mut pipe = Pipe::new();
        let mut rest = input;
        while !rest.is_empty() {
            let end = line_end(rest);
            let line = stream::line(trim_newline(&rest[..end]));
            match line {
                StreamLine::Cohort(head) => {
                    let end = block_end(rest, end);
                    let readings = self.block(&rest[..end]);
                    let cell = Cell { head, readings, removed: Vec::new(), text: "" };
                    let ends = self.push(&mut pipe, cell, output.cohorts);
                    output.cohorts += 1;
                    rest = &rest[end..];
                    let text_end = text_end(rest);
                    let text = &rest[..text_end];
                    rest = &rest[text_end..];
                    if let Some(cell) = pipe.open.cells.last_mut() {
                        cell.text = text;
                    }
                    if ends || text.contains("<STREAMCMD:FLUSH>") {
                        self.close(&mut pipe);
                        self.advance(&mut pipe, false, |engine, window, done| {
                            output.given_up += usize::from(!done);
                            engine.write(window, &mut output.stream);
                        });
                        self.tidy_with(&mut pipe);
                    }
                }
                _ => {
                    let text_end = text_end(rest).max(end);
                    pipe.open.text = &rest[..text_end];
                    rest = &rest[text_end..];
                }
            }
        }
        self.close(&mut pipe);
        self.advance(&mut pipe, true, |engine, window, done| {
            output.given_up += usize::from(!done);
            engine.write(window, &mut output.stream);
        });
        self.tidy();
        output
    }

    /// Adds a cohort to the window that is being read; whether it ends it.
    fn push<'a>(&mut self, pipe: &mut Pipe<'a>, cell: Cell<'a>, number: usize) -> bool {
        if pipe.open.cells.is_empty() {
            let begin = self.store.tag(&self.grammar, BEGIN);
            let ty = self.store.intern(&self.grammar, &[begin], 0, &[], false);
            let readings = vec![Active { ty, mapped: false, rules: Vec::new(), source: None }];
            pipe.open.cells.push(Cell { readings, ..Cell::default() });
            pipe.open.first = number;
        }
        let matches = |set: Option<u32>| {
            set.is_some_and(|set| cell.readings.iter().any(|r| self.store.has_set(r.ty, set)))
        };
        let count = pipe.open.cells.len();
        let ends = matches(self.grammar.delimiters)
            || count >= self.options.soft_limit && matches(self.grammar.soft_delimiters)
            || count >= self.options.hard_limit.max(1);
        pipe.open.cells.push(cell);
        ends
    }

    fn close(&mut self, pipe: &mut Pipe<'_>) {
        let mut window = std::mem::take(&mut pipe.open);
        if window.cells.is_empty() && window.text.is_empty() {
            return;
        }
        if let Some(cell) = window.cells.iter_mut().skip(1).last() {
            for reading in &mut cell.readings {
                reading.ty = self.store.with_last(&self.grammar, reading.ty, true);
            }
        }
        pipe.windows.list.push_back(window);
    }

    /// Runs each window that has as many after it as tests may reach, or all, and hands over those that no
    /// test can reach any more.
    fn advance<'a>(
        &mut self,
        pipe: &mut Pipe<'a>,
        all: bool,
        mut done: impl FnMut(&mut Engine, &Window<'a>, bool),
    ) {
        let reach = self.options.windows;
        while pipe.next < pipe.windows.list.len() && (all || pipe.next + reach < pipe.windows.list.len()) {
            let held =
                apply::run(&self.grammar, &mut self.store, &mut pipe.windows, pipe.next, &self.options);
            pipe.held.push_back(held);
            pipe.next += 1;
            while pipe.next > reach {
                pipe.next -= 1;
                if let (Some(window), Some(held)) = (pipe.windows.list.pop_front(), pipe.held.pop_front()) {
                    done(self, &window, held);
                }
            }
        }
        if all {
            while let (Some(window), Some(held)) = (pipe.windows.list.pop_front(), pipe.held.pop_front()) {
                done(self, &window, held);
            }
        }
    }

    fn cell_of<'a>(&mut self, cohort: &Cohort) -> Cell<'a> {
        let form = self.store.tag(&self.grammar, &format!("\"<{}>\"", cohort.form));
        let mut readings = Vec::with_capacity(cohort.readings.len());
        for (source, reading) in (0..).zip(&cohort.readings) {
            let lemma = self.store.tag(&self.grammar, &format!("\"{}\"", reading.lemma));
            let mut tags = vec![form, lemma];
            tags.extend(reading.tags.iter().map(|tag| self.store.tag(&self.grammar, tag)));
            self.add_reading(&tags, 0, &[], source, &mut readings);
        }
        if readings.is_empty() {
            self.add_reading(&[form], 0, &[], 0, &mut readings);
        }
        Cell { readings, ..Cell::default() }
    }

    /// Adds a reading, or one for each of its mapping tags.
    fn add_reading(&mut self, tags: &[u32], shared: u32, subs: &[u32], source: u32, out: &mut Vec<Active>) {
        let mapping: Vec<u32> = tags.iter().copied().filter(|tag| self.store.is_mapping(*tag)).collect();
        if mapping.len() < 2 {
            let ty = self.store.intern(&self.grammar, tags, shared, subs, false);
            out.push(Active { ty, mapped: !mapping.is_empty(), rules: Vec::new(), source: Some(source) });
            return;
        }
        for one in &mapping {
            let tags: Vec<u32> = tags.iter().copied().filter(|t| t == one || !mapping.contains(t)).collect();
            let ty = self.store.intern(&self.grammar, &tags, shared, subs, false);
            out.push(Active { ty, mapped: true, rules: Vec::new(), source: Some(source) });
        }
    }

    /// The readings of a cohort's lines.
    fn block(&mut self, block: &str) -> Vec<Active> {
        if let Some(readings) = self.blocks.get(block) {
            return readings.to_vec();
        }
        let mut lines = block.lines();
        let mut head = stream::tags(lines.next().unwrap_or_default());
        let form = self.store.tag(&self.grammar, head.next().unwrap_or_default());
        let statics: Vec<u32> = head.map(|tag| self.store.tag(&self.grammar, tag)).collect();
        let shared = statics.len() as u32;
        let mut found: Vec<(Vec<u32>, Vec<u32>)> = Vec::new();
        let mut main_indent = None;
        for line in lines {
            let StreamLine::Reading { indent, tags } = stream::line(line) else { continue };
            let mut numbers = vec![form];
            numbers.extend(stream::tags(tags).map(|tag| self.store.tag(&self.grammar, tag)));
            numbers.extend(&statics);
            match (found.last_mut(), indent > *main_indent.get_or_insert(indent)) {
                (Some((_, subs)), true) => {
                    subs.push(self.store.intern(&self.grammar, &numbers, shared, &[], false));
                }
                _ => found.push((numbers, Vec::new())),
            }
        }
        let mut readings = Vec::with_capacity(found.len());
        for (source, (tags, subs)) in (0..).zip(found) {
            self.add_reading(&tags, shared, &subs, source, &mut readings);
        }
        if readings.is_empty() {
            let mut tags = vec![form];
            tags.extend(&statics);
            self.add_reading(&tags, shared, &[], 0, &mut readings);
        }
        if self.blocks.len() < BLOCKS {
            self.blocks.insert(block.into(), readings.clone().into());
        }
        readings
    }

    fn write(&self, window: &Window<'_>, out: &mut String) {
        out.push_str(window.text);
        for cell in window.cells.iter().skip(1) {
            out.push_str(cell.head);
            out.push('\n');
            if self.options.trace || cell.readings.iter().any(|r| self.store.get(r.ty).mapped) {
                for reading in merge(&self.store, &cell.readings) {
                    self.write_reading("\t", &reading, out);
                }
                if self.options.trace {
                    for reading in merge(&self.store, &cell.removed) {
                        self.write_reading(";\t", &reading, out);
                    }
                }
            } else {
                for reading in &cell.readings {
                    self.write_tags("\t", reading.ty, out);
                    self.write_subs("\t", reading.ty, out);
                }
            }
            out.push_str(cell.text);
        }
    }

    fn write_reading(&self, before: &str, reading: &Merged, out: &mut String) {
        if !self.write_tags_open(before, reading.ty, &reading.mapping, out) {
            return;
        }
        if self.options.trace {
            for rule in reading.rules.iter().filter_map(|n| self.grammar.rules.get(*n as usize)) {
                out.push_str(&format!(" {}:{}", rule.kind.as_str(), rule.line));
                if let Some(name) = &rule.name {
                    out.push(':');
                    out.push_str(name);
                }
            }
        }
        out.push('\n');
        self.write_subs(before, reading.ty, out);
    }

    fn write_tags(&self, before: &str, ty: u32, out: &mut String) {
        if self.write_tags_open(before, ty, &[], out) {
            out.push('\n');
        }
    }

    /// Writes a reading's line without its end; nothing for what only stands for a cohort without readings.
    fn write_tags_open(&self, before: &str, ty: u32, more: &[u32], out: &mut String) -> bool {
        let ty = self.store.get(ty);
        let own = ty.tags.len() - ty.shared as usize;
        if own < 2 {
            return false;
        }
        out.push_str(before);
        for (i, tag) in ty.tags.iter().take(own).skip(1).chain(more).enumerate() {
            if i > 0 {
                out.push(' ');
            }
            out.push_str(self.store.text(*tag));
        }
        true
    }

    fn write_subs(&self, before: &str, ty: u32, out: &mut String) {
        for (depth, sub) in self.store.get(ty).subs.iter().enumerate() {
            let before = format!("{before}{}", "\t".repeat(depth.min(32) + 1));
            self.write_tags(&before, *sub, out);
        }
    }

    /// Puts a window's readings back into the caller's cohorts.
    fn take_back(&self, window: &Window<'_>, done: bool, cohorts: &mut [Cohort], trace: &mut Trace) {
        for (number, cell) in (window.first..).zip(window.cells.iter().skip(1)) {
            let Some(cohort) = cohorts.get_mut(number) else { return };
            if !done {
                trace.given_up.push(number);
            }
            for (readings, removed) in [(&cell.readings, false), (&cell.removed, true)] {
                for reading in readings {
                    for rule in reading.rules.iter().filter_map(|n| self.grammar.rules.get(*n as usize)) {
                        trace.events.push(Event {
                            cohort: number,
                            reading: reading.source.map(|n| n as usize),
                            removed,
                            kind: rule.kind.as_str(),
                            name: rule.name.clone(),
                            line: rule.line,
                        });
                    }
                }
            }
            let bare = |tag: u32| {
                let text = self.store.text(tag);
                text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text).to_owned()
            };
            cohort.readings = merge(&self.store, &cell.readings)
                .iter()
                .filter_map(|reading| {
                    let ty = self.store.get(reading.ty);
                    let (lemma, tags) = ty.tags.get(1..)?.split_first()?;
                    let tags = tags.iter().chain(&reading.mapping).map(|t| self.store.text(*t).to_owned());
                    Some(CohortReading { lemma: bare(*lemma), tags: tags.collect() })
                })
                .collect();
        }
    }

    /// Forgets the readings met so far where they have become too many.
    fn tidy(&mut self) {
        if self.store.bytes() > STORE_BYTES {
            self.store = Store::new(&self.grammar);
            self.blocks.clear();
        }
    }

    /// As `tidy`, while windows still hold readings: those are found anew.
    fn tidy_with(&mut self, pipe: &mut Pipe<'_>) {
        if self.store.bytes() <= STORE_BYTES {
            return;
        }
        let old = std::mem::replace(&mut self.store, Store::new(&self.grammar));
        self.blocks.clear();
        for cell in pipe.windows.list.iter_mut().flat_map(|w| &mut w.cells) {
            for reading in cell.readings.iter_mut().chain(&mut cell.removed) {
                reading.ty = self.move_type(&old, reading.ty);
            }
        }
    }

    fn move_type(&mut self, old: &Store, ty: u32) -> u32 {
        let ty = old.get(ty);
        let subs: Vec<u32> = ty.subs.iter().map(|sub| self.move_type(old, *sub)).collect();
        let tags: Vec<u32> =
            ty.tags.iter().map(|tag| self.store.tag(&self.grammar, old.text(*tag))).collect();
        self.store.intern(&self.grammar, &tags, ty.shared, &subs, ty.last)
    }
}

/// Windows on their way through the engine.
struct Pipe<'a> {
    windows: Windows<'a>,
    held: VecDeque<bool>,
    next: usize,
    open: Window<'a>,
}

impl Pipe<'_> {
    fn new() -> Self {
        Pipe {
            windows: Windows { list: VecDeque::new() },
            held: VecDeque::new(),
            next: 0,
            open: Window::default(),
        }
    }
}

/// A reading to write, with the mapping tags of those that differ from it in nothing else.
struct Merged {
    ty: u32,
    mapping: Vec<u32>,
    rules: Vec<u32>,
}

fn merge(store: &Store, readings: &[Active]) -> Vec<Merged> {
    let mut out: Vec<Merged> = Vec::with_capacity(readings.len());
    let plain = |ty: u32| {
        let ty = store.get(ty);
        (ty.tags.iter().copied().filter(|t| !store.is_mapping(*t)).collect::<Vec<u32>>(), ty.subs.clone())
    };
    for reading in readings {
        let ty = store.get(reading.ty);
        if ty.mapped {
            let same = out.iter_mut().find(|m| store.get(m.ty).mapped && plain(m.ty) == plain(reading.ty));
            if let Some(same) = same {
                same.mapping.extend(ty.tags.iter().copied().filter(|t| store.is_mapping(*t)));
                let new: Vec<u32> =
                    reading.rules.iter().copied().filter(|r| !same.rules.contains(r)).collect();
                same.rules.extend(new);
                continue;
            }
        }
        out.push(Merged { ty: reading.ty, mapping: Vec::new(), rules: reading.rules.clone() });
    }
    out
}

/// The length of the first line, with its line feed.
fn line_end(text: &str) -> usize {
    text.find('\n').map_or(text.len(), |end| end + 1)
}

fn trim_newline(line: &str) -> &str {
    line.strip_suffix('\n').unwrap_or(line)
}

/// The length of a cohort's lines, whose first is `end` long.
fn block_end(text: &str, mut end: usize) -> usize {
    while end < text.len() {
        let line = line_end(&text[end..]);
        if !matches!(stream::line(trim_newline(&text[end..end + line])), StreamLine::Reading { .. }) {
            break;
        }
        end += line;
    }
    end
}

/// The length of the lines up to the next cohort.
fn text_end(text: &str) -> usize {
    let mut end = 0;
    while end < text.len() {
        let line = line_end(&text[end..]);
        if matches!(stream::line(trim_newline(&text[end..end + line])), StreamLine::Cohort(_)) {
            break;
        }
        end += line;
    }
    end
}
