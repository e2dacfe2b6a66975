//! What becomes of findings, and the workbook.

use super::Compiler;
use crate::model::{ColumnId, IdSlice, Said, fold};
use crate::pipeline::document::{Way, suggestion};
use crate::pipeline::file::{self, ColumnType};
use crate::pipeline::{
    Check, Column, Derived, Findings, MoneySource, Quantity, Rate, Statement, Waiver, rule,
};

impl Compiler<'_> {
    pub(super) fn findings(
        &mut self,
        findings: file::Findings,
        columns: &IdSlice<ColumnId, Column>,
        derived: &[Derived],
    ) -> Findings {
        let way = Way::to("findings").key("waiver");
        let mut waivers = Vec::new();
        for (index, waiver) in findings.waiver.into_iter().enumerate() {
            let here = way.item(index);
            if waiver.reason.trim().is_empty() || waiver.approved_by.trim().is_empty() {
                self.say(
                    &here,
                    Said::new(
                        "豁免没有写明理由或批准人",
                        "a waiver lacks its reason or who approved it",
                    ),
                    Said::new("补上 reason 和 approved_by", "add `reason` and `approved_by`"),
                );
            }
            if waiver.kind.is_none() && waiver.field.is_none() && waiver.task.is_none() {
                self.say(
                    &here,
                    Said::new(
                        "豁免的范围过宽：该单位的全部差异",
                        "the waiver covers all findings of the unit",
                    ),
                    Said::new("写明 task、kind 或 field", "name a `task`, a `kind` or a `field`"),
                );
            }
            if let Some(field) = &waiver.field
                && !derived.iter().any(|derived| derived.name == *field)
            {
                self.column_ref(field, &[], columns, &here.key("field"));
            }
            let expires =
                waiver.expires.as_ref().and_then(|text| self.month(text, &here.key("expires")));
            waivers.push(Waiver {
                unit: waiver.unit,
                task: waiver.task.as_deref().map(fold::key),
                task_text: waiver.task,
                kind: waiver.kind,
                field: waiver.field,
                reason: waiver.reason,
                approved_by: waiver.approved_by,
                expires,
            });
        }
        Findings {
            severity: findings.severity,
            accept: findings.accept,
            empty_explanations: findings
                .empty_explanations
                .iter()
                .map(|text| fold::key(text))
                .collect(),
            waivers,
        }
    }

    pub(super) fn workbook(
        &mut self,
        workbook: &file::Workbook,
        columns: &IdSlice<ColumnId, Column>,
        derived: &[Derived],
        check: &Check,
    ) -> Vec<MoneySource> {
        let way = Way::to("workbook");
        for (index, name) in workbook.overview.iter().enumerate() {
            self.column_ref(name, &[ColumnType::Amount], columns, &way.key("overview").item(index));
        }
        let mut sources = Vec::new();
        for (index, source) in workbook.source.iter().enumerate() {
            let here = way.key("source").item(index);
            let rows = self.source_rows(&source.rows, columns, derived, &here.key("rows"));
            if let Some(stated) = &source.stated {
                let known: Vec<&str> = check.statements.iter().flat_map(Statement::names).collect();
                if !known.contains(&stated.as_str()) {
                    self.say(
                        &here.key("stated"),
                        Said::new(
                            format!("没有句子给出“{stated}”"),
                            format!("no statement gives `{stated}`"),
                        ),
                        suggestion(stated, &known),
                    );
                }
            }
            sources.push(MoneySource {
                title: source.title.clone(),
                stated: source.stated.clone(),
                rows,
            });
        }
        if workbook.reply_by_day.is_some_and(|day| !(1..=28).contains(&day)) {
            self.say(
                &way.key("reply_by_day"),
                Said::new("反馈期限应是 1 到 28 日", "the day to reply by must be 1 to 28"),
                Said::new("改为每月都有的日子", "choose a day that every month has"),
            );
        }
        sources
    }

    pub(super) fn rates(
        &mut self,
        workbook: &file::Workbook,
        columns: &IdSlice<ColumnId, Column>,
    ) -> Vec<Rate> {
        let Some(rates) = &workbook.rate else { return usual_rates(workbook, columns) };
        let mut compiled = Vec::new();
        for (index, rate) in rates.iter().enumerate() {
            let here = Way::to("workbook").key("rate").item(index);
            let amounts = [ColumnType::Amount];
            let of = self.column_ref(&rate.of, &amounts, columns, &here.key("of"));
            let to = self.column_ref(&rate.to, &amounts, columns, &here.key("to"));
            if let (Some(of), Some(to)) = (of, to) {
                compiled.push(Rate { title: rate.title.clone(), of, to });
            }
        }
        compiled
    }

    pub(super) fn source_rows(
        &mut self,
        text: &str,
        columns: &IdSlice<ColumnId, Column>,
        derived: &[Derived],
        way: &Way,
    ) -> Vec<(rule::Sign, Quantity)> {
        let names = match rule::parse_names(text) {
            Ok(names) => names,
            Err(said) => {
                self.say(
                    way,
                    said,
                    Said::new("例如 issued - provincial", "such as `issued - provincial`"),
                );
                return Vec::new();
            }
        };
        names
            .into_iter()
            .filter_map(|(sign, name)| {
                if let Some(index) = derived.iter().position(|derived| derived.name == name) {
                    return Some((sign, Quantity::Derived(index)));
                }
                let index = self.column_ref(&name, &[ColumnType::Amount], columns, way)?;
                Some((sign, Quantity::Column(index)))
            })
            .collect()
    }
}

/// What everybody asks of money that is reported as received and spent, where no rate is named: how much
/// of the plan's main amount has come in, and how much of that was spent.
fn usual_rates(workbook: &file::Workbook, columns: &IdSlice<ColumnId, Column>) -> Vec<Rate> {
    let amount = |is_reported: bool, wanted: &dyn Fn(&Column) -> bool| {
        let amounts = columns.iter_enumerated().filter(|(_, column)| {
            column.kind == ColumnType::Amount && column.reported == is_reported
        });
        let mut own = amounts.filter(|(_, column)| wanted(column));
        own.next().map(|(field, _)| field)
    };
    let main = match workbook.overview.first() {
        Some(name) => amount(false, &|column| column.name == *name),
        None => amount(false, &|_| true),
    };
    let [received, spent] =
        ["received", "spent"].map(|name| amount(true, &|column| column.name == name));
    let share = |title: &str, of: Option<ColumnId>, to: Option<ColumnId>| {
        Some(Rate { title: title.to_owned(), of: of?, to: to? })
    };
    share("到位率", received, main).into_iter().chain(share("支出率", spent, received)).collect()
}
