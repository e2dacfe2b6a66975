//! How alike two texts are, and in what they mean the same.

use crate::pipeline::Pipeline;

/// Returns the likeness of two folded texts, 0 to 1: twice their longest common subsequence over
/// their lengths, by characters.
pub fn ratio(one: &str, other: &str) -> f64 {
    rapidfuzz::fuzz::ratio(one.chars(), other.chars())
}

/// Returns a folded text with declared synonyms replaced by the first of their group and
/// droppable phrases left out.
pub fn canonical(key: &str, pipeline: &Pipeline) -> String {
    let mut text = key.to_owned();
    for phrase in &pipeline.matching.droppable {
        if !phrase.is_empty() {
            text = text.replace(phrase.as_str(), "");
        }
    }
    for group in &pipeline.matching.synonyms {
        let Some((first, others)) = group.split_first() else { continue };
        // The longest first, so that 新建设 is not read as 新 and 建设.
        let mut others: Vec<&String> = others.iter().filter(|word| !word.is_empty()).collect();
        others.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        for other in others {
            text = replace_outside(&text, other, first);
        }
    }
    text
}

/// Replaces `word` by `first`, but not where it is part of `first` itself, as 建设 in 新建设.
fn replace_outside(text: &str, word: &str, first: &str) -> String {
    if !first.contains(word) {
        return text.replace(word, first);
    }
    let pieces: Vec<String> = text.split(first).map(|piece| piece.replace(word, first)).collect();
    pieces.join(first)
}
