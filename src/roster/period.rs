//! Periods named in titles, sheet names and file names: 2020年8月, 2020-08, 202008, 8月, 八月.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::model::{Month, fold};
use crate::normalise::cells::numeral;

/// A month as a name gives it, with or without its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    pub year: Option<i32>,
    pub month: Option<u32>,
}

impl Named {
    /// Returns whether a period fits the name.
    pub fn fits(self, period: Month) -> bool {
        self.year.is_none_or(|year| year == period.year)
            && self.month.is_none_or(|month| month == period.month)
    }
}

struct Patterns {
    chinese: Regex,
    separated: Regex,
    compact: Regex,
    month: Regex,
    year: Regex,
    /// 2021—2022年 is neither of the two.
    years: Regex,
    numeral: Regex,
    /// When a form or a plan was made, revised or sent out, which is no period.
    issued: Regex,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let compile = |pattern: &str| Regex::new(pattern).expect("the pattern is sound");
    Patterns {
        chinese: compile("(20[0-9]{2})年(?:度)?(1[0-2]|0?[1-9])月(?:份)?([0-9]{1,2}[日号])?"),
        separated: compile(
            "(?:^|[^0-9])(20[0-9]{2})[-._/](1[0-2]|0?[1-9])(?:[-._/]([0-9]{1,2}))?(?:[^0-9]|$)",
        ),
        compact: compile("(?:^|[^0-9])(20[0-9]{2})(1[0-2]|0[1-9])([0-3][0-9])?(?:[^0-9]|$)"),
        month: compile("(?:^|[^0-9年])(1[0-2]|0?[1-9])月(?:份)?([0-9]{1,2}[日号])?"),
        year: compile("(20[0-9]{2})年"),
        years: compile("20[0-9]{2}年?[-—–―−~～至到]+20[0-9]{2}年"),
        numeral: compile("([零〇○一二三四五六七八九十]+)([年月日号])"),
        issued: compile(
            "[(\\[【]?(?:20[0-9]{2}[年./-]?)?(?:1[0-2]|0?[1-9])(?:月(?:份)?)?(?:[0-9]{1,2}[日号])?\
             (?:第[一二三四五0-9]次)?(?:修订|修正|印发|发布|下发|制定|施行|起执行|起施行|起实行)(?:版|稿)?[)\\]】]?",
        ),
    }
});

/// Returns the period that a name gives; days of dates are no periods, and of several months
/// none is taken.
pub fn in_name(text: &str) -> Option<Named> {
    let plain = in_digits(&fold::plain(text));
    let plain = PATTERNS.issued.replace_all(&plain, "()");
    let mut found: Vec<Named> = Vec::new();
    let mut dated = false;
    for pattern in [&PATTERNS.chinese, &PATTERNS.separated, &PATTERNS.compact] {
        for captures in pattern.captures_iter(&plain) {
            if captures.get(3).is_some() {
                dated = true;
                continue;
            }
            let named = Named { year: captures[1].parse().ok(), month: captures[2].parse().ok() };
            if !found.contains(&named) {
                found.push(named);
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    if found.is_empty() && !dated {
        for captures in PATTERNS.month.captures_iter(&plain) {
            if captures.get(2).is_none() {
                let year = PATTERNS.year.captures(&plain).and_then(|found| found[1].parse().ok());
                found.push(Named { year, month: captures[1].parse().ok() });
            }
        }
    }
    match found.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// 二〇二〇年八月 as 2020年8月. A sheet called 七月 beside one called 八月 is last month's as much as
/// one called 7月 is.
fn in_digits(plain: &str) -> String {
    let written = |found: &Captures<'_>| match numeral::whole(&found[1]) {
        Some(number) => format!("{number}{}", &found[2]),
        None => found[0].to_owned(),
    };
    PATTERNS.numeral.replace_all(plain, written).into_owned()
}

/// Returns the year that a title gives without a month, as in 2020年度.
pub fn year_in_title(text: &str) -> Option<Named> {
    let plain = in_digits(&fold::plain(text));
    let years: Vec<i32> =
        PATTERNS.year.captures_iter(&plain).filter_map(|found| found[1].parse().ok()).collect();
    match years.as_slice() {
        _ if PATTERNS.years.is_match(&plain) => None,
        [year] => Some(Named { year: Some(*year), month: None }),
        _ => None,
    }
}

/// Returns the year that a level of a heading gives: 2020年, 2020年度计划, 2020.
pub fn year_in_heading(level: &str) -> Option<i32> {
    // It is asked of each heading of each sheet, and most name no year.
    if !level.contains(|c: char| c == '年' || c.is_numeric()) {
        return None;
    }
    let plain = fold::plain(level);
    let number = Some(plain.trim()).filter(|text| text.len() == 4 && text.starts_with("20"));
    let number = number.and_then(|text| text.parse().ok());
    number.or_else(|| year_in_title(level)?.year)
}

/// Returns a day such as 2020年8月3日 as a number that sorts, for deciding which file is later.
pub fn day_in(text: &str) -> Option<u32> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(20[0-9]{2})[年.\\-/](1[0-2]|0?[1-9])[月.\\-/](3[01]|[12][0-9]|0?[1-9])")
            .expect("the pattern is sound")
    });
    let plain = in_digits(&fold::plain(text));
    let found = DAY.captures(&plain)?;
    let part = |index: usize| found[index].parse::<u32>().ok();
    Some(part(1)? * 10_000 + part(2)? * 100 + part(3)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_in_names_are_found() {
        for (text, year, month) in [
            ("吉阳区8月报送", None, Some(8)),
            ("海棠区2020年8月", Some(2020), Some(8)),
            ("天涯区_2020-07", Some(2020), Some(7)),
            ("202008崖州区", Some(2020), Some(8)),
            ("2020年度9月份", Some(2020), Some(9)),
            ("八月", None, Some(8)),
            ("海棠区十二月份报表", None, Some(12)),
            ("二〇二〇年七月", Some(2020), Some(7)),
            ("2020年8月报送表（2020年7月修订）", Some(2020), Some(8)),
        ] {
            assert_eq!(in_name(text), Some(Named { year, month }), "{text}");
        }
    }

    #[test]
    fn days_and_several_months_are_no_period() {
        for text in [
            "8月3日报",
            "2020年8月3日",
            "20200803",
            "6月至8月",
            "附件3",
            "崖州区",
            "八月三日报",
            "六月至八月",
            "前三个月",
            "试点报送表（2020年7月修订）",
            "2020年7月第二次修订版",
            "（2020.7修订）",
            "实施方案（2020年6月印发）",
        ] {
            assert_eq!(in_name(text), None, "{text}");
        }
        for text in ["公路资金计划表（2021—2022年）", "2021至2022年项目", "2021年-2022年"]
        {
            assert_eq!(year_in_title(text), None, "{text}");
        }
        assert_eq!(year_in_title("2021年度项目"), Some(Named { year: Some(2021), month: None }));
        assert_eq!(day_in("填报日期：2020年8月3日"), Some(20_200_803));
    }
}
