//! The kinds of boundaries, and how sure they are.

/// What parts two sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Boundary {
    /// An empty line.
    Paragraph,
    /// A line break before an item of a list.
    Item,
    /// A line break after a heading.
    Heading,
    /// A stop before a capital.
    Stop,
    /// A stop before a number.
    StopNumber,
    /// A stop before a sign such as § or *.
    StopSign,
    /// A stop before a small letter.
    StopSmall,
    /// A question or exclamation mark.
    Mark,
    /// An ellipsis before a capital.
    Ellipsis,
    /// A stop of another script.
    Foreign,
    /// An abbreviation that ends sentences, before a capital.
    Always,
    /// An abbreviation that may end a sentence, before a capital.
    May,
    /// An initial that is a label (*vitamin D.*), or before a word that begins sentences.
    Initial,
    /// An ordinal before a word that begins sentences.
    Ordinal,
    /// The next number of a list, without a stop before it.
    NextItem,
    /// A function word with a capital, without a stop before it.
    Capital,
    /// A line in capitals, and then a word that is not.
    Shouted,
}

impl Boundary {
    /// How often such a place is a boundary.
    ///
    /// Counted on the training section of UD_Danish-DDT, its sentences joined by spaces, and rounded down
    /// to twentieths below 0.97. Where it has fewer than ten such places, the figure is set by judgement,
    /// never above 0.9; `Capital` too, as sentences without a stop are commoner there than elsewhere.
    pub(super) fn confidence(self) -> f32 {
        match self {
            Self::Paragraph => 1.0,
            Self::Stop => 0.99,
            Self::Mark => 0.98,
            Self::StopNumber => 0.97,
            Self::Shouted | Self::Ellipsis => 0.95,
            Self::StopSign | Self::Foreign | Self::Item | Self::Always | Self::May => 0.9,
            Self::Capital | Self::StopSmall => 0.85,
            Self::Heading => 0.8,
            Self::Initial | Self::Ordinal | Self::NextItem => 0.7,
        }
    }
}
