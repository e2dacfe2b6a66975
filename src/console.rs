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
    bar: ProgressBar,
}

impl Console {
    pub fn new(language: Language) -> Self {
        Self { language, bar: ProgressBar::hidden() }
    }

    /// Shows a bar for reading `files` files, where somebody watches.
    pub fn start(&mut self, files: usize) {
        if !std::io::stderr().is_terminal() {
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
        self.bar.suspend(|| {
            // Nobody can be told that telling failed.
            let _ = writeln!(std::io::stderr(), "{}", visible_line(line));
        });
    }
}
