//! Whether a file is about the period and the plan that it is held against.

use super::{Plan, file_stem, period};
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::finding::NameSource;
use crate::model::stamp::{self, Stamped};
use crate::model::{Detail, Finding, Kind, Month, Side};
use crate::normalise::{RowClass, SheetRows};
use crate::pipeline::Pipeline;

/// Says when the stamp of a template, a title, a sheet name or the file name gives another
/// period, and when a template was made from another plan.
pub fn differing(
    received: &Received,
    extract: &Extract,
    plan: &Plan<'_>,
    expected: Month,
    pipeline: &Pipeline,
) -> Option<Finding> {
    let detail = other_plan(extract, plan, pipeline)
        .or_else(|| other_period(received, extract, expected))?;
    Some(Finding::new(Kind::PeriodDiffers, Side::Submission).with(detail))
}

fn other_plan(extract: &Extract, plan: &Plan<'_>, pipeline: &Pipeline) -> Option<Detail> {
    if stamp::stamped(&extract.properties) != Some(Stamped::Template) {
        return None;
    }
    let property = |name| stamp::property(&extract.properties, name);
    let own = property(stamp::PIPELINE).unwrap_or_default();
    if own != pipeline.name {
        return Some(Detail::TemplateOf { pipeline: own.to_owned() });
    }
    let is_other = property(stamp::PLAN).is_some_and(|sha256| sha256 != plan.sha256);
    is_other.then_some(Detail::TemplateOfOtherPlan)
}

fn other_period(received: &Received, extract: &Extract, expected: Month) -> Option<Detail> {
    let stem = file_stem(&received.name);
    let stamped = stamp::property(&extract.properties, stamp::PERIOD).and_then(|text| {
        let month = text.parse::<Month>().ok()?;
        let named = period::Named { year: Some(month.year), month: Some(month.month) };
        Some((NameSource::Stamp, text, named))
    });
    let stamped = stamped.into_iter();
    let has_table = |sheet: &&SheetRows| !sheet.tables.is_empty();
    let sheets = || extract.rows.sheets.iter().filter(has_table);
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
    Some(Detail::PeriodNamed { source, text: text.to_owned(), expected: expected.to_string() })
}
