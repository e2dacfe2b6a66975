//! A canonical copy of a workbook with a cell that would cost the whole sheet: only what calamine
//! reads, with sound references and types.

use std::io::{Cursor, Write};

use quick_xml::escape::escape;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::package::{Package, xml_text};
use super::xlsx_parts::{KNOWN_ERRORS, SharedStrings, Structure, broken, walk};
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

/// Replaces the declared number of shared strings by the real one.
fn honest_count(xml: &str, count: usize) -> String {
    let Some(start) = xml.find("<sst").or_else(|| xml.find(":sst")) else { return xml.to_owned() };
    let Some(length) = xml[start..].find('>') else { return xml.to_owned() };
    let tag = &xml[start..start + length];
    let mut honest = String::new();
    let mut rest = tag;
    while let Some(at) = rest.find("ount=") {
        let quote = rest[at + 5..].chars().next().unwrap_or('"');
        let value_end = rest[at + 6..].find(quote).map_or(rest.len(), |end| at + 6 + end);
        honest.push_str(&rest[..at + 5]);
        honest.push_str(&format!("{quote}{count}"));
        rest = &rest[value_end..];
    }
    honest.push_str(rest);
    format!("{}{honest}{}", &xml[..start], &xml[start + length..])
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
