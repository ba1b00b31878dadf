//! What the app's Python says, read from its syntax and never by running it.

pub(crate) mod base;
pub(crate) mod by_name;
pub(crate) mod clues;
pub(crate) mod compiled;
pub(crate) mod habits;
pub(crate) mod imports;
pub(crate) mod mentions;
pub(crate) mod own_modules;
pub(crate) mod page_lists;
pub(crate) mod path;
pub(crate) mod places;
pub(crate) mod plain;
pub(crate) mod preload;
pub(crate) mod source;
pub(crate) mod sources;
pub(crate) mod values;
