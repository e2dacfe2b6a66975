//! The order and the identity of findings.

use std::collections::BTreeMap;

use crate::model::{CellAt, Detail, Finding, Kind, Side, fold, hash};
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

/// Returns a finding's place: plan side first, then units in plan order, sequence numbers (none
/// last), fields in column order, kind, file, cell. Where tasks have no numbers, the rows of a
/// sheet stand in their place, so that what is wrong with one row stands together.
pub fn rank(finding: &Finding, units: &[String], pipeline: &Pipeline) -> Rank {
    let place_of_unit = finding
        .unit
        .as_ref()
        .and_then(|unit| units.iter().position(|known| known == unit))
        .unwrap_or(units.len());
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
        finding.kind,
        (finding.file.clone(), finding.sheet.clone(), finding.cell),
        finding.typed.clone(),
    )
}

/// Sorts findings with what belongs to them.
pub fn sort_by_finding<T>(findings: &mut [(Finding, T)], units: &[String], pipeline: &Pipeline) {
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
pub fn identities<'a>(
    findings: impl Iterator<Item = &'a Finding>,
    pipeline: &Pipeline,
) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    findings
        .map(|finding| {
            let task = finding.task.as_deref().map(fold::key).unwrap_or_default();
            let unit = finding.unit.clone().or_else(|| finding.file.clone()).unwrap_or_default();
            let parts = [
                pipeline.name.clone(),
                format!("{:?}", finding.side),
                unit,
                task,
                finding.field.clone().unwrap_or_default(),
                format!("{:?}", finding.kind.entry().family),
                subject(finding),
            ];
            let mut id = hash::sha256(parts.join("\u{1f}").as_bytes());
            id.truncate(12);
            let count = seen.entry(id.clone()).or_default();
            *count += 1;
            if *count > 1 { format!("{id}-{count}") } else { id }
        })
        .collect()
}

/// What a finding is about where neither task nor field says it.
fn subject(finding: &Finding) -> String {
    match &finding.detail {
        Detail::ColumnUnknown { heading, .. } => fold::key(heading),
        Detail::Unread { .. } => "unread".to_owned(),
        Detail::Struck { .. } => "struck".to_owned(),
        Detail::Unused { what } => fold::key(what),
        Detail::Rule { title, .. } => fold::key(title),
        Detail::Sentence { claim, .. } => fold::key(claim),
        Detail::Total { label, .. } => fold::key(label),
        Detail::Waiver { reason, .. } => fold::key(reason),
        _ => String::new(),
    }
}
