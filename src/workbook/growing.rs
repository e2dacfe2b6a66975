//! Lets rows grow. The library writes every height as one that was set by hand, and such a row stays as
//! it is however much is typed into it; without that mark the height holds until something is typed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

const BY_HAND: &str = " customHeight=\"1\"";
const ROW: &str = "<row r=\"";

/// Returns a workbook in which the given rows, by the place of their sheet and from zero, may grow;
/// every other part of it is copied as it is, and what is packed anew is `packed` so much.
///
/// # Errors
/// Says what is wrong with a workbook that is no archive; those that were just written are ones.
pub fn with_growing_rows(
    workbook: &[u8],
    growing: &BTreeMap<usize, BTreeSet<u32>>,
    packed: u8,
) -> Result<Vec<u8>, ZipError> {
    let mut parts = ZipArchive::new(Cursor::new(workbook))?;
    let mut copy = ZipWriter::new(Cursor::new(Vec::with_capacity(workbook.len())));
    let own: BTreeMap<String, &BTreeSet<u32>> = growing
        .iter()
        .map(|(sheet, rows)| (format!("xl/worksheets/sheet{}.xml", sheet + 1), rows))
        .collect();
    for place in 0..parts.len() {
        let mut part = parts.by_index(place)?;
        let name = part.name()?.into_owned();
        let Some(rows) = own.get(&name) else {
            drop(part);
            copy.raw_copy_file(parts.by_index_raw(place)?)?;
            continue;
        };
        let mut xml = String::new();
        part.read_to_string(&mut xml)?;
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(i64::from(packed)))
            .last_modified_time(part.last_modified().unwrap_or(DateTime::default()));
        copy.start_file(name, options)?;
        copy.write_all(without_marks(&xml, rows).as_bytes())?;
    }
    Ok(copy.finish()?.into_inner())
}

fn without_marks(xml: &str, rows: &BTreeSet<u32>) -> String {
    let mut kept = String::with_capacity(xml.len());
    let mut rest = xml;
    while let Some(at) = rest.find(ROW) {
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end);
        let tag = &rest[at..end];
        let number =
            tag[ROW.len()..].split('"').next().and_then(|number| number.parse::<u32>().ok());
        kept.push_str(&rest[..at]);
        match number {
            // A row counts from one in the file.
            Some(number @ 1..) if rows.contains(&(number - 1)) => {
                kept.push_str(&tag.replace(BY_HAND, ""));
            }
            _ => kept.push_str(tag),
        }
        rest = &rest[end..];
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_rows_that_are_named_lose_the_mark() {
        let xml = "<x><row r=\"1\" ht=\"30\" customHeight=\"1\"><c/></row><row r=\"2\" ht=\"9\" customHeight=\"1\"/></x>";
        let kept =
            "<x><row r=\"1\" ht=\"30\" customHeight=\"1\"><c/></row><row r=\"2\" ht=\"9\"/></x>";
        assert_eq!(without_marks(xml, &BTreeSet::from([1])), kept);
        assert_eq!(without_marks(xml, &BTreeSet::new()), xml);
    }
}
