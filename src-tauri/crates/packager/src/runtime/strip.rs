use camino::Utf8PathBuf;

use super::RuntimeError;
use crate::elf::stripped;

/// Removes symbols that only a debugger reads, which are two thirds of some libraries.
pub(super) fn strip(files: &[Utf8PathBuf]) -> Result<(), RuntimeError> {
    for file in files {
        let content = fs_err::read(file).map_err(RuntimeError::file("read", file))?;
        if let Some(smaller) = stripped(&content) {
            fs_err::write(file, smaller).map_err(RuntimeError::file("write", file))?;
        }
    }
    Ok(())
}
