//! Progress on standard error: bars on a terminal, nothing otherwise.

use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What a long run tells while it works.
pub struct Progress {
    quiet: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    /// Bars on standard error if it is a terminal and `quiet` is off.
    pub fn new(quiet: bool) -> Progress {
        Progress { quiet, bar: Mutex::new(None) }
    }

    /// Begins a stage; `total` is what [`advance`](Self::advance) will add up to.
    pub fn stage(&self, name: &str, total: Option<u64>) {
        let bar = match (self.quiet, total) {
            (true, _) => ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
            (false, Some(total)) => {
                let style = ProgressStyle::with_template("{msg:20} {wide_bar} {percent:>3} %  {eta}");
                ProgressBar::new(total).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            }
            (false, None) => {
                let style = ProgressStyle::with_template("{msg:20} {spinner}");
                ProgressBar::new_spinner()
                    .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
            }
        };
        bar.set_message(name.to_owned());
        bar.tick();
        if let Some(old) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).replace(bar) {
            old.finish_and_clear();
        }
    }

    /// Some of the stage is done.
    pub fn advance(&self, by: u64) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            bar.inc(by);
        }
    }

    /// Everything is done.
    pub fn done(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}
