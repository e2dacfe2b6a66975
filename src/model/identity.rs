//! Identities: which unit, file, sheet, task or row is meant, each of a type of its own, so that
//! none can stand where another belongs and none can mean "none" (that is an `Option`).
//!
//! An identity is the place in the list of its kind, and only those lists can be indexed by it
//! ([`IdVec`]). It holds within one run; what outlives the run goes by names.

use std::fmt;

use serde::{Deserialize, Serialize};
use typed_index_collections::{TiSlice, TiVec};

/// A list that is indexed by identities of one kind.
pub type IdVec<Identity, Thing> = TiVec<Identity, Thing>;

/// A view of such a list.
pub type IdSlice<Identity, Thing> = TiSlice<Identity, Thing>;

macro_rules! identities {
    ($($(#[$about:meta])* $name:ident,)*) => {$(
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(usize);

        impl From<usize> for $name {
            fn from(place: usize) -> Self {
                Self(place)
            }
        }

        impl From<$name> for usize {
            fn from(identity: $name) -> Self {
                identity.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), " {}"), self.0)
            }
        }

        impl $name {
            /// The first of its list.
            pub const FIRST: Self = Self(0);

            /// The number that stands for it in a frame.
            pub fn in_frame(self) -> u32 {
                u32::try_from(self.0).unwrap_or(u32::MAX)
            }

            /// The identity that a frame's number stands for.
            pub fn of_frame(number: u32) -> Self {
                Self(number as usize)
            }
        }
    )*};
}

identities! {
    /// A declared column of the pipeline file, in its order.
    ColumnId,
    /// A unit of the plan, in the order in which the plan names them.
    UnitId,
    /// A file of the inbox, in the order of intake; the plan's own file where the plan is meant.
    FileId,
    /// A sheet of a file.
    SheetId,
    /// A task of the plan, in the plan's order.
    TaskId,
    /// A task row of the sheets that count, in the order of files, sheets and rows.
    RowId,
    /// A rule of the pipeline file, in its order.
    RuleId,
    /// A declared sentence of the plan, in the order of the pipeline file.
    StatementId,
    /// A finding, in its list: among those raised, and, once they are settled, among the settled.
    FindingId,
}
