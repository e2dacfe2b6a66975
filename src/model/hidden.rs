//! Characters that a terminal, a log or a reader would obey instead of showing them: controls, the
//! escape of terminals, marks that turn the direction of what follows, and odd ends of lines.
//! Texts come from files, sheets and cells of strangers; whatever is told to people is made visible
//! here and nowhere else. What joins the parts of an emoji, or has no width, does no harm and stays.

use std::borrow::Cow;

/// Returns whether a character is obeyed rather than shown; a line feed ends a line and is not.
pub fn is_hidden(c: char) -> bool {
    match c {
        '\n' => false,
        // Nearly all of a sheet.
        ' '..='~' | '一'..='鿿' => false,
        c if c.is_control() => true,
        '\u{61c}' | '\u{200e}' | '\u{200f}' => true,
        '\u{2028}'..='\u{202e}' => true,
        '\u{2066}'..='\u{2069}' => true,
        _ => false,
    }
}

/// Returns a text of one or more lines with what is hidden shown: ␛ for an escape, `\u{202e}` for a
/// mark of direction.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().fold(String::with_capacity(text.len() + 16), |mut shown, c| {
        push_visible(&mut shown, c);
        shown
    }))
}

/// Returns a text with what is hidden shown, on one line: a name with a line end in it must not
/// begin a line of its own.
pub fn visible_line(text: &str) -> Cow<'_, str> {
    match visible(text) {
        shown if shown.contains('\n') => Cow::Owned(shown.replace('\n', "␊")),
        shown => shown,
    }
}

fn push_visible(shown: &mut String, c: char) {
    let code = u32::from(c);
    match code {
        _ if !is_hidden(c) => shown.push(c),
        // The standard has a picture for each of these.
        0x00..=0x1f => shown.extend(char::from_u32(0x2400 + code)),
        0x7f => shown.push('␡'),
        _ => shown.push_str(&format!("\\u{{{code:x}}}")),
    }
}

/// Returns JSON or TOML with what is hidden escaped as their strings write it; it reads as the same.
/// Nothing outside of strings can be hidden there, and line ends and tabs stay.
pub fn escaped(text: &str) -> Cow<'_, str> {
    let is_escaped = |c: char| is_hidden(c) && !matches!(c, '\t' | '\r');
    // Names and figures are nothing but signs that show.
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain || !text.chars().any(is_escaped) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().fold(String::with_capacity(text.len() + 16), |mut shown, c| {
        if is_escaped(c) {
            shown.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            shown.push(c);
        }
        shown
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_obeyed_is_shown() {
        assert_eq!(visible("a\u{1b}[31m\t\r\u{7f}"), "a␛[31m␉␍␡");
        assert_eq!(visible("\u{9b}\u{202e}\u{2066}"), "\\u{9b}\\u{202e}\\u{2066}");
        assert_eq!(visible_line("一\n二\u{2028}"), "一␊二\\u{2028}");
        assert!(matches!(visible("照旧\n👨\u{200d}👩"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_reads_as_the_same() {
        let text = "一\u{202e}\u{9b}\u{7f}\u{61c}\n\t\u{1b}";
        let json = serde_json::to_string_pretty(&vec![text]).unwrap();
        let shown = escaped(&json);
        assert!(!shown.chars().any(is_hidden), "{shown}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&shown).unwrap(), [text]);
    }
}
