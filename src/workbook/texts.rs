//! The texts of a workbook's cells, each kept once, with the number by which cells name it.

#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::package::Pieces;
use super::page::Ink;
use super::text::{MOST_TEXT, clean, clean_runs, without_escapes};
use crate::model::Text;

/// How the runs of a text are marked up in each ink.
pub struct Inks {
    pub plain: String,
    pub differing: String,
}

/// The number of each text; what is invisible leaves nothing and has none.
#[expect(clippy::disallowed_types, reason = "nobody goes through it in its order")]
type Known = HashMap<Text, Option<u32>, RandomState>;

/// The texts in the order in which cells name them first.
pub struct Texts {
    inks: Inks,
    /// By text as it stands on a page.
    known: Known,
    /// Each as the workbook has it: marked up, without what it stands in.
    written: Vec<String>,
    /// How often cells name one.
    named: u64,
}

impl Texts {
    pub fn none_yet(inks: Inks) -> Self {
        Self { inks, known: Known::default(), written: Vec::new(), named: 0 }
    }

    /// Returns the number of a text, where something of it can be seen.
    pub fn number(&mut self, text: &Text) -> Option<u32> {
        let number = if let Some(number) = self.known.get(text.as_str()) {
            *number
        } else {
            let cleaned = clean(text);
            let number = (!cleaned.is_empty()).then(|| {
                self.written.push(marked(&without_escapes(&cleaned)));
                next(&self.written)
            });
            self.known.insert(text.clone(), number);
            number
        };
        self.named += u64::from(number.is_some());
        number
    }

    /// Returns the number of a text whose runs have inks, or of its text alone where it has to be written
    /// in one.
    pub fn number_of_runs(&mut self, runs: &[(Ink, String)]) -> Option<u32> {
        let inked = clean_runs(runs).map(|runs| self.inked(&runs));
        // Excel counts the marks of the runs, too.
        let inked = inked.filter(|inked| inked.encode_utf16().count() <= MOST_TEXT);
        let (key, text) = if let Some(inked) = inked {
            (inked.clone(), Some(inked))
        } else {
            let whole: String = runs.iter().map(|(_, run)| run.as_str()).collect();
            let cleaned = clean(&whole);
            let text = (!cleaned.is_empty()).then(|| marked(&without_escapes(&cleaned)));
            (whole, text)
        };
        let written = &mut self.written;
        let number = *self.known.entry(key.into()).or_insert_with(|| {
            text.map(|text| {
                written.push(text);
                next(written)
            })
        });
        self.named += u64::from(number.is_some());
        number
    }

    fn inked(&self, runs: &[(Ink, String)]) -> String {
        let mut inked = String::new();
        for (ink, run) in runs {
            let font = match ink {
                Ink::Plain => &self.inks.plain,
                Ink::Differing => &self.inks.differing,
            };
            inked.push_str("<r>");
            inked.push_str(font);
            inked.push_str(&marked(run));
            inked.push_str("</r>");
        }
        inked
    }

    /// Adds the part of the workbook that holds the texts.
    pub fn part(&self, pieces: &mut Pieces) {
        let head = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
             <sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
             count=\"{}\" uniqueCount=\"{}\">",
            self.named,
            self.written.len()
        );
        pieces.written.push_str(&head);
        for text in &self.written {
            for piece in ["<si>", text, "</si>"] {
                pieces.written.push_str(piece);
            }
            pieces.pass_on();
        }
        pieces.written.push_str("</sst>");
    }
}

/// The number of the last of the texts.
fn next(written: &[String]) -> u32 {
    u32::try_from(written.len() - 1).expect("a workbook has fewer texts")
}

/// Marks a text up.
fn marked(text: &str) -> String {
    let is_space = |c: char| matches!(c, '\t' | '\n' | ' ');
    let tag = if text.starts_with(is_space) || text.ends_with(is_space) {
        "<t xml:space=\"preserve\">"
    } else {
        "<t>"
    };
    let mut marked = String::with_capacity(tag.len() + text.len() + 4);
    marked.push_str(tag);
    escape(text, &mut marked);
    marked.push_str("</t>");
    marked
}

/// Adds a text with what would be taken for marks escaped; control characters are none of it any more.
pub fn escape(text: &str, escaped: &mut String) {
    let mut from = 0;
    for (at, sign) in text.match_indices(['&', '<', '>']) {
        escaped.push_str(&text[from..at]);
        escaped.push_str(match sign {
            "&" => "&amp;",
            "<" => "&lt;",
            _ => "&gt;",
        });
        from = at + 1;
    }
    escaped.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        Texts::none_yet(Inks { plain: "<p/>".to_owned(), differing: "<d/>".to_owned() })
    }

    fn part(texts: &Texts) -> String {
        let (mut pieces, _) = Pieces::new();
        texts.part(&mut pieces);
        pieces.written.split_once("main\" ").unwrap().1.to_owned()
    }

    #[test]
    fn a_text_is_kept_once_and_shows_as_what_it_is() {
        let mut texts = texts();
        assert_eq!(texts.number(&"一".into()), Some(0));
        assert_eq!(texts.number(&"<r>a&b</r>".into()), Some(1));
        assert_eq!(texts.number(&"一".into()), Some(0));
        assert_eq!(texts.number(&"\u{200b}".into()), None);
        assert_eq!(texts.number(&"_x000D_ ".into()), Some(2));
        assert_eq!(
            part(&texts),
            "count=\"4\" uniqueCount=\"3\"><si><t>一</t></si>\
             <si><t xml:space=\"preserve\">&lt;r&gt;a&amp;b&lt;/r&gt; </t></si>\
             <si><t xml:space=\"preserve\">_x005F_x000D_ </t></si></sst>"
        );
    }

    #[test]
    fn runs_keep_their_inks_and_one_run_is_a_text() {
        let mut texts = texts();
        let runs = vec![(Ink::Plain, "一".to_owned()), (Ink::Differing, " <二".to_owned())];
        assert_eq!(texts.number_of_runs(&runs), Some(0));
        assert_eq!(texts.number_of_runs(&runs), Some(0));
        assert_eq!(texts.number_of_runs(&runs[..1]), Some(1));
        assert_eq!(texts.number(&"一".into()), Some(1));
        assert_eq!(texts.number_of_runs(&[]), None);
        assert_eq!(
            part(&texts),
            "count=\"4\" uniqueCount=\"2\"><si><r><p/><t>一</t></r>\
             <r><d/><t xml:space=\"preserve\"> &lt;二</t></r></si><si><t>一</t></si></sst>"
        );
    }
}
