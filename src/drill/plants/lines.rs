//! Lines of a text file that may not be what they were read as.

use crate::drill::base::Base;
use crate::drill::planting::{Expected, Planting, no_occasion};
use crate::model::{CellAt, Kind, Said};

/// A delimiter too many stands at the end of a line.
pub fn doubtful(base: &Base<'_>) -> Result<Planting, Said> {
    let spots = base.spots(Kind::LineDoubtful);
    let found = spots.iter().find_map(|spot| {
        let row = spot.item.row.row;
        let sheet = base.material.books[spot.item.file].as_ref()?.sheets.first()?;
        let text = sheet.text.as_ref()?;
        let line = text.lines.iter().find(|line| line.row == row)?.line;
        // A copy is a workbook; what is spoilt are the bytes as they came in.
        let original = &base.material.submitted.get(usize::from(spot.item.file))?.received.copy;
        let bytes = std::fs::read(original).ok()?;
        Some((spot, longer(&bytes, line, text.dialect.delimiter)?))
    });
    let Some((spot, bytes)) = found else {
        return no_occasion("没有一个单位用文本文件（csv）报送", "no unit sent a text file (csv)");
    };
    let at = CellAt::new(spot.item.row.row, 0);
    let mut planting = Planting::new(
        "在文本文件的一行末尾多写一个分隔符",
        "a delimiter too many is written at the end of a line of a text file",
    )
    .finds(Expected::on_sheet(Kind::LineDoubtful, base, &spot.item, Some(at)));
    planting.bytes.insert(spot.item.file, bytes);
    Ok(planting)
}

/// Returns a text with a delimiter at the end of a line, counted from 1; none where its characters
/// are not single bytes.
fn longer(bytes: &[u8], line: u32, delimiter: u8) -> Option<Vec<u8>> {
    if bytes.contains(&0) {
        return None;
    }
    let mut lines: Vec<Vec<u8>> =
        bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let line = lines.get_mut(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let end = line.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r'))? + 1;
    line.insert(end, delimiter);
    Some(lines.concat())
}
