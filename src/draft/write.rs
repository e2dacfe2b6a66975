//! Writes the draft: TOML with comments in the language of those who will finish it. Whatever a
//! person must decide begins with 请定.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::beside;
use super::doubts::DOUBTS;
use super::guess::{Guess, Role, repeated, rises_by_one};
use super::keys::alike_in_levels;
use super::kind::{NUMBERS, UNITS, in_brackets};
use super::marks::Written;
use super::sums::{equations_of_money, equations_of_others};
use super::tried::RESULT;
use super::units::Units;
use super::{Money, Plan};
use crate::model::{Month, fold, words};
use crate::pipeline::heading::{self, BELOW, TWIN};
use crate::pipeline::{ColumnType, DecimalMark, Lexicon, UnitStands};
use crate::reading::TypeReason;

/// Where the plan's years are not told, it is in force from here.
const LONG_AGO: Month = Month { year: 2000, month: 1 };

/// Returns the whole file.
pub fn file(plan: &Plan<'_>, path: &str) -> String {
    let mut text = String::new();
    head(&mut text, plan, path);
    columns(&mut text, plan);
    super::rows::corrections(&mut text, plan);
    text.push_str(DOUBTS);
    roster(&mut text, plan);
    matching(&mut text, plan);
    check(&mut text, plan);
    workbook(&mut text, plan);
    text
}

/// Returns a TOML string.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' | '\r' | '\t' => quoted.push(' '),
            c if c.is_control() => {}
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn section(text: &mut String, title: &str) {
    let _ = writeln!(
        text,
        "\n# ---------------------------------------------------------------- {title}"
    );
}

fn head(text: &mut String, plan: &Plan<'_>, path: &str) {
    let _ = writeln!(
        text,
        "# 由 duibiao inspect --draft 按计划表的样子起草，供人修改。凡写“请定”的地方须由人决定，\n\
         # 其余是猜的，请逐项看过。可用的全部写法见 duibiao schema。\n#\n# 认出的表："
    );
    for (sheet, shape) in &plan.tables {
        let heading: Vec<String> =
            shape.heading_rows.iter().map(|row| (row + 1).to_string()).collect();
        let name = sheet.name.as_ref();
        let name = name.map_or_else(String::new, |name| format!("工作表“{name}”："));
        let _ = if heading.is_empty() {
            writeln!(
                text,
                "#   请定：{name}没有列标题，第 {} 行起就是任务，{} 列；各列叫什么是按内容猜的",
                shape.start() + 1,
                shape.columns.len()
            )
        } else {
            writeln!(
                text,
                "#   {name}表头在第 {} 行，{} 列",
                heading.join("、"),
                shape.columns.len()
            )
        };
    }
    beside::said(text, plan);
    for (sheet, shape) in &plan.without_key {
        let heading: Vec<String> =
            shape.heading_rows.iter().map(|row| (row + 1).to_string()).collect();
        let _ = writeln!(
            text,
            "#   {}表头在第 {} 行的表没有写明任务的列，不算任务",
            sheet.name.as_ref().map_or_else(String::new, |name| format!("工作表“{name}”：")),
            heading.join("、"),
        );
    }
    text.push_str(RESULT);
    text.push('\n');
    let title = plan.title.as_deref().unwrap_or("计划");
    let _ = writeln!(
        text,
        "# 请定：核对的名称，写在汇总工作簿的首页。\ntitle = {}",
        quoted(&format!("{title}核对"))
    );
    section(text, "文件在哪里");
    // Of a file in pipelines/ inbox and archive stand beside that folder, as the plan does.
    let above = if path.starts_with("../") { "../" } else { "" };
    let moved = if above.is_empty() {
        "；本文件若放进 pipelines 文件夹，请在前面加上 ../"
    } else {
        ""
    };
    let _ = writeln!(
        text,
        "# 请定：路径都相对于本文件{moved}。\n\
         [intake]\n\
         inbox = \"{above}inbox/{{period}}\"  # 请定：每期的报送表放在这里，{{period}} 是 2020-08 这样的报送期\n\
         archive = \"{above}archive\"  # 核对结果存放在这里\n\n\
         [[intake.plan]]\nfile = {}",
        quoted(path)
    );
    let from = plan.from.unwrap_or(LONG_AGO);
    let why = if plan.from.is_some() {
        "按标题或年月列中的年份猜的"
    } else {
        "表中没有年份，先写作很早"
    };
    let _ = writeln!(text, "from = \"{from}\"  # 请定：从哪一期起执行；{why}");
}

fn columns(text: &mut String, plan: &Plan<'_>) {
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
    let is_called_so = NUMBERS.contains(&heading::read(&guess.lowest).bare.as_str());
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
    if (is_filled && !is_beside) || is_required_role(plan, place) {
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
    let is_measure = |part: &String| UNITS.contains(&part.as_str());
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
    cells.iter().any(|cell| words.contains(&fold::plain(cell).to_lowercase()))
}

/// More blanks than these are no gaps, in however many rows.
const MOST_GAPS: usize = 3;

fn is_required_role(plan: &Plan<'_>, place: usize) -> bool {
    plan.roles.key.contains(&place)
        && !plan.roles.alternating.contains(&place)
        && plan.roles.open != Some(place)
}

fn roster(text: &mut String, plan: &Plan<'_>) {
    section(text, "谁要报送");
    let Some(owner) = plan.roles.owner else {
        if !plan.members.is_empty() {
            members(text, &plan.members);
            return;
        }
        let _ = writeln!(
            text,
            "# 请定：没有认出责任单位列，整张计划按一个单位核对。分单位的，写明是哪一列（column = \"列名\"）。\n[roster]\n\n{ELSEWHERE}"
        );
        return;
    };
    if let Some(units) = &plan.units {
        named_units(text, plan, units);
        return;
    }
    let mut units: Vec<&str> = Vec::new();
    let parts = Lexicon::default().parts;
    for cell in &plan.columns[owner].cells {
        let is_part = parts.iter().any(|part| cell.starts_with(part.as_str()));
        let is_name = cell.chars().any(char::is_alphabetic) && !is_part;
        if is_name && !units.contains(&cell.as_str()) {
            units.push(cell);
        }
    }
    let _ = writeln!(
        text,
        "# 计划中有 {} 个单位：{}。\n[roster]\ncolumn = \"{}\"\n\n\
         # 请定：单位的其他叫法，一个单位一段，例如：\n# [[roster.unit]]\n# name = {}\n# aliases = [{}]",
        units.len(),
        units.iter().map(|unit| words::one_line(unit)).collect::<Vec<_>>().join("、"),
        plan.columns[owner].name,
        quoted(units.first().copied().unwrap_or_default()),
        quoted(&format!("{}的全称或简称", units.first().copied().unwrap_or_default()))
    );
}

/// The units that a line beside the tables lists, none of which has rows of its own.
fn members(text: &mut String, names: &[String]) {
    let _ = writeln!(
        text,
        "# 表中不分单位，表外的文字列出 {} 个单位。请定：每个单位都报全部各行，计划数是各单位之和；\n\
         # 不是这样的，删去 plan_is_sum 这一行和下面的单位。\n[roster]\nplan_is_sum = true",
        names.len()
    );
    for name in names {
        let _ = writeln!(text, "\n[[roster.unit]]\nname = {}", quoted(name));
    }
}

/// What may settle whose the rows are where nothing was found.
const ELSEWHERE: &str = "# 单位若写在别处，先登记一列（表中不必有），再写明在哪里。用哪一段就去掉哪一段行首的 #：\n\
    # [[normalise.column]]\n# name = \"owner\"\n# title = \"责任单位\"\n# type = \"text\"\n\
    # 并在上面的 [roster] 之下写 column = \"owner\"\n\
    # [[normalise.table]]\n# unit = \"sheet\"  # 每个单位一张工作表，表名就是单位\n\
    # [[normalise.table]]\n# unit = \"title\"  # 表的上方有一行写明单位\n\
    # [[normalise.table]]\n# unit = \"section\"  # 各单位的行上方有一行单位名，逐个登记 [[roster.unit]]";

/// How a return is known that says nowhere whose it is.
const BY_TASKS: &str = "\n# 请定：报送表没有写明单位时，按所列的任务认出单位，并请核实；不这样认的，删去这一段。\n\
    [[normalise.table]]\nof = \"submissions\"\nunit = \"tasks\"\n";

/// What is corrected of the tables, so that it is known whose the rows are.
fn tables(text: &mut String, plan: &Plan<'_>, units: &Units) {
    let names = |list: &[String]| list.iter().map(|n| quoted(n)).collect::<Vec<_>>().join(", ");
    if !units.sheets.is_empty() {
        if units.sums.is_empty() {
            let _ = writeln!(text, "\n# 只有这些工作表是任务。");
        } else {
            let _ = writeln!(
                text,
                "\n# 工作表{}是其余各表之和，不是任务；任务在这些工作表里。",
                units.sums.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join("、")
            );
        }
        if !units.left_out.is_empty() {
            let left: Vec<String> = units.left_out.iter().map(|name| format!("“{name}”")).collect();
            let _ = writeln!(
                text,
                "# 请定：工作表{}没有算作任务；是任务的，把名称加进下面。",
                left.join("、")
            );
        }
        let _ = writeln!(
            text,
            "[[normalise.table]]\nof = \"plan\"\nsheets = [{}]",
            names(&units.sheets)
        );
        let left = units.sums.iter().chain(&units.left_out);
        leave_in_returns(text, &left.map(String::as_str).collect::<Vec<_>>());
    }
    let why = match units.stands {
        UnitStands::Sheet => "每个单位一张工作表，表名就是单位",
        UnitStands::Title => "表的上方有一行写明单位",
        UnitStands::Beginning => "请定：没有写单位的列，每项任务的文字以单位名开头",
        UnitStands::Section => "各单位的行上方有一行单位名；它的数是下面各行之和",
        _ => "每个单位一列，列标题就是单位；有数的格是该单位的任务",
    };
    let stands = units.stands.name();
    let _ = writeln!(text, "\n# {why}。\n[[normalise.table]]\nunit = \"{stands}\"");
    if let Some(sections) = &units.sections {
        let _ = writeln!(text, "sections = [{}]", quoted(sections));
    }
    let figures = plan.columns.iter().find(|guess| Some(&guess.title) == units.figures.first());
    if let Some(figures) = figures {
        let _ = writeln!(text, "across = {{ field = \"{}\", headings = \"unit\" }}", figures.name);
    }
}

/// Leaves the sheets aside that are none of the plan's where a return has the plan's form.
pub fn leave_in_returns(text: &mut String, sheets: &[&str]) {
    let names: Vec<String> =
        sheets.iter().filter(|name| !name.is_empty()).map(|name| quoted(name)).collect();
    if !names.is_empty() {
        let _ = writeln!(
            text,
            "\n# 报送表里有同名的，同样不算；只有这样的工作表时照常读取。\n[[normalise.table]]\nof = \"submissions\"\nwithout = [{}]",
            names.join(", ")
        );
    }
}

/// The units that no column names, each by itself: their names are looked for in lines and headings.
fn named_units(text: &mut String, plan: &Plan<'_>, units: &Units) {
    let owner = plan.roles.owner.map_or("", |owner| plan.columns[owner].name.as_str());
    let _ = writeln!(
        text,
        "# 计划中有 {} 个单位。请定：单位的其他叫法写进 aliases。\n[roster]\ncolumn = \"{owner}\"",
        units.names.len()
    );
    for name in &units.names {
        let _ = writeln!(text, "\n[[roster.unit]]\nname = {}", quoted(name));
    }
}

/// How many rows the key leaves alike or without a name.
fn unclear(plan: &Plan<'_>) -> usize {
    let roles = &plan.roles;
    let in_levels =
        roles.open.and_then(|_| alike_in_levels(&plan.columns, roles.owner, &roles.key));
    in_levels
        .unwrap_or_else(|| repeated(&plan.columns, roles.owner, &roles.key, &roles.alternating))
}

fn matching(text: &mut String, plan: &Plan<'_>) {
    section(text, "报送的行怎样找到任务");
    let titles: Vec<String> =
        plan.roles.key.iter().map(|key| words::one_line(&plan.columns[*key].title)).collect();
    let unclear = unclear(plan);
    let how = if unclear == 0 {
        "同一单位内没有两行相同".to_owned()
    } else {
        format!("请定：仍有 {unclear} 行与前面的行相同或没有名称，需要再加一列")
    };
    let names: Vec<String> =
        plan.roles.key.iter().map(|key| quoted(&plan.columns[*key].name)).collect();
    let _ = writeln!(
        text,
        "# 按{}对应；{how}。\n[matching]\nkey = [{}]",
        titles.join("、"),
        names.join(", ")
    );
    if let Some(number) = plan.roles.number {
        let _ = writeln!(text, "number = \"{}\"", plan.columns[number].name);
    }
    let _ = writeln!(
        text,
        "roll_up = false  # 请定：一项任务分几行报送时，是否允许相加\n\
         # synonyms = [[\"建设\", \"新建\"]]  # 请定：哪些词视为相同\n\
         # droppable = [\"某某项目\"]  # 请定：哪些字样可以省略"
    );
}

fn check(text: &mut String, plan: &Plan<'_>) {
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

fn amounts<'a>(plan: &'a Plan<'_>) -> Vec<&'a Guess> {
    plan.columns.iter().filter(|guess| guess.kind == ColumnType::Amount).collect()
}

/// The title of an amount without its unit.
fn bare(guess: &Guess) -> String {
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

fn workbook(text: &mut String, plan: &Plan<'_>) {
    section(text, "交出去的工作簿");
    let title = plan.title.as_deref().unwrap_or("");
    let _ = writeln!(
        text,
        "# 请定：文件名、编制单位、回复期限。\n[workbook]\ntitle = {}\n# issued_by = \"某某局\"\n# reply_by_day = 10",
        quoted(&format!("{title}核对汇总表{{period}}"))
    );
    let overview: Vec<String> =
        amounts(plan).iter().take(2).map(|guess| quoted(&guess.name)).collect();
    if !overview.is_empty() {
        let _ = writeln!(text, "overview = [{}]", overview.join(", "));
    }
}
