//! The same recording twice in a corpus, by its fingerprints.
//!
//! Three passes over narrow records, so that memory stays within a bound:
//!
//! 1. `(key, recording, frame)` records are sorted by key ([`Candidates::push`]). Recordings that share a
//!    key become `(recording, recording, offset)` records.
//! 2. These are sorted by pair; the offsets of a pair that most keys vote for are its candidates.
//! 3. Each candidate is checked on the stored fingerprints along its diagonal ([`Candidates::verify`]).
//!
//! A key seen in more than [`Options::most_recordings`] recordings is skipped, and counted: a jingle that
//! is part of every broadcast, or a sound that says little. So *n* copies of one recording are found
//! while *n* is within that bound; remove exact copies by their hash first.
//!
//! A recording is not compared with itself.

use std::path::Path;

use sprog_datasets::Result;
use sprog_datasets::extsort::{Sorted, Sorter};
use sprog_speech::fingerprint::{Fingerprint, Match, compare_at};

/// Bytes of a record of either pass.
const RECORD: usize = 12;
/// Places of one key in one recording that are used, the first ones.
const MOST_PLACES: usize = 4;
/// Diagonals of a pair that are verified.
const MOST_DIAGONALS: usize = 3;
/// Offsets this near are of one diagonal.
const BESIDE: u64 = 2;
/// Makes an offset sort as an unsigned number.
const BIAS: i64 = 1 << 31;

/// Bounds on the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// A key seen in more recordings than these is skipped; at least 2.
    pub most_recordings: usize,
    /// Votes that a pair's diagonal needs, neighbouring ones counted; at least 1.
    pub least_votes: u32,
    /// One key of so many is used, chosen by its own value, so that copies choose alike; at least 1.
    /// Work falls with its square; clips under 5 s that were coded at low rates begin to be missed.
    pub one_key_in: u32,
    /// Bytes that each of the two sorts may hold.
    pub memory_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { most_recordings: 64, least_votes: 2, one_key_in: 1, memory_bytes: 256 << 20 }
    }
}

/// Two recordings that share sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The lower of the two numbers.
    pub first: u32,
    /// The higher one.
    pub second: u32,
    /// Where they are the same, and how well; its first recording is `first`.
    pub found: Match,
}

/// What a search did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Keys pushed.
    pub keys: u64,
    /// Distinct keys that were skipped as too common.
    pub common_keys: u64,
    /// Pairs of recordings that share a key.
    pub sharing: u64,
    /// Pairs of which a diagonal had the votes.
    pub candidates: u64,
    /// Pairs that matched.
    pub matched: u64,
}

/// The first pass: collects the keys of recordings.
///
/// ```
/// use sprog::dedup::audio::{Candidates, Options};
/// use sprog_speech::fingerprint::Fingerprinter;
/// let mut state = 1u32;
/// let sound: Vec<f32> = (0..80_000)
///     .map(|_| {
///         state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
///         (state >> 8) as f32 / (1 << 24) as f32 - 0.5
///     })
///     .collect();
/// let mut plan = Fingerprinter::new();
/// let stored = [plan.fingerprint(&sound), plan.fingerprint(&sound[10_240..])];
/// let dir = tempfile::tempdir()?;
/// let mut search = Candidates::new(dir.path(), Options::default());
/// for (recording, fingerprint) in (0u32..).zip(&stored) {
///     search.push(recording, fingerprint)?;
/// }
/// let mut pairs = Vec::new();
/// search.verify(|_, _| true, |recording| Ok(stored.get(recording as usize).cloned()), |pair| {
///     pairs.push(pair);
///     Ok(())
/// })?;
/// assert_eq!((pairs[0].first, pairs[0].second, pairs[0].found.offset_frames), (0, 1, 40));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Candidates {
    dir: std::path::PathBuf,
    options: Options,
    sorter: Sorter<RECORD>,
    counts: Counts,
}

impl Candidates {
    /// A search that keeps its runs, unnamed, in `dir`.
    pub fn new(dir: &Path, options: Options) -> Candidates {
        let sorter = Sorter::new(dir, options.memory_bytes);
        Candidates { dir: dir.to_owned(), options, sorter, counts: Counts::default() }
    }

    /// Adds a recording by its number, which the caller chooses; numbers must not come twice.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn push(&mut self, recording: u32, fingerprint: &Fingerprint) -> Result<()> {
        for key in fingerprint.keys() {
            if mixed(key.key).is_multiple_of(self.options.one_key_in.max(1)) {
                self.sorter.push(record([key.key, recording, key.frame]))?;
                self.counts.keys += 1;
            }
        }
        Ok(())
    }

    /// Finds the pairs and gives them to `found`, ordered by first and second recording, once a pair.
    ///
    /// `wanted` tells which pairs matter, given the lower number first (for decontamination: one of the
    /// training and one of the test set); others cost nothing but a call. `stored` returns a
    /// recording's fingerprint, or none when there is none any more; it is called once for each pair's
    /// second recording and once for each run of pairs with one first recording.
    ///
    /// # Errors
    /// Those of the file system and of the closures.
    pub fn verify(
        self,
        wanted: impl Fn(u32, u32) -> bool,
        mut stored: impl FnMut(u32) -> Result<Option<Fingerprint>>,
        mut found: impl FnMut(Pair) -> Result<()>,
    ) -> Result<Counts> {
        let Candidates { dir, options, sorter, mut counts } = self;
        let offsets = by_pair(sorter.finish()?, &dir, &options, wanted, &mut counts)?;
        let mut first: Option<(u32, Option<Fingerprint>)> = None;
        let mut check = |a: u32, b: u32, diagonals: &Diagonals, counts: &mut Counts| -> Result<()> {
            counts.sharing += 1;
            let mut offsets = diagonals.with_votes(options.least_votes).peekable();
            if offsets.peek().is_none() {
                return Ok(());
            }
            counts.candidates += 1;
            if first.as_ref().is_none_or(|(recording, _)| *recording != a) {
                first = Some((a, stored(a)?));
            }
            let Some((_, Some(x))) = &first else { return Ok(()) };
            let Some(y) = stored(b)? else { return Ok(()) };
            let mut best: Option<Match> = None;
            for candidate in offsets.filter_map(|offset| compare_at(x, &y, offset)) {
                if best.as_ref().is_none_or(|b| candidate.score > b.score) {
                    best = Some(candidate);
                }
            }
            let Some(best) = best else { return Ok(()) };
            counts.matched += 1;
            found(Pair { first: a, second: b, found: best })
        };
        let mut current: Option<(u32, u32, Diagonals)> = None;
        for record in offsets {
            let [a, b, offset] = fields(record?);
            let offset = i64::from(offset) - BIAS;
            match &mut current {
                Some((x, y, diagonals)) if (*x, *y) == (a, b) => diagonals.vote(offset),
                _ => {
                    if let Some((x, y, mut diagonals)) = current.take() {
                        diagonals.close();
                        check(x, y, &diagonals, &mut counts)?;
                    }
                    let mut diagonals = Diagonals::default();
                    diagonals.vote(offset);
                    current = Some((a, b, diagonals));
                }
            }
        }
        if let Some((x, y, mut diagonals)) = current {
            diagonals.close();
            check(x, y, &diagonals, &mut counts)?;
        }
        Ok(counts)
    }
}

/// The second pass: for each key the pairs of its places, sorted by pair and offset.
fn by_pair(
    records: Sorted<RECORD>,
    dir: &Path,
    options: &Options,
    wanted: impl Fn(u32, u32) -> bool,
    counts: &mut Counts,
) -> Result<Sorted<RECORD>> {
    let most = options.most_recordings.max(2);
    let mut pairs = Sorter::new(dir, options.memory_bytes);
    let mut group = Group::default();
    for record in records {
        let [key, recording, frame] = fields(record?);
        if group.key != Some(key) {
            group.write(most, &wanted, &mut pairs, counts)?;
            group.begin(key);
        }
        group.add(recording, frame, most);
    }
    group.write(most, &wanted, &mut pairs, counts)?;
    pairs.finish()
}

/// The places of one key, bounded however many there are.
#[derive(Default)]
struct Group {
    key: Option<u32>,
    recordings: usize,
    places: Vec<(u32, u32)>,
    of_last: usize,
}

impl Group {
    fn begin(&mut self, key: u32) {
        self.key = Some(key);
        self.recordings = 0;
        self.places.clear();
    }

    fn add(&mut self, recording: u32, frame: u32, most: usize) {
        if self.recordings > most {
            return;
        }
        if self.places.last().is_none_or(|(last, _)| *last != recording) {
            self.recordings += 1;
            self.of_last = 0;
        }
        self.of_last += 1;
        if self.of_last <= MOST_PLACES {
            self.places.push((recording, frame));
        }
    }

    fn write(
        &self,
        most: usize,
        wanted: impl Fn(u32, u32) -> bool,
        pairs: &mut Sorter<RECORD>,
        counts: &mut Counts,
    ) -> Result<()> {
        if self.recordings > most {
            counts.common_keys += 1;
            return Ok(());
        }
        for (i, (a, at)) in self.places.iter().enumerate() {
            for (b, bt) in self.places[i + 1..].iter().filter(|(b, _)| b != a && wanted(*a, *b)) {
                // Frames of 16 ms reach 2³¹ after a year; such an offset is left out.
                if let Ok(offset) = u32::try_from(i64::from(*at) - i64::from(*bt) + BIAS) {
                    pairs.push(record([*a, *b, offset]))?;
                }
            }
        }
        Ok(())
    }
}

/// The offsets of one pair with the most votes, told in ascending order.
#[derive(Default)]
struct Diagonals {
    /// Votes and offset, most first.
    best: Vec<(u32, i64)>,
    /// The two last runs: offset and count.
    runs: [Option<(i64, u32)>; 2],
}

impl Diagonals {
    fn vote(&mut self, offset: i64) {
        match &mut self.runs[1] {
            Some((last, count)) if *last == offset => *count = count.saturating_add(1),
            _ => {
                self.close();
                self.runs = [self.runs[1], Some((offset, 1))];
            }
        }
    }

    /// Counts the last run together with the one beside it.
    fn close(&mut self) {
        let [before, Some((offset, count))] = self.runs else { return };
        let beside = before.filter(|(b, _)| b + 1 == offset).map_or(0, |(_, c)| c);
        let votes = count.saturating_add(beside);
        // A good diagonal's neighbours have votes too, and must not take the place of another.
        if let Some(near) = self.best.iter().position(|(_, o)| offset.abs_diff(*o) <= BESIDE) {
            if self.best[near].0 >= votes {
                return;
            }
            self.best.remove(near);
        }
        let at = self.best.partition_point(|(v, _)| *v >= votes);
        if at < MOST_DIAGONALS {
            self.best.insert(at, (votes, offset));
            self.best.truncate(MOST_DIAGONALS);
        }
    }

    fn with_votes(&self, least: u32) -> impl Iterator<Item = i64> + '_ {
        self.best.iter().filter(move |(votes, _)| *votes >= least).map(|(_, offset)| *offset)
    }
}

/// Three numbers that sort as they stand.
fn record(fields: [u32; 3]) -> [u8; RECORD] {
    let mut bytes = [0; RECORD];
    bytes.chunks_exact_mut(4).zip(fields).for_each(|(b, f)| b.copy_from_slice(&f.to_be_bytes()));
    bytes
}

fn fields(record: [u8; RECORD]) -> [u32; 3] {
    std::array::from_fn(|i| record[i * 4..i * 4 + 4].iter().fold(0, |n, byte| n << 8 | u32::from(*byte)))
}

/// A key's bits spread (the finaliser of MurmurHash3), so that a part of the keys is an even part.
fn mixed(key: u32) -> u32 {
    let key = (key ^ key >> 16).wrapping_mul(0x85eb_ca6b);
    let key = (key ^ key >> 13).wrapping_mul(0xc2b2_ae35);
    key ^ key >> 16
}
