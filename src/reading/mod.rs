//! How a file was understood, as data in the words of the keys that correct it: what `inspect`
//! shows, and what a person copies into the pipeline file where it is wrong.

mod table;
mod rows;
mod picture;

use std::collections::BTreeMap;

use serde::Serialize;

pub use picture::{Picture, Strip, mark};
pub use rows::{FieldRead, RowRead, Why};
pub use table::{AcrossRead, ColumnRead, MoneyFrom, MoneyRead, Part, Role, TableRead, UnitRead};

use crate::extract::Extract;
use crate::model::fact::Corrects;
use crate::normalise::{self, Fates};
use crate::pipeline::{Pipeline, unfitted};
use crate::read::{Book, Format};

/// The contract of `inspect --format json`, and its version.
pub const SCHEMA: &str = "duibiao.reading/1";

/// Who says how a part of a table is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The pipeline file.
    Declared,
    /// The program, from the sheet.
    Found,
}

/// Why a column was taken for what it is, where nobody declared it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TypeReason {
    /// Its cells are written as percentages.
    Percentages,
    /// Its heading says a share, and no figure is too large for one.
    ShareHeading,
    /// Its heading names money.
    MoneyHeading,
    /// The line beside the table names a unit of money, and the figures have decimals.
    MoneyLine,
    /// It is part of a sum of money.
    MoneySum,
    /// Its cells are written as months.
    Months,
    Dates,
    /// Its heading says that it numbers the rows.
    Numbers,
    /// Its figures are written as codes are, or its heading says so.
    Codes,
    /// They are years, or its heading says so.
    Years,
    /// Its heading says a price or a standard.
    Price,
    /// Its heading says what is counted.
    Counts,
    /// Nothing but the figures themselves.
    Figures,
    /// A few words that come again and again.
    Choices,
    /// Most of its cells are words.
    Words,
    /// It names who answers for the rows.
    Owner,
}

/// By whose word the columns are what they are.
#[derive(Clone, Copy, Debug)]
pub enum Basis<'a> {
    /// A pipeline file.
    Declared,
    /// A draft made for this file, with its reasons by the columns' names.
    Drafted(&'a BTreeMap<String, TypeReason>),
}

impl Basis<'_> {
    fn origin(self) -> Origin {
        match self {
            Basis::Declared => Origin::Declared,
            Basis::Drafted(_) => Origin::Found,
        }
    }
}

/// A file as it was understood.
#[derive(Clone, Debug, Serialize)]
pub struct Reading {
    pub schema: &'static str,
    pub file: String,
    pub format: Option<&'static str>,
    /// The name of the pipeline file; none where one was drafted.
    pub pipeline: Option<String>,
    pub sheets: Vec<SheetRead>,
    /// What the pipeline file corrects and nothing of the file fits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<UnusedCorrection>,
}

/// A key of `[[normalise.table]]` that corrects nothing of a file.
#[derive(Clone, Debug, Serialize)]
pub struct UnusedCorrection {
    pub key: &'static str,
    /// As the pipeline file has it.
    pub value: String,
    #[serde(skip)]
    pub corrects: Corrects,
}

/// A sheet as it was understood.
#[derive(Clone, Debug, Serialize)]
pub struct SheetRead {
    /// None where the file's name stands in.
    pub name: Option<String>,
    pub hidden: bool,
    /// Whether its rows count; the pipeline file may choose other sheets.
    pub counts: bool,
    /// Rows that show something.
    pub nonblank: usize,
    pub tables: Vec<TableRead>,
    pub rows: Vec<RowRead>,
    /// What became of the cells.
    pub cells: Fates,
    pub picture: Picture,
}

/// Says how a file was understood. `book` is the same file as the extract was made from.
pub fn of(
    file: &str,
    extract: &Extract,
    book: &Book,
    basis: Basis<'_>,
    pipeline: &Pipeline,
) -> Reading {
    let at = normalise::places(book);
    let counts = pipeline.counting_sheets(&at, extract.side);
    let sheets = extract.rows.sheets.iter().zip(&book.sheets).zip(at.into_iter().zip(counts));
    let sheets = sheets.map(|((read, sheet), (at, counts))| {
        let correction = pipeline.table_correction(at, extract.side);
        let about = table::About { read, sheet, at, correction: &correction, basis, pipeline };
        SheetRead {
            name: read.name.clone(),
            hidden: read.hidden,
            counts,
            nonblank: read.nonblank,
            tables: table::tables(about),
            rows: rows::rows(about),
            cells: read.fates.clone(),
            picture: picture::of(read, sheet, pipeline),
        }
    });
    Reading {
        schema: SCHEMA,
        file: file.to_owned(),
        format: extract.format.map(Format::name),
        pipeline: match basis {
            Basis::Declared => Some(pipeline.name.clone()),
            Basis::Drafted(_) => None,
        },
        sheets: sheets.collect(),
        unused: match basis {
            Basis::Declared => unused(extract, pipeline),
            Basis::Drafted(_) => Vec::new(),
        },
    }
}

fn unused(extract: &Extract, pipeline: &Pipeline) -> Vec<UnusedCorrection> {
    let fitted = extract.rows.fitted.iter().copied().collect();
    let own = pipeline.tables.iter().enumerate().filter(|(_, own)| own.is_of(extract.side));
    let unfitted = own.flat_map(|(correction, own)| unfitted(correction, own, &fitted));
    let unused = unfitted.map(|(key, value)| UnusedCorrection {
        key: key.name(),
        value,
        corrects: key.corrects(),
    });
    unused.collect()
}
