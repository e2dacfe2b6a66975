//! A key that the columns of words alone do not give: what a row is about stands in one of two columns,
//! only the unit says it, or only codes tell the rows apart.

use std::collections::BTreeSet;

use super::guess::{Guess, Roles};
use super::repeats::{Names, best_key, repeated, repeated_of};
use super::roles::{self, Reach, is_beside_tasks};
use crate::model::fold;
use crate::pipeline::{ColumnType, heading};

/// So many columns of codes are tried together.
const MOST_CODES: usize = 8;

/// Returns a better key than one of words that leaves rows without a name or alike, where there is one.
pub fn completed(
    guesses: &[Guess],
    names: &Names,
    owner: Option<usize>,
    number: Option<usize>,
    key: Vec<usize>,
) -> Vec<usize> {
    let rows = guesses.first().map_or(0, |guess| guess.cells.len());
    let is_often = |count: usize| count > 1 && count * 20 > rows;
    let mut key = key;
    if is_often(nameless(guesses, &key))
        && let Some(other) = (0..guesses.len()).find(|place| {
            Some(*place) != owner && !key.contains(place) && alternate(guesses, &key, *place)
        })
    {
        key.push(other);
        key.sort_unstable();
    }
    if let [only] = *key.as_slice()
        && let Some(twin) = (0..guesses.len()).find(|place| {
            Some(*place) != owner && *place != only && is_twin(&guesses[only], &guesses[*place])
        })
    {
        key.push(twin);
        key.sort_unstable();
    }
    let mut is_lost = nameless(guesses, &key) * 2 > rows;
    // A column that stands in all tables, and is blank in most rows of one, names its groups.
    if is_lost {
        let other = roles::key(guesses, names, owner, Reach::AnyTable);
        if nameless(guesses, &other) * 2 < nameless(guesses, &key) {
            key = other;
            is_lost = false;
        }
    }
    if is_lost && owner.is_some_and(|owner| names_each(&guesses[owner])) {
        return owner.into_iter().collect();
    }
    if !is_lost && !is_often(repeated_of(names, guesses, owner, &key, &alternating(guesses, &key)))
    {
        return told_apart(guesses, names, owner, number, key);
    }
    let known = if is_lost { Vec::new() } else { key.clone() };
    let key = with_codes(guesses, names, owner, number, &known).unwrap_or(key);
    told_apart(guesses, names, owner, number, with_period(guesses, names, owner, key))
}

/// Adds to a key that leaves rows alike one or two further columns that tell nearly all of them apart, which are
/// filled on every row: words, codes and years first; where one row of twenty is alike, days as well.
/// Quantities and amounts are what is compared, and name nothing.
fn told_apart(
    guesses: &[Guess],
    names: &Names,
    owner: Option<usize>,
    number: Option<usize>,
    key: Vec<usize>,
) -> Vec<usize> {
    const MOST: usize = 2;
    const MANY: usize = 10;
    let rows = guesses.first().map_or(0, |guess| guess.cells.len());
    let alike = |key: &[usize]| repeated_of(names, guesses, owner, key, &alternating(guesses, key));
    let before = alike(&key);
    if before == 0 || nameless(guesses, &key) > 0 {
        return key;
    }
    let is_often = before * 20 > rows || before >= MANY;
    let may_tell = |place: &usize| {
        let guess = &guesses[*place];
        let is_free = Some(*place) != owner && Some(*place) != number && !key.contains(place);
        let names = match guess.kind {
            ColumnType::Text | ColumnType::Choice => !guess.reported,
            ColumnType::Integer => {
                holds_years(guess) || !guess.is_list() && (!guess.summed || rises(guess))
            }
            ColumnType::Date => is_often,
            _ => false,
        };
        is_free && names && guess.cells.iter().all(|cell| !cell.is_empty())
    };
    let further: Vec<usize> = (0..guesses.len()).filter(may_tell).collect();
    let mut told = key.clone();
    for _ in 0..MOST {
        let with = |place: &usize| {
            let mut with = [told.as_slice(), &[*place]].concat();
            with.sort_unstable();
            with
        };
        let tried = further.iter().filter(|place| !told.contains(place)).map(with);
        let Some(best) = best_key(tried.collect(), alike) else { break };
        told = best;
        match alike(&told) {
            0 => return told,
            left if left * 2 > before => break,
            _ => {}
        }
    }
    if alike(&told) * 10 <= before {
        return told;
    }
    // What comes again each year or on another day has that in its name, though others are alike all the same.
    let is_time = |guess: &Guess| guess.kind == ColumnType::Date || holds_years(guess);
    let with_time = further.iter().filter(|place| is_time(&guesses[**place])).map(|place| {
        let mut with = [key.as_slice(), &[*place]].concat();
        with.sort_unstable();
        with
    });
    let best = best_key(with_time.collect(), alike);
    best.filter(|with| alike(with) * 3 <= before * 2).unwrap_or(key)
}

/// Whether whole numbers name their rows: hardly any stands twice, and they rise from the first row to the last.
fn rises(guess: &Guess) -> bool {
    const LEAST: usize = 10;
    let numbers: Option<Vec<i64>> = guess.cells.iter().map(|cell| cell.parse().ok()).collect();
    numbers.is_some_and(|numbers| {
        let steps = || numbers.windows(2).map(|pair| pair[0].cmp(&pair[1]));
        let up = steps().filter(|step| step.is_lt()).count();
        let down = steps().filter(|step| step.is_gt()).count();
        numbers.len() >= LEAST && up * 5 >= numbers.len() * 4 && down * 20 <= numbers.len()
    })
}

/// Whether all cells of a column are years: 2021, 2020/2021, FY21, 2021年度.
fn holds_years(guess: &Guess) -> bool {
    let is_year = |text: &String| {
        let plain = fold::plain(text).to_lowercase();
        let bare = plain.trim_start_matches("fy").trim_end_matches(['年', '度']).trim();
        let (first, next) = bare.split_once(['/', '-', '–']).unwrap_or((bare, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_first = matches!(first.len(), 2 | 4) && digits(first);
        let is_whole =
            first.starts_with("19") || first.starts_with("20") || plain.starts_with("fy");
        is_first && is_whole && digits(next) && matches!(next.len(), 0 | 2 | 4)
    };
    guess.cells.iter().all(is_year)
}

/// Adds to a key that leaves most rows alike the column of months or days, one before it first, where that tells
/// nearly all of them apart: each department has a row for each month.
fn with_period(
    guesses: &[Guess],
    names: &Names,
    owner: Option<usize>,
    key: Vec<usize>,
) -> Vec<usize> {
    let rows = guesses.first().map_or(0, |guess| guess.cells.len());
    let alike = |key: &[usize]| repeated_of(names, guesses, owner, key, &alternating(guesses, key));
    let before = alike(&key);
    let Some(first) = key.first().copied().filter(|_| before * 2 > rows) else { return key };
    let is_period = |place: &usize| {
        let guess = &guesses[*place];
        matches!(guess.kind, ColumnType::Month | ColumnType::Date)
            && guess.cells.iter().all(|cell| !cell.is_empty())
    };
    let mut places = (0..first).chain(first + 1..guesses.len());
    places
        .find(|place| is_period(place) && !key.contains(place))
        .map(|place| {
            let mut with = [&[place], key.as_slice()].concat();
            with.sort_unstable();
            with
        })
        .filter(|with| alike(with) * 10 <= before)
        .unwrap_or(key)
}

/// Returns a key of two or three levels, where the one that was chosen leaves rows without a name: 一级功能,
/// 二级功能, 三级功能, of which some rows have two. What stands before the last is written once; more rows have a
/// name then, and no more are alike.
pub fn in_levels(guesses: &[Guess], roles: &Roles, reach: Reach) -> Option<Vec<usize>> {
    const MOST: usize = 8;
    let rows = guesses.first().map_or(0, |guess| guess.cells.len());
    let tables = roles.key.iter().map(|place| guesses[*place].tables).min().unwrap_or(0);
    let is_level = |place: &usize| {
        let guess = &guesses[*place];
        matches!(guess.kind, ColumnType::Text | ColumnType::Choice)
            && Some(*place) != roles.owner
            && Some(*place) != roles.number
            && (reach == Reach::AnyTable || guess.tables >= tables)
            && !is_code(guess)
            && !is_beside_tasks(guess)
            && guess.cells.iter().any(|cell| !cell.is_empty())
    };
    let levels: Vec<usize> = (0..guesses.len()).filter(is_level).take(MOST).collect();
    // A table of names only has the first level.
    let is_first = |place: &usize| guesses[*place].tables >= tables;
    let mut tried = Vec::new();
    for (at, one) in levels.iter().enumerate() {
        tried.extend(levels[at + 1..].iter().map(|other| vec![*one, *other]));
    }
    for (at, one) in levels.iter().enumerate() {
        for (next, other) in levels.iter().enumerate().skip(at + 1) {
            tried.extend(levels[next + 1..].iter().map(|third| vec![*one, *other, *third]));
        }
    }
    tried.retain(|key| is_first(&key[0]));
    // 项目, 大模块, 模块, 描述 stand side by side.
    let beside = |four: &&[usize]| four.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let four = levels.windows(4).filter(|four| is_first(&four[0]));
    tried.extend(four.filter(beside).map(<[usize]>::to_vec));
    let before = repeated(guesses, roles.owner, &roles.key, &roles.alternating);
    let alike = |key: &[usize]| alike_in_levels(guesses, roles, key);
    let best = best_key(tried, |key| alike(key).unwrap_or(rows + 1))?;
    (alike(&best)? <= before).then_some(best)
}

/// Returns how many rows are alike by the levels of a name; none where a row that has a name loses it, where the
/// first level is not written before the others, or where no row has all.
pub fn alike_in_levels(guesses: &[Guess], roles: &Roles, key: &[usize]) -> Option<usize> {
    let rows = guesses.first().map_or(0, |guess| guess.cells.len());
    let (last, leading) = key.split_last()?;
    let mut above: Vec<&str> = vec![""; leading.len()];
    let mut seen: BTreeSet<(String, Vec<&str>)> = BTreeSet::new();
    let mut alike = 0;
    let mut whole = 0;
    for row in 0..rows {
        let own = |place: &usize| guesses[*place].cells[row].as_str();
        if key.iter().all(|place| own(place).is_empty()) {
            // A row of a table that has none of these columns has no name by any of them.
            if is_named(guesses, &roles.key, row) {
                return None;
            }
            alike += 1;
            continue;
        }
        for (above, place) in above.iter_mut().zip(leading) {
            if !own(place).is_empty() {
                *above = own(place);
            }
        }
        if above.first().is_some_and(|first| first.is_empty()) {
            return None;
        }
        whole += usize::from(!own(last).is_empty());
        let owner = roles.owner.map_or_else(String::new, |place| own(&place).to_owned());
        let name = above.iter().copied().chain([own(last)]).collect();
        alike += usize::from(!seen.insert((owner, name)));
    }
    (whole > 0).then_some(alike)
}

/// Returns the columns of a key that say what a row is about only where the others do not, and those before the last
/// whose blanks are none that a name above fills: the first row of all is blank, and few are.
pub fn alternating(guesses: &[Guess], key: &[usize]) -> Vec<usize> {
    let words = |place: &&usize| !is_code(&guesses[**place]);
    let parts = |one: usize, other: usize| {
        alternate(guesses, &[other], one) || is_twin(&guesses[one], &guesses[other])
    };
    let is_blank_from_the_top = |place: usize| {
        let guess = &guesses[place];
        let blanks = guess.cells.iter().filter(|cell| cell.is_empty()).count();
        guess.cells.first().is_some_and(String::is_empty)
            && blanks * 2 < guess.cells.len()
            && !guess.stands_for_several
            && key.last().is_some_and(|last| {
                *last != place && guesses[*last].cells.iter().all(|cell| !cell.is_empty())
            })
    };
    // A name of its own on each row has nothing of the one above: where 商品名称 changes, a blank 规格 is none.
    let is_told_before = |place: usize| {
        let is_blank = |row: &usize| guesses[place].cells[*row].is_empty();
        let blanks: Vec<usize> = (1..guesses[place].cells.len()).filter(is_blank).collect();
        let is_new = |earlier: &Guess, row: usize| {
            !earlier.cells[row].is_empty()
                && fold::key(&earlier.cells[row]) != fold::key(&earlier.cells[row - 1])
        };
        let mut earlier = key.iter().take_while(|other| **other != place);
        let tells = |earlier: &usize| {
            let new = blanks.iter().filter(|row| is_new(&guesses[*earlier], **row)).count();
            new * 5 >= blanks.len() * 4
        };
        !blanks.is_empty() && key.last() != Some(&place) && earlier.any(tells)
    };
    key.iter()
        .filter(words)
        .filter(|place| {
            let others = key.iter().filter(|other| other != place).filter(words);
            others.into_iter().any(|other| parts(**place, *other))
                || is_blank_from_the_top(**place)
                || is_told_before(**place)
        })
        .copied()
        .collect()
}

/// Whether two columns of one name list other things each, one list shorter than the other, as 2020 > 项目名称 and
/// 2021 > 项目名称 do: a row of the longer list has no name in the other.
fn is_twin(own: &Guess, other: &Guess) -> bool {
    const LEAST: usize = 3;
    let called = |guess: &Guess| heading::read(&guess.lowest).key;
    let is_of_words = |guess: &Guess| guess.kind == ColumnType::Text && !guess.reported;
    if own.title == other.title || called(own) != called(other) || !is_of_words(other) {
        return false;
    }
    let pairs = own
        .cells
        .iter()
        .zip(&other.cells)
        .filter(|(one, next)| !one.is_empty() && !next.is_empty());
    let same = pairs.clone().filter(|(one, next)| fold::key(one) == fold::key(next)).count();
    let (both, listed) = (pairs.count(), other.cells.iter().filter(|cell| !cell.is_empty()));
    let distinct: BTreeSet<String> = listed.clone().map(|cell| fold::key(cell)).collect();
    both >= LEAST && same * 2 <= both && distinct.len() * 5 >= listed.count() * 4
}

/// Returns how many rows the columns of a key leave without a name.
fn nameless(guesses: &[Guess], key: &[usize]) -> usize {
    let rows = guesses.first().map_or(0, |guess| guess.cells.len());
    (0..rows).filter(|row| !is_named(guesses, key, *row)).count()
}

fn is_named(guesses: &[Guess], key: &[usize], row: usize) -> bool {
    key.iter().any(|place| !guesses[*place].cells[row].is_empty())
}

/// Whether a column of words is filled where a key is blank, and blank where the key is filled. A name
/// that stands on a line of its own above each of its rows is none of these: it heads them.
fn alternate(guesses: &[Guess], key: &[usize], place: usize) -> bool {
    const LEAST: usize = 3;
    let guess = &guesses[place];
    if !matches!(guess.kind, ColumnType::Text | ColumnType::Choice) || is_code(guess) {
        return false;
    }
    let (mut of_key, mut own, mut neither_nor, mut turns) = (0, 0, 0, 0);
    let mut before = None;
    for (row, cell) in guess.cells.iter().enumerate() {
        let is_own = !cell.is_empty();
        if is_own == is_named(guesses, key, row) {
            neither_nor += 1;
            continue;
        }
        *if is_own { &mut own } else { &mut of_key } += 1;
        turns += usize::from(before.is_some_and(|before| before != is_own));
        before = Some(is_own);
    }
    own >= LEAST
        && of_key >= LEAST
        && neither_nor * 20 <= guess.cells.len()
        && turns <= own.min(of_key)
}

/// Whether a column names every row, and each once.
fn names_each(guess: &Guess) -> bool {
    let distinct: BTreeSet<&String> = guess.cells.iter().collect();
    distinct.len() == guess.cells.len() && guess.cells.iter().all(|cell| !cell.is_empty())
}

/// Whether the figures of a column name something: it is called a code, or they are of one length and
/// hardly round, as no counts are.
fn is_code(guess: &Guess) -> bool {
    const LEAST_ROWS: usize = 20;
    const LEAST_DIGITS: usize = 4;
    /// Counts of so many rows are of several lengths.
    const MANY_ROWS: usize = 200;
    let filled: Vec<&String> = guess.cells.iter().filter(|cell| !cell.is_empty()).collect();
    let Some(first) = filled.first() else { return false };
    match guess.kind {
        ColumnType::Text => !is_beside_tasks(guess) && filled.iter().all(|text| is_code_text(text)),
        ColumnType::Integer => {
            let round = filled.iter().filter(|text| text.ends_with("00")).count();
            filled.len() >= LEAST_ROWS
                && guess.unit.is_none()
                && first.len() >= LEAST_DIGITS
                && filled.iter().all(|text| text.len() == first.len())
                && (round * 2 < filled.len() || filled.len() >= MANY_ROWS)
        }
        _ => false,
    }
}

fn is_code_text(text: &str) -> bool {
    const LONGEST: usize = 40;
    text.len() <= LONGEST
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The fewest columns of codes that tell the rows apart, beside what is known; at the least they must
/// halve the rows that are not told apart.
fn with_codes(
    guesses: &[Guess],
    names: &Names,
    owner: Option<usize>,
    number: Option<usize>,
    known: &[usize],
) -> Option<Vec<usize>> {
    let codes: Vec<usize> = (0..guesses.len())
        .filter(|place| Some(*place) != owner && Some(*place) != number && !known.contains(place))
        .filter(|place| is_code(&guesses[*place]))
        .take(MOST_CODES)
        .collect();
    let with = |more: &[usize]| {
        let mut key: Vec<usize> = known.iter().chain(more).copied().collect();
        key.sort_unstable();
        key
    };
    let mut tried: Vec<Vec<usize>> = codes.iter().map(|code| with(&[*code])).collect();
    for (at, one) in codes.iter().enumerate() {
        tried.extend(codes[at + 1..].iter().map(|other| with(&[*one, *other])));
    }
    let before = if known.is_empty() {
        guesses.first().map_or(0, |guess| guess.cells.len())
    } else {
        repeated_of(names, guesses, owner, known, &alternating(guesses, known))
    };
    let count = |key: &[usize]| repeated_of(names, guesses, owner, key, &alternating(guesses, key));
    let best = best_key(tried, count)?;
    (count(&best) * 2 <= before).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_each_year_has_its_year_in_its_name() {
        let years = ["2020/2021", "2021/2022", "2022/2023"];
        let names = ["Dam", "Seed", "Goods", "Goods", "Goods", "Goods"];
        let own = years.iter().flat_map(|year| {
            let once = (0..4).map(move |lot| format!("Lot {lot} of {year}"));
            names.iter().map(|name| (*name).to_owned()).chain(once).map(move |name| (name, *year))
        });
        let (names, years): (Vec<String>, Vec<String>) =
            own.map(|(name, year)| (name, year.to_owned())).unzip();
        let guesses = [Guess::of_owners(names), Guess::of_owners(years)];
        assert_eq!(completed(&guesses, &Names::of(&guesses, 0..2), None, None, vec![0]), [0, 1]);
        let other =
            Guess::of_owners(guesses[1].cells.iter().map(|year| format!("{year} m")).collect());
        let both = [guesses[0].clone(), other];
        assert_eq!(completed(&both, &Names::of(&both, 0..2), None, None, vec![0]), [0]);
    }
}
