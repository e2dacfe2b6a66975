//! The head and the foot that slips and reminders share: a letter of the office, which the unit signs,
//! and below it a message to be pasted.

use crate::model::stamp::Stamped;
use crate::model::{Month, UnitId};
use crate::wording::letters::{self, Letter};
use crate::workbook::consolidated::Material;
use crate::workbook::page::{Line, Look, Page};

/// Calls `with` with who writes to whom.
pub(super) fn addressed<T>(
    material: &Material<'_>,
    unit: UnitId,
    with: impl FnOnce(&Letter<'_>) -> T,
) -> T {
    let reply_by = reply_by(material);
    let workbook = &material.pipeline.workbook;
    let counting = &material.roster.units[unit].1;
    let files: Vec<&str> =
        counting.iter().map(|file| material.roster.places.files[*file].as_str()).collect();
    with(&Letter {
        unit: material.plan.names.name(unit),
        period: material.period,
        files: &files,
        reply_by: reply_by.as_deref(),
        contact: workbook.contact.as_deref(),
        issued_by: workbook.issued_by.as_deref(),
    })
}

/// The last day to answer: the declared day of the month after the period.
fn reply_by(material: &Material<'_>) -> Option<String> {
    let day = material.pipeline.workbook.reply_by_day?;
    let next = Month::from_ordinal(material.period.ordinal() + 1)?;
    Some(format!("{}年{}月{day}日", next.year, next.month))
}

/// The columns of a letter.
fn printed(page: &Page) -> u16 {
    page.printed_columns.unwrap_or_else(|| u16::try_from(page.widths.len()).unwrap_or(u16::MAX))
}

/// Puts the title, the address, the body, and whom to ask over the table of a letter.
pub(super) fn head(
    material: &Material<'_>,
    unit: UnitId,
    page: &mut Page,
    body: impl FnOnce(&Letter<'_>) -> Vec<String>,
) {
    let span = printed(page);
    let title = format!("{}{}", material.plan.names.name(unit), super::title(material, unit));
    let code = material.form_code(Stamped::Slip, Some(material.plan.names.name(unit)));
    page.lines.push(Line::words(title, Look::Title, span).with_code(page.widths.len(), &code));
    let money = material.pipeline.money.to_string();
    let lines = addressed(material, unit, |letter| {
        let mut lines = vec![
            (letters::about(letter, &money), Look::PlainCentre),
            (letters::addressed(letter), Look::PlainBold),
        ];
        lines.extend(body(letter).into_iter().map(|text| (text, Look::Plain)));
        lines.push((letters::signed(letter), Look::PlainBold));
        lines
    });
    page.lines.extend(lines.into_iter().map(|(text, look)| Line::words(text, look, span)));
    let contacts = letters::named_by_unit(&material.result.units[usize::from(unit)].contacts);
    if !contacts.is_empty() {
        page.lines.push(Line::words(contacts, Look::Plain, span));
    }
}

/// Puts the line that the unit signs under the table, and the message below what is printed.
pub(super) fn foot(
    material: &Material<'_>,
    unit: UnitId,
    page: &mut Page,
    message: impl FnOnce(&Letter<'_>) -> String,
) {
    let span = printed(page);
    page.lines.push(Line::blank());
    let signature = letters::signature(material.plan.names.name(unit));
    page.lines.push(Line::words(signature, Look::Plain, span));
    page.printed_lines = Some(page.lines.len());
    page.lines.push(Line::blank());
    page.lines.push(Line::words(letters::MESSAGE_BELOW, Look::Plain, span));
    page.lines.push(Line::words(addressed(material, unit, message), Look::Text, span));
}
