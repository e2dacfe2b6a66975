//! How much a finding weighs. It is decided here and nowhere else: by the pipeline file where that
//! says something of the column, the rule or the kind, else by the table of kinds.

use crate::check::ledger::Reason;
use crate::model::common::SameCause;
use crate::model::fact::{Holder, Lacking, Remark, Several, Unreported, Unused};
use crate::model::finding::CountsBecause;
use crate::model::{ColumnId, Fact, Finding, Severity, Side, Value};
use crate::pipeline::{ColumnType, Pipeline};

/// Returns how much a finding weighs.
pub fn severity(finding: &Finding, pipeline: &Pipeline) -> Severity {
    let by_kind = finding.kind().entry().severity;
    let own = own(finding, pipeline);
    // What is only said, as that rows were added up, stays a note of its kind.
    if own == Severity::Note && by_kind != Severity::Note {
        return Severity::Note;
    }
    pipeline.findings.severity.get(&finding.kind()).copied().unwrap_or(own)
}

fn own(finding: &Finding, pipeline: &Pipeline) -> Severity {
    let by_kind = finding.kind().entry().severity;
    let field = finding.field.as_deref().and_then(|name| pipeline.column_named(name));
    if finding.fact.is_only_said() {
        return Severity::Note;
    }
    match &finding.fact {
        Fact::SubmissionDuplicate { several: Several::Repeated { .. }, .. }
        | Fact::RuleUnused { unused: Unused::Awaiting(_), .. } => Severity::Note,
        Fact::SubmissionDuplicate { because: CountsBecause::Undecided, .. }
        | Fact::SubmissionDuplicate { several: Several::Halves { .. }, .. } => Severity::Mandatory,
        // A sheet may do without what it need not have, but not in silence.
        // Nobody was asked for it, or the form calls it otherwise: the units cannot know.
        Fact::ColumnMissing(Lacking::PartOfKey { .. } | Lacking::Nowhere { .. }) => {
            Severity::Verify
        }
        Fact::ColumnMissing(Lacking::NotThere { .. }) => {
            if field.is_some_and(|field| pipeline.columns[field].required) {
                by_kind
            } else {
                Severity::Verify
            }
        }
        Fact::ValueDiffers(Remark::PlanCellFaulty) => {
            compared(field, finding.side, pipeline).min(Severity::Verify)
        }
        Fact::ValueDiffers(Remark::Common(common)) => {
            let columns = common.columns.iter().map(|column| pipeline.column_named(&column.field));
            let most = columns.map(|field| compared(field, finding.side, pipeline)).max();
            let most = most.unwrap_or(by_kind);
            match common.cause {
                SameCause::PlanBlank | SameCause::PlanUnreadable => most.min(Severity::Verify),
                _ => most,
            }
        }
        Fact::ValueDiffers(_) | Fact::ValueScaled(_) | Fact::ValueMissing => {
            compared(field, finding.side, pipeline)
        }
        Fact::ValueUnreadable(holder) => {
            let own = match holder {
                Holder::Row | Holder::Column { .. } => unreadable(field, finding.side, pipeline),
                Holder::Total { .. } => by_kind,
            };
            // The plan itself says nothing there that could be read.
            let is_faulty = matches!(finding.expected, Some(Value::Unreadable(_)));
            if is_faulty { own.min(Severity::Verify) } else { own }
        }
        Fact::BalanceBroken(broken) | Fact::LimitExceeded(broken) | Fact::OutOfRange(broken) => {
            let rule = pipeline.check.rules.iter().find(|rule| rule.name == broken.name);
            rule.map_or(by_kind, |rule| rule.severity)
        }
        Fact::ReportMissing(Unreported::Blank { .. }) => {
            let demands = pipeline.check.demands.iter();
            let own = demands.filter(|demand| Some(demand.column) == field);
            own.map(|demand| demand.severity).max().unwrap_or(by_kind)
        }
        // What nobody demands may be left blank; that a rule had nothing to hold is only said.
        Fact::Unchecked { reason, .. } if reason == Reason::Blank.name() => Severity::Note,
        _ => by_kind,
    }
}

/// What the pipeline file says of a compared column; where it says nothing, a text that differs is
/// to be verified, and so is the text of a task.
fn compared(field: Option<ColumnId>, side: Side, pipeline: &Pipeline) -> Severity {
    let mut compare = pipeline.check.compare.iter();
    if let Some(compare) = compare.find(|compare| Some(compare.column) == field) {
        return compare.severity;
    }
    let is_text = field.is_some_and(|field| pipeline.columns[field].kind.is_text());
    if is_text || side == Side::Submission { Severity::Verify } else { Severity::Mandatory }
}

fn unreadable(field: Option<ColumnId>, side: Side, pipeline: &Pipeline) -> Severity {
    let is_compared = pipeline.check.compare.iter().any(|compare| Some(compare.column) == field);
    let kind = field.map(|field| pipeline.columns[field].kind);
    let is_key = field.is_some_and(|field| pipeline.roles.key.contains(&field));
    if field.is_some() && field == pipeline.roles.number && side == Side::Submission {
        // A row's number is evidence of which task it is, nothing more.
        return Severity::Note;
    }
    let is_words = is_compared && kind.is_some_and(ColumnType::is_text);
    if side == Side::Plan || is_key || is_words {
        return compared(field, side, pipeline);
    }
    if kind.is_some_and(ColumnType::is_free) {
        return Severity::Verify;
    }
    crate::model::Kind::ValueUnreadable.entry().severity
}
