//! Writes the draft: TOML with comments in the language of those who will finish it. Whatever a
//! person must decide begins with 请定.

mod columns;
mod rules;

use std::fmt::Write as _;

use super::Plan;
use super::beside;
use super::doubts::DOUBTS;
use super::keys::alike_in_levels;
use super::repeats::repeated;
use super::tried::RESULT;
use super::units::Units;
use crate::model::{Month, words};
use crate::pipeline::{Lexicon, UnitStands};

/// Where the plan's years are not told, it is in force from here.
const LONG_AGO: Month = Month { year: 2000, month: 1 };

/// Returns the whole file.
pub fn file(plan: &Plan<'_>, path: &str) -> String {
    let mut text = String::new();
    head(&mut text, plan, path);
    columns::columns(&mut text, plan);
    super::further::ends(&mut text, plan);
    super::rows::corrections(&mut text, plan);
    text.push_str(DOUBTS);
    roster(&mut text, plan);
    matching(&mut text, plan);
    rules::check(&mut text, plan);
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
    let in_levels = roles.open.and_then(|_| alike_in_levels(&plan.columns, roles, &roles.key));
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

fn workbook(text: &mut String, plan: &Plan<'_>) {
    section(text, "交出去的工作簿");
    let title = plan.title.as_deref().unwrap_or("");
    let _ = writeln!(
        text,
        "# 请定：文件名、编制单位、回复期限。\n[workbook]\ntitle = {}\n# issued_by = \"某某局\"\n# reply_by_day = 10",
        quoted(&format!("{title}核对汇总表{{period}}"))
    );
    let overview: Vec<String> = rules::amounts(plan)
        .iter()
        .filter(|guess| guess.summed)
        .take(2)
        .map(|guess| quoted(&guess.name))
        .collect();
    if !overview.is_empty() {
        let _ = writeln!(text, "overview = [{}]", overview.join(", "));
    }
}
