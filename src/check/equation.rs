//! The one evaluator of rules: of rows, of units, of the whole, and of the plan's sentences.
//!
//! A rule and a *scope* go in; what comes out says that the rule holds, where it breaks, or why it
//! cannot be told. All arithmetic is exact: whole numbers and fractions of them, checked; what
//! grows beyond an `i64` is unreadable, never another number. It knows no findings: whether a cell
//! is doubted for another reason is for those who ask.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{DataFrame, PolarsResult};

use super::frames;
use super::outcome::{Figures, Outcome, Reason, Spot};
use super::paragraph::Paragraph;
use super::progress::Earlier;
use crate::model::amount::common_divisor;
use crate::model::{
    Amount, ColumnId, Day, FindingId, Month, RowId, RuleId, Side, TaskId, UnitId, Value, fold,
};
use crate::normalise::TableRow;
use crate::normalise::cells::derive;
use crate::normalise::frame::{Item, State, figure};
use crate::pipeline::{
    Chain, Dimension, Expression, Operation, Pipeline, Quantity, Relation, Rule, Tolerance,
};

/// One rule at one place, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// The place of the rule in the pipeline file.
    pub rule: RuleId,
    pub side: Side,
    /// None for what is held over all units.
    pub unit: Option<UnitId>,
    /// The plan's task, for rules over rows.
    pub task: Option<TaskId>,
    /// The first of the submitted rows, as a place in the roster's rows.
    pub row: Option<RowId>,
    /// None for texts and where nothing was compared.
    pub figures: Option<Figures>,
    pub outcome: Outcome,
    /// Where it differs the cells that are compared, where it was not checked those in the way.
    pub cells: Box<[Spot]>,
    /// The finding that says so, as a place among those of the run.
    pub finding: Option<FindingId>,
}

/// An exact figure; what is below the line is more than zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    above: i128,
    below: i128,
}

impl Fraction {
    pub const ZERO: Fraction = Fraction { above: 0, below: 1 };

    pub fn whole(number: impl Into<i128>) -> Self {
        Self { above: number.into(), below: 1 }
    }

    fn of(above: i128, below: i128) -> Option<Self> {
        let sign = below.signum();
        (sign != 0).then_some(())?;
        let (above, below) = (above.checked_mul(sign)?, below.checked_mul(sign)?);
        let common = common_divisor(above.unsigned_abs(), below.unsigned_abs());
        let common = i128::try_from(common).ok()?;
        Some(Self { above: above / common, below: below / common })
    }

    fn plus(self, other: Self) -> Option<Self> {
        if self.below == 1 && other.below == 1 {
            return Some(Self { above: self.above.checked_add(other.above)?, below: 1 });
        }
        let left = self.above.checked_mul(other.below)?;
        let right = other.above.checked_mul(self.below)?;
        Self::of(left.checked_add(right)?, self.below.checked_mul(other.below)?)
    }

    fn turned(self) -> Option<Self> {
        Some(Self { above: self.above.checked_neg()?, below: self.below })
    }

    fn times(self, other: Self) -> Option<Self> {
        Self::of(self.above.checked_mul(other.above)?, self.below.checked_mul(other.below)?)
    }

    fn over(self, other: Self) -> Option<Self> {
        Self::of(self.above.checked_mul(other.below)?, self.below.checked_mul(other.above)?)
    }

    fn order(self, other: Self) -> Option<Ordering> {
        if self.below == other.below {
            return Some(self.above.cmp(&other.above));
        }
        let left = self.above.checked_mul(other.below)?;
        Some(left.cmp(&other.above.checked_mul(self.below)?))
    }

    fn size(self) -> Option<Self> {
        Some(Self { above: self.above.checked_abs()?, below: self.below })
    }

    fn is_zero(self) -> bool {
        self.above == 0
    }

    /// Returns the whole number that is not above it; none beyond an `i64`.
    pub fn floor(self) -> Option<i64> {
        i64::try_from(self.above.div_euclid(self.below)).ok()
    }

    /// Returns the whole number that is not below it; none beyond an `i64`.
    pub fn ceiling(self) -> Option<i64> {
        let up = i128::from(self.above.rem_euclid(self.below) != 0);
        i64::try_from(self.above.div_euclid(self.below).checked_add(up)?).ok()
    }
}

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Figure(Fraction),
    /// A key.
    Text(String),
}

/// What an expression comes to, and whether a blank that a unit should have filled in counted as
/// nothing: then a break is one, but what holds is not known to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reading {
    told: Told,
    has_blank: bool,
}

impl Reading {
    fn figure(figure: Fraction) -> Self {
        Self { told: Told::Figure(figure), has_blank: false }
    }

    fn whole(number: impl Into<i128>) -> Self {
        Self::figure(Fraction::whole(number))
    }
}

/// What the units of tasks reported in the period before, by the column's name.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    pub earlier: &'a Earlier,
    /// The units and text keys of the tasks.
    pub tasks: &'a [(String, String)],
}

/// Where a rule is evaluated: what its names come to there. A scope is no figure and no result: the
/// same rule is evaluated in many, and each gives a verdict of its own.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// One row, or the several rows of one task together.
    Rows {
        rows: &'a [&'a TableRow],
        /// Columns that are taken to hold other figures than they do.
        set: &'a [(ColumnId, i64)],
        /// None where there is no earlier run.
        before: Option<Before<'a>>,
    },
    /// The rows of a unit, or of all.
    Sums { totals: &'a Totals, unit: Option<UnitId> },
}

/// What is the same in every scope.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    pub pipeline: &'a Pipeline,
    /// None where no sentence can be asked.
    pub paragraph: Option<&'a Paragraph>,
}

/// What came of a rule at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of it holds, or what it depends on does not; with its last two sides where it has any.
    Holds(Option<Compared>),
    Broken(Compared),
    NotTold(Reason),
}

/// Two sides of a rule that were compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The place of the chain among the demands.
    pub chain: usize,
    /// The place of the relation in the chain.
    pub relation: usize,
    pub left: Told,
    pub right: Told,
}

/// Evaluates a rule.
pub fn evaluate(rule: &Rule, scope: &Scope<'_>, given: &Given<'_>) -> Verdict {
    match all_hold(&rule.condition, Tolerance::default(), scope, given) {
        Verdict::Broken(_) => return Verdict::Holds(None),
        Verdict::NotTold(reason) => return Verdict::NotTold(reason),
        Verdict::Holds(_) => {}
    }
    all_hold(&rule.demand, rule.tolerance, scope, given)
}

/// A break is one whatever else cannot be told.
fn all_hold(
    chains: &[Chain],
    tolerance: Tolerance,
    scope: &Scope<'_>,
    given: &Given<'_>,
) -> Verdict {
    let mut last = None;
    let mut not_told = None;
    for (place, chain) in chains.iter().enumerate() {
        match holds(place, chain, tolerance, scope, given) {
            broken @ Verdict::Broken(_) => return broken,
            Verdict::NotTold(reason) => not_told = not_told.or(Some(reason)),
            Verdict::Holds(compared) => last = compared,
        }
    }
    not_told.map_or(Verdict::Holds(last), Verdict::NotTold)
}

fn holds(
    place: usize,
    chain: &Chain,
    tolerance: Tolerance,
    scope: &Scope<'_>,
    given: &Given<'_>,
) -> Verdict {
    let mut sides = chain.sides.iter().map(|side| read(side, scope, given));
    let Some(mut before) = sides.next() else { return Verdict::Holds(None) };
    let mut last = None;
    let mut not_told = None;
    for (at, (relation, here)) in chain.relations.iter().zip(sides).enumerate() {
        match (&before, &here) {
            (Err(reason), _) | (_, Err(reason)) => not_told = not_told.or(Some(*reason)),
            (Ok(left), Ok(right)) => {
                let compared = || Compared {
                    chain: place,
                    relation: at,
                    left: left.told.clone(),
                    right: right.told.clone(),
                };
                match stands(*relation, &left.told, &right.told, tolerance) {
                    None => not_told = not_told.or(Some(Reason::Unreadable)),
                    Some(false) => return Verdict::Broken(compared()),
                    Some(true) if left.has_blank || right.has_blank => {
                        not_told = not_told.or(Some(Reason::Blank));
                    }
                    Some(true) => last = Some(compared()),
                }
            }
        }
        before = here;
    }
    not_told.map_or(Verdict::Holds(last), Verdict::NotTold)
}

/// Returns whether a relation holds within a tolerance; none where that is beyond arithmetic.
fn stands(relation: Relation, left: &Told, right: &Told, tolerance: Tolerance) -> Option<bool> {
    let (left, right) = match (left, right) {
        (Told::Figure(left), Told::Figure(right)) => (*left, *right),
        (Told::Text(left), Told::Text(right)) => return Some(relation.holds(left.cmp(right))),
        _ => return None,
    };
    let order = left.order(right)?;
    if relation.holds(order) || tolerance == Tolerance::default() {
        return Some(relation.holds(order));
    }
    let share = Fraction::of(tolerance.share.into(), 10_000)?.times(right.size()?)?;
    let allowed = Fraction::whole(tolerance.figure).plus(share)?;
    let gap = left.plus(right.turned()?)?.size()?;
    Some(gap.order(allowed)?.is_le())
}

/// Returns the figure of an expression.
///
/// # Errors
/// Says why it cannot be told.
pub fn figure_of(
    expression: &Expression,
    scope: &Scope<'_>,
    given: &Given<'_>,
) -> Result<Fraction, Reason> {
    match read(expression, scope, given)? {
        Reading { told: Told::Figure(figure), .. } => Ok(figure),
        Reading { told: Told::Text(_), .. } => Err(Reason::Unreadable),
    }
}

/// Two figures that were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub left: i64,
    pub right: i64,
    pub holds: bool,
}

/// Holds one expression against another.
///
/// # Errors
/// Says why that cannot be told.
pub fn compare(
    (left, relation, right): (&Expression, Relation, &Expression),
    scope: &Scope<'_>,
    given: &Given<'_>,
) -> Result<Pair, Reason> {
    let left = figure_of(left, scope, given)?;
    let right = figure_of(right, scope, given)?;
    let order = left.order(right).ok_or(Reason::Unreadable)?;
    let floor = |figure: Fraction| figure.floor().ok_or(Reason::Unreadable);
    Ok(Pair { left: floor(left)?, right: floor(right)?, holds: relation.holds(order) })
}

fn read(expression: &Expression, scope: &Scope<'_>, given: &Given<'_>) -> Result<Reading, Reason> {
    let captured = || given.paragraph.ok_or(Reason::Unreadable);
    match expression {
        Expression::Number(number) => Ok(Reading::whole(*number)),
        Expression::Factor { above, below } => Fraction::of((*above).into(), (*below).into())
            .map(Reading::figure)
            .ok_or(Reason::Unreadable),
        Expression::Text { key, .. } => {
            Ok(Reading { told: Told::Text(key.clone()), has_blank: false })
        }
        Expression::Captured(name) => {
            let unit = match scope {
                Scope::Sums { unit, .. } => *unit,
                Scope::Rows { .. } => None,
            };
            let figure = captured()?.figure(name, unit).ok_or(Reason::Blank)?;
            Ok(Reading::whole(figure.number))
        }
        Expression::SumCaptured(name) => {
            captured()?.sum(name).map(Reading::whole).ok_or(Reason::Blank)
        }
        Expression::Field(quantity) => match scope {
            Scope::Rows { rows, set, .. } => field(*quantity, rows, set, given.pipeline),
            Scope::Sums { .. } => Err(Reason::Unreadable),
        },
        Expression::Previous(field) => match scope {
            Scope::Rows { before, .. } => previous(*field, before.as_ref(), given.pipeline),
            Scope::Sums { .. } => Err(Reason::Unreadable),
        },
        Expression::Sum(_) | Expression::Count(_) => match scope {
            Scope::Sums { totals, unit } => totals.read(expression, *unit),
            Scope::Rows { .. } => Err(Reason::Unreadable),
        },
        Expression::Joined { operation, left, right } => {
            let left = read(left, scope, given)?;
            let right = read(right, scope, given)?;
            let (Told::Figure(one), Told::Figure(other)) = (&left.told, &right.told) else {
                return Err(Reason::Unreadable);
            };
            let (one, other) = (*one, *other);
            let figure = match operation {
                Operation::Plus => one.plus(other),
                Operation::Minus => other.turned().and_then(|other| one.plus(other)),
                Operation::Times => one.times(other),
                // Nothing has a share in nothing.
                Operation::Over if other.is_zero() => None,
                Operation::Over => one.over(other),
            };
            let figure = figure.ok_or(Reason::Unreadable)?;
            Ok(Reading { told: Told::Figure(figure), has_blank: left.has_blank || right.has_blank })
        }
    }
}

/// What a column or derived amount comes to on a row, or on the rows of a task together.
fn field(
    quantity: Quantity,
    rows: &[&TableRow],
    set: &[(ColumnId, i64)],
    pipeline: &Pipeline,
) -> Result<Reading, Reason> {
    if let Quantity::Column(column) = quantity
        && let Some((_, number)) = set.iter().find(|(known, _)| *known == column)
    {
        return Ok(Reading::whole(*number));
    }
    let mut together: Option<Reading> = None;
    for row in rows {
        let Some(own) = part(quantity, row, rows, pipeline)? else { continue };
        together = Some(match together {
            None => own,
            Some(before) if adds(quantity, pipeline) => {
                let (Told::Figure(one), Told::Figure(other)) = (&before.told, &own.told) else {
                    return Err(Reason::Unreadable);
                };
                let figure = one.plus(*other).ok_or(Reason::Unreadable)?;
                let has_blank = before.has_blank || own.has_blank;
                Reading { told: Told::Figure(figure), has_blank }
            }
            Some(before) if before == own => own,
            // Several rows that say different things say nothing of the whole.
            Some(_) => return Err(Reason::DoubtfulPair),
        });
    }
    together.ok_or(Reason::NoRow)
}

/// Returns whether the figures of several rows make one.
fn adds(quantity: Quantity, pipeline: &Pipeline) -> bool {
    match quantity {
        Quantity::Column(column) => pipeline.columns[column].kind.is_added_up(),
        Quantity::Derived(_) => true,
    }
}

/// What one of several rows has to say; nothing where it lies under a figure that is merged over
/// it and others.
fn part(
    quantity: Quantity,
    row: &TableRow,
    rows: &[&TableRow],
    pipeline: &Pipeline,
) -> Result<Option<Reading>, Reason> {
    let column = match quantity {
        Quantity::Column(column) => column,
        Quantity::Derived(index) => {
            let derived = &pipeline.derived[index];
            let Some(value) = derived.value else {
                return on_row(quantity, row, pipeline).map(Some);
            };
            if merge_of(value, row, rows, pipeline)? != Merge::None {
                // A figure merged over rows of which some have other words is of no one source.
                let applies = |row: &TableRow| derive::applies(derived, &row.entries);
                if rows.iter().any(|other| applies(other) != applies(row)) {
                    return Err(Reason::Blank);
                }
            }
            return on_row(quantity, row, pipeline).map(Some);
        }
    };
    match merge_of(column, row, rows, pipeline)? {
        Merge::Under => Ok(None),
        Merge::Top => figure(row, column)
            .1
            .map(|number| Some(Reading::whole(number)))
            .ok_or(Reason::Unreadable),
        Merge::None => on_row(quantity, row, pipeline).map(Some),
    }
}

/// How a figure is merged over rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Merge {
    None,
    /// It stands here and holds for rows below, too.
    Top,
    /// It stands above.
    Under,
}

/// Returns how a figure is merged over some rows.
///
/// # Errors
/// An amount that is merged over other rows, too, is not that of these.
fn merge_of(
    column: ColumnId,
    row: &TableRow,
    rows: &[&TableRow],
    pipeline: &Pipeline,
) -> Result<Merge, Reason> {
    let kind = pipeline.columns[column].kind;
    let Some(entry) = &row.entries[column] else { return Ok(Merge::None) };
    if !kind.is_shared_under_merge() {
        return Ok(Merge::None);
    }
    let under = |row: &TableRow| row.row..row.row.saturating_add(spans(row, column));
    if entry.value == Value::Covered {
        let mut tops = rows.iter().filter(|other| under(other).contains(&row.row));
        let is_covered = tops.any(|other| other.row != row.row);
        return if is_covered { Ok(Merge::Under) } else { Err(Reason::Blank) };
    }
    if entry.spans <= 1 || figure(row, column).1.is_none() || kind.is_share() {
        return Ok(Merge::None);
    }
    let all_here = under(row).all(|at| rows.iter().any(|other| other.row == at));
    if all_here { Ok(Merge::Top) } else { Err(Reason::Unreadable) }
}

/// Returns over how many rows a figure of a row is merged.
pub fn spans(row: &TableRow, column: ColumnId) -> u32 {
    match &row.entries[column] {
        Some(entry) if entry.value != Value::Covered => entry.spans.max(1),
        _ => 0,
    }
}

fn on_row(quantity: Quantity, row: &TableRow, pipeline: &Pipeline) -> Result<Reading, Reason> {
    let column = match quantity {
        Quantity::Column(column) => column,
        Quantity::Derived(index) => {
            let derived = &pipeline.derived[index];
            let texts =
                derived.from.into_iter().chain(derived.when.iter().map(|(field, _)| *field));
            for column in texts {
                match figure(row, column).0 {
                    State::NoColumn => return Err(Reason::NoColumn),
                    State::Unreadable => return Err(Reason::Unreadable),
                    _ => {}
                }
            }
            let amount = row.derived[index].0;
            let value = derived.value.filter(|_| amount == 0).map(|column| figure(row, column).0);
            if value == Some(State::Unreadable) {
                return Err(Reason::Unreadable);
            }
            return Ok(Reading::whole(amount));
        }
    };
    let declared = &pipeline.columns[column];
    let is_text = declared.kind.is_text();
    match figure(row, column) {
        (State::Value, _) if is_text => {
            let text = row.entries[column].as_ref().and_then(|entry| entry.value.text());
            let text = text.ok_or(Reason::Unreadable)?;
            Ok(Reading { told: Told::Text(fold::key(text)), has_blank: false })
        }
        (State::Value, Some(number)) => Ok(Reading::whole(number)),
        (State::NoColumn, _) => Err(Reason::NoColumn),
        (State::Blank | State::NotApplicable, _) if declared.kind.is_zero_where_blank() => {
            Ok(Reading { has_blank: declared.reported, ..Reading::figure(Fraction::ZERO) })
        }
        (State::Blank | State::NotApplicable, _) => Err(Reason::Blank),
        // An amount merged over several rows is none of any one of them.
        (State::Covered, _) => Err(Reason::Blank),
        _ => Err(Reason::Unreadable),
    }
}

fn previous(
    column: ColumnId,
    before: Option<&Before<'_>>,
    pipeline: &Pipeline,
) -> Result<Reading, Reason> {
    let before = before.ok_or(Reason::NoEarlierRun)?;
    let declared = &pipeline.columns[column];
    if before.tasks.len() > 1 && declared.kind.is_share() {
        return Err(Reason::DoubtfulPair);
    }
    let mut sum = Fraction::ZERO;
    for (unit, task) in before.tasks {
        let known = before.earlier.figures.get(unit, task, &declared.name);
        // What an older period said is not what stood in the one before.
        let known = known.filter(|known| Some(known.period) >= before.earlier.period);
        let figure = known.ok_or(Reason::NoEarlierRun)?.figure;
        sum = sum.plus(Fraction::whole(figure)).ok_or(Reason::Unreadable)?;
    }
    Ok(Reading::figure(sum))
}

/// The sums and counts of a rule, by unit.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    leaves: Vec<(Expression, BTreeMap<UnitId, Total>)>,
}

/// A sum or count over the rows of a unit.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    figure: i128,
    /// Why a row could not be added, and the place of the first such row.
    not_told: Option<(Reason, usize)>,
    has_blank: bool,
}

impl Totals {
    /// Adds up what rules need over the rows of a frame; `items` are the same rows.
    ///
    /// # Errors
    /// Only when polars fails, which is a fault of this program.
    pub fn new<'r>(
        rules: impl IntoIterator<Item = &'r Rule>,
        frame: &DataFrame,
        items: &[Item<'_>],
        given: &Given<'_>,
    ) -> PolarsResult<Self> {
        let mut totals = Self::default();
        for expression in rules.into_iter().flat_map(Rule::leaves) {
            if totals.leaves.iter().any(|(known, _)| known == expression) {
                continue;
            }
            let by_unit = match expression {
                Expression::Sum(quantity) => summed(*quantity, frame, items, given.pipeline)?,
                Expression::Count(condition) => counted(condition, items, given),
                _ => continue,
            };
            totals.leaves.push((expression.clone(), by_unit));
        }
        Ok(totals)
    }

    fn of(&self, expression: &Expression) -> Option<&BTreeMap<UnitId, Total>> {
        self.leaves.iter().find(|(known, _)| known == expression).map(|(_, by_unit)| by_unit)
    }

    fn read(&self, expression: &Expression, unit: Option<UnitId>) -> Result<Reading, Reason> {
        let by_unit = self.of(expression).ok_or(Reason::Unreadable)?;
        let own = by_unit.iter().filter(|(other, _)| unit.is_none_or(|unit| unit == **other));
        let mut figure: i128 = 0;
        let mut has_blank = false;
        for (_, total) in own {
            figure = figure.checked_add(total.figure).ok_or(Reason::Unreadable)?;
            has_blank |= total.has_blank || total.not_told.is_some();
        }
        // A cell of a sheet could not hold it, nor a report.
        i64::try_from(figure).map_err(|_| Reason::Unreadable)?;
        Ok(Reading { told: Told::Figure(Fraction::whole(figure)), has_blank })
    }

    /// Returns the totals as they would be without what some units' sums of columns have too much.
    #[must_use]
    pub fn without(&self, too_much: &[(ColumnId, UnitId, i128)]) -> Self {
        let mut totals = self.clone();
        for (leaf, by_unit) in &mut totals.leaves {
            for (column, unit, figure) in too_much {
                if *leaf == Expression::Sum(Quantity::Column(*column)) {
                    let total = by_unit.entry(*unit).or_default();
                    total.figure = total.figure.saturating_sub(*figure);
                }
            }
        }
        totals
    }

    /// Returns why a sum or count is not that of all rows, and the place of the first row in the
    /// way.
    pub fn not_told(&self, leaf: &Expression, unit: Option<UnitId>) -> Option<(Reason, usize)> {
        self.of(leaf)?.iter().find_map(|(other, total)| {
            unit.is_none_or(|unit| unit == *other).then_some(total.not_told).flatten()
        })
    }

    /// Returns the same of the first sum of a rule that has such a row.
    pub fn in_the_way(&self, rule: &Rule, unit: Option<UnitId>) -> Option<(Reason, usize)> {
        rule.leaves().find_map(|leaf| self.not_told(leaf, unit))
    }
}

fn summed(
    quantity: Quantity,
    frame: &DataFrame,
    items: &[Item<'_>],
    pipeline: &Pipeline,
) -> PolarsResult<BTreeMap<UnitId, Total>> {
    let sums = frames::wide_sums(frame, quantity, pipeline)?;
    let mut totals: BTreeMap<UnitId, Total> = sums
        .into_iter()
        .map(|(unit, figure)| (unit, Total { figure, ..Total::default() }))
        .collect();
    for (place, item) in items.iter().enumerate() {
        // A merged amount is in the sum once, on its first row.
        let is_merged = matches!(quantity, Quantity::Column(column)
            if matches!(figure(item.row, column).0, State::Covered | State::Spanning));
        if is_merged {
            continue;
        }
        match on_row(quantity, item.row, pipeline) {
            Ok(reading) if !reading.has_blank => {}
            Ok(_) => totals.entry(item.unit).or_default().has_blank = true,
            Err(reason) => {
                let total = totals.entry(item.unit).or_default();
                total.not_told = total.not_told.or(Some((reason, place)));
            }
        }
    }
    Ok(totals)
}

fn counted(condition: &[Chain], items: &[Item<'_>], given: &Given<'_>) -> BTreeMap<UnitId, Total> {
    let mut totals: BTreeMap<UnitId, Total> = BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        let total = totals.entry(item.unit).or_default();
        let scope = Scope::Rows { rows: &[item.row], set: &[], before: None };
        match all_hold(condition, Tolerance::default(), &scope, given) {
            Verdict::Holds(_) => total.figure += 1,
            Verdict::Broken(_) => {}
            Verdict::NotTold(reason) => total.not_told = total.not_told.or(Some((reason, place))),
        }
    }
    totals
}

/// Returns the columns and derived amounts that an expression names, those of a count's condition
/// among them.
pub fn named(expression: &Expression) -> Vec<Quantity> {
    match expression {
        Expression::Field(quantity) | Expression::Sum(quantity) => vec![*quantity],
        Expression::Previous(column) => vec![Quantity::Column(*column)],
        Expression::Count(condition) => {
            let sides = condition.iter().flat_map(|chain| &chain.sides);
            sides.flat_map(Expression::leaves).flat_map(named).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the columns and derived amounts that a rule names, in its order, each once.
pub fn quantities(rule: &Rule) -> Vec<Quantity> {
    let mut quantities: Vec<Quantity> = Vec::new();
    for quantity in rule.leaves().flat_map(named) {
        if !quantities.contains(&quantity) {
            quantities.push(quantity);
        }
    }
    quantities
}

/// Returns the columns that a quantity is read from.
pub fn columns_of(quantity: Quantity, pipeline: &Pipeline) -> Vec<ColumnId> {
    match quantity {
        Quantity::Column(column) => vec![column],
        Quantity::Derived(index) => {
            let derived = &pipeline.derived[index];
            let whens = derived.when.iter().map(|(column, _)| *column);
            derived.from.into_iter().chain(derived.value).chain(whens).collect()
        }
    }
}

/// Returns the columns that a rule reads, in their order.
pub fn columns(rule: &Rule, pipeline: &Pipeline) -> Vec<ColumnId> {
    let of_all = quantities(rule).into_iter().flat_map(|quantity| columns_of(quantity, pipeline));
    of_all.collect::<BTreeSet<ColumnId>>().into_iter().collect()
}

/// Returns a figure of a rule as a value.
pub fn value(dimension: Dimension, number: i64) -> Value {
    match dimension {
        Dimension::Amount => Value::Amount(Amount(number)),
        Dimension::Percent => Value::Percent(number),
        Dimension::Decimal => Value::Decimal(number),
        Dimension::Count | Dimension::Text => Value::Integer(number),
        Dimension::Date => Day::from_ordinal(number).map_or(Value::Integer(number), Value::Date),
        Dimension::Month => i32::try_from(number)
            .ok()
            .and_then(Month::from_ordinal)
            .map_or(Value::Integer(number), Value::Month),
    }
}
