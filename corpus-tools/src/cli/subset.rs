use std::path::PathBuf;
use std::process::ExitCode;

use sprog::progress::Progress;
use sprog::subset::{Options, subset};

use super::Voice;
use super::args::ResourceArgs;
use super::verbs::resolve;

/// Take some rows of a published dataset as a dataset of its own
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sprog subset demo/1.0.0 --where \"dialect = 'Fyn' AND license = 'CC0-1.0'\" --out mine
  sprog subset demo/1.0.0 --config text --where \"domain = 'sundhed'\" --out mine --id sundhed --version 1.0.0

The expression is what a `filter` step of a recipe takes. Configs that lack one of its columns are left out, and
told. The result is OUT/<id>/<version>, with its own card, licences, statistics and report, and passes `sprog
verify`; dataset.json names the parent, the hash of its manifest and the expression.")]
pub(crate) struct SubsetArgs {
    /// The published folder
    dir: PathBuf,
    /// The rows, as a SQL WHERE expression; all if not given
    #[arg(long = "where")]
    expression: Option<String>,
    /// Only this config; may be given again
    #[arg(long, value_delimiter = ',')]
    config: Vec<String>,
    /// Only these columns filled, besides ids, content, source and licence
    #[arg(long, value_delimiter = ',')]
    columns: Vec<String>,
    /// Folder for the result, which is OUT/<id>/<version>
    #[arg(long)]
    out: PathBuf,
    /// Id of the result; made of the parent's if not given
    #[arg(long)]
    id: Option<String>,
    /// Version of the result; the parent's if not given
    #[arg(long)]
    version: Option<String>,
    /// Day of the result; the parent's if not given
    #[arg(long)]
    created: Option<String>,
    #[command(flatten)]
    resources: ResourceArgs,
}

pub(super) fn run(args: SubsetArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let options = Options {
        expression: args.expression,
        configs: args.config,
        columns: args.columns,
        out: args.out,
        id: args.id,
        version: args.version,
        created: args.created,
        resources: resolve(&args.resources),
    };
    let made = subset(&args.dir, &options, &Progress::new(voice.json || voice.quiet))?;
    if voice.json {
        voice.print_json(&made)?;
        return Ok(ExitCode::SUCCESS);
    }
    for (config, (left, all)) in &made.rows {
        voice.say(&format!(
            "{config}: {left} {} {all} {}",
            voice.pick("af", "of"),
            voice.pick("rækker", "rows")
        ));
    }
    let left_out = voice.pick("udelades:", "left out:");
    for (config, why) in &made.configs_left_out {
        voice.say(&format!("{config}: {left_out} {why}"));
    }
    for source in &made.sources_left_out {
        let why = voice.pick("ingen rækker tilbage", "no rows left");
        voice.say(&format!("{} {source:?}: {left_out} {why}", voice.pick("kilde", "source")));
    }
    if !made.new {
        voice.say(voice.pick(
            "udgaven fandtes allerede, med de samme bytes",
            "this version was there already, byte for byte",
        ));
    }
    voice.print(&made.path.display().to_string())?;
    Ok(ExitCode::SUCCESS)
}
