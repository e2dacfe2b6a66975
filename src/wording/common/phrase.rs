//! What cells with one cause have in common, in a clause and in a few words.

use crate::findings::figures::bare_value;
use crate::model::Value;
use crate::model::common::{Common, SameCause};
use crate::model::words::{self, Language};
use crate::pipeline::Pipeline;
use crate::wording::value_text;

/// Days between the two calendars of workbooks, and about how many months they are.
pub(super) const DAYS_OF_1904: i64 = 1462;
const MONTHS_OF_1904: [i64; 2] = [48, 49];

/// What cells have in common, to be put behind them.
pub(super) struct Phrase<'a> {
    pub(super) common: &'a Common,
    pub(super) pipeline: &'a Pipeline,
    pub(super) language: Language,
}

impl Phrase<'_> {
    pub(super) fn titles(&self) -> Vec<String> {
        let columns = self.common.columns.iter();
        columns.map(|column| self.pipeline.field_title(&column.field)).collect()
    }

    fn pick(&self, chinese: String, english: String) -> String {
        match self.language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Text(text) | Value::Choice(text) if !text.trim().is_empty() => {
                format!("“{}”", words::shortened(text, 30))
            }
            other => value_text(other, self.pipeline, self.language),
        }
    }

    pub(super) fn text(&self) -> String {
        match &self.common.cause {
            SameCause::OtherColumns { held } => self.other_columns(held),
            SameCause::Rows { below, turned } => {
                let said = self.rows(*below);
                let (more, more_english) = if *turned {
                    ("，两端相接", ", the last turned to the other end")
                } else {
                    ("", "")
                };
                self.pick(format!("{said}{more}"), format!("{said}{more_english}"))
            }
            SameCause::OutOfOrder => self.pick(
                "都是计划里别的任务的内容，与本行的任务对不上".to_owned(),
                "hold what the plan has for other tasks, not for those of their rows".to_owned(),
            ),
            SameCause::BeforeRevision { from } => self.pick(
                format!("仍是计划修订（{from} 起执行）之前的内容"),
                format!("are still those of the plan before its revision (in force since {from})"),
            ),
            SameCause::Months { later } => self.months(*later),
            SameCause::Days { later } => self.days(*later),
            SameCause::DayForMonth => self.pick(
                "都把日和月填颠倒了".to_owned(),
                "have day and month the wrong way round".to_owned(),
            ),
            SameCause::More { by } => self.more(*by),
            SameCause::WithColumn { field, taken_off } => {
                let title = self.pipeline.field_title(field);
                let (sign, sign_english) =
                    if *taken_off { ("减去", "less") } else { ("加上", "plus") };
                self.pick(
                    format!("都等于计划数{sign}同一行的“{title}”"),
                    format!("are the plan's figure {sign_english} the row's own “{title}”"),
                )
            }
            SameCause::Times { numerator, denominator, rounded } => {
                self.times(*numerator, *denominator, *rounded)
            }
            SameCause::Rounded { decimals, down } => self.rounded(*decimals, *down),
            SameCause::SameValue { found } => self.same_value(found),
            SameCause::SameWord { planned, found } => {
                let (planned, found) = (self.value(planned), self.value(found));
                self.pick(
                    format!("计划都是{planned}，报送都是{found}"),
                    format!("are all {planned} in the plan and {found} on the sheet"),
                )
            }
            SameCause::Added { before, behind } => self.around(before, behind, "多了", "more"),
            SameCause::LeftOut { before, behind } => self.around(before, behind, "少了", "less"),
            SameCause::Replaced { planned, found } => self.pick(
                format!("都把计划的“{planned}”写成了“{found}”"),
                format!("say “{found}” where the plan says “{planned}”"),
            ),
            SameCause::AddedColumn { field, behind } => {
                let title = self.pipeline.field_title(field);
                let (end, end_english) =
                    if *behind { ("后面", "end") } else { ("前面", "beginning") };
                self.pick(
                    format!("都在{end}加写了同一行“{title}”的内容"),
                    format!("bear the row's own “{title}” at their {end_english}"),
                )
            }
            SameCause::CutOff { characters } => self.pick(
                format!("都只写了计划的前 {characters} 个字，后面的被截断"),
                format!("end after the first {characters} characters of the plan's text"),
            ),
            SameCause::PartlyHidden => self.pick(
                "都隐去了一部分号码，写出的部分与计划相同，隐去的部分没有核对".to_owned(),
                "show a part of each number only; what they show is the plan's, and the rest was not compared".to_owned(),
            ),
            SameCause::DigitsLost => self.pick(
                "都只剩前 15 位，后面的变成了 0（号码按数字录入，表格软件只保留 15 位），前 15 位与计划相同".to_owned(),
                "have kept the first 15 digits only (typed as numbers, of which a spreadsheet holds no more); these are the plan's".to_owned(),
            ),
            SameCause::FiguresForWords => self.pick(
                "填的都是数字，计划是文字".to_owned(),
                "hold nothing but figures, where the plan has words".to_owned(),
            ),
            SameCause::PlanBlank => self.pick(
                "填了内容，而计划在这些地方是空白".to_owned(),
                "are filled in where the plan is blank".to_owned(),
            ),
            SameCause::PlanUnreadable => self.pick(
                "填了内容，而计划在这些地方无法识别".to_owned(),
                "are filled in where the plan's own cells cannot be read".to_owned(),
            ),
            SameCause::WithinTolerance { tolerance } => {
                let most = self.figure(*tolerance);
                self.pick(
                    format!("与计划相差都没有超出允差{most}，不必更正"),
                    format!("differ by no more than the tolerance of {most} and pass"),
                )
            }
            SameCause::SameMeaning => self.pick(
                "措辞与计划不同，按登记的同义写法视为一致".to_owned(),
                "are worded differently; by the declared synonyms they mean the same".to_owned(),
            ),
            SameCause::OwnNumbers => self.pick(
                "与计划的序号不同，不影响核对".to_owned(),
                "are not the plan's numbers; nothing depends on them".to_owned(),
            ),
            SameCause::DecidedPairs { by } => {
                let by = by.as_deref().filter(|by| !by.is_empty());
                self.pick(
                    format!("写法与计划不同，{}已确认是同一项，照此对应", by.unwrap_or("人工")),
                    format!(
                        "are written differently; {} decided that they are the same",
                        by.unwrap_or("a person")
                    ),
                )
            }
        }
    }

    /// Whether two columns hold each other's content, and no other does.
    pub(super) fn are_exchanged(&self) -> bool {
        let SameCause::OtherColumns { held } = &self.common.cause else { return false };
        matches!(held.as_slice(), [(one, other), (third, fourth)] if one == fourth && other == third)
    }

    pub(super) fn in_short(&self) -> String {
        let quoted = |text: &str| format!("“{}”", words::shortened(text, 12));
        match &self.common.cause {
            SameCause::OtherColumns { .. } => "填错列".to_owned(),
            SameCause::Rows { below, .. } => {
                let way = if *below > 0 { "下移" } else { "上移" };
                format!("{way} {} 行", below.unsigned_abs())
            }
            SameCause::OutOfOrder => "与任务错行".to_owned(),
            SameCause::BeforeRevision { .. } => "仍是修订前的".to_owned(),
            SameCause::Months { later } => months_later(*later).0,
            SameCause::Days { later } => days_later(*later).0,
            SameCause::DayForMonth => "日月颠倒".to_owned(),
            SameCause::More { by } => self.how_much_more(*by).0,
            SameCause::WithColumn { field, taken_off } => {
                let sign = if *taken_off { "减去了" } else { "加上了" };
                format!("{sign}{}", self.pipeline.field_title(field))
            }
            SameCause::Times { numerator: -1, denominator: 1, .. } => "正负号相反".to_owned(),
            SameCause::Times { numerator, denominator, .. } => {
                format!("为计划的{}", factor(*numerator, *denominator).0)
            }
            SameCause::Rounded { decimals: 0, .. } => "取了整数".to_owned(),
            SameCause::Rounded { decimals, .. } => format!("只到 {decimals} 位小数"),
            SameCause::SameValue { found } => format!("都填成{}", self.value(found)),
            SameCause::SameWord { planned, found } => {
                format!("{}填成{}", self.value(planned), self.value(found))
            }
            SameCause::Added { before, behind } => {
                format!("多{}", words_or_number(&words::shortened(&joined(before, behind), 12)).0)
            }
            SameCause::LeftOut { before, behind } => {
                format!("少{}", words_or_number(&words::shortened(&joined(before, behind), 12)).0)
            }
            SameCause::Replaced { planned, found } => {
                format!("把{}写成{}", quoted(planned), quoted(found))
            }
            SameCause::AddedColumn { field, .. } => {
                format!("加写了{}", self.pipeline.field_title(field))
            }
            SameCause::CutOff { .. } => "被截断".to_owned(),
            SameCause::PartlyHidden => "隐去一部分".to_owned(),
            SameCause::DigitsLost => "只剩前15位".to_owned(),
            SameCause::FiguresForWords => "填的是数字".to_owned(),
            SameCause::PlanBlank => "计划为空白".to_owned(),
            SameCause::PlanUnreadable => "计划无法识别".to_owned(),
            SameCause::WithinTolerance { tolerance } => {
                format!("在允差{}之内", self.figure(*tolerance))
            }
            SameCause::SameMeaning => "措辞不同".to_owned(),
            SameCause::OwnNumbers => "与计划不同".to_owned(),
            SameCause::DecidedPairs { .. } => "写法不同".to_owned(),
        }
    }

    fn other_columns(&self, held: &[(String, String)]) -> String {
        let titles = |name: &String| format!("“{}”", self.pipeline.field_title(name));
        if let [(one, other), ..] = held
            && self.are_exchanged()
        {
            let (one, other) = (titles(one), titles(other));
            return self.pick(
                format!("填反了：{one}里是{other}的内容，{other}里是{one}的内容"),
                format!("are exchanged: {one} holds {other} and {other} holds {one}"),
            );
        }
        let pairs = held.iter().map(|(one, other)| {
            let (one, other) = (titles(one), titles(other));
            self.pick(format!("{one}里是{other}的内容"), format!("{one} holds {other}"))
        });
        let pairs: Vec<String> = pairs.collect();
        let list = match self.language {
            Language::Chinese => pairs.join("，"),
            Language::English => words::list(&pairs, self.language),
        };
        self.pick(format!("填错了列：{list}"), format!("stand in the wrong column: {list}"))
    }

    fn rows(&self, below: i64) -> String {
        let by = below.unsigned_abs();
        match (below > 0, by) {
            (true, 1) => self.pick(
                "整体下移了 1 行，填的是上一行任务的内容".to_owned(),
                "stand one row too low: each holds what belongs to the row above".to_owned(),
            ),
            (false, 1) => self.pick(
                "整体上移了 1 行，填的是下一行任务的内容".to_owned(),
                "stand one row too high: each holds what belongs to the row below".to_owned(),
            ),
            (true, _) => self.pick(
                format!("整体下移了 {by} 行，填的是上面第 {by} 行任务的内容"),
                format!("stand {by} rows too low: each holds what belongs to the row {by} above"),
            ),
            (false, _) => self.pick(
                format!("整体上移了 {by} 行，填的是下面第 {by} 行任务的内容"),
                format!("stand {by} rows too high: each holds what belongs to the row {by} below"),
            ),
        }
    }

    fn months(&self, later: i64) -> String {
        let (chinese, english) = months_later(later);
        let is_of_1904 = MONTHS_OF_1904.contains(&later.abs());
        self.than_planned(&chinese, &english, is_of_1904)
    }

    fn days(&self, later: i64) -> String {
        let (chinese, english) = days_later(later);
        self.than_planned(&chinese, &english, later.abs() == DAYS_OF_1904)
    }

    fn than_planned(&self, chinese: &str, english: &str, is_of_1904: bool) -> String {
        let (why, why_english) = if is_of_1904 { SYSTEM_OF_1904 } else { ("", "") };
        self.pick(
            format!("都比计划{chinese}{why}"),
            format!("are {english} than in the plan{why_english}"),
        )
    }

    /// A figure of the column, with its unit.
    fn figure(&self, figure: i64) -> String {
        let column = self.common.columns.first();
        let column = column.and_then(|own| self.pipeline.column_named(&own.field));
        let Some(column) = column else { return figure.to_string() };
        let value = self.pipeline.columns[column].kind.value(figure);
        match value {
            Value::Percent(_) => self.pick(
                format!("{}个百分点", bare_value(&value, self.pipeline.money)),
                format!("{} percentage points", bare_value(&value, self.pipeline.money)),
            ),
            other => value_text(&other, self.pipeline, self.language),
        }
    }

    fn more(&self, by: i64) -> String {
        let (chinese, english) = self.how_much_more(by);
        self.pick(format!("都比计划{chinese}"), format!("are {english} than in the plan"))
    }

    fn how_much_more(&self, by: i64) -> (String, String) {
        let size = self.figure(by.checked_abs().unwrap_or(i64::MAX));
        let (word, word_english) = if by > 0 { ("多", "more") } else { ("少", "less") };
        (format!("{word}{size}"), format!("{size} {word_english}"))
    }

    fn times(&self, numerator: i64, denominator: i64, rounded: bool) -> String {
        if (numerator, denominator) == (-1, 1) {
            return self.pick(
                "都与计划正负号相反".to_owned(),
                "have the opposite sign of the plan's".to_owned(),
            );
        }
        let (factor, factor_english) = factor(numerator, denominator);
        let (then, then_english) =
            if rounded { ("（再四舍五入）", ", rounded") } else { ("", "") };
        self.pick(
            format!("都是计划的{factor}{then}"),
            format!("are {factor_english} the plan's{then_english}"),
        )
    }

    fn rounded(&self, decimals: u32, down: bool) -> String {
        let (chinese, english) = match (decimals, down) {
            (0, false) => ("四舍五入到整数".to_owned(), "rounded to whole numbers".to_owned()),
            (0, true) => ("舍去小数".to_owned(), "without their decimals".to_owned()),
            (_, false) => (
                format!("四舍五入到 {decimals} 位小数"),
                format!("rounded to {}", count(decimals.into(), "decimal")),
            ),
            (_, true) => (
                format!("只保留 {decimals} 位小数、其余舍去"),
                format!("cut off after {}", count(decimals.into(), "decimal")),
            ),
        };
        self.pick(format!("都是计划数{chinese}的结果"), format!("are the plan's figures {english}"))
    }

    fn same_value(&self, found: &Value) -> String {
        let found = self.value(found);
        self.pick(
            format!("都填成了{found}，与计划不同"),
            format!("all say {found}, which the plan does not"),
        )
    }

    fn around(&self, before: &str, behind: &str, more: &str, more_english: &str) -> String {
        let (before, behind) = (words::shortened(before, 30), words::shortened(behind, 30));
        let (one, one_english) = words_or_number(&before);
        let (other, other_english) = words_or_number(&behind);
        let (chinese, english) = match (before.is_empty(), behind.is_empty()) {
            (false, true) => {
                (format!("都比计划在前面{more}{one}"), format!("{one_english} at their beginning"))
            }
            (true, _) => {
                (format!("都比计划在后面{more}{other}"), format!("{other_english} at their end"))
            }
            (false, false) => (
                format!("都比计划在前后{more}{one}和{other}"),
                format!("{one_english} before and {other_english} behind"),
            ),
        };
        let (verb, than) = if more_english == "more" {
            ("bear", ", which the plan's do not")
        } else {
            ("lack", "")
        };
        self.pick(chinese, format!("{verb} {english}{than}"))
    }
}

/// Words in quotation marks; of numbers that count on, with at most a point behind them, nothing could be quoted.
fn words_or_number(text: &str) -> (String, String) {
    if text.contains('…') && !text.chars().any(char::is_alphanumeric) {
        return ("编号".to_owned(), "a number".to_owned());
    }
    (format!("“{text}”"), format!("“{text}”"))
}

/// What makes all dates of a workbook wrong by the same.
const SYSTEM_OF_1904: (&str, &str) = (
    "，多半是工作簿用了 1904 日期系统",
    ", most likely because the workbook counts its days from 1904",
);

fn count(number: u64, noun: &str) -> String {
    words::count(usize::try_from(number).unwrap_or(usize::MAX), noun)
}

/// 晚 1 年、早 3 个月
fn months_later(later: i64) -> (String, String) {
    let size = later.unsigned_abs();
    let years = size / 12;
    let (span, span_english) = match (size % 12, years) {
        (0, 1..) => (format!(" {years} 年"), count(years, "year")),
        _ => (format!(" {size} 个月"), count(size, "month")),
    };
    let (word, word_english) = later_or_earlier(later);
    (format!("{word}{span}"), format!("{span_english} {word_english}"))
}

fn days_later(later: i64) -> (String, String) {
    let size = later.unsigned_abs();
    let (word, word_english) = later_or_earlier(later);
    (format!("{word} {size} 天"), format!("{} {word_english}", count(size, "day")))
}

fn later_or_earlier(later: i64) -> (&'static str, &'static str) {
    if later > 0 { ("晚", "later") } else { ("早", "earlier") }
}

/// Words before and behind a text, with … for it where there are both.
fn joined(before: &str, behind: &str) -> String {
    match (before.is_empty(), behind.is_empty()) {
        (false, false) => format!("{before}…{behind}"),
        _ => format!("{before}{behind}"),
    }
}

/// A factor in words: 1.1 倍, 三分之一 as 1/3.
fn factor(numerator: i64, denominator: i64) -> (String, String) {
    const PLACES: u32 = 6;
    if denominator == 1 {
        return (format!(" {numerator} 倍"), format!("{numerator} times"));
    }
    let scale = 10_i128.pow(PLACES);
    let scaled = i128::from(numerator) * scale;
    if scaled % i128::from(denominator) == 0 {
        let exact = scaled / i128::from(denominator);
        let text = crate::model::amount::shortest_decimal(exact, PLACES);
        return (format!(" {text} 倍"), format!("{text} times"));
    }
    (format!(" {numerator}/{denominator}"), format!("{numerator}/{denominator} of"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_told_as_decimals_where_they_are() {
        assert_eq!(factor(11, 10).0, " 1.1 倍");
        assert_eq!(factor(3, 1).0, " 3 倍");
        assert_eq!(factor(1, 3).0, " 1/3");
        assert_eq!(factor(1, 4).1, "0.25 times");
    }
}
