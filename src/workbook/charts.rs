//! The charts of a page.

use rust_xlsxwriter::{
    Chart as XlsxChart, ChartDataLabel, ChartFont, ChartFormat, ChartLine, ChartSolidFill,
    ChartType, Color, Worksheet, XlsxError,
};

use super::page::{Chart, ChartLayout, Content, Page};
use super::style;
use super::text::{self, clean};
use super::write::fraction;

/// Tells the library what the cells hold that charts show: a chart keeps what it shows.
pub fn tell_chart_values(page: &Page, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    for chart in &page.charts {
        let (first, last) = chart.lines;
        let columns = chart.series.iter().map(|(column, _)| *column).chain([chart.categories]);
        let values = columns.flat_map(|column| (first..=last).map(move |row| (row, column)));
        let names =
            chart.series.iter().map(|(_, at)| (at.row, u16::try_from(at.column).unwrap_or(0)));
        for (row, column) in values.chain(names) {
            let line = usize::try_from(row).ok().and_then(|row| page.lines.get(row));
            let cell = line.and_then(|line| line.cells.get(usize::from(column)));
            match cell.map(|cell| &cell.content) {
                Some(Content::Text(text)) => sheet.write_string(row, column, clean(text))?,
                Some(Content::Number { number, .. } | Content::PerCent { number, .. }) => {
                    sheet.write_number(row, column, *number)?
                }
                Some(Content::Percent { hundredths, .. }) => {
                    sheet.write_number(row, column, fraction(*hundredths))?
                }
                _ => continue,
            };
        }
    }
    Ok(())
}

pub fn insert_chart(sheet: &mut Worksheet, chart: &Chart, page: &str) -> Result<(), XlsxError> {
    let kind = match chart.layout {
        ChartLayout::Stacked | ChartLayout::Waterfall => ChartType::ColumnStacked,
        ChartLayout::SideBySide => ChartType::Column,
    };
    let mut drawn = XlsxChart::new(kind);
    drawn.title().set_name(&chart.title);
    drawn.set_width(chart.width).set_height(chart.height);
    drawn.set_alt_text(text::property(&chart.description));
    drawn.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    if chart.layout == ChartLayout::Waterfall {
        // What the ground is called would puzzle.
        drawn.legend().delete_entries(&[0]);
    }
    let (first, last) = chart.lines;
    drawn.title().set_font(ChartFont::new().set_size(11));
    if let Some(least) = chart.least {
        drawn.y_axis().set_min(least);
    }
    if let Some(greatest) = chart.greatest_count {
        drawn.y_axis().set_major_unit(f64::from(greatest.div_ceil(5).max(1))).set_num_format("0");
    }
    for (place, (column, name)) in chart.series.iter().enumerate() {
        let name_column = u16::try_from(name.column).unwrap_or(0);
        let mut look = ChartFormat::new();
        let mut labels = ChartDataLabel::new();
        // A bar of nothing has no label.
        labels
            .show_value()
            .set_num_format("#,##0.##;-#,##0.##;;")
            .set_font(ChartFont::new().set_size(8));
        if chart.layout == ChartLayout::Waterfall && place == 0 {
            look.set_no_fill();
        } else {
            let shade = place - usize::from(chart.layout == ChartLayout::Waterfall);
            let edge = Color::RGB(0x0059_5959);
            look.set_solid_fill(ChartSolidFill::new().set_color(style::series(shade)))
                .set_border(ChartLine::new().set_color(edge).set_width(0.75));
        }
        let series = drawn.add_series();
        series
            .set_name((page, name.row, name_column))
            .set_categories((page, first, chart.categories, last, chart.categories))
            .set_values((page, first, *column, last, *column))
            .set_format(&mut look);
        // The ground on which a step stands is not to be seen.
        if chart.layout != ChartLayout::Waterfall || place > 0 {
            series.set_data_label(&labels);
        }
    }
    let column = u16::try_from(chart.at.column).unwrap_or(0);
    sheet.insert_chart(chart.at.row, column, &drawn)?;
    Ok(())
}
