//! How the demonstration speaks: colours and moving bars only on a terminal, plain lines elsewhere.

use std::{
    io::{self, Write as _},
    time::Duration,
};

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

/// What is told, and kept for the report.
#[derive(Default)]
pub(super) struct Story(pub(super) Vec<(Mark, String)>);

/// How a line of it is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Heading,
    Done,
    Refused,
    Detail,
}

impl Story {
    pub(super) fn heading(&mut self, text: &str) -> io::Result<()> {
        self.keep(Mark::Heading, text);
        heading(text)
    }

    pub(super) fn done(&mut self, text: &str) -> io::Result<()> {
        self.keep(Mark::Done, text);
        done(text)
    }

    pub(super) fn refused(&mut self, text: &str) -> io::Result<()> {
        self.keep(Mark::Refused, text);
        refused(text)
    }

    pub(super) fn detail(&mut self, text: &str) -> io::Result<()> {
        self.keep(Mark::Detail, text);
        detail(text)
    }

    fn keep(&mut self, mark: Mark, text: &str) {
        self.0.push((mark, text.to_owned()));
    }
}

/// A new part of the story.
pub(super) fn heading(text: &str) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(anstream::stdout(), "\n{bold}{text}{bold:#}")
}

/// Something that went as it should.
pub(super) fn done(text: &str) -> io::Result<()> {
    mark(AnsiColor::Green, '✓', text)
}

/// Something that was refused, as it should be.
pub(super) fn refused(text: &str) -> io::Result<()> {
    mark(AnsiColor::Yellow, '✗', text)
}

/// What a refusal said, or another detail.
pub(super) fn detail(text: &str) -> io::Result<()> {
    let dim = Style::new().dimmed();
    let mut out = anstream::stdout();
    for line in lines(text) {
        writeln!(out, "      {dim}{line}{dim:#}")?;
    }
    Ok(())
}

/// Broken between words where a hundred columns end.
fn lines(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= 94 {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// A command to be copied as it stands.
pub(super) fn command(text: &str) -> io::Result<()> {
    writeln!(anstream::stdout(), "  {text}")
}

fn mark(colour: AnsiColor, mark: char, text: &str) -> io::Result<()> {
    let style = colour.on_default();
    let lines = lines(text).join("\n    ");
    writeln!(anstream::stdout(), "  {style}{mark}{style:#} {lines}")
}

/// A bar that is gone when the work is done; none at all where stderr is no terminal.
pub(super) fn bar(steps: u64, what: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("  {spinner} {msg} {bar:40} {pos}/{len}");
    let bar = ProgressBar::new(steps).with_message(what.to_owned());
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
