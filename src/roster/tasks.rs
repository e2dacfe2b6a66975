//! Whose tasks a table lists, where nothing else tells whose it is.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::Plan;
use crate::model::UnitId;
use crate::normalise::TableRow;
use crate::normalise::frame::{shown_task, text_key};
use crate::pipeline::Pipeline;

/// The plan's tasks by their texts, looked up in few files and in most months in none.
pub(super) struct ByTasks<'a> {
    plan: &'a Plan<'a>,
    pipeline: &'a Pipeline,
    units_of: OnceCell<BTreeMap<String, BTreeSet<UnitId>>>,
}

/// Texts at least this alike are a clear likeness, in hundredths.
const CLEARLY_ALIKE: f64 = 0.9;
/// One row of so many may be another unit's.
const FEW: usize = 5;
/// Beyond so many comparisons of texts a likeness is not looked for.
const MOST_COMPARISONS: usize = 200_000;

impl<'a> ByTasks<'a> {
    pub(super) fn of(plan: &'a Plan<'a>, pipeline: &'a Pipeline) -> Self {
        Self { plan, pipeline, units_of: OnceCell::new() }
    }

    fn units_of(&self) -> &BTreeMap<String, BTreeSet<UnitId>> {
        self.units_of.get_or_init(|| {
            let mut units_of: BTreeMap<String, BTreeSet<UnitId>> = BTreeMap::new();
            for item in &self.plan.tasks {
                let key = text_key(item.row, self.pipeline);
                units_of.entry(key).or_default().insert(item.unit);
            }
            units_of
        })
    }

    /// Returns whether a text is that of a task.
    pub(super) fn is_planned(&self, key: &str) -> bool {
        self.units_of().contains_key(key)
    }

    /// Returns whether a row is a task of a unit.
    pub(super) fn is_of(&self, unit: UnitId, row: &TableRow) -> bool {
        let units = self.units_of().get(&text_key(row, self.pipeline));
        units.is_some_and(|units| units.contains(&unit))
    }

    /// Returns the unit whose tasks rows are, and one that is nobody else's: nearly every row that is a task
    /// of the plan may be this unit's, one of them can only be, and most rows are tasks of the plan.
    pub(super) fn whose(&self, rows: &[&TableRow]) -> Option<(UnitId, String)> {
        let keys: Vec<String> = rows.iter().map(|row| text_key(row, self.pipeline)).collect();
        let exact: Vec<Option<BTreeSet<UnitId>>> =
            keys.iter().map(|key| self.units_of().get(key).cloned()).collect();
        let is_enough = |found: &[Option<BTreeSet<UnitId>>]| {
            found.iter().flatten().count() * 2 >= rows.len().max(1)
        };
        let found = if is_enough(&exact) { exact } else { self.alike(&keys, exact) };
        if !is_enough(&found) {
            return None;
        }
        let may_be =
            |unit: UnitId| found.iter().flatten().filter(|units| units.contains(&unit)).count();
        let alone = |place: &usize| found[*place].as_ref().is_some_and(|one| one.len() == 1);
        let only = (0..found.len()).filter(alone);
        let only: Vec<(usize, UnitId)> =
            only.filter_map(|place| Some((place, *found[place].as_ref()?.first()?))).collect();
        let (own, unit) = only
            .iter()
            .copied()
            .max_by_key(|(place, unit)| (may_be(*unit), std::cmp::Reverse(*place)))?;
        // A row or two of another unit's stand on a sheet that is this one's all the same.
        let known = found.iter().flatten().count();
        let others = known - may_be(unit);
        (others * FEW <= known).then(|| (unit, shown_task(rows[own], self.pipeline)))
    }

    /// Adds whose the tasks are that texts are clearly like.
    fn alike(
        &self,
        keys: &[String],
        mut found: Vec<Option<BTreeSet<UnitId>>>,
    ) -> Vec<Option<BTreeSet<UnitId>>> {
        if keys.len().saturating_mul(self.units_of().len()) > MOST_COMPARISONS {
            return found;
        }
        for (key, units) in keys.iter().zip(&mut found).filter(|(_, units)| units.is_none()) {
            let alike = self.units_of().iter().filter(|(text, _)| {
                rapidfuzz::fuzz::ratio(key.chars(), text.chars()) >= CLEARLY_ALIKE
            });
            let all: BTreeSet<UnitId> = alike.flat_map(|(_, units)| units).copied().collect();
            *units = (!all.is_empty()).then_some(all);
        }
        found
    }
}
