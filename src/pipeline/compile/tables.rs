//! Corrections of how tables are understood.

use std::ops::RangeInclusive;

use regex::Regex;

use super::Compiler;
use crate::model::{ColumnId, IdSlice, IdVec, Said};
use crate::pipeline::document::Way;
use crate::pipeline::file::{self, ColumnType, File, UnitStands};
use crate::pipeline::heading;
use crate::pipeline::table::{ACROSS_UNIT, column_range, rows, says_something, sheet_pattern};
use crate::pipeline::units::DeclaredUnits;
use crate::pipeline::{
    Across, AcrossHeadings, Column, CorrectionKey, Roles, SheetPattern, TableCorrection,
};

/// What may be written once and left blank below.
const FILLED: [ColumnType; 4] =
    [ColumnType::Text, ColumnType::Choice, ColumnType::Month, ColumnType::Date];

impl Compiler<'_> {
    pub(super) fn tables(
        &mut self,
        file: &File,
        roles: &Roles,
        columns: &mut IdVec<ColumnId, Column>,
    ) -> Vec<TableCorrection> {
        let way = Way::to("normalise").key("table");
        let written = file.normalise.table.iter().enumerate();
        let mut tables = Vec::new();
        for (place, table) in written {
            let here = way.item(place);
            let correction = self.table(table, columns, &here);
            self.named_units(&correction, file, roles, &here);
            tables.push(correction);
        }
        // A heading that names a unit is one of the column whose figures stand below it.
        let units = DeclaredUnits::of(&file.roster.unit);
        for across in tables.iter().filter_map(|table| table.across) {
            if across.headings == AcrossHeadings::Unit {
                let column = &mut columns[across.field];
                let more = units.headings().filter(|key| !column.headings.contains(key));
                let more: Vec<String> = more.collect();
                column.headings.extend(more);
            }
        }
        tables
    }

    /// What no column says has to come to stand in one, and a heading is a unit's only when the unit
    /// is known.
    fn named_units(&mut self, table: &TableCorrection, file: &File, roles: &Roles, here: &Way) {
        let is_across = table.across.is_some_and(|across| across.headings == AcrossHeadings::Unit);
        let elsewhere = [
            UnitStands::Sheet,
            UnitStands::Title,
            UnitStands::Section,
            UnitStands::Heading,
            UnitStands::Beginning,
        ];
        let is_elsewhere = table.unit.is_some_and(|unit| elsewhere.contains(&unit));
        if (is_elsewhere || is_across) && roles.owner.is_none() {
            self.say(
                here,
                Said::new(
                    "没有写明单位记在哪一列",
                    "no column is given that takes the unit",
                ),
                Said::new(
                    "登记一列（表中不必有），如 name = \"owner\"、title = \"责任单位\"、type = \"text\"，并在 [roster] 中写 column = \"owner\"",
                    "declare a column, which the sheets need not have, such as `name = \"owner\"`, `type = \"text\"`, and write `column = \"owner\"` under `[roster]`",
                ),
            );
        }
        if table.unit == Some(UnitStands::Beginning) && file.roster.unit.is_empty() {
            self.say(
                &here.key("unit"),
                Said::new(
                    "没有登记单位，看不出任务以谁的名称开头",
                    "no unit is declared with which a task could begin",
                ),
                Said::new(
                    "逐个登记单位，如 [[roster.unit]] name = \"甲县\"",
                    "declare the units, such as `[[roster.unit]]` with `name = \"甲县\"`",
                ),
            );
        }
        if is_across && file.roster.unit.is_empty() {
            self.say(
                &here.key("across"),
                Said::new("没有写明哪些列标题是单位", "it is not said which headings are units"),
                Said::new(
                    "逐个登记单位，如 [[roster.unit]] name = \"甲县\"",
                    "declare the units, such as `[[roster.unit]]` with `name = \"甲县\"`",
                ),
            );
        }
    }

    fn table(
        &mut self,
        table: &file::Table,
        columns: &IdSlice<ColumnId, Column>,
        here: &Way,
    ) -> TableCorrection {
        if !says_something(table) {
            self.say(
                here,
                Said::new("这一段什么也没有更正", "this corrects nothing"),
                Said::new(
                    "写明更正什么，如 heading_rows = \"4-6\"，或把这一段删去",
                    "say what to correct, such as `heading_rows = \"4-6\"`, or remove it",
                ),
            );
        }
        let heading_rows = table.heading_rows.as_ref().and_then(|text| {
            let found = rows(text);
            if found.is_none() {
                self.say(
                    &here.key("heading_rows"),
                    Said::new(
                        format!("“{text}”不是表头的行"),
                        format!("`{text}` is not the rows of a heading"),
                    ),
                    Said::new(
                        "写表头的行号，如 \"4-6\" 或 \"4\"",
                        "write the numbers of its rows, such as `\"4-6\"` or `\"4\"`",
                    ),
                );
            }
            found
        });
        TableCorrection {
            sheets: self.sheets(&table.sheets, &here.key("sheets")),
            without: self.sheets(&table.without, &here.key("without")),
            of: table.of,
            heading_rows,
            within: self.within(&table.within, &here.key("within")),
            headings: self.headings(table, columns, &here.key("headings")),
            unit: table.unit,
            sections: self.patterns(&table.sections, &here.key("sections")),
            details: self.patterns(&table.details, &here.key("details")),
            skip: self.patterns(&table.skip, &here.key("skip")),
            tasks: self.patterns(&table.tasks, &here.key("tasks")),
            ends: self.patterns(&table.ends, &here.key("ends")),
            fill: self.columns_of(&FILLED, &table.fill, columns, &here.key("fill")),
            keep_blank: self.text_columns(&table.keep_blank, columns, &here.key("keep_blank")),
            continued: self.text_columns(&table.continued, columns, &here.key("continued")),
            above: self.text_columns(&table.above, columns, &here.key("above")),
            across: table
                .across
                .as_ref()
                .and_then(|across| self.across(across, columns, &here.key("across"))),
            written: written(table),
        }
    }

    /// Each is a heading that finds a declared column, or nothing; and none stands twice, as two columns
    /// would be one.
    fn headings(
        &mut self,
        table: &file::Table,
        columns: &IdSlice<ColumnId, Column>,
        way: &Way,
    ) -> Vec<String> {
        let advice = || {
            Said::new(
                "写某一列的 title 或 headings 里的标题；不看的列写空（\"\"）",
                "write a heading that stands in the `title` or the `headings` of a column, or `\"\"` for one that is left out",
            )
        };
        let mut seen: Vec<ColumnId> = Vec::new();
        for (place, text) in table.headings.iter().enumerate() {
            let key = heading::read(text).key;
            if key.is_empty() {
                continue;
            }
            match columns.iter_enumerated().find(|(_, column)| column.headings.contains(&key)) {
                Some((field, _)) if seen.contains(&field) => self.say(
                    &way.item(place),
                    Said::new(
                        format!("“{text}”是前面已经写过的一列"),
                        format!("`{text}` is a column that is named before"),
                    ),
                    advice(),
                ),
                Some((field, _)) => seen.push(field),
                None => self.say(
                    &way.item(place),
                    Said::new(
                        format!("没有一列的标题是“{text}”"),
                        format!("no column has the heading `{text}`"),
                    ),
                    advice(),
                ),
            }
        }
        if table.heading_rows.is_some() && !table.headings.is_empty() {
            self.say(
                way,
                Said::new(
                    "heading_rows 说表有列标题，headings 说没有",
                    "`heading_rows` says that there is a heading, `headings` that there is none",
                ),
                Said::new("两个键只写一个", "write one of the two"),
            );
        }
        table.headings.clone()
    }

    /// The columns of tables that stand side by side: no column belongs to two of them.
    fn within(&mut self, texts: &[String], way: &Way) -> Vec<RangeInclusive<u32>> {
        let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let advice = Said::new(
                "写一张表从哪一列到哪一列，如 [\"A-D\"]；并列着几张的，一张写一段，如 [\"A-D\", \"F-I\"]",
                "write from which column to which a table goes, such as `[\"A-D\"]`, once for each of several: `[\"A-D\", \"F-I\"]`",
            );
            let overlaps = |own: &RangeInclusive<u32>| {
                ranges.iter().any(|other| own.start() <= other.end() && other.start() <= own.end())
            };
            let said = match column_range(text) {
                None => Said::new(
                    format!("“{text}”不是工作表的列"),
                    format!("`{text}` is no columns of a sheet"),
                ),
                Some(own) if overlaps(&own) => Said::new(
                    format!("“{text}”的列前面已经写过"),
                    format!("columns of `{text}` are named before"),
                ),
                Some(own) => {
                    ranges.push(own);
                    continue;
                }
            };
            self.say(&way.item(place), said, advice);
        }
        ranges
    }

    fn sheets(&mut self, texts: &[String], way: &Way) -> Vec<SheetPattern> {
        let mut sheets = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let found = sheet_pattern(text);
            if found.is_none() {
                self.say(
                    &way.item(place),
                    Said::new(format!("“{text}”不是工作表"), format!("`{text}` is no sheet")),
                    Said::new(
                        "写工作表的名称（* 代表任意文字），或位置，如 \"#2\"",
                        "write a sheet's name, with `*` for anything, or its place, such as `\"#2\"`",
                    ),
                );
            }
            sheets.extend(found);
        }
        sheets
    }

    fn text_columns(
        &mut self,
        names: &[String],
        columns: &IdSlice<ColumnId, Column>,
        way: &Way,
    ) -> Vec<ColumnId> {
        self.columns_of(&[ColumnType::Text, ColumnType::Choice], names, columns, way)
    }

    fn columns_of(
        &mut self,
        kinds: &[ColumnType],
        names: &[String],
        columns: &IdSlice<ColumnId, Column>,
        way: &Way,
    ) -> Vec<ColumnId> {
        let named = names.iter().enumerate();
        named
            .filter_map(|(place, name)| self.column_ref(name, kinds, columns, &way.item(place)))
            .collect()
    }

    fn patterns(&mut self, texts: &[String], way: &Way) -> Vec<Regex> {
        let mut patterns = Vec::new();
        for (place, text) in texts.iter().enumerate() {
            let advice = Said::new(
                "写行首的文字，前面加 ^，如 \"^其中\"",
                "write how the row begins, after a `^`, such as `\"^其中\"`",
            );
            match Regex::new(text) {
                Ok(pattern) if pattern.is_match("") => self.say(
                    &way.item(place),
                    Said::new(format!("“{text}”适合任何一行"), format!("`{text}` fits any row")),
                    advice,
                ),
                Ok(pattern) => patterns.push(pattern),
                Err(_) => self.say(
                    &way.item(place),
                    Said::new(format!("“{text}”不是正确的模式"), format!("`{text}` is no pattern")),
                    advice,
                ),
            }
        }
        patterns
    }

    fn across(
        &mut self,
        across: &file::Across,
        columns: &IdSlice<ColumnId, Column>,
        way: &Way,
    ) -> Option<Across> {
        let field = self.column_ref(&across.field, &[], columns, &way.key("field"));
        let headings = if across.headings == ACROSS_UNIT {
            Some(AcrossHeadings::Unit)
        } else {
            self.column_ref(&across.headings, &[], columns, &way.key("headings"))
                .map(AcrossHeadings::Column)
        };
        Some(Across { field: field?, headings: headings? })
    }
}

/// Returns what a correction says, key by key, as it is written.
fn written(table: &file::Table) -> Vec<(CorrectionKey, String)> {
    let lists = [
        (CorrectionKey::Sheets, &table.sheets),
        (CorrectionKey::Without, &table.without),
        (CorrectionKey::Within, &table.within),
        (CorrectionKey::Headings, &table.headings),
        (CorrectionKey::Sections, &table.sections),
        (CorrectionKey::Details, &table.details),
        (CorrectionKey::Skip, &table.skip),
        (CorrectionKey::Tasks, &table.tasks),
        (CorrectionKey::Ends, &table.ends),
        (CorrectionKey::Fill, &table.fill),
        (CorrectionKey::Continued, &table.continued),
        (CorrectionKey::Above, &table.above),
    ];
    let heading = table.heading_rows.iter().map(|rows| (CorrectionKey::HeadingRows, rows.clone()));
    let lists =
        lists.into_iter().flat_map(|(key, list)| list.iter().map(move |text| (key, text.clone())));
    heading.chain(lists).collect()
}
