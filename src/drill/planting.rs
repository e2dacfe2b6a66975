//! A planted fault: what is changed in the copies, what must be found then, and which findings
//! of the month must be gone because their cells are.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::decisions::Refused;
use crate::findings::Report;
use crate::findings::Settled;
use crate::model::{
    Cause, CellAt, CellRange, ColumnId, FileId, Kind, Said, Severity, SheetId, Side, Value,
};
use crate::normalise::frame::Item;
use crate::read::{Book, Content, Sheet};

use super::base::{Base, Spot};
use super::edit;

/// What a finding must be.
#[derive(Clone, Debug)]
pub struct Expected {
    pub kind: Kind,
    pub side: Side,
    pub unit: Option<String>,
    pub seq: Option<i64>,
    pub field: Option<String>,
    pub file: Option<String>,
    pub sheet: Option<String>,
    pub cell: Option<CellAt>,
    /// Held against the finding where it is given.
    pub cells: Option<Vec<CellRange>>,
    pub found: Option<Value>,
    pub expected: Option<Value>,
    pub severity: Option<Severity>,
    /// What one of the causes must be.
    pub cause: Option<fn(&Cause) -> bool>,
}

impl Expected {
    pub fn new(kind: Kind, side: Side) -> Self {
        Self {
            kind,
            side,
            unit: None,
            seq: None,
            field: None,
            file: None,
            sheet: None,
            cell: None,
            cells: None,
            found: None,
            expected: None,
            severity: None,
            cause: None,
        }
    }

    /// Returns what must be found at a field of a submitted row.
    pub fn on_row(kind: Kind, base: &Base<'_>, spot: &Spot<'_>, field: ColumnId) -> Self {
        Self {
            unit: Some(base.unit_name(spot.task.unit).to_owned()),
            seq: base.named(&spot.task).0,
            field: Some(base.pipeline.columns[field].name.clone()),
            file: Some(base.file_name(spot.item.file).to_owned()),
            sheet: Some(base.sheet_name(spot.item.file, spot.item.sheet)),
            cell: spot.cell(field),
            ..Self::new(kind, Side::Submission)
        }
    }

    /// Returns what must be found at a field of a task of the plan.
    pub fn on_task(kind: Kind, base: &Base<'_>, task: &Item<'_>, field: ColumnId) -> Self {
        let places = &base.reconciled.plan.places;
        Self {
            unit: Some(base.unit_name(task.unit).to_owned()),
            seq: base.named(task).0,
            field: Some(base.pipeline.columns[field].name.clone()),
            file: places.files.first().cloned(),
            sheet: places.sheet(task.file, task.sheet),
            cell: crate::roster::cell(task, field),
            ..Self::new(kind, Side::Plan)
        }
    }

    /// Returns what must be found about a sheet as a whole, or at one of its cells.
    pub fn on_sheet(kind: Kind, base: &Base<'_>, item: &Item<'_>, cell: Option<CellAt>) -> Self {
        Self {
            unit: Some(base.unit_name(item.unit).to_owned()),
            file: Some(base.file_name(item.file).to_owned()),
            sheet: Some(base.sheet_name(item.file, item.sheet)),
            cell,
            ..Self::new(kind, Side::Submission)
        }
    }

    /// Returns whether a finding is what must be found.
    pub fn is(&self, settled: &Settled) -> bool {
        let finding = &settled.finding;
        let said =
            |wanted: &Option<Value>, there: &Option<Value>| wanted.is_none() || wanted == there;
        self.kind == finding.kind()
            && self.side == finding.side
            && self.unit == finding.unit
            && self.seq == finding.seq
            && self.field == finding.field
            && self.file == finding.file
            && self.sheet == finding.sheet
            && self.cell == finding.cell
            && self.cells.as_ref().is_none_or(|cells| *cells == finding.cells)
            && said(&self.found, &finding.found)
            && said(&self.expected, &finding.expected)
            && self.severity.is_none_or(|severity| severity == settled.severity)
            && self.cause.is_none_or(|is_it| finding.cause.iter().any(is_it))
    }
}

/// A file beside those of the month.
#[derive(Clone, Debug)]
pub struct Added {
    pub name: String,
    pub book: Book,
    /// Milliseconds since 1970.
    pub modified: i64,
}

/// One planted fault.
#[derive(Clone, Debug)]
pub struct Planting {
    /// What was done, in words.
    pub said: Said,
    /// Changed copies, by the place of their file.
    pub books: BTreeMap<FileId, Book>,
    pub plan: Option<Book>,
    /// Files that are left out.
    pub gone: BTreeSet<FileId>,
    /// Files that are cut off in the middle.
    pub cut: BTreeSet<FileId>,
    /// Files that consist of other bytes.
    pub bytes: BTreeMap<FileId, Vec<u8>>,
    pub added: Vec<Added>,
    /// What is added to the pipeline file.
    pub appended: String,
    pub earlier: Option<Box<Report>>,
    /// What somebody writes about the first finding that must be found.
    pub explanation: Option<String>,
    /// Answers that came back and cannot be true.
    pub refused: Vec<Refused>,
    /// Rows that were inserted: file, sheet, row.
    pub inserted: Vec<(FileId, SheetId, u32)>,
    /// Findings of the month that must be gone, by place.
    pub silenced: BTreeSet<usize>,
    pub expected: Vec<Expected>,
}

impl Planting {
    pub fn new(chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Self {
            said: Said::new(chinese, english),
            books: BTreeMap::new(),
            plan: None,
            gone: BTreeSet::new(),
            cut: BTreeSet::new(),
            bytes: BTreeMap::new(),
            added: Vec::new(),
            appended: String::new(),
            earlier: None,
            explanation: None,
            refused: Vec::new(),
            inserted: Vec::new(),
            silenced: BTreeSet::new(),
            expected: Vec::new(),
        }
    }

    #[must_use]
    pub fn finds(mut self, expected: Expected) -> Self {
        self.expected.push(expected);
        self
    }

    /// Returns the copy of a file, to be changed.
    pub fn book(&mut self, base: &Base<'_>, file: FileId) -> Option<&mut Book> {
        match self.books.entry(file) {
            Entry::Occupied(there) => Some(there.into_mut()),
            Entry::Vacant(place) => Some(place.insert(base.material.books.get(file)?.clone()?)),
        }
    }

    /// Changes the sheet that a row stands on.
    #[must_use]
    pub fn on_sheet(
        mut self,
        base: &Base<'_>,
        item: &Item<'_>,
        change: impl FnOnce(&mut Sheet),
    ) -> Self {
        let sheet = self
            .book(base, item.file)
            .and_then(|book| book.sheets.get_mut(usize::from(item.sheet)));
        if let Some(sheet) = sheet {
            change(sheet);
        }
        self
    }

    /// Puts content into a cell of the sheet that a row stands on, or empties it.
    #[must_use]
    pub fn puts(
        self,
        base: &Base<'_>,
        item: &Item<'_>,
        at: CellAt,
        content: Option<Content>,
    ) -> Self {
        self.on_sheet(base, item, |sheet| edit::put(sheet, at, content))
    }

    /// Puts content into a cell of the plan, or empties it.
    #[must_use]
    pub fn puts_in_plan(
        mut self,
        base: &Base<'_>,
        sheet: SheetId,
        at: CellAt,
        content: Option<Content>,
    ) -> Self {
        let plan = self.plan.get_or_insert_with(|| base.material.plan_book.clone());
        if let Some(sheet) = plan.sheets.get_mut(usize::from(sheet)) {
            edit::put(sheet, at, content);
        }
        self
    }

    /// Inserts a row below the last task of a row's table, and fills it.
    #[must_use]
    pub fn inserts(mut self, base: &Base<'_>, item: &Item<'_>, cells: Vec<(u32, Content)>) -> Self {
        let at = base.last_task(item).row + 1;
        self.inserted.push((item.file, item.sheet, at));
        self.on_sheet(base, item, |sheet| {
            edit::insert_row(sheet, at);
            for (column, content) in cells {
                edit::put(sheet, CellAt::new(at, column), Some(content));
            }
        })
    }

    /// Makes the totals of a row's table keep silent about a field that is going to change: they
    /// do when the only printed total is the plan's own sum; otherwise it is emptied, and what was
    /// found at it goes.
    #[must_use]
    pub fn without_total(mut self, base: &Base<'_>, item: &Item<'_>, field: ColumnId) -> Self {
        let planned = base.planned(item.unit, field);
        let totals = base.totals(item);
        let is_plans = |total: &crate::roster::TotalRow<'_>| {
            let value = total.row.entries[field].as_ref().map(|entry| &entry.value);
            value.and_then(Value::amount) == Some(planned)
        };
        if let [only] = totals.as_slice()
            && is_plans(only)
        {
            return self;
        }
        for total in totals {
            let Some(entry) = &total.row.entries[field] else { continue };
            let at = CellAt::new(total.row.row, entry.column);
            self = self.silences_cell(base, item, at).puts(base, item, at, None);
        }
        self
    }

    /// Says that what was found at a cell of a sheet must be gone.
    #[must_use]
    pub fn silences_cell(mut self, base: &Base<'_>, item: &Item<'_>, at: CellAt) -> Self {
        let (file, sheet) = (base.file_name(item.file), base.sheet_name(item.file, item.sheet));
        self.silenced.extend(base.places(|settled| {
            settled.finding.side == Side::Submission
                && settled.finding.file.as_deref() == Some(file)
                && settled.finding.sheet.as_deref() == Some(sheet.as_str())
                && settled.finding.cell == Some(at)
        }));
        self
    }

    /// Says that all that was found about a file must be gone.
    #[must_use]
    pub fn silences_file(mut self, base: &Base<'_>, file: FileId) -> Self {
        self.silenced.extend(base.about_file(file));
        self
    }
}

/// Returns why a pipeline or a month gives no occasion for a fault.
pub fn no_occasion<T>(chinese: &str, english: &str) -> Result<T, Said> {
    Err(Said::new(chinese, english))
}
