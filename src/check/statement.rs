//! Holds the plan's own paragraph against its rows, sentence by sentence.
//!
//! Every figure of the paragraph is compared or listed as unchecked. One wrong figure is one
//! finding, however many equations it breaks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use polars::prelude::PolarsResult;
use regex::Regex;

use super::frames::{counts, sums};
use super::rule::value;
use super::{Context, Said};
use crate::model::finding::Term;
use crate::model::{Cause, CellAt, CellRange, Detail, Finding, Kind, Side, Value, fold};
use crate::normalise::{RowClass, SheetText, derive};
use crate::pipeline::{
    CaptureKind, Dimension, Operand, Over, Phrase, Pipeline, Quantity, Relation, Rule, Sign,
    Statement,
};
use crate::roster::Plan;

/// A figure that a sentence of the plan gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    pub name: String,
    /// What it claims to be, in words.
    pub title: String,
    /// For sentences about one unit.
    pub unit: Option<usize>,
    /// In the smallest unit of its dimension.
    pub number: i64,
    pub dimension: Dimension,
    /// The sentence as written.
    pub sentence: String,
    pub sheet: usize,
    pub cell: CellAt,
}

/// What the plan says in words.
#[derive(Clone, Debug, Default)]
pub struct Paragraph {
    pub figures: Vec<Figure>,
    /// Figures that no declared sentence covers, with a little of the text around each.
    pub unchecked: Vec<(CellAt, String)>,
    /// Places of declared sentences that the plan does not hold.
    pub unmatched: Vec<usize>,
}

impl Paragraph {
    /// Returns a figure of the whole plan, or of a unit.
    pub fn figure(&self, name: &str, unit: Option<usize>) -> Option<&Figure> {
        self.figures
            .iter()
            .find(|figure| figure.name == name && (figure.unit.is_none() || figure.unit == unit))
    }

    /// Returns the sum over all units of a figure that each unit has.
    pub fn sum(&self, name: &str) -> Option<i64> {
        let mut own = self.figures.iter().filter(|figure| figure.name == name).peekable();
        own.peek()?;
        own.try_fold(0_i64, |sum, figure| sum.checked_add(figure.number))
    }
}

/// Returns a figure as a value.
pub fn figure_value(figure: &Figure) -> Value {
    value(figure.dimension, figure.number)
}

/// Reads the declared sentences out of the plan's texts.
pub fn paragraph(plan: &Plan<'_>, pipeline: &Pipeline) -> Paragraph {
    static FIGURES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("[0-9]+(?:\\.[0-9]+)?(?:百万元|亿元|万元|千元|百元|元|个|项|%)")
            .expect("the pattern is sound")
    });
    let mut found = Paragraph::default();
    let mut matched: BTreeSet<usize> = BTreeSet::new();
    for (sheet, rows) in plan.sheets.iter().enumerate() {
        for text in &rows.texts {
            let (folded, places) = fold::sentence_with_places(&text.text);
            let mut taken: Vec<(usize, usize)> = Vec::new();
            let mut any = false;
            for (index, statement) in pipeline.check.statements.iter().enumerate() {
                for phrase in &statement.phrases {
                    for captures in phrase.search.captures_iter(&folded) {
                        let reading =
                            Reading { text, folded_places: &places, sheet, statement, phrase };
                        let Some(figures) = reading.figures(&captures, plan, &mut taken) else {
                            continue;
                        };
                        matched.insert(index);
                        any = true;
                        found.figures.extend(figures);
                    }
                }
            }
            if any || text.class == RowClass::Note {
                for figure in FIGURES.find_iter(&folded) {
                    let covered = taken
                        .iter()
                        .any(|(start, _)| (figure.start()..figure.end()).contains(start));
                    if !covered {
                        let around = snippet(
                            &text.text,
                            &places,
                            figure.start().saturating_sub(24),
                            figure.end(),
                        );
                        found.unchecked.push((text.at, around));
                    }
                }
            }
        }
    }
    found.unmatched =
        (0..pipeline.check.statements.len()).filter(|index| !matched.contains(index)).collect();
    found
}

/// One sentence being read.
struct Reading<'a> {
    text: &'a SheetText,
    folded_places: &'a [usize],
    sheet: usize,
    statement: &'a Statement,
    phrase: &'a Phrase,
}

impl Reading<'_> {
    /// Returns the figures of a match; none when one of them was taken already, or when what
    /// stands in the place of a unit is none.
    fn figures(
        &self,
        captures: &regex::Captures<'_>,
        plan: &Plan<'_>,
        taken: &mut Vec<(usize, usize)>,
    ) -> Option<Vec<Figure>> {
        let unit = match captures.name("unit") {
            Some(words) => Some(plan.names.at_end(words.as_str())?),
            None => None,
        };
        let places =
            || self.phrase.captures.iter().filter(|capture| capture.kind != CaptureKind::Unit);
        let spans: Vec<(usize, usize)> = places()
            .filter_map(|capture| captures.name(&capture.name))
            .map(|found| (found.start(), found.end()))
            .collect();
        // Each figure is taken once, by the first sentence that fits it.
        if spans.iter().any(|span| taken.contains(span)) {
            return None;
        }
        taken.extend(spans);
        let whole = captures.get(0).expect("a match has its whole");
        let start = captures
            .name("unit")
            .map_or(whole.start(), |words| unit_start(words.as_str(), words.start(), unit, plan));
        let sentence = snippet(&self.text.text, self.folded_places, start, whole.end());
        let figures = places().filter_map(|capture| {
            let words = captures.name(&capture.name)?.as_str();
            let (number, dimension) = number_of(captures, &capture.name, capture.kind, words)?;
            let title = self.statement.titles.get(&capture.name);
            Some(Figure {
                name: capture.name.clone(),
                title: title.unwrap_or(&capture.name).clone(),
                unit,
                number,
                dimension,
                sentence: sentence.clone(),
                sheet: self.sheet,
                cell: self.text.at,
            })
        });
        Some(figures.collect())
    }
}

fn number_of(
    captures: &regex::Captures<'_>,
    name: &str,
    kind: CaptureKind,
    words: &str,
) -> Option<(i64, Dimension)> {
    match kind {
        CaptureKind::Amount => {
            let unit = captures.name(&format!("{name}__unit"))?;
            Some((derive::amount(words, unit.as_str())?.0, Dimension::Amount))
        }
        CaptureKind::Count => Some((words.parse().ok()?, Dimension::Count)),
        CaptureKind::Unit => None,
    }
}

/// The words before a unit's name are not the sentence's.
fn unit_start(words: &str, start: usize, unit: Option<usize>, plan: &Plan<'_>) -> usize {
    let name = unit.map(|unit| fold::key(plan.names.name(unit))).unwrap_or_default();
    if name.is_empty() { start } else { words.rfind(&name).map_or(start, |at| start + at) }
}

/// Returns the part of the original text between two places of the folded one.
fn snippet(text: &str, places: &[usize], start: usize, end: usize) -> String {
    let mut start = start.min(places.len());
    // Not into the middle of a character of the folded text.
    while start > 0 && start < places.len() && places[start] == places[start - 1] {
        start -= 1;
    }
    let from = places.get(start).copied().unwrap_or(text.len());
    let to = places.get(end).copied().unwrap_or(text.len());
    let cut = text.get(from..to).unwrap_or_default();
    cut.trim_matches(|c: char| c.is_whitespace() || "，。；、（,;(".contains(c)).to_owned()
}

/// An equation of a sentence, evaluated.
struct Evaluated<'a> {
    rule: &'a Rule,
    figures: Vec<&'a Figure>,
    left: i64,
    right: i64,
}

/// Checks every equation of every sentence.
pub fn check(context: &Context<'_>, said: &Said) -> PolarsResult<Vec<Finding>> {
    let mut evaluated: Vec<Evaluated<'_>> = Vec::new();
    for statement in &context.pipeline.check.statements {
        for rule in &statement.rules {
            let units: BTreeSet<Option<usize>> = match rule.over {
                Over::Unit => {
                    let names = statement.names();
                    let own = context.paragraph.figures.iter();
                    own.filter(|figure| names.contains(figure.name.as_str()))
                        .map(|figure| figure.unit)
                        .collect()
                }
                _ => std::iter::once(None).collect(),
            };
            for unit in units {
                evaluated.extend(evaluate(rule, unit, context, said)?);
            }
        }
    }
    judged(&evaluated)
        .into_iter()
        .map(|(evaluated, figure)| finding(evaluated, figure, context))
        .collect()
}

/// Decides which figures are wrong, each with the equation that tells it.
///
/// A figure that alone stands against the rows and does not agree is wrong. Of equations among
/// several figures, those that hold no figure known to be wrong are told by the figure whose one
/// other value would mend most of them; where several would, by one that agrees with nothing else.
fn judged<'e, 'a>(evaluated: &'e [Evaluated<'a>]) -> Vec<(&'e Evaluated<'a>, &'a Figure)> {
    let mut judged: Vec<(&Evaluated<'_>, &Figure)> = Vec::new();
    let is_same = |one: &Figure, other: &Figure| one.name == other.name && one.unit == other.unit;
    loop {
        let open: Vec<&Evaluated<'_>> = evaluated
            .iter()
            .filter(|equation| !equation.holds())
            .filter(|equation| {
                !equation.figures.iter().any(|f| judged.iter().any(|(_, known)| is_same(f, known)))
            })
            .collect();
        let agreements = |figure: &Figure, alone: bool| {
            let agreeing = evaluated.iter().filter(|equation| {
                equation.holds()
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

impl Evaluated<'_> {
    fn holds(&self) -> bool {
        let relation = self.rule.relations.first().copied().unwrap_or(Relation::Equal);
        relation.holds(self.left, self.right)
    }

    /// What a figure would have to be for the equation to hold.
    fn solved_for(&self, figure: &Figure) -> i64 {
        figure.number - sign_of(self.rule, &figure.name) * (self.left - self.right)
    }
}

/// Returns the equation with its figures and both its sides, where all of them are given.
fn evaluate<'a>(
    rule: &'a Rule,
    unit: Option<usize>,
    context: &Context<'a>,
    said: &Said,
) -> PolarsResult<Option<Evaluated<'a>>> {
    if quantities(rule).any(|quantity| plan_is_faulty(quantity, unit, context, said)) {
        return Ok(None);
    }
    let mut figures: Vec<&'a Figure> = Vec::new();
    let mut sides = Vec::new();
    for side in &rule.sides {
        let mut total: i64 = 0;
        for (sign, operand) in side {
            let number = match operand {
                Operand::Number(number) => *number,
                Operand::Captured(name) => {
                    let Some(figure) = context.paragraph.figure(name, unit) else {
                        return Ok(None);
                    };
                    figures.push(figure);
                    figure.number
                }
                Operand::SumCaptured(name) => {
                    let Some(sum) = context.paragraph.sum(name) else { return Ok(None) };
                    figures.extend(context.paragraph.figures.iter().filter(|f| f.name == *name));
                    sum
                }
                Operand::Sum(quantity) => {
                    of_unit(&sums(&context.frames.tasks, *quantity, context.pipeline)?, unit)
                }
                Operand::Count { quantity, relation, number } => of_unit(
                    &counts(
                        &context.frames.tasks,
                        *quantity,
                        *relation,
                        *number,
                        context.pipeline,
                    )?,
                    unit,
                ),
                Operand::Field(_) => return Ok(None),
            };
            total = match sign {
                Sign::Plus => total.saturating_add(number),
                Sign::Minus => total.saturating_sub(number),
            };
        }
        sides.push(total);
    }
    Ok(Some(Evaluated { rule, figures, left: sides[0], right: sides[1] }))
}

fn of_unit(sums: &BTreeMap<usize, i64>, unit: Option<usize>) -> i64 {
    match unit {
        Some(unit) => sums.get(&unit).copied().unwrap_or(0),
        None => sums.values().copied().fold(0_i64, i64::saturating_add),
    }
}

fn quantities(rule: &Rule) -> impl Iterator<Item = Quantity> + '_ {
    rule.sides.iter().flatten().filter_map(|(_, operand)| match operand {
        Operand::Sum(quantity) | Operand::Count { quantity, .. } => Some(*quantity),
        _ => None,
    })
}

/// Returns whether a plan cell that a sum adds has a finding already.
fn plan_is_faulty(
    quantity: Quantity,
    unit: Option<usize>,
    context: &Context<'_>,
    said: &Said,
) -> bool {
    let Quantity::Column(field) = quantity else { return false };
    let places = &context.plan.places;
    context.plan.tasks.iter().filter(|item| unit.is_none_or(|unit| item.unit == unit)).any(|item| {
        let Some(entry) = &item.row.entries[field] else { return false };
        let file = places.files.get(item.file).map_or("", String::as_str);
        let sheet = places.sheet(item.file, item.sheet).unwrap_or_default();
        !said.at(Side::Plan, file, &sheet, CellAt::new(item.row.row, entry.column)).is_empty()
    })
}

fn finding(
    evaluated: &Evaluated<'_>,
    figure: &Figure,
    context: &Context<'_>,
) -> PolarsResult<Finding> {
    let rule = evaluated.rule;
    let places = &context.plan.places;
    let mut finding = Finding::new(Kind::StatementDiffers, Side::Plan);
    finding.unit = figure.unit.map(|unit| context.plan.names.name(unit).to_owned());
    let main = quantities(rule).next();
    finding.field = main.map(|quantity| context.pipeline.quantity_name(quantity).to_owned());
    finding.severity = rule.severity;
    finding.file = places.files.first().cloned();
    finding.sheet = places.sheet(0, figure.sheet);
    finding.cell = Some(figure.cell);
    finding.cells = vec![CellRange::new(figure.cell, figure.cell)];
    finding.typed = Some(figure.sentence.clone());
    // The equation solved for the figure: what it would have to be.
    let expected = evaluated.solved_for(figure);
    finding.found = Some(value(figure.dimension, figure.number));
    finding.expected = Some(value(figure.dimension, expected));
    finding.difference = Some(figure.number - expected);
    let mut terms: Vec<Term> = evaluated
        .figures
        .iter()
        .filter(|other| other.name != figure.name || other.unit != figure.unit)
        .map(|figure| Term {
            title: figure.title.clone(),
            value: value(figure.dimension, figure.number),
        })
        .collect();
    terms.extend(sum_terms(rule, figure.unit, context)?);
    finding.detail = Detail::Sentence {
        name: figure.name.clone(),
        sentence: figure.sentence.clone(),
        claim: figure.title.clone(),
        rule: rule.text.clone(),
        terms,
    };
    finding.cause = equal_sums(figure, main, context)?;
    Ok(finding)
}

/// Returns 1 where a figure stands on the left of an equation (or is taken off on the right),
/// −1 the other way round.
fn sign_of(rule: &Rule, name: &str) -> i64 {
    for (side, operands) in rule.sides.iter().enumerate() {
        for (sign, operand) in operands {
            let is_it = matches!(operand, Operand::Captured(other) | Operand::SumCaptured(other) if other == name);
            if is_it {
                let on_left = side == 0;
                return if on_left == (*sign == Sign::Plus) { 1 } else { -1 };
            }
        }
    }
    1
}

fn sum_terms(rule: &Rule, unit: Option<usize>, context: &Context<'_>) -> PolarsResult<Vec<Term>> {
    let mut terms = Vec::new();
    for quantity in quantities(rule) {
        if rule.dimension == Dimension::Amount {
            let sums = sums(&context.frames.tasks, quantity, context.pipeline)?;
            let title = format!("各行{}合计", context.pipeline.quantity_title(quantity));
            terms.push(Term { title, value: value(rule.dimension, of_unit(&sums, unit)) });
        }
    }
    Ok(terms)
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
        if of_unit(&sums, figure.unit) == figure.number {
            causes.push(Cause::EqualsSum {
                name: context.pipeline.quantity_name(quantity).to_owned(),
                title: context.pipeline.quantity_title(quantity),
            });
        }
    }
    Ok(causes)
}

/// An equation of a sentence, with what came of it.
pub(super) struct EquationHeld<'a> {
    /// The place of its statement.
    pub statement: usize,
    pub rule: Option<&'a Rule>,
    /// The figures of the paragraph that it uses.
    pub figures: Vec<&'a Figure>,
    /// Its two sides; none where a cell of the plan that it adds is faulty.
    pub sides: Option<(i64, i64)>,
    pub holds: bool,
    /// The plan's cell in the way, by the place of its task, and the column.
    pub faulty: Option<(usize, usize)>,
}

/// Holds every equation whose figures the paragraph gives; a sentence that the plan does not hold
/// is one line without figures.
pub(super) fn held<'a>(context: &Context<'a>, said: &Said) -> PolarsResult<Vec<EquationHeld<'a>>> {
    let mut held = Vec::new();
    for (place, statement) in context.pipeline.check.statements.iter().enumerate() {
        if context.paragraph.unmatched.contains(&place) {
            held.push(EquationHeld {
                statement: place,
                rule: None,
                figures: Vec::new(),
                sides: None,
                holds: false,
                faulty: None,
            });
            continue;
        }
        let names = statement.names();
        let own = || context.paragraph.figures.iter();
        for rule in &statement.rules {
            let units: BTreeSet<Option<usize>> = match rule.over {
                Over::Unit => own()
                    .filter(|figure| names.contains(figure.name.as_str()))
                    .map(|figure| figure.unit)
                    .collect(),
                _ => std::iter::once(None).collect(),
            };
            for unit in units {
                let Some(figures) = figures_given(rule, unit, context.paragraph) else { continue };
                let evaluated = evaluate(rule, unit, context, said)?;
                let faulty = quantities(rule)
                    .find_map(|quantity| faulty_cell(quantity, unit, context, said));
                held.push(EquationHeld {
                    statement: place,
                    rule: Some(rule),
                    figures,
                    holds: evaluated.as_ref().is_some_and(Evaluated::holds),
                    sides: evaluated.map(|evaluated| (evaluated.left, evaluated.right)),
                    faulty,
                });
            }
        }
    }
    Ok(held)
}

/// The figures that an equation uses; none where the paragraph does not give all of them.
fn figures_given<'a>(
    rule: &Rule,
    unit: Option<usize>,
    paragraph: &'a Paragraph,
) -> Option<Vec<&'a Figure>> {
    let mut figures = Vec::new();
    for (_, operand) in rule.sides.iter().flatten() {
        match operand {
            Operand::Captured(name) => figures.push(paragraph.figure(name, unit)?),
            Operand::SumCaptured(name) => {
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

/// The first cell of the plan that a sum adds and that has a finding.
fn faulty_cell(
    quantity: Quantity,
    unit: Option<usize>,
    context: &Context<'_>,
    said: &Said,
) -> Option<(usize, usize)> {
    let Quantity::Column(field) = quantity else { return None };
    let places = &context.plan.places;
    context.plan.tasks.iter().enumerate().find_map(|(task, item)| {
        if unit.is_some_and(|unit| item.unit != unit) {
            return None;
        }
        let entry = item.row.entries[field].as_ref()?;
        let file = places.files.get(item.file).map_or("", String::as_str);
        let sheet = places.sheet(item.file, item.sheet).unwrap_or_default();
        let cell = CellAt::new(item.row.row, entry.column);
        (!said.at(Side::Plan, file, &sheet, cell).is_empty()).then_some((task, field))
    })
}
