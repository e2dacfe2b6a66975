//! The first step: where is what. Finds the tables of a sheet, their headings, which declared
//! column each column of the sheet is, and the line that names the unit of money.
//!
//! No cell of a table is understood here and no row is called anything: a layout says where to
//! look.

pub mod words;
pub mod levels;
pub mod otherwise;
pub mod headings;
pub mod table;
pub mod left_over;
pub mod money;
pub mod unit;
pub mod said_above;
pub mod tables;
pub mod periods;
pub mod side_by_side;
pub mod by_shape;
pub mod unheaded;

pub use headings::{nearest_column, nearest_heading};
pub use table::{Ambiguity, Layout, SheetColumn};
