//! The workbooks that go out: pages laid out as data, then styled, then written.
//!
//! A *page* is lines of cells, each with a look; it is no worksheet until it is written. A *mark* is
//! a cell that stands out for a finding. Nothing is held against anything here: that is done before.
//!
//! `rust_xlsxwriter`'s only home.

pub mod columns;
pub mod consolidated;
mod continued;
mod differing;
mod fitting;
mod grid;
mod growing;
pub mod lookup;
mod marks;
mod masking;
mod page;
mod paper;
mod reread;
pub mod slip;
mod style;
mod text;
mod values;
pub mod template;
mod write;

pub use continued::continued;
pub use grid::grid;
pub use marks::Marks;
pub use masking::mask;
pub use page::{Content, Line, Look, Page, PageCell, cell_name};
pub use reread::reread;
pub use write::{Properties, Waiting, workbook};
