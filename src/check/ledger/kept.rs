//! How the ledger is kept. Almost all of its lines are about a rule and the tasks of the plan, one after
//! another, and there are some twenty for each task: of such lines there are lists of what they do not have
//! in common, and the rest is put to a line as it is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::columns::{Ascending, Few, FigureList, place};
use super::{Count, Figures, Held, Outcome, Spot};
use crate::model::{ColumnId, FindingId, IdVec, RowId, Side, TaskId, UnitId};
use crate::normalise::frame::Item;
use crate::roster::{Plan, Roster, cell};

/// Every check that was owed, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    stretches: Vec<Stretch>,
    /// The different lists of rows that stretches are about.
    rows: Vec<Arc<[Option<RowId>]>>,
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

/// What a line is about, without its task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    pub held: Held,
    pub side: Side,
    /// None for the plan's own side and for what is held over all units.
    pub unit: Option<UnitId>,
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
    /// The lists have a place for each line. Mostly there is one for each task.
    tasks: Ascending,
    /// Shared with other stretches: they are mostly about the same rows.
    rows: Arc<[Option<RowId>]>,
    outcomes: Vec<Outcome>,
    findings: Few<FindingId>,
    figures: FigureList,
}

/// With so many different lists of rows those of a stretch are compared.
const RECENT: usize = 4;

/// Lines that are being added.
struct Adding {
    stretch: OfTasks,
    rows: Vec<Option<RowId>>,
}

impl OfTasks {
    fn len(&self) -> usize {
        self.outcomes.len()
    }

    fn line<'a>(&'a self, at: usize, units: &IdVec<TaskId, UnitId>) -> Option<Line<'a>> {
        let of = (self.held, self.side, self.columns.as_slice());
        let (task, row) = (TaskId::of_frame(self.tasks.get(at)?), self.rows[at]);
        let line = line_of(of, task, row, units);
        let place = place(at);
        Some(Line {
            figures: self.figures.of(place),
            outcome: self.outcomes[at],
            finding: self.findings.of(place).copied(),
            ..line
        })
    }

    /// Returns the lines of a task.
    fn of_task<'a>(
        &'a self,
        task: TaskId,
        units: &'a IdVec<TaskId, UnitId>,
    ) -> impl Iterator<Item = Line<'a>> + Clone {
        let task = task.in_frame();
        let own = (self.tasks.from(task)..).take_while(move |at| self.tasks.get(*at) == Some(task));
        own.filter_map(move |at| self.line(at, units))
    }

    fn iter<'a>(
        &'a self,
        units: &'a IdVec<TaskId, UnitId>,
    ) -> impl Iterator<Item = Line<'a>> + Clone {
        (0..self.len()).filter_map(move |at| self.line(at, units))
    }

    /// Says anew of each line what came of it and which finding says so; those whose outcome is not asked for
    /// stay.
    fn revise(
        &mut self,
        units: &IdVec<TaskId, UnitId>,
        asked: impl Fn(Outcome) -> bool,
        revised: &mut impl FnMut(&Line<'_>) -> (Outcome, Option<FindingId>),
    ) {
        if !self.outcomes.iter().any(|outcome| asked(*outcome)) {
            return;
        }
        let mut findings = Few::default();
        for at in 0..self.len() {
            if !asked(self.outcomes[at]) {
                if let Some(finding) = self.findings.of(place(at)) {
                    findings.push(place(at), *finding);
                }
                continue;
            }
            let Some(line) = self.line(at, units) else { continue };
            let (outcome, finding) = revised(&line);
            self.outcomes[at] = outcome;
            if let Some(finding) = finding {
                findings.push(place(at), finding);
            }
        }
        self.findings = findings;
    }
}

/// A line about a task, without what came of it.
fn line_of<'a>(
    (held, side, columns): (Held, Side, &'a [ColumnId]),
    task: TaskId,
    row: Option<RowId>,
    units: &IdVec<TaskId, UnitId>,
) -> Line<'a> {
    let field = match held {
        Held::Compare(field) | Held::Report(field) => Some(field),
        Held::Decreased(_) | Held::Overdue => row.and(columns.first().copied()),
        _ => None,
    };
    Line {
        held,
        side,
        unit: (side == Side::Submission).then(|| units[task]),
        task: Some(task),
        row,
        field,
        figures: None,
        outcome: Outcome::Agrees,
        uses: &[],
        finding: None,
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
        Self { units, ..Self::default() }
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
        let begin = || Adding {
            stretch: OfTasks {
                held,
                side,
                columns: columns.clone(),
                tasks: Ascending::default(),
                rows: Arc::default(),
                outcomes: Vec::new(),
                findings: Few::default(),
                figures: FigureList::default(),
            },
            rows: Vec::new(),
        };
        let mut own = begin();
        let mut last = None;
        for line in lines {
            let OfTask { task, row, figures, outcome, finding } = line;
            // A stretch is searched by its tasks.
            if last.replace(task).is_some_and(|last| last > task) {
                self.close(std::mem::replace(&mut own, begin()));
            }
            let at = place(own.rows.len());
            own.rows.push(row);
            let stretch = &mut own.stretch;
            stretch.tasks.push(task.in_frame());
            stretch.outcomes.push(outcome);
            if let Some(figures) = figures {
                stretch.figures.push(at, figures);
            }
            if let Some(finding) = finding {
                stretch.findings.push(at, finding);
            }
        }
        self.close(own);
    }

    fn close(&mut self, Adding { mut stretch, rows }: Adding) {
        stretch.tasks.shrink();
        stretch.outcomes.shrink_to_fit();
        stretch.figures.shrink();
        let mut recent = self.rows.iter().rev().take(RECENT);
        let known = recent.find(|known| known[..] == rows[..]).cloned();
        stretch.rows = known.unwrap_or_else(|| {
            self.rows.push(rows.into());
            self.rows[self.rows.len() - 1].clone()
        });
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

    /// Returns what came of the checks of a task on one side.
    pub fn outcomes_of_task(&self, task: TaskId, side: Side) -> impl Iterator<Item = Outcome> {
        let task = task.in_frame();
        let of_tasks = self.stretches.iter().filter_map(move |stretch| match stretch {
            Stretch::OfTasks(own) if own.side == side => Some(own),
            _ => None,
        });
        of_tasks.flat_map(move |own| {
            let from = own.tasks.from(task);
            let of_task = (from..).take_while(move |at| own.tasks.get(*at) == Some(task));
            of_task.map(|at| own.outcomes[at])
        })
    }

    /// Hands on what each line is about and what came of it, in their order. There are millions of them, and most
    /// of those who ask do not ask for more.
    pub fn each_outcome(&self, mut on_line: impl FnMut(About, Outcome)) {
        for stretch in &self.stretches {
            match stretch {
                Stretch::Apart(lines) => {
                    for Apart { held, side, unit, outcome, .. } in lines {
                        on_line(About { held: *held, side: *side, unit: *unit }, *outcome);
                    }
                }
                Stretch::OfTasks(own) => {
                    let OfTasks { held, side, .. } = *own;
                    for (at, outcome) in own.outcomes.iter().enumerate() {
                        let Some(task) = own.tasks.get(at).map(TaskId::of_frame) else { continue };
                        let unit = (side == Side::Submission).then(|| self.units[task]);
                        on_line(About { held, side, unit }, *outcome);
                    }
                }
            }
        }
    }

    /// Returns the lines about tasks that a finding speaks of.
    pub fn said_of_tasks(&self) -> impl Iterator<Item = Line<'_>> {
        let of_tasks = self.stretches.iter().filter_map(|stretch| match stretch {
            Stretch::OfTasks(own) => Some(own),
            Stretch::Apart(_) => None,
        });
        of_tasks.flat_map(|own| {
            own.findings.places().filter_map(|at| own.line(at as usize, &self.units))
        })
    }

    /// Returns the first line that differs and that no finding speaks of.
    pub fn unsaid(&self) -> Option<Line<'_>> {
        self.stretches.iter().find_map(|stretch| match stretch {
            Stretch::Apart(lines) => lines
                .iter()
                .find(|line| line.outcome == Outcome::Differs && line.finding.is_none())
                .map(Apart::line),
            Stretch::OfTasks(own) => {
                let mut differ = (0..own.len()).filter(|at| own.outcomes[*at] == Outcome::Differs);
                let unsaid = differ.find(|at| own.findings.of(place(*at)).is_none())?;
                own.line(unsaid, &self.units)
            }
        })
    }

    /// Names findings by their places in another list; those that it lacks are named no more.
    pub fn rename(&mut self, renamed: impl Fn(FindingId) -> Option<FindingId>) {
        for stretch in &mut self.stretches {
            match stretch {
                Stretch::Apart(lines) => {
                    for line in lines {
                        line.finding = line.finding.and_then(&renamed);
                    }
                }
                Stretch::OfTasks(own) => own.findings.change(&renamed),
            }
        }
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
            Stretch::OfTasks(own) => own.len(),
        });
        lengths.sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Says anew of each line whose outcome is asked for what came of it and which finding says so.
    pub fn revise(
        &mut self,
        asked: impl Fn(Outcome) -> bool + Copy,
        mut revised: impl FnMut(&Line<'_>) -> (Outcome, Option<FindingId>),
    ) {
        for stretch in &mut self.stretches {
            match stretch {
                Stretch::Apart(lines) => {
                    for line in lines.iter_mut().filter(|line| asked(line.outcome)) {
                        (line.outcome, line.finding) = revised(&line.line());
                    }
                }
                Stretch::OfTasks(own) => own.revise(&self.units, asked, &mut revised),
            }
        }
    }

    /// Counts the ledger by rule and unit.
    pub fn coverage(&self) -> BTreeMap<(Held, Option<UnitId>), Count> {
        let mut counts: BTreeMap<(Held, Option<UnitId>), Count> = BTreeMap::new();
        // The lines of a unit mostly follow each other.
        let mut last: Option<((Held, Option<UnitId>), Count)> = None;
        self.each_outcome(|About { held, unit, .. }, outcome| {
            let about = (held, unit);
            if let Some((_, count)) = last.as_mut().filter(|(known, _)| *known == about) {
                count.add(outcome);
                return;
            }
            let mut count = Count::default();
            count.add(outcome);
            if let Some((about, count)) = last.replace((about, count)) {
                counts.entry(about).or_default().add_all(count);
            }
        });
        if let Some((about, count)) = last {
            counts.entry(about).or_default().add_all(count);
        }
        counts
    }
}

impl<'a> IntoIterator for &'a Ledger {
    type Item = Line<'a>;
    type IntoIter = Box<dyn Iterator<Item = Line<'a>> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}
