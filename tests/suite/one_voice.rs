//! One voice for agreement: the words that say that something agrees stand in one file, which is
//! handed lines of the ledger. No page, slip or message has them of its own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::root;

/// What claims agreement.
const CLAIMS: [&str; 7] =
    ["相符", "三者一致", "前后一致", "没有差异", "无差异", "与计划一致", "与各行一致"];

/// Texts that hold such a word and claim nothing, with why.
const NO_CLAIMS: [(&str, &str); 4] = [
    ("wording/checks.rs", "what a check is about, before anything came of it"),
    ("wording/values.rs", "a tolerance that the pipeline file declares"),
    ("model/kinds.rs", "kinds of findings, all of which say the opposite"),
    ("drill/plants/totals.rs", "why the drill could not plant a fault"),
];

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn agreement_is_claimed_in_one_file() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut claims = Vec::new();
    let mut in_agreement = 0;
    for file in files {
        let name = file.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&file).unwrap();
        // The tests of a file may ask for the words.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if !CLAIMS.iter().any(|claim| code.contains(claim)) {
                continue;
            }
            if name.ends_with("wording/agreement.rs") {
                in_agreement += 1;
            } else if !NO_CLAIMS.iter().any(|(end, _)| name.ends_with(end)) {
                claims.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(in_agreement > 3, "the file that speaks of agreement has moved");
    assert!(claims.is_empty(), "claims of agreement outside wording/agreement.rs: {claims:#?}");
}

#[test]
fn pages_build_no_sentence_of_their_own() {
    let mut files = Vec::new();
    sources(&root().join("src/workbook"), &mut files);
    assert!(files.len() > 10, "the pages have moved");
    let mut built = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if code.contains('"') && code.contains(['。', '；']) && !code.contains("join(") {
                built.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(built.is_empty(), "sentences belong to wording: {built:#?}");
}
