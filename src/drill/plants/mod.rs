//! The faults that a drill plants, by the kind of finding that must come of them.

mod allowances;
mod layout;
mod names;
mod plan;
mod progress;
mod reports;
mod rules;
mod sending;
mod tasks;
mod totals;
mod values;

use super::planting::Plant;
use crate::model::Kind;

/// Returns the faults of a kind; a kind without one does not compile.
pub fn plants(kind: Kind) -> &'static [Plant] {
    match kind {
        Kind::SubmissionMissing => &[sending::missing],
        Kind::SubmissionUnreadable => &[sending::unreadable],
        Kind::SubmissionDuplicate => &[sending::duplicate],
        Kind::SubmissionUnchanged => &[sending::unchanged],
        Kind::UnitUnknown => &[names::unit_unknown],
        Kind::UnitDoubtful => &[names::owner_of_one_row, names::submitter],
        Kind::PeriodDiffers => &[names::period],
        Kind::TableMissing => &[layout::table_missing],
        Kind::ColumnMissing => &[
            layout::column_missing,
            layout::compared_column_missing,
            layout::heading_is_an_error,
            layout::column_twice,
        ],
        Kind::ColumnUnknown => &[layout::column_unknown],
        Kind::ColumnScaled => &[layout::column_scaled],
        Kind::HiddenContent => &[layout::hidden_row, layout::hidden_column, layout::struck_row],
        Kind::Attachment => &[sending::attachment],
        Kind::SheetUnused => &[layout::comment, layout::figure_beside],
        Kind::RowUnplaced => &[layout::row_unplaced],
        Kind::TaskMissing => &[tasks::missing],
        Kind::TaskExtra => &[tasks::extra],
        Kind::TaskRepeated => &[tasks::repeated],
        Kind::TaskMisplaced => &[tasks::misplaced],
        Kind::PairDoubtful => &[tasks::doubtful],
        Kind::ValueDiffers => &[
            values::amount_differs,
            values::last_place_differs,
            values::neighbours_amount,
            values::digits_transposed,
            values::sign_reversed,
            values::month_differs,
            values::text_differs,
            values::choice_differs,
            values::task_reworded,
        ],
        Kind::ValueScaled => &[values::scaled],
        Kind::ValueMissing => &[values::amount_missing, values::month_missing, plan::value_missing],
        Kind::ValueUnreadable => &[
            values::words_for_amount,
            values::error_for_amount,
            totals::error_for_total,
            values::unknown_choice,
        ],
        Kind::ValueImprecise => &[values::imprecise, values::imprecise_text],
        Kind::TotalDiffers => &[totals::of_a_sheet, totals::row_left_out, totals::of_the_plan],
        Kind::BalanceBroken => &[
            rules::equation_of_the_plan,
            rules::equation_of_a_row,
            rules::equation_over_the_whole,
            rules::parts_of_an_amount,
        ],
        Kind::StatementDiffers => &[plan::sentence, names::unit_of_money],
        Kind::LimitExceeded => &[rules::limit_of_a_row, rules::limit_over_the_whole],
        Kind::OutOfRange => &[rules::range_of_a_row],
        Kind::Decreased => &[progress::decreased],
        Kind::Overdue => &[progress::overdue],
        Kind::ReportMissing => &[reports::cell_left_blank, reports::form_untouched],
        Kind::ReportVanished => &[reports::vanished],
        Kind::WaiverUnused => &[allowances::waiver_unused],
        Kind::WaiverExpired => &[allowances::waiver_expired],
        Kind::RuleUnused => &[allowances::rule_unused],
        Kind::ExplanationEmpty => &[allowances::explanation_empty],
        Kind::DecisionRefused => &[allowances::answer_of_another_unit],
        Kind::Unchecked => &[rules::column_that_nobody_sends],
    }
}
