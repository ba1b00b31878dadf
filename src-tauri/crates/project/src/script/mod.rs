//! Where the project is, and which of its scripts is the app.

pub(crate) mod arguments;
pub(crate) mod candidates;
pub(crate) mod locate;
pub(crate) mod starters;
