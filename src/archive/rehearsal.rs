//! An archive for one run alone, in which that run stands where it stood: a run is repeated in it, to be held
//! against what was published.

use std::path::Path;
use std::time::Duration;

use super::chain::{self, Link, Place, RECORD};
use super::fault::CannotArchive;
use super::shelf::{NUMBER, run_name};
use super::{Published, Staging, disk, open, root_of};
use crate::model::{Month, Oddity};

/// Opens an archive in an empty folder, so that the run made there has the number, the place in the chain and
/// the run before of one that was published in another.
///
/// # Errors
/// Fails when the folder cannot be written, or the run's manifest cannot be read.
pub fn rehearse(
    folder: &Path,
    original: &Path,
    pipeline: &str,
    run: &Published,
) -> Result<Staging, CannotArchive> {
    let Some(manifest) = &run.manifest else {
        let path = run.folder.join(super::MANIFEST);
        let why = Oddity::Garbled("-".to_owned());
        return Err(CannotArchive::Odd(crate::model::Odd { path, why }));
    };
    let root = root_of(folder, pipeline);
    let period = root.join(run.period.to_string());
    let unwritable = CannotArchive::unwritable;
    disk::make_folders(&period).map_err(unwritable(&period))?;
    if run.number > 1 {
        let at = period.join(NUMBER);
        let last = (run.number - 1).to_string();
        std::fs::write(&at, last).map_err(unwritable(&at))?;
    }
    if let Some(place) = manifest.chain.as_ref().filter(|place| place.number > 1) {
        let at = root.join(RECORD);
        let link = before(original, pipeline, place);
        let record = chain::Record { links: vec![link] };
        std::fs::write(&at, record.as_lines()).map_err(unwritable(&at))?;
    }
    open(folder, pipeline, run.period, Duration::ZERO, &mut |_| {})
}

/// The link before a place: its name stands in the original's record.
fn before(original: &Path, pipeline: &str, place: &Place) -> Link {
    let (record, _) = chain::read(&root_of(original, pipeline));
    let known = record.links.into_iter().find(|link| link.manifest == place.previous);
    let name = || Month::new(1900, 1).map_or_else(String::new, |month| run_name(month, 1));
    Link {
        run: known.map_or_else(name, |link| link.run),
        number: place.number - 1,
        manifest: place.previous.clone(),
        note: String::new(),
        removed: None,
    }
}
