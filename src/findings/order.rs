//! The order and the identity of findings.

use std::collections::BTreeMap;

use crate::model::fact::{Holder, InDoubt, Remark, Unseen};
use crate::model::{CellAt, Fact, Finding, IdSlice, Kind, Side, UnitId, fold, hash};
use crate::pipeline::Pipeline;

/// What findings are sorted by.
pub type Rank = (
    Side,
    usize,
    (bool, Option<i64>),
    (Option<String>, bool, Option<u32>),
    usize,
    Kind,
    (Option<String>, Option<String>, Option<CellAt>),
    Option<String>,
);

/// The place of each unit in the plan, by its name.
pub type Units<'a> = BTreeMap<&'a str, usize>;

/// Returns the places of units by their names.
pub fn places_of(units: &IdSlice<UnitId, String>) -> Units<'_> {
    units.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect()
}

/// Returns a finding's place: plan side first, then units in plan order, sequence numbers (none
/// last), fields in column order, kind, file, cell. Where tasks have no numbers, the rows of a
/// sheet stand in their place, so that what is wrong with one row stands together.
pub fn rank(finding: &Finding, units: &Units<'_>, pipeline: &Pipeline) -> Rank {
    let place_of_unit =
        finding.unit.as_deref().and_then(|unit| units.get(unit).copied()).unwrap_or(units.len());
    let place_of_field = finding.field.as_ref().map_or(0, |field| field_place(field, pipeline) + 1);
    let row = match pipeline.roles.number {
        Some(_) => (None, false, None),
        None => (finding.sheet.clone(), finding.cell.is_none(), finding.cell.map(|cell| cell.row)),
    };
    (
        finding.side,
        place_of_unit,
        (finding.seq.is_none(), finding.seq),
        row,
        place_of_field,
        finding.kind(),
        (finding.file.clone(), finding.sheet.clone(), finding.cell),
        finding.typed.clone(),
    )
}

/// Sorts findings with what belongs to them.
pub fn sort_by_finding<T>(findings: &mut [(Finding, T)], units: &Units<'_>, pipeline: &Pipeline) {
    findings.sort_by_cached_key(|(finding, _)| rank(finding, units, pipeline));
}

fn field_place(field: &str, pipeline: &Pipeline) -> usize {
    let columns = pipeline.columns.iter().map(|column| column.name.as_str());
    let derived = pipeline.derived.iter().map(|derived| derived.name.as_str());
    columns.chain(derived).position(|name| name == field).unwrap_or(usize::MAX - 1)
}

/// Returns each finding's identity: a hash of pipeline, side, unit, task, field and the kind's
/// family, with `-2` for a second one. Rows, values and the kind itself do not enter, so that a
/// finding can be followed from period to period.
///
/// Only names enter that the plan, the pipeline file or the table of kinds fixes: never how a type
/// prints itself and never a wording, so that a renamed type or a better title loses nothing.
pub fn identities<'a>(
    findings: impl Iterator<Item = &'a Finding>,
    pipeline: &Pipeline,
) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    findings
        .map(|finding| {
            let id = identity(finding, pipeline);
            let count = seen.entry(id.clone()).or_default();
            *count += 1;
            if *count > 1 { format!("{id}-{count}") } else { id }
        })
        .collect()
}

pub(super) fn identity(finding: &Finding, pipeline: &Pipeline) -> String {
    const LENGTH: usize = 12;
    let task = finding.task.as_deref().map(fold::key).unwrap_or_default();
    // What nobody's file says is known by the file.
    let unit = finding.unit.as_deref().or(finding.file.as_deref()).unwrap_or_default();
    let parts = [
        &pipeline.name,
        finding.side.name(),
        unit,
        &task,
        finding.field.as_deref().unwrap_or_default(),
        finding.kind().entry().family.name(),
        &subject(finding),
        // What was said of one cause in one set of cells holds for no other.
        finding.content.as_deref().unwrap_or_default(),
    ];
    // An end without content would make every identity another one.
    let parts = if finding.content.is_none() { &parts[..parts.len() - 1] } else { &parts[..] };
    let mut id = hash::sha256(parts.join("\u{1f}").as_bytes());
    id.truncate(LENGTH);
    id
}

/// What a finding is about where neither task nor field says it.
fn subject(finding: &Finding) -> String {
    match &finding.fact {
        Fact::BalanceBroken(broken) | Fact::LimitExceeded(broken) | Fact::OutOfRange(broken) => {
            match &broken.together {
                Some(together) => format!("{} {}", broken.name, together.rows),
                None => broken.name.clone(),
            }
        }
        Fact::ValueDiffers(Remark::Common(common)) => {
            format!("{} {}", common.cause.name(), common.cells())
        }
        Fact::StatementDiffers(sentence) => sentence.name.clone(),
        Fact::RuleUnused { name, .. } => name.clone(),
        Fact::ColumnUnknown { heading, taken_for, .. } => {
            let taken_for = taken_for.iter().map(|name| format!(" {name}"));
            taken_for.fold(fold::key(heading), |heading, name| heading + &name)
        }
        Fact::SheetUnused(_) => "unread".to_owned(),
        Fact::Unchecked { rule, .. } => format!("unchecked {rule}"),
        Fact::DecisionRefused { id, .. } => id.clone(),
        Fact::HiddenContent(Unseen::Struck { .. }) => "struck".to_owned(),
        Fact::HiddenContent(Unseen::ShownAsNothing { .. }) => "shown as nothing".to_owned(),
        Fact::ColumnDoubtful(InDoubt::Called { .. }) => "called a total".to_owned(),
        Fact::ColumnDoubtful(InDoubt::Sums { .. }) => "taken for sums".to_owned(),
        Fact::ColumnDoubtful(_) => "doubtful".to_owned(),
        Fact::OnTopDiffers { text } | Fact::OnTopLacking { text } => {
            format!("on top {}", text.split_once(" | ").map_or("", |(label, _)| label))
        }
        Fact::LineDoubtful(doubt) => format!("line {}", doubt.why.name()),
        Fact::TotalDiffers { label, .. }
        | Fact::ValueUnreadable(Holder::Total { label })
        | Fact::ValueImprecise(Holder::Total { label }) => fold::key(label),
        Fact::WaiverUnused(waiver) | Fact::WaiverExpired(waiver) => fold::key(&waiver.reason),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::{Amount, Value};

    fn finding(fact: Fact) -> Finding {
        let mut finding = Finding::new(fact, Side::Submission);
        finding.unit = Some("海棠区".to_owned());
        finding.task = Some("建设老年食堂".to_owned());
        finding.field = Some("funds".to_owned());
        finding
    }

    fn ids(findings: &[Finding]) -> Vec<String> {
        let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/sanya-2020.toml");
        let pipeline = crate::pipeline::load(&pipeline).unwrap();
        identities(findings.iter(), &pipeline)
    }

    #[test]
    fn what_is_told_together_is_another_finding_with_another_content() {
        let plain = finding(Fact::TaskExtra);
        let with = |content: &str| Finding { content: Some(content.to_owned()), ..plain.clone() };
        let all = ids(&[plain.clone(), with("one"), with("other")]);
        assert!(all.iter().all(|id| !id.contains('-')), "{all:?}");
        assert_eq!(ids(&[with("one")]), [all[1].clone()]);
    }

    /// Archives live for years: should this fail, the identity of every finding in every archive
    /// has changed, and the report needs a new version.
    #[test]
    fn identities_are_those_of_the_reports_in_archives() {
        assert_eq!(ids(&[finding(Fact::ValueDiffers(Remark::None))]), ["ebde3bab40a2"]);
    }

    #[test]
    fn a_finding_is_followed_when_its_kind_row_and_value_change() {
        let mut moved =
            finding(Fact::ValueUnreadable(Holder::Row)).at(CellAt { row: 8, column: 3 });
        moved.found = Some(Value::Amount(Amount(1)));
        moved.file = Some("海棠区.xlsx".to_owned());
        assert_eq!(ids(&[finding(Fact::ValueDiffers(Remark::None))]), ids(&[moved]));
    }

    #[test]
    fn a_second_finding_of_one_identity_is_numbered() {
        let both = ids(&[finding(Fact::ValueDiffers(Remark::None)), finding(Fact::ValueMissing)]);
        assert_eq!(both[1], format!("{}-2", both[0]));
    }
}
