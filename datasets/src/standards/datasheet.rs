//! The datasheet in Danish (*datablad*) and in English, after Gebru et al., "Datasheets for Datasets" (2021), with the
//! questions of a data statement: Bender and Friedman, "Data Statements for Natural Language Processing" (2018).
//!
//! What the build knows is filled in; what only people know is taken from `[dataset.about.datasheet]`, and what nobody
//! answered is listed as unanswered.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::facts::{
    address, beside, bytes, config_rows, creators, legal_basis, licence_url, licences, tasks, used,
};
use super::text::{Language, link, markdown};
use crate::corpus::Source;
use crate::metadata::Bilingual;
use crate::publication::Publication;
use crate::release::Config;
use crate::rules::RuleTable;
use crate::schema::Modality;
use crate::stats::Speaker;
use crate::vocabulary;

struct Sheet<'p> {
    publication: &'p Publication,
    language: Language,
    out: String,
    unanswered: Vec<&'static str>,
}

/// The datasheet in one language.
pub fn datasheet(publication: &Publication, language: Language) -> String {
    let mut sheet = Sheet { publication, language, out: String::new(), unanswered: Vec::new() };
    sheet.head();
    sheet.motivation();
    sheet.composition();
    sheet.people();
    sheet.collection();
    sheet.sources();
    sheet.processing();
    sheet.uses();
    sheet.distribution();
    sheet.maintenance();
    sheet.end();
    sheet.out
}

impl Sheet<'_> {
    fn t<'t>(&self, da: &'t str, en: &'t str) -> &'t str {
        self.language.pick(da, en)
    }

    fn heading(&mut self, da: &str, en: &str) {
        let text = self.language.pick(da, en);
        let _ = write!(self.out, "\n## {text}\n\n");
    }

    fn paragraph(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push_str("\n\n");
    }

    /// An answer, or a note that there is none.
    fn answer(&mut self, answer: &Option<Bilingual>, da: &'static str, en: &'static str) {
        let question = self.language.pick(da, en);
        let text = answer.as_ref().map(|a| markdown(self.language.of(a))).filter(|t| !t.is_empty());
        match text {
            Some(text) => self.paragraph(&format!("**{question}** {text}")),
            None => self.unanswered.push(question),
        }
    }

    fn head(&mut self) {
        let m = &self.publication.description.metadata;
        let of = |text: &Bilingual| markdown(self.language.of(text));
        let (title, description) = (of(&m.title), of(&m.description));
        let head = format!("# {}: {title}\n\n{description}\n", self.t("Datablad", "Datasheet"));
        self.out.push_str(&head);
        let publisher = markdown(&m.publisher);
        let line = match self.language {
            Language::Da => format!("Udgave {} af {}. Udgiver: {publisher}.", m.version, m.created),
            Language::En => format!("Version {} of {}. Published by {publisher}.", m.version, m.created),
        };
        let contact = link(&m.contact);
        let asked = self.t(
            "Spørgsmål, og tilbagetrækning af egne bidrag",
            "Questions, and withdrawal of what you contributed",
        );
        let _ = write!(self.out, "\n{line}\n{asked}: {contact}.\n");
    }

    fn motivation(&mut self) {
        let description = &self.publication.description;
        let about = &description.metadata.about;
        self.heading("Hvorfor er det lavet?", "Why was it made?");
        self.answer(&about.datasheet.motivation, "Formål og udvalg.", "Purpose and choice.");
        let names: Vec<String> = creators(description).iter().map(|c| markdown(&c.name)).collect();
        let by = self.t("Lavet af", "Made by");
        self.paragraph(&format!("{by} {}.", names.join(", ")));
        if about.funding.is_empty() {
            self.unanswered.push(self.language.pick("Hvem betalte for det?", "Who paid for it?"));
        } else {
            let payers: Vec<String> = about.funding.iter().map(|f| markdown(f)).collect();
            let by = self.t("Betalt af", "Paid for by");
            self.paragraph(&format!("{by} {}.", payers.join("; ")));
        }
    }

    fn composition(&mut self) {
        let description = &self.publication.description;
        self.heading("Hvad indeholder det?", "What is in it?");
        for config in &description.configs {
            let what = self.what(config);
            let splits: Vec<String> = config
                .splits
                .iter()
                .map(|split| format!("{} {}", split.name, self.language.number(super::facts::rows(split))))
                .collect();
            let splits = if splits.len() > 1 { format!(" ({})", splits.join(", ")) } else { String::new() };
            let _ = writeln!(self.out, "- `{}`: {what}{splits}.", config.name);
        }
        let size = self.language.number(bytes(self.publication));
        let text = match self.language {
            Language::Da => format!("\nDatafilerne fylder {size} bytes i alt."),
            Language::En => format!("\nThe data files are {size} bytes in all."),
        };
        self.paragraph(&text);
        let sheet = &description.metadata.about.datasheet;
        self.answer(&sheet.characteristics, "Genre, emne og kvalitet.", "Genre, topic and quality.");
        self.answer(
            &sheet.limitations,
            "Kendte fejl, huller og skævheder.",
            "Known errors, gaps and biases.",
        );
    }

    /// What a config holds and how much of it.
    fn what(&self, config: &Config) -> String {
        let stats = self.publication.stats.get(&config.name);
        let totals = stats.map(|s| s.totals).unwrap_or_default();
        let number = |n| self.language.number(n);
        let (rows, tokens) = (number(config_rows(config)), number(totals.tokens));
        match (config.modality, self.language) {
            (Modality::Text, language) => {
                let unit = match config.tokens.is_some() {
                    true => "tokens",
                    false => language.pick("ord", "words"),
                };
                language.pick(
                    format!("{rows} tekster med {tokens} {unit}"),
                    format!("{rows} texts with {tokens} {unit}"),
                )
            }
            (Modality::Speech, language) => {
                let minutes = number(totals.microseconds / 60_000_000);
                language.pick(
                    format!("{rows} lydklip, {minutes} minutter i alt"),
                    format!("{rows} clips of speech, {minutes} minutes in all"),
                )
            }
            (Modality::Rules, language) => {
                let name = &config.name;
                let what = RuleTable::parse(name).map_or(["regler", "rules"], RuleTable::describe);
                language.pick(
                    format!("{rows} rækker: {} ([forklaring](rules/{name}.da.md))", what[0]),
                    format!("{rows} rows: {} ([explained](rules/{name}.md))", what[1]),
                )
            }
            (Modality::Attributes, Language::Da) => format!("målinger på {rows} rækker"),
            (Modality::Attributes, Language::En) => format!("measurements of {rows} rows"),
            (Modality::Tokens, Language::Da) => format!("{rows} sekvenser med {tokens} tokens til træning"),
            (Modality::Tokens, Language::En) => format!("{rows} sequences with {tokens} tokens for training"),
        }
    }

    fn people(&mut self) {
        let description = &self.publication.description;
        let m = &description.metadata;
        self.heading("Hvis sprog er det?", "Whose language is it?");
        let tags: Vec<String> = m.languages.iter().map(|l| format!("`{}`", l.replace('`', ""))).collect();
        let languages = self.t("Sprog (BCP 47)", "Languages (BCP 47)");
        self.paragraph(&format!("{languages}: {}.", tags.join(", ")));
        self.answer(&m.about.datasheet.speakers, "Talere og skribenter.", "Speakers and writers.");
        for config in &description.configs {
            let speakers = self.publication.stats.get(&config.name).map(|s| &s.speakers);
            if let Some(speakers) = speakers.filter(|s| !s.is_empty()) {
                let table = self.speakers(&config.name, speakers);
                self.out.push_str(&table);
            }
        }
        self.answer(
            &m.about.datasheet.annotation,
            "Transskription og annotering.",
            "Transcription and annotation.",
        );
    }

    /// How many speakers there are of each gender, age group and dialect.
    fn speakers(&self, config: &str, speakers: &BTreeMap<String, Speaker>) -> String {
        let count = self.language.number(speakers.len() as u64);
        let mut out = match self.language {
            Language::Da => {
                format!("`{config}` har {count} talere:\n\n| | | talere | tid |\n|---|---|---:|---:|\n")
            }
            Language::En => {
                format!("`{config}` has {count} speakers:\n\n| | | speakers | time |\n|---|---|---:|---:|\n")
            }
        };
        type Of = fn(&Speaker) -> Option<&String>;
        let by: [(&str, Of); 3] = [
            (self.t("køn", "gender"), |s| s.gender.as_ref()),
            (self.t("alder", "age"), |s| s.age_group.as_ref()),
            (self.t("dialekt", "dialect"), |s| s.dialect.as_ref()),
        ];
        for (what, of) in by {
            let mut groups: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
            for speaker in speakers.values() {
                let group = groups.entry(of(speaker).map_or("", String::as_str)).or_default();
                group.0 += 1;
                group.1 = group.1.saturating_add(speaker.totals.microseconds);
            }
            for (group, (number, time)) in groups {
                let group = match group {
                    "" => self.t("ikke oplyst", "not given").to_owned(),
                    known => self.language.pick(group_da(known), known).to_owned(),
                };
                let _ = writeln!(out, "| {what} | {} | {number} | {} |", markdown(&group), clock(time));
            }
        }
        out.push('\n');
        out
    }

    fn collection(&mut self) {
        let about = &self.publication.description.metadata.about;
        self.heading("Hvordan er det samlet ind?", "How was it collected?");
        self.answer(
            &about.datasheet.collection,
            "Indsamling og talesituation.",
            "Collection and speech situation.",
        );
        if !about.spatial.is_empty() {
            let names: Vec<&str> = about
                .spatial
                .iter()
                .map(|code| {
                    vocabulary::country_name(code)
                        .map_or(code.as_str(), |[da, en]| self.language.pick(da, en))
                })
                .collect();
            let text = format!("{}: {}.", self.t("Steder", "Places"), names.join(", "));
            self.paragraph(&text);
        }
        match &about.temporal {
            Some(period) => {
                let to = period.to.as_deref().unwrap_or(self.t("i dag", "today"));
                let text = match self.language {
                    _ if period.from == to => format!("{}: {to}.", self.t("Tid", "Time")),
                    Language::Da => format!("Tid: fra {} til {to}.", period.from),
                    Language::En => format!("Time: from {} to {to}.", period.from),
                };
                self.paragraph(&text);
            }
            None => {
                self.unanswered.push(self.language.pick("Hvilken tid er det fra?", "What time is it from?"))
            }
        }
    }

    fn sources(&mut self) {
        let description = &self.publication.description;
        self.heading(
            "Hvor kommer det fra, og på hvilket grundlag?",
            "Where does it come from, and on what ground?",
        );
        for source in used(description) {
            let licence = markdown(source.license.as_deref().unwrap_or(self.t("ingen", "none")));
            let basis = legal_basis(source, self.language);
            let text = match self.language {
                Language::Da => format!("- **{}**: licens {licence}; grundlag: {basis}.", source.id),
                Language::En => format!("- **{}**: licence {licence}; ground: {basis}.", source.id),
            };
            let _ = writeln!(self.out, "{text}");
            if let Some(url) = &source.url {
                let _ = writeln!(self.out, "  {}: {}", self.t("Hentet fra", "From"), link(url));
            }
            if let Some(consent) = &source.consent {
                let _ = writeln!(self.out, "  {}: {}.", self.t("Samtykke", "Consent"), markdown(consent));
            }
        }
        let excluded: Vec<&Source> = description.sources.iter().filter(|s| s.excluded.is_some()).collect();
        if !excluded.is_empty() {
            let _ = write!(self.out, "\n{}:\n\n", self.t("Udeladt", "Left out"));
            for source in excluded {
                let why = reason(source.excluded.as_deref().unwrap_or_default(), self.language);
                let _ = writeln!(self.out, "- **{}**: {why}", source.id);
            }
        }
    }

    fn processing(&mut self) {
        self.heading("Hvordan er det behandlet?", "How was it processed?");
        self.paragraph(self.language.pick(
            "Hver række siger i kolonnen `provenance`, hvilken fil og hvilket sted den kommer fra, og hvilke trin den har \
             været igennem. Det, der er taget ud, står i `removed/` med grund. `report.html` viser det hele.",
            "Each row says in the column `provenance` which file and place it comes from, and which steps it went \
             through. What was taken out is in `removed/` with the reason. `report.html` shows it all.",
        ));
        self.heading("Personoplysninger", "Personal data");
        self.paragraph(self.language.pick(
            "Inden udgivelsen er teksterne set efter for CPR-numre, konto- og kortnumre, e-mailadresser og telefonnumre; \
             findes der nogen, udgives datasættet ikke. Hvad et trin `pii` har fundet og gjort, står uden selve \
             oplysningerne i `removed/`. Søgningen er en hjælp og ingen garanti: Navne, adresser og det, der kun kan \
             forstås af sammenhængen, kan stadig stå i teksterne.",
            "Before publication the texts are searched for CPR numbers, account and card numbers, e-mail addresses and \
             telephone numbers; if there are any, the dataset is not published. What a step `pii` found and did is in \
             `removed/`, without the data itself. The search is a help and no guarantee: names, addresses and what can \
             only be understood from the context may still be in the texts.",
        ));
        let sheet = &self.publication.description.metadata.about.datasheet;
        self.answer(
            &sheet.sensitive,
            "Følsomt indhold, og hvordan folk er spurgt.",
            "What is sensitive, and how people were asked.",
        );
    }

    fn uses(&mut self) {
        let description = &self.publication.description;
        let sheet = &description.metadata.about.datasheet;
        self.heading("Hvad kan det bruges til?", "What can it be used for?");
        let tasks = tasks(description);
        if !tasks.is_empty() {
            let names: Vec<String> = tasks
                .iter()
                .map(|id| match vocabulary::task_name(id) {
                    Some([da, en]) => format!("{} (`{id}`)", self.language.pick(da, en)),
                    None => markdown(id),
                })
                .collect();
            let text = format!("{}: {}.", self.t("Opgaver", "Tasks"), names.join(", "));
            self.paragraph(&text);
        }
        self.answer(&sheet.uses, "Godt til.", "Good for.");
        self.answer(&sheet.unsuitable, "Må eller bør ikke bruges til.", "Must or should not be used for.");
    }

    fn distribution(&mut self) {
        let description = &self.publication.description;
        self.heading("På hvilke vilkår?", "On what terms?");
        for expression in licences(description) {
            let urls: Vec<String> = expression
                .split(" OR ")
                .filter_map(|id| licence_url(id.trim()))
                .map(|url| link(&url))
                .collect();
            let _ = writeln!(self.out, "- {} {}", markdown(expression), urls.join(" "));
        }
        self.out.push('\n');
        for config in description.configs.iter().filter(|c| beside(c).is_none()) {
            let asks = terms(&config.terms, self.language);
            let _ = writeln!(self.out, "- `{}`: {asks}.", config.name);
        }
        let text = self.t(
            "\nHver række har sin egen kilde og licens; LICENSE siger, hvem der skal nævnes.",
            "\nEach row has its own source and licence; LICENSE says who is to be named.",
        );
        self.out.push_str(text);
        self.out.push('\n');
        if let Some(address) = address(description) {
            let text = format!(
                "\n{}: {}\n",
                self.t("Datasættets egen side", "The dataset's own page"),
                link(&address)
            );
            self.out.push_str(&text);
        }
    }

    fn maintenance(&mut self) {
        let m = &self.publication.description.metadata;
        let about = &m.about;
        self.heading("Hvem holder det ved lige?", "Who keeps it up?");
        self.answer(&about.datasheet.maintenance, "Vedligeholdelse.", "Maintenance.");
        match about.frequency.as_deref() {
            Some(code) => {
                let name =
                    vocabulary::frequency_name(code).map_or(code, |[da, en]| self.language.pick(da, en));
                let text = format!("{}: {}.", self.t("Nye udgaver", "New versions"), markdown(name));
                self.paragraph(&text);
            }
            None => self.unanswered.push(
                self.language.pick("Hvor ofte kommer der nye udgaver?", "How often is there a new version?"),
            ),
        }
        if let Some(changes) = &about.changes {
            let text = format!(
                "{}: {}",
                self.t("Nyt i denne udgave", "New in this version"),
                markdown(self.language.of(changes))
            );
            self.paragraph(&text);
        }
    }

    fn end(&mut self) {
        if !self.unanswered.is_empty() {
            let intro = self.t(
                "Disse spørgsmål har udgiveren ikke svaret på:",
                "The publisher did not answer these questions:",
            );
            let mut text = format!("\n## {}\n\n{intro}\n\n", self.t("Spørgsmål uden svar", "Unanswered"));
            for question in &self.unanswered {
                let _ = writeln!(text, "- {question}");
            }
            self.out.push_str(&text);
        }
        let text = self.t(
            "\nSpørgsmålene er efter Gebru m.fl., »Datasheets for Datasets« (2021), og Bender og Friedman, »Data Statements \
             for Natural Language Processing« (2018).\n",
            "\nThe questions are after Gebru et al., \"Datasheets for Datasets\" (2021), and Bender and Friedman, \"Data \
             Statements for Natural Language Processing\" (2018).\n",
        );
        self.out.push_str(text);
        while self.out.contains("\n\n\n") {
            self.out = self.out.replace("\n\n\n", "\n\n");
        }
    }
}

/// Hours, minutes and seconds, as `1:02:03`.
fn clock(microseconds: u64) -> String {
    let seconds = microseconds / 1_000_000;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Danish for the groups of speakers that are named in English; others stay as they are.
fn group_da(group: &str) -> &str {
    match group {
        "female" => "kvinde",
        "male" => "mand",
        "other" => "andet",
        "teens" => "under 20 år",
        "twenties" => "20–29 år",
        "thirties" => "30–39 år",
        "forties" => "40–49 år",
        "fifties" => "50–59 år",
        "sixties" => "60–69 år",
        "seventies" => "70–79 år",
        "eighties" => "80–89 år",
        "nineties" => "90–99 år",
        other => other,
    }
}

/// Why a source was left out, in Danish where the reason has a code.
fn reason(why: &str, language: Language) -> String {
    let known = [
        ("[SPROG-1001]", "har ingen licens"),
        ("[SPROG-1002]", "har en ukendt licens"),
        ("[SPROG-1003]", "har en licens, der ikke kan forenes med de andre kilders"),
        ("[SPROG-1004]", "mangler grundlag eller samtykke"),
        ("reference only", "kun til sammenligning, ikke udgivet"),
    ];
    let danish = known.into_iter().find(|(mark, _)| why.contains(mark) && language == Language::Da);
    markdown(danish.map_or(why, |(_, text)| text))
}

/// What a licence asks, in one language.
fn terms(terms: &crate::licence::Terms, language: Language) -> String {
    if language == Language::En {
        let phrases = terms.phrases();
        let text = if phrases.is_empty() { "no conditions".to_owned() } else { phrases.join("; ") };
        return markdown(&text);
    }
    let mut out: Vec<String> = Vec::new();
    let mut add = |on: bool, text: &str| {
        if on {
            out.push(text.to_owned());
        }
    };
    add(terms.attribution, "nævn kilden");
    add(terms.non_commercial, "ikke kommerciel brug");
    add(terms.no_derivatives, "ingen ændrede udgaver");
    add(terms.no_tts, "ikke til talesyntese");
    add(terms.no_biometric_identification, "ingen genkendelse af personer på stemmen");
    if let Some(id) = &terms.share_alike {
        out.push(format!("del på vilkårene i {}", markdown(id)));
    }
    if out.is_empty() { "ingen betingelser".to_owned() } else { out.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standards::tests::publication;

    #[test]
    fn what_nobody_answered_is_listed() {
        let mut publication = publication();
        let before = datasheet(&publication, Language::Da);
        assert!(
            before.contains("## Spørgsmål uden svar") && before.contains("- Formål og udvalg."),
            "{before}"
        );
        let answer = Bilingual { da: "Til at vise det | <b>".into(), en: "To show it".into() };
        publication.description.metadata.about.datasheet.motivation = Some(answer);
        let after = datasheet(&publication, Language::Da);
        assert!(after.contains("**Formål og udvalg.** Til at vise det \\| &lt;b>"), "{after}");
        assert!(!after.contains("- Formål og udvalg."), "{after}");
        assert!(datasheet(&publication, Language::En).contains("**Purpose and choice.** To show it"));
    }
}
