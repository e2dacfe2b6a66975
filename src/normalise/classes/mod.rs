//! The third step: what is each row — task, total, title, heading, note — and what became of each
//! cell. Every non-blank row ends in exactly one class and every non-blank cell in one fate.
//!
//! Whose a row is and which task of the plan, nobody knows yet.

mod row;
mod looks;
mod added;
mod levels;
mod summed;
mod names;
mod worded;
mod body;
mod shares;
pub mod fates;
mod sheet;
pub mod unread;

pub use fates::{CellFate, Fates};
pub use row::{ColumnAside, ColumnSum, RowClass, SheetText, TableRow, TakenFor, Unsure};
pub use sheet::{SheetRows, read, read_as_words};
