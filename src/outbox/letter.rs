//! A message to a unit as files: a text to paste, and a mail with the slip in it that any program of mail
//! opens as a draft. The same message gives the same bytes; what only a sent mail has, its date and its
//! number, is left out.

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};
use serde::{Deserialize, Serialize};

use crate::model::hash;

/// The file that lists the messages of a run.
pub const INDEX: &str = "outbox.json";
const SPREADSHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A message to a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub unit: String,
    pub period: String,
    pub subject: String,
    pub text: String,
    /// The slip's name in `returns/`.
    pub slip: String,
    /// What the message is about: it stays the same while the unit has to answer the same, so that a further
    /// run does not send it once more.
    pub about: String,
}

/// A file to be written.
pub struct Written {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Returns the files of a message; those without an address to go to or come from lack it.
pub fn written(letter: &Letter, slip: &[u8], from: Option<&str>, to: &[String]) -> Vec<Written> {
    let stem = letter.slip.trim_end_matches(".xlsx");
    let text = format!("{}\n\n{}\n", letter.subject, letter.text);
    let mut files = vec![Written { name: format!("{stem}.txt"), bytes: text.into_bytes() }];
    files.extend(
        draft(letter, slip, from, to).map(|bytes| Written { name: format!("{stem}.eml"), bytes }),
    );
    files
}

/// Returns the message as a mail that is sent by us.
///
/// # Errors
/// Fails where an address is none.
pub fn mail(letter: &Letter, slip: Vec<u8>, from: &str, to: &str) -> Result<Message, String> {
    let from: Mailbox = from.parse().map_err(|error| format!("{from}: {error}"))?;
    let to: Mailbox = to.parse().map_err(|error| format!("{to}: {error}"))?;
    let id = format!("<{}.{}>", &letter.about[..24], from.email);
    let message =
        Message::builder().from(from).to(to).subject(&letter.subject).message_id(Some(id));
    message.multipart(body(letter, slip)).map_err(|error| error.to_string())
}

fn body(letter: &Letter, slip: Vec<u8>) -> MultiPart {
    let kind = ContentType::parse(SPREADSHEET).unwrap_or(ContentType::TEXT_PLAIN);
    // Whatever would be drawn at random is drawn from what it is about.
    let boundary = format!("duibiao-{}", &letter.about[..32]);
    MultiPart::mixed()
        .boundary(boundary)
        .singlepart(SinglePart::plain(letter.text.clone()))
        .singlepart(Attachment::new(letter.slip.clone()).body(slip, kind))
}

/// Returns the message as a draft.
fn draft(letter: &Letter, slip: &[u8], from: Option<&str>, to: &[String]) -> Option<Vec<u8>> {
    // A mail has to be from somebody; what nobody said is taken out again below.
    const NOBODY: &str = "nobody@localhost";
    let nobody: Address = NOBODY.parse().ok()?;
    let from: Mailbox = from.and_then(|from| from.parse().ok()).unwrap_or(nobody.into());
    let mut message = Message::builder().from(from).subject(&letter.subject);
    for to in to {
        message = message.to(to.parse().ok()?);
    }
    if to.is_empty() {
        message = message.to(NOBODY.parse().ok()?);
    }
    let mut message = message.multipart(body(letter, slip.to_vec())).ok()?;
    // Programs of mail open it to be sent.
    let unsent = HeaderName::new_from_ascii_str("X-Unsent");
    message.headers_mut().insert_raw(HeaderValue::new(unsent, "1".to_owned()));
    let formatted = message.formatted();
    let text = String::from_utf8(formatted).ok()?;
    let (head, rest) = text.split_once("\r\n\r\n")?;
    let is_kept = |line: &&str| !line.starts_with("Date:") && !line.contains(NOBODY);
    let head: Vec<&str> = head.split("\r\n").filter(is_kept).collect();
    Some(format!("{}\r\n\r\n{rest}", head.join("\r\n")).into_bytes())
}

impl Letter {
    /// Returns what a message is about, from what the unit has to answer.
    pub fn about(unit: &str, period: &str, owed: &[String]) -> String {
        let parts = [unit, period].into_iter().chain(owed.iter().map(String::as_str));
        hash::sha256(parts.collect::<Vec<_>>().join("\u{0}").as_bytes())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn letter() -> Letter {
        Letter {
            unit: "甲区".to_owned(),
            period: "2020-08".to_owned(),
            subject: "2020年8月报送表核实反馈（甲区）".to_owned(),
            text: "甲区：请于2020年9月15日前答复。\n.\n谢谢。".to_owned(),
            slip: "甲区核实反馈表2020-08.xlsx".to_owned(),
            about: Letter::about("甲区", "2020-08", &["a".to_owned()]),
        }
    }

    #[test]
    fn a_draft_is_the_same_each_time_and_says_no_more_than_it_knows() {
        let files = |from: Option<&str>, to: &[String]| written(&letter(), b"slip", from, to);
        let to = ["b@example.cn".to_owned()];
        let [text, mail] = &files(Some("某局 <a@example.cn>"), &to)[..] else { panic!() };
        assert!(String::from_utf8_lossy(&text.bytes).contains("请于2020年9月15日前答复"));
        let again = &files(Some("某局 <a@example.cn>"), &to)[1];
        assert_eq!(mail.bytes, again.bytes);
        let mail = String::from_utf8_lossy(&mail.bytes);
        assert!(mail.contains("X-Unsent: 1") && mail.contains("To: b@example.cn"), "{mail}");
        assert!(!mail.contains("Date:") && !mail.contains("Message-ID"), "{mail}");
        let nobody = &files(None, &[])[1];
        let nobody = String::from_utf8_lossy(&nobody.bytes);
        assert!(!nobody.contains("localhost") && nobody.contains("Subject:"), "{nobody}");
    }
}
