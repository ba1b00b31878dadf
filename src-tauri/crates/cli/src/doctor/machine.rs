//! `waterskin doctor` without an address: what a build or a run would miss on this machine and in
//! this project.

#[cfg(target_os = "linux")]
mod bus;
mod check;
mod project;
mod system;

use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use waterskin_bundle::Target;

use check::{Row, State, side_by_side};

/// The version of what `--json` prints.
const JSON_VERSION: u32 = 1;

/// How long any one look may take.
const LIMIT: Duration = Duration::from_secs(10);

/// All that was looked at, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Report {
    document: &'static str,
    version: u32,
    waterskin: &'static str,
    system: Target,
    /// Whether nothing that a build or a run can't do without is missing.
    whole: bool,
    machine: Vec<Row>,
    /// `None` where there is no project.
    project: Option<Part>,
}

/// The project, and what was looked at in it.
#[derive(Debug, Serialize)]
struct Part {
    path: Utf8PathBuf,
    rows: Vec<Row>,
}

/// Looks at this machine, and at the project in `named` or in the current folder. The code is 1
/// where something is missing that a build or a run can't do without.
pub fn run(named: Option<&Utf8Path>, json: bool) -> ExitCode {
    let path = named.unwrap_or(Utf8Path::new("."));
    let (of_machine, of_project) = (system::checks(), project::checks(path, named.is_some()));
    let count = of_machine.len();
    let mut found = side_by_side(of_machine.into_iter().chain(of_project).collect(), LIMIT);
    // A look that hangs may have started a program.
    waterskin_process::cancel_all();
    let rows = found.split_off(count).concat();
    let project = (!rows.is_empty()).then(|| Part { path: absolute(path), rows });
    let report = Report::of(found.concat(), project);
    if json {
        if let Ok(text) = serde_json::to_string_pretty(&report) {
            println!("{text}");
        }
    } else {
        anstream::print!("{report}");
    }
    if report.whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn absolute(path: &Utf8Path) -> Utf8PathBuf {
    path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned())
}

impl Report {
    fn of(machine: Vec<Row>, project: Option<Part>) -> Self {
        let rows = project.iter().flat_map(|part| &part.rows).chain(&machine);
        let whole = !rows.into_iter().any(|row| row.state == State::Missing);
        Self {
            document: "waterskin machine",
            version: JSON_VERSION,
            waterskin: env!("CARGO_PKG_VERSION"),
            system: Target::host(),
            whole,
            machine,
            project,
        }
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.machine.iter().chain(self.project.iter().flat_map(|part| &part.rows))
    }

    fn count(&self, state: State) -> usize {
        self.rows().filter(|row| row.state == state).count()
    }

    /// In one sentence.
    fn verdict(&self) -> String {
        let remarks = match self.count(State::Lacking) {
            0 => String::new(),
            1 => ", and one thing is not there that only some apps need".to_owned(),
            many => format!(", and {many} things are not there that only some apps need"),
        };
        match self.count(State::Missing) {
            0 => format!("Nothing is missing that a build or a run needs{remarks}"),
            1 => format!("One thing is missing that a build or a run needs{remarks}"),
            many => format!("{many} things are missing that a build or a run needs{remarks}"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bold = Style::new().bold();
        let width = self.rows().map(|row| row.name.chars().count()).max().unwrap_or(0);
        writeln!(f, "{bold}{}{bold:#}", self.verdict())?;
        writeln!(f, "\nThis machine, with Waterskin {} ({})", self.waterskin, self.system)?;
        for row in &self.machine {
            write_row(f, row, width)?;
        }
        match &self.project {
            Some(part) => {
                writeln!(f, "\nThe project in {}", part.path)?;
                part.rows.iter().try_for_each(|row| write_row(f, row, width))
            }
            None => writeln!(f, "\nThere is no app in this folder; `--project PATH` names one"),
        }
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, row: &Row, width: usize) -> fmt::Result {
    let (mark, color) = match row.state {
        State::Good => ('✓', AnsiColor::Green),
        State::Lacking => ('!', AnsiColor::Yellow),
        State::Missing => ('✗', AnsiColor::Red),
    };
    let style = Style::new().bold().fg_color(Some(color.into()));
    let mut lines = row.said.lines();
    let first = lines.next().unwrap_or_default();
    writeln!(f, "  {style}{mark}{style:#} {:<width$}  {first}", row.name)?;
    for line in lines.chain(row.hint.as_deref().into_iter().flat_map(str::lines)) {
        writeln!(f, "    {:<width$}  {line}", "")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(report: &Report) -> String {
        anstream::adapter::strip_str(&report.to_string()).to_string()
    }

    #[test]
    fn what_is_missing_decides_and_stands_with_what_to_do() {
        let good = Row::good("uv", "uv 1.0");
        let lacking = Row::lacking("makensis", "not there", "install `nsis`");
        let missing = Row::missing("keys", "there is a key\n  a.py:1: a token", "take it out");
        let report = Report::of(vec![good.clone(), lacking.clone()], None);
        assert!(report.whole && plain(&report).contains("no app in this folder"));
        let part = Part { path: "/ä b".into(), rows: vec![missing] };
        let mut report = Report::of(vec![good, lacking], Some(part));
        report.system = Target::of("x");
        report.waterskin = "1";
        assert!(!report.whole);
        assert_eq!(
            plain(&report),
            "One thing is missing that a build or a run needs, and one thing is not there that only some apps need

This machine, with Waterskin 1 (x)
  ✓ uv        uv 1.0
  ! makensis  not there
              install `nsis`

The project in /ä b
  ✗ keys      there is a key
                a.py:1: a token
              take it out
"
        );
    }
}
