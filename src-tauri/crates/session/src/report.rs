use std::fmt::Write as _;

use crate::{Milestone, Phase, SessionState, failure::without_escapes};

/// What a report is made of.
pub struct Material<'a> {
    /// The session now.
    pub state: &'a SessionState,
    /// Python's and Streamlit's versions, or whatever else is known of the app, a line each.
    pub versions: &'a [String],
    /// What the start passed, and when.
    pub milestones: &'a [(Milestone, std::time::Duration)],
    /// Python's last lines.
    pub lines: &'a [String],
    /// Paths that would name a person, with what stands in their place.
    pub private: &'a [(String, &'static str)],
}

/// A text that a person can send to the app's author: versions, stages and last lines, without
/// secrets and without personal paths.
pub fn text(material: &Material<'_>) -> String {
    let state = material.state;
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = writeln!(text, "{} {} ({})", state.app.name, state.app.version, state.app.id);
    let _ = writeln!(
        text,
        "Waterskin {} on {} {}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    for line in material.versions {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "\nState: {}", phase(&state.phase));
    let _ = writeln!(
        text,
        "Stage of the page: {:?}; start {} of Python; port {}",
        state.stage, state.generation, state.port.port
    );
    for (milestone, after) in material.milestones {
        let _ = writeln!(text, "  {milestone:?} after {} ms", after.as_millis());
    }
    if let Phase::GaveUp { failure } = &state.phase
        && !failure.details.is_empty()
    {
        let _ = writeln!(text, "\n{}", failure.details);
    }
    let _ = writeln!(text, "\nLast lines of the log:");
    for line in material.lines {
        let _ = writeln!(text, "  {}", without_escapes(line));
    }
    conceal(text, material.private)
}

fn phase(phase: &Phase) -> String {
    match phase {
        Phase::Starting => "starting".to_owned(),
        Phase::Ready => "running".to_owned(),
        Phase::Waiting { failures, reason, .. } => {
            format!("starting again after {failures} failures: Python {reason}")
        }
        Phase::GaveUp { failure } => format!("gave up: {}", failure.message),
        Phase::Stopping => "stopping".to_owned(),
        Phase::Stopped => "stopped".to_owned(),
    }
}

/// Puts placeholders where private texts stand, longest first, so that a folder in the home does
/// not lose only its beginning.
fn conceal(mut text: String, private: &[(String, &'static str)]) -> String {
    let mut private: Vec<_> = private.iter().filter(|(path, _)| path.len() > 1).collect();
    private.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
    for (path, placeholder) in private {
        text = text.replace(path.as_str(), placeholder);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_paths_are_concealed() {
        let text = "at /home/zoë/.cache/x and /home/zoë/y".to_owned();
        let private = [
            ("/home/zoë".to_owned(), "~"),
            ("/home/zoë/.cache".to_owned(), "<cache>"),
            (String::new(), "!"),
        ];
        assert_eq!(conceal(text, &private), "at <cache>/x and ~/y");
    }
}
