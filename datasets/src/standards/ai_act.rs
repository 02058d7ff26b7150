//! What a provider of a general-purpose AI model can carry over into its public summary of training content, if the
//! model was trained on the dataset: Regulation (EU) 2024/1689 (AI Act), article 53(1)(d).
//!
//! The numbers of the sections are those of the Commission's template of 24 July 2025, taken from its explanatory notice;
//! it is the provider that fills the template in, and only what a dataset can know is said here. Not legal advice.

use std::fmt::Write;

use super::facts::{address, config_rows, legal_basis, licences, used};
use super::text::{Language, link, markdown};
use crate::publication::Publication;
use crate::schema::Modality;

/// ai-act-summary.da.md or ai-act-summary.en.md.
pub fn ai_act_summary(publication: &Publication, language: Language) -> String {
    let description = &publication.description;
    let m = &description.metadata;
    let t = |da: &'static str, en: &'static str| language.pick(da, en);
    let title = markdown(language.of(&m.title));
    let mut out = format!("# {}: {title}\n\n", t("Træningsindhold", "Training content"));
    out.push_str(t(
        "Dette er en blok til det offentlige resumé af træningsindhold, som udbydere af AI-modeller til almen brug skal \
         offentliggøre efter AI-forordningen (EU) 2024/1689, artikel 53, stk. 1, litra d. Er modellen trænet med dette \
         datasæt, kan udbyderen overføre blokken til Kommissionens skabelon af 24. juli 2025; numrene er skabelonens. \
         Her står kun det, som datasættet selv ved. Resten er udbyderens, og dette er ikke juridisk rådgivning.\n",
        "This is a block for the public summary of training content that providers of general-purpose AI models have to \
         publish under the AI Act, Regulation (EU) 2024/1689, article 53(1)(d). Where a model was trained on this dataset, \
         its provider can carry the block over into the Commission's template of 24 July 2025; the numbers are the \
         template's. Only what the dataset itself knows is here. The rest is the provider's, and this is not legal \
         advice.\n",
    ));

    let _ = write!(
        out,
        "\n## 1.3 {}\n\n",
        t("Modaliteter, størrelse og sprog", "Modalities, size and languages")
    );
    let (mut tokens, mut characters, mut micros) = (0u64, 0u64, 0u64);
    let (mut texts, mut clips, mut rules) = (0u64, 0u64, 0u64);
    for config in &description.configs {
        let totals = publication.stats.get(&config.name).map(|s| s.totals).unwrap_or_default();
        match config.modality {
            Modality::Text => {
                texts += config_rows(config);
                tokens = tokens.saturating_add(totals.tokens);
                characters = characters.saturating_add(totals.characters);
            }
            Modality::Speech => {
                clips += config_rows(config);
                micros = micros.saturating_add(totals.microseconds);
            }
            Modality::Rules => rules += config_rows(config),
            // Made of the texts, which are counted already.
            Modality::Attributes | Modality::Tokens => {}
        }
    }
    let n = |n| language.number(n);
    if texts > 0 {
        let band = t("under 1 mia. tokens", "less than 1 billion tokens");
        // A token is at least a byte, so that so few characters are below the limit with any tokenizer.
        let band = if characters < 250_000_000 { format!(" ({band})") } else { String::new() };
        let text = match language {
            Language::Da => {
                format!("- Tekst: {} dokumenter, {} ord, {} tegn{band}.", n(texts), n(tokens), n(characters))
            }
            Language::En => format!(
                "- Text: {} documents, {} words, {} characters{band}.",
                n(texts),
                n(tokens),
                n(characters)
            ),
        };
        let _ = writeln!(out, "{text}");
    }
    if clips > 0 {
        let hours = micros as f64 / 3.6e9;
        let band = match hours {
            h if h < 10_000.0 => t("under 10.000 timer", "less than 10,000 hours"),
            h if h <= 1_000_000.0 => t("10.000 til 1 mio. timer", "10,000 to 1 million hours"),
            _ => t("over 1 mio. timer", "more than 1 million hours"),
        };
        let hours = format!("{hours:.2}");
        let text = match language {
            Language::Da => {
                format!("- Lyd: {} klip med tale, {} timer ({band}).", n(clips), hours.replace('.', ","))
            }
            Language::En => format!("- Audio: {} clips of speech, {hours} hours ({band}).", n(clips)),
        };
        let _ = writeln!(out, "{text}");
    }
    if rules > 0 {
        let text = match language {
            Language::Da => format!("- Andet: {} rækker i tabeller over ord og sprogregler.", n(rules)),
            Language::En => format!("- Other: {} rows in tables of words and rules of language.", n(rules)),
        };
        let _ = writeln!(out, "{text}");
    }
    let _ = writeln!(out, "- {}: {}.", t("Sprog", "Languages"), markdown(&m.languages.join(", ")));
    let text = t("Indholdet er samlet ind senest", "Content was acquired at the latest on");
    let _ = writeln!(out, "- {text} {}.", markdown(&m.created));
    if let Some(period) = &m.about.temporal {
        let to = period.to.as_deref().unwrap_or(t("i dag", "today"));
        let from = if period.from == to { String::new() } else { format!("{} – ", markdown(&period.from)) };
        let _ =
            writeln!(out, "- {}: {from}{}.", t("Tid, som det er fra", "Time that it is from"), markdown(to));
    }

    let _ =
        write!(out, "\n## 2.1 {}\n\n", t("Offentligt tilgængelige datasæt", "Publicly available datasets"));
    let _ = writeln!(
        out,
        "- {}: {title} (`{}`), {} {}",
        t("Navn", "Name"),
        m.id,
        t("udgave", "version"),
        m.version
    );
    let _ = writeln!(out, "- {}: {}", t("Udgiver", "Publisher"), markdown(&m.publisher));
    let where_ = address(description).map_or_else(|| t("ikke oplyst", "not given").to_owned(), |a| link(&a));
    let _ = writeln!(out, "- {}: {where_}", t("Adresse", "Address"));
    let _ = writeln!(out, "- {}: {}", t("Licenser", "Licences"), markdown(&licences(description).join("; ")));
    let _ = writeln!(out, "- {}: {}", t("Indhold", "Content"), markdown(language.of(&m.description)));
    out.push_str(t(
        "- Om det er et »stort« datasæt i skabelonens forstand, afhænger af alt det, modellen er trænet med.\n",
        "- Whether it is a \"large\" dataset in the template's sense depends on all that the model was trained on.\n",
    ));
    let _ = write!(
        out,
        "\n{}:\n\n| {} | {} | {} | {} |\n|---|---|---|---|\n",
        t("Datasættet er lavet af disse kilder", "The dataset is made of these sources"),
        t("kilde", "source"),
        t("licens", "licence"),
        t("grundlag", "legal basis"),
        t("adresse", "address")
    );
    for source in used(description) {
        let cell = |text: &Option<String>| text.as_deref().map_or_else(|| "–".to_owned(), markdown);
        let url = source.url.as_deref().map_or_else(|| "–".to_owned(), |u| link(u).replace('|', "%7C"));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {url} |",
            source.id,
            cell(&source.license),
            legal_basis(source, language)
        );
    }

    let _ = write!(out, "\n## 2.2–2.6 {}\n\n", t("Andre kilder", "Other sources"));
    out.push_str(t(
        "Datasættet er udgivet og hører til i 2.1. Det registrerer ikke, hvilke af kilderne der i sin tid er hentet ved \
         gennemsøgning af nettet, kommer fra brugere eller er syntetiske; se grundlaget ovenfor og indsamlingen i \
         `datablad.da.md`.\n",
        "The dataset is published and belongs in 2.1. It does not record which of its sources were once crawled from the \
         web, come from users or are synthetic; see the legal basis above and the collection in `datasheet.en.md`.\n",
    ));
    if let Some(collection) = &m.about.datasheet.collection {
        let _ = write!(out, "\n{}: {}\n", t("Indsamling", "Collection"), markdown(language.of(collection)));
    }

    let _ = write!(
        out,
        "\n## 3.1 {}\n\n",
        t("Forbehold mod tekst- og datamining", "Reservations against text and data mining")
    );
    out.push_str(t(
        "Hver kilde er med på det grundlag, der står ovenfor, og ingen er med uden licens. Rettighedshavere kan få noget \
         taget ud: ",
        "Each source is included on the ground given above, and none without a licence. Rightsholders can have something \
         taken out: ",
    ));
    let _ = writeln!(out, "{}.", link(&m.contact));
    let _ = write!(
        out,
        "\n## 3.2 {}\n\n",
        t("Ulovligt indhold og personoplysninger", "Illegal content and personal data")
    );
    out.push_str(t(
        "Teksterne er inden udgivelsen set efter for CPR-numre, konto- og kortnumre, e-mailadresser og telefonnumre; \
         findes der nogen, udgives datasættet ikke. Det, der er taget ud, står med grund i `removed/`. Der er ikke søgt \
         efter andet ulovligt indhold.\n",
        "Before publication the texts are searched for CPR numbers, account and card numbers, e-mail addresses and \
         telephone numbers; if there are any, the dataset is not published. What was taken out is in `removed/` with the \
         reason. There was no search for other illegal content.\n",
    ));
    if let Some(sensitive) = &m.about.datasheet.sensitive {
        let _ = write!(out, "\n{}\n", markdown(language.of(sensitive)));
    }
    out
}
