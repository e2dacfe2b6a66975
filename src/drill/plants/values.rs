//! Single cells that differ from the plan, are blank, or cannot be read. Each is a line of data;
//! which row is spoilt turns with a kind, so that a drill visits many sheets.

use crate::drill::spoil::{Change, Column, Spoil};
use crate::model::Kind;
use crate::pipeline::ColumnType;
use crate::read::Content;

const AMOUNT: Column = Column::Compared(ColumnType::Amount);
const CHOICE: Column = Column::Compared(ColumnType::Choice);
const MONTH: Column = Column::Compared(ColumnType::Month);
const TEXT: Column = Column::Compared(ColumnType::Text);

const fn differs(turn: Kind, column: Column, change: Change) -> Spoil {
    Spoil { kind: Kind::ValueDiffers, turn, column, change }
}

const fn unreadable(turn: Kind, column: Column, change: Change) -> Spoil {
    Spoil { kind: Kind::ValueUnreadable, turn, column, change }
}

/// Of which the turn is the kind's own.
const fn spoil(kind: Kind, column: Column, change: Change) -> Spoil {
    Spoil { kind, turn: kind, column, change }
}

pub const MORE: Spoil = differs(Kind::ValueDiffers, AMOUNT, Change::More);
pub const LAST_PLACE: Spoil = differs(Kind::SubmissionMissing, AMOUNT, Change::LastPlace);
pub const NEIGHBOURS: Spoil = differs(Kind::TaskMissing, AMOUNT, Change::Neighbours);
pub const TRANSPOSED: Spoil = differs(Kind::ValueMissing, AMOUNT, Change::Transposed);
pub const SIGN: Spoil = differs(Kind::TaskExtra, AMOUNT, Change::Sign);
pub const LATER: Spoil = differs(Kind::ValueDiffers, MONTH, Change::Later(2));
pub const MORE_WORDS: Spoil = differs(Kind::ValueDiffers, TEXT, Change::Adds("及其他"));
pub const OTHER_CHOICE: Spoil = differs(Kind::ValueDiffers, CHOICE, Change::OtherChoice);
pub const REWORDED: Spoil = differs(Kind::PairDoubtful, Column::Key, Change::Adds("二期"));
pub const SCALED: Spoil = spoil(Kind::ValueScaled, AMOUNT, Change::Scaled);
pub const NO_AMOUNT: Spoil = spoil(Kind::ValueMissing, AMOUNT, Change::Emptied);
pub const NO_MONTH: Spoil = spoil(Kind::ValueMissing, MONTH, Change::Emptied);
pub const WORDS: Spoil = unreadable(Kind::ValueUnreadable, AMOUNT, Change::Reads("待定"));
pub const ERROR: Spoil = unreadable(Kind::ValueImprecise, AMOUNT, Change::Error("#REF!"));
pub const UNKNOWN_CHOICE: Spoil =
    unreadable(Kind::ValueUnreadable, CHOICE, Change::Reads("演练选项"));
pub const REPORTED_WORDS: Spoil =
    unreadable(Kind::Overdue, Column::Reported(ColumnType::Percent), Change::Reads("待定"));
pub const REPORTED_ERROR: Spoil =
    unreadable(Kind::Decreased, Column::Reported(ColumnType::Amount), Change::Error("#N/A"));
pub const REPORTED_TEXT: Spoil =
    unreadable(Kind::OutOfRange, Column::Reported(ColumnType::Text), Change::Error("#N/A"));
pub const FINER: Spoil = spoil(Kind::ValueImprecise, AMOUNT, Change::Finer(as_number));
pub const FINER_TEXT: Spoil = spoil(Kind::ValueImprecise, AMOUNT, Change::Finer(as_text));

fn as_number(text: &str) -> Option<Content> {
    text.parse().ok().map(Content::Number)
}

fn as_text(text: &str) -> Option<Content> {
    Some(Content::Text(text.into()))
}
