//! One cause in many cells: what is the same about them, an example, and what to do.

mod phrase;

use super::speaker::Speaker;
use super::value_text;
use crate::model::common::{Common, Example, SameCause};
use crate::model::words::{self, Language};
use crate::model::{Value, place};
use crate::pipeline::{ColumnType, Pipeline};
use phrase::{DAYS_OF_1904, Phrase};

/// Returns what a row says of it, in as few words as can be: 中央资金与地方资金填反, 完成时限晚 1 年.
pub fn common_in_short(common: &Common, pipeline: &Pipeline) -> String {
    const MOST: usize = 2;
    let phrase = Phrase { common, pipeline, language: Language::Chinese };
    let titles = phrase.titles();
    if let [one, other] = titles.as_slice()
        && phrase.are_exchanged()
    {
        return format!("{one}与{other}填反");
    }
    let shown = &titles[..titles.len().min(MOST)];
    let columns = match titles.len() {
        0..=MOST => shown.join("、"),
        all => format!("{}等 {all} 列", shown.join("、")),
    };
    format!("{columns}{}", phrase.in_short())
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
    pub(super) fn few(&self, titles: &[String]) -> String {
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
        let stretches = place::stretches(&self.finding.cells);
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
            SameCause::PartlyHidden => (
                "请确认是同一号码；要核对全部位数的，请报送完整的号码。",
                "Confirm that they are the same numbers; to have all digits compared, submit them whole.",
            ),
            SameCause::DigitsLost => (
                "请把这一列设为文本，重新录入完整的号码。",
                "Format the column as text and enter the whole numbers again.",
            ),
            SameCause::PlanBlank | SameCause::PlanUnreadable => (
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
