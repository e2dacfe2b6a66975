//! Frame operations that several checks share.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::model::UnitId;
use crate::pipeline::{Pipeline, Quantity};

/// Sums of a quantity by unit.
pub type Sums = BTreeMap<UnitId, i64>;

/// Returns the rows of a frame at the given places, in their order.
pub fn at_places(
    frame: &DataFrame,
    places: impl IntoIterator<Item = impl Into<usize>>,
) -> PolarsResult<DataFrame> {
    let places: Vec<IdxSize> = places
        .into_iter()
        .map(|place| IdxSize::try_from(place.into()).expect("frames have fewer rows"))
        .collect();
    frame.take(&IdxCa::from_vec("at".into(), places))
}

/// Returns the places at which a mask holds.
pub fn places(mask: &BooleanChunked) -> Vec<usize> {
    mask.iter()
        .enumerate()
        .filter(|(_, holds)| *holds == Some(true))
        .map(|(place, _)| place)
        .collect()
}

/// Returns the sums of a quantity by unit; blanks count nothing. A unit whose sum an `i64` cannot
/// hold has none.
pub fn sums(frame: &DataFrame, quantity: Quantity, pipeline: &Pipeline) -> PolarsResult<Sums> {
    let wide = wide_sums(frame, quantity, pipeline)?;
    Ok(wide.into_iter().filter_map(|(unit, sum)| Some((unit, i64::try_from(sum).ok()?))).collect())
}

/// Returns the exact sums of a quantity by unit.
pub fn wide_sums(
    frame: &DataFrame,
    quantity: Quantity,
    pipeline: &Pipeline,
) -> PolarsResult<BTreeMap<UnitId, i128>> {
    let sums = grouped(frame, "unit", pipeline.quantity_name(quantity))?;
    Ok(sums.into_iter().map(|(unit, sum)| (UnitId::of_frame(unit), sum)).collect())
}

/// Returns the exact sums of a column of figures by another one; blanks count nothing.
///
/// Beyond an `i64` the sum of polars would wrap in silence; figures that could get there are added
/// one by one.
pub fn grouped(frame: &DataFrame, by: &str, figure: &str) -> PolarsResult<BTreeMap<u32, i128>> {
    // A selection by name looks at every column of the frame, for each quantity once.
    let figures = frame.column(figure)?.clone().with_name("figure".into());
    let frame = DataFrame::new(frame.height(), vec![frame.column(by)?.clone(), figures])?;
    if !fits(frame.column("figure")?.i64()?) {
        return one_by_one(&frame, by);
    }
    #[expect(deprecated, reason = "the lazy sum it names would double the time of a cold build")]
    let summed = frame.group_by([by])?.select(["figure"]).sum()?;
    let groups = summed.column(by)?.u32()?.into_no_null_iter();
    let figures = summed.column("figure_sum")?.i64()?.iter();
    Ok(groups.zip(figures).map(|(group, sum)| (group, sum.unwrap_or(0).into())).collect())
}

/// Returns whether any of the figures add up within an `i64`.
fn fits(figures: &Int64Chunked) -> bool {
    let largest = figures.min().into_iter().chain(figures.max()).map(i64::unsigned_abs).max();
    let most = i128::from(largest.unwrap_or(0)) * figures.len() as i128;
    most <= i128::from(i64::MAX)
}

fn one_by_one(frame: &DataFrame, by: &str) -> PolarsResult<BTreeMap<u32, i128>> {
    let mut sums = BTreeMap::new();
    let groups = frame.column(by)?.u32()?.into_no_null_iter();
    for (group, figure) in groups.zip(frame.column("figure")?.i64()?.iter()) {
        *sums.entry(group).or_insert(0_i128) += i128::from(figure.unwrap_or(0));
    }
    Ok(sums)
}
