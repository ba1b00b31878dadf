//! From what was seen to a stage, a cause, and whose it is. Pure: no clock, no network.
//!
//! A cause is named when its decisive test says so. Where none does, those that remain are.

mod cause;
mod contact;
mod live;
mod messages;
mod page;
mod product;

pub use cause::{Cause, Whose};
pub use product::Product;

use crate::seen::{Exchange, Seen};

/// What is wrong, where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stage that failed, from 1 to 4.
    pub stage: u8,
    /// The cause, where its decisive test named it.
    pub cause: Option<Cause>,
    /// Those that remain, where none did.
    pub possible: Vec<Cause>,
    /// Whose it is, where that is not what the cause says.
    pub whose: Option<Whose>,
    /// What belongs into the sentences, by name.
    pub details: Vec<(&'static str, String)>,
}

impl Finding {
    fn named(stage: u8, cause: Cause) -> Self {
        Self { stage, cause: Some(cause), possible: Vec::new(), whose: None, details: Vec::new() }
    }

    fn one_of(stage: u8, possible: &[Cause]) -> Self {
        let possible = possible.to_vec();
        Self { stage, cause: None, possible, whose: None, details: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// A detail.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }
}

/// The first thing that is wrong. None where all that could be looked at is well.
pub fn find(seen: &Seen) -> Option<Finding> {
    contact::find(seen)
        .or_else(|| page::find(seen))
        .or_else(|| live::find(seen))
        .or_else(|| messages::find(seen))
}

/// Whether an exchange is for a script or a style that no browser takes.
pub fn is_wrong_asset(exchange: &Exchange) -> bool {
    page::wrong(exchange).is_some()
}

#[cfg(test)]
mod tests;
