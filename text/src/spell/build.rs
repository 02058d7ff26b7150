//! Compiles dictionaries into images.

use std::collections::HashMap;
use std::fmt;

use sprog_formats::rules::hunspell_aff::AffFile;
use sprog_formats::rules::hunspell_dic::{DicContent, DicFile};

use super::affixes::{Affixes, Flags, has};
use super::alphabet::Alphabet;
use super::case::{self, Case};
use super::dawg::Builder;
use super::expand::Entry;
use super::options::{Options, Replacement, chars};
use super::{SpellError, class, image};

/// Forms that a dictionary may have, counted before equal ones are merged.
const MOST_FORMS: usize = 20_000_000;
/// Bytes that all forms together may have.
const MOST_BYTES: usize = 1 << 30;
/// Characters a form may have; longer words are refused by the check, too.
const MOST_CHARS: usize = 300;

/// A compiled dictionary: bytes to write to a file, to map into memory and to give to
/// [`Speller::open`](super::Speller::open).
#[derive(Clone, PartialEq, Eq)]
pub struct SpellDictionary {
    bytes: Vec<u8>,
    words: u64,
}

impl fmt::Debug for SpellDictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpellDictionary")
            .field("bytes", &self.bytes.len())
            .field("words", &self.words)
            .finish()
    }
}

impl SpellDictionary {
    /// Compiles a Hunspell dictionary.
    ///
    /// Every form that affixes make of an entry is worked out here, so that checking is a walk through an
    /// automaton. For Danish that is about a million forms and a second of work. Dictionaries of
    /// agglutinative languages (Hungarian, Finnish) have too many forms for that.
    ///
    /// Not supported, and read past: COMPOUNDSYLLABLE and SYLLABLENUM, the replacement (third field) of
    /// CHECKCOMPOUNDPATTERN, LANG's special cases for Hungarian and Turkish, and PHONE.
    ///
    /// # Errors
    /// [`SpellError::TooManyForms`] past 20 million forms or a gibibyte of them, [`SpellError::TooLarge`] where the
    /// automaton has more than 2²⁴ states and transitions.
    ///
    /// ```
    /// use sprog_formats::{Limits, rules::{hunspell_aff, hunspell_dic}};
    /// use sprog_text::spell::{SpellDictionary, Speller};
    /// let limits = Limits::default();
    /// let aff = hunspell_aff::read("SET UTF-8\nSFX A Y 1\nSFX A 0 en .\n".as_bytes(), &limits)?.value;
    /// let dic = hunspell_dic::read_with("2\nbil/A\nhus\n".as_bytes(), &aff, &limits)?.value;
    /// let dictionary = SpellDictionary::build(&aff, &dic)?;
    /// let speller = Speller::open(dictionary.as_bytes())?;
    /// assert!(speller.check("Bilen") && !speller.check("husen"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn build(aff: &AffFile, dic: &DicFile) -> Result<SpellDictionary, SpellError> {
        let (mut affixes, mut options) = Affixes::of(aff);
        let parts = options.flags_of_parts();
        let mut forms = Forms::default();
        for line in &dic.lines {
            let DicContent::Entry { word, flags, morph } = &line.entry else { continue };
            options.replacements.extend(morph.iter().filter_map(|field| mistake_of(word, field)));
            let flags = affixes.flags(flags);
            let ignored;
            let mut word = word.as_str();
            if !options.ignored.is_empty() {
                ignored = word.chars().filter(|c| !options.ignored.contains(c)).collect::<String>();
                word = &ignored;
            }
            let set = forms.set_of(&flags, &parts);
            let mut first = true;
            let mut sink = |form: &str, class: u32| {
                let set = if std::mem::take(&mut first) { set } else { 0 };
                forms.add(form, class, set)
            };
            affixes.expand(Entry { word, flags: &flags, hidden: false }, &mut sink)?;
            if let Some(hidden) = hidden_form(word, &flags, affixes.special.forbidden) {
                let mut sink = |form: &str, class: u32| forms.add(form, class, 0);
                affixes.expand(Entry { word: &hidden, flags: &flags, hidden: true }, &mut sink)?;
            }
        }
        forms.compile(&options)
    }

    /// Compiles a list of words with how often each occurs (0 where that is not known).
    ///
    /// # Errors
    /// As [`build`](Self::build).
    ///
    /// ```
    /// use sprog_text::spell::{SpellDictionary, Speller};
    /// let dictionary = SpellDictionary::from_words([("hund", 900), ("hånd", 800), ("hun", 20_000)])?;
    /// let speller = Speller::open(dictionary.as_bytes())?;
    /// assert_eq!(speller.suggest("hunn", 2), ["hun", "hund"]);
    /// # Ok::<(), sprog_text::spell::SpellError>(())
    /// ```
    pub fn from_words<W: AsRef<str>>(
        words: impl IntoIterator<Item = (W, u64)>,
    ) -> Result<SpellDictionary, SpellError> {
        let mut forms = Forms::default();
        for (word, frequency) in words {
            let marks = class::ROOT | class::LISTED | class::FREE_CASE;
            forms.add(word.as_ref(), marks | class::of_frequency(frequency), 0)?;
        }
        let breaks = ["-", "^-", "-$"].map(chars).to_vec();
        forms.compile(&Options { compound_min: 3, breaks, ..Options::default() })
    }

    /// The image. The same dictionary always gives the same bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The image.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// How many different forms the dictionary has, those that only stand in compounds included.
    pub fn form_count(&self) -> u64 {
        self.words
    }
}

/// The typical mistake that a field `ph:` names, as a row of the REP table: `ph:banansplit`, `ph:banans*` for
/// the start of the word alone, `ph:ns->nas` for a part of it (hunspell(5), "Optional data fields").
fn mistake_of(word: &str, field: &str) -> Option<Replacement> {
    let field = field.strip_prefix("ph:").filter(|f| !f.is_empty())?;
    let (from, to) = match field.split_once("->") {
        Some(pair) => pair,
        None => match field.strip_suffix('*') {
            Some(start) => {
                let (last, _) = word.char_indices().next_back()?;
                let (end, _) = start.char_indices().next_back()?;
                (start.get(..end)?, word.get(..last)?)
            }
            None => (field, word),
        },
    };
    let row = Replacement { from: chars(from), to: chars(to), start: false, end: false };
    (!row.from.is_empty()).then_some(row)
}

/// The form in which a word with inner capitals is found in a text of capitals only.
fn hidden_form(word: &str, flags: &Flags, forbidden: u32) -> Option<String> {
    if word.is_ascii() && !word.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let word = chars(word);
    let wanted = match Case::of(&word) {
        Case::Mixed | Case::MixedInitial => true,
        Case::All => !flags.is_empty(),
        Case::Lower | Case::Initial => false,
    };
    if !wanted || has(flags, forbidden) {
        return None;
    }
    let mut form = case::lowered(&word);
    case::capitalize(&mut form);
    Some(form.into_iter().collect())
}

/// Forms and their classes, in the order in which they came.
#[derive(Default)]
struct Forms {
    text: String,
    forms: Vec<Form>,
    sets: HashMap<Vec<u32>, u32>,
    set_list: Vec<Vec<u32>>,
}

#[derive(Clone, Copy)]
struct Form {
    start: u32,
    length: u32,
    class: u32,
    set: u32,
}

impl Forms {
    fn add(&mut self, form: &str, class: u32, set: u32) -> Result<(), SpellError> {
        if form.is_empty() || form.chars().take(MOST_CHARS + 1).count() > MOST_CHARS {
            return Ok(());
        }
        if self.forms.len() >= MOST_FORMS || self.text.len() + form.len() > MOST_BYTES {
            return Err(SpellError::TooManyForms);
        }
        let start = u32::try_from(self.text.len()).map_err(|_| SpellError::TooManyForms)?;
        self.text.push_str(form);
        self.forms.push(Form { start, length: form.len() as u32, class, set });
        Ok(())
    }

    /// The number of the set of those of `flags` that compounds ask for; 0 for the empty one.
    fn set_of(&mut self, flags: &[u32], parts: &[u32]) -> u32 {
        let set: Vec<u32> = flags.iter().copied().filter(|f| parts.binary_search(f).is_ok()).collect();
        self.number_of(set)
    }

    fn number_of(&mut self, set: Vec<u32>) -> u32 {
        if set.is_empty() {
            return 0;
        }
        if let Some(number) = self.sets.get(&set) {
            return *number;
        }
        self.set_list.push(set.clone());
        let number = self.set_list.len() as u32;
        self.sets.insert(set, number);
        number
    }

    fn joined(&mut self, a: u32, b: u32) -> u32 {
        if a == b || b == 0 {
            return a;
        }
        let of = |n: u32| {
            (n as usize).checked_sub(1).and_then(|i| self.set_list.get(i)).cloned().unwrap_or_default()
        };
        let mut set = of(a);
        set.extend(of(b));
        set.sort_unstable();
        set.dedup();
        self.number_of(set)
    }

    fn compile(mut self, options: &Options) -> Result<SpellDictionary, SpellError> {
        let alphabet = Alphabet::of(&self.text);
        let mut keys = Vec::with_capacity(self.text.len());
        let mut forms = std::mem::take(&mut self.forms);
        for form in &mut forms {
            let range = form.start as usize..(form.start as usize).saturating_add(form.length as usize);
            let start = keys.len();
            alphabet.encode(self.text.get(range).unwrap_or_default(), &mut keys);
            form.start = u32::try_from(start).map_err(|_| SpellError::TooManyForms)?;
            form.length = (keys.len() - start) as u32;
        }
        let key = |form: &Form| {
            keys.get(form.start as usize..(form.start + form.length) as usize).unwrap_or_default()
        };
        forms.sort_by(|a, b| key(a).cmp(key(b)));

        let mut classes: HashMap<(u32, u32), u32> = HashMap::new();
        let mut class_list = vec![(0, 0)];
        let mut builder = Builder::default();
        let mut words = 0;
        for same in forms.chunk_by(|a, b| key(a) == key(b)) {
            let Some((first, rest)) = same.split_first() else { continue };
            let (mut bits, mut set) = (first.class, first.set);
            let listed = same.iter().find(|f| f.class & class::LISTED != 0);
            for form in rest {
                bits = class::merged(bits, form.class);
                set = self.joined(set, form.set);
            }
            // Hunspell looks at the first entry only to see whether a word is forbidden.
            if listed.is_some_and(|f| f.class & class::FORBIDDEN == 0) {
                bits &= !class::FORBIDDEN;
            }
            let next = class_list.len() as u32;
            let number = *classes.entry((bits, set)).or_insert(next);
            if number == next {
                class_list.push((bits, set));
            }
            builder.add(key(first), number)?;
            words += 1;
        }
        let (dawg, root) = builder.finish()?;
        let bytes = image::write(&alphabet, &options.write(), &class_list, &self.set_list, &dawg, root)?;
        Ok(SpellDictionary { bytes, words })
    }
}
