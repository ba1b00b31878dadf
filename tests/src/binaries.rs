use std::env::{consts::EXE_SUFFIX, current_exe, var_os};
use std::path::PathBuf;

use anyhow::Context;

use crate::Result;

/// The command `waterskin`.
pub fn cli() -> Result<PathBuf> {
    binary("waterskin")
}

/// The desktop host `waterskin-shell`.
pub fn shell() -> Result<PathBuf> {
    binary("waterskin-shell")
}

/// A binary of the workspace: in `WATERSKIN_BIN_DIR`, else in the folder that this test was built in.
fn binary(name: &str) -> Result<PathBuf> {
    let folder = match var_os("WATERSKIN_BIN_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => build_folder()?,
    };
    let path = folder.join(format!("{name}{EXE_SUFFIX}"));
    anyhow::ensure!(path.is_file(), "there is no `{}`: run scripts/build first", path.display());
    Ok(path)
}

/// `target/release` for a test that runs as `target/release/deps/journey-0123456789abcdef`, and for
/// a program beside that folder.
pub(crate) fn build_folder() -> Result<PathBuf> {
    let program = current_exe().context("this program does not know its own file")?;
    let folder = program.parent().context("this program's file has no folder")?;
    let inside = folder.file_name().is_some_and(|name| name == "deps");
    let folder = if inside { folder.parent().unwrap_or(folder) } else { folder };
    Ok(folder.to_owned())
}
