//! The hand-written cases that projects share: `$SPROG_SHARED/cases`, by default beside the repository.
#![allow(clippy::print_stderr, unreachable_pub)]

use std::path::PathBuf;

/// A file of cases; `None`, said loudly, where it is absent. In CI it must be there.
pub fn cases(name: &str) -> Option<String> {
    let folder =
        std::env::var_os("SPROG_SHARED").map_or_else(|| PathBuf::from("../../shared"), PathBuf::from);
    let path = folder.join("cases").join(name);
    let found = std::fs::read_to_string(&path).ok();
    if found.is_none() {
        eprintln!("SKIPPED: {} is missing; set SPROG_SHARED to the folder of shared data", path.display());
        assert!(std::env::var_os("CI").is_none(), "{} must be there in CI", path.display());
    }
    found
}
