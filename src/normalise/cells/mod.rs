//! The second step: one cell of a declared column → what was typed and what was understood.
//! Money, dates, percentages and numbers in words are parsed here and nowhere else.
//!
//! A cell is read by its column and its unit of money alone; what its row is does not matter yet.

pub mod numeral;
pub mod spelling;
pub mod commas;
pub mod amount;
pub mod quantity;
pub mod day;
pub mod month;
pub mod derive;
mod share;
mod shown;
pub mod typing;

pub use spelling::is_error;
