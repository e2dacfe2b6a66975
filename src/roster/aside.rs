//! Which tables of a file do not count, because another table of it lists the same tasks: those of
//! other months, those that name no month beside one that names this one, and copies.
//!
//! Tables of disjoint tasks are parts of one submission, whatever months they name: a sheet for what
//! is due in August and one for December.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::near::texts_near;
use super::{Plan, RowPlace, filled, marker, period};
use crate::extract::Extract;
use crate::model::fact::{OtherPeriod, Several};
use crate::model::finding::CountsBecause;
use crate::model::{
    CellAt, ColumnId, Entry, Fact, Finding, Month, SheetId, Side, UnitId, Value, fold,
};
use crate::normalise::frame::{own_text, text_key};
use crate::normalise::{RowClass, SheetRows, TableRow};
use crate::pipeline::Pipeline;

/// A table of a file: its sheet, and its place on it.
pub type TablePlace = (SheetId, usize);

/// The tables that do not count, and what is said of them.
#[derive(Debug, Default)]
pub struct Aside {
    pub tables: BTreeSet<TablePlace>,
    /// Those of them that are the month's before and say what is to be known of it.
    pub last_month: BTreeSet<TablePlace>,
    pub findings: Vec<Finding>,
}

/// How a table stands to the period; the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Naming {
    Expected,
    Nothing,
    /// A later one before an earlier one.
    Other(Reverse<(i32, u32)>),
}

impl Naming {
    fn of_other(month: Month) -> Self {
        Naming::Other(Reverse((month.year, month.month)))
    }

    fn is_other(self) -> bool {
        matches!(self, Naming::Other(_))
    }
}

/// Whose task, which, and the how manieth of its name in its table.
type TaskOf = (Option<UnitId>, String, usize);

/// One table with its tasks.
struct Listing<'a> {
    place: TablePlace,
    names: Naming,
    hidden: bool,
    filled: usize,
    /// The strongest declared marker of a corrected one in the sheet's name.
    marker: usize,
    tasks: BTreeMap<TaskOf, &'a TableRow>,
}

/// Why a table does not count beside another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    OtherMonth,
    NoMonth,
    Copy,
    /// The same tasks under other headings: what both have a column for could be told, and what
    /// only one has would have to be joined, which a person does.
    OtherColumns,
}

/// Returns the tables of a file that do not count beside others. Without a period all are alike in
/// that.
pub fn tables(
    extract: &Extract,
    units: &BTreeMap<RowPlace, UnitId>,
    expected: Option<Month>,
    plan: &Plan<'_>,
    pipeline: &Pipeline,
) -> Aside {
    let all = extract.rows.sheets.iter().map(|sheet| sheet.tables.len()).sum::<usize>();
    if all < 2 {
        return Aside::default();
    }
    let mut listings = listings(extract, units, expected, plan, pipeline);
    for at in short(&listings, plan, pipeline) {
        listings[at].marker = 0;
    }
    listings.sort_by_key(|listing| {
        let (marker, filled) = (Reverse(listing.marker), Reverse(listing.filled));
        let more = Reverse(listing.tasks.len());
        (listing.names, listing.hidden, listing.filled == 0, marker, filled, more, listing.place)
    });
    // Only what counts is looked through, so that copies cost no more than other sheets.
    let mut counting: BTreeMap<&TaskOf, Vec<usize>> = BTreeMap::new();
    let mut beaten: Vec<(usize, usize, Why)> = Vec::new();
    for (place, listing) in listings.iter().enumerate() {
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for task in listing.tasks.keys() {
            for other in counting.get(task).into_iter().flatten() {
                *shared.entry(*other).or_default() += 1;
            }
        }
        let lost = shared.into_iter().find_map(|(other, shared)| {
            Some((other, beside(listing, &listings[other], shared, extract, pipeline)?))
        });
        match lost {
            Some((other, why)) => beaten.push((place, other, why)),
            None => {
                for task in listing.tasks.keys() {
                    counting.entry(task).or_default().push(place);
                }
            }
        }
    }
    let last_month = expected.and_then(Month::previous).map(Naming::of_other);
    let remembered = pipeline.check.remembered();
    let tells = |(sheet, table): TablePlace| {
        let layout = &extract.rows.sheets[sheet].tables[table];
        remembered.iter().any(|field| layout.column_of(*field).is_some())
    };
    let are_aside = beaten.iter().map(|(place, ..)| &listings[*place]);
    let are_of_last_month =
        are_aside.clone().filter(|own| Some(own.names) == last_month && tells(own.place));
    let last_month = are_of_last_month.map(|listing| listing.place).collect();
    Aside {
        tables: are_aside.map(|listing| listing.place).collect(),
        findings: said(&beaten, &listings, &last_month, extract, expected, pipeline),
        last_month,
    }
}

/// Returns why a table does not count beside a stronger one with which it shares tasks.
fn beside(
    own: &Listing<'_>,
    other: &Listing<'_>,
    shared: usize,
    extract: &Extract,
    pipeline: &Pipeline,
) -> Option<Why> {
    const FEWEST: usize = 2;
    let (least, most) =
        (own.tasks.len().min(other.tasks.len()), own.tasks.len().max(other.tasks.len()));
    let half = shared * 2 >= least;
    if own.names.is_other() && !other.names.is_other() {
        return half.then_some(Why::OtherMonth);
    }
    let are_the_same =
        least >= FEWEST && shared * 5 >= most * 4 && are_one_list(own, other, pipeline);
    // What only the weaker one has a column for is not lost without its name.
    if columns_without(own.place, other.place, extract).next().is_some() {
        return are_the_same.then_some(Why::OtherColumns);
    }
    if own.names == Naming::Nothing && other.names == Naming::Expected {
        return half.then_some(Why::NoMonth);
    }
    // A list of some of the tasks that says nothing else of them.
    let is_extract = least >= FEWEST && shared == own.tasks.len() && says_no_more(own, other);
    (are_the_same || is_extract).then_some(Why::Copy)
}

/// Returns the declared columns of a table that another one lacks.
fn columns_without(
    own: TablePlace,
    other: TablePlace,
    extract: &Extract,
) -> impl Iterator<Item = ColumnId> {
    let layout = |(sheet, table): TablePlace| &extract.rows.sheets[sheet].tables[table];
    let (own, other) = (layout(own), layout(other));
    let fields = own.columns.iter().filter_map(|column| column.field);
    fields.filter(|field| other.column_of(*field).is_none())
}

fn listings<'a>(
    extract: &'a Extract,
    units: &BTreeMap<RowPlace, UnitId>,
    expected: Option<Month>,
    plan: &Plan<'_>,
    pipeline: &Pipeline,
) -> Vec<Listing<'a>> {
    let mut listings = Vec::new();
    for (place, sheet) in extract.rows.sheets.iter_enumerated() {
        for (table, rows) in sheet.rows_by_table().into_iter().enumerate() {
            let told = told_by_name(sheet, table, plan, pipeline).unwrap_or_default();
            let mut of_name: BTreeMap<(Option<UnitId>, String), usize> = BTreeMap::new();
            let mut tasks: BTreeMap<TaskOf, &TableRow> = BTreeMap::new();
            for row in rows.into_iter().filter(|row| row.class == RowClass::Task) {
                let unit = units.get(&(place, table, row.row)).copied();
                let text = format!("{told}{}", text_key(row, pipeline));
                let earlier = of_name.entry((unit, text.clone())).or_default();
                tasks.insert((unit, text, *earlier), row);
                *earlier += 1;
            }
            if tasks.is_empty() {
                continue;
            }
            let named = expected.and_then(|expected| named_month(sheet, table, expected, pipeline));
            let names = match (named, expected) {
                (Some(named), Some(expected)) if named.fits(expected) => Naming::Expected,
                (Some(named), Some(expected)) => Naming::Other(Reverse((
                    named.year.unwrap_or(expected.year),
                    named.month.unwrap_or(0),
                ))),
                _ => Naming::Nothing,
            };
            let filled = tasks.values().filter(|row| filled::is_filled(row, pipeline)).count();
            let hidden = sheet.hidden;
            // (2) marks a copy of a sheet, of which nobody knows whether it is the older one.
            let counts = |marker: &str| !marker.starts_with('(');
            let marker = sheet.name.as_deref();
            let marker = marker.map_or(0, |name| marker::strongest(name, pipeline, counts));
            listings.push(Listing { place: (place, table), names, hidden, filled, marker, tasks });
        }
    }
    listings
}

/// Returns the listings that are marked as corrected and lack tasks of the plan that another one with the same tasks has:
/// 更正 with the two rows that were corrected takes the place of no list.
fn short(listings: &[Listing<'_>], plan: &Plan<'_>, pipeline: &Pipeline) -> Vec<usize> {
    if listings.iter().all(|listing| listing.marker == 0) {
        return Vec::new();
    }
    let planned: BTreeSet<(UnitId, String)> =
        plan.tasks.iter().map(|task| (task.unit, text_key(task.row, pipeline))).collect();
    let is_planned =
        |(unit, text, _): &TaskOf| unit.is_some_and(|unit| planned.contains(&(unit, text.clone())));
    let is_short = |at: &usize| {
        let own = &listings[*at];
        own.marker > 0
            && listings.iter().any(|other| {
                let shared = own.tasks.keys().filter(|task| other.tasks.contains_key(*task));
                let mut more = other.tasks.keys().filter(|task| !own.tasks.contains_key(*task));
                shared.count() * 2 >= own.tasks.len() && more.any(is_planned)
            })
    };
    (0..listings.len()).filter(is_short).collect()
}

/// What the name of a sheet says of a table that lacks a part of what tasks are told by: a sheet a month, where the plan
/// has the month in a column. Its tasks are others than those of the next sheet, however alike they are called.
fn told_by_name(
    sheet: &SheetRows,
    table: usize,
    plan: &Plan<'_>,
    pipeline: &Pipeline,
) -> Option<String> {
    let layout = &sheet.tables[table];
    let name = fold::task_key(sheet.name.as_deref()?);
    let mut lacking =
        pipeline.roles.key.iter().filter(|field| layout.column_of(**field).is_none()).peekable();
    lacking.peek()?;
    let is_said = lacking.any(|field| {
        let mut entries = plan.tasks.iter().filter_map(|task| task.row.entries[*field].as_ref());
        entries.any(|entry| fold::task_key(own_text(entry)) == name)
    });
    is_said.then_some(name)
}

/// The month that a table names: of several tables on a sheet by what stands over each, else by the
/// sheet's own name or its titles.
fn named_month(
    sheet: &SheetRows,
    table: usize,
    expected: Month,
    pipeline: &Pipeline,
) -> Option<period::Named> {
    let over = || {
        let start = sheet.tables[table].start();
        let above = texts_near(sheet, table).into_iter().filter(move |text| text.at.row < start);
        above.map(|text| text.text.as_str())
    };
    let named = |text: &str| {
        period::in_name(text)
            .or_else(|| relative(text, expected, pipeline))
            .filter(|named| named.month.is_some())
    };
    if sheet.tables.len() > 1
        && let Some(own) = over().find_map(named)
    {
        return Some(own);
    }
    let titles = sheet.texts.iter().filter(|text| text.class == RowClass::Title);
    let titles = titles.map(|text| text.text.as_str());
    let titles = titles.filter(|_| sheet.tables.len() == 1);
    sheet.name.as_deref().into_iter().chain(titles).find_map(named)
}

/// The month that a word gives: 上月, 本月.
fn relative(text: &str, expected: Month, pipeline: &Pipeline) -> Option<period::Named> {
    const LONGEST: usize = 8;
    let key = fold::key(text);
    let says = |words: &[String]| {
        key.chars().count() <= LONGEST && words.iter().any(|word| key.contains(word.as_str()))
    };
    let month = if says(&pipeline.words.last_month) {
        expected.previous()?
    } else if says(&pipeline.words.this_month) {
        expected
    } else {
        return None;
    };
    Some(period::Named { year: Some(month.year), month: Some(month.month) })
}

/// Says which tables do not count: in one finding those of other months, and in one for each table
/// that counts those that are without a month beside it, and those that are copies of it.
fn said(
    beaten: &[(usize, usize, Why)],
    listings: &[Listing<'_>],
    last_month: &BTreeSet<TablePlace>,
    extract: &Extract,
    expected: Option<Month>,
    pipeline: &Pipeline,
) -> Vec<Finding> {
    let mut groups: BTreeMap<(Why, Option<usize>), Vec<usize>> = BTreeMap::new();
    for (place, other, why) in beaten {
        let beside = (*why != Why::OtherMonth).then_some(*other);
        groups.entry((*why, beside)).or_default().push(*place);
    }
    let expected = expected.map(|month| month.to_string()).unwrap_or_default();
    let name = |place: usize| shown(listings[place].place, extract);
    let mut findings = Vec::new();
    for ((why, beside), mut places) in groups {
        places.sort_by_key(|place| listings[*place].place);
        let mut sheets: Vec<String> = places.iter().map(|place| name(*place)).collect();
        sheets.dedup();
        let expected = expected.clone();
        let fact = match (why, beside) {
            (Why::Copy, Some(beside)) => Fact::SubmissionDuplicate {
                counts: name(beside),
                others: sheets,
                because: because(&places, &listings[beside], listings),
                several: Several::Tables,
            },
            (Why::OtherColumns, Some(beside)) => {
                let counting = listings[beside].place;
                let fields = places
                    .iter()
                    .flat_map(|place| columns_without(listings[*place].place, counting, extract));
                let fields: BTreeSet<ColumnId> = fields.collect();
                let title = |field: ColumnId| pipeline.columns[field].title.clone();
                Fact::SubmissionDuplicate {
                    counts: name(beside),
                    others: sheets,
                    because: because(&places, &listings[beside], listings),
                    several: Several::Halves { columns: fields.into_iter().map(title).collect() },
                }
            }
            (Why::NoMonth, Some(beside)) => {
                let counts = name(beside);
                Fact::PeriodDiffers(OtherPeriod::Unnamed { sheets, counts, expected })
            }
            _ => {
                let own =
                    places.iter().filter(|place| last_month.contains(&listings[**place].place));
                let mut last_month: Vec<String> = own.map(|place| name(*place)).collect();
                last_month.dedup();
                Fact::PeriodDiffers(OtherPeriod::Sheets { sheets, last_month, expected })
            }
        };
        findings.push(Finding::new(fact, Side::Submission));
    }
    findings
}

/// Returns why one of several tables of the same tasks counts.
fn because(copies: &[usize], counts: &Listing<'_>, listings: &[Listing<'_>]) -> CountsBecause {
    if copies.iter().all(|copy| says_no_more(&listings[*copy], counts)) {
        CountsBecause::SaysAll
    } else if copies.iter().all(|copy| listings[*copy].marker < counts.marker) {
        CountsBecause::Marker
    } else if copies.iter().all(|copy| listings[*copy].filled < counts.filled) {
        CountsBecause::FilledIn
    } else {
        CountsBecause::Undecided
    }
}

/// Returns whether the rows of one name in two tables are the same tasks: of what the plan says of
/// them, their numbers included, most agrees. Where many tasks bear one name, each village's road,
/// tables of other villages list the same names.
fn are_one_list(own: &Listing<'_>, other: &Listing<'_>, pipeline: &Pipeline) -> bool {
    let told = pipeline.check.compare.iter().map(|compare| compare.column);
    let told = told.chain(pipeline.roles.number);
    let told: Vec<ColumnId> = told.filter(|field| !pipeline.roles.key.contains(field)).collect();
    let (mut both, mut alike) = (0_usize, 0_usize);
    for (task, row) in &own.tasks {
        let Some(beside) = other.tasks.get(task) else { continue };
        for field in &told {
            let values =
                (said_in(row.entries[*field].as_ref()), said_in(beside.entries[*field].as_ref()));
            if let (Some(own), Some(other)) = values {
                both += 1;
                alike += usize::from(own == other);
            }
        }
    }
    alike * 2 >= both
}

/// Returns whether a table says nothing of its tasks that another one does not say, too.
fn says_no_more(own: &Listing<'_>, other: &Listing<'_>) -> bool {
    let agrees = |(own, other): (&Option<Entry>, &Option<Entry>)| {
        said_in(own.as_ref()).is_none_or(|own| said_in(other.as_ref()) == Some(own))
    };
    own.tasks.iter().all(|(task, row)| {
        let other = other.tasks.get(task);
        other.is_some_and(|other| row.entries.iter().zip(other.entries.iter()).all(agrees))
    })
}

fn said_in(entry: Option<&Entry>) -> Option<&Value> {
    entry.map(|entry| &entry.value).filter(|value| !value.is_blank())
}

/// A table as a reader finds it: by its sheet's name; of several on a sheet by its title, or by the
/// cell where it begins.
fn shown((place, table): TablePlace, extract: &Extract) -> String {
    let sheet = &extract.rows.sheets[place];
    let name = sheet.name.clone().unwrap_or_default();
    if sheet.tables.len() == 1 && !name.is_empty() {
        return name;
    }
    let start = sheet.tables[table].start();
    let title = texts_near(sheet, table).into_iter().find(|text| text.at.row < start);
    title.map_or_else(|| format!("{name}{}", CellAt::new(start, 0)), |title| title.text.clone())
}
