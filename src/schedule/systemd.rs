//! Units of systemd for the user: a service that runs once, and a timer that starts it, also when the
//! machine was off at its time.

use super::entry::{Entry, Written};

/// Returns the units, by their names inside `~/.config/systemd/user`.
pub fn written(entries: &[Entry]) -> Written {
    let mut written = Written::default();
    let systemctl = |words: &[&str]| -> Vec<String> {
        ["systemctl", "--user"].iter().chain(words).map(|word| (*word).to_owned()).collect()
    };
    written.install.push(systemctl(&["daemon-reload"]));
    for entry in entries {
        let unit = format!("{}-{}", entry.id, entry.job.name());
        let timer = format!("{unit}.timer");
        written.files.push((format!("{unit}.service"), service(entry)));
        written.files.push((timer.clone(), self::timer(entry)));
        written.install.push(systemctl(&["enable", "--now", &timer]));
        written.remove.push(systemctl(&["disable", "--now", &timer]));
        written.status.push(systemctl(&["is-active", "--quiet", &timer]));
    }
    written
}

fn service(entry: &Entry) -> String {
    let command: Vec<String> = entry.command.iter().map(|word| quoted(word)).collect();
    format!(
        "[Unit]\nDescription={}\n\n[Service]\nType=oneshot\nWorkingDirectory={}\nExecStart={}\n# Findings are a result, not a failure.\nSuccessExitStatus=1\nTimeoutStartSec=6h\n",
        plain(&entry.title),
        plain(&entry.folder.to_string_lossy()),
        command.join(" ")
    )
}

fn timer(entry: &Entry) -> String {
    let zone = entry.zone.as_ref().map_or_else(String::new, |zone| format!(" {zone}"));
    let times = match entry.every {
        0 => format!("*-*-* {:02}:{:02}:00", entry.at.hour(), entry.at.minute()),
        minutes if minutes < 60 => format!("*-*-* *:00/{minutes}:00"),
        minutes => format!("*-*-* 00/{}:00:00", minutes / 60),
    };
    format!(
        "[Unit]\nDescription={}\n\n[Timer]\nOnCalendar={times}{zone}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n",
        plain(&entry.title)
    )
}

/// A setting that is not split: only what begins with `%` has a meaning.
fn plain(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace('%', "%%")
}

/// A word of a command line.
fn quoted(word: &str) -> String {
    let word =
        word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{word}\"")
}

#[cfg(test)]
mod tests {
    use super::super::entry::tests::awkward;
    use super::*;

    #[test]
    fn units_quote_what_has_a_meaning() {
        let written = written(&awkward());
        let service = &written.files[0].1;
        assert!(service.contains(r#""/home/it's/50%% \"方案\".toml""#), "{service}");
        assert!(service.contains("100%%"), "{service}");
        assert!(written.files[1].1.contains("OnCalendar=*-*-* 08:30:00 Asia/Shanghai\n"));
        assert!(written.files[3].1.contains("OnCalendar=*-*-* 00/2:00:00 Asia/Shanghai\n"));
        assert_eq!(written.install.len(), 3);
    }
}
