//! The command line: raw arguments become one resolved value, that value goes to one library call,
//! and the result is printed. Data on stdout, talk on stderr.

mod args;
mod catalog;
mod dedup;
mod fetch;
mod lint;
mod publish;
mod rules;
mod score;
mod speech;
mod speech_args;
mod subset;
mod text;
mod tokenizer;
mod tokenizer_args;
mod verbs;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use self::args::{Arguments, Language};

/// Exit codes, as the contract has them.
const REFUSED: u8 = 1;
const BAD_INPUT: u8 = 2;
const ENVIRONMENT: u8 = 3;

/// How a verb speaks.
pub(crate) struct Voice {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    language: Language,
}

impl Voice {
    /// The phrase in the language chosen.
    pub(crate) fn pick<'t>(&self, da: &'t str, en: &'t str) -> &'t str {
        match self.language {
            Language::Da => da,
            Language::En => en,
        }
    }

    /// Tells something on standard error.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            // Nobody is left to tell when standard error is gone.
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// Explains the codes of a message in Danish: the message itself names what was met, in English.
    fn explain(&self, message: &str) {
        if self.language == Language::Da {
            for code in sprog::codes::named_in(message) {
                let text = sprog::codes::explain_da(code).unwrap_or_default();
                let _ = writeln!(std::io::stderr(), "  {code}: {text}");
            }
        }
    }

    /// Writes a line of data on standard output.
    pub(crate) fn print(&self, text: &str) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}")?;
        Ok(out.flush()?)
    }

    /// Writes a value as JSON on standard output.
    pub(crate) fn print_json(&self, value: &impl serde::Serialize) -> anyhow::Result<()> {
        self.print(&serde_json::to_string_pretty(value)?)
    }
}

/// Parses the arguments, runs the verb, and turns what comes of it into an exit code.
pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(e) => {
            let code = if e.use_stderr() { BAD_INPUT } else { 0 };
            return if e.print().is_ok() { ExitCode::from(code) } else { ExitCode::from(ENVIRONMENT) };
        }
    };
    let voice =
        Voice { json: arguments.json, quiet: arguments.quiet, language: arguments.lang.unwrap_or_default() };
    match verbs::run(arguments, &voice) {
        Ok(code) => code,
        Err(error) => {
            // A reader that has seen enough is no failure.
            if is_broken_pipe(&error) {
                return ExitCode::SUCCESS;
            }
            let label = voice.pick("fejl", "error");
            let (code, mut message) = (exit_code(&error), error.to_string());
            if code == ENVIRONMENT && !message.contains("SPROG-") {
                message.push_str(&format!(" [{}]", sprog::codes::ENVIRONMENT));
            }
            let _ = writeln!(std::io::stderr(), "{label}: {message}");
            voice.explain(&message);
            ExitCode::from(code)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}

fn exit_code(error: &anyhow::Error) -> u8 {
    use sprog::dataset_fetch::Kind;
    use sprog_datasets::Error;
    let of_io = |e: &std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound
        | std::io::ErrorKind::InvalidData
        | std::io::ErrorKind::UnexpectedEof => BAD_INPUT,
        _ => ENVIRONMENT,
    };
    let of_datasets = |e: &Error| match e {
        Error::Refused(_) => REFUSED,
        Error::Io { source, .. } => of_io(source),
        _ => BAD_INPUT,
    };
    if let Some(e) = error.downcast_ref::<Error>() {
        return of_datasets(e);
    }
    if let Some(e) = error.downcast_ref::<sprog::publish::PublishError>() {
        return match e {
            sprog::publish::PublishError::Environment { .. } => ENVIRONMENT,
            sprog::publish::PublishError::Datasets(e) => of_datasets(e),
            _ => REFUSED,
        };
    }
    if let Some(e) = error.downcast_ref::<sprog::fetch::FetchError>() {
        return if e.is_environment() { ENVIRONMENT } else { BAD_INPUT };
    }
    if let Some(e) = error.downcast_ref::<sprog::dataset_fetch::DatasetError>() {
        return match e.kind() {
            Kind::Refused => REFUSED,
            Kind::Asked => BAD_INPUT,
            Kind::Environment => ENVIRONMENT,
        };
    }
    if let Some(sprog_text::subword::ctc::Error::Rare { .. }) = error.downcast_ref() {
        return REFUSED;
    }
    #[cfg(feature = "sql")]
    if sprog::sql::is_environment(error) {
        return ENVIRONMENT;
    }
    match error.downcast_ref::<std::io::Error>() {
        Some(e) => of_io(e),
        None => BAD_INPUT,
    }
}
