//! Tasks of the Windows Task Scheduler, as the XML that `schtasks` takes. Never started there by us: what
//! is written is held against Microsoft's schema.

use jiff::civil::Time;

use super::entry::{Entry, Written};

/// Returns the tasks as files, and how `schtasks` is told of them; `{folder}` stands for where the files
/// are.
pub fn written(entries: &[Entry], to_local: &dyn Fn(Time) -> Time) -> Written {
    let mut written = Written::default();
    for entry in entries {
        let name = format!("{}-{}", entry.id, entry.job.name());
        let file = format!("{name}.xml");
        let schtasks = |words: &[&str]| -> Vec<String> {
            std::iter::once(&"schtasks").chain(words).map(|word| (*word).to_owned()).collect()
        };
        let at = format!("{{folder}}{file}");
        written.install.push(schtasks(&["/Create", "/TN", &name, "/XML", &at, "/F"]));
        written.remove.push(schtasks(&["/Delete", "/TN", &name, "/F"]));
        written.status.push(schtasks(&["/Query", "/TN", &name]));
        written.files.push((file, task(entry, to_local)));
    }
    written
}

fn task(entry: &Entry, to_local: &dyn Fn(Time) -> Time) -> String {
    let (at, repetition) = match entry.every {
        0 => (to_local(entry.at), String::new()),
        minutes => (
            Time::midnight(),
            format!(
                "      <Repetition>\n        <Interval>PT{minutes}M</Interval>\n        <Duration>P1D</Duration>\n      </Repetition>\n"
            ),
        ),
    };
    let (program, arguments) = match entry.command.split_first() {
        Some((program, arguments)) => (program.as_str(), arguments),
        None => ("", &[][..]),
    };
    let arguments: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>{title}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <Enabled>true</Enabled>
      <StartBoundary>2020-01-01T{hour:02}:{minute:02}:00</StartBoundary>
{repetition}      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT6H</ExecutionTimeLimit>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"#,
        title = escaped(&entry.title),
        hour = at.hour(),
        minute = at.minute(),
        program = escaped(program),
        arguments = escaped(&arguments.join(" ")),
        folder = escaped(&entry.folder.to_string_lossy()),
    )
}

fn escaped(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A word as the library of C takes a command line apart.
fn quoted(word: &str) -> String {
    if !word.is_empty() && !word.contains([' ', '\t', '"']) {
        return word.to_owned();
    }
    let mut quoted = String::from('"');
    let mut slashes = 0;
    for c in word.chars() {
        match c {
            '\\' => slashes += 1,
            '"' => {
                quoted.push_str(&"\\".repeat(slashes * 2 + 1));
                slashes = 0;
            }
            _ => {
                quoted.push_str(&"\\".repeat(slashes));
                slashes = 0;
            }
        }
        if c != '\\' {
            quoted.push(c);
        }
    }
    quoted.push_str(&"\\".repeat(slashes * 2));
    quoted.push('"');
    quoted
}

/// Returns a task as the file that `schtasks` reads: UTF-16 with its mark.
pub fn as_file(text: &str) -> Vec<u8> {
    let text = text.replace('\n', "\r\n");
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::super::entry::tests::awkward;
    use super::*;

    #[test]
    fn tasks_quote_what_has_a_meaning() {
        let written = written(&awkward(), &|at| at);
        let task = &written.files[0].1;
        assert!(task.contains("甲 &amp; 乙 &lt;核对&gt; 100%"), "{task}");
        assert!(task.contains(r#""/home/it's/50% \"方案\".toml""#), "{task}");
        assert!(written.files[1].1.contains("<Interval>PT120M</Interval>"));
        assert_eq!(quoted(r"C:\a b\"), r#""C:\a b\\""#);
        assert_eq!(quoted(r#"a\"b"#), r#""a\\\"b""#);
        assert_eq!(quoted(r"C:\plain\x"), r"C:\plain\x");
        assert_eq!(&as_file("a")[..4], [0xFF, 0xFE, 0x61, 0]);
    }
}
