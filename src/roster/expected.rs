//! Whether a file is about the period and the plan that it is held against.

use std::collections::BTreeSet;

use super::near::texts_near;
use super::{Plan, file_stem, period};
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::fact::OtherPeriod;
use crate::model::finding::NameSource;
use crate::model::stamp::{self, Stamped};
use crate::model::{CellAt, Fact, Finding, Month, SheetId, Side, fold};
use crate::normalise::frame::text_key;
use crate::normalise::{RowClass, SheetRows};
use crate::pipeline::Pipeline;

/// A table of a file: its sheet, and its place on it.
pub type TablePlace = (SheetId, usize);

/// Returns the tables of other periods: those that name one, by their own title, their sheet's name
/// or its titles, while another table of the file, of this period or of none by name, lists the same
/// tasks. They are set aside. Tables of disjoint tasks are parts of one submission, whatever months
/// they name: a sheet for what is due in August and one for December.
pub fn tables_of_other_periods(
    extract: &Extract,
    expected: Month,
    pipeline: &Pipeline,
) -> BTreeSet<TablePlace> {
    let mut others: Vec<TablePlace> = Vec::new();
    let mut present: Vec<TablePlace> = Vec::new();
    for (place, sheet) in extract.rows.sheets.iter_enumerated() {
        for table in 0..sheet.tables.len() {
            let named = named_month(sheet, table, expected, pipeline);
            let is_other = named.is_some_and(|named| !named.fits(expected));
            if is_other { &mut others } else { &mut present }.push((place, table));
        }
    }
    if others.is_empty() || present.is_empty() {
        return BTreeSet::new();
    }
    let tasks = |&(sheet, table): &TablePlace| -> BTreeSet<String> {
        let rows = extract.rows.sheets[sheet].rows.iter();
        let own = rows.filter(|row| row.table == table && row.class == RowClass::Task);
        own.map(|row| text_key(row, pipeline)).collect()
    };
    let present: Vec<BTreeSet<String>> = present.iter().map(tasks).collect();
    others.retain(|place| {
        let own = tasks(place);
        present.iter().any(|other| {
            let shared = own.intersection(other).count();
            !other.is_empty() && shared * 2 >= own.len().min(other.len())
        })
    });
    others.into_iter().collect()
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
        let start = sheet.tables[table].heading_rows.first().copied().unwrap_or(0);
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

/// Says which sheets of a file, or which tables, were set aside because they are of other periods.
pub fn set_aside(
    extract: &Extract,
    tables: &BTreeSet<TablePlace>,
    expected: Month,
) -> Option<Finding> {
    let mut names: Vec<String> = Vec::new();
    for (place, sheet) in extract.rows.sheets.iter_enumerated() {
        let own: Vec<usize> =
            (0..sheet.tables.len()).filter(|table| tables.contains(&(place, *table))).collect();
        if !own.is_empty() && own.len() == sheet.tables.len() {
            names.extend(sheet.name.clone());
            continue;
        }
        // Of a sheet that counts in part, the titles of the tables that do not.
        names.extend(own.into_iter().filter_map(|table| {
            let start = sheet.tables[table].heading_rows.first().copied()?;
            let title = texts_near(sheet, table).into_iter().find(|text| text.at.row < start)?;
            Some(title.text.clone())
        }));
    }
    if names.is_empty() {
        return None;
    }
    let other = OtherPeriod::Sheets { sheets: names, expected: expected.to_string() };
    Some(Finding::new(Fact::PeriodDiffers(other), Side::Submission))
}

/// Says when the stamp of a template, a title, a sheet name or the file name gives another
/// period, and when a template was made from another plan.
pub fn differing(
    received: &Received,
    extract: &Extract,
    plan: &Plan<'_>,
    set_aside: &BTreeSet<TablePlace>,
    expected: Month,
    pipeline: &Pipeline,
) -> Option<Finding> {
    let other = other_plan(extract, plan, pipeline)
        .or_else(|| other_period(received, extract, set_aside, expected))?;
    Some(Finding::new(Fact::PeriodDiffers(other), Side::Submission))
}

fn other_plan(extract: &Extract, plan: &Plan<'_>, pipeline: &Pipeline) -> Option<OtherPeriod> {
    if stamp::stamped(&extract.properties) != Some(Stamped::Template) {
        return None;
    }
    let property = |name| stamp::property(&extract.properties, name);
    let own = property(stamp::PIPELINE).unwrap_or_default();
    if own != pipeline.name {
        return Some(OtherPeriod::TemplateOf { pipeline: own.to_owned() });
    }
    let is_other = property(stamp::PLAN).is_some_and(|sha256| sha256 != plan.sha256);
    is_other.then_some(OtherPeriod::TemplateOfOtherPlan)
}

fn other_period(
    received: &Received,
    extract: &Extract,
    set_aside: &BTreeSet<TablePlace>,
    expected: Month,
) -> Option<OtherPeriod> {
    let stem = file_stem(&received.name);
    let stamped = stamp::property(&extract.properties, stamp::PERIOD).and_then(|text| {
        let month = text.parse::<Month>().ok()?;
        let named = period::Named { year: Some(month.year), month: Some(month.month) };
        Some((NameSource::Stamp, text, named))
    });
    let stamped = stamped.into_iter();
    let counting = |place: SheetId, sheet: &SheetRows| -> Vec<usize> {
        (0..sheet.tables.len()).filter(|table| !set_aside.contains(&(place, *table))).collect()
    };
    let sheets = || {
        let all = extract.rows.sheets.iter_enumerated();
        all.filter(move |(place, sheet)| !counting(*place, sheet).is_empty())
    };
    let titles = sheets().flat_map(|(place, sheet)| {
        let own = counting(place, sheet);
        let all_count = own.len() == sheet.tables.len();
        let near: BTreeSet<CellAt> = own
            .into_iter()
            .flat_map(|table| texts_near(sheet, table))
            .map(|text| text.at)
            .collect();
        let titles = sheet.texts.iter().filter(|text| text.class == RowClass::Title);
        titles.filter(move |text| all_count || near.contains(&text.at)).filter_map(|text| {
            let named =
                period::in_name(&text.text).or_else(|| period::year_in_title(&text.text))?;
            Some((NameSource::Title, text.text.as_str(), named))
        })
    });
    let sheet_names = sheets().filter_map(|(_, sheet)| {
        let name = sheet.name.as_deref()?;
        Some((NameSource::SheetName, name, period::in_name(name)?))
    });
    let file_name =
        period::in_name(&stem).map(|named| (NameSource::FileName, stem.as_str(), named));
    let (source, text, _) = stamped
        .chain(titles)
        .chain(sheet_names)
        .chain(file_name)
        .find(|(_, _, named)| !named.fits(expected))?;
    Some(OtherPeriod::Named { source, text: text.to_owned(), expected: expected.to_string() })
}
