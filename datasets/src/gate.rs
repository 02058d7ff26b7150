//! Gates: what must hold of a corpus before a byte of it is published.
//!
//! [`Cleared`] has one constructor, and it runs every gate; the writer takes nothing else. An
//! unchecked corpus therefore cannot be published: it does not have the type.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::array::{Array, BinaryArray, StructArray};
use sprog_text::pii::{self, Label, Labels};

use crate::corpus::{Corpus, Part, Source, Table};
use crate::extsort::Sorter;
use crate::licence::{Licence, Terms, combine_all};
use crate::metadata::Metadata;
use crate::records::as_strings;
use crate::schema::Modality;
use crate::split::{KeyHash, key_hash};
use crate::{Error, Refusal, Result, codes};

/// A corpus that every gate let through.
pub struct Cleared<T> {
    inner: T,
    terms: BTreeMap<String, Terms>,
}

/// Where and within what memory the gates may sort.
pub struct GateOptions<'o> {
    /// A folder for sorted runs.
    pub scratch: &'o Path,
    /// Bytes.
    pub memory: usize,
    /// Threads that read and look.
    pub threads: usize,
}

/// Refusals of one kind told before the rest is only counted.
const TOLD: u64 = 5;

impl Cleared<Corpus> {
    /// Runs every gate: licence, legal basis, integrity, split leakage, personal data.
    ///
    /// # Errors
    /// [`Error::Refused`] with every reason found; other errors when the shards cannot be read.
    pub fn clear(corpus: Corpus, options: &GateOptions<'_>) -> Result<Self> {
        let (terms, mut refusals) = check_sources(&corpus.metadata, &corpus.sources);
        for table in &corpus.tables {
            if table.parts.is_empty() {
                let message = format!("config {:?} has no row left to publish", table.config);
                refuse(&mut refusals, "integrity", codes::CONFIG_EMPTY, message);
            }
            match table.modality {
                // Attributes and tokens are numbers about rows that are looked through already.
                Modality::Rules | Modality::Attributes | Modality::Tokens => {}
                Modality::Text | Modality::Speech => content_gates(table, options, &mut refusals)?,
            }
        }
        if refusals.is_empty() { Ok(Cleared { inner: corpus, terms }) } else { Err(Error::Refused(refusals)) }
    }

    /// The corpus.
    pub fn corpus(&self) -> &Corpus {
        &self.inner
    }

    /// The combined terms of each config.
    pub fn terms(&self) -> &BTreeMap<String, Terms> {
        &self.terms
    }
}

/// The gates that look at the sources alone: licence and legal basis. Gives the combined terms of
/// each config and the refusals. A build runs them before it reads any data, and again at its end.
pub fn check_sources(metadata: &Metadata, sources: &[Source]) -> (BTreeMap<String, Terms>, Vec<Refusal>) {
    let mut refusals = Vec::new();
    let terms = licence_gate(metadata, sources, &mut refusals);
    basis_gate(sources, &mut refusals);
    (terms, refusals)
}

fn refuse(refusals: &mut Vec<Refusal>, gate: &'static str, code: sprog_formats::Code, message: String) {
    refusals.push(Refusal { gate, code, message });
}

/// Every source has a licence that is known, and those of one config combine.
fn licence_gate(
    metadata: &Metadata,
    sources: &[Source],
    refusals: &mut Vec<Refusal>,
) -> BTreeMap<String, Terms> {
    const GATE: &str = "licence";
    let mut by_config: BTreeMap<String, Vec<(&str, Licence)>> = BTreeMap::new();
    for source in sources.iter().filter(|s| s.excluded.is_none()) {
        let Some(expression) = &source.license else {
            let message = format!("source {:?} names no licence", source.id);
            refuse(refusals, GATE, codes::LICENCE_MISSING, message);
            continue;
        };
        match Licence::parse(expression, &metadata.licences) {
            Err(why) => {
                refuse(refusals, GATE, codes::LICENCE_UNKNOWN, format!("source {:?}: {why}", source.id))
            }
            Ok(licence) => {
                by_config.entry(source.config.clone()).or_default().push((&source.id, licence));
            }
        }
    }
    let mut terms = BTreeMap::new();
    for (config, sources) in by_config {
        let named: Vec<(&str, &Licence)> = sources.iter().map(|(id, l)| (*id, l)).collect();
        match combine_all(&named) {
            Ok(combined) => drop(terms.insert(config, combined)),
            Err((a, b)) => {
                let of = |id: &str| named.iter().find(|(n, _)| *n == id).map_or("", |(_, l)| l.expression());
                let message = format!(
                    "config {config:?}: source {a:?} ({}) and source {b:?} ({}) cannot be combined",
                    of(&a),
                    of(&b)
                );
                refuse(refusals, GATE, codes::LICENCE_CONFLICT, message);
            }
        }
    }
    terms
}

/// Every source says on what ground it may be published; voices need more.
fn basis_gate(sources: &[Source], refusals: &mut Vec<Refusal>) {
    for source in sources.iter().filter(|s| s.excluded.is_none()) {
        let missing = |value: &Option<String>| value.as_deref().is_none_or(|v| v.trim().is_empty());
        if missing(&source.legal_basis) {
            let message = format!("source {:?} states no legal_basis", source.id);
            refuse(refusals, "legal basis", codes::BASIS_MISSING, message);
        }
        if source.modality == Some(Modality::Speech) && missing(&source.consent) {
            let message = format!("source {:?} holds voices and states no consent", source.id);
            refuse(refusals, "legal basis", codes::BASIS_MISSING, message);
        }
    }
}

/// Tells the first few finds of a kind and counts the rest.
struct Finds {
    gate: &'static str,
    code: sprog_formats::Code,
    count: u64,
    told: Vec<String>,
}

impl Finds {
    fn new(gate: &'static str, code: sprog_formats::Code) -> Self {
        Finds { gate, code, count: 0, told: Vec::new() }
    }

    fn add(&mut self, message: impl FnOnce() -> String) {
        self.count += 1;
        if self.count <= TOLD {
            self.told.push(message());
        }
    }

    fn merge(&mut self, other: Finds) {
        self.count += other.count;
        let room = (TOLD as usize).saturating_sub(self.told.len());
        self.told.extend(other.told.into_iter().take(room));
    }

    fn refuse(self, config: &str, refusals: &mut Vec<Refusal>) {
        if self.count == 0 {
            return;
        }
        let more = self.count.saturating_sub(TOLD);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!("config {config:?}: {}{tail}", self.told.join("; "));
        refuse(refusals, self.gate, self.code, message);
    }
}

fn columns_to_scan(modality: Modality) -> Vec<&'static str> {
    match modality {
        Modality::Text => {
            vec!["id", "text", "title", "author", "url", "domain", "__hash", "__split_key", "__bytes"]
        }
        Modality::Speech => vec![
            "id",
            "audio",
            "text",
            "text_verbatim",
            "normalized",
            "speaker_id",
            "dialect",
            "__hash",
            "__split_key",
            "__bytes",
        ],
        Modality::Rules | Modality::Attributes | Modality::Tokens => Vec::new(),
    }
}

/// Columns that are looked through for personal data, the content first.
pub const TEXT_COLUMNS: [&str; 10] = [
    "text",
    "title",
    "author",
    "text_verbatim",
    "normalized",
    "id",
    "url",
    "domain",
    "speaker_id",
    "dialect",
];

/// Personal data that may not be published. Other kinds, names above all, are found less surely or are
/// often public (a company's number, an address of an office): the step `pii` looks for what it is told.
pub const REFUSED_LABELS: [Label; 6] =
    [Label::Cpr, Label::Iban, Label::Card, Label::Bank, Label::Email, Label::Phone];

/// A text without the personal data that may not be published: for ids and messages.
///
/// ```
/// assert_eq!(sprog_datasets::gate::mask("brev 010190-1234"), "brev [CPR]");
/// ```
pub fn mask(text: &str) -> String {
    pii::mask_with(text, &pii::find_with(text, &refused()))
}

fn refused() -> pii::Options {
    pii::Options { labels: Labels::of(&REFUSED_LABELS), ..pii::Options::default() }
}

/// What is found in the rows of one part: ids missing, content missing, personal data.
type PartFinds = [Finds; 3];

fn no_finds() -> PartFinds {
    [
        Finds::new("integrity", codes::ID_MISSING),
        Finds::new("integrity", codes::CONTENT_MISSING),
        Finds::new("personal data", codes::PII_FOUND),
    ]
}

/// What one pass over the rows gathers for the gates that compare rows.
struct Scan {
    /// Hashes of the ids.
    ids: Sorter<16>,
    /// Keys that may be in one split only, and the split.
    keys: Sorter<18>,
}

fn content_gates(table: &Table, options: &GateOptions<'_>, refusals: &mut Vec<Refusal>) -> Result<()> {
    let scan = Mutex::new(Scan {
        ids: Sorter::new(options.scratch, options.memory / 4),
        keys: Sorter::new(options.scratch, options.memory / 4),
    });
    let found: Mutex<BTreeMap<usize, PartFinds>> = Mutex::default();
    let failed: Mutex<Option<Error>> = Mutex::default();
    let next = AtomicUsize::new(0);
    let columns = columns_to_scan(table.modality);
    let work = || {
        while let Some((number, part)) = {
            let number = next.fetch_add(1, Ordering::Relaxed);
            table.parts.get(number).map(|part| (number, part))
        } {
            match scan_part(table, part, &columns, &scan) {
                Ok(finds) => {
                    found.lock().unwrap_or_else(PoisonError::into_inner).insert(number, finds);
                }
                Err(e) => {
                    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(e);
                    return;
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for number in 0..options.threads.clamp(1, table.parts.len().max(1)) {
            let started = std::thread::Builder::new().spawn_scoped(scope, work);
            // A machine that gives no thread still has this one.
            if started.is_err() && number == 0 {
                work();
            }
        }
    });
    if let Some(e) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(e);
    }
    let scan = scan.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut sums = no_finds();
    // In the order of the parts, whichever thread met them.
    for finds in found.into_inner().unwrap_or_else(PoisonError::into_inner).into_values() {
        sums.iter_mut().zip(finds).for_each(|(sum, find)| sum.merge(find));
    }
    let mut duplicate = Finds::new("integrity", codes::ID_DUPLICATE);
    let mut leak = Finds::new("split leakage", codes::SPLIT_LEAK);
    let mut last: Option<KeyHash> = None;
    for id in scan.ids.finish()? {
        let id = id?;
        if last == Some(id) {
            duplicate.add(|| "two rows of one id".to_owned());
        }
        last = Some(id);
    }
    let mut last: Option<[u8; 18]> = None;
    for key in scan.keys.finish()? {
        let key = key?;
        if last.is_some_and(|l| l[..16] == key[..16] && l[16..] != key[16..]) {
            leak.add(|| "one speaker or text in two splits".to_owned());
        }
        last = Some(key);
    }
    for finds in sums.into_iter().chain([duplicate, leak]) {
        finds.refuse(&table.config, refusals);
    }
    Ok(())
}

fn scan_part(table: &Table, part: &Part, columns: &[&str], scan: &Mutex<Scan>) -> Result<PartFinds> {
    let split = split_number(table, part);
    let refused = refused();
    let mut finds = no_finds();
    let [missing_id, empty, personal] = &mut finds;
    for batch in table.shards.gather(&part.rows, columns) {
        let batch = batch?;
        let build = crate::corpus::BuildColumns::of(&batch)?;
        let text_columns: Vec<(&str, &arrow::array::StringArray)> = TEXT_COLUMNS
            .iter()
            .filter_map(|name| Some((*name, as_strings(batch.column_by_name(name)?).ok()?)))
            .collect();
        let id_column = batch.column_by_name("id").ok_or_else(|| Error::Invalid("no id column".into()))?;
        let id_column = as_strings(id_column)?;
        let audio = batch.column_by_name("audio").and_then(|c| c.as_any().downcast_ref::<StructArray>());
        let clips = audio.and_then(|a| a.column(0).as_any().downcast_ref::<BinaryArray>());
        let (mut ids, mut keys) = (Vec::new(), Vec::new());
        for row in 0..batch.num_rows() {
            let id = if id_column.is_null(row) { "" } else { id_column.value(row) };
            let shown = || mask(id);
            if id.is_empty() {
                missing_id.add(|| "a row without id".to_owned());
            } else {
                ids.push(key_hash(id.as_bytes()));
            }
            let no_text = || text_columns[0].1.is_null(row) || text_columns[0].1.value(row).trim().is_empty();
            let no_content = match clips {
                Some(clips) => clips.is_null(row) || clips.value(row).is_empty(),
                None => no_text(),
            };
            if no_content {
                empty.add(|| format!("row {:?} has no content", shown()));
            }
            for (name, column) in &text_columns {
                if column.is_null(row) {
                    continue;
                }
                if let Some(span) = pii::find_with(column.value(row), &refused).first() {
                    personal.add(|| format!("row {:?}: {} in column {name}", shown(), span.label.as_str()));
                }
            }
            // For text the key of the split is the text's own hash: the same text leaks too.
            let mut record = [0u8; 18];
            record[..16].copy_from_slice(&build.split_key(row));
            record[16..].copy_from_slice(&split.to_be_bytes());
            keys.push(record);
        }
        let mut scan = scan.lock().unwrap_or_else(PoisonError::into_inner);
        ids.into_iter().try_for_each(|id| scan.ids.push(id))?;
        keys.into_iter().try_for_each(|key| scan.keys.push(key))?;
    }
    Ok(finds)
}

fn split_number(table: &Table, part: &Part) -> u16 {
    let mut names: Vec<&str> = table.parts.iter().map(|p| p.split.as_str()).collect();
    names.dedup();
    names.iter().position(|n| *n == part.split).unwrap_or(0) as u16
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{RecordBatch, StringArray};

    use super::*;
    use crate::corpus::{Kept, parts_in_order};
    use crate::records::{Document, DocumentBuilder, Origin};
    use crate::split::Split;
    use crate::table::{Shards, write_shard};

    fn corpus(dir: &Path, texts: &[(&str, &str)], source: Source) -> Corpus {
        let mut builder = DocumentBuilder::new(Origin::default());
        for (_, text) in texts {
            let id = crate::id::DocumentId::new("id").expect("an id");
            builder.push(&id, &Document { text: (*text).into(), ..Document::default() });
        }
        let batch = builder.finish().expect("builds");
        // The gate trusts no type: the ids come from files.
        let ids: StringArray = texts.iter().map(|(id, _)| Some(*id)).collect();
        let mut columns = batch.columns().to_vec();
        columns[batch.schema().index_of("id").expect("id")] = Arc::new(ids);
        let batch = RecordBatch::try_new(batch.schema(), columns).expect("fits");
        let path = dir.join("shard");
        write_shard(&path, &batch.schema(), std::slice::from_ref(&batch)).expect("writes");
        let shards = Shards::new(vec![path]);
        let kept = Kept::all(&[texts.len() as u32]);
        let parts = parts_in_order(&shards, &kept, &Split::default(), Modality::Text).expect("lays out");
        let table = Table {
            config: "text".into(),
            modality: Modality::Text,
            schema: crate::schema::text(),
            shards,
            parts,
            beside: None,
            tokens: None,
        };
        Corpus { metadata: Metadata::default(), sources: vec![source], tables: vec![table] }
    }

    fn good_source() -> Source {
        Source {
            id: "s".into(),
            modality: Some(Modality::Text),
            config: "text".into(),
            license: Some("CC0-1.0".into()),
            legal_basis: Some("own work".into()),
            ..Source::default()
        }
    }

    fn refusals(texts: &[(&str, &str)], source: Source) -> Vec<u16> {
        let dir = tempfile::tempdir().expect("dir");
        let corpus = corpus(dir.path(), texts, source);
        match Cleared::clear(corpus, &GateOptions { scratch: dir.path(), memory: 1 << 20, threads: 2 }) {
            Ok(_) => Vec::new(),
            Err(Error::Refused(all)) => all.iter().map(|r| r.code.0).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn each_gate_refuses_what_it_is_there_for() {
        assert_eq!(refusals(&[("1", "hej"), ("2", "med dig")], good_source()), [0u16; 0]);
        assert_eq!(refusals(&[("1", "hej"), ("1", "igen")], good_source()), [1006]);
        assert_eq!(refusals(&[("", "hej")], good_source()), [1007]);
        assert_eq!(refusals(&[("1", " \n")], good_source()), [1008]);
        assert_eq!(refusals(&[("1", "cpr 010190-1234")], good_source()), [1009]);
        let source = Source { license: None, legal_basis: None, ..good_source() };
        assert_eq!(refusals(&[("1", "hej")], source), [1001, 1004]);
        let source = Source { license: Some("Hjemmelavet".into()), ..good_source() };
        assert_eq!(refusals(&[("1", "hej")], source), [1002]);
    }

    #[test]
    fn a_refusal_never_repeats_the_personal_data() {
        let dir = tempfile::tempdir().expect("dir");
        let corpus = corpus(dir.path(), &[("1", "cpr 010190-1234")], good_source());
        let options = GateOptions { scratch: dir.path(), memory: 1 << 20, threads: 2 };
        let message = Cleared::clear(corpus, &options).err().expect("refused").to_string();
        assert!(message.contains("CPR") && !message.contains("010190"), "{message}");
    }
}
