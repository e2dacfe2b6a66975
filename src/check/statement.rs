//! Holds the plan's own paragraph against its rows, sentence by sentence.
//!
//! A *statement* is a sentence with the equations that its figures must meet. One wrong figure is
//! one finding, however many equations it breaks. What the figures are is read in `paragraph`.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::equation::{Given, Scope, Totals, columns_of, compare, figure_of, named, value};
use super::frames::sums;
use super::outcome::{Reason, Spot};
use super::paragraph::{Figure, Paragraph};
use super::{AlreadySaid, Context};
use crate::model::fact::Sentence;
use crate::model::finding::Term;
use crate::model::{Cause, CellRange, ColumnId, Fact, Finding, Side, StatementId, UnitId, Value};
use crate::pipeline::{Dimension, Expression, Over, Quantity, Relation, Rule, Sign, Statement};
use crate::roster::{THE_PLAN, cell};

/// Returns a figure as a value.
pub fn figure_value(figure: &Figure) -> Value {
    value(figure.dimension, figure.number)
}

/// Two sides of a sentence's rule that can be held against each other.
struct Equation<'a> {
    rule: &'a Rule,
    left: &'a Expression,
    right: &'a Expression,
    /// What both sides count.
    dimension: Dimension,
    /// The figures of the paragraph that it uses.
    figures: Vec<&'a Figure>,
    sides: (i64, i64),
    holds: bool,
}

/// An equation whose figures the paragraph gives, with what came of it.
pub(super) struct EquationHeld<'a> {
    /// The place of its statement.
    pub statement: StatementId,
    /// None for a sentence that the plan does not hold.
    pub rule: Option<&'a Rule>,
    /// The figures of the paragraph that it uses.
    pub figures: Vec<&'a Figure>,
    /// Its two sides.
    pub sides: Option<(i64, i64)>,
    /// What they count.
    pub dimension: Option<Dimension>,
    pub holds: bool,
    /// Why it was not held, and the plan's cells in its way.
    pub not_told: Option<(Reason, Vec<Spot>)>,
}

/// What the equations of all sentences add up, and which cells of the plan are doubted.
struct Rows<'a> {
    context: &'a Context<'a>,
    totals: Totals,
    /// By what is added: the unit of the task and the cell.
    doubted: BTreeMap<Quantity, Vec<(UnitId, Spot)>>,
}

impl<'a> Rows<'a> {
    fn new(context: &'a Context<'_>, said: &AlreadySaid) -> PolarsResult<Self> {
        let rules = || context.pipeline.check.statements.iter().flat_map(|one| &one.rules);
        let tasks = &context.plan.tasks.raw;
        let totals = Totals::new(rules(), &context.frames.tasks, tasks, &given(context))?;
        let quantities: BTreeSet<Quantity> =
            rules().flat_map(Rule::leaves).flat_map(named).collect();
        let mut doubted: BTreeMap<Quantity, Vec<(UnitId, Spot)>> = BTreeMap::new();
        for quantity in quantities {
            // An equation that fails on a row doubts its amounts, not the words beside them.
            let is_doubted = |spot: Spot| match quantity {
                Quantity::Column(_) => said.is_doubted(Side::Plan, spot),
                Quantity::Derived(_) => said.is_untold(Side::Plan, spot),
            };
            let columns = columns_of(quantity, context.pipeline);
            for (item, column) in
                tasks.iter().flat_map(|item| columns.iter().map(move |c| (item, *c)))
            {
                let Some(cell) = cell(item, column) else { continue };
                let spot = Spot { file: item.file, sheet: item.sheet, cell };
                if is_doubted(spot) {
                    doubted.entry(quantity).or_default().push((item.unit, spot));
                }
            }
        }
        Ok(Self { context, totals, doubted })
    }

    fn scope(&self, unit: Option<UnitId>) -> Scope<'_> {
        Scope::Sums { totals: &self.totals, unit }
    }

    /// Why what a side adds cannot be told: cells that it uses itself, of the unit alone.
    fn in_the_way(&self, side: &Expression, unit: Option<UnitId>) -> Option<(Reason, Vec<Spot>)> {
        let is_own = |other: UnitId| unit.is_none_or(|unit| unit == other);
        let leaves = side.leaves();
        let doubted: Vec<Spot> = leaves
            .iter()
            .flat_map(|leaf| named(leaf))
            .filter_map(|quantity| self.doubted.get(&quantity))
            .flatten()
            .filter(|(other, _)| is_own(*other))
            .map(|(_, spot)| *spot)
            .collect();
        if !doubted.is_empty() {
            return Some((Reason::FirstCause, doubted));
        }
        let (reason, task) = leaves.iter().find_map(|leaf| self.totals.not_told(leaf, unit))?;
        let item = &self.context.plan.tasks.raw[task];
        let used = leaves.iter().flat_map(|leaf| columns(leaf, self.context));
        let cells = used.filter_map(|column| cell(item, column)).map(|cell| Spot {
            file: item.file,
            sheet: item.sheet,
            cell,
        });
        Some((reason, cells.collect()))
    }
}

fn given<'a>(context: &Context<'a>) -> Given<'a> {
    Given { pipeline: context.pipeline, paragraph: Some(context.paragraph) }
}

fn columns(leaf: &Expression, context: &Context<'_>) -> Vec<ColumnId> {
    let quantities = named(leaf).into_iter();
    quantities.flat_map(|quantity| columns_of(quantity, context.pipeline)).collect()
}

/// Checks every equation of every sentence.
pub fn check(context: &Context<'_>, said: &AlreadySaid) -> PolarsResult<Vec<Finding>> {
    let rows = Rows::new(context, said)?;
    let (equations, _) = all(&rows);
    judged(&equations)
        .into_iter()
        .map(|(equation, figure)| finding(equation, figure, &rows))
        .collect()
}

/// Holds every equation whose figures the paragraph gives; a sentence that the plan does not hold
/// is one line without figures.
pub(super) fn held<'a>(
    context: &'a Context<'_>,
    said: &AlreadySaid,
) -> PolarsResult<Vec<EquationHeld<'a>>> {
    let rows = Rows::new(context, said)?;
    Ok(all(&rows).1)
}

/// Returns the equations that can be told, and all of them with what came of each.
fn all<'a>(rows: &Rows<'a>) -> (Vec<Equation<'a>>, Vec<EquationHeld<'a>>) {
    let context = rows.context;
    let mut equations = Vec::new();
    let mut held = Vec::new();
    for (place, statement) in context.pipeline.check.statements.iter_enumerated() {
        if context.paragraph.unmatched.contains(&place) {
            held.push(EquationHeld {
                statement: place,
                rule: None,
                figures: Vec::new(),
                sides: None,
                dimension: None,
                holds: false,
                not_told: None,
            });
            continue;
        }
        for rule in &statement.rules {
            for unit in units(rule, statement, context.paragraph) {
                for ((left, relation, right), dimension) in pairs(rule) {
                    let Some(figures) = given_figures([left, right], unit, context.paragraph)
                    else {
                        continue;
                    };
                    let mut line = EquationHeld {
                        statement: place,
                        rule: Some(rule),
                        figures: figures.clone(),
                        sides: None,
                        dimension: Some(dimension),
                        holds: false,
                        not_told: [left, right]
                            .into_iter()
                            .find_map(|side| rows.in_the_way(side, unit)),
                    };
                    let pair = (left, relation, right);
                    match compare(pair, &rows.scope(unit), &given(context)) {
                        Err(reason) if line.not_told.is_none() => {
                            line.not_told = Some((reason, Vec::new()));
                        }
                        Ok(pair) if line.not_told.is_none() => {
                            let (sides, holds) = ((pair.left, pair.right), pair.holds);
                            line.sides = Some(sides);
                            line.holds = holds;
                            equations.push(Equation {
                                rule,
                                left,
                                right,
                                dimension,
                                figures,
                                sides,
                                holds,
                            });
                        }
                        _ => {}
                    }
                    held.push(line);
                }
            }
        }
    }
    (equations, held)
}

/// The units that a rule is held for: those whose sentence the paragraph has.
fn units(rule: &Rule, statement: &Statement, paragraph: &Paragraph) -> BTreeSet<Option<UnitId>> {
    if rule.over != Over::Unit {
        return std::iter::once(None).collect();
    }
    let names = statement.names();
    let own = paragraph.figures.iter();
    own.filter(|figure| names.contains(figure.name.as_str())).map(|figure| figure.unit).collect()
}

/// What is held against what, and what both count.
type Comparison<'a> = ((&'a Expression, Relation, &'a Expression), Dimension);

fn pairs(rule: &Rule) -> impl Iterator<Item = Comparison<'_>> {
    rule.demand.iter().flat_map(|chain| {
        let pairs = chain.pairs().into_iter();
        pairs.map(|(left, relation, right)| {
            ((&chain.sides[left], relation, &chain.sides[right]), chain.dimension)
        })
    })
}

/// The figures that an equation uses; none where the paragraph does not give all of them.
fn given_figures<'a>(
    sides: [&Expression; 2],
    unit: Option<UnitId>,
    paragraph: &'a Paragraph,
) -> Option<Vec<&'a Figure>> {
    let mut figures = Vec::new();
    for leaf in sides.into_iter().flat_map(Expression::leaves) {
        match leaf {
            Expression::Captured(name) => figures.push(paragraph.figure(name, unit)?),
            Expression::SumCaptured(name) => {
                let before = figures.len();
                figures.extend(paragraph.figures.iter().filter(|figure| figure.name == *name));
                if figures.len() == before {
                    return None;
                }
            }
            _ => {}
        }
    }
    Some(figures)
}

/// Decides which figures are wrong, each with the equation that tells it.
///
/// A figure that alone stands against the rows and does not agree is wrong. Of equations among
/// several figures, those that hold no figure known to be wrong are told by the figure whose one
/// other value would mend most of them; where several would, by one that agrees with nothing else.
fn judged<'e, 'a>(evaluated: &'e [Equation<'a>]) -> Vec<(&'e Equation<'a>, &'a Figure)> {
    let mut judged: Vec<(&Equation<'_>, &Figure)> = Vec::new();
    let is_same = |one: &Figure, other: &Figure| one.name == other.name && one.unit == other.unit;
    loop {
        let open: Vec<&Equation<'_>> = evaluated
            .iter()
            .filter(|equation| !equation.holds)
            .filter(|equation| {
                !equation.figures.iter().any(|f| judged.iter().any(|(_, known)| is_same(f, known)))
            })
            .collect();
        let agreements = |figure: &Figure, alone: bool| {
            let agreeing = evaluated.iter().filter(|equation| {
                equation.holds
                    && (!alone || equation.figures.len() == 1)
                    && equation.figures.iter().any(|other| is_same(other, figure))
            });
            agreeing.count()
        };
        let candidates = open.iter().enumerate().flat_map(|(place, equation)| {
            equation.figures.iter().enumerate().map(move |(order, figure)| (place, order, *figure))
        });
        let best = candidates.min_by_key(|(place, order, figure)| {
            let equation = open[*place];
            let value = equation.solved_for(figure);
            let mended = open.iter().filter(|other| {
                other.figures.iter().any(|known| is_same(known, figure))
                    && other.solved_for(figure) == value
            });
            (
                equation.figures.len() > 1,
                agreements(figure, true),
                std::cmp::Reverse(mended.count()),
                agreements(figure, false),
                equation.figures.len(),
                *place,
                *order,
            )
        });
        let Some((place, _, figure)) = best else { return judged };
        judged.push((open[place], figure));
    }
}

impl Equation<'_> {
    /// What a figure would have to be for the equation to hold; none beyond arithmetic.
    fn solved_for(&self, figure: &Figure) -> Option<i64> {
        let (left, right) = self.sides;
        let gap = left.checked_sub(right)?.checked_mul(self.sign_of(&figure.name))?;
        figure.number.checked_sub(gap)
    }

    /// Returns 1 where a figure stands on the left (or is taken off on the right), −1 the other
    /// way round.
    fn sign_of(&self, name: &str) -> i64 {
        let sign_on = |side: &Expression| {
            side.addends()
                .into_iter()
                .find(|(_, addend)| addend.captured() == Some(name))
                .map(|(sign, _)| if sign == Sign::Plus { 1 } else { -1 })
        };
        sign_on(self.left).or_else(|| sign_on(self.right).map(|sign| -sign)).unwrap_or(1)
    }

    fn leaves(&self) -> impl Iterator<Item = &Expression> {
        [self.left, self.right].into_iter().flat_map(Expression::leaves)
    }
}

fn finding(equation: &Equation<'_>, figure: &Figure, rows: &Rows<'_>) -> PolarsResult<Finding> {
    let (rule, context) = (equation.rule, rows.context);
    let places = &context.plan.places;
    let mut told = Sentence {
        name: figure.name.clone(),
        sentence: figure.sentence.clone(),
        claim: figure.title.clone(),
        rule: rule.text.clone(),
        terms: Vec::new(),
    };
    let mut finding = Finding::new(Fact::StatementDiffers(told.clone()), Side::Plan);
    finding.unit = figure.unit.map(|unit| context.plan.names.name(unit).to_owned());
    let main = equation.leaves().flat_map(named).next();
    finding.field = main.map(|quantity| context.pipeline.quantity_name(quantity).to_owned());
    finding.file = places.files.first().cloned();
    finding.sheet = places.sheet(THE_PLAN, figure.sheet);
    finding.cell = Some(figure.cell);
    finding.cells = vec![CellRange::new(figure.cell, figure.cell)];
    finding.typed = Some(figure.sentence.clone());
    // The equation solved for the figure: what it would have to be.
    let expected = equation.solved_for(figure);
    finding.found = Some(value(figure.dimension, figure.number));
    finding.expected = expected.map(|expected| value(figure.dimension, expected));
    finding.difference = expected.and_then(|expected| figure.number.checked_sub(expected));
    let mut terms: Vec<Term> = equation
        .figures
        .iter()
        .filter(|other| other.name != figure.name || other.unit != figure.unit)
        .map(|figure| Term {
            title: figure.title.clone(),
            value: value(figure.dimension, figure.number),
        })
        .collect();
    terms.extend(
        equation.leaves().filter_map(|leaf| sum_term(leaf, equation.dimension, figure.unit, rows)),
    );
    told.terms = terms;
    finding.fact = Fact::StatementDiffers(told);
    finding.cause = equal_sums(figure, main, context)?;
    Ok(finding)
}

fn sum_term(
    leaf: &Expression,
    dimension: Dimension,
    unit: Option<UnitId>,
    rows: &Rows<'_>,
) -> Option<Term> {
    let Expression::Sum(quantity) = leaf else { return None };
    let title = format!("各行{}合计", rows.context.pipeline.quantity_title(*quantity));
    let sum = figure_of(leaf, &rows.scope(unit), &given(rows.context)).ok()?;
    Some(Term { title, value: value(dimension, sum.floor()?) })
}

/// A stated sum that is no sum of what it says may be the sum of something else.
fn equal_sums(
    figure: &Figure,
    main: Option<Quantity>,
    context: &Context<'_>,
) -> PolarsResult<Vec<Cause>> {
    let mut causes = Vec::new();
    if figure.dimension != Dimension::Amount || figure.number == 0 {
        return Ok(causes);
    }
    let columns = context
        .pipeline
        .amount_columns()
        .filter(|field| !context.pipeline.columns[*field].reported);
    let derived = (0..context.pipeline.derived.len()).map(Quantity::Derived);
    for quantity in columns.map(Quantity::Column).chain(derived) {
        if Some(quantity) == main {
            continue;
        }
        let sums = sums(&context.frames.tasks, quantity, context.pipeline)?;
        let own = sums.iter().filter(|(unit, _)| figure.unit.is_none_or(|own| own == **unit));
        let sum = own.map(|(_, sum)| *sum).try_fold(0_i64, i64::checked_add);
        if sum == Some(figure.number) {
            causes.push(Cause::EqualsSum {
                name: context.pipeline.quantity_name(quantity).to_owned(),
                title: context.pipeline.quantity_title(quantity),
            });
        }
    }
    Ok(causes)
}
