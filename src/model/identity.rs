//! Identities: which unit, file, sheet, task or row is meant, each of a type of its own, so that
//! none can stand where another belongs and none can mean "none" (that is an `Option`).
//!
//! An identity is the place in the list of its kind, and only those lists can be indexed by it
//! ([`IdVec`]). It holds within one run; what outlives the run goes by names. There are many of them in
//! a nation's month, so that each takes four bytes, and so does one that may be none: the number one more
//! than the place is kept, and zero is free to mean none.

use std::fmt;
use std::num::NonZeroU32;

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
        #[serde(from = "usize", into = "usize")]
        pub struct $name(NonZeroU32);

        impl From<usize> for $name {
            /// # Panics
            /// Beyond the 4 billion places that a list of a run never has.
            fn from(place: usize) -> Self {
                let number = u32::try_from(place).ok().and_then(|place| place.checked_add(1));
                let number = number.and_then(NonZeroU32::new);
                Self(number.expect("a list has less than 4 billion places"))
            }
        }

        impl From<$name> for usize {
            fn from(identity: $name) -> Self {
                identity.in_frame() as usize
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), " {}"), self.in_frame())
            }
        }

        impl $name {
            /// The first of its list.
            pub const FIRST: Self = Self(NonZeroU32::MIN);

            /// The number that stands for it in a frame: its place.
            pub fn in_frame(self) -> u32 {
                self.0.get() - 1
            }

            /// The identity that a frame's number stands for.
            pub fn of_frame(number: u32) -> Self {
                Self::from(number as usize)
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
