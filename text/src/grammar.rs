//! Our own rules of Danish grammar, spelling and style, in LanguageTool's format: `data/grammar/*.xml`, CC0-1.0.
//!
//! ```
//! let found = sprog_text::grammar::check("Jeg vil gerne lærer dansk.");
//! assert_eq!(found.matches[0].suggestions, ["lære"]);
//! ```

use std::sync::OnceLock;

use sprog_formats::Limits;
use sprog_formats::rules::languagetool::{self, RuleFile};

use crate::lexicon::Lexicon;
use crate::morph::Analyze;
use crate::pattern::{Checked, RuleSet, Synthesize};

macro_rules! families {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../data/grammar/", $name, ".xml")))),*]
    };
}

/// Families of rules, each with its file.
const FAMILIES: [(&str, &str); 19] = families!(
    "ad-af",
    "adverbier",
    "anglicismer",
    "at-og",
    "dobbeltbestemmelse",
    "faste-forbindelser",
    "forveksling",
    "genitiv",
    "komma",
    "kongruens",
    "ligge-laegge",
    "nutids-r",
    "overflod",
    "saerskrivning",
    "stavning",
    "store-bogstaver",
    "tal",
    "tegn",
    "tillaegsform",
);

/// The files of our rules, by family.
pub fn files() -> impl Iterator<Item = (&'static str, RuleFile)> {
    FAMILIES.iter().filter_map(|(name, xml)| {
        let parsed = languagetool::read(xml.as_bytes(), &Limits::default()).ok()?;
        Some((*name, parsed.value))
    })
}

/// Our rules, compiled at the first call.
pub fn ours() -> &'static RuleSet {
    static OURS: OnceLock<RuleSet> = OnceLock::new();
    OURS.get_or_init(|| RuleSet::compile(&files().map(|(_, file)| file).collect::<Vec<_>>()))
}

/// What the rules look words up in: our lexicon alone. A guess would be a reason to doubt where there is none.
pub fn lexicon() -> &'static impl Analyze {
    Lexicon::ours()
}

/// Checks a text with our rules; those that are off by themselves are not run.
pub fn check(text: &str) -> Checked {
    ours().check_text(text, lexicon(), Lexicon::ours())
}

impl Synthesize for Lexicon<'_> {
    fn forms(&self, lemma: &str, wanted: &dyn Fn(&str) -> bool, out: &mut Vec<String>) {
        let forms = Lexicon::forms(self, lemma);
        out.extend(forms.into_iter().filter(|f| wanted(&f.reading.tag())).map(|f| f.form));
    }

    fn is_word(&self, form: &str) -> bool {
        self.contains(form) || self.contains(&form.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_every_rule_runs() {
        assert_eq!(files().count(), FAMILIES.len());
        for (name, xml) in FAMILIES {
            let parsed = languagetool::read(xml.as_bytes(), &Limits::default()).expect(name);
            assert_eq!(parsed.problems, [], "{name}");
        }
        assert_eq!(ours().rejected(), []);
    }
}
