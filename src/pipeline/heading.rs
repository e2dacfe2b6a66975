//! What a heading says: its comparison key, and the unit of money or percent it names in
//! brackets or behind a comma.

use super::Lexicon;
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
    let narrow = narrow(text);
    let mut unit = None;
    let mut kept = String::new();
    let mut bare = String::new();
    for (before, inside) in pieces(&narrow) {
        kept.push_str(before);
        bare.push_str(before);
        for part in inside.split(MARKS) {
            match unit_named(part) {
                Some(Named::Money(money)) => unit = unit.or(Some(money)),
                Some(Named::Other) => {}
                None => kept.push_str(part),
            }
        }
    }
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

/// Returns the key of a heading without what in its brackets changes nothing of what it means:
/// units, dates, additions and how to fill it in. 中央资金（已到位） is not 中央资金.
pub fn meant(text: &str, words: &Lexicon) -> String {
    let narrow = narrow(text);
    let mut kept = String::new();
    for (before, inside) in pieces(&narrow) {
        kept.push_str(before);
        for part in inside.split(MARKS) {
            if unit_named(part).is_some() || !adds_nothing(part, words) {
                kept.push('(');
                kept.push_str(part);
                kept.push(')');
            }
        }
    }
    read(&kept).key
}

/// What stands between the parts of what is in brackets.
const MARKS: [char; 3] = [',', '、', ';'];

/// Brackets as they are typed, before they are folded.
const OPENING: [char; 12] = ['(', '（', '【', '[', '［', '〔', '〈', '<', '＜', '﹙', '{', '｛'];

/// Returns whether a heading has anything in brackets.
pub fn has_brackets(text: &str) -> bool {
    text.contains(OPENING)
}

fn narrow(text: &str) -> String {
    fold::plain(text)
        .replace(['【', '[', '〔', '〈', '<', '{'], "(")
        .replace(['】', ']', '〕', '〉', '>', '}'], ")")
}

/// Returns what stands before each bracket of a folded heading, with what is in it; last what
/// follows, with nothing.
fn pieces(narrow: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = Some(narrow);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(open) = text.find('(') else {
            rest = None;
            return Some((text, ""));
        };
        let close = text[open..].find(')').map_or(text.len(), |length| open + length);
        rest = Some(text.get(close + 1..).unwrap_or(""));
        Some((&text[..open], &text[open + 1..close]))
    })
}

/// Returns whether what stands in a heading's brackets leaves its meaning as it is: a date, the
/// number of a column, or a word on how to fill it in.
fn adds_nothing(inside: &str, words: &Lexicon) -> bool {
    // Of a date only: 截至2020年8月, and not 2020年已到位.
    let is_date = || inside.contains(['年', '月', '日', '季']) && inside.chars().all(is_of_a_date);
    // A unit of money with a slip of the pen, 万员, is one that somebody meant.
    let is_slip =
        || inside.chars().count() == 2 && inside.starts_with(['万', '千', '百', '亿', '元']);
    !inside.chars().any(char::is_alphabetic)
        || is_slip()
        || is_date()
        || words.additions.contains(&fold::key(inside))
        || words.filling.iter().any(|word| inside.contains(word.as_str()))
}

fn is_of_a_date(sign: char) -> bool {
    const WORDS: &str = "年月日号季度第上下半初中旬底末截至到止前〇零一二三四五六七八九十";
    !sign.is_alphabetic() || WORDS.contains(sign)
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
        let words = Lexicon {
            additions: vec!["项目".into(), "含税".into()],
            filling: vec!["小数".into(), "全称".into()],
            ..Lexicon::default()
        };
        for (text, meant) in [
            ("工作任务（项目）", "工作任务"),
            ("中央资金（已到位）", "中央资金已到位"),
            ("中央资金（已到位，万元）", "中央资金已到位"),
            ("资金（截至2020年8月）", "资金"),
            ("资金（3）", "资金"),
            ("资金（保留两位小数）", "资金"),
            ("单位（填写全称）", "单位"),
            ("资金（万员）", "资金"),
            ("资金（二〇二〇年第三季度）", "资金"),
            ("资金（含税）", "资金"),
            ("资金（不含税）", "资金不含税"),
            ("资金（已完工项目）", "资金已完工项目"),
            ("资金（2020年已到位）", "资金2020年已到位"),
            ("资金（到位比例）", "资金到位比例"),
            ("资金（元/月）", "资金元月"),
        ] {
            assert_eq!(super::meant(text, &words), meant, "{text}");
        }
    }
}
