//! A plan that names no unit in any row: it is one unit's as a whole, and so is what is sent.

use std::collections::BTreeMap;

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
/// longest line of a title, else the file's name.
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
    submitter
        .or_else(|| title(extract).map(|title| title.split_whitespace().collect()))
        .unwrap_or_else(|| file_stem(&received.name))
}

/// The longest title that stands alone in its row: several beside each other are rather headings
/// in words of their own.
fn title(extract: &Extract) -> Option<&str> {
    let titles = extract.rows.sheets.iter().flat_map(|sheet| {
        let titles = || sheet.texts.iter().filter(|text| text.class == RowClass::Title);
        let mut in_row: BTreeMap<u32, usize> = BTreeMap::new();
        for title in titles() {
            *in_row.entry(title.at.row).or_default() += 1;
        }
        titles().filter(move |title| in_row[&title.at.row] == 1)
    });
    let names = titles.map(|title| title.text.as_str()).filter(|text| is_name(text));
    // 统计月度：2021年6月 is a title only where nothing else is.
    let is_label = |text: &str| text.contains([':', '：']);
    names.max_by_key(|text| (!is_label(text), text.chars().count()))
}
