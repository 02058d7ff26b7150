use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use sprog::build::{self, Options, Resources, plan};
use sprog::dedup::{self, Method, MinHashOptions};
use sprog::progress::Progress;
use sprog::{codes, diff, inspect, recipe};
use sprog_formats::Limits;

use super::Voice;
use super::args::{Arguments, DedupMethod, ResourceArgs, SchemaOf, Standard, Verb};

pub(crate) fn run(arguments: Arguments, voice: &Voice) -> anyhow::Result<ExitCode> {
    match arguments.verb {
        Verb::Build { recipe, out, resources, keep_work } => {
            build(&recipe, Options { out, resources: resolve(&resources), keep_work }, voice)
        }
        Verb::Verify { dir, key } => super::publish::verify(&dir, key.as_deref(), voice),
        Verb::Publish(args) => super::publish::publish(args, voice),
        Verb::Keygen(args) => super::publish::keygen(&args, voice),
        Verb::Check { recipe, standard: None } => check(&recipe, voice),
        Verb::Check { recipe, standard: Some(Standard::Digst) } => super::lint::digst(&recipe, voice),
        Verb::Fetch(args) => super::fetch::run(&args, voice),
        Verb::Inspect { path } => inspect(&path, voice),
        Verb::Diff { a, b, list } => diff(&a, &b, list, voice),
        Verb::Subset(args) => super::subset::run(args, voice),
        Verb::New { schema: Some(of), .. } => {
            let schema = match of {
                SchemaOf::Recipe => recipe::json_schema(),
                SchemaOf::Dataset => sprog_datasets::release::json_schema(),
            };
            voice.print(schema.trim_end())?;
            Ok(ExitCode::SUCCESS)
        }
        Verb::New { id, .. } => new(&id.unwrap_or_default(), voice),
        Verb::Sql { query, inputs, out, resources } => sql(&query, &inputs, out, &resources, voice),
        Verb::Dedup { inputs, out, method, ngram, bands, rows, threshold, min_tokens, resources } => {
            let method = match method {
                DedupMethod::Exact => Method::Exact,
                DedupMethod::Minhash => {
                    if threshold.is_some_and(|t| !(t > 0.0 && t <= 1.0)) {
                        bail!("--threshold is above 0 and at most 1");
                    }
                    let options = MinHashOptions { ngram, bands, rows, ..MinHashOptions::default() };
                    Method::MinHash { options, threshold }
                }
                DedupMethod::Substring => Method::Substring { min_tokens },
            };
            let options = dedup::Options { method, out, resources: resolve(&resources) };
            super::dedup::run(&inputs, &options, voice)
        }
        Verb::Score(verb) => super::score::run(verb, voice),
        Verb::Speech(verb) => super::speech::run(verb, voice),
        Verb::Text(verb) => super::text::run(verb, voice),
        Verb::Tokenizer(verb) => super::tokenizer::run(verb, voice),
        Verb::Explain { code } => match codes::explain(&code) {
            Some(found) => {
                let danish = codes::explain_da(found.code).unwrap_or(found.text);
                voice.print(&format!("{}: {}", found.code, voice.pick(danish, found.text)))?;
                Ok(ExitCode::SUCCESS)
            }
            None => bail!("no code {code:?}"),
        },
        Verb::Rules(verb) => super::rules::run(verb, voice),
        Verb::Catalog(verb) => super::catalog::run(verb, voice),
    }
}

pub(super) fn resolve(args: &ResourceArgs) -> Resources {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Resources { threads: args.threads.unwrap_or(processors).clamp(1, 256), memory: args.mem }
}

fn build(path: &Path, options: Options, voice: &Voice) -> anyhow::Result<ExitCode> {
    let loaded = recipe::load(path)?;
    let built = build::build(&loaded, &options, &Progress::new(voice.json || voice.quiet))?;
    if voice.json {
        voice.print_json(&built)?;
        return Ok(ExitCode::SUCCESS);
    }
    if built.resumed > 0 {
        let text = voice
            .pick("job fra et tidligere, afbrudt forløb genbrugt", "jobs of an earlier, stopped run reused");
        voice.say(&format!("{} {text}", built.resumed));
    }
    for (config, rows) in &built.rows {
        voice.say(&format!("{config}: {rows} {}", voice.pick("rækker", "rows")));
    }
    let removed = voice.pick("rækker taget ud", "rows taken out");
    let problems = voice.pick("problemer noteret (se report.html)", "problems listed (see report.html)");
    voice.say(&format!("{} {removed}, {} {problems}", built.removed, built.problems));
    if !built.new {
        voice.say(voice.pick(
            "udgaven fandtes allerede, med de samme bytes",
            "this version was there already, byte for byte",
        ));
    }
    voice.print(&built.path.display().to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn check(path: &Path, voice: &Voice) -> anyhow::Result<ExitCode> {
    let loaded = recipe::load(path)?;
    build::check_tokenizers(&loaded)?;
    let metadata = loaded.metadata();
    let (sources, refusals) = plan::describe_sources(&loaded, &metadata);
    let mut listed = Vec::new();
    for (source, planned) in sources.iter().zip(&loaded.recipe.sources) {
        match &source.excluded {
            Some(why) => {
                voice.say(&format!("{}: {} {why}", source.id, voice.pick("udelades:", "left out:")));
                listed.push(serde_json::json!({"id": source.id, "excluded": why}));
            }
            None => {
                let files = build::inputs::expand(planned.get_ref(), &loaded.dir)?;
                let bytes: u64 = files.iter().map(|f| f.bytes).sum();
                let text = voice.pick("filer", "files");
                voice.say(&format!("{}: {} {text}, {bytes} bytes", source.id, files.len()));
                listed.push(serde_json::json!({"id": source.id, "files": files.len(), "bytes": bytes}));
            }
        }
    }
    if voice.json {
        voice.print_json(&serde_json::json!({
            "id": loaded.recipe.dataset.id, "sources": listed, "refusals": refusals,
        }))?;
    }
    if !refusals.is_empty() {
        return Err(sprog_datasets::Error::Refused(refusals).into());
    }
    voice.say(voice.pick("opskriften er i orden", "the recipe is sound"));
    Ok(ExitCode::SUCCESS)
}

fn inspect(path: &Path, voice: &Voice) -> anyhow::Result<ExitCode> {
    let found = inspect::inspect(path, &Limits::default())?;
    if voice.json {
        voice.print_json(&found)?;
        return Ok(ExitCode::SUCCESS);
    }
    voice.print(&format!("{}: {}", found.path, found.kind))?;
    for (name, value) in &found.details {
        voice.print(&format!("  {name}: {value}"))?;
    }
    for problem in &found.problems {
        voice.print(&format!("  ! {problem}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn diff(a: &Path, b: &Path, list: usize, voice: &Voice) -> anyhow::Result<ExitCode> {
    let found = diff::diff(a, b, list, 256 << 20)?;
    if voice.json {
        voice.print_json(&found)?;
        return Ok(ExitCode::SUCCESS);
    }
    for (config, d) in &found {
        voice.print(&format!("{config}: +{} -{} ~{} ={}", d.added, d.removed, d.changed, d.same))?;
        for id in &d.ids {
            voice.print(&format!("  {id}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn new(id: &str, voice: &Voice) -> anyhow::Result<ExitCode> {
    let dir =
        PathBuf::from(sprog_formats::archive::safe_path(id).map_err(|e| anyhow::anyhow!("{id:?}: {e}"))?);
    let path = dir.join("recipe.toml");
    if path.exists() {
        bail!("{} is there already", path.display());
    }
    let name = dir.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let text = recipe::scaffold(&name);
    std::fs::create_dir_all(dir.join("text")).map_err(sprog_datasets::Error::io(&dir))?;
    sprog_datasets::durable::write_bytes(&path, text.as_bytes())?;
    voice.say(voice.pick("ret den til, og kør: sprog check", "edit it, then: sprog check"));
    match voice.json {
        true => voice.print_json(&serde_json::json!({"path": path}))?,
        false => voice.print(&path.display().to_string())?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "sql")]
fn sql(
    query: &str,
    inputs: &[String],
    out: Option<PathBuf>,
    resources: &ResourceArgs,
    voice: &Voice,
) -> anyhow::Result<ExitCode> {
    use sprog::sql;
    let Resources { threads, memory } = resolve(resources);
    let options = sql::Options { threads, memory };
    let inputs: Vec<sql::Input> = inputs.iter().map(|i| sql::Input::parse(i)).collect();
    if let Some(path) = out {
        let rows = sql::write(query, &inputs, options, &path)?;
        voice.say(&format!("{rows} {}", voice.pick("rækker", "rows")));
        voice.print(&path.display().to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut stdout = std::io::stdout().lock();
    sql::query(query, &inputs, options, |_, batch| match batch {
        Some(batch) => sql::print(&mut stdout, batch, voice.json),
        None => Ok(()),
    })?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(feature = "sql"))]
fn sql(_: &str, _: &[String], _: Option<PathBuf>, _: &ResourceArgs, _: &Voice) -> anyhow::Result<ExitCode> {
    bail!("this sprog was built without SQL: cargo install --path corpus-tools --features sql");
}
