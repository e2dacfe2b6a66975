//! Retention: runs that a policy lets go are removed, never the last one of a period, and each leaves its
//! link in the chain with who removed it and when, so that what is gone is known to have been let go.

use std::path::Path;
use std::time::Duration;

use super::chain::{self, RECORD, Removed};
use super::disk::{self, Beside, PASSING};
use super::fault::CannotArchive;
use super::published::read_run;
use super::shelf::{numbered, run_name};
use super::{decisions, lock, root_of, shelf, user};
use crate::intake::folder;
use crate::model::{Month, clock};

/// Removes all but the newest runs of a period, or of all; returns the names of those that went.
///
/// # Errors
/// Fails when there is no archive, another run is at work in it, or it cannot be written; what was removed
/// up to then is recorded.
pub fn prune(
    archive: &Path,
    pipeline: &str,
    of_period: Option<Month>,
    keep: usize,
    wait: Duration,
) -> Result<Vec<String>, CannotArchive> {
    let root = root_of(archive, pipeline);
    if !root.is_dir() {
        return Err(CannotArchive::Missing(root));
    }
    let _lock = lock::acquire(&root, wait, &mut |_| {})?;
    let shelf = shelf::survey(&root)
        .map_err(|cause| CannotArchive::Unreadable { path: root.clone(), cause })?;
    let (mut record, _) = chain::read(&root);
    chain::catch_up(&mut record, &shelf);
    let unwritable = CannotArchive::unwritable;
    // What a run kept of the decisions must stand in their record before it goes.
    let (known, _) = decisions::read(&root, &shelf);
    known.append(&root, &[]).map_err(unwritable(&root))?;
    let mut gone = Vec::new();
    for of in &shelf.periods {
        if of_period.is_some_and(|period| period != of.period) || of.runs.len() <= keep {
            continue;
        }
        // What cannot be read is no run to go by, and no run to remove.
        let readable =
            of.runs.iter().rev().filter(|number| read_run(of, **number, pipeline).is_ok());
        for number in readable.skip(keep.max(1)) {
            let name = run_name(of.period, *number);
            if record.links.iter().any(|link| link.run == name) {
                gone.push((name, of.folder.clone(), *number));
            }
        }
    }
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    gone.sort();
    for link in &mut record.links {
        if gone.iter().any(|(name, ..)| *name == link.run) {
            link.removed = Some(Removed { at: clock::now().to_string(), by: user() });
        }
    }
    let at_record = root.join(RECORD);
    let written = Beside::write(&root, &record.as_lines()).map_err(unwritable(&at_record))?;
    written.put_in_place(&at_record).map_err(unwritable(&at_record))?;
    disk::flush_folder(&root).map_err(unwritable(&root))?;
    for (_, period, number) in &gone {
        // Out of sight in one step; what is then left of it goes with the next run at the latest.
        let passing = period.join(format!("{PASSING}removed-{}", numbered(*number)));
        let run = period.join(numbered(*number));
        disk::rename(&run, &passing).map_err(unwritable(&run))?;
        let _ = disk::flush_folder(period);
        let _ = folder::remove(&passing);
    }
    Ok(gone.into_iter().map(|(name, ..)| name).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_archive_that_is_not_there_is_said() {
        let archive = tempfile::tempdir().unwrap();
        let refused = prune(archive.path(), "p", None, 1, Duration::ZERO);
        assert!(matches!(refused, Err(CannotArchive::Missing(_))));
        fs::create_dir(archive.path().join("p")).unwrap();
        assert_eq!(
            prune(archive.path(), "p", None, 1, Duration::ZERO).unwrap(),
            Vec::<String>::new()
        );
    }
}
