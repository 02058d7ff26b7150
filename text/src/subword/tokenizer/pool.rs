//! Word caches that calls share, so that repeated calls find them filled; and calls spread over threads.

use std::sync::{Mutex, PoisonError};

use crate::subword::bpe::Cache;

/// Caches that nobody uses now, and how many were made.
#[derive(Default)]
pub(super) struct Pool(Mutex<Caches>);

#[derive(Default)]
struct Caches {
    #[allow(clippy::vec_box, reason = "moved in and out at every call")]
    idle: Vec<Box<Cache>>,
    made: usize,
}

/// Caches of the usual size, at most: one for each processor, and one for whoever waits for them.
fn most() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from) + 1
}

impl Pool {
    /// Calls with a cache: one from before, a new one, or a small one where too many are in use.
    pub(super) fn with<T>(&self, call: impl FnOnce(&mut Cache) -> T) -> T {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = {
            let mut caches = lock();
            match caches.idle.pop() {
                None if caches.made < most() => {
                    caches.made += 1;
                    Some(Box::default())
                }
                idle => idle,
            }
        };
        match idle {
            Some(mut cache) => {
                let result = call(&mut cache);
                lock().idle.push(cache);
                result
            }
            None => call(&mut Cache::small()),
        }
    }
}

/// Every item through `run`, in order: with the feature `rayon` on its threads.
pub(super) fn map<T: Sync, U: Send, E: Send>(
    items: &[T],
    run: impl Fn(&T) -> Result<U, E> + Send + Sync,
) -> Result<Vec<U>, E> {
    #[cfg(feature = "rayon")]
    if items.len() > 1 {
        use rayon::prelude::*;
        return items.par_iter().map(run).collect();
    }
    items.iter().map(run).collect()
}
