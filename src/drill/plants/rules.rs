//! Broken equations, limits and ranges: those of the pipeline where it has some, and rules that
//! the drill adds to a copy of it.

use std::collections::BTreeSet;

use crate::check::equation::{Given, Scope, Verdict, evaluate, quantities};
use crate::drill::base::{Base, Spot};
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::model::fact::Sentence;
use crate::model::{Amount, CellAt, ColumnId, Fact, Kind, Said, Side, UnitId, Value};
use crate::normalise::TableRow;
use crate::normalise::frame::figure;
use crate::pipeline::{ColumnType, Dimension, Expression, Over, Quantity, Rule};
use crate::read::Content;

use super::layout::{can_be_set, reported_cell};
use super::plan::has_fault;

fn row_rules<'a>(base: &Base<'a>, kind: Kind) -> impl Iterator<Item = &'a Rule> {
    let rules = base.pipeline.check.rules.iter();
    rules.filter(move |rule| rule.over == Over::Row && rule.kind == kind)
}

/// Returns whether a rule holds on a row in which some fields are set; none where it cannot be
/// told, and a run keeps silent.
fn holds(base: &Base<'_>, rule: &Rule, row: &TableRow, set: &[(ColumnId, i64)]) -> Option<bool> {
    let scope = Scope::Rows { rows: &[row], set, before: None };
    let paragraph = Some(&base.reconciled.paragraph);
    match evaluate(rule, &scope, &Given { pipeline: base.pipeline, paragraph }) {
        Verdict::Holds(_) => Some(true),
        Verdict::Broken(_) => Some(false),
        Verdict::NotTold(_) => None,
    }
}

/// Returns whether all rules of rows but one hold, or keep silent, once fields are set.
fn others_hold(
    base: &Base<'_>,
    row: &TableRow,
    set: &[(ColumnId, i64)],
    but: Option<&Rule>,
) -> bool {
    let rules = base.pipeline.check.rules.iter().filter(|rule| rule.over == Over::Row);
    rules
        .filter(|rule| but.is_none_or(|but| !std::ptr::eq(*rule, but)))
        .all(|rule| holds(base, rule, row, set) != Some(false))
}

/// Returns whether setting fields of a row breaks nothing else: not on the row, and not on the
/// others, which get blank cells where the sheet lacks a column.
pub fn breaks_nothing_else(
    base: &Base<'_>,
    spot: &Spot<'_>,
    set: &[(ColumnId, i64)],
    but: Option<&Rule>,
) -> bool {
    let blank: Vec<(ColumnId, i64)> = set
        .iter()
        .filter(|(field, _)| spot.item.row.entries[*field].is_none())
        .map(|(field, _)| (*field, 0))
        .collect();
    let mut beside = base.reconciled.roster.items.iter().filter(|item| {
        (item.file, item.sheet) == (spot.item.file, spot.item.sheet)
            && item.row.row != spot.item.row.row
    });
    others_hold(base, spot.item.row, set, but)
        && (blank.is_empty() || beside.all(|item| others_hold(base, item.row, &blank, None)))
}

/// An amount of an equation is three units more in plan and sheet alike, and in their totals.
pub fn equation_of_the_plan(base: &Base<'_>) -> Result<Planting, Said> {
    let reason = (
        "核对方案没有计划各行都应满足的等式",
        "the pipeline has no equation that each row of the plan should meet",
    );
    let plan = &base.reconciled.plan;
    if plan.totals.len() > 1 {
        return no_occasion("计划表有几个合计行", "the plan prints several totals");
    }
    let step = 3 * 10_i64.pow(base.pipeline.money.exponent());
    let spots = base.spots(Kind::BalanceBroken);
    let found = row_rules(base, Kind::BalanceBroken).find_map(|rule| {
        let all = quantities(rule);
        let fields: Vec<ColumnId> = all
            .iter()
            .filter_map(|quantity| match quantity {
                Quantity::Column(field) => Some(*field),
                Quantity::Derived(_) => None,
            })
            .collect();
        if fields.iter().any(|field| base.pipeline.columns[*field].reported) {
            return None;
        }
        let main = *fields.first()?;
        spots.iter().filter(|spot| is_told_by_no_sentence(base, spot, rule)).find_map(|spot| {
            let field = *fields.iter().find(|field| {
                let raised = spot.amount(**field).map(|amount| amount.0 + step);
                let follows = all.iter().any(|quantity| match quantity {
                    Quantity::Derived(index) => {
                        base.pipeline.derived[*index].value == Some(**field)
                            && spot.task.row.derived[*index].0 != 0
                    }
                    Quantity::Column(_) => false,
                });
                raised.is_some_and(|raised| {
                    let set = [(**field, raised)];
                    spot.cell(**field).is_some()
                        && !follows
                        && base.totals(&spot.item).len() <= 1
                        && holds(base, rule, spot.task.row, &set) == Some(false)
                        && others_hold(base, spot.task.row, &set, Some(rule))
                })
            })?;
            Some((*spot, field, main))
        })
    });
    let Some((spot, field, main)) = found else { return no_occasion(reason.0, reason.1) };
    let title = base.pipeline.field_title(&base.pipeline.columns[field].name);
    let money = base.pipeline.money;
    let mut planting = Planting::new(
        format!("把计划表和报送表的“{title}”连同合计都加 3{money}"),
        format!("“{title}” is made 3 {money} more in plan and sheet, and so are their totals"),
    );
    planting = raise_in_sheet(base, &spot, field, step, planting);
    planting = raise_in_plan(base, &spot, field, step, planting);
    Ok(planting.finds(Expected::on_task(Kind::BalanceBroken, base, &spot.task, main)))
}

/// Whether no sentence about the unit, or about the whole, is wrong already that adds up a column
/// of the rule: with a fault in that column it would keep silent, or be told by other parts of it.
fn is_told_by_no_sentence(base: &Base<'_>, spot: &Spot<'_>, rule: &Rule) -> bool {
    let columns: Vec<&str> = quantities(rule)
        .into_iter()
        .map(|quantity| base.pipeline.quantity_name(quantity))
        .collect();
    let unit = base.unit_name(spot.task.unit);
    base.settled().iter().all(|settled| match &settled.finding.fact {
        Fact::StatementDiffers(Sentence { rule, .. }) => {
            let here = settled.finding.unit.as_deref().is_none_or(|other| other == unit);
            let adds_up = columns.iter().any(|name| {
                rule.contains(&format!("sum({name})")) || rule.contains(&format!("count({name}"))
            });
            !(here && adds_up)
        }
        _ => true,
    })
}

fn raise_in_sheet(
    base: &Base<'_>,
    spot: &Spot<'_>,
    field: ColumnId,
    step: i64,
    mut planting: Planting,
) -> Planting {
    let totals = base.totals(&spot.item).into_iter().map(|total| total.row);
    for row in totals.chain(std::iter::once(spot.item.row)) {
        let Some(entry) = &row.entries[field] else { continue };
        let Some(amount) = entry.value.amount() else { continue };
        let at = CellAt::new(row.row, entry.column);
        let raised = base.number(spot, field, Amount(amount.0 + step));
        planting = planting.puts(base, &spot.item, at, Some(raised));
    }
    planting
}

fn raise_in_plan(
    base: &Base<'_>,
    spot: &Spot<'_>,
    field: ColumnId,
    step: i64,
    mut planting: Planting,
) -> Planting {
    let sheet = spot.task.sheet;
    let rows = &base.case.plan.extract.rows.sheets[sheet];
    let totals = base.reconciled.plan.totals.iter().filter(|total| total.sheet == sheet);
    for row in totals.map(|total| total.row).chain(std::iter::once(spot.task.row)) {
        let Some(entry) = &row.entries[field] else { continue };
        let Some(amount) = entry.value.amount() else { continue };
        let at = CellAt::new(row.row, entry.column);
        let unit = crate::drill::base::unit_of_column(rows, row.table, field, base.pipeline);
        let raised = Content::Number(Amount(amount.0 + step).as_number(unit));
        planting = planting.puts_in_plan(base, sheet, at, Some(raised));
    }
    planting
}

/// Returns an amount column of the plan in which nothing has been found, and its sum.
fn summed(base: &Base<'_>) -> Result<(ColumnId, Amount), Said> {
    let mut fields = base.compared(ColumnType::Amount).into_iter();
    let found = fields.find(|field| !has_fault(base, *field));
    let Some(field) = found else {
        return no_occasion(
            "计划的每个金额列都已有差异，规则不再计算",
            "every column of amounts in the plan has a finding, so that rules keep silent",
        );
    };
    let units = base.reconciled.plan.names.units.keys();
    let sum = units.map(|unit| base.planned(unit, field).0).fold(0, i64::saturating_add);
    Ok((field, Amount(sum)))
}

fn over_the_whole(
    base: &Base<'_>,
    kind: Kind,
    relation: &str,
    more: i64,
) -> Result<Planting, Said> {
    let (field, sum) = summed(base)?;
    let step = 10_i64.pow(base.pipeline.money.exponent());
    let bound = Amount(sum.0 + more * step).decimal(base.pipeline.money);
    let name = &base.pipeline.columns[field].name;
    let title = base.pipeline.field_title(name);
    let rule = format!("sum({name}) {relation} {bound}");
    let mut planting = Planting::new(
        format!("在核对方案中加一条规则：{rule}"),
        format!("a rule is added to the pipeline file: {rule}"),
    )
    .finds(Expected { field: Some(name.clone()), ..Expected::new(kind, Side::Plan) });
    planting.appended = format!(
        "\n[[check.rule]]\ntitle = {}\nrule = \"{rule}\"\nover = \"whole\"\n",
        quoted(&format!("演练：{title}合计 {relation} {bound}"))
    );
    Ok(planting)
}

/// Returns a text as a TOML string.
pub fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// The plan's sum is said to be another.
pub fn equation_over_the_whole(base: &Base<'_>) -> Result<Planting, Said> {
    over_the_whole(base, Kind::BalanceBroken, "=", 3)
}

/// The plan's sum is above a limit.
pub fn limit_over_the_whole(base: &Base<'_>) -> Result<Planting, Said> {
    over_the_whole(base, Kind::LimitExceeded, "<=", -3)
}

/// An amount names its own parts, and they are one unit more than the whole.
pub fn parts_of_an_amount(base: &Base<'_>) -> Result<Planting, Said> {
    let step = 10_i64.pow(base.pipeline.money.exponent());
    let found = base.spots(Kind::StatementDiffers).into_iter().find_map(|spot| {
        let fields = base.compared(ColumnType::Amount);
        let field = *fields.iter().find(|field| {
            let amount = |row: &TableRow| row.entries[**field].as_ref()?.value.amount();
            let (own, planned) = (amount(spot.item.row), amount(spot.task.row));
            own == planned && own.is_some_and(|amount| amount.0 > step)
        })?;
        Some((spot, field, spot.cell(field)?, spot.amount(field)?))
    });
    let Some((spot, field, at, whole)) = found else {
        return no_occasion("没有一个金额可以分成几项", "no amount can be split into parts");
    };
    let money = base.pipeline.money;
    let shown = |amount: i64| format!("{}{money}", Amount(amount).decimal(money));
    let text = format!("{}（其中：甲项{}，乙项{}）", shown(whole.0), shown(step), shown(whole.0));
    let title = base.pipeline.field_title(&base.pipeline.columns[field].name);
    Ok(Planting::new(
        format!("把“{title}”改写为“{text}”"),
        format!("“{title}” is changed to read “{text}”"),
    )
    .puts(base, &spot.item, at, Some(Content::Text(text.into())))
    .finds(Expected {
        found: Some(Value::Amount(whole)),
        expected: Some(Value::Amount(Amount(whole.0 + step))),
        ..Expected::on_row(Kind::BalanceBroken, base, &spot, field)
    }))
}

/// Reported amounts break a limit between the amounts of a row.
pub fn limit_of_a_row(base: &Base<'_>) -> Result<Planting, Said> {
    between_reported(base, Kind::LimitExceeded)
}

/// Reported amounts break an equation between the amounts of a row.
pub fn equation_of_a_row(base: &Base<'_>) -> Result<Planting, Said> {
    between_reported(base, Kind::BalanceBroken)
}

/// A row and the figures that are entered into it.
struct Entered<'a> {
    spot: Spot<'a>,
    main: ColumnId,
    figures: Vec<(ColumnId, i64)>,
}

fn between_reported(base: &Base<'_>, kind: Kind) -> Result<Planting, Said> {
    let found = row_rules(base, kind).find_map(|rule| Some((rule, entered(base, rule, kind)?)));
    let Some((rule, entered)) = found else {
        return no_occasion(
            "核对方案没有这样一条关于填报金额的规则",
            "the pipeline has no such rule about reported amounts",
        );
    };
    let money = base.pipeline.money;
    let shown: Vec<String> = entered
        .figures
        .iter()
        .map(|(_, number)| format!("{}{money}", Amount(*number).decimal(money)))
        .collect();
    let mut planting = Planting::new(
        format!("填入违反“{}”的数：{}", rule.title, shown.join("、")),
        format!("figures that break “{}” are entered: {}", rule.title, shown.join(", ")),
    );
    let mut main_at = entered.spot.cell(entered.main);
    for (field, number) in &entered.figures {
        let (next, at) = reported_cell(base, &entered.spot, *field, planting);
        let content = base.number(&entered.spot, *field, Amount(*number));
        planting = next.puts(base, &entered.spot.item, at, Some(content));
        if *field == entered.main {
            main_at = Some(at);
        }
    }
    Ok(planting.finds(Expected {
        cell: main_at,
        ..Expected::on_row(kind, base, &entered.spot, entered.main)
    }))
}

/// Returns a row on which a rule alone is broken once its reported amounts are set: those on the
/// left to five units and what the plan's own amounts come to, the others to three.
fn entered<'a>(base: &Base<'a>, rule: &Rule, kind: Kind) -> Option<Entered<'a>> {
    let chain = rule.only_chain()?;
    if chain.dimension != Dimension::Amount || rule.trial_until.is_some() {
        return None;
    }
    let unit = 10_i64.pow(base.pipeline.money.exponent());
    let columns = |side: &Expression| -> Option<Vec<ColumnId>> {
        side.addends()
            .into_iter()
            .filter(|(_, addend)| !addend.is_constant())
            .map(|(_, addend)| match addend {
                Expression::Field(Quantity::Column(field)) => Some(*field),
                _ => None,
            })
            .collect()
    };
    let (first, others) = chain.sides.split_first()?;
    let left = columns(first)?;
    let right: Vec<ColumnId> = others.iter().map(columns).collect::<Option<Vec<_>>>()?.concat();
    let main = *left.first()?;
    let is_reported = |field: &ColumnId| base.pipeline.columns[*field].reported;
    base.spots(kind).into_iter().find_map(|spot| {
        let planned = left.iter().chain(&right).filter(|field| !is_reported(field));
        let planned: i64 = planned.filter_map(|field| figure(spot.item.row, *field).1).sum();
        let figures: Vec<(ColumnId, i64)> = left
            .iter()
            .map(|field| (*field, 5 * unit + planned))
            .chain(right.iter().map(|field| (*field, 3 * unit)))
            .filter(|(field, _)| is_reported(field))
            .collect();
        let can = is_reported(&main)
            && figures.iter().all(|(field, _)| can_be_set(&spot, *field))
            && holds(base, rule, spot.item.row, &figures) == Some(false)
            && breaks_nothing_else(base, &spot, &figures, Some(rule));
        can.then_some(Entered { spot, main, figures })
    })
}

/// A reported figure is above its range.
pub fn range_of_a_row(base: &Base<'_>) -> Result<Planting, Said> {
    let found = row_rules(base, Kind::OutOfRange).find_map(|rule| {
        let [Quantity::Column(field)] = quantities(rule)[..] else { return None };
        let chain = rule.only_chain()?;
        let Expression::Number(most) = *chain.sides.last()? else { return None };
        let is_percent = chain.dimension == Dimension::Percent;
        let beyond =
            most + if is_percent { 5_000 } else { 10_i64.pow(base.pipeline.money.exponent()) };
        let set = [(field, beyond)];
        let spot = base.spots(Kind::OutOfRange).into_iter().find(|spot| {
            can_be_set(spot, field)
                && holds(base, rule, spot.item.row, &set) == Some(false)
                && breaks_nothing_else(base, spot, &set, Some(rule))
        })?;
        let content = if is_percent {
            format!("{}%", crate::model::amount::shortest_decimal(beyond, 2))
        } else {
            format!("{}{}", Amount(beyond).decimal(base.pipeline.money), base.pipeline.money)
        };
        base.pipeline.columns[field].reported.then_some((rule, spot, field, content))
    });
    let Some((rule, spot, field, content)) = found else {
        return no_occasion(
            "核对方案没有规定填报数的范围",
            "the pipeline declares no range of a reported figure",
        );
    };
    let planting = Planting::new(
        format!("填入违反“{}”的数：{content}", rule.title),
        format!("a figure that breaks “{}” is entered: {content}", rule.title),
    );
    let (planting, at) = reported_cell(base, &spot, field, planting);
    Ok(planting.puts(base, &spot.item, at, Some(Content::Text(content.into()))).finds(Expected {
        cell: Some(at),
        ..Expected::on_row(Kind::OutOfRange, base, &spot, field)
    }))
}

/// A rule names a column that no sheet has and nothing demands.
pub fn column_that_nobody_sends(base: &Base<'_>) -> Result<Planting, Said> {
    let Some(field) = base.compared(ColumnType::Amount).first().copied() else {
        return no_occasion("计划没有金额列", "the plan has no column of amounts");
    };
    if !base.pipeline.columns.iter().any(|column| column.reported) {
        // With the one that is added every sheet would be a form that came back blank.
        return no_occasion(
            "核对方案没有由单位填报的列",
            "the pipeline file has no column that units fill in",
        );
    }
    let roster = &base.reconciled.roster;
    let with_tasks: BTreeSet<UnitId> = base
        .reconciled
        .matched
        .pairs
        .iter()
        .map(|pair| base.reconciled.plan.tasks[pair.task].unit)
        .collect();
    if with_tasks.is_empty() {
        return no_occasion("没有报送任务的单位", "no unit has sent a task");
    }
    let name = &base.pipeline.columns[field].name;
    let mut planting = Planting::new(
        "在核对方案中加一列谁也没有报送的“演练列”，并加一条用到它的规则",
        "a column that nobody sends is added to the pipeline file, and a rule that needs it",
    );
    for unit in with_tasks {
        planting = planting.finds(Expected {
            unit: Some(roster.names.name(unit).to_owned()),
            ..Expected::new(Kind::Unchecked, Side::Submission)
        });
    }
    planting.appended = format!(
        "\n[[normalise.column]]\nname = \"drill_column\"\ntitle = \"演练列\"\ntype = \"amount\"\nreported = true\n\n\
         [[check.rule]]\ntitle = \"演练列不超过{name}\"\nrule = \"drill_column <= {name}\"\n"
    );
    Ok(planting)
}
