//! The recipe over real input: NST recordings, the Danish treebank, Debian's hunspell-da and hyphen-da.

mod command;

use std::fs;
use std::path::Path;

use command::{Sprog, column, rows};

#[test]
fn real_recordings_treebank_and_rules_build_and_export_byte_equal() {
    let Some(shared) = command::shared() else { return };
    let hunspell = std::env::var("SPROG_HUNSPELL_DIR").unwrap_or_else(|_| "/usr/share/hunspell".into());
    let hyphen = std::env::var("SPROG_HYPHEN_DIR").unwrap_or_else(|_| "/usr/share/hyphen".into());
    if !Path::new(&hunspell).join("da_DK.aff").is_file()
        || !Path::new(&hyphen).join("hyph_da_DK.dic").is_file()
    {
        assert!(std::env::var_os("CI").is_none(), "install Debian's hunspell-da and hyphen-da");
        eprintln!("SKIPPED: install Debian's hunspell-da and hyphen-da");
        return;
    }
    let sprog = Sprog::new();
    let shared = fs::canonicalize(shared).expect("a path").to_string_lossy().into_owned();
    let recipe = command::root().join("datasets/recipes/nst-ddt-stavekontrol");
    let env =
        [("SPROG_SHARED", shared.as_str()), ("SPROG_HUNSPELL_DIR", &hunspell), ("SPROG_HYPHEN_DIR", &hyphen)];
    sprog.run_in(&["build", &recipe.to_string_lossy()], &env).ok();
    let out = "sprog-out/nst-ddt-stavekontrol/1.0.0";
    sprog.run(&["verify", out]).ok();
    let folder = sprog.path(out);
    assert_eq!(column(&rows(&folder, "data/speech/"), "id").len(), 7);
    let texts = column(&rows(&folder, "data/text/"), "text");
    let words: usize = texts.iter().map(|t| t.split(' ').count()).sum();
    assert!(words > 8_000, "{words} words of the treebank");
    assert_eq!(column(&rows(&folder, "data/dic_entries/"), "raw").len(), 157_838);
    for (file, path) in [
        ("$SPROG_HUNSPELL_DIR/da_DK.aff", format!("{hunspell}/da_DK.aff")),
        ("$SPROG_HUNSPELL_DIR/da_DK.dic", format!("{hunspell}/da_DK.dic")),
        ("$SPROG_HYPHEN_DIR/hyph_da_DK.dic", format!("{hyphen}/hyph_da_DK.dic")),
    ] {
        let exported = sprog.run(&["rules", "export", out, file]).ok();
        assert!(exported.bytes == fs::read(path).expect("reads"), "{file} is not the same");
    }
}
