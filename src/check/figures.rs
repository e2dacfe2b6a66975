//! The long frame `figures`: a line for each declared column of each row and each task, what was
//! submitted beside what is planned.
//!
//! It is made once, when rows and tasks have found each other. Comparison, ledger, bridge and the
//! conservation of amounts all start from it, so that what is simply equal costs nothing beyond the
//! frame, and only what stands out is looked at row by row.
//!
//! | column | type | holds |
//! |---|---|---|
//! | `field` | u32 | the declared column |
//! | `row` | u32 | the submitted row; null for a task without one |
//! | `task` | u32 | the plan's task; null for a row that is nobody's |
//! | `unit` | u32 | whose it is |
//! | `end` | u32 | the [`End`] of the line |
//! | `found`, `planned` | i64 | figures in their smallest unit; null for texts and where there is none |
//! | `found?`, `planned?` | u32 | the [`State`] of each; null where there is no row or no task |
//! | `alone` | bool | it is the only row of its task |
//! | `same` | bool | both have a value and it is one value, texts as folded |
//!
//! The lines of one column stand together, the pairs first and in their order, so that the place of
//! a line among them is that of the pair.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::frames::{grouped, places};
use crate::matching::{Fate, Frames, Matched};
use crate::model::{ColumnId, RowId, TaskId, UnitId};
use crate::normalise::frame::{State, state_name};
use crate::pipeline::Pipeline;
use crate::roster::{Plan, Roster};

/// Where a row or a task ends up. It is not the row's fate in matching alone: a task that nobody
/// submitted has one, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    Matched = 0,
    Extra = 1,
    Misplaced = 2,
    Repeated = 3,
    Doubtful = 4,
    /// A task without a row.
    NoRow = 5,
}

impl End {
    const ALL: [End; 6] =
        [End::Matched, End::Extra, End::Misplaced, End::Repeated, End::Doubtful, End::NoRow];

    /// Returns the end of a row that is no task's.
    pub fn of_fate(fate: &Fate) -> Self {
        match fate {
            Fate::Extra => End::Extra,
            Fate::Misplaced { .. } => End::Misplaced,
            Fate::Repeated { .. } => End::Repeated,
            Fate::Doubtful { .. } => End::Doubtful,
        }
    }
}

/// The frame, and how many lines a column has in it.
#[derive(Clone, Debug)]
pub struct Figures {
    pub frame: DataFrame,
    /// The lines of one column.
    pub lines: usize,
    /// The first of them, which are the pairs.
    pub pairs: usize,
}

/// One line before it has a column: which row, which task, whose, and where it ends.
struct Line {
    row: Option<RowId>,
    task: Option<TaskId>,
    unit: UnitId,
    end: End,
    is_alone: bool,
}

/// Lays rows and tasks beside each other.
///
/// # Errors
/// Only when polars fails, which is a fault of this program.
pub fn figures(
    frames: &Frames,
    plan: &Plan<'_>,
    roster: &Roster<'_>,
    matched: &Matched,
    pipeline: &Pipeline,
) -> PolarsResult<Figures> {
    let lines = lines(plan, roster, matched);
    let ids = |id: &dyn Fn(&Line) -> Option<u32>, name: &str| -> UInt32Chunked {
        let ids: Vec<Option<u32>> = lines.iter().map(id).collect();
        UInt32Chunked::from_slice_options(name.into(), &ids)
    };
    let row = ids(&|line| line.row.map(RowId::in_frame), "row");
    let task = ids(&|line| line.task.map(TaskId::in_frame), "task");
    let unit = ids(&|line| Some(line.unit.in_frame()), "unit");
    let end = ids(&|line| Some(line.end as u32), "end");
    let alone = lines.iter().map(|line| line.is_alone);
    let alone = BooleanChunked::from_iter_values("alone".into(), alone);
    let submitted = frames.rows.take(&row)?;
    let planned = frames.tasks.take(&task)?;
    let mut frame: Option<DataFrame> = None;
    for (field, column) in pipeline.columns.iter_enumerated() {
        let name = column.name.as_str();
        let of_field = UInt32Chunked::full("field".into(), field.in_frame(), lines.len());
        let [found_state, planned_state] =
            [&submitted, &planned].map(|frame| -> PolarsResult<UInt32Chunked> {
                Ok(frame.column(&state_name(name))?.u32()?.clone())
            });
        let (found_state, planned_state) = (found_state?, planned_state?);
        let (one, other) = (submitted.column(name)?, planned.column(name)?);
        let equal = match one.dtype() {
            // Texts by their numbers.
            DataType::UInt32 => one.u32()?.equal_missing(other.u32()?),
            _ => one.i64()?.equal_missing(other.i64()?),
        };
        let value = State::Value.code();
        let same = equal & found_state.equal_missing(value) & planned_state.equal_missing(value);
        let figure = |column: &Column| -> PolarsResult<Column> {
            Ok(match column.dtype() {
                DataType::UInt32 => Column::full_null("".into(), lines.len(), &DataType::Int64),
                _ => column.clone(),
            })
        };
        let named = |column: Column, name: &str| column.with_name(name.into());
        let own = DataFrame::new(
            lines.len(),
            vec![
                of_field.into_column(),
                row.clone().into_column(),
                task.clone().into_column(),
                unit.clone().into_column(),
                end.clone().into_column(),
                alone.clone().into_column(),
                named(figure(one)?, "found"),
                named(found_state.into_column(), "found?"),
                named(figure(other)?, "planned"),
                named(planned_state.into_column(), "planned?"),
                named(same.into_column(), "same"),
            ],
        )?;
        match &mut frame {
            None => frame = Some(own),
            Some(frame) => {
                frame.vstack_mut(&own)?;
            }
        }
    }
    Ok(Figures { frame: frame.unwrap_or_default(), lines: lines.len(), pairs: matched.pairs.len() })
}

/// Every pair, then every task without a row, then every row without a task.
fn lines(plan: &Plan<'_>, roster: &Roster<'_>, matched: &Matched) -> Vec<Line> {
    let mut with_row: BTreeMap<TaskId, usize> = BTreeMap::new();
    for pair in &matched.pairs {
        *with_row.entry(pair.task).or_default() += 1;
    }
    let pairs = matched.pairs.iter().map(|pair| Line {
        row: Some(pair.row),
        task: Some(pair.task),
        unit: roster.items[pair.row].unit,
        end: End::Matched,
        is_alone: with_row[&pair.task] == 1,
    });
    let tasks = plan.tasks.iter_enumerated().filter(|(task, _)| !with_row.contains_key(task));
    let tasks = tasks.map(|(task, item)| Line {
        row: None,
        task: Some(task),
        unit: item.unit,
        end: End::NoRow,
        is_alone: false,
    });
    let rows = matched.fates.iter().map(|(row, fate)| Line {
        row: Some(*row),
        task: None,
        unit: roster.items[*row].unit,
        end: End::of_fate(fate),
        is_alone: false,
    });
    pairs.chain(tasks).chain(rows).collect()
}

impl Figures {
    /// Returns the lines of a column.
    fn of(&self, field: ColumnId) -> DataFrame {
        let first = usize::from(field) * self.lines;
        self.frame.slice(i64::try_from(first).expect("a frame's length"), self.lines)
    }

    /// Returns the places of the pairs that are not simply two equal values.
    ///
    /// # Errors
    /// Only when polars fails, as for all of these.
    pub fn unlike(&self, field: ColumnId) -> PolarsResult<Vec<usize>> {
        let same = self.of(field).column("same")?.bool()?.slice(0, self.pairs);
        Ok(places(&!&same))
    }

    /// Returns the tasks whose figure is not simply that of their one row: those without a row, with
    /// several, and those whose row says something else or nothing.
    pub fn apart(&self, field: ColumnId) -> PolarsResult<Vec<TaskId>> {
        let of = self.of(field);
        let simple = of.column("same")?.bool()? & of.column("alone")?.bool()?;
        let unlike = of.filter(&!simple)?;
        let tasks = unlike.column("task")?.u32()?.iter().flatten().map(TaskId::of_frame);
        Ok(tasks.collect::<BTreeSet<TaskId>>().into_iter().collect())
    }

    /// Returns the readable figures of all rows, added up by where they end.
    pub fn by_end(&self, field: ColumnId) -> PolarsResult<BTreeMap<End, i128>> {
        let sums = grouped(&self.of(field), "end", "found")?;
        let of = |end: End| Some((end, *sums.get(&(end as u32))?));
        Ok(End::ALL.into_iter().filter_map(of).collect())
    }
}
