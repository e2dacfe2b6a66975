//! Whether a file is about the period and the plan that it is held against.

use std::collections::BTreeSet;

use super::{Plan, file_stem, period};
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::fact::OtherPeriod;
use crate::model::finding::NameSource;
use crate::model::stamp::{self, Stamped};
use crate::model::{Fact, Finding, Month, SheetId, Side};
use crate::normalise::{RowClass, SheetRows};
use crate::pipeline::Pipeline;

/// Returns the sheets that name another period while another sheet of the same file names this
/// one: a workbook that keeps a sheet a month. They are set aside.
pub fn sheets_of_other_periods(extract: &Extract, expected: Month) -> BTreeSet<SheetId> {
    let sheets = extract.rows.sheets.iter_enumerated();
    let named: Vec<(SheetId, period::Named)> = sheets
        .filter(|(_, sheet)| !sheet.tables.is_empty())
        .filter_map(|(place, sheet)| Some((place, named_month(sheet)?)))
        .collect();
    if !named.iter().any(|(_, named)| named.fits(expected)) {
        return BTreeSet::new();
    }
    named.into_iter().filter(|(_, named)| !named.fits(expected)).map(|(place, _)| place).collect()
}

/// The month that a sheet's own name gives, else its titles.
fn named_month(sheet: &SheetRows) -> Option<period::Named> {
    let titles = sheet.texts.iter().filter(|text| text.class == RowClass::Title);
    sheet
        .name
        .as_deref()
        .into_iter()
        .chain(titles.map(|text| text.text.as_str()))
        .filter_map(period::in_name)
        .find(|named| named.month.is_some())
}

/// Says which sheets of a file were set aside because they are of other periods.
pub fn set_aside(
    extract: &Extract,
    sheets: &BTreeSet<SheetId>,
    expected: Month,
) -> Option<Finding> {
    let names = sheets.iter().filter_map(|place| extract.rows.sheets[*place].name.clone());
    let names: Vec<String> = names.collect();
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
    set_aside: &BTreeSet<SheetId>,
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
    set_aside: &BTreeSet<SheetId>,
    expected: Month,
) -> Option<OtherPeriod> {
    let stem = file_stem(&received.name);
    let stamped = stamp::property(&extract.properties, stamp::PERIOD).and_then(|text| {
        let month = text.parse::<Month>().ok()?;
        let named = period::Named { year: Some(month.year), month: Some(month.month) };
        Some((NameSource::Stamp, text, named))
    });
    let stamped = stamped.into_iter();
    let sheets = || {
        let all = extract.rows.sheets.iter_enumerated();
        all.filter(|(place, sheet)| !sheet.tables.is_empty() && !set_aside.contains(place))
            .map(|(_, sheet)| sheet)
    };
    let titles = sheets().flat_map(|sheet| {
        sheet.texts.iter().filter(|text| text.class == RowClass::Title).filter_map(|text| {
            let named =
                period::in_name(&text.text).or_else(|| period::year_in_title(&text.text))?;
            Some((NameSource::Title, text.text.as_str(), named))
        })
    });
    let sheet_names = sheets().filter_map(|sheet| {
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
