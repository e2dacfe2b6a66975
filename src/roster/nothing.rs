//! What units say of why they have nothing to report: the words beside 零报告 and at the place of the
//! reason, on the sheets that declare it.

use super::{Roster, Standing};
use crate::extract::Extract;
use crate::model::{FileId, IdSlice, IdVec, UnitId, fold};
use crate::normalise::SheetRows;
use crate::normalise::reminder::declares_nothing;
use crate::pipeline::Pipeline;

/// Returns the words of each unit that sent a zero report; empty for the others, and where no reason is
/// given.
pub fn reasons(
    roster: &Roster<'_>,
    extracts: &IdSlice<FileId, Extract>,
    pipeline: &Pipeline,
) -> IdVec<UnitId, String> {
    let of_unit = |(standing, files): &(Standing, Vec<FileId>)| {
        let zero = files.iter().filter(|_| *standing == Standing::Zero);
        let sheets = zero.flat_map(|file| extracts[*file].rows.sheets.iter());
        let mut said: Vec<String> = Vec::new();
        for words in sheets.flat_map(|sheet| of_sheet(sheet, pipeline)) {
            if !said.contains(&words) {
                said.push(words);
            }
        }
        said.join("；")
    };
    roster.units.iter().map(of_unit).collect()
}

fn of_sheet(sheet: &SheetRows, pipeline: &Pipeline) -> Vec<String> {
    let mut said = Vec::new();
    let mut texts = sheet.texts.iter().peekable();
    while let Some(text) = texts.next() {
        if declares_nothing(&text.text, pipeline) {
            // The bare phrase is the unit's standing, which is shown anyway.
            let is_bare = pipeline.roster.zero_report.contains(&fold::key(&text.text));
            said.extend((!is_bare).then(|| text.text.trim().to_owned()));
        } else if let Some(own) = after_label(&text.text, pipeline) {
            let beside = texts.peek().filter(|next| next.at.row == text.at.row);
            let words = if own.is_empty() { beside.map_or("", |next| &next.text) } else { own };
            said.extend(Some(words.trim()).filter(|words| !words.is_empty()).map(str::to_owned));
        }
    }
    said
}

/// What follows the name of the place of a reason; none where a text does not have it.
fn after_label<'a>(text: &'a str, pipeline: &Pipeline) -> Option<&'a str> {
    /// Of what stands before the word, in characters: a longer text only speaks of a reason.
    const BEFORE: usize = 8;
    let ends = pipeline.words.reasons.iter().filter_map(|word| {
        let at = text.find(word.as_str())?;
        (text[..at].chars().count() <= BEFORE).then_some(at + word.len())
    });
    let rest = &text[ends.max()?..];
    Some(
        rest.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, ':' | '：' | '是' | '为')
        }),
    )
}
