use camino::Utf8Path;
use waterskin_process::Tool;

use super::{RuntimeError, interpreter};

/// Starts the interpreter in the payload with an empty environment, as the shell does, and
/// looks that it finds its own parts and still has every module in `expected`.
pub(super) fn check(
    prefix: &Utf8Path,
    executable: &Utf8Path,
    expected: &[String],
) -> Result<(), RuntimeError> {
    let broken = |reason| RuntimeError::Broken { prefix: prefix.to_owned(), reason };
    let modules =
        interpreter::modules(Tool::new(executable.as_std_path()).env_clear()).map_err(broken)?;
    let lost: Vec<_> =
        expected.iter().filter(|module| !modules.contains(module)).map(String::as_str).collect();
    if lost.is_empty() {
        return Ok(());
    }
    Err(broken(format!("it can no longer import {}", lost.join(", "))))
}
