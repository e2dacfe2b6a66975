//! The workbooks that go out: pages laid out as data, then styled, then written.
//!
//! A *page* is lines of cells, each with a look; it is no worksheet until it is written. A *mark* is
//! a cell that stands out for a finding. Nothing is held against anything here: that is done before.
//!
//! `rust_xlsxwriter`'s only home.

mod cells;
mod charts;
pub mod columns;
pub mod consolidated;
mod continued;
mod differing;
mod fitting;
mod grid;
mod looks;
pub mod lookup;
mod marks;
mod masking;
mod package;
mod packed;
mod page;
mod paper;
mod reread;
pub mod slip;
mod specimens;
mod style;
mod text;
mod texts;
mod values;
pub mod template;
mod write;

pub use continued::continued;
pub use grid::grid;
pub use marks::Marks;
pub use masking::mask;
pub use page::{Content, Line, Look, Page, PageCell, cell_name};
pub use reread::reread;
pub use write::{Properties, workbook};
