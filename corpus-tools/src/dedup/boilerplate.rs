//! Lines and paragraphs that stand in many documents.

use std::path::{Path, PathBuf};

use sprog_datasets::extsort::{Sorted, Sorter};
use sprog_datasets::{Error, Result};
use sprog_text::dedup::{UnitHash, UnitOptions, units};

/// Hash, document, unit.
const SEEN: usize = 16 + PLACE;
const PLACE: usize = 8 + 4;
/// Place to cut, place of the first.
const REPEAT: usize = 2 * PLACE;
/// Units with the most documents that are named.
const COMMON: usize = 20;

/// A line or paragraph to cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitCut {
    /// The document.
    pub document: u64,
    /// Number of the unit in it, as [`sprog_text::dedup::units`] counts.
    pub unit: u32,
    /// The document where the unit stands first.
    pub kept_document: u64,
    /// Its number there.
    pub kept_unit: u32,
}

/// A unit that many documents hold, for the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Common {
    /// How many documents hold it.
    pub documents: u64,
    /// The first of them.
    pub kept_document: u64,
    /// Its number there.
    pub kept_unit: u32,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Boilerplate {
    /// Units that were compared.
    pub compared: u64,
    /// Different units that are in at least `min_documents` documents.
    pub boilerplate: u64,
    /// Units to cut.
    pub cut: u64,
    /// The twenty in the most documents, those first in the corpus before others.
    pub common: Vec<Common>,
}

/// Finds lines or paragraphs that stand in at least `min_documents` documents. All but the first of them in
/// the corpus are cut, also where one document holds several.
///
/// Units are equal if their [forms](sprog_text::dedup::Form) are, told by 128 bits of BLAKE3. What is never
/// compared is said with [`UnitOptions`]. CCNet (Wenzek et al. 2020) cuts every line that stands twice in its
/// shards; FineWeb (Penedo et al. 2024, section 3.5) found that models gained nothing from that, hence a
/// number of documents here.
///
/// On disk are 28 bytes a compared unit and 24 a cut. Memory is the bound given, and at most 12 bytes for
/// each time that one unit stands in `min_documents` − 1 documents.
///
/// ```
/// use sprog::dedup::Lines;
/// use sprog_text::dedup::UnitOptions;
/// let dir = tempfile::tempdir()?;
/// let mut stage = Lines::new(dir.path(), 1 << 20, 3, UnitOptions::default());
/// for document in 0..5 {
///     stage.push(document, &format!("Artikel {document}\nTilmeld dig vores nyhedsbrev her!\n"))?;
/// }
/// let cuts = stage.finish()?;
/// assert_eq!((cuts.found().boilerplate, cuts.found().common[0].documents), (1, 5));
/// let cuts: Vec<_> = cuts.map(|cut| cut.map(|cut| (cut.document, cut.unit))).collect::<Result<_, _>>()?;
/// assert_eq!(cuts, [(1, 1), (2, 1), (3, 1), (4, 1)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Lines {
    dir: PathBuf,
    memory: usize,
    min_documents: u64,
    options: UnitOptions,
    seen: Sorter<SEEN>,
    compared: u64,
}

fn place(document: u64, unit: u32) -> [u8; PLACE] {
    let mut place = [0u8; PLACE];
    place[..8].copy_from_slice(&document.to_be_bytes());
    place[8..].copy_from_slice(&unit.to_be_bytes());
    place
}

fn of_place(place: &[u8]) -> (u64, u32) {
    let number = |bytes: &[u8]| bytes.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    (number(&place[..8]), number(&place[8..PLACE]) as u32)
}

impl Lines {
    /// For units in at least `min_documents` documents (2 at the least; 10 leaves what is merely quoted),
    /// with scratch files, unnamed, in `dir`, and sorting within `memory` bytes.
    pub fn new(dir: &Path, memory: usize, min_documents: u64, options: UnitOptions) -> Self {
        let seen = Sorter::new(dir, memory / 2);
        Lines { dir: dir.to_owned(), memory, min_documents: min_documents.max(2), options, seen, compared: 0 }
    }

    /// Adds a document; the order does not matter, but each once.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn push(&mut self, document: u64, text: &str) -> Result<()> {
        for (unit, (_, hash)) in units(text, &self.options).enumerate() {
            if let Some(hash) = hash {
                let unit = u32::try_from(unit).map_err(|_| Error::Invalid("more than 2^32 lines".into()))?;
                self.push_hash(document, unit, hash)?;
            }
        }
        Ok(())
    }

    /// Adds a unit that was hashed elsewhere.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn push_hash(&mut self, document: u64, unit: u32, hash: UnitHash) -> Result<()> {
        let mut record = [0u8; SEEN];
        record[..16].copy_from_slice(&hash);
        record[16..].copy_from_slice(&place(document, unit));
        self.compared += 1;
        self.seen.push(record)
    }

    /// What to cut, by document and unit.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(self) -> Result<UnitCuts> {
        let mut found = Boilerplate { compared: self.compared, ..Boilerplate::default() };
        let mut repeats = Sorter::<REPEAT>::new(&self.dir, self.memory / 2);
        let mut group: Option<Group> = None;
        for record in self.seen.finish()? {
            let record = record?;
            let (mut hash, mut at) = (UnitHash::default(), [0u8; PLACE]);
            hash.copy_from_slice(&record[..16]);
            at.copy_from_slice(&record[16..]);
            if group.as_ref().is_none_or(|group| group.hash != hash) {
                group.iter().for_each(|group| group.count(self.min_documents, &mut found));
                let fresh = Group { hash, first: at, last: at, documents: 1, waiting: Vec::new() };
                group = Some(fresh);
            } else if let Some(group) = &mut group {
                group.add(at, self.min_documents, &mut found, &mut repeats)?;
            }
        }
        group.iter().for_each(|group| group.count(self.min_documents, &mut found));
        Ok(UnitCuts { repeats: repeats.finish()?, found })
    }
}

/// The places of a unit, as they come.
struct Group {
    hash: UnitHash,
    first: [u8; PLACE],
    last: [u8; PLACE],
    documents: u64,
    /// Places after the first, until there are enough documents.
    waiting: Vec<[u8; PLACE]>,
}

impl Group {
    fn add(
        &mut self,
        at: [u8; PLACE],
        min_documents: u64,
        found: &mut Boilerplate,
        repeats: &mut Sorter<REPEAT>,
    ) -> Result<()> {
        self.documents += u64::from(at[..8] != self.last[..8]);
        self.last = at;
        self.waiting.push(at);
        if self.documents >= min_documents {
            for at in self.waiting.drain(..) {
                let mut record = [0u8; REPEAT];
                record[..PLACE].copy_from_slice(&at);
                record[PLACE..].copy_from_slice(&self.first);
                repeats.push(record)?;
                found.cut += 1;
            }
        }
        Ok(())
    }

    fn count(&self, min_documents: u64, found: &mut Boilerplate) {
        if self.documents < min_documents {
            return;
        }
        found.boilerplate += 1;
        let (kept_document, kept_unit) = of_place(&self.first);
        let common = Common { documents: self.documents, kept_document, kept_unit };
        let order = |c: &Common| (std::cmp::Reverse(c.documents), c.kept_document, c.kept_unit);
        let at = found.common.partition_point(|other| order(other) < order(&common));
        if at < COMMON {
            found.common.insert(at, common);
            found.common.truncate(COMMON);
        }
    }
}

/// What to cut, in the order of documents and units.
pub struct UnitCuts {
    repeats: Sorted<REPEAT>,
    found: Boilerplate,
}

impl UnitCuts {
    /// What was found, complete from the start.
    pub fn found(&self) -> &Boilerplate {
        &self.found
    }
}

impl Iterator for UnitCuts {
    type Item = Result<UnitCut>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.repeats.next()?.map(|record| {
            let ((document, unit), (kept_document, kept_unit)) =
                (of_place(&record[..PLACE]), of_place(&record[PLACE..]));
            UnitCut { document, unit, kept_document, kept_unit }
        }))
    }
}
