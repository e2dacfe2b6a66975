//! Finds the finding that is about a cell, a unit or a file.
//!
//! It is made once for all lines, so that a line costs a look into a map.

use std::collections::BTreeMap;
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::check::Context;
use crate::check::ledger::{Spot, spot};
use crate::model::fact::{Lacking, NOT_FILLED_IN};
use crate::model::{ColumnId, Fact, FileId, Finding, FindingId, IdSlice, Kind, SheetId, Side};
use crate::normalise::frame::Item;
use crate::roster::Places;

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type ByCell = HashMap<(Side, Spot), Vec<FindingId>, RandomState>;

/// The findings by what they are about.
pub struct Index<'a> {
    pub findings: &'a IdSlice<FindingId, Finding>,
    by_cell: ByCell,
    by_unit: BTreeMap<&'a str, Vec<FindingId>>,
    by_file: BTreeMap<FileId, Vec<FindingId>>,
    /// Findings about a column of a file.
    by_column: BTreeMap<(FileId, Kind, &'a str), FindingId>,
    /// What says of a column that no file has it.
    nowhere: BTreeMap<&'a str, FindingId>,
    /// The first of a unit's that asks for something.
    serious: BTreeMap<&'a str, FindingId>,
    /// The first of a unit's that says that its list of tasks is another one.
    listing: BTreeMap<&'a str, FindingId>,
    /// Those that say of a unit that nothing was filled in.
    blank: BTreeMap<&'a str, Vec<FindingId>>,
    by_kind: BTreeMap<Kind, Vec<FindingId>>,
}

/// The kinds that say of a cell that its value is not what it should be.
const OF_VALUES: [Kind; 6] = [
    Kind::ValueDiffers,
    Kind::ValueScaled,
    Kind::ValueMissing,
    Kind::ValueUnreadable,
    Kind::ValueImprecise,
    Kind::ColumnScaled,
];

/// The kinds that say that the plan's list of tasks and the submitted one differ.
const OF_LISTS: [Kind; 5] = [
    Kind::TaskMissing,
    Kind::TaskExtra,
    Kind::TaskMisplaced,
    Kind::TaskRepeated,
    Kind::PairDoubtful,
];

/// Names of files and sheets to their places.
fn places_by_name(places: &Places) -> BTreeMap<(&str, &str), (FileId, SheetId)> {
    let mut by_name = BTreeMap::new();
    for ((file, name), sheets) in places.files.iter_enumerated().zip(&places.sheets) {
        for (sheet, sheet_name) in sheets.iter_enumerated() {
            by_name.entry((name.as_str(), sheet_name.as_str())).or_insert((file, sheet));
        }
    }
    by_name
}

impl<'a> Index<'a> {
    pub fn new(context: &Context<'a>, findings: &'a IdSlice<FindingId, Finding>) -> Self {
        let submitted = places_by_name(&context.roster.places);
        let planned = places_by_name(&context.plan.places);
        let files: BTreeMap<&str, FileId> = context
            .roster
            .places
            .files
            .iter_enumerated()
            .map(|(place, name)| (name.as_str(), place))
            .collect();
        let mut index = Self {
            findings,
            by_cell: ByCell::default(),
            by_unit: BTreeMap::new(),
            by_file: BTreeMap::new(),
            by_column: BTreeMap::new(),
            nowhere: BTreeMap::new(),
            serious: BTreeMap::new(),
            listing: BTreeMap::new(),
            blank: BTreeMap::new(),
            by_kind: BTreeMap::new(),
        };
        for (place, finding) in findings.iter_enumerated() {
            index.by_kind.entry(finding.kind()).or_default().push(place);
            if let Some(unit) = finding.unit.as_deref() {
                index.by_unit.entry(unit).or_default().push(place);
                if !finding.fact.is_only_said() {
                    index.serious.entry(unit).or_insert(place);
                }
                if OF_LISTS.contains(&finding.kind()) {
                    index.listing.entry(unit).or_insert(place);
                }
                if finding.fact == NOT_FILLED_IN {
                    index.blank.entry(unit).or_default().push(place);
                }
            }
            if let Fact::ColumnMissing(Lacking::Nowhere { columns, .. }) = &finding.fact {
                index.nowhere.extend(columns.iter().map(|column| (column.field.as_str(), place)));
            }
            let Some(file) = finding.file.as_deref() else { continue };
            if finding.side == Side::Submission
                && let Some(file) = files.get(file)
            {
                index.by_file.entry(*file).or_default().push(place);
                if let Some(field) = finding.field.as_deref() {
                    index.by_column.entry((*file, finding.kind(), field)).or_insert(place);
                }
            }
            let Some(sheet) = finding.sheet.as_deref() else { continue };
            let by_name = if finding.side == Side::Plan { &planned } else { &submitted };
            let Some(&(file, sheet)) = by_name.get(&(file, sheet)) else { continue };
            let single = finding.cells.iter().filter(|range| range.first == range.last);
            for at in single.map(|range| range.first).chain(finding.cell) {
                let spot = Spot { file, sheet, cell: at };
                let known = index.by_cell.entry((finding.side, spot)).or_default();
                if known.last() != Some(&place) {
                    known.push(place);
                }
            }
        }
        index
    }

    /// Returns the findings about a cell.
    pub fn at(&self, side: Side, spot: Spot) -> &[FindingId] {
        self.by_cell.get(&(side, spot)).map_or(&[], Vec::as_slice)
    }

    /// Returns the finding that says of a cell that its value is not right.
    pub fn of_value(&self, side: Side, spot: Spot) -> Option<FindingId> {
        self.at(side, spot).iter().copied().find(|place| {
            let finding = &self.findings[*place];
            OF_VALUES.contains(&finding.kind()) && !finding.fact.is_only_said()
        })
    }

    /// Returns the finding about a declared column's cell of a row that says of its value that it
    /// is not right.
    pub fn of_field(&self, side: Side, item: &Item<'_>, field: ColumnId) -> Option<FindingId> {
        self.of_value(side, spot(item, field)?)
    }

    /// Returns the finding about a cell of one of these kinds.
    pub fn at_of(&self, side: Side, spot: Spot, kinds: &[Kind]) -> Option<FindingId> {
        self.at(side, spot)
            .iter()
            .copied()
            .find(|place| kinds.contains(&self.findings[*place].kind()))
    }

    /// Returns the findings of a unit that meet a condition.
    pub fn of_unit(&self, unit: &str, wanted: impl Fn(&Finding) -> bool) -> Option<FindingId> {
        let places = self.by_unit.get(unit)?;
        places.iter().copied().find(|place| wanted(&self.findings[*place]))
    }

    /// Returns the first finding that says that a unit sent nothing that can be read.
    pub fn first_not_sent(&self) -> Option<FindingId> {
        let of_returns = |finding: &Finding| finding.side == Side::Submission;
        let kinds = [
            Kind::SubmissionMissing,
            Kind::SubmissionUnreadable,
            Kind::TableMissing,
            Kind::ColumnMissing,
        ];
        kinds.into_iter().find_map(|kind| self.of_kind(kind, of_returns))
    }

    /// Returns the first finding of a unit that asks for something.
    pub fn serious(&self, unit: &str) -> Option<FindingId> {
        self.serious.get(unit).copied()
    }

    /// Returns the first finding of a unit that says that its list of tasks is another one.
    pub fn listing(&self, unit: &str) -> Option<FindingId> {
        self.listing.get(unit).copied()
    }

    /// Returns the finding that says of a unit, or of one of its files, that nothing was filled in.
    pub fn blank(&self, unit: &str, file: Option<&str>) -> Option<FindingId> {
        let said = self.blank.get(unit)?;
        let of_file = said.iter().find(|place| self.findings[**place].file.as_deref() == file);
        of_file.or(said.first()).copied()
    }

    /// Returns the finding of a kind about a column of a file.
    pub fn of_column(&self, file: FileId, kind: Kind, field: &str) -> Option<FindingId> {
        let nowhere = || self.nowhere.get(field).filter(|_| kind == Kind::ColumnMissing);
        self.by_column.get(&(file, kind, field)).or_else(nowhere).copied()
    }

    /// Returns the findings of a file that meet a condition.
    pub fn of_file(&self, file: FileId, wanted: impl Fn(&Finding) -> bool) -> Option<FindingId> {
        let places = self.by_file.get(&file)?;
        places.iter().copied().find(|place| wanted(&self.findings[*place]))
    }

    /// Returns the findings of a kind, with their places.
    pub fn all_of_kind(&self, kind: Kind) -> impl Iterator<Item = (FindingId, &'a Finding)> {
        let places = self.by_kind.get(&kind).into_iter().flatten();
        places.map(|place| (*place, &self.findings[*place]))
    }

    /// Returns the finding of a kind that meets a condition.
    pub fn of_kind(&self, kind: Kind, wanted: impl Fn(&Finding) -> bool) -> Option<FindingId> {
        let places = self.by_kind.get(&kind)?;
        places.iter().copied().find(|place| wanted(&self.findings[*place]))
    }
}
