//! What units must report: the column, and when it may not be blank.

use super::{Compiler, Names};
use crate::model::{ColumnId, Kind, MoneyUnit, Said};
use crate::pipeline::document::Way;
use crate::pipeline::file::{self, Over};
use crate::pipeline::{Demand, When};

impl Compiler<'_> {
    pub(super) fn demands(
        &mut self,
        check: &file::Check,
        overdue: Option<(ColumnId, ColumnId)>,
        money: MoneyUnit,
        names: &Names<'_>,
    ) -> Vec<Demand> {
        let mut demands: Vec<Demand> = Vec::new();
        for (index, written) in check.report.iter().enumerate() {
            let here = Way::to("check").key("report").item(index);
            let place = here.key("field");
            let Some(column) = self.column_ref(&written.field, &[], names.columns, &place) else {
                continue;
            };
            if !names.columns[column].reported {
                self.say(
                    &place,
                    Said::new(
                        format!("“{}”不是由单位填报的列", written.field),
                        format!("`{}` is no column that units report", written.field),
                    ),
                    Said::new(
                        "在该列写上 reported = true，或换一列",
                        "write `reported = true` for it, or name another column",
                    ),
                );
            }
            if demands.iter().any(|demand| demand.column == column) {
                self.say(
                    &place,
                    Said::new(
                        format!("“{}”列写了两次", written.field),
                        format!("the column `{}` is named twice", written.field),
                    ),
                    Said::new("只留一处", "keep one of them"),
                );
            }
            let Some(when) = self.when(&written.when, overdue, money, names, &here.key("when"))
            else {
                continue;
            };
            let severity = written.severity.unwrap_or(Kind::ReportMissing.entry().severity);
            demands.push(Demand { column, when, severity });
        }
        demands
    }

    fn when(
        &mut self,
        text: &str,
        overdue: Option<(ColumnId, ColumnId)>,
        money: MoneyUnit,
        names: &Names<'_>,
        way: &Way,
    ) -> Option<When> {
        match (text.trim(), overdue) {
            ("always", _) => Some(When::Always),
            ("due", Some((deadline, _))) => Some(When::Due(deadline)),
            ("due", None) => {
                self.say(
                    way,
                    Said::new(
                        "没有写明哪一列是期限，无法判断是否到期",
                        "no column of deadlines is named, so that nothing can be due",
                    ),
                    Said::new(
                        "在 [check] 中写 overdue = { deadline = …, progress = … }",
                        "give `overdue = { deadline = …, progress = … }` in `[check]`",
                    ),
                );
                None
            }
            (condition, _) => {
                let rule = file::Rule {
                    name: None,
                    title: condition.to_owned(),
                    rule: condition.to_owned(),
                    over: Over::Row,
                    severity: None,
                    tolerance: None,
                    trial_until: None,
                    from: None,
                    to: None,
                };
                let rule = self.rule(&rule, money, names, way, way)?;
                if rule.uses_previous() {
                    self.say(
                        way,
                        Said::new(
                            "是否须填报不能取决于上期",
                            "what must be reported cannot depend on the period before",
                        ),
                        Said::new("去掉 previous", "leave `previous` out"),
                    );
                    return None;
                }
                Some(When::Condition(Box::new(rule)))
            }
        }
    }
}
