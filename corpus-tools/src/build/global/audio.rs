//! The same recording twice, by fingerprints of the decoded samples: `near-dedup` on speech, and
//! `decontaminate` where a test set has audio.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Cursor, Read, Seek, SeekFrom, Write};

use arrow::array::{Array, BinaryArray, RecordBatch, StructArray};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use sprog_datasets::corpus::Kept;
use sprog_datasets::{Error, Result};
use sprog_formats::Limits;
use sprog_speech::fingerprint::{Fingerprint, Fingerprinter, SAMPLE_RATE};
use sprog_speech::resample::resample;
use sprog_speech::to_mono;

use super::removal::{Pair, Pairs};
use super::{Global, OWN, Rows, all_rows};
use crate::dedup::audio::{Candidates, Options};

/// Share of a clip that another one must hold for it to be the same.
const LEAST_SHARE: f64 = 0.8;

/// Fingerprints on disk, by number.
struct Spool {
    file: BufWriter<File>,
    /// First frame of each, and one past the last of all.
    starts: Vec<u64>,
}

impl Spool {
    fn push(&mut self, fingerprint: &Fingerprint) -> std::io::Result<()> {
        for frame in fingerprint.frames() {
            self.file.write_all(&frame.to_le_bytes())?;
        }
        let end = self.starts.last().copied().unwrap_or_default() + fingerprint.frames().len() as u64;
        self.starts.push(end);
        Ok(())
    }
}

/// Where a numbered recording stands, and its length in samples at [`SAMPLE_RATE`].
struct Recording {
    table: u16,
    position: (u32, u32),
    samples: u64,
}

/// Pairs of clips to take out and the clips that stay, or the references that have them. `against_only`
/// looks for what is in the references alone.
///
/// # Errors
/// Those of reading the shards, of decoding what the build itself coded, and of sorting.
pub(super) fn pairs(global: &Global<'_>, kept: &Kept, against_only: bool) -> Result<(Pairs, u64)> {
    let io = || Error::io(global.scratch);
    let file = tempfile::tempfile_in(global.scratch).map_err(io())?;
    let mut spool = Spool { file: BufWriter::with_capacity(1 << 18, file), starts: vec![0] };
    let options = Options { memory_bytes: global.memory / 4, ..Options::default() };
    let mut candidates = Candidates::new(global.scratch, options);
    let mut recordings: Vec<Recording> = Vec::new();
    let mut rows_in = 0;
    for rows in all_rows(global, kept) {
        for shard in 0..rows.shards.paths().len() as u32 {
            if rows.shards.file(shard)?.schema().index_of("audio").is_err() {
                continue;
            }
            let mut first = 0u32;
            for batch in rows.shards.file(shard)?.read(&["audio"], None)? {
                let batch = batch?;
                for (row, found) in fingerprints(global, &rows, shard, first, &batch)? {
                    let (fingerprint, samples) = found;
                    let number = u32::try_from(recordings.len())
                        .map_err(|_| Error::Invalid("more than 2^32 recordings".into()))?;
                    candidates.push(number, &fingerprint)?;
                    spool.push(&fingerprint).map_err(io())?;
                    rows_in += u64::from(rows.table == OWN);
                    recordings.push(Recording { table: rows.table, position: (shard, row), samples });
                }
                first += batch.num_rows() as u32;
            }
        }
    }
    let Spool { file, starts } = spool;
    let mut file = file.into_inner().map_err(|e| io()(e.into_error()))?;
    let stored = |number: u32| -> Result<Option<Fingerprint>> {
        let number = number as usize;
        let (from, to) = (starts[number], starts[number + 1]);
        let mut bytes = vec![0; (to - from) as usize * 4];
        file.seek(SeekFrom::Start(from * 4)).and_then(|_| file.read_exact(&mut bytes)).map_err(io())?;
        let frame = |b: &[u8]| u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        Ok(Some(Fingerprint::from_frames(bytes.chunks_exact(4).map(frame).collect())))
    };
    // References have the lower numbers, so they come first in a pair.
    let wanted = |a: u32, b: u32| {
        let own = |n: u32| recordings[n as usize].table == OWN;
        own(b) && !(against_only && own(a))
    };
    // What goes, what it goes for, and how alike they are.
    let mut gone: BTreeMap<u32, (u32, f32)> = BTreeMap::new();
    candidates.verify(wanted, stored, |pair| {
        let (a, b) = (&recordings[pair.first as usize], &recordings[pair.second as usize]);
        let (of_a, of_b) = (&pair.found.first, &pair.found.second);
        let share = |range: &std::ops::Range<u64>, samples: u64| {
            (range.end - range.start) as f64 / samples.max(1) as f64
        };
        // An excerpt of a test recording gives it away, however short. Of two clips of one corpus that one
        // goes which the other holds.
        let (goes, stays) = if a.table != OWN || share(of_b, b.samples) >= LEAST_SHARE {
            (pair.second, pair.first)
        } else if share(of_a, a.samples) >= LEAST_SHARE {
            (pair.first, pair.second)
        } else {
            return Ok(());
        };
        if !gone.contains_key(&goes) && !gone.contains_key(&stays) {
            gone.insert(goes, (stays, 1.0 - pair.found.bit_error_rate));
        }
        Ok(())
    })?;
    let mut pairs = Pairs::new(global);
    for (goes, (stays, alike)) in &gone {
        // What it goes for may have gone for a longer one later.
        let mut stays = *stays;
        while let Some((next, _)) = gone.get(&stays) {
            stays = *next;
        }
        let stays = &recordings[stays as usize];
        let removed = recordings[*goes as usize].position;
        pairs.push(Pair { kept: (stays.table, stays.position), removed, value: Some(*alike) })?;
    }
    Ok((pairs, rows_in))
}

type Found = (u32, (Fingerprint, u64));

/// Fingerprints of the rows of a batch that are still in, on all threads, in their order.
fn fingerprints(
    global: &Global<'_>,
    rows: &Rows<'_>,
    shard: u32,
    first: u32,
    batch: &RecordBatch,
) -> Result<Vec<Found>> {
    let audio = batch.column_by_name("audio").and_then(|c| c.as_any().downcast_ref::<StructArray>());
    let bytes = audio.and_then(|a| a.column_by_name("bytes")?.as_any().downcast_ref::<BinaryArray>());
    let bytes = bytes.ok_or_else(|| Error::Invalid("no audio bytes".into()))?;
    let numbers: Vec<u32> = (0..batch.num_rows() as u32)
        .filter(|row| rows.contains(shard, first + row) && bytes.is_valid(*row as usize))
        .collect();
    let one = |plan: &mut Fingerprinter, row: &u32| -> Result<Found> {
        let samples = decode(bytes.value(*row as usize))?;
        Ok((first + row, (plan.fingerprint(&samples), samples.len() as u64)))
    };
    global.pool.install(|| numbers.par_iter().map_init(Fingerprinter::new, one).collect())
}

/// Mono samples at the fingerprint's rate.
fn decode(bytes: &[u8]) -> Result<Vec<f32>> {
    // Clips of our own making, resampled maybe; what a source may hold was bounded when it was read.
    let limits = Limits { audio_bytes: u64::MAX, ..Limits::default() };
    let parsed = sprog_formats::audio::read(Box::new(Cursor::new(bytes.to_vec())), None, &limits)
        .map_err(|e| Error::Invalid(e.to_string()))?;
    let audio = parsed.value;
    let mono = to_mono(&audio.samples, audio.info.channels);
    resample(&mono, 1, audio.info.sample_rate, SAMPLE_RATE).map_err(|e| Error::Invalid(e.to_string()))
}
