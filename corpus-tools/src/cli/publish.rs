//! `sprog keygen` and `sprog publish`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use sprog::progress::Progress;
use sprog::publish::{self, Folder, Options, Store};
use sprog_datasets::signature::{self, Signer};

use super::Voice;

/// Holds the password of a secret key.
const PASSWORD: &str = "SPROG_SIGNING_PASSWORD";
/// Names the file of the secret key.
const KEY: &str = "SPROG_SIGNING_KEY";
/// Holds the secret key itself.
const KEY_DATA: &str = "SPROG_SIGNING_KEY_DATA";

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// A built folder, such as sprog-out/demo/1.0.0
    pub(crate) dir: PathBuf,
    /// The root of the site: a folder, or s3://bucket/prefix (in a sprog built with `--features s3`)
    #[arg(long)]
    pub(crate) to: String,
    /// Secret key that signs the manifest; else the file that SPROG_SIGNING_KEY names, or the key in SPROG_SIGNING_KEY_DATA
    #[arg(long)]
    pub(crate) key: Option<PathBuf>,
    /// What is written
    #[arg(long, value_enum, default_value_t = Format::Site)]
    pub(crate) format: Format,
    /// Only tell what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Allow S3 over plain http (a server of your own)
    #[arg(long)]
    pub(crate) allow_http: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// ds/<id>/<version>/ below the root, and latest.json
    Site,
    /// A bag (BagIt, RFC 8493) in the new folder that --to names
    Bagit,
}

pub(crate) fn publish(args: PublishArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    if args.format == Format::Bagit {
        publish::bag(&args.dir, Path::new(&args.to))?;
        voice.say(&format!("{} {}", voice.pick("pakket i", "packed into"), args.to));
        return Ok(ExitCode::SUCCESS);
    }
    let signer = signer(&args)?;
    let store: Box<dyn Store> =
        if args.to.starts_with("s3://") { s3(&args)? } else { Box::new(Folder::new(Path::new(&args.to))) };
    let is_signed = signer.is_some();
    let options = Options { signer, dry_run: args.dry_run };
    let done = publish::publish(&args.dir, store.as_ref(), &options, &Progress::new(voice.quiet))?;
    if !is_signed && !done.signed {
        voice.say(voice.pick(
            "ikke underskrevet: ingen kan se, at det er jer, der har udgivet det (`sprog keygen`, så --key)",
            "not signed: nobody can see that it is you who published it (`sprog keygen`, then --key)",
        ));
    }
    if voice.json {
        voice.print_json(&done)?;
    } else {
        voice.say(&match voice.pick("da", "en") {
            "da" => format!(
                "{} {}: {} filer kopieret, {} var der; nyeste version er {}",
                done.id, done.version, done.copied, done.there, done.latest
            ),
            _ => format!(
                "{} {}: {} files copied, {} were there; the newest version is {}",
                done.id, done.version, done.copied, done.there, done.latest
            ),
        });
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(feature = "s3")]
fn s3(args: &PublishArgs) -> anyhow::Result<Box<dyn Store>> {
    Ok(Box::new(publish::S3::open(&args.to, args.allow_http)?))
}

#[cfg(not(feature = "s3"))]
fn s3(_args: &PublishArgs) -> anyhow::Result<Box<dyn Store>> {
    bail!("this sprog was built without S3; build it with `cargo build --release -p sprog --features s3`")
}

fn signer(args: &PublishArgs) -> anyhow::Result<Option<Signer>> {
    let file = args.key.clone().or_else(|| std::env::var_os(KEY).map(PathBuf::from));
    let text = match &file {
        Some(file) => {
            let key = file.canonicalize().with_context(|| file.display().to_string())?;
            // A secret key that lies there would be published, or is already.
            for place in [args.dir.as_path(), Path::new(&args.to)] {
                if place.canonicalize().is_ok_and(|place| key.starts_with(place)) {
                    bail!(
                        "{}: the secret key lies in {}; keep it elsewhere",
                        file.display(),
                        place.display()
                    );
                }
            }
            std::fs::read_to_string(&key).map_err(sprog_datasets::Error::io(&key))?
        }
        None => match std::env::var(KEY_DATA) {
            Ok(text) if !text.trim().is_empty() => text,
            _ => return Ok(None),
        },
    };
    let password = std::env::var(PASSWORD).ok().filter(|p| !p.is_empty());
    Ok(Some(Signer::new(&text, password.as_deref())?))
}

/// Makes NAME.key and NAME.pub.
pub(crate) fn keygen(out: &Path, voice: &Voice) -> anyhow::Result<ExitCode> {
    let named = |ending: &str| {
        let mut name = out.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let (secret, public) = (named(".key"), named(".pub"));
    if let Some(there) = [&secret, &public].into_iter().find(|path| path.exists()) {
        bail!("{} is there already; a key is never overwritten", there.display());
    }
    let password = std::env::var(PASSWORD).ok().filter(|p| !p.is_empty());
    let keys = signature::generate(password.as_deref())?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&secret).map_err(sprog_datasets::Error::io(&secret))?;
    std::io::Write::write_all(&mut file, keys.secret.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(sprog_datasets::Error::io(&secret))?;
    sprog_datasets::durable::write_bytes(&public, keys.public.as_bytes())?;
    voice.say(&format!(
        "{}: {}\n{}: {}",
        voice.pick("hemmelig, kun jeres", "secret, yours alone"),
        secret.display(),
        voice.pick("offentlig, til alle", "public, for everybody"),
        public.display()
    ));
    if password.is_none() {
        voice.say(&match voice.pick("da", "en") {
            "da" => {
                format!("nøglen har ingen adgangskode; sæt {PASSWORD}, når den laves, for at give den en")
            }
            _ => format!("the key has no password; set {PASSWORD} when it is made to give it one"),
        });
    }
    Ok(ExitCode::SUCCESS)
}
