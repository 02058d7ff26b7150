//! Rule files whose entries are not lines: wordnets, Apertium's dictionaries, CSV on the Web, treebanks as lexicons, and
//! our own core lexicon, whose tables stand for more forms than they have lines.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use arrow::array::RecordBatch;
use sprog_datasets::Result;
use sprog_datasets::rules::{
    Element, MeaningRow, RuleOrigin, RuleTable, entry_rows, form_rows, meaning_rows,
};
use sprog_formats::rules::rows::{EntryRow, FormRow};
use sprog_formats::rules::wn_lmf::{Item, LexicalEntry, Synset};
use sprog_formats::rules::{Charset, Records, csvw, dix, wn_lmf, wordlist};
use sprog_formats::text::conllu::{self, TokenId};
use sprog_formats::{Error, Limits, Parsed, Place, Problem, codes};
use sprog_text::lexicon::tagsets::{Tagset, to_ud};
use sprog_text::lexicon::{Table, Tables, unimorph};
use sprog_text::morph::Upos;

type Read = sprog_formats::Result<Parsed<Result<RecordBatch>>>;

/// The most forms that a dictionary may stand for, and the most steps that finding them may take.
const MOST_FORMS: u64 = 20_000_000;

/// The lines of a file, as they stand.
fn lines_of(bytes: &[u8], limits: &Limits) -> sprog_formats::Result<Records<String>> {
    let charset = if std::str::from_utf8(bytes).is_ok() { Charset::Utf8 } else { Charset::Latin1 };
    Ok(wordlist::read(bytes, None, charset, limits)?.value)
}

/// What the tags of a source say in the terms of Universal Dependencies and UniMorph; each is worked out once.
pub(super) struct Tags {
    tagset: Tagset,
    known: RefCell<HashMap<String, Said>>,
}

/// Part of speech, features and UniMorph's tag.
type Said = (Option<Upos>, String, Option<String>);

impl Tags {
    /// Tags that are remembered; a file with more is read all the same.
    const MOST: usize = 1 << 16;

    pub(super) fn new(tagset: Tagset) -> Tags {
        Tags { tagset, known: RefCell::default() }
    }

    /// The row with what its tag says; nothing is filled in where the tag names no part of speech.
    pub(super) fn fill(&self, mut row: FormRow) -> FormRow {
        let tag = row.tag.as_deref().unwrap_or_default();
        let mut known = self.known.borrow_mut();
        let said = known.get(tag).cloned().unwrap_or_else(|| {
            let (upos, feats, _) = to_ud(self.tagset, tag);
            let unimorph = upos.and_then(|upos| unimorph::from_ud(upos, &feats));
            (upos, feats, unimorph)
        });
        if known.len() < Tags::MOST && !known.contains_key(tag) {
            known.insert(tag.to_owned(), said.clone());
        }
        if let (Some(upos), feats, unimorph) = said {
            row.unimorph = row.unimorph.or(unimorph);
            row.upos = Some(upos.as_str().to_owned());
            row.feats = (!feats.is_empty()).then_some(feats);
        }
        row
    }
}

/// The full forms of our own lexicon's tables: `bytes` are the lemmas', `beside` gives the text of the others.
pub(super) fn core_lexicon(
    bytes: &[u8],
    origin: &RuleOrigin,
    beside: &BTreeMap<Table, (String, Vec<u8>)>,
) -> Read {
    let mut texts: BTreeMap<Table, &str> = BTreeMap::new();
    let others = beside.iter().map(|(table, (_, bytes))| (*table, bytes.as_slice()));
    for (table, bytes) in others.chain([(Table::Lemmas, bytes)]) {
        let text = std::str::from_utf8(bytes);
        let wrong = |_| Error::malformed("lexicon", Place::File, format!("{} is not UTF-8", table.file()));
        texts.insert(table, text.map_err(wrong)?);
    }
    let full = Tables::new(|table| texts.get(&table).copied().unwrap_or_default()).full_forms();
    let name = |table: Table| beside.get(&table).map_or(origin.file.as_str(), |(name, _)| name.as_str());
    let problem = |(table, line): &(Table, u32)| {
        let place = if *table == Table::Lemmas { Place::Line(u64::from(*line)) } else { Place::File };
        Problem::new(codes::RULE_LINE, place, format!("{}: no form comes of line {line}", name(*table)))
    };
    let problems = full.without.iter().map(problem).collect();
    let rows: Vec<Element<FormRow>> = full
        .forms
        .into_iter()
        .map(|full| {
            let (upos, feats) = (full.form.reading.upos, &full.form.reading.feats);
            let row = FormRow {
                unimorph: full.form.unimorph(),
                upos: Some(upos.as_str().to_owned()),
                feats: (!feats.is_empty()).then(|| feats.clone()),
                norm: Some(full.form.status.as_str().to_owned()),
                form: full.form.form.clone(),
                lemma: full.form.reading.lemma.clone(),
                ..FormRow::default()
            };
            Element { place: format!("{}:{}", name(full.table), full.line), row }
        })
        .collect();
    // The rows come of several files: each says which in its place.
    let origin = RuleOrigin { file: String::new(), ..origin.clone() };
    Ok(Parsed { value: form_rows(None, &rows, &origin), problems })
}

/// A wordnet's words with their senses, its forms, or its meanings, by `table`.
pub(super) fn wordnet(table: RuleTable, bytes: &[u8], limits: &Limits, origin: &RuleOrigin) -> Read {
    let file = lines_of(bytes, limits)?;
    let (mut entries, mut synsets): (Vec<LexicalEntry>, Vec<Synset>) = (Vec::new(), Vec::new());
    let mut source = bytes;
    let problems = wn_lmf::for_each(&mut source, limits, &mut |item| {
        match item {
            Item::Entry(entry) => entries.push(entry),
            Item::Synset(synset) => synsets.push(synset),
            Item::Lexicon(_) | Item::Frame(_) => {}
        }
        Ok(())
    })?;
    let value = match table {
        RuleTable::LexiconForms => {
            let rows: Vec<_> = entries.iter().flat_map(wordnet_forms).collect();
            form_rows(Some(&file), &rows, origin)
        }
        RuleTable::Thesaurus => {
            let rows = Meanings::new(&entries, &synsets).rows(limits)?;
            meaning_rows(Some(&file), &rows, origin)
        }
        _ => {
            let synsets: BTreeMap<&str, &Synset> = synsets.iter().map(|s| (s.id.as_str(), s)).collect();
            let rows: Vec<_> = entries.iter().flat_map(|entry| wordnet_senses(entry, &synsets)).collect();
            entry_rows(Some(&file), &rows, origin)
        }
    };
    Ok(Parsed { value, problems })
}

fn wordnet_forms(entry: &LexicalEntry) -> Vec<Element<FormRow>> {
    let upos = entry.lemma.as_ref().and_then(|l| l.part_of_speech.as_deref()).and_then(wordnet_pos);
    let element = |mut row: FormRow| {
        row.upos = upos.map(|upos| upos.as_str().to_owned());
        Element { place: format!("#{}", entry.id), row }
    };
    FormRow::wordnet(entry).into_iter().map(element).collect()
}

fn wordnet_pos(pos: &str) -> Option<Upos> {
    Some(match pos {
        "n" => Upos::Noun,
        "v" => Upos::Verb,
        "a" | "s" => Upos::Adj,
        "r" => Upos::Adv,
        "p" => Upos::Adp,
        _ => return None,
    })
}

/// A row for each sense of an entry; one without senses is a row all the same.
fn wordnet_senses(entry: &LexicalEntry, synsets: &BTreeMap<&str, &Synset>) -> Vec<Element<EntryRow>> {
    let Some(base) = EntryRow::wordnet(entry) else { return Vec::new() };
    let upos = base.pos.as_deref().and_then(wordnet_pos).map(|upos| upos.as_str().to_owned());
    let base = EntryRow { upos, senses: Vec::new(), ..base };
    if entry.senses.is_empty() {
        return vec![Element { place: format!("#{}", entry.id), row: base }];
    }
    let row = |sense: &wn_lmf::Sense| {
        let mut row = base.clone();
        row.senses = vec![sense.id.clone()];
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                row.extra.push((name.to_owned(), value.to_owned()));
            }
        };
        add("synset", &sense.synset);
        let synset = synsets.get(sense.synset.as_str());
        if let Some(synset) = synset {
            add("ili", &synset.ili);
            add("lexfile", synset.lexfile.as_deref().unwrap_or_default());
        }
        let of_synset = synset.into_iter().flat_map(|s| &s.examples);
        sense.examples.iter().chain(of_synset).for_each(|example| add("example", &example.text));
        let definitions = synset.map_or(&[][..], |s| &s.definitions);
        definitions.iter().skip(1).for_each(|definition| add("definition", &definition.text));
        row.gloss = definitions.first().map(|d| d.text.clone());
        Element { place: format!("#{}", sense.id), row }
    };
    entry.senses.iter().map(row).collect()
}

/// Who means what: words by synset and by sense.
struct Meanings<'w> {
    entries: &'w [LexicalEntry],
    synsets: BTreeMap<&'w str, &'w Synset>,
    members: BTreeMap<&'w str, Vec<&'w str>>,
    senses: BTreeMap<&'w str, &'w str>,
}

fn lemma(entry: &LexicalEntry) -> &str {
    entry.lemma.as_ref().map(|l| l.written_form.as_str()).unwrap_or_default()
}

impl<'w> Meanings<'w> {
    fn new(entries: &'w [LexicalEntry], synsets: &'w [Synset]) -> Meanings<'w> {
        let mut members: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut senses = BTreeMap::new();
        for entry in entries.iter().filter(|entry| !lemma(entry).is_empty()) {
            for sense in &entry.senses {
                members.entry(&sense.synset).or_default().push(lemma(entry));
                senses.insert(sense.id.as_str(), lemma(entry));
            }
        }
        let synsets = synsets.iter().map(|s| (s.id.as_str(), s)).collect();
        Meanings { entries, synsets, members, senses }
    }

    /// A row for each sense: the other words of its synset, then the words that it and its synset are related to. An id
    /// stands where no word of the file has it.
    fn rows(&self, limits: &Limits) -> sprog_formats::Result<Vec<Element<MeaningRow>>> {
        let (mut rows, mut words) = (Vec::new(), 0u64);
        for entry in self.entries.iter().filter(|entry| !lemma(entry).is_empty()) {
            for sense in &entry.senses {
                // A synset of very many words would have a row of them all for each.
                words = words.saturating_add(self.most_synonyms(sense));
                if words > limits.items.saturating_mul(4) {
                    let (what, limit) = ("synonyms of a wordnet", limits.items.saturating_mul(4));
                    return Err(Error::Limit { what, limit, place: Place::File });
                }
                rows.push(Element { place: format!("#{}", sense.id), row: self.row(entry, sense) });
            }
        }
        Ok(rows)
    }

    /// How many synonyms the row of a sense can have, before they are gathered.
    fn most_synonyms(&self, sense: &wn_lmf::Sense) -> u64 {
        let words = |synset: &str| self.members.get(synset).map_or(1, Vec::len) as u64;
        let of_synset = self.synsets.get(sense.synset.as_str()).into_iter().flat_map(|s| &s.relations);
        let related = of_synset.fold(0, |sum: u64, relation| sum.saturating_add(words(&relation.target)));
        related.saturating_add(words(&sense.synset)).saturating_add(sense.relations.len() as u64)
    }

    fn row(&self, entry: &LexicalEntry, sense: &wn_lmf::Sense) -> MeaningRow {
        let word = lemma(entry);
        let same = self.members.get(sense.synset.as_str()).into_iter().flatten();
        let mut synonyms: Vec<(String, String)> =
            same.filter(|other| **other != word).map(|other| ((*other).to_owned(), String::new())).collect();
        for relation in &sense.relations {
            let target = self.senses.get(relation.target.as_str()).copied().unwrap_or(&relation.target);
            synonyms.push((target.to_owned(), relation.rel_type.clone()));
        }
        let of_synset = self.synsets.get(sense.synset.as_str()).into_iter().flat_map(|s| &s.relations);
        for relation in of_synset {
            match self.members.get(relation.target.as_str()) {
                Some(words) => {
                    synonyms.extend(words.iter().map(|w| ((*w).to_owned(), relation.rel_type.clone())));
                }
                None => synonyms.push((relation.target.clone(), relation.rel_type.clone())),
            }
        }
        let pos = entry.lemma.as_ref().and_then(|l| l.part_of_speech.clone());
        MeaningRow { word: word.to_owned(), pos, synonyms }
    }
}

/// The forms of one of Apertium's dictionaries.
pub(super) fn dictionary(bytes: &[u8], limits: &Limits, origin: &RuleOrigin) -> Read {
    let file = lines_of(bytes, limits)?;
    let mut source = bytes;
    let Parsed { value: dictionary, problems } = dix::read(&mut source, limits)?;
    let limits = Limits { items: MOST_FORMS.max(limits.items), ..limits.clone() };
    let tags = Tags::new(Tagset::Apertium);
    let (mut rows, mut held): (Vec<Element<FormRow>>, u64) = (Vec::new(), 0);
    dix::expand(&dictionary, &limits, &mut |form| {
        held =
            held.saturating_add((form.left.len() + form.right.len() + size_of::<Element<FormRow>>()) as u64);
        if held > limits.bytes.saturating_mul(4) {
            let (what, limit) = ("bytes of a dictionary's forms", limits.bytes.saturating_mul(4));
            return Err(Error::Limit { what, limit, place: Place::File });
        }
        let mut row = tags.fill(FormRow::dix(&form));
        let direction = form.restriction.map(|r| match r {
            dix::Restriction::LeftToRight => "LR",
            dix::Restriction::RightToLeft => "RL",
        });
        row.extra.extend(direction.map(|d| ("direction".to_owned(), d.to_owned())));
        row.extra.extend(form.regex.then(|| ("regex".to_owned(), "yes".to_owned())));
        rows.push(Element { place: format!("#{}", form.section), row });
        Ok(())
    })?;
    Ok(Parsed { value: form_rows(Some(&file), &rows, origin), problems })
}

/// The rows of a table that `metadata` describes: words and whatever else as entries, or relations as meanings.
pub(super) fn csv_on_the_web(
    table: RuleTable,
    bytes: &[u8],
    metadata: &[u8],
    limits: &Limits,
    origin: &RuleOrigin,
) -> Read {
    let file = lines_of(bytes, limits)?;
    let Parsed { value: described, mut problems } = csvw::read_metadata(metadata, limits)?;
    let column = |names: &[&str]| names.iter().find_map(|name| described.column(name));
    let (form, pos) = (column(&["form", "writtenRep", "lemma", "label"]), column(&["pos", "partOfSpeech"]));
    let (gloss, id) = (column(&["definition", "gloss"]), column(&["word", "sense", "synset", "id"]));
    let relation = column(&["from"]).zip(column(&["relation"])).zip(column(&["to"]));
    if table == RuleTable::Thesaurus && relation.is_none() {
        let message = "a table of relations has the columns from, relation and to; this one has not";
        return Err(Error::malformed("CSVW", Place::File, message));
    }
    if table != RuleTable::Thesaurus && form.is_none() {
        let message = "a table of words has a column form, writtenRep, lemma or label; this one has not";
        return Err(Error::malformed("CSVW", Place::File, message));
    }
    let (mut entries, mut meanings) = (Vec::new(), Vec::new());
    let mut source = bytes;
    let read = csvw::for_each_row(&mut source, &described, limits, &mut |row| {
        let cell = |at: Option<usize>| at.and_then(|at| row.cells.get(at)).filter(|cell| !cell.is_empty());
        let place = format!(":{}", row.line);
        if let Some(((from, relation), to)) = relation.filter(|_| table == RuleTable::Thesaurus) {
            let [from, relation, to] =
                [from, relation, to].map(|at| cell(Some(at)).cloned().unwrap_or_default());
            let row = MeaningRow { word: from, pos: None, synonyms: vec![(to, relation)] };
            meanings.push(Element { place, row });
            return Ok(());
        }
        let taken = [form, pos, gloss, id];
        let others = row.cells.iter().enumerate().filter(|(at, _)| !taken.contains(&Some(*at)));
        let extra = others.flat_map(|(at, cell)| {
            let name = described.columns.get(at).map(|c| c.name.clone());
            let name = name.unwrap_or_else(|| format!("column_{}", at.saturating_add(1)));
            described.values(at, cell).map(move |value| (name.clone(), value.to_owned())).collect::<Vec<_>>()
        });
        let row = EntryRow {
            entry_id: cell(id).cloned().unwrap_or_default(),
            lemma: cell(form).cloned().unwrap_or_default(),
            pos: cell(pos).cloned(),
            gloss: cell(gloss).cloned(),
            extra: extra.collect(),
            line: row.line,
            ..EntryRow::default()
        };
        entries.push(Element { place, row });
        Ok(())
    })?;
    problems.extend(read);
    let value = match table {
        RuleTable::Thesaurus => meaning_rows(Some(&file), &meanings, origin),
        _ => entry_rows(Some(&file), &entries, origin),
    };
    Ok(Parsed { value, problems })
}

/// The words of a treebank, each with how often it has that reading. Its sentences are not kept.
pub(super) fn treebank_words(bytes: &[u8], limits: &Limits, origin: &RuleOrigin) -> Read {
    let mut reader = conllu::Reader::new(bytes, limits);
    let mut words: BTreeMap<[String; 5], (u64, String)> = BTreeMap::new();
    let mut number = 0u64;
    while let Some(sentence) = reader.next_sentence()? {
        number = number.saturating_add(1);
        let place = || sentence.sent_id().map_or_else(|| format!("#{number}"), |id| format!("#{id}"));
        for token in sentence.tokens.iter().filter(|token| matches!(token.id, TokenId::Word(_))) {
            let key = [&token.form, &token.lemma, &token.upos, &token.feats, &token.xpos].map(Clone::clone);
            let (count, _) = words.entry(key).or_insert_with(|| (0, place()));
            *count = count.saturating_add(1);
        }
    }
    let problems = reader.take_problems();
    let given = |text: &str| (text != "_" && !text.is_empty()).then(|| text.to_owned());
    let rows: Vec<Element<FormRow>> = words
        .into_iter()
        .map(|([form, lemma, upos, feats, xpos], (count, place))| {
            let (upos, feats) = (given(&upos), given(&feats));
            let known = upos.as_deref().and_then(Upos::parse);
            let row = FormRow {
                unimorph: known.and_then(|u| unimorph::from_ud(u, feats.as_deref().unwrap_or_default())),
                // An underscore is a word's lemma where it is the word.
                lemma: if form == "_" { lemma } else { given(&lemma).unwrap_or_default() },
                form,
                upos,
                feats,
                tag: given(&xpos),
                extra: vec![("count".to_owned(), count.to_string())],
                ..FormRow::default()
            };
            Element { place, row }
        })
        .collect();
    Ok(Parsed { value: form_rows(None, &rows, origin), problems })
}

/// The file that describes a table of CSV on the Web: `words-metadata.json` of `words.csv`.
pub(super) fn description_of(path: &Path) -> std::path::PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-metadata.json"))
}
