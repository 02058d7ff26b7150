//! `sprog catalog`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use sprog::catalog::check::{self, Checked, Level};
use sprog::catalog::serve::Server;
use sprog::catalog::{self, Config};

use super::Voice;

#[derive(Debug, Subcommand)]
pub(crate) enum CatalogVerb {
    /// Build a static site over the datasets below ROOT/ds
    #[command(after_help = "Examples:
  sprog catalog build public
  sprog catalog build public --base-url https://data.example.dk/sprog/

ROOT holds ds/<id>/<version>/, as `sprog publish` puts them there. The site is written beside: index.html,
en/, a page for each dataset, feeds and a JSON API. It needs a host of files and nothing else. ROOT/catalog.toml
may say `title`, `intro` (each with `da` and `en`), `publisher`, `contact` and `base_url`.")]
    Build {
        /// The folder with ds/
        root: PathBuf,
        /// Where the site will be found
        #[arg(long)]
        base_url: Option<String>,
    },
    /// Serve a published folder on this machine, to look at it
    #[command(after_help = "Examples:
  sprog catalog serve public
  sprog catalog serve public --port 0          takes a free port, which is told

Prints the address on standard output. Ends with Ctrl-C; nothing is ever written. It is a preview: for the public use a
host of files, and look with `sprog catalog check` whether it is set up as readers need it.")]
    Serve {
        /// The folder with index.html
        root: PathBuf,
        /// Port; 0 takes a free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Name or address to listen at
        #[arg(long, default_value = "127.0.0.1")]
        host: String,
    },
    /// Check whether a host serves a catalogue as its readers need it
    #[command(after_help = "Examples:
  sprog catalog check https://data.example.dk/sprog/
  sprog catalog check public                            a folder, before it is uploaded
  sprog catalog check http://127.0.0.1:8080/ --allow-private

Asks for every page and every file of the newest versions, for parts of a Parquet file, and looks at the headers.
Exit code 1 when something that readers need is missing.")]
    Check {
        /// Address of the catalogue, or a folder
        target: String,
        /// Allow addresses in private networks, and http
        #[arg(long)]
        allow_private: bool,
        /// The most requests to send
        #[arg(long, default_value_t = 20_000)]
        requests: usize,
    },
}

pub(crate) fn run(verb: CatalogVerb, voice: &Voice) -> anyhow::Result<ExitCode> {
    match verb {
        CatalogVerb::Build { root, base_url } => {
            let mut config = Config::read(&root)?;
            if let Some(url) = base_url {
                config.set_base_url(&url)?;
            }
            let built = catalog::build(&root, &config)?;
            for left_out in &built.left_out {
                voice.say(&format!("{}: {left_out}", voice.pick("udeladt", "left out")));
            }
            if voice.json {
                voice.print_json(&built)?;
            } else {
                voice.say(&match voice.pick("da", "en") {
                    "da" => format!(
                        "{} datasæt, {} filer ({} uændrede) i {}",
                        built.datasets,
                        built.files,
                        built.unchanged,
                        root.display()
                    ),
                    _ => format!(
                        "{} datasets, {} files ({} unchanged) in {}",
                        built.datasets,
                        built.files,
                        built.unchanged,
                        root.display()
                    ),
                });
            }
            Ok(if built.left_out.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(super::REFUSED) })
        }
        CatalogVerb::Serve { root, port, host } => {
            let server = Server::bind(&root, &host, port)?;
            let address = server.address()?;
            voice.print(&format!("http://{address}/"))?;
            voice.say(voice.pick("Stands med Ctrl-C", "Stop with Ctrl-C"));
            if !address.ip().is_loopback() {
                voice.say(voice.pick(
                    "alle, der kan nå denne maskine, kan læse mappen",
                    "everyone who can reach this machine can read the folder",
                ));
            }
            server.run();
            Ok(ExitCode::SUCCESS)
        }
        CatalogVerb::Check { target, allow_private, requests } => {
            let options = check::Options { allow_private, requests, ..check::Options::default() };
            let checked = check::check(&target, &options)?;
            if voice.json {
                voice.print_json(&checked)?;
            } else {
                tell(&checked, voice)?;
            }
            Ok(if checked.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(super::REFUSED) })
        }
    }
}

fn tell(checked: &Checked, voice: &Voice) -> anyhow::Result<()> {
    for finding in &checked.findings {
        let level = match finding.level {
            Level::Required => voice.pick("kræves", "required"),
            Level::Recommended => voice.pick("anbefales", "recommended"),
        };
        let message = voice.pick(&finding.message_da, &finding.message);
        voice.print(&format!("{level}: {} {message} [{}]", finding.address, finding.code))?;
    }
    // What to change is said once for each code.
    let mut told = BTreeSet::new();
    for finding in checked.findings.iter().filter(|f| !f.nginx.is_empty()) {
        if told.insert(&finding.code) {
            voice.say(&format!("hint: {}, nginx: {}", finding.code, finding.nginx));
            voice.say(&format!("hint: {}, S3: {}", finding.code, finding.s3));
        }
    }
    if !checked.complete {
        voice.say(voice.pick(
            "ikke alt er undersøgt: grænsen for forespørgsler er nået (--requests)",
            "not everything was looked at: the limit on requests is reached (--requests)",
        ));
    }
    let Checked { requests, pages, datasets, files, .. } = checked;
    voice.say(&match voice.pick("da", "en") {
        "da" => format!("{pages} sider, {datasets} datasæt, {files} filer, {requests} forespørgsler"),
        _ => format!("{pages} pages, {datasets} datasets, {files} files, {requests} requests"),
    });
    Ok(())
}
