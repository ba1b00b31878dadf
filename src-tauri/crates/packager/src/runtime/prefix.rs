use camino::Utf8Path;

use super::RuntimeError;

/// The build's variables name the folder where the interpreter was installed, often below the
/// author's home. Nothing reads it at run time: `sysconfig` takes the real prefix.
pub(super) fn hide(prefix: &Utf8Path, standard_library: &Utf8Path) -> Result<(), RuntimeError> {
    if prefix.starts_with("/usr") {
        return Ok(());
    }
    let entries =
        standard_library.read_dir_utf8().map_err(RuntimeError::file("read", standard_library))?;
    for entry in entries {
        let entry = entry.map_err(RuntimeError::file("read", standard_library))?;
        let name = entry.file_name();
        if name.starts_with("_sysconfig") || name == "build-details.json" {
            let path = entry.path();
            let text = fs_err::read_to_string(path).map_err(RuntimeError::file("read", path))?;
            fs_err::write(path, text.replace(prefix.as_str(), "/install"))
                .map_err(RuntimeError::file("write", path))?;
        }
    }
    Ok(())
}
