//! A zip archive of sheets is as good as the folder that was packed: each file in it is received as if
//! it lay there. One level: what is packed in what is packed is told. The archive's own copy stays.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};

use zip::ZipArchive;
use zip::read::ZipFile;

use super::names::Given;
use super::{CannotTakeIn, Origin, Received, by_name, copying, uncopied};
use crate::model::finding::{Irregular, Limit, Refusal};
use crate::model::{Side, hash};
use crate::pipeline::NamePattern;
use crate::pipeline::file::Read as Limits;

/// More files than anybody packs for one month; beyond them the archive is told as what it is.
const MOST_FILES: usize = 2_000;

/// An archive that was copied.
pub struct Archive<'a> {
    /// Its path inside the inbox.
    pub inner: &'a Path,
    pub copy: &'a Path,
    pub modified: i64,
}

/// Whether a file is an archive that may hold sheets, by its name.
pub fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"))
}

/// Unpacks an archive beside its copy, in `into`; none where it is a workbook, or broken, or holds no
/// sheet: then it is read as any other file, and told as what it is.
///
/// # Errors
/// Fails when a copy cannot be written.
pub fn unpack(
    archive: &Archive<'_>,
    into: &Path,
    ignored: &[NamePattern],
    given: &mut Given,
    limits: &Limits,
) -> Result<Option<Vec<(Received, Origin)>>, CannotTakeIn> {
    let Ok(file) = File::open(archive.copy) else { return Ok(None) };
    let Ok(mut zip) = ZipArchive::new(BufReader::new(file)) else { return Ok(None) };
    if zip.len() > MOST_FILES {
        return Ok(None);
    }
    let mut places: Vec<(PathBuf, usize)> = Vec::new();
    for place in 0..zip.len() {
        let Ok(entry) = zip.by_index_raw(place) else { return Ok(None) };
        let name = decoded(entry.name_raw()).replace('\\', "/");
        if is_of_a_document(&name) {
            return Ok(None);
        }
        let path = within(&name);
        let is_left = path
            .components()
            .any(|step| NamePattern::any_fits(ignored, &step.as_os_str().to_string_lossy()));
        if !entry.is_dir() && !name.ends_with('/') && path.file_name().is_some() && !is_left {
            places.push((path, place));
        }
    }
    if !places.iter().any(|(path, _)| is_sheet(&path.to_string_lossy())) {
        return Ok(None);
    }
    places.sort();
    let mut left = u64::from(limits.unpacked_mib) * 1024 * 1024;
    let mut unpacked = Vec::new();
    for (path, place) in places {
        let inner = archive.inner.join(&path);
        let name = given.shown(&inner);
        let kept = given.copy(&inner);
        let copy = into.join(&kept);
        let taken = match zip.by_index(place) {
            Ok(mut entry) => written(&mut entry, &copy, &mut left, limits)?,
            Err(zip::result::ZipError::UnsupportedArchive(text)) if text.contains("assword") => {
                Err(Refusal::Encrypted)
            }
            Err(error) => Err(Refusal::Damaged(error.to_string())),
        };
        let modified = archive.modified;
        let (file, copy) = match taken {
            Ok(sha256) => {
                let refusal = by_name(&path);
                let side = Side::Submission;
                (Received { name, copy, sha256, side, modified, refusal }, Some(kept))
            }
            Err(refusal) => (uncopied(name, Side::Submission, refusal), None),
        };
        unpacked.push((file, Origin { inner, copy, state: None }));
    }
    Ok(Some(unpacked))
}

/// Writes a file of an archive and returns its hash; nothing is left of one that is refused.
fn written<R: Read>(
    entry: &mut ZipFile<'_, R>,
    copy: &Path,
    left: &mut u64,
    limits: &Limits,
) -> Result<Result<String, Refusal>, CannotTakeIn> {
    if entry.is_symlink() {
        return Ok(Err(Refusal::NotAFile(Irregular::Link)));
    }
    let most = u64::from(limits.file_mib) * 1024 * 1024;
    let unwritable = |cause| CannotTakeIn::Uncopied { path: copy.to_owned(), cause };
    if let Some(folder) = copy.parent() {
        fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let mut file = copying::create(copy).map_err(unwritable)?;
    let mut running = hash::Running::default();
    let mut buffer = vec![0; 64 * 1024];
    let mut size: u64 = 0;
    let refusal = loop {
        let read = match entry.read(&mut buffer) {
            Ok(0) => return Ok(Ok(running.end())),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => break Refusal::Damaged(error.to_string()),
        };
        size += read as u64;
        // What is declared is not believed: a small archive may unpack to anything.
        if size > most {
            break Refusal::TooLarge(Limit::FileMib(limits.file_mib));
        }
        let Some(rest) = left.checked_sub(read as u64) else {
            break Refusal::TooLarge(Limit::UnpackedMib(limits.unpacked_mib.into()));
        };
        *left = rest;
        running.take(&buffer[..read]);
        file.write_all(&buffer[..read]).map_err(unwritable)?;
    };
    drop(file);
    let _ = fs::remove_file(copy);
    Ok(Err(refusal))
}

/// Returns a name in the charset that fits: what Chinese Windows packs is in its own.
fn decoded(name: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(name) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => encoding_rs::GBK.decode_without_bom_handling(name).0,
    }
}

/// Returns a name's steps that lead down: none leaves the archive.
fn within(name: &str) -> PathBuf {
    let steps = Path::new(name).components();
    steps.filter(|step| matches!(step, Component::Normal(_))).collect()
}

/// Whether a part's name is one that stands in documents, which are zip archives as well.
fn is_of_a_document(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "[content_types].xml" | "mimetype" | "content.xml")
        || name.ends_with("workbook.xml")
}

/// Whether a file in an archive is a sheet, by its name.
pub fn is_sheet(name: &str) -> bool {
    let endings = [".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv"];
    let name = name.to_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}
