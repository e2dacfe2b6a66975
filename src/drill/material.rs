//! What a drill works on: the month's files as they came in, and copies of them, written afresh
//! from what the reader read, in which faults can be planted.

use std::path::{Path, PathBuf};

use crate::archive::{CannotArchive, Scratch};
use crate::console::Console;
use crate::decisions::Answers;
use crate::extract::Extract;
use crate::findings::Report;
use crate::intake::{self, CannotTakeIn, Received};
use crate::model::{FileId, IdVec, Month, Side, hash};
use crate::pipeline::Pipeline;
use crate::read::{self, Book};
use crate::reconcile::{Inputs, Reconciliation, reconcile};
use crate::roster::file_stem;
use crate::run::{self, Request, RunError};
use crate::workbook;

/// A file as it is reconciled.
#[derive(Clone, Debug)]
pub struct Sheets {
    pub received: Received,
    pub extract: Extract,
}

/// The month's files and their copies; all of it goes when this is dropped.
#[derive(Debug)]
pub struct Material {
    folder: Scratch,
    pub period: Month,
    pub plan_from: Month,
    /// As they came in.
    pub plan: Sheets,
    pub submitted: Vec<Sheets>,
    /// Their copies, in the same order. That of the plan passes for the plan itself, which
    /// templates name by its hash.
    pub plan_copy: Sheets,
    pub copies: IdVec<FileId, Sheets>,
    pub plan_book: Book,
    /// What each copy was written from; none for a file that cannot be read.
    pub books: IdVec<FileId, Option<Book>>,
}

impl Material {
    /// Takes in plan and inbox, reads them through the workers, and copies what could be read.
    ///
    /// # Errors
    /// Fails when there is no plan or inbox, or nothing can be written.
    pub fn take_in(
        pipeline: &Pipeline,
        request: &Request,
        console: &mut Console,
    ) -> Result<Self, RunError> {
        let folder = Scratch::new()
            .map_err(|cause| CannotTakeIn::Uncopied { path: std::env::temp_dir(), cause })?;
        let version = run::plan_in_force(pipeline, request)?;
        let plan_from = version.from;
        let into = folder.path().join("inputs");
        let plan = intake::single(
            &version.path,
            &into.join("plan"),
            Side::Plan,
            &pipeline.limits.of_file(Side::Plan, 0),
        )?;
        let inbox = intake::inbox(
            &run::inbox_folder(pipeline, request),
            &into.join("sheets"),
            pipeline,
            &[version.path],
        )?;
        let files: Vec<Received> = std::iter::once(plan).chain(inbox.files).collect();
        let extracts = run::extract_all(&files, pipeline, request, console)?;
        let mut all: Vec<Sheets> = files
            .into_iter()
            .zip(extracts)
            .map(|(received, extract)| Sheets { received, extract })
            .collect();
        let plan = all.remove(0);
        run::readable_plan(&plan.received, Some(plan.extract.clone()))?;
        // Workbooks of ours that came back are no submissions.
        let submitted: Vec<Sheets> =
            all.into_iter().filter(|file| file.extract.is_submission()).collect();
        let copies = folder.path().join("copies");
        let plan_book = read_again(&plan, pipeline)?.ok_or_else(|| {
            RunError::Internal("the plan was read in a worker and not here".to_owned())
        })?;
        let mut to_read = vec![written(&plan.received, &plan_book, &copies.join("plan"))?];
        let mut books = IdVec::new();
        for (index, file) in submitted.iter().enumerate() {
            let book = read_again(file, pipeline)?;
            to_read.push(match &book {
                Some(book) => written(&file.received, book, &copies.join(index.to_string()))?,
                None => file.received.clone(),
            });
            books.push(book);
        }
        let extracts = run::extract_all(&to_read, pipeline, request, console)?;
        let mut copied: Vec<Sheets> = to_read
            .into_iter()
            .zip(extracts)
            .map(|(received, extract)| Sheets { received, extract })
            .collect();
        let mut plan_copy = copied.remove(0);
        plan_copy.received.sha256.clone_from(&plan.received.sha256);
        Ok(Self {
            period: request.period,
            plan_from,
            plan,
            submitted,
            plan_copy,
            copies: copied.into(),
            plan_book,
            books,
            folder,
        })
    }

    /// Returns a folder of its own for what is written next.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Reads a file in this process, once a worker has shown that it can be read.
fn read_again(file: &Sheets, pipeline: &Pipeline) -> Result<Option<Book>, RunError> {
    if file.extract.refusal.is_some() {
        return Ok(None);
    }
    let bytes = std::fs::read(&file.received.copy)
        .map_err(|cause| CannotTakeIn::Unreadable { path: file.received.copy.clone(), cause })?;
    Ok(read::book(&bytes, &pipeline.limits).ok())
}

/// Writes a book under the name and the time of the file that it was read from.
///
/// # Errors
/// Fails when it cannot be written.
pub fn written(file: &Received, book: &Book, into: &Path) -> Result<Received, RunError> {
    let bytes = workbook::grid(book, &file_stem(&file.name))?;
    put(file, &bytes, into)
}

/// Puts bytes in the place of a file.
///
/// # Errors
/// Fails when they cannot be written.
pub fn put(file: &Received, bytes: &[u8], into: &Path) -> Result<Received, RunError> {
    // The name is the file's in all that is said; on the disk any will do.
    let copy = into.join("sheets.xlsx");
    let unwritable = |cause| CannotArchive::Unwritable { path: copy.clone(), cause };
    std::fs::create_dir_all(into).map_err(unwritable)?;
    std::fs::write(&copy, bytes).map_err(unwritable)?;
    Ok(Received { copy, sha256: hash::sha256(bytes), refusal: None, ..file.clone() })
}

/// Everything that a reconciliation starts from, kept together while its result is used.
#[derive(Clone, Debug)]
pub struct Case {
    pub plan: Sheets,
    pub received: Vec<Received>,
    pub extracts: Vec<Extract>,
    pub earlier: Option<Report>,
    pub answers: Answers,
}

impl Case {
    pub fn of(plan: &Sheets, files: &[Sheets]) -> Self {
        Self {
            plan: plan.clone(),
            received: files.iter().map(|file| file.received.clone()).collect(),
            extracts: files.iter().map(|file| file.extract.clone()).collect(),
            earlier: None,
            answers: Answers::default(),
        }
    }

    /// Reconciles through the same rooms as a run.
    ///
    /// # Errors
    /// As a run does.
    pub fn reconcile<'a>(
        &'a self,
        pipeline: &'a Pipeline,
        request: &Request,
        plan_from: Month,
    ) -> Result<Reconciliation<'a>, RunError> {
        Ok(reconcile(&Inputs {
            pipeline,
            period: Some(request.period),
            plan_file: &self.plan.received,
            plan_extract: &self.plan.extract,
            plan_from: Some(plan_from),
            before: None,
            received: &self.received,
            extracts: &self.extracts,
            earlier: self.earlier.as_ref(),
            previous: None,
            answers: &self.answers,
        })?)
    }
}
