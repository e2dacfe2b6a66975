//! One file → one extract, made in a worker process with limits.
//!
//! An extract depends on the file's bytes, on the pipeline file, and on whether it is the plan's
//! where the pipeline file corrects one side only; never on plan, period or name. So it can be kept
//! under their hashes, and made on any machine. The lines of JSON in which it travels are a contract,
//! described in `docs/extract.md`.

mod frames;
mod lines;
mod packed;
pub mod kept;
mod worker;
pub mod watch;
mod child;
mod pool;

use serde::{Deserialize, Serialize};

pub use child::{CannotWork, Program};
pub use lines::{BadLine, Gathering, SCHEMA, to_lines, unsealed};
pub use pool::{CannotSupervise, Extracted, PathEnd, extracts, remembered, supervise};
pub use worker::serve;

use crate::model::finding::{Limit, Refusal};
use crate::model::{Finding, Side};
use crate::normalise::reminder;
use crate::normalise::returned::{self, Returned};
use crate::normalise::{self, FileRows, RowClass};
use crate::pipeline::Pipeline;
use crate::pipeline::file::Read as Limits;
use crate::read::{self, Book, Format};

/// The program, as extracts and workers name it.
pub const PROGRAM: &str = concat!("duibiao ", env!("CARGO_PKG_VERSION"));

/// How many files were not read in the run itself, but extracted elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    pub used: usize,
    /// Of how many of them the copy was read as well, and said the same.
    pub held: usize,
}

/// What one file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extract {
    /// SHA-256 of the file's bytes.
    pub sha256: String,
    /// As what it was read; it travels beside the extract.
    #[serde(skip)]
    pub side: Side,
    /// None when the file was refused.
    pub format: Option<Format>,
    pub refusal: Option<Refusal>,
    /// Custom document properties, by which templates and returned workbooks are recognised.
    pub properties: Vec<(String, String)>,
    /// Set for a workbook of ours that came back: what people wrote into it. Its own pages are not read;
    /// it is a submission as well only where there are rows beside them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
    pub rows: FileRows,
    /// What can be said without plan and period; the file's name is not in them.
    pub findings: Vec<Finding>,
}

impl Extract {
    /// Whether it says something that is to be held against the plan.
    pub fn is_submission(&self) -> bool {
        self.returned.is_none() || !self.rows.sheets.is_empty()
    }

    /// Whether it says something and lists no task, as a zero report does.
    pub fn says_only_words(&self) -> bool {
        let mut rows = self.rows.sheets.iter().flat_map(|sheet| &sheet.rows);
        !self.rows.sheets.is_empty() && !rows.any(|row| row.class == RowClass::Task)
    }

    /// Returns the extract of a file that could not be read.
    pub fn refused(sha256: String, refusal: Refusal) -> Self {
        Self {
            sha256,
            side: Side::Submission,
            format: None,
            refusal: Some(refusal),
            properties: Vec::new(),
            returned: None,
            rows: FileRows::default(),
            findings: Vec::new(),
        }
    }
}

/// Refuses a book of more rows than are read.
fn within(book: Book, limits: &Limits) -> Result<Book, Refusal> {
    let rows: usize = book.sheets.iter().map(|sheet| sheet.rows.len()).sum();
    if rows > limits.rows as usize {
        return Err(Refusal::TooLarge(Limit::Rows(limits.rows)));
    }
    Ok(book)
}

/// Reads and normalises a file's bytes in this process, without limits on memory and time.
pub fn of_bytes(bytes: &[u8], sha256: String, side: Side, pipeline: &Pipeline) -> Extract {
    let limits = pipeline.limits.of_file(side, bytes.len() as u64);
    let side = pipeline.side_read(side);
    let book = read::book(bytes, &limits).and_then(|book| within(book, &limits));
    match book {
        Ok(book) => {
            let (format, properties) = (book.format, book.properties.clone());
            // A reminder that says so is a zero report, though it is a page of ours.
            let zero_report = reminder::zero_report(&book, pipeline);
            let is_zero_report = zero_report.is_some();
            let (returned, book) = returned::apart(book, pipeline);
            let book = zero_report.unwrap_or(book);
            let (mut rows, mut findings) = normalise::file(&book, side, pipeline);
            // Beside what came back, a submission is what has tasks.
            let has_tasks = rows.sheets.iter().flat_map(|sheet| &sheet.rows);
            let mut has_tasks = has_tasks.map(|row| row.class == RowClass::Task);
            let is_submission = is_zero_report || has_tasks.any(|is_task| is_task);
            if returned.is_some() && !is_submission {
                (rows, findings) = (FileRows::default(), Vec::new());
            }
            Extract {
                sha256,
                side,
                format: Some(format),
                refusal: None,
                properties,
                returned,
                rows,
                findings,
            }
        }
        Err(refusal) => Extract { side, ..Extract::refused(sha256, refusal) },
    }
}
