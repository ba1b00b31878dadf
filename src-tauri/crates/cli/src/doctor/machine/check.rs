use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is called.
    pub name: String,
    /// What became of it.
    pub state: State,
    /// What was found, in words.
    pub said: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// What became of something that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is as it should be.
    Good,
    /// It is not, and only some apps or some uses go without.
    Lacking,
    /// It is not, and a build or a run fails for it.
    Missing,
}

impl Row {
    /// It is as it should be.
    pub fn good(name: &str, said: impl Into<String>) -> Self {
        Self { name: name.to_owned(), state: State::Good, said: said.into(), hint: None }
    }

    /// Only some uses go without it.
    pub fn lacking(name: &str, said: impl Into<String>, hint: impl Into<String>) -> Self {
        let hint = Some(hint.into()).filter(|hint| !hint.is_empty());
        Self { name: name.to_owned(), state: State::Lacking, said: said.into(), hint }
    }

    /// A build or a run fails for want of it.
    pub fn missing(name: &str, said: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { state: State::Missing, ..Self::lacking(name, said, hint) }
    }
}

/// A look at something.
pub struct Check {
    /// What it is called where nothing comes of it.
    pub name: &'static str,
    /// Looks. It may take long, or fail altogether.
    pub look: Box<dyn FnOnce() -> Vec<Row> + Send>,
}

impl Check {
    /// A look that gives one row.
    pub fn one(name: &'static str, look: impl FnOnce() -> Row + Send + 'static) -> Self {
        Self { name, look: Box::new(move || vec![look()]) }
    }
}

/// Looks at everything at once, each in a thread of its own: one that fails or is not done within
/// `limit` is a row that says so, and the others are as they are. In the order of `checks`.
pub fn side_by_side(checks: Vec<Check>, limit: Duration) -> Vec<Vec<Row>> {
    let end = Instant::now() + limit;
    let begun: Vec<_> = checks
        .into_iter()
        .map(|Check { name, look }| {
            let (sender, receiver) = channel();
            // Not joined: one that hangs ends with the program. Without a thread nothing is sent.
            let _hangs = thread::Builder::new().name(name.to_owned()).spawn(move || {
                let _nobody_waits = sender.send(look());
            });
            (name, receiver)
        })
        .collect();
    begun
        .into_iter()
        .map(|(name, receiver)| {
            let left = end.saturating_duration_since(Instant::now());
            receiver.recv_timeout(left).unwrap_or_else(|error| {
                let said = match error {
                    RecvTimeoutError::Timeout => {
                        format!("it did not answer within {} s", limit.as_secs_f32())
                    }
                    RecvTimeoutError::Disconnected => "the look at it failed".to_owned(),
                };
                vec![Row::lacking(name, said, "")]
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_hangs_or_fails_leaves_the_others_alone() {
        let (never, waiting) = channel::<()>();
        let hangs = move || {
            let _ = waiting.recv();
            Row::good("hangs", "")
        };
        let said = |checks: Vec<Check>, limit| {
            let rows = side_by_side(checks, limit).concat();
            rows.into_iter().map(|row| (row.state, row.said)).collect::<Vec<_>>()
        };
        let hung = said(vec![Check::one("hangs", hangs)], Duration::from_millis(50));
        assert_eq!(hung, [(State::Lacking, "it did not answer within 0.05 s".to_owned())]);
        let checks = vec![
            Check::one("fails", || panic!("on purpose")),
            Check::one("good", || Row::good("good", "yes")),
        ];
        let others =
            [(State::Lacking, "the look at it failed".to_owned()), (State::Good, "yes".to_owned())];
        assert_eq!(said(checks, Duration::from_secs(60)), others);
        drop(never);
    }
}
