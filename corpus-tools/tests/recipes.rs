//! The recipes of `datasets/recipes`: each is read, its licences hold, and a build of it can be planned or says which
//! file is missing and where it is to be had.

#![allow(clippy::print_stderr)]

mod command;

use std::fs;
use std::path::PathBuf;

use command::{Sprog, column, rows};
use sprog::build::plan;
use sprog::recipe;

fn recipes() -> Vec<PathBuf> {
    let folder = command::root().join("datasets/recipes");
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder).expect("lists").map(|e| e.expect("an entry").path()).collect();
    found.sort();
    assert!(found.len() >= 10, "{found:?}");
    found
}

#[test]
fn every_recipe_is_read_and_its_licences_and_addresses_hold() {
    for path in recipes() {
        let loaded = recipe::load(&path).unwrap_or_else(|e| panic!("{}: {e:#}", path.display()));
        let (_, refusals) = plan::describe_sources(&loaded, &loaded.metadata());
        assert!(refusals.is_empty(), "{}: {refusals:?}", path.display());
        assert_eq!(path.file_name().and_then(|n| n.to_str()), Some(loaded.recipe.dataset.id.as_str()));
        for source in &loaded.recipe.sources {
            let source = source.get_ref();
            let own = source.legal_basis.as_deref() == Some("own work");
            assert!(
                own || source.url.as_ref().is_some_and(|url| url.starts_with("https://")),
                "{}",
                source.id
            );
            assert!(
                own || source.attribution.is_some() || source.license.as_deref() == Some("CC0-1.0"),
                "{}",
                source.id
            );
            if let Some(sha256) = &source.sha256 {
                assert!(sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit()), "{}", source.id);
                let file = source.files.first().expect("one file");
                assert!(
                    file.starts_with("data/") && !file.contains('*'),
                    "{file}: `sprog fetch` cannot place it"
                );
            }
        }
    }
}

#[test]
fn a_build_without_its_files_says_which_and_where_they_are() {
    let sprog = Sprog::new();
    for path in recipes() {
        let loaded = recipe::load(&path).expect("reads");
        let Some(first) = loaded
            .recipe
            .sources
            .iter()
            .map(|s| s.get_ref())
            .find(|s| s.legal_basis.as_deref() != Some("own work"))
        else {
            continue;
        };
        // A copy, so that files that were fetched beside the recipe do not count.
        let text = loaded.text.replace("$SPROG_", "$SPROG_NOWHERE_");
        let copy = sprog.write(&format!("{}/recipe.toml", loaded.recipe.dataset.id), text);
        let built = sprog.run(&["build", &copy.display().to_string()]);
        let told = format!("{}: {}", path.display(), built.stderr);
        assert_eq!(built.code, 2, "{told}");
        assert!(built.stderr.contains("SPROG-2002") && built.stderr.contains(&first.id), "{told}");
        let place = if first.sha256.is_some() { "sprog fetch" } else { "https://" };
        assert!(built.stderr.contains(place), "{told}");
    }
}

#[test]
fn the_wordnet_recipe_builds_from_a_small_file_of_the_same_format() {
    let sprog = Sprog::new();
    let data = command::root().join("formats/tests/data/rules/wn_lmf-every-element.xml");
    let bytes = fs::read(data).expect("reads");
    sprog.write("dannet/dannet-wn-lmf.xml", &bytes);
    let folder = sprog.path("dannet").display().to_string();
    let recipe = command::root().join("datasets/recipes/dannet").display().to_string();
    sprog.run_in(&["build", &recipe], &[("SPROG_DANNET", &folder)]).ok();
    let out = "sprog-out/dannet/1.0.0";
    sprog.run(&["verify", out]).ok();
    // The file stands in three tables whole; it comes back once.
    assert!(sprog.run(&["rules", "export", out, "$SPROG_DANNET/dannet-wn-lmf.xml"]).ok().bytes == bytes);
    let words = column(&rows(&sprog.path(out), "data/thesaurus/"), "word");
    assert!(words.contains(&"hund".to_owned()), "{words:?}");
    for page in ["lexicon_entries", "lexicon_forms", "thesaurus"] {
        let text = fs::read_to_string(sprog.path(out).join(format!("rules/{page}.md"))).expect("a page");
        assert!(text.contains("CC-BY-SA-4.0") && text.contains("Københavns Universitet"), "{text}");
    }
}

#[test]
fn the_register_of_words_builds_from_small_files_of_the_same_format() {
    let sprog = Sprog::new();
    sprog.write("cor/cor1.02.tsv", "COR.15006.302.01\tdansk\t\tadj.sg.best\tdanske\t1\n");
    sprog.write("cor/corext1.0.tsv", "COR.EXT.100002.110.01\tabe\t\tsb\t\t\tsb.fk.sg.ubest\tabe\n");
    sprog.write("cor/corsoegehjaelp.tsv", "COR.15006.302.01\tdansk\tadj.sg.best\tdannske\n");
    let folder = sprog.path("cor").display().to_string();
    let recipe = command::root().join("datasets/recipes/cor").display().to_string();
    let built = sprog.run_in(&["build", &recipe], &[("SPROG_COR", &folder)]).ok();
    let table = rows(&sprog.path("sprog-out/cor/1.0.0"), "data/lexicon_forms/");
    assert_eq!(column(&table, "source"), ["cor", "cor-ext", "cor-soegehjaelp"], "{}", built.stderr);
    assert_eq!(column(&table, "upos")[0], "ADJ");
    assert!(column(&table, "license").iter().all(|l| l == "CC0-1.0"));
}
