//! What a text is by its own spelling, wherever it stands: a figure, the first word of a note.

use crate::model::fold;
use crate::pipeline::Pipeline;
use crate::read::Content;

/// Returns whether a cell looks like a figure, before anybody knows what its column holds.
pub fn is_figure(content: &Content) -> bool {
    match content {
        Content::Number(_) | Content::Percentage(_) => true,
        Content::Text(text) => {
            let plain = fold::plain(text);
            plain.len() < 24
                && plain.starts_with(|c: char| c.is_ascii_digit())
                && plain.chars().all(|c| c.is_ascii_digit() || ",.%元万亿千".contains(c))
        }
        _ => false,
    }
}

/// Returns whether a text begins as notes and signature lines do: 注：…, 填表人：….
pub fn starts_with_note_word(text: &str, pipeline: &Pipeline) -> bool {
    let plain = fold::plain(text);
    let plain = plain.trim_start_matches(['(', '*', '※', '【', '[']);
    let for_ink = pipeline.words.signatures.iter().any(|word| {
        let rest = plain.strip_prefix(word.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    });
    for_ink
        || pipeline.words.notes.iter().any(|word| {
            plain.strip_prefix(word.as_str()).is_some_and(|rest| {
                rest.is_empty()
                    || rest.starts_with([':', '.', '、', ',', '(', ')', '】', ']', '1', '一'])
            })
        })
}
