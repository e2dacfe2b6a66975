//! The second half of a message: the likely cause, and what to do.

use super::files::is_error;
use super::reasons::cause_text;
use super::speaker::Speaker;
use crate::model::fact::{
    InDoubt, Lacking, NOT_FILLED_IN, OtherPeriod, Remark, Repetition, Scale, Several,
};
use crate::model::finding::Refusal;
use crate::model::{Cause, Fact, Kind, Side, Value};
use crate::pipeline::ColumnType;

impl Speaker<'_> {
    pub(super) fn causes(&self) -> String {
        let diagnosed = matches!(
            self.finding.kind(),
            Kind::ValueDiffers | Kind::TotalDiffers | Kind::StatementDiffers
        ) && self.finding.fact.common().is_none()
            && matches!(self.finding.found, Some(Value::Amount(_)))
            && self.finding.difference.is_some();
        // A scaled amount has said its cause in the sentence itself.
        let says_power = matches!(
            self.finding.fact,
            Fact::ValueScaled(Scale::Power(_)) | Fact::ColumnScaled { .. }
        );
        let told = self
            .finding
            .cause
            .iter()
            .filter(|cause| !(says_power && matches!(cause, Cause::PowerOfTen { .. })));
        let texts: Vec<String> = told.map(|cause| cause_text(cause, self.language)).collect();
        if texts.is_empty() {
            let passes =
                matches!(self.finding.fact, Fact::ValueDiffers(Remark::WithinTolerance { .. }));
            return if diagnosed && !passes && self.finding.kind() != Kind::StatementDiffers {
                self.pick(
                    "差额原因未明。".to_owned(),
                    "The cause of the difference is unknown.".to_owned(),
                )
            } else {
                String::new()
            };
        }
        let separator = if self.chinese() { "；" } else { "; " };
        let texts = texts.join(separator);
        self.pick(format!("可能原因：{texts}。"), format!("Likely cause: {texts}."))
    }

    /// What to do where no return has a column, or several may be it.
    fn advice_on_columns(&self, lacking: &Lacking) -> String {
        if matches!(lacking, Lacking::Nowhere { .. }) {
            return self.pick(
                "请经办人确认：报送表本来不要求填这些的，在核对方案中给这些列写上 optional = true（有 required 的删去）；标题另有写法的，加入 headings。".to_owned(),
                "Whoever keeps the pipeline file should say which it is: where the form does without them, write `optional = true` in these columns, in the place of `required` where that stands; where it calls them otherwise, add that to their headings.".to_owned(),
            );
        }
        self.pick(
            "请只留一列用这个列标题，重新报送。".to_owned(),
            "Let only one column bear this heading, and submit again.".to_owned(),
        )
    }

    /// What to do about a heading that nobody declared, where it is no ordinary one.
    fn of_a_heading(&self) -> Option<String> {
        let Fact::ColumnUnknown { heading, taken_for, .. } = &self.finding.fact else {
            return None;
        };
        if taken_for.is_some() {
            return Some(self.pick(
                "确是这一列的，可以不管，也可由经办人登记；不是的，请把列标题改为规定的写法，重新报送。"
                    .to_owned(),
                "If it is this column nothing need be done, or it may be declared; if it is not, change \
                 the heading to the one prescribed, and submit again."
                    .to_owned(),
            ));
        }
        is_error(heading).then(|| {
            self.pick(
                "请修正这一格的公式，或直接写上列标题，重新报送。".to_owned(),
                "Mend the formula of this cell, or write the heading itself, and submit again."
                    .to_owned(),
            )
        })
    }

    /// What to do where tasks stand in several places, and it is no matter of one file too many.
    fn of_several(&self) -> Option<String> {
        match &self.finding.fact {
            Fact::SubmissionDuplicate { several: Several::Repeated { .. }, .. } => Some(self.pick(
                "这些行若与各单位自己报送的不一致，请问明以哪一份为准。".to_owned(),
                "Where these rows are not those that the units sent, ask which hold.".to_owned(),
            )),
            Fact::SubmissionDuplicate { several: Several::Halves { .. }, .. } => Some(self.pick(
                "请把各栏并入一张表，重新报送。".to_owned(),
                "Put all columns into one table, and submit again.".to_owned(),
            )),
            _ => None,
        }
    }

    pub(super) fn advice(&self) -> String {
        let needs_none = matches!(
            self.finding.fact,
            Fact::ValueDiffers(
                Remark::SameMeaning | Remark::DecidedPair { .. } | Remark::WithinTolerance { .. }
            ) | Fact::TaskRepeated(
                Repetition::RolledUp(_)
                | Repetition::AllRolledUp { .. }
                | Repetition::Alike { .. },
            )
                | Fact::PeriodDiffers(OtherPeriod::Sheets { .. } | OtherPeriod::Unnamed { .. })
                // What to do stands in the sentence itself.
                | Fact::ColumnDoubtful(InDoubt::Called { .. } | InDoubt::Sums { .. })
                | Fact::SubmissionUnreadable(
                    Refusal::LockFile
                        | Refusal::Copying
                        | Refusal::Unfinished
                        | Refusal::NotAFile(_)
                        | Refusal::Packed(_)
                )
        );
        if needs_none {
            return String::new();
        }
        if let Some(advice) = self.advice_at_once() {
            return advice;
        }
        let name = self.finding.field.as_deref().unwrap_or_default();
        let field = self.pipeline.column_named(name);
        let is_amount = field.is_some_and(|field| self.pipeline.columns[field].kind.is_money());
        if matches!(
            self.finding.fact,
            Fact::PeriodDiffers(OtherPeriod::TemplateOf { .. } | OtherPeriod::TemplateOfOtherPlan)
        ) {
            return self.pick(
                "请使用本期按现行计划做的模板重新填报。".to_owned(),
                "Fill in the template made from the plan in force, and submit again.".to_owned(),
            );
        }
        if matches!(
            self.finding.fact,
            Fact::SubmissionUnreadable(
                Refusal::NoAccess(_) | Refusal::ClosedFolder(_) | Refusal::Vanished
            )
        ) {
            return self.pick(
                "这不是报送单位的问题：请经办人检查收件文件夹和权限，再核对一次。".to_owned(),
                "This is no fault of whoever sent it: check the inbox and its permissions, and run again."
                    .to_owned(),
            );
        }
        if let Some(said) = self.of_several() {
            return said;
        }
        if self.finding.fact == NOT_FILLED_IN {
            return self.pick(
                "请逐项填写后重新报送；没有发生的填 0，不要留空。".to_owned(),
                "Fill in every task and submit again; enter 0 where nothing has happened yet."
                    .to_owned(),
            );
        }
        if let Some(said) = self.of_a_heading() {
            return said;
        }
        if let Fact::ColumnMissing(
            lacking @ (Lacking::Nowhere { .. } | Lacking::Ambiguous { .. }),
        ) = &self.finding.fact
        {
            return self.advice_on_columns(lacking);
        }
        if let Some(choices) = self.choices() {
            return self.pick(
                format!("请改填下列之一：{choices}。"),
                format!("Fill in one of: {choices}."),
            );
        }
        let is_month = field.is_some_and(|field| self.pipeline.columns[field].kind.is_time());
        let is_date =
            field.is_some_and(|field| self.pipeline.columns[field].kind == ColumnType::Date);
        if self.finding.kind() == Kind::ValueUnreadable && is_date {
            return self.pick(
                "请改填一个确定的日期，写明年月日。".to_owned(),
                "Enter one definite date with year, month and day instead.".to_owned(),
            );
        }
        if self.finding.kind() == Kind::ValueUnreadable && is_month {
            return self.pick(
                "请改填一个确定的月份，写明年和月。".to_owned(),
                "Enter one definite month instead.".to_owned(),
            );
        }
        let is_text = self
            .pipeline
            .column_named(name)
            .is_some_and(|field| self.pipeline.columns[field].kind.is_free());
        if self.finding.kind() == Kind::ValueUnreadable && is_text {
            return self.pick(
                "请把应填的内容作为文字重新填写。".to_owned(),
                "Write out what should stand there.".to_owned(),
            );
        }
        if self.finding.fact == Fact::ValueDiffers(Remark::PlanCellFaulty) {
            return self.pick(
                "请核实应为何值；计划有遗漏的，请补正计划。".to_owned(),
                "Verify which it should be; where the plan left it out, have the plan completed."
                    .to_owned(),
            );
        }
        if self.finding.kind() == Kind::StatementDiffers && self.finding.side == Side::Submission {
            return self.pick(
                "请核实金额单位，统一两处的写法后重新报送。".to_owned(),
                "Verify the unit of money, make both agree and submit again.".to_owned(),
            );
        }
        if self.finding.kind() == Kind::ValueMissing && !is_amount {
            return self.pick("请补填。".to_owned(), "Fill it in.".to_owned());
        }
        self.finding.kind().entry().advice.in_language(self.language).to_owned()
    }

    /// What to do about many rows that are told at once.
    fn advice_at_once(&self) -> Option<String> {
        if matches!(self.finding.fact, Fact::OnTopDiffers { .. }) {
            return Some(self.pick(
                "请核实该行；应算作任务的，请补上序号。".to_owned(),
                "Verify the line; where it is a task, give it a number.".to_owned(),
            ));
        }
        if matches!(self.finding.fact, Fact::OnTopLacking { .. }) {
            return Some(self.pick(
                "请核实是否漏报；漏报的，请补上该行。".to_owned(),
                "Verify whether the line was left out; where it was, add it.".to_owned(),
            ));
        }
        if let Some(common) = self.finding.fact.common() {
            return Some(self.common_advice(common));
        }
        let is_whole_list = self.finding.task.is_none()
            && self.finding.unit.is_some()
            && matches!(self.finding.fact, Fact::TaskMissing | Fact::TaskExtra);
        is_whole_list.then(|| {
            self.pick(
                "请核对是否交错了表（别的年度、批次或单位的），按计划的任务重新报送；任务名称另有写法的，请照计划的写法填写。"
                    .to_owned(),
                "Check whether it is the sheet of another year, batch or unit, and submit again by the plan's tasks; where the tasks only bear other names, write them as the plan does."
                    .to_owned(),
            )
        })
    }
}
