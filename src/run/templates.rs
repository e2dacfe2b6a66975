//! Templates for a period: one submission workbook a unit, made from the plan in force.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::writing::write_checked;
use super::{Request, RunError, extract_all, readable_plan, taken};
use crate::archive::{self, CannotArchive};
use crate::console::Console;
use crate::intake::{self, CannotTakeIn};
use crate::model::Side;
use crate::model::stamp::Stamped;
use crate::pipeline::Pipeline;
use crate::roster;
use crate::workbook::template;

/// A template that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    pub unit: String,
    pub path: PathBuf,
    /// The name that was taken already, by another template or one that is filled in.
    pub instead_of: Option<PathBuf>,
}

/// Writes one template a unit into a folder; a file that is there already is left alone.
///
/// # Errors
/// Fails when the plan cannot be read or the folder cannot be written.
pub fn templates(
    pipeline: &Pipeline,
    request: &Request,
    into: &Path,
    console: &mut Console,
) -> Result<Vec<Prepared>, RunError> {
    let version = taken::plan_in_force(pipeline, request)?;
    let folder = archive::Scratch::new()
        .map_err(|cause| CannotTakeIn::Uncopied { path: std::env::temp_dir(), cause })?;
    let file = intake::single(
        &version.path,
        folder.path(),
        Side::Plan,
        &pipeline.limits.of_file(Side::Plan, 0),
    )?;
    let mut extracts =
        extract_all(std::slice::from_ref(&file), pipeline, request, console)?.into_iter();
    let extract = readable_plan(&file, extracts.next())?;
    let plan = roster::plan(&file, &extract, pipeline);
    std::fs::create_dir_all(into)
        .map_err(|cause| CannotArchive::Unwritable { path: into.to_owned(), cause })?;
    let mut prepared = Vec::new();
    for unit in plan.senders() {
        let name = plan.names.name(unit);
        let page = template::page(&plan, unit, request.period, pipeline);
        let properties = template::properties(&file.sha256, name, request.period, pipeline);
        let ending = format!("{}{}", request.period, Stamped::Template.chinese());
        let stem = archive::safe_name_ending(name, &ending);
        let bytes = write_checked(&stem, &[page], &properties, request.period)?;
        let (path, instead_of) = put_beside(into, &stem, &bytes)?;
        prepared.push(Prepared { unit: name.to_owned(), path, instead_of });
    }
    Ok(prepared)
}

/// Writes a file under its name, or under a further one where that is taken or cannot be
/// replaced, as when somebody has it open.
fn put_beside(
    folder: &Path,
    stem: &str,
    bytes: &[u8],
) -> Result<(PathBuf, Option<PathBuf>), CannotArchive> {
    const NAMES: u32 = 1_000;
    let wanted = folder.join(format!("{stem}.xlsx"));
    let unwritable = |cause| CannotArchive::Unwritable { path: wanted.clone(), cause };
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    beside.write_all(bytes).map_err(unwritable)?;
    for number in 1..=NAMES {
        let path = match number {
            1 => wanted.clone(),
            _ => folder.join(format!("{stem}（{number}）.xlsx")),
        };
        let instead_of = (path != wanted).then(|| wanted.clone());
        if std::fs::read(&path).is_ok_and(|known| known == bytes) {
            return Ok((path, instead_of));
        }
        match beside.persist_noclobber(&path) {
            Ok(_) => {
                archive::readable_by_all(&path);
                return Ok((path, instead_of));
            }
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                beside = error.file;
            }
            Err(error) => return Err(unwritable(error.error)),
        }
    }
    Err(unwritable(std::io::ErrorKind::AlreadyExists.into()))
}
