//! Headings found by their shape, on sheets of a few lines.

use super::*;
use crate::model::CellRange;
use crate::read::{Cell, Merges};

/// A sheet of lines of cells parted by bars; figures are numbers. Merges as first and last cell.
fn sheet(lines: &[&str], merges: &[(u32, u32, u32, u32)]) -> Sheet {
    let rows: Vec<Row> = (0..)
        .zip(lines)
        .map(|(index, line)| {
            let cells = (0..).zip(line.split('|')).filter(|(_, text)| !text.is_empty());
            let content = |text: &str| {
                let number = text.parse().map(Content::Number);
                number.unwrap_or_else(|_| Content::Text(text.into()))
            };
            let cells = cells.map(|(column, text)| Cell::new(column, content(text)));
            Row { index, cells: cells.collect() }
        })
        .filter(|row| !row.cells.is_empty())
        .collect();
    let ranges = merges.iter().map(|(row, column, last_row, last)| {
        CellRange::new(CellAt::new(*row, *column), CellAt::new(*last_row, *last))
    });
    let merges = Merges::new(ranges.collect(), &rows);
    Sheet { rows, merges, ..Sheet::default() }
}

fn found(sheet: &Sheet) -> Vec<String> {
    let tables = headings(sheet).into_iter().flat_map(|headed| {
        let first = sheet.rows[headed.first].index + 1;
        columns(sheet, &sheet.rows[headed.heading]).into_iter().map(move |columns| {
            let titles: Vec<String> = columns.into_iter().map(|column| column.title).collect();
            format!("{first}: {}", titles.join(", "))
        })
    });
    tables.collect()
}

#[test]
fn the_first_column_may_be_named_on_a_level_of_its_own() {
    let lines = [
        "||Hires||Separations|",
        "Industry|Code||||",
        "||2019年|2020年|2019年|2020年",
        "Mining|21|5|6|7|8",
    ];
    let own =
        ["|Hires||Separations|", "Industry||||", "|2019年|2020年|2019年|2020年", "Mining|5|6|7|8"];
    let years = "Hires > 2019年, Hires > 2020年, Separations > 2019年, Separations > 2020年";
    assert_eq!(found(&sheet(&own, &[])), [format!("4: Industry, {years}")]);
    assert_eq!(found(&sheet(&lines, &[])), [format!("4: Industry, Code, {years}")]);
    // A title stands there as well, and so does the name of a block.
    let title = ["Works", "|2019年|2020年", "Mining|5|6"];
    assert_eq!(found(&sheet(&title, &[])), ["3: （无标题）, 2019年, 2020年"]);
}

#[test]
fn headings_are_found_by_their_shape() {
    let upright = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 1, 5)];
    for (lines, merges, titles) in [
        // Years as numbers over equal lower headings.
        (
            &[
                "计划",
                "单位|项目|2019||2020|",
                "||计划|完成|计划|完成",
                "甲县|路|1|2|3|4",
                "乙县|桥|5|6|7|8",
            ][..],
            &upright[..],
            &["4: 单位, 项目, 2019 > 计划, 2019 > 完成, 2020 > 计划, 2020 > 完成"][..],
        ),
        // The same without merges, as in csv.
        (
            &[
                "计划",
                "单位|项目|2019年||2020年|",
                "||计划|完成|计划|完成",
                "甲县|路|1|2|3|4",
                "乙县|桥|5|6|7|8",
            ],
            &[],
            &["4: 单位, 项目, 2019年 > 计划, 2019年 > 完成, 2020年 > 计划, 2020年 > 完成"],
        ),
        // Headings that are figures, as numbers and as texts; a year that is none.
        (&["项目|2019|2020", "路|1|2", "桥|3|4"], &[], &["2: 项目, 2019, 2020"]),
        (&["项目|1月|2月", "路|1|2", "桥|3|4"], &[], &["2: 项目, 1月, 2月"]),
        (&["项目|年份|资金", "路|2019|", "桥|2020|4"], &[], &["2: 项目, 年份, 资金"]),
        (
            &["项目|投资|", "|2019|2020", "路|1|2", "桥|3|4"],
            &[(0, 0, 1, 0), (0, 1, 0, 2)],
            &["3: 项目, 2019, 2020"],
        ),
        // A year over one column each, and months as numbers over equal lower headings.
        (
            &["计划", "项目|2019|2020", "|投资|投资", "路|1.5|2", "桥|3.5|4"],
            &[(1, 0, 2, 0)],
            &["4: 项目, 2019 > 投资, 2020 > 投资"],
        ),
        (
            &["计划", "项目|1||2|", "|计划|完成|计划|完成", "路|1|2|3|4", "桥|3|4|5|6"],
            &[(1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4)],
            &["4: 项目, 1 > 计划, 1 > 完成, 2 > 计划, 2 > 完成"],
        ),
        (
            &["项目|月份|||", "|1|2|3", "路|10|20|30", "桥|3|4|5"],
            &[(0, 0, 1, 0), (0, 1, 0, 3)],
            &["3: 项目, 1, 2, 3"],
        ),
        // What stands alone is another than what stands under an upper heading.
        (
            &["项目|总投资|已完成|", "||总投资|中央", "路|1|2|3", "桥|3|4|5"],
            &[(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3)],
            &["3: 项目, 总投资, 已完成 > 总投资, 中央"],
        ),
        (&["项目|金额|金额", "路|1|2", "桥|3|4"], &[], &["2: 项目, 金额, 金额#2"]),
        (
            &["项目|资金||备注", "|合计|中央|", "路|1|2|x", "桥|3|4|x"],
            &[(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)],
            &["3: 项目, 资金, 中央, 备注"],
        ),
        // A blank row inside, merged over or not; a row of units below.
        (
            &["单位|项目|资金||备注", "", "||合计|中央|", "甲县|路|1|2|x", "乙县|桥|3|4|x"],
            &[(0, 2, 0, 3)],
            &["4: 单位, 项目, 资金, 中央, 备注"],
        ),
        (
            &["项目|投资|长度|备注", "|（万元）|（公里）|", "路|1|2|x", "桥|3|4|x"],
            &[],
            &["3: 项目, 投资, 长度 > （公里）, 备注"],
        ),
        // An amount below a total that might be a year.
        (
            &["项目|单位|资金", "路|甲县|5", "桥|甲县|6", "||11", "渠|乙县|1932", "坝|乙县|4"],
            &[],
            &["2: 项目, 单位, 资金"],
        ),
        // Lines above the table, names of blocks, rows without figures are no headings.
        (
            &[
                "计划表",
                "填报单位：某县||单位：万元|",
                "序号|项目|资金|备注",
                "一|基础设施||",
                "|路|待定|",
                "1|桥|5|x",
            ],
            &[(1, 0, 1, 1), (1, 2, 1, 3)],
            &["6: 序号, 项目, 资金, 备注"],
        ),
        (
            &["序号|项目|资金", "1|路|5", "|桥|待定", "3|渠|6", "", "|堤|待定", "4|坝|6"],
            &[],
            &["2: 序号, 项目, 资金"],
        ),
        // Side by side, and again on the next page.
        (
            &["项目|资金||项目|资金", "路|5||桥|6", "项目|资金||项目|资金", "渠|7||坝|8"],
            &[],
            &["2: 项目, 资金", "2: 项目, 资金", "4: 项目, 资金", "4: 项目, 资金"],
        ),
        // The same heading in two languages; all of them long, below a title.
        (
            &[
                "单位|项目|金额|时间",
                "unit|project|amount|date",
                "甲县|路|1|2021",
                "乙县|桥|3|2022",
            ],
            &[],
            &["3: unit, project, amount, date"],
        ),
        (
            &[
                "计划",
                "按照办法第十二条规定由负责同志签字确认并且加盖公章的责任单位全称（与批复文件完全一致）|与批复文件一致，名称过长的可以使用项目库中登记的简称的项目名称（与项目库完全一致）|含提前下达部分，不含区县配套和单位自筹部分的资金（万元，按实际下达的文件数填写，保留两位小数）",
                "甲县|路|1",
            ],
            &[],
            &[
                "3: 按照办法第十二条规定由负责同志签字确认并且加盖公章的责任单位全称（与批复文件完全一致）, 与批复文件一致，名称过长的可以使用项目库中登记的简称的项目名称（与项目库完全一致）, 含提前下达部分，不含区县配套和单位自筹部分的资金（万元，按实际下达的文件数填写，保留两位小数）",
            ],
        ),
        (
            &[
                "项目|2020年度省级及以上财政衔接推进乡村振兴补助资金安排数（含提前下达部分，单位为万元，按项目实施方案填写）|备注",
                "路|5|x",
            ],
            &[],
            &[
                "2: 项目, 2020年度省级及以上财政衔接推进乡村振兴补助资金安排数（含提前下达部分，单位为万元，按项目实施方案填写）, 备注",
            ],
        ),
    ] {
        assert_eq!(found(&sheet(lines, merges)), titles, "{lines:?}");
    }
}

#[test]
fn what_stands_beside_and_above_headings_is_told_apart() {
    for (lines, merges, titles) in [
        // The same with a blank column between them, something else to the right, or each named by whose
        // it is.
        (
            &[
                "部件|金额|新旧||部件|金额|新旧||不含库存",
                "轮|5|新||板|6|旧||3",
                "轴|5|旧||杆|6|旧||",
            ][..],
            &[][..],
            &["2: 部件, 金额, 新旧", "2: 部件, 金额, 新旧"][..],
        ),
        (
            &["张三|数量|金额||李四|数量|金额", "轮|5|1||板|6|2", "轴|5|1||杆|6|2"],
            &[],
            &["2: 张三, 数量, 金额", "2: 李四, 数量, 金额"],
        ),
        // Letters above what the columns are called; days of two months.
        (
            &[
                "期限表",
                "科目|A|B|C|D",
                "|期限|||总计",
                "|次日|2日至7日|逾期|",
                "存放||||3",
                "拆放||||9",
                "应收|4|5|6|9",
            ],
            &[(2, 1, 2, 2), (1, 0, 3, 0), (2, 4, 3, 4)],
            &["5: 科目, 次日, 2日至7日, 逾期, D"],
        ),
        (
            &["项目|6月|||7月||", "|28|29|30|1|2|3", "路|x|x||||1", "桥|||x|x|x|1"],
            &[(0, 0, 1, 0), (0, 1, 0, 3), (0, 4, 0, 6)],
            &["3: 项目, 28, 29, 30, 1, 2, 3"],
        ),
    ] {
        assert_eq!(found(&sheet(lines, merges)), titles, "{lines:?}");
    }
}
