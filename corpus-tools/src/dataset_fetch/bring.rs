//! The files themselves: several at a time into a folder beside the final one, then one rename.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde::Serialize;
use sprog_datasets::chunks::{FileChunks, write_columns};
use sprog_datasets::manifest::{MANIFEST, SHA256_LIST, checksums, files_below, sha256_list};
use sprog_datasets::partial::{HUGGING_FACE_YAML, Made, PARTIAL_JSON, Partial};
use sprog_datasets::{Error, durable, verify};

use super::error::changed;
use super::release::SIGNATURE;
use super::wanted::fetch_entry;
use super::{Ask, DatasetError, Job, Kind, Plan};
use crate::codes;
use crate::fetch::{Client, FetchError, Ranged};

/// Files fetched at a time: enough to hide the latency of many small ones, few enough for any server.
const AT_A_TIME: usize = 4;
/// Room on the disk beyond the files' own bytes.
const SPARE_BYTES: u64 = 1 << 20;

/// What was brought.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The folder.
    pub path: PathBuf,
    /// The dataset.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its manifest.
    pub manifest_sha256: String,
    /// Whether the signature was checked with the key given.
    pub vouched: bool,
    /// Files in the folder that the manifest lists.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes that came over the network in this run, those of broken answers included.
    pub transferred: u64,
    /// Whether it is a part of the dataset.
    pub partial: bool,
    /// Files left out.
    pub left_out: u64,
    /// Files that came whole although some columns were wanted, because a server ignores ranges.
    pub without_ranges: u64,
    /// Whether the folder was there already.
    pub unchanged: bool,
}

/// Free bytes on the disk of a folder that may not be there yet; `None` where this is not known.
pub fn free_bytes(dir: &Path) -> Option<u64> {
    let there = dir.ancestors().find(|d| d.is_dir()).unwrap_or(Path::new("."));
    #[cfg(unix)]
    {
        let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
        let found = rustix::fs::statvfs(there).ok()?;
        Some(found.f_bavail.saturating_mul(found.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = there;
        None
    }
}

/// Brings what a plan lists into `to/<id>/<version>`, which appears whole or not at all. `progress` gets bytes that
/// came, from any thread.
///
/// # Errors
/// See [`DatasetError`]: SPROG-2037 for too small a disk, SPROG-2038 for a folder that is there with other content. What
/// came is kept for the next run.
pub fn bring(
    ask: &Ask,
    plan: &Plan,
    client: &Client,
    to: &Path,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Outcome, DatasetError> {
    let (id, version) = (ask.site.id(), plan.found.version.as_str());
    let parent = to.join(id);
    let dest = parent.join(version);
    if dest.exists() {
        return there_already(ask, plan, client, &dest);
    }
    let staging = parent.join(format!(".{version}.sprog-fetch"));
    let needed = plan.bytes().saturating_add(SPARE_BYTES);
    let held: u64 = if staging.is_dir() { folder_bytes(&staging)? } else { 0 };
    if let Some(free) = free_bytes(&parent).filter(|free| free.saturating_add(held) < needed) {
        let message = format!(
            "{}: {needed} bytes are needed and {free} are free\nhint: make room, or fetch a part with --config, --split or --columns",
            parent.display()
        );
        return Err(DatasetError::of(Kind::Environment, codes::SPACE, message));
    }
    fs::create_dir_all(&staging).map_err(Error::io(&staging))?;
    let lock = lock(&staging)?;
    let without_ranges = AtomicU64::new(0);
    let work = Work { ask, plan, client, staging: &staging, progress, without_ranges: &without_ranges };
    work.run()?;
    let bytes = work.finish()?;
    if dest.exists() {
        return there_already(ask, plan, client, &dest);
    }
    fs::rename(&staging, &dest).map_err(Error::io(&dest))?;
    durable::sync_dir(&parent)?;
    drop(lock);
    Ok(Outcome {
        bytes,
        transferred: client.received(),
        without_ranges: without_ranges.load(Ordering::Relaxed),
        ..outcome(plan, &dest, id)
    })
}

fn outcome(plan: &Plan, dest: &Path, id: &str) -> Outcome {
    Outcome {
        path: dest.to_owned(),
        id: id.to_owned(),
        version: plan.found.version.clone(),
        manifest_sha256: plan.found.sha256.clone(),
        vouched: plan.found.vouched,
        files: plan.jobs.len() as u64,
        bytes: 0,
        transferred: 0,
        partial: is_partial(plan),
        left_out: plan.left_out.len() as u64,
        without_ranges: 0,
        unchanged: false,
    }
}

fn is_partial(plan: &Plan) -> bool {
    !plan.left_out.is_empty() || plan.jobs.iter().any(|job| job.columns.is_some())
}

/// A folder in the place of the result is fine if it is the result.
fn there_already(ask: &Ask, plan: &Plan, client: &Client, dest: &Path) -> Result<Outcome, DatasetError> {
    let other = |why: String| {
        let message = format!(
            "{}: {why}\nhint: choose another folder with --to, or move this one away",
            dest.display()
        );
        DatasetError::asked(codes::IN_THE_WAY, message)
    };
    if fs::read(dest.join(MANIFEST)).ok().as_ref() != Some(&plan.found.bytes) {
        return Err(other("there already, and not this version".to_owned()));
    }
    let same = match Partial::read(dest)? {
        None => !is_partial(plan),
        Some(partial) => {
            let made = plan.jobs.iter().filter_map(|j| Some((j.entry.path.as_str(), &j.columns.as_ref()?.1)));
            partial.left_out == plan.left_out
                && partial.made.iter().map(|m| (m.path.as_str(), &m.columns)).eq(made)
        }
    };
    if !same {
        return Err(other("there already, with another part of this version".to_owned()));
    }
    let found = verify::verify(dest, |_| {})?;
    if let Some(first) = found.findings.first() {
        return Err(other(format!("there already, but damaged ({}: {})", first.path, first.message)));
    }
    let bytes = found.bytes;
    Ok(Outcome {
        bytes,
        transferred: client.received(),
        unchanged: true,
        ..outcome(plan, dest, ask.site.id())
    })
}

fn folder_bytes(dir: &Path) -> Result<u64, DatasetError> {
    let files = files_below(dir)?;
    Ok(files.iter().filter_map(|f| fs::metadata(dir.join(f)).ok()).map(|m| m.len()).sum())
}

/// Keeps a second run that fetches the same version out.
fn lock(staging: &Path) -> Result<File, DatasetError> {
    let dir = File::open(staging).map_err(Error::io(staging))?;
    match dir.try_lock() {
        // A run that ended in between gave the folder its final name.
        Ok(()) if staging.is_dir() => Ok(dir),
        Ok(()) | Err(TryLockError::WouldBlock) => {
            let message = "another run fetches the same version; wait for it";
            Err(Error::io(staging)(std::io::Error::new(std::io::ErrorKind::WouldBlock, message)).into())
        }
        Err(TryLockError::Error(e)) => Err(Error::io(staging)(e).into()),
    }
}

struct Work<'w> {
    ask: &'w Ask,
    plan: &'w Plan,
    client: &'w Client,
    staging: &'w Path,
    progress: &'w (dyn Fn(u64) + Sync),
    without_ranges: &'w AtomicU64,
}

impl Work<'_> {
    /// Brings all files; the first error of the lowest job is the one told.
    fn run(&self) -> Result<(), DatasetError> {
        let next = AtomicUsize::new(0);
        let stop = AtomicBool::new(false);
        let failed: Mutex<Option<(usize, DatasetError)>> = Mutex::default();
        let work = || {
            while !stop.load(Ordering::Relaxed) {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(job) = self.plan.jobs.get(number) else { return };
                if let Err(e) = self.job(job) {
                    stop.store(true, Ordering::Relaxed);
                    let mut first = failed.lock().unwrap_or_else(PoisonError::into_inner);
                    if first.as_ref().is_none_or(|(before, _)| number < *before) {
                        *first = Some((number, e));
                    }
                    return;
                }
            }
        };
        thread::scope(|scope| {
            for number in 0..AT_A_TIME {
                let started = thread::Builder::new().spawn_scoped(scope, work);
                // A machine that gives no thread still has this one.
                if started.is_err() && number == 0 {
                    work();
                }
            }
        });
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.map_or(Ok(()), |(_, e)| Err(e))
    }

    fn job(&self, job: &Job) -> Result<(), DatasetError> {
        let to = self.staging.join(&job.entry.path);
        let folder = durable::parent_of(&to);
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        if let Some(bytes) = self.plan.read.get(&job.entry.path) {
            return Ok(durable::write_bytes(&to, bytes)?);
        }
        match &job.columns {
            None => self.whole(job, &to),
            Some((chunks, columns)) => self.columns(job, chunks, columns, &to),
        }
    }

    fn whole(&self, job: &Job, to: &Path) -> Result<(), DatasetError> {
        let mut last = 0;
        fetch_entry(self.ask, self.client, &self.plan.found.version, &job.entry, to, &mut |now| {
            (self.progress)(now.done.saturating_sub(last));
            last = last.max(now.done);
        })
    }

    fn columns(
        &self,
        job: &Job,
        chunks: &FileChunks,
        columns: &[String],
        to: &Path,
    ) -> Result<(), DatasetError> {
        let mut name = to.file_name().unwrap_or_default().to_owned();
        name.push(".columns");
        let spans_at = to.with_file_name(name);
        let spans = chunks.spans(columns);
        let mut first: Option<FetchError> = None;
        for site in self.ask.sites() {
            let url = site.url(&format!("{}/{}", self.plan.found.version, job.entry.path));
            match self.client.spans(&url, chunks.bytes, &spans, &spans_at, &mut |n| (self.progress)(n)) {
                Ok(Ranged::Brought) => {
                    write_columns(&spans_at, chunks, columns, to)?;
                    return remove(&spans_at);
                }
                Ok(Ranged::Ignored) => {
                    remove(&spans_at)?;
                    self.without_ranges.fetch_add(1, Ordering::Relaxed);
                    self.whole(job, &spans_at)?;
                    write_columns(&spans_at, chunks, columns, to)?;
                    return remove(&spans_at);
                }
                Err(e @ FetchError::Io { .. }) if !url.starts_with("file:") => return Err(e.into()),
                Err(e) => drop(first.get_or_insert(e)),
            }
        }
        Err(first.map_or_else(
            || DatasetError::asked(codes::POINTER, "no address".to_owned()),
            |e| changed(&job.entry.path, e),
        ))
    }

    /// Writes what says which version and which part it is, takes away what is not part of it, and gives the bytes of
    /// the files.
    fn finish(&self) -> Result<u64, DatasetError> {
        let (plan, staging) = (self.plan, self.staging);
        let write = |name: &str, bytes: &[u8]| durable::write_bytes(&staging.join(name), bytes);
        let mut names: BTreeSet<String> = plan.jobs.iter().map(|j| j.entry.path.clone()).collect();
        let (mut made, mut bytes) = (Vec::new(), 0u64);
        for job in &plan.jobs {
            let Some((_, columns)) = &job.columns else {
                bytes += job.entry.bytes;
                continue;
            };
            let path = job.entry.path.clone();
            let (size, sha256, _) = checksums(&staging.join(&path))?;
            bytes += size;
            made.push(Made { path, columns: columns.clone(), bytes: size, sha256 });
        }
        if is_partial(plan) {
            let partial = Partial {
                format: 1,
                dataset: plan.found.manifest.dataset.clone(),
                version: plan.found.version.clone(),
                manifest_sha256: plan.found.sha256.clone(),
                selection: plan.selection.clone(),
                left_out: plan.left_out.clone(),
                made,
            };
            write(PARTIAL_JSON, partial.to_json()?.as_bytes())?;
            names.insert(PARTIAL_JSON.to_owned());
            if let Some(tables) = &plan.tables {
                write(HUGGING_FACE_YAML, tables.as_bytes())?;
                names.insert(HUGGING_FACE_YAML.to_owned());
            }
        }
        if let Some(signature) = &plan.found.signature {
            write(SIGNATURE, signature)?;
            names.insert(SIGNATURE.to_owned());
        }
        // The list for sha256sum says nothing that the manifest does not.
        let entries = plan.found.manifest.files.iter().map(|f| (f.sha256.as_str(), f.path.as_str()));
        let list = sha256_list(entries.chain([(plan.found.sha256.as_str(), MANIFEST)]));
        write(SHA256_LIST, list.as_bytes())?;
        write(MANIFEST, &plan.found.bytes)?;
        names.extend([SHA256_LIST.to_owned(), MANIFEST.to_owned()]);
        // An earlier run may have wanted more.
        for extra in files_below(staging)?.iter().filter(|f| !names.contains(*f)) {
            remove(&staging.join(extra))?;
        }
        remove_empty(staging)?;
        Ok(bytes)
    }
}

fn remove(path: &Path) -> Result<(), DatasetError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io(path)(e).into()),
        _ => Ok(()),
    }
}

/// Takes away folders that hold nothing, below `dir`.
fn remove_empty(dir: &Path) -> Result<(), DatasetError> {
    for entry in fs::read_dir(dir).map_err(Error::io(dir))? {
        let path = entry.map_err(Error::io(dir))?.path();
        if path.is_dir() {
            remove_empty(&path)?;
            // One that holds something stays.
            let _ = fs::remove_dir(&path);
        }
    }
    Ok(durable::sync_dir(dir)?)
}
