//! Faults of the plan itself: a blank in a required column, a wrong number in its paragraph.

use crate::check::equation::named;
use crate::check::{Figure, figure_value};
use crate::drill::base::Base;
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::model::fact::Sentence;
use crate::model::{ColumnId, Fact, Kind, MoneyUnit, Said, Severity, Side};
use crate::normalise::frame::{State, figure};
use crate::pipeline::{ColumnType, Dimension, Expression, Quantity, Relation, Rule};
use crate::read::Content;
use crate::roster::{THE_PLAN, cell};

/// A required cell of the plan is emptied; the sheet that filled it in then says more than the
/// plan does.
pub fn value_missing(base: &Base<'_>) -> Result<Planting, Said> {
    let found = base.spots(Kind::ValueMissing).into_iter().find_map(|spot| {
        let field = base.compared(ColumnType::Month).into_iter().find(|field| {
            base.pipeline.columns[*field].required
                && figure(spot.task.row, *field).0 == State::Value
                && figure(spot.item.row, *field).0 == State::Value
                && spot.cell(*field).is_some()
        })?;
        let at = cell(&spot.task, field)?;
        let merged =
            base.material.plan_book.sheets.get(usize::from(spot.task.sheet))?.merges.iter();
        let alone = !merged.into_iter().any(|merge| merge.contains(at));
        alone.then_some((spot, field, at))
    });
    let Some((spot, field, at)) = found else {
        return no_occasion("计划没有必填的月份列", "the plan has no required column of months");
    };
    let title = base.pipeline.field_title(&base.pipeline.columns[field].name);
    Ok(Planting::new(
        format!("清空计划表中的“{title}”"),
        format!("“{title}” is emptied in the plan"),
    )
    .puts_in_plan(base, spot.task.sheet, at, None)
    .finds(Expected::on_task(Kind::ValueMissing, base, &spot.task, field))
    .finds(Expected {
        severity: Some(Severity::Verify),
        ..Expected::on_row(Kind::ValueDiffers, base, &spot, field)
    }))
}

/// A number of the plan's paragraph is changed.
pub fn sentence(base: &Base<'_>) -> Result<Planting, Said> {
    let mut figures = base.reconciled.paragraph.figures.iter();
    let found = figures.find_map(|figure| Some((figure, change(base, figure)?)));
    let Some((figure, change)) = found else {
        return no_occasion(
            "计划没有可以与各行直接对照的文字说明",
            "the plan has no sentence that can be held against its rows",
        );
    };
    let places = &base.reconciled.plan.places;
    let now = Figure { number: change.number, ..figure.clone() };
    Ok(Planting::new(
        format!("把计划说明中的“{}”改为“{}”", change.before, change.after),
        format!("“{}” is changed to “{}” in the plan's paragraph", change.before, change.after),
    )
    .puts_in_plan(base, figure.sheet, figure.cell, Some(Content::Text(change.text.into())))
    .finds(Expected {
        unit: figure.unit.map(|unit| base.unit_name(unit).to_owned()),
        field: Some(change.field),
        file: places.files.first().cloned(),
        sheet: places.sheet(THE_PLAN, figure.sheet),
        cell: Some(figure.cell),
        found: Some(figure_value(&now)),
        expected: Some(figure_value(figure)),
        ..Expected::new(Kind::StatementDiffers, Side::Plan)
    }))
}

struct Change {
    field: String,
    number: i64,
    before: String,
    after: String,
    /// The whole cell as it reads then.
    text: String,
}

/// Returns how a figure can be changed so that one equation alone tells it: it stands in an
/// equation with the rows and without other figures, and in nothing that is broken already.
fn change(base: &Base<'_>, figure: &Figure) -> Option<Change> {
    let rules = || base.pipeline.check.statements.iter().flat_map(|statement| &statement.rules);
    let uses = |rule: &Rule| rule.uses_figure(&figure.name);
    let field = rules().filter(|rule| uses(rule)).find_map(|rule| alone_with_rows(rule, base))?;
    let in_limits = base.pipeline.check.rules.iter().any(uses);
    let broken = base.settled().iter().any(|settled| match &settled.finding.fact {
        Fact::StatementDiffers(Sentence { rule, .. }) => {
            let here =
                settled.finding.unit.as_deref() == figure.unit.map(|unit| base.unit_name(unit));
            here && rules().any(|own| own.text == *rule && uses(own))
        }
        _ => false,
    });
    if in_limits || broken {
        return None;
    }
    let sheet = base.material.plan_book.sheets.get(usize::from(figure.sheet))?;
    let Some(Content::Text(text)) = sheet.content(figure.cell) else { return None };
    let start = text.find(&figure.sentence)?;
    let (before, after, number) = rewritten(figure)?;
    let at = start + standing_alone(&figure.sentence, &before)?;
    let text = format!("{}{after}{}", &text[..at], &text[at + before.len()..]);
    Some(Change { field, number, before, after, text })
}

/// Returns the name of the first quantity of an equation between one figure and the rows.
fn alone_with_rows(rule: &Rule, base: &Base<'_>) -> Option<String> {
    let chain = rule.only_chain()?;
    let is_sum = |leaf: &Expression| matches!(leaf, Expression::Sum(_) | Expression::Count(_));
    let quantity = rule.leaves().filter(|leaf| is_sum(leaf)).flat_map(named).next()?;
    // Sums over a column with a fault of its own are not held against anything.
    let faulty = match quantity {
        Quantity::Column(field) => has_fault(base, field),
        Quantity::Derived(_) => false,
    };
    let figures = rule.leaves().filter(|leaf| leaf.captured().is_some());
    let plain = chain.relations == [Relation::Equal] && figures.count() == 1;
    (plain && !faulty).then(|| base.pipeline.quantity_name(quantity).to_owned())
}

/// Returns whether something has been found in a column of the plan.
pub fn has_fault(base: &Base<'_>, field: ColumnId) -> bool {
    let plan = &base.reconciled.plan;
    let found =
        base.settled().iter().map(|settled| &settled.finding).filter(|finding| {
            finding.side == Side::Plan && finding.kind() != Kind::StatementDiffers
        });
    found.into_iter().any(|finding| {
        plan.tasks.iter().any(|task| {
            plan.places.sheet(task.file, task.sheet) == finding.sheet
                && cell(task, field)
                    .is_some_and(|at| finding.cells.iter().any(|range| range.contains(at)))
        })
    })
}

/// Returns how a figure is written in its sentence, how it will be, and its number then.
fn rewritten(figure: &Figure) -> Option<(String, String, i64)> {
    if figure.dimension != Dimension::Amount {
        let number = figure.number + 2;
        return Some((figure.number.to_string(), number.to_string(), number));
    }
    let styles: [fn(&str) -> String; 2] = [str::to_owned, with_two_decimals];
    let ways = MoneyUnit::ALL.into_iter().flat_map(|unit| styles.map(|style| (unit, style)));
    ways.into_iter().find_map(|(unit, style)| {
        let written =
            |number: i64| format!("{}{unit}", style(&crate::model::Amount(number).decimal(unit)));
        let number = figure.number + 3 * 10_i64.pow(unit.exponent());
        let before = written(figure.number);
        standing_alone(&figure.sentence, &before)
            .is_some()
            .then(|| (before, written(number), number))
    })
}

/// 183090.5 as it is often written: 183090.50.
fn with_two_decimals(decimal: &str) -> String {
    match decimal.split_once('.') {
        None => format!("{decimal}.00"),
        Some((whole, fraction)) => format!("{whole}.{fraction:0<2}"),
    }
}

/// Returns where a number stands in a text, when it stands there once and is no part of a longer
/// one.
fn standing_alone(text: &str, number: &str) -> Option<usize> {
    let mut places = text.match_indices(number).map(|(place, _)| place).filter(|place| {
        let is_digit = |c: char| c.is_ascii_digit() || c == '.';
        let before = text[..*place].chars().next_back().is_some_and(is_digit);
        let after = text[place + number.len()..].chars().next().is_some_and(is_digit);
        !before && !after
    });
    match (places.next(), places.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}
