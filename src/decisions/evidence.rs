//! Documents that answers name: 会议纪要.pdf.

use std::sync::LazyLock;

use regex::Regex;

use super::record::{Draft, Stated};
use crate::findings::Evidence;
use crate::model::fold;

/// What a person may write before a document's name without its being part of it.
const BEFORE_NAMES: [&str; 12] = [
    "详见附件",
    "请见附件",
    "见附件",
    "另附",
    "随附",
    "附件为",
    "附件",
    "详见",
    "请见",
    "参见",
    "见",
    "附",
];

/// A word that ends as documents do.
static DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)[^\s，。；、：:,;“”《》（）()【】\[\]/\\|*?<>]+\.(?:pdf|ofd|docx?|wps|jpe?g|png|tiff?|zip|rar|xlsx?|et|csv|ods|txt|eml)\b";
    Regex::new(pattern).expect("the pattern is one")
});

/// A file that may be a document which an answer names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    pub name: String,
    pub sha256: Option<String>,
}

/// Returns the words of a text that end as documents do.
pub fn mentioned(text: &str) -> impl Iterator<Item = &str> {
    DOCUMENT.find_iter(text).map(|found| found.as_str())
}

/// Whether a word names a file: a name may have words before it.
pub fn names(word: &str, file: &str) -> bool {
    let last = file.rsplit('/').next().unwrap_or(file);
    let (word, name) = (fold::plain(word), fold::plain(last));
    !name.is_empty() && word.ends_with(&name)
}

/// Returns the documents that a text names, as they were found or as they are named.
pub fn of(text: &str, find: &mut dyn FnMut(&str) -> Option<Beside>) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = Vec::new();
    for word in mentioned(text) {
        let evidence = match find(word) {
            Some(file) => Evidence { name: file.name, sha256: file.sha256 },
            None => Evidence { name: bare(word).to_owned(), sha256: None },
        };
        if !found.contains(&evidence) {
            found.push(evidence);
        }
    }
    found
}

/// Adds to answers what they name.
pub fn attach(drafts: &mut [Draft], find: &mut dyn FnMut(&str, &str) -> Option<Beside>) {
    for draft in drafts {
        let file = draft.origin.file.clone();
        if let Stated::Answer { text, evidence, .. } = &mut draft.stated {
            *evidence = of(text, &mut |word| find(&file, word));
        }
    }
}

fn bare(word: &str) -> &str {
    let before = BEFORE_NAMES.iter().find_map(|before| word.strip_prefix(before));
    before.filter(|rest| !rest.starts_with('.')).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_known_by_their_endings() {
        let text = "经研究调整，见会议纪要.pdf、附件《批复》.docx；另见 说明1.JPG。共1.5万元";
        let words: Vec<&str> = mentioned(text).collect();
        assert_eq!(
            words,
            ["见会议纪要.pdf", ".docx", "说明1.JPG"]
                .map(|w| w)
                .into_iter()
                .filter(|w| *w != ".docx")
                .collect::<Vec<_>>()
        );
        assert!(names("见会议纪要.pdf", "海棠区/会议纪要.pdf"));
        assert!(!names("见会议纪要.pdf", "纪要.doc"));
        let none = of(text, &mut |_| None);
        assert_eq!(none[0], Evidence { name: "会议纪要.pdf".to_owned(), sha256: None });
    }
}
