//! The pictures of page one: from plan to report as a waterfall, and open findings by unit. A suspected
//! mistake of unit is left out of them, since it would flatten the rest.

use super::{ALL, BESIDE, bridge, section, standings};
use crate::check::bridge::{Bridge, Step};
use crate::model::amount::sum_in;
use crate::model::{CellAt, ColumnId};
use crate::wording::overview;
use crate::workbook::consolidated::Material;
use crate::workbook::page::{
    Chart, ChartLayout, Line, Look, Page, PageCell, decimal_cell, text_cell,
};

const HEIGHT: u32 = 250;
const HALF: u32 = 430;
const LINES: usize = 10;
const LINE_HEIGHT: f64 = 20.0;
/// More units beside each other cannot be told apart.
const MOST_UNITS: usize = 24;

/// Adds the charts, and the lines that they cover.
pub fn charts(
    material: &Material<'_>,
    page: &mut Page,
    has_bridge: bool,
    standings: standings::Lines,
) {
    let few = standings.1 - standings.0 < MOST_UNITS;
    section(page, overview::PICTURES);
    if has_bridge {
        page.lines.push(Line::words(overview::ABOUT_THE_WATERFALL, Look::Plain, ALL));
        waterfall(material, page, if few { HALF } else { 2 * HALF });
    }
    if few {
        open_findings(page, standings, has_bridge);
    }
    for _ in 0..LINES {
        if page.lines.len() < first_free(page) {
            page.lines.push(Line { height: Some(LINE_HEIGHT), ..Line::default() });
        }
    }
}

/// The line after the charts so far.
fn first_free(page: &Page) -> usize {
    page.charts.iter().map(|chart| chart.at.row as usize + LINES).max().unwrap_or(0)
}

fn row(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(0)
}

fn column(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(0)
}

/// From the plan to what was reported, of one amount column.
pub struct Waterfall {
    pub field: ColumnId,
    /// What a bar is called; the ground on which it stands, and a whole, what it adds, what it takes away.
    pub bars: Vec<(String, [i128; 4])>,
    /// The bars in words.
    pub told: Vec<String>,
    /// Where the axis begins, where not at 0.
    pub least: Option<i128>,
}

/// Returns the way from the plan to the report of the first amount column; none without one.
pub fn from_plan_to_report(material: &Material<'_>) -> Option<Waterfall> {
    let field = material.overview_columns().first().copied()?;
    let Bridge { plan, steps, .. } = bridge::whole(material, field);
    let money = material.pipeline.money;
    let mut running = plan;
    let mut bars: Vec<(String, [i128; 4])> = vec![(overview::PLANNED.to_owned(), [0, plan, 0, 0])];
    let mut told = vec![format!("{} {}", overview::PLANNED, sum_in(money, plan))];
    for step in Step::ALL {
        let moved = steps[step as usize];
        if moved == 0 || step == Step::Scaled {
            continue;
        }
        let ground = running.min(running + moved);
        let bar = if moved > 0 { [ground, 0, moved, 0] } else { [ground, 0, 0, -moved] };
        bars.push((overview::step(step).to_owned(), bar));
        told.push(format!("{} {}", overview::step(step), sum_in(money, moved)));
        running += moved;
    }
    let reported = overview::REPORTED;
    bars.push((reported.to_owned(), [0, running, 0, 0]));
    told.push(format!("{reported} {}", sum_in(money, running)));
    let levels = bars.iter().flat_map(|(_, [ground, whole, more, less])| {
        [ground + whole, ground + more + less, *ground + whole]
    });
    let least = least_shown(levels.filter(|level| *level != 0), plan);
    Some(Waterfall { field, bars, told, least })
}

/// Plan, steps and report of the first amount column; beside the page stand the figures: what a step
/// stands on, what it adds, what it takes away.
fn waterfall(material: &Material<'_>, page: &mut Page, width: u32) {
    let Some(Waterfall { field, bars, told, least }) = from_plan_to_report(material) else {
        return;
    };
    let money = material.pipeline.money;
    let at = page.lines.len();
    let mut heading = vec![PageCell::default(); BESIDE];
    let names = overview::WATERFALL;
    heading.extend(names.iter().map(|name| text_cell(*name, Look::Plain)));
    page.lines.push(Line { height: Some(LINE_HEIGHT), ..Line::of(heading) });
    for (name, bar) in &bars {
        let mut cells = vec![PageCell::default(); BESIDE];
        cells.push(text_cell(name.clone(), Look::Plain));
        cells.extend(bar.iter().map(|part| decimal_cell(&sum_in(money, *part), Look::Plain)));
        page.lines.push(Line { height: Some(LINE_HEIGHT), ..Line::of(cells) });
    }
    let title = material.title_of(field);
    page.charts.push(Chart {
        title: overview::waterfall_title(&title, money),
        least: least.map(|least| crate::model::amount::double_in(money, least)),
        description: overview::chart_description(&told),
        at: CellAt::new(row(at), 0),
        width,
        height: HEIGHT,
        layout: ChartLayout::Waterfall,
        greatest_count: None,
        lines: (row(at + 1), row(at + bars.len())),
        categories: column(BESIDE),
        series: (1..=4)
            .map(|place| (column(BESIDE + place), CellAt::new(row(at), row(BESIDE + place))))
            .collect(),
    });
}

/// Where the axis of the waterfall begins: steps of a few per cent would not be seen on one from 0.
fn least_shown(levels: impl Iterator<Item = i128> + Clone, plan: i128) -> Option<i128> {
    /// Steps of less than this part of the plan are small.
    const SMALL: i128 = 4;
    let (least, most) = (levels.clone().min()?, levels.max()?);
    let range = most - least;
    if least <= 0 || range == 0 || range * SMALL > plan {
        return None;
    }
    // A round figure some way below.
    let below = least - range;
    let mut round = 1;
    while round * 10 <= range {
        round *= 10;
    }
    Some((below / round).max(0) * round)
}

fn open_findings(page: &mut Page, (first, last): standings::Lines, beside: bool) {
    let at = page.charts.first().map_or_else(|| page.lines.len(), |chart| chart.at.row as usize);
    let name = |column: usize| CellAt::new(row(first - 1), row(column));
    let counts = page.lines[first..=last].iter().map(|line| {
        let own = standings::OPEN.iter().filter_map(|column| line.cells.get(*column));
        own.map(|cell| match cell.content {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            crate::workbook::page::Content::Number { number, .. } => number as u32,
            _ => 0,
        })
        .sum::<u32>()
    });
    page.charts.push(Chart {
        title: overview::OPEN_FINDINGS_TITLE.to_owned(),
        least: None,
        description: overview::OPEN_FINDINGS_DESCRIPTION.to_owned(),
        at: CellAt::new(row(at), if beside { 6 } else { 0 }),
        width: HALF,
        height: HEIGHT,
        layout: ChartLayout::Stacked,
        greatest_count: counts.max(),
        lines: (row(first), row(last)),
        categories: 0,
        series: standings::OPEN.map(|place| (column(place), name(place))).to_vec(),
    });
}
