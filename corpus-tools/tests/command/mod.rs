//! A folder and a command for each test, and what the tests read of published folders.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use arrow::array::{Array, RecordBatch, StringArray};
use sprog_datasets::manifest::{checksums, files_below};
use sprog_datasets::table::TableFile;

pub struct Sprog {
    dir: tempfile::TempDir,
}

pub struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub bytes: Vec<u8>,
}

impl Output {
    #[track_caller]
    pub fn ok(self) -> Output {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self
    }
}

impl Sprog {
    pub fn new() -> Sprog {
        Sprog { dir: tempfile::tempdir().expect("a folder") }
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    pub fn write(&self, relative: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a folder")).expect("creates");
        fs::write(&path, bytes).expect("writes");
        path
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.run_in(args, &[])
    }

    pub fn run_in(&self, args: &[&str], env: &[(&str, &str)]) -> Output {
        self.run_with(args, env, b"")
    }

    /// With `input` on standard input.
    pub fn run_with(&self, args: &[&str], env: &[(&str, &str)], input: &[u8]) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sprog"))
            .args(args)
            .current_dir(self.dir.path())
            .envs(env.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let output = std::thread::scope(|scope| {
            // A program that has read enough closes the pipe.
            scope.spawn(move || stdin.write_all(input).ok());
            child.wait_with_output().expect("ends")
        });
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked at"), "{output:?}");
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            bytes: output.stdout,
        }
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

pub fn demo() -> String {
    root().join("datasets/demo").to_string_lossy().into_owned()
}

/// The folder of shared real data; `None`, said loudly, where it is absent. In CI it must be there.
pub fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("SPROG_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    if path.join("data").is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "no shared data in {}: set SPROG_SHARED", path.display());
    eprintln!("SKIPPED: no shared data in {}: set SPROG_SHARED", path.display());
    None
}

/// Rows of all Parquet files whose path starts so.
pub fn rows(folder: &Path, prefix: &str) -> Vec<RecordBatch> {
    let files = files_below(folder).expect("lists");
    files
        .iter()
        .filter(|f| f.starts_with(prefix) && f.ends_with(".parquet"))
        .flat_map(|f| TableFile::open(&folder.join(f)).expect("opens").read(&[], None).expect("reads"))
        .map(|b| b.expect("a batch"))
        .collect()
}

/// A string column; null is empty.
pub fn column(batches: &[RecordBatch], name: &str) -> Vec<String> {
    let mut out = Vec::new();
    for batch in batches {
        let column = batch.column_by_name(name).expect("the column");
        let strings = column.as_any().downcast_ref::<StringArray>().expect("strings");
        out.extend(strings.iter().map(|v| v.unwrap_or_default().to_owned()));
    }
    out
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    files_below(folder).expect("lists").iter().map(|f| folder.join(f)).collect()
}

/// SHA-256 of every file.
pub fn hashes(folder: &Path) -> BTreeMap<String, String> {
    let of = |f: String| {
        let sha256 = checksums(&folder.join(&f)).expect("reads").1;
        (f, sha256)
    };
    files_below(folder).expect("lists").into_iter().map(of).collect()
}

pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

/// A recipe of one text source.
pub fn recipe(files: &str, format: &str, extra: &str) -> String {
    format!(
        r#"
[dataset]
id = "t"
version = "1.0.0"
created = "2026-01-01"
publisher = "p"
contact = "c"
title = {{ da = "t", en = "t" }}
description = {{ da = "d", en = "d" }}

[[source]]
id = "s"
kind = "text"
format = "{format}"
files = ["{files}"]
license = "CC0-1.0"
legal_basis = "own work"
{extra}
"#
    )
}
