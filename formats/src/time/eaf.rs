//! ELAN annotation files (`.eaf`): tiers of labelled intervals, in milliseconds.
//!
//! Tiers with their types and parents, aligned annotations, and annotations that refer to others are read
//! and written, with the media that they belong to. Controlled vocabularies, external references, locales,
//! and licences are not read. Source: the schema EAFv3.0 of the Max Planck Institute for Psycholinguistics,
//! and its description "ELAN Annotation Format"; older versions have the same elements.

mod read;
mod write;

pub use read::read;
pub use write::write;

/// An annotation document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Eaf {
    /// Who made it; may be empty.
    pub author: String,
    /// When, as `2026-01-31T12:00:00+01:00`. ELAN wants one; an empty one is written as the year 1970.
    pub date: String,
    /// The recordings it belongs to.
    pub media: Vec<Media>,
    /// The tiers, in the order of the file.
    pub tiers: Vec<Tier>,
}

/// A recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// Where it was, as a `file:` address; may be empty.
    pub url: String,
    /// Where it is beside the document, as `./interview.wav`.
    pub relative_url: Option<String>,
    /// Its type, such as `audio/x-wav`.
    pub mime_type: String,
}

/// A layer of annotation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tier {
    /// Its name, one in its document.
    pub id: String,
    /// Who speaks.
    pub participant: Option<String>,
    /// The tier that its annotations lie in, or refer to.
    pub parent: Option<String>,
    /// Name of its linguistic type; an empty one is written as `default-lt`.
    pub linguistic_type: String,
    /// How its annotations relate to those of the parent.
    pub constraint: Option<Constraint>,
    /// Its annotations, in the order of the file.
    pub annotations: Vec<Annotation>,
}

/// How the annotations of a tier relate to those of its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// They lie within them, with gaps.
    IncludedIn,
    /// They divide them without gaps.
    TimeSubdivision,
    /// Several in a row refer to one.
    SymbolicSubdivision,
    /// One refers to one.
    SymbolicAssociation,
}

impl Constraint {
    const ALL: [(Constraint, &'static str, &'static str); 4] = [
        (
            Constraint::TimeSubdivision,
            "Time_Subdivision",
            "Time subdivision of parent annotation's time interval, no time gaps allowed within this interval",
        ),
        (
            Constraint::SymbolicSubdivision,
            "Symbolic_Subdivision",
            "Symbolic subdivision of a parent annotation. Annotations refering to the same parent are ordered",
        ),
        (Constraint::SymbolicAssociation, "Symbolic_Association", "1-1 association with a parent annotation"),
        (
            Constraint::IncludedIn,
            "Included_In",
            "Time alignable annotations within the parent annotation's time interval, gaps are allowed",
        ),
    ];
}

/// A labelled interval.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotation {
    /// Its id in the file. Those that are missing, taken or no XML name are replaced in writing.
    pub id: Option<String>,
    /// Start and end, in milliseconds. For one that refers to another they are those of that one. `None`
    /// where the file has no times: the inner limits of a time subdivision.
    pub start_ms: Option<u64>,
    /// End, in milliseconds.
    pub end_ms: Option<u64>,
    /// The id of the annotation of the parent tier that it refers to, if it has no times of its own.
    pub refers_to: Option<String>,
    /// The label.
    pub text: String,
}

impl Tier {
    /// A tier of intervals in seconds: words, phones, utterances. Times are rounded to milliseconds, so that
    /// neighbours that touch still do. ELAN knows no empty annotations: what would be empty or overlap the
    /// one before is moved, by as little as gives it a millisecond. A time that is no number, or below zero,
    /// counts as zero.
    ///
    /// ```
    /// use sprog_formats::time::eaf::Tier;
    /// let tier = Tier::aligned("phones", [(0.1, 0.2504, "h"), (0.2504, 0.2508, "ɑ"), (0.2508, 0.4, "j")]);
    /// let times: Vec<_> = tier.annotations.iter().map(|a| (a.start_ms, a.end_ms)).collect();
    /// assert_eq!(times[1], (Some(250), Some(251)));
    /// assert_eq!(times[2], (Some(251), Some(400)));
    /// ```
    pub fn aligned<'a>(
        id: impl Into<String>,
        intervals: impl IntoIterator<Item = (f64, f64, &'a str)>,
    ) -> Tier {
        // The cast makes 0 of NaN and of what is below 0; the bound leaves room for what is added.
        let ms = |seconds: f64| ((seconds * 1000.0).round() as u64).min(1 << 53);
        let mut free = 0;
        let annotations = intervals.into_iter().map(|(start, end, text)| {
            let start = ms(start).max(free);
            let end = ms(end).max(start + 1);
            free = end;
            Annotation {
                start_ms: Some(start),
                end_ms: Some(end),
                text: text.to_owned(),
                ..Annotation::default()
            }
        });
        Tier { id: id.into(), annotations: annotations.collect(), ..Tier::default() }
    }
}

#[cfg(test)]
mod tests;
