//! The Danish recommendations for language resources, as a lint: *Anbefalede standarder for sprogressourcer* of
//! Digitaliseringsstyrelsen, published on sprogteknologi.dk in March 2022 and kept up since.
//!
//! They ask for open formats, plain text rather than binary files, simple folders, file names that say what is in them
//! without their folder, metadata in JSON with id, place and time, codes for languages, META-SHARE for more documentation,
//! a data statement, and sound without loss at one of the common sample rates. To these come what a resource needs to be
//! listed on sprogteknologi.dk: publisher, contact, licence, subject, and a description in Danish. The page names no
//! levels: what is [`Level::Required`] here is what a listing cannot be without, by our own reading.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::{Array, Int32Array};
use serde::Serialize;
use sprog_formats::Code;

use super::DATASET_SCHEMA;
use super::text::Language;
use crate::codes;
use crate::corpus::Source;
use crate::licence::Licence;
use crate::metadata::{Bilingual, Metadata};
use crate::publication::Publication;
use crate::schema::Modality;
use crate::table::TableFile;
use crate::vocabulary::is_web_address;
use crate::{Error, Result};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Without it the resource does not keep to the recommendations.
    Required,
    /// Better with it.
    Recommended,
}

/// Something that is not as recommended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The kind, `SPROG-1216`; its explanation says why.
    #[serde(serialize_with = "crate::error::code_as_text")]
    pub code: Code,
    /// How much it weighs.
    pub level: Level,
    /// The file, the source or the field that it is about.
    pub place: String,
    /// What is missing, and what to do.
    pub message: Bilingual,
}

/// What is linted: a recipe's description, or a published folder's.
pub struct Subject<'s> {
    /// What the dataset says of itself.
    pub metadata: &'s Metadata,
    /// Its sources, also those left out.
    pub sources: &'s [Source],
    /// File names: of a recipe those of the inputs, of a published folder all its own.
    pub files: Vec<String>,
    /// Whether it is published, so that its own files are looked at.
    pub is_published: bool,
    /// Sample rates of its audio in Hz, where they are known.
    pub sample_rates: Vec<u32>,
}

/// Sample rates that the recommendations name, in Hz.
pub const SAMPLE_RATES: [u32; 6] = [8_000, 16_000, 20_000, 22_050, 44_100, 48_000];

/// Formats that belong to one program or one maker.
const PROPRIETARY: [&str; 14] =
    ["doc", "docx", "ppt", "pptx", "xls", "xlsx", "mdb", "accdb", "sav", "dta", "wma", "wmv", "rtf", "pages"];

/// Sound formats that lose some of the sound.
const LOSSY: [&str; 7] = ["mp3", "m4a", "aac", "ogg", "opus", "wma", "mp4"];

/// Lints a published folder. Of the data only the column `sampling_rate` is read.
///
/// # Errors
/// When the folder has no dataset.json, stats.json or MANIFEST.json, or they or a Parquet file cannot be read.
pub fn lint_folder(dir: &Path) -> Result<Vec<Finding>> {
    let publication = Publication::read(dir)?;
    let mut rates = Vec::new();
    for config in publication.description.configs.iter().filter(|c| c.modality == Modality::Speech) {
        for file in config.splits.iter().flat_map(|s| &s.files) {
            for batch in TableFile::open(&dir.join(&file.path))?.read(&["sampling_rate"], None)? {
                let batch = batch?;
                let column = batch.column_by_name("sampling_rate");
                let column = column
                    .and_then(|c| c.as_any().downcast_ref::<Int32Array>())
                    .ok_or_else(|| Error::Invalid(format!("{}: no column sampling_rate", file.path)))?;
                rates.extend(column.iter().flatten().map(i32::unsigned_abs));
                rates.sort_unstable();
                rates.dedup();
            }
        }
    }
    Ok(lint(&Subject {
        metadata: &publication.description.metadata,
        sources: &publication.description.sources,
        files: publication.files.iter().map(|f| f.path.clone()).collect(),
        is_published: true,
        sample_rates: rates,
    }))
}

/// Findings, the required ones first.
pub fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let mut out = Findings(Vec::new());
    out.texts(subject);
    out.people(subject);
    out.licences(subject);
    out.statement(subject);
    out.discovery(subject);
    out.files(subject);
    out.sound(subject);
    let mut findings = out.0;
    findings.sort_by_key(|finding| finding.level == Level::Recommended);
    findings
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, level: Level, code: Code, place: &str, da: String, en: String) {
        self.0.push(Finding { code, level, place: place.to_owned(), message: Bilingual { da, en } });
    }

    fn required(&mut self, code: Code, place: &str, da: &str, en: &str) {
        self.add(Level::Required, code, place, da.to_owned(), en.to_owned());
    }

    fn recommended(&mut self, code: Code, place: &str, da: &str, en: &str) {
        self.add(Level::Recommended, code, place, da.to_owned(), en.to_owned());
    }

    fn texts(&mut self, subject: &Subject<'_>) {
        let m = subject.metadata;
        for (place, text) in [("title.da", &m.title), ("description.da", &m.description)] {
            if text.da.trim().is_empty() {
                self.required(codes::DIGST_DANISH, place, "ingen tekst på dansk", "no text in Danish");
            } else if text.da == text.en && text.da.contains(' ') {
                self.recommended(
                    codes::DIGST_DANISH,
                    place,
                    "den samme tekst på dansk og engelsk; skriv den på begge sprog",
                    "the same text in Danish and English; write it in both languages",
                );
            }
        }
        if m.languages.is_empty() {
            self.required(
                codes::DIGST_LANGUAGE,
                "languages",
                "intet sprog er angivet",
                "no language is named",
            );
        }
        for tag in m.languages.iter().filter(|tag| !is_language_tag(tag)) {
            self.add(
                Level::Required,
                codes::DIGST_LANGUAGE,
                "languages",
                format!("{tag:?} er ikke et sprogtag efter BCP 47, som f.eks. da eller da-x-jysk"),
                format!("{tag:?} is not a language tag of BCP 47, such as da or da-x-jysk"),
            );
        }
    }

    fn people(&mut self, subject: &Subject<'_>) {
        let m = subject.metadata;
        if m.publisher.trim().is_empty() {
            self.required(codes::DIGST_CONTACT, "publisher", "ingen udgiver", "no publisher");
        }
        let contact = m.contact.trim();
        if contact.is_empty() {
            self.required(
                codes::DIGST_CONTACT,
                "contact",
                "intet sted at henvende sig",
                "nowhere to turn to",
            );
        } else if !contact.split_whitespace().any(|word| is_mail(word) || is_web_address(word)) {
            self.recommended(
                codes::DIGST_CONTACT,
                "contact",
                "hverken en e-mailadresse eller en webadresse",
                "neither an e-mail address nor a web address",
            );
        }
    }

    fn licences(&mut self, subject: &Subject<'_>) {
        for source in subject.sources.iter().filter(|s| s.excluded.is_none()) {
            let place = format!("source {}", source.id);
            match source.license.as_deref().filter(|l| !l.trim().is_empty()) {
                None => self.required(codes::DIGST_LICENCE, &place, "ingen licens", "no licence"),
                Some(license) => match Licence::parse(license, &subject.metadata.licences) {
                    Err(why) => self.add(Level::Required, codes::DIGST_LICENCE, &place, why.clone(), why),
                    Ok(licence) if licence.terms().non_commercial || licence.terms().no_derivatives => self.add(
                        Level::Recommended,
                        codes::DIGST_LICENCE,
                        &place,
                        format!("{license:?} forbyder erhvervsmæssig brug eller ændrede udgaver; vælg en åbnere licens, hvis det kan lade sig gøre"),
                        format!("{license:?} forbids commercial use or changed versions; choose a more open licence if you can"),
                    ),
                    Ok(_) => {}
                },
            }
        }
    }

    /// The data statement: what only people can tell.
    fn statement(&mut self, subject: &Subject<'_>) {
        let sheet = &subject.metadata.about.datasheet;
        let has = |m: Modality| subject.sources.iter().any(|s| s.excluded.is_none() && s.modality == Some(m));
        let people = has(Modality::Speech) || has(Modality::Text);
        let questions: [(&str, &Option<Bilingual>, bool, &str, &str); 6] = [
            ("motivation", &sheet.motivation, true, "formål og udvalg", "purpose and choice"),
            ("speakers", &sheet.speakers, people, "talere og skribenter", "speakers and writers"),
            (
                "annotation",
                &sheet.annotation,
                has(Modality::Speech),
                "transskription og annotering",
                "transcription and annotation",
            ),
            (
                "collection",
                &sheet.collection,
                people,
                "indsamling og talesituation",
                "collection and speech situation",
            ),
            (
                "characteristics",
                &sheet.characteristics,
                true,
                "genre, emne og kvalitet",
                "genre, topic and quality",
            ),
            ("limitations", &sheet.limitations, true, "kendte fejl og skævheder", "known errors and biases"),
        ];
        let said = |answer: &Option<Bilingual>| {
            answer.as_ref().is_some_and(|a| !Language::Da.of(a).trim().is_empty())
        };
        if questions.iter().all(|(_, answer, ..)| !said(answer)) {
            self.required(
                codes::DIGST_STATEMENT,
                "dataset.about.datasheet",
                "intet data statement: ingen af spørgsmålene er besvaret",
                "no data statement: none of its questions is answered",
            );
            return;
        }
        for (key, answer, asked, da, en) in questions {
            if asked && !said(answer) {
                self.recommended(
                    codes::DIGST_STATEMENT,
                    &format!("dataset.about.datasheet.{key}"),
                    &format!("ubesvaret: {da}"),
                    &format!("unanswered: {en}"),
                );
            } else if answer.as_ref().is_some_and(|a| a.da.trim().is_empty() != a.en.trim().is_empty()) {
                let place = format!("dataset.about.datasheet.{key}");
                self.recommended(
                    codes::DIGST_STATEMENT,
                    &place,
                    "kun besvaret på ét sprog",
                    "answered in one language only",
                );
            }
        }
    }

    fn discovery(&mut self, subject: &Subject<'_>) {
        let m = subject.metadata;
        let missing: [(&str, bool, &str, &str); 5] = [
            ("keywords", m.keywords.is_empty(), "ingen emneord", "no key words"),
            (
                "dataset.about.themes",
                m.about.themes.is_empty(),
                "intet emne (EU's datatemaer)",
                "no subject (the EU's data themes)",
            ),
            (
                "dataset.about.landing_page",
                m.about.landing_page.is_none() && m.about.doi.is_none(),
                "ingen destinationsside eller DOI",
                "no landing page or DOI",
            ),
            ("dataset.about.spatial", m.about.spatial.is_empty(), "intet sted", "no place"),
            (
                "dataset.about.temporal",
                m.about.temporal.is_none(),
                "ingen dækningsperiode",
                "no time that it covers",
            ),
        ];
        for (place, is_missing, da, en) in missing {
            if is_missing {
                self.recommended(codes::DIGST_DISCOVERY, place, da, en);
            }
        }
        let first = m.version.starts_with("0.") || m.version == "1.0.0";
        if !first && m.about.changes.is_none() {
            self.recommended(
                codes::DIGST_VERSION,
                "dataset.about.changes",
                "ikke oplyst, hvad der er nyt i denne udgave",
                "not told what is new in this version",
            );
        }
        if m.version.trim().is_empty() {
            self.required(codes::DIGST_VERSION, "version", "ingen udgave", "no version");
        }
    }

    fn files(&mut self, subject: &Subject<'_>) {
        let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in &subject.files {
            let name = path.rsplit('/').next().unwrap_or(path);
            let ending = ending(name);
            if PROPRIETARY.contains(&ending.as_str()) {
                self.add(
                    if subject.is_published { Level::Required } else { Level::Recommended },
                    codes::DIGST_FORMAT,
                    path,
                    format!("formatet .{ending} er ikke åbent"),
                    format!("the format .{ending} is not open"),
                );
            }
            let stem = name.split('.').next().unwrap_or(name);
            if !stem.chars().any(char::is_alphabetic) {
                self.recommended(
                    codes::DIGST_FILE_NAME,
                    path,
                    "et filnavn, der ikke siger, hvad der er i filen",
                    "a file name that does not say what is in the file",
                );
            } else if name.chars().any(|c| {
                c.is_whitespace()
                    || c.is_control()
                    || matches!(c, '"' | '\\' | ':' | '*' | '?' | '<' | '>' | '|')
            }) {
                self.recommended(
                    codes::DIGST_FILE_NAME,
                    path,
                    "mellemrum eller tegn i filnavnet, som ikke alle systemer kan bruge",
                    "spaces or characters in the file name that not all systems can use",
                );
            }
            if path.split('/').count() > 4 {
                self.recommended(
                    codes::DIGST_FOLDERS,
                    path,
                    "mere end tre mapper dybt",
                    "more than three folders deep",
                );
            }
            folders.entry(name).or_default().push(path);
        }
        if !subject.is_published {
            return;
        }
        let data = |paths: &[&str]| paths.iter().filter(|p| p.starts_with("data/")).count() > 1;
        if let Some((name, paths)) = folders.iter().find(|(_, paths)| data(paths)) {
            self.add(
                Level::Recommended,
                codes::DIGST_FILE_NAME,
                &paths.join(", "),
                format!("flere filer hedder {name:?}, så det er mappen, der siger, hvad der er i dem; det er Hugging Faces navne"),
                format!("several files are named {name:?}, so that the folder says what is in them; these are Hugging Face's names"),
            );
        }
        if subject.files.iter().any(|f| f.ends_with(".parquet"))
            && !subject.files.iter().any(|f| {
                f.starts_with("data/")
                    && (f.ends_with(".jsonl") || f.ends_with(".tsv") || f.ends_with(".csv"))
            })
        {
            self.recommended(
                codes::DIGST_PLAIN,
                "data/",
                "data ligger i Parquet, som er et åbent, men binært format; anbefalingen er tekstnære formater, hvor det kan lade sig gøre",
                "the data is in Parquet, which is open but binary; plain text is recommended where it is possible",
            );
        }
        for (name, level, da, en) in [
            ("dataset.json", Level::Required, "ingen metadata i JSON", "no metadata in JSON"),
            (DATASET_SCHEMA, Level::Recommended, "intet skema til dataset.json", "no schema of dataset.json"),
            ("datablad.da.md", Level::Required, "intet datablad på dansk", "no datasheet in Danish"),
            ("LICENSE", Level::Required, "ingen LICENSE", "no LICENSE"),
            (
                "dcat.ttl",
                Level::Recommended,
                "ingen DCAT-AP, som kataloger høster, med META-SHAREs modalitet og størrelse",
                "no DCAT-AP, which catalogues harvest, with the modality and size of META-SHARE",
            ),
        ] {
            if !subject.files.iter().any(|f| f == name) {
                self.add(level, codes::DIGST_METADATA, name, da.to_owned(), en.to_owned());
            }
        }
    }

    fn sound(&mut self, subject: &Subject<'_>) {
        for rate in subject.sample_rates.iter().filter(|rate| !SAMPLE_RATES.contains(rate)) {
            self.add(
                Level::Recommended,
                codes::DIGST_SOUND,
                "sampling_rate",
                format!("{rate} Hz er ikke blandt de anbefalede: 8, 16, 20, 22,05, 44,1 og 48 kHz"),
                format!("{rate} Hz is not among those recommended: 8, 16, 20, 22.05, 44.1 and 48 kHz"),
            );
        }
        let lossy = subject.files.iter().filter(|f| LOSSY.contains(&ending(f).as_str()));
        let lossy: Vec<&str> = lossy.map(String::as_str).collect();
        if let Some(first) = lossy.first() {
            self.add(
                Level::Recommended,
                codes::DIGST_SOUND,
                first,
                format!("{} lydfiler i et format, der taber lyd; WAV eller FLAC er anbefalet", lossy.len()),
                format!(
                    "{} sound files in a format that loses sound; WAV or FLAC is recommended",
                    lossy.len()
                ),
            );
        }
    }
}

fn ending(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// Whether a word is written like an e-mail address.
fn is_mail(word: &str) -> bool {
    let word = word.trim_start_matches("mailto:").trim_matches(['<', '>', ',', ';']);
    word.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.ends_with('.'))
}

/// Whether this is written as BCP 47 asks: a language of two or three letters, then subtags of one to eight.
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let letters = |p: &str| p.bytes().all(|b| b.is_ascii_alphabetic());
    let subtag = |p: &str| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric());
    (2..=3).contains(&first.len()) && letters(first) && parts.all(subtag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standards::tests::publication;

    fn codes_of(metadata: &Metadata, sources: &[Source], files: &[&str], level: Level) -> Vec<Code> {
        let files = files.iter().map(|f| (*f).to_owned()).collect();
        let subject = Subject { metadata, sources, files, is_published: true, sample_rates: vec![11_025] };
        lint(&subject).into_iter().filter(|f| f.level == level).map(|f| f.code).collect()
    }

    #[test]
    fn each_thing_that_is_missing_is_found() {
        let d = publication().description;
        let mut m = d.metadata;
        m.about.datasheet.motivation = Some(Bilingual { da: "Derfor".into(), en: "So".into() });
        let files = ["dataset.json", "datablad.da.md", "LICENSE", "data/text/train-00000-of-00001.parquet"];
        assert_eq!(codes_of(&m, &d.sources, &files, Level::Required), []);
        let recommended = codes_of(&m, &d.sources, &files, Level::Recommended);
        for code in [codes::DIGST_SOUND, codes::DIGST_PLAIN, codes::DIGST_DISCOVERY, codes::DIGST_STATEMENT] {
            assert!(recommended.contains(&code), "{code}: {recommended:?}");
        }
        let broken = |change: fn(&mut Metadata)| {
            let mut m = m.clone();
            change(&mut m);
            codes_of(&m, &d.sources, &files, Level::Required)
        };
        assert_eq!(broken(|m| m.title.da.clear()), [codes::DIGST_DANISH]);
        assert_eq!(broken(|m| m.languages = vec!["dansk!".into()]), [codes::DIGST_LANGUAGE]);
        assert_eq!(broken(|m| m.contact.clear()), [codes::DIGST_CONTACT]);
        assert_eq!(broken(|m| m.about.datasheet.motivation = None), [codes::DIGST_STATEMENT]);
        let mut sources = d.sources.clone();
        sources[0].license = None;
        assert_eq!(codes_of(&m, &sources, &files, Level::Required), [codes::DIGST_LICENCE]);
        assert_eq!(codes_of(&m, &d.sources, &files[1..], Level::Required), [codes::DIGST_METADATA]);
        let with = [&files[..], &["data/text/tal.xlsx"]].concat();
        assert_eq!(codes_of(&m, &d.sources, &with, Level::Required), [codes::DIGST_FORMAT]);
    }

    #[test]
    fn tags_and_addresses_are_told_apart() {
        assert!(["da", "da-DK", "da-x-jysk", "kal", "en-GB"].iter().all(|t| is_language_tag(t)));
        assert!(
            ["", "d", "dansk", "da_DK", "da-", "da-fjollede-langttag1"].iter().all(|t| !is_language_tag(t))
        );
        assert!(
            is_mail("hej@example.dk")
                && is_mail("<hej@example.dk>")
                && !is_mail("@example.dk")
                && !is_mail("a@b")
        );
    }
}
