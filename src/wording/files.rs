//! Findings about files, columns and what is hidden in them.

use super::reasons::source_text;
use super::speaker::Speaker;
use crate::model::CellAt;
use crate::model::fact::{Agreeing, Elsewhere, InDoubt, Lacking, Near, NotSent, Unread, Unseen};
use crate::model::finding::{AnswerRefusal, CountsBecause, NameSource};
use crate::model::fold;
use crate::model::value::Doubt;
use crate::model::words::{self, Language};
use crate::normalise::cells;

impl Speaker<'_> {
    pub(super) fn several_files(
        &self,
        unit: &str,
        counts: &str,
        others: &[String],
        because: CountsBecause,
    ) -> String {
        let were = was_or_were(others);
        let others = self.quoted_names(others);
        let why = self.why_it_counts(because);
        self.pick(
            format!("{unit}报送了多个文件，现以“{counts}”为准（{why}），没有计入的是：{others}。"),
            format!(
                "{unit} sent several files. “{counts}” counts ({why}); {others} {were} not counted."
            ),
        )
    }

    pub(super) fn several_tables(
        &self,
        unit: &str,
        counts: &str,
        others: &[String],
        because: CountsBecause,
    ) -> String {
        let were = was_or_were(others);
        let others = self.quoted_names(others);
        let why = match (because, self.language) {
            (CountsBecause::Marker, Language::Chinese) => "工作表的名称标明为更正稿或定稿",
            _ => self.why_it_counts(because),
        };
        let file = self.file();
        self.pick(
            format!("{unit}的文件{file}里，“{counts}”和{others}列着同样的任务，现以“{counts}”为准（{why}），{others}没有计入核对。"),
            format!("{unit}: in {file}, “{counts}” and {others} list the same tasks. “{counts}” counts ({why}); {others} {were} not counted."),
        )
    }

    pub(super) fn halves_of_a_table(
        &self,
        unit: &str,
        counts: &str,
        others: &[String],
        columns: &[String],
    ) -> String {
        let were = was_or_were(others);
        let others = self.quoted_names(others);
        let columns = self.quoted_names(columns);
        let file = self.file();
        self.pick(
            format!("{unit}的文件{file}里，“{counts}”和{others}列着同样的任务，栏目却不同，现以“{counts}”为准，{others}没有计入核对，其中{columns}只在那里才有。"),
            format!("{unit}: in {file}, “{counts}” and {others} list the same tasks under other headings. “{counts}” counts; {others} {were} not counted, and only there are {columns}."),
        )
    }

    /// Rows of units that sent files of their own, in the file of another.
    pub(super) fn rows_of_others(&self, file: &str, units: &[String]) -> String {
        let named = self.few(units);
        let count = words::count(units.len(), "unit");
        self.pick(
            format!("文件“{file}”里还列有另外 {} 个单位（{named}）的行；这些单位另有自己的报送表，以其自己的为准，这些行没有计入核对。", units.len()),
            format!("The file “{file}” also lists rows of {count} ({named}) that sent files of their own; these count, and the rows in “{file}” were not compared."),
        )
    }

    pub(super) fn corrected_in_part(
        &self,
        unit: &str,
        (counts, others): (&str, &[String]),
        (replaced, kept): (usize, usize),
        because: CountsBecause,
    ) -> String {
        let others = self.quoted_names(others);
        let why = self.why_it_counts(because);
        self.pick(
            format!("{unit}报送了多个文件，“{counts}”（{why}）只列了其中 {replaced} 项任务：这 {replaced} 项以它为准，其余 {kept} 项仍以{others}为准。"),
            format!("{unit} sent several files. “{counts}” ({why}) lists {replaced} of the tasks and counts for those; for the other {kept}, {others} counts."),
        )
    }

    /// “7月”、“Sheet2”
    pub(super) fn quoted_names(&self, names: &[String]) -> String {
        let quoted: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
        words::list(&quoted, self.language)
    }

    /// What goes on after the sheets that are set aside, in both languages: which of them this month's
    /// cumulative figures are held against.
    pub(super) fn held_by_last_month(&self, sheets: &[String]) -> (String, String) {
        if sheets.is_empty() {
            return (String::new(), String::new());
        }
        let named = self.quoted_names(sheets);
        (
            format!("；{named}是上月的，上月没有核对记录的，累计数以它为上期数"),
            format!(
                "; {named} {} of last month, and where no run knows it, cumulative figures are held against that",
                if sheets.len() > 1 { "are" } else { "is" }
            ),
        )
    }

    fn why_it_counts(&self, because: CountsBecause) -> &'static str {
        match (because, self.language) {
            (CountsBecause::FilledIn, Language::Chinese) => "只有它填写了报送内容",
            (CountsBecause::FilledIn, Language::English) => "it is the one that was filled in",
            (CountsBecause::Marker, Language::Chinese) => "文件名标明为更正稿",
            (CountsBecause::Marker, Language::English) => "its name marks it as the corrected one",
            (CountsBecause::FilledOn, Language::Chinese) => "填报日期较晚",
            (CountsBecause::FilledOn, Language::English) => "it was filled in later",
            (CountsBecause::ModifiedAt, Language::Chinese) => "文件保存时间较晚",
            (CountsBecause::ModifiedAt, Language::English) => "it was saved later",
            (CountsBecause::SaysAll, Language::Chinese) => "其余的内容它都有，且完全一致",
            (CountsBecause::SaysAll, Language::English) => "it says all that the others say",
            (CountsBecause::Undecided, Language::Chinese) => "无法分辨先后，暂取排在最前的一个",
            (CountsBecause::Undecided, Language::English) => {
                "nothing tells them apart, so the first was taken"
            }
        }
    }

    pub(super) fn seen_names(&self, seen: &[(NameSource, String)]) -> String {
        let texts: Vec<String> = seen
            .iter()
            .map(|(source, text)| {
                let source = source_text(*source, self.language);
                let text = words::shortened(text, 30);
                self.pick(format!("{source}写着“{text}”"), format!("the {source} says “{text}”"))
            })
            .collect();
        words::list(&texts, self.language)
    }

    pub(super) fn column_missing(&self, unit: &str, lacking: &Lacking) -> String {
        match lacking {
            Lacking::NotThere { title, nearest } => {
                let near = self.nearest(nearest.as_ref(), self.finding.field.as_deref());
                let column =
                    self.finding.field.as_ref().and_then(|f| self.pipeline.column_named(f));
                if column.is_some_and(|column| self.pipeline.roles.key.contains(&column)) {
                    return self
                        .pick(
                            format!("{unit}的表中找不到“{title}”列，各行无法与计划的任务对应，这张表没有核对。{near}"),
                            format!("{unit}: the column “{title}” was not found, so that no row can be told to be a task of the plan; the table was not checked. {near}"),
                        )
                        .trim_end()
                        .to_owned();
                }
                self.pick(
                    format!("{unit}的报送表{}里找不到“{title}”一列，这一列没有核对。{near}", self.on_sheet()),
                    format!("{unit}: the column “{title}” is not on the sheet{} and was not compared. {near}", self.on_sheet()),
                )
                .trim_end()
                .to_owned()
            }
            Lacking::PartOfKey { title, nearest } => {
                let near = self.nearest(nearest.as_ref(), self.finding.field.as_deref());
                self.pick(
                    format!("{unit}的报送表{}里找不到“{title}”一列，各行按其余各列与计划的任务对应；这一列没有核对。{near}", self.on_sheet()),
                    format!("{unit}: the column “{title}” is not on the sheet{}; rows were told to be tasks of the plan by the other columns, and this one was not compared. {near}", self.on_sheet()),
                )
                .trim_end()
                .to_owned()
            }
            Lacking::Nowhere { columns, elsewhere } => self.not_sent(columns, elsewhere),
            Lacking::Ambiguous { title, headings } => {
                let headings = words::list(headings, self.language);
                self.pick(
                    format!("{unit}的报送表{}里有几列都像“{title}”：{headings}；无法断定是哪一列，所以没有核对。", self.on_sheet()),
                    format!("{unit}: several headings of the sheet{} could be “{title}”: {headings}. It cannot be told which one is meant, so the column was not compared.", self.on_sheet()),
                )
            }
        }
    }

    /// The heading that may be a missing column, and the line that accepts it.
    fn nearest(&self, near: Option<&Near>, name: Option<&str>) -> String {
        let Some(near) = near else { return String::new() };
        let (heading, agreeing) = (&near.heading, self.agreeing(near));
        let name = name.unwrap_or_default();
        self.pick(
            format!("最接近的列标题是“{heading}”{agreeing}；如果就是这一列，经办人可在核对方案 {name} 列的 headings 中加入 \"{heading}\"。"),
            format!("The nearest heading is “{heading}”{agreeing}; to accept it, add \"{heading}\" to the headings of `{name}` in the pipeline file. "),
        )
    }

    /// Of how many tasks the cells below a heading say what the plan does.
    fn agreeing(&self, near: &Near) -> String {
        let Some(Agreeing { rows, of }) = near.agrees else { return String::new() };
        self.pick(
            format!("（对得上的 {of} 行中有 {rows} 行与计划相同）"),
            format!(" (in {rows} of {} it says what the plan does)", words::count(of, "row")),
        )
    }

    /// Columns that no return of the month has.
    fn not_sent(&self, columns: &[NotSent], elsewhere: &Elsewhere) -> String {
        let titles: Vec<String> = columns
            .iter()
            .map(|column| self.pick(format!("“{}”", column.title), format!("“{}”", column.title)))
            .collect();
        let titles = words::list(&titles, self.language);
        let near: String = columns
            .iter()
            .filter_map(|column| {
                let NotSent { field, title, nearest } = column;
                let near = nearest.as_ref()?;
                let (heading, agreeing) = (&near.heading, self.agreeing(near));
                Some(self.pick(
                    format!("“{title}”如果就是表中的“{heading}”{agreeing}，可在核对方案 {field} 列的 headings 中加入 \"{heading}\"。"),
                    format!(" If “{title}” is the sheets’ “{heading}”{agreeing}, add \"{heading}\" to the headings of `{field}` in the pipeline file."),
                ))
            })
            .collect();
        let Elsewhere { files, .. } = elsewhere;
        self.pick(
            format!("本期的报送表（{files} 个文件）都没有{titles}，没有核对。{near}"),
            format!("None of the sheets of the period ({}) has {titles}; nothing was compared there.{near}", words::count(*files, "file")),
        )
    }

    pub(super) fn column_unknown(
        &self,
        unit: &str,
        heading: &str,
        nearest: Option<&str>,
        elsewhere: &Elsewhere,
    ) -> String {
        if is_error(heading) {
            return self.pick(
                format!("{unit}的报送表{}里有一列的标题是错误值“{heading}”{}，看不出是哪一列，没有参与核对。", self.on_sheet(), self.cell()),
                format!(
                    "{unit}: the sheet{} has a column whose heading is the error {heading}{}, so that nobody can tell what it is; it was not compared.",
                    self.on_sheet(),
                    self.cell()
                ),
            );
        }
        let near = nearest.map_or_else(String::new, |title| {
            self.pick(format!("，最接近“{title}”"), format!(", nearest to “{title}”"))
        });
        let (chinese, english) = self.undeclared(unit, heading, elsewhere);
        let it_was = if elsewhere.headings > 1 { "they were" } else { "it was" };
        self.pick(
            format!("{chinese}没有在核对方案中登记{near}，没有参与核对。"),
            format!(
                "{english} that the pipeline file does not declare{near}; {it_was} not compared."
            ),
        )
    }

    /// A heading that nobody declared and that says the same as one that somebody did.
    pub(super) fn column_by_meaning(
        &self,
        unit: &str,
        heading: &str,
        name: &str,
        elsewhere: &Elsewhere,
    ) -> String {
        let title = self.pipeline.field_title(name);
        let (chinese, english) = self.undeclared(unit, heading, elsewhere);
        self.pick(
            format!("{chinese}没有在核对方案中登记，按意思当作“{title}”核对。"),
            format!("{english} that the pipeline file does not declare; by what it means it was taken for “{title}”."),
        )
    }

    /// Where a column that nobody declared stands, in both languages: the beginning of a sentence.
    fn undeclared(&self, unit: &str, heading: &str, elsewhere: &Elsewhere) -> (String, String) {
        let (columns, columns_english) = columns_of(heading, elsewhere);
        if elsewhere.sheets > 1 {
            let (chinese, english) = self.on_sheets(elsewhere);
            return (
                format!("{chinese}里有{columns}，"),
                format!("{english} have {columns_english}"),
            );
        }
        let (sheet, cell) = (self.on_sheet(), self.cell());
        (
            format!("{unit}的报送表{sheet}里有{columns}{cell}"),
            format!("{unit}: the sheet{sheet} has {columns_english}{cell}"),
        )
    }

    /// Several sheets of several files, in both languages: the beginning of a sentence.
    fn on_sheets(&self, elsewhere: &Elsewhere) -> (String, String) {
        let Elsewhere { files, sheets, named, .. } = elsewhere;
        let listed = self.quoted_names(named);
        let (more, others) = if *files > named.len() { ("等", " and others") } else { ("", "") };
        let count = words::count(*files, "file");
        (
            format!("有 {files} 个文件（{listed}{more}）的 {sheets} 张工作表"),
            format!("{sheets} sheets of {count} ({listed}{others})"),
        )
    }

    pub(super) fn hidden(&self, unseen: &Unseen) -> String {
        let (rows, columns, sheet) = match unseen {
            Unseen::Struck { cells, rows, partly, text } => {
                return self.struck(*cells, *rows, *partly, text);
            }
            Unseen::ShownAsNothing { cells, text } => {
                let sheet = self.sheet();
                let places = words::short_list(&self.finding.cells, 5, self.language);
                return self.pick(
                    format!("{sheet}有 {cells} 个单元格（{places}）看上去是空白，其实有内容（“{text}”）：字体与底色相同，或数字格式不显示任何内容；这些内容已照常读取和核对。"),
                    format!("{sheet} has {} ({places}) that look empty and hold something (“{text}”): the letters have the colour of the paper, or the number format shows nothing; it was read and compared all the same.", words::count(*cells, "cell")),
                );
            }
            Unseen::Hidden { rows, columns, sheet } => (rows, columns, sheet),
        };
        let mut parts = Vec::new();
        if *sheet {
            parts.push(self.pick("整张工作表".to_owned(), "the whole sheet".to_owned()));
        }
        if *rows > 0 {
            parts.push(self.pick(format!("{rows} 行"), words::count(*rows, "row")));
        }
        if *columns > 0 {
            parts.push(self.pick(format!("{columns} 列"), words::count(*columns, "column")));
        }
        let parts = words::list(&parts, self.language);
        let sheet_name = self.sheet();
        let cells = words::short_list(&self.finding.cells, 5, self.language);
        let (places, cells) = if cells.is_empty() {
            (String::new(), String::new())
        } else {
            (format!("：{cells}"), format!(" ({cells})"))
        };
        self.pick(
            format!("{sheet_name}有隐藏的内容（{parts}{places}），其中有数据；这些数据已照常读取和核对。"),
            format!("{sheet_name} hides {parts}{cells} with data; it was read and compared all the same."),
        )
    }

    /// Why what the figures of a column mean is in doubt.
    pub(super) fn in_doubt(&self, unit: &str, in_doubt: &InDoubt) -> String {
        let (field, at) = (self.field(), self.cell());
        let typed = self.finding.typed.as_deref().unwrap_or_default();
        match in_doubt {
            InDoubt::Cells { shown, doubt: Doubt::OtherUnit(named), cells } => self.pick(
                format!("{unit}的“{field}”有 {cells} 个单元格的数字格式写着另一种单位：显示为“{shown}”{at}，而列标题或单位行写的是“{named}”；核对时按单元格显示的单位计算。"),
                format!("{unit}: the number format of {} of the column “{field}” names another unit: “{shown}”{at}, where the heading or the line beside the table says {named}. The unit that the cells show was taken.", words::count(*cells, "cell")),
            ),
            InDoubt::Cells { shown, doubt: Doubt::OddScale, cells } => self.pick(
                format!("{unit}的“{field}”有 {cells} 个单元格的数字格式把数缩小了显示，缩小的倍数与金额单位对不上：存的是“{typed}”，显示为“{shown}”{at}；核对时按显示的计算。"),
                format!("{unit}: the number format of {} of the column “{field}” divides by a power of ten that does not fit the unit of money: “{typed}” is shown as “{shown}”{at}. What is shown was taken.", words::count(*cells, "cell")),
            ),
            InDoubt::Cells { shown, doubt: Doubt::ShownOtherwise, cells } => self.pick(
                format!("{unit}的“{field}”有 {cells} 个单元格显示的内容与所存的数不是一回事：存的是“{typed}”，显示为“{shown}”{at}；核对时按所存的数计算。"),
                format!("{unit}: {} of the column “{field}” show something else than they hold: “{typed}” is shown as “{shown}”{at}. What they hold was taken.", words::count(*cells, "cell")),
            ),
            InDoubt::Line { line, taken } => {
                let sheet = self.sheet();
                self.pick(
                    format!("{sheet}的“{line}”{at}写了不止一种金额单位，无法断定“{field}”等列用的是哪一种；核对时按“{taken}”计算。"),
                    format!("{sheet}: “{line}”{at} names several units of money, and nothing tells which the column “{field}” and others are in. {taken} was taken."),
                )
            }
            InDoubt::OtherUnit { found, declared } => {
                let sheet = self.sheet();
                self.pick(
                    format!("{sheet}的“{field}”{at}以“{found}”为单位，规定的是“{declared}”；这一列的数有比分还细的，按原样核对，没有换算。"),
                    format!("{sheet}: the column “{field}”{at} is in {found}, where {declared} is declared. Its figures are finer than money: they were compared as they stand, and not converted."),
                )
            }
            InDoubt::Sums { label, rows } => {
                let (sheet, cells) = (self.sheet(), self.first_cells());
                self.pick(
                    format!("{sheet}有 {rows} 行（{cells}，如“{label}”）没有写明是合计，计划也没有这样的行，只因数字等于相邻各行之和而按合计读，没有作为任务核对。是任务的，请由经办人用 [[normalise.table]] 的 tasks 写明；是合计的，请写明“小计”。"),
                    format!("{sheet}: {} ({cells}, such as “{label}”) that no word calls a total and the plan does not have; taken for totals only since their figures are the sums of the rows beside them, and not compared as tasks. If they are tasks, name them under tasks in [[normalise.table]]; if they are totals, write “subtotal” beside them.", words::count(*rows, "row")),
                )
            }
            InDoubt::Called { label, rows } => {
                let sheet = self.sheet();
                self.pick(
                    format!("{sheet}有 {rows} 行的名称像是合计（如“{label}”{at}），数字却不等于其上或其下各行之和，按任务核对。确是合计的，请核对其数字，或由经办人在核对方案 [lexicon] 的 totals 中写明。"),
                    format!("{sheet}: {} called like a total (“{label}”{at}), whose figures are the sums of no rows above or below; taken for tasks. If it is a total, verify its figures, or name it under totals in [lexicon] of the pipeline file.", words::count(*rows, "row")),
                )
            }
        }
    }

    /// What is struck out, and so was not read.
    fn struck(&self, cells: usize, rows: usize, partly: usize, text: &str) -> String {
        let sheet = self.sheet();
        let places = words::short_list(&self.finding.cells, 5, self.language);
        let whole = match rows {
            0 => String::new(),
            rows => self.pick(
                format!("，其中 {rows} 行整行划掉"),
                format!(", {} from end to end", words::count(rows, "row")),
            ),
        };
        let part = match partly {
            0 => String::new(),
            partly => self.pick(
                format!("，{partly} 个单元格只划掉了一部分，按余下的文字读取"),
                format!(", {} in part and read without that part", words::count(partly, "cell")),
            ),
        };
        self.pick(
            format!("{sheet}有 {cells} 个单元格（{places}）的内容带删除线（“{text}”）{whole}{part}；划掉的内容不作数，没有参与核对。"),
            format!("{sheet} has {} ({places}) struck out (“{text}”){whole}{part}; what is struck out does not count and was not compared.", words::count(cells, "cell")),
        )
    }

    /// What nobody read of a sheet: its cells and its comments.
    pub(super) fn unread(&self, unread: &Unread) -> String {
        let Unread { idle, cells, names, comments, heading, elsewhere } = unread;
        if let Some(heading) = heading.as_ref().filter(|_| elsewhere.sheets > 1) {
            let (chinese, english) = self.on_sheets(elsewhere);
            if heading.is_empty() {
                let cells = self.quoted(cells);
                return self.pick(
                    format!("{chinese}在表头以上的填报项里（或在合计行里不相加的列中）填了数，没有参与核对，例如{cells}。"),
                    format!("{english} have figures in the lines of the form above their tables, or in a total where nothing is added up, which were not compared, such as {cells}."),
                );
            }
            return self.pick(
                format!("{chinese}在合计行的“{heading}”一列里填了数，这一列不相加，没有参与核对。"),
                format!("{english} have figures in the totals of “{heading}”, where nothing is added up; they were not compared."),
            );
        }
        let sheet = self.sheet();
        let mut said = Vec::new();
        if elsewhere.sheets > 1 {
            let (chinese, english) = self.on_sheets(elsewhere);
            let (alike, alike_english) = if *idle {
                ("表头相同、没有任务", "hold lists of one form and no task")
            } else {
                ("里有同样的内容", "hold the same")
            };
            said.push(self.pick(
                format!("{chinese}{alike}，只说一次："),
                format!("{english} {alike_english}; it is said once."),
            ));
        }
        if *idle {
            said.push(self.pick(
                format!("{sheet}里没有任务，没有参与核对：{}。", self.quoted(cells)),
                format!("{sheet} holds no task and was not compared: {}.", self.quoted(cells)),
            ));
        } else if !cells.is_empty() {
            said.push(self.pick(
                format!("{sheet}有些内容在表格以外，或在合计行里不相加的列中，没有参与核对：{}。", self.quoted(cells)),
                format!(
                    "{sheet} holds content outside its table, or in a total where nothing is added up, which was not compared: {}.",
                    self.quoted(cells)
                ),
            ));
        }
        if !names.is_empty() {
            said.push(self.pick(
                format!("{sheet}有只写名称、没有数字的行，看作分组的名称或表下的说明，没有当作任务：{}。是任务的，请填上数字（没有的填 0）。", self.quoted(names)),
                format!(
                    "{sheet} has rows of nothing but a name, which were taken for names of groups or remarks and not for tasks: {}. Where it is a task, enter its figures (0 where there are none).",
                    self.quoted(names)
                ),
            ));
        }
        if !comments.is_empty() {
            let count = comments.len();
            said.push(self.pick(
                format!("{sheet}有 {count} 条批注：{}。", self.quoted(comments)),
                format!(
                    "{sheet} carries {}: {}.",
                    words::count(count, "comment"),
                    self.quoted(comments)
                ),
            ));
        }
        said.join(if self.chinese() { "" } else { " " })
    }

    /// N5“另有结余5万元”、D8“…”
    fn quoted(&self, cells: &[(CellAt, String)]) -> String {
        const MOST: usize = 8;
        let mut texts: Vec<String> =
            cells.iter().take(MOST).map(|(at, text)| format!("{at}“{text}”")).collect();
        if let Some(more) = cells.len().checked_sub(MOST).filter(|more| *more > 0) {
            texts.push(self.pick(format!("另有 {more} 处"), format!("{more} more")));
        }
        words::list(&texts, self.language)
    }

    /// An answer or a decision that cannot be true.
    pub(super) fn answer_refused(&self, id: &str, text: &str, why: &AnswerRefusal) -> String {
        let text = words::shortened(text, 60);
        let place = [self.finding.file.as_deref(), self.finding.sheet.as_deref()];
        let mut place: Vec<String> = place.into_iter().flatten().map(str::to_owned).collect();
        place.extend(self.finding.cell.map(|cell| cell.to_string()));
        let place = place.join(" › ");
        let (chinese, english) = match why {
            AnswerRefusal::UnknownIdentity => (
                format!("差异编号“{id}”不是以往任何一处差异的编号"),
                format!("no finding has ever had the identity “{id}”"),
            ),
            AnswerRefusal::NoIdentity => (
                "这一行的差异编号是空的，按其他各列也认不出说的是哪一条".to_owned(),
                "the row bears no identity, and its other columns fit no finding alone".to_owned(),
            ),
            AnswerRefusal::RowOfAnother => (
                format!("差异编号“{id}”与本行其他各列对不上，像是排序时只动了一部分列"),
                format!("the identity “{id}” and the other columns of the row are of two findings"),
            ),
            AnswerRefusal::UnknownChoice => (
                "处理一栏只认下拉列表里的词".to_owned(),
                "it is none of the choices of the drop-down list".to_owned(),
            ),
            AnswerRefusal::NoChoice => (
                "写了处理意见，没有选择处理".to_owned(),
                "an opinion was written and nothing was chosen".to_owned(),
            ),
            AnswerRefusal::NotAPair => (
                "这一处差异不涉及任务的对应".to_owned(),
                "the finding is not about a row and a task".to_owned(),
            ),
            AnswerRefusal::NoCounterpart(unit) => (
                format!("“对应任务”没有写明，或{unit}没有这样一项任务（写计划序号或任务全文）"),
                format!("the task is not named, or {unit} has none of that number or text"),
            ),
            AnswerRefusal::NoColumn => (
                "“对应项目”没有写明，或没有这样一个项目".to_owned(),
                "the column is not named, or there is none of that title".to_owned(),
            ),
            AnswerRefusal::UntilWhen => (
                "“豁免至”读不出年月，如 2020年12月".to_owned(),
                "until when the waiver holds is no month such as 2020-12".to_owned(),
            ),
            AnswerRefusal::OtherUnit(owner) => (
                format!("差异编号“{id}”是{owner}的差异，不是发回此表的单位的"),
                format!("the finding “{id}” is {owner}'s, not that of the unit whose form this is"),
            ),
            AnswerRefusal::Incomplete => (
                "豁免没有写明理由（处理意见）和处理人".to_owned(),
                "the waiver lacks its reason or the name of who grants it".to_owned(),
            ),
            AnswerRefusal::Unstamped => (
                "这份表没有本程序的标识；请在原来发出的表上填写后发回".to_owned(),
                "the form bears no stamp of this program; fill in the one that was sent out"
                    .to_owned(),
            ),
            AnswerRefusal::FormAltered => (
                "这份表的列被改动过；请在原来发出的表上填写后发回".to_owned(),
                "columns of the form were altered; fill in the one that was sent out".to_owned(),
            ),
            AnswerRefusal::NotTheClerks => (
                "汇总工作簿放在收件文件夹里，看不出是经办人的处理；请经办人自己交给下次核对".to_owned(),
                "the workbook of all units lay in the inbox, where anybody may have put it; the clerk hands it back with --answers".to_owned(),
            ),
            AnswerRefusal::OtherRun(run) => (
                format!("这份表是 {run} 的，不是本方案上一次核对发出的"),
                format!("the form is of {run}, which is no run that this one follows"),
            ),
            AnswerRefusal::Mandatory => (
                "必须更正的差异不能以采纳说明结束".to_owned(),
                "a mandatory finding does not end by an explanation".to_owned(),
            ),
        };
        self.pick(
            format!("{place} 填写的“{text}”没有采用：{chinese}。"),
            format!("{place}: “{text}” is not taken: {english}."),
        )
    }
}

fn was_or_were(names: &[String]) -> &'static str {
    if names.len() > 1 { "were" } else { "was" }
}

/// One column, or the first of those whose headings only their upper levels tell apart, in both languages.
fn columns_of(heading: &str, elsewhere: &Elsewhere) -> (String, String) {
    match elsewhere.headings {
        0 | 1 => (format!("一列“{heading}”"), format!("a column “{heading}”")),
        count => (
            format!("“{heading}”等 {count} 列（最下一级标题相同）"),
            format!("{count} columns of one lowest heading, such as “{heading}”,"),
        ),
    }
}

/// Returns whether the lowest level of a heading is a spreadsheet's error.
pub(super) fn is_error(heading: &str) -> bool {
    let lowest = heading.rsplit(" / ").next().unwrap_or_default();
    cells::is_error(&fold::plain(lowest))
}
