//! What a heading says: its comparison key, and the unit of money or percent it names in
//! brackets or behind a comma.
//!
//! A heading may be a path, `2020年 > 计划`: its levels from the top. Its key is that of its levels
//! one behind the other, so that a sheet which writes 2020年计划 in one cell means the same. It may end
//! in the number of a twin, `金额（万元）#2`: the second column of that name from the left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Column, Lexicon};
use crate::model::memo::Memo;
use crate::model::{ColumnId, IdSlice, MoneyUnit, fold};

/// What stands between the levels of a path.
pub const BELOW: &str = " > ";
/// What stands before the number of a twin.
pub const TWIN: char = '#';
/// Stands for the heading of a column that has none: the first filled column left of all headings.
pub const UNNAMED: &str = "（无标题）";
/// Its key.
const UNNAMED_KEY: &str = "无标题";

/// The headings that a pipeline declares, to be looked up.
#[derive(Clone, Debug, Default)]
pub struct Headings {
    /// By key.
    columns: BTreeMap<String, ColumnId>,
    /// By what a declared heading means without how to fill it in, where no other is called so.
    meant_columns: BTreeMap<String, ColumnId>,
    /// Keys of which a twin is declared.
    twins: BTreeSet<String>,
    /// Keys of the levels above the lowest one.
    upper: BTreeSet<String>,
    /// Keys of the lowest levels by themselves: 2019 of 补助 > 2019.
    lowest: BTreeSet<String>,
    /// No text of more bytes is looked up.
    pub longest: usize,
    /// The columns of texts that were looked up.
    pub known: Memo<Option<ColumnId>>,
    /// Headings that were read, and what was meant by them.
    read: Memo<Arc<Heading>>,
    meant: Memo<Arc<str>>,
}

/// Longer texts are no headings, unless one that is declared is long itself.
const LONGEST: usize = 120;

impl Headings {
    /// Collects the headings of all columns; of two columns with one heading the first has it.
    pub fn of(columns: &IdSlice<ColumnId, Column>) -> Self {
        let mut headings = Self { longest: LONGEST, ..Self::default() };
        for (place, column) in columns.iter_enumerated() {
            for key in &column.headings {
                headings.columns.entry(key.clone()).or_insert(place);
                headings.longest = headings.longest.max(key.len() * 2);
                if let Some((twin, _)) = key.split_once(TWIN) {
                    headings.twins.insert(twin.to_owned());
                }
            }
            headings.upper.extend(column.upper_headings.iter().cloned());
            headings.lowest.extend(column.lowest_headings.iter().cloned());
        }
        let mut meant: BTreeMap<&str, BTreeSet<ColumnId>> = BTreeMap::new();
        for (place, column) in columns.iter_enumerated() {
            for key in &column.meant {
                meant.entry(key).or_default().insert(place);
            }
        }
        let alone = meant.into_iter().filter(|(key, own)| {
            own.len() == 1 && !headings.columns.contains_key(*key) && !headings.twins.contains(*key)
        });
        headings.meant_columns =
            alone.filter_map(|(key, own)| Some((key.to_owned(), *own.first()?))).collect();
        headings
    }

    /// Reads a heading as [`read`] does, once.
    pub fn read(&self, text: &str) -> Arc<Heading> {
        self.read.of(text, || Arc::new(read(text)))
    }

    /// Returns the same as [`meant`], found once, with the words of the pipeline of these headings.
    pub fn meant(&self, text: &str, words: &Lexicon) -> Arc<str> {
        self.meant.of(text, || meant(text, words).into())
    }

    /// Returns the column of a heading's key.
    pub fn column(&self, key: &str) -> Option<ColumnId> {
        self.columns.get(key).copied()
    }

    /// Returns whether any column is declared so.
    pub fn has_meant_columns(&self) -> bool {
        !self.meant_columns.is_empty()
    }

    /// Returns the column of a heading that is declared with a word on how to fill it in: 拨付金额 for
    /// 拨付金额（填写）.
    pub fn meant_column(&self, key: &str) -> Option<ColumnId> {
        self.meant_columns.get(key).copied()
    }

    /// Returns the column of the heading that bears a key the n-th time, from the left.
    pub fn column_at(&self, key: &str, place: usize) -> Option<ColumnId> {
        if !self.twins.contains(key) {
            return self.column(key);
        }
        let twin = self.column(&format!("{key}{TWIN}{place}"));
        twin.or_else(|| self.column(key).filter(|_| place == 1))
    }

    /// Returns the column that has no heading on the sheet, where one is declared so.
    pub fn unnamed(&self) -> Option<ColumnId> {
        self.column(UNNAMED_KEY)
    }

    /// Returns whether a key is that of a declared heading, or of several of one name.
    pub fn names_column(&self, key: &str) -> bool {
        self.columns.contains_key(key) || self.twins.contains(key)
    }

    /// Returns whether any heading has several levels.
    pub fn has_paths(&self) -> bool {
        !self.upper.is_empty()
    }

    /// Returns whether a key is that of a level above the lowest of a declared heading.
    pub fn names_upper(&self, key: &str) -> bool {
        self.upper.contains(key)
    }

    /// Returns whether a key is that of a level of a declared heading.
    pub fn names_level(&self, key: &str) -> bool {
        self.upper.contains(key) || self.lowest.contains(key) || self.names_column(key)
    }
}

/// Returns the keys of the levels of a heading above its lowest one.
pub fn upper_levels(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut levels: Vec<&str> = levels(text).collect();
    levels.pop();
    levels.into_iter().map(|level| read(level).key)
}

/// Returns the key of the lowest level of a heading that is a path.
pub fn lowest_level(text: &str) -> Option<String> {
    let (text, _) = without_twin(text);
    let lowest = levels(text).skip(1).last()?;
    Some(read_level(lowest).key)
}

/// A heading, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// The folded text without its unit.
    pub key: String,
    /// The folded text without anything in brackets.
    pub bare: String,
    pub unit: Option<MoneyUnit>,
}

/// Reads a heading, be it a path.
pub fn read(text: &str) -> Heading {
    let (text, twin) = without_twin(text);
    let mut levels = levels(text);
    let mut heading = read_level(levels.next().unwrap_or_default());
    for level in levels {
        let lower = read_level(level);
        heading.key.push_str(&lower.key);
        heading.bare.push_str(&lower.bare);
        heading.unit = lower.unit.or(heading.unit);
    }
    if let Some(twin) = twin {
        heading.key.push(TWIN);
        heading.key.push_str(twin);
    }
    heading
}

/// Returns the levels of a path, from the top; a lone heading is one.
pub fn levels(text: &str) -> impl Iterator<Item = &str> {
    text.split(BELOW).flat_map(|level| level.split(" ＞ "))
}

/// Splits the number of a twin off a heading.
fn without_twin(text: &str) -> (&str, Option<&str>) {
    match text.trim_end().rsplit_once([TWIN, '＃']) {
        Some((heading, twin))
            if !heading.trim().is_empty()
                && (1..=2).contains(&twin.len())
                && twin.bytes().all(|c| c.is_ascii_digit()) =>
        {
            (heading, Some(twin))
        }
        _ => (text, None),
    }
}

fn read_level(text: &str) -> Heading {
    let narrow = narrow(text);
    let mut unit = None;
    let mut kept = String::new();
    let mut bare = String::new();
    for (before, inside) in pieces(&narrow) {
        kept.push_str(before);
        bare.push_str(before);
        // 10,000 yuan is one.
        let parts = |text| -> Vec<&str> { str::split(text, MARKS).collect() };
        let whole = MoneyUnit::named(inside).map(|_| vec![inside]);
        for part in whole.unwrap_or_else(|| parts(inside)) {
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
    let mut key = fold::key(&kept);
    let mut bare = fold::key(&bare);
    // A sign of money may be all that a heading says.
    if key.is_empty() && is_sign_of_money(narrow.trim()) {
        narrow.trim().clone_into(&mut key);
        key.clone_into(&mut bare);
    }
    Heading { key, bare, unit }
}

fn is_sign_of_money(text: &str) -> bool {
    const SIGNS: [&str; 7] = ["€", "$", "£", "¥", "₹", "₽", "₩"];
    SIGNS.contains(&text)
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
    if let Some(unit) = MoneyUnit::named(word) {
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
        for (text, key, unit) in [
            ("2020年 > 计划", "2020年计划", None),
            ("资金（万元） > 中央", "资金中央", Some(MoneyUnit::TenThousandYuan)),
            ("资金（万元） > 中央（元） > 已到位", "资金中央已到位", Some(MoneyUnit::Yuan)),
            ("2020 > 1月", "20201月", None),
            ("金额（万元）#2", "金额#2", Some(MoneyUnit::TenThousandYuan)),
            ("到位 > 金额#12", "到位金额#12", None),
            ("3#", "3", None),
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
