//! Every text of the site, Danish and English side by side. `{}` is filled in.

use crate::report::local::{Noun, Text};

const fn t(da: &'static str, en: &'static str) -> Text {
    Text { da, en }
}

pub(crate) const SKIP: Text = t("Gå til indholdet", "Skip to content");
pub(crate) const OTHER_LANGUAGE: Text = t("English", "Dansk");
pub(crate) const OTHER_CODE: Text = t("en", "da");
pub(crate) const CODE: Text = t("da", "en");
pub(crate) const LANGUAGE_SWITCH: Text = t("Sprog", "Language");
pub(crate) const FEED: Text = t("Nye udgivelser (Atom)", "New releases (Atom)");
pub(crate) const API: Text = t("JSON-liste over datasæt", "JSON list of datasets");
pub(crate) const ACCESSIBILITY: Text = t("Tilgængelighedserklæring", "Accessibility statement");
pub(crate) const BUILT_WITH: Text = t(
    "Siden består af filer alene. Den sætter ingen cookies og sporer ingen.",
    "This site is files only. It sets no cookies and tracks no one.",
);

// Front page.
pub(crate) const SEARCH: Text = t("Søg i datasæt", "Search the datasets");
pub(crate) const SEARCH_HINT: Text = t(
    "Emne, dialekt, kilde … Bøjninger og sammensatte ord findes også.",
    "Topic, dialect, source … Inflections and compounds are found too.",
);
pub(crate) const DATASETS: Text = t("Datasæt", "Datasets");
pub(crate) const FILTER: Text = t("Afgræns", "Narrow down");
pub(crate) const CLEAR: Text = t("Ryd", "Clear");
pub(crate) const FACET_MODALITY: Text = t("Art", "Kind");
pub(crate) const FACET_TASK: Text = t("Opgave", "Task");
pub(crate) const FACET_DIALECT: Text = t("Dialekt", "Dialect");
pub(crate) const FACET_LICENCE: Text = t("Licens", "Licence");
pub(crate) const FACET_HOURS: Text = t("Timers tale", "Hours of speech");
pub(crate) const FACET_THEME: Text = t("Samfundsområde", "Domain of public use");
pub(crate) const NONE_YET: Text = t("Her er endnu ingen datasæt.", "There are no datasets here yet.");
pub(crate) const PAGE_N: Text = t("Side {} af {}", "Page {} of {}");
pub(crate) const PAGES: Text = t("Sider", "Pages");
pub(crate) const DATASET_N: Noun =
    (t("{}\u{a0}datasæt", "{}\u{a0}dataset"), t("{}\u{a0}datasæt", "{}\u{a0}datasets"));

// Dataset page.
pub(crate) const CONTENTS: Text = t("På denne side", "On this page");
pub(crate) const ALL_DATASETS: Text = t("Alle datasæt", "All datasets");
pub(crate) const VERSION: Text = t("Version", "Version");
pub(crate) const PUBLISHED: Text = t("Udgivet", "Published");
pub(crate) const PUBLISHER: Text = t("Udgiver", "Publisher");
pub(crate) const LICENCE: Text = t("Licens", "Licence");
pub(crate) const SIZE: Text = t("Størrelse", "Size");
pub(crate) const HOLDS: Text = t("Indhold", "Holds");
pub(crate) const S_TERMS: Text = t("Hvad må du?", "What may you do?");
pub(crate) const MAY: Text = t("Du må", "You may");
pub(crate) const MUST: Text = t("Du skal", "You must");
pub(crate) const MUST_NOT: Text = t("Du må ikke", "You must not");
pub(crate) const TERMS_LEAD: Text = t(
    "Forklaringen er en hjælp og ikke juridisk rådgivning; det er licensernes egen tekst, der gælder. Hver række siger selv, hvilken licens den har.",
    "The explanation is meant to help and is not legal advice; the licences' own texts are what count. Each row says which licence it has.",
);
pub(crate) const TERMS_OF: Text = t("Vilkår for {}", "Terms of {}");
pub(crate) const S_ROWS: Text = t("Se i data", "Look at the data");
pub(crate) const ROWS_LEAD: Text = t("De første rækker af hver tabel.", "The first rows of each table.");
pub(crate) const HIDDEN_N: Noun = (
    t("{}\u{a0}kolonne er ikke vist her.", "{}\u{a0}column is not shown here."),
    t("{}\u{a0}kolonner er ikke vist her.", "{}\u{a0}columns are not shown here."),
);
pub(crate) const S_CLIPS: Text = t("Hør klip", "Listen");
pub(crate) const CLIPS_LEAD: Text =
    t("Nogle af de første klip, som de er udgivet.", "Some of the first clips, as published.");
pub(crate) const SPEAKER: Text = t("Taler", "Speaker");
pub(crate) const CLIP_TITLE: Text = t("Bølgeform af {}", "Waveform of {}");
pub(crate) const CLIP_DESC: Text =
    t("Lydstyrken gennem klippets {} sekunder.", "The level through the {} seconds of the clip.");
pub(crate) const SECONDS: Text = t("{}\u{a0}s", "{}\u{a0}s");
pub(crate) const S_NUMBERS: Text = t("Tal", "Numbers");
pub(crate) const SPLITS: Text = t("Tabeller og dele", "Tables and splits");
pub(crate) const TABLE: Text = t("Tabel", "Table");
pub(crate) const SPLIT: Text = t("Del", "Split");
pub(crate) const ROWS: Text = t("Rækker", "Rows");
pub(crate) const WORDS: Text = t("Ord", "Words");
pub(crate) const LENGTH: Text = t("Varighed", "Length");
pub(crate) const DURATIONS: Text = t("Klip efter længde", "Clips by length");
pub(crate) const BY_DIALECT: Text = t("Tale efter dialekt", "Speech by dialect");
pub(crate) const BY_GENDER: Text = t("Tale efter køn", "Speech by gender");
pub(crate) const BY_AGE: Text = t("Tale efter alder", "Speech by age");
pub(crate) const BY_DOMAIN: Text = t("Tekster efter emne", "Texts by domain");
pub(crate) const BY_SOURCE: Text = t("Rækker efter kilde", "Rows by source");
pub(crate) const BY_LICENCE: Text = t("Rækker efter licens", "Rows by licence");
pub(crate) const S_COLUMNS: Text = t("Kolonner", "Columns");
pub(crate) const COLUMNS_OF: Text = t("Kolonner i {}", "Columns of {}");
pub(crate) const COLUMN_N: Noun =
    (t("{}\u{a0}kolonne", "{}\u{a0}column"), t("{}\u{a0}kolonner", "{}\u{a0}columns"));
pub(crate) const COLUMN: Text = t("Kolonne", "Column");
pub(crate) const TYPE: Text = t("Type", "Type");
pub(crate) const MEANING: Text = t("Betydning", "Meaning");
pub(crate) const TABLE_PAGE: Text = t("Forklaring af tabellen", "Explanation of the table");
pub(crate) const S_USE: Text = t("Hent og brug", "Download and use");
pub(crate) const USE_LEAD: Text = t(
    "Alt på én gang, kontrolleret byte for byte, eller kun den del, du skal bruge.",
    "All of it at once, checked byte by byte, or just the part that you need.",
);
pub(crate) const FILES: Text = t("Filer", "Files");
pub(crate) const FILE: Text = t("Fil", "File");
pub(crate) const CHECKSUM: Text = t("SHA-256", "SHA-256");
pub(crate) const OTHER_FILES_N: Noun = (
    t("{}\u{a0}fil mere står i MANIFEST.json.", "{}\u{a0}more file is listed in MANIFEST.json."),
    t("{}\u{a0}filer mere står i MANIFEST.json.", "{}\u{a0}more files are listed in MANIFEST.json."),
);
pub(crate) const VERIFY: Text = t("Kontrollér det, du har hentet", "Check what you downloaded");
pub(crate) const VERIFY_SIGNED: Text = t(
    "MANIFEST.json er underskrevet med minisign og har størrelse og sum af hver fil.",
    "MANIFEST.json is signed with minisign and has the size and checksum of every file.",
);
pub(crate) const VERIFY_UNSIGNED: Text = t(
    "MANIFEST.json har størrelse og sum af hver fil. Denne version er ikke underskrevet.",
    "MANIFEST.json has the size and checksum of every file. This version is not signed.",
);
pub(crate) const S_SOURCES: Text = t("Kilder og grundlag", "Sources and legal ground");
pub(crate) const SOURCE: Text = t("Kilde", "Source");
pub(crate) const GROUND: Text = t("Grundlag", "Legal ground");
pub(crate) const CONSENT: Text = t("Samtykke", "Consent");
pub(crate) const NAMED: Text = t("Nævnes som", "Named as");
pub(crate) const LEFT_OUT: Text = t("Udeladt", "Left out");
pub(crate) const WITHDRAW: Text = t(
    "Spørgsmål, fejl og tilbagetrækning af noget, du selv har bidraget med:",
    "Questions, mistakes, and withdrawal of something that you contributed:",
);
pub(crate) const S_ABOUT: Text = t("Om datasættet", "About the dataset");
pub(crate) const CREATORS: Text = t("Lavet af", "Made by");
pub(crate) const FUNDING: Text = t("Betalt af", "Funded by");
pub(crate) const DOCUMENTS: Text = t("Dokumenter", "Documents");
pub(crate) const S_VERSIONS: Text = t("Versioner", "Versions");
pub(crate) const VERSIONS_LEAD: Text = t(
    "En version ændres aldrig, når den er udgivet. Rettelser kommer i en ny.",
    "A version never changes once it is published. Corrections come in a new one.",
);
pub(crate) const CHANGES: Text = t("Nyt i denne version", "New in this version");
pub(crate) const ALL_CHANGES: Text = t("Alle ændringer", "All changes");

/// The questions of the datasheet, in the order of `metadata::Datasheet`.
pub(crate) const DATASHEET: [Text; 10] = [
    t("Hvorfor blev det lavet?", "Why was it made?"),
    t("Hvordan er det samlet ind?", "How was it collected?"),
    t("Hvem taler eller skriver?", "Who speaks or writes?"),
    t("Hvem har skrevet ud eller opmærket?", "Who transcribed or annotated?"),
    t("Hvad kendetegner det?", "What is it like?"),
    t("Hvad er det godt til?", "What is it good for?"),
    t("Hvad må det ikke bruges til?", "What must it not be used for?"),
    t("Hvilke fejl og skævheder er kendt?", "Which errors and biases are known?"),
    t("Hvad er følsomt i det?", "What is sensitive in it?"),
    t("Hvem passer det?", "Who looks after it?"),
];

/// Files of a release that people read, with what they are.
pub(crate) const DOCUMENT_FILES: [(&str, Text); 17] = [
    ("datablad.da.md", t("Datablad (dansk)", "Datasheet (Danish)")),
    ("datasheet.en.md", t("Datablad (engelsk)", "Datasheet (English)")),
    (
        "report.html",
        t("Datarapport: hvad kom med, og hvad blev udeladt", "Data report: what was kept and what left out"),
    ),
    ("LICENSE", t("Licenser", "Licences")),
    ("CITATION.cff", t("Sådan citeres datasættet", "How to cite it")),
    ("README.md", t("Kort for Hugging Face", "Hugging Face card")),
    ("dataset.json", t("Alle metadata (JSON)", "All metadata (JSON)")),
    ("stats.json", t("Statistik (JSON)", "Statistics (JSON)")),
    ("croissant.json", t("Croissant", "Croissant")),
    ("dcat.ttl", t("DCAT-AP (Turtle)", "DCAT-AP (Turtle)")),
    ("dcat.jsonld", t("DCAT-AP (JSON-LD)", "DCAT-AP (JSON-LD)")),
    ("dcat.rdf", t("DCAT-AP (RDF/XML)", "DCAT-AP (RDF/XML)")),
    ("prov.ttl", t("Proveniens (PROV-O)", "Provenance (PROV-O)")),
    ("datacite.json", t("DataCite", "DataCite")),
    ("datapackage.json", t("Data Package", "Data Package")),
    ("ai-act-summary.da.md", t("Til AI-forordningens resumé (dansk)", "For the AI Act's summary (Danish)")),
    (
        "ai-act-summary.en.md",
        t("Til AI-forordningens resumé (engelsk)", "For the AI Act's summary (English)"),
    ),
];

// Licences.
pub(crate) const MAY_USE: Text = t("bruge, kopiere og dele data", "use, copy and share the data");
pub(crate) const MAY_CHANGE: Text = t("ændre dem og bygge videre på dem", "change them and build on them");
pub(crate) const MAY_SELL: Text = t("bruge dem kommercielt", "use them commercially");
pub(crate) const MUST_NAME: Text = t("nævne kilden", "name the source");
pub(crate) const MUST_SHARE: Text = t("dele ændrede udgaver under {}", "share changed versions under {}");
pub(crate) const NOT_SELL: Text = t("bruge dem kommercielt", "use them commercially");
pub(crate) const NOT_CHANGE: Text = t("dele ændrede udgaver", "share changed versions");
pub(crate) const NOT_TTS: Text = t("træne talesyntese på dem", "train speech synthesis on them");
pub(crate) const NOT_BIOMETRIC: Text =
    t("genkende personer på stemmen med dem", "identify people by voice with them");

/// Words of Hugging Face and the EU that the site says in both languages.
pub(crate) const KNOWN: [(&str, Text); 68] = [
    ("teens", t("13-19 år", "13–19 years")),
    ("twenties", t("20-29 år", "20–29 years")),
    ("thirties", t("30-39 år", "30–39 years")),
    ("forties", t("40-49 år", "40–49 years")),
    ("fourties", t("40-49 år", "40–49 years")),
    ("fifties", t("50-59 år", "50–59 years")),
    ("sixties", t("60-69 år", "60–69 years")),
    ("seventies", t("70-79 år", "70–79 years")),
    ("eighties", t("80-89 år", "80–89 years")),
    ("nineties", t("90-99 år", "90–99 years")),
    // Dialects, by region.
    ("bornholmsk", t("bornholmsk", "Bornholm")),
    ("fynsk", t("fynsk", "Funen")),
    ("jysk", t("jysk", "Jutland")),
    ("københavnsk", t("københavnsk", "Copenhagen")),
    ("lollandsk", t("lollandsk", "Lolland")),
    ("lollandsk-falstersk", t("lollandsk-falstersk", "Lolland-Falster")),
    ("midtjysk", t("midtjysk", "Central Jutland")),
    ("nordjysk", t("nordjysk", "Northern Jutland")),
    ("rigsdansk", t("rigsdansk", "Standard Danish")),
    ("rigsmål", t("rigsmål", "Standard Danish")),
    ("sjællandsk", t("sjællandsk", "Zealand")),
    ("sydømål", t("sydømål", "Southern Islands")),
    ("sønderjysk", t("sønderjysk", "Southern Jutland")),
    ("vestjysk", t("vestjysk", "Western Jutland")),
    ("ømål", t("ømål", "Insular Danish")),
    ("østjysk", t("østjysk", "Eastern Jutland")),
    ("non-native", t("dansk som andetsprog", "Danish as a second language")),
    ("andetsprog", t("dansk som andetsprog", "Danish as a second language")),
    ("speech", t("tale", "speech")),
    ("text", t("tekst", "text")),
    ("rules", t("regler", "rules")),
    ("automatic-speech-recognition", t("talegenkendelse", "speech recognition")),
    ("text-to-speech", t("talesyntese", "speech synthesis")),
    ("audio-classification", t("klassifikation af lyd", "audio classification")),
    ("text-generation", t("sprogmodeller", "language models")),
    ("fill-mask", t("maskerede sprogmodeller", "masked language models")),
    ("text-classification", t("klassifikation af tekst", "text classification")),
    ("token-classification", t("ordklasser og navne", "tagging and names")),
    ("translation", t("oversættelse", "translation")),
    ("summarization", t("resuméer", "summarization")),
    ("question-answering", t("spørgsmål og svar", "question answering")),
    ("sentence-similarity", t("sætningers lighed", "sentence similarity")),
    ("grammatical-error-correction", t("sproglig korrektur", "grammar correction")),
    ("AGRI", t("landbrug, fiskeri, skovbrug og fødevarer", "agriculture, fisheries, forestry and food")),
    ("ECON", t("økonomi og finans", "economy and finance")),
    ("EDUC", t("uddannelse, kultur og sport", "education, culture and sport")),
    ("ENER", t("energi", "energy")),
    ("ENVI", t("miljø", "environment")),
    ("GOVE", t("forvaltning og offentlig sektor", "government and public sector")),
    ("HEAL", t("sundhed", "health")),
    ("INTR", t("internationale spørgsmål", "international issues")),
    ("JUST", t("ret, retsvæsen og offentlig sikkerhed", "justice, legal system and public safety")),
    ("REGI", t("regioner og byer", "regions and cities")),
    ("SOCI", t("befolkning og samfund", "population and society")),
    ("TECH", t("videnskab og teknologi", "science and technology")),
    ("TRAN", t("transport", "transport")),
    ("OP_DATPRO", t("foreløbige data", "provisional data")),
    ("other", t("andet", "other")),
    ("voice-activity-detection", t("skelnen mellem tale og pauser", "voice activity detection")),
    ("audio-to-audio", t("forbedring af lyd", "audio to audio")),
    ("text-to-audio", t("lyd ud fra tekst", "text to audio")),
    ("feature-extraction", t("indlejringer", "embeddings")),
    ("text-retrieval", t("søgning i tekst", "text retrieval")),
    ("text-ranking", t("rangordning af tekster", "ranking of texts")),
    ("text2text-generation", t("omskrivning af tekst", "text to text")),
    ("zero-shot-classification", t("klassifikation uden eksempler", "zero-shot classification")),
    ("multiple-choice", t("valg mellem svar", "multiple choice")),
    ("table-question-answering", t("spørgsmål til tabeller", "questions about tables")),
];
