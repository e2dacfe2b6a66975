//! The month as it stands before anything is planted, and where in it a fault can be planted so
//! that it speaks for itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::extract::Extract;
use crate::findings::Settled;
use crate::matching::Why;
use crate::model::{
    Amount, CellAt, ColumnId, FileId, Kind, MoneyUnit, Month, SheetId, Side, Status, UnitId, Value,
};
use crate::normalise::frame::{Item, number, shown_task};
use crate::normalise::{Layout, RowClass, TableRow};
use crate::pipeline::{ColumnType, Pipeline};
use crate::read::{Content, Sheet};
use crate::reconcile::Reconciliation;
use crate::roster::{Standing, THE_PLAN, TotalRow, cell, file_stem};

use super::material::{Case, Material};

/// The month's copies, reconciled without a planted fault.
pub struct Base<'a> {
    pub pipeline: &'a Pipeline,
    pub material: &'a Material,
    pub case: &'a Case,
    pub reconciled: &'a Reconciliation<'a>,
    /// Rows in which a fault speaks for itself.
    quiet: Vec<Spot<'a>>,
}

/// The rows of a sheet about which something has been found, by side, file and sheet.
type Told = BTreeMap<(Side, String, String), Vec<(u32, u32)>>;

/// A submitted row that agrees with its task and about which nothing has been found.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    pub item: Item<'a>,
    pub task: Item<'a>,
}

impl Spot<'_> {
    /// Returns the cell of a field when the row has one of its own, not shared by a merge.
    pub fn cell(&self, field: ColumnId) -> Option<CellAt> {
        let entry = self.item.row.entries[field].as_ref()?;
        let own =
            entry.spans == 1 && entry.filled_from().is_none() && entry.value != Value::Covered;
        own.then(|| cell(&self.item, field)).flatten()
    }

    /// Returns the task's amount in the plan, and the row's, where both are given.
    pub fn amount(&self, field: ColumnId) -> Option<Amount> {
        let amount = |row: &TableRow| row.entries[field].as_ref()?.value.amount();
        amount(self.item.row).and(amount(self.task.row))
    }
}

impl<'a> Base<'a> {
    pub fn new(
        pipeline: &'a Pipeline,
        material: &'a Material,
        case: &'a Case,
        reconciled: &'a Reconciliation<'a>,
    ) -> Self {
        let mut base = Self { pipeline, material, case, reconciled, quiet: Vec::new() };
        base.quiet = base.quiet_rows();
        base
    }

    pub fn period(&self) -> Month {
        self.material.period
    }

    pub fn settled(&self) -> &'a [Settled] {
        &self.reconciled.settled
    }

    pub fn extract(&self, file: FileId) -> &'a Extract {
        &self.case.extracts[usize::from(file)]
    }

    pub fn file_name(&self, file: FileId) -> &'a str {
        &self.reconciled.roster.places.files[file]
    }

    pub fn sheet_name(&self, file: FileId, sheet: SheetId) -> String {
        self.reconciled.roster.places.sheet(file, sheet).unwrap_or_default()
    }

    pub fn unit_name(&self, unit: UnitId) -> &'a str {
        self.reconciled.plan.names.name(unit)
    }

    /// Returns a sheet of a copy as it was written.
    pub fn sheet(&self, file: FileId, sheet: SheetId) -> Option<&'a Sheet> {
        self.material.books.get(file)?.as_ref()?.sheets.get(usize::from(sheet))
    }

    pub fn layout(&self, item: &Item<'_>) -> &'a Layout {
        &self.extract(item.file).rows.sheets[item.sheet].tables[item.row.table]
    }

    /// Returns the unit of money that holds for a column of a sheet.
    pub fn money(&self, file: FileId, sheet: SheetId, table: usize, field: ColumnId) -> MoneyUnit {
        let rows = &self.extract(file).rows.sheets[sheet];
        unit_of_column(rows, table, field, self.pipeline)
    }

    /// Returns an amount as a number in the unit of its column.
    pub fn number(&self, spot: &Spot<'_>, field: ColumnId, amount: Amount) -> Content {
        let item = &spot.item;
        Content::Number(amount.as_number(self.money(item.file, item.sheet, item.row.table, field)))
    }

    /// Returns the columns of a type that are held against the plan and are no key.
    pub fn compared(&self, kind: ColumnType) -> Vec<ColumnId> {
        let fields = self.pipeline.check.compare.iter().map(|compare| compare.column);
        fields
            .filter(|field| {
                self.pipeline.columns[*field].kind == kind
                    && !self.pipeline.roles.key.contains(field)
                    && self.pipeline.roles.owner != Some(*field)
            })
            .collect()
    }

    /// Returns the rows in which a fault can be planted; which one comes first turns with the
    /// kind, so that a drill visits many sheets.
    pub fn spots(&self, kind: Kind) -> Vec<Spot<'a>> {
        let mut spots = self.quiet.clone();
        if !spots.is_empty() {
            let turn = (kind as usize * 11) % spots.len();
            spots.rotate_left(turn);
        }
        spots
    }

    fn quiet_rows(&self) -> Vec<Spot<'a>> {
        let reconciled = self.reconciled;
        let told = self.told();
        let units = reconciled.plan.names.units.keys();
        let quiet: BTreeSet<UnitId> = units.filter(|unit| self.is_quiet_unit(*unit)).collect();
        let pairs = reconciled.matched.pairs.iter().filter(|pair| pair.why == Why::SameText);
        pairs
            .map(|pair| Spot {
                item: reconciled.roster.items[pair.row],
                task: reconciled.plan.tasks[pair.task],
            })
            .filter(|spot| quiet.contains(&spot.item.unit) && self.is_quiet_row(spot, &told))
            .collect()
    }

    fn told(&self) -> Told {
        let mut told = Told::new();
        for settled in self.settled() {
            let finding = &settled.finding;
            if let (Some(file), Some(sheet)) = (&finding.file, &finding.sheet) {
                let place = (finding.side, file.clone(), sheet.clone());
                let rows = finding.cells.iter().map(|range| (range.first.row, range.last.row));
                told.entry(place).or_default().extend(rows);
            }
        }
        told
    }

    /// Whether a unit sent one readable file of its own, with a row for each task and no other.
    fn is_quiet_unit(&self, unit: UnitId) -> bool {
        let roster = &self.reconciled.roster;
        let (standing, files) = &roster.units[unit];
        let [file] = files.as_slice() else { return false };
        let told = self.settled().iter().any(|settled| {
            settled.finding.side == Side::Submission
                && settled.finding.unit.as_deref() == Some(self.unit_name(unit))
                && matches!(
                    settled.finding.kind(),
                    Kind::TaskMissing
                        | Kind::TaskExtra
                        | Kind::TaskRepeated
                        | Kind::TaskMisplaced
                        | Kind::PairDoubtful
                        | Kind::UnitDoubtful
                )
        });
        let mut sheets = roster.items.iter().filter(|item| item.unit == unit);
        let first = sheets.next().map(|item| (item.sheet, item.row.table));
        let one_table = sheets.all(|item| Some((item.sheet, item.row.table)) == first);
        *standing == Standing::Submitted
            && roster.files[*file].units == [unit]
            && self.material.books[*file].is_some()
            && one_table
            && !told
    }

    fn is_quiet_row(&self, spot: &Spot<'_>, told: &Told) -> bool {
        let (item, task) = (&spot.item, &spot.task);
        let plan = &self.reconciled.plan.places;
        let has_finding = |side: Side, file: &str, sheet: String, row: u32| {
            let rows = told.get(&(side, file.to_owned(), sheet));
            rows.into_iter().flatten().any(|(first, last)| (*first..=*last).contains(&row))
        };
        let sheet = self.sheet_name(item.file, item.sheet);
        let plan_sheet = plan.sheet(task.file, task.sheet).unwrap_or_default();
        !has_finding(Side::Submission, self.file_name(item.file), sheet, item.row.row)
            && !has_finding(Side::Plan, &plan.files[THE_PLAN], plan_sheet, task.row.row)
    }

    /// Returns the files of units that sent one file of their own, those about which least was
    /// found first, and none with a waived finding: what covers it would lose its use.
    pub fn lone_files(&self) -> Vec<(FileId, UnitId)> {
        let roster = &self.reconciled.roster;
        let mut files: Vec<(usize, FileId, UnitId)> = Vec::new();
        for (unit, (standing, counting)) in roster.units.iter_enumerated() {
            let [file] = counting.as_slice() else { continue };
            let about = self.about_file(*file);
            let waived = about.iter().any(|place| self.settled()[*place].status == Status::Waived);
            if *standing == Standing::Submitted
                && roster.files[*file].units == [unit]
                && self.material.books[*file].is_some()
                && !waived
            {
                files.push((about.len(), *file, unit));
            }
        }
        files.sort_unstable();
        files.into_iter().map(|(_, file, unit)| (file, unit)).collect()
    }

    /// Returns the places of the findings about a file.
    pub fn about_file(&self, file: FileId) -> BTreeSet<usize> {
        let name = self.file_name(file);
        self.places(|settled| {
            settled.finding.side == Side::Submission
                && settled.finding.file.as_deref() == Some(name)
        })
    }

    /// Returns the places of the findings that a condition holds for.
    pub fn places(&self, holds: impl Fn(&Settled) -> bool) -> BTreeSet<usize> {
        let found = self.settled().iter().enumerate().filter(|(_, settled)| holds(settled));
        found.map(|(place, _)| place).collect()
    }

    /// Returns the unit that a file's name or folder gives.
    pub fn unit_in_file_name(&self, file: FileId) -> Option<UnitId> {
        let name = self.file_name(file);
        let names = &self.reconciled.plan.names;
        names.in_text(&file_stem(name)).or_else(|| {
            let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
            names.in_text(folder)
        })
    }

    /// Returns the plan's sum of a field over a unit's tasks.
    pub fn planned(&self, unit: UnitId, field: ColumnId) -> Amount {
        let tasks = self.reconciled.plan.tasks.iter().filter(|task| task.unit == unit);
        let amounts = tasks.filter_map(|task| task.row.entries[field].as_ref()?.value.amount());
        Amount(amounts.map(|amount| amount.0).fold(0, i64::saturating_add))
    }

    /// Returns the totals that a table of a sheet prints.
    pub fn totals(&self, item: &Item<'_>) -> Vec<&'a TotalRow<'a>> {
        let totals = self.reconciled.roster.totals.iter();
        totals
            .filter(|total| {
                (total.file, total.sheet, total.row.table)
                    == (item.file, item.sheet, item.row.table)
            })
            .collect()
    }

    /// Returns the last row of a table that holds a task.
    pub fn last_task(&self, item: &Item<'_>) -> &'a TableRow {
        let rows = &self.extract(item.file).rows.sheets[item.sheet].rows;
        rows.iter()
            .rfind(|row| row.table == item.row.table && row.class == RowClass::Task)
            .expect("the row itself is one")
    }

    /// Returns a task's number and text for findings about it.
    pub fn named(&self, task: &Item<'_>) -> (Option<i64>, String) {
        (number(task.row, self.pipeline), shown_task(task.row, self.pipeline))
    }
}

/// Returns the unit of money of a table's column: its heading's, the sheet's, the pipeline's.
pub fn unit_of_column(
    rows: &crate::normalise::SheetRows,
    table: usize,
    field: ColumnId,
    pipeline: &Pipeline,
) -> MoneyUnit {
    let named = rows.tables[table].column_of(field).and_then(|column| column.unit);
    let beside = rows.money_line.map(|(_, unit)| unit);
    named.or(beside).unwrap_or(pipeline.columns[field].unit)
}

/// Returns a month as sheets write it.
pub fn in_words(month: Month) -> String {
    format!("{}年{}月", month.year, month.month)
}
