//! The faults that a drill plants, by the kind of finding that must come of them.

mod allowances;
mod layout;
mod lines;
mod names;
mod plan;
mod progress;
mod reports;
mod rules;
mod sending;
mod tasks;
mod totals;
mod values;

use super::base::Base;
use super::planting::Planting;
use super::spoil::Spoil;
use crate::model::{Kind, Said};

use Plant::{Cell, Other};

/// One fault that can be planted.
#[derive(Clone, Copy, Debug)]
pub enum Plant {
    /// One cell of one task is spoilt.
    Cell(Spoil),
    /// A function that plants a fault, or says why the month gives no occasion for it.
    Other(fn(&Base<'_>) -> Result<Planting, Said>),
}

impl Plant {
    /// Plants the fault.
    ///
    /// # Errors
    /// Says why pipeline or month give no occasion for it.
    pub fn carry_out(&self, base: &Base<'_>) -> Result<Planting, Said> {
        match self {
            Cell(spoil) => spoil.carry_out(base),
            Other(plant) => plant(base),
        }
    }
}

/// Returns the faults of a kind; a kind without one does not compile.
pub fn plants(kind: Kind) -> &'static [Plant] {
    match kind {
        Kind::SubmissionMissing => &[Other(sending::missing)],
        Kind::SubmissionUnreadable => &[Other(sending::unreadable)],
        Kind::SubmissionDuplicate => &[Other(sending::duplicate)],
        Kind::SubmissionUnchanged => &[Other(sending::unchanged)],
        Kind::UnitUnknown => &[Other(names::unit_unknown)],
        Kind::UnitDoubtful => &[Other(names::owner_of_one_row), Other(names::submitter)],
        Kind::PeriodDiffers => &[Other(names::period)],
        Kind::TableMissing => &[Other(layout::table_missing)],
        Kind::ColumnMissing => &[
            Other(layout::column_missing),
            Other(layout::compared_column_missing),
            Other(layout::heading_is_an_error),
            Other(layout::column_twice),
        ],
        Kind::ColumnUnknown => &[Other(layout::column_unknown)],
        Kind::ColumnScaled => &[Other(layout::column_scaled)],
        Kind::HiddenContent => &[
            Other(layout::hidden_row),
            Other(layout::hidden_column),
            Other(layout::struck_row),
            Other(layout::shown_as_nothing),
        ],
        Kind::Attachment => &[Other(sending::attachment)],
        Kind::SheetUnused => &[Other(layout::comment), Other(layout::figure_beside)],
        Kind::RowUnplaced => &[Other(layout::row_unplaced)],
        Kind::LineDoubtful => &[Other(lines::doubtful)],
        Kind::TaskMissing => &[Other(tasks::missing)],
        Kind::TaskExtra => &[Other(tasks::extra)],
        Kind::TaskRepeated => &[Other(tasks::repeated)],
        Kind::TaskMisplaced => &[Other(tasks::misplaced)],
        Kind::PairDoubtful => &[Other(tasks::doubtful)],
        Kind::ValueDiffers => &[
            Cell(values::MORE),
            Cell(values::LAST_PLACE),
            Cell(values::NEIGHBOURS),
            Cell(values::TRANSPOSED),
            Cell(values::SIGN),
            Cell(values::LATER),
            Cell(values::MORE_WORDS),
            Cell(values::OTHER_CHOICE),
            Cell(values::REWORDED),
        ],
        Kind::ValueScaled => &[Cell(values::SCALED)],
        Kind::ValueMissing => {
            &[Cell(values::NO_AMOUNT), Cell(values::NO_MONTH), Other(plan::value_missing)]
        }
        Kind::ValueUnreadable => &[
            Cell(values::WORDS),
            Cell(values::ERROR),
            Other(totals::error_for_total),
            Cell(values::UNKNOWN_CHOICE),
            Cell(values::REPORTED_WORDS),
            Cell(values::REPORTED_ERROR),
            Cell(values::REPORTED_TEXT),
        ],
        Kind::ValueImprecise => &[Cell(values::FINER), Cell(values::FINER_TEXT)],
        Kind::TotalDiffers => {
            &[Other(totals::of_a_sheet), Other(totals::row_left_out), Other(totals::of_the_plan)]
        }
        Kind::BalanceBroken => &[
            Other(rules::equation_of_the_plan),
            Other(rules::equation_of_a_row),
            Other(rules::equation_over_the_whole),
            Other(rules::parts_of_an_amount),
        ],
        Kind::StatementDiffers => &[Other(plan::sentence), Other(names::unit_of_money)],
        Kind::LimitExceeded => &[Other(rules::limit_of_a_row), Other(rules::limit_over_the_whole)],
        Kind::OutOfRange => &[Other(rules::range_of_a_row)],
        Kind::Decreased => &[Other(progress::decreased)],
        Kind::Overdue => &[Other(progress::overdue)],
        Kind::ReportMissing => &[Other(reports::cell_left_blank), Other(reports::form_untouched)],
        Kind::ReportVanished => &[Other(reports::vanished)],
        Kind::WaiverUnused => &[Other(allowances::waiver_unused)],
        Kind::WaiverExpired => &[Other(allowances::waiver_expired)],
        Kind::RuleUnused => &[Other(allowances::rule_unused)],
        Kind::ExplanationEmpty => &[Other(allowances::explanation_empty)],
        Kind::DecisionRefused => &[Other(allowances::answer_of_another_unit)],
        Kind::Unchecked => &[Other(rules::column_that_nobody_sends)],
        Kind::ColumnDoubtful => &[Other(layout::shown_otherwise)],
    }
}
