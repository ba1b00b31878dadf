use std::path::Path;
use std::time::SystemTime;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use waterskin_tests::Result;

/// A milestone in the shell's log, such as `FirstDelta`, and when it was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Its name there.
    pub milestone: String,
    /// By the system's clock, which the log has to the microsecond.
    pub at: SystemTime,
}

/// The milestones in the logs `shell.<day>.log` of `folder` from `since` on.
pub fn passed(folder: &Path, since: SystemTime) -> Result<Vec<Passed>> {
    let mut found = Vec::new();
    let Ok(entries) = fs_err::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("shell.") {
            let log = fs_err::read_to_string(entry.path())?;
            found.extend(log.lines().filter_map(line).filter(|passed| passed.at >= since));
        }
    }
    Ok(found)
}

fn line(line: &str) -> Option<Passed> {
    let (at, rest) = line.split_once(' ')?;
    let rest = rest.split_once(" milestone: milestone=")?.1;
    // The line may be read while it is written: without its end it is none yet.
    let (milestone, _) = rest.split_once(" ms=")?;
    let at = OffsetDateTime::parse(at, &Rfc3339).ok()?;
    Some(Passed { milestone: milestone.to_owned(), at: at.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_line_of_the_log_is_understood() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_micros(1_795_413_897_816_379);
        let text = "2026-11-23T06:04:57.816379Z  INFO milestone: milestone=FirstDelta ms=2809.26";
        assert_eq!(line(text), Some(Passed { milestone: "FirstDelta".to_owned(), at }));
        assert_eq!(line(&text[..60]), None, "cut off");
        assert_eq!(line("2026-11-23T06:04:57.816379Z  INFO app: Python is ready"), None);
    }
}
