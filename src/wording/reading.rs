//! What `inspect` says: how a file was understood, in the words of the keys that correct it.

use std::fmt::Write as _;

use super::reasons::fits_nothing;
use super::value_text;
use crate::model::words::{self, Language};
use crate::normalise::{CellFate, RowClass};
use crate::pipeline::Pipeline;
use crate::reading::{
    ColumnRead, MoneyFrom, MoneyRead, Origin, Part, Picture, Reading, Role, RowRead, SheetRead,
    TableRead, TypeReason, Why, mark,
};

/// Says how a file was understood. A picture wider than `width` characters is left out.
pub fn reading(reading: &Reading, width: usize, pipeline: &Pipeline, language: Language) -> String {
    let speaker = Speaker { pipeline, language };
    let mut text = String::new();
    if let Some(format) = reading.format {
        let _ = writeln!(text, "{}{format}", speaker.pick("格式：", "format: "));
    }
    for unused in &reading.unused {
        let why = fits_nothing(unused.corrects, language);
        let said = speaker.pick("对这份文件不起作用", "corrects nothing of this file");
        let colon = speaker.pick("：", ": ");
        let _ = writeln!(
            text,
            "[[normalise.table]] {} = {}  # {said}{colon}{why}",
            unused.key, unused.value
        );
    }
    for sheet in &reading.sheets {
        speaker.sheet(&mut text, sheet, width);
    }
    text
}

/// So many rows are named; of more it is said that there are.
const MOST_NAMED: usize = 12;

#[derive(Clone, Copy)]
struct Speaker<'a> {
    pipeline: &'a Pipeline,
    language: Language,
}

impl Speaker<'_> {
    fn pick(self, chinese: &'static str, english: &'static str) -> &'static str {
        match self.language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    fn chinese(self) -> bool {
        self.language == Language::Chinese
    }

    fn sheet(self, text: &mut String, sheet: &SheetRead, width: usize) {
        let name = sheet.name.clone().unwrap_or_else(|| "-".to_owned());
        let hidden = if sheet.hidden { self.pick("（隐藏）", " (hidden)") } else { "" };
        let rows = if self.chinese() {
            format!("{} 个非空行", sheet.nonblank)
        } else {
            format!("{} with content", words::count(sheet.nonblank, "row"))
        };
        let _ = writeln!(text, "\n{}{name}{hidden}　{rows}", self.pick("工作表 ", "sheet "));
        if !sheet.counts {
            let said = self.pick(
                "  方案没有选这张工作表，它的行不算。",
                "  the pipeline file chooses other sheets; its rows do not count.",
            );
            let _ = writeln!(text, "{said}");
        }
        for (place, table) in sheet.tables.iter().enumerate() {
            self.table(text, place, table);
        }
        let _ = writeln!(text, "  {}", self.cells(sheet));
        self.picture(text, &sheet.picture, width);
        for row in &sheet.rows {
            let _ =
                writeln!(text, "  {:>5}  {}  {}", row.row, self.class(row.class), self.row(row));
        }
    }

    /// The keys of `[[normalise.table]]` as they can be copied, and what was found beside them.
    fn table(self, text: &mut String, place: usize, table: &TableRead) {
        let title = self.pick("表", "table");
        let _ = writeln!(text, "  {title} {}　[[normalise.table]]", place + 1);
        let _ = writeln!(text, "    sheets = {}", array(&table.sheets));
        let again = words::short_list(&table.repeated, MOST_NAMED, self.language);
        let again = match (again.is_empty(), self.chinese()) {
            (true, _) => String::new(),
            (false, true) => format!("第 {again} 行又出现"),
            (false, false) => format!("again in rows {again}"),
        };
        if let Some(rows) = &table.heading_rows {
            self.key(text, "heading_rows", &quoted(&rows.value), rows, &again);
        }
        if let Some(within) = &table.within {
            let said = self.pick("几张表并列着", "tables stand side by side");
            let said = if within.value.len() > 1 { said } else { "" };
            self.key(text, "within", &array(&within.value), within, said);
        }
        if let Some(headings) = &table.headings {
            let said = self.pick(
                "表没有列标题，从这一行起就是任务",
                "no row says what the columns are; tasks begin here",
            );
            self.key(text, "headings", &array(&headings.value), headings, said);
        }
        self.unit(text, table);
        for (key, part) in [
            ("sections", &table.sections),
            ("details", &table.details),
            ("skip", &table.skip),
            ("tasks", &table.tasks),
            ("ends", &table.ends),
            ("fill", &table.fill),
            ("keep_blank", &table.keep_blank),
            ("continued", &table.continued),
            ("above", &table.above),
        ] {
            let Some(part) = part else { continue };
            if part.value.is_empty() {
                // Lines that no pattern describes.
                let _ = writeln!(text, "    # {key}: {}", self.because(part, ""));
            } else {
                self.key(text, key, &array(&part.value), part, "");
            }
        }
        if let Some(across) = &table.across {
            let value = format!(
                "{{ field = {}, headings = {} }}",
                quoted(&across.value.field),
                quoted(&across.value.headings)
            );
            self.key(text, "across", &value, across, "");
        }
        if let Some(money) = &table.money {
            let _ = writeln!(text, "    # {}", self.money(*money));
        }
        let title = self.pick("列", "columns");
        let _ = writeln!(text, "    {title}　[[normalise.column]]");
        for column in &table.columns {
            self.column(text, column);
        }
        for (name, headings) in &table.ambiguous {
            let headings: Vec<String> =
                headings.iter().map(|(cell, heading)| format!("{cell} {heading}")).collect();
            let headings = words::list(&headings, self.language);
            let _ = if self.chinese() {
                writeln!(text, "    # {name}：有几列都像它（{headings}），没有替人选择")
            } else {
                writeln!(
                    text,
                    "    # {name}: several headings could be it ({headings}); none was chosen"
                )
            };
        }
    }

    fn unit(self, text: &mut String, table: &TableRead) {
        let Some(unit) = &table.unit else {
            let said = self.pick(
                "    # unit：表里没有单位列；报送表按表的标题、工作表名、文件名认单位",
                "    # unit: no column names it; a return is known by its title, its sheet's or its file's name",
            );
            let _ = writeln!(text, "{said}");
            return;
        };
        let mut beside = unit.value.at.clone().unwrap_or_default();
        if unit.value.count == 0 && !matches!(unit.value.stands, "column" | "tasks" | "file") {
            beside.push_str(self.pick(
                "表里没有找到；报送表按表的标题、工作表名、文件名认单位",
                "none was found; a return is known by its title, its sheet's or its file's name",
            ));
        }
        if unit.value.count > 0 {
            if !beside.is_empty() {
                beside.push_str(self.pick("，", ", "));
            }
            beside.push_str(&self.units(&unit.value.names, unit.value.count));
        }
        self.key(text, "unit", &quoted(unit.value.stands), unit, &beside);
    }

    fn key<T>(self, text: &mut String, key: &str, value: &str, part: &Part<T>, beside: &str) {
        let _ = writeln!(text, "    {key} = {value}  # {}", self.because(part, beside));
    }

    /// Who says so, and where.
    fn because<T>(self, part: &Part<T>, beside: &str) -> String {
        let mut said = match part.origin {
            Origin::Declared => self.pick("方案写明", "declared").to_owned(),
            Origin::Found => self.pick("认出", "found").to_owned(),
        };
        let colon = self.pick("：", ": ");
        if !beside.is_empty() {
            let _ = write!(said, "{colon}{beside}");
        }
        if !part.rows.is_empty() {
            let rows = spans(&part.rows);
            let shown: Vec<&str> = rows.iter().take(MOST_NAMED).map(String::as_str).collect();
            let rows_said = if self.chinese() {
                let more = if rows.len() > MOST_NAMED { "等" } else { "" };
                format!("第 {} 行{more}", shown.join("、"))
            } else {
                let more = if rows.len() > MOST_NAMED { " …" } else { "" };
                let noun = if part.rows.len() == 1 { "row" } else { "rows" };
                format!("{noun} {}{more}", shown.join(", "))
            };
            let _ = write!(said, "{colon}{rows_said}");
        }
        said
    }

    fn units(self, names: &[String], count: usize) -> String {
        let shown: Vec<String> = names.iter().map(|name| words::shortened(name, 20)).collect();
        let shown = shown.join(self.pick("、", ", "));
        let more = if count > names.len() { "……" } else { "" };
        if self.chinese() {
            format!("{count} 个单位（{shown}{more}）")
        } else {
            format!("{} ({shown}{more})", words::count(count, "unit"))
        }
    }

    fn money(self, money: MoneyRead) -> String {
        let unit = money.unit;
        let at = money.at.map_or_else(String::new, |at| at.to_string());
        match (money.from, self.chinese()) {
            (MoneyFrom::Heading, true) => format!("金额单位：{unit}（标题 {at}）"),
            (MoneyFrom::Heading, false) => format!("unit of money: {unit} (heading, {at})"),
            (MoneyFrom::Line, true) => format!("金额单位：{unit}（{at}）"),
            (MoneyFrom::Line, false) => format!("unit of money: {unit} ({at})"),
            (MoneyFrom::Pipeline, true) => format!("金额单位：{unit}（表中没有写明，按方案）"),
            (MoneyFrom::Pipeline, false) => {
                format!("unit of money: {unit} (not named on the sheet; the pipeline file's)")
            }
        }
    }

    fn column(self, text: &mut String, column: &ColumnRead) {
        let letters = &column.column;
        let headings = array(std::slice::from_ref(&column.heading));
        let (Some(name), Some(kind)) = (&column.name, column.kind) else {
            let said = self.pick("方案没有登记，不比较", "not declared; compared with nothing");
            let _ = writeln!(text, "    {letters:<3} headings = {headings}  # {said}");
            return;
        };
        let mut said = Vec::new();
        match column.role {
            Some(Role::Number) => said.push(self.pick("序号", "the number").to_owned()),
            Some(Role::Owner) => said.push(self.pick("责任单位", "the unit").to_owned()),
            Some(Role::Key) => said.push(self.pick("用来对应任务", "part of the key").to_owned()),
            None => {}
        }
        if let Some(reason) = column.reason {
            said.push(self.reason(reason).to_owned());
        }
        said.push(match (column.filled, column.fits, self.chinese()) {
            (0, _, true) => "各行都空着".to_owned(),
            (0, _, false) => "blank in all rows".to_owned(),
            (filled, fits, true) => format!("{filled} 格中 {fits} 格合适"),
            (filled, fits, false) => format!("{fits} of {} fit", words::count(filled, "cell")),
        });
        if let Some((at, typed)) = &column.misfit {
            let typed = words::shortened(typed, 20);
            said.push(if self.chinese() {
                format!("{at}“{typed}”不是")
            } else {
                format!("{at} “{typed}” does not")
            });
        }
        if let Some(money) = column.money {
            said.push(self.money(money));
        }
        let said = said.join(self.pick("；", "; "));
        let _ = writeln!(
            text,
            "    {letters:<3} name = {}  headings = {headings}  type = \"{kind}\"  # {said}",
            quoted(name)
        );
    }

    fn reason(self, reason: TypeReason) -> &'static str {
        match reason {
            TypeReason::Percentages => self.pick("写作百分数", "written as percentages"),
            TypeReason::ShareHeading => self.pick("标题说是比例", "its heading says a share"),
            TypeReason::MoneyHeading => self.pick("标题说是钱", "its heading says money"),
            TypeReason::MoneyLine => self.pick(
                "有小数，表旁写明金额单位",
                "decimals, and a line beside the table names a unit of money",
            ),
            TypeReason::MoneySum => self.pick(
                "与其他金额列同类或相加",
                "one of the columns of money, or part of their sum",
            ),
            TypeReason::Months => self.pick("写作年月", "written as months"),
            TypeReason::Dates => self.pick("写作年月日", "written as days"),
            TypeReason::Numbers => {
                self.pick("标题说是序号", "its heading says that it numbers the rows")
            }
            TypeReason::Codes => self.pick("是编码", "codes"),
            TypeReason::Years => self.pick("是年份", "years"),
            TypeReason::Price => self.pick(
                "标题说是单价或标准，不相加",
                "its heading says a price or standard, which has no sum",
            ),
            TypeReason::Counts => self.pick("标题说是数量", "its heading says what is counted"),
            TypeReason::Figures => {
                self.pick("只看数是这样，也可能是金额", "by its figures alone; it may be money")
            }
            TypeReason::Choices => self.pick("只有几种写法", "a few words come again and again"),
            TypeReason::Words => self.pick("多是文字", "mostly words"),
            TypeReason::Owner => {
                self.pick("按标题和内容认出", "by its heading and what stands in it")
            }
        }
    }

    /// What became of the sheet's cells, and what is counted beside.
    fn cells(self, sheet: &SheetRead) -> String {
        let fates = &sheet.cells;
        let ended: Vec<String> = CellFate::ALL
            .into_iter()
            .filter(|fate| fates.of(*fate) > 0)
            .map(|fate| format!("{} {}", self.fate(fate), fates.of(fate)))
            .collect();
        let beside: Vec<String> = [
            ("批注", "comments", fates.comments),
            ("删除线", "struck out", fates.struck),
            ("隐藏", "hidden", fates.hidden),
        ]
        .into_iter()
        .filter(|(_, _, count)| *count > 0)
        .map(|(chinese, english, count)| format!("{} {count}", self.pick(chinese, english)))
        .collect();
        let cells = self.pick("单元格", "cells");
        let mut said = format!("{cells} {} = {}", fates.nonblank, ended.join(" + "));
        if !beside.is_empty() {
            said.push_str(self.pick("；另有", "; beside: "));
            said.push_str(&beside.join(self.pick("、", ", ")));
        }
        said
    }

    fn fate(self, fate: CellFate) -> String {
        match self.language {
            Language::Chinese => fate.chinese().to_owned(),
            Language::English => format!("{fate:?}").to_lowercase(),
        }
    }

    fn class(self, class: RowClass) -> String {
        match self.language {
            Language::Chinese => format!("{:　<4}", class.chinese()),
            Language::English => format!("{:<10}", format!("{class:?}").to_lowercase()),
        }
    }

    /// A character a cell. The characters are narrow and stand before all words, so that the columns
    /// stand below each other however wide the words are shown.
    fn picture(self, text: &mut String, picture: &Picture, width: usize) {
        const BESIDE: usize = 30;
        let Some((first, last)) = &picture.columns else { return };
        let broadest = picture.strips.iter().map(|strip| strip.cells.len()).max().unwrap_or(0);
        if broadest + BESIDE > width {
            let _ = if self.chinese() {
                writeln!(text, "  图样太宽（{broadest} 列），没有画出")
            } else {
                writeln!(text, "  the picture is too wide ({broadest} columns) and left out")
            };
            return;
        }
        let more = match (picture.more_columns, self.chinese()) {
            (0, _) => String::new(),
            (more, true) => format!("，右边还有 {more} 列"),
            (more, false) => format!(", {more} more to the right"),
        };
        let blank = self.pick("空白", "blank");
        let sometimes = self.pick("有的行空着", "blank in some rows");
        let mut legend: Vec<String> = CellFate::ALL
            .into_iter()
            .filter(|fate| picture.strips.iter().any(|strip| strip.cells.contains(mark(*fate))))
            .map(|fate| format!("{} {}", mark(fate), self.fate(fate)))
            .collect();
        for (c, said) in [(':', sometimes), ('.', blank)] {
            if picture.strips.iter().any(|strip| strip.cells.contains(c)) {
                legend.push(format!("{c} {said}"));
            }
        }
        let legend = legend.join(self.pick("　", "  "));
        let _ = if self.chinese() {
            writeln!(text, "  图样 {first}–{last} 列{more}：{legend}")
        } else {
            writeln!(text, "  picture, columns {first} to {last}{more}: {legend}")
        };
        for strip in &picture.strips {
            let rows = if strip.first == strip.last {
                strip.first.to_string()
            } else {
                format!("{}-{}", strip.first, strip.last)
            };
            let class = self.class(strip.class);
            let count = match (strip.rows, self.chinese()) {
                (1, _) => String::new(),
                (rows, true) => format!(" {rows} 行"),
                (rows, false) => format!(" {rows} rows"),
            };
            let class = class.trim_end_matches(['　', ' ']);
            let _ = writeln!(text, "  {rows:>11}|{}|{class}{count}", strip.cells);
        }
        if picture.more_rows > 0 {
            let _ = if self.chinese() {
                writeln!(text, "  下面还有 {} 行没有画出", picture.more_rows)
            } else {
                writeln!(text, "  {} more below", words::count(picture.more_rows, "row"))
            };
        }
    }

    fn row(self, row: &RowRead) -> String {
        let mut parts: Vec<String> = row
            .fields
            .iter()
            .map(|field| {
                let value = match &field.value {
                    None => format!("?{}", words::shortened(&field.typed, 16)),
                    Some(_) => words::shortened(
                        &value_text(&field.entry, self.pipeline, self.language),
                        20,
                    ),
                };
                // ←4: its own cell is blank or merged, and it is what row 4 says.
                let from = field.filled_from.map_or_else(String::new, |row| format!("←{row}"));
                format!("{}={value}{from}", field.name)
            })
            .collect();
        if !row.texts.is_empty() {
            let texts: Vec<String> =
                row.texts.iter().map(|text| words::shortened(text, 40)).collect();
            parts.insert(0, texts.join(" | "));
        }
        let said = parts.join("  ");
        match row.why {
            None => said,
            Some(why) => format!("{said}  {}", self.why(why, row.adds)).trim_start().to_owned(),
        }
    }

    fn why(self, why: Why, adds: Option<(u32, u32)>) -> String {
        let said = match why {
            Why::Word => self.pick("按字样", "by its word"),
            Why::Formula => self.pick("按公式", "by its formulas"),
            Why::Sum => self.pick("按相加", "by its sum"),
            Why::Nameless => self.pick("只有金额", "amounts and nothing else"),
            Why::SectionTotal => self.pick("分节行上的合计", "the total of a section, in its line"),
            Why::Section => self.pick("分节行", "the line of a section"),
            Why::Detail => {
                self.pick("按 details：说明上一行", "by details: explains the row above")
            }
            Why::Skip => self.pick("按 skip：不算", "by skip: does not count"),
            Why::Struck => self.pick("整行删除线", "struck out from end to end"),
        };
        match (adds, self.chinese()) {
            (None, _) => format!("[{said}]"),
            (Some((first, last)), true) => format!("[{said}：第 {first}–{last} 行]"),
            (Some((first, last)), false) => format!("[{said}: rows {first} to {last}]"),
        }
    }
}

/// Returns rows with runs as one: 4-6, 9.
fn spans(rows: &[u32]) -> Vec<String> {
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for row in rows {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *row => *last = *row,
            _ => spans.push((*row, *row)),
        }
    }
    let named = spans.into_iter().map(|(first, last)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    });
    named.collect()
}

/// Returns a TOML array of strings.
fn array(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// Returns a TOML string, on one line.
fn quoted(text: &str) -> String {
    let flat = words::one_line(text);
    format!("\"{}\"", flat.replace('\\', "\\\\").replace('"', "\\\""))
}
