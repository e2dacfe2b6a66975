//! Comparisons, rules and sentences: names are resolved, and what is added must be of one kind.

use std::collections::BTreeMap;

use super::{Compiler, Names, per_unit};
use crate::model::amount::scale_decimal;
use crate::model::{Kind, MoneyUnit, Said, Severity};
use crate::pipeline::document::{Way, suggestion};
use crate::pipeline::file::{self, ColumnType, Over, Span};
use crate::pipeline::phrase::{self, CaptureKind};
use crate::pipeline::rule::{self, Formula, Relation, Sum, Term};
use crate::pipeline::{Check, Compare, Dimension, Operand, Quantity, Rule, Statement};

impl Compiler<'_> {
    pub(super) fn check(
        &mut self,
        check: &file::Check,
        money: MoneyUnit,
        mut names: Names<'_>,
    ) -> Check {
        let way = Way::to("check");
        let mut compare = Vec::new();
        for (index, entry) in check.compare.iter().enumerate() {
            let here = way.key("compare").item(index);
            let Some(column) =
                self.column_ref(&entry.field, &[], names.columns, &here.key("field"))
            else {
                continue;
            };
            let kind = names.columns[column].kind;
            let tolerance = entry.tolerance.as_ref().map_or(0, |text| {
                let places = match kind {
                    ColumnType::Amount => names.columns[column].unit.exponent(),
                    ColumnType::Percent => 2,
                    _ => 0,
                };
                scale_decimal(text, places).ok().filter(|whole| *whole >= 0).unwrap_or_else(|| {
                    self.say(
                        &here.key("tolerance"),
                        Said::new(format!("“{text}”不是允差"), format!("`{text}` is no tolerance")),
                        Said::new("写作 \"0.01\" 的样子", "write it like `\"0.01\"`"),
                    );
                    0
                })
            });
            let is_text = matches!(kind, ColumnType::Text | ColumnType::Choice);
            let default = if is_text { Severity::Verify } else { Severity::Mandatory };
            compare.push(Compare {
                column,
                severity: entry.severity.unwrap_or(default),
                tolerance,
                tolerance_text: entry.tolerance.clone(),
            });
        }
        let mut all_phrases = Vec::new();
        for (index, statement) in check.statement.iter().enumerate() {
            let here = way.key("statement").item(index);
            let phrases: Vec<phrase::Phrase> = statement
                .patterns
                .iter()
                .enumerate()
                .filter_map(|(at, text)| self.phrase(text, &here.key("patterns").item(at)))
                .collect();
            self.captured_names(&phrases, &mut names, &here);
            all_phrases.push(phrases);
        }
        let mut statements = Vec::new();
        for (index, (statement, phrases)) in check.statement.iter().zip(all_phrases).enumerate() {
            let here = way.key("statement").item(index);
            let over = if per_unit(&phrases) { Over::Unit } else { Over::Whole };
            let rules = statement
                .rules
                .iter()
                .enumerate()
                .filter_map(|(at, text)| {
                    let rule = file::Rule {
                        name: None,
                        title: text.clone(),
                        rule: text.clone(),
                        over,
                        severity: Some(Severity::Verify),
                        trial_until: None,
                    };
                    let way = here.key("rules").item(at);
                    self.rule(&rule, money, &names, &way, &way)
                })
                .map(|rule| Rule { kind: Kind::StatementDiffers, ..rule })
                .collect();
            let compiled = Statement { phrases, rules, titles: statement.titles.clone() };
            let known: Vec<&str> = compiled.names().into_iter().collect();
            for name in statement.titles.keys() {
                if !known.contains(&name.as_str()) {
                    self.say(
                        &here.key("titles").key(name),
                        Said::new(
                            format!("句式中没有“{name}”"),
                            format!("the phrase has no `{name}`"),
                        ),
                        suggestion(name, &known),
                    );
                }
            }
            statements.push(compiled);
        }
        let rules = check
            .rule
            .iter()
            .enumerate()
            .filter_map(|(index, rule)| {
                let here = way.key("rule").item(index);
                let plain = Names {
                    columns: names.columns,
                    derived: names.derived,
                    whole: names.whole.clone(),
                    per_unit: names.per_unit.clone(),
                };
                self.rule(rule, money, &plain, &here, &here.key("rule"))
            })
            .collect();
        let (cumulative, within) = self.cumulative(check, &names);
        let overdue = check.overdue.as_ref().and_then(|overdue| {
            let here = way.key("overdue");
            let deadline = self.column_ref(
                &overdue.deadline,
                &[ColumnType::Month],
                names.columns,
                &here.key("deadline"),
            );
            let progress = self.column_ref(
                &overdue.progress,
                &[ColumnType::Percent],
                names.columns,
                &here.key("progress"),
            );
            deadline.zip(progress)
        });
        let demands = self.demands(check, overdue, money, &names);
        Check { compare, demands, rules, statements, cumulative, within, overdue }
    }

    /// The columns that only grow, and within which span they do.
    fn cumulative(&mut self, check: &file::Check, names: &Names<'_>) -> (Vec<usize>, Span) {
        let way = Way::to("check");
        let (listed, within, fields_way) = match &check.cumulative {
            None => (&[][..], Span::Whole, way.key("cumulative")),
            Some(file::Cumulative::Fields(fields)) => {
                (fields.as_slice(), Span::Whole, way.key("cumulative"))
            }
            Some(file::Cumulative::Within(own)) => {
                (own.fields.as_slice(), own.within, way.key("cumulative").key("fields"))
            }
        };
        let columns = listed
            .iter()
            .enumerate()
            .filter_map(|(at, name)| {
                let kinds = [ColumnType::Amount, ColumnType::Percent, ColumnType::Integer];
                self.column_ref(name, &kinds, names.columns, &fields_way.item(at))
            })
            .collect();
        (columns, within)
    }

    /// Enters the figures of a sentence; its several forms may give the same names.
    pub(super) fn captured_names(
        &mut self,
        phrases: &[phrase::Phrase],
        names: &mut Names<'_>,
        way: &Way,
    ) {
        let per_unit = per_unit(phrases);
        let mut own: BTreeMap<String, Dimension> = BTreeMap::new();
        for capture in phrases.iter().flat_map(|phrase| &phrase.captures) {
            let dimension = match capture.kind {
                CaptureKind::Amount => Dimension::Amount,
                CaptureKind::Count => Dimension::Count,
                CaptureKind::Unit => continue,
            };
            let taken = names.whole.contains_key(&capture.name)
                || names.per_unit.contains_key(&capture.name)
                || names.columns.iter().any(|column| column.name == capture.name)
                || names.derived.iter().any(|derived| derived.name == capture.name)
                || own.get(&capture.name).is_some_and(|other| *other != dimension);
            if taken {
                self.say(
                    &way.key("patterns"),
                    Said::new(
                        format!("名称“{}”已经用过", capture.name),
                        format!("the name `{}` is used already", capture.name),
                    ),
                    Said::new("换一个名称", "choose another name"),
                );
            }
            own.insert(capture.name.clone(), dimension);
        }
        let group = if per_unit { &mut names.per_unit } else { &mut names.whole };
        group.extend(own);
    }

    pub(super) fn rule(
        &mut self,
        written: &file::Rule,
        money: MoneyUnit,
        names: &Names<'_>,
        own: &Way,
        way: &Way,
    ) -> Option<Rule> {
        let trial_until =
            written.trial_until.as_ref().and_then(|text| self.month(text, &own.key("trial_until")));
        let formula = match rule::parse(&written.rule) {
            Ok(formula) => formula,
            Err(said) => {
                let advice = Said::new(
                    "例如 funds = central + issued 或 sum(central) <= 1571",
                    "such as `funds = central + issued` or `sum(central) <= 1571`",
                );
                self.say(way, said, advice);
                return None;
            }
        };
        let dimension = self.dimension(&formula, names, written.over, way)?;
        let places = match dimension {
            Dimension::Amount => money.exponent(),
            Dimension::Percent => 2,
            Dimension::Count | Dimension::Month => 0,
        };
        let mut sides = Vec::new();
        let all = std::iter::once(&formula.first).chain(formula.rest.iter().map(|(_, sum)| sum));
        for sum in all {
            sides.push(self.side(sum, places, money, names, way)?);
        }
        let relations: Vec<Relation> = formula.rest.iter().map(|(relation, _)| *relation).collect();
        let is_number = |side: &Vec<(rule::Sign, Operand)>| {
            side.iter().all(|(_, operand)| matches!(operand, Operand::Number(_)))
        };
        let kind = if relations.contains(&Relation::Equal) {
            Kind::BalanceBroken
        } else if relations.len() == 2
            || (dimension == Dimension::Percent && sides.iter().any(is_number))
        {
            Kind::OutOfRange
        } else {
            Kind::LimitExceeded
        };
        Some(Rule {
            name: written.name.clone().unwrap_or_else(|| written.title.clone()),
            title: written.title.clone(),
            text: written.rule.clone(),
            sides,
            relations,
            dimension,
            over: written.over,
            kind,
            severity: written.severity.unwrap_or(kind.entry().severity),
            trial_until,
        })
    }

    /// Returns what the rule's figures count; they must all count the same.
    pub(super) fn dimension(
        &mut self,
        formula: &Formula,
        names: &Names<'_>,
        over: Over,
        way: &Way,
    ) -> Option<Dimension> {
        let mut found: Option<Dimension> = None;
        let mut fine = true;
        let sums = std::iter::once(&formula.first).chain(formula.rest.iter().map(|(_, sum)| sum));
        for (_, term) in sums.flat_map(|sum| &sum.terms) {
            let this = match term {
                Term::Number(_) => continue,
                Term::Count { name, .. } => {
                    fine &= self.quantity(name, names, way).is_some();
                    Some(Dimension::Count)
                }
                Term::Sum(name) if names.per_unit.contains_key(name) => {
                    names.per_unit.get(name).copied()
                }
                Term::Sum(name) => {
                    self.quantity(name, names, way).and_then(|(_, dimension)| dimension)
                }
                Term::Name(name) => self.plain_name(name, names, over, way),
            };
            match (found, this) {
                (_, None) => fine = false,
                (None, Some(this)) => found = Some(this),
                (Some(first), Some(this)) if first != this => {
                    self.say(
                        way,
                        Said::new(
                            "规则把金额与个数、百分数混在一起比较",
                            "the rule compares amounts with counts or percentages",
                        ),
                        Said::new("两边应是同一种量", "both sides must count the same"),
                    );
                    return None;
                }
                _ => {}
            }
        }
        if found.is_none() && fine {
            self.say(
                way,
                Said::new("规则中没有列名", "the rule names no column"),
                Said::new("写出要核对的列", "name the column to check"),
            );
        }
        if fine { found } else { None }
    }

    pub(super) fn plain_name(
        &mut self,
        name: &str,
        names: &Names<'_>,
        over: Over,
        way: &Way,
    ) -> Option<Dimension> {
        if let Some(dimension) = names.whole.get(name) {
            return Some(*dimension);
        }
        if let Some(dimension) = names.per_unit.get(name) {
            if over == Over::Unit {
                return Some(*dimension);
            }
            self.say(
                way,
                Said::new(
                    format!("“{name}”每个单位各有一个，应写 sum({name})"),
                    format!("`{name}` is there once a unit; write `sum({name})`"),
                ),
                Said::new("改为求和", "take the sum"),
            );
            return None;
        }
        let (_, dimension) = self.quantity(name, names, way)?;
        if over != Over::Row {
            self.say(
                way,
                Said::new(
                    format!("“{name}”每行各有一个，应写 sum({name})"),
                    format!("`{name}` is there once a row; write `sum({name})`"),
                ),
                Said::new(
                    "改为求和，或改为 over = \"row\"",
                    "take the sum, or write `over = \"row\"`",
                ),
            );
            return None;
        }
        dimension
    }

    pub(super) fn quantity(
        &mut self,
        name: &str,
        names: &Names<'_>,
        way: &Way,
    ) -> Option<(Quantity, Option<Dimension>)> {
        if let Some(index) = names.derived.iter().position(|derived| derived.name == name) {
            return Some((Quantity::Derived(index), Some(Dimension::Amount)));
        }
        if let Some(index) = names.columns.iter().position(|column| column.name == name) {
            let dimension = match names.columns[index].kind {
                ColumnType::Amount => Some(Dimension::Amount),
                ColumnType::Integer => Some(Dimension::Count),
                ColumnType::Percent => Some(Dimension::Percent),
                ColumnType::Month => Some(Dimension::Month),
                ColumnType::Text | ColumnType::Choice => None,
            };
            if self.doubtful.contains(&index) {
                return None;
            }
            if dimension.is_none() {
                self.say(
                    way,
                    Said::new(
                        format!("“{name}”是文字列，不能计算"),
                        format!("`{name}` is a text and cannot be calculated with"),
                    ),
                    Said::new("换一列", "name another column"),
                );
            }
            return Some((Quantity::Column(index), dimension));
        }
        let known: Vec<&str> = names
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .chain(names.derived.iter().map(|derived| derived.name.as_str()))
            .chain(names.whole.keys().map(String::as_str))
            .chain(names.per_unit.keys().map(String::as_str))
            .collect();
        self.say(
            way,
            Said::new(
                format!("规则中的“{name}”没有定义"),
                format!("the rule's `{name}` is not defined"),
            ),
            suggestion(name, &known),
        );
        None
    }

    pub(super) fn side(
        &mut self,
        sum: &Sum,
        places: u32,
        money: MoneyUnit,
        names: &Names<'_>,
        way: &Way,
    ) -> Option<Vec<(rule::Sign, Operand)>> {
        let mut operands = Vec::new();
        for (sign, term) in &sum.terms {
            let operand = match term {
                Term::Number(text) => Operand::Number(self.number(text, places, way)?),
                Term::Name(name)
                    if names.whole.contains_key(name) || names.per_unit.contains_key(name) =>
                {
                    Operand::Captured(name.clone())
                }
                Term::Name(name) => Operand::Field(self.quantity(name, names, way)?.0),
                Term::Sum(name) if names.per_unit.contains_key(name) => {
                    Operand::SumCaptured(name.clone())
                }
                Term::Sum(name) => Operand::Sum(self.quantity(name, names, way)?.0),
                Term::Count { name, relation, number } => {
                    let (quantity, dimension) = self.quantity(name, names, way)?;
                    let places = match dimension? {
                        Dimension::Amount => money.exponent(),
                        Dimension::Percent => 2,
                        Dimension::Count | Dimension::Month => 0,
                    };
                    Operand::Count {
                        quantity,
                        relation: *relation,
                        number: self.number(number, places, way)?,
                    }
                }
            };
            operands.push((*sign, operand));
        }
        Some(operands)
    }

    pub(super) fn number(&mut self, text: &str, places: u32, way: &Way) -> Option<i64> {
        let number = scale_decimal(text, places).ok();
        if number.is_none() {
            self.say(
                way,
                Said::new(format!("“{text}”不是可用的数"), format!("`{text}` is no usable number")),
                Said::new("检查小数位数", "check its decimals"),
            );
        }
        number
    }
}
