//! `sprog dedup`.

use std::path::PathBuf;
use std::process::ExitCode;

use sprog::dedup::{self, Deduplicated, Options};
use sprog::progress::Progress;

use super::{BAD_INPUT, Voice};

pub(crate) fn run(inputs: &[PathBuf], options: &Options, voice: &Voice) -> anyhow::Result<ExitCode> {
    let done = dedup::run(inputs, options, &Progress::new(voice.json || voice.quiet))?;
    if voice.json {
        voice.print_json(&done)?;
    } else {
        let kept = voice.pick("beholdt af", "kept of");
        let removed = voice.pick("taget ud", "taken out");
        let changed = voice.pick("med passager skåret ud", "with passages cut out");
        let Deduplicated { kept: left, read, removed: gone, changed: cut, .. } = done;
        voice.say(&format!("{left} {kept} {read}, {gone} {removed}, {cut} {changed}"));
        voice.print(&done.kept_file.display().to_string())?;
    }
    if done.problems > 0 {
        let text = voice.pick(
            "linjer kunne ikke læses (se problems.jsonl)",
            "lines could not be read (see problems.jsonl)",
        );
        voice.say(&format!("{} {text}", done.problems));
        return Ok(ExitCode::from(BAD_INPUT));
    }
    Ok(ExitCode::SUCCESS)
}
