//! Edit scripts: from a form to its lemma.

/// Cut so many letters from the end, then add some.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Script {
    pub(super) cut: u8,
    pub(super) add: String,
}

impl Script {
    /// The shortest script from `form` to `lemma`; `None` if more than 255 letters would be cut.
    pub(super) fn between(form: &str, lemma: &str) -> Option<Script> {
        let common = form
            .char_indices()
            .zip(lemma.chars())
            .find(|((_, a), b)| a != b)
            .map_or(form.len().min(lemma.len()), |((at, _), _)| at);
        let cut = u8::try_from(form[common..].chars().count()).ok()?;
        Some(Script { cut, add: lemma[common..].to_owned() })
    }

    /// `None` for a form that is too short.
    pub(super) fn apply(&self, form: &str) -> Option<String> {
        let kept = match self.cut {
            0 => form,
            cut => &form[..form.char_indices().rev().nth(usize::from(cut) - 1)?.0],
        };
        let mut lemma = String::with_capacity(kept.len() + self.add.len());
        lemma.push_str(kept);
        lemma.push_str(&self.add);
        (!lemma.is_empty()).then_some(lemma)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_leads_from_the_form_to_the_lemma() {
        for (form, lemma) in
            [("husene", "hus"), ("mænd", "mand"), ("æ", "å"), ("så", "så"), ("er", "være"), ("", "x")]
        {
            let script = Script::between(form, lemma).unwrap();
            assert_eq!(script.apply(form).as_deref(), Some(lemma), "{script:?}");
        }
    }

    #[test]
    fn a_script_never_cuts_more_than_there_is() {
        let script = Script::between("mænd", "mand").unwrap();
        assert_eq!(script.apply("æn"), None);
        assert_eq!(Script { cut: 2, add: String::new() }.apply("ål"), None);
        assert_eq!(script.apply("sømænd").as_deref(), Some("sømand"));
    }
}
