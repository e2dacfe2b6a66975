//! The progress bar and messages for the person at the terminal: on stderr only, and silent when
//! stderr is none. indicatif's only home; nobody else prints.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::model::hidden::visible_line;
use crate::model::words::Language;

/// Speaks to the person at the terminal.
#[derive(Debug)]
pub struct Console {
    language: Language,
    loudness: Loudness,
    is_coloured: bool,
    bar: ProgressBar,
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loudness {
    /// Only what went wrong.
    Quiet,
    Usual,
    /// Each stage as well.
    Full,
}

/// When what went wrong is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Where a person watches who has not asked for none with `NO_COLOR`.
    OnTerminal,
    Always,
    Never,
}

impl Console {
    pub fn new(language: Language, loudness: Loudness, colour: Colour) -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let is_coloured = match colour {
            Colour::OnTerminal => std::io::stderr().is_terminal() && wanted,
            Colour::Always => true,
            Colour::Never => false,
        };
        Self { language, loudness, is_coloured, bar: ProgressBar::hidden() }
    }

    /// Shows a bar for reading `files` files, where somebody watches.
    pub fn start(&mut self, files: usize) {
        if !std::io::stderr().is_terminal() || self.loudness == Loudness::Quiet {
            return;
        }
        let bar = ProgressBar::with_draw_target(
            Some(u64::try_from(files).unwrap_or(u64::MAX)),
            ProgressDrawTarget::stderr(),
        );
        let template = match self.language {
            Language::Chinese => "读取报送表 [{bar:30}] {pos}/{len} {wide_msg}",
            Language::English => "reading sheets [{bar:30}] {pos}/{len} {wide_msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        self.bar = bar;
    }

    /// Moves the bar on by one file.
    pub fn done(&self, file: &str) {
        self.bar.set_message(visible_line(file).into_owned());
        self.bar.inc(1);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Says one line on stderr, bar or not.
    pub fn say(&self, line: &str) {
        let line = visible_line(line);
        tracing::info!(event = "said", said = %line);
        if self.loudness != Loudness::Quiet {
            self.write(&line);
        }
    }

    /// Says on stderr what only those want to know who ask for all.
    pub fn detail(&self, line: &str) {
        if self.loudness == Loudness::Full {
            self.write(&visible_line(line));
        }
    }

    /// Says on stderr what went wrong, however quiet all else is.
    pub fn complain(&self, line: &str) {
        let line = visible_line(line);
        tracing::error!(event = "complained", said = %line);
        if self.is_coloured {
            self.write(&format!("\x1b[31m{line}\x1b[0m"));
        } else {
            self.write(&line);
        }
    }

    /// Passes on what another process of this program said, which knows how loud it is.
    pub fn pass_on(&self, line: &str) {
        self.write(line);
    }

    fn write(&self, line: &str) {
        self.bar.suspend(|| {
            // Nobody can be told that telling failed.
            let _ = writeln!(std::io::stderr(), "{line}");
        });
    }
}
