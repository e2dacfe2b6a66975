//! What is said of two runs that are held against each other, and of a run that was repeated.

use crate::model::words::{self, Language, Said};

/// What became of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    Gone,
    New,
    Changed,
}

pub fn between(from: &str, to: &str) -> Said {
    Said::new(format!("从批次 {from} 到批次 {to}："), format!("from run {from} to run {to}:"))
}

pub fn nothing() -> Said {
    Said::new("没有变动。", "nothing changed.")
}

pub fn other_plan() -> Said {
    Said::new("计划换了一份。", "the plan is another one.")
}

pub fn other_pipeline() -> Said {
    Said::new("核对方案改过。", "the pipeline file was changed.")
}

/// Says whether a file came, went or was sent anew.
pub fn file(name: &str, was: bool, is: bool) -> Said {
    let (chinese, english) = match (was, is) {
        (false, _) => ("新收到", "came"),
        (_, false) => ("不再有", "is gone"),
        _ => ("内容换了", "is another one"),
    };
    Said::new(format!("文件 {name}：{chinese}"), format!("file {name}: {english}"))
}

pub fn unit(unit: &str, from: &str, to: &str) -> Said {
    Said::new(format!("{unit}：报送状态 {from} → {to}"), format!("{unit}: standing {from} → {to}"))
}

pub fn sum(unit: Option<&str>, field: &str, from: &str, to: &str) -> Said {
    let (all, all_english) = (unit.unwrap_or("全部单位"), unit.unwrap_or("all units"));
    Said::new(
        format!("{all}：{field} 报送数 {from} → {to}"),
        format!("{all_english}: {field} reported {from} → {to}"),
    )
}

pub fn finding(became: Became, message: &str) -> Said {
    let (chinese, english) = match became {
        Became::Gone => ("不再出现", "gone"),
        Became::New => ("新出现", "new"),
        Became::Changed => ("有变化", "changed"),
    };
    Said::new(format!("{chinese}：{message}"), format!("{english}: {message}"))
}

/// Says that a run was repeated with the same bytes.
pub fn replayed(run: &str, files: usize) -> Said {
    Said::new(
        format!("批次 {run} 用它自己存档的资料重做一遍，{files} 个文件逐字节相同。"),
        format!(
            "Run {run} was repeated from its own folder: {} are the same to the byte.",
            words::count(files, "file")
        ),
    )
}

/// Says that it came out otherwise.
pub fn replayed_otherwise(run: &str, differing: &[String], program: Option<&str>) -> Said {
    let (made_by, made_by_english) = program.map_or((String::new(), String::new()), |program| {
        (format!("；它是由 {program} 做的"), format!("; it was made by {program}"))
    });
    Said::new(
        format!(
            "批次 {run} 重做一遍，有 {} 个文件不同（{}）{made_by}。",
            differing.len(),
            words::short_list(differing, 5, Language::Chinese)
        ),
        format!(
            "Run {run} was repeated and {} are not the same ({}){made_by_english}.",
            words::count(differing.len(), "file"),
            words::short_list(differing, 5, Language::English)
        ),
    )
}
