use std::path::Path;
use std::process::ExitCode;

use sprog::lint;
use sprog_datasets::standards::digst::Level;

use super::{REFUSED, Voice};

/// `sprog check --standard digst`.
pub(super) fn digst(path: &Path, voice: &Voice) -> anyhow::Result<ExitCode> {
    let findings = lint::digst(path)?;
    let required = findings.iter().filter(|f| f.level == Level::Required).count();
    if voice.json {
        voice.print_json(
            &serde_json::json!({"standard": "digst", "required": required, "findings": findings}),
        )?;
    } else {
        for finding in &findings {
            let level = match finding.level {
                Level::Required => voice.pick("påkrævet", "required"),
                Level::Recommended => voice.pick("anbefalet", "recommended"),
            };
            let message = voice.pick(&finding.message.da, &finding.message.en);
            voice.print(&format!("{level}: {}: {message} [{}]", finding.place, finding.code))?;
        }
        let recommended = findings.len() - required;
        let of = |da, en| voice.pick(da, en);
        voice.say(&format!(
            "{required} {}, {recommended} {}",
            of("påkrævede mangler", "required missing"),
            of("anbefalede mangler", "recommended missing")
        ));
    }
    Ok(if required == 0 { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}
