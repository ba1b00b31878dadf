use std::process::ExitCode;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use tokio::time::{Instant, sleep_until};
use waterskin_doctor::{Options, Report, State};

use super::render::milliseconds;
use crate::args::DoctorArgs;
use crate::interrupt::Requests;
use crate::render::Failure;

/// Examines again and again, with a line each time, until somebody ends it. The code is that of the last.
pub async fn run(
    options: &Options,
    pause: Duration,
    args: &DoctorArgs,
) -> Result<ExitCode, Failure> {
    let mut requests = Requests::listen().map_err(|error| Failure::new(error, None))?;
    let mut code = 0;
    loop {
        let next = Instant::now() + pause;
        let seen = tokio::select! {
            () = requests.next() => break,
            seen = super::examined(options) => seen?,
        };
        let report = Report::of(&seen);
        code = report.exit_code();
        if args.json {
            let line = serde_json::to_string(&report).map_err(|error| Failure::new(error, None))?;
            println!("{line}");
        } else {
            anstream::println!("{}", line(&report));
        }
        if let Some(file) = &args.har {
            super::write_har(file, &seen)?;
        }
        tokio::select! {
            () = requests.next() => break,
            () = sleep_until(next) => {}
        }
    }
    Ok(ExitCode::from(code))
}

/// The time of day, the four stages, and what it came to.
fn line(report: &Report) -> String {
    let dim = Style::new().dimmed();
    let mut line = format!("{dim}{}{dim:#}", time_of_day(report.began));
    for stage in &report.stages {
        let (sign, color) = super::render::sign(stage.state);
        let color = Style::new().fg_color(color.map(Into::into));
        let took = match (stage.state, stage.ms) {
            (State::Passed | State::Failed, Some(ms)) => milliseconds(ms),
            _ => String::new(),
        };
        line.push_str(&format!("  {color}{sign}{color:#} {took:>8}"));
    }
    let (word, color) = match report.verdict.whole {
        true => ("whole".to_owned(), AnsiColor::Green),
        false => (word(report), AnsiColor::Red),
    };
    let color = Style::new().fg_color(Some(color.into()));
    line + &format!("  {color}{word}{color:#}")
}

/// The cause by its name, or those that remain.
fn word(report: &Report) -> String {
    match report.verdict.cause {
        Some(cause) => cause.id().to_owned(),
        None => {
            let ids: Vec<&str> = report.verdict.possible.iter().map(|cause| cause.id()).collect();
            format!("{}?", ids.join(" or "))
        }
    }
}

/// Hours, minutes and seconds of a moment, in UTC.
fn time_of_day(began: f64) -> String {
    let of_day = Duration::try_from_secs_f64(began).unwrap_or_default().as_secs() % 86_400;
    format!("{:02}:{:02}:{:02}Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day() {
        assert_eq!(time_of_day(86_400.0 + 3_723.9), "01:02:03Z");
        assert_eq!(time_of_day(f64::NAN), "00:00:00Z");
    }
}
