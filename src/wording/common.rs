//! One cause in many cells: what is the same about them, an example, and what to do.

use super::{Speaker, value_text};
use crate::findings::figures::bare_value;
use crate::model::common::{Common, Example, SameCause};
use crate::model::words::{self, Language};
use crate::model::{CellRange, Value};
use crate::pipeline::{ColumnType, Pipeline};

/// Days between the two calendars of workbooks, and about how many months they are.
const DAYS_OF_1904: i64 = 1462;
const MONTHS_OF_1904: [i64; 2] = [48, 49];

/// Returns what a row says of it, in a few words: 资金、中央资金都是计划的 1.1 倍.
pub fn common_in_short(common: &Common, pipeline: &Pipeline) -> String {
    let phrase = Phrase { common, pipeline, language: Language::Chinese };
    if let SameCause::OtherColumns { .. } = common.cause {
        return phrase.text();
    }
    format!("{}{}", phrase.titles().join("、"), phrase.text())
}

impl Speaker<'_> {
    /// Where it is, how many cells, what they have in common, and one of them.
    pub(super) fn common(&self, common: &Common) -> String {
        let phrase = Phrase { common, pipeline: self.pipeline, language: self.language };
        let titles: Vec<String> =
            phrase.titles().iter().map(|title| format!("“{title}”")).collect();
        let columns = titles.len();
        let titles = self.few(&titles);
        let (cells, at) = (common.cells(), self.stretches());
        let said = phrase.text();
        let example = self.example(common);
        let unit = self.unit();
        let whole = self.together(common);
        if columns == 1 {
            return self.pick(
                format!("{unit}的{titles}一列有 {cells} 格（{at}）{said}{example}{whole}。"),
                format!(
                    "{unit}: {cells} cells of the column {titles} ({at}) {said}{example}{whole}."
                ),
            );
        }
        self.pick(
            format!("{unit}的{titles} {columns} 列有 {cells} 格（{at}）{said}{example}{whole}。"),
            format!("{unit}: {cells} cells of the {columns} columns {titles} ({at}) {said}{example}{whole}."),
        )
    }

    /// The first titles, and that there are more.
    fn few(&self, titles: &[String]) -> String {
        const MOST: usize = 6;
        if titles.len() <= MOST {
            return words::list(titles, self.language);
        }
        let shown = &titles[..MOST];
        self.pick(format!("{}等", shown.join("、")), format!("{} and others", shown.join(", ")))
    }

    fn example(&self, common: &Common) -> String {
        let Some(column) = common.columns.first() else { return String::new() };
        let Example { cell, expected, found, typed } = &column.example;
        let value = |value: &Value| match value {
            Value::Unreadable(_) | Value::NotApplicable => {
                format!("“{}”", words::shortened(typed, 30))
            }
            Value::Text(text) | Value::Choice(text) if !text.trim().is_empty() => {
                format!("“{}”", words::shortened(text, 30))
            }
            other => value_text(other, self.pipeline, self.language),
        };
        let (expected, found) = match (expected, found) {
            (Value::Text(expected), Value::Text(found)) if !found.is_empty() => {
                let (expected, found) = words::around_difference(expected, found, 30);
                (format!("“{expected}”"), format!("“{found}”"))
            }
            _ => (value(expected), value(found)),
        };
        self.pick(
            format!("；例如 {cell}：计划为{expected}，报送为{found}"),
            format!("; for example {cell}: the plan has {expected}, the sheet {found}"),
        )
    }

    /// What the cells come to, where it is not the plan's.
    fn together(&self, common: &Common) -> String {
        let is_sum = !matches!(common.cause, SameCause::SameWord { .. });
        if !is_sum || self.finding.difference.is_none_or(|difference| difference == 0) {
            return String::new();
        }
        let (expected, found, difference) = (self.expected(), self.found(), self.difference());
        self.pick(
            format!("。这些格合计：计划{expected}，报送{found}{difference}"),
            format!(". Together: the plan has {expected}, the sheet {found}{difference}"),
        )
    }

    /// F2:F21、H2:H21 or a few cells, and how many there are where not all are named.
    pub(super) fn stretches(&self) -> String {
        const MOST: usize = 6;
        let stretches = stretches(&self.finding.cells);
        let shown: Vec<String> = stretches.iter().take(MOST).map(ToString::to_string).collect();
        let list = words::list(&shown, self.language);
        if stretches.len() <= MOST {
            return list;
        }
        self.pick(format!("{list}等"), format!("{} and others", shown.join(", ")))
    }

    pub(super) fn common_advice(&self, common: &Common) -> String {
        let (chinese, english) = match &common.cause {
            SameCause::OtherColumns { .. } => (
                "请把各列的内容放回各自的列标题之下，重新报送。",
                "Put each column's content back under its own heading, and submit again.",
            ),
            // More is out of step than not: it may be the names.
            SameCause::Rows { .. } | SameCause::OutOfOrder if common.columns.len() > 2 => (
                "请检查任务名称与其余各列是否错开了行，或只对部分列作了插入、删除或排序；逐行对齐后重新报送。",
                "Check whether the names of the tasks are out of step with the other columns, or only some columns were sorted; line the rows up and submit again.",
            ),
            SameCause::Rows { .. } | SameCause::OutOfOrder => (
                "请检查是否多填、漏填了一格，或只对部分列作了插入、删除或排序；逐行对齐后重新报送。",
                "Check whether a cell was left out or put in, or only some columns were sorted; line the rows up and submit again.",
            ),
            SameCause::BeforeRevision { .. } => (
                "请按现行计划更正后重新报送。",
                "Correct it by the plan in force, and submit again.",
            ),
            SameCause::Days { later } if later.abs() == DAYS_OF_1904 => (
                "请核对工作簿的日期系统，改填实际日期后重新报送。",
                "Check the workbook's date system, enter the real dates and submit again.",
            ),
            SameCause::Months { .. } | SameCause::Days { .. } | SameCause::DayForMonth => (
                "请核对年、月、日是否填错，整列更正；计划确有调整的，请附文件依据。",
                "Check year, month and day and correct the column; if the plan was changed, attach the document that says so.",
            ),
            SameCause::SameWord { .. } | SameCause::SameValue { .. }
                if self.kind() == Some(ColumnType::Choice) =>
            {
                return self.choices_of_column();
            }
            SameCause::Added { .. }
            | SameCause::AddedColumn { .. }
            | SameCause::LeftOut { .. }
            | SameCause::Replaced { .. }
            | SameCause::CutOff { .. } => (
                "请照计划的写法填写；确是同一内容、只是写法不同的，请作说明。",
                "Write it as the plan does; where only the wording differs, please explain.",
            ),
            SameCause::PlanBlank => (
                "请核实应为何值；计划有遗漏的，请补正计划。",
                "Verify which it should be; where the plan left it out, have the plan completed.",
            ),
            SameCause::WithinTolerance { .. }
            | SameCause::SameMeaning
            | SameCause::OwnNumbers
            | SameCause::DecidedPairs { .. } => return String::new(),
            SameCause::More { .. }
            | SameCause::WithColumn { .. }
            | SameCause::Times { .. }
            | SameCause::Rounded { .. }
            | SameCause::FiguresForWords
            | SameCause::SameWord { .. }
            | SameCause::SameValue { .. } => (
                "请整列核对并更正；计划确有调整的，请附文件依据。",
                "Check and correct the column; if the plan was changed, attach the document that says so.",
            ),
        };
        self.pick(chinese.to_owned(), english.to_owned())
    }

    fn choices_of_column(&self) -> String {
        let column = self.finding.field.as_ref().and_then(|name| self.pipeline.column_named(name));
        let choices = column.map_or(&[][..], |column| &self.pipeline.columns[column].choices);
        let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
        self.pick(
            format!("请照计划更正；这一列只能填：{}。", values.join("、")),
            format!("Correct it by the plan; the column may hold: {}.", values.join(", ")),
        )
    }
}

/// Cells one below the other as one range.
fn stretches(cells: &[CellRange]) -> Vec<CellRange> {
    let mut stretches: Vec<CellRange> = Vec::new();
    for range in cells {
        let follows = |last: &CellRange| {
            last.last.row + 1 == range.first.row
                && (last.first.column, last.last.column) == (range.first.column, range.last.column)
        };
        match stretches.last_mut() {
            Some(last) if follows(last) => *last = CellRange::new(last.first, range.last),
            _ => stretches.push(*range),
        }
    }
    stretches
}

/// What cells have in common, to be put behind them.
struct Phrase<'a> {
    common: &'a Common,
    pipeline: &'a Pipeline,
    language: Language,
}

impl Phrase<'_> {
    fn titles(&self) -> Vec<String> {
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

    fn text(&self) -> String {
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
            SameCause::FiguresForWords => self.pick(
                "填的都是数字，计划是文字".to_owned(),
                "hold nothing but figures, where the plan has words".to_owned(),
            ),
            SameCause::PlanBlank => self.pick(
                "填了内容，而计划在这些地方是空白".to_owned(),
                "are filled in where the plan is blank".to_owned(),
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

    fn other_columns(&self, held: &[(String, String)]) -> String {
        let titles = |name: &String| format!("“{}”", self.pipeline.field_title(name));
        if let [(one, other), (third, fourth)] = held
            && one == fourth
            && other == third
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
        let size = later.unsigned_abs();
        let (word, word_english) = if later > 0 { ("晚", "later") } else { ("早", "earlier") };
        let years = size / 12;
        let (span, span_english) = match (size % 12, years) {
            (0, 1..) => (format!(" {years} 年"), count(years, "year")),
            _ => (format!(" {size} 个月"), count(size, "month")),
        };
        let is_of_1904 = MONTHS_OF_1904.contains(&later.abs());
        let (why, why_english) = if is_of_1904 { SYSTEM_OF_1904 } else { ("", "") };
        self.pick(
            format!("都比计划{word}{span}{why}"),
            format!("are {span_english} {word_english} than in the plan{why_english}"),
        )
    }

    fn days(&self, later: i64) -> String {
        let size = later.unsigned_abs();
        let (word, word_english) = if later > 0 { ("晚", "later") } else { ("早", "earlier") };
        let is_of_1904 = later.abs() == DAYS_OF_1904;
        let (why, why_english) = if is_of_1904 { SYSTEM_OF_1904 } else { ("", "") };
        self.pick(
            format!("都比计划{word} {size} 天{why}"),
            format!("are {} {word_english} than in the plan{why_english}", count(size, "day")),
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
        let size = self.figure(by.checked_abs().unwrap_or(i64::MAX));
        let (word, word_english) = if by > 0 { ("多", "more") } else { ("少", "less") };
        self.pick(
            format!("都比计划{word}{size}"),
            format!("are {size} {word_english} than in the plan"),
        )
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
        let quote = |text: &str| format!("“{text}”");
        let (chinese, english) = match (before.is_empty(), behind.is_empty()) {
            (false, true) => (
                format!("都比计划在前面{more}{}", quote(&before)),
                format!("{} at their beginning", quote(&before)),
            ),
            (true, _) => (
                format!("都比计划在后面{more}{}", quote(&behind)),
                format!("{} at their end", quote(&behind)),
            ),
            (false, false) => (
                format!("都比计划在前后{more}{}和{}", quote(&before), quote(&behind)),
                format!("{} before and {} behind", quote(&before), quote(&behind)),
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

/// What makes all dates of a workbook wrong by the same.
const SYSTEM_OF_1904: (&str, &str) = (
    "，多半是工作簿用了 1904 日期系统",
    ", most likely because the workbook counts its days from 1904",
);

fn count(number: u64, noun: &str) -> String {
    words::count(usize::try_from(number).unwrap_or(usize::MAX), noun)
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
    fn cells_one_below_the_other_are_one_range() {
        let cell = |name: &str| -> CellRange { name.parse().unwrap() };
        let all = ["F2", "F3", "F4", "F6", "G6", "G7"].map(cell);
        let shown: Vec<String> = stretches(&all).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["F2:F4", "F6", "G6:G7"]);
    }

    #[test]
    fn factors_are_told_as_decimals_where_they_are() {
        assert_eq!(factor(11, 10).0, " 1.1 倍");
        assert_eq!(factor(3, 1).0, " 3 倍");
        assert_eq!(factor(1, 3).0, " 1/3");
        assert_eq!(factor(1, 4).1, "0.25 times");
    }
}
