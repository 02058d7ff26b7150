//! `sprog publish`, `sprog keygen` and `sprog verify`.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use sprog::progress::Progress;
use sprog::publish::keys::{self, KeySource};
use sprog::publish::{self, Options, PointerMove, Target};
use sprog_datasets::signature::VerifyingKey;
use sprog_datasets::verify;

use super::args::{BundleFormat, KeygenArgs, PublishArgs};
use super::{REFUSED, Voice};

const PASSWORD: &str = "SPROG_SIGNING_PASSWORD";

pub(crate) fn publish(args: PublishArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let variable = |name: &str| std::env::var(name).ok();
    let target = match args.format {
        BundleFormat::Release => Target::parse(&args.to)?,
        BundleFormat::Bagit => Target::Folder(PathBuf::from(&args.to)),
    };
    let key = match KeySource::choose(args.key, variable) {
        Some(source) => {
            let mut published: Vec<&Path> = vec![&args.dir];
            if let Target::Folder(root) = &target {
                published.push(root);
            }
            Some(source.read(&published, &mut || password(voice, false))?)
        }
        None => None,
    };
    let options = Options {
        key,
        previous: args.previous,
        dry_run: args.dry_run,
        allow_http: args.allow_http,
        memory: args.resources.mem,
    };
    let progress = Progress::new(voice.json || voice.quiet);
    let done = match (args.format, &target) {
        (BundleFormat::Bagit, Target::Folder(dest)) => publish::bag(&args.dir, dest, &options, &progress)?,
        _ => publish::publish(&args.dir, &target, &options, &progress)?,
    };
    if voice.json {
        voice.print_json(&done)?;
        return Ok(ExitCode::SUCCESS);
    }
    if done.dry_run {
        for path in &done.copied {
            voice.say(&format!("{} {path}", voice.pick("ville kopiere", "would copy")));
        }
    }
    voice.say(&format!(
        "{} {}, {} bytes; {} {}",
        done.copied.len(),
        match done.dry_run {
            true => voice.pick("filer ville blive kopieret", "files would be copied"),
            false => voice.pick("filer kopieret", "files copied"),
        },
        done.copied_bytes,
        done.present,
        voice.pick("var der allerede", "were there already"),
    ));
    match &done.key {
        Some(key) => {
            voice.say(&format!("{} {key}", voice.pick("underskrevet med nøglen", "signed with key")))
        }
        None => voice.say(voice.pick(
            "ikke underskrevet: ingen kan se, hvem der udgav det\n\
             tip: lav et nøglepar med `sprog keygen --out NAVN`, og giv --key NAVN.key",
            "not signed: nobody can tell who published it\n\
             hint: make a pair of keys with `sprog keygen --out NAME`, and give --key NAME.key",
        )),
    }
    if args.format == BundleFormat::Release {
        voice.say(match done.pointer {
            PointerMove::Moved if done.dry_run => voice
                .pick("latest.json ville pege på denne udgave", "latest.json would point to this version"),
            PointerMove::Moved => {
                voice.pick("latest.json peger nu på denne udgave", "latest.json points to this version now")
            }
            PointerMove::Listed => voice.pick(
                "udgaven er med i latest.json, som stadig peger på en nyere",
                "latest.json lists this version, and still points to a newer one",
            ),
            PointerMove::Unchanged => voice.pick("latest.json er uændret", "latest.json is unchanged"),
        });
    }
    voice.print(&done.path)?;
    Ok(ExitCode::SUCCESS)
}

/// The password in the environment, or the one typed in.
fn password(voice: &Voice, new: bool) -> std::io::Result<String> {
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(password);
    }
    if !std::io::stdin().is_terminal() {
        let message = format!("{PASSWORD} is not set, and there is no terminal to ask on");
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, message));
    }
    let typed = rpassword::prompt_password(voice.pick("Adgangskode til nøglen: ", "Password of the key: "))?;
    if new && typed != rpassword::prompt_password(voice.pick("Igen: ", "Again: "))? {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "the two passwords differ"));
    }
    Ok(typed)
}

pub(crate) fn keygen(args: &KeygenArgs, voice: &Voice) -> anyhow::Result<ExitCode> {
    let password = match args.no_password {
        true => None,
        false => match password(voice, true) {
            Ok(password) if password.is_empty() => bail!(
                "the password is empty; give --no-password for a key without one [{}]",
                sprog::codes::NO_PASSWORD
            ),
            Ok(password) => Some(password),
            Err(e) => bail!(
                "no password: {e}; --no-password makes a key without one [{}]",
                sprog::codes::NO_PASSWORD
            ),
        },
    };
    let pair = keys::generate(&args.out, password.as_deref())?;
    if voice.json {
        voice.print_json(&pair)?;
        return Ok(ExitCode::SUCCESS);
    }
    voice.say(voice.pick(
        "Gem den hemmelige nøgle et sikkert sted, aldrig i et datasæt eller i versionsstyring.",
        "Keep the secret key in a safe place, never in a dataset or in version control.",
    ));
    voice.say(voice.pick(
        "Vis den offentlige nøgle, hvor brugerne kan stole på den:",
        "Show the public key where users can trust it:",
    ));
    voice.say(&format!("  {}", pair.key));
    voice.print(&pair.secret.display().to_string())?;
    voice.print(&pair.public.display().to_string())?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn verify(dir: &Path, key: Option<&str>, voice: &Voice) -> anyhow::Result<ExitCode> {
    let key = key.map(public_key).transpose()?;
    let progress = Progress::new(voice.json || voice.quiet);
    let found = verify::verify_with(dir, key.as_ref(), |path| progress.stage(path, None))?;
    progress.done();
    if voice.json {
        voice.print_json(&found)?;
    } else {
        for finding in &found.findings {
            // Names come from the folder: a line break or a colour code in them must not act.
            let path = finding.path.escape_debug();
            voice.print(&format!("{path}: {} [{}]", finding.message, finding.code))?;
        }
        let text = voice.pick("filer kontrolleret,", "files checked,");
        let wrong = voice.pick("fejl", "findings");
        voice.say(&format!("{} {text} {} bytes, {} {wrong}", found.files, found.bytes, found.findings.len()));
        match &found.signature {
            Some(signed) if signed.checked => voice.say(&format!(
                "{} {}: {}",
                voice.pick("underskriften er rigtig, nøgle", "the signature is right, key"),
                signed.key,
                signed.comment
            )),
            Some(signed) if key.is_none() => voice.say(&format!(
                "{} {}: {}",
                voice.pick(
                    "underskriften er ikke kontrolleret (giv --key), nøgle",
                    "signature not checked (give --key), key"
                ),
                signed.key,
                signed.comment
            )),
            _ => {}
        }
    }
    Ok(if found.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

/// A `.pub` file, or the key itself.
fn public_key(text: &str) -> anyhow::Result<VerifyingKey> {
    let path = Path::new(text);
    if !path.exists() && text.len() == 56 && text.starts_with("RW") {
        return Ok(VerifyingKey::read(text)?);
    }
    let io = sprog_datasets::Error::io(path);
    let file = match std::fs::metadata(path) {
        Ok(file) => file,
        Err(e) => return Err(io(e).into()),
    };
    if !file.is_file() || file.len() > sprog_datasets::signature::MAX_BYTES {
        bail!("{} is no public key [{}]", path.display(), sprog_datasets::codes::KEY_INVALID);
    }
    match std::fs::read(path) {
        Ok(bytes) => Ok(VerifyingKey::read(&String::from_utf8_lossy(&bytes))?),
        Err(e) => Err(io(e).into()),
    }
}
