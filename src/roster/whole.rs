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
    submitter.or_else(|| title(extract).map(bare)).unwrap_or_else(|| file_stem(&received.name))
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
    // 统计月度：2021年6月 is a title only where nothing else is, and so is (in millions).
    let is_label = |text: &str| {
        let text = text.trim();
        text.contains([':', '：']) || text.starts_with(['(', '（']) && text.ends_with([')', '）'])
    };
    // 三、客厅工程 is a part's name, and what begins or ends as sentences do is a remark.
    let is_part = |text: &str| fold::unnumbered(text) != text.trim_start();
    let is_remark = |text: &str| {
        let text = text.trim();
        text.ends_with(['。', '！', '!', '；']) || text.starts_with(['※', '*', '注'])
    };
    let is_plain = |text: &str| !is_label(text) && !is_part(text) && !is_remark(text);
    names.max_by_key(|text| (is_plain(text), !is_label(text), text.chars().count()))
}

/// A title without the lines drawn around it, and without the gaps that spread its characters; those between the
/// words of a language that has them stay.
fn bare(title: &str) -> String {
    let is_line = |c: char| c.is_whitespace() || "-—–_=*~·─━".contains(c);
    let mut bare = String::with_capacity(title.len());
    for word in title.trim_matches(is_line).split_whitespace() {
        let follows = bare.ends_with(|c: char| c.is_ascii());
        if follows && word.starts_with(|c: char| c.is_ascii()) {
            bare.push(' ');
        }
        bare.push_str(word);
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_bare_of_lines_and_gaps() {
        assert_eq!(bare("------微信支付账单明细列表------"), "微信支付账单明细列表");
        assert_eq!(bare("资 金 计 划 表"), "资金计划表");
        assert_eq!(bare("Cost  Planning 2020年 计划"), "Cost Planning 2020年计划");
    }
}
