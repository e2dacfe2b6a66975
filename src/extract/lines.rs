//! Extracts as lines of JSON, in numbered chunks.
//!
//! The first line of a file carries everything but the rows beyond the first chunk; the others
//! carry further rows. Lines of one file may arrive in any order and among lines of others.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Extract, PROGRAM};
use crate::model::{SheetId, Side, hash};
use crate::normalise::{FileRows, TableRow};

/// The contract's name and version.
pub const SCHEMA: &str = "duibiao.extract/1";

/// Rows in one line; a line of them is about a megabyte.
const ROWS_A_LINE: usize = 2_000;

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    extract: String,
    /// The program and its version, since each version understands a little more.
    #[serde(default)]
    program: String,
    /// SHA-256 of the pipeline file.
    pipeline: String,
    /// SHA-256 of the file.
    sha256: String,
    /// As what it was read, where that makes a difference.
    #[serde(default, skip_serializing_if = "is_submission")]
    side: Side,
    /// From one.
    chunk: usize,
    of: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<Extract>,
    /// Further rows: the place of their sheet, and the rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    more: Vec<(usize, Vec<TableRow>)>,
}

/// A line that is no part of an extract, or of one made under another pipeline file.
#[derive(Debug, thiserror::Error)]
pub enum BadLine {
    #[error("not a line of {SCHEMA}: {0}")]
    NotALine(serde_json::Error),
    #[error("a line of `{0}`, not of `{SCHEMA}`")]
    OtherVersion(String),
    #[error("made by `{0}`, not by `{PROGRAM}`")]
    OtherProgram(String),
    #[error("made under another pipeline file")]
    OtherPipeline,
    #[error("its seal is missing or broken: it was altered or cut off")]
    Unsealed,
}

/// What stands before a line's seal, and after it.
const SEAL: (&str, &str) = (",\"seal\":\"", "\"}");

/// Puts the hash of a line into it, so that one that was altered or cut off on its way is told.
pub fn sealed(mut line: String) -> String {
    let seal = hash::sha256(line.as_bytes());
    line.pop();
    line + SEAL.0 + &seal + SEAL.1
}

/// Returns a line as it was before it was sealed.
///
/// # Errors
/// Refuses a line whose seal is missing or broken.
pub fn unsealed(line: &str) -> Result<String, BadLine> {
    let (rest, end) = line.trim_end().rsplit_once(SEAL.0).ok_or(BadLine::Unsealed)?;
    let line = format!("{rest}}}");
    if end.strip_suffix(SEAL.1) != Some(hash::sha256(line.as_bytes()).as_str()) {
        return Err(BadLine::Unsealed);
    }
    Ok(line)
}

/// Returns an extract's lines, one by one, without line breaks.
///
/// # Panics
/// Never: extracts hold nothing that JSON cannot.
pub fn to_lines(extract: Extract, pipeline_sha256: &str) -> impl Iterator<Item = String> {
    let Extract { sha256, side, format, refusal, properties, returned, mut rows, findings } =
        extract;
    let mut chunks: Vec<(usize, Vec<TableRow>)> = Vec::new();
    for (index, sheet) in rows.sheets.iter_mut().enumerate() {
        let all = std::mem::take(&mut sheet.rows);
        let mut all = all.into_iter().peekable();
        while all.peek().is_some() {
            chunks.push((index, all.by_ref().take(ROWS_A_LINE).collect()));
        }
    }
    // Small files travel in one line: rows stay with the head until it is full.
    let mut room = ROWS_A_LINE;
    let mut further: Vec<Vec<(usize, Vec<TableRow>)>> = Vec::new();
    for (index, part) in chunks {
        if part.len() <= room && further.is_empty() {
            room -= part.len();
            rows.sheets[SheetId::from(index)].rows.extend(part);
        } else {
            further.push(vec![(index, part)]);
        }
    }
    let of = further.len() + 1;
    let sha = sha256.clone();
    let head = Extract { sha256: sha, side, format, refusal, properties, returned, rows, findings };
    let pipeline = pipeline_sha256.to_owned();
    let line = move |chunk, head, more| Line {
        extract: SCHEMA.to_owned(),
        program: PROGRAM.to_owned(),
        pipeline: pipeline.clone(),
        sha256: sha256.clone(),
        side,
        chunk,
        of,
        head,
        more,
    };
    let first = line(1, Some(head), Vec::new());
    let rest =
        further.into_iter().enumerate().map(move |(index, more)| line(index + 2, None, more));
    std::iter::once(first)
        .chain(rest)
        .map(|line| serde_json::to_string(&line).expect("extracts are JSON"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_submission(side: &Side) -> bool {
    *side == Side::Submission
}

/// Puts lines together again.
#[derive(Debug, Default)]
pub struct Gathering {
    waiting: BTreeMap<(String, Side), Parts>,
}

#[derive(Debug, Default)]
struct Parts {
    head: Option<Extract>,
    more: BTreeMap<usize, Vec<(usize, Vec<TableRow>)>>,
    of: usize,
}

impl Gathering {
    /// Takes a line; returns an extract when it was its last one.
    ///
    /// # Errors
    /// Refuses lines of another contract or another pipeline file.
    pub fn take(&mut self, line: &[u8], pipeline_sha256: &str) -> Result<Option<Extract>, BadLine> {
        let line: Line = serde_json::from_slice(line).map_err(BadLine::NotALine)?;
        if line.extract != SCHEMA {
            return Err(BadLine::OtherVersion(line.extract));
        }
        if line.program != PROGRAM {
            return Err(BadLine::OtherProgram(line.program));
        }
        if line.pipeline != pipeline_sha256 {
            return Err(BadLine::OtherPipeline);
        }
        let whose = (line.sha256, line.side);
        let parts = self.waiting.entry(whose.clone()).or_default();
        parts.of = line.of;
        match line.head {
            Some(head) => parts.head = Some(head),
            None => {
                parts.more.insert(line.chunk, line.more);
            }
        }
        let complete = parts.head.is_some() && parts.more.len() + 1 == parts.of;
        if !complete {
            return Ok(None);
        }
        let parts = self.waiting.remove(&whose).expect("it was just entered");
        let mut extract = parts.head.expect("a complete extract has its head");
        extract.side = whose.1;
        append(&mut extract.rows, parts.more);
        Ok(Some(extract))
    }

    /// Returns the hashes of files of which lines are missing.
    pub fn incomplete(&self) -> impl Iterator<Item = &str> {
        self.waiting.keys().map(|(sha256, _)| sha256.as_str())
    }
}

fn append(rows: &mut FileRows, more: BTreeMap<usize, Vec<(usize, Vec<TableRow>)>>) {
    for (sheet, part) in more.into_values().flatten() {
        if let Some(sheet) = rows.sheets.get_mut(SheetId::from(sheet)) {
            sheet.rows.extend(part);
        }
    }
}
