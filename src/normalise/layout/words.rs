//! What a text is by its own spelling, wherever it stands: a figure, the first word of a note.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::fold;
use crate::pipeline::{Pipeline, heading};
use crate::read::{Cell, Content, Row};

/// Returns whether a cell holds words: a text that looks like no figure.
pub fn is_word(content: &Content) -> bool {
    matches!(content, Content::Text(_)) && !is_figure(content)
}

/// Returns whether a cell looks like a figure, before anybody knows what its column holds.
pub fn is_figure(content: &Content) -> bool {
    match content {
        Content::Number(_) | Content::Percentage(_) => true,
        Content::Text(text) => {
            if begins_with_letter(text) {
                return false;
            }
            let plain = fold::plain(text);
            let plain = plain.strip_prefix(['-', '−', '–']).unwrap_or(&plain);
            plain.len() < 24
                && plain.starts_with(|c: char| c.is_ascii_digit())
                && plain.chars().all(|c| c.is_ascii_digit() || ",.%元万亿千".contains(c))
        }
        _ => false,
    }
}

/// Returns whether a text begins with a letter, as no figure does however it is folded: most texts of a sheet
/// need not be folded to see that.
pub(super) fn begins_with_letter(text: &str) -> bool {
    text.trim_start().chars().next().is_some_and(char::is_alphabetic)
}

/// Returns whether a figure could be a year or a month, as headings have them.
pub fn is_period(content: &Content) -> bool {
    match content {
        Content::Number(number) => {
            number.fract() == 0.0
                && ((1.0..=12.0).contains(number) || (1900.0..=2100.0).contains(number))
        }
        Content::Date { .. } => true,
        _ => false,
    }
}

/// Returns whether a text begins as notes and signature lines do: 注：…, 填表人：….
pub fn starts_with_note_word(text: &str, pipeline: &Pipeline) -> bool {
    pipeline.words.notes_begun.of(text, || begins_note(text, pipeline))
}

fn begins_note(text: &str, pipeline: &Pipeline) -> bool {
    let plain = fold::narrowed(text);
    let plain = plain.trim_start_matches(['(', '*', '※', '【', '[']);
    let for_ink = pipeline.words.signatures.iter().any(|word| {
        let rest = plain.strip_prefix(word.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    });
    for_ink
        || pipeline.words.notes.iter().any(|word| {
            plain.strip_prefix(word.as_str()).is_some_and(|rest| {
                rest.is_empty()
                    || rest.starts_with([':', '.', '、', ',', '(', ')', '】', ']', '1', '一'])
            })
        })
}

/// Returns whether a text stands in a line for ink or at the foot of a page, as nobody would name a
/// task: （盖章）, 经办人 张三, a day, a page.
pub fn is_signature(text: &str, pipeline: &Pipeline) -> bool {
    let plain = fold::plain(text);
    !plain.chars().any(char::is_alphabetic)
        || is_day_or_page(&plain)
        || names_signer(text, pipeline)
}

/// Returns whether a text names who signs, or when and where they are reached: （盖章）, 经办人 张三,
/// 联系电话 0898-88888888, 报送时间：2020.8.31. A task that begins with such a word goes on without a gap:
/// 审核养老机构资质.
pub fn names_signer(text: &str, pipeline: &Pipeline) -> bool {
    const LONGEST_LABEL: usize = 10;
    const LONGEST_VALUE: usize = 20;
    const LONGEST_NAME: usize = 4;
    let plain = fold::plain(text);
    let words = &pipeline.words;
    let in_brackets = plain.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    if let Some(inner) = in_brackets
        && inner.chars().count() <= LONGEST_LABEL
        && words.signatures.iter().any(|word| inner.ends_with(word.as_str()))
    {
        return true;
    }
    // What is before the gap, and what is after it: a colon, white space, or a row of digits.
    let text = text.trim();
    let gap = text
        .find([':', '：'])
        .or_else(|| text.find(|c: char| c.is_whitespace() || c.is_ascii_digit()));
    let (label, value) = gap.map_or((text, ""), |gap| text.split_at(gap));
    // 局长（签字）： says what is to be done there.
    let asked =
        label.trim_end().strip_suffix([')', '）']).and_then(|label| label.rsplit_once(['(', '（']));
    let asks_to_sign = asked.is_some_and(|(who, what)| {
        !who.trim().is_empty() && words.signatures.contains(&fold::key(what))
    });
    let label = fold::key(label);
    let is_name = (1..=LONGEST_NAME).contains(&fold::key(value).chars().count());
    let ends_as_signers = || words.signers.iter().any(|end| label.ends_with(end.as_str()));
    (1..=LONGEST_LABEL).contains(&label.chars().count())
        && value.chars().count() <= LONGEST_VALUE
        && (asks_to_sign
            || words.signatures.iter().chain(&words.notes).any(|word| label == *word)
            || ((plain.contains(':') || is_name) && ends_as_signers()))
}

/// Returns whether a cell may stand beside a signature: a few words, a day, a telephone number.
pub fn is_beside_signature(content: &Content) -> bool {
    const LONGEST: usize = 20;
    const SHORTEST_NUMBER: usize = 7;
    const SHORTEST_PHONE: f64 = 1_000_000.0;
    match content {
        Content::Text(text) => {
            let digits = text.chars().filter(char::is_ascii_digit).count();
            text.chars().count() <= LONGEST && (!is_figure(content) || digits >= SHORTEST_NUMBER)
        }
        Content::Date { .. } => true,
        Content::Number(number) => *number >= SHORTEST_PHONE && number.fract() == 0.0,
        _ => false,
    }
}

/// Returns whether a text is a day of a year, written as nobody writes an amount: 2021年6月18日.
pub fn is_written_day(text: &str) -> bool {
    let plain = fold::plain(text);
    plain.contains('年') && plain.contains('月') && is_day_or_page(&plain)
}

/// Returns whether a text says something in words, which nobody writes for an amount: 表格计算：应发额=现金应发额+专户应发额.
/// What a figure could be made of is none, nor is a word that stands for one.
pub fn is_remark(text: &str) -> bool {
    const SHORTEST: usize = 8;
    let is_digit = |c: char| {
        c.is_numeric() || "零一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟".contains(c)
    };
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters >= SHORTEST && !text.chars().any(is_digit)
}

/// Returns whether a text is a day, a month or a page and nothing else: 2020年8月31日, 2020.8.31, 第1页共2页.
fn is_day_or_page(plain: &str) -> bool {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        let number = "[0-9零〇○一二三四五六七八九十]";
        let day =
            format!("{number}{{2,4}}[年.\\-/]{number}{{1,2}}[月.\\-/]?({number}{{1,3}}[日号]?)?");
        Regex::new(&format!("^({day}|第{number}{{1,3}}页.*)$")).expect("the pattern is sound")
    });
    DAY.is_match(plain)
}

/// Returns whether a row below a heading repeats most of it: the heading of a further block, of which one
/// column is called otherwise.
pub fn repeats(row: &Row, known: &Row) -> bool {
    const LEAST: usize = 3;
    if !row.cells.iter().all(|cell| matches!(cell.content, Content::Text(_))) {
        return false;
    }
    let others = || row.cells.iter().filter(|cell| !says_same(cell, known));
    let count = others().count();
    // Amounts in another unit are no more of the same.
    let unit = |cell: Option<&Cell>| match &cell?.content {
        Content::Text(text) => heading::read(text).unit,
        _ => None,
    };
    let names_other_unit = |cell: &Cell| {
        unit(Some(cell)).is_some_and(|own| unit(known.cell(cell.column)) != Some(own))
    };
    count <= row.cells.len() / 4
        && row.cells.len() >= LEAST + count
        && !others().any(names_other_unit)
}

/// Whether a cell says the same words as the one in its column of another row.
fn says_same(cell: &Cell, known: &Row) -> bool {
    let Content::Text(text) = &cell.content else { return false };
    let above = known.cell(cell.column).map(|above| &above.content);
    matches!(above, Some(Content::Text(above)) if above == text)
}

/// Returns whether rows below a heading say some of its words as they say anything else: it is a row like them, and
/// what repeats most of it is one more.
pub fn are_values(below: &[Row], known: &Row) -> bool {
    below.iter().any(|row| {
        let same = row.cells.iter().filter(|cell| says_same(cell, known)).count();
        same > 0 && same * 2 < row.cells.len()
    })
}

/// Returns whether a row holds labels that end in a colon and what they say, from its first cell on: 供应商： | 某厂 |
/// 订单号： | 12. It heads nothing and is no task, whatever figures and days stand among it.
pub fn is_labelled(row: &Row) -> bool {
    let is_label = |cell: &Cell| matches!(&cell.content, Content::Text(text) if text.trim_end().ends_with([':', '：']));
    let is_first_label = row.cells.first().is_some_and(is_label);
    // Names that all end so, side by side, may head columns.
    let says = row.cells.iter().any(|cell| !is_label(cell));
    let is_said = |pair: &[Cell]| is_label(&pair[0]) || is_label(&pair[1]);
    is_first_label && says && row.cells.windows(2).all(is_said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(index: u32, texts: &[&str]) -> Row {
        let cells = (0..).zip(texts).map(|(at, text)| Cell::new(at, Content::Text((*text).into())));
        Row { index, cells: cells.collect() }
    }

    #[test]
    fn a_further_heading_has_words_that_no_row_has() {
        let heading = row(0, &["阶段", "起止日期", "内容", "负责人"]);
        let further = row(3, &["二期", "起止日期", "内容", "负责人"]);
        let task = row(1, &["测试", "三月", "试运行", "张工"]);
        assert!(repeats(&further, &heading) && !repeats(&task, &heading));
        assert!(!are_values(&[task.clone(), further.clone()], &heading));
        // 负责人 is whoever answers for it: the heading is a row like the others, and so is what repeats it.
        let other = row(2, &["验收", "四月", "终验", "负责人"]);
        assert!(are_values(&[task, other, further], &heading));
        // Amounts in another unit are not those of the heading above.
        let money = row(0, &["序号", "项目", "备注", "资金（万元）"]);
        assert!(!repeats(&row(4, &["序号", "项目", "备注", "资金（元）"]), &money));
        assert!(repeats(&row(4, &["序号", "事项", "备注", "资金（万元）"]), &money));
    }
}
