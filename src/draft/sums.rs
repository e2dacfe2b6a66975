//! What sums and words elsewhere say of columns whose own heading says nothing: the parts of money
//! are money, and decimals in a plan of money are, unless their heading counts something else.

use std::collections::BTreeMap;

use super::equations::{self, Equation, Figures};
use super::guess::Guess;
use super::kind::{is_figure_of_a_form, says_money};
use super::lexicon::WORDS;
use crate::model::MoneyUnit;
use crate::pipeline::{ColumnType, heading};

/// Settles the types that a column alone leaves open. `titles` stand above the tables.
pub fn settle(guesses: &mut [Guess], titles: &[&str]) {
    sources(guesses);
    figures_of_forms(guesses);
    parts_of_money(guesses);
    families(guesses);
    decimals_among_money(guesses, titles);
    // Beside what is now known to be money.
    families(guesses);
    parts_of_quantities(guesses);
}

/// The unit that most amounts name.
fn common_unit(guesses: &[Guess]) -> MoneyUnit {
    let named: Vec<MoneyUnit> = guesses.iter().filter_map(|guess| guess.unit).collect();
    let most = named.iter().max_by_key(|unit| named.iter().filter(|other| other == unit).count());
    most.copied().unwrap_or(MoneyUnit::TenThousandYuan)
}

/// Returns the equations among amounts and what may be some, as places in the list of columns; what
/// names no unit is written in `money`.
pub fn equations_of_money(
    guesses: &[Guess],
    money: MoneyUnit,
    wanted: impl Fn(&Guess) -> bool,
) -> Vec<Equation> {
    among(guesses, wanted, |guess, row| guess.in_yuan(row, money))
}

/// Returns the equations among other quantities, as places in the list of columns.
pub fn equations_of_others(guesses: &[Guess], wanted: impl Fn(&Guess) -> bool) -> Vec<Equation> {
    among(
        guesses,
        |guess| is_quantity(guess) && wanted(guess),
        |guess, row| guess.figures.get(row).copied().flatten(),
    )
}

fn among(
    guesses: &[Guess],
    wanted: impl Fn(&Guess) -> bool,
    figure: impl Fn(&Guess, usize) -> Option<i64>,
) -> Vec<Equation> {
    let places: Vec<usize> = (0..guesses.len()).filter(|at| wanted(&guesses[*at])).collect();
    let figures: Vec<Figures> = places
        .iter()
        .map(|at| {
            let guess = &guesses[*at];
            (0..guess.figures.len()).map(|row| figure(guess, row)).collect()
        })
        .collect();
    let mut found = equations::find(&figures);
    for equation in &mut found {
        equation.whole = places[equation.whole];
        for part in &mut equation.parts {
            *part = places[*part];
        }
    }
    found
}

/// Whether a column holds quantities other than money that may have parts.
pub fn is_quantity(guess: &Guess) -> bool {
    matches!(guess.kind, ColumnType::Integer | ColumnType::Decimal) && guess.summed
}

fn sources(guesses: &mut [Guess]) {
    let is_source =
        |guess: &Guess| WORDS.columns.sources.contains(&heading::read(&guess.lowest).bare.as_str());
    let known = guesses.iter().find(|guess| is_source(guess) && guess.kind == ColumnType::Amount);
    let Some(unit) = known.map(|known| known.unit) else { return };
    let open = |guess: &Guess| is_source(guess) && guess.may_be_money && is_quantity(guess);
    for guess in guesses.iter_mut().filter(|guess| open(guess)) {
        guess.kind = ColumnType::Amount;
        guess.unit = guess.unit.or(unit);
    }
}

/// 执行数 beside 预算数 that is money is money.
fn figures_of_forms(guesses: &mut [Guess]) {
    let is_one = |guess: &Guess| is_figure_of_a_form(&heading::read(&guess.lowest).bare);
    let known = guesses.iter().find(|guess| is_one(guess) && guess.kind == ColumnType::Amount);
    let Some(unit) = known.map(|known| known.unit) else { return };
    for guess in guesses.iter_mut() {
        if is_one(guess) && guess.may_be_money && is_quantity(guess) {
            guess.kind = ColumnType::Amount;
            guess.unit = guess.unit.or(unit);
        }
    }
}

/// Under 合计 = 中央 + 企业 + 群众 all are of the whole's type.
fn parts_of_money(guesses: &mut [Guess]) {
    let is_candidate = |guess: &Guess| {
        guess.kind == ColumnType::Amount || (is_quantity(guess) && guess.may_be_money)
    };
    if !guesses.iter().any(|guess| guess.kind == ColumnType::Amount) {
        return;
    }
    for equation in equations_of_money(guesses, common_unit(guesses), is_candidate) {
        let all = || std::iter::once(equation.whole).chain(equation.parts.iter().copied());
        let Some(known) = all().find(|at| guesses[*at].kind == ColumnType::Amount) else {
            continue;
        };
        let unit = guesses[known].unit;
        for at in all() {
            let guess = &mut guesses[at];
            if guess.kind != ColumnType::Amount {
                guess.kind = ColumnType::Amount;
                guess.unit = guess.unit.or(unit);
            }
        }
    }
}

/// Names the family of a column, where it has one.
type Family<'a> = dyn Fn(&Guess) -> Option<String> + 'a;

/// Headings that differ in nothing but what stands over them, or in a year or a month, are of one kind:
/// beside one of them that is money, figures in whole numbers are. So are those under one year.
fn families(guesses: &mut [Guess]) {
    let levels = |guess: &Guess| -> Vec<String> {
        guess.title.split(" > ").map(|level| heading::read(level).bare).collect()
    };
    let of: [&Family<'_>; 3] = [
        &|guess| {
            let levels = levels(guess);
            levels.last().filter(|_| levels.len() > 1).cloned()
        },
        &|guess| {
            let title = levels(guess).join(">");
            let is_counted = title.contains(|c: char| c.is_ascii_digit());
            is_counted.then(|| title.chars().filter(|c| !c.is_ascii_digit()).collect())
        },
        &|guess| {
            let levels = levels(guess);
            levels
                .split_last()
                .filter(|(_, upper)| !upper.is_empty())
                .map(|(_, upper)| upper.join(">"))
        },
    ];
    for family in of {
        let mut money: BTreeMap<String, Option<MoneyUnit>> = BTreeMap::new();
        for guess in guesses.iter().filter(|guess| guess.kind == ColumnType::Amount) {
            if let Some(name) = family(guess) {
                money.entry(name).or_insert(guess.unit);
            }
        }
        for guess in guesses.iter_mut().filter(|guess| guess.may_be_money && is_quantity(guess)) {
            if let Some(unit) = family(guess).and_then(|name| money.get(&name)) {
                guess.kind = ColumnType::Amount;
                guess.unit = guess.unit.or(*unit);
            }
        }
    }
}

fn decimals_among_money(guesses: &mut [Guess], titles: &[&str]) {
    let has_money = guesses.iter().any(|guess| guess.kind == ColumnType::Amount);
    let is_about_money = has_money || titles.iter().any(|title| says_money(title));
    if !is_about_money {
        return;
    }
    let is_open = |guess: &Guess| guess.may_be_money && is_quantity(guess);
    let has_decimals =
        guesses.iter().any(|guess| is_open(guess) && guess.kind == ColumnType::Decimal);
    for guess in guesses.iter_mut().filter(|guess| is_open(guess)) {
        // A plan of money in whole numbers only is one of money all the same.
        if guess.kind == ColumnType::Decimal || !(has_money || has_decimals || guess.is_list()) {
            guess.kind = ColumnType::Amount;
        }
    }
}

/// Whole numbers that add up with decimals are quantities as these are.
fn parts_of_quantities(guesses: &mut [Guess]) {
    for equation in equations_of_others(guesses, |guess| !guess.is_list()) {
        let all = || std::iter::once(equation.whole).chain(equation.parts.iter().copied());
        if all().any(|at| guesses[at].kind == ColumnType::Decimal) {
            for at in all() {
                guesses[at].kind = ColumnType::Decimal;
            }
        }
    }
}
