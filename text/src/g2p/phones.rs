//! The inventory of phones: `data/g2p/phones.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::tables::rows;

/// A phone of the inventory, by its row in `phones.tsv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneId(u8);

/// What is known of a phone.
#[derive(Debug)]
pub struct PhoneInfo {
    /// IPA, without stress and stød.
    pub ipa: &'static str,
    /// X-SAMPA.
    pub xsampa: &'static str,
    /// SAMPA as NST's Danish lexicon writes it, `-` where it has none.
    pub nst: &'static str,
    /// `vowel`, `glide`, `plosive`, `fricative`, `approximant`, `nasal` or `lateral`.
    pub kind: &'static str,
    /// Place of articulation; of vowels the backness.
    pub place: &'static str,
    /// Manner of articulation; of vowels the height.
    pub manner: &'static str,
    /// Voiced; of vowels rounded.
    pub plus: bool,
    /// The coarse class: as `kind`, with `long-vowel` apart.
    pub class: &'static str,
    /// The phones nearest to it, the nearest first: for a model that has not seen it.
    pub near: Vec<PhoneId>,
    /// The phone without length and syllabic mark.
    pub bare: PhoneId,
}

struct Inventory {
    phones: Vec<PhoneInfo>,
    by_ipa: HashMap<&'static str, PhoneId>,
}

static INVENTORY: LazyLock<Inventory> = LazyLock::new(|| {
    let table: Vec<Vec<&'static str>> = rows(include_str!("../../data/g2p/phones.tsv")).collect();
    let mut by_ipa = HashMap::new();
    for (index, row) in (0u8..).zip(&table) {
        if let Some(ipa) = row.first() {
            by_ipa.insert(*ipa, PhoneId(index));
        }
    }
    let phones = (0u8..)
        .zip(&table)
        .map(|(index, row)| {
            let cell = |n: usize| row.get(n).copied().unwrap_or("");
            PhoneInfo {
                ipa: cell(0),
                xsampa: cell(1),
                nst: cell(2),
                kind: cell(3),
                place: cell(4),
                manner: cell(5),
                plus: cell(6) == "+",
                class: cell(7),
                near: cell(8).split(' ').filter_map(|ipa| by_ipa.get(ipa).copied()).collect(),
                bare: by_ipa.get(cell(9)).copied().unwrap_or(PhoneId(index)),
            }
        })
        .collect();
    Inventory { phones, by_ipa }
});

impl PhoneId {
    /// The phone that is written so in IPA, without stress and stød.
    ///
    /// ```
    /// use sprog_text::g2p::PhoneId;
    /// let long = PhoneId::from_ipa("iː").unwrap();
    /// assert_eq!(long.info().bare.info().ipa, "i");
    /// assert!(PhoneId::from_ipa("ǃ").is_none());
    /// ```
    pub fn from_ipa(ipa: &str) -> Option<PhoneId> {
        INVENTORY.by_ipa.get(ipa).copied()
    }

    /// All phones, in the order of the table.
    pub fn all() -> impl Iterator<Item = PhoneId> {
        (0u8..).take(INVENTORY.phones.len()).map(PhoneId)
    }

    /// What is known of it.
    pub fn info(self) -> &'static PhoneInfo {
        // An id is only ever made from a row of the table.
        &INVENTORY.phones[usize::from(self.0)]
    }

    /// Whether it makes a syllable of its own: a vowel or a syllabic consonant.
    pub fn is_syllabic(self) -> bool {
        let info = self.info();
        info.kind == "vowel" || info.manner == "syllabic"
    }

    /// Whether it is a vowel.
    pub fn is_vowel(self) -> bool {
        self.info().kind == "vowel"
    }

    pub(super) fn is_long(self) -> bool {
        self.info().class == "long-vowel"
    }
}

/// A phone with its prosody, before it has a place in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sound {
    pub(super) id: PhoneId,
    pub(super) stod: bool,
    pub(super) stress: super::Stress,
}

/// Reads a transcription such as `ˈhunˀən`; `None` and the rest where a character is no phone of the table.
///
/// Spaces, full stops and hyphens part phones and are skipped.
pub(super) fn parse(text: &str) -> Result<Vec<Sound>, &str> {
    let mut out: Vec<Sound> = Vec::new();
    let mut rest = text;
    let mut stress = super::Stress::None;
    while let Some(c) = rest.chars().next() {
        let skip = c.len_utf8();
        match c {
            ' ' | '.' | '-' => {}
            'ˈ' | '\'' => stress = super::Stress::Primary,
            'ˌ' | ',' => stress = super::Stress::Secondary,
            'ˀ' => match out.last_mut() {
                Some(last) => last.stod = true,
                None => return Err(rest),
            },
            _ => {
                // The longest symbol has two characters, of at most three bytes each.
                let mut ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
                let (one, two) = (ends.next().unwrap_or(skip), ends.next());
                let long = two.and_then(|end| Some((PhoneId::from_ipa(&rest[..end])?, end)));
                let Some((id, end)) = long.or_else(|| Some((PhoneId::from_ipa(&rest[..one])?, one))) else {
                    return Err(rest);
                };
                let here = if id.is_syllabic() { std::mem::take(&mut stress) } else { super::Stress::None };
                out.push(Sound { id, stod: false, stress: here });
                rest = &rest[end..];
                continue;
            }
        }
        rest = &rest[skip..];
    }
    Ok(out)
}
