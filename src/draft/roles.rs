//! Which column of an undescribed plan names the unit that reports, which names the task, and which
//! numbers the rows.

use std::collections::BTreeSet;

use super::guess::{Guess, rises_by_one};
use super::kind::{in_brackets, is_list_number, is_measure, is_ordinal, says_price};
use super::lexicon::WORDS;
use super::repeats::{Names, best_key, repeated_of};
use super::shape::is_figure;
use crate::model::fold;
use crate::pipeline::{ColumnType, heading};
use crate::read::Content;

/// The place of the column that names the unit that reports.
pub fn owner(guesses: &[Guess]) -> Option<usize> {
    let has_prices = guesses.iter().any(|guess| says_price(&guess.lowest));
    // What is counted stands behind what it is counted of: 单位 before every name is whose the things are.
    let first = guesses.iter().position(|guess| guess.kind == ColumnType::Text);
    let score = |place: usize| {
        let guess = &guesses[place];
        let is_behind = first.is_some_and(|first| first < place);
        if has_prices && is_behind && says_what_is_priced(guess) { 0 } else { owner_score(guess) }
    };
    let best = (0..guesses.len()).map(score).max().filter(|most| *most > 0)?;
    // Of several that look alike the first: 乡镇 stands before 行政村.
    let own = (0..guesses.len()).find(|place| score(*place) == best)?;
    Some(place_over(guesses, own).unwrap_or(own))
}

/// Whether a column 单位 beside prices says what each of them is for, one 斤 or one 480ml, in words that nobody
/// has listed: they are short, and none of them is a place or an office.
fn says_what_is_priced(guess: &Guess) -> bool {
    const LONGEST: usize = 4;
    let bare = heading::read(&guess.lowest).bare;
    let mut filled = guess.cells.iter().filter(|text| !text.is_empty());
    let ends = || WORDS.units.places.iter().chain(WORDS.units.offices.iter());
    let is_somebody = |text: &str| ends().any(|end| text.ends_with(end) && text != *end);
    ["单位", "计量单位", "單位", "計量單位"].contains(&bare.as_str())
        && filled.all(|text| text.chars().count() <= LONGEST && !is_somebody(text))
}

/// The column of places whose offices are named in another: 甲县 beside 甲县农业农村局 and 甲县水务局. Each place sends
/// what its offices do.
fn place_over(guesses: &[Guess], offices: usize) -> Option<usize> {
    let key = |text: &String| fold::key(text);
    let is_over = |place: &usize| {
        let guess = &guesses[*place];
        let mut above = String::new();
        let (mut named, mut own) = (0, 0);
        let (mut places, mut names) = (BTreeSet::new(), BTreeSet::new());
        for (text, office) in guess.cells.iter().zip(&guesses[offices].cells) {
            if !text.is_empty() {
                above = key(text);
            }
            let office = key(office);
            if above.is_empty() || office.is_empty() {
                continue;
            }
            named += 1;
            own += usize::from(office.starts_with(&above) && office != above);
            places.insert(above.clone());
            names.insert(office);
        }
        named > 0 && own * 5 >= named * 4 && places.len() > 1 && names.len() > places.len()
    };
    (0..guesses.len())
        .find(|place| *place != offices && owner_score(&guesses[*place]) > 0 && is_over(place))
}

fn owner_score(guess: &Guess) -> usize {
    const MOST_UNITS: usize = 100;
    const LONGEST: usize = 20;
    const LONGEST_NAME: usize = 6;
    if !matches!(guess.kind, ColumnType::Text | ColumnType::Choice) {
        return 0;
    }
    let filled: Vec<&String> = guess.cells.iter().filter(|text| !text.is_empty()).collect();
    let named = filled.iter().filter(|text| is_name(text)).count();
    if named * 5 < filled.len() * 4 || named == 0 {
        return 0;
    }
    // 单位 may be what things are counted in, one or two of it in words that nobody has listed.
    let measures = filled.iter().filter(|text| is_measure(text)).count() * 2 >= filled.len();
    let short = filled.iter().filter(|text| text.chars().count() <= LONGEST).count();
    if measures || short * 5 < filled.len() * 4 {
        return 0;
    }
    let bare = heading::read(&guess.lowest).bare;
    let word = rank(&guess.lowest);
    let brackets = in_brackets(&guess.lowest);
    // 单位（项目）: units and their tasks in one column. What is longer tells how to fill it in.
    let names_tasks = |part: &String| {
        part.chars().count() <= LONGEST_NAME
            && WORDS.roles.tasks.iter().any(|task| part.contains(task))
    };
    if brackets.iter().any(names_tasks) {
        return 0;
    }
    let inside = brackets.iter().map(|part| rank(part)).max();
    if says_few_rows(guess) || is_part_of_address(guess, &bare) {
        return 0;
    }
    let distinct: BTreeSet<String> = filled.iter().map(|text| fold::key(text)).collect();
    let repeats = guess.stands_for_several || distinct.len() * 2 <= filled.len();
    let word = if word == 0 && is_part_of_works(&bare, &filled, &distinct) { 75 } else { word };
    // Who is named in one row of five at the most, a hundred and more of them, is whom the rows deal with.
    if word < 80 && distinct.len() > MOST_UNITS && distinct.len() * 5 > filled.len() {
        return 0;
    }
    // One for all rows is hardly who reports where another column names several.
    let word = if word > 20 && distinct.len() == 1 && filled.len() > 2 { word - 20 } else { word };
    // 责任单位（县区）.
    let is_doubtful = word <= 20;
    let said = if is_doubtful { word } else { word + inside.unwrap_or(0).min(20) };
    if said == 0 { 0 } else { said + usize::from(repeats) * 25 }
}

/// Whether a column names parts of works, 一标段, whose rows stand together, several of each.
fn is_part_of_works(bare: &str, filled: &[&String], distinct: &BTreeSet<String>) -> bool {
    const LEAST_ROWS: usize = 3;
    let runs =
        filled.windows(2).filter(|pair| fold::key(pair[0]) != fold::key(pair[1])).count() + 1;
    WORDS.roles.parts_of_works.iter().any(|word| bare.ends_with(word))
        && distinct.len() > 1
        && runs == distinct.len()
        && filled.len() >= distinct.len() * LEAST_ROWS
}

/// Whether a column of borough or province, which addresses have too, is blank in some rows and names the
/// others one by one: the rows without would be nobody's. A name that holds for the blank rows below it stands in
/// the first row, and comes again but where most rows are blank.
fn is_part_of_address(guess: &Guess, bare: &str) -> bool {
    let blanks = guess.cells.iter().filter(|text| text.is_empty()).count();
    if blanks == 0
        || !bare.is_ascii()
        || !WORDS.roles.places.iter().any(|word| bare.ends_with(word))
    {
        return false;
    }
    let is_again = |pair: &[String]| {
        !pair[0].is_empty() && !pair[1].is_empty() && fold::key(&pair[0]) == fold::key(&pair[1])
    };
    let comes_again = || {
        let mut seen = BTreeSet::new();
        guess.cells.iter().any(|text| !text.is_empty() && !seen.insert(fold::key(text)))
    };
    guess.cells.first().is_some_and(String::is_empty)
        || guess.cells.windows(2).any(is_again)
        || blanks * 2 < guess.cells.len() && comes_again()
}

/// Whether a column says of a few rows only whose they are: it is blank on four rows of five, and where it is
/// not, the same name stands in one row after another. A name that held for the blank rows below it as
/// well would not be written again.
fn says_few_rows(guess: &Guess) -> bool {
    let filled = guess.cells.iter().filter(|text| !text.is_empty()).count();
    let is_again =
        |pair: &[String]| !pair[0].is_empty() && fold::key(&pair[0]) == fold::key(&pair[1]);
    filled * 5 < guess.cells.len() && guess.cells.windows(2).any(is_again)
}

/// Returns whether every cell of a column may name a unit, which one called 101 may not.
pub fn names_units(guess: &Guess) -> bool {
    guess.cells.iter().all(|text| text.is_empty() || is_name(text))
}

/// Returns whether a column that may name who reports says where something lies and no more: 所在乡镇, 乡镇. Where
/// sections above its rows name larger places, these report.
pub fn says_where(guess: &Guess) -> bool {
    let inside = in_brackets(&guess.lowest).iter().map(|part| rank(part)).max();
    rank(&guess.lowest) < 100 && inside.is_none_or(|inside| inside < 100) && is_placed(guess)
}

fn is_placed(guess: &Guess) -> bool {
    let bare = heading::read(&guess.lowest).bare;
    let words = WORDS.roles.places.iter().chain(WORDS.roles.lying_in.iter());
    words.into_iter().any(|word| bare.ends_with(word))
}

/// Whether a heading says plainly who reports: 责任单位, 县区, 学校; not 单位 or 供货单位.
pub fn answers(guess: &Guess) -> bool {
    const PLAIN: usize = 80;
    rank(&guess.lowest) >= PLAIN
}

/// How surely a heading names who reports.
fn rank(heading: &str) -> usize {
    let bare = &heading::read(heading).bare;
    let is_whole = |word: &str| !word.is_ascii() || has_word(heading, word);
    let ends = |words: &[&str]| words.iter().any(|word| bare.ends_with(word));
    let holds = |words: &[&str]| words.iter().any(|word| bare.contains(word));
    let is_place = || {
        WORDS.roles.places.iter().any(|word| {
            bare == *word
                || bare.ends_with(&format!("{word}名称"))
                || (bare.ends_with(word)
                    && (word.chars().count() > 1 || bare.chars().count() < 4)
                    && is_whole(word))
        }) && !ends(&WORDS.roles.no_places)
    };
    if WORDS.roles.answering.iter().any(|word| bare.starts_with(word))
        && is_place()
        && !holds(&WORDS.roles.not_owners)
    {
        // 责任县区 beside 牵头部门.
        105
    } else if holds(&WORDS.roles.answers) && !holds(&WORDS.roles.not_owners) {
        100
    } else if ends(&WORDS.roles.lying_in) {
        15
    } else if is_place() {
        95
    } else if holds(&WORDS.roles.not_owners) {
        usize::from(ends(&WORDS.roles.others)) * 20
    } else if WORDS.roles.doers.iter().any(|word| bare.contains(word) && is_whole(word)) {
        80
    } else if ends(&WORDS.roles.others) || bare == "单位名称" {
        70
    } else {
        0
    }
}

/// Whether a heading has a word of a writing with gaps between words, or several of it: an Award is no Ward, and
/// a Clinical lead no Clinic.
fn has_word(heading: &str, word: &str) -> bool {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in heading.chars() {
        // CountyName has two.
        let begins = before.is_ascii_lowercase() && c.is_ascii_uppercase();
        if begins || !c.is_ascii_alphabetic() {
            words.push(String::new());
        }
        if let Some(own) = words.last_mut().filter(|_| c.is_ascii_alphabetic()) {
            own.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    let rests = words.iter().filter_map(|own| own.strip_prefix(word));
    rests.into_iter().any(|rest| ["", "s", "name"].contains(&rest))
}

/// Whether a text may name something: no figure, no dash, and no place along a road, K0+340.
fn is_name(text: &str) -> bool {
    !is_figure(&Content::Text(text.into()))
        && text.chars().any(char::is_alphabetic)
        && !is_stake(text)
}

/// Whether a text says how far along a road or a river something lies: K12+340, AK0+055.5.
fn is_stake(text: &str) -> bool {
    let plain = fold::plain(text);
    let digits = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let bare = plain.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    bare.len() < plain.len()
        && bare.split_once('+').is_some_and(|(before, behind)| {
            digits(before)
                && digits(behind)
                && (before.chars().chain(behind.chars())).all(|c| c.is_ascii_digit() || c == '.')
        })
}

/// The place of the column that numbers the rows.
pub fn number(guesses: &[Guess]) -> Option<usize> {
    let says =
        |guess: &Guess| WORDS.columns.numbers.contains(&heading::read(&guess.lowest).bare.as_str());
    let is_whole = |guess: &Guess| guess.kind == ColumnType::Integer;
    let has_paths = |guess: &Guess| {
        let mut filled = guess.cells.iter().filter(|text| !text.is_empty()).peekable();
        guess.kind == ColumnType::Text
            && filled.peek().is_some()
            && filled.all(|text| {
                let content = Content::Text(text.clone().into());
                is_list_number(&content) || is_ordinal(&content)
            })
    };
    let begins = |guess: &Guess| {
        let first = guess.cells.iter().find(|text| !text.is_empty());
        let bare = heading::read(&guess.lowest).bare;
        // 数量（台） may happen to rise.
        let counts = ["数", "量", "数量"].iter().any(|word| bare.ends_with(word))
            || in_brackets(&guess.lowest)
                .iter()
                .any(|part| WORDS.columns.counted_in.contains(&part.as_str()));
        // A program that writes tables numbers their rows from 0, and gives that no heading.
        let is_index = guess.lowest == heading::UNNAMED;
        first.is_some_and(|first| first == "1" || is_index && first == "0")
            && !counts
            && rises_by_one(&guess.cells)
    };
    guesses
        .iter()
        .position(|guess| is_whole(guess) && says(guess))
        .or_else(|| guesses.iter().position(|guess| says(guess) && has_paths(guess)))
        .or_else(|| guesses.iter().position(|guess| is_whole(guess) && begins(guess)))
        .or_else(|| guesses.iter().position(numbers_parts))
}

/// Whether a column numbers parts below what they are parts of, whatever it is called: 1, 1.1, 1.2, 2.
/// Where parts only are rows of the plan, their numbers run on from one to the next.
fn numbers_parts(guess: &Guess) -> bool {
    const LEAST: usize = 4;
    let kinds = [ColumnType::Text, ColumnType::Integer, ColumnType::Decimal];
    if !kinds.contains(&guess.kind) || guess.cells.len() < LEAST {
        return false;
    }
    let mut paths: Vec<(u32, u32)> = Vec::new();
    for cell in &guess.cells {
        let (chapter, part) = cell.split_once('.').unwrap_or((cell, "0"));
        let (Ok(chapter), Ok(part)) = (chapter.parse(), part.parse()) else { return false };
        paths.push((chapter, part));
    }
    let goes_on = |pair: &[(u32, u32)]| {
        let ((chapter, part), (next, of_next)) = (pair[0], pair[1]);
        // A number left out is no other order.
        let is_near = |from: u32, to: u32| to > from && to - from <= 2;
        if next == chapter {
            is_near(part, of_next)
        } else {
            is_near(chapter, next) && of_next <= 1
        }
    };
    let first = paths[0];
    first.0 == 1
        && first.1 <= 1
        && paths.iter().any(|(_, part)| *part > 1)
        && paths.iter().any(|(chapter, _)| *chapter > 1)
        && paths.windows(2).all(goes_on)
}

/// Returns whether a text is what columns are called, and names nothing: 单位, 项目名称, 备注.
pub fn is_called_as_columns(text: &str) -> bool {
    let bare = heading::read(text).bare;
    let is = |words: &[&str]| words.contains(&bare.as_str());
    let ends = |words: &[&str]| words.iter().any(|word| bare.ends_with(word));
    let is_name = || {
        ends(&["名称", "内容", "情况"])
            || ends(&WORDS.roles.others)
            || ends(&WORDS.roles.beside_tasks)
    };
    bare.chars().count() < 8
        && (is(&WORDS.roles.tasks)
            || is(&WORDS.columns.numbers)
            || is(&WORDS.roles.places)
            || is(&WORDS.roles.answers)
            || is(&WORDS.roles.beside_all)
            || is_name())
}

/// Whether a heading says that its column tells of a task and does not name it.
pub fn is_beside_tasks(guess: &Guess) -> bool {
    let bare = heading::read(&guess.lowest).bare;
    WORDS.roles.beside_tasks.iter().any(|word| bare.contains(word))
}

/// How far a column is from naming the task: 0 does.
fn distance(guess: &Guess) -> usize {
    let bare = heading::read(&guess.lowest).bare;
    let ends = WORDS.roles.tasks.iter().any(|word| bare.ends_with(word));
    let holds = WORDS.roles.tasks.iter().any(|word| bare.contains(word));
    let beside = is_beside_tasks(guess);
    match (beside, ends, holds) {
        (false, true, _) => 0,
        (false, false, true) => 1,
        (false, false, false) => 2,
        (true, _, _) => 3,
    }
}

/// In which tables the columns of a key have to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Wherever the one stands whose heading is nearest to a task: a table without one of them is lost.
    AllTables,
    /// In those that it names, though others are lost.
    AnyTable,
}

/// The fewest columns that together name every row once inside its unit: a single one whose
/// heading says task first, then pairs and triples.
pub fn key(guesses: &[Guess], known: &Names, owner: Option<usize>, reach: Reach) -> Vec<usize> {
    /// So many columns are tried in pairs, and fewer in triples.
    const PAIRED: usize = 12;
    const TRIPLED: usize = 8;
    const SHORTEST: usize = 2;
    let is_text = |place: &usize| {
        let guess = &guesses[*place];
        matches!(guess.kind, ColumnType::Text | ColumnType::Choice)
            && Some(*place) != owner
            && guess.cells.iter().any(|text| !text.is_empty())
    };
    // A code, a phone number, a share in words is no name.
    let names = |place: &usize| {
        let filled = guesses[*place].cells.iter().filter(|text| !text.is_empty());
        let figures = filled.clone().filter(|text| !is_name(text)).count();
        figures * 2 < filled.count()
    };
    let texts: Vec<usize> = (0..guesses.len()).filter(is_text).collect();
    let mut candidates: Vec<usize> = texts.iter().copied().filter(names).collect();
    // Where each unit has one row, figures with a word among them tell no rows apart.
    if candidates.is_empty() && !owner.is_some_and(|owner| has_one_row_each(&guesses[owner])) {
        candidates = texts;
    }
    // Names at the edge of the table need no heading, whatever the other columns are called; 甲 and 乙 only number them.
    let names_all = |place: &&usize| {
        let guess = &guesses[**place];
        let distinct: BTreeSet<&String> = guess.cells.iter().collect();
        heading::read(&guess.title).key == heading::read(heading::UNNAMED).key
            && distinct.len() == guess.cells.len()
            && guess.cells.iter().all(|cell| cell.chars().count() >= SHORTEST)
    };
    if let Some(names) = candidates.iter().find(names_all) {
        return vec![*names];
    }
    let mut ranked = candidates.clone();
    ranked.sort_by_key(|place| distance(&guesses[*place]));
    if let Some(nearest) = ranked.first().copied().filter(|_| reach == Reach::AllTables) {
        ranked.retain(|place| guesses[*place].tables >= guesses[nearest].tables);
    }
    let nearest = |most: usize| {
        let mut nearest: Vec<usize> = ranked.iter().copied().take(most).collect();
        nearest.sort_unstable();
        nearest
    };
    let far = |key: &Vec<usize>| key.iter().map(|place| distance(&guesses[*place])).min();
    let mut tried: Vec<Vec<usize>> = ranked.iter().map(|place| vec![*place]).collect();
    let mut pairs = Vec::new();
    let paired = nearest(PAIRED);
    for (at, one) in paired.iter().enumerate() {
        pairs.extend(paired[at + 1..].iter().map(|other| vec![*one, *other]));
    }
    let mut triples = Vec::new();
    let tripled = nearest(TRIPLED);
    for (at, one) in tripled.iter().enumerate() {
        for (next, other) in tripled.iter().enumerate().skip(at + 1) {
            triples.extend(tripled[next + 1..].iter().map(|third| vec![*one, *other, *third]));
        }
    }
    pairs.sort_by_key(far);
    triples.sort_by_key(far);
    tried.extend(pairs);
    tried.extend(triples);
    // 类型 names no row where a column of names stands beside it, however well it tells the rows apart.
    let is_told = |key: &[usize]| key.iter().any(|place| distance(&guesses[*place]) < 3);
    if ranked.first().is_some_and(|nearest| distance(&guesses[*nearest]) < 2) {
        tried.retain(|key| is_told(key));
    }
    // Whom to ask tells the rows apart where nothing else does.
    let is_person = |place: &usize| {
        let bare = heading::read(&guesses[*place].lowest).bare;
        WORDS.roles.whom_to_ask.iter().any(|word| bare.ends_with(word))
    };
    tried.sort_by_key(|key| key.iter().all(is_person));
    // Of a table that gives each unit one row, the unit is what the row is about.
    tried.extend(owner.filter(|_| tried.is_empty()).map(|owner| vec![owner]));
    // A row that names nothing is read as no task, where one that is named as another is: what is blank in most
    // rows counts twice. What stands in some tables only is blank in the others.
    let is_one_form = guesses.windows(2).all(|pair| pair[0].tables == pair[1].tables);
    let rows = guesses.first().map_or(0, |guess| guess.cells.len());
    let nameless = |key: &[usize]| {
        let is_blank = |row: &usize| key.iter().all(|place| guesses[*place].cells[*row].is_empty());
        let blank = (0..rows).filter(is_blank).count();
        if is_one_form && (blank * 2 > rows || blank * 8 <= rows) { blank } else { 0 }
    };
    best_key(tried, |key| repeated_of(known, guesses, owner, key, &[]) + nameless(key))
        .unwrap_or_default()
}

/// Whether whom a column names has one row in each table.
fn has_one_row_each(guess: &Guess) -> bool {
    let filled = || guess.cells.iter().filter(|cell| !cell.is_empty());
    let distinct: BTreeSet<&String> = filled().collect();
    // One of sections stands in no table.
    guess.tables != usize::MAX && distinct.len() * guess.tables.max(1) >= filled().count()
}

/// The column that names the rows where all of them hold figures: years, months and days, else the
/// first of numbers that are all filled in and none of which comes again. Amounts name nothing.
pub fn key_of_figures(guesses: &[Guess]) -> Option<usize> {
    let tells_apart = |guess: &Guess| {
        let distinct: BTreeSet<&String> = guess.cells.iter().collect();
        distinct.len() == guess.cells.len() && guess.cells.iter().all(|cell| !cell.is_empty())
    };
    let names = |guess: &&Guess| match guess.kind {
        ColumnType::Month | ColumnType::Date => true,
        ColumnType::Integer => !guess.summed || guess.is_list() || tells_apart(guess),
        _ => false,
    };
    let nearest = |wanted: &dyn Fn(&&Guess) -> bool| guesses.iter().position(|g| wanted(&g));
    nearest(&|guess| names(guess) && tells_apart(guess)).or_else(|| nearest(&names)).or_else(|| {
        nearest(&|guess| {
            guess.kind != ColumnType::Amount && guess.cells.iter().any(|c| !c.is_empty())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_say_who_reports() {
        for (better, worse) in [
            ("责任单位", "行业主管部门"),
            ("县区", "项目单位"),
            ("乡镇名称", "单位"),
            ("牵头部门", "配合单位"),
            ("单位", "施工单位"),
            ("区", "小区"),
        ] {
            assert!(rank(better) > rank(worse), "{better} {worse}");
        }
        assert_eq!(rank("项目名称"), 0);
        for named in ["Ward", "Name of School", "CountyName ward", "school_name", "SCHOOLNAME"] {
            assert!(rank(named) > 0, "{named}");
        }
        for other in ["Award", "Reward", "Clinical lead", "Preschool", "Schoolyear", "Hospitality"]
        {
            assert_eq!(rank(other), 0, "{other}");
        }
    }

    #[test]
    fn a_ward_that_some_rows_lack_reports_of_none() {
        let of = |cells: &[&str]| {
            let mut guess = Guess::of_owners(cells.iter().map(|own| (*own).to_owned()).collect());
            guess.lowest = "Ward".to_owned();
            owner_score(&guess)
        };
        assert!(of(&["North", "South", "North", "South"]) > 0);
        assert!(of(&["North", "", "", "South", "", ""]) > 0);
        assert_eq!(of(&["", "North", "South", "North", "South"]), 0);
        assert_eq!(of(&["North", "South", "North", "", "South"]), 0);
        assert_eq!(of(&["North", "North", "", "South"]), 0);
    }
}
