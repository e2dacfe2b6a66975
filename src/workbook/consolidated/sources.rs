//! 来源与守恒: every file and what became of it, and the proof that no row and no 分 was lost.

use std::collections::BTreeMap;

use super::{Material, SOURCES};
use crate::model::words::Language;
use crate::model::{CellAt, FileId, Finding, Kind, SheetId, Side, personal, words};
use crate::normalise::RowClass;
use crate::wording::{decided, pages, refusal_text, remark_text};
use crate::workbook::marks::Marks;
use crate::workbook::page::{
    Line, Look, Orientation, Page, count_cell, decimal_cell, text_cell, wide,
};

const WIDTHS: [f64; 11] = [26.0, 16.0, 14.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 12.0, 34.0];
const ALL: u16 = 11;

/// Lays out the page.
pub fn page(material: &Material<'_>, marks: &mut Marks) -> Page {
    let mut page = Page {
        name: SOURCES.to_owned(),
        widths: WIDTHS.to_vec(),
        orientation: Orientation::Portrait,
        ..Page::default()
    };
    page.lines.push(Line::words("来源与守恒", Look::Title, ALL));
    page.lines.push(Line::words(pages::ABOUT_SOURCES, Look::Plain, ALL));
    page.lines.push(Line::blank());
    page.lines.push(Line::words("一、文件", Look::Section, ALL));
    files(material, &mut page, marks);
    page.lines.push(Line::blank());
    page.lines.push(Line::words("二、各行归类", Look::Section, ALL));
    rows(material, &mut page, marks);
    page.lines.push(Line::blank());
    page.lines.push(Line::words(
        format!("三、金额去向（{}）", material.pipeline.money),
        Look::Section,
        ALL,
    ));
    amounts(material, &mut page);
    page.lines.push(Line::blank());
    page.lines.push(Line::words("四、列的识别", Look::Section, ALL));
    columns(material, &mut page);
    personal_numbers(material, &mut page);
    if material.elsewhere.used > 0 {
        page.lines.push(Line::blank());
        let words = pages::extracted_elsewhere(material.elsewhere);
        page.lines.push(Line::words(words, Look::Plain, ALL));
    }
    page
}

/// Where the sheets hold personal numbers, which are masked here; nothing where there are none.
fn personal_numbers(material: &Material<'_>, page: &mut Page) {
    if !material.pipeline.workbook.mask {
        return;
    }
    let mut places: BTreeMap<(FileId, SheetId), (Vec<String>, usize)> = BTreeMap::new();
    for (file, extract) in material.extracts.iter_enumerated() {
        for (sheet, rows) in extract.rows.sheets.iter_enumerated() {
            for row in &rows.rows {
                for (field, entry) in row.entries.iter_enumerated() {
                    let Some(entry) = entry else { continue };
                    if material.is_figure(field) || entry.filled_from().is_some() {
                        continue;
                    }
                    let found = personal::found(&entry.typed).len();
                    if found > 0 {
                        let at = CellAt::new(row.row, entry.column).to_string();
                        let (cells, count) = places.entry((file, sheet)).or_default();
                        cells.push(at);
                        *count += found;
                    }
                }
            }
        }
    }
    if places.is_empty() {
        return;
    }
    page.lines.push(Line::blank());
    page.lines.push(Line::words(pages::PERSONAL_NUMBERS, Look::Section, ALL));
    page.lines.push(Line::words(pages::ABOUT_PERSONAL_NUMBERS, Look::Plain, ALL));
    heading(page, &[("文件", 1), ("工作表", 1), ("处数", 1), ("单元格", 8)]);
    for ((file, sheet), (found, count)) in places {
        const SHOWN: usize = 20;
        let name = material.roster.places.files.get(file);
        let mut cells = vec![
            text_cell(name.cloned().unwrap_or_default(), Look::Text),
            text_cell(material.roster.places.sheet(file, sheet).unwrap_or_default(), Look::Text),
            count_cell(count, Look::Centre),
        ];
        let shown = words::short_list(&found, SHOWN, Language::Chinese);
        wide(&mut cells, shown, Look::Text, 8);
        page.lines.push(Line::of(cells));
    }
}

fn heading(page: &mut Page, names: &[(&str, u16)]) {
    let mut cells = Vec::new();
    for (name, span) in names {
        wide(&mut cells, *name, Look::Heading, *span);
    }
    page.lines.push(Line::of(cells));
}

fn files(material: &Material<'_>, page: &mut Page, marks: &mut Marks) {
    heading(
        page,
        &[
            ("文件", 1),
            (&material.pipeline.unit_title(), 1),
            ("状态", 1),
            ("格式", 1),
            ("SHA-256", 6),
            ("说明", 1),
        ],
    );
    let mut plan_cells = vec![
        text_cell(material.plan_file.name.clone(), Look::Text),
        text_cell("（计划）", Look::Centre),
        text_cell("计划", Look::Centre),
        text_cell("", Look::Centre),
    ];
    wide(&mut plan_cells, material.plan_file.sha256.clone(), Look::Text, 6);
    plan_cells.push(text_cell("", Look::Text));
    page.lines.push(Line::of(plan_cells));
    for file in &material.result.files {
        let line = page.lines.len();
        let unit = file.units.join("、");
        let refusal = file.refusal.iter().map(|why| refusal_text(why, Language::Chinese));
        let remarks = file.remarks.iter().map(|remark| remark_text(*remark));
        let reason = refusal.chain(remarks).collect::<Vec<_>>().join("；");
        let mut cells = vec![
            text_cell(file.file.clone(), Look::Text),
            text_cell(unit, Look::Centre),
            text_cell(file.standing.chinese(), Look::Centre),
            text_cell(file.format.unwrap_or_default(), Look::Centre),
        ];
        wide(&mut cells, file.sha256.clone(), Look::Text, 6);
        cells.push(text_cell(reason, Look::Text));
        page.lines.push(Line::of(cells));
        for &index in material.lookup.of_file(&file.file) {
            if is_about_file(&material.settled[index].finding) {
                marks.add(index, SOURCES, line, 2);
                let note = pages::cell_note(&material.settled[index], material.pipeline);
                page.lines[line].add_note(2, &note);
            }
        }
    }
    for returned in material.returned {
        let mut cells = vec![
            text_cell(returned.file.clone(), Look::Text),
            text_cell("", Look::Centre),
            text_cell("退回件", Look::Centre),
            text_cell(returned.format.clone().unwrap_or_default(), Look::Centre),
        ];
        wide(&mut cells, returned.sha256.clone(), Look::Text, 6);
        let kind = returned.kind.chinese();
        cells.push(text_cell(pages::returned(kind, returned.explanations), Look::Text));
        page.lines.push(Line::of(cells));
    }
    evidence(material, page);
    for passed_over in material.passed_over {
        let mut cells = vec![
            text_cell(passed_over.name.clone(), Look::Text),
            text_cell("", Look::Centre),
            text_cell("未读", Look::Centre),
            text_cell("", Look::Centre),
        ];
        wide(&mut cells, "", Look::Text, 6);
        cells.push(text_cell(pages::passed_over(passed_over.why), Look::Text));
        page.lines.push(Line::of(cells));
    }
}

/// The documents that answers name, found or not.
fn evidence(material: &Material<'_>, page: &mut Page) {
    let answered = material.settled.iter().filter_map(|settled| settled.explanation.as_ref());
    let answers = answered.flat_map(|explanation| &explanation.answers);
    let named =
        answers.flat_map(|answer| answer.evidence.iter().map(move |one| (one, &answer.origin)));
    for (one, origin) in named {
        let ending = one.name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let mut cells = vec![
            text_cell(one.name.clone(), Look::Text),
            text_cell(origin.who.clone(), Look::Centre),
            text_cell(decided::evidence_standing(one), Look::Centre),
            text_cell(ending, Look::Centre),
        ];
        wide(&mut cells, one.sha256.clone().unwrap_or_default(), Look::Text, 6);
        cells.push(text_cell(decided::evidence(one, origin), Look::Text));
        page.lines.push(Line::of(cells));
    }
}

fn is_about_file(finding: &Finding) -> bool {
    matches!(
        finding.kind(),
        Kind::SubmissionUnreadable
            | Kind::SubmissionDuplicate
            | Kind::SubmissionUnchanged
            | Kind::UnitUnknown
            | Kind::UnitDoubtful
            | Kind::PeriodDiffers
            | Kind::TableMissing
    )
}

fn rows(material: &Material<'_>, page: &mut Page, marks: &mut Marks) {
    let mut names = vec![("文件", 1), ("工作表", 1), ("非空行", 1)];
    names.extend(RowClass::ALL.iter().map(|class| (class.chinese(), 1)));
    names.push(("各类相加", 1));
    heading(page, &names);
    let mut sheets: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, settled) in material.on_side(Side::Submission) {
        let finding = &settled.finding;
        if let (Some(file), Some(sheet)) = (&finding.file, &finding.sheet) {
            sheets.entry((file, sheet)).or_default().push(index);
        }
    }
    for rows in &material.result.rows {
        let line = page.lines.len();
        let classes = [
            rows.title,
            rows.heading,
            rows.task,
            rows.total,
            rows.note,
            rows.unplaced,
            rows.unreadable,
        ];
        let sum: usize = classes.iter().sum();
        let mut cells = vec![
            text_cell(rows.file.clone(), Look::Text),
            text_cell(rows.sheet.clone(), Look::Text),
            count_cell(rows.nonblank, Look::Centre),
        ];
        cells.extend(classes.iter().map(|count| count_cell(*count, Look::Centre)));
        let words = if sum == rows.nonblank { "相等" } else { "不相等" };
        cells.push(text_cell(format!("{sum}，{words}"), Look::Centre));
        page.lines.push(Line::of(cells));
        for &index in sheets.get(&(rows.file.as_str(), rows.sheet.as_str())).into_iter().flatten() {
            let finding = &material.settled[index].finding;
            let column = match finding.kind() {
                Kind::RowUnplaced => 8,
                Kind::HiddenContent
                | Kind::LineDoubtful
                | Kind::ColumnMissing
                | Kind::ColumnUnknown => 1,
                _ => continue,
            };
            marks.add(index, SOURCES, line, column);
            let note = pages::cell_note(&material.settled[index], material.pipeline);
            page.lines[line].add_note(column, &note);
        }
    }
}

fn amounts(material: &Material<'_>, page: &mut Page) {
    heading(
        page,
        &[
            ("项目", 1),
            ("来源合计", 1),
            ("已对应", 1),
            ("计划外", 1),
            ("属其他单位", 1),
            ("重复", 1),
            ("对应存疑", 1),
            ("未计入", 1),
            ("各处相加", 1),
            ("", 1),
            ("结果", 1),
        ],
    );
    for line in &material.result.conservation {
        let places = material.pipeline.money.exponent();
        let parts = [
            &line.matched,
            &line.extra,
            &line.misplaced,
            &line.repeated,
            &line.doubtful,
            &line.set_aside,
        ];
        let amount =
            |text: &str| crate::model::amount::scale_decimal(text, places).unwrap_or_default();
        let sum: i64 = parts.iter().map(|part| amount(part)).sum();
        let mut cells = vec![
            text_cell(material.pipeline.field_title(&line.field), Look::Text),
            decimal_cell(&line.source, Look::Figure),
        ];
        cells.extend(parts.iter().map(|part| decimal_cell(part, Look::Figure)));
        cells
            .push(decimal_cell(&crate::model::amount::shortest_decimal(sum, places), Look::Figure));
        cells.push(text_cell("", Look::Text));
        let equal = sum == amount(&line.source);
        cells.push(text_cell(if equal { "相等，没有遗漏" } else { "不相等" }, Look::Centre));
        page.lines.push(Line::of(cells));
    }
}

fn columns(material: &Material<'_>, page: &mut Page) {
    heading(
        page,
        &[("文件", 1), ("工作表", 1), ("表头行", 1), ("列的对应（表中标题 → 核对项目）", 8)],
    );
    for ((file, received), extract) in material.received.iter_enumerated().zip(material.extracts) {
        for (index, sheet) in extract.rows.sheets.iter_enumerated() {
            for table in &sheet.tables {
                let rows: Vec<String> = if table.first_row.is_some() {
                    vec!["无".to_owned()]
                } else {
                    table.heading_rows.iter().map(|row| (row + 1).to_string()).collect()
                };
                let mapped: Vec<String> = table
                    .columns
                    .iter()
                    .map(|column| {
                        let heading = words::shortened(&column.heading, 24);
                        match column.field {
                            Some(field) => format!("{heading} → {}", material.title_of(field)),
                            None => format!("{heading} → （未核对）"),
                        }
                    })
                    .collect();
                let place = material.roster.places.sheet(file, index);
                let mut cells = vec![
                    text_cell(received.name.clone(), Look::Text),
                    text_cell(place.unwrap_or_default(), Look::Text),
                    match rows.as_slice() {
                        [only] => decimal_cell(only, Look::Centre),
                        rows => text_cell(words::list(rows, Language::Chinese), Look::Centre),
                    },
                ];
                wide(&mut cells, mapped.join("；"), Look::Text, 8);
                page.lines.push(Line::of(cells));
            }
        }
    }
}
