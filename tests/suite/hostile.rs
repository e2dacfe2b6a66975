//! Text that tries to be something else ends as text: in every part of every workbook of a run.

use std::io::Read;
use std::path::PathBuf;

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
        let ours = formula.starts_with("SUM(") && formula.ends_with(')') && formula.len() < 20;
        assert!(ours, "{formula}");
    }
    for (name, text) in &parts {
        assert!(!text.contains("TargetMode=\"External\""), "{name} leads outside");
        assert!(!name.contains("externalLink"), "{name}");
        for link in text.split("<hyperlink ").skip(1) {
            let link = link.split("/>").next().unwrap();
            assert!(link.contains("location=") && !link.contains("r:id"), "{name}: {link}");
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
