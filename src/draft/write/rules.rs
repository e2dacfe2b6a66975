//! The rules of a drafted pipeline file: equations and limits that the plan's own rows follow.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::Plan;
use super::super::guess::{Guess, Role};
use super::super::sums::{equations_of_money, equations_of_others};
use super::{quoted, section};
use crate::model::words;
use crate::pipeline::ColumnType;
use crate::pipeline::heading::BELOW;

pub fn check(text: &mut String, plan: &Plan<'_>) {
    section(text, "哪些必须一致");
    let _ =
        writeln!(text, "# 除序号和责任单位外，每一列都与计划比较；允差（tolerance）不写就是零。");
    for (place, guess) in plan.columns.iter().enumerate() {
        if matches!(plan.roles.of(place), Role::Number | Role::Owner) || guess.reported {
            continue;
        }
        let _ = writeln!(text, "[[check.compare]]\nfield = \"{}\"\n", guess.name);
    }
    for equation in equations(plan) {
        let _ = writeln!(
            text,
            "# 计划的 {} 行中有 {} 行符合{}。请定：是否应当处处符合。\n[[check.rule]]\ntitle = {}\nrule = \"{}\"\n",
            equation.rows,
            equation.holds,
            if equation.broken.is_empty() {
                String::new()
            } else {
                format!("，不符合的是{}", equation.broken)
            },
            quoted(&equation.title),
            equation.rule
        );
    }
    for limit in limits(plan) {
        let _ = writeln!(
            text,
            "# 计划的每一行都符合。请定：是否作为规则；作为规则时去掉行首的 #。\n# [[check.rule]]\n# title = {}\n# rule = \"{}\"\n",
            quoted(&limit.title),
            limit.rule
        );
    }
    if let Some((place, words)) = &plan.paragraph {
        let _ = writeln!(text, "# 计划的文字说明（{place}）：{words}");
    }
    let _ = writeln!(
        text,
        "# 请定：计划的文字说明里若有合计数，可以逐句登记，程序会与各行核对，例如：\n\
         # [[check.statement]]\n# patterns = [\"资金共计{{total:amount}}\"]\n# rules = [\"total = sum({})\"]",
        plan.columns
            .iter()
            .find(|guess| guess.kind == ColumnType::Amount)
            .map_or("funds", |guess| guess.name.as_str())
    );
}

struct Found {
    title: String,
    rule: String,
    holds: usize,
    rows: usize,
    /// Which rows do not follow.
    broken: String,
}

pub fn amounts<'a>(plan: &'a Plan<'_>) -> Vec<&'a Guess> {
    plan.columns.iter().filter(|guess| guess.kind == ColumnType::Amount).collect()
}

/// The title of an amount without its unit.
pub fn bare(guess: &Guess) -> String {
    let title = words::one_line(&guess.title);
    title.split(['（', '(']).next().unwrap_or_default().trim().to_owned()
}

/// Columns that are the sum of others on nearly every row of the plan.
fn equations(plan: &Plan<'_>) -> Vec<Found> {
    let money = plan.money.unit();
    let is_number = |guess: &Guess| {
        let number = plan.roles.number.map(|number| &plan.columns[number].name);
        number == Some(&guess.name)
    };
    let of_money =
        equations_of_money(&plan.columns, money, |guess| guess.kind == ColumnType::Amount);
    let of_others = equations_of_others(&plan.columns, |guess| !is_number(guess));
    of_money
        .into_iter()
        .chain(of_others)
        .map(|equation| {
            let whole = &plan.columns[equation.whole];
            let parts = || equation.parts.iter().map(|part| &plan.columns[*part]);
            let titles: Vec<String> = parts().map(bare).collect();
            let names: Vec<&str> = parts().map(|part| part.name.as_str()).collect();
            Found {
                title: format!("{} = {}", bare(whole), titles.join(" + ")),
                rule: format!("{} = {}", whole.name, names.join(" + ")),
                holds: equation.rows - equation.broken.len(),
                rows: equation.rows,
                broken: places_of(plan, &equation.broken),
            }
        })
        .collect()
}

/// Where rows of the plan stand, by their places among all of its rows.
fn places_of(plan: &Plan<'_>, rows: &[usize]) -> String {
    const MOST: usize = 10;
    let all = || {
        plan.tables.iter().flat_map(|(sheet, shape)| shape.body.iter().map(move |row| (sheet, row)))
    };
    let several = plan.tables.iter().any(|(sheet, _)| sheet.name != plan.tables[0].0.name);
    let named = rows.iter().take(MOST).filter_map(|row| all().nth(*row)).map(|(sheet, row)| {
        let sheet =
            sheet.name.as_deref().filter(|_| several).map(words::one_line).unwrap_or_default();
        format!("{sheet}第 {} 行", row + 1)
    });
    let more = if rows.len() > MOST { "等" } else { "" };
    named.collect::<Vec<_>>().join("、") + more
}

/// Amounts that are never more than the first one under the same upper heading.
fn limits(plan: &Plan<'_>) -> Vec<Found> {
    let money = plan.money.unit();
    let upper = |guess: &Guess| guess.title.rsplit_once(BELOW).map(|(upper, _)| upper.to_owned());
    let mut wholes: BTreeMap<Option<String>, &Guess> = BTreeMap::new();
    let mut limits = Vec::new();
    for part in amounts(plan) {
        let Some(whole) = wholes.get(&upper(part)).copied() else {
            wholes.insert(upper(part), part);
            continue;
        };
        let both: Vec<(i64, i64)> = (0..whole.figures.len())
            .filter_map(|row| part.in_yuan(row, money).zip(whole.in_yuan(row, money)))
            .collect();
        let holds = both.iter().filter(|(part, whole)| part <= whole).count();
        if both.len() > 2 && holds == both.len() {
            limits.push(Found {
                title: format!("{}不超过{}", bare(part), bare(whole)),
                rule: format!("{} <= {}", part.name, whole.name),
                holds,
                rows: both.len(),
                broken: String::new(),
            });
        }
    }
    limits
}
