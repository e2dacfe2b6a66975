//! The workbook as another reader sees it: the parts of the file itself, not our own pages.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

use crate::support::{Run, given_month};

fn part(run: &Run, name: &str) -> String {
    let file = std::fs::File::open(run.workbook()).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let length = tag[start..].find('"')?;
    Some(&tag[start..start + length])
}

/// Sheet names in order, by their part.
fn sheets(run: &Run) -> Vec<(String, String)> {
    let workbook = part(run, "xl/workbook.xml");
    workbook
        .split("<sheet ")
        .skip(1)
        .enumerate()
        .map(|(index, tag)| {
            let tag = format!(" {tag}");
            (
                attribute(&tag, "name").unwrap().to_owned(),
                format!("xl/worksheets/sheet{}.xml", index + 1),
            )
        })
        .collect()
}

/// The styles that have a fill of their own.
fn filled_styles(run: &Run) -> BTreeSet<String> {
    let styles = part(run, "xl/styles.xml");
    let formats = styles.split("<cellXfs").nth(1).unwrap().split("</cellXfs>").next().unwrap();
    formats
        .split("<xf ")
        .skip(1)
        .enumerate()
        // 0 is no fill and 1 the grey pattern that every workbook declares.
        .filter(|(_, tag)| {
            let fill: u32 = attribute(&format!(" {tag}"), "fillId").unwrap().parse().unwrap();
            fill > 1
        })
        .map(|(index, _)| index.to_string())
        .collect()
}

#[test]
fn highlighted_cells_are_the_union_of_all_marks() {
    let run = given_month();
    let filled = filled_styles(&run);
    assert!(!filled.is_empty());
    let mut highlighted = BTreeSet::new();
    for (name, path) in sheets(&run) {
        for tag in part(&run, &path).split("<c ").skip(1) {
            let tag = format!(" {}", tag.split('>').next().unwrap());
            if attribute(&tag, "s").is_some_and(|style| filled.contains(style)) {
                highlighted.insert(format!("{name}!{}", attribute(&tag, "r").unwrap()));
            }
        }
    }
    let marks: BTreeSet<String> = run
        .findings()
        .iter()
        .flat_map(|finding| finding["marks"].as_array().unwrap())
        .map(|mark| mark.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(highlighted, marks);
    for finding in run.findings() {
        let listed = finding["marks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|mark| mark.as_str().unwrap().starts_with("差异清单!"));
        assert!(listed, "{} has no row in the list", finding["id"]);
    }
}

fn grid(run: &Run, sheet: &str) -> BTreeMap<(u32, u32), Data> {
    let mut workbook: Xlsx<_> = calamine::open_workbook(run.workbook()).unwrap();
    let range = workbook.worksheet_range(sheet).unwrap();
    let (top, left) = range.start().unwrap();
    range
        .used_cells()
        .map(|(row, column, value)| {
            let row = top + u32::try_from(row).unwrap();
            ((row, left + u32::try_from(column).unwrap()), value.clone())
        })
        .collect()
}

fn number(value: Option<&Data>) -> Option<f64> {
    match value {
        Some(Data::Float(number)) => Some(*number),
        Some(Data::Int(number)) => Some(f64::from(i32::try_from(*number).unwrap())),
        _ => None,
    }
}

/// Rows of a sheet below the heading, by the texts of the heading.
fn records(run: &Run, sheet: &str, first_heading: &str) -> Vec<BTreeMap<String, Data>> {
    let cells = grid(run, sheet);
    let heading_row = cells
        .iter()
        .find(|(_, value)| **value == Data::String(first_heading.to_owned()))
        .map(|((row, _), _)| *row)
        .unwrap();
    let headings: BTreeMap<u32, String> = cells
        .range((heading_row, 0)..(heading_row + 1, 0))
        .map(|((_, column), value)| (*column, value.to_string()))
        .collect();
    let last = cells.keys().map(|(row, _)| *row).max().unwrap();
    (heading_row + 1..=last)
        .map(|row| {
            cells
                .range((row, 0)..(row + 1, 0))
                .filter_map(|((_, column), value)| {
                    Some((headings.get(column)?.clone(), value.clone()))
                })
                .collect()
        })
        .collect()
}

#[test]
fn the_list_of_findings_says_what_the_report_says() {
    let run = given_month();
    let rows: BTreeMap<String, BTreeMap<String, Data>> = records(&run, "差异清单", "差异编号")
        .into_iter()
        .filter_map(|row| Some((row.get("差异编号")?.to_string(), row)))
        .collect();
    assert_eq!(rows.len(), run.findings().len());
    for finding in run.findings() {
        let row = &rows[finding["id"].as_str().unwrap()];
        let text = |name: &str| row.get(name).map(ToString::to_string).unwrap_or_default();
        assert_eq!(text("单位"), finding["unit"].as_str().unwrap_or_default());
        // But for where it is, which the columns beside it say.
        let (said, message) = (text("说明"), finding["message"].as_str().unwrap());
        assert!(!said.is_empty() && message.ends_with(&said), "{said} / {message}");
        for (column, field) in [("计划数", "expected"), ("报送数", "found"), ("差额", "difference")]
        {
            let expected = finding[field].as_str().and_then(|text| text.parse::<f64>().ok());
            if expected.is_some() {
                assert_eq!(number(row.get(column)), expected, "{} {column}", finding["id"]);
            }
        }
    }
}

#[test]
fn the_totals_by_unit_are_those_of_the_report() {
    let run = given_month();
    let titles = BTreeMap::from([("funds", "资金"), ("central", "中央资金分配情况")]);
    let rows = records(&run, "分单位核对", "责任单位");
    let totals = run.report["totals"].as_array().unwrap();
    assert_eq!(totals.len(), 12);
    for total in totals {
        let row = rows
            .iter()
            .find(|row| {
                row.get("责任单位").map(ToString::to_string).as_deref() == total["unit"].as_str()
                    && row.get("项目").map(ToString::to_string).as_deref()
                        == titles.get(total["field"].as_str().unwrap()).copied()
            })
            .unwrap();
        for (column, field) in [
            ("计划合计", "plan"),
            ("各行相加", "rows"),
            ("表内合计", "printed"),
            ("差额（各行 − 计划）", "difference"),
        ] {
            let expected = total[field].as_str().map(|text| text.parse::<f64>().unwrap());
            assert_eq!(number(row.get(column)), expected, "{total} {column}");
        }
    }
}

/// Live totals carry the results that a reader without a calculator sees.
#[test]
fn sums_are_live_and_their_results_are_right() {
    let run = given_month();
    let xml = sheets(&run)
        .into_iter()
        .find(|(name, _)| name == "汇总表")
        .map(|(_, path)| part(&run, &path))
        .unwrap();
    let formulas: Vec<(String, f64)> = xml
        .split("<f>")
        .skip(1)
        .map(|rest| {
            let formula = rest.split("</f>").next().unwrap().to_owned();
            let result = rest.split("<v>").nth(1).unwrap().split("</v>").next().unwrap();
            (formula, result.parse().unwrap())
        })
        .collect();
    assert!(formulas.iter().any(|(formula, _)| formula.starts_with("SUM(D")), "{formulas:?}");
    let cells = grid(&run, "汇总表");
    for (formula, result) in formulas {
        let range = formula.trim_start_matches("SUM(").trim_end_matches(')');
        let (first, last) = range.split_once(':').unwrap();
        let place = |name: &str| {
            let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
            let row: u32 = name[letters.len()..].parse().unwrap();
            assert_eq!(letters.len(), 1);
            (row - 1, u32::from(letters.as_bytes()[0] - b'A'))
        };
        let ((top, column), (bottom, _)) = (place(first), place(last));
        let sum: f64 = (top..=bottom).filter_map(|row| number(cells.get(&(row, column)))).sum();
        assert!((sum - result).abs() < 1e-6, "{formula}: {result} is not {sum}");
    }
}

#[test]
fn the_plan_of_the_report_is_what_was_read() {
    let run = given_month();
    assert_eq!(run.report["plan"]["tasks"], Value::from(51));
    let findings: Vec<&Value> =
        run.findings().iter().filter(|finding| finding["side"] == "plan").collect();
    let said: Vec<(&str, &str)> = findings
        .iter()
        .map(|finding| {
            (finding["kind"].as_str().unwrap(), finding["found"].as_str().unwrap_or("-"))
        })
        .collect();
    assert_eq!(
        said,
        [("value-missing", "-"), ("statement-differs", "9836"), ("statement-differs", "1280")]
    );
}
