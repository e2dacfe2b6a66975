//! Who signed a workbook that came back, and when: read by the words of the labels, wherever they
//! stand.

use serde::{Deserialize, Serialize};

use crate::model::{CellAt, fold, stamp};
use crate::normalise::typed::typed_text;
use crate::read::Sheet;

/// A line for a signature, signed or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// One of [`stamp::SIGNERS`].
    pub role: String,
    /// Empty where nobody signed.
    pub name: String,
    pub date: String,
    pub sheet: String,
    pub cell: CellAt,
}

/// Returns the lines for signatures of a sheet.
pub(super) fn of_sheet(sheet: &Sheet) -> Vec<Signed> {
    let mut found: Vec<Signed> = Vec::new();
    let mut dates: Vec<(usize, String)> = Vec::new();
    let mut last: Option<Label> = None;
    let mut row_of_last = None;
    for row in &sheet.rows {
        for cell in &row.cells {
            let text = typed_text(&cell.content);
            let at = CellAt::new(row.index, cell.column);
            let Some((label, rest)) = label(&text) else {
                // What stands right of a label is what was written on its line.
                if row_of_last == Some(row.index) {
                    write(last, &text, &mut found, &mut dates);
                    last = None;
                }
                continue;
            };
            if let Label::Signer(role) = label {
                let sheet = sheet.name.clone().unwrap_or_default();
                let (role, name, date) = (role.to_owned(), String::new(), String::new());
                found.push(Signed { role, name, date, sheet, cell: at });
            }
            (last, row_of_last) = (Some(label), Some(row.index));
            if !rest.is_empty() {
                write(last, rest, &mut found, &mut dates);
                last = None;
            }
        }
    }
    // A date belongs to who stands before it; one at the end also to those who have none.
    let common = dates.last().map(|(_, date)| date.clone()).unwrap_or_default();
    for (place, signed) in found.iter_mut().enumerate() {
        let own = dates.iter().find(|(after, _)| *after == place + 1).map(|(_, date)| date);
        if signed.date.is_empty() && !signed.name.is_empty() {
            signed.date.clone_from(own.unwrap_or(&common));
        }
    }
    found
}

#[derive(Clone, Copy)]
enum Label {
    Signer(&'static str),
    Date,
    Other,
}

/// Parts a label from what stands behind its colon.
fn label(text: &str) -> Option<(Label, &str)> {
    /// Characters of a label; longer texts with a colon are sentences.
    const LONGEST: usize = 10;
    let (label, rest) = text.split_once(['：', ':'])?;
    if label.chars().count() > LONGEST {
        return None;
    }
    let key = fold::key(label);
    let signer = stamp::SIGNERS.into_iter().find(|role| key.starts_with(role));
    let label = match signer {
        Some(role) => Label::Signer(role),
        None if key == stamp::DATE_LABEL => Label::Date,
        None => Label::Other,
    };
    Some((label, rest.trim()))
}

fn write(label: Option<Label>, text: &str, found: &mut [Signed], dates: &mut Vec<(usize, String)>) {
    match label {
        Some(Label::Signer(_)) => {
            if let Some(signed) = found.last_mut() {
                // A name and a date may share a line.
                let digit = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
                let (name, date) = text.split_at(digit);
                name.trim().clone_into(&mut signed.name);
                date.trim().clone_into(&mut signed.date);
            }
        }
        Some(Label::Date) => dates.push((found.len(), text.to_owned())),
        Some(Label::Other) | None => {}
    }
}
