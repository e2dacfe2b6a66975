//! Lines of a crontab. cron starts nothing that it missed; the program makes up for it the next day.

use jiff::civil::Time;

use super::entry::{Entry, Written};

/// Returns the lines, between two that tell whose they are.
pub fn written(entries: &[Entry], to_local: &dyn Fn(Time) -> Time) -> Written {
    let mut lines = Vec::new();
    if let Some(first) = entries.first() {
        lines.push(format!("# {} begin: {}", first.id, one_line(&first.title)));
        lines.extend(entries.iter().map(|entry| line(entry, to_local)));
        lines.push(format!("# {} end", first.id));
    }
    Written { lines, ..Written::default() }
}

fn line(entry: &Entry, to_local: &dyn Fn(Time) -> Time) -> String {
    let times = match entry.every {
        0 => {
            let at = to_local(entry.at);
            format!("{} {} * * *", at.minute(), at.hour())
        }
        minutes if minutes < 60 => format!("*/{minutes} * * * *"),
        60 => "0 * * * *".to_owned(),
        minutes if minutes < 24 * 60 => format!("0 */{} * * *", minutes / 60),
        _ => "0 0 * * *".to_owned(),
    };
    let words = entry.command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let folder = quoted(&entry.folder.to_string_lossy());
    // What it prints is for programs; what goes wrong is for whoever gets cron's mail.
    let command = format!("cd {folder} && {words} > /dev/null");
    // cron takes a plain % for the end of the line.
    format!("{times} {}", command.replace('%', "\\%"))
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", one_line(word).replace('\'', "'\\''"))
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Returns a crontab with our lines in it, in the place of those that were; without any, it is as it was
/// without us.
pub fn table(before: &str, id: &str, lines: &[String]) -> String {
    let (begin, end) = (format!("# {id} begin"), format!("# {id} end"));
    let mut kept = Vec::new();
    let mut is_ours = false;
    for line in before.lines() {
        is_ours |= line.starts_with(&begin);
        if !is_ours {
            kept.push(line);
        }
        is_ours &= !line.starts_with(&end);
    }
    kept.extend(lines.iter().map(String::as_str));
    if kept.is_empty() { String::new() } else { kept.join("\n") + "\n" }
}

#[cfg(test)]
mod tests {
    use super::super::entry::tests::awkward;
    use super::*;

    #[test]
    fn lines_quote_what_has_a_meaning_and_replace_their_own() {
        let lines = written(&awkward(), &|at| at).lines;
        assert_eq!(lines.len(), 4);
        assert!(lines[1].starts_with("30 8 * * * cd '/home/it'\\''s' && "), "{}", lines[1]);
        assert!(lines[1].contains("50\\% \"方案\".toml"), "{}", lines[1]);
        assert!(lines[2].starts_with("0 */2 * * * "));
        let others = "MAILTO=me\n5 4 * * * other\n";
        let once = table(others, "duibiao-p-0123abcd", &lines);
        assert_eq!(table(&once, "duibiao-p-0123abcd", &lines), once);
        assert!(once.starts_with(others));
        assert_eq!(table(&once, "duibiao-p-0123abcd", &[]), others);
        assert_eq!(table("", "x", &[]), "");
    }
}
