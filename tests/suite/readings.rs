//! The table of readings: for each type of column, number formats of Excel, WPS and `LibreOffice` that
//! name a unit, a percentage, a date or nothing, as other programs write them; what is typed, what is
//! shown and what is understood. A reading with `?` is said to be doubtful, one with `!` to be unseen.

use std::fmt::Write;

use duibiao::model::amount::shortest_decimal;
use duibiao::model::{CellAt, Finding, Kind, MoneyUnit, Side, Value};
use duibiao::normalise;
use duibiao::pipeline::{self, file};
use duibiao::read::{self, Content};

use crate::support::root;

#[test]
fn every_number_format_is_read_or_said() {
    let folder = root().join("fixtures/readings");
    let pipeline = pipeline::load(&folder.join("pipeline.toml")).unwrap();
    let lines = std::fs::read_to_string(folder.join("formats.txt")).unwrap();
    let lines: Vec<&str> = lines.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines.len() > 100, "only {} lines", lines.len());
    for name in
        ["openpyxl.xlsx", "xlwt.xls", "libreoffice.ods", "sheetjs-xlsb.xlsb", "sheetjs-xml.xml"]
    {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let book = read::book(&bytes, &file::Read::default()).unwrap();
        let (rows, findings) = normalise::file(&book, Side::Submission, &pipeline);
        let mut found = String::new();
        for (place, line) in lines.iter().enumerate() {
            let parts: Vec<&str> = line.split(" | ").take(3).collect();
            let sheet = format!("{:03}", place + 1);
            let read = book.sheets.iter().find(|read| read.name.as_ref() == Some(&sheet)).unwrap();
            let shown =
                read.cell(CellAt::new(1, 3)).map_or(String::new(), |cell| match cell.shown() {
                    Some(shown) => shown.text.clone(),
                    None => typed(&cell.content),
                });
            let sheet_rows =
                rows.sheets.iter().find(|rows| rows.name.as_ref() == Some(&sheet)).unwrap();
            let field = pipeline.column_named(parts[0]).unwrap();
            let entry = sheet_rows.rows.first().and_then(|row| row.entries[field].as_ref());
            let understood = entry.map_or("no row".to_owned(), |entry| meant(&entry.value));
            let says = |kind: Kind| {
                findings.iter().any(|finding: &Finding| {
                    finding.sheet.as_ref() == Some(&sheet) && finding.kind() == kind
                })
            };
            let doubt = if says(Kind::ColumnDoubtful) { " ?" } else { "" };
            let unseen = if says(Kind::HiddenContent) { " !" } else { "" };
            let _ =
                writeln!(found, "{} | {shown} | {understood}{doubt}{unseen}", parts.join(" | "));
        }
        let path = folder.join(name).with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap();
        let differing = expected.lines().zip(found.lines()).find(|(one, other)| one != other);
        assert_eq!(expected, found, "{name}: {differing:?}");
    }
}

fn typed(content: &Content) -> String {
    normalise::typed::typed_text(content).into_owned()
}

fn meant(value: &Value) -> String {
    match value {
        Value::Amount(amount) => format!("{}万元", amount.decimal(MoneyUnit::TenThousandYuan)),
        Value::Percent(hundredths) => format!("{}%", shortest_decimal(*hundredths, 2)),
        Value::Month(month) => month.to_string(),
        Value::MonthOfYear(month) => format!("{month}月"),
        Value::Date(day) => day.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(number) => shortest_decimal(*number, 6),
        Value::Text(text) | Value::Choice(text) => format!("“{text}”"),
        Value::Blank => "blank".to_owned(),
        Value::NotApplicable => "not applicable".to_owned(),
        Value::Covered => "covered".to_owned(),
        Value::Unreadable(_) => "unreadable".to_owned(),
    }
}
