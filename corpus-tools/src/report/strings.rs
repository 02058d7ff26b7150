//! Every text of the page, Danish and English side by side. `{}` is filled in.

use super::local::{Noun, Text};

const fn t(da: &'static str, en: &'static str) -> Text {
    Text { da, en }
}

pub(crate) const REPORT: Text = t("Datarapport", "Data report");
pub(crate) const CONTENTS: Text = t("Indhold", "Contents");
pub(crate) const VERSION: Text = t("Version", "Version");
pub(crate) const CREATED: Text = t("Udgivet", "Published");
pub(crate) const LICENCE: Text = t("Licens", "Licence");
pub(crate) const DATASET: Text = t("Datasæt", "Dataset");
pub(crate) const TOOL: Text = t("Program", "Program");
pub(crate) const RUN: Text = t("Kørsel", "Run");

// Sections.
pub(crate) const SUMMARY: Text = t("Kort fortalt", "In brief");
pub(crate) const SOURCES: Text = t("Hvad kom ind", "What came in");
pub(crate) const LEFT_OUT: Text = t("Hvad blev udeladt og hvorfor", "What was left out, and why");
pub(crate) const LICENCES: Text = t("Licenser i almindelige ord", "Licences in plain words");
pub(crate) const SPEECH: Text = t("Tale", "Speech");
pub(crate) const TEXT: Text = t("Tekst", "Text");
pub(crate) const TOKEN_SECTION: Text = t("Tokens til træning", "Tokens for training");
pub(crate) const RULES: Text = t("Regler", "Rules");
pub(crate) const PROBLEMS: Text = t("Problemer", "Problems");
pub(crate) const MADE: Text = t("Sådan blev det lavet", "How this was made");

// Summary.
pub(crate) const EMPTY: Text = t("Datasættet har ingen data endnu.", "The dataset has no data yet.");
pub(crate) const HOLDS: Text = t("Datasættet rummer {}.", "The dataset holds {}.");
pub(crate) const HOLDS_FROM: Text = t("Datasættet rummer {} fra {}.", "The dataset holds {} from {}.");
pub(crate) const LASTS: Text = t("Talen varer {}.", "The speech lasts {}.");
pub(crate) const LASTS_BY: Text =
    t("Talen varer {} og kommer fra {}.", "The speech lasts {} and comes from {}.");
pub(crate) const TEXT_IS: Text = t("Teksten er på {}.", "The text has {}.");
pub(crate) const DROPPED_SAID: Text = t("Undervejs blev {} udeladt.", "Along the way, {} left out.");
pub(crate) const EXCLUDED_SAID: Text = t("{} er holdt helt ude.", "{} left out altogether.");
pub(crate) const PROBLEMS_SAID: Text =
    t("{} er noteret nederst på siden.", "{} noted at the end of this page.");
pub(crate) const ROWS_FIGURE: Text = t("rækker", "rows");
pub(crate) const SPEECH_FIGURE: Text = t("tale", "of speech");
pub(crate) const TOKENS_FIGURE: Text = t("tokens", "tokens");
pub(crate) const SPEAKERS_FIGURE: Text = t("talere", "speakers");
pub(crate) const DROPPED_FIGURE: Text = t("udeladt", "left out");
pub(crate) const PROBLEMS_FIGURE: Text = t("problemer", "problems");

// Counted things. The English of DROPPED_N and EXCLUDED_N carries its verb, which follows the number.
pub(crate) const ROW_N: Noun = (t("{}\u{a0}række", "{}\u{a0}row"), t("{}\u{a0}rækker", "{}\u{a0}rows"));
pub(crate) const SOURCE_N: Noun =
    (t("{}\u{a0}kilde", "{}\u{a0}source"), t("{}\u{a0}kilder", "{}\u{a0}sources"));
pub(crate) const SPEAKER_N: Noun =
    (t("{}\u{a0}taler", "{}\u{a0}speaker"), t("{}\u{a0}talere", "{}\u{a0}speakers"));
pub(crate) const TOKEN_N: Noun = (t("{}\u{a0}token", "{}\u{a0}token"), t("{}\u{a0}tokens", "{}\u{a0}tokens"));
pub(crate) const DROPPED_N: Noun =
    (t("{}\u{a0}post", "{}\u{a0}record was"), t("{}\u{a0}poster", "{}\u{a0}records were"));
pub(crate) const EXCLUDED_N: Noun =
    (t("{}\u{a0}kilde", "{}\u{a0}source is"), t("{}\u{a0}kilder", "{}\u{a0}sources are"));
pub(crate) const PROBLEM_N: Noun =
    (t("{}\u{a0}problem", "{}\u{a0}problem"), t("{}\u{a0}problemer", "{}\u{a0}problems"));
pub(crate) const PROBLEM_IS_N: Noun =
    (t("{}\u{a0}problem", "{}\u{a0}problem is"), t("{}\u{a0}problemer", "{}\u{a0}problems are"));
pub(crate) const EXAMPLE_N: Noun =
    (t("{}\u{a0}eksempel", "{}\u{a0}example"), t("{}\u{a0}eksempler", "{}\u{a0}examples"));
pub(crate) const HOUR_N: Noun = (t("{}\u{a0}time", "{}\u{a0}hour"), t("{}\u{a0}timer", "{}\u{a0}hours"));
pub(crate) const HOURS_N: Text = t("{}\u{a0}timer", "{}\u{a0}hours");
pub(crate) const MINUTE_N: Noun =
    (t("{}\u{a0}minut", "{}\u{a0}minute"), t("{}\u{a0}minutter", "{}\u{a0}minutes"));
pub(crate) const SECONDS_N: Text = t("{}\u{a0}sekunder", "{}\u{a0}seconds");
pub(crate) const OTHERS_N: Text = t("Øvrige ({})", "Others ({})");

// Sources.
pub(crate) const SOURCES_LEAD: Text = t(
    "Hver kilde med sin licens, det retlige grundlag for at bruge den, og hvor meget af den der nåede med.",
    "Each source with its licence, the legal ground for using it, and how much of it reached the dataset.",
);
pub(crate) const SOURCE: Text = t("Kilde", "Source");
pub(crate) const BASIS: Text = t("Grundlag", "Legal ground");
pub(crate) const FILES: Text = t("Filer", "Files");
pub(crate) const SIZE: Text = t("Størrelse", "Size");
pub(crate) const RECORDS: Text = t("Poster", "Records");
pub(crate) const KEPT: Text = t("Med", "Kept");
pub(crate) const DROPPED: Text = t("Udeladt", "Left out");
pub(crate) const PROBLEM: Text = t("Problemer", "Problems");
pub(crate) const NOT_INCLUDED: Text = t("Ikke med", "Not included");

// Steps.
pub(crate) const EXCLUDED_TITLE: Text = t("Kilder, der er holdt helt ude", "Sources left out altogether");
pub(crate) const STEPS_LEAD: Text = t(
    "Trinene i den rækkefølge, de blev udført. Alt, hvad der er udeladt, ligger i datasættets mappe removed/.",
    "The steps in the order they ran. Everything left out is in the dataset's removed/ folder.",
);
pub(crate) const STEPS: Text = t("Trin for trin", "Step by step");
pub(crate) const STEP: Text = t("Trin", "Step");
pub(crate) const PART: Text = t("Del", "Part");
pub(crate) const ROWS_IN: Text = t("Ind", "In");
pub(crate) const SHARE: Text = t("Andel", "Share");
pub(crate) const CHANGED: Text = t("Ændret", "Changed");
pub(crate) const EXAMPLES: Text = t("Eksempler", "Examples");

// Licences.
pub(crate) const LICENCES_LEAD: Text = t(
    "Forklaringerne er til hjælp og ikke juridisk rådgivning; det er licensens egen tekst, der gælder.",
    "The explanations are meant to help and are not legal advice; the licence's own text is what counts.",
);
pub(crate) const OVERALL: Text = t("Datasættet som helhed", "The dataset as a whole");
pub(crate) const TERMS: Text = t("Betingelser", "Conditions");
pub(crate) const NO_TERMS: Text = t("ingen betingelser", "no conditions");
pub(crate) const ROWS: Text = t("Rækker", "Rows");
pub(crate) const TOKENS: Text = t("Tokens", "Tokens");
pub(crate) const HOURS: Text = t("Timer", "Hours");

// Speech.
pub(crate) const SPLITS: Text = t("Dele", "Parts");
pub(crate) const SPLIT: Text = t("Opdeling", "Split");
pub(crate) const SPEAKERS: Text = t("Talere", "Speakers");
pub(crate) const SPEAKERS_LEAD: Text =
    t("Talerne er nævnt ved pseudonym.", "The speakers are named by pseudonym.");
pub(crate) const SPEAKER: Text = t("Taler", "Speaker");
pub(crate) const GENDER: Text = t("Køn", "Gender");
pub(crate) const AGE: Text = t("Alder", "Age");
pub(crate) const DIALECT: Text = t("Dialekt", "Dialect");
pub(crate) const CLIPS: Text = t("Klip", "Clips");
pub(crate) const MINUTES: Text = t("Minutter", "Minutes");
pub(crate) const WHO_SPEAKS: Text = t("Hvem taler", "Who is speaking");
pub(crate) const DIALECTS: Text = t("Tid efter dialekt", "Time by dialect");
pub(crate) const AGES: Text = t("Tid efter alder", "Time by age");
pub(crate) const GENDERS: Text = t("Tid efter køn", "Time by gender");
pub(crate) const RECORDINGS: Text = t("Længde og lydstyrke", "Length and loudness");
pub(crate) const DURATIONS: Text = t("Klip efter længde", "Clips by length");
pub(crate) const LEVELS: Text = t("Klip efter lydstyrke", "Clips by loudness");
pub(crate) const CLIP_PICTURES: Text = t("Klip at se på", "Clips to look at");
pub(crate) const CLIPS_LEAD: Text = t(
    "Øverst lydens udsving, nederst dens frekvenser: tiden går mod højre, høje toner ligger øverst, og jo stærkere farve, jo kraftigere lyd.",
    "Above, the waveform; below, its frequencies: time runs to the right, high tones are at the top, and the stronger the colour, the louder the sound.",
);
pub(crate) const CLIP_TITLE: Text = t("Klip {}", "Clip {}");
pub(crate) const CLIP_DESC: Text =
    t("Bølgeform og spektrogram, {} sekunder", "Waveform and spectrogram, {} seconds");
pub(crate) const SECONDS_SHORT: Text = t("{}\u{a0}s", "{}\u{a0}s");

// Text and rules.
pub(crate) const DOMAINS: Text = t("Dokumenter efter emne", "Documents by domain");
pub(crate) const LANGUAGES: Text = t("Dokumenter efter sprog", "Documents by language");
pub(crate) const TOKENS_LEAD: Text = t(
    "Teksterne, som en sprogmodel ser dem. Intet token er udeladt: Det, der ikke fylder en sekvens, er kortere eller fyldt op.",
    "The texts as a language model sees them. No token is left out: what does not fill a sequence is shorter, or filled up.",
);
pub(crate) const TOKENIZER_IS: Text = t(
    "{} kender {}. Én token er i snit {} byte tekst.",
    "{} knows {}. One token is {} bytes of text on average.",
);
pub(crate) const PACKED_AS: Text = t("Pakket i sekvenser af {} ({}).", "Packed into sequences of {} ({}).");
pub(crate) const BINARY_IN: Text = t("Binære filer: {}", "Binary files: {}");
pub(crate) const SLOW: Text =
    t("Denne tokenizer går den langsomme vej: {}", "This tokenizer takes the slow path: {}");
pub(crate) const DOCUMENTS: Text = t("Dokumenter", "Documents");
pub(crate) const BYTES_PER_TOKEN: Text = t("Byte pr. token", "Bytes per token");
pub(crate) const SEQUENCES: Text = t("Sekvenser", "Sequences");
pub(crate) const CUT: Text = t("Delt", "Cut");
pub(crate) const PADDING: Text = t("Fyld", "Padding");
pub(crate) const TABLES: Text = t("Regeltabeller", "Rule tables");
pub(crate) const TABLE: Text = t("Tabel", "Table");
pub(crate) const TABLE_HOLDS: Text = t("Indhold", "Contents");

// Problems.
pub(crate) const PROBLEMS_LEAD: Text = t(
    "Alt, hvad programmet fandt undervejs, samlet efter kode. Et problem standser ikke byggeriet; det bliver talt og nævnt her.",
    "Everything the program found on its way, grouped by code. A problem does not stop a build; it is counted and listed here.",
);
pub(crate) const PROBLEMS_SOME: Text = t("Siden viser {} af {}.", "This page shows {} of {}.");
pub(crate) const NO_CODE: Text = t("uden kode", "no code");
pub(crate) const FILE: Text = t("Fil", "File");
pub(crate) const PLACE: Text = t("Sted", "Place");
pub(crate) const MESSAGE: Text = t("Hvad er der galt", "What is wrong");

// Made.
pub(crate) const MADE_LEAD: Text = t(
    "Datasættet kan bygges igen: samme opskrift, samme program og samme kilder giver samme filer, byte for byte.",
    "The dataset can be rebuilt: the same recipe, program and sources give the same files, byte for byte.",
);
pub(crate) const MADE_RUN: Text = t(
    "Kørslens id er beregnet af opskriften, programmets version og kilderne.",
    "The run id is computed from the recipe, the program's version and the sources.",
);

/// Months, January first.
pub(crate) const MONTHS: [Text; 12] = [
    t("januar", "January"),
    t("februar", "February"),
    t("marts", "March"),
    t("april", "April"),
    t("maj", "May"),
    t("juni", "June"),
    t("juli", "July"),
    t("august", "August"),
    t("september", "September"),
    t("oktober", "October"),
    t("november", "November"),
    t("december", "December"),
];

/// Words of the data that the page says in both languages. What is not listed is shown as it stands.
pub(crate) fn known(word: &str) -> Option<Text> {
    KNOWN.iter().find(|(key, _)| *key == word).map(|(_, text)| *text)
}

const KNOWN: [(&str, Text); 49] = [
    // Modalities.
    ("text", t("tekst", "text")),
    ("speech", t("tale", "speech")),
    ("rules", t("regler", "rules")),
    // Genders.
    ("female", t("kvinde", "female")),
    ("male", t("mand", "male")),
    ("other", t("andet", "other")),
    ("unknown", t("ikke oplyst", "not stated")),
    ("", t("ikke oplyst", "not stated")),
    // Languages.
    ("da", t("dansk", "Danish")),
    ("en", t("engelsk", "English")),
    ("de", t("tysk", "German")),
    ("fo", t("færøsk", "Faroese")),
    ("is", t("islandsk", "Icelandic")),
    ("kl", t("grønlandsk", "Greenlandic")),
    ("nb", t("norsk bokmål", "Norwegian Bokmål")),
    ("nn", t("nynorsk", "Norwegian Nynorsk")),
    ("sv", t("svensk", "Swedish")),
    ("und", t("ukendt", "undetermined")),
    // What licences ask.
    ("name the source", t("nævn kilden", "name the source")),
    ("no commercial use", t("ingen kommerciel brug", "no commercial use")),
    ("no changed versions", t("ingen ændrede udgaver", "no changed versions")),
    ("no speech synthesis", t("ingen talesyntese", "no speech synthesis")),
    (
        "no identification by voice",
        t("ingen genkendelse af personer på stemmen", "no identification by voice"),
    ),
    // Steps.
    ("align", t("hvert ord får sin tid i optagelsen", "each word gets its time in the recording")),
    ("decontaminate", t("tekster fra kendte prøver fjernes", "texts of known test sets are removed")),
    ("dedup", t("gentagelser fjernes", "repeats are removed")),
    ("exact-dedup", t("ordrette gentagelser fjernes", "exact repeats are removed")),
    ("features", t("lyden som tal til talegenkendelse", "audio as numbers for speech recognition")),
    ("filter", t("kun rækker, der opfylder et krav", "only rows that meet a condition")),
    ("itn", t("talte tal og datoer skrives med cifre", "spoken numbers and dates in digits")),
    ("langid", t("sproget bestemmes", "the language is identified")),
    ("line-dedup", t("gentagne linjer skæres ud", "repeated lines are cut out")),
    ("length", t("for korte og for lange fjernes", "too short and too long are removed")),
    ("loudness", t("lyden får fælles styrke", "audio gets one loudness")),
    ("near-dedup", t("næsten ens fjernes", "near repeats are removed")),
    ("normalize", t("skrivemåder ensrettes", "spellings are made uniform")),
    ("pii", t("personoplysninger findes og behandles", "personal data is found and dealt with")),
    ("quality", t("tekstens kvalitet måles", "the quality of the text is measured")),
    ("repair", t("forkert afkodede tegn rettes", "wrongly decoded characters are mended")),
    ("resample", t("lyden får fælles samplerate", "audio gets one sampling rate")),
    ("sentences", t("en række for hver sætning", "a row for each sentence")),
    ("split", t("data deles op", "data is split")),
    ("substring-dedup", t("gentagne passager skæres ud", "repeated passages are cut out")),
    ("tokenize", t("tokens tælles, som modeller ser dem", "tokens are counted as models see them")),
    ("tokens", t("teksten deles i ord og tegn", "text is cut into words and signs")),
    ("trim", t("stilhed klippes fra", "silence is cut off")),
    ("vad", t("tale skilles fra pauser", "speech is told from pauses")),
    ("verbalize", t("tal skrives, som de siges", "numbers as they are said")),
    ("withdrawn", t("samtykke trukket tilbage", "consent withdrawn")),
];

/// What a term that names a licence starts with, in the words of `Terms::phrases`.
pub(crate) const SHARE_UNDER: &str = "share under ";
pub(crate) const SHARE_UNDER_SAID: Text = t("del videre under {}", "share under {}");

/// A licence in one sentence, for the licences most data comes under.
pub(crate) fn licence_words(spdx: &str) -> Option<Text> {
    LICENCE_WORDS.iter().find(|(id, _)| *id == spdx).map(|(_, text)| *text)
}

const LICENCE_WORDS: [(&str, Text); 8] = [
    (
        "CC0-1.0",
        t("Fri brug til alt. Ingen behøver at blive nævnt.", "Free for any use. Nobody need be named."),
    ),
    ("CC-BY-4.0", t("Fri brug til alt, når kilden nævnes.", "Free for any use, if the source is named.")),
    (
        "CC-BY-SA-4.0",
        t(
            "Fri brug, når kilden nævnes; ændrede udgaver skal deles på samme vilkår.",
            "Free use, if the source is named; changed versions must be shared on the same terms.",
        ),
    ),
    (
        "CC-BY-NC-4.0",
        t(
            "Fri brug uden kommercielt formål, når kilden nævnes.",
            "Free non-commercial use, if the source is named.",
        ),
    ),
    (
        "CC-BY-NC-SA-4.0",
        t(
            "Fri brug uden kommercielt formål, når kilden nævnes; ændrede udgaver skal deles på samme vilkår.",
            "Free non-commercial use, if the source is named; changed versions must be shared on the same terms.",
        ),
    ),
    (
        "CC-BY-ND-4.0",
        t("Må deles uændret, når kilden nævnes.", "May be shared unchanged, if the source is named."),
    ),
    (
        "Apache-2.0",
        t(
            "Fri brug til alt, når licensen følger med og ændringer er mærket.",
            "Free for any use, if the licence comes along and changes are marked.",
        ),
    ),
    ("MIT", t("Fri brug til alt, når licensen følger med.", "Free for any use, if the licence comes along.")),
];
