//! What the columns of published tables hold, in Danish and in English.

use crate::release::Config;
use crate::rules::{self, RuleTable};
use crate::schema::Modality;

/// What a column of a config holds, in Danish and in English; empty for a column that has no explanation here.
///
/// ```
/// use sprog_datasets::release::Config;
/// use sprog_datasets::schema::Modality;
/// let config = Config {
///     name: "speech".into(),
///     modality: Modality::Speech,
///     terms: Default::default(),
///     splits: vec![],
///     tokens: None,
/// };
/// assert_eq!(sprog_datasets::standards::describe_column(&config, "duration")[1], "length of the clip in seconds");
/// ```
pub fn describe_column(config: &Config, column: &str) -> [&'static str; 2] {
    match config.modality {
        Modality::Rules => {
            RuleTable::parse(&config.name).map_or(["", ""], |table| rules::describe_column(table, column))
        }
        Modality::Tokens => of_tokens(column),
        Modality::Speech => of_speech(column),
        Modality::Text | Modality::Attributes => of_text(column),
    }
}

fn of_both(column: &str) -> [&'static str; 2] {
    match column {
        "id" => ["rækkens id, entydigt i configen", "the row's id, unique in its config"],
        "source" => ["kildens id i dataset.json", "the source's id in dataset.json"],
        "license" => ["rækkens licens (SPDX)", "the row's licence (SPDX)"],
        "provenance" => [
            "fil og sted, som rækken kommer fra, og de trin, den har været igennem",
            "the file and place that the row comes from, and the steps that it went through",
        ],
        _ => ["", ""],
    }
}

fn of_text(column: &str) -> [&'static str; 2] {
    match column {
        "text" => ["dokumentets tekst", "the text of the document"],
        "added" => ["dagen, hvor teksten kom med i datasættet", "the day the text came into the dataset"],
        "created" => {
            ["hvornår teksten blev til, så vidt det vides", "when the text was written, as far as is known"]
        }
        "token_count" => [
            "antal ord, eller tokens, hvor en tokenizer er angivet",
            "words, or tokens where a tokenizer is named",
        ],
        "url" => ["tekstens adresse, hvor den har en", "the text's address, where it has one"],
        "title" => ["tekstens titel", "the text's title"],
        "author" => ["tekstens forfatter", "the text's author"],
        "domain" => ["fagområde eller genre", "subject or genre"],
        "language" => ["sprogets tag (BCP 47)", "tag of the language (BCP 47)"],
        "language_score" => [
            "hvor sikker sproggenkendelsen er, fra 0 til 1",
            "how sure the language identification is, 0 to 1",
        ],
        "quality" => {
            ["antal tegn, og om tegnkodningen er ødelagt", "characters, and whether the encoding is damaged"]
        }
        "signals" => ["målinger af tekstens kvalitet", "measurements of the text's quality"],
        _ => of_both(column),
    }
}

fn of_speech(column: &str) -> [&'static str; 2] {
    match column {
        "audio" => [
            "klippets lyd som en hel fil (FLAC), og dens navn",
            "the clip's audio as a whole file (FLAC), and its name",
        ],
        "text" => ["transskriptionen", "the transcript"],
        "text_verbatim" => [
            "transskriptionen ord for ord, med tøven og gentagelser",
            "the transcript word for word, with hesitations",
        ],
        "normalized" => ["transskriptionen, som den læses op", "the transcript as it is read aloud"],
        "speaker_id" => ["talerens pseudonym", "the speaker's pseudonym"],
        "gender" => {
            ["talerens køn: 0 kvinde, 1 mand, 2 andet", "the speaker's gender: 0 female, 1 male, 2 other"]
        }
        "age_group" => ["talerens aldersgruppe", "the speaker's age group"],
        "dialect" => ["talerens dialekt", "the speaker's dialect"],
        "duration" => ["klippets længde i sekunder", "length of the clip in seconds"],
        "sampling_rate" => ["samplinger pr. sekund", "samples a second"],
        "words" => [
            "ordene i tid, i sekunder fra klippets start",
            "the words in time, in seconds from the start of the clip",
        ],
        "recording_id" => ["optagelsen, som klippet er af", "the recording that the clip is of"],
        "start" => {
            ["klippets start i optagelsen, i sekunder", "start of the clip in the recording, in seconds"]
        }
        "quality" => ["målt på kildens lyd før alle trin", "measured on the source audio before any step"],
        "vad" => ["stræk med tale, i sekunder", "stretches of speech, in seconds"],
        "input_features" => {
            ["egenskaber til modeller, en liste pr. tidsramme", "features for models, a list for each frame"]
        }
        _ => of_both(column),
    }
}

fn of_tokens(column: &str) -> [&'static str; 2] {
    match column {
        "input_ids" => ["sekvensens tokens", "the tokens of the sequence"],
        "seq_lengths" => [
            "hvor mange tokens hvert dokument har i sekvensen",
            "how many tokens of the sequence each document has",
        ],
        "document_ids" => ["hvilke dokumenter det er", "which documents those are"],
        _ => ["", ""],
    }
}
