//! `explain`: the kinds of findings, what each means and what to do.

use serde::Serialize;

use super::arguments::Format;
use super::output::Out;
use super::{AGREES, Failure};
use crate::model::kinds::{KINDS, KindEntry};
use crate::model::words::{self, Language};
use crate::model::{Kind, Severity};

const SCHEMA: &str = "duibiao.kinds/1";

#[derive(Serialize)]
struct Shown<'a> {
    schema: &'static str,
    kinds: Vec<OfKind<'a>>,
}

#[derive(Serialize)]
struct OfKind<'a> {
    kind: &'a str,
    severity: Severity,
    title: &'a str,
    meaning: &'a str,
    advice: &'a str,
}

/// Explains one kind, or lists all.
pub fn explain(
    named: Option<&str>,
    format: Format,
    out: &Out,
    language: Language,
) -> Result<u8, Failure> {
    let kind = named.map(kind_named).transpose()?;
    let entries: Vec<&KindEntry> = match kind {
        Some(kind) => vec![kind.entry()],
        None => KINDS.iter().collect(),
    };
    match (format, kind) {
        (Format::Json, _) => out.print_json(&shown(&entries, language))?,
        (Format::Text, Some(kind)) => out.print(&page(kind.entry(), language))?,
        (Format::Text, None) => {
            let lines = entries
                .iter()
                .map(|entry| format!("{:<22} {}\n", entry.name, entry.title.in_language(language)));
            out.print(&lines.collect::<String>())?;
        }
    }
    Ok(AGREES)
}

fn shown<'a>(entries: &[&'a KindEntry], language: Language) -> Shown<'a> {
    let kinds = entries.iter().map(|entry| OfKind {
        kind: entry.name,
        severity: entry.severity,
        title: entry.title.in_language(language),
        meaning: entry.meaning.in_language(language),
        advice: entry.advice.in_language(language),
    });
    Shown { schema: SCHEMA, kinds: kinds.collect() }
}

fn page(entry: &KindEntry, language: Language) -> String {
    let severity = match language {
        Language::Chinese => entry.severity.chinese().to_owned(),
        Language::English => format!("{:?}", entry.severity).to_lowercase(),
    };
    let title = entry.title.in_language(language);
    let title = match language {
        Language::Chinese => format!("{title}（{}，{severity}）", entry.name),
        Language::English => format!("{title} ({}, {severity})", entry.name),
    };
    format!(
        "{title}\n{}\n{}\n",
        entry.meaning.in_language(language),
        entry.advice.in_language(language)
    )
}

/// Returns the kind of that name, as programs or as people call it.
fn kind_named(name: &str) -> Result<Kind, Failure> {
    let name = name.trim();
    let by_title = || {
        let entry = KINDS.iter().find(|entry| {
            let titles = [Language::Chinese, Language::English];
            titles.iter().any(|language| entry.title.in_language(*language) == name)
        });
        entry.and_then(|entry| Kind::from_name(entry.name))
    };
    Kind::from_name(name).or_else(by_title).ok_or_else(|| no_kind(name))
}

/// Says what is near, and nothing where nothing is.
fn no_kind(name: &str) -> Failure {
    let names = KINDS.iter().map(|entry| entry.name);
    let titles = KINDS.iter().map(|entry| entry.title.in_language(Language::Chinese));
    match words::near(name, names.chain(titles)) {
        Some(near) => Failure::usage(
            format!("没有名为“{name}”的差异类型；是否应为“{near}”？"),
            format!("there is no kind `{name}`; did you mean `{near}`?"),
        ),
        None => Failure::usage(
            format!("没有名为“{name}”的差异类型；duibiao explain 列出全部名称"),
            format!("there is no kind `{name}`; `duibiao explain` lists them all"),
        ),
    }
}
