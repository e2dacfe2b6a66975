//! Declared equations and limits: over rows, over units, over the whole.
//!
//! What a rule comes to is told by `equation`; here is decided where it is held, what is in its
//! way, and what is said of a break. A rule is no statement: it is about rows, not about what a
//! sentence claims of them.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::equation::{
    Before, Compared, Evaluated, Given, Scope, Told, Totals, Verdict, columns, evaluate, named,
    quantities, value,
};
use super::frames::at_places;
use super::outcome::{Figures, Outcome, Reason, Spot};
use super::records::Records;
use super::{AlreadySaid, Checked, Context, plan_cells, together};
use crate::model::fact::Broken;
use crate::model::finding::{Carried, Term};
use crate::model::{
    Amount, CellRange, ColumnId, Fact, Finding, FindingId, IdVec, RowId, RuleId, Side, TaskId,
    UnitId, Value,
};
use crate::normalise::frame::{Item, State, figure};
use crate::pipeline::{
    Chain, Dimension, Expression, Force, Over, Pipeline, Quantity, Relation, Rule,
};
use crate::roster::{Places, Standing, cell};

/// Checks all declared rules on both sides; a break that the plan's own row has is said on the
/// plan's side only.
pub fn check(context: &Context<'_>, said: &AlreadySaid) -> PolarsResult<Checked> {
    let mut held = Checked::default();
    // What one rule says silences the next one on the same cell.
    let mut said = said.clone();
    for (place, rule) in context.pipeline.check.rules.iter_enumerated() {
        if rule.force(context.period) != Force::InForce {
            continue;
        }
        let first = held.findings.next_key();
        let mut of_rule = OfRule { findings: &mut held.findings, records: Records::of(place) };
        let columns = columns(rule, context.pipeline);
        let ruled = Ruled { place, rule, columns, context, said: &said };
        match rule.over {
            Over::Row => ruled.over_rows(&mut of_rule),
            Over::Unit | Over::Whole => ruled.over_sums(&mut of_rule)?,
        }
        held.records.push(of_rule.records);
        let on_trial = rule.is_on_trial(context.period);
        for finding in &mut held.findings[first..] {
            finding.trial = on_trial;
        }
        // A rule on trial is reported apart and silences nothing.
        if !on_trial {
            said.note(&held.findings[first..].raw);
        }
    }
    Ok(held)
}

/// Returns whether the plan has nothing to hold against a rule: it names a column that only units
/// fill in, or what they reported before.
pub(super) fn names_reported(rule: &Rule, pipeline: &Pipeline) -> bool {
    rule.uses_previous()
        || quantities(rule).into_iter().any(|quantity| match quantity {
            Quantity::Column(field) => pipeline.columns[field].reported,
            Quantity::Derived(_) => false,
        })
}

/// What comes of one rule.
struct OfRule<'a> {
    /// Of all rules up to it.
    findings: &'a mut IdVec<FindingId, Finding>,
    records: Records,
}

/// One rule, where it is held.
struct Ruled<'a> {
    place: RuleId,
    rule: &'a Rule,
    /// The columns that it reads.
    columns: Vec<ColumnId>,
    context: &'a Context<'a>,
    said: &'a AlreadySaid,
}

/// What a place of a rule is called in a record.
#[derive(Clone, Copy)]
struct Where {
    side: Side,
    unit: Option<UnitId>,
    task: Option<TaskId>,
    row: Option<RowId>,
}

/// A rule is broken; the finding that says so is none where another one is in the way.
#[derive(Clone, Copy)]
struct Break {
    said: Option<FindingId>,
}

impl Ruled<'_> {
    fn given(&self) -> Given<'_> {
        Given { pipeline: self.context.pipeline, paragraph: Some(self.context.paragraph) }
    }

    fn record(
        &self,
        at: Where,
        compared: Option<&Compared>,
        outcome: Outcome,
        cells: Vec<Spot>,
        finding: Option<FindingId>,
    ) -> Evaluated {
        let figures = compared.and_then(|compared| {
            let Sides { expected, found, dimension, .. } = sides(compared, self.rule);
            let (expected, found) = expected.zip(found)?;
            Some(Figures { expected, found, dimension: Some(dimension) })
        });
        Evaluated {
            rule: self.place,
            side: at.side,
            unit: at.unit,
            task: at.task,
            row: at.row,
            figures,
            outcome,
            cells: cells.into(),
            finding,
        }
    }

    fn over_rows(&self, held: &mut OfRule<'_>) {
        let context = self.context;
        let given = self.given();
        // What the plan's own row breaks, with the finding that says so.
        let mut broken_in_plan: BTreeMap<TaskId, Break> = BTreeMap::new();
        if !names_reported(self.rule, context.pipeline) {
            held.records.reserve(context.plan.tasks.len());
            for (task, item) in context.plan.tasks.iter_enumerated() {
                let scope = Scope::Rows { rows: &[item.row], set: &[], before: None };
                let verdict = evaluate(self.rule, &scope, &given);
                let at = Where { side: Side::Plan, unit: None, task: Some(task), row: None };
                let finding = self.settled(at, &[task], &[*item], verdict, held);
                if let Some(finding) = finding {
                    broken_in_plan.insert(task, finding);
                }
            }
        }
        // Room for all of them, and no more: there are millions in a nation's month.
        held.records.reserve(context.matched.pairs.len());
        let uses_previous = self.rule.uses_previous();
        let groups = together::groups(self.rule, context);
        let (mut items, mut table_rows, mut tasks) = (Vec::new(), Vec::new(), Vec::new());
        for group in groups.chunk_by(together::are_together) {
            let Some(&together::Held { task, row, .. }) = group.first() else { continue };
            items.clear();
            items.extend(group.iter().map(|held| context.roster.items[held.row]));
            table_rows.clear();
            table_rows.extend(items.iter().map(|item| item.row));
            tasks.clear();
            tasks.extend(group.iter().map(|held| held.task));
            tasks.dedup();
            let planned = &context.plan.tasks[task];
            let known_by: Vec<(String, String)> = if uses_previous {
                tasks.iter().map(|task| self.known_by(*task)).collect()
            } else {
                Vec::new()
            };
            let before = Before { earlier: context.earlier, tasks: &known_by };
            let scope = Scope::Rows { rows: &table_rows, set: &[], before: Some(before) };
            let verdict = evaluate(self.rule, &scope, &given);
            let at = Where {
                side: Side::Submission,
                unit: Some(planned.unit),
                task: Some(task),
                row: Some(row),
            };
            let broken = tasks.iter().find_map(|task| broken_in_plan.get(task));
            if let (Verdict::Broken(_), Some(broken)) = (&verdict, broken) {
                let outcome = Outcome::NotChecked(Reason::PlanFaulty);
                let record = self.record(at, None, outcome, Vec::new(), broken.said);
                held.records.push(record);
            } else {
                self.settled(at, &tasks, &items, verdict, held);
            }
            // What came of rows that are held together came of each of them.
            for other in &group[1..] {
                held.records.repeat(other.task, other.row);
            }
        }
    }

    /// The unit and text key of a task, by which an earlier period knows it.
    fn known_by(&self, task: TaskId) -> (String, String) {
        let planned = &self.context.plan.tasks[task];
        let unit = self.context.plan.names.name(planned.unit).to_owned();
        (unit, self.context.frames.task_keys[task].to_string())
    }

    /// Records what came of a rule on the rows of a task; where it is broken, returns the finding
    /// that says so, or none where another one is in the way.
    fn settled(
        &self,
        at: Where,
        tasks: &[TaskId],
        items: &[Item<'_>],
        verdict: Verdict,
        held: &mut OfRule<'_>,
    ) -> Option<Break> {
        let doubted = || -> Vec<Spot> {
            let is_doubted = |spot: &Spot| self.said.is_doubted(at.side, *spot);
            // Hardly a cell is.
            let of_item = |item| in_order(spots(&self.columns, item).filter(is_doubted));
            items.iter().flat_map(of_item).collect()
        };
        let record = match verdict {
            Verdict::NotTold(reason) => {
                let reason = self.excused(items, reason);
                let cells = self.in_the_way(items, reason);
                self.record(at, None, Outcome::NotChecked(reason), cells, None)
            }
            Verdict::Holds(compared) => {
                let cells = doubted();
                let outcome = if cells.is_empty() {
                    Outcome::Agrees
                } else {
                    Outcome::NotChecked(Reason::FirstCause)
                };
                self.record(at, compared.as_ref(), outcome, cells, None)
            }
            Verdict::Broken(compared) => {
                let cells = doubted();
                if !cells.is_empty() {
                    let outcome = Outcome::NotChecked(Reason::FirstCause);
                    let record = self.record(at, Some(&compared), outcome, cells, None);
                    held.records.push(record);
                    return Some(Break { said: None });
                }
                let place =
                    held.findings.push_and_get_key(self.finding(at, tasks, items, &compared));
                let cells = items.iter().flat_map(|item| used_cells(&self.columns, item)).collect();
                let outcome = Outcome::Differs;
                let record = self.record(at, Some(&compared), outcome, cells, Some(place));
                held.records.push(record);
                return Some(Break { said: Some(place) });
            }
        };
        held.records.push(record);
        None
    }

    /// Columns that may be left out leave nothing to hold where none of them is there; one that is
    /// there without the others is half of an account.
    fn excused(&self, items: &[Item<'_>], reason: Reason) -> Reason {
        if reason != Reason::NoColumn {
            return reason;
        }
        let pipeline = self.context.pipeline;
        let mut optional =
            self.columns.iter().filter(|column| pipeline.columns[**column].optional).peekable();
        let is_left_out = |column: &ColumnId| {
            items.iter().any(|item| figure(item.row, *column).0 == State::NoColumn)
        };
        let is_excused = optional.peek().is_some() && optional.all(is_left_out);
        if is_excused { Reason::Excused } else { reason }
    }

    /// The cells whose state is why a rule cannot be told.
    fn in_the_way(&self, items: &[Item<'_>], reason: Reason) -> Vec<Spot> {
        let is_why = |state: State| match reason {
            Reason::Blank => {
                matches!(state, State::Blank | State::NotApplicable | State::Covered)
            }
            Reason::Unreadable => {
                matches!(state, State::Unreadable | State::Spanning | State::MonthOfYear)
            }
            _ => false,
        };
        items
            .iter()
            .flat_map(|item| self.columns.iter().map(move |column| (item, *column)))
            .filter(|(item, column)| is_why(figure(item.row, *column).0))
            .filter_map(|(item, column)| spot(item, column))
            .collect()
    }

    fn finding(
        &self,
        at: Where,
        tasks: &[TaskId],
        items: &[Item<'_>],
        compared: &Compared,
    ) -> Finding {
        let (rule, context) = (self.rule, self.context);
        let pipeline = context.pipeline;
        let fact = broken(rule, Vec::new());
        let mut finding = match tasks.first() {
            Some(task) => plan_cells::about(context, *task, fact),
            None => Finding::new(fact, at.side),
        };
        finding.side = at.side;
        let places = places_of(at.side, context);
        let chain = &rule.demand[compared.chain];
        let main = main_quantity(chain, compared, rule);
        let field = match main {
            Some(Quantity::Column(field)) => Some(field),
            Some(Quantity::Derived(index)) => pipeline.derived[index].from,
            None => None,
        };
        let Some(item) = items.first() else { return finding };
        places.put(&mut finding, item, field);
        finding.field = main.map(|quantity| pipeline.quantity_name(quantity).to_owned());
        let same_sheet =
            items.iter().filter(|other| (other.file, other.sheet) == (item.file, item.sheet));
        finding.cells = same_sheet
            .flat_map(|item| used_cells(&self.columns, item))
            .map(|spot| CellRange::new(spot.cell, spot.cell))
            .collect();
        let entry = field.and_then(|field| item.row.entries[field].as_ref());
        finding.typed = entry.map(|entry| entry.typed.to_string());
        let sides = sides(compared, rule);
        let terms = rule_terms(rule, |leaf| self.term(leaf, tasks, items));
        say(&mut finding, rule, &sides, terms);
        if chain.dimension == Dimension::Text {
            let written = |expression: &Expression| match expression {
                Expression::Text { written, .. } => Some(written.clone()),
                Expression::Field(Quantity::Column(field)) => {
                    item.row.entries[*field].as_ref().map(|entry| entry.typed.to_string())
                }
                _ => None,
            };
            let (found, expected) = sides.places;
            finding.found = written(&chain.sides[found]).map(|text| Value::Text(text.into()));
            finding.expected = written(&chain.sides[expected]).map(|text| Value::Text(text.into()));
        }
        finding
    }

    /// What a name of a rule comes to on the rows of a task.
    fn term(&self, leaf: &Expression, tasks: &[TaskId], items: &[Item<'_>]) -> Option<Term> {
        let context = self.context;
        let pipeline = context.pipeline;
        let of_column = |field: ColumnId, figure: i64| pipeline.columns[field].kind.value(figure);
        match leaf {
            Expression::Field(Quantity::Column(field))
                if pipeline.columns[*field].kind.is_text() =>
            {
                let typed = items.first()?.row.entries[*field].as_ref()?.typed.clone();
                Some(Term {
                    title: pipeline.field_title(&pipeline.columns[*field].name),
                    value: Value::Text(typed),
                })
            }
            Expression::Field(quantity) => {
                let mut figures = items.iter().map(|item| match quantity {
                    Quantity::Column(field) => figure(item.row, *field).1.unwrap_or(0),
                    Quantity::Derived(index) => item.row.derived[*index].0,
                });
                let sum = figures.try_fold(0_i64, i64::checked_add)?;
                let value = match quantity {
                    Quantity::Column(field) => of_column(*field, sum),
                    Quantity::Derived(_) => value(Dimension::Amount, sum),
                };
                Some(Term { title: pipeline.quantity_title(*quantity), value })
            }
            Expression::Previous(field) => {
                let name = &pipeline.columns[*field].name;
                let known = tasks.iter().map(|task| {
                    let (unit, key) = self.known_by(*task);
                    let known = context.earlier.figures.get(&unit, &key, name)?;
                    Some(known.figure)
                });
                let known = known.collect::<Option<Vec<i64>>>()?;
                let before = known.into_iter().try_fold(0_i64, i64::checked_add)?;
                let title = pipeline.quantity_title(Quantity::Column(*field));
                Some(Term { title: format!("上期{title}"), value: of_column(*field, before) })
            }
            _ => None,
        }
    }

    fn over_sums(&self, held: &mut OfRule<'_>) -> PolarsResult<()> {
        let context = self.context;
        let units: Vec<Option<UnitId>> = match self.rule.over {
            Over::Whole => vec![None],
            _ => context.plan.held_units().into_iter().map(Some).collect(),
        };
        let given = self.given();
        let mut broken_in_plan: BTreeMap<Option<UnitId>, Break> = BTreeMap::new();
        if !names_reported(self.rule, context.pipeline) {
            let items = context.plan.tasks.raw.as_slice();
            let totals = Totals::new([self.rule], &context.frames.tasks, items, &given)?;
            let sums = Sums { side: Side::Plan, items, totals: &totals, with_rows: None };
            for &unit in &units {
                if let Some(said) = self.held_over(unit, &sums, held) {
                    broken_in_plan.insert(unit, said);
                }
            }
        }
        let of_rows: Vec<RowId> = context.matched.pairs.iter().map(|pair| pair.row).collect();
        let rows = at_places(&context.frames.rows, of_rows.iter().copied())?;
        let items: Vec<Item<'_>> = of_rows.iter().map(|row| context.roster.items[*row]).collect();
        let totals = Totals::new([self.rule], &rows, &items, &given)?;
        let with_rows = items.iter().map(|item| item.unit).collect();
        let sums = Sums {
            side: Side::Submission,
            items: &items,
            totals: &totals,
            with_rows: Some(with_rows),
        };
        for unit in units {
            if let Some(broken) = broken_in_plan.get(&unit) {
                let scope = Scope::Sums { totals: &totals, unit };
                if matches!(evaluate(self.rule, &scope, &given), Verdict::Broken(_)) {
                    let at = Where { side: Side::Submission, unit, task: None, row: None };
                    let outcome = Outcome::NotChecked(Reason::PlanFaulty);
                    held.records.push(self.record(at, None, outcome, Vec::new(), broken.said));
                    continue;
                }
            }
            self.held_over(unit, &sums, held);
        }
        Ok(())
    }

    /// Holds the rule over a unit or the whole of one side; returns as `settled` does.
    fn held_over(
        &self,
        unit: Option<UnitId>,
        sums: &Sums<'_>,
        held: &mut OfRule<'_>,
    ) -> Option<Break> {
        let at = Where { side: sums.side, unit, task: None, row: None };
        let scope = Scope::Sums { totals: sums.totals, unit };
        let verdict = evaluate(self.rule, &scope, &self.given());
        let is_equation = self.rule.is_equation();
        let (compared, is_broken) = match &verdict {
            Verdict::Broken(compared) => (Some(compared), true),
            Verdict::Holds(compared) => (compared.as_ref(), false),
            Verdict::NotTold(_) => (None, false),
        };
        // A limit can only break through what is there, whatever else is said of it or missing.
        let in_the_way = if is_broken && !is_equation {
            self.only_through_untold(unit, sums)
        } else {
            self.in_the_way_of_sums(unit, sums, &verdict)
        };
        if let Some((reason, cells)) = in_the_way {
            let outcome = Outcome::NotChecked(reason);
            held.records.push(self.record(at, compared, outcome, cells, None));
            return is_broken.then_some(Break { said: None });
        }
        if let (Some(compared), true) = (compared, is_broken) {
            let (finding, cells) = self.finding_of_sums(unit, sums, compared);
            let place = held.findings.push_and_get_key(finding);
            let outcome = Outcome::Differs;
            held.records.push(self.record(at, Some(compared), outcome, cells, Some(place)));
            return Some(Break { said: Some(place) });
        }
        held.records.push(self.record(at, compared, Outcome::Agrees, Vec::new(), None));
        None
    }

    /// The cells whose figures are known not to be told — in another unit, say — where a limit
    /// would hold if they were the plan's.
    fn only_through_untold(
        &self,
        unit: Option<UnitId>,
        sums: &Sums<'_>,
    ) -> Option<(Reason, Vec<Spot>)> {
        let context = self.context;
        if sums.side == Side::Plan {
            return None;
        }
        let columns: Vec<ColumnId> = self
            .columns
            .iter()
            .copied()
            .filter(|column| !context.pipeline.columns[*column].reported)
            .collect();
        let mut too_much = Vec::new();
        let mut cells = Vec::new();
        for pair in &context.matched.pairs {
            let item = &context.roster.items[pair.row];
            if unit.is_some_and(|unit| item.unit != unit) {
                continue;
            }
            for column in &columns {
                let untold =
                    spot(item, *column).filter(|spot| self.said.is_untold(sums.side, *spot));
                let (Some(spot), Some(found)) = (untold, figure(item.row, *column).1) else {
                    continue;
                };
                let planned = figure(context.plan.tasks[pair.task].row, *column).1.unwrap_or(0);
                too_much.push((*column, item.unit, i128::from(found) - i128::from(planned)));
                cells.push(spot);
            }
        }
        if cells.is_empty() {
            return None;
        }
        let totals = sums.totals.without(&too_much);
        let scope = Scope::Sums { totals: &totals, unit };
        let is_broken = matches!(evaluate(self.rule, &scope, &self.given()), Verdict::Broken(_));
        (!is_broken).then_some((Reason::FirstCause, cells))
    }

    /// Why a rule over sums cannot be held, with the cells in its way.
    fn in_the_way_of_sums(
        &self,
        unit: Option<UnitId>,
        sums: &Sums<'_>,
        verdict: &Verdict,
    ) -> Option<(Reason, Vec<Spot>)> {
        let context = self.context;
        if let Some(with_rows) = &sums.with_rows {
            let silent = silent_units(unit, with_rows, context);
            let is_zero = |unit: &UnitId| context.roster.units[*unit].0 == Standing::Zero;
            if !silent.is_empty() {
                let all_zero = silent.iter().all(is_zero);
                let reason = if all_zero { Reason::Excused } else { Reason::NoSubmission };
                return Some((reason, Vec::new()));
            }
            let lacks =
                |task: &TaskId| unit.is_none_or(|unit| context.plan.tasks[*task].unit == unit);
            if self.rule.is_equation() && context.matched.missing.iter().any(lacks) {
                return Some((Reason::NoRow, Vec::new()));
            }
        }
        if let Some((reason, place)) = sums.totals.in_the_way(self.rule, unit) {
            let item = &sums.items[place];
            let reason = self.excused(&[*item], reason);
            return Some((reason, self.in_the_way(&[*item], reason)));
        }
        let own = sums.items.iter().filter(|item| unit.is_none_or(|unit| item.unit == unit));
        let used = own.flat_map(|item| used_cells(&self.columns, item));
        let doubted: Vec<Spot> = used
            .filter(|spot| {
                if self.rule.is_equation() {
                    self.said.is_doubted(sums.side, *spot)
                } else {
                    self.said.is_untold(sums.side, *spot)
                }
            })
            .collect();
        if !doubted.is_empty() {
            return Some((Reason::FirstCause, doubted));
        }
        match verdict {
            Verdict::NotTold(reason) => Some((*reason, Vec::new())),
            _ => None,
        }
    }

    fn finding_of_sums(
        &self,
        unit: Option<UnitId>,
        sums: &Sums<'_>,
        compared: &Compared,
    ) -> (Finding, Vec<Spot>) {
        let (rule, context) = (self.rule, self.context);
        let pipeline = context.pipeline;
        let places = places_of(sums.side, context);
        let items: Vec<&Item<'_>> =
            sums.items.iter().filter(|item| unit.is_none_or(|unit| item.unit == unit)).collect();
        let mut finding = Finding::new(broken(rule, Vec::new()), sums.side);
        finding.unit = unit.map(|unit| context.plan.names.name(unit).to_owned());
        let chain = &rule.demand[compared.chain];
        let found = &chain.sides[sides_of(chain, compared.relation).0];
        // How many rows there are is no figure of any column.
        let is_count = found.leaves().iter().any(|leaf| matches!(leaf, Expression::Count(_)));
        let main = main_quantity(chain, compared, rule).filter(|_| !is_count);
        finding.field = main.map(|quantity| pipeline.quantity_name(quantity).to_owned());
        if finding.unit.is_some()
            && let (Some(item), Some(Quantity::Column(field))) = (items.first(), main)
        {
            places.put(&mut finding, item, Some(field));
            finding.cell = None;
            finding.cells.clear();
        }
        let scope = Scope::Sums { totals: sums.totals, unit };
        let terms = rule_terms(rule, |leaf| {
            let dimension = dimension_of(leaf, rule);
            let title = match leaf {
                Expression::Sum(quantity) => pipeline.quantity_title(*quantity),
                Expression::Count(_) => "项数".to_owned(),
                _ => return None,
            };
            let figure = super::equation::figure_of(leaf, &scope, &self.given()).ok()?;
            Some(Term { title, value: value(dimension, figure.floor()?) })
        });
        let sides = sides(compared, rule);
        say(&mut finding, rule, &sides, terms);
        let cells = self.say_what_carries(&mut finding, unit, sums, compared, main);
        (finding, cells)
    }

    /// Names the cells of a submission that carry a limit over: those with more, or less, than the
    /// plan has for their task.
    fn say_what_carries(
        &self,
        finding: &mut Finding,
        unit: Option<UnitId>,
        sums: &Sums<'_>,
        compared: &Compared,
        main: Option<Quantity>,
    ) -> Vec<Spot> {
        let context = self.context;
        let Some(Quantity::Column(field)) = main else { return Vec::new() };
        let column = &context.pipeline.columns[field];
        if sums.side == Side::Plan || column.reported || self.rule.is_equation() {
            return Vec::new();
        }
        let relation = self.rule.demand[compared.chain].relations[compared.relation];
        let is_upper = matches!(relation, Relation::AtMost | Relation::LessThan)
            == (sides(compared, self.rule).places.0 == compared.relation);
        let mut at: Vec<Spot> = Vec::new();
        let mut carried = Vec::new();
        for pair in &context.matched.pairs {
            let item = &context.roster.items[pair.row];
            if unit.is_some_and(|unit| item.unit != unit) {
                continue;
            }
            let planned = figure(context.plan.tasks[pair.task].row, field).1.unwrap_or(0);
            let Some(found) = figure(item.row, field).1 else { continue };
            let carries = if is_upper { found > planned } else { found < planned };
            let Some(spot) = spot(item, field).filter(|_| carries) else { continue };
            at.push(spot);
            carried.push(Carried {
                unit: context.plan.names.name(item.unit).to_owned(),
                file: context.roster.places.files.get(item.file).cloned().unwrap_or_default(),
                sheet: context.roster.places.sheet(item.file, item.sheet),
                cell: spot.cell,
                found: Value::Amount(Amount(found)),
                planned: Value::Amount(Amount(planned)),
            });
        }
        // Cells of one sheet can be named as the finding's own.
        if let Some(first) = at.first()
            && at.iter().all(|spot| (spot.file, spot.sheet) == (first.file, first.sheet))
        {
            finding.file = context.roster.places.files.get(first.file).cloned();
            finding.sheet = context.roster.places.sheet(first.file, first.sheet);
            finding.cell = Some(first.cell);
            finding.cells = at.iter().map(|spot| CellRange::new(spot.cell, spot.cell)).collect();
        }
        if let Some(broken) = finding.fact.broken().cloned() {
            finding.fact = Fact::of_rule(self.rule.kind, Broken { carried, ..broken });
        }
        at
    }
}

/// The sums of one side.
struct Sums<'a> {
    side: Side,
    items: &'a [Item<'a>],
    totals: &'a Totals,
    /// On the submissions' side the units that have rows.
    with_rows: Option<BTreeSet<UnitId>>,
}

/// Returns the units that a rule is over and of which no row was paired.
pub(super) fn silent_units(
    unit: Option<UnitId>,
    with_rows: &BTreeSet<UnitId>,
    context: &Context<'_>,
) -> Vec<UnitId> {
    context
        .plan
        .names
        .units
        .keys()
        .filter(|other| unit.is_none_or(|unit| unit == *other))
        .filter(|other| !with_rows.contains(other))
        .collect()
}

fn places_of<'a>(side: Side, context: &'a Context<'_>) -> &'a Places {
    match side {
        Side::Plan => &context.plan.places,
        Side::Submission => &context.roster.places,
    }
}

fn spot(item: &Item<'_>, column: ColumnId) -> Option<Spot> {
    Some(Spot { file: item.file, sheet: item.sheet, cell: cell(item, column)? })
}

/// Returns the cells of a row that a rule uses: of a row that a count leaves out, those of its
/// condition, too.
fn used_cells(columns: &[ColumnId], item: &Item<'_>) -> Vec<Spot> {
    in_order(spots(columns, item))
}

fn spots(columns: &[ColumnId], item: &Item<'_>) -> impl Iterator<Item = Spot> {
    columns.iter().filter_map(|column| spot(item, *column))
}

fn in_order(cells: impl Iterator<Item = Spot>) -> Vec<Spot> {
    let mut cells: Vec<Spot> = cells.collect();
    cells.sort_unstable();
    cells.dedup();
    cells
}

/// The quantity that a finding is about: the first on the side of what was found.
fn main_quantity(chain: &Chain, compared: &Compared, rule: &Rule) -> Option<Quantity> {
    let first_of = |side: &Expression| side.leaves().into_iter().flat_map(named).next();
    let found = sides_of(chain, compared.relation).0;
    first_of(&chain.sides[found])
        .or_else(|| chain.sides.iter().find_map(first_of))
        .or_else(|| quantities(rule).first().copied())
}

/// In `0 <= progress` the progress is what was found, elsewhere the left side. Returns the places
/// of what was found and what was expected.
fn sides_of(chain: &Chain, relation: usize) -> (usize, usize) {
    let (left, right) = (relation, relation + 1);
    if chain.sides[left].is_constant() && !chain.sides[right].is_constant() {
        (right, left)
    } else {
        (left, right)
    }
}

/// What was found and what was expected, in the smallest unit.
struct Sides {
    /// The places of both in their chain.
    places: (usize, usize),
    found: Option<i64>,
    expected: Option<i64>,
    dimension: Dimension,
}

fn sides(compared: &Compared, rule: &Rule) -> Sides {
    let chain = &rule.demand[compared.chain];
    let places = sides_of(chain, compared.relation);
    let relation = chain.relations[compared.relation];
    let turned = places.0 != compared.relation;
    let (found, expected) =
        if turned { (&compared.right, &compared.left) } else { (&compared.left, &compared.right) };
    // A fraction is rounded to where the break can be seen.
    let is_upper = matches!(relation, Relation::AtMost | Relation::LessThan) != turned;
    let is_limit = !matches!(relation, Relation::Equal | Relation::NotEqual);
    let whole = |told: &Told, up: bool| match told {
        Told::Figure(figure) if up => figure.ceiling(),
        Told::Figure(figure) => figure.floor(),
        Told::Text(_) => None,
    };
    Sides {
        places,
        found: whole(found, is_limit && is_upper),
        expected: whole(expected, is_limit && !is_upper),
        dimension: chain.dimension,
    }
}

/// What a leaf of a rule counts.
fn dimension_of(leaf: &Expression, rule: &Rule) -> Dimension {
    let of_chain = rule.chains().find(|chain| {
        chain.sides.iter().any(|side| side.leaves().into_iter().any(|other| other == leaf))
    });
    match (leaf, of_chain.map(|chain| chain.dimension)) {
        (Expression::Count(_), _) => Dimension::Count,
        // The parts of a ratio are no percentages themselves.
        (_, Some(Dimension::Percent) | None) => Dimension::Amount,
        (_, Some(dimension)) => dimension,
    }
}

/// The terms of a rule, each once.
fn rule_terms(rule: &Rule, term: impl Fn(&Expression) -> Option<Term>) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    for term in rule.leaves().filter_map(term) {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

/// Says found, expected and difference of a broken rule.
fn say(finding: &mut Finding, rule: &Rule, sides: &Sides, terms: Vec<Term>) {
    finding.found = sides.found.map(|found| value(sides.dimension, found));
    finding.expected = sides.expected.map(|expected| value(sides.dimension, expected));
    finding.difference =
        sides.found.zip(sides.expected).and_then(|(found, expected)| found.checked_sub(expected));
    finding.fact = broken(rule, terms);
}

/// Returns the fact that a rule is broken, with what it used.
fn broken(rule: &Rule, terms: Vec<Term>) -> Fact {
    let broken = Broken {
        name: rule.name.clone(),
        rule: rule.text.clone(),
        title: rule.title.clone(),
        terms,
        carried: Vec::new(),
        together: None,
    };
    Fact::of_rule(rule.kind, broken)
}
