//! One file → one extract, made in a worker process with limits.
//!
//! An extract depends on the file's bytes, on the pipeline file, and on whether it is the plan's
//! where the pipeline file corrects one side only; never on plan, period or name. So it can be kept
//! under their hashes, and made on any machine. The lines of JSON in which it travels are a contract,
//! described in `docs/extract.md`.

mod frames;
mod lines;
mod worker;
mod child;
mod pool;

use serde::{Deserialize, Serialize};

pub use child::{CannotWork, Program};
pub use lines::{BadLine, Gathering, SCHEMA, to_lines, unsealed};
pub use pool::{CannotSupervise, PathEnd, extracts, supervise};
pub use worker::serve;

use crate::model::finding::{Limit, Refusal};
use crate::model::{Finding, Side};
use crate::normalise::returned::{self, Returned};
use crate::normalise::{self, FileRows};
use crate::pipeline::Pipeline;
use crate::pipeline::file::Read as Limits;
use crate::read::{self, Book, Format};

/// The program, as extracts and workers name it.
pub const PROGRAM: &str = concat!("duibiao ", env!("CARGO_PKG_VERSION"));

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
    /// Set for a workbook of ours that came back, which is no submission and whose rows are not
    /// read: what people wrote into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
    pub rows: FileRows,
    /// What can be said without plan and period; the file's name is not in them.
    pub findings: Vec<Finding>,
}

impl Extract {
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
    let side = pipeline.side_read(side);
    let book = read::book(bytes, &pipeline.limits).and_then(|book| within(book, &pipeline.limits));
    match book {
        Ok(book) => {
            let returned = returned::read(&book);
            let (rows, findings) = match returned {
                Some(_) => (FileRows::default(), Vec::new()),
                None => normalise::file(&book, side, pipeline),
            };
            Extract {
                sha256,
                side,
                format: Some(book.format),
                refusal: None,
                properties: book.properties,
                returned,
                rows,
                findings,
            }
        }
        Err(refusal) => Extract { side, ..Extract::refused(sha256, refusal) },
    }
}
