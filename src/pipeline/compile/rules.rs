//! Comparisons, the lists of rules, and sentences; a single rule is compiled in `equations`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Compiler, Names, per_unit};
use crate::model::amount::scale_decimal;
use crate::model::{ColumnId, IdVec, Kind, MoneyUnit, RuleId, Said, Severity};
use crate::pipeline::document::{Way, suggestion};
use crate::pipeline::file::{self, ColumnType, Over, Span};
use crate::pipeline::phrase::{self, CaptureKind};
use crate::pipeline::{Chain, Check, Compare, Dimension, Expression, Relation, Rule, Statement};

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
                let places = kind.decimals(names.columns[column].unit);
                scale_decimal(text, places).ok().filter(|whole| *whole >= 0).unwrap_or_else(|| {
                    self.say(
                        &here.key("tolerance"),
                        Said::new(format!("“{text}”不是允差"), format!("`{text}` is no tolerance")),
                        Said::new("写作 \"0.01\" 的样子", "write it like `\"0.01\"`"),
                    );
                    0
                })
            });
            let is_text = kind.is_text();
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
                        tolerance: None,
                        trial_until: None,
                        from: None,
                        to: None,
                    };
                    let way = here.key("rules").item(at);
                    let rule = self.rule(&rule, money, &names, &way, &way)?;
                    self.of_sentence(rule, &way)
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
        self.distinct(&check.rule);
        let rules: IdVec<RuleId, Rule> = check
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
        Check {
            compare,
            demands,
            rules,
            statements: statements.into(),
            cumulative,
            within,
            overdue,
        }
    }

    /// The columns that only grow, and within which span they do.
    fn cumulative(&mut self, check: &file::Check, names: &Names<'_>) -> (Vec<ColumnId>, Span) {
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

    /// A sentence's rule must say of every comparison which figure is wrong where it fails, and
    /// what that figure should be.
    fn of_sentence(&mut self, rule: Rule, way: &Way) -> Option<Rule> {
        let is_simple = |leaf: &Expression| {
            matches!(
                leaf,
                Expression::Number(_)
                    | Expression::Captured(_)
                    | Expression::SumCaptured(_)
                    | Expression::Sum(_)
                    | Expression::Count(_)
            )
        };
        let addends = || {
            rule.leaves().count()
                == rule
                    .chains()
                    .flat_map(|chain| &chain.sides)
                    .map(|side| side.addends().len())
                    .sum::<usize>()
        };
        let is_different = |chain: &Chain| chain.relations.contains(&Relation::NotEqual);
        if !rule.condition.is_empty()
            || !rule.leaves().all(is_simple)
            || !addends()
            || rule.demand.iter().any(is_different)
        {
            self.say(
                way,
                Said::new(
                    "说明文字的规则只能用数、sum、count 和 + - = <= < >= >",
                    "a sentence's rule holds figures, `sum`, `count` and `+ - = <= < >= >` only",
                ),
                Said::new("把规则写成 [[check.rule]]", "write it as a `[[check.rule]]`"),
            );
            return None;
        }
        let has_figure = |chain: &Chain, place: usize| {
            chain.sides[place].leaves().iter().any(|leaf| leaf.captured().is_some())
        };
        let can_be_told = |chain: &Chain| {
            chain
                .pairs()
                .iter()
                .all(|(left, _, right)| has_figure(chain, *left) || has_figure(chain, *right))
        };
        if !rule.demand.iter().all(can_be_told) {
            self.say(
                way,
                Said::new(
                    "规则的每一处比较都应有说明文字中的数",
                    "every comparison of the rule must hold a figure of the sentences",
                ),
                Said::new("写出句式中的名称", "name a figure that a pattern captures"),
            );
            return None;
        }
        Some(rule)
    }

    /// Two rules of one name could not be told apart in reports, nor their findings.
    fn distinct(&mut self, rules: &[file::Rule]) {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for (index, rule) in rules.iter().enumerate() {
            let name = rule.name.as_deref().unwrap_or(&rule.title).trim();
            if names.insert(name) {
                continue;
            }
            let key = if rule.name.is_some() { "name" } else { "title" };
            self.say(
                &Way::to("check").key("rule").item(index).key(key),
                Said::new(
                    format!("已有一条规则叫“{name}”"),
                    format!("there is a rule called `{name}` already"),
                ),
                Said::new("用 name 另取一个名称", "give it a `name` of its own"),
            );
        }
    }
}
