//! Text that tries to be something else ends as text: in every part of every workbook of a run.

use std::io::Read;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};

use crate::support::{Run, root, run_inbox};

fn hostile_run() -> Run {
    run_inbox(&root().join("fixtures/cases/hostile-text/inbox"), "2020-08")
}

/// The XML parts of all workbooks of a run, with their names.
fn parts(run: &Run) -> Vec<(String, String)> {
    let slips = std::fs::read_dir(run.folder.join("returns")).unwrap();
    let mut files: Vec<PathBuf> = slips.map(|entry| entry.unwrap().path()).collect();
    files.push(run.workbook());
    let mut parts = Vec::new();
    for path in files {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let name = format!("{}!{}", path.display(), entry.name().unwrap());
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            parts.push((name, text));
        }
    }
    parts
}

#[test]
fn no_text_becomes_a_formula_or_a_link() {
    let run = hostile_run();
    let parts = parts(&run);
    let formulas: Vec<&str> = parts
        .iter()
        .flat_map(|(_, text)| text.split("<f>").skip(1))
        .map(|rest| rest.split("</f>").next().unwrap())
        .collect();
    assert!(!formulas.is_empty());
    for formula in formulas {
        let is_sum = formula.starts_with("SUM(") && formula.ends_with(')') && formula.len() < 20;
        let is_residual = formula.starts_with("ROUND(SUM(") && formula.ends_with(",10)");
        let ours = is_sum || is_residual && formula.len() < 40;
        assert!(ours, "{formula}");
    }
    for (name, text) in &parts {
        // The copies in the run's own folder are all that lies outside.
        for leads in text.split("<Relationship ").skip(1) {
            let leads = leads.split("/>").next().unwrap();
            let is_copy = leads.contains("Target=\"inputs/") && !leads.contains("..");
            assert!(!leads.contains("TargetMode=\"External\"") || is_copy, "{name}: {leads}");
        }
        assert!(!name.contains("externalLink"), "{name}");
        for link in text.split("<hyperlink ").skip(1) {
            let link = link.split("/>").next().unwrap();
            assert!(link.contains("location=") || link.contains("r:id"), "{name}: {link}");
        }
    }
}

#[test]
fn no_text_can_change_how_it_is_read() {
    let run = hostile_run();
    let (mut longest, mut shown) = (0, 0);
    for (name, text) in parts(&run) {
        let bad = text.chars().find(|c| {
            (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(bad, None, "{name}");
        if name.ends_with("sharedStrings.xml") {
            shown += usize::from(text.contains("&lt;script&gt;"));
            let texts = text.split("</t>").map(|text| text.rsplit('>').next().unwrap());
            longest = longest.max(texts.map(|text| text.encode_utf16().count()).max().unwrap());
        }
    }
    assert_eq!(shown, 2, "workbook and slip show markup as it was typed");
    assert_eq!(longest, 32_767, "a cell's longest text is kept whole and nothing is longer");
}

const PERSONAL: [&str; 4] =
    ["13812341234", "11010519491231002X", "138 1234 1235", "6222021234567890128"];

/// The texts and the figures of all cells of the consolidated workbook.
fn cells(run: &Run) -> (Vec<String>, Vec<f64>) {
    let mut workbook: Xlsx<_> = open_workbook(run.workbook()).unwrap();
    let (mut texts, mut figures) = (Vec::new(), Vec::new());
    for name in workbook.sheet_names() {
        for (_, _, cell) in workbook.worksheet_range(&name).unwrap().used_cells() {
            match cell {
                Data::String(text) => texts.push(text.clone()),
                Data::Float(figure) => figures.push(*figure),
                _ => {}
            }
        }
    }
    (texts, figures)
}

#[test]
fn personal_numbers_go_to_nobody_else() {
    let run = run_inbox(&root().join("fixtures/cases/personal-numbers/inbox"), "2020-08");
    let (mut texts, figures) = cells(&run);
    assert!(figures.contains(&13_912_341_237.0), "an amount was masked");
    for name in ["ledger.csv", "rows.csv", "findings.csv"] {
        texts.push(std::fs::read_to_string(run.folder.join("data").join(name)).unwrap());
    }
    let messages = run.findings().iter().map(|finding| finding["message"].as_str().unwrap());
    texts.extend(messages.map(str::to_owned));
    for number in PERSONAL {
        let told = texts.iter().find(|text| text.contains(number));
        assert_eq!(told, None, "{number}");
    }
    for masked in ["138****1234", "110***********002X", "138 **** 1235", "6222***********0128"] {
        assert!(texts.iter().any(|text| text.contains(masked)), "{masked} is nowhere");
    }
    assert!(texts.iter().any(|text| text == "五、个人信息"), "it is not said where they stand");
    let given = root().join("fixtures/cases/personal-numbers/inbox/海棠区.csv");
    let given = std::fs::read(given).unwrap();
    let kept = files_below(&run.folder.join("inputs"));
    let is_kept = kept.iter().any(|path| std::fs::read(path).unwrap() == given);
    assert!(is_kept, "the input is not kept as it was");
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) =
        entries.partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| files_below(folder)));
    files
}

#[test]
fn very_many_rows_that_ended_alike_are_one_finding_with_all_their_cells() {
    const ROWS: usize = 5_200;
    let inbox = tempfile::tempdir().unwrap();
    let mut csv = String::from(
        "海棠区报送表\n填报单位：海棠区\n序号,责任单位,工作任务,资金（万元）,资金用途,时间进度,中央资金分配情况\n",
    );
    for row in 1..=ROWS {
        csv.push_str(&format!("{row},海棠区,甲乙丙丁戊己庚{row},1,设备购置,2020年10月,0\n"));
    }
    std::fs::write(inbox.path().join("海棠区.csv"), csv).unwrap();
    let run = run_inbox(inbox.path(), "2020-08");
    let extra: Vec<_> =
        run.findings().iter().filter(|finding| finding["kind"] == "task-extra").collect();
    assert_eq!(extra.len(), 1);
    assert_eq!(extra[0]["cells"].as_array().unwrap().len(), ROWS);
    assert!(extra[0]["marks"].as_array().unwrap().len() > ROWS);
    let message = extra[0]["message"].as_str().unwrap();
    assert!(message.contains(&format!(" {ROWS} 行")), "{message}");
}
