//! What a heading says: its comparison key, and the unit of money or percent it names in
//! brackets or behind a comma.

use crate::model::{MoneyUnit, fold};

/// A heading, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// The folded text without its unit.
    pub key: String,
    /// The folded text without anything in brackets.
    pub bare: String,
    /// The folded text without what in its brackets changes nothing of what it means: units, dates,
    /// how to fill it in. 中央资金（已到位） is not 中央资金.
    pub meant: String,
    pub unit: Option<MoneyUnit>,
}

/// Reads a heading.
pub fn read(text: &str) -> Heading {
    let narrow = fold::plain(text)
        .replace(['【', '[', '〔', '〈', '<', '{'], "(")
        .replace(['】', ']', '〕', '〉', '>', '}'], ")");
    let mut unit = None;
    let mut kept = String::new();
    let mut bare = String::new();
    let mut meant = String::new();
    let mut rest = narrow.as_str();
    while let Some(open) = rest.find('(') {
        let close = rest[open..].find(')').map_or(rest.len(), |length| open + length);
        let inside = &rest[open + 1..close];
        kept.push_str(&rest[..open]);
        bare.push_str(&rest[..open]);
        meant.push_str(&rest[..open]);
        for part in inside.split([',', '、', ';']) {
            match unit_named(part) {
                Some(Named::Money(money)) => unit = unit.or(Some(money)),
                Some(Named::Other) => {}
                None => {
                    kept.push_str(part);
                    if !adds_nothing(part) {
                        meant.push_str(part);
                    }
                }
            }
        }
        rest = rest.get(close + 1..).unwrap_or("");
    }
    kept.push_str(rest);
    bare.push_str(rest);
    meant.push_str(rest);
    if unit.is_none()
        && let Some((head, tail)) = kept.rsplit_once([',', ':', '/', '、'])
        && let Some(Named::Money(money)) = unit_named(tail)
    {
        unit = Some(money);
        // 单位：万元 above a table is a unit line, not the heading of the responsible unit.
        kept = if head.ends_with("单位") { String::new() } else { head.to_owned() };
        if kept.is_empty() {
            bare.clear();
        }
        meant = meant.rsplit_once([',', ':', '/', '、']).map_or_else(String::new, |(head, _)| {
            if head.ends_with("单位") { String::new() } else { head.to_owned() }
        });
    }
    Heading { key: fold::key(&kept), bare: fold::key(&bare), meant: fold::key(&meant), unit }
}

/// Returns whether what stands in a heading's brackets leaves its meaning as it is: a date, the
/// number of a column, or a word on how to fill it in.
fn adds_nothing(inside: &str) -> bool {
    const ADDITIONS: [&str; 19] = [
        "项目",
        "必填",
        "选填",
        "可不填",
        "盖章",
        "签章",
        "公章",
        "全称",
        "名称",
        "简述",
        "简要",
        "详细",
        "说明",
        "格式",
        "数字",
        "文字",
        "小数",
        "例",
        "附件",
    ];
    let is_date = || {
        let figure = inside.chars().any(|c| c.is_ascii_digit());
        figure && inside.contains(['年', '月', '日', '-', '.'])
    };
    // A unit of money with a slip of the pen, 万员, is one that somebody meant.
    let is_slip =
        || inside.chars().count() <= 3 && inside.starts_with(['万', '千', '百', '亿', '元']);
    !inside.chars().any(char::is_alphabetic)
        || is_slip()
        || is_date()
        || ADDITIONS.iter().any(|word| inside.contains(word))
}

enum Named {
    Money(MoneyUnit),
    /// A unit that is no money, which is dropped all the same: `%`, 月.
    Other,
}

fn unit_named(text: &str) -> Option<Named> {
    let word = text.trim_start_matches("单位").trim_start_matches([':', '：']);
    let word = word.trim_start_matches("人民币");
    if let Some(unit) = MoneyUnit::ALL.into_iter().find(|unit| unit.name() == word) {
        return Some(Named::Money(unit));
    }
    matches!(word, "%" | "百分比" | "年月" | "年/月" | "月份").then_some(Named::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_headings_are_understood() {
        for (text, key, unit) in [
            ("资金（万元）", "资金", Some(MoneyUnit::TenThousandYuan)),
            ("资金\n（单位：元）", "资金", Some(MoneyUnit::Yuan)),
            ("其中：中央资金(万元)", "其中中央资金", Some(MoneyUnit::TenThousandYuan)),
            ("资金，万元", "资金", Some(MoneyUnit::TenThousandYuan)),
            ("完成进度（%）", "完成进度", None),
            ("工作任务（项目）", "工作任务项目", None),
            ("单  位", "单位", None),
            ("单位：万元", "", Some(MoneyUnit::TenThousandYuan)),
        ] {
            let heading = read(text);
            assert_eq!((heading.key.as_str(), heading.unit), (key, unit), "{text}");
        }
        assert_eq!(read("工作任务（项目）").bare, "工作任务");
        for (text, meant) in [
            ("工作任务（项目）", "工作任务"),
            ("中央资金（已到位）", "中央资金已到位"),
            ("中央资金（已到位，万元）", "中央资金已到位"),
            ("资金（截至2020年8月）", "资金"),
            ("资金（3）", "资金"),
            ("资金（保留两位小数）", "资金"),
        ] {
            assert_eq!(read(text).meant, meant, "{text}");
        }
    }
}
