use camino::Utf8PathBuf;

use super::RuntimeError;
use crate::elf;

/// Removes symbols that only a debugger reads, which are two thirds of some libraries.
pub(super) fn strip(files: &[Utf8PathBuf]) -> Result<(), RuntimeError> {
    for file in files {
        elf::strip(file)?;
    }
    Ok(())
}
