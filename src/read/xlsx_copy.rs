//! A canonical copy of a workbook with a cell that would cost the whole sheet: only what calamine
//! reads, with sound references and types.

use std::io::{Cursor, Write};

use quick_xml::escape::escape;
use quick_xml::events::Event;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::package::{Package, xml_text};
use super::xlsx_parts::{KNOWN_ERRORS, Structure, walk};
use super::xlsx_strings::SharedStrings;
use super::xml::{broken, reader};
use crate::model::finding::Refusal;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Writes a package with only what calamine reads: the sheets' cells with sound references and
/// types, the shared strings with their real number, and the styles. Sheets are named `s0`, `s1`
/// and so on.
///
/// # Errors
/// Refuses parts that cannot be unpacked.
pub fn canonical(
    package: &mut Package<'_>,
    structure: &Structure,
    strings: &SharedStrings,
    styles: Styles,
) -> Result<Vec<u8>, Refusal> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, content: &[u8]| -> Result<(), Refusal> {
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .last_modified_time(zip::DateTime::default());
        zip.start_file(name, options).map_err(|error| broken(name, &error))?;
        zip.write_all(content).map_err(|error| broken(name, &error))
    };
    put(
        "_rels/.rels",
        format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"{RELATION}/officeDocument\" \
             Target=\"xl/workbook.xml\"/></Relationships>"
        )
        .as_bytes(),
    )?;
    let mut sheets = String::new();
    let mut targets = format!(
        "<Relationship Id=\"strings\" Type=\"{RELATION}/sharedStrings\" Target=\"sharedStrings.xml\"/>\
         <Relationship Id=\"styles\" Type=\"{RELATION}/styles\" Target=\"styles.xml\"/>"
    );
    for (index, sheet) in structure.sheets.iter().enumerate() {
        sheets.push_str(&format!(
            "<sheet name=\"s{index}\" sheetId=\"{}\" r:id=\"r{index}\"/>",
            index + 1
        ));
        targets.push_str(&format!(
            "<Relationship Id=\"r{index}\" Type=\"{RELATION}/worksheet\" Target=\"worksheets/s{index}.xml\"/>"
        ));
        let bytes = package.part(&sheet.part)?.unwrap_or_default();
        let (xml, _) = xml_text(bytes)?;
        put(&format!("xl/worksheets/s{index}.xml"), canonical_sheet(&xml, strings)?.as_bytes())?;
    }
    let epoch = if structure.dates_from_1904 { " date1904=\"1\"" } else { "" };
    put(
        "xl/workbook.xml",
        format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATION}\"><workbookPr{epoch}/><sheets>{sheets}</sheets></workbook>"
        )
        .as_bytes(),
    )?;
    put(
        "xl/_rels/workbook.xml.rels",
        format!("<Relationships>{targets}</Relationships>").as_bytes(),
    )?;
    let strings_part = match &strings.xml {
        Some(xml) => Some(honest_count(xml, strings.count).into_bytes()),
        None => package.part("xl/sharedStrings.xml")?,
    };
    if let Some(part) = strings_part {
        put("xl/sharedStrings.xml", &part)?;
    }
    if styles == Styles::Kept
        && let Some(part) = package.part("xl/styles.xml")?
    {
        put("xl/styles.xml", xml_text(part)?.0.as_bytes())?;
    }
    let written = zip.finish().map_err(|error| broken("package", &error))?;
    Ok(written.into_inner())
}

/// Whether a canonical copy keeps the styles, without which dates read as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Styles {
    Kept,
    Dropped,
}

/// Replaces the beginning of the shared strings, with all that it declares, by one that tells their
/// real number.
fn honest_count(xml: &str, count: usize) -> String {
    let mut reader = reader(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) if e.local_name().as_ref() == "sst" => {
                let end = usize::try_from(reader.buffer_position()).unwrap_or(xml.len());
                let rest = xml.get(end..).unwrap_or_default();
                let is_empty = xml.get(..end).is_some_and(|begun| begun.ends_with("/>"));
                let close = if is_empty { "</sst>" } else { "" };
                return format!("<sst xmlns=\"{MAIN}\" uniqueCount=\"{count}\">{close}{rest}");
            }
            Ok(Event::Eof) | Err(_) => return xml.to_owned(),
            Ok(_) => {}
        }
    }
}

fn canonical_sheet(xml: &str, strings: &SharedStrings) -> Result<String, Refusal> {
    let mut written = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>");
    let mut open_row: Option<u32> = None;
    walk(xml, strings, |cell| {
        let Some(value) = cell.value.as_deref() else { return };
        if open_row != Some(cell.at.row) {
            if open_row.is_some() {
                written.push_str("</row>");
            }
            written.push_str(&format!("<row r=\"{}\">", cell.at.row + 1));
            open_row = Some(cell.at.row);
        }
        let kind = cell.kind.as_deref().unwrap_or("n");
        let sound = match kind {
            "n" => value.trim().parse::<f64>().is_ok(),
            "s" => value.trim().parse::<usize>().is_ok_and(|index| index < strings.count),
            "b" => matches!(value.trim(), "0" | "1" | "true" | "false" | "TRUE" | "FALSE"),
            "e" => KNOWN_ERRORS.contains(&value),
            "d" => true,
            _ => false,
        };
        let (kind, value) = match kind {
            _ if sound => (kind, value.trim().to_owned()),
            // A shared string that is not there.
            "s" => ("e", "#REF!".to_owned()),
            _ => ("str", value.to_owned()),
        };
        let style = cell.style.as_deref().unwrap_or("0");
        written.push_str(&format!(
            "<c r=\"{}\" s=\"{}\" t=\"{kind}\"><v>{}</v></c>",
            cell.at,
            escape(style),
            escape(value)
        ));
    })?;
    if open_row.is_some() {
        written.push_str("</row>");
    }
    written.push_str("</sheetData></worksheet>");
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strings_declare_is_told_anew_however_it_is_written() {
        for begun in [
            r#"<sst uniqueCount="99999999999999">"#,
            r#"<?xml version="1.0"?><x:sst xmlns:x="a>b" count='9' uniqueCount='99999999999999'>"#,
            r#"<sst xmlns="http:/</t></si></sst>/a" uniqueCount="99999999999999" >"#,
        ] {
            let xml = format!("{begun}<si><t>一</t></si></sst>");
            let honest = honest_count(&xml, 1);
            assert!(!honest.contains("9999"), "{honest}");
            assert!(honest.starts_with("<sst ") && honest.ends_with("><si><t>一</t></si></sst>"));
        }
        assert!(honest_count("<sst uniqueCount=\"9\"/>", 0).ends_with("\"0\"></sst>"));
    }
}
