//! Lines about declared rules: over each row, each unit, and the whole.

use std::collections::BTreeSet;

use polars::prelude::PolarsResult;

use super::compared::{Reach, column_missing};
use super::index::{Index, spot};
use super::{Held, Line, Outcome, Reason, Spot};
use crate::check::Context;
use crate::check::frames::paired;
use crate::check::rule::{broken, names_reported, quantities, sums_held};
use crate::model::{Detail, Finding, Severity, Side};
use crate::normalise::frame::{Item, State, figure};
use crate::pipeline::{Dimension, Over, Quantity, Rule};
use crate::roster::Standing;

/// All declared rules at each place where they apply.
pub fn rules(context: &Context<'_>, reach: &[Reach], index: &Index<'_>) -> PolarsResult<Vec<Line>> {
    let mut lines = Vec::new();
    for (place, rule) in context.pipeline.check.rules.iter().enumerate() {
        let ruled = Ruled { context, index, rule, held: Held::Rule(place) };
        match rule.over {
            Over::Row => lines.extend(ruled.over_rows(reach)?),
            Over::Unit | Over::Whole => lines.extend(ruled.over_sums()?),
        }
    }
    Ok(lines)
}

struct Ruled<'a> {
    context: &'a Context<'a>,
    index: &'a Index<'a>,
    rule: &'a Rule,
    held: Held,
}

impl Ruled<'_> {
    fn over_rows(&self, reach: &[Reach]) -> PolarsResult<Vec<Line>> {
        let context = self.context;
        let mut lines = Vec::new();
        let mut broken_in_plan: BTreeSet<usize> = BTreeSet::new();
        if !names_reported(self.rule, context.pipeline) {
            for (task, _) in broken(self.rule, &context.frames.tasks, context)? {
                broken_in_plan.insert(task);
            }
            for (task, item) in context.plan.tasks.iter().enumerate() {
                let (outcome, finding) =
                    self.on_row(item, Side::Plan, broken_in_plan.contains(&task));
                let mut line = Line::of_task(self.held, context, task, outcome).by(finding);
                (line.side, line.unit) = (Side::Plan, None);
                line.at = self.main_cell(item);
                lines.push(line);
            }
        }
        let (rows, _) = paired(&context.frames.rows, &context.frames.tasks, context.matched)?;
        let broken: BTreeSet<usize> = broken(self.rule, &rows, context)?
            .into_iter()
            .map(|(pair, _)| context.matched.pairs[pair].row)
            .collect();
        for (task, reach) in reach.iter().enumerate() {
            let line = match reach {
                Reach::NotReached(reason, said) => {
                    Line::of_task(self.held, context, task, Outcome::NotChecked(*reason)).by(*said)
                }
                Reach::Rows(rows, _) => self.of_rows(task, rows, &broken, &broken_in_plan),
            };
            lines.push(line);
        }
        Ok(lines)
    }

    /// The worst of what comes of the rows of a task.
    fn of_rows(
        &self,
        task: usize,
        rows: &[usize],
        broken: &BTreeSet<usize>,
        broken_in_plan: &BTreeSet<usize>,
    ) -> Line {
        let context = self.context;
        let outcomes = rows.iter().map(|row| {
            let item = &context.roster.items[*row];
            let is_broken = broken.contains(row);
            if is_broken && broken_in_plan.contains(&task) {
                // Said on the plan's side only.
                let planned = &context.plan.tasks[task];
                let (_, said) = self.on_row(planned, Side::Plan, true);
                return (Outcome::NotChecked(Reason::PlanFaulty), said);
            }
            self.on_row(item, Side::Submission, is_broken)
        });
        let (outcome, finding) =
            outcomes.max_by_key(|(outcome, _)| *outcome).expect("a task has rows here");
        let mut line = Line::of_task(self.held, context, task, outcome).by(finding);
        line.row = rows.first().copied();
        line.at = line.row.and_then(|row| self.main_cell(&context.roster.items[row]));
        line
    }

    fn fields(&self) -> Vec<usize> {
        let derived = |index: usize| {
            let derived = &self.context.pipeline.derived[index];
            let whens = derived.when.iter().map(|(field, _)| *field);
            derived.from.into_iter().chain(derived.value).chain(whens).collect::<Vec<usize>>()
        };
        let mut fields: Vec<usize> = quantities(self.rule)
            .flat_map(|quantity| match quantity {
                Quantity::Column(field) => vec![field],
                Quantity::Derived(index) => derived(index),
            })
            .collect();
        fields.dedup();
        fields
    }

    fn main_cell(&self, item: &Item<'_>) -> Option<Spot> {
        self.fields().into_iter().find_map(|field| spot(item, field))
    }

    /// What comes of the rule on one row.
    fn on_row(&self, item: &Item<'_>, side: Side, is_broken: bool) -> (Outcome, Option<usize>) {
        let pipeline = self.context.pipeline;
        let fields = self.fields();
        if is_broken {
            let spots = fields.iter().filter_map(|field| spot(item, *field));
            let own = spots
                .flat_map(|spot| self.index.at(side, spot))
                .copied()
                .find(|place| is_of_rule(&self.index.findings[*place], self.rule));
            if own.is_some() {
                return (Outcome::Differs, own);
            }
        }
        for &field in &fields {
            let reason = match figure(item.row, field).0 {
                State::NoColumn => Reason::NoColumn,
                State::Unreadable => Reason::Unreadable,
                State::Blank | State::NotApplicable
                    if pipeline.columns[field].reported
                        || self.rule.dimension == Dimension::Month =>
                {
                    Reason::Blank
                }
                _ => continue,
            };
            if reason == Reason::NoColumn && pipeline.columns[field].optional {
                return (Outcome::NotChecked(Reason::Excused), None);
            }
            let said = if reason == Reason::NoColumn && side == Side::Submission {
                column_missing(self.context, self.index, item.file, field)
            } else {
                spot(item, field).and_then(|spot| self.index.at(side, spot).first().copied())
            };
            return (Outcome::NotChecked(reason), said);
        }
        let faulty = fields.iter().find_map(|field| self.index.of_field(side, item, *field));
        if faulty.is_some() {
            return (Outcome::NotChecked(Reason::FirstCause), faulty);
        }
        if !is_broken {
            return (Outcome::Agrees, None);
        }
        // Broken and kept silent for what was said of one of its cells.
        let spots = fields.iter().filter_map(|field| spot(item, *field));
        let said = spots.flat_map(|spot| self.index.at(side, spot)).copied().next();
        (Outcome::NotChecked(Reason::FirstCause), said)
    }

    fn over_sums(&self) -> PolarsResult<Vec<Line>> {
        let context = self.context;
        let mut lines = Vec::new();
        for held in sums_held(self.rule, context)? {
            let name = held.unit.map(|unit| context.plan.names.name(unit));
            let own = self.index.findings.iter().position(|finding| {
                finding.side == held.side
                    && finding.unit.as_deref() == name
                    && is_of_rule(finding, self.rule)
            });
            let of_plan = self.index.findings.iter().position(|finding| {
                finding.side == Side::Plan
                    && finding.unit.as_deref() == name
                    && is_of_rule(finding, self.rule)
            });
            let (outcome, said) = match (own, held.holds) {
                (Some(own), _) => (Outcome::Differs, Some(own)),
                // What is not there could only add to it, and an equation cannot hold without it.
                (None, _) if !held.silent.is_empty() => {
                    let silent = held.silent.iter().copied();
                    let zero = |unit: &usize| context.roster.units[*unit].0 == Standing::Zero;
                    if silent.clone().all(|unit| zero(&unit)) {
                        (Outcome::NotChecked(Reason::Excused), None)
                    } else {
                        let said = silent.clone().filter(|unit| !zero(unit)).find_map(|unit| {
                            self.index.of_unit(context.plan.names.name(unit), |finding| {
                                finding.severity > Severity::Note
                            })
                        });
                        (Outcome::NotChecked(Reason::NoSubmission), said)
                    }
                }
                (None, Some(true)) => (Outcome::Agrees, None),
                // A break that the plan has itself is said on the plan's side only.
                (None, _) if held.side == Side::Submission && of_plan.is_some() => {
                    (Outcome::NotChecked(Reason::PlanFaulty), of_plan)
                }
                (None, _) => {
                    (Outcome::NotChecked(Reason::FirstCause), self.first_of(held.side, held.unit))
                }
            };
            lines.push(Line {
                held: self.held,
                side: held.side,
                unit: if held.side == Side::Plan { None } else { held.unit },
                task: None,
                row: None,
                field: None,
                figures: held.figures,
                outcome,
                uses: Box::default(),
                at: None,
                finding: said,
            });
        }
        Ok(lines)
    }

    /// The first finding about a cell that the sums of a rule add.
    fn first_of(&self, side: Side, unit: Option<usize>) -> Option<usize> {
        let items = match side {
            Side::Plan => &self.context.plan.tasks,
            Side::Submission => &self.context.roster.items,
        };
        let fields = self.fields();
        let own = items.iter().filter(|item| unit.is_none_or(|unit| item.unit == unit));
        own.flat_map(|item| fields.iter().filter_map(|field| spot(item, *field)))
            .find_map(|spot| self.index.at(side, spot).first().copied())
    }
}

fn is_of_rule(finding: &Finding, rule: &Rule) -> bool {
    matches!(&finding.detail, Detail::Rule { name, rule: text, .. } if *name == rule.name && *text == rule.text)
}
