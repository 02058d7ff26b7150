//! The kinds of personal data, and sets of them.

/// The kind of personal data. The order is that of precedence where two finds overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// A personal identification number, or one that stands in for it.
    Cpr,
    /// An international account number.
    Iban,
    /// A payment card.
    Card,
    /// A company in Det Centrale Virksomhedsregister.
    Cvr,
    /// A production unit (P-nummer).
    Pnr,
    /// An e-mail address.
    Email,
    /// A bank's registration number, an account, or both.
    Bank,
    /// A telephone number.
    Phone,
    /// A postal address.
    Address,
    /// An address on the web.
    Url,
    /// An IP address.
    Ip,
    /// A licence plate.
    Plate,
    /// A journal or case number.
    Case,
    /// A date of birth.
    Dob,
    /// A person's name.
    Name,
}

impl Label {
    /// All labels, in their order.
    pub const ALL: [Label; 15] = [
        Label::Cpr,
        Label::Iban,
        Label::Card,
        Label::Cvr,
        Label::Pnr,
        Label::Email,
        Label::Bank,
        Label::Phone,
        Label::Address,
        Label::Url,
        Label::Ip,
        Label::Plate,
        Label::Case,
        Label::Dob,
        Label::Name,
    ];

    /// The label's name in JSON and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Label::Cpr => "CPR",
            Label::Iban => "IBAN",
            Label::Card => "CARD",
            Label::Cvr => "CVR",
            Label::Pnr => "PNR",
            Label::Email => "EMAIL",
            Label::Bank => "BANK",
            Label::Phone => "PHONE",
            Label::Address => "ADDRESS",
            Label::Url => "URL",
            Label::Ip => "IP",
            Label::Plate => "PLATE",
            Label::Case => "CASE",
            Label::Dob => "DOB",
            Label::Name => "NAME",
        }
    }

    /// The label of that name.
    ///
    /// ```
    /// # use sprog_text::pii;
    /// assert_eq!(pii::Label::from_name("CPR"), Some(pii::Label::Cpr));
    /// ```
    pub fn from_name(name: &str) -> Option<Label> {
        Label::ALL.into_iter().find(|label| label.as_str() == name)
    }
}

/// A set of labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Labels(u16);

impl Labels {
    /// Every label.
    pub const ALL: Labels = Labels((1 << Label::ALL.len()) - 1);

    /// The labels given.
    pub fn of(labels: &[Label]) -> Labels {
        Labels(labels.iter().fold(0, |set, label| set | 1 << *label as u16))
    }

    /// This set without `label`.
    ///
    /// ```
    /// # use sprog_text::pii;
    /// use sprog_text::pii::{Label, Labels};
    /// assert!(!Labels::ALL.without(Label::Name).contains(Label::Name));
    /// ```
    pub fn without(self, label: Label) -> Labels {
        Labels(self.0 & !(1 << label as u16))
    }

    /// Whether `label` is in the set.
    pub fn contains(self, label: Label) -> bool {
        self.0 & 1 << label as u16 != 0
    }
}
