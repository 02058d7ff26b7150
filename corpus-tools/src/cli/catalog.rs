//! `sprog catalog`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
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
    /// Serve a site on this machine, to look at it before it is published
    #[command(after_help = "Example:
  sprog catalog serve public

With ranges, types, entity tags and the security headers that a host should send. Ctrl-C ends it.")]
    Serve {
        /// The folder with index.html
        root: PathBuf,
        /// Port; 0 takes a free one, which is told
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1")]
        host: std::net::IpAddr,
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
            let server = catalog::serve::Server::bind(&root, (host, port).into())?;
            // The one line of data: a script that asked for any port reads it.
            voice.print(&format!("http://{}/", server.address()))?;
            server.run()
        }
    }
}
