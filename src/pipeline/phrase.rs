//! Phrases with places for figures, compiled to searches over folded text.
//!
//! A phrase is written as the text reads: `资金{sum:amount}（已下拨{issued:amount}）`. Spaces and
//! punctuation do not matter. `{name:amount}` is a figure with a unit of money, `{name:count}` a
//! whole number, `{unit}` the name of a responsible unit, `{text}` any words without figures.

use regex::Regex;

use crate::model::{Said, fold};

/// A compiled phrase.
#[derive(Clone, Debug)]
pub struct Phrase {
    /// As written.
    pub text: String,
    pub captures: Vec<Capture>,
    pub search: Regex,
}

/// A place for a figure or a name in a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    pub name: String,
    pub kind: CaptureKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureKind {
    Amount,
    Count,
    /// A responsible unit; the search takes words, the roster says which unit ends them.
    Unit,
}

/// The most characters that `{text}` and `{unit}` stand for.
const MOST_TEXT: usize = 40;

/// Compiles a phrase.
///
/// # Errors
/// Says what is wrong with the places in braces.
pub fn compile(text: &str) -> Result<Phrase, Said> {
    let mut pattern = String::new();
    let mut captures: Vec<Capture> = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        push_literal(&mut pattern, &rest[..open]);
        let Some(length) = rest[open..].find('}') else {
            return Err(Said::new("花括号没有闭合", "a brace is not closed"));
        };
        let place = &rest[open + 1..open + length];
        push_place(&mut pattern, &mut captures, place)?;
        rest = &rest[open + length + 1..];
    }
    push_literal(&mut pattern, rest);
    let search = Regex::new(&pattern).map_err(|_| {
        Said::new("句式过长，无法使用", "the phrase is too long to be searched for")
    })?;
    if search.is_match("") {
        return Err(Said::new("句式是空的", "the phrase is empty"));
    }
    Ok(Phrase { text: text.to_owned(), captures, search })
}

/// Where the phrase has a punctuation mark the text may have the end of a sentence: units write a
/// full stop where the phrase has a comma. Nowhere else does a phrase reach over one.
fn push_literal(pattern: &mut String, literal: &str) {
    for c in literal.chars() {
        let folded = fold::key(c.encode_utf8(&mut [0; 4]));
        if !folded.is_empty() {
            pattern.push_str(&regex::escape(&folded));
        } else if !c.is_whitespace() && !pattern.ends_with("。?") {
            pattern.push_str("。?");
        }
    }
}

fn push_place(pattern: &mut String, captures: &mut Vec<Capture>, place: &str) -> Result<(), Said> {
    let (name, kind) = match place.split_once(':') {
        Some((name, "amount")) => (name, CaptureKind::Amount),
        Some((name, "count")) => (name, CaptureKind::Count),
        None if place == "amount" => ("amount", CaptureKind::Amount),
        None if place == "unit" => ("unit", CaptureKind::Unit),
        None if place == "text" => {
            pattern.push_str(&format!("[^0-9。]{{0,{MOST_TEXT}}}?"));
            return Ok(());
        }
        _ => {
            return Err(Said::new(
                format!(
                    "“{{{place}}}”不是可用的占位，应为 {{名称:amount}}、{{名称:count}}、{{unit}} 或 {{text}}"
                ),
                format!(
                    "`{{{place}}}` is no place; use `{{name:amount}}`, `{{name:count}}`, `{{unit}}` or `{{text}}`"
                ),
            ));
        }
    };
    let well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !well_formed {
        return Err(Said::new(
            format!("名称“{name}”只能用小写字母、数字和下划线"),
            format!("the name `{name}` may only have lower-case letters, digits and underscores"),
        ));
    }
    if captures.iter().any(|capture| capture.name == name) {
        return Err(Said::new(
            format!("名称“{name}”在同一句式中出现了两次"),
            format!("the name `{name}` occurs twice in the phrase"),
        ));
    }
    match kind {
        CaptureKind::Amount => pattern.push_str(&format!(
            "(?<{name}>[0-9]+(?:\\.[0-9]+)?)(?<{name}__unit>百万元|亿元|万元|千元|百元|元)"
        )),
        CaptureKind::Count => pattern.push_str(&format!("(?<{name}>[0-9]+)")),
        CaptureKind::Unit => pattern.push_str(&format!("(?<{name}>[^0-9。]{{1,{MOST_TEXT}}}?)")),
    }
    captures.push(Capture { name: name.to_owned(), kind });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_and_sentence_ends_do_not_matter() {
        let phrase =
            compile("资金{sum:amount}（已下拨{issued:amount}，方案计划下拨{planned:amount}）")
                .unwrap();
        let text = fold::sentence("资金510万元（已下拨170万元；方案计划下拨340万元）");
        let found = phrase.search.captures(&text).unwrap();
        assert_eq!(&found["issued"], "170");
        assert_eq!(&found["planned__unit"], "万元");
    }

    #[test]
    fn words_between_do_not_jump_over_figures_or_sentences() {
        let phrase = compile("已下拨{text}{amount}").unwrap();
        assert!(phrase.search.is_match(&fold::sentence("已下拨彩票公益金项目资金290万元")));
        assert!(!phrase.search.is_match(&fold::sentence("（已下拨）；2.建设费200万元")));
        assert!(!phrase.search.is_match(&fold::sentence("已下拨。另有200万元")));
    }

    #[test]
    fn faulty_places_are_refused() {
        for text in ["", "资金{sum", "{sum:money}", "{a:amount}和{a:amount}", "{Sum:amount}", "{}"]
        {
            assert!(compile(text).is_err(), "{text} was compiled");
        }
    }
}
