//! What is said of one value: how it differs from the plan's, or why it cannot be read.

use crate::findings::figures::tolerance;
use crate::model::fact::{Holder, Remark};
use crate::model::words;
use crate::model::{Amount, Fact, Obstacle, Side, Value, looks};
use crate::pipeline::ColumnType;

use super::reasons::obstacle_text;
use super::speaker::Speaker;

impl Speaker<'_> {
    pub(super) fn differs(&self, remark: &Remark) -> String {
        let (expected, found) = match (&self.finding.expected, &self.finding.found) {
            (Some(Value::Text(expected)), Some(Value::Text(found))) => {
                let (expected, found) = words::around_difference(expected, found, 60);
                (format!("“{expected}”"), format!("“{found}”"))
            }
            _ => (self.expected(), self.found()),
        };
        match remark {
            Remark::Common(common) => self.common(common),
            Remark::SameMeaning => self.pick(
                format!("{}措辞不同：计划为{expected}，报送为{found}；按登记的同义写法视为一致。", self.place()),
                format!("{} is worded differently: the plan has {expected}, the sheet {found}; by the declared synonyms they mean the same.", self.place()),
            ),
            Remark::DecidedPair { by } => {
                let by = by.clone().unwrap_or_default();
                let who = if by.is_empty() { "人工" } else { by.as_str() };
                let who_english = if by.is_empty() { "a person" } else { by.as_str() };
                self.pick(
                    format!("{}写法不同：计划为{expected}，报送为{found}；{who}已确认是同一项，照此对应。", self.place()),
                    format!("{} is written differently: the plan has {expected}, the sheet {found}; {who_english} decided that they are the same.", self.place()),
                )
            }
            Remark::WithinTolerance { tolerance } => {
                let tolerance = self.tolerance_text(*tolerance);
                self.pick(
                    format!("{}：计划为{expected}，报送为{found}{}{}；在允差{tolerance}之内，视为相符。", self.place(), self.typed(), self.difference()),
                    format!("{}: the plan has {expected}, the sheet has {found}{}{}; this is within the tolerance of {tolerance} and passes.", self.place(), self.typed(), self.difference()),
                )
            }
            Remark::LooksEqual { characters } => {
                let which = self.different_characters(characters);
                self.pick(
                    format!("{}：计划为{expected}，报送为{found}，看上去几乎一样，其实{which}。", self.place()),
                    format!("{}: the plan has {expected}, the sheet {found}; they look alike, but {which}.", self.place()),
                )
            }
            Remark::EqualAsShown { decimals } => {
                let shown = match decimals {
                    0 => self.pick("整数".to_owned(), "whole numbers".to_owned()),
                    _ => self.pick(
                        format!(" {decimals} 位小数"),
                        words::count(*decimals as usize, "decimal"),
                    ),
                };
                self.pick(
                    format!("{}：计划为{expected}，报送为{found}{}{}{}；表格若只显示{shown}，看上去与计划相同。", self.place(), self.typed(), self.difference(), self.beyond_tolerance()),
                    format!("{}: the plan has {expected}, the sheet has {found}{}{}{}; shown as {shown} it looks like the plan's.", self.place(), self.typed(), self.difference(), self.beyond_tolerance()),
                )
            }
            // The plan has one figure for several rows, and none for this one.
            Remark::PlanCellFaulty
                if self.finding.expected.as_ref().is_some_and(|own| own.summand().is_some()) =>
            {
                self.pick(
                    format!("{}：报送为{found}{}，而计划此处的{expected}是几行合写的一个数，没有写明这一行是多少。", self.place(), self.typed()),
                    format!("{}: the sheet has {found}{}, but {expected} in the plan is one figure for several rows, and none for this row.", self.place(), self.typed()),
                )
            }
            Remark::PlanCellFaulty => self.pick(
                format!("{}：报送为{found}{}，而计划此处是{expected}。", self.place(), self.typed()),
                format!("{}: the sheet has {found}{}, but the plan's own cell is {expected}.", self.place(), self.typed()),
            ),
            Remark::MergedOver { rows } => self.pick(
                format!("{}合并了 {rows} 行，报送{found}，这些任务的计划合计{expected}{}。", self.place(), self.difference()),
                format!("{} is merged over {rows} rows and has {found}; the plan's sum of these tasks is {expected}{}.", self.place(), self.difference()),
            ),
            Remark::SharedBy { tasks } => self.pick(
                format!("{}：计划 {tasks} 行合写{expected}，报送各行相加{found}{}。", self.place(), self.difference()),
                format!("{}: the plan has {expected} for {tasks} rows together, and what was reported for them comes to {found}{}.", self.place(), self.difference()),
            ),
            Remark::RolledUp(rolled_up) => {
                let cells = self.rolled_up_cells(rolled_up);
                self.pick(
                    format!("{}分几行报送（{cells}），合起来{found}，计划{expected}{}。", self.place(), self.difference()),
                    format!("{} was reported in several rows ({cells}), together {found}; the plan has {expected}{}.", self.place(), self.difference()),
                )
            }
            Remark::None | Remark::OwnNumber => self.pick(
                format!("{}：计划为{expected}，报送为{found}{}{}{}。", self.place(), self.typed(), self.difference(), self.beyond_tolerance()),
                format!("{}: the plan has {expected}, the sheet has {found}{}{}{}.", self.place(), self.typed(), self.difference(), self.beyond_tolerance()),
            ),
        }
    }

    /// 计划的“村 (U+6751)”与报送的“材 (U+6750)”不是同一个字
    pub(super) fn different_characters(&self, characters: &[(char, char)]) -> String {
        if characters.is_empty() {
            return self.pick("所用的字符不同".to_owned(), "other characters are used".to_owned());
        }
        let pairs: Vec<String> = characters
            .iter()
            .map(|(planned, found)| {
                let (planned, found) = (looks::named(*planned), looks::named(*found));
                self.pick(
                    format!("计划的“{planned}”与报送的“{found}”不是同一个字符"),
                    format!("the plan's “{planned}” is not the sheet's “{found}”"),
                )
            })
            .collect();
        words::list(&pairs, self.language)
    }

    /// A tolerance in the unit of the value it belongs to.
    pub(super) fn tolerance_text(&self, tolerance: i64) -> String {
        let value = match self.finding.found {
            Some(Value::Percent(_)) => Value::Percent(tolerance),
            Some(Value::Decimal(_)) => Value::Decimal(tolerance),
            Some(Value::Amount(_)) => Value::Amount(Amount(tolerance)),
            _ => Value::Integer(tolerance),
        };
        self.value(Some(&value))
    }

    /// Says how much would have passed, where the column has a tolerance.
    pub(super) fn beyond_tolerance(&self) -> String {
        let Some(tolerance) = tolerance(self.finding, self.pipeline).filter(|most| *most > 0)
        else {
            return String::new();
        };
        let tolerance = self.tolerance_text(tolerance);
        self.pick(
            format!("，超出允差{tolerance}"),
            format!(", beyond the tolerance of {tolerance}"),
        )
    }

    /// The type of the finding's column.
    pub(super) fn kind(&self) -> Option<ColumnType> {
        let column = self.pipeline.column_named(self.finding.field.as_ref()?)?;
        Some(self.pipeline.columns[column].kind)
    }

    pub(super) fn unreadable(&self) -> String {
        let why = match &self.finding.found {
            Some(Value::Unreadable(obstacle)) => {
                obstacle_text(obstacle, self.kind(), self.language)
            }
            _ => String::new(),
        };
        let typed = words::shortened(self.finding.typed.as_deref().unwrap_or_default(), 60);
        if let Fact::ValueUnreadable(Holder::Column { rows })
        | Fact::ValueImprecise(Holder::Column { rows }) = self.finding.fact
        {
            let cell = self.finding.cell.map(|cell| cell.to_string()).unwrap_or_default();
            let unit = self.finding.unit.clone();
            let (chinese, english) = match (unit, self.finding.side) {
                (Some(unit), _) => (format!("{unit}的"), format!("{unit}: ")),
                (None, Side::Plan) => ("计划表中".to_owned(), "In the plan, ".to_owned()),
                (None, Side::Submission) => (String::new(), String::new()),
            };
            let measure = self.measure_beside(&typed);
            return self.pick(
                format!(
                    "{chinese}“{}”一列有 {rows} 格因同一原因无法识别，例如 {cell} 写作“{typed}”，{why}。{measure}",
                    self.field()
                ),
                format!(
                    "{english}{} of the column “{}” cannot be read for one reason; for example {cell} reads “{typed}”, which {why}.{measure}",
                    words::count(rows, "cell"),
                    self.field()
                ),
            );
        }
        let plan = match &self.finding.expected {
            Some(value)
                if self.finding.side == Side::Submission
                    && !matches!(value, Value::Unreadable(_)) =>
            {
                let value = self.value(Some(value));
                self.pick(format!("；计划为{value}"), format!("; the plan has {value}"))
            }
            _ => String::new(),
        };
        self.pick(
            format!("{}写作“{typed}”，{why}{plan}。", self.place()),
            format!("{} reads “{typed}”, which {why}{plan}.", self.place()),
        )
    }

    /// The line that reads figures with a word behind them, where the column holds quantities: 5.14公里.
    fn measure_beside(&self, typed: &str) -> String {
        let column = self.finding.field.as_ref().and_then(|name| self.pipeline.column_named(name));
        let Some(column) = column.map(|column| &self.pipeline.columns[column]) else {
            return String::new();
        };
        let measure = typed.trim_start_matches(|c: char| c.is_ascii_digit() || ",.".contains(c));
        let is_word = !measure.is_empty() && measure.chars().all(char::is_alphabetic);
        let is_quantity = matches!(column.kind, ColumnType::Decimal | ColumnType::Integer);
        if !is_quantity || !is_word || measure.len() == typed.len() || column.measure.is_some() {
            return String::new();
        }
        let name = &column.name;
        self.pick(
            format!("各数确以“{measure}”计、计划也是的，经办人可在核对方案 {name} 列写 measure = \"{measure}\"。"),
            format!(" If all of them, and the plan's, are in “{measure}”, write `measure = \"{measure}\"` at `{name}` in the pipeline file."),
        )
    }

    /// The declared choices of the column, where what was typed is none of them.
    pub(super) fn choices(&self) -> Option<String> {
        let Some(Value::Unreadable(Obstacle::UnknownChoice(_))) = &self.finding.found else {
            return None;
        };
        let column = self.pipeline.column_named(self.finding.field.as_ref()?)?;
        let choices = self.pipeline.columns[column].choices.iter();
        let values: Vec<&str> = choices.map(|choice| choice.value.as_str()).collect();
        let separator = if self.chinese() { "、" } else { ", " };
        Some(values.join(separator))
    }
}
