//! DCAT of published folders as one catalogue: `dcat BASE_URL OUT FOLDER…` writes `OUT/catalog.{ttl,jsonld,rdf}`.
//! Folders of the same dataset come newest first; the later ones are listed as older versions.

use std::error::Error;
use std::path::{Path, PathBuf};

use sprog_datasets::durable::write_bytes;
use sprog_datasets::manifest::{MANIFEST, checksums};
use sprog_datasets::metadata::Bilingual;
use sprog_datasets::pointer::Listed;
use sprog_datasets::publication::Publication;
use sprog_datasets::standards::dcat::{CatalogInfo, Format, catalog, write};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, out, folders @ ..] = arguments.as_slice() else {
        return Err("dcat BASE_URL OUT FOLDER…".into());
    };
    let mut datasets: Vec<(Publication, Vec<Listed>)> = Vec::new();
    for folder in folders.iter().map(PathBuf::from) {
        let publication = Publication::read(&folder)?;
        let metadata = &publication.description.metadata;
        let (_, manifest_sha256, _) = checksums(&folder.join(MANIFEST))?;
        let version = Listed {
            version: metadata.version.clone(),
            created: metadata.created.clone(),
            manifest_sha256,
            bytes: 0,
        };
        let same =
            |(other, _): &&mut (Publication, Vec<Listed>)| other.description.metadata.id == metadata.id;
        match datasets.iter_mut().find(same) {
            Some((_, versions)) => versions.push(version),
            None => datasets.push((publication, vec![version])),
        }
    }
    let info = CatalogInfo {
        base_url: base_url.clone(),
        title: Bilingual { da: "Sprogdata".into(), en: "Language data".into() },
        publisher: "Eksempelstyrelsen".into(),
        publisher_url: Some("https://example.dk/".into()),
        ..CatalogInfo::default()
    };
    let listed: Vec<(&Publication, &[Listed])> = datasets.iter().map(|(p, v)| (p, v.as_slice())).collect();
    let graph = catalog(&info, &listed)?;
    for format in Format::ALL {
        let path = Path::new(out).join(format!("catalog.{}", format.extension()));
        write_bytes(&path, write(&graph, format)?.as_bytes())?;
    }
    Ok(())
}
