//! What the program says to people, in their language: the messages of `locales/`, in Fluent
//! (<https://projectfluent.org>). The screens in `ui/` read the same files.

mod language;
mod words;

pub use fluent_bundle::{FluentArgs, FluentValue};
pub use language::Language;
pub use words::Words;
