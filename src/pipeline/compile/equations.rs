//! A rule as written to one that can be evaluated: names are resolved, figures brought to the
//! smallest unit of what they are compared with, and what cannot be evaluated as it is written is
//! refused.

use super::{Compiler, Names};
use crate::model::amount::scale_decimal;
use crate::model::{ColumnId, DECIMAL_PLACES, Kind, MoneyUnit, Said, fold};
use crate::pipeline::document::{Way, suggestion};
use crate::pipeline::file::{self, ColumnType, Over};
use crate::pipeline::rule::{self, Formula, Operation, Relation, Written};
use crate::pipeline::{Chain, Dimension, Expression, Quantity, Rule, Tolerance};

/// What an expression counts, before it is known what it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// A plain number takes the unit of what it is compared with.
    Number,
    /// A number with a per cent sign.
    Share,
    /// One sum over another.
    Ratio,
    Of(Dimension),
}

/// What is the same for all of a rule.
struct Here<'a> {
    money: MoneyUnit,
    names: &'a Names<'a>,
    over: Over,
    way: &'a Way,
}

/// A fault has been said.
struct Refused;

impl Compiler<'_> {
    /// Compiles a rule; `own` is where the rule stands, `way` its text.
    pub(super) fn rule(
        &mut self,
        written: &file::Rule,
        money: MoneyUnit,
        names: &Names<'_>,
        own: &Way,
        way: &Way,
    ) -> Option<Rule> {
        let mut month = |key: &str, text: &Option<String>| {
            text.as_ref().and_then(|text| self.month(text, &own.key(key)))
        };
        let trial_until = month("trial_until", &written.trial_until);
        let from = month("from", &written.from);
        let to = month("to", &written.to);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            self.say(
                &own.key("to"),
                Said::new(
                    "to 早于 from，规则从不生效",
                    "`to` is before `from`, the rule is never in force",
                ),
                Said::new("改正其中之一", "correct one of them"),
            );
        }
        let formula = match rule::parse(&written.rule) {
            Ok(formula) => formula,
            Err(said) => {
                let advice = Said::new(
                    "例如 funds = central + issued、sum(central) <= 1571 或 if status = \"已完成\" then progress = 100%",
                    "such as `funds = central + issued`, `sum(central) <= 1571` or `if status = \"已完成\" then progress = 100%`",
                );
                self.say(way, said, advice);
                return None;
            }
        };
        let here = Here { money, names, over: written.over, way };
        let Formula { condition, demand } = formula;
        let condition = self.chains(&condition, &here);
        let demand = self.chains(&demand, &here);
        let (condition, demand) = (condition.ok()?, demand.ok()?);
        let tolerance = self.tolerance(written.tolerance.as_deref(), &demand, money, own)?;
        let kind = kind_of(&demand);
        let name = written.name.as_deref().unwrap_or(&written.title).trim();
        Some(Rule {
            name: name.to_owned(),
            title: written.title.clone(),
            text: written.rule.clone(),
            condition,
            demand,
            tolerance,
            over: written.over,
            kind,
            severity: written.severity.unwrap_or(kind.entry().severity),
            trial_until,
            from,
            to,
        })
    }

    fn tolerance(
        &mut self,
        text: Option<&str>,
        demand: &[Chain],
        money: MoneyUnit,
        own: &Way,
    ) -> Option<Tolerance> {
        let Some(text) = text.map(str::trim) else { return Some(Tolerance::default()) };
        let dimension = demand.first().map_or(Dimension::Count, |chain| chain.dimension);
        let exact = |chain: &Chain| {
            matches!(chain.dimension, Dimension::Text | Dimension::Month | Dimension::Date)
                || chain.dimension != dimension
                || chain.relations.contains(&Relation::NotEqual)
        };
        if demand.iter().any(exact) {
            self.say(
                &own.key("tolerance"),
                Said::new(
                    "允差只能用于金额、个数、数量或百分数的比较，并且各处须是同一种量",
                    "a tolerance goes with amounts, counts, quantities or percentages, all of one sort",
                ),
                Said::new(
                    "去掉 tolerance，或把规则分成几条",
                    "leave `tolerance` out, or part the rule",
                ),
            );
            return None;
        }
        let tolerance = match text.strip_suffix(['%', '％']) {
            Some(share) => {
                scale_decimal(share.trim(), 2).ok().map(|share| Tolerance { figure: 0, share })
            }
            None => scale_decimal(text, places_of(dimension, money))
                .ok()
                .map(|figure| Tolerance { figure, share: 0 }),
        };
        let fine = tolerance.filter(|tolerance| tolerance.figure >= 0 && tolerance.share >= 0);
        if fine.is_none() {
            self.say(
                &own.key("tolerance"),
                Said::new(format!("“{text}”不是允差"), format!("`{text}` is no tolerance")),
                Said::new("写作 \"0.01\" 或 \"1%\" 的样子", "write it like `\"0.01\"` or `\"1%\"`"),
            );
        }
        fine
    }

    fn chains(&mut self, chains: &[rule::Chain], here: &Here<'_>) -> Result<Vec<Chain>, Refused> {
        // All of them are looked at, so that all faults are told.
        let compiled: Vec<Result<Chain, Refused>> =
            chains.iter().map(|chain| self.chain(chain, here)).collect();
        compiled.into_iter().collect()
    }

    fn chain(&mut self, chain: &rule::Chain, here: &Here<'_>) -> Result<Chain, Refused> {
        let written =
            || std::iter::once(&chain.first).chain(chain.rest.iter().map(|(_, side)| side));
        let sorts: Vec<Result<Sort, Refused>> =
            written().map(|side| self.sort(side, here)).collect();
        let sorts = sorts.into_iter().collect::<Result<Vec<Sort>, Refused>>()?;
        let mut sorts = sorts.into_iter();
        let mut common = sorts.next().unwrap_or(Sort::Number);
        for sort in sorts {
            common = self.common(common, sort, here)?;
        }
        let dimension = match common {
            Sort::Of(dimension) => dimension,
            Sort::Ratio => Dimension::Percent,
            Sort::Number | Sort::Share => {
                return self.refuse(
                    here,
                    Said::new(
                        "规则中有一处比较没有列名",
                        "a comparison of the rule names no column",
                    ),
                    Said::new("写出要核对的列", "name the column to check"),
                );
            }
        };
        let relations: Vec<Relation> = chain.rest.iter().map(|(relation, _)| *relation).collect();
        let only_same = relations
            .iter()
            .all(|relation| matches!(relation, Relation::Equal | Relation::NotEqual));
        if dimension == Dimension::Text && !only_same {
            return self.refuse(
                here,
                Said::new("文字不能比较大小", "texts are not greater or smaller"),
                Said::new("文字只能用 = 或 !=", "compare texts with `=` or `!=`"),
            );
        }
        // A plain number beside a ratio is one, beside a percentage it counts per cents.
        let places = match common {
            Sort::Ratio => 4,
            _ => places_of(dimension, here.money),
        };
        let sides: Vec<Result<Expression, Refused>> =
            written().map(|side| self.expression(side, places, here)).collect();
        let mut sides = sides.into_iter().collect::<Result<Vec<Expression>, Refused>>()?;
        if dimension == Dimension::Text {
            self.choices_of(&mut sides, here)?;
        }
        Ok(Chain { sides, relations, dimension })
    }

    /// What a column of choices is compared with is one of them, whatever its spelling: a rule
    /// about another word would never be broken.
    fn choices_of(&mut self, sides: &mut [Expression], here: &Here<'_>) -> Result<(), Refused> {
        let columns = sides.iter().filter_map(|side| match side {
            Expression::Field(Quantity::Column(column)) => Some(&here.names.columns[*column]),
            _ => None,
        });
        let columns: Vec<_> = columns.filter(|column| column.kind == ColumnType::Choice).collect();
        for column in columns {
            for side in &mut *sides {
                let Expression::Text { written, key } = side else { continue };
                if let Some(choice) = column.choices.iter().find(|choice| choice.keys.contains(key))
                {
                    *key = fold::key(&choice.value);
                    continue;
                }
                let known: Vec<&str> =
                    column.choices.iter().map(|choice| choice.value.as_str()).collect();
                return self.refuse(
                    here,
                    Said::new(
                        format!("“{written}”不是“{}”的选项", column.title),
                        format!("`{written}` is no choice of `{}`", column.name),
                    ),
                    suggestion(written, &known),
                );
            }
        }
        Ok(())
    }

    fn refuse<T>(&mut self, here: &Here<'_>, said: Said, advice: Said) -> Result<T, Refused> {
        self.say(here.way, said, advice);
        Err(Refused)
    }

    /// What two things count that are added or compared.
    fn common(&mut self, one: Sort, other: Sort, here: &Here<'_>) -> Result<Sort, Refused> {
        const PERCENT: Sort = Sort::Of(Dimension::Percent);
        match (one, other) {
            (one, other) if one == other => Ok(one),
            (Sort::Number, sort) | (sort, Sort::Number)
                if sort != Sort::Share && sort != Sort::Of(Dimension::Text) =>
            {
                Ok(sort)
            }
            (Sort::Share, sort @ (Sort::Ratio | PERCENT))
            | (sort @ (Sort::Ratio | PERCENT), Sort::Share) => Ok(sort),
            (Sort::Ratio, PERCENT) | (PERCENT, Sort::Ratio) => Ok(PERCENT),
            (Sort::Share, Sort::Number) | (Sort::Number, Sort::Share) => Ok(Sort::Share),
            _ => self.refuse(
                here,
                Said::new(
                    "规则把不同种类的量（金额、个数、数量、百分数、月份、文字）混在一起比较或相加",
                    "the rule compares or adds things of different sorts (amounts, counts, quantities, percentages, months, texts)",
                ),
                Said::new("两边应是同一种量", "both sides must count the same"),
            ),
        }
    }

    fn sort(&mut self, written: &Written, here: &Here<'_>) -> Result<Sort, Refused> {
        match written {
            Written::Number(_) => Ok(Sort::Number),
            Written::Percentage(_) => Ok(Sort::Share),
            Written::Text(_) => Ok(Sort::Of(Dimension::Text)),
            Written::Name(name) => self.plain_name(name, here).map(Sort::Of),
            Written::Count(_) | Written::Sum(_) if here.over == Over::Row => self.refuse(
                here,
                Said::new(
                    "sum 和 count 是对许多行的，逐行的规则中不能用",
                    "`sum` and `count` are over many rows and have no place in a rule for each row",
                ),
                Said::new(
                    "写上 over = \"unit\" 或 over = \"whole\"",
                    "write `over = \"unit\"` or `over = \"whole\"`",
                ),
            ),
            Written::Count(condition) => {
                let each_row = Here {
                    money: here.money,
                    names: &here.names.of_rows(),
                    over: Over::Row,
                    way: here.way,
                };
                let condition = self.chains(condition, &each_row)?;
                let mut leaves =
                    condition.iter().flat_map(|chain| &chain.sides).flat_map(Expression::leaves);
                if leaves.any(|leaf| matches!(leaf, Expression::Previous(_))) {
                    return self.refuse(
                        here,
                        Said::new(
                            "count 中不能用 previous",
                            "`previous` has no place within `count`",
                        ),
                        Said::new("改为逐行的规则", "write a rule for each row"),
                    );
                }
                Ok(Sort::Of(Dimension::Count))
            }
            Written::Sum(name) => match here.names.per_unit.get(name) {
                Some(dimension) => Ok(Sort::Of(*dimension)),
                None => self.figures_of(name, here).map(|(_, dimension)| Sort::Of(dimension)),
            },
            Written::Previous(name) => self.previous(name, here).map(|(_, sort)| sort),
            Written::Joined { operation, left, right } => {
                let (one, other) = (self.sort(left, here), self.sort(right, here));
                let (one, other) = (one?, other?);
                self.joined(*operation, one, other, here)
            }
        }
    }

    fn joined(
        &mut self,
        operation: Operation,
        one: Sort,
        other: Sort,
        here: &Here<'_>,
    ) -> Result<Sort, Refused> {
        let is_constant = |sort: Sort| matches!(sort, Sort::Number | Sort::Share);
        let counts = |sort: Sort| {
            !matches!(sort, Sort::Of(Dimension::Text | Dimension::Month | Dimension::Date))
        };
        match operation {
            Operation::Plus | Operation::Minus => {
                let sort = self.common(one, other, here)?;
                if sort != Sort::Of(Dimension::Text) {
                    return Ok(sort);
                }
            }
            Operation::Times if is_constant(other) && counts(one) => return Ok(one),
            Operation::Times if is_constant(one) && counts(other) => return Ok(other),
            Operation::Over if is_constant(other) && counts(one) => return Ok(one),
            Operation::Over if one == other && counts(one) && !is_constant(one) => {
                return Ok(Sort::Ratio);
            }
            Operation::Times | Operation::Over => {}
        }
        self.refuse(
            here,
            Said::new(
                "规则中的加减乘除无法计算：只有同一种量可以相加减，乘除的一方须是常数，或是同一种量之比",
                "the rule cannot be calculated: only figures of one sort are added, and one side of `*` and `/` is a constant, or both are figures of one sort in a ratio",
            ),
            Said::new(
                "例如 spent * 100% 或 sum(central) / sum(funds)",
                "such as `spent * 100%` or `sum(central) / sum(funds)`",
            ),
        )
    }

    /// What a name counts that stands alone.
    fn plain_name(&mut self, name: &str, here: &Here<'_>) -> Result<Dimension, Refused> {
        if let Some(dimension) = here.names.whole.get(name) {
            return Ok(*dimension);
        }
        if let Some(dimension) = here.names.per_unit.get(name) {
            if here.over == Over::Unit {
                return Ok(*dimension);
            }
            return self.refuse(
                here,
                Said::new(
                    format!("“{name}”每个单位各有一个，应写 sum({name})"),
                    format!("`{name}` is there once a unit; write `sum({name})`"),
                ),
                Said::new("改为求和", "take the sum"),
            );
        }
        let (_, dimension) = self.quantity(name, here)?;
        if here.over != Over::Row {
            return self.refuse(
                here,
                Said::new(
                    format!("“{name}”每行各有一个，应写 sum({name})"),
                    format!("`{name}` is there once a row; write `sum({name})`"),
                ),
                Said::new(
                    "改为求和，或改为 over = \"row\"",
                    "take the sum, or write `over = \"row\"`",
                ),
            );
        }
        Ok(dimension)
    }

    /// A column whose figures can be added up.
    fn figures_of(
        &mut self,
        name: &str,
        here: &Here<'_>,
    ) -> Result<(Quantity, Dimension), Refused> {
        let (quantity, dimension) = self.quantity(name, here)?;
        if matches!(dimension, Dimension::Amount | Dimension::Count | Dimension::Decimal) {
            return Ok((quantity, dimension));
        }
        self.refuse(
            here,
            Said::new(
                format!("“{name}”不能相加，只有金额、个数和数量可以"),
                format!("`{name}` cannot be added up; only amounts, counts and quantities can"),
            ),
            Said::new("换一列", "name another column"),
        )
    }

    fn previous(&mut self, name: &str, here: &Here<'_>) -> Result<(ColumnId, Sort), Refused> {
        let (quantity, dimension) = self.quantity(name, here)?;
        let is_figure = !matches!(dimension, Dimension::Month | Dimension::Date | Dimension::Text);
        match quantity {
            Quantity::Column(column) if is_figure && here.over == Over::Row => {
                Ok((column, Sort::Of(dimension)))
            }
            _ => self.refuse(
                here,
                Said::new(
                    format!("没有上期的“{name}”：previous 只用于逐行规则中的金额、个数和百分数列"),
                    format!("there is no `previous({name})`: it is for columns of amounts, counts and percentages in a rule for each row"),
                ),
                Said::new("换一列，或写 over = \"row\"", "name another column, or write `over = \"row\"`"),
            ),
        }
    }

    fn quantity(&mut self, name: &str, here: &Here<'_>) -> Result<(Quantity, Dimension), Refused> {
        let names = here.names;
        if let Some(index) = names.derived.iter().position(|derived| derived.name == name) {
            return Ok((Quantity::Derived(index), Dimension::Amount));
        }
        if let Some(index) = names.columns.position(|column| column.name == name) {
            // Its type is wrong as written, which has been said.
            if self.doubtful.contains(&index) {
                return Err(Refused);
            }
            return Ok((Quantity::Column(index), names.columns[index].kind.dimension()));
        }
        let known: Vec<&str> = names
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .chain(names.derived.iter().map(|derived| derived.name.as_str()))
            .chain(names.whole.keys().map(String::as_str))
            .chain(names.per_unit.keys().map(String::as_str))
            .collect();
        self.refuse(
            here,
            Said::new(
                format!("规则中的“{name}”没有定义"),
                format!("the rule's `{name}` is not defined"),
            ),
            suggestion(name, &known),
        )
    }

    /// Compiles an expression of a sort that is known to be fine.
    fn expression(
        &mut self,
        written: &Written,
        places: u32,
        here: &Here<'_>,
    ) -> Result<Expression, Refused> {
        let names = here.names;
        Ok(match written {
            Written::Number(text) => Expression::Number(self.number(text, places, here)?),
            Written::Percentage(text) => Expression::Number(self.number(text, 2, here)?),
            Written::Text(text) => Expression::Text { written: text.clone(), key: fold::key(text) },
            Written::Name(name)
                if names.whole.contains_key(name) || names.per_unit.contains_key(name) =>
            {
                Expression::Captured(name.clone())
            }
            Written::Name(name) => Expression::Field(self.quantity(name, here)?.0),
            Written::Sum(name) if names.per_unit.contains_key(name) => {
                Expression::SumCaptured(name.clone())
            }
            Written::Sum(name) => Expression::Sum(self.figures_of(name, here)?.0),
            Written::Previous(name) => Expression::Previous(self.previous(name, here)?.0),
            Written::Count(condition) => {
                let each_row = Here {
                    money: here.money,
                    names: &names.of_rows(),
                    over: Over::Row,
                    way: here.way,
                };
                Expression::Count(self.chains(condition, &each_row)?)
            }
            Written::Joined { operation: Operation::Over, left, right }
                if !is_constant(left) && !is_constant(right) =>
            {
                // A ratio is told in hundredths of a per cent, whatever it is a ratio of.
                let left = self.expression(left, here.own_places(left), here)?;
                let right = self.expression(right, here.own_places(right), here)?;
                let ratio = Expression::joined(Operation::Over, left, right);
                Expression::joined(
                    Operation::Times,
                    ratio,
                    Expression::Factor { above: 10_000, below: 1 },
                )
            }
            Written::Joined { operation, left, right } => {
                let product = matches!(operation, Operation::Times | Operation::Over);
                let (left, right) = match (product, is_constant(left)) {
                    (false, _) => (
                        self.expression(left, places, here)?,
                        self.expression(right, places, here)?,
                    ),
                    (true, true) if !is_constant(right) => {
                        (self.factor(left, here)?, self.expression(right, places, here)?)
                    }
                    (true, _) => (self.expression(left, places, here)?, self.factor(right, here)?),
                };
                if *operation == Operation::Over
                    && matches!(right, Expression::Factor { above: 0, .. })
                {
                    return self.refuse(
                        here,
                        Said::new("规则除以零", "the rule divides by zero"),
                        Said::new("改正除数", "correct the divisor"),
                    );
                }
                Expression::joined(*operation, left, right)
            }
        })
    }

    /// A constant that something is multiplied with or divided by.
    fn factor(&mut self, written: &Written, here: &Here<'_>) -> Result<Expression, Refused> {
        const PLACES: u32 = 6;
        let (text, places) = match written {
            Written::Number(text) => (text, PLACES),
            // 150% is 1.5.
            Written::Percentage(text) => (text, PLACES - 2),
            _ => {
                return self.refuse(
                    here,
                    Said::new(
                        "乘除的常数应写成一个数",
                        "a constant in a product is written as one number",
                    ),
                    Said::new("把常数先算好，例如 150%", "work it out first, such as `150%`"),
                );
            }
        };
        let above = self.number(text, places, here)?;
        Ok(Expression::Factor { above, below: 10_i64.pow(PLACES) })
    }

    fn number(&mut self, text: &str, places: u32, here: &Here<'_>) -> Result<i64, Refused> {
        match scale_decimal(text, places) {
            Ok(number) => Ok(number),
            Err(_) => self.refuse(
                here,
                Said::new(format!("“{text}”不是可用的数"), format!("`{text}` is no usable number")),
                Said::new("检查小数位数", "check its decimals"),
            ),
        }
    }
}

impl Here<'_> {
    /// Beside what it is added to, inside a ratio, a number takes the unit of that.
    fn own_places(&self, written: &Written) -> u32 {
        let names = self.names;
        let column = |name: &String| {
            let kind = names.columns.iter().find(|column| column.name == *name)?.kind;
            Some(kind.decimals(self.money))
        };
        let captured = |name: &String| {
            let dimension = names.whole.get(name).or_else(|| names.per_unit.get(name))?;
            Some(places_of(*dimension, self.money))
        };
        match written {
            Written::Name(name) | Written::Sum(name) | Written::Previous(name) => {
                captured(name).or_else(|| column(name)).unwrap_or_else(|| self.money.exponent())
            }
            Written::Joined { left, right, .. } if is_constant(left) => self.own_places(right),
            Written::Joined { left, .. } => self.own_places(left),
            _ => 0,
        }
    }
}

fn is_constant(written: &Written) -> bool {
    match written {
        Written::Number(_) | Written::Percentage(_) => true,
        Written::Joined { left, right, .. } => is_constant(left) && is_constant(right),
        _ => false,
    }
}

fn places_of(dimension: Dimension, money: MoneyUnit) -> u32 {
    match dimension {
        Dimension::Amount => money.exponent(),
        Dimension::Percent => 2,
        Dimension::Decimal => DECIMAL_PLACES,
        Dimension::Count | Dimension::Month | Dimension::Date | Dimension::Text => 0,
    }
}

/// Equations are balances; a figure between bounds and one per cent held against a number have
/// a range; what is left is a limit.
fn kind_of(demand: &[Chain]) -> Kind {
    let is_number = |side: &Expression| matches!(side, Expression::Number(_));
    let is_range = |chain: &Chain| {
        chain.dimension == Dimension::Text
            || chain.relations.contains(&Relation::NotEqual)
            || (chain.dimension == Dimension::Percent && chain.sides.iter().any(is_number))
            || (chain.relations.len() > 1 && !chain.relations.contains(&Relation::Equal))
    };
    if demand.iter().all(is_range) {
        Kind::OutOfRange
    } else if demand.iter().any(|chain| chain.relations.contains(&Relation::Equal)) {
        Kind::BalanceBroken
    } else {
        Kind::LimitExceeded
    }
}
