//! The catalogue's search: an index made here, searched in node by `tests/browser/search_index.mjs` with the very script that
//! browsers run.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use sprog::catalog::search::{Entry, index};
use sprog_datasets::metadata::Bilingual;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(path)
}

fn list(cell: &str) -> Vec<String> {
    cell.split(';').filter(|v| !v.is_empty()).map(str::to_owned).collect()
}

fn invented() -> Vec<Entry> {
    let text = std::fs::read_to_string(here("data/catalog_search/datasets.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [id, title_da, title_en, da, en, keywords, names, modality] = cells[..] else {
                panic!("eight cells: {line}");
            };
            Entry {
                id: id.into(),
                title: Bilingual { da: title_da.into(), en: title_en.into() },
                description: Bilingual { da: da.into(), en: en.into() },
                keywords: list(keywords),
                names: list(names),
                facets: vec![("modality", vec![modality.into()])],
            }
        })
        .collect()
}

/// A thousand datasets of titles, sentences and key words drawn from the invented ones.
fn thousand() -> Vec<Entry> {
    let from = invented();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    (0..1_000)
        .map(|n| {
            let mut pick = || &from[draw(from.len())];
            let [a, b, c, d] = [pick(), pick(), pick(), pick()];
            let mix = |da: [&str; 3]| da.join(" ");
            Entry {
                id: format!("{}-{n}", a.id),
                title: Bilingual {
                    da: format!("{}: {} {n}", a.title.da, b.title.da.to_lowercase()),
                    en: format!("{}: {} {n}", a.title.en, b.title.en.to_lowercase()),
                },
                description: Bilingual {
                    da: mix([&a.description.da, &c.description.da, &d.description.da]),
                    en: mix([&a.description.en, &c.description.en, &d.description.en]),
                },
                keywords: [a.keywords.clone(), c.keywords.clone()].concat(),
                names: [b.names.clone(), vec![format!("kilde-{n}")]].concat(),
                facets: vec![
                    ("modality", a.facets[0].1.clone()),
                    ("licence", vec![["CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0"][n % 3].to_owned()]),
                    ("hours", vec!["1-10".to_owned()]),
                ],
            }
        })
        .collect()
}

#[test]
fn the_same_datasets_give_the_same_bytes() {
    assert_eq!(index(&invented(), 40), index(&invented(), 40));
}

#[test]
fn the_script_finds_what_people_look_for() {
    let out = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(out.path().join(name), bytes).unwrap();
    write("invented.json", index(&invented(), 40));
    write("thousand.json", index(&thousand(), 40));
    let run = Command::new("node")
        .arg(here("browser/search_index.mjs"))
        .arg(out.path())
        .arg(here("data/catalog_search/queries.tsv"))
        .output();
    match run {
        Ok(run) => {
            let said = String::from_utf8_lossy(&run.stdout);
            println!("{said}");
            assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
        }
        Err(e) => {
            assert!(std::env::var_os("CI").is_none(), "node: {e}");
            println!("SKIPPED: node is not there: {e}");
        }
    }
}
