//! Findings about the lines of text files.

use super::speaker::Speaker;
use crate::model::fact::{LineDoubt, WhyDoubtful};
use crate::model::words::{self, Said};

impl Speaker<'_> {
    /// Lines that may not be what they were read as.
    pub(super) fn lines_in_doubt(&self, doubt: &LineDoubt) -> String {
        let sheet = self.sheet();
        let cells = words::short_list(&self.finding.cells, 5, self.language);
        let (lines, lines_english) = numbered(doubt);
        let Said { chinese, english } = why_doubtful(&doubt.why);
        self.pick(
            format!("{sheet}的{lines}（{cells}）{chinese}。"),
            format!("{sheet}, {lines_english} ({cells}): {english}."),
        )
    }
}

/// Lines that may not be what they were read as, without the sheet they stand on.
pub fn line_doubt(doubt: &LineDoubt) -> Said {
    let (lines, lines_english) = numbered(doubt);
    let Said { chinese, english } = why_doubtful(&doubt.why);
    Said::new(format!("{lines}{chinese}"), format!("{lines_english}: {english}"))
}

fn why_doubtful(why: &WhyDoubtful) -> Said {
    let (chinese, english) = match why {
            WhyDoubtful::Fields { found, expected, figure } => {
                let (more, more_english) = match figure {
                    Some(figure) => (
                        format!("多半是数字里的千位逗号没有加引号，如“{figure}”"),
                        format!("probably a figure with a comma stands in no quotes, such as “{figure}”"),
                    ),
                    None if found.0 > *expected => (
                        "多了分隔符".to_owned(),
                        "a delimiter too many".to_owned(),
                    ),
                    None => ("少了分隔符".to_owned(), "a delimiter is missing".to_owned()),
                };
                let (fewest, most) = found;
                let (found, found_english) = if fewest == most {
                    (fewest.to_string(), fewest.to_string())
                } else {
                    (format!("{fewest}～{most}"), format!("{fewest} to {most}"))
                };
                (
                    format!("有 {found} 个字段，标题行应有 {expected} 个（{more}），其后各格可能错位"),
                    format!(
                        "{found_english} fields where the heading has {expected} ({more_english}); what follows may stand in the wrong columns"
                    ),
                )
            }
            WhyDoubtful::Heading { found, expected } => (
                format!("是标题行，有 {found} 个字段，下面各行却有 {expected} 个，各列的标题可能错位"),
                format!(
                    "{found} fields in the heading, and {expected} in the rows below it; the columns may stand under the wrong headings"
                ),
            ),
            WhyDoubtful::QuoteUnclosed => (
                "有一个引号没有配对的右引号，已按普通字符读取，各格可能错位".to_owned(),
                "a quote that nothing closes; it was read as a character, and cells may have moved".to_owned(),
            ),
            WhyDoubtful::QuoteStray => (
                "引号不成对，多余的引号已按普通字符读取，各格可能错位".to_owned(),
                "quotes that do not pair; the one too many was read as a character, and cells may have moved".to_owned(),
            ),
            WhyDoubtful::LinesJoined { joined } => (
                format!("引号把 {joined} 行连成一行，而其中每一行都像是单独的一行"),
                format!("{joined} lines that quotes make one row, each of which looks like a row of its own"),
            ),
            WhyDoubtful::OtherDelimiter => (
                "没有用其他行的分隔符，整行读成了一格".to_owned(),
                "another delimiter than on the other lines; the line was read as one cell".to_owned(),
            ),
            WhyDoubtful::Alone => (
                "是唯一的一行，没有别的行可以对照，各格可能错位".to_owned(),
                "the only line, which nothing can be held against; cells may have moved".to_owned(),
            ),
            WhyDoubtful::TwoDelimiters { taken, other } => {
                let (taken, taken_english) = sign(*taken);
                let (other, other_english) = sign(*other);
                (
                    format!("起的各行既可按{taken}分格，也可按{other}分格，已按{taken}读取，各格可能错位"),
                    format!(
                        "the lines from here on can be cut by {taken_english} as well as by {other_english}; {taken_english} was taken, and cells may have moved"
                    ),
                )
            }
            WhyDoubtful::Damaged => (
                "有无法解码的字节或控制字符，可能缺字".to_owned(),
                "bytes that are no text; characters may be missing".to_owned(),
            ),
        };
    Said::new(chinese, english)
}

fn sign(delimiter: char) -> (String, String) {
    let (chinese, english) = match delimiter {
        ',' => ("逗号", "the comma"),
        ';' => ("分号", "the semicolon"),
        '\t' => ("制表符", "the tab"),
        '|' => ("竖线", "the bar"),
        ':' => ("冒号", "the colon"),
        ' ' => ("空格", "the space"),
        other => return (format!("“{other}”"), format!("“{other}”")),
    };
    (chinese.to_owned(), english.to_owned())
}

/// 文本第 3、7 行
fn numbered(doubt: &LineDoubt) -> (String, String) {
    let lines: Vec<String> = doubt.lines.iter().map(u32::to_string).collect();
    let more = doubt.count.saturating_sub(lines.len());
    let (chinese, english) = match more {
        0 => (String::new(), String::new()),
        _ => (format!("等共 {} 行", doubt.count), format!(" and {more} more")),
    };
    (
        format!("文本第 {} 行{chinese}", lines.join("、")),
        format!(
            "{} {}{english}",
            if doubt.count == 1 { "line" } else { "lines" },
            lines.join(", ")
        ),
    )
}
