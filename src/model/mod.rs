//! The words every room shares: places, amounts, months, values, findings.
//!
//! Plain data with public fields and the few conversions that must not differ from room to
//! room. This room imports no other.

pub mod amount;
pub mod fact;
pub mod finding;
pub mod fold;
pub mod hash;
pub mod identity;
pub mod kinds;
pub mod looks;
pub mod month;
pub mod place;
pub mod stamp;
pub mod value;
pub mod words;

pub use amount::{Amount, MoneyUnit};
pub use fact::Fact;
pub use finding::{Cause, Finding, Life, Severity, Side, Status};
pub use identity::{
    ColumnId, FileId, FindingId, IdSlice, IdVec, RowId, RuleId, SheetId, StatementId, TaskId,
    UnitId,
};
pub use kinds::{Family, Kind};
pub use month::Month;
pub use place::{CellAt, CellRange};
pub use value::{Entry, Obstacle, Value};
pub use words::{Language, Said};
