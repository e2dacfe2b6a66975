//! Texts that are others but for the same words before or behind them.

use std::collections::BTreeMap;

/// So many rows have words in common before they are taken for an addition.
const LEAST: usize = 5;
/// So many texts are looked at to find out which words.
const SAMPLE: usize = 16;

/// Words before and behind a text.
type Around<'a> = (&'a str, &'a str);

/// Returns which of `rows` is which of `tasks`, by their places, where nearly all rows are a task and the same words
/// around it, or nearly all tasks a row and the same words.
pub fn paired(rows: &[&str], tasks: &[&str]) -> Vec<(usize, usize)> {
    if rows.len() < LEAST || tasks.len() < LEAST {
        return Vec::new();
    }
    let added = around_all(rows, tasks);
    if added.len() * 5 >= rows.len() * 4 {
        return added;
    }
    let left_out = around_all(tasks, rows);
    if left_out.len() * 5 >= rows.len() * 4 {
        return left_out.into_iter().map(|(task, row)| (row, task)).collect();
    }
    Vec::new()
}

/// Returns which longer text holds which shorter one, all in the same words.
fn around_all(longer: &[&str], shorter: &[&str]) -> Vec<(usize, usize)> {
    let Some((before, behind)) = most_common(longer, shorter) else { return Vec::new() };
    // What occurs twice could be either.
    let mut places: BTreeMap<&str, Option<usize>> = BTreeMap::new();
    for (place, text) in shorter.iter().enumerate() {
        places.entry(text).and_modify(|own| *own = None).or_insert(Some(place));
    }
    let mut taken: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, text) in longer.iter().enumerate() {
        let inner = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind));
        if let Some(Some(other)) = inner.and_then(|inner| places.get(inner)) {
            taken.entry(*other).or_default().push(place);
        }
    }
    let alone = taken.into_iter().filter_map(|(other, own)| match own.as_slice() {
        [only] => Some((*only, other)),
        _ => None,
    });
    let mut pairs: Vec<(usize, usize)> = alone.collect();
    pairs.sort_unstable();
    if pairs.len() >= LEAST { pairs } else { Vec::new() }
}

/// The words that stand most often around a shorter text, in the first of the longer ones.
fn most_common<'a>(longer: &[&'a str], shorter: &[&str]) -> Option<Around<'a>> {
    let mut counts: BTreeMap<Around<'a>, usize> = BTreeMap::new();
    for text in longer.iter().take(SAMPLE) {
        let own = shorter.iter().filter(|inner| !inner.is_empty() && inner.len() < text.len());
        for around in own.filter_map(|inner| text.split_once(inner)) {
            *counts.entry(around).or_default() += 1;
        }
    }
    let (around, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (count >= LEAST).then_some(around)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASKS: [&str; 6] =
        ["甲村修路", "乙村修桥", "丙村路灯", "丁村水渠", "戊村公厕", "己村学校"];

    #[test]
    fn rows_with_the_same_words_around_them_are_the_tasks() {
        let rows = TASKS.map(|task| format!("松岭县2021年度项目{task}（续建）"));
        let rows: Vec<&str> = rows.iter().rev().map(String::as_str).collect();
        let pairs = paired(&rows, &TASKS);
        assert_eq!(pairs, [(0, 5), (1, 4), (2, 3), (3, 2), (4, 1), (5, 0)]);
        // What the plan has more, the rows leave out.
        let back: Vec<(usize, usize)> = pairs.into_iter().map(|(row, task)| (task, row)).collect();
        let mut found = paired(&TASKS, &rows);
        found.sort_unstable();
        assert_eq!(found, back.into_iter().rev().collect::<Vec<_>>());
    }

    #[test]
    fn a_few_rows_with_words_in_common_are_none() {
        let mut rows: Vec<String> = TASKS[..4].iter().map(|task| format!("新{task}")).collect();
        rows.extend(["其他一".to_owned(), "其他二".to_owned()]);
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        assert!(paired(&rows, &TASKS).is_empty());
    }

    #[test]
    fn a_task_that_is_the_end_of_another_is_not_taken_for_both() {
        let tasks = ["修路", "甲村修路", "修桥", "路灯", "水渠", "公厕"];
        let rows = tasks.map(|task| format!("新建{task}"));
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let all: Vec<(usize, usize)> = (0..6).map(|place| (place, place)).collect();
        assert_eq!(paired(&rows, &tasks), all);
    }
}
