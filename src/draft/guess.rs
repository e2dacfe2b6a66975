//! What the columns of an undescribed table hold, and what they are for.
//!
//! The words here are those of such tables in general, and only help a guess along; nothing of
//! any one plan, and nothing that a run depends on.

use std::collections::{BTreeMap, BTreeSet};

use super::shape::{Shape, is_figure, shown};
use crate::model::{MoneyUnit, Value, fold};
use crate::normalise::cells::{amount, month};
use crate::normalise::typed::typed_text;
use crate::pipeline::ColumnType;
use crate::pipeline::Lexicon;
use crate::pipeline::heading;
use crate::read::{Content, Sheet};

/// One column of the plan, over all of its tables.
#[derive(Clone, Debug)]
pub struct Guess {
    pub name: String,
    /// As the first table has it.
    pub title: String,
    /// As the other tables have it.
    pub headings: Vec<String>,
    pub kind: ColumnType,
    pub unit: Option<MoneyUnit>,
    /// The distinct values of a column of choices, in the order of the plan.
    pub choices: Vec<String>,
    /// By row of the plan; blank where there is nothing.
    pub cells: Vec<String>,
    /// For columns of figures, by row of the plan: in the smallest unit.
    pub figures: Vec<Option<i64>>,
    /// Whether cells are merged or left blank below a name that holds for several rows.
    pub stands_for_several: bool,
    /// In how many of the plan's tables it stands.
    pub tables: usize,
}

impl Guess {
    /// Returns whether its title or one of its headings has this key.
    fn is_called(&self, key: &str) -> bool {
        let mut headings = std::iter::once(&self.title).chain(&self.headings);
        headings.any(|known| heading::read(known).key == key)
    }

    /// Returns the column that takes the units where no column of the sheets names them.
    pub fn of_owners(cells: Vec<String>) -> Self {
        Guess {
            name: String::new(),
            title: "责任单位".to_owned(),
            headings: Vec::new(),
            kind: ColumnType::Text,
            unit: None,
            choices: Vec::new(),
            figures: vec![None; cells.len()],
            cells,
            stands_for_several: false,
            tables: usize::MAX,
        }
    }
}

/// What the columns are for, as their places.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    pub number: Option<usize>,
    pub owner: Option<usize>,
    pub key: Vec<usize>,
}

const NUMBERS: [&str; 5] = ["序号", "编号", "序列", "行次", "no"];
const OWNERS: [&str; 14] = [
    "责任单位",
    "实施单位",
    "牵头单位",
    "承办单位",
    "单位",
    "部门",
    "区县",
    "县区",
    "乡镇",
    "镇街",
    "街道",
    "区",
    "镇",
    "学校",
];
const TASKS: [&str; 7] = ["任务", "项目", "事项", "工程", "名称", "内容", "工作"];
const MONEY: [&str; 10] =
    ["资金", "金额", "经费", "补助", "投资", "预算", "自筹", "款", "总额", "费用"];
const SHARES: [&str; 5] = ["进度", "比例", "占比", "完成率", "百分比"];
const CHOICES: [&str; 7] = ["类别", "类型", "性质", "方式", "等级", "是否", "状态"];

/// Names for what a heading says, the first that fits; the report and the rules use them.
const NAMES: [(&str, &str); 36] = [
    ("序号", "seq"),
    ("编号", "seq"),
    ("中央", "central"),
    ("省级", "provincial"),
    ("自治区", "provincial"),
    ("市级", "municipal"),
    ("县级", "county"),
    ("区级", "district_funds"),
    ("自筹", "own"),
    ("到位", "received"),
    ("支出", "spent"),
    ("用途", "use"),
    ("进度安排", "due"),
    ("时限", "due"),
    ("时间", "due"),
    ("期限", "due"),
    ("进度", "progress"),
    ("比例", "share"),
    ("补助", "subsidy"),
    ("资金", "funds"),
    ("金额", "funds"),
    ("经费", "funds"),
    ("投资", "funds"),
    ("预算", "funds"),
    ("总额", "funds"),
    ("类别", "category"),
    ("类型", "category"),
    ("方式", "method"),
    ("村", "village"),
    ("社区", "community"),
    ("学校", "school"),
    ("地点", "place"),
    ("备注", "remark"),
    ("说明", "remark"),
    ("联系", "contact"),
    ("内容", "content"),
];

/// Guesses the columns of the plan's tables. Columns of a further table that are those of the
/// first under another heading become headings of one column.
pub fn columns(tables: &[(&Sheet, &Shape)]) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = Vec::new();
    let mut rows = 0;
    for (table, (sheet, shape)) in tables.iter().enumerate() {
        let same = same_headings(shape, &guesses);
        let mut taken: BTreeSet<usize> = same.iter().copied().flatten().collect();
        for (place, column) in shape.columns.iter().enumerate() {
            let cells: Vec<Option<&Content>> =
                shape.body.iter().map(|row| shown(sheet, *row, column.column)).collect();
            let mut guess = guess(&column.title, column.unit, &cells);
            guess.stands_for_several = stands_for_several(sheet, shape, column.column);
            let alike = || (table > 0).then(|| same_column(&guess, place, &guesses, &taken));
            let known = same[place].or_else(|| alike().flatten());
            if let Some(known) = known {
                taken.insert(known);
                let column = &mut guesses[known];
                column.cells.extend(guess.cells);
                column.figures.extend(guess.figures);
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
    for guess in &mut guesses {
        settle_choices(guess);
    }
    tell_apart(&mut guesses);
    guesses
}

/// The columns of earlier tables that those of a table are by their headings, the longest path first.
fn same_headings(shape: &Shape, known: &[Guess]) -> Vec<Option<usize>> {
    let mut named: BTreeMap<String, usize> = BTreeMap::new();
    for (place, guess) in known.iter().enumerate() {
        for heading in std::iter::once(&guess.title).chain(&guess.headings) {
            named.entry(heading::read(heading).key).or_insert(place);
        }
    }
    let columns = shape.columns.iter().map(|column| {
        let levels: Vec<String> =
            column.levels.iter().map(|level| heading::read(level).key).collect();
        let paths = (0..levels.len()).map(|top| levels[top..].concat());
        // A twin's number is no part of any level.
        let own = std::iter::once(heading::read(&column.title).key);
        let keys: Vec<String> =
            if column.title.contains('#') { own.collect() } else { paths.chain(own).collect() };
        // Each column is one of the table's only.
        keys.iter().find_map(|key| named.remove(key))
    });
    columns.collect()
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
            let same_place = known.get(place).is_some_and(|known| known.kind == guess.kind);
            (same_place && free(&place)).then_some(place)
        })
}

fn guess(title: &str, unit: Option<MoneyUnit>, cells: &[Option<&Content>]) -> Guess {
    let words = Lexicon::default();
    let figures_only = Lexicon { not_applicable: Vec::new(), ..words.clone() };
    let typed: Vec<String> =
        cells.iter().map(|cell| cell.map(typed_text).unwrap_or_default()).collect();
    let filled: Vec<&Content> = cells
        .iter()
        .flatten()
        .copied()
        .filter(|content| !words.not_applicable.contains(&typed_text(content).to_lowercase()))
        .collect();
    let most = |wanted: &dyn Fn(&Content) -> bool| {
        let count = filled.iter().filter(|content| wanted(content)).count();
        !filled.is_empty() && count * 5 >= filled.len() * 4
    };
    let key = heading::read(title).key;
    let says = |list: &[&str]| list.iter().any(|word| key.contains(word));
    let is_number = |content: &Content| {
        matches!(amount::read(content, MoneyUnit::Yuan, &figures_only).value, Value::Amount(_))
    };
    let is_whole = |content: &Content| {
        let text = fold::plain(&typed_text(content));
        !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
    };
    let kind = if most(&|content| {
        matches!(content, Content::Percentage(_)) || typed_text(content).ends_with(['%', '％'])
    }) || (most(&is_number) && (says(&SHARES) || title.contains('%')))
    {
        ColumnType::Percent
    } else if most(&is_month) {
        ColumnType::Month
    } else if !most(&is_number) {
        ColumnType::Text
    } else if most(&is_whole)
        && (NUMBERS.contains(&key.as_str())
            || (rises_by_one(&typed) && unit.is_none() && !says(&MONEY)))
    {
        ColumnType::Integer
    } else if unit.is_some() || says(&MONEY) {
        ColumnType::Amount
    } else if most(&is_whole) {
        ColumnType::Integer
    } else {
        // Neither money nor a count; compared as it is written.
        ColumnType::Text
    };
    let read_in = unit.unwrap_or(MoneyUnit::Yuan);
    let figures = cells
        .iter()
        .map(|cell| match amount::read((*cell)?, read_in, &words).value {
            Value::Amount(amount) if kind == ColumnType::Amount => Some(amount.0),
            _ => None,
        })
        .collect();
    Guess {
        name: String::new(),
        title: title.to_owned(),
        headings: Vec::new(),
        kind,
        unit,
        choices: Vec::new(),
        cells: typed,
        figures,
        stands_for_several: false,
        tables: 1,
    }
}

fn is_month(content: &Content) -> bool {
    let written = match content {
        Content::Date { .. } => return true,
        Content::Text(text) => fold::plain(text),
        _ => return false,
    };
    let has_mark = written.contains(['年', '月', '-', '.', '/']);
    has_mark && matches!(month::read_text(&written, &[]), Value::Month(_) | Value::MonthOfYear(_))
}

fn rises_by_one(typed: &[String]) -> bool {
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
    let hinted = CHOICES.iter().any(|word| key.contains(word));
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
    is_figure(&Content::Text(text.to_owned()))
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

/// Guesses what the columns are for, and names them.
pub fn roles(guesses: &mut [Guess]) -> Roles {
    let number = guesses.iter().position(|guess| {
        guess.kind == ColumnType::Integer
            && (NUMBERS.contains(&heading::read(&guess.title).key.as_str())
                || rises_by_one(&guess.cells))
    });
    let owner = owner(guesses);
    if let Some(owner) = owner {
        let column = &mut guesses[owner];
        column.kind = ColumnType::Text;
        column.choices.clear();
    }
    let key = key(guesses, owner);
    let roles = Roles { number, owner, key };
    name_all(guesses, &roles);
    roles
}

fn owner(guesses: &[Guess]) -> Option<usize> {
    let score = |guess: &Guess| {
        if !matches!(guess.kind, ColumnType::Text | ColumnType::Choice) {
            return 0;
        }
        let key = heading::read(&guess.title).key;
        let place = OWNERS.iter().position(|word| key == *word || key.ends_with(word));
        let filled: Vec<&String> = guess.cells.iter().filter(|text| !text.is_empty()).collect();
        let distinct: BTreeSet<&String> = filled.iter().copied().collect();
        let repeats = guess.stands_for_several || distinct.len() * 2 <= filled.len();
        let short = filled.iter().all(|text| text.chars().count() <= 16);
        usize::from(place.is_some()) * 3 + usize::from(repeats && short) * 2
    };
    // Of several that look alike the first: 乡镇 stands before 行政村.
    let most = guesses.iter().map(score).max().filter(|most| *most >= 3)?;
    guesses.iter().position(|guess| score(guess) == most)
}

/// The fewest columns that together name every row once inside its unit: a single one whose
/// heading says task first, then pairs and triples from the left.
fn key(guesses: &[Guess], owner: Option<usize>) -> Vec<usize> {
    let candidates: Vec<usize> = (0..guesses.len())
        .filter(|place| {
            let is_text = matches!(guesses[*place].kind, ColumnType::Text | ColumnType::Choice);
            is_text && Some(*place) != owner && guesses[*place].cells.iter().any(|c| !c.is_empty())
        })
        .collect();
    let says_task = |place: &usize| {
        let key = heading::read(&guesses[*place].title).key;
        TASKS.iter().any(|word| key.contains(word))
    };
    let mut singles = candidates.clone();
    singles.sort_by_key(|place| !says_task(place));
    let mut tried: Vec<Vec<usize>> = singles.into_iter().map(|place| vec![place]).collect();
    for (at, one) in candidates.iter().enumerate() {
        tried.extend(candidates[at + 1..].iter().map(|other| vec![*one, *other]));
    }
    for (at, one) in candidates.iter().enumerate() {
        for (next, other) in candidates.iter().enumerate().skip(at + 1) {
            tried.extend(candidates[next + 1..].iter().map(|third| vec![*one, *other, *third]));
        }
    }
    let best = tried.iter().find(|key| repeated(guesses, owner, key) == 0);
    best.cloned()
        .or_else(|| tried.into_iter().min_by_key(|key| repeated(guesses, owner, key)))
        .unwrap_or_default()
}

/// Returns how many rows the columns do not tell from an earlier one, or leave without a name.
pub fn repeated(guesses: &[Guess], owner: Option<usize>, key: &[usize]) -> usize {
    let rows = guesses.first().map_or(0, |guess| guess.cells.len());
    let mut last: BTreeMap<usize, String> = BTreeMap::new();
    let mut seen: BTreeSet<Vec<String>> = BTreeSet::new();
    let mut repeated = 0;
    for row in 0..rows {
        let mut name = Vec::new();
        let mut is_named = true;
        for place in owner.iter().chain(key) {
            let text = fold::key(&guesses[*place].cells[row]);
            let leading = key.last() != Some(place);
            if !text.is_empty() {
                last.insert(*place, text.clone());
                name.push(text);
            } else if leading {
                name.push(last.get(place).cloned().unwrap_or_default());
            } else {
                is_named = false;
            }
        }
        repeated += usize::from(!is_named || !seen.insert(name));
    }
    repeated
}

fn name_all(guesses: &mut [Guess], roles: &Roles) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for (place, guess) in guesses.iter_mut().enumerate() {
        let key = heading::read(&guess.title).key;
        let said = NAMES.iter().find(|(word, _)| key.contains(word)).map(|(_, name)| *name);
        let wanted = if Some(place) == roles.number {
            "seq"
        } else if Some(place) == roles.owner {
            "owner"
        } else if roles.key == [place] {
            "task"
        } else {
            said.filter(|name| fits(name, guess.kind)).unwrap_or("column")
        };
        let mut name = wanted.to_owned();
        let mut next = 2;
        while !taken.insert(name.clone()) {
            name = format!("{wanted}_{next}");
            next += 1;
        }
        guess.name = name;
    }
}

/// A name that says money is for amounts only, and so on.
fn fits(name: &str, kind: ColumnType) -> bool {
    match name {
        "central" | "provincial" | "municipal" | "county" | "district_funds" | "own"
        | "received" | "spent" | "subsidy" | "funds" => kind == ColumnType::Amount,
        "due" => kind == ColumnType::Month,
        "progress" | "share" => kind == ColumnType::Percent,
        "seq" => kind == ColumnType::Integer,
        _ => matches!(kind, ColumnType::Text | ColumnType::Choice),
    }
}
