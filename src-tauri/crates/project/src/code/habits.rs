//! What code does at a desk or on a server, and an installed app can't.

use camino::Utf8Path;

use crate::code::base::CodeBase;
use crate::code::imports::Code;

/// What the author should know of it.
pub(crate) fn notes(code: &CodeBase) -> Vec<String> {
    let asks = lines(code, |code| code.clues.asks.iter().copied().collect());
    let installs = lines(code, |code| code.clues.installs.iter().copied().collect());
    let asks = asks.map(|line| {
        format!("`{line}` asks on a terminal (`input`), which recipients don't have: the page waits for ever; `st.text_input` asks in the page")
    });
    let installs = installs.map(|line| {
        format!("`{line}` installs packages while the app runs, which an installed app can't: list them in the requirements")
    });
    asks.into_iter().chain(installs).collect()
}

/// The first of some lines, as `file:line`.
fn lines(code: &CodeBase, of: impl Fn(&Code) -> Vec<usize>) -> Option<String> {
    let place = |(file, code): (&Utf8Path, &Code)| Some(format!("{file}:{}", of(code).first()?));
    code.files().find_map(place)
}
