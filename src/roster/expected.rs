//! Whether a file is about the period and the plan that it is held against.

use std::collections::{BTreeMap, BTreeSet};

use super::aside::TablePlace;
use super::near::texts_near;
use super::{Plan, file_stem, period};
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::fact::OtherPeriod;
use crate::model::finding::NameSource;
use crate::model::stamp::{self, Stamped};
use crate::model::{CellAt, Fact, Finding, Month, SheetId, Side};
use crate::normalise::{RowClass, SheetRows, SheetText};
use crate::pipeline::{Pipeline, heading};

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
        .or_else(|| other_period(received, extract, set_aside, expected))
        .or_else(|| other_year(extract, plan, set_aside, expected, pipeline))?;
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

/// Whether a text may be a month and nothing more.
fn is_short(text: &SheetText) -> bool {
    /// 2020年12月 is as long as a month gets.
    const LONGEST_MONTH: usize = 8;
    text.text.chars().count() <= LONGEST_MONTH
}

/// Returns the rows where months stand over columns: 11月, 12月 and 1月 beside one another. Of two with their year, one may
/// be when the sheet was made: 2020年7月 | 2020年9月.
fn months_over_columns<'a>(titles: impl Iterator<Item = &'a SheetText>) -> BTreeSet<u32> {
    const LEAST: usize = 3;
    let mut rows: BTreeMap<u32, Vec<period::Named>> = BTreeMap::new();
    for text in titles.filter(|text| is_short(text)) {
        let months = rows.entry(text.at.row).or_default();
        months.extend(period::in_name(&text.text).filter(|month| !months.contains(month)));
    }
    let are_many = |months: &[period::Named]| {
        months.len() >= LEAST || months.len() > 1 && months.iter().all(|month| month.year.is_none())
    };
    rows.into_iter().filter(|(_, months)| are_many(months)).map(|(row, _)| row).collect()
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
        let titles = move || sheet.texts.iter().filter(|text| text.class == RowClass::Title);
        let over_columns = months_over_columns(titles());
        let is_one = move |own: &SheetText| !is_short(own) || !over_columns.contains(&own.at.row);
        let counts =
            move |text: &&SheetText| (all_count || near.contains(&text.at)) && is_one(text);
        titles().filter(counts).filter_map(|text| {
            let named =
                period::in_name(&text.text).or_else(|| period::year_in_title(&text.text))?;
            Some((NameSource::Title, text.text.as_str(), named))
        })
    });
    let sheet_names = sheets().filter_map(|(_, sheet)| {
        let name = sheet.name.as_deref()?;
        Some((NameSource::SheetName, name, period::in_name(name)?))
    });
    // Parts that name several months, 8月完成 and 12月完成, say when tasks are due.
    let mut months = sheet_names.clone().map(|(.., named)| named);
    let is_one = months.next().is_none_or(|first| months.all(|other| other == first));
    let sheet_names = sheet_names.filter(move |_| is_one);
    let file_name =
        period::in_name(&stem).map(|named| (NameSource::FileName, stem.as_str(), named));
    let (source, text, _) = stamped
        .chain(titles)
        .chain(sheet_names)
        .chain(file_name)
        .find(|(_, _, named)| !named.fits(expected))?;
    Some(OtherPeriod::Named { source, text: text.to_owned(), expected: expected.to_string() })
}

/// Returns the first heading of figures that names another year than the plan's headings of that column do, or, where
/// those name none, than this one: a column may be found by the lowest of its levels, 计划资金 of 2019年 > 计划资金.
fn other_year(
    extract: &Extract,
    plan: &Plan<'_>,
    set_aside: &BTreeSet<TablePlace>,
    expected: Month,
    pipeline: &Pipeline,
) -> Option<OtherPeriod> {
    let tables = extract.rows.sheets.iter_enumerated().flat_map(|(place, sheet)| {
        let counting = sheet.tables.iter().enumerate();
        counting
            .filter(move |(table, _)| !set_aside.contains(&(place, *table)))
            .map(|(_, table)| table)
    });
    tables.flat_map(|table| &table.columns).find_map(|column| {
        let field = column.field?;
        let years = years_of(&column.heading);
        if years.is_empty() {
            return None;
        }
        let planned: Vec<&str> = plan
            .sheets
            .iter()
            .flat_map(|sheet| &sheet.tables)
            .flat_map(|table| &table.columns)
            .filter(|column| column.field == Some(field))
            .map(|column| column.heading.as_str())
            .collect();
        let declared = &pipeline.columns[field];
        let told = planned.iter().copied().chain(declared.headings.iter().map(String::as_str));
        let mut told: BTreeSet<i32> = told.flat_map(years_of).collect();
        let of_plan = planned.into_iter().find(|heading| !years_of(heading).is_empty());
        if told.is_empty() {
            // What a unit reports besides may be of any year: 2019年 > 结转资金.
            if declared.reported {
                return None;
            }
            told.insert(expected.year);
        }
        (!years.is_subset(&told)).then(|| OtherPeriod::Heading {
            heading: column.heading.clone(),
            of_plan: of_plan.map(str::to_owned),
            expected: expected.to_string(),
        })
    })
}

/// Returns the years that the levels of a heading name.
fn years_of(heading: &str) -> BTreeSet<i32> {
    heading.split(heading::BELOW).filter_map(period::year_in_heading).collect()
}
