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
    pub unit: Option<MoneyUnit>,
}

/// Reads a heading.
pub fn read(text: &str) -> Heading {
    let narrow = fold::plain(text)
        .replace(['【', '[', '〔', '〈', '<'], "(")
        .replace(['】', ']', '〕', '〉', '>'], ")");
    let mut unit = None;
    let mut kept = String::new();
    let mut bare = String::new();
    let mut rest = narrow.as_str();
    while let Some(open) = rest.find('(') {
        let close = rest[open..].find(')').map_or(rest.len(), |length| open + length);
        let inside = &rest[open + 1..close];
        kept.push_str(&rest[..open]);
        bare.push_str(&rest[..open]);
        match unit_named(inside) {
            Some(Named::Money(money)) => unit = unit.or(Some(money)),
            Some(Named::Other) => {}
            None => kept.push_str(inside),
        }
        rest = rest.get(close + 1..).unwrap_or("");
    }
    kept.push_str(rest);
    bare.push_str(rest);
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
    }
    Heading { key: fold::key(&kept), bare: fold::key(&bare), unit }
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
    }
}
