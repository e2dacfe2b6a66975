//! How the ledger is kept. Almost all of its lines are about a rule and the tasks of the plan, one after
//! another, and there are some twenty for each task: of such a line only what differs from the one before
//! is kept, and the rest is put to it as it is read.

use std::collections::BTreeMap;

use super::{Count, Figures, Held, Outcome, Spot};
use crate::model::{ColumnId, FindingId, IdVec, RowId, Side, TaskId, UnitId};
use crate::normalise::frame::Item;
use crate::roster::{Plan, Roster, cell};

/// Every check that was owed, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    stretches: Vec<Stretch>,
    units: IdVec<TaskId, UnitId>,
}

/// One check and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    pub held: Held,
    pub side: Side,
    /// None for the plan's own side and for what is held over all units.
    pub unit: Option<UnitId>,
    /// The plan's task.
    pub task: Option<TaskId>,
    /// The first submitted row of the task, as a place in the roster's rows.
    pub row: Option<RowId>,
    pub field: Option<ColumnId>,
    /// For fields they stand in the rows themselves.
    pub figures: Option<Figures>,
    pub outcome: Outcome,
    /// The figures of the plan's paragraph that an equation uses, by their places.
    pub uses: &'a [usize],
    /// The finding that says it, as a place among those the ledger was made with.
    pub finding: Option<FindingId>,
    stands: Stands<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands<'a> {
    At(Option<Spot>),
    /// In the first of these columns that the row has.
    In(&'a [ColumnId]),
}

impl Line<'_> {
    /// Returns where it was found.
    pub fn at(&self, plan: &Plan<'_>, roster: &Roster<'_>) -> Option<Spot> {
        let columns = match self.stands {
            Stands::At(spot) => return spot,
            Stands::In(columns) => columns,
        };
        let item = match self.side {
            Side::Plan => &plan.tasks[self.task?],
            Side::Submission => &roster.items[self.row?],
        };
        columns.iter().find_map(|column| spot(item, *column))
    }
}

/// Returns where a declared column of a row stands.
pub fn spot(item: &Item<'_>, field: ColumnId) -> Option<Spot> {
    Some(Spot { file: item.file, sheet: item.sheet, cell: cell(item, field)? })
}

/// A check that is about no task.
#[derive(Clone, Debug)]
pub struct Apart {
    pub held: Held,
    pub side: Side,
    pub unit: Option<UnitId>,
    pub field: Option<ColumnId>,
    pub figures: Option<Figures>,
    pub outcome: Outcome,
    pub uses: Box<[usize]>,
    pub at: Option<Spot>,
    pub finding: Option<FindingId>,
}

/// A check of a task.
#[derive(Clone, Copy, Debug)]
pub struct OfTask {
    pub task: TaskId,
    pub row: Option<RowId>,
    pub figures: Option<Figures>,
    pub outcome: Outcome,
    pub finding: Option<FindingId>,
}

impl OfTask {
    pub fn new(task: TaskId, outcome: Outcome) -> Self {
        Self { task, row: None, figures: None, outcome, finding: None }
    }

    #[must_use]
    pub fn by(mut self, finding: Option<FindingId>) -> Self {
        self.finding = finding;
        self
    }
}

/// Lines that follow each other.
#[derive(Clone, Debug)]
enum Stretch {
    Apart(Vec<Apart>),
    OfTasks(OfTasks),
}

/// Lines about one rule on one side, in the order of the tasks.
#[derive(Clone, Debug)]
struct OfTasks {
    held: Held,
    side: Side,
    /// A line stands in the first of these that its row has.
    columns: Vec<ColumnId>,
    lines: Vec<Kept>,
    /// Of the lines that have any, by the line's place.
    figures: Vec<(u32, Figures)>,
}

/// What is kept of a line about a task.
#[derive(Clone, Copy, Debug)]
struct Kept {
    task: TaskId,
    row: Option<RowId>,
    finding: Option<FindingId>,
    outcome: Outcome,
}

impl OfTasks {
    fn line<'a>(
        &'a self,
        kept: &Kept,
        figures: Option<Figures>,
        units: &IdVec<TaskId, UnitId>,
    ) -> Line<'a> {
        let (held, side) = (self.held, self.side);
        line_of((held, side), &self.columns, kept, figures, units)
    }

    /// Returns the lines of a task.
    fn of_task<'a>(
        &'a self,
        task: TaskId,
        units: &'a IdVec<TaskId, UnitId>,
    ) -> impl Iterator<Item = Line<'a>> + Clone {
        // Mostly there is one line for each task.
        let place = usize::from(task);
        let is_own = |place: usize| self.lines.get(place).is_some_and(|line| line.task == task);
        let is_first = is_own(place) && !place.checked_sub(1).is_some_and(is_own);
        let first =
            if is_first { place } else { self.lines.partition_point(|line| line.task < task) };
        let own = self.lines[first..].iter().take_while(move |line| line.task == task);
        own.enumerate().map(move |(place, kept)| {
            let place = u32_of(first + place);
            let figures = self.figures.binary_search_by_key(&place, |(line, _)| *line).ok();
            self.line(kept, figures.map(|at| self.figures[at].1), units)
        })
    }

    fn iter<'a>(
        &'a self,
        units: &'a IdVec<TaskId, UnitId>,
    ) -> impl Iterator<Item = Line<'a>> + Clone {
        let mut figures = self.figures.iter().peekable();
        self.lines.iter().enumerate().map(move |(place, kept)| {
            let own = figures.next_if(|(line, _)| *line == u32_of(place));
            self.line(kept, own.map(|(_, figures)| *figures), units)
        })
    }
}

fn line_of<'a>(
    (held, side): (Held, Side),
    columns: &'a [ColumnId],
    kept: &Kept,
    figures: Option<Figures>,
    units: &IdVec<TaskId, UnitId>,
) -> Line<'a> {
    let field = match held {
        Held::Compare(field) | Held::Report(field) => Some(field),
        Held::Decreased(_) | Held::Overdue => kept.row.and(columns.first().copied()),
        _ => None,
    };
    Line {
        held,
        side,
        unit: (side == Side::Submission).then(|| units[kept.task]),
        task: Some(kept.task),
        row: kept.row,
        field,
        figures,
        outcome: kept.outcome,
        uses: &[],
        finding: kept.finding,
        stands: Stands::In(columns),
    }
}

impl Apart {
    fn line(&self) -> Line<'_> {
        Line {
            held: self.held,
            side: self.side,
            unit: self.unit,
            task: None,
            row: None,
            field: self.field,
            figures: self.figures,
            outcome: self.outcome,
            uses: &self.uses,
            finding: self.finding,
            stands: Stands::At(self.at),
        }
    }
}

impl Ledger {
    /// Returns a ledger without a line, about a plan.
    pub fn about(plan: &Plan<'_>) -> Self {
        let units = plan.tasks.iter().map(|item| item.unit).collect();
        Self { stretches: Vec::new(), units }
    }

    /// Adds checks that are about no task.
    pub fn add(&mut self, lines: impl IntoIterator<Item = Apart>) {
        self.stretches.push(Stretch::Apart(lines.into_iter().collect()));
    }

    /// Adds checks of tasks, which stand in the first of the columns that a row has.
    pub fn add_of_tasks(
        &mut self,
        (held, side): (Held, Side),
        columns: impl IntoIterator<Item = ColumnId>,
        lines: impl IntoIterator<Item = OfTask>,
    ) {
        let columns: Vec<ColumnId> = columns.into_iter().collect();
        let begin = || OfTasks {
            held,
            side,
            columns: columns.clone(),
            lines: Vec::new(),
            figures: Vec::new(),
        };
        let mut own = begin();
        for line in lines {
            // A stretch is searched by its tasks.
            if own.lines.last().is_some_and(|last| last.task > line.task) {
                self.close(std::mem::replace(&mut own, begin()));
            }
            if let Some(figures) = line.figures {
                own.figures.push((u32_of(own.lines.len()), figures));
            }
            let OfTask { task, row, outcome, finding, .. } = line;
            own.lines.push(Kept { task, row, finding, outcome });
        }
        self.close(own);
    }

    fn close(&mut self, mut stretch: OfTasks) {
        stretch.lines.shrink_to_fit();
        stretch.figures.shrink_to_fit();
        self.stretches.push(Stretch::OfTasks(stretch));
    }

    pub fn iter(&self) -> impl Iterator<Item = Line<'_>> + Clone {
        self.stretches.iter().flat_map(|stretch| {
            let (apart, of_tasks) = match stretch {
                Stretch::Apart(lines) => (Some(lines), None),
                Stretch::OfTasks(own) => (None, Some(own)),
            };
            let apart = apart.into_iter().flatten().map(Apart::line);
            apart.chain(of_tasks.into_iter().flat_map(|own| own.iter(&self.units)))
        })
    }

    /// Returns the lines about a task.
    pub fn of_task(&self, task: TaskId) -> impl Iterator<Item = Line<'_>> {
        let of_tasks = self.stretches.iter().filter_map(|stretch| match stretch {
            Stretch::OfTasks(own) => Some(own),
            Stretch::Apart(_) => None,
        });
        of_tasks.flat_map(move |own| own.of_task(task, &self.units))
    }

    /// Returns the lines that are about no task.
    pub fn of_no_task(&self) -> impl Iterator<Item = Line<'_>> {
        let apart = self.stretches.iter().filter_map(|stretch| match stretch {
            Stretch::Apart(lines) => Some(lines),
            Stretch::OfTasks(_) => None,
        });
        apart.flatten().map(Apart::line)
    }

    pub fn len(&self) -> usize {
        let lengths = self.stretches.iter().map(|stretch| match stretch {
            Stretch::Apart(lines) => lines.len(),
            Stretch::OfTasks(own) => own.lines.len(),
        });
        lengths.sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Says anew of each line what came of it and which finding says so. Figures are not looked at.
    pub fn revise(&mut self, mut revised: impl FnMut(&Line<'_>) -> (Outcome, Option<FindingId>)) {
        for stretch in &mut self.stretches {
            match stretch {
                Stretch::Apart(lines) => {
                    for line in lines {
                        (line.outcome, line.finding) = revised(&line.line());
                    }
                }
                Stretch::OfTasks(OfTasks { held, side, columns, lines, .. }) => {
                    for kept in lines {
                        let line = line_of((*held, *side), columns, kept, None, &self.units);
                        (kept.outcome, kept.finding) = revised(&line);
                    }
                }
            }
        }
    }

    /// Counts the ledger by rule and unit.
    pub fn coverage(&self) -> BTreeMap<(Held, Option<UnitId>), Count> {
        let mut counts: BTreeMap<(Held, Option<UnitId>), Count> = BTreeMap::new();
        // The lines of a unit mostly follow each other.
        let mut last: Option<((Held, Option<UnitId>), Count)> = None;
        for line in self.iter() {
            let about = (line.held, line.unit);
            if let Some((_, count)) = last.as_mut().filter(|(known, _)| *known == about) {
                count.add(line.outcome);
                continue;
            }
            let mut count = Count::default();
            count.add(line.outcome);
            if let Some((about, count)) = last.replace((about, count)) {
                counts.entry(about).or_default().add_all(count);
            }
        }
        if let Some((about, count)) = last {
            counts.entry(about).or_default().add_all(count);
        }
        counts
    }
}

fn u32_of(place: usize) -> u32 {
    u32::try_from(place).expect("a rule has less than 4 billion lines")
}

impl<'a> IntoIterator for &'a Ledger {
    type Item = Line<'a>;
    type IntoIter = Box<dyn Iterator<Item = Line<'a>> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}
