//! Waivers nobody needs, rules that match nothing, explanations that give no reason.

use crate::decisions::Refused;
use crate::drill::base::Base;
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::model::finding::AnswerRefusal;
use crate::model::{CellAt, Kind, Said, Side};
use crate::pipeline::ColumnType;

use super::rules::quoted;
use super::values;

fn waiver(base: &Base<'_>, kind: Kind, expires: Option<String>) -> Result<Planting, Said> {
    let spots = base.spots(kind);
    let Some(spot) = spots.first() else {
        return no_occasion("没有一项任务可以豁免", "there is no task to waive anything for");
    };
    let unit = base.unit_name(spot.task.unit).to_owned();
    let task = base.named(&spot.task).1;
    let until = expires.as_ref().map_or_else(String::new, |month| format!("（有效期至 {month}）"));
    let until_english =
        expires.as_ref().map_or_else(String::new, |month| format!(" until {month}"));
    let mut planting = Planting::new(
        format!("在核对方案中为{unit}的一项任务加一条豁免{until}"),
        format!("a waiver for a task of {unit} is added to the pipeline file{until_english}"),
    )
    .finds(Expected { unit: Some(unit.clone()), ..Expected::new(kind, Side::Plan) });
    let expires =
        expires.map_or_else(String::new, |month| format!("expires = {}\n", quoted(&month)));
    planting.appended = format!(
        "\n[[findings.waiver]]\nunit = {}\ntask = {}\nreason = \"演练\"\napproved_by = \"演练\"\n{expires}",
        quoted(&unit),
        quoted(&task)
    );
    Ok(planting)
}

/// A waiver covers nothing.
pub fn waiver_unused(base: &Base<'_>) -> Result<Planting, Said> {
    waiver(base, Kind::WaiverUnused, None)
}

/// A waiver ended with the month before.
pub fn waiver_expired(base: &Base<'_>) -> Result<Planting, Said> {
    let Some(earlier) = base.period().previous() else {
        return no_occasion("没有上一期", "there is no earlier period");
    };
    waiver(base, Kind::WaiverExpired, Some(earlier.to_string()))
}

/// A sentence is declared that the plan does not hold.
pub fn rule_unused(base: &Base<'_>) -> Result<Planting, Said> {
    const PATTERN: &str = "演练专用的句式共计{drill_total:amount}";
    let Some(field) = base.compared(ColumnType::Amount).first().copied() else {
        return no_occasion("计划没有金额列", "the plan has no column of amounts");
    };
    let name = &base.pipeline.columns[field].name;
    let mut planting = Planting::new(
        format!("在核对方案中登记一个计划里没有的句式“{PATTERN}”"),
        format!("a sentence that the plan lacks is declared: “{PATTERN}”"),
    )
    .finds(Expected::new(Kind::RuleUnused, Side::Plan));
    planting.appended = format!(
        "\n[[check.statement]]\npatterns = [{}]\nrules = [\"drill_total = sum({name})\"]\n",
        quoted(PATTERN)
    );
    Ok(planting)
}

/// Somebody explains a difference and gives no reason.
pub fn explanation_empty(base: &Base<'_>) -> Result<Planting, Said> {
    let Some(phrase) = base.pipeline.findings.empty_explanations.first() else {
        return no_occasion("核对方案没有登记空话", "the pipeline declares no empty phrase");
    };
    let mut planting = values::MORE.carry_out(base)?;
    planting.said.chinese.push_str("，情况说明只写空话");
    planting.said.english.push_str(", and its explanation is an empty phrase");
    planting.explanation = Some(phrase.clone());
    let about = planting.expected.first().cloned();
    if let Some(about) = about {
        planting = planting.finds(Expected {
            unit: about.unit,
            seq: about.seq,
            field: about.field,
            file: about.file,
            sheet: about.sheet,
            ..Expected::new(Kind::ExplanationEmpty, Side::Submission)
        });
    }
    Ok(planting)
}

/// A unit answers a finding that is another unit's.
pub fn answer_of_another_unit(base: &Base<'_>) -> Result<Planting, Said> {
    const SHEET: &str = "核实反馈表";
    let names = &base.reconciled.plan.names.units;
    let (Some(unit), Some(other)) = (names.first(), names.last()) else {
        return no_occasion("计划没有单位", "the plan names no unit");
    };
    if unit == other {
        return no_occasion("计划只有一个单位", "the plan names one unit only");
    }
    let file = format!("{unit}.xlsx");
    let cell = CellAt::new(6, 9);
    let mut planting = Planting::new(
        format!("{unit}发回的核实反馈表里写进{other}的一处差异编号"),
        format!("the form that {unit} sends back bears the identity of a finding of {other}"),
    )
    .finds(Expected {
        unit: Some(unit.clone()),
        file: Some(file.clone()),
        sheet: Some(SHEET.to_owned()),
        cell: Some(cell),
        ..Expected::new(Kind::DecisionRefused, Side::Submission)
    });
    planting.refused.push(Refused {
        unit: Some(unit.clone()),
        file,
        sheet: SHEET.to_owned(),
        cell,
        id: "0123456789ab".to_owned(),
        text: "用途经会议调整，纪要随附".to_owned(),
        why: AnswerRefusal::OtherUnit(other.clone()),
    });
    Ok(planting)
}
