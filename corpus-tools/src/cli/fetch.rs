use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;
use sprog::dataset_fetch::{self, Ask, Plan, Site};
use sprog::fetch::{self, Client, Request};
use sprog::progress::Progress;
use sprog::recipe;
use sprog_datasets::partial::Selection;

use super::Voice;

/// Bring a published dataset or a part of it, the files of a recipe's sources, or one file
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  sprog fetch https://host/ds/demo --key publisher.pub         a published dataset, signature checked first
  sprog fetch https://host/ds/demo --config speech --split test --to data
  sprog fetch https://host/ds/demo --config speech --columns id,text,dialect   these columns and no audio
  sprog fetch https://host/ds/demo --version 1.0.0 --dry-run   what would come, and how much of it
  sprog fetch datasets/recipes/nst                   every source with `url` and `sha256`
  sprog fetch https://example.dk/data.zip --to data  one file, resumed if it was cut off
  sprog fetch https://example.dk/data.zip --to data --sha256 9f86d0…

An address is a dataset's if its path ends in /ds/<id>, /ds/<id>/<version> or /latest.json, or if an option of
datasets is given (--version, --config, --split, --columns, --key, --mirror, --dry-run); else it is a file's. A
dataset comes to TO/<id>/<version>, whole and checked or not at all; a run that was stopped goes on when the same
command is given again. `sprog verify` checks a part too.")]
pub(crate) struct FetchArgs {
    /// A dataset's address, a recipe, or a file's address
    what: String,
    /// Folder for what comes; for a recipe its own folder, else this one
    #[arg(long)]
    to: Option<PathBuf>,
    /// SHA-256 that the file must have
    #[arg(long, conflicts_with_all = ["version", "config", "split", "columns", "key", "mirror", "dry_run"])]
    sha256: Option<String>,
    /// Version of the dataset; the newest if not given
    #[arg(long)]
    version: Option<String>,
    /// Only this config; may be given again
    #[arg(long, value_delimiter = ',')]
    config: Vec<String>,
    /// Only this split; may be given again
    #[arg(long, value_delimiter = ',')]
    split: Vec<String>,
    /// Only these columns: the others are not downloaded, where the server knows ranges
    #[arg(long, value_delimiter = ',')]
    columns: Vec<String>,
    /// The publisher's minisign key, a .pub file or the key itself: the signature must be right
    #[arg(long)]
    key: Option<String>,
    /// Address of the same dataset elsewhere, tried where the first fails; may be given again
    #[arg(long)]
    mirror: Vec<String>,
    /// Tell what would come, and bring nothing
    #[arg(long)]
    dry_run: bool,
    /// Allow addresses in private networks (a mirror of your own)
    #[arg(long)]
    allow_private: bool,
    /// Allow http, which anyone on the way can read and change: for servers of your own
    #[arg(long)]
    allow_http: bool,
    /// Longest wait for a server, in seconds
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// How often a file is tried
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    attempts: u32,
}

pub(super) fn run(args: &FetchArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let of_datasets = args.version.is_some()
        || args.key.is_some()
        || args.dry_run
        || [&args.config, &args.split, &args.columns, &args.mirror].iter().any(|list| !list.is_empty());
    let site = match of_datasets {
        true => Some(site(&args.what)?),
        false if args.sha256.is_none() => Site::known(&args.what),
        false => None,
    };
    let options = fetch::Options {
        allow_private: args.allow_private,
        allow_http: args.allow_http,
        timeout: Duration::from_secs(args.timeout),
        attempts: args.attempts,
        ..fetch::Options::default()
    };
    match site {
        Some(site) => dataset(args, site, options, voice),
        None => files(args, &options, voice),
    }
}

fn site(url: &str) -> anyhow::Result<Site> {
    Site::parse(url)
        .with_context(|| format!("{url}: not the address of a dataset, such as https://host/ds/<id>"))
}

fn dataset(args: &FetchArgs, site: Site, options: fetch::Options, voice: &Voice) -> anyhow::Result<ExitCode> {
    let key = args.key.as_deref().map(public_key).transpose()?;
    let client = Client::new(&options);
    let ask = Ask {
        site,
        mirrors: args.mirror.iter().map(|url| self::site(url)).collect::<anyhow::Result<_>>()?,
        version: args.version.clone(),
        selection: Selection {
            configs: args.config.clone(),
            splits: args.split.clone(),
            columns: args.columns.clone(),
        },
        key,
        options,
    };
    let progress = Progress::new(voice.json || voice.quiet);
    progress.stage(ask.site.id(), None);
    let plan = Plan::make(&ask, &client)?;
    progress.done();
    let to = args.to.clone().unwrap_or_else(|| ".".into());
    tell(&ask, &plan, &to, voice);
    if args.dry_run {
        return dry_run(&ask, &plan, voice);
    }
    progress.stage(&format!("{} {}", ask.site.id(), plan.found.version), Some(plan.bytes()));
    let outcome = dataset_fetch::bring(&ask, &plan, &client, &to, &|bytes| progress.advance(bytes))?;
    progress.done();
    if outcome.unchanged {
        voice.say(voice.pick("findes allerede, hel og uændret", "there already, whole and unchanged"));
    }
    if outcome.without_ranges > 0 {
        let text = voice.pick(
            "filer kom hele, fordi serveren ikke kan sende dele af dem",
            "files came whole, because the server does not send parts of them",
        );
        voice.say(&format!("{} {text}", outcome.without_ranges));
    }
    let came = voice.pick("bytes hentet", "bytes transferred");
    voice.say(&format!("{} {came}", outcome.transferred));
    match voice.json {
        true => voice.print_json(&outcome)?,
        false => voice.print(&outcome.path.display().to_string())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The text of a key file, or the key as given.
fn public_key(given: &str) -> anyhow::Result<String> {
    let path = Path::new(given);
    if !path.is_file() {
        if given.ends_with(".pub") || given.contains(['/', '\\']) && !given.starts_with("RW") {
            bail!("{given}: no such key file");
        }
        return Ok(given.to_owned());
    }
    let text = std::fs::read(path).map_err(sprog_datasets::Error::io(path))?;
    String::from_utf8(text).with_context(|| format!("{given}: not a minisign public key"))
}

/// What is about to come, and who vouches for it.
fn tell(ask: &Ask, plan: &Plan, to: &Path, voice: &Voice) {
    let found = &plan.found;
    let files = voice.pick("filer,", "files,");
    let part = match plan.left_out.len() {
        0 => String::new(),
        n => format!(" ({n} {})", voice.pick("filer udelades", "files are left out")),
    };
    voice.say(&format!(
        "{} {}: {} {files} {} bytes{part}",
        ask.site.id(),
        found.version,
        plan.jobs.len(),
        plan.bytes()
    ));
    if let Some(free) = dataset_fetch::free_bytes(to) {
        voice.say(&format!(
            "{free} {}",
            voice.pick("bytes er ledige på disken", "bytes are free on the disk")
        ));
    }
    voice.say(match (found.vouched, &found.signature) {
        (true, _) => voice.pick("underskriften passer til nøglen", "the signature is by the key given"),
        (false, Some(_)) => voice.pick(
            "ingen står inde for indholdet: giv udgiverens nøgle med --key for at kontrollere underskriften",
            "nobody vouches for the content: give the publisher's key with --key to have the signature checked",
        ),
        (false, None) => voice.pick(
            "ingen står inde for indholdet: datasættet er ikke underskrevet",
            "nobody vouches for the content: the dataset is not signed",
        ),
    });
    if plan.without_chunks {
        voice.say(voice.pick(
            "datasættet har ingen chunks.json, så filerne hentes med alle kolonner",
            "the dataset has no chunks.json, so its files come with all columns",
        ));
    }
}

fn dry_run(ask: &Ask, plan: &Plan, voice: &Voice) -> anyhow::Result<ExitCode> {
    if voice.json {
        let files = plan.jobs.iter().map(|job| {
            json!({
                "path": job.entry.path,
                "bytes": job.bytes(),
                "columns": job.columns.as_ref().map(|(_, columns)| columns),
            })
        });
        voice.print_json(&json!({
            "id": ask.site.id(),
            "version": plan.found.version,
            "manifest_sha256": plan.found.sha256,
            "vouched": plan.found.vouched,
            "bytes": plan.bytes(),
            "files": files.collect::<Vec<_>>(),
            "left_out": plan.left_out,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for job in &plan.jobs {
        let columns = job.columns.as_ref().map(|(_, columns)| format!("  {}", columns.join(",")));
        voice.print(&format!("{:>14}  {}{}", job.bytes(), job.entry.path, columns.unwrap_or_default()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn files(args: &FetchArgs, options: &fetch::Options, voice: &Voice) -> anyhow::Result<ExitCode> {
    let (what, to, sha256) = (args.what.as_str(), args.to.clone(), args.sha256.clone());
    let mut wanted = Vec::new();
    if what.contains("://") {
        let name = file_name(what).with_context(|| format!("{what}: no file name at the end"))?;
        let dest = to.unwrap_or_else(|| ".".into()).join(name);
        wanted.push((Request { url: what.to_owned(), sha256, bytes: None }, dest));
    } else {
        let loaded = recipe::load(Path::new(what))?;
        let dir = to.unwrap_or_else(|| loaded.dir.clone());
        for source in &loaded.recipe.sources {
            let source = source.get_ref();
            // A URL without a checksum tells where a source is from; with one it can be fetched.
            let (Some(url), Some(sha256)) = (&source.url, &source.sha256) else { continue };
            let Some(file) = source.files.first().filter(|f| !f.contains('*') && !f.starts_with(['/', '$']))
            else {
                bail!("source {:?}: `files` must name the one file that `url` gives", source.id);
            };
            let safe =
                sprog_formats::archive::safe_path(file).map_err(|e| anyhow::anyhow!("{file:?}: {e}"))?;
            let request = Request { url: url.clone(), sha256: Some(sha256.clone()), bytes: None };
            wanted.push((request, dir.join(safe)));
        }
        if wanted.is_empty() {
            voice.say(voice.pick("ingen kilde har både url og sha256", "no source has both url and sha256"));
        }
    }
    let mut files = Vec::new();
    for (request, dest) in wanted {
        let parent = sprog_datasets::durable::parent_of(&dest).to_owned();
        std::fs::create_dir_all(&parent).map_err(sprog_datasets::Error::io(&parent))?;
        let progress = Progress::new(voice.json || voice.quiet);
        let mut last = None;
        let fetched = fetch::fetch(&request, &dest, options, &mut |now| {
            let done = match last.replace(now.done) {
                None => {
                    progress.stage(&dest.file_name().unwrap_or_default().to_string_lossy(), now.total);
                    now.done
                }
                Some(before) => now.done.saturating_sub(before),
            };
            progress.advance(done);
        })?;
        progress.done();
        if let Some(hint) = fetched.pin_hint(&request) {
            voice.say(&hint);
        }
        if !voice.json {
            voice.print(&format!("{}  {}", fetched.sha256, fetched.path.display()))?;
        }
        files.push(serde_json::json!({
            "url": request.url,
            "path": fetched.path,
            "bytes": fetched.bytes,
            "sha256": fetched.sha256,
        }));
    }
    if voice.json {
        voice.print_json(&files)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The last part of a URL's path.
fn file_name(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next()?.split_once("://")?.1;
    let name = path.split_once('/')?.1.rsplit('/').next()?;
    sprog_formats::archive::safe_path(name).is_ok().then_some(name)
}
