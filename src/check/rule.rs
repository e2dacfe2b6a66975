//! Declared equations and limits: over rows, over units, over the whole.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::frames::{Sums, at_places, counts, paired, sums};
use super::{Context, Said, plan_cells};
use crate::model::finding::Term;
use crate::model::{Amount, CellAt, CellRange, Detail, Finding, Kind, Side, Value};
use crate::normalise::frame::{Item, State, number, shown_task, state_name};
use crate::pipeline::{Dimension, Operand, Over, Pipeline, Quantity, Relation, Rule, Sign};
use crate::roster::{Places, Standing, cell};

/// Checks all declared rules on both sides; a break that the plan's own row has is said on the
/// plan's side only.
pub fn check(context: &Context<'_>, said: &Said) -> PolarsResult<Vec<Finding>> {
    let mut findings = Vec::new();
    // What one rule says silences the next one on the same cell.
    let mut said = said.clone();
    for rule in &context.pipeline.check.rules {
        let found = match rule.over {
            Over::Row => over_rows(rule, context, &said)?,
            Over::Unit | Over::Whole => over_sums(rule, context, &said)?,
        };
        let on_trial = match (rule.trial_until, context.period) {
            (Some(until), Some(period)) => period <= until,
            (Some(_), None) => true,
            (None, _) => false,
        };
        // A rule on trial is reported apart and silences nothing.
        if !on_trial {
            said.note(&found);
        }
        findings.extend(found.into_iter().map(|finding| Finding { trial: on_trial, ..finding }));
    }
    Ok(findings)
}

/// Returns whether a rule names a column that only units fill in, so that the plan has nothing
/// to hold against it.
pub(super) fn names_reported(rule: &Rule, pipeline: &Pipeline) -> bool {
    quantities(rule).any(|quantity| match quantity {
        Quantity::Column(field) => pipeline.columns[field].reported,
        Quantity::Derived(_) => false,
    })
}

pub(super) fn quantities(rule: &Rule) -> impl Iterator<Item = Quantity> + '_ {
    rule.sides.iter().flatten().filter_map(|(_, operand)| match operand {
        Operand::Field(quantity) | Operand::Sum(quantity) | Operand::Count { quantity, .. } => {
            Some(*quantity)
        }
        Operand::Number(_) | Operand::Captured(_) | Operand::SumCaptured(_) => None,
    })
}

fn over_rows(rule: &Rule, context: &Context<'_>, said: &Said) -> PolarsResult<Vec<Finding>> {
    let pipeline = context.pipeline;
    let mut findings = Vec::new();
    let mut broken_in_plan: BTreeSet<usize> = BTreeSet::new();
    if !names_reported(rule, pipeline) {
        for (task, figures) in broken(rule, &context.frames.tasks, context)? {
            let item = &context.plan.tasks[task];
            broken_in_plan.insert(task);
            if has_finding(rule, item, Side::Plan, &context.plan.places, context, said) {
                continue;
            }
            let mut finding = plan_cells::about(context, task, rule.kind);
            fill(&mut finding, rule, &figures, item, &context.plan.places, context);
            findings.push(finding);
        }
    }
    let (rows, _) = paired(&context.frames.rows, &context.frames.tasks, context.matched)?;
    for (place, figures) in broken(rule, &rows, context)? {
        let pair = &context.matched.pairs[place];
        let item = &context.roster.items[pair.row];
        if broken_in_plan.contains(&pair.task)
            || has_finding(rule, item, Side::Submission, &context.roster.places, context, said)
        {
            continue;
        }
        let planned = &context.plan.tasks[pair.task];
        let mut finding = Finding::new(rule.kind, Side::Submission);
        finding.unit = Some(context.plan.names.name(planned.unit).to_owned());
        finding.seq = number(planned.row, pipeline);
        finding.task = Some(shown_task(planned.row, pipeline));
        fill(&mut finding, rule, &figures, item, &context.roster.places, context);
        findings.push(finding);
    }
    Ok(findings)
}

/// The figures of the sides of a rule, in its smallest unit.
pub(super) type Figures = Vec<i64>;

/// Returns the lines of a frame on which a rule does not hold, with the figures of its sides.
/// Lines on which a figure cannot be told are left out.
pub(super) fn broken(
    rule: &Rule,
    frame: &DataFrame,
    context: &Context<'_>,
) -> PolarsResult<Vec<(usize, Figures)>> {
    let Some(evaluated) = evaluated(rule, frame, context)? else { return Ok(Vec::new()) };
    let places = super::frames::places(&(evaluated.usable & !evaluated.holds));
    let sides = &evaluated.sides;
    Ok(places
        .into_iter()
        .map(|place| (place, sides.iter().map(|side| side.get(place).unwrap_or(0)).collect()))
        .collect())
}

/// A rule on each line of a frame.
pub(super) struct Evaluated {
    /// Where all its figures can be told.
    pub usable: BooleanChunked,
    pub holds: BooleanChunked,
    pub sides: Vec<Int64Chunked>,
}

/// Holds a rule on each line of a frame; none where a figure that is the same for all of them is
/// not known.
pub(super) fn evaluated(
    rule: &Rule,
    frame: &DataFrame,
    context: &Context<'_>,
) -> PolarsResult<Option<Evaluated>> {
    let height = frame.height();
    let mut usable = BooleanChunked::full("usable".into(), true, height);
    let mut sides: Vec<Int64Chunked> = Vec::new();
    for side in &rule.sides {
        let mut total = Int64Chunked::full("side".into(), 0, height);
        for (sign, operand) in side {
            let figures = match operand {
                Operand::Field(quantity) => {
                    usable = usable & known(frame, *quantity, rule.dimension, context.pipeline)?;
                    let column = frame.column(context.pipeline.quantity_name(*quantity))?.i64()?;
                    column.fill_null_with_values(0)?
                }
                other => match constant(other, None, context) {
                    Some(number) => Int64Chunked::full("number".into(), number, height),
                    None => return Ok(None),
                },
            };
            total = match sign {
                Sign::Plus => total + figures,
                Sign::Minus => total - figures,
            };
        }
        sides.push(total);
    }
    let mut holds = BooleanChunked::full("holds".into(), true, height);
    for (index, relation) in rule.relations.iter().enumerate() {
        let (left, right) = (&sides[index], &sides[index + 1]);
        let this = match relation {
            Relation::Equal => left.equal(right),
            Relation::AtMost => left.lt_eq(right),
            Relation::LessThan => left.lt(right),
            Relation::AtLeast => left.gt_eq(right),
            Relation::MoreThan => left.gt(right),
        };
        holds = holds & this;
    }
    Ok(Some(Evaluated { usable, holds, sides }))
}

/// Returns where a quantity can be told: a value, or a blank that counts as zero. An amount out
/// of a text can be told where the text can.
fn known(
    frame: &DataFrame,
    quantity: Quantity,
    dimension: Dimension,
    pipeline: &Pipeline,
) -> PolarsResult<BooleanChunked> {
    let field = match quantity {
        Quantity::Column(field) => field,
        Quantity::Derived(index) => {
            let derived = &pipeline.derived[index];
            let whens = derived.when.iter().map(|(field, _)| *field);
            let mut known = BooleanChunked::full("known".into(), true, frame.height());
            for field in derived.from.into_iter().chain(whens) {
                let state = frame.column(&state_name(&pipeline.columns[field].name))?.u32()?;
                known = known
                    & state.not_equal(State::NoColumn.code())
                    & state.not_equal(State::Unreadable.code());
            }
            return Ok(known);
        }
    };
    let state = frame.column(&state_name(&pipeline.columns[field].name))?.u32()?.clone();
    let mut known = state.equal(State::Value.code());
    if dimension != Dimension::Month {
        known = known | state.equal(State::Blank.code()) | state.equal(State::NotApplicable.code());
    }
    Ok(known)
}

/// Returns the figure of an operand that is the same on every row.
fn constant(operand: &Operand, unit: Option<usize>, context: &Context<'_>) -> Option<i64> {
    match operand {
        Operand::Number(number) => Some(*number),
        Operand::Captured(name) => context.paragraph.figure(name, unit).map(|figure| figure.number),
        Operand::SumCaptured(name) => context.paragraph.sum(name),
        Operand::Field(_) | Operand::Sum(_) | Operand::Count { .. } => None,
    }
}

/// Returns the cells of a row that a rule uses.
fn used_cells(rule: &Rule, item: &Item<'_>, pipeline: &Pipeline) -> Vec<CellAt> {
    let mut cells = Vec::new();
    for quantity in quantities(rule) {
        match quantity {
            Quantity::Column(field) => cells.extend(cell(item, field)),
            Quantity::Derived(index) => {
                let derived = &pipeline.derived[index];
                let fields = derived.from.into_iter().chain(derived.value);
                let whens = derived.when.iter().map(|(field, _)| *field);
                cells.extend(fields.chain(whens).filter_map(|field| cell(item, field)));
            }
        }
    }
    cells.sort_unstable();
    cells.dedup();
    cells
}

fn has_finding(
    rule: &Rule,
    item: &Item<'_>,
    side: Side,
    places: &Places,
    context: &Context<'_>,
    said: &Said,
) -> bool {
    let file = places.files.get(item.file).map_or("", String::as_str);
    let sheet = places.sheet(item.file, item.sheet).unwrap_or_default();
    used_cells(rule, item, context.pipeline)
        .into_iter()
        .any(|cell| !said.at(side, file, &sheet, cell).is_empty())
}

/// Returns a figure of a rule as a value.
pub fn value(dimension: Dimension, number: i64) -> Value {
    match dimension {
        Dimension::Amount => Value::Amount(Amount(number)),
        Dimension::Percent => Value::Percent(number),
        Dimension::Count => Value::Integer(number),
        Dimension::Month => i32::try_from(number)
            .ok()
            .and_then(crate::model::Month::from_ordinal)
            .map_or(Value::Integer(number), Value::Month),
    }
}

/// Returns the place of the first relation that does not hold.
fn first_broken(rule: &Rule, figures: &[i64]) -> usize {
    (0..rule.relations.len())
        .find(|index| !rule.relations[*index].holds(figures[*index], figures[index + 1]))
        .unwrap_or(0)
}

fn fill(
    finding: &mut Finding,
    rule: &Rule,
    figures: &[i64],
    item: &Item<'_>,
    places: &Places,
    context: &Context<'_>,
) {
    let pipeline = context.pipeline;
    let main = quantities(rule).next();
    let field = match main {
        Some(Quantity::Column(field)) => Some(field),
        Some(Quantity::Derived(index)) => pipeline.derived[index].from,
        None => None,
    };
    places.put(finding, item, field);
    finding.field = main.map(|quantity| pipeline.quantity_name(quantity).to_owned());
    finding.severity = rule.severity;
    finding.cells = used_cells(rule, item, pipeline)
        .into_iter()
        .map(|cell| CellRange::new(cell, cell))
        .collect();
    finding.typed =
        field.and_then(|field| item.row.entries[field].as_ref()).map(|entry| entry.typed.clone());
    let terms = quantities(rule)
        .map(|quantity| {
            let number = match quantity {
                Quantity::Column(field) => {
                    crate::normalise::frame::figure(item.row, field).1.unwrap_or(0)
                }
                Quantity::Derived(index) => item.row.derived[index].0,
            };
            Term { title: pipeline.quantity_title(quantity), value: value(rule.dimension, number) }
        })
        .collect();
    say_sides(finding, rule, figures, terms);
}

/// Says found, expected and difference of a broken rule: its left side is what was found.
fn say_sides(finding: &mut Finding, rule: &Rule, figures: &[i64], terms: Vec<Term>) {
    let broken = first_broken(rule, figures);
    let is_constant = |side: usize| {
        rule.sides[side].iter().all(|(_, operand)| matches!(operand, Operand::Number(_)))
    };
    // In 0 <= progress the progress is what was found.
    let (found, expected) = if is_constant(broken) && !is_constant(broken + 1) {
        (figures[broken + 1], figures[broken])
    } else {
        (figures[broken], figures[broken + 1])
    };
    finding.found = Some(value(rule.dimension, found));
    finding.expected = Some(value(rule.dimension, expected));
    finding.difference = Some(found.saturating_sub(expected));
    finding.detail = Detail::Rule {
        name: rule.name.clone(),
        rule: rule.text.clone(),
        title: rule.title.clone(),
        terms,
    };
}

/// Sums by unit of all quantities of a rule, on one side.
struct Totals {
    by_operand: Vec<Vec<Option<Sums>>>,
}

impl Totals {
    fn new(rule: &Rule, frame: &DataFrame, context: &Context<'_>) -> PolarsResult<Self> {
        let mut by_operand = Vec::new();
        for side in &rule.sides {
            let mut of_side = Vec::new();
            for (_, operand) in side {
                of_side.push(match operand {
                    Operand::Sum(quantity) => Some(sums(frame, *quantity, context.pipeline)?),
                    Operand::Count { quantity, relation, number } => {
                        Some(counts(frame, *quantity, *relation, *number, context.pipeline)?)
                    }
                    _ => None,
                });
            }
            by_operand.push(of_side);
        }
        Ok(Self { by_operand })
    }

    /// Returns the figures of the sides for a unit, or for all units together.
    fn figures(&self, rule: &Rule, unit: Option<usize>, context: &Context<'_>) -> Option<Figures> {
        let mut figures = Vec::new();
        for (side, totals) in rule.sides.iter().zip(&self.by_operand) {
            let mut total: i64 = 0;
            for ((sign, operand), sums) in side.iter().zip(totals) {
                let number = match (sums, unit) {
                    (Some(sums), Some(unit)) => sums.get(&unit).copied().unwrap_or(0),
                    (Some(sums), None) => sums.values().copied().fold(0_i64, i64::saturating_add),
                    (None, unit) => constant(operand, unit, context)?,
                };
                total = match sign {
                    Sign::Plus => total.checked_add(number)?,
                    Sign::Minus => total.checked_sub(number)?,
                };
            }
            figures.push(total);
        }
        Some(figures)
    }
}

fn over_sums(rule: &Rule, context: &Context<'_>, said: &Said) -> PolarsResult<Vec<Finding>> {
    let mut findings = Vec::new();
    let units: Vec<Option<usize>> = match rule.over {
        Over::Whole => vec![None],
        _ => (0..context.plan.names.units.len()).map(Some).collect(),
    };
    let mut broken_in_plan: BTreeSet<Option<usize>> = BTreeSet::new();
    if !names_reported(rule, context.pipeline) {
        let totals = Totals::new(rule, &context.frames.tasks, context)?;
        for &unit in &units {
            let Some(figures) = totals.figures(rule, unit, context) else { continue };
            if holds(rule, &figures) {
                continue;
            }
            broken_in_plan.insert(unit);
            let items =
                context.plan.tasks.iter().filter(|item| unit.is_none_or(|unit| item.unit == unit));
            let places = &context.plan.places;
            if items.clone().any(|item| has_finding(rule, item, Side::Plan, places, context, said))
            {
                continue;
            }
            let mut finding = Finding::new(rule.kind, Side::Plan);
            finding.unit = unit.map(|unit| context.plan.names.name(unit).to_owned());
            fill_sums(
                &mut finding,
                rule,
                &figures,
                &items.copied().collect::<Vec<_>>(),
                places,
                context,
            );
            findings.push(finding);
        }
    }
    let of_rows: Vec<usize> = context.matched.pairs.iter().map(|pair| pair.row).collect();
    let rows = at_places(&context.frames.rows, &of_rows)?;
    let totals = Totals::new(rule, &rows, context)?;
    let is_equation = rule.relations.contains(&Relation::Equal);
    for &unit in &units {
        let complete = (0..context.plan.names.units.len())
            .filter(|other| unit.is_none_or(|unit| unit == *other))
            .all(|unit| {
                matches!(context.roster.units[unit].0, Standing::Submitted | Standing::Duplicate)
            });
        // With rows or columns missing an equation must fail and says nothing; a limit still holds.
        let Some(figures) = totals.figures(rule, unit, context) else { continue };
        if broken_in_plan.contains(&unit) || holds(rule, &figures) || (is_equation && !complete) {
            continue;
        }
        let items: Vec<Item<'_>> = of_rows
            .iter()
            .map(|row| context.roster.items[*row])
            .filter(|item| unit.is_none_or(|unit| item.unit == unit))
            .collect();
        let places = &context.roster.places;
        let any_said = items
            .iter()
            .any(|item| has_finding(rule, item, Side::Submission, places, context, said));
        if any_said || items.is_empty() {
            continue;
        }
        let mut finding = Finding::new(rule.kind, Side::Submission);
        finding.unit = unit.map(|unit| context.plan.names.name(unit).to_owned());
        fill_sums(&mut finding, rule, &figures, &items, places, context);
        findings.push(finding);
    }
    Ok(findings)
}

fn holds(rule: &Rule, figures: &[i64]) -> bool {
    rule.relations
        .iter()
        .enumerate()
        .all(|(index, relation)| relation.holds(figures[index], figures[index + 1]))
}

fn fill_sums(
    finding: &mut Finding,
    rule: &Rule,
    figures: &[i64],
    items: &[Item<'_>],
    places: &Places,
    context: &Context<'_>,
) {
    let main = quantities(rule).next();
    finding.field = main.map(|quantity| context.pipeline.quantity_name(quantity).to_owned());
    finding.severity = rule.severity;
    if finding.unit.is_some()
        && let (Some(item), Some(Quantity::Column(field))) = (items.first(), main)
    {
        places.put(finding, item, Some(field));
        finding.cell = None;
        finding.cells.clear();
    }
    let mut terms: BTreeMap<String, i64> = BTreeMap::new();
    for quantity in quantities(rule) {
        let title = context.pipeline.quantity_title(quantity);
        let sum = items.iter().fold(0_i64, |sum, item| {
            let number = match quantity {
                Quantity::Column(field) => {
                    crate::normalise::frame::figure(item.row, field).1.unwrap_or(0)
                }
                Quantity::Derived(index) => item.row.derived[index].0,
            };
            sum.saturating_add(number)
        });
        terms.insert(title, sum);
    }
    let terms = terms
        .into_iter()
        .map(|(title, sum)| Term { title, value: value(rule.dimension, sum) })
        .collect();
    say_sides(finding, rule, figures, terms);
    if finding.kind == Kind::StatementDiffers {
        finding.kind = rule.kind;
    }
}

/// A rule over a unit or the whole, held against the sums of one side.
pub(super) struct SumHeld {
    pub side: Side,
    pub unit: Option<usize>,
    /// The first two sides' figures.
    pub figures: Option<(i64, i64)>,
    /// None where it could not be told.
    pub holds: Option<bool>,
    /// Units of which nothing was submitted, among those that the rule is over.
    pub silent: Vec<usize>,
}

/// Holds a rule over units or the whole at every place where it applies.
pub(super) fn sums_held(rule: &Rule, context: &Context<'_>) -> PolarsResult<Vec<SumHeld>> {
    let units: Vec<Option<usize>> = match rule.over {
        Over::Whole => vec![None],
        _ => (0..context.plan.names.units.len()).map(Some).collect(),
    };
    let pair_of = |figures: &Figures| Some((*figures.get(1)?, *figures.first()?));
    let mut held = Vec::new();
    if !names_reported(rule, context.pipeline) {
        let totals = Totals::new(rule, &context.frames.tasks, context)?;
        for &unit in &units {
            let figures = totals.figures(rule, unit, context);
            held.push(SumHeld {
                side: Side::Plan,
                unit,
                holds: figures.as_ref().map(|figures| holds(rule, figures)),
                figures: figures.as_ref().and_then(pair_of),
                silent: Vec::new(),
            });
        }
    }
    let of_rows: Vec<usize> = context.matched.pairs.iter().map(|pair| pair.row).collect();
    let rows = at_places(&context.frames.rows, &of_rows)?;
    let totals = Totals::new(rule, &rows, context)?;
    let with_rows: BTreeSet<usize> =
        of_rows.iter().map(|row| context.roster.items[*row].unit).collect();
    for &unit in &units {
        let figures = totals.figures(rule, unit, context);
        let silent = (0..context.plan.names.units.len())
            .filter(|other| unit.is_none_or(|unit| unit == *other))
            .filter(|other| !with_rows.contains(other))
            .collect();
        held.push(SumHeld {
            side: Side::Submission,
            unit,
            holds: figures.as_ref().map(|figures| holds(rule, figures)),
            figures: figures.as_ref().and_then(pair_of),
            silent,
        });
    }
    Ok(held)
}
