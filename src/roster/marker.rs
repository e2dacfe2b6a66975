//! What the name of a file or a sheet says of what it holds: a corrected list, or one that is to be corrected yet.

use crate::model::fold;
use crate::pipeline::Pipeline;

/// Returns the place of the strongest declared marker of a corrected list in a name, from one, among those that count;
/// zero for none. 修改前 and 未定稿 say the opposite.
pub(super) fn strongest(name: &str, pipeline: &Pipeline, counts: impl Fn(&str) -> bool) -> usize {
    let plain = fold::plain(name);
    let words = &pipeline.words;
    let begins = |text: &str| words.before_it.iter().any(|word| text.starts_with(word.as_str()));
    let ends = |text: &str| words.not_yet.iter().any(|word| text.ends_with(word.as_str()));
    let is_there = |marker: &String| {
        counts(marker)
            && plain
                .match_indices(marker.as_str())
                .any(|(at, found)| !ends(&plain[..at]) && !begins(&plain[at + found.len()..]))
    };
    pipeline.roster.corrections.iter().rposition(is_there).map_or(0, |place| place + 1)
}
