//! The languages told apart, and sets of them.

/// A language that [`super::identify`] can report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Language {
    /// Danish, `da`.
    Da,
    /// Norwegian Bokmål, `nb`.
    Nb,
    /// Norwegian Nynorsk, `nn`.
    Nn,
    /// Swedish, `sv`.
    Sv,
    /// Faroese, `fo`.
    Fo,
    /// Icelandic, `is`.
    Is,
    /// German, `de`.
    De,
    /// English, `en`.
    En,
    /// Dutch, `nl`.
    Nl,
    /// A language outside the nine.
    Other,
}

impl Language {
    /// All, in the order of [`Identification::scores`](super::Identification::scores).
    pub const ALL: [Language; 10] = [
        Language::Da,
        Language::Nb,
        Language::Nn,
        Language::Sv,
        Language::Fo,
        Language::Is,
        Language::De,
        Language::En,
        Language::Nl,
        Language::Other,
    ];

    /// The ISO 639-1 code, or `other`.
    ///
    /// ```
    /// assert_eq!(sprog_text::langid::Language::Nn.code(), "nn");
    /// ```
    pub const fn code(self) -> &'static str {
        match self {
            Language::Da => "da",
            Language::Nb => "nb",
            Language::Nn => "nn",
            Language::Sv => "sv",
            Language::Fo => "fo",
            Language::Is => "is",
            Language::De => "de",
            Language::En => "en",
            Language::Nl => "nl",
            Language::Other => "other",
        }
    }

    /// The language of a code that [`Self::code`] gives; `None` for others, `no` and `und` among them.
    pub fn from_code(code: &str) -> Option<Language> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The place in [`Self::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Languages in the order of their probability, the likeliest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanguageSet {
    order: [Language; Language::ALL.len()],
    len: u8,
}

impl LanguageSet {
    /// The shortest list of the likeliest languages whose scores reach `coverage` together. Of equal
    /// scores the first in [`Language::ALL`] comes first.
    pub(super) fn covering(scores: &[f32; Language::ALL.len()], coverage: f32) -> LanguageSet {
        let mut order = Language::ALL;
        order.sort_by(|a, b| scores[b.index()].total_cmp(&scores[a.index()]));
        let (mut sum, mut len) = (0.0, 0);
        for language in order {
            if sum >= coverage {
                break;
            }
            sum += scores[language.index()];
            len += 1;
        }
        LanguageSet { order, len }
    }

    /// How many languages.
    pub fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether a language is in it.
    pub fn contains(&self, language: Language) -> bool {
        self.iter().any(|l| l == language)
    }

    /// The languages, the likeliest first.
    pub fn iter(&self) -> impl Iterator<Item = Language> + '_ {
        self.order[..self.len()].iter().copied()
    }
}
