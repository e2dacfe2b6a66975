//! The words every room shares: identities, places, amounts, months, values, facts, findings.
//!
//! Plain data with public fields and the few conversions that must not differ from room to
//! room. A *fact* is what is wrong and carries just that; a *finding* is a fact, what it is about, and
//! its places. Neither is a sentence, nor does it know how much it weighs. This room imports no other.

pub mod amount;
pub mod clock;
mod broken;
pub mod common;
pub mod contacts;
pub mod encoded;
pub mod fact;
pub mod finding;
pub mod fold;
pub mod hash;
pub mod hidden;
pub mod identity;
pub mod kinds;
pub mod looks;
pub mod memo;
mod as_text;
mod day;
pub mod oddity;
pub mod month;
pub mod personal;
pub mod partly;
pub mod place;
mod radicals;
pub mod stamp;
mod text;
pub mod value;
mod entry;
pub mod words;

pub use amount::{Amount, MoneyUnit};
pub use day::Day;
pub use entry::{Amounts, Entries, Entry, Recurring, Written};
pub use fact::Fact;
pub use finding::{Cause, Finding, Life, Severity, Side, Status, TaskTold};
pub use identity::{
    ColumnId, FileId, FindingId, IdSlice, IdVec, RowId, RuleId, SheetId, StatementId, TaskId,
    UnitId,
};
pub use kinds::{Family, Kind};
pub use month::Month;
pub use oddity::{Odd, Oddity, SystemSaid};
pub use place::{CellAt, CellRange};
pub use text::Text;
pub use value::{DECIMAL_PLACES, Obstacle, Value};
pub use words::{Language, Said};
