//! What the columns of an undescribed table hold, and what they are for.

mod names;

use std::collections::{BTreeMap, BTreeSet};

use super::keys;
use super::kind::{self, About, Found};
use super::lexicon::WORDS;
use super::marks::{self, AllMarks, Written, plainly};
use super::repeats::Names;
use super::roles::{self, Reach};
use super::shape::{Shape, ShapeColumn, is_figure, shown};
use super::sums;
use crate::model::{MoneyUnit, fold};
use crate::normalise::layout::money;
use crate::normalise::typed::typed_text;
use crate::pipeline::ColumnType;
use crate::pipeline::Lexicon;
use crate::pipeline::heading;
use crate::read::{Content, Sheet};
use crate::reading::TypeReason;
use names::name_all;

/// One column of the plan, over all of its tables.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked by itself")]
pub struct Guess {
    pub name: String,
    /// As the first table has it.
    pub title: String,
    /// What its heading says itself: the lowest level that is no 合计.
    pub lowest: String,
    /// As the other tables have it.
    pub headings: Vec<String>,
    pub kind: ColumnType,
    /// Whether the figures of several rows make a sum.
    pub summed: bool,
    /// Whether it may be money all the same, when something else speaks for that.
    pub may_be_money: bool,
    pub unit: Option<MoneyUnit>,
    /// How its figures are written where they are typed as text.
    pub written: Written,
    /// What stands beside its figures, where its heading does not name it.
    pub measure: Option<String>,
    /// The distinct values of a column of choices, in the order of the plan.
    pub choices: Vec<String>,
    /// By row of the plan; blank where there is nothing.
    pub cells: Vec<String>,
    /// For columns of figures, by row of the plan: as written, in millionths.
    pub figures: Vec<Option<i64>>,
    /// Whether cells are merged or left blank below a name that holds for several rows.
    pub stands_for_several: bool,
    /// In how many of the plan's tables it stands.
    pub tables: usize,
    /// Whether the plan leaves it blank for figures that the units are to report.
    pub reported: bool,
}

impl Guess {
    /// Returns whether its title or one of its headings has this key.
    pub fn is_called(&self, key: &str) -> bool {
        let mut headings = std::iter::once(&self.title).chain(&self.headings);
        headings.any(|known| heading::read(known).key == key)
    }

    /// Returns the column that takes the units where no column of the sheets names them.
    pub fn of_owners(cells: Vec<String>) -> Self {
        Guess {
            name: String::new(),
            title: "责任单位".to_owned(),
            lowest: "责任单位".to_owned(),
            headings: Vec::new(),
            kind: ColumnType::Text,
            summed: true,
            may_be_money: false,
            unit: None,
            written: Written::Plain,
            measure: None,
            choices: Vec::new(),
            figures: vec![None; cells.len()],
            cells,
            stands_for_several: false,
            tables: usize::MAX,
            reported: false,
        }
    }

    /// A figure of the column in millionths of a 元; what names no unit is written in `money`.
    pub fn in_yuan(&self, row: usize, money: MoneyUnit) -> Option<i64> {
        let unit = self.unit.unwrap_or(money);
        let of_yuan = unit.exponent() - MoneyUnit::Yuan.exponent();
        self.figures.get(row).copied().flatten()?.checked_mul(10_i64.checked_pow(of_yuan)?)
    }

    /// Why it was taken for what it is.
    pub fn reason(&self, role: Role) -> TypeReason {
        if role == Role::Owner {
            return TypeReason::Owner;
        }
        let about =
            About { title: &self.lowest, path: &self.title, unit: self.unit, money_line: false };
        kind::reason(about, self.kind, self.may_be_money)
    }

    /// Whether its figures number the rows of a list.
    pub fn is_list(&self) -> bool {
        WORDS.columns.numbers.contains(&heading::read(&self.lowest).bare.as_str())
            || rises_by_one(&self.cells)
    }
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Number,
    Owner,
    Key,
    /// It is compared, and nothing else.
    Plain,
}

impl Roles {
    /// Moves all of them, where a column was put before the others; the key is told anew.
    pub fn moved_behind_one(&mut self) {
        let places = [&mut self.number, &mut self.owner, &mut self.open];
        places.into_iter().flatten().for_each(|place| *place += 1);
        self.alternating.iter_mut().for_each(|place| *place += 1);
    }

    pub fn of(&self, place: usize) -> Role {
        if self.number == Some(place) {
            Role::Number
        } else if self.owner == Some(place) {
            Role::Owner
        } else if self.key.contains(&place) {
            Role::Key
        } else {
            Role::Plain
        }
    }
}

/// What the columns are for, as their places.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    pub number: Option<usize>,
    pub owner: Option<usize>,
    pub key: Vec<usize>,
    /// Those of the key that say what a row is about only where the others do not.
    pub alternating: Vec<usize>,
    /// The last of the key, where rows that leave it blank are what the levels before it name.
    pub open: Option<usize>,
}

/// Guesses the columns of the plan's tables. Columns of a further table that are those of the
/// first under another heading become headings of one column.
///
/// `titles` are the texts above them.
pub fn columns(tables: &[(&Sheet, &Shape)], titles: &[&str]) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = Vec::new();
    let mut rows = 0;
    let marks = AllMarks::of(tables);
    // The columns that a further table was the first to fill in.
    let mut late: BTreeSet<usize> = BTreeSet::new();
    for (table, (sheet, shape)) in tables.iter().enumerate() {
        let same = same_headings(shape, &guesses);
        let mut taken: BTreeSet<usize> = same.iter().copied().flatten().collect();
        // The headings of the table's further columns: what one of them names is that column's.
        let named: Vec<String> =
            shape.columns.iter().map(|column| heading::read(&column.title).key).collect();
        let money_line = money::named(sheet, Lexicon::standard());
        let in_two_languages = is_in_two_languages(shape);
        for (place, column) in shape.columns.iter().enumerate() {
            let lowest = match column.levels.first().filter(|_| in_two_languages) {
                Some(upper) => upper.clone(),
                None => lowest(&column.levels),
            };
            let written = marks.written(&column.title);
            let mut guess = guess(sheet, shape, column, lowest, (money_line, written));
            let alike =
                || (table > 0).then(|| same_column(&guess, place, &guesses, &taken, &named));
            let known = same[place].or_else(|| alike().flatten());
            if let Some(known) = known {
                taken.insert(known);
                let column = &mut guesses[known];
                let is_filled = |cells: &[String]| cells.iter().any(|cell| !cell.is_empty());
                // What no table before has filled in is what it is here; where a further one has words, it is words.
                if !is_filled(&column.cells) && is_filled(&guess.cells) {
                    column.kind = guess.kind;
                    column.summed = guess.summed;
                    column.may_be_money = guess.may_be_money;
                    column.unit = column.unit.or(guess.unit);
                    late.insert(known);
                } else if guess.kind == ColumnType::Text
                    && is_filled(&guess.cells)
                    && late.contains(&known)
                {
                    column.kind = ColumnType::Text;
                }
                column.cells.extend(guess.cells);
                column.figures.extend(guess.figures);
                // What one table counts in whole numbers another measures.
                if column.kind == ColumnType::Integer && guess.kind == ColumnType::Decimal {
                    column.kind = ColumnType::Decimal;
                }
                // 公里 in one table and 座 in another: the figures of both are words.
                let is_other = guess.kind == ColumnType::Text || guess.measure.is_some();
                if column.measure.is_some() && is_other && column.measure != guess.measure {
                    column.kind = ColumnType::Text;
                    column.measure = None;
                }
                if column.kind == ColumnType::Text {
                    guess.measure = None;
                }
                column.written = column.written.and(guess.written);
                column.measure = column.measure.take().or(guess.measure);
                column.stands_for_several |= guess.stands_for_several;
                column.tables += 1;
                for choice in guess.choices {
                    if !column.choices.contains(&choice) {
                        column.choices.push(choice);
                    }
                }
                let key = heading::read(&guess.title).key;
                if guesses.iter().all(|known| !known.is_called(&key)) {
                    guesses[known].headings.push(guess.title);
                }
            } else {
                taken.insert(guesses.len());
                guess.cells.splice(0..0, vec![String::new(); rows]);
                guess.figures.splice(0..0, vec![None; rows]);
                guesses.push(guess);
            }
        }
        rows += shape.body.len();
        for guess in &mut guesses {
            guess.cells.resize(rows, String::new());
            guess.figures.resize(rows, None);
        }
    }
    sums::settle(&mut guesses, titles);
    let mut left_of: Option<(ColumnType, Option<MoneyUnit>)> = None;
    for guess in &mut guesses {
        settle_choices(guess);
        settle_blank(guess, left_of);
        if guess.kind == ColumnType::Amount || sums::is_quantity(guess) && !guess.is_list() {
            left_of = Some((guess.kind, guess.unit));
        }
    }
    tell_apart(&mut guesses);
    guesses
}

/// Takes the figures of a matrix for money where one of those that each unit has is: 支付 beside 下达.
pub fn settle_alike(guesses: &mut [Guess], titles: &[String]) {
    let is_one = |guess: &Guess| titles.contains(&guess.title);
    let known = guesses.iter().find(|guess| is_one(guess) && guess.kind == ColumnType::Amount);
    let Some(unit) = known.map(|known| known.unit) else { return };
    for guess in guesses.iter_mut() {
        if is_one(guess) && guess.may_be_money && sums::is_quantity(guess) {
            guess.kind = ColumnType::Amount;
            guess.unit = guess.unit.or(unit);
        }
    }
}

/// A column that is blank on every row is of the type that its heading says; where that is how far
/// things have come, the units fill it in.
/// 完成数 beside 计划数 is of its type; `beside` is that of the figures to its left.
fn settle_blank(guess: &mut Guess, beside: Option<(ColumnType, Option<MoneyUnit>)>) {
    if guess.cells.is_empty() || guess.cells.iter().any(|cell| !cell.is_empty()) {
        return;
    }
    let about =
        About { title: &guess.lowest, path: &guess.title, unit: guess.unit, money_line: false };
    let said = kind::said(about);
    let key = heading::read(&guess.title).key;
    let is_so_far = WORDS.columns.come_so_far.iter().any(|word| key.contains(word));
    let is_words = ["情况", "进展", "进度"].iter().any(|word| key.ends_with(word));
    guess.reported = is_so_far && (said.is_some() || is_words) || said.is_none();
    if let Some(kind) = said {
        guess.kind = kind;
    } else if let Some((kind, unit)) = beside.filter(|_| is_so_far && key.ends_with('数')) {
        guess.reported = true;
        (guess.kind, guess.unit) = (kind, unit);
    }
}

/// The columns of earlier tables that those of a table are by their headings, the longest path first: what one column is
/// called in full is not another's that ends so, 计划时间 > 完成时间 beside 完成时间.
fn same_headings(shape: &Shape, known: &[Guess]) -> Vec<Option<usize>> {
    let mut named: BTreeMap<String, usize> = BTreeMap::new();
    for (place, guess) in known.iter().enumerate() {
        for heading in std::iter::once(&guess.title).chain(&guess.headings) {
            named.entry(heading::read(heading).key).or_insert(place);
        }
    }
    let keys = shape.columns.iter().map(|column| {
        let levels: Vec<String> =
            column.levels.iter().map(|level| heading::read(level).key).collect();
        let paths = (0..levels.len()).map(|top| levels[top..].concat());
        // A twin's number is no part of any level.
        let own = std::iter::once(heading::read(&column.title).key);
        if column.title.contains('#') { own.collect() } else { paths.chain(own).collect() }
    });
    let keys: Vec<Vec<String>> = keys.collect();
    // Each column is one of the table's only.
    let in_full = keys.iter().map(|keys| named.remove(keys.first()?));
    let mut same: Vec<Option<usize>> = in_full.collect();
    for (own, keys) in same.iter_mut().zip(&keys).filter(|(own, _)| own.is_none()) {
        *own = keys.iter().find_map(|key| named.remove(key));
    }
    same
}

/// Returns whether a table has the columns that name a task.
pub fn has_key(shape: &Shape, columns: &[Guess], roles: &Roles) -> bool {
    let own = same_headings(shape, columns);
    roles.key.iter().all(|key| own.contains(&Some(*key)))
}

/// Numbers the titles that tables one below the other left alike, so that the draft loads.
fn tell_apart(guesses: &mut [Guess]) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for guess in guesses {
        let title = guess.title.clone();
        let mut next = 2;
        while !seen.insert(heading::read(&guess.title).key) {
            guess.title = format!("{title}#{next}");
            next += 1;
        }
        guess.headings.retain(|heading| seen.insert(heading::read(heading).key));
    }
}

/// The column of an earlier table that this one is: by its heading, by a heading that holds it,
/// or by its place among columns of the same type.
fn same_column(
    guess: &Guess,
    place: usize,
    known: &[Guess],
    taken: &BTreeSet<usize>,
    beside: &[String],
) -> Option<usize> {
    let key = heading::read(&guess.title).key;
    let free = |at: &usize| !taken.contains(at);
    let keys: Vec<String> = known.iter().map(|known| heading::read(&known.title).key).collect();
    let all = || (0..known.len()).filter(free);
    all()
        .find(|at| keys[*at] == key)
        .or_else(|| {
            all().find(|at| {
                let holds = keys[*at].contains(&key) || key.contains(keys[*at].as_str());
                holds && known[*at].kind == guess.kind
            })
        })
        .or_else(|| {
            // Not where another heading of the table is nearer.
            let is_named = |key: &String| {
                beside
                    .iter()
                    .any(|other| key.contains(other.as_str()) || other.contains(key.as_str()))
            };
            let same_place = known.get(place).is_some_and(|known| known.kind == guess.kind)
                && !keys.get(place).is_some_and(is_named);
            (same_place && free(&place)).then_some(place)
        })
}

/// The last are the unit of money that a line beside the table names, and how figures are written.
fn guess(
    sheet: &Sheet,
    shape: &Shape,
    column: &ShapeColumn,
    lowest: String,
    (money_line, written): (Option<MoneyUnit>, Written),
) -> Guess {
    let cells: Vec<Option<&Content>> =
        shape.body.iter().map(|row| shown(sheet, *row, column.column)).collect();
    let about = About {
        title: &lowest,
        path: &column.levels.concat(),
        unit: column.unit,
        money_line: money_line.is_some(),
    };
    let measure =
        marks::measure(&lowest, &cells).or_else(|| marks::shown_money(sheet, shape, column.column));
    let owned: Vec<Option<Content>> =
        cells.iter().map(|cell| plainly((*cell)?, written.mark(), measure.as_ref())).collect();
    let read: Vec<Option<&Content>> =
        owned.iter().zip(&cells).map(|(own, cell)| own.as_ref().or(*cell)).collect();
    let mut found = kind::found(about, &read);
    // Other money is a quantity.
    if measure.is_some() && found.kind == ColumnType::Amount {
        found.kind = ColumnType::Decimal;
    }
    found.may_be_money &= measure.is_none();
    let Found { kind, summed, may_be_money, figures } = found;
    Guess {
        name: String::new(),
        title: column.title.clone(),
        lowest,
        headings: Vec::new(),
        kind,
        summed,
        may_be_money,
        unit: column.unit,
        written,
        measure,
        choices: Vec::new(),
        cells: as_meant(&cells),
        figures,
        stands_for_several: stands_for_several(sheet, shape, column.column),
        tables: 1,
        reported: false,
    }
}

/// What cells say, where 同上 is what stands above.
fn as_meant(cells: &[Option<&Content>]) -> Vec<String> {
    let words = Lexicon::default();
    let mut meant: Vec<String> = Vec::with_capacity(cells.len());
    for cell in cells {
        let text = cell.map(typed_text).unwrap_or_default().into_owned();
        let above = meant.last().filter(|_| words.repeats_above(&text));
        meant.push(above.cloned().unwrap_or(text));
    }
    meant
}

/// Returns whether every column has a heading of its own above its own: the same in other words.
fn is_in_two_languages(shape: &Shape) -> bool {
    let upper: BTreeSet<&String> =
        shape.columns.iter().filter_map(|column| column.levels.first()).collect();
    shape.columns.iter().all(|column| column.levels.len() == 2)
        && upper.len() == shape.columns.len()
}

/// The lowest level of a heading that is more than a word for totals.
fn lowest(levels: &[String]) -> String {
    let totals = Lexicon::default().totals;
    let says = |level: &&String| !totals.contains(&heading::read(level).key);
    let lowest = levels.iter().rev().find(says).or(levels.last());
    lowest.cloned().unwrap_or_default()
}

pub fn rises_by_one(typed: &[String]) -> bool {
    let numbers: Vec<i64> = typed.iter().filter_map(|text| text.parse().ok()).collect();
    numbers.len() > 2
        && numbers.windows(2).filter(|pair| pair[1] == pair[0] + 1).count() * 5
            >= (numbers.len() - 1) * 4
}

/// A text column with few short values that come again and again holds choices.
fn settle_choices(guess: &mut Guess) {
    const MOST: usize = 10;
    const LONGEST: usize = 10;
    if guess.kind != ColumnType::Text {
        return;
    }
    let filled: Vec<&String> = guess.cells.iter().filter(|text| !text.is_empty()).collect();
    let mut distinct: Vec<String> = Vec::new();
    let mut keys: BTreeSet<String> = BTreeSet::new();
    for text in &filled {
        if keys.insert(fold::key(text)) {
            distinct.push((*text).clone());
        }
    }
    let key = heading::read(&guess.title).key;
    let hinted = WORDS.columns.choices.iter().any(|word| key.contains(word));
    let often = if hinted { 2 } else { 4 };
    let fits = distinct.len() <= MOST
        && distinct.len() * often <= filled.len()
        && distinct.len() > 1
        && distinct.iter().all(|text| text.chars().count() <= LONGEST && !is_figure_text(text));
    if fits {
        guess.kind = ColumnType::Choice;
        guess.choices = distinct;
    }
}

fn is_figure_text(text: &str) -> bool {
    is_figure(&Content::Text(text.into()))
}

/// Whether a column names something once for several rows: by merged cells, or by cells left
/// blank below a name.
fn stands_for_several(sheet: &Sheet, shape: &Shape, column: u32) -> bool {
    let merged = shape.body.iter().any(|row| {
        let at = crate::model::CellAt::new(*row, column);
        sheet.merges.at(at).is_some_and(|merge| merge.last.row > merge.first.row)
    });
    let blanks = shape.body.iter().filter(|row| shown(sheet, **row, column).is_none()).count();
    let named = shape.body.first().is_some_and(|row| shown(sheet, *row, column).is_some());
    merged || (named && blanks * 2 > shape.body.len())
}

/// Guesses what the columns are for, and names them. `found` is the column of the units where these were found
/// elsewhere than in a column.
pub fn roles(guesses: &mut [Guess], found: Option<usize>) -> Roles {
    let number = roles::number(guesses);
    let mut owner = found.or_else(|| roles::owner(guesses));
    // What the cells say stays what it is, whatever a column is taken for.
    let names = Names::of(guesses, 0..guesses.len());
    let key = roles::key(guesses, &names, owner, Reach::AllTables);
    // What alone says what a row is about is no unit where some of it names none.
    let names_units = |owner: usize| found == Some(owner) || roles::names_units(&guesses[owner]);
    if owner.is_some_and(|owner| key == [owner] && !names_units(owner)) {
        owner = None;
    }
    if let Some(owner) = owner {
        let column = &mut guesses[owner];
        column.kind = ColumnType::Text;
        column.choices.clear();
    }
    let mut number = number;
    // 1.1 is a part's number and no quantity.
    if let Some(place) = number.filter(|place| guesses[*place].kind == ColumnType::Decimal) {
        guesses[place].kind = ColumnType::Text;
    }
    let mut key = roles::key(guesses, &names, owner, Reach::AllTables);
    if let ([], Some(figures)) = (key.as_slice(), roles::key_of_figures(guesses)) {
        number = number.filter(|number| *number != figures);
        let column = &mut guesses[figures];
        column.kind = ColumnType::Text;
        column.summed = true;
        column.unit = None;
        key = vec![figures];
    }
    let key = keys::completed(guesses, &names, owner, number, key);
    let alternating = keys::alternating(guesses, &key);
    for place in &key {
        let column = &mut guesses[*place];
        let is_figure =
            matches!(column.kind, ColumnType::Integer | ColumnType::Month | ColumnType::Date);
        if is_figure {
            column.kind = ColumnType::Text;
            column.summed = true;
            column.unit = None;
        }
    }
    let owner = owner.filter(|owner| {
        key != [*owner] || found == Some(*owner) || roles::names_units(&guesses[*owner])
    });
    let roles = Roles { number, owner, key, alternating, open: None };
    name_all(guesses, &roles);
    roles
}

/// The columns and what they are for, where names have levels, each in a column of its own, and the rows that
/// leave the last of them blank are named by those before it; none where the key names all rows as it is.
pub fn in_levels(guesses: &[Guess], roles: &Roles, reach: Reach) -> Option<(Vec<Guess>, Roles)> {
    let key = keys::in_levels(guesses, roles, reach)?;
    let mut guesses = guesses.to_vec();
    let open = key.last().copied();
    let roles = Roles { key, alternating: Vec::new(), open, ..roles.clone() };
    name_all(&mut guesses, &roles);
    Some((guesses, roles))
}
