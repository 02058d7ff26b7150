//! Jobs on a thread pool with a bound on how many are under way, so that memory stays bounded too.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, PoisonError};

use sprog_datasets::{Error, Result};

/// Threads and memory of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resources {
    /// Worker threads.
    pub threads: usize,
    /// Bytes that the build may hold.
    pub memory: usize,
}

struct Gauge {
    free: Mutex<usize>,
    changed: Condvar,
}

/// Runs jobs that `produce` hands out. At most `threads + 1` are under way or waiting.
///
/// # Errors
/// The first error of `produce` or of a job, in the order they end; a job that panics is an error.
pub fn run<J: Send>(
    resources: Resources,
    produce: impl FnOnce(&mut dyn FnMut(J) -> Result<()>) -> Result<()>,
    work: impl Fn(J) -> Result<()> + Sync,
) -> Result<()> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(resources.threads)
        .build()
        .map_err(|e| Error::io("threads")(std::io::Error::other(e.to_string())))?;
    let gauge = Gauge { free: Mutex::new(resources.threads + 1), changed: Condvar::new() };
    let failed: Mutex<Option<Error>> = Mutex::new(None);
    let lock = |m: &Mutex<Option<Error>>| m.lock().unwrap_or_else(PoisonError::into_inner).take();
    let work = &work;
    let (gauge, failed_ref) = (&gauge, &failed);
    let produced = pool.in_place_scope(|scope| {
        produce(&mut |job: J| {
            let mut free = gauge.free.lock().unwrap_or_else(PoisonError::into_inner);
            while *free == 0 {
                free = gauge.changed.wait(free).unwrap_or_else(PoisonError::into_inner);
            }
            *free -= 1;
            drop(free);
            if failed_ref.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                return Err(Error::Invalid("stopped by an earlier error".into()));
            }
            scope.spawn(move |_| {
                let result = catch_unwind(AssertUnwindSafe(|| work(job)))
                    .unwrap_or_else(|_| Err(Error::Invalid("a job failed inside; please report it".into())));
                if let Err(e) = result {
                    failed_ref.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(e);
                }
                *gauge.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                gauge.changed.notify_one();
            });
            Ok(())
        })
    });
    match lock(&failed) {
        Some(error) => Err(error),
        None => produced,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn few_jobs_are_under_way_at_a_time_and_errors_end_the_run() {
        let (now, most, done) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let resources = Resources { threads: 2, memory: 0 };
        let result = run(
            resources,
            |hand_out| (0..200).try_for_each(hand_out),
            |job: usize| {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_micros(200));
                now.fetch_sub(1, Ordering::SeqCst);
                done.fetch_add(1, Ordering::SeqCst);
                if job == 50 { Err(Error::Invalid("nej".into())) } else { Ok(()) }
            },
        );
        assert_eq!(result.expect_err("fails").to_string(), "nej");
        assert!(most.load(Ordering::SeqCst) <= 2, "{most:?}");
        assert!(done.load(Ordering::SeqCst) < 60, "{done:?}");
    }
}
