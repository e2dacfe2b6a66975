//! Any text in any place of a submission: in titles, headings, names, tasks, amounts, remarks, names of
//! sheets and files, and in csv. The month is published all the same, and its workbooks open and read
//! back.

use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{Workbook, Worksheet};

use crate::support::{Run, root, run_inbox};

/// A generator of numbers; the same seed gives the same.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn character(&mut self) -> char {
        let highest = self.one(&[0x20, 0x80, 0x100, 0x3000, 0xffff, 0x10_ffff]);
        let code = u32::try_from(self.below(highest + 1)).unwrap();
        char::from_u32(code).unwrap_or('\u{fffd}')
    }

    /// A text of any characters, or with a part that is known to make trouble.
    fn text(&mut self, typed: &str) -> String {
        let part = self.one(&TROUBLE).to_owned();
        let any: String = (0..self.below(12)).map(|_| self.character()).collect();
        match self.below(6) {
            0 => any,
            1 => part,
            2 => format!("{typed}{part}"),
            3 => format!("{part}{typed}{any}"),
            4 => {
                let middle = typed.chars().count() / 2;
                let (one, other): (String, String) =
                    (typed.chars().take(middle).collect(), typed.chars().skip(middle).collect());
                format!("{one}{part}{other}")
            }
            _ => typed.to_owned(),
        }
    }
}

const TROUBLE: [&str; 38] = [
    "_x000D_",
    "_x005F_x000D_",
    "_xFFFF_",
    "_xD800_",
    "_x0000_",
    "_x000",
    "\r\n",
    "\r",
    "\t",
    "\u{b}",
    "\u{c}",
    "\u{1a}",
    "\u{1b}[31m",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{ad}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{2066}",
    "\u{2028}",
    "\u{61c}",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "<r>一</r>",
    "]]>",
    "&amp;",
    "=1+1",
    "+1",
    "@SUM(A1)",
    "internal:'总览'!A1",
    "https://example.org/?a=b",
    "#REF!",
    "=DISPIMG(\"一\",1)",
    "\"",
    "'",
];

const HEADINGS: [&str; 7] =
    ["序号", "责任单位", "工作任务", "资金（万元）", "资金用途", "时间进度", "中央资金分配情况"];
const TASK: [&str; 7] =
    ["1", "海棠区", "开展老年人能力评估工作", "20", "评估费用", "2020年10月", "20"];

/// The rows of a sheet, one text in three made another.
fn rows(draw: &mut Draw) -> Vec<Vec<String>> {
    let mut rows = vec![vec!["海棠区报送表".to_owned()], vec!["填报单位：海棠区".to_owned()]];
    rows.push(HEADINGS.map(str::to_owned).to_vec());
    rows.extend((0..6).map(|_| TASK.map(str::to_owned).to_vec()));
    for text in rows.iter_mut().flatten() {
        if draw.below(4) == 0 {
            *text = draw.text(text);
        }
        if draw.below(120) == 0 {
            *text = text.repeat(33_000 / text.len().max(1) + 1);
        }
    }
    rows
}

fn sheet_name(draw: &mut Draw) -> String {
    let any = draw.text("附件3");
    let allowed = |c: &char| !r"[]:*?/\'".contains(*c) && !c.is_control() && *c < '\u{fff0}';
    let name: String = any.chars().filter(allowed).take(15).collect();
    if name.trim().is_empty() { "附件3".to_owned() } else { name }
}

fn file_name(draw: &mut Draw, end: &str) -> String {
    let any = draw.text("海棠区");
    // What every system allows in a name, and some that only some do.
    let allowed = |c: &char| !"/\\:*?\"<>|\0".contains(*c) && (cfg!(unix) || !c.is_control());
    let name: String = any.chars().filter(allowed).take(40).collect();
    format!("报送{name}.{end}")
}

fn xlsx(draw: &mut Draw, path: &Path) {
    let mut workbook = Workbook::new();
    let mut sheet = Worksheet::new();
    sheet.set_name(sheet_name(draw)).unwrap();
    for (row, texts) in (0..).zip(rows(draw)) {
        for (column, text) in (0..).zip(texts) {
            let text: String = text.chars().take(16_000).collect();
            sheet.write_string(row, column, text).unwrap();
        }
    }
    workbook.push_worksheet(sheet);
    std::fs::write(path, workbook.save_to_buffer().unwrap()).unwrap();
}

fn csv(draw: &mut Draw, path: &Path) {
    let lines: Vec<String> = rows(draw).into_iter().map(|row| row.join(",")).collect();
    std::fs::write(path, lines.join("\r\n")).unwrap();
}

/// Every workbook of a run opens, and each of its sheets reads.
fn all_workbooks_open(run: &Run) {
    let slips = std::fs::read_dir(run.folder.join("returns")).unwrap();
    let mut paths: Vec<_> = slips.map(|entry| entry.unwrap().path()).collect();
    paths.push(run.workbook());
    for path in paths {
        let mut workbook: Xlsx<_> = open_workbook(&path).unwrap();
        for name in workbook.sheet_names() {
            let cells = workbook.worksheet_range(&name).unwrap();
            assert!(!cells.is_empty(), "{}: {name}", path.display());
        }
    }
}

#[test]
fn any_text_in_any_place_gives_workbooks_that_open() {
    for seed in 0..8 {
        let mut draw = Draw(seed);
        let inbox = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            xlsx(&mut draw, &inbox.path().join(file_name(&mut Draw(seed + 1_000), "xlsx")));
            csv(&mut draw, &inbox.path().join(file_name(&mut Draw(seed + 2_000), "csv")));
        }
        std::fs::copy(
            root().join("fixtures/inbox/2020-08/市民政局.xlsx"),
            inbox.path().join("市民政局.xlsx"),
        )
        .unwrap();
        let run = run_inbox(inbox.path(), "2020-08");
        all_workbooks_open(&run);
        let well = run.report["units"].as_array().unwrap().iter();
        let well = well.filter(|unit| unit["standing"] == "submitted");
        assert!(well.count() >= 1, "{seed}: another unit's sheet was lost");
    }
}
