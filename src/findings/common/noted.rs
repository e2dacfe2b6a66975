//! Cells of a column of which the same is only to be said: that the plan leaves them blank, that their
//! difference passes, that they mean the same.

use std::collections::BTreeMap;

use super::content;
use super::grid::LEAST;
use crate::check::unread_columns::put_together;
use crate::model::common::{Common, Example, OfColumn, SameCause};
use crate::model::fact::Remark;
use crate::model::{Fact, Finding, MoneyUnit, Side, Value};

/// A column of a unit's sheet, and what is said of its cells.
type Column<'a> = (&'a str, &'a str, &'a str, &'a str, &'static str, Option<&'a str>);

/// Puts such findings together, and returns which are gone, and where to. What has been answered stays.
pub fn join(
    findings: &mut [Option<Finding>],
    has_been_answered: impl Fn(&Finding) -> bool,
    money: MoneyUnit,
) -> Vec<(usize, usize)> {
    let mut columns: BTreeMap<Column<'_>, (SameCause, Vec<usize>)> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        let Some(finding) = finding else { continue };
        let Some((cause, by)) = cause(finding) else { continue };
        if let (Some(file), Some(sheet), Some(field)) =
            (&finding.file, &finding.sheet, &finding.field)
            && finding.side == Side::Submission
            && finding.cells.len() == 1
            && finding.cell.is_some()
            && (cause.is_only_said() || !has_been_answered(finding))
        {
            let unit = finding.unit.as_deref().unwrap_or_default();
            let column: Column<'_> = (file, sheet, unit, field, cause.name(), by);
            columns.entry(column).or_insert_with(|| (cause, Vec::new())).1.push(place);
        }
    }
    let joined: Vec<(SameCause, Vec<usize>)> =
        columns.into_values().filter(|(_, places)| places.len() >= LEAST).collect();
    let mut gone = Vec::new();
    for (cause, places) in joined {
        gone.extend(put_together(findings, &places, |taken| whole(cause, taken, money)));
    }
    gone
}

fn cause(finding: &Finding) -> Option<(SameCause, Option<&str>)> {
    let Fact::ValueDiffers(remark) = &finding.fact else { return None };
    Some(match remark {
        Remark::PlanCellFaulty if matches!(finding.expected, None | Some(Value::Blank)) => {
            (SameCause::PlanBlank, None)
        }
        Remark::PlanCellFaulty if matches!(finding.expected, Some(Value::Unreadable(_))) => {
            (SameCause::PlanUnreadable, None)
        }
        Remark::WithinTolerance { tolerance } => {
            (SameCause::WithinTolerance { tolerance: *tolerance }, None)
        }
        Remark::SameMeaning => (SameCause::SameMeaning, None),
        Remark::OwnNumber => (SameCause::OwnNumbers, None),
        Remark::DecidedPair { by } => {
            (SameCause::DecidedPairs { by: by.clone() }, Some(by.as_deref().unwrap_or_default()))
        }
        _ => return None,
    })
}

fn whole(cause: SameCause, findings: Vec<Finding>, money: MoneyUnit) -> Option<Finding> {
    // Nobody decides anything of what is only said: whether it is the same does not hang on figures.
    let content = (!cause.is_only_said()).then(|| content::of(&findings, money));
    let count = findings.len();
    let cells = findings.iter().flat_map(|finding| finding.cells.iter().copied()).collect();
    let first = findings.into_iter().next()?;
    let example = Example {
        cell: first.cell?,
        expected: first.expected.clone().unwrap_or(Value::Blank),
        found: first.found.clone().unwrap_or(Value::Blank),
        typed: first.typed.clone().unwrap_or_default(),
    };
    let field = first.field.clone()?;
    let columns = vec![OfColumn { field, cells: count, of: count, example }];
    Some(Finding {
        fact: Fact::ValueDiffers(Remark::Common(Box::new(Common { cause, columns }))),
        seq: None,
        task: None,
        expected: None,
        found: None,
        difference: None,
        typed: None,
        cause: Vec::new(),
        cells,
        plan_cell: None,
        content,
        ..first
    })
}
