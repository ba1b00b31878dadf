use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use waterskin_doctor::{Evidence, Report, STAGES, Stage, State, Whose};

/// How wide the text is, in columns: what is comfortable to read, and what every terminal has.
const WIDTH: usize = 78;

/// How wide the names of the stages are.
const NAMES: usize = 24;

/// How wide the names of what was asked are.
const ASKED: usize = 36;

/// A report for people.
pub struct Page<'a>(pub &'a Report);

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

fn colored(color: Option<AnsiColor>) -> Style {
    Style::new().fg_color(color.map(Into::into))
}

/// The sign of a stage, and its colour.
pub fn sign(state: State) -> (&'static str, Option<AnsiColor>) {
    match state {
        State::Passed => ("✓", Some(AnsiColor::Green)),
        State::Failed => ("✗", Some(AnsiColor::Red)),
        State::Unsure => ("?", Some(AnsiColor::Yellow)),
        State::NotReached => ("·", None),
    }
}

/// Milliseconds for people: two digits that tell, and seconds from one on.
pub fn milliseconds(ms: f64) -> String {
    match ms {
        ..9.95 => format!("{ms:.1} ms"),
        ..999.5 => format!("{ms:.0} ms"),
        ..99_500.0 => format!("{:.1} s", ms / 1e3),
        _ => format!("{:.0} s", ms / 1e3),
    }
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report) = self;
        let verdict = &report.verdict;
        let color = if verdict.whole { AnsiColor::Green } else { AnsiColor::Red };
        let strong = Style::new().bold().fg_color(Some(color.into()));
        writeln!(f)?;
        for line in wrapped(&verdict.sentence, WIDTH) {
            writeln!(f, "{strong}{line}{strong:#}")?;
        }
        if let Some(whose) = verdict.whose {
            writeln!(f, "{DIM}{}{DIM:#}", whose_words(whose))?;
        }
        writeln!(f)?;
        for stage in &report.stages {
            write_stage(f, stage)?;
        }
        if !verdict.whole {
            write_failed(f, report)?;
        }
        if !report.unseen.is_empty() {
            heading(f, "Not seen from here")?;
            for text in &report.unseen {
                item(f, text)?;
            }
        }
        writeln!(f)
    }
}

fn write_failed(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    if !report.why.is_empty() {
        writeln!(f)?;
        paragraph(f, &report.why, 0)?;
    }
    if !report.remain.is_empty() {
        heading(f, "What it can be")?;
        for possible in &report.remain {
            item(f, &format!("{}: {}", possible.cause.id(), possible.test))?;
        }
    }
    heading(f, "What was seen")?;
    write_seen(f, &report.evidence)?;
    if let Some(change) = &report.change {
        heading(f, "What to change")?;
        paragraph(f, &change.words, 2)?;
        if let Some(snippet) = &change.snippet {
            writeln!(f, "\n  {DIM}{}, {}:{DIM:#}\n", change.name, change.place)?;
            let code = colored(Some(AnsiColor::Cyan));
            for line in snippet.lines() {
                writeln!(f, "    {code}{line}{code:#}")?;
            }
        }
    }
    if !report.check.is_empty() {
        heading(f, "How to check")?;
        let code = colored(Some(AnsiColor::Cyan));
        for line in &report.check {
            writeln!(f, "    {code}{line}{code:#}")?;
        }
    }
    if report.verdict.whose.is_some_and(|whose| whose != Whose::You) && report.change.is_some() {
        heading(f, "To forward")?;
        for (at, text) in in_words(&report.forward).enumerate() {
            if at > 0 {
                writeln!(f, "  {DIM}│{DIM:#}")?;
            }
            for line in wrapped(text, WIDTH - 4) {
                writeln!(f, "  {DIM}│{DIM:#} {line}")?;
            }
        }
    }
    Ok(())
}

/// The paragraphs of a text to forward, without the snippets: they stand above.
fn in_words(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with("    ") && !line.ends_with(':'))
}

fn whose_words(whose: Whose) -> &'static str {
    match whose {
        Whose::You => "This is in your own hands.",
        Whose::Network => "Whoever runs the network on the way can mend it.",
        Whose::Host => "Whoever runs the host can mend it.",
        Whose::App => "Whoever makes or runs the app can mend it.",
    }
}

fn write_stage(f: &mut fmt::Formatter<'_>, stage: &Stage) -> fmt::Result {
    let (sign, color) = sign(stage.state);
    let color = colored(color);
    let name = STAGES.get(usize::from(stage.stage.saturating_sub(1))).copied().unwrap_or_default();
    let took = stage.ms.map(milliseconds).unwrap_or_default();
    let says = match stage.state {
        State::NotReached => "not reached",
        State::Unsure if stage.says.is_empty() => "not looked at",
        _ => &stage.says,
    };
    let quiet = stage.state == State::NotReached;
    let (on, off) = if quiet {
        (DIM.render(), DIM.render_reset())
    } else {
        (Style::new().render(), Style::new().render_reset())
    };
    write!(f, "  {color}{sign}{color:#} {on}{} {name:<NAMES$} {took:>8}{off}", stage.stage)?;
    match says {
        "" => writeln!(f),
        says => writeln!(f, "   {DIM}{says}{DIM:#}"),
    }
}

/// What was seen, in lines: what was asked, what came, how long it took. The request and the headers that
/// tell stand below, where they are not those of the line before.
fn write_seen(f: &mut fmt::Formatter<'_>, all: &[Evidence]) -> fmt::Result {
    let mut shown: Option<&Evidence> = None;
    for evidence in all {
        let took = if evidence.ms > 0.0 { milliseconds(evidence.ms) } else { String::new() };
        let mut answer = wrapped(&evidence.answer, WIDTH - 2 - ASKED - 2 - 10).into_iter();
        let first = answer.next().unwrap_or_default();
        let what = cut(&evidence.what, ASKED);
        write!(f, "  {what:<ASKED$}  ")?;
        if took.is_empty() {
            writeln!(f, "{BOLD}{first}{BOLD:#}")?;
        } else {
            let room = WIDTH - 2 - ASKED - 2 - 9;
            writeln!(f, "{BOLD}{first:<room$}{BOLD:#}{DIM}{took:>9}{DIM:#}")?;
        }
        for line in answer {
            writeln!(f, "  {:<ASKED$}  {BOLD}{line}{BOLD:#}", "")?;
        }
        let known = shown.is_some_and(|shown| {
            shown.fields == evidence.fields && shown.request == evidence.request
        });
        if known || (evidence.fields.is_empty() && evidence.request.is_none()) {
            continue;
        }
        if let Some(request) = &evidence.request {
            writeln!(f, "    {DIM}{}{DIM:#}", cut(request, WIDTH - 4))?;
        }
        let widest = evidence.fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in &evidence.fields {
            let value = cut(value, WIDTH - 6 - widest);
            writeln!(f, "    {DIM}{name:<widest$}  {value}{DIM:#}")?;
        }
        shown = Some(evidence);
    }
    Ok(())
}

fn heading(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    writeln!(f, "\n{BOLD}{text}{BOLD:#}")
}

fn paragraph(f: &mut fmt::Formatter<'_>, text: &str, indent: usize) -> fmt::Result {
    for line in wrapped(text, WIDTH - indent) {
        writeln!(f, "{:indent$}{line}", "")?;
    }
    Ok(())
}

fn item(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for (at, line) in wrapped(text, WIDTH - 4).iter().enumerate() {
        writeln!(f, "  {} {line}", if at == 0 { "•" } else { " " })?;
    }
    Ok(())
}

/// A text in lines, broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                let _ = write!(line, " {word}");
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A text that is not wider than this.
fn cut(text: &str, width: usize) -> String {
    match text.chars().count() > width {
        true => text.chars().take(width.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_for_people() {
        for (ms, text) in [
            (0.42, "0.4 ms"),
            (9.96, "10 ms"),
            (999.4, "999 ms"),
            (1500.0, "1.5 s"),
            (120_000.0, "120 s"),
        ] {
            assert_eq!(milliseconds(ms), text);
        }
    }

    #[test]
    fn lines_are_not_wider() {
        assert_eq!(wrapped("aa bb  cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("", 5), Vec::<String>::new());
        assert_eq!(cut("abcdef", 4), "abc…");
    }
}
