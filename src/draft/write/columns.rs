//! The columns of a drafted pipeline file, and what is unsure of each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::guess::{Guess, Role, rises_by_one};
use super::super::kind::in_brackets;
use super::super::lexicon::WORDS;
use super::super::marks::Written;
use super::super::{Money, Plan};
use super::rules::bare;
use super::{BY_TASKS, quoted, section, tables};
use crate::model::{fold, words};
use crate::normalise::cells::spelling;
use crate::pipeline::heading::{self, TWIN};
use crate::pipeline::{ColumnType, DecimalMark, Lexicon};
use crate::reading::TypeReason;

pub fn columns(text: &mut String, plan: &Plan<'_>) {
    section(text, "怎样读懂表格");
    let why = match plan.money {
        Money::Named(_) => "表中写明的",
        Money::BySize(_) => "请定：表中没有写明，只是按数的大小猜的",
    };
    let _ = writeln!(
        text,
        "[normalise]\nmoney = \"{}\"  # 没有写明单位的金额按它理解，结果也用它显示；{why}",
        plan.money.unit()
    );
    if let Some(units) = &plan.units {
        tables(text, plan, units);
    } else if plan.roles.owner.is_some() {
        text.push_str(BY_TASKS);
    }
    let called = called(&plan.columns);
    for (place, guess) in plan.columns.iter().enumerate() {
        column(text, plan, &called, place, guess);
    }
    let names: BTreeSet<&str> = plan.columns.iter().map(|guess| guess.name.as_str()).collect();
    let reported = [
        ("received", "已到位资金", "[\"到位资金\"]", "amount"),
        ("spent", "已支出资金", "[\"支出资金\"]", "amount"),
        ("progress", "完成进度", "[\"进度\"]", "percent"),
    ];
    if reported.iter().all(|(name, ..)| names.contains(name)) {
        return;
    }
    let _ = writeln!(
        text,
        "\n# 请定：各单位在计划之外另报哪些列。要用的去掉行首的 #，按报送表的列标题改写。"
    );
    for (name, title, headings, kind) in reported {
        if !names.contains(name) {
            let _ = writeln!(
                text,
                "# [[normalise.column]]\n# name = \"{name}\"\n# title = \"{title}\"\n# headings = {headings}\n# type = \"{kind}\"\n# reported = true\n#"
            );
        }
    }
}

fn column(text: &mut String, plan: &Plan<'_>, called: &Called<'_>, place: usize, guess: &Guess) {
    let filled = guess.cells.iter().filter(|cell| !cell.is_empty()).count();
    let rows = guess.cells.len();
    let what = match guess.kind {
        ColumnType::Text => "文字",
        ColumnType::Integer => "整数",
        ColumnType::Decimal => "金额以外的数量",
        ColumnType::Amount => "金额",
        ColumnType::Month => "年月",
        ColumnType::Date => "日期",
        ColumnType::Percent => "百分数",
        ColumnType::Choice => "只有几种写法的选项",
    };
    let role = if plan.roles.number == Some(place) {
        "，看来是序号"
    } else if plan.roles.owner == Some(place) {
        "，看来是责任单位"
    } else if plan.roles.key.contains(&place) {
        "，用来对应任务"
    } else {
        ""
    };
    let sample = guess.cells.iter().find(|cell| !cell.is_empty()).map_or_else(
        || "（空列）".to_owned(),
        |cell| format!("例如“{}”", words::shortened(&cell.replace('"', "”"), 20)),
    );
    let blank = if filled == rows || guess.stands_for_several {
        String::new()
    } else {
        format!("，{rows} 行中 {} 行空白", rows - filled)
    };
    let _ = writeln!(text, "\n# {what}{role}{blank}；{sample}");
    if let Some(doubt) = doubt_of_marks(guess) {
        let _ = writeln!(text, "{doubt}");
    }
    text.push_str("[[normalise.column]]\n");
    let _ = writeln!(text, "name = \"{}\"", guess.name);
    let _ = writeln!(text, "title = {}", quoted(&words::one_line(&guess.title)));
    let measured = without_measure(called, guess)
        .or_else(|| with_measure(called, guess))
        .or_else(|| without_instructions(called, guess));
    let headings: Vec<String> = guess
        .headings
        .iter()
        .chain(&measured)
        .chain(&in_a_list(guess, plan))
        .map(|heading| quoted(&words::one_line(heading)))
        .collect();
    let _ = writeln!(
        text,
        "headings = [{}]  # 请定：报送表里还会怎样写这一列的标题",
        headings.join(", ")
    );
    let kind = guess.kind.name();
    let _ = writeln!(text, "type = \"{kind}\"");
    if let Some(other) = other_type(guess, plan.roles.of(place)) {
        let _ = writeln!(text, "{other}");
    }
    if guess.kind.has_decimal_mark() && guess.written.mark() == DecimalMark::Comma {
        let why = match guess.written {
            Written::CommasAsOthers => "；请定：这一列自己的数两种读法都行，随表中其他列",
            _ => "；写作 1,234.56 的，删去这一行",
        };
        let _ = writeln!(text, "decimal = \",\"  # 文字写的数以逗号作小数点：1.234,56{why}");
    }
    let is_quantity = matches!(guess.kind, ColumnType::Integer | ColumnType::Decimal);
    if let Some(measure) = guess.measure.as_ref().filter(|_| is_quantity) {
        let _ = writeln!(text, "measure = {}  # 写在数旁的单位", quoted(measure));
    }
    // # of months is no twin.
    let twin = guess.title.rsplit_once(TWIN).map(|(_, twin)| twin);
    let is_number =
        |twin: &&str| !twin.is_empty() && twin.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(twin) = twin.filter(is_number) {
        let _ = writeln!(
            text,
            "# 请定：这个标题出现不止一次，这里是从左起第 {twin} 个；上面一级标题不同的，可改写成 \"上级 > 标题\""
        );
    }
    // Two lists beside one another number their rows each.
    let is_called_so = WORDS.columns.numbers.contains(&heading::read(&guess.lowest).bare.as_str());
    let is_other = plan.roles.number.is_some_and(|number| number != place);
    let numbers_others = is_quantity && is_called_so && is_other && rises_by_one(&guess.cells);
    if !guess.summed {
        let _ = writeln!(text, "summed = false  # 单价、标准、年份之类：其下的合计不是各行相加");
    } else if numbers_others {
        let _ = writeln!(
            text,
            "summed = false  # 请定：又是一列序号，不相加；左右并列着两张表的，现在把同一行的左右两边读作一项任务"
        );
    }
    let own_unit = guess.unit.filter(|unit| *unit != plan.money.unit());
    if let (ColumnType::Amount, Some(unit)) = (guess.kind, own_unit) {
        let _ = writeln!(text, "unit = \"{}\"  # 与其他金额列的单位不同", unit.name());
    }
    if guess.reported {
        let _ = writeln!(
            text,
            "# reported = true  # 请定：计划中空着，不与计划比较；由各单位填报的，去掉行首的 #"
        );
        return;
    }
    // A blank or two among many is the plan's own gap. The owner may be named elsewhere on a sheet, and
    // who sends a sheet need not number its rows.
    let is_owner = plan.roles.owner == Some(place);
    let says_none = says_none(&guess.cells);
    let is_beside = is_owner || plan.roles.number == Some(place) || says_none;
    // Besides the first, a source of money need not give to each.
    let is_first = |kind| plan.columns.iter().position(|c| c.kind == kind) == Some(place);
    let is_source = guess.kind == ColumnType::Amount && !is_first(ColumnType::Amount);
    let may_lack = if is_source { 0 } else { (rows / 20).min(MOST_GAPS) };
    let is_filled = filled > 0 && filled + may_lack >= rows;
    // A sheet without words that only describe its tasks is to be explained, and not sent back.
    let is_words = matches!(guess.kind, ColumnType::Text | ColumnType::Choice);
    if (is_filled && !is_beside && !is_words) || is_required_role(plan, place) {
        let _ = writeln!(text, "required = true");
    } else if filled == 0 && !is_owner {
        let _ = writeln!(text, "optional = true  # 计划中空着，报送表里可以没有");
    } else if guess.tables < plan.tables.len() && !is_owner {
        let _ = writeln!(text, "optional = true  # 计划中也不是每张表都有");
    }
    if guess.kind == ColumnType::Choice {
        let _ = writeln!(text, "choices = [  # 请定：还允许哪些写法，写进 spellings");
        for choice in &guess.choices {
            let _ = writeln!(text, "    {{ value = {}, spellings = [] }},", quoted(choice));
        }
        let _ = writeln!(text, "]");
    }
}

/// What the figures of a matrix are called where a return lists them: above its columns stand units.
fn in_a_list(guess: &Guess, plan: &Plan<'_>) -> Option<String> {
    const CALLED: &str = "金额";
    let figures = plan.units.as_ref().and_then(|units| units.figures.first())?;
    let is_called = |other: &Guess| {
        let headings = std::iter::once(&other.title).chain(&other.headings);
        headings.into_iter().any(|heading| heading::read(heading).key == CALLED)
    };
    let is_own = *figures == guess.title && guess.kind.is_money();
    (is_own && !plan.columns.iter().any(is_called)).then(|| CALLED.to_owned())
}

/// What is not sure of how the figures of a column are written.
fn doubt_of_marks(guess: &Guess) -> Option<&'static str> {
    match guess.written {
        Written::Both => Some(
            "# 请定：这一列的数有的以逗号作小数点（680,00），有的以点作小数点，不能都读；请在计划里统一。\n\
             # 统一为逗号的，在下面加 decimal = \",\"，type 写 \"amount\" 或 \"decimal\"。",
        ),
        Written::Open => Some(
            "# 请定：表中别的列以逗号作小数点，这一列的数（如 1,234）两种读法都行，按千位分隔读了；\n\
             # 逗号是小数点的，在下面加 decimal = \",\"。",
        ),
        Written::Plain | Written::Points | Written::Commas | Written::CommasAsOthers => None,
    }
}

/// The heading of a quantity as returns may have it: without the measure in its brackets.
fn without_measure(called: &Called<'_>, guess: &Guess) -> Option<String> {
    let is_measure = |part: &String| WORDS.columns.counted_in.contains(&part.as_str());
    let is_quantity = matches!(guess.kind, ColumnType::Integer | ColumnType::Decimal);
    without_brackets(called, guess, is_measure).filter(|_| is_quantity)
}

/// A heading as returns may have it: without the sentence in its brackets that tells how to fill it in.
fn without_instructions(called: &Called<'_>, guess: &Guess) -> Option<String> {
    const LONG: usize = 12;
    without_brackets(called, guess, |part| part.chars().count() >= LONG)
}

/// A heading without its brackets, where these hold what may be left out and no other column is called so.
fn without_brackets(
    called: &Called<'_>,
    guess: &Guess,
    may_be_left_out: impl Fn(&String) -> bool,
) -> Option<String> {
    if guess.title.contains([TWIN, '＃']) || !in_brackets(&guess.title).iter().any(may_be_left_out)
    {
        return None;
    }
    let bare = bare(guess);
    let key = heading::read(&bare).key;
    let is_others =
        || called.get(&key).is_some_and(|names| names.iter().any(|name| *name != guess.name));
    (!key.is_empty() && !is_others()).then_some(bare)
}

/// The heading of a quantity as returns may have it: with the measure that stands beside the plan's figures.
fn with_measure(called: &Called<'_>, guess: &Guess) -> Option<String> {
    let measure = guess.measure.as_ref()?;
    if guess.title.contains(['（', '(', TWIN, '＃']) {
        return None;
    }
    let title = format!("{}（{measure}）", guess.title);
    (!called.contains_key(&heading::read(&title).key)).then_some(title)
}

/// The names of the columns that go by each heading.
type Called<'a> = BTreeMap<String, BTreeSet<&'a str>>;

/// Returns who goes by which heading, with what stands in its brackets and without: another column may
/// be the same quantity in another measure.
fn called(columns: &[Guess]) -> Called<'_> {
    let mut called = Called::new();
    for column in columns {
        for heading in std::iter::once(&column.title).chain(&column.headings) {
            let before = heading.split(['（', '(']).next().unwrap_or("");
            for key in [heading::read(heading).key, heading::read(before).key] {
                called.entry(key).or_default().insert(&column.name);
            }
        }
    }
    called
}

/// The type that a column may have as well, ready to be put in the place of the other.
fn other_type(guess: &Guess, role: Role) -> Option<String> {
    if role == Role::Owner || role == Role::Number {
        return None;
    }
    let numbers = guess.cells.iter().filter(|cell| {
        let plain = cell.replace([',', '，'], "");
        plain.parse::<f64>().is_ok()
    });
    let numbers = numbers.count();
    let filled = guess.cells.iter().filter(|cell| !cell.is_empty()).count();
    match guess.reason(role) {
        TypeReason::Figures => Some(
            "# type = \"amount\"  # 请定：标题没有说是什么数；是金额的，用这一行换掉上一行"
                .to_owned(),
        ),
        TypeReason::MoneyLine | TypeReason::MoneySum => Some(
            "# type = \"decimal\"  # 请定：标题没有说是金额；不是的，用这一行换掉上一行".to_owned(),
        ),
        TypeReason::Choices => Some(
            "# type = \"text\"  # 请定：写法不限的，用这一行换掉上一行，并删去 choices".to_owned(),
        ),
        TypeReason::Words if numbers > 1 && numbers * 2 >= filled => Some(format!(
            "# type = \"amount\"  # 请定：{filled} 格中 {numbers} 格是数；是金额或数量（decimal）的，用这一行换掉上一行"
        )),
        _ => None,
    }
}

/// Whether a cell says that there is nothing, as a dash does: its column need not be filled.
fn says_none(cells: &[String]) -> bool {
    let words = Lexicon::default().not_applicable;
    cells.iter().any(|cell| spelling::says_not_applicable(&fold::plain(cell), &words))
}

/// More blanks than these are no gaps, in however many rows.
const MOST_GAPS: usize = 3;

fn is_required_role(plan: &Plan<'_>, place: usize) -> bool {
    // Of names in levels some rows have the first alone.
    let roles = &plan.roles;
    if roles.open.is_some() && roles.key.iter().skip(1).any(|key| *key == place) {
        return false;
    }
    plan.roles.key.contains(&place)
        && !plan.roles.alternating.contains(&place)
        && plan.roles.open != Some(place)
}
