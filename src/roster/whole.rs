//! A plan that names no unit in any row: it is one unit's as a whole, and so is what is sent.

use super::file_stem;
use crate::extract::Extract;
use crate::intake::Received;
use crate::model::fold;
use crate::normalise::layout::money;
use crate::normalise::{RowClass, SheetText};
use crate::pipeline::Pipeline;

/// Returns whether a text can be the name of somebody: it is no figure, dash or nothing.
pub(super) fn is_name(text: &str) -> bool {
    fold::key(text).chars().any(char::is_alphabetic)
}

/// Returns what the one unit of a plan is called: what a line for the submitter says, else the
/// longest title, else the file's name.
pub(super) fn name(received: &Received, extract: &Extract, pipeline: &Pipeline) -> String {
    let names_money =
        |text: &&SheetText| money::unit_in_line(&text.text, &pipeline.words).is_some();
    let texts = || {
        let all = extract.rows.sheets.iter().flat_map(|sheet| &sheet.texts);
        all.filter(move |text| !names_money(text))
    };
    let submitter = texts().find_map(|text| {
        let (label, name) = text.text.split_once([':', '：'])?;
        let is_label = pipeline.roster.submitter.contains(&fold::key(label));
        (is_label && is_name(name)).then(|| name.trim().to_owned())
    });
    let titles = texts().filter(|text| text.class == RowClass::Title && is_name(&text.text));
    submitter
        .or_else(|| {
            let longest = titles.max_by_key(|text| text.text.chars().count());
            longest.map(|text| text.text.split_whitespace().collect())
        })
        .unwrap_or_else(|| file_stem(&received.name))
}
