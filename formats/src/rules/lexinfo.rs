//! LexInfo 3.0's names for the categories of Universal Dependencies.

/// LexInfo's part of speech for a UPOS tag; `None` for `X` and tags that are none.
pub(super) fn part_of_speech(upos: &str) -> Option<&'static str> {
    Some(match upos {
        "ADJ" => "adjective",
        "ADP" => "adposition",
        "ADV" => "adverb",
        "CCONJ" => "coordinatingConjunction",
        "DET" => "determiner",
        "INTJ" => "interjection",
        "NOUN" => "noun",
        "NUM" => "numeral",
        "PART" => "particle",
        "PRON" => "pronoun",
        "PROPN" => "properNoun",
        "PUNCT" => "punctuation",
        "SCONJ" => "subordinatingConjunction",
        "SYM" => "symbol",
        // LexInfo has no auxiliaries.
        "AUX" | "VERB" => "verb",
        _ => return None,
    })
}

/// LexInfo's property and value for one of UD's features; `None` where LexInfo has none.
pub(super) fn feature(name: &str, value: &str) -> Option<(&'static str, &'static str)> {
    Some(match (name, value) {
        ("Number", "Sing") => ("number", "singular"),
        ("Number", "Plur") => ("number", "plural"),
        ("Gender", "Com") => ("gender", "commonGender"),
        ("Gender", "Neut") => ("gender", "neuter"),
        ("Gender", "Masc") => ("gender", "masculine"),
        ("Gender", "Fem") => ("gender", "feminine"),
        ("Case", "Nom") => ("case", "nominativeCase"),
        ("Case", "Gen") => ("case", "genitiveCase"),
        ("Case", "Acc") => ("case", "accusativeCase"),
        ("Case", "Dat") => ("case", "dativeCase"),
        ("Definite", "Def") => ("definiteness", "definite"),
        ("Definite", "Ind") => ("definiteness", "indefinite"),
        ("Degree", "Pos") => ("degree", "positive"),
        ("Degree", "Cmp") => ("degree", "comparative"),
        ("Degree", "Sup") => ("degree", "superlative"),
        ("Tense", "Pres") => ("tense", "present"),
        ("Tense", "Past") => ("tense", "past"),
        ("VerbForm", "Inf") => ("verbFormMood", "infinitive"),
        ("VerbForm", "Part") => ("verbFormMood", "participle"),
        ("Mood", "Ind") => ("verbFormMood", "indicative"),
        ("Mood", "Imp") => ("verbFormMood", "imperative"),
        ("Mood", "Sub") => ("verbFormMood", "subjunctive"),
        ("Voice", "Act") => ("voice", "activeVoice"),
        ("Voice", "Pass") => ("voice", "passiveVoice"),
        ("Person", "1") => ("person", "firstPerson"),
        ("Person", "2") => ("person", "secondPerson"),
        ("Person", "3") => ("person", "thirdPerson"),
        ("Polarity", "Neg") => ("negative", "yes"),
        _ => return None,
    })
}
