//! From texts with their tokens to what is trained on: sequences in a config of their own, and binary files.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use arrow::array::{Array, BinaryArray, Int64Array};
use serde::{Deserialize, Serialize};
use sprog_datasets::corpus::{Table, parts_of_shards};
use sprog_datasets::schema::Modality;
use sprog_datasets::table::{RowRange, Shards};
use sprog_datasets::tokens::{
    BinaryPaths, Counts, Located, Packing, Piece, Ranked, Ranker, SequenceBuilder, SplitTokens, Store,
    StoreWriter, TOKENS, Tokens, best_fit, concatenate, sequence_schema, write_binary,
};
use sprog_datasets::{Error, Result, durable};

use super::steps::strings;
use super::tokenize::Tokenize;
use super::{Context, pool, tables};
use crate::recipe::tokens_config;

/// Tokens of a shard of sequences: what one job gathers.
const SHARD_TOKENS: u64 = 2 << 20;

/// What becomes of a config's tokens.
#[derive(Default)]
pub(super) struct Packed {
    /// The config of sequences.
    pub(super) table: Option<Table>,
    /// Binary files, by their paths in the published folder.
    pub(super) files: Vec<(String, PathBuf)>,
}

/// Counts the tokens of a table of texts, and packs them if the recipe asks for it.
///
/// # Errors
/// Those of the file system and of reading the shards.
pub(super) fn run(context: &Context<'_>, text: &mut Table, tokenize: &Tokenize) -> Result<Packed> {
    let splits = splits_of(text);
    let rows = rows_by_shard(text, &splits);
    let config = tokens_config(&text.config);
    context.progress.stage(&config, None);
    let store = match tokenize.keeps() {
        true => Some(store(context, text, tokenize, &config, &rows)?),
        false => None,
    };
    let mut counts: Vec<SplitTokens> =
        splits.iter().map(|name| SplitTokens { name: name.clone(), ..SplitTokens::default() }).collect();
    let memory = context.resources.memory / 4;
    let mut ranker = Ranker::new(context.work, memory, tokenize.described.seed.as_deref());
    locate(text, tokenize, &rows, &mut counts, store.is_some().then_some(&mut ranker))?;
    let mut described = Tokens { splits: counts, ..tokenize.described.clone() };
    let mut packed = Packed::default();
    if let Some(store) = store {
        let mut ranked = ranker.finish()?;
        if tokenize.binary {
            let folder = format!("binary/{config}");
            packed.files = binaries(context, &config, &folder, &splits, &mut ranked, &store)?;
            described.binary = Some(store.width());
            described.folder = Some(folder);
        }
        if let Some((packing, length)) = tokenize.packing {
            let sequences = Sequences { config: &config, packing, length, pad: tokenize.pad };
            let mut table = sequences.run(context, &mut described, &splits, &mut ranked, &store)?;
            table.beside = Some(text.config.clone());
            packed.table = Some(table);
        }
    }
    text.tokens = Some(described);
    Ok(packed)
}

/// The splits of a table, in order.
fn splits_of(text: &Table) -> Vec<String> {
    let mut splits: Vec<String> = text.parts.iter().map(|part| part.split.clone()).collect();
    splits.dedup();
    splits
}

/// Rows of one shard, and the number of their split.
type SplitRows = Vec<(RowRange, u16)>;

/// The rows of a table by shard, as they lie there.
fn rows_by_shard(text: &Table, splits: &[String]) -> Vec<SplitRows> {
    let mut shards: Vec<SplitRows> = text.shards.paths().iter().map(|_| SplitRows::new()).collect();
    for part in &text.parts {
        let split = splits.iter().position(|name| *name == part.split).unwrap_or_default() as u16;
        for range in &part.rows {
            shards[range.shard as usize].push((*range, split));
        }
    }
    shards.iter_mut().for_each(|rows| rows.sort_unstable_by_key(|(range, _)| range.start));
    shards
}

fn ranges(rows: &SplitRows) -> Vec<RowRange> {
    rows.iter().map(|(range, _)| *range).collect()
}

/// A file of a job, and its size.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Written {
    file: String,
    bytes: u64,
}

impl Written {
    fn of(context: &Context<'_>, file: String) -> Result<Written> {
        let path = context.work.join(&file);
        let bytes = std::fs::metadata(&path).map_err(Error::io(&path))?.len();
        Ok(Written { file, bytes })
    }

    fn is_intact(&self, context: &Context<'_>) -> bool {
        std::fs::metadata(context.work.join(&self.file)).is_ok_and(|m| m.len() == self.bytes)
    }
}

/// Ids and tokens of all rows in plain files, one a shard.
fn store(
    context: &Context<'_>,
    text: &Table,
    tokenize: &Tokenize,
    config: &str,
    rows: &[SplitRows],
) -> Result<Store> {
    let name = |shard: usize| format!("{config}-{shard}.tokens");
    pool::run(
        context.resources,
        |hand_out| {
            for (shard, rows) in rows.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
                let key = format!("{config}/store/{shard}");
                let finished = context.journal.finished::<Written>(&key);
                if !finished.is_some_and(|written| written.is_intact(context)) {
                    hand_out((shard, rows, key))?;
                }
            }
            Ok(())
        },
        |(shard, rows, key): (usize, &SplitRows, String)| {
            let path = context.work.join(name(shard));
            durable::write_atomic(&path, |out| {
                let mut writer = StoreWriter::new(out);
                let ranges = ranges(rows);
                for batch in text.shards.file(shard as u32)?.read(&["id", TOKENS], Some(&ranges))? {
                    let batch = batch?;
                    let tokens = batch.column_by_name(TOKENS);
                    let tokens = tokens.and_then(|c| c.as_any().downcast_ref::<BinaryArray>());
                    let tokens = tokens.ok_or_else(|| Error::Invalid("a shard without tokens".into()))?;
                    let ids = strings(&batch, "id")?;
                    for row in 0..batch.num_rows() {
                        writer
                            .push(ids.value(row), &[&tokenize.bos, tokens.value(row), &tokenize.eos])
                            .map_err(Error::io(&path))?;
                    }
                }
                Ok(())
            })?;
            context.journal.commit(&key, &Written::of(context, name(shard))?)
        },
    )?;
    let paths = (0..rows.len()).map(|shard| context.work.join(name(shard))).collect();
    Ok(Store::new(paths, tokenize.width))
}

/// Counts what the splits hold, and tells where each document lies in the [`store`].
fn locate(
    text: &Table,
    tokenize: &Tokenize,
    rows: &[SplitRows],
    counts: &mut [SplitTokens],
    mut ranker: Option<&mut Ranker>,
) -> Result<()> {
    for (shard, rows) in rows.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
        let ranges = ranges(rows);
        let mut splits =
            rows.iter().flat_map(|(range, split)| (0..range.len).map(move |_| usize::from(*split)));
        let mut offset = 0u64;
        for batch in text.shards.file(shard as u32)?.read(&["id", "token_count", "__bytes"], Some(&ranges))? {
            let batch = batch?;
            let number = |name: &str| {
                let column = batch.column_by_name(name).and_then(|c| c.as_any().downcast_ref::<Int64Array>());
                column.ok_or_else(|| Error::Invalid(format!("a shard without {name}")))
            };
            let (tokens, bytes, ids) = (number("token_count")?, number("__bytes")?, strings(&batch, "id")?);
            for row in 0..batch.num_rows() {
                let split = splits.next().ok_or_else(|| Error::Invalid("more rows than asked for".into()))?;
                let sum = &mut counts[split];
                sum.documents += 1;
                sum.bytes += bytes.value(row).unsigned_abs();
                sum.tokens += tokens.value(row).unsigned_abs();
                if let Some(ranker) = &mut ranker {
                    let id = ids.value(row);
                    let narrow = || Error::Invalid(format!("the document {id:?} is too large to be packed"));
                    let count = u32::try_from(tokens.value(row)).map_err(|_| narrow())?;
                    let document = Located {
                        shard: shard as u32,
                        offset,
                        id_bytes: u8::try_from(id.len()).map_err(|_| narrow())?,
                        tokens: count.checked_add(tokenize.marks()).ok_or_else(narrow)?,
                    };
                    offset += document.bytes(tokenize.width);
                    ranker.push(split as u16, id, document)?;
                }
            }
        }
    }
    Ok(())
}

/// The binary files of each split: one job a split, which a stopped build finds done.
fn binaries(
    context: &Context<'_>,
    config: &str,
    folder: &str,
    splits: &[String],
    ranked: &mut Ranked,
    store: &Store,
) -> Result<Vec<(String, PathBuf)>> {
    let mut out = Vec::new();
    for (number, split) in splits.iter().enumerate() {
        let paths = BinaryPaths::new(context.work, &format!("{config}-{split}"));
        let published = BinaryPaths::new(std::path::Path::new(folder), split);
        let key = format!("{config}/binary/{split}");
        let finished = context.journal.finished::<Vec<Written>>(&key);
        if !finished.is_some_and(|files| files.iter().all(|file| file.is_intact(context))) {
            write_binary(&paths, ranked, number, &mut store.reader())?;
            let written = |path: &PathBuf| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                Written::of(context, name.into_owned())
            };
            let files: Vec<Written> =
                [&paths.bin, &paths.idx, &paths.documents].into_iter().map(written).collect::<Result<_>>()?;
            context.journal.commit(&key, &files)?;
        }
        for (to, from) in
            [(published.bin, paths.bin), (published.idx, paths.idx), (published.documents, paths.documents)]
        {
            out.push((to.to_string_lossy().replace('\\', "/"), from));
        }
    }
    Ok(out)
}

/// A shard of sequences.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SequenceShard {
    shard: Written,
    rows: u32,
    /// Bytes of its tokens.
    payload: u64,
    padding: u64,
}

/// How a config of sequences is made.
struct Sequences<'s> {
    config: &'s str,
    packing: Packing,
    length: u32,
    pad: Option<u32>,
}

/// The sequences of one job, their pieces one behind the other.
#[derive(Default)]
struct Chunk {
    pieces: Vec<Piece>,
    /// Pieces up to the end of each sequence.
    ends: Vec<usize>,
    tokens: u64,
}

impl Chunk {
    fn push(&mut self, pieces: &[Piece]) {
        self.pieces.extend_from_slice(pieces);
        self.ends.push(self.pieces.len());
        self.tokens += pieces.iter().map(|piece| u64::from(piece.len)).sum::<u64>();
    }
}

impl Sequences<'_> {
    fn run(
        &self,
        context: &Context<'_>,
        described: &mut Tokens,
        splits: &[String],
        ranked: &mut Ranked,
        store: &Store,
    ) -> Result<Table> {
        let shards: Mutex<BTreeMap<(usize, usize), SequenceShard>> = Mutex::default();
        let keep = |at: (usize, usize), shard: SequenceShard| {
            shards.lock().unwrap_or_else(PoisonError::into_inner).insert(at, shard);
        };
        let mut counted = vec![Counts::default(); splits.len()];
        pool::run(
            context.resources,
            |hand_out| {
                for (split, counts) in counted.iter_mut().enumerate() {
                    let (mut chunk, mut number) = (Chunk::default(), 0usize);
                    let mut give = |chunk: &mut Chunk| {
                        let chunk = std::mem::take(chunk);
                        let at = (split, number);
                        let key = format!("{}/sequences/{split}/{number}", self.config);
                        number += 1;
                        let finished = context.journal.finished::<SequenceShard>(&key);
                        match finished.filter(|shard| shard.shard.is_intact(context)) {
                            Some(shard) => {
                                keep(at, shard);
                                Ok(())
                            }
                            None => hand_out((at, key, chunk)),
                        }
                    };
                    let mut emit = |pieces: &[Piece]| {
                        chunk.push(pieces);
                        if chunk.tokens >= SHARD_TOKENS { give(&mut chunk) } else { Ok(()) }
                    };
                    let documents = ranked.documents(split)?;
                    *counts = match self.packing {
                        Packing::Concatenate => concatenate(documents, self.length, &mut emit)?,
                        Packing::BestFit => {
                            let memory = context.resources.memory / 8;
                            best_fit(documents, self.length, context.work, memory, &mut emit)?
                        }
                    };
                    if !chunk.ends.is_empty() {
                        give(&mut chunk)?;
                    }
                }
                Ok(())
            },
            |(at, key, chunk): ((usize, usize), String, Chunk)| {
                let shard = self.write(context, store, &chunk)?;
                context.journal.commit(&key, &shard)?;
                keep(at, shard);
                Ok(())
            },
        )?;
        let shards = shards.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut own = Tokens {
            packing: Some(self.packing),
            sequence_length: Some(self.length),
            binary: None,
            folder: None,
            ..described.clone()
        };
        for (split, counts) in own.splits.iter_mut().zip(&counted) {
            (split.sequences, split.cut) = (counts.sequences, counts.cut);
        }
        shards.iter().for_each(|((split, _), shard)| own.splits[*split].padding += shard.padding);
        let laid: Vec<(String, u32, u64)> =
            shards.iter().map(|((split, _), s)| (splits[*split].clone(), s.rows, s.payload)).collect();
        Ok(Table {
            config: self.config.to_owned(),
            modality: Modality::Tokens,
            schema: sequence_schema(),
            shards: Shards::new(shards.values().map(|s| context.work.join(&s.shard.file)).collect()),
            parts: parts_of_shards(&laid, Modality::Tokens),
            beside: None,
            tokens: Some(own),
        })
    }

    fn write(&self, context: &Context<'_>, store: &Store, chunk: &Chunk) -> Result<SequenceShard> {
        let mut builder = SequenceBuilder::new(self.length, self.pad);
        let mut reader = store.reader();
        let (mut start, mut padding) = (0, 0);
        for end in &chunk.ends {
            padding += builder.push(&chunk.pieces[start..*end], &mut reader)?;
            start = *end;
        }
        let batch = builder.finish()?;
        let rows = u32::try_from(batch.num_rows()).map_err(|e| Error::Invalid(e.to_string()))?;
        let (file, bytes) = tables::store_batches(context, &batch.schema(), &[batch])?;
        let payload = 4 * (chunk.tokens + padding);
        Ok(SequenceShard { shard: Written { file, bytes }, rows, payload, padding })
    }
}
